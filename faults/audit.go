package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/hospital"
)

// audit compares the books with the clients' own list: everything confirmed is there
// once and as it was confirmed, what was given up is there whole or not at all,
// nothing else is there, and the store holds exactly what these acts leave in it. It
// says what it found of what was given up.
func audit(ctx context.Context, at *place, l *ledger, program string) (string, error) {
	wrong := l.wrong
	d, err := db.Open(at.address)
	if err != nil {
		return "", err
	}
	defer d.Close()
	d.Log = quiet
	if err := d.Analyze(ctx); err != nil { // else SQLite compares each act with all others
		return "", err
	}

	type row struct{ id, number, mark, state string }
	rows := func(q string) ([]row, error) {
		return db.All(ctx, d, func(r *row) []any { return []any{&r.id, &r.number, &r.mark, &r.state} }, q)
	}
	books := map[string]map[string][]row{} // kind → mark → rows
	for kind, q := range map[string]string{
		"report":   `SELECT id, number, title, state FROM desk_job ORDER BY id`,
		"receive":  `SELECT id, number, invoice, '' FROM warehouse_document WHERE kind = 'receipt' ORDER BY id`,
		"issue":    `SELECT id, number, note, '' FROM warehouse_document WHERE kind = 'issue' ORDER BY id`,
		"dispatch": `SELECT record, '', note, '' FROM base_trail WHERE noun = 'desk.job' AND action = 'dispatch' ORDER BY id`,
	} {
		all, err := rows(q)
		if err != nil {
			return "", err
		}
		books[kind] = map[string][]row{}
		for _, r := range all {
			mark := strings.TrimPrefix(r.mark, "报修 ")
			if _, after, ok := strings.Cut(mark, "\n"); ok {
				mark = after
			}
			books[kind][mark] = append(books[kind][mark], r)
		}
	}
	known, moved := map[string]bool{}, map[string]int64{}
	counts := func(a *act) {
		for item, n := range a.goods {
			if a.kind == "issue" {
				n = -n
			}
			moved[item] += n
		}
	}
	for _, a := range l.done {
		known[a.kind+a.key] = true
		counts(a)
		got := books[a.kind][a.key]
		switch {
		case len(got) == 0:
			wrong.add("confirmed and not there: %s %s %s (%s)", a.kind, a.key, a.number, a.id)
		case len(got) > 1:
			wrong.add("%d times: %s %s", len(got), a.kind, a.key)
		case got[0].id != a.id || a.kind != "dispatch" && got[0].number != a.number:
			wrong.add("%s %s was confirmed as %s %s and is %s %s", a.kind, a.key, a.id, a.number, got[0].id, got[0].number)
		}
	}
	there := 0
	for _, a := range l.left {
		known[a.kind+a.key] = true
		n := len(books[a.kind][a.key])
		if n > 0 {
			there++
			counts(a)
		}
		if n > 1 {
			wrong.add("%d times, though given up: %s %s", n, a.kind, a.key)
		}
	}
	for kind, marks := range books {
		for mark := range marks {
			if !known[kind+mark] {
				wrong.add("nobody did this: %s %q", kind, mark)
			}
		}
	}
	type held struct {
		item          string
		opening, here int64
	}
	stock, err := db.All(ctx, d, func(h *held) []any { return []any{&h.item, &h.opening, &h.here} }, `SELECT s.item, p.qty, s.qty FROM warehouse_stock s
		JOIN warehouse_posting p ON p.item = s.item AND p.store = s.store AND p.kind = 'store'
		JOIN warehouse_document d ON d.id = p.document AND d.kind = 'opening' ORDER BY s.item`)
	if err != nil {
		return "", err
	}
	if len(stock) != goods {
		wrong.add("%d items in the store, not %d", len(stock), goods)
	}
	for _, h := range stock {
		one := h.opening / opened // an item's smallest units
		if want := h.opening + moved[h.item]*one; h.here != want {
			wrong.add("stock of %s: what was done leaves %d, the store holds %d", h.item, want/one, h.here/one)
		}
	}
	keys, err := db.All(ctx, d, func(s *string) []any { return []any{s} }, `SELECT key FROM base_key WHERE key <> '' ORDER BY key`)
	if err != nil {
		return "", err
	}
	if n := len(l.done) + there; len(keys) > n || len(keys) < n && !l.forgets {
		wrong.add("%d keys for %d acts", len(keys), n)
	}
	for what, q := range map[string]string{
		"jobs without the line of their report, or with two": `SELECT j.number FROM desk_job j LEFT JOIN base_trail t ON t.record = j.id AND t.noun = 'desk.job' AND t.action = 'report'
			GROUP BY j.id, j.number HAVING count(t.id) <> 1`,
		"documents without their line in the trail, or with two": `SELECT d.number FROM warehouse_document d LEFT JOIN base_trail t ON t.record = d.id AND t.noun = 'warehouse.document'
			GROUP BY d.id, d.number HAVING count(t.id) <> 1`,
		"jobs dispatched without a line, or the other way round": `SELECT j.number FROM desk_job j LEFT JOIN base_trail t ON t.record = j.id AND t.noun = 'desk.job' AND t.action = 'dispatch'
			GROUP BY j.id, j.number, j.dispatched_at HAVING count(t.id) <> CASE WHEN j.dispatched_at > 0 THEN 1 ELSE 0 END`,
		"lines in the trail about nothing": `SELECT t.action || ' ' || t.record FROM base_trail t LEFT JOIN desk_job j ON j.id = t.record LEFT JOIN warehouse_document d ON d.id = t.record
			WHERE t.noun IN ('desk.job', 'warehouse.document') AND j.id IS NULL AND d.id IS NULL`,
		"documents without postings": `SELECT d.number FROM warehouse_document d LEFT JOIN warehouse_posting p ON p.document = d.id GROUP BY d.id, d.number, d.lines HAVING count(p.line) < 2 * d.lines`,
		"keys without an answer":     `SELECT key FROM base_key WHERE result = ''`,
	} {
		found, err := db.All(ctx, d, func(s *string) []any { return []any{s} }, q)
		if err != nil {
			return "", fmt.Errorf("%s: %w", what, err)
		}
		if len(found) > 0 {
			wrong.add("%s: %d, such as %s", what, len(found), found[0])
		}
	}
	// The program would seal within ten minutes; a clock that was set back has rows look older.
	if _, err := hospital.Seal(ctx, d, ""); err != nil {
		return "", err
	}
	disagreements, err := hospital.Verify(ctx, d)
	if err != nil {
		return "", err
	}
	for _, s := range disagreements {
		wrong.add("verify: %s", s)
	}
	if program != "" {
		if out, err := exec.CommandContext(ctx, program, "verify", "--db="+at.address, "--data="+at.data).CombinedOutput(); err != nil {
			wrong.add("houqin verify: %v: %s", err, out)
		}
	}
	if err := wrong.err(); err != nil {
		return "", err
	}
	return fmt.Sprintf("everything confirmed there once, of what was given up %d there whole and %d not at all, books agree", there, len(l.left)-there), nil
}
