package requests

import (
	"context"
	"fmt"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/quantity"
	"houqin/internal/warehouse"
)

// Verify names every line whose sums do not agree with its picks: what is being picked,
// and what was handed over by slips; and every request that says to have given something
// else than its papers of the warehouse took out of the store that was asked; and goods given
// without a paper and without a debt of one (S-012).
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
	if err != nil {
		return wrong, err
	}
	if wrong, err = unpapered(ctx, r, wrong); err != nil {
		return wrong, err
	}
	gone, err := warehouse.GoneFor(ctx, r, Noun)
	if err != nil {
		return wrong, err
	}
	err = db.Each(ctx, r, `SELECT q.id, q.number, q.store, CAST(sum(l.issued) AS BIGINT) FROM requests_request q JOIN requests_line l ON l.request = q.id GROUP BY q.id, q.number, q.store ORDER BY q.number`, nil, func(scan db.Scan) error {
		var id, number, store string
		var issued quantity.Qty
		if err := scan(&id, &number, &store, &issued); err != nil {
			return err
		}
		if out := gone[warehouse.Gone{Record: id, Store: store}]; out != issued && len(wrong) < 100 {
			wrong = append(wrong, fmt.Sprintf("request %s gave %d, and its papers of the warehouse took %d out of the store", number, issued, out))
		}
		return nil
	})
	return wrong, err
}

// unpapered adds the requests by which something was given although nobody agreed to them
// on paper, and no paper is or was owed.
func unpapered(ctx context.Context, r db.Reader, wrong []string) ([]string, error) {
	owed, err := approvals.Noted(ctx, r, Noun)
	if err != nil {
		return wrong, err
	}
	return wrong, db.Each(ctx, r, `SELECT q.id, q.number FROM requests_request q WHERE q.paper = '' AND EXISTS (SELECT 1 FROM requests_line l WHERE l.request = q.id AND l.issued > 0) ORDER BY q.number`, nil, func(scan db.Scan) error {
		var id, number string
		err := scan(&id, &number)
		if !owed[id] {
			wrong = append(wrong, fmt.Sprintf("request %s gave goods without a paper or a debt of one", number))
		}
		return err
	})
}
