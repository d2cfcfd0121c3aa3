package deskweb_test

import (
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/desk"
)

// A worker scans the code where they stand and begins: what is theirs there and what they
// may take. The ward reads that somebody is on the way. Where nothing waits for them, the
// code leads to a report as ever.
func TestAWorkerScansToStart(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.dispatcher.Rights[desk.MayHang] = db.Scope{All: true}
		h.wang.Rights[desk.MayReport] = db.Scope{All: true}
		var code desk.Code
		var j desk.Job
		dbtest.Do(t, d, h.dispatcher, func(tx *db.Tx) (err error) {
			code, err = desk.Hang(t.Context(), tx, h.room.ID, "")
			return err
		})
		h.as(h.wang)
		c := webtest.New(t, h)
		c.Get("/q/" + code.ID).See("紧急程度").NotSee("在这里要做的")
		dbtest.Do(t, d, h.nurse, func(tx *db.Tx) (err error) {
			if _, err = desk.Report(t.Context(), tx, &desk.Slip{Title: "走廊没灯", Trade: "electric"}); err != nil {
				return err
			}
			j, err = desk.Report(t.Context(), tx, &desk.Slip{Title: "床头灯不亮", Trade: "electric", Place: h.room.ID})
			return err
		})
		c.Get("/q/"+code.ID).See("在这里要做的", "床头灯不亮").NotSee("走廊没灯")
		c.Get("/desk/mine").Follow("扫码开始").Press("查看", fill("code", "https://houqin.example/q/"+code.ID)).See("床头灯不亮").NotSee("走廊没灯").
			Press("抢单", nil)
		h.as(h.nurse)
		c.Get("/desk/ward").See("床头灯不亮").NotSee("在路上")
		h.as(h.wang)
		c.Get("/desk/here?code="+code.ID).Press("出发", nil)
		h.as(h.nurse)
		c.Get("/desk/ward").See("在路上")
		c.Get("/desk/jobs/"+j.ID).See("在路上", "王建国")
		h.as(h.wang)
		c.Get("/desk/here?code="+code.ID).Press("到场", nil)
		c.Get("/desk/here?code=" + code.ID).See("完工")
		c.Get("/desk/here?code=xyz").See("没有“xyz”这个报修码")
	})
}
