package desk_test

import (
	"context"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/people"
)

// Whose name only begins like that of who was sent did not stand there.
func TestANameThatBeginsAlikeIsAnotherPerson(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		var short db.Actor
		dbtest.Do(t, d, h.system, func(tx *db.Tx) error {
			far := departments.Department{Code: "YT", Name: "院外", Kind: departments.Team}
			if err := departments.Found(t.Context(), tx, &far); err != nil {
				return err
			}
			p := people.Person{Number: "2003", Name: "王建", Department: far.ID}
			err := people.Hire(t.Context(), tx, &p)
			short = dbtest.PersonIn(p.ID, far.ID, desk.MayWork)
			short.Name = p.Name
			return err
		})
		j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		h.take(t, h.dispatcher, j.ID, dispatch(desk.Assignment{Worker: h.wang.ID, Note: "带梯子"}), func(ctx context.Context, tx *db.Tx, id string) (desk.Job, error) {
			return desk.Reassign(ctx, tx, id, 0, desk.Assignment{Worker: h.li.ID})
		})
		aside := func(by db.Actor) error {
			return h.do(by, func(ctx context.Context, tx *db.Tx) error {
				_, err := desk.SetAside(ctx, tx, j.ID, "换了灯管")
				return err
			})
		}
		if err := aside(short); fault.KindOf(err) != fault.NotFound {
			t.Errorf("王建 writes into what 王建国 was sent to: %v", err)
		}
		if err := aside(h.wang); err != nil {
			t.Errorf("who was sent may not: %v", err)
		}
	})
}
