package hospital_test

import (
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/hospital"
)

// A number that was given out and stands on no paper is missed, of approvals and of
// changes of the rulebook as of every other paper.
func TestNumbersOfApprovalsAndRulesAreMissed(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		dbtest.Do(t, h.DB, db.System("burglar"), func(tx *db.Tx) error {
			for _, series := range []string{"SP", "GZ"} {
				if _, err := tx.Number(t.Context(), series); err != nil {
					return err
				}
			}
			return nil
		})
		wrong, err := hospital.Recompute(t.Context(), h.DB)
		if said := strings.Join(wrong, "\n"); err != nil || !strings.Contains(said, "SP-") || !strings.Contains(said, "GZ-") {
			t.Errorf("%v %v", wrong, err)
		}
	})
}
