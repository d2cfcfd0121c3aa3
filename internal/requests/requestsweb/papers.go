package requestsweb

import (
	"houqin/internal/base/qr"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/requests"
)

// printSlip is the request on paper, as the ward's leader signs it (S-012).
func printSlip(r *web.Req) error {
	q, err := one(r)
	if err != nil {
		return err
	}
	items, err := itemsOf(r, &q)
	if err != nil {
		return err
	}
	code, err := qr.SVG(r.Origin() + "/requests/" + q.ID)
	if err != nil {
		return err
	}
	g := &ui.Grid{Heads: []ui.Head{{Label: r.T("ui.line_no"), Num: true}, {Label: r.T("requests.line.number")}, {Label: r.T("requests.line.item")}, {Label: r.T("requests.line.qty"), Num: true},
		{Label: r.T("requests.line.granted"), Num: true}, {Label: r.T("requests.line.issued"), Num: true}, {Label: r.T("requests.line.amount"), Num: true}, {Label: r.T("requests.line.note")}}}
	for _, l := range q.Lines {
		i := items[l.Item]
		note := l.Note
		if l.Instead != "" {
			note = r.T("requests.instead_of", items[l.Instead].Title(), l.InsteadNote)
		}
		g.Rows = append(g.Rows, []string{r.W2.Number(l.Line), i.Number, i.Title(), i.Say(l.Qty), i.Say(l.Granted), say(i, l.Issued), r.W2.Money(l.Amount), note})
	}
	g.Blank = max(0, 5-len(g.Rows))
	s := ui.Sheet{Title: r.T("requests.paper"), Number: q.Number, Date: string(q.AskedAt.Day(r.W2.Zone)), QR: code, Size: ui.A5, Lines: g, Back: ui.Link{Href: "/requests/" + q.ID},
		Boxes: []ui.Fact{{Label: r.T("requests.list.department"), Text: q.Asker()}, {Label: r.T("requests.list.requester_name"), Text: q.RequesterName},
			{Label: r.T("requests.list.store"), Text: q.StoreName}, {Label: r.T("requests.list.state"), Text: stateWord(r, &q)},
			{Label: r.T("requests.list.paper"), Text: q.Paper}, {Label: r.T("requests.list.due"), Text: string(q.Due)}, {Label: r.T("requests.list.purpose"), Text: q.Purpose, Wide: true}},
		Totals:     []ui.Fact{{Label: r.T("requests.paper.total"), Text: r.W2.Money(q.Amount)}},
		Signatures: []string{r.T("requests.paper.requester"), r.T("requests.paper.leader"), r.T("requests.paper.issuer"), r.T("requests.paper.receiver")}}
	if q.Between() {
		s.Title = r.T("requests.paper.between")
		s.Boxes[0].Label, s.Boxes[2].Label = r.T("requests.list.to"), r.T("requests.between.from")
		s.Signatures[3] = r.T("requests.paper.taker")
	}
	if len(g.Rows) > 7 {
		s.Size = ui.A4
	}
	return r.Sheet(s)
}

// pickList is the list a keeper walks the shelves with: in the order of the bins, in a
// bin what expires first first.
func pickList(r *web.Req) error {
	q, err := one(r)
	if err != nil {
		return err
	}
	picks, err := requests.PicksOf(r.Context(), r.Read(), q.ID, false)
	if err != nil {
		return err
	}
	items, err := pickItems(r, picks)
	if err != nil {
		return err
	}
	code, err := qr.SVG(r.Origin() + "/requests/" + q.ID + "/pick")
	if err != nil {
		return err
	}
	g := &ui.Grid{Heads: []ui.Head{{Label: r.T("ui.line_no"), Num: true}, {Label: r.T("requests.pick.bin")}, {Label: r.T("requests.line.number")}, {Label: r.T("requests.line.item")},
		{Label: r.T("requests.pick.lot")}, {Label: r.T("requests.pick.expiry")}, {Label: r.T("requests.pick.qty"), Num: true}, {Label: r.T("requests.pick.tick")}}}
	for n, p := range picks {
		i := items[p.Item]
		g.Rows = append(g.Rows, []string{r.W2.Number(int64(n + 1)), p.BinCode, i.Number, i.Title(), p.Lot, string(p.Expiry), i.Say(p.Qty), ""})
	}
	return r.Sheet(ui.Sheet{Title: r.T("requests.picklist"), Number: q.Number, Date: string(r.Site.DB.Today()), QR: code, Size: ui.A4, Lines: g, Back: ui.Link{Href: "/requests/" + q.ID + "/pick"},
		Boxes: []ui.Fact{{Label: r.T("requests.list.department"), Text: q.Asker()}, {Label: r.T("requests.list.store"), Text: q.StoreName},
			{Label: r.T("requests.list.requester_name"), Text: q.RequesterName}, {Label: r.T("requests.list.due"), Text: string(q.Due)}},
		Signatures: []string{r.T("requests.paper.picker"), r.T("requests.paper.checker")}})
}
