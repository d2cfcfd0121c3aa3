package distribution

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/rules"
)

// Claims are the clauses that this room keeps.
var Claims = []rules.Claim{
	{Clause: "P-016", How: rules.Records, By: "distribution.rule.P-016", Page: "/distribution/lists", Evidence: welfare, Tests: []string{"TestWelfareGoodsNameTheirFestival"}},
	{Clause: "X-003", How: rules.Records, By: "distribution.rule.X-003", Page: "/distribution/lists", Evidence: settled("festival"), Tests: []string{"TestEverybodySignsForTheirOwn", "TestNobodyReleasesTheirOwnList"}},
	{Clause: "X-004", How: rules.Records, By: "distribution.rule.X-004", Page: "/distribution/lists", Evidence: settled("protection"), Tests: []string{"TestWhatNobodyTookComesBack"}},
	{Clause: "F-023", How: rules.Records, By: "distribution.rule.F-023", Page: "/distribution/lists", Evidence: settled("meal"), Tests: []string{"TestEverybodySignsForTheirOwn"}},
	{Clause: "S-052", How: rules.Measures, By: "distribution.rule.S-052", Page: "/distribution/lists", Evidence: settled("water"), Tests: []string{"TestWaterForAFloorBurdensItsDepartment"}},
}

// welfare counts the lists of welfare goods that went out on some days, each for its
// festival and out of a store of the house, and as broken those whose last day has passed
// without their being settled.
func welfare(ctx context.Context, r db.Reader, from, until period.Day) (e rules.Evidence, err error) {
	today := period.DayOf(r.Moment(), r.Moment().Location())
	err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE NOT (state = 'released' AND until < $1)), count(*) FILTER (WHERE state = 'released' AND until < $1), coalesce(max(released_at), 0)
		FROM distribution_list WHERE kind = 'festival' AND state IN ('released', 'settled') AND day >= $2 AND day <= $3`, today, from, until).Scan(&e.Kept, &e.Broken, &e.Latest)
	link := "/distribution/lists?kind=festival&day.from=" + string(from) + "&day.to=" + string(until)
	e.Link, e.BrokenLink = link+"&state=released,settled", link+"&state=released&until.to="+string(today.AddDays(-1))
	return e, err
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
