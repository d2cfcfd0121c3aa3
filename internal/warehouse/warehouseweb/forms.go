package warehouseweb

import (
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
	"houqin/internal/people"
	"houqin/internal/requests"
	"houqin/internal/warehouse"
)

// linesMost is how many lines a slip may have; a year's opening stock comes by import.
const linesMost = 200

var inPaper = form.Of[warehouse.In]{Name: "warehouse.in", Fields: []form.Field[warehouse.In]{
	{Key: "item", Into: func(l *warehouse.In) any { return &l.Item }, Ref: "items", Required: true},
	{Key: "qty", Into: func(l *warehouse.In) any { return &l.Qty }, Required: true, Most: 40},
	{Key: "price", Into: func(l *warehouse.In) any { return &l.Price }, Kind: form.Amount, Most: 20},
	{Key: "amount", Into: func(l *warehouse.In) any { return &l.Amount }, Kind: form.Amount, Most: 20},
	{Key: "lot", Into: func(l *warehouse.In) any { return &l.Lot }, Most: 60},
	{Key: "expiry", Into: func(l *warehouse.In) any { return &l.Expiry }},
	{Key: "bin", Into: func(l *warehouse.In) any { return &l.Bin }, Ref: "bins"},
}}

var receiptPaper = form.Of[warehouse.Delivery]{Name: "warehouse.receipt", Fields: []form.Field[warehouse.Delivery]{
	{Key: "store", Into: func(d *warehouse.Delivery) any { return &d.Store }, Ref: "stores", Required: true},
	{Key: "supplier", Into: func(d *warehouse.Delivery) any { return &d.Supplier }, Ref: "suppliers", Required: true},
	{Key: "invoice", Into: func(d *warehouse.Delivery) any { return &d.Invoice }, Most: 60, Hint: true},
	{Key: "note", Into: func(d *warehouse.Delivery) any { return &d.Note }, Most: 200},
	form.LinesOf("lines", func(d *warehouse.Delivery) *[]warehouse.In { return &d.Lines }, &inPaper, linesMost),
}}

var openingPaper = form.Of[warehouse.Stocktaking]{Name: "warehouse.opening", Fields: []form.Field[warehouse.Stocktaking]{
	{Key: "store", Into: func(d *warehouse.Stocktaking) any { return &d.Store }, Ref: "stores", Required: true},
	{Key: "note", Into: func(d *warehouse.Stocktaking) any { return &d.Note }, Most: 200},
	form.LinesOf("lines", func(d *warehouse.Stocktaking) *[]warehouse.In { return &d.Lines }, &inPaper, linesMost),
}}

var outPaper = form.Of[warehouse.Out]{Name: "warehouse.out", Fields: []form.Field[warehouse.Out]{
	{Key: "item", Into: func(l *warehouse.Out) any { return &l.Item }, Ref: "goods", Required: true},
	{Key: "qty", Into: func(l *warehouse.Out) any { return &l.Qty }, Required: true, Most: 40},
	{Key: "lot", Into: func(l *warehouse.Out) any { return &l.Lot }, Most: 60},
}}

var issuePaper = form.Of[warehouse.Handout]{Name: "warehouse.issue", Fields: []form.Field[warehouse.Handout]{
	{Key: "store", Into: func(h *warehouse.Handout) any { return &h.Store }, Ref: "stores", Required: true},
	{Key: "department", Into: func(h *warehouse.Handout) any { return &h.Department }, Ref: "departments", Required: true},
	{Key: "receiver", Into: func(h *warehouse.Handout) any { return &h.Receiver }, Ref: "receivers", Required: true},
	{Key: "purpose", Into: func(h *warehouse.Handout) any { return &h.Purpose }, Most: 200},
	form.LinesOf("lines", func(h *warehouse.Handout) *[]warehouse.Out { return &h.Lines }, &outPaper, linesMost),
}}

// scanned lets a code that was scanned into a line say its lot and expiry, where the
// page's script has not done so already and nobody typed others; fields are those of
// the two that the line has.
func scanned(r *web.Req, fields ...string) error {
	in, err := r.Input()
	if err != nil {
		return err
	}
	for path, typed := range in.Values {
		line, ok := strings.CutSuffix(path, ".item")
		if !ok || len(typed) == 0 || len(typed[0]) < 16 || in.Value(path+".id") != "" {
			continue
		}
		code, err := catalog.ParseCode(typed[0], r.Site.DB.Today())
		if err != nil {
			continue // a name or a number, or what the picker will refuse
		}
		for _, field := range fields {
			value := map[string]string{"lot": code.Lot, "expiry": string(code.Expiry)}[field]
			if value != "" && in.Value(line+"."+field) == "" {
				in.Values[line+"."+field] = []string{value}
			}
		}
	}
	return nil
}

// sheet draws one of the forms for a slip.
func sheet(r *web.Req, spec form.Any, value any, f ui.Form, heading, intro string) error {
	f.Draft, f.Cancel, f.Intro = true, "/warehouse", intro
	f, err := r.Form(spec, value, f)
	if err != nil {
		return err
	}
	for n := range f.Fields {
		x := &f.Fields[n]
		x.Half = x.Kind != ui.KindLines
		if x.Name == "store" && x.Value != "" { // it stands there already: the hand begins at the next
			f.Fields[min(n+1, len(f.Fields)-1)].Autofocus = true
		}
		for c := range x.Columns {
			if x.Columns[c].Name == "qty" {
				x.Columns[c].Example = r.T("warehouse.qty.example")
			}
		}
	}
	return r.Show(ui.Page{Heading: heading, Wide: true, Back: &ui.Link{Label: r.T("warehouse.counter"), Href: "/warehouse"}, Body: ui.Ask(r.W2, f)}, nil)
}

func blankReceipt(r *web.Req) error {
	own, err := ownStore(r)
	if err != nil {
		return err
	}
	return sheet(r, &receiptPaper, &warehouse.Delivery{Store: own}, ui.Form{Action: "/warehouse/receipts", Submit: r.T("warehouse.do.receive")},
		r.T("warehouse.do.receive"), r.T("warehouse.receipt.intro"))
}

func receive(r *web.Req) error {
	if err := scanned(r, "lot", "expiry"); err != nil {
		return err
	}
	return web.Submit(r, &receiptPaper, blankReceipt, func(tx *db.Tx, in *warehouse.Delivery) (web.Done, error) {
		d, err := warehouse.Receive(r.Context(), tx, *in)
		return web.Done{To: "/warehouse/documents/" + d.ID, Say: "warehouse.done.received", Args: []string{d.Number}, Data: d}, err
	})
}

func blankOpening(r *web.Req) error {
	own, err := ownStore(r)
	if err != nil {
		return err
	}
	return sheet(r, &openingPaper, &warehouse.Stocktaking{Store: own}, ui.Form{Action: "/warehouse/opening", Submit: r.T("warehouse.do.open")},
		r.T("warehouse.do.open"), r.T("warehouse.opening.intro"))
}

func opening(r *web.Req) error {
	if err := scanned(r, "lot", "expiry"); err != nil {
		return err
	}
	return web.Submit(r, &openingPaper, blankOpening, func(tx *db.Tx, in *warehouse.Stocktaking) (web.Done, error) {
		d, err := warehouse.Open(r.Context(), tx, *in)
		return web.Done{To: "/warehouse/documents/" + d.ID, Say: "warehouse.done.opened", Args: []string{d.Number}, Data: d}, err
	})
}

// issueWay is where goods are handed out: by request, where nothing goes over the counter
// without one and the person serves requests.
func issueWay(r *web.Req) (string, error) {
	may, err := warehouse.OverCounter(r.Context(), r.Read())
	if err != nil || may || !r.By.May(requests.MayServe) {
		return "/warehouse/issues/new", err
	}
	return "/requests/counter", nil
}

// byRequest is the page for whoever would hand out what nobody asked for (S-050): the ways
// that lead to it.
func byRequest(r *web.Req) error {
	p := ui.Page{Heading: r.T("warehouse.do.issue"), Back: &ui.Link{Label: r.T("warehouse.counter"), Href: "/warehouse"},
		Flash: []ui.Note{{Text: r.T("warehouse.ask_first"), Tone: ui.Soon, Link: &ui.Link{Label: "S-050", Href: "/rules/S-050"}}},
		Body:  ui.Empty(r.W2, ui.Nothing{Text: r.T("warehouse.ask_first.how"), Hint: r.T("warehouse.ask_first.hint"), Icon: "clipboard-list"})}
	if r.By.May(requests.MayServe) {
		p.Actions = []ui.Action{{Name: "requests", Label: r.T("warehouse.do.by_request"), Href: "/requests/counter", Icon: "checklist", Tone: ui.Accent},
			{Name: "rush", Label: r.T("warehouse.do.rush"), Href: "/requests/rush", Icon: "urgent"}}
	}
	return r.Show(p, nil)
}

func blankIssue(r *web.Req) error {
	if may, err := warehouse.OverCounter(r.Context(), r.Read()); err != nil {
		return err
	} else if !may {
		return byRequest(r)
	}
	own, err := ownStore(r)
	if err != nil {
		return err
	}
	h := warehouse.Handout{Store: own}
	if item := r.URL.Query().Get("item"); item != "" { // handed on by the item's card
		h.Lines = []warehouse.Out{{Item: item}}
	}
	return sheet(r, &issuePaper, &h, ui.Form{Action: "/warehouse/issues", Submit: r.T("warehouse.do.issue")}, r.T("warehouse.do.issue"), r.T("warehouse.issue.intro"))
}

func issue(r *web.Req) error {
	if err := scanned(r, "lot"); err != nil {
		return err
	}
	return web.Submit(r, &issuePaper, blankIssue, func(tx *db.Tx, h *warehouse.Handout) (web.Done, error) {
		p, err := people.Get(r.Context(), tx, h.Receiver)
		if err != nil {
			return web.Done{}, err
		}
		h.ReceiverName = p.Name
		d, err := warehouse.HandOver(r.Context(), tx, *h)
		return web.Done{To: "/warehouse/documents/" + d.ID, Say: "warehouse.done.issued", Args: []string{d.Number}, Data: d}, err
	})
}
