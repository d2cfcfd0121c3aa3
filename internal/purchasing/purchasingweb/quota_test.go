package purchasingweb_test

import (
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/webtest"
	"houqin/internal/catalog"
	"houqin/internal/catalog/catalogweb"
	"houqin/internal/departments"
	"houqin/internal/departments/departmentsweb"
	"houqin/internal/people"
	"houqin/internal/purchasing"
	"houqin/internal/purchasing/purchasingweb"
	"houqin/internal/receiving/receivingweb"
	"houqin/internal/requests"
	"houqin/internal/suppliers/suppliersweb"
)

// A ward sees what its quota leaves in the month before it asks; the planner sees who goes
// beyond it, and gives a draft up, whose needs wait again.
func TestAPlanStandsBesideTheQuotas(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s := sitetest.New(t, d, purchasingweb.Words, receivingweb.Words, catalogweb.Words, suppliersweb.Words, departmentsweb.Words)
		s.Room(purchasingweb.Routes)
		catalogweb.Pickers(s.Site)
		departmentsweb.Pickers(s.Site)
		icu := departments.Department{Code: "ICU", Name: "重症医学科", Kind: departments.Ward}
		er := departments.Department{Code: "ER", Name: "急诊科", Kind: departments.Ward}
		planner := people.Person{Number: "0001", Name: "李计划"}
		dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error {
			for _, x := range []*departments.Department{&icu, &er} {
				if err := departments.Found(t.Context(), tx, x); err != nil {
					return err
				}
			}
			planner.Department = er.ID
			if err := people.Hire(t.Context(), tx, &planner); err != nil {
				return err
			}
			for n, c := range []catalog.Category{catalog.Spare, catalog.Consumable} {
				if err := catalog.Add(t.Context(), tx, &catalog.Item{Number: []string{"B001", "A001"}[n], Name: []string{"灯管", "手套"}[n], Unit: "只", Category: c, Price: 1000}); err != nil {
					return err
				}
			}
			next := tx.Today().Month().Add(1).First()
			for _, q := range []requests.Quota{{Department: icu.ID, Since: next, Amount: 300_00}, {Department: icu.ID, Category: string(catalog.Spare), Since: next, Amount: 50_00}} {
				if err := requests.SetQuota(t.Context(), tx, &q); err != nil {
					return err
				}
			}
			return nil
		})
		as := func(a db.Actor) *webtest.Client { s.By = a; return webtest.New(t, s) }
		ward := as(dbtest.PersonIn("王护士", icu.ID, purchasing.MayAsk, departments.MaySee))
		ward.Get("/purchasing/needs/new").See("定额剩余", "300.00", "50.00", "维修备件").NotSee("«").Press("报月度计划", webtest.Fill{"lines.0.item": {"B001"}, "lines.0.qty": {"8"}, "lines.0.quality": {"合格"}, "lines.0.why": {"更换"},
			"lines.1.item": {"A001"}, "lines.1.qty": {"10"}, "lines.1.quality": {"合格"}, "lines.1.why": {"新用"}}).See("计划后剩余", "120.00", "-30.00").NotSee("«")
		as(dbtest.PersonIn("钱护士", er.ID, purchasing.MayAsk, departments.MaySee)).Get("/purchasing/needs/new").NotSee("定额剩余").Press("报月度计划",
			webtest.Fill{"lines.0.item": {"B001"}, "lines.0.qty": {"1"}, "lines.0.quality": {"合格"}, "lines.0.why": {"更换"}}).See("未设定额").NotSee("«")

		by := dbtest.Person("李计划", purchasing.MayPlan, purchasing.MaySee)
		by.ID = planner.ID
		desk := as(by)
		made := desk.Get("/purchasing/needs").Press("汇总成采购计划", nil)
		made.See("科室申请与定额", "重症医学科", "KJ-2027-000001", "急诊科", "未设定额", "-30.00").NotSee("«")
		if n := made.Count("#quotas a[href^='/purchasing/needs/']"); n < 3 {
			t.Errorf("%d ways to what was asked", n)
		}
		made.PressWant(422, "form#discard button", nil).NotSee("«")
		made.Press("form#discard button", webtest.Fill{"reason": {"重新汇总"}}).See("已弃用", "科室计划退回待汇总").NotSee("«", "编制数量")
		desk.Get("/purchasing/needs?state=asked").See("KJ-2027-000001", "KJ-2027-000002")
	})
}
