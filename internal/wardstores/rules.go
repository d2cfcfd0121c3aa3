package wardstores

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/rules"
	"houqin/internal/warehouse"
)

// Claims are the clauses that wards' own stores keep.
var Claims = []rules.Claim{
	{Clause: "S-032", How: rules.Records, By: "wardstores.rule.S-032", Page: "/ward-stores", Tests: []string{"TestTheHeadNurseAnswersAndNamesWhoKeeps"}},
	{Clause: "S-033", How: rules.Schedules, By: "wardstores.rule.S-033", Page: "/ward-stores", Evidence: checked, Tests: []string{"TestChecksFallDue"}},
	{Clause: "S-033", How: rules.Records, By: "wardstores.rule.S-033.compared", Page: "/ward-stores/counts", Evidence: compared, Tests: []string{"TestAWardsStoreIsCheckedCountedAndCompared"}},
	{Clause: "S-034", How: rules.Refuses, By: "wardstores.rule.S-034", Page: "/ward-stores/counts", Tests: []string{"TestAWardsStoreIsCheckedCountedAndCompared"}},
	{Clause: "S-036", How: rules.Refuses, By: "wardstores.rule.S-036", Page: "/ward-store", Tests: []string{"TestAWardBearsWhatItUses"}},
	{Clause: "S-037", How: rules.Refuses, By: "wardstores.rule.S-037", Page: "/ward-stores/losses", Tests: []string{"TestWhoPaysIsTheHospitalsChoice"}},
	{Clause: "S-038", How: rules.Asks, By: "wardstores.rule.S-038", Page: "/ward-stores/loans", Tests: []string{"TestLoansAreSignedForAndImportantOnesConsentedTo", "TestNothingIsLentThatIsNotThere"}},
	{Clause: "S-039", How: rules.Refuses, By: "wardstores.rule.S-039", Page: "/ward-stores/counts", Tests: []string{"TestAHeadNurseHandsOverByCounting"}},
	{Clause: "S-040", How: rules.Records, By: "wardstores.rule.S-040", Page: "/ward-stores/losses", Evidence: lost, Tests: []string{"TestALossIsBookedOnceItIsAgreedTo"}},
	{Clause: "S-041", How: rules.Records, By: "wardstores.rule.S-041", Page: "/ward-store", Tests: []string{"TestAWardBearsWhatItUses"}},
}

// compared counts the counts of some days, and as broken the months that nobody has
// compared a month later; those under way are neither.
func compared(ctx context.Context, r db.Reader, from, until period.Day) (e rules.Evidence, err error) {
	over := r.Today().Month().Add(-1).First().AddDays(-1)
	err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE open = false), count(*) FILTER (WHERE open = true AND day <= $1), coalesce(max(at), 0)
		FROM wardstores_count WHERE day >= $2 AND day <= $3`, over, from, until).Scan(&e.Kept, &e.Broken, &e.Latest)
	link := "/ward-stores/counts?day.from=" + string(from) + "&day.to="
	e.Link, e.BrokenLink = link+string(until)+"&open=false", link+string(min(until, over))+"&open=true"
	return e, err
}

// checked counts the wards' stores whose checks and counts are done by their day, and as
// broken those that have let one pass. It is as of now.
func checked(ctx context.Context, r db.Reader, _, _ period.Day) (e rules.Evidence, err error) {
	stores, err := warehouse.Stores.All(ctx, r, list.Where{}.And("w.ward = true AND w.closed = false"), 500)
	if err != nil {
		return e, err
	}
	late, err := Late(ctx, r, stores)
	e.Kept, e.Broken = int64(len(stores)-len(late)), int64(len(late))
	e.Link, e.BrokenLink = "/ward-stores?late=false", "/ward-stores?late=true"
	return e, err
}

// lost counts the entries of the loss account that the books have, and as broken those
// that nobody has applied for within a month.
func lost(ctx context.Context, r db.Reader, from, until period.Day) (e rules.Evidence, err error) {
	first, end := rules.Moments(r, from, until)
	month := r.Today().AddMonths(-1)
	err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE state = 'booked'), count(*) FILTER (WHERE state = 'reported' AND at < $1), coalesce(max(at), 0)
		FROM wardstores_loss WHERE at >= $2 AND at < $3`, month.Start(r.Location()), first, end).Scan(&e.Kept, &e.Broken, &e.Latest)
	link := "/ward-stores/losses?at.from=" + string(from) + "&at.to="
	e.Link, e.BrokenLink = link+string(until)+"&state=booked", link+string(min(until, month.AddDays(-1)))+"&state=reported"
	return e, err
}
