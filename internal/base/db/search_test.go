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
