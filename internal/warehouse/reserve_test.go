package warehouse_test

import (
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/quantity"
	"houqin/internal/warehouse"
)

// What is kept for the bad day is neither issued nor carried to another store, but in an
// emergency; what is held or has ended is no part of it.
//
// Clause: S-048
func TestTheReserveStaysForTheBadDay(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		branch := warehouse.Store{Code: "Z", Name: "备用库", Department: h.stores.ID}
		h.do(func(tx *db.Tx) error {
			if err := warehouse.SetUp(t.Context(), tx, &branch); err != nil {
				return err
			}
			return warehouse.SetReserve(t.Context(), tx, h.store.ID, h.gloves.ID, 30, "停电")
		})
		h.receive(warehouse.In{Item: h.gloves.ID, Qty: "100", Amount: "10", Lot: "L1", Expiry: "2029-04-01"}, warehouse.In{Item: h.gloves.ID, Qty: "50", Amount: "5", Lot: "L2", Expiry: "2029-05-01"})
		h.do(func(tx *db.Tx) error {
			_, err := warehouse.HoldLot(t.Context(), tx, h.store.ID, h.gloves.ID, "L2", "受潮")
			return err
		})
		if _, err := h.issue(warehouse.Out{Item: h.gloves.ID, Qty: "71"}); said(err) != "lines.0.qty warehouse.reserve_stays" || !cites(err, "S-048") {
			t.Errorf("of the reserve: %v", err)
		}
		if _, err := h.issue(warehouse.Out{Item: h.gloves.ID, Qty: "40"}, warehouse.Out{Item: h.gloves.ID, Qty: "31"}); said(err) != "lines.1.qty warehouse.reserve_stays" {
			t.Errorf("of the reserve by two lines: %v", err)
		}
		if _, err := h.issue(warehouse.Out{Item: h.gloves.ID, Qty: "60"}); err != nil {
			t.Fatal(err)
		}
		carry := func(qty string) error {
			return h.try(func(tx *db.Tx) error {
				_, err := warehouse.Carry(t.Context(), tx, warehouse.Carrying{Store: h.store.ID, To: branch.ID, Named: "库管员", Lines: []warehouse.Out{{Item: h.gloves.ID, Qty: qty}}})
				return err
			})
		}
		if err := carry("11"); said(err) != "lines.0.qty warehouse.reserve_stays" {
			t.Errorf("to another store: %v", err)
		}
		if err := carry("10"); err != nil {
			t.Error(err)
		}
		rush := func(qty quantity.Qty) error {
			return h.try(func(tx *db.Tx) error {
				return warehouse.Post(t.Context(), tx, &warehouse.Document{Kind: warehouse.Issued, Store: h.store.ID, Department: h.icu.ID, ReceiverName: "王丽", Emergency: true,
					Moves: []warehouse.Move{{Line: 1, Item: h.gloves.ID, Qty: -qty, Pick: true, Account: warehouse.OfDepartment, AccountID: h.icu.ID, Department: h.icu.ID}}})
			})
		}
		if err := rush(31); fault.KindOf(err) != fault.Invalid || cites(err, "S-048") {
			t.Errorf("more than there is, in an emergency: %v", err)
		}
		if err := rush(30); err != nil {
			t.Errorf("in an emergency: %v", err)
		}
		h.sound()
	})
}
