package warehouse_test

import (
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/departments"
	"houqin/internal/rules"
	"houqin/internal/warehouse"
)

// set gives a parameter another value from tomorrow on, as two people do, and lets
// tomorrow come.
func set(t *testing.T, d *db.DB, clock *dbtest.Clock, param, value string) {
	t.Helper()
	c := rules.Change{Param: param, Value: value, Since: d.Today().AddDays(1), Reason: "试行"}
	dbtest.Do(t, d, dbtest.Person("科长", rules.MayPropose), func(tx *db.Tx) error { return rules.Propose(t.Context(), tx, &c) })
	dbtest.Do(t, d, dbtest.Person("院长", rules.MayConfirm), func(tx *db.Tx) error { return rules.Confirm(t.Context(), tx, c.ID, "") })
	clock.Add(24 * time.Hour)
}

// cites says whether the error cites the clause.
func cites(err error, clause string) bool {
	e, ok := err.(*fault.Error)
	return ok && len(e.Clauses()) == 1 && e.Clauses()[0] == clause
}

// Clause: S-007
func TestAReceiptNeedsItsInvoice(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		receive := func(invoice string) error {
			return h.try(func(tx *db.Tx) error {
				_, err := warehouse.Receive(t.Context(), tx, warehouse.Delivery{Store: h.store.ID, Supplier: h.supplier.ID, Invoice: invoice, Lines: []warehouse.In{{Item: h.lamp.ID, Qty: "1", Amount: "1"}}})
				return err
			})
		}
		if err := receive("  "); said(err) != "invoice warehouse.invoice_needed" || !cites(err, "S-007") {
			t.Errorf("without an invoice: %v", err)
		}
		if err := receive("FP-1"); err != nil {
			t.Errorf("with one: %v", err)
		}
		set(t, d, clock, "S-007.invoice", "off")
		if err := receive(""); err != nil {
			t.Errorf("where the hospital does not ask for it: %v", err)
		}
	})
}

// Clause: S-011
func TestGoodsStayInTheHouse(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "10", Amount: "10"})
		firm := departments.Department{Code: "WB", Name: "洁净物业", Kind: departments.Contractor}
		h.do(func(tx *db.Tx) error { return departments.Found(t.Context(), tx, &firm) })
		issue := func(to string) error {
			return h.try(func(tx *db.Tx) error {
				_, err := warehouse.Issue(t.Context(), tx, warehouse.Handout{Store: h.store.ID, Department: to, ReceiverName: "王丽", Lines: []warehouse.Out{{Item: h.lamp.ID, Qty: "1"}}})
				return err
			})
		}
		if err := issue(firm.ID); said(err) != "warehouse.outsider" || !cites(err, "S-011") {
			t.Errorf("to a contractor: %v", err)
		}
		if err := issue(h.icu.ID); err != nil {
			t.Errorf("to a ward: %v", err)
		}
		set(t, d, clock, "S-011.contractor", "on")
		if err := issue(firm.ID); err != nil {
			t.Errorf("where the hospital allows it: %v", err)
		}
		h.sound()
	})
}

// Clause: S-013 S-014
func TestWhoMayReceiveGoods(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "20", Amount: "20"})
		issue := func(receiver, name string) error {
			return h.try(func(tx *db.Tx) error {
				_, err := warehouse.Issue(t.Context(), tx, warehouse.Handout{Store: h.store.ID, Department: h.icu.ID, Receiver: receiver, ReceiverName: name, Lines: []warehouse.Out{{Item: h.lamp.ID, Qty: "1"}}})
				return err
			})
		}
		is := func(when string, err error, want, clause string) {
			t.Helper()
			if said(err) != want || want != "" && !cites(err, clause) {
				t.Errorf("%s: %v", when, err)
			}
		}
		is("nobody", issue("", ""), "receiver warehouse.receiver_needed", "S-013")
		is("anybody, while nobody is named", issue("wang", "王丽"), "", "")
		h.do(func(tx *db.Tx) error { return departments.SetRequesters(t.Context(), tx, h.icu.ID, []string{"li"}) })
		is("another than who is named", issue("wang", "王丽"), "receiver warehouse.not_requester", "S-014")
		is("who is named", issue("li", "李明"), "", "")
		set(t, d, clock, "S-014.named", "off")
		is("where the hospital does not ask", issue("wang", "王丽"), "", "")
		set(t, d, clock, "S-014.named", "always")
		h.do(func(tx *db.Tx) error { return departments.SetRequesters(t.Context(), tx, h.icu.ID, nil) })
		is("where somebody must be named and nobody is", issue("li", "李明"), "receiver warehouse.not_requester", "S-014")
		set(t, d, clock, "S-014.named", "off")
		set(t, d, clock, "S-013.receiver", "off")
		is("nobody, where nobody need be named", issue("", ""), "", "")
	})
}

// Clause: S-036
func TestALotIsWarnedOfBeforeItEnds(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		tone := func(days int) string {
			t.Helper()
			in := h.receive(warehouse.In{Item: h.gloves.ID, Qty: "1", Amount: "1", Expiry: d.Today().AddDays(days)})
			lots, err := warehouse.Lots.All(t.Context(), d, list.Where{}.And("b.lot = ?", in.Moves[0].Lot), 1)
			if err != nil || len(lots) != 1 {
				t.Fatalf("%+v, %v", lots, err)
			}
			return lots[0].ExpiryTone(d.Now().In(d.Zone))
		}
		for days, want := range map[int]string{91: "", 90: "soon", 0: "soon"} {
			if got := tone(days); got != want {
				t.Errorf("%d days before its end: %q", days, got)
			}
		}
		set(t, d, clock, "S-036.warn", "30")
		for days, want := range map[int]string{31: "", 30: "soon"} {
			if got := tone(days); got != want {
				t.Errorf("with thirty days, %d before its end: %q", days, got)
			}
		}
		w, err := warehouse.WaitingFor(t.Context(), d, h.keeper, d.Today(), d.Zone)
		if err != nil || w.Days != 30 || w.Ending != 1 {
			t.Errorf("the keeper sees %+v, %v", w, err)
		}
	})
}

// Clause: S-044
func TestPapersAreCountedByTheirDay(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "10", Amount: "10"})
		first := d.Today()
		clock.Add(24 * time.Hour)
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "10", Amount: "10"})
		if _, err := h.issue(warehouse.Out{Item: h.lamp.ID, Qty: "1"}); err != nil {
			t.Fatal(err)
		}
		for clause, want := range map[string][2]int64{"S-001": {1, 3}, "S-007": {1, 2}, "S-008": {1, 2}, "S-013": {0, 1}, "S-036": {0, 1}, "S-041": {0, 1}, "S-044": {1, 2}, "S-051": {0, 1}, "W-013": {0, 0}} {
			for n, until := range []period.Day{first, d.Today()} {
				kept := int64(-1)
				for _, c := range warehouse.Claims {
					if c.Clause == clause && c.Evidence != nil {
						e, err := c.Evidence(t.Context(), d, first, until)
						if err != nil || e.Broken != 0 {
							t.Errorf("%s: %+v, %v", clause, e, err)
						}
						kept = e.Kept
					}
				}
				if kept != want[n] {
					t.Errorf("%s until %s: %d, want %d", clause, until, kept, want[n])
				}
			}
		}
	})
}

// Clause: S-050
func TestNothingGoesOutForWhichNobodyAsked(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "3", Amount: "3"})
		hand := func() error {
			return h.try(func(tx *db.Tx) error {
				_, err := warehouse.HandOver(t.Context(), tx, warehouse.Handout{Store: h.store.ID, Department: h.icu.ID, ReceiverName: "王丽", Lines: []warehouse.Out{{Item: h.lamp.ID, Qty: "1"}}})
				return err
			})
		}
		if err := hand(); said(err) != "warehouse.ask_first" || !cites(err, "S-050") {
			t.Errorf("a favour: %v", err)
		}
		set(t, d, clock, "S-050.counter", "on")
		if err := hand(); err != nil {
			t.Errorf("where the hospital lets its counter: %v", err)
		}
		h.sound()
	})
}
