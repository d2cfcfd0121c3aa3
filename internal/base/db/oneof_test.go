package db_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
)

// A column's words change under rows that nobody may touch, that others refer to and
// that are found by their texts; who had the database open before sees it too.
func TestAColumnTakesOtherWords(t *testing.T) {
	sheet := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	first := fstest.MapFS{"migrations/990001_paper.sql": sheet(`CREATE TABLE paper (
		id TEXT PRIMARY KEY,
		kind TEXT NOT NULL CHECK (kind IN ('in', 'out')), -- what it does
		n BIGINT NOT NULL DEFAULT 0 CHECK (n >= 0),
		search TEXT NOT NULL DEFAULT ''
	);
	CREATE INDEX paper_kind ON paper (kind);
	CREATE TABLE paper_line (id TEXT PRIMARY KEY, paper TEXT NOT NULL REFERENCES paper (id));
	-- searchable: paper
	-- append-only: paper`)}
	both := fstest.MapFS{"migrations/990001_paper.sql": first["migrations/990001_paper.sql"],
		"migrations/990002_paper.sql": sheet("-- one of: paper.kind 'in', 'out', 'across'\n")}
	dbtest.Each(t, []fs.FS{first}, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		try := func(q string) error {
			return d.Do(ctx, db.System("x"), func(tx *db.Tx) error { _, err := tx.Exec(ctx, q); return err })
		}
		must := func(q string) {
			t.Helper()
			if err := try(q); err != nil {
				t.Fatal(q, err)
			}
		}
		must(`INSERT INTO paper (id, kind, search) VALUES ('a', 'in', 'lamp')`)
		must(`INSERT INTO paper_line (id, paper) VALUES ('1', 'a')`)
		if err := try(`INSERT INTO paper (id, kind) VALUES ('b', 'across')`); !fault.Is(err, "base.refused_by_book") {
			t.Fatal("before:", err)
		}
		if err := d.Migrate(ctx, both); err != nil {
			t.Fatal(err)
		}
		must(`INSERT INTO paper (id, kind, search) VALUES ('b', 'across', 'door')`)
		for q, key := range map[string]string{
			`INSERT INTO paper (id, kind) VALUES ('c', 'under')`:        "base.refused_by_book",
			`INSERT INTO paper (id, kind, n) VALUES ('c', 'in', -1)`:    "base.refused_by_book",
			`INSERT INTO paper_line (id, paper) VALUES ('2', 'nobody')`: "base.referenced",
			`UPDATE paper SET kind = 'out'`:                             "base.append_only",
		} {
			if err := try(q); !fault.Is(err, key) {
				t.Errorf("%s: %v", q, err)
			}
		}
		for _, word := range []string{"lamp", "door"} {
			cond, value := db.Match(d, "paper", "p", [][]string{{word}}, 1)
			if n := count(t, d, `SELECT count(*) FROM paper p WHERE `+cond, value); n != 1 {
				t.Errorf("%s is found %d times", word, n)
			}
		}
		if n := count(t, d, `SELECT count(*) FROM paper WHERE kind IN ('in', 'across')`); n != 2 {
			t.Errorf("%d papers", n)
		}
		if !d.Postgres() {
			var said string
			if err := d.QueryRowContext(ctx, `PRAGMA integrity_check`).Scan(&said); err != nil || said != "ok" {
				t.Error(said, err)
			}
		}
	})
}
