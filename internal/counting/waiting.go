package counting

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
)

// ToCount are the sheets that the person may count: those they have, and those nobody
// has that they did not count first.
func ToCount(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Sheet, error) {
	w := list.Scoped(by.Scope(MayCount), "w.department").And("s.open = true AND c.open = true AND s.counter IN ('', ?) AND s.first <> ?", by.ID, by.ID)
	keeps := "SELECT 1 FROM warehouse_keeper k WHERE k.store = c.store AND k.person = "
	return Sheets.All(ctx, r, w.And("s.first = '' OR NOT (EXISTS ("+keeps+"s.first) AND EXISTS ("+keeps+"?))", by.ID), limit)
}

// ToSettle are the counts whose figures stand and of which somebody has to give reasons,
// sign, or ask for approval.
func ToSettle(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Count, error) {
	return Counts.All(ctx, r, list.Scoped(by.Scope(MaySettle), "w.department").And("c.open = true AND c.state = 'counted'"), limit)
}

// ToPost are the counts that were agreed to and that the person, who keeps another store
// than this or none, may post.
func ToPost(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Count, error) {
	return Counts.All(ctx, r, list.Scoped(by.Scope(MayPost), "w.department").And("c.open = true AND c.state = 'approved' AND NOT EXISTS (SELECT 1 FROM warehouse_keeper k WHERE k.store = c.store AND k.person = ?)", by.ID), limit)
}
