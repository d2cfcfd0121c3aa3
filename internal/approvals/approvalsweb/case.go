package approvalsweb

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/files"
)

// Sheet is all that is known of a case.
type Sheet struct {
	approvals.Case
	Course   []approvals.Turn    `json:"course"`
	Opinions []approvals.Opinion `json:"opinions"`
}

// word is what somebody says, to what they were shown.
type word struct{ Note, Digest, Person string }

func digestField() form.Field[word] {
	return form.Field[word]{Key: "digest", Into: func(w *word) any { return &w.Digest }, Kind: form.Hidden, Required: true, Most: 64}
}

func noteField(required bool) form.Field[word] {
	return form.Field[word]{Key: "note", Into: func(w *word) any { return &w.Note }, Kind: form.Area, Required: required, Most: 500}
}

var (
	agreeing    = form.Of[word]{Name: "approvals.agreeing", Fields: []form.Field[word]{noteField(false), digestField()}}
	refusing    = form.Of[word]{Name: "approvals.refusing", Fields: []form.Field[word]{noteField(true), digestField()}}
	returning   = form.Of[word]{Name: "approvals.returning", Fields: []form.Field[word]{noteField(true), digestField()}}
	withdrawing = form.Of[word]{Name: "approvals.withdrawing", Fields: []form.Field[word]{noteField(false)}}
	giving      = form.Of[word]{Name: "approvals.giving", Fields: []form.Field[word]{noteField(true)}}
	asking      = form.Of[word]{Name: "approvals.asking", Fields: []form.Field[word]{
		{Key: "person", Into: func(w *word) any { return &w.Person }, Required: true, Ref: "people"}, noteField(false)}}
)

// met is a meeting's decision as its minutes say.
type met struct {
	approvals.Minutes
	Meeting, Digest string
	Files           form.Uploads
}

var minutes = form.Of[met]{Name: "approvals.minutes", Fields: []form.Field[met]{
	{Key: "meeting", Into: func(m *met) any { return &m.Meeting }, Required: true, OneOf: approvals.Meetings, Enum: "approvals.post"},
	{Key: "day", Into: func(m *met) any { return &m.Day }, Required: true},
	{Key: "number", Into: func(m *met) any { return &m.Number }, Required: true, Most: 60},
	{Key: "verdict", Into: func(m *met) any { return &m.Verdict }, Required: true, Kind: form.Cards, OneOf: []string{string(approvals.Agreed), string(approvals.Refused), string(approvals.Returned)}, Enum: "approvals.verdict"},
	{Key: "note", Into: func(m *met) any { return &m.Note }, Kind: form.Area, Most: 500},
	{Key: "minutes", Into: func(m *met) any { return &m.Files }, Kind: form.File, Required: true, Hint: true},
	{Key: "digest", Into: func(m *met) any { return &m.Digest }, Kind: form.Hidden, Required: true, Most: 64},
}}

// said carries out what a person says to a case.
func said(c *Counter, r *web.Req, spec *form.Of[word], say string, f func(context.Context, *db.Tx, string, *word) (approvals.Case, error)) error {
	return web.Submit(r, spec, c.show, func(tx *db.Tx, w *word) (web.Done, error) {
		id := r.PathValue("id")
		k, err := f(r.Context(), tx, id, w)
		to := "/approvals/cases/" + id
		if say == "approvals.done.agreed" {
			to = "/approvals"
		}
		return web.Done{To: to, Say: say, Args: []string{k.Number}, Data: k}, err
	})
}

func (c *Counter) agree(r *web.Req) error {
	return said(c, r, &agreeing, "approvals.done.agreed", func(ctx context.Context, tx *db.Tx, id string, w *word) (approvals.Case, error) {
		return approvals.Agree(ctx, tx, id, w.Note, signature(r, w.Digest))
	})
}

func (c *Counter) refuse(r *web.Req) error {
	return said(c, r, &refusing, "approvals.done.refused", func(ctx context.Context, tx *db.Tx, id string, w *word) (approvals.Case, error) {
		return approvals.Refuse(ctx, tx, id, w.Note, signature(r, w.Digest))
	})
}

func (c *Counter) sendBack(r *web.Req) error {
	return said(c, r, &returning, "approvals.done.returned", func(ctx context.Context, tx *db.Tx, id string, w *word) (approvals.Case, error) {
		return approvals.SendBack(ctx, tx, id, w.Note, signature(r, w.Digest))
	})
}

func (c *Counter) withdraw(r *web.Req) error {
	return said(c, r, &withdrawing, "approvals.done.withdrawn", func(ctx context.Context, tx *db.Tx, id string, w *word) (approvals.Case, error) {
		return approvals.Withdraw(ctx, tx, id, w.Note)
	})
}

func (c *Counter) opinion(r *web.Req) error {
	return said(c, r, &giving, "approvals.done.opinion", func(ctx context.Context, tx *db.Tx, id string, w *word) (approvals.Case, error) {
		return approvals.GiveOpinion(ctx, tx, id, w.Note)
	})
}

func (c *Counter) askOpinion(r *web.Req) error {
	return said(c, r, &asking, "approvals.done.asked_opinion", func(ctx context.Context, tx *db.Tx, id string, w *word) (approvals.Case, error) {
		return approvals.AskOpinion(ctx, tx, id, w.Person, w.Note)
	})
}

func remind(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		id := r.PathValue("id")
		k, err := approvals.Remind(r.Context(), tx, id)
		return web.Done{To: "/approvals/cases/" + id, Say: "approvals.done.reminded", Data: k}, err
	})
}

// enter writes down a meeting's decision, with its minutes.
func (c *Counter) enter(r *web.Req) error {
	in, err := r.Input()
	if err != nil {
		return err
	}
	var kept []files.Kept
	var refused error
	if c.Files != nil && len(in.Files["minutes"]) > 0 {
		kept, refused = c.Files.Receive(r.Context(), in.Files["minutes"]...)
	}
	return web.Submit(r, &minutes, c.show, func(tx *db.Tx, m *met) (web.Done, error) {
		id := r.PathValue("id")
		if refused != nil {
			return web.Done{}, refused
		}
		if _, err := approvals.Get(r.Context(), tx, tx.By, id); err != nil {
			return web.Done{}, err
		}
		for i := range kept {
			f, err := files.Attach(r.Context(), tx, c.Files, files.Upload{Noun: approvals.Noun, Record: id, Kept: &kept[i]})
			if err != nil {
				return web.Done{}, err
			}
			m.File = f.ID
		}
		k, err := approvals.Enter(r.Context(), tx, id, m.Meeting, m.Minutes, signature(r, m.Digest))
		return web.Done{To: "/approvals/cases/" + id, Say: "approvals.done.entered", Args: []string{k.Number}, Data: k}, err
	})
}

// page is what a case's page is made of.
type page struct {
	Notes    []ui.Note
	Buttons  []ui.Action
	Line     []ui.Stage
	Facts    []ui.Fact
	Course   ui.Table
	Opinions []ui.Entry
	Files    []ui.Photo
	Story    templ.Component
}

func (c *Counter) show(r *web.Req) error {
	ctx := r.Context()
	if _, err := approvals.Get(ctx, r.Read(), r.By, r.PathValue("id")); err != nil {
		return err
	}
	k, err := approvals.Whole(ctx, r.Read(), r.PathValue("id"))
	if err != nil {
		return err
	}
	s := Sheet{Case: k}
	if s.Course, err = approvals.Course(ctx, r.Read(), k.ID); err != nil {
		return err
	}
	if s.Opinions, err = approvals.Opinions(ctx, r.Read(), k.ID); err != nil {
		return err
	}
	if r.JSON() {
		return r.Give(s)
	}
	p := page{Line: line(r, &s), Facts: c.facts(r, &s), Course: courseTable(r, &s), Opinions: opinions(r, &s)}
	if p.Buttons, p.Notes, err = c.buttons(r, &s); err != nil {
		return err
	}
	if c.Files != nil {
		if p.Files, err = files.Photos(ctx, r.Read(), r.W2, approvals.Noun, k.ID); err != nil {
			return err
		}
	}
	if p.Story, err = r.Story(approvals.Noun, k.ID); err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: k.Title, Sub: k.Number + " · " + approvals.SayKind(r.W2, k.Kind), Mark: &ui.Mark{Word: r.T("approvals.cases.state." + string(k.State)), Tone: ui.Tone(k.State.Tone())},
		Back: back(r, &k), Live: []string{approvals.Noun}, Body: casePage(r.W2, p)}, s)
}

// back leads those who asked to what they asked for, and others to what they decide.
func back(r *web.Req, k *approvals.Case) *ui.Link {
	if k.AskedBy == r.By.ID {
		return &ui.Link{Label: r.T("approvals.asked"), Href: "/approvals/asked"}
	}
	return &ui.Link{Label: r.T("approvals.decisions"), Href: "/approvals"}
}

// buttons are what this person may do with the case now.
func (c *Counter) buttons(r *web.Req, s *Sheet) (all []ui.Action, notes []ui.Note, err error) {
	k := &s.Case
	if k.Beside != "" {
		notes = append(notes, ui.Note{Tone: ui.Soon, Text: r.T("approvals.beside", r.W2.List(k.Besides()), r.W2.Money(k.Weight))})
	}
	if !k.Open {
		return nil, notes, nil
	}
	if k.Reminders > 0 {
		notes = append(notes, ui.Note{Text: r.T("approvals.reminded_at", k.Reminders, r.W2.Instant(k.RemindedAt, r.Read().Moment()))})
	}
	at, forName, closed, err := approvals.Sits(r.Context(), r.Read(), r.By, k)
	if err != nil {
		return nil, nil, err
	}
	if forName != "" {
		notes = append(notes, ui.Note{Text: r.T("approvals.for.note", forName)})
	}
	to := "/approvals/cases/" + k.ID + "/"
	add := func(name string, spec *form.Of[word], tone ui.Tone, icon string) error {
		f, err := r.Form(spec, &word{Digest: k.Digest}, ui.Form{ID: name, Action: to + name, Submit: r.T("approvals.do." + name), Tone: tone})
		all = append(all, ui.Action{Name: name, Label: r.T("approvals.do." + name), Icon: icon, Tone: tone, Ask: &f, Open: r.Failed(spec) != nil})
		return err
	}
	type step struct {
		name string
		spec *form.Of[word]
		tone ui.Tone
		icon string
		may  bool
	}
	decide := at && closed == nil
	if at && closed != nil {
		why := ""
		if e, ok := closed.(*fault.Error); ok {
			why = web.Say(r.W2, e)
		}
		all = append(all, ui.Action{Name: "agree", Label: r.T("approvals.do.agree"), Closed: why})
	}
	mine := k.AskedBy == r.By.ID
	for _, x := range []step{{"agree", &agreeing, ui.Accent, "check", decide}, {"refuse", &refusing, ui.Danger, "x", decide}, {"send-back", &returning, "", "arrow-back-up", decide},
		{"ask-opinion", &asking, "", "message-2", at || mine}, {"opinion", &giving, "", "message-2", !mine}, {"withdraw", &withdrawing, ui.Danger, "", mine}} {
		if !x.may {
			continue
		}
		if err := add(x.name, x.spec, x.tone, x.icon); err != nil {
			return nil, nil, err
		}
	}
	if mine {
		all = append(all, ui.Action{Name: "remind", Label: r.T("approvals.do.remind"), Post: to + "remind", Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}}})
	}
	if r.By.May(approvals.MayEnter) {
		waiting, err := approvals.MeetingsAt(r.Context(), r.Read(), k.ID)
		if err != nil || len(waiting) == 0 {
			return all, notes, err
		}
		f, err := r.Form(&minutes, &met{Meeting: waiting[0], Digest: k.Digest, Minutes: approvals.Minutes{Day: r.Site.DB.Today()}}, ui.Form{ID: "enter", Action: to + "enter", Submit: r.T("approvals.do.enter")})
		if err != nil {
			return nil, nil, err
		}
		for i := range f.Fields {
			if x := &f.Fields[i]; x.Name == "meeting" {
				x.Options = nil
				for _, m := range waiting {
					x.Options = append(x.Options, ui.Option{Value: m, Label: r.T("approvals.post." + m)})
				}
			}
		}
		all = append(all, ui.Action{Name: "enter", Label: r.T("approvals.do.enter"), Tone: ui.Accent, Ask: &f, Open: r.Failed(&minutes) != nil})
	}
	return all, notes, nil
}

// line draws the way as stations.
func line(r *web.Req, s *Sheet) (stages []ui.Stage) {
	now := r.Read().Moment()
	stages = append(stages, ui.Stage{Label: r.T("approvals.asked_for"), When: r.W2.Instant(s.AskedAt, now), State: ui.Passed})
	for i := 0; i < len(s.Course); {
		var names []string
		stage, at, state := s.Course[i].Stage, period.Instant(0), ui.Ahead
		for ; i < len(s.Course) && s.Course[i].Stage == stage; i++ {
			t := &s.Course[i]
			names = append(names, approvals.SayWho(r.Context(), r.Read(), r.W2, t.Who))
			at = max(at, t.EndedAt)
		}
		switch {
		case stage < s.Stage, stage == s.Stage && s.State == approvals.Agreed:
			state = ui.Passed
		case stage == s.Stage && s.Open:
			state, at = ui.Now, 0
		case stage == s.Stage:
			state = ui.Missed
		}
		x := ui.Stage{Label: strings.Join(names, " + "), State: state}
		if at != 0 {
			x.When = r.W2.Instant(at, now)
		}
		stages = append(stages, x)
	}
	return stages
}

func (c *Counter) facts(r *web.Req, s *Sheet) []ui.Fact {
	now := r.Read().Moment()
	paper := ui.Fact{Label: r.T("approvals.cases.record_number"), Text: s.RecordNumber}
	if p, ok := c.Papers[s.Noun]; ok && p.May(r.Context(), r.Read(), r.By, s.Record) == nil {
		paper.Href = p.At + s.Record
	}
	facts := []ui.Fact{paper, {Label: r.T("approvals.cases.asked_name"), Text: s.AskedName, Sub: s.DepartmentName}, {Label: r.T("approvals.cases.asked_at"), Text: r.W2.Instant(s.AskedAt, now)}}
	if s.Amount > 0 {
		facts = append(facts, ui.Fact{Label: r.T("approvals.cases.amount"), Text: r.T("approvals.amount.yuan", r.W2.Money(s.Amount)), Num: true})
	}
	if s.Reason != "" {
		facts = append(facts, ui.Fact{Label: r.T("approvals.cases.reason"), Text: s.Reason, Wide: true})
	}
	facts = append(facts, factsOf(r, &s.Case)...)
	way := r.T("approvals.shipped")
	if s.Route != "" {
		way = r.T("approvals.since", s.RouteSince)
	}
	facts = append(facts, ui.Fact{Label: r.T("approvals.way"), Text: approvals.SayKind(r.W2, s.Kind), Sub: way, Href: "/approvals/routes/" + s.Kind},
		ui.Fact{Label: r.T("approvals.clauses"), Part: clauseLinks(r.W2, approvals.ClausesOf(s.Kind))})
	if s.EndedNote != "" {
		facts = append(facts, ui.Fact{Label: r.T("approvals.note"), Text: s.EndedNote, Sub: s.EndedBy, Wide: true})
	}
	return append(facts, ui.Fact{Label: r.T("approvals.digest"), Text: s.Digest, Wide: true})
}

// courseTable says of each step who decided, when, for whom and why, or who is awaited.
func courseTable(r *web.Req, s *Sheet) ui.Table {
	now := r.Read().Moment()
	t := ui.Table{ID: "course", Caption: r.T("approvals.course"), Bare: true, Columns: []ui.Head{{Label: r.T("approvals.step")}, {Label: r.T("approvals.stands")}, {Label: r.T("approvals.person")},
		{Label: r.T("approvals.when")}, {Label: r.T("approvals.note")}}}
	for i := range s.Course {
		x := &s.Course[i]
		who := ui.Cell{Text: approvals.SayWho(r.Context(), r.Read(), r.W2, x.Who), Sub: needs(r, x)}
		for _, d := range x.Signed {
			name := d.Name
			if d.ForName != "" {
				name = r.T("approvals.signed_for", d.Name, d.ForName)
			}
			note := d.Note
			if d.Minutes != "" {
				note = strings.TrimSpace(r.W2.Day(d.MetOn) + " " + d.Minutes + " " + d.Note)
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{who, {Text: r.T("approvals.verdict." + string(d.Verdict)), State: true, Tone: ui.Tone(d.Verdict.Tone())}, {Text: name, Sub: device(d)},
				{Text: r.W2.Instant(d.At, now), Title: r.W2.Full(d.At)}, {Text: note}}})
			who = ui.Cell{}
		}
		var names []string
		for _, w := range x.Waiting {
			n := w.Name
			if w.Instead {
				n = r.T("approvals.instead", n)
			}
			names = append(names, n)
		}
		tone, when := ui.Quiet, ""
		if x.State == approvals.Waiting {
			tone, when = ui.Soon, r.T("approvals.until", r.W2.Instant(x.Due, now))
			if period.At(now) > x.Due {
				tone = ui.Danger
			}
			if len(names) == 0 && x.Meeting == "" && len(x.Signed) == 0 {
				names = append(names, r.T("approvals.nobody_sits"))
			}
		}
		if len(x.Signed) == 0 || x.State == approvals.Waiting {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{who, {Text: r.T("approvals.step." + x.State), State: true, Tone: tone}, {Text: r.W2.List(names)}, {Text: when, Tone: tone}, {}}})
		}
	}
	return t
}

// needs says how many must agree, where it is not all and not one.
func needs(r *web.Req, t *approvals.Turn) string {
	switch {
	case t.StageNeed > 0:
		return r.T("approvals.need.stage", t.StageNeed)
	case t.Need == 0:
		return r.T("approvals.need.all")
	case t.Need > 1:
		return r.T("approvals.need.some", t.Need)
	}
	return ""
}

// device is from where somebody signed.
func device(d approvals.Decision) string {
	s := d.Source
	for _, known := range []string{"iPhone", "Android", "HarmonyOS", "iPad", "Windows", "Macintosh", "Linux"} {
		if strings.Contains(d.Agent, known) {
			return s + " · " + known
		}
	}
	return s
}

func opinions(r *web.Req, s *Sheet) (all []ui.Entry) {
	now := r.Read().Moment()
	for _, o := range s.Opinions {
		e := ui.Entry{Who: o.Name, What: r.T("approvals.opinion.given"), When: r.W2.Instant(o.GivenAt, now), Title: r.W2.Full(o.GivenAt), Note: o.Text}
		if o.Waiting {
			e.What, e.When, e.Title, e.Note = r.T("approvals.opinion.waits", o.AskedName), r.W2.Instant(o.AskedAt, now), r.W2.Full(o.AskedAt), o.Question
		} else if o.Question != "" {
			e.What = r.T("approvals.opinion.answered", o.AskedName, o.Question)
		}
		all = append(all, e)
	}
	return all
}
