package desk

import (
	"cmp"
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/calendar"
)

// Clock says how a job's deadline goes on while the job is paused.
type Clock string

const (
	Runs    Clock = "runs"    // as if nothing were: the deadline stays
	Stands  Clock = "stands"  // it stands still: the deadline moves by as long as the pause lasts
	ByHours Clock = "working" // as much working time is left afterwards as before
)

// Clocks are all of them.
var Clocks = []string{string(Runs), string(Stands), string(ByHours)}

// clocks is what holds until the hospital says otherwise: stores, firms and offices are
// there in working hours, a ward lets people in at any hour, and for other reasons nobody
// is given time. No clause has figures for it.
var clocks = map[string]Clock{"parts": ByHours, "outside": ByHours, "access": Stands, "approval": ByHours, "other": Runs}

const clockSetting = "desk.clock."

// ClockOf is how the deadline goes on while a job waits for this reason.
func ClockOf(ctx context.Context, r db.Reader, reason string) (Clock, error) {
	v, err := db.Setting(ctx, r, clockSetting+reason)
	return Clock(cmp.Or(v, string(clocks[reason]))), err
}

// SetClock changes it for the pauses that begin from now on. Invalid: no such reason or
// clock.
func SetClock(ctx context.Context, tx *db.Tx, reason string, c Clock) error {
	if err := tx.Need(MayArrange); err != nil {
		return err
	}
	if !slices.Contains(PauseReasons, reason) || !slices.Contains(Clocks, string(c)) {
		return fault.OnField(reason, "base.bad_value", string(c))
	}
	return db.Set(ctx, tx, clockSetting+reason, string(c))
}

// goOn ends a job's pause: its deadline moves as its clock says. What was late before
// the pause stays late.
func goOn(ctx context.Context, tx *db.Tx, j *Job) error {
	if j.PausedAt.IsZero() {
		return nil
	}
	if left := j.Due.Sub(j.PausedAt); !j.Due.IsZero() && left > 0 && (j.Clock == Stands || j.Clock == ByHours) {
		j.Due = tx.At().Add(left)
		if j.Clock == ByHours {
			cal, err := calendar.Load(ctx, tx)
			if err != nil {
				return err
			}
			// A deadline in the night leaves no working time; then the clock itself counts.
			if w := cal.Between(j.PausedAt.Time(), j.PausedAt.Add(left).Time()); w > 0 {
				j.Due = period.At(cal.Add(tx.Now, w))
			}
		}
	}
	j.Paused += int64(tx.At() - j.PausedAt)
	j.PausedAt, j.Waits, j.Reason, j.Clock = 0, "", "", ""
	return nil
}
