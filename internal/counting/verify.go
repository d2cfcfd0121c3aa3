package counting

import (
	"context"
	"fmt"

	"houqin/internal/base/db"
	"houqin/internal/warehouse"
)

// contradictions are what must hold of counts, each as the rows for which it does not.
var contradictions = []db.Contradiction{
	{Says: "says other sums than its lines", Query: `SELECT c.number FROM counting_count c LEFT JOIN (SELECT count, count(*) AS n, count(*) FILTER (WHERE diff <> 0) AS differing, CAST(sum(CASE WHEN value > 0 THEN value ELSE 0 END) AS BIGINT) AS gain,
			CAST(sum(CASE WHEN value < 0 THEN -value ELSE 0 END) AS BIGINT) AS loss FROM counting_line GROUP BY count) l ON l.count = c.id
		WHERE coalesce(l.n, 0) <> c.lines OR c.state NOT IN ('counting', 'recounting', 'dropped') AND (l.differing <> c.differing OR l.gain <> c.gain OR l.loss <> c.loss) ORDER BY 1`},
	{Says: "was posted without a paper, or on one person's figures", Query: `SELECT DISTINCT c.number FROM counting_count c JOIN counting_line l ON l.count = c.id AND l.diff <> 0 WHERE c.state = 'posted' AND (c.paper = '' OR l.by2 = '' OR l.by2 = l.by1) ORDER BY 1`},
	{Says: "has lines without a sheet of its own", Query: `SELECT DISTINCT c.number FROM counting_line l JOIN counting_sheet s ON s.id = l.sheet JOIN counting_count c ON c.id = l.count WHERE s.count <> l.count ORDER BY 1`},
}

// Verify names the counts that contradict themselves or the ledger, at most a hundred of
// a kind.
func Verify(ctx context.Context, r db.Reader) (wrong []string, err error) {
	if wrong, err = db.Contradictions(ctx, r, "count", contradictions); err != nil {
		return wrong, err
	}
	came, err := warehouse.CameBy(ctx, r, warehouse.Counted, Noun)
	if err != nil {
		return wrong, err
	}
	type sum struct {
		id, number string
		warehouse.Came
	}
	posted, err := db.All(ctx, r, func(s *sum) []any { return []any{&s.id, &s.number, &s.Qty, &s.Moves} }, `SELECT c.id, c.number, CAST(coalesce(sum(l.diff), 0) AS BIGINT), count(l.id)
		FROM counting_count c LEFT JOIN counting_line l ON l.count = c.id AND l.diff <> 0 WHERE c.state = 'posted' GROUP BY c.id, c.number ORDER BY c.id`)
	for _, s := range posted {
		if came[s.id] != s.Came && len(wrong) < 100 {
			wrong = append(wrong, fmt.Sprintf("count %s differs by %d in %d lines, and its paper of the warehouse by %d in %d", s.number, s.Qty, s.Moves, came[s.id].Qty, came[s.id].Moves))
		}
		delete(came, s.id)
	}
	for id := range came {
		wrong = append(wrong, fmt.Sprintf("count %s is in the books of the warehouse and was not posted", id))
	}
	return wrong, err
}
