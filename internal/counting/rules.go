package counting

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/rules"
)

// Claims are the clauses that counting keeps.
var Claims = []rules.Claim{
	{Clause: "S-002", How: rules.Schedules, By: "counting.rule.S-002", Page: "/counting/plans", Evidence: counted("daily", "1=1"), Tests: []string{"TestPlansComeRound"}},
	{Clause: "S-016", How: rules.Refuses, By: "counting.rule.S-016", Page: "/counting/plans", Evidence: counted("quarterly", "keeper <> '' AND accountant <> ''"), Tests: []string{"TestAQuarterIsSignedByBoth"}},
	{Clause: "S-017", How: rules.Schedules, By: "counting.rule.S-017", Page: "/counting/plans", Evidence: counted("monthly", "1=1"), Tests: []string{"TestPlansComeRound"}},
	{Clause: "S-018", How: rules.Refuses, By: "counting.rule.S-018", Page: "/counting/counts", Partly: true, Evidence: counted("monthly", "analysis <> ''"), Tests: []string{"TestAMonthIsAnalysed"}},
	{Clause: "S-019", How: rules.Asks, By: "counting.rule.S-019", Page: "/counting/counts", Partly: true, Evidence: posted, Tests: []string{"TestFromSheetToBooks", "TestTheStoreDoesNotPutItselfRight"}},
}

// counted counts the counts of a cycle that were due on some days: kept are those whose
// figures stood by then and of which kept holds, broken the others whose day is over.
func counted(cycle, kept string) func(context.Context, db.Reader, period.Day, period.Day) (rules.Evidence, error) {
	return func(ctx context.Context, r db.Reader, from, until period.Day) (e rules.Evidence, err error) {
		today := period.DayOf(r.Moment(), r.Moment().Location())
		kept := "counted_day <> '' AND counted_day <= due AND (open = true OR " + kept + ")"
		err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE `+kept+`), count(*) FILTER (WHERE NOT (`+kept+`) AND due < $4), coalesce(max(counted_at), 0)
			FROM counting_count WHERE cycle = $1 AND due >= $2 AND due <= $3 AND state <> 'dropped'`, cycle, from, until, today).Scan(&e.Kept, &e.Broken, &e.Latest)
		e.Link = "/counting/counts?cycle=" + cycle + "&due.from=" + string(from) + "&due.to=" + string(until)
		return e, err
	}
}

// posted counts the counts that were posted: with a paper, and not by who signed for the store.
func posted(ctx context.Context, r db.Reader, from, until period.Day) (e rules.Evidence, err error) {
	const kept = `paper <> '' AND posted_by <> keeper`
	err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE `+kept+`), count(*) FILTER (WHERE NOT (`+kept+`)), coalesce(max(ended_at), 0)
		FROM counting_count WHERE state = 'posted' AND ended_day >= $1 AND ended_day <= $2`, from, until).Scan(&e.Kept, &e.Broken, &e.Latest)
	e.Link = "/counting/counts?state=posted&ended_day.from=" + string(from) + "&ended_day.to=" + string(until)
	return e, err
}
