package hospital

import (
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/rules"
)

// Claims are what every room says it keeps of the book.
var Claims = slices.Concat(rules.Claims)

// Measure counts how every claimed clause stands this year and notes it for the
// lists. Counting only reads, and nobody waits for it.
func (h *Hospital) Measure(ctx context.Context) error {
	found, err := rules.Measure(ctx, h.DB, Claims, h.DB.Today())
	if err != nil {
		return err
	}
	return h.DB.Do(ctx, db.System("rules"), func(tx *db.Tx) error { return rules.Note(ctx, tx, found) })
}
