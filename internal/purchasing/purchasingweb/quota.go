package purchasingweb

import (
	"github.com/a-h/templ"

	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/purchasing"
	"houqin/internal/requests"
)

// rooms are what each quota of a department leaves in a month.
func rooms(r *web.Req, department string, month period.Day) ([]requests.Room, error) {
	return requests.RoomOf(r.Context(), r.Read(), department, month.Month(), "")
}

// category is what a quota is of.
func category(r *web.Req, c string) string {
	if c == "" {
		return r.T("purchasing.quota.all")
	}
	return r.T("catalog.category." + c)
}

// leaves are figures of what a department's quotas leave in a month, before it asks.
func leaves(r *web.Req, department string, month period.Day) (out []ui.Figure, err error) {
	all, err := rooms(r, department, month)
	for _, m := range all {
		out = append(out, ui.Figure{Label: r.T("purchasing.quota.left", string(month.Month()), category(r, m.Category)), Value: r.W2.Money(m.Left()), Unit: r.T("ui.yuan"),
			Sub: r.T("purchasing.quota.of", r.W2.Money(m.Quota)), Tone: spent(m.Left())})
	}
	return out, err
}

func spent(left money.Fen) ui.Tone {
	if left < 0 {
		return ui.Danger
	}
	return ui.Plain
}

// quotas is what departments asked beside what their quotas leave in the month: one row for
// each quota of a department, or one for a department that has none.
func quotas(r *web.Req, asked []purchasing.Asking, month period.Day) (templ.Component, error) {
	if len(asked) == 0 {
		return templ.NopComponent, nil
	}
	t := ui.Table{ID: "quotas", Bare: true, Caption: r.T("purchasing.quota"), Columns: []ui.Head{{Label: r.T("purchasing.needs.department")}, {Label: r.T("purchasing.needs.number")},
		{Label: r.T("purchasing.quota.which")}, {Label: r.T("purchasing.needs.amount"), Num: true}, {Label: r.T("purchasing.quota.month"), Num: true}, {Label: r.T("purchasing.quota.rest"), Num: true}}}
	for n := 0; n < len(asked); {
		a, sums, all := asked[n], map[string]money.Fen{}, money.Fen(0)
		for ; n < len(asked) && asked[n].Need == a.Need; n++ {
			sums[asked[n].Category] += asked[n].Amount
			all += asked[n].Amount
		}
		sums[""] = all
		row := func(which string, amount money.Fen, rest ...ui.Cell) {
			t.Rows = append(t.Rows, ui.Row{Cells: append([]ui.Cell{{Text: a.DepartmentName}, {Text: a.Number, Href: "/purchasing/needs/" + a.Need}, {Text: which}, {Text: r.W2.Money(amount), Num: true}}, rest...)})
		}
		kept, err := rooms(r, a.Department, month)
		if err != nil {
			return nil, err
		}
		for _, m := range kept {
			left := m.Left() - sums[m.Category]
			row(category(r, m.Category), sums[m.Category], ui.Cell{Text: r.W2.Money(m.Quota), Sub: r.T("purchasing.quota.drawn", r.W2.Money(m.Drawn+m.Asked)), Num: true}, ui.Cell{Text: r.W2.Money(left), Num: true, Tone: spent(left)})
		}
		if len(kept) == 0 {
			row(category(r, ""), all, ui.Cell{Text: r.T("purchasing.quota.none"), Num: true}, ui.Cell{Text: "–", Num: true})
		}
	}
	return ui.Section(r.T("purchasing.quota"), ui.List(r.W2, t)), nil
}
