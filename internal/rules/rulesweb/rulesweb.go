// Package rulesweb is the counter where the book of rules is read, and where its
// values are changed.
package rulesweb

import (
	"cmp"
	"context"
	"embed"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/rules"
)

// Words are the room's texts.
//
//go:embed words/*.json
var Words embed.FS

// Counter knows what the rooms of the house claim to keep.
type Counter struct {
	claims []rules.Claim
	// Registers says, by its Chinese name in the book, where a register is kept.
	Registers map[string]Place
	// Holders are the names of the roles that hold a permission; nil: nobody is told.
	Holders func(ctx context.Context, r db.Reader, lang, may string) ([]string, error)
	// Moves draws what another value would change beyond the book: the ways, and the papers
	// that would go another one; nil: nobody knows.
	Moves func(r *web.Req, c rules.Change) ([]templ.Component, error)
}

// New makes the counter of a house with these claims.
func New(claims []rules.Claim) *Counter { return &Counter{claims: claims} }

// Routes are the doors of the room.
func (c *Counter) Routes() []web.Route {
	return []web.Route{
		{At: "GET /rules", Need: web.SignedIn, Do: index, List: &rules.Clauses},
		{At: "GET /rules/coverage", Need: web.SignedIn, Do: c.coverage, Gives: rules.Coverage{}},
		{At: "GET /rules/registers", Need: web.SignedIn, Do: c.registers, Gives: []Kept{}},
		{At: "GET /rule-changes", Need: web.SignedIn, Do: changes, List: &rules.Changes},
		{At: "GET /rule-changes/{id}", Need: web.SignedIn, Do: c.change, Gives: rules.Change{}},
		{At: "POST /rule-changes/{id}/confirm", Need: rules.MayConfirm, Do: c.confirm, Form: &agreeing},
		{At: "POST /rule-changes/{id}/refuse", Need: rules.MayConfirm, Do: c.refuse, Form: &refusing},
		{At: "POST /rule-changes/{id}/withdraw", Need: rules.MayPropose, Do: withdraw},
		{At: "GET /rules/{id}", Need: web.SignedIn, Do: c.clause, Gives: Sheet{}},
		{At: "GET /rules/{id}/propose", Need: rules.MayPropose, Do: ask, PageOnly: true},
		{At: "POST /rules/{id}/preview", Need: rules.MayPropose, Do: c.preview, PageOnly: true},
		{At: "POST /rules/{id}/changes", Need: rules.MayPropose, Do: propose, Form: &paper, Gives: rules.Change{}},
	}
}

// paper is the form for another value.
var paper = form.Of[rules.Change]{Name: "rules.change", Fields: []form.Field[rules.Change]{
	{Key: "param", Into: func(c *rules.Change) any { return &c.Param }, Kind: form.Hidden, Required: true, Most: 40},
	{Key: "value", Into: func(c *rules.Change) any { return &c.Value }, Required: true, Most: 40},
	{Key: "since", Into: func(c *rules.Change) any { return &c.Since }, Required: true, Hint: true},
	{Key: "reason", Into: func(c *rules.Change) any { return &c.Reason }, Kind: form.Area, Required: true, Most: 500},
	{Key: "paper", Into: func(c *rules.Change) any { return &c.Paper }, Most: 60, Hint: true},
}}

// word is what somebody says when deciding.
type word struct{ Note string }

var (
	agreeing = form.Of[word]{Name: "rules.agreeing", Fields: []form.Field[word]{{Key: "note", Into: func(w *word) any { return &w.Note }, Most: 300}}}
	refusing = form.Of[word]{Name: "rules.refusing", Fields: []form.Field[word]{{Key: "note", Into: func(w *word) any { return &w.Note }, Kind: form.Area, Required: true, Most: 300}}}
)

func tabs(r *web.Req) (links []ui.Link) {
	for _, t := range []struct{ word, href string }{{"rules.list", "/rules"}, {"rules.coverage", "/rules/coverage"}, {"rules.registers", "/rules/registers"}, {"rules.changes", "/rule-changes"}} {
		links = append(links, ui.Link{Label: r.T(t.word), Href: t.href, Current: r.URL.Path == t.href})
	}
	return links
}

func index(r *web.Req) error {
	return r.List(&rules.Clauses, list.Where{}, web.ListPage{Page: ui.Page{Tabs: tabs(r)}})
}

func changes(r *web.Req) error {
	return r.List(&rules.Changes, list.Where{}, web.ListPage{Page: ui.Page{Tabs: tabs(r)}})
}

// one is the clause of the address.
func one(r *web.Req) (rules.Clause, error) {
	c, ok := rules.ByID(r.PathValue("id"))
	if !ok {
		return c, fault.New(fault.NotFound, "base.not_found")
	}
	return c, nil
}

// param is the parameter of the clause that is to be changed, with its value today.
func param(r *web.Req, key string) (rules.Setting, rules.Clause, error) {
	c, err := one(r)
	if err != nil {
		return rules.Setting{}, c, err
	}
	_, of, ok := rules.Parameter(key)
	if !ok || of.ID != c.ID {
		return rules.Setting{}, c, fault.New(fault.NotFound, "base.not_found")
	}
	s, err := rules.Value(r.Context(), r.Read(), key, r.Site.DB.Today())
	return s, c, err
}

// ask draws the form for another value.
func ask(r *web.Req) error {
	key := r.URL.Query().Get("param")
	if in, err := r.Input(); err == nil && key == "" {
		key = in.Value("param")
	}
	s, c, err := param(r, key)
	if err != nil {
		return err
	}
	q := r.URL.Query() // what was typed before the preview
	f, err := r.Form(&paper, &rules.Change{Param: key, Value: cmp.Or(q.Get("value"), s.Value), Since: cmp.Or(period.Day(q.Get("since")), r.Site.DB.Today().AddDays(1)), Reason: q.Get("reason"), Paper: q.Get("paper")},
		ui.Form{Action: "/rules/" + c.ID + "/preview", Submit: r.T("rules.preview"), Cancel: "/rules/" + c.ID})
	if err != nil {
		return err
	}
	for i := range f.Fields {
		x := &f.Fields[i]
		switch x.Name {
		case "value":
			shape(r, x, s)
		case "since":
			x.Least = string(r.Site.DB.Today().AddDays(1))
		}
	}
	return r.Show(ui.Page{Heading: s.Name.In(r.W2.Lang), Sub: c.ID + " " + c.Text.In(r.W2.Lang), Narrow: true,
		Back: &ui.Link{Label: c.ID, Href: "/rules/" + c.ID}, Body: ui.Below(ui.Facts(law(r, s)...), ui.Ask(r.W2, f))}, nil)
}

// shape asks for a value as its type wants it.
func shape(r *web.Req, x *ui.Field, s rules.Setting) {
	for _, o := range s.OneOf {
		x.Options = append(x.Options, ui.Option{Value: o, Label: s.Say(r.W2, o)})
	}
	switch {
	case len(s.OneOf) > 0:
		x.Kind = ui.KindChoice
	case s.Numeric():
		x.Kind = ui.KindNumber
		if s.Type != rules.Count {
			x.Unit = r.T("rules.unit." + string(s.Type))
		}
	}
}

// law is what stands beside a value: what it is today, its range, its law.
func law(r *web.Req, s rules.Setting) []ui.Fact {
	facts := []ui.Fact{{Label: r.T("rules.today"), Text: s.Say(r.W2, s.Value), Sub: since(r, s)}, {Label: r.T("rules.shipped"), Text: s.Say(r.W2, s.Default)}}
	if s.Numeric() {
		facts = append(facts, ui.Fact{Label: r.T("rules.range"), Text: r.T("rules.range.of", s.Say(r.W2, s.Written(s.Least)), s.Say(r.W2, s.Written(s.Most)))})
	}
	if s.Edge != rules.NoEdge {
		below, above := s.Sides(r.W2, s.Value)
		facts = append(facts, ui.Fact{Label: r.T("rules.edge"), Text: below + " ｜ " + above, Wide: true})
	}
	if s.Law != nil {
		facts = append(facts, ui.Fact{Label: r.T("rules.law"), Text: s.Law.In(r.W2.Lang), Sub: r.T("rules.sure." + s.Law.Sure), Wide: true})
	}
	return facts
}

func since(r *web.Req, s rules.Setting) string {
	if s.Since == "" {
		return r.T("rules.as_shipped")
	}
	return r.T("rules.since", r.W2.Day(s.Since), s.Change)
}

// preview carries the proposal out, undoes it, and shows what it would change.
func (n *Counter) preview(r *web.Req) error {
	return web.Take(r, &paper, ask, func(c *rules.Change) error {
		if _, _, err := param(r, c.Param); err != nil {
			return err
		}
		if err := r.Site.DB.Try(r.Context(), r.By, func(tx *db.Tx) error { return rules.Propose(r.Context(), tx, c) }); err != nil {
			return err
		}
		hidden := []ui.Pair{{Name: "_key", Value: r.NewKey()}, {Name: "param", Value: c.Param}, {Name: "value", Value: c.Value}, {Name: "since", Value: string(c.Since)},
			{Name: "reason", Value: c.Reason}, {Name: "paper", Value: c.Paper}}
		p, _, _ := rules.Parameter(c.Param)
		moves, err := n.moves(r, c)
		if err != nil {
			return err
		}
		return r.Show(ui.Page{Heading: r.T("rules.preview.title", p.Name.In(r.W2.Lang)), Sub: c.Clause,
			Back:    &ui.Link{Label: c.Clause, Href: "/rules/" + c.Clause},
			Actions: []ui.Action{{Name: "propose", Label: r.T("rules.propose"), Post: "/rules/" + c.Clause + "/changes", Hidden: hidden, Tone: ui.Accent}, {Name: "back", Label: r.T("rules.preview.back"), Href: "/rules/" + c.Clause + "/propose?" + again(c)}},
			Body:    ui.Below(compare(r, p, c), moves, ui.Facts(ui.Fact{Label: r.T("rules.change.reason"), Text: c.Reason, Wide: true}, ui.Fact{Label: r.T("rules.change.paper"), Text: c.Paper}))}, nil)
	})
}

// moves is what a change that may still be confirmed would move.
func (n *Counter) moves(r *web.Req, c *rules.Change) (templ.Component, error) {
	if n.Moves == nil || c.Late || c.Outcome != rules.Pending {
		return templ.NopComponent, nil
	}
	parts, err := n.Moves(r, *c)
	return ui.Below(parts...), err
}

// again is the form as it was filled, in an address.
func again(c *rules.Change) string {
	return url.Values{"param": {c.Param}, "value": {c.Value}, "since": {string(c.Since)}, "reason": {c.Reason}, "paper": {c.Paper}}.Encode()
}

// compare puts the value in force and the one wanted beside each other.
func compare(r *web.Req, p rules.Param, c *rules.Change) templ.Component {
	t := ui.Table{ID: "compare", Bare: true, Caption: p.Name.In(r.W2.Lang), Columns: []ui.Head{{Label: ""}, {Label: r.T("rules.compare.was"), Named: true}, {Label: r.T("rules.compare.will"), Named: true}}}
	add := func(label, was, will string) {
		row := ui.Row{Cells: []ui.Cell{{Text: label}, {Text: was}, {Text: will}}}
		if was != will {
			row.Cells[2].Tone = ui.Accent
		}
		t.Rows = append(t.Rows, row)
	}
	add(p.Name.In(r.W2.Lang), p.Say(r.W2, c.Was), p.Say(r.W2, c.Value))
	if p.Edge != rules.NoEdge {
		b1, a1 := p.Sides(r.W2, c.Was)
		b2, a2 := p.Sides(r.W2, c.Value)
		add(r.T("rules.edge.low"), b1, b2)
		add(r.T("rules.edge.high"), a1, a2)
	}
	add(r.T("rules.change.since"), r.T("rules.until", r.W2.Day(c.Since.AddDays(-1))), r.W2.Day(c.Since))
	return ui.List(r.W2, t)
}

func propose(r *web.Req) error {
	id := r.PathValue("id")
	return web.Submit(r, &paper, ask, func(tx *db.Tx, c *rules.Change) (web.Done, error) {
		if !strings.HasPrefix(c.Param, id+".") {
			return web.Done{}, fault.OnField("param", "base.no_such", c.Param)
		}
		err := rules.Propose(r.Context(), tx, c)
		return web.Done{To: "/rule-changes/" + c.ID, Say: "rules.done.proposed", Args: []string{c.Number}, Data: c}, err
	})
}

// change is one change with both values, and what may be done with it.
func (n *Counter) change(r *web.Req) error {
	c, err := rules.ChangeByID(r.Context(), r.Read(), r.PathValue("id"))
	if err != nil {
		return err
	}
	p, clause, ok := rules.Parameter(c.Param)
	if !ok { // a value of an earlier program, whose parameter is no more
		p = rules.Param{Key: c.Param, Type: rules.Clock, Name: rules.Said{Zh: c.Param, En: c.Param}}
	}
	page := ui.Page{Heading: c.Number, Sub: c.Clause + " " + clause.Text.In(r.W2.Lang), Back: &ui.Link{Label: c.Clause, Href: "/rules/" + c.Clause}, Live: []string{rules.Noun},
		Mark: &ui.Mark{Word: r.T("rules.changes.outcome." + string(c.Outcome)), Tone: ui.Tone(map[rules.Outcome]ui.Tone{rules.Pending: ui.Soon, rules.Confirmed: ui.Done, rules.Refused: ui.Danger}[c.Outcome])}}
	if page.Actions, err = deeds(r, c); err != nil {
		return err
	}
	facts := []ui.Fact{{Label: r.T("rules.change.reason"), Text: c.Reason, Wide: true}, {Label: r.T("rules.change.paper"), Text: c.Paper},
		{Label: r.T("rules.changes.by_name"), Text: c.ByName, Sub: r.W2.Full(c.At)}}
	if c.Outcome != rules.Pending {
		facts = append(facts, ui.Fact{Label: r.T("rules.changes.decided_name"), Text: c.DecidedName, Sub: r.W2.Full(c.DecidedAt)}, ui.Fact{Label: r.T("rules.agreeing.note"), Text: c.Note, Wide: true})
	}
	moves, err := n.moves(r, &c)
	if err != nil {
		return err
	}
	page.Body = ui.Below(compare(r, p, &c), ui.Facts(facts...), moves)
	if c.Late {
		page.Mark = &ui.Mark{Word: r.T("rules.changes.overtaken"), Tone: ui.Danger}
		page.Body = ui.Below(ui.Facts(ui.Fact{Label: r.T("rules.overtaken.label"), Text: r.T("rules.overtaken", r.W2.Day(c.Since)), Tone: ui.Danger, Wide: true}), page.Body)
	}
	return r.Show(page, c)
}

// deeds are what this person may do with a change now.
func deeds(r *web.Req, c rules.Change) (actions []ui.Action, err error) {
	if c.Outcome != rules.Pending {
		return nil, nil
	}
	at := "/rule-changes/" + c.ID
	same, err := rules.Same(r.Context(), r.Read(), r.By.ID)
	if err != nil {
		return nil, err
	}
	if slices.Contains(same, c.By) {
		return []ui.Action{{Name: "withdraw", Label: r.T("rules.withdraw"), Post: at + "/withdraw", Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}}, Confirm: r.T("rules.withdraw.sure")}}, nil
	}
	if !r.By.May(rules.MayConfirm) {
		return nil, nil
	}
	yes, err := r.Form(&agreeing, nil, ui.Form{ID: "agree", Action: at + "/confirm", Submit: r.T("rules.confirm")})
	if err != nil {
		return nil, err
	}
	no, err := r.Form(&refusing, nil, ui.Form{ID: "refuse", Action: at + "/refuse", Submit: r.T("rules.refuse")})
	refusal := ui.Action{Name: "refuse", Label: r.T("rules.refuse"), Ask: &no, Open: r.Failed(&refusing) != nil, Tone: ui.Danger}
	if c.Late {
		return []ui.Action{refusal}, err
	}
	return []ui.Action{{Name: "confirm", Label: r.T("rules.confirm"), Ask: &yes, Open: r.Failed(&agreeing) != nil, Tone: ui.Accent}, refusal}, err
}

func (n *Counter) confirm(r *web.Req) error {
	id := r.PathValue("id")
	return web.Submit(r, &agreeing, n.change, func(tx *db.Tx, w *word) (web.Done, error) {
		return web.Done{To: "/rule-changes/" + id, Say: "rules.done.confirmed"}, rules.Confirm(r.Context(), tx, id, w.Note)
	})
}

func (n *Counter) refuse(r *web.Req) error {
	id := r.PathValue("id")
	return web.Submit(r, &refusing, n.change, func(tx *db.Tx, w *word) (web.Done, error) {
		return web.Done{To: "/rule-changes/" + id, Say: "rules.done.refused"}, rules.Refuse(r.Context(), tx, id, w.Note)
	})
}

func withdraw(r *web.Req) error {
	id := r.PathValue("id")
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		return web.Done{To: "/rule-changes/" + id, Say: "rules.done.withdrawn"}, rules.Withdraw(r.Context(), tx, id)
	})
}

// year is the span that pages count: from New Year to today.
func year(r *web.Req) (from, until period.Day) { return rules.ThisYear(r.Site.DB.Today()) }
