package deskweb_test

import (
	"testing"

	"houqin/internal/approvals"
	"houqin/internal/approvals/approvalsweb"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/desk"
)

// A worker registers what was agreed in passing with a tap on what and a tap on the
// button: the place of the last job stands there already.
func TestTwoTapsRegisterASmallRepair(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.working(t)
		h.as(h.wang)
		c := webtest.New(t, h)
		page := c.Get("/desk/mine").Follow("小修补登记")
		if got := page.Input("place"); got != "301病房" {
			t.Errorf("the place of the last job is not offered: %q", got)
		}
		page.PressWant(422, "登记，等科室签单", nil).See("必填")
		page.Press("登记，等科室签单", fill("what", "lamp")).See("已补登记，工单 WX-2027-000002", "换灯管灯泡")
		page = c.Get("/desk/after").PressWant(422, "登记，等科室签单", fill("what", "tap", "minutes", "200"))
		page.See("小修不超过120分钟")
		h.as(h.nurse)
		c.Get("/desk/ward").See("等我签单", "换灯管灯泡 · 王建国")
		webtest.Run(t, h, webtest.Call{URL: "/desk/after", Want: 403})
	})
}

// Who cannot go says why; who cannot mend it hands it up, and the plan comes back; what
// was not used goes back to the store.
func TestAJobIsDeclinedHandedUpAndItsPartsComeBack(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d, approvalsweb.Words)
		j := h.working(t)
		at := "/desk/jobs/" + j.ID
		c := webtest.New(t, h)
		chief := dbtest.Person("科长", desk.MaySee, desk.MayLead)
		chief.ID = h.stranger.ID // one who is told
		dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error {
			return approvals.Seat(t.Context(), tx, &approvals.Holding{Post: "section_chief", Person: h.li.ID})
		})

		h.as(h.wang)
		c.Get(at).Press("#step-escalate button.btn-accent", fill("text", "查不到接地点")).See("已上报", "疑难，已报科长：查不到接地点")
		h.as(chief)
		c.Get(at).Press("#step-plan button.btn-accent", fill("text", "夜间停电分段查")).See("的方案已记下", "方案：夜间停电分段查")
		h.as(h.wang)
		c.Get(at).Press("#step-pause button.btn-accent", fill("code", "parts")).See("等配件 · 时限停走，按工作时间顺延")
		c.Get(at).Press("继续", nil)
		page := c.Get(at).Press("#step-finish button.btn-accent", fill("done", "换灯管", "minutes", "30", "reused", "2", "saved", "86", "parts.0.item", "灯管", "parts.0.qty", "3"))
		page.See("待签单", "37.50", "67.50", "修旧利废节约", "86.00")
		page.PressWant(422, "#step-take_back button.btn-accent", fill("why", "没用上")).See("必填")
		drawn, err := desk.DrawnFor(t.Context(), d, j.ID)
		if err != nil || len(drawn) != 1 {
			t.Fatal(drawn, err)
		}
		c.Get(at).Press("#step-take_back button.btn-accent", fill("line", drawn[0].Document+".1", "why", "没用上")).See("的材料已退回库房", "30.00", "TK-2027-000001").NotIn("summary", "退料")

		second := h.sent(t)
		c.Get("/desk/jobs/"+second.ID).Press("#step-decline button.btn-accent", fill("text", "没有登高证")).See("已退回派工")
		h.as(h.dispatcher)
		c.Get("/desk/jobs/"+second.ID).See("被退回派工：没有登高证", "待派工")
	})
}

// sent is a job at the room that was given to Wang.
func (h *house) sent(t *testing.T) (j desk.Job) {
	t.Helper()
	dbtest.Do(t, h.DB, h.nurse, func(tx *db.Tx) (err error) {
		j, err = desk.Report(t.Context(), tx, &desk.Slip{Title: "高处灯不亮", Trade: "electric", Place: h.room.ID, Anyway: true})
		return err
	})
	dbtest.Do(t, h.DB, h.dispatcher, func(tx *db.Tx) error {
		_, err := desk.Dispatch(t.Context(), tx, j.ID, 0, desk.Assignment{Worker: h.wang.ID})
		return err
	})
	return j
}
