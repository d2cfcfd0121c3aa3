package list

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
)

// Any is a list whose row type does not matter: what pages, exports, the API's
// document and the test of all lists need.
type Any interface {
	Describe(by db.Actor) Desc
	Parse(v url.Values, by db.Actor) (Query, error)
	Rows(ctx context.Context, r db.Reader, q Query, w Where) (Rows, error)
	EachRow(ctx context.Context, r db.Reader, q Query, w Where, f func(Row) error) error
}

// Desc is a list as a person with certain rights sees it.
type Desc struct {
	Name    string
	Search  bool
	Order   string
	Short   bool
	Live    []string
	Columns []Col
}

// Col is one of its columns.
type Col struct {
	Key    string
	Label  string // words key
	Kind   Kind
	OneOf  []string
	Enum   string // words prefix of the values
	Ref    string
	Range  bool
	Sort   bool
	Aside  bool
	Hidden bool
	Named  bool // on a phone its name stands before it
	// Personal: who reads it about others is written down.
	Personal bool
}

// Rows is a page of rows.
type Rows struct {
	Rows       []Row
	Next, Prev string
	Count      int
	More       bool
}

// Row is one row; its cells stand in the order of the description's columns.
type Row struct {
	ID, Href string
	Cells    []Cell
}

// Cell is a value and how it is read.
type Cell struct {
	Value any // string, int64, bool, money.Fen, period.Instant or period.Day
	Said  func(*words.Words) string
	Tone  string
}

func (l *Of[T]) Describe(by db.Actor) Desc {
	return Desc{Name: l.Name, Search: l.Alias != "" || len(l.Like) > 0, Order: l.Order, Short: l.Short, Live: l.Live, Columns: l.roll().describe(by)}
}

func (l *roll) describe(by db.Actor) (all []Col) {
	for i := range l.len() {
		c := l.at(i)
		if c.may(by) {
			all = append(all, Col{c.key, l.name + "." + c.key, l.kind(i), c.oneOf, cmp.Or(c.enum, l.name+"."+c.key), c.ref, c.ranges, c.sort,
				c.aside, c.hid || c.show != nil && !c.show(by), c.named, c.told})
		}
	}
	return all
}

// Parse reads what a person asked for from an address. Unknown names are left
// alone; a known name with an impossible value is Invalid.
func (l *Of[T]) Parse(v url.Values, by db.Actor) (Query, error) { return l.roll().parse(v, by) }

func (l *roll) parse(v url.Values, by db.Actor) (Query, error) {
	q := Query{Text: strings.TrimSpace(v.Get("q")), Is: map[string][]string{}, From: map[string]string{}, To: map[string]string{},
		Sort: v.Get("sort"), After: v.Get("after"), Before: v.Get("before"), by: by}
	var bad fault.Complaints
	if n := len([]rune(q.Text)); n > 100 {
		bad.Add("q", "base.too_long", 100)
	}
	if s := v.Get("size"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > SizeMax {
			bad.Add("size", "base.between", 1, SizeMax)
		}
		q.Size = n
	}
	if key := strings.TrimPrefix(q.Sort, "-"); key != "" && q.Sort != l.order {
		if i := l.column(key, by); i < 0 || !l.at(i).sort && strings.TrimPrefix(l.order, "-") != key {
			bad.Add("sort", "base.bad_value", q.Sort)
		}
	}
	for i := range l.len() {
		c := l.at(i)
		if !c.may(by) {
			continue
		}
		asked := v[c.key]
		if c.ref != "" && v.Has(c.key+".id") { // a picker posts the label it shows and the id it means
			asked = v[c.key+".id"]
		}
		for _, s := range asked {
			for s := range strings.SplitSeq(s, ",") {
				switch {
				case s == "":
				case len(c.oneOf) > 0 && !slices.Contains(c.oneOf, s), l.kind(i) == Flag && s != "true" && s != "false":
					bad.Add(c.key, "base.bad_value", s)
				case len(c.oneOf) > 0, c.ref != "", l.kind(i) == Flag:
					q.Is[c.key] = append(q.Is[c.key], s)
				}
			}
		}
		if c.ranges {
			q.From[c.key], q.To[c.key] = v.Get(c.key+".from"), v.Get(c.key+".to")
		}
	}
	return q, bad.Err()
}

func (l *Of[T]) Rows(ctx context.Context, r db.Reader, q Query, w Where) (Rows, error) {
	return l.roll().rows(ctx, r, q, w, &held[T]{of: l})
}

func (l *roll) rows(ctx context.Context, r db.Reader, q Query, w Where, h rows) (Rows, error) {
	out, err := l.fetch(ctx, r, q, w, true, h)
	if err != nil {
		return Rows{}, err
	}
	out.Rows = make([]Row, h.size())
	now := r.Moment()
	show, id := l.visible(q.by)
	for i := range out.Rows {
		out.Rows[i] = l.row(h, i, show, id, now)
	}
	return out, nil
}

func (l *Of[T]) EachRow(ctx context.Context, r db.Reader, q Query, w Where, f func(Row) error) error {
	return l.roll().eachRow(ctx, r, q, w, &held[T]{of: l}, f)
}

func (l *roll) eachRow(ctx context.Context, r db.Reader, q Query, w Where, h rows, f func(Row) error) error {
	now := r.Moment()
	show, id := l.visible(q.by)
	return l.each(ctx, r, q, w, h, func(i int) error { return f(l.row(h, i, show, id, now)) })
}

// visible are the numbers of the columns that a person may see, and that of the id.
func (l *roll) visible(by db.Actor) (show []int, id int) {
	for i := range l.len() {
		if c := l.at(i); c.may(by) {
			show = append(show, i)
		}
	}
	return show, l.column("id", by)
}

func (l *roll) row(h rows, at int, show []int, id int, now time.Time) Row {
	row := Row{Href: h.href(at), Cells: make([]Cell, len(show))}
	for i, column := range show {
		cell := Cell{Said: h.said(at, column), Tone: h.tone(at, column, now)}
		switch v := h.place(at, column).(type) {
		case *money.Fen:
			cell.Value = *v
		case *period.Instant:
			cell.Value = *v
		case *period.Day:
			cell.Value = *v
		default:
			cell.Value = plain(v)
		}
		if column == id {
			row.ID, _ = cell.Value.(string)
		}
		row.Cells[i] = cell
	}
	return row
}
