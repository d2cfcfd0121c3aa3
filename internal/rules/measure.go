package rules

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
	"houqin/internal/base/words/find"
)

// Row is a clause as it is listed, with how it stands this year.
type Row struct {
	ID       string         `json:"id"`
	Area     string         `json:"area"`
	Kind     string         `json:"kind"`
	Room     string         `json:"room"`
	Zh       string         `json:"zh"`
	En       string         `json:"en"`
	How      How            `json:"how"`
	Partly   bool           `json:"partly"`
	Params   int64          `json:"params"`
	Disputed bool           `json:"disputed"`
	State    State          `json:"state"`
	Kept     int64          `json:"kept"`
	Broken   int64          `json:"broken"`
	Latest   period.Instant `json:"latest"`
	Measured period.Instant `json:"measured"`
}

// Clauses is the list of the book.
var Clauses = list.Of[Row]{
	Name:  "rules.list",
	From:  `rules_clause c`,
	Order: "id", Alias: "c", Table: "rules_clause", Live: []string{Noun}, Short: true,
	Href: func(c *Row) string { return "/rules/" + c.ID },
	Columns: []list.Column[Row]{
		{Key: "text", SQL: "c.zh", Into: func(c *Row) any { return &c.Zh }, Said: func(w *words.Words, c *Row) string {
			if w != nil && w.Lang == "en" {
				return c.En
			}
			return c.Zh
		}},
		{Key: "id", SQL: "c.id", Into: func(c *Row) any { return &c.ID }, Sort: true},
		{Key: "how", SQL: "c.how", Into: func(c *Row) any { return &c.How }, OneOf: Hows, Enum: "rules.how", Tone: func(c *Row, _ time.Time) string {
			if c.How == Open || c.How == Background {
				return "quiet"
			}
			return ""
		}},
		{Key: "state", SQL: "c.state", Into: func(c *Row) any { return &c.State }, OneOf: States, Enum: "rules.state", Tone: func(c *Row, _ time.Time) string { return c.State.Tone() }, Said: saidState},
		{Key: "kept", SQL: "c.kept", Into: func(c *Row) any { return &c.Kept }, Said: counted(func(c *Row) int64 { return c.Kept })},
		{Key: "broken", SQL: "c.broken", Into: func(c *Row) any { return &c.Broken }, Said: counted(func(c *Row) int64 { return c.Broken }), Tone: func(c *Row, _ time.Time) string {
			if c.Broken > 0 {
				return "danger"
			}
			return ""
		}},
		{Key: "area", SQL: "c.area", Into: func(c *Row) any { return &c.Area }, OneOf: Areas, Enum: "rules.area"},
		{Key: "kind", SQL: "c.kind", Into: func(c *Row) any { return &c.Kind }, OneOf: Kinds, Enum: "rules.kind"},
		{Key: "partly", SQL: "c.partly", Into: func(c *Row) any { return &c.Partly }, Aside: true},
		{Key: "disputed", SQL: "c.disputed", Into: func(c *Row) any { return &c.Disputed }, Aside: true},
		{Key: "params", SQL: "c.params", Into: func(c *Row) any { return &c.Params }, Aside: true},
		{Key: "latest", SQL: "c.latest", Into: func(c *Row) any { return &c.Latest }, Aside: true},
		{Key: "room", SQL: "c.room", Into: func(c *Row) any { return &c.Room }, Hidden: true},
		{Key: "zh", SQL: "c.zh", Into: func(c *Row) any { return &c.Zh }, Hidden: true},
		{Key: "en", SQL: "c.en", Into: func(c *Row) any { return &c.En }, Hidden: true},
		{Key: "measured", SQL: "c.measured", Into: func(c *Row) any { return &c.Measured }, Hidden: true},
	},
}

// saidState is how a clause stands, where how it is kept does not say so already.
func saidState(w *words.Words, c *Row) string {
	switch {
	case w == nil:
		return string(c.State)
	case c.State == NotKept || c.State == NoDuty:
		return ""
	}
	return w.T("rules.state." + string(c.State))
}

// counted shows a number where somebody counts.
func counted(n func(*Row) int64) func(*words.Words, *Row) string {
	return func(w *words.Words, c *Row) string {
		if w == nil || c.State != Holds && c.State != Broken && c.State != NoCase {
			return ""
		}
		return w.Number(n(c))
	}
}

// Tone is the colour of a state.
func (s State) Tone() string {
	return map[State]string{Holds: "done", Broken: "danger", Unmeasured: "soon"}[s]
}

// Of are the claims about one clause, the firmest first.
func Of(claims []Claim, clause string) (of []Claim) {
	for _, c := range claims {
		if c.Clause == clause {
			of = append(of, c)
		}
	}
	slices.SortStableFunc(of, func(a, b Claim) int {
		return cmp.Compare(slices.Index(Hows, string(a.How)), slices.Index(Hows, string(b.How)))
	})
	return of
}

// standing is how the claims about a clause make it stand before anything is counted.
func standing(of []Claim) (how How, partly bool, s State) {
	if len(of) == 0 {
		return Open, false, NotKept
	}
	partly = !slices.ContainsFunc(of, func(c Claim) bool { return !c.Partly })
	switch {
	case of[0].How == Background:
		return Background, false, NoDuty
	case slices.ContainsFunc(of, func(c Claim) bool { return c.Evidence != nil }):
		return of[0].How, partly, NoCase
	}
	return of[0].How, partly, Unmeasured
}

// Stands is how the claims about a clause make it stand with what was counted.
func Stands(of []Claim, e Evidence) State {
	if _, _, s := standing(of); s != NoCase {
		return s
	}
	return e.State()
}

// Area is how the clauses of one area stand.
type Area struct {
	Area                                           string
	Clauses, Kept, Holds, Broken, Open, Background int64
}

// ByArea sums the list, in the order of the book.
func ByArea(ctx context.Context, r db.Reader) ([]Area, error) {
	all, err := db.All(ctx, r, func(a *Area) []any {
		return []any{&a.Area, &a.Clauses, &a.Kept, &a.Holds, &a.Broken, &a.Open, &a.Background}
	}, `SELECT area, count(*), count(*) FILTER (WHERE how NOT IN ('open', 'background')), count(*) FILTER (WHERE state = 'holds'),
		count(*) FILTER (WHERE state = 'broken'), count(*) FILTER (WHERE how = 'open'), count(*) FILTER (WHERE how = 'background')
		FROM rules_clause GROUP BY area ORDER BY area`)
	slices.SortFunc(all, func(a, b Area) int { return cmp.Compare(slices.Index(Areas, a.Area), slices.Index(Areas, b.Area)) })
	return all, err
}

// List writes the book to its list, where it is not as the program has it.
func List(ctx context.Context, tx *db.Tx, claims []Claim) error {
	was, err := db.All(ctx, tx, func(r *Row) []any { return []any{&r.ID, &r.Zh, &r.En, &r.How, &r.Partly, &r.Params, &r.Kind, &r.State} },
		`SELECT id, zh, en, how, partly, params, kind, state FROM rules_clause ORDER BY id`)
	if err != nil {
		return err
	}
	known := map[string]Row{}
	for _, r := range was {
		known[r.ID] = r
	}
	var values []string
	var args []any
	flush := func() error {
		if len(values) == 0 {
			return nil
		}
		_, err := tx.Exec(ctx, `INSERT INTO rules_clause (id, area, kind, room, zh, en, how, partly, params, disputed, state, search) VALUES `+strings.Join(values, ",")+`
			ON CONFLICT (id) DO UPDATE SET area = excluded.area, kind = excluded.kind, room = excluded.room, zh = excluded.zh, en = excluded.en, how = excluded.how,
			partly = excluded.partly, params = excluded.params, disputed = excluded.disputed, state = excluded.state, search = excluded.search`, args...)
		values, args = nil, nil
		return err
	}
	for _, c := range Book {
		how, partly, state := standing(Of(claims, c.ID))
		r, ok := known[c.ID]
		if measured := r.State == Holds || r.State == Broken; ok && measured && state == NoCase {
			state = r.State
		}
		if ok && r.Zh == c.Text.Zh && r.En == c.Text.En && r.How == how && r.Partly == partly && r.Params == int64(len(c.Params)) && r.Kind == c.Kind && r.State == state {
			continue
		}
		marks := make([]string, 12)
		for i := range marks {
			marks[i] = fmt.Sprintf("$%d", len(args)+i+1)
		}
		values = append(values, "("+strings.Join(marks, ",")+")")
		args = append(args, c.ID, c.Area, c.Kind, c.Room, c.Text.Zh, c.Text.En, how, partly, int64(len(c.Params)), len(c.Conflicts) > 0, state,
			find.Tokens(c.ID, c.Text.Zh, c.Text.En))
		if len(values) == 40 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// Sum is what the claims about a clause counted together from … until. A claim that
// looks Again at what another counted adds nothing to it, but what it found broken is
// broken. each is by claim, in the order of Of.
func Sum(ctx context.Context, r db.Reader, of []Claim, from, until period.Day) (sum Evidence, each []Evidence, err error) {
	var worst int64
	for _, c := range of {
		var e Evidence
		if c.Evidence != nil {
			if e, err = c.Evidence(ctx, r, from, until); err != nil {
				return sum, nil, fmt.Errorf("%s: %w", c.Clause, err)
			}
		}
		each = append(each, e)
		sum.Latest = max(sum.Latest, e.Latest)
		if c.Again {
			worst = max(worst, e.Broken)
			continue
		}
		sum.Kept, sum.Broken = sum.Kept+e.Kept, sum.Broken+e.Broken
		if e.Kept+e.Broken > 0 {
			sum.Target = e.Target // of the last that has one to say: a clause has one target
		}
	}
	if more := worst - sum.Broken; more > 0 { // of the same things: what one look let pass another has not
		sum.Kept, sum.Broken = max(0, sum.Kept-more), worst
	}
	return sum, each, nil
}

// ThisYear is the span that the book's list counts: from New Year to today.
func ThisYear(today period.Day) (from, until period.Day) {
	return period.Day(fmt.Sprintf("%04d-01-01", today.Year())), today
}

// Measured is what Measure counted of one clause.
type Measured struct {
	Clause string
	Evidence
}

// Measure counts how every claimed clause stands this year. It only reads, and may
// take its time; Note keeps what it found.
func Measure(ctx context.Context, r db.Reader, claims []Claim, today period.Day) (all []Measured, err error) {
	from, until := ThisYear(today)
	for _, c := range Book {
		of := Of(claims, c.ID)
		if !slices.ContainsFunc(of, func(c Claim) bool { return c.Evidence != nil }) {
			continue
		}
		sum, _, err := Sum(ctx, r, of, from, until)
		if err != nil {
			return nil, err
		}
		all = append(all, Measured{c.ID, sum})
	}
	return all, nil
}

// Note writes down what Measure counted.
func Note(ctx context.Context, tx *db.Tx, all []Measured) error {
	for _, m := range all {
		if _, err := tx.Exec(ctx, `UPDATE rules_clause SET kept = $1, broken = $2, latest = $3, measured = $4, state = $5 WHERE id = $6`,
			m.Kept, m.Broken, m.Latest, tx.At(), m.State(), m.Clause); err != nil {
			return err
		}
	}
	return nil
}

// MeasureDue is left for the jobs when it is time to measure.
type MeasureDue struct{}

// Coverage is how much of the book the program keeps.
type Coverage struct {
	Clauses int            `json:"clauses"`
	Claimed int            `json:"claimed"` // in any way, background included
	Partly  int            `json:"partly"`  // of these, only in part
	By      map[string]int `json:"by"`      // claimed clauses by their firmest way
	Open    []string       `json:"open"`
}

// Cover counts the claims.
func Cover(claims []Claim) Coverage {
	c := Coverage{Clauses: len(Book), By: map[string]int{}, Open: []string{}}
	for _, clause := range Book {
		how, partly, _ := standing(Of(claims, clause.ID))
		if how == Open {
			c.Open = append(c.Open, clause.ID)
			continue
		}
		c.Claimed++
		c.By[string(how)]++
		if partly {
			c.Partly++
		}
	}
	return c
}

// Moments are the beginning of the first day and the end of the last in the
// hospital's zone, for queries that count by instants.
func Moments(r db.Reader, from, until period.Day) (first, end period.Instant) {
	return from.Start(r.Location()), until.End(r.Location())
}

// Stretch is a span of days on which a parameter had one value.
type Stretch struct {
	From, Until period.Day
	Setting
}

// Stretches cuts a span of days where the parameter's value changed, so that what
// happened is judged by the value of its day.
func Stretches(ctx context.Context, r db.Reader, key string, from, until period.Day) (all []Stretch, err error) {
	for until >= from {
		s, err := Value(ctx, r, key, until)
		if err != nil {
			return nil, err
		}
		first := max(from, s.Since)
		all = append(all, Stretch{first, until, s})
		until = first.AddDays(-1)
	}
	slices.Reverse(all)
	return all, nil
}

// Int is the number that stands in a numeric setting, yuan in fen.
func (s Setting) Int() int64 {
	n, _ := s.number(s.Value) // checked when it was proposed
	return n
}
