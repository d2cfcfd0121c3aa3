package warehouse

import (
	"context"
	"fmt"

	"houqin/internal/base/db"
)

// Discrepancy is where the books contradict themselves. Rule names what should hold:
// balance, stock, line, card, consumption, document, close, agreement or expired; Where says of what;
// Want is what follows from the postings and Got what stands in the book, each in
// quantity and fen.
type Discrepancy struct {
	Rule, Where           string
	WantQty, GotQty       int64
	WantAmount, GotAmount int64
}

func (d Discrepancy) String() string {
	return fmt.Sprintf("warehouse %s %s: %d for %d fen expected, %d for %d fen found", d.Rule, d.Where, d.WantQty, d.WantAmount, d.GotQty, d.GotAmount)
}

// balances are what must hold of the books, each as the rows for which it does not:
// where, quantity and amount expected, quantity and amount found.
var balances = []struct{ name, query string }{
	// the legs of every line cancel out
	{"line", `SELECT document || ' ' || line, 0, 0, CAST(sum(qty) AS BIGINT), CAST(sum(amount) AS BIGINT)
		FROM warehouse_posting GROUP BY document, line HAVING sum(qty) <> 0 OR sum(amount) <> 0 ORDER BY 1`},
	// every balance is the sum of its postings
	{"balance", `SELECT coalesce(b.store, p.store) || ' ' || coalesce(b.item, p.item) || ' ' || coalesce(b.bin, p.bin) || ' ' || coalesce(b.lot, p.lot),
			coalesce(p.qty, 0), coalesce(p.amount, 0), coalesce(b.qty, 0), coalesce(b.amount, 0)
		FROM warehouse_balance b FULL JOIN (SELECT store, item, bin, lot, CAST(sum(qty) AS BIGINT) AS qty, CAST(sum(amount) AS BIGINT) AS amount
			FROM warehouse_posting WHERE kind = 'store' GROUP BY store, item, bin, lot) p
			ON p.store = b.store AND p.item = b.item AND p.bin = b.bin AND p.lot = b.lot
		WHERE coalesce(p.qty, 0) <> coalesce(b.qty, 0) OR coalesce(p.amount, 0) <> coalesce(b.amount, 0)
			OR b.qty < 0 OR b.amount < 0 OR b.qty = 0 AND b.amount <> 0 ORDER BY 1`},
	// what a store holds of an item is the sum of its lots
	{"stock", `SELECT coalesce(s.id, b.id), coalesce(b.qty, 0), coalesce(b.amount, 0), coalesce(s.qty, 0), coalesce(s.amount, 0)
		FROM warehouse_stock s FULL JOIN (SELECT store || '.' || item AS id, CAST(sum(qty) AS BIGINT) AS qty, CAST(sum(amount) AS BIGINT) AS amount
			FROM warehouse_balance GROUP BY store, item) b ON b.id = s.id
		WHERE coalesce(b.qty, 0) <> coalesce(s.qty, 0) OR coalesce(b.amount, 0) <> coalesce(s.amount, 0) ORDER BY 1`},
	// the rows of every card are numbered without gaps and carry the running balance,
	// which is never less than nothing
	{"card", `SELECT store || ' ' || item || ' ' || seq, qty_sum, amount_sum, qty_after, amount_after FROM (
			SELECT store, item, seq, qty_after, amount_after, row_number() OVER card AS place,
				CAST(sum(qty) OVER card AS BIGINT) AS qty_sum, CAST(sum(amount) OVER card AS BIGINT) AS amount_sum
			FROM warehouse_posting WHERE kind = 'store' WINDOW card AS (PARTITION BY store, item ORDER BY seq)) c
		WHERE place <> seq OR qty_sum <> qty_after OR amount_sum <> amount_after OR qty_after < 0 OR amount_after < 0 ORDER BY 1`},
	{"card", `SELECT s.id || ' end', coalesce(p.n, 0), 0, s.seq, 0 FROM warehouse_stock s
		LEFT JOIN (SELECT store, item, count(*) AS n FROM warehouse_posting WHERE kind = 'store' GROUP BY store, item) p ON p.store = s.store AND p.item = s.item
		WHERE coalesce(p.n, 0) <> s.seq ORDER BY 1`},
	// what landed on departments is the sum of their legs
	{"consumption", `SELECT coalesce(c.id, p.id), coalesce(p.qty, 0), coalesce(p.amount, 0), coalesce(c.qty, 0), coalesce(c.amount, 0)
		FROM warehouse_consumption c FULL JOIN (SELECT substr(day, 1, 8) || '01.' || department || '.' || item || '.' || store AS id,
			CAST(sum(qty) AS BIGINT) AS qty, CAST(sum(amount) AS BIGINT) AS amount FROM warehouse_posting WHERE department <> '' GROUP BY 1) p ON p.id = c.id
		WHERE coalesce(p.qty, 0) <> coalesce(c.qty, 0) OR coalesce(p.amount, 0) <> coalesce(c.amount, 0) ORDER BY 1`},
	// a document says how many lines it has and what they cost
	{"document", `SELECT d.number, d.lines, d.amount, coalesce(p.lines, 0), coalesce(p.amount, 0) FROM warehouse_document d
		LEFT JOIN (SELECT document, count(DISTINCT line) AS lines, CAST(sum(abs(amount)) AS BIGINT) AS amount FROM warehouse_posting WHERE leg % 2 = 0 GROUP BY document) p
			ON p.document = d.id
		WHERE coalesce(p.lines, 0) <> d.lines OR coalesce(p.amount, 0) <> d.amount ORDER BY 1`},
	// a closed month is what its postings are, and goes on from the month before
	{"close", `SELECT coalesce(l.id, p.id), coalesce(p.qty, 0), coalesce(p.amount, 0), coalesce(l.qty, 0), coalesce(l.amount, 0) FROM
		(SELECT c.store || ' ' || c.month || ' ' || l.item AS id, l.came - l.went AS qty, l.came_amount - l.went_amount AS amount
			FROM warehouse_close_line l JOIN warehouse_close c ON c.id = l.close) l
		FULL JOIN (SELECT p.store || ' ' || substr(p.day, 1, 8) || '01 ' || p.item AS id, CAST(sum(p.qty) AS BIGINT) AS qty, CAST(sum(p.amount) AS BIGINT) AS amount
			FROM warehouse_posting p JOIN warehouse_book w ON w.id = p.store WHERE p.kind = 'store' AND p.day <= w.frozen GROUP BY 1) p ON p.id = l.id
		WHERE coalesce(l.qty, 0) <> coalesce(p.qty, 0) OR coalesce(l.amount, 0) <> coalesce(p.amount, 0) ORDER BY 1`},
	{"close", `SELECT c.store || ' ' || c.month || ' ' || l.item, CAST(sum(p.qty) AS BIGINT), CAST(sum(p.amount) AS BIGINT), l.closing, l.closing_amount
		FROM warehouse_close c JOIN warehouse_book w ON w.id = c.store AND w.frozen >= c.month AND substr(w.frozen, 1, 8) = substr(c.month, 1, 8)
		JOIN warehouse_close_line l ON l.close = c.id JOIN warehouse_posting p ON p.kind = 'store' AND p.store = c.store AND p.item = l.item AND p.day <= w.frozen
		GROUP BY c.store, c.month, l.item, l.closing, l.closing_amount HAVING sum(p.qty) <> l.closing OR sum(p.amount) <> l.closing_amount ORDER BY 1`},
	// finance agreed to what the store closed with
	{"agreement", `SELECT c.store || ' ' || c.month, 0, c.closing, 0, a.figure FROM warehouse_agreement a JOIN warehouse_close c ON c.id = a.close WHERE a.figure <> 0 AND a.figure <> c.closing ORDER BY 1`},
	// nothing was issued or moved to another store after its expiry
	{"expired", `SELECT d.number || ' ' || p.lot, 0, 0, p.qty, p.amount FROM warehouse_posting p JOIN warehouse_document d ON d.id = p.document
		WHERE d.kind IN ('issue', 'transfer') AND p.kind = 'store' AND p.expiry <> '' AND p.expiry < p.day ORDER BY 1`},
}

// discrepancies are told at the most; more of them say nothing new.
const discrepancies = 1000

// Verify recomputes every balance, card and sum from the postings and names what
// does not agree, at most a thousand. The databases do the summing, so that the
// books of many years need no more memory here than those of a day.
func Verify(ctx context.Context, r db.Reader) ([]Discrepancy, error) {
	var all []Discrepancy
	for _, rule := range balances {
		found, err := db.All(ctx, r, func(d *Discrepancy) []any {
			d.Rule = rule.name
			return []any{&d.Where, &d.WantQty, &d.WantAmount, &d.GotQty, &d.GotAmount}
		}, rule.query+fmt.Sprintf(" LIMIT %d", discrepancies-len(all)))
		if all = append(all, found...); err != nil || len(all) == discrepancies {
			return all, err
		}
	}
	return all, nil
}
