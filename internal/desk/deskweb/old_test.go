package deskweb_test

import (
	"context"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/catalog"
	"houqin/internal/desk"
)

// A worker finishes with a part of which the old one must come back, and is reminded until
// the desk counted it in.
func TestTheOldPieceIsRemindedOfUntilItIsCountedIn(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error {
			i, err := catalog.Get(t.Context(), tx, h.tube.ID)
			if err != nil {
				return err
			}
			i.OldForNew = true
			return catalog.Change(t.Context(), tx, &i)
		})
		var j desk.Job
		dbtest.Do(t, d, h.nurse, func(tx *db.Tx) (err error) {
			j, err = desk.Report(t.Context(), tx, &desk.Slip{Title: "灯不亮", Trade: "electric", Place: h.room.ID})
			return err
		})
		dbtest.Do(t, d, h.dispatcher, func(tx *db.Tx) error {
			_, err := desk.Dispatch(t.Context(), tx, j.ID, 0, desk.Assignment{Worker: h.wang.ID})
			return err
		})
		dbtest.Do(t, d, h.wang, func(tx *db.Tx) error {
			for _, step := range []func(context.Context, *db.Tx, string, int64) (desk.Job, error){desk.Accept, desk.Arrive} {
				if _, err := step(t.Context(), tx, j.ID, 0); err != nil {
					return err
				}
			}
			return nil
		})
		h.as(h.wang)
		c := webtest.New(t, h)
		c.Get("/desk/jobs/"+j.ID).Press("#step-finish button.btn-accent", fill("done", "换灯管", "parts.0.item", "灯管", "parts.0.qty", "2", "parts.0.old", "1", "store", "维修库"))
		c.Get("/desk/jobs/"+j.ID).See("旧件", "未交齐")
		c.Get("/desk/mine").See("有 1 项旧件还没交回").Follow("旧件").See("灯管", j.Number)
		h.as(h.dispatcher)
		c.Get("/desk/old").Follow("灯管 T8 18W").Press("收到旧件", fill("back", "1")).See("已了结", "赵调度")
		h.as(h.wang)
		c.Get("/desk/mine").NotSee("旧件还没交回")
	})
}
