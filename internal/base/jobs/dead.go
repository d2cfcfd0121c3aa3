package jobs

import (
	"context"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
)

// Dead is a job that failed as often as is tried; it waits for a person. What it carries
// is not shown: it may be about anybody.
type Dead struct {
	ID       string         `json:"id"`
	Kind     string         `json:"kind"`
	Error    string         `json:"error"`
	Attempts int64          `json:"attempts"`
	MadeAt   period.Instant `json:"made_at"`
}

// Graves is the list of them.
var Graves = list.Of[Dead]{
	Name: "jobs.dead", From: `base_job j`, Where: "j.dead = true", Order: "-made_at", Short: true, Live: []string{"base.job"},
	Columns: []list.Column[Dead]{
		{Key: "kind", SQL: "j.kind", Into: func(d *Dead) any { return &d.Kind }},
		{Key: "made_at", SQL: "j.made_at", Into: func(d *Dead) any { return &d.MadeAt }, Sort: true},
		{Key: "attempts", SQL: "j.attempts", Into: func(d *Dead) any { return &d.Attempts }},
		{Key: "error", SQL: "j.error", Into: func(d *Dead) any { return &d.Error }, Tone: func(*Dead, time.Time) string { return "danger" }},
		{Key: "id", SQL: "j.id", Into: func(d *Dead) any { return &d.ID }, Hidden: true},
	},
}

// Revive lets a dead job be tried again from the beginning. Conflict when it is not dead.
func Revive(ctx context.Context, tx *db.Tx, id string) error {
	if err := tx.One(ctx, fault.Stale(), `UPDATE base_job SET dead = false, attempts = 0, due = $1 WHERE id = $2 AND dead = true`, tx.At(), id); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "base.job", Record: id, Action: "revive"})
}

// Bury gives a dead job up. NotFound when it is not dead.
func Bury(ctx context.Context, tx *db.Tx, id string) error {
	d, err := Graves.Get(ctx, tx, list.Where{}.And("j.id = ?", id))
	if err != nil {
		return err
	}
	if err := tx.One(ctx, fault.Stale(), `DELETE FROM base_job WHERE id = $1 AND dead = true`, id); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "base.job", Record: id, Action: "bury", Before: d})
}
