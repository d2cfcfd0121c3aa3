package approvalsweb

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/people"
	"houqin/internal/rules"
)

var (
	paramKey  = regexp.MustCompile(`\b[A-X]-\d{3}\.[a-z_]+`)
	whenPiece = regexp.MustCompile(`rule\["([^"]+)"\]|"([^"]*)"|[A-Za-z_]+|[<>=!]=|&&|\|\||\S`)
)

// paramsOf are the parameters of the rulebook that a way asks, in its order.
func paramsOf(rt *approvals.Route) (keys []string) {
	b, err := json.Marshal(rt.Tiers)
	if err != nil {
		return nil
	}
	for _, k := range paramKey.FindAllString(string(b), -1) {
		if _, _, ok := rules.Parameter(k); ok && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}

// clausesOf are the rules behind a way: those of its kind, and those whose parameters
// it asks.
func clausesOf(rt *approvals.Route) []string {
	all := slices.Clone(approvals.ClausesOf(rt.Kind))
	for _, k := range paramsOf(rt) {
		if _, c, ok := rules.Parameter(k); ok && !slices.Contains(all, c.ID) {
			all = append(all, c.ID)
		}
	}
	return all
}

// coming are the days after one on which a parameter of the way changes.
func coming(r *web.Req, rt *approvals.Route, after period.Day) (days []period.Day, err error) {
	for _, k := range paramsOf(rt) {
		next, err := rules.Coming(r.Context(), r.Read(), k, after)
		if err != nil {
			return nil, err
		}
		for _, s := range next {
			days = append(days, s.Since)
		}
	}
	slices.Sort(days)
	return slices.Compact(days), nil
}

// params are a way's parameters as they hold on a day, each opening its rule.
func params(r *web.Req, rt *approvals.Route, day period.Day) (templ.Component, error) {
	t := ui.Table{ID: "params", Caption: r.T("approvals.params"), Bare: true, Columns: []ui.Head{{Label: r.T("approvals.param")}, {Label: r.T("approvals.param.value")}, {Label: r.T("approvals.clauses")}}}
	for _, k := range paramsOf(rt) {
		s, err := rules.Value(r.Context(), r.Read(), k, day)
		if err != nil {
			return nil, err
		}
		_, c, _ := rules.Parameter(k)
		t.Rows = append(t.Rows, ui.Row{Href: "/rules/" + c.ID, Cells: []ui.Cell{{Text: s.Name.In(r.W2.Lang)}, {Text: s.Say(r.W2, s.Value)}, {Text: c.ID}}})
	}
	return ui.List(r.W2, t), nil
}

// sayWhen is a condition in the reader's words, with the figures that the book has on a day: 合同年限 ≥ 5 年.
func sayWhen(r *web.Req, book db.Reader, kind, when string, day period.Day) (string, error) {
	var said []string
	for _, m := range whenPiece.FindAllStringSubmatch(when, -1) {
		t := m[0]
		switch {
		case m[1] != "":
			s, err := rules.Value(r.Context(), book, m[1], day)
			if err != nil {
				return "", err
			}
			t = s.Say(r.W2, s.Value)
		case strings.HasPrefix(t, `"`):
			if t = m[2]; r.W2.Has("approvals.when.text." + m[2]) {
				t = r.T("approvals.when.text." + m[2])
			}
		case r.W2.Has("approvals.when." + t):
			t = r.T("approvals.when." + t)
		case slices.ContainsFunc(approvals.Attrs[kind], func(a approvals.Attr) bool { return a.Key == t }):
			t = r.T("approvals.attr." + t)
		default:
			t = sign(t)
		}
		said = append(said, t)
	}
	return strings.Join(said, " "), nil
}

// sign is a comparison as people write it.
func sign(t string) string {
	return strings.NewReplacer(">=", "≥", "<=", "≤", "==", "=", "!=", "≠").Replace(t)
}

// sayCase is when a tier is gone: departments, condition, or all other cases.
func sayCase(r *web.Req, book db.Reader, rt *approvals.Route, tier *approvals.Tier, day period.Day) (string, error) {
	units, err := tier.SayDepartments(r.Context(), r.Read(), r.W2)
	if err != nil {
		return "", err
	}
	when, err := sayWhen(r, book, rt.Kind, tier.When, day)
	if err != nil {
		return "", err
	}
	if when = strings.TrimSpace(units + " " + when); when != "" {
		return when, nil
	}
	if len(rt.Tiers) == 1 || rt.Tiers[0].When == "" && len(rt.Tiers[0].Departments) == 0 {
		return r.T("approvals.always"), nil
	}
	return r.T("approvals.otherwise"), nil
}

// sayStages are a tier's steps one after another.
func sayStages(r *web.Req, book db.Reader, tier *approvals.Tier, day period.Day) string {
	var steps []string
	for _, s := range tier.Stages {
		steps = append(steps, sayStage(r, book, s, day))
	}
	if len(steps) == 0 {
		return r.T("approvals.nobody_need")
	}
	return strings.Join(steps, " → ")
}

// editors says to those who may not set ways who may.
func editors(r *web.Req) (templ.Component, error) {
	if r.By.May(approvals.MayRoute) {
		return templ.NopComponent, nil
	}
	all, err := people.RolesWith(r.Context(), r.Read(), approvals.MayRoute)
	var names []string
	for _, role := range all {
		names = append(names, role.Name(r.W2.Lang))
	}
	return ui.Facts(ui.Fact{Label: r.T("approvals.who_may"), Text: r.T("approvals.who_may.text", r.W2.List(names)), Wide: true}), err
}
