package purchasing

import (
	"context"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/catalog"
	"houqin/internal/rules"
)

// during narrows a list to what happened on some days.
func during(list, key string, from, until period.Day, filter string) string {
	return list + "?" + key + ".from=" + string(from) + "&" + key + ".to=" + string(until) + filter
}

// BoughtWay, PlannedWay and ProjectsWay are where the records of some days are, as a filter
// narrows them.
func BoughtWay(from, until period.Day, filter string) string {
	return during("/purchasing/bought", "at", from, until, filter)
}

func PlannedWay(from, until period.Day, filter string) string {
	return during("/purchasing/planned", "at", from, until, filter)
}

func ProjectsWay(from, until period.Day, filter string) string {
	return during("/purchasing/enquiries", "awarded_at", from, until, "&state="+string(Awarded)+filter)
}

// measured counts rows, beside the figures made of what sum says of their days. The query's
// two arguments are the moments.
func measured[T any](query string, link, broken func(from, until period.Day) string, sum func(context.Context, db.Reader, period.Day, period.Day) (T, error), figures func(t T, from, until period.Day) []rules.Figure) func(context.Context, db.Reader, period.Day, period.Day) (rules.Evidence, error) {
	return func(ctx context.Context, r db.Reader, from, until period.Day) (e rules.Evidence, err error) {
		first, end := rules.Moments(r, from, until)
		if err = r.QueryRowContext(ctx, query, first, end).Scan(&e.Kept, &e.Broken, &e.Latest); err != nil {
			return e, err
		}
		e.Link = link(from, until)
		if broken != nil {
			e.BrokenLink = broken(from, until)
		}
		t, err := sum(ctx, r, from, until)
		e.Figures = figures(t, from, until)
		return e, err
	}
}

func yuan(name string, v money.Fen, link string) rules.Figure {
	return rules.Figure{Name: name, Value: int64(v), Unit: rules.InYuan, Link: link}
}

// projects counts enquiries that were awarded (P-010).
var projects = measured(`SELECT count(*), 0, coalesce(max(awarded_at), 0) FROM purchasing_enquiry WHERE awarded_at >= $1 AND awarded_at < $2 AND state = 'awarded'`,
	func(from, until period.Day) string { return ProjectsWay(from, until, "") }, nil, ProjectsOf,
	func(by []Projects, from, until period.Day) (all []rules.Figure) {
		for _, p := range by {
			all = append(all, rules.Figure{Name: "purchasing.method." + p.Method, Value: p.Count, Link: ProjectsWay(from, until, "&method="+p.Method)})
		}
		return all
	})

// saving counts the lines bought, each held against its price before and its estimate (P-013).
var saving = measured(`SELECT count(*), 0, coalesce(max(o.at), 0) FROM purchasing_order o JOIN purchasing_order_line l ON l.purchase = o.id
		WHERE o.at >= $1 AND o.at < $2 AND `+boughtHere,
	func(from, until period.Day) string { return BoughtWay(from, until, "") }, nil, SavingsOf,
	func(s Savings, from, until period.Day) []rules.Figure {
		return []rules.Figure{
			yuan("purchasing.measure.cheaper", s.Cheaper, BoughtWay(from, until, "&cheaper=true")),
			yuan("purchasing.measure.dearer", s.Dearer, BoughtWay(from, until, "&dearer=true")),
			yuan("purchasing.measure.estimate", s.Estimate, BoughtWay(from, until, "")),
		}
	})

// byKind counts the lines of plans for the four kinds, those of a plan that nobody reviewed
// as broken (S-049).
var byKind = measured(`SELECT count(*) FILTER (WHERE p.review <> ''), count(*) FILTER (WHERE p.review = ''), coalesce(max(p.at), 0)
		FROM purchasing_plan p JOIN purchasing_plan_line l ON l.plan = p.id JOIN catalog_item i ON i.id = l.item JOIN catalog_class c ON c.id = i.class
		WHERE p.at >= $1 AND p.at < $2 AND c.counts_as IN ('`+strings.Join(catalog.Planned, "','")+`') AND `+plannedHere,
	func(from, until period.Day) string {
		return PlannedWay(from, until, "&supply="+strings.Join(catalog.Planned, ",")+"&reviewed=true")
	},
	func(from, until period.Day) string {
		return PlannedWay(from, until, "&supply="+strings.Join(catalog.Planned, ",")+"&reviewed=false")
	},
	KindsOf, func(by Kinds, from, until period.Day) (all []rules.Figure) {
		for _, k := range catalog.Planned {
			all = append(all, yuan("catalog.supply."+k, by.Of(catalog.Supply(k)).Planned, PlannedWay(from, until, "&supply="+k)))
		}
		return all
	})

// tendered counts the lines of labour-protection goods bought.
var tendered = measured(`SELECT count(*), 0, coalesce(max(o.at), 0) FROM purchasing_order o JOIN purchasing_order_line l ON l.purchase = o.id JOIN catalog_item i ON i.id = l.item
		JOIN catalog_class c ON c.id = i.class WHERE o.at >= $1 AND o.at < $2 AND c.counts_as = 'protection' AND `+boughtHere,
	func(from, until period.Day) string { return BoughtWay(from, until, "&supply=protection") }, nil, KindsOf,
	func(by Kinds, from, until period.Day) []rules.Figure {
		k := by.Of(catalog.Protection)
		return []rules.Figure{
			yuan("purchasing.measure.tendered", k.Tendered, BoughtWay(from, until, "&supply=protection&method="+ByTender)),
			yuan("purchasing.measure.not_tendered", k.Bought-k.Tendered, BoughtWay(from, until, "&supply=protection&method="+but(OrderMethods, ByTender))),
		}
	})
