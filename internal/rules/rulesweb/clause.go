package rulesweb

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/money"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/base/words"
	"houqin/internal/rules"
)

// Sheet is all that is known of one clause.
type Sheet struct {
	rules.Clause
	State   rules.State     `json:"state"`
	Year    rules.Evidence  `json:"year"` // counted since New Year
	Values  []rules.Setting `json:"values"`
	Coming  []rules.Setting `json:"coming"` // confirmed, from a later day on
	Keeps   []Keeping       `json:"keeps"`
	History []rules.Change  `json:"history"`

	of []rules.Claim
}

// Keeping is one room's word that it keeps the clause, with what was counted this year.
type Keeping struct {
	How      rules.How       `json:"how"`
	By       string          `json:"by"`
	Partly   bool            `json:"partly"`
	Lacks    string          `json:"lacks,omitempty"` // of what is kept in part: what is not there yet
	Page     string          `json:"page"`
	Tests    []string        `json:"tests,omitempty"`
	Evidence *rules.Evidence `json:"evidence,omitempty"` // none: not measured
}

func (c *Counter) clause(r *web.Req) error {
	clause, err := one(r)
	if err != nil {
		return err
	}
	s := Sheet{Clause: clause, State: rules.NotKept, Values: []rules.Setting{}, Coming: []rules.Setting{}, Keeps: []Keeping{}}
	for _, p := range clause.Params {
		v, err := rules.Value(r.Context(), r.Read(), p.Key, r.Site.DB.Today())
		if err != nil {
			return err
		}
		s.Values = append(s.Values, v)
		next, err := rules.Coming(r.Context(), r.Read(), p.Key, r.Site.DB.Today())
		if err != nil {
			return err
		}
		s.Coming = append(s.Coming, next...)
	}
	of := rules.Of(c.claims, clause.ID)
	from, until := year(r)
	var each []rules.Evidence
	if s.Year, each, err = rules.Sum(r.Context(), r.Read(), of, from, until); err != nil {
		return err
	}
	s.State = rules.Stands(of, s.Year)
	for i, x := range of {
		k := Keeping{How: x.How, Partly: x.Partly, Page: x.Page, Tests: x.Tests}
		if x.By != "" {
			k.By = r.T(x.By)
		}
		if x.Lacks != "" {
			k.Lacks = r.T(x.Lacks)
		}
		if x.How == rules.Background && clause.Background != nil {
			k.By = clause.Background.In(r.W2.Lang)
		}
		if x.Evidence != nil {
			k.Evidence = &each[i]
		}
		s.Keeps = append(s.Keeps, k)
	}
	if s.History, err = rules.History(r.Context(), r.Read(), clause.ID); err != nil {
		return err
	}
	if r.JSON() {
		s.History = append([]rules.Change{}, s.History...) // a list, if an empty one
		return r.Give(s)
	}
	s.of = of
	who, err := c.may(r)
	if err != nil {
		return err
	}
	return s.page(r, who)
}

// may says to those who cannot change a value who can, so that they know whom to ask.
func (c *Counter) may(r *web.Req) (string, error) {
	if c.Holders == nil || r.By.May(rules.MayPropose) {
		return "", nil
	}
	propose, err := c.Holders(r.Context(), r.Read(), r.W2.Lang, rules.MayPropose)
	if err != nil {
		return "", err
	}
	confirm, err := c.Holders(r.Context(), r.Read(), r.W2.Lang, rules.MayConfirm)
	return r.T("rules.who_may", r.W2.List(propose), r.W2.List(confirm)), err
}

func (s *Sheet) page(r *web.Req, who string) error {
	lang := r.W2.Lang
	facts := []ui.Fact{{Label: r.T("rules.list.text"), Text: s.Text.In(lang), Wide: true}, {Label: r.T("rules.list.area"), Text: r.T("rules.area." + s.Area), Href: "/rules?area=" + s.Area},
		{Label: r.T("rules.list.kind"), Text: r.T("rules.kind." + s.Kind), Href: "/rules?kind=" + s.Kind}, {Label: r.T("rules.sources"), Text: r.W2.List(s.Sources), Wide: true}}
	if own := s.own(r); own != "" { // the text keeps the figure that the sources have
		facts = slices.Insert(facts, 1, ui.Fact{Label: r.T("rules.own"), Text: own, Wide: true, Tone: ui.Accent})
	}
	for _, f := range s.Facts {
		facts = append(facts, ui.Fact{Label: r.T("rules.fact"), Text: f.In(lang), Wide: true})
	}
	main := []templ.Component{ui.Section("", ui.Facts(facts...))}
	if len(s.Conflicts) > 0 {
		var said []ui.Fact
		for _, c := range s.Conflicts {
			said = append(said, ui.Fact{Label: r.T("rules.conflict.note"), Text: c.In(lang), Wide: true})
		}
		for _, v := range s.Variants {
			said = append(said, ui.Fact{Label: r.T("rules.variant"), Text: v.In(lang), Wide: true})
		}
		main = append(main, ui.Section(r.T("rules.conflict"), ui.Facts(said...)))
	}
	if len(s.Values) > 0 {
		values := s.values(r)
		if who != "" {
			values = ui.Below(values, ui.Facts(ui.Fact{Label: r.T("rules.who"), Text: who, Wide: true}))
		}
		main = append(main, ui.Section(r.T("rules.values"), values))
	}
	main = append(main, ui.Section(r.T("rules.keeps"), s.keeps(r)))
	if len(s.History) > 0 {
		main = append(main, ui.Section(r.T("rules.history"), s.history(r), ui.Link{Label: r.T("rules.changes"), Href: "/rule-changes?clause=" + s.ID}))
	}
	aside, err := s.aside(r)
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: s.ID + " " + r.T("rules.area."+s.Area), Back: &ui.Link{Label: r.T("rules.list"), Href: "/rules"}, Live: []string{rules.Noun},
		Mark: &ui.Mark{Word: r.T("rules.state." + string(s.State)), Tone: ui.Tone(s.State.Tone())}, Body: ui.Beside(ui.Below(main...), aside)}, nil)
}

// aside is what was counted this year, the registers that the clause asks for, and
// what was done with it.
func (s *Sheet) aside(r *web.Req) (templ.Component, error) {
	var parts []templ.Component
	if s.State == rules.Holds || s.State == rules.Broken || s.State == rules.NoCase {
		latest := ""
		if !s.Year.Latest.IsZero() {
			latest = r.T("rules.latest", r.W2.Instant(s.Year.Latest, r.Site.DB.Now()))
		}
		kept, broken := s.opens(func(e *rules.Evidence) (int64, string) { return e.Kept, e.Link }), s.opens(func(e *rules.Evidence) (int64, string) { return e.Broken, e.BrokenLink })
		tone := ui.Plain
		if s.Year.Broken > 0 {
			tone = ui.Danger
		}
		parts = append(parts, ui.Section(r.T("rules.this_year"), ui.Figures(ui.Figure{Label: r.T("rules.list.kept"), Value: r.W2.Number(s.Year.Kept), Sub: latest, Href: opened(r, kept), Tone: ui.Done},
			ui.Figure{Label: r.T("rules.list.broken"), Value: r.W2.Number(s.Year.Broken), Href: opened(r, broken), Tone: tone})))
	}
	if figures := s.figures(r); figures != nil {
		parts = append(parts, ui.Section(r.T("rules.figures"), ui.Facts(figures...)))
	}
	var regs []ui.Fact
	for _, g := range rules.Registers {
		for _, id := range g.Clauses {
			if id == s.ID {
				regs = append(regs, ui.Fact{Label: g.Name.In(r.W2.Lang), Text: g.Often.In(r.W2.Lang), Sub: g.Fields.In(r.W2.Lang), Wide: true})
			}
		}
	}
	for _, g := range rules.Routes {
		for _, id := range g.Clauses {
			if id == s.ID {
				regs = append(regs, ui.Fact{Label: r.T("rules.route"), Text: g.Name.In(r.W2.Lang), Wide: true})
			}
		}
	}
	if regs != nil {
		parts = append(parts, ui.Section(r.T("rules.asks_for"), ui.Facts(regs...)))
	}
	story, err := r.Story(rules.Noun, s.ID)
	if err != nil {
		return nil, err
	}
	if len(s.History) > 0 {
		parts = append(parts, ui.Section(r.T("rules.story"), story))
	}
	return ui.Below(parts...), nil
}

// say is a figure as people read it.
func say(w *words.Words, f rules.Figure) string {
	switch f.Unit {
	case rules.InYuan:
		return w.Money(money.Fen(f.Value)) + " " + w.T("rules.unit.yuan")
	case rules.InGrams:
		return ui.Weight(w, f.Value)
	}
	return w.Number(f.Value)
}

// figures are what the records counted this year come to, each opening its own.
func (s *Sheet) figures(r *web.Req) (all []ui.Fact) {
	for _, k := range s.Keeps {
		if k.Evidence == nil {
			continue
		}
		for _, f := range k.Evidence.Figures {
			all = append(all, ui.Fact{Label: r.T(f.Name), Text: say(r.W2, f), Num: true, Wide: true, Href: r.Way(f.Link)})
		}
	}
	return all
}

// own is what the hospital has set instead of the figures in the text, and what it will.
func (s *Sheet) own(r *web.Req) string {
	var said []string
	for _, v := range s.Values {
		switch {
		case v.Since != "":
			said = append(said, r.T("rules.own.value", v.Name.In(r.W2.Lang), v.Say(r.W2, v.Value), r.W2.Day(v.Since)))
		case slices.ContainsFunc(s.Coming, func(next rules.Setting) bool { return next.Key == v.Key }):
			said = append(said, r.T("rules.own.today", v.Name.In(r.W2.Lang), v.Say(r.W2, v.Value)))
		}
	}
	for _, v := range s.Coming {
		said = append(said, r.T("rules.own.value", v.Name.In(r.W2.Lang), v.Say(r.W2, v.Value), r.W2.Day(v.Since)))
	}
	return strings.Join(said, r.T("rules.own.then"))
}

// opens is the address behind a sum: that of the one claim which counted anything. Where
// several did, the table in which each opens its own.
func (s *Sheet) opens(side func(*rules.Evidence) (int64, string)) (link string) {
	counted := 0
	for i, k := range s.Keeps {
		if k.Evidence == nil || s.of[i].Again {
			continue
		}
		if n, at := side(k.Evidence); n > 0 {
			link = at
			counted++
		}
	}
	if counted > 1 {
		return "#keeps"
	}
	return link
}

// opened is a link for whoever may go there; a place on this page is open to all.
func opened(r *web.Req, link string) string {
	if strings.HasPrefix(link, "#") {
		return link
	}
	return r.Way(link)
}

func (s *Sheet) values(r *web.Req) templ.Component {
	may := r.By.May(rules.MayPropose)
	t := ui.Table{ID: "values", Bare: true, Caption: r.T("rules.values"), Columns: []ui.Head{{Label: r.T("rules.changes.param")}, {Label: r.T("rules.today")}, {Label: r.T("rules.edge")}, {Label: r.T("rules.law")}, {Label: ""}}}
	for _, v := range s.Values {
		row := ui.Row{Cells: []ui.Cell{{Text: v.Name.In(r.W2.Lang), Sub: v.Key}, {Text: v.Say(r.W2, v.Value), Sub: since(r, v)}, {}, {}, {}}}
		for _, next := range s.Coming {
			if next.Key == v.Key {
				row.Cells[1].Sub += " · " + r.T("rules.coming", next.Say(r.W2, next.Value), r.W2.Day(next.Since))
			}
		}
		if v.Edge != rules.NoEdge {
			below, above := v.Sides(r.W2, v.Value)
			row.Cells[2] = ui.Cell{Text: below, Sub: above}
		}
		if v.Law != nil {
			row.Cells[3] = ui.Cell{Text: v.Law.In(r.W2.Lang), Sub: r.T("rules.sure." + v.Law.Sure)}
		}
		if may {
			row.Cells[4] = ui.Cell{Text: r.T("rules.edit"), Href: "/rules/" + s.ID + "/propose?param=" + v.Key}
		}
		t.Rows = append(t.Rows, row)
	}
	return ui.List(r.W2, t)
}

func (s *Sheet) keeps(r *web.Req) templ.Component {
	t := ui.Table{ID: "keeps", Bare: true, Caption: r.T("rules.keeps"), Empty: ui.Nothing{Text: r.T("rules.open.none"), Icon: "circle-dashed"},
		Columns: []ui.Head{{Label: r.T("rules.keeps.by")}, {Label: r.T("rules.list.how")}, {Label: r.T("rules.list.kept"), Num: true}, {Label: r.T("rules.list.broken"), Num: true}, {Label: r.T("rules.list.latest")}}}
	now := r.Site.DB.Now()
	for _, k := range s.Keeps {
		row := ui.Row{Href: r.Way(k.Page), Cells: []ui.Cell{{Text: k.By}, {Text: r.T("rules.how." + string(k.How))}, {Num: true}, {Num: true}, {}}}
		if k.Partly {
			row.Cells[1].Sub = r.T("rules.list.partly")
		}
		if k.Lacks != "" {
			row.Cells[0].Sub = r.T("rules.keeps.lacks", k.Lacks)
		}
		if e := k.Evidence; e != nil {
			row.Cells[2] = ui.Cell{Text: r.W2.Number(e.Kept), Href: r.Way(e.Link), Num: true}
			row.Cells[3] = ui.Cell{Text: r.W2.Number(e.Broken), Href: r.Way(e.BrokenLink), Num: true}
			if e.Broken > 0 {
				row.Cells[3].Tone = ui.Danger
			}
			if !e.Latest.IsZero() {
				row.Cells[4] = ui.Cell{Text: r.W2.Instant(e.Latest, now), Title: r.W2.Full(e.Latest), When: true, Href: row.Cells[2].Href}
				if e.Kept == 0 {
					row.Cells[4].Href = row.Cells[3].Href
				}
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return ui.List(r.W2, t)
}

func (s *Sheet) history(r *web.Req) templ.Component {
	t := ui.Table{ID: "history", Bare: true, Caption: r.T("rules.history"),
		Columns: []ui.Head{{Label: r.T("rules.changes.param")}, {Label: r.T("rules.compare.was"), Named: true}, {Label: r.T("rules.compare.will"), Named: true}, {Label: r.T("rules.changes.since"), Named: true}, {Label: r.T("rules.changes.outcome")}}}
	for _, c := range s.History {
		p, _, ok := rules.Parameter(c.Param)
		if !ok {
			p = rules.Param{Type: rules.Clock, Name: rules.Said{Zh: c.Param, En: c.Param}}
		}
		tone := map[rules.Outcome]ui.Tone{rules.Pending: ui.Soon, rules.Confirmed: ui.Done, rules.Refused: ui.Danger, rules.Withdrawn: ui.Quiet}[c.Outcome]
		t.Rows = append(t.Rows, ui.Row{Href: "/rule-changes/" + c.ID, Cells: []ui.Cell{{Text: p.Name.In(r.W2.Lang), Sub: c.Number}, {Text: p.Say(r.W2, c.Was)}, {Text: p.Say(r.W2, c.Value)},
			{Text: r.W2.Day(c.Since)}, {Text: r.T("rules.changes.outcome." + string(c.Outcome)), State: true, Tone: tone, Sub: c.DecidedName}}})
	}
	return ui.List(r.W2, t)
}
