package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/calendar"
)

// Shift is a kind of duty: from … to in minutes after midnight; To above 1440 lies on the
// next morning.
type Shift struct {
	Code string `json:"code"`
	Name string `json:"name"`
	From int64  `json:"from"`
	To   int64  `json:"to"`
	Days string `json:"days"` // of ShiftDays; "" is daily
}

// ShiftDays are on which days a shift is worked; the roster's pattern may leave out others.
var ShiftDays = []string{"daily", "working", "resting", "saturday", "weekend"}

// worked says whether the shift is worked on a day. Working and resting days are the
// calendar's, holidays and the days worked in exchange for them included; saturday is from
// Monday to Saturday, weekend Saturday and Sunday, whatever the calendar says.
func (s *Shift) worked(cal *calendar.Calendar, day period.Day) bool {
	switch week := day.Weekday(); s.Days {
	case "working":
		return cal.IsWorkingDay(day)
	case "resting":
		return !cal.IsWorkingDay(day)
	case "saturday":
		return week != 0
	case "weekend":
		return week == 0 || week == 6
	}
	return true
}

// Shifts are the kinds of duty.
func Shifts(ctx context.Context, r db.Reader) ([]Shift, error) {
	return db.All(ctx, r, func(s *Shift) []any { return []any{&s.Code, &s.Name, &s.From, &s.To, &s.Days} }, `SELECT code, name, starts, ends, days FROM desk_shift ORDER BY starts, ends, code`)
}

// SetShifts replaces them; version is that of the ShiftSheet that was looked at. Invalid, every flaw at once: none, a code twice or that means a
// day off, no name, hours that do not go forward or go on for more than a day, days that
// are none, and leaving one out that rosters still name.
func SetShifts(ctx context.Context, tx *db.Tx, version int64, all []Shift) error {
	if err := tx.Need(MayArrange); err != nil {
		return err
	}
	var bad fault.Complaints
	for n := range all {
		s := &all[n]
		at := func(field string) string { return fmt.Sprintf("shifts.%d.%s", n, field) }
		s.Code, s.Name = strings.TrimSpace(s.Code), strings.TrimSpace(s.Name)
		switch {
		case s.Code == "":
			bad.Add(at("code"), "base.required")
		case off(s.Code):
			bad.Add(at("code"), "desk.shift_code_off", s.Code)
		case len([]rune(s.Code)) > shiftCodeMost || strings.ContainsAny(s.Code, " ,，、\t　"):
			bad.Add(at("code"), "desk.shift_code", shiftCodeMost)
		case slices.ContainsFunc(all[:n], func(o Shift) bool { return o.Code == s.Code }):
			bad.Add(at("code"), "desk.shift_code_twice", s.Code)
		}
		if s.Name == "" {
			bad.Add(at("name"), "base.required")
		}
		if s.From < 0 || s.From >= 1440 {
			bad.Add(at("from"), "desk.shift_time")
		}
		switch {
		case s.To <= s.From:
			bad.Add(at("until"), "desk.shift_hours")
		case s.To-s.From > 1440:
			bad.Add(at("until"), "desk.shift_long")
		}
		if s.Days == "" {
			s.Days = ShiftDays[0]
		}
		if !slices.Contains(ShiftDays, s.Days) {
			bad.Add(at("days"), "base.bad_value", s.Days)
		}
	}
	if len(all) == 0 {
		bad.Add("shifts", "base.required")
	}
	used, err := ShiftUses(ctx, tx)
	if err != nil {
		return err
	}
	was, err := Shifts(ctx, tx)
	if err != nil {
		return err
	}
	for _, s := range was { // of a code that nobody knows a roster says nothing
		if n := used[s.Code]; n > 0 && !slices.ContainsFunc(all, func(o Shift) bool { return o.Code == s.Code }) {
			bad.Add("shifts", "desk.shift_used", s.Name, s.Code, n)
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if err := turnSheet(ctx, tx, ShiftSheet, version); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM desk_shift`); err != nil {
		return err
	}
	for _, s := range all {
		if _, err := tx.Exec(ctx, `INSERT INTO desk_shift (code, name, starts, ends, days) VALUES ($1,$2,$3,$4,$5)`, s.Code, s.Name, s.From, s.To, s.Days); err != nil {
			return err
		}
	}
	return tx.Trail(ctx, db.Event{Noun: "desk.settings", Record: "shifts", Action: "shifts", Before: was, After: all})
}

// shiftCodeMost is how long a code may be: it stands in a cell of the roster.
const shiftCodeMost = 4

// ShiftUses are how many people each shift has in their pattern, or on a day from today on.
func ShiftUses(ctx context.Context, r db.Reader) (map[string]int64, error) {
	type use struct{ person, codes string }
	all, err := db.All(ctx, r, func(u *use) []any { return []any{&u.person, &u.codes} },
		`SELECT r.person, r.pattern FROM desk_roster r LEFT JOIN people_person p ON p.id = r.person WHERE p.closed = false
		UNION ALL SELECT d.person, d.shift FROM desk_roster_day d LEFT JOIN people_person p ON p.id = d.person WHERE p.closed = false AND d.day >= $1`, todayOf(r))
	if err != nil {
		return nil, err
	}
	seen, n := map[use]bool{}, map[string]int64{}
	for _, u := range all {
		for _, code := range strings.Fields(u.codes) {
			if one := (use{u.person, code}); !off(code) && !seen[one] {
				seen[one] = true
				n[code]++
			}
		}
	}
	return n, nil
}
