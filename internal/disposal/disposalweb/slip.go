package disposalweb

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/money"
	"houqin/internal/base/qr"
	"houqin/internal/base/quantity"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/disposal"
	"houqin/internal/rules"
	"houqin/internal/warehouse"
)

func moneyOf(q quantity.Qty) money.Fen { return money.Fen(q) }

// stores are those that take old goods back, whoever asks.
func stores(ctx context.Context, r db.Reader, _ db.Actor, text string) (picks []web.Pick, err error) {
	all, err := warehouse.Stores.All(ctx, r, open(), 200)
	for _, w := range all {
		if len(picks) < 20 && (text == "" || w.ID == text || strings.EqualFold(w.Code, text) || strings.Contains(w.Name, text)) {
			picks = append(picks, web.Pick{ID: w.ID, Label: w.Name, Hint: w.DepartmentName, Code: w.Code})
		}
	}
	return picks, err
}

func storeLabel(ctx context.Context, r db.Reader, id string) (string, error) {
	w, err := warehouse.StoreByID(ctx, r, id)
	return w.Name, err
}

// slip is one form: what can be done now, what it says, where it goes.
func slip(r *web.Req) error {
	s, err := disposal.Get(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(s)
	}
	p := ui.Page{Heading: s.Number, Sub: r.T("disposal.origin." + string(s.Origin)), Back: &ui.Link{Label: r.T("disposal.slips"), Href: "/disposal/slips"}, Live: []string{disposal.Noun, approvals.Noun},
		Mark: &ui.Mark{Word: r.T("disposal.slip.state." + string(s.State)), Tone: tone(&s)}}
	if p.Actions, err = steps(r, &s); err != nil {
		return err
	}
	p.Flash = notes(r, &s)
	parts := []templ.Component{ui.Facts(facts(r, &s)...), ui.Section(r.T("disposal.lines"), ui.List(r.W2, lines(r, &s)))}
	switch {
	case s.State == disposal.Drawn:
		way, err := outlook(r, &s)
		if err != nil {
			return err
		}
		parts = append(parts, way)
	case s.Case != "":
		way, err := course(r, &s)
		if err != nil {
			return err
		}
		parts = append(parts, way)
	}
	story, err := r.Story(disposal.Noun, s.ID, s.Number)
	if err != nil {
		return err
	}
	p.Body = ui.Below(append(parts, story)...)
	return r.Show(p, s)
}

func tone(s *disposal.Slip) ui.Tone {
	switch s.State {
	case disposal.WrittenOff:
		return ui.Done
	case disposal.Refused:
		return ui.Danger
	case disposal.Dropped:
		return ui.Quiet
	}
	return ui.Soon
}

var icons = map[string]string{"apply": "send", "verify": "eye", "take_back": "package", "post": "circle-check", "drop": "ban"}

// steps are what the person may do with the form now.
func steps(r *web.Req, s *disposal.Slip) ([]ui.Action, error) {
	at := "/disposal/slips/" + s.ID
	open := disposal.Life.Open(r.By, s)
	change := false
	for n := len(open) - 1; n >= 0; n-- {
		if open[n].Name == "change" {
			open, change = append(open[:n], open[n+1:]...), true
		}
	}
	actions, err := r.Buttons(disposal.Noun, at, s.Version, open)
	if err != nil {
		return nil, err
	}
	for n := range actions {
		actions[n].Icon = icons[actions[n].Name]
	}
	if change {
		actions = append(actions, ui.Action{Name: "edit", Label: r.T("disposal.slip.change"), Href: at + "/edit", Icon: "edit"})
	}
	return append(actions, ui.Action{Name: "print", Label: r.T("disposal.print"), Href: at + "/print", Icon: "printer", Fresh: true}), nil
}

// notes are what the reader must know before acting.
func notes(r *web.Req, s *disposal.Slip) (ns []ui.Note) {
	var e *fault.Error
	if errors.As(r.Failed(&applying), &e) {
		for _, f := range e.Fields {
			ns = append(ns, ui.Note{Text: r.T(f.Key, f.Args...), Tone: ui.Danger})
		}
	}
	if s.Stuck != "" {
		ns = append(ns, ui.Note{Text: r.T("disposal.note.stuck"), Tone: ui.Danger})
	}
	if s.Note != "" {
		ns = append(ns, ui.Note{Text: s.Note, Tone: ui.Soon})
	}
	if s.State == disposal.Applied || s.State == disposal.Agreed {
		var lacks []string
		for _, key := range s.Missing() {
			lacks = append(lacks, r.T(key))
		}
		if lacks != nil {
			ns = append(ns, ui.Note{Text: r.T("disposal.note.lacks", r.W2.List(lacks)), Tone: ui.Plain})
		}
	}
	return ns
}

func facts(r *web.Req, s *disposal.Slip) []ui.Fact {
	now := r.Site.DB.Now()
	fs := []ui.Fact{{Label: r.T("disposal.slips.department"), Text: s.DepartmentName}, {Label: r.T("disposal.slips.store"), Text: s.StoreName},
		{Label: r.T("disposal.slips.amount"), Text: r.W2.Money(s.Amount), Sub: r.T("ui.yuan"), Num: true}, {Label: r.T("disposal.slips.reason"), Text: s.Reason, Wide: true},
		{Label: r.T("disposal.slips.drawn_name"), Text: s.DrawnName, Sub: r.W2.Instant(s.DrawnAt, now)}}
	add := func(label, text, sub, href string) {
		if text != "" {
			fs = append(fs, ui.Fact{Label: r.T(label), Text: text, Sub: sub, Href: href})
		}
	}
	add("disposal.slips.applied_name", s.AppliedName, r.W2.Instant(s.AppliedAt, now), "")
	add("disposal.slips.verified_name", s.VerifiedName, r.W2.Instant(s.VerifiedAt, now), "")
	add("disposal.verdict.note", s.VerifiedNote, "", "")
	add("disposal.returned", s.ReturnedName, r.W2.Instant(s.ReturnedAt, now), "")
	add("disposal.spot.spot", s.Spot, "", "")
	document := ""
	if r.By.May(warehouse.MaySee) {
		document = "/warehouse/documents/" + s.Document
	}
	add("disposal.slips.document_number", s.DocumentNumber, r.W2.Instant(s.EndedAt, now), document)
	return fs
}

func lines(r *web.Req, s *disposal.Slip) ui.Table {
	t := ui.Table{ID: "lines", Bare: true, Caption: r.T("disposal.lines"), Columns: []ui.Head{{Label: r.T("disposal.line.item")}, {Label: r.T("disposal.line.model"), Minor: true}, {Label: r.T("disposal.line.qty"), Num: true},
		{Label: r.T("disposal.line.amount"), Num: true}, {Label: r.T("disposal.line.cause")}}}
	if s.Origin == disposal.OfStore {
		t.Columns = append(t.Columns, ui.Head{Label: r.T("disposal.line.lot")}, ui.Head{Label: r.T("disposal.line.expiry"), Minor: true})
	}
	for _, l := range s.Lines {
		cells := []ui.Cell{{Text: l.Name, Sub: l.Spec}, {Text: l.Model}, {Text: l.Say(l.Qty), Num: true}, {Text: r.W2.Money(l.Amount), Num: true}, {}}
		if l.Cause != "" {
			cells[4].Text = r.T("disposal.cause." + l.Cause)
		}
		if s.Origin == disposal.OfStore {
			cells = append(cells, ui.Cell{Text: l.Lot}, ui.Cell{Text: string(l.Expiry)})
		}
		t.Rows = append(t.Rows, ui.Row{Cells: cells})
	}
	return t
}

// outlook is where the form would go if it were applied for today, and beside it where
// it would go from the day on which another threshold holds.
func outlook(r *web.Req, s *disposal.Slip) (templ.Component, error) {
	all, err := disposal.Outlooks(r.Context(), r.Read(), s, r.Site.DB.Today())
	if err != nil {
		return nil, err
	}
	t := ui.Table{ID: "outlook", Bare: true, Caption: r.T("disposal.outlook"), Columns: []ui.Head{{Label: r.T("disposal.outlook.from")}, {Label: r.T("disposal.outlook.limit"), Num: true}, {Label: r.T("disposal.outlook.way")}}}
	for n, o := range all {
		from := r.T("disposal.outlook.today")
		if n > 0 {
			from = r.T("disposal.outlook.since", r.W2.Day(o.From))
		}
		limit := ""
		if s.Origin == disposal.OfStore {
			limit = o.Limit.Say(r.W2, o.Limit.Value)
		}
		var way []string
		for k, p := range o.Steps {
			who := approvals.SayWho(r.Context(), r.Read(), r.W2, p.Who)
			if len(p.People) > 0 {
				who += " " + r.W2.List(p.People)
			}
			if k > 0 && o.Steps[k-1].Stage == p.Stage {
				way[len(way)-1] += " + " + who
				continue
			}
			way = append(way, who)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: from}, {Text: limit, Num: true}, {Text: strings.Join(way, " → ")}}})
	}
	return ui.Section(r.T("disposal.outlook"), ui.List(r.W2, t), ui.Link{Label: r.T("disposal.outlook.rule"), Href: "/rules/A-010"}), nil
}

// course is how far the approval is.
func course(r *web.Req, s *disposal.Slip) (templ.Component, error) {
	turns, err := approvals.Course(r.Context(), r.Read(), s.Case)
	if err != nil {
		return nil, err
	}
	t := ui.Table{ID: "course", Bare: true, Caption: r.T("disposal.course"), Columns: []ui.Head{{Label: r.T("disposal.course.who")}, {Label: r.T("disposal.course.signed")}}}
	for _, turn := range turns {
		var signed []string
		for _, d := range turn.Signed {
			signed = append(signed, strings.TrimSpace(d.Name+" "+r.T("disposal.verdict."+string(d.Verdict))+" "+r.W2.Instant(d.At, r.Site.DB.Now())+" "+d.Note))
		}
		for _, c := range turn.Waiting {
			signed = append(signed, r.T("disposal.course.waits", c.Name))
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: approvals.SayWho(r.Context(), r.Read(), r.W2, turn.Who)}, {Text: r.W2.List(signed)}}})
	}
	var more []ui.Link
	if sees, err := approvals.Sees(r.Context(), r.Read(), r.By, s.Case); err != nil {
		return nil, err
	} else if sees {
		more = append(more, ui.Link{Label: r.T("disposal.course.open"), Href: "/approvals/cases/" + s.Case})
	}
	return ui.Section(r.T("disposal.course"), ui.List(r.W2, t), more...), nil
}

// pressed is a step that asks nothing, asked one that asks a form first.
func pressed(r *web.Req, say string, step func(context.Context, *db.Tx, string, int64) (disposal.Slip, error)) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		s, err := step(r.Context(), tx, r.PathValue("id"), r.Version())
		return web.Done{To: "/disposal/slips/" + s.ID, Say: say, Args: []string{s.Number}, Data: s}, err
	})
}

func asked[T any](r *web.Req, spec *form.Of[T], say string, step func(context.Context, *db.Tx, string, int64, T) (disposal.Slip, error)) error {
	return web.Submit(r, spec, slip, func(tx *db.Tx, t *T) (web.Done, error) {
		s, err := step(r.Context(), tx, r.PathValue("id"), r.Version(), *t)
		return web.Done{To: "/disposal/slips/" + s.ID, Say: say, Args: []string{s.Number}, Data: s}, err
	})
}

func post(r *web.Req) error { return pressed(r, "disposal.done.written_off", disposal.Post) }
func verify(r *web.Req) error {
	return asked(r, &disposal.VerdictForm, "disposal.done.verified", disposal.Inspect)
}
func takeBack(r *web.Req) error {
	return asked(r, &disposal.SpotForm, "disposal.done.returned", disposal.TakeBack)
}
func drop(r *web.Req) error {
	return asked(r, &disposal.DropForm, "disposal.done.dropped", disposal.Drop)
}

// applying asks nothing; as a form its refusals stand on the page.
var applying = form.Of[struct{}]{Name: "disposal.applying"}

func apply(r *web.Req) error {
	return asked(r, &applying, "disposal.done.applied", func(ctx context.Context, tx *db.Tx, id string, version int64, _ struct{}) (disposal.Slip, error) {
		return disposal.Apply(ctx, tx, id, version)
	})
}

// copiesOf are the parties of a form's copies: who applies, the property accountant,
// the store that takes the goods; more than these are stubs.
var copiesOf = []string{"disposal.copy.applicant", "disposal.copy.accountant", "disposal.copy.store", "disposal.copy.stub"}

// signers are who sign on paper: the leader, the departments concerned, a hospital
// leader, the property accountant, the keeper.
var signers = []string{"disposal.sign.head", "disposal.sign.verifier", "disposal.sign.finance", "disposal.sign.leader", "disposal.sign.accountant", "disposal.sign.keeper"}

// print is the form on paper, in as many copies as A-023.copies says.
func print(r *web.Req) error {
	s, err := disposal.Get(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	copies, err := rules.Number(r.Context(), r.Read(), "A-023.copies", r.Site.DB.Today())
	if err != nil {
		return err
	}
	code, err := qr.SVG(r.Origin() + "/disposal/slips/" + s.ID)
	if err != nil {
		return err
	}
	g := &ui.Grid{Heads: []ui.Head{{Label: r.T("ui.line_no"), Num: true}, {Label: r.T("disposal.line.name")}, {Label: r.T("disposal.line.spec")}, {Label: r.T("disposal.line.model")}, {Label: r.T("disposal.line.lot")},
		{Label: r.T("disposal.line.qty"), Num: true}, {Label: r.T("disposal.line.amount"), Num: true}, {Label: r.T("disposal.line.cause")}}}
	for _, l := range s.Lines {
		why := ""
		if l.Cause != "" {
			why = r.T("disposal.cause." + l.Cause)
		}
		g.Rows = append(g.Rows, []string{strconv.FormatInt(l.N, 10), l.Name, l.Spec, l.Model, l.Lot, l.Say(l.Qty), r.W2.Money(l.Amount), why})
	}
	g.Blank = max(0, 4-len(g.Rows))
	sheet := ui.Sheet{Title: r.T("disposal.print.title"), Number: s.Number, Date: string(s.DrawnAt.Day(r.Site.DB.Zone)), QR: code, Size: ui.A5, Lines: g, Note: r.T("disposal.print.drawn", s.DrawnName),
		Totals: []ui.Fact{{Label: r.T("disposal.print.total"), Text: r.W2.Money(s.Amount)}}, Back: ui.Link{Href: "/disposal/slips/" + s.ID},
		Boxes: []ui.Fact{{Label: r.T("disposal.slips.department"), Text: s.DepartmentName}, {Label: r.T("disposal.slips.store"), Text: s.StoreName}, {Label: r.T("disposal.slips.reason"), Text: s.Reason, Wide: true}}}
	add := func(label, text string, wide bool) {
		if text != "" {
			sheet.Boxes = append(sheet.Boxes, ui.Fact{Label: r.T(label), Text: text, Wide: wide})
		}
	}
	add("disposal.verdict.note", s.VerifiedNote, true)
	add("disposal.slips.paper", s.Paper, false)
	add("disposal.slips.document_number", s.DocumentNumber, false)
	if len(g.Rows) > 6 {
		sheet.Size = ui.A4
	}
	if r.W2.Lang == "zh" {
		sheet.Capitals = s.Amount.Capitals()
	}
	for n := range int(copies) {
		sheet.Copies = append(sheet.Copies, r.T(copiesOf[min(n, len(copiesOf)-1)]))
	}
	for _, key := range signers {
		sheet.Signatures = append(sheet.Signatures, r.T(key))
	}
	return r.Sheet(sheet)
}
