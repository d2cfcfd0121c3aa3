package desk_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/desk"
)

func TestAFileOfPastJobsTwiceChangesNothing(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		old := period.At(dbtest.Noon.AddDate(-1, 0, 0))
		jobs := []desk.PastJob{
			{External: "2026.xlsx#1", Number: "0001234", Title: "水管漏水", Trade: "water", Department: h.ward.ID, Place: h.room.ID, Crew: h.water.ID,
				ReportedAt: old, FinishedAt: old + 3_600_000_000, Minutes: 60, Labour: 5000, Parts: 1200, Done: "换垫圈", ReporterName: "老周"},
			{External: "2026.xlsx#2", Title: "门坏", Department: h.other.ID, ReportedAt: old, Worker: h.wang.ID},
		}
		load := func() (added int) {
			h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
				added = 0
				for _, p := range jobs {
					_, fresh, err := desk.Record(ctx, tx, p)
					if err != nil {
						return err
					}
					if fresh {
						added++
					}
				}
				return nil
			})
			return added
		}
		if n := load(); n != 2 {
			t.Errorf("%d jobs added, want 2", n)
		}
		before, err := desk.Jobs.All(t.Context(), d, desk.Scope(h.system), 10)
		if err != nil {
			t.Fatal(err)
		}
		if n := load(); n != 0 {
			t.Errorf("the same file again added %d jobs", n)
		}
		after, _ := desk.Jobs.All(t.Context(), d, desk.Scope(h.system), 10)
		if !slices.Equal(before, after) || len(after) != 2 {
			t.Errorf("the same file again made of\n%+v\n%+v", before, after)
		}
		j, err := desk.ByNumber(t.Context(), d, h.nurse, "0001234")
		if err != nil || j.State != desk.Closed || j.Source != "import" || j.Cost != 6200 || j.ReportedAt != old || j.CrewName != "水暖班" || j.Open {
			t.Errorf("recorded as %+v, %v", j, err)
		}
		if p, err := desk.Jobs.Fetch(t.Context(), d, list.Query{Text: "漏水"}, desk.Scope(h.nurse)); err != nil || p.Count != 1 {
			t.Errorf("a past job is not found by its words: %d, %v", p.Count, err)
		}
	})
}

func TestWhatCannotHaveBeenIsRefused(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		at := period.At(dbtest.Noon)
		for _, c := range []struct {
			want string
			p    desk.PastJob
		}{
			{"external", desk.PastJob{Title: "x", Department: h.ward.ID, ReportedAt: at}},
			{"title", desk.PastJob{External: "1", Department: h.ward.ID, ReportedAt: at}},
			{"trade", desk.PastJob{External: "1", Title: "x", Trade: "magic", Department: h.ward.ID, ReportedAt: at}},
			{"department", desk.PastJob{External: "1", Title: "x", Department: "none", ReportedAt: at}},
			{"reported_at", desk.PastJob{External: "1", Title: "x", Department: h.ward.ID}},
			{"reported_at", desk.PastJob{External: "1", Title: "x", Department: h.ward.ID, ReportedAt: at + 1}},
			{"finished_at", desk.PastJob{External: "1", Title: "x", Department: h.ward.ID, ReportedAt: at, FinishedAt: at - 1}},
			{"minutes", desk.PastJob{External: "1", Title: "x", Department: h.ward.ID, ReportedAt: at, Minutes: -1}},
			{"worker", desk.PastJob{External: "1", Title: "x", Department: h.ward.ID, ReportedAt: at, Worker: "none"}},
		} {
			err := h.do(h.system, func(ctx context.Context, tx *db.Tx) error { _, _, err := desk.Record(ctx, tx, c.p); return err })
			var e *fault.Error
			if !errors.As(err, &e) || !slices.ContainsFunc(e.Fields, func(f fault.Field) bool { return f.Path == c.want }) {
				t.Errorf("%+v: %v, want a complaint about %s", c.p, err, c.want)
			}
		}
		err := h.do(h.nurse, func(ctx context.Context, tx *db.Tx) error {
			_, _, err := desk.Record(ctx, tx, desk.PastJob{External: "1", Title: "x", Department: h.ward.ID, ReportedAt: at})
			return err
		})
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a nurse may write the past: %v", err)
		}
	})
}
