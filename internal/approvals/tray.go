package approvals

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/people"
)

// Awaited is a case that waits for somebody's decision, as it lies in their tray.
type Awaited struct {
	Case
	Seat    string         `json:"seat"`
	For     string         `json:"for"` // whose seat it is, "" their own
	ForName string         `json:"for_name"`
	Who     string         `json:"who"` // as what: the step's
	Meeting string         `json:"meeting,omitempty"`
	Since   period.Instant `json:"since"`
	Due     period.Instant `json:"due"`
}

// Tone says whether it should have been decided by now, or within four hours.
func (a *Awaited) Tone(now time.Time) string {
	switch at := period.At(now); {
	case at >= a.Due:
		return "danger"
	case a.Due.Sub(at) < 4*time.Hour:
		return "soon"
	}
	return ""
}

// awaited are seats that wait. The tray is read by its owner, in the order of the
// deadlines, so that what others have open costs nothing.
var awaited = list.Of[Awaited]{
	Name:  "approvals.awaited",
	From:  `approvals_seat s JOIN approvals_case c ON c.id = s.case_id JOIN approvals_step t ON t.id = s.step LEFT JOIN departments_department d ON d.id = c.department`,
	Where: "s.waiting = true", Order: "due",
	Columns: append(casesIn(func(a *Awaited) *Case { return &a.Case }), []list.Column[Awaited]{
		{Key: "due", SQL: "s.due", Into: func(a *Awaited) any { return &a.Due }, Sort: true},
		{Key: "id", SQL: "s.id", Into: func(a *Awaited) any { return &a.Seat }, Hidden: true},
		{Key: "owner", SQL: "s.person", Into: func(a *Awaited) any { return &a.For }},
		{Key: "owner_name", SQL: "s.person_name", Into: func(a *Awaited) any { return &a.ForName }},
		{Key: "meeting", SQL: "s.meeting", Into: func(a *Awaited) any { return &a.Meeting }},
		{Key: "since", SQL: "s.since", Into: func(a *Awaited) any { return &a.Since }},
		{Key: "who", SQL: "t.who", Into: func(a *Awaited) any { return &a.Who }},
	}...),
}

// casesIn are the columns of a case inside something that has one.
func casesIn[T any](of func(*T) *Case) (columns []list.Column[T]) {
	for _, c := range Cases.Columns {
		key := c.Key
		if key == "id" {
			key = "case"
		}
		columns = append(columns, list.Column[T]{Key: key, SQL: c.SQL, Hidden: true, Into: func(t *T) any { return c.Into(of(t)) }})
	}
	return columns
}

// DecisionsFor is what waits for a person's decision: at their own seats and those on
// which they sit for somebody, what is due first.
func DecisionsFor(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Awaited, error) {
	ways, err := reach(ctx, r, by.ID, r.Today())
	if err != nil {
		return nil, err
	}
	all, err := awaited.All(ctx, r, list.Where{}.And("s.person = ?", by.ID), limit)
	if err != nil {
		return nil, err
	}
	var own []string // by whichever entry they asked
	if len(ways) > 0 {
		if own, err = people.Same(ctx, r, by.ID); err != nil {
			return nil, err
		}
	}
	for _, o := range slices.Sorted(maps.Keys(ways)) {
		more, err := awaited.All(ctx, r, list.Where{}.And("s.person = ?", o), limit)
		if err != nil {
			return nil, err
		}
		for _, a := range more {
			covered := slices.ContainsFunc(ways[o], func(p path) bool {
				return !slices.ContainsFunc(p, func(d Delegation) bool { return !d.covers(a.Kind, a.Weight) })
			})
			if covered && !slices.Contains(own, a.AskedBy) && !slices.ContainsFunc(all, func(x Awaited) bool { return x.Case.ID == a.Case.ID }) {
				all = append(all, a)
			}
		}
	}
	for i := range all {
		if all[i].For == by.ID {
			all[i].For, all[i].ForName = "", ""
		}
	}
	slices.SortStableFunc(all, func(a, b Awaited) int {
		if a.Due != b.Due {
			return int(min(1, max(-1, a.Due-b.Due)))
		}
		return strings.Compare(a.Seat, b.Seat)
	})
	return all[:min(len(all), limit)], nil
}

// ToEnter is what waits for a meeting's decision, for who enters it.
func ToEnter(ctx context.Context, r db.Reader, limit int) ([]Awaited, error) {
	return awaited.All(ctx, r, list.Where{}.And("s.meeting <> ''"), limit)
}

// AskedBy are a person's own open cases, the oldest first.
func AskedBy(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Case, error) {
	return Cases.All(ctx, r, Mine(by).And("c.open = true"), limit)
}

// UnderWay are the open cases of departments, the newest first: all of them where the
// person may look into the department's cases, else those that they asked for themselves
// and those about documents that they may open in the departments named for the noun.
func UnderWay(ctx context.Context, r db.Reader, by db.Actor, departments []string, open map[string][]string, limit int) ([]Case, error) {
	seen := slices.DeleteFunc(slices.Clone(departments), func(d string) bool { return !by.MayIn(MaySee, d) })
	either, args := []string{"c.asked_by = ?"}, []any{by.ID}
	in, more := list.In("c.department", seen)
	either, args = append(either, in), append(args, more...)
	for _, noun := range slices.Sorted(maps.Keys(open)) {
		in, more := list.In("c.department", open[noun])
		either, args = append(either, "c.noun = ? AND "+in), append(append(args, noun), more...)
	}
	return Cases.All(ctx, r, list.Where{}.And("c.open = true").And(strings.Join(either, " OR "), args...), limit)
}

// OwedOf are the debts of paper of departments and their people, as far as the person sees
// them, what is due first.
func OwedOf(ctx context.Context, r db.Reader, by db.Actor, departments []string, limit int) ([]Debt, error) {
	return pressing.All(ctx, r, DebtScope(by).And("d.waiting = true").In("d.department", departments), limit)
}

// OpinionsFrom are the cases about which a person was asked what they think.
func OpinionsFrom(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Case, error) {
	return Cases.All(ctx, r, list.Where{}.And("c.id IN (SELECT o.case_id FROM approvals_opinion o WHERE o.person = ? AND o.waiting = true)", by.ID), limit)
}

// Waits is how much waits for a person, for the numbers beside the doors; each stops
// counting at 100.
type Waits struct {
	Decisions int  `json:"decisions"`
	Late      bool `json:"late"`
	Meetings  int  `json:"meetings"`
	Debts     int  `json:"debts"`
	DebtsLate bool `json:"debts_late"`
}

// WaitsFor counts it.
func WaitsFor(ctx context.Context, r db.Reader, by db.Actor) (w Waits, err error) {
	const most = 100
	now := period.At(r.Moment())
	decisions, err := DecisionsFor(ctx, r, by, most)
	if err != nil {
		return w, err
	}
	w.Decisions = len(decisions)
	w.Late = len(decisions) > 0 && decisions[0].Due <= now
	debts, err := OwedBy(ctx, r, by, most)
	if err != nil {
		return w, err
	}
	w.Debts = len(debts)
	w.DebtsLate = slices.ContainsFunc(debts, func(d Debt) bool { return d.Due <= now })
	if by.May(MayEnter) {
		meetings, err := ToEnter(ctx, r, most)
		if err != nil {
			return w, err
		}
		w.Meetings = len(meetings)
	}
	return w, nil
}
