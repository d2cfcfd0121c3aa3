package people_test

import (
	"context"
	"database/sql"
	"net/url"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/people"
)

// spy keeps what a list asks the database.
type spy struct {
	*db.DB
	sent []string
	args [][]any
}

func (s *spy) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	s.sent, s.args = append(s.sent, q), append(s.args, args)
	return s.DB.QueryContext(ctx, q, args...)
}

// Half of the trail is the busiest person's, a twentieth is one deed, and the two never
// meet: an answer that walks through either would take seconds in a trail of a million.
//
// Holds: DB3-8.1.4.3-a v5.0.0-16.2.1
func TestOnePersonsDeedsOfOneKindAreFoundWithoutWalkingThroughTheTrail(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.do(boss, func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `INSERT INTO base_trail (id, at, by_id, by_name, noun, record, action)
				WITH RECURSIVE n(i) AS (SELECT 100001 UNION ALL SELECT i + 1 FROM n WHERE i < 120000)
				SELECT 'k' || i, i, CASE WHEN i % 2 = 0 THEN 'busy' ELSE 'p' || (i % 300) END, '', 'people.account', 'r' || i,
					CASE WHEN i % 20 = 1 THEN 'sign_in' ELSE 'x' || (i % 7) END FROM n`)
			return err
		})
		if err := h.d.Analyze(t.Context()); err != nil {
			t.Fatal(err)
		}
		trail := people.Trail([]string{"people.account"}, []string{"people.account.sign_in", "people.account.x1"})
		for by, rows := range map[string]int{"busy": 0, "p1": 66} {
			s := &spy{DB: h.d}
			q, err := trail.Parse(url.Values{"by": {by}, "event": {"people.account.sign_in"}}, boss)
			if err != nil {
				t.Fatal(err)
			}
			page, err := trail.Rows(t.Context(), s, q, list.Where{})
			if err != nil || page.Count != rows {
				t.Errorf("%s: %d lines, %v", by, page.Count, err)
			}
			for i, q := range s.sent {
				if plan := explain(t, h.d, q, s.args[i]); strings.Contains(q, "ORDER BY") && (!strings.Contains(plan, "base_trail_by_deed") || strings.Contains(plan, "TEMP B-TREE")) {
					t.Errorf("%s\n%s", q, plan)
				}
			}
			if len(s.sent) == 0 {
				t.Error("nothing was asked")
			}
		}
	})
}

// explain is how an engine means to answer.
func explain(t *testing.T, d *db.DB, q string, args []any) (plan string) {
	t.Helper()
	type step struct {
		id, parent, unused int64
		what               string
	}
	ask, into := "EXPLAIN QUERY PLAN ", func(s *step) []any { return []any{&s.id, &s.parent, &s.unused, &s.what} }
	if d.Postgres() {
		ask, into = "EXPLAIN ", func(s *step) []any { return []any{&s.what} }
	}
	steps, err := db.All(t.Context(), d, into, ask+q, args...)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range steps {
		plan += s.what + "\n"
	}
	return plan
}
