package purchasingweb

import (
	"context"
	"strconv"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/qr"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/purchasing"
	"houqin/internal/receiving"
	"houqin/internal/warehouse"
)

var pricePaper = form.Of[purchasing.Price]{Name: "purchasing.price", Fields: []form.Field[purchasing.Price]{
	{Key: "supplier", Into: func(p *purchasing.Price) any { return &p.Supplier }, Ref: "suppliers", Required: true},
	{Key: "item", Into: func(p *purchasing.Price) any { return &p.Item }, Ref: "items", Required: true},
	{Key: "price", Into: func(p *purchasing.Price) any { return &p.Price }, Required: true, Hint: true},
	{Key: "covers", Into: func(p *purchasing.Price) any { return &p.Covers }, Most: 40, Hint: true},
	{Key: "contract", Into: func(p *purchasing.Price) any { return &p.Contract }, Required: true, Most: 80},
	{Key: "since", Into: func(p *purchasing.Price) any { return &p.Since }, Required: true},
	{Key: "until", Into: func(p *purchasing.Price) any { return &p.Until }, Required: true},
}}

func orders(r *web.Req) error {
	return r.List(&purchasing.Orders, purchasing.Everything(), web.ListPage{Page: ui.Page{Tabs: tabs(r)}})
}

func orderOf(r *web.Req) (purchasing.Order, error) {
	return purchasing.OrderByID(r.Context(), r.Read(), r.PathValue("id"))
}

func order(r *web.Req) error {
	o, err := orderOf(r)
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(o)
	}
	to := "/purchasing/orders/" + o.ID
	facts := []ui.Fact{{Label: r.T("purchasing.orders.supplier"), Text: o.SupplierName, Href: r.Way("/suppliers")}, {Label: r.T("purchasing.orders.amount"), Text: r.W2.Money(o.Amount), Sub: r.T("ui.yuan"), Num: true},
		{Label: r.T("purchasing.orders.method"), Text: r.T("purchasing.method." + o.Method)}, {Label: r.T("purchasing.orders.buyer_name"), Text: o.BuyerName, Sub: r.When(o.At)},
		{Label: r.T("purchasing.enquiries.plan_number"), Text: o.PlanNumber, Href: "/purchasing/plans/" + o.Plan}}
	if facts[0].Href != "" {
		facts[0].Href += "/" + o.Supplier
	}
	add := func(label, text, href string) {
		if text != "" {
			facts = append(facts, ui.Fact{Label: r.T(label), Text: text, Href: href})
		}
	}
	if o.Enquiry != "" {
		add("purchasing.enquiries.one", r.T("purchasing.open_enquiry"), "/purchasing/enquiries/"+o.Enquiry)
	}
	add("purchasing.orders.due", string(o.Due), "")
	if o.Store != "" {
		s, err := warehouse.StoreByID(r.Context(), r.Read(), o.Store)
		if err != nil {
			return err
		}
		add("purchasing.to_store", s.Name, "")
	}
	add("purchasing.auditor", o.AuditorName, "")
	add("purchasing.verdict.audit", o.Audit, "")
	add("purchasing.note", o.Note, "")
	if o.SentAt != 0 {
		add("purchasing.sent_at", r.When(o.SentAt), "")
	}
	back, gone, err := receiving.BackOf(r.Context(), r.Read(), o.ID)
	if err != nil {
		return err
	}
	t := ui.Table{ID: "lines", Bare: true, Caption: r.T("purchasing.lines"), Columns: []ui.Head{{Label: r.T("purchasing.wish.item")}, {Label: r.T("purchasing.set.qty"), Num: true}, {Label: r.T("purchasing.received"), Num: true},
		{Label: r.T("purchasing.price"), Num: true}, {Label: r.T("purchasing.last"), Num: true}, {Label: r.T("purchasing.amount"), Num: true}, {Label: r.T("purchasing.wish.quality"), Minor: true}}}
	for _, l := range o.Goods {
		last := ui.Cell{Text: "–", Num: true}
		if l.Last > 0 {
			last.Text = r.W2.Money(l.Last)
			if rose := l.Rose(); rose != 0 {
				last.Sub = r.T("purchasing.by_percent", strconv.FormatInt(rose, 10))
			}
			if l.Rose() > 0 {
				last.Tone = ui.Soon
			}
		}
		received := ui.Cell{Text: l.Say(l.Received), Num: true}
		if back[l.Item] > 0 {
			received.Sub, received.Tone = r.T("purchasing.went_back", l.Say(back[l.Item])), ui.Soon
		}
		if l.GivenUp > 0 {
			received.Sub = joined(received.Sub, r.T("purchasing.given_up", l.Say(l.GivenUp)))
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: l.Title(), Sub: l.Number}, {Text: l.Say(l.Qty), Num: true}, received, {Text: r.W2.Money(l.Price), Sub: "/" + l.Unit, Num: true}, last,
			{Text: r.W2.Money(mul(l.Price, l.Qty)), Num: true}, {Text: l.Quality}}})
	}
	story, err := r.Story(purchasing.Noun, o.ID, o.Number)
	if err != nil {
		return err
	}
	files, err := papers(r, purchasing.Noun, o.ID, to)
	if err != nil {
		return err
	}
	sub := r.T("purchasing.orders.one")
	if o.Urgent {
		sub = joined(sub, r.T("purchasing.urgent"))
	}
	p := ui.Page{Heading: o.Number, Sub: sub, Mark: &ui.Mark{Word: r.T("purchasing.order.state." + string(o.State)), Tone: ui.Quiet}, Back: &ui.Link{Label: r.T("purchasing.orders"), Href: "/purchasing/orders"},
		Live: []string{purchasing.Noun}, Body: ui.Below(ui.Facts(facts...), ui.Section(r.T("purchasing.lines"), ui.List(r.W2, t)), files, story)}
	for _, g := range gone {
		note := ui.Note{Text: r.T("purchasing.note.went_back", g.Title, g.Say(), g.Number, r.W2.Money(g.Worth)), Tone: ui.Soon}
		switch {
		case g.Waits > 0:
			note.Text = r.T("purchasing.note.waits_again", g.Title, g.Say(), g.Number, g.SayOf(g.Waits))
		case g.Again && g.Came == g.Qty:
			note = ui.Note{Text: r.T("purchasing.note.came_again", g.Title, g.Say(), g.Number), Tone: ui.Plain}
		}
		p.Flash = append(p.Flash, note)
	}
	if p.Actions, err = r.Buttons("purchasing.order", to, o.Version, purchasing.Flow.Open(r.By, &o)); err != nil {
		return err
	}
	p.Actions = append(p.Actions, ui.Action{Name: "print", Label: r.T("purchasing.print"), Href: to + "/print", Icon: "printer", Fresh: true})
	return r.Show(p, nil)
}

func approve(r *web.Req) error {
	return web.Submit(r, &purchasing.AuditForm, order, func(tx *db.Tx, v *purchasing.Verdict) (web.Done, error) {
		o, err := purchasing.Approve(r.Context(), tx, r.PathValue("id"), r.Version(), *v)
		return web.Done{To: "/purchasing/orders/" + r.PathValue("id"), Say: "purchasing.done.approved", Args: []string{o.Number}, Data: o}, err
	})
}

func send(r *web.Req) error {
	return web.Submit(r, &purchasing.SendForm, order, func(tx *db.Tx, s *purchasing.Dispatched) (web.Done, error) {
		o, err := purchasing.Send(r.Context(), tx, r.PathValue("id"), r.Version(), *s)
		return web.Done{To: "/purchasing/orders/" + r.PathValue("id"), Say: "purchasing.done.sent", Args: []string{o.Number}, Data: o}, err
	})
}

func closeOrder(r *web.Req) error { return ending(r, purchasing.Close, "purchasing.done.closed") }
func cancel(r *web.Req) error     { return ending(r, purchasing.Cancel, "purchasing.done.cancelled") }

func ending(r *web.Req, do func(context.Context, *db.Tx, string, int64, purchasing.Word) (purchasing.Order, error), say string) error {
	return web.Submit(r, &purchasing.WordForm, order, func(tx *db.Tx, w *purchasing.Word) (web.Done, error) {
		o, err := do(r.Context(), tx, r.PathValue("id"), r.Version(), *w)
		return web.Done{To: "/purchasing/orders/" + r.PathValue("id"), Say: say, Args: []string{o.Number}, Data: o}, err
	})
}

// printOrder is the paper that goes to the supplier by hand, with a copy each for the
// store that will receive and for finance that will pay.
func printOrder(r *web.Req) error {
	o, err := orderOf(r)
	if err != nil {
		return err
	}
	code, err := qr.SVG(r.Origin() + "/purchasing/orders/" + o.ID)
	if err != nil {
		return err
	}
	g := &ui.Grid{Heads: []ui.Head{{Label: r.T("ui.line_no"), Num: true}, {Label: r.T("purchasing.wish.item")}, {Label: r.T("purchasing.wish.quality")}, {Label: r.T("purchasing.set.qty"), Num: true},
		{Label: r.T("purchasing.price"), Num: true}, {Label: r.T("purchasing.unit")}, {Label: r.T("purchasing.amount"), Num: true}}}
	for k, l := range o.Goods {
		g.Rows = append(g.Rows, []string{strconv.Itoa(k + 1), l.Title(), l.Quality, l.Say(l.Qty), r.W2.Money(l.Price), l.Unit, r.W2.Money(mul(l.Price, l.Qty))})
	}
	s := ui.Sheet{Title: r.T("purchasing.slip.order"), Number: o.Number, Date: string(o.Day), QR: code, Size: ui.A4, Lines: g, Note: r.T("purchasing.slip.labels"),
		Copies: []string{r.T("purchasing.copy.supplier"), r.T("purchasing.copy.store"), r.T("purchasing.copy.finance")},
		Boxes:  []ui.Fact{{Label: r.T("purchasing.orders.supplier"), Text: o.SupplierName}, {Label: r.T("purchasing.enquiries.plan_number"), Text: o.PlanNumber}, {Label: r.T("purchasing.orders.due"), Text: string(o.Due)}, {Label: r.T("purchasing.orders.method"), Text: r.T("purchasing.method." + o.Method)}},
		Back:   ui.Link{Href: "/purchasing/orders/" + o.ID}}
	total(r, &s, o.Amount)
	for _, k := range []string{"head", "auditor", "buyer", "supplier"} {
		s.Signatures = append(s.Signatures, r.T("purchasing.sign."+k))
	}
	return r.Sheet(s)
}

func prices(r *web.Req) error {
	p := web.ListPage{Page: ui.Page{Tabs: tabs(r)}, Default: "closed=false"}
	if r.By.May(purchasing.MayBuy) {
		p.Page.Actions = []ui.Action{{Name: "new", Label: r.T("purchasing.do.agree"), Href: "/purchasing/prices/new", Icon: "plus", Tone: ui.Accent}}
		p.Bulk = []ui.Action{{Name: "end", Label: r.T("purchasing.do.end_price"), Post: "/purchasing/prices/end"}}
	}
	return r.List(&purchasing.Prices, purchasing.Everything(), p)
}

func blankPrice(r *web.Req) error {
	today := r.Site.DB.Today()
	f, err := r.Form(&pricePaper, &purchasing.Price{Since: today, Until: today.AddDays(364)}, ui.Form{Action: "/purchasing/prices", Submit: r.T("purchasing.do.agree"), Cancel: "/purchasing/prices", Draft: true})
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: r.T("purchasing.do.agree"), Narrow: true, Back: &ui.Link{Label: r.T("purchasing.prices"), Href: "/purchasing/prices"}, Body: ui.Ask(r.W2, f)}, nil)
}

func agree(r *web.Req) error {
	return web.Submit(r, &pricePaper, blankPrice, func(tx *db.Tx, p *purchasing.Price) (web.Done, error) {
		err := purchasing.Agree(r.Context(), tx, p)
		return web.Done{To: "/purchasing/prices", Say: "purchasing.done.agreed", Data: p}, err
	})
}

func endPrices(r *web.Req) error {
	return r.Ticked("/purchasing/prices", "purchasing.done.ended", func(tx *db.Tx, id string) error { return purchasing.EndPrice(r.Context(), tx, id) })
}
