package deskweb_test

import (
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/desk"
)

// Whose report was merged into a job of another ward reads where it went, and is not led
// to a page that is not theirs.
func TestNobodyIsLedFromADoubleToAJobTheyDoNotSee(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		var kept, double desk.Job
		for by, to := range map[*db.Actor]*desk.Job{&h.nurse: &double, &h.stranger: &kept} {
			dbtest.Do(t, d, *by, func(tx *db.Tx) (err error) {
				*to, err = desk.Report(t.Context(), tx, &desk.Slip{Title: "走廊没灯", Trade: "electric", Department: by.Unit, Anyway: true})
				return err
			})
		}
		dbtest.Do(t, d, h.dispatcher, func(tx *db.Tx) error {
			_, err := desk.Merge(t.Context(), tx, double.ID, 0, desk.Merging{Into: kept.ID})
			return err
		})
		for _, c := range []struct {
			by    db.Actor
			links int
		}{{h.nurse, 0}, {h.dispatcher, 1}} {
			h.as(c.by)
			page := webtest.New(t, h).Get("/desk/jobs/" + double.ID).See(kept.Number)
			if n := page.Count("#kin a[href='/desk/jobs/" + kept.ID + "']"); n != c.links {
				t.Errorf("%s is led there %d times", c.by.Name, n)
			}
		}
	})
}
