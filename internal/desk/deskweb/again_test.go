package deskweb_test

import (
	"context"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/departments"
	"houqin/internal/desk"
)

// The head finds what fails again from the figures, with its causes, and on the month's
// sheet; figures are sorted by what one presses.
func TestTheHeadFindsWhatFailsAgain(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error { // a report to one bed, many to twenty
			h.ward.Beds, h.other.Beds = 20, 1
			if err := departments.Change(t.Context(), tx, &h.ward); err != nil {
				return err
			}
			return departments.Change(t.Context(), tx, &h.other)
		})
		for _, by := range []db.Actor{h.nurse, h.nurse, h.stranger} {
			var j desk.Job
			dbtest.Do(t, d, by, func(tx *db.Tx) (err error) {
				j, err = desk.Report(t.Context(), tx, &desk.Slip{Title: "灯不亮", Trade: "electric", Place: h.room.ID, Department: by.Unit, Anyway: true})
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
				_, err := desk.Finish(t.Context(), tx, j.ID, 0, desk.Work{Done: "换灯管", Cause: "镇流器坏", Minutes: 10})
				return err
			})
		}
		h.as(h.director)
		c := webtest.New(t, h)
		page := c.Get("/desk/figures?by=department").See("每床报修").Follow("反复故障")
		page.See("301病房", "镇流器坏 3 次")
		dbtest.Do(t, d, h.nurse, func(tx *db.Tx) error {
			for _, trade := range []desk.Trade{"water", "hvac", "metal", "carpentry", "it", "equipment", "cleaning", "other"} {
				if _, err := desk.Report(t.Context(), tx, &desk.Slip{Title: "坏了", Trade: trade, Place: h.room.ID, Anyway: true}); err != nil {
					return err
				}
			}
			return nil
		})
		sheet := c.Get("/desk/month").See("反复故障 1", "镇流器坏 3 次", "工单种类")
		if boxes, rows := sheet.Count(".slip-boxes > div"), sheet.Count(".slip-lines tbody tr"); boxes > 15 || rows > 19 {
			t.Errorf("%d boxes and %d lines do not go on one sheet", boxes, rows)
		}
		for order, want := range map[string]string{"reported": "内一科", "per_bed": "外一科"} {
			if got := c.Get("/desk/figures?by=department&sort=" + order).Texts("#figures tbody tr"); len(got) != 2 || !strings.HasPrefix(strings.TrimSpace(got[0]), want) {
				t.Errorf("by %s the lines are %q", order, got)
			}
		}
	})
}
