package desk

import (
	"context"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/calendar"
	"houqin/internal/rules"
)

// dueAt is by when a job that begins at a moment is to be finished: the time of its
// urgency (W-011), shorter in theatres and intensive care, round the clock or in working
// time as the hospital has it for that urgency. Emergencies and urgent jobs always run
// round the clock.
func dueAt(ctx context.Context, tx *db.Tx, u Urgency, criticality string, from period.Instant) (period.Instant, error) {
	span, err := rules.Span(ctx, tx, target(u), tx.Today())
	if err != nil {
		return 0, err
	}
	share, err := shareOf(ctx, tx, criticality)
	if err != nil {
		return 0, err
	}
	span = span * time.Duration(share) / 100
	if u == Emergency || u == Urgent {
		return from.Add(span), nil
	}
	working, err := TermOf(ctx, tx, "working_"+string(u))
	if err != nil || working == 0 {
		return from.Add(span), err
	}
	cal, err := calendar.Load(ctx, tx)
	if err != nil {
		return 0, err
	}
	return Deadline(cal, from, span, true), nil
}

// Deadline is the moment at which so much time has passed since another: by the clock on
// the wall of physics, or in the working time of a calendar. Midnight, the end of a month
// and a night on which clocks are moved make no difference to the first; nights, weekends
// and holidays are left out of the second.
func Deadline(cal *calendar.Calendar, from period.Instant, span time.Duration, working bool) period.Instant {
	if !working {
		return from.Add(span)
	}
	return period.At(cal.Add(from.Time(), span))
}

// Allowed is how much time a job has, from its report or from when it was taken up again.
func (j *Job) Allowed() time.Duration { return j.Due.Sub(max(j.ReportedAt, j.ReopenedAt)) }
