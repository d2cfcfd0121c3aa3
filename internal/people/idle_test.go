package people_test

import (
	"testing"
	"time"

	"houqin/internal/people"
)

// Holds: DB3-8.1.4.2-c
func TestAccountsNobodyUsesAreListed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.hires("A01", "李华")
		h.hires("A02", "王水")
		h.mustSignIn("ua01")
		h.mustSignIn("ua02")
		idle := func() (names string) {
			t.Helper()
			all, err := people.Idlers.All(t.Context(), h.d, people.Idle(h.d.Now()), 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range all {
				names += i.Name
			}
			return names
		}
		h.clock.Add(80 * 24 * time.Hour)
		h.mustSignIn("ua01")
		if got := idle(); got != "" {
			t.Errorf("after eighty days: %s", got)
		}
		h.clock.Add(11 * 24 * time.Hour)
		if got := idle(); got != "王水" {
			t.Errorf("after ninety days: %q", got)
		}
		h.clock.Add(80 * 24 * time.Hour)
		if got := idle(); got != "李华王水" {
			t.Errorf("after all that: %q", got)
		}
	})
}
