package approvals_test

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"houqin/internal/approvals"
	"houqin/internal/approvals/approvalsweb"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/words"
	"houqin/internal/departments"
	"houqin/internal/rules"
)

func TestEveryWayOfTheRulebookIsShipped(t *testing.T) {
	if len(approvals.Shipped) != 33 {
		t.Fatalf("%d ways", len(approvals.Shipped))
	}
	seen := map[string]bool{}
	for _, s := range approvals.Shipped {
		if seen[s.Kind] {
			t.Errorf("%s is there twice", s.Kind)
		}
		seen[s.Kind] = true
		if len(s.Clauses) == 0 || s.Name.Zh == "" || len(s.Tiers) == 0 {
			t.Errorf("%s has no name, no clause or no tier", s.Kind)
		}
	}
}

// Each shipped way stands up to the check that an administrator's has to pass.
func TestShippedWaysAreSound(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for _, s := range approvals.Shipped {
			if err := s.Check(t.Context(), h.d, h.d.Today()); err != nil {
				t.Errorf("%s: %v", s.Kind, err)
			}
		}
	})
}

// On both sides of each threshold, and on it.
func TestBothSidesOfEveryThreshold(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		checked := 0
		for _, s := range approvals.Shipped {
			for n, tier := range s.Tiers {
				l := tier.From
				if l == nil || tier.When != "" {
					continue
				}
				checked++
				at, edge := l.Fen, rules.From
				if l.Param != "" {
					v, err := rules.Fen(t.Context(), h.d, l.Param, h.d.Today())
					h.must(err)
					p, _, _ := rules.Parameter(l.Param)
					at, edge = v, p.Edge
				}
				tierAt := func(amount money.Fen) int {
					got, _, err := approvals.Preview(t.Context(), h.d, &s.Route, approvals.Document{Kind: s.Kind, Amount: amount}, "", h.d.Today())
					h.must(err)
					return got
				}
				below, on, above := tierAt(at-1), tierAt(at), tierAt(at+1)
				wantOn := n
				if edge == rules.Above {
					wantOn = below
				}
				if below == n || above != n || on != wantOn {
					t.Errorf("%s at %s: below %d, on it %d, above %d; the tier is %d", s.Kind, at, below, on, above, n)
				}
			}
		}
		if checked < 9 {
			t.Errorf("only %d thresholds", checked)
		}
	})
}

// Whatever the amount and the properties of a document, exactly one tier of its way has it.
func TestAnyAmountHasItsTier(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.SQLite(t, rooms))
	rapid.Check(t, func(r *rapid.T) {
		s := rapid.SampledFrom(approvals.Shipped).Draw(r, "way")
		doc := approvals.Document{Kind: s.Kind, Attrs: map[string]any{}, Amount: money.Fen(rapid.OneOf(rapid.Int64Range(0, 1<<50),
			rapid.Map(rapid.SampledFrom([]int64{500, 1000, 2000, 100_000, 500_000, 1_000_000}), func(y int64) int64 { return y*100 + rapid.Int64Range(-1, 1).Example() })).Draw(r, "amount"))}
		for _, a := range approvals.Attrs[s.Kind] {
			switch a.Type {
			case approvals.Number:
				doc.Attrs[a.Key] = rapid.IntRange(-1, 60).Draw(r, a.Key)
			case approvals.Flag:
				doc.Attrs[a.Key] = rapid.Bool().Draw(r, a.Key)
			case approvals.Text:
				doc.Attrs[a.Key] = rapid.String().Draw(r, a.Key)
			}
		}
		if _, _, err := approvals.Preview(t.Context(), d, &s.Route, doc, "", d.Today()); err != nil {
			r.Fatalf("%s of %d with %v: %v", s.Kind, doc.Amount, doc.Attrs, err)
		}
	})
}

func TestAMajorContractGoesToTheMeeting(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		last := func(amount money.Fen, years int, legal bool) string {
			rt, err := approvals.RouteOn(t.Context(), h.d, "contracts.contract", h.d.Today())
			h.must(err)
			_, steps, err := approvals.Preview(t.Context(), h.d, &rt, approvals.Document{Kind: "contracts.contract", Department: h.units["ward"].ID, Amount: amount,
				Attrs: map[string]any{"years": years, "legal": legal}}, "", h.d.Today())
			h.must(err)
			return steps[len(steps)-1].Who
		}
		for _, c := range []struct {
			amount money.Fen
			years  int
			want   string
		}{
			{99_999_999, 4, "post:president"}, {100_000_000, 1, "post:president_secretary_meeting"}, {1, 5, "post:president_secretary_meeting"}, {1, 4, "post:president"},
		} {
			for _, legal := range []bool{false, true} {
				if got := last(c.amount, c.years, legal); got != c.want {
					t.Errorf("%s for %d years: %s", c.amount, c.years, got)
				}
			}
		}
	})
}

func book(t *testing.T) *words.Book {
	b := &words.Book{}
	if err := b.Add(approvalsweb.Words); err != nil {
		t.Fatal(err)
	}
	return b
}

// What leaves a document without exactly one tier, or a step without anybody, is
// refused before it is kept, at its place.
func TestFlawsOfAWay(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for _, c := range []struct {
			name  string
			kind  string
			lines []approvals.Line
			path  string
			key   string
		}{
			{"no line", "fleet.repair", nil, "tiers", "base.no_lines"},
			{"a gap", "fleet.repair", []approvals.Line{{Amount: "<500", Steps: "院长"}, {Amount: "≥600", Steps: "院长"}}, "tiers.1.amount", "approvals.gap"},
			{"a gap of the amount itself", "fleet.repair", []approvals.Line{{Amount: "<500", Steps: "院长"}, {Amount: ">500", Steps: "院长"}}, "tiers.1.amount", "approvals.gap"},
			{"the amount itself twice", "fleet.repair", []approvals.Line{{Amount: "≤500", Steps: "院长"}, {Amount: "≥500", Steps: "院长"}}, "tiers.1.amount", "approvals.overlap"},
			{"an overlap", "fleet.repair", []approvals.Line{{Amount: "<700", Steps: "院长"}, {Amount: "≥600", Steps: "院长"}}, "tiers.1.amount", "approvals.overlap"},
			{"nothing below", "fleet.repair", []approvals.Line{{Amount: "≥500", Steps: "院长"}}, "tiers.0.amount", "approvals.gap"},
			{"nothing above", "fleet.repair", []approvals.Line{{Amount: "<500", Steps: "院长"}}, "tiers.0.amount", "approvals.gap_above"},
			{"nothing at all", "fleet.repair", []approvals.Line{{Amount: "≥500 <500", Steps: "院长"}}, "tiers.0.amount", "approvals.empty_tier"},
			{"no such amount", "fleet.repair", []approvals.Line{{Amount: "约500", Steps: "院长"}}, "tiers.0.amount", "approvals.bad_amount"},
			{"nobody else", "contracts.contract", []approvals.Line{{When: "legal", Steps: "院长"}}, "tiers.0.when", "approvals.no_catchall"},
			{"never reached", "contracts.contract", []approvals.Line{{Steps: "院长"}, {When: "legal", Steps: "院长"}}, "tiers.1.when", "approvals.never_reached"},
			{"no such post", "fleet.repair", []approvals.Line{{Steps: "土地公"}}, "tiers.0.steps", "approvals.no_such_who"},
			{"an empty post", "fleet.repair", []approvals.Line{{Steps: "role:director"}}, "tiers.0.steps", "approvals.nobody_holds"},
			{"a step without anybody", "fleet.repair", []approvals.Line{{Steps: "院长 → → 财务科"}}, "tiers.0.steps", "approvals.empty_step"},
			{"more than there are", "fleet.repair", []approvals.Line{{Steps: "3/院长+财务科"}}, "tiers.0.steps", "approvals.need_too_many"},
			{"more than sit there", "fleet.repair", []approvals.Line{{Steps: "院长*2"}}, "tiers.0.steps", "approvals.need_too_many"},
			{"a property it has not", "fleet.repair", []approvals.Line{{When: "years > 3", Steps: "院长"}, {Steps: "院长"}}, "tiers.0.when", "approvals.condition_name"},
		} {
			rt, err := approvals.ReadLines(t.Context(), h.d, book(t), c.kind, c.lines)
			if err == nil {
				rt.Since, rt.Reason = h.d.Today().AddDays(1), "试"
				err = h.d.Do(t.Context(), db.System("admin"), func(tx *db.Tx) error { return approvals.Draft(t.Context(), tx, &rt) })
			}
			e, ok := err.(*fault.Error)
			if !ok || !slices.ContainsFunc(e.Fields, func(f fault.Field) bool { return f.Path == c.path && f.Key == c.key }) {
				t.Errorf("%s: want %s at %s, got %v", c.name, c.key, c.path, err)
			}
		}
	})
}

// Conditions are confined: no calls, loops, variables, patterns, nothing long.
func TestConditionsAreConfined(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		try := func(when string) error {
			rt := approvals.Route{Kind: "contracts.contract", Since: h.d.Today().AddDays(1), Reason: "试", Tiers: []approvals.Tier{
				{When: when, Stages: []approvals.Stage{stage("post:president")}}, {Stages: []approvals.Stage{stage("post:president")}}}}
			return h.d.Do(t.Context(), db.System("admin"), func(tx *db.Tx) error { return approvals.Draft(t.Context(), tx, &rt) })
		}
		for _, ok := range []string{"legal", "years > 3 and not legal", "years in [1, 2, 3]", `years >= rule["C-006.years"] or legal`, "years * 2 == 4"} {
			h.must(try(ok))
		}
		for _, bad := range []string{"years", "len(\"x\") > 1", "all([1,2], # > 0)", "let x = 1; x > 0", "$env[\"years\"] > 1", `"a" matches "(a+)+"`, "1..100000000 == [1]", "legal ? true : false",
			`rule["nothing"] > 1`, `rule["A-010.above"] > 1`, "rule.keys > 1", "amount > 1", "years >", "years > 1 |> print()", "legal && (" + strings.Repeat("legal || ", 60) + "legal)",
			"{\"a\": 1}.a > 0", "years[0] > 1", "years ?? 1 > 0", "now() > 1"} {
			if err := try(bad); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%.40s: %v", bad, err)
			}
		}
	})
}

// A way that is changed is read back as it was written, and documents under way finish
// by the way of their own day.
func TestAChangedWayLeavesWhatIsUnderWay(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		old := h.ask("nurse", h.paper("warehouse.request", 100))
		lines := []approvals.Line{{Amount: "<100", Steps: "科室负责人"}, {Amount: "≥100 <A-026.bulk", Steps: "科室负责人 → 2/财务科 + 审计部门 + 院长@16^分管副院长"}, {Amount: "≥A-026.bulk", Steps: "科室负责人 → 院长办公会"}}
		rt, err := approvals.ReadLines(t.Context(), h.d, book(t), "warehouse.request", lines)
		h.must(err)
		if back := rt.Lines(book(t).In("zh")); !reflect.DeepEqual(back, lines) {
			t.Errorf("written %+v\nread back %+v", lines, back)
		}
		h.set("warehouse.request", rt.Tiers...)
		young := h.ask("nurse", h.paper("warehouse.request", 50_000))
		if young.Route == "" || old.Route != "" {
			t.Errorf("old %q, young %q", old.Route, young.Route)
		}
		h.must(h.agree("head", old))
		h.must(h.agree("head", young))
		if h.state(old) != approvals.Agreed || h.state(young) != approvals.Open || len(h.tray("audit")) != 1 {
			t.Errorf("old %s, young %s", h.state(old), h.state(young))
		}
		h.refused(h.d.Do(t.Context(), h.as("nurse"), func(tx *db.Tx) error { return approvals.Draft(t.Context(), tx, &rt) }), "base.need")
	})
}

// A draft holds for nobody, and one day has one way.
func TestADraftHoldsForNobody(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin, second := h.as("clerk", approvals.MayRoute), h.as("vice", approvals.MayForce)
		draft := func() approvals.Route {
			rt := approvals.Route{Kind: "fleet.trip", Since: h.d.Today().AddDays(1), Reason: "试", Tiers: []approvals.Tier{{Stages: []approvals.Stage{stage("post:president")}}}}
			h.do(admin, func(tx *db.Tx) error { return approvals.Draft(t.Context(), tx, &rt) })
			return rt
		}
		one, two := draft(), draft()
		if rt, err := approvals.RouteOn(t.Context(), h.d, "fleet.trip", h.d.Today().AddDays(2)); err != nil || rt.ID != "" {
			t.Errorf("%v %v", rt, err)
		}
		force := func(rt approvals.Route) error {
			return h.d.Do(t.Context(), second, func(tx *db.Tx) error {
				_, err := approvals.Force(t.Context(), tx, rt.ID, rt.Version)
				return err
			})
		}
		h.must(force(one))
		h.refused(force(one), "approvals.day_taken")
		h.refused(force(two), "approvals.day_taken")
		h.do(admin, func(tx *db.Tx) error { _, err := approvals.Drop(t.Context(), tx, two.ID, two.Version); return err })
		if rt, err := approvals.RouteOn(t.Context(), h.d, "fleet.trip", h.d.Today().AddDays(1)); err != nil || rt.ID != one.ID {
			t.Errorf("%v %v", rt, err)
		}
	})
}

// A parameter of the rulebook that changes from a day moves the tier on that day.
func TestTheRulebookMovesTheTier(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var c rules.Change
		h.do(h.as("clerk", rules.MayPropose), func(tx *db.Tx) error {
			c = rules.Change{Param: "V-015.threshold", Value: "3000", Since: h.d.Today().AddDays(1), Reason: "物价"}
			return rules.Propose(t.Context(), tx, &c)
		})
		h.do(h.as("president", rules.MayConfirm), func(tx *db.Tx) error { return rules.Confirm(t.Context(), tx, c.ID, "") })
		rt, err := approvals.RouteOn(t.Context(), h.d, "fleet.repair", h.d.Today())
		h.must(err)
		for _, x := range []struct {
			day    int
			amount money.Fen
			want   int
		}{{0, 99_999, 0}, {0, 100_000, 1}, {1, 299_999, 0}, {1, 300_000, 1}} {
			got, _, err := approvals.Preview(t.Context(), h.d, &rt, approvals.Document{Kind: "fleet.repair", Amount: x.amount}, "", h.d.Today().AddDays(x.day))
			if err != nil || got != x.want {
				t.Errorf("day %d, %s: tier %d %v", x.day, x.amount, got, err)
			}
		}
	})
}

func TestATierForSomeDepartments(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.set("fleet.trip", approvals.Tier{Departments: []string{h.units["ward"].ID}, Stages: []approvals.Stage{stage("post:president")}}, approvals.Tier{Stages: []approvals.Stage{stage(approvals.Head)}})
		ward := h.ask("nurse", h.paper("fleet.trip", 0))
		other := h.paper("fleet.trip", 0)
		other.Department = h.units["other"].ID
		h.ask("nurse", other)
		if !slices.Equal(h.tray("president"), []string{ward.Number}) || len(h.tray("stranger")) != 1 {
			t.Errorf("president %v, the other's head %v", h.tray("president"), h.tray("stranger"))
		}
	})
}

// The tray is read by its owner's name through an index, however many cases are open.
func TestATrayIsReadByItsIndex(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.SQLite(t, rooms))
	h := build(t, d)
	h.ask("nurse", h.paper("warehouse.request", 100))
	spy := &spy{DB: d}
	if _, err := approvals.DecisionsFor(t.Context(), spy, h.as("head"), 100); err != nil {
		t.Fatal(err)
	}
	if _, err := approvals.OwedBy(t.Context(), spy, h.as("head"), 100); err != nil {
		t.Fatal(err)
	}
	seen := false
	for i, q := range spy.sent {
		type plan struct {
			id, parent, unused int64
			detail             string
		}
		all, err := db.All(t.Context(), d, func(p *plan) []any { return []any{&p.id, &p.parent, &p.unused, &p.detail} }, "EXPLAIN QUERY PLAN "+q, spy.args[i]...)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range all {
			if strings.HasPrefix(p.detail, "SCAN") {
				t.Errorf("%s\n%s", p.detail, q)
			}
			seen = seen || strings.Contains(p.detail, "approvals_seat_waits")
		}
	}
	if !seen {
		t.Error("the tray's index is not used")
	}
}

type spy struct {
	*db.DB
	sent []string
	args [][]any
}

func (s *spy) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	s.sent, s.args = append(s.sent, q), append(s.args, args)
	return s.DB.QueryContext(ctx, q, args...)
}

func TestTheRequestIsRefusedWhereItCannotGo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		u := departments.Department{Code: "new", Name: "new", Kind: departments.Ward}
		h.do(db.System("admin"), func(tx *db.Tx) error { return departments.Found(t.Context(), tx, &u) })
		p := h.paper("warehouse.request", 100)
		p.Department = u.ID
		_, err := h.tryAsk("nurse", p)
		h.refused(err, "approvals.nobody_left")
		if all, err := approvals.Cases.All(t.Context(), h.d, approvals.Scope(db.System("x")), 10); err != nil || len(all) != 0 {
			t.Errorf("%v %v", all, err)
		}
		p.Amount = -1
		if _, err := h.tryAsk("nurse", p); err == nil {
			t.Error("a negative amount is taken")
		}
		p.Amount, p.Attrs = 1, map[string]any{"colour": "red"}
		if _, err := h.tryAsk("nurse", p); err == nil || !strings.Contains(fmt.Sprint(err), "colour") {
			t.Errorf("%v", err)
		}
	})
}

// Every shipped way, chosen row by row, is the same way again; a row that says nothing,
// both a post and a person, or no number is complained about at its place.
func TestAWayIsChosenRowByRow(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		read := func(kind string, lines ...approvals.Line) (approvals.Route, error) {
			return approvals.ReadLines(t.Context(), h.d, book(t), kind, lines)
		}
		for _, s := range approvals.Shipped {
			lines := s.Lines(book(t).In("zh"))
			for n := range lines {
				lines[n].Steps, lines[n].Rows = "", s.Tiers[n].Rows()
			}
			if got, err := read(s.Kind, lines...); err != nil || !reflect.DeepEqual(got.Tiers, s.Tiers) {
				t.Errorf("%s: %v\n%+v\n%+v", s.Kind, err, got.Tiers, s.Tiers)
			}
		}
		law := h.staff["law"].ID
		got, err := read("fleet.trip", approvals.Line{Rows: []approvals.Row{{Who: "head", Each: "all"}, {Who: "post:finance", Need: 2, Hours: 16, Instead: "post:president"},
			{Beside: "beside", Who: "post:audit", Each: "2"}, {Beside: "beside", Person: law}}})
		if want := "科室负责人* → 2/财务科 + 审计部门*2 + person:" + law + "@16^院长"; err != nil || got.Lines(book(t).In("zh"))[0].Steps != want {
			t.Errorf("%+v %v", got.Lines(book(t).In("zh")), err)
		}
		_, err = read("fleet.trip", approvals.Line{Steps: "科室负责人", Rows: []approvals.Row{{Who: "head"}}}, approvals.Line{Rows: []approvals.Row{{Hours: 8}, {Who: "head", Person: law}, {Who: "head", Each: "0"}, {Who: "post:nobody"}}})
		for _, path := range []string{"tiers.0.steps", "tiers.1.rows.0.who", "tiers.1.rows.1.person", "tiers.1.rows.2.each", "tiers.1.steps"} {
			if e, ok := err.(*fault.Error); !ok || !slices.ContainsFunc(e.Fields, func(f fault.Field) bool { return f.Path == path }) {
				t.Errorf("nothing is said of %s: %v", path, err)
			}
		}
	})
}

// A paper without money says none, not 0.00.
func TestAPaperWithoutMoneySaysNone(t *testing.T) {
	for amount, want := range map[money.Fen]string{0: "", 123_456: "1,234.56"} {
		if got := (&approvals.Case{Amount: amount}).SayAmount(book(t).In("zh")); got != want {
			t.Errorf("%d: %q", amount, got)
		}
	}
}

// A way that asks for the head says which departments have none; one that is only for such
// a department is refused.
func TestADepartmentWithoutAHeadIsSaid(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		lone := departments.Department{Code: "lone", Name: "无主科室", Kind: departments.Ward}
		h.do(db.System("builder"), func(tx *db.Tx) error { return departments.Found(t.Context(), tx, &lone) })
		rt, err := approvals.RouteOn(t.Context(), h.d, "warehouse.request", h.d.Today())
		h.must(err)
		if names, err := rt.Headless(t.Context(), h.d, h.d.Today()); err != nil || !slices.Equal(names, []string{lone.Name}) {
			t.Errorf("%v %v", names, err)
		}
		if err := rt.Check(t.Context(), h.d, h.d.Today()); err != nil {
			t.Errorf("the whole house's way is refused: %v", err)
		}
		steps := approvals.Tier{Stages: []approvals.Stage{{Who: []approvals.Who{{Is: approvals.Head}}}}}
		for unit, want := range map[string]bool{lone.ID: true, h.units["ward"].ID: false} {
			own := steps
			own.Departments = []string{unit}
			rt.Tiers = []approvals.Tier{own, steps}
			err := rt.Check(t.Context(), h.d, h.d.Today())
			e, ok := err.(*fault.Error)
			if (ok && slices.ContainsFunc(e.Fields, func(f fault.Field) bool { return f.Path == "tiers.0.steps" && f.Key == "approvals.no_head" })) != want {
				t.Errorf("%s: %v", unit, err)
			}
		}
		finance, err := approvals.RouteOn(t.Context(), h.d, "housing.move_in", h.d.Today())
		h.must(err)
		if names, err := finance.Headless(t.Context(), h.d, h.d.Today()); err != nil || len(names) != 0 {
			t.Errorf("it asks for no head: %v %v", names, err)
		}
	})
}
