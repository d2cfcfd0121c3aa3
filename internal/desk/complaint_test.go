package desk_test

import (
	"context"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/messages"
)

// However many complaints come in, the one that is due first stands on top.
func TestWhatIsDueFirstIsAnsweredFirst(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		var jobs []string
		for range 3 {
			jobs = append(jobs, h.at(t, desk.Done, desk.Normal))
			h.take(t, h.nurse, jobs[len(jobs)-1], reasoned(desk.Complain, "灯又灭了"))
			clock.Add(24 * time.Hour)
		}
		if mine, err := desk.ToAnswer(t.Context(), d, h.chief, 1); err != nil || len(mine) != 1 || mine[0].Job != jobs[0] {
			t.Errorf("on top stands %+v, %v", mine, err)
		}
	})
}

// A complaint that is not answered by its day is told of, once, to whose it is and to who
// stands above; one for which nobody was there goes to whoever holds the post since.
func TestAComplaintThatIsNotAnsweredIsChased(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
			h.electric.Head = h.li.ID
			if err := departments.Change(ctx, tx, &h.electric); err != nil {
				return err
			}
			return desk.SetRoutes(ctx, tx, 0, []desk.Route{{Trade: "electric", Crew: h.electric.ID}})
		})
		h.take(t, h.nurse, h.at(t, desk.Done, desk.Normal), reasoned(desk.Complain, "灯又灭了"))
		chase := func(owner, chief, vice int) {
			t.Helper()
			for range 2 {
				h.must(t, h.system, desk.Chase)
			}
			if a, b, c := h.told(t, h.li, messages.ComplaintLate), h.told(t, h.chief, messages.ComplaintLate), h.told(t, h.vice, messages.ComplaintLate); a != owner || b != chief || c != vice {
				t.Errorf("the head of the crew was told %d times, the section head %d, the vice-president %d", a, b, c)
			}
		}
		chase(0, 0, 0)
		clock.Add(9 * 24 * time.Hour)
		chase(1, 1, 0)
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error { // the section head answers where the head of the crew did the work
			h.electric.Head, h.electric.Version = h.wang.ID, h.electric.Version+1
			return departments.Change(ctx, tx, &h.electric)
		})
		h.take(t, h.nurse, h.at(t, desk.Done, desk.Normal), reasoned(desk.Complain, "又灭了"))
		clock.Add(9 * 24 * time.Hour)
		chase(1, 2, 1)
	})
}

// A complaint says the rating and the reasons it came from, also when the job is rated anew; and
// what is said while one is open is not lost.
func TestAComplaintKeepsAllThatIsSaid(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		id := h.at(t, desk.Done, desk.Normal)
		h.take(t, h.nurse, id, sign(desk.Signing{Signature: "周护士", Rating: 1, Reasons: []string{"not_fixed", "rude"}}))
		only := func() desk.Complaint {
			t.Helper()
			all, err := desk.ComplaintsOf(t.Context(), d, id)
			if err != nil || len(all) != 1 {
				t.Fatal(len(all), err)
			}
			return all[0]
		}
		before := h.told(t, h.chief, messages.Complaint)
		h.take(t, h.nurse, id, reasoned(desk.Complain, "师傅把水弄到了床上"), reasoned(desk.Reopen, "又漏了"))
		if c := only(); c.Rating != 1 || !c.Reasons.Has("not_fixed") || !c.Reasons.Has("rude") {
			t.Errorf("the complaint says %d stars because of %s", c.Rating, c.Reasons)
		}
		story, err := db.Story(t.Context(), d, desk.ComplaintNoun, only().ID)
		if err != nil || len(story) == 0 || story[0].Note != "师傅把水弄到了床上" {
			t.Errorf("what was said besides stands nowhere: %+v %v", story, err)
		}
		if n := h.told(t, h.chief, messages.Complaint); n != before+1 {
			t.Errorf("whose it is heard %d times of it", n-before)
		}
	})
}
