package purchasingweb

import (
	"strconv"

	"github.com/a-h/templ"

	"houqin/internal/base/fault"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/purchasing"
	"houqin/internal/receiving"
)

// actual is what a plan set against what was ordered and what came, line by line; each
// figure opens what it was counted from. Nothing while the plan is still a draft.
func actual(r *web.Req, p *purchasing.Plan) (templ.Component, error) {
	if p.State != purchasing.Approved && p.State != purchasing.PlanClosed {
		return templ.NopComponent, nil
	}
	all, err := purchasing.Actuals(r.Context(), r.Read(), p)
	if err != nil {
		return nil, err
	}
	t := ui.Table{ID: "actual", Bare: true, Caption: r.T("purchasing.actual"), Columns: []ui.Head{{Label: r.T("purchasing.wish.item")}, {Label: r.T("purchasing.actual.planned"), Num: true},
		{Label: r.T("purchasing.actual.ordered"), Num: true}, {Label: r.T("purchasing.actual.received"), Num: true}, {Label: r.T("purchasing.actual.difference"), Num: true}}}
	for _, a := range all {
		at := "/purchasing/plans/" + p.ID + "/lines/" + strconv.FormatInt(a.PlanLine.Line, 10)
		row := ui.Row{Cells: []ui.Cell{{Text: a.Title(), Sub: a.Number}, {Text: a.Say(a.Qty), Num: true, Href: at + "#asked"}, {Text: a.Say(a.Ordered), Num: true, Href: at + "#ordered"},
			{Text: a.Say(a.Received), Num: true, Href: at + "#came"}, {Text: a.Say(a.Difference()), Num: true, Href: at, Tone: short(p, a)}}}
		t.Rows = append(t.Rows, row)
	}
	return ui.Section(r.T("purchasing.actual"), ui.List(r.W2, t)), nil
}

// short colours a difference: what of a finished plan never came, and what still may.
func short(p *purchasing.Plan, a purchasing.Actual) ui.Tone {
	switch {
	case a.Difference() >= 0:
		return ui.Done
	case p.State == purchasing.PlanClosed:
		return ui.Danger
	}
	return ui.Soon
}

// traced is a line of a plan with what came of it, for programs.
type traced struct {
	purchasing.Trace
	Arrivals []receiving.Brought `json:"arrivals"`
}

// planLine is one line of a plan: who asked, what was ordered, what came.
func planLine(r *web.Req) error {
	n, err := strconv.ParseInt(r.PathValue("line"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "base.not_found")
	}
	t, err := purchasing.TraceOf(r.Context(), r.Read(), r.PathValue("id"), n)
	if err != nil {
		return err
	}
	bases := []string{t.Plan}
	for _, o := range t.Orders {
		bases = append(bases, o.Order)
	}
	came, err := receiving.ArrivalsFor(r.Context(), r.Read(), r.By, bases, t.Line.Item)
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(traced{t, came})
	}
	l := t.Line
	asked := ui.Table{ID: "asked", Bare: true, Caption: r.T("purchasing.trace.asked"), Columns: []ui.Head{{Label: r.T("purchasing.needs.department")}, {Label: r.T("purchasing.needs.number")}, {Label: r.T("purchasing.wanted"), Num: true}, {Label: r.T("purchasing.wish.why")}}}
	for _, a := range t.Askers {
		asked.Rows = append(asked.Rows, ui.Row{Href: r.Way("/purchasing/needs/" + a.Need), Cells: []ui.Cell{{Text: a.Department}, {Text: a.Number}, {Text: l.Say(a.Qty), Num: true}, {Text: a.Why}}})
	}
	ordered := ui.Table{ID: "ordered", Bare: true, Caption: r.T("purchasing.trace.ordered"), Columns: []ui.Head{{Label: r.T("purchasing.orders.supplier")}, {Label: r.T("purchasing.orders.number")}, {Label: r.T("purchasing.orders.state")},
		{Label: r.T("purchasing.orders.due")}, {Label: r.T("purchasing.actual.ordered"), Num: true}, {Label: r.T("purchasing.actual.received"), Num: true}}}
	for _, o := range t.Orders {
		ended := o.State == purchasing.Closed || o.State == purchasing.Cancelled
		ordered.Rows = append(ordered.Rows, ui.Row{Href: "/purchasing/orders/" + o.Order, Quiet: ended, Cells: []ui.Cell{{Text: o.Supplier}, {Text: o.Number}, {Text: r.T("purchasing.order.state." + string(o.State)), State: true},
			{Text: r.W2.Day(o.Due)}, {Text: l.Say(o.Qty), Num: true}, {Text: l.Say(o.Received), Num: true}}})
	}
	arrived := ui.Table{ID: "came", Bare: true, Caption: r.T("purchasing.trace.came"), Columns: []ui.Head{{Label: r.T("purchasing.trace.receipt")}, {Label: r.T("purchasing.trace.arrived")}, {Label: r.T("purchasing.trace.store")},
		{Label: r.T("purchasing.trace.counted"), Num: true}, {Label: r.T("purchasing.trace.accepted"), Num: true}}}
	for _, a := range came {
		arrived.Rows = append(arrived.Rows, ui.Row{Href: r.Way("/receiving/receipts/" + a.Receipt), Quiet: a.State != receiving.Posted, Cells: []ui.Cell{{Text: a.Number, Sub: r.T(receiving.Noun + ".state." + string(a.State))}, {Text: r.W2.Day(a.Arrived)}, {Text: a.StoreName},
			{Text: l.Say(a.Counted), Num: true}, {Text: l.Say(a.Accepted), Num: true}}})
	}
	facts := []ui.Fact{{Label: r.T("purchasing.actual.planned"), Text: l.Say(l.Qty), Sub: r.T("purchasing.askers", r.W2.Number(l.Askers)), Num: true, Href: "#asked"}, {Label: r.T("purchasing.actual.ordered"), Text: l.Say(l.Ordered), Num: true, Href: "#ordered"},
		{Label: r.T("purchasing.actual.received"), Text: l.Say(l.Received), Num: true, Href: "#came"}, {Label: r.T("purchasing.actual.difference"), Text: l.Say(l.Difference()), Num: true}}
	if l.Direct > 0 {
		facts = append(facts, ui.Fact{Label: r.T("purchasing.trace.direct"), Text: l.Say(l.Direct), Num: true})
	}
	if l.Why != "" {
		facts = append(facts, ui.Fact{Label: r.T("purchasing.set.why"), Text: l.Why, Wide: true})
	}
	parts := []templ.Component{ui.Facts(facts...)}
	for _, x := range []ui.Table{asked, ordered, arrived} {
		if len(x.Rows) == 0 {
			x.Empty = ui.Nothing{Text: r.T("purchasing.trace.none." + x.ID)}
		}
		parts = append(parts, ui.Section(x.Caption, ui.List(r.W2, x)))
	}
	return r.Show(ui.Page{Heading: l.Title(), Sub: t.Number, Back: &ui.Link{Label: t.Number, Href: "/purchasing/plans/" + t.Plan}, Live: []string{purchasing.PlanNoun, purchasing.Noun, receiving.Noun}, Body: ui.Below(parts...)}, nil)
}
