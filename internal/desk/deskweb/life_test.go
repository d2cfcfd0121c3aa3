package deskweb_test

import (
	"context"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/webtest"
	"houqin/internal/desk"
)

// Whose report was merged into a job of another ward reads where it went, and is not led
// to a page that is not theirs.
func TestNobodyIsLedFromADoubleToAJobTheyDoNotSee(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		var kept, double desk.Job
		for by, to := range map[*db.Actor]*desk.Job{&h.nurse: &double, &h.stranger: &kept} {
			dbtest.Do(t, d, *by, func(tx *db.Tx) (err error) {
				*to, err = desk.Report(t.Context(), tx, &desk.Slip{Title: "走廊没灯", Trade: "electric", Department: by.Unit, Anyway: true})
				return err
			})
		}
		dbtest.Do(t, d, h.dispatcher, func(tx *db.Tx) error {
			_, err := desk.Merge(t.Context(), tx, double.ID, 0, desk.Merging{Into: kept.ID})
			return err
		})
		for _, c := range []struct {
			by    db.Actor
			links int
		}{{h.nurse, 0}, {h.dispatcher, 1}} {
			h.as(c.by)
			page := webtest.New(t, h).Get("/desk/jobs/" + double.ID).See(kept.Number)
			if n := page.Count("#kin a[href='/desk/jobs/" + kept.ID + "']"); n != c.links {
				t.Errorf("%s is led there %d times", c.by.Name, n)
			}
		}
	})
}

// A ward that is not content signs many at once too: it says why, and a complaint opens.
func TestManyAreSignedWithABadRating(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		var j desk.Job
		dbtest.Do(t, d, h.nurse, func(tx *db.Tx) (err error) {
			j, err = desk.Report(t.Context(), tx, &desk.Slip{Title: "灯不亮", Trade: "electric", Place: h.room.ID})
			return err
		})
		dbtest.Do(t, d, h.dispatcher, func(tx *db.Tx) error {
			_, err := desk.Dispatch(t.Context(), tx, j.ID, 0, desk.Assignment{Worker: h.wang.ID})
			return err
		})
		dbtest.Do(t, d, h.wang, func(tx *db.Tx) error {
			for _, step := range []func(context.Context, *db.Tx, string, int64) (desk.Job, error){desk.Accept, desk.Arrive} {
				if _, err := step(t.Context(), tx, j.ID, 0); err != nil {
					return err
				}
			}
			_, err := desk.Finish(t.Context(), tx, j.ID, 0, desk.Work{Done: "换灯管"})
			return err
		})
		h.as(h.nurse)
		c := webtest.New(t, h)
		c.Get("/desk/ward").PressWant(422, "签单", fill("signature", "周护士", "rating", "1")).See("请说明不满意的原因").
			Press("签单", fill("signature", "周护士", "rating", "1", "reasons", "not_fixed", "opinion", "还是不亮"))
		if now := h.only(t); now.State != desk.Closed || now.Rating != 1 || now.Opinion != "还是不亮" || !now.Reasons.Has("not_fixed") {
			t.Errorf("it is %+v", now)
		}
	})
}

// What stands on the page of terms can be saved as it stands, terms that are 0 included.
func TestTermsAreSavedAsTheyStand(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		boss := h.director
		boss.Rights = map[string]db.Scope{desk.MaySee: {All: true}, desk.MayArrange: {All: true}}
		h.as(boss)
		page := webtest.New(t, h).Get("/desk/terms").Press("保存", nil).See("设置已保存")
		if page.Input("over_percent") != "0" || page.Input("silence_hours") != "24" {
			t.Errorf("it says %q and %q", page.Input("over_percent"), page.Input("silence_hours"))
		}
	})
}

// Kinds of the hospital's own are offered where a slip is changed or split, also when it comes
// back with a complaint.
func TestASlipIsChangedToAKindOfTheHospitalsOwn(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		k := desk.Kind{Trade: "metal", Name: "病床检修", Icon: "bed", Ward: true}
		boss := h.director
		boss.Rights = map[string]db.Scope{desk.MayArrange: {All: true}}
		dbtest.Do(t, d, boss, func(tx *db.Tx) error { return desk.AddKind(t.Context(), tx, &k) })
		dbtest.Do(t, d, h.nurse, func(tx *db.Tx) error {
			_, err := desk.Report(t.Context(), tx, &desk.Slip{Title: "床摇不动", Trade: "equipment", Place: h.room.ID})
			return err
		})
		h.as(h.dispatcher)
		c := webtest.New(t, h)
		page := c.Get("/desk/jobs/"+h.only(t).ID).PressWant(422, "#step-split button.btn-accent", fill("trade", k.ID))
		page.In("#step-split", "病床检修").Press("#step-amend button.btn-accent", fill("trade", k.ID))
		if j := h.only(t); j.Kind != k.ID || j.Trade != "metal" {
			t.Errorf("it is %q, %q", j.Kind, j.Trade)
		}
	})
}
