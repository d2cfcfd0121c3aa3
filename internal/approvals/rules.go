package approvals

import (
	"context"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/rules"
)

// Claims are what this room itself keeps of the book. That a document is asked about at
// all is claimed by the room whose document it is.
var Claims = []rules.Claim{
	{Clause: "P-001", How: rules.Refuses, By: "approvals.rule.P-001", Page: "/approvals/routes", Partly: true, Evidence: apart("purchasing.plan", "purchasing.urgent"), Tests: []string{"TestPartsStayApart"}},
	{Clause: "S-019", How: rules.Refuses, By: "approvals.rule.S-019", Page: "/approvals/routes", Partly: true, Evidence: apart("warehouse.adjustment"), Tests: []string{"TestPartsStayApart"}},
}

// apart counts the documents of these kinds that were asked about: each has been held
// against the separations, or it would not be there.
func apart(kinds ...string) func(context.Context, db.Reader, period.Day, period.Day) (rules.Evidence, error) {
	in := "'" + strings.Join(kinds, "','") + "'"
	return func(ctx context.Context, r db.Reader, from, until period.Day) (e rules.Evidence, err error) {
		first, end := rules.Moments(r, from, until)
		err = r.QueryRowContext(ctx, `SELECT count(*), coalesce(max(asked_at), 0) FROM approvals_case WHERE kind IN (`+in+`) AND asked_at >= $1 AND asked_at < $2`, first, end).Scan(&e.Kept, &e.Latest)
		e.Link = "/approvals/cases?kind=" + strings.Join(kinds, ",") + "&asked_at.from=" + string(from) + "&asked_at.to=" + string(until)
		return e, err
	}
}
