package warehouse_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

// said are the complaints of an error: path and key of each.
func said(err error) string {
	e, ok := err.(*fault.Error)
	if !ok {
		if err == nil {
			return ""
		}
		return err.Error()
	}
	var s []string
	for _, f := range e.Fields {
		s = append(s, f.Path+" "+f.Key)
	}
	if s == nil {
		return e.Key
	}
	return strings.Join(s, ", ")
}

// Clause: S-008 F-001
func TestEveryLinesErrorAtOnce(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.receive(warehouse.In{Item: h.gloves.ID, Qty: "2 盒", Amount: "50", Expiry: "2028-01-01"})
		_, err := h.issue(
			warehouse.Out{Item: h.gloves.ID, Qty: "3 袋"},
			warehouse.Out{Item: h.gloves.ID, Qty: "0.5"},
			warehouse.Out{Item: "nothing", Qty: "1"},
			warehouse.Out{Item: h.lamp.ID, Qty: ""},
			warehouse.Out{Item: h.lamp.ID, Qty: "-2"})
		if got, want := said(err), "lines.0.qty warehouse.no_unit, lines.1.qty warehouse.uneven, lines.2.item base.no_such, lines.3.qty base.required, lines.4.qty base.quantity"; got != want {
			t.Errorf("complaints: %s", got)
		}
		_, err = h.issue(warehouse.Out{Item: h.gloves.ID, Qty: "150"}, warehouse.Out{Item: h.lamp.ID, Qty: "1"}, warehouse.Out{Item: h.gloves.ID, Qty: "51"})
		if got, want := said(err), "lines.1.qty warehouse.none_left, lines.2.qty warehouse.too_few"; got != want {
			t.Errorf("shortages: %s", got)
		}
		err = h.try(func(tx *db.Tx) error {
			_, err := warehouse.Receive(t.Context(), tx, warehouse.Delivery{Store: h.store.ID, Supplier: "nobody", Invoice: "FP-1", Lines: []warehouse.In{
				{Item: h.gloves.ID, Qty: "1", Amount: "1"},
				{Item: h.gloves.ID, Qty: "1", Amount: "1", Expiry: "2027-03-03"},
				{Item: h.lamp.ID, Qty: "1"},
				{Item: h.lamp.ID, Qty: "1", Price: "2.5", Amount: "3"},
				{Item: h.gloves.ID, Qty: "1 箱 5", Price: "3", Expiry: "2028-01-01"},
				{Item: h.lamp.ID, Qty: "1", Amount: "-1", Bin: "elsewhere"},
				{Item: h.gloves.ID, Qty: "1", Amount: "1", Lot: "2028-01-01", Expiry: "2029-01-01"},
			}})
			return err
		})
		want := "supplier base.no_such, lines.0.expiry warehouse.expiry_needed, lines.1.expiry warehouse.already_expired, lines.2.amount warehouse.amount_needed, " +
			"lines.3.amount warehouse.price_differs, lines.4.price warehouse.price_of_what, lines.5.amount base.money, lines.5.bin base.no_such, lines.6.expiry warehouse.other_expiry"
		if got := said(err); got != want {
			t.Errorf("complaints:\n%s\nwant\n%s", got, want)
		}
		h.sound()
	})
}

// Clause: S-036
func TestExpiredLotsAreNeverIssued(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		h.receive(warehouse.In{Item: h.gloves.ID, Qty: "10", Amount: "1", Lot: "OLD", Expiry: "2027-03-05"}, warehouse.In{Item: h.gloves.ID, Qty: "4", Amount: "1", Lot: "NEW", Expiry: "2028-03-05"})
		clock.Add(24 * time.Hour) // the last day of OLD
		if doc, err := h.issue(warehouse.Out{Item: h.gloves.ID, Qty: "2"}); err != nil || doc.Moves[0].Lot != "OLD" {
			t.Errorf("on its last day: %+v, %v", doc, err)
		}
		clock.Add(24 * time.Hour)
		if doc, err := h.issue(warehouse.Out{Item: h.gloves.ID, Qty: "1"}); err != nil || doc.Moves[0].Lot != "NEW" {
			t.Errorf("a day later: %+v, %v", doc, err)
		}
		_, err := h.issue(warehouse.Out{Item: h.gloves.ID, Qty: "4"}, warehouse.Out{Item: h.gloves.ID, Qty: "1", Lot: "OLD"})
		if got := said(err); got != "lines.0.qty warehouse.rest_expired, lines.1.qty warehouse.lot_expired" {
			t.Errorf("complaints: %s", got)
		}
		if e := err.(*fault.Error); len(e.Fields[1].Args) != 3 || e.Fields[1].Args[1] != "OLD" || e.Fields[0].Args[2] != "OLD" {
			t.Errorf("the fault does not name the lot: %+v", e.Fields)
		}
		h.sound()
	})
}

// Clause: S-019
func TestADocumentIsTakenBackWholeAndOnce(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		in := h.receive(warehouse.In{Item: h.lamp.ID, Qty: "3", Amount: "10.00"})
		out, err := h.issue(warehouse.Out{Item: h.lamp.ID, Qty: "1"})
		if err != nil || out.Amount != 333 {
			t.Fatalf("issued at %s, %v", out.Amount, err)
		}
		reverse := func(id, reason string) (doc warehouse.Document, err error) {
			err = h.try(func(tx *db.Tx) (err error) {
				doc, err = warehouse.Reverse(t.Context(), tx, id, reason)
				return err
			})
			return doc, err
		}
		if _, err := reverse(out.ID, " "); said(err) != "reason base.required" {
			t.Errorf("without a reason: %v", err)
		}
		if _, err := reverse(in.ID, "错收"); said(err) != "warehouse.gone" || !strings.Contains(err.Error(), "灯管") {
			t.Errorf("the receipt of goods that are gone: %v", err)
		}
		back, err := reverse(out.ID, "领错")
		if err != nil || back.Number != "HC-2027-000001" || back.Reverses != out.ID || back.Amount != 333 {
			t.Fatalf("reversed: %+v, %v", back, err)
		}
		if _, err := reverse(out.ID, "再来"); said(err) != "warehouse.is_reversed" {
			t.Errorf("twice: %v", err)
		}
		if _, err := reverse(back.ID, "再来"); said(err) != "warehouse.is_reversal" {
			t.Errorf("a reversal: %v", err)
		}
		if got, err := warehouse.Get(t.Context(), d, out.ID); err != nil || got.ReversedNumber != back.Number {
			t.Errorf("the issue does not say what took it back: %+v, %v", got, err)
		}
		if _, err := reverse(in.ID, "错收"); err != nil {
			t.Errorf("the receipt once the goods are back: %v", err)
		}
		if hold := h.holding(h.lamp); hold.Qty != 0 || hold.Amount != 0 {
			t.Errorf("left %d for %s", hold.Qty, hold.Amount)
		}
		borne, err := warehouse.BorneIn(t.Context(), d, h.keeper, "2027-03")
		if err != nil || len(borne) != 1 || borne[0].Amount != 0 {
			t.Errorf("still borne: %+v, %v", borne, err)
		}
		h.sound()
	})
}

// Clause: S-041 S-051 W-013
func TestPartsOfAJobLandOnItsDepartment(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "10", Price: "12.50"})
		plumber := dbtest.PersonIn("老张", h.stores.ID, warehouse.MayUse)
		c := warehouse.Consumption{Store: h.store.ID, Department: h.icu.ID, Noun: "desk.job", Record: "job1", Number: "BX-1", Path: "parts",
			Lines: []warehouse.Used{{Item: h.lamp.ID, Qty: 11}}}
		use := func(by db.Actor) (cost money.Fen, err error) {
			err = d.Do(t.Context(), by, func(tx *db.Tx) (err error) {
				_, cost, err = warehouse.Consume(t.Context(), tx, c)
				return err
			})
			return cost, err
		}
		if _, err := use(plumber); said(err) != "parts.0.qty warehouse.too_few" {
			t.Errorf("more than there is: %v", err)
		}
		c.Lines[0].Qty = 2
		if _, err := use(dbtest.Person("nobody", warehouse.MayIssue)); said(err) != "base.need" {
			t.Errorf("without the right: %v", err)
		}
		if cost, err := use(plumber); err != nil || cost != 2500 {
			t.Errorf("cost %s, %v", cost, err)
		}
		papers, err := warehouse.OfRecord(t.Context(), d, "desk.job", "job1")
		if err != nil || len(papers) != 1 || papers[0].Amount != 2500 || papers[0].ReceiverName != "老张" || papers[0].Department != h.icu.ID {
			t.Errorf("papers: %+v, %v", papers, err)
		}
		borne, err := warehouse.BorneIn(t.Context(), d, h.keeper, "2027-03")
		if err != nil || len(borne) != 1 || borne[0].Amount != 2500 || borne[0].Name != "重症医学科" || borne[0].Items != 1 {
			t.Errorf("borne: %+v, %v", borne, err)
		}
		h.sound()
	})
}

// Holds: v5.0.0-8.2.2 v5.0.0-8.2.1
func TestWhoMayDoWhatWhere(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		in := h.receive(warehouse.In{Item: h.lamp.ID, Qty: "10", Amount: "1"})
		elsewhere := dbtest.PersonIn("别处", h.icu.ID, warehouse.Permissions...)
		for name, f := range map[string]func(*db.Tx) error{
			"receive": func(tx *db.Tx) error {
				_, err := warehouse.Receive(t.Context(), tx, warehouse.Delivery{Store: h.store.ID, Supplier: h.supplier.ID})
				return err
			},
			"issue": func(tx *db.Tx) error {
				_, err := warehouse.Issue(t.Context(), tx, warehouse.Handout{Store: h.store.ID, Department: h.icu.ID})
				return err
			},
			"open": func(tx *db.Tx) error {
				_, err := warehouse.Open(t.Context(), tx, warehouse.Stocktaking{Store: h.store.ID})
				return err
			},
			"reverse": func(tx *db.Tx) error { _, err := warehouse.Reverse(t.Context(), tx, in.ID, "x"); return err },
			"levels":  func(tx *db.Tx) error { return warehouse.SetLevels(t.Context(), tx, h.store.ID, h.lamp.ID, 1, 2) },
			"bin": func(tx *db.Tx) error {
				return warehouse.AddBin(t.Context(), tx, &warehouse.Bin{Store: h.store.ID, Code: "1"})
			},
			"set up": func(tx *db.Tx) error {
				return warehouse.SetUp(t.Context(), tx, &warehouse.Store{Code: "B", Name: "B", Department: h.stores.ID})
			},
		} {
			if err := d.Do(t.Context(), elsewhere, f); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s in a store of others: %v", name, err)
			}
		}
		// a ward sees what it was given, and not what lies in the store
		if _, err := h.issue(warehouse.Out{Item: h.lamp.ID, Qty: "1"}); err != nil {
			t.Fatal(err)
		}
		ward := dbtest.PersonIn("护士长", h.icu.ID, warehouse.MaySee)
		if got, err := warehouse.Documents.All(t.Context(), d, warehouse.PaperScope(ward), 10); err != nil || len(got) != 1 || got[0].Kind != warehouse.Issued {
			t.Errorf("the ward's papers: %+v, %v", got, err)
		}
		if got, err := warehouse.Holdings.All(t.Context(), d, warehouse.Scope(ward), 10); err != nil || len(got) != 0 {
			t.Errorf("the ward sees the store's goods: %+v, %v", got, err)
		}
	})
}

func TestClosedAndBlocked(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "10", Amount: "10"})
		h.do(func(tx *db.Tx) error { return catalog.Close(t.Context(), tx, h.lamp.ID, 1) })
		receive := func(item string) error {
			return h.try(func(tx *db.Tx) error {
				_, err := warehouse.Receive(t.Context(), tx, warehouse.Delivery{Store: h.store.ID, Supplier: h.supplier.ID, Invoice: "FP-1", Lines: []warehouse.In{{Item: item, Qty: "1", Amount: "1", Expiry: "2028-01-01"}}})
				return err
			})
		}
		if err := receive(h.lamp.ID); said(err) != "lines.0.item warehouse.item_closed" {
			t.Errorf("a closed item came in: %v", err)
		}
		if _, err := h.issue(warehouse.Out{Item: h.lamp.ID, Qty: "1"}); err != nil {
			t.Errorf("what is left of a closed item cannot be used up: %v", err)
		}
		h.do(func(tx *db.Tx) error { return suppliers.Block(t.Context(), tx, h.supplier.ID, 1, "证照过期") })
		if err := receive(h.gloves.ID); said(err) != "suppliers.is_blocked" {
			t.Errorf("a blocked supplier delivered: %v", err)
		}
		h.do(func(tx *db.Tx) error { return suppliers.Unblock(t.Context(), tx, h.supplier.ID, 2) })
		h.do(func(tx *db.Tx) error { return departments.Close(t.Context(), tx, h.icu.ID, 1) })
		if _, err := h.issue(warehouse.Out{Item: h.lamp.ID, Qty: "1"}); said(err) != "warehouse.department_closed" {
			t.Errorf("a closed department took goods: %v", err)
		}
		shut := h.store
		shut.Closed = true
		if err := h.try(func(tx *db.Tx) error { return warehouse.ChangeStore(t.Context(), tx, &shut) }); said(err) != "warehouse.store_full" {
			t.Errorf("a store with goods was closed: %v", err)
		}
	})
}

func TestACountedItemKeepsItsUnit(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		change := func(unit string, version int64) error {
			i := h.lamp
			i.Unit, i.Packs, i.Version = unit, nil, version
			return h.try(func(tx *db.Tx) error { return catalog.Change(t.Context(), tx, &i) })
		}
		if err := change("支", 1); err != nil {
			t.Errorf("before anything was counted: %v", err)
		}
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "10 支", Amount: "10"})
		if err := change("箱", 2); said(err) != "unit catalog.unit_stands" {
			t.Errorf("after: %v", err)
		}
	})
}

func TestLevelsAndStates(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		level := func(least, most quantity.Qty) error {
			return h.try(func(tx *db.Tx) error { return warehouse.SetLevels(t.Context(), tx, h.store.ID, h.lamp.ID, least, most) })
		}
		if err := level(5, 3); said(err) != "most warehouse.most_below_least" {
			t.Errorf("a maximum below the minimum: %v", err)
		}
		for _, c := range []struct {
			least, most quantity.Qty
			state       string
		}{{5, 0, "low"}, {0, 0, "none"}, {5, 8, "low"}} {
			if err := level(c.least, c.most); err != nil {
				t.Fatal(err)
			}
			if got := h.holding(h.lamp).State; got != c.state {
				t.Errorf("nothing there, %d to %d: %s", c.least, c.most, got)
			}
		}
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "6", Amount: "6"})
		if got := h.holding(h.lamp); got.State != "fine" || got.Qty != 6 {
			t.Errorf("six: %+v", got)
		}
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "6", Amount: "6"})
		if got := h.holding(h.lamp).State; got != "high" {
			t.Errorf("twelve: %s", got)
		}
		h.sound()
	})
}

// Books that begin with thousands of kinds are checked and posted in one go, and a
// refusal names every line.
func TestThousandsOfLinesAtOnce(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		lines := make([]warehouse.In, 2500)
		h.do(func(tx *db.Tx) error {
			for n := range lines {
				i := catalog.Item{Number: fmt.Sprintf("X%05d", n), Name: fmt.Sprintf("X%05d", n), Unit: "个", Category: catalog.Other}
				if err := catalog.Add(t.Context(), tx, &i); err != nil {
					return err
				}
				lines[n] = warehouse.In{Item: i.ID, Qty: "3 箱", Amount: "1.01"}
			}
			return nil
		})
		book := func() (doc warehouse.Document, err error) {
			err = h.try(func(tx *db.Tx) (err error) {
				doc, err = warehouse.Open(t.Context(), tx, warehouse.Stocktaking{Store: h.store.ID, Lines: lines})
				return err
			})
			return doc, err
		}
		_, err := book()
		if e, ok := err.(*fault.Error); !ok || len(e.Fields) != len(lines) {
			t.Fatalf("refused with %.200v", err)
		}
		for n := range lines {
			lines[n].Qty = "3"
		}
		doc, err := book()
		if err != nil || doc.Amount != money.Fen(101*len(lines)) || doc.Number != "QC-2027-000001" {
			t.Errorf("%s for %s, %v", doc.Number, doc.Amount, err)
		}
		h.sound()
	})
}
