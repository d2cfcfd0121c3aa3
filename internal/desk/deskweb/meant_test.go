package deskweb_test

import (
	"slices"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/desk"
)

// Of the many steps of a job two stand above what it is about on a phone, the main one and
// the next; the others are reached below it, and none is lost. After a mistake the form that
// was sent stands where the page begins.
func TestAPhoneShowsTheStepsThatAreMeantBeforeTheJobAndTheOthersAfterIt(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		j := h.working(t)
		at := "/desk/jobs/" + j.ID
		const first, rest = ".steps > .buttons", "#more-steps"
		steps := func(who db.Actor, want ...string) []string {
			h.as(who)
			page := webtest.New(t, h).Get(at)
			said := append(page.Texts(first+" summary"), page.Texts(first+" button[data-name]")...)
			if !slices.Equal(said, want) {
				t.Errorf("%s is shown first: %q, want %q", who.Name, said, want)
			}
			if n := page.Count(first + " a[href='#more-steps']"); n != 1 {
				t.Errorf("%s is led to the others %d times", who.Name, n)
			}
			return append(page.Texts(rest+" summary"), page.Texts(rest+" button[data-name]")...)
		}
		steps(h.wang, "完工", "暂停")
		dbtest.Do(t, d, h.wang, func(tx *db.Tx) error {
			_, err := desk.Pause(t.Context(), tx, j.ID, 0, desk.Reason{Code: "parts", Text: "等镇流器"})
			return err
		})
		steps(h.wang, "留言", "继续")
		all := steps(h.dispatcher, "改派", "催单")
		for _, step := range []string{"留言", "申请外请", "改单", "并入重复工单", "拆单", "撤销"} {
			if !slices.Contains(all, step) {
				t.Errorf("the dispatcher does not reach %s: %q", step, all)
			}
		}
		// What is done with a firm from outside waits until one was asked for.
		for _, step := range []string{"外请单位进场", "登记外修发票"} {
			if slices.Contains(all, step) {
				t.Errorf("%s although no firm was asked for", step)
			}
		}
		page := webtest.New(t, h).Get(at).PressWant(422, "#step-cancel button[type=submit]", fill("text", ""))
		if page.Count(rest) != 0 || page.Count("[data-steps] details[open] #step-cancel") != 1 {
			t.Error("the form with the mistake stands below the job")
		}
		dbtest.Do(t, d, h.dispatcher, func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `INSERT INTO desk_outside (job, firm, estimate, why, state, paper, at, lack) VALUES ($1, '康泰电梯', 123456, '无备件', 'open', 'SP-1', $2, 'tool')`, j.ID, tx.At())
			if err == nil {
				_, err = desk.Comment(t.Context(), tx, j.ID, "已申请外请")
			}
			return err
		})
		if all := steps(h.dispatcher, "改派", "催单"); !slices.Contains(all, "外请单位进场") {
			t.Errorf("the firm asked for cannot be called: %q", all)
		}
	})
}

// What nothing was spent on yet says no amount.
func TestAListSaysAmountsOnceThereAreAny(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		j := h.working(t)
		h.as(h.dispatcher)
		webtest.New(t, h).Get("/desk/jobs").See(j.Number).NotSee("0.00")
		dbtest.Do(t, d, h.dispatcher, func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `INSERT INTO desk_outside (job, firm, estimate, why, state, paper, at, lack) VALUES ($1, '康泰电梯', 123456, '无备件', 'open', 'SP-1', $2, 'tool')`, j.ID, tx.At())
			if err == nil {
				_, err = desk.Comment(t.Context(), tx, j.ID, "已申请外请")
			}
			return err
		})
		webtest.New(t, h).Get("/desk/firms").See("康泰电梯", "1,234.56").NotIn("td", "0.00")
		dbtest.Do(t, d, h.wang, func(tx *db.Tx) error {
			_, err := desk.Finish(t.Context(), tx, j.ID, 0, desk.Work{Done: "换灯管", Minutes: 30})
			return err
		})
		webtest.New(t, h).Get("/desk/jobs?q=" + j.Number).See("30.00")
	})
}
