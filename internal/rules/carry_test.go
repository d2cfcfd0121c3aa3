package rules_test

import (
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/rules"
)

// What a hospital had set before a figure was a parameter of the book holds in the book
// from the day of the new version, once; what does not fit and what was set there since
// changes nothing.
func TestAnOldSettingIsCarriedOver(t *testing.T) {
	const setting, param = "approvals.window", "P-009.window"
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		carry := func(old, want string, changes int) {
			t.Helper()
			dbtest.Do(t, d, db.System("start"), func(tx *db.Tx) error {
				if err := db.Set(t.Context(), tx, setting, old); err != nil {
					return err
				}
				return rules.Carry(t.Context(), tx, setting, param)
			})
			s, err := rules.Value(t.Context(), d, param, d.Today())
			all, err2 := rules.History(t.Context(), d, "P-009")
			if err != nil || err2 != nil || s.Value != want || len(all) != changes {
				t.Errorf("after %q: %q by %d changes, not %q by %d: %v %v", old, s.Value, len(all), want, changes, err, err2)
			}
			if left, err := db.Setting(t.Context(), d, setting); err != nil || left != "" {
				t.Errorf("left: %q %v", left, err)
			}
		}
		carry("", "30", 0)
		carry("5000", "30", 0)
		carry("30", "30", 0)
		carry("7", "7", 1)
		carry("9", "7", 1)
		if _, err := propose(t, d, head, param, "14", d.Today().AddDays(1), "太短"); err != nil {
			t.Error(err)
		}
	})
}
