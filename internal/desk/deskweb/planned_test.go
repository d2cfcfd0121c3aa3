package deskweb_test

import (
	"net/url"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
)

// What the board asks depends on nothing that is given with the question, for who sees all:
// PostgreSQL then plans it once for each connection. Planned anew at each look, the board of
// 5,000 open jobs took two to five times as long.
func TestTheBoardIsPlannedOnce(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		if !d.Postgres() {
			return
		}
		h := open(t, d)
		h.sent(t)
		h.as(h.dispatcher)
		webtest.New(t, h).Get("/desk/board").See("WX-2027-000001")
		var planned, anew int
		if err := d.QueryRowContext(t.Context(), `SELECT count(*) FILTER (WHERE CAST(parameter_types AS TEXT) = '{}'), count(*) FILTER (WHERE CAST(parameter_types AS TEXT) <> '{}')
			FROM pg_prepared_statements WHERE statement LIKE '%ORDER BY j.due, j.id LIMIT%'`).Scan(&planned, &anew); err != nil {
			t.Fatal(err)
		}
		if planned < len([]string{"reported", "dispatched", "accepted", "on_way", "working", "paused", "done"}) || anew > 0 {
			t.Errorf("of what the board asked %d are planned once, %d at each look", planned, anew)
		}
	})
}

// So is what the board asks of one crew and by crew: only of a crew that is not the hospital's
// the name is given with the question, however it is spelled.
func TestTheBoardOfACrewIsPlannedOnce(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sent(t)
		h.as(h.dispatcher)
		c := webtest.New(t, h)
		c.Get("/desk/board?by=crew").See("WX-2027-000001")
		c.Get("/desk/board?crew=" + h.electric.ID).See("WX-2027-000001")
		anew := func() (n int) {
			if !d.Postgres() {
				return 0
			}
			if err := d.QueryRowContext(t.Context(), `SELECT count(*) FROM pg_prepared_statements
				WHERE statement LIKE '%ORDER BY j.due, j.id LIMIT%' AND CAST(parameter_types AS TEXT) <> '{}' AND statement LIKE '%j.state = %'`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := anew(); n > 0 {
			t.Errorf("%d questions of the crews' boards are planned at each look", n)
		}
		for _, forged := range []string{"x", h.ward.ID, "' OR ''='", h.electric.ID + "'--"} {
			c.Get("/desk/board?crew=" + url.QueryEscape(forged)).NotSee("WX-2027-000001")
		}
	})
}
