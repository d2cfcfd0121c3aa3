package approvalsweb

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/approvals"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
)

// trial is a document that is not there: where would it go?
type trial struct {
	Department string
	Amount     money.Fen

	numbers map[string]*int64
	flags   map[string]*bool
	texts   map[string]*string
}

// trying asks for every property that conditions may ask for; a page shows those of its
// kind of document.
var trying = func() form.Of[trial] {
	spec := form.Of[trial]{Name: "approvals.trying", Fields: []form.Field[trial]{
		{Key: "department", Into: func(t *trial) any { return &t.Department }, Required: true, Ref: "departments"},
		{Key: "amount", Into: func(t *trial) any { return &t.Amount }},
	}}
	for _, kind := range approvals.Kinds {
		for _, a := range approvals.Attrs[kind] {
			if slices.ContainsFunc(spec.Fields, func(f form.Field[trial]) bool { return f.Key == a.Key }) {
				continue
			}
			f := form.Field[trial]{Key: a.Key, Into: func(t *trial) any { return t.place(a) }}
			switch a.Type {
			case approvals.Number:
				f.Most = 1000
			case approvals.Text:
				f.OneOf, f.Enum = attrTexts[a.Key], "approvals.when.text"
			}
			spec.Fields = append(spec.Fields, f)
		}
	}
	return spec
}()

// attrTexts are what may stand in a property that is a text.
var attrTexts = map[string][]string{"cause": {"count", "write_off"}, "urgency": {"normal", "urgent", "emergency"}}

// place is where the answer about a property goes.
func (t *trial) place(a approvals.Attr) any {
	switch a.Type {
	case approvals.Number:
		return at(&t.numbers, a.Key)
	case approvals.Flag:
		return at(&t.flags, a.Key)
	}
	return at(&t.texts, a.Key)
}

func at[T any](m *map[string]*T, key string) *T {
	if *m == nil {
		*m = map[string]*T{}
	}
	if (*m)[key] == nil {
		(*m)[key] = new(T)
	}
	return (*m)[key]
}

// document is the trial as a document of a kind. Invalid: properties that it does not have.
func (t *trial) document(kind string) (approvals.Document, error) {
	d := approvals.Document{Kind: kind, Department: t.Department, Amount: t.Amount, Attrs: map[string]any{}}
	var bad fault.Complaints
	of := func(key string, said bool, v any) {
		switch {
		case slices.ContainsFunc(approvals.Attrs[kind], func(a approvals.Attr) bool { return a.Key == key }):
			d.Attrs[key] = v
		case said:
			bad.Add(key, "base.unknown_field")
		}
	}
	for k, v := range t.numbers {
		of(k, *v != 0, int(*v))
	}
	for k, v := range t.flags {
		of(k, *v, *v)
	}
	for k, v := range t.texts {
		of(k, *v != "", *v)
	}
	return d, bad.Err()
}

// tryForm asks for a document of a kind, as it was tried last.
func tryForm(r *web.Req, kind, to string, last *tried) (ui.Form, error) {
	var typed any
	if last != nil {
		typed = &last.trial
	}
	f, err := r.Form(&trying, typed, ui.Form{ID: "try", Action: to, Submit: r.T("approvals.try"), Inline: true})
	f.Fields = slices.DeleteFunc(f.Fields, func(x ui.Field) bool {
		return x.Name != "department" && x.Name != "amount" && !slices.ContainsFunc(approvals.Attrs[kind], func(a approvals.Attr) bool { return a.Key == x.Name })
	})
	return f, err
}

// tried is a trial and where it would go.
type tried struct {
	trial
	goes templ.Component
}

// result is what is drawn below the form.
func (t *tried) result() templ.Component {
	if t == nil {
		return templ.NopComponent
	}
	return t.goes
}

// tryRoute says where a document would go by the way of today.
func tryRoute(r *web.Req) error {
	return web.Take(r, &trying, route, func(t *trial) error {
		rt, err := current(r)
		if err != nil {
			return err
		}
		return attempt(r, t, &rt, r.Site.DB.Today(), showRoute)
	})
}

func attempt(r *web.Req, t *trial, rt *approvals.Route, day period.Day, show func(*web.Req, *tried) error) error {
	d, err := t.document(rt.Kind)
	if err != nil {
		return err
	}
	tier, steps, err := approvals.Preview(r.Context(), r.Read(), rt, d, "", day)
	if err != nil {
		return err
	}
	if r.JSON() {
		return r.Give(steps)
	}
	table := ui.Table{ID: "prospect", Caption: r.T("approvals.preview"), Bare: true, Columns: []ui.Head{{Label: r.T("approvals.stage"), Num: true}, {Label: r.T("approvals.step")}, {Label: r.T("approvals.person"), Named: true}, {Label: r.T("approvals.hours"), Num: true}},
		Empty: ui.Nothing{Text: r.T("approvals.nobody_need")}}
	for _, p := range steps {
		people, tone := r.W2.List(p.People), ui.Plain
		switch {
		case strings.HasPrefix(p.Who, "post:") && len(p.People) == 0 && isMeeting(p.Who):
			people = r.T("approvals.by_minutes")
		case len(p.People) == 0:
			people, tone = r.T("approvals.nobody_sits"), ui.Danger
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []ui.Cell{{Text: r.W2.Number(p.Stage + 1), Num: true}, {Text: approvals.SayWho(r.Context(), r.Read(), r.W2, p.Who)}, {Text: people, Tone: tone}, {Text: r.W2.Number(p.Hours), Num: true}}})
	}
	amount, err := rt.Tiers[tier].SayAmount(r.Context(), r.Read(), r.W2, day)
	if err != nil {
		return err
	}
	return show(r, &tried{*t, ui.Section(r.T("approvals.would", r.W2.Money(t.Amount), amount), ui.List(r.W2, table))})
}

func isMeeting(who string) bool {
	for _, m := range approvals.Meetings {
		if who == "post:"+m {
			return true
		}
	}
	return false
}

func tryDraft(r *web.Req) error {
	return web.Take(r, &trying, drafted, func(t *trial) error {
		rt, err := approvals.RouteByID(r.Context(), r.Read(), r.PathValue("id"))
		if err != nil {
			return err
		}
		return attempt(r, t, &rt, max(rt.Since, r.Site.DB.Today()), showDraft)
	})
}
