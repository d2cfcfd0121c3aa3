package hospital

import (
	"context"
	"maps"
	"slices"

	"houqin/internal/approvals"
	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/catalog"
	"houqin/internal/counting"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/disposal"
	"houqin/internal/distribution"
	"houqin/internal/inbox"
	"houqin/internal/people"
	"houqin/internal/purchasing"
	"houqin/internal/receiving"
	"houqin/internal/requests"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/wardstores"
	"houqin/internal/warehouse"
)

// Claimed is what every room says it keeps of the rulebook.
var Claimed = map[string][]rules.Claim{
	"approvals":    approvals.Claims,
	"rules":        rules.Claims,
	"people":       people.Claims,
	"departments":  departments.Claims,
	"catalog":      catalog.Claims,
	"suppliers":    suppliers.Claims,
	"warehouse":    warehouse.Claims,
	"disposal":     disposal.Claims,
	"distribution": distribution.Claims,
	"counting":     counting.Claims,
	"requests":     requests.Claims,
	"wardstores":   wardstores.Claims,
	"purchasing":   purchasing.Claims,
	"receiving":    receiving.Claims,
	"assets":       assets.Claims,
	"desk":         desk.Claims,
	"inbox":        inbox.Claims,
}

// Claims are all of them.
var Claims = func() (all []rules.Claim) {
	for _, room := range slices.Sorted(maps.Keys(Claimed)) {
		all = append(all, Claimed[room]...)
	}
	return all
}()

// Measure counts how every claimed clause stands this year and notes it for the
// lists. Counting only reads, and nobody waits for it.
func (h *Hospital) Measure(ctx context.Context) error {
	found, err := rules.Measure(ctx, h.DB, Claims, h.DB.Today())
	if err != nil {
		return err
	}
	return h.DB.Do(ctx, db.System("rules"), func(tx *db.Tx) error { return rules.Note(ctx, tx, found) })
}
