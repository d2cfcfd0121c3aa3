package wardstoresweb

import (
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/wardstores"
	"houqin/internal/warehouse"
)

// signs is a step that asks for a word.
type signs func(context.Context, *db.Tx, string, int64, wardstores.Remark) (wardstores.Count, error)

var lossPaper = form.Of[wardstores.Report]{Name: "wardstores.report", Fields: []form.Field[wardstores.Report]{
	{Key: "store", Into: func(l *wardstores.Report) any { return &l.Store }, Kind: form.Hidden, Required: true},
	{Key: "item", Into: func(l *wardstores.Report) any { return &l.Item }, Kind: form.Choice, Required: true},
	{Key: "qty", Into: func(l *wardstores.Report) any { return &l.Qty }, Required: true, Most: 40},
	{Key: "cause", Into: func(l *wardstores.Report) any { return &l.Cause }, Kind: form.Cards, OneOf: wardstores.Causes[:3], Enum: "wardstores.cause", Required: true},
	{Key: "how", Into: func(l *wardstores.Report) any { return &l.How }, Required: true, Most: 200},
	{Key: "lot", Into: func(l *wardstores.Report) any { return &l.Lot }, Most: 60},
}}

var applyPaper = form.Of[wardstores.Application]{Name: "wardstores.apply", Fields: []form.Field[wardstores.Application]{
	{Key: "careless", Into: func(a *wardstores.Application) any { return &a.Careless }},
	{Key: "responsible", Into: func(a *wardstores.Application) any { return &a.Responsible }, Ref: "ward_people", Hint: true},
}}

// losses is the loss account.
func losses(r *web.Req) error {
	p := web.ListPage{Page: ui.Page{Tabs: tabs(r)}}
	if r.By.May(wardstores.MayUse) {
		p.Page.Actions = []ui.Action{{Name: "new", Label: r.T("wardstores.do.report"), Href: "/ward-stores/losses/new", Icon: "plus", Tone: ui.Accent}}
	}
	return r.List(&wardstores.Losses, wardstores.Scope(r.By), p)
}

func blankLoss(r *web.Req) error {
	s, all, err := own(r)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return none(r, r.T("wardstores.do.report"))
	}
	f, err := r.Form(&lossPaper, &wardstores.Report{Store: s.ID}, ui.Form{Action: "/ward-stores/losses", Submit: r.T("wardstores.do.report"), Intro: r.T("wardstores.report.intro"), Cancel: "/ward-stores/losses"})
	if err != nil {
		return err
	}
	if err := offer(r, &f, &s); err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: r.T("wardstores.do.report"), Sub: s.Name, Narrow: true, Back: &ui.Link{Label: r.T("wardstores.losses"), Href: "/ward-stores/losses"}, Body: ui.Ask(r.W2, f)}, nil)
}

// offer makes what lies in a store the choices of the form's item.
func offer(r *web.Req, f *ui.Form, s *warehouse.Store) error {
	held, err := wardstores.HeldIn(r.Context(), r.Read(), s.ID)
	for n := range f.Fields {
		if x := &f.Fields[n]; x.Name == "item" {
			for _, h := range held {
				if h.Qty > 0 {
					x.Options = append(x.Options, ui.Option{Value: h.Item, Label: h.Title() + " · " + h.Say(h.Qty)})
				}
			}
		}
	}
	return err
}

func lose(r *web.Req) error {
	return web.Submit(r, &lossPaper, blankLoss, func(tx *db.Tx, in *wardstores.Report) (web.Done, error) {
		l, err := wardstores.Lose(r.Context(), tx, *in)
		return lossDone(l, "wardstores.done.reported"), err
	})
}

func lossDone(l wardstores.Loss, say string) web.Done {
	return web.Done{To: "/ward-stores/losses/" + l.ID, Say: say, Args: []string{l.Number}, Data: l}
}

// loss is one entry of the loss account.
func loss(r *web.Req) error {
	l, err := wardstores.LossByID(r.Context(), r.Read(), r.By, r.PathValue("id"))
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(l)
	}
	tone := ui.Quiet
	if l.Open {
		tone = ui.Soon
	}
	p := ui.Page{Heading: l.Title(), Sub: l.Number + " · " + l.StoreName, Back: &ui.Link{Label: r.T("wardstores.losses"), Href: "/ward-stores/losses"}, Live: []string{wardstores.LossNoun},
		Mark: &ui.Mark{Word: r.T(wardstores.LossNoun + ".state." + string(l.State)), Tone: tone}}
	if p.Actions, err = r.Buttons(wardstores.LossNoun, "/ward-stores/losses/"+l.ID, l.Version, wardstores.LossLife.Open(r.By, &l)); err != nil {
		return err
	}
	for n := range p.Actions { // applying asks whether somebody was careless
		a := &p.Actions[n]
		if a.Name == "apply" {
			f, err := r.Form(&applyPaper, nil, ui.Form{ID: "apply", Action: a.Post, Submit: a.Label, Version: web.VersionText(l.Version), Intro: r.T("wardstores.apply.intro")})
			if err != nil {
				return err
			}
			a.Post, a.Hidden, a.Ask, a.Open = "", nil, &f, r.Failed(&applyPaper) != nil
		}
	}
	facts := []ui.Fact{{Label: r.T("wardstores.losses.qty"), Text: l.Say(l.Qty)}, {Label: r.T("wardstores.losses.cause"), Text: r.T("wardstores.cause." + l.Cause)},
		{Label: r.T("wardstores.losses.amount"), Text: r.W2.Money(l.Amount), Sub: r.T("ui.yuan"), Num: true}, {Label: r.T("wardstores.losses.by_name"), Text: l.ByName, Sub: r.When(l.At)},
		{Label: r.T("wardstores.losses.how"), Text: l.How, Wide: true}, {Label: r.T("wardstores.losses.lot"), Text: l.Lot}, {Label: r.T("wardstores.losses.paper"), Text: l.Paper, Sub: l.AppliedName},
		{Label: r.T("wardstores.losses.responsible_name"), Text: l.ResponsibleName}, {Label: r.T("wardstores.losses.document_number"), Text: l.DocumentNumber}, {Label: r.T("wardstores.losses.reason"), Text: reason(r, &l), Wide: true}}
	if l.Pays > 0 {
		f := ui.Fact{Label: r.T("wardstores.losses.pays"), Text: r.W2.Money(l.Pays), Sub: r.T("wardstores.paid_so_far", l.Paid), Num: true, Tone: ui.Soon}
		if l.PaidAt != 0 {
			f.Sub, f.Tone = r.When(l.PaidAt)+" "+l.PaidName, ui.Plain
		}
		facts = append(facts, f)
	}
	if l.Count != "" {
		facts = append(facts, ui.Fact{Label: r.T("wardstores.losses.count"), Text: r.T("wardstores.sheet"), Href: "/ward-stores/counts/" + l.Count})
	}
	facts = slices.DeleteFunc(facts, func(f ui.Fact) bool { return f.Text == "" })
	story, err := r.Story(wardstores.LossNoun, l.ID, l.Number)
	if err != nil {
		return err
	}
	p.Body = ui.Facts(facts...)
	payments, err := wardstores.PaymentsOf(r.Context(), r.Read(), l.ID)
	if err != nil {
		return err
	}
	if len(payments) > 0 {
		t := ui.Table{ID: "payments", Bare: true, Caption: r.T("wardstores.payments"), Columns: []ui.Head{{Label: r.T("wardstores.paying.way")}, {Label: r.T("wardstores.paying.amount"), Num: true},
			{Label: r.T("wardstores.paying.month")}, {Label: r.T("wardstores.losses.paid_at")}}}
		for _, x := range payments {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: r.T("wardstores.payway." + x.Way)}, {Text: r.W2.Money(x.Amount), Num: true}, {Text: string(x.Month)}, {Text: r.When(x.At), Sub: x.ByName}}})
		}
		p.Body = ui.Below(p.Body, ui.Section(r.T("wardstores.payments"), ui.List(r.W2, t)))
	}
	p.Body = ui.Below(p.Body, ui.Section(r.T("wardstores.story"), story))
	return r.Show(p, nil)
}

// reason is a sentence of somebody, or the word for why the books could not follow.
func reason(r *web.Req, l *wardstores.Loss) string {
	if r.W2.Has(l.Reason) {
		return r.T("wardstores.stuck")
	}
	return l.Reason
}

func apply(r *web.Req) error {
	return web.Submit(r, &applyPaper, loss, func(tx *db.Tx, a *wardstores.Application) (web.Done, error) {
		l, err := wardstores.Apply(r.Context(), tx, r.PathValue("id"), r.Version(), *a)
		return lossDone(l, "wardstores.done.applied"), err
	})
}

func dropLoss(r *web.Req) error {
	return web.Submit(r, &wardstores.WhyForm, loss, func(tx *db.Tx, why *wardstores.Why) (web.Done, error) {
		l, err := wardstores.Drop(r.Context(), tx, r.PathValue("id"), r.Version(), *why)
		return lossDone(l, "wardstores.done.dropped"), err
	})
}

func pay(r *web.Req) error {
	return web.Submit(r, &wardstores.PayForm, loss, func(tx *db.Tx, p *wardstores.Paying) (web.Done, error) {
		l, err := wardstores.Pay(r.Context(), tx, r.PathValue("id"), r.Version(), *p)
		return lossDone(l, "wardstores.done.paid"), err
	})
}
