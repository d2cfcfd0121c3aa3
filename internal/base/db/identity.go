package db

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"houqin/internal/base/fault"
	"houqin/internal/base/id"
)

// Two settings name a database. The hospital's name stays for life and travels with
// its backups. The database's own is new after each restore, so that a program left
// running notices that the books under its hands are not those it opened.
const (
	hospitalSetting = "base.hospital"
	identitySetting = "base.identity"
)

// identify gives a database its names when it has none.
func identify(ctx context.Context, on execer) error {
	for _, name := range []string{hospitalSetting, identitySetting} {
		_, err := on.ExecContext(ctx, `INSERT INTO base_setting (name, value) VALUES ($1,$2) ON CONFLICT DO NOTHING`, name, id.Secret())
		if err != nil {
			return err
		}
	}
	return nil
}

// sameness remembers which database was opened and finds out whether it still is.
type sameness struct {
	mu      sync.Mutex
	name    string
	looked  time.Time
	swapped atomic.Bool
}

var errSwapped = errors.New("another database is in its place")

// lookAgain is how long a PostgreSQL database is trusted to be the same. An SQLite
// file is looked at before every commit.
const lookAgain = time.Second

// same fails for good once the database is not the one that was opened.
func (s *sameness) same(ctx context.Context, on rower, trust time.Duration) error {
	if s.swapped.Load() {
		return swapped(errSwapped)
	}
	if trust == 0 {
		s.mu.Lock()
	} else if !s.mu.TryLock() {
		return nil // somebody is looking
	}
	defer s.mu.Unlock()
	now := time.Now()
	if trust > 0 && now.Sub(s.looked) < trust {
		return nil
	}
	var name string
	switch err := on.QueryRowContext(ctx, `SELECT value FROM base_setting WHERE name = $1`, identitySetting).Scan(&name); {
	case err != nil && s.name == "":
		return nil // not migrated yet
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return err
	}
	if s.name == "" {
		s.name = name
	}
	if s.name != name {
		return s.gone(errSwapped)
	}
	s.looked = now
	return nil
}

// gone notes that the file itself was replaced or removed.
func (s *sameness) gone(err error) error {
	s.swapped.Store(true)
	return swapped(err)
}

func swapped(why error) error {
	return fault.New(fault.Unavailable, "base.database_swapped").Because(why)
}

type rower interface {
	QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row
}

// sameFile says whether path still names the file that was opened.
func sameFile(path string, opened os.FileInfo) error {
	now, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !os.SameFile(now, opened) {
		return errSwapped
	}
	return nil
}
