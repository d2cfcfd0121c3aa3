package counting

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/warehouse"
)

// linesMost is how many lines a count has at most.
const linesMost = 20_000

// choice is which lines of a store are counted.
type choice struct {
	Goods             Goods
	BinFrom, BinUntil string
	Most, Sheet       int64
}

func (c *choice) check(bad *fault.Complaints) {
	c.BinFrom, c.BinUntil = strings.TrimSpace(c.BinFrom), strings.TrimSpace(c.BinUntil)
	if c.Goods == "" {
		c.Goods = All
	}
	if !slices.Contains(GoodsKinds, string(c.Goods)) {
		bad.Add("goods", "base.bad_value", string(c.Goods))
	}
	if c.BinUntil != "" && c.BinUntil < c.BinFrom {
		bad.Add("bin_until", "counting.bins_turned")
	}
	if c.Most < 0 || c.Most > linesMost {
		bad.Add("most", "base.between", 0, linesMost)
	}
	if c.Sheet == 0 {
		c.Sheet = sheetUsual
	}
	if c.Sheet < 1 || c.Sheet > sheetMost {
		bad.Add("sheet", "base.between", 1, sheetMost)
	}
}

// Order is a count as somebody asks for it: of a plan, then the rest is the plan's, or
// of a store, once.
type Order struct {
	Plan              string
	Store             string
	Goods             Goods
	BinFrom, BinUntil string
	Most, Sheet       int64
	Blind             bool
	Due               period.Day // default today
}

// Begin opens a count and cuts it into sheets in the order of the bins. Needs
// MayArrange where the store is kept. Conflict: a count of the plan is still open;
// there is nothing to count. Invalid: a choice that cannot be made, more than 20,000
// lines.
func Begin(ctx context.Context, tx *db.Tx, o Order) (Count, error) {
	c := Count{ID: tx.NewID(), Plan: o.Plan, Cycle: Once, State: Counting, Open: true, BegunBy: tx.By.ID, BegunName: tx.By.Name, BegunAt: tx.At(), Version: 1}
	if o.Plan != "" {
		if err := tx.Lock(ctx, "counting_plan", o.Plan); err != nil {
			return c, err
		}
		p, err := PlanByID(ctx, tx, tx.By, o.Plan)
		if err != nil {
			return c, err
		}
		if p.Closed {
			return c, fault.New(fault.Conflict, "counting.plan_closed", p.Name)
		}
		o = Order{p.ID, p.Store, p.Goods, p.BinFrom, p.BinUntil, p.Most, p.Sheet, p.Blind, max(p.Next, tx.Today())}
		c.Cycle = p.Cycle
		if err := p.advance(ctx, tx); err != nil {
			return c, err
		}
	}
	store, err := openStore(ctx, tx, o.Store)
	if err != nil {
		return c, err
	}
	if err := tx.NeedIn(MayArrange, store.Department); err != nil {
		return c, err
	}
	var bad fault.Complaints
	which := choice{o.Goods, o.BinFrom, o.BinUntil, o.Most, o.Sheet}
	which.check(&bad)
	if c.Due = o.Due; c.Due == "" {
		c.Due = tx.Today()
	}
	if c.Due < tx.Today() && o.Plan == "" {
		bad.Add("due", "counting.past_day")
	}
	if err := bad.Err(); err != nil {
		return c, err
	}
	if open, err := openOf(ctx, tx, o.Plan); err != nil {
		return c, err
	} else if open != "" {
		return c, fault.New(fault.Conflict, "counting.plan_open", open)
	}
	lots, class, err := which.lots(ctx, tx, store.ID)
	if err != nil {
		return c, err
	}
	switch {
	case len(lots) == 0:
		return c, fault.New(fault.Conflict, "counting.nothing", store.Name)
	case len(lots) > linesMost:
		return c, fault.New(fault.Invalid, "base.too_many_lines", linesMost)
	}
	c.Store, c.StoreName, c.Keeping, c.Goods, c.BinFrom, c.BinUntil, c.Blind, c.Lines = store.ID, store.Name, store.Department, which.Goods, which.BinFrom, which.BinUntil, o.Blind, int64(len(lots))
	if c.Number, err = tx.Number(ctx, "PC"); err != nil {
		return c, err
	}
	if err := insertCount(ctx, tx, &c); err != nil {
		return c, err
	}
	if err := cut(ctx, tx, &c, lots, class, int(which.Sheet)); err != nil {
		return c, err
	}
	return c, tx.Trail(ctx, db.Event{Noun: Noun, Record: c.ID, Action: "begin", Note: c.Number})
}

// advance moves a plan's day to the first after today.
func (p *Plan) advance(ctx context.Context, tx *db.Tx) error {
	next := max(p.Next, tx.Today())
	next, err := p.after(ctx, tx, next)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE counting_plan SET next = $1 WHERE id = $2`, next, p.ID)
	return err
}

// lots are what is to be counted, in the order of the bins. Goods of which the books
// say that none is there are not listed: who finds some adds a line.
func (c *choice) lots(ctx context.Context, tx *db.Tx, store string) ([]warehouse.Lot, map[string]Goods, error) {
	all, err := warehouse.Lots.All(ctx, tx, list.Where{}.And("b.store = ?", store), 2*linesMost)
	if err != nil {
		return nil, nil, err
	}
	goods, class, err := c.goods(ctx, tx, store, all)
	if err != nil {
		return nil, nil, err
	}
	all = slices.DeleteFunc(all, func(l warehouse.Lot) bool {
		return !goods[l.Item] || l.BinCode < c.BinFrom || c.BinUntil != "" && l.BinCode > c.BinUntil && !strings.HasPrefix(l.BinCode, c.BinUntil)
	})
	slices.SortStableFunc(all, func(a, b warehouse.Lot) int {
		return cmp.Or(cmp.Compare(a.BinCode, b.BinCode), cmp.Compare(a.Number, b.Number), cmp.Compare(a.Expiry, b.Expiry), cmp.Compare(a.Lot, b.Lot))
	})
	return all, class, nil
}

// goods is which items are meant, at most so many.
func (c *choice) goods(ctx context.Context, tx *db.Tx, store string, lots []warehouse.Lot) (map[string]bool, map[string]Goods, error) {
	sums := map[string]money.Fen{}
	for _, l := range lots {
		sums[l.Item] += l.Amount
	}
	turns, err := turnsOf(ctx, tx, store)
	if err != nil {
		return nil, nil, err
	}
	items := make([]string, 0, len(sums))
	for i := range sums {
		items = append(items, i)
	}
	slices.SortFunc(items, func(a, b string) int {
		return cmp.Or(cmp.Compare(turns[a].at, turns[b].at), cmp.Compare(sums[b], sums[a]), cmp.Compare(a, b))
	})
	class := classes(sums)
	switch c.Goods {
	case ClassA, ClassB, ClassC:
		items = slices.DeleteFunc(items, func(i string) bool { return class[i] != c.Goods })
	case Risk:
		risky, err := risks(ctx, tx, store, lots, turns)
		if err != nil {
			return nil, nil, err
		}
		items = slices.DeleteFunc(items, func(i string) bool { return !risky[i] })
	}
	if c.Most > 0 && len(items) > int(c.Most) {
		items = items[:c.Most]
	}
	meant := make(map[string]bool, len(items))
	for _, i := range items {
		meant[i] = true
	}
	return meant, class, nil
}

// classes sorts goods by what they cost together: those that make up the first four
// fifths of the store's value, the next fifteen hundredths, and the many of the rest.
func classes(sums map[string]money.Fen) map[string]Goods {
	items, total := make([]string, 0, len(sums)), money.Fen(0)
	for i, a := range sums {
		items, total = append(items, i), total+a
	}
	slices.SortFunc(items, func(a, b string) int { return cmp.Or(cmp.Compare(sums[b], sums[a]), cmp.Compare(a, b)) })
	class, before := make(map[string]Goods, len(items)), money.Fen(0)
	for _, i := range items {
		switch {
		case before < total/100*80:
			class[i] = ClassA
		case before < total/100*95:
			class[i] = ClassB
		default:
			class[i] = ClassC
		}
		before += sums[i]
	}
	return class
}

// risks are goods of which a lot is held or ends soon, of which less is there than the
// store should have, or that were wrong when they were last counted.
func risks(ctx context.Context, tx *db.Tx, store string, lots []warehouse.Lot, turns map[string]turn) (map[string]bool, error) {
	today := tx.Today()
	near, err := warehouse.Near(ctx, tx, today)
	if err != nil {
		return nil, err
	}
	risky := map[string]bool{}
	for _, l := range lots {
		if l.Held || l.Expiry != "" && l.Expiry <= today.AddDays(near) || turns[l.Item].differed {
			risky[l.Item] = true
		}
	}
	low, err := warehouse.Holdings.All(ctx, tx, list.Where{}.And("s.store = ? AND s.least > 0 AND s.qty < s.least", store), linesMost)
	for _, h := range low {
		risky[h.Item] = true
	}
	return risky, err
}

// cut deals the lines out over sheets.
func cut(ctx context.Context, tx *db.Tx, c *Count, lots []warehouse.Lot, class map[string]Goods, size int) error {
	n, at := int64(0), int64(0)
	for part := range slices.Chunk(lots, size) {
		at++
		s := Sheet{ID: tx.NewID(), Count: c.ID, N: at, Round: 1, Size: int64(len(part)), Label: labelOf(part[0].BinCode, part[len(part)-1].BinCode)}
		if err := insertSheet(ctx, tx, &s); err != nil {
			return err
		}
		for _, l := range part {
			n++
			if err := insertLine(ctx, tx, &Line{ID: tx.NewID(), Count: c.ID, N: n, Sheet: s.ID, Item: l.Item, Bin: l.Bin, Lot: l.Lot, Expiry: l.Expiry, Class: class[l.Item]}); err != nil {
				return err
			}
		}
	}
	return nil
}

// labelOf names the bins of a sheet.
func labelOf(from, until string) string {
	if from == until {
		return from
	}
	if from == "" {
		return "– " + until // from where no bin is named
	}
	return from + " – " + until
}

// BeginDue opens the counts of all plans whose day has come. A plan whose last count is
// still open, or that finds nothing to count, waits for its next turn.
func BeginDue(ctx context.Context, tx *db.Tx) error {
	due, err := Plans.All(ctx, tx, list.Where{}.And("p.closed = false AND w.closed = false AND p.next <= ?", tx.Today()), 1000)
	if err != nil {
		return err
	}
	for _, p := range due {
		_, err := Begin(ctx, tx, Order{Plan: p.ID})
		if fault.Is(err, "counting.plan_open") || fault.Is(err, "counting.nothing") {
			err = tx.Trail(ctx, db.Event{Noun: PlanNoun, Record: p.ID, Action: "skip", Note: p.Name})
		}
		if err != nil {
			return err
		}
	}
	return nil
}
