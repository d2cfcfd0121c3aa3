package purchasingweb

import (
	"github.com/a-h/templ"

	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/purchasing"
)

// standing is how buying stands, with what the year's buying comes to.
type standing struct {
	purchasing.Figures
	Measures purchasing.Measures `json:"measures"`
}

// bought are the lines of orders, planned those of plans.
func bought(r *web.Req) error {
	return r.List(&purchasing.BoughtLines, purchasing.Everything(), web.ListPage{Page: ui.Page{Tabs: tabs(r), Back: &ui.Link{Label: r.T("purchasing.home"), Href: "/purchasing"}}})
}

func planned(r *web.Req) error {
	return r.List(&purchasing.PlannedLines, purchasing.Everything(), web.ListPage{Page: ui.Page{Tabs: tabs(r), Back: &ui.Link{Label: r.T("purchasing.home"), Href: "/purchasing"}}})
}

// measures are the year's projects by their way, what was saved, and plans and orders by
// kind of goods.
func measures(r *web.Req, f purchasing.Figures, m purchasing.Measures) templ.Component {
	way := func(of func(from, until period.Day, filter string) string, filter string) string {
		return of(f.From, f.Until, filter)
	}
	yuan := func(name string, v money.Fen, tone ui.Tone, href string) ui.Figure {
		if v == 0 {
			tone = ui.Plain
		}
		return ui.Figure{Label: r.T("purchasing.measure." + name), Value: r.W2.Money(v), Unit: r.T("ui.yuan"), Href: href, Tone: tone}
	}
	projects := int64(0)
	var ways []string
	for _, p := range m.Projects {
		projects += p.Count
		ways = append(ways, r.T("purchasing.method."+p.Method)+" "+r.W2.Number(p.Count))
	}
	tiles := ui.Figures(ui.Figure{Label: r.T("purchasing.measure.projects"), Value: r.W2.Number(projects), Sub: r.W2.List(ways), Href: way(purchasing.ProjectsWay, "")},
		yuan("cheaper", m.Savings.Cheaper, ui.Done, way(purchasing.BoughtWay, "&cheaper=true")),
		yuan("dearer", m.Savings.Dearer, ui.Plain, way(purchasing.BoughtWay, "&dearer=true")),
		yuan("estimate", m.Savings.Estimate, ui.Plain, way(purchasing.BoughtWay, "")))
	t := ui.Table{ID: "kinds", Bare: true, Caption: r.T("purchasing.measure.kinds"), Empty: ui.Nothing{Text: r.T("purchasing.measure.none"), Icon: "package"},
		Columns: []ui.Head{{Label: r.T("purchasing.bought.supply")}, {Label: r.T("purchasing.figure.planned"), Num: true}, {Label: r.T("purchasing.figure.ordered"), Num: true}, {Label: r.T("purchasing.measure.by_tender"), Num: true}}}
	for _, k := range m.Kinds {
		row := ui.Row{Cells: []ui.Cell{{Text: r.T("purchasing.measure.unsorted")}, {Text: r.W2.Money(k.Planned), Num: true}, {Text: r.W2.Money(k.Bought), Num: true}, {Text: r.W2.Money(k.Tendered), Num: true}}}
		if k.Supply != "" {
			of := "&supply=" + k.Supply
			row.Cells[0].Text = r.T("catalog.supply." + k.Supply)
			row.Cells[1].Href, row.Cells[2].Href, row.Cells[3].Href = way(purchasing.PlannedWay, of), way(purchasing.BoughtWay, of), way(purchasing.BoughtWay, of+"&method="+purchasing.ByTender)
		}
		t.Rows = append(t.Rows, row)
	}
	return ui.Below(ui.Section(r.T("purchasing.measure.saved"), tiles), ui.Section(r.T("purchasing.measure.kinds"), ui.List(r.W2, t)))
}

// home is how buying stands this year: every figure opens what it was counted from.
func home(r *web.Req) error {
	f, err := purchasing.Figure(r.Context(), r.Read(), r.Site.DB.Today())
	if err != nil {
		return err
	}
	m, err := purchasing.Measure(r.Context(), r.Read(), f.From, f.Until)
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(standing{f, m})
	}
	year := "?at.from=" + string(f.From) + "&at.to=" + string(f.Until)
	figures := ui.Figures(
		ui.Figure{Label: r.T("purchasing.figure.asked"), Value: r.W2.Number(f.Asked), Href: "/purchasing/needs?state=asked"},
		ui.Figure{Label: r.T("purchasing.figure.drafts"), Value: r.W2.Number(f.Drafts), Href: "/purchasing/plans?state=draft"},
		ui.Figure{Label: r.T("purchasing.figure.to_buy"), Value: r.W2.Number(f.ToBuy), Href: "/purchasing/plans?state=approved"},
		ui.Figure{Label: r.T("purchasing.figure.to_audit"), Value: r.W2.Number(f.ToAudit), Href: "/purchasing/orders?state=drafted"},
		ui.Figure{Label: r.T("purchasing.figure.coming"), Value: r.W2.Number(f.Coming), Href: "/purchasing/orders?state=sent&state=partly_received"},
	)
	sums := ui.Figures(
		ui.Figure{Label: r.T("purchasing.figure.planned"), Value: r.W2.Money(f.Planned), Unit: r.T("ui.yuan"), Href: "/purchasing/plans" + year + "&state=underway&state=approved&state=closed"},
		ui.Figure{Label: r.T("purchasing.figure.ordered"), Value: r.W2.Money(f.Ordered), Unit: r.T("ui.yuan"), Href: "/purchasing/orders" + year},
		ui.Figure{Label: r.T("purchasing.figure.received"), Value: r.W2.Money(f.Received), Unit: r.T("ui.yuan"), Href: "/purchasing/orders" + year + "&state=partly_received&state=received&state=closed"},
		ui.Figure{Label: r.T("purchasing.figure.saved"), Value: r.W2.Money(f.Saved), Unit: r.T("ui.yuan"), Sub: r.T("purchasing.figure.saved.sub"), Href: "/purchasing/enquiries" + year + "&state=awarded"},
	)
	t := ui.Table{ID: "moves", Bare: true, Caption: r.T("purchasing.figure.moves"), Empty: ui.Nothing{Text: r.T("purchasing.figure.no_moves"), Icon: "circle-check"},
		Columns: []ui.Head{{Label: r.T("purchasing.wish.item")}, {Label: r.T("purchasing.last"), Num: true}, {Label: r.T("purchasing.price"), Num: true}, {Label: r.T("purchasing.change"), Num: true}, {Label: r.T("purchasing.orders.number")}}}
	for _, m := range f.Moves {
		c := ui.Cell{Text: r.T("purchasing.by_percent", r.W2.Number(m.Percent)), Num: true}
		if m.Percent > 0 {
			c.Tone = ui.Soon
		}
		t.Rows = append(t.Rows, ui.Row{Href: "/purchasing/orders/" + m.Order, Cells: []ui.Cell{{Text: m.Title, Sub: m.Number}, {Text: r.W2.Money(m.Last), Num: true}, {Text: r.W2.Money(m.Price), Num: true}, c, {Text: m.OrderNumber}}})
	}
	return r.Show(ui.Page{Heading: r.T("purchasing.home"), Tabs: tabs(r), Live: []string{purchasing.Noun, purchasing.PlanNoun, purchasing.NeedNoun},
		Body: ui.Below(ui.Section(r.T("purchasing.figure.now"), figures), ui.Section(r.T("purchasing.figure.year"), sums), measures(r, f, m), ui.Section(r.T("purchasing.figure.moves"), ui.List(r.W2, t)))}, nil)
}
