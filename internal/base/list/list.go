// Package list answers every list of the hospital from one description: which
// columns, from which tables. Out of it come the page with its search, filters,
// sorting and paging, the export, the JSON and its schema.
//
// Paging goes by key and counts stop at a cap, so that the two-hundred-thousandth
// row is as near as the first.
package list

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/id"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
)

// Column is one value of a row. Into gives the place to scan it to, so that the
// compiler checks its type; the type also decides how it is shown, filtered and
// exported: string, int64, bool, money.Fen, period.Instant, period.Day, or a named
// form of these.
type Column[T any] struct {
	Key      string                        // name in URLs, JSON and, behind the list's name, in the words
	SQL      string                        // expression; default the key
	Into     func(*T) any                  // where the value goes; never NULL in the table
	OneOf    []string                      // its possible values: a filter with these choices
	Enum     string                        // words prefix of the values; default list.key
	Ref      string                        // it is the id of a record found by this picker: a filter that picks one
	Text     func(*T) string               // shown in place of the value, e.g. the name that belongs to an id
	Said     func(*words.Words, *T) string // the same where the text depends on the language
	Tone     func(*T, time.Time) string    // "", "danger", "soon", "done", "quiet": the colour of the state; the moment stands in the hospital's zone
	Range    bool                          // a filter from … to
	Sort     bool                          // people may sort by it; it should be indexed or the list short
	Aside    bool                          // filtered and exported, not on the page
	Hidden   bool                          // in the JSON only
	Named    bool                          // on a phone its name stands before it
	Personal bool                          // who reads it about others is written down
	Need     string                        // who lacks this permission neither sees, filters, sorts nor exports it
	Show     func(db.Actor) bool           // hides the column on the page only, e.g. a ward's own name
}

// Of describes a list of T. One column has the key "id"; it is unique and makes
// every order complete.
type Of[T any] struct {
	Name    string   // "desk.jobs": words are desk.jobs (title), desk.jobs.<key>, desk.jobs.empty
	From    string   // FROM clause, hand written; joins that only name things are LEFT JOINs
	Where   string   // what always holds, e.g. "p.closed = false"
	Order   string   // key of the default order, "-" first for descending; its SQL must be indexed
	Alias   string   // where the search column lives, e.g. "j"; "" = the list has no search box
	Table   string   // the table behind Alias when it is marked searchable, else "" (short lists)
	Like    []string // in place of a search column: expressions searched as they stand, within what else narrows the list
	Short   bool     // a few thousand rows at most, however old the hospital: it may be sorted whole
	Columns []Column[T]
	Href    func(*T) string                             // the page of a row
	Live    []string                                    // nouns whose change redraws the page
	Parts   func(context.Context, db.Reader, []T) error // fills in what needs a second query, for a page of rows at once
}

// Query is what a person asked of a list.
type Query struct {
	Text          string
	Is            map[string][]string
	From, To      map[string]string
	Sort          string
	After, Before string
	Size          int
	by            db.Actor
}

// Where narrows a list further than the person asked: the part of the hospital
// they may see. Conditions use ? for their arguments.
type Where struct {
	cond []string
	args []any
}

// And adds a condition.
func (w Where) And(cond string, args ...any) Where {
	return Where{append(w.cond[:len(w.cond):len(w.cond)], "("+cond+")"), append(w.args[:len(w.args):len(w.args)], args...)}
}

// In adds "expr is one of these"; none of them means no row.
func (w Where) In(expr string, values []string) Where {
	c, a := In(expr, values)
	return w.And(c, a...)
}

// In is the condition that expr is one of the values.
func In(expr string, values []string) (string, []any) {
	if len(values) == 0 {
		return "1=0", nil
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	return expr + " IN (?" + strings.Repeat(",?", len(values)-1) + ")", args
}

// Scoped limits expr, a department, to where the person holds the permission.
func Scoped(s db.Scope, expr string) Where {
	if s.All {
		return Where{}
	}
	return Where{}.In(expr, s.Units)
}

// Page is what comes back: rows in order, and whether there are others.
type Page[T any] struct {
	Rows  []T
	Next  string // cursor, "" at the end
	Prev  string
	Count int  // all that match, up to Cap
	More  bool // there are more than Count says
}

// Cap is where counting stops: "1,000+".
const Cap = 1000

// Sizes of a page: what is shown, and the most that may be asked for.
const (
	Size    = 50
	SizeMax = 200
)

// common is how many matches make a search word common: rows are then read in
// order until the page is full instead of being collected first.
const common = Cap

// kind is what a column's Go type makes of it.
type Kind string

const (
	Text    Kind = "text"
	Choice  Kind = "choice"
	Number  Kind = "number"
	Money   Kind = "money"
	Flag    Kind = "flag"
	Instant Kind = "instant"
	Day     Kind = "day"
	Ref     Kind = "ref"
)

func kindOf(p any, oneOf []string, ref string) Kind {
	switch p.(type) {
	case *money.Fen:
		return Money
	case *period.Instant:
		return Instant
	case *period.Day:
		return Day
	case *bool:
		return Flag
	}
	switch {
	case ref != "":
		return Ref
	case len(oneOf) > 0:
		return Choice
	}
	if _, ok := plain(p).(int64); ok {
		return Number
	}
	return Text
}

// roll is a list without the type of its rows: what asks and answers of it is written
// once for it and not compiled anew for each type.
type roll struct {
	name, from, where, order, alias, table string
	like                                   []string
	columns
}

// columns are those of any list, by their number.
type columns interface {
	len() int
	at(i int) column
	kind(i int) Kind
	blank(i int) any // where a value of the column goes
}

// column is what of a column does not depend on the type of the rows.
type column struct {
	key, sql, enum, ref, need      string
	oneOf                          []string
	ranges, sort, aside, hid, told bool
	named                          bool
	show                           func(db.Actor) bool
}

// roll is not written anew into each method: there are many lists.
//
//go:noinline
func (l *Of[T]) roll() *roll {
	return &roll{l.Name, l.From, l.Where, l.Order, l.Alias, l.Table, l.Like, l}
}

func (l *Of[T]) len() int        { return len(l.Columns) }
func (l *Of[T]) blank(i int) any { return l.Columns[i].Into(new(T)) }
func (l *Of[T]) kind(i int) Kind { return kindOf(l.blank(i), l.Columns[i].OneOf, l.Columns[i].Ref) }
func (l *Of[T]) at(i int) column {
	c := &l.Columns[i]
	return column{c.Key, cmp.Or(c.SQL, c.Key), c.Enum, c.Ref, c.Need, c.OneOf, c.Range, c.Sort, c.Aside, c.Hidden, c.Personal, c.Named, c.Show}
}

func (c *column) may(by db.Actor) bool { return c.need == "" || by.May(c.need) }

// column is the number of the one with a key that the person may see, else -1.
func (l *roll) column(key string, by db.Actor) int {
	for i := range l.len() {
		if c := l.at(i); c.key == key && c.may(by) {
			return i
		}
	}
	return -1
}

// rows are those that a list holds, without their type.
type rows interface {
	room(n int)
	add()                      // one more, blank
	place(row, column int) any // where a value goes, and stands
	size() int
	cut(n int) // leaves the first n
	turn()     // the last becomes the first
	complete(ctx context.Context, r db.Reader) error
	href(row int) string
	said(row, column int) func(*words.Words) string // nil: the value itself
	tone(row, column int, now time.Time) string
}

type held[T any] struct {
	of   *Of[T]
	rows []T
}

func (h *held[T]) room(n int)                { h.rows = make([]T, 0, n) }
func (h *held[T]) add()                      { h.rows = append(h.rows, *new(T)) }
func (h *held[T]) place(row, column int) any { return h.of.Columns[column].Into(&h.rows[row]) }
func (h *held[T]) size() int                 { return len(h.rows) }
func (h *held[T]) cut(n int)                 { h.rows = h.rows[:n] }
func (h *held[T]) turn()                     { slices.Reverse(h.rows) }

func (h *held[T]) complete(ctx context.Context, r db.Reader) error {
	if h.of.Parts == nil {
		return nil
	}
	return h.of.Parts(ctx, r, h.rows)
}

func (h *held[T]) href(row int) string {
	if h.of.Href == nil {
		return ""
	}
	return h.of.Href(&h.rows[row])
}

func (h *held[T]) said(row, column int) func(*words.Words) string {
	c, t := &h.of.Columns[column], &h.rows[row]
	switch {
	case c.Said != nil:
		return func(w *words.Words) string { return c.Said(w, t) }
	case c.Text != nil:
		s := c.Text(t)
		return func(*words.Words) string { return s }
	}
	return nil
}

func (h *held[T]) tone(row, column int, now time.Time) string {
	if c := &h.of.Columns[column]; c.Tone != nil {
		return c.Tone(&h.rows[row], now)
	}
	return ""
}

// Get fetches the one row for which cond holds (placeholders ?), or NotFound.
// Scope narrows it like a list.
func (l *Of[T]) Get(ctx context.Context, r db.Reader, w Where) (row T, err error) {
	h := &held[T]{of: l}
	if err := l.roll().get(ctx, r, w, h); err != nil {
		return row, err
	}
	return h.rows[0], nil
}

func (l *roll) get(ctx context.Context, r db.Reader, w Where, h rows) error {
	p, err := l.fetch(ctx, r, Query{Size: 1, by: db.System("")}, w, false, h)
	if err == nil && p.Count == 0 {
		err = fault.New(fault.NotFound, "base.not_found")
	}
	return err
}

// Fetch is one page of the list.
func (l *Of[T]) Fetch(ctx context.Context, r db.Reader, q Query, w Where) (Page[T], error) {
	h := &held[T]{of: l}
	p, err := l.roll().fetch(ctx, r, q, w, true, h)
	return Page[T]{h.rows, p.Next, p.Prev, p.Count, p.More}, err
}

// Count is how many rows match, up to a limit, and whether there are more.
func (l *Of[T]) Count(ctx context.Context, r db.Reader, w Where, limit int) (n int, more bool, err error) {
	return l.roll().counted(ctx, r, w, limit)
}

func (l *roll) counted(ctx context.Context, r db.Reader, w Where, limit int) (n int, more bool, err error) {
	var b builder
	where, _, _, err := l.narrow(ctx, r, Query{by: db.System("")}, w, &b)
	if err != nil {
		return 0, false, err
	}
	return l.tally(ctx, r, where, b.args, limit)
}

// All is every row that matches, at most limit; for short lists inside a page.
func (l *Of[T]) All(ctx context.Context, r db.Reader, w Where, limit int) ([]T, error) {
	return l.Find(ctx, r, "", w, limit)
}

// Find is what a picker offers for a typed text: the record with this id or code,
// and what the search finds; with no text the first of the list.
func (l *Of[T]) Find(ctx context.Context, r db.Reader, text string, w Where, limit int) ([]T, error) {
	h := &held[T]{of: l}
	err := l.roll().find(ctx, r, text, w, limit, h)
	return h.rows, err
}

func (l *roll) find(ctx context.Context, r db.Reader, text string, w Where, limit int, h rows) error {
	if id.Valid(text) {
		w, text = w.And(l.id().sql+" = ?", text), ""
	}
	_, err := l.fetch(ctx, r, Query{Text: text, Size: limit, by: db.System("")}, w, false, h)
	return err
}

// Each calls f for every row that matches, in order, reading a thousand at a time,
// so that an export holds no more than that and no reader stands in the writer's way.
func (l *Of[T]) Each(ctx context.Context, r db.Reader, q Query, w Where, f func(*T) error) error {
	h := &held[T]{of: l}
	return l.roll().each(ctx, r, q, w, h, func(row int) error { return f(&h.rows[row]) })
}

func (l *roll) each(ctx context.Context, r db.Reader, q Query, w Where, h rows, f func(row int) error) error {
	q.Size, q.After, q.Before = 1000, "", ""
	for {
		p, err := l.fetch(ctx, r, q, w, false, h)
		if err != nil {
			return err
		}
		for i := range p.Count {
			if err := f(i); err != nil {
				return err
			}
		}
		if p.Next == "" {
			return nil
		}
		q.After = p.Next
	}
}
