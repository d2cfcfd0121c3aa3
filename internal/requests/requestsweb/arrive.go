package requestsweb

import (
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/flow"
	"houqin/internal/base/form"
	"houqin/internal/base/quantity"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/requests"
)

var arrivedLine = form.Of[requests.Accepted]{Name: "requests.accepted", Fields: []form.Field[requests.Accepted]{
	{Key: "pick", Into: func(a *requests.Accepted) any { return &a.Pick }, Kind: form.Hidden, Required: true},
	{Key: "qty", Into: func(a *requests.Accepted) any { return &a.Qty }, Required: true, Most: 40},
	{Key: "why", Into: func(a *requests.Accepted) any { return &a.Why }, OneOf: requests.Whys, Enum: "requests.why"},
	{Key: "note", Into: func(a *requests.Accepted) any { return &a.Note }, Most: 100},
}}

var signPaper = form.Of[requests.Handing]{Name: "requests.sign", Fields: []form.Field[requests.Handing]{
	form.LinesOf("lines", func(h *requests.Handing) *[]requests.Accepted { return &h.Lines }, &arrivedLine, linesMost),
	form.LinesOf("old", func(h *requests.Handing) *[]requests.Back { return &h.Old }, &backLine, linesMost),
	{Key: "signature", Into: func(h *requests.Handing) any { return &h.Signature }, Kind: form.Signature, Most: 140_000, Required: true},
}}

var deliverPaper = form.Of[requests.Handing]{Name: "requests.deliver", Fields: []form.Field[requests.Handing]{
	form.LinesOf("lines", func(h *requests.Handing) *[]requests.Accepted { return &h.Lines }, &arrivedLine, linesMost),
	form.LinesOf("old", func(h *requests.Handing) *[]requests.Back { return &h.Old }, &backLine, linesMost),
	{Key: "receiver", Into: func(h *requests.Handing) any { return &h.Receiver }, Ref: "drawers", Required: true},
	{Key: "signature", Into: func(h *requests.Handing) any { return &h.Signature }, Kind: form.Signature, Most: 140_000, Required: true},
}}

// signing is the ward's phone: what was brought is counted, and signed for.
func signing(r *web.Req) error { return arrived(r, "sign", &signPaper) }

// delivering is the carrier's phone, on which somebody of the ward signs.
func delivering(r *web.Req) error { return arrived(r, "deliver", &deliverPaper) }

func arrived(r *web.Req, step string, spec form.Any) error {
	q, err := one(r)
	if err != nil {
		return err
	}
	if q.State != requests.Out {
		return r.Go("/requests/" + q.ID)
	}
	if !slices.ContainsFunc(requests.Life.Open(r.By, &q), func(b flow.Button) bool { return b.Name == step }) {
		return fault.New(fault.Forbidden, "requests.not_carrier")
	}
	f, err := receiving(r, &q, spec, ui.Form{Action: "/requests/" + q.ID + "/" + step, Submit: r.T("requests.request." + step), Intro: r.T("requests.arrive.intro")})
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: r.T("requests.request." + step), Sub: q.Number + " · " + q.Asker(), Back: &ui.Link{Label: q.Number, Href: "/requests/" + q.ID}, Body: ui.Ask(r.W2, f)}, nil)
}

func sign(r *web.Req) error {
	return web.Submit(r, &signPaper, signing, func(tx *db.Tx, h *requests.Handing) (web.Done, error) {
		q, err := requests.Sign(r.Context(), tx, r.PathValue("id"), r.Version(), *h)
		return done(q, "requests.done.signed"), err
	})
}

func deliver(r *web.Req) error {
	return web.Submit(r, &deliverPaper, delivering, func(tx *db.Tx, h *requests.Handing) (web.Done, error) {
		q, err := requests.Deliver(r.Context(), tx, r.PathValue("id"), r.Version(), *h)
		return done(q, "requests.done.signed"), err
	})
}

type fetchings struct{ Lines []requests.Fetching }

var fetchPaper = form.Of[fetchings]{Name: "requests.fetch", Fields: []form.Field[fetchings]{
	form.LinesOf("lines", func(f *fetchings) *[]requests.Fetching { return &f.Lines }, &fetchLine, linesMost)}}

var fetchLine = form.Of[requests.Fetching]{Name: "requests.fetching", Fields: []form.Field[requests.Fetching]{
	{Key: "line", Into: func(f *requests.Fetching) any { return &f.Line }, Kind: form.Hidden, Required: true},
	{Key: "qty", Into: func(f *requests.Fetching) any { return &f.Qty }, Required: true, Most: 40},
}}

// fetching is where the rest of lines is brought from the stores that were chosen for
// it; it begins with all that is open, or as much as there is.
func fetching(r *web.Req) error {
	q, err := one(r)
	if err != nil {
		return err
	}
	items, err := itemsOf(r, &q)
	if err != nil {
		return err
	}
	var all fetchings
	has := map[int64]quantity.Qty{}
	from := map[int64]string{}
	for _, l := range q.Lines {
		if l.Way != "move" || l.Left() == 0 {
			continue
		}
		free, err := requests.Free(r.Context(), r.Read(), l.FromStore, []string{l.Given()})
		if err != nil {
			return err
		}
		if from[l.Line], err = r.Label("stores", l.FromStore); err != nil {
			return err
		}
		has[l.Line] = free[l.Given()]
		n := requests.Fetching{Line: l.Line, Qty: "0"}
		if k := min(l.Left(), has[l.Line]); k > 0 {
			n.Qty = typed(items[l.Given()], k)
		}
		all.Lines = append(all.Lines, n)
	}
	if len(all.Lines) == 0 {
		return r.Go("/requests/" + q.ID)
	}
	return rows(r, &q, &fetchPaper, &all, ui.Form{Action: "/requests/" + q.ID + "/fetch", Submit: r.T("requests.request.fetch")}, r.T("requests.request.fetch"), r.T("requests.fetch.intro"),
		func(l *requests.Line) []string {
			i := items[l.Given()]
			return []string{i.Title(), from[l.Line], i.Say(l.Left()), i.Say(has[l.Line])}
		}, "requests.line.item", "requests.choice.from", "requests.line.left", "requests.line.there")
}

func fetch(r *web.Req) error {
	return web.Submit(r, &fetchPaper, fetching, func(tx *db.Tx, f *fetchings) (web.Done, error) {
		q, err := requests.Fetch(r.Context(), tx, r.PathValue("id"), r.Version(), f.Lines)
		return web.Done{To: "/requests/" + q.ID + "/decide", Say: "requests.done.fetched", Args: []string{q.Number}, Data: q}, err
	})
}

var lookedPaper = form.Of[requests.Looked]{Name: "requests.looked", Fields: []form.Field[requests.Looked]{
	{Key: "outcome", Into: func(l *requests.Looked) any { return &l.Outcome }, Kind: form.Cards, OneOf: requests.Outcomes, Enum: "requests.outcome", Required: true},
	{Key: "note", Into: func(l *requests.Looked) any { return &l.Note }, Most: 200, Hint: true},
}}

// returns is the register of what wards did not accept.
func returns(r *web.Req) error {
	return r.List(&requests.Returns, requests.Scope(r.By), web.ListPage{Page: ui.Page{Tabs: listTabs(r)}})
}

func returned(r *web.Req) error {
	b, err := requests.ReturnByID(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(b)
	}
	facts := []ui.Fact{{Label: r.T("requests.returns.qty"), Text: b.Say(b.Qty)}, {Label: r.T("requests.returns.why"), Text: r.T("requests.why." + b.Why), Sub: b.Note},
		{Label: r.T("requests.returns.department"), Text: b.DepartmentName, Sub: b.ByName}, {Label: r.T("requests.returns.number"), Text: b.Number, Href: "/requests/" + b.Request},
		{Label: r.T("requests.returns.tour_number"), Text: b.TourNumber}, {Label: r.T("requests.pick.lot"), Text: b.Lot}, {Label: r.T("requests.pick.bin"), Text: b.BinCode},
		{Label: r.T("requests.returns.at"), Text: r.When(b.At)}}
	facts = slices.DeleteFunc(facts, func(f ui.Fact) bool { return f.Text == "" })
	p := ui.Page{Heading: b.Title(), Sub: r.T("requests.returns"), Back: &ui.Link{Label: r.T("requests.returns"), Href: "/tour-returns"}, Live: []string{requests.ReturnNoun},
		Mark: &ui.Mark{Word: r.T("requests.return.open"), Tone: ui.Soon}}
	if !b.Open {
		p.Mark = &ui.Mark{Word: r.T("requests.outcome." + b.Outcome), Tone: ui.Done}
		facts = append(facts, ui.Fact{Label: r.T("requests.returns.found"), Text: b.SettledName + " " + b.Found, Sub: r.When(b.SettledAt), Wide: true})
	}
	body := ui.Facts(facts...)
	if b.Open && r.By.MayIn(requests.MayServe, b.Keeping) {
		f, err := r.Form(&lookedPaper, &requests.Looked{Outcome: "shelf"}, ui.Form{Action: "/tour-returns/" + b.ID + "/take-in", Submit: r.T("requests.do.take_in")})
		if err != nil {
			return err
		}
		body = ui.Below(body, ui.Section(r.T("requests.do.take_in"), ui.Ask(r.W2, f)))
	}
	story, err := r.Story(requests.ReturnNoun, b.ID)
	if err != nil {
		return err
	}
	p.Body = ui.Below(body, ui.Section(r.T("requests.story"), story))
	return r.Show(p, nil)
}

func takeIn(r *web.Req) error {
	return web.Submit(r, &lookedPaper, returned, func(tx *db.Tx, l *requests.Looked) (web.Done, error) {
		b, err := requests.TakeIn(r.Context(), tx, r.PathValue("id"), *l)
		return web.Done{To: "/tour-returns/" + b.ID, Say: "requests.done.taken_in", Data: b}, err
	})
}
