// Package jobs is the night porter: it does what must be done after a commit, and
// what must be done by the clock, on whichever copy of the program comes first.
//
// A job is a row of the outbox, left in the same unit of work as the change that
// needs it; its effects and its removal are committed together. See
// docs/decisions/0002-own-outbox.md for why no job library is used.
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
)

// Runner takes jobs up.
type Runner struct {
	d     *db.DB
	log   *slog.Logger
	kinds map[string]func(context.Context, *db.Tx, []byte) error
	out   map[string]func(context.Context, []byte) error
	clock []daily
	wake  chan struct{}
	halt  context.CancelFunc
	ended sync.WaitGroup
}

type daily struct {
	name  string
	every time.Duration
	f     func(context.Context, *db.Tx) error
}

// New makes a runner that knows no jobs yet.
func New(d *db.DB, log *slog.Logger) *Runner {
	return &Runner{d: d, log: log, kinds: map[string]func(context.Context, *db.Tx, []byte) error{},
		out: map[string]func(context.Context, []byte) error{}, wake: make(chan struct{}, 1)}
}

// On sets who does the jobs that carry an E, inside one unit of work: either all
// its effects are there and the job is gone, or it is tried again.
func On[E any](r *Runner, f func(context.Context, *db.Tx, E) error) {
	kind := kindOf[E]()
	if r.known(kind) {
		panic("jobs: " + kind + " is done twice")
	}
	r.kinds[kind] = func(ctx context.Context, tx *db.Tx, payload []byte) error {
		var e E
		if err := json.Unmarshal(payload, &e); err != nil {
			return err
		}
		return f(ctx, tx, e)
	}
}

// Outside sets who does the jobs that carry an E and reach outside the database: a
// message, a call. They run without a unit of work and are removed afterwards, so
// they may happen twice after a crash, never not at all.
func Outside[E any](r *Runner, f func(context.Context, E) error) {
	kind := kindOf[E]()
	if r.known(kind) {
		panic("jobs: " + kind + " is done twice")
	}
	r.out[kind] = func(ctx context.Context, payload []byte) error {
		var e E
		if err := json.Unmarshal(payload, &e); err != nil {
			return err
		}
		return f(ctx, e)
	}
}

func (r *Runner) known(kind string) bool {
	_, a := r.kinds[kind]
	_, b := r.out[kind]
	return a || b
}

// Every has f done about this often, by one copy of the program each time. Name is
// the entry in the books; it does not change.
func (r *Runner) Every(name string, every time.Duration, f func(context.Context, *db.Tx) error) {
	r.clock = append(r.clock, daily{name, every, f})
}

// Later leaves an event for after the commit.
func Later[E any](ctx context.Context, tx *db.Tx, e E) error { return At(ctx, tx, tx.Now, e) }

// At leaves an event for a moment.
func At[E any](ctx context.Context, tx *db.Tx, at time.Time, e E) error {
	b, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return tx.Later(ctx, kindOf[E](), b, at)
}

func kindOf[E any]() string { return fmt.Sprintf("%T", *new(E)) }

const (
	lookEvery = time.Second // how late a job of another copy, or one that fell due, may start
	attempts  = 8           // then a job is dead and waits on the page for a person
)

// Start takes up jobs until Stop.
func (r *Runner) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	r.halt = cancel
	r.d.OnJobs(func() {
		select {
		case r.wake <- struct{}{}:
		default:
		}
	})
	r.ended.Go(func() {
		tick := time.NewTicker(lookEvery)
		defer tick.Stop()
		for {
			if err := r.Drain(ctx); err != nil && ctx.Err() == nil {
				r.log.Error("jobs", "err", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			case <-r.wake:
			}
		}
	})
}

// Stop waits for the job in hand.
func (r *Runner) Stop() {
	if r.halt != nil {
		r.halt()
		r.ended.Wait()
	}
}

// Drain does everything that is due now, once.
func (r *Runner) Drain(ctx context.Context) error {
	for _, c := range r.clock {
		if err := r.tick(ctx, c); err != nil && ctx.Err() == nil {
			r.log.Error("work by the clock", "name", c.name, "err", err)
		}
	}
	for {
		did, err := r.one(ctx)
		if err != nil || !did {
			return err
		}
	}
}

func (r *Runner) tick(ctx context.Context, c daily) error {
	now := r.d.Now()
	last, ok, err := db.First(ctx, r.d, func(i *period.Instant) []any { return []any{i} }, `SELECT last FROM base_clock WHERE name = $1`, c.name)
	if err != nil || ok && now.Sub(last.Time()) < c.every && !last.Time().After(now) {
		return err
	}
	return r.d.Do(ctx, db.System("clock"), func(tx *db.Tx) error {
		// Whoever moves the hand does the work; the other copy's condition fails.
		n, err := tx.Exec(ctx, `INSERT INTO base_clock (name, last) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET last = excluded.last WHERE base_clock.last = $3`, c.name, tx.At(), last)
		if err != nil || n == 0 {
			return err
		}
		return c.f(ctx, tx)
	})
}

var errFailed = errors.New("job failed")

// one takes up a single job; did is false when none is due.
func (r *Runner) one(ctx context.Context) (did bool, err error) {
	var kinds []string
	for k := range r.kinds {
		kinds = append(kinds, k)
	}
	for k := range r.out {
		kinds = append(kinds, k)
	}
	if len(kinds) == 0 {
		return false, nil
	}
	// Looking first keeps an idle program from taking the writer's place each second.
	var due int64
	if err := r.d.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 AS one FROM base_job WHERE dead = false AND `+db.JobDue+` LIMIT 1) j`, period.At(r.d.Now())).Scan(&due); err != nil || due == 0 {
		return false, err
	}
	slices.Sort(kinds)
	var id, kind, payload string
	var tried int64
	var outside func(context.Context, []byte) error
	var failure error
	err = r.d.Do(ctx, db.System("jobs"), func(tx *db.Tx) error {
		did, outside, failure = false, nil, nil
		var err error
		id, kind, payload, tried, did, err = db.TakeJob(ctx, tx, kinds)
		if err != nil || !did {
			return err
		}
		if outside = r.out[kind]; outside != nil {
			// Put it off while it is done outside; the row goes when it succeeded.
			_, err = tx.Exec(ctx, `UPDATE base_job SET due = $1, attempts = attempts + 1 WHERE id = $2`, period.At(tx.Now.Add(backoff(tried))), id)
			return err
		}
		if failure = r.kinds[kind](ctx, tx, []byte(payload)); failure != nil {
			return errFailed
		}
		_, err = tx.Exec(ctx, `DELETE FROM base_job WHERE id = $1`, id)
		return err
	})
	switch {
	case !did:
		return false, err
	case outside != nil && err == nil:
		if failure = r.safely(func() error { return outside(ctx, []byte(payload)) }); failure == nil {
			return true, r.d.Do(ctx, db.System("jobs"), func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, `DELETE FROM base_job WHERE id = $1`, id)
				return err
			})
		}
	case failure == nil && err != nil:
		if fault.KindOf(err) == fault.Unavailable || ctx.Err() != nil {
			return false, err // the database's trouble, not the job's
		}
		failure = err
	case failure == nil:
		return true, nil
	}
	r.log.Warn("job failed", "kind", kind, "id", id, "attempt", tried+1, "err", failure)
	return true, r.d.Do(ctx, db.System("jobs"), func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE base_job SET attempts = $1, error = $2, dead = $3, due = $4 WHERE id = $5`,
			tried+1, clip(failure.Error()), tried+1 >= attempts, period.At(tx.Now.Add(backoff(tried))), id)
		return err
	})
}

func (r *Runner) safely(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f()
}

// backoff is the pause before the next attempt: 5 s, 10 s, 20 s … 10 min.
func backoff(tried int64) time.Duration { return min(5*time.Second<<tried, 10*time.Minute) }

func clip(s string) string {
	if len(s) > 2000 {
		s = s[:2000]
	}
	return s
}
