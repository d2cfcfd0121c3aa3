package purchasing_test

import (
	"context"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/quantity"
	"houqin/internal/purchasing"
	"houqin/internal/warehouse"
)

// lines are a plan's quantities by item, as "number wanted proposed".
func lines(p purchasing.Plan) map[string][2]int64 {
	all := map[string][2]int64{}
	for _, l := range p.Goods {
		all[l.Number] = [2]int64{int64(l.Wanted), int64(l.Proposed)}
	}
	return all
}

// What the stores run short of is in the plan although no department asked for it: what
// is used up in the month, and what fell below its minimum.
func TestWhatRunsShortIsPlannedUnasked(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		nothing := func(month int) error {
			return h.try(h.planner, func(ctx context.Context, tx *db.Tx) error {
				_, err := purchasing.Consolidate(ctx, tx, tx.Today().Month().Add(month).First(), h.kf.ID)
				return err
			})
		}
		if err := nothing(1); said(err) != "purchasing.nobody_asked" {
			t.Errorf("out of nothing: %v", err)
		}
		h.history(300, 100)
		least := func(item string, qty int64) {
			t.Helper()
			h.must(h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
				return warehouse.SetLevels(ctx, tx, h.store.ID, item, quantity.Qty(qty), 0)
			}))
		}
		least(h.rice.ID, 20)
		for _, month := range []int{-1, 2} {
			if err := nothing(month); said(err) != "purchasing.nobody_asked" {
				t.Errorf("for a month %d from now: %v", month, err)
			}
		}
		p := h.consolidate()
		got := lines(p)
		if len(got) != 2 || got["A001"] != [2]int64{0, 200} || got["C001"] != [2]int64{0, 20} || p.Amount != 200*50+20*600 {
			t.Errorf("%v, %s", got, p.Amount)
		}
		for _, l := range p.Goods {
			if l.Askers != 0 || l.Price == 0 {
				t.Errorf("%+v", l)
			}
		}
		// What this plan buys is not proposed once more, and a need beside it is.
		h.submit(h.wish(h.lamp, "5"))
		if got := lines(h.consolidate()); len(got) != 1 || got["B001"] != [2]int64{5, 5} {
			t.Errorf("a second plan of the month buys %v", got)
		}
	})
}

// What a department asks for late is bought besides what the month's plan buys already, and
// neither twice nor out of what others asked for.
func TestALateNeedIsBoughtOnce(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.history(300, 100)
		h.submit(h.wish(h.gloves, "400"), h.wish(h.lamp, "20"))
		if got := lines(h.consolidate()); got["A001"] != [2]int64{400, 300} || got["B001"] != [2]int64{20, 20} {
			t.Fatalf("%v", got)
		}
		h.submit(h.wish(h.gloves, "100"), h.wish(h.lamp, "3"))
		p := h.consolidate()
		if got := lines(p); len(got) != 2 || got["A001"] != [2]int64{100, 100} || got["B001"] != [2]int64{3, 3} || p.Goods[0].Planned != 300 {
			t.Errorf("%v, %+v", got, p.Goods)
		}
		// Each plan says what the other claims, and which it is.
		p, err := purchasing.PlanByID(t.Context(), d, p.ID)
		h.must(err)
		claims, err := purchasing.ClaimsOn(t.Context(), d, &p)
		h.must(err)
		if p.Goods[0].Claimed != 400 || p.Goods[1].Claimed != 20 || len(claims) != 2 || claims[0].Item != h.gloves.ID || claims[0].Left != 400 || claims[0].Open != 300 || claims[1].Left != 20 || claims[0].Plan == p.ID || claims[0].Number == p.Number {
			t.Errorf("claimed by others: %+v of %+v", claims, p.Goods)
		}
	})
}

// A draft is given up with a reason: what the departments asked lies with the planner again,
// who sends one back, and the next draft is drawn as if the first had not been.
func TestADraftIsGivenUp(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		passed := []purchasing.Extra{{Request: "r1", Line: 1, Department: h.icu.ID, Item: h.rice.ID, Qty: 7}}
		var freed []purchasing.Extra
		purchasing.Passed = func(context.Context, db.Reader) ([]purchasing.Extra, error) { return passed, nil }
		purchasing.Freed = func(_ context.Context, _ *db.Tx, x purchasing.Extra, _ *purchasing.Plan) error {
			freed = append(freed, x)
			return nil
		}
		defer func() {
			purchasing.Passed = func(context.Context, db.Reader) ([]purchasing.Extra, error) { return nil, nil }
			purchasing.Freed = func(context.Context, *db.Tx, purchasing.Extra, *purchasing.Plan) error { return nil }
		}()
		n := h.submit(h.wish(h.lamp, "20"))
		p := h.consolidate()
		drop := func(by db.Actor, version int64, why string) error {
			return h.try(by, func(ctx context.Context, tx *db.Tx) error {
				_, err := purchasing.Discard(ctx, tx, p.ID, version, purchasing.Word{Reason: why})
				return err
			})
		}
		if err := drop(h.buyer, 0, "重做"); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("by the buyer: %v", err)
		}
		if err := drop(h.planner, 0, " "); said(err) != "reason base.required" {
			t.Errorf("without a reason: %v", err)
		}
		if err := drop(h.planner, p.Version+1, "重做"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("as nobody saw it: %v", err)
		}
		h.must(drop(h.planner, p.Version, "数量填错，重做"))
		if err := drop(h.planner, 0, "重做"); said(err) != "purchasing.not_draft" {
			t.Errorf("twice: %v", err)
		}
		if len(freed) != 1 || freed[0] != passed[0] {
			t.Errorf("freed %+v", freed)
		}
		if again, err := purchasing.NeedByID(t.Context(), d, n.ID); err != nil || again.State != purchasing.Asked || again.Plan != "" {
			t.Errorf("%+v %v", again, err)
		}
		if wrong, err := purchasing.Verify(t.Context(), d); err != nil || len(wrong) > 0 {
			t.Errorf("%v %v", wrong, err)
		}
		if got := lines(h.consolidate()); got["B001"] != [2]int64{20, 20} || got["C001"] != [2]int64{7, 7} {
			t.Errorf("%v", got)
		}
	})
}
