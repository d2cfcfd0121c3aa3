package requestsweb

import (
	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/requests"
	"houqin/internal/warehouse"
)

var betweenLine = form.Of[requests.Want]{Name: "requests.want", Fields: []form.Field[requests.Want]{
	{Key: "item", Into: func(w *requests.Want) any { return &w.Item }, Ref: "goods", Required: true},
	{Key: "qty", Into: func(w *requests.Want) any { return &w.Qty }, Required: true, Most: 40},
	{Key: "note", Into: func(w *requests.Want) any { return &w.Note }, Most: 100},
}}

var betweenPaper = form.Of[requests.Between]{Name: "requests.between", Fields: []form.Field[requests.Between]{
	{Key: "to", Into: func(b *requests.Between) any { return &b.To }, Ref: "stores", Required: true},
	{Key: "from", Into: func(b *requests.Between) any { return &b.From }, Ref: "all_stores", Required: true},
	form.LinesOf("lines", func(b *requests.Between) *[]requests.Want { return &b.Lines }, &betweenLine, linesMost),
	{Key: "deliver", Into: func(b *requests.Between) any { return &b.Deliver }},
	{Key: "purpose", Into: func(b *requests.Between) any { return &b.Purpose }, Required: true, Most: 200},
}}

// blankBetween is the slip by which a storekeeper asks another store: for the store that
// they keep, of the goods that the address names, else of those that ran low there.
func blankBetween(r *web.Req) error {
	asked := r.URL.Query()
	b := requests.Between{To: asked.Get("to"), From: asked.Get("from")}
	kept, err := warehouse.KeptBy(r.Context(), r.Read(), r.By.ID)
	if err != nil {
		return err
	}
	for _, s := range kept {
		if b.To == "" && !s.Ward && s.ID != b.From {
			b.To = s.ID
		}
	}
	for n, item := range asked["item"] {
		w := requests.Want{Item: item}
		if n < len(asked["qty"]) {
			w.Qty = asked["qty"][n]
		}
		if b.Lines = append(b.Lines, w); len(b.Lines) == linesMost {
			break
		}
	}
	f := ui.Form{Action: "/requests/between", Intro: r.T("requests.between.intro"), Submit: r.T("requests.do.send"), Cancel: "/requests/counter", Draft: true}
	if len(b.Lines) == 0 && b.To != "" {
		if b.From, b.Lines, err = requests.Proposed(r.Context(), r.Read(), b.To, b.From); err != nil {
			return err
		}
		if len(b.Lines) > 0 {
			f.Intro, f.Draft = r.T("requests.between.proposed")+" "+f.Intro, false
		}
	}
	return betweenSlip(r, &b, f, r.T("requests.do.between"))
}

func betweenSlip(r *web.Req, b *requests.Between, f ui.Form, heading string) error {
	f, err := r.Form(&betweenPaper, b, f)
	if err != nil {
		return err
	}
	for n := range f.Fields {
		x := &f.Fields[n]
		switch x.Name {
		case "to", "from":
			x.Half = true
		case "lines":
			for c := range x.Columns {
				if x.Columns[c].Name == "qty" {
					x.Columns[c].Example = r.T("requests.qty.example")
				}
			}
		}
	}
	return r.Show(ui.Page{Heading: heading, Back: &ui.Link{Label: r.T("requests.counter"), Href: "/requests/counter"}, Body: ui.Ask(r.W2, f)}, nil)
}

// between is who asks, or from where to where goods go.
func between(q *requests.Request) string {
	if q.Between() {
		return q.StoreName + " → " + q.ToName
	}
	return q.DepartmentName
}

func askStore(r *web.Req) error {
	return web.Submit(r, &betweenPaper, blankBetween, func(tx *db.Tx, b *requests.Between) (web.Done, error) {
		q, err := requests.AskStore(r.Context(), tx, *b)
		return done(q, "requests.done.asked"), err
	})
}

// editBetween is such a slip to be changed.
func editBetween(r *web.Req) error {
	q, err := one(r)
	if err != nil {
		return err
	}
	if err := requests.Life.Move(r.By, &q, "change"); err != nil {
		return err
	}
	items, err := itemsOf(r, &q)
	if err != nil {
		return err
	}
	b := requests.Between{To: q.To, From: q.Store, Purpose: q.Purpose, Deliver: q.Deliver}
	for _, l := range q.Lines {
		b.Lines = append(b.Lines, requests.Want{Item: l.Item, Qty: typed(items[l.Item], l.Qty), Note: l.Note})
	}
	return betweenSlip(r, &b, ui.Form{Action: "/requests/" + q.ID + "/between", Intro: r.T("requests.between.intro"), Submit: r.T("requests.do.send"), Version: web.VersionText(q.Version), Cancel: "/requests/" + q.ID}, r.T("requests.request.change")+" "+q.Number)
}

func changeBetween(r *web.Req) error {
	return web.Submit(r, &betweenPaper, editBetween, func(tx *db.Tx, b *requests.Between) (web.Done, error) {
		q, err := requests.ChangeBetween(r.Context(), tx, r.PathValue("id"), r.Version(), *b)
		return done(q, "requests.done.asked"), err
	})
}
