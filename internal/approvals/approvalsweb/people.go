package approvalsweb

import (
	"strings"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
)

// handed is a delegation as it is asked for.
type handed struct {
	To, Reason   string
	Since, Until period.Day
	Kinds        []string
	Most         money.Fen
}

var handing = form.Of[handed]{Name: "approvals.handing", Fields: []form.Field[handed]{
	{Key: "to", Into: func(h *handed) any { return &h.To }, Required: true, Ref: "people"},
	{Key: "since", Into: func(h *handed) any { return &h.Since }, Required: true},
	{Key: "until", Into: func(h *handed) any { return &h.Until }, Required: true},
	{Key: "most", Into: func(h *handed) any { return &h.Most }, Hint: true},
	{Key: "reason", Into: func(h *handed) any { return &h.Reason }, Most: 200},
	{Key: "kinds", Into: func(h *handed) any { return &h.Kinds }, OneOf: approvals.Kinds, Enum: "approvals.kind", Hint: true},
}}

// delegations are those a person gave and was given; who sets ways sees all.
func delegations(r *web.Req) error {
	who := r.By.ID
	if r.By.May(approvals.MayRoute) && r.URL.Query().Get("all") != "" {
		who = ""
	}
	today := r.Site.DB.Today()
	all, err := approvals.Delegations(r.Context(), r.Read(), who, today)
	if err != nil {
		return err
	}
	t := ui.Table{ID: "delegations", Caption: r.T("approvals.delegations"), Bare: true, Empty: ui.Nothing{Text: r.T("approvals.delegations.none")},
		Columns: []ui.Head{{Label: r.T("approvals.delegation")}, {Label: r.T("approvals.stands")}, {Label: r.T("approvals.delegation.days")}, {Label: r.T("approvals.delegation.scope")}, {Label: r.T("approvals.handing.reason")}}}
	var ending []ui.Action
	for _, d := range all {
		state, tone := "holds", ui.Done
		switch {
		case d.EndedAt != 0 || d.Until < today:
			state, tone = "over", ui.Quiet
		case d.Since > today:
			state, tone = "ahead", ui.Soon
		}
		t.Rows = append(t.Rows, ui.Row{Quiet: state == "over", Cells: []ui.Cell{{Text: d.FromName + " → " + d.ToName}, {Text: r.T("approvals.delegation." + state), State: true, Tone: tone},
			{Text: r.W2.Day(d.Since) + " – " + r.W2.Day(d.Until)}, {Text: scope(r, &d)}, {Text: d.Reason}}})
		if state != "over" {
			ending = append(ending, ui.Action{Name: "end-" + d.ID, Label: r.T("approvals.delegation.end", d.FromName, d.ToName), Post: "/approvals/delegations/" + d.ID + "/end", Tone: ui.Danger,
				Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}}})
		}
	}
	f, err := r.Form(&handing, &handed{Since: today}, ui.Form{Action: "/approvals/delegations", Submit: r.T("approvals.delegate")})
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: r.T("approvals.delegations"), Sub: r.T("approvals.delegations.sub"), Back: &ui.Link{Label: r.T("approvals.decisions"), Href: "/approvals"}, Live: []string{approvals.DelegationNoun},
		Body: ui.Below(ui.Section("", ui.Below(ui.List(r.W2, t), ui.Buttons(r.W2, ending...))), ui.Section(r.T("approvals.delegate"), ui.Ask(r.W2, f)))}, all)
}

func scope(r *web.Req, d *approvals.Delegation) string {
	said := r.T("approvals.kinds.all")
	if d.Kinds != "" {
		var names []string
		for k := range strings.SplitSeq(d.Kinds, ",") {
			names = append(names, approvals.SayKind(r.W2, k))
		}
		said = r.W2.List(names)
	}
	if d.Most > 0 {
		said += r.T("approvals.comma") + r.T("approvals.amount.upto", r.W2.Money(d.Most))
	}
	return said
}

func delegate(r *web.Req) error {
	return web.Submit(r, &handing, delegations, func(tx *db.Tx, h *handed) (web.Done, error) {
		d := approvals.Delegation{To: h.To, Since: h.Since, Until: h.Until, Kinds: strings.Join(h.Kinds, ","), Most: h.Most, Reason: h.Reason}
		err := approvals.Delegate(r.Context(), tx, &d)
		return web.Done{To: "/approvals/delegations", Say: "approvals.done.delegated", Args: []string{d.ToName}, Data: d}, err
	})
}

func endDelegation(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		return web.Done{To: "/approvals/delegations", Say: "approvals.done.delegation_ended"}, approvals.EndDelegation(r.Context(), tx, r.PathValue("id"))
	})
}

var seating = form.Of[approvals.Holding]{Name: "approvals.seating", Fields: []form.Field[approvals.Holding]{
	{Key: "post", Into: func(h *approvals.Holding) any { return &h.Post }, Required: true, OneOf: approvals.Posts, Enum: "approvals.post"},
	{Key: "person", Into: func(h *approvals.Holding) any { return &h.Person }, Required: true, Ref: "people"},
	{Key: "from", Into: func(h *approvals.Holding) any { return &h.From }},
	{Key: "until", Into: func(h *approvals.Holding) any { return &h.Until }},
}}

// posts says who sits where, and which posts nobody holds.
func posts(r *web.Req) error {
	all, err := approvals.Holdings(r.Context(), r.Read(), r.Site.DB.Today())
	if err != nil {
		return err
	}
	stuck, err := approvals.Stuck(r.Context(), r.Read(), onPage)
	if err != nil {
		return err
	}
	t := ui.Table{ID: "posts", Caption: r.T("approvals.posts"), Bare: true, Columns: []ui.Head{{Label: r.T("approvals.seating.post")}, {Label: r.T("approvals.seating.person")}, {Label: r.T("approvals.superior"), Named: true}, {Label: r.T("approvals.delegation.days")}, {Label: r.T("approvals.person")}, {Label: ""}}}
	var ending []ui.Action
	for _, post := range approvals.Posts {
		held := false
		superior := r.T("approvals.superior.none")
		if s := approvals.Superiors[post]; s != "" {
			superior = r.T("approvals.post." + s)
		}
		for _, h := range all {
			if h.Post != post {
				continue
			}
			held = true
			days := r.W2.Day(h.From) + " –"
			if h.Until != "" {
				days += " " + r.W2.Day(h.Until)
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: r.T("approvals.post." + post)}, {Text: h.PersonName}, {Text: superior}, {Text: days}, {Text: h.ByName}, {Text: r.T("approvals.unseating"), Href: "/approvals/posts?leave=" + h.ID}}})
			if h.ID != r.URL.Query().Get("leave") {
				continue
			}
			ending = append(ending, ui.Action{Name: "keep", Label: r.T("approvals.unseat.not"), Href: "/approvals/posts"}, ui.Action{Name: "unseat-" + h.ID, Label: r.T("approvals.unseat", h.PersonName, r.T("approvals.post."+post)), Post: "/approvals/posts/" + h.ID + "/unseat", Tone: ui.Danger,
				Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}}})
		}
		if !held {
			t.Rows = append(t.Rows, ui.Row{Tone: ui.Soon, Cells: []ui.Cell{{Text: r.T("approvals.post." + post)}, {Text: r.T("approvals.nobody_sits"), Tone: ui.Soon}, {Text: superior}, {}, {}, {}}})
		}
	}
	f, err := r.Form(&seating, &approvals.Holding{From: r.Site.DB.Today()}, ui.Form{ID: "seat", Action: "/approvals/posts", Submit: r.T("approvals.seat")})
	if err != nil {
		return err
	}
	body := ui.Below(ui.Section("", ui.List(r.W2, t)), ui.Section(r.T("approvals.seat"), ui.Ask(r.W2, f)))
	if len(ending) > 0 {
		body = ui.Below(ui.Section(r.T("approvals.unseating"), ui.Buttons(r.W2, ending...)), body)
	}
	if len(stuck) > 0 {
		body = ui.Below(ui.Section(r.T("approvals.stuck"), ui.List(r.W2, caseTable(r, "stuck", r.T("approvals.stuck"), stuck))), body)
	}
	return r.Show(ui.Page{Heading: r.T("approvals.posts"), Sub: r.T("approvals.posts.sub"), Back: &ui.Link{Label: r.T("approvals.routes"), Href: "/approvals/routes"}, Live: []string{approvals.PostNoun}, Body: body}, all)
}

func seat(r *web.Req) error {
	return web.Submit(r, &seating, posts, func(tx *db.Tx, h *approvals.Holding) (web.Done, error) {
		err := approvals.Seat(r.Context(), tx, h)
		return web.Done{To: "/approvals/posts", Say: "approvals.done.seated", Args: []string{h.PersonName}, Data: h}, err
	})
}

func unseat(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		return web.Done{To: "/approvals/posts", Say: "approvals.done.unseated"}, approvals.Unseat(r.Context(), tx, r.PathValue("id"))
	})
}

type delivery struct{ Paper string }

var delivering = form.Of[delivery]{Name: "approvals.delivering", Fields: []form.Field[delivery]{
	{Key: "paper", Into: func(d *delivery) any { return &d.Paper }, Required: true, Most: 120, Hint: true},
}}

func debts(r *web.Req) error {
	return r.List(&approvals.Debts, approvals.DebtScope(r.By), web.ListPage{Default: "waiting=true", Empty: ui.Nothing{Text: r.T("approvals.debts.none"), Icon: "circle-check"}})
}

func debt(r *web.Req) error {
	d, err := approvals.Debts.Get(r.Context(), r.Read(), approvals.DebtScope(r.By).And("d.id = ?", r.PathValue("id")))
	if err != nil {
		return err
	}
	now := r.Read().Moment()
	facts := []ui.Fact{{Label: r.T("approvals.debts.paper"), Text: r.T("approvals.paper." + d.Paper)}, {Label: r.T("approvals.debts.number"), Text: d.Number},
		{Label: r.T("approvals.debts.person_name"), Text: d.PersonName}, {Label: r.T("approvals.debts.department"), Text: d.DepartmentName},
		{Label: r.T("approvals.debts.due"), Text: r.W2.Instant(d.Due, now), Tone: ui.Tone(d.Tone(now))}, {Label: r.T("approvals.debts.clause"), Text: d.Clause, Href: "/rules/" + d.Clause},
		{Label: r.T("approvals.debts.reports"), Text: r.W2.Number(d.Reports), Num: true}}
	p := ui.Page{Heading: d.Title, Sub: d.Number, Back: &ui.Link{Label: r.T("approvals.debts"), Href: "/approvals/debts"}, Live: []string{approvals.DebtNoun}}
	switch {
	case d.Waiting && !d.OwedFrom(r.By):
	case d.Waiting:
		f, err := r.Form(&delivering, nil, ui.Form{ID: "settle", Action: "/approvals/debts/" + d.ID + "/settle", Submit: r.T("approvals.settle")})
		if err != nil {
			return err
		}
		p.Actions = []ui.Action{{Name: "settle", Label: r.T("approvals.settle"), Tone: ui.Accent, Ask: &f, Open: r.Failed(&delivering) != nil}}
	default:
		p.Mark = &ui.Mark{Word: r.T("approvals.settled.mark"), Tone: ui.Done}
		facts = append(facts, ui.Fact{Label: r.T("approvals.debts.settled_paper"), Text: d.SettledPaper, Sub: d.SettledName})
	}
	story, err := r.Story(approvals.DebtNoun, d.ID)
	if err != nil {
		return err
	}
	p.Body = ui.Below(ui.Section("", ui.Facts(facts...)), ui.Section(r.T("approvals.story"), story))
	return r.Show(p, d)
}

func settle(r *web.Req) error {
	return web.Submit(r, &delivering, debt, func(tx *db.Tx, w *delivery) (web.Done, error) {
		d, err := approvals.Deliver(r.Context(), tx, r.PathValue("id"), w.Paper)
		return web.Done{To: "/approvals/debts/" + d.ID, Say: "approvals.done.settled", Data: d}, err
	})
}
