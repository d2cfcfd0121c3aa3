package countingweb

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/a-h/templ"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/flow"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/counting"
	"houqin/internal/warehouse"
)

var icons = map[string]string{"sign": "signature", "ask": "send", "finish": "circle-check", "again": "repeat", "drop": "ban", "post": "scale"}

// count is one count: how far it is, what differs, what can be done now.
func count(r *web.Req) error {
	c, err := counting.Whose(r.Context(), r.Read(), r.By, r.PathValue("id"), r.Site.DB.Today())
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(c)
	}
	at := "/counting/counts/" + c.ID
	p := ui.Page{Heading: c.Number, Sub: c.StoreName + " · " + r.T("counting.cycle."+c.Cycle), Back: &ui.Link{Label: r.T("counting.counts"), Href: "/counting/counts"}, Live: []string{counting.Noun, counting.SheetNoun, approvals.Noun},
		Mark: &ui.Mark{Word: r.T("counting.count.state." + string(c.State)), Tone: tone(&c)}, Flash: notes(r, &c)}
	if p.Actions, err = steps(r, &c, at); err != nil {
		return err
	}
	facts, err := facts(r, &c)
	if err != nil {
		return err
	}
	parts := []templ.Component{ui.Figures(figures(r, &c)...), ui.Facts(facts...)}
	if c.State != counting.Counting && c.State != counting.Recounting && c.Differing > 0 {
		t, err := differences(r, &c)
		if err != nil {
			return err
		}
		parts = append(parts, ui.Section(r.T("counting.differences"), ui.List(r.W2, t), ui.Link{Label: r.T("counting.lines.all"), Href: at + "/lines"}))
	}
	out, err := sheetTable(r, &c)
	if err != nil {
		return err
	}
	story, err := r.Story(counting.Noun, c.ID, c.Number)
	if err != nil {
		return err
	}
	p.Body = ui.Below(append(parts, ui.Section(r.T("counting.sheets"), ui.List(r.W2, out)), story)...)
	return r.Show(p, c)
}

func tone(c *counting.Count) ui.Tone {
	switch c.State {
	case counting.Posted, counting.Agreed:
		return ui.Done
	case counting.Dropped:
		return ui.Quiet
	}
	return ui.Soon
}

// steps are what the person may do with the count now.
func steps(r *web.Req, c *counting.Count, at string) ([]ui.Action, error) {
	open := counting.Life.Open(r.By, c)
	var first []ui.Action
	if c.State == counting.Settling && c.Differing > 0 && r.By.MayIn(counting.MaySettle, c.Keeping) {
		first = append(first, ui.Action{Name: "reasons", Label: r.T("counting.do.reasons"), Href: at + "/reasons", Icon: "edit"})
	}
	open = slices.DeleteFunc(open, func(b flow.Button) bool {
		if b.Name != "post" || b.Closed != nil {
			return false
		}
		first = append(first, ui.Action{Name: "post", Label: r.T("counting.count.post"), Href: at + "/post", Icon: icons["post"], Tone: ui.Accent})
		return true
	})
	actions, err := r.Buttons(counting.Noun, at, c.Version, open)
	for n := range actions {
		actions[n].Icon = icons[actions[n].Name]
	}
	if len(first) > 0 && first[0].Name == "reasons" && len(c.Missing()) > 0 { // nothing can be asked for before
		first[0].Tone = ui.Accent
		for n := range actions {
			if actions[n].Tone == ui.Accent {
				actions[n].Tone = ui.Plain
			}
		}
	}
	actions = append(append(first, actions...), fillSteps(r, c, at)...)
	if !c.CountedAt.IsZero() {
		actions = append(actions, ui.Action{Name: "report", Label: r.T("counting.report"), Href: at + "/report", Icon: "printer", Fresh: true})
	}
	return actions, err
}

// notes are what the reader must know before acting.
func notes(r *web.Req, c *counting.Count) (ns []ui.Note) {
	if c.Note != "" {
		ns = append(ns, ui.Note{Text: c.Note, Tone: ui.Soon})
	}
	var lacks []string
	if c.State == counting.Settling {
		for _, key := range c.Missing() {
			lacks = append(lacks, r.T(key))
		}
	}
	if lacks != nil {
		ns = append(ns, ui.Note{Text: r.T("counting.note.lacks", r.W2.List(lacks)), Tone: ui.Soon})
	}
	return ns
}

func figures(r *web.Req, c *counting.Count) []ui.Figure {
	at := "/counting/counts/" + c.ID + "/lines"
	fs := []ui.Figure{{Label: r.T("counting.figure.lines"), Value: fmt.Sprintf("%d", c.Lines), Icon: "list-check", Href: at}}
	if c.CountedAt.IsZero() {
		return append(fs, ui.Figure{Label: r.T("counting.figure.done"), Value: fmt.Sprintf("%d", c.Done), Icon: "check"})
	}
	return append(fs, ui.Figure{Label: r.T("counting.figure.differing"), Value: fmt.Sprintf("%d", c.Differing), Icon: "arrows-exchange", Href: at + "?differs=true"},
		ui.Figure{Label: r.T("counting.figure.accuracy"), Value: counting.Accuracy(c.Wrong), Icon: "percentage"},
		ui.Figure{Label: r.T("counting.figure.gain"), Value: r.W2.Money(c.Gain), Unit: r.T("ui.yuan"), Icon: "trending-up"},
		ui.Figure{Label: r.T("counting.figure.loss"), Value: r.W2.Money(c.Loss), Unit: r.T("ui.yuan"), Icon: "trending-down"})
}

func facts(r *web.Req, c *counting.Count) ([]ui.Fact, error) {
	now := r.Site.DB.Now()
	fs := []ui.Fact{{Label: r.T("counting.counts.store"), Text: c.StoreName}, {Label: r.T("counting.counts.goods"), Text: r.T("counting.goods." + string(c.Goods))},
		{Label: r.T("counting.counts.due"), Text: r.W2.Day(c.Due)}, {Label: r.T("counting.counts.begun_name"), Text: c.BegunName, Sub: r.W2.Instant(c.BegunAt, now)}}
	add := func(label, text, sub, href string) {
		if text != "" {
			fs = append(fs, ui.Fact{Label: r.T(label), Text: text, Sub: sub, Href: href})
		}
	}
	if c.BinFrom != "" || c.BinUntil != "" {
		add("counting.bins", c.BinFrom+" – "+c.BinUntil, "", "")
	}
	if c.Blind {
		add("counting.counts.blind", r.T("counting.blind"), "", "")
	}
	if !c.CountedAt.IsZero() {
		add("counting.counted_at", r.W2.Instant(c.CountedAt, now), "", "")
	}
	add("counting.signed.keeper", c.KeeperName, r.W2.Instant(c.KeeperAt, now), "")
	add("counting.signed.accountant", c.AccountantName, r.W2.Instant(c.AccountantAt, now), "")
	if c.Case != "" {
		k, err := approvals.Whole(r.Context(), r.Read(), c.Case)
		if err != nil {
			return nil, err
		}
		href := ""
		if sees, err := approvals.Sees(r.Context(), r.Read(), r.By, c.Case); err != nil {
			return nil, err
		} else if sees {
			href = "/approvals/cases/" + c.Case
		}
		add("counting.counts.paper", k.Number, r.T("approvals.cases.state."+string(k.State)), href)
	}
	if c.Document != "" {
		href := ""
		if r.By.May(warehouse.MaySee) {
			href = "/warehouse/documents/" + c.Document
		}
		add("counting.counts.document_number", c.DocumentNumber, c.PostedName, href)
	}
	if c.Analysis != "" {
		fs = append(fs, ui.Fact{Label: r.T("counting.analysis.text"), Text: c.Analysis, Wide: true})
	}
	return fs, nil
}

// told is how many differences stand on the page of a count.
const told = 50

// differences are the first lines that differ.
func differences(r *web.Req, c *counting.Count) (ui.Table, error) {
	all, err := counting.Lines.All(r.Context(), r.Read(), list.Where{}.And("l.count = ? AND l.diff <> 0", c.ID), told)
	t := ui.Table{ID: "differences", Bare: true, Caption: r.T("counting.differences"), Columns: []ui.Head{{Label: r.T("counting.lines.name")}, {Label: r.T("counting.lines.bin_code")}, {Label: r.T("counting.lines.lot")},
		{Label: r.T("counting.lines.first_book"), Num: true}, {Label: r.T("counting.found"), Num: true}, {Label: r.T("counting.lines.diff"), Num: true}, {Label: r.T("counting.lines.value"), Num: true}, {Label: r.T("counting.lines.reason")}}}
	for _, l := range all {
		reason := ui.Cell{Text: "—", Tone: ui.Soon}
		if l.Reason != "" {
			reason = ui.Cell{Text: r.T("counting.reason." + l.Reason), Sub: l.Why}
		}
		diff := ui.Cell{Text: l.SayDiff(), Num: true}
		if l.Diff < 0 {
			diff.Tone = ui.Danger
		}
		last := l.Last()
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: l.Title(), Sub: l.Number}, {Text: l.BinCode}, {Text: l.Lot, Sub: r.W2.Day(l.Expiry)}, {Text: l.Say(last.Book), Num: true}, {Text: l.Say(last.Qty), Sub: last.Name, Num: true}, diff, {Text: r.W2.Money(l.Value), Num: true}, reason}})
	}
	return t, err
}

func sheetTable(r *web.Req, c *counting.Count) (ui.Table, error) {
	all, err := counting.SheetsOf(r.Context(), r.Read(), c.ID)
	now := r.Site.DB.Now()
	t := ui.Table{ID: "sheets", Bare: true, Caption: r.T("counting.sheets"), Columns: []ui.Head{{Label: r.T("counting.sheet.n")}, {Label: r.T("counting.sheets.label")}, {Label: r.T("counting.sheets.size"), Num: true}, {Label: r.T("counting.sheets.counter_name")}, {Label: r.T("counting.sheet.state")}}}
	for _, s := range all {
		state := ui.Cell{Text: r.T("counting.sheet.free"), State: true}
		switch {
		case !s.HandedAt.IsZero():
			state = ui.Cell{Text: r.T("counting.sheet.handed"), Sub: r.W2.Instant(s.HandedAt, now), State: true, Tone: ui.Done}
		case !s.Open:
			state = ui.Cell{Text: r.T("counting.sheet.void"), State: true, Tone: ui.Quiet}
		case s.Counter != "":
			state = ui.Cell{Text: r.T("counting.sheet.taken"), State: true, Tone: ui.Accent}
		}
		t.Rows = append(t.Rows, ui.Row{Href: "/counting/sheets/" + s.ID, Cells: []ui.Cell{{Text: r.T("counting.sheet.name", s.N), Sub: roundOf(r, &s)}, {Text: s.Label}, {Text: fmt.Sprintf("%d / %d", s.Done, s.Size), Num: true}, {Text: s.CounterName}, state}})
	}
	return t, err
}

func roundOf(r *web.Req, s *counting.Sheet) string {
	if s.Round == 2 {
		return r.T("counting.sheet.second")
	}
	return ""
}

// pressed is a step of a count that asks nothing, answered one that asks a form first.
func pressed(r *web.Req, say string, step func(context.Context, *db.Tx, string, int64) (counting.Count, error)) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		c, err := step(r.Context(), tx, r.PathValue("id"), r.Version())
		return done(c, say), err
	})
}

func answered[T any](r *web.Req, spec *form.Of[T], say string, step func(context.Context, *db.Tx, string, int64, T) (counting.Count, error)) error {
	return web.Submit(r, spec, count, func(tx *db.Tx, t *T) (web.Done, error) {
		c, err := step(r.Context(), tx, r.PathValue("id"), r.Version(), *t)
		return done(c, say), err
	})
}

func done(c counting.Count, say string) web.Done {
	return web.Done{To: "/counting/counts/" + c.ID, Say: say, Args: []string{c.Number}, Data: c}
}

func sign(r *web.Req) error  { return pressed(r, "counting.done.signed", counting.Sign) }
func again(r *web.Req) error { return pressed(r, "counting.done.again", counting.Again) }
func ask(r *web.Req) error {
	return answered(r, &counting.AnalysisForm, "counting.done.asked", counting.Ask)
}
func finish(r *web.Req) error {
	return answered(r, &counting.AnalysisForm, "counting.done.finished", counting.Finish)
}
func drop(r *web.Req) error {
	return answered(r, &counting.DropForm, "counting.done.dropped", counting.Drop)
}

// causes is the form of reasons.
type causes struct{ Lines []counting.Cause }

// causesMost is how many reasons are given on one page.
const causesMost = 200

var causeLine = form.Of[counting.Cause]{Name: "counting.cause", Fields: []form.Field[counting.Cause]{
	{Key: "line", Into: func(x *counting.Cause) any { return &x.Line }, Kind: form.Hidden, Required: true},
	{Key: "reason", Into: func(x *counting.Cause) any { return &x.Reason }, OneOf: counting.Reasons, Enum: "counting.reason"},
	{Key: "why", Into: func(x *counting.Cause) any { return &x.Why }, Most: 200},
}}

var causesPaper = form.Of[causes]{Name: "counting.causes", Fields: []form.Field[causes]{
	form.LinesOf("lines", func(c *causes) *[]counting.Cause { return &c.Lines }, &causeLine, causesMost)}}

// reasons is where every difference is given its reason: those without one first.
func reasons(r *web.Req) error {
	c, err := counting.Get(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	at := "/counting/counts/" + c.ID
	if c.State != counting.Settling {
		return r.Go(at)
	}
	all, err := counting.Lines.All(r.Context(), r.Read(), list.Where{}.And("l.count = ? AND l.diff <> 0", c.ID), 20_000)
	if err != nil {
		return err
	}
	slices.SortStableFunc(all, func(a, b counting.Line) int {
		switch {
		case (a.Reason == "") == (b.Reason == ""):
			return 0
		case a.Reason == "":
			return -1
		}
		return 1
	})
	var x causes
	byID := map[string]*counting.Line{}
	for n := range all {
		byID[all[n].ID] = &all[n]
		if n < causesMost {
			x.Lines = append(x.Lines, counting.Cause{Line: all[n].ID, Reason: all[n].Reason, Why: all[n].Why})
		}
	}
	f, err := r.Form(&causesPaper, &x, ui.Form{Action: at + "/reasons", Version: web.VersionText(c.Version), Submit: r.T("counting.do.save"), Cancel: at, Intro: r.T("counting.causes.intro"), Draft: true})
	if err != nil {
		return err
	}
	f.Tell(func(id string) []string {
		l := byID[id]
		if l == nil {
			return nil
		}
		return []string{l.Title(), l.BinCode + " " + l.Lot, l.Say(l.Last().Book), l.Say(l.Last().Qty), l.SayDiff(), r.W2.Money(l.Value)}
	}, r.T("counting.lines.name"), r.T("counting.place"), r.T("counting.lines.first_book"), r.T("counting.found"), r.T("counting.lines.diff"), r.T("counting.lines.value"))
	return r.Show(ui.Page{Heading: r.T("counting.do.reasons"), Sub: c.Number + " · " + c.StoreName, Wide: true, Back: &ui.Link{Label: c.Number, Href: at}, Body: ui.Ask(r.W2, f)}, nil)
}

func explain(r *web.Req) error {
	return web.Submit(r, &causesPaper, reasons, func(tx *db.Tx, x *causes) (web.Done, error) {
		c, err := counting.Explain(r.Context(), tx, r.PathValue("id"), r.Version(), x.Lines)
		return done(c, "counting.done.explained"), err
	})
}

// postPaper asks nothing; as a form its refusals stand on the page.
var postPaper = form.Of[struct{}]{Name: "counting.posting"}

// posting shows what will be posted, and everything that stands in its way.
func posting(r *web.Req) error {
	c, err := counting.Whose(r.Context(), r.Read(), r.By, r.PathValue("id"), r.Site.DB.Today())
	if err != nil {
		return err
	}
	at := "/counting/counts/" + c.ID
	if c.State != counting.Approved {
		return r.Go(at)
	}
	p := ui.Page{Heading: r.T("counting.count.post"), Sub: c.Number + " · " + c.StoreName, Back: &ui.Link{Label: c.Number, Href: at}}
	bad, err := counting.Problems(r.Context(), r.Read(), &c)
	if err != nil {
		return err
	}
	var e *fault.Error
	if errors.As(r.Failed(&postPaper), &e) && len(e.Fields) == 0 {
		p.Flash = append(p.Flash, ui.Note{Text: r.T(e.Key, e.Args...), Tone: ui.Danger})
	}
	parts := []templ.Component{ui.Figures(figures(r, &c)...)}
	if len(bad) > 0 {
		p.Flash = append(p.Flash, ui.Note{Text: r.T("counting.note.problems", len(bad)), Tone: ui.Danger})
		t := ui.Table{ID: "problems", Bare: true, Caption: r.T("counting.problems"), Columns: []ui.Head{{Label: r.T("counting.problems")}}}
		for _, b := range bad {
			t.Rows = append(t.Rows, ui.Row{Tone: ui.Danger, Cells: []ui.Cell{{Text: r.T(b.Key, b.Args...)}}})
		}
		parts = append(parts, ui.Section(r.T("counting.problems"), ui.List(r.W2, t)))
	} else {
		p.Actions = []ui.Action{{Name: "post", Label: r.T("counting.do.post"), Icon: "scale", Tone: ui.Accent, Post: at + "/post", Confirm: r.T("counting.post.sure", c.Differing), Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}, {Name: "_version", Value: web.VersionText(c.Version)}}}}
	}
	t, err := differences(r, &c)
	if err != nil {
		return err
	}
	p.Body = ui.Below(append(parts, ui.Section(r.T("counting.differences"), ui.List(r.W2, t), ui.Link{Label: r.T("counting.lines.all"), Href: at + "/lines?differs=true"}))...)
	return r.Show(p, c)
}

func post(r *web.Req) error {
	return web.Submit(r, &postPaper, posting, func(tx *db.Tx, _ *struct{}) (web.Done, error) {
		c, err := counting.Post(r.Context(), tx, r.PathValue("id"), r.Version())
		return web.Done{To: "/counting/counts/" + c.ID, Say: "counting.done.posted", Args: []string{c.Number, c.DocumentNumber}, Data: c}, err
	})
}
