package warehouseweb_test

import (
	"net/url"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/list"
	"houqin/internal/base/webtest"
	"houqin/internal/warehouse"
)

func TestTheRegistersOfAStore(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		page := h.me.Get("/warehouse/visits")
		page.NotSee("«")
		page.PressWant(422, "form#enter button", webtest.Fill{"name": {"赵电工"}}).See("必填", "赵电工")
		page.Press("form#enter button", webtest.Fill{"name": {"赵电工"}, "firm": {"永固"}, "purpose": {"修灯"}}).See("已登记 赵电工 来访", "永固", "修灯", "李库管").NotSee("«")
		all, err := warehouse.Visits.All(t.Context(), d, list.Where{}, 10)
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		away := webtest.Call{Method: "POST", URL: "/warehouse/visits/leave", Form: url.Values{"id": {all[0].ID}}, Want: 404}
		h.By = dbtest.PersonIn("别处", h.icu.ID, warehouse.Permissions...)
		webtest.Run(t, h, away)
		h.By = h.keeper
		away.Want = 303
		webtest.Run(t, h, away)

		page = h.me.Get("/warehouse/checks")
		page.NotSee("«")
		page.PressWant(422, "form#walk button", webtest.Fill{"round": {"bans"}, "faults": {"smoking", "wiring"}}).See("必填")
		page.Press("form#walk button", webtest.Fill{"round": {"bans"}, "faults": {"smoking", "wiring"}, "found": {"烟头，插线板"}, "remedy": {"已清理"}}).See("七个严禁", "吸烟", "乱拉电源", "烟头，插线板", "已清理").NotSee("«")
		h.me.Get("/warehouse/checks").Press("form#walk button", webtest.Fill{"round": {"gear"}}).See("灭火器材")

		page = h.me.Get("/warehouse/asides")
		page.NotSee("«")
		done := page.Press("form#put_aside button", webtest.Fill{"sort": {"written_off"}, "name": {"旧床"}, "many": {"3 张"}, "origin": {"BF-1"}, "spot": {"后院"}})
		done.See("旧床", "批准报残", "3 张", "后院").NotSee("«")
		h.me.Get("/warehouse/asides").See("旧床", "BF-1")
		done.Press("form#settle button", webtest.Fill{"outcome": {"交废品回收"}}).See("已了结", "交废品回收").NotSee("«")
		h.me.Get("/warehouse/asides").NotSee("旧床")

		page = h.me.Get("/warehouse/reserves")
		page.NotSee("«")
		page.PressWant(422, "form#reserve button", webtest.Fill{"item": {"A001"}, "least": {"2 袋"}}).See("单位不对")
		page.Press("form#reserve button", webtest.Fill{"item": {"A001"}, "least": {"2 盒"}, "note": {"防疫"}}).See("检查手套 M", "2 盒", "防疫").NotSee("«")
		page = h.me.Get("/warehouse/drills")
		page.NotSee("«")
		page.Press("form#drill button", webtest.Fill{"sort": {"drill"}, "what": {"防汛演练"}, "found": {"手套不足"}}).See("演练", "防汛演练", "手套不足", "2027-03-04").NotSee("«")
		for _, at := range []string{"visits", "checks", "asides", "reserves", "drills"} {
			webtest.Run(t, h, webtest.Call{URL: "/warehouse/" + at + "?format=csv"}, webtest.Call{URL: "/api/warehouse/" + at})
		}
	})
}
