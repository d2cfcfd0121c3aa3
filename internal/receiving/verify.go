package receiving

import (
	"context"
	"fmt"

	"houqin/internal/base/db"
	"houqin/internal/base/quantity"
	"houqin/internal/purchasing"
	"houqin/internal/warehouse"
)

// contradictions are what must hold of receipts and invoices, each as the rows for which
// it does not.
var contradictions = []db.Contradiction{
	{Says: "says other sums than its lines", Query: `SELECT r.number FROM receiving_receipt r LEFT JOIN (SELECT receipt, count(*) AS n, count(*) FILTER (WHERE refused > 0) AS refused, CAST(sum(price * (came - refused)) AS BIGINT) AS amount
		FROM receiving_line GROUP BY receipt) l ON l.receipt = r.id WHERE coalesce(l.n, 0) <> r.lines OR l.refused <> r.refused OR l.amount <> r.amount ORDER BY 1`},
	{Says: "was booked without a second look that it waited for, or by who counted", Query: `SELECT number FROM receiving_receipt WHERE state = 'posted' AND second = true AND (checked_by = '' OR checked_by = by_id) ORDER BY 1`},
	{Says: "accepts goods that it stands on nothing for", Query: `SELECT DISTINCT r.number FROM receiving_receipt r JOIN receiving_line l ON l.receipt = r.id WHERE r.state = 'posted' AND l.asked = 0 AND l.came > l.refused ORDER BY 1`},
	{Says: "agrees, or was paid as if it did, and is for other goods than were received", Query: `SELECT DISTINCT i.number FROM receiving_invoice i JOIN (
			SELECT invoice, item, CAST(sum(billed) AS BIGINT) AS billed, CAST(sum(booked) AS BIGINT) AS booked, CAST(sum(asked) AS BIGINT) AS asked, CAST(sum(owed) AS BIGINT) AS owed FROM (
				SELECT invoice, item, qty AS billed, 0 AS booked, amount AS asked, 0 AS owed FROM receiving_invoice_line
				UNION ALL SELECT invoice, item, 0, -qty, 0, -worth FROM receiving_invoice_away
				UNION ALL SELECT r.invoice_id, l.item, 0, l.came - l.refused - l.free, 0, l.price * (l.came - l.refused - l.free) FROM receiving_receipt r JOIN receiving_line l ON l.receipt = r.id WHERE r.invoice_id <> '' AND r.state = 'posted') u
			GROUP BY invoice, item) x ON x.invoice = i.id
		WHERE i.cleared_by = '' AND i.state IN ('matched', 'paid') AND (x.billed <> x.booked OR x.asked <> x.owed) ORDER BY 1`},
	{Says: "is said to have brought other goods in place of some than were booked so", Query: `SELECT DISTINCT r.number FROM receiving_receipt r JOIN receiving_line l ON l.receipt = r.id
		LEFT JOIN (SELECT receipt, line, CAST(sum(qty) AS BIGINT) AS qty, CAST(sum(free) AS BIGINT) AS free FROM receiving_replaced GROUP BY receipt, line) p ON p.receipt = l.receipt AND p.line = l.line
		WHERE (r.state = 'posted' AND (coalesce(p.qty, 0) <> l.again OR coalesce(p.free, 0) <> l.free) OR r.state <> 'posted' AND p.qty > 0 OR l.again > l.came - l.refused OR l.free > l.again) ORDER BY 1`},
	{Says: "has goods that went back and were replaced by more or less than came in their place", Query: `SELECT DISTINCT r.number FROM receiving_back b JOIN receiving_receipt r ON r.id = b.receipt
		LEFT JOIN (SELECT back, CAST(sum(qty) AS BIGINT) AS qty, CAST(sum(free) AS BIGINT) AS free FROM receiving_replaced GROUP BY back) p ON p.back = b.id
		WHERE coalesce(p.qty, 0) <> b.came OR coalesce(p.free, 0) <> b.free OR b.undone = true AND b.came > 0 OR r.state <> 'posted' AND b.undone = false ORDER BY 1`},
	{Says: "has more goods that went back than it brought", Query: `SELECT DISTINCT r.number FROM receiving_line l JOIN receiving_receipt r ON r.id = l.receipt
		JOIN (SELECT via, via_line, CAST(sum(qty) AS BIGINT) AS qty FROM receiving_back WHERE undone = false GROUP BY via, via_line) b ON b.via = l.receipt AND b.via_line = l.line WHERE b.qty > l.came - l.refused ORDER BY 1`},
	{Says: "was paid by nobody's word or without a voucher", Query: `SELECT number FROM receiving_invoice WHERE state = 'paid' AND (voucher = '' OR matched_by = '' OR paid_at = 0) ORDER BY 1`},
}

// Verify names the receipts and invoices that contradict themselves, the ledger or the
// orders, at most a hundred of a kind.
func Verify(ctx context.Context, r db.Reader) ([]string, error) {
	wrong, err := db.Contradictions(ctx, r, "goods in", contradictions)
	if err != nil {
		return wrong, err
	}
	booked, err := warehouse.CameBy(ctx, r, warehouse.Receipt, Noun)
	if err != nil {
		return wrong, err
	}
	ordered, err := purchasing.CameOf(ctx, r)
	if err != nil {
		return wrong, err
	}
	of := map[string]quantity.Qty{} // of each order, what receipts accepted
	type sum struct {
		id, number, state, basis, on string
		warehouse.Came
	}
	// One that was undone has its paper in the ledger still, and another that takes it back.
	posted, err := db.All(ctx, r, func(s *sum) []any { return []any{&s.id, &s.number, &s.state, &s.basis, &s.on, &s.Qty, &s.Moves} }, `SELECT r.id, r.number, r.state, r.basis, r.basis_id, CAST(sum(l.came - l.refused) AS BIGINT), count(*)
		FROM receiving_receipt r JOIN receiving_line l ON l.receipt = r.id AND l.came > l.refused WHERE r.document <> '' GROUP BY r.id, r.number, r.state, r.basis, r.basis_id ORDER BY r.id`)
	for _, s := range posted {
		if booked[s.id] != s.Came && len(wrong) < 100 {
			wrong = append(wrong, fmt.Sprintf("goods in %s accepted %d in %d lines, and its paper of the warehouse has %d in %d", s.number, s.Qty, s.Moves, booked[s.id].Qty, booked[s.id].Moves))
		}
		delete(booked, s.id)
		if s.state == string(Posted) && s.basis == "order" {
			of[s.on] += s.Qty
		}
	}
	if err := db.Each(ctx, r, `SELECT r.basis_id, CAST(sum(b.qty) AS BIGINT) FROM receiving_back b JOIN receiving_receipt r ON r.id = b.receipt
		WHERE b.again = true AND b.undone = false AND r.basis = 'order' GROUP BY r.basis_id`, nil, func(scan db.Scan) error {
		var order string
		var qty quantity.Qty
		err := scan(&order, &qty)
		of[order] -= qty // is to come again, or has
		if of[order] == 0 && ordered[order].Came == 0 {
			delete(of, order)
		}
		return err
	}); err != nil {
		return wrong, err
	}
	for id := range booked {
		wrong = append(wrong, fmt.Sprintf("goods in %s is in the books of the warehouse and was not booked at the gate", id))
	}
	for id, o := range ordered {
		if o.Came != of[id] && len(wrong) < 200 {
			wrong = append(wrong, fmt.Sprintf("order %s has received %d, and the gate booked %d for it", o.Number, o.Came, of[id]))
		}
		delete(of, id)
	}
	for id := range of {
		wrong = append(wrong, fmt.Sprintf("goods in stand on order %s that knows nothing of them", id))
	}
	return wrong, err
}
