package demo

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/desk"
	"houqin/internal/people"
)

// lendPINs gives the people of the wards and offices one PIN, so that signing on the worker's
// phone can be tried. It is another in every demo and stands on no page but the demo's own.
func (w *world) lendPINs(ctx context.Context) error {
	var persons []string
	for _, u := range w.units {
		if posts[u.Code] == nil {
			for _, p := range u.staff {
				persons = append(persons, p.ID)
			}
		}
	}
	return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error {
		for {
			n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
			if err != nil {
				return err
			}
			pin := fmt.Sprintf("%06d", n)
			if err := people.LendPINs(ctx, tx, pin, persons...); fault.KindOf(err) == fault.Invalid {
				continue // one of those that everybody tries first
			} else if err != nil {
				return err
			}
			return db.Set(ctx, tx, desk.DemoPIN, pin)
		}
	})
}
