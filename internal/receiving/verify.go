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
				UNION ALL SELECT r.invoice_id, l.item, 0, l.came - l.refused, 0, l.price * (l.came - l.refused) FROM receiving_receipt r JOIN receiving_line l ON l.receipt = r.id WHERE r.invoice_id <> '' AND r.state = 'posted') u
			GROUP BY invoice, item) x ON x.invoice = i.id
		WHERE i.cleared_by = '' AND i.state IN ('matched', 'paid') AND (x.billed <> x.booked OR x.asked <> x.owed) ORDER BY 1`},
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
