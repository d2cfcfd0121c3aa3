package desk_test

import (
	"context"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/catalog"
	"houqin/internal/desk"
	"houqin/internal/warehouse"
)

// Where the new is given for the old, the old piece comes back from a job too: what the
// worker did not bring is owed until who keeps the store counted it in or wrote why not;
// never by who owes it. A part that was not used owes nothing.
func TestTheOldPieceOfAJobsPartComesBack(t *testing.T) {
	dbtest.Each(t, withStore, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		s := h.shop(t)
		keeper := everywhere(h.director, warehouse.MayIssue)
		keeper.ID = h.chief.ID
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
			i, err := catalog.Get(ctx, tx, s.ballast.ID)
			if err != nil {
				return err
			}
			i.OldForNew = true
			return catalog.Change(ctx, tx, &i)
		})
		id := h.at(t, desk.Working, desk.Normal)
		use := func(old string) step {
			return finish(desk.Work{Done: "换镇流器", Minutes: 30, Store: s.store.ID, Parts: []desk.Part{{Item: s.tube.ID, Qty: 1}, {Item: s.ballast.ID, Qty: 2, Old: old}}})
		}
		h.refuses(t, h.wang, id, "desk.old_more", use("3"))
		h.take(t, h.wang, id, use("1"))
		all, err := desk.OldOf(t.Context(), d, id)
		if err != nil || len(all) != 1 || all[0].What != "镇流器" || all[0].Qty != 2 || all[0].Back != 1 || !all[0].Open {
			t.Fatalf("to come back: %+v, %v", all, err)
		}
		owed := func(want int64) {
			t.Helper()
			if n, err := desk.OldOwed(t.Context(), d, h.wang.ID); err != nil || n != want {
				t.Errorf("he owes %d lines, want %d, %v", n, want, err)
			}
		}
		owed(1)
		take := func(by db.Actor, b desk.Brought) error {
			return h.do(by, func(ctx context.Context, tx *db.Tx) error {
				_, err := desk.TakeOld(ctx, tx, all[0].ID, 0, b)
				return err
			})
		}
		own := h.wang
		own.Rights = db.Rights{desk.MayDispatch: {All: true}}
		elsewhere := h.director
		elsewhere.Rights = db.Rights{desk.MaySee: {Units: []string{"elsewhere"}}, desk.MayDispatch: {Units: []string{"elsewhere"}}}
		for by, want := range map[*db.Actor]int{&elsewhere: 0, &h.wang: 1, &keeper: 1} {
			if n, _, err := desk.Olds.Count(t.Context(), d, desk.OldScope(*by), 10); err != nil || n != want {
				t.Errorf("%s sees %d, want %d, %v", by.Name, n, want, err)
			}
		}
		for _, c := range []struct {
			by   db.Actor
			b    desk.Brought
			want string
		}{{own, desk.Brought{Back: 1}, "desk.own_work"}, {h.nurse, desk.Brought{Back: 1}, "base.need"}, {elsewhere, desk.Brought{Back: 1}, "base.not_found"}, {keeper, desk.Brought{Back: 2}, "base.between"}, {keeper, desk.Brought{}, "base.required"}} {
			if err := take(c.by, c.b); !fault.Is(err, c.want) {
				t.Errorf("%s, %+v: %v, want %s", c.by.Name, c.b, err, c.want)
			}
		}
		if err := take(keeper, desk.Brought{Back: 1}); err != nil {
			t.Fatal(err)
		}
		owed(0)
		if err := take(keeper, desk.Brought{Back: 1}); !fault.Is(err, "desk.old_settled") {
			t.Errorf("taken in twice: %v", err)
		}
		again := h.at(t, desk.Working, desk.Normal)
		h.take(t, h.wang, again, finish(desk.Work{Done: "换镇流器", Store: s.store.ID, Parts: []desk.Part{{Item: s.ballast.ID, Qty: 1}}}))
		owed(1)
		drawn, err := desk.DrawnFor(t.Context(), d, again)
		if err != nil || len(drawn) != 1 {
			t.Fatal(drawn, err)
		}
		h.take(t, h.wang, again, func(ctx context.Context, tx *db.Tx, id string) (desk.Job, error) {
			return desk.TakeBack(ctx, tx, id, 0, desk.Back{Line: drawn[0].Document + ".1", Why: "没用上"})
		})
		owed(0)
	})
}
