package desk_test

import (
	"context"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/desk"
	"houqin/internal/warehouse"
)

// What was agreed in passing is registered once it is done and waits for the ward's
// signature; whether in time is counted on both sides of the limit.
//
// Clause: W-006
func TestASmallRepairIsRegisteredAfterwards(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		register := func(m desk.Minor) (j desk.Job, err error) {
			err = h.do(h.wang, func(ctx context.Context, tx *db.Tx) error { j, err = desk.Register(ctx, tx, &m); return err })
			return j, err
		}
		j, err := register(desk.Minor{Title: "换灯管", Trade: "electric", Place: h.room.ID, Minutes: 10})
		if err != nil {
			t.Fatal(err)
		}
		if j.State != desk.Done || j.Worker != h.wang.ID || j.Department != h.ward.ID || j.Due != 0 || j.Labour != 1000 || j.RegisteredAt != j.FinishedAt {
			t.Errorf("registered it is %+v", j)
		}
		for name, m := range map[string]desk.Minor{
			"no title": {Trade: "electric", Place: h.room.ID}, "no trade": {Title: "x", Place: h.room.ID}, "nobody to sign it": {Title: "x", Trade: "water", Place: h.corridor.ID},
			"no small one": {Title: "x", Trade: "water", Place: h.room.ID, Minutes: 121}, "long ago": {Title: "x", Trade: "water", Place: h.room.ID, DaysAgo: "30"},
		} {
			if _, err := register(m); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := h.do(h.nurse, func(ctx context.Context, tx *db.Tx) error {
			_, err := desk.Register(ctx, tx, &desk.Minor{Title: "x", Trade: "water", Place: h.room.ID})
			return err
		}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a nurse registers what nobody did: %v", err)
		}
		for _, ago := range []string{"1", "2"} { // a day is in time, two are not
			if _, err := register(desk.Minor{Title: "紧螺丝", Trade: "other", Place: h.room.ID, DaysAgo: ago}); err != nil {
				t.Fatal(err)
			}
		}
		today := d.Today()
		e := counted(t, d, "W-006", today, today)
		if e.Kept != 2 || e.Broken != 1 || opened(t, d, e.Link) != 2 || opened(t, d, e.BrokenLink) != 1 {
			t.Errorf("counted %+v; opened %d and %d", e, opened(t, d, e.Link), opened(t, d, e.BrokenLink))
		}
		h.take(t, h.nurse, j.ID, signed)
		if got := h.job(t, j.ID); got.State != desk.Closed {
			t.Errorf("signed it is %s", got.State)
		}
		if e := counted(t, d, "W-002", today, today); e.Kept+e.Broken != 0 {
			t.Errorf("nobody had to be sent, and it is judged: %+v", e)
		}
		trodden, err := desk.Trodden(t.Context(), d, h.wang.ID)
		if err != nil || len(trodden) != 1 || trodden[0].Place != h.room.ID {
			t.Errorf("where he was last: %+v, %v", trodden, err)
		}
	})
}

// Clause: W-019 W-024 W-029
func TestWhatIsDoneOnTheWardAndFoundOnTheWayIsCounted(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		finder := h.wang
		finder.Rights = db.Rights{desk.MayWork: {All: true}, desk.MayReport: {All: true}}
		if j := h.report(t, finder, desk.Slip{Place: h.room.ID, Trade: "water", Title: "管道渗水"}); j.Source != "patrol" {
			t.Errorf("found on the way it is from %q", j.Source)
		}
		if j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID}); j.Source != "ward" {
			t.Errorf("told by the ward it is from %q", j.Source)
		}
		id := h.at(t, desk.Working, desk.Normal)
		for name, w := range map[string]desk.Work{"saved nothing": {Done: "x", Saved: 100}, "less than none": {Done: "x", Reused: -1}} {
			if err := h.do(h.wang, func(ctx context.Context, tx *db.Tx) error { _, err := desk.Finish(ctx, tx, id, 0, w); return err }); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		h.take(t, h.wang, id, finish(desk.Work{Done: "阀芯修好再用", Reused: 2, Saved: 8600}))
		if j := h.job(t, id); j.Reused != 2 || j.Saved != 8600 || j.Cost != 0 {
			t.Errorf("re-used parts cost nothing and are counted: %+v", j)
		}
		h.at(t, desk.Done, desk.Normal)
		today := d.Today()
		for clause, want := range map[string]int64{"W-019": 2, "W-024": 1, "W-029": 1} {
			if e := counted(t, d, clause, today, today); e.Kept != want || opened(t, d, e.Link) != want {
				t.Errorf("%s counts %+v and opens %d, want %d", clause, e, opened(t, d, e.Link), want)
			}
		}
	})
}

// Parts that were drawn and not used go back to where they came from at what they cost,
// once, and as long as the ward has not signed.
func TestPartsOfAJobAreTakenBack(t *testing.T) {
	dbtest.Each(t, withStore, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		s := h.shop(t)
		ctx := t.Context()
		id := h.at(t, desk.Working, desk.Normal)
		h.take(t, h.wang, id, finish(desk.Work{Done: "换灯管和镇流器", Minutes: 30, Store: s.store.ID, Parts: []desk.Part{{Item: s.tube.ID, Qty: 4}, {Item: s.ballast.ID, Qty: 1}}}))
		drawn, err := desk.DrawnFor(ctx, d, id)
		if err != nil {
			t.Fatal(err)
		}
		lines := desk.Returnable(drawn)
		if len(lines) != 2 {
			t.Fatalf("of two lines %d may come back", len(lines))
		}
		back := func(by db.Actor, line string) error {
			return h.do(by, func(ctx context.Context, tx *db.Tx) error {
				_, err := desk.TakeBack(ctx, tx, id, 0, desk.Back{Line: line, Why: "没用上"})
				return err
			})
		}
		if err := back(h.li, lines[0].Document+".1"); err == nil {
			t.Error("a colleague brings another's parts back")
		}
		if err := back(h.wang, lines[0].Document+".9"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a line that there is not: %v", err)
		}
		if err := back(h.wang, lines[0].Document+".1"); err != nil {
			t.Fatal(err)
		}
		if j := h.job(t, id); j.Parts != 4000 || j.Cost != 4000+3000 {
			t.Errorf("without the tubes parts are %s and cost %s", j.Parts, j.Cost)
		}
		if err := back(h.wang, lines[0].Document+".1"); !fault.Is(err, "warehouse.taken_back") {
			t.Errorf("the same tubes twice: %v", err)
		}
		if drawn, err = desk.DrawnFor(ctx, d, id); err != nil || len(desk.Returnable(drawn)) != 1 {
			t.Errorf("%d lines may still come back, %v", len(desk.Returnable(drawn)), err)
		}
		if wrong, err := desk.Verify(ctx, d); err != nil || len(wrong) > 0 {
			t.Errorf("the job does not agree with the store: %v %v", wrong, err)
		}
		if wrong, err := warehouse.Verify(ctx, d); err != nil || len(wrong) > 0 {
			t.Errorf("the store does not agree with itself: %v %v", wrong, err)
		}
		h.take(t, h.nurse, id, signed)
		if err := back(h.wang, lines[1].Document+".2"); err == nil {
			t.Error("parts of a job that was signed come back")
		}
	})
}
