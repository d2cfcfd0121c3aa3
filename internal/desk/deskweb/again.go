package deskweb

import (
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
)

// again is what failed again and again in a month: by building, and below it the assets and
// places themselves, each with the causes that those who mended them wrote down.
func again(r *web.Req) error {
	m, err := monthOf(r)
	if err != nil {
		return err
	}
	building := r.URL.Query().Get("building")
	spots, buildings, err := desk.FailedAgain(r.Context(), r.Read(), r.By, building, m.First(), m.Last())
	if err != nil {
		return err
	}
	if r.JSON() {
		return r.Give(spots)
	}
	at := "/desk/again?month=" + string(m)
	p := ui.Page{Heading: r.T("desk.again"), Sub: r.T("desk.again.sub"), Wide: true, Live: []string{desk.Noun}, Back: &ui.Link{Label: r.T("desk.figures"), Href: "/desk/figures?month=" + string(m)},
		Tabs: months(r, m, "/desk/again?")}
	houses := againTable(r, "buildings", "desk.figures.by.building")
	title := r.T("desk.again.spots")
	for i := range buildings {
		b := &buildings[i]
		name := ui.Cell{Text: b.PlaceName}
		if b.PlaceName == "" {
			name.Text = r.T("desk.figures.none")
		}
		row := ui.Row{Cells: append([]ui.Cell{name}, againCells(r, b)...)}
		if b.Building != "" {
			row.Href = at + "&building=" + b.Building
		}
		if b.Building == building && building != "" {
			title += " · " + b.PlaceName
		}
		houses.Rows = append(houses.Rows, row)
	}
	list := againTable(r, "spots", "desk.again.spot")
	for i := range spots {
		s := &spots[i]
		list.Rows = append(list.Rows, ui.Row{Cells: append([]ui.Cell{failCell(r, s)}, againCells(r, s)...)})
	}
	p.Body = ui.Section(title, ui.List(r.W2, list))
	if building != "" {
		p.Back = &ui.Link{Label: r.T("desk.again"), Href: at}
		return r.Show(p, nil)
	}
	parts, err := partsAgain(r, m)
	if err != nil {
		return err
	}
	p.Body = ui.Below(ui.Section(r.T("desk.again.buildings"), ui.List(r.W2, houses)), ui.Section(r.T("desk.again.parts"), parts), p.Body)
	return r.Show(p, nil)
}

// partsAgain is the month's materials whose jobs failed again.
func partsAgain(r *web.Req, m period.Month) (templ.Component, error) {
	all, err := desk.FailedParts(r.Context(), r.Read(), r.By, m.First(), m.Last())
	t := ui.Table{ID: "parts", Bare: true, Caption: r.T("desk.again.parts"), Empty: ui.Nothing{Text: r.T("desk.again.parts.none"), Icon: "circle-check"}, Columns: []ui.Head{{Label: r.T("desk.part.item")},
		{Label: r.T("desk.again.parts.jobs"), Num: true}, {Label: r.T("desk.again.parts.again"), Num: true}, {Label: r.T("desk.again.parts.share"), Num: true}}}
	for _, f := range all {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: f.Name}, {Text: r.W2.Number(f.Jobs), Num: true}, {Text: r.W2.Number(f.Again), Num: true, Href: f.Link}, {Text: r.W2.Number((f.Again*100+f.Jobs/2)/f.Jobs) + "%", Num: true}}})
	}
	return ui.List(r.W2, t), err
}

// failCell is what failed: the asset, or where and which trade.
func failCell(r *web.Req, s *desk.Again) ui.Cell {
	trade := r.T("desk.trade." + string(s.Trade))
	if s.AssetName != "" {
		return ui.Cell{Text: s.AssetName, Sub: strings.TrimSpace(trade + " " + s.PlaceName)}
	}
	return ui.Cell{Text: s.PlaceName, Sub: trade}
}

func againTable(r *web.Req, id, first string) ui.Table {
	return ui.Table{ID: id, Bare: true, Caption: r.T(first), Empty: ui.Nothing{Text: r.T("desk.again.none"), Icon: "circle-check"}, Columns: []ui.Head{{Label: r.T(first)},
		{Label: r.T("desk.again.times"), Num: true}, {Label: r.T("desk.again.why")}, {Label: r.T("desk.figure.cost"), Num: true}, {Label: r.T("desk.again.latest")}}}
}

func againCells(r *web.Req, a *desk.Again) []ui.Cell {
	why := ui.Cell{Text: whys(r, a)}
	if why.Text == "" {
		why = ui.Cell{Text: r.T("desk.again.unsaid"), Tone: ui.Quiet}
	}
	return []ui.Cell{{Text: r.W2.Number(a.Times), Num: true, Href: a.Link}, why, {Text: r.W2.Money(a.Cost), Num: true}, {Text: r.W2.Instant(a.Latest, r.Read().Moment()), When: true}}
}

// whys says the causes: 灯管老化 3、线路松动 1.
func whys(r *web.Req, a *desk.Again) string {
	var said []string
	for _, w := range a.Why {
		said = append(said, r.T("desk.again.cause", w.Cause, w.N))
	}
	return strings.Join(said, r.T("base.story.comma"))
}
