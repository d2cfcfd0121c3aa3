package desk_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/desk"
	"houqin/internal/rules"
)

// Clause: W-004
func TestReportTakesTheDepartmentFromPlaceOrPerson(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		for _, c := range []struct {
			name string
			by   db.Actor
			s    desk.Slip
			want string
		}{
			{"own room", h.nurse, desk.Slip{Place: h.room.ID}, h.ward.ID},
			{"no place", h.nurse, desk.Slip{}, h.ward.ID},
			{"corridor of nobody", h.nurse, desk.Slip{Place: h.corridor.ID}, h.ward.ID},
			{"another ward's room", h.stranger, desk.Slip{Place: h.room.ID}, h.other.ID},
			{"by telephone", h.dispatcher, desk.Slip{Place: h.room.ID, Caller: "张三"}, h.ward.ID},
			{"named", h.dispatcher, desk.Slip{Place: h.room.ID, Department: h.other.ID}, h.other.ID},
		} {
			if j := h.report(t, c.by, c.s); j.Department != c.want {
				t.Errorf("%s: lands on %s %s, want %s", c.name, j.Department, j.DepartmentName, c.want)
			}
		}
		err := h.do(h.stranger, func(ctx context.Context, tx *db.Tx) error {
			_, err := desk.Report(ctx, tx, &desk.Slip{Title: "x", Trade: "water", Department: h.ward.ID})
			return err
		})
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("one ward reports at another's cost: %v", err)
		}
	})
}

// Clause: W-004
func TestEveryFlawOfASlipIsNamedAtOnce(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		err := h.do(h.dispatcher, func(ctx context.Context, tx *db.Tx) error {
			_, err := desk.Report(ctx, tx, &desk.Slip{Title: " ", Trade: "magic", Urgency: "yesterday", Place: "nowhere", Department: "none"})
			return err
		})
		var e *fault.Error
		errors.As(err, &e)
		for _, path := range []string{"title", "trade", "urgency", "place", "department"} {
			if e == nil || !slices.ContainsFunc(e.Fields, func(f fault.Field) bool { return f.Path == path }) {
				t.Errorf("no complaint about %s: %v", path, err)
			}
		}
	})
}

func TestADoubleIsSeenBeforeItIsMade(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		first := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		again := func(s desk.Slip) error {
			s.Title = "灯又不亮"
			return h.do(h.nurse, func(ctx context.Context, tx *db.Tx) error { _, err := desk.Report(ctx, tx, &s); return err })
		}
		var e *fault.Error
		if err := again(desk.Slip{Trade: "electric", Place: h.room.ID}); !errors.As(err, &e) || e.Key != "desk.similar" || e.Args[0] != first.Number {
			t.Errorf("the double was made: %v", err)
		}
		for name, s := range map[string]desk.Slip{"another trade": {Trade: "water", Place: h.room.ID}, "another place": {Trade: "electric", Place: h.corridor.ID}, "anyway": {Trade: "electric", Place: h.room.ID, Anyway: true}} {
			if err := again(s); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		open, err := desk.Similar(t.Context(), d, h.room.ID)
		if err != nil || len(open) != 3 {
			t.Errorf("open at the place: %d, %v", len(open), err)
		}
	})
}

// Clause: W-001 U-027
func TestReportsGoToTheCrewOfTheirTrade(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
			return desk.SetRoutes(ctx, tx, 0, []desk.Route{{Trade: "electric", Crew: h.electric.ID}, {Trade: "water", Crew: h.water.ID}})
		})
		lamp := h.report(t, h.nurse, desk.Slip{Trade: "electric"})
		pipe := h.report(t, h.nurse, desk.Slip{Trade: "water"})
		door := h.report(t, h.nurse, desk.Slip{Trade: "carpentry"})
		var seen []string
		free, err := desk.Pending.All(t.Context(), d, desk.Takeable(h.wang), 10)
		for _, j := range free {
			seen = append(seen, j.ID)
		}
		slices.Sort(seen)
		if want := []string{lamp.ID, door.ID}; err != nil || !slices.Equal(seen, want) {
			t.Errorf("an electrician may take %v, want the lamp and the door nobody has: %v", seen, err)
		}
		err = h.do(h.wang, func(ctx context.Context, tx *db.Tx) error { _, err := desk.Grab(ctx, tx, pipe.ID, 0); return err })
		if !fault.Is(err, "desk.other_crew") {
			t.Errorf("an electrician took the plumbers' job: %v", err)
		}
	})
}

// Clause: W-011 O-031
func TestTheHospitalsOwnDeadlinesHold(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		due := func(u desk.Urgency) time.Duration {
			j := h.report(t, h.nurse, desk.Slip{Urgency: u})
			return j.Due.Sub(j.ReportedAt)
		}
		for u, want := range map[desk.Urgency]time.Duration{desk.Emergency: 30 * time.Minute, desk.Urgent: 4 * time.Hour, desk.Normal: 72 * time.Hour, desk.Planned: 15 * 24 * time.Hour} {
			if got := due(u); got != want {
				t.Errorf("%s is due after %s, want %s", u, got, want)
			}
		}
		set(t, d, "W-011.urgent", "60", d.Today().AddDays(1))
		if got := due(desk.Urgent); got != 4*time.Hour {
			t.Errorf("on the day before the new value it is due after %s", got)
		}
		clock.Add(24 * time.Hour)
		if got := due(desk.Urgent); got != time.Hour {
			t.Errorf("with an hour set it is due after %s", got)
		}
	})
}

// set gives a parameter another value from a day on, as two people do.
func set(t *testing.T, d *db.DB, param, value string, since period.Day) {
	t.Helper()
	c := rules.Change{Param: param, Value: value, Since: since, Reason: "试行"}
	dbtest.Do(t, d, dbtest.Person("科长", rules.MayPropose), func(tx *db.Tx) error { return rules.Propose(t.Context(), tx, &c) })
	dbtest.Do(t, d, dbtest.Person("院长", rules.MayConfirm), func(tx *db.Tx) error { return rules.Confirm(t.Context(), tx, c.ID, "") })
}

// Holds: v5.0.0-8.2.2 DB3-8.1.4.2-f API1:2023 AB-01
func TestWhoSeesWhichJobs(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		mine := h.report(t, h.nurse, desk.Slip{Title: "甲"})
		h.take(t, h.dispatcher, mine.ID, dispatch(desk.Assignment{Worker: h.wang.ID}))
		crews := h.report(t, h.stranger, desk.Slip{Title: "乙"})
		h.take(t, h.dispatcher, crews.ID, dispatch(desk.Assignment{Crew: h.electric.ID}))
		h.take(t, h.dispatcher, h.report(t, h.stranger, desk.Slip{Title: "丙"}).ID, dispatch(desk.Assignment{Crew: h.water.ID}))
		h.report(t, h.nurse, desk.Slip{Title: "丁"})
		plumber := dbtest.PersonIn("plumber", h.water.ID, desk.MayWork)
		for _, c := range []struct {
			name string
			by   db.Actor
			want string
		}{
			{"ward", h.nurse, "甲丁"}, {"other ward", h.stranger, "乙丙"}, {"worker", h.wang, "甲乙丁"}, {"his colleague", h.li, "甲乙丁"}, {"plumber", plumber, "丙丁"},
			{"dispatcher", h.dispatcher, "甲乙丙丁"}, {"director", h.director, "甲乙丙丁"}, {"nobody", dbtest.PersonIn("x", h.ward.ID), ""},
		} {
			all, err := desk.Jobs.All(t.Context(), d, desk.Scope(c.by), 10)
			var got string
			slices.Reverse(all)
			for _, j := range all {
				got += j.Title
			}
			if err != nil || got != c.want {
				t.Errorf("%s sees %s, want %s, %v", c.name, got, c.want, err)
			}
		}
	})
}

func TestLateAndSoon(t *testing.T) {
	now := dbtest.Noon
	at := func(d time.Duration) period.Instant { return period.At(now.Add(d)) }
	for _, c := range []struct {
		j    desk.Job
		want string
	}{
		{desk.Job{Open: true, State: desk.Working, ReportedAt: at(-time.Hour), Due: at(3 * time.Hour)}, ""},
		{desk.Job{Open: true, State: desk.Working, ReportedAt: at(-4 * time.Hour), Due: at(time.Hour)}, "soon"},
		{desk.Job{Open: true, State: desk.Paused, ReportedAt: at(-4 * time.Hour), Due: at(0)}, "danger"},
		{desk.Job{Open: true, State: desk.Done, ReportedAt: at(-4 * time.Hour), Due: at(-time.Hour)}, ""},
		{desk.Job{State: desk.Closed, Due: at(-time.Hour)}, ""},
		{desk.Job{Open: true, State: desk.Reported}, ""},
	} {
		if got := c.j.Tone(now); got != c.want {
			t.Errorf("%s due %s is %q, want %q", c.j.State, c.j.Due, got, c.want)
		}
	}
}

func TestTodaysFigures(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		h.at(t, desk.Done, desk.Normal)
		h.at(t, desk.Reported, desk.Emergency)
		clock.Add(24 * time.Hour)
		h.at(t, desk.Closed, desk.Normal)
		h.at(t, desk.Working, desk.Urgent)
		day := d.Today()
		f, err := desk.Today(t.Context(), d, h.director, period.At(d.Now()), day.Start(d.Zone), day.Month().Start(d.Zone))
		got := fmt.Sprint(f.Open.N, f.Late.N, f.Emergency.N, f.Reported.N, f.Finished.N, f.Unsigned.N, f.Cost)
		if want := "3 1 1 2 1 1 40.00"; err != nil || got != want {
			t.Errorf("today is %s, want %s, %v", got, want, err)
		}
		if p, err := desk.Jobs.Fetch(t.Context(), d, list.Query{}, desk.Late(desk.Scope(h.stranger), period.At(d.Now()))); err != nil || p.Count != 0 {
			t.Errorf("another ward counts %d late jobs, %v", p.Count, err)
		}
	})
}

// Clause: W-007
func TestSignatures(t *testing.T) {
	const dot = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		a, b := h.at(t, desk.Done, desk.Normal), h.at(t, desk.Done, desk.Normal)
		for _, bad := range []string{"", "data:image/png;base64,xxxx", "data:image/svg+xml;base64,PHN2Zz4=", "一个很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长的名字"} {
			err := h.do(h.nurse, func(ctx context.Context, tx *db.Tx) error {
				_, err := desk.Sign(ctx, tx, a, 0, desk.Signing{Signature: bad})
				return err
			})
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("signed with %q: %v", bad, err)
			}
		}
		closed, n := h.at(t, desk.Closed, desk.Normal), 0
		h.must(t, h.nurse, func(ctx context.Context, tx *db.Tx) (err error) {
			n, err = desk.SignAll(ctx, tx, []string{a, b, closed}, desk.Signing{Signature: dot, Rating: 4})
			return err
		})
		if n != 2 {
			t.Errorf("%d signed, want the two that were not", n)
		}
		for _, id := range []string{a, b} {
			j := h.job(t, id)
			image, err := desk.Drawing(t.Context(), d, &j)
			if err != nil || image != dot || j.Signer != "周护士" || j.Rating != 4 {
				t.Errorf("signed by %s with %.40s, %v", j.Signer, image, err)
			}
		}
		e, back := h.at(t, desk.Done, desk.Normal), h.at(t, desk.Done, desk.Normal)
		h.take(t, h.nurse, back, reasoned(desk.Return, "还是松的"))
		h.must(t, h.nurse, func(ctx context.Context, tx *db.Tx) (err error) {
			n, err = desk.SignAll(ctx, tx, []string{back, e}, desk.Signing{Signature: "周"})
			return err
		})
		if n != 1 || h.job(t, back).State != desk.Accepted || h.job(t, e).State != desk.Closed {
			t.Errorf("%d signed of one that was done and one that a colleague had sent back", n)
		}
		open := h.at(t, desk.Working, desk.Normal)
		c := h.at(t, desk.Done, desk.Normal)
		err := h.do(h.nurse, func(ctx context.Context, tx *db.Tx) error {
			_, err := desk.SignAll(ctx, tx, []string{c, open}, desk.Signing{Signature: "周"})
			return err
		})
		if fault.KindOf(err) != fault.Conflict || h.job(t, c).State != desk.Done {
			t.Errorf("work under way was signed with the rest: %v", err)
		}
	})
}

func TestAReportOnAMachineKnowsWhereItStands(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		lift := assets.Card{Number: "ZC-1", Name: "3号电梯", Class: "lift", Department: h.ward.ID, Place: h.corridor.ID, Spot: "井道"}
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error { return assets.Register(ctx, tx, &lift) })
		j := h.report(t, h.dispatcher, desk.Slip{Asset: lift.ID, Trade: "lift"})
		if got := h.job(t, j.ID); got.Place != h.corridor.ID || got.Spot != "井道" || got.Department != h.ward.ID || got.AssetName != "3号电梯" {
			t.Errorf("reported as %+v", got)
		}
		for name, c := range map[string]struct {
			s    desk.Slip
			want string
		}{"the same machine, another trade": {desk.Slip{Title: "x", Asset: lift.ID, Trade: "electric"}, "desk.similar"}, "no such machine": {desk.Slip{Title: "x", Asset: "none", Trade: "lift"}, "base.no_such"}} {
			err := h.do(h.dispatcher, func(ctx context.Context, tx *db.Tx) error { _, err := desk.Report(ctx, tx, &c.s); return err })
			if !fault.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
