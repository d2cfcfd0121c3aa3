package purchasing

import (
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
)

// Extra is a line of another room's request that must be bought: of which request and
// line, for whom.
type Extra struct {
	Request    string
	Line       int64
	Department string
	Item       string
	Qty        quantity.Qty
}

// Passed are lines that another room found must be bought. It is told, in the same unit
// of work, into which plan they went (Taken), that this plan does not buy them after all
// (Freed), that they were ordered and for when (Promised), and that something of them came
// (Came). All are set once, in the building.
var (
	Passed   = func(context.Context, db.Reader) ([]Extra, error) { return nil, nil }
	Taken    = func(context.Context, *db.Tx, Extra, *Plan) error { return nil }
	Freed    = func(context.Context, *db.Tx, Extra, *Plan) error { return nil }
	Promised = func(context.Context, *db.Tx, Extra, *Order) error { return nil }
	Came     = func(context.Context, *db.Tx, Extra, *Order) error { return nil }
)

// add puts what was passed on beside what was asked.
func add(ctx context.Context, tx *db.Tx, extra []Extra, all []PlanLine) ([]PlanLine, error) {
	var ids []string
	for _, x := range extra {
		ids = append(ids, x.Item)
	}
	items, err := catalog.Few(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	for _, x := range extra {
		k := slices.IndexFunc(all, func(l PlanLine) bool { return l.Item == x.Item })
		if k < 0 {
			all, k = append(all, PlanLine{Goods: Goods{Item: x.Item}, Price: items[x.Item].Price}), len(all)
		}
		all[k].Wanted += x.Qty
		all[k].Askers++
	}
	return all, nil
}

// took remembers which lines a plan buys for and tells their room.
func took(ctx context.Context, tx *db.Tx, p *Plan, extra []Extra) error {
	for _, x := range extra {
		if _, err := tx.Exec(ctx, `INSERT INTO purchasing_extra (plan, request, line, department, item, qty) VALUES ($1,$2,$3,$4,$5,$6)`, p.ID, x.Request, x.Line, x.Department, x.Item, x.Qty); err != nil {
			return err
		}
		if err := Taken(ctx, tx, x, p); err != nil {
			return err
		}
	}
	return nil
}

// tell tells the room of every line for which one of these items is bought.
func tell(ctx context.Context, tx *db.Tx, o *Order, items []string, what func(context.Context, *db.Tx, Extra, *Order) error) error {
	all, err := extrasOf(ctx, tx, o.Plan)
	if err != nil {
		return err
	}
	for _, x := range all {
		if slices.Contains(items, x.Item) {
			if err := what(ctx, tx, x, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// extrasOf are the lines of other rooms that a plan buys for.
func extrasOf(ctx context.Context, r db.Reader, plan string) ([]Extra, error) {
	return db.All(ctx, r, func(x *Extra) []any { return []any{&x.Request, &x.Line, &x.Department, &x.Item, &x.Qty} },
		`SELECT request, line, department, item, qty FROM purchasing_extra WHERE plan = $1 ORDER BY request, line`, plan)
}
