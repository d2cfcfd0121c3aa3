package purchasing_test

import (
	"context"
	"testing"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/people"
	"houqin/internal/purchasing"
	"houqin/internal/rules"
)

// Of a plan with lamps and syringes the logistics' buyer buys the lamps, and the equipment
// department's the syringes; the hospital may say otherwise.
//
// Clause: P-018
func TestMedicalGoodsAreBoughtByTheirOwner(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		ctx := t.Context()
		syringe := catalog.Item{Number: "M001", Name: "无菌注射器", Spec: "5ml", Unit: "支", Category: catalog.Medical, Price: 45}
		sb := departments.Department{Code: "SB", Name: "设备科", Kind: departments.Office}
		hired := map[string]people.Person{}
		dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error {
			if err := catalog.Add(ctx, tx, &syringe); err != nil {
				return err
			}
			if err := departments.Found(ctx, tx, &sb); err != nil {
				return err
			}
			for number, name := range map[string]string{"0101": "蒋科长", "0102": "沈采购"} {
				p := people.Person{Number: number, Name: name, Department: sb.ID}
				if err := people.Hire(ctx, tx, &p); err != nil {
					return err
				}
				hired[name] = p
			}
			return nil
		})
		theirs := dbtest.Person("沈采购", purchasing.MayBuy, purchasing.MaySee)
		theirs.ID, theirs.Unit = hired["沈采购"].ID, sb.ID
		h.buyer.Unit = h.kf.ID
		enquire := func(by db.Actor, plan string) (e purchasing.Enquiry, err error) {
			err = h.try(by, func(ctx context.Context, tx *db.Tx) (err error) {
				e, err = purchasing.Enquire(ctx, tx, plan)
				return err
			})
			return e, err
		}
		medical := h.agreed(h.wish(syringe, "500"))
		for who, by := range map[string]db.Actor{"logistics' buyer": h.buyer, "somebody of a department that nobody named": theirs} {
			if _, err := enquire(by, medical.ID); said(err) != "purchasing.not_owner" || !cites(err, "P-018") {
				t.Errorf("%s: %v", who, err)
			}
		}
		dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error {
			return approvals.Seat(ctx, tx, &approvals.Holding{Post: "equipment_department", Person: hired["蒋科长"].ID})
		})
		if _, err := enquire(h.buyer, medical.ID); said(err) != "purchasing.not_owner" {
			t.Errorf("logistics' buyer: %v", err)
		}
		if e, err := enquire(theirs, medical.ID); err != nil || len(e.Asked) != 1 {
			t.Errorf("the equipment department's: %+v, %v", e, err)
		}
		// An order at a framework price is refused likewise.
		var framework purchasing.Price
		h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) (err error) {
			framework = purchasing.Price{Supplier: h.a.ID, Contract: "HT-1", Since: tx.Today(), Until: tx.Today().AddDays(300), Price: 40}
			framework.Item = syringe.ID
			return purchasing.Agree(ctx, tx, &framework)
		}))
		mixed := h.agreed(h.wish(h.lamp, "20"), h.wish(syringe, "300"))
		if err := h.try(h.buyer, func(ctx context.Context, tx *db.Tx) error {
			_, err := purchasing.OrderByContract(ctx, tx, mixed.ID)
			return err
		}); said(err) != "purchasing.not_owner" || !cites(err, "P-018") {
			t.Errorf("at a framework price: %v", err)
		}
		if e, err := enquire(h.buyer, mixed.ID); err != nil || len(e.Asked) != 1 || e.Asked[0].Item != h.lamp.ID {
			t.Errorf("of both kinds logistics' buyer asks for %+v, %v", e.Asked, err)
		}
		// The hospital gives it to logistics.
		c := rules.Change{Param: "P-018.owner", Value: "general_affairs", Since: d.Today().AddDays(1), Reason: "归口后勤"}
		dbtest.Do(t, d, dbtest.Person("科长", rules.MayPropose), func(tx *db.Tx) error { return rules.Propose(ctx, tx, &c) })
		dbtest.Do(t, d, dbtest.Person("院长", rules.MayConfirm), func(tx *db.Tx) error { return rules.Confirm(ctx, tx, c.ID, "") })
		clock.Add(24 * time.Hour)
		again := h.agreed(h.wish(syringe, "100"))
		if e, err := enquire(h.buyer, again.ID); err != nil || len(e.Asked) != 1 {
			t.Errorf("where it is logistics' matter: %+v, %v", e, err)
		}
	})
}
