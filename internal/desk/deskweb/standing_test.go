package deskweb_test

import (
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/desk"
)

// A plan is made from the reminder that it is missing, raised by a press, and its job and the
// plan lead to each other; what the round finds comes back to its page.
func TestAPlanIsMadePressedAndItsRoundFinds(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		chief := dbtest.PersonIn(h.li.ID, h.li.Unit, desk.MaySee, desk.MaySchedule)
		chief.Name = "李志强"
		h.as(chief)
		c := webtest.New(t, h)
		page := c.Get("/desk/standing").See("W-018 要求巡视科室、收集需求，还没有正在执行的定期任务", "还没有定期任务")
		page = c.Get("/desk/standing/new?for=patrol")
		if got := page.Input("title"); got != "巡视科室、收集需求" {
			t.Errorf("the plan is called %q", got)
		}
		page.PressWant(422, "保存", fill("title", "", "every", "0")).See("必填")
		page = page.Press("保存", fill("title", "巡视内一科", "stops.0.department", "内一科", "next", string(d.Today().AddDays(2)))).See("定期任务“巡视内一科”已保存", "每周", "还没有到过日子")
		at := strings.SplitN(page.URL, "?", 2)[0]
		page.Press("现在派一次", nil).See("已派出", "临时加派", "WX-2027-000001", "待派工")
		c.Get(at).PressWant(409, "现在派一次", nil).See("上一次的还没有做完")
		c.Get("/desk/standing").See("巡视内一科").NotSee("W-018 要求")

		h.as(h.wang)
		var turns []desk.Turn
		if turns, _ = desk.TurnsOf(t.Context(), d, at[len("/desk/standing/"):], 1); len(turns) != 1 {
			t.Fatal(turns)
		}
		job := "/desk/jobs/" + turns[0].Job
		c.Get(job).See("定期任务", "巡视内一科", "每周", "院内定期").Press("抢单", nil)
		c.Get(job).Press("到场", nil)
		c.Get(job).Press("#step-find button.btn-accent", fill("title", "要一把新椅子", "trade", "carpentry", "department", "内一科")).See("已另开工单 WX-2027-000002", "巡视发现", "要一把新椅子")

		h.as(chief)
		c.Get(at).Press("暂停", nil).See("已暂停").Press("恢复", nil).See("执行中").Press("终止", nil).See("已终止").NotSee("现在派一次")
		h.as(h.nurse)
		webtest.Run(t, h, webtest.Call{URL: at, Want: 403}, webtest.Call{URL: "/desk/standing/new", Want: 403})
	})
}

// Where something is carried to is asked once a kind is chosen that carries, and what was
// chosen stays when the slip is refused.
func TestWhereToIsAskedOfWhatIsCarried(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.as(h.nurse)
		c := webtest.New(t, h)
		c.Get("/desk/asks?form=report&trade=electric").NotSee("送到哪里")
		c.Get("/desk/asks?form=report&trade=courier").See("送到哪里", "送什么（含药品请写明）")
		h.lang = "en"
		c.Get("/desk/asks?form=report&trade=terminal").See("Bed number").NotSee("床号")
		h.lang = "zh"
		page := c.Get("/desk/report").NotSee("送到哪里").PressWant(422, "报修", fill("trade", "courier", "place", "301病房", "title", "送标本")).See("送到哪里", "必填")
		page.PressWant(422, "报修", fill("bound", "301病房", "answers", "血标本")).See("起点和终点是同一个地方")
	})
}
