package purchasing

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/rules"
)

// Claims are the clauses that planning and buying keep.
var Claims = []rules.Claim{
	{Clause: "P-001", How: rules.Refuses, By: "purchasing.rule.P-001", Page: "/purchasing/orders", Evidence: separate, Tests: []string{"TestWhoPlannedNeverBuys"}},
	{Clause: "P-002", How: rules.Refuses, By: "purchasing.rule.P-002", Page: "/purchasing/plans", Evidence: decided, Tests: []string{"TestFromNeedToOrder"}},
	{Clause: "P-003", How: rules.Refuses, By: "purchasing.rule.P-003", Page: "/purchasing/needs", Tests: []string{"TestEveryLineSaysWhatItNeeds"}},
	{Clause: "P-004", How: rules.Refuses, By: "purchasing.rule.P-004", Page: "/purchasing/needs", Tests: []string{"TestOnlyTheMonthsNeed"}},
	{Clause: "P-005", How: rules.Refuses, By: "purchasing.rule.P-005", Page: "/purchasing/needs", Tests: []string{"TestWhatCannotWait"}},
	{Clause: "P-006", How: rules.Refuses, By: "purchasing.rule.P-006", Page: "/purchasing/plans", Tests: []string{"TestFromNeedToOrder"}},
	{Clause: "P-007", How: rules.Refuses, By: "purchasing.rule.P-007", Page: "/purchasing/plans", Evidence: reviewed, Tests: []string{"TestAPlanIsReviewed"}},
	{Clause: "P-008", How: rules.Refuses, By: "purchasing.rule.P-008", Page: "/purchasing/enquiries", Evidence: surveyed, Tests: []string{"TestOffersSideBySide", "TestLinesGoToSeveralBidders"}},
	{Clause: "P-009", How: rules.Refuses, By: "purchasing.rule.P-009", Page: "/purchasing/enquiries", Partly: true, Lacks: "purchasing.rule.P-009.lacks", Tests: []string{"TestOffersSideBySide"}},
	{Clause: "P-010", How: rules.Measures, By: "purchasing.rule.P-010", Page: "/purchasing", Evidence: projects, Tests: []string{"TestWhatTheYearsBuyingComesTo"}},
	{Clause: "P-011", How: rules.Refuses, By: "purchasing.rule.P-011", Page: "/purchasing/orders", Evidence: audited, Tests: []string{"TestPricesAreAudited"}},
	{Clause: "P-012", How: rules.Refuses, By: "purchasing.rule.P-012", Page: "/purchasing/plans", Tests: []string{"TestAPlanIsReviewed"}},
	{Clause: "P-013", How: rules.Measures, By: "purchasing.rule.P-013", Page: "/purchasing", Evidence: saving, Tests: []string{"TestWhatTheYearsBuyingComesTo"}},
	{Clause: "P-014", How: rules.Refuses, By: "purchasing.rule.P-014", Page: "/purchasing/orders", Tests: []string{"TestFoodComesFromWhoMaySellIt"}},
	{Clause: "P-015", How: rules.Refuses, By: "purchasing.rule.P-015", Page: "/purchasing/orders", Evidence: labelled, Tests: []string{"TestPricesAreAudited"}},
	{Clause: "P-018", How: rules.Refuses, By: "purchasing.rule.P-018", Page: "/purchasing/orders", Tests: []string{"TestMedicalGoodsAreBoughtByTheirOwner"}},
	{Clause: "S-042", How: rules.Records, By: "purchasing.rule.S-042", Page: "/purchasing/plans", Evidence: decided, Tests: []string{"TestFromNeedToOrder"}},
	{Clause: "S-049", How: rules.Measures, By: "purchasing.rule.S-049", Page: "/purchasing/planned", Evidence: byKind, Tests: []string{"TestWhatTheYearsBuyingComesTo"}},
	{Clause: "S-050", How: rules.Refuses, By: "purchasing.rule.S-050", Page: "/purchasing/orders", Tests: []string{"TestFromNeedToOrder"}},
	{Clause: "X-004", How: rules.Measures, By: "purchasing.rule.X-004", Page: "/purchasing/bought", Evidence: tendered, Tests: []string{"TestWhatTheYearsBuyingComesTo"}},
}

// counted counts the rows of a table from … until for which kept holds, the others as
// broken; where narrows them as query does in the list, and filter is kept there.
func counted(from, where, query, kept, filter, link string) func(context.Context, db.Reader, period.Day, period.Day) (rules.Evidence, error) {
	return func(ctx context.Context, r db.Reader, first, last period.Day) (e rules.Evidence, err error) {
		a, b := rules.Moments(r, first, last)
		err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE `+kept+`), count(*) FILTER (WHERE NOT (`+kept+`)), coalesce(max(at), 0) FROM `+from+` WHERE at >= $1 AND at < $2`+where, a, b).Scan(&e.Kept, &e.Broken, &e.Latest)
		link := link + "?at.from=" + string(first) + "&at.to=" + string(last) + query + "&" + filter
		e.Link, e.BrokenLink = link+"=true", link+"=false"
		return e, err
	}
}

var (
	separate = counted("purchasing_order", own, hereOnly, "planner <> buyer", "apart", "/purchasing/orders")
	decided  = counted("purchasing_plan", own+" AND state IN ('approved', 'closed')", hereOnly+"&state="+string(Approved)+","+string(PlanClosed), "paper <> ''", "papered", "/purchasing/plans")
	reviewed = counted("purchasing_plan", own+" AND state NOT IN ('draft', 'dropped')", hereOnly+"&state="+but(PlanStates, string(Draft), string(PlanDropped)), "review <> ''", "reviewed", "/purchasing/plans")
	surveyed = counted("purchasing_enquiry", " AND state = 'awarded'", "&state="+string(Awarded), "market <> ''", "surveyed", "/purchasing/enquiries")
	audited  = counted("purchasing_order", own+" AND state NOT IN ('drafted', 'cancelled')", hereOnly+"&state="+but(OrderStates, string(Drafted), string(Cancelled)), "auditor <> ''", "audited", "/purchasing/orders")
	labelled = counted("purchasing_order", own+" AND sent_at > 0", hereOnly+"&was_sent=true", "labelled = true", "labelled", "/purchasing/orders")
)

// own are the plans and orders of this house's own books, and how their lists say so.
const own, hereOnly = " AND external = ''", "&taken_over=false"

// but is all states besides some, as a filter says it.
func but(states []string, not ...string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(states), func(s string) bool { return slices.Contains(not, s) }), ",")
}
