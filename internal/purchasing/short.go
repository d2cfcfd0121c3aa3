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
	err = db.Each(ctx, r, `SELECT l.item, p.month, l.wanted, l.qty, l.qty - l.ordered, l.direct + coalesce(c.came, 0) FROM purchasing_plan p JOIN purchasing_plan_line l ON l.plan = p.id
		LEFT JOIN (SELECT x.plan_line, CAST(sum(x.received) AS BIGINT) AS came FROM purchasing_order_line x WHERE x.received > 0 GROUP BY x.plan_line) c ON c.plan_line = l.id
		WHERE p.state IN ('draft', 'underway', 'approved') AND p.external = '' AND p.id <> $1 ORDER BY l.id`, []any{plan}, func(scan db.Scan) error {
		var item string
		var of period.Day
		var wanted, qty, open, came quantity.Qty
		err := scan(&item, &of, &wanted, &qty, &open, &came)
		t.planned[item] += open
		switch {
		case came >= qty && of <= r.Today(): // all is there, and may have been drawn
		case of == month:
			t.same[item] += max(0, wanted-came)
		default:
			t.other[item] += max(0, wanted-came)
		}
		return err
	})
	return t, err
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
