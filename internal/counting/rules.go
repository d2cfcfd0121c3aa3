package counting

import (
	"context"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/rules"
)

// Claims are the clauses that counting keeps.
var Claims = []rules.Claim{
	{Clause: "S-002", How: rules.Schedules, By: "counting.rule.S-002", Page: "/counting/plans", Evidence: counted("daily", inTime, "in_time"), Tests: []string{"TestPlansComeRound"}},
	{Clause: "S-016", How: rules.Refuses, By: "counting.rule.S-016", Page: "/counting/plans", Evidence: counted("quarterly", signedInTime, "signed_in_time"), Tests: []string{"TestAQuarterIsSignedByBoth"}},
	{Clause: "S-017", How: rules.Schedules, By: "counting.rule.S-017", Page: "/counting/plans", Evidence: counted("monthly", inTime, "in_time"), Tests: []string{"TestPlansComeRound"}},
	{Clause: "S-018", How: rules.Refuses, By: "counting.rule.S-018", Page: "/counting/counts", Partly: true, Lacks: "counting.rule.S-018.lacks", Evidence: counted("monthly", analysedInTime, "analysed_in_time"), Tests: []string{"TestAMonthIsAnalysed"}},
	{Clause: "S-019", How: rules.Asks, By: "counting.rule.S-019", Page: "/counting/counts", Partly: true, Lacks: "counting.rule.S-019.lacks", Evidence: posted, Tests: []string{"TestFromSheetToBooks", "TestTheStoreDoesNotPutItselfRight"}},
}

// What keeps the clauses, as the evidence and the list's filters say it: a count of which
// the figures stood by its day; a quarter's also signed by both, a month's analysed, once
// they are over; a posting with its paper, and not by who signed for the store.
const (
	inTime         = `c.counted_day <> '' AND c.counted_day <= c.due`
	signedInTime   = inTime + ` AND (c.open = true OR c.keeper <> '' AND c.accountant <> '')`
	analysedInTime = inTime + ` AND (c.open = true OR c.analysis <> '')`
	byPaper        = `c.paper <> '' AND c.posted_by <> c.keeper`
)

// counted counts the counts of a cycle that were due on some days: kept are those for
// which kept holds, which is the filter of the list, broken the others whose day is over.
func counted(cycle, kept, filter string) func(context.Context, db.Reader, period.Day, period.Day) (rules.Evidence, error) {
	return func(ctx context.Context, r db.Reader, from, until period.Day) (e rules.Evidence, err error) {
		over := r.Today().AddDays(-1)
		err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE `+kept+`), count(*) FILTER (WHERE NOT (`+kept+`) AND c.due <= $4), coalesce(max(c.counted_at), 0)
			FROM counting_count c WHERE c.cycle = $1 AND c.due >= $2 AND c.due <= $3 AND c.state <> 'dropped'`, cycle, from, until, over).Scan(&e.Kept, &e.Broken, &e.Latest)
		link := "/counting/counts?state=" + strings.Join(States[:len(States)-1], ",") + "&cycle=" + cycle + "&due.from=" + string(from) + "&due.to="
		e.Link, e.BrokenLink = link+string(until)+"&"+filter+"=true", link+string(min(until, over))+"&"+filter+"=false"
		return e, err
	}
}

// posted counts the counts that were posted.
func posted(ctx context.Context, r db.Reader, from, until period.Day) (e rules.Evidence, err error) {
	err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE `+byPaper+`), count(*) FILTER (WHERE NOT (`+byPaper+`)), coalesce(max(c.ended_at), 0)
		FROM counting_count c WHERE c.state = 'posted' AND c.ended_day >= $1 AND c.ended_day <= $2`, from, until).Scan(&e.Kept, &e.Broken, &e.Latest)
	link := "/counting/counts?state=posted&ended_day.from=" + string(from) + "&ended_day.to=" + string(until)
	e.Link, e.BrokenLink = link+"&by_paper=true", link+"&by_paper=false"
	return e, err
}
