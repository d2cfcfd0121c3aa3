// Package departmentsweb is the counter where departments are looked up and kept.
package departmentsweb

import (
	"context"
	"embed"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/departments"
)

// Routes are the doors of the room.
var Routes = []web.Route{
	{At: "GET /departments", Need: web.SignedIn, Do: index, List: &departments.Departments},
	{At: "GET /departments/new", Need: departments.MayChange, Do: blank, PageOnly: true},
	{At: "POST /departments", Need: departments.MayChange, Do: found, Form: &paper, Gives: departments.Department{}},
	{At: "GET /departments/{id}", Need: web.SignedIn, Do: show, Gives: departments.Department{}},
	{At: "GET /departments/{id}/edit", Need: departments.MayChange, Do: edit, PageOnly: true},
	{At: "POST /departments/{id}", Need: departments.MayChange, Do: change, Form: &paper, Gives: departments.Department{}},
	{At: "POST /departments/{id}/close", Need: departments.MayChange, Do: shut},
	{At: "POST /departments/{id}/requesters", Need: departments.MayChange, Do: name, Form: &naming},
	{At: "POST /campuses", Need: departments.MayChange, Do: foundCampus, Form: &site, Gives: departments.Campus{}},
}

// Words are the room's texts.
//
//go:embed words/*.json
var Words embed.FS

// paper is the form for a department.
var paper = form.Of[departments.Department]{Name: "departments.form", Fields: []form.Field[departments.Department]{
	{Key: "code", Into: func(d *departments.Department) any { return &d.Code }, Required: true, Most: 20, Hint: true},
	{Key: "name", Into: func(d *departments.Department) any { return &d.Name }, Required: true, Most: 60},
	{Key: "kind", Into: func(d *departments.Department) any { return &d.Kind }, Required: true, OneOf: departments.Kinds, Enum: "departments.kind"},
	{Key: "parent", Into: func(d *departments.Department) any { return &d.Parent }, Ref: "departments"},
	{Key: "campus", Into: func(d *departments.Department) any { return &d.Campus }, Ref: "campuses"},
	{Key: "phone", Into: func(d *departments.Department) any { return &d.Phone }, Most: 40},
	{Key: "beds", Into: func(d *departments.Department) any { return &d.Beds }, Most: 5000},
	{Key: "cost_centre", Into: func(d *departments.Department) any { return &d.CostCentre }, Most: 20},
	{Key: "official", Into: func(d *departments.Department) any { return &d.Official }, Most: 20, Hint: true},
	{Key: "head", Into: func(d *departments.Department) any { return &d.Head }, Ref: "people"},
}}

// site is the form for a campus.
var site = form.Of[departments.Campus]{Name: "departments.campus", Fields: []form.Field[departments.Campus]{
	{Key: "code", Into: func(c *departments.Campus) any { return &c.Code }, Required: true, Most: 10},
	{Key: "name", Into: func(c *departments.Campus) any { return &c.Name }, Required: true, Most: 40},
}}

// named are the people who may ask for goods in a department's name (S-014).
type named struct{ People []requester }

type requester struct{ Person string }

var naming = form.Of[named]{Name: "departments.requesters", Fields: []form.Field[named]{
	form.LinesOf("people", func(n *named) *[]requester { return &n.People }, &form.Of[requester]{Name: "departments.requester", Fields: []form.Field[requester]{
		{Key: "person", Into: func(o *requester) any { return &o.Person }, Required: true, Ref: "people"},
	}}, 20),
}}

// Pickers find departments and campuses for fields and filters.
func Pickers(s *web.Site) {
	s.Picker("departments", web.Picker{Need: web.SignedIn,
		Find: func(ctx context.Context, r db.Reader, by db.Actor, text string) ([]web.Pick, error) {
			open := list.Where{}.And("d.closed = false")
			found, err := departments.Departments.Find(ctx, r, text, open, 20)
			var picks []web.Pick
			for _, d := range found {
				picks = append(picks, web.Pick{ID: d.ID, Label: d.Name, Hint: d.Code, Code: d.Code})
			}
			return picks, err
		},
		Label: func(ctx context.Context, r db.Reader, id string) (string, error) {
			d, err := departments.Get(ctx, r, id)
			return d.Name, err
		}})
	s.Picker("campuses", web.Picker{Need: web.SignedIn,
		Find: func(ctx context.Context, r db.Reader, by db.Actor, text string) (picks []web.Pick, err error) {
			all, err := departments.Campuses(ctx, r)
			for _, c := range all {
				picks = append(picks, web.Pick{ID: c.ID, Label: c.Name, Hint: c.Code, Code: c.Code})
			}
			return picks, err
		},
		Label: func(ctx context.Context, r db.Reader, id string) (string, error) {
			c, err := departments.CampusByID(ctx, r, id)
			return c.Name, err
		}})
}

func index(r *web.Req) error {
	p := web.ListPage{Default: "closed=false"}
	if r.By.May(departments.MayChange) {
		campus, err := r.Form(&site, nil, ui.Form{ID: "campus", Action: "/campuses", Submit: r.T("departments.campus.new"), Inline: true})
		if err != nil {
			return err
		}
		p.Page.Actions = []ui.Action{{Name: "new", Label: r.T("departments.new"), Href: "/departments/new", Icon: "plus", Tone: ui.Accent},
			{Name: "campus", Label: r.T("departments.campus.new"), Ask: &campus, Open: r.Failed(&site) != nil}}
	}
	return r.List(&departments.Departments, departments.Scope(r.By), p)
}

func blank(r *web.Req) error { return write(r, "/departments", r.T("departments.new"), nil) }

func found(r *web.Req) error {
	return web.Submit(r, &paper, blank, func(tx *db.Tx, d *departments.Department) (web.Done, error) {
		err := departments.Found(r.Context(), tx, d)
		return web.Done{To: "/departments/" + d.ID, Say: "departments.done.found", Args: []string{d.Name}, Data: d}, err
	})
}

// one is the department of the address, if the person may see it.
func one(r *web.Req) (departments.Department, error) {
	return departments.Departments.Get(r.Context(), r.Read(), departments.Scope(r.By).And("d.id = ?", r.PathValue("id")))
}

func edit(r *web.Req) error {
	d, err := one(r)
	if err != nil {
		return err
	}
	return write(r, "/departments/"+d.ID, d.Name, &d)
}

// write draws the form, empty or for a department that is being changed.
func write(r *web.Req, action, heading string, d *departments.Department) error {
	f := ui.Form{Action: action, Submit: r.T("departments.save"), Cancel: action, Draft: true}
	if d != nil {
		f.Version = web.VersionText(d.Version)
	}
	f, err := r.Form(&paper, d, f)
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: heading, Narrow: true, Body: ui.Ask(r.W2, f)}, nil)
}

func change(r *web.Req) error {
	return web.Submit(r, &paper, edit, func(tx *db.Tx, d *departments.Department) (web.Done, error) {
		d.ID, d.Version = r.PathValue("id"), r.Version()
		err := departments.Change(r.Context(), tx, d)
		return web.Done{To: "/departments/" + d.ID, Say: "departments.done.changed", Args: []string{d.Name}, Data: d}, err
	})
}

func foundCampus(r *web.Req) error {
	return web.Submit(r, &site, index, func(tx *db.Tx, c *departments.Campus) (web.Done, error) {
		err := departments.FoundCampus(r.Context(), tx, c)
		return web.Done{To: "/departments", Say: "departments.done.campus", Args: []string{c.Name}, Data: c}, err
	})
}

func name(r *web.Req) error {
	id := r.PathValue("id")
	return web.Submit(r, &naming, show, func(tx *db.Tx, n *named) (web.Done, error) {
		var people []string
		for _, p := range n.People {
			people = append(people, p.Person)
		}
		err := departments.SetRequesters(r.Context(), tx, id, people)
		return web.Done{To: "/departments/" + id, Say: "departments.done.requesters"}, err
	})
}

func shut(r *web.Req) error {
	id := r.PathValue("id")
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		return web.Done{To: "/departments/" + id, Say: "departments.done.closed"}, departments.Close(r.Context(), tx, id, r.Version())
	})
}

func show(r *web.Req) error {
	d, err := one(r)
	if err != nil {
		return err
	}
	head := ""
	if d.Head != "" {
		if head, err = r.Label("people", d.Head); err != nil {
			return err
		}
	}
	facts := []ui.Fact{
		{Label: r.T("departments.list.code"), Text: d.Code},
		{Label: r.T("departments.list.kind"), Text: r.T("departments.kind." + string(d.Kind))},
		{Label: r.T("departments.list.parent"), Text: d.ParentName, Href: "/departments/" + d.Parent},
		{Label: r.T("departments.list.campus"), Text: d.CampusName},
		{Label: r.T("departments.list.phone"), Text: d.Phone},
		{Label: r.T("departments.list.beds"), Text: r.W2.Number(d.Beds), Num: true},
		{Label: r.T("departments.list.cost_centre"), Text: d.CostCentre},
		{Label: r.T("departments.list.official"), Text: d.Official},
		{Label: r.T("departments.list.head"), Text: head},
	}
	asking, err := departments.Requesters(r.Context(), r.Read(), d.ID)
	if err != nil {
		return err
	}
	var n named
	var names []string
	for _, id := range asking {
		label, err := r.Label("people", id)
		if err != nil {
			return err
		}
		n.People, names = append(n.People, requester{id}), append(names, label)
	}
	facts = append(facts, ui.Fact{Label: r.T("departments.requesters.people"), Text: r.W2.List(names), Wide: true})
	p := ui.Page{Heading: d.Name, Back: &ui.Link{Label: r.T("departments.list"), Href: "/departments"}, Live: []string{"departments.department"}}
	if d.Closed {
		p.Mark = &ui.Mark{Word: r.T("departments.closed"), Tone: ui.Quiet}
	} else if r.By.May(departments.MayChange) {
		p.Actions = []ui.Action{{Name: "edit", Label: r.T("departments.edit"), Href: "/departments/" + d.ID + "/edit"},
			{Name: "close", Label: r.T("departments.close"), Post: "/departments/" + d.ID + "/close", Tone: ui.Danger, Confirm: r.T("departments.close.sure", d.Name),
				Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}, {Name: "_version", Value: web.VersionText(d.Version)}}}}
	}
	if !d.Closed && r.By.May(departments.MayChange) {
		f, err := r.Form(&naming, &n, ui.Form{ID: "requesters", Action: "/departments/" + d.ID + "/requesters", Submit: r.T("departments.save")})
		if err != nil {
			return err
		}
		p.Actions = append(p.Actions, ui.Action{Name: "requesters", Label: r.T("departments.requesters"), Ask: &f, Open: r.Failed(&naming) != nil})
	}
	story, err := r.Story("departments.department", d.ID)
	if err != nil {
		return err
	}
	p.Body = templ.Join(ui.Facts(facts...), story)
	return r.Show(p, d)
}
