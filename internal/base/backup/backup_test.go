package backup

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/pgtest"
)

func init() { workFactor = 2 }

var room = fstest.MapFS{"migrations/900001_note.sql": {Data: []byte(`
	CREATE TABLE note (
		id     TEXT PRIMARY KEY,
		above  TEXT REFERENCES note (id), -- NULL at the top
		number TEXT NOT NULL DEFAULT '',
		search TEXT NOT NULL DEFAULT '',
		done   BOOLEAN NOT NULL DEFAULT false,
		n      BIGINT NOT NULL DEFAULT 0,
		photo  BYTEA
	);
	CREATE INDEX note_number ON note (number, id);
	-- searchable: note
	CREATE TABLE posting (id TEXT PRIMARY KEY, note TEXT NOT NULL REFERENCES note (id), qty BIGINT NOT NULL);
	-- append-only: posting
	CREATE TABLE passing (id TEXT PRIMARY KEY);
	INSERT INTO passing (id) VALUES ('a seed of the migration');
`)}}

// newer is the same room a year later.
var newer = fstest.MapFS{
	"migrations/900001_note.sql": room["migrations/900001_note.sql"],
	"migrations/900002_note.sql": {Data: []byte(`ALTER TABLE note ADD COLUMN grade TEXT NOT NULL DEFAULT 'A'; UPDATE note SET grade = 'B' WHERE done = true`)},
}

var rooms = []fs.FS{room}

// empty is the address of a database nobody has used.
func empty(t *testing.T, postgres bool) string {
	if !postgres {
		return filepath.Join(t.TempDir(), "new.db")
	}
	return pgtest.Database(t, "empty", func(string) error { return nil })
}

func open(t *testing.T, address string) *db.DB {
	t.Helper()
	d, _ := dbtest.Open(t, address)
	return d
}

func box(t *testing.T) Box { return Box{Path: filepath.Join(t.TempDir(), "houqin.backup")} }

func write(t *testing.T, d *db.DB, files string, b Box) *Manifest {
	t.Helper()
	m, err := Write(t.Context(), d, files, []string{"passing"}, "test", b)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// all is every row of a box by table, the database's own name left out.
func all(t *testing.T, b Box) map[string][]string {
	t.Helper()
	rows := map[string][]string{}
	_, _, _, err := unpack(b.Path, b.Passphrase, func(name string, _ int64, r io.Reader) error {
		part, err := io.ReadAll(r)
		table := filepath.Base(filepath.Dir(name))
		for line := range strings.Lines(string(part)) {
			if !strings.HasPrefix(line, `["base.identity"`) && !slices.Contains(rows[table], line) {
				rows[table] = append(rows[table], line)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		slices.Sort(r)
	}
	return rows
}

const odd = "“引号” \"quote\" back\\slash\ttab\nline\r\x01\x1f é 𠮷 </script> \u2028"

func furnish(t *testing.T, d *db.DB) {
	t.Helper()
	ctx := t.Context()
	dbtest.Do(t, d, dbtest.Person("anna"), func(tx *db.Tx) error {
		insert := `INSERT INTO note (id, above, number, search, done, n, photo) VALUES ($1,$2,$3,$4,$5,$6,$7)`
		number, err := tx.Number(ctx, "RK")
		if err != nil {
			return err
		}
		// The child lies before its parent in the list of rows.
		if _, err := tx.Exec(ctx, insert, "z", nil, odd, "手术 术室", true, int64(1<<62), []byte{0, 255, 'x'}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, insert, "a", "z", number, "bing", false, int64(-5), nil); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE note SET above = 'a' WHERE id = 'z'`); err != nil {
			return err
		}
		for i := range 3000 {
			if _, err := tx.Exec(ctx, `INSERT INTO posting (id, note, qty) VALUES ($1,'z',$2)`, fmt.Sprint(i), int64(i)); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `INSERT INTO passing (id) VALUES ('a session')`); err != nil {
			return err
		}
		return tx.Trail(ctx, db.Event{Noun: "note", Record: "z", Action: "put", Note: odd})
	})
}

// Holds: DB3-8.1.4.9-a
func TestABackupGoesFromEitherEngineToEither(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		furnish(t, d)
		from := box(t)
		m := write(t, d, "", from)
		if m.Rows() < 3004 {
			t.Errorf("%d rows", m.Rows())
		}
		for _, postgres := range []bool{false, true} {
			t.Run(map[bool]string{false: "to sqlite", true: "to postgres"}[postgres], func(t *testing.T) {
				if _, ok := pgtest.Server(t); postgres && !ok {
					return
				}
				address := empty(t, postgres)
				if _, err := Restore(t.Context(), from, address, "", db.Loading{Rooms: rooms}); err != nil {
					t.Fatal(err)
				}
				there := open(t, address)
				if err := there.Migrate(t.Context(), rooms...); err != nil {
					t.Fatal(err)
				}
				lives(t, there)
				back := box(t)
				write(t, there, "", back)
				was, is := all(t, from), all(t, back)
				if !maps.EqualFunc(was, is, slices.Equal) {
					for table := range was {
						if !slices.Equal(was[table], is[table]) {
							t.Errorf("table %s: %d rows became %d", table, len(was[table]), len(is[table]))
						}
					}
				}
				if len(was["passing"]) != 1 {
					t.Errorf("what passes was packed: %v", was["passing"])
				}
			})
		}
	})
}

// lives says whether a restored database does what any does; it leaves no trace.
func lives(t *testing.T, d *db.DB) {
	t.Helper()
	ctx := t.Context()
	cond, value := db.Match(d, "note", "n", [][]string{{"手术"}}, 1)
	var found, number string
	if err := d.QueryRowContext(ctx, `SELECT id, number FROM note n WHERE `+cond, value).Scan(&found, &number); err != nil || found != "z" || number != odd {
		t.Errorf("search: %q %q %v", found, number, err)
	}
	for q, key := range map[string]string{
		`DELETE FROM posting`:                                        "base.append_only",
		`UPDATE base_trail SET note = ''`:                            "base.append_only",
		`INSERT INTO posting (id, note, qty) VALUES ('n', 'no', 1)`:  "base.referenced",
		`INSERT INTO note (id) VALUES ('z')`:                         "base.duplicate",
		`INSERT INTO base_number (series, year) VALUES ('RK', 2027)`: "base.duplicate",
	} {
		err := d.Do(ctx, db.System("test"), func(tx *db.Tx) error { _, err := tx.Exec(ctx, q); return err })
		if !fault.Is(err, key) && (key != "base.duplicate" || err == nil) {
			t.Errorf("%s: %v", q, err)
		}
	}
	err := d.Try(ctx, db.System("test"), func(tx *db.Tx) error {
		if number, err := tx.Number(ctx, "RK"); err != nil || number != "RK-2027-000002" {
			t.Errorf("the next number is %s, %v", number, err)
		}
		_, err := tx.Exec(ctx, `UPDATE note SET search = 'anders', done = false WHERE id = 'z'`)
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAnOlderBackupIsBroughtUpToTheProgram(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		furnish(t, d)
		b := box(t)
		write(t, d, "", b)
		address := empty(t, d.Postgres())
		if _, err := Restore(t.Context(), b, address, "", db.Loading{Rooms: []fs.FS{newer}}); err != nil {
			t.Fatal(err)
		}
		there := open(t, address)
		var a, z string
		if err := there.QueryRowContext(t.Context(), `SELECT a.grade, z.grade FROM note a, note z WHERE a.id = 'a' AND z.id = 'z'`).Scan(&a, &z); err != nil || a+z != "AB" {
			t.Errorf("%q %q %v", a, z, err)
		}
		again := box(t)
		write(t, there, "", again)
		_, err := Restore(t.Context(), again, empty(t, d.Postgres()), "", db.Loading{Rooms: rooms})
		if !fault.Is(err, "base.backup_newer") {
			t.Errorf("a backup of the newer program: %v", err)
		}
	})
}

// Holds: DB3-8.1.4.9-a
func TestABackupWhileManyWriteShowsOneMoment(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var mu sync.Mutex
		confirmed := map[string]bool{}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for ctx.Err() == nil {
					var number string
					err := d.Do(context.WithoutCancel(ctx), dbtest.Person("anna"), func(tx *db.Tx) (err error) {
						id := tx.NewID()
						if number, err = tx.Number(t.Context(), "RK"); err != nil {
							return err
						}
						if _, err := tx.Exec(t.Context(), `INSERT INTO note (id, number, photo) VALUES ($1,$2,$3)`, id, number, bytes.Repeat([]byte("x"), 500)); err != nil {
							return err
						}
						return tx.Trail(t.Context(), db.Event{Noun: "note", Record: id, Action: "put", Note: number})
					})
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					confirmed[number] = true
					mu.Unlock()
				}
			})
		}
		have := func() int { mu.Lock(); defer mu.Unlock(); return len(confirmed) }
		for least := range 3 {
			for have() < 300*(least+1) && !t.Failed() {
				time.Sleep(time.Millisecond)
			}
			mu.Lock()
			before := maps.Clone(confirmed)
			mu.Unlock()
			b := box(t)
			write(t, d, "", b)
			address := empty(t, d.Postgres())
			if _, err := Restore(t.Context(), b, address, "", db.Loading{Rooms: rooms}); err != nil {
				t.Fatal(err)
			}
			there := open(t, address)
			numbers, err := db.All(t.Context(), there, func(s *string) []any { return []any{s} }, `SELECT number FROM note`)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range numbers {
				delete(before, n)
			}
			if len(before) > 0 {
				t.Errorf("%d confirmed before the backup are not in it", len(before))
			}
			var last, trail int
			if err := there.QueryRowContext(t.Context(), `SELECT n.last, (SELECT count(*) FROM base_trail) FROM base_number n`).Scan(&last, &trail); err != nil {
				t.Fatal(err)
			}
			if last != len(numbers) || trail != len(numbers) {
				t.Errorf("%d notes, last number %d, %d lines of trail", len(numbers), last, trail)
			}
		}
		stop()
		wg.Wait()
	})
}
