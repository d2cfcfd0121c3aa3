package warehouse

import (
	"context"
	"slices"
	"strconv"

	"houqin/internal/base/db"
	"houqin/internal/base/id"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
)

// Spot is where some of a lot lies in a store.
type Spot struct{ Item, Bin, Lot string }

// Lying is what the books say of a spot: what lay there at a moment, and what lies
// there now, with its cost in fen.
type Lying struct {
	Spot
	Expiry period.Day
	Then   quantity.Qty
	Qty    quantity.Qty
	Amount money.Fen
}

// LyingAt is what lay of some items in a store at a moment; the zero Instant is now.
// Each few hundred items are read in one statement, so that what moves meanwhile is
// either in both figures or in neither. Spots that the books never knew are missing.
func LyingAt(ctx context.Context, r db.Reader, store string, at period.Instant, items []string) (map[Spot]Lying, error) {
	all := make(map[Spot]Lying, len(items))
	items = slices.Compact(slices.Sorted(slices.Values(items)))
	for part := range slices.Chunk(items, chunk) {
		in, args := db.Listed(part)
		n := len(args)
		mark := func(v any) string {
			args = append(args, v)
			n++
			return "$" + strconv.Itoa(n)
		}
		own := mark(store)
		since, after := "0", ""
		if !at.IsZero() {
			// The ids of papers ascend with time: those made since are the few at the end.
			since, after = "coalesce(m.qty, 0)", ` LEFT JOIN (SELECT p.item, p.bin, p.lot, CAST(sum(p.qty) AS BIGINT) AS qty FROM warehouse_posting p JOIN warehouse_document d ON d.id = p.document
				WHERE p.document >= `+mark(id.Floor(at.Time()))+` AND d.at > `+mark(at)+` AND p.kind = 'store' AND p.store = `+own+` GROUP BY p.item, p.bin, p.lot) m
				ON m.item = b.item AND m.bin = b.bin AND m.lot = b.lot`
		}
		err := db.Each(ctx, r, `SELECT b.item, b.bin, b.lot, b.expiry, b.qty, b.amount, b.qty - `+since+` FROM warehouse_balance b`+after+` WHERE b.item IN `+in+` AND b.store = `+own, args, func(scan db.Scan) error {
			var l Lying
			if err := scan(&l.Item, &l.Bin, &l.Lot, &l.Expiry, &l.Qty, &l.Amount, &l.Then); err != nil {
				return err
			}
			all[l.Spot] = l
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}
