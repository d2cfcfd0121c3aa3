package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/jobs"
	"houqin/internal/base/period"
	"houqin/internal/hospital"
)

// wristwatch is a clock that can be set while it goes.
type wristwatch struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (w *wristwatch) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.ahead)
}

func (w *wristwatch) move(d time.Duration) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ahead += d
	return w.ahead
}

// leap is how far the clock jumps: a second, as time servers do it, or as far as
// somebody who sets it wrong.
var leaps = []time.Duration{time.Second, time.Minute, 40 * time.Minute, 13 * time.Hour, 3 * 24 * time.Hour, 40 * 24 * time.Hour}

// errand is a job that is left for after a commit.
type errand struct{ N int64 }

// hourly is when the hourly work was last done, as the books have it.
func hourly(ctx context.Context, d *db.DB) (time.Time, error) {
	last, _, err := db.First(ctx, d, func(i *period.Instant) []any { return []any{i} }, `SELECT last FROM base_clock WHERE name = 'faults.hourly'`)
	return last.Time(), err
}

// clock lets the clock jump back and forward while people write, over New Year too:
// nobody is refused or served twice, numbers stay gapless in each year, sessions end
// by what the clock then says, and work by the clock neither stops until the clock
// has caught up nor is done once for each hour it jumped over.
func clock(ctx context.Context, o options) (string, error) {
	at, err := found(ctx, o, o.db)
	if err != nil {
		return "", err
	}
	defer at.close()
	team, err := furnish(ctx, at)
	if err != nil {
		return "", err
	}
	h, err := hospital.Open(ctx, hospital.Config{DB: at.address, Data: at.data, Log: quiet})
	if err != nil {
		return "", err
	}
	closed := false
	defer func() {
		if !closed {
			h.Close()
		}
	}()
	watch := &wristwatch{}
	h.DB.Now = watch.Now
	var ticks, left, run atomic.Int64
	h.Jobs.Every("faults.hourly", time.Hour, func(ctx context.Context, tx *db.Tx) error {
		tx.AfterCommit(func() { ticks.Add(1) })
		return nil
	})
	jobs.On(h.Jobs, func(ctx context.Context, tx *db.Tx, e errand) error {
		tx.AfterCommit(func() { run.Add(1) })
		return nil
	})
	h.Start()
	site := httptest.NewServer(h.Site)
	defer site.Close()
	address := site.Listener.Addr().String()

	l := newLedger()
	l.forgets = true
	people := newClients(team, l, func() string { return address })
	people.start(ctx, o.clients)
	dice := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 2))
	var wrong findings
	var ahead time.Duration
	years := map[int]bool{}
	// Near the end of the year, where each jump crosses it.
	now := watch.Now()
	watch.move(time.Date(now.Year(), 12, 31, 15, 59, 30, 0, time.UTC).Sub(now))
	for round := range o.n {
		leap := leaps[dice.IntN(len(leaps))] // never so far ahead that passwords grow old
		if ahead > 0 || ahead > -60*24*time.Hour && dice.IntN(2) == 0 {
			leap = -leap
		}
		door := visitor{address: address}
		if err := door.signIn(team.login, team.password); err != nil {
			return "", err
		}
		// What was left for after a commit does not wait for the clock to catch up.
		if err := h.DB.Do(ctx, db.System("faults"), func(tx *db.Tx) error { return jobs.Later(ctx, tx, errand{left.Load()}) }); err != nil {
			return "", err
		}
		left.Add(1)
		due, before := ticks.Load(), l.confirmed()
		last, err := hourly(ctx, h.DB)
		if err != nil {
			return "", err
		}
		at := watch.move(leap)
		since := watch.Now().Sub(last)
		ahead += leap
		years[watch.Now().Year()] = true
		o.log("jump %d of %d, by %s; %d acts confirmed", round+1, o.n, leap, before)
		if !within(patience, func() bool { return l.confirmed() >= before+o.clients }) {
			wrong.add("round %d: after a jump of %s work does not go on: %s", round, leap, l.said())
		}
		if !within(patience, func() bool { return run.Load() == left.Load() }) {
			wrong.add("round %d: after a jump of %s, %d errands of %d were run", round, leap, run.Load(), left.Load())
		}
		status, err := door.look("/desk/jobs")
		if err != nil {
			return "", err
		}
		// A session lives twelve hours unused; one that seems to be from the future lives.
		if want := map[bool]int{true: http.StatusSeeOther, false: http.StatusOK}[leap > 12*time.Hour]; status != want {
			wrong.add("round %d: after a jump of %s a session is answered with %d, want %d (clock ahead by %s)", round, leap, status, want, at)
		}
		if since >= time.Hour || since < -time.Minute { // what is a little ahead is caught up with
			if !within(patience, func() bool { return ticks.Load() > due }) {
				wrong.add("round %d: after a jump of %s the hourly work is not done", round, leap)
			}
			time.Sleep(50 * time.Millisecond)
			if n := ticks.Load() - due; n > 2 {
				wrong.add("round %d: after a jump of %s the hourly work was done %d times", round, leap, n)
			}
		}
	}
	people.finish()
	site.Close()
	closed = true
	if err := h.Close(); err != nil {
		return "", err
	}
	if err := wrong.err(); err != nil {
		return "", err
	}
	found, err := audit(ctx, at, l, o.program)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s, %d jumps of up to 40 days either way over %d years, %d clients: %s; %s", o.db, o.n, len(years), o.clients, l.said(), found), nil
}
