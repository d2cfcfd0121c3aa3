package purchasing

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/forecast"
	"houqin/internal/warehouse"
)

// there is what stands against a need: what lies in the stores, what was ordered and has
// not come, what other plans would still buy, and what the stores should keep. What was
// asked for in those plans, for the same month and for others, is spoken for until it came.
type there struct {
	stock, coming, planned, least map[string]quantity.Qty
	same, other                   map[string]quantity.Qty
}

// thereIs reads it for a plan of a month; what the plan itself would buy does not count.
func thereIs(ctx context.Context, r db.Reader, plan string, month period.Day) (t there, err error) {
	if t.stock, err = warehouse.InStores(ctx, r); err != nil {
		return t, err
	}
	if t.least, err = warehouse.Least(ctx, r); err != nil {
		return t, err
	}
	if t.coming, err = onOrder(ctx, r); err != nil {
		return t, err
	}
	t.planned, t.same, t.other = map[string]quantity.Qty{}, map[string]quantity.Qty{}, map[string]quantity.Qty{}
	claims, err := claimsOf(ctx, r, plan)
	for _, c := range claims {
		t.planned[c.Item] += c.Open
		switch {
		case c.Left == 0:
		case c.Month == month:
			t.same[c.Item] += c.Left
		default:
			t.other[c.Item] += c.Left
		}
	}
	return t, err
}

// Claim is what another plan that is not closed wants of an item: Left was asked for in it
// and has not come, so that it is spoken for; Open it would still order.
type Claim struct {
	Goods
	Plan   string       `json:"plan"`
	Number string       `json:"number"` // the plan's; Goods.Number is the item's
	Month  period.Day   `json:"month"`
	State  PlanState    `json:"state"`
	Left   quantity.Qty `json:"left"`
	Open   quantity.Qty `json:"open"`
}

// claimsOf are the claims of all plans but one.
func claimsOf(ctx context.Context, r db.Reader, but string) (all []Claim, err error) {
	err = db.Each(ctx, r, `SELECT p.id, p.number, p.month, p.state, l.item, l.wanted, l.qty, l.qty - l.ordered, l.direct + coalesce(c.came, 0) FROM purchasing_plan p JOIN purchasing_plan_line l ON l.plan = p.id
		LEFT JOIN (SELECT x.plan_line, CAST(sum(x.received) AS BIGINT) AS came FROM purchasing_order_line x WHERE x.received > 0 GROUP BY x.plan_line) c ON c.plan_line = l.id
		WHERE p.state IN ('draft', 'underway', 'approved') AND p.external = '' AND p.id <> $1 ORDER BY l.id`, []any{but}, func(scan db.Scan) error {
		var c Claim
		var wanted, qty, came quantity.Qty
		err := scan(&c.Plan, &c.Number, &c.Month, &c.State, &c.Item, &wanted, &qty, &c.Open, &came)
		if came < qty || c.Month > r.Today() { // else all is there, and may have been drawn
			c.Left = max(0, wanted-came)
		}
		if c.Left > 0 || c.Open != 0 {
			all = append(all, c)
		}
		return err
	})
	return all, err
}

// ClaimsOn are what other plans want of a plan's goods, in the order of its lines.
func ClaimsOn(ctx context.Context, r db.Reader, p *Plan) ([]Claim, error) {
	all, err := claimsOf(ctx, r, p.ID)
	if err != nil {
		return nil, err
	}
	of := map[string][]Claim{}
	for _, c := range all {
		of[c.Item] = append(of[c.Item], c)
	}
	var mine []Claim
	for _, l := range p.Goods {
		for _, c := range of[l.Item] {
			c.Goods = l.Goods
			mine = append(mine, c)
		}
	}
	return mine, nil
}

// propose is what to buy of an item: what was asked, or what is foretold of the month where
// that is more, and what the stores should keep, less what lies there, is on its way or in
// other plans and is not spoken for. Existing goods go first (P-012).
func (t there) propose(item string, wanted, likely quantity.Qty) quantity.Qty {
	return max(0, max(wanted+t.same[item], likely)+t.other[item]+t.least[item]-t.stock[item]-t.coming[item]-t.planned[item])
}

// short are the items for which nobody asked and that the stores run out of all the same:
// below their minimum, or used more in the month than will be there. Where too few months
// are known to foretell from, only a minimum counts.
func (t there) short(of map[string]Outlook, asked []PlanLine) (all []PlanLine) {
	met := map[string]bool{}
	for _, l := range asked {
		met[l.Item] = true
	}
	for item, o := range of {
		known := t.least[item] > 0 || o.Sure != string(forecast.Unknown)
		if !met[item] && known && t.propose(item, 0, o.Likely) > 0 {
			all = append(all, PlanLine{Goods: Goods{Item: item}})
		}
	}
	return all
}
