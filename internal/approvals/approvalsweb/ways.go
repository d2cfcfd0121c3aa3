package approvalsweb

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/money"
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

// written is a way as it stands in its form.
type written struct {
	Since  period.Day
	Reason string
	Tiers  []approvals.Line
}

var writing = form.Of[written]{Name: "approvals.writing", Fields: []form.Field[written]{
	{Key: "since", Into: func(w *written) any { return &w.Since }, Required: true, Hint: true},
	{Key: "reason", Into: func(w *written) any { return &w.Reason }, Required: true, Most: 300},
	form.LinesOf("tiers", func(w *written) *[]approvals.Line { return &w.Tiers }, &form.Of[approvals.Line]{Name: "approvals.line", Fields: []form.Field[approvals.Line]{
		{Key: "amount", Into: func(l *approvals.Line) any { return &l.Amount }, Most: 80},
		{Key: "when", Into: func(l *approvals.Line) any { return &l.When }, Most: 300},
		{Key: "department", Into: func(l *approvals.Line) any { return &l.Department }, Ref: "departments"},
		{Key: "steps", Into: func(l *approvals.Line) any { return &l.Steps }, Most: 600},
	}}, 30),
}}

// trial is a document that is not there: where would it go?
type trial struct {
	Department string
	Amount     money.Fen
	Attrs      string
}

var trying = form.Of[trial]{Name: "approvals.trying", Fields: []form.Field[trial]{
	{Key: "department", Into: func(t *trial) any { return &t.Department }, Required: true, Ref: "departments"},
	{Key: "amount", Into: func(t *trial) any { return &t.Amount }},
	{Key: "attrs", Into: func(t *trial) any { return &t.Attrs }, Most: 200, Hint: true},
}}

// document reads the trial's properties: "years=5 legal=true".
func (t *trial) document(kind string) (approvals.Document, error) {
	d := approvals.Document{Kind: kind, Department: t.Department, Amount: t.Amount, Attrs: map[string]any{}}
	for pair := range strings.FieldsFuncSeq(t.Attrs, func(c rune) bool { return c == ' ' || c == ',' || c == '，' }) {
		key, value, _ := strings.Cut(pair, "=")
		var v any
		for _, a := range approvals.Attrs[kind] {
			if a.Key != key {
				continue
			}
			switch a.Type {
			case approvals.Number:
				if n, err := strconv.Atoi(value); err == nil {
					v = n
				}
			case approvals.Flag:
				if b, err := strconv.ParseBool(value); err == nil {
					v = b
				}
			case approvals.Text:
				v = value
			}
		}
		if v == nil {
			return d, fault.OnField("attrs", "base.bad_value", pair)
		}
		d.Attrs[key] = v
	}
	return d, nil
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

func showRoute(r *web.Req, result templ.Component) error {
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
	f, err := r.Form(&trying, nil, ui.Form{ID: "try", Action: "/approvals/routes/" + rt.Kind + "/preview", Submit: r.T("approvals.try"), Inline: true})
	if err != nil {
		return err
	}
	who, err := editors(r)
	if err != nil {
		return err
	}
	parts = append(parts, who, ui.Section(r.T("approvals.clauses"), clauseLinks(clausesOf(&rt))), ui.Section(r.T("approvals.preview"), ui.Below(ui.Ask(r.W2, f), orNothing(result))))
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

func orNothing(c templ.Component) templ.Component {
	if c == nil {
		return templ.NopComponent
	}
	return c
}

// wayTable is a way as one table: a line for each tier, with the amounts of a day.
func wayTable(r *web.Req, rt *approvals.Route, day period.Day) (templ.Component, error) {
	t := ui.Table{ID: "tiers-" + string(day), Caption: r.T("approvals.table"), Bare: true, Columns: []ui.Head{{Label: r.T("approvals.line.amount")}, {Label: r.T("approvals.line.when")}, {Label: r.T("approvals.line.steps")}, {Label: r.T("approvals.hours")}}}
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

// tryRoute says where a document would go by the way of today.
func tryRoute(r *web.Req) error {
	return web.Take(r, &trying, route, func(t *trial) error {
		rt, err := current(r)
		if err != nil {
			return err
		}
		return attempt(r, t, &rt, r.Site.DB.Today(), showRoute)
	})
}

func attempt(r *web.Req, t *trial, rt *approvals.Route, day period.Day, show func(*web.Req, templ.Component) error) error {
	d, err := t.document(rt.Kind)
	if err != nil {
		return err
	}
	tier, steps, err := approvals.Preview(r.Context(), r.Read(), rt, d, "", day)
	if err != nil {
		return err
	}
	if r.JSON() {
		return r.Give(steps)
	}
	table := ui.Table{ID: "prospect", Caption: r.T("approvals.preview"), Bare: true, Columns: []ui.Head{{Label: r.T("approvals.stage"), Num: true}, {Label: r.T("approvals.step")}, {Label: r.T("approvals.person")}, {Label: r.T("approvals.hours"), Num: true}},
		Empty: ui.Nothing{Text: r.T("approvals.nobody_need")}}
	for _, p := range steps {
		people, tone := r.W2.List(p.People), ui.Plain
		switch {
		case strings.HasPrefix(p.Who, "post:") && len(p.People) == 0 && isMeeting(p.Who):
			people = r.T("approvals.by_minutes")
		case len(p.People) == 0:
			people, tone = r.T("approvals.nobody_sits"), ui.Danger
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []ui.Cell{{Text: r.W2.Number(p.Stage + 1), Num: true}, {Text: approvals.SayWho(r.Context(), r.Read(), r.W2, p.Who)}, {Text: people, Tone: tone}, {Text: r.W2.Number(p.Hours), Num: true}}})
	}
	amount, err := rt.Tiers[tier].SayAmount(r.Context(), r.Read(), r.W2, day)
	if err != nil {
		return err
	}
	return show(r, ui.Section(r.T("approvals.would", r.W2.Money(t.Amount), amount), ui.List(r.W2, table)))
}

func isMeeting(who string) bool {
	for _, m := range approvals.Meetings {
		if who == "post:"+m {
			return true
		}
	}
	return false
}

// edit draws the form for another way, filled with the one of today.
func edit(r *web.Req) error {
	rt, err := current(r)
	if err != nil {
		return err
	}
	f, err := r.Form(&writing, &written{Since: r.Site.DB.Today().AddDays(1), Tiers: rt.Lines(r.W2)}, ui.Form{Action: "/approvals/routes/" + rt.Kind + "/drafts", Submit: r.T("approvals.draft"), Cancel: "/approvals/routes/" + rt.Kind, Draft: true})
	if err != nil {
		return err
	}
	lines := []string{r.T("approvals.how.amount"), r.T("approvals.how.steps"), r.T("approvals.how.beside"), r.T("approvals.how.hours"), r.T("approvals.how.order")}
	if attrs := approvals.Attrs[rt.Kind]; len(attrs) > 0 {
		var names []string
		for _, a := range attrs {
			said := r.T("approvals.attr." + a.Key)
			names = append(names, a.Key+" · "+said)
		}
		lines = append(lines, r.T("approvals.how.when", r.W2.List(names)))
	}
	var names []string
	for _, p := range append(append([]string{}, approvals.Posts...), approvals.Meetings...) {
		names = append(names, r.T("approvals.post."+p))
	}
	lines = append(lines, r.T("approvals.how.posts", r.W2.List(names)))
	return r.Show(ui.Page{Heading: r.T("approvals.edit"), Sub: approvals.SayKind(r.W2, rt.Kind), Wide: true, Back: &ui.Link{Label: approvals.SayKind(r.W2, rt.Kind), Href: "/approvals/routes/" + rt.Kind},
		Body: ui.Below(ui.Ask(r.W2, f), howTo(r.T("approvals.how"), lines))}, nil)
}

func draft(r *web.Req) error {
	return web.Submit(r, &writing, edit, func(tx *db.Tx, w *written) (web.Done, error) {
		rt, err := approvals.ReadLines(r.Context(), tx, r.Site.Words, r.PathValue("kind"), w.Tiers)
		if err != nil {
			return web.Done{}, err
		}
		rt.Since, rt.Reason = w.Since, w.Reason
		err = approvals.Draft(r.Context(), tx, &rt)
		return web.Done{To: "/approvals/drafts/" + rt.ID, Say: "approvals.done.drafted", Data: rt}, err
	})
}

func drafted(r *web.Req) error { return showDraft(r, nil) }

func showDraft(r *web.Req, result templ.Component) error {
	rt, err := approvals.RouteByID(r.Context(), r.Read(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if r.JSON() {
		return r.Give(rt)
	}
	parts, err := tables(r, &rt)
	if err != nil {
		return err
	}
	to := "/approvals/drafts/" + rt.ID
	p := ui.Page{Heading: approvals.SayKind(r.W2, rt.Kind), Sub: r.T("approvals.since", rt.Since) + " · " + rt.Reason, Wide: true, Mark: &ui.Mark{Word: r.T("approvals.route." + rt.State)},
		Back: &ui.Link{Label: approvals.SayKind(r.W2, rt.Kind), Href: "/approvals/routes/" + rt.Kind}}
	if rt.State == "draft" {
		hidden := []ui.Pair{{Name: "_key", Value: r.NewKey()}, {Name: "_version", Value: web.VersionText(rt.Version)}}
		force := ui.Action{Name: "force", Label: r.T("approvals.force", rt.Since), Post: to + "/force", Hidden: hidden, Tone: ui.Accent}
		if !r.By.May(approvals.MayForce) || rt.By == r.By.ID {
			force = ui.Action{Name: "force", Label: force.Label, Closed: r.T("approvals.own_draft", rt.ByName)}
		}
		if r.By.May(approvals.MayForce) || r.By.May(approvals.MayRoute) {
			p.Actions = []ui.Action{force,
				{Name: "drop", Label: r.T("approvals.drop"), Post: to + "/drop", Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}, {Name: "_version", Value: web.VersionText(rt.Version)}}, Tone: ui.Danger}}
		}
	}
	f, err := r.Form(&trying, nil, ui.Form{ID: "try", Action: to + "/preview", Submit: r.T("approvals.try"), Inline: true})
	if err != nil {
		return err
	}
	p.Body = ui.Below(append(parts, ui.Section(r.T("approvals.preview"), ui.Below(ui.Ask(r.W2, f), orNothing(result))))...)
	return r.Show(p, rt)
}

func tryDraft(r *web.Req) error {
	return web.Take(r, &trying, drafted, func(t *trial) error {
		rt, err := approvals.RouteByID(r.Context(), r.Read(), r.PathValue("id"))
		if err != nil {
			return err
		}
		return attempt(r, t, &rt, max(rt.Since, r.Site.DB.Today()), showDraft)
	})
}

func force(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		rt, err := approvals.Force(r.Context(), tx, r.PathValue("id"), r.Version())
		return web.Done{To: "/approvals/routes/" + rt.Kind, Say: "approvals.done.forced", Args: []string{string(rt.Since)}, Data: rt}, err
	})
}

func drop(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		rt, err := approvals.Drop(r.Context(), tx, r.PathValue("id"), r.Version())
		return web.Done{To: "/approvals/routes/" + rt.Kind, Say: "approvals.done.dropped", Data: rt}, err
	})
}
