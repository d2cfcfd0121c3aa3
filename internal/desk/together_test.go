package desk_test

import (
	"context"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/desk"
	"houqin/internal/messages"
)

func merge(into string) step {
	return func(ctx context.Context, tx *db.Tx, id string) (desk.Job, error) {
		return desk.Merge(ctx, tx, id, 0, desk.Merging{Into: into})
	}
}

func amend(a desk.Amendment) step {
	return func(ctx context.Context, tx *db.Tx, id string) (desk.Job, error) {
		return desk.Amend(ctx, tx, id, 0, a)
	}
}

func (h *house) refuses(t *testing.T, by db.Actor, id, key string, s step) {
	t.Helper()
	if err := h.do(by, func(ctx context.Context, tx *db.Tx) error { _, err := s(ctx, tx, id); return err }); !fault.Is(err, key) {
		t.Errorf("not refused with %s: %v", key, err)
	}
}

// told is how often a person was told of an event.
func (h *house) told(t *testing.T, by db.Actor, event string) (n int) {
	t.Helper()
	notes, err := messages.Notes(t.Context(), h.d, by.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range notes {
		if x.Event == event {
			n++
		}
	}
	return n
}

// What was said of the double is read on the job that is kept, its reporter hears when it
// is done, and it takes over the graver urgency; a double is dead.
func TestADoubleGoesOverToTheJobThatIsKept(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		kept := h.report(t, h.nurse, desk.Slip{Place: h.corridor.ID, Department: h.ward.ID})
		double := h.report(t, h.stranger, desk.Slip{Place: h.corridor.ID, Department: h.other.ID, Urgency: desk.Urgent})
		h.take(t, h.stranger, double.ID, comment("整条走廊都黑了"), hasten)
		h.refuses(t, h.dispatcher, double.ID, "desk.merge_self", merge(double.ID))
		h.refuses(t, h.nurse, double.ID, "base.not_found", merge(kept.ID)) // the other ward's
		h.take(t, h.dispatcher, double.ID, merge(kept.ID))
		if j := h.job(t, double.ID); j.State != desk.Merged || j.Open || j.MergedInto != kept.ID {
			t.Errorf("the double is %+v", j)
		}
		now := h.job(t, kept.ID)
		if now.Urgency != desk.Urgent || now.Due != double.Due || now.Hastened != 2 {
			t.Errorf("the job that is kept is %+v", now)
		}
		story, err := db.Story(t.Context(), d, desk.Noun, kept.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(story) != 3 || story[1].Action != "comment" || story[0].Action != "absorb" {
			t.Errorf("its story is %+v", story)
		}
		h.refuses(t, h.dispatcher, double.ID, "base.step_not_possible", dispatch(desk.Assignment{Worker: h.wang.ID}))
		h.refuses(t, h.dispatcher, kept.ID, "desk.merge_closed", merge(double.ID))
		h.take(t, h.dispatcher, kept.ID, dispatch(desk.Assignment{Worker: h.wang.ID}))
		h.take(t, h.wang, kept.ID, accept, arrive, done)
		if h.told(t, h.nurse, messages.Finished) != 1 || h.told(t, h.stranger, messages.Finished) != 1 || h.told(t, h.stranger, messages.Joined) != 1 {
			t.Error("not both who reported it hear that it is done")
		}
		if all, err := desk.Doubles(t.Context(), d, kept.ID); err != nil || len(all) != 1 {
			t.Errorf("doubles: %v, %v", all, err)
		}
		// A double of a double ends at the job that is kept.
		third, fourth := h.report(t, h.nurse, desk.Slip{Place: h.room.ID}), h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		h.take(t, h.dispatcher, third.ID, merge(fourth.ID))
		fifth := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		h.take(t, h.dispatcher, fourth.ID, merge(fifth.ID))
		if j := h.job(t, third.ID); j.MergedInto != fifth.ID {
			t.Errorf("the first of three lies in %s, not in %s", j.MergedInto, fifth.ID)
		}
	})
}

// A report of two trades becomes two jobs, each with its own crew, both of one moment.
func TestOneReportBecomesTwoJobsByTrade(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		director := everywhere(h.director, desk.MayArrange)
		h.must(t, director, func(ctx context.Context, tx *db.Tx) error {
			return desk.SetRoutes(ctx, tx, 0, []desk.Route{{Trade: "electric", Crew: h.electric.ID}, {Trade: "water", Crew: h.water.ID}})
		})
		j := h.report(t, h.nurse, desk.Slip{Title: "漏水致插座短路", Place: h.room.ID})
		clock.Add(time.Hour)
		split := func(trade desk.Trade) step {
			return func(ctx context.Context, tx *db.Tx, id string) (desk.Job, error) {
				return desk.Split(ctx, tx, id, 0, desk.Splitting{Title: "水管漏水", Trade: trade})
			}
		}
		h.refuses(t, h.dispatcher, j.ID, "desk.split_same", split("electric"))
		h.refuses(t, h.nurse, j.ID, "desk.not_yours", split("water"))
		h.take(t, h.dispatcher, j.ID, split("water"))
		parts, err := desk.Parted(t.Context(), d, &j)
		if err != nil || len(parts) != 1 {
			t.Fatalf("split into %v, %v", parts, err)
		}
		p := parts[0]
		if p.Crew != h.water.ID || p.Reporter != h.nurse.ID || p.ReportedAt != j.ReportedAt || p.Due != j.Due || p.Place != j.Place || p.SplitFrom != j.ID || p.Number == j.Number {
			t.Errorf("the other part is %+v", p)
		}
		if h.job(t, j.ID).State != desk.Reported {
			t.Error("the first part went somewhere")
		}
	})
}

// What does not hold comes back within the set days, to who did it and with a new
// deadline; later it is a new report.
func TestAClosedJobIsTakenUpAgain(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		id := h.at(t, desk.Closed, desk.Normal)
		clock.Add(7 * 24 * time.Hour)
		h.refuses(t, h.stranger, id, "base.not_found", reasoned(desk.Reopen, "又不亮了"))
		h.take(t, h.nurse, id, reasoned(desk.Reopen, "又不亮了"))
		j := h.job(t, id)
		if j.State != desk.Accepted || !j.Open || j.Worker != h.wang.ID || j.Reopened != 1 || j.Due != period.At(d.Now().Add(72*time.Hour)) || j.FinishedAt != 0 || j.Signer != "" {
			t.Errorf("taken up again it is %+v", j)
		}
		h.take(t, h.wang, id, arrive, done)
		h.take(t, h.nurse, id, signed)
		if j := h.job(t, id); j.Minutes != 40 || j.Cost != 4000 {
			t.Errorf("both visits cost %s for %d minutes", j.Cost, j.Minutes)
		}
		clock.Add(7*24*time.Hour + time.Microsecond)
		h.refuses(t, h.nurse, id, "desk.reopen_over", reasoned(desk.Reopen, "又不亮了"))
		again := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		if again.RepeatOf != id || !h.job(t, id).Repeated {
			t.Errorf("that it failed before is not seen: %+v", again)
		}
		twice := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		h.take(t, h.nurse, twice.ID, reasoned(desk.Cancel, "同一件事"))
		if !h.job(t, id).Repeated {
			t.Error("one report of two was called off, and the failure counts no more")
		}
		h.take(t, h.nurse, again.ID, reasoned(desk.Cancel, "是开关没开"))
		if h.job(t, id).Repeated {
			t.Error("nothing failed again, and the first repair counts as failed")
		}
		again = h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		kept := h.report(t, h.nurse, desk.Slip{Title: "整间没电", Place: h.corridor.ID, Department: h.ward.ID})
		h.take(t, h.dispatcher, again.ID, func(ctx context.Context, tx *db.Tx, id string) (desk.Job, error) {
			return desk.Merge(ctx, tx, id, 0, desk.Merging{Into: kept.ID})
		})
		if h.job(t, id).Repeated {
			t.Error("a double marks the first repair as failed")
		}
		other := h.report(t, h.nurse, desk.Slip{Place: h.room.ID, Trade: "water"})
		if other.RepeatOf != "" {
			t.Error("another trade's job is taken for the same failure")
		}
		clock.Add(31 * 24 * time.Hour)
		if late := h.report(t, h.nurse, desk.Slip{Place: h.room.ID}); late.RepeatOf != "" {
			t.Error("outside the window it still counts as a repeat")
		}
	})
}

// Every field in every state: those the table leaves open are changed, all others refused.
//
// Clause: W-004
func TestFieldsLockAsTheJobAdvances(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		for _, s := range []desk.State{desk.Reported, desk.Dispatched, desk.Accepted, desk.Working, desk.Paused, desk.Done} {
			for _, l := range desk.Locks {
				if l.Field == "asset" { // has its own test of what follows
					continue
				}
				id := h.at(t, s, desk.Normal)
				a := map[string]desk.Amendment{"title": {Title: "新题"}, "detail": {Detail: "新说明"}, "trade": {Trade: "water"}, "urgency": {Urgency: desk.Urgent}, "department": {Department: h.other.ID},
					"place": {Place: h.corridor.ID}, "spot": {Spot: "窗边"}, "caller": {Caller: "郑护士"}, "phone": {Phone: "8399"}}[l.Field]
				switch {
				case l.Locked(s):
					h.refuses(t, h.dispatcher, id, "desk.locked", amend(a))
				case l.Field == "trade" && s == desk.Dispatched: // somebody of another trade was sent
					h.refuses(t, h.dispatcher, id, "desk.split_instead", amend(a))
				default:
					h.take(t, h.dispatcher, id, amend(a))
				}
			}
		}
		id := h.at(t, desk.Reported, desk.Normal)
		h.take(t, h.nurse, id, amend(desk.Amendment{Urgency: desk.Urgent, Title: "整间不亮"}))
		if j := h.job(t, id); j.Urgency != desk.Urgent || j.Title != "整间不亮" || j.Due != j.ReportedAt.Add(4*time.Hour) {
			t.Errorf("amended it is %+v", j)
		}
		h.refuses(t, h.nurse, id, "desk.nothing_amended", amend(desk.Amendment{Title: "整间不亮"}))
		h.take(t, h.dispatcher, id, dispatch(desk.Assignment{Worker: h.wang.ID}))
		h.refuses(t, h.nurse, id, "desk.not_yours", amend(desk.Amendment{Spot: "门边"}))
		h.take(t, h.wang, id, amend(desk.Amendment{Spot: "门边"}))
		h.refuses(t, h.wang, id, "desk.locked", amend(desk.Amendment{Urgency: desk.Planned})) // nobody gives themselves more time
	})
}
