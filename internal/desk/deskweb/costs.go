package deskweb

import (
	"time"

	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
)

func instant(t time.Time) period.Instant { return period.At(t) }

// costs is what the jobs finished in a month cost each department.
func costs(r *web.Req) error {
	d := r.Site.DB
	month := d.Today().Month()
	if s := r.URL.Query().Get("month"); s != "" {
		m, err := period.ParseMonth(s)
		if err != nil {
			return badMonth(s)
		}
		month = m
	}
	rows, err := desk.Costs(r.Context(), r.Read(), r.By, month.Start(d.Zone), month.End(d.Zone))
	if err != nil {
		return err
	}
	if r.JSON() {
		if rows == nil {
			rows = []desk.Cost{}
		}
		return r.Give(rows)
	}
	num := func(key string) ui.Head { return ui.Head{Label: r.T("desk.costs." + key), Num: true} }
	t := ui.Table{ID: "costs", Bare: true, Caption: r.T("desk.costs"), Empty: ui.Nothing{Text: r.T("desk.costs.none")},
		Columns: []ui.Head{{Label: r.T("desk.jobs.department")}, num("jobs"), num("minutes"), num("labour"), num("parts"), num("outside"), num("cost")}}
	var sum desk.Cost
	line := func(href, name string, c desk.Cost) ui.Row {
		return ui.Row{Href: href, Cells: []ui.Cell{{Text: name}, {Text: r.W2.Number(c.Jobs)}, {Text: r.W2.Number(c.Minutes)}, {Text: r.W2.Money(c.Labour)}, {Text: r.W2.Money(c.Parts)}, {Text: billed(r, c.Outside)}, {Text: r.W2.Money(c.Cost)}}}
	}
	span := "&finished_at.from=" + string(month.First()) + "&finished_at.to=" + string(month.Last())
	for _, c := range rows {
		t.Rows = append(t.Rows, line("/desk/jobs?department="+c.Department+span, c.Name, c))
		sum.Jobs, sum.Minutes, sum.Labour, sum.Parts, sum.Outside, sum.Cost = sum.Jobs+c.Jobs, sum.Minutes+c.Minutes, sum.Labour+c.Labour, sum.Parts+c.Parts, sum.Outside+c.Outside, sum.Cost+c.Cost
	}
	if len(rows) > 0 {
		t.Rows = append(t.Rows, line("/desk/jobs?"+span[1:], r.T("desk.costs.sum"), sum))
	}
	link := func(m period.Month) ui.Link {
		return ui.Link{Label: string(m), Href: "/desk/costs?month=" + string(m), Current: m == month}
	}
	tabs := []ui.Link{link(month.Add(-2)), link(month.Add(-1)), link(month)}
	if month < d.Today().Month() {
		tabs = append(tabs, link(month.Add(1)))
	}
	return r.Show(ui.Page{Heading: r.T("desk.costs"), Sub: r.T("desk.costs.hint", rate(r)), Tabs: tabs, Back: &ui.Link{Label: r.T("desk.today"), Href: "/desk/today"},
		Body: framed(r.W2, t)}, rows)
}

// rate is what an hour of work is reckoned at.
func rate(r *web.Req) money.Fen {
	f, err := desk.Rate(r.Context(), r.Read())
	if err != nil {
		return desk.LabourShipped
	}
	return f
}

// billed is an amount of firms; nothing where none was asked.
func billed(r *web.Req, f money.Fen) string {
	if f == 0 {
		return ""
	}
	return r.W2.Money(f)
}
