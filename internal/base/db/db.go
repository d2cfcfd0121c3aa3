// Package db is the building's book-keeping hand: it opens SQLite or PostgreSQL,
// runs one SQL text on both, and writes only in units of work that happen at a
// moment, for a person, whole or not at all.
//
// There is no way to write outside such a unit: only Tx has Exec. A Tx knows the
// moment and the person, so that no rule asks the clock or the context.
package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"houqin/internal/base/fault"
	"houqin/internal/base/id"
	"houqin/internal/base/keys"
	"houqin/internal/base/period"
)

// Reader is what a query needs: a DB or a Tx.
type Reader interface {
	QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row
	// Moment is when the reading happens, in the hospital's zone: the unit's moment in a
	// Tx, else now.
	Moment() time.Time
	// Today is the business day of that moment.
	Today() period.Day
	// Location is the hospital's time zone.
	Location() *time.Location
	// Postgres says which engine answers; only the dialect functions of base ask.
	Postgres() bool
}

// DB is one hospital: one SQLite file or one PostgreSQL database.
type DB struct {
	engine
	// Now is the clock; tests set it.
	Now func() time.Time
	// Zone is the hospital's time zone; business days are counted in it.
	Zone *time.Location
	Log  *slog.Logger
	// Slow is how long a unit of work may take before the log says so.
	Slow time.Duration

	// Watch, when set before the first unit of work, is told of every statement that a
	// unit sends, for tests that count them and benchmarks that repeat them.
	Watch func(t *Tx, q string, args []any)

	// Followed, when set before the first unit of work, is told of every line of the
	// trail once it is safe on disk.
	Followed func(Deed)

	// Keys seal what must not be read from the database alone.
	Keys *keys.Ring

	feed  feed
	turn  atomic.Uint64
	known vocabulary
	often vocabulary             // searches that found many
	nudge atomic.Pointer[func()] // told after a commit that left jobs behind
	stats Stats

	trouble trouble
	closed  sync.Once
}

// Stats counts units of work since the start.
type Stats struct{ Done, Failed, Retried, Groups atomic.Int64 }

// Stats are the counters of this database.
func (d *DB) Stats() *Stats { return &d.stats }

// Turn tells one state of the database from another.
type Turn uint64

// Turn is another after each unit of work of this copy that wrote something, and after
// others were heard of. While it stays, what was read may still be right.
func (d *DB) Turn() Turn { return Turn(d.turn.Load()) }

// engine is what differs between the two: how to read, and how to run one unit of work.
type engine interface {
	QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row
	Postgres() bool
	do(ctx context.Context, d *DB, u *unit) error
	ping(ctx context.Context) error
	migrator() (*sql.DB, func(), error)
	connections() (open, busy int)
	close() error
}

// Open accepts a postgres:// address or the path of an SQLite file.
func Open(address string) (*DB, error) {
	var e engine
	var err error
	if IsPostgres(address) {
		e, err = openPostgres(address)
	} else {
		e, err = openSQLite(address)
	}
	if err != nil {
		return nil, explain(err)
	}
	d := &DB{engine: e, Now: time.Now, Zone: china, Log: slog.Default(), Slow: 500 * time.Millisecond}
	d.feed.db = d
	return d, nil
}

// IsPostgres tells an address from the path of a file.
func IsPostgres(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

// china is the zone unless the hospital sets another; it has had no daylight saving since 1991.
var china = time.FixedZone("Asia/Shanghai", 8*3600)

func (d *DB) Moment() time.Time { return d.Now().In(d.Zone) }

// Today is the business day in the hospital's zone.
func (d *DB) Today() period.Day { return period.DayOf(d.Now(), d.Zone) }

// Location is the hospital's time zone.
func (d *DB) Location() *time.Location { return d.Zone }

// Ping says whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return explain(d.ping(ctx)) }

// Close waits for the unit of work in hand and closes the database, once.
func (d *DB) Close() (err error) {
	d.closed.Do(func() {
		d.feed.stop()
		err = d.close()
	})
	return err
}

// OnJobs sets who is told after a commit that left work for later.
func (d *DB) OnJobs(f func()) { d.nudge.Store(&f) }

// Tx is one unit of work: a moment, a person, and all changes or none.
type Tx struct {
	conn     execer
	pg       bool
	Now      time.Time
	By       Actor
	zone     *time.Location
	known    *vocabulary
	watch    func(t *Tx, q string, args []any)
	err      error // the first; a unit that met an error cannot commit
	wrote    bool
	trail    []string // nouns that changed
	deeds    []Deed   // for who follows them
	saw      bool     // personal data were read, which is a trail of its own
	jobs     bool
	after    []func()
	followed bool // somebody follows the deeds
	DryRun   bool // everything will be undone
	Keys     *keys.Ring
}

// execer is a connection inside a transaction.
type execer interface {
	ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row
}

func (t *Tx) Moment() time.Time { return t.Now }
func (t *Tx) Postgres() bool    { return t.pg }

// At is the moment as the books store it.
func (t *Tx) At() period.Instant { return period.At(t.Now) }

// Today is the business day in the hospital's zone.
func (t *Tx) Today() period.Day { return period.DayOf(t.Now, t.zone) }

// Location is the hospital's time zone.
func (t *Tx) Location() *time.Location { return t.zone }

// NewID names a record made in this unit.
func (t *Tx) NewID() string { return id.New(t.Now) }

// Exec changes rows and says how many. An error is final: the unit will be undone,
// on SQLite as on PostgreSQL, so "try the insert, then do something else" is
// written with ON CONFLICT instead.
func (t *Tx) Exec(ctx context.Context, q string, args ...any) (int64, error) {
	if err := t.usable(ctx); err != nil {
		return 0, err
	}
	t.wrote = true
	t.sends(q, args)
	res, err := t.conn.ExecContext(t.ctx(ctx), q, args...)
	if err != nil {
		return 0, t.fail(err)
	}
	return res.RowsAffected()
}

// One changes exactly one row, or fails with the fault given. It is how a stale
// edit shows: the WHERE names the version the person saw.
func (t *Tx) One(ctx context.Context, otherwise error, q string, args ...any) error {
	n, err := t.Exec(ctx, q, args...)
	if err == nil && n != 1 {
		err = otherwise
	}
	return err
}

func (t *Tx) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	if err := t.usable(ctx); err != nil {
		return nil, err
	}
	t.sends(q, args)
	rows, err := t.conn.QueryContext(t.ctx(ctx), q, args...)
	if err != nil {
		return nil, t.fail(err)
	}
	return rows, nil
}

// QueryRowContext also serves INSERT … RETURNING, so it counts as writing when
// the text does not begin with SELECT or WITH.
func (t *Tx) QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row {
	if !isRead(q) {
		t.wrote = true
	}
	t.sends(q, args)
	return t.conn.QueryRowContext(t.ctx(ctx), q, args...)
}

func (t *Tx) sends(q string, args []any) {
	if t.watch != nil {
		t.watch(t, q, args)
	}
}

func isRead(q string) bool {
	q = strings.TrimLeft(q, " \t\n(")
	return len(q) < 6 || strings.EqualFold(q[:6], "SELECT") || strings.EqualFold(q[:4], "WITH")
}

// ctx: a statement once begun is not interrupted on SQLite, where that would undo
// the other units of the group too; usable asks the context before each one.
func (t *Tx) ctx(ctx context.Context) context.Context {
	if t.pg {
		return ctx
	}
	return context.WithoutCancel(ctx)
}

func (t *Tx) usable(ctx context.Context) error {
	if t.err != nil {
		return t.err
	}
	if err := ctx.Err(); err != nil {
		return t.fail(err)
	}
	return nil
}

func (t *Tx) fail(err error) error {
	err = explain(err)
	if t.err == nil {
		t.err = err
	}
	return err
}

// AfterCommit runs f once the change is safe on disk, never when it is undone.
func (t *Tx) AfterCommit(f func()) { t.after = append(t.after, f) }

// Event is one line of the trail: what was done to which record.
type Event struct {
	Noun   string // the record's kind, e.g. "desk.job": also the topic of live updates
	Record string // its id
	Action string // the command, e.g. "dispatch"
	Note   string // what a reader of the story should see: a reason, a name
	Before any    // what changed, as JSON; nil where nothing was before
	After  any
}

// Deed is a line of the trail as it was written.
type Deed struct {
	Event
	ID string
	By Actor
}

// Trail records who did what to which record, in the same unit. A unit that
// writes and leaves no trail is refused when it commits.
func (t *Tx) Trail(ctx context.Context, e Event) error {
	detail := ""
	if e.Before != nil || e.After != nil {
		b, err := json.Marshal(struct {
			Before any `json:"before,omitempty"`
			After  any `json:"after,omitempty"`
		}{e.Before, e.After})
		if err != nil {
			return err
		}
		detail = string(b)
	}
	line := t.NewID()
	_, err := t.Exec(ctx, `INSERT INTO base_trail (id, at, by_id, by_name, noun, record, action, note, detail, source, request)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		line, t.At(), t.By.ID, t.By.Name, e.Noun, e.Record, e.Action, e.Note, detail, t.By.Source, t.By.Request)
	t.trail = append(t.trail, e.Noun)
	if t.followed {
		t.deeds = append(t.deeds, Deed{e, line, t.By})
	}
	return err
}

// Number is the next number of a series, such as RK-2026-000123: gapless within
// series and year, because it is taken in the same unit as the document.
// Take it last: on PostgreSQL the series waits for this unit to end.
func (t *Tx) Number(ctx context.Context, series string) (string, error) {
	year := t.Now.In(t.zone).Year()
	if err := t.usable(ctx); err != nil {
		return "", err
	}
	var n int64
	err := t.QueryRowContext(ctx, `INSERT INTO base_number (series, year, last) VALUES ($1, $2, 1)
		ON CONFLICT (series, year) DO UPDATE SET last = base_number.last + 1 RETURNING last`, series, year).Scan(&n)
	if err != nil {
		return "", t.fail(err)
	}
	return fmt.Sprintf("%s-%d-%06d", series, year, n), nil
}

// Later leaves work for after the commit: an outbox row that the jobs package
// takes up not before the moment given. Payload is JSON.
func (t *Tx) Later(ctx context.Context, kind string, payload []byte, at time.Time) error {
	_, err := t.Exec(ctx, `INSERT INTO base_job (id, kind, payload, due, made_at) VALUES ($1,$2,$3,$4,$5)`,
		t.NewID(), kind, string(payload), period.At(at), t.At())
	t.jobs = true
	return err
}

// Lock makes other units that Lock the same row wait for this one. A command that
// reads a record and then decides on it locks it first. On SQLite units run one
// after another, so there it only checks that the row exists; on both a missing
// row is NotFound. Table is a constant of the room, never input.
func (t *Tx) Lock(ctx context.Context, table, record string) error {
	if err := t.usable(ctx); err != nil {
		return err
	}
	q := `SELECT id FROM ` + table + ` WHERE id = $1`
	if t.pg {
		q += ` FOR UPDATE`
	}
	var got string
	switch err := t.QueryRowContext(ctx, q, record).Scan(&got); {
	case errors.Is(err, sql.ErrNoRows):
		return fault.New(fault.NotFound, "base.not_found")
	case err != nil:
		return t.fail(err)
	}
	return nil
}
