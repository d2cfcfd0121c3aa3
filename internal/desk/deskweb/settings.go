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
	Emergency int64        `json:"emergency"` // minutes, as the next three
	Urgent    int64        `json:"urgent"`
	Normal    int64        `json:"normal"`
	Planned   int64        `json:"planned"`
	Rate      money.Fen    `json:"rate"`
	Routes    []desk.Route `json:"routes"`
}

const yearOfMinutes = 525_600

func minutesField(key string, into func(*arranged) any) form.Field[arranged] {
	return form.Field[arranged]{Key: key, Into: into, Required: true, Least: 1, Most: yearOfMinutes, Unit: "desk.minutes"}
}

var settingsForm = form.Of[arranged]{Name: "desk.settings", Fields: []form.Field[arranged]{
	minutesField("emergency", func(a *arranged) any { return &a.Emergency }),
	minutesField("urgent", func(a *arranged) any { return &a.Urgent }),
	minutesField("normal", func(a *arranged) any { return &a.Normal }),
	minutesField("planned", func(a *arranged) any { return &a.Planned }),
	{Key: "rate", Into: func(a *arranged) any { return &a.Rate }, Required: true, Hint: true},
	form.LinesOf("routes", func(a *arranged) *[]desk.Route { return &a.Routes }, &form.Of[desk.Route]{Name: "desk.route", Fields: []form.Field[desk.Route]{
		{Key: "crew", Into: func(x *desk.Route) any { return &x.Crew }, Ref: "crews", Required: true},
		{Key: "trade", Into: func(x *desk.Route) any { return &x.Trade }, OneOf: desk.Trades, Enum: "desk.trade", Required: true},
		{Key: "campus", Into: func(x *desk.Route) any { return &x.Campus }, Ref: "campuses"},
	}}, 100),
}}

// settings shows the deadlines, the labour rate and where reports go.
func settings(r *web.Req) error {
	minutes, err := desk.TargetMinutes(r.Context(), r.Read())
	if err != nil {
		return err
	}
	a := arranged{Emergency: minutes[desk.Emergency], Urgent: minutes[desk.Urgent], Normal: minutes[desk.Normal], Planned: minutes[desk.Planned]}
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
	for i := range f.Fields {
		f.Fields[i].Half = f.Fields[i].Kind == ui.KindNumber
	}
	return r.Show(ui.Page{Heading: r.T("desk.settings"), Narrow: true, Body: ui.Ask(r.W2, f)}, a)
}

func arrange(r *web.Req) error {
	return web.Submit(r, &settingsForm, settings, func(tx *db.Tx, a *arranged) (web.Done, error) {
		ctx := r.Context()
		err := desk.SetTargets(ctx, tx, map[desk.Urgency]int64{desk.Emergency: a.Emergency, desk.Urgent: a.Urgent, desk.Normal: a.Normal, desk.Planned: a.Planned})
		if err == nil {
			err = desk.SetRate(ctx, tx, a.Rate)
		}
		if err == nil {
			err = desk.SetRoutes(ctx, tx, a.Routes)
		}
		return web.Done{To: "/desk/settings", Say: "desk.done.arranged", Data: a}, err
	})
}
