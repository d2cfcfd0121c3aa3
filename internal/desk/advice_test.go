package desk_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/period"
	"houqin/internal/desk"
)

func TestTheDeskLearnsFromItsOwnPastJobs(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		if none, err := desk.Learn(t.Context(), d); err != nil || len(none.Advise("跳闸")) != 0 {
			t.Errorf("without a past something is suggested: %v", err)
		}
		for range 8 {
			h.report(t, h.nurse, desk.Slip{Title: "病房跳闸没电", Trade: "electric", Urgency: desk.Urgent, Anyway: true})
			h.report(t, h.nurse, desk.Slip{Title: "水龙头漏水", Trade: "water", Anyway: true})
		}
		e, err := desk.Learn(t.Context(), d)
		if err != nil || e.Jobs != 16 {
			t.Fatal(e, err)
		}
		all := e.Advise("三病房又跳闸了")
		if len(all) != 2 || all[0].Field != "trade" || all[0].Answer != "electric" || all[1].Answer != "urgent" || all[0].Sure < 50 {
			t.Fatalf("跳闸 means %+v", all)
		}
		if !slices.Contains(all[0].Words, "跳闸") {
			t.Errorf("it is electric because of %q", all[0].Words)
		}
		if water := e.Advise("龙头漏水"); len(water) != 1 || water[0].Answer != "water" {
			t.Errorf("what everybody takes anyway is suggested too: %+v", water)
		}
		// One kept, one not; what the desk never says is not counted.
		h.report(t, h.nurse, desk.Slip{Title: "a", Trade: "electric", AdvisedTrade: "electric", AdvisedUrgency: desk.Urgent, Anyway: true})
		other := h.report(t, h.nurse, desk.Slip{Title: "b", Trade: "water", AdvisedTrade: "electric", Anyway: true})
		h.report(t, h.nurse, desk.Slip{Title: "c", Trade: "water", AdvisedTrade: "made up", Anyway: true})
		h.report(t, h.nurse, desk.Slip{Title: "d", Trade: "water", Anyway: true})
		from, until := period.At(d.Now().Add(-time.Hour)), period.At(d.Now().Add(time.Hour))
		k, err := desk.KeptBetween(context.Background(), d, from, until)
		if err != nil || k.Trades != 2 || k.TradesKept != 1 || k.Hastes != 1 || k.HastesKept != 0 || k.AllKept != 33 {
			t.Errorf("%+v %v", k, err)
		}
		if changed, err := desk.NotKept(context.Background(), d, from, until); err != nil || len(changed) != 1 || changed[0].Job != other.ID || changed[0].Advised != "electric" {
			t.Errorf("%+v %v", changed, err)
		}
	})
}
