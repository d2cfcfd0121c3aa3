package db

import (
	"context"
	"encoding/binary"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Ledger is a table to which rows are only added: its migration says "-- append-only:".
// Its rows have an order that ascends with time: by their own id, by the document with
// which they were added in one unit, or, where they say something of an older record,
// by their own moment.
type Ledger struct {
	Table   string   `json:"table"`
	Columns []string `json:"columns"` // with their kinds: "id text", "at int"
	Key     []string `json:"key"`     // the columns of its order: the primary key, behind "at" where the moment leads
}

// AppendOnly are the names of all such tables, from the migrations of base and rooms.
func AppendOnly(rooms ...fs.FS) (tables []string, err error) {
	for _, files := range append([]fs.FS{Own}, rooms...) {
		found, err := fs.Glob(files, "migrations/*.sql")
		if err != nil {
			return nil, err
		}
		for _, name := range found {
			text, err := fs.ReadFile(files, name)
			if err != nil {
				return nil, err
			}
			for line := range strings.Lines(string(text)) {
				if m := appendOnly.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
					tables = append(tables, m[1])
				}
			}
		}
	}
	slices.Sort(tables)
	return tables, nil
}

// Guarded says whether the engine refuses to change and to delete rows of a table.
func Guarded(ctx context.Context, r Reader, table string) (ok bool, err error) {
	q, want := `SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = $1 AND name IN ($1 || '_no_update', $1 || '_no_delete')`, 2
	if r.Postgres() {
		q, want = `SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE `+inSchema("c", "relnamespace")+`
			AND c.relname = $1 AND t.tgname = $1 || '_append_only' AND t.tgenabled <> 'D'`, 1
	}
	var n int
	err = r.QueryRowContext(ctx, q, table).Scan(&n)
	return n == want, explain(err)
}

// LedgerOf reads how a table looks now.
func LedgerOf(ctx context.Context, r Reader, table string) (Ledger, error) {
	l := Ledger{Table: table}
	columns, err := columnsOf(ctx, r, r.Postgres(), table)
	if err != nil {
		return l, explain(err)
	}
	for _, c := range columns {
		l.Columns = append(l.Columns, c.String())
	}
	q := `SELECT name FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk`
	if r.Postgres() {
		q = `SELECT a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
			JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(CAST(i.indkey AS int2[]))
			WHERE i.indisprimary AND ` + inSchema("c", "relnamespace") + ` AND c.relname = $1 ORDER BY array_position(CAST(i.indkey AS int2[]), a.attnum)`
	}
	l.Key, err = scanAll(ctx, r, func(s *string) []any { return []any{s} }, q, table)
	if err == nil && len(l.Key) > 0 && l.Key[0] != "id" && l.Key[0] != "at" && slices.Contains(l.Columns, "at int") {
		l.Key = append([]string{"at"}, l.Key...)
	}
	if err == nil && (len(l.Key) == 0 || len(l.Columns) == 0) {
		err = fmt.Errorf("table %s has no primary key", table)
	}
	return l, explain(err)
}

// names of the columns, without their kinds.
func (l Ledger) names() []string {
	names := make([]string, len(l.Columns))
	for i, c := range l.Columns {
		names[i], _, _ = strings.Cut(c, " ")
	}
	return names
}

// Line is a row of a ledger.
type Line struct {
	Key  []any // string or int64
	At   int64 // column "at", 0 where there is none
	By   string
	Text []byte // the row's bytes, the same on every engine; good until the next row
}

// Lines gives f the rows behind one key up to another, in the order of their keys;
// an empty key is no bound, and limit 0 no limit.
func (l Ledger) Lines(ctx context.Context, r Reader, after, upto []any, limit int, f func(Line) error) error {
	where, args := l.between(after, upto)
	where += " ORDER BY " + quotedAll(l.Key)
	if limit > 0 {
		where += fmt.Sprintf(" LIMIT %d", limit)
	}
	return l.read(ctx, r, where, args, f)
}

// Line gives f the row of a key, if there is one.
func (l Ledger) Line(ctx context.Context, r Reader, key []any, f func(Line) error) error {
	if len(key) != len(l.Key) {
		return nil
	}
	and := make([]string, len(key))
	for i, k := range l.Key {
		and[i] = fmt.Sprintf("%s = $%d", quoted(k), i+1)
	}
	return l.read(ctx, r, " WHERE "+strings.Join(and, " AND "), key, f)
}

// Behind counts the rows behind a key.
func (l Ledger) Behind(ctx context.Context, r Reader, key []any) (n int64, err error) {
	where, args := l.between(key, nil)
	err = r.QueryRowContext(ctx, `SELECT count(*) FROM `+quoted(l.Table)+where, args...).Scan(&n)
	return n, explain(err)
}

func (l Ledger) between(after, upto []any) (where string, args []any) {
	key := "(" + quotedAll(l.Key) + ")"
	var and []string
	bound := func(op string, values []any) {
		marks := make([]string, len(values))
		for i, v := range values {
			args = append(args, v)
			marks[i] = fmt.Sprintf("$%d", len(args))
		}
		and = append(and, key+op+"("+strings.Join(marks, ", ")+")")
	}
	if len(after) == 1 && len(l.Key) > 1 { // the beginning of a key: its own rows are behind it
		args = append(args, after[0])
		and = append(and, quoted(l.Key[0])+" >= $1")
	} else if len(after) > 0 {
		bound(" > ", after)
	}
	if len(upto) > 0 {
		bound(" <= ", upto)
	}
	if len(and) > 0 {
		where = " WHERE " + strings.Join(and, " AND ")
	}
	return where, args
}

func (l Ledger) read(ctx context.Context, r Reader, where string, args []any, f func(Line) error) error {
	names := l.names()
	rows, err := r.QueryContext(ctx, `SELECT `+quotedAll(names)+` FROM `+quoted(l.Table)+where, args...)
	if err != nil {
		return explain(err)
	}
	defer rows.Close()
	values, into := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	keyAt := make([]int, len(l.Key))
	for i, k := range l.Key {
		keyAt[i] = slices.Index(names, k)
	}
	at, by := slices.Index(l.Columns, "at int"), slices.Index(l.Columns, "by_id text")
	text := make([]byte, 0, 1024)
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return explain(err)
		}
		line := Line{Key: make([]any, len(keyAt))}
		for i, k := range keyAt {
			line.Key[i] = values[k]
		}
		if at >= 0 {
			line.At, _ = values[at].(int64)
		}
		if by >= 0 {
			line.By, _ = values[by].(string)
		}
		if text, err = AppendValues(append(text[:0], l.Table+"\x00"...), values); err != nil {
			return err
		}
		line.Text = text
		if err := f(line); err != nil {
			return err
		}
	}
	return explain(rows.Err())
}

// AppendValues writes values so that no two rows are written the same and both
// engines write one row the same: a letter for the kind, then eight bytes of an
// integer, or the length and the bytes of a text. Truth values are 0 and 1.
func AppendValues(b []byte, values []any) ([]byte, error) {
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			b = append(b, 'n')
		case int64:
			b = binary.BigEndian.AppendUint64(append(b, 'i'), uint64(v))
		case bool:
			n := uint64(0)
			if v {
				n = 1
			}
			b = binary.BigEndian.AppendUint64(append(b, 'i'), n)
		case string:
			b = append(binary.AppendUvarint(append(b, 't'), uint64(len(v))), v...)
		case []byte:
			b = append(binary.AppendUvarint(append(b, 'b'), uint64(len(v))), v...)
		default:
			return nil, fmt.Errorf("a value of type %T cannot be sealed", v)
		}
	}
	return b, nil
}

func quotedAll(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = quoted(n)
	}
	return strings.Join(out, ", ")
}
