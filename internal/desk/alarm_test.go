package desk_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/desk"
)

// panel opens a fire panel whose alarms are jobs at once, or wait for the desk.
func (h *house) panel(t *testing.T, auto bool) (p desk.Panel, key string) {
	t.Helper()
	p = desk.Panel{Name: fmt.Sprint("消防主机 ", auto), Sort: "fire", Kind: "equipment", Urgency: desk.Urgent, Department: h.ward.ID, Place: h.corridor.ID, Auto: auto, Most: 20}
	h.must(t, everywhere(h.director, desk.MayArrange), func(ctx context.Context, tx *db.Tx) (err error) {
		key, err = desk.SetPanel(ctx, tx, &p)
		return err
	})
	return p, key
}

func (h *house) sound(p *desk.Panel, s desk.Sound) (a desk.Alarm, err error) {
	if s.Text == "" {
		s.Text = "感烟探测器报警"
	}
	return a, h.do(p.As("test"), func(ctx context.Context, tx *db.Tx) (err error) { a, err = desk.Hear(ctx, tx, p.ID, s); return err })
}

func TestAnAlarmIsAJobOnceAndItsRepetitionsAreCounted(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		p, key := h.panel(t, true)
		if got, err := desk.PanelByKey(t.Context(), d, key); err != nil || got.ID != p.ID {
			t.Fatalf("by its key it is %+v: %v", got, err)
		}
		for _, wrong := range []string{"", "houqin_alarm_", key + "a", key[:len(key)-1]} {
			if _, err := desk.PanelByKey(t.Context(), d, wrong); fault.KindOf(err) != fault.SignIn {
				t.Errorf("key %q: %v", wrong, err)
			}
		}
		first, err := h.sound(&p, desk.Sound{ID: "1", Point: "A3-017", Place: h.room.Code})
		if err != nil || first.State != desk.Jobbed || first.Job == "" {
			t.Fatalf("told, it is %+v: %v", first, err)
		}
		j := h.job(t, first.Job)
		if j.Source != "alarm" || j.Place != h.room.ID || j.Spot != "A3-017" || j.ReporterName != p.Name || j.Urgency != desk.Urgent || j.Department != h.ward.ID {
			t.Errorf("its job is %+v", j)
		}
		same, err := h.sound(&p, desk.Sound{ID: "1", Point: "A3-017"})
		if err != nil || same.ID != first.ID || same.Job != first.Job || same.Times != 2 {
			t.Errorf("sent again it is %+v: %v", same, err)
		}
		more, err := h.sound(&p, desk.Sound{ID: "2", Point: "A3-017"})
		if err != nil || more.State != desk.Added || more.Job != first.Job {
			t.Errorf("another of the point is %+v: %v", more, err)
		}
		elsewhere, err := h.sound(&p, desk.Sound{ID: "3", Point: "A3-018", Place: "no such", Urgency: desk.Emergency})
		if err != nil || elsewhere.Job == "" || elsewhere.Job == first.Job || elsewhere.Place != h.corridor.ID {
			t.Errorf("of another point, somewhere: %+v %v", elsewhere, err)
		}
		if j := h.job(t, elsewhere.Job); j.Urgency != desk.Emergency || j.Spot != "A3-018 @no such" {
			t.Errorf("its job is %s at %q", j.Urgency, j.Spot)
		}
		if all, err := desk.AlarmsOf(t.Context(), d, first.Job); err != nil || len(all) != 2 {
			t.Errorf("the job counts %d alarms: %v", len(all), err)
		}
		if over, err := h.sound(&p, desk.Sound{ID: "1", Cleared: true}); err != nil || over.ClearedAt == 0 || h.job(t, first.Job).State != desk.Reported {
			t.Errorf("cleared it is %+v: %v; the job goes on until somebody has looked", over, err)
		}
		// Work done, the point tells again: that is a new job.
		h.take(t, h.dispatcher, first.Job, dispatch(desk.Assignment{Worker: h.wang.ID}))
		h.take(t, h.wang, first.Job, accept, arrive, done)
		next, err := h.sound(&p, desk.Sound{ID: "4", Point: "A3-017"})
		if err != nil || next.State != desk.Jobbed || next.Job == first.Job {
			t.Errorf("after the work is done: %+v %v", next, err)
		}
		// The same id long after its job was done raises nothing by itself, and is not lost.
		clock.Add(time.Hour)
		late, err := h.sound(&p, desk.Sound{ID: "2"})
		if err != nil || late.State != desk.Sounding || late.Job != "" {
			t.Errorf("the same id an hour later: %+v %v", late, err)
		}
	})
}

func TestTheDeskDecidesAboutAnAlarm(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		p, _ := h.panel(t, false)
		told := func(id, point string) desk.Alarm {
			t.Helper()
			a, err := h.sound(&p, desk.Sound{ID: id, Point: point})
			if err != nil || a.State != desk.Sounding {
				t.Fatalf("told, it is %+v: %v", a, err)
			}
			return a
		}
		a, b, c, e := told("1", "X"), told("2", "X"), told("3", "Y"), told("4", "Z")
		if waits, err := desk.Waits(t.Context(), d, h.dispatcher); err != nil || waits.Alarms != 4 {
			t.Errorf("%d wait: %v", waits.Alarms, err)
		}
		var got desk.Alarm
		if err := h.do(h.nurse, func(ctx context.Context, tx *db.Tx) error {
			_, err := desk.RaiseAlarm(ctx, tx, a.ID, 0, desk.AlarmJob{})
			return err
		}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a nurse decides: %v", err)
		}
		h.must(t, h.dispatcher, func(ctx context.Context, tx *db.Tx) (err error) {
			got, err = desk.RaiseAlarm(ctx, tx, a.ID, 0, desk.AlarmJob{Title: "三楼烟感", Urgency: desk.Normal})
			return err
		})
		if j := h.job(t, got.Job); j.Title != "三楼烟感" || j.Urgency != desk.Normal || j.Trade != "equipment" {
			t.Errorf("its job is %+v", j)
		}
		if b, _ = desk.AlarmByID(t.Context(), d, h.dispatcher, b.ID); b.State != desk.Added || b.Job != got.Job {
			t.Errorf("the other of its point is %+v", b)
		}
		h.must(t, h.dispatcher, func(ctx context.Context, tx *db.Tx) (err error) {
			_, err = desk.JoinAlarm(ctx, tx, c.ID, 0, desk.AlarmJoin{Number: got.JobNumber})
			return err
		})
		if all, err := desk.AlarmsOf(t.Context(), d, got.Job); err != nil || len(all) != 3 {
			t.Errorf("the job counts %d: %v", len(all), err)
		}
		dismiss := func(s desk.Silence) error {
			return h.do(h.dispatcher, func(ctx context.Context, tx *db.Tx) error {
				_, err := desk.DismissAlarm(ctx, tx, e.ID, 0, s)
				return err
			})
		}
		if err := dismiss(desk.Silence{Reason: "other"}); !fault.Is(err, "base.required") {
			t.Errorf("for another reason, not said: %v", err)
		}
		if err := dismiss(desk.Silence{Reason: "test"}); err != nil {
			t.Error(err)
		}
		if err := dismiss(desk.Silence{Reason: "test"}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("decided twice: %v", err)
		}
		if waits, err := desk.Waits(t.Context(), d, h.dispatcher); err != nil || waits.Alarms != 0 {
			t.Errorf("%d wait still: %v", waits.Alarms, err)
		}
	})
}

func TestAPanelThatTellsTooMuchIsRefusedAndAClosedOneIsNotHeard(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		p, key := h.panel(t, false)
		boss := everywhere(h.director, desk.MayArrange)
		for n := range p.Most {
			if _, err := h.sound(&p, desk.Sound{ID: fmt.Sprint(n), Point: fmt.Sprint(n)}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := h.sound(&p, desk.Sound{ID: "more"}); fault.KindOf(err) != fault.TooMany {
			t.Errorf("one more in the minute: %v", err)
		}
		if a, err := h.sound(&p, desk.Sound{ID: "0"}); err != nil || a.Times != 2 {
			t.Errorf("what is known already is answered: %+v %v", a, err)
		}
		h.must(t, p.As("test"), func(ctx context.Context, tx *db.Tx) error { return desk.NoteRefused(ctx, tx, p.ID) })
		clock.Add(61 * time.Second)
		if _, err := h.sound(&p, desk.Sound{ID: "more"}); err != nil {
			t.Errorf("a minute later: %v", err)
		}
		got, err := desk.PanelByID(t.Context(), d, p.ID)
		if err != nil || got.Refused != 1 || got.SeenAt == 0 || got.Alarms != p.Most+1 {
			t.Errorf("it stands as %+v: %v", got, err)
		}
		fresh := ""
		h.must(t, boss, func(ctx context.Context, tx *db.Tx) (err error) {
			fresh, err = desk.Rekey(ctx, tx, p.ID, got.Version)
			return err
		})
		if _, err := desk.PanelByKey(t.Context(), d, key); fault.KindOf(err) != fault.SignIn {
			t.Errorf("by its old key: %v", err)
		}
		if got, err = desk.PanelByKey(t.Context(), d, fresh); err != nil {
			t.Fatal(err)
		}
		got.Closed = true
		h.must(t, boss, func(ctx context.Context, tx *db.Tx) error { _, err := desk.SetPanel(ctx, tx, &got); return err })
		if _, err := desk.PanelByKey(t.Context(), d, fresh); fault.KindOf(err) != fault.SignIn {
			t.Errorf("closed: %v", err)
		}
	})
}

// A line that sends one alarm many times at once has one job of it.
func TestAnAlarmSentManyTimesAtOnceIsOneJob(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		p, _ := h.panel(t, true)
		var all sync.WaitGroup
		for n := range 8 {
			all.Go(func() {
				if _, err := h.sound(&p, desk.Sound{ID: fmt.Sprint(n % 2), Point: "A3-017"}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		var jobs, alarms int
		if err := d.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM desk_job), (SELECT count(*) FROM desk_alarm)`).Scan(&jobs, &alarms); err != nil || jobs != 1 || alarms != 2 {
			t.Errorf("%d jobs of %d alarms: %v", jobs, alarms, err)
		}
	})
}
