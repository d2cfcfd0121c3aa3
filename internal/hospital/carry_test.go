package hospital_test

import (
	"testing"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/hospital"
	"houqin/internal/rules"
)

// A hospital that had set its window before it stood in the rulebook finds it there after
// the next start.
func TestAStartCarriesTheOldWindowOver(t *testing.T) {
	twice := func(t *testing.T, address string) {
		h := open(t, address)
		dbtest.Do(t, h.DB, db.System("old"), func(tx *db.Tx) error { return db.Set(t.Context(), tx, "approvals.window", "7") })
		open(t, address)
		if n, err := rules.Number(t.Context(), h.DB, approvals.Window, h.DB.Today()); err != nil || n != 7 {
			t.Errorf("%d days: %v", n, err)
		}
	}
	t.Run("sqlite", func(t *testing.T) { twice(t, dbtest.SQLite(t, hospital.Migrations)) })
	t.Run("postgres", func(t *testing.T) {
		if address, ok := dbtest.Postgres(t, hospital.Migrations); ok {
			twice(t, address)
		}
	})
}
