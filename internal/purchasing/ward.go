package purchasing

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
)

// OpenNeeds are the needs of the departments for which a person asks that are not in a
// plan yet, or that came back, whoever wrote them down.
func OpenNeeds(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Need, error) {
	return Needs.All(ctx, r, list.Scoped(by.Scope(MayAsk), "n.department").And("n.state IN ('asked', 'deciding', 'agreed', 'sent_back')"), limit)
}
