package warehouse_test

import (
	"context"
	"database/sql"
	"net/url"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/list"
	"houqin/internal/warehouse"
)

// spy keeps the queries that a list sends.
type spy struct {
	*db.DB
	sent []string
	args [][]any
}

func (s *spy) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	s.sent, s.args = append(s.sent, q), append(s.args, args)
	return s.DB.QueryContext(ctx, q, args...)
}

// A card of a hundred thousand rows opens as fast as one of a hundred, because its
// page is read off the end of an index and nothing is sorted; so does the list of
// lots, what ends first at its head.
func TestACardsLengthDoesNotMatter(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.SQLite(t, rooms))
	h := open(t, d)
	for range 40 {
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "9", Amount: "9"}, warehouse.In{Item: h.gloves.ID, Qty: "9", Amount: "9", Expiry: "2028-01-01"})
		if _, err := h.issue(warehouse.Out{Item: h.lamp.ID, Qty: "2"}, warehouse.Out{Item: h.gloves.ID, Qty: "1"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Analyze(t.Context()); err != nil {
		t.Fatal(err)
	}
	ask := func(l list.Any, w list.Where, index string) (next string) {
		s := &spy{DB: d}
		v := url.Values{"size": {"10"}}
		for range 2 { // the first page, and one further on
			q, err := l.Parse(v, h.keeper)
			if err != nil {
				t.Fatal(err)
			}
			rows, err := l.Rows(t.Context(), s, q, w)
			if err != nil || len(rows.Rows) == 0 {
				t.Fatal(len(rows.Rows), err)
			}
			v.Set("after", rows.Next)
			next = rows.Next
		}
		type step struct {
			id, parent, unused int64
			what               string
		}
		for n, q := range s.sent {
			plan, err := db.All(t.Context(), d, func(p *step) []any { return []any{&p.id, &p.parent, &p.unused, &p.what} }, "EXPLAIN QUERY PLAN "+q, s.args[n]...)
			if err != nil {
				t.Fatal(err)
			}
			all := ""
			for _, p := range plan {
				all += p.what + "\n"
			}
			if strings.Contains(all, "FOR ORDER BY") || !strings.Contains(all, index) && strings.Contains(q, "warehouse_") {
				t.Errorf("%s\n%s", q, all)
			}
		}
		return next
	}
	ask(&warehouse.Card, warehouse.CardOf(h.store.ID, h.lamp.ID), "warehouse_posting_card")
	if next := ask(&warehouse.Lots, list.Where{}, "warehouse_balance"); next != "" {
		t.Errorf("two lots fill more than two pages")
	}
}
