package peopleweb

import (
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/watch"
	"houqin/internal/base/web"
	"houqin/internal/people"
)

var deviceForm = form.Of[people.Device]{Name: "people.device", Fields: []form.Field[people.Device]{
	{Key: "name", Into: func(d *people.Device) any { return &d.Name }, Required: true, Most: 40, Hint: true},
	{Key: "department", Into: func(d *people.Device) any { return &d.Department }, Required: true, Ref: "departments"},
}}

var deviceCodeForm = form.Of[entry]{Name: "people.device_code", Fields: []form.Field[entry]{
	{Key: "code", Into: func(e *entry) any { return &e.Code }, Required: true, Most: 40, Hint: true},
}}

// devices are the computers that several people use.
func (c *Counter) devices(r *web.Req) error {
	all, err := people.Devices(r.Context(), r.Read())
	if err != nil {
		return err
	}
	if r.JSON() {
		return r.Give(all)
	}
	now := r.Site.DB.Now()
	t := ui.Table{ID: "devices", Bare: true, Caption: r.T("people.devices"), Empty: ui.Nothing{Text: r.T("people.devices.none"), Icon: "devices"},
		Columns: []ui.Head{{Label: r.T("people.device.name")}, {Label: r.T("people.device.department")}, {Label: r.T("people.device.seen")}, {Label: r.T("people.device.state")}}}
	for _, d := range all {
		row := ui.Row{Cells: []ui.Cell{{Text: d.Name, Sub: r.T("people.grant.by", d.ByName)}, {Text: d.DepartmentName}, {Text: r.W2.Instant(d.SeenAt, now), Sub: d.Address}}}
		state := ui.Cell{Text: r.T("people.device.registered"), Tone: ui.Done, State: true}
		switch {
		case d.EndedAt != 0:
			state.Text, state.Tone, row.Quiet = r.T("people.device.ended"), ui.Quiet, true
		case d.WaitsUntil != 0 && !d.WaitsUntil.Time().After(now):
			state.Text, state.Tone = r.T("people.device.late"), ui.Quiet
		case d.WaitsUntil != 0:
			state.Text, state.Tone = r.T("people.device.waits"), ui.Soon
		}
		if d.EndedAt == 0 {
			row.Check = d.ID
		}
		row.Cells = append(row.Cells, state)
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) > 0 {
		t.Bulk = []ui.Action{{Name: "end", Label: r.T("people.device.end"), Post: "/devices/end", Tone: ui.Danger}}
	}
	f, err := r.Form(&deviceForm, nil, ui.Form{ID: "device", Action: "/devices", Submit: r.T("people.device.add"), Intro: r.T("people.device.intro")})
	if err != nil {
		return err
	}
	f.Key = ""
	return r.Show(ui.Page{Heading: r.T("people.devices"), Tabs: rightTabs(r), Narrow: true, Body: stack(card("", ui.List(r.W2, t)), card(r.T("people.device.new"), ui.Ask(r.W2, f)))}, nil)
}

// addDevice shows the code that is typed at the computer, once.
func (c *Counter) addDevice(r *web.Req) error {
	return web.Take(r, &deviceForm, c.devices, func(d *people.Device) error {
		var code string
		if err := r.Do(func(tx *db.Tx) (err error) { code, err = people.AddDevice(r.Context(), tx, d); return err }); err != nil {
			return err
		}
		return once(r, d.Name, r.T("people.device.say"), "/devices", ui.Fact{Label: r.T("people.device_code.code"), Text: code},
			ui.Fact{Label: r.T("people.device.where"), Text: r.Origin() + "/sign-in/device"}, ui.Fact{Label: r.T("people.hand_out.until"), Text: r.W2.Full(d.WaitsUntil)})
	})
}

func (c *Counter) endDevices(r *web.Req) error {
	return r.Ticked("/devices", "people.done.device_ended", func(tx *db.Tx, id string) error { return people.EndDevice(r.Context(), tx, id) })
}

// deviceDoor is where the code of a new computer is typed, at the computer itself.
func (c *Counter) deviceDoor(r *web.Req) error {
	f, err := r.Form(&deviceCodeForm, nil, ui.Form{ID: "door", Action: "/sign-in/device", Submit: r.T("people.device_code.go"), Intro: r.T("people.device_code.intro")})
	if err != nil {
		return err
	}
	return entrance(r, f, ui.Entrance{Line: r.T("people.device_code"), Other: []ui.Action{{Name: "door", Label: r.T("people.sign_in"), Href: "/sign-in"}}})
}

func (c *Counter) registerDevice(r *web.Req) error {
	return web.Take(r, &deviceCodeForm, c.deviceDoor, func(e *entry) error {
		secret, err := people.RegisterDevice(r.Context(), r.Site.DB, e.Code, address(r.Request))
		if err != nil {
			return err
		}
		r.SetCookie("device", secret, 365*24*3600)
		return c.said(r, "/sign-in", "people.done.device")
	})
}

// askFactor is the door for those whose role asks for an authenticator: it is set up
// before anything opens.
func (c *Counter) askFactor(r *web.Req, f ui.Form, e ui.Entrance) error {
	s, err := people.BeginFactor(r.Context(), r.Site.DB, kept(r.Request, "session"), address(r.Request))
	if err != nil {
		return err
	}
	seed, otp, err := people.Pending(r.Context(), r.Site.DB, s.Person)
	if err != nil {
		return err
	}
	f.Action, f.Submit, f.Intro = "/sign-in/factor", r.T("people.factor.confirm"), r.T("people.factor.demanded")
	if f, err = r.Form(&confirmForm, nil, f); err != nil {
		return err
	}
	dress(&f, "code", ui.KindOTP, "one-time-code")
	if e.Above, err = seedShown(r, seed, otp); err != nil {
		return err
	}
	return entrance(r, f, e)
}

// firstFactor lets in whoever has set up an authenticator, and shows the recovery codes.
func (c *Counter) firstFactor(r *web.Req) error {
	return web.Take(r, &confirmForm, c.door, func(e *entry) error {
		token, codes, err := people.FirstFactor(r.Context(), r.Site.DB, kept(r.Request, "session"), e.Code, address(r.Request), r.UserAgent())
		if err != nil {
			return err
		}
		s, err := people.Who(r.Context(), r.Read(), token, r.Site.DB.Now())
		if err != nil {
			return err
		}
		r.SetCookie("session", token, cookieLife(s.Kind))
		r.By = s.Actor
		return recovery(r, codes, orHome(r, inside(asked(r, "back"))))
	})
}

// alarms stand on the pages of those who watch until the audit administrator has handled
// them; their own pages say so by themselves.
func alarms(r *web.Req) []ui.Note {
	if !r.By.May(people.MayWatch) || strings.HasPrefix(r.URL.Path, "/events") {
		return nil
	}
	n, err := watch.Open(r.Context(), r.Read())
	if err != nil {
		r.Site.Log.Error("alarms", "err", err, "request", r.Number)
	}
	if n == 0 {
		return nil
	}
	return []ui.Note{{Tone: ui.Danger, Text: r.T("people.events.open", n), Link: &ui.Link{Label: r.T("people.events.show_open"), Href: "/events?alarm=true&handled=false"}}}
}
