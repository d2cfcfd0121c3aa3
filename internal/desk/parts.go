package desk

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/money"
)

// useParts draws a job's parts from the store.
func useParts(ctx context.Context, tx *db.Tx, j *Job, w *Work) (money.Fen, error) {
	return 0, nil
}
