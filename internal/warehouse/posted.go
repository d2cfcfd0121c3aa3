package warehouse

import (
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
)

// Came is what papers brought into stores together, in smallest units of whatever it
// was, and with how many moves.
type Came struct {
	Qty   quantity.Qty
	Moves int64
}

// CameBy is what the papers of a kind brought into their stores, or took out of them, for
// the records of a noun: what a room compares with its own sums.
func CameBy(ctx context.Context, r db.Reader, kind Kind, noun string) (map[string]Came, error) {
	all := map[string]Came{}
	err := db.Each(ctx, r, `SELECT d.record, CAST(sum(p.qty) AS BIGINT), count(*) FROM warehouse_document d JOIN warehouse_posting p ON p.document = d.id AND p.kind = 'store'
		WHERE d.kind = $1 AND d.noun = $2 GROUP BY d.record`, []any{kind, noun}, func(scan db.Scan) error {
		var record string
		var c Came
		err := scan(&record, &c.Qty, &c.Moves)
		all[record] = c
		return err
	})
	return all, err
}

// Gone is what left a store for a record of a higher room.
type Gone struct{ Record, Store string }

// GoneFor is how much the issues and transfers for the records of a noun took out of each
// store, in smallest units of whatever it was.
func GoneFor(ctx context.Context, r db.Reader, noun string) (map[Gone]quantity.Qty, error) {
	all := map[Gone]quantity.Qty{}
	err := db.Each(ctx, r, `SELECT d.record, d.store, CAST(sum(-p.qty) AS BIGINT) FROM warehouse_document d JOIN warehouse_posting p ON p.document = d.id AND p.kind = 'store' AND p.store = d.store
		WHERE d.kind IN ('issue', 'transfer') AND d.noun = $1 GROUP BY d.record, d.store`, []any{noun}, func(scan db.Scan) error {
		var g Gone
		var qty quantity.Qty
		err := scan(&g.Record, &g.Store, &qty)
		all[g] = qty
		return err
	})
	return all, err
}

// Away is what a paper gave back to a supplier of what another paper had brought: of an
// item and a lot, in smallest units.
type Away struct {
	Brought string // the receipt's document
	Item    string
	Lot     string
	Qty     quantity.Qty
	At      period.Instant
	Paper   string // the document by which it went
	Number  string // and its number
}

// SentAway is what went back to a supplier of what it brought from a moment on, oldest
// first. Of several deliveries of a lot the newest went back first; where no delivery of
// the lot is left, the newest of the item. Papers that were reversed are left out.
func SentAway(ctx context.Context, r db.Reader, supplier string, from period.Instant) ([]Away, error) {
	type leg struct {
		Away
		kind Kind
	}
	legs, err := db.All(ctx, r, func(l *leg) []any { return []any{&l.Paper, &l.Number, &l.kind, &l.At, &l.Item, &l.Lot, &l.Qty} },
		`SELECT d.id, d.number, d.kind, d.at, p.item, p.lot, p.qty FROM warehouse_posting p JOIN warehouse_document d ON d.id = p.document
		WHERE p.kind = 'supplier' AND p.account = $1 AND d.kind IN ('receipt', 'sent_back') AND d.at >= $2 AND NOT EXISTS (SELECT 1 FROM warehouse_document x WHERE x.reverses = d.id)
		ORDER BY d.at, d.id, p.line, p.leg`, supplier, from)
	if err != nil {
		return nil, err
	}
	var there []*leg // what was brought and is not back yet
	var all []Away
	for n := range legs {
		l := &legs[n]
		if l.kind == Receipt {
			l.Qty = -l.Qty
			there = append(there, l)
			continue
		}
		for _, sameLot := range []bool{true, false} {
			for _, b := range slices.Backward(there) {
				if q := min(l.Qty, b.Qty); q > 0 && b.Item == l.Item && (b.Lot == l.Lot || !sameLot) {
					b.Qty, l.Qty = b.Qty-q, l.Qty-q
					all = append(all, Away{b.Paper, l.Item, b.Lot, q, l.At, l.Paper, l.Number})
				}
			}
		}
	}
	return all, nil
}

// LastSentBack is when goods last went back to each supplier to whom any did.
func LastSentBack(ctx context.Context, r db.Reader) (map[string]period.Instant, error) {
	all := map[string]period.Instant{}
	err := db.Each(ctx, r, `SELECT supplier, max(at) FROM warehouse_document WHERE kind = 'sent_back' GROUP BY supplier`, nil, func(scan db.Scan) error {
		var supplier string
		var at period.Instant
		err := scan(&supplier, &at)
		all[supplier] = at
		return err
	})
	return all, err
}

// LinesSentBack is how many lines went back to each supplier in the days from … until, but
// for papers that were reversed.
func LinesSentBack(ctx context.Context, r db.Reader, from, until period.Day) (map[string]int64, error) {
	all := map[string]int64{}
	err := db.Each(ctx, r, `SELECT d.supplier, count(DISTINCT p.document || '.' || CAST(p.line AS TEXT)) FROM warehouse_document d JOIN warehouse_posting p ON p.document = d.id AND p.kind = 'supplier'
		WHERE d.kind = 'sent_back' AND d.day >= $1 AND d.day <= $2 AND NOT EXISTS (SELECT 1 FROM warehouse_document x WHERE x.reverses = d.id) GROUP BY d.supplier`, []any{from, until}, func(scan db.Scan) error {
		var supplier string
		var n int64
		err := scan(&supplier, &n)
		all[supplier] = n
		return err
	})
	return all, err
}
