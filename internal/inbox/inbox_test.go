package inbox_test

import (
	"context"
	"fmt"
	"io/fs"
	"testing"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/calendar"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/distribution"
	"houqin/internal/inbox"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/requests"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, places.Migrations, calendar.Migrations, people.Migrations, messages.Migrations, approvals.Migrations, assets.Migrations, desk.Migrations,
	catalog.Migrations, suppliers.Migrations, warehouse.Migrations, distribution.Migrations, requests.Migrations}

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

// What a meeting decides lies before who enters it, a drafted way before who may put it
// in force, and what did not arrive before who looks after the messages; before nobody
// else, and no longer than it waits.
func TestMeetingsDraftsAndDeadMessagesLieInTheirTrays(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		lies := func(by db.Actor) map[string]int {
			t.Helper()
			trays, err := inbox.Of(ctx, d, by)
			if err != nil {
				t.Fatal(err)
			}
			found := map[string]int{}
			for _, tray := range trays {
				found[tray.Name] = tray.Len()
			}
			return found
		}
		secretary, vice, clerk, admin := dbtest.Person("secretary", approvals.MayEnter), dbtest.Person("vice", approvals.MayForce), dbtest.Person("clerk", approvals.MayRoute), dbtest.Person("admin", messages.MayRun)
		var c approvals.Case
		dbtest.Do(t, d, dbtest.Person("keeper"), func(tx *db.Tx) (err error) {
			ward := departments.Department{Code: "N1", Name: "内一科", Kind: departments.Ward}
			by := tx.By
			tx.By = db.System("test")
			if err := departments.Found(ctx, tx, &ward); err != nil {
				return err
			}
			tx.By = by
			approvals.Ended["test.paper"] = func(context.Context, *db.Tx, approvals.Case) error { return nil }
			c, err = approvals.Ask(ctx, tx, approvals.Document{Kind: "assets.equipment_write_off", Noun: "test.paper", Record: "1", Number: "BF-1", Title: "报废水泵", Department: ward.ID, Amount: 90_000, Digest: "v1"})
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `INSERT INTO messages_delivery (id, channel, person, event, number, href, at, state, error) VALUES ('d1', '', '', 'decide', 'SP-1', '', 1, 'dead', '503')`)
			return err
		})
		rt := approvals.Route{Kind: "fleet.trip", Since: d.Today().AddDays(1), Reason: "试", Tiers: []approvals.Tier{{Stages: []approvals.Stage{{Who: []approvals.Who{{Is: approvals.Head}}}}}}}
		dbtest.Do(t, d, clerk, func(tx *db.Tx) error { return approvals.Draft(ctx, tx, &rt) })
		if lies(secretary)["meetings"] != 1 || lies(vice)["route_drafts"] != 1 || lies(admin)["deliveries_dead"] != 1 {
			t.Errorf("secretary %v, vice-president %v, administrator %v", lies(secretary), lies(vice), lies(admin))
		}
		for _, name := range []string{"meetings", "route_drafts", "deliveries_dead"} {
			if lies(clerk)[name] != 0 {
				t.Errorf("the clerk has %s", name)
			}
		}
		dbtest.Do(t, d, dbtest.Person("keeper"), func(tx *db.Tx) error { _, err := approvals.Withdraw(ctx, tx, c.ID, ""); return err })
		dbtest.Do(t, d, vice, func(tx *db.Tx) error { _, err := approvals.Force(ctx, tx, rt.ID, rt.Version); return err })
		dbtest.Do(t, d, admin, func(tx *db.Tx) error { return messages.Again(ctx, tx, "d1") })
		if lies(secretary)["meetings"]+lies(vice)["route_drafts"]+lies(admin)["deliveries_dead"] != 0 {
			t.Errorf("it is done, and still lies there: %v %v %v", lies(secretary), lies(vice), lies(admin))
		}
	})
}

// A ward sees what is open for it, whoever asked, and nothing of other wards; what is
// signed off is gone.
func TestAWardSeesWhatIsOpenForItWhoeverAsked(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		wards := map[string]departments.Department{}
		for _, name := range []string{"内一科", "外一科"} {
			w := departments.Department{Code: name, Name: name, Kind: departments.Ward}
			dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error { return departments.Found(ctx, tx, &w) })
			wards[name] = w
		}
		mine := wards["内一科"]
		nurse, head, caller := dbtest.PersonIn("nurse", mine.ID, desk.MayReport), dbtest.PersonIn("head", mine.ID, desk.MayReport, desk.MayCancel), dbtest.Person("caller", desk.MayReport, desk.MayDispatch)
		for n, by := range []*db.Actor{&nurse, &head, &caller} { // those whom messages reach are staff
			p := people.Person{Number: fmt.Sprint(1001 + n), Name: by.Name, Department: mine.ID}
			dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error { return people.Hire(ctx, tx, &p) })
			by.ID = p.ID
		}
		var called desk.Job
		report := func(by db.Actor, title, ward string) (j desk.Job) {
			dbtest.Do(t, d, by, func(tx *db.Tx) (err error) {
				j, err = desk.Report(ctx, tx, &desk.Slip{Title: title, Trade: "water", Department: wards[ward].ID})
				return err
			})
			return j
		}
		report(nurse, "水池堵塞", "内一科")
		called = report(caller, "天花板漏水", "内一科")
		report(caller, "别科的灯", "外一科")
		dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error {
			for _, w := range wards {
				if _, err := approvals.Owe(ctx, tx, approvals.Debt{Noun: desk.Noun, Record: "j" + w.ID, Title: "抢修补单", Clause: "W-005", Paper: "report", Department: w.ID, Due: tx.At()}); err != nil {
					return err
				}
			}
			return nil
		})
		open := func() (jobs, debts int) {
			t.Helper()
			trays, err := inbox.Ward(ctx, d, head)
			if err != nil {
				t.Fatal(err)
			}
			for _, tray := range trays {
				jobs, debts = jobs+len(tray.Jobs), debts+len(tray.Debts)
			}
			return jobs, debts
		}
		if jobs, debts := open(); jobs != 2 || debts != 1 {
			t.Errorf("the ward sees %d jobs and %d debts of its own 2 and 1", jobs, debts)
		}
		dbtest.Do(t, d, head, func(tx *db.Tx) error {
			_, err := desk.Cancel(ctx, tx, called.ID, called.Version, "重复")
			return err
		})
		if jobs, _ := open(); jobs != 1 {
			t.Errorf("called off, and it is still open: %d", jobs)
		}
	})
}
