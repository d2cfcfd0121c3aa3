package desk

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/departments"
	"houqin/internal/places"
)

// Slip is the repair notice a ward fills in (W-004), or the desk for a caller.
type Slip struct {
	Title      string  `json:"title"`
	Detail     string  `json:"detail,omitempty"`
	Trade      Trade   `json:"trade"`
	Urgency    Urgency `json:"urgency"`              // default normal
	Department string  `json:"department,omitempty"` // default the place's, if the person may report for it, else the person's own
	Place      string  `json:"place,omitempty"`
	Spot       string  `json:"spot,omitempty"`
	Asset      string  `json:"asset,omitempty"`
	Caller     string  `json:"caller,omitempty"` // default the person who enters it
	Phone      string  `json:"phone,omitempty"`
	Source     string  `json:"source,omitempty"` // ward, phone, api
	// Anyway: report although the same trade is already at work in this place.
	Anyway bool `json:"anyway,omitempty"`
}

// Report enters a job and routes it to the crew of its trade. An open job of the
// same trade in the same place is a Conflict (desk.similar) unless s.Anyway.
func Report(ctx context.Context, tx *db.Tx, s *Slip) (Job, error) {
	if err := tx.Need(MayReport); err != nil {
		return Job{}, err
	}
	s.Title = strings.TrimSpace(s.Title)
	if s.Urgency == "" {
		s.Urgency = Normal
	}
	j := Job{Title: s.Title, Detail: s.Detail, Trade: s.Trade, Urgency: s.Urgency, State: Reported, Open: true, Source: s.Source,
		Department: s.Department, Place: s.Place, Spot: s.Spot, Asset: s.Asset, Reporter: tx.By.ID, ReporterName: s.Caller, Phone: s.Phone,
		ReportedAt: tx.At(), Version: 1}
	if j.ReporterName == "" {
		j.ReporterName = tx.By.Name
	}
	campus, err := locate(ctx, tx, &j)
	if err != nil {
		return Job{}, err
	}
	if err := tx.NeedIn(MayReport, j.Department); err != nil {
		return Job{}, err
	}
	if j.Place != "" && !s.Anyway {
		if same, ok, err := double(ctx, tx, j.Place, j.Trade); err != nil {
			return Job{}, err
		} else if ok {
			return Job{}, fault.New(fault.Conflict, "desk.similar", same.Number, same.Title)
		}
	}
	minutes, crew, err := target(ctx, tx, j.Urgency, j.Trade, campus)
	if err != nil {
		return Job{}, err
	}
	j.Crew, j.Due = crew, j.ReportedAt+period.Instant(minutes*60_000_000)
	j.ID = tx.NewID()
	if j.Number, err = tx.Number(ctx, "WX"); err != nil {
		return Job{}, err
	}
	if err := insert(ctx, tx, &j, ""); err != nil {
		return Job{}, err
	}
	return j, tx.Trail(ctx, db.Event{Noun: Noun, Record: j.ID, Action: "report", Note: j.Title, After: s})
}

// locate completes place, department and their names, refuses what does not fit,
// and tells the campus.
func locate(ctx context.Context, tx *db.Tx, j *Job) (campus string, err error) {
	var bad fault.Complaints
	if j.Title == "" {
		bad.Add("title", "base.required")
	}
	if !slices.Contains(Trades, string(j.Trade)) {
		bad.Add("trade", "base.bad_value", string(j.Trade))
	}
	if !slices.Contains(Urgencies, string(j.Urgency)) {
		bad.Add("urgency", "base.bad_value", string(j.Urgency))
	}
	if j.Place != "" {
		p, err := places.Get(ctx, tx, j.Place)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			bad.Add("place", "base.no_such", j.Place)
		case err != nil:
			return "", err
		case p.Closed:
			bad.Add("place", "desk.place_closed", p.Path)
		}
		j.PlaceName, campus = p.Path, p.Campus
		if j.Department == "" && p.Department != "" && tx.By.MayIn(MayReport, p.Department) {
			j.Department = p.Department
		}
		if j.Department == p.Department {
			j.DepartmentName = p.DepartmentName
		}
	}
	if j.Department == "" {
		j.Department = tx.By.Unit
	}
	if j.Department == "" {
		bad.Add("department", "base.required")
	} else if j.DepartmentName == "" {
		d, err := departments.Get(ctx, tx, j.Department)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			bad.Add("department", "base.no_such", j.Department)
		case err != nil:
			return "", err
		case d.Closed:
			bad.Add("department", "desk.department_closed", d.Name)
		}
		j.DepartmentName = d.Name
		if campus == "" {
			campus = d.Campus
		}
	}
	return campus, bad.Err()
}
