// Package places is the ground plan: campus, building, floor and room, what each
// is for, which department uses it and which telephone stands in it.
package places

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/departments"
)

//go:embed migrations/*.sql
var Migrations embed.FS

// What may be done here. Everybody of the hospital may look places up.
const MayChange = "places.change"

// Permissions of this room.
var Permissions = []string{MayChange}

// Kind is the level of a place.
type Kind string

const (
	Building Kind = "building"
	Floor    Kind = "floor"
	Room     Kind = "room"
	Ground   Kind = "ground" // outside: a yard, a road, a tank
)

// Kinds are all of them, as choices.
var Kinds = []string{string(Building), string(Floor), string(Room), string(Ground)}

// Criticalities say how much a fault in the place matters, the gravest first.
var Criticalities = []string{"theatre", "icu", "ward", "office", "other"}

// Place is one of them. Area is in square decimetres, so that 12.5 m² is exact.
type Place struct {
	ID             string   `json:"id"`
	Code           string   `json:"code"`
	Name           string   `json:"name"`
	Path           string   `json:"path"`
	Kind           Kind     `json:"kind"`
	Parent         string   `json:"parent"`
	Campus         string   `json:"campus"`
	CampusName     string   `json:"campus_name"`
	Department     string   `json:"department"`
	DepartmentName string   `json:"department_name"`
	Criticality    string   `json:"criticality"`
	Area           int64    `json:"area"`
	Beds           int64    `json:"beds"`
	Closed         bool     `json:"closed"`
	Version        int64    `json:"version"`
	Phones         []string `json:"phones"`
}

// Add enters a place. A code already there, a parent that does not exist or is
// closed, and a department that does not exist are Invalid.
func Add(ctx context.Context, tx *db.Tx, p *Place) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	p.ID, p.Version = tx.NewID(), 1
	if err := check(ctx, tx, p); err != nil {
		return err
	}
	if err := insert(ctx, tx, p); err != nil {
		return err
	}
	if err := setPhones(ctx, tx, p); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "places.place", Record: p.ID, Action: "add", Note: p.Path, After: p})
}

// Change replaces what is known about a place; everything below it is renamed with it.
func Change(ctx context.Context, tx *db.Tx, p *Place) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	was, err := Get(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	if err := check(ctx, tx, p); err != nil {
		return err
	}
	if err := update(ctx, tx, p); err != nil {
		return err
	}
	if err := setPhones(ctx, tx, p); err != nil {
		return err
	}
	if was.Path != p.Path {
		if err := renameBelow(ctx, tx, was.Path, p); err != nil {
			return err
		}
	}
	return tx.Trail(ctx, db.Event{Noun: "places.place", Record: p.ID, Action: "change", Note: p.Path, Before: was, After: p})
}

// Close ends a place: its records stay, new work cannot name it. One with open
// places inside is a Conflict.
func Close(ctx context.Context, tx *db.Tx, id string, version int64) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	p, err := Get(ctx, tx, id)
	if err != nil {
		return err
	}
	below, err := Below(ctx, tx, id)
	if err != nil {
		return err
	}
	if len(below) > 1 {
		return fault.New(fault.Conflict, "places.has_open_inside")
	}
	if err := shut(ctx, tx, id, version); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "places.place", Record: id, Action: "close", Note: p.Path})
}

// check refuses what does not hang together, and fills in the path, the campus and
// the department that a place has from the one above it.
func check(ctx context.Context, tx *db.Tx, p *Place) error {
	var bad fault.Complaints
	p.Code, p.Name = strings.TrimSpace(p.Code), strings.TrimSpace(p.Name)
	if p.Code == "" {
		bad.Add("code", "base.required")
	}
	if p.Name == "" {
		bad.Add("name", "base.required")
	}
	if !slices.Contains(Kinds, string(p.Kind)) {
		bad.Add("kind", "base.bad_value", string(p.Kind))
	}
	if p.Criticality == "" {
		p.Criticality = "other"
	}
	if !slices.Contains(Criticalities, p.Criticality) {
		bad.Add("criticality", "base.bad_value", p.Criticality)
	}
	p.Path = p.Name
	if p.Parent != "" {
		above, err := Get(ctx, tx, p.Parent)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			bad.Add("parent", "base.no_such", p.Parent)
		case err != nil:
			return err
		case above.Closed:
			bad.Add("parent", "places.parent_closed", above.Path)
		default:
			p.Path = above.Path + " / " + p.Name
			p.Campus = above.Campus
			if p.Department == "" {
				p.Department = above.Department
			}
		}
		below, err := Below(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		if slices.Contains(below, p.Parent) {
			bad.Add("parent", "places.inside_itself")
		}
	}
	if p.Department != "" {
		if _, err := departments.Get(ctx, tx, p.Department); fault.KindOf(err) == fault.NotFound {
			bad.Add("department", "base.no_such", p.Department)
		} else if err != nil {
			return err
		}
	}
	if taken, err := codeTaken(ctx, tx, p.Code, p.ID); err != nil {
		return err
	} else if taken {
		bad.Add("code", "places.code_taken", p.Code)
	}
	for _, x := range p.Phones {
		at, err := ByExtension(ctx, tx, x)
		if err == nil && at.ID != p.ID {
			bad.Add("phones", "places.phone_taken", x, at.Path)
		} else if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	return bad.Err()
}

// ParseArea reads square metres with at most two decimals into square decimetres.
func ParseArea(s string) (int64, error) {
	whole, part, _ := strings.Cut(strings.TrimSpace(s), ".")
	n, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	if err != nil || len(part) > 2 || n < 0 || n > 100_000_000 {
		return 0, fault.New(fault.Invalid, "places.bad_area")
	}
	return n, nil
}

// AreaText is square decimetres as square metres; "" for none.
func AreaText(dm2 int64) string {
	if dm2 == 0 {
		return ""
	}
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%d.%02d", dm2/100, dm2%100), "0"), ".")
}
