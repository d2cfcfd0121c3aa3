package inbox

import "houqin/internal/rules"

// Claims are the clauses that the tray keeps.
var Claims = []rules.Claim{
	{Clause: "W-010", How: rules.Warns, By: "inbox.rule.W-010", Page: "/inbox", Partly: true, Tests: []string{"TestWhatIsUnsolvedLiesBeforeThoseInCharge"}},
}
