package warehouseweb

import (
	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/people"
	"houqin/internal/warehouse"
)

var transferPaper = form.Of[warehouse.Carrying]{Name: "warehouse.transfer", Fields: []form.Field[warehouse.Carrying]{
	{Key: "store", Into: func(c *warehouse.Carrying) any { return &c.Store }, Ref: "stores", Required: true},
	{Key: "to", Into: func(c *warehouse.Carrying) any { return &c.To }, Ref: "all_stores", Required: true},
	{Key: "taker", Into: func(c *warehouse.Carrying) any { return &c.Taker }, Ref: "receivers", Required: true},
	{Key: "note", Into: func(c *warehouse.Carrying) any { return &c.Note }, Most: 200},
	form.LinesOf("lines", func(c *warehouse.Carrying) *[]warehouse.Out { return &c.Lines }, &outPaper, linesMost),
}}

var backPaper = form.Of[warehouse.Back]{Name: "warehouse.back", Fields: []form.Field[warehouse.Back]{
	{Key: "item", Into: func(l *warehouse.Back) any { return &l.Item }, Ref: "goods", Required: true},
	{Key: "qty", Into: func(l *warehouse.Back) any { return &l.Qty }, Required: true, Most: 40},
	{Key: "lot", Into: func(l *warehouse.Back) any { return &l.Lot }, Most: 60},
	{Key: "expiry", Into: func(l *warehouse.Back) any { return &l.Expiry }},
	{Key: "bin", Into: func(l *warehouse.Back) any { return &l.Bin }, Ref: "bins"},
}}

var returnPaper = form.Of[warehouse.Return]{Name: "warehouse.return", Fields: []form.Field[warehouse.Return]{
	{Key: "store", Into: func(b *warehouse.Return) any { return &b.Store }, Ref: "stores", Required: true},
	{Key: "department", Into: func(b *warehouse.Return) any { return &b.Department }, Ref: "departments", Required: true},
	{Key: "bringer", Into: func(b *warehouse.Return) any { return &b.Bringer }, Ref: "receivers", Required: true},
	{Key: "reason", Into: func(b *warehouse.Return) any { return &b.Reason }, Required: true, Most: 200},
	form.LinesOf("lines", func(b *warehouse.Return) *[]warehouse.Back { return &b.Lines }, &backPaper, linesMost),
}}

var sendBackPaper = form.Of[warehouse.Rejection]{Name: "warehouse.send_back", Fields: []form.Field[warehouse.Rejection]{
	{Key: "store", Into: func(b *warehouse.Rejection) any { return &b.Store }, Ref: "stores", Required: true},
	{Key: "supplier", Into: func(b *warehouse.Rejection) any { return &b.Supplier }, Ref: "suppliers", Required: true},
	{Key: "invoice", Into: func(b *warehouse.Rejection) any { return &b.Invoice }, Most: 60},
	{Key: "reason", Into: func(b *warehouse.Rejection) any { return &b.Reason }, Required: true, Most: 200},
	{Key: "way", Into: func(b *warehouse.Rejection) any { return &b.Way }, OneOf: warehouse.Ways, Enum: "warehouse.way", Required: true, Hint: true},
	form.LinesOf("lines", func(b *warehouse.Rejection) *[]warehouse.Out { return &b.Lines }, &outPaper, linesMost),
}}

// doing is the button that leads from a list of papers to a blank one.
func doing(r *web.Req, may, name, href string) []ui.Action {
	if !r.By.May(may) {
		return nil
	}
	return []ui.Action{{Name: name, Label: r.T("warehouse.do." + name), Href: href, Icon: "plus", Tone: ui.Accent}}
}

func transfers(r *web.Req) error {
	return r.List(&warehouse.Transfers, warehouse.PaperScope(r.By), web.ListPage{Page: ui.Page{Tabs: paperTabs(r), Actions: doing(r, warehouse.MayIssue, "transfer", "/warehouse/transfers/new")}})
}

func returns(r *web.Req) error {
	return r.List(&warehouse.Returns, warehouse.PaperScope(r.By), web.ListPage{Page: ui.Page{Tabs: paperTabs(r), Actions: doing(r, warehouse.MayReceive, "return", "/warehouse/returns/new")}})
}

func sentBacks(r *web.Req) error {
	return r.List(&warehouse.SentBacks, warehouse.PaperScope(r.By), web.ListPage{Page: ui.Page{Tabs: paperTabs(r), Actions: doing(r, warehouse.MayReceive, "send_back", "/warehouse/sent-back/new")}})
}

func blankTransfer(r *web.Req) error {
	own, err := ownStore(r)
	if err != nil {
		return err
	}
	c := warehouse.Carrying{Store: own}
	if item := r.URL.Query().Get("item"); item != "" {
		c.Lines = []warehouse.Out{{Item: item}}
	}
	return sheet(r, &transferPaper, &c, ui.Form{Action: "/warehouse/transfers", Submit: r.T("warehouse.do.transfer")}, r.T("warehouse.do.transfer"), r.T("warehouse.transfer.intro"))
}

func transfer(r *web.Req) error {
	if err := scanned(r, "lot"); err != nil {
		return err
	}
	return web.Submit(r, &transferPaper, blankTransfer, func(tx *db.Tx, c *warehouse.Carrying) (web.Done, error) {
		p, err := people.Get(r.Context(), tx, c.Taker)
		if err != nil {
			return web.Done{}, err
		}
		c.Named = p.Name
		d, err := warehouse.Carry(r.Context(), tx, *c)
		return web.Done{To: "/warehouse/documents/" + d.ID, Say: "warehouse.done.transferred", Args: []string{d.Number}, Data: d}, err
	})
}

func blankReturn(r *web.Req) error {
	own, err := ownStore(r)
	if err != nil {
		return err
	}
	return sheet(r, &returnPaper, &warehouse.Return{Store: own}, ui.Form{Action: "/warehouse/returns", Submit: r.T("warehouse.do.return")}, r.T("warehouse.do.return"), r.T("warehouse.return.intro"))
}

func takeBack(r *web.Req) error {
	if err := scanned(r, "lot", "expiry"); err != nil {
		return err
	}
	return web.Submit(r, &returnPaper, blankReturn, func(tx *db.Tx, b *warehouse.Return) (web.Done, error) {
		p, err := people.Get(r.Context(), tx, b.Bringer)
		if err != nil {
			return web.Done{}, err
		}
		b.Named = p.Name
		d, err := warehouse.TakeBack(r.Context(), tx, *b)
		return web.Done{To: "/warehouse/documents/" + d.ID, Say: "warehouse.done.returned", Args: []string{d.Number}, Data: d}, err
	})
}

func blankSendBack(r *web.Req) error {
	own, err := ownStore(r)
	if err != nil {
		return err
	}
	b := warehouse.Rejection{Store: own}
	if item := r.URL.Query().Get("item"); item != "" {
		b.Lines = []warehouse.Out{{Item: item, Lot: r.URL.Query().Get("lot")}}
	}
	return sheet(r, &sendBackPaper, &b, ui.Form{Action: "/warehouse/sent-back", Submit: r.T("warehouse.do.send_back")}, r.T("warehouse.do.send_back"), r.T("warehouse.send_back.intro"))
}

func sendBack(r *web.Req) error {
	if err := scanned(r, "lot"); err != nil {
		return err
	}
	return web.Submit(r, &sendBackPaper, blankSendBack, func(tx *db.Tx, b *warehouse.Rejection) (web.Done, error) {
		d, err := warehouse.SendBack(r.Context(), tx, *b)
		return web.Done{To: "/warehouse/documents/" + d.ID, Say: "warehouse.done.sent_back", Args: []string{d.Number}, Data: d}, err
	})
}
