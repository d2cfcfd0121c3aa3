package warehouse_test

import (
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

func (h *hospital) carry(to string, lines ...warehouse.Out) (doc warehouse.Document, err error) {
	err = h.try(func(tx *db.Tx) (err error) {
		doc, err = warehouse.Carry(h.t.Context(), tx, warehouse.Carrying{Store: h.store.ID, To: to, Named: "护士", Lines: lines})
		return err
	})
	return doc, err
}

func (h *hospital) back(lines ...warehouse.Back) (doc warehouse.Document, err error) {
	err = h.try(func(tx *db.Tx) (err error) {
		doc, err = warehouse.TakeBack(h.t.Context(), tx, warehouse.Return{Store: h.store.ID, Department: h.icu.ID, Named: "护士", Reason: "多领", Lines: lines})
		return err
	})
	return doc, err
}

func (h *hospital) reject(supplier, reason string, lines ...warehouse.Out) (doc warehouse.Document, err error) {
	err = h.try(func(tx *db.Tx) (err error) {
		doc, err = warehouse.SendBack(h.t.Context(), tx, warehouse.Rejection{Store: h.store.ID, Supplier: supplier, Reason: reason, Lines: lines})
		return err
	})
	return doc, err
}

func TestGoodsAreCarriedToAnotherStore(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		to := h.second()
		h.receive(warehouse.In{Item: h.gloves.ID, Qty: "3 盒", Amount: "30", Expiry: "2028-01-01"}, warehouse.In{Item: h.lamp.ID, Qty: "5", Amount: "50"})
		if _, err := h.carry("nowhere", warehouse.Out{Item: h.lamp.ID, Qty: "0"}); said(err) != "to base.no_such, lines.0.qty base.quantity" {
			t.Errorf("to nowhere: %v", err)
		}
		if _, err := h.carry(h.store.ID, warehouse.Out{Item: h.lamp.ID, Qty: "1"}); said(err) != "to warehouse.same_store" {
			t.Errorf("to itself: %v", err)
		}
		if _, err := h.carry(to.ID, warehouse.Out{Item: h.gloves.ID, Qty: "301"}, warehouse.Out{Item: h.lamp.ID, Qty: "6"}); said(err) != "lines.0.qty warehouse.too_few, lines.1.qty warehouse.too_few" {
			t.Errorf("more than there is: %v", err)
		}
		doc, err := h.carry(to.ID, warehouse.Out{Item: h.gloves.ID, Qty: "1 盒"}, warehouse.Out{Item: h.lamp.ID, Qty: "2"})
		if err != nil || doc.Number != "DB-2027-000001" || doc.Amount != 3000 || doc.Lines != 2 {
			t.Fatalf("%+v, %v", doc, err)
		}
		// the ward consumes it from there, and only then bears it
		borne, err := warehouse.BorneIn(t.Context(), d, h.keeper, "2027-03")
		if err != nil || len(borne) != 0 {
			t.Errorf("borne before it is used: %+v, %v", borne, err)
		}
		h.do(func(tx *db.Tx) error {
			_, err := warehouse.Issue(t.Context(), tx, warehouse.Handout{Store: to.ID, Department: h.icu.ID, ReceiverName: "护士", Lines: []warehouse.Out{{Item: h.gloves.ID, Qty: "10"}}})
			return err
		})
		if borne, err = warehouse.BorneIn(t.Context(), d, h.keeper, "2027-03"); err != nil || len(borne) != 1 || borne[0].Amount != 100 {
			t.Errorf("borne: %+v, %v", borne, err)
		}
		giver := dbtest.PersonIn("别处", h.icu.ID, warehouse.Permissions...)
		err = d.Do(t.Context(), giver, func(tx *db.Tx) error {
			_, err := warehouse.Carry(t.Context(), tx, warehouse.Carrying{Store: h.store.ID, To: to.ID, Lines: []warehouse.Out{{Item: h.lamp.ID, Qty: "1"}}})
			return err
		})
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("the taker helped himself: %v", err)
		}
		to.Closed = true
		if err := h.try(func(tx *db.Tx) error { return warehouse.ChangeStore(t.Context(), tx, &to) }); said(err) != "warehouse.store_full" {
			t.Errorf("a store with goods was closed: %v", err)
		}
		h.sound()
	})
}

// What comes back is worth what it left with, the department no longer bears it, and
// with unknown goods the store's average speaks.
func TestADepartmentBringsGoodsBack(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		h.receive(warehouse.In{Item: h.gloves.ID, Qty: "100", Amount: "10", Lot: "L1", Expiry: "2027-04-01"}, warehouse.In{Item: h.lamp.ID, Qty: "4", Amount: "40"})
		if _, err := h.issue(warehouse.Out{Item: h.gloves.ID, Qty: "100"}); err != nil {
			t.Fatal(err)
		}
		h.receive(warehouse.In{Item: h.gloves.ID, Qty: "100", Amount: "30", Lot: "L2", Expiry: "2028-01-01"})
		doc, err := h.back(warehouse.Back{Item: h.gloves.ID, Qty: "25"}, warehouse.Back{Item: h.lamp.ID, Qty: "1"})
		if err != nil || doc.Number != "TK-2027-000001" || len(doc.Moves) != 2 {
			t.Fatalf("%+v, %v", doc, err)
		}
		if m := doc.Moves[0]; m.Lot != "L1" || m.Expiry != "2027-04-01" || m.Amount != 250 {
			t.Errorf("of the lot that it left with: %+v", m)
		}
		if m := doc.Moves[1]; m.Amount != 1000 {
			t.Errorf("at the store's average: %+v", m)
		}
		borne, err := warehouse.BorneIn(t.Context(), d, h.keeper, "2027-03")
		if err != nil || len(borne) != 1 || borne[0].Amount != 1000-250-1000 {
			t.Errorf("borne: %+v, %v", borne, err)
		}
		err = h.try(func(tx *db.Tx) error {
			_, err := warehouse.TakeBack(t.Context(), tx, warehouse.Return{Store: h.store.ID, Department: "nobody", Lines: []warehouse.Back{
				{Item: h.gloves.ID, Qty: "1 袋"}, {Item: "nothing", Qty: "1"}, {Item: h.lamp.ID, Qty: "1", Bin: "elsewhere"}}})
			return err
		})
		if got := said(err); got != "department base.no_such, reason base.required, bringer base.required, lines.0.qty warehouse.no_unit, lines.0.expiry warehouse.expiry_needed, lines.1.item base.no_such, lines.2.bin base.no_such" {
			t.Errorf("complaints: %s", got)
		}
		// what ended meanwhile comes back, and stays
		clock.Add(40 * 24 * time.Hour)
		if doc, err = h.back(warehouse.Back{Item: h.gloves.ID, Qty: "75", Lot: "L1"}); err != nil || doc.Amount != 750 {
			t.Errorf("%+v, %v", doc, err)
		}
		if _, err := h.issue(warehouse.Out{Item: h.gloves.ID, Qty: "1", Lot: "L1"}); said(err) != "lines.0.qty warehouse.lot_expired" {
			t.Errorf("issued again: %v", err)
		}
		h.sound()
	})
}

func TestNothingComesBackOfWhichNobodyKnowsTheCost(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		if _, err := h.back(warehouse.Back{Item: h.lamp.ID, Qty: "1"}); said(err) != "lines.0.qty warehouse.cost_unknown" {
			t.Errorf("%v", err)
		}
		h.sound()
	})
}

// Clause: S-007
func TestPoorGoodsGoBackToWhoBroughtThem(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.receive(warehouse.In{Item: h.gloves.ID, Qty: "10", Amount: "1", Lot: "L1", Expiry: "2028-01-01"}, warehouse.In{Item: h.gloves.ID, Qty: "10", Amount: "2", Lot: "L2", Expiry: "2028-02-01"})
		other := suppliers.Supplier{Name: "别家"}
		h.do(func(tx *db.Tx) error { return suppliers.Add(t.Context(), tx, &other) })
		if _, err := h.reject(other.ID, " ", warehouse.Out{Item: h.gloves.ID, Qty: "1"}); said(err) != "reason warehouse.reason_needed, lines.0.item warehouse.not_from_supplier" {
			t.Errorf("to somebody else, without a reason: %v", err)
		}
		h.do(func(tx *db.Tx) error {
			if _, err := warehouse.HoldLot(t.Context(), tx, h.store.ID, h.gloves.ID, "L2", "受潮"); err != nil {
				return err
			}
			return suppliers.Block(t.Context(), tx, h.supplier.ID, 1, "质量问题")
		})
		doc, err := h.reject(h.supplier.ID, "受潮", warehouse.Out{Item: h.gloves.ID, Qty: "10", Lot: "L2"})
		if err != nil || doc.Number != "TH-2027-000001" || doc.Amount != 200 || doc.Note != "受潮" {
			t.Errorf("%+v, %v", doc, err)
		}
		if _, err := h.reject(h.supplier.ID, "受潮", warehouse.Out{Item: h.gloves.ID, Qty: "1", Lot: "L2"}); said(err) != "lines.0.qty warehouse.no_such_lot" {
			t.Errorf("twice: %v", err)
		}
		h.sound()
	})
}
