package receiving_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/purchasing"
	"houqin/internal/receiving"
	"houqin/internal/warehouse"
)

// Whatever buyers, keepers, testers and finance do, in whatever order and with whatever
// quantities: no order receives more than it asked for, what was refused is in no book, and
// no invoice is paid that asks for more than was received, unless somebody let it pass.
func TestAnyHistoryOfBuyingAndReceiving(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		for seed := range uint64(2) {
			h.play(rand.New(rand.NewPCG(seed, 2027)), 200)
			h.mustHold()
		}
	})
}

// play makes random steps; every refusal must be one that a person can cause.
func (h *house) play(dice *rand.Rand, steps int) {
	h.t.Helper()
	ctx := h.t.Context()
	everybody := []db.Actor{h.keeper, h.other, h.fin, h.buyer}
	clear := dbtest.Person("沈主任", receiving.MaySee, receiving.MayClear)
	done := map[string]int{}
	note := func(what string, err error) {
		if err == nil {
			done[what]++
			return
		}
		if fault.KindOf(err) == fault.Internal {
			h.t.Fatalf("%s: %v", what, err)
		}
	}
	lots := []string{"L1", "L2", "(01)06901234567892(17)290630(10)L7", "(01)04006381333931(10)X"}
	any := func(n int) quantity.Qty { return quantity.Qty(dice.IntN(n + 1)) }
	for range steps {
		orders, err := purchasing.OpenOrders(ctx, h.d, "")
		h.must(err)
		receipts, err := receiving.Receipts.All(ctx, h.d, list.Where{}, 200)
		h.must(err)
		invoices, err := receiving.Invoices.All(ctx, h.d, list.Where{}, 200)
		h.must(err)
		switch dice.IntN(12) {
		case 0:
			if len(orders) < 4 {
				what := map[*catalog.Item]string{&h.lamp: fmt.Sprint(400 + dice.IntN(300) + 40*len(receipts))}
				h.ordered(what)
			}
		case 1, 2, 3:
			if len(orders) == 0 {
				continue
			}
			o := orders[dice.IntN(len(orders))]
			var lines []receiving.Came
			open, err := receiving.Again(ctx, h.d, receiving.Arrival{Order: o.ID})
			h.must(err)
			for _, i := range []catalog.Item{h.lamp, h.gloves} {
				if dice.IntN(4) == 0 && i.ID != h.lamp.ID || dice.IntN(3) > 0 && i.ID == h.lamp.ID {
					came := any(120)
					c := receiving.Came{Item: i.ID, Qty: fmt.Sprint(came), Noted: fmt.Sprint(any(120))}
					if dice.IntN(2) == 0 {
						c.Refused, c.Cause = fmt.Sprint(any(int(came)+1)), receiving.Causes[dice.IntN(len(receiving.Causes))]
					}
					if dice.IntN(2) == 0 {
						c.Again = fmt.Sprint(any(int(open[i.ID]) + dice.IntN(2)))
					}
					if dice.IntN(3) == 0 {
						c.Lot = lots[dice.IntN(len(lots))]
					}
					lines = append(lines, c)
				}
			}
			note("arrive", h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
				_, err := receiving.Arrive(ctx, tx, receiving.Arrival{Order: o.ID, Store: h.store.ID, Invoice: []string{"", fmt.Sprintf("FP-%d", dice.IntN(12))}[min(1, dice.IntN(5))], Second: dice.IntN(2) == 0, Lines: lines})
				return err
			}))
		case 4, 5:
			if len(receipts) == 0 {
				continue
			}
			x := receipts[dice.IntN(len(receipts))]
			by := everybody[dice.IntN(2)]
			note("look", h.try(by, func(ctx context.Context, tx *db.Tx) error {
				switch dice.IntN(5) {
				case 0:
					_, err := receiving.Post(ctx, tx, x.ID, 0)
					return err
				case 1:
					_, err := receiving.Undo(ctx, tx, x.ID, 0, receiving.Word{Reason: "试"})
					return err
				case 2:
					_, err := receiving.Drop(ctx, tx, x.ID, 0, receiving.Word{Reason: "试"})
					return err
				}
				t := receiving.Tested{Finding: "抽检"}
				if dice.IntN(2) == 0 {
					t.Lines = []receiving.Verdict{{Line: 1, Refused: fmt.Sprint(any(60)), Cause: "poor"}}
				}
				_, err := receiving.Check(ctx, tx, x.ID, 0, t)
				return err
			}))
		case 6, 7:
			if len(invoices) == 0 {
				continue
			}
			i := invoices[dice.IntN(len(invoices))]
			note("invoice", h.try(everybody[dice.IntN(len(everybody))], func(ctx context.Context, tx *db.Tx) error {
				whole, err := receiving.InvoiceByID(ctx, tx, i.ID)
				if err != nil {
					return err
				}
				switch dice.IntN(4) {
				case 0:
					_, err = receiving.Pay(ctx, tx, i.ID, 0, receiving.Payment{Voucher: "记-1"})
				case 1:
					_, err = receiving.Reject(ctx, tx, i.ID, 0, receiving.Word{Reason: "试"})
				default:
					k := receiving.Keyed{Day: tx.Today()}
					for _, l := range whole.Lines {
						off := money.Fen(dice.IntN(3)) * money.Fen(dice.IntN(2)) * 100
						k.Lines = append(k.Lines, receiving.KeyedLine{Item: l.Item, Qty: fmt.Sprint(int64(l.Qty)), Amount: l.Amount + off})
						k.Amount += l.Amount + off
					}
					_, err = receiving.Match(ctx, tx, i.ID, 0, k)
				}
				return err
			}))
			if dice.IntN(6) == 0 {
				note("clear", h.try(clear, func(ctx context.Context, tx *db.Tx) error {
					_, err := receiving.Clear(ctx, tx, i.ID, 0, receiving.Word{Reason: "运费"})
					return err
				}))
			}
		case 8:
			note("send back", h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
				way := warehouse.Ways[dice.IntN(2)]
				_, err := warehouse.SendBack(ctx, tx, warehouse.Rejection{Store: h.store.ID, Supplier: h.a.ID, Reason: "试", Way: way, Lines: []warehouse.Out{{Item: h.lamp.ID, Qty: fmt.Sprint(1 + any(12))}}})
				if err == nil && way == warehouse.Replace {
					done["ask for others"]++
				}
				return err
			}))
		case 9:
			papers, err := warehouse.SentBacks.All(ctx, h.d, list.Where{}, 9)
			h.must(err)
			if len(papers) > 0 && dice.IntN(3) == 0 {
				note("reverse", h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
					_, err := warehouse.Reverse(ctx, tx, papers[dice.IntN(len(papers))].ID, "试")
					return err
				}))
			}
		case 10:
			if len(receipts) == 0 {
				continue
			}
			x := receipts[dice.IntN(len(receipts))]
			note("settle", h.try(h.keeper, func(ctx context.Context, tx *db.Tx) (err error) {
				if dice.IntN(4) == 0 {
					_, err = receiving.Waive(ctx, tx, x.ID, 0, receiving.Word{Reason: "试"})
				} else {
					_, err = receiving.HandBack(ctx, tx, x.ID, 0, receiving.Taker{Who: "老马", Way: warehouse.Ways[dice.IntN(2)]})
				}
				return err
			}))
		default:
			if len(orders) == 0 {
				continue
			}
			o := orders[dice.IntN(len(orders))]
			note("order", h.try(h.buyer, func(ctx context.Context, tx *db.Tx) (err error) {
				if dice.IntN(3) == 0 {
					_, err = purchasing.Cancel(ctx, tx, o.ID, 0, purchasing.Word{Reason: "试"})
				} else if dice.IntN(3) == 0 {
					_, err = purchasing.Close(ctx, tx, o.ID, 0, purchasing.Word{Reason: "试"})
				}
				return err
			}))
		}
	}
	for _, what := range []string{"arrive", "look", "invoice", "send back", "ask for others"} {
		if done[what] == 0 {
			h.t.Errorf("in all these steps nobody could %s", what)
		}
	}
}

// mustHold is what no history may break.
func (h *house) mustHold() {
	h.t.Helper()
	ctx := h.t.Context()
	for _, verify := range []func(context.Context, db.Reader) ([]string, error){receiving.Verify, purchasing.Verify} {
		if wrong, err := verify(ctx, h.d); err != nil || len(wrong) > 0 {
			h.t.Error(wrong, err)
		}
	}
	if wrong, err := warehouse.Verify(ctx, h.d); err != nil || len(wrong) > 0 {
		h.t.Error(wrong, err)
	}
	orders, err := purchasing.Orders.All(ctx, h.d, list.Where{}, 500)
	h.must(err)
	for _, o := range orders {
		if o, err = purchasing.OrderByID(ctx, h.d, o.ID); err != nil {
			h.t.Fatal(err)
		}
		for _, l := range o.Goods {
			if l.Received > l.Qty || l.Received < 0 || l.Left() < 0 || l.GivenUp < 0 {
				h.t.Errorf("%s received %d of %d", o.Number, l.Received, l.Qty)
			}
		}
	}
	accepted := quantity.Qty(0)
	receipts, err := receiving.Receipts.All(ctx, h.d, list.Where{}.And("r.state = 'posted'"), 500)
	h.must(err)
	for _, x := range receipts {
		if x, err = receiving.Get(ctx, h.d, h.keeper, x.ID); err != nil {
			h.t.Fatal(err)
		}
		for _, l := range x.Goods {
			if accepted += l.Accepted(); l.Refused > 0 && l.Cause == "" {
				h.t.Errorf("%s refuses without a cause", x.Number)
			}
		}
	}
	var gone, again, free quantity.Qty
	h.must(h.d.QueryRowContext(ctx, `SELECT CAST(coalesce(sum(qty), 0) AS BIGINT), CAST(coalesce(sum(came), 0) AS BIGINT), CAST(coalesce(sum(free), 0) AS BIGINT) FROM receiving_back WHERE undone = false`).Scan(&gone, &again, &free))
	if there := h.stock(h.lamp) + h.stock(h.gloves); there != accepted-gone {
		h.t.Errorf("%d were accepted, %d went back and the store holds %d", accepted, gone, there)
	}
	h.t.Logf("%d accepted, %d went back, %d came again, %d of them paid before", accepted, gone, again, free)
	invoices, err := receiving.Invoices.All(ctx, h.d, list.Where{}.And("i.state = 'paid'"), 500)
	h.must(err)
	for _, i := range invoices {
		if i.ClearedBy == "" && i.Amount > i.Booked {
			h.t.Errorf("%s was paid %s for goods of %s", i.Number, i.Amount, i.Booked)
		}
	}
}
