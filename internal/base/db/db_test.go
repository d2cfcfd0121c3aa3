package db_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
)

var room = []fs.FS{fstest.MapFS{"migrations/900001_note.sql": {Data: []byte(`
	CREATE TABLE note (
		id     TEXT PRIMARY KEY, -- a comment; with a semicolon
		words  TEXT NOT NULL DEFAULT 'a;b',
		search TEXT NOT NULL DEFAULT '',
		done   BOOLEAN NOT NULL DEFAULT false,
		n      BIGINT NOT NULL DEFAULT 0 CHECK (n >= 0)
	);
	CREATE TABLE leaf (id TEXT PRIMARY KEY, note TEXT NOT NULL REFERENCES note (id));
	-- searchable: note
`)}}}

var anna = dbtest.Person("anna")

func put(ctx context.Context, tx *db.Tx, id string) error {
	if _, err := tx.Exec(ctx, `INSERT INTO note (id, words) VALUES ($1, $2)`, id, "w"); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "note", Record: id, Action: "put"})
}

func count(t *testing.T, r db.Reader, q string, args ...any) (n int64) {
	t.Helper()
	if err := r.QueryRowContext(t.Context(), q, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Holds: v5.0.0-2.3.3 A10:2025
func TestAUnitIsWholeOrNothing(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		ran := false
		err := d.Do(ctx, anna, func(tx *db.Tx) error {
			tx.AfterCommit(func() { ran = true })
			if err := put(ctx, tx, "a"); err != nil {
				return err
			}
			return errors.New("changed my mind")
		})
		if err == nil || ran || count(t, d, `SELECT count(*) FROM note`) != 0 || count(t, d, `SELECT count(*) FROM base_trail`) != 0 {
			t.Fatalf("undone: %v %v", err, ran)
		}
		dbtest.Do(t, d, anna, func(tx *db.Tx) error {
			tx.AfterCommit(func() { ran = true })
			return put(ctx, tx, "a")
		})
		if !ran || count(t, d, `SELECT count(*) FROM note`) != 1 {
			t.Error("done")
		}
		story, err := db.Story(ctx, d, "note", "a")
		if err != nil || len(story) != 1 || story[0].By != "anna" || story[0].At.Time() != dbtest.Noon {
			t.Errorf("story %v %v", story, err)
		}
	})
}

// The day is the hospital's wherever the server stands, also for who asks the moment itself.
func TestTheDayIsTheHospitals(t *testing.T) {
	dbtest.EachClock(t, room, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		clock.Set(time.Date(2027, 3, 4, 17, 0, 0, 0, time.UTC)) // one in the morning of the fifth there
		look := func(r db.Reader) error {
			m := r.Moment()
			if day := period.DayOf(m, m.Location()); day != "2027-03-05" || r.Today() != day || r.Location() != d.Zone {
				t.Errorf("%T: it is the %s by its moment and the %s by its day", r, day, r.Today())
			}
			return nil
		}
		look(d)
		dbtest.Do(t, d, anna, func(tx *db.Tx) error { return look(tx) })
	})
}

// Holds: DB3-8.1.4.3-a DB3-8.1.4.3-d v5.0.0-16.5.3
func TestWritingWithoutATrailIsRefused(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		insert := func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `INSERT INTO note (id) VALUES ('x')`)
			return err
		}
		if err := d.Do(t.Context(), anna, insert); err == nil || !strings.Contains(err.Error(), "without a trail") {
			t.Errorf("got %v", err)
		}
		if count(t, d, `SELECT count(*) FROM note`) != 0 {
			t.Error("it was written all the same")
		}
		if err := d.Do(t.Context(), db.System("migration"), insert); err != nil {
			t.Error(err)
		}
	})
}

// Holds: v5.0.0-16.4.2 DB3-8.1.4.3-c
func TestTheTrailCannotBeEdited(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		dbtest.Do(t, d, anna, func(tx *db.Tx) error { return put(t.Context(), tx, "a") })
		for _, q := range []string{`UPDATE base_trail SET by_name = 'somebody else'`, `DELETE FROM base_trail`} {
			err := d.Do(t.Context(), db.System("x"), func(tx *db.Tx) error { _, err := tx.Exec(t.Context(), q); return err })
			if !fault.Is(err, "base.append_only") {
				t.Errorf("%s: %v", q, err)
			}
		}
		if count(t, d, `SELECT count(*) FROM base_trail WHERE by_name = 'anna'`) != 1 {
			t.Error("the trail changed")
		}
	})
}

func TestBrokenRulesOfTheBooksAreFaults(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		dbtest.Do(t, d, anna, func(tx *db.Tx) error { return put(t.Context(), tx, "a") })
		for q, key := range map[string]string{
			`INSERT INTO note (id) VALUES ('a')`:             "base.duplicate",
			`INSERT INTO leaf (id, note) VALUES ('l', 'no')`: "base.referenced",
			`UPDATE note SET n = -1 WHERE id = 'a'`:          "base.refused_by_book",
		} {
			err := d.Do(t.Context(), db.System("x"), func(tx *db.Tx) error {
				_, first := tx.Exec(t.Context(), q)
				_, second := tx.Exec(t.Context(), `UPDATE note SET n = 5`)
				if second == nil {
					t.Error("a unit went on after an error")
				}
				if !fault.Is(second, key) {
					t.Errorf("the first error is not remembered: %v", second)
				}
				_ = first
				return nil // even a command that swallows the error commits nothing
			})
			if !fault.Is(err, key) || fault.KindOf(err) != fault.Conflict {
				t.Errorf("%s: %v", q, err)
			}
		}
		if count(t, d, `SELECT n FROM note WHERE id = 'a'`) != 0 {
			t.Error("changed")
		}
	})
}

// Holds: AB-10
func TestARepeatedSubmitIsAnsweredWithTheFirstResult(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		once := func(by db.Actor, digest string) (string, bool, error) {
			r, again, err := d.Once(ctx, by, "k1", digest, func(tx *db.Tx) ([]byte, error) {
				id := tx.NewID()
				return []byte(id), put(ctx, tx, id)
			})
			return string(r), again, err
		}
		first, again, err := once(anna, "d")
		if err != nil || again {
			t.Fatal(again, err)
		}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if r, again, err := once(anna, "d"); r != first || !again || err != nil {
					t.Errorf("repeat: %q %v %v", r, again, err)
				}
			})
		}
		wg.Wait()
		if _, _, err := once(anna, "other"); !fault.Is(err, "base.key_reused") {
			t.Errorf("other input: %v", err)
		}
		if r, again, err := once(dbtest.Person("ben"), "d"); err != nil || again || r == first {
			t.Errorf("another person's key: %q %v %v", r, again, err)
		}
		if n := count(t, d, `SELECT count(*) FROM note`); n != 2 {
			t.Errorf("%d notes", n)
		}
	})
}

// Whoever presses twice sees what the first press did, although the second would now be
// refused because of it.
func TestARepeatThatTheFirstHasMadeImpossibleIsAnsweredLikeTheFirst(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				r, _, err := d.Once(t.Context(), anna, "k", "d", func(tx *db.Tx) ([]byte, error) {
					return []byte("done"), put(t.Context(), tx, "only")
				})
				if string(r) != "done" || err != nil {
					t.Errorf("%q %v", r, err)
				}
			})
		}
		wg.Wait()
		_, _, err := d.Once(t.Context(), anna, "another press", "d", func(tx *db.Tx) ([]byte, error) {
			return nil, put(t.Context(), tx, "only")
		})
		if !fault.Is(err, "base.duplicate") || count(t, d, `SELECT count(*) FROM note`) != 1 || count(t, d, `SELECT count(*) FROM base_key`) != 1 {
			t.Error(err)
		}
	})
}

// A refusal is told only when it is known that it was not met by a repeat of what has
// been done: when that cannot be looked up, nobody is told "no".
func TestARefusalThatCannotBeLookedUpIsNotTold(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		ctx, leave := context.WithCancel(t.Context())
		_, _, err := d.Once(ctx, anna, "k", "d", func(*db.Tx) ([]byte, error) {
			leave()
			return nil, fault.New(fault.Conflict, "base.stale")
		})
		if err == nil || fault.Is(err, "base.stale") {
			t.Errorf("told %v", err)
		}
	})
}

// A person who works alone never waits for a crowd, and a crowd shares commits.
func TestACrowdSharesCommits(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.SQLite(t, room))
	for i := range 5 {
		if err := d.Do(t.Context(), anna, func(tx *db.Tx) error { return put(t.Context(), tx, fmt.Sprint("alone", i)) }); err != nil {
			t.Fatal(err)
		}
	}
	alone := d.Stats().Groups.Load()
	var wg sync.WaitGroup
	for c := range 16 {
		wg.Go(func() {
			for i := range 20 {
				if err := d.Do(t.Context(), anna, func(tx *db.Tx) error { return put(t.Context(), tx, fmt.Sprint(c, "-", i)) }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if groups := d.Stats().Groups.Load() - alone; groups > 16*20/4 {
		t.Errorf("%d units in %d groups", 16*20, groups)
	}
}

func TestADryRunChangesNothing(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		seen := int64(0)
		err := d.Try(t.Context(), anna, func(tx *db.Tx) error {
			if err := put(t.Context(), tx, "a"); err != nil {
				return err
			}
			seen = count(t, tx, `SELECT count(*) FROM note`)
			return nil
		})
		if err != nil || seen != 1 || count(t, d, `SELECT count(*) FROM note`) != 0 {
			t.Errorf("%v %d", err, seen)
		}
	})
}

// Holds: v5.0.0-15.4.1
func TestManyAtOnceShareCommitsAndNumbersHaveNoGaps(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		var wg sync.WaitGroup
		var numbers sync.Map
		for c := range 32 {
			wg.Go(func() {
				for i := range 20 {
					var number string
					err := d.Do(ctx, anna, func(tx *db.Tx) (err error) {
						if err = put(ctx, tx, fmt.Sprintf("%d-%d", c, i)); err != nil {
							return err
						}
						if i%5 == 4 {
							if number, err = tx.Number(ctx, "RK"); err != nil {
								return err
							}
							return errors.New("undone after taking a number")
						}
						number, err = tx.Number(ctx, "RK")
						return err
					})
					if i%5 == 4 {
						if err == nil {
							t.Error("not undone")
						}
						continue
					}
					if err != nil {
						t.Error(err)
					}
					if _, twice := numbers.LoadOrStore(number, true); twice {
						t.Errorf("%s given twice", number)
					}
				}
			})
		}
		wg.Wait()
		for i := 1; i <= 32*16; i++ {
			if _, ok := numbers.Load(fmt.Sprintf("RK-2027-%06d", i)); !ok {
				t.Fatalf("RK-2027-%06d is missing", i)
			}
		}
		if n := count(t, d, `SELECT count(*) FROM note`); n != 32*16 {
			t.Errorf("%d rows", n)
		}
		if g := d.Stats().Groups.Load(); !d.Postgres() && g >= 32*20 {
			t.Errorf("%d commits for %d units: none was shared", g, 32*20)
		}
	})
}

// Holds: v5.0.0-16.5.4 v5.0.0-16.5.3
func TestAPanicTakesNobodyWithIt(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				err := d.Do(t.Context(), anna, func(tx *db.Tx) error {
					if err := put(t.Context(), tx, fmt.Sprint(i)); err != nil {
						return err
					}
					if i%2 == 1 {
						panic("a bug")
					}
					return nil
				})
				if (err != nil) != (i%2 == 1) {
					t.Errorf("%d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if n := count(t, d, `SELECT count(*) FROM note`); n != 8 {
			t.Errorf("%d rows", n)
		}
	})
}

// Holds: v5.0.0-2.3.3
func TestACancelledUnitHasNoEffectAndDisturbsNobody(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				err := d.Do(ctx, anna, func(tx *db.Tx) error {
					if err := put(ctx, tx, fmt.Sprint(i)); err != nil {
						return err
					}
					if i%2 == 1 {
						cancel()
						_, err := tx.Exec(ctx, `UPDATE note SET n = 1 WHERE id = $1`, fmt.Sprint(i))
						return err
					}
					return nil
				})
				if (err != nil) != (i%2 == 1) {
					t.Errorf("%d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if n := count(t, d, `SELECT count(*) FROM note`); n != 20 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestChangesAreToldAcrossCopies(t *testing.T) {
	run := func(t *testing.T, address string) {
		here, _ := dbtest.Open(t, address)
		there, _ := dbtest.Open(t, address)
		near, far := here.Listen(), there.Listen()
		defer near.Leave()
		defer far.Leave()
		time.Sleep(700 * time.Millisecond) // the other copy has looked once
		for _, title := range []string{"a", "b"} {
			dbtest.Do(t, here, anna, func(tx *db.Tx) error { return put(t.Context(), tx, title) })
		}
		for name, ear := range map[string]*db.Ear{"this copy": near, "another copy": far} {
			select {
			case <-ear.Rings():
				if news := ear.News(); len(news) != 1 || news[0] != "note" {
					t.Errorf("%s: %q", name, news)
				}
			case <-time.After(20 * time.Second):
				t.Errorf("%s heard nothing", name)
			}
			if again := ear.News(); name == "this copy" && len(again) > 0 {
				t.Errorf("%s: %q was told before", name, again)
			}
		}
	}
	t.Run("sqlite", func(t *testing.T) { run(t, dbtest.SQLite(t, room)) })
	t.Run("postgres", func(t *testing.T) {
		if address, ok := dbtest.Postgres(t, room); ok {
			run(t, address)
		}
	})
}

func TestADatabaseOfANewerProgramIsRefused(t *testing.T) {
	check := func(t *testing.T, d *db.DB) {
		err := d.Migrate(t.Context()) // this program does not know 900001
		if !fault.Is(err, "base.database_newer") {
			t.Errorf("got %v", err)
		}
		if err := d.Migrate(t.Context(), room...); err != nil {
			t.Errorf("again: %v", err)
		}
	}
	dbtest.Each(t, room, check)
}

// Holds: v5.0.0-1.2.9 AB-32
func TestMatchFindsByBeginnings(t *testing.T) {
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		dbtest.Do(t, d, db.System("x"), func(tx *db.Tx) error {
			for id, s := range map[string]string{"a": "手术 术室 室 shoushushi sss rk 2026 000123 123", "b": "病房 房 bingfang bf", "c": ""} {
				if _, err := tx.Exec(ctx, `INSERT INTO note (id, search) VALUES ($1, $2)`, id, s); err != nil {
					return err
				}
			}
			_, err := tx.Exec(ctx, `UPDATE note SET search = '门诊 诊' WHERE id = 'b'`)
			return err
		})
		for q, want := range map[string]int64{"手": 1, "手术": 1, "室": 1, "shou": 1, "000123": 1, "12": 1, "病": 0, "门": 1, "o'x\"*": 0} {
			cond, value := db.Match(d, "note", "n", [][]string{{q}}, 1)
			if n := count(t, d, `SELECT count(*) FROM note n WHERE `+cond, value); n != want {
				t.Errorf("%q: %d rows, want %d", q, n, want)
			}
		}
		cond, value := db.Match(d, "note", "n", [][]string{{"手", "门"}, {"室", "诊"}}, 1)
		if n := count(t, d, `SELECT count(*) FROM note n WHERE `+cond, value); n != 2 {
			t.Errorf("either of two: %d", n)
		}
	})
}

// Holds: v5.0.0-8.2.2 DB3-8.1.4.2-f
func TestRightsHoldOnlyInTheirScope(t *testing.T) {
	a := dbtest.PersonIn("nurse", "icu", "desk.report")
	switch {
	case !a.May("desk.report"), !a.MayIn("desk.report", "icu"), a.MayIn("desk.report", "er"), a.May("desk.dispatch"), a.Scope("desk.dispatch").All:
		t.Error("scope")
	}
}

func TestOpenRefusesAFileThatIsNoDatabase(t *testing.T) {
	if _, err := db.Open(filepath.Join(t.TempDir(), "no", "such", "folder", "x.db")); err == nil {
		t.Error("opened a file in a folder that is not there")
	}
}
