package hospital_test

import (
	"context"
	"fmt"

	"houqin/internal/base/db"
	"houqin/internal/base/money"
	"houqin/internal/base/quantity"
	"houqin/internal/counting"
	"houqin/internal/recovery"
	"houqin/internal/wardstores"
	"houqin/internal/warehouse"
)

// wardDeeds are what the ward does that keeps goods of its own.
var wardDeeds = []deed{
	{"use on the ward", 8, true, (*quarter).use},
	{"count the ward's store", 3, true, (*quarter).countWard},
	{"compare a ward's count", 2, false, (*quarter).compare},
	{"report a loss", 3, true, (*quarter).lose},
	{"apply for a loss", 4, true, (*quarter).applyLoss},
	{"find it again", 1, false, (*quarter).dropLoss},
	{"pay for a loss", 4, false, (*quarter).payLoss},
	{"lend", 3, true, (*quarter).lend},
	{"hand a loan out", 4, true, (*quarter).give},
	{"take a loan back", 2, false, (*quarter).giveBack},
	{"send back to the main store", 2, true, (*quarter).send},
	{"take in from the ward", 2, false, (*quarter).takeIn},
}

func (q *quarter) use() error {
	i, qty := q.good(), 1+q.dice.IntN(6)
	err := q.as(q.among("王护士", "李护士"), func(ctx context.Context, tx *db.Tx) error {
		_, err := wardstores.Use(ctx, tx, wardstores.Taken{Store: q.own.ID, Item: i.ID, Qty: fmt.Sprint(qty)})
		return err
	})
	if err == nil {
		q.lay(q.own.ID, i.ID, -quantity.Qty(qty))
	}
	return err
}

func (q *quarter) countWard() error {
	return q.as("王护士", func(ctx context.Context, tx *db.Tx) error {
		sheet, _, err := wardstores.Sheet(ctx, tx, q.own.ID)
		if err != nil {
			return err
		}
		c := wardstores.Counting{Store: q.own.ID, Kind: wardstores.Kinds[q.dice.IntN(2)]}
		for _, l := range sheet {
			found := max(0, l.Book-l.Away)
			if !q.often(4) {
				found = max(0, found+quantity.Qty(q.dice.IntN(5)-3))
			}
			c.Lines = append(c.Lines, wardstores.Tally{Item: l.Item, Found: fmt.Sprint(int64(found)), Cause: "lost"})
		}
		_, err = wardstores.Enter(ctx, tx, c)
		return err
	})
}

func (q *quarter) compare() error {
	return q.with(`SELECT id FROM wardstores_count WHERE open = true ORDER BY number`, q.among("郑科长", "财务"), func(ctx context.Context, tx *db.Tx, id string) (err error) {
		if q.often(2) {
			_, err = wardstores.Reconcile(ctx, tx, id, 0, wardstores.Remark{})
		} else {
			_, err = wardstores.Audit(ctx, tx, id, 0, wardstores.Remark{})
		}
		return err
	})
}

func (q *quarter) lose() error {
	r := wardstores.Report{Store: q.own.ID, Item: q.good().ID, Qty: q.qty(3), Cause: wardstores.Causes[q.dice.IntN(3)], How: "受潮"}
	return q.as("李护士", func(ctx context.Context, tx *db.Tx) error { _, err := wardstores.Lose(ctx, tx, r); return err })
}

// loss does something with a loss of which something is true.
func (q *quarter) loss(such, who string, f func(ctx context.Context, tx *db.Tx, id string) (wardstores.Loss, error)) error {
	return q.with(`SELECT id FROM wardstores_loss WHERE `+such+` ORDER BY number`, who, func(ctx context.Context, tx *db.Tx, id string) error {
		_, err := f(ctx, tx, id)
		return err
	})
}

func (q *quarter) applyLoss() error {
	return q.loss(`state = 'reported'`, "赵护士长", func(ctx context.Context, tx *db.Tx, id string) (wardstores.Loss, error) {
		return wardstores.Apply(ctx, tx, id, 0, wardstores.Application{Careless: q.often(2), Responsible: q.staff["李护士"].ID})
	})
}

func (q *quarter) dropLoss() error {
	return q.loss(`open = true`, "赵护士长", func(ctx context.Context, tx *db.Tx, id string) (wardstores.Loss, error) {
		return wardstores.Drop(ctx, tx, id, 0, wardstores.Why{Text: "找到了"})
	})
}

func (q *quarter) payLoss() error {
	return q.loss(`pays > paid`, "财务", func(ctx context.Context, tx *db.Tx, id string) (wardstores.Loss, error) {
		p := wardstores.Paying{Way: recovery.Ways[q.dice.IntN(2)], Amount: money.Fen(100 + q.dice.IntN(9000)), Month: tx.Today(), Wage: 300_000}
		return wardstores.Pay(ctx, tx, id, 0, p)
	})
}

func (q *quarter) lend() error {
	l := wardstores.Lending{Store: q.own.ID, Item: q.good().ID, Qty: q.qty(9), Borrower: q.staff["丁护士"].ID, Due: q.d.Today().AddDays(q.dice.IntN(20))}
	return q.as(q.among("王护士", "赵护士长"), func(ctx context.Context, tx *db.Tx) error { _, err := wardstores.Lend(ctx, tx, l); return err })
}

func (q *quarter) give() error {
	return q.with(`SELECT id FROM wardstores_loan WHERE state IN ('asked', 'agreed') ORDER BY number`, "王护士", func(ctx context.Context, tx *db.Tx, id string) (err error) {
		if q.often(9) {
			_, err = wardstores.Give(ctx, tx, id, 0, wardstores.Giving{Signature: "丁护士"})
		} else {
			_, err = wardstores.DropLoan(ctx, tx, id, 0, wardstores.Why{Text: "不借了"})
		}
		return err
	})
}

func (q *quarter) giveBack() error {
	return q.with(`SELECT id FROM wardstores_loan WHERE state = 'lent' ORDER BY number`, "李护士", func(ctx context.Context, tx *db.Tx, id string) error {
		_, err := wardstores.TakeBack(ctx, tx, id, 0, wardstores.Remark{Text: "完好"})
		return err
	})
}

func (q *quarter) send() error {
	s := wardstores.Sending{Store: q.own.ID, To: q.store().ID, Reason: "用不完", Lines: []wardstores.Out{{Item: q.good().ID, Qty: q.qty(5)}}}
	return q.as("王护士", func(ctx context.Context, tx *db.Tx) error { _, err := wardstores.Send(ctx, tx, s); return err })
}

func (q *quarter) takeIn() error {
	return q.with(`SELECT id FROM wardstores_back WHERE state = 'sent' ORDER BY number`, "许库管", func(ctx context.Context, tx *db.Tx, id string) (err error) {
		if q.often(5) {
			_, err = wardstores.TakeIn(ctx, tx, id, 0)
		} else {
			_, err = wardstores.Keep(ctx, tx, id, 0, wardstores.Why{Text: "又要用"})
		}
		return err
	})
}

// countDeeds are the counting of the main stores, while everybody goes on.
var countDeeds = []deed{
	{"begin a count", 3, true, (*quarter).beginCount},
	{"take a sheet", 10, true, (*quarter).takeSheet},
	{"count a sheet", 10, true, (*quarter).tally},
	{"find what is on no list", 1, false, (*quarter).extra},
	{"hand a sheet in", 10, true, (*quarter).handIn},
	{"say why it differs", 7, true, (*quarter).explain},
	{"ask for the count", 7, true, (*quarter).askCount},
	{"end a count that agrees", 3, false, (*quarter).finish},
	{"count again", 1, false, (*quarter).again},
	{"give a count up", 1, false, (*quarter).giveUp},
	{"post a count", 6, false, (*quarter).postCount},
}

func (q *quarter) beginCount() error {
	o := counting.Order{Store: q.store().ID, Goods: counting.Goods(counting.GoodsKinds[q.dice.IntN(len(counting.GoodsKinds))]), Sheet: 4, Blind: q.often(2)}
	if q.often(2) {
		o.Goods = counting.All
	}
	return q.as("郑科长", func(ctx context.Context, tx *db.Tx) error { _, err := counting.Begin(ctx, tx, o); return err })
}

func (q *quarter) takeSheet() error {
	return q.with(`SELECT id FROM counting_sheet WHERE open = true AND counter = '' ORDER BY id`, q.among("盘点员", "马师傅", "许库管"), func(ctx context.Context, tx *db.Tx, id string) error {
		_, err := counting.Take(ctx, tx, id)
		return err
	})
}

// sheet lets the counter of an open sheet do something with it, mostly of one of which
// something is true.
func (q *quarter) sheet(such string, f func(ctx context.Context, tx *db.Tx, id string) error) error {
	if !q.often(5) {
		such = "lines > 0"
	}
	id, err := q.one(`SELECT id FROM counting_sheet WHERE open = true AND counter <> '' AND ` + such + ` ORDER BY id`)
	if err != nil {
		return err
	}
	by, err := q.one(`SELECT counter FROM counting_sheet WHERE id = $1`, id)
	if err != nil {
		return err
	}
	return q.as(q.names[by], func(ctx context.Context, tx *db.Tx) error { return f(ctx, tx, id) })
}

func (q *quarter) tally() error {
	return q.sheet("done < lines", func(ctx context.Context, tx *db.Tx, id string) error {
		store, _, err := db.Text(ctx, tx, `SELECT c.store FROM counting_sheet s JOIN counting_count c ON c.id = s.count WHERE s.id = $1`, id)
		if err != nil {
			return err
		}
		lines, err := counting.LinesOf(ctx, tx, id)
		if err != nil {
			return err
		}
		var found []counting.Found
		careless := q.often(2)
		for _, l := range lines {
			lying, err := warehouse.LyingAt(ctx, tx, store, 0, []string{l.Item})
			if err != nil {
				return err
			}
			n := lying[warehouse.Spot{Item: l.Item, Bin: l.Bin, Lot: l.Lot}].Qty
			switch {
			case l.Done > 0 && q.often(5): // what the first missed, the second does not find either
				n = max(0, n+l.Diff)
			case careless && !q.often(3):
				n = max(0, n+quantity.Qty(q.dice.IntN(5)-2))
			}
			found = append(found, counting.Found{Line: l.ID, Qty: fmt.Sprint(int64(n))})
		}
		_, err = counting.Tally(ctx, tx, id, 0, found)
		return err
	})
}

func (q *quarter) extra() error {
	return q.sheet("round = 1", func(ctx context.Context, tx *db.Tx, id string) error {
		_, err := counting.Add(ctx, tx, id, counting.Extra{Item: q.paper.ID, Lot: "X" + q.qty(3), Qty: q.qty(4)})
		return err
	})
}

func (q *quarter) handIn() error {
	return q.sheet("done = lines", func(ctx context.Context, tx *db.Tx, id string) error {
		_, err := counting.HandIn(ctx, tx, id)
		return err
	})
}

// count does something with a count in one of some states.
func (q *quarter) count(states, who string, f func(ctx context.Context, tx *db.Tx, id string) (counting.Count, error)) error {
	return q.with(`SELECT id FROM counting_count WHERE state IN (`+states+`) ORDER BY number`, who, func(ctx context.Context, tx *db.Tx, id string) error {
		_, err := f(ctx, tx, id)
		return err
	})
}

func (q *quarter) explain() error {
	return q.count("'counted'", "陈库管", func(ctx context.Context, tx *db.Tx, id string) (counting.Count, error) {
		lines, err := db.Texts(ctx, tx, `SELECT id FROM counting_line WHERE count = $1 AND diff <> 0 ORDER BY n`, id)
		if err != nil {
			return counting.Count{}, err
		}
		var why []counting.Cause
		for _, l := range lines {
			why = append(why, counting.Cause{Line: l, Reason: counting.Reasons[q.dice.IntN(8)]})
		}
		return counting.Explain(ctx, tx, id, 0, why)
	})
}

func (q *quarter) askCount() error {
	return q.count("'counted'", "陈库管", func(ctx context.Context, tx *db.Tx, id string) (counting.Count, error) {
		return counting.Ask(ctx, tx, id, 0, counting.Analysis{Text: "补单不及时"})
	})
}

func (q *quarter) finish() error {
	return q.count("'counted'", "陈库管", func(ctx context.Context, tx *db.Tx, id string) (counting.Count, error) {
		return counting.Finish(ctx, tx, id, 0, counting.Analysis{Text: "账实相符"})
	})
}

func (q *quarter) again() error {
	return q.count("'counted', 'asked', 'approved'", "郑科长", func(ctx context.Context, tx *db.Tx, id string) (counting.Count, error) {
		return counting.Again(ctx, tx, id, 0)
	})
}

func (q *quarter) giveUp() error {
	if q.often(4) {
		return errNothing
	}
	return q.count("'counting', 'recounting', 'counted', 'asked', 'approved'", "郑科长", func(ctx context.Context, tx *db.Tx, id string) (counting.Count, error) {
		return counting.Drop(ctx, tx, id, 0, counting.Why{Text: "另行安排"})
	})
}

func (q *quarter) postCount() error {
	return q.count("'approved'", "财务", func(ctx context.Context, tx *db.Tx, id string) (counting.Count, error) {
		return counting.Post(ctx, tx, id, 0)
	})
}
