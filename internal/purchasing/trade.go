package purchasing

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/rules"
)

// Trade is what was ordered from a supplier in some days. Due are the lines that should
// have come by now, Full those of them that came whole. Saved is the dearest quote less the
// price taken; Then and Now are the same goods at their last prices and at these.
type Trade struct {
	Orders  int64     `json:"orders"`
	Due     int64     `json:"due_lines"`
	Full    int64     `json:"full_lines"`
	Ordered money.Fen `json:"ordered"`
	Saved   money.Fen `json:"saved"`
	Then    money.Fen `json:"then"`
	Now     money.Fen `json:"now"`
}

// Promise is an order that should have come by now, and whether all of it has.
type Promise struct {
	Order, Supplier string
	Due             period.Day
	Whole           bool
}

// sentIn are the orders sent out that were drawn from a moment until another.
const sentIn = ` o.at >= $1 AND o.at < $2 AND o.sent_at > 0 AND o.state <> 'cancelled'`

// TradeWith is what was ordered from each supplier by orders drawn in the days from … until.
func TradeWith(ctx context.Context, r db.Reader, from, until, today period.Day) (map[string]Trade, error) {
	first, end := rules.Moments(r, from, until)
	all := map[string]Trade{}
	err := db.Each(ctx, r, `SELECT o.supplier, count(DISTINCT o.id), count(*) FILTER (WHERE o.due <> '' AND o.due < $3 OR o.state IN ('received', 'closed')), count(*) FILTER (WHERE (o.due <> '' AND o.due < $3 OR o.state IN ('received', 'closed')) AND l.received >= l.qty),
		CAST(sum(l.price * l.qty) AS BIGINT), CAST(sum(CASE WHEN l.highest > l.price THEN (l.highest - l.price) * l.qty ELSE 0 END) AS BIGINT),
		CAST(sum(CASE WHEN l.last > 0 THEN l.last * l.qty ELSE 0 END) AS BIGINT), CAST(sum(CASE WHEN l.last > 0 THEN l.price * l.qty ELSE 0 END) AS BIGINT)
		FROM purchasing_order o JOIN purchasing_order_line l ON l.purchase = o.id WHERE`+sentIn+` GROUP BY o.supplier`, []any{first, end, today}, func(scan db.Scan) error {
		var s string
		var t Trade
		err := scan(&s, &t.Orders, &t.Due, &t.Full, &t.Ordered, &t.Saved, &t.Then, &t.Now)
		all[s] = t
		return err
	})
	return all, err
}

// Promises are the orders drawn in the days from … until whose day has passed or of which
// everything has come.
func Promises(ctx context.Context, r db.Reader, from, until, today period.Day) ([]Promise, error) {
	first, end := rules.Moments(r, from, until)
	return db.All(ctx, r, func(p *Promise) []any { return []any{&p.Order, &p.Supplier, &p.Due, &p.Whole} },
		`SELECT o.id, o.supplier, o.due, NOT EXISTS (SELECT 1 FROM purchasing_order_line l WHERE l.purchase = o.id AND l.received < l.qty)
		FROM purchasing_order o WHERE`+sentIn+` AND o.due <> '' AND (o.due < $3 OR o.state = 'received') ORDER BY o.id`, first, end, today)
}
