package distribution

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/rules"
)

// Claims are the clauses that this room keeps.
var Claims = []rules.Claim{
	{Clause: "X-003", How: rules.Records, By: "distribution.rule.X-003", Page: "/distribution/lists", Evidence: settled("festival"), Tests: []string{"TestEverybodySignsForTheirOwn", "TestNobodyReleasesTheirOwnList"}},
	{Clause: "X-004", How: rules.Records, By: "distribution.rule.X-004", Page: "/distribution/lists", Partly: true, Evidence: settled("protection"), Tests: []string{"TestWhatNobodyTookComesBack"}},
	{Clause: "F-023", How: rules.Records, By: "distribution.rule.F-023", Page: "/distribution/lists", Evidence: settled("meal"), Tests: []string{"TestEverybodySignsForTheirOwn"}},
	{Clause: "S-052", How: rules.Measures, By: "distribution.rule.S-052", Page: "/distribution/lists", Partly: true, Evidence: settled("water"), Tests: []string{"TestWaterForAFloorBurdensItsDepartment"}},
}

// signedOff: every share was signed for by somebody, or came back.
const signedOff = `NOT EXISTS (SELECT 1 FROM distribution_share s WHERE s.list = l.id AND (s.state = 'waiting' OR s.state = 'signed' AND s.signed_by = ''))`

// settled counts the lists of a kind that ended on some days: each of them has for every
// share a signature or a left-over that came back.
func settled(kind string) func(context.Context, db.Reader, period.Day, period.Day) (rules.Evidence, error) {
	return func(ctx context.Context, r db.Reader, from, until period.Day) (e rules.Evidence, err error) {
		err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE `+signedOff+`), count(*) FILTER (WHERE NOT `+signedOff+`), coalesce(max(settled_at), 0)
			FROM distribution_list l WHERE l.state = 'settled' AND l.kind = $1 AND l.settled_day >= $2 AND l.settled_day <= $3`, kind, from, until).Scan(&e.Kept, &e.Broken, &e.Latest)
		link := "/distribution/lists?state=settled&kind=" + kind + "&settled_day.from=" + string(from) + "&settled_day.to=" + string(until) + "&signed_off="
		e.Link, e.BrokenLink = link+"true", link+"false"
		return e, err
	}
}
