package approvals

import "houqin/internal/rules"

// Claims are what this room itself keeps of the book. That a document is asked about at
// all is claimed by the room whose document it is, which also counts: what is refused
// here leaves nothing to count.
var Claims = []rules.Claim{
	{Clause: "P-009", How: rules.Asks, By: "approvals.rule.P-009", Page: "/approvals/routes", Partly: true, Tests: []string{"TestPiecesAreSummed"}},
	{Clause: "P-001", How: rules.Refuses, By: "approvals.rule.P-001", Page: "/approvals/routes", Partly: true, Tests: []string{"TestPartsStayApart"}},
	{Clause: "S-019", How: rules.Refuses, By: "approvals.rule.S-019", Page: "/approvals/routes", Partly: true, Tests: []string{"TestPartsStayApart"}},
}
