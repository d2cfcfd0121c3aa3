package desk_test

import (
	"context"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/desk"
)

// Who was sent to a job that is another crew's by now reads who has it and what was done
// meanwhile, and nothing that others wrote; who sees the job reads that too.
func TestWhoSendsTooLateReadsHowTheJobStands(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		h.take(t, h.dispatcher, j.ID, dispatch(desk.Assignment{Worker: h.wang.ID}))
		clock.Add(time.Hour)
		went := h.job(t, j.ID).DispatchedAt.Add(time.Minute) // without a network
		h.take(t, h.dispatcher, j.ID, reassign(desk.Assignment{Crew: h.water.ID}))
		clock.Add(time.Hour)
		h.take(t, h.nurse, j.ID, comment("隔壁也不亮"))
		stand := func(by db.Actor) desk.Stand {
			t.Helper()
			s, err := desk.StandOf(t.Context(), d, by, j.ID)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		now := h.job(t, j.ID)
		for who, by := range map[string]db.Actor{"whose it was": h.wang, "the desk": h.dispatcher} {
			s := stand(by)
			if s.Job.State != desk.Dispatched || s.Job.CrewName != "水暖班" || s.Since != now.DispatchedAt || s.Whole != (who == "the desk") {
				t.Errorf("%s reads %+v", who, s)
			}
			did := s.Meanwhile(went, went.Add(24*time.Hour))
			if len(did) != 2 || did[0].Action != "reassign" || did[1].Action != "comment" || (did[1].Note != "") != s.Whole {
				t.Errorf("%s reads that meanwhile %+v", who, did)
			}
			if !s.Whole && (s.Job.Title != "" || s.Job.Detail != "" || s.Job.Place != "" || s.Job.Phone != "") {
				t.Errorf("%s reads more than how it stands: %+v", who, s.Job)
			}
		}
		namesake := h.stranger
		namesake.Name = h.wang.Name
		for who, by := range map[string]db.Actor{"a stranger": h.stranger, "of the same name": namesake} {
			if _, err := desk.StandOf(t.Context(), d, by, j.ID); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s reads how it stands: %v", who, err)
			}
		}
	})
}

// What a phone sent and was not taken stands in the story with what was written, the same
// once; its person is told once for a job. Of a note are told whose sending it was and who
// has the job now, once, and never who made it.
func TestWhatWasNotTakenIsKeptAndToldOnce(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		given := func() desk.Job {
			j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
			h.take(t, h.dispatcher, j.ID, dispatch(desk.Assignment{Worker: h.wang.ID}), reassign(desk.Assignment{Worker: h.li.ID}))
			return j
		}
		refused := func(by db.Actor, id, why, typed string) (kept bool, err error) {
			return kept, h.do(by, func(ctx context.Context, tx *db.Tx) (err error) {
				kept, err = desk.NotTaken(ctx, tx, id, why, typed)
				return err
			})
		}
		aside := func(by db.Actor, id string) {
			t.Helper()
			h.must(t, by, func(ctx context.Context, tx *db.Tx) error {
				_, err := desk.SetAside(ctx, tx, id, "换了灯管")
				return err
			})
		}
		j := given()
		for n, c := range []struct {
			why  string
			kept bool
		}{{"接单没有收下：已改派", true}, {"接单没有收下：已改派", false}, {"完工没有收下：已改派", true}} {
			if kept, err := refused(h.wang, j.ID, c.why, "处理结果 换了灯管"); err != nil || kept != c.kept {
				t.Errorf("%d: %s is kept: %v, %v", n, c.why, kept, err)
			}
		}
		if _, err := refused(h.stranger, j.ID, "接单没有收下", ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger's is kept: %v", err)
		}
		s, err := desk.StandOf(t.Context(), d, h.dispatcher, j.ID)
		if err != nil || len(s.Undecided()) != 2 || s.Undecided()[1].Note != "接单没有收下：已改派\n处理结果 换了灯管" || s.Undecided()[1].ByID != h.wang.ID {
			t.Errorf("the desk reads %+v: %v", s.Undecided(), err)
		}
		if n, others := h.told(t, h.wang, "not_taken"), h.told(t, h.li, "not_taken"); n != 1 || others != 0 {
			t.Errorf("told %d times, others %d", n, others)
		}
		aside(h.wang, j.ID)
		aside(h.wang, j.ID)
		if mine, his := h.told(t, h.wang, "noted"), h.told(t, h.li, "noted"); mine != 0 || his != 1 {
			t.Errorf("of the note: who made it %d times, who has the job %d", mine, his)
		}
		if s, err = desk.StandOf(t.Context(), d, h.dispatcher, j.ID); err != nil || len(s.Undecided()) != 2 || s.Undecided()[0].Action != "aside" {
			t.Errorf("after the notes the desk reads %+v: %v", s.Undecided(), err)
		}

		other := given()
		if _, err := refused(h.wang, other.ID, "接单没有收下：已改派", ""); err != nil {
			t.Fatal(err)
		}
		aside(h.dispatcher, other.ID)
		if mine, desk := h.told(t, h.wang, "noted"), h.told(t, h.dispatcher, "noted"); mine != 1 || desk != 0 {
			t.Errorf("of the desk's note: whose sending it was %d times, the desk %d", mine, desk)
		}
	})
}

// Whom a job came to in turn, not sent by anybody, reads how it stands once it is another's.
func TestWhoHadAJobInTurnReadsHowItStands(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		h.routes(t)
		clock.Set(d.Today().Start(d.Zone).Time().Add(10 * time.Hour))
		h.shifts(t, h.wang, "白")
		for _, who := range []db.Actor{h.li, h.dispatcher, h.director} {
			h.shifts(t, who, "休")
		}
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
			return desk.SetManner(ctx, tx, h.electric.ID, desk.InTurns)
		})
		j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		if j.Worker != h.wang.ID {
			t.Fatalf("in turn it came to %q", j.WorkerName)
		}
		h.take(t, h.dispatcher, j.ID, reassign(desk.Assignment{Crew: h.water.ID}))
		if s, err := desk.StandOf(t.Context(), d, h.wang, j.ID); err != nil || s.Whole || s.Job.CrewName != "水暖班" {
			t.Errorf("whose turn it was reads %+v: %v", s, err)
		}
	})
}
