package receivingweb

import (
	"context"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/files"
	"houqin/internal/receiving"
)

var keyedLine = form.Of[receiving.KeyedLine]{Name: "receiving.keyed", Fields: []form.Field[receiving.KeyedLine]{
	{Key: "item", Into: func(l *receiving.KeyedLine) any { return &l.Item }, Ref: "items", Required: true},
	{Key: "qty", Into: func(l *receiving.KeyedLine) any { return &l.Qty }, Required: true, Most: 40},
	{Key: "amount", Into: func(l *receiving.KeyedLine) any { return &l.Amount }, Required: true},
}}

// keyPaper is the paper invoice as finance keys it in.
var keyPaper = form.Of[receiving.Keyed]{Name: "receiving.matching", Fields: []form.Field[receiving.Keyed]{
	{Key: "day", Into: func(k *receiving.Keyed) any { return &k.Day }, Required: true},
	{Key: "amount", Into: func(k *receiving.Keyed) any { return &k.Amount }, Required: true},
	form.LinesOf("lines", func(k *receiving.Keyed) *[]receiving.KeyedLine { return &k.Lines }, &keyedLine, linesMost),
}}

func invoices(r *web.Req) error {
	return r.List(&receiving.Invoices, receiving.Everything(), web.ListPage{Page: ui.Page{Tabs: tabs(r)}})
}

func invoiceOf(r *web.Req) (receiving.Invoice, error) {
	return receiving.InvoiceByID(r.Context(), r.Read(), r.PathValue("id"))
}

// invoice holds the three papers beside each other.
func invoice(r *web.Req) error {
	i, err := invoiceOf(r)
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(i)
	}
	at, now := "/receiving/invoices/"+i.ID, r.Site.DB.Now()
	facts := []ui.Fact{{Label: r.T("receiving.invoices.supplier"), Text: i.SupplierName, Href: way(r, "/suppliers", i.Supplier)}, {Label: r.T("receiving.invoices.booked"), Text: r.W2.Money(i.Booked), Sub: r.T("ui.yuan"), Num: true}}
	add := func(label, text, sub string) {
		if text != "" {
			facts = append(facts, ui.Fact{Label: r.T(label), Text: text, Sub: sub})
		}
	}
	if i.MatchedBy != "" {
		facts = append(facts, ui.Fact{Label: r.T("receiving.invoices.amount"), Text: r.W2.Money(i.Amount), Sub: r.T("ui.yuan"), Num: true})
		add("receiving.invoices.day", string(i.Day), "")
		add("receiving.invoices.matched_name", i.MatchedName, r.W2.Instant(i.MatchedAt, now))
	}
	add("receiving.invoices.cleared_name", i.ClearedName, r.W2.Instant(i.ClearedAt, now))
	add("receiving.invoices.why", i.Why, "")
	add("receiving.invoices.voucher", i.Voucher, i.PaidName+" "+r.W2.Instant(i.PaidAt, now))
	if i.Credited > 0 {
		facts = append(facts, ui.Fact{Label: r.T("receiving.invoices.credited"), Text: r.W2.Money(i.Credited), Sub: r.T("ui.yuan"), Num: true}, ui.Fact{Label: r.T("receiving.invoices.credit_paper"), Text: i.CreditPaper})
	}
	story, err := r.Story(receiving.InvoiceNoun, i.ID, i.Number)
	if err != nil {
		return err
	}
	photos, err := files.Photos(r.Context(), r.Read(), r.W2, receiving.InvoiceNoun, i.ID)
	if err != nil {
		return err
	}
	shown := ui.Photos(r.W2, photos)
	if len(photos) == 0 {
		shown = ui.Empty(r.W2, ui.Nothing{Text: r.T("receiving.no_scan"), Icon: "files"})
	}
	p := ui.Page{Heading: r.T("receiving.invoice_no", i.Number), Sub: i.SupplierName, Mark: &ui.Mark{Word: r.T(receiving.InvoiceNoun + ".state." + string(i.State)), Tone: ui.Tone(invoiceTone(&i))},
		Back: &ui.Link{Label: r.T("receiving.invoices"), Href: "/receiving/invoices"}, Live: []string{receiving.InvoiceNoun, receiving.Noun},
		Body: ui.Below(ui.Facts(facts...), ui.Section(r.T("receiving.three_ways"), ui.List(r.W2, triples(r, &i))), wentBack(r, i.Away), ui.Section(r.T("receiving.receipts"), ui.List(r.W2, onInvoice(r, &i))),
			ui.Section(r.T("receiving.scan"), shown, ui.Link{Label: r.T("receiving.photos.all"), Href: "/files?noun=" + receiving.InvoiceNoun + "&record=" + i.ID + "&back=" + at}), story)}
	switch {
	case i.Owed > 0:
		p.Flash = append(p.Flash, ui.Note{Text: r.T("receiving.note.owed", r.W2.Money(i.Owed)), Tone: ui.Danger})
	case i.GoneSince():
		p.Flash = append(p.Flash, ui.Note{Text: r.T("receiving.note.gone_since"), Tone: ui.Danger})
	}
	open := receiving.InvoiceLife.Open(r.By, &i)
	if len(open) > 0 && open[0].Name == "match" {
		p.Actions, open = append(p.Actions, ui.Action{Name: "match", Label: r.T("receiving.do.match"), Href: at + "/match", Icon: "checklist", Tone: ui.Accent}), open[1:]
	}
	more, err := r.Buttons(receiving.InvoiceNoun, at, i.Version, open)
	if err != nil {
		return err
	}
	p.Actions = append(p.Actions, more...)
	return r.Show(p, nil)
}

func invoiceTone(i *receiving.Invoice) ui.Tone {
	switch i.State {
	case receiving.Matched:
		return ui.Done
	case receiving.Differs:
		return ui.Danger
	case receiving.Paid, receiving.Rejected:
		return ui.Quiet
	}
	return ui.Soon
}

func triples(r *web.Req, i *receiving.Invoice) ui.Table {
	t := ui.Table{ID: "triples", Bare: true, Caption: r.T("receiving.three_ways"), Columns: []ui.Head{{Label: r.T("receiving.came.item")}, {Label: r.T("receiving.three.ordered"), Num: true}, {Label: r.T("receiving.three.received"), Num: true},
		{Label: r.T("receiving.three.invoiced"), Num: true}, {Label: r.T("receiving.three.result")}}}
	for _, l := range i.Lines {
		result := ui.Cell{Text: r.T("receiving.three.same"), Tone: ui.Done, State: true}
		switch {
		case i.MatchedBy == "":
			result = ui.Cell{Text: "–"}
		case len(l.Differs) > 0:
			var said []string
			for _, d := range l.Differs {
				said = append(said, r.T("receiving.differs."+d))
			}
			result = ui.Cell{Text: r.W2.List(said), Tone: ui.Danger, State: true}
		}
		ordered, received, asked := ui.Cell{Text: r.W2.Money(l.Price), Sub: "/" + l.Unit, Num: true}, ui.Cell{Text: l.Say(l.Qty), Sub: r.W2.Money(l.Amount), Num: true}, ui.Cell{Text: l.Say(l.Invoiced), Sub: r.W2.Money(l.Asked), Num: true}
		if gone := l.Returned + l.Later; gone > 0 {
			received.Sub += " · " + r.T("receiving.three.returned", l.Say(gone))
			if l.Waits > 0 {
				received.Sub += " · " + r.T("receiving.three.waits", l.Say(l.Waits))
			}
		}
		if l.Qty == 0 {
			ordered, received = ui.Cell{Text: "–", Num: true}, ui.Cell{Text: "–", Num: true}
		}
		if l.Invoiced == 0 {
			asked = ui.Cell{Text: "–", Num: true}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: l.Title, Sub: l.Number}, ordered, received, asked, result}})
	}
	return t
}

func onInvoice(r *web.Req, i *receiving.Invoice) ui.Table {
	t := ui.Table{ID: "receipts", Bare: true, Caption: r.T("receiving.receipts"), Empty: ui.Nothing{Text: r.T("receiving.receipts.empty")}, Columns: []ui.Head{{Label: r.T("receiving.receipts.number")}, {Label: r.T("receiving.receipts.basis_number")},
		{Label: r.T("receiving.receipts.arrived")}, {Label: r.T("receiving.receipts.amount"), Num: true}, {Label: r.T("receiving.receipts.by_name"), Minor: true}}}
	for _, x := range i.Receipts {
		row := ui.Row{Cells: []ui.Cell{{Text: x.Number}, {Text: x.BasisNumber}, {Text: string(x.Arrived)}, {Text: r.W2.Money(x.Amount), Num: true}, {Text: x.ByName}}}
		if receiving.Visible(r.Context(), r.Read(), r.By, x.ID) == nil {
			row.Href = "/receiving/receipts/" + x.ID
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// wentBack is what went back to the supplier after it was booked, by which papers.
func wentBack(r *web.Req, all []receiving.Gone) templ.Component {
	if len(all) == 0 {
		return ui.Below()
	}
	now := r.Site.DB.Now()
	t := ui.Table{ID: "away", Bare: true, Caption: r.T("receiving.away"), Columns: []ui.Head{{Label: r.T("receiving.came.item")}, {Label: r.T("receiving.away.qty"), Num: true}, {Label: r.T("receiving.away.worth"), Num: true},
		{Label: r.T("receiving.away.way")}, {Label: r.T("receiving.away.paper")}, {Label: r.T("receiving.away.at"), Minor: true}}}
	for _, g := range all {
		became := ui.Cell{Text: r.T("receiving.way.credit")}
		if g.Again {
			became = ui.Cell{Text: r.T("receiving.way.replace"), Sub: r.T("receiving.away.came", g.SayOf(g.Came))}
		}
		if g.Waits > 0 {
			became.Sub, became.Tone = r.T("receiving.three.waits", g.SayOf(g.Waits)), ui.Soon
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: g.Title, Sub: g.Lot}, {Text: g.Say(), Num: true}, {Text: r.W2.Money(g.Worth), Num: true}, became, {Text: g.Number, Href: way(r, "/warehouse/documents", g.Paper)}, {Text: r.W2.Instant(g.At, now)}}})
	}
	return ui.Section(r.T("receiving.away"), ui.List(r.W2, t))
}

// blankMatch begins with what was received at the prices ordered: where the paper says
// the same, nothing is to be typed but its day.
func blankMatch(r *web.Req) error {
	i, err := invoiceOf(r)
	if err != nil {
		return err
	}
	k := receiving.Keyed{Day: i.Day, Amount: i.Amount}
	for _, l := range i.Lines {
		switch {
		case i.MatchedBy != "" && l.Invoiced > 0:
			k.Lines = append(k.Lines, receiving.KeyedLine{Item: l.Item, Qty: l.Say(l.Invoiced), Amount: l.Asked})
		case i.MatchedBy == "":
			k.Lines = append(k.Lines, receiving.KeyedLine{Item: l.Item, Qty: l.Say(l.Qty), Amount: l.Amount})
			k.Amount += l.Amount
		}
	}
	to := "/receiving/invoices/" + i.ID
	f, err := r.Form(&keyPaper, &k, ui.Form{Action: to + "/match", Version: web.VersionText(i.Version), Submit: r.T("receiving.do.match"), Cancel: to, Intro: r.T("receiving.matching.intro")})
	if err != nil {
		return err
	}
	for n := range f.Fields {
		f.Fields[n].Half = f.Fields[n].Kind != ui.KindLines
	}
	return r.Show(ui.Page{Heading: r.T("receiving.do.match"), Sub: r.T("receiving.invoice_no", i.Number) + " " + i.SupplierName, Wide: true, Back: &ui.Link{Label: i.Number, Href: to}, Body: ui.Ask(r.W2, f)}, nil)
}

func matched(r *web.Req) error {
	return web.Submit(r, &keyPaper, blankMatch, func(tx *db.Tx, k *receiving.Keyed) (web.Done, error) {
		i, err := receiving.Match(r.Context(), tx, r.PathValue("id"), r.Version(), *k)
		return web.Done{To: "/receiving/invoices/" + r.PathValue("id"), Say: "receiving.done." + string(i.State), Args: []string{i.Number}, Data: i}, err
	})
}

func clearInvoice(r *web.Req) error {
	return onPaper(r, &receiving.WordForm, "receiving.done.cleared", receiving.Clear)
}
func pay(r *web.Req) error {
	return onPaper(r, &receiving.PaymentForm, "receiving.done.paid", receiving.Pay)
}
func credit(r *web.Req) error {
	return onPaper(r, &receiving.CreditForm, "receiving.done.credited", receiving.Credit)
}
func reject(r *web.Req) error {
	return onPaper(r, &receiving.WordForm, "receiving.done.rejected", receiving.Reject)
}

func onPaper[T any](r *web.Req, spec *form.Of[T], say string, do func(context.Context, *db.Tx, string, int64, T) (receiving.Invoice, error)) error {
	return web.Submit(r, spec, invoice, func(tx *db.Tx, t *T) (web.Done, error) {
		i, err := do(r.Context(), tx, r.PathValue("id"), r.Version(), *t)
		return web.Done{To: "/receiving/invoices/" + r.PathValue("id"), Say: say, Args: []string{i.Number}, Data: i}, err
	})
}

// way is the page of a record where the person may open its list.
func way(r *web.Req, list, id string) string {
	if id == "" || r.Way(list) == "" {
		return ""
	}
	return list + "/" + id
}
