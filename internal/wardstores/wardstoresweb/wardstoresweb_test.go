package wardstoresweb_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/approvals/approvalsweb"
	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/quantity"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/webtest"
	"houqin/internal/calendar"
	"houqin/internal/catalog"
	"houqin/internal/catalog/catalogweb"
	"houqin/internal/departments"
	"houqin/internal/departments/departmentsweb"
	"houqin/internal/files"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/wardstores"
	"houqin/internal/wardstores/wardstoresweb"
	"houqin/internal/warehouse"
	"houqin/internal/warehouse/warehouseweb"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, calendar.Migrations, catalog.Migrations, suppliers.Migrations, places.Migrations, people.Migrations, files.Migrations, messages.Migrations,
	approvals.Migrations, warehouse.Migrations, assets.Migrations, wardstores.Migrations}

// house is a ward with a store of its own, on the ward's phone.
type house struct {
	*sitetest.Site
	t        *testing.T
	d        *db.DB
	clock    *dbtest.Clock
	ward, kf departments.Department
	staff    map[string]people.Person
	own      warehouse.Store
	gloves   catalog.Item
}

func each(t *testing.T, f func(*testing.T, *house)) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		approvals.Ended[wardstores.LossNoun], approvals.Ended[wardstores.LoanNoun] = wardstores.LossEnded, wardstores.LoanEnded
		h := &house{t: t, d: d, clock: clock, staff: map[string]people.Person{}, Site: sitetest.New(t, d, wardstoresweb.Words, approvalsweb.Words, warehouseweb.Words, catalogweb.Words, departmentsweb.Words)}
		h.Room(wardstoresweb.Routes)
		h.Hospital, h.Address, h.Rule = "县人民医院", "https://houqin.test", func(clause string) string { return "/rules/" + clause }
		wardstoresweb.Pickers(h.Site.Site)
		warehouseweb.Pickers(h.Site.Site)
		departmentsweb.Pickers(h.Site.Site)
		ctx := t.Context()
		dbtest.Do(t, d, db.System("builder"), func(tx *db.Tx) error {
			h.ward, h.kf = departments.Department{Code: "N1", Name: "内一科", Kind: departments.Ward}, departments.Department{Code: "KF", Name: "物资科", Kind: departments.Office}
			for _, x := range []*departments.Department{&h.ward, &h.kf} {
				if err := departments.Found(ctx, tx, x); err != nil {
					return err
				}
			}
			for n, p := range []struct {
				name string
				of   *departments.Department
			}{{"护士长", &h.ward}, {"王护士", &h.ward}, {"新护士长", &h.ward}, {"赵库管", &h.kf}, {"钱会计", &h.kf}} {
				x := people.Person{Number: string(rune('1'+n)) + "001", Name: p.name, Department: p.of.ID}
				if err := people.Hire(ctx, tx, &x); err != nil {
					return err
				}
				h.staff[p.name] = x
			}
			h.ward.Head = h.staff["护士长"].ID
			if err := departments.Change(ctx, tx, &h.ward); err != nil {
				return err
			}
			for _, post := range []string{"property_accountant", "section_chief", "general_affairs", "vice_president", "managing_department", "hospital_leader"} {
				if err := approvals.Seat(ctx, tx, &approvals.Holding{Post: post, Person: h.staff["钱会计"].ID}); err != nil {
					return err
				}
			}
			h.gloves = catalog.Item{Number: "G", Name: "手套", Unit: "副", Packs: []quantity.Pack{{Unit: "盒", Factor: 50}}, Category: catalog.Consumable, ShelfDays: 900}
			if err := catalog.Add(ctx, tx, &h.gloves); err != nil {
				return err
			}
			main := warehouse.Store{Code: "A", Name: "总库", Department: h.kf.ID}
			h.own = warehouse.Store{Code: "W", Name: "内一科二级库", Ward: true, Department: h.ward.ID}
			for _, s := range []*warehouse.Store{&h.own, &main} {
				if err := warehouse.SetUp(ctx, tx, s); err != nil {
					return err
				}
			}
			_, err := warehouse.Open(ctx, tx, warehouse.Stocktaking{Store: h.own.ID, Lines: []warehouse.In{{Item: h.gloves.ID, Qty: "2盒", Price: "50", Lot: "A1", Expiry: "2027-12-31"}}})
			return err
		})
		f(t, h)
	})
}

// at lets somebody of the staff open the pages.
func (h *house) at(name string) *webtest.Client {
	p := h.staff[name]
	h.By = db.Actor{ID: p.ID, Name: p.Name, Unit: p.Department, Rights: db.Rights{}, Source: "web 10.0.0.7"}
	for _, m := range map[string][]string{"王护士": {wardstores.MayUse}, "护士长": {wardstores.MayUse, wardstores.MayLead}, "赵库管": {wardstores.MayReconcile, warehouse.MayReceive}, "钱会计": {wardstores.MayAudit, wardstores.MaySee}}[name] {
		h.By.Rights[m] = db.Scope{Units: []string{p.Department}, All: p.Department == h.kf.ID}
	}
	return webtest.New(h.t, h)
}

func TestANurseUsesGoodsAndIsToldWhatToAskFor(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.at("护士长").Get("/ward-store/levels").Press("保存", webtest.Fill{"lines.0.least": {"2盒"}, "lines.0.most": {"4盒"}}).See("上下限已保存")
		h.at("护士长").Get("/ward-store/levels").Press("指定", webtest.Fill{"keeper": {"王护士"}}).See("专人 王护士")
		page := h.at("王护士").Get("/ward-store").See("负责人 护士长", "每周核对", "手套").NotSee("«", "低于下限")
		bad := page.PressWant(422, "登记使用", webtest.Fill{"item": {h.gloves.ID}, "qty": {"3盒"}, "note": {"换药"}})
		bad.See("只有 2 盒")
		if bad.Input("qty") != "3盒" || bad.Input("note") != "换药" {
			t.Error("what was typed is gone")
		}
		low := bad.Press("登记使用", webtest.Fill{"item": {h.gloves.ID}, "qty": {"1盒"}}).See("已登记使用", "低于下限", "3 盒")
		if low.Count(`a[href^="/requests/new"]`) == 0 {
			t.Error("the refill is not proposed as a slip")
		}
		h.clock.Add(365 * 24 * time.Hour)
		h.at("王护士").Get("/ward-store").PressWant(422, "登记使用", webtest.Fill{"item": {h.gloves.ID}, "qty": {"1"}}).See("已过期", "S-036")
		h.at("赵库管").Get("/ward-stores").See("内一科二级库", "护士长", "王护士", "每月清点").NotSee("«")
	})
}

func TestAMonthIsCountedComparedAndLookedThrough(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		page := h.at("王护士").Get("/ward-stores/counts/new?kind=month").See("手套", "应有").NotSee("«")
		bad := page.PressWant(422, "提交", webtest.Fill{"lines.0.found": {"90"}, "lines.0.note": {"治疗车"}})
		bad.See("请选原因", "S-040")
		if bad.Input("lines.0.found") != "90" || bad.Input("lines.0.note") != "治疗车" {
			t.Error("what was typed is gone")
		}
		bad.Press("提交", webtest.Fill{"lines.0.cause": {"lost"}}).See("有差异", "待后勤核对", "丢失").NotSee("«")
		h.at("护士长").Get("/ward-stores/losses").See("手套", "待护士长申请").Follow("手套").Press("申请入账", webtest.Fill{}).See("审批中")
		list := h.at("赵库管").Get("/ward-stores/counts").See("内一科二级库")
		list.Follow("HD-2027-000001").See("账面进出").Press("后勤核对", webtest.Fill{"text": {"一致"}}).See("待财务审查")
		h.at("钱会计").Get("/ward-stores/counts").Follow("HD-2027-000001").Press("财务审查", webtest.Fill{}).See("已审查", "赵库管", "钱会计")
	})
}

func TestAHeadNurseHandsOverOnOnePage(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		page := h.at("护士长").Get("/ward-stores/handover").See("移交前全部清点")
		bad := page.PressWant(422, "提交", webtest.Fill{"lines.0.found": {"2盒"}, "taker": {"新护士长"}, "giver_sign": {"护士长"}})
		if bad.Input("lines.0.found") != "2盒" || bad.Input("taker") != "新护士长" {
			t.Error("what was typed is gone")
		}
		bad.Press("提交", webtest.Fill{"taker_sign": {"新护士长"}}).See("护士长移交", "新护士长").NotSee("«")
		h.at("王护士").Get("/ward-store").See("负责人 新护士长")
	})
}

func TestALoanGoesOutWithASignatureAndComesBack(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		page := h.at("王护士").Get("/ward-stores/loans/new")
		bad := page.PressWant(422, "登记借出", webtest.Fill{"qty": {"1"}, "borrower": {"赵库管"}})
		bad.See("请选库内物品或写名称").NotSee("«")
		loan := bad.Press("登记借出", webtest.Fill{"what": {"轮椅 2 号"}}).See("待借出", "轮椅 2 号")
		if n := loan.Count("main .btn-accent"); n != 1 {
			t.Errorf("%d main buttons", n)
		}
		loan.NotIn(".story", "JY-2027").PressWant(422, "借出签字", webtest.Fill{}).Press("借出签字", webtest.Fill{"signature": {"赵库管"}}).See("借出中").Press("归还", webtest.Fill{"text": {"完好"}}).See("已归还", "完好")
		kept := h.at("王护士").Get("/ward-stores/loans/new").Press("登记借出", webtest.Fill{"what": {"监护仪"}, "qty": {"1"}, "borrower": {"赵库管"}, "important": {"1"}}).See("待护士长同意")
		kept.NotIn("main", "借出签字")
	})
}

func TestGoodsGoBackToTheStore(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		page := h.at("王护士").Get("/ward-stores/returns/new").See("手套", "2 盒").NotSee("«")
		page.PressWant(422, "退回库房", webtest.Fill{"to": {"总库"}, "lines.0.qty": {"3盒"}, "reason": {"备多了"}}).See("只有 2 盒").
			Press("退回库房", webtest.Fill{"lines.0.qty": {"1盒"}}).See("待库房收回")
		h.at("赵库管").Get("/ward-stores/returns").Follow("TL-2027-000001").Press("收回入库", webtest.Fill{}).See("已收回", "DB-2027")
	})
}

// What a count found too much came in; the sheet that logistics and finance compare with
// says so.
func TestWhatWasFoundTooMuchCameIn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		dbtest.Do(t, h.d, db.System("builder"), func(tx *db.Tx) error {
			return warehouse.Post(t.Context(), tx, &warehouse.Document{Kind: warehouse.Counted, Store: h.own.ID,
				Moves: []warehouse.Move{{Line: 1, Item: h.gloves.ID, Qty: 10, Lot: "A1", Expiry: "2027-12-31", Amount: 1000, Account: warehouse.OfGainLoss}}})
		})
		page := h.at("王护士").Get("/ward-stores/counts/new?kind=month").Press("提交", webtest.Fill{"lines.0.found": {"110"}})
		var row []string
		for _, cells := range page.Texts("#moved tbody tr") {
			if strings.HasPrefix(cells, "盘点") {
				row = strings.Fields(cells)
			}
		}
		if !slices.Equal(row, []string{"盘点", "1", "10.00", "0.00"}) {
			t.Errorf("the row of counts is %q", row)
		}
	})
}
