package people

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
)

// Alert is something that somebody must look at; it stands on the administrators'
// pages until the audit administrator has noted it.
type Alert struct {
	ID     string
	At     period.Instant
	Kind   string // "break_glass", "new_seat", "factor_off"
	Person string
	Note   string
}

// Alarm raises an alert.
func Alarm(ctx context.Context, tx *db.Tx, kind, person, note string) error {
	_, err := tx.Exec(ctx, `INSERT INTO people_alarm (id, at, kind, person, note) VALUES ($1,$2,$3,$4,$5)`, tx.NewID(), tx.At(), kind, person, note)
	return err
}

// Alerts are those nobody has noted yet, the newest first.
func Alerts(ctx context.Context, r db.Reader) ([]Alert, error) {
	return db.All(ctx, r, func(a *Alert) []any { return []any{&a.ID, &a.At, &a.Kind, &a.Person, &a.Note} },
		`SELECT id, at, kind, person, note FROM people_alarm WHERE noted_at = 0 ORDER BY id DESC LIMIT 50`)
}

// NoteAlert takes an alert off the pages: the audit administrator has looked at it.
func NoteAlert(ctx context.Context, tx *db.Tx, id string) error {
	if err := tx.Need(AuditSeat); err != nil {
		return err
	}
	if err := tx.One(ctx, fault.New(fault.NotFound, "base.not_found"),
		`UPDATE people_alarm SET noted_at = $1, noted_by = $2 WHERE id = $3 AND noted_at = 0`, tx.At(), tx.By.ID, id); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "people.audit", Record: id, Action: "noted"})
}

// SeesAlerts says whether a person sits on one of the three seats.
func SeesAlerts(by db.Actor) bool {
	return by.May(SystemSeat) || by.May(SecuritySeat) || by.May(AuditSeat)
}
