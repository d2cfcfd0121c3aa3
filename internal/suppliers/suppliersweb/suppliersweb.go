// Package suppliersweb is the counter where suppliers are looked up, their papers
// kept, and the bad ones blocked.
package suppliersweb

import (
	"context"
	"embed"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/suppliers"
)

// Routes are the doors of the room.
var Routes = []web.Route{
	{At: "GET /suppliers", Need: suppliers.MaySee, Do: index, List: &suppliers.Suppliers},
	{At: "GET /suppliers/new", Need: suppliers.MayChange, Do: blank, PageOnly: true},
	{At: "POST /suppliers", Need: suppliers.MayChange, Do: add, Form: &paper, Gives: suppliers.Supplier{}},
	{At: "GET /suppliers/{id}", Need: suppliers.MaySee, Do: show, Gives: suppliers.Supplier{}},
	{At: "GET /suppliers/{id}/edit", Need: suppliers.MayChange, Do: edit, PageOnly: true},
	{At: "POST /suppliers/{id}", Need: suppliers.MayChange, Do: change, Form: &paper, Gives: suppliers.Supplier{}},
	{At: "POST /suppliers/{id}/block", Need: suppliers.MayBlock, Do: block, Form: &why},
	{At: "POST /suppliers/{id}/unblock", Need: suppliers.MayBlock, Do: unblock},
	{At: "POST /suppliers/{id}/close", Need: suppliers.MayChange, Do: shut},

	{At: "POST /suppliers/{id}/account", Need: suppliers.MayChange, Do: enterAccount, Form: &suppliers.AccountForm, Gives: suppliers.Account{}},
	{At: "POST /suppliers/{id}/account/confirm", Need: suppliers.MayConfirm, Do: confirmAccount, Gives: suppliers.Account{}},
	{At: "POST /suppliers/{id}/account/refuse", Need: suppliers.MayConfirm, Do: refuseAccount, Form: &suppliers.RefuseForm, Gives: suppliers.Account{}},

	{At: "POST /suppliers/{id}/complain", Need: suppliers.MayComplain, Do: complain, Form: &suppliers.ComplaintForm, Gives: suppliers.Complaint{}},
	{At: "GET /supplier-complaints", Need: suppliers.MaySee, Do: complaints, List: &suppliers.Complaints},
	{At: "GET /supplier-complaints/{id}", Need: suppliers.MaySee, Do: complaint, Gives: suppliers.Complaint{}},
	{At: "POST /supplier-complaints/{id}/answer", Need: suppliers.MayAnswer, Do: answer, Form: &suppliers.VerdictForm, Gives: suppliers.Complaint{}},
}

// Words are the room's texts.
//
//go:embed words/*.json
var Words embed.FS

var licencePaper = form.Of[suppliers.Licence]{Name: "suppliers.licence", Fields: []form.Field[suppliers.Licence]{
	{Key: "kind", Into: func(l *suppliers.Licence) any { return &l.Kind }, Required: true, OneOf: suppliers.Licences},
	{Key: "number", Into: func(l *suppliers.Licence) any { return &l.Number }, Required: true, Most: 60},
	{Key: "expires", Into: func(l *suppliers.Licence) any { return &l.Expires }},
}}

// paper is the form for a supplier.
var paper = form.Of[suppliers.Supplier]{Name: "suppliers.form", Fields: []form.Field[suppliers.Supplier]{
	{Key: "name", Into: func(s *suppliers.Supplier) any { return &s.Name }, Required: true, Most: 80},
	{Key: "number", Into: func(s *suppliers.Supplier) any { return &s.Number }, Most: 30, Hint: true},
	{Key: "credit", Into: func(s *suppliers.Supplier) any { return &s.Credit }, Most: 18},
	{Key: "contact", Into: func(s *suppliers.Supplier) any { return &s.Contact }, Most: 40},
	{Key: "phone", Into: func(s *suppliers.Supplier) any { return &s.Phone }, Most: 40},
	form.LinesOf("licences", func(s *suppliers.Supplier) *[]suppliers.Licence { return &s.Licences }, &licencePaper, 20),
	{Key: "note", Into: func(s *suppliers.Supplier) any { return &s.Note }, Kind: form.Area, Most: 500},
}}

type reason struct{ Reason string }

// why is asked before a supplier is blocked.
var why = form.Of[reason]{Name: "suppliers.block", Fields: []form.Field[reason]{
	{Key: "reason", Into: func(w *reason) any { return &w.Reason }, Required: true, Most: 200},
}}

// Pickers find suppliers for fields and filters; blocked ones are not offered.
func Pickers(s *web.Site) {
	s.Picker("suppliers", web.Picker{Need: web.SignedIn,
		Find: func(ctx context.Context, r db.Reader, by db.Actor, text string) ([]web.Pick, error) {
			found, err := suppliers.Suppliers.Find(ctx, r, text, list.Where{}.And("s.closed = false AND s.blocked = ''"), 20)
			picks := make([]web.Pick, len(found))
			for n, s := range found {
				picks[n] = web.Pick{ID: s.ID, Label: s.Name, Hint: s.Number, Code: s.Number}
			}
			return picks, err
		},
		Label: func(ctx context.Context, r db.Reader, id string) (string, error) {
			s, err := suppliers.Get(ctx, r, id)
			return s.Name, err
		}})
}

func index(r *web.Req) error {
	p := web.ListPage{Default: "closed=false", Page: ui.Page{Tabs: tabs(r)}}
	if r.By.May(suppliers.MayChange) {
		p.Page.Actions = []ui.Action{{Name: "new", Label: r.T("suppliers.new"), Href: "/suppliers/new", Icon: "plus", Tone: ui.Accent}}
	}
	return r.List(&suppliers.Suppliers, list.Where{}, p)
}

func blank(r *web.Req) error {
	return write(r, "/suppliers", r.T("suppliers.new"), &suppliers.Supplier{})
}

func add(r *web.Req) error {
	return web.Submit(r, &paper, blank, func(tx *db.Tx, s *suppliers.Supplier) (web.Done, error) {
		err := suppliers.Add(r.Context(), tx, s)
		return web.Done{To: "/suppliers/" + s.ID, Say: "suppliers.done.added", Args: []string{s.Name}, Data: s}, err
	})
}

// one is the supplier of the address with its licences.
func one(r *web.Req) (suppliers.Supplier, error) {
	s, err := suppliers.Get(r.Context(), r.Read(), r.PathValue("id"))
	if err == nil {
		s.Licences, err = suppliers.LicencesOf(r.Context(), r.Read(), s.ID)
	}
	return s, err
}

func edit(r *web.Req) error {
	s, err := one(r)
	if err != nil {
		return err
	}
	return write(r, "/suppliers/"+s.ID, s.Name, &s)
}

// write draws the form, empty or for a supplier that is being changed.
func write(r *web.Req, action, heading string, s *suppliers.Supplier) error {
	f := ui.Form{Action: action, Submit: r.T("suppliers.save"), Cancel: action, Draft: true}
	if s.Version > 0 {
		f.Version = web.VersionText(s.Version)
	}
	f, err := r.Form(&paper, s, f)
	if err != nil {
		return err
	}
	for n := range f.Fields {
		switch f.Fields[n].Name {
		case "number", "credit", "contact", "phone":
			f.Fields[n].Half = true
		}
	}
	return r.Show(ui.Page{Heading: heading, Narrow: true, Body: ui.Ask(r.W2, f)}, nil)
}

func change(r *web.Req) error {
	return web.Submit(r, &paper, edit, func(tx *db.Tx, s *suppliers.Supplier) (web.Done, error) {
		s.ID, s.Version = r.PathValue("id"), r.Version()
		err := suppliers.Change(r.Context(), tx, s)
		return web.Done{To: "/suppliers/" + s.ID, Say: "suppliers.done.changed", Args: []string{s.Name}, Data: s}, err
	})
}

func block(r *web.Req) error {
	id := r.PathValue("id")
	return web.Submit(r, &why, show, func(tx *db.Tx, w *reason) (web.Done, error) {
		return web.Done{To: "/suppliers/" + id, Say: "suppliers.done.blocked"}, suppliers.Block(r.Context(), tx, id, r.Version(), w.Reason)
	})
}

func unblock(r *web.Req) error {
	id := r.PathValue("id")
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		return web.Done{To: "/suppliers/" + id, Say: "suppliers.done.unblocked"}, suppliers.Unblock(r.Context(), tx, id, r.Version())
	})
}

func shut(r *web.Req) error {
	id := r.PathValue("id")
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		return web.Done{To: "/suppliers/" + id, Say: "suppliers.done.closed"}, suppliers.Close(r.Context(), tx, id, r.Version())
	})
}

func show(r *web.Req) error {
	s, err := one(r)
	if err != nil {
		return err
	}
	today := period.DayOf(r.Site.DB.Now(), r.Site.DB.Zone)
	facts := []ui.Fact{
		{Label: r.T("suppliers.list.number"), Text: s.Number},
		{Label: r.T("suppliers.list.credit"), Text: s.Credit},
		{Label: r.T("suppliers.list.contact"), Text: s.Contact},
		{Label: r.T("suppliers.list.phone"), Text: s.Phone, Href: "tel:" + s.Phone},
	}
	if s.Phone == "" {
		facts[3].Href = ""
	}
	if s.Note != "" {
		facts = append(facts, ui.Fact{Label: r.T("suppliers.form.note"), Text: s.Note, Wide: true})
	}
	t := ui.Table{ID: "licences", Bare: true, Caption: r.T("suppliers.form.licences"), Empty: ui.Nothing{Text: r.T("suppliers.no_licences"), Icon: "certificate"},
		Columns: []ui.Head{{Label: r.T("suppliers.licence.kind")}, {Label: r.T("suppliers.licence.number")}, {Label: r.T("suppliers.licence.expires")}}}
	for _, l := range s.Licences {
		until := ui.Cell{Text: string(l.Expires), Tone: ui.Tone(suppliers.Tone(l.Expires, today))}
		if l.Expires == "" {
			until.Text = r.T("suppliers.no_end")
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: r.T("suppliers.licence.kind." + l.Kind)}, {Text: l.Number}, until}})
	}
	story, err := r.Story("suppliers.supplier", s.ID, s.Name)
	if err != nil {
		return err
	}
	money, waits, err := accounts(r, s.ID)
	if err != nil {
		return err
	}
	said, err := held(r, s.ID)
	if err != nil {
		return err
	}
	did, err := standing(r, s.ID)
	if err != nil {
		return err
	}
	body := []templ.Component{ui.Facts(facts...), did, ui.Section(r.T("suppliers.form.licences"), ui.List(r.W2, t)), money, said, story}
	p := ui.Page{Heading: s.Name, Back: &ui.Link{Label: r.T("suppliers.list"), Href: "/suppliers"}, Live: []string{suppliers.Noun, suppliers.ComplaintNoun}, Body: ui.Below(body...)}
	if p.Actions, err = buttons(r, s); err != nil {
		return err
	}
	more, err := beside(r, s, waits)
	if err != nil {
		return err
	}
	p.Actions = append(p.Actions, more...)
	switch {
	case s.Closed:
		p.Mark = &ui.Mark{Word: r.T("suppliers.closed"), Tone: ui.Quiet}
	case s.Blocked != "":
		p.Mark = &ui.Mark{Word: r.T("suppliers.blocked"), Tone: ui.Danger}
		p.Sub = s.Blocked
	}
	return r.Show(p, s)
}

// buttons are what the person may do with the supplier now.
func buttons(r *web.Req, s suppliers.Supplier) (out []ui.Action, err error) {
	at := "/suppliers/" + s.ID
	hidden := func() []ui.Pair {
		return []ui.Pair{{Name: "_key", Value: r.NewKey()}, {Name: "_version", Value: web.VersionText(s.Version)}}
	}
	if s.Closed {
		return nil, nil
	}
	if r.By.May(suppliers.MayChange) {
		out = append(out, ui.Action{Name: "edit", Label: r.T("suppliers.edit"), Href: at + "/edit"})
	}
	switch {
	case !r.By.May(suppliers.MayBlock):
	case s.Blocked != "":
		out = append(out, ui.Action{Name: "unblock", Label: r.T("suppliers.unblock"), Post: at + "/unblock", Hidden: hidden()})
	default:
		f, err := r.Form(&why, nil, ui.Form{ID: "block", Action: at + "/block", Version: web.VersionText(s.Version), Submit: r.T("suppliers.block"), Tone: ui.Danger})
		if err != nil {
			return nil, err
		}
		out = append(out, ui.Action{Name: "block", Label: r.T("suppliers.block"), Tone: ui.Danger, Ask: &f, Open: r.Failed(&why) != nil})
	}
	if r.By.May(suppliers.MayChange) {
		out = append(out, ui.Action{Name: "close", Label: r.T("suppliers.close"), Post: at + "/close", Confirm: r.T("suppliers.close.sure", s.Name), Hidden: hidden()})
	}
	return out, nil
}
