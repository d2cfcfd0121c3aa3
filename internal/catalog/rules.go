package catalog

import "houqin/internal/rules"

// Claims are the clauses that the catalogue keeps.
var Claims = []rules.Claim{
	{Clause: "S-003", How: rules.Records, By: "catalog.rule.S-003", Page: "/items", Tests: []string{"TestClassesLieWithinClasses", "TestAnItemIsListedLookedUpAndChanged"}},
	{Clause: "S-031", How: rules.Records, By: "catalog.rule.S-031", Page: "/items", Partly: true, Lacks: "catalog.rule.S-031.lacks", Tests: []string{"TestAnItemIsListedLookedUpAndChanged"}},
}
