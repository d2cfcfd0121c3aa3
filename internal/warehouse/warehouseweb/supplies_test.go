package warehouseweb_test

import (
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/catalog"
	"houqin/internal/warehouse"
)

// Goods by kind: each sum leads to its lines, food is told in weight, and what nobody put
// into a kind or cannot be weighed is said.
func TestGoodsByKindLeadToTheirLines(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		var paper, rice, oil catalog.Item
		dbtest.Do(t, d, dbtest.Person("编目", catalog.MayChange), func(tx *db.Tx) error {
			c := catalog.Class{Code: "01", Name: "文具", Supply: catalog.Office}
			if err := catalog.AddClass(t.Context(), tx, &c); err != nil {
				return err
			}
			paper = catalog.Item{Name: "复印纸", Unit: "包", Category: catalog.Consumable, Class: c.ID}
			rice, oil = catalog.Item{Name: "大米", Unit: "公斤", Category: catalog.Food}, catalog.Item{Name: "豆油", Unit: "升", Category: catalog.Food}
			for _, i := range []*catalog.Item{&paper, &rice, &oil} {
				if err := catalog.Add(t.Context(), tx, i); err != nil {
					return err
				}
			}
			return nil
		})
		h.receive(warehouse.In{Item: paper.ID, Qty: "10", Amount: "200"}, warehouse.In{Item: rice.ID, Qty: "1500", Amount: "9000"}, warehouse.In{Item: oil.ID, Qty: "5", Amount: "60"})
		h.me.Get("/warehouse/issues/new").Press("出库", webtest.Fill{"department": {"ICU"}, "receiver": {"王丽"}, "lines.0.item": {paper.Number}, "lines.0.qty": {"4"}})
		page := h.me.Get("/warehouse/supplies")
		page.See("入库金额 9,260.00", "劳保用品入库 0.00", "其他物资 9,260.00 元", "办公用品发放 80.00", "食品入库重量 1.50 吨", "办公用品 200.00 80.00", "未分大类", "不知重量的食品品种 1").NotSee("«")
		year, month := string(d.Today())[:4], string(d.Today().Month())
		in := "/warehouse/received?day.from=" + year + "-01-01&day.to=" + string(d.Today().Month().Last()) + "&supply=office"
		out := "/warehouse/consumption?month.from=" + year + "-01-01&month.to=" + month + "-01&supply=office"
		for _, href := range []string{in, out} {
			if page.Count(`a[href="`+href+`"]`) == 0 {
				t.Errorf("nothing leads to %s", href)
			}
			h.me.Get(href).See("复印纸").NotSee("大米", "«")
		}
		webtest.Run(t, h,
			webtest.Call{URL: "/api/warehouse/supplies", See: []string{`"food_total":{"received":"9060.00"`, `"received_grams":1500000`, `"unweighed":1`}},
			webtest.Call{URL: "/warehouse/supplies?from=2027-03&until=2027-01", Want: 422},
			webtest.Call{URL: "/warehouse/supplies?from=x", Want: 422})
		h.By = dbtest.PersonIn("别处", h.icu.ID, warehouse.MaySee)
		webtest.Run(t, h, webtest.Call{URL: "/warehouse/received", NotSee: []string{"大米"}})
	})
}
