package jobs_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/jobs"
)

type rung struct{ Bell string }

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func leave(t *testing.T, d *db.DB, bells ...string) {
	t.Helper()
	dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error {
		for _, b := range bells {
			if err := jobs.Later(t.Context(), tx, rung{b}); err != nil {
				return err
			}
		}
		return nil
	})
}

func waiting(t *testing.T, d *db.DB, where string) (n int64) {
	t.Helper()
	if err := d.QueryRowContext(t.Context(), `SELECT count(*) FROM base_job WHERE `+where).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAJobAndItsRemovalAreCommittedTogether(t *testing.T) {
	dbtest.EachClock(t, nil, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		r := jobs.New(d, quiet)
		fail := true
		jobs.On(r, func(ctx context.Context, tx *db.Tx, e rung) error {
			if err := db.Set(ctx, tx, "bell", e.Bell); err != nil {
				return err
			}
			if fail {
				return errors.New("not now")
			}
			return nil
		})
		leave(t, d, "ward 3")
		if err := r.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if v, _ := db.Setting(t.Context(), d, "bell"); v != "" || waiting(t, d, "attempts = 1") != 1 {
			t.Fatalf("after a failure: %q", v)
		}
		fail = false
		if r.Drain(t.Context()); waiting(t, d, "1=1") != 1 {
			t.Error("tried again at once")
		}
		clock.Add(6 * time.Second)
		if err := r.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if v, _ := db.Setting(t.Context(), d, "bell"); v != "ward 3" || waiting(t, d, "1=1") != 0 {
			t.Errorf("after success: %q", v)
		}
	})
}

func TestAJobThatKeepsFailingWaitsForAPersonAndLetsOthersPass(t *testing.T) {
	dbtest.EachClock(t, nil, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		r := jobs.New(d, quiet)
		done := 0
		jobs.Outside(r, func(_ context.Context, e rung) error {
			if e.Bell == "broken" {
				panic("no such bell")
			}
			done++
			return nil
		})
		leave(t, d, "broken", "good")
		for range 12 {
			if err := r.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			clock.Add(time.Hour)
		}
		if done != 1 || waiting(t, d, "dead = true AND error LIKE '%no such bell%'") != 1 || waiting(t, d, "1=1") != 1 {
			t.Errorf("done %d, dead %d", done, waiting(t, d, "dead = true"))
		}
	})
}

func TestTwoCopiesDoEachJobOnce(t *testing.T) {
	run := func(t *testing.T, address string) {
		var done sync.Map
		var twice atomic.Int64
		var runners []*jobs.Runner
		var d *db.DB
		var ticks atomic.Int64
		for range 2 {
			copyOf, _ := dbtest.Open(t, address)
			r := jobs.New(copyOf, quiet)
			jobs.On(r, func(ctx context.Context, tx *db.Tx, e rung) error {
				tx.AfterCommit(func() {
					if _, was := done.LoadOrStore(e.Bell, true); was {
						twice.Add(1)
					}
				})
				return nil
			})
			r.Every("dusk", time.Hour, func(ctx context.Context, tx *db.Tx) error {
				tx.AfterCommit(func() { ticks.Add(1) })
				return nil
			})
			runners, d = append(runners, r), copyOf
		}
		var bells []string
		for i := range 60 {
			bells = append(bells, string(rune('A'+i)))
		}
		leave(t, d, bells...)
		for _, r := range runners {
			r.Start()
			defer r.Stop()
		}
		for range 400 {
			if waiting(t, d, "1=1") == 0 {
				break
			}
			time.Sleep(25 * time.Millisecond)
		}
		for _, r := range runners {
			r.Stop() // what follows a commit has happened too
		}
		n := 0
		done.Range(func(any, any) bool { n++; return true })
		if n != 60 || twice.Load() != 0 || ticks.Load() != 1 {
			t.Errorf("%d done, %d twice, %d ticks", n, twice.Load(), ticks.Load())
		}
	}
	t.Run("sqlite", func(t *testing.T) { run(t, dbtest.SQLite(t, nil)) })
	t.Run("postgres", func(t *testing.T) {
		if address, ok := dbtest.Postgres(t, nil); ok {
			run(t, address)
		}
	})
}

func TestTheClockGoesRoundAndSurvivesSteppingBack(t *testing.T) {
	dbtest.EachClock(t, nil, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		r := jobs.New(d, quiet)
		n := 0
		r.Every("hour", time.Hour, func(context.Context, *db.Tx) error { n++; return nil })
		for i, step := range []time.Duration{0, 30 * time.Minute, 31 * time.Minute, -48 * time.Hour, 0} {
			clock.Add(step)
			if err := r.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			if want := []int{1, 1, 2, 3, 3}[i]; n != want {
				t.Errorf("step %d: %d times, want %d", i, n, want)
			}
		}
	})
}

// A job left for at once is done although the clock steps back before it is taken up;
// one left for a later moment waits for it.
func TestAJobDoesNotWaitForTheClockToCatchUp(t *testing.T) {
	dbtest.EachClock(t, nil, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		r := jobs.New(d, quiet)
		var done []string
		jobs.On(r, func(_ context.Context, _ *db.Tx, e rung) error { done = append(done, e.Bell); return nil })
		dbtest.Do(t, d, db.System("x"), func(tx *db.Tx) error {
			if err := jobs.Later(t.Context(), tx, rung{"now"}); err != nil {
				return err
			}
			return jobs.At(t.Context(), tx, tx.Now.Add(time.Hour), rung{"in an hour"})
		})
		for i, step := range []time.Duration{-48 * time.Hour, 48 * time.Hour, 61 * time.Minute} {
			clock.Add(step)
			if err := r.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			if want := []int{1, 1, 2}[i]; len(done) != want {
				t.Errorf("step %d: %v, want %d", i, done, want)
			}
		}
	})
}
