package main

import (
	"database/sql"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"houqin/internal/hospital"
)

// tampered is what would be wrong with the books of a program that loses, doubles or
// halves, and what the audit must say of it.
var tampered = []struct{ name, sql, want string }{
	{"a report lost", `DELETE FROM desk_job WHERE id = (SELECT record FROM base_trail WHERE action = 'report' ORDER BY id LIMIT 1)`, "confirmed and not there: report"},
	{"a dispatch lost", `UPDATE desk_job SET dispatched_at = 0; DELETE FROM base_trail WHERE action = 'dispatch'`, "confirmed and not there: dispatch"},
	{"an issue lost", `DELETE FROM warehouse_document WHERE kind = 'issue'`, "confirmed and not there: issue"},
	{"a receipt twice", `INSERT INTO warehouse_document (id, kind, number, at, day, store, supplier, invoice, lines, amount, by_id, by_name)
		SELECT id || 'x', kind, number || 'x', at, day, store, supplier, invoice, lines, amount, by_id, by_name FROM warehouse_document WHERE kind = 'receipt'`, "2 times: receive"},
	{"a report twice", `INSERT INTO desk_job (id, number, title, trade, urgency, state, department, reported_at)
		SELECT id || 'x', number || 'x', title, trade, urgency, state, department, reported_at FROM desk_job`, "2 times: report"},
	{"a dispatch twice", `INSERT INTO base_trail SELECT id || 'x', at, by_id, by_name, noun, record, action, note, detail, source, request FROM base_trail WHERE action = 'dispatch'`, "2 times: dispatch"},
	{"an issue without its goods", `DELETE FROM warehouse_posting WHERE document = (SELECT id FROM warehouse_document WHERE kind = 'issue' LIMIT 1)`, "documents without postings"},
	{"a report without its line in the trail", `DELETE FROM base_trail WHERE id = (SELECT id FROM base_trail WHERE action = 'report' LIMIT 1)`, "jobs without the line of their report"},
	{"a dispatch half done", `UPDATE desk_job SET dispatched_at = 1 WHERE id = (SELECT id FROM desk_job WHERE dispatched_at = 0 LIMIT 1)`, "jobs dispatched without a line"},
	{"goods that went without a paper", `UPDATE warehouse_stock SET qty = qty - 1`, "what was done leaves"},
	{"a key without its answer", `UPDATE base_key SET result = ''`, "keys without an answer"},
	{"a key lost", `DELETE FROM base_key WHERE key = (SELECT min(key) FROM base_key)`, "keys for"},
	{"a number skipped", `UPDATE base_number SET last = last + 1`, "number series"},
}

// The audit would notice: it finds nothing wrong with the books of a house at work, and
// each kind of loss, doubling and half act in books that were tampered with.
func TestTheAuditNotices(t *testing.T) {
	o := options{dir: t.TempDir(), clients: 4}
	at, err := found(t.Context(), o, "sqlite")
	if err != nil {
		t.Fatal(err)
	}
	team, err := furnish(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	h, err := hospital.Open(t.Context(), hospital.Config{DB: at.address, Data: at.data, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	site := httptest.NewServer(h.Site)
	l := newLedger()
	people := newClients(team, l, func() string { return site.Listener.Addr().String() })
	people.start(t.Context(), o.clients)
	enough := within(patience, func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return slices.IndexFunc([]string{"report", "dispatch", "receive", "issue"}, func(kind string) bool {
			return !slices.ContainsFunc(l.done, func(a *act) bool { return a.kind == kind })
		}) < 0
	})
	people.finish()
	site.Close()
	if err := h.Close(); err != nil || !enough {
		t.Fatalf("%s, %v", l.said(), err)
	}
	books, err := os.ReadFile(at.address)
	if err != nil {
		t.Fatal(err)
	}
	asTheyAre := func(l *ledger, sql string) error {
		copied := &place{address: filepath.Join(t.TempDir(), "houqin.db")}
		if err := os.WriteFile(copied.address, books, 0o600); err != nil {
			t.Fatal(err)
		}
		if sql != "" {
			tamper(t, copied.address, sql)
		}
		_, err := audit(t.Context(), copied, l, "")
		return err
	}
	list := func(change func(*ledger)) *ledger {
		other := newLedger()
		for _, a := range l.done {
			b := *a
			other.done = append(other.done, &b)
		}
		change(other)
		return other
	}
	if err := asTheyAre(list(func(*ledger) {}), ""); err != nil {
		t.Fatalf("of honest books: %v", err)
	}
	// What was never heard of again may be there or not.
	if err := asTheyAre(list(func(l *ledger) {
		l.left = append(l.left, l.done[0], &act{kind: "issue", key: "never"})
		l.done = l.done[1:]
	}), ""); err != nil {
		t.Errorf("of what was given up: %v", err)
	}
	expect := func(name string, err error, want string) {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, w := range tampered {
		expect(w.name, asTheyAre(list(func(*ledger) {}), w.sql), w.want)
	}
	expect("an act that nobody did", asTheyAre(list(func(l *ledger) { l.done = l.done[1:] }), ""), "nobody did this")
	expect("an act confirmed as another", asTheyAre(list(func(l *ledger) { l.done[0].id = "other" }), ""), "was confirmed as other")
	expect("more goods than were asked for", asTheyAre(list(func(l *ledger) {
		for _, a := range l.done {
			if a.goods != nil {
				a.goods[team.items[0]] += 1000
				return
			}
		}
	}), ""), "what was done leaves")
}

// tamper changes books as no program does: what guards them is taken away first.
func tamper(t *testing.T, path, text string) {
	t.Helper()
	d, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	d.SetMaxOpenConns(1)
	rows, err := d.Query(`SELECT name FROM sqlite_schema WHERE type = 'trigger'`)
	if err != nil {
		t.Fatal(err)
	}
	var guards []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		guards = append(guards, `DROP TRIGGER `+name)
	}
	rows.Close()
	for _, q := range append(guards, text) {
		if _, err := d.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
}
