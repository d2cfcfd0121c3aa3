package approvals

import "houqin/internal/rules"

// shipped is a way as the program brings it, with the clauses behind it and the name
// that the rulebook's own table of ways has for it.
type shipped struct {
	Route
	Clauses []string
	Name    rules.Said
}

// Shipped are the rulebook's 33 ways, in its order. Amounts stand as parameters of the
// book wherever it has them; 2,000 yuan for stock requests is the program's own, since
// no clause has a figure there.
var Shipped = func() []shipped {
	ways := []struct {
		kind  string
		tiers []Tier
	}{
		{"purchasing.plan", one("head → post:storekeeper → rule:P-002.approver")},
		{"purchasing.urgent", one("head@8 → rule:P-005.approver@8 → post:general_affairs@8")},
		{"budget.equipment", one("head → post:equipment_committee → post:budget_committee")},
		{"warehouse.request", []Tier{
			{When: "special", Stages: steps("head → rule:S-011.approver")},
			{When: "over", Stages: steps("rule:S-012.approver@8 → post:general_affairs")},
			{Below: yuan(2000), Stages: steps("rule:S-012.approver@8")},
			{From: yuan(2000), Stages: steps("rule:S-012.approver@8 → post:general_affairs")},
		}},
		{"warehouse.adjustment", byLimit("A-010.threshold", "post:property_accountant → rule:A-010.below", "post:property_accountant → rule:A-010.above")},
		{"warehouse.custody", one("rule:S-009.approver")},
		// The department's leader is who applies, and does not sign their own.
		{"assets.scrap", one("post:managing_department + post:finance → post:hospital_leader → post:property_accountant")},
		{"assets.equipment_write_off", byLimit("A-010.threshold", "rule:A-010.below", "rule:A-010.above")},
		{"assets.write_off", byLimit("A-010.threshold", "head → post:managing_department → post:vice_president", "head → post:managing_department → post:office_meeting")},
		// General affairs collects and sells, and does not agree to its own sale.
		{"assets.bulk_sale", byLimit("A-026.bulk", "post:finance", "rule:A-026.approver → post:finance")},
		{"assets.acquire", one("head → post:managing_department → post:hospital_leader")},
		{"assets.replace", one("head → rule:A-003.approver")},
		{"assets.tool_loan", one("rule:W-015.approver@8")},
		{"warehouse.loan", one("rule:S-038.approver@8")},
		{"desk.outside", one("post:section_chief@8 → post:vice_president@8")},
		{"contracts.contract", contract()},
		{"contracts.major", []Tier{{Stages: steps("head → post:finance + post:audit + post:legal_adviser → rule:C-006.approver")}}},
		{"contracts.change", contract()},
		{"contracts.seal", one("rule:C-012.keeper@8")},
		{"budget.annual", one("post:budget_committee@80 → post:affairs_meeting@80 → post:staff_congress@160 → post:supervising_authority@160")},
		{"budget.over", byLimit("B-007.large", "head → post:finance → post:president", "head → post:finance → post:budget_committee → post:office_meeting")},
		{"budget.change", byLimit("B-011.large", "post:finance → post:president", "post:finance → post:budget_committee → post:supervising_authority@160")},
		{"works.plan", one("post:general_affairs → post:section_meeting → post:hospital_leader")},
		{"works.budget", byLimit("J-009.threshold", "post:general_affairs", "post:general_affairs → post:audit + post:finance")},
		{"works.tender", byLimit("J-008.threshold", "post:general_affairs → post:vice_president", "post:general_affairs → post:finance + post:audit → post:office_meeting")},
		{"works.use", one("head + post:general_affairs + post:audit")},
		{"kitchen.outsource", one("post:general_affairs → rule:F-015.approver")},
		{"fleet.trip", one("head@4 → rule:V-001.manager@4")},
		{"fleet.repair", byLimit("V-015.threshold", "rule:V-015.below@8", "rule:V-015.above@8")},
		{"fleet.ambulance", one("rule:V-009.approver@4")},
		{"fleet.travel", one("post:dispatcher + head → post:finance")},
		{"housing.move_in", one("post:logistics")},
		{"housing.change", one("rule:H-001.approver")},
	}
	if len(ways) != len(rules.Routes) {
		panic("approvals: the ways shipped are not those of the rulebook")
	}
	all := make([]shipped, len(ways))
	for n, w := range ways {
		all[n] = shipped{Route{Kind: w.kind, Tiers: w.tiers, State: "shipped"}, rules.Routes[n].Clauses, rules.Routes[n].Name}
	}
	return all
}()

// steps reads what the program itself ships.
func steps(text string) []Stage {
	stages, err := readSteps(text)
	if err != nil {
		panic(err)
	}
	return stages
}

func one(text string) []Tier { return []Tier{{Stages: steps(text)}} }

func yuan(n int64) *Limit { return &Limit{Fen: fen(n)} }

// byLimit are the two tiers on both sides of a parameter.
func byLimit(param, below, from string) []Tier {
	return []Tier{{Below: &Limit{Param: param}, Stages: steps(below)}, {From: &Limit{Param: param}, Stages: steps(from)}}
}

// contract: drafted, countersigned, seen by the lawyer where needed, then the
// president; a major one by amount or term goes to the meeting (C-005 to C-007).
func contract() []Tier {
	const (
		signed = "head → post:finance + post:audit"
		lawyer = "head → post:finance + post:audit + post:legal_adviser"
	)
	limit := &Limit{Param: "C-006.amount"}
	return []Tier{
		{When: `years >= rule["C-006.years"]`, Stages: steps(lawyer + " → rule:C-006.approver")},
		{When: "legal", Below: limit, Stages: steps(lawyer + " → post:president")},
		{When: "legal", From: limit, Stages: steps(lawyer + " → rule:C-006.approver")},
		{Below: limit, Stages: steps(signed + " → post:president")},
		{From: limit, Stages: steps(lawyer + " → rule:C-006.approver")},
	}
}

// way is the shipped way of a kind.
func way(kind string) (shipped, bool) {
	for _, s := range Shipped {
		if s.Kind == kind {
			return s, true
		}
	}
	return shipped{}, false
}

// ClausesOf are the rules behind a kind's way.
func ClausesOf(kind string) []string { w, _ := way(kind); return w.Clauses }
