package deskweb

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/base/words/find"
	"houqin/internal/desk"
)

// kindRoutes are the doors to how the hospital arranges its kinds of work.
func kindRoutes() []web.Route {
	return []web.Route{
		{At: "GET /desk/kinds", Need: desk.MayArrange, Do: kinds, Gives: []desk.Kind{}},
		{At: "GET /desk/kinds/new", Need: desk.MayArrange, Do: blankKind, PageOnly: true},
		{At: "POST /desk/kinds", Need: desk.MayArrange, Do: addKind, Form: &newKindForm, Gives: desk.Kind{}},
		{At: "GET /desk/kinds/{id}", Need: desk.MayArrange, Do: kind, Gives: desk.Kind{}},
		{At: "POST /desk/kinds/{id}", Need: desk.MayArrange, Do: arrangeKind, Form: &kindForm, Gives: desk.Kind{}},
		{At: "GET /desk/asks", Need: desk.MayReport, Do: asking, Gives: []desk.Question{}},
	}
}

// called is what people call a kind.
func called(r *web.Req, k *desk.Kind) string {
	if k.Name != "" {
		return k.Name
	}
	return r.T("desk.trade." + string(k.Trade))
}

// some is a number that is left away where there is none.
func some(r *web.Req, n int64) string {
	if n == 0 {
		return ""
	}
	return r.W2.Number(n)
}

func kinds(r *web.Req) error {
	all, err := desk.Kinds(r.Context(), r.Read())
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(all)
	}
	crews, needs := map[string][]string{}, map[string][]string{}
	routes, err := desk.Routes(r.Context(), r.Read())
	if err != nil {
		return err
	}
	for _, x := range routes {
		crews[string(x.Trade)] = append(crews[string(x.Trade)], x.CrewName)
	}
	wanted, err := desk.Needs(r.Context(), r.Read())
	if err != nil {
		return err
	}
	for _, n := range wanted {
		needs[string(n.Trade)] = append(needs[string(n.Trade)], r.T("people.certificate.kind."+n.Certificate))
	}
	yes := func(b bool) ui.Cell {
		if b {
			return ui.Cell{Text: r.T("base.yes"), Flag: ui.Yes}
		}
		return ui.Cell{Flag: ui.No}
	}
	t := ui.Table{ID: "kinds", Caption: r.T("desk.kinds"), Columns: []ui.Head{{Label: r.T("desk.kind.name")}, {Label: r.T("desk.kind.ward")}, {Label: r.T("desk.kind.guest")}, {Label: r.T("desk.kind.crews")},
		{Label: r.T("desk.kind.needs")}, {Label: r.T("desk.kind.minutes"), Num: true}, {Label: r.T("desk.kind.sign")}, {Label: r.T("desk.kind.asks")}, {Label: r.T("desk.kind.photos"), Num: true}, {Label: r.T("desk.kind.parts")}, {Label: r.T("desk.kind.costs")}}}
	for i := range all {
		k := &all[i]
		teams, papers := slices.Clone(crews[string(k.Trade)]), slices.Clone(needs[string(k.Trade)])
		if k.Crew != "" {
			name, err := r.Label("crews", k.Crew)
			if err != nil {
				return err
			}
			teams = []string{name}
		}
		for _, c := range k.Certificates {
			papers = append(papers, r.T("people.certificate.kind."+c))
		}
		span := ui.Cell{Text: r.T("desk.kind.by_urgency")}
		if k.Minutes > 0 {
			span = ui.Cell{Text: r.T("desk.n_minutes", k.Minutes)}
			if k.Working {
				span.Sub = r.T("desk.kind.working")
			}
		}
		if len(k.Times) > 0 {
			span.Sub = strings.TrimSpace(span.Sub + " " + r.T("desk.kind.timed", len(k.Times)))
		}
		name := ui.Cell{Text: called(r, k)}
		if k.Own() {
			name.Sub = r.T("desk.kind.own", r.T("desk.trade."+string(k.Trade)))
		}
		if k.Closed {
			name.Sub = r.T("desk.kind.closed")
		}
		var qs []string
		for _, q := range k.Questions() {
			qs = append(qs, worded(r, q))
		}
		slices.Sort(teams)
		ward := yes(k.Ward)
		if n := len(k.Askers); n > 0 {
			ward.Sub = r.T("desk.kind.askers.n", n)
		}
		if k.Budget != "" {
			name.Sub = strings.TrimPrefix(name.Sub+" · "+k.Budget, " · ")
		}
		t.Rows = append(t.Rows, ui.Row{Href: "/desk/kinds/" + k.ID, Cells: []ui.Cell{name, ward, yes(k.Guest), {Text: r.W2.List(slices.Compact(teams))},
			{Text: r.W2.List(slices.Compact(papers))}, span, {Text: r.T("desk.kind.sign." + k.Sign)}, {Text: r.W2.List(qs)}, {Text: some(r, k.Photos)}, yes(k.Parts), yes(k.Costs)}})
	}
	return r.Show(ui.Page{Heading: r.T("desk.kinds"), Sub: r.T("desk.kinds.sub"), Wide: true, Back: &ui.Link{Label: r.T("desk.settings"), Href: "/desk/settings"}, Live: []string{desk.KindNoun},
		Actions: []ui.Action{{Name: "new", Label: r.T("desk.kind.new"), Href: "/desk/kinds/new", Icon: "plus", Tone: ui.Accent}}, Body: framed(r.W2, t)}, all)
}

// worded is a question as the reader is asked it.
func worded(r *web.Req, q desk.Question) string {
	if key, ok := desk.ShippedAsks[q.Text]; ok {
		return r.T("desk.ask." + key)
	}
	return q.Text
}

// inputOf is what a browser is to ask with.
func inputOf(sort string) string {
	if sort == "day" {
		return "date"
	}
	return "text"
}

// question is one as the form shows it.
type question struct {
	desk.Question
	Answer, Error string
}

// asking answers the questions of the kind that was chosen.
func asking(r *web.Req) error {
	q := r.URL.Query()
	at := "report"
	if q.Get("form") == "call" {
		at = "call"
	}
	k, err := desk.KindOf(r.Context(), r.Read(), q.Get("trade"))
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	qs := []question{}
	for _, x := range k.Questions() {
		x.Text = worded(r, x)
		qs = append(qs, question{Question: x})
	}
	var bound *ui.Field
	if k.Carries {
		spec := map[string]*form.Of[told]{"report": &slipForm, "call": &callForm}[at]
		f, err := r.Form(spec, nil, ui.Form{ID: at})
		if err != nil {
			return err
		}
		bound = whereTo(&f, at == "report")
	}
	return r.Show(ui.Page{Heading: r.T("desk.kind.asks"), Body: asks(r.W2, at, bound, qs)}, k.Questions())
}

// whereTo is the question where something is carried to, as a form asks it.
func whereTo(f *ui.Form, must bool) *ui.Field {
	for _, x := range f.Fields {
		if x.Name == "bound" {
			x.Required = must
			return &x
		}
	}
	return nil
}

// mayAsk says whether a kind is offered to the person, for any department they report for.
func mayAsk(r *web.Req, k *desk.Kind) bool {
	s := r.By.Scope(desk.MayReport)
	if s.All {
		return k.OfferedTo(r.By, r.By.Unit) || len(k.Askers) > 0 && k.Ward && !k.Closed
	}
	return k.OfferedTo(r.By, r.By.Unit) || slices.ContainsFunc(s.Units, func(u string) bool { return k.OfferedTo(r.By, u) })
}

// offered puts the hospital's kinds into the cards of trades: their names, drawings and
// order, without those that are not offered; below them the questions of the one chosen.
func offered(r *web.Req, spec *form.Of[told], f *ui.Form, x *ui.Field) error {
	all, err := desk.Kinds(r.Context(), r.Read())
	if err != nil {
		return err
	}
	x.Options = nil
	var chosen desk.Kind
	for i := range all {
		k := &all[i]
		if k.ID == x.Value {
			chosen = *k
		}
		if !mayAsk(r, k) {
			continue
		}
		o := ui.Option{Value: k.ID, Label: called(r, k), Icon: k.Icon}
		if spec == &callForm { // at the telephone the first letters choose
			o.Keys = find.Tokens(o.Label)
		}
		x.Options = append(x.Options, o)
	}
	wrong, typed := map[string]string{}, []string(nil)
	if e, ok := errors.AsType[*fault.Error](r.Failed(spec)); ok {
		for _, c := range e.Fields {
			wrong[c.Path] = r.T(c.Key, c.Args...)
		}
		if in, err := r.Input(); err == nil {
			typed = in.Values["answers"]
		}
		f.Errors = slices.DeleteFunc(f.Errors, func(s string) bool { return strings.HasPrefix(s, "answers.") })
	}
	var qs []question
	for n, q := range chosen.Questions() {
		q.Text = worded(r, q)
		a := question{Question: q, Error: wrong["answers."+strconv.Itoa(n)]}
		if n < len(typed) {
			a.Answer = typed[n]
		}
		qs = append(qs, a)
	}
	var bound *ui.Field
	if chosen.Carries {
		bound = whereTo(f, spec == &slipForm)
	}
	x.After = templ.Component(asks(r.W2, f.ID, bound, qs))
	return nil
}

// cardOf is what a trade is called and which card of the form it is; -1 where it is not offered.
func cardOf(r *web.Req, trade string) (label string, at int) {
	all, err := desk.Kinds(r.Context(), r.Read())
	if err != nil {
		return "", -1
	}
	for i := range all {
		k := &all[i]
		if !mayAsk(r, k) {
			continue
		}
		if k.ID == trade {
			return called(r, k), at
		}
		at++
	}
	return "", -1
}

// kindPicker finds kinds by what people call them, or by the trade above them.
var kindPicker = web.Picker{Need: web.SignedIn,
	Find: func(ctx context.Context, r db.Reader, _ db.Actor, text string) (picks []web.Pick, err error) {
		all, err := desk.Kinds(ctx, r)
		for _, k := range all {
			if k.Name != "" && strings.Contains(k.Name, strings.TrimSpace(text)) && len(picks) < 20 {
				picks = append(picks, web.Pick{ID: k.ID, Label: k.Name})
			}
		}
		return picks, err
	},
	Label: func(ctx context.Context, r db.Reader, id string) (string, error) {
		k, err := desk.KindOf(ctx, r, id)
		return cmp.Or(k.Name, string(k.Trade)), err
	}}

// budgetPicker finds the budget lines that kinds have; a line is its own name.
var budgetPicker = web.Picker{Need: desk.MaySee,
	Find: func(ctx context.Context, r db.Reader, _ db.Actor, text string) (picks []web.Pick, err error) {
		all, err := desk.Kinds(ctx, r)
		var lines []string
		for _, k := range all {
			if k.Budget != "" && strings.Contains(k.Budget, strings.TrimSpace(text)) {
				lines = append(lines, k.Budget)
			}
		}
		slices.Sort(lines)
		for _, line := range slices.Compact(lines) {
			picks = append(picks, web.Pick{ID: line, Label: line})
		}
		return picks[:min(len(picks), 20)], err
	},
	Label: func(_ context.Context, _ db.Reader, id string) (string, error) { return id, nil }}
