package approvalsweb

import (
	"slices"
	"strings"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
)

// picked are the cases that were ticked, each with the digest of what was shown:
// "<id>.<digest>".
type picked struct{ Picks []string }

var batch = form.Of[picked]{Name: "approvals.batch", Fields: []form.Field[picked]{
	{Key: "picks", Into: func(p *picked) any { return &p.Picks }, Required: true},
}}

// onPage is how many cards there are at once.
const onPage = 50

// card is what somebody needs to decide, on one card.
type card struct {
	Pick, Href   string
	Number, Kind string
	Title        string
	Amount       string
	Fen          int64
	Ticked       bool
	Reason       string
	Asked        string
	For          string
	When         string
	Tone         ui.Tone
	Beside       string
	Reminded     string
	Facts        []ui.Fact
}

// decisions are the cards of what waits for this person, and what they were asked to
// say something about.
func decisions(r *web.Req) error { return cardsPage(r, stopper{}) }

// stopper is the paper that stopped a batch: its number, and the tick that it had.
type stopper struct{ number, pick string }

// cardsPage draws the cards; after a batch that was stopped with its ticks, but that of
// the paper that stopped it.
func cardsPage(r *web.Req, at stopper) error {
	all, err := approvals.DecisionsFor(r.Context(), r.Read(), r.By, onPage)
	if err != nil {
		return err
	}
	asked, err := approvals.OpinionsFrom(r.Context(), r.Read(), r.By, onPage)
	if err != nil {
		return err
	}
	p := desk{Key: r.NewKey(), Cards: cards(r, all), Empty: ui.Nothing{Text: r.T("approvals.none"), Icon: "circle-check"}}
	if in, err := r.Kept(&batch); err != nil {
		p.Wrong = r.T("approvals.batch.none")
		if at.number != "" {
			p.Wrong = r.T("approvals.batch.stopped", at.number)
		}
		for i := range p.Cards {
			c := &p.Cards[i]
			c.Ticked = c.Pick != at.pick && slices.Contains(in.Values["picks"], c.Pick)
		}
	}
	if len(asked) > 0 {
		t := caseTable(r, "opinions", r.T("approvals.opinions.asked"), asked)
		p.Opinions = &t
	}
	return r.Show(ui.Page{Heading: r.T("approvals.decisions"), Live: []string{approvals.Noun}, Body: deskBody(r.W2, p), Actions: []ui.Action{
		{Name: "delegations", Label: r.T("approvals.delegations"), Href: "/approvals/delegations", Icon: "users"}}}, all)
}

type desk struct {
	Key      string
	Cards    []card
	Wrong    string
	Empty    ui.Nothing
	Opinions *ui.Table
}

func cards(r *web.Req, all []approvals.Awaited) []card {
	now := r.Read().Moment()
	out := make([]card, len(all))
	for i := range all {
		a := &all[i]
		c := &out[i]
		*c = card{Pick: a.Case.ID + "." + a.Digest, Href: "/approvals/cases/" + a.Case.ID, Number: a.Number, Kind: approvals.SayKind(r.W2, a.Kind), Title: a.Title, Reason: a.Reason,
			Asked: r.T("approvals.asked_by", a.AskedName, a.DepartmentName, r.W2.Instant(a.AskedAt, now)), When: r.T("approvals.until", r.W2.Instant(a.Due, now)), Tone: ui.Tone(a.Tone(now)),
			Facts: factsOf(r, &a.Case)}
		if a.Amount > 0 {
			c.Amount, c.Fen = r.T("approvals.amount.yuan", r.W2.Money(a.Amount)), int64(a.Amount)
		}
		if a.ForName != "" {
			c.For = r.T("approvals.for", a.ForName)
		}
		if a.Beside != "" {
			c.Beside = r.T("approvals.beside", r.W2.List(a.Besides()), r.W2.Money(a.Weight))
		}
		if a.Reminders > 0 {
			c.Reminded = r.T("approvals.reminders", a.Reminders)
		}
	}
	return out
}

// factsOf are the facts that the document's room has put on the card.
func factsOf(r *web.Req, c *approvals.Case) (facts []ui.Fact) {
	for _, f := range c.Facts.Lines() {
		facts = append(facts, ui.Fact{Label: r.T("approvals.fact." + f.Key), Text: f.Value})
	}
	return facts
}

// signature is what stands under a decision made here.
func signature(r *web.Req, digest string) approvals.Signature {
	return approvals.Signature{Digest: digest, Agent: r.UserAgent()}
}

// agreeAll signs all that were ticked with one press: all of them, or none.
func agreeAll(r *web.Req) error {
	var at stopper
	show := func(r *web.Req) error { return cardsPage(r, at) }
	return web.Submit(r, &batch, show, func(tx *db.Tx, p *picked) (web.Done, error) {
		for _, pick := range p.Picks {
			id, digest, ok := strings.Cut(pick, ".")
			if !ok {
				return web.Done{}, fault.OnField("picks", "base.bad_value", pick)
			}
			if c, err := approvals.Agree(r.Context(), tx, id, "", signature(r, digest)); err != nil {
				at = stopper{c.Number, pick}
				return web.Done{}, err
			}
		}
		n := len(p.Picks)
		return web.Done{To: "/approvals", Say: "approvals.done.agreed_all", Args: []string{r.W2.Number(int64(n))}, Data: map[string]int{"agreed": n}}, nil
	})
}

// asked is what a person asked for, and where it stands.
func asked(r *web.Req) error {
	return r.List(&approvals.Cases, approvals.Mine(r.By), web.ListPage{Default: "open=true", Page: ui.Page{Heading: r.T("approvals.asked")}, Empty: ui.Nothing{Text: r.T("approvals.asked.none")}})
}

func cases(r *web.Req) error {
	return r.List(&approvals.Cases, list.Scoped(r.By.Scope(approvals.MaySee), "c.department"), web.ListPage{})
}

// caseTable is a short list of cases inside a page.
func caseTable(r *web.Req, id, caption string, all []approvals.Case) ui.Table {
	now := r.Read().Moment()
	t := ui.Table{ID: id, Caption: caption, Bare: true, Columns: []ui.Head{{Label: r.T("approvals.cases.title")}, {Label: r.T("approvals.cases.kind")}, {Label: r.T("approvals.cases.amount"), Num: true},
		{Label: r.T("approvals.cases.asked_name")}, {Label: r.T("approvals.cases.asked_at")}}}
	for _, c := range all {
		t.Rows = append(t.Rows, ui.Row{Href: "/approvals/cases/" + c.ID, Cells: []ui.Cell{{Text: c.Title, Sub: c.Number}, {Text: approvals.SayKind(r.W2, c.Kind)},
			{Text: c.SayAmount(r.W2), Num: true}, {Text: c.AskedName, Sub: c.DepartmentName}, {Text: r.W2.Instant(c.AskedAt, now), Title: r.W2.Full(c.AskedAt)}}})
	}
	return t
}

// meetings is what waits for a meeting's decision.
func meetings(r *web.Req) error {
	all, err := approvals.ToEnter(r.Context(), r.Read(), 200)
	if err != nil {
		return err
	}
	now := r.Read().Moment()
	t := ui.Table{ID: "meetings", Caption: r.T("approvals.meetings"), Bare: true, Empty: ui.Nothing{Text: r.T("approvals.meetings.none"), Icon: "circle-check"},
		Columns: []ui.Head{{Label: r.T("approvals.cases.title")}, {Label: r.T("approvals.meeting")}, {Label: r.T("approvals.cases.amount"), Num: true}, {Label: r.T("approvals.cases.asked_name")},
			{Label: r.T("approvals.due")}}}
	for i := range all {
		a := &all[i]
		tone := ui.Tone(a.Tone(now))
		t.Rows = append(t.Rows, ui.Row{Href: "/approvals/cases/" + a.Case.ID, Tone: tone, Cells: []ui.Cell{{Text: a.Title, Sub: a.Number}, {Text: r.T("approvals.post." + a.Meeting)},
			{Text: a.SayAmount(r.W2), Num: true}, {Text: a.AskedName, Sub: a.DepartmentName}, {Text: r.W2.Instant(a.Due, now), Tone: tone, Title: r.W2.Full(a.Due)}}})
	}
	return r.Show(ui.Page{Heading: r.T("approvals.meetings"), Sub: r.T("approvals.meetings.sub"), Live: []string{approvals.Noun}, Body: ui.Section("", ui.List(r.W2, t))}, all)
}
