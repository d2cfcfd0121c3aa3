package desk

import (
	"context"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/messages"
)

// Ladder are the posts to which a hard case is handed up, rung by rung (W-003, W-008);
// above them stands the firm from outside, after consent (W-009).
var Ladder = []string{"section_chief", "vice_president"}

// HardForm asks what is hard; PlanForm what was decided.
var (
	HardForm = form.Of[Reason]{Name: "desk.escalate", Fields: []form.Field[Reason]{
		{Key: "text", Into: func(r *Reason) any { return &r.Text }, Kind: form.Area, Most: 500, Required: true, Hint: true},
	}}
	PlanForm = form.Of[Reason]{Name: "desk.plan", Fields: []form.Field[Reason]{
		{Key: "text", Into: func(r *Reason) any { return &r.Text }, Kind: form.Area, Most: 1000, Required: true, Hint: true},
	}}
	DeclineForm = form.Of[Reason]{Name: "desk.decline", Fields: []form.Field[Reason]{
		{Key: "text", Into: func(r *Reason) any { return &r.Text }, Kind: form.Area, Most: 300, Required: true},
	}}
)

// raisable: the worker who has it, or who dispatches, hands a hard case up, as far as
// the ladder goes.
func raisable(by db.Actor, j *Job) error {
	if by.ID != j.Worker && !by.MayIn(MayDispatch, j.Department) {
		return fault.New(fault.Forbidden, "desk.not_yours", j.WorkerName)
	}
	if int(j.Level) >= len(Ladder) {
		return fault.New(fault.Conflict, "desk.top")
	}
	return nil
}

// raised: only of what was handed up somebody decides how it is done.
func raised(_ db.Actor, j *Job) error {
	if j.Level == 0 {
		return fault.New(fault.Conflict, "desk.not_raised")
	}
	return nil
}

// Decline hands an offered job back with the reason: it waits for dispatch again.
func Decline(ctx context.Context, tx *db.Tx, id string, version int64, why string) (Job, error) {
	j, err := take(ctx, tx, id, version, "decline")
	if err != nil {
		return j, err
	}
	if err := fault.Given(why, "text"); err != nil {
		return j, err
	}
	j.Worker, j.WorkerName, j.DispatchedAt, j.Dispatcher, j.Reason = "", "", 0, "", why
	return j, keep(ctx, tx, &j, "decline", why)
}

// Escalate hands a hard case one rung up in writing: to the section head, then to the
// vice-president in charge. They are told at once, and it lies in their inbox until they
// have decided how it is done. Conflict: it is at the top already; what is left is a
// firm from outside.
func Escalate(ctx context.Context, tx *db.Tx, id string, version int64, why string) (Job, error) {
	j, err := take(ctx, tx, id, version, "escalate")
	if err != nil {
		return j, err
	}
	if err := fault.Given(why, "text"); err != nil {
		return j, err
	}
	to, err := approvals.HoldersOn(ctx, tx, Ladder[j.Level], tx.Today())
	if err != nil {
		return j, err
	}
	j.Level++
	j.Hard, j.Plan, j.RaisedAt = why, "", tx.At()
	if err := keep(ctx, tx, &j, "escalate."+Ladder[j.Level-1], why); err != nil {
		return j, err
	}
	return j, tell(ctx, tx, messages.Escalated, &j, to...)
}

// Plan writes down how a hard case is done, as it was discussed and decided (W-008); its
// worker is told.
func Plan(ctx context.Context, tx *db.Tx, id string, version int64, what string) (Job, error) {
	j, err := take(ctx, tx, id, version, "plan")
	if err != nil {
		return j, err
	}
	if err := fault.Given(what, "text"); err != nil {
		return j, err
	}
	j.Plan, j.Plans, j.Planner = what, j.Plans+1, tx.By.ID
	if err := keep(ctx, tx, &j, "plan", what); err != nil {
		return j, err
	}
	return j, tell(ctx, tx, messages.Planned, &j, j.Worker)
}

// Hard are the open jobs that were handed up to a post that the person holds and about
// which nothing was decided yet, what is due first.
func Hard(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Job, error) {
	posts, err := approvals.PostsOf(ctx, r, by.ID)
	if err != nil {
		return nil, err
	}
	var jobs []Job
	for n, post := range Ladder {
		if !posts[post] {
			continue
		}
		more, err := Pending.All(ctx, r, list.Where{}.And("j.open = true AND j.level > 0 AND j.level = ? AND j.plan = ''", int64(n+1)), limit)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, more...)
	}
	return jobs[:min(len(jobs), limit)], nil
}
