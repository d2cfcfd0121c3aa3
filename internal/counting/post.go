package counting

import (
	"context"
	"errors"
	"slices"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/quantity"
	"houqin/internal/warehouse"
)

// Problems are what stands in the way of posting a count now, every line at once: goods
// that were missing when they were counted and of which not even so many are left. Nil
// where nothing does.
func Problems(ctx context.Context, r db.Reader, c *Count) (fault.Complaints, error) {
	lines, err := differing(ctx, r, c.ID)
	if err != nil {
		return nil, err
	}
	_, bad, err := moves(ctx, r, c, lines)
	return bad, err
}

// Post puts the books right by an approved count: in one paper of the warehouse, all its
// lines or, with every error named at once, none. What is missing goes at what its lot
// costs now, what was found comes in at what was agreed to. Needs MayPost. Forbidden for
// the store's keepers; Conflict without the approval of these very figures (S-019).
func Post(ctx context.Context, tx *db.Tx, id string, version int64) (Count, error) {
	c, err := take(ctx, tx, id, version, "post")
	if err != nil {
		return c, err
	}
	lines, err := differing(ctx, tx, c.ID)
	if err != nil {
		return c, err
	}
	digest, err := approvals.DigestOf(digested(lines))
	if err != nil {
		return c, err
	}
	if err := approvals.Must(ctx, tx, Noun, c.ID, digest); err != nil {
		if e, ok := errors.AsType[*fault.Error](err); ok {
			return c, e.Under("S-019")
		}
		return c, err
	}
	if err := lockGoods(ctx, tx, c.Store, lines); err != nil {
		return c, err
	}
	d := warehouse.Document{Kind: warehouse.Counted, Store: c.Store, Note: c.Paper, Noun: Noun, Record: c.ID, RecordNumber: c.Number}
	var bad fault.Complaints
	if d.Moves, bad, err = moves(ctx, tx, &c, lines); err != nil {
		return c, err
	}
	if err := bad.Err(); err != nil {
		return c, err
	}
	if err := warehouse.Post(ctx, tx, &d); err != nil {
		return c, err
	}
	c.Document, c.DocumentNumber, c.PostedBy, c.PostedName = d.ID, d.Number, tx.By.ID, tx.By.Name
	return c, c.end(ctx, tx, "post", d.Number)
}

// lockGoods holds the goods of these lines in the order in which everybody holds them,
// so that what is read of them now is what is posted on. Goods that the store never had
// have no row yet.
func lockGoods(ctx context.Context, tx *db.Tx, store string, lines []Line) error {
	items := make([]string, len(lines))
	for n, l := range lines {
		items[n] = l.Item
	}
	slices.Sort(items)
	for _, i := range slices.Compact(items) {
		if err := tx.Lock(ctx, "warehouse_stock", store+"."+i); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	return nil
}

// moves are the legs that put the books right, and what stands in their way.
func moves(ctx context.Context, r db.Reader, c *Count, lines []Line) (all []warehouse.Move, bad fault.Complaints, err error) {
	items := make([]string, len(lines))
	for n, l := range lines {
		items[n] = l.Item
	}
	lying, err := warehouse.LyingAt(ctx, r, c.Store, 0, items)
	if err != nil {
		return nil, nil, err
	}
	for n, l := range lines {
		m := warehouse.Move{Line: int64(n + 1), Item: l.Item, Bin: l.Bin, Lot: l.Lot, Expiry: l.Expiry, Qty: l.Diff, Amount: max(l.Value, 0), Account: warehouse.OfGainLoss, AccountID: c.ID}
		if l.Diff < 0 {
			lay := lying[warehouse.Spot{Item: l.Item, Bin: l.Bin, Lot: l.Lot}]
			if lay.Qty < -l.Diff {
				bad.Add(path(n, "qty"), "counting.gone", l.N, l.Title(), l.BinCode, l.Lot, l.Say(lay.Qty), l.Say(-l.Diff))
				continue
			}
			if m.Amount, err = money.Share(lay.Amount, l.Diff, lay.Qty); err != nil {
				return nil, nil, err
			}
		}
		all = append(all, m)
	}
	return all, bad, nil
}

// Say is a quantity of the line in its packs.
func (l *Line) Say(q quantity.Qty) string { return q.Format(l.Packs()) }
