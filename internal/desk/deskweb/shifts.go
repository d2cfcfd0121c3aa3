package deskweb

import (
	"strconv"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/calendar"
	"houqin/internal/desk"
)

// shiftSheet is when the crews work: the shifts that a roster is made of.
type shiftSheet struct {
	Shifts  []shiftLine `json:"shifts"`
	Version int64       `json:"version"` // of desk.ShiftSheet
}

// shiftLine is a shift as people write it: until is on the next day where over says so.
type shiftLine struct {
	Code  string `json:"code"`
	Name  string `json:"name"`
	From  string `json:"from"` // 08:00
	Until string `json:"until"`
	Over  bool   `json:"over"`
	Days  string `json:"days"`
}

var shiftsForm = form.Of[shiftSheet]{Name: "desk.shifts", Fields: []form.Field[shiftSheet]{
	form.LinesOf("shifts", func(s *shiftSheet) *[]shiftLine { return &s.Shifts }, &form.Of[shiftLine]{Name: "desk.shift", Check: clocked, Fields: []form.Field[shiftLine]{
		{Key: "code", Into: func(l *shiftLine) any { return &l.Code }, Required: true, Most: 4},
		{Key: "name", Into: func(l *shiftLine) any { return &l.Name }, Required: true, Most: 20},
		{Key: "from", Into: func(l *shiftLine) any { return &l.From }, Required: true, Most: 5},
		{Key: "until", Into: func(l *shiftLine) any { return &l.Until }, Required: true, Most: 5},
		{Key: "over", Into: func(l *shiftLine) any { return &l.Over }},
		{Key: "days", Into: func(l *shiftLine) any { return &l.Days }, OneOf: desk.ShiftDays},
	}}, 20),
}}

func clocked(l *shiftLine, bad *fault.Complaints) {
	for _, f := range [][2]string{{"from", l.From}, {"until", l.Until}} {
		if _, ok := calendar.Minute(f[1]); !ok && f[1] != "" {
			bad.Add(f[0], "desk.shift_time")
		}
	}
}

// shift is what a line says.
func (l *shiftLine) shift() desk.Shift {
	s := desk.Shift{Code: l.Code, Name: l.Name, Days: l.Days}
	from, _ := calendar.Minute(l.From)
	until, _ := calendar.Minute(l.Until)
	if l.Over {
		until += 1440
	}
	s.From, s.To = int64(from), int64(until)
	return s
}

// lineOfShift is a shift as people write it.
func lineOfShift(s *desk.Shift) shiftLine {
	return shiftLine{s.Code, s.Name, hours(s.From), hours(s.To), s.To >= 1440, s.Days}
}

// shifts shows when the crews work, and who works when.
func shifts(r *web.Req) error {
	var sheet shiftSheet
	var err error
	if sheet.Version, err = desk.SheetVersion(r.Context(), r.Read(), desk.ShiftSheet); err != nil {
		return err
	}
	all, err := desk.Shifts(r.Context(), r.Read())
	if err != nil {
		return err
	}
	used, err := desk.ShiftUses(r.Context(), r.Read())
	if err != nil {
		return err
	}
	t := ui.Table{ID: "uses", Bare: true, Caption: r.T("desk.shifts.now"), Columns: []ui.Head{{Label: r.T("desk.shift.name")}, {Label: r.T("desk.shifts.hours")}, {Label: r.T("desk.shift.days")}, {Label: r.T("desk.shifts.people"), Num: true}}}
	for i := range all {
		s := &all[i]
		sheet.Shifts = append(sheet.Shifts, lineOfShift(s))
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: s.Name, Sub: s.Code}, {Text: span(r, s), Sub: long(r, s)}, {Text: r.T("desk.shift.days." + s.Days)}, {Text: r.W2.Number(used[s.Code]), Num: true}}})
	}
	f, err := r.Form(&shiftsForm, &sheet, ui.Form{ID: "shifts", Action: "/desk/shifts", Version: version(sheet.Version), Submit: r.T("desk.settings.save"), Intro: r.T("desk.shifts.intro")})
	if err != nil {
		return err
	}
	for i := range f.Fields {
		x := &f.Fields[i]
		for _, some := range append(x.Lines, x.Columns) {
			for k := range some {
				if name := some[k].Name; name == "from" || name == "until" || strings.HasSuffix(name, ".from") || strings.HasSuffix(name, ".until") {
					some[k].Kind = ui.KindTime
				}
			}
		}
	}
	p := ui.Page{Heading: r.T("desk.shifts"), Sub: r.T("desk.shifts.sub"), Back: &ui.Link{Label: r.T("desk.crews"), Href: "/desk/crews"},
		Actions: []ui.Action{{Name: "roster", Label: r.T("desk.roster"), Href: "/desk/roster", Icon: "calendar-time"}},
		Body:    ui.Below(ui.Section(r.T("desk.shifts.now"), ui.List(r.W2, t)), ui.Ask(r.W2, f))}
	return r.Show(p, sheet)
}

// span is from when until when a shift goes: 17:30–次日08:00.
func span(r *web.Req, s *desk.Shift) string {
	key := "desk.shifts.span"
	if s.To > 1440 {
		key = "desk.shifts.span_over"
	}
	until := hours(s.To)
	if s.To == 1440 {
		until = "24:00"
	}
	return r.T(key, hours(s.From), until)
}

// long is for how many hours a shift goes.
func long(r *web.Req, s *desk.Shift) string {
	return r.T("desk.shifts.long", strconv.FormatFloat(float64((s.To-s.From)*10/60)/10, 'f', -1, 64))
}

func setShifts(r *web.Req) error {
	return web.Submit(r, &shiftsForm, shifts, func(tx *db.Tx, s *shiftSheet) (web.Done, error) {
		all := make([]desk.Shift, len(s.Shifts))
		for n := range s.Shifts {
			all[n] = s.Shifts[n].shift()
		}
		err := desk.SetShifts(r.Context(), tx, r.Version(), all)
		if err == nil {
			s.Version, err = desk.SheetVersion(r.Context(), tx, desk.ShiftSheet)
		}
		return web.Done{To: "/desk/shifts", Say: "desk.done.arranged", Data: s}, err
	})
}
