package deskweb_test

import (
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/desk"
)

func TestTheHospitalArrangesItsKindsOfWork(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.director.Rights[desk.MayArrange] = db.Scope{All: true}
		c := webtest.New(t, h)
		h.as(h.director)
		own := fill("name", "病人接送", "asks", "从哪里*\n到哪里*\n用不用平车")
		own["carries"] = nil // asked in words of its own
		c.Get("/desk/kinds").See("终末消毒", "患者运送", "标本物品运送", "床号").Follow("患者运送").
			PressWant(422, "保存", fill("asks", "a\nb\nc\nd\ne\nf")).See("最多 5 个").
			Press("保存", own).See("病人接送", "从哪里")
		h.as(h.nurse)
		c.Get("/desk/asks?form=report&trade=transport").See("到哪里").NotSee("床号")
		page := c.Get("/desk/report").See("病人接送", "送水送气")
		page = page.PressWant(422, "报修", fill("trade", "transport", "place", "A301")).See("从哪里", "用不用平车", "必填")
		page = page.PressWant(422, "报修", fill("answers", "301病房")).See("301病房")
		page.Press("报修", fill("answers", "301病房", "answers", "CT室", "answers", "")).See("从哪里：301病房", "到哪里：CT室")
	})
}
