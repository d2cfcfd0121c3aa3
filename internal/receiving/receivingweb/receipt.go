package receivingweb

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/files"
	"houqin/internal/receiving"
)

func one(r *web.Req) (receiving.Receipt, error) {
	return receiving.Get(r.Context(), r.Read(), r.By, r.PathValue("id"))
}

// receipt is one delivery: what came, what of it was good, what becomes of the rest.
func receipt(r *web.Req) error {
	x, err := one(r)
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(x)
	}
	at := "/receiving/receipts/" + x.ID
	story, err := r.Story(receiving.Noun, x.ID, x.Number)
	if err != nil {
		return err
	}
	photos, err := files.Photos(r.Context(), r.Read(), r.W2, receiving.Noun, x.ID)
	if err != nil {
		return err
	}
	shown := ui.Photos(r.W2, photos)
	if len(photos) == 0 {
		shown = ui.Empty(r.W2, ui.Nothing{Text: r.T("receiving.no_photos"), Icon: "camera"})
	}
	cards, err := carded(r, &x)
	if err != nil {
		return err
	}
	p := ui.Page{Heading: x.Number, Sub: r.T("receiving.receipts.one"), Mark: &ui.Mark{Word: r.T(receiving.Noun + ".state." + string(x.State)), Tone: tone(&x)},
		Back: &ui.Link{Label: r.T("receiving.receipts"), Href: "/receiving/receipts"}, Live: []string{receiving.Noun},
		Body: ui.Below(ui.Facts(facts(r, &x)...), ui.Section(r.T("receiving.lines"), ui.List(r.W2, lines(r, &x))), wentBack(r, x.Away), cards,
			ui.Section(r.T("receiving.photos"), shown, ui.Link{Label: r.T("receiving.photos.all"), Href: "/files?noun=" + receiving.Noun + "&record=" + x.ID + "&back=" + at}), story)}
	if x.ToGoBack() {
		p.Flash = append(p.Flash, ui.Note{Text: r.T("receiving.note.back", x.Refused), Tone: ui.Soon})
	}
	if p.Actions, err = steps(r, &x); err != nil {
		return err
	}
	return r.Show(p, nil)
}

func tone(x *receiving.Receipt) ui.Tone {
	switch x.State {
	case receiving.Posted:
		return ui.Done
	case receiving.Refused:
		return ui.Danger
	case receiving.Dropped:
		return ui.Quiet
	}
	return ui.Soon
}

// steps are what the person may do with the receipt now; testing has a sheet of its own.
func steps(r *web.Req, x *receiving.Receipt) ([]ui.Action, error) {
	at := "/receiving/receipts/" + x.ID
	open := receiving.Life.Open(r.By, x)
	var all []ui.Action
	if len(open) > 0 && open[0].Name == "check" && open[0].Closed == nil {
		all, open = append(all, ui.Action{Name: "check", Label: r.T("receiving.do.check"), Href: at + "/check", Icon: "clipboard-check", Tone: ui.Accent}), open[1:]
	}
	more, err := r.Buttons(receiving.Noun, at, x.Version, open)
	all = append(all, more...)
	all = append(all, ui.Action{Name: "print", Label: r.T("receiving.print"), Href: at + "/print", Icon: "printer", Fresh: true})
	if x.State == receiving.Posted {
		all = append(all, ui.Action{Name: "labels", Label: r.T("receiving.labels"), Href: at + "/labels", Icon: "qrcode", Fresh: true})
	}
	return all, err
}

func facts(r *web.Req, x *receiving.Receipt) []ui.Fact {
	now := r.Site.DB.Now()
	all := []ui.Fact{{Label: r.T("receiving.receipts.supplier"), Text: x.SupplierName, Href: way(r, "/suppliers", x.Supplier)}, {Label: r.T("receiving.basis." + x.Basis), Text: x.BasisNumber},
		{Label: r.T("receiving.receipts.store"), Text: x.StoreName}, {Label: r.T("receiving.receipts.amount"), Text: r.W2.Money(x.Amount), Sub: r.T("ui.yuan"), Num: true},
		{Label: r.T("receiving.receipts.arrived"), Text: string(x.Arrived), Sub: late(r, x)}, {Label: r.T("receiving.receipts.by_name"), Text: x.ByName, Sub: r.W2.Instant(x.At, now)}}
	if list := map[string]string{"order": "/purchasing/orders", "plan": "/purchasing/plans"}[x.Basis]; list != "" {
		all[1].Href = way(r, list, x.BasisID)
	}
	add := func(label, text, sub, href string) {
		if text != "" {
			all = append(all, ui.Fact{Label: r.T(label), Text: text, Sub: sub, Href: href})
		}
	}
	add("receiving.receipts.invoice", x.Invoice, "", way(r, "/receiving/invoices", x.InvoiceID))
	add("receiving.arrival.delivery", x.Delivery, "", "")
	add("receiving.receipts.checked_name", x.CheckedName, r.W2.Instant(x.CheckedAt, now), "")
	add("receiving.test.finding", x.Finding, "", "")
	add("receiving.document", x.DocumentNumber, r.W2.Instant(x.PostedAt, now), way(r, "/warehouse/documents", x.Document))
	if x.Settled != "" {
		add("receiving.taker.way", r.T("receiving.way."+x.Settled), "", "")
	}
	add("receiving.returned_to", x.ReturnedTo, strings.TrimSpace(x.ReturnedName+" "+r.W2.Instant(x.ReturnedAt, now)), "")
	add("receiving.arrival.note", x.Note, "", "")
	return all
}

// late says how the day of arrival stands to the day that was agreed.
func late(r *web.Req, x *receiving.Receipt) string {
	switch {
	case x.Due == "":
		return ""
	case x.Arrived > x.Due:
		return r.T("receiving.late", string(x.Due))
	}
	return r.T("receiving.in_time")
}

func lines(r *web.Req, x *receiving.Receipt) ui.Table {
	t := ui.Table{ID: "lines", Bare: true, Caption: r.T("receiving.lines"), Columns: []ui.Head{{Label: r.T("receiving.came.item")}, {Label: r.T("receiving.came.qty"), Num: true}, {Label: r.T("receiving.accepted"), Num: true},
		{Label: r.T("receiving.came.refused")}, {Label: r.T("receiving.came.lot")}, {Label: r.T("receiving.came.expiry"), Minor: true}, {Label: r.T("receiving.price"), Num: true, Minor: true}, {Label: r.T("receiving.came.note"), Minor: true}}}
	for _, l := range x.Goods {
		came, refused := ui.Cell{Text: l.Say(l.Came), Num: true}, ui.Cell{}
		if l.Short() > 0 {
			came.Sub, came.Tone = r.T("receiving.short", l.Say(l.Short())), ui.Soon
		}
		if l.Refused > 0 {
			refused = ui.Cell{Text: l.Say(l.Refused), Sub: r.T("receiving.cause." + l.Cause), Tone: ui.Danger}
		}
		accepted := ui.Cell{Text: l.Say(l.Accepted()), Num: true}
		if l.Again > 0 {
			accepted.Sub = r.T("receiving.in_place", l.Say(l.Again))
		}
		if l.Back > 0 {
			accepted.Sub, accepted.Tone = r.T("receiving.three.returned", l.Say(l.Back)), ui.Soon
		}
		price := ui.Cell{Num: true}
		if l.Asked > 0 {
			price.Text, price.Sub = r.W2.Money(l.Price), "/"+l.Unit
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: l.Title(), Sub: l.ItemNumber}, came, accepted, refused, {Text: l.Lot}, {Text: string(l.Expiry)}, price, {Text: l.Note}}})
	}
	return t
}

func post(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		x, err := receiving.Post(r.Context(), tx, r.PathValue("id"), r.Version())
		return web.Done{To: "/receiving/receipts/" + r.PathValue("id"), Say: "receiving.done.posted", Args: []string{x.Number}, Data: x}, err
	})
}

func handBack(r *web.Req) error {
	return asked(r, &receiving.TakerForm, "receiving.done.handed_back", receiving.HandBack)
}
func undo(r *web.Req) error {
	return asked(r, &receiving.WordForm, "receiving.done.undone", receiving.Undo)
}
func putOn(r *web.Req) error {
	return asked(r, &receiving.BillForm, "receiving.done.billed", receiving.PutOn)
}
func card(r *web.Req) error {
	return asked(r, &receiving.CardForm, "receiving.done.carded", receiving.OpenCards)
}
func waive(r *web.Req) error {
	return asked(r, &receiving.WordForm, "receiving.done.waived", receiving.Waive)
}
func drop(r *web.Req) error {
	return asked(r, &receiving.WordForm, "receiving.done.dropped", receiving.Drop)
}

func asked[T any](r *web.Req, spec *form.Of[T], say string, do func(context.Context, *db.Tx, string, int64, T) (receiving.Receipt, error)) error {
	return web.Submit(r, spec, receipt, func(tx *db.Tx, t *T) (web.Done, error) {
		x, err := do(r.Context(), tx, r.PathValue("id"), r.Version(), *t)
		return web.Done{To: "/receiving/receipts/" + r.PathValue("id"), Say: say, Args: []string{x.Number}, Data: x}, err
	})
}

// carded are the asset cards that were opened for what came.
func carded(r *web.Req, x *receiving.Receipt) (templ.Component, error) {
	if !x.Carded {
		return ui.Below(), nil
	}
	all, err := receiving.CardsOf(r.Context(), r.Read(), x.ID)
	t := ui.Table{ID: "cards", Bare: true, Caption: r.T("receiving.cards"), Columns: []ui.Head{{Label: r.T("receiving.cards.number")}, {Label: r.T("receiving.came.item")}, {Label: r.T("receiving.price"), Num: true}}}
	for _, c := range all {
		t.Rows = append(t.Rows, ui.Row{Href: way(r, "/asset-cards", c.ID), Cells: []ui.Cell{{Text: c.Number}, {Text: c.Name, Sub: c.Spec}, {Text: r.W2.Money(c.Cost), Num: true}}})
	}
	return ui.Section(r.T("receiving.cards"), ui.List(r.W2, t)), err
}
