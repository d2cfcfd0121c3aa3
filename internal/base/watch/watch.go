// Package watch is the night watchman: it writes down what concerns safety, sees when
// single events add up to an attack, and notices when somebody turns the clock.
//
// Each event is one entry of the log and one row of the books, under one id. Words of
// strangers in it (names, addresses, what a browser says of itself) are cleaned first,
// so that nobody writes a second entry into the first. The row is for reading and may
// be thrown away after its time; deeds themselves stand in the trail.
package watch

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"
	"unicode"

	"houqin/internal/base/db"
	"houqin/internal/base/id"
	"houqin/internal/base/period"
)

// Event is something that concerns safety.
type Event struct {
	ID      string
	At      period.Instant
	Kind    string // what, in one word of the house: "refused", "sign_in_bad"
	Alarm   bool   // somebody has to look at it
	ByID    string
	By      string
	Source  string // where from
	Request string
	What    string // the door, the deed or the rule
	Record  string
	Note    string
	Factor  string // with what somebody came in, or tried to
	Times   int64
}

// Rule looks at fresh events and gives the alarms they amount to. It runs in the unit
// of work that keeps them.
type Rule func(ctx context.Context, tx *db.Tx, fresh []Event) ([]Event, error)

// Watchman takes events at once and keeps them a moment later, many at a time, so that
// refusing somebody never waits for the books.
type Watchman struct {
	d     *db.DB
	rules []Rule
	queue chan Event
	quit  chan struct{}
	ended sync.WaitGroup
	once  sync.Once

	mu      sync.Mutex
	lost    int64 // came while the queue was full
	began   time.Time
	wall    time.Time // of the clock when it was last looked at
	steady  time.Duration
	jumping bool
}

const (
	queueMost = 4096
	keepEvery = time.Second
	// rowsMost of one moment are kept one by one; what is more is one row a kind.
	rowsMost = 200
)

// New makes a watchman who is not yet on duty.
func New(d *db.DB, rules ...Rule) *Watchman {
	return &Watchman{d: d, rules: rules, queue: make(chan Event, queueMost), quit: make(chan struct{}), began: time.Now()}
}

// Note takes an event: it is in the log when Note returns and in the books soon after.
func (w *Watchman) Note(ctx context.Context, e Event) {
	now := w.d.Now()
	e.ID, e.At, e.Times = id.New(now), period.At(now), max(e.Times, 1)
	for _, s := range []*string{&e.By, &e.ByID, &e.Source, &e.What, &e.Record, &e.Note, &e.Request, &e.Factor} {
		*s = Clean(*s)
	}
	level := slog.LevelInfo
	if e.Alarm {
		level = slog.LevelError
	}
	w.d.Log.LogAttrs(ctx, level, "safety", slog.String("event", e.ID), slog.String("kind", e.Kind), slog.Bool("alarm", e.Alarm), slog.String("at", e.At.Time().UTC().Format(time.RFC3339Nano)),
		slog.String("person", e.ByID), slog.String("from", e.Source), slog.String("what", e.What), slog.String("record", e.Record), slog.String("note", e.Note), slog.String("factor", e.Factor), slog.String("request", e.Request))
	select {
	case w.queue <- e:
	default:
		w.mu.Lock()
		w.lost++
		w.mu.Unlock()
	}
}

// longest value kept of what strangers say, in characters.
const longest = 300

// Clean leaves out what would break an entry or show it other than it is: control
// characters, line and paragraph separators, and marks that turn the direction of
// writing. What is no UTF-8 becomes �.
func Clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
	if len(s) > longest {
		if r := []rune(s); len(r) > longest {
			s = string(r[:longest]) + "…"
		}
	}
	return s
}

// Start keeps events until Stop.
func (w *Watchman) Start() {
	w.ended.Go(func() {
		tick := time.NewTicker(keepEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
			case <-w.quit:
				return
			}
			w.Look(context.Background(), time.Since(w.began))
			if err := w.Keep(context.Background()); err != nil {
				w.d.Log.Error("events could not be kept", "err", err)
			}
		}
	})
}

// Stop keeps what is still to be kept.
func (w *Watchman) Stop() {
	w.once.Do(func() {
		close(w.quit)
		w.ended.Wait()
		if err := w.Keep(context.Background()); err != nil {
			w.d.Log.Error("events could not be kept", "err", err)
		}
	})
}

// Keep writes what has come into the books, with the alarms that the rules make of it.
// What could not be written waits for the next time, as long as there is room.
func (w *Watchman) Keep(ctx context.Context) error {
	var fresh []Event
	for len(fresh) < queueMost {
		select {
		case e := <-w.queue:
			fresh = append(fresh, e)
			continue
		default:
		}
		break
	}
	w.mu.Lock()
	lost := w.lost
	w.lost = 0
	w.mu.Unlock()
	if lost > 0 {
		now := w.d.Now()
		fresh = append(fresh, Event{ID: id.New(now), At: period.At(now), Kind: "dropped", Alarm: true, Times: lost})
	}
	if len(fresh) == 0 {
		return nil
	}
	var alarms []Event
	err := w.d.Do(ctx, db.System("watchman"), func(tx *db.Tx) error {
		alarms = nil
		rows := together(fresh)
		if err := put(ctx, tx, rows); err != nil {
			return err
		}
		for _, rule := range w.rules {
			more, err := rule(ctx, tx, rows)
			if err != nil {
				return err
			}
			alarms = append(alarms, more...)
		}
		return nil
	})
	if err != nil {
		for _, e := range fresh {
			select {
			case w.queue <- e:
			default:
			}
		}
		return err
	}
	for _, a := range alarms {
		a.Alarm = true
		w.Note(ctx, a)
	}
	if len(alarms) > 0 {
		return w.Keep(ctx)
	}
	return nil
}

// together makes one row of the same event again and again, and of what is too much
// one row a kind.
func together(fresh []Event) (rows []Event) {
	type key struct{ kind, by, source, what, record, note, factor string }
	at := map[key]int{}
	for _, e := range fresh {
		k := key{e.Kind, e.ByID, e.Source, e.What, e.Record, e.Note, e.Factor}
		if len(rows) >= rowsMost && !e.Alarm {
			if _, known := at[k]; !known {
				k = key{kind: e.Kind}
				e.ByID, e.By, e.Source, e.What, e.Record, e.Note, e.Request, e.Factor = "", "", "", "", "", "", "", ""
			}
		}
		if i, known := at[k]; known && !e.Alarm {
			rows[i].Times += e.Times
			continue
		}
		at[k] = len(rows)
		rows = append(rows, e)
	}
	return rows
}

func put(ctx context.Context, tx *db.Tx, rows []Event) error {
	for _, e := range rows {
		if _, err := tx.Exec(ctx, `INSERT INTO base_event (id, at, kind, alarm, by_id, by_name, source, request, what, record, note, times, factor)
			VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13) ON CONFLICT DO NOTHING`, e.ID, e.At, e.Kind, e.Alarm, e.ByID, e.By, e.Source, e.Request, e.What, e.Record, e.Note, e.Times, e.Factor); err != nil {
			return err
		}
	}
	return nil
}
