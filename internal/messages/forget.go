package messages

import (
	"context"

	"houqin/internal/base/db"
)

// Forget takes out where a person was written to and what they were told, because their
// personal values are erased. Whoever calls it has made sure that they may.
func Forget(ctx context.Context, tx *db.Tx, person string) error {
	for _, q := range []string{`DELETE FROM messages_address WHERE person = $1`, `DELETE FROM messages_note WHERE person = $1`} {
		if _, err := tx.Exec(ctx, q, person); err != nil {
			return err
		}
	}
	return nil
}
