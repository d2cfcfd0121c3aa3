package disposal

import (
	"context"

	"houqin/internal/base/db"
)

// contradictions are what must hold of the forms, each as the rows for which it does not.
var contradictions = []db.Contradiction{
	{Says: "says another amount than its lines", Query: `SELECT s.number FROM disposal_slip s LEFT JOIN (SELECT slip, count(*) AS n, CAST(sum(amount) AS BIGINT) AS amount FROM disposal_line GROUP BY slip) l ON l.slip = s.id
		WHERE coalesce(l.n, 0) <> s.lines OR s.state <> 'written_off' AND coalesce(l.amount, 0) <> s.amount ORDER BY 1`},
	{Says: "was written off and is not in the register of what lies apart", Query: `SELECT s.number FROM disposal_slip s LEFT JOIN (SELECT slip, count(*) AS n, CAST(sum(amount) AS BIGINT) AS amount FROM disposal_scrap GROUP BY slip) c ON c.slip = s.id
		WHERE s.state = 'written_off' AND (coalesce(c.n, 0) <> s.lines OR coalesce(c.amount, 0) <> s.amount) OR s.state <> 'written_off' AND coalesce(c.n, 0) <> 0 ORDER BY 1`},
	{Says: "was written off of a store without a paper of the warehouse", Query: `SELECT number FROM disposal_slip WHERE state = 'written_off' AND origin = 'store' AND document = '' OR state <> 'written_off' AND document <> '' ORDER BY 1`},
	{Says: "weighs or costs another sum than its lines", Query: `SELECT v.number FROM disposal_sale v LEFT JOIN (SELECT sale, CAST(sum(grams) AS BIGINT) AS grams, CAST(sum(amount) AS BIGINT) AS amount FROM disposal_sale_line GROUP BY sale) l ON l.sale = v.id
		WHERE coalesce(l.grams, 0) <> v.grams OR coalesce(l.amount, 0) <> v.amount OR v.paid > v.amount ORDER BY 1`},
}

// Verify names the forms and sales that contradict themselves, at most a hundred of a kind.
func Verify(ctx context.Context, r db.Reader) ([]string, error) {
	return db.Contradictions(ctx, r, "disposal", contradictions)
}
