package catalogweb

import (
	"github.com/a-h/templ"

	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/catalog"
	"houqin/internal/warehouse"
)

func show(r *web.Req) error {
	i, err := one(r)
	if err != nil {
		return err
	}
	if r.JSON() {
		return r.Give(i)
	}
	var codes []string
	for _, b := range i.Barcodes {
		if b.Unit != "" {
			b.Code = r.T("catalog.barcode_on", b.Code, b.Unit)
		}
		codes = append(codes, b.Code)
	}
	facts := []ui.Fact{
		{Label: r.T("catalog.items.number"), Text: i.Number},
		{Label: r.T("catalog.items.category"), Text: r.T("catalog.category." + string(i.Category))},
		{Label: r.T("catalog.items.class"), Text: i.ClassName},
		{Label: r.T("catalog.items.unit"), Text: catalog.SayPacks(i.Packs)},
		{Label: r.T("catalog.items.price"), Text: r.W2.Money(i.Price), Sub: r.T("catalog.per", i.Unit), Num: true},
		{Label: r.T("catalog.items.storage"), Text: r.T("catalog.storage." + i.Storage)},
	}
	if i.ShelfDays > 0 {
		facts = append(facts, ui.Fact{Label: r.T("catalog.items.shelf_days"), Text: r.W2.Number(i.ShelfDays), Sub: r.T("catalog.days"), Num: true})
	}
	if i.OldForNew {
		facts = append(facts, ui.Fact{Label: r.T("catalog.items.old_for_new"), Text: r.T("base.yes"), Tone: ui.Soon, State: true})
	}
	if i.Synonyms != "" {
		facts = append(facts, ui.Fact{Label: r.T("catalog.items.synonyms"), Text: i.Synonyms})
	}
	if len(codes) > 0 {
		facts = append(facts, ui.Fact{Label: r.T("catalog.form.barcodes"), Text: r.W2.List(codes), Wide: true})
	}
	body := []templ.Component{ui.Facts(facts...)}
	if r.By.May(warehouse.MaySee) {
		there, err := held(r, i)
		if err != nil {
			return err
		}
		body = append(body, there)
	}
	story, err := r.Story("catalog.item", i.ID, i.Title())
	if err != nil {
		return err
	}
	p := ui.Page{Heading: i.Title(), Back: &ui.Link{Label: r.T("catalog.items"), Href: "/items"}, Live: []string{"catalog.item", "warehouse.document"}, Body: ui.Below(append(body, story)...)}
	hidden := []ui.Pair{{Name: "_key", Value: r.NewKey()}, {Name: "_version", Value: web.VersionText(i.Version)}}
	switch {
	case i.Closed:
		p.Mark = &ui.Mark{Word: r.T("catalog.closed"), Tone: ui.Quiet}
		if r.By.May(catalog.MayChange) {
			p.Actions = []ui.Action{{Name: "reopen", Label: r.T("catalog.reopen"), Post: "/items/" + i.ID + "/reopen", Hidden: hidden}}
		}
	case r.By.May(catalog.MayChange):
		p.Actions = []ui.Action{{Name: "edit", Label: r.T("catalog.edit"), Href: "/items/" + i.ID + "/edit"},
			{Name: "close", Label: r.T("catalog.close"), Post: "/items/" + i.ID + "/close", Tone: ui.Danger, Confirm: r.T("catalog.close.sure", i.Title()), Hidden: hidden}}
	}
	return r.Show(p, i)
}

// held is a table of the stores that have the item.
func held(r *web.Req, i catalog.Item) (templ.Component, error) {
	all, err := warehouse.Holdings.All(r.Context(), r.Read(), warehouse.Scope(r.By).And("s.item = ?", i.ID), 100)
	if err != nil {
		return nil, err
	}
	t := ui.Table{ID: "held", Bare: true, Caption: r.T("catalog.held"), Empty: ui.Nothing{Text: r.T("catalog.held.none"), Icon: "box"},
		Columns: []ui.Head{{Label: r.T("catalog.held.store")}, {Label: r.T("catalog.held.qty"), Num: true}, {Label: r.T("catalog.held.expiry")}}}
	for _, h := range all {
		t.Rows = append(t.Rows, ui.Row{Href: "/warehouse/stock/" + h.Store + "/" + h.Item, Cells: []ui.Cell{{Text: h.StoreName}, {Text: h.Say(h.Qty), Num: true},
			{Text: string(h.Expiry), Tone: ui.Tone(h.ExpiryTone(r.Site.DB.Now().In(r.Site.DB.Zone)))}}})
	}
	return ui.Section(r.T("catalog.held"), ui.List(r.W2, t)), nil
}

func classes(r *web.Req) error {
	p := web.ListPage{Default: "closed=false", Page: ui.Page{Tabs: tabs(r, "/classes")}}
	if r.By.May(catalog.MayChange) {
		p.Page.Actions = []ui.Action{{Name: "new", Label: r.T("catalog.new_class"), Href: "/classes/new", Icon: "plus", Tone: ui.Accent}}
	}
	l := catalog.Classes
	if !r.By.May(catalog.MayChange) {
		l.Href = nil // its page is the form that changes it
	}
	return r.List(&l, list.Where{}, p)
}
