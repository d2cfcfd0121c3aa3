package approvals

import (
	"context"
	"fmt"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/departments"
)

// headlessMost is how many departments are looked at, by their names.
const headlessMost = 1000

// Headless are the departments, by name, whose documents a way would send to a head when
// neither they nor any department above them has one: they could not be asked about.
func (rt *Route) Headless(ctx context.Context, r db.Reader, day period.Day) (names []string, err error) {
	var open []departments.Department
	for _, t := range rt.Tiers {
		asks, err := t.asksHead(ctx, r, day)
		if err != nil {
			return nil, err
		}
		if !asks {
			continue
		}
		if open == nil {
			if open, err = departments.Departments.All(ctx, r, list.Where{}.And("d.closed = false"), headlessMost); err != nil {
				return nil, err
			}
		}
		var in []string
		for _, unit := range t.Departments {
			below, err := departments.Below(ctx, r, unit)
			if err != nil {
				return nil, err
			}
			in = append(in, below...)
		}
		for _, d := range open {
			if len(t.Departments) > 0 && !slices.Contains(in, d.ID) || slices.Contains(names, d.Name) {
				continue
			}
			led := false
			if d.Head != "" { // as nearly all have
				found, err := present(ctx, r, d.Head)
				if err != nil {
					return nil, err
				}
				led = len(found) > 0
			}
			if !led {
				if led, err = ledOn(ctx, r, d.ID, day); err != nil {
					return nil, err
				}
			}
			if !led {
				names = append(names, d.Name)
			}
		}
	}
	return names, nil
}

// asksHead says whether a step of the tier asks for the head of a department.
func (t *Tier) asksHead(ctx context.Context, r db.Reader, day period.Day) (bool, error) {
	for _, s := range t.Stages {
		for _, w := range s.Who {
			if who, err := Meant(ctx, r, w.Is, day); err != nil || who == Head || who == Parent {
				return err == nil, err
			}
		}
	}
	return false, nil
}

// ledOn says whether a department has a head, itself or above it.
func ledOn(ctx context.Context, r db.Reader, unit string, day period.Day) (bool, error) {
	found, err := standing(ctx, r, Head, unit, day)
	if err == nil && len(found) == 0 {
		found, err = above(ctx, r, Head, "", unit, day, func(string) bool { return false })
	}
	return len(found) > 0, err
}

// led complains about tiers that are for certain departments and ask for their head, when
// one of these has none.
func (rt *Route) led(ctx context.Context, r db.Reader, day period.Day, bad *fault.Complaints) error {
	for n, t := range rt.Tiers {
		if len(t.Departments) == 0 {
			continue
		}
		if asks, err := t.asksHead(ctx, r, day); err != nil || !asks {
			if fault.KindOf(err) == fault.Internal {
				return err
			}
			continue // who is not to be found is complained about already
		}
		for _, unit := range t.Departments {
			d, err := departments.Get(ctx, r, unit)
			if err != nil {
				return err
			}
			if led, err := ledOn(ctx, r, unit, day); err != nil {
				return err
			} else if !led {
				bad.Add(fmt.Sprintf("tiers.%d.steps", n), "approvals.no_head", d.Name)
			}
		}
	}
	return nil
}
