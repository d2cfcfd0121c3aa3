package warehouse

import (
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
)

// CostOfRecords is what the issues to each record of a higher room cost, such as the
// jobs of the desk; what was taken back is subtracted.
func CostOfRecords(ctx context.Context, r db.Reader, noun string) (map[string]money.Fen, error) {
	type sum struct {
		record string
		amount money.Fen
	}
	all, err := db.All(ctx, r, func(s *sum) []any { return []any{&s.record, &s.amount} }, `SELECT record,
		CAST(coalesce(sum(CASE WHEN kind = 'issue' THEN amount ELSE -amount END), 0) AS BIGINT)
		FROM warehouse_document WHERE noun = $1 AND record <> '' GROUP BY record ORDER BY record`, noun)
	costs := make(map[string]money.Fen, len(all))
	for _, s := range all {
		costs[s.record] = s.amount
	}
	return costs, err
}

// ItemsOfRecords are the items that were issued to each of the records named of a higher
// room, each item once, without what was taken back as a whole.
func ItemsOfRecords(ctx context.Context, r db.Reader, noun string, records []string) (map[string][]string, error) {
	items := map[string][]string{}
	for some := range slices.Chunk(records, 500) {
		in, args := db.Listed(some, noun)
		err := db.Each(ctx, r, `SELECT DISTINCT d.record, p.item FROM warehouse_document d JOIN warehouse_posting p ON p.document = d.id
			WHERE d.noun = $1 AND d.kind = 'issue' AND d.record IN `+in+` AND NOT EXISTS (SELECT 1 FROM warehouse_document x WHERE x.reverses = d.id)
			ORDER BY d.record, p.item`, args, func(scan db.Scan) error {
			var record, item string
			if err := scan(&record, &item); err != nil {
				return err
			}
			items[record] = append(items[record], item)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return items, nil
}

// RecordsWith narrows a list to the records of a higher room for which an item was issued and
// not taken back as a whole; id is the list's expression for the record.
func RecordsWith(w list.Where, id, noun, item string) list.Where {
	return w.And(id+` IN (SELECT d.record FROM warehouse_document d JOIN warehouse_posting p ON p.document = d.id
		WHERE d.noun = ? AND d.kind = 'issue' AND d.record <> '' AND p.item = ? AND NOT EXISTS (SELECT 1 FROM warehouse_document x WHERE x.reverses = d.id))`, noun, item)
}
