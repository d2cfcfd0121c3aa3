package deskweb

import (
	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
)

// small is what the page of small repairs asks: a tap on what, a tap on the button.
type small struct {
	desk.Minor
	What string
}

var afterForm = form.Of[small]{Name: "desk.after", Fields: []form.Field[small]{
	{Key: "what", Into: func(s *small) any { return &s.What }, Kind: form.Cards, OneOf: minors(), Enum: "desk.minor"},
	{Key: "place", Into: func(s *small) any { return &s.Place }, Ref: "places"},
	{Key: "title", Into: func(s *small) any { return &s.Title }, Most: 100, Hint: true},
	{Key: "trade", Into: func(s *small) any { return &s.Trade }, Kind: form.Choice}, // or a kind of the hospital's own
	{Key: "days_ago", Into: func(s *small) any { return &s.DaysAgo }, OneOf: desk.Ago, Enum: "desk.ago"},
	{Key: "minutes", Into: func(s *small) any { return &s.Minutes }, Most: 10_000, Unit: "desk.minutes"},
	{Key: "caller", Into: func(s *small) any { return &s.Caller }, Most: 40},
	{Key: "department", Into: func(s *small) any { return &s.Department }, Ref: "departments", Hint: true},
}}

func minors() (names []string) {
	for _, m := range desk.Minors {
		names = append(names, m.Name)
	}
	return names
}

// blankAfter is the page on which a worker registers what was agreed in passing and is
// done (W-006). The place of the last job stands there already, or that of the code.
func blankAfter(r *web.Req) error {
	trodden, err := desk.Trodden(r.Context(), r.Read(), r.By.ID)
	if err != nil {
		return err
	}
	s := &small{Minor: desk.Minor{Place: r.URL.Query().Get("place"), Minutes: 10, DaysAgo: "0"}}
	if s.Place == "" && len(trodden) > 0 {
		s.Place = trodden[0].Place
	}
	f, err := r.Form(&afterForm, s, ui.Form{ID: "after", Action: "/desk/after", Submit: r.T("desk.after.submit"),
		Hidden: []ui.Pair{{Name: "_offline", Value: r.T("desk.after")}, {Name: "_of", Value: "title"}, {Name: "_back", Value: "/desk/mine"}}})
	if err != nil {
		return err
	}
	for i := range f.Fields {
		x := &f.Fields[i]
		switch x.Name {
		case "what":
			for k, m := range desk.Minors {
				x.Options[k].Icon = icons[string(m.Trade)]
			}
		case "trade":
			if x.Options, err = kindOptions(r); err != nil {
				return err
			}
		case "place":
			x.Favours = usual(trodden)
		case "days_ago", "minutes", "caller", "department":
			x.Half = true
		}
	}
	p := ui.Page{Heading: r.T("desk.after"), Sub: r.T("desk.after.sub"), Narrow: true, Back: &ui.Link{Label: r.T("desk.mine"), Href: "/desk/mine"}, Body: templ.Join(ui.Ask(r.W2, f))}
	if r.URL.RawQuery == "" {
		if err := r.Keep(&p); err != nil {
			return err
		}
	}
	return r.Show(p, nil)
}

func registerAfter(r *web.Req) error {
	return web.Submit(r, &afterForm, blankAfter, func(tx *db.Tx, s *small) (web.Done, error) {
		for _, m := range desk.Minors {
			if m.Name != s.What {
				continue
			}
			if s.Title == "" {
				s.Title = r.T("desk.minor." + m.Name)
			}
			if s.Trade == "" {
				s.Trade = m.Trade
			}
		}
		if s.Trade == "" && s.Title != "" {
			s.Trade = "other"
		}
		j, err := desk.Register(r.Context(), tx, &s.Minor)
		if err == nil {
			err = sayWhen(r, r.Context(), tx, j.ID)
		}
		return web.Done{To: "/desk/mine", Say: "desk.done.registered", Args: []string{j.Number}, Data: j}, err
	})
}
