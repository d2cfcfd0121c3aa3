package requests

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
)

// Service is how well a department was served: of so many lines that were agreed to, so
// many were given whole.
type Service struct {
	Lines int64 `json:"lines"`
	Whole int64 `json:"whole"`
}

// Level is the share of lines given whole, in per cent, rounded down; -1 where none was
// agreed to.
func (s Service) Level() int64 {
	if s.Lines == 0 {
		return -1
	}
	return 100 * s.Whole / s.Lines
}

// ServiceIn is how well each department was served of what it asked for in a month, by its
// id: what was given in an emergency, and what one store asked of another, left out. A line
// that the store has still to give counts as not given.
func ServiceIn(ctx context.Context, r db.Reader, month period.Month) (map[string]Service, error) {
	all := map[string]Service{}
	err := db.Each(ctx, r, `SELECT q.department, count(*), count(*) FILTER (WHERE l.issued >= l.granted) FROM requests_request q JOIN requests_line l ON l.request = q.id
		WHERE q.asked_at >= $1 AND q.asked_at < $2 AND q.kind <> 'rush' AND q.to_store = '' AND l.granted > 0 GROUP BY q.department`, []any{month.Start(r.Location()), month.End(r.Location())}, func(scan db.Scan) error {
		var department string
		var s Service
		err := scan(&department, &s.Lines, &s.Whole)
		all[department] = s
		return err
	})
	return all, err
}
