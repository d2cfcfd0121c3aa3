package rules

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
)

// Outcome is what became of a change.
type Outcome string

const (
	Pending   Outcome = "pending"
	Confirmed Outcome = "confirmed"
	Refused   Outcome = "refused"
	Withdrawn Outcome = "withdrawn"
)

// Outcomes are all of them, as choices.
var Outcomes = []string{string(Pending), string(Confirmed), string(Refused), string(Withdrawn)}

// Change is another value for a parameter from a day on, and what became of it.
type Change struct {
	ID          string         `json:"id"`
	Number      string         `json:"number"`
	Clause      string         `json:"clause"`
	Param       string         `json:"param"`
	Was         string         `json:"was"`
	Value       string         `json:"value"`
	Since       period.Day     `json:"since"`
	Reason      string         `json:"reason"`
	Paper       string         `json:"paper"`
	At          period.Instant `json:"at"`
	By          string         `json:"by"`
	ByName      string         `json:"by_name"`
	Outcome     Outcome        `json:"outcome"`
	Note        string         `json:"note"`
	DecidedAt   period.Instant `json:"decided_at"`
	DecidedBy   string         `json:"decided_by"`
	DecidedName string         `json:"decided_name"`
	Late        bool           `json:"overtaken"` // waits, and can no longer be confirmed
}

// Same are all entries of the staff file that are the same natural person as this one, itself among them.
// The building sets it; the book stands below the staff file.
var Same = func(_ context.Context, _ db.Reader, person string) ([]string, error) { return []string{person}, nil }

// Proposed tells those who may confirm a change that one waits, in the same unit of
// work. It is filled once, in the building.
var Proposed func(ctx context.Context, tx *db.Tx, c Change) error

// Propose asks for another value from a day on. It holds only once somebody else has
// confirmed it. Values change at midnight: the first day is tomorrow at the earliest,
// and not before a day from which another confirmed value already holds. Invalid,
// every flaw at once: no such parameter, a value that does not fit it or is the one
// in force already, a day too early, no reason.
func Propose(ctx context.Context, tx *db.Tx, c *Change) error {
	if err := tx.Need(MayPropose); err != nil {
		return err
	}
	p, clause, ok := Parameter(c.Param)
	if !ok {
		return fault.OnField("param", "base.no_such", c.Param)
	}
	var bad fault.Complaints
	value, err := p.Check("value", c.Value)
	if err := bad.Gather("", err); err != nil {
		return err
	}
	if c.Reason = strings.TrimSpace(c.Reason); c.Reason == "" {
		bad.Add("reason", "base.required")
	}
	c.Clause, c.Value, c.Paper = clause.ID, value, strings.TrimSpace(c.Paper)
	if err := early(ctx, tx, c, &bad); err != nil {
		return err
	}
	now, err := Value(ctx, tx, c.Param, c.Since)
	if err != nil {
		return err
	}
	if c.Was = now.Value; c.Was == c.Value {
		bad.Add("value", "rules.same_value")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	c.ID, c.At, c.By, c.ByName, c.Outcome = tx.NewID(), tx.At(), tx.By.ID, tx.By.Name, Pending
	if c.Number, err = tx.Number(ctx, "GZ"); err != nil {
		return err
	}
	if err := insertChange(ctx, tx, c); err != nil {
		return err
	}
	if Proposed != nil {
		if err := Proposed(ctx, tx, *c); err != nil {
			return err
		}
	}
	return tx.Trail(ctx, db.Event{Noun: Noun, Record: c.Clause, Action: "propose", Note: c.Number + "\n" + c.Reason, After: c})
}

// early complains about a first day that is not in the future, or lies before one
// from which another confirmed value holds.
func early(ctx context.Context, r db.Reader, c *Change, bad *fault.Complaints) error {
	switch {
	case c.Since.IsZero() || c.Since.DayOfMonth() == 0:
		bad.Add("since", "base.day")
		return nil
	case c.Since <= r.Today():
		bad.Add("since", "rules.too_early", r.Today().AddDays(1))
		return nil
	}
	last, found, err := inForce(ctx, r, c.Param, "9999-12-31")
	if err != nil {
		return err
	}
	// Of two for the same day the one proposed later counts.
	if found && (c.Since < last.Since || c.Since == last.Since && c.ID != "" && c.ID < last.ID) {
		bad.Add("since", "rules.before_other", last.Since, last.Number)
	}
	return nil
}

// Overtaken says of a change that waits that it can only be refused or taken back: its
// day has come, or another value was confirmed over it.
func Overtaken(ctx context.Context, r db.Reader, c *Change) (bool, error) {
	if c.Outcome != Pending {
		return false, nil
	}
	var bad fault.Complaints
	err := early(ctx, r, c, &bad)
	return bad.Err() != nil, err
}

// Confirm puts a change in force from its day on. Whoever proposed it may not, under
// whichever entry of the staff file they come in, and once its day has come it is too late: a Conflict, to be proposed anew.
func Confirm(ctx context.Context, tx *db.Tx, id, note string) error {
	return decide(ctx, tx, id, Confirmed, note)
}

// Refuse ends a change with the reason; whoever proposed it withdraws it instead.
func Refuse(ctx context.Context, tx *db.Tx, id, note string) error {
	if strings.TrimSpace(note) == "" {
		return fault.OnField("note", "base.required")
	}
	return decide(ctx, tx, id, Refused, note)
}

// Withdraw takes one's own change back before it was decided.
func Withdraw(ctx context.Context, tx *db.Tx, id string) error {
	return decide(ctx, tx, id, Withdrawn, "")
}

func decide(ctx context.Context, tx *db.Tx, id string, o Outcome, note string) error {
	need := MayConfirm
	if o == Withdrawn {
		need = MayPropose
	}
	if err := tx.Need(need); err != nil {
		return err
	}
	c, err := ChangeByID(ctx, tx, id)
	if err != nil {
		return err
	}
	same, err := Same(ctx, tx, tx.By.ID)
	own := slices.Contains(same, c.By)
	switch {
	case err != nil:
		return err
	case o == Withdrawn && !own:
		return fault.New(fault.Forbidden, "rules.not_yours", c.ByName)
	case o != Withdrawn && own:
		return fault.New(fault.Forbidden, "rules.own_change")
	}
	if o == Confirmed {
		var bad fault.Complaints
		if err := early(ctx, tx, &c, &bad); err != nil {
			return err
		}
		if bad.Err() != nil {
			return fault.New(fault.Conflict, "rules.too_late", c.Since)
		}
	}
	note = strings.TrimSpace(note)
	// The first word counts, also when two people press at once.
	n, err := tx.Exec(ctx, `INSERT INTO rules_decision (change, outcome, note, at, by_id, by_name) VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT DO NOTHING`,
		id, o, note, tx.At(), tx.By.ID, tx.By.Name)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "rules.decided", c.Number)
	}
	action := map[Outcome]string{Confirmed: "confirm", Refused: "refuse", Withdrawn: "withdraw"}[o]
	return tx.Trail(ctx, db.Event{Noun: Noun, Record: c.Clause, Action: action, Note: strings.TrimSpace(c.Number + "\n" + note), After: c})
}

// Changes is the list of changes, the newest first.
var Changes = list.Of[Change]{
	Name:  "rules.changes",
	From:  `rules_change c LEFT JOIN rules_decision d ON d.change = c.id`,
	Order: "-id", Live: []string{Noun}, Short: true,
	Href: func(c *Change) string { return "/rule-changes/" + c.ID },
	Parts: func(ctx context.Context, r db.Reader, all []Change) (err error) {
		for i := 0; err == nil && i < len(all); i++ {
			all[i].Late, err = Overtaken(ctx, r, &all[i])
		}
		return err
	},
	Columns: []list.Column[Change]{
		{Key: "number", SQL: "c.number", Into: func(c *Change) any { return &c.Number }},
		{Key: "outcome", SQL: "coalesce(d.outcome, 'pending')", Into: func(c *Change) any { return &c.Outcome }, OneOf: Outcomes, Said: sayOutcome, Tone: outcomeTone},
		{Key: "clause", SQL: "c.clause", Into: func(c *Change) any { return &c.Clause }, Aside: true},
		{Key: "param", SQL: "c.param", Into: func(c *Change) any { return &c.Param }, Said: func(w *words.Words, c *Change) string { return c.Clause + " " + SayParam(w, c) }},
		{Key: "was", SQL: "c.was", Into: func(c *Change) any { return &c.Was }, Said: SayWas, Named: true},
		{Key: "value", SQL: "c.value", Into: func(c *Change) any { return &c.Value }, Said: SayValue, Named: true},
		{Key: "since", SQL: "c.since", Into: func(c *Change) any { return &c.Since }},
		{Key: "by_name", SQL: "c.by_name", Into: func(c *Change) any { return &c.ByName }},
		{Key: "decided_name", SQL: "coalesce(d.by_name, '')", Into: func(c *Change) any { return &c.DecidedName }},
		{Key: "at", SQL: "c.at", Into: func(c *Change) any { return &c.At }, Aside: true},
		{Key: "reason", SQL: "c.reason", Into: func(c *Change) any { return &c.Reason }, Aside: true},
		{Key: "paper", SQL: "c.paper", Into: func(c *Change) any { return &c.Paper }, Aside: true},
		{Key: "id", SQL: "c.id", Into: func(c *Change) any { return &c.ID }, Hidden: true},
		{Key: "by", SQL: "c.by_id", Into: func(c *Change) any { return &c.By }, Hidden: true},
		{Key: "note", SQL: "coalesce(d.note, '')", Into: func(c *Change) any { return &c.Note }, Hidden: true},
		{Key: "decided_at", SQL: "coalesce(d.at, 0)", Into: func(c *Change) any { return &c.DecidedAt }, Hidden: true},
		{Key: "decided_by", SQL: "coalesce(d.by_id, '')", Into: func(c *Change) any { return &c.DecidedBy }, Hidden: true},
	},
}

// ChangeByID is one change; NotFound when there is none.
func ChangeByID(ctx context.Context, r db.Reader, id string) (Change, error) {
	c, err := Changes.Get(ctx, r, list.Where{}.And("c.id = ?", id))
	if err == nil {
		c.Late, err = Overtaken(ctx, r, &c)
	}
	return c, err
}

// History is every change of a clause, the newest first, at most two hundred.
func History(ctx context.Context, r db.Reader, clause string) ([]Change, error) {
	return Changes.All(ctx, r, list.Where{}.And("c.clause = ?", clause), 200)
}

// ToConfirm are the changes that wait for a second person, the oldest first: those of
// others for who may confirm, nothing for anybody else.
func ToConfirm(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Change, error) {
	if !by.May(MayConfirm) {
		return nil, nil
	}
	same, err := Same(ctx, r, by.ID)
	if err != nil {
		return nil, err
	}
	own, args := list.In("c.by_id", same)
	all, err := waiting.All(ctx, r, list.Where{}.And("d.change IS NULL AND NOT "+own, args...), limit)
	for i := 0; err == nil && i < len(all); i++ {
		all[i].Late, err = Overtaken(ctx, r, &all[i])
	}
	return all, err
}

// waiting is Changes from the oldest on.
var waiting = func() list.Of[Change] {
	l := Changes
	l.Order = "id"
	return l
}()

// Suppose is the book as it would read once a change was confirmed: for previews. It must
// be one that could still be confirmed.
func Suppose(r db.Reader, c Change) db.Reader { return supposed{r, c} }

type supposed struct {
	db.Reader
	is Change
}

// inForce is the confirmed change that sets a parameter on a day.
func inForce(ctx context.Context, r db.Reader, param string, day period.Day) (Change, bool, error) {
	if s, ok := r.(supposed); ok {
		if s.is.Param == param && s.is.Since <= day {
			return s.is, true, nil
		}
		r = s.Reader
	}
	return db.First(ctx, r, func(c *Change) []any { return []any{&c.ID, &c.Value, &c.Since, &c.Number} },
		`SELECT c.id, c.value, c.since, c.number FROM rules_change c JOIN rules_decision d ON d.change = c.id
		WHERE c.param = $1 AND c.since <= $2 AND d.outcome = 'confirmed' ORDER BY c.since DESC, c.id DESC LIMIT 1`, param, day)
}

func insertChange(ctx context.Context, tx *db.Tx, c *Change) error {
	_, err := tx.Exec(ctx, `INSERT INTO rules_change (id, number, clause, param, was, value, since, reason, paper, at, by_id, by_name)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)`, c.ID, c.Number, c.Clause, c.Param, c.Was, c.Value, c.Since, c.Reason, c.Paper, c.At, c.By, c.ByName)
	return err
}
