package warehouse

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
)

// DrawnIn is what landed on a department in a month, by the categories of the goods,
// in fen; what was taken back is taken off.
func DrawnIn(ctx context.Context, r db.Reader, department string, month period.Month) (map[string]money.Fen, error) {
	drawn := map[string]money.Fen{}
	err := db.Each(ctx, r, `SELECT coalesce(i.category, ''), CAST(coalesce(sum(d.amount), 0) AS BIGINT) FROM warehouse_consumption d LEFT JOIN catalog_item i ON i.id = d.item
		WHERE d.department = $1 AND d.month = $2 GROUP BY coalesce(i.category, '')`, []any{department, month.First()}, func(scan db.Scan) error {
		var category string
		var amount money.Fen
		err := scan(&category, &amount)
		drawn[category] = amount
		return err
	})
	return drawn, err
}
