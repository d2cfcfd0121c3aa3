package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/rules"
)

// Again is what failed again and again: an asset, or a trade in one place. Times are the
// reports that repeat an earlier failure; Why what those who mended it said the cause was,
// the commonest first, of the repeats and of the failures they repeat.
type Again struct {
	Asset     string         `json:"asset"`
	AssetName string         `json:"asset_name"`
	Place     string         `json:"place"`
	PlaceName string         `json:"place_name"`
	Trade     Trade          `json:"trade"`
	Building  string         `json:"building"`
	Times     int64          `json:"times"`
	Cost      money.Fen      `json:"cost"`
	Latest    period.Instant `json:"latest"`
	Why       []Why          `json:"why"`
	Link      string         `json:"link"` // opens the repeats
}

// Why is a cause as it was written when the work was done, and how often.
type Why struct {
	Cause string `json:"cause"`
	N     int64  `json:"n"`
}

// againMost is how many of them are told, whyMost how many causes of each.
const (
	againMost = 50
	whyMost   = 3
)

// spot is what a repeat is told apart by: its asset, else its trade and place, as seeRepeat
// links them.
type spot struct {
	asset, place string
	trade        Trade
}

// FailedAgain are the failures that were reported anew on the days from … until, of the jobs
// that a person sees and of one building ("" all), the most frequent first, at most fifty;
// and the same summed up by building, each named in PlaceName, with what failed there most
// often as its causes say.
func FailedAgain(ctx context.Context, r db.Reader, by db.Actor, building string, from, until period.Day) (spots, buildings []Again, err error) {
	first, end := rules.Moments(r, from, until)
	where, args := ` WHERE j.reported_at >= $1 AND j.reported_at < $2 AND j.repeat_of <> '' AND j.state NOT IN ('cancelled', 'merged')`, []any{first, end}
	repeats := func(more ...string) string { // opens them
		return "/desk/jobs?" + strings.Join(append([]string{"reported_at.from=" + string(from), "reported_at.to=" + string(until), alive, "repeat=true"}, more...), "&")
	}
	if s := by.Scope(MaySee); !s.All {
		if len(s.Units) == 0 {
			return nil, nil, nil
		}
		var in string
		in, args = db.Listed(s.Units, args...)
		where += ` AND j.department IN ` + in
		all := repeats
		repeats = func(more ...string) string { return all(append(more, "department="+strings.Join(s.Units, ","))...) }
	}
	at, houses := map[spot]*Again{}, map[string]*Again{}
	causes := map[*Again]map[string]int64{}
	said := func(a *Again, cause string) {
		if causes[a] == nil {
			causes[a] = map[string]int64{}
		}
		if cause = strings.TrimSpace(cause); cause != "" {
			causes[a][cause]++
		}
	}
	heard := map[string]bool{} // each job says its cause once
	err = db.Each(ctx, r, `SELECT j.asset, coalesce(a.name, ''), j.place, coalesce(p.path, ''), j.trade, `+buildingOf+`, j.cost + j.outside, j.reported_at, j.id, j.cause, o.id, o.cause
		FROM desk_job j JOIN desk_job o ON o.id = j.repeat_of LEFT JOIN assets_card a ON a.id = j.asset LEFT JOIN places_place p ON p.id = j.place`+where+` ORDER BY j.reported_at, j.id`, args, func(scan db.Scan) error {
		var x Again
		var own, cause, before, was string
		var cost int64
		if err := scan(&x.Asset, &x.AssetName, &x.Place, &x.PlaceName, &x.Trade, &x.Building, &cost, &x.Latest, &own, &cause, &before, &was); err != nil {
			return err
		}
		house := houses[x.Building]
		if house == nil {
			name, _, _ := strings.Cut(x.PlaceName, " / ")
			house = &Again{Building: x.Building, PlaceName: name, Link: repeats("building=" + x.Building)}
			if x.Building == "" {
				house.PlaceName, house.Link = "", repeats("no_building=true")
			}
			houses[x.Building] = house
		}
		key := spot{asset: x.Asset}
		if x.Asset == "" {
			key = spot{place: x.Place, trade: x.Trade}
		}
		one := at[key]
		if one == nil {
			x.Link = repeats("asset=" + x.Asset)
			if x.Asset == "" {
				x.Link = repeats("place="+x.Place, "trade="+string(x.Trade), "no_asset=true")
			}
			one = &x
			at[key] = one
		}
		for _, a := range []*Again{house, one} {
			a.Times, a.Cost, a.Latest = a.Times+1, a.Cost+money.Fen(cost), max(a.Latest, x.Latest)
			if !heard[own] {
				said(a, cause)
			}
			if !heard[before] {
				said(a, was)
			}
		}
		heard[own], heard[before] = true, true
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	for a, all := range causes {
		for cause, n := range all {
			a.Why = append(a.Why, Why{cause, n})
		}
		slices.SortFunc(a.Why, func(x, y Why) int { return cmp.Or(cmp.Compare(y.N, x.N), cmp.Compare(x.Cause, y.Cause)) })
		a.Why = a.Why[:min(len(a.Why), whyMost)]
	}
	for _, a := range at {
		if building == "" || a.Building == building {
			spots = append(spots, *a)
		}
	}
	for _, a := range houses {
		buildings = append(buildings, *a)
	}
	worst := func(x, y Again) int {
		return cmp.Or(cmp.Compare(y.Times, x.Times), cmp.Compare(y.Cost, x.Cost), cmp.Compare(x.PlaceName, y.PlaceName), cmp.Compare(x.Asset, y.Asset), cmp.Compare(x.Trade, y.Trade), cmp.Compare(x.Building, y.Building))
	}
	slices.SortFunc(spots, worst)
	slices.SortFunc(buildings, worst)
	return spots[:min(len(spots), againMost)], buildings, nil
}
