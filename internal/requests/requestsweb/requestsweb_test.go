package requestsweb_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

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
	"houqin/internal/departments"
	"houqin/internal/departments/departmentsweb"
	"houqin/internal/files"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/requests"
	"houqin/internal/requests/requestsweb"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
	"houqin/internal/warehouse/warehouseweb"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, calendar.Migrations, catalog.Migrations, suppliers.Migrations, places.Migrations, people.Migrations, files.Migrations,
	messages.Migrations, approvals.Migrations, warehouse.Migrations, requests.Migrations}

// house is a ward that asks and two stores that give, open at the counter.
type house struct {
	*sitetest.Site
	t           *testing.T
	d           *db.DB
	clock       *dbtest.Clock
	ward, kf    departments.Department
	staff       map[string]people.Person
	main, tools warehouse.Store
	paper, soap catalog.Item
}

func each(t *testing.T, f func(*testing.T, *house)) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		approvals.Ended[requests.Noun] = requests.Ended
		h := &house{t: t, d: d, clock: clock, staff: map[string]people.Person{}, Site: sitetest.New(t, d, requestsweb.Words, approvalsweb.Words, warehouseweb.Words, catalogweb.Words, departmentsweb.Words)}
		h.Room(requestsweb.Routes)
		h.Rule = func(clause string) string { return "/rules/" + clause }
		h.Hospital, h.Address = "县人民医院", "https://houqin.test"
		requestsweb.Pickers(h.Site.Site)
		warehouseweb.Pickers(h.Site.Site)
		catalogweb.Pickers(h.Site.Site)
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
			}{{"护士长", &h.ward}, {"王护士", &h.ward}, {"李护士", &h.ward}, {"赵库管", &h.kf}, {"孙配送", &h.kf}} {
				x := people.Person{Number: fmt.Sprint(1001 + n), Name: p.name, Department: p.of.ID}
				if err := people.Hire(ctx, tx, &x); err != nil {
					return err
				}
				h.staff[p.name] = x
			}
			h.ward.Head = h.staff["护士长"].ID
			if err := departments.Change(ctx, tx, &h.ward); err != nil {
				return err
			}
			if err := departments.SetRequesters(ctx, tx, h.ward.ID, []string{h.staff["王护士"].ID}); err != nil {
				return err
			}
			h.paper = catalog.Item{Number: "P1", Name: "擦手纸", Unit: "包", Packs: []quantity.Pack{{Unit: "箱", Factor: 20}}, Category: catalog.Consumable, Price: 500, Barcodes: []catalog.Barcode{{Code: "6901234567892"}}}
			h.soap = catalog.Item{Number: "S1", Name: "洗手液", Unit: "瓶", Category: catalog.Consumable, Price: 900, ShelfDays: 700}
			for _, i := range []*catalog.Item{&h.paper, &h.soap} {
				if err := catalog.Add(ctx, tx, i); err != nil {
					return err
				}
			}
			h.main, h.tools = warehouse.Store{Code: "A", Name: "总库", Department: h.kf.ID, Keepers: []string{h.staff["赵库管"].ID}}, warehouse.Store{Code: "B", Name: "备用库", Department: h.kf.ID}
			for _, s := range []*warehouse.Store{&h.main, &h.tools} {
				if err := warehouse.SetUp(ctx, tx, s); err != nil {
					return err
				}
			}
			if _, err := warehouse.Open(ctx, tx, warehouse.Stocktaking{Store: h.main.ID, Lines: []warehouse.In{{Item: h.paper.ID, Qty: "30", Price: "5"},
				{Item: h.soap.ID, Qty: "6", Price: "9", Lot: "A1", Expiry: "2027-04-30"}}}); err != nil {
				return err
			}
			_, err := warehouse.Open(ctx, tx, warehouse.Stocktaking{Store: h.tools.ID, Lines: []warehouse.In{{Item: h.paper.ID, Qty: "40", Price: "5"}}})
			return err
		})
		f(t, h)
	})
}

// at lets somebody of the staff stand at the counter, on the phone or the computer of theirs.
func (h *house) at(name string) *webtest.Client {
	p := h.staff[name]
	h.By = db.Actor{ID: p.ID, Name: p.Name, Unit: p.Department, Rights: db.Rights{}, Source: "web 10.0.0.7"}
	may := []string{requests.MayAsk}
	if p.Department == h.kf.ID {
		may = []string{requests.MayServe, warehouse.MaySee, warehouse.MayIssue}
	}
	for _, m := range may {
		h.By.Rights[m] = db.Scope{Units: []string{p.Department}}
	}
	return webtest.New(h.t, h)
}

func (h *house) agree(address string) {
	h.t.Helper()
	id := strings.TrimPrefix(address, "/requests/")
	c, ok, err := approvals.OpenOf(h.t.Context(), h.d, requests.Noun, id)
	if err != nil || !ok {
		h.t.Fatal("no case is open", err)
	}
	p := h.staff["护士长"]
	dbtest.Do(h.t, h.d, db.Actor{ID: p.ID, Name: p.Name, Unit: p.Department, Rights: db.Rights{}}, func(tx *db.Tx) error {
		_, err := approvals.Agree(h.t.Context(), tx, c.ID, "", approvals.Signature{Digest: c.Digest})
		return err
	})
}

// ask sends a slip from the ward's phone and gives its address.
func (h *house) ask(item, qty string) string {
	h.t.Helper()
	h.at("王护士").Get("/requests/new").Press("提交申请", webtest.Fill{"lines.0.item": {item}, "lines.0.qty": {qty}}).See("待审批", item).NotSee("«")
	all, err := requests.Requests.All(h.t.Context(), h.d, list.Where{}, 1)
	if err != nil || len(all) != 1 {
		h.t.Fatal(all, err)
	}
	return "/requests/" + all[0].ID
}

// packed is a slip that lies packed in the store.
func (h *house) packed(item, qty string) string {
	h.t.Helper()
	at := h.ask(item, qty)
	h.agree(at)
	h.at("赵库管").Get(at+"/decide").Press("逐行处理", webtest.Fill{"lines.0.qty": {qty}}).Press("备货完成", webtest.Fill{}).See("待发放")
	return at
}

func TestAWardAsksOnItsPhoneAndSeesWhereItStands(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		page := h.at("王护士").Get("/requests/mine").Follow("申请领用 勾选常用物资，一键提交")
		if got := page.Input("department"); got != "内一科" {
			t.Errorf("the slip begins with %q", got)
		}
		bad := page.PressWant(422, "提交申请", webtest.Fill{"lines.0.item": {"擦手纸"}, "lines.0.qty": {"2 袋"}, "lines.1.item": {"没有的东西"}, "lines.1.qty": {"1"}, "purpose": {"病区日常"}})
		bad.See("找不到“没有的东西”").NotSee("«")
		if bad.Input("purpose") != "病区日常" || bad.Input("lines.0.qty") != "2 袋" {
			t.Error("what was typed is gone")
		}
		bad.Press("提交申请", webtest.Fill{"lines.0.item": {"擦手纸"}, "lines.0.qty": {"1箱"}, "lines.1.item": {""}, "lines.1.qty": {""}}).See("待审批", "擦手纸", "1 箱")
		h.at("王护士").Get("/requests/mine").See("内一科", "待审批")
		// the goods asked for once are there to be ticked
		h.at("王护士").Get("/requests/new").See("上次 1 箱").NotSee("«")
		// a ward sees its own slips only, and somebody whom it has not named asks for nothing
		h.at("李护士").Get("/requests/new").PressWant(403, "提交申请", webtest.Fill{"lines.0.item": {"擦手纸"}, "lines.0.qty": {"1"}}).See("指定领用人", "S-014")
	})
}

func TestTheStoreDecidesPicksAndHandsOver(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		at := h.ask("擦手纸", "2箱")
		h.at("赵库管").Get("/requests/counter").See("领用发放").NotSee("«")
		h.agree(at)
		page := h.at("赵库管").Get("/requests/counter").See("待处理", "内一科")
		page = h.at("赵库管").Get(at + "/decide").See("备用库 2 箱").NotSee("«")
		more := page.PressWant(422, "逐行处理", webtest.Fill{"lines.0.qty": {"3箱"}, "lines.0.note": {"先发"}})
		more.See("还可发 2 箱", "S-010")
		if more.Input("lines.0.qty") != "3箱" || more.Input("lines.0.note") != "先发" {
			t.Error("what was typed is gone")
		}
		more.PressWant(422, "逐行处理", webtest.Fill{"lines.0.qty": {"35"}}).See("可发")
		page = more.Press("逐行处理", webtest.Fill{"lines.0.qty": {"10"}, "lines.0.way": {"move"}, "lines.0.from": {"备用库"}, "lines.0.note": {""}})
		page.PressWant(422, "确认", webtest.Fill{"code": {"S1"}}).See("不在备货清单上")
		h.at("赵库管").Get(at + "/picklist").See("擦手纸").NotSee("«")
		hand := h.at("赵库管").Get(at+"/pick").Press("确认", webtest.Fill{"code": {"6901234567892"}}).See("当面点清", "擦手纸")
		wrong := hand.PressWant(422, "发放", webtest.Fill{"receiver": {"李护士"}, "signature": {"李护士"}, "lines.0.qty": {"8"}})
		wrong.See("S-014", "S-015", "请写明原因")
		if wrong.Input("receiver") != "李护士" || wrong.Input("lines.0.qty") != "8" {
			t.Error("what was typed is gone")
		}
		wrong.Press("发放", webtest.Fill{"receiver": {"王护士"}, "signature": {"王护士"}, "lines.0.note": {"两包破损"}}).See("待补货", "王护士", "当面领取")
		// the rest comes from the other store, and is decided like what was there before
		fetch := h.at("赵库管").Get(at + "/fetch").See("备用库")
		fetch.PressWant(422, "从其他库房调入", webtest.Fill{"lines.0.qty": {"5箱"}}).See("最多")
		fetch.Press("从其他库房调入", webtest.Fill{}).See("已调入", "逐行处理")
		h.at("王护士").Get(at).See("擦手纸").NotSee("«")
		h.at("赵库管").Get(at+"/print").See("物资领用申请单", "擦手纸").NotSee("«")
		if wrong, err := warehouse.Verify(t.Context(), h.d); err != nil || len(wrong) > 0 {
			t.Error(wrong, err)
		}
	})
}

// A lot that ends between the packing and the signing stays where it is.
func TestExpiredGoodsAreNotHandedOver(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		at := h.packed("洗手液", "4")
		hand := h.at("赵库管").Get(at + "/hand")
		h.clock.Add(90 * 24 * time.Hour)
		bad := hand.PressWant(422, "发放", webtest.Fill{"receiver": {"王护士"}, "signature": {"王护士"}})
		bad.See("S-036")
		if bad.Input("receiver") != "王护士" {
			t.Error("what was typed is gone")
		}
	})
}

func TestATourIsLoadedBroughtAndSignedForOnAPhone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		at, other := h.packed("擦手纸", "10"), h.packed("洗手液", "2")
		page := h.at("赵库管").Get("/tours/new").See("内一科", "地点未登记").NotSee("«")
		var ids []string
		for _, a := range []string{at, other} {
			ids = append(ids, strings.TrimPrefix(a, "/requests/"))
		}
		tour := page.Press("安排配送", webtest.Fill{"carrier": {"孙配送"}, "requests": ids})
		tour.See("配送中", "内一科", "孙配送").NotSee("«")
		h.at("赵库管").Get("/tours").See("孙配送")
		h.at("王护士").Get("/requests/mine").See("待签收")
		h.at("李护士").Get(at+"/sign").PressWant(422, "签收", webtest.Fill{"signature": {"李护士"}}).See("S-014")
		sign := h.at("王护士").Get(at + "/sign").See("当面点清").NotSee("«")
		less := sign.PressWant(422, "签收", webtest.Fill{"lines.0.qty": {"8"}, "signature": {"王护士"}}).See("S-015")
		if less.Input("lines.0.qty") != "8" {
			t.Error("what was typed is gone")
		}
		less.Press("签收", webtest.Fill{"lines.0.why": {"damaged"}, "lines.0.note": {"浸水"}}).See("配送到科", "孙配送", "王护士")
		back := h.at("赵库管").Get("/tour-returns").See("擦手纸", "损坏")
		back.Follow("擦手纸").PressWant(422, "回库点收", webtest.Fill{"outcome": {"apart"}}).Press("回库点收", webtest.Fill{"note": {"浸水报损"}}).See("已点收", "浸水报损")
		// the other slip is signed for on the carrier's phone
		h.at("孙配送").Get(other+"/deliver").Press("送达签收", webtest.Fill{"receiver": {"王护士"}, "signature": {"王护士"}}).See("已办结")
		all, err := requests.Tours.All(t.Context(), h.d, list.Where{}, 1)
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		h.at("赵库管").Get("/tours/"+all[0].ID+"/print").See("物资配送单", "擦手纸", "王护士").NotSee("«")
		h.at("赵库管").Get("/tours/"+all[0].ID).Press("配送结束回库 没人签收的带回库房，重新待发", webtest.Fill{}).See("已回库")
	})
}
