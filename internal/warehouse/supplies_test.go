package warehouse_test

import (
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/catalog"
	"houqin/internal/rules"
	"houqin/internal/warehouse"
)

// What came and went is told by kind of goods, food also by weight; what went back is taken
// off, other months and other people's stores are left out, and each sum is that of the
// lines which its link opens.
//
// Clause: S-045 S-047 P-017
func TestGoodsByKindAndFoodByWeight(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		var paper, glove, rice, salt, oil catalog.Item
		h.do(func(tx *db.Tx) error {
			office, labour := catalog.Class{Code: "01", Name: "办公", Supply: catalog.Office}, catalog.Class{Code: "02", Name: "劳保", Supply: catalog.Protection}
			grain := catalog.Class{Code: "03", Name: "粮油"}
			for _, c := range []*catalog.Class{&office, &labour, &grain} {
				if err := catalog.AddClass(t.Context(), tx, c); err != nil {
					return err
				}
			}
			forms := catalog.Class{Code: "0101", Name: "表格", Parent: office.ID}
			if err := catalog.AddClass(t.Context(), tx, &forms); err != nil {
				return err
			}
			paper = catalog.Item{Name: "复印纸", Unit: "包", Category: catalog.Consumable, Class: forms.ID}
			glove = catalog.Item{Name: "线手套", Unit: "副", Category: catalog.Consumable, Class: labour.ID}
			rice = catalog.Item{Name: "大米", Unit: "公斤", Category: catalog.Food, Class: grain.ID}
			salt = catalog.Item{Name: "食盐", Spec: "加碘 400克", Unit: "袋", Category: catalog.Food}
			oil = catalog.Item{Name: "豆油", Unit: "升", Category: catalog.Food, Class: grain.ID}
			for _, i := range []*catalog.Item{&paper, &glove, &rice, &salt, &oil} {
				if err := catalog.Add(t.Context(), tx, i); err != nil {
					return err
				}
			}
			return nil
		})
		this := d.Today().Month()
		h.receive(warehouse.In{Item: paper.ID, Qty: "100", Amount: "2000"}, warehouse.In{Item: glove.ID, Qty: "50", Amount: "300"}, warehouse.In{Item: h.lamp.ID, Qty: "10", Amount: "100"},
			warehouse.In{Item: rice.ID, Qty: "1500", Amount: "9000"}, warehouse.In{Item: salt.ID, Qty: "10", Amount: "20"}, warehouse.In{Item: oil.ID, Qty: "20", Amount: "240"})
		wrong := h.receive(warehouse.In{Item: glove.ID, Qty: "7", Amount: "70"})
		h.do(func(tx *db.Tx) error { _, err := warehouse.Reverse(t.Context(), tx, wrong.ID, "错"); return err })
		if _, err := h.issue(warehouse.Out{Item: paper.ID, Qty: "30"}, warehouse.Out{Item: rice.ID, Qty: "500"}, warehouse.Out{Item: salt.ID, Qty: "5"}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.back(warehouse.Back{Item: paper.ID, Qty: "10"}); err != nil {
			t.Fatal(err)
		}
		clock.Set(this.Add(1).First().Start(d.Zone).Time().Add(12 * time.Hour)) // another month
		h.receive(warehouse.In{Item: paper.ID, Qty: "1", Amount: "20"})

		s, err := warehouse.SuppliesOf(t.Context(), d, h.keeper, this, this)
		if err != nil {
			t.Fatal(err)
		}
		for k, want := range map[catalog.Supply]warehouse.Through{catalog.Office: {Received: 200000, Issued: 40000}, catalog.Protection: {Received: 30000}, "": {Received: 936000, Issued: 301000}} {
			if got := s.Of(k); got != want {
				t.Errorf("%q: %+v, not %+v", k, got, want)
			}
		}
		if want := (warehouse.Through{Received: 926000, Issued: 301000, ReceivedGrams: 1_504_000, IssuedGrams: 502_000}); s.FoodTotal != want || s.Unweighed != 1 || len(s.Food) != 2 || s.Food[0].ClassName != "粮油" || s.Food[0].ReceivedGrams != 1_500_000 {
			t.Errorf("food: %+v", s)
		}
		both, err := warehouse.SuppliesOf(t.Context(), d, h.keeper, this, this.Add(1))
		if err != nil || both.Total.Received != s.Total.Received+2000 {
			t.Errorf("two months: %+v, %v", both.Total, err)
		}
		none, err := warehouse.SuppliesOf(t.Context(), d, dbtest.PersonIn("别处", h.icu.ID+"x", warehouse.MaySee), this, this)
		if err != nil || none.Total != (warehouse.Through{}) {
			t.Errorf("who sees no store is told %+v, %v", none.Total, err)
		}

		lines, err := warehouse.Received.All(t.Context(), d, list.Where{}.And("c.counts_as = 'protection'"), 100)
		var sum money.Fen
		for _, l := range lines {
			sum += l.Amount
		}
		if err != nil || len(lines) != 3 || sum != s.Of(catalog.Protection).Received {
			t.Errorf("%d lines of labour protection come to %v: %v", len(lines), sum, err)
		}
		first, last := this.First(), this.Last()
		evidence := func(clause string, from, until period.Day) rules.Evidence {
			t.Helper()
			for _, c := range warehouse.Claims {
				if c.Clause == clause {
					e, err := c.Evidence(t.Context(), d, from, until)
					if err != nil {
						t.Fatal(err)
					}
					return e
				}
			}
			t.Fatal(clause)
			return rules.Evidence{}
		}
		for _, c := range []struct {
			clause string
			kept   int64
			values []int64
		}{{"S-045", 8, []int64{30000, 1136000}}, {"P-017", 3, []int64{1_504_000, 502_000, 1}}, {"S-047", 1, []int64{40000}}} {
			e := evidence(c.clause, first, last)
			if e.Kept != c.kept || e.Broken != 0 || len(e.Figures) != len(c.values) {
				t.Fatalf("%s: %+v", c.clause, e)
			}
			for n, v := range c.values {
				if e.Figures[n].Value != v {
					t.Errorf("%s: %+v, not %d", c.clause, e.Figures[n], v)
				}
			}
		}
		if e := evidence("S-045", first.AddDays(-5), first.AddDays(-1)); e.Kept != 0 || e.State() != rules.NoCase {
			t.Errorf("before anything came: %+v", e)
		}
	})
}
