package approvals_test

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/money"
	"houqin/internal/files"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/rules"
)

// paperFile is a sheet of text as a browser sends it, kept in the store.
func paperFile(t *testing.T, s *files.Store) *files.Kept {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	w, err := m.CreateFormFile("minutes", "minutes.txt")
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte("院长办公会纪要\n同意报废。\n"))
	m.Close()
	r := httptest.NewRequest("POST", "/", &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		t.Fatal(err)
	}
	kept, err := s.Receive(t.Context(), r.MultipartForm.File["minutes"]...)
	if err != nil {
		t.Fatal(err)
	}
	return &kept[0]
}

func (h *house) delegate(from, to string, change ...func(*approvals.Delegation)) error {
	d := approvals.Delegation{To: h.staff[to].ID, Until: h.d.Today().AddDays(30)}
	for _, f := range change {
		f(&d)
	}
	return h.d.Do(h.t.Context(), h.as(from), func(tx *db.Tx) error { return approvals.Delegate(h.t.Context(), tx, &d) })
}

// Nobody agrees to what they asked for: by a seat of their own, as somebody's deputy,
// by a delegation that leads back to them, through somebody between, under a second
// number of the staff file, at two levels, or after changing the document.
//
// Holds: AB-04 v5.0.0-2.3.5 v5.0.0-8.3.3 A06:2025
func TestNobodyApprovesTheirOwn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		// The head of the ward asks: it goes to the head above instead.
		c := h.ask("head", h.paper("warehouse.request", 100))
		h.refused(h.agree("head", c), "approvals.barred.requester")
		if len(h.tray("head")) != 0 || len(h.tray("director")) != 1 {
			t.Errorf("head %v, director %v", h.tray("head"), h.tray("director"))
		}
		// The one above hands the seat to whoever asked.
		h.must(h.delegate("director", "head"))
		h.refused(h.agree("head", c), "approvals.barred.requester")
		if got := h.tray("head"); len(got) != 0 {
			t.Errorf("own request in the tray: %v", got)
		}
		// … who hands it on to a friend: the friend sits there by the asker's word.
		h.must(h.delegate("head", "nurse2"))
		h.refused(h.agree("nurse2", c), "approvals.barred.requester")
		// A second entry of the staff file is the same person: joined by personnel …
		h.do(db.System("personnel"), func(tx *db.Tx) error {
			return people.Twin(t.Context(), tx, h.staff["head"].ID, h.staff["deputy"].ID)
		})
		h.must(h.delegate("director", "deputy"))
		h.refused(h.agree("deputy", c), "approvals.barred.requester")
		// … or known by name and telephone.
		h.do(db.System("personnel"), func(tx *db.Tx) error {
			for _, p := range []people.Person{{Number: "2001", Name: "赵一", Phone: "13900000001"}, {Number: "2002", Name: "赵一", Phone: "13900000001"}} {
				p.Department = h.units["ward"].ID
				if err := people.Hire(t.Context(), tx, &p); err != nil {
					return err
				}
				h.staff[p.Number] = p
			}
			return nil
		})
		h.must(h.delegate("head", "2002"))
		other := h.ask("2001", h.paper("warehouse.request", 100))
		h.refused(h.agree("2002", other), "approvals.barred.requester")
		h.must(h.agree("head", other))
		// Somebody else may sit there, and both names stand under it.
		h.must(h.delegate("director", "law"))
		h.must(h.agree("law", c))
		signed, err := approvals.Decisions(t.Context(), h.d, c.ID)
		if err != nil || signed[0].Name != "law" || signed[0].ForName != "director" || signed[0].Chain == "" {
			t.Errorf("%+v %v", signed, err)
		}
	})
}

// Holds: AB-04
func TestNobodySignsTwoLevels(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.do(db.System("admin"), func(tx *db.Tx) error {
			return approvals.Seat(t.Context(), tx, &approvals.Holding{Post: "general_affairs", Person: h.staff["head"].ID})
		})
		c := h.ask("nurse", h.paper("warehouse.request", 300_000))
		h.must(h.agree("head", c))
		h.refused(h.agree("head", c), "approvals.barred.decided")
		h.must(h.delegate("affairs", "head"))
		h.refused(h.agree("head", c), "approvals.barred.decided")
		h.must(h.agree("affairs", c))
	})
}

// Holds: AB-04
func TestChainsOfDelegationEnd(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.must(h.delegate("head", "law"))
		h.must(h.delegate("law", "audit"))
		h.must(h.delegate("audit", "money"))
		c, again := h.ask("nurse", h.paper("warehouse.request", 100)), h.ask("nurse", h.paper("warehouse.request", 100))
		h.refused(h.agree("money", c), "base.not_found")
		h.must(h.agree("audit", c))
		h.must(h.agree("law", again))
		signed, err := approvals.Decisions(t.Context(), h.d, c.ID)
		if err != nil || signed[0].ForName != "head" || len(strings.Split(signed[0].Chain, ",")) != 2 {
			t.Errorf("%+v %v", signed, err)
		}
	})
}

func TestADelegationHasItsBounds(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.refused(h.delegate("head", "head"), "approvals.to_oneself")
		h.refused(h.delegate("head", "law", func(d *approvals.Delegation) { d.Since = h.d.Today().AddDays(-1) }), "approvals.in_the_past")
		h.refused(h.delegate("head", "law", func(d *approvals.Delegation) { d.Until = h.d.Today().AddDays(400) }), "approvals.too_long")
		h.must(h.delegate("head", "law", func(d *approvals.Delegation) { d.Kinds, d.Most = "warehouse.request", 10_000 }))
		within, over, other := h.ask("nurse", h.paper("warehouse.request", 10_000)), h.ask("nurse", h.paper("warehouse.request", 10_001)), h.ask("nurse", h.paper("fleet.trip", 1))
		if got := h.tray("law"); len(got) != 1 || got[0] != within.Number {
			t.Errorf("%v", got)
		}
		h.refused(h.agree("law", over), "approvals.no_seat")
		h.refused(h.agree("law", other), "approvals.no_seat")
		h.must(h.agree("law", within))
		h.hears("law", messages.StandIn, messages.InPlace) // of the one paper that lies within
		all, err := approvals.Delegations(t.Context(), h.d, h.staff["law"].ID, h.d.Today())
		h.must(err)
		h.refused(h.d.Do(t.Context(), h.as("money"), func(tx *db.Tx) error { return approvals.EndDelegation(t.Context(), tx, all[0].ID) }), "base.not_found")
		h.do(h.as("head"), func(tx *db.Tx) error { return approvals.EndDelegation(t.Context(), tx, all[0].ID) })
		if got := h.tray("law"); len(got) != 0 {
			t.Errorf("ended, and still %v", got)
		}
		h.hears("law", messages.StandInEnds)
		// Both are told when somebody else ends it.
		h.must(h.delegate("head", "law"))
		all, err = approvals.Delegations(t.Context(), h.d, h.staff["law"].ID, h.d.Today())
		h.must(err)
		h.do(h.as("clerk", approvals.MayRoute), func(tx *db.Tx) error { return approvals.EndDelegation(t.Context(), tx, all[0].ID) })
		h.hears("law", messages.StandIn, messages.StandInEnds)
		if got := h.heard("head"); len(got) == 0 || got[len(got)-1] != messages.StandInEnds {
			t.Errorf("the head was told %v", got)
		}
	})
}

// Who decides in somebody's place is told of each paper, and reminded, also at second
// hand: not of their own, and not of what they were not trusted with.
func TestADeputyIsToldOfEachPaper(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.must(h.delegate("head", "nurse2"))
		h.must(h.delegate("nurse2", "law", func(d *approvals.Delegation) { d.Most = 10_000 }))
		h.heard("nurse2")
		h.heard("law")
		within := h.ask("nurse", h.paper("warehouse.request", 10_000))
		h.ask("nurse", h.paper("warehouse.request", 10_001))
		h.ask("nurse2", h.paper("warehouse.request", 100))
		h.hears("nurse2", messages.InPlace, messages.InPlace)
		h.hears("law", messages.InPlace)
		h.do(h.as("nurse"), func(tx *db.Tx) error {
			_, err := approvals.Remind(t.Context(), tx, within.ID)
			return err
		})
		h.hears("law", messages.InPlace)
		h.must(h.agree("law", within))
	})
}

// Parts that must be apart are refused with their clause, at the asking and at the
// deciding.
//
// Clause: P-001 S-019
func TestPartsStayApart(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		clause := func(err error) string {
			t.Helper()
			e, ok := err.(interface{ Clauses() []string })
			if !ok || len(e.Clauses()) == 0 {
				t.Fatalf("no clause is cited: %v", err)
			}
			return e.Clauses()[0]
		}
		plan := h.paper("purchasing.plan", 0)
		plan.Hands = []approvals.Hand{{Part: "planner", Person: h.staff["clerk"].ID}, {Part: "buyer", Person: h.staff["clerk"].ID}}
		_, err := h.tryAsk("nurse", plan)
		h.refused(err, "approvals.apart.planner_buyer")
		if got := clause(err); got != "P-001" {
			t.Errorf("cites %s", got)
		}
		count := h.paper("warehouse.adjustment", 100)
		count.Hands = []approvals.Hand{{Part: "keeper", Person: h.staff["keeper"].ID}, {Part: "counter", Person: h.staff["keeper"].ID}}
		_, err = h.tryAsk("nurse", count)
		h.refused(err, "approvals.apart.counter_keeper")
		count.Hands = []approvals.Hand{{Part: "keeper", Person: h.staff["accountant"].ID}}
		above := h.ask("nurse", count) // the accountant keeps the store: it is for finance, that stands above
		h.refused(h.agree("accountant", above), "base.not_found")
		h.must(h.agree("money", above))
		count = h.paper("warehouse.adjustment", 100)
		count.Hands = []approvals.Hand{{Part: "keeper", Person: h.staff["keeper"].ID}}
		c := h.ask("nurse", count)
		h.must(h.delegate("accountant", "keeper"))
		err = h.agree("keeper", c)
		h.refused(err, "approvals.barred.keeper")
		if got := clause(err); got != "S-019" {
			t.Errorf("cites %s", got)
		}
		h.must(h.agree("accountant", c))
		// A hospital too small to keep planner and buyer apart says so in its rulebook.
		off := rules.Change{Param: "P-001.separate", Value: "off", Since: h.d.Today().AddDays(1), Reason: "只有一人"}
		h.do(h.as("director", rules.MayPropose), func(tx *db.Tx) error { return rules.Propose(t.Context(), tx, &off) })
		h.do(h.as("vice", rules.MayConfirm), func(tx *db.Tx) error { return rules.Confirm(t.Context(), tx, off.ID, "") })
		_, err = h.tryAsk("nurse", plan)
		h.refused(err, "approvals.apart.planner_buyer")
		now := h.d.Now
		h.d.Now = func() time.Time { return now().AddDate(0, 0, 1) }
		_, err = h.tryAsk("nurse", plan)
		h.must(err)
	})
}

// What was cut into pieces goes the way of the whole: the same item for one department,
// whoever asks; one supplier or project for the whole house; within the window.
//
// Clause: P-009
// Holds: AB-05 v5.0.0-2.3.2 v5.0.0-2.1.3
func TestPiecesAreSummed(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := build(t, d)
		about := func(by, unit string, amount int64, same ...string) approvals.Case {
			p := h.paper("warehouse.request", 0)
			p.Amount, p.Same, p.Department = money.Fen(amount), same, h.units[unit].ID
			return h.ask(by, p)
		}
		first := about("nurse", "ward", 150_000, "item:paper")
		second := about("nurse2", "ward", 60_000, "item:paper")
		if second.Weight != 210_000 || second.Beside != first.Number || second.Tier != 3 {
			t.Errorf("two nurses of one ward: %d, %q, tier %d", second.Weight, second.Beside, second.Tier)
		}
		h.must(h.agree("head", second))
		if len(h.tray("affairs")) != 1 {
			t.Error("the second piece did not go the way of the whole")
		}
		for _, c := range []struct {
			name string
			got  approvals.Case
			want int64
		}{
			{"another item", about("nurse", "ward", 60_000, "item:soap"), 60_000},
			{"another department's item", about("stranger", "other", 60_000, "item:paper"), 60_000},
			{"a project, first", about("nurse", "ward", 150_000, "project:roof"), 150_000},
			{"a project, across departments", about("stranger", "other", 60_000, "project:roof"), 210_000},
			{"a supplier, first", about("nurse", "ward", 10_000, "supplier:x", "item:a"), 10_000},
			{"a supplier and an item, each once", about("nurse2", "ward", 10_000, "supplier:x", "item:a"), 20_000},
		} {
			if int64(c.got.Weight) != c.want {
				t.Errorf("%s: weighs %d, want %d", c.name, c.got.Weight, c.want)
			}
		}
		h.must(h.refuse("head", first))
		if c := about("nurse", "ward", 10_000, "item:paper"); c.Weight != 70_000 {
			t.Errorf("what was refused counts: %d", c.Weight)
		}
		// The window is a figure of the rulebook: another holds from its day on, once a second
		// person has confirmed it.
		shorter := rules.Change{Param: approvals.Window, Value: "7", Since: h.d.Today().AddDays(1), Reason: "三十天太长"}
		h.do(h.as("director", rules.MayPropose), func(tx *db.Tx) error { return rules.Propose(t.Context(), tx, &shorter) })
		h.do(h.as("vice", rules.MayConfirm), func(tx *db.Tx) error { return rules.Confirm(t.Context(), tx, shorter.ID, "") })
		if c := about("nurse", "ward", 10_000, "item:paper"); c.Weight != 80_000 {
			t.Errorf("before its day: %d", c.Weight)
		}
		clock.Set(clock.Now().AddDate(0, 0, 8))
		if c := about("nurse", "ward", 10_000, "item:paper"); c.Weight != 10_000 {
			t.Errorf("eight days later: %d", c.Weight)
		}
	})
}

// Two who ask at the same moment see each other.
//
// Holds: AB-05 AB-08
func TestPiecesAskedAtOnceAreSummed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ended := make(chan error, 2)
		var cases [2]approvals.Case
		for n, by := range []string{"nurse", "nurse2"} {
			p := h.paper("warehouse.request", 150_000)
			p.Same = []string{"item:paper"}
			go func() {
				c, err := h.tryAsk(by, p)
				cases[n] = c
				ended <- err
			}()
		}
		for range 2 {
			h.must(<-ended)
		}
		if max(cases[0].Weight, cases[1].Weight) != 300_000 {
			t.Errorf("%d and %d", cases[0].Weight, cases[1].Weight)
		}
	})
}

func TestSomebodyNamesTheDayOfADelegation(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.must(h.delegate("head", "law", func(d *approvals.Delegation) {
			d.Since, d.Until = h.d.Today().AddDays(2), h.d.Today().AddDays(3)
		}))
		h.ask("nurse", h.paper("warehouse.request", 100))
		if len(h.tray("law")) != 0 {
			t.Error("it holds before its day")
		}
		now := h.d.Now
		h.d.Now = func() time.Time { return now().AddDate(0, 0, 2) }
		if len(h.tray("law")) != 1 {
			t.Error("it does not hold on its day")
		}
		h.d.Now = func() time.Time { return now().AddDate(0, 0, 4) }
		if len(h.tray("law")) != 0 {
			t.Error("it holds after its day")
		}

	})
}
