package deskweb

import (
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/a-h/templ"

	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
)

// Adviser holds what this copy of the program has learned from past jobs. Who learns is
// told by Wanted when somebody typed and there was nothing, or only something old.
type Adviser struct {
	Known  atomic.Pointer[desk.Experience]
	Wanted chan struct{} // of one place; nil: nobody learns
}

// learnEvery is how old what was learned may be.
const learnEvery = 6 * time.Hour

// ask gives what is known now, and has it learned anew where it is old.
func (a *Adviser) ask(now time.Time) *desk.Experience {
	e := a.Known.Load()
	if e == nil || now.Sub(e.At.Time()) > learnEvery {
		select {
		case a.Wanted <- struct{}{}:
		default: // it was said already, or nobody listens
		}
	}
	return e
}

// advised is a suggestion as the page shows it.
type advised struct {
	desk.Advice
	Label, Why string
	Card       string // id of the answer's card in the form
}

// advice stands below the title of a form.
func (c *Counter) advice(r *web.Req, form, title string) templ.Component {
	return advise(r.W2, form, c.said(r, form, title))
}

func (c *Counter) said(r *web.Req, form, title string) (out []advised) {
	if title == "" {
		c.Advice.ask(r.Read().Moment()) // somebody is about to type
		return nil
	}
	for _, a := range c.Advice.ask(r.Read().Moment()).Advise(title) {
		label, at := r.T("desk."+a.Field+"."+a.Answer), slices.Index(desk.Urgencies, a.Answer)
		if a.Field == "trade" {
			if label, at = cardOf(r, a.Answer); at < 0 {
				continue // it is not offered to this person
			}
		}
		out = append(out, advised{a, label, r.T("desk.advice.why", r.W2.List(a.Words), a.Sure), form + "-" + a.Field + "-" + strconv.Itoa(at)})
	}
	return out
}

// suggest answers what was typed so far.
func (c *Counter) suggest(r *web.Req) error {
	form, title := formAsked(r), r.URL.Query().Get("title")
	if letters := []rune(title); len(letters) > 200 {
		title = string(letters[:200])
	}
	all := c.said(r, form, title)
	given := make([]desk.Advice, len(all))
	for i, a := range all {
		given[i] = a.Advice
	}
	return r.Show(ui.Page{Heading: r.T("desk.advice"), Body: advise(r.W2, form, all)}, given)
}

// advised tells how far the suggestions are to be trusted: what they were learned from,
// and how many of the last thirty days were kept.
func (c *Counter) advised(r *web.Req) error {
	ctx, now := r.Context(), r.Read().Moment()
	from, until := period.At(now.AddDate(0, 0, -30)), period.At(now.Add(time.Second))
	k, err := desk.KeptBetween(ctx, r.Read(), from, until)
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(k)
	}
	changed, err := desk.NotKept(ctx, r.Read(), from, until)
	if err != nil {
		return err
	}
	n := r.W2.Number
	figures := []ui.Figure{
		{Label: r.T("desk.advice.kept"), Value: n(k.AllKept), Unit: "%", Sub: r.T("desk.advice.of", k.TradesKept+k.HastesKept, k.Suggestions)},
		{Label: r.T("desk.advice.trades"), Value: n(k.TradesKept), Sub: r.T("desk.advice.of", k.TradesKept, k.Trades)},
		{Label: r.T("desk.advice.hastes"), Value: n(k.HastesKept), Sub: r.T("desk.advice.of", k.HastesKept, k.Hastes)},
	}
	for i, of := range []int64{k.Suggestions, k.Trades, k.Hastes} { // nothing can be said of none
		if of == 0 {
			figures[i].Value, figures[i].Unit = "–", ""
		}
	}
	said := r.T("desk.advice.nothing")
	if e := c.Advice.ask(now); e != nil && e.Jobs > 0 {
		said = r.T("desk.advice.learned", e.Jobs, r.W2.Instant(e.At, now))
	}
	t := ui.Table{ID: "changed", Bare: true, Caption: r.T("desk.advice.changed"), Empty: ui.Nothing{Text: r.T("desk.advice.changed.none")},
		Columns: []ui.Head{{Label: r.T("desk.jobs.title")}, {Label: r.T("desk.advice.said")}, {Label: r.T("desk.advice.chosen")}}}
	for _, x := range changed {
		t.Rows = append(t.Rows, ui.Row{Href: "/desk/jobs/" + x.Job, Cells: []ui.Cell{{Text: x.Title, Sub: x.Number}, {Text: r.T("desk.trade." + string(x.Advised))}, {Text: r.T("desk.trade." + string(x.Trade))}}})
	}
	return r.Show(ui.Page{Heading: r.T("desk.advice"), Sub: said, Back: &ui.Link{Label: r.T("desk.door.today"), Href: "/desk/today"},
		Body: ui.Below(ui.Figures(figures...), ui.Section(r.T("desk.advice.changed"), ui.List(r.W2, t)))}, k)
}
