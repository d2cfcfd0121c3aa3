package wardstores

import (
	"context"
	"fmt"

	"houqin/internal/base/db"
	"houqin/internal/warehouse"
)

// contradictions are what must hold of the wards' own papers, each as the rows for which
// it does not, after what the paper is called. A loss that was paid before its payments
// were written down one by one says when and not how much.
var contradictions = []struct {
	name string
	all  []db.Contradiction
}{
	{"ward loss", []db.Contradiction{
		{Says: "was paid another sum than its payments, or more than is owed", Query: `SELECT l.number FROM wardstores_loss l LEFT JOIN (SELECT loss, CAST(sum(amount) AS BIGINT) AS amount FROM wardstores_payment GROUP BY loss) p ON p.loss = l.id
			WHERE coalesce(p.amount, 0) <> l.paid OR l.paid > l.pays ORDER BY 1`},
		{Says: "is settled and not paid, or paid and not settled", Query: `SELECT number FROM wardstores_loss WHERE pays > 0 AND paid = pays AND paid_at = 0 OR paid_at <> 0 AND paid <> 0 AND paid <> pays ORDER BY 1`},
		{Says: "was paid by somebody who does not answer for it", Query: `SELECT DISTINCT l.number FROM wardstores_payment p JOIN wardstores_loss l ON l.id = p.loss WHERE p.person <> l.responsible ORDER BY 1`},
		{Says: "is owed by nobody who was careless, or before it was booked", Query: `SELECT number FROM wardstores_loss WHERE pays > 0 AND (careless = false OR responsible = '' OR state <> 'booked') ORDER BY 1`},
		{Says: "was booked without a paper, or has one and was not booked", Query: `SELECT number FROM wardstores_loss WHERE state = 'booked' AND (document = '' OR paper = '' OR booked_at = 0) OR state <> 'booked' AND document <> '' ORDER BY 1`},
		{Says: "is open and over, or neither", Query: `SELECT number FROM wardstores_loss WHERE open = true AND state NOT IN ('reported', 'asked') OR open = false AND state IN ('reported', 'asked') ORDER BY 1`},
	}},
	{"ward loan", []db.Contradiction{
		{Says: "is open and over, or neither", Query: `SELECT number FROM wardstores_loan WHERE open = true AND state NOT IN ('asked', 'agreed', 'lent') OR open = false AND state IN ('asked', 'agreed', 'lent') ORDER BY 1`},
		{Says: "was handed out unsigned, or signed for and not handed out", Query: `SELECT number FROM wardstores_loan WHERE state IN ('lent', 'back') AND (lent_at = 0 OR signature = '') OR state NOT IN ('lent', 'back') AND lent_at <> 0 ORDER BY 1`},
		{Says: "is back and nobody took it, or the other way round", Query: `SELECT number FROM wardstores_loan WHERE state = 'back' AND back_at < lent_at OR state <> 'back' AND back_at <> 0 ORDER BY 1`},
	}},
	{"ward count", []db.Contradiction{
		{Says: "says other sums than its lines", Query: `SELECT c.number FROM wardstores_count c LEFT JOIN (SELECT count, count(*) AS n, count(*) FILTER (WHERE cause <> '') AS differing FROM wardstores_count_line GROUP BY count) l ON l.count = c.id
			WHERE coalesce(l.n, 0) <> c.lines OR coalesce(l.differing, 0) <> c.differences ORDER BY 1`},
		{Says: "has a line that differs without a cause, or has one and agrees", Query: `SELECT DISTINCT c.number FROM wardstores_count_line l JOIN wardstores_count c ON c.id = l.count
			WHERE l.found = l.book - l.away AND l.cause <> '' OR l.found <> l.book - l.away AND l.cause = '' OR l.found > l.book - l.away AND l.cause <> 'surplus' ORDER BY 1`},
		{Says: "found a difference that is not in the loss account", Query: `SELECT DISTINCT c.number FROM wardstores_count_line l JOIN wardstores_count c ON c.id = l.count
			LEFT JOIN wardstores_loss x ON x.count = l.count AND x.item = l.item WHERE l.cause <> '' AND (x.id IS NULL OR x.qty <> abs(l.book - l.away - l.found) OR x.cause <> l.cause) ORDER BY 1`},
		{Says: "was compared or looked through by who may not", Query: `SELECT number FROM wardstores_count WHERE state IN ('reconciled', 'closed') AND (reconciled_by = '' OR reconciled_by = by_id)
			OR state = 'closed' AND (audited_by = '' OR audited_by = by_id OR audited_by = reconciled_by) ORDER BY 1`},
	}},
	{"ward return", []db.Contradiction{
		{Says: "says another number of lines than it has", Query: `SELECT b.number FROM wardstores_back b LEFT JOIN (SELECT back, count(*) AS n FROM wardstores_back_line GROUP BY back) l ON l.back = b.id WHERE coalesce(l.n, 0) <> b.lines ORDER BY 1`},
		{Says: "was taken in without a paper, or has one and was not", Query: `SELECT number FROM wardstores_back WHERE state = 'taken' AND document = '' OR state <> 'taken' AND document <> '' OR open = true AND state <> 'sent' OR open = false AND state = 'sent' ORDER BY 1`},
	}},
}

// Verify names the losses, loans, counts and returns of wards that contradict themselves
// or the ledger, at most a hundred of a kind.
func Verify(ctx context.Context, r db.Reader) (wrong []string, err error) {
	for _, c := range contradictions {
		found, err := db.Contradictions(ctx, r, c.name, c.all)
		if err != nil {
			return wrong, err
		}
		wrong = append(wrong, found...)
	}
	// What was lost leaves the ward's store and what was found too much comes into it;
	// what goes back leaves one store and comes into the other.
	for _, x := range []struct {
		name, noun, query string
		kinds             []warehouse.Kind
	}{
		{"ward loss", LossNoun, `SELECT id, number, CASE WHEN cause = 'surplus' THEN qty ELSE -qty END FROM wardstores_loss WHERE state = 'booked' ORDER BY id`, []warehouse.Kind{warehouse.WrittenOff, warehouse.Counted}},
		{"ward return", BackNoun, `SELECT id, number, 0 FROM wardstores_back WHERE state = 'taken' ORDER BY id`, []warehouse.Kind{warehouse.Transfer}},
	} {
		came := map[string]warehouse.Came{}
		for _, k := range x.kinds {
			some, err := warehouse.CameBy(ctx, r, k, x.noun)
			if err != nil {
				return wrong, err
			}
			for record, c := range some {
				came[record] = warehouse.Came{Qty: came[record].Qty + c.Qty, Moves: came[record].Moves + c.Moves}
			}
		}
		if err := db.Each(ctx, r, x.query, nil, func(scan db.Scan) error {
			var id, number string
			var qty int64
			if err := scan(&id, &number, &qty); err != nil {
				return err
			}
			if c, ok := came[id]; (!ok || int64(c.Qty) != qty) && len(wrong) < 100 {
				wrong = append(wrong, fmt.Sprintf("%s %s moves %d, and its paper of the warehouse %d", x.name, number, qty, c.Qty))
			}
			delete(came, id)
			return nil
		}); err != nil {
			return wrong, err
		}
		for id := range came {
			wrong = append(wrong, fmt.Sprintf("%s %s is in the books of the warehouse and was not booked", x.name, id))
		}
	}
	return wrong, nil
}
