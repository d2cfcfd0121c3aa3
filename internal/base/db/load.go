package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"houqin/internal/base/fault"
	"houqin/internal/base/id"
)

// Loading says how a dump is put in the place of a database.
type Loading struct {
	Rooms []fs.FS // migrations this program knows, besides its own
	// Replace allows a database that holds records; it is kept aside, an SQLite file
	// under a name of its own, a PostgreSQL database in a schema of its own.
	Replace bool
	// Foreign allows the dump of one hospital to replace the records of another.
	Foreign bool
}

// Load is a dump being put in the place of a database. Nothing of it is visible
// before Finish has succeeded.
type Load struct {
	how      Loading
	contents *Contents
	target   target
	conn     *sql.Conn
	steps    []step
	rows     map[string]int64
	tables   map[string][]column // what the schema of the dump's day has
	saved    []string            // statements that restore what was taken away for loading
}

// target is where a dump goes: a new SQLite file beside the old, or one
// transaction on PostgreSQL.
type target interface {
	postgres() bool
	begin(ctx context.Context) (*sql.Conn, error)
	// bare takes indexes, triggers and foreign keys away for the time of loading and
	// says how they are put back.
	bare(ctx context.Context, conn *sql.Conn) (back []string, err error)
	copyRows(ctx context.Context, conn *sql.Conn, table string, columns []column, next func() ([]any, error)) error
	// checked looks for rows that refer to none.
	checked(ctx context.Context, conn *sql.Conn) error
	// commit makes what was loaded the database; keep says under which name the old one lies.
	commit(ctx context.Context, conn *sql.Conn) (kept string, err error)
	abort()
}

// NewLoad begins to put a dump in the place of the database at an address. Before
// anything is touched it refuses, all with kind Conflict: a dump of a newer program
// (base.backup_newer); a database that is in use (base.in_use), that holds records
// (base.not_empty), that holds those of another hospital (base.other_hospital), or
// that is none of this program's (base.not_ours).
func NewLoad(ctx context.Context, address string, c *Contents, how Loading) (*Load, error) {
	l := &Load{how: how, contents: c, rows: map[string]int64{}, tables: map[string][]column{}}
	var err error
	if l.steps, err = stepsOf(IsPostgres(address), how.Rooms); err != nil {
		return nil, err
	}
	for _, v := range c.Migrations {
		if !slices.ContainsFunc(l.steps, func(s step) bool { return s.version == v }) {
			return nil, fault.New(fault.Conflict, "base.backup_newer", v)
		}
	}
	if IsPostgres(address) {
		l.target, err = intoPostgres(ctx, address, how, c.Hospital)
	} else {
		l.target, err = intoSQLite(ctx, address, how, c.Hospital)
	}
	if err != nil {
		return nil, explain(err)
	}
	if err := l.prepare(ctx); err != nil {
		l.Abort()
		return nil, explain(err)
	}
	return l, nil
}

// prepare builds the empty schema of the dump's day.
func (l *Load) prepare(ctx context.Context) (err error) {
	if l.conn, err = l.target.begin(ctx); err != nil {
		return err
	}
	store, err := l.store()
	if err != nil {
		return err
	}
	if err := store.CreateVersionTable(ctx, l.conn); err != nil {
		return err
	}
	if err := store.Insert(ctx, l.conn, database.InsertRequest{Version: 0}); err != nil {
		return err
	}
	if err := l.migrate(ctx, store, true); err != nil {
		return err
	}
	tables, err := tablesOf(ctx, l.conn, l.target.postgres())
	if err != nil {
		return err
	}
	if l.saved, err = l.target.bare(ctx, l.conn); err != nil {
		return err
	}
	for _, t := range tables {
		if l.tables[t], err = columnsOf(ctx, l.conn, l.target.postgres(), t); err != nil {
			return err
		}
		if _, err := l.conn.ExecContext(ctx, `DELETE FROM `+quoted(t)); err != nil {
			return err
		}
	}
	return nil
}

func (l *Load) store() (database.Store, error) {
	dialect := goose.DialectSQLite3
	if l.target.postgres() {
		dialect = goose.DialectPostgres
	}
	return database.NewStore(dialect, migrationTable)
}

// migrate applies the migrations that the dump carries, or those it does not.
func (l *Load) migrate(ctx context.Context, store database.Store, carried bool) error {
	for _, s := range l.steps {
		if slices.Contains(l.contents.Migrations, s.version) != carried {
			continue
		}
		if err := s.run(ctx, l.conn); err != nil {
			return err
		}
		if err := store.Insert(ctx, l.conn, database.InsertRequest{Version: s.version}); err != nil {
			return err
		}
	}
	return nil
}

// Part loads one part of a table's dump.
func (l *Load) Part(ctx context.Context, table string, part []byte) error {
	has, ok := l.tables[table]
	if !ok {
		return fmt.Errorf("table %s is not known", table)
	}
	var columns []column
	rows := make([][]any, 0, 4096)
	err := readPart(part, func(given []column) error {
		if columns = given; !sameColumns(given, has) {
			return fmt.Errorf("its columns are %v, not %v", given, has)
		}
		return nil
	}, func(values []any) error {
		rows = append(rows, slices.Clone(values))
		return nil
	})
	if err == nil && len(rows) > 0 {
		next := 0
		err = l.target.copyRows(ctx, l.conn, table, columns, func() ([]any, error) {
			if next++; next > len(rows) {
				return nil, nil
			}
			return rows[next-1], nil
		})
	}
	if err != nil {
		return explain(fmt.Errorf("table %s: %w", table, err))
	}
	l.rows[table] += int64(len(rows))
	return nil
}

func sameColumns(a, b []column) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(c column) bool { return !slices.Contains(b, c) })
}

// Finish checks what was loaded, brings it up to this program and makes it the
// database. Kept is where the old one lies, "" when there was none.
func (l *Load) Finish(ctx context.Context) (kept string, err error) {
	if kept, err = l.finish(ctx); err != nil {
		l.Abort()
	}
	return kept, explain(err)
}

func (l *Load) finish(ctx context.Context) (string, error) {
	for _, t := range l.contents.Tables {
		if l.rows[t.Name] != t.Rows {
			return "", fmt.Errorf("table %s: %d rows instead of %d", t.Name, l.rows[t.Name], t.Rows)
		}
		delete(l.tables, t.Name)
	}
	for t := range l.tables {
		return "", fmt.Errorf("table %s is missing", t)
	}
	for _, s := range l.saved {
		if _, err := l.conn.ExecContext(ctx, s); err != nil {
			return "", fmt.Errorf("%w\n%s", err, s)
		}
	}
	if err := l.target.checked(ctx, l.conn); err != nil {
		return "", err
	}
	store, err := l.store()
	if err != nil {
		return "", err
	}
	if err := l.migrate(ctx, store, false); err != nil {
		return "", err
	}
	if _, err := l.conn.ExecContext(ctx, `UPDATE base_setting SET value = $1 WHERE name = $2`, id.Secret(), identitySetting); err != nil {
		return "", err
	}
	return l.target.commit(ctx, l.conn)
}

// Abort leaves everything as it was.
func (l *Load) Abort() {
	if l.target != nil {
		l.target.abort()
		l.target = nil
	}
}

// beforeName is what a database is called that a restore has replaced.
func beforeName(now time.Time) string { return "before-" + now.UTC().Format("20060102-150405") }

// refuseTaken fails when the database must not be replaced: it holds records, or
// those of another hospital.
func refuseTaken(ctx context.Context, on querier, how Loading, hospital string) error {
	var n int64
	if err := on.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 AS one FROM base_trail LIMIT 1) t`).Scan(&n); err != nil {
		return err
	}
	if n == 0 {
		return nil
	}
	if !how.Replace {
		return fault.New(fault.Conflict, "base.not_empty")
	}
	var was string
	err := on.QueryRowContext(ctx, `SELECT value FROM base_setting WHERE name = $1`, hospitalSetting).Scan(&was)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if was != "" && was != hospital && !how.Foreign {
		return fault.New(fault.Conflict, "base.other_hospital")
	}
	return nil
}
