package warehouseweb_test

import (
	"net/url"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/warehouse"
)

func TestALotIsHeldAndLetGo(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.receive(warehouse.In{Item: h.gloves.ID, Qty: "3 盒", Amount: "75", Lot: "L1", Expiry: "2027-04-10"})
		at := "/warehouse/stock/" + h.store.ID + "/" + h.gloves.ID
		page := h.me.Get(at)
		page.PressWant(422, "form#hold button", webtest.Fill{"lot": {"L9"}, "reason": {"受潮"}}).See("没有批号 L9 的库存", "受潮")
		shown := page.Press("form#hold button", webtest.Fill{"lot": {"L1"}, "reason": {"外箱受潮"}})
		shown.See("已封存", "检查手套 M", "L1", "外箱受潮", "李库管", "3 盒").NotSee("«")
		h.me.Get(at).See("L1", "已封存 2027-04-10")
		h.me.Get("/warehouse").See("已封存 1")
		h.me.Get("/warehouse/holds").See("检查手套 M", "L1", "外箱受潮").NotSee("«")
		h.me.Get("/warehouse/lots").See("近效期", "已过期", "封存").NotSee("«")
		h.me.Get("/warehouse/lots").Follow("近效期").See("L1", "2027-04-10")
		h.me.Get("/warehouse/issues/new").PressWant(422, "出库", webtest.Fill{"department": {"ICU"}, "receiver": {"王丽"}, "lines.0.item": {"A001"}, "lines.0.qty": {"1"}}).
			See("批号 L1 已封存（外箱受潮）")
		h.me.Get(shown.URL).Press("form#release button", webtest.Fill{"finding": {"内包装完好"}}).See("已解除", "内包装完好").NotSee("«")
		h.me.Get("/warehouse/holds").NotSee("外箱受潮")
		h.me.Get("/warehouse/holds?all=1").See("外箱受潮", "内包装完好")
		webtest.Run(t, h, webtest.Call{Method: "POST", URL: shown.URL + "/release", Form: url.Values{"finding": {"x"}}, Want: 409})
		h.By = dbtest.PersonIn("别处", h.icu.ID, warehouse.Permissions...)
		webtest.Run(t, h, webtest.Call{URL: shown.URL, Want: 404}, webtest.Call{Method: "POST", URL: shown.URL + "/release", Form: url.Values{"finding": {"x"}}, Want: 404},
			webtest.Call{Method: "POST", URL: at + "/hold", Form: url.Values{"lot": {"L1"}, "reason": {"x"}}, Want: 403})
		h.sound()
	})
}
