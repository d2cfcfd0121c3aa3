package peopleweb

import (
	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/people"
)

// other is the entry that is the same natural person.
type other struct{ Person string }

var twinForm = form.Of[other]{Name: "people.twin", Fields: []form.Field[other]{
	{Key: "person", Into: func(o *other) any { return &o.Person }, Required: true, Ref: "people", Hint: true},
}}

// twins are the other entries of the staff file that are the same natural person, with
// what joins another one to them.
func twins(r *web.Req, p people.Person) (templ.Component, error) {
	ids, err := people.Same(r.Context(), r.Read(), p.ID)
	if err != nil {
		return nil, err
	}
	found, err := people.People.All(r.Context(), r.Read(), people.Scope(r.By).In("p.id", ids).And("p.id <> ?", p.ID), 50)
	if err != nil {
		return nil, err
	}
	t := ui.Table{ID: "twins", Bare: true, Caption: r.T("people.twins"), Empty: ui.Nothing{Text: r.T("people.twins.none")},
		Columns: []ui.Head{{Label: r.T("people.list.name")}, {Label: r.T("people.list.number")}, {Label: r.T("people.list.department")}, {Label: r.T("people.list.closed")}}}
	for _, o := range found {
		state := r.T("people.twins.here")
		if o.Closed {
			state = r.T("people.twins.left")
		}
		t.Rows = append(t.Rows, ui.Row{Href: "/people/" + o.ID, Quiet: o.Closed, Cells: []ui.Cell{{Text: o.Name}, {Text: o.Number}, {Text: o.DepartmentName}, {Text: state}}})
	}
	f, err := r.Form(&twinForm, nil, ui.Form{ID: "twin", Action: "/people/" + p.ID + "/twin", Submit: r.T("people.twin"), Intro: r.T("people.twin.intro")})
	if err != nil {
		return nil, err
	}
	do := []ui.Action{{Name: "twin", Label: r.T("people.twin"), Ask: &f, Open: r.Failed(&twinForm) != nil, Icon: "users"}}
	if joined, err := people.Joined(r.Context(), r.Read(), p.ID); err != nil {
		return nil, err
	} else if joined {
		do = append(do, ui.Action{Name: "apart", Label: r.T("people.apart"), Post: "/people/" + p.ID + "/apart", Confirm: r.T("people.apart.sure", p.Name), Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}}})
	}
	return stack(ui.List(r.W2, t), ui.Buttons(r.W2, do...)), nil
}

func twin(r *web.Req) error {
	id := r.PathValue("id")
	return web.Submit(r, &twinForm, show, func(tx *db.Tx, o *other) (web.Done, error) {
		return web.Done{To: "/people/" + id, Say: "people.done.twin"}, people.Twin(r.Context(), tx, id, o.Person)
	})
}

func apart(r *web.Req) error {
	id := r.PathValue("id")
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		return web.Done{To: "/people/" + id, Say: "people.done.apart"}, people.Apart(r.Context(), tx, id)
	})
}
