package desk

import (
	"context"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/messages"
)

// ReopenForm asks what is wrong again.
var ReopenForm = form.Of[Reason]{Name: "desk.reopen", Fields: []form.Field[Reason]{
	{Key: "text", Into: func(r *Reason) any { return &r.Text }, Kind: form.Area, Most: 500, Required: true, Hint: true},
}}

// reopenable: what was done here is taken up again, not what the books brought along.
func reopenable(by db.Actor, j *Job) error {
	if j.Worker == "" || j.Source == "import" {
		return fault.New(fault.Conflict, "desk.reopen_past")
	}
	return another(by, j)
}

// Reopen has a closed job taken up again because it does not hold: its worker has it back
// with a new deadline. Conflict after the days of the term reopen_days
// (desk.reopen_over): then it is a new report, and counts as a repeat.
func Reopen(ctx context.Context, tx *db.Tx, id string, version int64, why string) (Job, error) {
	j, err := take(ctx, tx, id, version, "reopen")
	if err != nil {
		return j, err
	}
	if err := fault.Given(why, "text"); err != nil {
		return j, err
	}
	days, err := TermOf(ctx, tx, "reopen_days")
	if err != nil {
		return j, err
	}
	if tx.At() > j.ClosedAt.Add(time.Duration(days)*24*time.Hour) {
		return j, fault.New(fault.Conflict, "desk.reopen_over", days)
	}
	at, err := around(ctx, tx, &j, j.Department)
	if err != nil {
		return j, err
	}
	kind, err := kindAt(ctx, tx, &j)
	if err == nil {
		err = kind.arrange(ctx, tx, &j, at.criticality, tx.At())
	}
	if err != nil {
		return j, err
	}
	j.Open, j.Reason, j.FinishedAt, j.ClosedAt, j.ArrivedAt, j.Paused = true, why, 0, 0, 0, 0
	j.Signer, j.Signature, j.Rating, j.Opinion, j.Reopened, j.ReopenedAt = "", "", 0, "", j.Reopened+1, tx.At()
	if _, err := tx.Exec(ctx, `UPDATE desk_job SET reopened = $1, reopened_at = $2, silent = false, reasons = '', rung = 0, warned_at = 0, upward_at = 0, answer_due = $3, come_due = $4 WHERE id = $5`, j.Reopened, j.ReopenedAt, j.AnswerDue, j.ComeDue, j.ID); err != nil {
		return j, err
	}
	if err := keep(ctx, tx, &j, "reopen", why); err != nil {
		return j, err
	}
	return j, tell(ctx, tx, messages.Returned, &j, j.Worker)
}

// seeRepeat looks whether the same asset, or the same trade in the same place, failed
// within the days of the term repeat_days before the job was reported, and notes the
// latest such job.
func (j *Job) seeRepeat(ctx context.Context, tx *db.Tx) error {
	j.RepeatOf = ""
	if j.Asset == "" && j.Place == "" {
		return nil
	}
	days, err := TermOf(ctx, tx, "repeat_days")
	if err != nil {
		return err
	}
	since := j.ReportedAt.Add(-time.Duration(days) * 24 * time.Hour)
	for _, same := range []struct {
		where string
		args  []any
		has   bool
	}{
		{"asset = $1", []any{j.Asset}, j.Asset != ""},
		{"place = $1 AND trade = $4", []any{j.Place}, j.Place != "" && j.Asset == ""},
	} {
		if !same.has || j.RepeatOf != "" {
			continue
		}
		args := append(same.args, since, j.ReportedAt)
		if len(same.where) > len("asset = $1") {
			args = append(args, j.Trade)
		}
		id, _, err := db.First(ctx, tx, func(s *string) []any { return []any{s} }, `SELECT id FROM desk_job WHERE `+same.where+`
			AND finished_at >= $2 AND finished_at <= $3 AND state IN ('done', 'closed') AND source <> 'plan' ORDER BY finished_at DESC, id DESC LIMIT 1`, args...)
		if err != nil {
			return err
		}
		if id != j.ID {
			j.RepeatOf = id
		}
	}
	return nil
}

// markRepeated notes in the earlier job that the same failed again.
func markRepeated(ctx context.Context, tx *db.Tx, j *Job) error {
	if j.RepeatOf == "" {
		return nil
	}
	_, err := tx.Exec(ctx, `UPDATE desk_job SET repeated = true WHERE id = $1`, j.RepeatOf)
	return err
}

// unmarkRepeated takes the note back when a report turns out to be none: it was called off, or
// is a double. The note stays while another job repeats the earlier one.
func unmarkRepeated(ctx context.Context, tx *db.Tx, j *Job) error {
	if j.RepeatOf == "" {
		return nil
	}
	_, err := tx.Exec(ctx, `UPDATE desk_job SET repeated = false WHERE id = $1 AND NOT EXISTS
		(SELECT 1 FROM desk_job o WHERE o.repeat_of = $1 AND o.repeat_of <> '' AND o.id <> $2 AND o.state NOT IN ('cancelled', 'merged'))`, j.RepeatOf, j.ID)
	return err
}

// Failures are the other jobs of the same failure, back from the one that this repeats and
// on to those that repeat it, the newest first; at most ten.
func Failures(ctx context.Context, r db.Reader, j *Job) ([]Job, error) {
	var chain []string
	for at := j.RepeatOf; at != "" && len(chain) < 10; {
		chain = append(chain, at)
		next, _, err := db.First(ctx, r, func(s *string) []any { return []any{s} }, `SELECT repeat_of FROM desk_job WHERE id = $1`, at)
		if err != nil {
			return nil, err
		}
		at = next
	}
	c, args := list.In("j.id", chain)
	return Jobs.All(ctx, r, list.Where{}.And("("+c+") OR (j.repeat_of = ? AND j.repeat_of <> '')", append(args, j.ID)...), 10)
}
