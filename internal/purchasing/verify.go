package purchasing

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/quantity"
)

// contradictions are what must hold of plans and orders, each as the rows for which it
// does not.
var contradictions = []db.Contradiction{
	{Says: "says another sum than its lines", Query: `SELECT p.number FROM purchasing_plan p LEFT JOIN (SELECT plan, count(*) AS n, CAST(sum(price * qty) AS BIGINT) AS amount FROM purchasing_plan_line GROUP BY plan) l ON l.plan = p.id
		WHERE coalesce(l.n, 0) <> p.lines OR coalesce(l.amount, 0) <> p.amount ORDER BY 1`},
	{Says: "says another sum than its lines", Query: `SELECT o.number FROM purchasing_order o LEFT JOIN (SELECT purchase, count(*) AS n, CAST(sum(price * qty) AS BIGINT) AS amount FROM purchasing_order_line GROUP BY purchase) l ON l.purchase = o.id
		WHERE coalesce(l.n, 0) <> o.lines OR coalesce(l.amount, 0) <> o.amount ORDER BY 1`},
	{Says: "has come and was not sent, or is said to have come whole and has not", Query: `SELECT DISTINCT o.number FROM purchasing_order o JOIN purchasing_order_line l ON l.purchase = o.id
		WHERE o.state IN ('drafted', 'approved', 'sent', 'cancelled') AND l.received > 0 OR o.state = 'received' AND l.received + l.given_up < l.qty ORDER BY 1`},
	{Says: "has a line of which another quantity is ordered than its orders say", Query: `SELECT DISTINCT p.number FROM purchasing_plan_line l JOIN purchasing_plan p ON p.id = l.plan
		LEFT JOIN (SELECT x.plan_line, CAST(sum(CASE WHEN o.state IN ('closed', 'cancelled') THEN x.received ELSE x.qty - x.given_up END) AS BIGINT) AS qty FROM purchasing_order_line x JOIN purchasing_order o ON o.id = x.purchase GROUP BY x.plan_line) s ON s.plan_line = l.id
		WHERE p.external = '' AND l.ordered <> coalesce(s.qty, 0) + l.direct ORDER BY 1`},
	{Says: "is in a plan that was given up, or says so of none", Query: `SELECT n.number FROM purchasing_need n LEFT JOIN purchasing_plan p ON p.id = n.plan
		WHERE (n.state = 'planned') <> (n.plan <> '') OR n.plan <> '' AND (p.id IS NULL OR p.state = 'dropped') ORDER BY 1`},
	{Says: "was bought by its planner", Query: `SELECT number FROM purchasing_order WHERE planner = buyer AND buyer <> '' ORDER BY 1`},
}

// Verify names the plans and orders that contradict themselves, at most a hundred of a
// kind.
func Verify(ctx context.Context, r db.Reader) ([]string, error) {
	return db.Contradictions(ctx, r, "buying", contradictions)
}

// Delivered is what of an order has come, in smallest units of whatever it was.
type Delivered struct {
	Number string
	Came   quantity.Qty
}

// CameOf is what has come of each order of which something has, but for what had come
// before it was taken over.
func CameOf(ctx context.Context, r db.Reader) (map[string]Delivered, error) {
	all := map[string]Delivered{}
	err := db.Each(ctx, r, `SELECT o.id, o.number, CAST(sum(l.received - coalesce(t.came, 0)) AS BIGINT) FROM purchasing_order o JOIN purchasing_order_line l ON l.purchase = o.id AND l.received > 0
		LEFT JOIN purchasing_taken t ON t.purchase = l.purchase AND t.line = l.line GROUP BY o.id, o.number`, nil, func(scan db.Scan) error {
		var id string
		var c Delivered
		err := scan(&id, &c.Number, &c.Came)
		all[id] = c
		return err
	})
	return all, err
}
