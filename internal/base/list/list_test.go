package list_test

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
)

var room = []fs.FS{fstest.MapFS{"migrations/900001_pump.sql": {Data: []byte(`
	CREATE TABLE pump (
		id TEXT PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL, ward TEXT NOT NULL DEFAULT '',
		price BIGINT NOT NULL DEFAULT 0, bought TEXT NOT NULL DEFAULT '', seen_at BIGINT NOT NULL DEFAULT 0,
		broken BOOLEAN NOT NULL DEFAULT false, search TEXT NOT NULL DEFAULT '');
	CREATE INDEX pump_price ON pump (price, id);
	-- searchable: pump
`)}}}

type pump struct {
	ID, Name, State, Ward string
	Price                 money.Fen
	Bought                period.Day
	Seen                  period.Instant
	Broken                bool
}

var pumps = list.Of[pump]{Name: "pumps", From: "pump p", Order: "-id", Alias: "p", Table: "pump", Columns: []list.Column[pump]{
	{Key: "name", Into: func(p *pump) any { return &p.Name }, Sort: true},
	{Key: "state", Into: func(p *pump) any { return &p.State }, OneOf: []string{"new", "old"}},
	{Key: "ward", Into: func(p *pump) any { return &p.Ward }, Ref: "wards"},
	{Key: "price", Into: func(p *pump) any { return &p.Price }, Sort: true, Range: true, Need: "pumps.price"},
	{Key: "bought", Into: func(p *pump) any { return &p.Bought }, Range: true},
	{Key: "seen", SQL: "seen_at", Into: func(p *pump) any { return &p.Seen }, Range: true},
	{Key: "broken", Into: func(p *pump) any { return &p.Broken }},
	{Key: "id", SQL: "p.id", Into: func(p *pump) any { return &p.ID }, Hidden: true},
}}

var boss = dbtest.Person("boss", "pumps.price")

func fill(t *testing.T, d *db.DB, n int) {
	t.Helper()
	dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error {
		for i := range n {
			name := fmt.Sprintf("输液泵 %d", i)
			if i%100 == 7 {
				name = fmt.Sprintf("Centrifuge %d", i)
			}
			search, err := tx.Tokens(t.Context(), name)
			if err != nil {
				return err
			}
			// Many share a price, so that only the id makes the order complete.
			if _, err := tx.Exec(t.Context(), `INSERT INTO pump (id, name, state, ward, price, bought, seen_at, broken, search) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
				fmt.Sprintf("%020d", i), name, []string{"new", "old"}[i%2], fmt.Sprint("w", i%3), i%5*100,
				period.Day("2027-03-01").AddDays(i%4), period.At(dbtest.Noon).Add(-1), i%10 == 0, search); err != nil {
				return err
			}
		}
		return nil
	})
}

func ask(t *testing.T, d *db.DB, by db.Actor, query string, w list.Where) (list.Page[pump], error) {
	t.Helper()
	v, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	q, err := pumps.Parse(v, by)
	if err != nil {
		return list.Page[pump]{}, err
	}
	return pumps.Fetch(t.Context(), d, q, w)
}

// Leafing forwards to the end and back again shows every row once each way,
// whatever the order.
func TestLeafingShowsEveryRowOnce(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		fill(t, d, 137)
		for _, sort := range []string{"", "price", "-price", "name", "-name"} {
			var there, back []string
			next, last := "", ""
			for {
				p, err := ask(t, d, boss, "size=20&sort="+sort+"&after="+next, list.Where{})
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range p.Rows {
					there = append(there, r.ID)
				}
				if p.Next == "" {
					last = p.Prev
					for i := len(p.Rows) - 1; i >= 0; i-- {
						back = append(back, p.Rows[i].ID)
					}
					break
				}
				next = p.Next
			}
			for last != "" {
				p, err := ask(t, d, boss, "size=20&sort="+sort+"&before="+last, list.Where{})
				if err != nil {
					t.Fatal(err)
				}
				for i := len(p.Rows) - 1; i >= 0; i-- {
					back = append(back, p.Rows[i].ID)
				}
				last = p.Prev
			}
			seen := slices.Compact(slices.Sorted(slices.Values(there)))
			slices.Reverse(back)
			if len(there) != 137 || len(seen) != 137 || !slices.Equal(there, back) {
				t.Errorf("sort %q: %d rows there, %d different, %d back", sort, len(there), len(seen), len(back))
			}
		}
	})
}

// Holds: v5.0.0-8.2.2
func TestFiltersSearchAndScopeNarrowTogether(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		fill(t, d, 300)
		for query, want := range map[string]int{
			"": 300, "state=old": 150, "state=old,new": 300, "state=old&broken=true": 0, "broken=true": 30,
			"ward=w1": 100, "ward=typed+label&ward.id=w1": 100, "price.from=1.00&price.to=2.00": 120, "bought.from=2027-03-02&bought.to=2027-03-03": 150,
			"seen.to=2027-03-04": 300, "seen.from=2027-03-05": 0, "q=输液": 297, "q=shuye": 297, "q=syb": 297, "q=泵": 297,
			"q=centrifuge": 3, "q=centrifgue": 3, "q=centrifxyz": 0, "q=centrifug": 3, "q=centrlfuge": 3, "q=输液泵+12": 11, "q=输液&state=new&ward=w0": 50,
		} {
			p, err := ask(t, d, boss, query, list.Where{})
			if err != nil || p.Count != want {
				t.Errorf("%s: %d rows (%v), want %d", query, p.Count, err, want)
			}
		}
		p, err := ask(t, d, boss, "q=输液", list.Where{}.In("p.ward", []string{"w0", "w2"}).And("p.state = ?", "new"))
		if err != nil || p.Count != 100 {
			t.Errorf("in scope: %d, %v", p.Count, err)
		}
		if p, err = ask(t, d, boss, "", list.Where{}.In("p.ward", nil)); err != nil || p.Count != 0 {
			t.Errorf("no scope at all shows %d rows", p.Count)
		}
	})
}

func TestACommonWordIsFoundInOrderAndCountingStops(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		fill(t, d, 2500)
		for range 2 { // the second time it is known to be common
			p, err := ask(t, d, boss, "q=输液泵&state=new", list.Where{})
			if err != nil || p.Count != list.Cap || !p.More || len(p.Rows) != list.Size || p.Rows[0].ID != fmt.Sprintf("%020d", 2498) {
				t.Errorf("%d more=%v %d rows, first %v, %v", p.Count, p.More, len(p.Rows), p.Rows[:min(1, len(p.Rows))], err)
			}
		}
		n := 0
		if err := pumps.Each(t.Context(), d, list.Query{}, list.Where{}, func(*pump) error { n++; return nil }); err != nil || n != 2500 {
			t.Errorf("export of %d rows, %v", n, err)
		}
	})
}

// reader keeps the last query that it was sent.
type reader struct {
	*db.DB
	last string
	args []any
}

func (r *reader) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	r.last, r.args = q, args
	return r.DB.QueryContext(ctx, q, args...)
}

// PostgreSQL, too, reads the rows of a common word in the list's order and stops when
// the page is full.
func TestACommonWordIsNotLookedForInTheWholeTable(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		if !d.Postgres() {
			return // SQLite always follows the order
		}
		fill(t, d, 2500)
		dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), "ANALYZE pump")
			return err
		})
		r := &reader{DB: d}
		if _, err := pumps.Fetch(t.Context(), r, list.Query{Text: "输液泵"}, list.Where{}); err != nil {
			t.Fatal(err)
		}
		plan, err := db.All(t.Context(), d, func(s *string) []any { return []any{s} }, "EXPLAIN "+r.last, r.args...)
		if err != nil || len(plan) == 0 || strings.Contains(strings.Join(plan, "\n"), "Sort") {
			t.Errorf("%v: %s", err, strings.Join(plan, "\n"))
		}
	})
}

// What a person may not see can neither be shown, sorted, filtered nor exported by.
// Holds: v5.0.0-8.2.3 API3:2023 AB-02
func TestAHiddenColumnLeaksNowhere(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		fill(t, d, 20)
		nurse := dbtest.Person("nurse")
		if _, err := ask(t, d, nurse, "sort=price", list.Where{}); !fault.Is(err, "base.bad_value") {
			t.Errorf("sorted by it: %v", err)
		}
		if p, err := ask(t, d, nurse, "price.from=4.00", list.Where{}); err != nil || p.Count != 20 {
			t.Errorf("filtered by it: %d %v", p.Count, err)
		}
		q, _ := pumps.Parse(nil, nurse)
		rows, err := pumps.Rows(t.Context(), d, q, list.Where{})
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range pumps.Describe(nurse).Columns {
			if _, isMoney := rows.Rows[0].Cells[i].Value.(money.Fen); c.Key == "price" || isMoney {
				t.Error("shown")
			}
		}
	})
}

// Holds: v5.0.0-1.2.4 v5.0.0-2.2.1 AB-32
func TestWhatCannotBeAskedIsRefused(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		for query, key := range map[string]string{
			"state=stolen": "base.bad_value", "sort=colour": "base.bad_value", "sort=state": "base.bad_value", "size=0": "base.between", "size=5000": "base.between",
			"price.from=cheap": "base.bad_value", "bought.to=yesterday": "base.bad_value", "after=!!": "base.bad_cursor", "after=WzEsIngiXQ": "base.bad_cursor", "broken=perhaps": "base.bad_value",
		} {
			if _, err := ask(t, d, boss, query, list.Where{}); !fault.Is(err, key) || fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", query, err)
			}
		}
	})
}

func TestGetFindsOneOrNone(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		fill(t, d, 3)
		get := func(ctx context.Context, id string) (pump, error) {
			return pumps.Get(ctx, d, list.Where{}.And("p.id = ?", id))
		}
		if p, err := get(t.Context(), fmt.Sprintf("%020d", 1)); err != nil || p.Name != "输液泵 1" {
			t.Errorf("%+v %v", p, err)
		}
		if _, err := get(t.Context(), "no"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%v", err)
		}
	})
}
