package distribution

import (
	"context"

	"houqin/internal/base/db"
)

// contradictions are what must hold of the lists, each as the rows for which it does not.
var contradictions = []db.Contradiction{
	{Says: "says another number of shares or packs than it has", Query: `SELECT l.number FROM distribution_list l LEFT JOIN (SELECT list, count(*) AS n, CAST(sum(packs) AS BIGINT) AS packs FROM distribution_share GROUP BY list) s ON s.list = l.id
		WHERE coalesce(s.n, 0) <> l.shares OR coalesce(s.packs, 0) <> l.packs ORDER BY 1`},
	{Says: "costs another sum than its papers", Query: `SELECT l.number FROM distribution_list l LEFT JOIN (SELECT list, CAST(sum(CASE WHEN back = true THEN -amount ELSE amount END) AS BIGINT) AS amount FROM distribution_paper GROUP BY list) p ON p.list = l.id
		WHERE coalesce(p.amount, 0) <> l.amount ORDER BY 1`},
	{Says: "has shares that fit its state badly", Query: `SELECT DISTINCT l.number FROM distribution_list l JOIN distribution_share s ON s.list = l.id
		WHERE l.state IN ('drawn', 'dropped') AND s.state <> 'waiting' OR l.state = 'released' AND s.state = 'left' OR l.state = 'settled' AND s.state = 'waiting' ORDER BY 1`},
}

// Verify names the lists that contradict themselves, at most a hundred of a kind.
func Verify(ctx context.Context, r db.Reader) ([]string, error) {
	return db.Contradictions(ctx, r, "distribution", contradictions)
}
