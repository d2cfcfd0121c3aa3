package suppliersweb

import (
	"net/url"

	"github.com/a-h/templ"

	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/purchasing"
	"houqin/internal/receiving"
	"houqin/internal/rules"
)

// standing is how the supplier did this year, for who sees what came; every figure opens
// its records. Nothing where nothing is known yet.
func standing(r *web.Req, supplier string) (templ.Component, error) {
	if !r.By.May(receiving.MaySee) {
		return ui.Below(), nil
	}
	today := r.Site.DB.Today()
	from, until := rules.ThisYear(today)
	s, known, err := receiving.StandingOf(r.Context(), r.Read(), supplier, from, until, today)
	if err != nil || !known {
		return ui.Below(), err
	}
	id := url.QueryEscape(supplier)
	came, orders := "/receiving/receipts?supplier="+id+"&arrived.from="+string(from)+"&arrived.to="+string(until), ""
	if r.By.May(purchasing.MaySee) {
		orders = "/purchasing/orders?supplier=" + id + "&at.from=" + string(from) + "&at.to=" + string(until)
	}
	share := func(label string, n, part, whole int64, href string) ui.Figure {
		f := ui.Figure{Label: r.T(label), Value: "–", Href: href}
		if n >= 0 {
			f.Value, f.Unit, f.Sub = r.W2.Number(n), "%", r.T("suppliers.standing.of", part, whole)
		}
		return f
	}
	score := ui.Figure{Label: r.T("suppliers.standing.score"), Value: "–", Sub: r.T("suppliers.standing.how"), Href: "/receiving/suppliers"}
	if s.Score >= 0 {
		score.Value = r.W2.Number(s.Score)
	}
	figures := []ui.Figure{score, share("suppliers.standing.in_time", s.InTime(), s.OnTime, s.Promised, orders), share("suppliers.standing.whole", s.Whole(), s.Full, s.Due, orders),
		share("suppliers.standing.good", s.Good(), s.Came-s.Refused, s.Came, came),
		{Label: r.T("suppliers.standing.complaints"), Value: r.W2.Number(s.Complaints), Sub: r.T("suppliers.standing.upheld", s.Upheld), Href: "/supplier-complaints?supplier=" + id + "&day.from=" + string(from) + "&day.to=" + string(until)},
		{Label: r.T("suppliers.standing.ordered"), Value: r.W2.Money(s.Ordered), Unit: r.T("ui.yuan"), Href: orders}}
	if s.Then > 0 {
		figures = append(figures, ui.Figure{Label: r.T("suppliers.standing.moved"), Value: r.W2.Number(s.Moved()), Unit: "%", Sub: r.T("suppliers.standing.moved.how"), Href: orders})
	}
	if s.Saved > 0 {
		figures = append(figures, ui.Figure{Label: r.T("suppliers.standing.saved"), Value: r.W2.Money(s.Saved), Unit: r.T("ui.yuan"), Sub: r.T("suppliers.standing.saved.how"), Href: orders})
	}
	return ui.Section(r.T("suppliers.standing"), ui.Figures(figures...)), nil
}
