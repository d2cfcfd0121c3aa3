package deskweb

import (
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
	"houqin/internal/desk"
)

// kindRoutes are the doors to how the hospital arranges its kinds of work.
func kindRoutes() []web.Route {
	return []web.Route{
		{At: "GET /desk/kinds", Need: desk.MayArrange, Do: kinds, Gives: []desk.Kind{}},
		{At: "GET /desk/kinds/{trade}", Need: desk.MayArrange, Do: kind, Gives: desk.Kind{}},
		{At: "POST /desk/kinds/{trade}", Need: desk.MayArrange, Do: arrangeKind, Form: &kindForm, Gives: desk.Kind{}},
		{At: "GET /desk/asks", Need: desk.MayReport, Do: asking, Gives: []desk.Question{}},
	}
}

var kindForm = form.Of[desk.Kind]{Name: "desk.kind", Fields: []form.Field[desk.Kind]{
	{Key: "name", Into: func(k *desk.Kind) any { return &k.Name }, Most: 12, Hint: true},
	{Key: "icon", Into: func(k *desk.Kind) any { return &k.Icon }, Options: drawings, Kind: form.Cards, Required: true},
	{Key: "ward", Into: func(k *desk.Kind) any { return &k.Ward }},
	{Key: "guest", Into: func(k *desk.Kind) any { return &k.Guest }, Hint: true},
	{Key: "minutes", Into: func(k *desk.Kind) any { return &k.Minutes }, Most: 366 * 24 * 60, Unit: "desk.minutes", Hint: true},
	{Key: "working", Into: func(k *desk.Kind) any { return &k.Working }},
	{Key: "asks", Into: func(k *desk.Kind) any { return &k.Asks }, Kind: form.Area, Most: 200, Hint: true},
	{Key: "photos", Into: func(k *desk.Kind) any { return &k.Photos }, Most: 9},
	{Key: "carries", Into: func(k *desk.Kind) any { return &k.Carries }, Hint: true},
	{Key: "parts", Into: func(k *desk.Kind) any { return &k.Parts }},
	{Key: "costs", Into: func(k *desk.Kind) any { return &k.Costs }},
	{Key: "position", Into: func(k *desk.Kind) any { return &k.Position }, Most: 999, Hint: true},
	{Key: "closed", Into: func(k *desk.Kind) any { return &k.Closed }},
}}

// drawings are the icons to choose from, by number: they are looked at, not read.
func drawings(context.Context) (all []form.Option, err error) {
	for n, icon := range desk.KindIcons {
		all = append(all, form.Option{Value: icon, Label: strconv.Itoa(n + 1)})
	}
	return all, nil
}

// called is what people call a kind.
func called(r *web.Req, k *desk.Kind) string {
	if k.Name != "" {
		return k.Name
	}
	return r.T("desk.trade." + string(k.Trade))
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
	yes := func(b bool) string {
		if b {
			return "✓"
		}
		return ""
	}
	t := ui.Table{ID: "kinds", Caption: r.T("desk.kinds"), Columns: []ui.Head{{Label: r.T("desk.kind.name")}, {Label: r.T("desk.kind.ward")}, {Label: r.T("desk.kind.guest")}, {Label: r.T("desk.kind.crews")},
		{Label: r.T("desk.kind.needs")}, {Label: r.T("desk.kind.minutes"), Num: true}, {Label: r.T("desk.kind.asks")}, {Label: r.T("desk.kind.photos"), Num: true}, {Label: r.T("desk.kind.parts")}, {Label: r.T("desk.kind.costs")}}}
	for i := range all {
		k := &all[i]
		span := ui.Cell{Text: r.T("desk.kind.by_urgency")}
		if k.Minutes > 0 {
			span = ui.Cell{Text: r.T("desk.n_minutes", k.Minutes)}
			if k.Working {
				span.Sub = r.T("desk.kind.working")
			}
		}
		name := ui.Cell{Text: called(r, k)}
		if k.Closed {
			name.Sub = r.T("desk.kind.closed")
		}
		var qs []string
		for _, q := range k.Questions() {
			qs = append(qs, worded(r, q))
		}
		slices.Sort(crews[string(k.Trade)])
		t.Rows = append(t.Rows, ui.Row{Href: "/desk/kinds/" + string(k.Trade), Cells: []ui.Cell{name, {Text: yes(k.Ward)}, {Text: yes(k.Guest)}, {Text: r.W2.List(slices.Compact(crews[string(k.Trade)]))},
			{Text: r.W2.List(needs[string(k.Trade)])}, span, {Text: r.W2.List(qs)}, {Text: r.W2.Number(k.Photos)}, {Text: yes(k.Parts)}, {Text: yes(k.Costs)}}})
	}
	return r.Show(ui.Page{Heading: r.T("desk.kinds"), Sub: r.T("desk.kinds.sub"), Wide: true, Back: &ui.Link{Label: r.T("desk.settings"), Href: "/desk/settings"}, Live: []string{desk.KindNoun}, Body: framed(r.W2, t)}, all)
}

func kind(r *web.Req) error {
	k, err := desk.KindOf(r.Context(), r.Read(), desk.Trade(r.PathValue("trade")))
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(k)
	}
	f, err := r.Form(&kindForm, &k, ui.Form{ID: "kind", Action: "/desk/kinds/" + string(k.Trade), Submit: r.T("desk.settings.save"), Version: web.VersionText(k.Version)})
	if err != nil {
		return err
	}
	for i := range f.Fields {
		if f.Fields[i].Name == "icon" {
			for n, o := range f.Fields[i].Options {
				f.Fields[i].Options[n].Icon = o.Value
			}
		}
	}
	story, err := r.Story(desk.KindNoun, string(k.Trade))
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: called(r, &k), Narrow: true, Back: &ui.Link{Label: r.T("desk.kinds"), Href: "/desk/kinds"}, Body: ui.Below(ui.Ask(r.W2, f), ui.Section(r.T("desk.page.story"), story))}, k)
}

func arrangeKind(r *web.Req) error {
	return web.Submit(r, &kindForm, kind, func(tx *db.Tx, k *desk.Kind) (web.Done, error) {
		k.Trade, k.Version = desk.Trade(r.PathValue("trade")), r.Version()
		return web.Done{To: "/desk/kinds", Say: "desk.done.arranged", Data: k}, desk.SetKind(r.Context(), tx, *k)
	})
}

// worded is a question as the reader is asked it.
func worded(r *web.Req, q desk.Question) string {
	if key, ok := desk.ShippedAsks[q.Text]; ok {
		return r.T("desk.ask." + key)
	}
	return q.Text
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
	k, err := desk.KindOf(r.Context(), r.Read(), desk.Trade(q.Get("trade")))
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

// offered puts the hospital's kinds into the cards of trades: their names, drawings and
// order, without those that are not offered; below them the questions of the one chosen.
func offered(r *web.Req, spec *form.Of[told], f *ui.Form, x *ui.Field) error {
	all, err := desk.Kinds(r.Context(), r.Read())
	if err != nil {
		return err
	}
	card := map[string]ui.Option{}
	for _, o := range x.Options {
		card[o.Value] = o
	}
	x.Options = nil
	var chosen desk.Kind
	for i := range all {
		k := &all[i]
		o, ok := card[string(k.Trade)]
		if string(k.Trade) == x.Value {
			chosen = *k
		}
		if !ok || k.Closed || !k.Ward && !r.By.May(desk.MayDispatch) {
			continue
		}
		o.Label, o.Icon = called(r, k), k.Icon
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
		if k.Closed || !k.Ward && !r.By.May(desk.MayDispatch) {
			continue
		}
		if string(k.Trade) == trade {
			return called(r, k), at
		}
		at++
	}
	return "", -1
}
