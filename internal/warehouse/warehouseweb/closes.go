package warehouseweb

import (
	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/warehouse"
)

// closing is what is asked before a month is closed.
type closing struct {
	Store string
	Month string
}

var closePaper = form.Of[closing]{Name: "warehouse.closing", Fields: []form.Field[closing]{
	{Key: "store", Into: func(c *closing) any { return &c.Store }, Ref: "stores", Required: true},
	{Key: "month", Into: func(c *closing) any { return &c.Month }, Required: true, Most: 7},
}}

type remark struct {
	Figure money.Fen
	Note   string
}

// agreePaper is what finance's books say, and what it may remark.
var agreePaper = form.Of[remark]{Name: "warehouse.agree", Fields: []form.Field[remark]{
	{Key: "figure", Into: func(n *remark) any { return &n.Figure }, Required: true, Hint: true},
	{Key: "note", Into: func(n *remark) any { return &n.Note }, Most: 200},
}}

// closeData is what programs get of a closed month.
type closeData struct {
	warehouse.Close
	Classes []warehouse.ClassSum `json:"classes"`
	Kinds   []warehouse.KindSum  `json:"kinds"`
}

func closes(r *web.Req) error {
	p := web.ListPage{}
	if r.By.May(warehouse.MayClose) {
		p.Page.Actions = []ui.Action{{Name: "close", Label: r.T("warehouse.do.close"), Href: "/warehouse/closes/new", Icon: "lock", Tone: ui.Accent}}
	}
	return r.List(&warehouse.Closes, warehouse.Scope(r.By), p)
}

// blankClose shows what the next month of a store would be closed with.
func blankClose(r *web.Req) error {
	store := r.URL.Query().Get("store")
	if store == "" {
		own, err := ownStore(r)
		if err != nil {
			return err
		}
		store = own
	}
	stores, err := warehouse.Stores.All(r.Context(), r.Read(), list.Scoped(r.By.Scope(warehouse.MayClose), "w.department").And("w.closed = false"), 200)
	if err != nil {
		return err
	}
	wardsLast(stores)
	p := ui.Page{Heading: r.T("warehouse.do.close"), Back: &ui.Link{Label: r.T("warehouse.closes"), Href: "/warehouse/closes"}}
	found := false
	for _, s := range stores {
		found = found || s.ID == store
	}
	if !found && len(stores) > 0 {
		store = stores[0].ID
	}
	for _, s := range stores {
		p.Tabs = append(p.Tabs, ui.Link{Label: s.Name, Href: "/warehouse/closes/new?store=" + s.ID, Current: s.ID == store})
	}
	m, over, err := warehouse.NextToClose(r.Context(), r.Read(), store, r.Site.DB.Today())
	if err != nil {
		return err
	}
	if m == "" || !over {
		text := r.T("warehouse.closing.nothing")
		if m != "" {
			text = r.T("warehouse.closing.later", string(m))
		}
		p.Body = ui.Empty(r.W2, ui.Nothing{Text: text, Icon: "calendar-event"})
		return r.Show(p, nil)
	}
	items, kinds, err := warehouse.MonthOf(r.Context(), r.Read(), store, m)
	if err != nil {
		return err
	}
	var total warehouse.Sum
	for _, i := range items {
		total.Opening, total.In, total.Out, total.Closing = total.Opening+i.Opening, total.In+i.In, total.Out+i.Out, total.Closing+i.Closing
	}
	f, err := r.Form(&closePaper, &closing{store, string(m)}, ui.Form{ID: "close", Action: "/warehouse/closes", Submit: r.T("warehouse.do.close.month", string(m)), Intro: r.T("warehouse.closing.intro")})
	if err != nil {
		return err
	}
	for n := range f.Fields {
		f.Fields[n].Half = true
	}
	p.Sub = string(m)
	p.Body = ui.Below(sums(r, total), ui.Section(r.T("warehouse.close_kinds"), ui.List(r.W2, kindTable(r, kinds))), ui.Section(r.T("warehouse.do.close"), ui.Ask(r.W2, f)))
	return r.Show(p, nil)
}

func closeMonth(r *web.Req) error {
	return web.Submit(r, &closePaper, blankClose, func(tx *db.Tx, c *closing) (web.Done, error) {
		m, err := period.ParseMonth(c.Month)
		if err != nil {
			return web.Done{}, fault.OnField("month", "base.bad_value", c.Month)
		}
		id, err := warehouse.CloseMonth(r.Context(), tx, c.Store, m)
		return web.Done{To: "/warehouse/closes/" + id, Say: "warehouse.done.closed", Args: []string{c.Month}, Data: map[string]string{"id": id}}, err
	})
}

// closed is the closed month of the address, if the person may see it.
func closed(r *web.Req) (warehouse.Close, error) {
	return warehouse.Closes.Get(r.Context(), r.Read(), warehouse.Scope(r.By).And("c.id = ?", r.PathValue("id")))
}

func closedMonth(r *web.Req) error {
	c, err := closed(r)
	if err != nil {
		return err
	}
	d := closeData{Close: c}
	if d.Classes, err = warehouse.ClassesOf(r.Context(), r.Read(), c.ID); err == nil {
		d.Kinds, err = warehouse.KindsOf(r.Context(), r.Read(), c.ID)
	}
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(d)
	}
	facts := []ui.Fact{{Label: r.T("warehouse.closes.by_name"), Text: c.ByName, Sub: r.When(c.At)}}
	if c.Agreed {
		facts = append(facts, ui.Fact{Label: r.T("warehouse.closes.agreed_name"), Text: c.AgreedName, Sub: r.When(c.AgreedAt)})
		if c.Figure != 0 {
			facts = append(facts, ui.Fact{Label: r.T("warehouse.agree.figure"), Text: r.W2.Money(c.Figure), Num: true})
		}
		if c.AgreedNote != "" {
			facts = append(facts, ui.Fact{Label: r.T("warehouse.agree.note"), Text: c.AgreedNote, Wide: true})
		}
	}
	story, err := r.Story("warehouse.close", c.ID, c.StoreName+" "+string(c.Month.Month()))
	if err != nil {
		return err
	}
	at := "/warehouse/closes/" + c.ID
	p := ui.Page{Heading: c.StoreName + " " + string(c.Month.Month()), Back: &ui.Link{Label: r.T("warehouse.closes"), Href: "/warehouse/closes"}, Live: []string{"warehouse.close"},
		Mark: &ui.Mark{Word: r.T("warehouse.not_agreed"), Tone: ui.Soon},
		Body: ui.Below(sums(r, warehouse.Sum{Opening: c.Opening, In: c.In, Out: c.Out, Closing: c.Closing}), ui.Facts(facts...),
			ui.Section(r.T("warehouse.close_classes"), ui.List(r.W2, classTable(r, d, at)), ui.Link{Label: r.T("warehouse.close_lines"), Href: at + "/items"}),
			ui.Section(r.T("warehouse.close_kinds"), ui.List(r.W2, kindTable(r, d.Kinds))), story),
		Actions: []ui.Action{{Name: "print", Label: r.T("warehouse.print"), Href: at + "/print", Icon: "printer", Fresh: true},
			{Name: "items", Label: r.T("warehouse.close_lines"), Href: at + "/items", Icon: "list-details"}}}
	if c.Agreed {
		p.Mark = &ui.Mark{Word: r.T("warehouse.agreed"), Tone: ui.Done}
	} else if r.By.MayIn(warehouse.MayAgree, c.Keeping) && r.By.ID != c.By {
		f, err := r.Form(&agreePaper, nil, ui.Form{ID: "agree", Action: at + "/agree", Submit: r.T("warehouse.agree"), Intro: r.T("warehouse.agree.intro")})
		if err != nil {
			return err
		}
		p.Actions = append(p.Actions, ui.Action{Name: "agree", Label: r.T("warehouse.agree"), Icon: "signature", Tone: ui.Accent, Ask: &f, Open: r.Failed(&agreePaper) != nil})
	}
	return r.Show(p, nil)
}

func agreeMonth(r *web.Req) error {
	id := r.PathValue("id")
	return web.Submit(r, &agreePaper, closedMonth, func(tx *db.Tx, n *remark) (web.Done, error) {
		if _, err := warehouse.Closes.Get(r.Context(), tx, warehouse.Scope(r.By).And("c.id = ?", id)); err != nil {
			return web.Done{}, err
		}
		return web.Done{To: "/warehouse/closes/" + id, Say: "warehouse.done.agreed"}, warehouse.Agree(r.Context(), tx, id, n.Figure, n.Note)
	})
}

func closedLines(r *web.Req) error {
	c, err := closed(r)
	if err != nil {
		return err
	}
	return r.List(&warehouse.CloseLines, warehouse.LinesOf(c.ID), web.ListPage{Page: ui.Page{Heading: c.StoreName + " " + string(c.Month.Month()), Sub: r.T("warehouse.close_lines"), Wide: true,
		Back: &ui.Link{Label: r.T("warehouse.closes"), Href: "/warehouse/closes/" + c.ID}}})
}

// className is what a class of a closed month is called.
func className(r *web.Req, c warehouse.ClassSum) string {
	if c.Class != "" {
		return c.Class
	}
	return r.T("catalog.category." + c.Category)
}

// sumHeads are the columns of a sum.
var sumHeads = []string{"warehouse.turnover.opening", "warehouse.turnover.in", "warehouse.turnover.out", "warehouse.turnover.closing"}

func sums(r *web.Req, s warehouse.Sum) templ.Component {
	var all []ui.Fact
	for n, f := range []money.Fen{s.Opening, s.In, s.Out, s.Closing} {
		all = append(all, ui.Fact{Label: r.T(sumHeads[n]), Text: r.W2.Money(f), Num: true})
	}
	return ui.Facts(all...)
}

func classTable(r *web.Req, d closeData, at string) ui.Table {
	t := ui.Table{ID: "classes", Bare: true, Caption: r.T("warehouse.close_classes"), Empty: ui.Nothing{Text: r.T("warehouse.close_lines.empty"), Icon: "box"}, Columns: []ui.Head{{Label: r.T("warehouse.close_lines.class")}}}
	for _, h := range sumHeads {
		t.Columns = append(t.Columns, ui.Head{Label: r.T(h), Num: true})
	}
	t.Columns = append(t.Columns, ui.Head{Label: r.T("warehouse.borne.items"), Num: true, Minor: true})
	row := func(name, href string, s warehouse.Sum, items int64) {
		cells := []ui.Cell{{Text: name}}
		for _, f := range []money.Fen{s.Opening, s.In, s.Out, s.Closing} {
			cells = append(cells, ui.Cell{Text: r.W2.Money(f), Num: true})
		}
		t.Rows = append(t.Rows, ui.Row{Href: href, Cells: append(cells, ui.Cell{Text: r.W2.Number(items), Num: true})})
	}
	for _, c := range d.Classes {
		href := at + "/items"
		if c.Category != "" {
			href += "?category=" + c.Category
		}
		row(className(r, c), href, c.Sum, c.Items)
	}
	if len(d.Classes) > 1 {
		row(r.T("warehouse.borne.total"), "", warehouse.Sum{Opening: d.Opening, In: d.In, Out: d.Out, Closing: d.Closing}, d.Items)
	}
	return t
}

func kindTable(r *web.Req, kinds []warehouse.KindSum) ui.Table {
	t := ui.Table{ID: "kinds", Bare: true, Caption: r.T("warehouse.close_kinds"), Empty: ui.Nothing{Text: r.T("warehouse.card.empty"), Icon: "receipt"},
		Columns: []ui.Head{{Label: r.T("warehouse.documents.kind")}, {Label: r.T("warehouse.close_kinds.papers"), Num: true}, {Label: r.T("warehouse.turnover.in"), Num: true}, {Label: r.T("warehouse.turnover.out"), Num: true}}}
	for _, k := range kinds {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: r.T("warehouse.kind." + string(k.Kind))}, {Text: r.W2.Number(k.Papers), Num: true}, {Text: r.W2.Money(k.In), Num: true}, {Text: r.W2.Money(k.Out), Num: true}}})
	}
	return t
}

// printClosed is the month as finance gets it on paper.
func printClosed(r *web.Req) error {
	c, err := closed(r)
	if err != nil {
		return err
	}
	classes, err := warehouse.ClassesOf(r.Context(), r.Read(), c.ID)
	if err != nil {
		return err
	}
	g := &ui.Grid{Heads: []ui.Head{{Label: r.T("ui.line_no"), Num: true}, {Label: r.T("warehouse.close_lines.class")}, {Label: r.T("warehouse.borne.items"), Num: true}}}
	for _, h := range sumHeads {
		g.Heads = append(g.Heads, ui.Head{Label: r.T(h), Num: true})
	}
	for n, k := range classes {
		g.Rows = append(g.Rows, []string{r.W2.Number(int64(n + 1)), className(r, k), r.W2.Number(k.Items), r.W2.Money(k.Opening), r.W2.Money(k.In), r.W2.Money(k.Out), r.W2.Money(k.Closing)})
	}
	s := ui.Sheet{Title: r.T("warehouse.slip.close"), Number: string(c.Month.Month()), Date: string(period.DayOf(c.At.Time(), r.Site.DB.Zone)), Size: ui.A4, Lines: g,
		Boxes: []ui.Fact{{Label: r.T("warehouse.documents.store"), Text: c.StoreName}, {Label: r.T("warehouse.closes.month"), Text: string(c.Month.Month())}},
		Note:  r.T("warehouse.slip.made_by", c.ByName), Back: ui.Link{Href: "/warehouse/closes/" + c.ID}}
	for n, f := range []money.Fen{c.Opening, c.In, c.Out, c.Closing} {
		s.Totals = append(s.Totals, ui.Fact{Label: r.T(sumHeads[n]), Text: r.W2.Money(f)})
	}
	for _, key := range []string{"warehouse.sign.head", "warehouse.sign.keeper", "warehouse.sign.finance"} {
		s.Signatures = append(s.Signatures, r.T(key))
	}
	return r.Sheet(s)
}
