package receivingweb

import (
	"net/url"

	"github.com/a-h/templ"

	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/purchasing"
	"houqin/internal/receiving"
)

// without is on what goods may come without an order: agreed plans of which somebody buys
// at the market, and framework contracts that hold today (S-006).
func without(r *web.Req) (templ.Component, error) {
	plans, err := purchasing.PlansAtGate(r.Context(), r.Read(), 20)
	if err != nil {
		return nil, err
	}
	contracts, err := purchasing.Contracts(r.Context(), r.Read(), r.Site.DB.Today())
	if err != nil {
		return nil, err
	}
	t := ui.Table{ID: "without", Bare: true, Caption: r.T("receiving.without"), Empty: ui.Nothing{Text: r.T("receiving.without.none"), Icon: "clipboard-list"},
		Columns: []ui.Head{{Label: r.T("receiving.without.paper")}, {Label: r.T("receiving.without.kind")}, {Label: r.T("receiving.receipts.supplier")}, {Label: r.T("receiving.without.until"), Minor: true}}}
	add := func(name, kind, supplier, until, href string) {
		row := ui.Row{Cells: []ui.Cell{{Text: name}, {Text: r.T("receiving.basis." + kind)}, {Text: supplier}, {Text: until}}}
		if r.By.May(receiving.MayReceive) {
			row.Href = "/receiving/receipts/new?" + href
		}
		t.Rows = append(t.Rows, row)
	}
	for _, c := range contracts {
		add(c.Name, "contract", c.SupplierName, string(c.Until), url.Values{"contract": {c.Name}, "supplier": {c.Supplier}}.Encode())
	}
	for _, p := range plans {
		add(p.Number, "plan", "–", string(p.Month.Month()), "plan="+p.ID)
	}
	return ui.Section(r.T("receiving.without"), ui.List(r.W2, t)), nil
}
