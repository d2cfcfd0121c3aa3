package deskweb_test

import (
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/desk"
)

// When the crews work is said on a page: what is wrong stands beside its line, what was
// typed stays, and the roster says the new hours.
func TestWhenTheCrewsWorkIsSaidOnAPage(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		boss := h.director
		boss.Rights = map[string]db.Scope{desk.MaySee: {All: true}, desk.MayRoster: {All: true}, desk.MayArrange: {All: true}}
		h.as(boss)
		c := webtest.New(t, h)
		page := c.Get("/desk/crews").Follow("班次时间").See("现在的班次", "17:30–次日08:00", "14.5小时", "每天")
		if from, until, over := page.Input("shifts.0.from"), page.Input("shifts.1.until"), page.Input("shifts.0.days"); from != "08:00" || until != "08:00" || over != "daily" {
			t.Errorf("the first lines say %s, %s, %s", from, until, over)
		}
		page.PressWant(422, "保存", fill("shifts.0.until", "07:00")).See("过了零点的请勾“到次日”")
		page.PressWant(422, "保存", fill("shifts.0.from", "八点")).See("时间请写成08:00")
		page.PressWant(422, "保存", fill("shifts.0.code", "休")).See("在排班表里表示休息")
		page.PressWant(422, "保存", fill("shifts.4.code", "白", "shifts.4.name", "又一班", "shifts.4.from", "06:00", "shifts.4.until", "14:00")).See("“白”已有一个班次在用", "又一班")
		page.Press("保存", fill("shifts.4.code", "早", "shifts.4.name", "早班", "shifts.4.from", "06:00", "shifts.4.until", "14:00", "shifts.4.days", "working")).See("06:00–14:00", "只在工作日")
		c.Get("/desk/roster?crew="+h.electric.ID).See("早：早班，06:00–14:00，只在工作日").Press("#rota button.btn-accent", fill("person", "王建国", "pattern", "早")).See("排班已保存", "早")
		old := c.Get("/desk/shifts")
		c.Get("/desk/shifts").Press("保存", fill("shifts.0.name", "早早班"))
		old.PressWant(409, "保存", fill("shifts.1.name", "白日班")).See("您打开之后别人已改过", "早早班", "白日班")
		for at, typed := range map[string][]string{"/desk/settings": {"phone", "8199"}, "/desk/crews": {"needs.0.trade", "lift", "needs.0.certificate", "lift"}} {
			old := c.Get(at)
			c.Get(at).Press("保存", nil)
			if page := old.PressWant(409, "保存", fill(typed...)).See("您打开之后别人已改过", "现在保存着的"); page.Input(typed[0]) != typed[1] {
				t.Errorf("%s forgot what was typed: %q", at, page.Input(typed[0]))
			}
		}
		page = c.Get("/desk/shifts")
		page.PressWant(422, "保存", fill("shifts.0.code", "", "shifts.0.name", "", "shifts.0.from", "", "shifts.0.until", "")).See("早班（早）还有1人排着")
	})
}
