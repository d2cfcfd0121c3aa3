package warehouseweb_test

import (
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/warehouse"
)

func TestFiguresLeadToTheirRecords(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "4", Amount: "40"}, warehouse.In{Item: h.gloves.ID, Qty: "1 盒", Amount: "25", Expiry: "2027-05-01"})
		clock.Add(100 * 24 * time.Hour)
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "4", Amount: "60"})
		h.me.Get("/warehouse/issues/new").Press("出库", webtest.Fill{"department": {"ICU"}, "receiver": {"王丽"}, "lines.0.item": {"B001"}, "lines.0.qty": {"8"}})
		page := h.me.Get("/warehouse/figures?from=2027-03-01&to=2027-06-12")
		page.See("总库", "年周转次数", "消耗金额 100.00", "断货次数 1", "过期损失 25.00", "呆滞 25.00", "周转慢", "10.0000", "15.0000", "+50.0%").NotSee("«")
		if n := page.Count(`a[href="/warehouse/stock/` + h.store.ID + "/" + h.lamp.ID + `?at.from=2027-03-01&at.to=2027-06-12"]`); n != 3 {
			t.Errorf("the lamp's card is led to %d times", n)
		}
		h.me.Get("/warehouse/stock/"+h.store.ID+"/"+h.lamp.ID+"?at.from=2027-03-01&at.to=2027-06-12").See("发出 8 只 100.00", "RK-2027-000001", "CK-2027-000001")
		webtest.Run(t, h,
			webtest.Call{URL: "/api/warehouse/figures?from=2027-03-01&to=2027-06-12", See: []string{`"used":"100.00"`, `"ran_out":1`, `"lost":"0.00"`, `"expired":"25.00"`}},
			webtest.Call{URL: "/warehouse/figures?from=2027-03-02&to=2027-03-01", Want: 422},
			webtest.Call{URL: "/warehouse/figures?from=x", Want: 422})
		h.By = dbtest.PersonIn("别处", h.icu.ID, warehouse.MaySee)
		webtest.Run(t, h, webtest.Call{URL: "/warehouse/figures?store=" + h.store.ID, Want: 404})
	})
}
