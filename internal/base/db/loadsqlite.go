package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"houqin/internal/base/fault"
)

// sqliteTarget is a new file beside the database, which takes its place at the end.
type sqliteTarget struct {
	path, fresh string
	lock        *os.File
	pool        *sql.DB
}

func intoSQLite(ctx context.Context, path string, how Loading, hospital string) (target, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	t := &sqliteTarget{path: abs, fresh: fmt.Sprintf("%s.restoring-%d", abs, os.Getpid())}
	if t.lock, err = take(abs, true); err != nil {
		return nil, err
	}
	if err := t.refuse(ctx, how, hospital); err != nil {
		t.abort()
		return nil, err
	}
	return t, nil
}

// refuse looks at what lies at the place. A file that cannot be read may be
// replaced: that is when a backup is needed most.
func (t *sqliteTarget) refuse(ctx context.Context, how Loading, hospital string) error {
	if info, err := os.Stat(t.path); errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		return nil
	}
	old, err := sql.Open("sqlite", "file:"+(&url.URL{Path: t.path}).EscapedPath()+"?_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	defer old.Close()
	old.SetMaxOpenConns(1)
	var ours int64
	if err = old.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE name = 'base_trail'`).Scan(&ours); err == nil && ours == 0 {
		return fault.New(fault.Conflict, "base.not_ours", t.path)
	}
	if err == nil {
		err = refuseTaken(ctx, old, how, hospital)
	}
	if err == nil { // all of it into the one file, so that nothing is left beside
		_, err = old.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	}
	if fault.KindOf(err) == fault.Conflict || err != nil && !how.Replace {
		return err
	}
	return nil
}

func (t *sqliteTarget) postgres() bool { return false }

func (t *sqliteTarget) begin(ctx context.Context) (*sql.Conn, error) {
	// The file is nobody's until it is whole, so it needs neither journal nor flush.
	p := url.Values{}
	for _, s := range []string{"journal_mode(OFF)", "synchronous(OFF)", "foreign_keys(OFF)", "locking_mode(EXCLUSIVE)", "cache_size(-32768)"} {
		p.Add("_pragma", s)
	}
	f, err := os.OpenFile(t.fresh, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	f.Close()
	if t.pool, err = sql.Open("sqlite", "file:"+(&url.URL{Path: t.fresh}).EscapedPath()+"?"+p.Encode()); err != nil {
		return nil, err
	}
	conn, err := t.pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	_, err = conn.ExecContext(ctx, `BEGIN EXCLUSIVE`)
	return conn, err
}

func (t *sqliteTarget) bare(ctx context.Context, conn *sql.Conn) (back []string, err error) {
	type thing struct{ kind, name, sql string }
	things, err := scanAll(ctx, conn, func(t *thing) []any { return []any{&t.kind, &t.name, &t.sql} },
		`SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY type, rowid`)
	if err != nil {
		return nil, err
	}
	for _, one := range things {
		if _, err := conn.ExecContext(ctx, `DROP `+one.kind+` `+quoted(one.name)); err != nil {
			return nil, err
		}
		back = append(back, one.sql)
	}
	// Search tables are not loaded but made anew from their tables.
	search, err := scanAll(ctx, conn, func(s *string) []any { return []any{s} },
		`SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'virtual' ORDER BY name`)
	for _, s := range search {
		back = append(back, `INSERT INTO `+quoted(s)+`(`+quoted(s)+`) VALUES ('rebuild')`)
	}
	return back, err
}

func (t *sqliteTarget) copyRows(ctx context.Context, conn *sql.Conn, table string, columns []column, next func() ([]any, error)) error {
	names, marks := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		names[i], marks[i] = quoted(c.name), fmt.Sprintf("$%d", i+1)
	}
	insert, err := conn.PrepareContext(ctx, `INSERT INTO `+quoted(table)+` (`+strings.Join(names, ", ")+`) VALUES (`+strings.Join(marks, ", ")+`)`)
	if err != nil {
		return err
	}
	defer insert.Close()
	if err := ctx.Err(); err != nil {
		return err
	}
	quick := context.WithoutCancel(ctx) // a part is soon over, and watching each row costs
	for {
		row, err := next()
		if err != nil || row == nil {
			return err
		}
		if _, err := insert.ExecContext(quick, row...); err != nil {
			return err
		}
	}
}

func (t *sqliteTarget) checked(ctx context.Context, conn *sql.Conn) error {
	loose, err := scanAll(ctx, conn, func(s *string) []any { return []any{s} }, `SELECT "table" || ' refers to no ' || parent FROM pragma_foreign_key_check LIMIT 5`)
	if err == nil && len(loose) > 0 {
		err = errors.New(strings.Join(loose, "; "))
	}
	return err
}

func (t *sqliteTarget) commit(ctx context.Context, conn *sql.Conn) (kept string, err error) {
	if _, err := conn.ExecContext(ctx, `COMMIT`); err != nil {
		return "", err
	}
	var sound string
	if err := conn.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&sound); err != nil || sound != "ok" {
		return "", errors.Join(err, fmt.Errorf("the new file is not sound: %s", sound))
	}
	conn.Close()
	if err := t.pool.Close(); err != nil {
		return "", err
	}
	t.pool = nil
	if err := flush(t.fresh); err != nil {
		return "", err
	}
	if kept, err = t.swap(beforeName(time.Now())); err != nil {
		return "", err
	}
	return kept, t.lock.Close()
}

// swap puts the new file in the place of the old in one step, so that a crash
// leaves one or the other. The old one keeps a second name.
func (t *sqliteTarget) swap(name string) (kept string, err error) {
	if _, err := os.Stat(t.path); err == nil {
		kept = t.path + "." + name
		if err := os.Link(t.path, kept); err != nil {
			if err := os.Rename(t.path, kept); err != nil {
				return "", err
			}
		}
		// What was written last of a file that could not be read lies beside it.
		for _, tail := range []string{"-wal", "-shm"} {
			if err := os.Rename(t.path+tail, kept+tail); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return "", err
			}
		}
	}
	if err := os.Rename(t.fresh, t.path); err != nil {
		return "", err
	}
	return kept, FlushNames(filepath.Dir(t.path))
}

// flush waits until a file is safe on disk. Windows wants it open for writing.
func flush(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// FlushNames waits until the names in a folder are safe on disk, where the system can be asked to.
func FlushNames(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	f.Sync()
	return f.Close()
}

func (t *sqliteTarget) abort() {
	if t.pool != nil {
		t.pool.Close()
		t.pool = nil
	}
	os.Remove(t.fresh)
	t.lock.Close()
}
