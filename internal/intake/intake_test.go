package intake_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"houqin/internal/approvals"
	"houqin/internal/assets"
	"houqin/internal/assets/assetsweb"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/list"
	"houqin/internal/base/sheet"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/base/words"
	"houqin/internal/calendar"
	"houqin/internal/catalog"
	"houqin/internal/catalog/catalogweb"
	"houqin/internal/counting"
	"houqin/internal/counting/countingweb"
	"houqin/internal/departments"
	"houqin/internal/departments/departmentsweb"
	"houqin/internal/desk"
	"houqin/internal/desk/deskweb"
	"houqin/internal/files"
	"houqin/internal/intake"
	"houqin/internal/intake/intakeweb"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/places/placesweb"
	"houqin/internal/purchasing"
	"houqin/internal/purchasing/purchasingweb"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/suppliers/suppliersweb"
	"houqin/internal/warehouse"
	"houqin/internal/warehouse/warehouseweb"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, calendar.Migrations, catalog.Migrations, suppliers.Migrations, places.Migrations, people.Migrations,
	files.Migrations, messages.Migrations, approvals.Migrations, warehouse.Migrations, counting.Migrations, purchasing.Migrations, assets.Migrations, desk.Migrations, intake.Migrations}

// clerk brings files in as the program itself does by command line.
type clerk struct {
	t       *testing.T
	d       *db.DB
	by      db.Actor
	refused []intake.Result
}

func hire(t *testing.T, d *db.DB) *clerk { return &clerk{t: t, d: d, by: db.System("import")} }

// read opens a text as a file of this name.
func (c *clerk) read(kind, name, text string, m intake.Mapping) (*intake.Plan, error) {
	return intake.Read(context.Background(), c.d, kind, name, strings.NewReader(text), int64(len(text)), m)
}

// bring imports a text and says what became of its rows.
func (c *clerk) bring(kind, text string, o intake.Options) intake.Report {
	c.t.Helper()
	p, err := c.read(kind, "file.csv", text, intake.Mapping{})
	if err != nil {
		c.t.Fatal(err)
	}
	return c.run(p, o)
}

func (c *clerk) run(p *intake.Plan, o intake.Options) intake.Report {
	c.t.Helper()
	c.refused = nil
	o.Each = func(r intake.Result) error {
		if r.Outcome == intake.Refused {
			c.refused = append(c.refused, r)
		}
		return nil
	}
	r, err := intake.Run(context.Background(), c.d, c.by, p, o)
	if err != nil {
		c.t.Fatal(err)
	}
	return r
}

// said is the refused rows in English, a line each.
func (c *clerk) said() string {
	w := speak(c.t)
	var b strings.Builder
	for _, r := range c.refused {
		b.WriteString(strings.Join([]string{r.Where(w), r.Cell, r.Value, r.Reason(w)}, "|") + "\n")
	}
	return b.String()
}

func speak(t testing.TB) *words.Words { return speakIn(t, "en") }

func speakIn(t testing.TB, lang string) *words.Words {
	t.Helper()
	book := &words.Book{}
	for _, f := range texts {
		if err := book.Add(f); err != nil {
			t.Fatal(err)
		}
	}
	return book.In(lang)
}

func (c *clerk) counts(r intake.Report, read, made, changed, unchanged, refused int64) {
	c.t.Helper()
	if r.Read != read || r.New != made || r.Changed != changed || r.Unchanged != unchanged || r.Refused != refused {
		c.t.Errorf("read %d, new %d, changed %d, unchanged %d, refused %d; want %d, %d, %d, %d, %d\n%s",
			r.Read, r.New, r.Changed, r.Unchanged, r.Refused, read, made, changed, unchanged, refused, c.said())
	}
}

// applied are the rules applied, in English, a line each.
func applied(t testing.TB, r intake.Report) string {
	w := speak(t)
	var b strings.Builder
	for _, rule := range r.Rules {
		b.WriteString(rule.Say(w) + w.T("intake.rows_behind", rule.Rows) + "\n")
	}
	return b.String()
}

func see(t testing.TB, text string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said in\n%s", want, text)
		}
	}
}

// sample opens a real spreadsheet that nobody of the house wrote.
func sample(t *testing.T, file string) (*os.File, int64) {
	t.Helper()
	dir := os.Getenv("HOUQIN_SAMPLES")
	if dir == "" {
		t.Skip("HOUQIN_SAMPLES names no folder: left out is how real spreadsheets of hospitals are imported")
	}
	f, err := os.Open(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return f, info.Size()
}

// bringSample imports a real spreadsheet without a change by hand and without a mapping.
func (c *clerk) bringSample(kind, file string, o intake.Options) intake.Report {
	c.t.Helper()
	f, size := sample(c.t, file)
	p, err := intake.Read(context.Background(), c.d, kind, filepath.Base(file), f, size, intake.Mapping{})
	if err != nil {
		c.t.Fatal(err)
	}
	return c.run(p, o)
}

var texts = []fs.FS{web.WordFiles, ui.WordFiles, sheet.Words, intakeweb.Words, departmentsweb.Words, placesweb.Words, catalogweb.Words, warehouseweb.Words, assetsweb.Words, deskweb.Words, purchasingweb.Words, countingweb.Words, suppliersweb.Words}

func TestDepartmentsComeInTheirOrder(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := hire(t, d)
		const file = "某某医院科室一览表,,\n科室编码,科室名称,床位\nA03.01,呼吸内科,40\nA03,内科,\n,,\nA03.01,又一个,3\nX,,2\n合计,,45\n科室编码,科室名称,床位\nY,超声科,三\n"
		c.counts(c.bring("departments", file, intake.Options{DryRun: true}), 7, 2, 0, 0, 5)
		if n := count(t, d, &departments.Departments); n != 0 {
			t.Errorf("a dry run left %d departments", n)
		}
		c.counts(c.bring("departments", file, intake.Options{}), 7, 2, 0, 0, 5)
		for _, want := range []string{"科室编码|A6|A03.01|“A03.01” stands in row 3 already", "科室名称|B7||Nothing stands here", "||合计|This row is a subtotal, no record", "床位|C10|三|"} {
			if !strings.Contains(c.said(), want) {
				t.Errorf("%q is not said in\n%s", want, c.said())
			}
		}
		below, err := departments.ByCode(t.Context(), d, "A03.01")
		if err != nil || below.ParentName != "内科" || below.Kind != departments.Ward || below.Beds != 40 || below.Official != "A03.01" {
			t.Errorf("%+v %v", below, err)
		}
		c.counts(c.bring("departments", file, intake.Options{}), 7, 0, 0, 2, 5)
		c.counts(c.bring("departments", strings.Replace(file, "呼吸内科,40", "呼吸内科,44", 1), intake.Options{}), 7, 0, 1, 1, 5)
	})
}

func TestWholeMeansAllOrNone(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := hire(t, d)
		const file = "编码,名称\nA,甲\nB,\n"
		p, err := c.read("departments", "f.csv", file, intake.Mapping{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := intake.Run(t.Context(), d, c.by, p, intake.Options{Whole: true})
		if err == nil || !strings.Contains(err.Error(), "whole_refused") {
			t.Fatalf("%v", err)
		}
		c.counts(r, 2, 0, 0, 0, 2)
		if n := count(t, d, &departments.Departments); n != 0 {
			t.Errorf("%d departments of a file that was turned away", n)
		}
		c.counts(c.bring("departments", "编码,名称\nA,甲\nB,乙\n小计,2\n", intake.Options{Whole: true}), 3, 2, 0, 0, 1)
	})
}

func TestFilesThatWillNotDo(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.SQLite(t, rooms))
	c := hire(t, d)
	for _, f := range []struct{ kind, name, text, want string }{
		{"departments", "a.csv", "", "sheet.empty"},
		{"departments", "a.xlsx", "a,b\n1,2\n", "sheet.misnamed"},
		{"departments", "a.csv", "编码,名称\n", "intake.only_header"},
		{"departments", "a.csv", "编码,名称\n" + strings.Repeat(",\n", 1_000_000), "intake.only_header"},
		{"departments", "a.csv", "1,2,3\n4,5,6\n", "intake.no_header"},
		{"departments", "a.csv", "日期,金额\n2026-01-02,5\n", "intake.column_missing"},
		{"nonsense", "a.csv", "编码,名称\nA,甲\n", "intake.no_kind"},
		{"departments", "a.pdf", "%PDF-1.7", "sheet.is_pdf"},
	} {
		if _, err := c.read(f.kind, f.name, f.text, intake.Mapping{}); err == nil || !strings.Contains(err.Error(), f.want) {
			t.Errorf("%.20q: %v, want %s", f.text, err, f.want)
		}
	}
}

// count is how many records a list has.
func count[T any](t testing.TB, d *db.DB, l *list.Of[T]) int {
	t.Helper()
	all, err := l.All(t.Context(), d, list.Where{}, 200_000)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// What broke off goes on: what was entered stays, and the rest comes next time.
func TestBrokenOffHalfWay(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := hire(t, d)
		var b strings.Builder
		b.WriteString("单号,日期,内容\n")
		for i := range 450 {
			fmt.Fprintf(&b, "N%d,2025-01-02,工单 %d\n", i, i)
		}
		for _, whole := range []bool{true, false} {
			p, err := c.read("jobs", "f.csv", b.String(), intake.Mapping{})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			seen := 0
			_, err = intake.Run(ctx, d, c.by, p, intake.Options{Whole: whole, Progress: func(int64) { cancel() }, Each: func(intake.Result) error {
				if seen++; seen == 150 {
					cancel()
				}
				return nil
			}})
			cancel()
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("whole %v: %v", whole, err)
			}
			n := count(t, d, &desk.Jobs)
			if whole && n != 0 || !whole && (n == 0 || n >= 450) {
				t.Errorf("whole %v: %d jobs of an import that was broken off", whole, n)
			}
		}
		before := int64(count(t, d, &desk.Jobs))
		c.counts(c.bring("jobs", b.String(), intake.Options{}), 450, 450-before, 0, before, 0)
	})
}

// Holds: v5.0.0-8.2.1
func TestWithoutThePermissionNothingIsRead(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.SQLite(t, rooms))
	c := hire(t, d)
	p, err := c.read("departments", "f.csv", "编码,名称\nA,甲\n", intake.Mapping{})
	if err != nil {
		t.Fatal(err)
	}
	for _, may := range [][]string{{}, {intake.MayImport}, {departments.MayChange}} {
		if _, err := intake.Run(t.Context(), d, dbtest.Person("clerk", may...), p, intake.Options{}); err == nil || !strings.Contains(err.Error(), "base.need") {
			t.Errorf("with %v: %v", may, err)
		}
	}
	if _, err := intake.Run(t.Context(), d, dbtest.Person("clerk", intake.MayImport, departments.MayChange), p, intake.Options{}); err != nil {
		t.Error(err)
	}
}
