package warehouseweb_test

import (
	"net/url"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/warehouse"
)

func TestAMonthIsClosedAndAgreed(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		h.me.Get("/warehouse/closes/new").See("这个库房还没有单据").NotSee("«")
		h.receive(warehouse.In{Item: h.gloves.ID, Qty: "3 盒", Amount: "75", Expiry: "2028-03-10"}, warehouse.In{Item: h.lamp.ID, Qty: "4", Amount: "50"})
		h.me.Get("/warehouse/issues/new").Press("出库", webtest.Fill{"department": {"ICU"}, "receiver": {"王丽"}, "lines.0.item": {"A001"}, "lines.0.qty": {"1 盒"}})
		h.me.Get("/warehouse/closes/new").See("下一个要结的是 2027-03，月份过完再结")
		clock.Add(30 * 24 * time.Hour)
		page := h.me.Get("/warehouse/closes/new")
		page.See("2027-03", "期初 0.00", "收入 125.00", "发出 25.00", "期末 100.00", "结 2027-03 月账，不能撤回").NotSee("«")
		page.PressWant(422, "form#close button", webtest.Fill{"month": {"nonsense"}})
		page.PressWant(409, "form#close button", webtest.Fill{"month": {"2027-04"}}).See("请按顺序月结，下一个是 2027-03")
		shown := page.Press("form#close button", nil)
		shown.See("总库 2027-03", "已月结", "待财务核对", "耗材", "75.00", "50.00", "合计", "125.00", "入库", "出库").NotSee("«", "核对一致 取消")
		h.me.Get(shown.URL+"/print").See("库房收发存月报", "总库", "2027-03", "125.00", "财务").NotSee("«")
		h.me.Get(shown.URL+"/items").See("检查手套 M", "3 盒", "1 盒", "2 盒", "50.00").NotSee("«")
		h.me.Get("/warehouse/closes").See("2027-03", "总库", "125.00", "100.00").NotSee("«")
		webtest.Run(t, h,
			webtest.Call{URL: "/api" + shown.URL, See: []string{`"closing":"100.00"`, `"category":"consumable"`, `"papers":1`}},
			webtest.Call{URL: shown.URL + "/items?format=csv", See: []string{"检查手套 M"}},
			webtest.Call{Method: "POST", URL: shown.URL + "/agree", Form: url.Values{"figure": {"100"}}, Want: 403, See: []string{"月结的人不能自己核对"}})
		h.By = dbtest.Person("财务小李", warehouse.MaySee, warehouse.MayAgree)
		page = h.me.Get(shown.URL)
		bad := page.PressWant(422, "form#agree button", webtest.Fill{"figure": {"99.99"}, "note": {"与总账一致"}})
		bad.See("库房期末 100.00 元，财务账 99.99 元，相差 -0.01 元").NotSee("«")
		if bad.Input("figure") != "99.99" || bad.Input("note") != "与总账一致" {
			t.Error("what was typed is gone")
		}
		bad.Press("form#agree button", webtest.Fill{"figure": {"100.00"}}).See("已核对一致", "财务已核对", "财务小李", "与总账一致").NotSee("«")
		webtest.Run(t, h,
			webtest.Call{Method: "POST", URL: shown.URL + "/agree", Form: url.Values{"figure": {"100"}}, Want: 409, See: []string{"2027-03 已经核对过"}},
			webtest.Call{URL: "/warehouse/closes/new", Want: 403})
		h.By = dbtest.PersonIn("别处", h.icu.ID, warehouse.Permissions...)
		webtest.Run(t, h, webtest.Call{URL: shown.URL, Want: 404}, webtest.Call{URL: shown.URL + "/items", Want: 404}, webtest.Call{URL: shown.URL + "/print", Want: 404},
			webtest.Call{Method: "POST", URL: shown.URL + "/agree", Form: url.Values{"figure": {"100"}}, Want: 404})
		h.sound()
	})
}
