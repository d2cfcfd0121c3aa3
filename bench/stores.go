package main

import (
	"context"
	"fmt"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/hospital"
	"houqin/internal/warehouse"
)

// fewMoves is how many movements the short card has.
const fewMoves = 100

// stores looks at the card of goods that moved seldom and of goods that moved all the
// time, and closes the month in which they did.
func stores(ctx context.Context, o options, p *paper) error {
	moves := 100_000
	if o.quick {
		moves = 5_000
	}
	clients := o.clients[len(o.clients)-1]
	for _, name := range o.engines {
		out := sheet{title: fmt.Sprintf("Stores on %s: %s movements beside %d", name, count(float64(moves)), fewMoves),
			head: []string{"", count(fewMoves) + ": p50", "p99", "a second", count(float64(moves)) + ": p50", "p99", "a second", "p99 ratio"}}
		e, err := newEngine(ctx, name, o.dir)
		if err != nil {
			return err
		}
		err = func() error {
			defer e.close()
			if err := e.prepare(ctx, 100); err != nil {
				return err
			}
			store, few, many, err := e.move(ctx, moves)
			if err != nil {
				return err
			}
			took, err := e.closeMonth(ctx, store)
			if err != nil {
				return err
			}
			address, drop, err := e.another(ctx)
			if err != nil {
				return err
			}
			h := &listHouse{stage: e.stage, close: drop}
			if h.server, err = serveHouse(ctx, o, address, "stores-"+name); err != nil {
				return err
			}
			defer h.stop()
			if h.cookie, err = h.signIn(h.stage.Login, h.stage.Password); err != nil {
				return err
			}
			for _, v := range []struct{ name, tail string }{{"the item's card, page", ""}, {"its turnover of a month", "?at.from=2020-01-01&at.to=2099-12-31"}} {
				row := []string{v.name}
				var alone, crowd [2]result
				for range o.rounds {
					for i, item := range []string{few, many} {
						at := view{v.name, "/warehouse/stock/" + store + "/" + item + v.tail, true}
						r, err := h.look(ctx, o, at, 1)
						if err != nil {
							return fmt.Errorf("%s: %w", v.name, err)
						}
						alone[i].add(r)
						if r, err = h.look(ctx, o, at, clients); err != nil {
							return fmt.Errorf("%s: %w", v.name, err)
						}
						crowd[i].add(r)
					}
				}
				for i := range alone {
					row = append(row, ms(alone[i].quantile(0.5)), ms(alone[i].quantile(0.99)), count(crowd[i].rate()))
				}
				row = append(row, ratio(alone[1].quantile(0.99)/alone[0].quantile(0.99)))
				say("  %v", row)
				out.rows = append(out.rows, row)
			}
			out.remarks = append(out.remarks, fmt.Sprintf("Closing the month of the store with these movements of %d items: %.2f s. p50 and p99 are waits of one client, a second is how many pages %d clients get.",
				goods+1, took.Seconds(), clients))
			return nil
		}()
		if err != nil {
			return err
		}
		p.add(out)
	}
	return nil
}

// move lets goods of a store move in the month before this one: one item so often, one
// seldom, the others now and then.
func (e *engine) move(ctx context.Context, moves int) (store, few, many string, err error) {
	h, err := hospital.Open(ctx, hospital.Config{DB: e.address(e.original()), Data: e.dir, Log: quiet})
	if err != nil {
		return "", "", "", err
	}
	defer h.DB.Close()
	say("%s: moving goods %s times", e.name, count(float64(moves)))
	now := time.Now().In(h.DB.Zone)
	at := time.Date(now.Year(), now.Month(), 1, 8, 0, 0, 0, h.DB.Zone).AddDate(0, -1, 0)
	h.DB.Now = func() time.Time { at = at.Add(time.Second); return at }
	do := func(f func(tx *db.Tx) error) error { return h.DB.Do(ctx, db.System("bench"), f) }
	s := warehouse.Store{Code: "M", Name: "月结库", Department: e.stage.Departments[0]}
	if err := do(func(tx *db.Tx) error { return warehouse.SetUp(ctx, tx, &s) }); err != nil {
		return "", "", "", err
	}
	items := e.stage.Items
	few, many = items[0], items[1]
	post := func(d warehouse.Document) error {
		d.Store = s.ID
		return do(func(tx *db.Tx) error { return warehouse.Post(ctx, tx, &d) })
	}
	out := func(line int, item string) warehouse.Move {
		return warehouse.Move{Line: int64(line + 1), Item: item, Qty: -1, Pick: true, Account: warehouse.OfDepartment, AccountID: e.stage.Departments[1], Department: e.stage.Departments[1]}
	}
	opening := warehouse.Document{Kind: warehouse.Opening}
	for n, i := range items {
		opening.Moves = append(opening.Moves, warehouse.Move{Line: int64(n + 1), Item: i, Lot: "L", Qty: 10_000_000, Amount: 65_000_000, Account: warehouse.OfOpening, AccountID: s.ID})
	}
	if err := post(opening); err != nil {
		return "", "", "", err
	}
	seldom := warehouse.Document{Kind: warehouse.Issued, Department: e.stage.Departments[1]}
	for n := range fewMoves - 1 {
		seldom.Moves = append(seldom.Moves, out(n, few))
	}
	if err := post(seldom); err != nil {
		return "", "", "", err
	}
	const page = 500
	for done := 0; done < moves; done += page {
		d := warehouse.Document{Kind: warehouse.Issued, Department: e.stage.Departments[1]}
		for n := range page {
			item := many
			if n%50 == 49 {
				item = items[2+(done/50+n)%(len(items)-2)]
			}
			d.Moves = append(d.Moves, out(n, item))
		}
		if err := post(d); err != nil {
			return "", "", "", err
		}
	}
	return s.ID, few, many, h.DB.Analyze(ctx)
}

// closeMonth closes the month and says how long that took.
func (e *engine) closeMonth(ctx context.Context, store string) (time.Duration, error) {
	h, err := hospital.Open(ctx, hospital.Config{DB: e.address(e.original()), Data: e.dir, Log: quiet})
	if err != nil {
		return 0, err
	}
	defer h.DB.Close()
	m, over, err := warehouse.NextToClose(ctx, h.DB, store, h.DB.Today())
	if err != nil || !over {
		return 0, fmt.Errorf("no month to close: %w", err)
	}
	began := time.Now()
	err = h.DB.Do(ctx, db.System("bench"), func(tx *db.Tx) error {
		_, err := warehouse.CloseMonth(ctx, tx, store, m)
		return err
	})
	say("  closed in %v", time.Since(began))
	return time.Since(began), err
}
