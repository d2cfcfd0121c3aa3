package desk_test

import (
	"context"
	"testing"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/desk"
	"houqin/internal/messages"
)

var (
	decline  = func(why string) step { return reasoned(desk.Decline, why) }
	escalate = func(why string) step { return reasoned(desk.Escalate, why) }
	plan     = func(what string) step { return reasoned(desk.Plan, what) }
)

// Who was sent and cannot go says why; the job waits for dispatch again and may be
// given to another.
func TestAnOfferedJobIsDeclinedWithAReason(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		id := h.at(t, desk.Dispatched, desk.Normal)
		if err := h.do(h.wang, func(ctx context.Context, tx *db.Tx) error { _, err := desk.Decline(ctx, tx, id, 0, " "); return err }); fault.KindOf(err) != fault.Invalid {
			t.Errorf("declined without a reason: %v", err)
		}
		h.take(t, h.wang, id, decline("没有登高证"))
		if j := h.job(t, id); j.State != desk.Reported || j.Worker != "" || j.DispatchedAt != 0 || j.Reason != "没有登高证" || j.Crew != h.electric.ID {
			t.Errorf("declined it is %+v", j)
		}
		h.take(t, h.dispatcher, id, dispatch(desk.Assignment{Worker: h.li.ID}))
		if j := h.job(t, id); j.Worker != h.li.ID || j.Reason != "" {
			t.Errorf("given to another it is %+v", j)
		}
	})
}

// A hard case goes to the section head in writing, then to the vice-president, who hear
// of it at once and have it before them until they have decided; above them is only a
// firm from outside.
//
// Clause: W-003 W-008
func TestAHardCaseClimbsTheLadder(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		ctx := t.Context()
		chief, vice := h.chief, h.vice
		for _, p := range []*db.Actor{&chief, &vice} {
			p.Rights = db.Rights{desk.MayLead: {All: true}, desk.MaySee: {All: true}}
		}
		id := h.at(t, desk.Working, desk.Normal)
		before := func(by db.Actor) int {
			t.Helper()
			jobs, err := desk.Hard(ctx, d, by, 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(jobs)
		}
		told := func(by db.Actor, event string) (n int) {
			t.Helper()
			notes, err := messages.Notes(ctx, d, by.ID)
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
		if err := h.do(chief, func(ctx context.Context, tx *db.Tx) error { _, err := desk.Plan(ctx, tx, id, 0, "x"); return err }); !fault.Is(err, "desk.not_raised") {
			t.Errorf("a plan for what nobody handed up: %v", err)
		}
		if err := h.do(h.li, func(ctx context.Context, tx *db.Tx) error { _, err := desk.Escalate(ctx, tx, id, 0, "x"); return err }); err == nil {
			t.Error("a colleague hands up another's job")
		}
		h.take(t, h.wang, id, escalate("进线电缆接地，查不到点"))
		if before(chief) != 1 || before(vice) != 0 || told(chief, messages.Escalated) != 1 || told(vice, messages.Escalated) != 0 {
			t.Errorf("first it goes to the section head: %d %d, told %d %d", before(chief), before(vice), told(chief, messages.Escalated), told(vice, messages.Escalated))
		}
		h.take(t, chief, id, plan("夜间停电分段排查，李志强配合"))
		if before(chief) != 0 || told(h.wang, messages.Planned) != 1 || h.job(t, id).Plan == "" {
			t.Error("decided, and the worker does not hear of it or it still waits")
		}
		h.take(t, h.wang, id, escalate("分段排查无果，需要探测设备"))
		if j := h.job(t, id); j.Level != 2 || j.Plan != "" || before(chief) != 0 || before(vice) != 1 {
			t.Errorf("handed up again it is before the vice-president: %+v", j)
		}
		if err := h.do(h.wang, func(ctx context.Context, tx *db.Tx) error { _, err := desk.Escalate(ctx, tx, id, 0, "x"); return err }); !fault.Is(err, "desk.top") {
			t.Errorf("above the top: %v", err)
		}
		today := d.Today()
		for clause, want := range map[string]int64{"W-003": 1, "W-008": 1} {
			if e := counted(t, d, clause, today, today); e.Kept != want || clause == "W-003" && opened(t, d, e.Link) != 1 {
				t.Errorf("%s counts %+v", clause, e)
			}
		}
		h.take(t, vice, id, plan("同意外请探测"))
		if e := counted(t, d, "W-008", today, today); e.Kept != 1 || opened(t, d, e.Link) != 1 {
			t.Errorf("decided, and not counted: %+v", e)
		}
	})
}

// A firm is not asked for without saying what the house itself lacks.
//
// Clause: W-028
func TestAFirmIsAskedForOnlyWithWhatTheHouseLacks(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		id := h.at(t, desk.Working, desk.Normal)
		ask := func(lack string) error {
			return h.do(h.dispatcher, func(ctx context.Context, tx *db.Tx) error {
				_, err := desk.AskOutside(ctx, tx, id, 0, desk.Outside{Firm: "永固管业", Estimate: 300_000, Lack: lack, Why: "修不了"})
				return err
			})
		}
		for _, lack := range []string{"", "mood"} {
			if err := ask(lack); fault.KindOf(err) != fault.Invalid {
				t.Errorf("asked for %q: %v", lack, err)
			}
		}
		if _, asked, err := approvals.OpenOf(t.Context(), d, desk.Noun, id); asked || err != nil {
			t.Errorf("it went on its way all the same: %v", err)
		}
		if err := ask("licence"); err != nil {
			t.Fatal(err)
		}
		today := d.Today()
		if e := counted(t, d, "W-028", today, today); e.Kept != 1 || e.Latest == 0 {
			t.Errorf("counted %+v", e)
		}
	})
}

// What is in the register of assets as a medical device goes to its own owner, whatever
// the ward calls it, and nothing else goes there.
//
// Clause: W-033
func TestMedicalDevicesGoToTheirOwnOwner(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		pump := assets.Card{Number: "YL-1", Name: "输液泵", Class: "medical", Department: h.ward.ID, Place: h.room.ID}
		bed := assets.Card{Number: "JJ-1", Name: "病床", Class: "furniture", Department: h.ward.ID, Place: h.room.ID}
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
			for _, c := range []*assets.Card{&pump, &bed} {
				if err := assets.Register(ctx, tx, c); err != nil {
					return err
				}
			}
			return desk.SetRoutes(ctx, tx, 0, []desk.Route{{Trade: "medical", Crew: h.water.ID}, {Trade: "electric", Crew: h.electric.ID}})
		})
		if j := h.report(t, h.nurse, desk.Slip{Asset: pump.ID, Trade: "electric", Title: "报警"}); j.Trade != "medical" || j.Crew != h.water.ID {
			t.Errorf("the pump went to %s as %s", j.CrewName, j.Trade)
		}
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error { return desk.SetRoutes(ctx, tx, 0, nil) })
		lost := h.report(t, h.nurse, desk.Slip{Trade: "medical", Place: h.room.ID, Title: "监护仪黑屏"})
		if err := h.do(h.li, func(ctx context.Context, tx *db.Tx) error { _, err := desk.Grab(ctx, tx, lost.ID, 0); return err }); !fault.Is(err, "desk.medical_owner") {
			t.Errorf("a logistics worker takes a device that was routed to nobody: %v", err)
		}
		if free, err := desk.Jobs.All(t.Context(), d, desk.Takeable(h.li), 5); err != nil || len(free) != 0 {
			t.Errorf("it is offered to them: %v, %v", free, err)
		}
		err := h.do(h.nurse, func(ctx context.Context, tx *db.Tx) error {
			_, err := desk.Report(ctx, tx, &desk.Slip{Asset: bed.ID, Trade: "medical", Title: "摇不起来"})
			return err
		})
		if !fault.Is(err, "desk.not_medical") {
			t.Errorf("a bed as a medical device: %v", err)
		}
		today := d.Today()
		if e := counted(t, d, "W-033", today, today); e.Kept != 2 || opened(t, d, e.Link) != 2 {
			t.Errorf("counted %+v", e)
		}
	})
}

// While a job waits, its deadline stays, stands still or keeps its working time, by what
// it waits for: right across the night, the weekend and a holiday.
func TestADeadlineGoesOnByWhatTheJobWaitsFor(t *testing.T) {
	at := func(day string, hour, minute int) time.Time {
		zone := time.FixedZone("Asia/Shanghai", 8*3600)
		x, err := time.ParseInLocation("2006-01-02", day, zone)
		if err != nil {
			t.Fatal(err)
		}
		return x.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	}
	// The default hours are 8:00–12:00 and 14:00–17:30; Qingming was 4 to 6 April 2026, to a Monday.
	for _, c := range []struct {
		name, reason  string
		from, to, due time.Time // paused, resumed, due before
		want          time.Time
	}{
		{"access: the clock stands across midnight", "access", at("2027-03-04", 22, 0), at("2027-03-05", 2, 0), at("2027-03-05", 1, 0), at("2027-03-05", 5, 0)},
		{"other: it runs", "other", at("2027-03-04", 22, 0), at("2027-03-05", 2, 0), at("2027-03-05", 1, 0), at("2027-03-05", 1, 0)},
		{"parts: two working hours are left, over a weekend", "parts", at("2027-03-05", 15, 0), at("2027-03-08", 9, 0), at("2027-03-05", 17, 0), at("2027-03-08", 11, 0)},
		{"outside: over a holiday", "outside", at("2026-04-03", 16, 30), at("2026-04-04", 10, 0), at("2026-04-03", 17, 30), at("2026-04-07", 9, 0)},
		{"approval: over noon", "approval", at("2027-03-04", 9, 0), at("2027-03-04", 11, 0), at("2027-03-04", 11, 0), at("2027-03-04", 15, 0)},
		{"what was late stays late", "parts", at("2027-03-05", 15, 0), at("2027-03-08", 9, 0), at("2027-03-05", 14, 0), at("2027-03-05", 14, 0)},
		{"a deadline in the night keeps its hours", "parts", at("2027-03-04", 22, 0), at("2027-03-05", 9, 0), at("2027-03-05", 1, 0), at("2027-03-05", 12, 0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
				h := build(t, d)
				id := h.at(t, desk.Working, desk.Normal)
				h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
					_, err := tx.Exec(ctx, `UPDATE desk_job SET due = $1 WHERE id = $2`, period.At(c.due), id)
					return err
				})
				clock.Set(c.from)
				h.take(t, h.wang, id, pause(c.reason))
				clock.Set(c.to)
				late := func() int {
					jobs, err := desk.Jobs.All(t.Context(), d, desk.Late(desk.Scope(h.system), period.At(c.to)), 5)
					if err != nil {
						t.Fatal(err)
					}
					return len(jobs)
				}
				if j := h.job(t, id); (j.Clock == "") != (c.reason == "other") || j.Clock != "" && (late() != 0 || j.Tone(c.to) != "") {
					t.Errorf("while it waits its clock is %q, late %d, %q", j.Clock, late(), j.Tone(c.to))
				}
				h.take(t, h.wang, id, resume)
				if j := h.job(t, id); j.Due != period.At(c.want) || j.Clock != "" {
					t.Errorf("due %s, want %s", j.Due.Time().In(c.want.Location()), c.want)
				}
			})
		})
	}
}

// The hospital sets which clock stands, for the pauses that begin from then on.
func TestTheHospitalSetsWhichClockStands(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		boss := dbtest.Person("boss", desk.MayArrange)
		set := func(reason string, c desk.Clock) error {
			return h.do(boss, func(ctx context.Context, tx *db.Tx) error { return desk.SetClock(ctx, tx, reason, c) })
		}
		if fault.KindOf(set("weather", desk.Runs)) != fault.Invalid || fault.KindOf(set("parts", "backwards")) != fault.Invalid {
			t.Error("a reason or a clock that there is not")
		}
		if err := set("parts", desk.Runs); err != nil {
			t.Fatal(err)
		}
		id := h.at(t, desk.Working, desk.Normal)
		due := h.job(t, id).Due
		h.take(t, h.wang, id, pause("parts"))
		clock.Add(time.Hour)
		h.take(t, h.wang, id, resume)
		if got := h.job(t, id).Due; got != due {
			t.Errorf("the clock runs, and the deadline moved by %s", got.Sub(due))
		}
	})
}
