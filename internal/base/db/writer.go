package db

import (
	"context"
	"database/sql"
	"os"
	"regexp"
	"runtime"
	"time"

	"houqin/internal/base/fault"
)

// groupMax units share one commit at most, so that the first need not wait long for the last.
const groupMax = 128

// patienceMost is how long a group waits at most for the units of the last one.
const patienceMost = 2 * time.Millisecond

// writer is the hand that holds the pen. Units wait in its queue; it begins a
// transaction, runs all that wait, commits once and answers all.
type writer struct {
	d     *DB
	same  func(context.Context, rower) error
	conn  *sql.Conn
	texts texts
	queue chan *unit
	quit  chan struct{}
	ended chan struct{}

	crowd    int           // units of the last group
	took     time.Duration // that its commit took
	patience *time.Timer
	log      *checkpointer
	waiting  bool // patience runs

	fills map[string]string // statement → the table to whose search index it adds rows, "" for none
	fresh map[string]bool   // tables with rows that are not yet in their search index
}

func newWriter(d *DB, e *sqliteEngine) (*writer, error) {
	conn, err := e.writers.Conn(context.Background())
	if err != nil {
		return nil, err
	}
	e.noteName(context.Background(), conn) // which opens the log
	e.log, _ = os.Stat(e.path + "-wal")
	w := &writer{d: d, same: e.same, conn: conn, queue: make(chan *unit, groupMax), quit: make(chan struct{}), ended: make(chan struct{}),
		patience: time.NewTimer(time.Hour), fills: map[string]string{}, fresh: map[string]bool{}}
	w.texts.prepare = conn.PrepareContext
	if w.log, err = newCheckpointer(e.dsn(false), d.Log); err != nil {
		conn.Close()
		return nil, err
	}
	go w.loop()
	return w, nil
}

func (w *writer) do(ctx context.Context, u *unit) error {
	u.done = make(chan error, 1)
	select {
	case w.queue <- u:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.quit:
		return fault.New(fault.Unavailable, "base.closing")
	}
	// Once queued, its outcome is awaited: a cancelled wait would not know whether
	// the change took place.
	select {
	case err := <-u.done:
		return err
	case <-w.ended:
		select {
		case err := <-u.done:
			return err
		default:
			return fault.New(fault.Unavailable, "base.closing")
		}
	}
}

func (w *writer) stop() {
	close(w.quit)
	<-w.ended
	w.log.stop()
	w.texts.close()
	w.conn.Close()
}

func (w *writer) loop() {
	defer close(w.ended)
	group := make([]*unit, 0, groupMax)
	for {
		select {
		case u := <-w.queue:
			group = append(group[:0], u)
			w.run(group)
		case <-w.quit:
			for { // those already queued are still served
				select {
				case u := <-w.queue:
					w.run(append(group[:0], u))
				default:
					return
				}
			}
		}
	}
}

// run works through the first unit and all that come while the transaction is open.
func (w *writer) run(group []*unit) {
	if err := w.exec("BEGIN IMMEDIATE"); err != nil {
		group[0].done <- err
		return
	}
	if err := w.same(context.Background(), w); err != nil {
		w.exec("ROLLBACK")
		group[0].done <- err
		return
	}
	w.d.stats.Groups.Add(1)
	w.waiting = false
	// A unit that fails after others of its group may have failed because of what these
	// wrote; it hears so once that stands.
	var ran []*unit
	var failed []error
	good := 0
	for i := 0; i < len(group); i++ {
		u := group[i]
		lost, err := w.one(u)
		switch {
		case lost != nil: // SQLite undid the whole transaction: the others start again, alone
			w.exec("ROLLBACK")
			u.done <- err
			w.alone(ran)
			return
		case err != nil && good == 0:
			u.done <- err
		default:
			ran, failed = append(ran, u), append(failed, err)
			if err == nil {
				good++
			}
		}
		if len(group) < groupMax {
			if next := w.another(len(group)); next != nil {
				group = append(group, next)
			}
		}
	}
	w.crowd = len(group)
	if good == 0 {
		w.exec("ROLLBACK")
		return
	}
	began := time.Now()
	err := w.commit()
	w.took = time.Since(began)
	if err != nil {
		w.exec("ROLLBACK")
		if len(ran) == 1 {
			ran[0].done <- err
			return
		}
		w.alone(ran)
		return
	}
	for i, u := range ran {
		u.done <- failed[i]
	}
	w.log.wrote()
}

// another is a unit that waits, or nil. Who was answered by the last commit usually
// comes again at once: as many as the last group held are waited for, as long as that
// commit took at most, for whoever comes too late waits for two commits. One person alone
// never waits.
func (w *writer) another(have int) *unit {
	select {
	case u := <-w.queue:
		return u
	default:
	}
	if have >= w.crowd {
		runtime.Gosched()
		select {
		case u := <-w.queue:
			return u
		default:
			return nil
		}
	}
	if !w.waiting {
		w.waiting = true
		w.patience.Reset(min(w.took, patienceMost))
	}
	select {
	case u := <-w.queue:
		return u
	case <-w.patience.C:
		w.crowd = 0
		return nil
	}
}

// one runs a unit in a savepoint; lost tells that the transaction around it is gone.
func (w *writer) one(u *unit) (lost, err error) {
	if err := u.ctx.Err(); err != nil {
		return nil, err
	}
	if err := w.exec("SAVEPOINT unit"); err != nil {
		return err, err
	}
	if err = u.work(w.d, w, false); err != nil {
		if lost = w.exec("ROLLBACK TO unit"); lost == nil {
			lost = w.exec("RELEASE unit")
		}
		return lost, err
	}
	if err = w.exec("RELEASE unit"); err != nil {
		return err, err
	}
	return nil, nil
}

// alone gives each unit a transaction of its own.
func (w *writer) alone(units []*unit) {
	for _, u := range units {
		err := w.exec("BEGIN IMMEDIATE")
		if err == nil {
			if err = u.work(w.d, w, false); err == nil {
				err = w.commit()
			}
			if err != nil {
				w.exec("ROLLBACK")
			}
		}
		u.done <- err
	}
}

// commit takes new rows into their search indexes, all of the group at once, and
// makes everything last.
func (w *writer) commit() error {
	for t := range w.fresh {
		if err := w.exec(indexNew(t)); err != nil {
			return err
		}
	}
	clear(w.fresh)
	return w.exec("COMMIT")
}

var inserts = regexp.MustCompile(`(?i)^\s*(?:INSERT|REPLACE)\s+(?:OR\s+\w+\s+)?INTO\s+(\w+)`)

// filling notes which search index a statement about to run leaves behind.
func (w *writer) filling(ctx context.Context, q string) {
	t, known := w.fills[q]
	if !known {
		if m := inserts.FindStringSubmatch(q); m != nil {
			var name string
			if w.conn.QueryRowContext(ctx, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name = $1`, m[1]+"_fts").Scan(&name) == nil {
				t = m[1]
			}
		}
		if len(w.fills) >= textsKept {
			clear(w.fills)
		}
		w.fills[q] = t
	}
	if t != "" {
		w.fresh[t] = true
	}
}

func (w *writer) exec(q string) error {
	_, err := w.ExecContext(context.Background(), q)
	return err
}

func (w *writer) ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error) {
	w.filling(ctx, q)
	s, err := w.texts.get(ctx, q)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

// QueryContext prepares anew each time: two open results of one prepared statement
// on one connection would disturb each other.
func (w *writer) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	return w.conn.QueryContext(ctx, q, args...)
}

// kept is QueryContext by the statement that is kept, for who reads to the end at once.
func (w *writer) kept(ctx context.Context, q string, args []any) (*sql.Rows, error) {
	s, err := w.texts.get(ctx, q)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

func (w *writer) QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row {
	w.filling(ctx, q)
	s, err := w.texts.get(ctx, q)
	if err != nil {
		return w.conn.QueryRowContext(ctx, q, args...)
	}
	return s.QueryRowContext(ctx, args...)
}
