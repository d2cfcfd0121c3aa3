package desk_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/desk"
)

// race runs the commands at once and gives their errors.
func race(h *house, by []db.Actor, f func(context.Context, *db.Tx, int) error) []error {
	errs := make([]error, len(by))
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range by {
		wg.Go(func() {
			<-start
			errs[i] = h.do(by[i], func(ctx context.Context, tx *db.Tx) error { return f(ctx, tx, i) })
		})
	}
	close(start)
	wg.Wait()
	return errs
}

// lost finds the one command that failed, and fails the test unless it is one.
func lost(t *testing.T, errs []error) *fault.Error {
	t.Helper()
	var e *fault.Error
	n := 0
	for _, err := range errs {
		if err != nil {
			n++
			errors.As(err, &e)
		}
	}
	if n != 1 || e == nil {
		t.Fatalf("one of two should win: %v", errs)
	}
	return e
}

func TestOfTwoDispatchersTheSecondIsToldWhoWasSent(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		second := h.dispatcher
		second.Name = "孙调度"
		for range 10 {
			j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
			workers := []db.Actor{h.wang, h.li}
			e := lost(t, race(h, []db.Actor{h.dispatcher, second}, func(ctx context.Context, tx *db.Tx, i int) error {
				_, err := desk.Dispatch(ctx, tx, j.ID, 1, desk.Assignment{Worker: workers[i].ID})
				return err
			}))
			got := h.job(t, j.ID)
			if e.Kind != fault.Conflict || e.Key != "desk.already_sent" || e.Args[0] != got.WorkerName+" · 电工班" || e.Args[1] != got.Dispatcher {
				t.Errorf("%s was sent by %s; the other dispatcher reads %v", got.WorkerName, got.Dispatcher, e)
			}
		}
	})
}

// Holds: v5.0.0-2.3.4 AB-08
func TestOfTwoWhoGrabOneWins(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		for range 10 {
			j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
			e := lost(t, race(h, []db.Actor{h.wang, h.li}, func(ctx context.Context, tx *db.Tx, i int) error {
				_, err := desk.Grab(ctx, tx, j.ID, 1)
				return err
			}))
			got := h.job(t, j.ID)
			if e.Key != "desk.already_taken" || e.Args[0] != got.WorkerName || got.State != desk.Accepted {
				t.Errorf("%s has it; the other reads %v", got.WorkerName, e)
			}
		}
	})
}

// Holds: v5.0.0-2.3.4 AB-08
func TestTwoSignaturesCloseAJobOnce(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		id := h.at(t, desk.Done, desk.Normal)
		head := h.nurse
		head.ID, head.Name = "head", "周护士长"
		e := lost(t, race(h, []db.Actor{h.nurse, head}, func(ctx context.Context, tx *db.Tx, i int) error {
			_, err := desk.Sign(ctx, tx, id, 0, desk.Signing{Signature: "x"})
			return err
		}))
		if e.Kind != fault.Conflict {
			t.Errorf("the second signature: %v", e)
		}
		story, err := db.Story(t.Context(), d, desk.Noun, id)
		n := 0
		for _, s := range story {
			if s.Action == "sign" {
				n++
			}
		}
		if err != nil || n != 1 {
			t.Errorf("signed %d times, %v", n, err)
		}
	})
}

func TestReportsAtOnceAreNumberedWithoutGap(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		by := make([]db.Actor, 20)
		for i := range by {
			by[i] = h.nurse
		}
		for _, err := range race(h, by, func(ctx context.Context, tx *db.Tx, i int) error {
			_, err := desk.Report(ctx, tx, &desk.Slip{Title: "灯不亮", Trade: "electric", Place: h.room.ID, Anyway: true})
			return err
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		j, err := desk.ByNumber(t.Context(), d, h.system, "WX-2027-000020")
		if err != nil || j.Title == "" {
			t.Errorf("twenty reports do not reach number 20: %v", err)
		}
	})
}
