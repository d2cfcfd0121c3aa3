package desk_test

import (
	"context"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/desk"
)

// Who opened the shifts, the routes or the certificates before somebody else saved them does
// not undo that: they are told, and what was saved first stands.
func TestWhoSavesASheetThatMovedOnIsRefused(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		boss := everywhere(h.director, desk.MayArrange)
		early, late := desk.Shift{Code: "早", Name: "早班", From: 360, To: 840}, desk.Shift{Code: "晚", Name: "晚班", From: 840, To: 1320}
		for sheet, save := range map[string]func(ctx context.Context, tx *db.Tx, version int64, first bool) error{
			desk.ShiftSheet: func(ctx context.Context, tx *db.Tx, version int64, first bool) error {
				return desk.SetShifts(ctx, tx, version, []desk.Shift{map[bool]desk.Shift{true: early, false: late}[first]})
			},
			desk.RouteSheet: func(ctx context.Context, tx *db.Tx, version int64, first bool) error {
				return desk.SetRoutes(ctx, tx, version, []desk.Route{{Trade: "electric", Crew: map[bool]string{true: h.electric.ID, false: h.water.ID}[first]}})
			},
			desk.NeedSheet: func(ctx context.Context, tx *db.Tx, version int64, first bool) error {
				return desk.SetNeeds(ctx, tx, version, []desk.Need{{Trade: "electric", Certificate: map[bool]string{true: "electrician", false: "boiler"}[first]}})
			},
		} {
			seen, err := desk.SheetVersion(t.Context(), d, sheet)
			if err != nil {
				t.Fatal(err)
			}
			try := func(version int64, first bool) error {
				return h.do(boss, func(ctx context.Context, tx *db.Tx) error { return save(ctx, tx, version, first) })
			}
			if err := try(seen, true); err != nil {
				t.Fatalf("%s: %v", sheet, err)
			}
			if err := try(seen, false); fault.KindOf(err) != fault.Conflict || !fault.Is(err, "base.stale") {
				t.Errorf("%s saved over what came in between: %v", sheet, err)
			}
			if now, err := desk.SheetVersion(t.Context(), d, sheet); err != nil || now != seen+1 {
				t.Errorf("%s is of version %d after %d: %v", sheet, now, seen, err)
			}
			if err := try(seen+1, true); err != nil {
				t.Errorf("%s looked at again: %v", sheet, err)
			}
		}
		shifts, err1 := desk.Shifts(t.Context(), d)
		routes, err2 := desk.Routes(t.Context(), d)
		needs, err3 := desk.Needs(t.Context(), d)
		if err1 != nil || err2 != nil || err3 != nil || len(shifts) != 1 || shifts[0].Code != "早" || len(routes) != 1 || routes[0].Crew != h.electric.ID || len(needs) != 1 || needs[0].Certificate != "electrician" {
			t.Errorf("what was saved first: %v, %v, %v", shifts, routes, needs)
		}
	})
}
