package db

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"

	"houqin/internal/base/period"
)

// Entry is one line of a record's story.
type Entry struct {
	ID     string
	At     period.Instant
	ByID   string
	By     string
	Noun   string
	Record string
	Action string
	Note   string
	Detail string
	Source string
}

// Story is what happened to a record, newest first, at most 200 lines.
func Story(ctx context.Context, r Reader, noun, record string) ([]Entry, error) {
	return All(ctx, r, func(e *Entry) []any {
		return []any{&e.ID, &e.At, &e.ByID, &e.By, &e.Noun, &e.Record, &e.Action, &e.Note, &e.Detail, &e.Source}
	}, `SELECT id, at, by_id, by_name, noun, record, action, note, detail, source FROM base_trail
		WHERE record = $1 AND noun = $2 ORDER BY id DESC LIMIT 200`, record, noun)
}

// Deeds gives f each line of the trail about one deed, "approvals.case.ask", the oldest
// first: its record and what it says changed.
func Deeds(ctx context.Context, r Reader, deed string, f func(record, detail string)) error {
	return Each(ctx, r, `SELECT record, detail FROM base_trail WHERE (noun || '.' || action) = $1 ORDER BY id`, []any{deed}, func(scan Scan) error {
		var record, detail string
		err := scan(&record, &detail)
		f(record, detail)
		return err
	})
}

// All reads every row of a query into values; into names the places of one row.
func All[T any](ctx context.Context, r Reader, into func(*T) []any, q string, args ...any) ([]T, error) {
	var all []T
	err := Each(ctx, r, q, args, func(scan Scan) error {
		all = append(all, *new(T))
		return scan(into(&all[len(all)-1])...)
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Scan copies the values of a row to their places.
type Scan = func(to ...any) error

// Each gives f every row of a query, to scan it. The query is then through: f does not
// query by itself, so that a unit of work may keep the statement for the next time.
func Each(ctx context.Context, r Reader, q string, args []any, f func(Scan) error) error {
	if t, ok := r.(*Tx); ok {
		if w, ok := t.conn.(*writer); ok {
			if err := t.usable(ctx); err != nil {
				return err
			}
			t.sends(q, args)
			rows, err := w.kept(t.ctx(ctx), q, args)
			if err != nil {
				return t.fail(err)
			}
			return eachRow(rows, f)
		}
	}
	rows, err := r.QueryContext(ctx, q, args...)
	if err != nil {
		return explain(err)
	}
	return eachRow(rows, f)
}

func eachRow(rows *sql.Rows, f func(Scan) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return explain(rows.Err())
}

// Listed is ($1,$2,…) for so many values, to stand in a query after IN, and its arguments:
// those that the query has before, from which the numbers go on, and the values. In no
// values is nothing.
func Listed[S ~string](values []S, before ...any) (string, []any) {
	if len(values) == 0 {
		return "(NULL)", before
	}
	marks, args := make([]string, len(values)), slices.Clip(before)
	for i, v := range values {
		args = append(args, v)
		marks[i] = "$" + strconv.Itoa(len(args))
	}
	return "(" + strings.Join(marks, ",") + ")", args
}

// First reads the first row of a query; ok is false when there is none.
func First[T any](ctx context.Context, r Reader, into func(*T) []any, q string, args ...any) (v T, ok bool, err error) {
	all, err := All(ctx, r, into, q, args...)
	if err != nil || len(all) == 0 {
		return v, false, err
	}
	return all[0], true, nil
}

// Texts is All for rows of one text each, Text is First.
func Texts(ctx context.Context, r Reader, q string, args ...any) ([]string, error) {
	return All(ctx, r, func(s *string) []any { return []any{s} }, q, args...)
}

// Text: see Texts.
func Text(ctx context.Context, r Reader, q string, args ...any) (text string, ok bool, err error) {
	return First(ctx, r, func(s *string) []any { return []any{s} }, q, args...)
}

// Setting reads a setting of the hospital; "" when it was never set.
func Setting(ctx context.Context, r Reader, name string) (string, error) {
	v, _, err := Text(ctx, r, `SELECT value FROM base_setting WHERE name = $1`, name)
	return v, err
}

// Set changes a setting of the hospital, with its trail.
func Set(ctx context.Context, tx *Tx, name, value string) error {
	was, err := Setting(ctx, tx, name)
	if err != nil || was == value {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO base_setting (name, value) VALUES ($1,$2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value); err != nil {
		return err
	}
	return tx.Trail(ctx, Event{Noun: "base.setting", Record: name, Action: "set", Before: was, After: value})
}
