// Package calendarweb is the counter of the calendar: it hangs on the wall, and
// whoever keeps it marks the hospital's own days and hours.
package calendarweb

import (
	"embed"
	"slices"
	"strconv"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/calendar"
)

// Routes are the doors of the room.
var Routes = []web.Route{
	{At: "GET /calendar", Need: web.SignedIn, Do: show, Gives: Sheet{}},
	{At: "GET /calendar/exceptions", Need: web.SignedIn, Do: exceptions, List: &calendar.Exceptions},
	{At: "POST /calendar/exceptions", Need: calendar.MayChange, Do: except, Form: &paper},
	{At: "POST /calendar/exceptions/{day}/remove", Need: calendar.MayChange, Do: remove},
	{At: "POST /calendar/hours", Need: calendar.MayChange, Do: hours, Form: &clock},
}

// Words are the room's texts.
//
//go:embed words/*.json
var Words embed.FS

// Sheet is a month of the calendar, as programs read it.
type Sheet struct {
	Month period.Month   `json:"month"`
	Known bool           `json:"known"` // the country's holidays of the year are known
	Hours string         `json:"hours"`
	Days  []calendar.Day `json:"days"`
}

// asked is what the form for an exception asks.
type asked struct {
	Day, Until period.Day
	Working    string
	Note       string
}

var paper = form.Of[asked]{Name: "calendar.form", Fields: []form.Field[asked]{
	{Key: "working", Into: func(a *asked) any { return &a.Working }, Kind: form.Cards, Required: true, OneOf: []string{"off", "work"}, Enum: "calendar.as"},
	{Key: "day", Into: func(a *asked) any { return &a.Day }, Required: true},
	{Key: "until", Into: func(a *asked) any { return &a.Until }, Hint: true},
	{Key: "note", Into: func(a *asked) any { return &a.Note }, Most: 60, Hint: true},
}}

type shifts struct{ Hours string }

var clock = form.Of[shifts]{Name: "calendar.clock", Fields: []form.Field[shifts]{
	{Key: "hours", Into: func(s *shifts) any { return &s.Hours }, Required: true, Most: 100, Hint: true},
}}

// month is the month of the address, else this one.
func month(r *web.Req) period.Month {
	m, err := period.ParseMonth(r.URL.Query().Get("month"))
	if err != nil || m.Year() < 1990 || m.Year() > 2100 {
		return r.Site.DB.Today().Month()
	}
	return m
}

func show(r *web.Req) error {
	c, err := calendar.Load(r.Context(), r.Read())
	if err != nil {
		return err
	}
	m := month(r)
	sheet := Sheet{Month: m, Known: c.Known(m.Year()), Hours: calendar.HoursText(c.Shifts())}
	for d := m.First(); d <= m.Last(); d = d.AddDays(1) {
		sheet.Days = append(sheet.Days, c.Day(d))
	}
	if r.JSON() {
		return r.Give(sheet)
	}
	own, err := calendar.OfYear(r.Context(), r.Read(), m.Year())
	if err != nil {
		return err
	}
	story, err := r.Story("calendar.exception", strconv.Itoa(m.Year()))
	if err != nil {
		return err
	}
	p := ui.Page{Heading: r.T("calendar.title"), Live: []string{"calendar.exception", "base.setting"}}
	if r.By.May(calendar.MayChange) {
		if p.Actions, err = actions(r, sheet, m); err != nil {
			return err
		}
	}
	hours := ui.Facts(ui.Fact{Label: r.T("calendar.hours"), Text: strings.ReplaceAll(sheet.Hours, " ", r.T("calendar.comma")), Wide: true})
	p.Body = board(r.W2, sheet, wallOf(r, c, m), yearOf(r, c, m.Year()), hours, exceptionsOf(r, own), story)
	return r.Show(p, nil)
}

func actions(r *web.Req, s Sheet, m period.Month) ([]ui.Action, error) {
	here := "?month=" + string(m)
	a, err := r.Form(&paper, &asked{Working: "off"}, ui.Form{ID: "except", Action: "/calendar/exceptions" + here, Submit: r.T("calendar.except"), Tone: ui.Accent})
	if err != nil {
		return nil, err
	}
	h, err := r.Form(&clock, &shifts{s.Hours}, ui.Form{ID: "clock", Action: "/calendar/hours" + here, Submit: r.T("calendar.save")})
	if err != nil {
		return nil, err
	}
	return []ui.Action{
		{Name: "except", Label: r.T("calendar.except"), Ask: &a, Open: r.Failed(&paper) != nil, Tone: ui.Accent, Icon: "calendar-event"},
		{Name: "hours", Label: r.T("calendar.set_hours"), Ask: &h, Open: r.Failed(&clock) != nil, Icon: "clock"},
	}, nil
}

func exceptions(r *web.Req) error {
	return r.List(&calendar.Exceptions, list.Where{}, web.ListPage{Page: ui.Page{Back: &ui.Link{Label: r.T("calendar.title"), Href: "/calendar"}}})
}

func except(r *web.Req) error {
	return web.Submit(r, &paper, show, func(tx *db.Tx, a *asked) (web.Done, error) {
		err := calendar.Except(r.Context(), tx, a.Day, a.Until, a.Working == "work", a.Note)
		return web.Done{To: "/calendar?month=" + string(a.Day.Month()), Say: "calendar.done.except"}, err
	})
}

func remove(r *web.Req) error {
	d := period.Day(r.PathValue("day"))
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		err := calendar.Remove(r.Context(), tx, d)
		return web.Done{To: "/calendar?month=" + string(d.Month()), Say: "calendar.done.removed"}, err
	})
}

func hours(r *web.Req) error {
	return web.Submit(r, &clock, show, func(tx *db.Tx, s *shifts) (web.Done, error) {
		return web.Done{To: "/calendar?month=" + string(month(r)), Say: "calendar.done.hours"}, calendar.SetHours(r.Context(), tx, s.Hours)
	})
}

// wall is a month as it hangs on the wall: weeks from Monday to Sunday.
type wall struct {
	Title      string
	Prev, Next ui.Link
	Today      *ui.Link
	Heads      []string
	Weeks      [][]square
}

// square is one day of it; an empty number is a gap.
type square struct {
	Number, Word, Name string
	Off, Now, Own      bool
	Say                string // the whole of it, for those who hear the page
}

func wallOf(r *web.Req, c *calendar.Calendar, m period.Month) wall {
	link := func(key string, m period.Month) ui.Link {
		return ui.Link{Label: r.T(key), Href: "/calendar?month=" + string(m)}
	}
	w := wall{Title: r.T("calendar.month", strconv.Itoa(m.Year()), nameOf(r, m)), Prev: link("calendar.prev", m.Add(-1)), Next: link("calendar.next", m.Add(1))}
	today := r.Site.DB.Today()
	if today.Month() != m {
		l := link("calendar.today", today.Month())
		w.Today = &l
	}
	for n := 1; n <= 7; n++ {
		w.Heads = append(w.Heads, r.T("calendar.weekday."+strconv.Itoa(n)))
	}
	week := make([]square, (int(m.First().Weekday())+6)%7) // gaps before the first
	for d := m.First(); d <= m.Last(); d = d.AddDays(1) {
		x := c.Day(d)
		s := square{Number: strconv.Itoa(d.DayOfMonth()), Off: !x.Working, Now: d == today, Own: x.Sort == calendar.Own, Name: x.Note}
		if x.Sort != calendar.Weekday && x.Sort != calendar.Weekend {
			s.Word = r.T("calendar.mark.off")
			if x.Working {
				s.Word = r.T("calendar.mark.work")
			}
		}
		if s.Name == "" && x.Holiday != "" && !x.Working {
			s.Name = r.T("calendar.holiday." + x.Holiday)
		}
		s.Say = r.T("calendar.as.work")
		if s.Off {
			s.Say = r.T("calendar.as.off")
		}
		if week = append(week, s); len(week) == 7 {
			w.Weeks, week = append(w.Weeks, week), nil
		}
	}
	if len(week) > 0 {
		w.Weeks = append(w.Weeks, append(week, make([]square, 7-len(week))...))
	}
	return w
}

// yearOf counts the working days of each month and names its holidays.
func yearOf(r *web.Req, c *calendar.Calendar, y int) ui.Table {
	t := ui.Table{ID: "year", Bare: true, Caption: r.T("calendar.year", strconv.Itoa(y)),
		Columns: []ui.Head{{Label: r.T("calendar.col.month")}, {Label: r.T("calendar.col.days"), Num: true}, {Label: r.T("calendar.col.holidays")}}}
	total := 0
	for m := period.DayOf(time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC), time.UTC).Month(); m.Year() == y; m = m.Add(1) {
		n := 0
		var names []string
		for d := m.First(); d <= m.Last(); d = d.AddDays(1) {
			x := c.Day(d)
			if x.Working {
				n++
			}
			if x.Holiday != "" && x.Sort == calendar.Holiday {
				if name := r.T("calendar.holiday." + x.Holiday); !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
		total += n
		t.Rows = append(t.Rows, ui.Row{Href: "/calendar?month=" + string(m), Cells: []ui.Cell{
			{Text: nameOf(r, m)}, {Text: strconv.Itoa(n), Num: true}, {Text: strings.Join(names, r.T("calendar.comma"))}}})
	}
	t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: r.T("calendar.whole_year")}, {Text: strconv.Itoa(total), Num: true}, {}}})
	return t
}

func nameOf(r *web.Req, m period.Month) string {
	return r.T("calendar.month." + strings.TrimPrefix(string(m)[5:], "0"))
}

// own is one exception with the button that takes it back.
type own struct {
	Day, Word, Note string
	Off             bool
	Remove          *ui.Action
}

func exceptionsOf(r *web.Req, all []calendar.Exception) []own {
	var out []own
	for _, e := range all {
		o := own{Day: string(e.Day), Off: !e.Working, Note: e.Note, Word: r.T("calendar.as.off")}
		if e.Working {
			o.Word = r.T("calendar.as.work")
		}
		if r.By.May(calendar.MayChange) {
			o.Remove = &ui.Action{Name: "remove-" + o.Day, Label: r.T("calendar.remove"), Post: "/calendar/exceptions/" + o.Day + "/remove",
				Confirm: r.T("calendar.remove.sure", o.Day), Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}}}
		}
		out = append(out, o)
	}
	return out
}
