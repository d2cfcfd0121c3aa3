package deskweb

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
)

// termed is by which figures jobs live and what an hour of each grade costs.
type termed struct {
	Terms   map[string]*int64     `json:"terms"`
	Rates   map[string]*money.Fen `json:"rates"`
	Workers []desk.Graded         `json:"workers"`
	Version int64                 `json:"version"` // of desk.TermSheet
}

func (t *termed) term(name string) *int64 {
	if t.Terms == nil {
		t.Terms = map[string]*int64{}
	}
	if t.Terms[name] == nil {
		t.Terms[name] = new(int64)
	}
	return t.Terms[name]
}

func (t *termed) rate(name string) *money.Fen {
	if t.Rates == nil {
		t.Rates = map[string]*money.Fen{}
	}
	if t.Rates[name] == nil {
		t.Rates[name] = new(money.Fen)
	}
	return t.Rates[name]
}

var termsForm = func() form.Of[termed] {
	f := form.Of[termed]{Name: "desk.terms"}
	for _, t := range desk.Terms {
		f.Fields = append(f.Fields, form.Field[termed]{Key: t.Name, Into: func(x *termed) any { return x.term(t.Name) }, Least: t.Least, Most: t.Most, Required: true})
	}
	for _, g := range desk.Grades {
		f.Fields = append(f.Fields, form.Field[termed]{Key: g, Into: func(x *termed) any { return x.rate(g) }})
	}
	f.Fields = append(f.Fields, form.LinesOf("workers", func(x *termed) *[]desk.Graded { return &x.Workers }, &form.Of[desk.Graded]{Name: "desk.graded", Fields: []form.Field[desk.Graded]{
		{Key: "person", Into: func(g *desk.Graded) any { return &g.Person }, Ref: "workers", Required: true},
		{Key: "grade", Into: func(g *desk.Graded) any { return &g.Grade }, OneOf: desk.Grades, Enum: "desk.grade", Required: true},
	}}, 500))
	return f
}()

// settingTabs are the pages on which the hospital arranges its desk.
func settingTabs(r *web.Req) (tabs []ui.Link) {
	for _, t := range []struct{ key, href string }{{"desk.settings", "/desk/settings"}, {"desk.terms", "/desk/terms"}, {"desk.prices", "/desk/prices"}, {"desk.locks", "/desk/locks"}} {
		tabs = append(tabs, ui.Link{Label: r.T(t.key), Href: t.href, Current: r.URL.Path == t.href})
	}
	return tabs
}

func terms(r *web.Req) error {
	var t termed
	for _, x := range desk.Terms {
		n, err := desk.TermOf(r.Context(), r.Read(), x.Name)
		if err != nil {
			return err
		}
		*t.term(x.Name) = n
	}
	for _, g := range desk.Grades {
		rate, err := desk.RateOf(r.Context(), r.Read(), g)
		if err != nil {
			return err
		}
		*t.rate(g) = rate
	}
	var err error
	if t.Workers, err = desk.GradesOf(r.Context(), r.Read()); err != nil {
		return err
	}
	if t.Version, err = desk.SheetVersion(r.Context(), r.Read(), desk.TermSheet); err != nil {
		return err
	}
	f, err := r.Form(&termsForm, &t, ui.Form{ID: "terms", Action: "/desk/terms", Version: version(t.Version), Submit: r.T("desk.settings.save")})
	if err != nil {
		return err
	}
	saved := ui.Table{ID: "saved", Bare: true, Caption: r.T("desk.sheet.saved"), Columns: []ui.Head{{Label: r.T("desk.terms")}, {Label: r.T("desk.terms.saved"), Num: true}, {Label: r.T("desk.terms.typed"), Num: true}}}
	for i := range f.Fields {
		x := &f.Fields[i]
		x.Half = x.Kind != ui.KindLines
		if x.Half && x.Required && r.Failed(&termsForm) == nil {
			x.Value = strconv.FormatInt(*t.term(x.Name), 10) // 0 is a term too
		}
		if now := strconv.FormatInt(*t.term(x.Name), 10); x.Half && x.Required && x.Value != now {
			saved.Rows = append(saved.Rows, ui.Row{Cells: []ui.Cell{{Text: x.Label}, {Text: now}, {Text: x.Value}}})
		}
		if strings.HasPrefix(x.Name, "working_") {
			x.Kind, x.Options = ui.KindChoice, []ui.Option{{Value: "0", Label: r.T("desk.terms.round")}, {Value: "1", Label: r.T("desk.kind.working")}}
		}
	}
	body := ui.Ask(r.W2, f)
	if fault.Is(r.Failed(&termsForm), "base.stale") && len(saved.Rows) > 0 {
		body = ui.Below(ui.Section(r.T("desk.sheet.saved"), ui.List(r.W2, saved)), body)
	}
	return r.Show(ui.Page{Heading: r.T("desk.terms"), Tabs: settingTabs(r), Narrow: true, Body: body}, t)
}

func setTerms(r *web.Req) error {
	return web.Submit(r, &termsForm, terms, func(tx *db.Tx, t *termed) (web.Done, error) {
		ctx := r.Context()
		if err := desk.TurnTerms(ctx, tx, r.Version()); err != nil {
			return web.Done{}, err
		}
		for _, x := range desk.Terms {
			if err := desk.SetTerm(ctx, tx, x.Name, *t.term(x.Name)); err != nil {
				return web.Done{}, err
			}
		}
		general, err := desk.Rate(ctx, tx)
		if err != nil {
			return web.Done{}, err
		}
		for _, g := range desk.Grades {
			rate := *t.rate(g)
			if rate == general { // follows the general rate when that changes
				rate = 0
			}
			if err := desk.SetRateOf(ctx, tx, g, rate); err != nil {
				return web.Done{}, err
			}
		}
		if err := desk.SetGrades(ctx, tx, t.Workers); err != nil {
			return web.Done{}, err
		}
		t.Version, err = desk.SheetVersion(ctx, tx, desk.TermSheet)
		return web.Done{To: "/desk/terms", Say: "desk.done.arranged", Data: t}, err
	})
}

// locks shows which fields of a slip may be changed in which state.
func locks(r *web.Req) error {
	t := ui.Table{ID: "locks", Bare: true, Caption: r.T("desk.locks"), Columns: []ui.Head{{Label: r.T("desk.locks.field")}}}
	states := []desk.State{desk.Reported, desk.Dispatched, desk.Accepted, desk.Working, desk.Done, desk.Closed}
	for _, s := range states {
		t.Columns = append(t.Columns, ui.Head{Label: r.T("desk.job.state." + string(s))})
	}
	t.Columns = append(t.Columns, ui.Head{Label: r.T("desk.locks.worker")})
	for _, l := range desk.Locks {
		row := ui.Row{Cells: []ui.Cell{{Text: r.T("desk.amend." + l.Field)}}}
		for _, s := range states {
			c := ui.Cell{Text: r.T("desk.locks.open"), Tone: ui.Done, When: true}
			if l.Locked(s) {
				c = ui.Cell{Text: r.T("desk.locks.locked"), Tone: ui.Quiet, When: true}
			}
			row.Cells = append(row.Cells, c)
		}
		worker := ui.Cell{Text: r.T("desk.locks.no"), Tone: ui.Quiet, When: true}
		if l.Worker {
			worker = ui.Cell{Text: r.T("desk.locks.yes"), When: true}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: append(row.Cells, worker)})
	}
	p := ui.Page{Heading: r.T("desk.locks"), Sub: r.T("desk.locks.sub"), Back: &ui.Link{Label: r.T("desk.jobs"), Href: "/desk/jobs"}, Body: framed(r.W2, t)}
	if r.By.May(desk.MayArrange) {
		p.Tabs = settingTabs(r)
	}
	return r.Show(p, desk.Locks)
}

func prices(r *web.Req) error {
	return r.List(&desk.Prices, list.Where{}, web.ListPage{Page: ui.Page{Tabs: settingTabs(r), Actions: []ui.Action{{Name: "new", Label: r.T("desk.prices.add"), Href: "/desk/prices/new", Icon: "plus", Tone: ui.Accent}}}})
}

func blankPrice(r *web.Req) error { return priceForm(r, desk.Price{}, "/desk/prices") }

func showPrice(r *web.Req) error {
	p, err := desk.PriceByID(r.Context(), r.Read(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return priceForm(r, p, "/desk/prices/"+p.ID)
}

func priceForm(r *web.Req, p desk.Price, to string) error {
	f, err := r.Form(&desk.PriceForm, &p, ui.Form{ID: "price", Action: to, Submit: r.T("desk.settings.save"), Version: version(p.Version)})
	if err != nil {
		return err
	}
	heading := p.Name
	if heading == "" {
		heading = r.T("desk.prices.add")
	}
	return r.Show(ui.Page{Heading: heading, Narrow: true, Back: &ui.Link{Label: r.T("desk.prices"), Href: "/desk/prices"}, Body: ui.Ask(r.W2, f)}, p)
}

func addPrice(r *web.Req) error { return setPrice(r, blankPrice, "") }

func changePrice(r *web.Req) error { return setPrice(r, showPrice, r.PathValue("id")) }

func setPrice(r *web.Req, again func(*web.Req) error, id string) error {
	return web.Submit(r, &desk.PriceForm, again, func(tx *db.Tx, p *desk.Price) (web.Done, error) {
		p.ID, p.Version = id, r.Version()
		err := desk.SetPrice(r.Context(), tx, p)
		return web.Done{To: "/desk/prices", Say: "desk.done.priced", Args: []string{p.Name}, Data: p}, err
	})
}

// pricePicker finds common jobs of the price list.
var pricePicker = web.Picker{Need: desk.MayWork,
	Find: func(ctx context.Context, r db.Reader, _ db.Actor, text string) (picks []web.Pick, err error) {
		found, err := desk.Prices.Find(ctx, r, text, list.Where{}.And("x.closed = false"), 20)
		for _, p := range found {
			picks = append(picks, web.Pick{ID: p.ID, Label: p.Name, Hint: p.Price.String(), Code: p.Code})
		}
		return slices.Clip(picks), err
	},
	Label: func(ctx context.Context, r db.Reader, id string) (string, error) {
		p, err := desk.PriceByID(ctx, r, id)
		return p.Name, err
	}}
