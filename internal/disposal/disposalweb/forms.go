package disposalweb

import (
	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
	"houqin/internal/disposal"
	"houqin/internal/warehouse"
)

// linesMost is how many lines are typed on one form.
const linesMost = 100

var cause = form.Field[disposal.Wanted]{Key: "cause", Into: func(l *disposal.Wanted) any { return &l.Cause }, OneOf: disposal.Causes, Enum: "disposal.cause", Required: true}

var storeLine = form.Of[disposal.Wanted]{Name: "disposal.line", Fields: []form.Field[disposal.Wanted]{
	{Key: "item", Into: func(l *disposal.Wanted) any { return &l.Item }, Ref: "goods", Required: true},
	{Key: "qty", Into: func(l *disposal.Wanted) any { return &l.Qty }, Required: true, Most: 40},
	{Key: "lot", Into: func(l *disposal.Wanted) any { return &l.Lot }, Most: 60},
	{Key: "model", Into: func(l *disposal.Wanted) any { return &l.Model }, Most: 60},
	cause,
}}

var useLine = form.Of[disposal.Wanted]{Name: "disposal.line", Fields: []form.Field[disposal.Wanted]{
	{Key: "item", Into: func(l *disposal.Wanted) any { return &l.Item }, Ref: "goods"},
	{Key: "name", Into: func(l *disposal.Wanted) any { return &l.Name }, Most: 80},
	{Key: "spec", Into: func(l *disposal.Wanted) any { return &l.Spec }, Most: 60},
	{Key: "model", Into: func(l *disposal.Wanted) any { return &l.Model }, Most: 60},
	{Key: "qty", Into: func(l *disposal.Wanted) any { return &l.Qty }, Required: true, Most: 40},
	{Key: "unit", Into: func(l *disposal.Wanted) any { return &l.Unit }, Most: 10},
	{Key: "price", Into: func(l *disposal.Wanted) any { return &l.Price }, Kind: form.Amount, Most: 20},
	cause,
}}

// storePaper and usePaper are the form for goods on a store's books, and for goods in
// a department's use.
var (
	storePaper = form.Of[disposal.Draft]{Name: "disposal.of_store", Fields: []form.Field[disposal.Draft]{
		{Key: "store", Into: func(d *disposal.Draft) any { return &d.Store }, Ref: "stores", Required: true},
		{Key: "reason", Into: func(d *disposal.Draft) any { return &d.Reason }, Required: true, Most: 300},
		form.LinesOf("lines", func(d *disposal.Draft) *[]disposal.Wanted { return &d.Lines }, &storeLine, linesMost),
	}}
	usePaper = form.Of[disposal.Draft]{Name: "disposal.of_use", Fields: []form.Field[disposal.Draft]{
		{Key: "department", Into: func(d *disposal.Draft) any { return &d.Department }, Ref: "departments", Required: true},
		{Key: "store", Into: func(d *disposal.Draft) any { return &d.Store }, Ref: "disposal_stores", Required: true, Hint: true},
		{Key: "reason", Into: func(d *disposal.Draft) any { return &d.Reason }, Required: true, Most: 300},
		form.LinesOf("lines", func(d *disposal.Draft) *[]disposal.Wanted { return &d.Lines }, &useLine, linesMost),
	}}
	expiredPaper = form.Of[disposal.Draft]{Name: "disposal.expired", Fields: []form.Field[disposal.Draft]{
		{Key: "store", Into: func(d *disposal.Draft) any { return &d.Store }, Ref: "stores", Required: true},
		{Key: "reason", Into: func(d *disposal.Draft) any { return &d.Reason }, Required: true, Most: 300},
	}}
)

// Pickers find the stores that take old goods back: everybody of the house knows them.
func Pickers(s *web.Site) {
	s.Picker("disposal_stores", web.Picker{Need: disposal.MayDraw, Find: stores, Label: storeLabel})
}

func slips(r *web.Req) error {
	p := web.ListPage{Default: "open=true", Page: ui.Page{Tabs: tabs(r)}}
	if r.By.May(disposal.MayDraw) {
		use := ui.Action{Name: "use", Label: r.T("disposal.do.use"), Href: "/disposal/slips/new?of=use", Icon: "plus"}
		if !r.By.May(warehouse.MayIssue) {
			use.Tone = ui.Accent
			p.Page.Actions = append(p.Page.Actions, use)
			return r.List(&disposal.Slips, disposal.Scope(r.By), p)
		}
		store, err := ownStore(r)
		if err != nil {
			return err
		}
		f, err := r.Form(&expiredPaper, &disposal.Draft{Store: store, Reason: r.T("disposal.expired.reason.usual")}, ui.Form{ID: "expired", Action: "/disposal/slips/expired", Submit: r.T("disposal.do.expired"), Intro: r.T("disposal.expired.intro")})
		if err != nil {
			return err
		}
		p.Page.Actions = append(p.Page.Actions, ui.Action{Name: "store", Label: r.T("disposal.do.store"), Href: "/disposal/slips/new?of=store", Icon: "plus", Tone: ui.Accent},
			ui.Action{Name: "expired", Label: r.T("disposal.do.expired"), Icon: "calendar-event", Ask: &f, Open: r.Failed(&expiredPaper) != nil}, use)
	}
	return r.List(&disposal.Slips, disposal.Scope(r.By), p)
}

// ownStore is the store a form begins with: one that the person keeps.
func ownStore(r *web.Req) (string, error) {
	kept, err := warehouse.KeptBy(r.Context(), r.Read(), r.By.ID)
	if err != nil || len(kept) > 0 {
		if err != nil {
			return "", err
		}
		return kept[0].ID, nil
	}
	all, err := warehouse.Stores.All(r.Context(), r.Read(), warehouse.Scope(r.By).And("w.closed = false"), 2)
	if len(all) != 1 {
		return "", err
	}
	return all[0].ID, nil
}

// blank is an empty form, for goods of a store or in use.
func blank(r *web.Req) error {
	if r.URL.Query().Get("of") == "store" || r.Failed(&storePaper) != nil {
		own, err := ownStore(r)
		if err != nil {
			return err
		}
		d := disposal.Draft{Store: own}
		if item := r.URL.Query().Get("item"); item != "" {
			d.Lines = []disposal.Wanted{{Item: item, Lot: r.URL.Query().Get("lot")}}
		}
		return sheet(r, &storePaper, &d, ui.Form{Action: "/disposal/slips/store", Submit: r.T("disposal.do.draw"), Cancel: "/disposal/slips"}, r.T("disposal.do.store"), r.T("disposal.of_store.intro"))
	}
	d := disposal.Draft{Department: r.By.Unit}
	found, err := warehouse.Stores.All(r.Context(), r.Read(), open(), 2)
	if err != nil {
		return err
	}
	if len(found) > 0 {
		d.Store = found[0].ID
	}
	return sheet(r, &usePaper, &d, ui.Form{Action: "/disposal/slips/use", Submit: r.T("disposal.do.draw"), Cancel: "/disposal/slips"}, r.T("disposal.do.use"), r.T("disposal.of_use.intro"))
}

func open() list.Where { return list.Where{}.And("w.closed = false") }

// sheet draws a form.
func sheet(r *web.Req, spec form.Any, value any, f ui.Form, heading, intro string) error {
	f.Draft, f.Intro = true, intro
	f, err := r.Form(spec, value, f)
	if err != nil {
		return err
	}
	for n := range f.Fields {
		x := &f.Fields[n]
		x.Half = x.Kind == ui.KindRef
		for c := range x.Columns {
			if x.Columns[c].Name == "qty" {
				x.Columns[c].Example = r.T("disposal.qty.example")
			}
		}
	}
	return r.Show(ui.Page{Heading: heading, Wide: true, Back: &ui.Link{Label: r.T("disposal.slips"), Href: "/disposal/slips"}, Body: ui.Ask(r.W2, f)}, nil)
}

func drawn(s disposal.Slip, err error) (web.Done, error) {
	return web.Done{To: "/disposal/slips/" + s.ID, Say: "disposal.done.drawn", Args: []string{s.Number}, Data: s}, err
}

func drawOfStore(r *web.Req) error {
	return web.Submit(r, &storePaper, blank, func(tx *db.Tx, d *disposal.Draft) (web.Done, error) {
		d.Origin = disposal.OfStore
		return drawn(disposal.Draw(r.Context(), tx, *d))
	})
}

func drawOfUse(r *web.Req) error {
	return web.Submit(r, &usePaper, blank, func(tx *db.Tx, d *disposal.Draft) (web.Done, error) {
		d.Origin = disposal.OfUse
		return drawn(disposal.Draw(r.Context(), tx, *d))
	})
}

func drawExpired(r *web.Req) error {
	return web.Submit(r, &expiredPaper, slips, func(tx *db.Tx, d *disposal.Draft) (web.Done, error) {
		return drawn(disposal.DrawExpired(r.Context(), tx, d.Store, d.Reason))
	})
}

// draft is a form as it would be typed again.
func draft(s *disposal.Slip) *disposal.Draft {
	d := &disposal.Draft{Origin: s.Origin, Store: s.Store, Department: s.Department, Reason: s.Reason}
	for _, l := range s.Lines {
		w := disposal.Wanted{Item: l.Item, Spec: l.Spec, Model: l.Model, Qty: l.Qty.Format(catalog.PacksOf(l.Unit, "")), Lot: l.Lot, Cause: l.Cause}
		if l.Item == "" {
			w.Name, w.Unit = l.Name, l.Unit
		} else {
			w.Spec = ""
		}
		if s.Origin == disposal.OfUse && l.Qty > 0 {
			w.Price = (l.Amount / moneyOf(l.Qty)).String()
		}
		d.Lines = append(d.Lines, w)
	}
	return d
}

func edit(r *web.Req) error {
	s, err := disposal.Get(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	spec := form.Any(&usePaper)
	if s.Origin == disposal.OfStore {
		spec = &storePaper
	}
	intro := ""
	if s.State != disposal.Drawn {
		intro = r.T("disposal.change.intro")
	}
	at := "/disposal/slips/" + s.ID
	return sheet(r, spec, draft(&s), ui.Form{Action: at + "/change", Version: web.VersionText(s.Version), Submit: r.T("disposal.do.save"), Cancel: at}, s.Number, intro)
}

func change(r *web.Req) error {
	s, err := disposal.Get(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	spec := &usePaper
	if s.Origin == disposal.OfStore {
		spec = &storePaper
	}
	return web.Submit(r, spec, edit, func(tx *db.Tx, d *disposal.Draft) (web.Done, error) {
		s, err := disposal.Redraw(r.Context(), tx, r.PathValue("id"), r.Version(), *d)
		return web.Done{To: "/disposal/slips/" + s.ID, Say: "disposal.done.changed", Args: []string{s.Number}, Data: s}, err
	})
}
