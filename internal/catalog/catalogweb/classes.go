package catalogweb

import (
	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
)

var classPaper = form.Of[catalog.Class]{Name: "catalog.class_form", Fields: []form.Field[catalog.Class]{
	{Key: "code", Into: func(c *catalog.Class) any { return &c.Code }, Required: true, Most: 20},
	{Key: "name", Into: func(c *catalog.Class) any { return &c.Name }, Required: true, Most: 60},
	{Key: "parent", Into: func(c *catalog.Class) any { return &c.Parent }, Ref: "classes"},
	{Key: "supply", Into: func(c *catalog.Class) any { return &c.Supply }, OneOf: catalog.Supplies, Enum: "catalog.supply", Hint: true},
	{Key: "closed", Into: func(c *catalog.Class) any { return &c.Closed }},
}}

func blankClass(r *web.Req) error {
	return writeClass(r, "/classes", r.T("catalog.new_class"), &catalog.Class{})
}

func writeClass(r *web.Req, action, heading string, c *catalog.Class) error {
	f := ui.Form{Action: action, Submit: r.T("catalog.save"), Cancel: "/classes", Draft: true}
	if c.Version > 0 {
		f.Version = web.VersionText(c.Version)
	}
	f, err := r.Form(&classPaper, c, f)
	if err != nil {
		return err
	}
	if c.Version == 0 { // a new one is not closed
		f.Fields = f.Fields[:4]
	}
	return r.Show(ui.Page{Heading: heading, Narrow: true, Back: &ui.Link{Label: r.T("catalog.classes"), Href: "/classes"}, Body: ui.Ask(r.W2, f)}, nil)
}

func addClass(r *web.Req) error {
	return web.Submit(r, &classPaper, blankClass, func(tx *db.Tx, c *catalog.Class) (web.Done, error) {
		err := catalog.AddClass(r.Context(), tx, c)
		return web.Done{To: "/classes", Say: "catalog.done.class", Args: []string{c.Name}, Data: c}, err
	})
}

func editClass(r *web.Req) error {
	c, err := catalog.ClassByID(r.Context(), r.Read(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return writeClass(r, "/classes/"+c.ID, c.Name, &c)
}

func changeClass(r *web.Req) error {
	return web.Submit(r, &classPaper, editClass, func(tx *db.Tx, c *catalog.Class) (web.Done, error) {
		c.ID, c.Version = r.PathValue("id"), r.Version()
		err := catalog.ChangeClass(r.Context(), tx, c)
		return web.Done{To: "/classes", Say: "catalog.done.class", Args: []string{c.Name}, Data: c}, err
	})
}
