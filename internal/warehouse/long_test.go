package warehouse_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/list"
	"houqin/internal/warehouse"
)

// counted counts what is asked of a database, and keeps the last question.
type counted struct {
	*db.DB
	asked int
	last  string
	args  []any
}

func (c *counted) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	c.asked, c.last, c.args = c.asked+1, q, args
	return c.DB.QueryContext(ctx, q, args...)
}

func (c *counted) QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row {
	c.asked++
	return c.DB.QueryRowContext(ctx, q, args...)
}

// However long a card is: its turnover and the rows of some days are found by as many
// questions as those of a short one, and no row is sorted, whatever the database thinks
// how many there are.
func TestALongCardAsksNoMoreThanAShortOne(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		other := h.fresh()
		h.receive(warehouse.In{Item: h.lamp.ID, Qty: "400", Amount: "800"}, warehouse.In{Item: other, Qty: "400", Amount: "800"})
		var many []warehouse.Out
		for range 300 {
			many = append(many, warehouse.Out{Item: h.lamp.ID, Qty: "1"})
		}
		if _, err := h.issue(many...); err != nil {
			t.Fatal(err)
		}
		today := d.Today()
		var asked []int
		for _, item := range []string{other, h.lamp.ID} {
			c := &counted{DB: d}
			if _, err := warehouse.TurnoverOf(t.Context(), c, h.store.ID, item, today.AddDays(-9), today.AddDays(9)); err != nil {
				t.Fatal(err)
			}
			where, err := warehouse.CardIn(t.Context(), c, h.store.ID, item, today.AddDays(-9), today.AddDays(9))
			if err != nil {
				t.Fatal(err)
			}
			asked = append(asked, c.asked)
			if _, err := warehouse.Card.Rows(t.Context(), c, list.Query{}, where); err != nil {
				t.Fatal(err)
			}
			if d.Postgres() {
				continue
			}
			plan, err := db.All(t.Context(), d, func(p *[4]string) []any { return []any{&p[0], &p[1], &p[2], &p[3]} }, "EXPLAIN QUERY PLAN "+c.last, c.args...)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range plan {
				if strings.Contains(p[3], "ORDER BY") {
					t.Errorf("the card is sorted: %s", p[3])
				}
			}
		}
		if asked[0] != asked[1] {
			t.Errorf("a card of one row is asked %d questions, one of three hundred %d", asked[0], asked[1])
		}
	})
}
