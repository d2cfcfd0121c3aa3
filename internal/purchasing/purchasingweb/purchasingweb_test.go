package purchasingweb_test

import (
	"io/fs"
	"testing"

	"houqin/internal/approvals"
	"houqin/internal/assets"
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
	"houqin/internal/purchasing"
	"houqin/internal/purchasing/purchasingweb"
	"houqin/internal/receiving"
	"houqin/internal/receiving/receivingweb"
	"houqin/internal/requests"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/suppliers/suppliersweb"
	"houqin/internal/warehouse"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, calendar.Migrations, catalog.Migrations, suppliers.Migrations, places.Migrations, people.Migrations, files.Migrations,
	messages.Migrations, approvals.Migrations, warehouse.Migrations, assets.Migrations, requests.Migrations, purchasing.Migrations, receiving.Migrations}

// A ward writes its plan, is told every line's fault at once and keeps what it typed; the
// planner consolidates and sets quantities; the buyer notes offers and awards; finance
// audits; the order goes out on paper.
func TestFromTheWardToThePaper(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s := sitetest.New(t, d, purchasingweb.Words, receivingweb.Words, catalogweb.Words, suppliersweb.Words, departmentsweb.Words)
		s.Room(purchasingweb.Routes)
		s.Hospital, s.Address = "县人民医院", "https://houqin.test"
		catalogweb.Pickers(s.Site)
		suppliersweb.Pickers(s.Site)
		departmentsweb.Pickers(s.Site)
		var icu, kf departments.Department
		var planner, buyer people.Person
		dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error {
			icu = departments.Department{Code: "ICU", Name: "重症医学科", Kind: departments.Ward}
			kf = departments.Department{Code: "KF", Name: "后勤科", Kind: departments.Office}
			for _, x := range []*departments.Department{&icu, &kf} {
				if err := departments.Found(t.Context(), tx, x); err != nil {
					return err
				}
			}
			planner, buyer = people.Person{Number: "0001", Name: "李计划", Department: kf.ID}, people.Person{Number: "0002", Name: "周采购", Department: kf.ID}
			for _, p := range []*people.Person{&planner, &buyer} {
				if err := people.Hire(t.Context(), tx, p); err != nil {
					return err
				}
			}
			for _, n := range []string{"康达医疗", "永固管业", "安泰照明"} {
				if err := suppliers.Add(t.Context(), tx, &suppliers.Supplier{Name: n}); err != nil {
					return err
				}
			}
			if err := catalog.Add(t.Context(), tx, &catalog.Item{Number: "A001", Name: "检查手套", Spec: "M", Unit: "只", Packs: []quantity.Pack{{Unit: "盒", Factor: 100}}, Category: catalog.Consumable, Price: 50}); err != nil {
				return err
			}
			return catalog.Add(t.Context(), tx, &catalog.Item{Number: "B001", Name: "灯管", Unit: "只", Category: catalog.Spare, Price: 1200})
		})
		as := func(a db.Actor) *webtest.Client { s.By = a; return webtest.New(t, s) }
		ward := as(dbtest.PersonIn("王护士", icu.ID, purchasing.MayAsk, departments.MaySee))
		page := ward.Get("/purchasing/needs/new")
		page.NotSee("«")
		bad := page.PressWant(422, "报月度计划", webtest.Fill{"department": {"重症医学科"}, "lines.0.item": {"A001"}, "lines.0.qty": {"3 箱"}, "lines.0.quality": {"合格品"}, "lines.0.why": {"新开"}, "lines.1.item": {"B001"}, "lines.1.qty": {"20"}})
		bad.See("“3 箱”不是可用的数量，最小单位是 只", "“灯管”没有写质量要求", "“灯管”没有用过，请写理由").NotSee("«")
		if bad.Input("lines.0.qty") != "3 箱" || bad.Input("lines.1.qty") != "20" || bad.Input("lines.0.why") != "新开" {
			t.Error("what was typed is gone")
		}
		bad.Press("报月度计划", webtest.Fill{"lines.0.qty": {"3 盒"}, "lines.1.quality": {"节能"}, "lines.1.why": {"更换"}}).See("KJ-2027-000001", "待汇总", "检查手套 M", "3 盒", "150.00", "240.00", "新开").NotSee("«")
		bad = page.PressWant(422, "报月度计划", webtest.Fill{"department": {"重症医学科"}, "month": {"下个月"}}).See("请填月份，如 2026-11")
		if bad.Input("month") != "下个月" {
			t.Error("the month typed is gone")
		}
		ward.Get("/purchasing/needs/new").See("3 盒", "节能") // the next one begins with the last

		plan := dbtest.Person("李计划", purchasing.MayPlan, purchasing.MaySee, purchasing.MayBuy)
		plan.ID = planner.ID
		desk := as(plan)
		made := desk.Get("/purchasing/needs").Press("汇总成采购计划", nil)
		made.See("JH-2027-000001", "草稿", "3 盒", "1 个科室", "没有用量记录").NotSee("«")
		for n, want := range map[string]string{"1": "1 department", "3": "3 departments"} {
			if got := s.Words.In("en").T("purchasing.askers", n); got != want {
				t.Errorf("asked for by %q, want %q", got, want)
			}
		}
		grid := made.Follow("编制数量")
		wrong := grid.PressWant(422, "保存并送审", webtest.Fill{"lines.0.qty": {"5 盒"}, "review": {""}})
		wrong.See("“检查手套 M”多于建议的 3 盒，请写理由", "请写合理性审核意见").NotSee("«")
		if wrong.Input("lines.0.qty") != "5 盒" {
			t.Error("the planner's quantity is gone")
		}
		wrong.Press("保存", webtest.Fill{"lines.0.why": {"留足一个月"}}).See("JH-2027-000001 已保存").NotSee("«")
		var id string
		dbtest.Do(t, d, db.System("decided"), func(tx *db.Tx) error {
			p, err := purchasing.Plans.All(t.Context(), tx, purchasing.Everything(), 1)
			if err != nil {
				return err
			}
			id = p[0].ID
			// How it is agreed to is tried in the room; an urgent plan carries its need's leave.
			_, err = tx.Exec(t.Context(), `UPDATE purchasing_plan SET state = 'approved', urgent = true WHERE id = $1`, id)
			if err == nil {
				err = tx.Trail(t.Context(), db.Event{Noun: purchasing.PlanNoun, Record: id, Action: "decided.agreed"})
			}
			return err
		})
		if desk.Get("/purchasing/plans/"+id).PressWant(409, "发起询价", nil).See("计划与采购分开"); t.Failed() {
			return
		}
		desk.Get("/purchasing/plans/"+id+"/print").See("采购计划表", "5 盒", "490.00").NotSee("«")
		by := dbtest.Person("周采购", purchasing.MayBuy, purchasing.MaySee, purchasing.MayAudit, suppliers.MaySee)
		by.ID = buyer.ID
		shop := as(by)
		e := shop.Get("/purchasing/plans/"+id).Press("发起询价", nil)
		e.See("XJ-2027-000001", "询价中", "至少 3 家").NotSee("«")
		for n, name := range []string{"康达医疗", "永固管业"} {
			e = e.Follow("登记报价").Press("登记报价", webtest.Fill{"supplier": {name}, "lines.0.price": {[]string{"0.52", "0.48"}[n]}, "lines.1.price": {"11.00"}})
		}
		e.PressWant(422, "定价下单", webtest.Fill{"market": {"网上同价"}}).See("只有 2 家报价，规定至少 3 家").NotSee("«")
		e = e.Follow("登记报价").Press("登记报价", webtest.Fill{"supplier": {"安泰照明"}, "lines.0.price": {"0.60"}, "lines.1.price": {"10.00"}})
		e.See("0.52", "0.48", "0.60", "460.00").NotSee("«")
		// Line by line: each begins with its cheapest offer, said with days, quality and price.
		by3 := e.Follow("逐行定价下单").See("永固管业 0.48", "安泰照明 10.00", "不定，留在计划里").NotSee("«")
		dearer, err := suppliers.Suppliers.All(t.Context(), d, list.Where{}.And("s.name = ?", "康达医疗"), 1)
		if err != nil || len(dearer) != 1 {
			t.Fatal(err)
		}
		kept := by3.PressWant(422, "定价下单", webtest.Fill{"market": {"网上同价"}, "lines.1.supplier": {dearer[0].ID}})
		kept.See("不取最低价，请写理由").NotSee("«")
		if kept.Input("lines.1.supplier") != dearer[0].ID {
			t.Error("to whom the line was given is gone")
		}
		by3.Press("定价下单", webtest.Fill{"market": {"网上同价"}}).See("已生成 2 份订单", "CG-2027-000001", "CG-2027-000002", "待审价").NotSee("«")
		orders, err := purchasing.Orders.All(t.Context(), d, purchasing.Everything(), 9)
		if err != nil || len(orders) != 2 {
			t.Fatal(len(orders), err)
		}
		at := "/purchasing/orders/" + orders[0].ID
		as(dbtest.Person("褚审价", purchasing.MayAudit, purchasing.MaySee)).Get(at).Press("审价通过", nil).See("已审价", "褚审价").NotSee("«")
		s.By = by
		shop.Get(at).PressWant(422, "发出订单", nil).See("须声明货物不是“三无”产品")
		shop.Get(at).Press("发出订单", webtest.Fill{"labelled": {"on"}}).See("已发出").NotSee("«")
		shop.Get(at+"/print").See("采购订单", orders[0].Number, "供货单位联", "财务联", "大写", "“三无”产品拒收").NotSee("«")
		// Of the plan's five boxes and twenty lamps three boxes came; each figure opens its records.
		whole, err := purchasing.OrderByID(t.Context(), d, orders[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		first := whole.Goods[0]
		dbtest.Do(t, d, dbtest.Person("陈库管"), func(tx *db.Tx) error {
			return purchasing.MarkReceived(t.Context(), tx, whole.ID, []purchasing.Arrived{{Line: 1, Qty: first.Qty - 2}})
		})
		page = shop.Get("/purchasing/plans/"+id).See("计划与实际", "已到", "差额").NotSee("«")
		if n := page.Count("#actual a"); n < 8 {
			t.Errorf("%d figures of the plan can be opened", n)
		}
		line := "/purchasing/plans/" + id + "/lines/"
		for n, name := range []string{"检查手套", "灯管"} {
			page = shop.Get(line+[]string{"1", "2"}[n]).See(name, "重症医学科", "KJ-2027-000001", "CG-2027-00000", "还没有到货", "谁要的", "订了什么").NotSee("«")
		}
		shop.Get(line+first.PlanLine[len(first.PlanLine)-1:]).See(first.Say(first.Qty-2), first.Say(-2), orders[0].Number)
		webtest.Run(t, s, webtest.Call{URL: line + "3", Want: 404}, webtest.Call{URL: line + "x", Want: 404}, webtest.Call{URL: "/api" + line + "1"})
		shop.Get("/purchasing").See("订单金额", "440.00", "询价节约", "在途订单", "完成采购项目 1 询价 1", "比计划估价节约", "未分大类").NotSee("«")
		shop.Get("/purchasing/bought").See("灯管", "比上次节约", "询价").NotSee("«")
		shop.Get("/purchasing/planned").See("灯管", "已批准").NotSee("«")
		shop.Get("/purchasing/bought?supply=office").NotSee("灯管")
	})
}
