package countingweb

import (
	"slices"

	"github.com/a-h/templ"

	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/counting"
	"houqin/internal/warehouse"
)

// accuracy is how right the books were found: of each class, and month by month. Each
// figure opens the lines that it is made of.
func accuracy(r *web.Req) error {
	stores, err := warehouse.Stores.All(r.Context(), r.Read(), counting.Scope(r.By), 200)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	store, today := q.Get("store"), r.Site.DB.Today()
	from, until := today.Month().Add(-11).First(), today
	for _, end := range []struct {
		key string
		day *period.Day
	}{{"from", &from}, {"to", &until}} {
		if s := q.Get(end.key); s != "" {
			if *end.day, err = period.ParseDay(s); err != nil {
				return fault.OnField(end.key, "base.bad_value", s)
			}
		}
	}
	var ids []string
	for _, s := range stores {
		if store == "" || s.ID == store {
			ids = append(ids, s.ID)
		}
	}
	if store != "" && len(ids) == 0 {
		return fault.New(fault.NotFound, "base.not_found")
	}
	all, err := counting.ExactnessOf(r.Context(), r.Read(), ids, from, until)
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(all)
	}
	choice := []ui.Option{{Label: r.T("counting.accuracy.all_stores")}}
	for _, s := range stores {
		choice = append(choice, ui.Option{Value: s.ID, Label: s.Name})
	}
	ask := ui.Ask(r.W2, ui.Form{ID: "span", Action: "/counting/accuracy", Method: "get", Inline: true, Submit: r.T("counting.accuracy.show"), Tone: ui.Plain,
		Fields: []ui.Field{{Name: "store", Label: r.T("counting.counts.store"), Kind: ui.KindChoice, Value: store, Options: choice},
			{Name: "from", Label: r.T("counting.accuracy.from"), Kind: ui.KindDay, Value: string(from), Half: true}, {Name: "to", Label: r.T("counting.accuracy.to"), Kind: ui.KindDay, Value: string(until), Half: true}}})
	here := ""
	if store != "" {
		here = "&store.id=" + store
	}
	p := ui.Page{Heading: r.T("counting.accuracy"), Sub: string(from) + " – " + string(until), Tabs: tabs(r), Wide: true, Live: []string{counting.Noun}}
	body := []templ.Component{ask}
	if len(all) == 0 {
		body = append(body, ui.Section(r.T("counting.accuracy.classes"), ui.List(r.W2, ui.Table{ID: "classes", Bare: true, Caption: r.T("counting.accuracy.classes"), Empty: ui.Nothing{Text: r.T("counting.accuracy.empty"), Icon: "checklist"}})))
	} else {
		sum := func(such func(counting.Exactness) bool) (s counting.Exactness) {
			for _, e := range all {
				if such(e) {
					s = s.And(e)
				}
			}
			return s
		}
		total := sum(func(counting.Exactness) bool { return true })
		span := "/counting/lines?counted_day.from=" + string(from) + "&counted_day.to=" + string(until) + here
		body = append(body, ui.Figures(
			ui.Figure{Label: r.T("counting.accuracy.of_lines"), Value: total.OfLines(), Icon: "percentage", Href: span},
			ui.Figure{Label: r.T("counting.accuracy.of_value"), Value: orNone(total.OfValue()), Icon: "percentage", Href: span},
			ui.Figure{Label: r.T("counting.accuracy.counted"), Value: r.W2.Number(total.Counted), Icon: "list-check", Href: span},
			ui.Figure{Label: r.T("counting.figure.differing"), Value: r.W2.Number(total.Counted - total.Right), Icon: "arrows-exchange", Href: span + "&differs=true"}))
		classes := exactTable(r, "classes", "counting.accuracy.class")
		for _, c := range []counting.Goods{counting.ClassA, counting.ClassB, counting.ClassC, ""} {
			of := sum(func(e counting.Exactness) bool { return e.Class == c })
			if of.Counted == 0 {
				continue
			}
			word, href := r.T("counting.accuracy.no_class"), span
			if c != "" {
				word, href = r.T("counting.goods."+string(c)), span+"&class="+string(c)
			}
			classes.Rows = append(classes.Rows, exactRow(r, word, of, href))
		}
		months := exactTable(r, "months", "counting.accuracy.month")
		var over []period.Month
		for _, e := range all {
			if !slices.Contains(over, e.Month) {
				over = append(over, e.Month)
			}
		}
		slices.Reverse(over)
		for _, m := range over {
			days := "/counting/lines?counted_day.from=" + string(max(from, m.First())) + "&counted_day.to=" + string(min(until, m.Last())) + here
			months.Rows = append(months.Rows, exactRow(r, string(m), sum(func(e counting.Exactness) bool { return e.Month == m }), days))
		}
		body = append(body, ui.Section(r.T("counting.accuracy.classes"), ui.List(r.W2, classes)), ui.Section(r.T("counting.accuracy.months"), ui.List(r.W2, months)))
	}
	p.Body = ui.Below(body...)
	return r.Show(p, all)
}

func exactTable(r *web.Req, id, first string) ui.Table {
	t := ui.Table{ID: id, Bare: true, Caption: r.T("counting.accuracy." + id), Columns: []ui.Head{{Label: r.T(first)}}}
	for _, w := range []string{"counting.accuracy.counted", "counting.accuracy.right", "counting.accuracy.of_lines", "counting.counts.book", "counting.accuracy.off", "counting.accuracy.of_value"} {
		t.Columns = append(t.Columns, ui.Head{Label: r.T(w), Num: true})
	}
	return t
}

// exactRow is one line of a table; what was right and what was off opens its own lines.
func exactRow(r *web.Req, word string, e counting.Exactness, href string) ui.Row {
	return ui.Row{Href: href, Cells: []ui.Cell{{Text: word}, {Text: r.W2.Number(e.Counted), Num: true, Href: href}, {Text: r.W2.Number(e.Right), Num: true, Href: href + "&differs=false"},
		{Text: e.OfLines(), Num: true}, {Text: r.W2.Money(e.Book), Num: true}, {Text: r.W2.Money(e.Off), Num: true, Href: href + "&differs=true"}, {Text: orNone(e.OfValue()), Num: true}}}
}

func orNone(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// tallied are the lines of all counts that the person sees, whose figures stand.
func tallied(r *web.Req) error {
	return r.List(&counting.Tallied, counting.Scope(r.By), web.ListPage{Default: "differs=true", Page: ui.Page{Back: &ui.Link{Label: r.T("counting.accuracy"), Href: "/counting/accuracy"}}})
}
