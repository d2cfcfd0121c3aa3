// Package dbtest is the twin test bench: it runs a test once on SQLite and once on
// PostgreSQL, each time on an empty database of its own.
package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/keys"
	"houqin/internal/base/pgtest"
)

// Noon is the moment at which tests happen: a Thursday, 20:00 in the hospital's zone.
var Noon = time.Date(2027, 3, 4, 12, 0, 0, 0, time.UTC)

// ring is the key of every test database, so that a second copy opens what the first sealed.
var ring, _ = keys.Parse("dGhlIGtleSBvZiB0aGUgdGVzdHMsIDMyIGJ5dGVzLi4=")

// Clock is a clock that tests move by hand.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Add moves the clock on, or back.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Set puts the clock to a moment.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// Each runs f on both engines with the rooms' migrations applied and the clock
// standing at Noon.
func Each(t *testing.T, rooms []fs.FS, f func(*testing.T, *db.DB)) {
	EachClock(t, rooms, func(t *testing.T, d *db.DB, _ *Clock) { f(t, d) })
}

// EachClock is Each for tests in which time passes.
func EachClock(t *testing.T, rooms []fs.FS, f func(*testing.T, *db.DB, *Clock)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		d, clock := Open(t, SQLite(t, rooms))
		f(t, d, clock)
	})
	t.Run("postgres", func(t *testing.T) {
		address, ok := Postgres(t, rooms)
		if !ok {
			return // pgtest has said what is left out, or failed where nothing may be
		}
		d, clock := Open(t, address)
		f(t, d, clock)
	})
}

// Open opens a test database again, as a second copy of the program would.
func Open(t testing.TB, address string) (*db.DB, *Clock) {
	t.Helper()
	d, err := db.Open(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	clock := &Clock{now: Noon}
	d.Now, d.Keys = clock.Now, ring
	return d, clock
}

var templates struct {
	sync.Mutex
	bytes map[string][]byte
}

// SQLite makes a migrated file and gives its path.
func SQLite(t testing.TB, rooms []fs.FS) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "houqin.db")
	k := key(t, rooms)
	templates.Lock()
	defer templates.Unlock()
	if b := templates.bytes[k]; b != nil {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if err := migrate(path, rooms); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if templates.bytes == nil {
		templates.bytes = map[string][]byte{}
	}
	templates.bytes[k] = b
	return path
}

// Postgres makes a migrated database and gives its address; false where no server
// can be had and tests may be left out.
func Postgres(t testing.TB, rooms []fs.FS) (string, bool) {
	t.Helper()
	if _, ok := pgtest.Server(t); !ok {
		return "", false
	}
	return pgtest.Database(t, key(t, rooms), func(dsn string) error { return migrate(dsn, rooms) }), true
}

func migrate(address string, rooms []fs.FS) error {
	d, err := db.Open(address)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Migrate(context.Background(), rooms...)
}

// key tells sets of migrations apart by their text.
func key(t testing.TB, rooms []fs.FS) string {
	h := sha256.New()
	for _, files := range append([]fs.FS{db.Own}, rooms...) {
		names, err := fs.Glob(files, "migrations/*.sql")
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range names {
			b, err := fs.ReadFile(files, n)
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(h, n)
			h.Write(b)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// Person is somebody who holds the permissions named, everywhere.
func Person(name string, permissions ...string) db.Actor {
	a := db.Actor{ID: name, Name: name, Rights: db.Rights{}, Source: "test"}
	for _, p := range permissions {
		a.Rights[p] = db.Scope{All: true}
	}
	return a
}

// PersonIn holds the permissions in one department only.
func PersonIn(name, unit string, permissions ...string) db.Actor {
	a := db.Actor{ID: name, Name: name, Unit: unit, Rights: db.Rights{}, Source: "test"}
	for _, p := range permissions {
		a.Rights[p] = db.Scope{Units: []string{unit}}
	}
	return a
}

// Do runs f as one unit of work and fails the test when it fails.
func Do(t testing.TB, d *db.DB, by db.Actor, f func(*db.Tx) error) {
	t.Helper()
	if err := d.Do(context.Background(), by, f); err != nil {
		t.Fatal(err)
	}
}
