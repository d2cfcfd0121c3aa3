package desk_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/desk"
	"houqin/internal/places"
)

// The head sees which building fails again and again, and why: what those who mended it
// wrote, of the repeats and of what they repeat; each opens its reports.
func TestWhatFailsAgainIsToldByBuildingWithItsCauses(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		today := d.Today()
		var north, floor, shower places.Place
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
			north = places.Place{Code: "N", Name: "北楼", Kind: places.Building}
			if err := places.Add(ctx, tx, &north); err != nil {
				return err
			}
			floor = places.Place{Code: "N2", Name: "2层", Kind: places.Floor, Parent: north.ID}
			if err := places.Add(ctx, tx, &floor); err != nil {
				return err
			}
			shower = places.Place{Code: "N201", Name: "浴室", Kind: places.Room, Parent: floor.ID, Department: h.ward.ID, Area: 1500}
			return places.Add(ctx, tx, &shower)
		})
		mend := func(place string, trade desk.Trade, cause string) {
			j := h.report(t, h.nurse, desk.Slip{Place: place, Department: h.ward.ID, Trade: trade})
			clock.Add(time.Hour)
			h.take(t, h.dispatcher, j.ID, dispatch(desk.Assignment{Worker: h.wang.ID}))
			h.take(t, h.wang, j.ID, accept, arrive, finish(desk.Work{Done: "修好", Cause: cause, Minutes: 30}))
		}
		for range 2 {
			mend(shower.ID, "water", "垫圈老化")
		}
		mend(shower.ID, "water", "水压过高")
		mend(shower.ID, "electric", "灯管坏") // another failure
		for range 2 {
			mend(h.corridor.ID, "electric", "")
		}
		spots, buildings, err := desk.FailedAgain(t.Context(), d, h.director, "", today, d.Today())
		if err != nil || len(spots) != 2 || len(buildings) != 2 {
			t.Fatalf("%d places and %d buildings, %v", len(spots), len(buildings), err)
		}
		if b := buildings[0]; b.Building != north.ID || b.PlaceName != "北楼" || b.Times != 2 || len(b.Why) != 2 || b.Why[0] != (desk.Why{Cause: "垫圈老化", N: 2}) || b.Cost != 60_00 {
			t.Errorf("the building that fails most is %+v", b)
		}
		if s := spots[0]; s.Place != shower.ID || s.Trade != "water" || s.Times != 2 {
			t.Errorf("the place that fails most is %+v", s)
		}
		for _, a := range append(spots, buildings...) {
			if n := opened(t, d, a.Link); n != a.Times {
				t.Errorf("%s %s failed %d times again, and %s opens %d", a.PlaceName, a.Trade, a.Times, a.Link, n)
			}
		}
		if own, _, err := desk.FailedAgain(t.Context(), d, h.director, north.ID, today, d.Today()); err != nil || len(own) != 1 || own[0].Place != shower.ID {
			t.Errorf("of one building: %+v, %v", own, err)
		}
		ward := everywhere(h.director)
		ward.Rights = db.Rights{desk.MaySee: {Units: []string{h.other.ID}}}
		if none, _, err := desk.FailedAgain(t.Context(), d, ward, "", today, d.Today()); err != nil || len(none) != 0 {
			t.Errorf("who sees another ward only is told %+v, %v", none, err)
		}
		lines, err := desk.Figured(t.Context(), d, h.director, "building", today, d.Today())
		if err != nil || len(lines) != 2 || lines[0].Name != "北楼" || lines[0].Figures["reported"].N != 4 || lines[0].Figures["per_area"].N != 800 {
			t.Errorf("the figures of the buildings are %+v, %v", lines, err)
		}
	})
}

// A material that was fitted and whose place failed again is told with how often; one that
// held is not. Its figure opens those jobs, and the clause counts the same.
//
// Clause: W-027
func TestAPartThatFailsAgainIsTold(t *testing.T) {
	dbtest.EachClock(t, withStore, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		s := h.shop(t)
		today := d.Today()
		mend := func(place string, parts ...desk.Part) string {
			j := h.report(t, h.nurse, desk.Slip{Place: place, Department: h.ward.ID, Trade: "electric"})
			h.take(t, h.dispatcher, j.ID, dispatch(desk.Assignment{Worker: h.wang.ID}))
			w := desk.Work{Done: "修好", Minutes: 10, Parts: parts}
			if len(parts) > 0 {
				w.Store = s.store.ID
			}
			h.take(t, h.wang, j.ID, accept, arrive, finish(w))
			clock.Add(time.Hour)
			return j.ID
		}
		first := mend(h.room.ID, desk.Part{Item: s.tube.ID, Qty: 1})
		mend(h.room.ID)                                            // again, a screw only
		mend(h.corridor.ID, desk.Part{Item: s.tube.ID, Qty: 1})    // holds
		mend(h.corridor.ID, desk.Part{Item: s.ballast.ID, Qty: 1}) // it did not
		all, err := desk.FailedParts(t.Context(), d, h.director, today, d.Today())
		if err != nil || len(all) != 1 || all[0].Item != s.tube.ID || all[0].Name != s.tube.Title() || all[0].Jobs != 2 || all[0].Again != 2 {
			t.Fatalf("materials that failed again: %+v, %v", all, err)
		}
		w := desk.Got(desk.Scope(h.director), s.tube.ID)
		got, err := desk.Jobs.All(t.Context(), d, w.And("j.repeated = true"), 10)
		if err != nil || len(got) != 2 || !slices.ContainsFunc(got, func(j desk.Job) bool { return j.ID == first }) {
			t.Errorf("the figure opens %d jobs, %v", len(got), err)
		}
		if e := counted(t, d, "W-027", today, d.Today()); e.Kept != 1 || e.Broken != 2 || opened(t, d, e.Link) != 1 || opened(t, d, e.BrokenLink) != 2 {
			t.Errorf("the clause counts %+v", e)
		}
		stranger := everywhere(h.director)
		stranger.Rights = db.Rights{desk.MaySee: {Units: []string{h.other.ID}}}
		if none, err := desk.FailedParts(t.Context(), d, stranger, today, d.Today()); err != nil || len(none) != 0 {
			t.Errorf("who sees another ward only is told %+v, %v", none, err)
		}
	})
}
