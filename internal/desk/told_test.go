package desk_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/desk"
	"houqin/internal/messages"
)

// onDuty is a Wednesday at ten, when people without a roster are there.
func onDuty(d *db.DB) time.Time { return time.Date(2026, 11, 18, 10, 0, 0, 0, d.Zone) }

// Nobody walks for nothing: who has a job is told when it is asked for once more, when
// something is said or changed, and when they need not go any more.
func TestWhoHasAJobIsToldWhatBecomesOfIt(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		clock.Set(onDuty(d))
		h := build(t, d)
		is := func(when string, who db.Actor, event string, want int) {
			t.Helper()
			if n := h.told(t, who, event); n != want {
				t.Errorf("%s %s was told %d times of %s, want %d", when, who.Name, n, event, want)
			}
		}
		j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		h.take(t, h.dispatcher, j.ID, dispatch(desk.Assignment{Worker: h.wang.ID}))
		h.take(t, h.nurse, j.ID, hasten, comment("梯子在护士站"))
		is("hastened,", h.wang, messages.Hastened, 1)
		is("the ward said something,", h.wang, messages.Commented, 1)
		is("the ward itself said something,", h.nurse, messages.Commented, 0)
		h.take(t, h.wang, j.ID, comment("十分钟到"))
		is("the worker said something,", h.nurse, messages.Commented, 1)
		h.take(t, h.dispatcher, j.ID, amend(desk.Amendment{Place: h.corridor.ID}))
		is("it is elsewhere,", h.wang, messages.Amended, 1)
		h.take(t, h.dispatcher, j.ID, reassign(desk.Assignment{Worker: h.li.ID}))
		is("another goes,", h.wang, messages.Gone, 1)
		is("sent in his place,", h.li, messages.Dispatched, 1)
		h.take(t, h.dispatcher, j.ID, reasoned(desk.Cancel, "已自行修好"))
		is("called off,", h.li, messages.Gone, 1)
		is("called off,", h.wang, messages.Gone, 1)
		is("called off,", h.nurse, messages.CalledOff, 1)

		kept, double := h.report(t, h.nurse, desk.Slip{Place: h.room.ID}), h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		h.take(t, h.dispatcher, double.ID, dispatch(desk.Assignment{Worker: h.wang.ID}), merge(kept.ID))
		is("merged,", h.wang, messages.Gone, 2)

		h.take(t, h.dispatcher, kept.ID, dispatch(desk.Assignment{Crew: h.electric.ID}))
		is("sent to the crew,", h.wang, messages.Offered, 1)
		is("sent to the crew,", h.li, messages.Offered, 1)
		h.take(t, h.nurse, kept.ID, hasten)
		is("nobody has it and it is hastened,", h.li, messages.Hastened, 1)
	})
}

// Clause: W-005
func TestWhatTurnsOutToBeAnEmergencyCallsPeopleOut(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		clock.Set(onDuty(d))
		h := build(t, d)
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
			return desk.SetRoutes(ctx, tx, 0, []desk.Route{{Trade: "electric", Crew: h.electric.ID}})
		})
		want := 0
		called := func(how string) {
			t.Helper()
			want++
			if n := h.told(t, h.wang, messages.Emergency); n != want {
				t.Errorf("%s: the crew was called %d times, want %d", how, n, want)
				want = n
			}
		}
		j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		h.take(t, h.dispatcher, j.ID, amend(desk.Amendment{Urgency: desk.Emergency}))
		called("the slip is changed to an emergency")
		j = h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		double := h.report(t, h.nurse, desk.Slip{Place: h.room.ID, Trade: "water", Urgency: desk.Emergency})
		h.take(t, h.dispatcher, double.ID, merge(j.ID))
		called("a double is an emergency")
		j = h.report(t, h.nurse, desk.Slip{Place: h.room.ID, Trade: "water", Urgency: desk.Emergency})
		h.must(t, h.dispatcher, func(ctx context.Context, tx *db.Tx) error {
			_, err := desk.Split(ctx, tx, j.ID, 0, desk.Splitting{Title: "灯也灭了", Trade: "electric"})
			return err
		})
		called("a part of an emergency is another trade's")
		if n := h.told(t, h.chief, messages.Emergency); n != 2 {
			t.Errorf("the section head heard %d times of the two that no crew has", n)
		}
	})
}

// A ward hears without a walk what it is asked, that somebody could not get in, and what was
// answered to its complaint.
func TestAWardHearsWhatItIsAskedAndAnswered(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		clock.Set(onDuty(d))
		h := build(t, d)
		latest := func(event string) (said string) {
			t.Helper()
			notes, err := messages.Notes(t.Context(), d, h.nurse.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range notes {
				if n.Event == event {
					return strings.Join(n.Args, " ")
				}
			}
			return ""
		}
		j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		h.take(t, h.dispatcher, j.ID, comment("是几床的灯？"), dispatch(desk.Assignment{Worker: h.wang.ID}))
		if said := latest(messages.Commented); !strings.Contains(said, h.dispatcher.Name+"：是几床的灯？") {
			t.Errorf("the ward is told %q of what the desk asks", said)
		}
		h.take(t, h.nurse, j.ID, comment("12 床"))
		if n := h.told(t, h.dispatcher, messages.Commented); n != 1 {
			t.Errorf("who asked was told %d times of the answer", n)
		}
		h.take(t, h.wang, j.ID, accept, arrive, pause("parts"), resume)
		if said := latest(messages.Barred); said != "" {
			t.Errorf("the ward is to let in who waits for parts: %q", said)
		}
		h.take(t, h.wang, j.ID, pause("access"))
		if said := latest(messages.Barred); !strings.Contains(said, j.Number) || !strings.Contains(said, h.wang.Name) {
			t.Errorf("the ward is told %q of who cannot get in", said)
		}
		h.take(t, h.wang, j.ID, resume, done)
		h.take(t, h.nurse, j.ID, signed, reasoned(desk.Complain, "灯又灭了"))
		open, err := desk.ComplaintsOf(t.Context(), d, j.ID)
		if err != nil || len(open) != 1 {
			t.Fatal(open, err)
		}
		if err := h.do(h.chief, func(ctx context.Context, tx *db.Tx) error {
			_, err := desk.Answer(ctx, tx, open[0].ID, 0, desk.Reply{Text: "已换整套灯具"})
			return err
		}); !fault.Is(err, "base.required") {
			t.Errorf("a complaint is answered without a word on whether it was right: %v", err)
		}
		h.must(t, h.chief, func(ctx context.Context, tx *db.Tx) error {
			_, err := desk.Answer(ctx, tx, open[0].ID, 0, desk.Reply{Text: "已换整套灯具", Verdict: "founded"})
			return err
		})
		if said := latest(messages.Answered); !strings.Contains(said, "已换整套灯具") {
			t.Errorf("who complained is told %q", said)
		}
	})
}
