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
		own := fill("name", "病人接送", "questions.0.text", "从哪里", "questions.0.required", "1", "questions.1.text", "到哪里", "questions.1.required", "1", "questions.2.text", "用不用平车")
		own["carries"] = nil // asked in words of its own
		c.Get("/desk/kinds").See("终末消毒", "患者运送", "标本物品运送", "床号").Follow("患者运送").
			PressWant(422, "保存", fill("questions.0.text", "型号", "questions.0.sort", "choice", "questions.0.choices", "只有一个")).See("写出 2 到 20 个选项").
			Press("保存", fill("questions.0.text", "", "questions.0.sort", "", "questions.0.choices", "")).Follow("患者运送").Press("保存", own).See("病人接送", "从哪里")
		h.as(h.nurse)
		c.Get("/desk/asks?form=report&trade=transport").See("到哪里").NotSee("床号")
		page := c.Get("/desk/report").See("病人接送", "送水送气")
		page = page.PressWant(422, "报修", fill("trade", "transport", "place", "A301")).See("从哪里", "用不用平车", "必填")
		page = page.PressWant(422, "报修", fill("answers", "301病房")).See("301病房")
		page.Press("报修", fill("answers", "301病房", "answers", "CT室", "answers", "")).See("从哪里：301病房", "到哪里：CT室")
	})
}

// A hospital makes a kind of its own on a page; wards choose it by its name, answer its
// questions, and read by when somebody comes; what was reported keeps it when it changes.
func TestAKindOfTheHospitalsOwnIsMadeReportedAndChanged(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.director.Rights[desk.MayArrange] = db.Scope{All: true}
		h.as(h.director)
		c := webtest.New(t, h)
		page := c.Get("/desk/kinds").Follow("新增种类").See("归哪个工种", "报修时另外要问", "谁签单")
		page = page.PressWant(422, "新增", fill("name", "", "trade", "metal")).See("必填")
		page = page.PressWant(422, "新增", fill("name", "病床检修", "trade", "metal", "sign", "none")).See("维修类必须有人签单")
		page = page.PressWant(422, "新增", fill("sign", "reporter", "times.0.urgency", "emergency", "times.0.finish", "9999")).See("紧急的不能比规章宽")
		page.Press("新增", fill("crew", "电工班", "times.0.urgency", "normal", "times.0.answer", "30", "times.0.come", "60", "times.0.finish", "240",
			"questions.0.text", "床号", "questions.0.required", "1", "questions.1.text", "型号", "questions.1.sort", "choice", "questions.1.choices", "电动、手摇")).
			See("已新增“病床检修”", "自设 · 铁件", "另定 1 级", "报修人或科室负责人")

		h.as(h.nurse)
		page = c.Get("/desk/report").See("病床检修")
		all, err := desk.Kinds(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		own := all[len(all)-1]
		page = page.PressWant(422, "报修", fill("trade", own.ID, "place", "A301")).See("床号", "型号", "必填")
		job := page.Press("报修", fill("answers", "12", "answers", "手摇")).See("病床检修", "铁件", "床号：12", "型号：手摇", "派工时限", "到场时限", "报修人或科室负责人", "电工班")

		h.as(h.director)
		c.Get("/desk/kinds").Follow("病床检修").Press("保存", fill("name", "病床大修", "photos", "2")).See("病床大修").Follow("病床大修").See("有 1 张在办工单仍按改动前的规定办")
		h.as(h.nurse)
		c.Get(job.URL).See("到场时限")
	})
}

// A kind of the hospital's own is there wherever work is named: for guests by a code, in
// plans, when a small repair is registered, and among the figures.
func TestAKindOfTheHospitalsOwnIsOfferedEverywhere(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		var code desk.Code
		k := desk.Kind{Trade: "metal", Name: "轮椅维修", Icon: "wheelchair", Ward: true, Guest: true, Costs: true}
		dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) (err error) {
			if err := desk.AddKind(t.Context(), tx, &k); err != nil {
				return err
			}
			code, err = desk.Hang(t.Context(), tx, h.room.ID, "")
			return err
		})
		c := webtest.New(t, h)
		h.as(db.Actor{})
		c.Get("/q/"+code.ID).See("轮椅维修", "锁、扶手").Press("报告给后勤", fill("trade", k.ID)).See("已收到，谢谢", "轮椅维修")
		h.as(h.dispatcher)
		page := c.Get("/desk/notices").Follow("301病房").See("轮椅维修")
		if got := page.Input("trade"); got != k.ID {
			t.Errorf("the desk is offered to make it a job of %q", got)
		}
		page.Press("#step-confirm button.btn-accent", fill("department", "内一科")).See("轮椅维修", "铁件")

		boss := h.li
		boss.Rights = db.Rights{desk.MaySee: {All: true}, desk.MaySchedule: {All: true}}
		h.as(boss)
		c.Get("/desk/standing/new").Press("保存", fill("title", "轮椅月检", "trade", k.ID, "department", "内一科")).See("轮椅月检", "轮椅维修", "铁件").
			Follow("修改").Press("保存", fill("title", "轮椅季检")).See("轮椅季检", "轮椅维修")

		h.as(h.wang)
		c.Get("/desk/after").Press("登记，等科室签单", fill("what", "castor", "trade", k.ID, "place", "301病房")).See("已补登记")
		h.as(boss)
		page = c.Get("/desk/figures?by=kind").See("工单种类", "轮椅维修")
		if n := len(page.Texts("#figures tbody tr")); n != 1 {
			t.Errorf("%d lines of figures by kind", n)
		}
		c.Get("/desk/month").See("工单种类", "轮椅维修")
	})
}
