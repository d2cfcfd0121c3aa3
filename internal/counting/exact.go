package counting

import (
	"context"
	"fmt"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
)

// Classes are those of goods by what they cost in their store, as choices.
var Classes = []string{string(ClassA), string(ClassB), string(ClassC)}

// Exactness is how right the books of some stores were found in a month, of goods of one
// class: of so many lines counted so many agreed, and of what the books said was there,
// in fen, so much was off, whichever way.
type Exactness struct {
	Month   period.Month `json:"month"`
	Class   Goods        `json:"class"` // "" of what was counted before classes were written down
	Counted int64        `json:"counted"`
	Right   int64        `json:"right"`
	Book    money.Fen    `json:"book"`
	Off     money.Fen    `json:"off"`
}

// And is two of them taken together.
func (e Exactness) And(f Exactness) Exactness {
	e.Counted, e.Right, e.Book, e.Off = e.Counted+f.Counted, e.Right+f.Right, e.Book+f.Book, e.Off+f.Off
	return e
}

// OfLines is which part of the lines was right, as people read it; "" where none was counted.
func (e Exactness) OfLines() string { return exact(e.Counted-e.Right, e.Counted) }

// OfValue is which part of the books' value was right; "" where the books had none.
func (e Exactness) OfValue() string { return exact(int64(e.Off), int64(e.Book)) }

// exact is what is left of a whole without its wrong part, never below nothing.
func exact(wrong, whole int64) string {
	if whole <= 0 {
		return ""
	}
	return Accuracy(10_000 - max(0, (20_000*(whole-wrong)+whole)/(2*whole)))
}

// ExactnessOf is how right the books of stores were found from one day until another, by
// month and class, of all counts that were finished and not given up.
func ExactnessOf(ctx context.Context, r db.Reader, stores []string, from, until period.Day) ([]Exactness, error) {
	if len(stores) == 0 {
		return nil, nil
	}
	in, args := db.Listed(stores)
	n := len(args)
	return db.All(ctx, r, func(e *Exactness) []any { return []any{&e.Month, &e.Class, &e.Counted, &e.Right, &e.Book, &e.Off} },
		fmt.Sprintf(`SELECT substr(c.counted_day, 1, 7), l.class, count(*), count(*) FILTER (WHERE l.diff = 0), CAST(sum(l.book) AS BIGINT), CAST(sum(abs(l.value)) AS BIGINT)
		FROM counting_count c JOIN counting_line l ON l.count = c.id AND l.done > 0 WHERE c.store IN %s AND c.counted_day >= $%d AND c.counted_day <= $%d AND c.state IN (%s)
		GROUP BY substr(c.counted_day, 1, 7), l.class ORDER BY 1, 2`, in, n+1, n+2, finished), append(args, from, until)...)
}

// finished are the states of counts whose figures stand.
const finished = `'counted', 'asked', 'approved', 'posted', 'agreed'`

// Tallied is the list of the lines of all counts whose figures stand, the latest first:
// what the figures of accuracy are made of.
var Tallied = list.Of[Line]{
	Name:  "counting.tallied",
	From:  `counting_line l JOIN counting_count c ON c.id = l.count LEFT JOIN warehouse_store w ON w.id = c.store LEFT JOIN catalog_item i ON i.id = l.item LEFT JOIN warehouse_bin b ON b.id = l.bin`,
	Where: "l.done > 0 AND c.state IN (" + finished + ")",
	Order: "-id", Live: []string{Noun},
	Href: func(l *Line) string { return "/counting/counts/" + l.Count + "/lines" },
	Columns: []list.Column[Line]{
		{Key: "name", SQL: "i.name", Into: func(l *Line) any { return &l.Name }, Text: func(l *Line) string { return l.Title() }},
		{Key: "diff", SQL: "l.diff", Into: func(l *Line) any { return &l.Diff }, Said: func(_ *words.Words, l *Line) string { return l.SayDiff() }, Tone: func(l *Line, _ time.Time) string {
			if l.Diff < 0 {
				return "danger"
			}
			return ""
		}},
		{Key: "value", SQL: "l.value", Into: func(l *Line) any { return &l.Value }, Range: true},
		{Key: "class", SQL: "l.class", Into: func(l *Line) any { return &l.Class }, OneOf: Classes, Enum: "counting.goods"},
		{Key: "counted_day", SQL: "c.counted_day", Into: func(l *Line) any { return &l.CountedDay }, Range: true},
		{Key: "store", SQL: "c.store", Into: func(l *Line) any { return &l.Store }, Ref: "stores", Text: func(l *Line) string { return l.StoreName }},
		{Key: "count_number", SQL: "c.number", Into: func(l *Line) any { return &l.CountNumber }},
		{Key: "book", SQL: "l.book", Into: func(l *Line) any { return &l.Book }, Range: true},
		{Key: "reason", SQL: "l.reason", Into: func(l *Line) any { return &l.Reason }, OneOf: Reasons, Enum: "counting.reason"},
		{Key: "differs", SQL: "(l.diff <> 0)", Into: func(l *Line) any { return &l.differs }, Aside: true},
		{Key: "bin_code", SQL: "coalesce(b.code, '')", Into: func(l *Line) any { return &l.BinCode }, Aside: true},
		{Key: "lot", SQL: "l.lot", Into: func(l *Line) any { return &l.Lot }, Aside: true},
		{Key: "number", SQL: "i.number", Into: func(l *Line) any { return &l.Number }, Aside: true},
		{Key: "unit", SQL: "i.unit", Into: func(l *Line) any { return &l.Unit }, Aside: true},
		{Key: "id", SQL: "l.id", Into: func(l *Line) any { return &l.ID }, Hidden: true},
		{Key: "count", SQL: "l.count", Into: func(l *Line) any { return &l.Count }, Hidden: true},
		{Key: "spec", SQL: "i.spec", Into: func(l *Line) any { return &l.Spec }, Hidden: true},
		{Key: "packs", SQL: "i.packs", Into: func(l *Line) any { return &l.packs }, Hidden: true},
		{Key: "store_name", SQL: "w.name", Into: func(l *Line) any { return &l.StoreName }, Hidden: true},
	},
}

// classOf is the class of goods that turned up on no list: that of their other lines in the
// count, else the last, since the books had nothing of them.
func classOf(ctx context.Context, r db.Reader, count, item string) (Goods, error) {
	class, ok, err := db.Text(ctx, r, `SELECT class FROM counting_line WHERE count = $1 AND item = $2 AND class <> ''`, count, item)
	if !ok {
		class = string(ClassC)
	}
	return Goods(class), err
}
