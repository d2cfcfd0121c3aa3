package warehouseweb

import (
	"errors"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/quantity"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
	"houqin/internal/warehouse"
)

var visitPaper = form.Of[warehouse.Visit]{Name: "warehouse.visit", Fields: []form.Field[warehouse.Visit]{
	{Key: "store", Into: func(v *warehouse.Visit) any { return &v.Store }, Ref: "stores", Required: true},
	{Key: "name", Into: func(v *warehouse.Visit) any { return &v.Name }, Required: true, Most: 60},
	{Key: "firm", Into: func(v *warehouse.Visit) any { return &v.Firm }, Most: 60},
	{Key: "purpose", Into: func(v *warehouse.Visit) any { return &v.Purpose }, Required: true, Most: 200},
}}

var checkPaper = form.Of[warehouse.Check]{Name: "warehouse.check", Fields: []form.Field[warehouse.Check]{
	{Key: "store", Into: func(c *warehouse.Check) any { return &c.Store }, Ref: "stores", Required: true},
	{Key: "round", Into: func(c *warehouse.Check) any { return &c.Round }, OneOf: warehouse.RoundKeys, Enum: "warehouse.round", Required: true},
	{Key: "faults", Into: func(c *warehouse.Check) any { return &c.Faults }, OneOf: warehouse.Points, Enum: "warehouse.point", Hint: true},
	{Key: "found", Into: func(c *warehouse.Check) any { return &c.Found }, Most: 200},
	{Key: "remedy", Into: func(c *warehouse.Check) any { return &c.Remedy }, Most: 200},
}}

var asidePaper = form.Of[warehouse.Aside]{Name: "warehouse.aside", Fields: []form.Field[warehouse.Aside]{
	{Key: "store", Into: func(a *warehouse.Aside) any { return &a.Store }, Ref: "stores", Required: true},
	{Key: "sort", Into: func(a *warehouse.Aside) any { return &a.Sort }, OneOf: warehouse.AsideSorts, Enum: "warehouse.aside_sort", Required: true},
	{Key: "name", Into: func(a *warehouse.Aside) any { return &a.Name }, Required: true, Most: 60},
	{Key: "many", Into: func(a *warehouse.Aside) any { return &a.Many }, Required: true, Most: 40},
	{Key: "origin", Into: func(a *warehouse.Aside) any { return &a.Origin }, Required: true, Most: 100},
	{Key: "spot", Into: func(a *warehouse.Aside) any { return &a.Spot }, Required: true, Most: 60, Hint: true},
}}

type outcome struct{ Outcome string }

var settlePaper = form.Of[outcome]{Name: "warehouse.settle", Fields: []form.Field[outcome]{
	{Key: "outcome", Into: func(o *outcome) any { return &o.Outcome }, Required: true, Most: 200},
}}

// reserveAsked is an item of the reserve, as people write it.
type reserveAsked struct{ Store, Item, Least, Note string }

var reservePaper = form.Of[reserveAsked]{Name: "warehouse.reserve", Fields: []form.Field[reserveAsked]{
	{Key: "store", Into: func(e *reserveAsked) any { return &e.Store }, Ref: "stores", Required: true},
	{Key: "item", Into: func(e *reserveAsked) any { return &e.Item }, Ref: "goods", Required: true},
	{Key: "least", Into: func(e *reserveAsked) any { return &e.Least }, Required: true, Most: 40, Hint: true},
	{Key: "note", Into: func(e *reserveAsked) any { return &e.Note }, Most: 100},
}}

var drillPaper = form.Of[warehouse.Drill]{Name: "warehouse.drill", Fields: []form.Field[warehouse.Drill]{
	{Key: "store", Into: func(x *warehouse.Drill) any { return &x.Store }, Ref: "stores", Required: true},
	{Key: "sort", Into: func(x *warehouse.Drill) any { return &x.Sort }, OneOf: warehouse.DrillSorts, Enum: "warehouse.drill_sort", Required: true},
	{Key: "what", Into: func(x *warehouse.Drill) any { return &x.What }, Required: true, Most: 200},
	{Key: "found", Into: func(x *warehouse.Drill) any { return &x.Found }, Most: 200},
}}

func registerTabs(r *web.Req) []ui.Link {
	return tabs(r, "warehouse.checks", "/warehouse/checks", "warehouse.visits", "/warehouse/visits", "warehouse.asides", "/warehouse/asides", "warehouse.custodies", "/warehouse/custodies", "warehouse.reserves", "/warehouse/reserves", "warehouse.drills", "/warehouse/drills")
}

// register shows one of the registers with a form to write into it.
func register(r *web.Req, l list.Any, may, name string, spec form.Any, value any, p web.ListPage) error {
	p.Page.Tabs = registerTabs(r)
	if r.By.May(may) {
		f, err := r.Form(spec, value, ui.Form{ID: name, Action: r.URL.Path, Submit: r.T("warehouse.do." + name)})
		if err != nil {
			return err
		}
		p.Page.Actions = append([]ui.Action{{Name: name, Label: r.T("warehouse.do." + name), Icon: "plus", Tone: ui.Accent, Ask: &f, Open: r.Failed(spec) != nil}}, p.Page.Actions...)
	}
	return r.List(l, warehouse.Scope(r.By), p)
}

func visits(r *web.Req) error {
	own, err := ownStore(r)
	if err != nil {
		return err
	}
	p := web.ListPage{}
	if r.By.May(warehouse.MayIssue) {
		p.Bulk = []ui.Action{{Name: "leave", Label: r.T("warehouse.do.leave"), Href: "/warehouse/visits/leave", Icon: "logout"}}
	}
	return register(r, &warehouse.Visits, warehouse.MayIssue, "enter", &visitPaper, &warehouse.Visit{Store: own}, p)
}

func enter(r *web.Req) error {
	return web.Submit(r, &visitPaper, visits, func(tx *db.Tx, v *warehouse.Visit) (web.Done, error) {
		return web.Done{To: "/warehouse/visits", Say: "warehouse.done.entered", Args: []string{v.Name}, Data: v}, warehouse.Enter(r.Context(), tx, v)
	})
}

func leave(r *web.Req) error {
	return r.Ticked("/warehouse/visits", "warehouse.done.left", func(tx *db.Tx, id string) error {
		if _, err := warehouse.Visits.Get(r.Context(), tx, warehouse.Scope(r.By).And("v.id = ?", id)); err != nil {
			return err
		}
		return warehouse.Leave(r.Context(), tx, id)
	})
}

func checks(r *web.Req) error {
	own, err := ownStore(r)
	if err != nil {
		return err
	}
	return register(r, &warehouse.Checks, warehouse.MayIssue, "walk", &checkPaper, &warehouse.Check{Store: own}, web.ListPage{})
}

func walk(r *web.Req) error {
	return web.Submit(r, &checkPaper, checks, func(tx *db.Tx, c *warehouse.Check) (web.Done, error) {
		return web.Done{To: "/warehouse/checks", Say: "warehouse.done.walked", Data: c}, warehouse.Walk(r.Context(), tx, c)
	})
}

func asides(r *web.Req) error {
	own, err := ownStore(r)
	if err != nil {
		return err
	}
	return register(r, &warehouse.Asides, warehouse.MayIssue, "put_aside", &asidePaper, &warehouse.Aside{Store: own}, web.ListPage{Default: "there=true"})
}

func putAside(r *web.Req) error {
	return web.Submit(r, &asidePaper, asides, func(tx *db.Tx, a *warehouse.Aside) (web.Done, error) {
		err := warehouse.PutAside(r.Context(), tx, a)
		return web.Done{To: "/warehouse/asides/" + a.ID, Say: "warehouse.done.put_aside", Args: []string{a.Name}, Data: a}, err
	})
}

// aside is one thing outside the books, and what became of it.
func aside(r *web.Req) error {
	a, err := warehouse.Asides.Get(r.Context(), r.Read(), warehouse.Scope(r.By).And("a.id = ?", r.PathValue("id")))
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(a)
	}
	facts := []ui.Fact{{Label: r.T("warehouse.asides.nature"), Text: r.T("warehouse.aside_sort." + a.Sort)}, {Label: r.T("warehouse.asides.many"), Text: a.Many}, {Label: r.T("warehouse.asides.spot"), Text: a.Spot},
		{Label: r.T("warehouse.asides.origin"), Text: a.Origin}, {Label: r.T("warehouse.asides.by_name"), Text: a.ByName, Sub: r.When(a.At)}, {Label: r.T("warehouse.asides.store"), Text: a.StoreName, Href: "/warehouse/stores/" + a.Store}}
	p := ui.Page{Heading: a.Name, Sub: a.StoreName, Back: &ui.Link{Label: r.T("warehouse.asides"), Href: "/warehouse/asides"}, Live: []string{"warehouse.aside"}}
	if a.There {
		if r.By.May(warehouse.MayIssue) {
			f, err := r.Form(&settlePaper, nil, ui.Form{ID: "settle", Action: "/warehouse/asides/" + a.ID + "/settle", Submit: r.T("warehouse.do.settle")})
			if err != nil {
				return err
			}
			p.Actions = []ui.Action{{Name: "settle", Label: r.T("warehouse.do.settle"), Icon: "check", Tone: ui.Accent, Ask: &f, Open: r.Failed(&settlePaper) != nil}}
		}
	} else {
		p.Mark = &ui.Mark{Word: r.T("warehouse.settled"), Tone: ui.Done}
		facts = append(facts, ui.Fact{Label: r.T("warehouse.asides.gone_name"), Text: a.GoneName, Sub: r.When(a.Gone)}, ui.Fact{Label: r.T("warehouse.asides.outcome"), Text: a.Outcome, Wide: true})
	}
	p.Body = ui.Below(ui.Facts(facts...))
	return r.Show(p, nil)
}

func settle(r *web.Req) error {
	id := r.PathValue("id")
	return web.Submit(r, &settlePaper, aside, func(tx *db.Tx, o *outcome) (web.Done, error) {
		if _, err := warehouse.Asides.Get(r.Context(), tx, warehouse.Scope(r.By).And("a.id = ?", id)); err != nil {
			return web.Done{}, err
		}
		return web.Done{To: "/warehouse/asides/" + id, Say: "warehouse.done.settled"}, warehouse.Settle(r.Context(), tx, id, o.Outcome)
	})
}

func reserves(r *web.Req) error {
	own, err := ownStore(r)
	if err != nil {
		return err
	}
	return register(r, &warehouse.Reserves, warehouse.MayKeep, "reserve", &reservePaper, &reserveAsked{Store: own}, web.ListPage{})
}

func setReserve(r *web.Req) error {
	return web.Submit(r, &reservePaper, reserves, func(tx *db.Tx, e *reserveAsked) (web.Done, error) {
		item, err := catalog.Get(r.Context(), tx, e.Item)
		if err != nil {
			return web.Done{}, err
		}
		q, err := quantity.Parse(e.Least, item.Packs)
		switch {
		case errors.Is(err, quantity.ErrUnit):
			return web.Done{}, fault.OnField("least", "warehouse.no_unit", e.Least, catalog.SayPacks(item.Packs))
		case err != nil:
			return web.Done{}, fault.OnField("least", "base.quantity")
		}
		return web.Done{To: "/warehouse/reserves", Say: "warehouse.done.reserve"}, warehouse.SetReserve(r.Context(), tx, e.Store, e.Item, q, e.Note)
	})
}

func drills(r *web.Req) error {
	own, err := ownStore(r)
	if err != nil {
		return err
	}
	return register(r, &warehouse.Drills, warehouse.MayIssue, "drill", &drillPaper, &warehouse.Drill{Store: own}, web.ListPage{})
}

func drill(r *web.Req) error {
	return web.Submit(r, &drillPaper, drills, func(tx *db.Tx, x *warehouse.Drill) (web.Done, error) {
		return web.Done{To: "/warehouse/drills", Say: "warehouse.done.drill", Data: x}, warehouse.Record(r.Context(), tx, x)
	})
}
