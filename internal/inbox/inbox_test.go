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

// What waits in a room lies before those who may end it, is counted beside their door,
// and is gone once somebody has ended it.
func TestWhatWaitsInOtherRoomsLiesInTheTray(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		head, director, nurse := dbtest.Person("head", rules.MayPropose), dbtest.Person("director", rules.MayPropose, rules.MayConfirm), dbtest.Person("nurse", desk.MayReport)
		change := rules.Change{Param: "W-011.normal", Value: "2880", Since: "2027-04-01", Reason: "两天内应修好"}
		own := rules.Change{Param: "W-011.urgent", Value: "180", Since: "2027-04-01", Reason: "三小时内应修好"}
		dbtest.Do(t, d, head, func(tx *db.Tx) error { return rules.Propose(ctx, tx, &change) })
		dbtest.Do(t, d, director, func(tx *db.Tx) error { return rules.Propose(ctx, tx, &own) })
		lies := func(by db.Actor) []inbox.Thing {
			t.Helper()
			trays, err := inbox.Of(ctx, d, by)
			if err != nil {
				t.Fatal(err)
			}
			for _, tray := range trays {
				if tray.Name == "rule_changes" {
					n, _, err := inbox.Waiting(ctx, d, by)
					if err != nil || n != tray.Len() {
						t.Errorf("%s: the door counts %d, the tray %d: %v", by.Name, n, tray.Len(), err)
					}
					return tray.Things
				}
			}
			return nil
		}
		if got := lies(director); len(got) != 1 || got[0].Href != "/rule-changes/"+change.ID {
			t.Errorf("before the director lies %v, not the change of somebody else alone", got)
		}
		if lies(head) != nil || lies(nurse) != nil {
			t.Error("who may not confirm is asked to")
		}
		dbtest.Do(t, d, director, func(tx *db.Tx) error { return rules.Confirm(ctx, tx, change.ID, "") })
		if got := lies(director); got != nil {
			t.Errorf("confirmed, and it still waits: %v", got)
		}
	})
}
