package receiving

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/quantity"
	"houqin/internal/purchasing"
)

// against is what an arrival is held against: one thing of three.
func against(ctx context.Context, tx *db.Tx, in Arrival) (asked, error) {
	switch {
	case in.Order != "":
		return ofOrder(ctx, tx, in.Order)
	case in.Supplier == "":
		return asked{}, fault.OnField("supplier", "base.required")
	case in.Plan != "":
		return ofPlan(ctx, tx, in.Plan, in.Supplier)
	case in.Contract != "":
		return ofContract(ctx, tx, in.Supplier, in.Contract)
	}
	return asked{}, fault.OnField("order", "receiving.nothing_to_hold_against").Under("S-006")
}

// awaits says of each item how much of what is left is to come in place of goods that went
// back.
func (a *asked) awaits(ctx context.Context, tx *db.Tx) error {
	again, err := toComeAgain(ctx, tx, a.basis, a.id, a.number, a.supplier)
	for item, q := range again {
		if w, ok := a.lines[item]; ok {
			w.again = max(0, min(q, w.left))
			a.lines[item] = w
		}
	}
	return err
}

// ofPlan is an agreed plan of which somebody bought without an order, held; the plan's
// estimate is the most that it may cost. On one that was finished comes only what replaces
// goods that went back.
func ofPlan(ctx context.Context, tx *db.Tx, plan, supplier string) (a asked, err error) {
	p, err := purchasing.PlanByID(ctx, tx, plan)
	if err != nil {
		return a, err
	}
	again, err := toComeAgain(ctx, tx, "plan", p.ID, p.Number, supplier)
	if err != nil {
		return a, err
	}
	if p, err = purchasing.AtGate(ctx, tx, plan, len(again) > 0); err != nil {
		return a, err
	}
	gate, err := underway(ctx, tx, "plan", supplier, p.ID, p.Number)
	a = asked{basis: "plan", id: p.ID, number: p.Number, supplier: supplier, lines: map[string]wanted{}}
	for _, l := range p.Goods {
		if l.Qty > 0 {
			left := l.Qty - l.Ordered - gate[l.Item]
			if p.State == purchasing.PlanClosed {
				left = min(left, again[l.Item])
			}
			a.lines[l.Item] = wanted{line: l.Line, left: left, price: l.Price}
		}
	}
	return a, err
}

// ofContract is a framework contract that holds today: its prices, and what it still
// covers where it sets a bound.
func ofContract(ctx context.Context, tx *db.Tx, supplier, name string) (a asked, err error) {
	c, err := purchasing.ContractOf(ctx, tx, supplier, name, tx.Today())
	if err != nil {
		return a, err
	}
	gate, err := underway(ctx, tx, "contract", supplier, "", name)
	a = asked{basis: "contract", number: name, supplier: supplier, lines: map[string]wanted{}}
	for n, p := range c.Prices {
		left, bound := p.Left()
		if !bound {
			left = most
		}
		a.lines[p.Item] = wanted{line: int64(n + 1), left: left - gate[p.Item], price: p.Price}
	}
	return a, err
}

// underway is what stands counted at the gate and is not booked yet, by item.
func underway(ctx context.Context, r db.Reader, basis, supplier, id, number string) (map[string]quantity.Qty, error) {
	of := map[string]quantity.Qty{}
	err := db.Each(ctx, r, `SELECT l.item, CAST(sum(l.came - l.refused) AS BIGINT) FROM receiving_receipt r JOIN receiving_line l ON l.receipt = r.id
		WHERE r.state IN ('counted', 'checked') AND r.basis = $1 AND r.basis_number = $2 AND (r.basis_id = $3 AND r.basis_id <> '' OR r.basis = 'contract' AND r.supplier = $4) AND l.asked > 0 GROUP BY l.item`,
		[]any{basis, number, id, supplier}, func(scan db.Scan) error {
			var item string
			var qty quantity.Qty
			err := scan(&item, &qty)
			of[item] = qty
			return err
		})
	return of, err
}

// mark tells what the goods stand on that they have come, or with -1 that they have not.
func mark(ctx context.Context, tx *db.Tx, x *Receipt, sign quantity.Qty) error {
	var came []purchasing.Arrived
	var called []purchasing.Called
	var of []int64 // the receipt's line of each
	var prices map[string]string
	var err error
	if x.Basis == "contract" {
		if prices, err = purchasing.PricesOf(ctx, tx, x.Supplier, x.BasisNumber, x.Arrived); err != nil {
			return err
		}
	}
	for _, l := range x.Goods {
		if l.Accepted() == 0 {
			continue
		}
		came, of = append(came, purchasing.Arrived{Line: l.Asked, Qty: sign * l.Accepted()}), append(of, l.N)
		called = append(called, purchasing.Called{Price: prices[l.Item], Qty: sign * l.Accepted()})
	}
	switch x.Basis {
	case "plan":
		err = purchasing.MarkBought(ctx, tx, x.BasisID, came)
	case "contract":
		err = purchasing.MarkCalled(ctx, tx, called)
	default:
		err = purchasing.MarkReceived(ctx, tx, x.BasisID, came)
	}
	if err != nil {
		return where(err, of)
	}
	return nil
}
