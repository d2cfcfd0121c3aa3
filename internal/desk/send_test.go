package desk_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/desk"
	"houqin/internal/people"
)

// certifies enters a certificate of somebody that ends on a day, "" for never.
func (h *house) certifies(t *testing.T, who db.Actor, kind string, until period.Day) people.Certificate {
	t.Helper()
	c := people.Certificate{Person: who.ID, Kind: kind, IssuedOn: h.d.Today().AddDays(-400), ValidUntil: until}
	h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error { return people.Certify(ctx, tx, &c) })
	return c
}

func (h *house) needs(t *testing.T, all ...desk.Need) {
	t.Helper()
	h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error { return desk.SetNeeds(ctx, tx, 0, all) })
}

// shifts gives somebody a pattern from a day long ago.
func (h *house) shifts(t *testing.T, who db.Actor, pattern string) {
	t.Helper()
	h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
		return desk.SetRota(ctx, tx, desk.Rota{Person: who.ID, Pattern: pattern, Begins: h.d.Today().AddDays(-28)})
	})
}

// routes sends the reports of electricity to the electricians.
func (h *house) routes(t *testing.T) {
	t.Helper()
	h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
		return desk.SetRoutes(ctx, tx, 0, []desk.Route{{Trade: "electric", Crew: h.electric.ID}, {Trade: "heating", Crew: h.water.ID}})
	})
}

// Clause: O-006 O-007 O-011
func TestWithoutAValidCertificateNobodyIsSentAcceptsOrTakes(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		h.routes(t)
		h.certifies(t, h.li, "electrician", "")
		ends := h.certifies(t, h.wang, "electrician", d.Today().AddDays(3))
		h.needs(t, desk.Need{Trade: "electric", Certificate: "electrician"}, desk.Need{Trade: "heating", Certificate: "boiler"})
		offered := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		h.take(t, h.dispatcher, offered.ID, dispatch(desk.Assignment{Worker: h.wang.ID}))
		free, grave := h.report(t, h.nurse, desk.Slip{Place: h.room.ID}), h.report(t, h.nurse, desk.Slip{Place: h.room.ID, Urgency: desk.Emergency})
		next := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		clock.Add(4 * 24 * time.Hour)
		refused := func(what, clause string, by db.Actor, f step, id string) {
			t.Helper()
			err := h.do(by, func(ctx context.Context, tx *db.Tx) error { _, err := f(ctx, tx, id); return err })
			if !fault.Is(err, "desk.certificate_ended") || !strings.Contains(err.Error(), "李志强") || !strings.Contains(err.Error(), string(ends.EndsOn)) {
				t.Errorf("%s: %v; it should name the day and who could go", what, err)
			}
			if e, ok := err.(*fault.Error); !ok || len(e.Clauses()) != 1 || e.Clauses()[0] != clause {
				t.Errorf("%s cites %v", what, err)
			}
		}
		refused("sending", "O-007", h.dispatcher, dispatch(desk.Assignment{Worker: h.wang.ID}), next.ID)
		refused("sending another", "O-007", h.dispatcher, reassign(desk.Assignment{Worker: h.wang.ID}), offered.ID)
		refused("accepting", "O-007", h.wang, accept, offered.ID)
		refused("taking", "O-007", h.wang, grab, free.ID)
		refused("going to an emergency", "O-007", h.wang, arrive, grave.ID)

		// Re-examined, he may: the state's cycle is three years.
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
			return people.Recheck(ctx, tx, ends.ID, ends.Version, people.Check{On: tx.Today(), Until: tx.Today().AddMonths(60)})
		})
		got, err := people.CertificateByID(t.Context(), d, h.system, ends.ID)
		if err != nil || got.EndsOn != d.Today().AddMonths(36) {
			t.Errorf("re-examined today it holds until %s, %v", got.EndsOn, err)
		}
		h.take(t, h.wang, free.ID, grab)

		// Of a boiler nobody holds one.
		boiler := h.report(t, h.nurse, desk.Slip{Place: h.room.ID, Trade: "heating"})
		err = h.do(h.dispatcher, func(ctx context.Context, tx *db.Tx) error {
			_, err := desk.Dispatch(ctx, tx, boiler.ID, 0, desk.Assignment{Worker: h.wang.ID})
			return err
		})
		if e, ok := err.(*fault.Error); !ok || !fault.Is(err, "desk.certificate_missing") || e.Clauses()[0] != "O-011" {
			t.Errorf("a boiler without a certificate: %v", err)
		}
		// A crew may be told of it: who takes it is looked at then.
		h.take(t, h.dispatcher, boiler.ID, dispatch(desk.Assignment{Crew: h.electric.ID}))
	})
}

func TestWhoIsProposedAndWhy(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		h.routes(t)
		clock.Set(d.Today().Start(d.Zone).Time().Add(10 * time.Hour))
		h.shifts(t, h.wang, "白")
		h.shifts(t, h.li, "白")
		h.shifts(t, h.dispatcher, "休")
		h.shifts(t, h.director, "休")
		best := func(j desk.Job) desk.Candidate {
			t.Helper()
			all, err := desk.Propose(t.Context(), d, &j, 0)
			if err != nil || len(all) != 4 { // the crew's four
				t.Fatalf("%d proposed, %v", len(all), err)
			}
			return all[0]
		}
		// He has nothing in hand, his colleague has a job that comes before.
		busy := h.report(t, h.nurse, desk.Slip{Place: h.corridor.ID, Urgency: desk.Urgent, Department: h.ward.ID})
		h.take(t, h.dispatcher, busy.ID, dispatch(desk.Assignment{Worker: h.li.ID}))
		j := h.job(t, h.report(t, h.nurse, desk.Slip{Place: h.room.ID}).ID)
		if c := best(j); c.Name != "王建国" || c.Ahead != 0 || !c.Duty.On || c.Duty.Shift != "白班" {
			t.Errorf("proposed: %+v", c)
		}
		// Of two free of what is graver, the one who is there already.
		here := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		h.take(t, h.dispatcher, here.ID, dispatch(desk.Assignment{Worker: h.li.ID}))
		h.take(t, h.li, here.ID, accept, arrive)
		emergency := h.job(t, h.report(t, h.nurse, desk.Slip{Place: h.room.ID, Urgency: desk.Emergency}).ID)
		if c := best(emergency); c.Name != "李志强" || c.Near != desk.SamePlace || c.Load != 2 || c.Ahead != 0 {
			t.Errorf("for an emergency: %+v", c)
		}
		// Who handed it back is not asked again, nor who is off duty.
		h.take(t, h.dispatcher, j.ID, dispatch(desk.Assignment{Worker: h.wang.ID}))
		h.take(t, h.wang, j.ID, reasoned(desk.Decline, "没有梯子"))
		if c := best(h.job(t, j.ID)); c.Name != "李志强" {
			t.Errorf("after he declined: %+v", c)
		}
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
			return desk.SetDay(ctx, tx, desk.Swap{Person: h.li.ID, Day: tx.Today(), Shift: "休", Note: "调休"})
		})
		if c := best(emergency); c.Name != "王建国" {
			t.Errorf("while the other is off: %+v", c)
		}
	})
}

func TestNightDutyLastsIntoTheMorning(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
			return desk.SetRota(ctx, tx, desk.Rota{Person: h.wang.ID, Pattern: "夜休", Begins: "2027-01-31"}) // over a month's end
		})
		for _, x := range []struct {
			at string
			on bool
		}{{"2027-01-31 17:29", false}, {"2027-01-31 17:30", true}, {"2027-02-01 00:00", true}, {"2027-02-01 07:59", true}, {"2027-02-01 08:00", false},
			{"2027-02-01 18:00", false}, {"2027-02-02 17:30", true}, {"2027-02-03 03:00", true}, {"2027-01-31 03:00", false}} {
			at, err := time.ParseInLocation("2006-01-02 15:04", x.at, d.Zone)
			if err != nil {
				t.Fatal(err)
			}
			day := period.DayOf(at, d.Zone)
			r, err := desk.RostersOf(t.Context(), d, []string{h.wang.ID}, day, day)
			if err != nil {
				t.Fatal(err)
			}
			if got := r.At(h.wang.ID, at); got.On != x.on {
				t.Errorf("%s: on duty %v", x.at, got.On)
			}
		}
		for _, bad := range []string{"白 晚 休", "", "早"} {
			err := h.do(h.system, func(ctx context.Context, tx *db.Tx) error {
				return desk.SetRota(ctx, tx, desk.Rota{Person: h.li.ID, Pattern: bad})
			})
			if (bad != "") != fault.Is(err, "desk.no_shift") {
				t.Errorf("pattern %q: %v", bad, err)
			}
		}
	})
}

func TestInTurnsEachJobGoesToTheNextOnDuty(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		h.routes(t)
		clock.Set(d.Today().Start(d.Zone).Time().Add(10 * time.Hour))
		for _, x := range []struct {
			who     db.Actor
			pattern string
		}{{h.wang, "白"}, {h.li, "白"}, {h.dispatcher, "休"}, {h.director, "休"}} {
			h.shifts(t, x.who, x.pattern)
		}
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
			return desk.SetManner(ctx, tx, h.electric.ID, desk.InTurns)
		})
		// Twenty wards report at once: each of the two gets ten.
		by := make([]db.Actor, 20)
		for i := range by {
			by[i] = h.nurse
		}
		for _, err := range race(h, by, func(ctx context.Context, tx *db.Tx, i int) error {
			_, err := desk.Report(ctx, tx, &desk.Slip{Title: fmt.Sprint("灯不亮", i), Trade: "electric", Place: h.room.ID, Anyway: true})
			return err
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		loads, err := desk.Loads(t.Context(), d, []string{h.wang.ID, h.li.ID})
		if err != nil || loads[h.wang.ID] != 10 || loads[h.li.ID] != 10 {
			t.Errorf("in turns: %v, %v", loads, err)
		}
		// With nobody on duty it waits for the desk.
		clock.Set(d.Today().Start(d.Zone).Time().Add(23 * time.Hour))
		if j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID}); j.State != desk.Reported || j.Worker != "" {
			t.Errorf("at night: %+v", j)
		}
		// Where only the desk sends, nothing is taken.
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error { return desk.SetManner(ctx, tx, h.electric.ID, desk.Sent) })
		j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		if err := h.do(h.wang, func(ctx context.Context, tx *db.Tx) error { _, err := grab(ctx, tx, j.ID); return err }); !fault.Is(err, "desk.only_sent") {
			t.Errorf("taking: %v", err)
		}
	})
}
