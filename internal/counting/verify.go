package counting

import (
	"context"
	"fmt"

	"houqin/internal/base/db"
)

// contradictions are what must hold of counts, each as the rows for which it does not.
var contradictions = []struct{ what, query string }{
	{"was posted with other differences than its paper of the warehouse has", `SELECT c.number FROM counting_count c
		LEFT JOIN (SELECT count, CAST(sum(diff) AS BIGINT) AS qty, count(*) AS n FROM counting_line WHERE diff <> 0 GROUP BY count) l ON l.count = c.id
		LEFT JOIN (SELECT d.record, CAST(sum(p.qty) AS BIGINT) AS qty, count(*) AS n FROM warehouse_document d JOIN warehouse_posting p ON p.document = d.id AND p.kind = 'store'
			WHERE d.noun = 'counting.count' AND d.kind = 'count' GROUP BY d.record) p ON p.record = c.id
		WHERE c.state = 'posted' AND (coalesce(l.qty, 0) <> coalesce(p.qty, 0) OR coalesce(l.n, 0) <> coalesce(p.n, 0)) OR c.state <> 'posted' AND coalesce(p.n, 0) > 0 ORDER BY 1`},
	{"says other sums than its lines", `SELECT c.number FROM counting_count c LEFT JOIN (SELECT count, count(*) AS n, count(*) FILTER (WHERE diff <> 0) AS differing, CAST(sum(CASE WHEN value > 0 THEN value ELSE 0 END) AS BIGINT) AS gain,
			CAST(sum(CASE WHEN value < 0 THEN -value ELSE 0 END) AS BIGINT) AS loss FROM counting_line GROUP BY count) l ON l.count = c.id
		WHERE coalesce(l.n, 0) <> c.lines OR c.state NOT IN ('counting', 'recounting', 'dropped') AND (l.differing <> c.differing OR l.gain <> c.gain OR l.loss <> c.loss) ORDER BY 1`},
	{"was posted by a keeper's figures alone, or without a paper", `SELECT DISTINCT c.number FROM counting_count c JOIN counting_line l ON l.count = c.id AND l.diff <> 0 WHERE c.state = 'posted' AND (c.paper = '' OR l.by2 = '' OR l.by2 = l.by1) ORDER BY 1`},
}

// Verify names the counts that contradict themselves or the ledger, at most a hundred of
// a kind.
func Verify(ctx context.Context, r db.Reader) (wrong []string, err error) {
	for _, c := range contradictions {
		all, err := db.All(ctx, r, func(s *string) []any { return []any{s} }, c.query+" LIMIT 100")
		if err != nil {
			return wrong, err
		}
		for _, n := range all {
			wrong = append(wrong, fmt.Sprintf("count %s %s", n, c.what))
		}
	}
	return wrong, nil
}
