package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/money"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/hospital"
	"houqin/internal/purchasing"
	"houqin/internal/warehouse"
)

// plans measures the planner's month: fifty departments hand in three hundred lines
// each, and all of it is consolidated with a forecast for every item, from three years
// of consumption.
func plans(ctx context.Context, o options, p *paper) error {
	units, lines, items := 50, 300, 630
	if o.quick {
		units, lines, items = 5, 60, 80
	}
	out := sheet{title: "The planner's month", head: []string{"", "departments", "lines each", "items", "months known", "rows of consumption", "one department hands in", "consolidated"}}
	for _, name := range o.engines {
		e, err := newEngine(ctx, name, o.dir)
		if err != nil {
			return err
		}
		row, err := planned(ctx, e, units, lines, items)
		e.close()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		out.rows = append(out.rows, row)
	}
	p.add(out)
	return nil
}

func planned(ctx context.Context, e *engine, units, lines, items int) ([]string, error) {
	if e.cluster != nil {
		if err := e.server(ctx, "CREATE DATABASE planned"); err != nil {
			return nil, err
		}
	}
	d, err := db.Open(e.address("planned"))
	if err != nil {
		return nil, err
	}
	defer d.Close()
	if err := d.Migrate(ctx, hospital.Migrations...); err != nil {
		return nil, err
	}
	var deps, goods []string
	rows, today := int64(0), d.Today()
	if err := d.Do(ctx, db.System("bench"), func(tx *db.Tx) error {
		for i := range units {
			u := departments.Department{Code: fmt.Sprintf("N%02d", i), Name: fmt.Sprintf("第%d病区", i+1), Kind: departments.Ward}
			if err := departments.Found(ctx, tx, &u); err != nil {
				return err
			}
			deps = append(deps, u.ID)
		}
		for i := range items {
			g := catalog.Item{Number: fmt.Sprintf("%05d", 10001+i), Name: "物品", Spec: fmt.Sprint(i), Unit: "只", Category: catalog.Consumable, Price: money.Fen(100 + i)}
			if err := catalog.Add(ctx, tx, &g); err != nil {
				return err
			}
			goods = append(goods, g.ID)
		}
		s := warehouse.Store{Code: "ZK", Name: "总务库房", Department: deps[0]}
		if err := warehouse.SetUp(ctx, tx, &s); err != nil {
			return err
		}
		var months []string
		for n := range purchasing.Remembered {
			months = append(months, fmt.Sprintf("('%s', %d)", today.Month().Add(n-purchasing.Remembered).First(), n))
		}
		n, err := tx.Exec(ctx, `WITH m(month, n) AS (VALUES `+strings.Join(months, ",")+`) INSERT INTO warehouse_consumption (id, month, department, item, store, qty, amount)
			SELECT m.month || '.' || d.id || '.' || i.id || '.' || $1, m.month, d.id, i.id, $1, 20 + i.price % 50 + (m.n * i.price) % 17 + 5 * (m.n % 12), 1000
			FROM departments_department d CROSS JOIN catalog_item i CROSS JOIN m WHERE (i.price + length(d.name)) % 2 = 0`, s.ID)
		rows = n
		return err
	}); err != nil {
		return nil, err
	}
	if err := d.Analyze(ctx); err != nil {
		return nil, err
	}
	start := time.Now()
	for n, dep := range deps {
		w := purchasing.Wish{Department: dep}
		for k := range lines {
			w.Lines = append(w.Lines, purchasing.WishLine{Item: goods[(n*7+2*k)%items], Qty: "60", Quality: "合格品", Why: "床位"})
		}
		seen := map[string]bool{}
		own := w.Lines[:0]
		for _, l := range w.Lines {
			if !seen[l.Item] {
				seen[l.Item] = true
				own = append(own, l)
			}
		}
		w.Lines = own
		if err := d.Do(ctx, db.System("bench"), func(tx *db.Tx) error { _, err := purchasing.Submit(ctx, tx, w); return err }); err != nil {
			return nil, err
		}
	}
	each := time.Since(start) / time.Duration(len(deps))
	start = time.Now()
	var plan purchasing.Plan
	if err := d.Do(ctx, db.System("bench"), func(tx *db.Tx) (err error) {
		plan, err = purchasing.Consolidate(ctx, tx, today.Month().Add(1).First(), deps[0])
		return err
	}); err != nil {
		return nil, err
	}
	took := time.Since(start)
	return []string{e.name, fmt.Sprint(units), fmt.Sprint(lines), fmt.Sprint(len(plan.Goods)), fmt.Sprint(purchasing.Remembered), fmt.Sprint(rows), each.Round(time.Millisecond).String(), took.Round(time.Millisecond).String()}, nil
}
