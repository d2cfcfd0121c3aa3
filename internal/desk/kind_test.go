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

func TestAKindSaysWhoAsksWhatAndUntilWhen(t *testing.T) {
	dbtest.Each(t, guested, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		all, err := desk.Kinds(t.Context(), d)
		if err != nil || len(all) != len(desk.Trades) {
			t.Fatalf("%d kinds of %d trades: %v", len(all), len(desk.Trades), err)
		}
		boss := everywhere(h.director, desk.MayArrange)
		set := func(by db.Actor, k desk.Kind) error {
			return h.do(by, func(ctx context.Context, tx *db.Tx) error { return desk.SetKind(ctx, tx, k) })
		}
		k, err := desk.KindOf(t.Context(), d, "transport")
		if err != nil || !k.Carries {
			t.Fatalf("%+v %v", k, err)
		}
		if err := set(h.nurse, k); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a nurse arranges: %v", err)
		}
		for want, change := range map[string]func(*desk.Kind){
			"base.bad_value":          func(k *desk.Kind) { k.Icon = "../x" },
			"base.between":            func(k *desk.Kind) { k.Minutes = -1 },
			"desk.too_many_questions": func(k *desk.Kind) { k.Asks = "a\nb\nc\nd\ne\nf\ng\nh\ni" },
			"base.stale":              func(k *desk.Kind) { k.Version = 9 },
		} {
			bad := k
			change(&bad)
			if err := set(boss, bad); !fault.Is(err, want) {
				t.Errorf("%s: %v", want, err)
			}
		}
		report := func(by db.Actor, s desk.Slip) (j desk.Job, err error) {
			s.Title, s.Source, s.Anyway = "x", "ward", true
			return j, h.do(by, func(ctx context.Context, tx *db.Tx) (err error) { j, err = desk.Report(ctx, tx, &s); return err })
		}
		if _, err := report(h.nurse, desk.Slip{Trade: "transport"}); !fault.Is(err, "base.required") {
			t.Errorf("a transport from nowhere: %v", err)
		}
		j, err := report(h.nurse, desk.Slip{Trade: "terminal", Answers: []string{"  12  床 "}})
		if err != nil || j.Answers != "床号：12 床" || j.Due.Sub(j.ReportedAt) != 120*time.Minute {
			t.Errorf("%q, due after %v: %v", j.Answers, j.Due.Sub(j.ReportedAt), err)
		}
		if got, err := desk.Get(t.Context(), d, h.nurse, j.ID); err != nil || got.Answers != j.Answers {
			t.Errorf("kept is %q: %v", got.Answers, err)
		}
		if j, err = report(h.nurse, desk.Slip{Trade: "guard", Urgency: desk.Emergency}); err != nil || j.Due.Sub(j.ReportedAt) != 30*time.Minute {
			t.Errorf("an emergency is due by the book: %v %v", j.Due.Sub(j.ReportedAt), err)
		}
		k.Ward, k.Carries, k.Name = false, false, "接送"
		if err := set(boss, k); err != nil {
			t.Fatal(err)
		}
		if _, err := report(h.nurse, desk.Slip{Trade: "transport"}); !fault.Is(err, "desk.kind_not_offered") {
			t.Errorf("a ward asks for what wards may not: %v", err)
		}
		if _, err := report(h.dispatcher, desk.Slip{Trade: "transport", Department: h.ward.ID}); err != nil {
			t.Errorf("the desk may: %v", err)
		}
		electric, _ := desk.KindOf(t.Context(), d, "electric")
		electric.Photos, electric.Parts, electric.Costs = 1, false, false
		if err := set(boss, electric); err != nil {
			t.Fatal(err)
		}
		e := h.report(t, h.nurse, desk.Slip{Trade: "electric", Place: h.room.ID})
		h.must(t, h.wang, func(ctx context.Context, tx *db.Tx) error {
			if _, err := desk.Grab(ctx, tx, e.ID, 0); err != nil {
				return err
			}
			_, err := desk.Arrive(ctx, tx, e.ID, 0)
			return err
		})
		finish := func(w desk.Work) error {
			return h.do(h.wang, func(ctx context.Context, tx *db.Tx) (err error) {
				e, err = desk.Finish(ctx, tx, e.ID, 0, w)
				return err
			})
		}
		if err := finish(desk.Work{Done: "换灯管", Minutes: 30}); !fault.Is(err, "desk.kind_photos") {
			t.Errorf("finished without its photo: %v", err)
		}
		electric.Photos, electric.Version = 0, electric.Version+1
		if err := set(boss, electric); err != nil {
			t.Fatal(err)
		}
		if err := finish(desk.Work{Done: "换灯管", Minutes: 30}); !fault.Is(err, "desk.kind_photos") {
			t.Errorf("it keeps the kind of its day: %v", err)
		}
		e = h.report(t, h.nurse, desk.Slip{Trade: "electric", Place: h.room.ID})
		h.take(t, h.wang, e.ID, grab, arrive)
		if err := finish(desk.Work{Done: "换灯管", Minutes: 30}); err != nil || e.Labour != 0 || e.Minutes != 30 {
			t.Errorf("labour of a kind that costs nothing is %v: %v", e.Labour, err)
		}
	})
}
