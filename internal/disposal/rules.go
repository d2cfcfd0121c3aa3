package disposal

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/rules"
)

// Claims are the clauses that this room keeps.
var Claims = []rules.Claim{
	{Clause: "A-010", How: rules.Asks, By: "disposal.rule.A-010", Page: "/disposal/slips", Partly: true, Lacks: "disposal.rule.A-010.lacks", Evidence: written(" AND origin = 'store'", "origin=store", "paper <> ''", "papered"), Tests: []string{"TestTheThresholdOfTheDayDecides", "TestTheTierOfAWriteOff", "TestTheTierGoesByTheTotalOfTheForm"}},
	{Clause: "A-022", How: rules.Refuses, By: "disposal.rule.A-022", Page: "/disposal/slips", Evidence: written("", "", "applied_by <> '' AND verified_by <> ''", "two_signed"), Tests: []string{"TestTheLeaderApplies", "TestEveryGapOfThePapersIsNamed"}},
	{Clause: "A-023", How: rules.Records, By: "disposal.rule.A-023", Page: "/disposal/slips", Evidence: written("", "", "1=1", ""), Tests: []string{"TestAFormInThreeCopies"}},
	{Clause: "A-024", How: rules.Records, By: "disposal.rule.A-024", Page: "/disposal/scrap", Evidence: written(" AND origin = 'use'", "origin=use", "returned_by <> ''", "came_back"), Tests: []string{"TestOldGoodsComeBackFirst"}},
	{Clause: "A-025", How: rules.Refuses, By: "disposal.rule.A-025", Page: "/disposal/sales", Tests: []string{"TestWasteIsSoldForTheHouse"}},
	{Clause: "A-026", How: rules.Asks, By: "disposal.rule.A-026", Page: "/disposal/sales", Evidence: sold("paper <> ''", "papered"), Tests: []string{"TestWasteIsSoldForTheHouse"}},
	{Clause: "A-027", How: rules.Refuses, By: "disposal.rule.A-027", Page: "/disposal/sales", Evidence: sold("paid = amount AND receipt <> ''", "cashed"), Tests: []string{"TestTheProceedsGoToFinance"}},
	{Clause: "S-004", How: rules.Records, By: "disposal.rule.S-004", Page: "/disposal/scrap", Evidence: written("", "", "1=1", ""), Tests: []string{"TestGivenUpLotsLieApart"}},
	{Clause: "S-019", How: rules.Asks, By: "disposal.rule.S-019", Page: "/disposal/slips", Partly: true, Evidence: written(" AND origin = 'store'", "origin=store", "paper <> ''", "papered"), Tests: []string{"TestGoodsAreWrittenOffOnceAndByThemselves", "TestNobodyAgreesToTheirOwn"}},
	{Clause: "S-020", How: rules.Refuses, By: "disposal.rule.S-020", Page: "/disposal/slips", Evidence: written("", "", "paper <> ''", "papered"), Tests: []string{"TestEveryGapOfThePapersIsNamed"}},
	{Clause: "S-021", How: rules.Refuses, By: "disposal.rule.S-021", Page: "/disposal/slips", Evidence: written(" AND origin = 'use'", "origin=use", "returned_by <> ''", "came_back"), Tests: []string{"TestOldGoodsComeBackFirst"}},
}

// written counts the forms that were written off on some days; kept is which of them
// kept the clause, filter the same in the list, and narrow what where is there.
func written(where, narrow, kept, filter string) func(context.Context, db.Reader, period.Day, period.Day) (rules.Evidence, error) {
	return func(ctx context.Context, r db.Reader, from, until period.Day) (e rules.Evidence, err error) {
		err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE `+kept+`), count(*) FILTER (WHERE NOT (`+kept+`)), coalesce(max(ended_at), 0)
			FROM disposal_slip WHERE state = 'written_off' AND ended_day >= $1 AND ended_day <= $2`+where, from, until).Scan(&e.Kept, &e.Broken, &e.Latest)
		e.Link = "/disposal/slips?state=written_off&ended_day.from=" + string(from) + "&ended_day.to=" + string(until)
		if narrow != "" {
			e.Link += "&" + narrow
		}
		if filter != "" {
			e.Link, e.BrokenLink = e.Link+"&"+filter+"=true", e.Link+"&"+filter+"=false"
		}
		return e, err
	}
}

// sold counts the sales of some days whose money has reached finance.
func sold(kept, filter string) func(context.Context, db.Reader, period.Day, period.Day) (rules.Evidence, error) {
	return func(ctx context.Context, r db.Reader, from, until period.Day) (e rules.Evidence, err error) {
		err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE `+kept+`), count(*) FILTER (WHERE NOT (`+kept+`)), coalesce(max(sold_at), 0)
			FROM disposal_sale WHERE state IN ('paid', 'confirmed') AND sold_day >= $1 AND sold_day <= $2`, from, until).Scan(&e.Kept, &e.Broken, &e.Latest)
		link := "/disposal/sales?state=paid,confirmed&sold_day.from=" + string(from) + "&sold_day.to=" + string(until) + "&" + filter
		e.Link, e.BrokenLink = link+"=true", link+"=false"
		return e, err
	}
}
