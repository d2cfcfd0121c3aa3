package deskweb

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
)

// headline are the figures that stand large, in the order in which people ask.
var headline = []string{"reported", "finished", "cost", "on_time", "first_time", "satisfaction", "answer_half", "answer_most", "come_half", "come_most", "finish_half", "finish_most", "reopened", "repeats", "per_bed", "per_area", "silent", "outside", "saved"}

// inTable are the figures that tell lines apart.
var inTable = []string{"reported", "per_bed", "finished", "cost", "per_area", "answer_half", "answer_most", "come_half", "come_most", "finish_half", "finish_most", "on_time", "first_time", "repeats", "satisfaction", "reopened"}

// columns are those of inTable that a cut has.
func columns(by string) []string {
	at := slices.IndexFunc(desk.Cuts, func(c desk.Cut) bool { return c.Key == by })
	return slices.DeleteFunc(slices.Clone(inTable), func(key string) bool {
		return at >= 0 && (key == "per_bed" && !desk.Cuts[at].HasBeds() || key == "per_area" && !desk.Cuts[at].HasArea())
	})
}

// sorted puts the lines with the most of a figure first, and those of which nothing can be
// said last; "" leaves their order.
func sorted(lines []desk.Line, key string) {
	slices.SortStableFunc(lines, func(a, b desk.Line) int {
		x, y := a.Figures[key], b.Figures[key]
		if x.Known != y.Known {
			return map[bool]int{true: -1, false: 1}[x.Known]
		}
		return cmp.Compare(y.N, x.N)
	})
}

// monthOf is the month asked for; the current one when none is.
func monthOf(r *web.Req) (period.Month, error) {
	if s := r.URL.Query().Get("month"); s != "" {
		m, err := period.ParseMonth(s)
		if err != nil {
			return m, badMonth(s)
		}
		return m, nil
	}
	return r.Site.DB.Today().Month(), nil
}

// months are tabs of the months around one.
func months(r *web.Req, m period.Month, at string) (tabs []ui.Link) {
	for _, x := range []period.Month{m.Add(-2), m.Add(-1), m, m.Add(1)} {
		if x <= r.Site.DB.Today().Month() {
			tabs = append(tabs, ui.Link{Label: string(x), Href: at + "&month=" + string(x), Current: x == m})
		}
	}
	return tabs
}

// say writes a figure as people do; "–" where nothing can be said.
func say(r *web.Req, m *desk.Measure, v desk.Measured) string {
	switch {
	case !v.Known:
		return "–"
	case m.Sort == desk.Fen:
		return r.W2.Money(money.Fen(v.N))
	case m.Sort == desk.Share:
		return fmt.Sprintf("%d.%d%%", v.N/10, v.N%10)
	case m.Sort == desk.Stars:
		return fmt.Sprintf("%d.%02d", v.N/100, v.N%100)
	case m.Sort == desk.Minutes && v.N >= 600:
		return r.T("desk.figures.hours", fmt.Sprintf("%d.%d", v.N/60, v.N%60/6))
	case m.Sort == desk.Minutes:
		return r.T("desk.n_minutes", v.N)
	}
	return r.W2.Number(v.N)
}

func measure(key string) *desk.Measure {
	return &desk.Measures[slices.IndexFunc(desk.Measures, func(m desk.Measure) bool { return m.Key == key })]
}

// opens is where a figure leads: of a share to those that made it up.
func opens(v desk.Measured) string {
	if v.HitLink != "" {
		return v.HitLink
	}
	return v.Link
}

// named is what a line is called.
func named(r *web.Req, cut string, l *desk.Line) string {
	switch {
	case l.Key == "":
		return r.T("desk.figures.none")
	case cut == "trade", cut == "kind" && l.Name == "":
		return r.T("desk.trade." + l.Key)
	case cut == "round":
		return r.T("desk.jobs.round." + l.Key)
	case l.Name == "":
		return l.Key
	}
	return l.Name
}

// cutAsked is by what the lines are told apart: one of the cuts, or month.
func cutAsked(r *web.Req) string {
	by := r.URL.Query().Get("by")
	if by == "month" || slices.ContainsFunc(desk.Cuts, func(c desk.Cut) bool { return c.Key == by }) {
		return by
	}
	return "crew"
}

// monthsBack is how many months stand below each other.
const monthsBack = 12

// figures is the desk in figures for a month: each opens the jobs that it was counted from.
func figures(r *web.Req) error {
	m, err := monthOf(r)
	if err != nil {
		return err
	}
	ctx, by := r.Context(), cutAsked(r)
	whole, err := desk.Figured(ctx, r.Read(), r.By, "", m.First(), m.Last())
	if err != nil {
		return err
	}
	var lines []desk.Line
	if by == "month" {
		for n := range monthsBack {
			x := m.Add(-n)
			one, err := desk.Figured(ctx, r.Read(), r.By, "", x.First(), x.Last())
			if err != nil {
				return err
			}
			for _, l := range one {
				l.Key, l.Name = string(x), string(x)
				lines = append(lines, l)
			}
		}
	} else if lines, err = desk.Figured(ctx, r.Read(), r.By, by, m.First(), m.Last()); err != nil {
		return err
	}
	shown, order := columns(by), r.URL.Query().Get("sort")
	if slices.Contains(shown, order) {
		sorted(lines, order)
	}
	if r.JSON() {
		return r.Give(append(slices.Clip(whole), lines...))
	}
	var big []ui.Figure
	for i := range whole {
		for _, key := range headline {
			x, v := measure(key), whole[i].Figures[key]
			f := ui.Figure{Label: r.T("desk.figure." + key), Value: say(r, x, v), Href: opens(v)}
			if x.Sort == desk.Share {
				f.Sub = r.T("desk.figures.of", r.W2.Number(v.Of))
			}
			big = append(big, f)
		}
	}
	at := "/desk/figures?month=" + string(m)
	p := ui.Page{Heading: r.T("desk.figures"), Sub: string(m), Wide: true, Tabs: months(r, m, "/desk/figures?by="+by), Live: []string{desk.Noun}, Back: &ui.Link{Label: r.T("desk.today"), Href: "/desk/today"},
		Actions: []ui.Action{{Name: "again", Label: r.T("desk.again"), Href: "/desk/again?month=" + string(m), Icon: "refresh"}, {Name: "month", Label: r.T("desk.month"), Href: "/desk/month?month=" + string(m), Icon: "printer", Fresh: true}}}
	var ways []ui.Option
	for _, c := range append(slices.Clone(desk.Cuts), desk.Cut{Key: "month"}) {
		ways = append(ways, ui.Option{Value: c.Key, Label: r.T("desk.figures.by." + c.Key)})
	}
	ask := ui.Ask(r.W2, ui.Form{ID: "cut", Action: "/desk/figures", Method: "get", Inline: true, Submit: r.T("desk.figures.show"), Tone: ui.Plain, Hidden: []ui.Pair{{Name: "month", Value: string(m)}},
		Fields: []ui.Field{{Name: "by", Label: r.T("desk.figures.by"), Kind: ui.KindChoice, Value: by, Options: ways, Required: true, Submits: true}}})
	t := ui.Table{ID: "figures", Bare: true, Caption: r.T("desk.figures.by." + by), Here: at + "&by=" + by + "&sort=" + order, Empty: ui.Nothing{Text: r.T("desk.figures.empty")}, Columns: []ui.Head{{Label: r.T("desk.figures.by." + by)}}}
	for _, key := range shown {
		h := ui.Head{Key: key, Label: r.T("desk.figure." + key), Num: true, Sort: at + "&by=" + by + "&sort=" + key}
		if key == order {
			h.Dir = "desc"
		}
		t.Columns = append(t.Columns, h)
	}
	if len(lines) > linesMost {
		t.Count = r.T("desk.figures.first", linesMost, len(lines))
	}
	for i := range lines[:min(len(lines), linesMost)] {
		l := &lines[i]
		row := ui.Row{Cells: []ui.Cell{{Text: named(r, by, l)}}}
		for _, key := range shown {
			v := l.Figures[key]
			c := ui.Cell{Text: say(r, measure(key), v), Num: true}
			if v.Of > 0 {
				c.Href = opens(v)
			}
			row.Cells = append(row.Cells, c)
		}
		t.Rows = append(t.Rows, row)
	}
	p.Body = ui.Below(ui.Figures(big...), hint(r.T("desk.figures.hint")), ui.Section("", templ.Join(ask, ui.List(r.W2, t))))
	return r.Show(p, nil)
}

// linesMost is how many lines a page of figures shows.
const linesMost = 100

// onSheet are the figures of the month's sheet, beside those of the month before; with
// spotsOnSheet, what failed most often, it fits on one sheet of A4.
var onSheet = []string{"reported", "finished", "cost", "on_time", "first_time", "satisfaction", "answer_half", "come_half", "finish_half", "finish_most", "repeats", "outside"}

const spotsOnSheet, causesOnSheet = 3, 4

// month is the desk's month on one sheet of paper.
func month(r *web.Req) error {
	m, err := monthOf(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	two := [2]desk.Line{}
	for n, x := range []period.Month{m, m.Add(-1)} {
		l, err := desk.Figured(ctx, r.Read(), r.By, "", x.First(), x.Last())
		if err != nil {
			return err
		}
		if len(l) > 0 {
			two[n] = l[0]
		}
	}
	s := ui.Sheet{Title: r.T("desk.month"), Number: string(m), Date: string(r.Site.DB.Today()), Size: ui.A4, Back: ui.Link{Href: "/desk/figures?month=" + string(m)}, PerPage: 100,
		Signatures: []string{r.T("desk.month.made"), r.T("desk.month.head"), r.T("desk.month.vice")}, Note: r.T("desk.month.note")}
	for _, key := range onSheet {
		x := measure(key)
		s.Boxes = append(s.Boxes, ui.Fact{Label: r.T("desk.figure." + key), Text: say(r, x, two[0].Figures[key]), Sub: r.T("desk.month.before", say(r, x, two[1].Figures[key]))})
	}
	s.Lines = &ui.Grid{Heads: []ui.Head{{Label: r.T("desk.month.line")}}}
	short := []string{"reported", "cost", "finish_half", "on_time", "first_time", "repeats", "satisfaction"}
	for _, key := range short {
		s.Lines.Heads = append(s.Lines.Heads, ui.Head{Label: r.T("desk.figure." + key), Num: true})
	}
	for _, part := range []struct {
		cut  string
		most int
	}{{"building", 4}, {"crew", 4}, {"kind", 4}, {"department", 3}} {
		lines, err := desk.Figured(ctx, r.Read(), r.By, part.cut, m.First(), m.Last())
		if err != nil {
			return err
		}
		lines = slices.DeleteFunc(lines, func(l desk.Line) bool { return l.Key == "" }) // a line of none takes the room of one that is called something
		s.Lines.Rows = append(s.Lines.Rows, append([]string{r.T("desk.figures.by." + part.cut)}, make([]string, len(short))...))
		for i := range lines[:min(len(lines), part.most)] {
			row := []string{named(r, part.cut, &lines[i])}
			for _, key := range short {
				row = append(row, say(r, measure(key), lines[i].Figures[key]))
			}
			s.Lines.Rows = append(s.Lines.Rows, row)
		}
	}
	spots, _, err := desk.FailedAgain(ctx, r.Read(), r.By, "", m.First(), m.Last())
	if err != nil {
		return err
	}
	for i := range spots[:min(len(spots), spotsOnSheet)] {
		c := failCell(r, &spots[i])
		s.Boxes = append(s.Boxes, ui.Fact{Label: r.T("desk.month.again", i+1), Text: strings.TrimSpace(strings.Join([]string{c.Text, c.Sub, r.T("desk.month.times", spots[i].Times), whys(r, &spots[i])}, " ")), Wide: true})
	}
	causes, err := desk.CausesOf(ctx, r.Read(), r.By, m.First(), m.Last())
	if err != nil {
		return err
	}
	for _, c := range causes[:min(len(causes), causesOnSheet)] {
		said := r.T("desk.cause.unsaid")
		if c.Cause != "" {
			said = r.T("desk.cause." + c.Cause)
		}
		s.Totals = append(s.Totals, ui.Fact{Label: r.T("desk.month.cause", said), Text: r.W2.Number(c.N), Num: true})
	}
	return r.Sheet(s)
}
