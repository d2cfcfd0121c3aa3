package deskweb_test

import (
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
)

// What nobody at the desk has looked at stands out on the board; once somebody has, the
// ward reads it. Somebody who hastens is not offered to hasten again at once.
func TestTheWardReadsThatTheDeskHasLookedAtIt(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.as(h.nurse)
		c := webtest.New(t, h)
		c.Get("/desk/report").Press("报修", fill("trade", "electric", "title", "灯不亮", "place", "A301"))
		at := "/desk/jobs/" + h.only(t).ID
		page := c.Get(at).NotSee("已受理")
		page.Press(`button[data-name="hasten"]`, nil).See("已催 1 次，最近一次")
		c.Get(at).NotIn("button", "催单")
		h.as(h.dispatcher)
		c.Get("/desk/board").See("未受理").Press("受理", nil).See("科室可以看到").NotSee("未受理")
		h.as(h.nurse)
		c.Get(at).See("服务台已受理（" + h.dispatcher.Name)
	})
}
