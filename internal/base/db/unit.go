package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"houqin/internal/base/fault"
	"houqin/internal/base/period"
)

// unit is one piece of work waiting to be run. f may run more than once (after a
// serialization failure, or when a group it shared could not commit), so it keeps
// its results in variables that it sets anew each time.
type unit struct {
	ctx    context.Context
	by     Actor
	f      func(*Tx) error
	dryRun bool
	tx     *Tx
	done   chan error
}

var errDryRun = errors.New("dry run")

// Do runs f as one unit of work.
func (d *DB) Do(ctx context.Context, by Actor, f func(*Tx) error) error {
	return d.run(ctx, &unit{ctx: ctx, by: by, f: f})
}

// Try runs f and undoes everything: what would happen?
func (d *DB) Try(ctx context.Context, by Actor, f func(*Tx) error) error {
	err := d.run(ctx, &unit{ctx: ctx, by: by, f: f, dryRun: true})
	if errors.Is(err, errDryRun) {
		return nil
	}
	return err
}

// Once runs f at most once for this person and key. A repeated call is answered
// with the first result and again true; the same key with another digest of the
// input is a Conflict. An empty key runs f plainly.
//
// The key is written last, with the result: a unit that finds it taken undoes itself,
// and one that fails may have met the first one's own effects.
func (d *DB) Once(ctx context.Context, by Actor, key, digest string, f func(*Tx) ([]byte, error)) (result []byte, again bool, err error) {
	err = d.run(ctx, &unit{ctx: ctx, by: by, f: func(tx *Tx) (err error) {
		if result, err = f(tx); err != nil || key == "" {
			return err
		}
		n, err := tx.Exec(ctx, `INSERT INTO base_key (person, key, digest, at, result) VALUES ($1,$2,$3,$4,$5) ON CONFLICT DO NOTHING`,
			by.ID, key, digest, tx.At(), string(result))
		if err == nil && n == 0 {
			err = errTaken
		}
		return err
	}})
	if err == nil || key == "" {
		return result, false, err
	}
	look := d.kept
	if fault.Is(err, "base.outcome_unknown") {
		look = d.settle
	}
	switch first, err2 := look(ctx, by.ID, key, digest); {
	case err2 == nil:
		return first, true, nil
	case errors.Is(err2, sql.ErrNoRows), fault.Is(err, "base.outcome_unknown") && !fault.Is(err2, "base.key_reused"):
		return nil, false, err
	default: // whether the refusal met the first one's own effects is not known: it may not be told as one
		return nil, false, err2
	}
}

// errTaken is how a unit ends whose key another one has taken meanwhile.
var errTaken = fault.New(fault.Conflict, "base.key_reused")

// kept is the result kept under a person's key, or sql.ErrNoRows. It is asked for in a
// unit of work: on SQLite the first one may wait for the commit that it shares.
func (d *DB) kept(ctx context.Context, person, key, digest string) (result []byte, err error) {
	var none error
	err = d.run(ctx, &unit{ctx: ctx, by: System("key"), f: func(tx *Tx) (err error) {
		if result, err = keyed(ctx, tx, person, key, digest); errors.Is(err, sql.ErrNoRows) {
			none, err = err, nil
		}
		return err
	}})
	return result, errors.Join(err, none)
}

func keyed(ctx context.Context, r Reader, person, key, digest string) ([]byte, error) {
	var was, result string
	err := r.QueryRowContext(ctx, `SELECT digest, result FROM base_key WHERE person = $1 AND key = $2`, person, key).Scan(&was, &result)
	if err != nil {
		return nil, err
	}
	if was != digest {
		return nil, fault.New(fault.Conflict, "base.key_reused")
	}
	return []byte(result), nil
}

// settle looks, on a new connection, whether a unit whose commit was not answered took place.
func (d *DB) settle(ctx context.Context, person, key, digest string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	for {
		r, err := keyed(ctx, d, person, key, digest)
		if err == nil || errors.Is(err, sql.ErrNoRows) {
			return r, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// ForgetKeys drops idempotency keys older than the moment given.
func ForgetKeys(ctx context.Context, tx *Tx, before period.Instant) error {
	_, err := tx.Exec(ctx, `DELETE FROM base_key WHERE at < $1`, before)
	return err
}

const attempts = 8

func (d *DB) run(ctx context.Context, u *unit) (err error) {
	began := time.Now()
	for try := range attempts {
		if err = d.do(ctx, d, u); err == nil || !again(err) {
			break
		}
		d.stats.Retried.Add(1)
		pause := time.Duration(1<<try) * time.Millisecond
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause + rand.N(pause)):
		}
	}
	if took := time.Since(began); took > d.Slow {
		d.Log.WarnContext(ctx, "slow unit of work", "took", took, "by", u.by.ID, "request", u.by.Request)
	}
	if err != nil {
		if err = explain(err); !errors.Is(err, errDryRun) {
			d.stats.Failed.Add(1)
			d.trouble.note(err)
		}
		return err
	}
	d.stats.Done.Add(1)
	if u.tx.wrote {
		d.turn.Add(1)
		d.trouble.over()
	}
	for _, f := range u.tx.after {
		f()
	}
	if u.tx.jobs {
		if f := d.nudge.Load(); f != nil {
			(*f)()
		}
	}
	d.feed.tell(u.tx.trail)
	for _, deed := range u.tx.deeds {
		d.Followed(deed)
	}
	return nil
}

// work runs the unit's function on a connection that is inside a transaction, and
// says whether it may be committed. A panic becomes an error: in a shared group it
// must take nobody with it.
func (u *unit) work(d *DB, c execer, pg bool) (err error) {
	u.tx = &Tx{conn: c, pg: pg, Now: d.Moment(), By: u.by, zone: d.Zone, known: &d.known, watch: d.Watch, followed: d.Followed != nil, DryRun: u.dryRun, Keys: d.Keys}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if err := u.f(u.tx); err != nil {
		return err
	}
	if u.tx.err != nil {
		return u.tx.err
	}
	if u.tx.wrote && len(u.tx.trail) == 0 && !u.tx.saw && !u.by.System {
		return errors.New("unit of work wrote without a trail")
	}
	if u.dryRun {
		return errDryRun
	}
	return nil
}
