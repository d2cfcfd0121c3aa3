// Package placesweb is the counter of the ground plan: looking places up, keeping
// them, and printing the codes that hang on their doors.
package placesweb

import (
	"context"
	"embed"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/qr"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
	"houqin/internal/places"
)

// Routes are the doors of the room.
var Routes = []web.Route{
	{At: "GET /places", Need: web.SignedIn, Do: index, List: &places.Places},
	{At: "GET /places/new", Need: places.MayChange, Do: blank, PageOnly: true},
	{At: "GET /places/labels", Need: places.MayChange, Do: labels, PageOnly: true},
	{At: "POST /places", Need: places.MayChange, Do: add, Form: &paper, Gives: places.Place{}},
	{At: "GET /places/{id}", Need: web.SignedIn, Do: show, Gives: places.Place{}},
	{At: "GET /places/{id}/edit", Need: places.MayChange, Do: edit, PageOnly: true},
	{At: "POST /places/{id}", Need: places.MayChange, Do: change, Form: &paper, Gives: places.Place{}},
	{At: "POST /places/{id}/close", Need: places.MayChange, Do: shut},
}

// Words are the room's texts.
//
//go:embed words/*.json
var Words embed.FS

// asked is what the form asks; square metres and extensions are typed as people say them.
type asked struct {
	places.Place
	Metres string
	Phones string
}

var paper = form.Of[asked]{Name: "places.form", Fields: []form.Field[asked]{
	{Key: "code", Into: func(p *asked) any { return &p.Code }, Required: true, Most: 30, Hint: true},
	{Key: "name", Into: func(p *asked) any { return &p.Name }, Required: true, Most: 60, Hint: true},
	{Key: "kind", Into: func(p *asked) any { return &p.Kind }, Required: true, OneOf: places.Kinds, Enum: "places.kind"},
	{Key: "parent", Into: func(p *asked) any { return &p.Parent }, Ref: "places"},
	{Key: "campus", Into: func(p *asked) any { return &p.Campus }, Ref: "campuses", Hint: true},
	{Key: "department", Into: func(p *asked) any { return &p.Department }, Ref: "departments", Hint: true},
	{Key: "criticality", Into: func(p *asked) any { return &p.Criticality }, OneOf: places.Criticalities, Enum: "places.criticality"},
	{Key: "area", Into: func(p *asked) any { return &p.Metres }, Most: 12, Unit: "places.m2"},
	{Key: "beds", Into: func(p *asked) any { return &p.Beds }, Most: 500},
	{Key: "phones", Into: func(p *asked) any { return &p.Phones }, Most: 100, Hint: true},
}, Check: func(p *asked, bad *fault.Complaints) {
	if p.Metres != "" {
		dm2, err := places.ParseArea(p.Metres)
		if err != nil {
			bad.Add("area", "places.bad_area")
		}
		p.Area = dm2
	}
	p.Place.Phones = strings.FieldsFunc(p.Phones, func(r rune) bool { return strings.ContainsRune(" ,，;；、", r) })
}}

// Pickers find places for fields and filters.
func Pickers(s *web.Site) {
	s.Picker("places", web.Picker{Need: web.SignedIn,
		Find: func(ctx context.Context, r db.Reader, by db.Actor, text string) (picks []web.Pick, err error) {
			w := list.Where{}.And("p.closed = false")
			if text == "" && by.Unit != "" {
				w = w.And("p.department = ?", by.Unit) // nothing typed: the rooms of one's own department
			}
			found, err := places.Places.Find(ctx, r, text, w, 20)
			for _, p := range found {
				picks = append(picks, web.Pick{ID: p.ID, Label: p.Path, Hint: p.DepartmentName, Code: p.Code})
			}
			return picks, err
		},
		Label: func(ctx context.Context, r db.Reader, id string) (string, error) {
			p, err := places.Get(ctx, r, id)
			return p.Path, err
		}})
}

func index(r *web.Req) error {
	p := web.ListPage{Default: "closed=false"}
	if r.By.May(places.MayChange) {
		p.Page.Actions = []ui.Action{{Name: "new", Label: r.T("places.new"), Href: "/places/new", Icon: "plus", Tone: ui.Accent},
			{Name: "labels", Label: r.T("places.labels"), Href: "/places/labels?" + r.URL.RawQuery, Icon: "qrcode", Fresh: true}}
	}
	return r.List(&places.Places, list.Where{}, p)
}

func blank(r *web.Req) error {
	return write(r, "/places", r.T("places.new"), &asked{Place: places.Place{Parent: r.URL.Query().Get("parent"), Kind: places.Room}})
}

func write(r *web.Req, action, heading string, a *asked) error {
	f := ui.Form{Action: action, Submit: r.T("places.save"), Cancel: action, Draft: true}
	if a.Version > 0 {
		f.Version = web.VersionText(a.Version)
	}
	f, err := r.Form(&paper, a, f)
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: heading, Narrow: true, Body: ui.Ask(r.W2, f)}, nil)
}

func add(r *web.Req) error {
	return web.Submit(r, &paper, blank, func(tx *db.Tx, a *asked) (web.Done, error) {
		p := &a.Place
		err := places.Add(r.Context(), tx, p)
		return web.Done{To: "/places/" + p.ID, Say: "places.done.added", Args: []string{p.Path}, Data: p}, err
	})
}

func one(r *web.Req) (places.Place, error) {
	p, err := places.Get(r.Context(), r.Read(), r.PathValue("id"))
	if err == nil {
		p.Phones, err = places.Phones(r.Context(), r.Read(), p.ID)
	}
	return p, err
}

func edit(r *web.Req) error {
	p, err := one(r)
	if err != nil {
		return err
	}
	return write(r, "/places/"+p.ID, p.Path, &asked{Place: p, Metres: places.AreaText(p.Area), Phones: strings.Join(p.Phones, " ")})
}

func change(r *web.Req) error {
	return web.Submit(r, &paper, edit, func(tx *db.Tx, a *asked) (web.Done, error) {
		p := &a.Place
		p.ID, p.Version = r.PathValue("id"), r.Version()
		err := places.Change(r.Context(), tx, p)
		return web.Done{To: "/places/" + p.ID, Say: "places.done.changed", Args: []string{p.Path}, Data: p}, err
	})
}

func shut(r *web.Req) error {
	id := r.PathValue("id")
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		return web.Done{To: "/places/" + id, Say: "places.done.closed"}, places.Close(r.Context(), tx, id, r.Version())
	})
}

// door is the address that a place's code carries: reporting a fault right here, by the
// code that hangs there for guests too, or signed in.
func door(r *web.Req, id string, codes map[string]string) string {
	if code := codes[id]; code != "" {
		return r.Origin() + "/q/" + code
	}
	return r.Origin() + "/desk/report?place=" + id
}

func show(r *web.Req) error {
	p, err := one(r)
	if err != nil {
		return err
	}
	hung, err := desk.CodesOfPlaces(r.Context(), r.Read(), p.ID)
	if err != nil {
		return err
	}
	code, err := qr.SVG(door(r, p.ID, hung))
	if err != nil {
		return err
	}
	above := ""
	if p.Parent != "" {
		above = "/places/" + p.Parent
	}
	facts := []ui.Fact{
		{Label: r.T("places.list.code"), Text: p.Code},
		{Label: r.T("places.list.kind"), Text: r.T("places.kind." + string(p.Kind))},
		{Label: r.T("places.form.parent"), Text: strings.TrimSuffix(strings.TrimSuffix(p.Path, p.Name), " / "), Href: above},
		{Label: r.T("places.list.campus"), Text: p.CampusName},
		{Label: r.T("places.list.department"), Text: p.DepartmentName, Href: "/departments/" + p.Department},
		{Label: r.T("places.list.criticality"), Text: r.T("places.criticality." + p.Criticality)},
		{Label: r.T("places.form.area"), Text: places.AreaText(p.Area), Sub: r.T("places.m2"), Num: true},
		{Label: r.T("places.list.beds"), Text: r.W2.Number(p.Beds), Num: true},
		{Label: r.T("places.form.phones"), Text: r.W2.List(p.Phones)},
	}
	inside, err := places.Places.All(r.Context(), r.Read(), list.Where{}.And("p.parent = ? AND p.closed = false", p.ID), 300)
	if err != nil {
		return err
	}
	t := ui.Table{ID: "inside", Bare: true, Caption: r.T("places.inside"), Columns: []ui.Head{{Label: r.T("places.form.name")}, {Label: r.T("places.list.kind")}, {Label: r.T("places.list.department")}},
		Empty: ui.Nothing{Text: r.T("places.inside.none")}}
	for _, i := range inside {
		t.Rows = append(t.Rows, ui.Row{Href: "/places/" + i.ID, Cells: []ui.Cell{{Text: i.Name}, {Text: r.T("places.kind." + string(i.Kind))}, {Text: i.DepartmentName}}})
	}
	story, err := r.Story("places.place", p.ID)
	if err != nil {
		return err
	}
	page := ui.Page{Heading: p.Path, Back: &ui.Link{Label: r.T("places.list"), Href: "/places"}, Live: []string{"places.place"}}
	if r.By.May(desk.MayReport) {
		page.Actions = []ui.Action{{Name: "report", Label: r.T("places.report"), Href: "/desk/report?place=" + p.ID, Tone: ui.Accent, Icon: "tool"}}
	}
	if r.By.May(desk.MayHang) && hung[p.ID] == "" {
		page.Actions = append(page.Actions, ui.Action{Name: "hang", Label: r.T("desk.codes.new"), Href: "/desk/codes/new?place=" + p.ID, Icon: "qrcode"})
	}
	if p.Closed {
		page.Mark, page.Actions = &ui.Mark{Word: r.T("places.closed"), Tone: ui.Quiet}, nil
	} else if r.By.May(places.MayChange) {
		page.Actions = append(page.Actions, ui.Action{Name: "edit", Label: r.T("places.edit"), Href: "/places/" + p.ID + "/edit"},
			ui.Action{Name: "label", Label: r.T("places.label"), Href: "/places/labels?id=" + p.ID, Fresh: true},
			ui.Action{Name: "add", Label: r.T("places.new_inside"), Href: "/places/new?parent=" + p.ID},
			ui.Action{Name: "close", Label: r.T("places.close"), Post: "/places/" + p.ID + "/close", Tone: ui.Danger, Confirm: r.T("places.close.sure", p.Path),
				Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}, {Name: "_version", Value: web.VersionText(p.Version)}}})
	}
	page.Body = templ.Join(ui.Facts(facts...), ui.QR(code, r.T("places.qr.say")), ui.List(r.W2, t), story)
	return r.Show(page, p)
}

// labelsMost is how many labels one print makes: about forty sheets.
const labelsMost = 1000

// labels prints the codes of one place, or of all that the list's filters show.
func labels(r *web.Req) error {
	asked := r.URL.Query()
	w := list.Where{}
	if id := asked.Get("id"); id != "" {
		w = w.And("p.id = ?", id)
	}
	q, err := places.Places.Parse(asked, r.By)
	if err != nil {
		return err
	}
	sheet := ui.LabelSheet{Title: r.T("places.labels"), Back: ui.Link{Label: r.T("places.list"), Href: "/places"}}
	var shown []places.Place
	err = places.Places.Each(r.Context(), r.Read(), q, w.And("p.closed = false"), func(p *places.Place) error {
		if len(shown) == labelsMost {
			return fault.New(fault.TooLarge, "places.too_many_labels", labelsMost)
		}
		shown = append(shown, *p)
		return nil
	})
	if err != nil {
		return err
	}
	ids := make([]string, len(shown))
	for i := range shown {
		ids[i] = shown[i].ID
	}
	hung, err := desk.CodesOfPlaces(r.Context(), r.Read(), ids...)
	if err != nil {
		return err
	}
	for _, p := range shown {
		code, err := qr.SVG(door(r, p.ID, hung))
		if err != nil {
			return err
		}
		sheet.Labels = append(sheet.Labels, ui.Label{QR: code, Title: p.Name, Lines: []string{p.Path, p.DepartmentName, r.T("places.qr.say")}, Number: p.Code})
	}
	return r.Labels(sheet)
}
