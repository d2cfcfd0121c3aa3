package deskweb_test

import (
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/desk"
)

// Where nothing is yet a page says what it is for and what comes first; none is blank.
func TestPagesOfADeskThatHasJustBegunSayWhatComesFirst(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.dispatcher.Rights[desk.MayHang] = db.Scope{All: true}
		h.as(h.dispatcher)
		c := webtest.New(t, h)
		c.Get("/desk/board?by=crew").See("各班组手上都没有未完工的单")
		c.Get("/desk/codes").See("还没有报修码", "点“生成报修码”开始")
		webtest.Run(t, h, webtest.Call{URL: "/desk/codes/labels", Want: 404, See: []string{"没有可打印的报修码，先生成报修码"}})
		c.Get("/desk/call").PressWant(422, "报修", fill("trade", "electric", "title", "灯\u202e不亮", "place", "301病房")).See("含有无法识别的字符")
		h.director.Rights[desk.MayArrange] = db.Scope{All: true}
		h.as(h.director)
		webtest.New(t, h).Get("/desk/today").See("各班组手上都没有未结的单")
	})
}

// A crew's manner that is taken off the page is taken off; the same crew twice is refused;
// who saves the terms later does not undo what somebody else saved since.
func TestSettingsKeepWhatWasSaid(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.director.Rights[desk.MayArrange] = db.Scope{All: true}
		h.as(h.director)
		c := webtest.New(t, h)
		page := c.Get("/desk/crews").Press("保存", fill("manners.0.crew", "电工班", "manners.0.manner", "sent"))
		if got := page.Input("manners.0.manner"); got != "sent" {
			t.Fatalf("the manner is %q", got)
		}
		page.PressWant(422, "保存", fill("manners.1.crew", "电工班", "manners.1.manner", "turns")).See("这个班组写了两次")
		c.Do(webtest.Call{URL: "/api/desk/crews", Want: 200, Body: `{"needs":[],"manners":[]}`, Header: map[string]string{"Content-Type": "application/json"}})
		if got := c.Get("/desk/crews").Input("manners.0.manner"); got == "sent" {
			t.Error("a manner that was taken off is still there")
		}
		old := c.Get("/desk/terms")
		c.Get("/desk/terms").Press("保存", fill("reopen_days", "30"))
		page = old.PressWant(409, "保存", fill("repeat_days", "60")).See("您打开之后别人已改过", "现在是", "30")
		if page.Input("repeat_days") != "60" {
			t.Errorf("what was typed is lost: %q", page.Input("repeat_days"))
		}
		if page := c.Get("/desk/terms"); page.Input("reopen_days") != "30" || page.Input("repeat_days") != "30" {
			t.Errorf("a stale page undid what was saved: %q, %q", page.Input("reopen_days"), page.Input("repeat_days"))
		}
	})
}

// An alarm that says something wrong is an alarm all the same; of those that were too many
// the desk is told.
func TestAnAlarmThatSaysSomethingWrongIsHeardAllTheSame(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.director.Rights[desk.MayArrange] = db.Scope{All: true}
		h.as(h.director)
		page := webtest.New(t, h).Get("/desk/panels/new").Press("新增并生成密钥", fill("name", "消防主机", "kind", "equipment", "department", "内一科", "most", "2"))
		key := strings.Fields(page.Text()[strings.Index(page.Text(), "houqin_alarm_"):])[0]
		h.as(db.Actor{})
		tell := func(body string, want int) *webtest.Page {
			t.Helper()
			return webtest.New(t, h).Do(webtest.Call{URL: "/api/alarms", Want: want, Body: body, Header: map[string]string{"X-Alarm-Key": key, "Content-Type": "application/json"}})
		}
		var a desk.Alarm
		tell(`{"id":"1","text":"`+strings.Repeat("火", 900)+`","urgency":"HIGH"}`, 200).JSON(&a)
		if len([]rune(a.Text)) != 200 || a.Urgency != desk.Urgent {
			t.Errorf("heard %d letters, %s", len([]rune(a.Text)), a.Urgency)
		}
		webtest.New(t, h).Do(webtest.Call{URL: "/api/alarms", Want: 413, See: []string{"16 KB"}, Body: `{"id":"2","text":"` + strings.Repeat("火", 9000) + `"}`, Header: map[string]string{"X-Alarm-Key": key, "Content-Type": "application/json"}})
		tell(`{"id":"3","text":"三层"}`, 200)
		tell(`{"id":"4","text":"四层"}`, 429)
		h.as(h.dispatcher)
		webtest.New(t, h).Get("/desk/alarms").See("“消防主机”报得太多，有的没有收下")
	})
}
