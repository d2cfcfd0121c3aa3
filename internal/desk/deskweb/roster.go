package deskweb

import (
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/people"
)

// rosterDays is how many days the roster of a crew shows.
const rosterDays = 14

var rotaForm = form.Of[desk.Rota]{Name: "desk.rota", Fields: []form.Field[desk.Rota]{
	{Key: "person", Into: func(x *desk.Rota) any { return &x.Person }, Ref: "workers", Required: true},
	{Key: "pattern", Into: func(x *desk.Rota) any { return &x.Pattern }, Most: 300, Hint: true},
	{Key: "begins", Into: func(x *desk.Rota) any { return &x.Begins }, Hint: true},
}}

var swapForm = form.Of[desk.Swap]{Name: "desk.swap", Fields: []form.Field[desk.Swap]{
	{Key: "person", Into: func(x *desk.Swap) any { return &x.Person }, Ref: "workers", Required: true},
	{Key: "day", Into: func(x *desk.Swap) any { return &x.Day }, Required: true},
	{Key: "shift", Into: func(x *desk.Swap) any { return &x.Shift }, Most: 10, Required: true, Hint: true},
	{Key: "note", Into: func(x *desk.Swap) any { return &x.Note }, Most: 60},
}}

var monthForm = form.Of[desk.MonthSheet]{Name: "desk.month_sheet", Fields: []form.Field[desk.MonthSheet]{
	{Key: "first", Into: func(x *desk.MonthSheet) any { return &x.First }, Required: true, Hint: true},
	{Key: "text", Into: func(x *desk.MonthSheet) any { return &x.Text }, Kind: form.Area, Most: 20_000, Required: true, Hint: true},
}}

// OnDuty is who of a crew does which shift on the days shown.
type OnDuty struct {
	Person string    `json:"person"`
	Name   string    `json:"name"`
	Now    desk.Duty `json:"now"`
	Days   []DutyDay `json:"days"`
}

// DutyDay is a day of somebody: Shift "" is off or, where Known is not set, nobody said.
type DutyDay struct {
	Day   period.Day `json:"day"`
	Shift string     `json:"shift"`
	Known bool       `json:"known"`
	Other bool       `json:"other"` // against the pattern
}

// roster shows who of a crew is on duty now and in the next fortnight.
func roster(r *web.Req) error {
	crews, err := departments.Departments.All(r.Context(), r.Read(), teams, 50)
	if err != nil {
		return err
	}
	crew := r.URL.Query().Get("crew")
	if crew == "" && len(crews) > 0 {
		crew = crews[0].ID
		if slices.ContainsFunc(crews, func(d departments.Department) bool { return d.ID == r.By.Unit }) {
			crew = r.By.Unit
		}
	}
	p := ui.Page{Heading: r.T("desk.roster"), Wide: true, Live: []string{"desk.roster"}}
	for _, d := range crews {
		p.Tabs = append(p.Tabs, ui.Link{Label: d.Name, Href: "/desk/roster?crew=" + d.ID, Current: d.ID == crew})
	}
	found, err := people.People.All(r.Context(), r.Read(), list.Where{}.And("p.closed = false AND p.department = ?", crew), 200)
	if err != nil {
		return err
	}
	ids := make([]string, len(found))
	for i, x := range found {
		ids[i] = x.ID
	}
	today := r.Site.DB.Today()
	x, err := desk.RostersOf(r.Context(), r.Read(), ids, today, today.AddDays(rosterDays))
	if err != nil {
		return err
	}
	t := ui.Table{ID: "roster", Caption: r.T("desk.roster"), Columns: []ui.Head{{Label: r.T("desk.rota.person")}, {Label: r.T("desk.roster.now")}}}
	for n := range rosterDays {
		d := today.AddDays(n)
		t.Columns = append(t.Columns, ui.Head{Label: string(d)[5:] + " " + r.T(weekdays[d.Weekday()])})
	}
	var all []OnDuty
	for _, who := range found {
		o := OnDuty{Person: who.ID, Name: who.Name, Now: x.At(who.ID, r.Read().Moment())}
		now := ui.Cell{Text: r.T("desk.send.off"), State: true, Tone: ui.Quiet}
		switch {
		case o.Now.On && o.Now.Known:
			now.Text, now.Tone = o.Now.Shift, ui.Done
		case !o.Now.Known:
			now.Text = r.T("desk.roster.none")
		}
		row := ui.Row{Cells: []ui.Cell{{Text: who.Name, Sub: who.Number}, now}}
		for n := range rosterDays {
			d := today.AddDays(n)
			shift, known, other := x.On(who.ID, d)
			o.Days = append(o.Days, DutyDay{d, shift, known, other})
			c := ui.Cell{Text: shift, When: true}
			if known && shift == "" {
				c = ui.Cell{Text: desk.Off, Tone: ui.Quiet, When: true}
			}
			if other {
				c.Text, c.Tone = r.T("desk.roster.swapped", c.Text), ui.Soon
			}
			row.Cells = append(row.Cells, c)
		}
		all = append(all, o)
		t.Rows = append(t.Rows, row)
	}
	if r.By.MayIn(desk.MayRoster, crew) {
		if p.Actions, err = rosterActions(r, today); err != nil {
			return err
		}
	}
	shifts, err := desk.Shifts(r.Context(), r.Read())
	if err != nil {
		return err
	}
	var said []string
	for _, s := range shifts {
		said = append(said, r.T("desk.roster.shift", s.Code, s.Name, span(r, &s), r.T("desk.shift.days."+s.Days)))
	}
	if r.By.May(desk.MayArrange) {
		p.Actions = append(p.Actions, ui.Action{Name: "shifts", Label: r.T("desk.shifts"), Href: "/desk/shifts", Icon: "clock"})
	}
	t.Empty = ui.Nothing{Text: r.T("desk.roster.nobody"), Hint: r.T("desk.roster.nobody.hint"), Icon: "users", Action: &ui.Action{Name: "people", Label: r.T("desk.roster.nobody.go"), Href: "/people?department=" + crew}}
	if len(crews) == 0 {
		t.Columns, p.Actions = nil, nil
		t.Empty = noCrew(r)
	}
	p.Body = rosterBody(r.W2, t, said)
	return r.Show(p, all)
}

// noCrew is said where there is no crew yet, who could be sent or on duty.
func noCrew(r *web.Req) ui.Nothing {
	return ui.Nothing{Text: r.T("desk.no_crew"), Hint: r.T("desk.no_crew.hint"), Icon: "users", Action: &ui.Action{Name: "departments", Label: r.T("desk.no_crew.go"), Href: "/departments"}}
}

// weekdays are what the days of the week are called, from Sunday.
var weekdays = []string{"desk.weekday.Sun", "desk.weekday.Mon", "desk.weekday.Tue", "desk.weekday.Wed", "desk.weekday.Thu", "desk.weekday.Fri", "desk.weekday.Sat"}

// hours is a minute of the day as the clock shows it.
func hours(minute int64) string {
	m := minute % 1440
	return string([]byte{byte('0' + m/600), byte('0' + m/60%10), ':', byte('0' + m%60/10), byte('0' + m%10)})
}

func rosterActions(r *web.Req, today period.Day) ([]ui.Action, error) {
	month, err := r.Form(&monthForm, &desk.MonthSheet{First: today.Month().First()}, ui.Form{ID: "month", Action: "/desk/roster/month", Submit: r.T("desk.month_sheet.enter")})
	if err != nil {
		return nil, err
	}
	rota, err := r.Form(&rotaForm, &desk.Rota{Begins: today}, ui.Form{ID: "rota", Action: "/desk/roster", Submit: r.T("desk.rota.enter")})
	if err != nil {
		return nil, err
	}
	swap, err := r.Form(&swapForm, &desk.Swap{Day: today}, ui.Form{ID: "swap", Action: "/desk/roster/day", Submit: r.T("desk.swap.enter")})
	return []ui.Action{{Name: "rota", Label: r.T("desk.rota"), Ask: &rota, Icon: "repeat", Open: r.Failed(&rotaForm) != nil},
		{Name: "swap", Label: r.T("desk.swap"), Ask: &swap, Icon: "arrows-exchange", Open: r.Failed(&swapForm) != nil},
		{Name: "month", Label: r.T("desk.month_sheet"), Ask: &month, Icon: "upload", Open: r.Failed(&monthForm) != nil}}, err
}

// rosterOf is the page of the crew of a person.
func rosterOf(r *web.Req, tx *db.Tx, person string) string {
	p, err := people.Get(r.Context(), tx, person)
	if err != nil {
		return "/desk/roster"
	}
	return "/desk/roster?crew=" + p.Department
}

func setRota(r *web.Req) error {
	return web.Submit(r, &rotaForm, roster, func(tx *db.Tx, x *desk.Rota) (web.Done, error) {
		err := desk.SetRota(r.Context(), tx, *x)
		return web.Done{To: rosterOf(r, tx, x.Person), Say: "desk.done.rostered", Data: x}, err
	})
}

func setDay(r *web.Req) error {
	return web.Submit(r, &swapForm, roster, func(tx *db.Tx, x *desk.Swap) (web.Done, error) {
		err := desk.SetDay(r.Context(), tx, *x)
		return web.Done{To: rosterOf(r, tx, x.Person), Say: "desk.done.rostered", Data: x}, err
	})
}

func enterMonth(r *web.Req) error {
	return web.Submit(r, &monthForm, roster, func(tx *db.Tx, x *desk.MonthSheet) (web.Done, error) {
		n, err := desk.EnterMonth(r.Context(), tx, *x)
		return web.Done{To: "/desk/roster", Say: "desk.done.month_entered", Args: []string{r.W2.Number(n)}}, err
	})
}
