package receiving

import (
	"context"
	"fmt"

	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/catalog"
)

// Carding is of which class the pieces are for which cards are opened, and who has them
// until they are moved; "" the department that keeps the store.
type Carding struct{ Class, Department string }

// CardForm asks for it.
var CardForm = form.Of[Carding]{Name: "receiving.carding", Fields: []form.Field[Carding]{
	{Key: "class", Into: func(c *Carding) any { return &c.Class }, Required: true, OneOf: assets.Classes, Enum: "assets.class"},
	{Key: "department", Into: func(c *Carding) any { return &c.Department }, Ref: "departments", Hint: true},
}}

// cardsMost is for how many pieces of a receipt cards are opened at once.
const cardsMost = 300

// Pieces is how many pieces of fixed assets were accepted.
func (x *Receipt) Pieces() (n int64) {
	for _, l := range x.Goods {
		if l.category == catalog.FixedAsset {
			n += int64(l.Accepted())
		}
	}
	return n
}

// uncarded: fixed assets go on to acceptance and a card each, once.
func uncarded(_ db.Actor, x *Receipt) error {
	switch {
	case x.Pieces() == 0:
		return fault.New(fault.Conflict, "receiving.no_assets", x.Number)
	case x.Carded:
		return fault.New(fault.Conflict, "receiving.has_cards", x.Number)
	}
	return nil
}

// OpenCards opens an asset card for each piece of the fixed assets that a booked receipt
// accepted, at the price agreed, since the day of arrival. Needs assets.MayChange where the
// store is kept. Conflict: no fixed assets, cards that are there already. Refused besides:
// what assets.Register refuses.
func OpenCards(ctx context.Context, tx *db.Tx, id string, version int64, c Carding) (Receipt, error) {
	x, err := hold(ctx, tx, id, version, "card")
	if err != nil {
		return x, err
	}
	if x.Pieces() > cardsMost {
		return x, fault.New(fault.TooLarge, "receiving.too_many_cards", cardsMost)
	}
	if c.Department == "" {
		c.Department = x.Keeping
	}
	for _, l := range x.Goods {
		if l.category != catalog.FixedAsset {
			continue
		}
		for n := range int64(l.Accepted()) {
			k := assets.Card{Name: l.Name, Spec: l.Spec, Class: c.Class, Department: c.Department, Serial: serial(l), Cost: l.Price, Since: x.Arrived, State: assets.Idle,
				External: fmt.Sprintf("%s-%d-%d", x.Number, l.N, n+1), Extra: assets.ExtraOf(assets.Fact{Name: "验收单", Value: x.Number}, assets.Fact{Name: "供货单位", Value: x.SupplierName}, assets.Fact{Name: "发票", Value: x.Invoice})}
			if err := assets.Register(ctx, tx, &k); err != nil {
				return x, err
			}
			if _, err := tx.Exec(ctx, `INSERT INTO receiving_card (receipt, line, n, card) VALUES ($1,$2,$3,$4)`, x.ID, l.N, n+1, k.ID); err != nil {
				return x, err
			}
		}
	}
	x.Carded = true
	return x, keep(ctx, tx, &x, "card", fmt.Sprint(x.Pieces()))
}

// serial is the lot of a single piece: of durable things suppliers write its number there.
func serial(l Line) string {
	if l.Accepted() == 1 {
		return l.Lot
	}
	return ""
}

// CardsOf are the asset cards opened for a receipt.
func CardsOf(ctx context.Context, r db.Reader, id string) (all []assets.Card, err error) {
	ids, err := db.Texts(ctx, r, `SELECT card FROM receiving_card WHERE receipt = $1 ORDER BY line, n`, id)
	for _, card := range ids {
		c, err := assets.Get(ctx, r, card)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, err
}
