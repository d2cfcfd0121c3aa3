package main

import (
	"context"
	"fmt"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/catalog"
	"houqin/internal/counting"
	"houqin/internal/departments"
	"houqin/internal/hospital"
	"houqin/internal/people"
	"houqin/internal/warehouse"
)

// counts measures a count of a whole store in which every line differs: it is counted twice,
// each difference has its reason and is agreed to, and all are checked and posted at once.
func counts(ctx context.Context, o options, p *paper) error {
	lines := 5_000
	if o.quick {
		lines = 500
	}
	out := sheet{title: "A count of which every line differs", head: []string{"", "lines", "begun", "counted once", "counted again", "explained and asked", "checked and posted"},
		remarks: []string{"Counting is writing the figures down, sheet by sheet; checking and posting is one transaction for all lines."}}
	for _, name := range o.engines {
		e, err := newEngine(ctx, name, o.dir)
		if err != nil {
			return err
		}
		row, err := counted(ctx, e, lines)
		e.close()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		out.rows = append(out.rows, row)
	}
	p.add(out)
	return nil
}

// lotsEach is in how many lots each of the goods lies.
const lotsEach = 5

// counters are who takes part: two who count, two who agree, one who posts.
type counters struct {
	h                                *hospital.Hospital
	store                            warehouse.Store
	keeper, first, again, head, vice db.Actor
}

func counted(ctx context.Context, e *engine, lines int) ([]string, error) {
	if e.cluster != nil {
		if err := e.server(ctx, "CREATE DATABASE counted"); err != nil {
			return nil, err
		}
	}
	h, err := hospital.Open(ctx, hospital.Config{DB: e.address("counted"), Data: e.dir, Log: quiet})
	if err != nil {
		return nil, err
	}
	defer h.DB.Close()
	say("%s: laying %d lots on the shelves", e.name, lines)
	c := &counters{h: h}
	if err := c.furnish(ctx, lines); err != nil {
		return nil, err
	}
	if err := h.DB.Analyze(ctx); err != nil {
		return nil, err
	}
	row := []string{e.name, fmt.Sprint(lines)}
	timed := func(f func() error) error {
		began := time.Now()
		err := f()
		row = append(row, time.Since(began).Round(time.Millisecond).String())
		say("  %v", row)
		return err
	}
	do := func(by db.Actor, f func(tx *db.Tx) error) error { return h.DB.Do(ctx, by, f) }
	var k counting.Count
	if err := timed(func() error {
		return do(c.first, func(tx *db.Tx) (err error) {
			k, err = counting.Begin(ctx, tx, counting.Order{Store: c.store.ID, Sheet: 200})
			return err
		})
	}); err != nil {
		return nil, err
	}
	for _, by := range []db.Actor{c.first, c.again} {
		if err := timed(func() error { return c.fill(ctx, by, k.ID) }); err != nil {
			return nil, err
		}
	}
	if err := timed(func() error {
		differ, err := counting.Lines.All(ctx, h.DB, list.Where{}.And("l.count = ? AND l.diff <> 0", k.ID), 2*lines)
		if err != nil {
			return err
		}
		why := make([]counting.Cause, len(differ))
		for n, l := range differ {
			why[n] = counting.Cause{Line: l.ID, Reason: "issue_late"}
		}
		return do(c.first, func(tx *db.Tx) error {
			if _, err := counting.Explain(ctx, tx, k.ID, 0, why); err != nil {
				return err
			}
			_, err := counting.Ask(ctx, tx, k.ID, 0, counting.Analysis{})
			return err
		})
	}); err != nil {
		return nil, err
	}
	for _, by := range []db.Actor{c.head, c.vice} {
		a, open, err := approvals.OpenOf(ctx, h.DB, counting.Noun, k.ID)
		if err != nil || !open {
			return nil, fmt.Errorf("nobody is asked about the count: %w", err)
		}
		if err := do(by, func(tx *db.Tx) error {
			_, err := approvals.Agree(ctx, tx, a.ID, "", approvals.Signature{Digest: a.Digest})
			return err
		}); err != nil {
			return nil, err
		}
	}
	err = timed(func() error {
		now, err := counting.Get(ctx, h.DB, c.head, k.ID)
		if err != nil {
			return err
		}
		if bad, err := counting.Problems(ctx, h.DB, &now); err != nil || bad.Err() != nil {
			return fmt.Errorf("%w %w", bad.Err(), err)
		}
		return do(c.head, func(tx *db.Tx) error { _, err := counting.Post(ctx, tx, k.ID, 0); return err })
	})
	return row, err
}

// furnish hires who takes part and lays a hundred of each lot down.
func (c *counters) furnish(ctx context.Context, lines int) error {
	return c.h.DB.Do(ctx, db.System("bench"), func(tx *db.Tx) error {
		office := departments.Department{Code: "H0", Name: "后勤科", Kind: departments.Office}
		if err := departments.Found(ctx, tx, &office); err != nil {
			return err
		}
		for n, a := range []*db.Actor{&c.keeper, &c.first, &c.again, &c.head, &c.vice} {
			p := people.Person{Number: fmt.Sprintf("C%02d", n), Name: fmt.Sprint("盘点", n), Department: office.ID}
			if err := people.Hire(ctx, tx, &p); err != nil {
				return err
			}
			*a = db.Actor{ID: p.ID, Name: p.Name, Unit: office.ID, Rights: db.Rights{}}
			for _, r := range append(counting.Permissions, approvals.MaySee) {
				a.Rights[r] = db.Scope{All: true}
			}
		}
		for post, who := range map[string]string{"property_accountant": c.head.ID, "vice_president": c.vice.ID, "storekeeper": c.keeper.ID} {
			if err := approvals.Seat(ctx, tx, &approvals.Holding{Post: post, Person: who}); err != nil {
				return err
			}
		}
		c.store = warehouse.Store{Code: "A", Name: "总库", Department: office.ID, Keepers: []string{c.keeper.ID}}
		if err := warehouse.SetUp(ctx, tx, &c.store); err != nil {
			return err
		}
		d := warehouse.Document{Kind: warehouse.Opening, Store: c.store.ID}
		var i catalog.Item
		for n := range lines {
			if n%lotsEach == 0 {
				i = catalog.Item{Number: fmt.Sprintf("%05d", 10001+n), Name: "物品", Spec: fmt.Sprint(n), Unit: "只", Category: catalog.Consumable, Price: 100}
				if err := catalog.Add(ctx, tx, &i); err != nil {
					return err
				}
			}
			d.Moves = append(d.Moves, warehouse.Move{Line: int64(n + 1), Item: i.ID, Lot: fmt.Sprint("L", n%lotsEach), Qty: 100, Amount: 100, Account: warehouse.OfOpening, AccountID: c.store.ID})
		}
		return warehouse.Post(ctx, tx, &d)
	})
}

// fill counts what is out, one less of each lot than the books say.
func (c *counters) fill(ctx context.Context, by db.Actor, id string) error {
	open, err := counting.Sheets.All(ctx, c.h.DB, list.Where{}.And("s.count = ? AND s.open = true", id), 1000)
	if err != nil {
		return err
	}
	for _, s := range open {
		lines, err := counting.LinesOf(ctx, c.h.DB, s.ID)
		if err != nil {
			return err
		}
		found := make([]counting.Found, len(lines))
		for n, l := range lines {
			found[n] = counting.Found{Line: l.ID, Qty: "99"}
		}
		if err := c.h.DB.Do(ctx, by, func(tx *db.Tx) error {
			if _, err := counting.Take(ctx, tx, s.ID); err != nil {
				return err
			}
			if _, err := counting.Tally(ctx, tx, s.ID, 0, found); err != nil {
				return err
			}
			_, err := counting.HandIn(ctx, tx, s.ID)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}
