package warehouseweb

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/a-h/templ"

	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/warehouse"
)

// figured is how many items each table of the figures shows.
const figured = 15

// figures are how a store kept its goods; each row opens the card behind it.
func figures(r *web.Req) error {
	stores, err := warehouse.Stores.All(r.Context(), r.Read(), warehouse.Scope(r.By).And("w.closed = false"), 200)
	if err != nil {
		return err
	}
	wardsLast(stores)
	today := r.Site.DB.Today()
	from, to, err := span(r, today)
	if err != nil {
		return err
	}
	store := r.URL.Query().Get("store")
	if store == "" {
		if store, err = ownStore(r); err != nil {
			return err
		}
		if !slices.ContainsFunc(stores, func(s warehouse.Store) bool { return s.ID == store }) && len(stores) > 0 {
			store = stores[0].ID
		}
	}
	if !slices.ContainsFunc(stores, func(s warehouse.Store) bool { return s.ID == store }) && store != "" {
		return fault.New(fault.NotFound, "base.not_found")
	}
	f, err := warehouse.FiguresOf(r.Context(), r.Read(), store, from, to, r.Site.DB.Zone)
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(f)
	}
	days := "from=" + string(from) + "&to=" + string(to)
	p := ui.Page{Heading: r.T("warehouse.figures"), Sub: string(from) + " – " + string(to), Wide: true, Live: []string{"warehouse.document"},
		Back: &ui.Link{Label: r.T("warehouse.counter"), Href: "/warehouse"}}
	for _, s := range stores {
		p.Tabs = append(p.Tabs, ui.Link{Label: s.Name, Href: "/warehouse/figures?store=" + s.ID + "&" + days, Current: s.ID == store})
	}
	ask := ui.Ask(r.W2, ui.Form{ID: "span", Action: "/warehouse/figures", Method: "get", Inline: true, Submit: r.T("warehouse.figures.show"), Tone: ui.Plain, Hidden: []ui.Pair{{Name: "store", Value: store}},
		Fields: []ui.Field{{Name: "from", Label: r.T("warehouse.figures.from"), Kind: ui.KindDay, Value: string(from), Half: true}, {Name: "to", Label: r.T("warehouse.figures.to"), Kind: ui.KindDay, Value: string(to), Half: true}}})
	tone := func(bad bool, t ui.Tone) ui.Tone {
		if bad {
			return t
		}
		return ui.Plain
	}
	below := func(name string, n int64) string { // where there is something to see
		if n == 0 {
			return ""
		}
		return "#" + name
	}
	all := "/warehouse/stock?store.id=" + store
	tiles := ui.Figures(
		ui.Figure{Label: r.T("warehouse.figures.turnover"), Value: fmt.Sprintf("%d.%02d", f.Turnover/100, f.Turnover%100), Href: below("used", int64(f.Used))},
		ui.Figure{Label: r.T("warehouse.figures.days"), Value: lasts(r, f.DaysOfStock), Href: all},
		ui.Figure{Label: r.T("warehouse.figures.used"), Value: r.W2.Money(f.Used), Href: "/warehouse/issues?store.id=" + store + "&at.from=" + string(from) + "&at.to=" + string(to)},
		ui.Figure{Label: r.T("warehouse.figures.idle"), Value: r.W2.Money(f.Slow + f.Dead), Href: below("idle", int64(f.Slow+f.Dead)), Tone: tone(f.Dead > 0, ui.Soon)},
		ui.Figure{Label: r.T("warehouse.figures.ran_out"), Value: r.W2.Number(f.RanOut), Href: below("ran-out", f.RanOut), Tone: tone(f.RanOut > 0, ui.Soon)},
		ui.Figure{Label: r.T("warehouse.figures.lost"), Value: r.W2.Money(f.Lost + f.Expired), Href: below("lost", int64(f.Lost+f.Expired)), Tone: tone(f.Lost+f.Expired > 0, ui.Danger)},
	)
	body := []templ.Component{ask, tiles}
	for _, part := range []struct {
		name, heading string
		of            func(*warehouse.ItemFigure) int64
	}{
		{"used", r.T("warehouse.figures.most_used"), func(i *warehouse.ItemFigure) int64 { return int64(i.Used) }},
		{"idle", r.T("warehouse.figures.idle_items", warehouse.SlowAfter, warehouse.DeadAfter), func(i *warehouse.ItemFigure) int64 {
			if i.Idle == "" {
				return 0
			}
			return max(1, int64(i.Amount))
		}},
		{"ran-out", r.T("warehouse.figures.ran_out_items"), func(i *warehouse.ItemFigure) int64 { return i.RanOut }},
		{"lost", r.T("warehouse.figures.lost_items"), func(i *warehouse.ItemFigure) int64 { return int64(i.Lost + i.Expired) }},
		{"price", r.T("warehouse.figures.price_items"), func(i *warehouse.ItemFigure) int64 { return max(i.Moved(), -i.Moved()) }},
	} {
		// of what did not happen nothing is shown but the figure
		if t := figureTable(r, f, part.name, part.of); len(t.Rows) > 0 || part.name == "used" {
			body = append(body, ui.Section(part.heading, ui.List(r.W2, t)))
		}
	}
	p.Body = ui.Below(body...)
	return r.Show(p, nil)
}

// wardsLast puts wards' own stores behind the house's.
func wardsLast(stores []warehouse.Store) {
	slices.SortStableFunc(stores, func(a, b warehouse.Store) int {
		switch {
		case a.Ward == b.Ward:
			return 0
		case a.Ward:
			return 1
		}
		return -1
	})
}

// span are the days asked for, the last ninety unless said.
func span(r *web.Req, today period.Day) (from, to period.Day, err error) {
	from, to = today.AddDays(-89), today
	for _, end := range []struct {
		key string
		day *period.Day
	}{{"from", &from}, {"to", &to}} {
		if s := r.URL.Query().Get(end.key); s != "" {
			if *end.day, err = period.ParseDay(s); err != nil {
				return from, to, fault.OnField(end.key, "base.bad_value", s)
			}
		}
	}
	if from > to {
		return from, to, fault.OnField("to", "base.bad_value", string(to))
	}
	return from, to, nil
}

// lasts is for how many days the stock lasts.
func lasts(r *web.Req, days int64) string {
	if days < 0 {
		return "—"
	}
	return r.W2.Number(days)
}

// figureTable are the items for which a figure is largest.
func figureTable(r *web.Req, f warehouse.Figures, name string, of func(*warehouse.ItemFigure) int64) ui.Table {
	var most []*warehouse.ItemFigure
	for n := range f.Items {
		if of(&f.Items[n]) > 0 {
			most = append(most, &f.Items[n])
		}
	}
	slices.SortStableFunc(most, func(a, b *warehouse.ItemFigure) int { return cmp.Compare(of(b), of(a)) })
	t := ui.Table{ID: name, Bare: true, Caption: r.T("warehouse.figures"), Empty: ui.Nothing{Text: r.T("warehouse.figures.none"), Icon: "check"},
		Columns: []ui.Head{{Label: r.T("warehouse.stock.name")}, {Label: r.T("warehouse.stock.qty"), Num: true}, {Label: r.T("warehouse.stock.amount"), Num: true}}}
	head := func(words ...string) {
		for _, w := range words {
			t.Columns = append(t.Columns, ui.Head{Label: r.T("warehouse.figures." + w), Num: true})
		}
	}
	switch name {
	case "used":
		head("used_qty", "used", "days")
	case "idle":
		head("idle")
	case "ran-out":
		head("ran_out")
	case "lost":
		head("written_off", "lies_expired")
	case "price":
		head("first_price", "last_price", "moved")
	}
	t.Caption += " " + t.Columns[3].Label // several on one page have each their own name
	for _, i := range most[:min(len(most), figured)] {
		row := ui.Row{Href: "/warehouse/stock/" + f.Store + "/" + i.Item + "?at.from=" + string(f.From) + "&at.to=" + string(f.To),
			Cells: []ui.Cell{{Text: i.Title(), Sub: i.Number}, {Text: i.Say(i.Qty), Num: true}, {Text: r.W2.Money(i.Amount), Num: true}}}
		cell := func(text string, tone ui.Tone) {
			row.Cells = append(row.Cells, ui.Cell{Text: text, Num: true, Tone: tone})
		}
		switch name {
		case "used":
			cell(i.Say(i.UsedQty), ui.Plain)
			cell(r.W2.Money(i.Used), ui.Plain)
			cell(lasts(r, i.DaysOfStock), ui.Plain)
		case "idle":
			tone := ui.Soon
			if i.Idle == "dead" {
				tone = ui.Danger
			}
			cell(r.T("warehouse.figures."+i.Idle), tone)
		case "ran-out":
			cell(r.W2.Number(i.RanOut), ui.Soon)
		case "lost":
			cell(r.W2.Money(i.Lost), ui.Plain)
			cell(r.W2.Money(i.Expired), ui.Danger)
		case "price":
			cell(fine(i.FirstPrice), ui.Plain)
			cell(fine(i.LastPrice), ui.Plain)
			tone, sign := ui.Done, ""
			if i.Moved() > 0 {
				tone, sign = ui.Soon, "+"
			}
			cell(fmt.Sprintf("%s%.1f%%", sign, float64(i.Moved())/100), tone)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// fine is a price in hundredths of a fen, in yuan.
func fine(p int64) string { return fmt.Sprintf("%d.%04d", p/10_000, p%10_000) }
