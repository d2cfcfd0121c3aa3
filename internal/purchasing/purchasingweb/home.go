package purchasingweb

import (
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/purchasing"
)

// home is how buying stands this year: every figure opens what it was counted from.
func home(r *web.Req) error {
	f, err := purchasing.Figure(r.Context(), r.Read(), r.Site.DB.Today())
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(f)
	}
	year := "?at.from=" + string(f.From) + "&at.to=" + string(f.Until)
	figures := ui.Figures(
		ui.Figure{Label: r.T("purchasing.figure.asked"), Value: r.W2.Number(f.Asked), Href: "/purchasing/needs?state=asked"},
		ui.Figure{Label: r.T("purchasing.figure.drafts"), Value: r.W2.Number(f.Drafts), Href: "/purchasing/plans?state=draft"},
		ui.Figure{Label: r.T("purchasing.figure.to_buy"), Value: r.W2.Number(f.ToBuy), Href: "/purchasing/plans?state=approved"},
		ui.Figure{Label: r.T("purchasing.figure.to_audit"), Value: r.W2.Number(f.ToAudit), Href: "/purchasing/orders?state=drafted"},
		ui.Figure{Label: r.T("purchasing.figure.coming"), Value: r.W2.Number(f.Coming), Href: "/purchasing/orders?state=sent&state=partly_received"},
	)
	money := ui.Figures(
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
		Body: ui.Below(ui.Section(r.T("purchasing.figure.now"), figures), ui.Section(r.T("purchasing.figure.year"), money), ui.Section(r.T("purchasing.figure.moves"), ui.List(r.W2, t)))}, nil)
}
