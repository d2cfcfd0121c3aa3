package desk_test

import (
	"context"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/desk"
)

// own makes a kind of the hospital's own under the metal workers: a bed is fetched, mended
// and brought back by the electricians of the small hospital.
func (h *house) own(t *testing.T, change func(*desk.Kind)) desk.Kind {
	t.Helper()
	k := desk.Kind{Trade: "metal", Name: "病床检修", Icon: "bed", Ward: true, Costs: true, Parts: true, Crew: h.electric.ID,
		Times: []desk.Span{{Urgency: desk.Normal, Answer: 30, Come: 60, Finish: 240}, {Urgency: desk.Urgent, Finish: 90}}}
	k.Ask([]desk.Question{{Text: "床号", Required: true}, {Text: "型号", Sort: "choice", Choices: []string{"电动", "手摇"}, Required: true}, {Text: "台数", Sort: "number"}, {Text: "哪天要用", Sort: "day"}})
	change(&k)
	h.must(t, everywhere(h.director, desk.MayArrange), func(ctx context.Context, tx *db.Tx) error { return desk.AddKind(ctx, tx, &k) })
	return k
}

func TestAHospitalMakesAKindOfItsOwn(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		k := h.own(t, func(*desk.Kind) {})
		report := func(u desk.Urgency, answers ...string) (j desk.Job, err error) {
			s := desk.Slip{Title: "病床摇不动", Trade: desk.Trade(k.ID), Urgency: u, Place: h.room.ID, Source: "ward", Anyway: true, Answers: answers}
			return j, h.do(h.nurse, func(ctx context.Context, tx *db.Tx) (err error) { j, err = desk.Report(ctx, tx, &s); return err })
		}
		for want, answers := range map[string][]string{"base.required": {"12"}, "base.bad_value": {"12", "气动"}, "base.number": {"12", "电动", "两"}, "base.day": {"12", "电动", "2", "明天"}} {
			if _, err := report(desk.Normal, answers...); !fault.Is(err, want) {
				t.Errorf("answers %q: %v, want %s", answers, err, want)
			}
		}
		j, err := report(desk.Normal, "12", "电动", "2", "2027-03-20")
		if err != nil {
			t.Fatal(err)
		}
		got := h.job(t, j.ID)
		if got.Trade != "metal" || got.KindName != "病床检修" || got.Crew != h.electric.ID || got.Answers != "床号：12\n型号：电动\n台数：2\n哪天要用：2027-03-20" {
			t.Errorf("reported as %+v", got)
		}
		for what, x := range map[string]struct {
			at   period.Instant
			want time.Duration
		}{"sent": {got.AnswerDue, 30 * time.Minute}, "there": {got.ComeDue, time.Hour}, "done": {got.Due, 4 * time.Hour}} {
			if x.at.Sub(got.ReportedAt) != x.want {
				t.Errorf("to be %s after %s, want %s", what, x.at.Sub(got.ReportedAt), x.want)
			}
		}
		urgent, err := report(desk.Urgent, "12", "电动")
		if err != nil || urgent.Due.Sub(urgent.ReportedAt) != 90*time.Minute || urgent.AnswerDue != 0 {
			t.Errorf("an urgent one is due after %s: %v", urgent.Due.Sub(urgent.ReportedAt), err)
		}

		// The clock notes what passes by the kind's own times, each once.
		chase := func() {
			h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error { return desk.Chase(ctx, tx) })
		}
		clock.Add(20 * time.Minute)
		chase()
		if all, _ := desk.BreachesOf(t.Context(), d, j.ID); len(all) != 0 {
			t.Errorf("in time, but %+v", all)
		}
		clock.Add(11 * time.Minute)
		chase()
		clock.Add(30 * time.Minute)
		chase()
		all, err := desk.BreachesOf(t.Context(), d, j.ID)
		if err != nil || len(all) != 2 || all[0].What != desk.Answering || all[1].What != desk.Coming || all[1].Due != got.ComeDue {
			t.Errorf("missed are %+v: %v", all, err)
		}
	})
}

// Clause: W-007
func TestAKindSaysWhoseWordClosesItsJobs(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		boss := everywhere(h.director, desk.MayArrange)
		add := func(k desk.Kind) error {
			k.Icon, k.Ward = "bed", true
			return h.do(boss, func(ctx context.Context, tx *db.Tx) error { return desk.AddKind(ctx, tx, &k) })
		}
		for want, k := range map[string]desk.Kind{
			"desk.kind_must_sign":    {Trade: "metal", Name: "一", Sign: desk.SignNobody},
			"desk.kind_never_silent": {Trade: "lift", Name: "一", Silence: 8},
			"desk.kind_emergency":    {Trade: "lift", Name: "一", Times: []desk.Span{{Urgency: desk.Emergency, Finish: 600}}},
			"desk.kind_timed_twice":  {Trade: "lift", Name: "一", Times: []desk.Span{{Urgency: desk.Normal, Finish: 60}, {Urgency: desk.Normal, Finish: 90}}},
			"desk.kind_choices":      {Trade: "lift", Name: "一", Asks: "型号\tchoice\t电动"},
			"base.required":          {Trade: "lift"},
			"base.no_such":           {Trade: "lift", Name: "一", Crew: "nobody"},
		} {
			if err := add(k); !fault.Is(err, want) {
				t.Errorf("%+v: %v, want %s", k, err, want)
			}
		}
		if err := h.do(h.nurse, func(ctx context.Context, tx *db.Tx) error { return desk.AddKind(ctx, tx, &desk.Kind{}) }); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a nurse makes a kind: %v", err)
		}
		colleague := h.nurse
		colleague.ID, colleague.Name = h.stranger.ID, h.stranger.Name
		finished := func(k desk.Kind, u desk.Urgency) desk.Job {
			j := h.report(t, h.nurse, desk.Slip{Trade: desk.Trade(k.ID), Urgency: u, Place: h.room.ID, Source: "ward"})
			h.take(t, h.dispatcher, j.ID, dispatch(desk.Assignment{Worker: h.wang.ID}))
			h.take(t, h.wang, j.ID, accept, arrive, done)
			return h.job(t, j.ID)
		}
		plain := func(name, sign string, silence int64) func(*desk.Kind) {
			return func(k *desk.Kind) { k.Name, k.Sign, k.Silence, k.Asks, k.Trade = name, sign, silence, "", "moving" }
		}
		mine := h.own(t, plain("送床", desk.SignReporter, desk.Spoken))
		if err := add(desk.Kind{Trade: "metal", Name: "送床"}); !fault.Is(err, "desk.kind_named_so") {
			t.Errorf("two kinds of one name: %v", err)
		}
		j := finished(mine, desk.Normal)
		h.refuses(t, colleague, j.ID, "desk.sign_reporter", signed)
		h.take(t, h.nurse, j.ID, signed)

		none := h.own(t, plain("送文件", desk.SignNobody, 0))
		if j = finished(none, desk.Normal); j.State != desk.Closed || j.Open || j.Signer != "" {
			t.Errorf("with nobody to sign it is %s", j.State)
		}
		if j = finished(none, desk.Emergency); j.State != desk.Done {
			t.Errorf("an emergency is signed for, but is %s", j.State)
		}

		quick, never := finished(h.own(t, plain("送水", desk.SignWard, 2)), desk.Normal), finished(h.own(t, plain("送气", desk.SignWard, desk.Spoken)), desk.Normal)
		clock.Add(21 * 24 * time.Hour)
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) error { return desk.Chase(ctx, tx) })
		if quick, never = h.job(t, quick.ID), h.job(t, never.ID); quick.State != desk.Closed || !quick.Silent || never.State != desk.Done {
			t.Errorf("after three weeks: by silence %s, never by silence %s", quick.State, never.State)
		}
	})
}

// What is under way keeps the kind of its day: its photos, its times, its signature.
func TestWhatIsUnderWayKeepsTheKindOfItsDay(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		boss := everywhere(h.director, desk.MayArrange)
		k := h.own(t, func(k *desk.Kind) { k.Asks = "" })
		then := h.report(t, h.nurse, desk.Slip{Trade: desk.Trade(k.ID), Place: h.room.ID})
		k.Photos, k.Costs, k.Sign, k.Times, k.Name = 2, false, desk.SignHead, nil, "病床大修"
		h.must(t, boss, func(ctx context.Context, tx *db.Tx) error { return desk.SetKind(ctx, tx, k) })
		k.Version++
		if n, err := desk.Earlier(t.Context(), d, &k); err != nil || n != 1 {
			t.Errorf("%d jobs keep to what it was: %v", n, err)
		}
		if was, err := desk.KindOfJob(t.Context(), d, &then); err != nil || was.Name != "病床检修" || was.Photos != 0 || len(was.Times) != 2 {
			t.Errorf("the job's kind is %+v: %v", was, err)
		}
		now := h.report(t, h.nurse, desk.Slip{Trade: desk.Trade(k.ID), Place: h.room.ID})
		if now.Sign != desk.SignHead || now.AnswerDue != 0 {
			t.Errorf("a new one is signed by %s, to be sent by %v", now.Sign, now.AnswerDue)
		}
		for _, id := range []string{then.ID, now.ID} {
			h.take(t, h.dispatcher, id, dispatch(desk.Assignment{Worker: h.wang.ID}))
			h.take(t, h.wang, id, accept, arrive)
		}
		h.refuses(t, h.wang, now.ID, "desk.kind_photos", done)
		h.take(t, h.wang, then.ID, done)
		if j := h.job(t, then.ID); j.Labour == 0 {
			t.Error("its labour costs nothing, as only later jobs' does")
		}
		h.take(t, h.nurse, then.ID, signed)
		// Taken up again it still has the times of its day.
		h.take(t, h.nurse, then.ID, reasoned(desk.Reopen, "又坏了"))
		if j := h.job(t, then.ID); j.Due.Sub(j.ReopenedAt) != 4*time.Hour {
			t.Errorf("taken up again it is due after %s", j.Due.Sub(j.ReopenedAt))
		}
	})
}

// A kind's certificate is asked for besides those of its trade.
func TestAKindAsksForACertificateOfItsOwn(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		k := h.own(t, func(k *desk.Kind) { k.Asks, k.Certificates = "", []string{"electrician"} })
		j := h.report(t, h.nurse, desk.Slip{Trade: desk.Trade(k.ID), Place: h.room.ID})
		h.refuses(t, h.dispatcher, j.ID, "desk.certificate_missing", dispatch(desk.Assignment{Worker: h.wang.ID}))
		h.certifies(t, h.wang, "electrician", d.Today().AddDays(30))
		h.take(t, h.dispatcher, j.ID, dispatch(desk.Assignment{Worker: h.wang.ID}))
	})
}

// Guests report by the hospital's own kinds where it lets them, and the desk makes the job
// of that kind.
func TestGuestsReportByAKindOfTheHospitalsOwn(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		code := h.hung(t)
		closet := h.own(t, func(k *desk.Kind) { k.Name = "病床内修" })
		k := h.own(t, func(k *desk.Kind) { k.Name, k.Guest = "轮椅坏了", true })
		for _, trade := range []desk.Trade{desk.Trade(closet.ID), "gas", "nothing"} {
			if _, err := h.notify(code, desk.Told{Trade: trade, Text: "坏了"}); !fault.Is(err, "base.required") {
				t.Errorf("a guest reports by %s: %v", trade, err)
			}
		}
		if err := h.do(everywhere(h.director, desk.MayArrange), func(ctx context.Context, tx *db.Tx) error {
			return desk.AddKind(ctx, tx, &desk.Kind{Trade: desk.Medical, Name: "监护仪", Icon: "heart", Guest: true})
		}); !fault.Is(err, "desk.kind_no_guests") {
			t.Errorf("guests report medical devices: %v", err)
		}
		n, err := h.notify(code, desk.Told{Trade: desk.Trade(k.ID)})
		if err != nil {
			t.Fatal(err)
		}
		n, err = desk.NoticeOf(t.Context(), d, h.system, n.ID)
		if err != nil || n.Kind != k.ID || n.KindName != "轮椅坏了" || n.Trade != "metal" {
			t.Errorf("noted as %+v: %v", n, err)
		}
		h.must(t, h.system, func(ctx context.Context, tx *db.Tx) (err error) {
			n, err = desk.Confirm(ctx, tx, n.ID, 0, desk.Confirmation{Title: "轮椅轮子掉了", Trade: desk.Trade(n.Kind), Urgency: desk.Normal, Department: h.ward.ID})
			return err
		})
		if j := h.job(t, n.Job); j.Kind != k.ID || j.Trade != "metal" || j.Crew != h.electric.ID || j.AnswerDue == 0 {
			t.Errorf("the job is %+v", j)
		}
	})
}

// Plans and small repairs done already are of the hospital's own kinds too, and the
// figures count them by these.
func TestPlansAndSmallRepairsAreOfTheHospitalsOwnKinds(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		k := h.own(t, func(k *desk.Kind) { k.Trade, k.Costs, k.Sign = "moving", false, desk.SignNobody })
		s := h.plan(t, desk.Standing{Title: "病床月检", Trade: desk.Trade(k.ID), Unit: "month", Department: h.ward.ID, Days: 3})
		if s.Kind != k.ID || s.Trade != "moving" || s.Meant() != desk.Trade(k.ID) {
			t.Errorf("planned as %+v", s)
		}
		h.round(t)
		turns := h.turns(t, s.ID)
		if len(turns) != 1 || turns[0].Job == "" {
			t.Fatalf("turns: %+v", turns)
		}
		if j := h.job(t, turns[0].Job); j.Kind != k.ID || j.KindName != "病床检修" || j.Crew != h.electric.ID || j.AnswerDue != 0 || j.Due != d.Today().AddDays(2).End(d.Zone) {
			t.Errorf("raised as %+v", j)
		}
		// A plan that is changed to a trade is of no kind of its own any more.
		s, err := desk.StandingByID(t.Context(), d, h.system, s.ID)
		if err != nil {
			t.Fatal(err)
		}
		s.Trade = "metal"
		h.must(t, h.scheduler(), func(ctx context.Context, tx *db.Tx) error { return desk.Schedule(ctx, tx, &s) })
		if s, err := desk.StandingByID(t.Context(), d, h.system, s.ID); err != nil || s.Kind != "" || s.Trade != "metal" {
			t.Errorf("changed to %+v: %v", s, err)
		}

		register := func(trade desk.Trade) (j desk.Job, err error) {
			return j, h.do(h.wang, func(ctx context.Context, tx *db.Tx) (err error) {
				j, err = desk.Register(ctx, tx, &desk.Minor{Title: "紧了床脚", Trade: trade, Place: h.room.ID, Minutes: 10})
				return err
			})
		}
		j, err := register(desk.Trade(k.ID))
		if err != nil {
			t.Fatal(err)
		}
		if j = h.job(t, j.ID); j.Kind != k.ID || j.Trade != "moving" || j.State != desk.Done || j.Sign != desk.SignWard || !j.Due.IsZero() || j.Labour != 0 {
			t.Errorf("registered as %+v", j)
		}
		if j, err := register("metal"); err != nil || h.job(t, j.ID).Kind != "metal" || j.Labour == 0 {
			t.Errorf("of the program's kind: %+v, %v", j, err)
		}
		today := d.Today()
		lines, err := desk.Figured(t.Context(), d, h.director, "kind", today, today)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int64{}
		for _, l := range lines {
			got[l.Key+l.Name] = l.Figures["reported"].N
			if n := opened(t, d, l.Figures["reported"].Link); n != l.Figures["reported"].N {
				t.Errorf("%s opens %d jobs", l.Figures["reported"].Link, n)
			}
		}
		if len(lines) != 2 || got[k.ID+"病床检修"] != 2 || got["metal"] != 1 {
			t.Errorf("by kind: %v", got)
		}

		k.Closed = true
		h.must(t, everywhere(h.director, desk.MayArrange), func(ctx context.Context, tx *db.Tx) error { return desk.SetKind(ctx, tx, k) })
		if _, err := register(desk.Trade(k.ID)); !fault.Is(err, "desk.kind_not_offered") {
			t.Errorf("registered by a kind that is not offered any more: %v", err)
		}
		if err := h.do(h.scheduler(), func(ctx context.Context, tx *db.Tx) error {
			return desk.Schedule(ctx, tx, &desk.Standing{Title: "病床月检", Trade: desk.Trade(k.ID), Unit: "month", Department: h.ward.ID, Next: tx.Today()})
		}); !fault.Is(err, "desk.kind_not_offered") {
			t.Errorf("planned by a kind that is not offered any more: %v", err)
		}
	})
}

// A report that was entered as something else becomes a kind of the hospital's own by a change
// of the slip, and a part of it by splitting: with that kind's crew and signature.
func TestASlipBecomesOfAKindOfTheHospitalsOwn(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		own := h.own(t, func(k *desk.Kind) { k.Asks, k.Crew, k.Sign = "", h.water.ID, desk.SignReporter })
		j := h.report(t, h.nurse, desk.Slip{Place: h.room.ID})
		h.take(t, h.dispatcher, j.ID, amend(desk.Amendment{Trade: desk.Trade(own.ID)}))
		if now := h.job(t, j.ID); now.Kind != own.ID || now.KindName != own.Name || now.Trade != own.Trade || now.Crew != h.water.ID || now.Sign != desk.SignReporter {
			t.Errorf("the slip is of %q %q, crew %s, signed by %s", now.Kind, now.Trade, now.Crew, now.Sign)
		}
		h.refuses(t, h.dispatcher, j.ID, "desk.nothing_amended", amend(desk.Amendment{Trade: desk.Trade(own.ID)}))
		h.refuses(t, h.dispatcher, j.ID, "base.bad_value", amend(desk.Amendment{Trade: "none"}))
		h.take(t, h.dispatcher, j.ID, amend(desk.Amendment{Trade: "metal"}))
		if now := h.job(t, j.ID); now.Kind != "metal" || now.Trade != "metal" || now.Sign != desk.SignWard {
			t.Errorf("back again it is %q %q, signed by %s", now.Kind, now.Trade, now.Sign)
		}
		split := func(kind string) step {
			return func(ctx context.Context, tx *db.Tx, id string) (desk.Job, error) {
				return desk.Split(ctx, tx, id, 0, desk.Splitting{Title: "轮椅也坏了", Trade: desk.Trade(kind)})
			}
		}
		h.refuses(t, h.dispatcher, j.ID, "desk.split_same", split("metal"))
		h.refuses(t, h.dispatcher, j.ID, "base.bad_value", split("none"))
		h.take(t, h.dispatcher, j.ID, split(own.ID))
		parts, err := desk.Parted(t.Context(), d, &j)
		if err != nil || len(parts) != 1 || parts[0].Kind != own.ID || parts[0].Crew != h.water.ID {
			t.Errorf("the part is %+v, %v", parts, err)
		}
	})
}
