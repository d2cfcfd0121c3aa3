package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/catalog"
	"houqin/internal/purchasing"
	"houqin/internal/receiving"
	"houqin/internal/warehouse"
)

// takeIn lets what was ordered come: in part and in full, tested and waiting for it, some
// of it damaged, one lorry sent away whole.
func (w *world) takeIn(ctx context.Context) error {
	keeper, tester := w.first("storekeeper").actor, w.first("property_accountant").actor
	orders, err := purchasing.OpenOrders(ctx, w.d, "")
	if err != nil || len(orders) == 0 {
		return err
	}
	o := slices.MaxFunc(orders, func(a, b purchasing.Order) int { return len(a.Goods) - len(b.Goods) })
	if len(o.Goods) < 4 {
		return fmt.Errorf("no order is long enough to come in several lorries: %d lines", len(o.Goods))
	}
	do := func(when time.Time, by db.Actor, f func(tx *db.Tx) error) error {
		return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error { return f(at(tx, when, by)) })
	}
	ago := func(hours int) time.Time { return w.now.Add(-time.Duration(hours) * time.Hour) }
	items, err := w.itemsOf(ctx, o)
	if err != nil {
		return err
	}
	// came is a share of each line that is still to come, in a lot of its own.
	came := func(tx *db.Tx, from, n, tenths int) (all []receiving.Came) {
		for k, l := range o.Goods[min(from, len(o.Goods)):min(from+n, len(o.Goods))] {
			c := receiving.Came{Item: l.Item, Qty: fmt.Sprint(max(int64(l.Qty)*int64(tenths)/10, 1))}
			if i := items[l.Item]; i.ShelfDays > 0 {
				c.Lot, c.Expiry = fmt.Sprintf("L%d%02d", from+k, tenths), tx.Today().AddDays(int(i.ShelfDays)*9/10)
			}
			all = append(all, c)
		}
		return all
	}
	arrive := func(when time.Time, number string, lines func(tx *db.Tx) []receiving.Came) (x receiving.Receipt, err error) {
		err = do(when, keeper, func(tx *db.Tx) (err error) {
			x, err = receiving.Arrive(ctx, tx, receiving.Arrival{Order: o.ID, Store: w.stores[0].ID, Invoice: "2410" + number, Delivery: "SH" + number, Second: number == "7741", Lines: lines(tx)})
			return err
		})
		return x, err
	}
	half := len(o.Goods) - 3
	x, err := arrive(ago(50), "7731", func(tx *db.Tx) []receiving.Came {
		all := came(tx, 0, half, 6)
		all[0].Refused, all[0].Cause, all[0].Note = "1", "damaged", "外箱压坏"
		return all
	})
	if err != nil {
		return err
	}
	if x.State == receiving.Counted {
		if err := do(ago(49), tester, func(tx *db.Tx) (err error) {
			t := receiving.Tested{Finding: "外观完好，合格证齐全，抽检合格"}
			for _, l := range x.Goods {
				v := receiving.Verdict{Line: l.N, Cause: l.Cause}
				if l.Refused > 0 {
					v.Refused = l.Say(l.Refused)
				}
				t.Lines = append(t.Lines, v)
			}
			x, err = receiving.Check(ctx, tx, x.ID, x.Version, t)
			return err
		}); err != nil {
			return err
		}
		if err := do(ago(48), keeper, func(tx *db.Tx) error { _, err := receiving.Post(ctx, tx, x.ID, x.Version); return err }); err != nil {
			return err
		}
	}
	wrong, err := arrive(ago(30), "7732", func(*db.Tx) []receiving.Came {
		return []receiving.Came{{Item: w.items[0].ID, Qty: "20", Refused: "20", Cause: "wrong", Note: "送错单位"}}
	})
	if err != nil {
		return err
	}
	if err := do(ago(29), keeper, func(tx *db.Tx) error {
		_, err := receiving.HandBack(ctx, tx, wrong.ID, wrong.Version, receiving.Taker{Who: "送货员 马师傅 冀E·7K21", Way: warehouse.Replace})
		return err
	}); err != nil {
		return err
	}
	waits, err := arrive(ago(5), "7740", func(tx *db.Tx) []receiving.Came { return came(tx, half, 1, 10) })
	if err != nil {
		return err
	}
	if waits.State == receiving.Counted {
		if err := do(ago(4), tester, func(tx *db.Tx) error {
			_, err := receiving.Check(ctx, tx, waits.ID, waits.Version, receiving.Tested{Finding: "合格"})
			return err
		}); err != nil {
			return err
		}
	}
	if _, err = arrive(ago(2), "7741", func(tx *db.Tx) []receiving.Came { return came(tx, half+1, 1, 10) }); err != nil {
		return err
	}
	slip, err := arrive(ago(1), "7742", func(tx *db.Tx) []receiving.Came { return came(tx, half+2, 1, 5) })
	if err != nil {
		return err
	}
	if slip.State != receiving.Posted {
		if err := do(ago(1), keeper, func(tx *db.Tx) error {
			_, err := receiving.Drop(ctx, tx, slip.ID, slip.Version, receiving.Word{Reason: "与上一张重复"})
			return err
		}); err != nil {
			return err
		}
	}
	return w.holdAgainst(ctx, orders, o.ID)
}

// holdAgainst lets what was ordered elsewhere come whole and finance hold the invoices
// against it: one agrees and is paid, one agrees, one asks more than was agreed, one that
// did was let pass. Of the first some goods go back later, of the dear ones some are to be
// replaced.
func (w *world) holdAgainst(ctx context.Context, orders []purchasing.Order, but string) error {
	keeper, finance, head := w.first("storekeeper").actor, w.first("finance").actor, w.first("director").actor
	tester := w.first("property_accountant").actor
	do := func(hours int, by db.Actor, f func(tx *db.Tx) error) error {
		return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error { return f(at(tx, w.now.Add(-time.Duration(hours)*time.Hour), by)) })
	}
	n := 0
	for _, o := range orders {
		if o.ID == but || n > 3 {
			continue
		}
		items, err := w.itemsOf(ctx, o)
		if err != nil {
			return err
		}
		for k, l := range o.Goods {
			if n > 3 {
				break
			}
			number := fmt.Sprintf("24107%d%02d", 81+n, k)
			var x receiving.Receipt
			if err := do(28-n, keeper, func(tx *db.Tx) (err error) {
				c := receiving.Came{Item: l.Item, Qty: fmt.Sprint(int64(l.Qty))}
				if i := items[l.Item]; i.ShelfDays > 0 {
					c.Lot, c.Expiry = fmt.Sprintf("L78%d", n), tx.Today().AddDays(int(i.ShelfDays)*9/10)
				}
				x, err = receiving.Arrive(ctx, tx, receiving.Arrival{Order: o.ID, Store: w.stores[0].ID, Invoice: number, Delivery: "SH" + number, Lines: []receiving.Came{c}})
				return err
			}); err != nil {
				return err
			}
			if x.State == receiving.Counted {
				if err := do(27-n, tester, func(tx *db.Tx) (err error) {
					x, err = receiving.Check(ctx, tx, x.ID, x.Version, receiving.Tested{Finding: "合格"})
					return err
				}); err != nil {
					return err
				}
			}
			if x.State == receiving.Checked {
				if err := do(26-n, keeper, func(tx *db.Tx) (err error) { x, err = receiving.Post(ctx, tx, x.ID, x.Version); return err }); err != nil {
					return err
				}
			}
			if x.InvoiceID == "" {
				return fmt.Errorf("%s is on no invoice: %s", x.Number, x.State)
			}
			asked := x.Amount
			if n > 1 {
				asked += asked/20 + 1
			}
			if err := do(20-n, finance, func(tx *db.Tx) error {
				i, err := receiving.Match(ctx, tx, x.InvoiceID, 0, receiving.Keyed{Day: tx.Today(), Amount: asked, Lines: []receiving.KeyedLine{{Item: l.Item, Qty: fmt.Sprint(int64(l.Qty)), Amount: asked}}})
				if err == nil && n == 0 {
					_, err = receiving.Pay(ctx, tx, i.ID, i.Version, receiving.Payment{Voucher: "FK-2410-016"})
				}
				return err
			}); err != nil {
				return err
			}
			if n == 3 {
				if err := do(10, head, func(tx *db.Tx) error {
					_, err := receiving.Clear(ctx, tx, x.InvoiceID, 0, receiving.Word{Reason: "运费另计，经电话核实"})
					return err
				}); err != nil {
					return err
				}
			}
			if n != 1 { // found faulty on the ward, after it was paid or held against the receipt
				if err := do(5, keeper, func(tx *db.Tx) error {
					lot := warehouse.Out{Item: l.Item, Qty: fmt.Sprint(max(int64(l.Qty)/10, 1))}
					if len(x.Goods) > 0 {
						lot.Lot = x.Goods[0].Lot
					}
					_, err := warehouse.SendBack(ctx, tx, warehouse.Rejection{Store: w.stores[0].ID, Supplier: x.Supplier, Reason: "科室反映质量问题，退货", Way: []string{warehouse.Credit, warehouse.Replace}[min(n, 1)], Lines: []warehouse.Out{lot}})
					return err
				}); err != nil {
					return err
				}
			}
			n++
		}
	}
	return nil
}

func (w *world) itemsOf(ctx context.Context, o purchasing.Order) (map[string]catalog.Item, error) {
	var ids []string
	for _, l := range o.Goods {
		ids = append(ids, l.Item)
	}
	return catalog.Few(ctx, w.d, ids)
}
