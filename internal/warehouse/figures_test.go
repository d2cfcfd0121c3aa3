package warehouse_test

import (
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/warehouse"
)

// The figures by hand: each says what happened, and a reversal takes it back.
func TestFiguresByHand(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		start := d.Today()
		old := h.fresh()
		day := func(n int) { clock.Set(dbtest.Noon.Add(time.Duration(n) * 24 * time.Hour)) }
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "100", Amount: "1000"}, warehouse.In{Item: old, Qty: "4", Amount: "40"},
			warehouse.In{Item: h.gloves.ID, Qty: "10", Amount: "10", Expiry: start.AddDays(100)})
		day(100)
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "100", Amount: "1100"})
		wrong, err := h.issue(warehouse.Out{Item: h.lamp.ID, Qty: "50"})
		if err != nil {
			t.Fatal(err)
		}
		h.do(func(tx *db.Tx) error { _, err := warehouse.Reverse(t.Context(), tx, wrong.ID, "错"); return err })
		if _, err := h.issue(warehouse.Out{Item: h.lamp.ID, Qty: "120"}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.back(warehouse.Back{Item: h.lamp.ID, Qty: "20"}); err != nil {
			t.Fatal(err)
		}
		day(110)
		loss := warehouse.Document{Kind: warehouse.WrittenOff, Moves: []warehouse.Move{{Line: 1, Item: h.gloves.ID, Qty: -4, Pick: true, Account: warehouse.OfWriteOff}}}
		if err := h.post(&loss); err != nil {
			t.Fatal(err)
		}
		if _, err := h.issue(warehouse.Out{Item: h.lamp.ID, Qty: "100"}); err != nil { // all that is left
			t.Fatal(err)
		}
		day(200) // after the days asked for
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "10", Amount: "200"})
		f, err := warehouse.FiguresOf(t.Context(), d, h.store.ID, start.AddDays(100), start.AddDays(199), d.Zone)
		if err != nil {
			t.Fatal(err)
		}
		byName := map[string]warehouse.ItemFigure{}
		for _, i := range f.Items {
			byName[i.Name] = i
		}
		lamp, gloves, dead := byName["灯管"], byName["检查手套"], byName["新品1"]
		if lamp.Opening != 100000 || lamp.Closing != 0 || lamp.Used != 210000 || lamp.UsedQty != 200 || lamp.RanOut != 1 || lamp.FirstPrice != 110000 || lamp.LastPrice != 110000 || lamp.Idle != "" || lamp.Qty != 10 {
			t.Errorf("lamp: %+v", lamp)
		}
		if gloves.Lost != 400 || gloves.Expired != 600 || gloves.Used != 0 || gloves.DaysOfStock != -1 || gloves.Idle != "dead" {
			t.Errorf("gloves: %+v", gloves)
		}
		if dead.Idle != "dead" || dead.Amount != 4000 {
			t.Errorf("dead: %+v", dead)
		}
		// opening 1000+40+10, closing 40+6: on average 548; 2100 used in 100 days
		if f.Opening != 105000 || f.Closing != 4600 || f.Average != 54800 || f.Used != 210000 || f.Turnover != 210000*365*100/100/54800 || f.DaysOfStock != 2 || f.RanOut != 1 || f.Lost != 400 || f.Expired != 600 || f.Dead != 4600 || f.Slow != 0 {
			t.Errorf("store: %+v", f)
		}
		f, err = warehouse.FiguresOf(t.Context(), d, h.store.ID, start, start.AddDays(200), d.Zone)
		if err != nil || len(f.Items) != 3 || f.Opening != 0 || f.Closing != 24600 {
			t.Errorf("all days: %+v, %v", f, err)
		}
		for _, i := range f.Items {
			if i.Name == "灯管" && (i.FirstPrice != 100000 || i.LastPrice != 200000 || i.Moved() != 10000) {
				t.Errorf("price: %+v", i)
			}
		}
		h.sound()
	})
}
