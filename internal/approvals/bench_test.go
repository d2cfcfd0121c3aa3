package approvals_test

import (
	"fmt"
	"testing"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
)

// BenchmarkTray opens the tray of somebody for whom five cases wait, while few or many
// wait for others: the two figures should be alike.
func BenchmarkTray(b *testing.B) {
	for _, open := range []int{1_000, 100_000} {
		b.Run(fmt.Sprint(open), func(b *testing.B) {
			d, _ := dbtest.Open(b, dbtest.SQLite(b, rooms))
			ctx := b.Context()
			fill := func(tx *db.Tx) error {
				if _, err := tx.Exec(ctx, `INSERT INTO departments_department (id, code, name, kind) VALUES ('d', 'd', 'd', 'ward')`); err != nil {
					return err
				}
				for n := range open {
					id, owner := fmt.Sprintf("%020d", n), fmt.Sprint("p", n%997)
					if n%(open/5) == 0 {
						owner = "me"
					}
					for _, q := range []string{
						`INSERT INTO approvals_case (id, number, kind, noun, record, title, department, digest, state, asked_by, asked_name, asked_at) VALUES ($1, $1, 'fleet.trip', 'x', $1, 't', 'd', 'x', 'open', $2, 'x', 1)`,
						`INSERT INTO approvals_step (id, case_id, stage, place, who, hours, state, open, due) VALUES ($1, $1, 0, 0, $2, 8, 'waiting', true, 1)`,
						`INSERT INTO approvals_seat (id, case_id, step, person, state, since, due) VALUES ($1, $1, $1, $2, 'waiting', 1, 1)`,
					} {
						if _, err := tx.Exec(ctx, q, id, owner); err != nil {
							return err
						}
					}
				}
				return nil
			}
			if err := d.Do(ctx, db.System("bench"), fill); err != nil {
				b.Fatal(err)
			}
			if err := d.Analyze(ctx); err != nil {
				b.Fatal(err)
			}
			me := db.Actor{ID: "me", Name: "me", Unit: "d"}
			for b.Loop() {
				w, err := approvals.WaitsFor(ctx, d, me)
				if err != nil || w.Decisions != 5 {
					b.Fatal(w, err)
				}
			}
		})
	}
}
