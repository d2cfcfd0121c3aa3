package warehouse

import (
	"context"

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

// SentBackOf is how much of each item went back to a supplier from a moment until another,
// papers that were reversed left out; 0 of until is now.
func SentBackOf(ctx context.Context, r db.Reader, supplier string, from, until period.Instant) (map[string]quantity.Qty, error) {
	all := map[string]quantity.Qty{}
	err := db.Each(ctx, r, `SELECT p.item, CAST(sum(p.qty) AS BIGINT) FROM warehouse_posting p JOIN warehouse_document d ON d.id = p.document
		WHERE p.kind = 'supplier' AND p.account = $1 AND d.kind = 'sent_back' AND d.at >= $2 AND (d.at <= $3 OR $3 = 0) AND NOT EXISTS (SELECT 1 FROM warehouse_document x WHERE x.reverses = d.id) GROUP BY p.item`,
		[]any{supplier, from, until}, func(scan db.Scan) error {
			var item string
			var qty quantity.Qty
			err := scan(&item, &qty)
			all[item] = qty
			return err
		})
	return all, err
}
