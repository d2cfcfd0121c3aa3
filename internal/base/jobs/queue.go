package jobs

import (
	"context"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
)

// Queue is the work after commits that is not done yet.
type Queue struct {
	Waiting int64 // due now or later
	Overdue int64 // of these, due for more than a minute
	Dead    int64 // failed too often; a person must look
}

// Waiting counts the queue.
func Waiting(ctx context.Context, r db.Reader) (q Queue, err error) {
	err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE dead = false), count(*) FILTER (WHERE dead = false AND due < $1),
		count(*) FILTER (WHERE dead = true) FROM base_job`, period.At(r.Moment().Add(-time.Minute))).Scan(&q.Waiting, &q.Overdue, &q.Dead)
	return q, err
}
