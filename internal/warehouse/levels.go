package warehouse

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/quantity"
)

// SetWardLevels is SetLevels for a ward's own store, whose ward says by rights of
// another room what it wants to have there. NotFound for any other store.
func SetWardLevels(ctx context.Context, tx *db.Tx, store, item string, least, most quantity.Qty) error {
	s, err := StoreByID(ctx, tx, store)
	if err != nil {
		return err
	}
	if !s.Ward {
		return fault.New(fault.NotFound, "base.not_found")
	}
	return putLevels(ctx, tx, store, item, least, most)
}
