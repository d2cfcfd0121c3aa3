package demo

import (
	"context"
	"fmt"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/counting"
	"houqin/internal/warehouse"
)

// countStock leaves plans of every cycle and a count in every state: the main store has
// a keeper, who counts, and others who count again.
func (w *world) countStock(ctx context.Context) error {
	c := counters{w: w, ctx: ctx, store: w.stores[0], keeper: w.first("storekeeper").actor, other: w.first("section_head").actor, finance: w.first("finance").actor,
		when: w.now.Add(-54 * time.Hour)}
	if err := c.do(db.System("demo"), func(tx *db.Tx) error {
		s, err := warehouse.StoreByID(ctx, tx, c.store.ID)
		if err != nil {
			return err
		}
		s.Keepers = []string{c.keeper.ID}
		return warehouse.ChangeStore(ctx, tx, &s)
	}); err != nil {
		return err
	}
	// Earlier ones, so that accuracy has a course.
	for _, earlier := range []struct{ days, wrong int }{{27, 2}, {13, 1}} {
		c.when = w.now.AddDate(0, 0, -earlier.days)
		if err := c.upTo("posted", earlier.wrong); err != nil {
			return err
		}
	}
	c.when = w.now.Add(-54 * time.Hour)
	daily := counting.Plan{Name: "总务库房日盘", Store: c.store.ID, Cycle: counting.Daily, Goods: counting.Turn, Most: 8, Blind: true, Sheet: 20}
	monthly := counting.Plan{Name: "总务库房 A 类月盘", Store: c.store.ID, Cycle: counting.Monthly, Goods: counting.ClassA, Most: 30, Blind: true, Sheet: 15}
	quarterly := counting.Plan{Name: "总务库房季盘", Store: c.store.ID, Cycle: counting.Quarterly, Goods: counting.All, Most: 12, Sheet: 20}
	yearly := counting.Plan{Name: "维修材料库年盘", Store: w.stores[1].ID, Cycle: "yearly", Goods: counting.All, Blind: true, Sheet: 50, Next: period.DayOf(w.now, w.d.Zone).AddMonths(2).Month().Last()}
	for _, p := range []*counting.Plan{&daily, &monthly, &quarterly, &yearly} {
		if err := c.do(c.keeper, func(tx *db.Tx) error { return counting.Save(ctx, tx, p) }); err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
	}
	for _, step := range []struct {
		ago  time.Duration
		what func() error
	}{
		{53, func() error { return c.settled(daily.ID, 0) }}, // agrees
		{50, c.dropped},
		{29, func() error { return c.upTo("posted", 2) }},
		{26, func() error { return c.upTo("approved", 1) }},
		{24, func() error { return c.upTo("asked", 2) }},
		{22, func() error { return c.settled(monthly.ID, 3) }},  // to be explained
		{8, func() error { return c.settled(quarterly.ID, 0) }}, // to be signed
		{6, func() error { return c.upTo("recounting", 2) }},
		{4, func() error { return c.begun(daily.ID) }},
	} {
		c.when = w.now.Add(-step.ago * time.Hour)
		if err := step.what(); err != nil {
			return err
		}
	}
	return nil
}

// counters are those who count in the demo, and when they last did something.
type counters struct {
	w                      *world
	ctx                    context.Context
	store                  warehouse.Store
	keeper, other, finance db.Actor
	when                   time.Time
}

func (c *counters) do(who db.Actor, f func(*db.Tx) error) error {
	c.when = c.when.Add(9 * time.Minute)
	return c.w.d.Do(c.ctx, db.System("demo"), func(tx *db.Tx) error { return f(at(tx, c.when, who)) })
}

func (c *counters) begin(o counting.Order) (count counting.Count, err error) {
	err = c.do(c.keeper, func(tx *db.Tx) error { count, err = counting.Begin(c.ctx, tx, o); return err })
	return count, err
}

// order is a count without a plan, of cheap goods: their differences are agreed to by two
// persons and need no meeting.
func (c *counters) order() counting.Order {
	return counting.Order{Store: c.store.ID, Goods: counting.ClassC, Most: 6, Blind: true, Sheet: 20}
}

// fill lets somebody count the sheets that are out; of the first few lines one piece is
// missing or found.
func (c *counters) fill(who db.Actor, count counting.Count, wrong int) error {
	sheets, err := counting.Sheets.All(c.ctx, c.w.d, list.Where{}.And("s.count = ? AND s.open = true", count.ID), 100)
	if err != nil {
		return err
	}
	for _, s := range sheets {
		if err := c.do(who, func(tx *db.Tx) error {
			if _, err := counting.Take(c.ctx, tx, s.ID); err != nil {
				return err
			}
			all, err := counting.LinesOf(c.ctx, tx, s.ID)
			if err != nil {
				return err
			}
			var found []counting.Found
			for _, l := range all {
				book, err := counting.BookOf(c.ctx, tx, &s, &l)
				if err != nil {
					return err
				}
				if wrong > 0 {
					book += []quantity.Qty{-1, 2}[wrong%2]
					wrong--
				}
				found = append(found, counting.Found{Line: l.ID, Qty: fmt.Sprint(int64(max(book, 0)))})
			}
			if _, err := counting.Tally(c.ctx, tx, s.ID, 0, found); err != nil {
				return err
			}
			_, err = counting.HandIn(c.ctx, tx, s.ID)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// settled is a count of a plan whose figures stand.
func (c *counters) settled(plan string, wrong int) error {
	count, err := c.begin(counting.Order{Plan: plan})
	if err != nil {
		return err
	}
	if err := c.fill(c.keeper, count, wrong); err != nil || wrong == 0 {
		return err
	}
	return c.fill(c.other, count, wrong)
}

func (c *counters) begun(plan string) error {
	count, err := c.begin(counting.Order{Plan: plan})
	if err != nil {
		return err
	}
	sheets, err := counting.SheetsOf(c.ctx, c.w.d, count.ID)
	if err != nil {
		return err
	}
	return c.do(c.keeper, func(tx *db.Tx) error {
		if _, err := counting.Take(c.ctx, tx, sheets[0].ID); err != nil {
			return err
		}
		lines, err := counting.LinesOf(c.ctx, tx, sheets[0].ID)
		if err != nil {
			return err
		}
		_, err = counting.Tally(c.ctx, tx, sheets[0].ID, 0, []counting.Found{{Line: lines[0].ID, Qty: "12"}})
		return err
	})
}

func (c *counters) dropped() error {
	count, err := c.begin(c.order())
	if err != nil {
		return err
	}
	return c.do(c.keeper, func(tx *db.Tx) error {
		_, err := counting.Drop(c.ctx, tx, count.ID, 0, counting.Why{Text: "货架调整中，改日再盘"})
		return err
	})
}

// upTo leads a count with differences so far.
func (c *counters) upTo(state string, wrong int) error {
	count, err := c.begin(c.order())
	if err != nil {
		return err
	}
	if err := c.fill(c.keeper, count, wrong); err != nil || state == "recounting" {
		return err
	}
	if err := c.fill(c.other, count, wrong); err != nil {
		return err
	}
	differs, err := counting.Lines.All(c.ctx, c.w.d, list.Where{}.And("l.count = ? AND l.diff <> 0", count.ID), 100)
	if err != nil {
		return err
	}
	var causes []counting.Cause
	for n, l := range differs {
		causes = append(causes, counting.Cause{Line: l.ID, Reason: []string{"issue_late", "mixed_up"}[n%2]})
	}
	if err := c.do(c.keeper, func(tx *db.Tx) error {
		if _, err := counting.Explain(c.ctx, tx, count.ID, 0, causes); err != nil {
			return err
		}
		_, err := counting.Ask(c.ctx, tx, count.ID, 0, counting.Analysis{Text: "夜间急领次日补单，已约定当班补齐"})
		return err
	}); err != nil || state == "asked" {
		return err
	}
	if err := c.w.agreeAll(c.ctx, counting.Noun, count.ID, c.do); err != nil || state == "approved" {
		return err
	}
	c.when = c.w.now.Add(-time.Hour)
	if first := period.DayOf(c.w.now, c.w.d.Zone).Month().Start(c.w.d.Zone).Time(); c.when.Before(first) {
		c.when = first // last month is closed
	}
	return c.do(c.finance, func(tx *db.Tx) error { _, err := counting.Post(c.ctx, tx, count.ID, 0); return err })
}
