package purchasing

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
)

// Actual is what became of a line of a plan, in smallest units: Ordered counts of an order
// that was closed or called off what came all the same, and what came without an order
// (Direct); Received is what came and was accepted.
type Actual struct {
	PlanLine
	Direct   quantity.Qty `json:"direct"`
	Received quantity.Qty `json:"received"`
}

// Difference is what came above the plan, or below it as a negative.
func (a Actual) Difference() quantity.Qty { return a.Received - a.Qty }

// Actuals are the lines of a plan with what became of each.
func Actuals(ctx context.Context, r db.Reader, p *Plan) ([]Actual, error) {
	all := make([]Actual, len(p.Goods))
	at := map[string]*Actual{}
	for n, l := range p.Goods {
		all[n].PlanLine = l
		at[l.ID] = &all[n]
	}
	err := db.Each(ctx, r, `SELECT l.id, l.direct, CAST(l.direct + coalesce(sum(o.received), 0) AS BIGINT) FROM purchasing_plan_line l LEFT JOIN purchasing_order_line o ON o.plan_line = l.id
		WHERE l.plan = $1 GROUP BY l.id, l.direct`, []any{p.ID}, func(scan db.Scan) error {
		var id string
		var direct, received quantity.Qty
		err := scan(&id, &direct, &received)
		if a := at[id]; a != nil {
			a.Direct, a.Received = direct, received
		}
		return err
	})
	return all, err
}

// Asker is a department's need that a line of a plan is to meet.
type Asker struct {
	Need       string       `json:"need"`
	Number     string       `json:"number"`
	Department string       `json:"department"`
	Qty        quantity.Qty `json:"qty"`
	Why        string       `json:"why"`
}

// Ordering is a line of an order against a line of a plan.
type Ordering struct {
	Order    string       `json:"order"`
	Number   string       `json:"number"`
	Supplier string       `json:"supplier"`
	State    OrderState   `json:"state"`
	Due      period.Day   `json:"due"`
	Qty      quantity.Qty `json:"qty"`
	Received quantity.Qty `json:"received"`
}

// Trace is one line of a plan with all that its figures were counted from.
type Trace struct {
	Plan   string     `json:"plan"`
	Number string     `json:"number"`
	Line   Actual     `json:"line"`
	Askers []Asker    `json:"askers"`
	Orders []Ordering `json:"orders"`
}

// TraceOf is a line of a plan with who asked for it and the orders for it. NotFound: no
// such line.
func TraceOf(ctx context.Context, r db.Reader, plan string, line int64) (t Trace, err error) {
	p, err := PlanByID(ctx, r, plan)
	if err != nil {
		return t, err
	}
	all, err := Actuals(ctx, r, &p)
	if err != nil {
		return t, err
	}
	t.Plan, t.Number = p.ID, p.Number
	for _, a := range all {
		if a.PlanLine.Line == line {
			t.Line = a
		}
	}
	if t.Line.ID == "" {
		return t, fault.New(fault.NotFound, "base.not_found")
	}
	if t.Askers, err = db.All(ctx, r, func(a *Asker) []any { return []any{&a.Need, &a.Number, &a.Department, &a.Qty, &a.Why} },
		`SELECT n.id, n.number, coalesce(d.name, ''), l.qty, l.why FROM purchasing_need n JOIN purchasing_need_line l ON l.need = n.id LEFT JOIN departments_department d ON d.id = n.department
		WHERE n.plan = $1 AND n.plan <> '' AND l.item = $2 ORDER BY n.id, l.line`, plan, t.Line.Item); err != nil {
		return t, err
	}
	t.Orders, err = db.All(ctx, r, func(o *Ordering) []any {
		return []any{&o.Order, &o.Number, &o.Supplier, &o.State, &o.Due, &o.Qty, &o.Received}
	}, `SELECT o.id, o.number, coalesce(s.name, ''), o.state, o.due, l.qty, l.received FROM purchasing_order_line l JOIN purchasing_order o ON o.id = l.purchase LEFT JOIN suppliers_supplier s ON s.id = o.supplier
		WHERE o.plan = $1 AND l.plan_line = $2 ORDER BY o.id, l.line`, plan, t.Line.ID)
	return t, err
}
