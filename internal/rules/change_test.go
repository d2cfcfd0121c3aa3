package rules_test

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/rules"
)

var rooms = []fs.FS{rules.Migrations}

var (
	head   = dbtest.Person("head", rules.MayPropose)
	vice   = dbtest.Person("vice", rules.MayConfirm)
	chief  = dbtest.Person("chief", rules.MayPropose, rules.MayConfirm)
	reader = dbtest.Person("reader")
)

// propose asks for a value as somebody.
func propose(t *testing.T, d *db.DB, by db.Actor, param, value string, since period.Day, reason string) (rules.Change, error) {
	t.Helper()
	c := rules.Change{Param: param, Value: value, Since: since, Reason: reason}
	err := d.Do(t.Context(), by, func(tx *db.Tx) error { return rules.Propose(t.Context(), tx, &c) })
	return c, err
}

func confirm(t *testing.T, d *db.DB, by db.Actor, id string) error {
	t.Helper()
	return d.Do(t.Context(), by, func(tx *db.Tx) error { return rules.Confirm(t.Context(), tx, id, "") })
}

func TestAValueHoldsFromItsDayAndThePastKeepsItsOwn(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		ctx, today := t.Context(), d.Today()
		value := func(day period.Day) string {
			t.Helper()
			s, err := rules.Value(ctx, d, "A-010.threshold", day)
			if err != nil {
				t.Fatal(err)
			}
			return s.Value
		}
		if got := value(today); got != "500.00" {
			t.Errorf("shipped: %s", got)
		}
		c, err := propose(t, d, head, "A-010.threshold", "800", today.AddDays(10), "物价上涨")
		if err != nil || c.Was != "500.00" || c.Value != "800.00" || c.Number != "GZ-2027-000001" {
			t.Fatalf("%+v, %v", c, err)
		}
		if got := value(today.AddDays(20)); got != "500.00" {
			t.Errorf("not confirmed, and yet %s", got)
		}
		if err := confirm(t, d, vice, c.ID); err != nil {
			t.Fatal(err)
		}
		for day, want := range map[period.Day]string{today: "500.00", today.AddDays(9): "500.00", today.AddDays(10): "800.00", today.AddDays(400): "800.00"} {
			if got := value(day); got != want {
				t.Errorf("on %s: %s, want %s", day, got, want)
			}
		}
		clock.Add(30 * 24 * time.Hour)
		c2, err := propose(t, d, head, "A-010.threshold", "600", d.Today().AddDays(1), "改回来一些")
		if err != nil || c2.Was != "800.00" {
			t.Fatalf("%+v, %v", c2, err)
		}
		if err := confirm(t, d, vice, c2.ID); err != nil {
			t.Fatal(err)
		}
		for day, want := range map[period.Day]string{today.AddDays(9): "500.00", today.AddDays(10): "800.00", today.AddDays(30): "800.00", today.AddDays(31): "600.00"} {
			if got := value(day); got != want {
				t.Errorf("later, on %s: %s, want %s", day, got, want)
			}
		}
		past, err := rules.History(ctx, d, "A-010")
		if err != nil || len(past) != 2 || past[0].Number != c2.Number || past[1].DecidedName != "vice" || past[1].Reason != "物价上涨" {
			t.Errorf("history %+v, %v", past, err)
		}
		fen, err := rules.Fen(ctx, d, "A-010.threshold", today.AddDays(10))
		if err != nil || fen != 80000 {
			t.Errorf("%d fen, %v", fen, err)
		}
		for n, want := range map[int64]bool{59999: false, 60000: true, 60001: true} {
			if got, err := rules.Reached(ctx, d, "A-010.threshold", today.AddDays(31), n); err != nil || got != want {
				t.Errorf("%d fen reached: %v, %v", n, got, err)
			}
		}
	})
}

func TestWhatIsProposedMustFit(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		tomorrow := d.Today().AddDays(1)
		fields := func(err error) string {
			s := ""
			if e, ok := err.(*fault.Error); ok {
				for _, f := range e.Fields {
					s += f.Path + " " + f.Key + ";"
				}
			}
			return s
		}
		for _, c := range []struct {
			by           db.Actor
			param, value string
			since        period.Day
			reason, want string
		}{
			{head, "A-010.threshold", "900", tomorrow, "x", ""},
			{head, "A-010.nothing", "900", tomorrow, "x", "param base.no_such;"},
			{head, "A-010.threshold", "1000001", d.Today(), " ", "value base.between;reason base.required;since rules.too_early;"},
			{head, "A-010.threshold", "500", tomorrow, "x", "value rules.same_value;"},
			{head, "A-010.threshold", "900", "", "x", "since base.day;"},
		} {
			_, err := propose(t, d, c.by, c.param, c.value, c.since, c.reason)
			if got := fields(err); got != c.want {
				t.Errorf("%s = %s from %s: %s, want %s (%v)", c.param, c.value, c.since, got, c.want, err)
			}
		}
		if _, err := propose(t, d, reader, "A-010.threshold", "900", tomorrow, "x"); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a reader proposes: %v", err)
		}
		c, err := propose(t, d, head, "A-010.threshold", "900", tomorrow.AddDays(9), "x")
		if err != nil {
			t.Fatal(err)
		}
		if err := confirm(t, d, vice, c.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := propose(t, d, head, "A-010.threshold", "950", tomorrow.AddDays(8), "x"); !fault.Is(err, "rules.before_other") {
			t.Errorf("before a day on which another value begins: %v", err)
		}
		older, err := propose(t, d, head, "A-010.threshold", "950", tomorrow.AddDays(9), "x")
		if err != nil || older.Was != "900.00" {
			t.Errorf("in its place: %+v, %v", older, err)
		}
		if waits, err := rules.ToConfirm(t.Context(), d, vice, 9); err != nil || len(waits) != 2 || waits[1].Late {
			t.Errorf("marked too soon: %+v, %v", waits, err)
		}
		newer, err := propose(t, d, head, "A-010.threshold", "960", tomorrow.AddDays(9), "x")
		if err != nil {
			t.Fatal(err)
		}
		if err := confirm(t, d, vice, newer.ID); err != nil {
			t.Fatal(err)
		}
		if waits, err := rules.ToConfirm(t.Context(), d, vice, 9); err != nil || len(waits) != 2 || !waits[1].Late || waits[1].ID != older.ID {
			t.Errorf("what was overtaken is not marked: %+v, %v", waits, err)
		}
		if next, err := rules.Coming(t.Context(), d, "A-010.threshold", d.Today()); err != nil || len(next) != 1 || next[0].Value != "960.00" || next[0].Since != tomorrow.AddDays(9) || next[0].Change != newer.Number {
			t.Errorf("coming: %+v, %v", next, err)
		}
		if next, err := rules.Coming(t.Context(), d, "A-010.threshold", tomorrow.AddDays(9)); err != nil || len(next) != 0 {
			t.Errorf("nothing comes after its day: %+v, %v", next, err)
		}
		if err := confirm(t, d, vice, older.ID); !fault.Is(err, "rules.too_late") {
			t.Errorf("an older proposal for the same day took the newer one's place: %v", err)
		}
	})
}

// Whoever proposes a value does not confirm it, under another entry of the staff file
// either.
//
// Holds: AB-04
func TestNobodyConfirmsTheirOwnChangeAndOneWordCounts(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		ctx, tomorrow := t.Context(), d.Today().AddDays(1)
		do := func(by db.Actor, f func(context.Context, *db.Tx) error) error {
			return d.Do(ctx, by, func(tx *db.Tx) error { return f(ctx, tx) })
		}
		refuse := func(id, note string) func(context.Context, *db.Tx) error {
			return func(ctx context.Context, tx *db.Tx) error { return rules.Refuse(ctx, tx, id, note) }
		}
		withdraw := func(id string) func(context.Context, *db.Tx) error {
			return func(ctx context.Context, tx *db.Tx) error { return rules.Withdraw(ctx, tx, id) }
		}
		c, err := propose(t, d, chief, "W-005.arrive", "10", tomorrow, "更快")
		if err != nil {
			t.Fatal(err)
		}
		if err := confirm(t, d, chief, c.ID); !fault.Is(err, "rules.own_change") {
			t.Errorf("the chief confirms their own: %v", err)
		}
		if err := do(chief, refuse(c.ID, "x")); !fault.Is(err, "rules.own_change") {
			t.Errorf("the chief refuses their own: %v", err)
		}
		if err := confirm(t, d, head, c.ID); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("without the right: %v", err)
		}
		old, second := rules.Same, dbtest.Person("chief2", rules.MayConfirm)
		rules.Same = func(context.Context, db.Reader, string) ([]string, error) { return []string{chief.ID, second.ID}, nil }
		if err := confirm(t, d, second, c.ID); !fault.Is(err, "rules.own_change") {
			t.Errorf("the same natural person confirms under another entry: %v", err)
		}
		if waits, err := rules.ToConfirm(ctx, d, second, 9); err != nil || len(waits) != 0 {
			t.Errorf("their own change waits for them: %v, %v", waits, err)
		}
		rules.Same = old
		if waits, err := rules.ToConfirm(ctx, d, vice, 9); err != nil || len(waits) != 1 {
			t.Errorf("it waits for somebody else: %v, %v", waits, err)
		}
		if err := do(vice, refuse(c.ID, " ")); !fault.Is(err, "base.required") {
			t.Errorf("refused without a reason: %v", err)
		}
		if err := do(head, withdraw(c.ID)); !fault.Is(err, "rules.not_yours") {
			t.Errorf("somebody else withdraws it: %v", err)
		}
		if err := do(vice, refuse(c.ID, "人手不够")); err != nil {
			t.Fatal(err)
		}
		if err := confirm(t, d, vice, c.ID); !fault.Is(err, "rules.decided") {
			t.Errorf("decided twice: %v", err)
		}
		if got, err := rules.ChangeByID(ctx, d, c.ID); err != nil || got.Outcome != rules.Refused || got.Note != "人手不够" {
			t.Errorf("%+v, %v", got, err)
		}
		late, err := propose(t, d, head, "W-005.arrive", "10", tomorrow, "更快")
		if err != nil {
			t.Fatal(err)
		}
		own, err := propose(t, d, head, "W-005.arrive", "12", tomorrow, "更快")
		if err != nil {
			t.Fatal(err)
		}
		if err := do(head, withdraw(own.ID)); err != nil {
			t.Errorf("withdrawing one's own: %v", err)
		}
		clock.Add(24 * time.Hour) // its day has come
		if err := confirm(t, d, vice, late.ID); !fault.Is(err, "rules.too_late") {
			t.Errorf("confirmed when its day has come: %v", err)
		}
		if n, err := rules.Span(ctx, d, "W-005.arrive", tomorrow); err != nil || n != 15*time.Minute {
			t.Errorf("in force: %s, %v", n, err)
		}
	})
}

func TestGettersGiveWhatTheTypeIs(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		ctx, today := t.Context(), d.Today()
		if n, err := rules.Number(ctx, d, "Q-001.least", today); n != 98 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		if on, err := rules.On(ctx, d, "A-027.all_to_finance", today); !on || err != nil {
			t.Errorf("%v, %v", on, err)
		}
		if s, err := rules.Chosen(ctx, d, "H-007.out", today); s != "23:00" || err != nil {
			t.Errorf("%s, %v", s, err)
		}
		if s, err := rules.Span(ctx, d, "W-007.days", today); s != 72*time.Hour || err != nil {
			t.Errorf("%s, %v", s, err)
		}
		for name, err := range map[string]error{
			"an amount as a number": second(rules.Number(ctx, d, "A-010.threshold", today)),
			"a number as an amount": second(rules.Fen(ctx, d, "Q-001.least", today)),
			"a switch as a choice":  second(rules.Chosen(ctx, d, "A-027.all_to_finance", today)),
			"a choice as a switch":  second(rules.On(ctx, d, "A-010.above", today)),
			"no threshold":          second(rules.Reached(ctx, d, "F-018.meals", today, 3)),
			"no parameter":          second(rules.Value(ctx, d, "A-010.nothing", today)),
		} {
			if err == nil || fault.KindOf(err) != fault.Internal {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestTheListSaysHowEachClauseStands(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		count := func(kept, broken int64) func(context.Context, db.Reader, period.Day, period.Day) (rules.Evidence, error) {
			return func(_ context.Context, _ db.Reader, from, until period.Day) (rules.Evidence, error) {
				if from != "2027-01-01" || until != d.Today() {
					t.Errorf("counted from %s to %s", from, until)
				}
				return rules.Evidence{Kept: kept, Broken: broken}, nil
			}
		}
		claims := append([]rules.Claim{
			{Clause: "W-001", How: rules.Records},
			{Clause: "W-002", How: rules.Measures, Evidence: count(5, 0)},
			{Clause: "W-004", How: rules.Records, Evidence: count(3, 0), Partly: true},
			{Clause: "W-004", How: rules.Refuses, Evidence: count(2, 1), Partly: true},
			{Clause: "W-005", How: rules.Measures, Evidence: count(0, 0)},
			{Clause: "W-006", How: rules.Refuses, Evidence: count(8, 0), Again: true},
			{Clause: "W-006", How: rules.Records, Evidence: count(8, 0)},
			{Clause: "W-007", How: rules.Records, Evidence: count(8, 0)},
			{Clause: "W-007", How: rules.Refuses, Evidence: count(6, 2), Again: true},
		}, rules.Claims...)
		for range 2 { // starting again changes nothing
			dbtest.Do(t, d, db.System("start"), func(tx *db.Tx) error { return rules.List(ctx, tx, claims) })
		}
		found, err := rules.Measure(ctx, d, claims, d.Today())
		if err != nil {
			t.Fatal(err)
		}
		dbtest.Do(t, d, db.System("clock"), func(tx *db.Tx) error { return rules.Note(ctx, tx, found) })
		dbtest.Do(t, d, db.System("start"), func(tx *db.Tx) error { return rules.List(ctx, tx, claims) })
		got := map[string]rules.Row{}
		all, err := rules.Clauses.All(ctx, d, list.Where{}, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			got[r.ID] = r
		}
		if len(got) != 465 {
			t.Errorf("%d rows", len(got))
		}
		for id, want := range map[string]struct {
			how    rules.How
			state  rules.State
			partly bool
			kept   int64
		}{"W-001": {rules.Records, rules.Unmeasured, false, 0}, "W-002": {rules.Measures, rules.Holds, false, 5}, "W-003": {rules.Open, rules.NotKept, false, 0},
			"W-004": {rules.Refuses, rules.Broken, true, 5}, "W-005": {rules.Measures, rules.NoCase, false, 0},
			"W-006": {rules.Refuses, rules.Holds, false, 8}, "W-007": {rules.Refuses, rules.Broken, false, 6}, "A-016": {rules.Background, rules.NoDuty, false, 0}} {
			if r := got[id]; r.How != want.how || r.State != want.state || r.Partly != want.partly || r.Kept != want.kept {
				t.Errorf("%s: %+v, want %+v", id, r, want)
			}
		}
		c := rules.Cover(claims)
		if c.Clauses != 465 || c.By["refuses"] != 3 || c.By["records"] != 1 || c.By["measures"] != 2 || c.Partly != 1 || c.Claimed+len(c.Open) != 465 || c.Claimed != 6+len(rules.Claims) {
			t.Errorf("%+v", c)
		}
	})
}
