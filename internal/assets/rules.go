package assets

import (
	"context"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/rules"
)

// Claims are the clauses that the register of assets keeps.
var Claims = []rules.Claim{
	{Clause: "A-001", How: rules.Refuses, By: "assets.rule.A-001", Page: "/asset-cards", Partly: true, Lacks: "assets.rule.A-001.lacks", Tests: []string{"TestACardIsRegisteredChangedMovedAndScrapped"}},
	{Clause: "A-002", How: rules.Records, By: "assets.rule.A-002", Page: "/asset-cards", Partly: true, Lacks: "assets.rule.A-002.lacks", Evidence: carded, Tests: []string{"TestACardIsRegisteredChangedMovedAndScrapped"}},
	{Clause: "A-008", How: rules.Refuses, By: "assets.rule.A-008", Page: "/asset-cards", Partly: true, Lacks: "assets.rule.A-008.lacks", Tests: []string{"TestACardIsRegisteredChangedMovedAndScrapped"}},
	{Clause: "A-009", How: rules.Refuses, By: "assets.rule.A-009", Page: "/asset-cards", Partly: true, Lacks: "assets.rule.A-009.lacks", Tests: []string{"TestNothingIsScrappedWithoutItsPaper"}},
	{Clause: "A-011", How: rules.Refuses, By: "assets.rule.A-011", Page: "/asset-cards", Partly: true, Lacks: "assets.rule.A-011.lacks", Tests: []string{"TestNothingIsScrappedWithoutItsPaper"}},
	{Clause: "A-020", How: rules.Refuses, By: "assets.rule.A-020", Page: "/asset-damages", Tests: []string{"TestABrokenInstrumentIsPaidForWithinTheLaw"}},
	{Clause: "A-021", How: rules.Records, By: "assets.rule.A-021", Page: "/asset-damages", Partly: true, Lacks: "assets.rule.A-021.lacks", Evidence: toldInTime, Tests: []string{"TestDamageIsLookedIntoAndToldToTheHospital"}},
	{Clause: "W-015", How: rules.Refuses, By: "assets.rule.W-015", Page: "/tool-loans", Tests: []string{"TestAToolIsLentToTheStaffAndOutOnlyByTheChief"}},
	{Clause: "W-016", How: rules.Schedules, By: "assets.rule.W-016", Page: "/tool-counts", Evidence: countedInTime, Tests: []string{"TestToolsAreCountedEveryHalfYear"}},
	{Clause: "S-020", How: rules.Refuses, By: "assets.rule.S-020", Page: "/asset-cards", Partly: true, Tests: []string{"TestNothingIsScrappedWithoutItsPaper"}},
}

// papered refuses scrapping without its reason, and without the paper on which others
// agreed where S-020 asks for one.
func papered(ctx context.Context, tx *db.Tx, why Why) error {
	var bad fault.Complaints
	if strings.TrimSpace(why.Reason) == "" {
		bad.Add("reason", "base.required")
	}
	must, err := rules.On(ctx, tx, "S-020.paper", tx.Today())
	if err != nil {
		return err
	}
	if must && strings.TrimSpace(why.Paper) == "" {
		bad.Cite("S-020", "paper", "base.required")
	}
	return bad.Err()
}

// carded counts the cards of what is there, and as broken those of no department,
// for which nobody answers. Cards have no day of their own: it is as of now.
func carded(ctx context.Context, r db.Reader, _, _ period.Day) (e rules.Evidence, err error) {
	e.Link, e.BrokenLink = "/asset-cards?closed=false&owned=true", "/asset-cards?closed=false&owned=false"
	err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE department <> ''), count(*) FILTER (WHERE department = '') FROM assets_card WHERE closed = false`).Scan(&e.Kept, &e.Broken)
	return e, err
}
