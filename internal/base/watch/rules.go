package watch

import (
	"context"
	"fmt"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/id"
	"houqin/internal/base/period"
)

// Many says that events of one kind from one place, about so many different records or
// simply so many times within a span, are an alarm: one address that tries many names.
// The alarm is raised once in an hour for each place.
func Many(kind string, records, times int64, span time.Duration, alarm string) Rule {
	return func(ctx context.Context, tx *db.Tx, fresh []Event) (alarms []Event, err error) {
		looked := map[string]bool{}
		for _, e := range fresh {
			if e.Kind != kind || e.Source == "" || looked[e.Source] {
				continue
			}
			looked[e.Source] = true
			var n, all, raised int64
			if err := tx.QueryRowContext(ctx, `SELECT count(DISTINCT record), CAST(coalesce(sum(times), 0) AS BIGINT) FROM base_event WHERE source = $1 AND kind = $2 AND at > $3`,
				e.Source, kind, period.At(tx.Now.Add(-span))).Scan(&n, &all); err != nil {
				return nil, err
			}
			if n < records && all < times {
				continue
			}
			if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM base_event WHERE source = $1 AND kind = $2 AND at > $3`,
				e.Source, alarm, period.At(tx.Now.Add(-time.Hour))).Scan(&raised); err != nil {
				return nil, err
			}
			if raised == 0 {
				alarms = append(alarms, Event{Kind: alarm, Source: e.Source, Note: fmt.Sprint(all)})
			}
		}
		return alarms, nil
	}
}

// jump is how far the clock may go another way than time itself within a look.
const jump = 30 * time.Second

// Look compares the clock with time as it passes; steady is a duration that nobody can
// turn. A clock that was put forward or back is an alarm (ClockJump): ids and seals go
// on in their order, but the moments beside them are not the true ones.
func (w *Watchman) Look(ctx context.Context, steady time.Duration) {
	now := w.d.Now()
	w.mu.Lock()
	wall, before := w.wall, w.steady
	w.wall, w.steady = now, steady
	w.mu.Unlock()
	if wall.IsZero() {
		w.first(ctx, now)
		return
	}
	if off := now.Round(0).Sub(wall.Round(0)) - (steady - before); off > jump || off < -jump {
		w.Note(ctx, Event{Kind: ClockJump, Alarm: true, What: "clock", Note: fmt.Sprintf("%+.0f s", off.Seconds())})
	}
}

// ClockJump is the kind of the alarm that the clock was turned.
const ClockJump = "clock"

// first compares the clock with the newest line of the trail when the program starts.
func (w *Watchman) first(ctx context.Context, now time.Time) {
	var newest string
	if err := w.d.QueryRowContext(ctx, `SELECT coalesce(max(id), '') FROM base_trail`).Scan(&newest); err != nil {
		return
	}
	if ahead := id.Made(newest).Sub(now); newest != "" && ahead > jump {
		w.Note(ctx, Event{Kind: ClockJump, Alarm: true, What: "start", Note: fmt.Sprintf("-%.0f s", ahead.Seconds())})
	}
}

// Open counts the alarms that nobody has looked at yet.
func Open(ctx context.Context, r db.Reader) (n int64, err error) {
	err = r.QueryRowContext(ctx, `SELECT count(*) FROM base_event WHERE alarm = true AND handled_at = 0`).Scan(&n)
	return n, err
}

// Handle notes that somebody looked at an event and what came of it. Whoever calls it
// has made sure that they may. An event that is not there is NotFound, one that was
// handled already is left as it is.
func Handle(ctx context.Context, tx *db.Tx, event, note string) error {
	if err := tx.Lock(ctx, "base_event", event); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE base_event SET handled_at = $1, handled_by = $2, handled_name = $3, handled_note = $4 WHERE id = $5 AND handled_at = 0`,
		tx.At(), tx.By.ID, tx.By.Name, Clean(note), event)
	if err != nil || n == 0 {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "base.event", Record: event, Action: "handle", Note: note})
}
