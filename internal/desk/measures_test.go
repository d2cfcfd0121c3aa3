package desk_test

import (
	"context"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/desk"
)

// Every figure, by everything it is told apart by, opens in the list exactly the jobs that
// it was counted from.
//
// Clause: W-027
func TestEveryFigureOpensExactlyItsJobs(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		today := d.Today()
		work := func(by db.Actor, s desk.Slip, sent, come, finish time.Duration, rating int64) desk.Job {
			j := h.report(t, by, s)
			clock.Add(sent)
			h.take(t, h.dispatcher, j.ID, dispatch(desk.Assignment{Worker: h.wang.ID}))
			clock.Add(come)
			h.take(t, h.wang, j.ID, accept, arrive)
			clock.Add(finish)
			h.take(t, h.wang, j.ID, done)
			if rating >= 0 {
				h.take(t, by, j.ID, sign(desk.Signing{Signature: "护士", Rating: rating, Opinion: "说明"}))
			}
			return j
		}
		room := desk.Slip{Place: h.room.ID}
		first := work(h.nurse, room, 5*time.Minute, 5*time.Minute, 10*time.Minute, 5)
		work(h.nurse, room, 10*time.Minute, 10*time.Minute, 10*time.Minute, 2)                                                             // the same again
		work(h.stranger, desk.Slip{Trade: "water", Urgency: desk.Emergency, Department: h.other.ID}, 0, 20*time.Minute, 20*time.Minute, 0) // late
		h.take(t, h.nurse, first.ID, reasoned(desk.Reopen, "又坏了"))
		h.take(t, h.wang, first.ID, arrive, done)
		h.report(t, h.nurse, desk.Slip{Trade: "metal", Department: h.ward.ID}) // nobody was sent yet
		own := h.own(t, func(k *desk.Kind) { k.Asks = "" })
		h.report(t, h.nurse, desk.Slip{Trade: desk.Trade(own.ID), Department: h.ward.ID})
		h.take(t, h.nurse, h.report(t, h.nurse, room).ID, reasoned(desk.Cancel, "好了"))
		h.take(t, h.dispatcher, h.report(t, h.nurse, room).ID, merge(h.report(t, h.nurse, room).ID))
		for _, cut := range []string{"", "budget", "department", "place", "building", "trade", "kind", "crew", "worker", "asset"} {
			lines, err := desk.Figured(t.Context(), d, h.director, cut, today, d.Today())
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range lines {
				for _, m := range desk.Measures {
					v := l.Figures[m.Key]
					if v.Link == "" {
						continue
					}
					if n := opened(t, d, v.Link); n != v.Of {
						t.Errorf("%s %q: %s is of %d jobs, and %s opens %d", cut, l.Name, m.Key, v.Of, v.Link, n)
					}
					if v.HitLink != "" && opened(t, d, v.HitLink)*1000/v.Of != v.N {
						t.Errorf("%s %q: %s is %d, and %s opens %d of %d", cut, l.Name, m.Key, v.N, v.HitLink, opened(t, d, v.HitLink), v.Of)
					}
				}
			}
		}
		lines, err := desk.Figured(t.Context(), d, h.director, "", today, d.Today())
		if err != nil || len(lines) != 1 {
			t.Fatalf("the whole: %+v, %v", lines, err)
		}
		for key, want := range map[string]int64{"reported": 6, "finished": 3, "answer_half": 5, "answer_most": 10, "come_half": 20, "come_most": 20, "finish_half": 40, "on_time": 666, "first_time": 666, "reopened": 1, "repeats": 2, "satisfaction": 200} {
			if got := lines[0].Figures[key]; got.N != want {
				t.Errorf("%s is %d of %d, want %d", key, got.N, got.Of, want)
			}
		}
		ward := everywhere(h.director)
		ward.Rights = db.Rights{desk.MaySee: {Units: []string{h.other.ID}}}
		lines, err = desk.Figured(t.Context(), d, ward, "", today, d.Today())
		if err != nil || len(lines) != 1 || lines[0].Figures["reported"].N != 1 || opened(t, d, lines[0].Figures["reported"].Link) != 1 {
			t.Errorf("who sees one ward only: %+v, %v", lines, err)
		}
	})
}

// What is not done yet breaks a clause once its time is over; until then the link to what
// broke it does not open it.
//
// Clause: W-005
func TestALinkOpensNoMoreThanWasCounted(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		late := h.report(t, h.nurse, desk.Slip{Place: h.room.ID, Urgency: desk.Emergency})
		clock.Add(16 * time.Minute)
		h.report(t, h.nurse, desk.Slip{Place: h.room.ID, Urgency: desk.Emergency})
		e := counted(t, d, "W-005", d.Today(), d.Today())
		if e.Broken != 1 || opened(t, d, e.BrokenLink) != 1 {
			t.Errorf("%d broken, and %s opens %d", e.Broken, e.BrokenLink, opened(t, d, e.BrokenLink))
		}
		h.take(t, h.wang, late.ID, arrive)
		if e := counted(t, d, "W-005", d.Today(), d.Today()); e.Broken != 1 || opened(t, d, e.BrokenLink) != 1 {
			t.Errorf("%d broken, and %s opens %d", e.Broken, e.BrokenLink, opened(t, d, e.BrokenLink))
		}
		clock.Add(49 * time.Hour)
		h.must(t, h.system, desk.Chase)
		if e := counted(t, d, "W-010", d.Today(), d.Today()); e.Kept != 2 || opened(t, d, e.Link) != 2 {
			t.Errorf("%d reported upward, and %s opens %d", e.Kept, e.Link, opened(t, d, e.Link))
		}
	})
}

// Silence signs in working time, and never for an emergency or where safety hangs on it;
// it counts as such and may still be rated.
func TestSilenceSignsWhereItMay(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		lift := h.report(t, h.nurse, desk.Slip{Place: h.room.ID, Trade: "lift"})
		h.take(t, h.dispatcher, lift.ID, dispatch(desk.Assignment{Worker: h.wang.ID}))
		h.take(t, h.wang, lift.ID, accept, arrive, done)
		normal, urgent := h.at(t, desk.Done, desk.Normal), h.at(t, desk.Done, desk.Emergency)
		chase := func(after time.Duration) desk.State {
			t.Helper()
			clock.Add(after)
			h.must(t, h.system, desk.Chase)
			return h.job(t, normal).State
		}
		// Thursday 20:00; 24 working hours of 7½ a day end on Wednesday at 09:30.
		until := time.Date(2027, 3, 10, 1, 30, 0, 0, time.UTC).Sub(dbtest.Noon)
		if s := chase(until - time.Microsecond); s != desk.Done {
			t.Errorf("just before, it is %s", s)
		}
		if s := chase(time.Microsecond); s != desk.Closed {
			t.Errorf("at the moment, it is %s", s)
		}
		if j := h.job(t, normal); !j.Silent || j.Signer != "" {
			t.Errorf("closed by silence it is %+v", j)
		}
		chase(30 * 24 * time.Hour)
		if h.job(t, lift.ID).State != desk.Done || h.job(t, urgent).State != desk.Done {
			t.Error("silence signed for a lift or for an emergency")
		}
		rate := func(n int64) step {
			return func(ctx context.Context, tx *db.Tx, id string) (desk.Job, error) {
				return desk.RateJob(ctx, tx, id, 0, desk.Signing{Rating: n, Reasons: []string{"slow"}})
			}
		}
		h.take(t, h.nurse, normal, rate(4))
		h.refuses(t, h.nurse, normal, "desk.rated_already", rate(5))
		if j := h.job(t, normal); j.Rating != 4 || !j.Reasons.Has("slow") {
			t.Errorf("rated it is %+v", j)
		}
	})
}

// A bad rating says why and opens a complaint; who owns it answers, never who did the work.
// Those drawn are called back, and what they say badly is a complaint too.
//
// Clause: W-020
func TestABadRatingIsAnsweredAndAWardIsCalledBack(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		h.must(t, everywhere(h.director, desk.MayArrange), func(ctx context.Context, tx *db.Tx) error { return desk.SetTerm(ctx, tx, "sample_percent", 100) })
		id := h.at(t, desk.Done, desk.Normal)
		h.refuses(t, h.nurse, id, "base.invalid", sign(desk.Signing{Signature: "周护士", Rating: 2}))
		h.take(t, h.nurse, id, sign(desk.Signing{Signature: "周护士", Rating: 2, Opinion: "修了三次"}))
		mine, err := desk.ToAnswer(t.Context(), d, h.chief, 10)
		if err != nil || len(mine) != 1 || mine[0].Said != "修了三次" || mine[0].Number != "TS-2027-000001" {
			t.Fatalf("the section head has %+v, %v", mine, err)
		}
		if day := mine[0].Due.Day(d.Zone); day != "2027-03-10" { // three working days after a Thursday, its end
			t.Errorf("it is due %s", day)
		}
		reply := func(by db.Actor) error {
			return h.do(by, func(ctx context.Context, tx *db.Tx) error {
				_, err := desk.Answer(ctx, tx, mine[0].ID, 0, desk.Reply{Text: "已更换整套镇流器", Verdict: "founded"})
				return err
			})
		}
		if err := reply(h.nurse); err == nil {
			t.Error("the ward answered its own complaint")
		}
		if err := reply(h.chief); err != nil {
			t.Error(err)
		}
		if err := reply(h.chief); err == nil {
			t.Error("it was answered twice")
		}
		calls, err := desk.ToCall(t.Context(), d, h.dispatcher, 10)
		if err != nil || len(calls) != 1 || calls[0].Job != id {
			t.Fatalf("to call: %+v, %v", calls, err)
		}
		call := func(score int64, said string) error {
			return h.do(h.dispatcher, func(ctx context.Context, tx *db.Tx) error {
				_, err := desk.CallBack(ctx, tx, id, desk.Call{Score: score, Said: said})
				return err
			})
		}
		if err := call(0, ""); err != nil {
			t.Error(err)
		}
		if calls, _ := desk.ToCall(t.Context(), d, h.dispatcher, 10); len(calls) != 1 || calls[0].Tries != 1 {
			t.Errorf("nobody answered once, and it is %+v", calls)
		}
		if err := call(1, ""); err == nil {
			t.Error("a bad word without a reason was taken")
		}
		if err := call(1, "现场没收拾"); err != nil {
			t.Error(err)
		}
		if err := call(5, ""); err == nil {
			t.Error("it was called back twice")
		}
		if mine, err := desk.ToAnswer(t.Context(), d, h.chief, 10); err != nil || len(mine) != 1 || mine[0].Source != "callback" {
			t.Errorf("the call back made no complaint: %+v, %v", mine, err)
		}
	})
}

// Labour is by grade and by the price list; a firm's invoice is for no more than was agreed.
func TestLabourByGradeAndByTheList(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		director := everywhere(h.director, desk.MayArrange)
		lamp := desk.Price{Code: "D01", Name: "换灯管", Trade: "electric", Minutes: 10, Price: 1500}
		h.must(t, director, func(ctx context.Context, tx *db.Tx) error {
			if err := desk.SetRateOf(ctx, tx, "technician", 9000); err != nil {
				return err
			}
			if err := desk.SetGrades(ctx, tx, []desk.Graded{{Person: h.wang.ID, Grade: "technician"}}); err != nil {
				return err
			}
			return desk.SetPrice(ctx, tx, &lamp)
		})
		id := h.at(t, desk.Working, desk.Normal)
		h.take(t, h.wang, id, finish(desk.Work{Done: "查线路", Minutes: 40, Hands: []desk.Hand{{Person: h.li.ID, Minutes: 20}}}))
		if j := h.job(t, id); j.Labour != 6000+2000 || j.Minutes != 60 {
			t.Errorf("40 minutes of a technician and 20 of another cost %s for %d minutes", j.Labour, j.Minutes)
		}
		id = h.at(t, desk.Working, desk.Normal)
		h.take(t, h.wang, id, finish(desk.Work{Done: "换灯管", Minutes: 25, Priced: []desk.Piece{{Price: lamp.ID, Pieces: 3}}}))
		if j := h.job(t, id); j.Labour != 4500 || j.Minutes != 25 {
			t.Errorf("three pieces cost %s for %d minutes", j.Labour, j.Minutes)
		}
		of, err := desk.LabourOf(t.Context(), d, id)
		if err != nil || len(of) != 1 || of[0].Piece != "换灯管" || of[0].Grade != "technician" {
			t.Errorf("its labour is %+v, %v", of, err)
		}
		today := d.Today()
		by, err := desk.ByGrade(t.Context(), d, today.Start(d.Zone), today.End(d.Zone))
		if err != nil || len(by) != 2 || by[0].Grade != "technician" || by[0].Minutes != 65 || by[1].Minutes != 20 {
			t.Errorf("by grade: %+v, %v", by, err)
		}
	})
}
