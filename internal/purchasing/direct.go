package purchasing

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/rules"
)

// Some goods come without an order: what a buyer fetched at the market against an agreed
// plan, and what a framework contract has brought every week.

// AtGate is an agreed plan that goods may come on without an order, held; late, goods in
// place of others may still come on one that was finished. Needs nothing: the caller has
// checked its own right. Conflict: a plan that was not agreed to (P-006),
// one so large that it must be negotiated or tendered (P-009), its planner (P-001).
func AtGate(ctx context.Context, tx *db.Tx, plan string, late bool) (Plan, error) {
	if err := tx.Lock(ctx, "purchasing_plan", plan); err != nil {
		return Plan{}, err
	}
	p, err := PlanByID(ctx, tx, plan)
	if err != nil {
		return p, err
	}
	if p.State != Approved && !(late && p.State == PlanClosed) {
		return p, fault.New(fault.Conflict, "purchasing.not_approved", p.Number).Under("P-006")
	}
	if err := apart(ctx, tx, p.Planner, "purchasing.planner_buys"); err != nil {
		return p, err
	}
	reached, err := rules.Reached(ctx, tx, "P-009.negotiate", tx.Today(), int64(p.Amount))
	if err == nil && reached {
		err = fault.New(fault.Conflict, "purchasing.needs_order", p.Number).Under("P-009")
	}
	return p, err
}

// MarkBought notes what came on a plan without an order, inside the caller's unit of work;
// negative takes it back. Conflict: more than the plan still has.
func MarkBought(ctx context.Context, tx *db.Tx, plan string, lines []Arrived) error {
	p, err := PlanByID(ctx, tx, plan)
	if err != nil {
		return err
	}
	var items []string
	for k, a := range lines {
		n := slices.IndexFunc(p.Goods, func(l PlanLine) bool { return l.Line == a.Line })
		if n < 0 {
			return fault.OnField(at(k, "line"), "base.no_such", itoa(int(a.Line)))
		}
		l := p.Goods[n]
		if err := tx.One(ctx, fault.OnField(at(k, "qty"), "purchasing.over_plan", l.Title()).Under("P-006"),
			`UPDATE purchasing_plan_line SET ordered = ordered + $1, direct = direct + $1 WHERE id = $2 AND ordered + $1 <= qty AND direct + $1 >= 0`, a.Qty, l.ID); err != nil {
			return err
		}
		if a.Qty > 0 {
			items = append(items, l.Item)
		}
	}
	if err := tell(ctx, tx, &Order{Plan: p.ID, Number: p.Number, PlanNumber: p.Number}, items, Came); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: PlanNoun, Record: p.ID, Action: "receive"})
}

// Contract is what a supplier may bring on a framework contract today.
type Contract struct {
	Name         string     `json:"name"`
	Supplier     string     `json:"supplier"`
	SupplierName string     `json:"supplier_name"`
	Until        period.Day `json:"until"` // the first of its prices' last days
	Prices       []Price    `json:"prices"`
}

// Left is how much of a price's goods the contract still covers; ok is false where it sets
// no bound.
func (p Price) Left() (left quantity.Qty, ok bool) { return max(0, p.Most-p.Taken), p.Most > 0 }

// Contracts are the framework contracts that hold on a day, of suppliers that may be
// ordered from, by name and supplier.
func Contracts(ctx context.Context, r db.Reader, day period.Day) (all []Contract, err error) {
	prices, err := Prices.All(ctx, r, list.Where{}.And("p.closed = false AND p.contract <> '' AND s.closed = false AND s.blocked = '' AND p.since <= ? AND p.until >= ?", day, day), 10_000)
	slices.SortStableFunc(prices, func(a, b Price) int {
		if a.Contract != b.Contract {
			return strings.Compare(a.Contract, b.Contract)
		}
		return strings.Compare(a.Supplier, b.Supplier)
	})
	for _, p := range prices {
		n := len(all) - 1
		if n < 0 || all[n].Name != p.Contract || all[n].Supplier != p.Supplier {
			all, n = append(all, Contract{Name: p.Contract, Supplier: p.Supplier, SupplierName: p.SupplierName, Until: p.Until}), n+1
		}
		all[n].Until = min(all[n].Until, p.Until)
		all[n].Prices = append(all[n].Prices, p)
	}
	return all, err
}

// ContractOf is one of them; NotFound when none of that name holds with the supplier.
func ContractOf(ctx context.Context, r db.Reader, supplier, name string, day period.Day) (Contract, error) {
	all, err := Contracts(ctx, r, day)
	for _, c := range all {
		if c.Supplier == supplier && c.Name == name {
			return c, nil
		}
	}
	if err == nil {
		err = fault.New(fault.NotFound, "purchasing.no_such_contract", name)
	}
	return Contract{}, err
}

// PricesOf are the ids of a contract's prices that held on a day, by item, whatever became
// of the contract or of the supplier since: what came on it then is booked and taken back
// on them. Of two for a thing it is the one that was not ended.
func PricesOf(ctx context.Context, r db.Reader, supplier, contract string, day period.Day) (map[string]string, error) {
	of := map[string]string{}
	err := db.Each(ctx, r, `SELECT item, id FROM purchasing_price WHERE supplier = $1 AND contract = $2 AND since <= $3 AND until >= $3 ORDER BY closed DESC, id`, []any{supplier, contract, day}, func(scan db.Scan) error {
		var item, id string
		err := scan(&item, &id)
		of[item] = id
		return err
	})
	return of, err
}

// Called is how much came on a framework price; negative takes it back.
type Called struct {
	Price string // its id
	Qty   quantity.Qty
}

// MarkCalled notes what came on a framework contract, inside the caller's unit of work.
// Invalid at lines.N.qty: more than the contract still covers.
func MarkCalled(ctx context.Context, tx *db.Tx, lines []Called) error {
	for k, c := range lines {
		p, err := Prices.Get(ctx, tx, list.Where{}.And("p.id = ?", c.Price))
		if err != nil {
			return err
		}
		if err := call(ctx, tx, &p, c.Qty, at(k, "qty")); err != nil {
			return err
		}
	}
	return nil
}

// call takes some of what a framework contract covers.
func call(ctx context.Context, tx *db.Tx, p *Price, q quantity.Qty, path string) error {
	left, _ := p.Left()
	if err := tx.One(ctx, fault.OnField(path, "purchasing.over_contract", p.Title(), p.Contract, p.Say(left)).Under("S-006"),
		`UPDATE purchasing_price SET taken = taken + $1, version = version + 1 WHERE id = $2 AND (most = 0 OR $1 < 0 OR taken + $1 <= most)`, q, p.ID); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: PriceNoun, Record: p.ID, Action: "call", Note: p.Title() + " " + p.Say(q)})
}

// PlansAtGate are the plans on which goods may come without an order.
func PlansAtGate(ctx context.Context, r db.Reader, limit int) ([]Plan, error) {
	from := r.Today().AddMonths(-3).Month().First()
	return Plans.All(ctx, r, list.Where{}.And(`p.state = 'approved' AND p.month >= ? AND EXISTS (SELECT 1 FROM purchasing_plan_line l WHERE l.plan = p.id AND l.ordered < l.qty)`, from), limit)
}

// Finish ends a plan of which no more is bought; what is left of it is given up. Needs
// MayPlan and a reason where something is left. Conflict: a plan that was not agreed to,
// an enquiry or an order of it that is still open.
func Finish(ctx context.Context, tx *db.Tx, id string, version int64, w Word) (Plan, error) {
	if err := tx.Need(MayPlan); err != nil {
		return Plan{}, err
	}
	if err := tx.Lock(ctx, "purchasing_plan", id); err != nil {
		return Plan{}, err
	}
	p, err := PlanByID(ctx, tx, id)
	if err != nil {
		return p, err
	}
	if p.State != Approved {
		return p, fault.New(fault.Conflict, "purchasing.not_approved", p.Number)
	}
	busy, found, err := db.Text(ctx, tx, `SELECT number FROM purchasing_enquiry WHERE plan = $1 AND state = 'open' UNION ALL
		SELECT number FROM purchasing_order WHERE plan = $1 AND state IN ('drafted', 'approved', 'sent', 'partly_received') ORDER BY 1`, id)
	if err != nil {
		return p, err
	}
	if found {
		return p, fault.New(fault.Conflict, "purchasing.still_open", busy)
	}
	if w.Reason == "" && slices.ContainsFunc(p.Goods, func(l PlanLine) bool { return l.Ordered < l.Qty }) {
		return p, fault.OnField("reason", "purchasing.why_left")
	}
	if version == 0 {
		version = p.Version
	}
	p.State = PlanClosed
	if err := tx.One(ctx, fault.Stale(), `UPDATE purchasing_plan SET state = 'closed', version = version + 1 WHERE id = $1 AND version = $2`, id, version); err != nil {
		return p, err
	}
	p.Version++
	// Of what is left for which nothing was ordered, the next plan takes up who still waits.
	if err := free(ctx, tx, &p, func(l PlanLine) bool { return l.Ordered == 0 }); err != nil {
		return p, err
	}
	return p, tx.Trail(ctx, db.Event{Noun: PlanNoun, Record: id, Action: "finish", Note: w.Reason})
}
