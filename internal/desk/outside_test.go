package desk_test

import (
	"context"
	"testing"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/desk"
)

// A firm from outside comes only after the section chief and the vice-president have
// agreed to this firm at this price.
//
// Clause: W-009
func TestAFirmFromOutsideIsAgreedTo(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		id := h.at(t, desk.Working, desk.Normal)
		hire := func() error {
			return h.do(h.dispatcher, func(ctx context.Context, tx *db.Tx) error { _, err := desk.Hire(ctx, tx, id, 0); return err })
		}
		ask := func(firm string) {
			t.Helper()
			dbtest.Do(t, d, h.dispatcher, func(tx *db.Tx) error {
				_, err := desk.AskOutside(t.Context(), tx, id, 0, desk.Outside{Firm: firm, Estimate: 300_000, Lack: "tool", Why: "没有带压开孔的工具"})
				return err
			})
		}
		agree := func(by db.Actor) {
			t.Helper()
			c, ok, err := approvals.OpenOf(t.Context(), d, desk.Noun, id)
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			dbtest.Do(t, d, by, func(tx *db.Tx) error {
				_, err := approvals.Agree(t.Context(), tx, c.ID, "", approvals.Signature{Digest: c.Digest})
				return err
			})
		}
		err := hire()
		if e, ok := err.(*fault.Error); !ok || e.Key != "desk.outside.not_asked" || e.Clause != "W-009" {
			t.Errorf("called unasked: %v", err)
		}
		ask("永固管业")
		if err := hire(); !fault.Is(err, "approvals.still_open") {
			t.Errorf("called before it was agreed to: %v", err)
		}
		agree(h.chief)
		agree(h.vice)
		ask("安泰照明")
		if err := hire(); !fault.Is(err, "approvals.still_open") {
			t.Errorf("another firm came on the first one's leave: %v", err)
		}
		agree(h.chief)
		agree(h.vice)
		if err := hire(); err != nil {
			t.Fatal(err)
		}
		if o, ok, err := desk.OutsideOf(t.Context(), d, id); err != nil || !ok || o.State != desk.Hired || o.Firm != "安泰照明" {
			t.Errorf("%+v %v", o, err)
		}
		dbtest.Do(t, d, db.System("bill"), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE desk_outside SET state = 'paid', actual = 123456`)
			return err
		})
		paid := id
		id = h.at(t, desk.Working, desk.Normal)
		ask("安泰照明")
		c, ok, err := approvals.OpenOf(t.Context(), d, desk.Noun, id)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		j, err := desk.Get(t.Context(), d, db.System("x"), paid)
		if facts := c.Facts.Lines(); err != nil || facts[len(facts)-1] != (approvals.Fact{Key: "last_price", Value: "1234.56 · " + j.Number}) {
			t.Errorf("who decides reads %v, %v", facts, err)
		}
	})
}

// An emergency that was gone to at once owes its slip until the ward signs.
//
// Clause: W-005
func TestAnEmergencyOwesItsPaper(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		owed := func() []approvals.Debt {
			t.Helper()
			ward := h.nurse
			ward.Unit = h.ward.ID
			all, err := approvals.OwedBy(t.Context(), d, ward, 9)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID, Urgency: desk.Emergency})
		sent := h.report(t, h.nurse, desk.Slip{Place: h.room.ID, Urgency: desk.Emergency, Anyway: true})
		h.take(t, h.dispatcher, sent.ID, dispatch(desk.Assignment{Worker: h.li.ID}))
		h.take(t, h.li, sent.ID, accept, arrive)
		if len(owed()) != 0 {
			t.Error("one that was sent properly owes paper")
		}
		h.take(t, h.wang, j.ID, arrive)
		if all := owed(); len(all) != 1 || all[0].Number != j.Number || all[0].Clause != "W-005" || all[0].Due <= period.At(clock.Now()) {
			t.Fatalf("%+v", all)
		}
		clock.Add(5 * 24 * time.Hour)
		dbtest.Do(t, d, h.system, func(tx *db.Tx) error { return approvals.ReportDebts(t.Context(), tx) })
		if all := owed(); all[0].Reports != 1 {
			t.Errorf("%+v", all)
		}
		h.take(t, h.wang, j.ID, done)
		h.take(t, h.nurse, j.ID, signed)
		if len(owed()) != 0 {
			t.Error("signed, and still owed")
		}
	})
}
