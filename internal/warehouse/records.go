package warehouse

import (
	"context"

	"houqin/internal/base/db"
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
