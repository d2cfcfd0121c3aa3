package warehouse

import (
	"context"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
)

// Bins is the list of the bins of all stores.
var Bins = list.Of[Bin]{
	Name:  "warehouse.bins",
	From:  `warehouse_bin n JOIN warehouse_store w ON w.id = n.store`,
	Order: "code", Live: []string{"warehouse.store"},
	Columns: []list.Column[Bin]{
		{Key: "code", SQL: "n.code", Into: func(b *Bin) any { return &b.Code }},
		{Key: "note", SQL: "n.note", Into: func(b *Bin) any { return &b.Note }},
		{Key: "store", SQL: "n.store", Into: func(b *Bin) any { return &b.Store }, Ref: "stores", Text: func(b *Bin) string { return b.StoreName }},
		{Key: "closed", SQL: "n.closed", Into: func(b *Bin) any { return &b.Closed }},
		{Key: "id", SQL: "n.id", Into: func(b *Bin) any { return &b.ID }, Hidden: true},
		{Key: "store_name", SQL: "w.name", Into: func(b *Bin) any { return &b.StoreName }, Hidden: true},
		{Key: "version", SQL: "n.version", Into: func(b *Bin) any { return &b.Version }, Hidden: true},
	},
}

// BinByID is one bin; NotFound when there is none.
func BinByID(ctx context.Context, r db.Reader, id string) (Bin, error) {
	return Bins.Get(ctx, r, list.Where{}.And("n.id = ?", id))
}

// AddBin gives a store another bin. Needs MayKeep where the store is kept. Invalid:
// a code that the store has already.
func AddBin(ctx context.Context, tx *db.Tx, b *Bin) error {
	k, err := storeOf(ctx, tx, b.Store)
	if err != nil {
		return err
	}
	if err := tx.NeedIn(MayKeep, k.department); err != nil {
		return err
	}
	b.ID, b.Version, b.Closed, b.Code = tx.NewID(), 1, false, strings.TrimSpace(b.Code)
	if b.Code == "" {
		return fault.OnField("code", "base.required")
	}
	n, err := tx.Exec(ctx, `INSERT INTO warehouse_bin (id, store, code, note) VALUES ($1,$2,$3,$4) ON CONFLICT DO NOTHING`, b.ID, b.Store, b.Code, b.Note)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.OnField("code", "warehouse.code_taken", b.Code)
	}
	return tx.Trail(ctx, db.Event{Noun: "warehouse.store", Record: b.Store, Action: "add_bin", Note: b.Code})
}

// CloseBin takes a bin out of use. One that still holds goods is a Conflict.
func CloseBin(ctx context.Context, tx *db.Tx, id string, version int64) error {
	b, err := BinByID(ctx, tx, id)
	if err != nil {
		return err
	}
	k, err := storeOf(ctx, tx, b.Store)
	if err != nil {
		return err
	}
	if err := tx.NeedIn(MayKeep, k.department); err != nil {
		return err
	}
	if _, full, err := db.Text(ctx, tx,
		`SELECT id FROM warehouse_balance WHERE store = $1 AND bin = $2 AND qty > 0 LIMIT 1`, b.Store, id); err != nil {
		return err
	} else if full {
		return fault.New(fault.Conflict, "warehouse.bin_full", b.Code)
	}
	if err := tx.One(ctx, fault.Stale(),
		`UPDATE warehouse_bin SET closed = true, version = version + 1 WHERE id = $1 AND version = $2 AND closed = false`, id, version); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "warehouse.store", Record: b.Store, Action: "close_bin", Note: b.Code})
}
