package desk

import (
	"context"
	"fmt"
	"strings"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/rules"
)

// Claims are the clauses that the desk keeps.
var Claims = []rules.Claim{
	{Clause: "W-001", How: rules.Records, By: "desk.rule.W-001", Page: "/desk/jobs", Evidence: reports.count, Tests: []string{"TestReportsGoToTheCrewOfTheirTrade"}},
	{Clause: "W-002", How: rules.Measures, By: "desk.rule.W-002", Page: "/desk/jobs", Evidence: sentInTime, Tests: []string{"TestJobsAreJudgedByTheValueOfTheirDay"}},
	{Clause: "W-004", How: rules.Refuses, By: "desk.rule.W-004", Page: "/desk/jobs", Evidence: reports.count, Tests: []string{"TestEveryFlawOfASlipIsNamedAtOnce"}},
	{Clause: "W-004", How: rules.Records, By: "desk.rule.W-004.kept", Page: "/desk/jobs", Tests: []string{"TestReportTakesTheDepartmentFromPlaceOrPerson"}},
	{Clause: "W-004", How: rules.Refuses, By: "desk.rule.W-004.locked", Page: "/desk/locks", Tests: []string{"TestFieldsLockAsTheJobAdvances"}},
	{Clause: "W-003", How: rules.Schedules, By: "desk.rule.W-003.time", Page: "/desk/breaches", Tests: []string{"TestALateJobClimbsTheLadderByTime"}},
	{Clause: "W-005", How: rules.Records, By: "desk.rule.W-005", Page: "/desk/jobs", Tests: []string{"TestAnEmergencyIsGoneToBeforeThePaper", "TestWhatTurnsOutToBeAnEmergencyCallsPeopleOut"}},
	{Clause: "W-005", How: rules.Measures, By: "desk.rule.W-005.time", Page: "/desk/jobs", Evidence: thereInTime, Tests: []string{"TestJobsAreJudgedByTheValueOfTheirDay", "TestALinkOpensNoMoreThanWasCounted"}},
	{Clause: "W-007", How: rules.Refuses, By: "desk.rule.W-007", Page: "/desk/jobs", Tests: []string{"TestNobodySignsTheirOwnWork"}},
	{Clause: "W-007", How: rules.Records, By: "desk.rule.W-007.kept", Page: "/desk/jobs", Evidence: signedInTime, Tests: []string{"TestSignatures", "TestAWardSignsOnTheWorkersPhone"}},
	{Clause: "W-007", How: rules.Refuses, By: "desk.rule.W-007.kind", Page: "/desk/kinds", Tests: []string{"TestAKindSaysWhoseWordClosesItsJobs"}},
	{Clause: "W-005", How: rules.Schedules, Again: true, By: "desk.rule.W-005.paper", Page: "/approvals/debts", Evidence: papersInTime, Tests: []string{"TestAnEmergencyOwesItsPaper"}},
	{Clause: "W-009", How: rules.Asks, By: "desk.rule.W-009", Page: "/desk/firms", Evidence: hired, Tests: []string{"TestAFirmFromOutsideIsAgreedTo"}},
	{Clause: "W-003", How: rules.Schedules, By: "desk.rule.W-003", Page: "/desk/jobs", Evidence: upward.count, Tests: []string{"TestAHardCaseClimbsTheLadder"}},
	{Clause: "W-006", How: rules.Records, By: "desk.rule.W-006", Page: "/desk/jobs", Evidence: registeredInTime, Tests: []string{"TestASmallRepairIsRegisteredAfterwards"}},
	{Clause: "W-008", How: rules.Records, By: "desk.rule.W-008", Page: "/desk/jobs", Evidence: decided.count, Tests: []string{"TestAHardCaseClimbsTheLadder"}},
	{Clause: "W-017", How: rules.Schedules, By: "desk.rule.W-017", Page: "/desk/standing", Evidence: onTurn("trade IN ('water', 'electric', 'heating')", "trade=water,electric,heating"), Tests: []string{"TestAPlanRaisesItsJobsOnItsDay"}},
	{Clause: "W-018", How: rules.Schedules, By: "desk.rule.W-018", Page: "/desk/standing", Evidence: onTurn("trade = 'patrol'", "trade=patrol"), Tests: []string{"TestAPatrolCollectsWhatTheWardsNeed"}},
	{Clause: "K-007", How: rules.Schedules, By: "desk.rule.K-007", Page: "/desk/standing", Evidence: onTurn("trade = 'pest'", "trade=pest"), Tests: []string{"TestPestsAreFoughtEveryMonth"}},
	{Clause: "T-003", How: rules.Records, By: "desk.rule.T-003", Page: "/desk/jobs", Evidence: carried("courier"), Tests: []string{"TestWhatIsCarriedSaysWhereTo"}},
	{Clause: "T-004", How: rules.Records, By: "desk.rule.T-004", Page: "/desk/jobs", Evidence: carried("moving"), Tests: []string{"TestWhatIsCarriedSaysWhereTo"}},
	{Clause: "T-007", How: rules.Measures, By: "desk.rule.T-007", Page: "/desk/figures", Evidence: regular.count, Tests: []string{"TestWhatIsCarriedSaysWhereTo"}},
	{Clause: "W-019", How: rules.Records, By: "desk.rule.W-019", Page: "/desk/jobs", Partly: true, Lacks: "desk.rule.W-019.lacks", Evidence: onSite.count, Tests: []string{"TestWhatIsDoneOnTheWardAndFoundOnTheWayIsCounted"}},
	{Clause: "W-024", How: rules.Records, By: "desk.rule.W-024", Page: "/desk/jobs", Partly: true, Lacks: "desk.rule.W-024.lacks", Evidence: found.count, Tests: []string{"TestWhatIsDoneOnTheWardAndFoundOnTheWayIsCounted"}},
	{Clause: "W-028", How: rules.Refuses, By: "desk.rule.W-028", Page: "/desk/firms", Partly: true, Lacks: "desk.rule.W-028.lacks", Evidence: needed, Tests: []string{"TestAFirmIsAskedForOnlyWithWhatTheHouseLacks"}},
	{Clause: "W-027", How: rules.Measures, By: "desk.rule.W-027", Page: "/desk/again", Evidence: held, Tests: []string{"TestAPartThatFailsAgainIsTold"}},
	{Clause: "W-027", How: rules.Measures, By: "desk.rule.W-027.time", Page: "/desk/figures", Tests: []string{"TestEveryFigureOpensExactlyItsJobs"}},
	{Clause: "W-029", How: rules.Measures, By: "desk.rule.W-029", Page: "/desk/jobs", Evidence: again.count, Tests: []string{"TestWhatIsDoneOnTheWardAndFoundOnTheWayIsCounted"}},
	{Clause: "W-033", How: rules.Schedules, By: "desk.rule.W-033", Page: "/desk/settings", Evidence: medical.count, Tests: []string{"TestMedicalDevicesGoToTheirOwnOwner"}},
	{Clause: "W-010", How: rules.Records, By: "desk.rule.W-010", Page: "/desk/jobs", Evidence: unsolved.count, Tests: []string{"TestWhatIsUnsolvedForTooLong", "TestALateJobClimbsTheLadderByTime"}},
	{Clause: "W-011", How: rules.Schedules, By: "desk.rule.W-011", Page: "/desk/board", Evidence: doneInTime(""), Tests: []string{"TestTheHospitalsOwnDeadlinesHold"}},
	{Clause: "W-012", How: rules.Measures, By: "desk.rule.W-012", Page: "/desk/jobs", Partly: true, Lacks: "desk.rule.W-012.lacks", Evidence: doneWell, Tests: []string{"TestJobsAreJudgedByTheValueOfTheirDay"}},
	{Clause: "W-014", How: rules.Refuses, By: "desk.rule.W-014", Page: "/warehouse/issues", Partly: true, Lacks: "desk.rule.W-014.lacks", Tests: []string{"TestPartsLeaveTheStoreAtCostForTheWard"}},
	{Clause: "W-020", How: rules.Measures, By: "desk.rule.W-020", Page: "/desk/jobs", Partly: true, Lacks: "desk.rule.W-020.lacks", Evidence: asked.count, Tests: []string{"TestTheYearsFiguresOpenTheirJobs", "TestABadRatingIsAnsweredAndAWardIsCalledBack"}},
	{Clause: "W-021", How: rules.Measures, By: "desk.rule.W-021", Page: "/desk/jobs", Evidence: finished.count, Tests: []string{"TestTheYearsFiguresOpenTheirJobs"}},
	{Clause: "W-022", How: rules.Measures, By: "desk.rule.W-022", Page: "/desk/costs", Evidence: finished.count, Tests: []string{"TestTheYearsFiguresOpenTheirJobs"}},
	{Clause: "W-023", How: rules.Measures, By: "desk.rule.W-023", Page: "/desk/jobs", Evidence: visits.count, Tests: []string{"TestTheYearsFiguresOpenTheirJobs"}},
	{Clause: "W-025", How: rules.Measures, By: "desk.rule.W-025", Page: "/desk/jobs", Evidence: doneInTime(" AND urgency = 'emergency' AND trade IN ('water', 'heating')", "urgency=emergency", "trade=water,heating"), Tests: []string{"TestTheYearsFiguresOpenTheirJobs"}},
	{Clause: "W-026", How: rules.Measures, By: "desk.rule.W-026", Page: "/desk/jobs", Evidence: mended, Tests: []string{"TestJobsAreJudgedByTheValueOfTheirDay"}},
	{Clause: "W-030", How: rules.Measures, By: "desk.rule.W-030", Page: "/desk/jobs", Partly: true, Lacks: "desk.rule.W-030.lacks", Evidence: content, Tests: []string{"TestJobsAreJudgedByTheValueOfTheirDay"}},
	{Clause: "W-031", How: rules.Measures, By: "desk.rule.W-031", Page: "/desk/jobs", Evidence: doneInTime(" AND trade = 'heating'", "trade=heating"), Tests: []string{"TestTheYearsFiguresOpenTheirJobs"}},
	{Clause: "W-032", How: rules.Measures, By: "desk.rule.W-032", Page: "/desk/jobs", Partly: true, Lacks: "desk.rule.W-032.lacks", Evidence: doneInTime(" AND trade IN ('it', 'equipment')", "trade=it,equipment"), Tests: []string{"TestTheYearsFiguresOpenTheirJobs"}},
	{Clause: "U-027", How: rules.Schedules, By: "desk.rule.U-027", Page: "/desk/settings", Tests: []string{"TestReportsGoToTheCrewOfTheirTrade"}},
	{Clause: "U-030", How: rules.Records, By: "desk.rule.U-030", Page: "/desk/jobs", Partly: true, Lacks: "desk.rule.U-030.lacks", Evidence: pipes.count, Tests: []string{"TestTheYearsFiguresOpenTheirJobs"}},
	{Clause: "O-031", How: rules.Schedules, By: "desk.rule.O-031", Page: "/desk/jobs", Partly: true, Lacks: "desk.rule.O-031.lacks", Evidence: doneInTime(""), Tests: []string{"TestTheHospitalsOwnDeadlinesHold", "TestWhoSetTheTaskHearsOfItsEnd"}},
	{Clause: "O-006", How: rules.Refuses, By: "desk.rule.O-006", Page: "/desk/crews", Partly: true, Lacks: "desk.rule.O-006.lacks", Tests: []string{"TestWithoutAValidCertificateNobodyIsSentAcceptsOrTakes"}},
	{Clause: "O-007", How: rules.Refuses, By: "desk.rule.O-007", Page: "/desk/crews", Tests: []string{"TestWithoutAValidCertificateNobodyIsSentAcceptsOrTakes"}},
	{Clause: "O-011", How: rules.Refuses, By: "desk.rule.O-011", Page: "/desk/crews", Partly: true, Lacks: "desk.rule.O-011.lacks", Tests: []string{"TestWithoutAValidCertificateNobodyIsSentAcceptsOrTakes"}},
	{Clause: "Q-001", How: rules.Measures, By: "desk.rule.Q-001", Page: "/desk/jobs", Partly: true, Lacks: "desk.rule.Q-001.lacks", Evidence: content, Tests: []string{"TestJobsAreJudgedByTheValueOfTheirDay"}},
}

// tally is jobs that are counted by a moment of theirs. Where says which; kept and
// broken which of these did well and badly. Jobs entered from the past are not judged,
// since nobody had set them a time.
type tally struct {
	column       string // reported_at, arrived_at, finished_at, closed_at
	where        string
	kept, broken string
	query        []string // filters that open the same jobs in the list
	after        string   // the list's column of how long it took, where it is judged by that
	pending      bool     // what is not done yet is broken once its time is over
}

// ownJobs are those of this desk, and not those of the past; told those that were reported
// before they were done; alive those that were not called off.
const (
	ownJobs = "source=ward,phone,api,patrol,after,guest,alarm,plan"
	told    = "source=ward,phone,api,patrol,guest,alarm"
	alive   = "state=reported,dispatched,accepted,on_way,working,paused,done,closed"
)

var (
	reports  = tally{column: "reported_at", kept: "true"}
	finished = tally{column: "finished_at", kept: "true"}
	visits   = tally{column: "arrived_at", where: " AND trade = 'electric'", kept: "true", query: []string{"trade=electric"}}
	asked    = tally{column: "closed_at", where: " AND state = 'closed'", kept: "rating > 0", query: []string{"state=closed", "rating.from=1"}}
	found    = tally{column: "reported_at", where: " AND source = 'patrol'", kept: "true", query: []string{"source=patrol"}}
	upward   = tally{column: "raised_at", where: " AND level > 0", kept: "true", query: []string{"level.from=1"}}
	decided  = tally{column: "raised_at", where: " AND plans > 0", kept: "true", query: []string{"plans.from=1"}}
	onSite   = tally{column: "finished_at", where: " AND external = '' AND arrived_at > 0 AND place <> ''", kept: "true", query: []string{ownJobs}}
	again    = tally{column: "finished_at", where: " AND reused > 0", kept: "true", query: []string{"reused.from=1"}}
	unsolved = tally{column: "upward_at", kept: "true"}
	medical  = tally{column: "reported_at", where: " AND trade = 'medical'", kept: "true", query: []string{"trade=medical"}}
	regular  = tally{column: "reported_at", where: " AND round <> 'call'", kept: "true", query: []string{"round=indoor,outdoor"}}
	pipes    = tally{column: "reported_at", where: " AND trade IN ('water', 'heating') AND place <> ''", kept: "true", query: []string{"trade=water,heating"}}
)

func (c tally) count(ctx context.Context, r db.Reader, from, until period.Day) (rules.Evidence, error) {
	return c.sum(ctx, r, from, until)
}

// sum counts with further arguments from $3 on.
func (c tally) sum(ctx context.Context, r db.Reader, from, until period.Day, args ...any) (e rules.Evidence, err error) {
	first, end := rules.Moments(r, from, until)
	broken := c.broken
	if broken == "" {
		broken = "1=0"
	}
	kept := c.kept
	if kept == "true" {
		kept = "1=1"
	}
	err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE `+kept+`), count(*) FILTER (WHERE `+broken+`), coalesce(max(`+c.column+`), 0)
		FROM desk_job WHERE `+c.column+` >= $1 AND `+c.column+` < $2`+c.where, append([]any{first, end}, args...)...).Scan(&e.Kept, &e.Broken, &e.Latest)
	e.Link = c.link(from, until)
	return e, err
}

// link opens the jobs counted, as near as the list's filters come.
func (c tally) link(from, until period.Day, more ...string) string {
	q := append([]string{c.column + ".from=" + string(from), c.column + ".to=" + string(until)}, c.query...)
	return "/desk/jobs?" + strings.Join(append(q, more...), "&")
}

// judged counts stretch by stretch: each job by what the parameter was on its day.
// The limit is $3, in the unit given.
func judged(ctx context.Context, r db.Reader, key, share string, from, until period.Day, c tally, unit int64, args ...any) (sum rules.Evidence, err error) {
	stretches, err := rules.Stretches(ctx, r, key, from, until)
	if err != nil {
		return sum, err
	}
	for _, s := range stretches {
		e, err := c.sum(ctx, r, s.From, s.Until, append([]any{s.Int() * unit}, args...)...)
		if err != nil {
			return sum, err
		}
		sum.Kept, sum.Broken, sum.Latest = sum.Kept+e.Kept, sum.Broken+e.Broken, max(sum.Latest, e.Latest)
	}
	c.open(&sum, from, until, stretches, r, unit)
	if share != "" {
		sum.Target, err = rules.Number(ctx, r, share, until)
	}
	return sum, err
}

// open links to those that kept the clause and to those that broke it. Where the limit
// changed on the way, it opens all for what was kept, and for what was broken also those
// that were in time only by the wider limit of their day.
// What is not done yet breaks the clause only once its time is over: those links end at the
// moment before which that is so.
func (c tally) open(e *rules.Evidence, from, until period.Day, stretches []rules.Stretch, r db.Reader, unit int64) {
	e.Link = c.link(from, until)
	if c.after == "" || len(stretches) == 0 {
		return
	}
	limit := stretches[0].Int()
	for _, s := range stretches {
		limit = min(limit, s.Int())
	}
	if c.after == "rating" || c.after == "outcome" {
		bad := []string{fmt.Sprint(c.after, ".to=", stretches[len(stretches)-1].Int()-1)}
		if c.after == "rating" { // nothing is said of who gave none
			bad = append(bad, "rating.from=1")
		}
		e.BrokenLink = c.link(from, until, bad...)
		if len(stretches) == 1 {
			e.Link = c.link(from, until, fmt.Sprint(c.after, ".from=", limit))
		}
		return
	}
	e.BrokenLink = c.link(from, until, fmt.Sprint(c.after, ".from=", limit+1))
	if _, end := rules.Moments(r, from, until); c.pending {
		if over := period.At(r.Moment()) - period.Instant(limit*unit); over < end {
			e.BrokenLink = strings.Replace(e.BrokenLink, c.column+".to="+string(until), c.column+".to="+over.Time().UTC().Format(time.RFC3339Nano), 1)
		}
	}
	if len(stretches) == 1 {
		e.Link = c.link(from, until, fmt.Sprint(c.after, ".to=", limit))
	}
}

const (
	minute = int64(time.Minute / time.Microsecond)
	day    = int64(24 * time.Hour / time.Microsecond)
	// sent is when somebody was last sent, or took the job.
	sent = "(CASE WHEN dispatched_at > 0 THEN dispatched_at ELSE accepted_at END)"
)

// sentInTime: within W-002.dispatch minutes of the report, the limit itself included;
// those nobody was sent to count once they are over it.
func sentInTime(ctx context.Context, r db.Reader, from, until period.Day) (rules.Evidence, error) {
	return judged(ctx, r, "W-002.dispatch", "W-002.share", from, until, tally{column: "reported_at", where: " AND external = '' AND source NOT IN ('after', 'plan') AND state NOT IN ('cancelled', 'merged')",
		kept: sent + " > 0 AND " + sent + " - reported_at <= $3", broken: sent + " > 0 AND " + sent + " - reported_at > $3 OR " + sent + " = 0 AND $4 - reported_at > $3", after: "sent_after", pending: true, query: []string{told, alive}},
		minute, period.At(r.Moment()))
}

// thereInTime: emergencies, within W-005.arrive minutes of the report.
func thereInTime(ctx context.Context, r db.Reader, from, until period.Day) (rules.Evidence, error) {
	return judged(ctx, r, "W-005.arrive", "W-005.share", from, until, tally{column: "reported_at", where: " AND external = '' AND state NOT IN ('cancelled', 'merged') AND urgency = 'emergency'",
		kept: "arrived_at > 0 AND arrived_at - reported_at <= $3", broken: "arrived_at > 0 AND arrived_at - reported_at > $3 OR arrived_at = 0 AND $4 - reported_at > $3",
		after: "arrived_after", pending: true, query: []string{ownJobs, alive, "urgency=emergency"}}, minute, period.At(r.Moment()))
}

// signedInTime: jobs finished, within W-007.days of it.
func signedInTime(ctx context.Context, r db.Reader, from, until period.Day) (rules.Evidence, error) {
	return judged(ctx, r, "W-007.days", "W-007.share", from, until, tally{column: "finished_at", where: " AND external = '' AND state IN ('done', 'closed') AND sign <> 'none'",
		kept: "state = 'closed' AND silent = false AND closed_at - finished_at <= $3", broken: "state = 'closed' AND silent = false AND closed_at - finished_at > $3 OR state = 'done' AND $4 - finished_at > $3",
		after: "signed_after", pending: true, query: []string{ownJobs, "state=done,closed", "silent=false", "sign=ward,reporter,head"}}, day, period.At(r.Moment()))
}

// doneInTime: jobs finished by their deadline, which was set by the value of the day
// on which they were reported; where narrows them.
func doneInTime(where string, query ...string) func(context.Context, db.Reader, period.Day, period.Day) (rules.Evidence, error) {
	c := tally{column: "finished_at", where: " AND external = '' AND source <> 'plan' AND due > 0" + where, kept: "finished_at <= due", broken: "finished_at > due", query: append([]string{told}, query...)}
	return func(ctx context.Context, r db.Reader, from, until period.Day) (rules.Evidence, error) {
		e, err := c.sum(ctx, r, from, until)
		if err == nil {
			e.Target, err = rules.Number(ctx, r, "W-011.share", until)
		}
		e.Link, e.BrokenLink = c.link(from, until, "overran=false"), c.link(from, until, "overran=true")
		return e, err
	}
}

// onTurn: jobs of plans, those finished by the last day they had and those later.
func onTurn(where, query string) func(context.Context, db.Reader, period.Day, period.Day) (rules.Evidence, error) {
	c := tally{column: "finished_at", where: " AND source = 'plan' AND " + where, kept: "finished_at <= due", broken: "finished_at > due", query: []string{"source=plan", query}}
	return func(ctx context.Context, r db.Reader, from, until period.Day) (rules.Evidence, error) {
		e, err := c.sum(ctx, r, from, until)
		e.Link, e.BrokenLink = c.link(from, until, "overran=false"), c.link(from, until, "overran=true")
		return e, err
	}
}

// held: jobs in which parts were fitted and which failed again, or did not, within the days
// in which the hospital calls it a repeat.
func held(ctx context.Context, r db.Reader, from, until period.Day) (rules.Evidence, error) {
	c := tally{column: "finished_at", where: " AND external = '' AND parts > 0 AND state IN ('done', 'closed')", kept: "repeated = false", broken: "repeated = true", query: []string{ownJobs, "state=done,closed", "fitted=true"}}
	e, err := c.sum(ctx, r, from, until)
	e.Link, e.BrokenLink = c.link(from, until, "repeated=false"), c.link(from, until, "repeated=true")
	return e, err
}

// carried: what was carried from one place to another.
func carried(t Trade) func(context.Context, db.Reader, period.Day, period.Day) (rules.Evidence, error) {
	return tally{column: "finished_at", where: " AND external = '' AND trade = '" + string(t) + "'", kept: "true", query: []string{ownJobs, "trade=" + string(t)}}.count
}

// doneWell: signed off, never sent back, and not rated below W-012.score.
func doneWell(ctx context.Context, r db.Reader, from, until period.Day) (rules.Evidence, error) {
	return judged(ctx, r, "W-012.score", "W-012.share", from, until, tally{column: "closed_at", where: " AND external = '' AND state = 'closed'",
		kept: "returned = 0 AND (rating = 0 OR rating >= $3)", broken: "returned > 0 OR rating > 0 AND rating < $3", after: "outcome", query: []string{ownJobs, "state=closed"}}, 1)
}

// registeredInTime: small repairs, within W-006.days of being done.
func registeredInTime(ctx context.Context, r db.Reader, from, until period.Day) (rules.Evidence, error) {
	return judged(ctx, r, "W-006.days", "", from, until, tally{column: "registered_at", where: " AND source = 'after'",
		kept: "registered_at - finished_at <= $3", broken: "registered_at - finished_at > $3", after: "registered_after", query: []string{"source=after"}}, day)
}

// needed: firms from outside that were asked for with what the house lacks.
func needed(ctx context.Context, r db.Reader, from, until period.Day) (rules.Evidence, error) {
	return firmsOf(ctx, r, "at", "lack <> ''", "lack="+strings.Join(Lacks, ","), from, until)
}

// hired: firms that were called after it was agreed to, whether they were paid since or not.
func hired(ctx context.Context, r db.Reader, from, until period.Day) (rules.Evidence, error) {
	return firmsOf(ctx, r, "hired_at", "state IN ('"+Hired+"', '"+Paid+"')", "state="+Hired+","+Paid, from, until)
}

// firmsOf counts firms from outside by a moment of theirs; query are the same conditions as
// filters of their list.
func firmsOf(ctx context.Context, r db.Reader, column, where, query string, from, until period.Day) (e rules.Evidence, err error) {
	first, end := rules.Moments(r, from, until)
	err = r.QueryRowContext(ctx, `SELECT count(*), coalesce(max(`+column+`), 0) FROM desk_outside WHERE `+where+` AND `+column+` >= $1 AND `+column+` < $2`, first, end).Scan(&e.Kept, &e.Latest)
	e.Link = "/desk/firms?" + query + "&" + column + ".from=" + string(from) + "&" + column + ".to=" + string(until)
	return e, err
}

// papersInTime: the papers that emergencies owe, as the approvals count them.
func papersInTime(ctx context.Context, r db.Reader, from, until period.Day) (rules.Evidence, error) {
	return approvals.DebtsOf(ctx, r, "W-005", from, until)
}

// mended: emergencies and urgent jobs finished within W-026.days of the report.
func mended(ctx context.Context, r db.Reader, from, until period.Day) (rules.Evidence, error) {
	return judged(ctx, r, "W-026.days", "W-026.share", from, until, tally{column: "reported_at", where: " AND external = '' AND state NOT IN ('cancelled', 'merged') AND urgency IN ('emergency', 'urgent')",
		kept: "finished_at > 0 AND finished_at - reported_at <= $3", broken: "finished_at > 0 AND finished_at - reported_at > $3 OR finished_at = 0 AND $4 - reported_at > $3",
		after: "mended_after", pending: true, query: []string{ownJobs, alive, "urgency=emergency,urgent"}}, day, period.At(r.Moment()))
}

// content: ratings of Q-001.score and more, of which Q-001.least per cent are wanted.
func content(ctx context.Context, r db.Reader, from, until period.Day) (rules.Evidence, error) {
	return judged(ctx, r, "Q-001.score", "Q-001.least", from, until, tally{column: "closed_at", where: " AND external = '' AND state = 'closed' AND rating > 0",
		kept: "rating >= $3", broken: "rating < $3", after: "rating", query: []string{ownJobs, "state=closed"}}, 1)
}

// Unsolved narrows to jobs whose work is not done although they were reported longer
// ago than W-010.hours: what is to be reported upward.
func Unsolved(ctx context.Context, r db.Reader, by db.Actor) (list.Where, error) {
	limit, err := rules.Span(ctx, r, "W-010.hours", r.Today())
	return Scope(by).And("j.open = true AND j.state <> 'done' AND j.reported_at < ? AND (j.source <> 'plan' OR j.due < ?)", period.At(r.Moment().Add(-limit)), period.At(r.Moment())), err
}

// target is the parameter that holds the time a job of an urgency has.
func target(u Urgency) string { return fmt.Sprint("W-011.", u) }
