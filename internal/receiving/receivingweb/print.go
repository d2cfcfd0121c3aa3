package receivingweb

import (
	"strconv"

	"houqin/internal/base/qr"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
)

// print is the acceptance slip: what was counted, what was accepted, what goes back, with
// the places where keeper, second person and driver sign (S-005, S-008).
func print(r *web.Req) error {
	x, err := one(r)
	if err != nil {
		return err
	}
	code, err := qr.SVG(r.Origin() + "/receiving/receipts/" + x.ID)
	if err != nil {
		return err
	}
	g := &ui.Grid{Heads: []ui.Head{{Label: r.T("ui.line_no"), Num: true}, {Label: r.T("receiving.came.item")}, {Label: r.T("receiving.came.noted"), Num: true}, {Label: r.T("receiving.came.qty"), Num: true},
		{Label: r.T("receiving.accepted"), Num: true}, {Label: r.T("receiving.came.refused")}, {Label: r.T("receiving.came.lot")}, {Label: r.T("receiving.came.expiry")}}}
	for k, l := range x.Goods {
		refused := ""
		if l.Refused > 0 {
			refused = l.Say(l.Refused) + " " + r.T("receiving.cause."+l.Cause)
		}
		g.Rows = append(g.Rows, []string{strconv.Itoa(k + 1), l.Title(), l.Say(l.Noted), l.Say(l.Came), l.Say(l.Accepted()), refused, l.Lot, string(l.Expiry)})
	}
	g.Blank = max(0, 5-len(g.Rows))
	s := ui.Sheet{Title: r.T("receiving.slip"), Number: x.Number, Date: string(x.Arrived), QR: code, Size: ui.A5, Lines: g, Back: ui.Link{Href: "/receiving/receipts/" + x.ID},
		Totals: []ui.Fact{{Label: r.T("receiving.slip.total"), Text: r.W2.Money(x.Amount)}},
		Boxes: []ui.Fact{{Label: r.T("receiving.receipts.supplier"), Text: x.SupplierName}, {Label: r.T("receiving.basis." + x.Basis), Text: x.BasisNumber}, {Label: r.T("receiving.receipts.invoice"), Text: x.Invoice},
			{Label: r.T("receiving.receipts.store"), Text: x.StoreName}}}
	if x.Finding != "" {
		s.Boxes = append(s.Boxes, ui.Fact{Label: r.T("receiving.test.finding"), Text: x.Finding, Wide: true})
	}
	if len(g.Rows) > 6 {
		s.Size = ui.A4
	}
	if r.W2.Lang == "zh" {
		s.Capitals = x.Amount.Capitals()
	}
	for _, k := range []string{"store", "supplier", "finance"} {
		s.Copies = append(s.Copies, r.T("receiving.copy."+k))
	}
	for _, k := range []string{"keeper", "checker", "buyer", "driver"} {
		s.Signatures = append(s.Signatures, r.T("receiving.sign."+k))
	}
	return r.Sheet(s)
}

// labels are a sticker for each lot that was booked, with a code that the scanner reads
// back as item, lot and expiry.
func labels(r *web.Req) error {
	x, err := one(r)
	if err != nil {
		return err
	}
	s := ui.LabelSheet{Title: r.T("receiving.labels"), Back: ui.Link{Label: x.Number, Href: "/receiving/receipts/" + x.ID}}
	for _, l := range x.Goods {
		if l.Accepted() == 0 {
			continue
		}
		codes, err := catalog.Barcodes(r.Context(), r.Read(), l.Item)
		if err != nil {
			return err
		}
		svg, err := qr.SVG(catalog.LabelCode(l.ItemNumber, codes, l.Lot, l.Expiry))
		if err != nil {
			return err
		}
		label := ui.Label{QR: svg, Title: l.Title(), Number: l.ItemNumber, Lines: []string{x.StoreName + " " + string(x.Arrived)}}
		if l.Lot != "" {
			label.Lines = append(label.Lines, r.T("receiving.came.lot")+" "+l.Lot)
		}
		if l.Expiry != "" {
			label.Lines = append(label.Lines, r.T("receiving.came.expiry")+" "+string(l.Expiry))
		}
		s.Labels = append(s.Labels, label)
	}
	return r.Labels(s)
}
