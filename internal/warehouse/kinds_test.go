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

// post posts a document of some kind against the hospital's first store.
func (h *hospital) post(d *warehouse.Document) error {
	if d.Store == "" {
		d.Store = h.store.ID
	}
	return h.try(func(tx *db.Tx) error { return warehouse.Post(h.t.Context(), tx, d) })
}

// second is another store, a ward's own.
func (h *hospital) second() warehouse.Store {
	s := warehouse.Store{Code: "B", Name: "ICU 二级库", Department: h.icu.ID, Ward: true}
	h.do(func(tx *db.Tx) error { return warehouse.SetUp(h.t.Context(), tx, &s) })
	return s
}

func TestEveryKindPostsWithItsNumber(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		to := h.second()
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "10", Amount: "100"})
		for _, c := range []struct {
			number string
			doc    warehouse.Document
			left   int64
		}{
			{"DB-2027-000001", warehouse.Document{Kind: warehouse.Transfer, To: to.ID, Moves: []warehouse.Move{{Line: 1, Item: h.lamp.ID, Qty: -4, Pick: true}}}, 6},
			{"CK-2027-000001", warehouse.Document{Kind: warehouse.Issued, Department: h.icu.ID, Moves: []warehouse.Move{{Line: 1, Item: h.lamp.ID, Qty: -2, Pick: true,
				Account: warehouse.OfDepartment, AccountID: h.icu.ID, Department: h.icu.ID}}}, 4},
			{"TK-2027-000001", warehouse.Document{Kind: warehouse.Returned, Department: h.icu.ID, Moves: []warehouse.Move{{Line: 1, Item: h.lamp.ID, Qty: 1, Amount: 1000,
				Account: warehouse.OfDepartment, AccountID: h.icu.ID, Department: h.icu.ID}}}, 5},
			{"TH-2027-000001", warehouse.Document{Kind: warehouse.SentBack, Supplier: h.supplier.ID, Moves: []warehouse.Move{{Line: 1, Item: h.lamp.ID, Qty: -1, Pick: true,
				Account: warehouse.OfSupplier, AccountID: h.supplier.ID}}}, 4},
			{"PD-2027-000001", warehouse.Document{Kind: warehouse.Counted, Moves: []warehouse.Move{{Line: 1, Item: h.lamp.ID, Qty: -1, Pick: true, Account: warehouse.OfGainLoss},
				{Line: 2, Item: h.gloves.ID, Lot: "L", Expiry: "2028-01-01", Qty: 5, Amount: 50, Account: warehouse.OfGainLoss}}}, 3},
			{"BF-2027-000001", warehouse.Document{Kind: warehouse.WrittenOff, Moves: []warehouse.Move{{Line: 1, Item: h.lamp.ID, Qty: -1, Pick: true, Account: warehouse.OfWriteOff}}}, 2},
		} {
			doc := c.doc
			if err := h.post(&doc); err != nil {
				t.Fatalf("%s: %v", c.number, err)
			}
			if got := h.holding(h.lamp).Qty; doc.Number != c.number || got != c.left || doc.Lines == 0 || doc.Amount == 0 {
				t.Errorf("%s: %s of %d lines for %s, %d left", c.number, doc.Number, doc.Lines, doc.Amount, got)
			}
			h.sound()
		}
		// what no paper of its kind may do is a mistake of the program
		for name, doc := range map[string]warehouse.Document{
			"an issue into the store":      {Kind: warehouse.Issued, Moves: []warehouse.Move{{Line: 1, Item: h.lamp.ID, Qty: 1, Account: warehouse.OfDepartment}}},
			"a receipt against a loss":     {Kind: warehouse.Receipt, Moves: []warehouse.Move{{Line: 1, Item: h.lamp.ID, Qty: 1, Account: warehouse.OfGainLoss}}},
			"a transfer to nowhere":        {Kind: warehouse.Transfer, Moves: []warehouse.Move{{Line: 1, Item: h.lamp.ID, Qty: -1, Pick: true}}},
			"a transfer to itself":         {Kind: warehouse.Transfer, To: h.store.ID, Moves: []warehouse.Move{{Line: 1, Item: h.lamp.ID, Qty: -1, Pick: true}}},
			"a paper of an unknown kind":   {Kind: "gift", Moves: []warehouse.Move{{Line: 1, Item: h.lamp.ID, Qty: -1}}},
			"goods that come for less":     {Kind: warehouse.Receipt, Moves: []warehouse.Move{{Line: 1, Item: h.lamp.ID, Qty: 1, Amount: -1, Account: warehouse.OfSupplier}}},
			"a paper on which nothing was": {Kind: warehouse.Issued},
		} {
			if err := h.post(&doc); err == nil || fault.KindOf(err) != fault.Internal {
				t.Errorf("%s: %v", name, err)
			}
		}
		h.sound()
	})
}

// A transfer leaves one store's card and stands on the other's, with lot, expiry and
// what it cost; taken back it is undone in both.
func TestATransferIsOnBothCards(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		to := h.second()
		var bin warehouse.Bin
		h.do(func(tx *db.Tx) error {
			bin = warehouse.Bin{Store: to.ID, Code: "1"}
			return warehouse.AddBin(t.Context(), tx, &bin)
		})
		h.receive(warehouse.In{Item: h.gloves.ID, Qty: "100", Amount: "10", Lot: "L1", Expiry: "2028-01-01"}, warehouse.In{Item: h.gloves.ID, Qty: "100", Amount: "20", Lot: "L2", Expiry: "2028-02-01"})
		doc := warehouse.Document{Kind: warehouse.Transfer, To: to.ID, Moves: []warehouse.Move{{Line: 1, Item: h.gloves.ID, Qty: -150, Pick: true, ToBin: bin.ID}}}
		if err := h.post(&doc); err != nil {
			t.Fatal(err)
		}
		lots, err := warehouse.Lots.All(t.Context(), d, list.Where{}.And("b.store = ?", to.ID), 10)
		if err != nil || len(lots) != 2 || lots[0].Lot != "L1" || lots[0].Qty != 100 || lots[0].Amount != 1000 || lots[1].Expiry != "2028-02-01" || lots[1].Amount != 1000 || lots[0].BinCode != "1" {
			t.Errorf("in the other store: %+v, %v", lots, err)
		}
		for store, want := range map[string]struct {
			rows int
			who  string
			in   int64
			left int64
		}{h.store.ID: {4, "ICU 二级库", 0, 50}, to.ID: {2, "总库", 50, 150}} {
			rows, err := warehouse.Card.All(t.Context(), d, warehouse.CardOf(store, h.gloves.ID), 10)
			if err != nil || len(rows) != want.rows || rows[0].Who != want.who || rows[0].In != want.in || rows[0].QtyAfter != want.left {
				t.Errorf("card: %+v, %v", rows, err)
			}
		}
		got, err := warehouse.MovesOf(t.Context(), d, doc.ID)
		if err != nil || len(got) != 2 || got[0].Qty != -100 || got[0].AccountID != to.ID || got[0].ToBin != bin.ID {
			t.Errorf("moves: %+v, %v", got, err)
		}
		// the keeper of the other store sees the paper, and so does nobody else
		for _, c := range []struct {
			by db.Actor
			n  int
		}{{dbtest.PersonIn("护士长", h.icu.ID, warehouse.MaySee), 1}, {dbtest.PersonIn("别人", "elsewhere", warehouse.MaySee), 0}} {
			papers, err := warehouse.Documents.All(t.Context(), d, warehouse.PaperScope(c.by).And("d.kind = 'transfer'"), 10)
			if err != nil || len(papers) != c.n || c.n == 1 && papers[0].ToName != "ICU 二级库" {
				t.Errorf("%s sees %+v, %v", c.by.Name, papers, err)
			}
		}
		h.sound()
		var back warehouse.Document
		h.do(func(tx *db.Tx) (err error) {
			back, err = warehouse.Reverse(t.Context(), tx, doc.ID, "错调")
			return err
		})
		if h.holding(h.gloves).Qty != 200 || back.Amount != doc.Amount {
			t.Errorf("back: %+v", back)
		}
		h.sound()
		// gone in the other store: the transfer is not taken back
		again := warehouse.Document{Kind: warehouse.Transfer, To: to.ID, Moves: []warehouse.Move{{Line: 1, Item: h.gloves.ID, Qty: -10, Pick: true}}}
		if err := h.post(&again); err != nil {
			t.Fatal(err)
		}
		h.do(func(tx *db.Tx) error {
			_, err := warehouse.Issue(t.Context(), tx, warehouse.Handout{Store: to.ID, Department: h.icu.ID, ReceiverName: "护士", Lines: []warehouse.Out{{Item: h.gloves.ID, Qty: "3"}}})
			return err
		})
		err = h.try(func(tx *db.Tx) error { _, err := warehouse.Reverse(t.Context(), tx, again.ID, "错调"); return err })
		if said(err) != "warehouse.gone" {
			t.Errorf("taken back although used: %v", err)
		}
		h.sound()
	})
}

// Clause: S-036
func TestAHeldLotStays(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		to := h.second()
		h.receive(warehouse.In{Item: h.gloves.ID, Qty: "10", Amount: "1", Lot: "A", Expiry: "2027-06-01"}, warehouse.In{Item: h.gloves.ID, Qty: "5", Amount: "1", Lot: "B", Expiry: "2028-01-01"})
		hold := func(lot, reason string) (id string, err error) {
			err = h.try(func(tx *db.Tx) (err error) {
				id, err = warehouse.HoldLot(t.Context(), tx, h.store.ID, h.gloves.ID, lot, reason)
				return err
			})
			return id, err
		}
		if _, err := hold("A", " "); said(err) != "reason base.required" {
			t.Errorf("without a reason: %v", err)
		}
		if _, err := hold("C", "受潮"); said(err) != "lot warehouse.no_such_lot" {
			t.Errorf("a lot that is not there: %v", err)
		}
		id, err := hold("A", "外包装受潮")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := hold("A", "再来"); said(err) != "warehouse.is_held" {
			t.Errorf("twice: %v", err)
		}
		if doc, err := h.issue(warehouse.Out{Item: h.gloves.ID, Qty: "3"}); err != nil || doc.Moves[0].Lot != "B" {
			t.Errorf("the held lot was not passed over: %+v, %v", doc.Moves, err)
		}
		_, err = h.issue(warehouse.Out{Item: h.gloves.ID, Qty: "4"}, warehouse.Out{Item: h.gloves.ID, Qty: "1", Lot: "A"})
		if got := said(err); got != "lines.0.qty warehouse.rest_held, lines.1.qty warehouse.lot_held" || err.(*fault.Error).Fields[0].Clause != "S-036" {
			t.Errorf("issued of a held lot: %s %v", got, err)
		}
		move := warehouse.Document{Kind: warehouse.Transfer, To: to.ID, Moves: []warehouse.Move{{Line: 1, Item: h.gloves.ID, Lot: "A", Qty: -1, Pick: true}}}
		if err := h.post(&move); said(err) != "lines.0.qty warehouse.lot_held" {
			t.Errorf("moved a held lot: %v", err)
		}
		exact := warehouse.Document{Kind: warehouse.Transfer, To: to.ID, Moves: []warehouse.Move{{Line: 1, Item: h.gloves.ID, Lot: "A", Expiry: "2027-06-01", Qty: -1, Amount: -10}}}
		if err := h.post(&exact); err == nil {
			t.Error("an exact move took of a held lot")
		}
		// more of the lot comes, into another bin: held like the rest
		var bin warehouse.Bin
		h.do(func(tx *db.Tx) error {
			bin = warehouse.Bin{Store: h.store.ID, Code: "2"}
			return warehouse.AddBin(t.Context(), tx, &bin)
		})
		h.receive(warehouse.In{Item: h.gloves.ID, Qty: "7", Amount: "1", Lot: "A", Expiry: "2027-06-01", Bin: bin.ID})
		if _, err := h.issue(warehouse.Out{Item: h.gloves.ID, Qty: "3"}); said(err) != "lines.0.qty warehouse.rest_held" {
			t.Errorf("more of the lot went out: %v", err)
		}
		// it may go back to who brought it
		back := warehouse.Document{Kind: warehouse.SentBack, Supplier: h.supplier.ID, Moves: []warehouse.Move{{Line: 1, Item: h.gloves.ID, Lot: "A", Qty: -2, Pick: true,
			Account: warehouse.OfSupplier, AccountID: h.supplier.ID}}}
		if err := h.post(&back); err != nil {
			t.Errorf("back to the supplier: %v", err)
		}
		release := func(by db.Actor, finding string) error {
			return d.Do(t.Context(), by, func(tx *db.Tx) error { return warehouse.ReleaseLot(t.Context(), tx, id, finding) })
		}
		if err := release(dbtest.PersonIn("发货员", h.stores.ID, warehouse.MayIssue), "看过了"); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("who hands out released it: %v", err)
		}
		if err := release(h.keeper, ""); said(err) != "finding base.required" {
			t.Errorf("without a finding: %v", err)
		}
		clock.Add(time.Hour)
		if err := release(h.keeper, "检验合格"); err != nil {
			t.Fatal(err)
		}
		if err := release(h.keeper, "检验合格"); said(err) != "warehouse.is_released" {
			t.Errorf("twice: %v", err)
		}
		if doc, err := h.issue(warehouse.Out{Item: h.gloves.ID, Qty: "15"}); err != nil || doc.Moves[0].Lot != "A" {
			t.Errorf("released: %+v, %v", doc.Moves, err)
		}
		if got, err := warehouse.HoldByID(t.Context(), d, id); err != nil || got.Held || got.Finding != "检验合格" || got.Reason != "外包装受潮" {
			t.Errorf("what is told of it: %+v, %v", got, err)
		}
		h.sound()
	})
}
