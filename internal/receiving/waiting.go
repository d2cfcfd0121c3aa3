package receiving

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
)

// within narrows to receipts of the stores for which a person holds a right.
func within(by db.Actor, permission string) list.Where {
	return list.Scoped(by.Scope(permission), "w.department")
}

// ToCheck are the deliveries whose quality a second person has to test: not who counted.
func ToCheck(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Receipt, error) {
	return Receipts.All(ctx, r, within(by, MayCheck).And("r.state = 'counted' AND r.by_id <> ?", by.ID), limit)
}

// ToFinish are the deliveries that were tested and are to be booked, and those of which
// something refused still stands at the gate.
func ToFinish(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Receipt, error) {
	return Receipts.All(ctx, r, within(by, MayReceive).And("(r.state = 'checked' OR r.refused > 0 AND r.returned_at = 0 AND r.state IN ('posted', 'refused'))"), limit)
}
