package warehouse

import (
	"context"
	"slices"
	"strconv"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
)

// UsedMonthly is what departments consumed of each item per month, oldest first, from
// the month from to the month until, both included, in smallest units; months without
// any are zero. department "" sums all of them. Items that were never used are missing.
func UsedMonthly(ctx context.Context, r db.Reader, department string, from, until period.Month) (map[string][]float64, error) {
	type sum struct {
		item  string
		month period.Day
		qty   int64
	}
	own, args := "", []any{from.First(), until.First()}
	if department != "" {
		own, args = " AND department = $3", append(args, department)
	}
	all, err := db.All(ctx, r, func(s *sum) []any { return []any{&s.item, &s.month, &s.qty} }, `SELECT item, month, CAST(coalesce(sum(qty), 0) AS BIGINT)
		FROM warehouse_consumption WHERE month >= $1 AND month <= $2`+own+` GROUP BY item, month ORDER BY item, month`, args...)
	used, n := map[string][]float64{}, period.Months(from, until)+1
	for _, s := range all {
		if used[s.item] == nil {
			used[s.item] = make([]float64, n)
		}
		used[s.item][period.Months(from, s.month.Month())] = float64(s.qty)
	}
	return used, err
}

// InStores is how much of each item lies in the open stores of the house, those of the
// wards left out.
func InStores(ctx context.Context, r db.Reader) (map[string]quantity.Qty, error) {
	return sums(ctx, r, `SELECT s.item, CAST(coalesce(sum(s.qty), 0) AS BIGINT) FROM warehouse_stock s JOIN warehouse_store w ON w.id = s.store
		WHERE w.closed = false AND w.ward = false GROUP BY s.item ORDER BY s.item`)
}

// Lie is how much of each of some items lies in the open stores of the house, and in the
// department's own.
func Lie(ctx context.Context, r db.Reader, department string, items []string) (house, own map[string]quantity.Qty, err error) {
	type sum struct {
		item string
		ward bool
		qty  quantity.Qty
	}
	in, args := db.Listed(items)
	args = append(args, department)
	all, err := db.All(ctx, r, func(s *sum) []any { return []any{&s.item, &s.ward, &s.qty} }, `SELECT s.item, w.ward, CAST(sum(s.qty) AS BIGINT) FROM warehouse_stock s JOIN warehouse_store w ON w.id = s.store
		WHERE w.closed = false AND (w.ward = false OR w.department = $`+strconv.Itoa(len(args))+`) AND s.item IN `+in+` GROUP BY s.item, w.ward`, args...)
	house, own = map[string]quantity.Qty{}, map[string]quantity.Qty{}
	for _, s := range all {
		if s.ward {
			own[s.item] = s.qty
		} else {
			house[s.item] = s.qty
		}
	}
	return house, own, err
}

// Least is how little of each item the stores of the house should have together, for
// those of which somebody said so.
func Least(ctx context.Context, r db.Reader) (map[string]quantity.Qty, error) {
	return sums(ctx, r, `SELECT s.item, CAST(coalesce(sum(s.least), 0) AS BIGINT) FROM warehouse_stock s JOIN warehouse_store w ON w.id = s.store
		WHERE s.least > 0 AND w.closed = false AND w.ward = false GROUP BY s.item ORDER BY s.item`)
}

func sums(ctx context.Context, r db.Reader, query string) (map[string]quantity.Qty, error) {
	type sum struct {
		item string
		qty  quantity.Qty
	}
	all, err := db.All(ctx, r, func(s *sum) []any { return []any{&s.item, &s.qty} }, query)
	of := make(map[string]quantity.Qty, len(all))
	for s := range slices.Values(all) {
		of[s.item] = s.qty
	}
	return of, err
}
