package hospital_test

import (
	"context"
	"fmt"

	"houqin/internal/base/db"
	"houqin/internal/base/quantity"
	"houqin/internal/disposal"
	"houqin/internal/distribution"
	"houqin/internal/receiving"
	"houqin/internal/warehouse"
)

func (q *quarter) takeBack() error {
	i, qty := q.good(), q.dice.IntN(4)
	r := warehouse.Return{Store: q.store().ID, Department: q.n2.ID, Named: "丁护士", Reason: "多领", Lines: []warehouse.Back{{Item: i.ID, Qty: fmt.Sprint(qty)}}}
	err := q.as("陈库管", func(ctx context.Context, tx *db.Tx) error { _, err := warehouse.TakeBack(ctx, tx, r); return err })
	if err == nil {
		q.lay(r.Store, i.ID, quantity.Qty(qty))
	}
	return err
}

// reverse takes a slip back that is no room's.
func (q *quarter) reverse() error {
	var d warehouse.Document
	err := q.with(`SELECT id FROM warehouse_document WHERE kind <> 'opening' ORDER BY number`, "许库管", func(ctx context.Context, tx *db.Tx, id string) (err error) {
		d, err = warehouse.Reverse(ctx, tx, id, "写错")
		return err
	})
	if err != nil {
		return err
	}
	if list, ofRoom, err := db.Text(q.t.Context(), q.d, `SELECT l.number FROM distribution_paper p JOIN distribution_list l ON l.id = p.list WHERE p.document = $1`, d.Reverses); err != nil || ofRoom {
		return fmt.Errorf("%s was taken back by itself, and is a paper of %s: %v", d.ReversesNumber, list, err)
	}
	for _, m := range d.Moves {
		q.lay(d.Store, m.Item, m.Qty)
		if m.Account == warehouse.OfStore {
			q.lay(d.To, m.Item, -m.Qty)
		}
	}
	return nil
}

func (q *quarter) arrive() error {
	in := receiving.Arrival{Contract: "框架一", Supplier: q.from.ID, Store: q.store().ID, Invoice: "FP-" + q.qty(40), Second: !q.often(3)}
	for _, n := range q.dice.Perm(4)[:1+q.dice.IntN(2)] {
		i := q.goods()[n]
		c := receiving.Came{Item: i.ID, Qty: q.qty(30)}
		if i.ShelfDays > 0 {
			c.Lot, c.Expiry = fmt.Sprint("L", q.dice.IntN(6)), q.d.Today().AddDays(5+q.dice.IntN(60))
		}
		if !q.often(4) {
			c.Refused, c.Cause = q.qty(9), "damaged"
		}
		in.Lines = append(in.Lines, c)
	}
	return q.as("许库管", func(ctx context.Context, tx *db.Tx) error { _, err := receiving.Arrive(ctx, tx, in); return err })
}

func (q *quarter) test() error {
	return q.with(`SELECT id FROM receiving_receipt WHERE state = 'counted' ORDER BY number`, "郑科长", func(ctx context.Context, tx *db.Tx, id string) error {
		t := receiving.Tested{Finding: "抽检"}
		if !q.often(3) {
			t.Lines = []receiving.Verdict{{Line: 1, Refused: q.qty(20), Cause: "poor"}}
		}
		_, err := receiving.Check(ctx, tx, id, 0, t)
		return err
	})
}

func (q *quarter) book() error {
	return q.with(`SELECT id FROM receiving_receipt WHERE state = 'checked' ORDER BY number`, "许库管", func(ctx context.Context, tx *db.Tx, id string) error {
		_, err := receiving.Post(ctx, tx, id, 0)
		return err
	})
}

func (q *quarter) undo() error {
	return q.with(`SELECT id FROM receiving_receipt WHERE state = 'posted' ORDER BY number`, "许库管", func(ctx context.Context, tx *db.Tx, id string) error {
		_, err := receiving.Undo(ctx, tx, id, 0, receiving.Word{Reason: "点错"})
		return err
	})
}

func (q *quarter) drawForm() error {
	d := disposal.Draft{Origin: disposal.OfStore, Store: q.store().ID, Reason: "受潮", Lines: []disposal.Wanted{{Item: q.good().ID, Qty: q.qty(6), Cause: "damaged"}}}
	who := "陈库管"
	switch q.dice.IntN(5) {
	case 0:
		d.Origin, d.Department, who, d.Lines[0].Item = disposal.OfUse, q.n1.ID, "王护士", q.chair.ID
	case 1:
		return q.as(who, func(ctx context.Context, tx *db.Tx) error {
			_, err := disposal.DrawExpired(ctx, tx, d.Store, "过期")
			return err
		})
	}
	return q.as(who, func(ctx context.Context, tx *db.Tx) error { _, err := disposal.Draw(ctx, tx, d); return err })
}

// form does something with a form of which something is true.
func (q *quarter) form(such, who string, f func(ctx context.Context, tx *db.Tx, id string) (disposal.Slip, error)) error {
	return q.with(`SELECT id FROM disposal_slip WHERE `+such+` ORDER BY number`, who, func(ctx context.Context, tx *db.Tx, id string) error {
		_, err := f(ctx, tx, id)
		return err
	})
}

func (q *quarter) applyForm() error {
	id, err := q.one(`SELECT id FROM disposal_slip WHERE state = 'drawn' ORDER BY number`)
	if err != nil {
		return err
	}
	origin, err := q.one(`SELECT origin FROM disposal_slip WHERE id = $1`, id)
	if err != nil {
		return err
	}
	head := "孙主任"
	if (origin == string(disposal.OfUse)) == q.often(6) {
		head = "赵护士长"
	}
	return q.as(head, func(ctx context.Context, tx *db.Tx) error { _, err := disposal.Apply(ctx, tx, id, 0); return err })
}

func (q *quarter) inspect() error {
	return q.form(q.among(`state IN ('applied', 'agreed')`, `state = 'applied' AND verified_at = 0`), q.among("吴资产", "财务", "总务"), func(ctx context.Context, tx *db.Tx, id string) (disposal.Slip, error) {
		return disposal.Inspect(ctx, tx, id, 0, disposal.Verdict{Note: "属实"})
	})
}

func (q *quarter) takeOld() error {
	return q.form(`state IN ('applied', 'agreed') AND `+q.among(`origin = 'use'`, `returned_at = 0`), "陈库管", func(ctx context.Context, tx *db.Tx, id string) (disposal.Slip, error) {
		return disposal.TakeBack(ctx, tx, id, 0, disposal.Spot{Spot: "报废区"})
	})
}

func (q *quarter) writeOff() error {
	return q.form(`state = 'agreed'`, "陈库管", func(ctx context.Context, tx *db.Tx, id string) (disposal.Slip, error) {
		return disposal.Post(ctx, tx, id, 0)
	})
}

func (q *quarter) dropForm() error {
	return q.form(`open = true`, "陈库管", func(ctx context.Context, tx *db.Tx, id string) (disposal.Slip, error) {
		return disposal.Drop(ctx, tx, id, 0, disposal.Why{Text: "还能用"})
	})
}

func (q *quarter) sell() error {
	return q.with(`SELECT id FROM disposal_scrap WHERE state = 'apart' ORDER BY id`, "总务", func(ctx context.Context, tx *db.Tx, id string) error {
		_, err := disposal.Sell(ctx, tx, disposal.Offer{Goods: "旧物", Estimate: 8000, Scraps: []string{id}})
		return err
	})
}

func (q *quarter) weigh() error {
	return q.with(`SELECT id FROM disposal_sale WHERE state = 'allowed' ORDER BY number`, "总务", func(ctx context.Context, tx *db.Tx, id string) error {
		_, err := disposal.Weigh(ctx, tx, id, 0, disposal.Weighing{Buyer: "再生资源站", Witness: q.staff["财务"].ID, Witness2: q.staff["吴资产"].ID, Weights: []disposal.Weight{{Name: "废铁", Kg: "12.5", Amount: 2500}}})
		return err
	})
}

func (q *quarter) payFor() error {
	id, err := q.one(`SELECT id FROM disposal_sale WHERE state IN ('sold', 'paid') ORDER BY number`)
	if err != nil {
		return err
	}
	if q.often(2) {
		return q.as("总务", func(ctx context.Context, tx *db.Tx) error {
			_, err := disposal.Pay(ctx, tx, id, 0, disposal.HandedIn{Paid: 2500, Receipt: "SJ-1"})
			return err
		})
	}
	return q.as("财务", func(ctx context.Context, tx *db.Tx) error { _, err := disposal.Confirm(ctx, tx, id, 0); return err })
}

func (q *quarter) destroy() error {
	return q.with(`SELECT id FROM disposal_scrap WHERE state = 'apart' ORDER BY id`, "总务", func(ctx context.Context, tx *db.Tx, id string) error { return disposal.Destroy(ctx, tx, id, "焚烧") })
}

func (q *quarter) drawList() error {
	d := distribution.Draft{Title: "劳保用品", Kind: "protection", Store: q.store().ID, Day: q.d.Today(), Until: q.d.Today().AddDays(3), Goods: []distribution.Wanted{{Item: q.goods()[q.dice.IntN(3)].ID, Qty: q.qty(2)}},
		Whom: []distribution.Group{{Department: q.n2.ID}}, Shares: []distribution.Named{{Person: q.staff["王护士"].ID, Packs: 2}}}
	return q.as("陈库管", func(ctx context.Context, tx *db.Tx) error { _, err := distribution.Draw(ctx, tx, d); return err })
}

func (q *quarter) release() error {
	return q.with(`SELECT id FROM distribution_list WHERE state = 'drawn' ORDER BY number`, "郑科长", func(ctx context.Context, tx *db.Tx, id string) error {
		if !q.often(6) {
			_, err := distribution.Drop(ctx, tx, id, 0, distribution.Why{Text: "作废"})
			return err
		}
		_, err := distribution.Release(ctx, tx, id, 0)
		return err
	})
}

func (q *quarter) share() error {
	id, err := q.one(`SELECT s.id FROM distribution_share s JOIN distribution_list l ON l.id = s.list AND l.state = 'released' WHERE s.state = 'waiting' ORDER BY l.number, s.number`)
	if err != nil {
		return err
	}
	if !q.often(3) {
		return q.as("陈库管", func(ctx context.Context, tx *db.Tx) error { _, err := distribution.Hand(ctx, tx, id, ""); return err })
	}
	of, err := q.one(`SELECT person FROM distribution_share WHERE id = $1`, id)
	if err != nil {
		return err
	}
	return q.as(q.names[of], func(ctx context.Context, tx *db.Tx) error { _, err := distribution.Sign(ctx, tx, id); return err })
}

func (q *quarter) settleList() error {
	return q.with(`SELECT id FROM distribution_list WHERE state = 'released' ORDER BY number`, "陈库管", func(ctx context.Context, tx *db.Tx, id string) error {
		_, err := distribution.Settle(ctx, tx, id, 0)
		return err
	})
}

func (q *quarter) closeMonth() error {
	s := []warehouse.Store{q.main, q.tools, q.own}[q.dice.IntN(3)]
	m, _, err := warehouse.NextToClose(q.t.Context(), q.d, s.ID, q.d.Today())
	if err != nil {
		return err
	}
	return q.as("许库管", func(ctx context.Context, tx *db.Tx) error {
		_, err := warehouse.CloseMonth(ctx, tx, s.ID, m)
		return err
	})
}
