package receiving

import (
	"context"
	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/purchasing"
	"houqin/internal/warehouse"
)

// wentBack is what of the goods of a supplier's receipts, their lines read, went back after
// they were booked, oldest first, but for what a paper says; each line is told how much.
// What had come with a receipt in place of others stands on the receipt of those.
func wentBack(ctx context.Context, r db.Reader, supplier string, receipts []*Receipt, but string) ([]Gone, error) {
	lines, ids := map[string]map[int64]*Line{}, []string{}
	for _, x := range receipts {
		if x.State != Posted {
			continue
		}
		ids, lines[x.ID] = append(ids, x.ID), map[int64]*Line{}
		for n := range x.Goods {
			l := &x.Goods[n]
			l.Back, l.own = 0, 0
			lines[x.ID][l.N] = l
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	in, args := db.Listed(ids)
	rows, err := backs(ctx, r, "(b.receipt IN "+in+" OR b.via IN "+in+")", args...)
	if err != nil {
		return nil, err
	}
	open, err := stillOpen(ctx, r, rows)
	if err != nil {
		return nil, err
	}
	var all []Gone
	for _, b := range rows {
		if l := lines[b.via][b.viaLine]; l != nil {
			if l.Back += b.qty; b.formerly == "" {
				l.own += b.qty
			}
		}
		l := lines[b.receipt][b.line]
		if l == nil {
			l = lines[b.via][b.viaLine]
		}
		g := Gone{Receipt: b.receipt, Qty: b.qty, Again: b.again, Came: b.came, Free: b.free, At: period.Instant(b.at), Paper: b.paper, Number: b.number}
		if b.basis != "order" || open[b.on] {
			g.Waits = b.open()
		}
		if err := g.of(l); err != nil {
			return nil, err
		}
		all = append(all, g)
	}
	older, err := unnoted(ctx, r, supplier, receipts, but)
	return append(older, all...), err
}

// of says of which goods it is, and what is missed of them in fen.
func (g *Gone) of(l *Line) (err error) {
	g.Item, g.Title, g.Lot, g.price, g.packs = l.Item, l.Title(), l.Lot, l.Price, l.packs
	g.Worth, err = money.Mul(l.Price, int64(g.Missed()))
	return err
}

// stillOpen are the orders of which something is to come again and that wait for it: the
// buyer may have closed one.
func stillOpen(ctx context.Context, r db.Reader, rows []back) (map[string]bool, error) {
	var orders []string
	for _, b := range rows {
		if b.basis == "order" && b.open() > 0 {
			orders = append(orders, b.on)
		}
	}
	if len(orders) == 0 {
		return nil, nil
	}
	return purchasing.Waiting(ctx, r, orders)
}

// unnoted is what went back by papers from before the gate noted of which receipts the
// goods were.
func unnoted(ctx context.Context, r db.Reader, supplier string, receipts []*Receipt, but string) ([]Gone, error) {
	by, first := map[string]*Receipt{}, period.Instant(0)
	for _, x := range receipts {
		if x.State != Posted {
			continue
		}
		if by[x.Document] = x; first == 0 || x.PostedAt < first {
			first = x.PostedAt
		}
	}
	away, err := warehouse.SentAway(ctx, r, supplier, first)
	if err != nil || len(away) == 0 {
		return nil, err
	}
	noted := map[string]bool{but: true}
	if err := db.Each(ctx, r, `SELECT DISTINCT b.paper FROM receiving_back b JOIN receiving_receipt r ON r.id = b.receipt WHERE r.supplier = $1`, []any{supplier}, func(scan db.Scan) error {
		var paper string
		err := scan(&paper)
		noted[paper] = true
		return err
	}); err != nil {
		return nil, err
	}
	var all []Gone
	for _, a := range away {
		x := by[a.Brought]
		if x == nil || noted[a.Paper] {
			continue
		}
		for n := range x.Goods {
			l := &x.Goods[n]
			q := min(a.Qty, l.Accepted()-l.Back)
			if l.Item != a.Item || l.Lot != a.Lot || q <= 0 {
				continue
			}
			a.Qty, l.Back, l.own = a.Qty-q, l.Back+q, l.own+q
			g := Gone{Receipt: x.ID, Qty: q, At: a.At, Paper: a.Paper, Number: a.Number}
			if err := g.of(l); err != nil {
				return nil, err
			}
			all = append(all, g)
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
	gone, err := wentBack(ctx, r, all[0].Supplier, them, "")
	back := map[string]quantity.Qty{}
	for _, g := range gone {
		back[g.Item] += g.Qty
	}
	return back, gone, err
}
