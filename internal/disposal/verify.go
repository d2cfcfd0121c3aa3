package disposal

import (
	"context"
	"fmt"

	"houqin/internal/base/db"
)

// contradictions are what must hold of the forms, each as the rows for which it does not.
var contradictions = []struct{ what, query string }{
	{"says another amount than its lines", `SELECT s.number FROM disposal_slip s LEFT JOIN (SELECT slip, count(*) AS n, CAST(sum(amount) AS BIGINT) AS amount FROM disposal_line GROUP BY slip) l ON l.slip = s.id
		WHERE coalesce(l.n, 0) <> s.lines OR s.state <> 'written_off' AND coalesce(l.amount, 0) <> s.amount ORDER BY 1`},
	{"was written off and is not in the register of what lies apart", `SELECT s.number FROM disposal_slip s LEFT JOIN (SELECT slip, count(*) AS n, CAST(sum(amount) AS BIGINT) AS amount FROM disposal_scrap GROUP BY slip) c ON c.slip = s.id
		WHERE s.state = 'written_off' AND (coalesce(c.n, 0) <> s.lines OR coalesce(c.amount, 0) <> s.amount) OR s.state <> 'written_off' AND coalesce(c.n, 0) <> 0 ORDER BY 1`},
	{"was written off of a store without a paper of the warehouse", `SELECT number FROM disposal_slip WHERE state = 'written_off' AND origin = 'store' AND document = '' OR state <> 'written_off' AND document <> '' ORDER BY 1`},
	{"weighs or costs another sum than its lines", `SELECT v.number FROM disposal_sale v LEFT JOIN (SELECT sale, CAST(sum(grams) AS BIGINT) AS grams, CAST(sum(amount) AS BIGINT) AS amount FROM disposal_sale_line GROUP BY sale) l ON l.sale = v.id
		WHERE coalesce(l.grams, 0) <> v.grams OR coalesce(l.amount, 0) <> v.amount OR v.paid > v.amount ORDER BY 1`},
}

// Verify names the forms and sales that contradict themselves, at most a hundred of a kind.
func Verify(ctx context.Context, r db.Reader) (wrong []string, err error) {
	for _, c := range contradictions {
		all, err := db.All(ctx, r, func(s *string) []any { return []any{s} }, c.query+" LIMIT 100")
		if err != nil {
			return wrong, err
		}
		for _, n := range all {
			wrong = append(wrong, fmt.Sprintf("disposal %s %s", n, c.what))
		}
	}
	return wrong, nil
}
