package warehouseweb

import (
	"github.com/a-h/templ"

	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
	"houqin/internal/warehouse"
)

// received are the lines that suppliers brought.
func received(r *web.Req) error {
	return r.List(&warehouse.Received, warehouse.ReceivedScope(r.By), web.ListPage{Page: ui.Page{Tabs: consumptionTabs(r)}})
}

// supplies are what came and went by kind of goods, and the food by weight; each sum opens
// its lines.
func supplies(r *web.Req) error {
	from, until, err := months(r)
	if err != nil {
		return err
	}
	s, err := warehouse.SuppliesOf(r.Context(), r.Read(), r.By, from, until)
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(s)
	}
	ask := ui.Ask(r.W2, ui.Form{ID: "span", Action: "/warehouse/supplies", Method: "get", Inline: true, Submit: r.T("warehouse.figures.show"), Tone: ui.Plain,
		Fields: []ui.Field{{Name: "from", Label: r.T("warehouse.supplies.from"), Kind: ui.KindMonth, Value: string(from), Half: true}, {Name: "until", Label: r.T("warehouse.supplies.until"), Kind: ui.KindMonth, Value: string(until), Half: true}}})
	labour := s.Of(catalog.Protection)
	office := s.Of(catalog.Office)
	in, out := func(filter string) string { return warehouse.ReceivedWay(from.First(), until.Last(), filter) }, func(filter string) string { return warehouse.IssuedWay(from, until, filter) }
	tiles := ui.Figures(
		ui.Figure{Label: r.T("warehouse.supplies.received"), Value: r.W2.Money(s.Total.Received), Unit: r.T("ui.yuan"), Href: in("")},
		ui.Figure{Label: r.T("warehouse.supplies.labour"), Value: r.W2.Money(labour.Received), Unit: r.T("ui.yuan"), Sub: r.T("warehouse.supplies.else_is", r.W2.Money(s.Total.Received-labour.Received)), Href: in("&supply=protection")},
		ui.Figure{Label: r.T("warehouse.supplies.issued"), Value: r.W2.Money(s.Total.Issued), Unit: r.T("ui.yuan"), Href: out("")},
		ui.Figure{Label: r.T("warehouse.supplies.office_out"), Value: r.W2.Money(office.Issued), Unit: r.T("ui.yuan"), Href: out("&supply=office")},
		ui.Figure{Label: r.T("warehouse.supplies.food_in"), Value: ui.Weight(r.W2, s.FoodTotal.ReceivedGrams), Href: in("&category=food")},
		ui.Figure{Label: r.T("warehouse.supplies.food_out"), Value: ui.Weight(r.W2, s.FoodTotal.IssuedGrams), Href: out("&category=food")},
	)
	body := []templ.Component{ask, tiles, ui.Section(r.T("warehouse.supplies.by_kind"), ui.List(r.W2, suppliesTable(r, s, in, out)))}
	if len(s.Food) > 0 {
		body = append(body, ui.Section(r.T("warehouse.supplies.food"), ui.List(r.W2, foodTable(r, s, in, out))))
	}
	if s.Unweighed > 0 {
		body = append(body, ui.Facts(ui.Fact{Label: r.T("warehouse.supplies.unweighed"), Text: r.W2.Number(s.Unweighed), Sub: r.T("warehouse.supplies.unweighed.hint"), Href: "/items?category=food", Wide: true}))
	}
	return r.Show(ui.Page{Heading: r.T("warehouse.supplies"), Sub: string(from) + " – " + string(until), Tabs: consumptionTabs(r), Live: []string{"warehouse.document"}, Body: ui.Below(body...)}, nil)
}

// months are those asked for, this year's until now unless said.
func months(r *web.Req) (from, until period.Month, err error) {
	until = r.Site.DB.Today().Month()
	from = period.Month(string(until)[:4] + "-01")
	for _, end := range []struct {
		key string
		m   *period.Month
	}{{"from", &from}, {"until", &until}} {
		if s := r.URL.Query().Get(end.key); s != "" {
			if *end.m, err = period.ParseMonth(s); err != nil {
				return from, until, fault.OnField(end.key, "base.bad_value", s)
			}
		}
	}
	if from > until {
		return from, until, fault.OnField("until", "base.bad_value", string(until))
	}
	return from, until, nil
}

func suppliesTable(r *web.Req, s warehouse.Supplies, in, out func(string) string) ui.Table {
	t := ui.Table{ID: "kinds", Bare: true, Caption: r.T("warehouse.supplies.by_kind"), Empty: ui.Nothing{Text: r.T("warehouse.supplies.none"), Icon: "package"},
		Columns: []ui.Head{{Label: r.T("warehouse.received.supply")}, {Label: r.T("warehouse.supplies.received"), Num: true}, {Label: r.T("warehouse.supplies.issued"), Num: true}}}
	for _, k := range s.Kinds {
		row := ui.Row{Cells: []ui.Cell{{Text: r.T("warehouse.supplies.unsorted"), Sub: r.T("warehouse.supplies.unsorted.hint"), Href: r.Way("/classes")}, {Text: r.W2.Money(k.Received), Num: true}, {Text: r.W2.Money(k.Issued), Num: true}}}
		if k.Supply != "" {
			row.Cells[0] = ui.Cell{Text: r.T("catalog.supply." + string(k.Supply))}
			row.Cells[1].Href, row.Cells[2].Href = in("&supply="+string(k.Supply)), out("&supply="+string(k.Supply))
		}
		t.Rows = append(t.Rows, row)
	}
	if len(s.Kinds) > 1 {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: r.T("warehouse.borne.total")}, {Text: r.W2.Money(s.Total.Received), Num: true, Href: in("")}, {Text: r.W2.Money(s.Total.Issued), Num: true, Href: out("")}}})
	}
	return t
}

func foodTable(r *web.Req, s warehouse.Supplies, in, out func(string) string) ui.Table {
	t := ui.Table{ID: "food", Bare: true, Caption: r.T("warehouse.supplies.food"), Columns: []ui.Head{{Label: r.T("warehouse.received.class")}, {Label: r.T("warehouse.supplies.food_in"), Num: true},
		{Label: r.T("warehouse.supplies.food_out"), Num: true}, {Label: r.T("warehouse.supplies.received"), Num: true}, {Label: r.T("warehouse.supplies.issued"), Num: true}}}
	for _, f := range s.Food {
		row := ui.Row{Cells: []ui.Cell{{Text: f.ClassName}, {Text: ui.Weight(r.W2, f.ReceivedGrams), Num: true}, {Text: ui.Weight(r.W2, f.IssuedGrams), Num: true},
			{Text: r.W2.Money(f.Received), Num: true}, {Text: r.W2.Money(f.Issued), Num: true}}}
		if f.Class == "" {
			row.Cells[0].Text = r.T("warehouse.supplies.no_class")
		} else {
			row.Cells[1].Href, row.Cells[2].Href = in("&category=food&class.id="+f.Class), out("&category=food&class.id="+f.Class)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
