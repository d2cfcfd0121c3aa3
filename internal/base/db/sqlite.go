package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"houqin/internal/base/fault"

	_ "modernc.org/sqlite"
)

// sqlite: one connection writes, a pool reads, in WAL with full durability.
// Units that wait share one commit, each in a savepoint of its own.
type sqliteEngine struct {
	path    string
	lock    *os.File
	opened  os.FileInfo // the file
	log     os.FileInfo // what is written first, beside it; nil until somebody writes
	known   sameness
	readers *sql.DB
	cached  texts
	writers *sql.DB
	begin   sync.Once
	writer  *writer
	begun   error
}

func openSQLite(path string) (*sqliteEngine, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	e := &sqliteEngine{path: abs}
	if e.lock, err = take(abs, false); err != nil {
		return nil, err
	}
	if err = foreignLog(abs, e.lock); err == nil {
		err = e.open()
	}
	if err != nil {
		e.lock.Close()
		return nil, err
	}
	return e, nil
}

func (e *sqliteEngine) open() (err error) {
	// A new file is the owner's only; what SQLite lays beside it is as the file is.
	if f, err := os.OpenFile(e.path, os.O_CREATE|os.O_RDWR, 0o600); err == nil {
		f.Close()
	}
	if e.writers, err = sql.Open("sqlite", e.dsn(false)); err != nil {
		return err
	}
	e.writers.SetMaxOpenConns(1)
	if err = e.writers.Ping(); err == nil {
		e.opened, err = os.Stat(e.path)
	}
	if err == nil {
		e.readers, err = sql.Open("sqlite", e.dsn(true))
	}
	if err != nil {
		e.writers.Close()
		return err
	}
	n := max(4, 2*runtime.NumCPU())
	e.readers.SetMaxOpenConns(n)
	e.readers.SetMaxIdleConns(n)
	e.cached.prepare = e.readers.PrepareContext
	return nil
}

func (e *sqliteEngine) dsn(readOnly bool) string {
	p := url.Values{}
	for _, s := range []string{"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)", "temp_store(MEMORY)"} {
		p.Add("_pragma", s)
	}
	if readOnly {
		p.Add("_pragma", "query_only(ON)")
		p.Add("_pragma", "cache_size(-4000)")
	} else {
		// Pages written again and again are brought into the file once. The cache holds
		// what a busy minute touches.
		p.Add("_pragma", fmt.Sprintf("wal_autocheckpoint(%d)", logMost))
		p.Add("_pragma", "cache_size(-16000)")
	}
	return "file:" + (&url.URL{Path: e.path}).EscapedPath() + "?" + p.Encode()
}

func (e *sqliteEngine) Postgres() bool { return false }

func (e *sqliteEngine) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	s, err := e.cached.get(ctx, q)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

func (e *sqliteEngine) QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row {
	s, err := e.cached.get(ctx, q)
	if err != nil {
		return e.readers.QueryRowContext(ctx, q, args...) // meets the same error and carries it in the row
	}
	return s.QueryRowContext(ctx, args...)
}

func (e *sqliteEngine) ping(ctx context.Context) error { return e.same(ctx, e.readers) }

// same fails once another file lies where this one was opened.
func (e *sqliteEngine) same(ctx context.Context, on rower) error {
	if err := sameFile(e.path, e.opened); err != nil {
		return e.known.gone(err)
	}
	return e.known.same(ctx, on, 0)
}

func (e *sqliteEngine) connections() (open, busy int) {
	r, w := e.readers.Stats(), e.writers.Stats()
	return r.OpenConnections + w.OpenConnections, r.InUse + w.InUse
}

// migrator is a pool of its own, so that migrating never waits for the writer.
func (e *sqliteEngine) migrator() (*sql.DB, func(), error) {
	pool, err := sql.Open("sqlite", e.dsn(false))
	return pool, func() { pool.Close() }, err
}

func (e *sqliteEngine) close() error {
	e.begin.Do(func() { e.begun = fault.New(fault.Unavailable, "base.closing") })
	if e.writer != nil {
		e.writer.stop()
	}
	e.cached.close()
	return errors.Join(e.readers.Close(), e.writers.Close(), e.leaveLog(), e.lock.Close())
}

func (e *sqliteEngine) do(ctx context.Context, d *DB, u *unit) error {
	e.begin.Do(func() { e.writer, e.begun = newWriter(d, e) })
	if e.begun != nil {
		return e.begun
	}
	return e.writer.do(ctx, u)
}
