package db_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
)

// Rows are taken into the search index when their group commits; what happens to them
// before and after must leave the index as the table is.
func TestTheSearchIndexFollowsItsTable(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		do := func(statements ...string) {
			t.Helper()
			dbtest.Do(t, d, db.System("x"), func(tx *db.Tx) error {
				for _, q := range statements {
					if _, err := tx.Exec(ctx, q); err != nil {
						return err
					}
				}
				return nil
			})
		}
		finds := func(want map[string]int64) {
			t.Helper()
			for word, n := range want {
				cond, value := db.Match(d, "note", "n", [][]string{{word}}, 1)
				if got := count(t, d, `SELECT count(*) FROM note n WHERE `+cond, value); got != n {
					t.Errorf("%s: %d rows, want %d", word, got, n)
				}
			}
			if !d.Postgres() { // fails when the index holds anything but what the table does
				do(`INSERT INTO note_fts(note_fts, rank) VALUES ('integrity-check', 1)`)
			}
		}
		do(`INSERT INTO note (id, search) VALUES ('a', 'lamp'), ('b', 'door')`,
			`UPDATE note SET search = 'pipe' WHERE id = 'b'`, // changed before it was ever indexed
			`INSERT INTO note (id, search) VALUES ('c', 'bed')`,
			`DELETE FROM note WHERE id = 'c'`)
		finds(map[string]int64{"lamp": 1, "door": 0, "pipe": 1, "bed": 0})
		do(`UPDATE note SET search = 'tap' WHERE id = 'b'`, `UPDATE note SET search = search, n = 1`)
		finds(map[string]int64{"pipe": 0, "tap": 1})
		// The newest row goes and another comes, which may get its place.
		do(`DELETE FROM note WHERE id = 'b'`, `INSERT INTO note (id, search) VALUES ('d', 'chair')`)
		finds(map[string]int64{"tap": 0, "chair": 1, "lamp": 1})
		do(`DELETE FROM note`)
		do(`INSERT INTO note (id, search) VALUES ('e', 'lift')`)
		finds(map[string]int64{"chair": 0, "lift": 1})
		d.Try(ctx, anna, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO note (id, search) VALUES ('f', 'never')`)
			return err
		})
		var all sync.WaitGroup
		for i := range 40 { // many in one commit, every fourth refused
			all.Go(func() {
				d.Do(context.Background(), db.System("x"), func(tx *db.Tx) error {
					_, err := tx.Exec(ctx, `INSERT INTO note (id, search) VALUES ($1, 'crowd')`, fmt.Sprint("g", i))
					if i%4 == 0 {
						return fmt.Errorf("no")
					}
					return err
				})
			})
		}
		all.Wait()
		finds(map[string]int64{"never": 0, "crowd": 30, "lift": 1})
	})
}

// A unit of work may read the same query while it reads it.
func TestQueriesWithinQueries(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		dbtest.Do(t, d, db.System("x"), func(tx *db.Tx) error {
			ctx := t.Context()
			if _, err := tx.Exec(ctx, `INSERT INTO note (id, n) VALUES ('a', 1), ('b', 2), ('c', 3)`); err != nil {
				return err
			}
			read := func() ([]string, error) {
				return db.All(ctx, tx, func(s *string) []any { return []any{s} }, `SELECT id FROM note ORDER BY id`)
			}
			for range 3 {
				if ids, err := read(); err != nil || fmt.Sprint(ids) != "[a b c]" {
					t.Errorf("%v %v", ids, err)
				}
			}
			if tx.Postgres() {
				return nil // one connection, one open result
			}
			rows, err := tx.QueryContext(ctx, `SELECT id FROM note ORDER BY id`)
			if err != nil {
				return err
			}
			defer rows.Close()
			for n := 0; rows.Next(); n++ {
				var id string
				if err := rows.Scan(&id); err != nil {
					return err
				}
				if ids, err := read(); err != nil || fmt.Sprint(ids) != "[a b c]" || id != ids[n] {
					t.Errorf("inside: %s of %v %v", id, ids, err)
				}
			}
			return rows.Err()
		})
	})
}

// Whoever watches sees each statement of a unit once, in order.
func TestTheWatchSeesEveryStatement(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		var seen []string
		d.Watch = func(_ *db.Tx, q string, args []any) { seen = append(seen, fmt.Sprintf("%.6s %d", q, len(args))) }
		dbtest.Do(t, d, db.System("x"), func(tx *db.Tx) error {
			ctx := t.Context()
			if err := put(ctx, tx, "a"); err != nil {
				return err
			}
			if err := tx.Lock(ctx, "note", "a"); err != nil {
				return err
			}
			_, err := db.All(ctx, tx, func(s *string) []any { return []any{s} }, `SELECT id FROM note`)
			return err
		})
		if got := fmt.Sprint(seen); got != "[INSERT 2 INSERT 11 SELECT 1 SELECT 0]" {
			t.Error(got)
		}
	})
}

// PostgreSQL lets new rows wait outside its index, and every search reads all that wait.
func TestASearchDoesNotReadManyRowsThatWait(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		if !d.Postgres() {
			return // takes rows in when it commits
		}
		dbtest.Do(t, d, db.System("x"), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `INSERT INTO note (id, search) SELECT 'n' || n, concat_ws(' ', 'wx' || n, md5(n::text), md5((-n)::text)) FROM generate_series(1, 9000) n`)
			return err
		})
		cond, value := db.Match(d, "note", "n", [][]string{{"wx4321"}}, 1)
		read := 0
		err := db.Each(t.Context(), d, `EXPLAIN (ANALYZE, BUFFERS) SELECT id FROM note n WHERE `+cond, []any{value}, func(scan db.Scan) error {
			var line string
			if err := scan(&line); err != nil {
				return err
			}
			if _, after, ok := strings.Cut(line, "Buffers: shared hit="); ok && read == 0 {
				fmt.Sscan(after, &read)
			}
			return nil
		})
		if err != nil || read == 0 || read > 40 {
			t.Errorf("a search for one number read %d pages: %v", read, err)
		}
	})
}

// A hospital that grew line by line looks a record's story up by the record.
func TestStatisticsComeWithTheLines(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		if d.Postgres() {
			return // does it by itself
		}
		plan := func(at string) (how string) {
			t.Helper()
			if _, err := db.Story(t.Context(), d, "note", "n7"); err != nil { // an explanation, which is also kept by its text, reads no schema anew
				t.Fatal(err)
			}
			err := db.Each(t.Context(), d, `EXPLAIN QUERY PLAN SELECT id FROM base_trail WHERE record = $1 AND noun = $2 ORDER BY id DESC LIMIT 200 -- `+at, []any{"n7", "note"}, func(scan db.Scan) error {
				var id, parent, unused int
				var step string
				err := scan(&id, &parent, &unused, &step)
				how += step
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return how
		}
		plan("first") // the connection knows the schema from before
		write := func(from, to int) {
			dbtest.Do(t, d, anna, func(tx *db.Tx) error {
				for n := from; n < to; n++ {
					if err := tx.Trail(t.Context(), db.Event{Noun: "note", Record: fmt.Sprint("n", n), Action: "write"}); err != nil {
						return err
					}
				}
				return nil
			})
		}
		keep := func() (known int64) {
			t.Helper()
			dbtest.Do(t, d, db.System("clock"), func(tx *db.Tx) error { return db.KeepStatistics(t.Context(), tx) })
			return count(t, d, `SELECT max(CAST(stat AS INTEGER)) FROM sqlite_stat1 WHERE tbl = 'base_trail'`)
		}
		write(0, 1500)
		first := keep()
		if how := plan("then"); !strings.Contains(how, "base_trail_record") {
			t.Errorf("a story is looked up by %s", how)
		}
		write(1500, 2000)
		if again := keep(); again != first {
			t.Errorf("%d lines were counted, and again at %d", first, again)
		}
		write(2000, 4000)
		version := count(t, d, `PRAGMA schema_version`)
		if again := keep(); again <= first {
			t.Errorf("with 4,000 lines the statistics are still of %d", again)
		}
		if count(t, d, `PRAGMA schema_version`) == version {
			t.Error("open connections are not told that there are other statistics")
		}
	})
}
