package desk

import (
	"context"
	"slices"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/calendar"
	"houqin/internal/rules"
)

// Outside is a firm from outside the house that a job needs (W-009).
type Outside struct {
	Firm     string    `json:"firm"`
	Estimate money.Fen `json:"estimate"`
	Why      string    `json:"why"`
	Lack     string    `json:"lack"`  // of Lacks: what the house does not have to do it itself (W-028)
	State    string    `json:"state"` // as the approval stands: open, agreed …; hired once it was called
	Paper    string    `json:"paper"` // number of the approval
	Actual   money.Fen `json:"actual"`
	Invoice  string    `json:"invoice"`
}

// Hired is the state of a firm that was called after it was agreed to; Paid when its
// invoice was entered.
const (
	Hired = "hired"
	Paid  = "paid"
)

// Lacks are why a firm from outside is needed at all: what the house can mend itself it
// does not pay others for.
var Lacks = []string{"skill", "hands", "tool", "licence", "warranty"}

// OutsideForm asks for leave to call a firm.
var OutsideForm = form.Of[Outside]{Name: "desk.outside", Fields: []form.Field[Outside]{
	{Key: "firm", Into: func(o *Outside) any { return &o.Firm }, Required: true, Most: 80},
	{Key: "estimate", Into: func(o *Outside) any { return &o.Estimate }},
	{Key: "lack", Into: func(o *Outside) any { return &o.Lack }, Kind: form.Cards, OneOf: Lacks, Required: true},
	{Key: "why", Into: func(o *Outside) any { return &o.Why }, Kind: form.Area, Required: true, Most: 500},
}}

// digest of what was agreed to: this firm, for so much, for this reason.
func (o *Outside) digest() (string, error) {
	return approvals.DigestOf([]any{o.Firm, int64(o.Estimate), o.Why})
}

// AskOutside asks for leave to have a firm from outside do the job (W-009). Asked again
// with another firm or sum, what was asked or agreed before is void. Refused: what
// approvals.Ask refuses.
func AskOutside(ctx context.Context, tx *db.Tx, id string, version int64, o Outside) (Job, error) {
	j, err := take(ctx, tx, id, version, "outside")
	if err != nil {
		return j, err
	}
	if err := fault.Given(o.Firm, "firm"); err != nil {
		return j, err
	}
	if err := fault.Given(o.Why, "why"); err != nil {
		return j, err
	}
	if !slices.Contains(Lacks, o.Lack) {
		return j, fault.OnField("lack", "base.required")
	}
	digest, err := o.digest()
	if err != nil {
		return j, err
	}
	if was, ok, err := OutsideOf(ctx, tx, j.ID); err != nil {
		return j, err
	} else if ok && was.State == Paid {
		return j, fault.New(fault.Conflict, "desk.outside.paid", was.Invoice)
	}
	if _, err := approvals.Changed(ctx, tx, Noun, j.ID, digest); err != nil {
		return j, err
	}
	facts := []approvals.Fact{{Key: "firm", Value: o.Firm}, {Key: "place", Value: j.PlaceName}, {Key: "fault", Value: j.Detail}}
	if paid, ok, err := paidLast(ctx, tx, o.Firm); err != nil {
		return j, err
	} else if ok {
		facts = append(facts, approvals.Fact{Key: "last_price", Value: paid.Actual.String() + " · " + paid.Why})
	}
	c, err := approvals.Ask(ctx, tx, approvals.Document{Kind: "desk.outside", Noun: Noun, Record: j.ID, Number: j.Number, Title: j.Title, Reason: o.Why, Department: j.Department,
		Amount: o.Estimate, Attrs: map[string]any{"urgency": string(j.Urgency)}, Facts: facts, Same: []string{"supplier:" + o.Firm}, Digest: digest})
	if err != nil {
		return j, err
	}
	o.State, o.Paper = string(c.State), c.Number
	if err := putOutside(ctx, tx, j.ID, &o); err != nil {
		return j, err
	}
	return j, keep(ctx, tx, &j, "outside", o.Firm+" "+c.Number)
}

// Hire calls the firm, once its leave is there: a Conflict under W-009 until then.
func Hire(ctx context.Context, tx *db.Tx, id string, version int64) (Job, error) {
	j, err := take(ctx, tx, id, version, "hire")
	if err != nil {
		return j, err
	}
	o, ok, err := OutsideOf(ctx, tx, id)
	if err != nil {
		return j, err
	}
	if !ok {
		return j, fault.New(fault.Conflict, "desk.outside.not_asked").Under("W-009")
	}
	digest, err := o.digest()
	if err != nil {
		return j, err
	}
	if err := approvals.Must(ctx, tx, Noun, j.ID, digest); err != nil {
		if e, ok := err.(*fault.Error); ok {
			return j, e.Under("W-009")
		}
		return j, err
	}
	if o.State == Paid {
		return j, fault.New(fault.Conflict, "desk.outside.paid", o.Invoice)
	}
	if _, err := tx.Exec(ctx, `UPDATE desk_outside SET state = $1, hired_at = $2 WHERE job = $3`, Hired, tx.At(), id); err != nil {
		return j, err
	}
	return j, keep(ctx, tx, &j, "hire", o.Firm)
}

// OutsideEnded is told what became of the leave that was asked for.
func OutsideEnded(ctx context.Context, tx *db.Tx, c approvals.Case) error {
	if _, err := tx.Exec(ctx, `UPDATE desk_outside SET state = $1 WHERE job = $2`, c.State, c.Record); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: Noun, Record: c.Record, Action: "outside." + string(c.State), Note: c.EndedNote})
}

// OutsideOf is the firm that a job needs; ok is false when it needs none.
func OutsideOf(ctx context.Context, r db.Reader, job string) (Outside, bool, error) {
	return db.First(ctx, r, func(o *Outside) []any {
		return []any{&o.Firm, &o.Estimate, &o.Why, &o.State, &o.Paper, &o.Lack, &o.Actual, &o.Invoice}
	},
		`SELECT firm, estimate, why, state, paper, lack, actual, invoice FROM desk_outside WHERE job = $1`, job)
}

// paidLast is the newest bill of a firm that was paid: how much, and for which job.
func paidLast(ctx context.Context, r db.Reader, firm string) (Outside, bool, error) {
	return db.First(ctx, r, func(o *Outside) []any { return []any{&o.Actual, &o.Why} },
		`SELECT o.actual, j.number FROM desk_outside o JOIN desk_job j ON j.id = o.job WHERE o.firm = $1 AND o.state = $2 ORDER BY o.at DESC, o.job LIMIT 1`, firm, Paid)
}

func putOutside(ctx context.Context, tx *db.Tx, job string, o *Outside) error {
	_, err := tx.Exec(ctx, `INSERT INTO desk_outside (job, firm, estimate, why, state, paper, at, lack) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)
		ON CONFLICT (job) DO UPDATE SET firm = excluded.firm, estimate = excluded.estimate, why = excluded.why, state = excluded.state, paper = excluded.paper, at = excluded.at, lack = excluded.lack`,
		job, o.Firm, o.Estimate, o.Why, o.State, o.Paper, tx.At(), o.Lack)
	return err
}

// workday is how many hours a working day of a deadline has.
const workday = 8 * time.Hour

// owePaper: an emergency that was gone to before anybody wrote it down and sent a worker
// owes its slip; the ward has as long as for a job that is registered afterwards
// (W-006). Its signature settles it.
func owePaper(ctx context.Context, tx *db.Tx, j *Job) error {
	days, err := rules.Number(ctx, tx, "W-006.days", tx.Today())
	if err != nil {
		return err
	}
	cal, err := calendar.Load(ctx, tx)
	if err != nil {
		return err
	}
	_, err = approvals.Owe(ctx, tx, approvals.Debt{Noun: Noun, Record: j.ID, Number: j.Number, Title: j.Title, Clause: "W-005", Paper: "report", Department: j.Department,
		Due: period.At(cal.Add(tx.Now, time.Duration(days)*workday))})
	return err
}
