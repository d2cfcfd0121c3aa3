package countingweb_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"houqin/internal/approvals"
	"houqin/internal/approvals/approvalsweb"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/list"
	"houqin/internal/base/quantity"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/webtest"
	"houqin/internal/calendar"
	"houqin/internal/catalog"
	"houqin/internal/catalog/catalogweb"
	"houqin/internal/counting"
	"houqin/internal/counting/countingweb"
	"houqin/internal/departments"
	"houqin/internal/departments/departmentsweb"
	"houqin/internal/files"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
	"houqin/internal/warehouse/warehouseweb"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, calendar.Migrations, catalog.Migrations, suppliers.Migrations, places.Migrations, people.Migrations, files.Migrations, messages.Migrations,
	approvals.Migrations, warehouse.Migrations, counting.Migrations}

// house is a store of lamps and gloves, open at the counter of counts.
type house struct {
	*sitetest.Site
	t      *testing.T
	d      *db.DB
	staff  map[string]people.Person
	store  warehouse.Store
	lamp   catalog.Item
	gloves catalog.Item
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	approvals.Ended[counting.Noun] = counting.Ended
	h := &house{t: t, d: d, staff: map[string]people.Person{}, Site: sitetest.New(t, d, countingweb.Words, approvalsweb.Words, warehouseweb.Words, catalogweb.Words, departmentsweb.Words)}
	h.Room(countingweb.Routes)
	h.Hospital, h.Address = "县人民医院", "https://houqin.test"
	warehouseweb.Pickers(h.Site.Site)
	departmentsweb.Pickers(h.Site.Site)
	h.Nobody("people")
	dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error {
		ctx := t.Context()
		kf := departments.Department{Code: "KF", Name: "物资科", Kind: departments.Office}
		if err := departments.Found(ctx, tx, &kf); err != nil {
			return err
		}
		for n, name := range []string{"库管", "科员", "会计", "副院长", "财务"} {
			p := people.Person{Number: fmt.Sprint(1000 + n), Name: name, Department: kf.ID}
			if err := people.Hire(ctx, tx, &p); err != nil {
				return err
			}
			h.staff[name] = p
		}
		for post, who := range map[string]string{"property_accountant": "会计", "vice_president": "副院长", "finance": "财务"} {
			if err := approvals.Seat(ctx, tx, &approvals.Holding{Post: post, Person: h.staff[who].ID}); err != nil {
				return err
			}
		}
		h.store = warehouse.Store{Code: "A", Name: "总库", Department: kf.ID, Keepers: []string{h.staff["库管"].ID}}
		if err := warehouse.SetUp(ctx, tx, &h.store); err != nil {
			return err
		}
		bin := warehouse.Bin{Store: h.store.ID, Code: "A-01"}
		if err := warehouse.AddBin(ctx, tx, &bin); err != nil {
			return err
		}
		h.lamp = catalog.Item{Number: "B001", Name: "灯管", Spec: "T8 18W", Unit: "只", Category: catalog.Spare}
		h.gloves = catalog.Item{Number: "A001", Name: "检查手套", Unit: "只", Packs: []quantity.Pack{{Unit: "盒", Factor: 100}}, Category: catalog.Consumable, Barcodes: []catalog.Barcode{{Code: "6901234567892"}}}
		s := suppliers.Supplier{Name: "康达医疗", Number: "S1"}
		for _, i := range []*catalog.Item{&h.lamp, &h.gloves} {
			if err := catalog.Add(ctx, tx, i); err != nil {
				return err
			}
		}
		if err := suppliers.Add(ctx, tx, &s); err != nil {
			return err
		}
		_, err := warehouse.Receive(ctx, tx, warehouse.Delivery{Store: h.store.ID, Supplier: s.ID, Invoice: "FP-1", Lines: []warehouse.In{{Item: h.lamp.ID, Qty: "60", Amount: "1200", Bin: bin.ID}, {Item: h.gloves.ID, Qty: "12盒", Amount: "600", Lot: "L7"}}})
		return err
	})
	return h
}

// at lets somebody of the staff stand at the counter.
func (h *house) at(name string) *webtest.Client {
	p := h.staff[name]
	h.By = db.Actor{ID: p.ID, Name: p.Name, Unit: p.Department, Rights: db.Rights{}, Source: "web 10.0.0.7"}
	rights := []string{counting.MaySee, warehouse.MaySee}
	switch name {
	case "库管", "科员":
		rights = append(rights, counting.MayArrange, counting.MayCount, counting.MaySettle)
	case "财务":
		rights = append(rights, counting.MayPost)
	}
	for _, r := range rights {
		h.By.Rights[r] = db.Scope{All: true}
	}
	return webtest.New(h.t, h)
}

// out is the address of the sheet that is out.
func (h *house) out() string {
	h.t.Helper()
	all, err := counting.Sheets.All(h.t.Context(), h.d, list.Where{}.And("s.open = true"), 10)
	if err != nil || len(all) != 1 {
		h.t.Fatal(all, err)
	}
	return "/counting/sheets/" + all[0].ID
}

func (h *house) count() counting.Count {
	h.t.Helper()
	all, err := counting.Counts.All(h.t.Context(), h.d, list.Where{}, 1)
	if err != nil || len(all) != 1 {
		h.t.Fatal(all, err)
	}
	return all[0]
}

func (h *house) agree(by string) {
	h.t.Helper()
	k, ok, err := approvals.OpenOf(h.t.Context(), h.d, counting.Noun, h.count().ID)
	if err != nil || !ok {
		h.t.Fatal("no case is open", err)
	}
	p := h.staff[by]
	dbtest.Do(h.t, h.d, db.Actor{ID: p.ID, Name: p.Name, Unit: p.Department, Rights: db.Rights{}}, func(tx *db.Tx) error {
		_, err := approvals.Agree(h.t.Context(), tx, k.ID, "", approvals.Signature{Digest: k.Digest})
		return err
	})
}

// From the phone between the racks to the books: one line at a time, blind, by scanner,
// counted again by another, explained, agreed to, posted.
func TestACountAtTheCounter(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.at("库管").Get("/counting/counts/new").Press("开始盘点", webtest.Fill{"store": {"总库"}, "goods": {"all"}}).See("PC-2027-000001", "盘点中", "盲盘").NotSee("«")
		at := h.out()
		h.at("库管").Get(at).See("检查手套", "未盘").NotSee("«", "60 只").Press("领表开盘", nil).See("扫码找货")
		line := h.at("库管").Get(at + "/find?code=6901234567892")
		line.See("检查手套", "L7", "几盒", "几只", "1 盒 = 100 只").NotSee("«", "12 盒")
		next := line.Press("记下，下一项", webtest.Fill{"n1": {"11"}, "n0": {"40"}})
		next.See("检查手套：11盒 40只", "灯管 T8 18W").NotSee("«")
		next.PressWant(422, "记下，下一项", webtest.Fill{"n0": {"许多"}}).See("灯管")
		h.at("库管").Get(at).PressWant(422, "form[action$=hand_in] button", nil).See("第", "灯管 T8 18W", "还没有数").NotSee("«")
		next.Press("记下，下一项", webtest.Fill{"n0": {"60"}}).See("2 / 2", "11 盒 40 只")
		// The sheets go out as a file: one's own figures stand in it, nobody else's, and never the books'.
		whole := "/counting/counts/" + h.count().ID
		if h.at("库管").Get(whole).See("下载填写表").Count(`a[href="`+whole+`/sheet"]`) != 1 {
			t.Error("the count does not give its sheets away")
		}
		h.at("库管")
		webtest.Run(t, h, webtest.Call{URL: whole + "/sheet?format=csv", See: []string{"盘点单号", "实盘数量", "PC-2027-000001", "A001", "L7", "1140"}, NotSee: []string{"账面结存", "1200"}}, webtest.Call{URL: whole + "/sheet"})
		h.at("科员")
		webtest.Run(t, h, webtest.Call{URL: whole + "/sheet?format=csv", See: []string{"A001"}, NotSee: []string{"1140"}})
		h.at("库管").Get(at+"/find?code=没有").See("这张表上没有“没有”", "发现账外物品")
		h.at("库管").Get(at+"/print").See("库存盘点表", "检查手套", "盘点人").NotSee("«", "账面数")
		h.at("库管").Get(at).Press("form[action$=hand_in] button", nil).See("已交")

		again := h.out()
		h.at("库管").Get(again).PressWant(403, "form[action$=take] button", nil).See("自己盘的差异须由他人复盘")
		second := h.at("科员")
		second.Get(again).See("复盘须由初盘人以外的人进行").Press("form[action$=take] button", nil)
		typed := second.Get(again + "/type")
		typed.PressWant(422, "保存", webtest.Fill{"lines.0.qty": {"2箱"}}).See("“2箱”里的单位不对").NotSee("«")
		typed.Press("保存", webtest.Fill{"lines.0.qty": {"11盒40只"}}).Press("form[action$=hand_in] button", nil)

		h.at("库管")
		webtest.Run(t, h, webtest.Call{URL: whole + "/sheet", Want: 409})
		c := whole
		page := h.at("库管").Get(c)
		page.See("已盘完", "50.00 %", "-60 只", "还缺：差异原因").NotSee("«").In("main .btn-accent", "填写差异原因")
		h.at("库管").Get(c+"/lines?differs=true").See("检查手套", "-60 只").NotSee("«", "灯管")
		h.at("库管").Get(c+"/reasons").Press("保存", webtest.Fill{"lines.0.reason": {"issue_late"}}).See("出库未及时记账").NotSee("还缺")
		h.at("库管").Get(c).Press("form#step-ask button", webtest.Fill{"text": {"夜间急领补单迟"}}).See("审批中", "SP-2027-000001").NotSee("«")
		h.agree("会计")
		h.agree("副院长")
		h.at("库管").Get(c).See("已批准，待调账").NotSee("确认调账")
		h.at("财务").Get(c).Follow("调账").See("-60 只", "确认调账").Press("确认调账", nil).See("已调账", "PD-2027-000001", "财务").NotSee("«")
		h.at("财务").Get(c+"/report").See("库存盘点报告", "PC-2027-000001", "-60 只", "出库未及时记账", "财产会计", "总务负责人").NotSee("«")
		h.at("财务").Get("/counting/counts").See("PC-2027-000001", "50.00 %", "30.00").NotSee("«")
		// Of two lines one was right, and of 1,800 yuan 30 were off; each figure opens its lines.
		page = h.at("财务").Get("/counting/counts").Follow("盘点准确率").See("50.00 %", "98.33 %", "A 类", "2027-03", "1,800.00", "30.00").NotSee("«", "未分类")
		page.Follow("#classes a[href$='differs=true']").See("检查手套", "PC-2027-000001", "-30.00").NotSee("«", "灯管")
		page.Follow("#months a[href$='differs=false']").See("灯管").NotSee("«", "检查手套")
		h.at("财务").Get("/counting/accuracy?store="+h.store.ID+"&from=2027-04-01&to=2027-04-30").See("这段时间没有盘完的盘点").NotSee("«", "98.33 %")
		webtest.Run(t, h, webtest.Call{URL: "/counting/accuracy?store=x", Want: 404}, webtest.Call{URL: "/counting/accuracy?from=x", Want: 422})
		got, err := warehouse.HoldingOf(t.Context(), d, h.store.ID, h.gloves.ID)
		if err != nil || got.Qty != 1140 {
			t.Errorf("%d lie there, %v", got.Qty, err)
		}
	})
}

// What lies there and is on no list is written down; a plan begins its count.
func TestAPlanAndWhatIsFound(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		new := h.at("库管").Get("/counting/plans/new")
		if new.Input("cycle") != counting.Daily {
			t.Errorf("a plan begins as %s", new.Input("cycle"))
		}
		new.PressWant(422, "保存", webtest.Fill{"name": {"日盘"}, "store": {"总库"}, "next": {"2020-01-01"}}).See("日期已过").NotSee("«")
		plan := new.Press("保存", webtest.Fill{"name": {"日盘"}, "store": {"总库"}, "most": {"1"}})
		plan.See("日盘").NotSee("«").Press("form[action$=begin] button", nil).See("PC-2027-000001", "日盘").NotSee("«")
		h.at("库管").Get("/counting/plans").See("日盘", "2027-03-05").NotSee("«")
		at := h.out()
		h.at("库管").Get(at).Press("领表开盘", nil)
		extra := h.at("库管").Get(at + "/extra")
		extra.PressWant(422, "发现账外物品", webtest.Fill{"item": {"灯管"}, "qty": {"三"}}).See("数量").NotSee("«")
		extra.Press("发现账外物品", webtest.Fill{"item": {"检查手套"}, "qty": {"3盒"}, "lot": {"L9"}}).See("L9", "3 盒").NotSee("«")
		h.at("库管").Get("/counting/counts/"+h.count().ID).Press("form#step-drop button", webtest.Fill{"text": {"改日再盘"}}).See("已作废", "改日再盘").NotSee("«")
	})
}

// Programs get the same, and of a blind sheet no more than people.
func TestCountsForPrograms(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.at("库管").Get("/counting/counts/new").Press("开始盘点", webtest.Fill{"store": {"总库"}, "goods": {"all"}})
		c := h.at("库管")
		c.Get(h.out()).Press("领表开盘", nil)
		h.By.Rights[counting.MayCount] = db.Scope{All: true}
		s, err := counting.SheetByID(t.Context(), d, h.By, strings.TrimPrefix(h.out(), "/counting/sheets/"))
		if err != nil {
			t.Fatal(err)
		}
		dbtest.Do(t, d, h.By, func(tx *db.Tx) error {
			all, err := counting.LinesOf(t.Context(), tx, s.ID)
			if err == nil {
				_, err = counting.Tally(t.Context(), tx, s.ID, 0, []counting.Found{{Line: all[0].ID, Qty: "1"}})
			}
			return err
		})
		c.Get(h.out()).NotSee("-1199", "账面数")
	})
}
