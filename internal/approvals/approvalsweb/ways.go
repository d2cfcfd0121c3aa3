package approvalsweb

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/rules"
)

// Way is one line of the list of ways.
type Way struct {
	Kind    string     `json:"kind"`
	Name    string     `json:"name"`
	Clauses []string   `json:"clauses"`
	Since   period.Day `json:"since"` // "" as shipped
	Tiers   int        `json:"tiers"`
	Used    bool       `json:"used"` // some room of the house asks about such documents
}

func routes(r *web.Req) error {
	set, err := approvals.SetOnes(r.Context(), r.Read(), r.Site.DB.Today())
	if err != nil {
		return err
	}
	t := ui.Table{ID: "ways", Caption: r.T("approvals.routes"), Bare: true, Columns: []ui.Head{{Label: r.T("approvals.way")}, {Label: r.T("approvals.line.amount")}, {Label: r.T("approvals.line.when")},
		{Label: r.T("approvals.line.steps")}, {Label: r.T("approvals.clauses")}, {Label: r.T("approvals.version")}}}
	var ways []Way
	today := r.Site.DB.Today()
	for _, s := range approvals.Shipped {
		rt := s.Route
		w := Way{Kind: s.Kind, Name: s.Name.In(r.W2.Lang), Used: slices.Contains(approvals.Used, s.Kind)}
		version := ui.Cell{Text: r.T("approvals.shipped")}
		if own, ok := set[s.Kind]; ok {
			rt, w.Since = own, own.Since
			version = ui.Cell{Text: r.T("approvals.since", own.Since), Tone: ui.Accent}
		}
		w.Clauses, w.Tiers = clausesOf(&rt), len(rt.Tiers)
		ways = append(ways, w)
		for n := range rt.Tiers {
			tier := &rt.Tiers[n]
			amount, err := tier.SayAmount(r.Context(), r.Read(), r.W2, today)
			if err != nil {
				return err
			}
			when, err := sayCase(r, r.Read(), &rt, tier, today)
			if err != nil {
				return err
			}
			name := ui.Cell{Text: w.Name}
			if !w.Used {
				name.Sub = r.T("approvals.unused")
			} else if w.Tiers > 1 {
				name.Sub = r.T("approvals.tier_of", n+1, w.Tiers)
			}
			t.Rows = append(t.Rows, ui.Row{Href: "/approvals/routes/" + s.Kind, Quiet: !w.Used, Cells: []ui.Cell{name, {Text: amount}, {Text: when}, {Text: sayStages(r, r.Read(), tier, today)}, {Text: strings.Join(w.Clauses, " ")}, version}})
		}
	}
	who, err := editors(r)
	if err != nil {
		return err
	}
	p := ui.Page{Heading: r.T("approvals.routes"), Sub: r.T("approvals.routes.sub"), Live: []string{approvals.RouteNoun}, Wide: true, Body: ui.Below(who, ui.Section("", ui.List(r.W2, t)))}
	if r.By.May(approvals.MayRoute) || r.By.May(approvals.MayForce) {
		waiting, err := approvals.Drafts(r.Context(), r.Read(), onPage)
		if err != nil {
			return err
		}
		if len(waiting) > 0 {
			p.Body = ui.Below(ui.Section(r.T("approvals.drafts"), drafts(r, waiting)), p.Body)
		}
	}
	if r.By.May(approvals.MayRoute) {
		days, err := rules.Number(r.Context(), r.Read(), approvals.Window, today)
		if err != nil {
			return err
		}
		_, clause, _ := rules.Parameter(approvals.Window)
		p.Actions = []ui.Action{{Name: "posts", Label: r.T("approvals.posts"), Href: "/approvals/posts", Icon: "users"},
			{Name: "window", Label: r.T("approvals.window", days), Href: "/rules/" + clause.ID}}
	}
	return r.Show(p, ways)
}

// drafts are the ways that wait for a second person.
func drafts(r *web.Req, all []approvals.Route) templ.Component {
	now := r.Read().Moment()
	t := ui.Table{ID: "drafts", Caption: r.T("approvals.drafts"), Bare: true, Columns: []ui.Head{{Label: r.T("approvals.way")}, {Label: r.T("approvals.writing.since")}, {Label: r.T("approvals.writing.reason")}, {Label: r.T("approvals.person")}}}
	for _, v := range all {
		t.Rows = append(t.Rows, ui.Row{Href: "/approvals/drafts/" + v.ID, Cells: []ui.Cell{{Text: approvals.SayKind(r.W2, v.Kind)}, {Text: r.W2.Day(v.Since)}, {Text: v.Reason}, {Text: v.ByName, Sub: r.W2.Instant(v.At, now)}}})
	}
	return ui.List(r.W2, t)
}

func sayStage(r *web.Req, book db.Reader, s approvals.Stage, day period.Day) string {
	var names []string
	for _, w := range s.Who {
		n := sayWho(r, book, w.Is, day)
		switch {
		case w.Each < 0:
			n += r.T("approvals.each.all")
		case w.Each > 1:
			n += r.T("approvals.each.some", w.Each)
		}
		names = append(names, n)
	}
	t := strings.Join(names, " + ")
	if s.Need > 0 && int(s.Need) < len(s.Who) {
		t = r.T("approvals.some_of", s.Need, t)
	}
	return t
}

// sayWho also says whom a parameter of the rulebook means on a day, with its rule.
func sayWho(r *web.Req, book db.Reader, who string, day period.Day) string {
	if key, ok := strings.CutPrefix(who, "rule:"); ok {
		if is, err := approvals.Meant(r.Context(), book, who, day); err == nil {
			return r.T("approvals.by_rule", approvals.SayWho(r.Context(), r.Read(), r.W2, is), strings.SplitN(key, ".", 2)[0])
		}
	}
	return approvals.SayWho(r.Context(), r.Read(), r.W2, who)
}

// current is the one of the address as it holds today.
func current(r *web.Req) (approvals.Route, error) {
	return approvals.RouteOn(r.Context(), r.Read(), r.PathValue("kind"), r.Site.DB.Today())
}

func route(r *web.Req) error { return showRoute(r, nil) }

func showRoute(r *web.Req, last *tried) error {
	rt, err := current(r)
	if err != nil {
		return err
	}
	if r.JSON() {
		return r.Give(rt)
	}
	all, err := approvals.Versions(r.Context(), r.Read(), rt.Kind)
	if err != nil {
		return err
	}
	sub := r.T("approvals.shipped")
	if rt.ID != "" {
		sub = r.T("approvals.since", rt.Since)
	}
	p := ui.Page{Heading: approvals.SayKind(r.W2, rt.Kind), Sub: sub, Wide: true, Back: &ui.Link{Label: r.T("approvals.routes"), Href: "/approvals/routes"}, Live: []string{approvals.RouteNoun}}
	if r.By.May(approvals.MayRoute) {
		p.Actions = []ui.Action{{Name: "edit", Label: r.T("approvals.edit"), Href: "/approvals/routes/" + rt.Kind + "/edit", Icon: "edit", Tone: ui.Accent}}
	}
	parts, err := tables(r, &rt)
	if err != nil {
		return err
	}
	f, err := tryForm(r, rt.Kind, "/approvals/routes/"+rt.Kind+"/preview", last)
	if err != nil {
		return err
	}
	who, err := editors(r)
	if err != nil {
		return err
	}
	parts = append(parts, who, ui.Section(r.T("approvals.clauses"), clauseLinks(r.W2, clausesOf(&rt))), ui.Section(r.T("approvals.preview"), ui.Below(ui.Ask(r.W2, f), last.result())))
	if len(all) > 0 {
		parts = append(parts, ui.Section(r.T("approvals.versions"), versions(r, all)))
	}
	if len(all) > 0 {
		story, err := r.Story(approvals.RouteNoun, rt.Kind)
		if err != nil {
			return err
		}
		parts = append(parts, ui.Section(r.T("approvals.story"), story))
	}
	p.Body = ui.Below(parts...)
	return r.Show(p, rt)
}

// wayTable is a way as one table: a line for each tier, with the amounts of a day.
func wayTable(r *web.Req, rt *approvals.Route, day period.Day) (templ.Component, error) {
	t := ui.Table{ID: "tiers-" + string(day), Caption: r.T("approvals.table"), Bare: true, Columns: []ui.Head{{Label: r.T("approvals.line.amount")}, {Label: r.T("approvals.line.when")}, {Label: r.T("approvals.line.steps"), Named: true}, {Label: r.T("approvals.hours"), Named: true}}}
	for i := range rt.Tiers {
		tier := &rt.Tiers[i]
		said, err := tier.SayAmount(r.Context(), r.Read(), r.W2, day)
		if err != nil {
			return nil, err
		}
		amount := ui.Cell{Text: said}
		for _, l := range []*approvals.Limit{tier.From, tier.Below} {
			if l != nil && l.Param != "" {
				p, c, _ := rules.Parameter(l.Param)
				amount.Sub, amount.Href = c.ID+" "+p.Name.In(r.W2.Lang), "/rules/"+c.ID
			}
		}
		when, err := sayCase(r, r.Read(), rt, tier, day)
		if err != nil {
			return nil, err
		}
		var hours []string
		for _, s := range tier.Stages {
			h := s.Hours
			if h == 0 {
				h = approvals.HoursShipped
			}
			hours = append(hours, r.W2.Number(h))
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{amount, {Text: when}, {Text: sayStages(r, r.Read(), tier, day)}, {Text: strings.Join(hours, " → ")}}})
	}
	return ui.List(r.W2, t), nil
}

// tables are a way as it holds, and as it will from each day on which a parameter of
// it changes.
func tables(r *web.Req, rt *approvals.Route) (parts []templ.Component, err error) {
	day := max(rt.Since, r.Site.DB.Today())
	days, err := coming(r, rt, day)
	if err != nil {
		return nil, err
	}
	for n, on := range append([]period.Day{day}, days...) {
		table, err := wayTable(r, rt, on)
		if err != nil {
			return nil, err
		}
		title := r.T("approvals.table")
		if n > 0 {
			title = r.T("approvals.table.from", r.W2.Day(on))
		}
		parts = append(parts, ui.Section(title, table))
	}
	var headless []string
	if r.By.May(approvals.MayRoute) || r.By.May(approvals.MayForce) {
		if headless, err = rt.Headless(r.Context(), r.Read(), day); err != nil {
			return nil, err
		}
	}
	if len(headless) > 0 {
		parts = append(parts, ui.Facts(ui.Fact{Label: r.T("approvals.headless"), Text: r.T("approvals.headless.text", r.W2.List(headless)), Wide: true, Tone: ui.Danger}))
	}
	if len(paramsOf(rt)) > 0 {
		table, err := params(r, rt, day)
		if err != nil {
			return nil, err
		}
		parts = append(parts, ui.Section(r.T("approvals.params"), table))
	}
	return parts, nil
}

func versions(r *web.Req, all []approvals.Route) templ.Component {
	now := r.Read().Moment()
	t := ui.Table{ID: "versions", Caption: r.T("approvals.versions"), Bare: true, Columns: []ui.Head{{Label: r.T("approvals.writing.since")}, {Label: r.T("approvals.stands")}, {Label: r.T("approvals.writing.reason")}, {Label: r.T("approvals.person")}}}
	for _, v := range all {
		row := ui.Row{Cells: []ui.Cell{{Text: r.W2.Day(v.Since)}, {Text: r.T("approvals.route." + v.State), State: true, Tone: map[string]ui.Tone{"set": ui.Done, "draft": ui.Soon}[v.State]}, {Text: v.Reason}, {Text: v.ByName, Sub: r.W2.Instant(v.At, now)}}}
		row.Href = "/approvals/drafts/" + v.ID
		t.Rows = append(t.Rows, row)
	}
	return ui.List(r.W2, t)
}
