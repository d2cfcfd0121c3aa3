package desk

import (
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/people"
)

// Ready is what a desk has of what lets a report find somebody.
type Ready struct {
	Kinds    int64 // that wards may ask for
	Unrouted int64 // of these, the ones for which no crew is named: they wait for the dispatcher
	Workers  int64 // people of crews
	Rostered int64 // of these, the ones of whom a roster knows when they work
	Needs    int64 // certificates that work takes
	Codes    int64 // that hang
}

// ReadyOf says it of today.
func ReadyOf(ctx context.Context, r db.Reader) (x Ready, err error) {
	kinds, err := Kinds(ctx, r)
	if err != nil {
		return x, err
	}
	routes, err := Routes(ctx, r)
	if err != nil {
		return x, err
	}
	for i := range kinds {
		k := &kinds[i]
		if k.Closed || !k.Ward {
			continue
		}
		x.Kinds++
		if k.Crew == "" && !slices.ContainsFunc(routes, func(o Route) bool { return o.Trade == k.Trade }) {
			x.Unrouted++
		}
	}
	crews := list.Where{}.And("p.closed = false AND d.closed = false AND d.kind IN ('team', 'contractor')")
	for _, c := range []struct {
		to *int64
		of list.Where
	}{{&x.Workers, crews}, {&x.Rostered, crews.And(`EXISTS (SELECT 1 FROM desk_roster o WHERE o.person = p.id) OR EXISTS (SELECT 1 FROM desk_roster_day o WHERE o.person = p.id AND o.day >= ?)`, todayOf(r))}} {
		found, err := people.People.Fetch(ctx, r, list.Query{Size: 1}, c.of)
		if err != nil {
			return x, err
		}
		*c.to = int64(found.Count)
	}
	err = r.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM desk_need), (SELECT count(*) FROM desk_code WHERE withdrawn = false)`).Scan(&x.Needs, &x.Codes)
	return x, err
}

// Begun says whether the desk is at work: the latest job was told here, and came not with
// the books of before.
func Begun(ctx context.Context, r db.Reader) (yes bool, err error) {
	err = r.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM (SELECT source FROM desk_job ORDER BY reported_at DESC, id DESC LIMIT 1) latest WHERE latest.source <> 'import')`).Scan(&yes)
	return yes, err
}
