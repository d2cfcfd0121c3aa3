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
)

func (h *house) setShifts(by db.Actor, all ...desk.Shift) error {
	return h.do(by, func(ctx context.Context, tx *db.Tx) error { return desk.SetShifts(ctx, tx, 0, all) })
}

// A hospital says when its crews work: whom the desk proposes goes by it at once, on the
// days on which a shift is worked, right across midnight.
func TestWhoIsOnDutyFollowsTheShiftHours(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		h.routes(t)
		boss := everywhere(h.director, desk.MayArrange)
		if err := h.setShifts(boss,
			desk.Shift{Code: "早", Name: "早班", From: 6 * 60, To: 14 * 60, Days: "working"},
			desk.Shift{Code: "晚", Name: "晚班", From: 22 * 60, To: 30 * 60},
			desk.Shift{Code: "六", Name: "六天班", From: 8 * 60, To: 16 * 60, Days: "saturday"},
			desk.Shift{Code: "末", Name: "周末班", From: 8 * 60, To: 16 * 60, Days: "weekend"},
			desk.Shift{Code: "假", Name: "假日班", From: 8 * 60, To: 16 * 60, Days: "resting"}); err != nil {
			t.Fatal(err)
		}
		friday, saturday, sunday := period.Day("2027-03-05"), period.Day("2027-03-06"), period.Day("2027-03-07")
		for _, c := range []struct {
			pattern string
			day     period.Day
			hour    int
			shift   string
		}{
			{"早", friday, 7, "早班"}, {"早", friday, 15, ""}, {"早", saturday, 7, ""},
			{"晚", friday, 23, "晚班"}, {"晚", saturday, 5, "晚班"}, {"晚 休", saturday, 7, ""},
			{"六", saturday, 9, "六天班"}, {"六", sunday, 9, ""}, {"末", friday, 9, ""}, {"末", sunday, 9, "周末班"}, {"假", friday, 9, ""}, {"假", sunday, 9, "假日班"},
		} {
			h.shifts(t, h.wang, c.pattern)
			x, err := desk.RostersOf(t.Context(), d, []string{h.wang.ID}, c.day, c.day)
			if err != nil {
				t.Fatal(err)
			}
			got := x.At(h.wang.ID, c.day.Start(d.Zone).Time().Add(time.Duration(c.hour)*time.Hour))
			if got.On != (c.shift != "") || got.Shift != c.shift || !got.Known {
				t.Errorf("%s on %s at %d: %+v, want %q", c.pattern, c.day, c.hour, got, c.shift)
			}
		}

		// Who is entered for one day comes on that day, whatever the days of the shift.
		h.shifts(t, h.wang, "早")
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
			return desk.SetDay(ctx, tx, desk.Swap{Person: h.wang.ID, Day: saturday, Shift: "早"})
		})
		clock.Set(saturday.Start(d.Zone).Time().Add(9 * time.Hour))
		duty := func() desk.Duty {
			t.Helper()
			j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
			all, err := desk.Propose(t.Context(), d, &j, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range all {
				if c.Person == h.wang.ID {
					return c.Duty
				}
			}
			return desk.Duty{}
		}
		if got := duty(); !got.On || got.Shift != "早班" {
			t.Errorf("entered for the day: %+v", got)
		}
		// Changed hours count at once.
		if err := h.setShifts(boss, desk.Shift{Code: "早", Name: "早班", From: 10 * 60, To: 14 * 60}); err != nil {
			t.Fatal(err)
		}
		if got := duty(); got.On {
			t.Errorf("before the hours as they are now: %+v", got)
		}
	})
}

func TestShiftsThatAreNoneAreRefused(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		boss := everywhere(h.director, desk.MayArrange)
		good := desk.Shift{Code: "早", Name: "早班", From: 360, To: 840}
		with := func(change func(*desk.Shift)) []desk.Shift {
			s := good
			change(&s)
			return []desk.Shift{s}
		}
		for want, all := range map[string][]desk.Shift{
			"base.required":         nil,
			"desk.shift_code_off":   with(func(s *desk.Shift) { s.Code = "休" }),
			"desk.shift_code":       with(func(s *desk.Shift) { s.Code = "早 班" }),
			"desk.shift_code_twice": {good, good},
			"desk.shift_hours":      with(func(s *desk.Shift) { s.To = 300 }),
			"desk.shift_long":       with(func(s *desk.Shift) { s.To = 360 + 1441 }),
			"desk.shift_time":       with(func(s *desk.Shift) { s.From = 1440; s.To = 1500 }),
			"base.bad_value":        with(func(s *desk.Shift) { s.Days = "sometimes" }),
		} {
			if err := h.setShifts(boss, all...); !fault.Is(err, want) {
				t.Errorf("%+v: %v, want %s", all, err, want)
			}
		}
		if err := h.setShifts(h.nurse, good); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a nurse says when crews work: %v", err)
		}
		// What rosters name stays.
		h.shifts(t, h.wang, "白 夜 休")
		if err := h.setShifts(boss, good); !fault.Is(err, "desk.shift_used") {
			t.Errorf("without the shifts of a roster: %v", err)
		}
		h.shifts(t, h.wang, "")
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
			return desk.SetDay(ctx, tx, desk.Swap{Person: h.wang.ID, Day: tx.Today(), Shift: "全"})
		})
		if err := h.setShifts(boss, good); !fault.Is(err, "desk.shift_used") {
			t.Errorf("without the shift of a day that is entered: %v", err)
		}
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
			return desk.SetDay(ctx, tx, desk.Swap{Person: h.wang.ID, Day: tx.Today(), Shift: desk.Off})
		})
		if err := h.setShifts(boss, good); err != nil {
			t.Errorf("nobody works them any more: %v", err)
		}
	})
}
