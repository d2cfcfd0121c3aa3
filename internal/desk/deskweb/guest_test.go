package deskweb_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/web"
	"houqin/internal/base/webtest"
	"houqin/internal/desk"
	"houqin/internal/places"
)

// Nobody known reports by a code, and follows that report alone.
// Holds: AB-20 C11
func TestAGuestReportsByACodeAndFollowsItAlone(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.dispatcher.Rights[desk.MayHang] = db.Scope{All: true}
		c := webtest.New(t, h)
		h.as(h.dispatcher)
		c.Get("/desk/codes/new?place="+h.room.ID).Press("生成报修码", nil).See("301病房", "已有 1 个报修码")
		codes, err := desk.CodesOfPlaces(t.Context(), d, h.room.ID)
		if err != nil || len(codes[h.room.ID]) != 16 {
			t.Fatal(codes, err)
		}
		at := "/q/" + codes[h.room.ID]
		c.Get("/desk/codes/labels").See("301病房", "扫码报修")

		// Staff are led to their own slip.
		h.as(h.nurse)
		c.Get(at).See("报修", "紧急程度")

		h.as(db.Actor{})
		page := c.Get(at).See("这里有什么问题？", "301病房").NotSee("内一科", "周护士")
		if n := page.Count("nav"); n != 0 {
			t.Errorf("a guest is shown %d navigations", n)
		}
		page.PressWant(422, "报告给后勤", fill("text", "地上有水")).See("必填", "地上有水")
		// A photo that is none is refused beside its field; the words stay.
		page.PressWant(422, "报告给后勤", fill("trade", "water", "text", "地上有水"), webtest.File{Field: "photos", Name: "x.jpg", Body: []byte("MZ\x90\x00 no picture")}).
			See("地上有水", "x.jpg").NotSee("已收到")
		page.PressWant(422, "报告给后勤", fill("trade", "water", "text", "地上有水"), webtest.File{Field: "photos", Name: "note.txt", Body: []byte("just words")}).
			See("地上有水", "不是照片")
		done := page.Press("报告给后勤", fill("trade", "water", "text", "<b>地上有水</b>", "contact", "139"), webtest.File{Field: "photos", Name: "p.png", Body: photo(t)})
		done.See("已收到，谢谢", "查询码", "<b>地上有水</b>").NotSee("内一科", "周护士")

		h.as(h.dispatcher)
		c.Get("/desk/notices").See("<b>地上有水</b>", "301病房", "待核实").Follow("<b>地上有水</b>").See("139", "立为工单").
			Press("#step-confirm button.btn-accent", fill("title", "水池漏水", "department", "内一科")).See("水池漏水", "内一科", "扫码（访客）", "p.jpg")
		j := h.only(t)
		h.as(db.Actor{})
		tracked := "/track/" + tracking(t, d)
		c.Get(tracked).See("已派人处理").NotSee(j.Number, "内一科", "水池漏水", "赵调度")
		c.Get("/track").Press("查询", fill("code", strings.ToLower(tracking(t, d)))).See("已派人处理")
		c.Get("/track?code=AAAA-BBBB-CCCC").See("没有这个查询码")
		webtest.Run(t, h, webtest.Call{URL: "/track/AAAABBBBCCCC", Want: 404}, webtest.Call{URL: "/q/aaaabbbbccccdddd", Want: 404},
			webtest.Call{URL: "/desk/jobs/" + j.ID, Want: 303}, webtest.Call{URL: "/desk/notices", Want: 303})

		// A closed place says so.
		dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error { return places.Close(context.Background(), tx, h.room.ID, h.room.Version) })
		guest := h.By
		h.as(h.dispatcher)
		h.By.Rights[desk.MayHang] = db.Scope{All: true}
		webtest.Run(t, h, webtest.Call{URL: "/desk/codes/labels", Want: 404, See: []string{"没有可打印的报修码"}}) // none for what is closed
		h.as(guest)
		webtest.Run(t, h, webtest.Call{URL: at, Want: 409, See: []string{"已停用，不再接受报修"}}, webtest.Call{Method: "POST", URL: at, Form: fill("trade", "water"), Want: 409})
	})
}

// tracking is the code of the only notice.
func tracking(t *testing.T, d *db.DB) string {
	t.Helper()
	all, err := desk.Notices.All(t.Context(), d, desk.NoticeScope(db.System("test")), 2)
	if err != nil || len(all) != 1 {
		t.Fatal(len(all), err)
	}
	return all[0].Tracking
}

// One address is slowed down with its words kept; a key opens nobody else's answer.
// Holds: AB-20 AB-10
func TestAGuestIsSlowedDownAndAKeyOpensNoOthersAnswer(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.Paces.Guest = web.Pace{Burst: 3, Every: 1 << 50}
		var hung desk.Code
		dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) (err error) {
			hung, err = desk.Hang(t.Context(), tx, h.room.ID, "")
			return err
		})
		h.as(db.Actor{})
		c := webtest.New(t, h)
		at := "/q/" + hung.ID
		first := fill("trade", "water", "text", "地上有水", "_key", "a key that somebody made up")
		webtest.Run(t, h,
			webtest.Call{Method: "POST", URL: at, Form: first, Want: http.StatusSeeOther},
			// The same again, as a phone without signal sends it: the same answer, no second notice.
			webtest.Call{Method: "POST", URL: at, Form: first, Want: http.StatusSeeOther},
			// The same key with other words: refused, and nothing of the first is told.
			webtest.Call{Method: "POST", URL: at, Form: fill("trade", "lift", "text", "另一件事", "_key", "a key that somebody made up"), Want: http.StatusConflict})
		tracking(t, d)
		c.Get(at).PressWant(429, "报告给后勤", fill("trade", "electric", "text", "灯不亮")).See("灯不亮").NotSee("查询码是")
		tracking(t, d)
	})
}
