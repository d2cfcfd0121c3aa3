package deskweb_test

import (
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/desk"
	"houqin/internal/people"
	"houqin/internal/people/peopleweb"
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

// The nurse types number and PIN on the worker's phone: a wrong one is said and closes
// nothing, the right one closes the job in her name; the phone does not keep it for later.
func TestANurseSignsOnTheWorkersPhone(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d, peopleweb.Words)
		ctx := t.Context()
		j := h.working(t)
		const secret = "correct horse battery 7"
		dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error {
			if err := people.OpenAccount(ctx, tx, h.nurse.ID, "nurse"); err != nil {
				return err
			}
			r := people.Role{Code: "w", NameZh: "护士", Rights: []string{desk.MaySign, desk.MayReport}}
			if err := people.MakeRole(ctx, tx, &r); err != nil {
				return err
			}
			return people.Grant(ctx, tx, &people.Appointment{Person: h.nurse.ID, Role: r.ID, Extent: people.InDepartment, Unit: h.ward.ID})
		})
		if err := people.SetPassword(ctx, d, db.System("test"), h.nurse.ID, secret); err != nil {
			t.Fatal(err)
		}
		if err := people.SetPIN(ctx, d, h.nurse, secret, "240713"); err != nil {
			t.Fatal(err)
		}
		dbtest.Do(t, d, h.wang, func(tx *db.Tx) error {
			_, err := desk.Finish(ctx, tx, j.ID, 0, desk.Work{Done: "换了灯管", Minutes: 20})
			return err
		})
		dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error { return db.Set(ctx, tx, desk.DemoPIN, "240713") })
		h.as(h.wang)
		c := webtest.New(t, h)
		at := "/desk/jobs/" + j.ID
		c.Get(at).NotSee("240713")
		h.Demo = true
		c.Get(at).See("演示：工号", "PIN 码 240713")
		h.Demo = false
		c.Get(at).PressWant(422, "#step-sign_here button.btn-accent", fill("number", "1001", "pin", "240714")).See("工号或 PIN 码不对", "1001")
		if got, err := desk.Get(ctx, d, h.wang, j.ID); err != nil || got.State != desk.Done {
			t.Errorf("after a wrong PIN it is %s: %v", got.State, err)
		}
		if c.Get(at).Count(`#step-sign_here input[name="_offline"]`) != 0 {
			t.Error("a PIN would wait on a phone")
		}
		c.Get(at).Press("#step-sign_here button.btn-accent", fill("number", "1001", "pin", "240713", "rating", "5")).See("已由周护士签单", "凭 PIN 码签单")
		if got, err := desk.Get(ctx, d, db.System("test"), j.ID); err != nil || got.State != desk.Closed || got.Signer != "周护士" || got.Rating != 5 {
			t.Errorf("signed, it is %s by %q: %v", got.State, got.Signer, err)
		}
	})
}

// On a worker's page emergencies stand first, whoever else is later; only what is next has the
// main button's colour, and nobody is offered to hasten what they have in hand themselves.
func TestAWorkersPagePutsEmergenciesFirst(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		report := func(title string, u desk.Urgency) (j desk.Job) {
			dbtest.Do(t, d, h.nurse, func(tx *db.Tx) (err error) {
				j, err = desk.Report(t.Context(), tx, &desk.Slip{Title: title, Trade: "electric", Urgency: u, Place: h.room.ID, Anyway: true})
				return err
			})
			return j
		}
		report("灯不亮", desk.Urgent)
		report("配电箱冒烟", desk.Emergency)
		own := report("插座松", desk.Normal)
		dbtest.Do(t, d, h.dispatcher, func(tx *db.Tx) error {
			_, err := desk.Dispatch(t.Context(), tx, own.ID, 0, desk.Assignment{Worker: h.wang.ID})
			return err
		})
		h.as(h.wang)
		c := webtest.New(t, h)
		page := c.Get("/desk/mine").See("紧急，先到先接", "配电箱冒烟", "灯不亮")
		if text := page.Text(); strings.Index(text, "配电箱冒烟") > strings.Index(text, "班组待抢") {
			t.Error("the emergency stands among the others")
		}
		if n := page.Count(`button.btn-accent[data-name="grab"]`); n != 1 {
			t.Errorf("%d jobs to take call for the first tap, not the emergency alone", n)
		}
		c.Get("/desk/jobs/"+own.ID).NotIn("button", "催单")
		grave := report("又冒烟了", desk.Emergency)
		dbtest.Do(t, d, h.dispatcher, func(tx *db.Tx) error {
			_, err := desk.Dispatch(t.Context(), tx, grave.ID, 0, desk.Assignment{Worker: h.wang.ID})
			return err
		})
		if text := c.Get("/desk/mine").Text(); strings.Index(text, "又冒烟了") > strings.Index(text, "插座松") {
			t.Error("the emergency given to him does not come next")
		}
	})
}
