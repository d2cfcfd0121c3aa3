package receiving

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/rules"
)

// Claims are the clauses that the gate keeps.
var Claims = []rules.Claim{
	{Clause: "S-005", How: rules.Refuses, By: "receiving.rule.S-005", Page: "/receiving/receipts", Evidence: tested, Tests: []string{"TestWhoCountedDoesNotTest"}},
	{Clause: "S-006", How: rules.Refuses, By: "receiving.rule.S-006", Page: "/receiving", Evidence: compared, Tests: []string{"TestWhatCameIsHeldAgainstTheOrder", "TestNothingComesInAClosedMonth", "TestGoodsComeOnAnAgreedPlan", "TestGoodsComeOnAContract", "TestWhatWentBackIsReplacedOnItsOrderAndPaidOnce"}},
	{Clause: "S-007", How: rules.Refuses, Again: true, By: "receiving.rule.S-007", Page: "/receiving/receipts", Evidence: returned, Tests: []string{"TestPoorGoodsAreNeverBooked", "TestAnInvoiceIsPaidWhenThreePapersAgree", "TestAWrongInvoiceGoesBack", "TestGoodsThatWentBackAreNotPaidUnseen", "TestGoodsThatWentBackLaterAreKnownEverywhere", "TestWhatIsRefusedComesAgainOrIsGivenUp", "TestWhatWentBackIsReplacedOnItsOrderAndPaidOnce"}},
	{Clause: "S-035", How: rules.Records, By: "receiving.rule.S-035", Page: "/receiving/receipts", Evidence: compared, Tests: []string{"TestALorryIsCountedTestedAndBooked"}},
	{Clause: "P-011", How: rules.Refuses, By: "receiving.rule.P-011", Page: "/receiving/receipts", Evidence: tested, Tests: []string{"TestWhoCountedDoesNotTest"}},
	{Clause: "S-008", How: rules.Records, Again: true, By: "receiving.rule.S-008", Page: "/receiving/receipts", Evidence: compared, Tests: []string{"TestALorryIsCountedTestedAndBooked"}},
}

// What keeps and breaks the clauses, as the evidence and the list's filters say it.
const (
	apart      = `r.checked_by <> '' AND r.checked_by <> r.by_id`
	based      = `r.basis_number <> ''`
	answered   = `r.state = 'refused' OR r.invoice <> '' AND (r.state = 'posted' OR r.state <> 'dropped' AND r.refused > 0)`
	uninvoiced = `r.state = 'posted' AND r.invoice = '' AND EXISTS (SELECT 1 FROM receiving_line l WHERE l.receipt = r.id AND l.came - l.refused > l.free)`
)

// counted counts the receipts of the days from … until for which kept and broken hold;
// the filters open the same ones.
func counted(where, kept, broken, filter, other string) func(context.Context, db.Reader, period.Day, period.Day) (rules.Evidence, error) {
	return func(ctx context.Context, r db.Reader, from, until period.Day) (e rules.Evidence, err error) {
		err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE `+kept+`), count(*) FILTER (WHERE `+broken+`), coalesce(max(r.at), 0) FROM receiving_receipt r
			WHERE r.arrived >= $1 AND r.arrived <= $2`+where, from, until).Scan(&e.Kept, &e.Broken, &e.Latest)
		link := "/receiving/receipts?arrived.from=" + string(from) + "&arrived.to=" + string(until)
		e.Link, e.BrokenLink = link+filter, link+other
		return e, err
	}
}

var (
	tested   = counted(" AND r.second = true AND r.state = 'posted'", apart, "NOT ("+apart+")", "&second=true&state=posted&apart=true", "&second=true&state=posted&apart=false")
	compared = counted(" AND r.state = 'posted'", based, "NOT ("+based+")", "&state=posted&based=true", "&state=posted&based=false")
	returned = counted("", answered, uninvoiced, "&answered=true", "&uninvoiced=true")
)
