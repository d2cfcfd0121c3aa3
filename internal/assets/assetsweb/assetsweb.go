// Package assetsweb is the counter of the card drawer: looking assets up, keeping
// their cards, and printing the codes that stick on them.
package assetsweb

import (
	"context"
	"embed"
	"net/url"
	"slices"
	"strings"

	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
)

// Routes are the doors of the room. They do not begin with /assets, where the
// pages' own pictures and scripts are.
var Routes = slices.Concat(toolRoutes, damageRoutes, []web.Route{
	{At: "GET /asset-cards", Need: web.SignedIn, Do: index, List: &assets.Cards},
	{At: "GET /asset-cards/new", Need: assets.MayChange, Do: blank, PageOnly: true},
	{At: "GET /asset-cards/labels", Need: web.SignedIn, Do: labels, PageOnly: true},
	{At: "POST /asset-cards", Need: assets.MayChange, Do: register, Form: &opening, Gives: assets.Card{}},
	{At: "GET /asset-cards/{id}", Need: web.SignedIn, Do: show, Gives: assets.Card{}},
	{At: "GET /asset-cards/{id}/edit", Need: assets.MayChange, Do: edit, PageOnly: true},
	{At: "POST /asset-cards/{id}", Need: assets.MayChange, Do: change, Form: &writing, Gives: assets.Card{}},
	{At: "POST /asset-cards/{id}/move", Need: assets.MayChange, Do: move, Form: &moving},
	{At: "POST /asset-cards/{id}/inspect", Need: assets.MayChange, Do: inspect, Form: &inspecting},
	{At: "POST /asset-cards/{id}/use", Need: assets.MayChange, Do: step("use")},
	{At: "POST /asset-cards/{id}/idle", Need: assets.MayChange, Do: step("idle")},
	{At: "POST /asset-cards/{id}/repair", Need: assets.MayChange, Do: step("repair")},
	{At: "POST /asset-cards/{id}/scrap", Need: assets.MayChange, Do: because(&assets.Scrapping, "scrap"), Form: &assets.Scrapping},
	{At: "POST /asset-cards/{id}/restore", Need: assets.MayChange, Do: because(&assets.Restoring, "restore"), Form: &assets.Restoring},
})

// Words are the room's texts.
//
//go:embed words/*.json
var Words embed.FS

type card = assets.Card

// written is what stands on a card; where the asset is has fields of its own.
var written = []form.Field[card]{
	{Key: "name", Into: func(c *card) any { return &c.Name }, Required: true, Most: 100},
	{Key: "number", Into: func(c *card) any { return &c.Number }, Most: 40, Kind: form.Code, Hint: true},
	{Key: "spec", Into: func(c *card) any { return &c.Spec }, Most: 100},
	{Key: "class", Into: func(c *card) any { return &c.Class }, OneOf: assets.Classes, Enum: "assets.class", Required: true},
	{Key: "serial", Into: func(c *card) any { return &c.Serial }, Most: 60, Kind: form.Code},
	{Key: "maker", Into: func(c *card) any { return &c.Maker }, Most: 100},
	{Key: "cost", Into: func(c *card) any { return &c.Cost }},
	{Key: "since", Into: func(c *card) any { return &c.Since }},
	{Key: "special", Into: func(c *card) any { return &c.Special }, Hint: true},
	{Key: "inspected", Into: func(c *card) any { return &c.Inspected }, Hint: true},
	{Key: "result", Into: func(c *card) any { return &c.Result }, OneOf: assets.Results, Enum: "assets.result"},
	{Key: "due", Into: func(c *card) any { return &c.Due }},
}

var whereabouts = []form.Field[card]{
	{Key: "place", Into: func(c *card) any { return &c.Place }, Ref: "places"},
	{Key: "spot", Into: func(c *card) any { return &c.Spot }, Most: 60, Hint: true},
	{Key: "department", Into: func(c *card) any { return &c.Department }, Ref: "departments", Hint: true},
}

var (
	opening = form.Of[card]{Name: "assets.form", Fields: slices.Concat(written[:4:4], whereabouts, written[4:])}
	writing = form.Of[card]{Name: "assets.form", Fields: written}
)

// moved is what is asked when an asset moves.
type moved struct{ Department, Place, Spot, Why string }

var moving = form.Of[moved]{Name: "assets.moving", Fields: []form.Field[moved]{
	{Key: "place", Into: func(m *moved) any { return &m.Place }, Ref: "places"},
	{Key: "spot", Into: func(m *moved) any { return &m.Spot }, Most: 60},
	{Key: "department", Into: func(m *moved) any { return &m.Department }, Ref: "departments", Hint: true},
	{Key: "why", Into: func(m *moved) any { return &m.Why }, Required: true, Most: 300, Hint: true},
}}

var inspecting = form.Of[assets.Inspection]{Name: "assets.inspecting", Fields: []form.Field[assets.Inspection]{
	{Key: "day", Into: func(i *assets.Inspection) any { return &i.Day }, Required: true},
	{Key: "result", Into: func(i *assets.Inspection) any { return &i.Result }, Required: true, Kind: form.Cards, OneOf: assets.Results, Enum: "assets.result"},
	{Key: "due", Into: func(i *assets.Inspection) any { return &i.Due }, Hint: true},
	{Key: "note", Into: func(i *assets.Inspection) any { return &i.Note }, Most: 300},
}}

// Pickers find assets for fields and filters: those not scrapped that the person sees.
func Pickers(s *web.Site) {
	s.Picker("assets", web.Picker{Need: web.SignedIn,
		Find: func(ctx context.Context, r db.Reader, by db.Actor, text string) (picks []web.Pick, err error) {
			found, err := assets.Cards.Find(ctx, r, text, assets.Scope(by).And("a.closed = false"), 20)
			for _, c := range found {
				picks = append(picks, web.Pick{ID: c.ID, Label: label(c), Hint: joined(c.DepartmentName, c.PlaceName), Code: c.Number})
			}
			return picks, err
		},
		Sees: assets.Visible,
		Label: func(ctx context.Context, r db.Reader, id string) (string, error) {
			c, err := assets.Get(ctx, r, id)
			return label(c), err
		}})
}

func label(c card) string { return c.Name + " " + c.Number }

func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// alive is what the list shows unless something else is asked.
const alive = "closed=false"

func index(r *web.Req) error {
	p := web.ListPage{Default: alive}
	today := r.Site.DB.Today()
	tools := r.URL.Query().Get("class") == assets.Tool
	if !r.JSON() && !tools { // which nobody inspects by law
		n, err := assets.Falling(r.Context(), r.Read(), r.By, today.AddDays(30))
		if err != nil {
			return err
		}
		if n > 0 {
			p.Page.Flash = []ui.Note{{Text: r.T("assets.falling", n), Tone: ui.Soon, Link: &ui.Link{Label: r.T("assets.falling.see"), Href: falling(today)}}}
		}
	}
	if r.By.May(assets.MayChange) {
		p.Page.Actions = []ui.Action{{Name: "new", Label: r.T("assets.new"), Href: "/asset-cards/new", Icon: "plus", Tone: ui.Accent},
			{Name: "labels", Label: r.T("assets.labels"), Href: "/asset-cards/labels?" + r.URL.RawQuery, Icon: "qrcode", Fresh: true}}
	}
	if tools {
		p.Page.Heading, p.Page.Tabs = r.T("assets.tools"), toolTabs(r)
		p.Page.Tabs[0].Current = true
	}
	return r.List(&assets.Cards, assets.Scope(r.By), p)
}

// falling is the list of what must be inspected within a month.
func falling(today period.Day) string {
	return "/asset-cards?" + alive + "&" + url.Values{"special": {"true"}, "due.to": {string(today.AddDays(30))}, "sort": {"due"}}.Encode()
}

func blank(r *web.Req) error {
	return write(r, &opening, "/asset-cards", "/asset-cards", r.T("assets.new"), &card{Place: r.URL.Query().Get("place"), Department: r.By.Unit})
}

func write(r *web.Req, spec *form.Of[card], action, back, heading string, c *card) error {
	f := ui.Form{Action: action, Submit: r.T("assets.save"), Cancel: back, Draft: true}
	if c.Version > 0 {
		f.Version = web.VersionText(c.Version)
	}
	f, err := r.Form(spec, c, f)
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: heading, Narrow: true, Body: ui.Ask(r.W2, f)}, nil)
}

func register(r *web.Req) error {
	return web.Submit(r, &opening, blank, func(tx *db.Tx, c *card) (web.Done, error) {
		err := assets.Register(r.Context(), tx, c)
		return web.Done{To: "/asset-cards/" + c.ID, Say: "assets.done.registered", Args: []string{c.Name, c.Number}, Data: c}, err
	})
}

// one is the card of the address, if the person may see it.
func one(ctx context.Context, r *web.Req, from db.Reader) (card, error) {
	return assets.Cards.Get(ctx, from, assets.Scope(r.By).And("a.id = ?", r.PathValue("id")))
}

func edit(r *web.Req) error {
	c, err := one(r.Context(), r, r.Read())
	if err != nil {
		return err
	}
	return write(r, &writing, "/asset-cards/"+c.ID, "/asset-cards/"+c.ID, label(c), &c)
}

// on carries out a command on the card of the address: one that the person does not
// see is not found, whatever they may do elsewhere.
func on(r *web.Req, tx *db.Tx, say string, f func(id string, version int64) error) (web.Done, error) {
	c, err := one(r.Context(), r, tx)
	if err != nil {
		return web.Done{}, err
	}
	return web.Done{To: "/asset-cards/" + c.ID, Say: say, Args: []string{c.Name}}, f(c.ID, r.Version())
}

func change(r *web.Req) error {
	return web.Submit(r, &writing, edit, func(tx *db.Tx, c *card) (web.Done, error) {
		d, err := on(r, tx, "assets.done.changed", func(id string, version int64) error {
			c.ID, c.Version = id, version
			return assets.Change(r.Context(), tx, c)
		})
		d.Data = c
		return d, err
	})
}

func move(r *web.Req) error {
	return web.Submit(r, &moving, show, func(tx *db.Tx, m *moved) (web.Done, error) {
		return on(r, tx, "assets.done.moved", func(id string, version int64) error {
			return assets.Move(r.Context(), tx, id, version, m.Department, m.Place, m.Spot, m.Why)
		})
	})
}

func inspect(r *web.Req) error {
	return web.Submit(r, &inspecting, show, func(tx *db.Tx, i *assets.Inspection) (web.Done, error) {
		return on(r, tx, "assets.done.inspected", func(id string, version int64) error { return assets.Inspect(r.Context(), tx, id, version, *i) })
	})
}

func step(name string) func(*web.Req) error {
	return func(r *web.Req) error {
		return r.Press(func(tx *db.Tx) (web.Done, error) {
			return on(r, tx, "assets.done."+name, func(id string, version int64) error {
				return assets.Step(r.Context(), tx, id, version, name, assets.Why{})
			})
		})
	}
}

func because(spec *form.Of[assets.Why], name string) func(*web.Req) error {
	return func(r *web.Req) error {
		return web.Submit(r, spec, show, func(tx *db.Tx, w *assets.Why) (web.Done, error) {
			return on(r, tx, "assets.done."+name, func(id string, version int64) error { return assets.Step(r.Context(), tx, id, version, name, *w) })
		})
	}
}
