package receiving

import (
	"cmp"
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/money"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
)

// Triple is what the three papers say of one item: the price that was ordered, what was
// received at it, what of it went back to the supplier since and did not come again, how
// much of that is waited for, and what the invoice asks for how much. Differs are keys of words: "qty", "price", "returned", "unordered",
// "uninvoiced"; none when they agree or nobody has looked.
type Triple struct {
	Item     string       `json:"item"`
	Number   string       `json:"item_number"`
	Title    string       `json:"title"`
	Unit     string       `json:"unit"`
	Price    money.Fen    `json:"price"`
	Qty      quantity.Qty `json:"qty"`
	Amount   money.Fen    `json:"amount"`
	Returned quantity.Qty `json:"returned"`
	Later    quantity.Qty `json:"later"` // went back after the invoice was let pass or paid
	Waits    quantity.Qty `json:"waits"` // of both, what is to come again
	Invoiced quantity.Qty `json:"invoiced"`
	Asked    money.Fen    `json:"asked"`
	Differs  []string     `json:"differs"`
	packs    []quantity.Pack
	off      money.Fen // what of Amount was returned
}

// Say is a quantity in packs.
func (t Triple) Say(q quantity.Qty) string { return q.Format(t.packs) }

type billed struct {
	item   string
	qty    quantity.Qty
	amount money.Fen
}

// threeWays holds the three papers beside each other, item by item.
func threeWays(ctx context.Context, r db.Reader, i *Invoice) ([]Triple, error) {
	said, err := db.All(ctx, r, func(l *billed) []any { return []any{&l.item, &l.qty, &l.amount} },
		`SELECT item, CAST(sum(qty) AS BIGINT), CAST(sum(amount) AS BIGINT) FROM receiving_invoice_line WHERE invoice = $1 GROUP BY item ORDER BY item`, i.ID)
	if err != nil {
		return nil, err
	}
	by := map[string]*Triple{}
	of := func(item string) *Triple {
		if by[item] == nil {
			by[item] = &Triple{Item: item, Differs: []string{}}
		}
		return by[item]
	}
	for _, x := range i.Receipts {
		for _, l := range x.Goods {
			if l.Billable() == 0 {
				continue
			}
			a, err := money.Mul(l.Price, int64(l.Billable()))
			if err != nil {
				return nil, err
			}
			t := of(l.Item)
			t.Price, t.Qty, t.Amount = l.Price, t.Qty+l.Billable(), t.Amount+a
		}
	}
	for _, l := range said {
		t := of(l.item)
		t.Invoiced, t.Asked = l.qty, l.amount
	}
	var ids []string
	for id := range by {
		ids = append(ids, id)
	}
	items, err := catalog.Few(ctx, r, ids)
	if err != nil {
		return nil, err
	}
	if err := i.sentAway(ctx, r, by); err != nil {
		return nil, err
	}
	all := make([]Triple, 0, len(by))
	for id, t := range by {
		it := items[id]
		t.Number, t.Title, t.Unit, t.packs = it.Number, it.Title(), it.Unit, it.Packs
		if len(said) > 0 {
			t.compare()
		}
		all = append(all, *t)
	}
	slices.SortFunc(all, func(a, b Triple) int { return cmp.Compare(a.Number, b.Number) })
	return all, nil
}

// sentAway says of each item what went back: until the invoice was let pass or was paid,
// and later. What went back once it was paid the supplier owes, unless the same is to come
// again.
func (i *Invoice) sentAway(ctx context.Context, r db.Reader, by map[string]*Triple) (err error) {
	them := make([]*Receipt, len(i.Receipts))
	for n := range i.Receipts {
		them[n] = &i.Receipts[n]
	}
	all, err := wentBack(ctx, r, i.Supplier, them, "")
	if err != nil {
		return err
	}
	i.Away = nil
	settled := i.PaidAt
	if i.State == Cleared {
		settled = i.ClearedAt
	}
	i.Owed = -i.Credited
	for _, g := range all {
		if t := by[g.Item]; t == nil || !slices.ContainsFunc(them, func(x *Receipt) bool { return x.ID == g.Receipt }) {
			continue // what came in place of other invoices' goods
		} else if t.Waits += g.Waits; settled == 0 || g.At <= settled {
			t.Returned, t.off = t.Returned+g.Missed(), t.off+g.Worth
		} else {
			t.Later += g.Missed()
			owed, err := money.Mul(g.price, int64(max(0, g.Missed()-g.Waits)))
			if err != nil {
				return err
			}
			i.Owed += owed
		}
		i.Away = append(i.Away, g)
	}
	if i.State != Paid {
		i.Owed = 0
	}
	return nil
}

// GoneSince says whether goods went back since the invoice was let pass and before it was
// paid: it is to be matched again.
func (i *Invoice) GoneSince() bool { return i.State == Cleared && i.later() }

func (i *Invoice) later() bool {
	return slices.ContainsFunc(i.Lines, func(t Triple) bool { return t.Later > 0 })
}

// Kept is what the invoice should ask for: what was received, less what went back and did
// not come again.
func (t *Triple) Kept() quantity.Qty { return t.Qty - t.Returned }

// LetOff is what went back and is not on the invoice.
func (t *Triple) LetOff() quantity.Qty { return max(0, min(t.Returned, t.Qty-t.Invoiced)) }

// compare says in what the invoice differs. The price differs where the invoice asks
// another sum for what it says came than was agreed.
func (t *Triple) compare() {
	switch {
	case t.Invoiced == 0 && t.Kept() == 0:
		return
	case t.Invoiced == 0:
		t.Differs = append(t.Differs, "uninvoiced")
		return
	case t.Qty == 0:
		t.Differs = append(t.Differs, "unordered")
		return
	case t.Invoiced != t.Kept() && t.Invoiced != t.Qty:
		t.Differs = append(t.Differs, "qty")
	}
	if t.Invoiced != t.Kept() && t.Returned > 0 { // who pays the whole must know
		t.Differs = append(t.Differs, "returned")
	}
	agreed, err := money.Mul(t.Price, int64(t.Invoiced))
	switch t.Invoiced { // where lorries came at different prices
	case t.Qty:
		agreed = t.Amount
	case t.Kept():
		agreed = t.Amount - t.off
	}
	if err != nil || agreed != t.Asked {
		t.Differs = append(t.Differs, "price")
	}
}

// noteLetOff keeps what of each item went back and the invoice does not ask for: where it
// comes again, it is billed again.
func noteLetOff(ctx context.Context, tx *db.Tx, i *Invoice) error {
	if _, err := tx.Exec(ctx, `DELETE FROM receiving_invoice_away WHERE invoice = $1`, i.ID); err != nil {
		return err
	}
	for _, t := range i.Lines {
		if t.LetOff() == 0 {
			continue
		}
		worth := t.off
		if t.LetOff() != t.Returned {
			var err error
			if worth, err = money.Mul(t.Price, int64(t.LetOff())); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `INSERT INTO receiving_invoice_away (invoice, item, qty, worth) VALUES ($1,$2,$3,$4)`, i.ID, t.Item, t.LetOff(), worth); err != nil {
			return err
		}
	}
	return nil
}
