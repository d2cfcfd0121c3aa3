package desk_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/desk"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

var withStore = append(slices.Clone(rooms), fs.FS(catalog.Migrations), fs.FS(suppliers.Migrations), fs.FS(warehouse.Migrations))

// shop is a store of the electricians with ten tubes at 12.50 and three ballasts at 40.
type shop struct {
	store         warehouse.Store
	tube, ballast catalog.Item
}

func (h *house) shop(t *testing.T) (s shop) {
	t.Helper()
	h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
		s.store = warehouse.Store{Code: "WX", Name: "维修库", Department: h.electric.ID}
		if err := warehouse.SetUp(ctx, tx, &s.store); err != nil {
			return err
		}
		s.tube = catalog.Item{Name: "灯管", Spec: "T8 18W", Unit: "支", Packs: []quantity.Pack{{Unit: "箱", Factor: 5}}, Category: catalog.Spare}
		s.ballast = catalog.Item{Name: "镇流器", Unit: "只", Category: catalog.Spare}
		for _, i := range []*catalog.Item{&s.tube, &s.ballast} {
			if err := catalog.Add(ctx, tx, i); err != nil {
				return err
			}
		}
		_, err := warehouse.Open(ctx, tx, warehouse.Stocktaking{Store: s.store.ID, Lines: []warehouse.In{
			{Item: s.tube.ID, Qty: "10", Price: "12.50"}, {Item: s.ballast.ID, Qty: "3", Price: "40"}}})
		return err
	})
	h.wang.Rights[warehouse.MayUse] = db.Scope{All: true}
	return s
}

// Clause: W-014
func TestPartsLeaveTheStoreAtCostForTheWard(t *testing.T) {
	dbtest.Each(t, withStore, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		s := h.shop(t)
		id := h.at(t, desk.Working, desk.Normal)
		h.take(t, h.wang, id, finish(desk.Work{Done: "换灯管和镇流器", Minutes: 30, Store: s.store.ID,
			Parts: []desk.Part{{Item: s.tube.ID, Written: "1 箱"}, {Item: s.ballast.ID, Qty: 1}}}))
		j := h.job(t, id)
		if want := money.Fen(5*1250 + 4000); j.Parts != want || j.Labour != 3000 || j.Cost != want+3000 {
			t.Errorf("parts %s, labour %s, cost %s", j.Parts, j.Labour, j.Cost)
		}
		far := h.wang
		far.Unit = h.water.ID
		if usual, err := desk.UsualStore(t.Context(), d, far); err != nil || usual.ID != s.store.ID {
			t.Errorf("who drew parts at %s last is offered %s, %v", s.store.Name, usual.Name, err)
		}
		drawn, err := desk.DrawnFor(t.Context(), d, id)
		if err != nil || len(drawn) != 2 {
			t.Fatal(drawn, err)
		}
		if l := drawn[0]; l.Item.Title() != "灯管 T8 18W" || l.Qty != 5 || l.Cost != 6250 || l.Store != "维修库" {
			t.Errorf("drawn %+v", l)
		}
		moves, err := warehouse.MovesOf(t.Context(), d, drawn[0].Document)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range moves {
			if m.Department != h.ward.ID || m.AccountID != id {
				t.Errorf("the store posted to %+v, not to the ward's job", m)
			}
		}
		costs, err := desk.Costs(t.Context(), d, h.director, 1, period.At(d.Now().AddDate(0, 0, 1)))
		if err != nil || len(costs) != 1 || costs[0].Department != h.ward.ID || costs[0].Cost != j.Cost || costs[0].Minutes != 30 {
			t.Errorf("the ward's costs are %+v, %v", costs, err)
		}
		dbtest.Do(t, d, db.System("bill"), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE desk_job SET outside = 5000 WHERE id = $1`, id)
			return err
		})
		if costs, _ := desk.Costs(t.Context(), d, h.director, 1, period.At(d.Now().AddDate(0, 0, 1))); len(costs) != 1 || costs[0].Outside != 5000 || costs[0].Cost != j.Cost+5000 {
			t.Errorf("with a firm's bill the ward's costs are %+v", costs)
		}
		if costs, _ := desk.Costs(t.Context(), d, dbtest.PersonIn("x", h.other.ID, desk.MaySee), 1, period.At(d.Now().AddDate(0, 0, 1))); len(costs) != 0 {
			t.Errorf("who sees another ward's figures only sees %+v", costs)
		}
	})
}

func TestAShortStoreFinishesNothing(t *testing.T) {
	dbtest.Each(t, withStore, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		s := h.shop(t)
		id := h.at(t, desk.Working, desk.Normal)
		for _, c := range []struct {
			name, at string
			w        desk.Work
		}{
			{"short", "parts.1.qty", desk.Work{Done: "换", Store: s.store.ID, Parts: []desk.Part{{Item: s.tube.ID, Qty: 2}, {Item: s.ballast.ID, Qty: 4}}}},
			{"no store", "store", desk.Work{Done: "换", Parts: []desk.Part{{Item: s.tube.ID, Qty: 2}}}},
			{"half a tube", "parts.0.qty", desk.Work{Done: "换", Store: s.store.ID, Parts: []desk.Part{{Item: s.tube.ID, Written: "0.5"}}}},
			{"unknown item", "parts.0.item", desk.Work{Done: "换", Store: s.store.ID, Parts: []desk.Part{{Item: "none", Qty: 1}}}},
			{"nothing said", "done", desk.Work{Store: s.store.ID}},
		} {
			err := h.do(h.wang, func(ctx context.Context, tx *db.Tx) error { _, err := desk.Finish(ctx, tx, id, 0, c.w); return err })
			var e *fault.Error
			if !errors.As(err, &e) || e.Kind != fault.Invalid || !slices.ContainsFunc(e.Fields, func(f fault.Field) bool { return f.Path == c.at }) {
				t.Errorf("%s: %v, want a complaint at %s", c.name, err, c.at)
			}
		}
		if j := h.job(t, id); j.State != desk.Working || j.Cost != 0 {
			t.Errorf("the refused job is %s and cost %s", j.State, j.Cost)
		}
		if papers, err := warehouse.OfRecord(t.Context(), d, desk.Noun, id); err != nil || len(papers) != 0 {
			t.Errorf("the store gave out %v, %v", papers, err)
		}
		h.wang.Rights[warehouse.MayUse] = db.Scope{}
		err := h.do(h.wang, func(ctx context.Context, tx *db.Tx) error {
			_, err := desk.Finish(ctx, tx, id, 0, desk.Work{Done: "换", Store: s.store.ID, Parts: []desk.Part{{Item: s.tube.ID, Qty: 2}}})
			return err
		})
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("who may not draw parts drew them: %v", err)
		}
	})
}
