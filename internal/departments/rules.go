package departments

import "houqin/internal/rules"

// Claims are the clauses that the organisation keeps.
var Claims = []rules.Claim{
	{Clause: "O-001", How: rules.Records, By: "departments.rule.O-001", Page: "/departments", Partly: true, Lacks: "departments.rule.O-001.lacks", Tests: []string{"TestDepartmentsAreKept"}},
}
