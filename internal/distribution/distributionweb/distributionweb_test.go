package distributionweb_test

import (
	"io/fs"
	"testing"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/webtest"
	"houqin/internal/calendar"
	"houqin/internal/catalog"
	"houqin/internal/catalog/catalogweb"
	"houqin/internal/departments"
	"houqin/internal/departments/departmentsweb"
	"houqin/internal/distribution"
	"houqin/internal/distribution/distributionweb"
	"houqin/internal/files"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/people/peopleweb"
	"houqin/internal/places"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
	"houqin/internal/warehouse/warehouseweb"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, calendar.Migrations, catalog.Migrations, suppliers.Migrations, places.Migrations, people.Migrations, files.Migrations, messages.Migrations,
	approvals.Migrations, warehouse.Migrations, distribution.Migrations}

// A storekeeper draws a list up, the section head releases it, a nurse signs on a phone,
// another's colleague takes for them, and what is left goes back.
func TestAFestivalAtTheTable(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		site := sitetest.New(t, d, distributionweb.Words, warehouseweb.Words, catalogweb.Words, departmentsweb.Words, peopleweb.Words)
		site.Room(distributionweb.Routes)
		site.Hospital, site.Address = "县人民医院", "https://houqin.test"
		for _, pickers := range []func(s *sitetest.Site){
			func(s *sitetest.Site) { distributionweb.Pickers(s.Site) }, func(s *sitetest.Site) { warehouseweb.Pickers(s.Site) },
			func(s *sitetest.Site) { departmentsweb.Pickers(s.Site) }, func(s *sitetest.Site) { peopleweb.Pickers(s.Site) },
		} {
			pickers(site)
		}
		staff := map[string]people.Person{}
		ctx := t.Context()
		dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error {
			ward := departments.Department{Code: "N1", Name: "一病区", Kind: departments.Ward}
			office := departments.Department{Code: "HQ", Name: "后勤科", Kind: departments.Office}
			for _, dep := range []*departments.Department{&ward, &office} {
				if err := departments.Found(ctx, tx, dep); err != nil {
					return err
				}
			}
			for n, x := range []struct {
				name string
				at   string
			}{{"库管", office.ID}, {"科长", office.ID}, {"小李", ward.ID}, {"小王", ward.ID}, {"小赵", ward.ID}} {
				p := people.Person{Number: "100" + string(rune('1'+n)), Name: x.name, Department: x.at}
				if err := people.Hire(ctx, tx, &p); err != nil {
					return err
				}
				staff[x.name] = p
			}
			store := warehouse.Store{Code: "A", Name: "总库", Department: office.ID, Keepers: []string{staff["库管"].ID}}
			if err := warehouse.SetUp(ctx, tx, &store); err != nil {
				return err
			}
			rice := catalog.Item{Number: "R001", Name: "大米", Unit: "袋", Category: catalog.Consumable}
			if err := catalog.Add(ctx, tx, &rice); err != nil {
				return err
			}
			s := suppliers.Supplier{Name: "粮油公司", Number: "S1"}
			if err := suppliers.Add(ctx, tx, &s); err != nil {
				return err
			}
			_, err := warehouse.Receive(ctx, tx, warehouse.Delivery{Store: store.ID, Supplier: s.ID, Invoice: "FP-1", Lines: []warehouse.In{{Item: rice.ID, Qty: "20", Amount: "1000"}}})
			return err
		})
		at := func(name string) *webtest.Client {
			p := staff[name]
			site.By = db.Actor{ID: p.ID, Name: p.Name, Unit: p.Department, Rights: db.Rights{}, Source: "web 10.0.0.7"}
			for _, r := range map[string][]string{"库管": {distribution.MaySee, distribution.MayDraw, distribution.MayHand, warehouse.MaySee, warehouse.MayReceive, people.MaySee, departments.MaySee}, "科长": {distribution.MaySee, distribution.MayRelease}}[name] {
				site.By.Rights[r] = db.Scope{All: true}
			}
			return webtest.New(t, site)
		}
		fill := webtest.Fill{"title": {"中秋福利"}, "kind": {"festival"}, "goods.0.item": {"大米"}, "goods.0.qty": {"半袋"}, "whom.0.department": {"一病区"}}
		bad := at("库管").Get("/distribution/lists/new").PressWant(422, "拟好", fill)
		if bad.NotSee("«"); bad.Input("title") != "中秋福利" || bad.Input("goods.0.qty") != "半袋" {
			t.Error("what was typed is gone")
		}
		fill["goods.0.qty"] = []string{"1 袋"}
		at("库管").Get("/distribution/lists/new").PressWant(422, "拟好", fill).See("请选择是哪个节日")
		fill["festival"] = []string{"mid_autumn"}
		at("库管").Get("/distribution/lists/new").Press("拟好", fill).See("中秋福利", "FF-", "待批准", "中秋节", "3 人，3 份", "3 袋").NotSee("«")
		lists, err := distribution.Lists.All(ctx, d, distribution.Scope(db.System("")), 2)
		if err != nil || len(lists) != 1 {
			t.Fatal(lists, err)
		}
		list := "/distribution/lists/" + lists[0].ID
		at("小李").Get("/distribution/mine").See("现在没有可领取的物资").NotSee("«")
		at("科长").Get(list).Press("批准发放", nil).See("发放中", "CK-", "150.00").NotSee("«")
		at("小李").Get("/distribution/mine").See("中秋福利", "大米 1 袋").NotSee("«").Press("我已领取，签字", nil).See("已签收").NotSee("«", "我已领取，签字")
		at("库管").Get("/distribution/shares?list="+lists[0].ID+"&state=signed").See("小李").NotSee("小王", "«")
		shares, err := distribution.Shares.All(ctx, d, distribution.ShareScope(db.System("")).And("s.name = ?", "小王"), 1)
		if err != nil || len(shares) != 1 {
			t.Fatal(shares, err)
		}
		at("库管").Get("/distribution/shares/"+shares[0].ID).See("可领", "大米").Press("form#hand button", webtest.Fill{"taker": {"小李"}}).See("已签收", "小李", "库管").NotSee("«")
		at("库管").Get(list+"/print").See("物资发放签收表", "小赵", "1005", "大米 1 袋", "签收").NotSee("«")
		at("库管").Get(list).Press("结清退余", nil).See("已结清", "TK-", "余物退库", "未领退库").NotSee("«")
		at("小赵").Get("/distribution/mine").See("未领退库").NotSee("«", "我已领取，签字")
		at("库管").Get("/distribution/lists?open=false").See("中秋福利", "100.00").NotSee("«")
	})
}
