package requests

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/rules"
)

// Claims are the clauses that requests keep.
var Claims = []rules.Claim{
	{Clause: "S-010", How: rules.Refuses, By: "requests.rule.S-010", Page: "/requests/quotas", Tests: []string{"TestAQuotaIsHeldByTheHospitalsOwnRule"}},
	{Clause: "S-011", How: rules.Asks, By: "requests.rule.S-011", Page: "/requests", Tests: []string{"TestNothingGoesOutsideOrToStrangers"}},
	{Clause: "S-012", How: rules.Schedules, By: "requests.rule.S-012.owed", Page: "/approvals/debts", Tests: []string{"TestAnEmergencyOwesItsSlip"}},
	{Clause: "S-012", How: rules.Asks, By: "requests.rule.S-012", Page: "/requests", Evidence: given12, Tests: []string{"TestGoodsAreAskedForAgreedToPickedAndHandedOver", "TestOneStoreAsksAnother"}},
	{Clause: "S-013", How: rules.Refuses, By: "requests.rule.S-013", Page: "/requests", Tests: []string{"TestGoodsAreAskedForAgreedToPickedAndHandedOver", "TestOneStoreAsksAnother"}},
	{Clause: "S-014", How: rules.Refuses, By: "requests.rule.S-014", Page: "/requests", Tests: []string{"TestGoodsAreAskedForAgreedToPickedAndHandedOver", "TestOneStoreAsksAnother"}},
	{Clause: "S-015", How: rules.Refuses, By: "requests.rule.S-015", Page: "/requests", Tests: []string{"TestWhatIsNotAcceptedStaysInTheStore", "TestGoodsAreBroughtToTheWardAndSignedForThere", "TestGoodsAreBroughtToAnotherStore"}},
	{Clause: "S-021", How: rules.Records, By: "requests.rule.S-021", Page: "/old-pieces", Partly: true, Tests: []string{"TestTheOldPieceIsGivenForTheNew"}},
	{Clause: "S-022", How: rules.Refuses, By: "requests.rule.S-022", Page: "/old-pieces", Tests: []string{"TestTheOldPieceIsGivenForTheNew"}},
	{Clause: "S-035", How: rules.Records, By: "requests.rule.S-035", Page: "/requests", Evidence: given12, Tests: []string{"TestGoodsAreAskedForAgreedToPickedAndHandedOver"}},
	{Clause: "S-042", How: rules.Schedules, By: "requests.rule.S-042", Page: "/requests/days", Tests: []string{"TestTheWeekHasItsDays"}},
	{Clause: "S-043", How: rules.Records, By: "requests.rule.S-043", Page: "/tour-stops", Evidence: brought, Tests: []string{"TestGoodsAreBroughtToTheWardAndSignedForThere", "TestGoodsAreBroughtToAnotherStore"}},
	{Clause: "S-046", How: rules.Measures, By: "requests.rule.S-046", Page: "/tour-stops", Evidence: brought, Tests: []string{"TestGoodsAreBroughtToTheWardAndSignedForThere"}},
	{Clause: "S-048", How: rules.Refuses, By: "requests.rule.S-048", Page: "/requests", Tests: []string{"TestTheReserveIsGivenInAnEmergencyOnly"}},
	{Clause: "S-050", How: rules.Refuses, By: "requests.rule.S-050", Page: "/requests", Tests: []string{"TestGoodsAreAskedForAgreedToPickedAndHandedOver"}},
}

// given12 counts the slips on which goods were given, and as broken those of emergencies
// whose slip is still owed.
func given12(ctx context.Context, r db.Reader, from, until period.Day) (e rules.Evidence, err error) {
	first, end := rules.Moments(r, from, until)
	err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE state <> 'owed'), count(*) FILTER (WHERE state = 'owed'), coalesce(max(handed_at), 0)
		FROM requests_request WHERE handed_at >= $1 AND handed_at < $2`, first, end).Scan(&e.Kept, &e.Broken, &e.Latest)
	link := "/requests?handed_at.from=" + string(from) + "&handed_at.to=" + string(until) + "&state="
	paid := slices.DeleteFunc(slices.Clone(States), func(s string) bool { return s == string(Owed) })
	e.Link, e.BrokenLink = link+strings.Join(paid, ","), link+string(Owed)
	return e, err
}

// brought counts the stops of tours at which a ward signed, and as broken those whose
// goods came back unsigned.
func brought(ctx context.Context, r db.Reader, from, until period.Day) (e rules.Evidence, err error) {
	first, end := rules.Moments(r, from, until)
	err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE result = 'signed'), count(*) FILTER (WHERE result = 'back'), coalesce(max(at), 0)
		FROM requests_stop WHERE at >= $1 AND at < $2`, first, end).Scan(&e.Kept, &e.Broken, &e.Latest)
	link := "/tour-stops?at.from=" + string(from) + "&at.to=" + string(until) + "&result="
	e.Link, e.BrokenLink = link+"signed", link+"back"
	return e, err
}
