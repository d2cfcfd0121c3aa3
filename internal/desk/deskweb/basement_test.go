package deskweb_test

import (
	"net/http"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/desk"
	"houqin/internal/desk/deskweb"
)

// Where there is no network a worker finds the way back to a page that opens, registers what
// they mended in passing, and is offered no step on their own job that is for others; whom to
// call is a tap, and what they took last is begun where it stands.
func TestAWorkersPhoneServesInABasement(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.Phones = &deskweb.Phones
		h.wang.Rights[desk.MayReport] = db.Scope{All: true}
		first, second := h.given(t), h.given(t)
		dbtest.Do(t, d, h.wang, func(tx *db.Tx) error {
			if _, err := desk.Accept(t.Context(), tx, first.ID, 0); err != nil {
				return err
			}
			if _, err := desk.Arrive(t.Context(), tx, first.ID, 0); err != nil {
				return err
			}
			_, err := desk.Accept(t.Context(), tx, second.ID, 0)
			return err
		})
		h.By = h.wang
		for at, whose := range map[string]string{"/desk/after": h.wang.ID, "/desk/after?place=" + h.room.ID: ""} {
			if got := h.serve(must(http.NewRequest("GET", at, nil))).Header().Get("Houqin-Keep"); got != whose {
				t.Errorf("%s is kept for %q, not %q", at, got, whose)
			}
		}
		page := h.serve(must(http.NewRequest("GET", "/desk/jobs/"+first.ID, nil))).Body.String()
		if !strings.Contains(page, `class="back" href="/desk/mine"`) {
			t.Error("the way back from one's own job leads elsewhere")
		}
		if strings.Contains(page, `data-step="hasten"`) || !strings.Contains(page, `data-step="finish"`) {
			t.Error("a worker may hasten themselves, or not finish")
		}
		if !strings.Contains(page, `href="tel:6101"`) {
			t.Error("nobody is called by a tap")
		}
		h.as(h.wang)
		webtest.New(t, h).Get("/desk/mine").Press("到场", nil)
		if j, err := desk.Get(t.Context(), d, h.wang, second.ID); err != nil || j.State != desk.Working {
			t.Errorf("begun from the page of one's own work it is %s: %v", j.State, err)
		}
	})
}

// What is written at length on a slip takes the lines left for parts, not the paper on which
// people sign.
func TestALongTextLeavesTheSlipOnItsPaper(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		rows := func(detail string) int {
			var j desk.Job
			dbtest.Do(t, d, h.nurse, func(tx *db.Tx) (err error) {
				j, err = desk.Report(t.Context(), tx, &desk.Slip{Title: "灯不亮", Detail: detail, Trade: "electric", Place: h.room.ID, Anyway: true})
				return err
			})
			h.By = h.dispatcher
			return strings.Count(h.serve(must(http.NewRequest("GET", "/desk/jobs/"+j.ID+"/slip?copies=1", nil))).Body.String(), "<tr")
		}
		if short, long := rows(""), rows(strings.Repeat("走廊尽头靠窗的那一盏", 10)); long != short-2 {
			t.Errorf("%d rows under a short text, %d under three lines of it", short, long)
		}
	})
}
