package db

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"houqin/internal/base/fault"
)

// Own are the kernel's migrations.
//
//go:embed migrations/*.sql
var Own embed.FS

// Migrate brings the database to the state of this program: every file
// migrations/NNNNNN_name.sql of base and of the rooms not yet applied, in the order
// of their numbers, each in a transaction of its own. A database that carries a
// number unknown to the program is newer than it and is refused.
func (d *DB) Migrate(ctx context.Context, rooms ...fs.FS) error {
	pool, done, err := d.migrator()
	if err != nil {
		return err
	}
	defer done()
	steps, err := stepsOf(d.Postgres(), rooms)
	if err != nil {
		return err
	}
	var ours []*goose.Migration
	for _, s := range steps {
		ours = append(ours, goose.NewGoMigration(s.version, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error { return s.run(ctx, tx) }}, nil))
	}
	dialect, opts := goose.DialectSQLite3, []goose.ProviderOption{goose.WithAllowOutofOrder(true), goose.WithDisableGlobalRegistry(true), goose.WithGoMigrations(ours...), goose.WithTableName(migrationTable)}
	if d.Postgres() {
		dialect = goose.DialectPostgres
		one, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return err
		}
		opts = append(opts, goose.WithSessionLocker(one))
	}
	p, err := goose.NewProvider(dialect, pool, nil, opts...)
	if err != nil {
		return err
	}
	if err := refuseNewer(ctx, pool, steps); err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		if part, ok := errors.AsType[*goose.PartialError](err); ok {
			return fmt.Errorf("migration %s: %w", part.Failed.Source.Path, part.Err)
		}
		return err
	}
	if err := identify(ctx, pool); err != nil {
		return err
	}
	if d.Postgres() {
		if _, err := pool.ExecContext(ctx, shortQueues); err != nil {
			return err
		}
	}
	return d.Ping(ctx)
}

func refuseNewer(ctx context.Context, pool *sql.DB, steps []step) error {
	known := map[int64]bool{0: true}
	for _, s := range steps {
		known[s.version] = true
	}
	rows, err := pool.QueryContext(ctx, `SELECT version_id FROM base_migration`)
	if err != nil {
		return nil // no table yet: an empty database
	}
	defer rows.Close()
	for rows.Next() {
		var v int64
		if err := rows.Scan(&v); err != nil {
			return err
		}
		if !known[v] {
			return fault.New(fault.Conflict, "base.database_newer", v)
		}
	}
	return rows.Err()
}

// migrationTable is where goose notes what was applied.
const migrationTable = "base_migration"

// step is one migration, rendered for an engine.
type step struct {
	version    int64
	name       string
	statements []string
}

func (s *step) run(ctx context.Context, on interface {
	ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error)
}) error {
	for _, q := range s.statements {
		if _, err := on.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("%s: %w\n%s", s.name, err, q)
		}
	}
	return nil
}

// stepsOf are all migrations in the order of their numbers.
func stepsOf(pg bool, rooms []fs.FS) ([]step, error) {
	var steps []step
	names := map[int64]string{}
	for _, files := range append([]fs.FS{Own}, rooms...) {
		found, err := fs.Glob(files, "migrations/*.sql")
		if err != nil {
			return nil, err
		}
		for _, name := range found {
			text, err := fs.ReadFile(files, name)
			if err != nil {
				return nil, err
			}
			number, _, _ := strings.Cut(path.Base(name), "_")
			v, err := strconv.ParseInt(number, 10, 64)
			if err != nil || len(number) != 6 {
				return nil, fmt.Errorf("migration %s: its name does not begin with six digits", name)
			}
			if was, ok := names[v]; ok {
				return nil, fmt.Errorf("migrations %s and %s carry the same number", was, name)
			}
			names[v] = name
			steps = append(steps, step{v, name, Render(string(text), pg)})
		}
	}
	slices.SortFunc(steps, func(a, b step) int { return int(a.version - b.version) })
	return steps, nil
}

var (
	boolean    = regexp.MustCompile(`(?m)(\w+)(\s+)BOOLEAN\b([^,\n]*)`)
	tableEnd   = regexp.MustCompile(`\)\s*$`)
	appendOnly = regexp.MustCompile(`(?m)^-- append-only: (\w+)\s*$`)
	searchable = regexp.MustCompile(`(?m)^-- searchable: (\w+)\s*$`)
	oneOf      = regexp.MustCompile(`(?m)^-- one of: (\w+)\.(\w+) ('[\w', ]+')\s*$`)
)

// Render turns the one DDL text into the statements of an engine. On SQLite tables
// become STRICT, with BIGINT→INTEGER, BYTEA→BLOB and BOOLEAN→INTEGER CHECK IN (0,1).
// Three lines are instructions: "-- append-only: t" makes the engine refuse UPDATE
// and DELETE on t, "-- searchable: t" indexes its column search for Match, and
// "-- one of: t.c 'a', 'b'" puts other words in place of those that the column's
// CHECK (c IN (…)) names, without touching a row.
func Render(text string, pg bool) []string {
	var out []string
	for _, part := range split(text) {
		if m := appendOnly.FindStringSubmatch(part); m != nil {
			out = append(out, appendOnlyDDL(m[1], pg)...)
			continue
		}
		if m := searchable.FindStringSubmatch(part); m != nil {
			out = append(out, searchableDDL(m[1], pg)...)
			continue
		}
		if m := oneOf.FindStringSubmatch(part); m != nil {
			out = append(out, oneOfDDL(m[1], m[2], m[3], pg)...)
			continue
		}
		if !pg {
			part = strings.NewReplacer("BIGINT", "INTEGER", "BYTEA", "BLOB").Replace(part)
			part = boolean.ReplaceAllString(part, "${1}${2}INTEGER${3} CHECK (${1} IN (0,1))")
			if strings.HasPrefix(strings.TrimSpace(part), "CREATE TABLE") {
				part = tableEnd.ReplaceAllString(part, ") STRICT")
			}
		}
		out = append(out, part)
	}
	return out
}

// split cuts a text at its semicolons, drops comments and keeps instructions as
// parts of their own. Semicolons in quotes do not cut.
func split(text string) []string {
	var parts []string
	var b strings.Builder
	flush := func() {
		if s := strings.TrimSpace(b.String()); s != "" {
			parts = append(parts, s)
		}
		b.Reset()
	}
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		if appendOnly.MatchString(trimmed) || searchable.MatchString(trimmed) || oneOf.MatchString(trimmed) {
			flush()
			parts = append(parts, trimmed)
			continue
		}
		quoted := false
		for i := 0; i < len(line); i++ {
			switch {
			case line[i] == '\'':
				quoted = !quoted
				b.WriteByte(line[i])
			case !quoted && strings.HasPrefix(line[i:], "--"):
				b.WriteByte('\n')
				i = len(line)
			case !quoted && line[i] == ';':
				flush()
			default:
				b.WriteByte(line[i])
			}
		}
	}
	flush()
	return parts
}
