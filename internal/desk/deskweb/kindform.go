package deskweb

import (
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
	"houqin/internal/people"
)

// kindSheet is what the page of a kind asks.
type kindSheet struct {
	desk.Kind
	Ask    []askLine
	Only   []askerLine
	Spoken bool // silence never signs
}

// askLine is a question as a line of that page.
type askLine struct {
	Text     string
	Sort     string
	Choices  string
	Required bool
}

// askerLine is a department that may ask for the kind.
type askerLine struct{ Department string }

// sheetOf is the page of a kind as it stands.
func sheetOf(k desk.Kind) *kindSheet {
	s := &kindSheet{Kind: k}
	for _, q := range k.Questions() {
		s.Ask = append(s.Ask, askLine{q.Text, q.Sort, strings.Join(q.Choices, "、"), q.Required})
	}
	for _, d := range k.Askers {
		s.Only = append(s.Only, askerLine{d})
	}
	if s.Silence == desk.Spoken {
		s.Silence, s.Spoken = 0, true
	}
	return s
}

// kind is what the page says.
func (s *kindSheet) kind() *desk.Kind {
	k := s.Kind
	qs := make([]desk.Question, len(s.Ask))
	for n, a := range s.Ask {
		qs[n] = desk.Question{Text: plain(a.Text), Required: a.Required, Sort: a.Sort}
		if a.Sort == "choice" {
			qs[n].Choices = desk.ChoicesIn(a.Choices)
		}
	}
	k.Ask(qs)
	k.Askers = nil
	for _, o := range s.Only {
		k.Askers = append(k.Askers, o.Department)
	}
	if s.Spoken {
		k.Silence = desk.Spoken
	}
	return &k
}

// plain is a question without what the books set between its parts.
func plain(s string) string { return strings.TrimRight(strings.Join(strings.Fields(s), " "), "*") }

func kindFields(fresh bool) []form.Field[kindSheet] {
	name := form.Field[kindSheet]{Key: "name", Into: func(s *kindSheet) any { return &s.Name }, Most: 12, Hint: !fresh, Required: fresh}
	fields := []form.Field[kindSheet]{name}
	if fresh {
		fields = append(fields, form.Field[kindSheet]{Key: "trade", Into: func(s *kindSheet) any { return &s.Trade }, OneOf: desk.Trades, Enum: "desk.trade", Required: true, Hint: true})
	}
	fields = append(fields,
		form.Field[kindSheet]{Key: "icon", Into: func(s *kindSheet) any { return &s.Icon }, OneOf: desk.KindIcons, Enum: "desk.icon", Kind: form.Cards, Required: true},
		form.Field[kindSheet]{Key: "ward", Into: func(s *kindSheet) any { return &s.Ward }},
		form.Field[kindSheet]{Key: "guest", Into: func(s *kindSheet) any { return &s.Guest }, Hint: true})
	return append(fields, []form.Field[kindSheet]{
		form.LinesOf("askers", func(s *kindSheet) *[]askerLine { return &s.Only }, &form.Of[askerLine]{Name: "desk.asker", Fields: []form.Field[askerLine]{
			{Key: "department", Into: func(a *askerLine) any { return &a.Department }, Ref: "departments", Required: true},
		}}, 100),
		form.LinesOf("questions", func(s *kindSheet) *[]askLine { return &s.Ask }, &form.Of[askLine]{Name: "desk.question", Fields: []form.Field[askLine]{
			{Key: "text", Into: func(a *askLine) any { return &a.Text }, Most: 40, Required: true},
			{Key: "sort", Into: func(a *askLine) any { return &a.Sort }, OneOf: desk.QuestionSorts},
			{Key: "choices", Into: func(a *askLine) any { return &a.Choices }, Most: 300},
			{Key: "required", Into: func(a *askLine) any { return &a.Required }},
		}}, 8),
		{Key: "carries", Into: func(s *kindSheet) any { return &s.Carries }, Hint: true},
		{Key: "crew", Into: func(s *kindSheet) any { return &s.Crew }, Ref: "crews", Hint: true},
		{Key: "certificates", Into: func(s *kindSheet) any { return &s.Certificates }, OneOf: people.CertificateKinds, Enum: "people.certificate.kind", Hint: true},
		{Key: "minutes", Into: func(s *kindSheet) any { return &s.Minutes }, Most: 366 * 24 * 60, Unit: "desk.minutes", Hint: true},
		{Key: "working", Into: func(s *kindSheet) any { return &s.Working }},
		form.LinesOf("times", func(s *kindSheet) *[]desk.Span { return &s.Times }, &form.Of[desk.Span]{Name: "desk.span", Fields: []form.Field[desk.Span]{
			{Key: "urgency", Into: func(t *desk.Span) any { return &t.Urgency }, OneOf: desk.Urgencies, Enum: "desk.urgency", Required: true},
			{Key: "answer", Into: func(t *desk.Span) any { return &t.Answer }, Most: 366 * 24 * 60},
			{Key: "come", Into: func(t *desk.Span) any { return &t.Come }, Most: 366 * 24 * 60},
			{Key: "finish", Into: func(t *desk.Span) any { return &t.Finish }, Most: 366 * 24 * 60},
		}}, 4),
		{Key: "sign", Into: func(s *kindSheet) any { return &s.Sign }, OneOf: desk.Signs, Required: true, Kind: form.Choice, Hint: true},
		{Key: "silence", Into: func(s *kindSheet) any { return &s.Silence }, Most: 240, Unit: "desk.hours", Hint: true},
		{Key: "spoken", Into: func(s *kindSheet) any { return &s.Spoken }, Hint: true},
		{Key: "photos", Into: func(s *kindSheet) any { return &s.Photos }, Most: 9},
		{Key: "parts", Into: func(s *kindSheet) any { return &s.Parts }},
		{Key: "costs", Into: func(s *kindSheet) any { return &s.Costs }},
		{Key: "budget", Into: func(s *kindSheet) any { return &s.Budget }, Most: 40, Hint: true},
		{Key: "position", Into: func(s *kindSheet) any { return &s.Position }, Most: 999, Hint: true},
		{Key: "closed", Into: func(s *kindSheet) any { return &s.Closed }},
	}...)
}

var (
	kindForm    = form.Of[kindSheet]{Name: "desk.kind", Fields: kindFields(false)}
	newKindForm = form.Of[kindSheet]{Name: "desk.kind", Fields: kindFields(true)}
)

// drawnKind shows the icons themselves, and asks whether guests may report only where they could.
func drawnKind(f *ui.Form, k *desk.Kind) {
	f.Fields = slices.DeleteFunc(f.Fields, func(x ui.Field) bool {
		return x.Name == "guest" && !k.Own() && !slices.Contains(desk.GuestTrades, string(k.Trade))
	})
	for i := range f.Fields {
		switch x := &f.Fields[i]; x.Name {
		case "icon":
			for n, o := range x.Options {
				x.Options[n].Icon = o.Value
			}
		case "minutes", "working", "silence", "spoken", "photos", "position":
			x.Half = true
		}
	}
}

func blankKind(r *web.Req) error {
	all, err := desk.Kinds(r.Context(), r.Read())
	if err != nil {
		return err
	}
	k := desk.Kind{Icon: "dots", Ward: true, Costs: true, Sign: desk.SignWard}
	for _, o := range all {
		k.Position = max(k.Position, min(o.Position+1, 999))
	}
	f, err := r.Form(&newKindForm, sheetOf(k), ui.Form{ID: "kind", Action: "/desk/kinds", Submit: r.T("desk.kind.add"), Cancel: "/desk/kinds", Draft: true})
	if err != nil {
		return err
	}
	drawnKind(&f, &desk.Kind{ID: "new"})
	return r.Show(ui.Page{Heading: r.T("desk.kind.new"), Sub: r.T("desk.kind.new.sub"), Narrow: true, Back: &ui.Link{Label: r.T("desk.kinds"), Href: "/desk/kinds"}, Body: ui.Ask(r.W2, f)}, nil)
}

func addKind(r *web.Req) error {
	return web.Submit(r, &newKindForm, blankKind, func(tx *db.Tx, s *kindSheet) (web.Done, error) {
		k := s.kind()
		err := desk.AddKind(r.Context(), tx, k)
		return web.Done{To: "/desk/kinds", Say: "desk.done.kind_added", Args: []string{k.Name}, Data: k}, err
	})
}

func kind(r *web.Req) error {
	k, err := desk.KindOf(r.Context(), r.Read(), r.PathValue("id"))
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(k)
	}
	f, err := r.Form(&kindForm, sheetOf(k), ui.Form{ID: "kind", Action: "/desk/kinds/" + k.ID, Submit: r.T("desk.settings.save"), Version: web.VersionText(k.Version)})
	if err != nil {
		return err
	}
	drawnKind(&f, &k)
	story, err := r.Story(desk.KindNoun, k.ID)
	if err != nil {
		return err
	}
	p := ui.Page{Heading: called(r, &k), Narrow: true, Back: &ui.Link{Label: r.T("desk.kinds"), Href: "/desk/kinds"}, Body: ui.Below(ui.Ask(r.W2, f), ui.Section(r.T("desk.page.story"), story))}
	if k.Own() {
		p.Sub = r.T("desk.kind.own", r.T("desk.trade."+string(k.Trade)))
	}
	earlier, err := desk.Earlier(r.Context(), r.Read(), &k)
	if err != nil {
		return err
	}
	if earlier > 0 {
		p.Flash = append(p.Flash, ui.Note{Text: r.T("desk.kind.earlier", earlier)})
	}
	return r.Show(p, k)
}

func arrangeKind(r *web.Req) error {
	return web.Submit(r, &kindForm, kind, func(tx *db.Tx, s *kindSheet) (web.Done, error) {
		k := s.kind()
		k.ID, k.Version = r.PathValue("id"), r.Version()
		if was, err := desk.KindOf(r.Context(), tx, k.ID); err != nil {
			return web.Done{}, err
		} else {
			k.Trade = was.Trade
		}
		return web.Done{To: "/desk/kinds", Say: "desk.done.arranged", Data: k}, desk.SetKind(r.Context(), tx, *k)
	})
}
