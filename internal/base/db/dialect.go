package db

import (
	"context"
	"fmt"
	"strings"
)

// What the two engines do not share stands here, and in Lock and Render.

func appendOnlyDDL(table string, pg bool) []string {
	if pg {
		return []string{
			`CREATE FUNCTION ` + table + `_append_only() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS
			 'BEGIN RAISE EXCEPTION ''append only'' USING ERRCODE = ''HQ001''; END'`,
			`CREATE TRIGGER ` + table + `_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ` + table + `
			 FOR EACH STATEMENT EXECUTE FUNCTION ` + table + `_append_only()`,
		}
	}
	var out []string
	for _, verb := range []string{"UPDATE", "DELETE"} {
		out = append(out, fmt.Sprintf(`CREATE TRIGGER %s_no_%s BEFORE %s ON %s BEGIN SELECT RAISE(ABORT, 'append only'); END`,
			table, strings.ToLower(verb), verb, table))
	}
	return out
}

// searchableDDL indexes the tokens of a table's search column. SQLite keeps an
// external full-text table bound to the rowid: such a file is backed up page by page
// and never VACUUMed, which could renumber rows. New rows are not indexed one by one
// but by indexNew before each commit: each time the index is touched costs as much as
// all else that a unit writes. What changes later is kept in step by trigger, where
// it was indexed already.
func searchableDDL(t string, pg bool) []string {
	if pg {
		return []string{`CREATE INDEX ` + t + `_search ON ` + t + ` USING gin (array_to_tsvector(string_to_array(search, ' ')))`}
	}
	indexed := `EXISTS (SELECT 1 FROM ` + t + `_fts_docsize WHERE id = old.rowid)`
	return []string{
		`CREATE VIRTUAL TABLE ` + t + `_fts USING fts5(search, content='` + t + `', content_rowid='rowid', detail=none, tokenize='unicode61 remove_diacritics 0')`,
		`INSERT INTO ` + t + `_fts(` + t + `_fts, rank) VALUES ('automerge', 8)`,
		`CREATE TRIGGER ` + t + `_fts_d AFTER DELETE ON ` + t + ` WHEN ` + indexed + ` BEGIN
			INSERT INTO ` + t + `_fts(` + t + `_fts, rowid, search) VALUES ('delete', old.rowid, old.search); END`,
		`CREATE TRIGGER ` + t + `_fts_u AFTER UPDATE OF search ON ` + t + ` WHEN old.search <> new.search AND ` + indexed + ` BEGIN
			INSERT INTO ` + t + `_fts(` + t + `_fts, rowid, search) VALUES ('delete', old.rowid, old.search);
			INSERT INTO ` + t + `_fts(rowid, search) VALUES (new.rowid, new.search); END`,
	}
}

// shortQueues keeps short what waits to be taken into PostgreSQL's indexes of texts: every
// search reads all of it. The server's own bound of 4 MB costs a search for one number
// some ten milliseconds, and now and then a report the half second in which it is
// worked off; of 128 KB neither is noticed.
const shortQueues = `DO $$ DECLARE one regclass; BEGIN
	FOR one IN SELECT c.oid FROM pg_class c JOIN pg_am a ON a.oid = c.relam
		WHERE a.amname = 'gin' AND c.relnamespace = current_schema()::regnamespace AND c.reloptions IS NULL
	LOOP EXECUTE format('ALTER INDEX %s SET (gin_pending_list_limit = 128)', one); END LOOP; END $$`

// oneOfDDL lets a column's check name other words. PostgreSQL drops the check and sets
// it anew, reading the rows once. SQLite cannot, and a table that others refer to
// and whose rows an index of texts knows by number is not to be built anew: what
// SQLite's own manual tells to do for a check is to write it into the schema. The
// table made and dropped behind it lets every other connection read the schema again.
func oneOfDDL(table, column, words string, pg bool) []string {
	if pg {
		check := table + `_` + column + `_check`
		return []string{
			`ALTER TABLE ` + table + ` DROP CONSTRAINT ` + check,
			`ALTER TABLE ` + table + ` ADD CONSTRAINT ` + check + ` CHECK (` + column + ` IN (` + words + `))`,
		}
	}
	begins := `CHECK (` + column + ` IN (`
	head := fmt.Sprintf(`instr(sql, '%s') + %d`, begins, len(begins))
	return []string{
		`PRAGMA writable_schema = ON`,
		`UPDATE sqlite_schema SET sql = substr(sql, 1, ` + head + ` - 1) || '` + strings.ReplaceAll(words, `'`, `''`) + `' ||
			substr(sql, ` + head + ` - 1 + instr(substr(sql, ` + head + `), ')'))
			WHERE type = 'table' AND name = '` + table + `' AND instr(sql, '` + begins + `') > 0`,
		`PRAGMA writable_schema = RESET`,
		`CREATE TABLE ` + table + `_reread (n INTEGER)`,
		`DROP TABLE ` + table + `_reread`,
	}
}

// indexNew takes the rows into the index that came since it was last called. Rows are
// numbered upwards and all below the last one indexed are in it.
func indexNew(t string) string {
	return `INSERT INTO ` + t + `_fts(rowid, search) SELECT rowid, search FROM ` + t + ` WHERE rowid > coalesce((SELECT max(id) FROM ` + t + `_fts_docsize), 0)`
}

// Match gives the condition, on a searchable table known in the query as alias,
// that every group of tokens is met, one of its tokens being the beginning of one
// of the row's. param is the number of the placeholder, value what to bind to it.
func Match(r Reader, table, alias string, groups [][]string, param int) (cond string, value string) {
	var and []string
	for _, g := range groups {
		var or []string
		for _, token := range g {
			token = strings.Map(func(c rune) rune {
				if strings.ContainsRune(`'"\:*&|!()<>`, c) {
					return -1
				}
				return c
			}, token)
			if r.Postgres() {
				or = append(or, `'`+token+`':*`)
			} else {
				or = append(or, `"`+token+`"*`)
			}
		}
		if r.Postgres() {
			and = append(and, "("+strings.Join(or, "|")+")")
		} else {
			and = append(and, "("+strings.Join(or, " OR ")+")")
		}
	}
	if r.Postgres() {
		return fmt.Sprintf(`array_to_tsvector(string_to_array(%s.search, ' ')) @@ CAST(CAST($%d AS TEXT) AS tsquery)`, alias, param), strings.Join(and, "&")
	}
	return fmt.Sprintf(`%s.rowid IN (SELECT rowid FROM %s_fts WHERE %s_fts MATCH $%d)`, alias, table, table, param), strings.Join(and, " AND ")
}

// Analyze renews the planner's statistics, after many rows came at once.
func (d *DB) Analyze(ctx context.Context) error {
	return d.Do(ctx, System("analyze"), func(tx *Tx) error { return analyze(ctx, tx) })
}

// KeepStatistics renews the planner's statistics once the trail has twice the lines it
// had then: without any, SQLite looks a record's story up among all lines about its
// noun. It leaves PostgreSQL alone, which does this by itself.
func KeepStatistics(ctx context.Context, tx *Tx) error {
	if tx.pg {
		return nil
	}
	lines, _, err := First(ctx, tx, func(n *int64) []any { return []any{n} }, `SELECT coalesce(max(rowid), 0) FROM base_trail`)
	if err != nil || lines < statisticsFrom {
		return err
	}
	known, _, err := First(ctx, tx, func(n *int64) []any { return []any{n} }, `SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'`)
	if err == nil && known > 0 {
		known, _, err = First(ctx, tx, func(n *int64) []any { return []any{n} }, `SELECT coalesce(max(CAST(stat AS INTEGER)), 0) FROM sqlite_stat1 WHERE tbl = 'base_trail'`)
	}
	if err != nil || lines < 2*known {
		return err
	}
	return analyze(ctx, tx)
}

// statisticsFrom is how many lines of trail make statistics worth having.
const statisticsFrom = 1000

// analyze has SQLite look at some rows of each index, which takes little time. Its samples
// of values are thrown away again: with them each statement would be planned anew
// whenever other values are bound, which costs five times what it saves. The table made and
// dropped lets every other connection read the schema again, and with it the statistics.
func analyze(ctx context.Context, tx *Tx) error {
	all := []string{`PRAGMA analysis_limit = 1000`, `ANALYZE`, `DELETE FROM sqlite_stat4`, `ANALYZE sqlite_schema`,
		`CREATE TABLE base_reread (n INTEGER)`, `DROP TABLE base_reread`}
	if tx.pg {
		all = []string{`ANALYZE`}
	}
	for _, q := range all {
		if _, err := tx.Exec(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// JobDue says that a job is to be done at the moment $1. What was left for at once, but
// at a moment that has not come yet, was left before the clock stepped back.
const JobDue = `(due <= $1 OR due = made_at AND made_at > $1)`

// TakeJob claims the next job that is due and that nobody else holds; the claim
// lasts as long as the unit. ok is false when none waits.
func TakeJob(ctx context.Context, tx *Tx, kinds []string) (id, kind, payload string, attempts int64, ok bool, err error) {
	marks, args := make([]string, len(kinds)), []any{tx.At()}
	for i, k := range kinds {
		args = append(args, k)
		marks[i] = fmt.Sprintf("$%d", i+2)
	}
	q := `SELECT id, kind, payload, attempts FROM base_job WHERE dead = false AND ` + JobDue + `
		AND kind IN (` + strings.Join(marks, ",") + `) ORDER BY due, id LIMIT 1`
	if tx.pg {
		q += ` FOR UPDATE SKIP LOCKED`
	}
	rows, err := tx.QueryContext(ctx, q, args...)
	if err != nil {
		return "", "", "", 0, false, err
	}
	defer rows.Close()
	if rows.Next() {
		ok = true
		err = rows.Scan(&id, &kind, &payload, &attempts)
	}
	if err == nil {
		err = rows.Err()
	}
	return id, kind, payload, attempts, ok, err
}

// CountMatches says how many rows of a searchable table Match would find, counting
// no further than most. What was once found that often is not counted again: it is asked
// whether a word is common, and books only grow.
func CountMatches(ctx context.Context, r Reader, table string, groups [][]string, most int) (n int, err error) {
	d, whole := r.(*DB)
	key := fmt.Sprint(table, groups, most)
	if whole && d.often.has(key) {
		return most, nil
	}
	cond, value := Match(r, table, table, groups, 1)
	from := table
	if !r.Postgres() {
		from, cond = table+"_fts", table+"_fts MATCH $1"
	}
	err = r.QueryRowContext(ctx, fmt.Sprintf(`SELECT count(*) FROM (SELECT 1 AS one FROM %s WHERE %s LIMIT %d) found`, from, cond, most), value).Scan(&n)
	if whole && err == nil && n >= most {
		d.often.add(key)
	}
	return n, err
}
