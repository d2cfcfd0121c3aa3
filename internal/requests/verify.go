package requests

import (
	"context"
	"fmt"

	"houqin/internal/base/db"
)

// Verify names every line whose sums do not agree with its picks: what is being picked,
// and what was handed over by slips.
func Verify(ctx context.Context, r db.Reader) (wrong []string, err error) {
	err = db.Each(ctx, r, `SELECT q.number, l.line, l.picking, l.issued, q.kind,
		CAST(coalesce((SELECT sum(CASE WHEN p.how = '' THEN p.qty ELSE p.picked END) FROM requests_pick p WHERE p.request = l.request AND p.line = l.line AND p.open = true), 0) AS BIGINT),
		CAST(coalesce((SELECT sum(p.handed) FROM requests_pick p WHERE p.request = l.request AND p.line = l.line AND p.open = false), 0) AS BIGINT)
		FROM requests_line l JOIN requests_request q ON q.id = l.request ORDER BY q.number, l.line`, nil, func(scan db.Scan) error {
		var number, kind string
		var line, picking, issued, laid, handed int64
		if err := scan(&number, &line, &picking, &issued, &kind, &laid, &handed); err != nil {
			return err
		}
		if kind == string(Rush) { // given without a list
			handed = issued
		}
		if picking != laid || issued != handed {
			wrong = append(wrong, fmt.Sprintf("request %s, line %d: %d being picked and %d given, but its picks say %d and %d", number, line, picking, issued, laid, handed))
		}
		return nil
	})
	return wrong, err
}
