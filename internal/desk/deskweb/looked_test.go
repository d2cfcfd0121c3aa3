package deskweb_test

import (
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
		h.as(h.wang)
		c := webtest.New(t, h)
		at := "/desk/jobs/" + j.ID
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
