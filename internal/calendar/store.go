package calendar

import (
	"context"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
)

const hoursSetting = "calendar.hours"

// Exceptions is the list of the hospital's own days: its export and API.
var Exceptions = list.Of[Exception]{
	Name: "calendar.exceptions", From: "calendar_exception e", Order: "-id", Live: []string{"calendar.exception"},
	Columns: []list.Column[Exception]{
		{Key: "id", SQL: "e.day", Into: func(e *Exception) any { return &e.Day }, Range: true},
		{Key: "working", SQL: "e.working", Into: func(e *Exception) any { return &e.Working }},
		{Key: "note", SQL: "e.note", Into: func(e *Exception) any { return &e.Note }},
	},
}

// Load reads the hospital's calendar.
func Load(ctx context.Context, r db.Reader) (*Calendar, error) {
	text, err := db.Setting(ctx, r, hoursSetting)
	if err != nil {
		return nil, err
	}
	var shifts []Shift
	if text != "" {
		if shifts, err = ParseHours(text); err != nil {
			return nil, err
		}
	}
	own, err := all(ctx, r, "", "9999")
	if err != nil {
		return nil, err
	}
	return New(r.Location(), shifts, own...), nil
}

// OfYear are the exceptions of a year, in order.
func OfYear(ctx context.Context, r db.Reader, y int) ([]Exception, error) {
	jan := period.DayOf(time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC), time.UTC)
	return all(ctx, r, jan, jan.AddMonths(12).AddDays(-1))
}

func all(ctx context.Context, r db.Reader, from, to period.Day) ([]Exception, error) {
	return db.All(ctx, r, into, `SELECT day, working, note FROM calendar_exception WHERE day >= $1 AND day <= $2 ORDER BY day`, from, to)
}

func into(e *Exception) []any { return []any{&e.Day, &e.Working, &e.Note} }

func exception(ctx context.Context, r db.Reader, d period.Day) (Exception, bool, error) {
	return db.First(ctx, r, into, `SELECT day, working, note FROM calendar_exception WHERE day = $1`, d)
}

func put(ctx context.Context, tx *db.Tx, e Exception) error {
	_, err := tx.Exec(ctx, `INSERT INTO calendar_exception (day, working, note) VALUES ($1,$2,$3)
		ON CONFLICT (day) DO UPDATE SET working = excluded.working, note = excluded.note`, e.Day, e.Working, e.Note)
	return err
}

func drop(ctx context.Context, tx *db.Tx, d period.Day) error {
	return tx.One(ctx, fault.New(fault.NotFound, "base.not_found"), `DELETE FROM calendar_exception WHERE day = $1`, d)
}
