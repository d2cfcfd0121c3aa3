package deskweb

import (
	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/money"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
)

// arranged is what the hospital decides about its desk.
type arranged struct {
	Rate   money.Fen    `json:"rate"`
	Routes []desk.Route `json:"routes"`
}

var settingsForm = form.Of[arranged]{Name: "desk.settings", Fields: []form.Field[arranged]{
	{Key: "rate", Into: func(a *arranged) any { return &a.Rate }, Required: true, Hint: true},
	form.LinesOf("routes", func(a *arranged) *[]desk.Route { return &a.Routes }, &form.Of[desk.Route]{Name: "desk.route", Fields: []form.Field[desk.Route]{
		{Key: "crew", Into: func(x *desk.Route) any { return &x.Crew }, Ref: "crews", Required: true},
		{Key: "trade", Into: func(x *desk.Route) any { return &x.Trade }, OneOf: desk.Trades, Enum: "desk.trade", Required: true},
		{Key: "campus", Into: func(x *desk.Route) any { return &x.Campus }, Ref: "campuses"},
	}}, 100),
}}

// settings shows the labour rate and where reports go; the deadlines are values of the rulebook.
func settings(r *web.Req) error {
	var a arranged
	var err error
	if a.Rate, err = desk.Rate(r.Context(), r.Read()); err != nil {
		return err
	}
	if a.Routes, err = desk.Routes(r.Context(), r.Read()); err != nil {
		return err
	}
	f, err := r.Form(&settingsForm, &a, ui.Form{ID: "settings", Action: "/desk/settings", Submit: r.T("desk.settings.save")})
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: r.T("desk.settings"), Narrow: true, Actions: []ui.Action{{Name: "deadlines", Label: r.T("desk.settings.deadlines"), Href: "/rules/W-011", Icon: "clock"}}, Body: ui.Ask(r.W2, f)}, a)
}

func arrange(r *web.Req) error {
	return web.Submit(r, &settingsForm, settings, func(tx *db.Tx, a *arranged) (web.Done, error) {
		ctx := r.Context()
		err := desk.SetRate(ctx, tx, a.Rate)
		if err == nil {
			err = desk.SetRoutes(ctx, tx, a.Routes)
		}
		return web.Done{To: "/desk/settings", Say: "desk.done.arranged", Data: a}, err
	})
}
