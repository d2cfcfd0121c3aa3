package receivingweb

import (
	"net/url"

	"github.com/a-h/templ"

	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/purchasing"
	"houqin/internal/receiving"
)

// again is what suppliers are to bring in place of goods that went back: each leads to
// counting it on what those came on.
func again(r *web.Req, all []receiving.Awaited) templ.Component {
	if len(all) == 0 {
		return ui.Below()
	}
	now := r.Site.DB.Now()
	t := ui.Table{ID: "again", Bare: true, Caption: r.T("receiving.again"), Columns: []ui.Head{{Label: r.T("receiving.came.item")}, {Label: r.T("receiving.again.qty"), Num: true}, {Label: r.T("receiving.receipts.supplier")},
		{Label: r.T("receiving.again.on")}, {Label: r.T("receiving.again.since"), Minor: true}}}
	for _, a := range all {
		since := r.T("receiving.again.refused", a.Number)
		if a.Paper != "" {
			since = a.PaperNumber
		}
		row := ui.Row{Cells: []ui.Cell{{Text: a.Title}, {Text: a.Said, Num: true}, {Text: a.SupplierName}, {Text: a.BasisNumber, Sub: r.T("receiving.basis." + a.Basis)}, {Text: since, Sub: r.W2.Instant(a.At, now)}}}
		if r.By.May(receiving.MayReceive) {
			row.Href = "/receiving/receipts/new?" + map[string]url.Values{"order": {"order": {a.BasisID}}, "plan": {"plan": {a.BasisID}, "supplier": {a.Supplier}}, "contract": {"contract": {a.BasisNumber}, "supplier": {a.Supplier}}}[a.Basis].Encode()
		} else {
			row.Href = way(r, "/receiving/receipts", a.Receipt)
		}
		t.Rows = append(t.Rows, row)
	}
	return ui.Section(r.T("receiving.again"), ui.List(r.W2, t))
}

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
