package approvals

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
)

// Cases is the list of all cases, newest first.
var Cases = list.Of[Case]{
	Name:  "approvals.cases",
	From:  `approvals_case c LEFT JOIN departments_department d ON d.id = c.department`,
	Order: "-id", Alias: "c", Table: "approvals_case", Live: []string{Noun},
	Href: caseAt,
	Columns: []list.Column[Case]{
		{Key: "title", SQL: "c.title", Into: func(c *Case) any { return &c.Title }},
		{Key: "number", SQL: "c.number", Into: func(c *Case) any { return &c.Number }},
		{Key: "state", SQL: "c.state", Into: func(c *Case) any { return &c.State }, OneOf: States, Tone: func(c *Case, _ time.Time) string { return c.State.Tone() }},
		{Key: "kind", SQL: "c.kind", Into: func(c *Case) any { return &c.Kind }, OneOf: Kinds, Enum: "approvals.kind"},
		{Key: "amount", SQL: "c.amount", Into: func(c *Case) any { return &c.Amount }, Range: true, Said: func(w *words.Words, c *Case) string { return c.SayAmount(w) }},
		{Key: "department", SQL: "c.department", Into: func(c *Case) any { return &c.Department }, Ref: "departments", Text: func(c *Case) string { return c.DepartmentName }},
		{Key: "asked_name", SQL: "c.asked_name", Into: func(c *Case) any { return &c.AskedName }},
		{Key: "asked_at", SQL: "c.asked_at", Into: func(c *Case) any { return &c.AskedAt }, Range: true},
		{Key: "ended_at", SQL: "c.ended_at", Into: func(c *Case) any { return &c.EndedAt }, Aside: true},
		{Key: "open", SQL: "c.open", Into: func(c *Case) any { return &c.Open }, Aside: true},
		{Key: "weight", SQL: "c.weight", Into: func(c *Case) any { return &c.Weight }, Aside: true},
		{Key: "record_number", SQL: "c.record_number", Into: func(c *Case) any { return &c.RecordNumber }, Aside: true},
		{Key: "reason", SQL: "c.reason", Into: func(c *Case) any { return &c.Reason }, Aside: true},
		{Key: "id", SQL: "c.id", Into: func(c *Case) any { return &c.ID }, Hidden: true},
		{Key: "noun", SQL: "c.noun", Into: func(c *Case) any { return &c.Noun }, Hidden: true},
		{Key: "record", SQL: "c.record", Into: func(c *Case) any { return &c.Record }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(c *Case) any { return &c.DepartmentName }, Hidden: true},
		{Key: "asked_by", SQL: "c.asked_by", Into: func(c *Case) any { return &c.AskedBy }, Hidden: true},
		{Key: "beside", SQL: "c.beside", Into: func(c *Case) any { return &c.Beside }, Hidden: true},
		{Key: "stage", SQL: "c.stage", Into: func(c *Case) any { return &c.Stage }, Hidden: true},
		{Key: "ended_by", SQL: "c.ended_by", Into: func(c *Case) any { return &c.EndedBy }, Hidden: true},
		{Key: "ended_note", SQL: "c.ended_note", Into: func(c *Case) any { return &c.EndedNote }, Hidden: true},
		{Key: "reminded_at", SQL: "c.reminded_at", Into: func(c *Case) any { return &c.RemindedAt }, Hidden: true},
		{Key: "reminders", SQL: "c.reminders", Into: func(c *Case) any { return &c.Reminders }, Hidden: true},
		{Key: "digest", SQL: "c.digest", Into: func(c *Case) any { return &c.Digest }, Hidden: true},
		{Key: "route", SQL: "c.route", Into: func(c *Case) any { return &c.Route }, Hidden: true},
		{Key: "route_since", SQL: "c.route_since", Into: func(c *Case) any { return &c.RouteSince }, Hidden: true},
		{Key: "tier", SQL: "c.tier", Into: func(c *Case) any { return &c.Tier }, Hidden: true},
		{Key: "facts", SQL: "c.facts", Into: func(c *Case) any { return &c.Facts }, Hidden: true},
	},
}

// Facts are a card's lines as the books keep them, in JSON.
type Facts string

// factsOf writes lines down.
func factsOf(lines []Fact) (Facts, error) {
	if len(lines) == 0 {
		return "", nil
	}
	b, err := json.Marshal(lines)
	return Facts(b), err
}

// Lines reads them back.
func (f Facts) Lines() (lines []Fact) {
	if f != "" && json.Unmarshal([]byte(f), &lines) != nil {
		return nil
	}
	return lines
}

// MarshalJSON gives programs the lines themselves.
func (f Facts) MarshalJSON() ([]byte, error) {
	if f == "" {
		return []byte("[]"), nil
	}
	return []byte(f), nil
}

// Tone is the colour of a state.
func (s State) Tone() string {
	return map[State]string{Open: "soon", Agreed: "done", Refused: "danger", Returned: "danger", Withdrawn: "quiet", Voided: "quiet"}[s]
}

// SayKind is what a kind of document is called: by the rulebook's table of ways.
func SayKind(w *words.Words, kind string) string {
	if s, ok := way(kind); ok && w != nil {
		return s.Name.In(w.Lang)
	}
	return kind
}

// SayAmount is what a case is about in money; "" for a paper without any.
func (c *Case) SayAmount(w *words.Words) string {
	if c.Amount == 0 {
		return ""
	}
	return w.Money(c.Amount)
}

// SayKey is who is meant as a word's key, for faults.
func SayKey(who string) words.Key {
	if post, ok := strings.CutPrefix(who, "post:"); ok {
		return words.Key("approvals.post." + post)
	}
	kind, _, _ := strings.Cut(who, ":")
	return words.Key("approvals.who." + kind)
}

// Scope is which cases a person sees: their own, those they are or were asked about,
// those at a seat on which they may sit for somebody, and those of departments whose
// cases they may look into. The case's row is c.
func Scope(by db.Actor) list.Where {
	s := by.Scope(MaySee)
	if s.All {
		return list.Where{}
	}
	c := `c.asked_by = ? OR EXISTS (SELECT 1 FROM approvals_seat s WHERE s.person = ? AND s.case_id = c.id)
		OR EXISTS (SELECT 1 FROM approvals_opinion o WHERE o.person = ? AND o.case_id = c.id)
		OR EXISTS (SELECT 1 FROM approvals_decision x WHERE x.case_id = c.id AND x.person = ?)
		OR EXISTS (SELECT 1 FROM approvals_delegation g JOIN approvals_seat s ON s.person = g.from_id WHERE g.to_id = ? AND g.ended_at = 0 AND s.case_id = c.id)
		OR EXISTS (SELECT 1 FROM approvals_delegation g JOIN approvals_delegation h ON h.to_id = g.from_id JOIN approvals_seat s ON s.person = h.from_id
			WHERE g.to_id = ? AND g.ended_at = 0 AND h.ended_at = 0 AND s.case_id = c.id)`
	args := []any{by.ID, by.ID, by.ID, by.ID, by.ID, by.ID}
	if by.May(MayEnter) {
		c += ` OR EXISTS (SELECT 1 FROM approvals_step m WHERE m.case_id = c.id AND m.meeting <> '')`
	}
	if len(s.Units) > 0 {
		in, more := list.In("c.department", s.Units)
		c, args = c+" OR "+in, append(args, more...)
	}
	return list.Where{}.And(c, args...)
}

// Mine is the part of the list that a person asked for.
func Mine(by db.Actor) list.Where { return list.Where{}.And("c.asked_by = ?", by.ID) }

// Get is one case that the person sees; NotFound otherwise.
func Get(ctx context.Context, r db.Reader, by db.Actor, id string) (Case, error) {
	return Cases.Get(ctx, r, Scope(by).And("c.id = ?", id))
}

// Sees says whether the person sees a case.
func Sees(ctx context.Context, r db.Reader, by db.Actor, id string) (bool, error) {
	_, err := Get(ctx, r, by, id)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return err == nil, err
}

// Debts is the list of debts of paper, the newest first.
var Debts = debts("approvals.debts", "-id")

// pressing is the same list, what is due first.
var pressing = debts("approvals.debts", "due")

func debts(name, order string) list.Of[Debt] {
	return list.Of[Debt]{
		Name:  name,
		From:  `approvals_debt d LEFT JOIN departments_department e ON e.id = d.department`,
		Order: order, Live: []string{DebtNoun},
		Href: func(d *Debt) string { return "/approvals/debts/" + d.ID },
		Columns: []list.Column[Debt]{
			{Key: "title", SQL: "d.title", Into: func(d *Debt) any { return &d.Title }},
			{Key: "number", SQL: "d.number", Into: func(d *Debt) any { return &d.Number }},
			{Key: "paper", SQL: "d.paper", Into: func(d *Debt) any { return &d.Paper }, OneOf: Papers, Enum: "approvals.paper"},
			{Key: "person_name", SQL: "d.person_name", Into: func(d *Debt) any { return &d.PersonName }},
			{Key: "department", SQL: "d.department", Into: func(d *Debt) any { return &d.Department }, Ref: "departments", Text: func(d *Debt) string { return d.DepartmentName }},
			{Key: "due", SQL: "d.due", Into: func(d *Debt) any { return &d.Due }, Range: true, Tone: func(d *Debt, now time.Time) string { return d.Tone(now) }},
			{Key: "clause", SQL: "d.clause", Into: func(d *Debt) any { return &d.Clause }},
			{Key: "waiting", SQL: "d.waiting", Into: func(d *Debt) any { return &d.Waiting }},
			{Key: "settled_paper", SQL: "d.settled_paper", Into: func(d *Debt) any { return &d.SettledPaper }, Aside: true},
			{Key: "reports", SQL: "d.reports", Into: func(d *Debt) any { return &d.Reports }, Aside: true},
			{Key: "made_at", SQL: "d.made_at", Into: func(d *Debt) any { return &d.MadeAt }, Aside: true, Range: true},
			{Key: "settled_at", SQL: "d.settled_at", Into: func(d *Debt) any { return &d.SettledAt }, Aside: true},
			{Key: "settled_name", SQL: "d.settled_name", Into: func(d *Debt) any { return &d.SettledName }, Aside: true},
			{Key: "id", SQL: "d.id", Into: func(d *Debt) any { return &d.ID }, Hidden: true},
			{Key: "noun", SQL: "d.noun", Into: func(d *Debt) any { return &d.Noun }, Hidden: true},
			{Key: "record", SQL: "d.record", Into: func(d *Debt) any { return &d.Record }, Hidden: true},
			{Key: "person", SQL: "d.person", Into: func(d *Debt) any { return &d.Person }, Hidden: true},
			{Key: "department_name", SQL: "coalesce(e.name, '')", Into: func(d *Debt) any { return &d.DepartmentName }, Hidden: true},
		},
	}
}

// Tone says whether a debt is overdue.
func (d *Debt) Tone(now time.Time) string {
	if d.Waiting && period.At(now) > d.Due {
		return "danger"
	}
	return ""
}
