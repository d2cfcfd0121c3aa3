// Package catalogweb is the counter where goods are looked up by any of their names,
// by pinyin or by scanning, and where the list of items is kept.
package catalogweb

import (
	"context"
	"embed"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
)

// Routes are the doors of the room.
var Routes = []web.Route{
	{At: "GET /items", Need: web.SignedIn, Do: index, List: &catalog.Items},
	{At: "GET /items/new", Need: catalog.MayChange, Do: blank, PageOnly: true},
	{At: "GET /items/scan", Need: web.SignedIn, Do: scan, Gives: scanned{}},
	{At: "POST /items", Need: catalog.MayChange, Do: add, Form: &paper, Gives: catalog.Item{}},
	{At: "GET /items/{id}", Need: web.SignedIn, Do: show, Gives: catalog.Item{}},
	{At: "GET /items/{id}/edit", Need: catalog.MayChange, Do: edit, PageOnly: true},
	{At: "POST /items/{id}", Need: catalog.MayChange, Do: change, Form: &paper, Gives: catalog.Item{}},
	{At: "POST /items/{id}/close", Need: catalog.MayChange, Do: shut},
	{At: "POST /items/{id}/reopen", Need: catalog.MayChange, Do: reopen},
	{At: "GET /classes", Need: web.SignedIn, Do: classes, List: &catalog.Classes},
	{At: "GET /classes/new", Need: catalog.MayChange, Do: blankClass, PageOnly: true},
	{At: "POST /classes", Need: catalog.MayChange, Do: addClass, Form: &classPaper, Gives: catalog.Class{}},
	{At: "GET /classes/{id}/edit", Need: catalog.MayChange, Do: editClass, PageOnly: true},
	{At: "POST /classes/{id}", Need: catalog.MayChange, Do: changeClass, Form: &classPaper, Gives: catalog.Class{}},
}

// Words are the room's texts.
//
//go:embed words/*.json
var Words embed.FS

// asked is what the form asks: an item whose larger packs stand in lines of their own.
type asked struct {
	catalog.Item
	Larger []pack
	Codes  []catalog.Barcode
}

type pack struct {
	Unit  string
	Holds int64
}

var packPaper = form.Of[pack]{Name: "catalog.pack", Fields: []form.Field[pack]{
	{Key: "unit", Into: func(p *pack) any { return &p.Unit }, Required: true, Most: 10},
	{Key: "holds", Into: func(p *pack) any { return &p.Holds }, Required: true, Least: 2, Most: 1_000_000_000},
}}

var codePaper = form.Of[catalog.Barcode]{Name: "catalog.barcode", Fields: []form.Field[catalog.Barcode]{
	{Key: "code", Into: func(b *catalog.Barcode) any { return &b.Code }, Kind: form.Code, Required: true, Most: 120},
	{Key: "unit", Into: func(b *catalog.Barcode) any { return &b.Unit }, Most: 10},
}}

// paper is the form for an item.
var paper = form.Of[asked]{Name: "catalog.form", Fields: []form.Field[asked]{
	{Key: "name", Into: func(a *asked) any { return &a.Name }, Required: true, Most: 80},
	{Key: "spec", Into: func(a *asked) any { return &a.Spec }, Most: 80, Hint: true},
	{Key: "number", Into: func(a *asked) any { return &a.Number }, Most: 30, Hint: true},
	{Key: "category", Into: func(a *asked) any { return &a.Category }, Required: true, OneOf: catalog.Categories, Enum: "catalog.category"},
	{Key: "class", Into: func(a *asked) any { return &a.Class }, Ref: "classes"},
	{Key: "unit", Into: func(a *asked) any { return &a.Unit }, Required: true, Most: 10, Hint: true},
	form.LinesOf("packs", func(a *asked) *[]pack { return &a.Larger }, &packPaper, 8),
	{Key: "price", Into: func(a *asked) any { return &a.Price }, Hint: true},
	{Key: "storage", Into: func(a *asked) any { return &a.Storage }, OneOf: catalog.Storages, Enum: "catalog.storage"},
	{Key: "shelf_days", Into: func(a *asked) any { return &a.ShelfDays }, Most: 36500, Unit: "catalog.days", Hint: true},
	{Key: "old_for_new", Into: func(a *asked) any { return &a.OldForNew }, Hint: true},
	{Key: "synonyms", Into: func(a *asked) any { return &a.Synonyms }, Most: 200, Hint: true},
	form.LinesOf("barcodes", func(a *asked) *[]catalog.Barcode { return &a.Codes }, &codePaper, 20),
}, Check: func(a *asked, bad *fault.Complaints) {
	a.Packs = nil
	for _, p := range a.Larger {
		a.Packs = append(a.Packs, quantity.Pack{Unit: p.Unit, Factor: p.Holds})
	}
	a.Barcodes = a.Codes
}}

// Pickers find items and their classes for fields and filters. An item is found by
// what is scanned, too; then the pick says the lot and the expiry of the pack.
func Pickers(s *web.Site) {
	s.Picker("items", web.Picker{Need: web.SignedIn, Find: find,
		Label: func(ctx context.Context, r db.Reader, id string) (string, error) {
			i, err := catalog.Get(ctx, r, id)
			return i.Title(), err
		}})
	s.Picker("classes", web.Picker{Need: web.SignedIn,
		Find: func(ctx context.Context, r db.Reader, by db.Actor, text string) (picks []web.Pick, err error) {
			all, err := catalog.Classes.All(ctx, r, list.Where{}.And("c.closed = false"), 1000)
			for _, c := range all {
				if len(picks) < 20 && (text == "" || c.ID == text || strings.HasPrefix(c.Code, text) || strings.Contains(c.Name, text)) {
					picks = append(picks, web.Pick{ID: c.ID, Label: c.Name, Hint: strings.TrimSpace(c.Code + " " + c.ParentName), Code: c.Code})
				}
			}
			return picks, err
		},
		Label: func(ctx context.Context, r db.Reader, id string) (string, error) {
			c, err := catalog.ClassByID(ctx, r, id)
			return c.Name, err
		}})
}

// find is what the picker of items offers.
func find(ctx context.Context, r db.Reader, by db.Actor, text string) ([]web.Pick, error) {
	found, err := catalog.Lookup(ctx, r, text)
	picks := make([]web.Pick, len(found))
	for n, f := range found {
		picks[n] = web.Pick{ID: f.ID, Label: f.Title(), Hint: f.Number + " · " + catalog.SayPacks(f.Packs), Code: f.Meant(text), Fill: f.Says()}
	}
	return picks, err
}

func index(r *web.Req) error {
	if q := r.URL.Query().Get("q"); len(q) >= 4 && !r.JSON() { // a code was scanned into the search
		if i, _, _, err := catalog.ByBarcode(r.Context(), r.Read(), q); err == nil {
			return r.Go("/items/" + i.ID)
		}
	}
	p := web.ListPage{Default: "closed=false", Page: ui.Page{Tabs: tabs(r, "/items")}}
	if r.By.May(catalog.MayChange) {
		p.Page.Actions = []ui.Action{{Name: "new", Label: r.T("catalog.new"), Href: "/items/new", Icon: "plus", Tone: ui.Accent}}
	}
	return r.List(&catalog.Items, list.Where{}, p)
}

func tabs(r *web.Req, here string) []ui.Link {
	return []ui.Link{{Label: r.T("catalog.items"), Href: "/items", Current: here == "/items"}, {Label: r.T("catalog.classes"), Href: "/classes", Current: here == "/classes"}}
}

// scanned is what a code means.
type scanned struct {
	Item   catalog.Item `json:"item"`
	GTIN   string       `json:"gtin"`
	Lot    string       `json:"lot"`
	Serial string       `json:"serial"`
	Made   period.Day   `json:"made"`
	Expiry period.Day   `json:"expiry"`
	Count  int64        `json:"count"`
	Unit   string       `json:"unit"` // the pack that carries the code
}

func scan(r *web.Req) error {
	i, code, unit, err := catalog.ByBarcode(r.Context(), r.Read(), r.URL.Query().Get("code"))
	if err != nil {
		return err
	}
	if !r.JSON() {
		return r.Go("/items/" + i.ID)
	}
	if unit == "" {
		unit = i.Unit
	}
	return r.Give(scanned{i, code.GTIN, code.Lot, code.Serial, code.Made, code.Expiry, code.Count, unit})
}

func blank(r *web.Req) error {
	return write(r, "/items", r.T("catalog.new"), &asked{Item: catalog.Item{Storage: "normal", Category: catalog.Consumable}})
}

func add(r *web.Req) error {
	return web.Submit(r, &paper, blank, func(tx *db.Tx, a *asked) (web.Done, error) {
		i := &a.Item
		err := catalog.Add(r.Context(), tx, i)
		return web.Done{To: "/items/" + i.ID, Say: "catalog.done.added", Args: []string{i.Title()}, Data: i}, err
	})
}

// one is the item of the address with its barcodes.
func one(r *web.Req) (catalog.Item, error) {
	i, err := catalog.Get(r.Context(), r.Read(), r.PathValue("id"))
	if err == nil {
		i.Barcodes, err = catalog.Barcodes(r.Context(), r.Read(), i.ID)
	}
	return i, err
}

func edit(r *web.Req) error {
	i, err := one(r)
	if err != nil {
		return err
	}
	a := asked{Item: i, Codes: i.Barcodes}
	for _, p := range i.Packs[1:] {
		a.Larger = append(a.Larger, pack{p.Unit, p.Factor})
	}
	return write(r, "/items/"+i.ID, i.Title(), &a)
}

// write draws the form, empty or for an item that is being changed.
func write(r *web.Req, action, heading string, a *asked) error {
	f := ui.Form{Action: action, Submit: r.T("catalog.save"), Cancel: action, Draft: true}
	if a.Version > 0 {
		f.Version = web.VersionText(a.Version)
	}
	f, err := r.Form(&paper, a, f)
	if err != nil {
		return err
	}
	halve(f.Fields, "spec", "number", "category", "class", "price", "storage")
	return r.Show(ui.Page{Heading: heading, Narrow: true, Body: ui.Ask(r.W2, f)}, nil)
}

// halve lets short fields share a row on a wide screen.
func halve(fields []ui.Field, names ...string) {
	for n := range fields {
		for _, name := range names {
			fields[n].Half = fields[n].Half || fields[n].Name == name
		}
	}
}

func change(r *web.Req) error {
	return web.Submit(r, &paper, edit, func(tx *db.Tx, a *asked) (web.Done, error) {
		i := &a.Item
		i.ID, i.Version = r.PathValue("id"), r.Version()
		err := catalog.Change(r.Context(), tx, i)
		return web.Done{To: "/items/" + i.ID, Say: "catalog.done.changed", Args: []string{i.Title()}, Data: i}, err
	})
}

func shut(r *web.Req) error {
	id := r.PathValue("id")
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		return web.Done{To: "/items/" + id, Say: "catalog.done.closed"}, catalog.Close(r.Context(), tx, id, r.Version())
	})
}

func reopen(r *web.Req) error {
	id := r.PathValue("id")
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		return web.Done{To: "/items/" + id, Say: "catalog.done.reopened"}, catalog.Reopen(r.Context(), tx, id, r.Version())
	})
}
