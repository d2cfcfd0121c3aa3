package requestsweb

import (
	"slices"
	"strconv"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/people"
	"houqin/internal/requests"
	"houqin/internal/warehouse"
)

var acceptLine = form.Of[requests.Accepted]{Name: "requests.accepted", Fields: []form.Field[requests.Accepted]{
	{Key: "pick", Into: func(a *requests.Accepted) any { return &a.Pick }, Kind: form.Hidden, Required: true},
	{Key: "qty", Into: func(a *requests.Accepted) any { return &a.Qty }, Required: true, Most: 40},
	{Key: "note", Into: func(a *requests.Accepted) any { return &a.Note }, Most: 100},
}}

var backLine = form.Of[requests.Back]{Name: "requests.back", Fields: []form.Field[requests.Back]{
	{Key: "line", Into: func(b *requests.Back) any { return &b.Line }, Kind: form.Hidden, Required: true},
	{Key: "qty", Into: func(b *requests.Back) any { return &b.Qty }, Most: 40},
	{Key: "due", Into: func(b *requests.Back) any { return &b.Due }},
}}

var handPaper = form.Of[requests.Handing]{Name: "requests.hand", Fields: []form.Field[requests.Handing]{
	form.LinesOf("lines", func(h *requests.Handing) *[]requests.Accepted { return &h.Lines }, &acceptLine, linesMost),
	form.LinesOf("old", func(h *requests.Handing) *[]requests.Back { return &h.Old }, &backLine, linesMost),
	{Key: "receiver", Into: func(h *requests.Handing) any { return &h.Receiver }, Ref: "drawers", Required: true},
	{Key: "signature", Into: func(h *requests.Handing) any { return &h.Signature }, Kind: form.Signature, Most: 140_000, Required: true},
}}

// handing is the counter: what was picked, counted face to face; the old pieces that
// come back; who takes it and their signature.
func handing(r *web.Req) error {
	q, err := one(r)
	if err != nil {
		return err
	}
	if q.State != requests.Ready {
		return r.Go("/requests/" + q.ID)
	}
	f, err := receiving(r, &q, &handPaper, ui.Form{Action: "/requests/" + q.ID + "/hand", Submit: r.T("requests.request.hand"), Intro: r.T("requests.hand.intro")})
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: r.T("requests.request.hand"), Sub: q.Number + " · " + q.Asker(), Back: &ui.Link{Label: q.Number, Href: "/requests/" + q.ID}, Body: ui.Ask(r.W2, f)}, nil)
}

// receiving is a form by which somebody takes what was picked.
func receiving(r *web.Req, q *requests.Request, spec form.Any, f ui.Form) (ui.Form, error) {
	picks, err := requests.PicksOf(r.Context(), r.Read(), q.ID, false)
	if err != nil {
		return f, err
	}
	items, err := pickItems(r, picks)
	if err != nil {
		return f, err
	}
	h := requests.Handing{}
	of, lineOf := map[string]requests.Pick{}, map[string]requests.Pick{}
	for _, p := range picks {
		if p.Picked == 0 {
			continue
		}
		of[p.ID] = p
		h.Lines = append(h.Lines, requests.Accepted{Pick: p.ID, Qty: typed(items[p.Item], p.Picked)})
		line := strconv.FormatInt(p.Line, 10)
		if items[p.Item].OldForNew && !q.Between() {
			sum := lineOf[line]
			if sum.Picked == 0 {
				h.Old = append(h.Old, requests.Back{Line: p.Line})
			}
			p.Picked += sum.Picked
			lineOf[line] = p
		}
	}
	f.Version = web.VersionText(q.Version)
	if f, err = r.Form(spec, &h, f); err != nil {
		return f, err
	}
	may, err := takers(r, q)
	if err != nil {
		return f, err
	}
	told(r, &f, func(id string) []string {
		p, ok := of[id]
		if !ok {
			p = lineOf[id]
		}
		return []string{items[p.Item].Title(), items[p.Item].Say(p.Picked)}
	}, "requests.line.item", "requests.pick.picked")
	f.Fields = slices.DeleteFunc(f.Fields, func(x ui.Field) bool { return x.Name == "old" && len(x.Lines) == 0 })
	for n := range f.Fields {
		if x := &f.Fields[n]; x.Name == "receiver" {
			x.With = []string{"department"}
			for _, id := range may {
				if p, err := people.Get(r.Context(), r.Read(), id); err == nil {
					x.Favours = append(x.Favours, ui.Option{Value: p.ID, Label: p.Name, Hint: p.DepartmentName})
				}
			}
		}
	}
	return f, nil
}

// takers are those who are named to take in what was asked for: whom the department named,
// or the keepers of the store that asks.
func takers(r *web.Req, q *requests.Request) ([]string, error) {
	if q.Between() {
		return warehouse.Keepers(r.Context(), r.Read(), q.To)
	}
	return requests.Named(r.Context(), r.Read(), q.Department)
}

func hand(r *web.Req) error {
	return web.Submit(r, &handPaper, handing, func(tx *db.Tx, h *requests.Handing) (web.Done, error) {
		q, err := requests.Hand(r.Context(), tx, r.PathValue("id"), r.Version(), *h)
		return done(q, "requests.done.handed"), err
	})
}

var rushPaper = form.Of[requests.Hurry]{Name: "requests.rush", Fields: []form.Field[requests.Hurry]{
	{Key: "store", Into: func(h *requests.Hurry) any { return &h.Store }, Ref: "stores", Required: true},
	{Key: "department", Into: func(h *requests.Hurry) any { return &h.Department }, Ref: "departments", Required: true},
	form.LinesOf("lines", func(h *requests.Hurry) *[]requests.Want { return &h.Lines }, &rushLine, 50),
	{Key: "why", Into: func(h *requests.Hurry) any { return &h.Why }, Required: true, Most: 200},
	{Key: "receiver", Into: func(h *requests.Hurry) any { return &h.Receiver }, Ref: "drawers", Required: true},
	{Key: "signature", Into: func(h *requests.Hurry) any { return &h.Signature }, Kind: form.Signature, Most: 140_000, Required: true},
}}

var rushLine = form.Of[requests.Want]{Name: "requests.want", Fields: []form.Field[requests.Want]{
	{Key: "item", Into: func(w *requests.Want) any { return &w.Item }, Ref: "goods", Required: true},
	{Key: "qty", Into: func(w *requests.Want) any { return &w.Qty }, Required: true, Most: 40},
}}

// blankRush is the page on which goods go out first and the slip follows.
func blankRush(r *web.Req) error {
	var h requests.Hurry
	kept, err := warehouse.KeptBy(r.Context(), r.Read(), r.By.ID)
	if err != nil {
		return err
	}
	if len(kept) > 0 {
		h.Store = kept[0].ID
	}
	f, err := r.Form(&rushPaper, &h, ui.Form{Action: "/requests/rush", Submit: r.T("requests.do.rush"), Tone: ui.Danger, Cancel: "/requests/counter", Intro: r.T("requests.rush.intro")})
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: r.T("requests.do.rush"), Back: &ui.Link{Label: r.T("requests.counter"), Href: "/requests/counter"}, Body: ui.Ask(r.W2, f)}, nil)
}

func rush(r *web.Req) error {
	return web.Submit(r, &rushPaper, blankRush, func(tx *db.Tx, h *requests.Hurry) (web.Done, error) {
		q, err := requests.RushOut(r.Context(), tx, *h)
		return done(q, "requests.done.rushed"), err
	})
}
