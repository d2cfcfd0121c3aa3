package db

import (
	"context"
	"sync/atomic"
	"time"

	"houqin/internal/base/fault"
)

// Ready says whether the database can take work: it answers, it is still the one
// that was opened, and the last attempt to write did not meet a full disk or a
// database that was away. After such trouble it tries a small write itself, at
// most once a second, so that the program recovers although nobody is sent to it.
func (d *DB) Ready(ctx context.Context) error {
	if err := d.Ping(ctx); err != nil {
		return err
	}
	if d.trouble.now() == nil || !d.trouble.mayTry() {
		return d.trouble.now()
	}
	return d.Do(ctx, System("readiness"), func(tx *Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO base_clock (name, last) VALUES ('base.ready', $1)
			ON CONFLICT (name) DO UPDATE SET last = excluded.last`, tx.At())
		return err
	})
}

// trouble is the failure to write that stands since the last success.
type trouble struct {
	err   atomic.Pointer[error]
	tried atomic.Int64 // when a write was last tried, in nanoseconds since began
}

// began is what lengths of time are measured from; a clock that is set does not touch them.
var began = time.Now()

// note keeps failures that are the store's and concern everybody; a busy moment is none.
func (t *trouble) note(err error) {
	if fault.Is(err, "base.disk_full") || fault.Is(err, "base.database_away") || fault.Is(err, "base.damaged") || fault.Is(err, "base.database_swapped") {
		t.err.Store(&err)
		t.tried.Store(int64(time.Since(began)))
	}
}

func (t *trouble) over() { t.err.Store(nil) }

func (t *trouble) now() error {
	if e := t.err.Load(); e != nil {
		return *e
	}
	return nil
}

func (t *trouble) mayTry() bool {
	was, now := t.tried.Load(), int64(time.Since(began))
	return now-was > int64(time.Second) && t.tried.CompareAndSwap(was, now)
}

// Connections are how many connections to the database are open, and how many of
// them are at work.
func (d *DB) Connections() (open, busy int) { return d.engine.connections() }
