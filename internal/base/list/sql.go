package list

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/words/find"
)

// builder writes a query, numbering its placeholders.
type builder struct {
	strings.Builder
	args []any
}

func (b *builder) bind(v any) string {
	b.args = append(b.args, v)
	return "$" + strconv.Itoa(len(b.args))
}

// cond turns the ? of a condition into numbered placeholders.
func (b *builder) cond(cond string, args []any) string {
	if len(args) == 0 {
		return cond
	}
	var out strings.Builder
	i := 0
	for {
		at := strings.IndexByte(cond, '?')
		if at < 0 {
			out.WriteString(cond)
			return out.String()
		}
		out.WriteString(cond[:at])
		out.WriteString(b.bind(args[i]))
		cond, i = cond[at+1:], i+1
	}
}

// narrow writes what rows must keep to. Of a search it says whether it found few, or
// that it found more than Cap and nothing else narrows it.
func (l *roll) narrow(ctx context.Context, r db.Reader, q Query, w Where, b *builder) (where string, rare, many bool, err error) {
	and := make([]string, 0, 8)
	if l.where != "" {
		and = append(and, "("+l.where+")")
	}
	args := w.args
	for _, c := range w.cond {
		n := strings.Count(c, "?")
		and = append(and, b.cond(c, args[:n]))
		args = args[n:]
	}
	if and, err = l.filters(r, q, b, and); err != nil {
		return "", false, false, err
	}
	if q.Text != "" && l.alias != "" {
		var found string
		if found, rare, err = l.search(ctx, r, q.Text, b); err != nil {
			return "", false, false, err
		}
		many = !rare && l.table != "" && len(and) == 0
		and = append(and, found)
	}
	if q.Text != "" && l.alias == "" && len(l.like) > 0 {
		and = append(and, l.likely(q.Text, b))
	}
	if len(and) == 0 {
		return "", false, false, nil
	}
	return " WHERE " + strings.Join(and, " AND "), rare, many, nil
}

// counting is From without the tables that are joined only to be shown: an index
// can then answer alone. One that a condition seems to name is kept with all others.
func counting(from, where string) string {
	head, joined, _ := strings.Cut(from, " LEFT JOIN ")
	if strings.Count(joined, " JOIN ") != strings.Count(joined, "LEFT JOIN ") {
		return from
	}
	for table := range strings.SplitSeq(joined, "LEFT JOIN ") {
		if name := strings.Fields(table); len(name) > 1 && strings.Contains(where, name[1]+".") {
			return from
		}
	}
	return head
}

// tally counts up to a limit.
func (l *roll) tally(ctx context.Context, r db.Reader, where string, args []any, limit int) (n int, more bool, err error) {
	err = r.QueryRowContext(ctx, fmt.Sprintf("SELECT count(*) FROM (SELECT 1 AS one FROM %s%s LIMIT %d) counted", counting(l.from, where), where, limit+1), args...).Scan(&n)
	return min(n, limit), n > limit, err
}

// asked is what a query came to: the statement, and what is needed to answer it.
type asked struct {
	text       string
	args       []any
	where      string // without the place of the page
	narrow     int    // how many of the args belong to it
	many, back bool
	size       int
	key, id    int // the columns of the order
	q          Query
}

// ask writes the statement of a page.
func (l *roll) ask(ctx context.Context, r db.Reader, q Query, w Where) (*asked, error) {
	var b builder
	where, rare, many, err := l.narrow(ctx, r, q, w, &b)
	if err != nil {
		return nil, err
	}
	a := &asked{where: where, narrow: len(b.args), many: many, back: q.Before != "", size: cmp.Or(max(q.Size, 0), Size), q: q}
	desc := false
	a.key, desc = l.ordered(q)
	a.id = l.column("id", q.by)
	key, id := l.at(a.key), l.at(a.id)
	if cursor := q.After + q.Before; cursor != "" {
		last, err := decode(cursor, l.blank(a.key), l.blank(a.id))
		if err != nil {
			return nil, err
		}
		op := ">"
		if desc != a.back {
			op = "<"
		}
		at := key.sql + " " + op + " " + b.bind(last[0])
		if a.key != a.id {
			at = fmt.Sprintf("(%s, %s) %s ($%d, %s)", key.sql, id.sql, op, len(b.args), b.bind(last[1]))
		}
		if where == "" {
			where = " WHERE " + at
		} else {
			where += " AND " + at
		}
	}
	b.WriteString("SELECT ")
	for i := range l.len() {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(l.at(i).sql)
	}
	b.WriteString(" FROM " + l.from + where + " ORDER BY ")
	before, dir := "", ""
	if rare && !r.Postgres() { // the few rows found are sorted; SQLite must not walk the order's index instead
		before = "+"
	}
	if desc != a.back {
		dir = " DESC"
	}
	b.WriteString(before + key.sql + dir)
	if a.key != a.id {
		b.WriteString(", " + before + id.sql + dir)
	}
	fmt.Fprintf(&b, " LIMIT %d", a.size+1)
	a.text, a.args = b.String(), b.args
	return a, nil
}

// count is how many match, when n are on the page and there may be more.
func (l *roll) count(ctx context.Context, r db.Reader, a *asked, n int, more bool) (count int, over bool, err error) {
	switch {
	case !more && a.q.After+a.q.Before == "": // all of them are here
		return n, false, nil
	case a.many:
		return Cap, true, nil
	}
	return l.tally(ctx, r, a.where, a.args[:a.narrow], Cap)
}

// fetch reads one page into held, and says what stands around it.
func (l *roll) fetch(ctx context.Context, r db.Reader, q Query, w Where, count bool, held rows) (page Rows, err error) {
	a, err := l.ask(ctx, r, q, w)
	if err != nil {
		return page, err
	}
	into, n := make([]any, l.len()), 0
	held.room(min(a.size, Size) + 1)
	err = db.Each(ctx, r, a.text, a.args, func(scan db.Scan) error {
		held.add()
		for i := range into {
			into[i] = held.place(n, i)
		}
		n++
		return scan(into...)
	})
	if err != nil {
		return page, err
	}
	more := n > a.size
	n = min(n, a.size)
	held.cut(n)
	if page.Count = n; count {
		if page.Count, page.More, err = l.count(ctx, r, a, n, more); err != nil {
			return page, err
		}
	}
	if a.back {
		held.turn()
	}
	if n == 0 {
		return page, nil
	}
	cursor := func(row int) string { return encode(held.place(row, a.key), held.place(row, a.id)) }
	if more || a.back {
		page.Next = cursor(n - 1)
	}
	if (a.back && more) || q.After != "" {
		page.Prev = cursor(0)
	}
	return page, held.complete(ctx, r)
}

// ordered is the column of the order, and whether it goes down.
func (l *roll) ordered(q Query) (int, bool) {
	key, desc := strings.CutPrefix(q.Sort, "-")
	if i := l.column(key, q.by); i >= 0 && (l.at(i).sort || q.Sort == l.order) {
		return i, desc
	}
	key, desc = strings.CutPrefix(l.order, "-")
	return l.column(key, db.System("")), desc
}

func (l *roll) id() column { return l.at(l.column("id", db.System(""))) }

func (l *roll) filters(r db.Reader, q Query, b *builder, and []string) ([]string, error) {
	var bad fault.Complaints
	for i := range l.len() {
		c := l.at(i)
		if !c.may(q.by) {
			continue
		}
		if is := q.Is[c.key]; len(is) > 0 {
			vals := make([]any, len(is))
			for j, s := range is {
				vals[j] = s
				if l.kind(i) == Flag {
					vals[j] = s == "true"
				}
			}
			and = append(and, b.cond(c.sql+" IN (?"+strings.Repeat(",?", len(is)-1)+")", vals))
		}
		for _, end := range []struct {
			name, op, value string
		}{{".from", ">=", q.From[c.key]}, {".to", "<", q.To[c.key]}} {
			if end.value == "" {
				continue
			}
			v, err := bound(end.value, l.kind(i), end.op == "<", r.Location())
			if err != nil {
				bad.Add(c.key+end.name, "base.bad_value", end.value)
				continue
			}
			op := end.op
			if op == "<" && l.kind(i) != Instant {
				op = "<="
			}
			and = append(and, c.sql+" "+op+" "+b.bind(v))
		}
	}
	return and, bad.Err()
}

// bound reads one end of a range. A day on a column of instants means its start,
// or, as the upper end, the start of the next; a moment, 2026-11-22T08:00:00Z, means
// itself, as the upper end not included.
func bound(s string, k Kind, upper bool, zone *time.Location) (any, error) {
	switch k {
	case Instant:
		if strings.Contains(s, "T") { // a moment itself, as links have it
			t, err := time.Parse(time.RFC3339Nano, s)
			return period.At(t), err
		}
		d, err := period.ParseDay(s)
		if upper {
			return d.End(zone), err
		}
		return d.Start(zone), err
	case Day:
		return period.ParseDay(s)
	case Money:
		return money.Parse(s)
	default:
		return strconv.ParseInt(s, 10, 64)
	}
}

// search gives the condition for a search text. A rare word is looked up in the
// index first; a common one is checked row by row in the order of the list.
func (l *roll) search(ctx context.Context, r db.Reader, text string, b *builder) (cond string, rare bool, err error) {
	tokens := find.Query(text)
	if len(tokens) == 0 {
		return "1=0", true, nil
	}
	groups := make([][]string, len(tokens))
	for i, t := range tokens {
		groups[i] = []string{t}
	}
	if l.table != "" {
		n, err := db.CountMatches(ctx, r, l.table, groups, common+1)
		if err != nil {
			return "", false, err
		}
		if n == 0 { // perhaps mistyped
			if groups, err = db.Respell(ctx, r, groups); err != nil {
				return "", false, err
			}
			if n, err = db.CountMatches(ctx, r, l.table, groups, common+1); err != nil {
				return "", false, err
			}
		}
		if n <= common {
			cond, value := db.Match(r, l.table, l.alias, groups, len(b.args)+1)
			b.bind(value)
			return cond, true, nil
		}
	}
	var and []string
	for _, g := range groups {
		var or []string
		for _, t := range g {
			or = append(or, "' ' || "+l.alias+".search LIKE "+b.bind("% "+strings.NewReplacer("%", "", "_", "").Replace(t)+"%"))
		}
		and = append(and, "("+strings.Join(or, " OR ")+")")
	}
	// PostgreSQL would take a LIKE of words for rare, and read and sort the whole table;
	// of a CASE it takes half of the rows to match, and follows the order of the list.
	return "CASE WHEN " + strings.Join(and, " AND ") + " THEN true ELSE false END", false, nil
}

// likely is the condition that one of the expressions contains a text, capitals or not.
func (l *roll) likely(text string, b *builder) string {
	at := b.bind("%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text) + "%")
	or := make([]string, len(l.like))
	for i, expr := range l.like {
		or[i] = "lower(" + expr + ") LIKE lower(" + at + `) ESCAPE '\'`
	}
	return "(" + strings.Join(or, " OR ") + ")"
}

// plain is the value behind a pointer to a string, an integer, a bool or a named form of these.
func plain(p any) any {
	switch v := p.(type) {
	case *string:
		return *v
	case *int64:
		return *v
	case *bool:
		return *v
	}
	switch v := reflect.ValueOf(p).Elem(); v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Int64, reflect.Int:
		return v.Int()
	case reflect.Bool:
		return v.Bool()
	default:
		panic(fmt.Sprintf("a list cannot hold a %s", v.Type()))
	}
}

func encode(key, id any) string {
	b, _ := json.Marshal([2]any{plain(key), plain(id)})
	return base64.RawURLEncoding.EncodeToString(b)
}

// decode is the two values of a cursor, each of the type of what it is like.
func decode(cursor string, key, id any) (v [2]any, err error) {
	bad := fault.New(fault.Invalid, "base.bad_cursor")
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return v, bad
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return v, bad
	}
	for i := range v {
		if n, ok := v[i].(json.Number); ok {
			if v[i], err = n.Int64(); err != nil {
				return v, bad
			}
		}
		if reflect.TypeOf(v[i]) != reflect.TypeOf(plain([]any{key, id}[i])) {
			return v, bad
		}
	}
	return v, nil
}
