package hospital_test

import (
	"context"
	"testing"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/hospital"
	"houqin/internal/people"
	"houqin/internal/purchasing"
	"houqin/internal/receiving"
	"houqin/internal/requests"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

// What the store cannot give a ward is passed to buying, reaches the planner, is ordered
// with a day, comes at the gate, and the ward sees each of it; then the store hands it out.
func TestWhatAWardWaitsForIsBoughtAndComes(t *testing.T) {
	addresses := []string{dbtest.SQLite(t, hospital.Migrations)}
	if pg, ok := dbtest.Postgres(t, hospital.Migrations); ok {
		addresses = append(addresses, pg)
	}
	for _, address := range addresses {
		w := &waitingWard{t: t, h: enter(t, hospital.Config{DB: address, Data: t.TempDir()})}
		w.furnish()
		w.wait()
	}
}

type waitingWard struct {
	t                                   *testing.T
	h                                   *hospital.Hospital
	ward, office                        departments.Department
	nurse, head, planner, buyer, keeper people.Person
	lamp                                catalog.Item
	from                                suppliers.Supplier
	store                               warehouse.Store
}

func (w *waitingWard) furnish() {
	ctx := w.t.Context()
	dbtest.Do(w.t, w.h.DB, db.System("setup"), func(tx *db.Tx) error {
		w.office = departments.Department{Code: "H00", Name: "后勤科", Kind: departments.Office}
		w.ward = departments.Department{Code: "N03", Name: "三病区", Kind: departments.Ward}
		for _, x := range []*departments.Department{&w.office, &w.ward} {
			if err := departments.Found(ctx, tx, x); err != nil {
				return err
			}
		}
		for n, p := range []struct {
			who  *people.Person
			name string
			in   string
		}{{&w.nurse, "王护士", w.ward.ID}, {&w.head, "赵护士长", w.ward.ID}, {&w.planner, "李计划", w.office.ID}, {&w.buyer, "周采购", w.office.ID}, {&w.keeper, "陈库管", w.office.ID}} {
			*p.who = people.Person{Number: "100" + string(rune('0'+n)), Name: p.name, Department: p.in}
			if err := people.Hire(ctx, tx, p.who); err != nil {
				return err
			}
		}
		w.ward.Head = w.head.ID
		if err := departments.Change(ctx, tx, &w.ward); err != nil {
			return err
		}
		w.lamp = catalog.Item{Number: "B001", Name: "灯管", Unit: "只", Category: catalog.Spare, Price: 1200}
		if err := catalog.Add(ctx, tx, &w.lamp); err != nil {
			return err
		}
		w.from = suppliers.Supplier{Name: "安泰照明"}
		if err := suppliers.Add(ctx, tx, &w.from); err != nil {
			return err
		}
		w.store = warehouse.Store{Code: "A", Name: "总库", Department: w.office.ID, Keepers: []string{w.keeper.ID}}
		if err := warehouse.SetUp(ctx, tx, &w.store); err != nil {
			return err
		}
		return purchasing.Agree(ctx, tx, &purchasing.Price{Goods: purchasing.Goods{Item: w.lamp.ID}, Supplier: w.from.ID, Price: 1100, Contract: "框架1", Since: tx.Today(), Until: tx.Today().AddDays(90)})
	})
}

// as does something as one of the staff, who may do all that the rooms know.
func (w *waitingWard) as(p people.Person, f func(ctx context.Context, tx *db.Tx) error) {
	w.t.Helper()
	a := dbtest.Person(p.Name, hospital.Permissions...)
	a.ID, a.Unit = p.ID, p.Department
	dbtest.Do(w.t, w.h.DB, a, func(tx *db.Tx) error { return f(w.t.Context(), tx) })
}

func (w *waitingWard) wait() {
	t, ctx, d := w.t, w.t.Context(), w.h.DB
	var q requests.Request
	w.as(w.nurse, func(ctx context.Context, tx *db.Tx) (err error) {
		q, err = requests.Ask(ctx, tx, requests.Slip{Department: w.ward.ID, Lines: []requests.Want{{Item: w.lamp.ID, Qty: "6"}}})
		return err
	})
	w.as(w.head, func(ctx context.Context, tx *db.Tx) error {
		c, _, err := approvals.OpenOf(ctx, tx, requests.Noun, q.ID)
		if err == nil {
			_, err = approvals.Agree(ctx, tx, c.ID, "", approvals.Signature{Digest: c.Digest})
		}
		return err
	})
	w.as(w.keeper, func(ctx context.Context, tx *db.Tx) error {
		_, err := requests.Decide(ctx, tx, q.ID, 0, []requests.Choice{{Line: 1, Qty: "0", Way: "buy"}})
		return err
	})
	sees := func(state requests.State, way, paper string, when bool) {
		t.Helper()
		got, err := requests.Get(ctx, d, db.Actor{ID: w.nurse.ID, Rights: db.Rights{requests.MayAsk: {Units: []string{w.ward.ID}}}}, q.ID)
		if err != nil {
			t.Fatal(err)
		}
		l := got.Lines[0]
		if got.State != state || l.Way != way || l.Ordered != paper || (l.Promised != "") != when {
			t.Errorf("the ward sees %s: %+v", got.State, l)
		}
	}
	sees(requests.Waiting, "buy", "", false)
	// A draft that is given up leaves the lines to the next one.
	w.as(w.planner, func(ctx context.Context, tx *db.Tx) error {
		first, err := purchasing.Consolidate(ctx, tx, tx.Today().Month().First(), w.office.ID)
		if err == nil {
			_, err = purchasing.Discard(ctx, tx, first.ID, 0, purchasing.Word{Reason: "重做"})
		}
		return err
	})
	sees(requests.Waiting, "buy", "", false)
	var p purchasing.Plan
	w.as(w.planner, func(ctx context.Context, tx *db.Tx) (err error) {
		if p, err = purchasing.Consolidate(ctx, tx, tx.Today().Month().First(), w.office.ID); err != nil {
			return err
		}
		// How a plan is agreed to is tried in its room.
		_, err = tx.Exec(ctx, `UPDATE purchasing_plan SET state = 'approved', urgent = true WHERE id = $1`, p.ID)
		return err
	})
	if len(p.Goods) != 1 || p.Goods[0].Item != w.lamp.ID || p.Goods[0].Wanted != 6 || p.Goods[0].Askers != 1 {
		t.Fatalf("the planner has %+v", p)
	}
	sees(requests.Waiting, "buy", p.Number, false)
	if left, err := requests.ToBuy(ctx, d); err != nil || len(left) != 0 {
		t.Errorf("planned twice: %v %v", left, err)
	}
	var o purchasing.Order
	w.as(w.buyer, func(ctx context.Context, tx *db.Tx) error {
		all, err := purchasing.OrderByContract(ctx, tx, p.ID)
		if err == nil {
			o = all[0]
		}
		return err
	})
	w.as(w.keeper, func(ctx context.Context, tx *db.Tx) error {
		_, err := purchasing.Approve(ctx, tx, o.ID, 0, purchasing.Verdict{Audit: "按协议价"})
		return err
	})
	w.as(w.buyer, func(ctx context.Context, tx *db.Tx) (err error) {
		o, err = purchasing.Send(ctx, tx, o.ID, 0, purchasing.Dispatched{Labelled: true, Due: tx.Today().AddDays(3)})
		return err
	})
	sees(requests.Waiting, "buy", o.Number, true)
	w.as(w.keeper, func(ctx context.Context, tx *db.Tx) error {
		x, err := receiving.Arrive(ctx, tx, receiving.Arrival{Order: o.ID, Store: w.store.ID, Invoice: "FP-1", Lines: []receiving.Came{{Item: w.lamp.ID, Qty: "6"}}})
		if err == nil && x.State != receiving.Posted {
			t.Errorf("the lamps are %s", x.State)
		}
		return err
	})
	sees(requests.Agreed, "wait", o.Number, true)
	keeper := dbtest.Person(w.keeper.Name, requests.MayServe)
	if waits, err := requests.ToServe(ctx, d, keeper, 9); err != nil || len(waits) != 1 || waits[0].ID != q.ID {
		t.Errorf("the store is not told: %v %v", waits, err)
	}
	w.as(w.keeper, func(ctx context.Context, tx *db.Tx) error {
		_, err := requests.Decide(ctx, tx, q.ID, 0, []requests.Choice{{Line: 1, Qty: "6"}})
		return err
	})
	sees(requests.Picking, "", o.Number, false)
}
