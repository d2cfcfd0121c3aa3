package receiving

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/warehouse"
)

// wentBack is what of the goods of a supplier's receipts, their lines read, went back after
// they were booked, oldest first; each line is told how much.
func wentBack(ctx context.Context, r db.Reader, supplier string, receipts []*Receipt) ([]Gone, error) {
	by, first := map[string]*Receipt{}, period.Instant(0)
	for _, x := range receipts {
		for n := range x.Goods {
			x.Goods[n].Back = 0
		}
		if x.State != Posted {
			continue
		}
		if by[x.Document] = x; first == 0 || x.PostedAt < first {
			first = x.PostedAt
		}
	}
	if first == 0 {
		return nil, nil
	}
	away, err := warehouse.SentAway(ctx, r, supplier, first)
	if err != nil {
		return nil, err
	}
	var all []Gone
	for _, a := range away {
		x := by[a.Brought]
		if x == nil {
			continue
		}
		for n := range x.Goods {
			l := &x.Goods[n]
			q := min(a.Qty, l.Accepted()-l.Back)
			if l.Item != a.Item || l.Lot != a.Lot || q <= 0 {
				continue
			}
			worth, err := money.Mul(l.Price, int64(q))
			if err != nil {
				return nil, err
			}
			a.Qty, l.Back = a.Qty-q, l.Back+q
			all = append(all, Gone{Item: l.Item, Title: l.Title(), Lot: l.Lot, Qty: q, Worth: worth, At: a.At, Paper: a.Paper, Number: a.Number, packs: l.packs})
		}
	}
	return all, nil
}

// BackOf is how much of each item of an order came, was booked, and went back to the
// supplier later, and by which papers.
func BackOf(ctx context.Context, r db.Reader, order string) (map[string]quantity.Qty, []Gone, error) {
	all, err := Receipts.All(ctx, r, list.Where{}.And("r.basis = 'order' AND r.basis_id = ? AND r.state = 'posted'", order), 200)
	if err != nil || len(all) == 0 {
		return nil, nil, err
	}
	them := make([]*Receipt, len(all))
	for n := range all {
		if all[n].Goods, err = linesOf(ctx, r, all[n].ID); err != nil {
			return nil, nil, err
		}
		them[n] = &all[n]
	}
	gone, err := wentBack(ctx, r, all[0].Supplier, them)
	back := map[string]quantity.Qty{}
	for _, g := range gone {
		back[g.Item] += g.Qty
	}
	return back, gone, err
}
