package wardstoresweb

import (
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
	"houqin/internal/wardstores"
)

var outLine = form.Of[wardstores.Out]{Name: "wardstores.out", Fields: []form.Field[wardstores.Out]{
	{Key: "item", Into: func(o *wardstores.Out) any { return &o.Item }, Kind: form.Hidden, Required: true},
	{Key: "qty", Into: func(o *wardstores.Out) any { return &o.Qty }, Most: 40},
}}

var backPaper = form.Of[wardstores.Sending]{Name: "wardstores.sending", Fields: []form.Field[wardstores.Sending]{
	{Key: "store", Into: func(s *wardstores.Sending) any { return &s.Store }, Kind: form.Hidden, Required: true},
	{Key: "to", Into: func(s *wardstores.Sending) any { return &s.To }, Ref: "main_stores", Required: true},
	form.LinesOf("lines", func(s *wardstores.Sending) *[]wardstores.Out { return &s.Lines }, &outLine, linesMost),
	{Key: "reason", Into: func(s *wardstores.Sending) any { return &s.Reason }, Required: true, Most: 200},
}}

// backs is the register of what wards gave back to the main stores.
func backs(r *web.Req) error {
	p := web.ListPage{Page: ui.Page{Tabs: tabs(r)}}
	if r.By.May(wardstores.MayUse) {
		p.Page.Actions = []ui.Action{{Name: "new", Label: r.T("wardstores.do.back"), Href: "/ward-stores/returns/new", Icon: "plus", Tone: ui.Accent}}
	}
	return r.List(&wardstores.Backwards, wardstores.BackScope(r.By), p)
}

// blankBack lists everything that lies in the ward's store; what is filled in goes back.
func blankBack(r *web.Req) error {
	s, all, err := own(r)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return none(r, r.T("wardstores.do.back"))
	}
	held, err := wardstores.HeldIn(r.Context(), r.Read(), s.ID)
	if err != nil {
		return err
	}
	to, err := mainStores(r.Context(), r.Read())
	if err != nil {
		return err
	}
	in, known := wardstores.Sending{Store: s.ID}, map[string][]string{}
	if len(to) > 0 {
		in.To = to[0].ID
	}
	for _, h := range held {
		if h.Qty > 0 {
			in.Lines = append(in.Lines, wardstores.Out{Item: h.Item})
			known[h.Item] = []string{h.Title(), h.Say(h.Qty)}
		}
	}
	f, err := r.Form(&backPaper, &in, ui.Form{Action: "/ward-stores/returns", Submit: r.T("wardstores.do.back"), Intro: r.T("wardstores.sending.intro"), Cancel: "/ward-store?store=" + s.ID})
	if err != nil {
		return err
	}
	f.Tell(func(item string) []string { return known[item] }, r.T("wardstores.take.item"), r.T("wardstores.there"))
	return r.Show(ui.Page{Heading: r.T("wardstores.do.back"), Sub: s.Name, Back: &ui.Link{Label: r.T("wardstores.backs"), Href: "/ward-stores/returns"}, Body: ui.Ask(r.W2, f)}, nil)
}

func send(r *web.Req) error {
	return web.Submit(r, &backPaper, blankBack, func(tx *db.Tx, in *wardstores.Sending) (web.Done, error) {
		b, err := wardstores.Send(r.Context(), tx, *in)
		return backDone(b, "wardstores.done.sent"), err
	})
}

func backDone(b wardstores.Backward, say string) web.Done {
	return web.Done{To: "/ward-stores/returns/" + b.ID, Say: say, Args: []string{b.Number}, Data: b}
}

func back(r *web.Req) error {
	b, err := wardstores.BackByID(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(b)
	}
	tone := ui.Quiet
	if b.Open {
		tone = ui.Soon
	}
	p := ui.Page{Heading: b.Number, Sub: b.StoreName + " → " + b.ToName, Back: &ui.Link{Label: r.T("wardstores.backs"), Href: "/ward-stores/returns"}, Live: []string{wardstores.BackNoun},
		Mark: &ui.Mark{Word: r.T(wardstores.BackNoun + ".state." + string(b.State)), Tone: tone}}
	if p.Actions, err = r.Buttons(wardstores.BackNoun, "/ward-stores/returns/"+b.ID, b.Version, wardstores.BackLife.Open(r.By, &b)); err != nil {
		return err
	}
	var ids []string
	for _, l := range b.Lines {
		ids = append(ids, l.Item)
	}
	items, err := catalog.Few(r.Context(), r.Read(), ids)
	if err != nil {
		return err
	}
	t := ui.Table{ID: "lines", Bare: true, Caption: r.T("wardstores.sheet"), Columns: []ui.Head{{Label: r.T("wardstores.take.item")}, {Label: r.T("wardstores.out.qty"), Num: true}}}
	for _, l := range b.Lines {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: items[l.Item].Title(), Sub: items[l.Item].Number}, {Text: items[l.Item].Say(l.Qty), Num: true}}})
	}
	facts := []ui.Fact{{Label: r.T("wardstores.backs.by_name"), Text: b.ByName, Sub: r.When(b.At)}, {Label: r.T("wardstores.backs.ended_name"), Text: b.EndedName, Sub: r.When(b.EndedAt)},
		{Label: r.T("wardstores.backs.document_number"), Text: b.DocumentNumber}, {Label: r.T("wardstores.backs.reason"), Text: b.Reason, Wide: true}, {Label: r.T("wardstores.backs.ended_note"), Text: b.EndedNote, Wide: true}}
	facts = slices.DeleteFunc(facts, func(f ui.Fact) bool { return f.Text == "" })
	story, err := r.Story(wardstores.BackNoun, b.ID, b.Number)
	if err != nil {
		return err
	}
	p.Body = ui.Below(ui.Facts(facts...), ui.Section(r.T("wardstores.sheet"), ui.List(r.W2, t)), ui.Section(r.T("wardstores.story"), story))
	return r.Show(p, nil)
}

func takeIn(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		b, err := wardstores.TakeIn(r.Context(), tx, r.PathValue("id"), r.Version())
		return backDone(b, "wardstores.done.taken"), err
	})
}

func keepBack(r *web.Req) error {
	return web.Submit(r, &wardstores.WhyForm, back, func(tx *db.Tx, why *wardstores.Why) (web.Done, error) {
		b, err := wardstores.Keep(r.Context(), tx, r.PathValue("id"), r.Version(), *why)
		return backDone(b, "wardstores.done.dropped"), err
	})
}
