package requestsweb

import (
	"houqin/internal/approvals"
	"houqin/internal/base/list"
	"houqin/internal/base/quantity"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
	"houqin/internal/people"
	"houqin/internal/requests"
	"houqin/internal/warehouse"
)

// show is one request: where it stands, what can be done now, its lines with what the
// store decided about each, who signed, and its story.
func show(r *web.Req) error {
	q, err := one(r)
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(q)
	}
	lines, err := lineTable(r, &q)
	if err != nil {
		return err
	}
	receipts, err := receiptTable(r, &q)
	if err != nil {
		return err
	}
	story, err := r.Story(requests.Noun, q.ID, q.Number)
	if err != nil {
		return err
	}
	p := ui.Page{Heading: q.Number, Sub: between(&q), Mark: &ui.Mark{Word: stateWord(r, &q), Tone: stateTone(&q)}, Live: []string{requests.Noun}, Back: back(r)}
	if p.Actions, err = actions(r, &q); err != nil {
		return err
	}
	facts, err := facts(r, &q)
	if err != nil {
		return err
	}
	body := ui.Below(ui.Section(r.T("requests.lines"), ui.List(r.W2, lines)), ui.Facts(facts...))
	if len(receipts.Rows) > 0 {
		body = ui.Below(body, ui.Section(r.T("requests.receipts"), ui.List(r.W2, receipts)))
	}
	p.Body = ui.Below(body, ui.Section(r.T("requests.story"), story))
	return r.Show(p, nil)
}

func back(r *web.Req) *ui.Link {
	if r.By.May(requests.MayServe) {
		return &ui.Link{Label: r.T("requests.counter"), Href: "/requests/counter"}
	}
	if r.By.May(requests.MayAsk) {
		return &ui.Link{Label: r.T("requests.mine"), Href: "/requests/mine"}
	}
	return &ui.Link{Label: r.T("requests.list"), Href: "/requests"}
}

// ways of steps that have a page of their own.
var pages = map[string]bool{"decide": true, "fetch": true, "pick": true, "hand": true, "sign": true, "deliver": true, "change": true, "grant": true}

// actions are the steps that are open to the person, and the papers.
func actions(r *web.Req, q *requests.Request) ([]ui.Action, error) {
	at := "/requests/" + q.ID
	open, err := r.Buttons(requests.Noun, at, q.Version, requests.Life.Open(r.By, q))
	if err != nil {
		return nil, err
	}
	var out []ui.Action
	for _, a := range open {
		if a.Name == "grant" {
			decides, err := requests.Decides(r.Context(), r.Read(), r.By, q)
			if err != nil {
				return nil, err
			}
			if !decides {
				continue
			}
		}
		if a.Name == "unload" { // with its whole tour
			continue
		}
		if a.Name == "load" {
			a.Post, a.Hidden, a.Href = "", nil, "/tours/new?request="+q.ID
		}
		if pages[a.Name] {
			a.Post, a.Hidden, a.Href = "", nil, at+"/"+a.Name
		}
		if a.Name == "change" && q.Between() {
			a.Href = at + "/between"
		}
		out = append(out, a)
	}
	if c, ok, err := approvals.OpenOf(r.Context(), r.Read(), requests.Noun, q.ID); err != nil {
		return nil, err
	} else if ok {
		if sees, err := approvals.Sees(r.Context(), r.Read(), r.By, c.ID); err != nil {
			return nil, err
		} else if sees {
			tone := ui.Plain
			if decides, err := requests.Decides(r.Context(), r.Read(), r.By, q); err != nil {
				return nil, err
			} else if decides {
				tone = ui.Accent
			}
			out = append(out, ui.Action{Name: "case", Label: r.T("requests.do.case"), Href: "/approvals/cases/" + c.ID, Icon: "gavel", Tone: tone})
		}
	}
	if q.State == requests.Picking && r.By.MayIn(requests.MayServe, q.Keeping) {
		out = append(out, ui.Action{Name: "picklist", Label: r.T("requests.picklist"), Href: at + "/picklist", Icon: "printer", Fresh: true})
	}
	return append(out, ui.Action{Name: "print", Label: r.T("requests.print"), Href: at + "/print", Icon: "printer", Fresh: true}), nil
}

func facts(r *web.Req, q *requests.Request) ([]ui.Fact, error) {
	var out []ui.Fact
	add := func(key, text string) {
		if text != "" {
			out = append(out, ui.Fact{Label: r.T("requests.list." + key), Text: text})
		}
	}
	if !q.Between() {
		add("kind", r.T("requests.kind."+string(q.Kind)))
	}
	add("month", string(q.Month))
	add("requester_name", q.RequesterName)
	add("asked_at", r.When(q.AskedAt))
	if q.Between() {
		out = append(out, ui.Fact{Label: r.T("requests.between.from"), Text: q.StoreName})
	} else {
		add("store", q.StoreName)
	}
	add("to", q.ToName)
	add("due", r.W2.Day(q.Due))
	if q.Deliver {
		add("deliver", r.T("base.yes"))
	}
	out = append(out, ui.Fact{Label: r.T("requests.list.amount"), Text: r.W2.Money(q.Amount), Sub: r.T("ui.yuan"), Num: true})
	add("paper", q.Paper)
	if q.Special {
		out = append(out, ui.Fact{Label: r.T("requests.list.special"), Text: r.T("base.yes"), Tone: ui.Soon})
	}
	if q.Over {
		out = append(out, ui.Fact{Label: r.T("requests.list.over"), Text: r.T("base.yes"), Tone: ui.Soon})
	}
	add("receiver_name", q.ReceiverName)
	if q.Tour != "" {
		t, err := requests.Tours.Get(r.Context(), r.Read(), list.Where{}.And("t.id = ?", q.Tour))
		if err != nil {
			return nil, err
		}
		f := ui.Fact{Label: r.T("requests.tour"), Text: t.Number + " · " + t.CarrierName}
		if r.By.MayIn(requests.MayServe, t.Keeping) {
			f.Href = "/tours/" + t.ID
		}
		out = append(out, f)
	}
	if q.Purpose != "" {
		out = append(out, ui.Fact{Label: r.T("requests.list.purpose"), Text: q.Purpose, Wide: true})
	}
	if q.Reason != "" {
		out = append(out, ui.Fact{Label: r.T("requests.list.reason"), Text: q.Reason, Wide: true, Tone: ui.Soon})
	}
	if q.Department != "" && q.Open && !q.Between() {
		may, err := named(r, q.Department)
		if err != nil {
			return nil, err
		}
		if may != "" {
			out = append(out, ui.Fact{Label: r.T("requests.named"), Text: may, Wide: true})
		}
	}
	return out, nil
}

// named are the names of those whom a department named to draw for it.
func named(r *web.Req, department string) (string, error) {
	ids, err := requests.Named(r.Context(), r.Read(), department)
	if err != nil {
		return "", err
	}
	var names []string
	for _, id := range ids {
		p, err := people.Get(r.Context(), r.Read(), id)
		if err != nil {
			return "", err
		}
		names = append(names, p.Name)
	}
	return r.W2.List(names), nil
}

// lineTable says of each line what was asked, agreed to and given, and what becomes of
// the rest and when.
func lineTable(r *web.Req, q *requests.Request) (ui.Table, error) {
	t := ui.Table{ID: "lines", Bare: true, Caption: r.T("requests.lines"), Columns: []ui.Head{{Label: r.T("requests.line.item")}, {Label: r.T("requests.line.qty"), Num: true},
		{Label: r.T("requests.line.granted"), Num: true}, {Label: r.T("requests.line.issued"), Num: true}, {Label: r.T("requests.line.way")}, {Label: r.T("requests.line.promised")}, {Label: r.T("requests.line.amount"), Num: true}}}
	items, err := itemsOf(r, q)
	if err != nil {
		return t, err
	}
	for _, l := range q.Lines {
		i := items[l.Item]
		c := ui.Cell{Text: i.Title(), Sub: i.Number}
		if l.Note != "" {
			c.Sub += " · " + l.Note
		}
		if l.Instead != "" {
			c.Sub += " · " + r.T("requests.instead_of", items[l.Instead].Title(), l.InsteadNote)
		}
		granted := ui.Cell{Text: i.Say(l.Granted), Num: true}
		if l.Granted < l.Qty {
			granted.Tone, granted.Sub = ui.Soon, l.GrantedName+" "+l.GrantedNote
		}
		issued := ui.Cell{Text: i.Say(l.Issued), Num: true}
		if l.Issued == 0 {
			issued.Text = ""
		}
		way := wayCell(r, &l, i)
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{c, {Text: i.Say(l.Qty), Num: true}, granted, issued, way, {Text: r.W2.Day(l.Promised)}, {Text: r.W2.Money(l.Amount), Num: true}}})
	}
	return t, nil
}

func wayCell(r *web.Req, l *requests.Line, i catalog.Item) ui.Cell {
	c := ui.Cell{Sub: l.WayNote}
	switch {
	case l.Picking > 0:
		c.Text = r.T("requests.way.picking", i.Say(l.Picking))
	case l.Declined > 0 && l.Left() == 0:
		c.Text, c.Tone = r.T("requests.way.declined", i.Say(l.Declined)), ui.Danger
	case l.Left() > 0 && l.Way != "":
		c.Text, c.Tone = r.T("requests.way."+l.Way)+" "+i.Say(l.Left()), ui.Soon
		if l.Ordered != "" {
			c.Sub = l.Ordered + " " + c.Sub
		}
	}
	return c
}

func itemsOf(r *web.Req, q *requests.Request) (map[string]catalog.Item, error) {
	var ids []string
	for _, l := range q.Lines {
		ids = append(ids, l.Item, l.Given())
	}
	return catalog.Few(r.Context(), r.Read(), ids)
}

// receiptTable are the slips by which goods went out, with who took them.
func receiptTable(r *web.Req, q *requests.Request) (ui.Table, error) {
	t := ui.Table{ID: "receipts", Bare: true, Caption: r.T("requests.receipts"), Columns: []ui.Head{{Label: r.T("requests.receipt.number")}, {Label: r.T("requests.receipt.how")},
		{Label: r.T("requests.receipt.issuer")}, {Label: r.T("requests.receipt.receiver")}, {Label: r.T("requests.receipt.at")}}}
	docs, err := warehouse.OfRecord(r.Context(), r.Read(), requests.Noun, q.ID)
	if err != nil {
		return t, err
	}
	signed, err := requests.ReceiptsOf(r.Context(), r.Read(), q.ID)
	if err != nil {
		return t, err
	}
	now := r.Read().Moment()
	for _, d := range docs {
		row := ui.Row{Cells: []ui.Cell{{Text: d.Number, Sub: r.T("warehouse.kind." + string(d.Kind))}, {}, {Text: d.ByName}, {Text: d.ReceiverName}, {Text: r.W2.Instant(d.At, now), Title: r.W2.Full(d.At)}}}
		if r.By.May(warehouse.MaySee) {
			row.Href = "/warehouse/documents/" + d.ID
		}
		for _, c := range signed {
			if c.Document == d.ID {
				row.Cells[1].Text = r.T("requests.receipt.how." + c.How)
				if c.Receiver == "" {
					row.Cells[3] = ui.Cell{Text: r.T("requests.receipt.unsigned"), Tone: ui.Soon}
				} else {
					row.Cells[2].Text, row.Cells[3].Text = c.IssuerName, c.ReceiverName
				}
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

func say(i catalog.Item, q quantity.Qty) string {
	if q == 0 {
		return ""
	}
	return i.Say(q)
}
