package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/calendar"
)

// Safety are the trades on whose work somebody's safety hangs: lifts, medical gas, boilers
// and heating, medical devices. Silence never signs for them, nor for an emergency.
var Safety = []Trade{"lift", "gas", "heating", Medical}

// Silenceable says whether a job may be closed by nobody's word.
func (j *Job) Silenceable() bool {
	return j.Urgency != Emergency && !slices.Contains(Safety, j.Trade) && j.Silence != Spoken
}

// SilentAt is when a finished job is taken as signed because its ward said nothing for the
// working hours of its kind or of the term silence_hours; 0 when it never is.
func SilentAt(ctx context.Context, r db.Reader, j *Job) (period.Instant, error) {
	if j.State != Done || !j.Silenceable() {
		return 0, nil
	}
	hours, err := TermOf(ctx, r, "silence_hours")
	if j.Silence > 0 {
		hours = j.Silence
	}
	if err != nil || hours == 0 {
		return 0, err
	}
	cal, err := calendar.Load(ctx, r)
	if err != nil {
		return 0, err
	}
	return period.At(cal.Add(max(j.FinishedAt, j.RegisteredAt).Time(), time.Duration(hours)*time.Hour)), nil
}

// closeSilent closes the finished jobs about which their wards said nothing for so long. Nobody's
// name stands under them, and they count as silent.
func closeSilent(ctx context.Context, tx *db.Tx) error {
	hours, err := TermOf(ctx, tx, "silence_hours")
	if err != nil {
		return err
	}
	never := make([]string, len(Safety))
	for n, t := range Safety {
		never[n] = "'" + string(t) + "'"
	}
	var house period.Instant // 0: the house has none, only kinds do
	if hours > 0 {
		house = tx.At().Add(-time.Duration(hours) * time.Hour)
	}
	// Working hours pass no faster than hours: what was finished later need not be looked at.
	return round(ctx, tx, `j.state = 'done' AND j.urgency <> 'emergency' AND j.trade NOT IN (`+strings.Join(never, ",")+`)
			AND (j.silence = 0 AND j.finished_at <= $1 OR j.silence > 0 AND j.finished_at <= $2 - j.silence * $3)`, []any{house, tx.At(), int64(time.Hour / time.Microsecond)}, func(j *Job) error {
		at, err := SilentAt(ctx, tx, j)
		if err != nil || at == 0 || at > tx.At() {
			return err
		}
		j.State, j.Open, j.ClosedAt = Closed, false, tx.At()
		if err := keep(ctx, tx, j, "sign_silent", ""); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE desk_job SET silent = true WHERE id = $1`, j.ID); err != nil {
			return err
		}
		return drawLot(ctx, tx, j)
	})
}
