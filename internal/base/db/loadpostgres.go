package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"houqin/internal/base/fault"
)

// postgresTarget is one transaction: the old tables go to a schema of their own,
// the new ones are made and filled, and everybody sees either these or those.
type postgresTarget struct {
	engine *postgresEngine
	conn   *sql.Conn
	kept   string // schema of the old tables
	truth  map[string]map[string]bool
}

func intoPostgres(ctx context.Context, address string, how Loading, hospital string) (target, error) {
	e, err := openPostgres(address)
	if err != nil {
		return nil, err
	}
	t := &postgresTarget{engine: e}
	if t.conn, err = e.Conn(ctx); err == nil {
		err = t.refuse(ctx, how, hospital)
	}
	if err != nil {
		t.abort()
		return nil, err
	}
	return t, nil
}

// refuse looks who is at work and what lies in the schema.
func (t *postgresTarget) refuse(ctx context.Context, how Loading, hospital string) error {
	var others, tables, ours int64
	// A program that has just ended may still be seen for a moment.
	for try := range 20 {
		if err := t.conn.QueryRowContext(ctx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user
			AND pid <> pg_backend_pid() AND application_name = current_setting('application_name')`).Scan(&others); err != nil {
			return err
		}
		if others == 0 || try == 19 {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	if others > 0 {
		return fault.New(fault.Conflict, "base.in_use", "PostgreSQL")
	}
	err := t.conn.QueryRowContext(ctx, `SELECT count(*), count(*) FILTER (WHERE relname = 'base_trail') FROM pg_class c
		WHERE `+inSchema("c", "relnamespace")+` AND relkind IN ('r', 'p', 'v', 'm') AND `+notExtension("c", "pg_class")).Scan(&tables, &ours)
	if err != nil || tables == 0 {
		return err
	}
	if ours == 0 {
		return fault.New(fault.Conflict, "base.not_ours", "PostgreSQL")
	}
	t.kept = "houqin_" + strings.ReplaceAll(beforeName(time.Now()), "-", "_")
	return refuseTaken(ctx, t.conn, how, hospital)
}

func inSchema(alias, column string) string {
	return alias + `.` + column + ` = CAST(quote_ident(current_schema()) AS regnamespace)`
}

func notExtension(alias, catalog string) string {
	return `NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = CAST('` + catalog + `' AS regclass) AND d.objid = ` + alias + `.oid AND d.deptype = 'e')`
}

func (t *postgresTarget) postgres() bool { return true }

func (t *postgresTarget) begin(ctx context.Context) (*sql.Conn, error) {
	if _, err := t.conn.ExecContext(ctx, `BEGIN`); err != nil {
		return nil, err
	}
	if t.kept == "" {
		return t.conn, nil
	}
	move, err := scanAll(ctx, t.conn, func(s *string) []any { return []any{s} }, `
		SELECT 'ALTER ' || CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END || ' ' || quote_ident(relname)
		FROM pg_class c WHERE `+inSchema("c", "relnamespace")+` AND relkind IN ('r', 'p', 'v', 'm') AND `+notExtension("c", "pg_class")+`
		UNION ALL
		SELECT 'ALTER FUNCTION ' || quote_ident(proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')'
		FROM pg_proc p WHERE `+inSchema("p", "pronamespace")+` AND prokind = 'f' AND `+notExtension("p", "pg_proc"))
	if err != nil {
		return nil, err
	}
	if _, err := t.conn.ExecContext(ctx, `CREATE SCHEMA `+t.kept); err != nil {
		return nil, err
	}
	for _, m := range move {
		if _, err := t.conn.ExecContext(ctx, m+` SET SCHEMA `+t.kept); err != nil {
			return nil, err
		}
	}
	return t.conn, nil
}

func (t *postgresTarget) bare(ctx context.Context, conn *sql.Conn) (back []string, err error) {
	type change struct{ away, back string }
	changes, err := scanAll(ctx, conn, func(c *change) []any { return []any{&c.away, &c.back} }, `
		SELECT 'ALTER TABLE ' || quote_ident(c.relname) || ' DROP CONSTRAINT ' || quote_ident(k.conname),
			'ALTER TABLE ' || quote_ident(c.relname) || ' ADD CONSTRAINT ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid)
		FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE `+inSchema("c", "relnamespace")+` AND k.contype = 'f'
		UNION ALL
		SELECT 'ALTER TABLE ' || quote_ident(relname) || ' DISABLE TRIGGER USER', 'ALTER TABLE ' || quote_ident(relname) || ' ENABLE TRIGGER USER'
		FROM pg_class c WHERE `+inSchema("c", "relnamespace")+` AND relkind = 'r' AND relhastriggers`)
	if err != nil {
		return nil, err
	}
	// Indexes first when they come back: they make the foreign keys' check quick.
	indexes, err := scanAll(ctx, conn, func(c *change) []any { return []any{&c.away, &c.back} }, `
		SELECT 'DROP INDEX ' || quote_ident(c.relname), pg_get_indexdef(i.indexrelid)
		FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
		WHERE `+inSchema("c", "relnamespace")+` AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid) AND NOT indisprimary`)
	if err != nil {
		return nil, err
	}
	for _, c := range append(indexes, changes...) {
		back = append(back, c.back)
	}
	for _, c := range append(changes, indexes...) {
		if _, err := conn.ExecContext(ctx, c.away); err != nil {
			return nil, err
		}
	}
	return back, nil
}

// truths are the columns of a table that are BOOLEAN; a dump has 0 and 1 there.
func (t *postgresTarget) truths(ctx context.Context, conn *sql.Conn, table string) (map[string]bool, error) {
	if known, ok := t.truth[table]; ok {
		return known, nil
	}
	names, err := scanAll(ctx, conn, func(s *string) []any { return []any{s} }, `SELECT attname FROM pg_attribute
		WHERE attrelid = CAST(quote_ident(current_schema()) || '.' || quote_ident($1) AS regclass) AND attnum > 0 AND NOT attisdropped
		AND atttypid = CAST('boolean' AS regtype)`, table)
	if err != nil {
		return nil, err
	}
	if t.truth == nil {
		t.truth = map[string]map[string]bool{}
	}
	t.truth[table] = map[string]bool{}
	for _, n := range names {
		t.truth[table][n] = true
	}
	return t.truth[table], nil
}

func (t *postgresTarget) copyRows(ctx context.Context, conn *sql.Conn, table string, columns []column, next func() ([]any, error)) error {
	truth, err := t.truths(ctx, conn, table)
	if err != nil {
		return err
	}
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	var schema string
	if err := conn.QueryRowContext(ctx, `SELECT current_schema()`).Scan(&schema); err != nil {
		return err
	}
	return conn.Raw(func(driver any) error {
		_, err := driver.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{schema, table}, names, pgx.CopyFromFunc(func() ([]any, error) {
			row, err := next()
			for i := range row {
				if n, ok := row[i].(int64); ok && truth[names[i]] {
					if n != 0 && n != 1 {
						return nil, fmt.Errorf("%s is %d, neither 0 nor 1", names[i], n)
					}
					row[i] = n == 1
				}
			}
			return row, err
		}))
		return err
	})
}

// checked: putting the foreign keys back has checked every row.
func (t *postgresTarget) checked(context.Context, *sql.Conn) error { return nil }

func (t *postgresTarget) commit(ctx context.Context, conn *sql.Conn) (kept string, err error) {
	if _, err := conn.ExecContext(ctx, `COMMIT`); err != nil {
		return "", err
	}
	kept = t.kept
	t.abort()
	return kept, nil
}

func (t *postgresTarget) abort() {
	if t.conn != nil { // a connection that goes takes its transaction with it
		t.conn.ExecContext(context.Background(), `ROLLBACK`)
		t.conn.Close()
	}
	t.engine.close()
}
