package deskweb_test

import (
	"context"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/desk"
	"houqin/internal/messages/messagesweb"
)

// A ward's page says itself what somebody asks, what a held-up job waits for, and where that
// was for which a name is asked.
func TestAWardsPageSaysWhatIsAskedWaitedForAndSigned(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d, messagesweb.Words)
		h.Room(messagesweb.New(nil).Routes())
		h.as(h.nurse)
		c := webtest.New(t, h)
		slip := strings.Join(c.Get("/desk/report").Texts("#report"), " ")
		if place, kind := strings.Index(slip, "地点"), strings.Index(slip, "类别"); place < 0 || place > kind {
			t.Errorf("where it is, is asked at %d, what it is at %d: three taps send it unseen", place, kind)
		}
		dbtest.Do(t, d, h.nurse, func(tx *db.Tx) error {
			_, err := desk.Report(t.Context(), tx, &desk.Slip{Title: "灯不亮", Trade: "electric", Place: h.room.ID})
			return err
		})
		j := h.only(t)
		take := func(who db.Actor, steps ...func(context.Context, *db.Tx) error) {
			t.Helper()
			for _, s := range steps {
				dbtest.Do(t, d, who, func(tx *db.Tx) error { return s(t.Context(), tx) })
			}
		}
		take(h.dispatcher, func(ctx context.Context, tx *db.Tx) error {
			_, err := desk.Comment(ctx, tx, j.ID, "是几床的灯？")
			return err
		})
		page := c.Get("/desk/ward").See("赵调度：是几床的灯？")
		page.Press("知道了", nil)
		c.Get("/desk/ward").See("灯不亮").NotSee("是几床的灯？")

		take(h.dispatcher, func(ctx context.Context, tx *db.Tx) error {
			_, err := desk.Dispatch(ctx, tx, j.ID, 0, desk.Assignment{Worker: h.wang.ID})
			return err
		})
		take(h.wang, func(ctx context.Context, tx *db.Tx) error { _, err := desk.Accept(ctx, tx, j.ID, 0); return err },
			func(ctx context.Context, tx *db.Tx) error { _, err := desk.Arrive(ctx, tx, j.ID, 0); return err },
			func(ctx context.Context, tx *db.Tx) error {
				_, err := desk.Pause(ctx, tx, j.ID, 0, desk.Reason{Code: "parts"})
				return err
			})
		c.Get("/desk/ward").See("等配件")
		take(h.wang, func(ctx context.Context, tx *db.Tx) error { _, err := desk.Resume(ctx, tx, j.ID, 0); return err },
			func(ctx context.Context, tx *db.Tx) error {
				_, err := desk.Finish(ctx, tx, j.ID, 0, desk.Work{Done: "换了灯管", Minutes: 5})
				return err
			})
		if sign := strings.Join(c.Get("/desk/ward").Texts("#unsigned"), " "); !strings.Contains(sign, "301病房") || !strings.Contains(sign, "换了灯管") {
			t.Errorf("a name is put under %q", sign)
		}
	})
}

// A slip of the finger is taken back by who made it, until somebody is sent; not by others.
func TestWhoReportedTakesItBackUntilSomebodyIsSent(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		report := func(title string) (j desk.Job) {
			dbtest.Do(t, d, h.stranger, func(tx *db.Tx) (err error) {
				j, err = desk.Report(t.Context(), tx, &desk.Slip{Title: title, Trade: "electric", Department: h.other.ID, Anyway: true})
				return err
			})
			return j
		}
		one, two := report("点错了"), report("灯不亮")
		colleague := dbtest.PersonIn("colleague", h.other.ID, desk.MayReport, desk.MaySign)
		c := webtest.New(t, h)
		h.as(colleague)
		c.Get("/desk/jobs/" + one.ID).See("点错了").NotSee("撤销")
		webtest.Run(t, h, webtest.Call{Method: "POST", URL: "/desk/jobs/" + one.ID + "/cancel", Form: fill("text", "不用来"), Want: 403})
		h.as(h.stranger)
		c.Get("/desk/jobs/"+one.ID).Press("#step-cancel button[type=submit]", fill("text", "点错了，灯是好的")).See("已撤销：点错了，灯是好的")
		dbtest.Do(t, d, h.dispatcher, func(tx *db.Tx) error {
			_, err := desk.Dispatch(t.Context(), tx, two.ID, 0, desk.Assignment{Worker: h.wang.ID})
			return err
		})
		c.Get("/desk/jobs/" + two.ID).See("灯不亮").NotSee("撤销")
		webtest.Run(t, h, webtest.Call{Method: "POST", URL: "/desk/jobs/" + two.ID + "/cancel", Form: fill("text", "不用来"), Want: 403})
	})
}

// Who reports an emergency reads that people were told, and whom to ring.
func TestWhoReportsAnEmergencyReadsWhomToRing(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error { return desk.SetPhone(t.Context(), tx, "8120") })
		dbtest.Do(t, d, h.nurse, func(tx *db.Tx) error {
			_, err := desk.Report(t.Context(), tx, &desk.Slip{Title: "配电箱冒烟", Trade: "electric", Urgency: desk.Emergency, Place: h.room.ID})
			return err
		})
		at := "/desk/jobs/" + h.only(t).ID
		c := webtest.New(t, h)
		h.as(h.nurse)
		c.Get(at).See("没有人回应就直接打 8120")
		h.as(h.dispatcher)
		c.Get(at).NotSee("没有人回应")
	})
}
