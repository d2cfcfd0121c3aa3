package receiving_test

import (
	"context"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/purchasing"
	"houqin/internal/receiving"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

// sendBack gives lamps back to the supplier, in one way or the other.
func (h *house) sendBack(qty, way string) (d warehouse.Document, err error) {
	h.t.Helper()
	err = h.try(h.keeper, func(ctx context.Context, tx *db.Tx) (err error) {
		d, err = warehouse.SendBack(ctx, tx, warehouse.Rejection{Store: h.store.ID, Supplier: h.a.ID, Reason: "不亮", Way: way, Lines: []warehouse.Out{{Item: h.lamp.ID, Qty: qty}}})
		return err
	})
	return d, err
}

// lamps come for an order, on an invoice or on none.
func (h *house) lamps(o purchasing.Order, invoice string, c receiving.Came) (x receiving.Receipt, err error) {
	h.t.Helper()
	c.Item = h.lamp.ID
	err = h.try(h.keeper, func(ctx context.Context, tx *db.Tx) (err error) {
		x, err = receiving.Arrive(ctx, tx, receiving.Arrival{Order: o.ID, Store: h.store.ID, Invoice: invoice, Lines: []receiving.Came{c}})
		return err
	})
	return x, err
}

// bill is an invoice that asks for lamps at the price agreed.
func (h *house) bill(number, qty string, fen money.Fen) receiving.Invoice {
	h.t.Helper()
	i, err := h.match(h.fin, h.invoice(number), receiving.Keyed{Day: h.d.Today(), Amount: fen, Lines: []receiving.KeyedLine{{Item: h.lamp.ID, Qty: qty, Amount: fen}}})
	h.must(err)
	return i
}

// awaited is how many pieces are to come in place of others, and how many papers say so.
func (h *house) awaited() (q quantity.Qty, papers int) {
	h.t.Helper()
	all, err := receiving.ToReplace(h.t.Context(), h.d, h.keeper)
	h.must(err)
	for _, a := range all {
		q += a.Qty
	}
	return q, len(all)
}

func (h *house) holds() {
	h.t.Helper()
	for _, verify := range []func(context.Context, db.Reader) ([]string, error){receiving.Verify, purchasing.Verify} {
		if wrong, err := verify(h.t.Context(), h.d); err != nil || len(wrong) > 0 {
			h.t.Error(wrong, err)
		}
	}
}

// What was refused at the gate is waited for, until as much has come; or it is not wanted
// any more: then the order is done, and the plan may buy it elsewhere.
//
// Clause: S-007
func TestWhatIsRefusedComesAgainOrIsGivenUp(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		handBack := func(x receiving.Receipt, way string) error {
			return h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
				_, err := receiving.HandBack(ctx, tx, x.ID, 0, receiving.Taker{Who: "送货员老马", Way: way})
				return err
			})
		}
		ordered := func(o purchasing.Order) quantity.Qty {
			t.Helper()
			p, err := purchasing.PlanByID(t.Context(), d, o.Plan)
			h.must(err)
			return p.Goods[0].Ordered
		}
		o := h.ordered(map[*catalog.Item]string{&h.lamp: "20"})
		x, err := h.lamps(o, "FP-1", receiving.Came{Qty: "12", Refused: "5", Cause: "damaged"})
		h.must(err)
		if err := handBack(x, ""); said(err) != "way base.required" {
			t.Errorf("handed back without a word on what is to become of it: %v", err)
		}
		if q, _ := h.awaited(); q != 0 {
			t.Errorf("%d awaited before anybody said so", q)
		}
		h.must(handBack(x, warehouse.Replace))
		if q, n := h.awaited(); q != 5 || n != 1 {
			t.Errorf("%d awaited by %d, of 5 refused", q, n)
		}
		_, err = h.lamps(o, "FP-1", receiving.Came{Qty: "10"}) // of 13 that are still to come
		h.must(err)
		if q, _ := h.awaited(); q != 3 {
			t.Errorf("%d awaited, and the order waits for 3", q)
		}
		x, err = h.lamps(o, "FP-1", receiving.Came{Qty: "3", Refused: "2", Cause: "poor"})
		h.must(err)
		h.must(handBack(x, warehouse.Credit))
		if got := h.order(o.ID); got.State != purchasing.Received || got.Goods[0].Received != 18 || got.Goods[0].GivenUp != 2 || got.Goods[0].Left() != 0 || ordered(o) != 18 {
			t.Errorf("%s %+v, the plan has ordered %d", got.State, got.Goods[0], ordered(o))
		}
		if q, _ := h.awaited(); q != 0 {
			t.Errorf("%d still awaited", q)
		}
		if _, err := h.lamps(o, "FP-1", receiving.Came{Qty: "1"}); said(err) != "receiving.not_coming" {
			t.Errorf("came although not wanted any more: %v", err)
		}
		h.must(h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
			_, err := receiving.Undo(ctx, tx, x.ID, 0, receiving.Word{Reason: "点错"})
			return err
		}))
		if got := h.order(o.ID); got.State != purchasing.PartlyReceived || got.Goods[0].Left() != 1 {
			t.Errorf("taken back: %s %+v", got.State, got.Goods[0])
		}
		h.holds()

		o = h.ordered(map[*catalog.Item]string{&h.lamp: "60"})
		n := o.Goods[0].Qty
		x, err = h.lamps(o, "FP-2", receiving.Came{Qty: n.Format(nil), Refused: n.Format(nil), Cause: "wrong"})
		h.must(err)
		h.must(handBack(x, warehouse.Credit))
		if got := h.order(o.ID); got.State != purchasing.Closed || ordered(o) != 0 {
			t.Errorf("all of it given up: %s, the plan has ordered %d", got.State, ordered(o))
		}
		h.holds()
	})
}

// Goods that went back and are to be replaced are waited for on the order they came on; what
// comes in their place needs no invoice and is paid once. The supplier's figures know it.
//
// Clause: S-006
// Clause: S-007
func TestWhatWentBackIsReplacedOnItsOrderAndPaidOnce(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		o := h.ordered(map[*catalog.Item]string{&h.lamp: "20"})
		x, err := h.lamps(o, "FP-1", receiving.Came{Qty: "20"})
		h.must(err)
		standing := func() receiving.Standing {
			t.Helper()
			s, _, err := receiving.StandingOf(t.Context(), d, h.a.ID, d.Today().AddDays(-30), d.Today(), d.Today())
			h.must(err)
			return s
		}
		if s := standing(); s.OnTime != 1 || s.Good() != 100 {
			t.Errorf("%+v", s)
		}
		clock.Add(time.Minute)
		th, err := h.sendBack("3", warehouse.Replace)
		h.must(err)
		if got := h.order(o.ID); got.State != purchasing.PartlyReceived || got.Goods[0].Left() != 3 {
			t.Errorf("%s waits for %d", got.State, got.Goods[0].Left())
		}
		if q, n := h.awaited(); q != 3 || n != 1 {
			t.Errorf("%d awaited by %d", q, n)
		}
		if s := standing(); s.OnTime != 0 || s.Full != 0 || s.Good() != 0 || s.Returned != 1 {
			t.Errorf("the supplier's figures: %+v", s)
		}
		i := h.bill("FP-1", "20", 24000)
		if i.State != receiving.Differs || i.Lines[0].Returned != 3 || i.Lines[0].Waits != 3 {
			t.Errorf("%s %+v", i.State, i.Lines[0])
		}
		if _, err := h.lamps(o, "", receiving.Came{Qty: "4"}); said(err) != "lines.0.qty receiving.over_order, invoice warehouse.invoice_needed" {
			t.Errorf("more than is awaited: %v", err)
		}
		clock.Set(clock.Now().AddDate(0, 0, 4)) // after the day that was promised
		y, err := h.lamps(o, "", receiving.Came{Qty: "3"})
		h.must(err)
		if y.State != receiving.Posted || y.Goods[0].Again != 3 || y.Goods[0].Free != 3 || h.stock(h.lamp) != 20 {
			t.Errorf("%+v, %d there", y, h.stock(h.lamp))
		}
		if got := h.order(o.ID); got.State != purchasing.Received {
			t.Errorf("replaced, and the order is %s", got.State)
		}
		if s := standing(); s.OnTime != 0 || s.Full != 1 || s.Good() != 50 {
			t.Errorf("replaced late: %+v", s)
		}
		i = h.bill("FP-1", "20", 24000)
		if i.State != receiving.Matched || i.Booked != 24000 || i.Lines[0].Returned != 0 {
			t.Errorf("%s %s %+v", i.State, i.Booked, i.Lines[0])
		}
		h.must(h.pay(i))
		if err := h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
			_, err := receiving.PutOn(ctx, tx, y.ID, 0, receiving.Bill{Invoice: "FP-9"})
			return err
		}); said(err) != "receiving.paid_before" {
			t.Errorf("billed once more: %v", err)
		}
		if n, _, err := receiving.Invoices.Count(t.Context(), d, list.Where{}, 9); err != nil || n != 1 {
			t.Errorf("%d invoices, %v", n, err)
		}
		if found, err := receiving.ToReclaim(t.Context(), d, h.fin, 9); err != nil || len(found) != 0 {
			t.Errorf("owed: %+v %v", found, err)
		}
		for _, id := range []string{th.ID, y.Document, x.Document} {
			if err := h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
				_, err := warehouse.Reverse(ctx, tx, id, "试")
				return err
			}); err == nil {
				t.Errorf("%s was reversed although it was replaced", id)
			}
		}
		h.holds()

		// The replacement is poor as well, and nobody wants any more: what was paid is due.
		clock.Add(time.Minute)
		_, err = h.sendBack("2", warehouse.Credit)
		h.must(err)
		if i = h.invoice("FP-1"); i.Owed != 2400 || i.Lines[0].Later != 2 {
			t.Errorf("owed %s, %+v", i.Owed, i.Lines[0])
		}
		clock.Add(time.Minute)
		_, err = h.sendBack("1", warehouse.Replace)
		h.must(err)
		if i = h.invoice("FP-1"); i.Owed != 2400 || i.Lines[0].Waits != 1 || h.order(o.ID).Goods[0].Left() != 1 {
			t.Errorf("owed %s, %+v", i.Owed, i.Lines[0])
		}
		if found, err := receiving.ToReclaim(t.Context(), d, h.fin, 9); err != nil || len(found) != 1 || found[0].Owed != 2400 {
			t.Errorf("owed: %+v %v", found, err)
		}
		if err := h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
			_, err := receiving.Undo(ctx, tx, y.ID, 0, receiving.Word{Reason: "试"})
			return err
		}); said(err) == "" {
			t.Errorf("taken back although it went back itself: %v", err)
		}
		// The supplier has none left: the last is not waited for any more.
		h.must(h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
			_, err := receiving.Waive(ctx, tx, x.ID, 0, receiving.Word{Reason: "停产"})
			return err
		}))
		if i = h.invoice("FP-1"); i.Owed != 3600 || h.order(o.ID).Goods[0].Left() != 0 {
			t.Errorf("owed %s", i.Owed)
		}
		if q, _ := h.awaited(); q != 0 {
			t.Errorf("%d still awaited", q)
		}
		h.holds()
	})
}

// The rest of an order comes before what replaces some of it: a lorry brings the one, the
// other or both, as the keeper says.
func TestTheRestOfAnOrderIsNotItsReplacement(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		o := h.ordered(map[*catalog.Item]string{&h.lamp: "20"})
		_, err := h.lamps(o, "FP-1", receiving.Came{Qty: "8"})
		h.must(err)
		_, err = h.sendBack("3", warehouse.Replace)
		h.must(err)
		for _, c := range []struct{ qty, again, want string }{{"2", "3", "lines.0.again receiving.not_awaited"}, {"9", "4", "lines.0.again receiving.not_awaited"}} {
			if _, err := h.lamps(o, "FP-2", receiving.Came{Qty: c.qty, Again: c.again}); said(err) != c.want || !cites(err, "S-006") {
				t.Errorf("%s of them in place of others: %v", c.again, err)
			}
		}
		x, err := h.lamps(o, "FP-2", receiving.Came{Qty: "7"})
		h.must(err)
		if x.Goods[0].Again != 0 || h.bill("FP-2", "7", 8400).State != receiving.Matched {
			t.Errorf("%+v", x.Goods[0])
		}
		y, err := h.lamps(o, "FP-3", receiving.Came{Qty: "6", Again: "2"})
		h.must(err)
		if i := h.bill("FP-3", "4", 4800); y.Goods[0].Free != 2 || i.State != receiving.Matched || i.Booked != 4800 {
			t.Errorf("%+v, %s %s", y.Goods[0], i.State, i.Booked)
		}
		if i := h.bill("FP-1", "8", 9600); i.State != receiving.Differs || i.Lines[0].Returned != 1 {
			t.Errorf("%s %+v", i.State, i.Lines[0])
		}
		// What is left of both, tested by a second person, who refuses one.
		var z receiving.Receipt
		h.must(h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
			z, err = receiving.Arrive(ctx, tx, receiving.Arrival{Order: o.ID, Store: h.store.ID, Invoice: "FP-4", Second: true, Lines: []receiving.Came{{Item: h.lamp.ID, Qty: "2", Again: "1"}}})
			return err
		}))
		if _, err := h.lamps(o, "", receiving.Came{Qty: "1", Again: "1"}); said(err) == "" {
			t.Error("the same is to come twice")
		}
		z, err = h.check(h.other, z, receiving.Tested{Finding: "一只碎", Lines: []receiving.Verdict{{Line: 1, Refused: "1", Cause: "damaged"}}})
		h.must(err)
		z, err = h.post(z)
		h.must(err)
		if i := h.bill("FP-1", "8", 9600); i.State != receiving.Matched || z.InvoiceID != "" {
			t.Errorf("%s %+v", i.State, i.Lines[0])
		}
		h.must(h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
			_, err := receiving.Undo(ctx, tx, z.ID, 0, receiving.Word{Reason: "点错"})
			return err
		}))
		if q, _ := h.awaited(); q != 1 || h.order(o.ID).Goods[0].Left() != 2 {
			t.Errorf("taken back, %d are awaited and %d to come", q, h.order(o.ID).Goods[0].Left())
		}
		h.holds()
	})
}

// An invoice that leaves out what went back agrees; what comes in its place is then billed.
func TestWhatAnInvoiceLeftOutIsBilledWhenItComes(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		o := h.ordered(map[*catalog.Item]string{&h.lamp: "20"})
		_, err := h.lamps(o, "FP-1", receiving.Came{Qty: "20"})
		h.must(err)
		_, err = h.sendBack("3", warehouse.Replace)
		h.must(err)
		i := h.bill("FP-1", "17", 17*1200)
		if i.State != receiving.Matched {
			t.Errorf("%s %+v", i.State, i.Lines[0])
		}
		h.must(h.pay(i))
		if _, err := h.lamps(o, "", receiving.Came{Qty: "3"}); !cites(err, "S-007") {
			t.Errorf("without an invoice: %v", err)
		}
		x, err := h.lamps(o, "FP-2", receiving.Came{Qty: "3"})
		h.must(err)
		if i := h.bill("FP-2", "3", 3600); x.Goods[0].Again != 3 || x.Goods[0].Free != 0 || i.State != receiving.Matched {
			t.Errorf("%+v %s", x.Goods[0], i.State)
		}
		if i := h.invoice("FP-1"); i.Owed != 0 || len(i.Lines[0].Differs) != 0 {
			t.Errorf("%+v", i)
		}
		h.holds()
	})
}

// A closed order waits again for what is to be replaced; where the buyer closes it once
// more, the money is due. A paper that is reversed closes the line again.
func TestAClosedOrderWaitsForWhatIsReplaced(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		o := h.ordered(map[*catalog.Item]string{&h.lamp: "20"})
		_, err := h.lamps(o, "FP-1", receiving.Came{Qty: "18"})
		h.must(err)
		shut := func() {
			t.Helper()
			h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) error {
				_, err := purchasing.Close(ctx, tx, o.ID, 0, purchasing.Word{Reason: "不再供"})
				return err
			}))
			h.holds()
		}
		shut()
		h.must(h.pay(h.bill("FP-1", "18", 18*1200)))
		clock.Add(time.Minute)
		th, err := h.sendBack("3", warehouse.Replace)
		h.must(err)
		if got := h.order(o.ID); got.State != purchasing.PartlyReceived || got.Goods[0].Left() != 3 || got.Goods[0].GivenUp != 2 {
			t.Errorf("%s %+v", got.State, got.Goods[0])
		}
		if h.invoice("FP-1").Owed != 0 {
			t.Error("money is owed for what is to come again")
		}
		h.must(h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
			_, err := warehouse.Reverse(ctx, tx, th.ID, "供应商拒收")
			return err
		}))
		if got := h.order(o.ID); got.State != purchasing.Received || got.Goods[0].Left() != 0 {
			t.Errorf("reversed: %s %+v", got.State, got.Goods[0])
		}
		h.holds()
		clock.Add(time.Minute)
		th, err = h.sendBack("3", warehouse.Replace)
		h.must(err)
		shut()
		if q, _ := h.awaited(); q != 0 || h.invoice("FP-1").Owed != 3600 {
			t.Errorf("closed, %d are awaited and %s owed", q, h.invoice("FP-1").Owed)
		}
		if err := h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
			_, err := warehouse.Reverse(ctx, tx, th.ID, "供应商拒收")
			return err
		}); said(err) != "purchasing.not_sent" {
			t.Errorf("reversed although the order is closed: %v", err)
		}
	})
}

// What came on a plan or a contract is replaced there; what came on nothing is not.
func TestWhatCameWithoutAnOrderIsReplacedToo(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		p := h.planned("20")
		_, err := h.comes(h.keeper, receiving.Arrival{Plan: p.ID, Supplier: h.a.ID, Lines: []receiving.Came{{Item: h.lamp.ID, Qty: "12"}}})
		h.must(err)
		h.must(h.try(h.planner, func(ctx context.Context, tx *db.Tx) error {
			_, err := purchasing.Finish(ctx, tx, p.ID, 0, purchasing.Word{Reason: "够用了"})
			return err
		}))
		_, err = h.sendBack("4", warehouse.Replace)
		h.must(err)
		on := func(qty string) error {
			return h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
				_, err := receiving.Arrive(ctx, tx, receiving.Arrival{Plan: p.ID, Supplier: h.a.ID, Store: h.store.ID, Lines: []receiving.Came{{Item: h.lamp.ID, Qty: qty}}})
				return err
			})
		}
		if q, _ := h.awaited(); q != 4 {
			t.Errorf("%d awaited", q)
		}
		if err := on("5"); !cites(err, "S-006") {
			t.Errorf("more than is awaited on a plan that is done: %v", err)
		}
		h.must(on("4"))
		if err := on("1"); said(err) != "purchasing.not_approved" {
			t.Errorf("on a plan that is done: %v", err)
		}
		h.holds()

		price := purchasing.Price{Goods: purchasing.Goods{Item: h.lamp.ID}, Supplier: h.a.ID, Price: 1200, Contract: "灯具协议", Since: d.Today(), Until: d.Today().AddDays(9), Covers: "10"}
		h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) error { return purchasing.Agree(ctx, tx, &price) }))
		called := receiving.Arrival{Contract: "灯具协议", Supplier: h.a.ID, Lines: []receiving.Came{{Item: h.lamp.ID, Qty: "10"}}}
		_, err = h.comes(h.keeper, called)
		h.must(err)
		_, err = h.sendBack("6", warehouse.Replace)
		h.must(err)
		called.Lines[0].Qty = "6"
		x, err := h.comes(h.keeper, called)
		if h.must(err); x.Goods[0].Free != 6 || x.InvoiceID != "" {
			t.Errorf("%+v", x)
		}
		h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) error { return purchasing.EndPrice(ctx, tx, price.ID) }))
		if _, err := h.sendBack("1", warehouse.Replace); said(err) != "way receiving.contract_over" {
			t.Errorf("on a contract that is over: %v", err)
		}
		other := suppliers.Supplier{Name: "街边店"}
		h.must(h.try(db.System("setup"), func(ctx context.Context, tx *db.Tx) error {
			if err := suppliers.Add(ctx, tx, &other); err != nil {
				return err
			}
			_, err := warehouse.Receive(ctx, tx, warehouse.Delivery{Store: h.store.ID, Supplier: other.ID, Invoice: "FP-77", Lines: []warehouse.In{{Item: h.lamp.ID, Qty: "2", Amount: "24.00"}}})
			return err
		}))
		if err := h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
			_, err := warehouse.SendBack(ctx, tx, warehouse.Rejection{Store: h.store.ID, Supplier: other.ID, Reason: "不亮", Way: warehouse.Replace, Lines: []warehouse.Out{{Item: h.lamp.ID, Qty: "1"}}})
			return err
		}); said(err) != "way receiving.on_no_paper" {
			t.Errorf("replaced on nothing: %v", err)
		}
		h.holds()
	})
}
