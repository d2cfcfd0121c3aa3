package warehouseweb

import (
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/requests"
	"houqin/internal/warehouse"
)

func consumptionTabs(r *web.Req) []ui.Link {
	return tabs(r, "warehouse.borne", "/warehouse/consumption/departments", "warehouse.consumption", "/warehouse/consumption",
		"warehouse.received", "/warehouse/received", "warehouse.supplies", "/warehouse/supplies")
}

func consumption(r *web.Req) error {
	return r.List(&warehouse.Landings, warehouse.BorneScope(r.By), web.ListPage{Page: ui.Page{Tabs: consumptionTabs(r)}})
}

// month is the month asked for, this one unless said.
func month(r *web.Req) (period.Month, error) {
	s := r.URL.Query().Get("month")
	if s == "" {
		return r.Site.DB.Today().Month(), nil
	}
	m, err := period.ParseMonth(s)
	if err != nil {
		return "", fault.OnField("month", "base.bad_value", s)
	}
	return m, nil
}

// borne is what each department bore in a month; a row opens the goods behind it.
func borne(r *web.Req) error {
	m, err := month(r)
	if err != nil {
		return err
	}
	all, err := warehouse.BorneIn(r.Context(), r.Read(), r.By, m)
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(all)
	}
	served, err := requests.ServiceIn(r.Context(), r.Read(), m)
	if err != nil {
		return err
	}
	days := period.Days(m.First(), min(m.Last(), r.Site.DB.Today())) + 1
	t := ui.Table{ID: "borne", Bare: true, Caption: r.T("warehouse.borne"), Empty: ui.Nothing{Text: r.T("warehouse.borne.empty"), Icon: "report-money"},
		Columns: []ui.Head{{Label: r.T("warehouse.borne.department")}, {Label: r.T("warehouse.borne.amount"), Num: true}, {Label: r.T("warehouse.borne.before"), Num: true},
			{Label: r.T("warehouse.borne.items"), Num: true}, {Label: r.T("warehouse.borne.bed_day"), Num: true}, {Label: r.T("warehouse.borne.served"), Num: true}}}
	total, before := warehouse.Borne{}, warehouse.Borne{}
	for _, b := range all {
		t.Rows = append(t.Rows, ui.Row{Href: "/warehouse/consumption?department.id=" + b.Department + "&month.from=" + string(m.First()) + "&month.to=" + string(m.Last()),
			Cells: []ui.Cell{{Text: b.Name}, {Text: r.W2.Money(b.Amount), Num: true}, {Text: r.W2.Money(b.Before), Num: true}, {Text: r.W2.Number(b.Items), Num: true}, bedDay(r, b, days), servedCell(r, served[b.Department])}})
		total.Amount += b.Amount
		before.Amount += b.Before
	}
	if len(all) > 1 {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: r.T("warehouse.borne.total")}, {Text: r.W2.Money(total.Amount), Num: true}, {Text: r.W2.Money(before.Amount), Num: true}, {}, {}, {}}})
	}
	p := ui.Page{Heading: r.T("warehouse.borne"), Sub: string(m), Tabs: consumptionTabs(r), Live: []string{"warehouse.document"}, Body: ui.List(r.W2, t),
		Actions: []ui.Action{{Name: "before", Label: string(m.Add(-1)), Icon: "chevron-left", Href: "/warehouse/consumption/departments?month=" + string(m.Add(-1))}}}
	if m < r.Site.DB.Today().Month() {
		p.Actions = append(p.Actions, ui.Action{Name: "after", Label: string(m.Add(1)), Icon: "chevron-right", Href: "/warehouse/consumption/departments?month=" + string(m.Add(1))})
	}
	return r.Show(p, nil)
}

// bedDay is what a bed of the plan cost on a day.
func bedDay(r *web.Req, b warehouse.Borne, days int) ui.Cell {
	if b.Beds == 0 {
		return ui.Cell{Text: "–", Num: true}
	}
	return ui.Cell{Text: r.W2.Money(b.PerBedDay(days)), Sub: r.T("warehouse.borne.beds", b.Beds), Num: true}
}

// servedCell is how much of what a department was promised it was given whole.
func servedCell(r *web.Req, s requests.Service) ui.Cell {
	if s.Lines == 0 {
		return ui.Cell{Text: "–", Num: true}
	}
	return ui.Cell{Text: r.T("warehouse.percent", s.Level()), Sub: r.T("warehouse.borne.whole", s.Whole, s.Lines), Num: true}
}

// shares are the papers behind what of one item landed on one department in a month.
func shares(r *web.Req) error {
	m, err := month(r)
	if err != nil {
		return err
	}
	item, err := catalog.Get(r.Context(), r.Read(), r.PathValue("item"))
	if err != nil {
		return err
	}
	d, err := departments.Get(r.Context(), r.Read(), r.PathValue("department"))
	if err != nil {
		return err
	}
	return r.List(&warehouse.Shares, warehouse.SharesOf(r.By, d.ID, item.ID, m), web.ListPage{Page: ui.Page{Heading: d.Name + " · " + item.Title(), Sub: string(m),
		Back: &ui.Link{Label: r.T("warehouse.consumption"), Href: "/warehouse/consumption?department.id=" + d.ID}}})
}
