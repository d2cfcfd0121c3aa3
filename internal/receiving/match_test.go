package receiving_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/catalog"
	"houqin/internal/receiving"
	"houqin/internal/warehouse"
)

func (h *house) invoice(number string) receiving.Invoice {
	h.t.Helper()
	all, err := receiving.Invoices.All(h.t.Context(), h.d, list.Where{}.And("i.number = ?", number), 9)
	h.must(err)
	if len(all) == 0 {
		h.t.Fatalf("there is no invoice %s", number)
	}
	i, err := receiving.InvoiceByID(h.t.Context(), h.d, all[0].ID)
	h.must(err)
	return i
}

func (h *house) match(by db.Actor, i receiving.Invoice, k receiving.Keyed) (receiving.Invoice, error) {
	h.t.Helper()
	err := h.try(by, func(ctx context.Context, tx *db.Tx) (err error) {
		i, err = receiving.Match(ctx, tx, i.ID, 0, k)
		return err
	})
	return i, err
}

func (h *house) pay(i receiving.Invoice) error {
	return h.try(h.fin, func(ctx context.Context, tx *db.Tx) error {
		_, err := receiving.Pay(ctx, tx, i.ID, 0, receiving.Payment{Voucher: "记-0231"})
		return err
	})
}

// Two lorries come on one invoice. Finance may pay only what order, receipts and invoice
// say alike, or what somebody else let pass; whoever received does not match, whoever
// matched does not let pass, and a paid invoice takes no more goods.
//
// Clause: S-007
func TestAnInvoiceIsPaidWhenThreePapersAgree(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		o := h.ordered(map[*catalog.Item]string{&h.lamp: "20"})
		for range 2 {
			_, err := h.arrive(o, receiving.Came{Item: h.lamp.ID, Qty: "8"})
			h.must(err)
		}
		i := h.invoice("FP-1")
		if i.State != receiving.Open || len(i.Receipts) != 2 || i.Booked != 16*1200 || len(i.Lines) != 1 || i.Lines[0].Qty != 16 {
			t.Fatalf("%+v", i)
		}
		if err := h.pay(i); said(err) != "base.step_not_possible" {
			t.Errorf("paid before anybody looked: %v", err)
		}
		keyed := func(qty string, amount money.Fen) receiving.Keyed {
			return receiving.Keyed{Day: d.Today(), Amount: amount, Lines: []receiving.KeyedLine{{Item: h.lamp.ID, Qty: qty, Amount: amount}}}
		}
		both := h.keeper
		both.Rights = db.Rights{receiving.MayMatch: {All: true}, receiving.MaySee: {All: true}}
		if _, err := h.match(both, i, keyed("16", 19200)); said(err) != "receiving.receiver_matches" || !cites(err, "S-007") {
			t.Errorf("matched by who received: %v", err)
		}
		bad := keyed("16", 19200)
		bad.Amount++
		if _, err := h.match(h.fin, i, bad); said(err) != "amount receiving.sum_differs" {
			t.Errorf("%v", err)
		}
		for _, c := range []struct {
			qty    string
			amount money.Fen
			want   string
		}{{"16", 19201, "price"}, {"17", 20400, "qty"}, {"15", 19200, "qty price"}} {
			got, err := h.match(h.fin, i, keyed(c.qty, c.amount))
			h.must(err)
			if got.State != receiving.Differs || strings.Join(got.Lines[0].Differs, " ") != c.want {
				t.Errorf("%s for %d: %s %v", c.qty, c.amount, got.State, got.Lines[0].Differs)
			}
		}
		if err := h.pay(i); said(err) != "base.step_not_possible" {
			t.Errorf("paid although it differs: %v", err)
		}
		clear := func(by db.Actor) error {
			by.Rights = db.Rights{receiving.MayClear: {All: true}}
			return h.try(by, func(ctx context.Context, tx *db.Tx) error {
				_, err := receiving.Clear(ctx, tx, i.ID, 0, receiving.Word{Reason: "运费在内，合同约定"})
				return err
			})
		}
		if err := clear(h.fin); said(err) != "receiving.own_match" || !cites(err, "S-007") {
			t.Errorf("let pass by who matched: %v", err)
		}
		h.must(clear(h.other))
		h.must(h.pay(i))
		if i = h.invoice("FP-1"); i.State != receiving.Paid || i.Voucher != "记-0231" || i.PaidName != h.fin.Name {
			t.Errorf("%+v", i)
		}
		_, err := h.arrive(o, receiving.Came{Item: h.lamp.ID, Qty: "4"})
		if said(err) != "invoice receiving.invoice_done" || !cites(err, "S-007") {
			t.Errorf("more goods on a paid invoice: %v", err)
		}
		if err := h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
			_, err := receiving.Undo(ctx, tx, i.Receipts[0].ID, 0, receiving.Word{Reason: "错"})
			return err
		}); said(err) != "receiving.invoice_done" {
			t.Errorf("taken back after it was paid: %v", err)
		}
	})
}

// An invoice that is wrong goes back, its goods wait for another, and what agrees is paid.
//
// Clause: S-007
func TestAWrongInvoiceGoesBack(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		o := h.ordered(map[*catalog.Item]string{&h.lamp: "20"})
		x, err := h.arrive(o, receiving.Came{Item: h.lamp.ID, Qty: "20"})
		h.must(err)
		i := h.invoice("FP-1")
		h.must(h.try(h.fin, func(ctx context.Context, tx *db.Tx) error {
			_, err := receiving.Reject(ctx, tx, i.ID, 0, receiving.Word{Reason: "抬头写错"})
			return err
		}))
		h.must(h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
			_, err := receiving.PutOn(ctx, tx, x.ID, 0, receiving.Bill{Invoice: "FP-2"})
			return err
		}))
		i = h.invoice("FP-2")
		i, err = h.match(h.fin, i, receiving.Keyed{Day: d.Today(), Amount: 24000, Lines: []receiving.KeyedLine{{Item: h.lamp.ID, Qty: "20", Amount: 24000}}})
		h.must(err)
		if i.State != receiving.Matched {
			t.Errorf("%+v", i)
		}
		h.must(h.pay(i))
		if old := h.invoice("FP-1"); old.State != receiving.Rejected || len(old.Receipts) != 0 {
			t.Errorf("%+v", old)
		}
	})
}

// What went back to the supplier after it was booked is not paid unseen: the invoice differs,
// and one that agreed before is matched again.
//
// Clause: S-007
func TestGoodsThatWentBackAreNotPaidUnseen(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		o := h.ordered(map[*catalog.Item]string{&h.lamp: "20"})
		_, err := h.arrive(o, receiving.Came{Item: h.lamp.ID, Qty: "20"})
		h.must(err)
		i := h.invoice("FP-1")
		keyed := receiving.Keyed{Day: d.Today(), Amount: 24000, Lines: []receiving.KeyedLine{{Item: h.lamp.ID, Qty: "20", Amount: 24000}}}
		match := func(want receiving.InvoiceState, differs string) {
			t.Helper()
			got, err := h.match(h.fin, i, keyed)
			h.must(err)
			if got.State != want || strings.Join(got.Lines[0].Differs, " ") != differs {
				t.Errorf("%s %v", got.State, got.Lines[0].Differs)
			}
		}
		match(receiving.Matched, "")
		if _, err := h.match(h.fin, i, keyed); said(err) != "receiving.agrees" {
			t.Errorf("matched again for nothing: %v", err)
		}
		var th warehouse.Document
		keeper := db.System("库管")
		h.must(h.try(keeper, func(ctx context.Context, tx *db.Tx) (err error) {
			th, err = warehouse.SendBack(ctx, tx, warehouse.Rejection{Store: i.Receipts[0].Store, Supplier: i.Supplier, Reason: "三只不亮", Lines: []warehouse.Out{{Item: h.lamp.ID, Qty: "3"}}})
			return err
		}))
		if err := h.pay(i); said(err) != "receiving.went_back" || !cites(err, "S-007") {
			t.Errorf("paid although goods went back: %v", err)
		}
		match(receiving.Differs, "returned")
		if err := h.pay(i); said(err) != "base.step_not_possible" {
			t.Errorf("paid although it differs: %v", err)
		}
		if l := h.invoice("FP-1").Lines[0]; l.Returned != 3 {
			t.Errorf("%+v", l)
		}
		h.must(h.try(keeper, func(ctx context.Context, tx *db.Tx) error {
			_, err := warehouse.Reverse(ctx, tx, th.ID, "供应商拒收")
			return err
		}))
		match(receiving.Matched, "")
		h.must(h.pay(i))
	})
}

// What went back after an invoice was let pass stops its payment until it is matched again;
// after it was paid, the supplier owes the money until it is given back. Receipt and order
// say what went back, by which paper; of two deliveries the newer went back first.
//
// Clause: S-007
func TestGoodsThatWentBackLaterAreKnownEverywhere(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		o := h.ordered(map[*catalog.Item]string{&h.lamp: "20"})
		x, err := h.arrive(o, receiving.Came{Item: h.lamp.ID, Qty: "5"})
		h.must(err)
		y, err := h.arrive(o, receiving.Came{Item: h.lamp.ID, Qty: "15"})
		h.must(err)
		i := h.invoice("FP-1")
		keyed := receiving.Keyed{Day: d.Today(), Amount: 25000, Lines: []receiving.KeyedLine{{Item: h.lamp.ID, Qty: "20", Amount: 25000}}}
		pass := func(want string) {
			t.Helper()
			clock.Add(time.Minute)
			got, err := h.match(h.fin, i, keyed)
			h.must(err)
			if differs := strings.Join(got.Lines[0].Differs, " "); got.State != receiving.Differs || differs != want || got.ClearedBy != "" {
				t.Errorf("%s %s, passed by %q", got.State, differs, got.ClearedBy)
			}
			other := h.other
			other.Rights = db.Rights{receiving.MayClear: {All: true}}
			h.must(h.try(other, func(ctx context.Context, tx *db.Tx) error {
				_, err := receiving.Clear(ctx, tx, i.ID, 0, receiving.Word{Reason: "运费在内"})
				return err
			}))
		}
		back := func(qty string) {
			t.Helper()
			clock.Add(time.Minute)
			h.must(h.try(db.System("库管"), func(ctx context.Context, tx *db.Tx) error {
				_, err := warehouse.SendBack(ctx, tx, warehouse.Rejection{Store: x.Store, Supplier: i.Supplier, Reason: "不亮", Lines: []warehouse.Out{{Item: h.lamp.ID, Qty: qty}}})
				return err
			}))
		}
		pass("price")
		if _, err := h.match(h.fin, i, keyed); said(err) != "receiving.agrees" {
			t.Errorf("matched again for nothing: %v", err)
		}
		back("3")
		if err := h.pay(i); said(err) != "receiving.went_back" || !cites(err, "S-007") {
			t.Errorf("paid although goods went back since it was let pass: %v", err)
		}
		if got := h.invoice("FP-1"); !got.GoneSince() || got.Lines[0].Later != 3 || got.Owed != 0 {
			t.Errorf("%+v", got)
		}
		pass("returned price")
		h.must(h.pay(i))
		owed := func() []receiving.Invoice {
			t.Helper()
			all, err := receiving.ToReclaim(t.Context(), d, h.fin, 9)
			h.must(err)
			return all
		}
		if all := owed(); len(all) != 0 {
			t.Errorf("owed before anything went back: %+v", all)
		}
		back("14")
		if all := owed(); len(all) != 1 || all[0].Owed != 14*1200 || all[0].Lines[0].Returned != 3 || all[0].Lines[0].Later != 14 {
			t.Errorf("owed: %+v", all)
		}
		credit := func() error {
			return h.try(h.fin, func(ctx context.Context, tx *db.Tx) error {
				_, err := receiving.Credit(ctx, tx, i.ID, 0, receiving.Payment{Voucher: "红字-7"})
				return err
			})
		}
		h.must(credit())
		if all := owed(); len(all) != 0 {
			t.Errorf("still owed: %+v", all)
		}
		if err := credit(); said(err) != "receiving.nothing_owed" {
			t.Errorf("given back twice: %v", err)
		}
		if got := h.invoice("FP-1"); got.State != receiving.Paid || got.Credited != 14*1200 || got.CreditPaper != "红字-7" {
			t.Errorf("%+v", got)
		}
		for _, c := range []struct {
			id    string
			gone  int64
			parts int
		}{{y.ID, 15, 2}, {x.ID, 2, 1}} {
			got, err := receiving.Get(t.Context(), d, db.System("库管"), c.id)
			if h.must(err); int64(got.Goods[0].Back) != c.gone || len(got.Away) != c.parts || got.Away[0].Number == "" {
				t.Errorf("receipt %s: %d of it back by %+v, want %d", got.Number, got.Goods[0].Back, got.Away, c.gone)
			}
		}
		if all, gone, err := receiving.BackOf(t.Context(), d, o.ID); err != nil || all[h.lamp.ID] != 17 || len(gone) != 3 {
			t.Errorf("of the order %v by %+v, %v", all, gone, err)
		}
	})
}
