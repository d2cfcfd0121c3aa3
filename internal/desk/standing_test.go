package desk_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/calendar"
	"houqin/internal/desk"
	"houqin/internal/places"
)

func TestTurnsLieWholeCyclesFromTheFirst(t *testing.T) {
	cal := calendar.New(time.UTC, nil)
	for _, c := range []struct {
		name string
		plan desk.Standing
		want []period.Day // the turns after one another
	}{
		{"every month from the 31st", desk.Standing{Unit: "month", Every: 1, Begins: "2026-12-31"}, []period.Day{"2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31"}},
		{"every quarter", desk.Standing{Unit: "month", Every: 3, Begins: "2026-11-30"}, []period.Day{"2026-11-30", "2027-02-28", "2027-05-30"}},
		{"every other week", desk.Standing{Unit: "week", Every: 2, Begins: "2026-11-23"}, []period.Day{"2026-11-23", "2026-12-07", "2026-12-21"}},
		{"every day worked: a weekend is no turn", desk.Standing{Unit: "day", Every: 1, Begins: "2026-11-26", Working: true}, []period.Day{"2026-11-26", "2026-11-27", "2026-11-30", "2026-12-01"}},
		{"over the holidays of autumn", desk.Standing{Unit: "week", Every: 1, Begins: "2026-09-25", Working: true}, []period.Day{"2026-09-28", "2026-10-08", "2026-10-09"}},
	} {
		var got []period.Day
		for day := c.want[0].AddDays(-1); len(got) < len(c.want); got = append(got, day) {
			day = c.plan.After(cal, day)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if got := (&desk.Standing{Unit: desk.Pressed}).After(cal, "2026-11-22"); got != "" {
		t.Errorf("what is only pressed comes round on %s", got)
	}
}

// scheduler may keep plans.
func (h *house) scheduler() db.Actor { return everywhere(h.chief, desk.MaySchedule, desk.MaySee) }

func (h *house) plan(t *testing.T, s desk.Standing) desk.Standing {
	t.Helper()
	h.must(t, h.scheduler(), func(ctx context.Context, tx *db.Tx) error {
		if s.Next.IsZero() && s.Unit != desk.Pressed {
			s.Next = tx.Today()
		}
		return desk.Schedule(ctx, tx, &s)
	})
	return s
}

func (h *house) round(t *testing.T) {
	t.Helper()
	h.must(t, db.System("clock"), desk.RaiseDue)
}

func (h *house) turns(t *testing.T, plan string) (all []desk.Turn) {
	t.Helper()
	all, err := desk.TurnsOf(t.Context(), h.d, plan, 100)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(all)
	return all
}

// A plan raises a job at each of its stops on its day and never twice; a day on which nothing
// ran, one whose jobs are still open and one on which it rested are written down, and the one
// who leads it is told.
//
// Clause: W-017
func TestAPlanRaisesItsJobsOnItsDay(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		s := h.plan(t, desk.Standing{Title: "给水检查", Trade: "water", Unit: "week", Every: 1, Days: 2, Next: d.Today().AddDays(1), Crew: h.water.ID,
			Stops: []desk.Stop{{Place: h.room.ID}, {Department: h.other.ID}}})
		h.round(t)
		if got := h.turns(t, s.ID); len(got) != 0 {
			t.Fatalf("before its day: %+v", got)
		}
		clock.Add(24 * time.Hour)
		h.round(t)
		for _, turn := range h.turns(t, s.ID) { // it is no report, and nobody need say that they looked at it
			if j := h.job(t, turn.Job); j.Unread() {
				t.Errorf("%s waits to be looked at", j.Number)
			}
			if err := h.do(h.dispatcher, func(ctx context.Context, tx *db.Tx) error { _, err := desk.Triage(ctx, tx, turn.Job, 0); return err }); !fault.Is(err, "desk.triage_planned") {
				t.Errorf("it is looked at: %v", err)
			}
		}
		h.round(t)
		got := h.turns(t, s.ID)
		if len(got) != 2 || got[0].Outcome != desk.Raised || got[0].PlaceName != "301病房" || got[1].DepartmentName != "外一科" {
			t.Fatalf("on its day: %+v", got)
		}
		j := h.job(t, got[0].Job)
		if j.Standing != s.ID || j.Round != desk.Indoor || j.Source != "plan" || j.CrewName != "水暖班" || j.Department != h.ward.ID || j.ReporterName != "科长" || j.Urgency != desk.Planned {
			t.Errorf("the job is %+v", j)
		}
		if want := d.Today().AddDays(1).End(d.Zone); j.Due != want {
			t.Errorf("it is due %s, want %s", j.Due, want)
		}
		li := h.li
		li.Unit = h.water.ID
		h.take(t, li, j.ID, grab, arrive, finish(desk.Work{Done: "都好", Minutes: 10}))

		clock.Add(3 * 7 * 24 * time.Hour) // nothing ran for two of its days
		h.round(t)
		got = h.turns(t, s.ID)[2:]
		count := func(of string) (n int) {
			for _, x := range got {
				if x.Outcome == of {
					n++
				}
			}
			return n
		}
		if len(got) != 6 || count(desk.Missed) != 4 || count(desk.Raised) != 1 || count(desk.StillOn) != 1 {
			t.Errorf("after three weeks: %+v", got)
		}
		var told int
		if err := d.QueryRowContext(t.Context(), `SELECT count(*) FROM messages_note WHERE person = $1 AND event = 'turn_missed'`, h.chief.ID).Scan(&told); err != nil || told != 1 {
			t.Errorf("who leads it was told %d times, %v", told, err)
		}
		h.must(t, h.scheduler(), func(ctx context.Context, tx *db.Tx) error { _, err := desk.Rest(ctx, tx, s.ID, 0); return err })
		clock.Add(7 * 24 * time.Hour)
		h.round(t)
		if got = h.turns(t, s.ID)[8:]; count(desk.Missed) != 2 || len(got) != 2 {
			t.Errorf("while it rests: %+v", got)
		}
		h.must(t, h.scheduler(), func(ctx context.Context, tx *db.Tx) error {
			if _, err := desk.GoOn(ctx, tx, s.ID, 0); err != nil {
				return err
			}
			_, err := desk.End(ctx, tx, s.ID, 0)
			return err
		})
		clock.Add(30 * 24 * time.Hour)
		h.round(t)
		if got = h.turns(t, s.ID)[10:]; len(got) != 0 {
			t.Errorf("after its end: %+v", got)
		}
		e := counted(t, d, "W-017", d.Today().AddDays(-90), d.Today())
		if e.Kept != 1 || opened(t, d, e.Link) != 1 {
			t.Errorf("counted %+v, opened %d", e, opened(t, d, e.Link))
		}
		if e := counted(t, d, "W-002", d.Today().AddDays(-90), d.Today()); e.Kept+e.Broken != 0 {
			t.Errorf("nobody called, and the desk is judged: %+v", e)
		}
	})
}

// Two copies of the program on one database raise a turn once.
func TestTwoCopiesRaiseATurnOnce(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		var plans []desk.Standing
		for range 4 {
			plans = append(plans, h.plan(t, desk.Standing{Title: "巡视", Trade: "patrol", Unit: "day", Every: 1, Stops: []desk.Stop{{Department: h.ward.ID}, {Department: h.other.ID}}}))
		}
		var both sync.WaitGroup
		for range 4 {
			both.Go(func() {
				if err := h.do(db.System("clock"), desk.RaiseDue); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		for _, s := range plans {
			if got := h.turns(t, s.ID); len(got) != 2 {
				t.Errorf("%d turns", len(got))
			}
		}
		jobs, err := desk.Jobs.All(t.Context(), d, list.Where{}.And("j.source = 'plan'"), 100)
		if err != nil || len(jobs) != 8 {
			t.Errorf("%d jobs, %v", len(jobs), err)
		}
	})
}

// A patrol goes by its days and, pressed, between them; what it finds at the wards is jobs of
// their own, that say on whose way they were found.
//
// Clause: W-018
func TestAPatrolCollectsWhatTheWardsNeed(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		s := h.plan(t, desk.Standing{Title: "巡视各科", Trade: "patrol", Unit: "week", Every: 1, Together: true, Department: h.electric.ID, Crew: h.electric.ID,
			Next: d.Today().AddDays(3), Stops: []desk.Stop{{Department: h.ward.ID}, {Department: h.other.ID}}})
		press := func(by db.Actor) error {
			return h.do(by, func(ctx context.Context, tx *db.Tx) error { _, err := desk.Press(ctx, tx, s.ID); return err })
		}
		if err := press(everywhere(h.nurse, desk.MaySee)); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("who may not send sends a patrol: %v", err)
		}
		if err := press(h.dispatcher); err != nil {
			t.Fatal(err)
		}
		if err := press(h.dispatcher); !fault.Is(err, "desk.turn_open") {
			t.Errorf("while it is under way it goes again: %v", err)
		}
		got := h.turns(t, s.ID)
		if len(got) != 1 || !got[0].Pressed || got[0].Outcome != desk.Raised {
			t.Fatalf("pressed: %+v", got)
		}
		now, err := desk.StandingByID(t.Context(), d, h.scheduler(), s.ID)
		if err != nil || now.Next != s.Next {
			t.Errorf("its day moved from %s to %s, %v", s.Next, now.Next, err)
		}
		j := h.job(t, got[0].Job)
		if j.Detail != "□ 内一科\n□ 外一科" || j.Department != h.electric.ID {
			t.Errorf("one job for all is %+v", j)
		}
		h.take(t, h.wang, j.ID, grab, arrive)
		find := func(by db.Actor, f desk.Finding) (made desk.Job, err error) {
			err = h.do(by, func(ctx context.Context, tx *db.Tx) error { made, err = desk.Find(ctx, tx, j.ID, 0, f); return err })
			return made, err
		}
		made, err := find(h.wang, desk.Finding{Title: "水管锈蚀要换", Trade: "water", Department: h.ward.ID})
		if err != nil || made.FoundOn != j.ID || made.Source != "patrol" || made.Department != h.ward.ID || made.CrewName == "电工班" || made.Round != desk.OnCall {
			t.Errorf("found: %+v, %v", made, err)
		}
		if _, err := find(h.li, desk.Finding{Title: "x", Trade: "water", Department: h.ward.ID}); err == nil {
			t.Error("another writes down what they did not find")
		}
		if _, err := find(h.wang, desk.Finding{Trade: "water", Department: h.ward.ID}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("nothing was found: %v", err)
		}
		h.take(t, h.wang, j.ID, finish(desk.Work{Done: "走完", Minutes: 60}))
		found, err := desk.FoundOn(t.Context(), d, j.ID)
		if err != nil || len(found) != 1 || h.turns(t, s.ID)[0].Found != 1 {
			t.Errorf("the round found %d, %v", len(found), err)
		}
		e := counted(t, d, "W-018", d.Today(), d.Today())
		if e.Kept != 1 || opened(t, d, e.Link) != 1 {
			t.Errorf("counted %+v", e)
		}
	})
}

// Every flaw of a plan is named at once.
func TestAPlanIsRefusedWithEveryFlaw(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		for name, c := range map[string]struct {
			s    desk.Standing
			want []string
		}{
			"nothing":       {desk.Standing{Department: h.ward.ID}, []string{"title", "trade", "unit", "next"}},
			"a day gone by": {desk.Standing{Title: "x", Trade: "pest", Unit: "day", Next: d.Today().AddDays(-1)}, []string{"next"}},
			"an end before": {desk.Standing{Title: "x", Trade: "pest", Unit: "day", Next: d.Today().AddDays(2), Ends: d.Today()}, []string{"ends"}},
			"twice the same": {desk.Standing{Title: "x", Trade: "pest", Unit: "day", Next: d.Today(), Lead: "nobody", Stops: []desk.Stop{{Department: h.ward.ID}, {Department: h.ward.ID}, {Place: "nowhere"}}},
				[]string{"stops.1.place", "stops.2.place", "lead"}},
		} {
			err := h.do(h.scheduler(), func(ctx context.Context, tx *db.Tx) error { return desk.Schedule(ctx, tx, &c.s) })
			e, ok := err.(*fault.Error)
			if !ok {
				t.Errorf("%s: %v", name, err)
				continue
			}
			var got []string
			for _, f := range e.Fields {
				got = append(got, f.Path)
			}
			slices.Sort(got)
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: complains about %v, want %v", name, got, c.want)
			}
		}
		if err := h.do(h.dispatcher, func(ctx context.Context, tx *db.Tx) error {
			return desk.Schedule(ctx, tx, &desk.Standing{Title: "x", Trade: "pest", Unit: "day", Next: d.Today()})
		}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("who may not keep plans keeps one: %v", err)
		}
	})
}

// Pests are fought every month: the hospital is reminded of the plan until it runs, and its
// work is counted.
//
// Clause: K-007
func TestPestsAreFoughtEveryMonth(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		lacks := func() bool {
			all, err := desk.Unplanned(t.Context(), d)
			if err != nil {
				t.Fatal(err)
			}
			return slices.ContainsFunc(all, func(u desk.Usual) bool { return u.Trade == "pest" && u.Clause == "K-007" })
		}
		if !lacks() {
			t.Error("nobody is reminded of pest control")
		}
		u := desk.UsualOf("pest")
		s := h.plan(t, desk.Standing{Title: "除四害", Trade: u.Trade, Unit: u.Unit, Every: u.Every, Days: u.Days, Stops: []desk.Stop{{Department: h.ward.ID}}})
		if lacks() {
			t.Error("the plan runs, and is asked for")
		}
		first := d.Today()
		h.round(t)
		clock.Add(31 * 24 * time.Hour)
		if s, err := desk.StandingByID(t.Context(), d, h.scheduler(), s.ID); err != nil || s.Next != first.AddMonths(1) {
			t.Errorf("next it comes on %s, %v", s.Next, err)
		}
		j := h.turns(t, s.ID)[0].Job
		h.take(t, h.wang, j, grab, arrive, finish(desk.Work{Done: "投药", Minutes: 30}))
		if e := counted(t, d, "K-007", d.Today(), d.Today()); e.Broken != 1 || opened(t, d, e.BrokenLink) != 1 {
			t.Errorf("done a month late it counts as %+v", e)
		}
	})
}

// What is carried in the house says where it goes, and regular rounds are told from calls.
//
// Clause: T-003 T-004 T-007
func TestWhatIsCarriedSaysWhereTo(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		var lab places.Place
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
			lab = places.Place{Code: "LAB", Name: "检验科窗口", Kind: places.Room}
			return places.Add(ctx, tx, &lab)
		})
		send := func(trade desk.Trade, to string) (j desk.Job, err error) {
			err = h.do(h.nurse, func(ctx context.Context, tx *db.Tx) error {
				j, err = desk.Report(ctx, tx, &desk.Slip{Title: "送标本", Trade: trade, Place: h.room.ID, Bound: to, Source: "ward", Anyway: true, Answers: []string{"血标本"}})
				return err
			})
			return j, err
		}
		for _, to := range []string{"", h.room.ID, "nowhere"} {
			if _, err := send("courier", to); fault.KindOf(err) != fault.Invalid {
				t.Errorf("carried to %q: %v", to, err)
			}
		}
		for _, trade := range []desk.Trade{"courier", "moving"} {
			j, err := send(trade, lab.ID)
			if err != nil || h.job(t, j.ID).BoundName != "检验科窗口" {
				t.Fatal(j, err)
			}
			h.take(t, h.wang, j.ID, grab, arrive, finish(desk.Work{Done: "已送到", Minutes: 10}))
		}
		h.plan(t, desk.Standing{Title: "送报表", Trade: "courier", Unit: "day", Every: 1, Outdoor: true, Department: h.ward.ID})
		h.plan(t, desk.Standing{Title: "收送被服", Trade: "linen", Unit: "day", Every: 1, Department: h.ward.ID})
		h.round(t)
		for clause, want := range map[string]int64{"T-003": 1, "T-004": 1} {
			if e := counted(t, d, clause, d.Today(), d.Today()); e.Kept != want || opened(t, d, e.Link) != want {
				t.Errorf("%s: counted %+v", clause, e)
			}
		}
		if e := counted(t, d, "T-007", d.Today(), d.Today()); e.Kept != 2 || opened(t, d, e.Link) != 2 {
			t.Errorf("regular rounds: %+v", e)
		}
		lines, err := desk.Figured(t.Context(), d, h.director, "round", d.Today(), d.Today())
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int64{}
		for _, l := range lines {
			got[l.Key] = l.Figures["reported"].N
			if n := opened(t, d, l.Figures["reported"].Link); n != got[l.Key] {
				t.Errorf("%s opens %d of %d", l.Key, n, got[l.Key])
			}
		}
		if got["call"] != 2 || got["indoor"] != 1 || got["outdoor"] != 1 {
			t.Errorf("told apart: %v", got)
		}
	})
}
