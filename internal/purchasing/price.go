package purchasing

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/suppliers"
)

// Price is what a framework contract or a price list says a thing costs at a supplier.
type Price struct {
	Goods
	ID           string       `json:"id"`
	Supplier     string       `json:"supplier"`
	SupplierName string       `json:"supplier_name"`
	Price        money.Fen    `json:"price"` // of one smallest unit
	Contract     string       `json:"contract"`
	Since        period.Day   `json:"since"`
	Until        period.Day   `json:"until"` // its last day
	Closed       bool         `json:"closed"`
	Most         quantity.Qty `json:"most"`  // covered in all; 0: no bound
	Taken        quantity.Qty `json:"taken"` // called off by orders, or come on the contract
	Covers       string       `json:"-"`     // Most as people write it
	Version      int64        `json:"version"`
}

// Agree enters a framework price. Needs MayBuy. Invalid: no price, days the wrong way
// round, a price for the same thing at the same supplier in days that overlap. Conflict:
// a supplier that is closed or blocked.
func Agree(ctx context.Context, tx *db.Tx, p *Price) error {
	if err := tx.Need(MayBuy); err != nil {
		return err
	}
	p.ID, p.Version, p.Contract = tx.NewID(), 1, strings.TrimSpace(p.Contract)
	var bad fault.Complaints
	if p.Price <= 0 {
		bad.Add("price", "base.required")
	}
	if p.Until < p.Since {
		bad.Add("until", "purchasing.wrong_way_round")
	}
	s, err := suppliers.Get(ctx, tx, p.Supplier)
	if err != nil {
		return err
	}
	if err := s.Usable(); err != nil {
		return err
	}
	i, err := catalog.Get(ctx, tx, p.Item)
	if err != nil {
		return err
	}
	if p.Covers != "" {
		if p.Most, err = quantity.Parse(p.Covers, i.Packs); err != nil || p.Most < 0 {
			bad.Add("covers", "purchasing.bad_qty", p.Covers, i.Unit)
		}
	}
	if _, taken, err := db.First(ctx, tx, func(s *string) []any { return []any{s} },
		`SELECT id FROM purchasing_price WHERE closed = false AND item = $1 AND supplier = $2 AND since <= $3 AND until >= $4`, p.Item, p.Supplier, p.Until, p.Since); err != nil {
		return err
	} else if taken {
		bad.Add("item", "purchasing.price_there", s.Name)
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO purchasing_price (id, supplier, item, price, contract, since, until, most) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		p.ID, p.Supplier, p.Item, p.Price, p.Contract, p.Since, p.Until, p.Most); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: PriceNoun, Record: p.ID, Action: "agree", Note: s.Name, After: p})
}

// EndPrice ends a framework price before its day. Needs MayBuy.
func EndPrice(ctx context.Context, tx *db.Tx, id string) error {
	if err := tx.Need(MayBuy); err != nil {
		return err
	}
	if err := tx.One(ctx, fault.Stale(), `UPDATE purchasing_price SET closed = true, version = version + 1 WHERE id = $1 AND closed = false`, id); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: PriceNoun, Record: id, Action: "end"})
}

// OrderByContract drafts orders for everything of an agreed plan for which a framework
// price holds today, at the cheapest that does, and no more than its contract covers;
// what no contract covers stays with the plan, and what another department buys. Refused as Enquire is; Conflict when
// nothing of it has a price.
func OrderByContract(ctx context.Context, tx *db.Tx, plan string) ([]Order, error) {
	p, err := buyable(ctx, tx, plan)
	if err != nil {
		return nil, err
	}
	prices, err := Prices.All(ctx, tx, list.Where{}.And("p.closed = false AND s.closed = false AND s.blocked = '' AND p.since <= ? AND p.until >= ? AND p.item IN (SELECT item FROM purchasing_plan_line WHERE plan = ?)", tx.Today(), tx.Today(), plan), 10000)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(prices, func(a, b Price) int {
		if a.Price != b.Price {
			return int(a.Price - b.Price)
		}
		return strings.Compare(a.ID, b.ID)
	})
	last, err := lastPrices(ctx, tx, tx.At(), "")
	if err != nil {
		return nil, err
	}
	others, err := othersToBuy(ctx, tx, itemsOf(p.Goods))
	if err != nil {
		return nil, err
	}
	by, theirs := map[string][]OrderLine{}, false
	for _, l := range p.Goods {
		want := l.Qty - l.Ordered
		if others[l.Item] {
			theirs = theirs || want > 0
			continue
		}
		for k := range prices {
			x := &prices[k]
			q := want
			if left, bound := x.Left(); bound {
				q = min(q, left)
			}
			if x.Item != l.Item || q <= 0 {
				continue
			}
			// What the cheapest contract no longer covers goes to the next, if there is one.
			if err := call(ctx, tx, x, q, "plan"); err != nil {
				return nil, err
			}
			want -= q
			by[x.Supplier] = append(by[x.Supplier], OrderLine{Goods: l.Goods, PlanLine: l.ID, Quality: l.Quality, Qty: q, Price: x.Price, Last: last[l.Item], Agreed: x.ID})
		}
	}
	switch {
	case len(by) == 0 && theirs:
		return nil, fault.New(fault.Conflict, "purchasing.not_owner").Under("P-018")
	case len(by) == 0:
		return nil, fault.New(fault.Conflict, "purchasing.no_contract", p.Number)
	}
	return draftOrders(ctx, tx, plan, "", ByContract, "", by)
}
