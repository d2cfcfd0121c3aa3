// Package calendar knows when the hospital's offices work: the country's holidays
// and the weekends worked for them, the hospital's own exceptions, and the hours
// of a working day. Deadlines in working time are counted here.
package calendar

import (
	"context"
	"embed"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
)

//go:embed migrations/*.sql
var Migrations embed.FS

// What may be done here. Everybody of the hospital may look at the calendar.
const MayChange = "calendar.change"

// Permissions of this room.
var Permissions = []string{MayChange}

// Exception is a day on which the hospital works, or does not, otherwise than the country.
type Exception struct {
	Day     period.Day `json:"day"`
	Working bool       `json:"working"`
	Note    string     `json:"note"`
}

// stretchMost is how many days one exception may span: two months, against a slip
// of the year.
const stretchMost = 62

// Except sets the days from first to last (both included; last may be unset for a
// single day) to worked or not. An earlier exception for a day is replaced. Days
// out of order, too many of them, or outside 2000 to 2100 are Invalid.
func Except(ctx context.Context, tx *db.Tx, first, last period.Day, working bool, note string) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	if last.IsZero() {
		last = first
	}
	var bad fault.Complaints
	switch {
	case first.DayOfMonth() == 0 || first.Year() < 2000 || first.Year() > 2100:
		bad.Add("day", "base.day")
	case last.DayOfMonth() == 0 || last < first:
		bad.Add("until", "calendar.ends_before")
	case period.Days(first, last) >= stretchMost:
		bad.Add("until", "calendar.too_long", stretchMost)
	}
	if err := bad.Err(); err != nil {
		return err
	}
	for d := first; d <= last; d = d.AddDays(1) {
		was, known, err := exception(ctx, tx, d)
		if err != nil {
			return err
		}
		e := Exception{d, working, strings.TrimSpace(note)}
		if known && was == e {
			continue
		}
		if err := put(ctx, tx, e); err != nil {
			return err
		}
		action := "off"
		if working {
			action = "work"
		}
		event := db.Event{Noun: "calendar.exception", Record: year(d), Action: action, Note: said(e), After: e}
		if known {
			event.Before = was
		}
		if err := tx.Trail(ctx, event); err != nil {
			return err
		}
	}
	return nil
}

// Remove takes an exception back: the day is again what it is in the country.
// NotFound when there is none.
func Remove(ctx context.Context, tx *db.Tx, day period.Day) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	was, known, err := exception(ctx, tx, day)
	if err != nil {
		return err
	}
	if !known {
		return fault.New(fault.NotFound, "base.not_found")
	}
	if err := drop(ctx, tx, day); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "calendar.exception", Record: year(day), Action: "remove", Note: said(was), Before: was})
}

// SetHours changes the hours of a working day, as ParseHours reads them.
func SetHours(ctx context.Context, tx *db.Tx, hours string) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	shifts, err := ParseHours(hours)
	if err != nil {
		return err
	}
	return db.Set(ctx, tx, hoursSetting, HoursText(shifts))
}

// year is the record under which a day's exceptions are told: the story of a
// calendar is read by the year.
func year(d period.Day) string { return string(d)[:4] }

func said(e Exception) string { return strings.TrimSpace(string(e.Day) + " " + e.Note) }
