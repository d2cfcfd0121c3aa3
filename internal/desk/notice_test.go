package desk_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/desk"
	"houqin/internal/places"
)

// guested are the rooms of the desk with files, which guests' photos need.
var guested = rooms

// hung is a code in the ward's room.
func (h *house) hung(t *testing.T) (c desk.Code) {
	t.Helper()
	h.must(t, h.system, func(ctx context.Context, tx *db.Tx) (err error) {
		c, err = desk.Hang(ctx, tx, h.room.ID, "")
		return err
	})
	return c
}

func (h *house) notify(code desk.Code, t desk.Told) (n desk.Notice, err error) {
	return n, h.do(desk.Guest, func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = desk.Notify(ctx, tx, code.ID, t)
		return err
	})
}

// Holds: C11 DB3-8.1.4.2-a
func TestWhatAGuestSaysIsAJobOnlyWhenTheDeskSaysSo(t *testing.T) {
	dbtest.Each(t, guested, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		code := h.hung(t)
		if again := h.hung(t); again.ID != code.ID {
			t.Errorf("a second code hangs in the same room: %s beside %s", again.ID, code.ID)
		}
		told := period.At(d.Now())
		n, err := h.notify(code, desk.Told{Trade: "water", Text: "水池漏水", Contact: "13900000000"})
		if err != nil {
			t.Fatal(err)
		}
		twin, err := h.notify(code, desk.Told{Trade: "water"})
		if err != nil {
			t.Fatal(err)
		}
		stranger, err := h.notify(code, desk.Told{Trade: "lift", Text: "哈哈"})
		if err != nil {
			t.Fatal(err)
		}
		if jobs, _, err := desk.Jobs.Count(t.Context(), d, desk.Scope(h.system), 10); err != nil || jobs != 0 {
			t.Errorf("a guest made %d jobs: %v", jobs, err)
		}
		var note string
		if err := d.QueryRowContext(t.Context(), `SELECT note || detail FROM base_trail WHERE noun = 'desk.notice' AND record = $1`, n.ID).Scan(&note); err != nil || strings.Contains(note, "漏水") || strings.Contains(note, "139") {
			t.Errorf("the sealed trail says what a guest wrote: %q %v", note, err)
		}
		if err := h.do(h.nurse, func(ctx context.Context, tx *db.Tx) error {
			_, err := desk.Confirm(ctx, tx, n.ID, 0, desk.Confirmation{})
			return err
		}); fault.KindOf(err) != fault.NotFound && fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a nurse decides about what guests said: %v", err)
		}
		var now period.Instant
		h.must(t, h.dispatcher, func(ctx context.Context, tx *db.Tx) (err error) {
			tx.Now = tx.Now.Add(time.Hour)
			now = tx.At()
			n, err = desk.Confirm(ctx, tx, n.ID, n.Version, desk.Confirmation{Title: "水池滴漏", Trade: "water", Urgency: desk.Normal, Department: h.ward.ID, Also: []string{twin.ID}})
			return err
		})
		j, err := desk.Get(t.Context(), d, h.dispatcher, n.Job)
		if err != nil || j.Source != "guest" || j.Detail != "水池漏水" || j.Place != h.room.ID || j.Phone != "" {
			t.Errorf("the job is %+v %v", j, err)
		}
		if j.ReportedAt < told || j.ReportedAt >= now {
			t.Errorf("the job was told at %v, not when the guest told it (%v)", j.ReportedAt.Time(), told.Time())
		}
		h.must(t, h.dispatcher, func(ctx context.Context, tx *db.Tx) error {
			_, err := desk.Dismiss(ctx, tx, stranger.ID, 0, desk.Dismissal{Reason: "prank"})
			return err
		})
		for tracking, want := range map[string]desk.NoticeState{n.Tracking: desk.Confirmed, strings.ToLower(twin.Tracking[:4] + "-" + twin.Tracking[4:]): desk.Joined, stranger.Tracking: desk.Dismissed} {
			got, err := desk.Track(t.Context(), d, tracking)
			if err != nil || got.State != want {
				t.Errorf("tracking %s says %s %v, want %s", tracking, got.State, err, want)
			}
			if want == desk.Joined && got.Job != j.ID {
				t.Error("the twin does not follow the job")
			}
		}
		if _, err := desk.Track(t.Context(), d, "AAAAAAAAAAAA"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a made-up tracking code: %v", err)
		}
		// Done together with another job it is done, too.
		kept := h.report(t, h.nurse, desk.Slip{Place: h.room.ID, Trade: "water"})
		h.take(t, h.dispatcher, j.ID, merge(kept.ID))
		h.take(t, h.dispatcher, kept.ID, dispatch(desk.Assignment{Worker: h.wang.ID}))
		h.take(t, h.wang, kept.ID, accept, arrive, done)
		if got, err := desk.Track(t.Context(), d, n.Tracking); err != nil || got.JobState != desk.Done || got.JobNumber != j.Number {
			t.Errorf("merged into what is done by now, the guest reads %s of %s, %v", got.JobState, got.JobNumber, err)
		}
		// What is decided is decided.
		if err := h.do(h.dispatcher, func(ctx context.Context, tx *db.Tx) error {
			_, err := desk.Dismiss(ctx, tx, n.ID, 0, desk.Dismissal{Reason: "prank"})
			return err
		}); !fault.Is(err, "base.step_not_possible") {
			t.Errorf("a job's notice is dismissed: %v", err)
		}
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
			tx.Now = tx.Now.AddDate(0, 2, 0)
			return desk.ForgetGuests(ctx, tx)
		})
		if got, _ := desk.Track(t.Context(), d, n.Tracking); got.Contact != "" || got.Text == "" {
			t.Errorf("two months later the guest is still known by %q", got.Contact)
		}
	})
}

// Holds: AB-20
func TestAThousandReportsOfOneCodeAreOneHeap(t *testing.T) {
	dbtest.Each(t, guested, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		code := h.hung(t)
		const tries, at = 1000, 4
		var mu sync.Mutex
		taken, refused := 0, 0
		var all sync.WaitGroup
		for range at {
			all.Go(func() {
				for range tries / at {
					_, err := h.notify(code, desk.Told{Trade: "other", Text: "坏了坏了"})
					mu.Lock()
					switch {
					case err == nil:
						taken++
					case fault.Is(err, "desk.told_often") && fault.KindOf(err) == fault.TooMany:
						refused++
					default:
						t.Error(err)
					}
					mu.Unlock()
				}
			})
		}
		all.Wait()
		if taken != 10 || taken+refused != tries {
			t.Errorf("%d of %d were taken in, %d refused clearly", taken, tries, refused)
		}
		waiting, err := desk.ToDecide(t.Context(), d, h.dispatcher, 100)
		if err != nil || len(waiting) != 10 || waiting[0].Alike != 10 {
			t.Fatalf("the desk sees %d: %v", len(waiting), err)
		}
		alike, err := desk.ToldAlike(t.Context(), d, h.dispatcher, &waiting[0])
		if err != nil || len(alike) != 9 {
			t.Fatalf("beside the first lie %d: %v", len(alike), err)
		}
		var ids []string
		for _, n := range alike {
			ids = append(ids, n.ID)
		}
		h.must(t, h.dispatcher, func(ctx context.Context, tx *db.Tx) error {
			_, err := desk.Dismiss(ctx, tx, waiting[0].ID, 0, desk.Dismissal{Reason: "prank", Also: ids})
			return err
		})
		if left, err := desk.ToDecide(t.Context(), d, h.dispatcher, 100); err != nil || len(left) != 0 {
			t.Errorf("%d still wait: %v", len(left), err)
		}
		// Dismissed at once, again and again, it still ends for the day.
		for n := 0; ; n++ {
			nn, err := h.notify(code, desk.Told{Trade: "other", Text: "又坏了"})
			if fault.Is(err, "desk.told_often") {
				break
			}
			if err != nil || n > 60 {
				t.Fatalf("after %d more: %v", n, err)
			}
			h.must(t, h.dispatcher, func(ctx context.Context, tx *db.Tx) error {
				_, err := desk.Dismiss(ctx, tx, nn.ID, 0, desk.Dismissal{Reason: "prank"})
				return err
			})
		}
		// Another code is not punished for it.
		var other desk.Code
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) (err error) {
			other, err = desk.Hang(ctx, tx, h.corridor.ID, "")
			return err
		})
		if _, err := h.notify(other, desk.Told{Trade: "electric"}); err != nil {
			t.Error(err)
		}
	})
}

// Holds: AB-20
func TestACodeThatIsNotGoodIsRefusedClearly(t *testing.T) {
	dbtest.Each(t, guested, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		code := h.hung(t)
		for _, c := range []struct {
			code string
			t    desk.Told
			want string
		}{
			{"abcdefghijklmnop", desk.Told{Trade: "water"}, "desk.no_such_code"},
			{"' OR 1=1 --", desk.Told{Trade: "water"}, "desk.no_such_code"},
			{code.ID, desk.Told{}, "base.required"},
			{code.ID, desk.Told{Trade: "medical", Text: "x"}, "base.required"},
			{code.ID, desk.Told{Trade: "other", Text: "  "}, "base.required"},
		} {
			if _, err := h.notify(desk.Code{ID: c.code}, c.t); !fault.Is(err, c.want) {
				t.Errorf("%q %+v: %v, want %s", c.code, c.t, err, c.want)
			}
		}
		if err := h.do(h.nurse, func(ctx context.Context, tx *db.Tx) error {
			_, err := desk.Withdraw(ctx, tx, code.ID, code.Version)
			return err
		}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a nurse takes codes back: %v", err)
		}
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
			return places.Close(ctx, tx, h.room.ID, h.room.Version)
		})
		if _, err := h.notify(code, desk.Told{Trade: "water"}); !fault.Is(err, "desk.code_closed") {
			t.Errorf("a closed place: %v", err)
		}
		if err := h.do(h.system, func(ctx context.Context, tx *db.Tx) error {
			_, err := desk.Hang(ctx, tx, h.room.ID, "")
			return err
		}); !fault.Is(err, "desk.place_closed") {
			t.Errorf("a code in a closed place: %v", err)
		}
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error {
			_, err := desk.Withdraw(ctx, tx, code.ID, code.Version)
			return err
		})
		if _, err := h.notify(code, desk.Told{Trade: "water"}); !fault.Is(err, "desk.code_withdrawn") {
			t.Errorf("a withdrawn code: %v", err)
		}
	})
}
