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
	{Clause: "S-006", How: rules.Refuses, By: "receiving.rule.S-006", Page: "/receiving", Partly: true, Evidence: compared, Tests: []string{"TestWhatCameIsHeldAgainstTheOrder", "TestNothingComesInAClosedMonth"}},
	{Clause: "S-007", How: rules.Refuses, By: "receiving.rule.S-007", Page: "/receiving/receipts", Evidence: returned, Tests: []string{"TestPoorGoodsAreNeverBooked", "TestAnInvoiceIsPaidWhenThreePapersAgree", "TestAWrongInvoiceGoesBack"}},
	{Clause: "S-008", How: rules.Records, By: "receiving.rule.S-008", Page: "/receiving/receipts", Evidence: compared, Tests: []string{"TestALorryIsCountedTestedAndBooked"}},
}

// counted counts the receipts of the days from … until for which kept and broken hold.
func counted(where, kept, broken string) func(context.Context, db.Reader, period.Day, period.Day) (rules.Evidence, error) {
	return func(ctx context.Context, r db.Reader, from, until period.Day) (e rules.Evidence, err error) {
		err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE `+kept+`), count(*) FILTER (WHERE `+broken+`), coalesce(max(at), 0) FROM receiving_receipt
			WHERE arrived >= $1 AND arrived <= $2 AND state <> 'dropped'`+where, from, until).Scan(&e.Kept, &e.Broken, &e.Latest)
		e.Link = "/receiving/receipts?arrived.from=" + string(from) + "&arrived.to=" + string(until)
		return e, err
	}
}

var (
	tested   = counted(" AND second = true AND state = 'posted'", "checked_by <> '' AND checked_by <> by_id", "checked_by = '' OR checked_by = by_id")
	compared = counted(" AND state = 'posted'", "basis_number <> ''", "basis_number = ''")
	returned = counted(" AND (state = 'posted' OR refused > 0)", "invoice <> '' OR state = 'refused'", "invoice = '' AND state = 'posted'")
)
