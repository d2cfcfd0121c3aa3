package people

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/rules"
)

// Claims are the clauses that the register of certificates keeps.
var Claims = []rules.Claim{
	{Clause: "O-007", How: rules.Records, By: "people.rule.O-007", Page: "/certificates", Evidence: valid(), Tests: []string{"TestTheRegisterOfCertificates"}},
	{Clause: "O-008", How: rules.Schedules, By: "people.rule.O-008", Page: "/certificates", Evidence: valid("driving"), Tests: []string{"TestTheRegisterOfCertificates"}},
	{Clause: "O-009", How: rules.Schedules, By: "people.rule.O-009", Page: "/certificates", Evidence: valid("electrician", "high_voltage", "welding"), Tests: []string{"TestTheRegisterOfCertificates"}},
	{Clause: "O-010", How: rules.Schedules, By: "people.rule.O-010", Page: "/certificates", Evidence: valid("steriliser"), Tests: []string{"TestTheRegisterOfCertificates"}},
	{Clause: "O-012", How: rules.Records, By: "people.rule.O-012", Page: "/certificates", Partly: true, Lacks: "people.rule.O-012.lacks", Evidence: valid("water_test"), Tests: []string{"TestTheRegisterOfCertificates"}},
}

// valid counts the certificates of those who work here, of some kinds or of all: kept are
// those that hold, broken those that have ended and that no newer one of the kind replaces.
// It is as of now.
func valid(kinds ...string) func(context.Context, db.Reader, period.Day, period.Day) (rules.Evidence, error) {
	link := "/certificates?withdrawn=false"
	for n, k := range kinds {
		if n == 0 {
			link += "&kind=" + k
		} else {
			link += "," + k
		}
	}
	return func(ctx context.Context, r db.Reader, _, _ period.Day) (e rules.Evidence, err error) {
		w := list.Where{}.And("c.withdrawn = false AND p.closed = false")
		if len(kinds) > 0 {
			w = w.In("c.kind", kinds)
		}
		today := r.Today()
		kept, _, err := Certificates.Count(ctx, r, w.And("c.ends_on >= ?", today), 100_000)
		if err != nil {
			return e, err
		}
		broken, _, err := Certificates.Count(ctx, r, w.And("c.ends_on < ?", today).And(notReplaced), 100_000)
		e.Kept, e.Broken, e.Link = int64(kept), int64(broken), link+"&ends_on.from="+string(today)
		if broken > 0 {
			e.BrokenLink = link + "&ends_on.to=" + string(today.AddDays(-1))
		}
		return e, err
	}
}
