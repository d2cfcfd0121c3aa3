// Package departments is the hospital's organisation: campuses, and the tree of
// wards, clinics, offices, teams and contractors that ask for work, do it and
// bear its cost.
package departments

import (
	"context"
	"embed"
	"slices"
	"strings"

	"houqin/internal/base/alike"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
)

//go:embed migrations/*.sql
var Migrations embed.FS

// What may be done here.
const (
	MaySee    = "departments.see"    // see all departments
	MayChange = "departments.change" // found, change and close them
)

// Permissions of this room.
var Permissions = []string{MaySee, MayChange}

// Kind says what a department is for.
type Kind string

const (
	Ward       Kind = "ward"
	Clinic     Kind = "clinic"
	Technology Kind = "technology" // laboratory, imaging, theatre, pharmacy
	Office     Kind = "office"
	Team       Kind = "team" // a crew of the logistics department
	Contractor Kind = "contractor"
)

// Kinds are all of them, as choices.
var Kinds = []string{string(Ward), string(Clinic), string(Technology), string(Office), string(Team), string(Contractor)}

// Campus is one site of the hospital.
type Campus struct {
	ID      string `json:"id"`
	Code    string `json:"code"`
	Name    string `json:"name"`
	Closed  bool   `json:"closed"`
	Version int64  `json:"version"`
}

// Department is one unit of the hospital. Beds are what the plan gives it.
type Department struct {
	ID         string `json:"id"`
	Code       string `json:"code"`
	Name       string `json:"name"`
	Kind       Kind   `json:"kind"`
	Parent     string `json:"parent"`
	ParentName string `json:"parent_name"`
	Campus     string `json:"campus"`
	CampusName string `json:"campus_name"`
	Head       string `json:"head"`
	CostCentre string `json:"cost_centre"`
	Phone      string `json:"phone"`
	Official   string `json:"official"`
	Beds       int64  `json:"beds"`
	Closed     bool   `json:"closed"`
	Version    int64  `json:"version"`
}

// Scope is which departments a person sees in lists: their own and those they may
// act for, or all with MaySee.
func Scope(by db.Actor) list.Where {
	if by.May(MaySee) {
		return list.Where{}
	}
	units := []string{by.Unit}
	for _, s := range by.Rights {
		units = append(units, s.Units...)
		if s.All {
			return list.Where{}
		}
	}
	slices.Sort(units)
	return list.Where{}.In("d.id", slices.Compact(units))
}

// FoundCampus adds a campus. A code or name already there is a Conflict.
func FoundCampus(ctx context.Context, tx *db.Tx, c *Campus) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	c.ID, c.Version = tx.NewID(), 1
	if err := insertCampus(ctx, tx, c); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "departments.campus", Record: c.ID, Action: "found", Note: c.Name, After: c})
}

// Found adds a department. A code already there is a Conflict; a parent or campus
// that does not exist is Invalid.
func Found(ctx context.Context, tx *db.Tx, d *Department) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	d.ID, d.Version = tx.NewID(), 1
	if err := check(ctx, tx, d); err != nil {
		return err
	}
	if err := insert(ctx, tx, d); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "departments.department", Record: d.ID, Action: "found", Note: d.Name, After: d})
}

// Change replaces what is known about a department; d.Version is the one the person
// saw, an older one is a Conflict. A department cannot come to lie below itself.
func Change(ctx context.Context, tx *db.Tx, d *Department) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	was, err := Get(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	if err := check(ctx, tx, d); err != nil {
		return err
	}
	if err := update(ctx, tx, d); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "departments.department", Record: d.ID, Action: "change", Note: d.Name, Before: was, After: d})
}

// Close ends a department: it stays in every book and takes no new work. One with
// open children is a Conflict.
func Close(ctx context.Context, tx *db.Tx, id string, version int64) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	d, err := Get(ctx, tx, id)
	if err != nil {
		return err
	}
	below, err := Below(ctx, tx, id)
	if err != nil {
		return err
	}
	if len(below) > 1 {
		return fault.New(fault.Conflict, "departments.has_children")
	}
	if err := shut(ctx, tx, id, version); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "departments.department", Record: id, Action: "close", Note: d.Name})
}

// SetRequesters names who may ask for goods for the department (S-014).
func SetRequesters(ctx context.Context, tx *db.Tx, id string, people []string) error {
	if err := tx.NeedIn(MayChange, id); err != nil {
		return err
	}
	was, err := Requesters(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := replaceRequesters(ctx, tx, id, people); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "departments.department", Record: id, Action: "requesters", Before: was, After: people})
}

// check refuses what does not hang together.
func check(ctx context.Context, tx *db.Tx, d *Department) error {
	var bad fault.Complaints
	d.Code, d.Name = strings.TrimSpace(d.Code), strings.TrimSpace(d.Name)
	if d.Code == "" {
		bad.Add("code", "base.required")
	}
	if d.Name == "" {
		bad.Add("name", "base.required")
	}
	if alike.Unseen(d.Name) {
		bad.Add("name", "base.unseen_letters")
	}
	// Two campuses may each have an 急诊科; nobody has a second one in other characters.
	others, err := Departments.All(ctx, tx, list.Where{}.And("d.closed = false AND d.id <> ? AND d.name <> ?", d.ID, d.Name), 10000)
	if err != nil {
		return err
	}
	for _, o := range others {
		if alike.Key(o.Name) == alike.Key(d.Name) && d.Name != "" {
			bad.Add("name", "base.looks_like", o.Name, o.Code)
		}
	}
	if !slices.Contains(Kinds, string(d.Kind)) {
		bad.Add("kind", "base.bad_value", string(d.Kind))
	}
	if d.Parent != "" {
		if _, err := Get(ctx, tx, d.Parent); err != nil {
			if fault.KindOf(err) != fault.NotFound {
				return err
			}
			bad.Add("parent", "base.no_such", d.Parent)
		}
		below, err := Below(ctx, tx, d.ID)
		if err != nil {
			return err
		}
		if slices.Contains(below, d.Parent) {
			bad.Add("parent", "departments.below_itself")
		}
	}
	if d.Campus != "" {
		if _, err := CampusByID(ctx, tx, d.Campus); err != nil {
			if fault.KindOf(err) != fault.NotFound {
				return err
			}
			bad.Add("campus", "base.no_such", d.Campus)
		}
	}
	if taken, err := codeTaken(ctx, tx, d.Code, d.ID); err != nil {
		return err
	} else if taken {
		bad.Add("code", "departments.code_taken", d.Code)
	}
	return bad.Err()
}
