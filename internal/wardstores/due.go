package wardstores

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/rules"
	"houqin/internal/warehouse"
)

// Due is a check or count that a ward's store has before it.
type Due struct {
	Store warehouse.Store
	Kind  string     // week or month
	Last  period.Day // "" never
	Day   period.Day // by which it is to be done
}

// cycles says how many months and days a cycle of the rulebook is long.
var cycles = map[string][2]int{"shift": {0, 1}, "daily": {0, 1}, "twice_weekly": {0, 4}, "weekly": {0, 7}, "monthly": {1, 0}, "quarterly": {3, 0}, "half_yearly": {6, 0}, "yearly": {12, 0}}

// Dues are the checks and counts that stores have before them, by the cycles of S-033:
// the week's counted from the last, the month's by its end. A count, and a handover, is a
// check too. One that was never counted is due since goods first came there; where none
// ever did there is nothing to count.
func Dues(ctx context.Context, r db.Reader, stores []warehouse.Store) ([]Due, error) {
	today := r.Today()
	var all []Due
	for _, kind := range []string{"week", "month"} {
		cycle, err := rules.Chosen(ctx, r, map[string]string{"week": "S-033.check", "month": "S-033.count"}[kind], today)
		if err != nil {
			return nil, err
		}
		long := cycles[cycle]
		for _, s := range stores {
			d := Due{Store: s, Kind: kind}
			q := `SELECT coalesce(max(day), '') FROM wardstores_count WHERE store = $1`
			if kind == "month" {
				q += ` AND kind = 'month'`
			}
			if d.Last, _, err = db.First(ctx, r, func(d *period.Day) []any { return []any{d} }, q, s.ID); err != nil {
				return nil, err
			}
			switch {
			case d.Last == "": // it should have been counted when goods first came
				if d.Day, err = warehouse.FirstMove(ctx, r, s.ID); err != nil {
					return nil, err
				}
				if d.Day == "" {
					continue
				}
			case long[0] > 0: // by the end of the month in which it is due
				d.Day = d.Last.Month().Add(long[0]).Last()
			default:
				d.Day = d.Last.AddDays(long[1])
			}
			all = append(all, d)
		}
	}
	return all, nil
}

// Late are the stores of these of which a check or a count should have been done by now,
// with the earliest day by which.
func Late(ctx context.Context, r db.Reader, stores []warehouse.Store) (map[string]period.Day, error) {
	today := r.Today()
	dues, err := Dues(ctx, r, stores)
	late := map[string]period.Day{}
	for _, d := range dues {
		if was, ok := late[d.Store.ID]; d.Day < today && (!ok || d.Day < was) {
			late[d.Store.ID] = d.Day
		}
	}
	return late, err
}

// ahead is how many days before its day a count is said to be due.
const ahead = 3

// ToCount are the checks and counts that are due or soon will be, for the wards of which
// a person keeps the store.
func ToCount(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Due, error) {
	stores, err := Mine(ctx, r, by)
	if err != nil {
		return nil, err
	}
	all, err := Dues(ctx, r, stores)
	if err != nil {
		return nil, err
	}
	soon := r.Today().AddDays(ahead)
	var due []Due
	for _, d := range all {
		if d.Day <= soon && len(due) < limit {
			due = append(due, d)
		}
	}
	return due, nil
}

// ToCompare are counts of a month that wait for this person: logistics before finance.
func ToCompare(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Count, error) {
	logistics, a := within(by, MayReconcile), within(by, MayAudit)
	found, err := oldestCounts.All(ctx, r, logistics.And("c.open = true AND c.state = 'counted'"), limit)
	if err != nil {
		return nil, err
	}
	finance, err := oldestCounts.All(ctx, r, a.And("c.open = true AND c.state = 'reconciled'"), limit)
	found = append(found, finance...)
	return found[:min(limit, len(found))], err
}

// ToApply are losses of which the head nurse has not decided.
func ToApply(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Loss, error) {
	return oldestLosses.All(ctx, r, within(by, MayLead).And("l.open = true AND l.state = 'reported'"), limit)
}

// ToGive are loans that may be handed out, and those that are to come back within a day.
func ToGive(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Loan, error) {
	tomorrow := r.Today().AddDays(1)
	return dueLoans.All(ctx, r, within(by, MayUse).And("l.open = true AND (l.state = 'agreed' OR l.state = 'lent' AND l.due <= ?)", tomorrow), limit)
}

// LentOf are the loans of the wards of which a person keeps the store that are out, whoever
// lent them, and those that wait to be handed out; what is to come back first on top.
func LentOf(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Loan, error) {
	return dueLoans.All(ctx, r, within(by, MayUse).And("l.open = true"), limit)
}

// ToTake are goods on their way back to the main stores of which a person takes goods in.
func ToTake(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Backward, error) {
	return oldestBacks.All(ctx, r, list.Scoped(by.Scope(warehouse.MayReceive), "t.department").And("b.open = true"), limit)
}

// The lists once more with what has waited longest first.
var (
	oldestCounts = func() list.Of[Count] { l := Counts; l.Name, l.Order = "wardstores.counts_open", "id"; return l }()
	oldestLosses = func() list.Of[Loss] { l := Losses; l.Name, l.Order = "wardstores.losses_open", "id"; return l }()
	dueLoans     = func() list.Of[Loan] { l := Loans; l.Name, l.Order = "wardstores.loans_due", "due"; return l }()
	oldestBacks  = func() list.Of[Backward] {
		l := Backwards
		l.Name, l.Order = "wardstores.backs_open", "id"
		return l
	}()
)
