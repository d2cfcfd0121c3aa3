package demo

import (
	"context"
	"fmt"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/requests"
)

// betweenStores is what the store of spare parts has asked the main store for, and how far
// it has come.
var betweenStores = []struct {
	hours int
	goods int // how many kinds
	why   string
	until string
}{
	{51, 2, "维修班组日常用，维修材料库无存货", "done"},
	{23, 2, "周末值班备用", "ready"},
	{2, 1, "夜班巡检用", "asked"},
}

// askEachOther lets one store ask the other.
func (w *world) askEachOther(ctx context.Context) error {
	var keepers []*person
	for _, p := range w.staff {
		if p.role == "storekeeper" {
			keepers = append(keepers, p)
		}
	}
	giver, asker := keepers[0], keepers[1]
	plenty, err := w.plenty(ctx, 20)
	if err != nil {
		return err
	}
	for _, a := range betweenStores {
		when := w.now.Add(-time.Duration(a.hours) * time.Hour)
		if first := w.d.Today().Month().Start(w.d.Zone).Time(); when.Before(first) {
			when = first // the books of the month before are closed
		}
		pace := min(20*time.Minute, w.now.Sub(when)/6)
		do := func(by db.Actor, f func(*db.Tx) error) error {
			when = when.Add(pace)
			return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error { return f(at(tx, when, by)) })
		}
		b := requests.Between{To: w.stores[1].ID, From: w.stores[0].ID, Purpose: a.why}
		for range a.goods {
			b.Lines, plenty = append(b.Lines, requests.Want{Item: plenty[0], Qty: "10"}), plenty[1:]
		}
		var q requests.Request
		for _, step := range []struct {
			before string // the state in which it would stay
			by     db.Actor
			do     func(*db.Tx) error
		}{
			{"", asker.actor, func(tx *db.Tx) (err error) { q, err = requests.AskStore(ctx, tx, b); return err }},
			{"asked", db.System("demo"), nil},
			{"agreed", giver.actor, func(tx *db.Tx) error {
				var all []requests.Choice
				for _, l := range q.Lines {
					all = append(all, requests.Choice{Line: l.Line, Qty: fmt.Sprint(int64(l.Qty))})
				}
				_, err := requests.Decide(ctx, tx, q.ID, 0, all)
				return err
			}},
			{"picking", giver.actor, func(tx *db.Tx) error { _, err := requests.Picked(ctx, tx, q.ID, 0, nil); return err }},
			{"ready", giver.actor, func(tx *db.Tx) error {
				_, err := requests.Hand(ctx, tx, q.ID, 0, requests.Handing{Receiver: asker.ID, Signature: asker.Name})
				return err
			}},
		} {
			if step.before == a.until {
				break
			}
			err := error(nil)
			if step.do == nil {
				err = w.agreeAll(ctx, requests.Noun, q.ID, do)
			} else {
				err = do(step.by, step.do)
			}
			if err != nil {
				return fmt.Errorf("%s, %s: %w", a.why, step.before, err)
			}
		}
	}
	return nil
}

// plenty are consumables of which the main store has so many to give.
func (w *world) plenty(ctx context.Context, least quantity.Qty) (items []string, err error) {
	var all []string
	for _, i := range w.items {
		if i.Category == catalog.Consumable {
			all = append(all, i.ID)
		}
	}
	free, err := requests.Free(ctx, w.d, w.stores[0].ID, all)
	if err != nil {
		return nil, err
	}
	for _, i := range all {
		if free[i] >= least {
			items = append(items, i)
		}
	}
	if len(items) < 9 {
		return nil, fmt.Errorf("only %d goods are plenty", len(items))
	}
	return items, nil
}
