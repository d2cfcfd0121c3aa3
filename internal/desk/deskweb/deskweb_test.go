package deskweb_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"houqin/internal/approvals"
	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/list"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/web"
	"houqin/internal/base/webtest"
	"houqin/internal/calendar"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/departments/departmentsweb"
	"houqin/internal/desk"
	"houqin/internal/desk/deskweb"
	"houqin/internal/files"
	"houqin/internal/files/filesweb"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/people/peopleweb"
	"houqin/internal/places"
	"houqin/internal/places/placesweb"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, places.Migrations, people.Migrations, calendar.Migrations, messages.Migrations, approvals.Migrations, catalog.Migrations, suppliers.Migrations, warehouse.Migrations, assets.Migrations, files.Migrations, desk.Migrations}

// house is a ward, a crew and their people, at a site with the desk's doors.
type house struct {
	*sitetest.Site
	counter                                         *deskweb.Counter
	lang                                            string
	ward, other, electric                           departments.Department
	room                                            places.Place
	store                                           warehouse.Store
	tube                                            catalog.Item
	nurse, stranger, wang, li, dispatcher, director db.Actor
}

func open(t *testing.T, d *db.DB, more ...fs.FS) *house {
	h := &house{Site: sitetest.New(t, d, append([]fs.FS{deskweb.Words, departmentsweb.Words, placesweb.Words, filesweb.Words}, more...)...)}
	h.Hospital, h.lang = "县人民医院", "zh"
	h.Who = func(*http.Request) (web.Visitor, error) { return web.Visitor{Actor: h.By, Lang: h.lang}, nil }
	counter := deskweb.New()
	h.counter = counter
	var err error
	if counter.Files, err = files.Open(t.Context(), t.TempDir()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { counter.Files.Close() })
	h.Room(counter.Routes())
	deskweb.Pickers(h.Site.Site)
	departmentsweb.Pickers(h.Site.Site)
	placesweb.Pickers(h.Site.Site)
	peopleweb.Pickers(h.Site.Site)
	h.Nobody("campuses")
	h.Nobody("assets")
	// Stand-ins for the pickers of the warehouse and the catalog: they find by name.
	h.Picker("stores", web.Picker{Need: web.SignedIn, Find: func(ctx context.Context, r db.Reader, _ db.Actor, text string) ([]web.Pick, error) {
		return []web.Pick{{ID: h.store.ID, Label: h.store.Name}}, nil
	}, Label: func(context.Context, db.Reader, string) (string, error) { return h.store.Name, nil }})
	h.Picker("items", web.Picker{Need: web.SignedIn, Find: func(ctx context.Context, r db.Reader, _ db.Actor, text string) ([]web.Pick, error) {
		return []web.Pick{{ID: h.tube.ID, Label: h.tube.Name}}, nil
	}, Label: func(context.Context, db.Reader, string) (string, error) { return h.tube.Name, nil }})
	ctx := t.Context()
	dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error {
		person := func(number, name string, unit departments.Department, may ...string) db.Actor {
			p := people.Person{Number: number, Name: name, Department: unit.ID}
			if err := people.Hire(ctx, tx, &p); err != nil {
				t.Fatal(err)
			}
			a := dbtest.PersonIn(p.ID, unit.ID, may...)
			a.Name = name
			return a
		}
		for _, x := range []struct {
			to         *departments.Department
			code, name string
			kind       departments.Kind
		}{{&h.ward, "N1", "内一科", departments.Ward}, {&h.other, "W1", "外一科", departments.Ward}, {&h.electric, "DG", "电工班", departments.Team}} {
			*x.to = departments.Department{Code: x.code, Name: x.name, Kind: x.kind}
			if err := departments.Found(ctx, tx, x.to); err != nil {
				return err
			}
		}
		h.room = places.Place{Code: "A301", Name: "301病房", Kind: places.Room, Department: h.ward.ID, Phones: []string{"8301"}}
		if err := places.Add(ctx, tx, &h.room); err != nil {
			return err
		}
		h.nurse = person("1001", "周护士", h.ward, desk.MayReport, desk.MaySign, desk.MayCancel, files.MayAttach)
		h.stranger = person("1002", "吴护士", h.other, desk.MayReport, desk.MaySign, files.MayAttach)
		h.wang = person("2001", "王建国", h.electric, desk.MayWork)
		h.li = person("2002", "李志强", h.electric, desk.MayWork)
		h.dispatcher = dbtest.Person("", desk.MayReport, desk.MayDispatch, desk.MaySee, desk.MayCancel)
		h.dispatcher.ID, h.dispatcher.Name = person("3001", "赵调度", h.electric).ID, "赵调度"
		h.wang.Rights[warehouse.MayUse] = db.Scope{All: true}
		h.store = warehouse.Store{Code: "WX", Name: "维修库", Department: h.electric.ID}
		if err := warehouse.SetUp(ctx, tx, &h.store); err != nil {
			return err
		}
		h.tube = catalog.Item{Name: "灯管", Spec: "T8 18W", Unit: "支", Category: catalog.Spare}
		if err := catalog.Add(ctx, tx, &h.tube); err != nil {
			return err
		}
		if _, err := warehouse.Open(ctx, tx, warehouse.Stocktaking{Store: h.store.ID, Lines: []warehouse.In{{Item: h.tube.ID, Qty: "4", Price: "12.50"}}}); err != nil {
			return err
		}
		h.director = dbtest.Person("钱主任", desk.MaySee)
		return nil
	})
	return h
}

// as lets the client come as somebody else.
func (h *house) as(who db.Actor) { h.By = who }

func (h *house) only(t *testing.T) desk.Job {
	t.Helper()
	all, err := desk.Jobs.All(context.Background(), h.DB, desk.Scope(db.System("test")), 10)
	if err != nil || len(all) != 1 {
		t.Fatal(len(all), err)
	}
	return all[0]
}

func fill(kv ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(kv); i += 2 {
		v.Add(kv[i], kv[i+1])
	}
	return v
}

func TestAFaultFromTheWardToItsSignature(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		c := webtest.New(t, h)
		h.as(h.nurse)
		page := c.Get("/desk/ward").See("我的科室", "没有未完成的报修").Follow("a.menu-accent")
		page = page.Press("报修", fill("trade", "electric", "place", "A301", "title", "灯不亮"))
		page.See("已报修，单号 WX-2027-000001", "灯不亮", "301病房", "内一科", "待派工", "催单")
		j := h.only(t)
		at := "/desk/jobs/" + j.ID
		// The second report of the same kind at the same place is seen before it is made.
		again := c.Get("/desk/report").See("这里已有未完成的报修", "灯不亮")
		if again.Input("place") != "301病房" {
			t.Errorf("the last place is not there again: %q", again.Input("place"))
		}
		again.PressWant(409, "报修", fill("trade", "electric", "title", "灯管闪")).See("这里同类报修还没完成：WX-2027-000001 灯不亮", "灯管闪", "仍然报修")
		c.Get(at).Press("催单", nil).See("科室已催 1 次")

		h.as(h.dispatcher)
		c.Get("/desk/board").See("灯不亮", "301病房", "催1").Press("#dispatch-"+j.ID+" button.btn-accent", fill("worker", "王建国")).See("WX-2027-000001 已派工", "王建国")

		h.as(h.wang)
		c.Get("/desk/mine").See("下一件", "灯不亮", "周护士").Press("接单", nil).Press("到场", nil).See("已到场", "完工")
		c.Get(at).PressWant(422, "#step-finish button.btn-accent", fill("done", "", "minutes", "x")).See("必填", "请填整数")
		c.Get(at).Press("#step-finish button.btn-accent", fill("done", "换了灯管", "cause", "老化", "minutes", "30")).See("已完工", "待签单", "换了灯管", "30分钟", "30.00")

		h.as(h.stranger)
		webtest.Run(t, h, webtest.Call{URL: at, Want: 404}, webtest.Call{Method: "POST", URL: at + "/sign", Form: fill("signature", "x"), Want: 404})
		c.Get("/desk/ward").NotSee("灯不亮")

		h.as(h.nurse)
		c.Get("/desk/ward").See("等我签单", "灯不亮 · 王建国").Press("签单", fill("signature", "周护士", "rating", "5")).See("已签 1 单")
		c.Get(at).See("已签单", "周护士", "非常满意").NotIn("button", "催单").NotIn("summary", "签单")
	})
}

// working is a job at the room, with Wang there.
func (h *house) working(t *testing.T) desk.Job {
	t.Helper()
	var j desk.Job
	ctx := context.Background()
	do := func(by db.Actor, f func(*db.Tx) error) {
		t.Helper()
		dbtest.Do(t, h.DB, by, f)
	}
	do(h.nurse, func(tx *db.Tx) (err error) {
		j, err = desk.Report(ctx, tx, &desk.Slip{Title: "灯不亮", Trade: "electric", Place: h.room.ID, Spot: "床头", Phone: "8301", Source: "ward"})
		return err
	})
	do(h.dispatcher, func(tx *db.Tx) error {
		_, err := desk.Dispatch(ctx, tx, j.ID, 0, desk.Assignment{Worker: h.wang.ID})
		return err
	})
	do(h.wang, func(tx *db.Tx) error {
		_, err := desk.Accept(ctx, tx, j.ID, 0)
		if err == nil {
			_, err = desk.Arrive(ctx, tx, j.ID, 0)
		}
		return err
	})
	return j
}

func TestAShortStoreComplainsAtTheLineAndKeepsWhatWasTyped(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		j := h.working(t)
		at := "/desk/jobs/" + j.ID
		h.as(h.wang)
		c := webtest.New(t, h)
		page := c.Get(at)
		if got := page.Input("store"); got != "维修库" {
			t.Errorf("the store of one's own crew is not offered: %q", got)
		}
		// The first line was left empty; the second is short.
		page = page.PressWant(422, "#step-finish button.btn-accent", fill("done", "换灯管", "minutes", "30", "parts.1.item", "灯管", "parts.1.qty", "5"))
		page.See("换灯管", "灯管")
		if page.Count("tr:first-of-type .error") != 1 {
			t.Errorf("%d complaints at the line", page.Count("tr:first-of-type .error"))
		}
		if page.Input("parts.0.qty") != "5" || page.Input("minutes") != "30" {
			t.Errorf("typed 5 and 30, the page has %q and %q", page.Input("parts.0.qty"), page.Input("minutes"))
		}
		page.Press("#step-finish button.btn-accent", fill("parts.0.qty", "4")).See("待签单", "灯管 T8 18W", "4 支", "50.00", "CK-2027-000001", "80.00")
	})
}

func TestTheSlip(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		j := h.working(t)
		at := "/desk/jobs/" + j.ID
		h.as(h.nurse)
		c := webtest.New(t, h)
		webtest.Golden(t, "slip.txt", strings.ReplaceAll(c.Get(at+"/slip?copies=1").Text(), " ", "\n")+"\n")
		three := c.Get(at+"/slip").See("存根联", "班组联", "科室联")
		if three.Count(".qr svg") != 3 || three.Count("article.slip") != 3 {
			t.Errorf("%d codes on %d copies", three.Count(".qr svg"), three.Count("article.slip"))
		}
		webtest.Run(t, h, webtest.Call{URL: at + "/slip?copies=4", Want: 422}, webtest.Call{URL: at + "/slip?copies=0", Want: 422})
		h.as(h.stranger)
		webtest.Run(t, h, webtest.Call{URL: at + "/slip", Want: 404})
	})
}

func TestACallNamesWhereItComesFromAndSendsSomebody(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.as(h.dispatcher)
		c := webtest.New(t, h)
		page := c.Get("/desk/call").Press("查地点", fill("phone", "8301")).See("8301：301病房，内一科")
		if page.Input("place") != "301病房" || page.Input("department") != "内一科" || page.Input("phone") != "8301" {
			t.Errorf("filled in: %q %q %q", page.Input("place"), page.Input("department"), page.Input("phone"))
		}
		page.Press("#call button.btn-accent", fill("title", "跳闸", "trade", "electric", "urgency", "emergency", "caller", "周护士", "worker", "王建国")).See("已报修", "跳闸", "王建国", "紧急")
		j := h.only(t)
		if j.State != desk.Dispatched || j.Department != h.ward.ID || j.ReporterName != "周护士" || j.Source != "phone" || j.Phone != "8301" {
			t.Errorf("the call became %+v", j)
		}
		c.Get("/desk/call?phone=8301").See("这里已有未完成的报修", "跳闸")
		c.Get("/desk/call?phone=9999").See("没有登记地点")
		h.as(h.nurse)
		webtest.Run(t, h, webtest.Call{URL: "/desk/call", Want: 403})
	})
}

// Who calls again is told who comes, and the job is hastened where the call is taken; an
// extension that nobody knows asks for the place first.
func TestWhoCallsAgainHastens(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.working(t)
		h.as(h.dispatcher)
		c := webtest.New(t, h)
		call := c.Get("/desk/call?phone=8301").See("灯不亮", "王建国")
		if !strings.Contains(call.Attr("#known", "hx-trigger"), "#call-place") || !strings.Contains(c.Get("/desk/similar?form=call&place.id="+h.room.ID).See("催单").Attr("#known", "hx-trigger"), "#call-place") {
			t.Error("what is open does not follow the place of the call")
		}
		call.Press("#known button", nil).See("电话报修", "已催")
		if j := h.only(t); j.Hastened != 1 {
			t.Errorf("hastened %d times", j.Hastened)
		}
		if c.Get("/desk/call?phone=8301").See("催1").Count("#known button") != 0 {
			t.Error("it can be hastened again at once")
		}
		for phone, first := range map[string]string{"8301": "call-title", "9999": "call-place"} {
			if got := c.Get("/desk/call?phone="+phone).Attr("[autofocus]", "id"); got != first {
				t.Errorf("a call of %s begins at %s", phone, got)
			}
		}
		h.as(h.nurse)
		if c.Get("/desk/report?place="+h.room.ID).See("灯不亮").Count("#known button") != 0 {
			t.Error("a ward's slip hastens")
		}
	})
}

func TestTheTeamTakesItsJobs(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.as(h.nurse)
		c := webtest.New(t, h)
		c.Get("/desk/report").Press("报修", fill("trade", "water", "place", "A301"))
		h.as(h.li)
		list := c.Get("/desk/mine").See("班组待抢", "水", "手上没有活")
		h.as(h.wang)
		c.Get("/desk/mine").Press("抢单", nil).See("归您了", "到场")
		h.as(h.li)
		list.PressWant(409, "抢单", nil).See("王建国已经抢先接了这单")
		c.Get("/desk/mine").NotIn("button", "抢单")
	})
}

// Holds: AB-10
func TestARepeatedSubmitReportsOnce(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.as(h.nurse)
		f := fill("trade", "electric", "title", "灯不亮", "place", "A301", "_key", "k1")
		webtest.Run(t, h,
			webtest.Call{Name: "first", Method: "POST", URL: "/desk/report", Form: f, Want: 303},
			webtest.Call{Name: "again", Method: "POST", URL: "/desk/report", Form: f, Want: 303},
			webtest.Call{Name: "other", Method: "POST", URL: "/desk/report", Form: fill("trade", "water", "_key", "k1"), Want: 409})
		h.only(t)
	})
}

func TestProgramsReportAndRead(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.as(h.nurse)
		slip := map[string]any{"trade": "lift", "title": "电梯报警", "place": "A301", "urgency": "emergency"}
		webtest.Run(t, h,
			webtest.Call{Method: "POST", URL: "/api/desk/report", JSON: map[string]any{"trade": "magic", "colour": "red"}, Want: 422, See: []string{`"field":"trade"`, `"field":"colour"`}},
			webtest.Call{Name: "report", Method: "POST", URL: "/api/desk/report", JSON: slip, Want: 200, See: []string{`"number":"WX-2027-000001"`, `"source":"api"`, `"state":"reported"`}},
			webtest.Call{Name: "double", Method: "POST", URL: "/api/desk/report", JSON: slip, Want: 409, See: []string{"urn:houqin:fault:desk.similar", "WX-2027-000001"}},
			webtest.Call{URL: "/api/desk/similar?place=" + h.room.ID, Want: 200, See: []string{`"title":"电梯报警"`}},
			webtest.Call{URL: "/api/desk/jobs?open=true", Want: 200, See: []string{`"department_name":"内一科"`, `"count":1`}},
		)
		at := "/api/desk/jobs/" + h.only(t).ID
		webtest.Run(t, h,
			webtest.Call{Method: "POST", URL: at + "/hasten", JSON: map[string]any{}, Want: 200, See: []string{`"hastened":1`}},
			webtest.Call{Name: "at once again", Method: "POST", URL: at + "/hasten", JSON: map[string]any{}, Want: 409, See: []string{"urn:houqin:fault:desk.hastened_lately", "15 分钟后可以再催"}},
			webtest.Call{Name: "a ward looks at it for the desk", Method: "POST", URL: at + "/triage", JSON: map[string]any{}, Want: 403},
			webtest.Call{Method: "POST", URL: at + "/dispatch", JSON: map[string]any{"worker": "2001"}, Want: 403})
		h.as(h.dispatcher)
		webtest.Run(t, h,
			webtest.Call{Method: "POST", URL: at + "/dispatch", JSON: map[string]any{}, Want: 422, See: []string{`"field":"worker"`}},
			webtest.Call{Name: "dispatch", Method: "POST", URL: at + "/dispatch", JSON: map[string]any{"worker": "2001"}, Want: 200, See: []string{`"worker_name":"王建国"`, `"state":"dispatched"`}},
			webtest.Call{URL: "/api/desk/today", Want: 200, See: []string{`"open":{"n":1`}})
	})
}

func TestTheDirectorsDayOpensItsJobs(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		j := h.working(t)
		h.as(h.wang)
		c := webtest.New(t, h)
		clock.Add(80 * 3600 * 1e9)
		c.Get("/desk/jobs/"+j.ID).See("已超时").Press("#step-finish button.btn-accent", fill("done", "换灯管", "minutes", "60"))
		h.as(h.nurse)
		c.Get("/desk/report").Press("报修", fill("trade", "water", "place", "A301", "title", "水管漏", "urgency", "emergency"))
		clock.Add(3600 * 1e9)
		h.as(h.director)
		day := c.Get("/desk/today").In(".figures li", "未结 2").In(".figures li", "超时 1").In(".figures li", "紧急未完 1").In(".figures li", "今日完工 1").In(".figures li", "待签单 1").In(".figures li", "本月费用 60.00")
		day.Follow(".figures li:nth-child(2) a").See("超时未完的工单", "水管漏").NotSee("灯不亮")
		day.Follow(".figures li:nth-child(5) a").See("灯不亮").NotSee("水管漏")
		day.Follow(".figures li:nth-child(6) a").See("灯不亮").NotSee("水管漏")
		day.Follow(".figures li:nth-child(7) a").See("内一科", "60.00", "全院").Follow("内一科").See("灯不亮").NotSee("水管漏")
		webtest.Run(t, h, webtest.Call{URL: "/desk/costs?month=2027-13", Want: 422}, webtest.Call{URL: "/desk/jobs?format=csv", Want: 200, See: []string{"水管漏"}})
		h.as(h.nurse)
		webtest.Run(t, h, webtest.Call{URL: "/desk/today", Want: 403}, webtest.Call{URL: "/desk/board", Want: 403}, webtest.Call{URL: "/desk/mine", Want: 403}, webtest.Call{URL: "/desk/settings", Want: 403})
	})
}

// A number of the day opens as many jobs as it says, also where some are done and wait for
// their signature, or no crew has them; so do the crews below it.
func TestEachNumberOfTheDayOpensAsManyJobs(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		h.as(h.nurse)
		c := webtest.New(t, h)
		for _, trade := range []string{"lift", "water", "metal"} {
			c.Get("/desk/report").Press("报修", fill("trade", trade, "place", "A301", "title", "坏了 "+trade, "urgency", "emergency"))
		}
		urgent, err := desk.Jobs.All(t.Context(), d, list.Where{}, 10)
		if err != nil || len(urgent) != 3 {
			t.Fatal(len(urgent), err)
		}
		h.as(h.wang)
		c.Get("/desk/jobs/"+urgent[0].ID).Press("到场", nil)
		c.Get("/desk/jobs/"+urgent[0].ID).Press("#step-finish button.btn-accent", fill("done", "修好", "minutes", "5"))
		h.working(t)
		clock.Add(80 * 3600 * 1e9)
		h.as(h.director)
		day := c.Get("/desk/today").In(".figures li", "紧急未完 2").In(".figures li", "未结 4")
		leads := func(what, href string) {
			t.Helper()
			n := regexp.MustCompile(`\d+`).FindString(what)
			if rows := strconv.Itoa(c.Get(href).Count(".list tbody tr .row-link")); rows != n {
				t.Errorf("%s opens %s jobs: %s", what, rows, href)
			}
		}
		for n := range 4 { // those of jobs that are open, whenever they were reported
			at := ".figures li:nth-child(" + strconv.Itoa(n+1) + ")"
			if what := day.Texts(at)[0]; n != 3 {
				leads(what, day.Attr(at+" a", "href"))
			}
		}
		rows := day.Texts("#crews tbody tr")
		if len(rows) != 2 {
			t.Fatalf("crews: %q", rows)
		}
		for n, what := range rows {
			row := "#crews tbody tr:nth-child(" + strconv.Itoa(n+1) + ") "
			leads(what, day.Attr(row+".row-link", "href"))
			leads(day.Texts(row + "td:last-child")[0], day.Attr(row+"td:last-child a", "href"))
		}
	})
}

func TestTheHospitalArrangesItsDesk(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.as(dbtest.Person("科长", desk.MayArrange, desk.MayReport))
		c := webtest.New(t, h)
		c.Get("/desk/settings").PressWant(422, "保存", fill("rate", "x"))
		c.Get("/desk/settings").PressWant(422, "保存", fill("routes.0.crew", "电工班", "routes.0.trade", "electric", "routes.1.crew", "电工班", "routes.1.trade", "electric")).See("同一类别")
		page := c.Get("/desk/settings").Press("保存", fill("rate", "80", "routes.0.crew", "电工班", "routes.0.trade", "electric")).See("设置已保存")
		if page.Input("rate") != "80.00" || page.Input("routes.0.crew") != "电工班" {
			t.Errorf("kept: %q %q", page.Input("rate"), page.Input("routes.0.crew"))
		}
		h.as(h.nurse)
		c.Get("/desk/report").Press("报修", fill("trade", "electric", "place", "A301")).See("电工班")
	})
}

func TestEnglishIsComplete(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		j := h.working(t)
		for _, by := range []db.Actor{h.nurse, h.wang, h.dispatcher, h.director} {
			h.as(by)
			h.lang = "en"
			c := webtest.New(t, h)
			for _, at := range []string{"/desk/ward", "/desk/report", "/desk/mine", "/desk/board", "/desk/call", "/desk/today", "/desk/costs", "/desk/jobs", "/desk/jobs/" + j.ID, "/desk/jobs/" + j.ID + "/slip"} {
				p := c.Do(webtest.Call{URL: at, Want: h.want(at, by)})
				p.NotSee("«")
			}
		}
	})
}

func (h *house) want(at string, by db.Actor) int {
	need := map[string]string{"/desk/ward": desk.MayReport, "/desk/report": desk.MayReport, "/desk/mine": desk.MayWork, "/desk/board": desk.MaySee, "/desk/call": desk.MayDispatch, "/desk/today": desk.MaySee, "/desk/costs": desk.MaySee}[at]
	if need != "" && !by.May(need) {
		return 403
	}
	return 200
}

func TestTheSecondDispatcherReadsWhoWasSent(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.as(h.nurse)
		c := webtest.New(t, h)
		c.Get("/desk/report").Press("报修", fill("trade", "electric", "place", "A301", "title", "灯不亮"))
		j := h.only(t)
		h.as(h.dispatcher)
		one, two := c.Get("/desk/board"), c.Get("/desk/board")
		one.Press("#dispatch-"+j.ID+" button.btn-accent", fill("worker", "王建国"))
		two.PressWant(409, "#dispatch-"+j.ID+" button.btn-accent", fill("worker", "李志强")).See("已由赵调度派给王建国 · 电工班", "改派")
		if got := h.only(t); got.Worker != h.wang.ID {
			t.Errorf("the job went to %s", got.WorkerName)
		}
	})
}

// photo is a small picture as a telephone sends it.
func photo(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPhotosOfTheFaultAndOfTheWork(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.as(h.nurse)
		c := webtest.New(t, h)
		page := c.Get("/desk/report").PressWant(422, "报修", fill("trade", "electric", "place", "A301", "title", "灯不亮"), webtest.File{Field: "photos", Name: "灯.jpg", Body: []byte("no picture")})
		page.See("灯不亮").Press("报修", fill("trade", "electric"), webtest.File{Field: "photos", Name: "灯.png", Body: photo(t)})
		j := h.only(t)
		at := "/desk/jobs/" + j.ID
		if n := c.Get(at).Count(".photos img"); n != 1 {
			t.Errorf("%d photos on the job", n)
		}
		c.Get(at).Press("#step-picture button.btn-accent", nil, webtest.File{Field: "photos", Name: "2.png", Body: photo(t)}).See("已加照片", "加照片")
		if n := c.Get(at).Count(".photos img"); n != 2 {
			t.Errorf("%d photos on the job after another", n)
		}
		h.as(h.stranger)
		webtest.Run(t, h, webtest.Call{Method: "POST", URL: at + "/picture", Form: fill(), Files: []webtest.File{{Field: "photos", Name: "x.png", Body: photo(t)}}, Want: 404})
		h.as(h.director) // sees everything and changes nothing
		if n := c.Get(at).Count("#step-picture"); n != 0 {
			t.Error("who may only look is offered to add photos")
		}
		webtest.Run(t, h, webtest.Call{Method: "POST", URL: at + "/picture", Form: fill(), Files: []webtest.File{{Field: "photos", Name: "x.png", Body: photo(t)}}, Want: 403})
		if err := desk.Guard(t.Context(), d, h.stranger, j.ID); err == nil {
			t.Error("another ward may look at the photos")
		}
	})
}
