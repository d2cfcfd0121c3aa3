package purchasing_test

import (
	"context"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/catalog"
	"houqin/internal/purchasing"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
)

// sort puts an item into a new class of a kind.
func (h *house) sort(i *catalog.Item, code string, k catalog.Supply) {
	h.t.Helper()
	dbtest.Do(h.t, h.d, dbtest.Person("编目", catalog.MayChange), func(tx *db.Tx) error {
		c := catalog.Class{Code: code, Name: code, Supply: k}
		if err := catalog.AddClass(h.t.Context(), tx, &c); err != nil {
			return err
		}
		now, err := catalog.Get(h.t.Context(), tx, i.ID)
		if err != nil {
			return err
		}
		now.Class = c.ID
		return catalog.Change(h.t.Context(), tx, &now)
	})
}

// The year's buying by hand: what was finished by which way, what was saved against the
// price before and the estimate, and plans and orders by kind of goods. What was called off
// is nowhere, and each count is that of the lines behind its link.
//
// Clause: P-010 P-013 S-049 X-004
func TestWhatTheYearsBuyingComesTo(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sort(&h.gloves, "01", catalog.Protection)
		h.sort(&h.lamp, "02", catalog.Hardware)
		today := d.Today()
		from, until := rules.ThisYear(today)
		evidence := func(clause string) rules.Evidence {
			t.Helper()
			for _, c := range purchasing.Claims {
				if c.Clause == clause && c.How == rules.Measures {
					e, err := c.Evidence(t.Context(), d, from, until)
					h.must(err)
					return e
				}
			}
			t.Fatal(clause)
			return rules.Evidence{}
		}
		if e := evidence("P-010"); e.State() != rules.NoCase {
			t.Errorf("before anything was bought: %+v", e)
		}
		buy := func(p purchasing.Plan, prices ...int) purchasing.Enquiry {
			t.Helper()
			e := h.enquire(p)
			for n, s := range []suppliers.Supplier{h.a, h.b, h.c} {
				dearer := make([]int, len(prices))
				for k := range prices {
					dearer[k] = prices[k] + n
				}
				h.offer(e, s, dearer...)
			}
			h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) error {
				_, err := purchasing.Decide(ctx, tx, e.ID, purchasing.Award{Market: "同类价"})
				return err
			}))
			return e
		}
		buy(h.agreed(h.wish(h.gloves, "100"), h.wish(h.lamp, "20")), 40, 40) // gloves 40 of 50 estimated, lamps 40 of 1200
		second := h.agreed(h.wish(h.gloves, "200"), h.wish(h.lamp, "10"))
		e := buy(second, 30, 60)
		off := h.order(h.agreed(h.wish(h.lamp, "5")), 1)
		h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) error {
			_, err := purchasing.Cancel(ctx, tx, off.ID, off.Version, purchasing.Word{Reason: "不要了"})
			return err
		}))
		dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error { // as if this one had been a tender
			_, err := tx.Exec(t.Context(), `UPDATE purchasing_order SET method = 'tender' WHERE enquiry = $1`, e.ID)
			if err == nil {
				_, err = tx.Exec(t.Context(), `UPDATE purchasing_enquiry SET method = 'tender' WHERE id = $1`, e.ID)
			}
			return tx.Trail(t.Context(), db.Event{Noun: "test", Record: "x", Action: "y"})
		})

		m, err := purchasing.Measure(t.Context(), d, from, until)
		h.must(err)
		// gloves 40 → 30: 200 × 10 less; lamps 40 → 60: 10 × 20 more
		if want := (purchasing.Savings{Cheaper: 2000, Dearer: 200, Estimate: 100*10 + 20*1160 + 200*20 + 10*1140}); m.Savings != want {
			t.Errorf("saved %+v, not %+v", m.Savings, want)
		}
		if len(m.Projects) != 2 || m.Projects[0] != (purchasing.Projects{Method: "quote", Count: 2}) || m.Projects[1] != (purchasing.Projects{Method: "tender", Count: 1}) {
			t.Errorf("projects: %+v", m.Projects)
		}
		if k := m.Kinds.Of(catalog.Protection); k.Bought != 100*40+200*30 || k.Tendered != 200*30 || k.Planned != 300*50 {
			t.Errorf("labour protection: %+v", k)
		}
		if k := m.Kinds.Of(catalog.Hardware); k.Bought != 20*40+10*60 || k.Planned != 35*1200 {
			t.Errorf("hardware: %+v", k)
		}
		for _, c := range []struct {
			clause string
			kept   int64
			values []int64
		}{{"P-010", 3, []int64{2, 1}}, {"P-013", 4, []int64{2000, 200, int64(m.Savings.Estimate)}}, {"S-049", 3, []int64{0, 35 * 1200, 0, 0}}, {"X-004", 2, []int64{6000, 4000}}} {
			e := evidence(c.clause)
			if e.Kept != c.kept || e.Broken != 0 || len(e.Figures) != len(c.values) {
				t.Fatalf("%s: %+v", c.clause, e)
			}
			for n, v := range c.values {
				if e.Figures[n].Value != v {
					t.Errorf("%s: %+v, not %d", c.clause, e.Figures[n], v)
				}
			}
		}
		lines, err := purchasing.BoughtLines.All(t.Context(), d, list.Where{}.And("l.last > 0"), 100)
		h.must(err)
		var saved money.Fen
		for _, l := range lines {
			saved += l.Saved
		}
		if len(lines) != 2 || saved != 2000-200 {
			t.Errorf("%d lines saved %v", len(lines), saved)
		}
		dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE purchasing_plan SET review = '' WHERE id = $1`, second.ID)
			if err != nil {
				return err
			}
			return tx.Trail(t.Context(), db.Event{Noun: "test", Record: "x", Action: "z"})
		})
		if e := evidence("S-049"); e.Kept != 2 || e.Broken != 1 {
			t.Errorf("a plan without its review: %+v", e)
		}
	})
}
