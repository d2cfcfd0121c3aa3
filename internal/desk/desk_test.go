package desk_test

import (
	"context"
	"io/fs"
	"testing"

	"houqin/internal/approvals"
	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/calendar"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/files"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/rules"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, places.Migrations, people.Migrations, calendar.Migrations, messages.Migrations, approvals.Migrations, assets.Migrations, files.Migrations, desk.Migrations}

// house is a small hospital: two wards, a crew of electricians and one of plumbers.
type house struct {
	d                                     *db.DB
	ward, other, electric, water          departments.Department
	room, corridor                        places.Place
	nurse, stranger, wang, li, dispatcher db.Actor
	director, system, chief, vice         db.Actor
}

func build(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{d: d, system: db.System("test")}
	approvals.Ended[desk.Noun] = desk.OutsideEnded
	ctx := t.Context()
	person := func(tx *db.Tx, number, name string, unit departments.Department, may ...string) db.Actor {
		p := people.Person{Number: number, Name: name, Department: unit.ID}
		if err := people.Hire(ctx, tx, &p); err != nil {
			t.Fatal(err)
		}
		a := dbtest.PersonIn(p.ID, unit.ID, may...)
		a.Name = name
		return a
	}
	dbtest.Do(t, d, h.system, func(tx *db.Tx) error {
		for _, x := range []struct {
			to         *departments.Department
			code, name string
			kind       departments.Kind
		}{{&h.ward, "N1", "内一科", departments.Ward}, {&h.other, "W1", "外一科", departments.Ward}, {&h.electric, "DG", "电工班", departments.Team}, {&h.water, "SN", "水暖班", departments.Team}} {
			*x.to = departments.Department{Code: x.code, Name: x.name, Kind: x.kind}
			if err := departments.Found(ctx, tx, x.to); err != nil {
				return err
			}
		}
		h.room = places.Place{Code: "A301", Name: "301病房", Kind: places.Room, Department: h.ward.ID, Phones: []string{"8301"}}
		h.corridor = places.Place{Code: "A3ZL", Name: "三楼走廊", Kind: places.Room}
		for _, p := range []*places.Place{&h.room, &h.corridor} {
			if err := places.Add(ctx, tx, p); err != nil {
				return err
			}
		}
		h.chief, h.vice = person(tx, "1901", "科长", h.other), person(tx, "1902", "副院长", h.other)
		for post, who := range map[string]db.Actor{"section_chief": h.chief, "vice_president": h.vice} {
			if err := approvals.Seat(ctx, tx, &approvals.Holding{Post: post, Person: who.ID}); err != nil {
				return err
			}
		}
		h.nurse = person(tx, "1001", "周护士", h.ward, desk.MayReport, desk.MaySign, desk.MayCancel)
		h.stranger = person(tx, "1002", "吴护士", h.other, desk.MayReport, desk.MaySign, desk.MayCancel)
		h.wang = person(tx, "2001", "王建国", h.electric, desk.MayWork)
		h.li = person(tx, "2002", "李志强", h.electric, desk.MayWork)
		h.dispatcher = everywhere(person(tx, "3001", "赵调度", h.electric), desk.MayReport, desk.MayDispatch, desk.MaySee, desk.MayCancel)
		h.director = everywhere(person(tx, "4001", "钱主任", h.electric), desk.MaySee)
		return nil
	})
	return h
}

func everywhere(a db.Actor, may ...string) db.Actor {
	a.Rights = db.Rights{}
	for _, p := range may {
		a.Rights[p] = db.Scope{All: true}
	}
	return a
}

// do runs a command as somebody and gives its error.
func (h *house) do(by db.Actor, f func(context.Context, *db.Tx) error) error {
	ctx := context.Background()
	return h.d.Do(ctx, by, func(tx *db.Tx) error { return f(ctx, tx) })
}

func (h *house) must(t *testing.T, by db.Actor, f func(context.Context, *db.Tx) error) {
	t.Helper()
	if err := h.do(by, f); err != nil {
		t.Fatal(err)
	}
}

// report enters a fault as somebody; what is missing in the slip is made up.
func (h *house) report(t *testing.T, by db.Actor, s desk.Slip) (j desk.Job) {
	t.Helper()
	if s.Title == "" {
		s.Title = "灯不亮"
	}
	if s.Trade == "" {
		s.Trade = "electric"
	}
	s.Anyway = true
	h.must(t, by, func(ctx context.Context, tx *db.Tx) (err error) {
		j, err = desk.Report(ctx, tx, &s)
		return err
	})
	return j
}

func (h *house) job(t *testing.T, id string) desk.Job {
	t.Helper()
	j, err := desk.Get(t.Context(), h.d, h.system, id)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// step is a command on a job that needs no more than its id.
type step func(context.Context, *db.Tx, string) (desk.Job, error)

func (h *house) take(t *testing.T, by db.Actor, id string, steps ...step) {
	t.Helper()
	for _, s := range steps {
		h.must(t, by, func(ctx context.Context, tx *db.Tx) error { _, err := s(ctx, tx, id); return err })
	}
}

func dispatch(a desk.Assignment) step {
	return func(ctx context.Context, tx *db.Tx, id string) (desk.Job, error) {
		return desk.Dispatch(ctx, tx, id, 0, a)
	}
}
func reassign(a desk.Assignment) step {
	return func(ctx context.Context, tx *db.Tx, id string) (desk.Job, error) {
		return desk.Reassign(ctx, tx, id, 0, a)
	}
}
func plain(f func(context.Context, *db.Tx, string, int64) (desk.Job, error)) step {
	return func(ctx context.Context, tx *db.Tx, id string) (desk.Job, error) { return f(ctx, tx, id, 0) }
}
func finish(w desk.Work) step {
	return func(ctx context.Context, tx *db.Tx, id string) (desk.Job, error) {
		return desk.Finish(ctx, tx, id, 0, w)
	}
}
func sign(s desk.Signing) step {
	return func(ctx context.Context, tx *db.Tx, id string) (desk.Job, error) { return desk.Sign(ctx, tx, id, 0, s) }
}
func reasoned(f func(context.Context, *db.Tx, string, int64, string) (desk.Job, error), why string) step {
	return func(ctx context.Context, tx *db.Tx, id string) (desk.Job, error) { return f(ctx, tx, id, 0, why) }
}
func pause(code string) step {
	return func(ctx context.Context, tx *db.Tx, id string) (desk.Job, error) {
		return desk.Pause(ctx, tx, id, 0, desk.Reason{Code: code})
	}
}

var (
	grab   = plain(desk.Grab)
	accept = plain(desk.Accept)
	depart = plain(desk.Depart)
	arrive = plain(desk.Arrive)
	resume = plain(desk.Resume)
	done   = finish(desk.Work{Done: "换了灯管", Minutes: 20})
	signed = sign(desk.Signing{Signature: "周护士"})
	hasten = step(desk.Hasten)
)

func comment(text string) step {
	return func(ctx context.Context, tx *db.Tx, id string) (desk.Job, error) {
		return desk.Comment(ctx, tx, id, text)
	}
}
