package intakeweb_test

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/jobs"
	"houqin/internal/base/list"
	"houqin/internal/base/sheet"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/webtest"
	"houqin/internal/calendar"
	"houqin/internal/catalog"
	"houqin/internal/catalog/catalogweb"
	"houqin/internal/departments"
	"houqin/internal/departments/departmentsweb"
	"houqin/internal/desk"
	"houqin/internal/desk/deskweb"
	"houqin/internal/intake"
	"houqin/internal/intake/intakeweb"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, calendar.Migrations, catalog.Migrations, suppliers.Migrations, places.Migrations, people.Migrations,
	warehouse.Migrations, assets.Migrations, desk.Migrations, intake.Migrations}

// counter is the site with the office behind it.
type counter struct {
	*sitetest.Site
	t      *testing.T
	office *intake.Office
	jobs   *jobs.Runner
}

func open(t *testing.T, d *db.DB) *counter {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	site := sitetest.New(t, d, intakeweb.Words, sheet.Words, departmentsweb.Words, catalogweb.Words, deskweb.Words)
	site.By = dbtest.Person("clerk", intake.MayImport, departments.MayChange, catalog.MayChange, desk.MayRecord)
	c := &counter{Site: site, t: t, office: intake.NewOffice(d, log), jobs: jobs.New(d, log)}
	c.office.Actor = func(context.Context, db.Reader, string, time.Time) (db.Actor, error) { return site.By, nil }
	c.office.Wire(c.jobs)
	t.Cleanup(c.office.Stop)
	site.Room(intakeweb.New(c.office).Routes())
	return c
}

// work lets the office do what is waiting.
func (c *counter) work() {
	c.t.Helper()
	if err := c.jobs.Drain(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	c.office.Rest()
}

// bring hands a file in and gives the address of its import.
func (c *counter) bring(kind, name, text string) string {
	c.t.Helper()
	at := ""
	webtest.Run(c.t, c, webtest.Call{Method: "POST", URL: "/intake", Form: url.Values{"kind": {kind}}, Files: []webtest.File{{Field: "file", Name: name, Body: []byte(text)}}, Want: 303,
		Check: func(t testing.TB, p *webtest.Page) { at = strings.TrimPrefix(p.Header.Get("Location"), webtest.Origin) }})
	if !strings.HasPrefix(at, "/intake/") {
		c.t.Fatalf("handed in, but led to %q", at)
	}
	return at
}

func (c *counter) version(at string) string {
	m, err := intake.Get(c.t.Context(), c.DB, strings.TrimPrefix(at, "/intake/"))
	if err != nil {
		c.t.Fatal(err)
	}
	return fmt.Sprint(m.Version)
}

func TestAFileIsLookedThroughThenImported(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := open(t, d)
		webtest.Run(t, c,
			webtest.Call{URL: "/intake", See: []string{"还没有导入过表格"}},
			webtest.Call{URL: "/intake/new", See: []string{"表格内容", "历史工单", "最大 64 MB"}},
			webtest.Call{Method: "POST", URL: "/intake", Form: url.Values{"kind": {"nonsense"}}, Want: 422, See: []string{"必填", "不是可选的值"}},
		)
		at := c.bring("departments", `C:\桌面\科室.csv`, "科室一览,,\n编码,名称,床位\nA03,内科,40\nA04,外科,\nA05,,9\n合计,,49\n")
		webtest.Run(t, c, webtest.Call{URL: at, See: []string{"科室.csv", "检查中", "可以离开本页", "停止"}})
		c.work()
		webtest.Run(t, c,
			webtest.Call{URL: at, See: []string{"待确认", "将新增", "导入 2 行", "1 行不能收，整份导入会被退回", "没有填写", "这是合计行", "列的对应", "编制床位", "表头在第 2 行", "A03 · A04 · A05"}},
			webtest.Call{URL: at + "/rows?outcome=new", See: []string{"A03 内科", "A04 外科", "共 2 条"}, NotSee: []string{"合计"}},
			webtest.Call{URL: "/intake", See: []string{"科室.csv", "待确认", "clerk"}},
			webtest.Call{Method: "POST", URL: at + "/start", Form: url.Values{"_version": {"77"}}, Want: 409},
		)
		if _, err := departments.ByCode(t.Context(), d, "A03"); err == nil {
			t.Error("looking through wrote a department")
		}
		webtest.Run(t, c, webtest.Call{Method: "POST", URL: at + "/start", Form: url.Values{"_version": {c.version(at)}}, Want: 303, Location: at},
			webtest.Call{Method: "POST", URL: at + "/start", Form: url.Values{"_version": {c.version(at)}}, Want: 409})
		c.work()
		webtest.Run(t, c,
			webtest.Call{URL: at, See: []string{"已完成", "写入 2 行，无变化 0 行，未收 2 行", "下载未收的行", "导入完成"}},
			webtest.Call{URL: at, Header: map[string]string{"Accept": "application/json"}, See: []string{`"state":"done"`, `"imported":2`, `"refused":2`, `"no_record":1`}},
			webtest.Call{URL: at + "/refused?format=csv", See: []string{"编码,名称,床位,原行号,问题列,未收原因", "A05,,9,5,名称,没有填写", "合计,,49,6,,这是合计行，不是记录"}},
			webtest.Call{URL: at + "/refused?format=xlsx", Check: func(t testing.TB, p *webtest.Page) {
				b, err := sheet.Open("r.xlsx", strings.NewReader(string(p.Body)), int64(len(p.Body)))
				if err != nil {
					t.Fatal(err)
				}
				n := 0
				for range b.Rows(0) {
					n++
				}
				if n != 3 {
					t.Errorf("%d rows in the file of refused rows", n)
				}
			}},
			webtest.Call{URL: at, Header: map[string]string{"HX-Request": "true", "HX-Target": "progress"}, Check: func(t testing.TB, p *webtest.Page) {
				if p.Header.Get("HX-Location") != at {
					t.Errorf("what follows the progress is not told that it is over: %v", p.Header)
				}
			}},
		)
		dropped := c.bring("departments", "x.csv", "编码,名称\nZ1,甲\nZ2,乙\n")
		c.work()
		webtest.Run(t, c, webtest.Call{Method: "POST", URL: dropped + "/cancel", Want: 303},
			webtest.Call{URL: dropped, See: []string{"已停止，没有写入任何数据"}},
			webtest.Call{URL: dropped, Header: map[string]string{"Accept": "application/json"}, See: []string{`"imported":0`, `"new":0`}})
		again := c.bring("departments", "科室.csv", "编码,名称,床位\nA03,内科,40\nA04,外科,\n")
		c.work()
		webtest.Run(t, c, webtest.Call{URL: again, See: []string{"没有新增或更新的行"}})
	})
}

func TestThePersonCorrectsTheColumns(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := open(t, d)
		at := c.bring("items", "w.csv", "编码,品名,大类,计量\nW1,绳,五金,丈\nW2,灯,五金,个\n")
		c.work()
		webtest.Run(t, c, webtest.Call{URL: at, See: []string{"计量", "不导入", "没有写单位的行按“个”"}})
		answer := func(kv ...string) url.Values {
			v := url.Values{"_version": {c.version(at)}, "column.A": {"number"}, "column.B": {"name"}, "column.C": {""}, "column.D": {"unit"}}
			for i := 0; i < len(kv); i += 2 {
				v.Set(kv[i], kv[i+1])
			}
			return v
		}
		webtest.Run(t, c,
			webtest.Call{Method: "POST", URL: at + "/correct", Form: answer("column.C", "name"), Want: 409, See: []string{"有两列都对应“物品名称”"}},
			webtest.Call{Method: "POST", URL: at + "/correct", Form: answer("setting.category", "spare"), Want: 303})
		c.work()
		webtest.Run(t, c, webtest.Call{URL: at, See: []string{"不认识的单位", "“丈”（最小单位）是指", "按“维修备件”"}})
		webtest.Run(t, c, webtest.Call{Method: "POST", URL: at + "/correct", Want: 303, Form: answer("setting.category", "spare", "word.0", "米", "word.0.target", "unit", "word.0.value", "丈")})
		c.work()
		webtest.Run(t, c, webtest.Call{URL: at, See: []string{"导入 2 行"}})
		webtest.Run(t, c, webtest.Call{Method: "POST", URL: at + "/start", Form: url.Values{"_version": {c.version(at)}, "whole": {"1"}}, Want: 303})
		c.work()
		i, err := catalog.ByNumber(t.Context(), d, "W1")
		if err != nil || i.Unit != "米" || i.Category != catalog.Spare || i.Class != "" {
			t.Errorf("%+v %v", i, err)
		}
		// The next file with this header is understood at once.
		next := c.bring("items", "next.csv", "编码,品名,大类,计量\nW3,缆,五金,丈\n")
		c.work()
		webtest.Run(t, c, webtest.Call{URL: next, See: []string{"沿用上次对这种表头的对应", "导入 1 行"}})
	})
}

func TestWholeImportsAreTurnedAway(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := open(t, d)
		at := c.bring("departments", "w.csv", "编码,名称\nA,甲\nB,乙\n")
		c.work()
		// Between looking and importing, somebody takes the code of a row.
		dbtest.Do(t, d, c.By, func(tx *db.Tx) error {
			return departments.FoundCampus(t.Context(), tx, &departments.Campus{Code: "X", Name: "X"})
		})
		c.By = dbtest.PersonIn("clerk", "elsewhere", intake.MayImport, departments.MayChange)
		webtest.Run(t, c, webtest.Call{Method: "POST", URL: at + "/start", Form: url.Values{"_version": {c.version(at)}, "whole": {"1"}}, Want: 303})
		c.work()
		webtest.Run(t, c, webtest.Call{URL: at, See: []string{"已完成", "写入 2 行"}})
		bad := c.bring("departments", "b.csv", "编码,名称\nC,丙\nD,\n")
		c.work()
		webtest.Run(t, c, webtest.Call{Method: "POST", URL: bad + "/start", Form: url.Values{"_version": {c.version(bad)}, "whole": {"1"}}, Want: 303})
		c.work()
		webtest.Run(t, c, webtest.Call{URL: bad, See: []string{"整份退回", "一行都没有写入", "没有填写"}})
		if _, err := departments.ByCode(t.Context(), d, "C"); err == nil {
			t.Error("a row of a file that was turned away was entered")
		}
	})
}

// many rows take so long that there is a middle in which to stop, also on a busy machine.
const many = 4000

func TestAnImportIsStoppedHalfWay(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := open(t, d)
		var b strings.Builder
		b.WriteString("单号,日期,内容\n")
		for i := range many {
			fmt.Fprintf(&b, "N%d,2025-01-02,工单 %d\n", i, i)
		}
		at := c.bring("jobs", "h.csv", b.String())
		webtest.Run(t, c, webtest.Call{Method: "POST", URL: at + "/cancel", Want: 303}, webtest.Call{URL: at, See: []string{"已停止，没有写入任何数据"}})
		at = c.bring("jobs", "h.csv", b.String())
		c.work()
		webtest.Run(t, c, webtest.Call{Method: "POST", URL: at + "/start", Form: url.Values{"_version": {c.version(at)}}, Want: 303})
		if err := c.jobs.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 400 { // until some rows are in
			if m, err := intake.Get(t.Context(), d, strings.TrimPrefix(at, "/intake/")); err != nil || m.Done > 0 {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		webtest.Run(t, c, webtest.Call{Method: "POST", URL: at + "/cancel", Want: 303})
		c.office.Rest()
		all, err := desk.Jobs.All(t.Context(), d, list.Where{}, many+1)
		if err != nil || len(all) == 0 || len(all) == many {
			t.Fatalf("%d of %d jobs are in, %v", len(all), many, err)
		}
		webtest.Run(t, c, webtest.Call{URL: at, See: []string{fmt.Sprintf("已停止：%d 行中处理了", many), fmt.Sprintf("其中写入的 %d 行保留", len(all))}})
	})
}

// An office that goes away in the middle leaves the rest to the next.
func TestAnotherCopyGoesOn(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		c := open(t, d)
		var b strings.Builder
		b.WriteString("单号,日期,内容\n")
		for i := range many {
			fmt.Fprintf(&b, "N%d,2025-01-02,工单 %d\n", i, i)
		}
		at := c.bring("jobs", "h.csv", b.String())
		c.work()
		webtest.Run(t, c, webtest.Call{Method: "POST", URL: at + "/start", Form: url.Values{"_version": {c.version(at)}}, Want: 303})
		if err := c.jobs.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 400 {
			if m, err := intake.Get(t.Context(), d, strings.TrimPrefix(at, "/intake/")); err != nil || m.Done > 0 {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		c.office.Stop()
		m, err := intake.Get(t.Context(), d, strings.TrimPrefix(at, "/intake/"))
		if err != nil || m.State != intake.Running || m.Done == 0 || m.Done == many {
			t.Fatalf("%+v %v", m, err)
		}
		other := intake.NewOffice(d, slog.New(slog.DiscardHandler))
		other.Actor = c.office.Actor
		runner := jobs.New(d, slog.New(slog.DiscardHandler))
		other.Wire(runner)
		clock.Add(2 * time.Minute)
		for range 2 { // the clock finds what was left, then it is taken up
			if err := runner.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			other.Rest()
		}
		if m, err = intake.Get(t.Context(), d, m.ID); err != nil || m.State != intake.Done || m.Done != many || m.New != many {
			t.Errorf("%+v %v", m, err)
		}
	})
}

func TestFilesThatWillNotDoSaySo(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := open(t, d)
		for name, f := range map[string]struct{ text, see string }{
			"a.xlsx": {"编码,名称\nA,甲\n", "它其实是 .csv 文件"},
			"b.csv":  {"编码,名称\n", "只有表头（第 1 行），下面没有数据"},
			"c.csv":  {"日期,金额\n2026-01-02,3\n", "这不像科室表：没有“名称”列"},
			"d.csv":  {"1,2\n3,4\n", "找不到表头"},
			"e.pdf":  {"%PDF-1.7 …", "PDF"},
		} {
			at := c.bring("departments", name, f.text)
			c.work()
			webtest.Run(t, c, webtest.Call{Name: name, URL: at, See: []string{"未能处理", f.see, "换一个文件"}})
		}
		webtest.Run(t, c, webtest.Call{Method: "POST", URL: "/intake", Form: url.Values{"kind": {"departments"}}, Files: []webtest.File{{Field: "file", Name: "empty.csv"}}, Want: 422})
	})
}

// Holds: v5.0.0-8.2.1
func TestWhoMayNotImportSeesNothing(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.SQLite(t, rooms))
	c := open(t, d)
	at := c.bring("departments", "w.csv", "编码,名称\nA,甲\n")
	c.By = dbtest.Person("nurse", departments.MayChange)
	for _, url := range []string{"/intake", "/intake/new", at, at + "/rows", at + "/refused"} {
		webtest.Run(t, c, webtest.Call{URL: url, Want: http.StatusForbidden})
	}
	c.By = dbtest.Person("clerk", intake.MayImport)
	webtest.Run(t, c, webtest.Call{Method: "POST", URL: "/intake", Form: url.Values{"kind": {"items"}}, Files: []webtest.File{{Field: "file", Name: "i.csv", Body: []byte("品名\n笔\n")}}, Want: 403})
}

// Holds: v5.0.0-14.2.7 DB3-8.1.4.10-b
func TestFilesAreForgottenAfterAMonth(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		c := open(t, d)
		at := c.bring("departments", "w.csv", "编码,名称\nA,甲\nB,\n")
		c.work()
		webtest.Run(t, c, webtest.Call{Method: "POST", URL: at + "/start", Form: url.Values{"_version": {c.version(at)}}, Want: 303})
		c.work()
		clock.Add(intake.FileKept + time.Hour)
		c.work()
		webtest.Run(t, c,
			webtest.Call{URL: at, See: []string{"已完成", "写入 1 行"}, NotSee: []string{"下载未收的行"}},
			webtest.Call{URL: at + "/refused?format=csv", Want: 404},
			webtest.Call{URL: "/intake", See: []string{"w.csv"}})
	})
}
