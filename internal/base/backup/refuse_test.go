package backup

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
)

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

// Holds: DB3-8.1.4.7-b v5.0.0-11.4.3
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

// Holds: DB3-8.1.4.9-a AB-16
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

// Holds: v5.0.0-11.4.4 v5.0.0-11.3.3 DB3-8.1.4.8-b AB-17
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

// Holds: AB-16
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

// Holds: v5.0.0-5.3.2 v5.0.0-5.3.3 v5.0.0-5.2.5 AB-16
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

// Holds: AB-16
func TestABoxOfANewerFormatIsRefused(t *testing.T) {
	if _, err := Look(forge(t, 2, nil)); !fault.Is(err, "backup.newer") {
		t.Errorf("got %v", err)
	}
}

// Holds: AB-16 A08:2025
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

// Holds: AB-16
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
	if m.Engine != "sqlite" || m.Files != 1 || m.Migrations[0] != 1 || m.Migrations[len(m.Migrations)-1] != 900001 || m.Taken.Time() != dbtest.Noon {
		b, _ := json.Marshal(m)
		t.Errorf("%s", b)
	}
}
