package db_test

import (
	"crypto/rand"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
)

// stopped says whether a program notices that it must write no more.
func stopped(t *testing.T, d *db.DB) {
	t.Helper()
	write := func() error {
		return d.Do(t.Context(), anna, func(tx *db.Tx) error { return put(t.Context(), tx, tx.NewID()) })
	}
	if err := write(); !fault.Is(err, "base.database_swapped") {
		t.Errorf("a write: %v", err)
	}
	if err := d.Ready(t.Context()); !fault.Is(err, "base.database_swapped") {
		t.Errorf("readiness: %v", err)
	}
	if err := write(); !fault.Is(err, "base.database_swapped") {
		t.Errorf("a later write: %v", err)
	}
}

func TestAProgramStopsWritingWhenItsDatabaseIsSwapped(t *testing.T) {
	start := func(t *testing.T) (*db.DB, string) {
		path := dbtest.SQLite(t, room)
		d, _ := dbtest.Open(t, path)
		dbtest.Do(t, d, anna, func(tx *db.Tx) error { return put(t.Context(), tx, "a") })
		return d, path
	}
	t.Run("another file", func(t *testing.T) {
		d, path := start(t)
		if err := os.Rename(dbtest.SQLite(t, room), path); err != nil {
			t.Fatal(err)
		}
		stopped(t, d)
	})
	t.Run("no file", func(t *testing.T) {
		d, path := start(t)
		if err := os.Rename(path, filepath.Join(t.TempDir(), "away")); err != nil {
			t.Fatal(err)
		}
		stopped(t, d)
	})
	t.Run("another identity", func(t *testing.T) {
		dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
			dbtest.Do(t, d, anna, func(tx *db.Tx) error { return put(t.Context(), tx, "a") })
			dbtest.Do(t, d, db.System("restore"), func(tx *db.Tx) error {
				_, err := tx.Exec(t.Context(), `UPDATE base_setting SET value = 'other' WHERE name = 'base.identity'`)
				return err
			})
			time.Sleep(1100 * time.Millisecond) // PostgreSQL is looked at once a second
			stopped(t, d)
		})
	})
}

func TestARunningProgramKeepsItsNames(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		names := func() (h, i string) {
			for name, into := range map[string]*string{"base.hospital": &h, "base.identity": &i} {
				v, err := db.Setting(t.Context(), d, name)
				if err != nil || len(v) < 20 {
					t.Fatalf("%s is %q, %v", name, v, err)
				}
				*into = v
			}
			return h, i
		}
		h, i := names()
		if err := d.Migrate(t.Context(), room...); err != nil {
			t.Fatal(err)
		}
		if h2, i2 := names(); h2 != h || i2 != i || h == i {
			t.Error("the names changed")
		}
	})
}

// Holds: v5.0.0-16.5.3 DB3-8.1.4.3-d
func TestReadinessFailsWithAFullDiskAndRecovers(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.SQLite(t, room))
	limit := func(pages string) {
		err := d.Try(t.Context(), db.System("x"), func(tx *db.Tx) error { // the limit is no part of what is undone
			var n int64
			return tx.QueryRowContext(t.Context(), `PRAGMA max_page_count = `+pages).Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit("1") // SQLite makes it the present size
	fill := func(tx *db.Tx) error {
		for range 5000 {
			if err := put(t.Context(), tx, tx.NewID()); err != nil {
				return err
			}
		}
		return nil
	}
	err := d.Do(t.Context(), anna, fill)
	if !fault.Is(err, "base.disk_full") || fault.KindOf(err) != fault.Unavailable {
		t.Fatalf("a write: %v", err)
	}
	if n := count(t, d, `SELECT count(*) FROM note`); n != 0 {
		t.Errorf("%d of its rows are there", n)
	}
	if err := d.Ready(t.Context()); !fault.Is(err, "base.disk_full") {
		t.Errorf("readiness: %v", err)
	}
	limit("1000000")
	for range 30 {
		if err = d.Ready(t.Context()); err == nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if err != nil {
		t.Errorf("not ready again: %v", err)
	}
	dbtest.Do(t, d, anna, fill)
}

func TestClosingTwiceIsClosingOnce(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		dbtest.Do(t, d, anna, func(tx *db.Tx) error { return put(t.Context(), tx, "a") })
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestTheEngineExaminesItself(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		dbtest.Do(t, d, anna, func(tx *db.Tx) error { return put(t.Context(), tx, "a") })
		if wrong, err := d.Sound(t.Context()); err != nil || len(wrong) > 0 {
			t.Errorf("%v %v", wrong, err)
		}
		if err := d.Current(t.Context(), room...); err != nil {
			t.Error(err)
		}
		if err := d.Current(t.Context()); !fault.Is(err, "base.database_newer") {
			t.Errorf("an older program: %v", err)
		}
		later := append(room[:1:1], fstest.MapFS{"migrations/900009_later.sql": {Data: []byte(`CREATE TABLE later (id TEXT PRIMARY KEY)`)}})
		if err := d.Current(t.Context(), later...); !fault.Is(err, "base.database_older") {
			t.Errorf("a newer program: %v", err)
		}
	})
}

func TestARowThatRefersToNoneIsNamed(t *testing.T) {
	path := dbtest.SQLite(t, room)
	raw, err := sql.Open("sqlite", path) // foreign keys are off by default
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Exec(`INSERT INTO leaf (id, note) VALUES ('l', 'nowhere')`); err != nil {
		t.Fatal(err)
	}
	raw.Close()
	d, _ := dbtest.Open(t, path)
	if wrong, err := d.Sound(t.Context()); err != nil || len(wrong) != 1 || !strings.Contains(wrong[0], "leaf row 1 refers to no note") {
		t.Errorf("%v %v", wrong, err)
	}
}

// A program was killed and somebody lays a backup over its file, but not over the log
// beside it: what stands in the log must not be mixed into the backup.
func TestALogOfAnotherDatabaseIsRefused(t *testing.T) {
	killed, backup := dbtest.SQLite(t, room), dbtest.SQLite(t, room)
	for path, notes := range map[string]int{killed: 300, backup: 3} {
		d, _ := dbtest.Open(t, path)
		dbtest.Do(t, d, db.System("restore"), func(tx *db.Tx) error { // both come from one file, so far under one name
			_, err := tx.Exec(t.Context(), `UPDATE base_setting SET value = $1 WHERE name = 'base.identity'`, rand.Text())
			return err
		})
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		d, _ = dbtest.Open(t, path)
		for range notes {
			dbtest.Do(t, d, anna, func(tx *db.Tx) error { return put(t.Context(), tx, tx.NewID()) })
		}
		if path == killed { // what lies there now is what a kill would leave
			for _, tail := range []string{"", "-wal"} {
				b, err := os.ReadFile(path + tail)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path+".killed"+tail, b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
	killed += ".killed"
	d, _ := dbtest.Open(t, killed) // its own log is taken up
	dbtest.Do(t, d, anna, func(tx *db.Tx) error { return put(t.Context(), tx, "after") })
	if n := count(t, d, `SELECT count(*) FROM note`); n != 301 {
		t.Errorf("%d rows after the kill", n)
	}
	wal, err := os.ReadFile(killed + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(backup, killed); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(killed+"-wal", wal, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := db.Open(killed); !fault.Is(err, "base.foreign_log") {
			t.Fatalf("opened with %v", err)
		}
	}
	if err := os.Remove(killed + "-wal"); err != nil {
		t.Fatal(err)
	}
	d, _ = dbtest.Open(t, killed)
	if n := count(t, d, `SELECT count(*) FROM note`); n != 3 {
		t.Errorf("%d rows in the backup", n)
	}
	if wrong, err := d.Sound(t.Context()); err != nil || len(wrong) > 0 {
		t.Errorf("%v %v", wrong, err)
	}
}
