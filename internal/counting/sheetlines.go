package counting

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
)

// OpenSheets are the sheets of a count, by its number, that are out and not handed in, with
// their lines: where figures that were written down elsewhere find their place. NotFound
// when the person sees no such count; Conflict when none of it is being counted.
func OpenSheets(ctx context.Context, r db.Reader, by db.Actor, number string) ([]Sheet, error) {
	c, err := Counts.Get(ctx, r, Scope(by).And("c.number = ?", number))
	if err != nil {
		return nil, err
	}
	all, err := Sheets.All(ctx, r, list.Where{}.And("s.count = ? AND s.open = true", c.ID), linesMost)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 || c.State != Counting && c.State != Recounting {
		return nil, fault.New(fault.Conflict, "counting.handed_in", c.Number)
	}
	for n := range all {
		if all[n].Lines, err = LinesOf(ctx, r, all[n].ID); err != nil {
			return nil, err
		}
	}
	return all, nil
}
