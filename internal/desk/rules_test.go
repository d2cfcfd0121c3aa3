package desk_test

import (
	"net/url"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/desk"
	"houqin/internal/rules"
)

// counted is what the desk's claim about a clause counts from … until.
func counted(t *testing.T, d *db.DB, clause string, from, until period.Day) (e rules.Evidence) {
	t.Helper()
	for _, c := range desk.Claims {
		if c.Clause == clause && c.Evidence != nil {
			got, err := c.Evidence(t.Context(), d, from, until)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
	}
	t.Fatalf("the desk counts nothing of %s", clause)
	return e
}

// opened is how many jobs a link of evidence opens in the list.
func opened(t *testing.T, d *db.DB, link string) int64 {
	t.Helper()
	if link == "" {
		return 0
	}
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	q, err := desk.Jobs.Parse(u.Query(), db.System("test"))
	if err != nil {
		t.Fatal(link, err)
	}
	p, err := desk.Jobs.Fetch(t.Context(), d, q, list.Where{})
	if err != nil {
		t.Fatal(link, err)
	}
	return int64(p.Count)
}

// Clause: W-002 W-005 W-012 W-026 W-030 Q-001
func TestJobsAreJudgedByTheValueOfTheirDay(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		from, today := d.Today(), d.Today()
		is := func(clause string, until period.Day, kept, broken int64) {
			t.Helper()
			if e := counted(t, d, clause, from, until); e.Kept != kept || e.Broken != broken {
				t.Errorf("%s: kept %d broken %d, want %d and %d", clause, e.Kept, e.Broken, kept, broken)
			}
		}
		send := func(after time.Duration) {
			j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
			clock.Add(after)
			h.take(t, h.dispatcher, j.ID, dispatch(desk.Assignment{Worker: h.wang.ID}))
		}
		send(30 * time.Minute) // exactly the half hour is in time
		send(30*time.Minute + time.Microsecond)
		is("W-002", today, 1, 1)
		if e := counted(t, d, "W-002", from, today); opened(t, d, e.Link) != 1 || opened(t, d, e.BrokenLink) != 1 {
			t.Errorf("on both sides of the limit one, and %s opens %d, %s %d", e.Link, opened(t, d, e.Link), e.BrokenLink, opened(t, d, e.BrokenLink))
		}
		set(t, d, "W-002.dispatch", "20", today.AddDays(1))
		clock.Set(today.AddDays(1).Start(d.Zone).Time().Add(9 * time.Hour))
		send(20 * time.Minute)
		send(25 * time.Minute) // was in time yesterday, is not today
		is("W-002", d.Today(), 2, 2)
		h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		clock.Add(20 * time.Minute)
		is("W-002", d.Today(), 2, 2)
		clock.Add(time.Microsecond) // nobody was sent, and the time is over
		is("W-002", d.Today(), 2, 3)

		for _, after := range []time.Duration{15 * time.Minute, 15*time.Minute + time.Microsecond} {
			j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID, Urgency: desk.Emergency})
			clock.Add(after)
			h.take(t, h.wang, j.ID, arrive, done)
		}
		is("W-005", d.Today(), 1, 1)
		is("W-026", d.Today(), 2, 0)

		for _, rating := range []int64{0, 2, 3, 4} {
			id := h.at(t, desk.Done, desk.Normal)
			h.take(t, h.nurse, id, sign(desk.Signing{Signature: "周护士", Rating: rating, Opinion: "说明"}))
		}
		is("W-012", d.Today(), 3, 1) // three stars are good enough, and so is no word
		is("Q-001", d.Today(), 1, 2) // satisfied begins at four
		is("W-030", d.Today(), 1, 2)
		if e := counted(t, d, "Q-001", from, d.Today()); e.Target != 98 || e.State() != rules.Broken {
			t.Errorf("98 of a hundred are wanted: %+v is %s", e, e.State())
		}
		for kept, want := range map[int64]rules.State{97: rules.Broken, 98: rules.Holds, 99: rules.Holds} {
			if got := (rules.Evidence{Kept: kept, Broken: 100 - kept, Target: 98}).State(); got != want {
				t.Errorf("%d of a hundred: %s", kept, got)
			}
		}
	})
}

// Clause: W-010
func TestWhatIsUnsolvedForTooLong(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		waiting := h.at(t, desk.Paused, desk.Normal)
		h.at(t, desk.Done, desk.Normal) // the work is done: it waits for a signature only
		n := func() int {
			t.Helper()
			w, err := desk.Unsolved(t.Context(), d, h.director)
			if err != nil {
				t.Fatal(err)
			}
			jobs, err := desk.Jobs.All(t.Context(), d, w, 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(jobs)
		}
		clock.Add(48 * time.Hour)
		if n() != 0 {
			t.Error("exactly at the limit it is reported upward")
		}
		clock.Add(time.Microsecond)
		if n() != 1 {
			t.Error("past the limit it is not")
		}
		if j := h.job(t, waiting); j.Waits != "access" {
			t.Errorf("what it waits for is not written down: %+v", j)
		}
	})
}

// Clause: W-020 W-021 W-022 W-023 W-025 W-031 W-032 U-030
func TestTheYearsFiguresOpenTheirJobs(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		work := func(trade desk.Trade, u desk.Urgency, after time.Duration, rating int64) {
			j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID, Trade: trade, Urgency: u})
			h.take(t, h.dispatcher, j.ID, dispatch(desk.Assignment{Worker: h.wang.ID}))
			h.take(t, h.wang, j.ID, accept, arrive)
			clock.Add(after)
			h.take(t, h.wang, j.ID, done)
			h.take(t, h.nurse, j.ID, sign(desk.Signing{Signature: "周护士", Rating: rating, Opinion: "说明"}))
		}
		work("electric", desk.Normal, time.Hour, 5)
		work("heating", desk.Emergency, 30*time.Minute, 0) // exactly in time
		work("heating", desk.Emergency, 30*time.Minute+time.Microsecond, 4)
		work("it", desk.Urgent, time.Hour, 0)
		today := d.Today()
		for clause, want := range map[string][2]int64{"W-020": {2, 0}, "W-021": {4, 0}, "W-022": {4, 0}, "W-023": {1, 0}, "W-025": {1, 1}, "W-031": {1, 1}, "W-032": {1, 0}, "U-030": {2, 0}, "W-011": {3, 1}, "W-007": {4, 0}} {
			e := counted(t, d, clause, today, today)
			if e.Kept != want[0] || e.Broken != want[1] || e.Latest == 0 || e.Link == "" {
				t.Errorf("%s: %+v, want %v", clause, e, want)
			}
			if n := opened(t, d, e.Link); n != want[0] {
				t.Errorf("%s: %d were kept, and %s opens %d", clause, want[0], e.Link, n)
			}
			if n := opened(t, d, e.BrokenLink); n != want[1] {
				t.Errorf("%s: %d were broken, and %s opens %d", clause, want[1], e.BrokenLink, n)
			}
			if e := counted(t, d, clause, today.AddDays(1), today.AddDays(9)); e.Kept+e.Broken != 0 {
				t.Errorf("%s counts %+v on days to come", clause, e)
			}
		}
		late, err := desk.Jobs.All(t.Context(), d, list.Where{}.And("(j.due > 0 AND j.finished_at > j.due)"), 10)
		if err != nil || len(late) != 1 || !late[0].Overran {
			t.Errorf("late ones: %+v, %v", late, err)
		}
	})
}
