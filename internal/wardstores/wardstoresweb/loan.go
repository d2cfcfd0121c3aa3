package wardstoresweb

import (
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/wardstores"
)

var loanPaper = form.Of[wardstores.Lending]{Name: "wardstores.lending", Fields: []form.Field[wardstores.Lending]{
	{Key: "store", Into: func(l *wardstores.Lending) any { return &l.Store }, Kind: form.Hidden, Required: true},
	{Key: "item", Into: func(l *wardstores.Lending) any { return &l.Item }, Kind: form.Choice},
	{Key: "what", Into: func(l *wardstores.Lending) any { return &l.What }, Most: 80, Hint: true},
	{Key: "qty", Into: func(l *wardstores.Lending) any { return &l.Qty }, Required: true, Most: 40},
	{Key: "borrower", Into: func(l *wardstores.Lending) any { return &l.Borrower }, Ref: "ward_people", Required: true},
	{Key: "due", Into: func(l *wardstores.Lending) any { return &l.Due }, Required: true},
	{Key: "important", Into: func(l *wardstores.Lending) any { return &l.Important }, Hint: true},
	{Key: "purpose", Into: func(l *wardstores.Lending) any { return &l.Purpose }, Most: 200},
}}

// loans is the loan register (S-038).
func loans(r *web.Req) error {
	p := web.ListPage{Default: "open=true", Page: ui.Page{Tabs: tabs(r)}}
	if r.By.May(wardstores.MayUse) {
		p.Page.Actions = []ui.Action{{Name: "new", Label: r.T("wardstores.do.lend"), Href: "/ward-stores/loans/new", Icon: "plus", Tone: ui.Accent}}
	}
	return r.List(&wardstores.Loans, wardstores.Scope(r.By), p)
}

func blankLoan(r *web.Req) error {
	s, all, err := own(r)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return none(r, r.T("wardstores.do.lend"))
	}
	f, err := r.Form(&loanPaper, &wardstores.Lending{Store: s.ID, Qty: "1", Due: r.Site.DB.Today().AddDays(7)}, ui.Form{Action: "/ward-stores/loans", Submit: r.T("wardstores.do.lend"), Cancel: "/ward-stores/loans"})
	if err != nil {
		return err
	}
	if err := offer(r, &f, &s); err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: r.T("wardstores.do.lend"), Sub: s.Name, Narrow: true, Back: &ui.Link{Label: r.T("wardstores.loans"), Href: "/ward-stores/loans"}, Body: ui.Ask(r.W2, f)}, nil)
}

func lend(r *web.Req) error {
	return web.Submit(r, &loanPaper, blankLoan, func(tx *db.Tx, in *wardstores.Lending) (web.Done, error) {
		l, err := wardstores.Lend(r.Context(), tx, *in)
		return loanDone(l, "wardstores.done.lending"), err
	})
}

func loanDone(l wardstores.Loan, say string) web.Done {
	return web.Done{To: "/ward-stores/loans/" + l.ID, Say: say, Args: []string{l.Number}, Data: l}
}

// loan is one entry of the register: who has what until when.
func loan(r *web.Req) error {
	l, err := wardstores.LoanByID(r.Context(), r.Read(), r.By, r.PathValue("id"))
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
	p := ui.Page{Heading: l.What, Sub: l.Number + " · " + l.StoreName, Back: &ui.Link{Label: r.T("wardstores.loans"), Href: "/ward-stores/loans"}, Live: []string{wardstores.LoanNoun},
		Mark: &ui.Mark{Word: r.T(wardstores.LoanNoun + ".state." + string(l.State)), Tone: tone}}
	if p.Actions, err = r.Buttons(wardstores.LoanNoun, "/ward-stores/loans/"+l.ID, l.Version, wardstores.LoanLife.Open(r.By, &l)); err != nil {
		return err
	}
	signing := ui.None
	p.Actions = slices.DeleteFunc(p.Actions, func(a ui.Action) bool { // the borrower stands here: it is asked on the page itself
		if a.Name != "give" || a.Ask == nil {
			return false
		}
		a.Ask.Draft = false // a signature is no draft
		signing = ui.Section(a.Label, ui.Ask(r.W2, *a.Ask))
		return true
	})
	facts := []ui.Fact{{Label: r.T("wardstores.loans.qty"), Text: r.W2.Number(l.Qty), Num: true}, {Label: r.T("wardstores.loans.borrower_name"), Text: l.BorrowerName, Sub: l.OfName},
		{Label: r.T("wardstores.loans.due"), Text: string(l.Due)}, {Label: r.T("wardstores.loans.lent_name"), Text: l.LentName, Sub: r.When(l.LentAt)},
		{Label: r.T("wardstores.loans.back_name"), Text: l.BackName, Sub: r.When(l.BackAt) + " " + l.BackNote}, {Label: r.T("wardstores.loans.paper"), Text: l.Paper},
		{Label: r.T("wardstores.loans.purpose"), Text: l.Purpose, Wide: true}, {Label: r.T("wardstores.loans.reason"), Text: l.Reason, Wide: true}}
	if l.Important {
		facts = append(facts, ui.Fact{Label: r.T("wardstores.loans.important"), Text: r.T("base.yes"), Tone: ui.Soon})
	}
	sign, err := wardstores.LoanSignature(r.Context(), r.Read(), l.ID)
	if err != nil {
		return err
	}
	if strings.HasPrefix(sign, "data:image/png") {
		facts = append(facts, ui.Fact{Label: r.T("wardstores.giving.signature"), Text: l.BorrowerName, Part: drawn(sign, l.BorrowerName)})
	} else if sign != "" {
		facts = append(facts, ui.Fact{Label: r.T("wardstores.giving.signature"), Text: sign})
	}
	facts = slices.DeleteFunc(facts, func(f ui.Fact) bool { return f.Text == "" })
	story, err := r.Story(wardstores.LoanNoun, l.ID, l.Number)
	if err != nil {
		return err
	}
	p.Body = ui.Below(ui.Facts(facts...), signing, ui.Section(r.T("wardstores.story"), story))
	return r.Show(p, nil)
}

func give(r *web.Req) error {
	return web.Submit(r, &wardstores.GivingForm, loan, func(tx *db.Tx, g *wardstores.Giving) (web.Done, error) {
		l, err := wardstores.Give(r.Context(), tx, r.PathValue("id"), r.Version(), *g)
		return loanDone(l, "wardstores.done.lent"), err
	})
}

func takeBack(r *web.Req) error {
	return web.Submit(r, &wardstores.RemarkForm, loan, func(tx *db.Tx, say *wardstores.Remark) (web.Done, error) {
		l, err := wardstores.TakeBack(r.Context(), tx, r.PathValue("id"), r.Version(), *say)
		return loanDone(l, "wardstores.done.back"), err
	})
}

func dropLoan(r *web.Req) error {
	return web.Submit(r, &wardstores.WhyForm, loan, func(tx *db.Tx, why *wardstores.Why) (web.Done, error) {
		l, err := wardstores.DropLoan(r.Context(), tx, r.PathValue("id"), r.Version(), *why)
		return loanDone(l, "wardstores.done.dropped"), err
	})
}
