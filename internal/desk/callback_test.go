package desk_test

import (
	"context"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/desk"
)

// A call back that nobody made in its days waits for nobody any more; made late it counts all
// the same.
func TestACallBackThatNobodyMadeIsLetGo(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		h.must(t, everywhere(h.director, desk.MayArrange), func(ctx context.Context, tx *db.Tx) error {
			return desk.SetTerm(ctx, tx, "sample_percent", 100)
		})
		id := h.at(t, desk.Closed, desk.Normal)
		waits := func() int {
			t.Helper()
			h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error { return desk.Chase(ctx, tx) })
			all, err := desk.ToCall(t.Context(), d, h.dispatcher, 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(all)
		}
		clock.Add(6 * 24 * time.Hour)
		if n := waits(); n != 1 {
			t.Errorf("after six days %d wait", n)
		}
		clock.Add(2 * 24 * time.Hour)
		if n := waits(); n != 0 {
			t.Errorf("after eight days %d wait", n)
		}
		if k, err := desk.CallbackOf(t.Context(), d, h.dispatcher, id); err != nil || k.State != "lapsed" {
			t.Errorf("it is %s: %v", k.State, err)
		}
		h.must(t, h.dispatcher, func(ctx context.Context, tx *db.Tx) error {
			_, err := desk.CallBack(ctx, tx, id, desk.Call{Score: 5})
			return err
		})
		if k, err := desk.CallbackOf(t.Context(), d, h.dispatcher, id); err != nil || k.State != "answered" {
			t.Errorf("made late it is %s: %v", k.State, err)
		}
	})
}
