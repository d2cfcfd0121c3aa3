package approvals_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/calendar"
	"houqin/internal/departments"
	"houqin/internal/files"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/rules"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, calendar.Migrations, people.Migrations, files.Migrations, messages.Migrations, approvals.Migrations}

// house is a small hospital: an office above two wards, with heads, and somebody on
// each post.
type house struct {
	t     *testing.T
	d     *db.DB
	units map[string]departments.Department
	staff map[string]people.Person
	told  []approvals.Case
	mu    sync.Mutex
}

const noun = "test.paper"

func build(t *testing.T, d *db.DB) *house {
	h := &house{t: t, d: d, units: map[string]departments.Department{}, staff: map[string]people.Person{}}
	h.do(db.System("builder"), func(tx *db.Tx) error {
		for _, u := range []struct{ code, parent string }{{"office", ""}, {"ward", "office"}, {"other", "office"}} {
			x := departments.Department{Code: u.code, Name: u.code, Kind: departments.Ward, Parent: h.units[u.parent].ID}
			if err := departments.Found(t.Context(), tx, &x); err != nil {
				return err
			}
			h.units[u.code] = x
		}
		for n, name := range []string{"director:office", "head:ward", "nurse:ward", "nurse2:ward", "stranger:other", "clerk:office", "keeper:office", "chief:office", "vice:office",
			"president:office", "money:office", "audit:office", "law:office", "accountant:office", "affairs:office", "deputy:office"} {
			name, unit, _ := strings.Cut(name, ":")
			p := people.Person{Number: fmt.Sprint(1001 + n), Name: name, Department: h.units[unit].ID}
			if err := people.Hire(t.Context(), tx, &p); err != nil {
				return err
			}
			h.staff[name] = p
		}
		for unit, head := range map[string]string{"office": "director", "ward": "head", "other": "stranger"} {
			u := h.units[unit]
			u.Head = h.staff[head].ID
			if err := departments.Change(t.Context(), tx, &u); err != nil {
				return err
			}
			u.Version++
			h.units[unit] = u
		}
		for post, who := range map[string]string{"general_affairs": "affairs", "vice_president": "vice", "president": "president", "hospital_leader": "vice", "finance": "money", "audit": "audit",
			"legal_adviser": "law", "property_accountant": "accountant", "managing_department": "affairs", "logistics": "director", "section_chief": "chief", "hospital_office": "clerk",
			"equipment_department": "affairs", "storekeeper": "keeper", "dispatcher": "clerk"} {
			if err := approvals.Seat(t.Context(), tx, &approvals.Holding{Post: post, Person: h.staff[who].ID}); err != nil {
				return err
			}
		}
		return nil
	})
	approvals.Ended[noun] = func(_ context.Context, _ *db.Tx, c approvals.Case) error {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.told = append(h.told, c)
		return nil
	}
	return h
}

func each(t *testing.T, f func(*testing.T, *house)) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) { f(t, build(t, d)) })
}

func (h *house) do(by db.Actor, f func(*db.Tx) error) {
	h.t.Helper()
	if err := h.d.Do(h.t.Context(), by, f); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) as(name string, may ...string) db.Actor {
	p := h.staff[name]
	a := db.Actor{ID: p.ID, Name: p.Name, Unit: p.Department, Rights: db.Rights{}, Source: "web 10.0.0.7"}
	for _, m := range may {
		a.Rights[m] = db.Scope{All: true}
	}
	return a
}

var papers int

// paper is a document of the ward about an amount.
func (h *house) paper(kind string, amount money.Fen) approvals.Document {
	h.mu.Lock()
	defer h.mu.Unlock()
	papers++
	return approvals.Document{Kind: kind, Noun: noun, Record: fmt.Sprintf("paper-%d", papers), Number: fmt.Sprintf("P-%d", papers), Title: "纸巾十箱", Reason: "月初用完",
		Department: h.units["ward"].ID, Amount: amount, Digest: "v1", Facts: []approvals.Fact{{Key: "stock", Value: "3 箱"}}}
}

func (h *house) ask(by string, d approvals.Document) approvals.Case {
	h.t.Helper()
	c, err := h.tryAsk(by, d)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func (h *house) tryAsk(by string, d approvals.Document) (c approvals.Case, err error) {
	err = h.d.Do(h.t.Context(), h.as(by), func(tx *db.Tx) (err error) {
		c, err = approvals.Ask(h.t.Context(), tx, d)
		return err
	})
	return c, err
}

func (h *house) agree(by string, c approvals.Case) error {
	return h.d.Do(h.t.Context(), h.as(by), func(tx *db.Tx) error {
		_, err := approvals.Agree(h.t.Context(), tx, c.ID, "", approvals.Signature{Digest: c.Digest, Agent: "Phone"})
		return err
	})
}

func (h *house) refuse(by string, c approvals.Case) error {
	return h.d.Do(h.t.Context(), h.as(by), func(tx *db.Tx) error {
		_, err := approvals.Refuse(h.t.Context(), tx, c.ID, "太多", approvals.Signature{Digest: c.Digest})
		return err
	})
}

func (h *house) state(c approvals.Case) approvals.State {
	h.t.Helper()
	got, err := approvals.Whole(h.t.Context(), h.d, c.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return got.State
}

// tray is who has what waiting: the record numbers in somebody's tray.
func (h *house) tray(name string) (numbers []string) {
	h.t.Helper()
	all, err := approvals.DecisionsFor(h.t.Context(), h.d, h.as(name), 100)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, a := range all {
		numbers = append(numbers, a.Case.Number)
	}
	return numbers
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) refused(err error, key string) {
	h.t.Helper()
	if !fault.Is(err, key) {
		h.t.Fatalf("want %s, got %v", key, err)
	}
}

// set puts a way in force for a kind from tomorrow on and goes on to tomorrow.
func (h *house) set(kind string, tiers ...approvals.Tier) approvals.Route {
	h.t.Helper()
	rt := approvals.Route{Kind: kind, Since: h.d.Today().AddDays(1), Reason: "院内规定", Tiers: tiers}
	h.do(db.System("admin"), func(tx *db.Tx) (err error) {
		if err = approvals.Draft(h.t.Context(), tx, &rt); err == nil {
			_, err = approvals.Force(h.t.Context(), tx, rt.ID, rt.Version)
		}
		return err
	})
	now := h.d.Now()
	h.d.Now = func() time.Time { return now.AddDate(0, 0, 1) }
	return rt
}

func stage(who ...string) approvals.Stage {
	s := approvals.Stage{}
	for _, w := range who {
		s.Who = append(s.Who, approvals.Who{Is: w})
	}
	return s
}

func TestADocumentGoesFromDeskToDesk(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		small := h.ask("nurse", h.paper("warehouse.request", 199_999))
		large := h.ask("nurse", h.paper("warehouse.request", 200_000))
		if got := h.tray("head"); !slices.Equal(got, []string{small.Number, large.Number}) {
			t.Errorf("the head of the ward has %v", got)
		}
		if got := h.tray("affairs"); len(got) != 0 {
			t.Errorf("general affairs is asked before the ward: %v", got)
		}
		h.must(h.agree("head", small))
		h.must(h.agree("head", large))
		if h.state(small) != approvals.Agreed || h.state(large) != approvals.Open {
			t.Errorf("small is %s, large %s", h.state(small), h.state(large))
		}
		h.refused(h.agree("head", small), "approvals.ended.agreed")
		h.refused(h.agree("money", large), "base.not_found")
		h.must(h.agree("affairs", large))
		if h.state(large) != approvals.Agreed || len(h.told) != 2 || h.told[1].Record != large.Record {
			t.Errorf("%s, told %d", h.state(large), len(h.told))
		}
		signed, err := approvals.Decisions(t.Context(), h.d, large.ID)
		h.must(err)
		if len(signed) != 2 || signed[1].Name != "affairs" || signed[1].Digest != large.Digest || signed[1].Source != "web 10.0.0.7" || signed[1].Agent != "Phone" {
			t.Errorf("%+v", signed)
		}
	})
}

func TestAHookThatRefusesUndoesTheDecision(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.ask("nurse", h.paper("warehouse.custody", 0))
		approvals.Ended[noun] = func(context.Context, *db.Tx, approvals.Case) error { return errors.New("no") }
		if err := h.agree("vice", c); err == nil {
			t.Fatal("agreed although its room could not take it")
		}
		if signed, err := approvals.Decisions(t.Context(), h.d, c.ID); err != nil || len(signed) != 0 || h.state(c) != approvals.Open || len(h.tray("vice")) != 1 {
			t.Errorf("%v %v %v", signed, err, h.state(c))
		}
	})
}

func TestStartFailsWithoutAHook(t *testing.T) {
	if approvals.Wired([]string{"nobody.hears"}) == nil {
		t.Error("a noun without a hook is taken")
	}
}

func TestRefusedSentBackWithdrawn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a, b, c := h.paper("fleet.trip", 0), h.paper("fleet.trip", 0), h.paper("fleet.trip", 0)
		refused, back, gone := h.ask("nurse", a), h.ask("nurse", b), h.ask("nurse", c)
		h.refused(h.d.Do(t.Context(), h.as("head"), func(tx *db.Tx) error {
			_, err := approvals.Refuse(t.Context(), tx, refused.ID, " ", approvals.Signature{Digest: refused.Digest})
			return err
		}), "base.required")
		h.must(h.refuse("head", refused))
		h.do(h.as("head"), func(tx *db.Tx) error {
			_, err := approvals.SendBack(t.Context(), tx, back.ID, "写明地点", approvals.Signature{Digest: back.Digest})
			return err
		})
		h.refused(h.d.Do(t.Context(), h.as("head"), func(tx *db.Tx) error { _, err := approvals.Withdraw(t.Context(), tx, gone.ID, ""); return err }), "approvals.not_asked")
		h.do(h.as("nurse"), func(tx *db.Tx) error { _, err := approvals.Withdraw(t.Context(), tx, gone.ID, "不去了"); return err })
		if h.state(refused) != approvals.Refused || h.state(back) != approvals.Returned || h.state(gone) != approvals.Withdrawn {
			t.Errorf("%s %s %s", h.state(refused), h.state(back), h.state(gone))
		}
		if len(h.told) != 3 || len(h.tray("head")) != 0 {
			t.Errorf("told %d, tray %v", len(h.told), h.tray("head"))
		}
		again := h.ask("nurse", b)
		h.refused(func() error { _, err := h.tryAsk("nurse", b); return err }(), "approvals.under_way")
		h.must(h.agree("head", again))
	})
}

func TestAChangedDocumentIsAskedForAnew(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		d := h.paper("warehouse.request", 100)
		c := h.ask("nurse", d)
		stale := c
		stale.Digest = "what stood here before"
		h.refused(h.agree("head", stale), "approvals.changed_since")
		h.must(h.agree("head", c))
		h.must(approvals.Must(t.Context(), h.d, noun, d.Record, "v1"))
		h.refused(approvals.Must(t.Context(), h.d, noun, d.Record, "v2"), "approvals.not_agreed")
		changed := func(digest string) (voided bool) {
			h.do(h.as("nurse"), func(tx *db.Tx) (err error) {
				voided, err = approvals.Changed(t.Context(), tx, noun, d.Record, digest)
				return err
			})
			return voided
		}
		if changed("v1") || !changed("v2") || changed("v2") || h.state(c) != approvals.Voided {
			t.Errorf("%s", h.state(c))
		}
		d.Digest = "v2"
		c = h.ask("nurse", d)
		h.refused(approvals.Must(t.Context(), h.d, noun, d.Record, "v2"), "approvals.still_open")
		h.must(h.agree("head", c))
		h.must(approvals.Must(t.Context(), h.d, noun, d.Record, "v2"))
	})
}

func TestSideBySide(t *testing.T) {
	for _, c := range []struct {
		name  string
		stage approvals.Stage
		votes string // head+ money- …
		want  approvals.State
	}{
		{"all", stage("post:finance", "post:audit", "post:president"), "money+ audit+", approvals.Open},
		{"all agreed", stage("post:finance", "post:audit"), "money+ audit+", approvals.Agreed},
		{"all, one refuses", stage("post:finance", "post:audit"), "money+ audit-", approvals.Refused},
		{"any", approvals.Stage{Who: stage("post:finance", "post:audit").Who, Need: 1}, "audit+", approvals.Agreed},
		{"any, one refuses", approvals.Stage{Who: stage("post:finance", "post:audit").Who, Need: 1}, "audit-", approvals.Open},
		{"any, both refuse", approvals.Stage{Who: stage("post:finance", "post:audit").Who, Need: 1}, "audit- money-", approvals.Refused},
		{"two of three", approvals.Stage{Who: stage("post:finance", "post:audit", "post:president").Who, Need: 2}, "audit- money+ president+", approvals.Agreed},
		{"two of three cannot be reached", approvals.Stage{Who: stage("post:finance", "post:audit", "post:president").Who, Need: 2}, "audit- money-", approvals.Refused},
		{"everybody on a post", approvals.Stage{Who: []approvals.Who{{Is: "post:hospital_leader", Each: -1}}}, "vice+", approvals.Open},
		{"everybody on a post agreed", approvals.Stage{Who: []approvals.Who{{Is: "post:hospital_leader", Each: -1}}}, "vice+ president+", approvals.Agreed},
		{"two on a post, one refuses", approvals.Stage{Who: []approvals.Who{{Is: "post:hospital_leader", Each: 2}}}, "vice-", approvals.Refused},
		{"one on a post decides", stage("post:hospital_leader"), "president+", approvals.Agreed},
		{"one on a post refuses", stage("post:hospital_leader"), "president-", approvals.Refused},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				h.do(db.System("admin"), func(tx *db.Tx) error {
					return approvals.Seat(t.Context(), tx, &approvals.Holding{Post: "hospital_leader", Person: h.staff["president"].ID})
				})
				h.set("fleet.trip", approvals.Tier{Stages: []approvals.Stage{c.stage}})
				paper := h.ask("nurse", h.paper("fleet.trip", 0))
				for v := range strings.FieldsSeq(c.votes) {
					if who, ok := strings.CutSuffix(v, "+"); ok {
						h.must(h.agree(who, paper))
					} else {
						h.must(h.refuse(strings.TrimSuffix(v, "-"), paper))
					}
				}
				if got := h.state(paper); got != c.want {
					t.Errorf("%s, want %s", got, c.want)
				}
				if c.want != approvals.Open && (len(h.told) != 1 || len(h.tray("money"))+len(h.tray("president")) != 0) {
					t.Errorf("told %d, and somebody is still asked", len(h.told))
				}
			})
		})
	}
}

// Several deciders at once, each twice, with the same post and with different ones: each
// signature counts once, and the room is told once.
//
// Holds: AB-08 v5.0.0-2.3.4 v5.0.0-2.3.3
func TestDecidersAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		leaders := []string{"president", "money", "audit", "law", "deputy"}
		h.do(db.System("admin"), func(tx *db.Tx) error {
			for _, who := range leaders {
				if err := approvals.Seat(t.Context(), tx, &approvals.Holding{Post: "dispatcher", Person: h.staff[who].ID}); err != nil {
					return err
				}
			}
			return nil
		})
		h.set("fleet.trip", approvals.Tier{Stages: []approvals.Stage{{Who: []approvals.Who{{Is: "post:dispatcher", Each: 3}}}}})
		h.set("fleet.ambulance", approvals.Tier{Stages: []approvals.Stage{stage("post:dispatcher")}})
		for kind, need := range map[string]int{"fleet.trip": 3, "fleet.ambulance": 1} {
			h.told = nil
			c := h.ask("nurse", h.paper(kind, 0))
			var wg sync.WaitGroup
			for _, who := range append(leaders, leaders...) {
				wg.Go(func() {
					if err := h.agree(who, c); err != nil && fault.KindOf(err) != fault.Conflict && fault.KindOf(err) != fault.Forbidden {
						t.Errorf("%s: %v", who, err)
					}
				})
			}
			wg.Wait()
			signed, err := approvals.Decisions(t.Context(), h.d, c.ID)
			h.must(err)
			if len(signed) != need || len(h.told) == 0 || h.state(c) != approvals.Agreed {
				t.Errorf("%s: %d signatures, told %d, %s", kind, len(signed), len(h.told), h.state(c))
			}
		}
	})
}

// A press that is sent again, from another tab or by a program, is one decision.
func TestADecisionIsTakenOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.ask("nurse", h.paper("warehouse.request", 300_000))
		press := func(key string) error {
			_, _, err := h.d.Once(t.Context(), h.as("head"), key, "same", func(tx *db.Tx) ([]byte, error) {
				_, err := approvals.Agree(t.Context(), tx, c.ID, "", approvals.Signature{Digest: c.Digest})
				return []byte("{}"), err
			})
			return err
		}
		h.must(press("one"))
		h.must(press("one"))
		h.refused(press("two"), "approvals.barred.decided")
		if signed, err := approvals.Decisions(t.Context(), h.d, c.ID); err != nil || len(signed) != 1 {
			t.Errorf("%d %v", len(signed), err)
		}
	})
}

// What waits for a post waits for whoever sits on it now.
func TestSeatsFollowThePost(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.ask("nurse", h.paper("assets.tool_loan", 0))
		h.do(db.System("admin"), func(tx *db.Tx) error {
			all, err := approvals.Holdings(t.Context(), tx, tx.Today())
			if err != nil {
				return err
			}
			if err := approvals.Seat(t.Context(), tx, &approvals.Holding{Post: "section_chief", Person: h.staff["deputy"].ID}); err != nil {
				return err
			}
			for _, x := range all {
				if x.Post == "section_chief" {
					if err := approvals.Unseat(t.Context(), tx, x.ID); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if len(h.tray("chief")) != 0 || len(h.tray("deputy")) != 1 {
			t.Errorf("the old chief has %v, the new one %v", h.tray("chief"), h.tray("deputy"))
		}
		h.refused(h.agree("chief", c), "approvals.no_seat")
		ward := h.ask("nurse", h.paper("warehouse.request", 100))
		h.do(db.System("admin"), func(tx *db.Tx) error {
			u := h.units["ward"]
			u.Head = h.staff["nurse2"].ID
			if err := departments.Change(t.Context(), tx, &u); err != nil {
				return err
			}
			return approvals.Refresh(t.Context(), tx)
		})
		if len(h.tray("head")) != 0 || !slices.Equal(h.tray("nurse2"), []string{ward.Number}) {
			t.Errorf("the old head has %v, the new one %v", h.tray("head"), h.tray("nurse2"))
		}
	})
}

// A step that nobody has decided in time also goes before who stands above.
func TestTimePasses(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		c := h.ask("nurse", h.paper("warehouse.request", 100)) // on a Thursday evening: eight hours of work end on Friday or Monday
		chase := func() { h.do(db.System("clock"), func(tx *db.Tx) error { return approvals.Chase(t.Context(), tx) }) }
		clock.Add(12 * time.Hour)
		chase()
		if len(h.tray("director")) != 0 {
			t.Error("escalated before the time had passed")
		}
		clock.Add(96 * time.Hour)
		chase()
		chase()
		if len(h.tray("director")) != 1 || len(h.tray("head")) != 1 {
			t.Errorf("director %v, head %v", h.tray("director"), h.tray("head"))
		}
		// The head of the office, above which there is none, has the leaders above.
		office := h.paper("warehouse.request", 100)
		office.Department = h.units["office"].ID
		o := h.ask("money", office)
		clock.Add(96 * time.Hour)
		chase()
		if len(h.tray("vice")) != 1 {
			t.Errorf("the leader has %v", h.tray("vice"))
		}
		h.must(h.agree("vice", o))
		waits, err := approvals.WaitsFor(t.Context(), d, h.as("head"))
		if err != nil || waits.Decisions != 1 || !waits.Late {
			t.Errorf("%+v %v", waits, err)
		}
		h.must(h.agree("director", c))
		if len(h.tray("head")) != 0 || h.state(c) != approvals.Agreed {
			t.Errorf("%v %s", h.tray("head"), h.state(c))
		}
	})
}

func TestAMeetingDecidesByItsMinutes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		store, err := files.Open(t.Context(), t.TempDir())
		h.must(err)
		c := h.ask("nurse", h.paper("assets.equipment_write_off", 50_000))
		waiting, err := approvals.ToEnter(t.Context(), h.d, 10)
		h.must(err)
		if len(waiting) != 1 || waiting[0].Meeting != "office_meeting" || waiting[0].Case.ID != c.ID {
			t.Fatalf("%+v", waiting)
		}
		enter := func(by string, m approvals.Minutes, may ...string) error {
			return h.d.Do(t.Context(), h.as(by, may...), func(tx *db.Tx) error {
				_, err := approvals.Enter(t.Context(), tx, c.ID, "office_meeting", m, approvals.Signature{Digest: c.Digest})
				return err
			})
		}
		minutes := approvals.Minutes{Day: h.d.Today(), Number: "院办〔2027〕5号", Verdict: approvals.Agreed}
		h.refused(enter("clerk", minutes), "base.need")
		h.refused(enter("clerk", minutes, approvals.MayEnter), "approvals.no_minutes")
		h.do(h.as("clerk", files.MayAttach), func(tx *db.Tx) error {
			kept := paperFile(t, store)
			f, err := files.Attach(t.Context(), tx, store, files.Upload{Noun: approvals.Noun, Record: c.ID, Kept: kept})
			minutes.File = f.ID
			return err
		})
		h.refused(enter("nurse", minutes, approvals.MayEnter), "approvals.barred.requester")
		early := minutes
		early.Day = h.d.Today().AddDays(1)
		h.refused(enter("clerk", early, approvals.MayEnter), "approvals.met_when")
		h.must(enter("clerk", minutes, approvals.MayEnter))
		signed, err := approvals.Decisions(t.Context(), h.d, c.ID)
		if err != nil || len(signed) != 1 || signed[0].Minutes != minutes.Number || signed[0].MetOn != minutes.Day || h.state(c) != approvals.Agreed {
			t.Errorf("%+v %v", signed, err)
		}
	})
}

func TestOpinionsAndReminders(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		c := h.ask("nurse", h.paper("warehouse.request", 100))
		h.refused(d.Do(t.Context(), h.as("law"), func(tx *db.Tx) error { _, err := approvals.GiveOpinion(t.Context(), tx, c.ID, "可以"); return err }), "base.not_found")
		h.do(h.as("head"), func(tx *db.Tx) error {
			_, err := approvals.AskOpinion(t.Context(), tx, c.ID, h.staff["law"].ID, "合规吗？")
			return err
		})
		if asked, err := approvals.OpinionsFrom(t.Context(), d, h.as("law"), 9); err != nil || len(asked) != 1 {
			t.Errorf("%v %v", asked, err)
		}
		h.do(h.as("law"), func(tx *db.Tx) error {
			_, err := approvals.GiveOpinion(t.Context(), tx, c.ID, "可以")
			return err
		})
		said, err := approvals.Opinions(t.Context(), d, c.ID)
		if err != nil || len(said) != 1 || said[0].Text != "可以" || said[0].Waiting || said[0].AskedName != "head" {
			t.Errorf("%+v %v", said, err)
		}
		h.refused(h.agree("law", c), "approvals.no_seat")
		remind := func(by string) error {
			return d.Do(t.Context(), h.as(by), func(tx *db.Tx) error { _, err := approvals.Remind(t.Context(), tx, c.ID); return err })
		}
		h.refused(remind("head"), "approvals.not_asked")
		h.must(remind("nurse"))
		h.refused(remind("nurse"), "approvals.reminded")
		clock.Add(time.Hour)
		h.must(remind("nurse"))
	})
}

func TestPaperOwedAfterTheWork(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		debt := approvals.Debt{Noun: noun, Record: "job", Number: "WX-1", Title: "水管爆裂", Clause: "W-005", Paper: "report", Department: h.units["ward"].ID, Due: period.At(clock.Now().Add(24 * time.Hour))}
		h.do(h.as("nurse"), func(tx *db.Tx) error {
			for range 2 { // owed once
				if _, err := approvals.Owe(t.Context(), tx, debt); err != nil {
					return err
				}
			}
			return nil
		})
		of := func(name string) []approvals.Debt {
			all, err := approvals.OwedBy(t.Context(), d, h.as(name), 9)
			h.must(err)
			return all
		}
		if len(of("head")) != 1 || len(of("nurse")) != 1 || len(of("stranger")) != 0 {
			t.Fatalf("%v %v %v", of("head"), of("nurse"), of("stranger"))
		}
		report := func() {
			h.do(db.System("clock"), func(tx *db.Tx) error { return approvals.ReportDebts(t.Context(), tx) })
		}
		report()
		clock.Add(25 * time.Hour)
		report()
		report()
		clock.Add(25 * time.Hour)
		report()
		if got := of("head")[0]; got.Reports != 2 || got.Tone(clock.Now()) != "danger" {
			t.Errorf("%+v", got)
		}
		id := of("head")[0].ID
		deliver := func(by, with string) error {
			return d.Do(t.Context(), h.as(by), func(tx *db.Tx) error { _, err := approvals.Deliver(t.Context(), tx, id, with); return err })
		}
		h.refused(deliver("stranger", "补单"), "base.not_found")
		// An auditor sees it and settles nothing.
		h.refused(d.Do(t.Context(), h.as("stranger", approvals.MaySee), func(tx *db.Tx) error {
			_, err := approvals.Deliver(t.Context(), tx, id, "补单")
			return err
		}), "approvals.not_yours_to_settle")
		h.refused(deliver("nurse", ""), "base.required")
		h.must(deliver("nurse", "报修单 12"))
		h.refused(deliver("head", "报修单 12"), "approvals.settled")
		if len(of("head")) != 0 {
			t.Error("still owed")
		}
	})
}
