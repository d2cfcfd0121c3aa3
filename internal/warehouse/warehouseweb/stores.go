package warehouseweb

import (
	"strconv"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/warehouse"
)

// storeAsked is what the form of a store asks; its keepers stand in lines.
type storeAsked struct {
	warehouse.Store
	Named []keeper
}

type keeper struct{ Person string }

// storeData is what programs get of a store.
type storeData struct {
	warehouse.Store
	Bins []warehouse.Bin `json:"bins"`
}

var keeperPaper = form.Of[keeper]{Name: "warehouse.keeper", Fields: []form.Field[keeper]{
	{Key: "person", Into: func(k *keeper) any { return &k.Person }, Ref: "people", Required: true},
}}

var storePaper = form.Of[storeAsked]{Name: "warehouse.store", Fields: []form.Field[storeAsked]{
	{Key: "code", Into: func(s *storeAsked) any { return &s.Code }, Required: true, Most: 20},
	{Key: "name", Into: func(s *storeAsked) any { return &s.Name }, Required: true, Most: 60},
	{Key: "department", Into: func(s *storeAsked) any { return &s.Department }, Ref: "departments", Required: true, Hint: true},
	{Key: "place", Into: func(s *storeAsked) any { return &s.Place }, Ref: "places"},
	{Key: "ward", Into: func(s *storeAsked) any { return &s.Ward }},
	form.LinesOf("keepers", func(s *storeAsked) *[]keeper { return &s.Named }, &keeperPaper, 20),
	{Key: "closed", Into: func(s *storeAsked) any { return &s.Closed }},
}}

var binPaper = form.Of[warehouse.Bin]{Name: "warehouse.bin", Fields: []form.Field[warehouse.Bin]{
	{Key: "code", Into: func(b *warehouse.Bin) any { return &b.Code }, Required: true, Most: 20},
	{Key: "note", Into: func(b *warehouse.Bin) any { return &b.Note }, Most: 60},
}}

func stores(r *web.Req) error {
	p := web.ListPage{Default: "closed=false"}
	if r.By.May(warehouse.MayKeep) {
		p.Page.Actions = []ui.Action{{Name: "new", Label: r.T("warehouse.new_store"), Href: "/warehouse/stores/new", Icon: "plus", Tone: ui.Accent}}
	}
	return r.List(&warehouse.Stores, warehouse.Scope(r.By), p)
}

func blankStore(r *web.Req) error {
	return writeStore(r, "/warehouse/stores", r.T("warehouse.new_store"), &storeAsked{})
}

func writeStore(r *web.Req, action, heading string, s *storeAsked) error {
	f := ui.Form{Action: action, Submit: r.T("warehouse.save"), Cancel: action, Draft: true}
	if s.Version > 0 {
		f.Version = web.VersionText(s.Version)
	}
	f, err := r.Form(&storePaper, s, f)
	if err != nil {
		return err
	}
	if s.Version == 0 { // a new one is not closed
		f.Fields = f.Fields[:len(f.Fields)-1]
	}
	return r.Show(ui.Page{Heading: heading, Narrow: true, Body: ui.Ask(r.W2, f)}, nil)
}

// withKeepers is the store asked for, its keepers taken from their lines.
func withKeepers(s *storeAsked) *warehouse.Store {
	s.Keepers = nil
	for _, k := range s.Named {
		s.Keepers = append(s.Keepers, k.Person)
	}
	return &s.Store
}

func setUp(r *web.Req) error {
	return web.Submit(r, &storePaper, blankStore, func(tx *db.Tx, a *storeAsked) (web.Done, error) {
		s := withKeepers(a)
		err := warehouse.SetUp(r.Context(), tx, s)
		return web.Done{To: "/warehouse/stores/" + s.ID, Say: "warehouse.done.set_up", Args: []string{s.Name}, Data: s}, err
	})
}

// storeOf is the store of the address with its keepers, if the person may see it.
func storeOf(r *web.Req) (warehouse.Store, error) {
	s, err := warehouse.Stores.Get(r.Context(), r.Read(), warehouse.Scope(r.By).And("w.id = ?", r.PathValue("id")))
	if err == nil {
		s.Keepers, err = warehouse.Keepers(r.Context(), r.Read(), s.ID)
		if r.By.MayIn(warehouse.MayKeep, s.Department) {
			r.Tell("people", s.Keepers...)
		}
	}
	return s, err
}

func editStore(r *web.Req) error {
	s, err := storeOf(r)
	if err != nil {
		return err
	}
	a := storeAsked{Store: s}
	for _, k := range s.Keepers {
		a.Named = append(a.Named, keeper{k})
	}
	return writeStore(r, "/warehouse/stores/"+s.ID, s.Name, &a)
}

func changeStore(r *web.Req) error {
	if _, err := storeOf(r); err != nil {
		return err
	}
	return web.Submit(r, &storePaper, editStore, func(tx *db.Tx, a *storeAsked) (web.Done, error) {
		s := withKeepers(a)
		s.ID, s.Version = r.PathValue("id"), r.Version()
		err := warehouse.ChangeStore(r.Context(), tx, s)
		return web.Done{To: "/warehouse/stores/" + s.ID, Say: "warehouse.done.changed", Args: []string{s.Name}, Data: s}, err
	})
}

func store(r *web.Req) error {
	s, err := storeOf(r)
	if err != nil {
		return err
	}
	bins, err := warehouse.Bins.All(r.Context(), r.Read(), list.Where{}.And("n.store = ? AND n.closed = false", s.ID), 2000)
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(storeData{s, bins})
	}
	place, err := r.Label("places", s.Place)
	if err != nil {
		return err
	}
	var keepers []string
	for _, k := range s.Keepers {
		name, err := r.Label("people", k)
		if err != nil {
			return err
		}
		keepers = append(keepers, name)
	}
	may := r.By.MayIn(warehouse.MayKeep, s.Department) && !s.Closed
	facts := ui.Facts(ui.Fact{Label: r.T("warehouse.stores.code"), Text: s.Code}, ui.Fact{Label: r.T("warehouse.stores.department"), Text: s.DepartmentName, Href: "/departments/" + s.Department},
		ui.Fact{Label: r.T("warehouse.store.place"), Text: place}, ui.Fact{Label: r.T("warehouse.store.keepers"), Text: r.W2.List(keepers)})
	story, err := r.Story("warehouse.store", s.ID, s.Name)
	if err != nil {
		return err
	}
	p := ui.Page{Heading: s.Name, Back: &ui.Link{Label: r.T("warehouse.stores"), Href: "/warehouse/stores"}, Live: []string{"warehouse.store"},
		Actions: []ui.Action{{Name: "stock", Label: r.T("warehouse.stock"), Href: "/warehouse/stock?store.id=" + s.ID}},
		Body:    ui.Below(facts, ui.Section(r.T("warehouse.bins"), binTable(r, s.ID, bins, may)), story)}
	switch {
	case s.Closed:
		p.Mark = &ui.Mark{Word: r.T("warehouse.stores.closed"), Tone: ui.Quiet}
	case may:
		f, err := r.Form(&binPaper, nil, ui.Form{ID: "bin", Action: "/warehouse/stores/" + s.ID + "/bins", Submit: r.T("warehouse.add_bin"), Inline: true})
		if err != nil {
			return err
		}
		p.Actions = append(p.Actions, ui.Action{Name: "bin", Label: r.T("warehouse.add_bin"), Icon: "plus", Ask: &f, Open: r.Failed(&binPaper) != nil})
	}
	if len(bins) > 0 {
		p.Actions = append(p.Actions, ui.Action{Name: "labels", Label: r.T("warehouse.labels.bins"), Icon: "qrcode", Href: "/warehouse/stores/" + s.ID + "/labels", Fresh: true})
	}
	if r.By.MayIn(warehouse.MayKeep, s.Department) {
		p.Actions = append(p.Actions, ui.Action{Name: "edit", Label: r.T("warehouse.edit"), Href: "/warehouse/stores/" + s.ID + "/edit"})
	}
	return r.Show(p, nil)
}

func binTable(r *web.Req, store string, bins []warehouse.Bin, may bool) templ.Component {
	t := ui.Table{ID: "bins", Bare: true, Caption: r.T("warehouse.bins"), Empty: ui.Nothing{Text: r.T("warehouse.bins.empty"), Icon: "grid-dots"},
		Columns: []ui.Head{{Label: r.T("warehouse.bin.code")}, {Label: r.T("warehouse.bin.note")}, {Label: r.T("warehouse.labels")}}}
	for _, b := range bins {
		row := ui.Row{Href: "/warehouse/lots?bin.id=" + b.ID, Cells: []ui.Cell{{Text: b.Code}, {Text: b.Note}, {Text: r.T("warehouse.labels.print"), Href: "/warehouse/stores/" + store + "/labels?bin=" + b.ID}}}
		if may {
			row.Check = b.ID
		}
		t.Rows = append(t.Rows, row)
	}
	if may && len(bins) > 0 {
		t.Bulk = []ui.Action{{Name: "close", Label: r.T("warehouse.close_bins"), Post: "/warehouse/stores/" + store + "/bins/close", Confirm: r.T("warehouse.close_bins.sure"),
			Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}}}}
	}
	return ui.List(r.W2, t)
}

func addBin(r *web.Req) error {
	id := r.PathValue("id")
	return web.Submit(r, &binPaper, store, func(tx *db.Tx, b *warehouse.Bin) (web.Done, error) {
		b.Store = id
		err := warehouse.AddBin(r.Context(), tx, b)
		return web.Done{To: "/warehouse/stores/" + id, Say: "warehouse.done.bin", Args: []string{b.Code}, Data: b}, err
	})
}

// closeBins takes the bins that were ticked out of use, or none of them.
func closeBins(r *web.Req) error {
	in, err := r.Input()
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	return r.Act(in, func(tx *db.Tx) (web.Done, error) {
		ids := in.Values["id"]
		if len(ids) == 0 {
			return web.Done{}, fault.New(fault.Invalid, "warehouse.none_ticked")
		}
		for _, bin := range ids {
			b, err := warehouse.Bins.Get(r.Context(), tx, list.Where{}.And("n.id = ? AND n.store = ?", bin, id))
			if err == nil {
				err = warehouse.CloseBin(r.Context(), tx, b.ID, b.Version)
			}
			if err != nil {
				return web.Done{}, err
			}
		}
		return web.Done{To: "/warehouse/stores/" + id, Say: "warehouse.done.bins_closed", Args: []string{strconv.Itoa(len(ids))}}, nil
	})
}
