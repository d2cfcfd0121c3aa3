package intake

import (
	"context"
	"errors"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
)

// enter carries one row out. alive is false when the unit can do nothing more.
func (r *runner) enter(ctx context.Context, w *Work, e *entry) (res Result, alive bool, err error) {
	if e.repeats > 0 && r.forgets() {
		// What the row above made was undone with its piece.
		if why, ok := r.refused[e.repeats]; ok {
			why.Row, why.Cell = e.row, ""
			return why, true, nil
		}
		return Result{Row: e.row, Outcome: Unchanged, Label: e.label}, true, nil
	}
	outcome, err := r.p.kind.enter(ctx, w, e)
	if err == nil {
		return Result{Row: e.row, Outcome: outcome, Label: e.label}, true, nil
	}
	if ctx.Err() != nil {
		return res, false, ctx.Err()
	}
	c, ok := r.complaintOf(err)
	if !ok {
		return res, false, err
	}
	return r.p.refusal(e, e.cells, c), usable(ctx, w.Tx), nil
}

// finish does what the rows left to be done together; rows refused by it are noted,
// and the unit must be run again without them.
func (r *runner) finish(ctx context.Context, w *Work, rows []*entry, refused map[*entry]Result) error {
	err := r.p.kind.finish(ctx, w)
	var late *lateRefusals
	if !errors.As(err, &late) {
		return err
	}
	for _, l := range late.rows {
		for _, e := range rows {
			if e.content == l.e {
				refused[e] = r.p.refusal(e, e.cells, l.why)
			}
		}
	}
	return errAgain
}

// forgets says whether each piece is undone before the next.
func (r *runner) forgets() bool { return r.o.DryRun && !r.o.Whole && !r.p.kind.nested() }

// usable says whether the unit still works: after a statement that failed it does not.
func usable(ctx context.Context, tx *db.Tx) bool {
	rows, err := tx.QueryContext(ctx, `SELECT 1`)
	if err != nil {
		return false
	}
	return rows.Close() == nil
}

// complaintOf makes a room's refusal a complaint about the row; false for what is
// no fault of the row.
func (r *runner) complaintOf(err error) (*complaint, bool) {
	var c *complaint
	if errors.As(err, &c) {
		return c, true
	}
	var f *fault.Error
	if !errors.As(err, &f) {
		return nil, false
	}
	switch f.Kind {
	case fault.Invalid, fault.Conflict, fault.NotFound, fault.Forbidden, fault.TooLarge:
	default:
		return nil, false
	}
	if len(f.Fields) == 0 {
		return &complaint{key: f.Key, args: f.Args}, true
	}
	first := f.Fields[0]
	return &complaint{field: r.p.kind.alias(first.Path), key: first.Key, args: first.Args}, true
}

func changes(results []Result) bool {
	for _, res := range results {
		if res.Outcome == New || res.Outcome == Changed {
			return true
		}
	}
	return false
}

// after is the report once these results are in it.
func (r *runner) after(results []Result) Report {
	report := r.report
	for _, res := range results {
		report.count(res)
	}
	return report
}

// settle counts what is safe now and tells of it.
func (r *runner) settle(results []Result, w *Work) error {
	r.report = r.after(results)
	r.learn(w)
	if r.o.Each != nil {
		for _, res := range results {
			if err := r.o.Each(res); err != nil {
				return err
			}
		}
	}
	return nil
}

// ruleName tells rules apart that a report counts.
func ruleName(key string, args []string) string { return key + "\x00" + strings.Join(args, "\x00") }

// learn adds the rules that the rows of a unit brought up.
func (r *runner) learn(w *Work) {
	for _, name := range w.order {
		rule := *w.rules[name]
		if rule.names != nil {
			rule.Rows = 0
			for _, n := range rule.names {
				if made := name + "\x00" + n; !r.made[made] {
					r.made[made] = true
					rule.Rows++
				}
			}
			rule.names = nil
		}
		if was := r.rules[name]; was != nil {
			was.Rows += rule.Rows
			continue
		}
		r.rules[name] = &rule
		r.met = append(r.met, name)
	}
}
