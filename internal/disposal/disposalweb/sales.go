package disposalweb

import (
	"context"
	"strconv"
	"strings"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/qr"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/disposal"
)

var offerPaper = form.Of[disposal.Offer]{Name: "disposal.offer", Fields: []form.Field[disposal.Offer]{
	{Key: "goods", Into: func(o *disposal.Offer) any { return &o.Goods }, Required: true, Most: 100},
	{Key: "buyer", Into: func(o *disposal.Offer) any { return &o.Buyer }, Most: 80},
	{Key: "estimate", Into: func(o *disposal.Offer) any { return &o.Estimate }, Required: true, Hint: true},
	{Key: "scraps", Into: func(o *disposal.Offer) any { return &o.Scraps }, Kind: form.Many},
}}

// scrap is the register of what lies apart. Rows that are ticked go into a sale.
func scrap(r *web.Req) error {
	p := web.ListPage{Default: "state=apart&state=taken", Page: ui.Page{Tabs: tabs(r)}}
	if r.By.May(disposal.MaySell) {
		p.Page.Actions = []ui.Action{{Name: "sell", Label: r.T("disposal.do.sell"), Href: "/disposal/sales/new", Icon: "plus", Tone: ui.Accent}}
		p.Bulk = []ui.Action{{Name: "destroy", Label: r.T("disposal.do.destroy"), Post: "/disposal/scrap/destroy", Tone: ui.Danger, Confirm: r.T("disposal.do.destroy.sure"), Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}}}}
	}
	return r.List(&disposal.Apart, disposal.ScrapScope(r.By), p)
}

func destroy(r *web.Req) error {
	return r.Ticked("/disposal/scrap", "disposal.done.destroyed", func(tx *db.Tx, id string) error {
		return disposal.Destroy(r.Context(), tx, id, r.T("disposal.destroyed.note", r.By.Name))
	})
}

func sales(r *web.Req) error {
	p := web.ListPage{Page: ui.Page{Tabs: tabs(r)}}
	if r.By.May(disposal.MaySell) {
		p.Page.Actions = []ui.Action{{Name: "sell", Label: r.T("disposal.do.sell"), Href: "/disposal/sales/new", Icon: "plus", Tone: ui.Accent}}
	}
	return r.List(&disposal.Sales, disposal.SaleScope(r.By), p)
}

// offered is how much of what lies apart a form offers to sell.
const offered = 100

func blankSale(r *web.Req) error {
	f, err := r.Form(&offerPaper, nil, ui.Form{Action: "/disposal/sales", Submit: r.T("disposal.do.ask_sale"), Cancel: "/disposal/sales", Intro: r.T("disposal.offer.intro"), Draft: true})
	if err != nil {
		return err
	}
	apart, err := disposal.Apart.All(r.Context(), r.Read(), disposal.ScrapScope(r.By).And("c.state = 'apart'"), offered)
	if err != nil {
		return err
	}
	for n := range f.Fields {
		x := &f.Fields[n]
		if x.Name != "scraps" {
			continue
		}
		for _, c := range apart {
			x.Options = append(x.Options, ui.Option{Value: c.ID, Label: c.Title(), Hint: c.Paper + " " + c.Spot})
		}
		if len(apart) == 0 {
			f.Fields = append(f.Fields[:n], f.Fields[n+1:]...)
			break
		}
	}
	return r.Show(ui.Page{Heading: r.T("disposal.do.sell"), Narrow: true, Back: &ui.Link{Label: r.T("disposal.sales"), Href: "/disposal/sales"}, Body: ui.Ask(r.W2, f)}, nil)
}

func sell(r *web.Req) error {
	return web.Submit(r, &offerPaper, blankSale, func(tx *db.Tx, o *disposal.Offer) (web.Done, error) {
		s, err := disposal.Sell(r.Context(), tx, *o)
		return web.Done{To: "/disposal/sales/" + s.ID, Say: "disposal.done.asked", Args: []string{s.Number}, Data: s}, err
	})
}

func sale(r *web.Req) error {
	s, err := disposal.GetSale(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(s)
	}
	at := "/disposal/sales/" + s.ID
	p := ui.Page{Heading: s.Number, Sub: s.Goods, Back: &ui.Link{Label: r.T("disposal.sales"), Href: "/disposal/sales"}, Live: []string{disposal.SaleNoun, approvals.Noun},
		Mark: &ui.Mark{Word: r.T("disposal.sale.state." + string(s.State)), Tone: map[disposal.SaleState]ui.Tone{disposal.Confirmed: ui.Done, disposal.Denied: ui.Danger}[s.State]}}
	if p.Actions, err = r.Buttons(disposal.SaleNoun, at, s.Version, disposal.SaleLife.Open(r.By, &s)); err != nil {
		return err
	}
	for n := range p.Actions {
		if a := &p.Actions[n]; a.Name == "pay" {
			for k := range a.Ask.Fields {
				if x := &a.Ask.Fields[k]; x.Name == "paid" && x.Value == "" {
					x.Value = s.Amount.String()
				}
			}
		}
	}
	p.Actions = append(p.Actions, ui.Action{Name: "print", Label: r.T("disposal.print"), Href: at + "/print", Icon: "printer", Fresh: true})
	if s.Note != "" {
		p.Flash = []ui.Note{{Text: s.Note, Tone: ui.Soon}}
	}
	taken, err := disposal.Apart.All(r.Context(), r.Read(), list.Where{}.And("c.sale = ?", s.ID), 200)
	if err != nil {
		return err
	}
	story, err := r.Story(disposal.SaleNoun, s.ID, s.Number)
	if err != nil {
		return err
	}
	body := ui.Below(ui.Facts(saleFacts(r, &s)...), ui.Section(r.T("disposal.weights"), ui.List(r.W2, weights(r, &s))), story)
	if len(taken) > 0 {
		t := ui.Table{ID: "taken", Bare: true, Caption: r.T("disposal.scraps"), Columns: []ui.Head{{Label: r.T("disposal.scraps.name")}, {Label: r.T("disposal.scraps.slip_number")}, {Label: r.T("disposal.scraps.spot")}}}
		for _, c := range taken {
			t.Rows = append(t.Rows, ui.Row{Href: "/disposal/slips/" + c.Slip, Cells: []ui.Cell{{Text: c.Title()}, {Text: c.Paper}, {Text: c.Spot}}})
		}
		body = ui.Below(body, ui.Section(r.T("disposal.scraps"), ui.List(r.W2, t)))
	}
	p.Body = body
	return r.Show(p, s)
}

func saleFacts(r *web.Req, s *disposal.Sale) []ui.Fact {
	now := r.Site.DB.Now()
	fs := []ui.Fact{{Label: r.T("disposal.sales.buyer"), Text: s.Buyer}, {Label: r.T("disposal.sales.estimate"), Text: r.W2.Money(s.Estimate), Sub: r.T("ui.yuan"), Num: true},
		{Label: r.T("disposal.sales.asked_name"), Text: s.AskedName, Sub: r.W2.Instant(s.AskedAt, now)}}
	add := func(label, text, sub string) {
		if text != "" {
			fs = append(fs, ui.Fact{Label: r.T(label), Text: text, Sub: sub})
		}
	}
	add("disposal.sales.paper", s.Paper, "")
	if s.SoldBy != "" {
		add("disposal.sales.sold_name", s.SoldName, r.W2.Instant(s.SoldAt, now))
		add("disposal.witnesses", s.WitnessName+" "+s.Witness2Name, "")
		fs = append(fs, ui.Fact{Label: r.T("disposal.sales.amount"), Text: r.W2.Money(s.Amount), Sub: r.T("ui.yuan"), Num: true})
	}
	if s.Receipt != "" {
		fs = append(fs, ui.Fact{Label: r.T("disposal.sales.paid"), Text: r.W2.Money(s.Paid), Sub: r.T("ui.yuan"), Num: true})
		add("disposal.sales.receipt", s.Receipt, s.PaidName+" "+r.W2.Instant(s.PaidAt, now))
		add("disposal.paying.why", s.KeptWhy, "")
	}
	add("disposal.sales.confirmed_name", s.ConfirmedName, r.W2.Instant(s.ConfirmedAt, now))
	return fs
}

func weights(r *web.Req, s *disposal.Sale) ui.Table {
	t := ui.Table{ID: "weights", Bare: true, Caption: r.T("disposal.weights"), Empty: ui.Nothing{Text: r.T("disposal.weights.none")},
		Columns: []ui.Head{{Label: r.T("disposal.weight.name")}, {Label: r.T("disposal.weight.kg"), Num: true}, {Label: r.T("disposal.weight.amount"), Num: true}}}
	for _, w := range s.Weights {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: w.Name}, {Text: w.Kg, Num: true}, {Text: r.W2.Money(w.Amount), Num: true}}})
	}
	return t
}

func saleStep(r *web.Req, say string, step func(context.Context, *db.Tx, string, int64) (disposal.Sale, error)) func(*db.Tx) (web.Done, error) {
	return func(tx *db.Tx) (web.Done, error) {
		s, err := step(r.Context(), tx, r.PathValue("id"), r.Version())
		return web.Done{To: "/disposal/sales/" + s.ID, Say: say, Args: []string{s.Number}, Data: s}, err
	}
}

func weigh(r *web.Req) error {
	return web.Submit(r, &disposal.WeighForm, sale, func(tx *db.Tx, w *disposal.Weighing) (web.Done, error) {
		return saleStep(r, "disposal.done.sold", func(ctx context.Context, tx *db.Tx, id string, version int64) (disposal.Sale, error) {
			return disposal.Weigh(ctx, tx, id, version, *w)
		})(tx)
	})
}

func pay(r *web.Req) error {
	return web.Submit(r, &disposal.PayForm, sale, func(tx *db.Tx, h *disposal.HandedIn) (web.Done, error) {
		return saleStep(r, "disposal.done.paid", func(ctx context.Context, tx *db.Tx, id string, version int64) (disposal.Sale, error) {
			return disposal.Pay(ctx, tx, id, version, *h)
		})(tx)
	})
}

func confirm(r *web.Req) error {
	return r.Press(saleStep(r, "disposal.done.confirmed", disposal.Confirm))
}

// printSale is the paper of the scales, signed by the seller and both witnesses.
func printSale(r *web.Req) error {
	s, err := disposal.GetSale(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	code, err := qr.SVG(r.Origin() + "/disposal/sales/" + s.ID)
	if err != nil {
		return err
	}
	g := &ui.Grid{Heads: []ui.Head{{Label: r.T("ui.line_no"), Num: true}, {Label: r.T("disposal.weight.name")}, {Label: r.T("disposal.weight.kg"), Num: true}, {Label: r.T("disposal.weight.amount"), Num: true}}}
	for n, w := range s.Weights {
		g.Rows = append(g.Rows, []string{strconv.Itoa(n + 1), w.Name, w.Kg, r.W2.Money(w.Amount)})
	}
	g.Blank = max(0, 5-len(g.Rows))
	paper := ui.Sheet{Title: r.T("disposal.print.sale"), Number: s.Number, Date: string(s.SoldDay), QR: code, Size: ui.A5, Lines: g, Back: ui.Link{Href: "/disposal/sales/" + s.ID},
		Totals: []ui.Fact{{Label: r.T("disposal.print.total"), Text: r.W2.Money(s.Amount)}}, Copies: []string{r.T("disposal.copy.stub"), r.T("disposal.copy.finance"), r.T("disposal.copy.buyer")},
		Boxes: []ui.Fact{{Label: r.T("disposal.sales.buyer"), Text: s.Buyer}, {Label: r.T("disposal.sales.paper"), Text: s.Paper}, {Label: r.T("disposal.sales.goods"), Text: s.Goods, Wide: true},
			{Label: r.T("disposal.witnesses"), Text: s.WitnessName + " " + s.Witness2Name}, {Label: r.T("disposal.sales.receipt"), Text: s.Receipt}}}
	if r.W2.Lang == "zh" {
		paper.Capitals = s.Amount.Capitals()
	}
	if len(s.Weights) == 0 { // it goes to the scales, and what they say is written by hand
		paper.Totals[0].Text = ""
		if paper.Capitals != "" {
			paper.Capitals = strings.Repeat("　", 12)
		}
	}
	for _, key := range []string{"disposal.sign.seller", "disposal.sign.witness", "disposal.sign.witness", "disposal.sign.buyer", "disposal.sign.cashier"} {
		paper.Signatures = append(paper.Signatures, r.T(key))
	}
	return r.Sheet(paper)
}
