package web

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"houqin/internal/base/fault"
	"houqin/internal/base/flow"
	"houqin/internal/base/form"
	"houqin/internal/base/id"
	"houqin/internal/base/ui"
)

var kinds = map[form.Kind]ui.Kind{
	form.Text: ui.KindText, form.Area: ui.KindArea, form.Number: ui.KindNumber, form.Amount: ui.KindMoney, form.Quantity: ui.KindNumber,
	form.Day: ui.KindDay, form.Month: ui.KindMonth, form.Instant: ui.KindInstant, form.Choice: ui.KindChoice, form.Cards: ui.KindCards, form.Check: ui.KindCheck,
	form.Many: ui.KindChoices, form.Ref: ui.KindRef, form.Password: ui.KindPassword, form.Code: ui.KindCode, form.Hidden: ui.KindHidden,
	form.Photo: ui.KindPhoto, form.File: ui.KindFile, form.Signature: ui.KindSignature, form.Lines: ui.KindLines,
}

// Form fills a form for the page: with what was typed when it is drawn again after
// a failure, else with what value holds. The caller has set Action, Submit and
// what else is particular.
func (r *Req) Form(spec form.Any, value any, f ui.Form) (ui.Form, error) {
	var e *fault.Error
	in, err := r.Kept(spec)
	if err != nil {
		errors.As(err, &e)
	}
	shown, err := spec.Show(r.Context(), in, value, r.refs())
	if err != nil {
		return f, err
	}
	wrong := map[string]string{}
	if e != nil {
		for _, c := range e.Fields {
			wrong[c.Path] = r.T(c.Key, c.Args...)
		}
	}
	f.Fields = r.fields(shown, wrong)
	for path, text := range wrong { // complaints about what the page does not ask
		f.Errors = append(f.Errors, path+": "+text)
	}
	slices.Sort(f.Errors)
	if f.Key == "" {
		if in != nil {
			f.Key = in.Value("_key")
		}
		// A refused submission has not used its key up; a conflict answered anew has.
		if f.Key == "" || e != nil && e.Key == "base.key_reused" {
			f.Key = r.NewKey()
		}
	}
	f.Who = r.By.ID
	return f, nil
}

func (r *Req) fields(shown []form.Shown, wrong map[string]string) []ui.Field {
	out := make([]ui.Field, len(shown))
	for i, s := range shown {
		f := &out[i]
		*f = ui.Field{Name: s.Path, Label: r.T(s.Desc.Label), Kind: kinds[s.Kind], Value: s.Value, Values: s.Values, Shown: s.Label,
			Required: s.Required, Error: wrong[s.Path], Many: true}
		delete(wrong, s.Path)
		if s.Hint != "" {
			f.Hint = r.T(s.Hint)
		}
		if s.Unit != "" {
			f.Unit = r.T(s.Unit)
		}
		switch s.Kind {
		case form.Number, form.Quantity:
			if s.Most > 0 {
				f.Most = strconv.FormatInt(s.Most, 10)
			}
			f.Least = strconv.FormatInt(s.Least, 10)
			f.Inputmode = "numeric"
		case form.Ref:
			f.Source = "/pick/" + s.Ref
		case form.Check:
			if f.Value == "true" || f.Value == "on" {
				f.Value = "1"
			}
			if f.Value == "false" {
				f.Value = ""
			}
		case form.Signature, form.Hidden:
		default:
			f.Max = int(s.Most)
		}
		for _, o := range s.OneOf {
			f.Options = append(f.Options, ui.Option{Value: o, Label: r.T(s.Enum + "." + o)})
		}
		for _, o := range s.Options {
			f.Options = append(f.Options, ui.Option{Value: o.Value, Label: o.Label, Hint: o.Hint})
		}
		if s.Kind == form.Lines {
			f.Columns = r.fields(form.Blank(s.Lines, "", 0), nil)
			for j := range f.Columns {
				f.Columns[j].Name = s.Lines[j].Key
			}
			for _, row := range s.Rows {
				f.Lines = append(f.Lines, r.fields(row, wrong))
			}
		}
	}
	return out
}

// Buttons draws the steps that a record's flow leaves open to this person. to is
// the record's address, version what the page shows.
func (r *Req) Buttons(name, to string, version int64, open []flow.Button) ([]ui.Action, error) {
	var out []ui.Action
	for _, b := range open {
		a := ui.Action{Name: b.Name, Label: r.T(name + "." + b.Name), Tone: ui.Tone(b.Tone)}
		if key := name + "." + b.Name + ".hint"; r.W2.Has(key) {
			a.Hint = r.T(key)
		}
		v := strconv.FormatInt(version, 10)
		post := to + "/" + b.Name
		switch {
		case b.Closed != nil:
			var e *fault.Error
			if !errors.As(b.Closed, &e) {
				return nil, b.Closed
			}
			a.Closed = r.say(e)
		case b.Ask == nil:
			a.Post = post
			a.Hidden = []ui.Pair{{Name: "_key", Value: r.NewKey()}, {Name: "_version", Value: v}}
		default:
			f, err := r.Form(b.Ask, nil, ui.Form{ID: "step-" + b.Name, Action: post, Version: v, Submit: a.Label, Tone: a.Tone, Draft: true})
			if err != nil {
				return nil, err
			}
			a.Ask, a.Open = &f, r.Failed(b.Ask) != nil
		}
		out = append(out, a)
	}
	return out, nil
}

// VersionText is a version as forms carry it.
func VersionText(n int64) string { return strconv.FormatInt(n, 10) }

// Label is how people call the record that a picker finds.
func (r *Req) Label(source, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	return r.refs().Label(r.Context(), source, id)
}

// Tell lets this reader read the names of these records, whatever the picker says of
// them: they stand in a record that the reader may change.
func (r *Req) Tell(source string, ids ...string) {
	if r.told == nil {
		r.told = map[string]bool{}
	}
	for _, id := range ids {
		r.told[source+" "+id] = true
	}
}

// resolver answers fields and filters by the site's pickers, within what the person may see.
type resolver struct{ r *Req }

func (r *Req) refs() form.Resolver { return resolver{r} }

func (v resolver) picker(source string) (Picker, error) {
	p, ok := v.r.Site.pickers[source]
	if !ok {
		return p, fmt.Errorf("no picker %q", source)
	}
	if p.Need != SignedIn && p.Need != Anyone && !v.r.By.May(p.Need) {
		return p, fault.New(fault.Forbidden, "base.need", p.Need)
	}
	return p, nil
}

func (v resolver) Resolve(ctx context.Context, source, text string) (string, error) {
	p, err := v.picker(source)
	if err != nil {
		return "", err
	}
	text = strings.TrimSpace(text)
	if v.r.told[source+" "+text] {
		return text, nil
	}
	picks, err := p.Find(ctx, v.r.Read(), v.r.By, text)
	if err != nil {
		return "", err
	}
	match := func(same func(Pick) bool) (string, int) {
		n, id := 0, ""
		for _, k := range picks {
			if same(k) {
				n++
				id = k.ID
			}
		}
		return id, n
	}
	for _, same := range []func(Pick) bool{
		func(k Pick) bool { return k.ID == text },
		func(k Pick) bool { return k.Code != "" && strings.EqualFold(k.Code, text) },
		func(k Pick) bool { return k.Label == text },
	} {
		if id, n := match(same); n == 1 {
			return id, nil
		}
	}
	if len(picks) == 1 && len([]rune(text)) > 1 {
		return picks[0].ID, nil // typed shortly, meant clearly
	}
	return "", fault.New(fault.Invalid, "base.no_such", text)
}

func (v resolver) Label(ctx context.Context, source, id string) (string, error) {
	p, ok := v.r.Site.pickers[source]
	if !ok {
		return "", fmt.Errorf("no picker %q", source)
	}
	// An id may come from an address or a form: whose it is, is not told to everybody.
	told := v.r.told[source+" "+id]
	if !told && p.Need != SignedIn && p.Need != Anyone && !v.r.By.May(p.Need) {
		return v.unsaid(id), nil
	}
	if p.Sees != nil && !told {
		if err := p.Sees(ctx, v.r.Read(), v.r.By, id); fault.KindOf(err) == fault.NotFound {
			return v.unsaid(id), nil
		} else if err != nil {
			return "", err
		}
	}
	label, err := p.Label(ctx, v.r.Read(), id)
	if fault.KindOf(err) == fault.NotFound {
		return v.unsaid(id), nil
	}
	return label, err
}

// unsaid stands for a record whose name is not told, be it there or not: a word for its
// id, or what somebody typed in its place.
func (v resolver) unsaid(s string) string {
	if id.Valid(s) {
		return v.r.T("base.unsaid")
	}
	return s
}

// pick answers the pickers of the pages.
func pick(r *Req) error {
	p, err := resolver{r}.picker(r.PathValue("source"))
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			return fault.New(fault.NotFound, "base.not_found")
		}
		return err
	}
	text := strings.TrimSpace(r.URL.Query().Get("q"))
	if len(text) > 200 {
		return fault.OnField("q", "base.too_long", 200)
	}
	leave, err := r.Site.crowd.queue(r.Context(), r.Site.Paces.Searches, "search "+r.By.ID, patience)
	if err != nil {
		return err
	}
	defer leave()
	picks, err := p.Find(r.Context(), r.Read(), r.By, text)
	if err != nil {
		return err
	}
	if picks == nil {
		picks = []Pick{}
	}
	return r.Give(picks)
}
