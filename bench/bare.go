package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/hospital"
)

// Bare SQL is what the house itself sends for an act, written down once while it
// carries the act out and then repeated on a fresh copy without the house: the same
// texts with the same values in the same order, reads, locks, numbers, trail and key
// included. What the house reads before its unit of work begins (who asks, what the
// fields mean) is not repeated.

// book is where statements go: a transaction of either engine.
type book interface {
	ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error)
}

// sent is one statement with its values as the driver takes them.
type sent struct {
	text  string
	reads bool // it gives rows
	args  []any
}

// bareAct is one act: the statements between BEGIN and COMMIT.
type bareAct []sent

func (a bareAct) do(ctx context.Context, b book) error {
	for i := range a {
		s := &a[i]
		if !s.reads {
			if _, err := b.ExecContext(ctx, s.text, s.args...); err != nil {
				return fmt.Errorf("%w\n%s", err, s.text)
			}
			continue
		}
		rows, err := b.QueryContext(ctx, s.text, s.args...)
		if err == nil {
			err = drain(rows)
		}
		if err != nil {
			return fmt.Errorf("%w\n%s", err, s.text)
		}
	}
	return nil
}

// drain reads every value of every row.
func drain(rows *sql.Rows) error {
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	values, places := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		places[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return err
		}
	}
	return rows.Err()
}

// script is the acts of each client, as the house carried them out.
type script struct {
	acts   [persons][]bareAct
	tables []string // whose new rows enter a search index before a commit on SQLite
	sends  string   // what an act sends, in words
}

var (
	returning = regexp.MustCompile(`(?i)\bRETURNING\b`)
	inserting = regexp.MustCompile(`(?i)^\s*INSERT INTO (\w+)`)
)

// record lets the house carry out so many acts, round all clients, and writes down
// what it sends.
func record(ctx context.Context, e *engine, a act, n int) (*script, error) {
	address, drop, err := e.another(ctx)
	if err != nil {
		return nil, err
	}
	defer drop()
	h, err := hospital.Open(ctx, hospital.Config{DB: address, Data: e.dir, Log: quiet})
	if err != nil {
		return nil, err
	}
	defer h.DB.Close()
	var now bareAct
	var strange error
	texts := map[string]string{}
	h.DB.Watch = func(t *db.Tx, q string, args []any) {
		if t.By.System {
			return // a token's use is written down
		}
		if kept, ok := texts[q]; ok {
			q = kept
		} else {
			texts[q] = q
		}
		s := sent{text: q, reads: returning.MatchString(q) || !strings.HasPrefix(strings.TrimSpace(strings.ToUpper(q)), "INSERT") && !strings.HasPrefix(strings.ToUpper(q), "UPDATE") && !strings.HasPrefix(strings.ToUpper(q), "DELETE")}
		for _, v := range args {
			x, err := driver.DefaultParameterConverter.ConvertValue(v)
			if err != nil {
				strange = err
			}
			s.args = append(s.args, x)
		}
		now = append(now, s)
	}
	out := &script{}
	for i := range n {
		client := i % persons
		now = nil
		r := httptest.NewRequest("POST", a.path, strings.NewReader(a.body(e.stage, client, i/persons)))
		for _, header := range api(a.token(e.stage, client), fmt.Sprintf("recorded-%d", i)) {
			name, value, _ := strings.Cut(header, ": ")
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		h.Site.ServeHTTP(w, r)
		if w.Code != 200 || strange != nil {
			return nil, fmt.Errorf("%s: status %d: %s %w", a.name, w.Code, w.Body, strange)
		}
		out.acts[client] = append(out.acts[client], now)
	}
	verbs := map[string]int{}
	for _, s := range now {
		verb, _, _ := strings.Cut(strings.TrimSpace(s.text), " ")
		verbs[strings.ToUpper(verb)]++
		if m := inserting.FindStringSubmatch(s.text); m != nil && !slices.Contains(out.tables, m[1]) {
			out.tables = append(out.tables, m[1])
		}
	}
	out.sends = fmt.Sprintf("%d statements (%d SELECT, %d INSERT, %d UPDATE)", len(now), verbs["SELECT"]+verbs["WITH"], verbs["INSERT"], verbs["UPDATE"])
	if e.cluster == nil {
		var searched []string
		for _, t := range out.tables {
			var one string
			if h.DB.QueryRowContext(ctx, `SELECT name FROM sqlite_schema WHERE name = $1`, t+"_fts").Scan(&one) == nil {
				searched = append(searched, t)
			}
		}
		out.tables = searched
	}
	if os.Getenv("BENCH_STATEMENTS") != "" {
		for _, s := range now {
			say("%s %v", strings.Join(strings.Fields(s.text), " "), s.args)
		}
	}
	return out, nil
}

// of gives the acts of one of so many clients, in an order in which each person's
// follow each other.
func (s *script) of(client, clients int) (all []bareAct) {
	for n := 0; ; n++ {
		any := false
		for p := client; p < persons; p += clients {
			if n < len(s.acts[p]) {
				all, any = append(all, s.acts[p][n]), true
			}
		}
		if !any {
			return all
		}
	}
}
