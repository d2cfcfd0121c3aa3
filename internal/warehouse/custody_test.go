package warehouse_test

import (
	"slices"
	"testing"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/calendar"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/warehouse"
)

// Clause: S-009
func TestOthersGoodsLieInAStoreByLeaveAlone(t *testing.T) {
	approvals.Ended[warehouse.CustodyNoun] = warehouse.CustodyEnded
	all := append(slices.Clone(rooms), calendar.Migrations, messages.Migrations, approvals.Migrations)
	dbtest.EachClock(t, all, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		leader := people.Person{Number: "0009", Name: "副院长", Department: h.stores.ID}
		ask := func(c *warehouse.Custody) error {
			c.Store = h.store.ID
			return h.try(func(tx *db.Tx) error { return warehouse.AskCustody(t.Context(), tx, c) })
		}
		bicycle := func() *warehouse.Custody {
			return &warehouse.Custody{Owner: "王丽", Name: "自行车", Many: "1 辆", Why: "援外期间无处存放", Until: d.Today().AddDays(3)}
		}
		if err := ask(bicycle()); said(err) != "approvals.nobody_left" {
			t.Errorf("where nobody can give leave: %v", err)
		}
		dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error {
			keeper := people.Person{Number: "0008", Name: "库管员", Department: h.stores.ID}
			for _, p := range []*people.Person{&leader, &keeper} {
				if err := people.Hire(t.Context(), tx, p); err != nil {
					return err
				}
			}
			h.keeper.ID = keeper.ID
			return approvals.Seat(t.Context(), tx, &approvals.Holding{Post: "hospital_leader", Person: leader.ID})
		})
		if err := ask(&warehouse.Custody{Until: d.Today()}); said(err) != "many base.required, name base.required, owner base.required, why base.required" {
			t.Errorf("of nothing: %v", err)
		}
		over := bicycle()
		over.Until = d.Today().AddDays(-1)
		if err := ask(over); said(err) != "until warehouse.day_over" {
			t.Errorf("until yesterday: %v", err)
		}
		take := func(id, spot string) error {
			return h.try(func(tx *db.Tx) error {
				_, err := warehouse.TakeIn(t.Context(), tx, id, 0, warehouse.Laid{Spot: spot})
				return err
			})
		}
		decide := func(id string, f func(tx *db.Tx, c approvals.Case) error) {
			t.Helper()
			c, ok, err := approvals.OpenOf(t.Context(), d, warehouse.CustodyNoun, id)
			if err != nil || !ok {
				t.Fatal("nothing is asked:", err)
			}
			dbtest.Do(t, d, db.Actor{ID: leader.ID, Name: leader.Name, Unit: leader.Department, Rights: db.Rights{approvals.MaySee: {All: true}}}, func(tx *db.Tx) error { return f(tx, c) })
		}
		yes := func(tx *db.Tx, c approvals.Case) error {
			_, err := approvals.Agree(t.Context(), tx, c.ID, "", approvals.Signature{Digest: c.Digest, Agent: "Phone"})
			return err
		}
		refused := bicycle()
		if err := ask(refused); err != nil {
			t.Fatal(err)
		}
		if err := take(refused.ID, "后院"); said(err) != "warehouse.no_leave" || !cites(err, "S-009") {
			t.Errorf("before leave is given: %v", err)
		}
		decide(refused.ID, func(tx *db.Tx, c approvals.Case) error {
			_, err := approvals.Refuse(t.Context(), tx, c.ID, "库区不放私人物品", approvals.Signature{Digest: c.Digest, Agent: "Phone"})
			return err
		})
		if err := take(refused.ID, "后院"); said(err) != "warehouse.no_leave" || !cites(err, "S-009") {
			t.Errorf("after leave was refused: %v", err)
		}

		b := bicycle()
		if err := ask(b); err != nil {
			t.Fatal(err)
		}
		decide(b.ID, yes)
		h.do(func(tx *db.Tx) error {
			bin := warehouse.Bin{Store: h.store.ID, Code: "A-1"}
			if err := warehouse.AddBin(t.Context(), tx, &bin); err != nil {
				return err
			}
			_, err := warehouse.Receive(t.Context(), tx, warehouse.Delivery{Store: h.store.ID, Supplier: h.supplier.ID, Invoice: "1", Lines: []warehouse.In{{Item: h.lamp.ID, Qty: "1", Amount: "1", Bin: bin.ID}}})
			return err
		})
		if err := take(b.ID, "A-1"); said(err) != "spot warehouse.spot_in_use" || !cites(err, "S-004") {
			t.Errorf("among booked goods: %v", err)
		}
		if err := take(b.ID, "后院"); err != nil {
			t.Fatal(err)
		}
		waits := func() int {
			t.Helper()
			found, err := warehouse.ToFetchAway(t.Context(), d, h.keeper, 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(found)
		}
		stands := func(kept, broken int64) {
			t.Helper()
			for _, c := range warehouse.Claims {
				if c.Clause == "S-009" && c.Evidence != nil {
					if e, err := c.Evidence(t.Context(), d, d.Today().AddDays(-30), d.Today()); err != nil || e.Kept != kept || e.Broken != broken {
						t.Errorf("%+v, %v", e, err)
					}
				}
			}
		}
		if n := waits(); n != 0 {
			t.Errorf("%d wait before their day", n)
		}
		stands(1, 0)
		clock.Add(4 * 24 * time.Hour)
		if n := waits(); n != 1 {
			t.Errorf("%d wait beyond their day", n)
		}
		stands(0, 1)
		back := func(to string) error {
			return h.try(func(tx *db.Tx) error {
				_, err := warehouse.GiveBack(t.Context(), tx, b.ID, 0, warehouse.Fetched{To: to})
				return err
			})
		}
		if err := back(" "); said(err) != "to base.required" {
			t.Errorf("to nobody: %v", err)
		}
		if err := back("王丽"); err != nil {
			t.Fatal(err)
		}
		if err := back("王丽"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("twice: %v", err)
		}
		stands(1, 0)
		got, err := warehouse.CustodyByID(t.Context(), d, h.keeper, b.ID)
		if err != nil || got.State != warehouse.GivenBack || got.Open || got.BackTo != "王丽" || got.Paper == "" || got.KeptName != "库管员" {
			t.Errorf("%+v, %v", got, err)
		}

		late := bicycle() // agreed to, and brought after its day
		if err := ask(late); err != nil {
			t.Fatal(err)
		}
		decide(late.ID, yes)
		clock.Add(5 * 24 * time.Hour)
		if err := take(late.ID, "后院"); said(err) != "warehouse.leave_over" || !cites(err, "S-009") {
			t.Errorf("after its day: %v", err)
		}
		h.do(func(tx *db.Tx) error {
			_, err := warehouse.DropCustody(t.Context(), tx, late.ID, 0, warehouse.Why{Text: "不存了"})
			return err
		})
		if c, _, err := approvals.Last(t.Context(), d, warehouse.CustodyNoun, late.ID); err != nil || c.State != approvals.Voided {
			t.Errorf("the leave of what was given up: %+v, %v", c, err)
		}
		other := dbtest.PersonIn("别处", h.icu.ID, warehouse.Permissions...)
		if err := d.Do(t.Context(), other, func(tx *db.Tx) error {
			c := bicycle()
			c.Store = h.store.ID
			return warehouse.AskCustody(t.Context(), tx, c)
		}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("by another store's keeper: %v", err)
		}
		h.sound()
	})
}
