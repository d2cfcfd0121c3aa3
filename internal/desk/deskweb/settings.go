package deskweb

import (
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/money"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
)

// arranged is what the hospital decides about its desk.
type arranged struct {
	Rate   money.Fen    `json:"rate"`
	Phone  string       `json:"phone"` // of the desk, as guests are told it
	Routes []desk.Route `json:"routes"`
	// How the deadline goes on while a job waits for this.
	Parts    string `json:"parts"`
	Outside  string `json:"outside"`
	Access   string `json:"access"`
	Approval string `json:"approval"`
	Other    string `json:"other"`
	Offline  string `json:"offline"` // of desk.Switch
	Version  int64  `json:"version"` // of desk.RouteSheet
}

// clock is where the form keeps the clock of a reason to pause.
func (a *arranged) clock(reason string) *string {
	return map[string]*string{"parts": &a.Parts, "outside": &a.Outside, "access": &a.Access, "approval": &a.Approval, "other": &a.Other}[reason]
}

func clockField(reason string) form.Field[arranged] {
	return form.Field[arranged]{Key: reason, Into: func(a *arranged) any { return a.clock(reason) }, OneOf: desk.Clocks, Enum: "desk.clock", Required: true}
}

var settingsForm = form.Of[arranged]{Name: "desk.settings", Fields: []form.Field[arranged]{
	{Key: "rate", Into: func(a *arranged) any { return &a.Rate }, Required: true, Hint: true},
	{Key: "phone", Into: func(a *arranged) any { return &a.Phone }, Most: 20, Hint: true},
	clockField("parts"), clockField("outside"), clockField("access"), clockField("approval"), clockField("other"),
	{Key: "offline", Into: func(a *arranged) any { return &a.Offline }, OneOf: desk.Switch, Enum: "desk.offline", Hint: true},
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
	if a.Phone, err = desk.Phone(r.Context(), r.Read()); err != nil {
		return err
	}
	if a.Version, err = desk.SheetVersion(r.Context(), r.Read(), desk.RouteSheet); err != nil {
		return err
	}
	if a.Routes, err = desk.Routes(r.Context(), r.Read()); err != nil {
		return err
	}
	for _, reason := range desk.PauseReasons {
		c, err := desk.ClockOf(r.Context(), r.Read(), reason)
		if err != nil {
			return err
		}
		*a.clock(reason) = string(c)
	}
	on, err := desk.OfflineOn(r.Context(), r.Read())
	if err != nil {
		return err
	}
	if a.Offline = desk.Switch[0]; !on {
		a.Offline = desk.Switch[1]
	}
	f, err := r.Form(&settingsForm, &a, ui.Form{ID: "settings", Action: "/desk/settings", Version: version(a.Version), Submit: r.T("desk.settings.save")})
	if err != nil {
		return err
	}
	body := ui.Ask(r.W2, f)
	if fault.Is(r.Failed(&settingsForm), "base.stale") {
		t := ui.Table{ID: "saved", Bare: true, Caption: r.T("desk.sheet.saved"), Columns: []ui.Head{{Label: r.T("desk.route.trade")}, {Label: r.T("desk.route.crew")}}}
		for _, x := range a.Routes {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: r.T("desk.trade." + string(x.Trade))}, {Text: x.CrewName}}})
		}
		body = ui.Below(ui.Section(r.T("desk.sheet.saved"), ui.List(r.W2, t)), body)
	}
	return r.Show(ui.Page{Heading: r.T("desk.settings"), Tabs: settingTabs(r), Narrow: true, Actions: []ui.Action{{Name: "kinds", Label: r.T("desk.kinds"), Href: "/desk/kinds", Icon: "checklist"}, {Name: "panels", Label: r.T("desk.panels"), Href: "/desk/panels", Icon: "bell-ringing"}, {Name: "deadlines", Label: r.T("desk.settings.deadlines"), Href: "/rules/W-011", Icon: "clock"}, {Name: "crews", Label: r.T("desk.crews"), Href: "/desk/crews", Icon: "certificate"}, {Name: "shifts", Label: r.T("desk.shifts"), Href: "/desk/shifts", Icon: "clock"}}, Body: body}, a)
}

func arrange(r *web.Req) error {
	return web.Submit(r, &settingsForm, settings, func(tx *db.Tx, a *arranged) (web.Done, error) {
		ctx := r.Context()
		err := desk.SetRate(ctx, tx, a.Rate)
		for _, reason := range desk.PauseReasons {
			if err == nil {
				err = desk.SetClock(ctx, tx, reason, desk.Clock(*a.clock(reason)))
			}
		}
		if err == nil && a.Offline != "" {
			err = desk.SetOffline(ctx, tx, a.Offline)
		}
		if err == nil {
			err = desk.SetPhone(ctx, tx, a.Phone)
		}
		if err == nil {
			err = desk.SetRoutes(ctx, tx, r.Version(), a.Routes)
		}
		if err == nil {
			a.Version, err = desk.SheetVersion(ctx, tx, desk.RouteSheet)
		}
		return web.Done{To: "/desk/settings", Say: "desk.done.arranged", Data: a}, err
	})
}
