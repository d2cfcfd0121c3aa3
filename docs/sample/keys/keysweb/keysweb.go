// Package keysweb is the counter of the key board.
package keysweb

import (
	"embed"

	"github.com/a-h/templ"

	"houqin/docs/sample/keys"
	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
)

// Routes are the doors of the room.
var Routes = []web.Route{
	{At: "GET /keys", Need: keys.MaySee, Do: index, List: &keys.Keys},
	{At: "GET /keys/new", Need: keys.MayHang, Do: blank, PageOnly: true},
	{At: "POST /keys", Need: keys.MayHang, Do: hang, Form: &paper, Gives: keys.Key{}},
	{At: "GET /keys/{id}", Need: keys.MaySee, Do: show, Gives: keys.Key{}},
	{At: "POST /keys/{id}/lend", Need: keys.MayLend, Do: lend, Form: &keys.LendingForm, Gives: keys.Key{}},
	{At: "POST /keys/{id}/return", Need: keys.MayLend, Do: press("return"), Gives: keys.Key{}},
	{At: "POST /keys/{id}/lose", Need: keys.MayLend, Do: press("lose"), Gives: keys.Key{}},
}

// Words are the room's texts.
//
//go:embed words/*.json
var Words embed.FS

var paper = form.Of[keys.Key]{Name: "keys.form", Fields: []form.Field[keys.Key]{
	{Key: "label", Into: func(k *keys.Key) any { return &k.Label }, Required: true, Most: 20},
	{Key: "place", Into: func(k *keys.Key) any { return &k.Place }, Required: true, Ref: "places"},
}}

func index(r *web.Req) error {
	p := web.ListPage{}
	if r.By.May(keys.MayHang) {
		p.Page.Actions = []ui.Action{{Name: "new", Label: r.T("keys.new"), Href: "/keys/new", Tone: ui.Accent}}
	}
	return r.List(&keys.Keys, list.Where{}, p)
}

func blank(r *web.Req) error {
	f, err := r.Form(&paper, nil, ui.Form{Action: "/keys", Submit: r.T("keys.hang"), Cancel: "/keys", Draft: true})
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: r.T("keys.new"), Narrow: true, Body: ui.Ask(r.W2, f)}, nil)
}

func hang(r *web.Req) error {
	return web.Submit(r, &paper, blank, func(tx *db.Tx, k *keys.Key) (web.Done, error) {
		err := keys.Hang(r.Context(), tx, k)
		return web.Done{To: "/keys/" + k.ID, Say: "keys.done.hung", Args: []string{k.Label}, Data: k}, err
	})
}

func show(r *web.Req) error {
	k, err := keys.Keys.Get(r.Context(), r.Read(), list.Where{}.And("k.id = ?", r.PathValue("id")))
	if err != nil {
		return err
	}
	buttons, err := r.Buttons("keys.key", "/keys/"+k.ID, k.Version, keys.Life.Open(r.By, &k))
	if err != nil {
		return err
	}
	story, err := r.Story("keys.key", k.ID)
	if err != nil {
		return err
	}
	facts := []ui.Fact{{Label: r.T("keys.list.place"), Text: k.PlacePath, Href: "/places/" + k.Place}, {Label: r.T("keys.list.holder"), Text: k.Holder}}
	return r.Show(ui.Page{Heading: k.Label, Back: &ui.Link{Label: r.T("keys.list"), Href: "/keys"}, Live: []string{"keys.key"},
		Mark: &ui.Mark{Word: r.T("keys.key.state." + string(k.State))}, Body: templ.Join(ui.Buttons(r.W2, buttons...), ui.Facts(facts...), story)}, k)
}

func lend(r *web.Req) error {
	return web.Submit(r, &keys.LendingForm, show, func(tx *db.Tx, l *keys.Lending) (web.Done, error) { return step(r, tx, "lend", l.Holder) })
}

func press(name string) func(*web.Req) error {
	return func(r *web.Req) error {
		return r.Press(func(tx *db.Tx) (web.Done, error) { return step(r, tx, name, "") })
	}
}

func step(r *web.Req, tx *db.Tx, name, holder string) (web.Done, error) {
	k, err := keys.Step(r.Context(), tx, r.PathValue("id"), name, holder, r.Version())
	return web.Done{To: "/keys/" + k.ID, Say: "keys.done." + name, Args: []string{k.Label}, Data: k}, err
}
