package warehouse_test

import (
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/warehouse"
)

// Clause: S-025
func TestVisitorsAreRegistered(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		v := warehouse.Visit{Store: h.store.ID, Name: "赵电工", Firm: "永固", Purpose: "修灯"}
		if err := h.try(func(tx *db.Tx) error { return warehouse.Enter(t.Context(), tx, &warehouse.Visit{Store: h.store.ID}) }); said(err) != "name base.required, purpose base.required" {
			t.Errorf("nobody for nothing: %v", err)
		}
		other := dbtest.PersonIn("别处", h.icu.ID, warehouse.MayIssue)
		if err := d.Do(t.Context(), other, func(tx *db.Tx) error { return warehouse.Enter(t.Context(), tx, &v) }); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("by another store's keeper: %v", err)
		}
		h.do(func(tx *db.Tx) error { return warehouse.Enter(t.Context(), tx, &v) })
		inside, err := warehouse.Visits.All(t.Context(), d, list.Where{}.And("v.gone = 0"), 10)
		if err != nil || len(inside) != 1 || inside[0].Name != "赵电工" || inside[0].ByName != "库管员" {
			t.Errorf("%+v, %v", inside, err)
		}
		clock.Add(time.Hour)
		h.do(func(tx *db.Tx) error { return warehouse.Leave(t.Context(), tx, v.ID) })
		if err := h.try(func(tx *db.Tx) error { return warehouse.Leave(t.Context(), tx, v.ID) }); said(err) != "warehouse.has_left" {
			t.Errorf("twice: %v", err)
		}
		all, err := warehouse.Visits.All(t.Context(), d, list.Where{}, 10)
		if err != nil || len(all) != 1 || all[0].Inside || all[0].Gone-all[0].At != 3600_000_000 {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

// Clause: S-023 S-024 S-026 S-027 S-029 S-030
func TestKeepersWalkTheirStore(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		walk := func(c warehouse.Check) error {
			c.Store = h.store.ID
			return h.try(func(tx *db.Tx) error { return warehouse.Walk(t.Context(), tx, &c) })
		}
		for _, r := range warehouse.Rounds {
			if err := walk(warehouse.Check{Round: r.Key}); err != nil {
				t.Errorf("%s: %v", r.Key, err)
			}
			if err := walk(warehouse.Check{Round: r.Key, Faults: r.Points}); said(err) != "found base.required, remedy base.required" {
				t.Errorf("%s, wanting and nobody says what: %v", r.Key, err)
			}
			if err := walk(warehouse.Check{Round: r.Key, Faults: r.Points[:1], Found: "坏了", Remedy: "已报修"}); err != nil {
				t.Errorf("%s: %v", r.Key, err)
			}
		}
		if err := walk(warehouse.Check{Round: "gear", Faults: []string{"smoking"}}); said(err) != "faults warehouse.not_on_round" {
			t.Errorf("a point of another walk: %v", err)
		}
		for _, c := range warehouse.Claims {
			if c.Page != "/warehouse/checks" {
				continue
			}
			want := int64(1)
			if c.Clause == "S-023" { // before and after work
				want = 2
			}
			if e, err := c.Evidence(t.Context(), d, "2027-03-01", "2027-03-31"); err != nil || e.Kept != want || e.Broken != want {
				t.Errorf("%s: %+v, %v", c.Clause, e, err)
			}
		}
		bad, err := warehouse.Checks.All(t.Context(), d, list.Where{}.And("c.faults <> '' AND c.round = 'bans'"), 10)
		if err != nil || len(bad) != 1 || len(bad[0].Faults) != 1 || bad[0].Faults[0] != "smoking" || bad[0].Points != 7 || bad[0].Remedy != "已报修" {
			t.Errorf("%+v, %v", bad, err)
		}
	})
}

// Clause: S-004
func TestGoodsOutsideTheBooksLieApart(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.do(func(tx *db.Tx) error {
			for _, code := range []string{"A-1", "B-1"} {
				b := warehouse.Bin{Store: h.store.ID, Code: code}
				if err := warehouse.AddBin(t.Context(), tx, &b); err != nil {
					return err
				}
				if code == "A-1" {
					if _, err := warehouse.Receive(t.Context(), tx, warehouse.Delivery{Store: h.store.ID, Supplier: h.supplier.ID, Invoice: "1", Lines: []warehouse.In{{Item: h.lamp.ID, Qty: "1", Amount: "1", Bin: b.ID}}}); err != nil {
						return err
					}
				}
			}
			return nil
		})
		put := func(a *warehouse.Aside) error {
			a.Store = h.store.ID
			return h.try(func(tx *db.Tx) error { return warehouse.PutAside(t.Context(), tx, a) })
		}
		if err := put(&warehouse.Aside{Sort: "off_book"}); said(err) != "many base.required, name base.required, origin base.required, spot base.required" {
			t.Errorf("of nothing: %v", err)
		}
		if err := put(&warehouse.Aside{Sort: "written_off", Name: "旧床", Many: "3 张", Origin: "BF-1", Spot: "A-1"}); said(err) != "spot warehouse.spot_in_use" || !cites(err, "S-004") {
			t.Errorf("among booked goods: %v", err)
		}
		a := warehouse.Aside{Sort: "written_off", Name: "旧床", Many: "3 张", Origin: "BF-1", Spot: "B-1"}
		if err := put(&a); err != nil {
			t.Fatal(err)
		}
		settle := func(outcome string) error {
			return h.try(func(tx *db.Tx) error { return warehouse.Settle(t.Context(), tx, a.ID, outcome) })
		}
		if err := settle(" "); said(err) != "outcome base.required" {
			t.Errorf("without an outcome: %v", err)
		}
		if err := settle("交废品回收"); err != nil {
			t.Fatal(err)
		}
		if err := settle("再来"); said(err) != "warehouse.is_settled" {
			t.Errorf("twice: %v", err)
		}
		all, err := warehouse.Asides.All(t.Context(), d, list.Where{}, 10)
		if err != nil || len(all) != 1 || all[0].There || all[0].Outcome != "交废品回收" || all[0].GoneName != "库管员" {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

// Clause: S-048
func TestTheReserveIsKeptAndTried(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		drill := func(x *warehouse.Drill) error {
			x.Store = h.store.ID
			return h.try(func(tx *db.Tx) error { return warehouse.Record(t.Context(), tx, x) })
		}
		if err := drill(&warehouse.Drill{Sort: "drill", What: "防汛演练"}); said(err) != "store warehouse.no_reserve" {
			t.Errorf("without a reserve: %v", err)
		}
		h.do(func(tx *db.Tx) error {
			if err := warehouse.SetReserve(t.Context(), tx, h.store.ID, h.lamp.ID, 10, "停电"); err != nil {
				return err
			}
			return warehouse.SetReserve(t.Context(), tx, h.store.ID, h.gloves.ID, 200, "")
		})
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "12", Amount: "12"}, warehouse.In{Item: h.gloves.ID, Qty: "150", Amount: "15", Lot: "L1", Expiry: "2027-04-01"})
		all, err := warehouse.Reserves.All(t.Context(), d, list.Where{}, 10)
		if err != nil || len(all) != 2 || !all[0].Short || all[0].Qty != 150 || all[0].Expiry != "2027-04-01" || all[1].Short || all[1].Least != 10 {
			t.Errorf("%+v, %v", all, err)
		}
		x := warehouse.Drill{Sort: "inspection", What: "月度检查"}
		if err := drill(&x); err != nil || x.Short != 1 {
			t.Errorf("%+v, %v", x, err)
		}
		// the reserve is turned over: the older lot goes first, the new one stays
		h.receive(warehouse.In{Item: h.gloves.ID, Qty: "200", Amount: "20", Lot: "L2", Expiry: "2029-04-01"})
		if doc, err := h.issue(warehouse.Out{Item: h.gloves.ID, Qty: "150"}); err != nil || len(doc.Moves) != 1 || doc.Moves[0].Lot != "L1" {
			t.Errorf("%+v, %v", doc.Moves, err)
		}
		x = warehouse.Drill{Sort: "drill", What: "防汛演练", Found: "沙袋不足"}
		if err := drill(&x); err != nil || x.Short != 0 {
			t.Errorf("%+v, %v", x, err)
		}
		h.do(func(tx *db.Tx) error { return warehouse.SetReserve(t.Context(), tx, h.store.ID, h.lamp.ID, 0, "") })
		if all, err = warehouse.Reserves.All(t.Context(), d, list.Where{}, 10); err != nil || len(all) != 1 {
			t.Errorf("%+v, %v", all, err)
		}
	})
}
