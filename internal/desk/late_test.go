package desk_test

import (
	"context"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/period"
	"houqin/internal/calendar"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/messages"
)

// Chinese days as the State Council's notices set them; New York for clocks that are moved.
func TestDeadlinesOverMidnightMonthsHolidaysAndMovedClocks(t *testing.T) {
	shanghai, newYork := time.FixedZone("Asia/Shanghai", 8*3600), must(time.LoadLocation("America/New_York"))
	for name, c := range map[string]struct {
		zone    *time.Location
		from    string
		span    time.Duration
		working bool
		want    string
	}{
		"round the clock over midnight":                {shanghai, "2026-03-03 23:50", 30 * time.Minute, false, "2026-03-04 00:20"},
		"round the clock over the end of a year":       {shanghai, "2026-12-31 23:50", 30 * time.Minute, false, "2027-01-01 00:20"},
		"round the clock over a leap day":              {shanghai, "2024-02-28 20:00", 72 * time.Hour, false, "2024-03-02 20:00"},
		"round the clock in the spring festival":       {shanghai, "2026-02-16 20:00", 4 * time.Hour, false, "2026-02-17 00:00"},
		"working time over the night":                  {shanghai, "2026-03-03 17:00", time.Hour, true, "2026-03-04 08:30"},
		"working time over the end of a month":         {shanghai, "2026-03-31 17:00", time.Hour, true, "2026-04-01 08:30"},
		"working time over the spring festival":        {shanghai, "2026-02-14 17:00", time.Hour, true, "2026-02-24 08:30"}, // the Saturday is worked
		"working time over the national holiday":       {shanghai, "2026-09-30 17:00", time.Hour, true, "2026-10-08 08:30"},
		"working time on a Sunday that is worked":      {shanghai, "2026-01-04 08:00", time.Hour, true, "2026-01-04 09:00"},
		"working time from the middle of a night":      {shanghai, "2026-03-07 02:00", time.Hour, true, "2026-03-09 09:00"},
		"an hour is lost in spring":                    {newYork, "2026-03-08 01:30", time.Hour, false, "2026-03-08 03:30"},
		"an hour is won in autumn":                     {newYork, "2026-11-01 00:30", 2 * time.Hour, false, "2026-11-01 01:30"},
		"a day with an hour less":                      {newYork, "2026-03-07 12:00", 24 * time.Hour, false, "2026-03-08 13:00"},
		"working time after a night with moved clocks": {newYork, "2026-03-06 17:00", time.Hour, true, "2026-03-09 08:30"},
	} {
		from, err := time.ParseInLocation("2006-01-02 15:04", c.from, c.zone)
		if err != nil {
			t.Fatal(err)
		}
		got := desk.Deadline(calendar.New(c.zone, nil), period.At(from), c.span, c.working).Time().In(c.zone)
		if got.Format("2006-01-02 15:04") != c.want {
			t.Errorf("%s: %s and %s is %s, want %s", name, c.from, c.span, got.Format("2006-01-02 15:04"), c.want)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// By the moment: warned once, then told to the team, the section head and the
// vice-president, each once; each missed deadline is noted with where the job stood, and
// people give the cause.
//
// Clause: W-003 W-010
func TestALateJobClimbsTheLadderByTime(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		head := h.director
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
			h.electric.Head = head.ID
			return departments.Change(ctx, tx, &h.electric)
		})
		id := h.at(t, desk.Working, desk.Urgent) // four hours
		chase := func() { t.Helper(); h.must(t, h.system, desk.Chase) }
		is := func(when string, worker, team, chief, vice int) {
			t.Helper()
			chase()
			chase() // nothing is told twice
			if a, b, c, v := h.told(t, h.wang, messages.DueSoon), h.told(t, head, messages.Overdue), h.told(t, h.chief, messages.Overdue), h.told(t, h.vice, messages.Overdue); a != worker || b != team || c != chief || v != vice {
				t.Errorf("%s the worker was warned %d times, the team told %d, the head %d, the vice-president %d", when, a, b, c, v)
			}
		}
		clock.Add(3 * time.Hour)
		is("with a quarter left", 0, 0, 0, 0)
		clock.Add(time.Microsecond)
		is("with less than a quarter left", 1, 0, 0, 0)
		clock.Add(time.Hour - 2*time.Microsecond)
		is("just before the deadline", 1, 0, 0, 0)
		clock.Add(time.Microsecond)
		is("at the deadline", 1, 1, 0, 0)
		clock.Add(2 * time.Hour)
		is("half its time later", 1, 1, 1, 0)
		h.take(t, h.wang, id, pause("access"))
		clock.Add(10 * time.Hour)
		is("while its clock stands", 1, 1, 1, 0)
		h.take(t, h.wang, id, resume)
		is("going on", 1, 1, 1, 1) // what was late before the pause stays late
		all, err := desk.BreachesOf(t.Context(), d, id)
		if err != nil || len(all) != 1 || all[0].What != desk.Finishing || all[0].Stood != "long" || all[0].Cause != "" {
			t.Fatalf("missed: %+v, %v", all, err)
		}
		explain := step(func(ctx context.Context, tx *db.Tx, id string) (desk.Job, error) {
			return desk.Explain(ctx, tx, id, 0, desk.Explanation{Cause: "parts", Note: "厂家断货"})
		})
		h.refuses(t, h.nurse, id, "desk.not_yours", explain)
		h.take(t, h.wang, id, explain)
		if all, _ := desk.BreachesOf(t.Context(), d, id); all[0].Cause != "parts" || all[0].By != "王建国" {
			t.Errorf("explained: %+v", all[0])
		}

		// Sent too late, told to nobody above, and done in time: why is asked all the same.
		slow := h.report(t, h.nurse, desk.Slip{Place: h.corridor.ID, Trade: "water"})
		clock.Add(2 * time.Hour)
		chase()
		h.take(t, h.dispatcher, slow.ID, dispatch(desk.Assignment{Worker: h.wang.ID}))
		h.take(t, h.wang, slow.ID, accept, arrive, done, explain)
		if all, err := desk.BreachesOf(t.Context(), d, slow.ID); err != nil || len(all) != 1 || all[0].What != desk.Answering || all[0].Cause != "parts" {
			t.Errorf("sent too late: %+v, %v", all, err)
		}
		h.take(t, h.nurse, slow.ID, sign(desk.Signing{Signature: "周护士"}))

		// Nobody sent, nobody there; unsolved for two days.
		waiting := h.report(t, h.nurse, desk.Slip{Place: h.room.ID, Urgency: desk.Emergency})
		clock.Add(31 * time.Minute)
		chase()
		all, err = desk.BreachesOf(t.Context(), d, waiting.ID)
		if err != nil || len(all) != 3 {
			t.Fatalf("missed: %+v, %v", all, err)
		}
		for _, b := range all {
			if b.Stood != "unsent" {
				t.Errorf("%s was missed while the job stood at %s", b.What, b.Stood)
			}
		}
		clock.Add(48 * time.Hour)
		chase()
		chase()
		if h.told(t, h.vice, messages.Unsolved) != 2 || h.job(t, waiting.ID).UpwardAt == 0 {
			t.Errorf("what is unsolved was reported upward %d times, not each of the two once", h.told(t, h.vice, messages.Unsolved))
		}
	})
}

// A deadline is shorter where a fault weighs more, and counted in working time where the
// hospital says so.
func TestWhereAFaultWeighsMoreItIsDueSooner(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		director := everywhere(h.director, desk.MayArrange)
		ordinary := h.report(t, h.nurse, desk.Slip{Place: h.corridor.ID})
		h.must(t, director, func(ctx context.Context, tx *db.Tx) error { return desk.SetTerm(ctx, tx, "working_normal", 1) })
		// Noon of the tests is a Thursday, 20:00: 72 working hours of 7½ a day are nine days
		// and four and a half hours.
		working := h.report(t, h.nurse, desk.Slip{Place: h.corridor.ID})
		if got := working.Due.Time().In(d.Zone).Format("01-02 15:04"); ordinary.Due != period.At(dbtest.Noon.Add(72*time.Hour)) || got != "03-18 14:30" {
			t.Errorf("in working time it is due %s", got)
		}
		if err := h.do(director, func(ctx context.Context, tx *db.Tx) error { return desk.SetTerm(ctx, tx, "sample_percent", 101) }); err == nil {
			t.Error("a hundred and one of a hundred were taken")
		}
	})
}
