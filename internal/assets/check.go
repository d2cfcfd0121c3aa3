package assets

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

// settle gives a card that names a place and no department the department of the place.
func settle(ctx context.Context, tx *db.Tx, c *Card, was Card) error {
	if c.Department != "" || c.Place == "" || c.Place == was.Place {
		return nil
	}
	p, err := places.Get(ctx, tx, c.Place)
	if fault.KindOf(err) == fault.NotFound {
		return nil // check will say so
	}
	c.Department = p.Department
	return err
}

// check refuses what does not hang together. What a card has said before is not
// held against it: a department that has closed since, an old number.
func check(ctx context.Context, tx *db.Tx, c *Card, was Card) error {
	var bad fault.Complaints
	for _, s := range []*string{&c.Number, &c.Name, &c.Spec, &c.Spot, &c.Serial, &c.Maker, &c.External} {
		*s = strings.TrimSpace(*s)
	}
	if c.Name == "" {
		bad.Add("name", "base.required")
	}
	if c.Class == "" {
		c.Class = "other"
	}
	oneOf := func(path, value string, of []string) {
		if !slices.Contains(of, value) {
			bad.Add(path, "base.bad_value", value)
		}
	}
	oneOf("class", c.Class, Classes)
	oneOf("state", string(c.State), States)
	c.Closed = c.State == Scrapped
	if c.Result != "" {
		oneOf("result", c.Result, Results)
	}
	if c.Cost < 0 {
		bad.Add("cost", "base.money")
	}
	today := tx.Today()
	for _, d := range []struct {
		path string
		day  period.Day
	}{{"since", c.Since}, {"inspected", c.Inspected}, {"due", c.Due}} {
		if !d.day.IsZero() && d.day.DayOfMonth() == 0 {
			bad.Add(d.path, "base.day")
		}
	}
	if c.Since > today {
		bad.Add("since", "assets.in_future")
	}
	if c.Inspected > today {
		bad.Add("inspected", "assets.in_future")
		bad.Add("day", "assets.in_future")
	}
	if !c.Inspected.IsZero() && !c.Due.IsZero() && c.Due <= c.Inspected {
		bad.Add("due", "assets.due_before")
	}
	if !c.Special && (c.Inspected != "" || c.Result != "" || c.Due != "") {
		bad.Add("special", "assets.only_special")
	}
	if err := known(ctx, tx, c, was, &bad); err != nil {
		return err
	}
	if c.Number != was.Number && c.Number != "" {
		if taken, err := taken(ctx, tx, "number", c.Number, c.ID); err != nil {
			return err
		} else if taken {
			bad.Add("number", "assets.number_taken", c.Number)
		}
	}
	if c.External != was.External && c.External != "" {
		if taken, err := taken(ctx, tx, "external", c.External, c.ID); err != nil {
			return err
		} else if taken {
			bad.Add("external", "assets.external_taken", c.External)
		}
	}
	return bad.Err()
}

// known complains about a new department or place that is not there or is closed,
// and fills in their names.
func known(ctx context.Context, tx *db.Tx, c *Card, was Card, bad *fault.Complaints) error {
	complain := func(path, id, name string, closed bool, err error) error {
		switch {
		case fault.KindOf(err) == fault.NotFound:
			bad.Add(path, "base.no_such", id)
		case err != nil:
			return err
		case closed:
			bad.Add(path, "assets.closed", name)
		}
		return nil
	}
	if c.Department != was.Department {
		c.DepartmentName = ""
	}
	if c.Department != "" && c.Department != was.Department {
		d, err := departments.Get(ctx, tx, c.Department)
		if err := complain("department", c.Department, d.Name, d.Closed, err); err != nil {
			return err
		}
		c.DepartmentName = d.Name
	}
	if c.Place != was.Place {
		c.PlaceName = ""
	}
	if c.Place != "" && c.Place != was.Place {
		p, err := places.Get(ctx, tx, c.Place)
		if err := complain("place", c.Place, p.Path, p.Closed, err); err != nil {
			return err
		}
		c.PlaceName = p.Path
	}
	return nil
}
