package warehouse

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
)

// Below are the goods of the stores that a person keeps of which less is there than their
// minimum; what wards keep themselves is theirs to fill.
func Below(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Holding, error) {
	return Holdings.All(ctx, r, ofKeeper(by).And("s.least > 0 AND s.qty < s.least"), limit)
}

// Ended are the lots in the stores that a person keeps that may not be issued any more and
// wait to be written off or sent back.
func Ended(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Lot, error) {
	return Lots.All(ctx, r, ofKeeper(by).And("b.qty > 0 AND b.expiry <> '' AND b.expiry < ?", r.Today()), limit)
}

// ofKeeper narrows to the open stores that a person hands out of, but for wards' own. In
// the query the store's row is w.
func ofKeeper(by db.Actor) list.Where {
	return list.Scoped(by.Scope(MayIssue), "w.department").And("w.closed = false AND w.ward = false")
}
