package suppliers

import "houqin/internal/rules"

// Claims are the clauses that the book of suppliers keeps.
var Claims = []rules.Claim{
	{Clause: "P-014", How: rules.Records, By: "suppliers.rule.P-014", Page: "/suppliers", Tests: []string{"TestSuppliersAreKeptAndBlocked", "TestALicenceThatEndsStopsOrders"}},
}
