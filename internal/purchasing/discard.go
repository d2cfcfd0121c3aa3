package purchasing

import (
	"context"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
)

// Discard gives a draft up: what the departments asked waits for the planner again, to be
// consolidated anew or sent back, and lines that the stores passed on wait to be planned.
// Needs MayPlan and a reason. Conflict: a plan that others decide on already.
func Discard(ctx context.Context, tx *db.Tx, id string, version int64, w Word) (Plan, error) {
	p, err := draft(ctx, tx, id, version)
	if err != nil {
		return p, err
	}
	if w.Reason = strings.TrimSpace(w.Reason); w.Reason == "" {
		return p, fault.OnField("reason", "base.required")
	}
	if err := tx.One(ctx, fault.Stale(), `UPDATE purchasing_plan SET state = $1, version = version + 1 WHERE id = $2 AND version = $3`, PlanDropped, id, p.Version); err != nil {
		return p, err
	}
	p.State, p.Version = PlanDropped, p.Version+1
	if _, err := tx.Exec(ctx, `UPDATE purchasing_need SET state = 'asked', plan = '', version = version + 1 WHERE plan = $1 AND state = 'planned'`, id); err != nil {
		return p, err
	}
	if err := free(ctx, tx, &p, func(PlanLine) bool { return true }); err != nil {
		return p, err
	}
	return p, tx.Trail(ctx, db.Event{Noun: PlanNoun, Record: id, Action: "drop", Note: w.Reason})
}

// free tells the rooms whose lines a plan would have bought for that it does not buy these
// goods, so that the next one takes them up.
func free(ctx context.Context, tx *db.Tx, p *Plan, which func(PlanLine) bool) error {
	given := map[string]bool{}
	for _, l := range p.Goods {
		given[l.Item] = which(l)
	}
	all, err := extrasOf(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	for _, x := range all {
		if !given[x.Item] {
			continue
		}
		if err := Freed(ctx, tx, x, p); err != nil {
			return err
		}
	}
	return nil
}
