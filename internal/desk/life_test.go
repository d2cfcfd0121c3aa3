package desk_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/desk"
)

func TestAJobFromReportToSignature(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		if j.Number != "WX-2027-000001" || j.Department != h.ward.ID || j.ReporterName != "周护士" {
			t.Errorf("reported as %+v", j)
		}
		if want := period.At(dbtest.Noon.Add(72 * time.Hour)); j.Due != want {
			t.Errorf("due %s, want %s", j.Due, want)
		}
		h.take(t, h.dispatcher, j.ID, dispatch(desk.Assignment{Worker: h.wang.ID}))
		h.take(t, h.wang, j.ID, accept, arrive)
		clock.Add(10 * time.Minute)
		h.take(t, h.wang, j.ID, pause("parts"))
		clock.Add(time.Hour)
		h.take(t, h.wang, j.ID, resume)
		clock.Add(5 * time.Minute)
		if now := h.job(t, j.ID); now.Spent(d.Now()) != 15 {
			t.Errorf("spent %d minutes, want 15: the pause does not count", now.Spent(d.Now()))
		}
		h.take(t, h.wang, j.ID, done)
		h.take(t, h.nurse, j.ID, reasoned(desk.Return, "还是不亮"))
		if now := h.job(t, j.ID); now.State != desk.Accepted || now.Worker != h.wang.ID || now.Returned != 1 || now.Reason != "还是不亮" {
			t.Errorf("sent back it is %+v", now)
		}
		h.take(t, h.wang, j.ID, arrive, finish(desk.Work{Done: "换了镇流器", Cause: "老化", Minutes: 40}))
		h.take(t, h.nurse, j.ID, sign(desk.Signing{Signature: "周护士长", Rating: 5, Opinion: "很快"}))
		got := h.job(t, j.ID)
		if got.State != desk.Closed || got.Open || got.Signer != "周护士长" || got.Rating != 5 || got.CrewName != "电工班" {
			t.Errorf("closed as %+v", got)
		}
		if got.Minutes != 60 || got.Labour != desk.LabourShipped || got.Cost != desk.LabourShipped {
			t.Errorf("an hour in two visits cost %s for %d minutes", got.Cost, got.Minutes)
		}
		var told []string
		story, err := db.Story(t.Context(), d, desk.Noun, j.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range story {
			told = append([]string{e.By + " " + e.Action}, told...)
		}
		want := "[周护士 report 赵调度 dispatch 王建国 accept 王建国 arrive 王建国 pause.parts 王建国 resume 王建国 finish 周护士 return 王建国 arrive 王建国 finish 周护士 sign]"
		if fmt.Sprint(told) != want {
			t.Errorf("the story is %v\nwant %s", told, want)
		}
	})
}

// at brings a fresh job to a state: dispatched to Wang and so on.
func (h *house) at(t *testing.T, s desk.State, u desk.Urgency) string {
	t.Helper()
	j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID, Urgency: u})
	send := dispatch(desk.Assignment{Worker: h.wang.ID})
	switch s {
	case desk.Dispatched:
		h.take(t, h.dispatcher, j.ID, send)
	case desk.Accepted:
		h.take(t, h.dispatcher, j.ID, send)
		h.take(t, h.wang, j.ID, accept)
	case desk.OnWay:
		h.take(t, h.dispatcher, j.ID, send)
		h.take(t, h.wang, j.ID, accept, depart)
	case desk.Working:
		h.take(t, h.dispatcher, j.ID, send)
		h.take(t, h.wang, j.ID, accept, arrive)
	case desk.Paused:
		h.take(t, h.dispatcher, j.ID, send)
		h.take(t, h.wang, j.ID, accept, arrive, pause("access"))
	case desk.Done, desk.Closed:
		h.take(t, h.dispatcher, j.ID, send)
		h.take(t, h.wang, j.ID, accept, arrive, done)
		if s == desk.Closed {
			h.take(t, h.nurse, j.ID, signed)
		}
	case desk.Cancelled:
		h.take(t, h.nurse, j.ID, reasoned(desk.Cancel, "自己好了"))
	}
	return j.ID
}

// Holds: v5.0.0-2.3.1 v5.0.0-8.2.1
func TestWhoMayTakeWhichStepFromWhere(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		send := dispatch(desk.Assignment{Worker: h.li.ID})
		resend := reassign(desk.Assignment{Worker: h.li.ID})
		back, cancel := reasoned(desk.Return, "没好"), reasoned(desk.Cancel, "不用了")
		outside := step(func(ctx context.Context, tx *db.Tx, id string) (desk.Job, error) {
			return desk.AskOutside(ctx, tx, id, 0, desk.Outside{Firm: "永固管业", Lack: "tool", Why: "没有带压开孔的工具"})
		})
		all := []desk.State{desk.Reported, desk.Dispatched, desk.Accepted, desk.OnWay, desk.Working, desk.Paused, desk.Done, desk.Closed, desk.Cancelled}
		people := map[string]db.Actor{"nurse": h.nurse, "other ward": h.stranger, "wang": h.wang, "li": h.li, "dispatcher": h.dispatcher, "director": h.director}
		// The steps, and who may take them from where; everything else is refused.
		for _, c := range []struct {
			name string
			do   step
			may  map[string][]desk.State
		}{
			{"dispatch", send, map[string][]desk.State{"dispatcher": {desk.Reported}}},
			{"reassign", resend, map[string][]desk.State{"dispatcher": {desk.Dispatched, desk.Accepted, desk.OnWay, desk.Working, desk.Paused}}},
			{"grab", grab, map[string][]desk.State{"wang": {desk.Reported}, "li": {desk.Reported}}},
			{"accept", accept, map[string][]desk.State{"wang": {desk.Dispatched}}},
			{"depart", depart, map[string][]desk.State{"wang": {desk.Accepted}}},
			{"arrive", arrive, map[string][]desk.State{"wang": {desk.Accepted, desk.OnWay}}},
			{"pause", pause("parts"), map[string][]desk.State{"wang": {desk.Working}}},
			{"resume", resume, map[string][]desk.State{"wang": {desk.Paused}}},
			{"finish", done, map[string][]desk.State{"wang": {desk.Working}}},
			{"sign", signed, map[string][]desk.State{"nurse": {desk.Done}}},
			{"return", back, map[string][]desk.State{"nurse": {desk.Done}}},
			{"cancel", cancel, map[string][]desk.State{"nurse": {desk.Reported, desk.Dispatched, desk.Accepted, desk.OnWay, desk.Paused}, "dispatcher": {desk.Reported, desk.Dispatched, desk.Accepted, desk.OnWay, desk.Paused}}},
			{"outside", outside, map[string][]desk.State{"dispatcher": {desk.Dispatched, desk.Accepted, desk.OnWay, desk.Working, desk.Paused}}},
			{"decline", decline("去不了"), map[string][]desk.State{"wang": {desk.Dispatched}}},
			{"escalate", escalate("查不到点"), map[string][]desk.State{"wang": all[1:6], "dispatcher": all[1:6]}},
			{"triage", plain(desk.Triage), map[string][]desk.State{"dispatcher": {desk.Reported}}},
			{"hasten", hasten, map[string][]desk.State{"nurse": all[:6], "dispatcher": all[:6]}},
			{"comment", comment("请带梯子"), map[string][]desk.State{"nurse": all, "wang": all[:8], "li": all[:8], "dispatcher": all, "director": all}},
		} {
			for _, s := range all {
				id := h.at(t, s, desk.Normal)
				for name, by := range people {
					may := false
					for _, from := range c.may[name] {
						may = may || from == s
					}
					err := d.Try(t.Context(), by, func(tx *db.Tx) error { _, err := c.do(t.Context(), tx, id); return err })
					// Li sees the job of his crew only while the crew has it, and nobody outside sees it.
					switch {
					case may && err != nil:
						t.Errorf("%s may not %s from %s: %v", name, c.name, s, err)
					case !may && err == nil:
						t.Errorf("%s may %s from %s", name, c.name, s)
					case !may && fault.KindOf(err) == fault.Internal:
						t.Errorf("%s: %s from %s broke: %v", name, c.name, s, err)
					case name == "other ward" && c.name != "grab" && fault.KindOf(err) != fault.NotFound:
						t.Errorf("another ward learns of the job by %s: %v", c.name, err)
					}
				}
			}
		}
	})
}

// Clause: W-005
func TestAnEmergencyIsGoneToBeforeThePaper(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID, Urgency: desk.Emergency})
		if want := period.At(dbtest.Noon.Add(30 * time.Minute)); j.Due != want {
			t.Errorf("an emergency is due %s, want %s", j.Due, want)
		}
		h.take(t, h.wang, j.ID, arrive)
		if got := h.job(t, j.ID); got.State != desk.Working || got.Worker != h.wang.ID || got.Crew != h.electric.ID || got.AcceptedAt == 0 {
			t.Errorf("gone to at once it is %+v", got)
		}
		normal := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		err := h.do(h.wang, func(ctx context.Context, tx *db.Tx) error { _, err := desk.Arrive(ctx, tx, normal.ID, 0); return err })
		if !fault.Is(err, "desk.accept_first") {
			t.Errorf("an ordinary job gone to without accepting: %v", err)
		}
	})
}

// Holds: v5.0.0-2.3.5
// Clause: W-007
func TestNobodySignsTheirOwnWork(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		both := h.wang
		both.Rights = db.Rights{desk.MayWork: {All: true}, desk.MaySign: {All: true}}
		id := h.at(t, desk.Done, desk.Normal)
		for name, s := range map[string]step{"sign": signed, "return": reasoned(desk.Return, "x")} {
			err := h.do(both, func(ctx context.Context, tx *db.Tx) error { _, err := s(ctx, tx, id); return err })
			if !fault.Is(err, "desk.own_work") {
				t.Errorf("the worker may %s their own job: %v", name, err)
			}
		}
	})
}
