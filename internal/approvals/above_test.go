package approvals_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/messages"
	"houqin/internal/people"
)

// may gives somebody a role of their own with these permissions.
func (h *house) may(name string, rights ...string) {
	h.t.Helper()
	h.do(db.System("admin"), func(tx *db.Tx) error {
		r := people.Role{Code: "test_" + name, NameZh: "试 " + name, NameEn: "Test " + name, Rights: rights}
		if err := people.MakeRole(h.t.Context(), tx, &r); err != nil {
			return err
		}
		return people.Grant(h.t.Context(), tx, &people.Appointment{Person: h.staff[name].ID, Role: r.ID, Extent: people.Everywhere, From: tx.Today()})
	})
}

// heard are the events that somebody was told of since they were last asked, the oldest
// first.
func (h *house) heard(name string) (events []string) {
	h.t.Helper()
	notes, err := messages.Notes(h.t.Context(), h.d, h.staff[name].ID)
	h.must(err)
	for _, n := range slices.Backward(notes) {
		if !n.Seen {
			events = append(events, n.Event)
		}
	}
	if len(notes) > 0 {
		h.do(h.as(name), func(tx *db.Tx) error { return messages.See(h.t.Context(), tx, notes[0].ID) })
	}
	return events
}

func (h *house) hears(name string, want ...string) {
	h.t.Helper()
	if got := h.heard(name); !slices.Equal(got, want) {
		h.t.Errorf("%s was told %v, not %v", name, got, want)
	}
}

// Every post has somebody above it, up to the president, and no ladder turns back.
func TestEveryPostButThePresidentHasSomebodyAbove(t *testing.T) {
	for _, post := range approvals.Posts {
		at := post
		for n := 0; at != "president"; n++ {
			if at = approvals.Superiors[at]; !slices.Contains(approvals.Posts, at) || n > len(approvals.Posts) {
				t.Errorf("the ladder of %s ends at %q", post, at)
				break
			}
		}
	}
}

// What a post lets wait goes to the post above it, as the program ships its ways, and
// they are told. Those who were asked may still decide; a second look raises nothing
// more.
func TestALatePostIsHandedUp(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		for _, c := range []struct{ kind, post, above string }{
			{"desk.outside", "chief", "affairs"}, {"warehouse.custody", "vice", "president"}, {"warehouse.adjustment", "accountant", "money"}, {"assets.tool_loan", "chief", "affairs"},
		} {
			k := h.ask("nurse", h.paper(c.kind, 100))
			h.heard(c.above)
			clock.Add(15 * 24 * time.Hour)
			for range 2 {
				h.do(db.System("clock"), func(tx *db.Tx) error { return approvals.Chase(t.Context(), tx) })
			}
			if !slices.Contains(h.tray(c.above), k.Number) || !slices.Contains(h.tray(c.post), k.Number) {
				t.Errorf("%s: %s has %v, %s %v", c.kind, c.post, h.tray(c.post), c.above, h.tray(c.above))
			}
			h.hears(c.above, messages.Raised)
			h.must(h.agree(c.above, k))
			if slices.Contains(h.tray(c.post), k.Number) {
				t.Errorf("%s: %s is still asked", c.kind, c.post)
			}
			h.do(h.as("nurse"), func(tx *db.Tx) error {
				if h.state(k) == approvals.Open {
					_, err := approvals.Withdraw(t.Context(), tx, k.ID, "")
					return err
				}
				return nil
			})
		}
		// Above the president there is nobody: they are reminded, and nothing is said to
		// have been handed up.
		h.set("fleet.trip", approvals.Tier{Stages: []approvals.Stage{stage("post:president")}})
		clock.Add(24 * time.Hour)
		d.Now = clock.Now
		k := h.ask("nurse", h.paper("fleet.trip", 1))
		h.heard("president")
		clock.Add(15 * 24 * time.Hour)
		h.do(db.System("clock"), func(tx *db.Tx) error { return approvals.Chase(t.Context(), tx) })
		h.hears("president", messages.Reminded)
		turns, err := approvals.Course(t.Context(), d, k.ID)
		if err != nil || len(turns[0].Waiting) != 1 || turns[0].Waiting[0].Instead {
			t.Errorf("%+v %v", turns, err)
		}
	})
}

// Where all who hold a post had to agree and let the time pass, the word of who stands
// above is enough.
func TestWhoStandsAboveDecidesWhatIsLate(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		h.do(db.System("admin"), func(tx *db.Tx) error {
			return approvals.Seat(t.Context(), tx, &approvals.Holding{Post: "finance", Person: h.staff["clerk"].ID})
		})
		h.set("fleet.trip", approvals.Tier{Stages: []approvals.Stage{{Who: []approvals.Who{{Is: "post:finance", Each: -1}}}}})
		clock.Add(24 * time.Hour)
		d.Now = clock.Now
		k := h.ask("nurse", h.paper("fleet.trip", 1))
		clock.Add(15 * 24 * time.Hour)
		h.do(db.System("clock"), func(tx *db.Tx) error { return approvals.Chase(t.Context(), tx) })
		h.must(h.agree("vice", k))
		if h.state(k) != approvals.Agreed || len(h.tray("money"))+len(h.tray("clerk")) != 0 {
			t.Errorf("%s, %v %v", h.state(k), h.tray("money"), h.tray("clerk"))
		}
	})
}

// Who holds a post alone and asks themselves, or signed before, is passed over: the
// paper goes to who stands above, at the first step and at a later one. The president's
// own request, above which there is nobody, is refused.
//
// Holds: AB-04
func TestOnesOwnStepGoesToWhoStandsAbove(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		own := h.ask("chief", h.paper("desk.outside", 100))
		h.refused(h.agree("chief", own), "approvals.barred.requester")
		h.must(h.agree("affairs", own))
		h.must(h.agree("vice", own))
		if h.state(own) != approvals.Agreed {
			t.Errorf("the section chief's own: %s", h.state(own))
		}
		// The vice-president asks: at the second step it is the president's.
		later := h.ask("vice", h.paper("desk.outside", 100))
		h.heard("president")
		h.must(h.agree("chief", later))
		h.hears("president", messages.Decide)
		h.must(h.agree("president", later))
		// Who signed as head of the ward is also general affairs: the office above decides.
		h.set("fleet.trip", approvals.Tier{Stages: []approvals.Stage{stage(approvals.Head), stage("post:general_affairs")}})
		p := h.paper("fleet.trip", 100)
		h.do(db.System("admin"), func(tx *db.Tx) error {
			all, err := approvals.Holdings(t.Context(), tx, tx.Today())
			if err != nil {
				return err
			}
			if err := approvals.Seat(t.Context(), tx, &approvals.Holding{Post: "general_affairs", Person: h.staff["head"].ID}); err != nil {
				return err
			}
			for _, x := range all {
				if x.Post == "general_affairs" {
					return approvals.Unseat(t.Context(), tx, x.ID)
				}
			}
			return nil
		})
		twice := h.ask("nurse", p)
		h.must(h.agree("head", twice))
		h.refused(h.agree("head", twice), "approvals.barred.decided")
		h.must(h.agree("director", twice))
		if h.state(later) != approvals.Agreed || h.state(twice) != approvals.Agreed {
			t.Errorf("%s, %s", h.state(later), h.state(twice))
		}
		h.set("fleet.ambulance", approvals.Tier{Stages: []approvals.Stage{stage("post:president")}})
		_, err := h.tryAsk("president", h.paper("fleet.ambulance", 1))
		h.refused(err, "approvals.nobody_left")
	})
}

// A step at which nobody is left tells who fills posts, once; when somebody is above
// again, it is theirs.
func TestAStepWithoutAnybodyIsTold(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.may("deputy", approvals.MayRoute)
		h.set("fleet.trip", approvals.Tier{Stages: []approvals.Stage{stage("post:section_chief"), stage("post:president")}})
		k := h.ask("president", h.paper("fleet.trip", 1))
		h.must(h.agree("chief", k))
		h.hears("deputy", messages.Stuck)
		refresh := func() {
			h.do(db.System("clock"), func(tx *db.Tx) error { return approvals.Refresh(t.Context(), tx) })
		}
		refresh()
		h.hears("deputy")
		h.do(db.System("admin"), func(tx *db.Tx) error {
			return approvals.Seat(t.Context(), tx, &approvals.Holding{Post: "president", Person: h.staff["law"].ID})
		})
		refresh()
		h.hears("law", messages.Decide)
		h.must(h.agree("law", k))
	})
}

// People are told what concerns them: who is reminded, whose opinion is asked, who enters
// what a meeting decides, who comes to a post, and whose signature is void.
func TestPeopleAreTold(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.may("clerk", approvals.MayEnter)
		d := h.paper("warehouse.request", 300_000)
		c := h.ask("nurse", d)
		h.hears("head", messages.Decide)
		h.do(h.as("nurse"), func(tx *db.Tx) error { _, err := approvals.Remind(t.Context(), tx, c.ID); return err })
		h.hears("head", messages.Reminded)
		if got, err := approvals.Whole(t.Context(), h.d, c.ID); err != nil || got.Reminders != 1 || got.RemindedAt.IsZero() {
			t.Errorf("%+v %v", got, err)
		}
		h.do(h.as("head"), func(tx *db.Tx) error {
			_, err := approvals.AskOpinion(t.Context(), tx, c.ID, h.staff["law"].ID, "合规吗？")
			return err
		})
		h.hears("law", messages.Opinion)
		h.must(h.agree("head", c))
		h.do(db.System("admin"), func(tx *db.Tx) error {
			return approvals.Seat(t.Context(), tx, &approvals.Holding{Post: "general_affairs", Person: h.staff["deputy"].ID})
		})
		h.hears("deputy", messages.Decide)
		h.heard("affairs")
		h.do(h.as("nurse"), func(tx *db.Tx) error {
			_, err := approvals.Changed(t.Context(), tx, noun, d.Record, "v2")
			return err
		})
		for _, name := range []string{"head", "affairs", "deputy"} {
			h.hears(name, messages.Voided)
		}
		h.ask("nurse", h.paper("assets.equipment_write_off", 50_000))
		h.hears("clerk", messages.Meeting)
	})
}

// An overdue paper is told to who owes it once a day, and from the third day on also to
// their head.
func TestAnOverduePaperIsTold(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		h.do(h.as("stranger"), func(tx *db.Tx) error {
			for _, x := range []approvals.Debt{{Record: "a", Person: h.staff["nurse"].ID}, {Record: "b", Department: h.units["ward"].ID}} {
				x.Noun, x.Number, x.Title, x.Clause, x.Paper, x.Due = noun, "WX-"+x.Record, "水管爆裂", "W-005", "report", period.At(clock.Now().Add(time.Hour))
				if _, err := approvals.Owe(t.Context(), tx, x); err != nil {
					return err
				}
			}
			return nil
		})
		h.hears("nurse", messages.Owed)
		for day, want := range []struct{ nurse, head, director string }{
			{}, {"owed_late", "owed_late", ""}, {"owed_late", "owed_late", ""}, {"owed_late", "owed_late", ""}, {"owed_late", "owed_late owed_up", "owed_up"},
		} {
			for range 2 {
				h.do(db.System("clock"), func(tx *db.Tx) error { return approvals.ReportDebts(t.Context(), tx) })
			}
			for name, said := range map[string]string{"nurse": want.nurse, "head": want.head, "director": want.director} {
				got := h.heard(name)
				slices.Sort(got)
				if strings.Join(got, " ") != said {
					t.Errorf("day %d: %s was told %v, not %q", day, name, got, said)
				}
			}
			clock.Add(24 * time.Hour)
		}
	})
}

// A way is put in force by another natural person than who drafted it; it names neither
// of them alone, and every tier has somebody who agrees.
//
// Holds: AB-04
func TestAWayNeedsTwoPeople(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.may("vice", approvals.MayForce)
		h.do(db.System("personnel"), func(tx *db.Tx) error {
			return people.Twin(t.Context(), tx, h.staff["clerk"].ID, h.staff["deputy"].ID)
		})
		draft := func(steps ...approvals.Stage) (approvals.Route, error) {
			rt := approvals.Route{Kind: "assets.tool_loan", Since: h.d.Today().AddDays(1), Reason: "试", Tiers: []approvals.Tier{{Stages: steps}}}
			err := h.d.Do(t.Context(), h.as("clerk", approvals.MayRoute), func(tx *db.Tx) error { return approvals.Draft(t.Context(), tx, &rt) })
			return rt, err
		}
		person := func(name string) string { return "person:" + h.staff[name].ID }
		for _, c := range []struct {
			name  string
			steps []approvals.Stage
			key   string
		}{
			{"the drafter alone", []approvals.Stage{stage(person("clerk"))}, "approvals.own_step"},
			{"the drafter's other entry", []approvals.Stage{stage("post:president"), stage(person("deputy"))}, "approvals.own_step"},
			{"the drafter is enough", []approvals.Stage{{Who: stage(person("clerk"), "post:president").Who, Need: 1}}, "approvals.own_step"},
			{"nobody", nil, "approvals.nobody_agrees"},
			{"a meeting when late", []approvals.Stage{{Who: stage("post:president").Who, Instead: "post:office_meeting"}}, "approvals.instead_meets"},
		} {
			_, err := draft(c.steps...)
			e, ok := err.(*fault.Error)
			if !ok || !slices.ContainsFunc(e.Fields, func(f fault.Field) bool { return f.Path == "tiers.0.steps" && f.Key == c.key }) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		if _, err := draft(stage(person("clerk"), "post:president")); err != nil {
			t.Errorf("beside the president: %v", err)
		}
		h.heard("vice")
		rt, err := draft(stage("post:president"))
		h.must(err)
		h.hears("vice", messages.WayDrafted)
		force := func(rt approvals.Route, name string, may ...string) error {
			return h.d.Do(t.Context(), h.as(name, may...), func(tx *db.Tx) error {
				_, err := approvals.Force(t.Context(), tx, rt.ID, rt.Version)
				return err
			})
		}
		h.refused(force(rt, "clerk", approvals.MayRoute), "base.need")
		h.refused(force(rt, "clerk", approvals.MayRoute, approvals.MayForce), "approvals.own_draft")
		h.refused(force(rt, "deputy", approvals.MayForce), "approvals.own_draft")
		if all, err := approvals.ToForce(t.Context(), h.d, h.as("vice", approvals.MayForce), 9); err != nil || len(all) != 2 || all[1].ID != rt.ID {
			t.Errorf("%+v %v", all, err)
		}
		names, err := draft(stage(person("vice")))
		h.must(err)
		if err := force(names, "vice", approvals.MayForce); fault.KindOf(err) != fault.Invalid {
			t.Errorf("who puts it in force is named alone: %v", err)
		}
		h.must(force(rt, "vice", approvals.MayForce))
		if now, err := approvals.RouteOn(t.Context(), h.d, "assets.tool_loan", h.d.Today().AddDays(1)); err != nil || now.ID != rt.ID {
			t.Errorf("%+v %v", now, err)
		}
	})
}

// The last one on a post is not removed while ways lead there: the ways are named.
func TestTheLastOnAPostStays(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		unseat := func(person string) error {
			return h.d.Do(t.Context(), db.System("admin"), func(tx *db.Tx) error {
				all, err := approvals.Holdings(t.Context(), tx, tx.Today())
				if err != nil {
					return err
				}
				for _, x := range all {
					if x.Post == "section_chief" && x.PersonName == person {
						return approvals.Unseat(t.Context(), tx, x.ID)
					}
				}
				return nil
			})
		}
		err := unseat("chief")
		h.refused(err, "approvals.last_holder")
		if said := book(t).In("zh").T("approvals.last_holder", err.(*fault.Error).Args...); !strings.Contains(said, "“科长”") || !strings.Contains(said, "外请维修、") && !strings.Contains(said, "、外请维修") {
			t.Error(said)
		}
		h.do(db.System("admin"), func(tx *db.Tx) error {
			return approvals.Seat(t.Context(), tx, &approvals.Holding{Post: "section_chief", Person: h.staff["deputy"].ID})
		})
		h.must(unseat("chief"))
		h.refused(unseat("deputy"), "approvals.last_holder")
	})
}
