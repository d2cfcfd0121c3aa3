package db

import (
	"context"
	"database/sql"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"houqin/internal/base/period"
)

// Contents say what a dump holds, and of which database.
type Contents struct {
	Hospital   string         `json:"hospital"`   // its name for life
	Engine     string         `json:"engine"`     // sqlite or postgres
	Taken      period.Instant `json:"taken"`      // the moment it shows
	Migrations []int64        `json:"migrations"` // applied to it, in order
	Tables     []Table        `json:"tables"`
}

// Table is one table of a dump.
type Table struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"`
}

// partMost is about how large a part of a dump grows, in bytes: what is held in memory.
const partMost = 1 << 20

// Dump writes the whole database, as it stands at one moment while others go on
// writing, in parts that neither engine has a share in. A part holds rows of one
// table as lines of JSON, its first line being the columns with their kinds:
//
//	["id text","n int"]
//	["8ff0","12"]
//
// Truth values are 0 and 1, bytes are base64, and text that is no UTF-8 is
// {"base64":"…"}. Tables named in without keep their columns and lose their rows.
func (d *DB) Dump(ctx context.Context, without []string, put func(table string, part []byte) error) (*Contents, error) {
	pool, done, err := d.migrator()
	if err != nil {
		return nil, err
	}
	defer done()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, explain(err)
	}
	defer conn.Close()
	begin := "BEGIN"
	if d.Postgres() {
		begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	}
	if _, err := conn.ExecContext(ctx, begin); err != nil {
		return nil, explain(err)
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	c, err := d.dump(ctx, conn, without, put)
	return c, explain(err)
}

func (d *DB) dump(ctx context.Context, conn *sql.Conn, without []string, put func(string, []byte) error) (*Contents, error) {
	c := &Contents{Engine: engineName(d.Postgres())}
	var err error
	if c.Migrations, err = applied(ctx, conn); err != nil {
		return nil, err
	}
	if err := conn.QueryRowContext(ctx, `SELECT value FROM base_setting WHERE name = $1`, hospitalSetting).Scan(&c.Hospital); err != nil {
		return nil, err
	}
	c.Taken = period.At(d.Now()) // the reads above have fixed the moment
	tables, err := tablesOf(ctx, conn, d.Postgres())
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		columns, err := columnsOf(ctx, conn, d.Postgres(), t)
		if err != nil {
			return nil, err
		}
		n, err := dumpTable(ctx, conn, t, columns, slices.Contains(without, t), func(part []byte) error { return put(t, part) })
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", t, err)
		}
		c.Tables = append(c.Tables, Table{t, n})
	}
	return c, nil
}

func engineName(pg bool) string {
	if pg {
		return "postgres"
	}
	return "sqlite"
}

// applied are the migrations a database carries, in the order of their numbers.
func applied(ctx context.Context, on querier) ([]int64, error) {
	return scanAll(ctx, on, func(n *int64) []any { return []any{n} }, `SELECT DISTINCT version_id FROM base_migration WHERE version_id > 0 ORDER BY version_id`)
}

// tablesOf are the tables with the hospital's own rows; the search index of SQLite
// is made from them, the list of migrations stands in the contents, and the
// continuous copy keeps tables of its own.
func tablesOf(ctx context.Context, on querier, pg bool) ([]string, error) {
	q := `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
		AND name NOT LIKE '!_litestream!_%' ESCAPE '!' AND name <> 'base_migration' ORDER BY name`
	if pg {
		q = `SELECT relname FROM pg_class WHERE relnamespace = CAST(quote_ident(current_schema()) AS regnamespace) AND relkind = 'r' AND relname <> 'base_migration' ORDER BY relname`
	}
	return scanAll(ctx, on, func(s *string) []any { return []any{s} }, q)
}

// column is a column of a dump: int, text or bytes.
type column struct{ name, kind string }

func (c column) String() string { return c.name + " " + c.kind }

var kinds = map[string]string{
	"INTEGER": "int", "TEXT": "text", "BLOB": "bytes",
	"bigint": "int", "integer": "int", "boolean": "int", "text": "text", "bytea": "bytes",
}

// columnsOf are a table's columns in their order, computed ones left out.
func columnsOf(ctx context.Context, on querier, pg bool, table string) ([]column, error) {
	q := `SELECT name, upper(type) FROM pragma_table_xinfo($1) WHERE hidden = 0 ORDER BY cid`
	if pg {
		q = `SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
			WHERE attrelid = CAST(quote_ident(current_schema()) || '.' || quote_ident($1) AS regclass)
			AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`
	}
	columns, err := scanAll(ctx, on, func(c *column) []any { return []any{&c.name, &c.kind} }, q, table)
	if err != nil {
		return nil, err
	}
	for i, c := range columns {
		kind, ok := kinds[c.kind]
		if !ok {
			return nil, fmt.Errorf("column %s of table %s is of type %s, which a dump does not hold", c.name, table, c.kind)
		}
		columns[i].kind = kind
	}
	return columns, nil
}

func dumpTable(ctx context.Context, on querier, table string, columns []column, empty bool, put func([]byte) error) (n int64, err error) {
	head, names := []byte{'['}, make([]string, len(columns))
	for i, c := range columns {
		if i > 0 {
			head = append(head, ',')
		}
		head = appendText(head, c.String())
		names[i] = quoted(c.name)
	}
	head = append(head, "]\n"...)
	part := append(make([]byte, 0, partMost+partMost/4), head...)
	if empty {
		return 0, put(part)
	}
	rows, err := on.QueryContext(ctx, `SELECT `+strings.Join(names, ", ")+` FROM `+quoted(table))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	values := make([]any, len(columns))
	into := make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return n, err
		}
		if part, err = appendRow(part, values); err != nil {
			return n, err
		}
		n++
		if len(part) >= partMost {
			if err := put(part); err != nil {
				return n, err
			}
			part = append(part[:0], head...)
		}
	}
	if err := rows.Err(); err != nil {
		return n, err
	}
	if len(part) > len(head) || n == 0 {
		err = put(part)
	}
	return n, err
}

func appendRow(b []byte, values []any) ([]byte, error) {
	b = append(b, '[')
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		switch v := v.(type) {
		case nil:
			b = append(b, "null"...)
		case int64:
			b = strconv.AppendInt(b, v, 10)
		case bool:
			if v {
				b = append(b, '1')
			} else {
				b = append(b, '0')
			}
		case string:
			b = appendText(b, v)
		case []byte:
			b = append(b, '"')
			b = base64.StdEncoding.AppendEncode(b, v)
			b = append(b, '"')
		default:
			return nil, fmt.Errorf("a value of type %T cannot be written", v)
		}
	}
	return append(b, "]\n"...), nil
}

const hexDigits = "0123456789abcdef"

func appendText(b []byte, s string) []byte {
	if !utf8.ValidString(s) {
		b = append(b, `{"base64":"`...)
		b = base64.StdEncoding.AppendEncode(b, []byte(s))
		return append(b, `"}`...)
	}
	b = append(b, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		if c < 0x20 {
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		} else {
			b = append(b, '\\', c)
		}
		from = i + 1
	}
	return append(append(b, s[from:]...), '"')
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

type querier interface {
	QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row
}

func scanAll[T any](ctx context.Context, on querier, into func(*T) []any, q string, args ...any) (all []T, err error) {
	rows, err := on.QueryContext(ctx, q, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var v T
		if err := rows.Scan(into(&v)...); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}
