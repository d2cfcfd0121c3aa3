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

// A ward knows that its report was read before anybody is sent; whoever of the desk does
// something with it first has looked at it, and a call was looked at when it was typed.
func TestTheDeskSaysThatItLookedAtAReport(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		clock.Set(onDuty(d))
		h := build(t, d)
		j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		if got := h.job(t, j.ID); got.TriagedAt != 0 {
			t.Errorf("looked at by %q before anybody did", got.TriagedBy)
		}
		clock.Add(3 * time.Minute)
		h.take(t, h.dispatcher, j.ID, plain(desk.Triage))
		got := h.job(t, j.ID)
		if got.State != desk.Reported || got.TriagedBy != h.dispatcher.Name || got.TriagedAt.Sub(got.ReportedAt) != 3*time.Minute {
			t.Errorf("looked at: %s by %q after %v", got.State, got.TriagedBy, got.TriagedAt.Sub(got.ReportedAt))
		}
		if err := h.do(h.dispatcher, func(ctx context.Context, tx *db.Tx) error { _, err := desk.Triage(ctx, tx, j.ID, 0); return err }); !fault.Is(err, "desk.triaged_already") {
			t.Errorf("looked at twice: %v", err)
		}
		clock.Add(time.Minute)
		h.take(t, h.dispatcher, j.ID, dispatch(desk.Assignment{Worker: h.wang.ID}))
		if now := h.job(t, j.ID); now.TriagedAt != got.TriagedAt {
			t.Errorf("sending moved it to %v", now.TriagedAt)
		}
		for how, s := range map[string]step{"sent at once": dispatch(desk.Assignment{Worker: h.wang.ID}), "changed": amend(desk.Amendment{Spot: "3床"})} {
			j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
			h.take(t, h.dispatcher, j.ID, s)
			if got := h.job(t, j.ID); got.TriagedBy != h.dispatcher.Name {
				t.Errorf("%s it is looked at by %q", how, got.TriagedBy)
			}
		}
		call := h.report(t, h.dispatcher, desk.Slip{Place: h.room.ID, Source: "phone"})
		if got := h.job(t, call.ID); got.TriagedBy != h.dispatcher.Name {
			t.Errorf("a call is looked at by %q", got.TriagedBy)
		}
		own := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		h.take(t, h.wang, own.ID, grab)
		if got := h.job(t, own.ID); got.TriagedAt != 0 {
			t.Errorf("who takes a job is not the desk: %q", got.TriagedBy)
		}
	})
}

// A ward asks once more, and again only when those who were told had time to do something.
func TestAJobIsHastenedAgainOnlyAfterAWhile(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		clock.Set(onDuty(d))
		h := build(t, d)
		j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		h.take(t, h.dispatcher, j.ID, dispatch(desk.Assignment{Worker: h.wang.ID}))
		again := func() error {
			return h.do(h.nurse, func(ctx context.Context, tx *db.Tx) error { _, err := desk.Hasten(ctx, tx, j.ID); return err })
		}
		is := func(when string, want int) {
			t.Helper()
			if got := h.job(t, j.ID); got.Hastened != int64(want) || h.told(t, h.wang, messages.Hastened) != want {
				t.Errorf("%s it is hastened %d times, told %d, want %d", when, got.Hastened, h.told(t, h.wang, messages.Hastened), want)
			}
		}
		if err := again(); err != nil {
			t.Fatal(err)
		}
		clock.Add(4 * time.Minute)
		if err := again(); fault.KindOf(err) != fault.Conflict || !fault.Is(err, "desk.hastened_lately") || !strings.Contains(err.Error(), "4") || !strings.Contains(err.Error(), "11") {
			t.Errorf("four minutes later: %v", err)
		}
		is("refused,", 1)
		clock.Add(11 * time.Minute)
		if err := again(); err != nil {
			t.Errorf("a quarter of an hour later: %v", err)
		}
		is("later,", 2)
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error { return desk.SetTerm(ctx, tx, "hasten_minutes", 0) })
		if err := again(); err != nil {
			t.Errorf("without a limit: %v", err)
		}
		is("without a limit,", 3)
	})
}

// Who gave a task out hears of its end without asking: the dispatcher who sent the worker,
// the leader who decided how it is done; on their own page, not by letter.
//
// Clause: O-031
func TestWhoSetTheTaskHearsOfItsEnd(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		clock.Set(onDuty(d))
		h := build(t, d)
		h.must(t, h.dispatcher, func(ctx context.Context, tx *db.Tx) error { return messages.WriteTo(ctx, tx, "zhao@example.org") })
		letters := func() (n int) {
			if err := d.QueryRowContext(t.Context(), `SELECT count(*) FROM messages_delivery WHERE person = $1`, h.dispatcher.ID).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		h.take(t, h.dispatcher, j.ID, dispatch(desk.Assignment{Worker: h.wang.ID}))
		h.take(t, h.wang, j.ID, accept, arrive, done)
		if n := h.told(t, h.dispatcher, messages.Replied); n != 1 || h.told(t, h.nurse, messages.Finished) != 1 || h.told(t, h.nurse, messages.Replied) != 0 {
			t.Errorf("the dispatcher heard %d times of the end; the nurse %d", n, h.told(t, h.nurse, messages.Finished))
		}
		notes, err := messages.Notes(t.Context(), d, h.dispatcher.ID)
		if err != nil || len(notes) == 0 || notes[0].Args[2] != "换了灯管" {
			t.Errorf("what was done is not said: %+v, %v", notes, err)
		}
		unseen, err := messages.Unseen(t.Context(), d, h.dispatcher.ID)
		if n := letters(); n != 0 || unseen != 0 || err != nil {
			t.Errorf("%d letters and %d notes to look at about every job: %v", n, unseen, err)
		}
		call := h.report(t, h.dispatcher, desk.Slip{Place: h.room.ID, Department: h.ward.ID, Source: "phone"})
		h.take(t, h.dispatcher, call.ID, dispatch(desk.Assignment{Worker: h.wang.ID}))
		h.take(t, h.wang, call.ID, accept, arrive, done)
		if n, m := h.told(t, h.dispatcher, messages.Replied), h.told(t, h.dispatcher, messages.Finished); n != 2 || m != 0 {
			t.Errorf("who took the call heard %d replies, and %d times that a signature is wanted", n, m)
		}
		hard := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		lead := everywhere(h.chief, desk.MayLead, desk.MaySee)
		h.take(t, h.wang, hard.ID, grab, escalate("查不到点"))
		h.take(t, lead, hard.ID, reasoned(desk.Plan, "先断电逐段查"))
		h.take(t, h.wang, hard.ID, arrive, done)
		if n := h.told(t, h.chief, messages.Replied); n != 1 {
			t.Errorf("who decided how it is done heard %d times of its end", n)
		}
	})
}

// A kind may be for some departments only: others neither report it nor change to it, the
// desk may for anybody. What it costs is put on its budget line.
func TestAKindIsForSomeDepartmentsAndHasABudgetLine(t *testing.T) {
	dbtest.Each(t, guested, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		boss := everywhere(h.director, desk.MayArrange)
		k, err := desk.KindOf(t.Context(), d, "linen")
		if err != nil {
			t.Fatal(err)
		}
		for want, change := range map[string]func(*desk.Kind){
			"base.no_such":              func(k *desk.Kind) { k.Askers = []string{"nowhere"} },
			"desk.kind_asker_twice":     func(k *desk.Kind) { k.Askers = []string{h.ward.ID, h.ward.ID} },
			"desk.kind_askers_no_wards": func(k *desk.Kind) { k.Askers, k.Ward = []string{h.ward.ID}, false },
			"base.too_long":             func(k *desk.Kind) { k.Budget = strings.Repeat("科", 41) },
		} {
			bad := k
			change(&bad)
			if err := h.do(boss, func(ctx context.Context, tx *db.Tx) error { return desk.SetKind(ctx, tx, bad) }); !fault.Is(err, want) {
				t.Errorf("%s: %v", want, err)
			}
		}
		k.Askers, k.Asks, k.Budget = []string{h.ward.ID}, "", "30299 其他,商品"
		h.must(t, boss, func(ctx context.Context, tx *db.Tx) error { return desk.SetKind(ctx, tx, k) })
		report := func(by db.Actor, s desk.Slip) (j desk.Job, err error) {
			s.Title, s.Trade = "换床单", "linen"
			return j, h.do(by, func(ctx context.Context, tx *db.Tx) (err error) { j, err = desk.Report(ctx, tx, &s); return err })
		}
		if _, err := report(h.stranger, desk.Slip{Source: "ward"}); !fault.Is(err, "desk.kind_other_askers") {
			t.Errorf("another ward asks: %v", err)
		}
		other := h.report(t, h.stranger, desk.Slip{Trade: "electric", Department: h.other.ID})
		err = h.do(h.stranger, func(ctx context.Context, tx *db.Tx) error {
			_, err := desk.Amend(ctx, tx, other.ID, 0, desk.Amendment{Trade: "linen"})
			return err
		})
		if !fault.Is(err, "desk.kind_other_askers") {
			t.Errorf("another ward changes to it: %v", err)
		}
		if _, err := report(h.dispatcher, desk.Slip{Source: "phone", Department: h.other.ID}); err != nil {
			t.Errorf("the desk for another ward: %v", err)
		}
		j, err := report(h.nurse, desk.Slip{Source: "ward"})
		if err != nil || h.job(t, j.ID).Budget != "30299 其他，商品" {
			t.Errorf("its own ward: %q, %v", h.job(t, j.ID).Budget, err)
		}
		lines, err := desk.Figured(t.Context(), d, h.director, "budget", d.Today(), d.Today())
		if err != nil || lines[0].Key != "30299 其他，商品" || opened(t, d, lines[0].Figures["reported"].Link) != 2 {
			t.Errorf("by budget line: %+v, %v", lines, err)
		}
	})
}

// On the phone of who did the work somebody of the ward says with their PIN that it is done:
// their word counts as if they had signed themselves, and nobody else's does.
//
// Clause: W-007
func TestAWardSignsOnTheWorkersPhone(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		here := func(by, signer db.Actor, id string) error {
			return h.do(by, func(ctx context.Context, tx *db.Tx) error {
				_, err := desk.SignHere(ctx, tx, id, 0, signer, desk.Signing{Rating: 5})
				return err
			})
		}
		id := h.at(t, desk.Done, desk.Normal)
		both := h.wang
		both.Rights = db.Rights{desk.MayWork: {All: true}, desk.MaySign: {All: true}}
		for who, c := range map[string]struct {
			by, signer db.Actor
			want       string
		}{
			"another ward":       {h.wang, h.stranger, "base.need"},
			"the worker":         {h.wang, both, "desk.own_work"},
			"on another's phone": {h.li, h.nurse, "desk.not_yours"},
			"the ward itself":    {h.nurse, h.nurse, "base.need"},
		} {
			if err := here(c.by, c.signer, id); !fault.Is(err, c.want) {
				t.Errorf("%s: %v, want %s", who, err, c.want)
			}
		}
		if err := here(h.wang, h.nurse, h.at(t, desk.Working, desk.Normal)); !fault.Is(err, "base.step_not_possible") {
			t.Errorf("before it is done: %v", err)
		}
		if err := here(h.wang, h.nurse, id); err != nil {
			t.Fatal(err)
		}
		if j := h.job(t, id); j.State != desk.Closed || j.Signer != h.nurse.Name || j.Rating != 5 || j.Open {
			t.Errorf("signed here it is %s by %q with %d", j.State, j.Signer, j.Rating)
		}
		if err := here(h.wang, h.nurse, id); fault.KindOf(err) != fault.Conflict && fault.KindOf(err) != fault.NotFound {
			t.Errorf("signed twice: %v", err)
		}
	})
}
