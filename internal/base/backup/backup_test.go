package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
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

// small is a box of a few kilobytes with a file in it.
func small(t *testing.T, passphrase string) Box {
	d := open(t, dbtest.SQLite(t, rooms))
	dbtest.Do(t, d, db.System("x"), func(tx *db.Tx) error {
		return tx.Trail(t.Context(), db.Event{Noun: "note", Record: "a", Action: "put"})
	})
	files := t.TempDir()
	if err := os.MkdirAll(filepath.Join(files, "2027"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(files, "2027", "photo"), []byte("a photo"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := Box{Path: filepath.Join(t.TempDir(), "b"), Passphrase: passphrase}
	if m := write(t, d, files, b); m.Files != 1 {
		t.Fatalf("%d files", m.Files)
	}
	return b
}

func TestNoByteMayBeOtherThanWritten(t *testing.T) {
	for _, passphrase := range []string{"", "correct horse"} {
		t.Run(map[bool]string{true: "plain", false: "enciphered"}[passphrase == ""], func(t *testing.T) {
			b := small(t, passphrase)
			whole, err := os.ReadFile(b.Path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Look(b); err != nil {
				t.Fatal(err)
			}
			bad := Box{Path: filepath.Join(t.TempDir(), "bad"), Passphrase: passphrase}
			refused := func(what string, at int, content []byte) {
				t.Helper()
				if err := os.WriteFile(bad.Path, content, 0o600); err != nil {
					t.Fatal(err)
				}
				if _, err := Look(bad); fault.KindOf(err) != fault.Conflict {
					t.Errorf("%s at %d of %d: %v", what, at, len(whole), err)
				}
			}
			for at := range whole {
				flipped := bytes.Clone(whole)
				flipped[at] ^= 1 << (at % 8)
				refused("flipped", at, flipped)
				if at%7 == 0 {
					refused("cut", at, whole[:at])
				}
			}
			refused("cut", len(whole)-1, whole[:len(whole)-1])
			refused("longer", len(whole), append(bytes.Clone(whole), 0))
			refused("twice", len(whole), append(bytes.Clone(whole), whole...))
		})
	}
}

func TestADamagedBackupTouchesNothing(t *testing.T) {
	b := small(t, "")
	whole, err := os.ReadFile(b.Path)
	if err != nil {
		t.Fatal(err)
	}
	whole[len(whole)/2] ^= 4
	if err := os.WriteFile(b.Path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	address, files := dbtest.SQLite(t, rooms), filepath.Join(t.TempDir(), "files")
	_, err = Restore(t.Context(), b, address, files, db.Loading{Rooms: rooms, Replace: true, Foreign: true})
	if !fault.Is(err, "backup.damaged") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(files); err == nil {
		t.Error("files were written")
	}
	if names := beside(t, address); len(names) != 1 {
		t.Errorf("left beside: %v", names)
	}
}

// beside are the files of a database's folder without lock and journal.
func beside(t *testing.T, path string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if n := e.Name(); !strings.HasSuffix(n, ".lock") && !strings.HasSuffix(n, "-wal") && !strings.HasSuffix(n, "-shm") {
			names = append(names, n)
		}
	}
	return names
}

func TestAPassphraseIsNeeded(t *testing.T) {
	b := small(t, "correct horse")
	for _, wrong := range []string{"", "another"} {
		if _, err := Look(Box{b.Path, wrong}); !fault.Is(err, "backup.passphrase") {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	raw, err := os.ReadFile(b.Path)
	if err != nil || bytes.Contains(raw, []byte("a photo")) || bytes.Contains(raw, []byte(headName)) {
		t.Errorf("readable without the passphrase, or %v", err)
	}
	if info, err := os.Stat(b.Path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

func TestABoxIsNotReplaced(t *testing.T) {
	b := small(t, "")
	d := open(t, dbtest.SQLite(t, rooms))
	if _, err := Write(t.Context(), d, "", nil, "test", b); !fault.Is(err, "backup.exists") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(b.Path + ".partial"); err == nil {
		t.Error("a partial file was left")
	}
}

func TestForeignFilesAreRefused(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"empty": "", "text": "id,name\n1,a\n", "sqlite": "SQLite format 3\x00", "zeros": strings.Repeat("\x00", 4096)} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Look(Box{Path: path}); !fault.Is(err, "backup.foreign") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// forge packs a box as an ill-meaning hand would, with correct sums.
func forge(t *testing.T, number int, entries map[string]string) Box {
	t.Helper()
	b := box(t)
	p, err := pack(b.Path, "", head{Format: format, Number: number, Program: "forged"})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		if err := p.put(name, int64(len(entries[name])), strings.NewReader(entries[name])); err != nil {
			t.Fatal(err)
		}
	}
	m := &Manifest{}
	m.Hospital, m.Migrations = "H", []int64{1, 900001}
	if err := p.close(m); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestABoxCannotClimbOut(t *testing.T) {
	for _, name := range []string{"files/../../escaped", "../escaped", "/etc/escaped", "files/a/../../../escaped", `files/..\..\escaped`, "files/c:evil", "other/escaped"} {
		b := forge(t, 1, map[string]string{name: "x"})
		if _, err := Look(b); fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A link inside the folder that leads outside it.
	dir := t.TempDir()
	files, outside := filepath.Join(dir, "files"), filepath.Join(dir, "outside")
	for _, d := range []string{files, outside} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, filepath.Join(files, "2027")); err != nil {
		t.Fatal(err)
	}
	_, err := Restore(t.Context(), small(t, ""), empty(t, false), files, db.Loading{Rooms: rooms})
	if left, _ := os.ReadDir(outside); err == nil || len(left) > 0 {
		t.Errorf("%v, outside lie %v", err, left)
	}
}

func TestABoxOfANewerFormatIsRefused(t *testing.T) {
	if _, err := Look(forge(t, 2, nil)); !fault.Is(err, "backup.newer") {
		t.Errorf("got %v", err)
	}
}

func TestForgedTablesChangeNothing(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		for name, entries := range map[string]map[string]string{
			"none":            {},
			"unknown table":   {"tables/nothing/000001.json": "[\"id text\"]\n[\"1\"]\n"},
			"unknown column":  {"tables/passing/000001.json": "[\"id text\",\"x text\"]\n"},
			"broken row":      {"tables/passing/000001.json": "[\"id text\"]\n[\"1\"\n"},
			"other kind":      {"tables/passing/000001.json": "[\"id int\"]\n[1]\n"},
			"null in its key": {"tables/note/000001.json": "[\"id text\"]\n[null]\n"},
		} {
			address := empty(t, d.Postgres())
			if _, err := Restore(t.Context(), forge(t, 1, entries), address, "", db.Loading{Rooms: rooms}); err == nil {
				t.Errorf("%s: restored", name)
			}
			there := open(t, address)
			if err := there.Migrate(t.Context(), rooms...); err != nil {
				t.Errorf("%s: what is left cannot be used: %v", name, err)
			}
			if !d.Postgres() {
				if names := beside(t, address); len(names) != 1 {
					t.Errorf("%s: left beside: %v", name, names)
				}
			}
		}
	})
}

func TestWhoMayBeReplaced(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		furnish(t, d)
		b := box(t)
		write(t, d, "", b)
		address := empty(t, d.Postgres())
		restore := func(how db.Loading) (*Restored, error) {
			how.Rooms = rooms
			return Restore(t.Context(), b, address, "", how)
		}
		if r, err := restore(db.Loading{}); err != nil || r.Kept != "" {
			t.Fatal(r, err)
		}
		if _, err := restore(db.Loading{}); err == nil || !fault.Is(err, "base.not_empty") {
			t.Errorf("over records: %v", err)
		}
		running := open(t, address)
		dbtest.Do(t, running, db.System("x"), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE note SET n = 77 WHERE id = 'a'`)
			return err
		})
		if _, err := restore(db.Loading{Replace: true}); !fault.Is(err, "base.in_use") {
			t.Errorf("under a running program: %v", err)
		}
		running.Close()
		r, err := restore(db.Loading{Replace: true})
		if err != nil || r.Kept == "" {
			t.Fatalf("%+v %v", r, err)
		}
		n := func(d *db.DB, table string) (n int64) {
			if err := d.QueryRowContext(t.Context(), `SELECT n FROM `+table+` WHERE id = 'a'`).Scan(&n); err != nil {
				t.Error(err)
			}
			return n
		}
		there := open(t, address)
		if n(there, "note") != -5 {
			t.Error("the records are not the backup's")
		}
		if d.Postgres() {
			if n(there, r.Kept+".note") != 77 {
				t.Error("what was replaced is not kept")
			}
		} else if n(open(t, r.Kept), "note") != 77 {
			t.Error("what was replaced is not kept")
		}
		there.Close()

		stranger, ok := strangerOf(t, d.Postgres())
		if !ok {
			return
		}
		address = stranger
		if _, err := restore(db.Loading{Replace: true}); !fault.Is(err, "base.other_hospital") {
			t.Errorf("over another hospital: %v", err)
		}
		if _, err := restore(db.Loading{Replace: true, Foreign: true}); err != nil {
			t.Error(err)
		}
	})
}

// strangerOf is a database of another hospital.
func strangerOf(t *testing.T, postgres bool) (string, bool) {
	address := empty(t, postgres)
	d := open(t, address)
	if err := d.Migrate(t.Context(), rooms...); err != nil {
		t.Fatal(err)
	}
	dbtest.Do(t, d, db.System("x"), func(tx *db.Tx) error {
		return tx.Trail(t.Context(), db.Event{Noun: "note", Record: "s", Action: "put"})
	})
	return address, d.Close() == nil
}

func TestADatabaseOfSomebodyElseIsLeftAlone(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		address := empty(t, d.Postgres())
		other := open(t, address)
		dbtest.Do(t, other, db.System("x"), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `CREATE TABLE invoices (id TEXT PRIMARY KEY)`)
			return err
		})
		other.Close()
		b := box(t)
		furnish(t, d)
		write(t, d, "", b)
		_, err := Restore(t.Context(), b, address, "", db.Loading{Rooms: rooms, Replace: true, Foreign: true})
		if !fault.Is(err, "base.not_ours") {
			t.Errorf("got %v", err)
		}
	})
}

func TestFilesComeBackAndLaterOnesStay(t *testing.T) {
	b := small(t, "")
	files := t.TempDir()
	if err := os.WriteFile(filepath.Join(files, "later"), []byte("later"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := Restore(t.Context(), b, empty(t, false), files, db.Loading{Rooms: rooms}); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{"later": "later", "2027/photo": "a photo"} {
			if got, err := os.ReadFile(filepath.Join(files, name)); err != nil || string(got) != want {
				t.Errorf("%s: %q %v", name, got, err)
			}
		}
		if err := os.WriteFile(filepath.Join(files, "2027", "photo"), []byte("damaged"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(files, "2027", ".*")); err != nil || len(left) > 0 {
		t.Errorf("left: %v %v", left, err)
	}
}

func TestTheManifestTellsWhatIsInside(t *testing.T) {
	m, err := Look(small(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	if m.Engine != "sqlite" || m.Files != 1 || !slices.Equal(m.Migrations, []int64{1, 900001}) || m.Taken.Time() != dbtest.Noon {
		b, _ := json.Marshal(m)
		t.Errorf("%s", b)
	}
}
