package warehouseweb

import (
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/money"
	"houqin/internal/base/quantity"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
	"houqin/internal/warehouse"
)

type why struct{ Reason string }

// reversePaper is asked before a document is taken back.
var reversePaper = form.Of[why]{Name: "warehouse.reverse", Fields: []form.Field[why]{
	{Key: "reason", Into: func(w *why) any { return &w.Reason }, Required: true, Most: 200},
}}

func paperTabs(r *web.Req) []ui.Link {
	return tabs(r, "warehouse.receipts", "/warehouse/receipts", "warehouse.issues", "/warehouse/issues",
		"warehouse.transfers", "/warehouse/transfers", "warehouse.returns", "/warehouse/returns", "warehouse.sent_backs", "/warehouse/sent-back", "warehouse.documents", "/warehouse/documents")
}

func receipts(r *web.Req) error {
	p := web.ListPage{Page: ui.Page{Tabs: paperTabs(r)}}
	if r.By.May(warehouse.MayReceive) {
		p.Page.Actions = []ui.Action{{Name: "receive", Label: r.T("warehouse.do.receive"), Href: "/warehouse/receipts/new", Icon: "plus", Tone: ui.Accent}}
	}
	return r.List(&warehouse.Receipts, warehouse.PaperScope(r.By), p)
}

func issues(r *web.Req) error {
	p := web.ListPage{Page: ui.Page{Tabs: paperTabs(r)}}
	if r.By.May(warehouse.MayIssue) {
		way, err := issueWay(r)
		if err != nil {
			return err
		}
		p.Page.Actions = []ui.Action{{Name: "issue", Label: r.T("warehouse.do.issue"), Href: way, Icon: "plus", Tone: ui.Accent}}
	}
	return r.List(&warehouse.Issues, warehouse.PaperScope(r.By), p)
}

func documents(r *web.Req) error {
	p := web.ListPage{Page: ui.Page{Tabs: paperTabs(r)}}
	if r.By.May(warehouse.MayKeep) {
		p.Page.Actions = []ui.Action{{Name: "open", Label: r.T("warehouse.do.open"), Href: "/warehouse/opening/new"}}
	}
	return r.List(&warehouse.Documents, warehouse.PaperScope(r.By), p)
}

// one is the document of the address with its moves, if the person may see it.
func one(r *web.Req) (warehouse.Document, error) {
	d, err := warehouse.Documents.Get(r.Context(), r.Read(), warehouse.PaperScope(r.By).And("d.id = ?", r.PathValue("id")))
	if err == nil {
		d.Moves, err = warehouse.MovesOf(r.Context(), r.Read(), d.ID)
	}
	return d, err
}

// seesStore says whether the person may look into a store: a department sees the
// papers of what it got, and not where it came from.
func seesStore(r *web.Req, store string) (bool, error) {
	found, err := warehouse.Stores.All(r.Context(), r.Read(), warehouse.Scope(r.By).And("w.id = ?", store), 1)
	return len(found) > 0, err
}

func document(r *web.Req) error {
	d, err := one(r)
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(d)
	}
	facts := []ui.Fact{{Label: r.T("warehouse.documents.store"), Text: d.StoreName}}
	kept, err := seesStore(r, d.Store)
	if err != nil {
		return err
	}
	if kept {
		facts[0].Href = "/warehouse/stores/" + d.Store
	}
	add := func(label, text, href string) {
		if text != "" {
			facts = append(facts, ui.Fact{Label: r.T(label), Text: text, Href: href})
		}
	}
	add("warehouse.documents.to", d.ToName, "")
	add("warehouse.documents.supplier", d.SupplierName, "/suppliers/"+d.Supplier)
	add("warehouse.documents.invoice", d.Invoice, "")
	add("warehouse.documents.department", d.DepartmentName, "/warehouse/consumption?department.id="+d.Department)
	add(personLabel(d), d.ReceiverName, "")
	record := ""
	if d.Noun == "desk.job" {
		record = "/desk/jobs/" + d.Record
	}
	if d.Noun == "receiving.receipt" {
		record = "/receiving/receipts/" + d.Record
	}
	if d.Noun == "requests.request" {
		record = "/requests/" + d.Record
	}
	add("warehouse.documents.record_number", d.RecordNumber, record)
	add("warehouse.documents.at", r.When(d.At), "")
	add("warehouse.documents.by_name", d.ByName, "")
	facts = append(facts, ui.Fact{Label: r.T("warehouse.documents.amount"), Text: r.W2.Money(d.Amount), Sub: r.T("ui.yuan"), Num: true})
	add("warehouse.documents.reverses_number", d.ReversesNumber, "/warehouse/documents/"+d.Reverses)
	add("warehouse.documents.reversed_number", d.ReversedNumber, "/warehouse/documents/"+d.Reversed)
	if d.Note != "" {
		facts = append(facts, ui.Fact{Label: r.T(noteLabel(d)), Text: d.Note, Wide: true})
	}
	moves, err := moveTable(r, d)
	if err != nil {
		return err
	}
	story, err := r.Story("warehouse.document", d.ID, d.Number)
	if err != nil {
		return err
	}
	p := ui.Page{Heading: d.Number, Sub: r.T("warehouse.kind." + string(d.Kind)), Back: &ui.Link{Label: r.T("warehouse.documents"), Href: back(d)}, Live: []string{"warehouse.document"},
		Body: ui.Below(ui.Facts(facts...), ui.Section(r.T("warehouse.lines"), ui.List(r.W2, moves)), story)}
	if d.Reversed != "" {
		p.Mark = &ui.Mark{Word: r.T("warehouse.reversed"), Tone: ui.Quiet}
	} else if d.Kind == warehouse.Reversal {
		p.Sub, p.Mark = "", &ui.Mark{Word: r.T("warehouse.kind.reversal"), Tone: ui.Danger}
	}
	if p.Actions, err = paperActions(r, d); err != nil {
		return err
	}
	return r.Show(p, nil)
}

func back(d warehouse.Document) string {
	switch d.Kind {
	case warehouse.Receipt:
		return "/warehouse/receipts"
	case warehouse.Issued:
		return "/warehouse/issues"
	case warehouse.Transfer:
		return "/warehouse/transfers"
	case warehouse.Returned:
		return "/warehouse/returns"
	case warehouse.SentBack:
		return "/warehouse/sent-back"
	}
	return "/warehouse/documents"
}

func paperActions(r *web.Req, d warehouse.Document) ([]ui.Action, error) {
	at := "/warehouse/documents/" + d.ID
	out := []ui.Action{{Name: "print", Label: r.T("warehouse.print"), Href: at + "/print", Icon: "printer", Tone: ui.Accent, Fresh: true}}
	if d.Kind == warehouse.Issued && r.By.MayIn(warehouse.MayIssue, d.Keeping) {
		way, err := issueWay(r)
		if err != nil {
			return nil, err
		}
		out = append(out, ui.Action{Name: "again", Label: r.T("warehouse.do.next_issue"), Href: way})
	}
	if d.Kind == warehouse.Receipt && r.By.MayIn(warehouse.MayReceive, d.Keeping) {
		out = append(out, ui.Action{Name: "again", Label: r.T("warehouse.do.next_receipt"), Href: "/warehouse/receipts/new"})
	}
	if d.Kind == warehouse.Reversal || d.Reversed != "" || !r.By.MayIn(warehouse.MayReverse, d.Keeping) {
		return out, nil
	}
	f, err := r.Form(&reversePaper, nil, ui.Form{ID: "reverse", Action: at + "/reverse", Submit: r.T("warehouse.reverse"), Tone: ui.Danger, Intro: r.T("warehouse.reverse.intro")})
	if err != nil {
		return nil, err
	}
	return append(out, ui.Action{Name: "reverse", Label: r.T("warehouse.reverse"), Icon: "arrow-back-up", Tone: ui.Danger, Ask: &f, Open: r.Failed(&reversePaper) != nil}), nil
}

// named are a document's items and bins.
type named struct {
	items map[string]catalog.Item
	bins  map[string]string
}

func names(r *web.Req, d warehouse.Document) (n named, err error) {
	var ids []string
	n.bins = map[string]string{}
	for _, m := range d.Moves {
		ids = append(ids, m.Item)
		if m.Bin != "" && n.bins[m.Bin] == "" {
			b, err := warehouse.BinByID(r.Context(), r.Read(), m.Bin)
			if err != nil {
				return n, err
			}
			n.bins[m.Bin] = b.Code
		}
	}
	n.items, err = catalog.Few(r.Context(), r.Read(), ids)
	return n, err
}

// sign is how quantities and amounts of a paper are shown: an issue's as what was
// given, a reversal's as what it took back, a count's as more or less.
func sign(d warehouse.Document) int64 {
	switch d.Kind {
	case warehouse.Issued, warehouse.Transfer, warehouse.SentBack, warehouse.WrittenOff:
		return -1
	}
	return 1
}

func moveTable(r *web.Req, d warehouse.Document) (ui.Table, error) {
	t := ui.Table{ID: "moves", Bare: true, Caption: r.T("warehouse.lines"), Columns: []ui.Head{{Label: r.T("warehouse.line.item")}, {Label: r.T("warehouse.line.qty"), Num: true},
		{Label: r.T("warehouse.line.price"), Num: true}, {Label: r.T("warehouse.line.amount"), Num: true}, {Label: r.T("warehouse.line.lot")}, {Label: r.T("warehouse.line.expiry")}, {Label: r.T("warehouse.line.bin"), Minor: true}}}
	n, err := names(r, d)
	if err != nil {
		return t, err
	}
	kept, err := seesStore(r, d.Store)
	if err != nil {
		return t, err
	}
	for _, m := range d.Moves {
		to := ""
		if kept {
			to = "/warehouse/stock/" + d.Store + "/" + m.Item
		}
		i := n.items[m.Item]
		q, a := sign(d)*int64(m.Qty), money.Fen(sign(d))*m.Amount
		count, unit := inOne(i, q)
		t.Rows = append(t.Rows, ui.Row{Href: to, Cells: []ui.Cell{{Text: i.Title(), Sub: i.Number}, {Text: i.Say(quantity.Qty(q)), Num: true},
			{Text: price(a, count), Sub: "/" + unit, Num: true}, {Text: r.W2.Money(a), Num: true}, {Text: m.Lot}, {Text: string(m.Expiry)}, {Text: n.bins[m.Bin]}}})
	}
	return t, nil
}

func reverse(r *web.Req) error {
	id := r.PathValue("id")
	return web.Submit(r, &reversePaper, document, func(tx *db.Tx, w *why) (web.Done, error) {
		if _, err := warehouse.Documents.Get(r.Context(), tx, warehouse.PaperScope(r.By).And("d.id = ?", id)); err != nil {
			return web.Done{}, err
		}
		d, err := warehouse.Reverse(r.Context(), tx, id, strings.TrimSpace(w.Reason))
		return web.Done{To: "/warehouse/documents/" + d.ID, Say: "warehouse.done.reversed", Args: []string{d.Number}, Data: d}, err
	})
}
