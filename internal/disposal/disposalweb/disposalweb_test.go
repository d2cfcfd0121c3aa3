package disposalweb_test

import (
	"io/fs"
	"strings"
	"testing"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/approvals/approvalsweb"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/list"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/webtest"
	"houqin/internal/calendar"
	"houqin/internal/catalog"
	"houqin/internal/catalog/catalogweb"
	"houqin/internal/departments"
	"houqin/internal/departments/departmentsweb"
	"houqin/internal/disposal"
	"houqin/internal/disposal/disposalweb"
	"houqin/internal/files"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/rules"
	"houqin/internal/rules/rulesweb"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
	"houqin/internal/warehouse/warehouseweb"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, calendar.Migrations, catalog.Migrations, suppliers.Migrations, places.Migrations, people.Migrations, files.Migrations, messages.Migrations,
	approvals.Migrations, warehouse.Migrations, disposal.Migrations}

// house is a hospital with a store of lamps, open at the counter.
type house struct {
	*sitetest.Site
	t     *testing.T
	d     *db.DB
	staff map[string]people.Person
	kf    departments.Department
	store warehouse.Store
	lamp  catalog.Item
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	approvals.Ended[disposal.Noun], approvals.Ended[disposal.SaleNoun] = disposal.Ended, disposal.SaleEnded
	h := &house{t: t, d: d, staff: map[string]people.Person{}, Site: sitetest.New(t, d, disposalweb.Words, rulesweb.Words, approvalsweb.Words, warehouseweb.Words, catalogweb.Words, departmentsweb.Words)}
	h.Room(disposalweb.Routes)
	h.Room(rulesweb.New(disposal.Claims).Routes())
	h.Hospital, h.Address = "县人民医院", "https://houqin.test"
	disposalweb.Pickers(h.Site.Site)
	warehouseweb.Pickers(h.Site.Site)
	departmentsweb.Pickers(h.Site.Site)
	h.Nobody("people")
	dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error {
		ctx := t.Context()
		h.kf = departments.Department{Code: "KF", Name: "物资科", Kind: departments.Office}
		if err := departments.Found(ctx, tx, &h.kf); err != nil {
			return err
		}
		for n, name := range []string{"科长", "库管", "副院长", "会计", "财务", "总务", "秘书"} {
			p := people.Person{Number: "100" + string(rune('0'+n)), Name: name, Department: h.kf.ID}
			if err := people.Hire(ctx, tx, &p); err != nil {
				return err
			}
			h.staff[name] = p
		}
		h.kf.Head = h.staff["科长"].ID
		if err := departments.Change(ctx, tx, &h.kf); err != nil {
			return err
		}
		for post, who := range map[string]string{"property_accountant": "会计", "vice_president": "副院长", "finance": "财务", "general_affairs": "总务", "hospital_office": "秘书"} {
			if err := approvals.Seat(ctx, tx, &approvals.Holding{Post: post, Person: h.staff[who].ID}); err != nil {
				return err
			}
		}
		h.store = warehouse.Store{Code: "A", Name: "总库", Department: h.kf.ID, Keepers: []string{h.staff["库管"].ID}}
		if err := warehouse.SetUp(ctx, tx, &h.store); err != nil {
			return err
		}
		h.lamp = catalog.Item{Number: "B001", Name: "灯管", Spec: "T8 18W", Unit: "只", Category: catalog.Spare}
		if err := catalog.Add(ctx, tx, &h.lamp); err != nil {
			return err
		}
		s := suppliers.Supplier{Name: "康达医疗", Number: "S1"}
		if err := suppliers.Add(ctx, tx, &s); err != nil {
			return err
		}
		_, err := warehouse.Receive(ctx, tx, warehouse.Delivery{Store: h.store.ID, Supplier: s.ID, Invoice: "FP-1", Lines: []warehouse.In{{Item: h.lamp.ID, Qty: "100", Amount: "2000"}}})
		return err
	})
	return h
}

// at lets somebody of the staff stand at the counter.
func (h *house) at(name string) *webtest.Client {
	p := h.staff[name]
	h.By = db.Actor{ID: p.ID, Name: p.Name, Unit: p.Department, Rights: db.Rights{}, Source: "web 10.0.0.7"}
	for _, r := range map[string][]string{
		"科长": {disposal.MaySee, disposal.MayApply, rules.MayPropose, warehouse.MaySee}, "库管": {disposal.MaySee, disposal.MayDraw, disposal.MayKeep, warehouse.MaySee, warehouse.MayIssue},
		"总务": {disposal.MaySee, disposal.MayVerify, disposal.MaySell}, "副院长": {rules.MayConfirm, disposal.MaySee}, "会计": {disposal.MaySee}, "财务": {disposal.MaySee, disposal.MayCash},
	}[name] {
		h.By.Rights[r] = db.Scope{All: true}
	}
	return webtest.New(h.t, h)
}

// draw writes a form over so many lamps down at the counter and gives its address.
func (h *house) draw(qty string) string {
	h.t.Helper()
	page := h.at("库管").Get("/disposal/slips/new?of=store").Press("填好", webtest.Fill{"store": {"总库"}, "reason": {"受潮不亮"}, "lines.0.item": {"灯管"}, "lines.0.qty": {qty}, "lines.0.cause": {"damaged"}})
	page.See("受潮不亮", "灯管", "待申请").NotSee("«")
	all, err := disposal.Slips.All(h.t.Context(), h.d, list.Where{}, 1)
	if err != nil || len(all) != 1 {
		h.t.Fatal(all, err)
	}
	return "/disposal/slips/" + all[0].ID
}

func (h *house) agree(by, at string) {
	h.t.Helper()
	c, ok, err := approvals.OpenOf(h.t.Context(), h.d, disposal.Noun, strings.TrimPrefix(at, "/disposal/slips/"))
	if err != nil || !ok {
		h.t.Fatal("no case is open", err)
	}
	p := h.staff[by]
	dbtest.Do(h.t, h.d, db.Actor{ID: p.ID, Name: p.Name, Unit: p.Department, Rights: db.Rights{}}, func(tx *db.Tx) error {
		_, err := approvals.Agree(h.t.Context(), tx, c.ID, "", approvals.Signature{Digest: c.Digest})
		return err
	})
}

// An administrator changes the threshold from next month on: what is written off today
// still goes by today's, and the page shows both ways beside each other.
//
// Clause: A-010
func TestTheThresholdOfTheDayDecides(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		first := h.draw("30") // 600 yuan
		h.at("科长").Get(first).See("送审去向", "今天", "500.00 元", "院长办公会").NotSee("«", "2027-04-01")
		preview := h.at("科长").Get("/rules/A-010/propose?param=A-010.threshold").Press("预览", webtest.Fill{"value": {"800"}, "since": {"2027-04-01"}, "reason": {"物价上涨"}})
		preview.See("500.00 元及以上", "800.00 元及以上", "2027-04-01").NotSee("«")
		preview.Press("提交审批", nil).See("GZ-2027-000001", "待批准")
		past, err := rules.History(t.Context(), d, "A-010")
		if err != nil || len(past) != 1 {
			t.Fatal(past, err)
		}
		h.at("副院长").Get("/rule-changes/"+past[0].ID).Press("form#agree button", webtest.Fill{"note": {"同意"}}).See("已批准")
		leader := h.at("科长")
		leader.Get(first).See("今天", "500.00 元", "院长办公会", "2027-04-01 起", "800.00 元", "分管副院长").NotSee("«")
		leader.Get(first).Press("申请报废", nil).See("审批中", "院长办公会").NotSee("«", "分管副院长")

		clock.Add(40 * 24 * time.Hour) // in April, and past the window within which pieces are summed
		second := h.draw("31")
		h.at("科长").Get(second).Press("申请报废", nil).See("审批中", "分管副院长").NotSee("院长办公会")
		h.at("科长").Get(first).See("审批中", "院长办公会").NotSee("分管副院长")
		h.agree("会计", second)
		h.agree("副院长", second)
		h.at("科长").Get(second).See("已批准，待办结", "办结还缺：核验")
		h.at("总务").Get(second).Press("form#step-verify button", webtest.Fill{"note": {"数量相符，无法修复"}}).See("已报废", "BF-2027-000001", "数量相符").NotSee("«")
		h.at("副院长").Get("/rules/A-010").See("800.00 元", "历次变更", "GZ-2027-000001", "今年", "部分").NotSee("«")
		e, err := disposal.Claims[0].Evidence(t.Context(), d, "2027-01-01", d.Today())
		if err != nil || e.Kept != 1 || e.Broken != 0 {
			t.Errorf("the evidence: %+v, %v", e, err)
		}
		h.at("库管").Get(e.Link).See("BS-2027-000002").NotSee("BS-2027-000001", "«")
		h.at("库管").Get("/disposal/scrap").See("灯管 T8 18W", "隔离存放", "BS-2027-000002").NotSee("«")
	})
}

// Clause: A-023
func TestAFormInThreeCopies(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		at := h.draw("3")
		paper := h.at("库管").Get(at + "/print")
		paper.See("物资报损单", "BS-2027-000001", "申请科室联", "财产会计联", "库房联", "科室负责人", "核验部门", "院领导", "财产会计", "受潮不亮", "T8 18W", "60.00").NotSee("«", "存根联")
	})
}

func TestBadInputKeepsWhatWasTyped(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		bad := h.at("库管").Get("/disposal/slips/new?of=store").PressWant(422, "填好", webtest.Fill{"store": {"总库"}, "reason": {"受潮不亮"}, "lines.0.item": {"灯管"}, "lines.0.qty": {"500"}, "lines.0.cause": {"damaged"}})
		bad.See("可报损的只有 100 只").NotSee("«")
		if bad.Input("reason") != "受潮不亮" || bad.Input("lines.0.qty") != "500" {
			t.Error("what was typed is gone")
		}
		h.at("库管").Get("/disposal/slips").See("没有待办的报损单").PressWant(409, "form#expired button", nil).See("没有过期而未申报的批次")
		at := h.draw("5")
		edit := h.at("库管").Get(at).Follow("修改")
		if edit.Input("lines.0.qty") != "5 只" {
			t.Errorf("the form begins with %q", edit.Input("lines.0.qty"))
		}
		edit.Press("保存修改", webtest.Fill{"lines.0.qty": {"6"}}).See("6 只", "120.00")
		h.at("库管").Get(at).Press("form#step-drop button", webtest.Fill{"text": {"填错了"}}).See("已作废", "填错了").NotSee("«")
	})
}
