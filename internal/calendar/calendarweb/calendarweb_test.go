package calendarweb_test

import (
	"io/fs"
	"net/url"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/webtest"
	"houqin/internal/calendar"
	"houqin/internal/calendar/calendarweb"
)

func TestTheCalendarOnTheWall(t *testing.T) {
	dbtest.Each(t, []fs.FS{calendar.Migrations}, func(t *testing.T, d *db.DB) {
		site := sitetest.New(t, d, calendarweb.Words)
		site.Room(calendarweb.Routes)
		site.By = dbtest.Person("nurse")
		webtest.Run(t, site,
			webtest.Call{URL: "/calendar", See: []string{"2027年3月", "暂按周末休息计算", "2027年工作日"}, NotSee: []string{"改上班时间"}},
			webtest.Call{URL: "/calendar?month=2026-10", See: []string{"2026年10月", "国庆节", "上月", "本月"}, NotSee: []string{"暂按周末"}},
			webtest.Call{URL: "/calendar?month=nonsense", See: []string{"2027年3月"}},
			webtest.Call{URL: "/api/calendar?month=2026-02", See: []string{`"known":true`, `{"day":"2026-02-14","working":true,"sort":"exchanged","holiday":"spring"}`}},
			webtest.Call{Name: "a nurse changes nothing", URL: "/calendar/exceptions", Form: url.Values{"day": {"2027-03-05"}, "working": {"off"}}, Want: 403},
		)
		for _, n := range calendar.Holidays() {
			if !site.Words.In("zh").Has("calendar.holiday." + n) {
				t.Errorf("the holiday %s has no name", n)
			}
		}

		site.By = dbtest.Person("admin", calendar.MayChange)
		me := webtest.New(t, site)
		page := me.Get("/calendar?month=2027-03")
		page.PressWant(422, "#except button[type=submit]", webtest.Fill{"day": {"2027-03-05"}, "until": {"2027-03-01"}, "note": {"停电"}}).
			See("不能早于开始日期", "2027年3月")
		page = page.Press("#except button[type=submit]", webtest.Fill{"day": {"2027-03-05"}, "working": {"off"}, "note": {"停电检修"}})
		page.See("日历已调整", "2027-03-05", "停电检修", "设为休息")
		me.Run(t, webtest.Call{URL: "/calendar/exceptions?format=csv", See: []string{"2027-03-05,", "停电检修"}})
		page.Press("取消调整", nil).See("已恢复为国家安排", "没有本院自己的调整")
		page = me.Get("/calendar")
		page.PressWant(422, "#clock button[type=submit]", webtest.Fill{"hours": {"12:00-08:00"}}).See("互不重叠")
		page.Press("#clock button[type=submit]", webtest.Fill{"hours": {"7:30-11:30 13:30-17:00"}}).See("07:30-11:30、13:30-17:00")
		me.Run(t, webtest.Call{URL: "/calendar/exceptions/2027-03-05/remove", Form: url.Values{}, Want: 404})
	})
}
