package receivingweb_test

import (
	"io/fs"
	"net/url"
	"testing"

	"houqin/internal/approvals"
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
	"houqin/internal/files"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/purchasing"
	"houqin/internal/purchasing/purchasingweb"
	"houqin/internal/receiving"
	"houqin/internal/receiving/receivingweb"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/suppliers/suppliersweb"
	"houqin/internal/warehouse"
	"houqin/internal/warehouse/warehouseweb"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, calendar.Migrations, catalog.Migrations, suppliers.Migrations, places.Migrations, people.Migrations, files.Migrations,
	messages.Migrations, approvals.Migrations, warehouse.Migrations, assets.Migrations, purchasing.Migrations, receiving.Migrations}

// gate is a hospital whose lorry stands at the gate with gloves and lamps.
func gate(t *testing.T, d *db.DB) (s *sitetest.Site, o purchasing.Order, keeper, other db.Actor) {
	t.Helper()
	s = sitetest.New(t, d, receivingweb.Words, purchasingweb.Words, warehouseweb.Words, catalogweb.Words, suppliersweb.Words)
	s.Room(receivingweb.Routes)
	s.Hospital, s.Address = "县人民医院", "https://houqin.test"
	catalogweb.Pickers(s.Site)
	warehouseweb.Pickers(s.Site)
	suppliersweb.Pickers(s.Site)
	ctx := t.Context()
	var kf departments.Department
	dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error {
		kf = departments.Department{Code: "KF", Name: "后勤科", Kind: departments.Office}
		if err := departments.Found(ctx, tx, &kf); err != nil {
			return err
		}
		for n, who := range []*db.Actor{&keeper, &other} {
			p := people.Person{Number: "100" + string(rune('0'+n)), Name: []string{"陈库管", "卫验收"}[n], Department: kf.ID}
			if err := people.Hire(ctx, tx, &p); err != nil {
				return err
			}
			*who = dbtest.Person(p.Name, append([]string{receiving.MaySee, receiving.MayCheck}, [][]string{append([]string{receiving.MayReceive}, warehouse.Permissions...), nil}[n]...)...)
			who.ID = p.ID
		}
		gloves := catalog.Item{Number: "A001", Name: "检查手套", Spec: "M", Unit: "只", Packs: []quantity.Pack{{Unit: "盒", Factor: 100}}, Category: catalog.Consumable, Price: 50, ShelfDays: 1000,
			Barcodes: []catalog.Barcode{{Code: "6901234567892", Unit: "盒"}}}
		lamp := catalog.Item{Number: "B001", Name: "灯管", Unit: "只", Category: catalog.Spare, Price: 1200}
		a := suppliers.Supplier{Name: "康达医疗"}
		if err := suppliers.Add(ctx, tx, &a); err != nil {
			return err
		}
		w := purchasing.Wish{Department: kf.ID}
		for n, i := range []*catalog.Item{&gloves, &lamp} {
			if err := catalog.Add(ctx, tx, i); err != nil {
				return err
			}
			if err := purchasing.Agree(ctx, tx, &purchasing.Price{Goods: purchasing.Goods{Item: i.ID}, Supplier: a.ID, Price: i.Price, Contract: "框架1", Since: tx.Today(), Until: tx.Today().AddDays(300)}); err != nil {
				return err
			}
			w.Lines = append(w.Lines, purchasing.WishLine{Item: i.ID, Qty: []string{"10 盒", "20"}[n], Quality: "合格品", Why: "新用"})
		}
		store := warehouse.Store{Code: "A", Name: "总库", Department: kf.ID, Keepers: []string{keeper.ID}}
		if err := warehouse.SetUp(ctx, tx, &store); err != nil {
			return err
		}
		_, err := purchasing.Submit(ctx, tx, w)
		return err
	})
	var plan string
	dbtest.Do(t, d, dbtest.Person("李计划", purchasing.MayPlan), func(tx *db.Tx) error {
		p, err := purchasing.Consolidate(ctx, tx, tx.Today().Month().Add(1).First(), kf.ID)
		if err == nil {
			plan = p.ID
			_, err = tx.Exec(ctx, `UPDATE purchasing_plan SET state = 'approved', urgent = true WHERE id = $1`, p.ID)
		}
		return err
	})
	dbtest.Do(t, d, dbtest.Person("周采购", purchasing.MayBuy), func(tx *db.Tx) error {
		all, err := purchasing.OrderByContract(ctx, tx, plan)
		if err == nil {
			o = all[0]
			_, err = tx.Exec(ctx, `UPDATE purchasing_order SET state = 'approved' WHERE id = $1`, o.ID) // audited: tried in its room
		}
		if err == nil {
			o, err = purchasing.Send(ctx, tx, o.ID, 0, purchasing.Dispatched{Labelled: true, Due: tx.Today().AddDays(-1)})
		}
		return err
	})
	return s, o, keeper, other
}

func init() { warehouse.WentBack, warehouse.CameBack = receiving.WentBack, receiving.CameBack }

// A keeper scans the order and the packs, is told every line's fault at once and keeps
// what was typed; somebody else tests, the keeper books, prints the slip and the labels.
func TestFromTheLorryToTheShelf(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s, o, keeper, other := gate(t, d)
		s.By = keeper
		me := webtest.New(t, s)
		me.Get("/receiving").See("待到货的订单", o.Number, "康达医疗", "检查手套 M 10 盒").NotSee("«")
		webtest.Run(t, s, webtest.Call{URL: "/receiving?q=" + url.QueryEscape("https://houqin.test/purchasing/orders/"+o.ID), Want: 303})
		page := me.Get("/receiving/receipts/new?order=" + o.ID)
		page.See("10 盒", "20 只", "检查手套 M").NotSee("«")
		bad := page.PressWant(422, "清点到货", webtest.Fill{"invoice": {""}, "delivery": {"SH-1"}, "lines.0.qty": {"11 盒"}, "lines.0.lot": {"(01)06901234567892(17)290630(10)L7"}, "lines.1.qty": {"18"}, "lines.1.noted": {"20"},
			"lines.1.cause": {"damaged"}})
		bad.See("“检查手套 M”待收只有 10 盒", "“灯管”有问题就不得入库", "发票号").NotSee("«")
		if bad.Input("lines.0.qty") != "11 盒" || bad.Input("delivery") != "SH-1" || bad.Input("lines.0.lot") != "(01)06901234567892(17)290630(10)L7" || bad.Input("lines.1.noted") != "20" {
			t.Error("what was typed is gone")
		}
		shown := bad.Press("清点到货", webtest.Fill{"invoice": {"FP-1"}, "lines.0.qty": {"10 盒"}, "lines.1.refused": {"1"}})
		shown.See("YS-2027-000001", "待质检", "L7", "2029-06-30", "少 2 只", "破损", "晚到", "等第二人质检").NotSee("«")
		at := shown.URL
		if shown.Count("form#step-check") != 0 {
			t.Error("who counted is offered the test")
		}
		s.By = other
		sheet := webtest.New(t, s).Get(at).Follow("质检签字")
		sheet.See("检查手套 M", "10 盒", "L7").NotSee("«")
		sheet.PressWant(422, "质检签字", nil).See("请写质检意见")
		sheet.Press("质检签字", webtest.Fill{"finding": {"合格证齐全"}, "lines.0.refused": {"1 盒"}, "lines.0.cause": {"poor"}}).See("待入库", "合格证齐全", "卫验收").NotSee("«")
		s.By = keeper
		me.Get(at).Press("入库", nil).See("已入库", "RK-2027-000001", "9 盒", "2 行拒收的货还在库房门口").NotSee("«")
		me.Get(at).PressWant(422, "form#step-hand_back button", nil).See("必填")
		me.Get(at).Press("form#step-hand_back button", webtest.Fill{"who": {"马师傅"}, "way": {"replace"}}).See("马师傅").NotSee("待退还", "«")
		me.Get(at+"/print").See("到货验收单", "库房联", "供货单位联", "验收人", "破损").NotSee("«")
		me.Get(at+"/labels").See("检查手套 M", "L7", "A001").NotSee("«")
		me.Get("/receiving/receipts?q=L7").See("YS-2027-000001", "已入库").NotSee("«")
		me.Get("/receiving").See("检查手套 M 1 盒", "灯管 3 只").NotSee("«")
		me.Get("/receiving").See("待换货", "检查手套", "1 盒", "YS-2027-000001 拒收").NotSee("«") // what was refused is to come again

		// A box that was booked goes back for another: the sheet says so, and needs no invoice.
		dbtest.Do(t, d, keeper, func(tx *db.Tx) error {
			all, err := receiving.Receipts.All(t.Context(), tx, receiving.Scope(keeper), 1)
			if err == nil {
				_, err = warehouse.SendBack(t.Context(), tx, warehouse.Rejection{Store: all[0].Store, Supplier: all[0].Supplier, Reason: "破口", Way: warehouse.Replace, Lines: []warehouse.Out{{Item: o.Goods[0].Item, Qty: "1 盒"}}})
			}
			return err
		})
		me.Get(at).See("待换 1 盒", "不再换货").NotSee("«")
		me.Get("/receiving").See("TH-2027-000001").NotSee("«")
		again := me.Get("/receiving/receipts/new?order=" + o.ID)
		again.See("2 盒（其中换货 1 盒）", "其中换货").NotSee("«")
		line := webtest.Fill{"lines.0.qty": {"1 盒"}, "lines.0.lot": {"(01)06901234567892(17)290630(10)L7"}, "lines.0.again": {"2 盒"}}
		bad = again.PressWant(422, "清点到货", line)
		bad.See("待换货的只有 1 盒").NotSee("«")
		if bad.Input("lines.0.again") != "2 盒" {
			t.Error("what was typed is gone")
		}
		bad.Press("清点到货", webtest.Fill{"lines.0.again": {"1 盒"}}).See("待质检", "其中换货 1 盒").NotSee("«")
		me.Get(at).Press("form#step-waive button", webtest.Fill{"reason": {"停产"}}).NotSee("不再换货", "«")
		s.By = dbtest.Person("护士")
		webtest.Run(t, s, webtest.Call{URL: "/receiving", Want: 403}, webtest.Call{URL: at, Want: 403})
	})
}
