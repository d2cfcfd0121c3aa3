package deskweb_test

import (
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/desk"
)

// A panel is connected on a page that shows its key once; by the key, and by nothing else,
// it tells of alarms, each once; the dispatcher decides about them.
func TestAPanelIsConnectedTellsAndIsDecidedAbout(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.director.Rights[desk.MayArrange] = db.Scope{All: true}
		h.as(h.director)
		c := webtest.New(t, h)
		page := c.Get("/desk/panels").See("还没有接入的系统").Follow("接入一个系统")
		page = page.PressWant(422, "新增并生成密钥", fill("name", "", "kind", "equipment", "department", "内一科")).See("必填")
		page = page.Press("新增并生成密钥", fill("name", "门诊楼消防主机")).See("密钥只显示这一次", "/api/alarms", "X-Alarm-Key")
		at := strings.Index(page.Text(), "houqin_alarm_")
		key := strings.Fields(page.Text()[at:])[0]
		c.Get("/desk/panels").See("门诊楼消防主机", "消防").Follow("门诊楼消防主机").NotSee(key)

		h.as(db.Actor{})
		tell := func(key, body string, want int) *webtest.Page {
			t.Helper()
			return webtest.New(t, h).Do(webtest.Call{URL: "/api/alarms", Want: want, Body: body, Header: map[string]string{"X-Alarm-Key": key, "Content-Type": "application/json"}})
		}
		tell("", `{"id":"1","text":"烟感报警"}`, 401)
		tell("houqin_alarm_x", `{"id":"1","text":"烟感报警"}`, 401)
		tell(key, `{"text":"烟感报警"}`, 422)
		var first, again desk.Alarm
		tell(key, `{"id":"1","text":"烟感报警","point":"A3-017","place":"A301"}`, 200).JSON(&first)
		tell(key, `{"id":"1","text":"烟感报警","point":"A3-017","place":"A301"}`, 200).JSON(&again)
		if first.ID == "" || again.ID != first.ID || again.Times != 2 || first.State != desk.Sounding {
			t.Errorf("told twice: %+v and %+v", first, again)
		}
		tell("", `{"id":"2","text":"风机故障","point":"F1","key":"`+key+`"}`, 200) // for systems that can set no header

		h.as(h.dispatcher)
		c = webtest.New(t, h)
		c.Get("/desk/alarms").See("烟感报警", "风机故障", "门诊楼消防主机", "待处理")
		page = c.Get("/desk/alarms/"+first.ID).See("A3-017", "301病房", "报了几次", "转工单", "不处理")
		page.Press("#step-raise button.btn-accent", fill("title", "三楼烟感")).See("WX-2027-000001")
		again = desk.Alarm{}
		h.as(db.Actor{})
		tell(key, `{"id":"3","text":"烟感报警","point":"A3-017"}`, 200).JSON(&again)
		if again.State != desk.Added || again.JobNumber != "WX-2027-000001" {
			t.Errorf("the same point again: %+v", again)
		}
		h.as(h.dispatcher)
		c.Get("/desk/jobs/"+again.Job).See("门诊楼消防主机报警 2 次", "三楼烟感", "又有报警", "设备报警")
		c.Get("/desk/alarms").NotSee("烟感报警").Follow("风机故障").Press("#step-dismiss button", fill("reason", "test")).See("已记为不处理")

		h.as(h.nurse)
		webtest.Run(t, h, webtest.Call{URL: "/desk/alarms", Want: 403}, webtest.Call{URL: "/desk/panels", Want: 403})
	})
}
