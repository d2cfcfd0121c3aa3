package inbox_test

import (
	"io/fs"
	"testing"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/inbox"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/rules"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, places.Migrations, people.Migrations, messages.Migrations, approvals.Migrations, assets.Migrations, desk.Migrations}

// Clause: W-010
func TestWhatIsUnsolvedLiesBeforeThoseInCharge(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		ctx := t.Context()
		ward := departments.Department{Code: "N1", Name: "内一科", Kind: departments.Ward}
		dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error { return departments.Found(ctx, tx, &ward) })
		nurse := dbtest.PersonIn("nurse", ward.ID, desk.MayReport)
		dbtest.Do(t, d, nurse, func(tx *db.Tx) error {
			_, err := desk.Report(ctx, tx, &desk.Slip{Title: "天花板漏水", Trade: "water", Department: ward.ID})
			return err
		})
		unsolved := func(by db.Actor) (n int, there bool) {
			t.Helper()
			trays, err := inbox.Of(ctx, d, by)
			if err != nil {
				t.Fatal(err)
			}
			for _, tray := range trays {
				if tray.Name == "unsolved" {
					return len(tray.Jobs), true
				}
			}
			return 0, false
		}
		director, vice := dbtest.Person("director", desk.MaySee, desk.MayArrange), dbtest.Person("vice", desk.MaySee, rules.MayConfirm)
		clock.Add(48 * time.Hour)
		if n, there := unsolved(director); n != 0 || !there {
			t.Errorf("exactly at the limit: %d, %v", n, there)
		}
		clock.Add(time.Microsecond)
		for _, by := range []db.Actor{director, vice} {
			if n, _ := unsolved(by); n != 1 {
				t.Errorf("%s sees %d unsolved jobs", by.Name, n)
			}
		}
		if _, there := unsolved(nurse); there {
			t.Error("the nurse is asked to coordinate")
		}
	})
}
