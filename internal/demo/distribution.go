package demo

import (
	"context"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/distribution"
)

// share leaves a list of goods for people in every state: one settled, one that a ward
// is fetching, one to be released.
func (w *world) share(ctx context.Context) error {
	keeper, section := w.first("storekeeper").actor, w.first("section_head").actor
	nurse, store := w.first("ward"), w.stores[0].ID
	when := w.now.Add(-8 * 24 * time.Hour)
	if first := w.d.Today().Month().Start(w.d.Zone).Time(); when.Before(first) { // the books before are closed
		when = first
	}
	step := min(time.Hour, w.now.Sub(when)/40)
	do := func(who db.Actor, f func(*db.Tx) error) error {
		when = when.Add(step)
		return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error { return f(at(tx, when, who)) })
	}
	for n, list := range []distribution.Draft{
		{Title: "重阳节职工福利", Kind: "festival", For: "other", Goods: w.pack("卷纸", "1提", "洗衣粉", "1"), Whom: []distribution.Group{{Department: nurse.Department}}},
		{Title: "劳保用品（第四季度）", Kind: "protection", Goods: w.pack("一次性手套", "10", "洗手液", "1"), Whom: []distribution.Group{{Department: nurse.Department}}},
		{Title: "各楼层公共卫生间用纸", Kind: "other", Goods: w.pack("卷纸", "1"), Shares: []distribution.Named{{Floor: "门诊一层", Department: nurse.Department, Packs: 4}, {Floor: "门诊二层", Department: section.Unit, Packs: 4}}},
	} {
		var l distribution.List
		if err := do(keeper, func(tx *db.Tx) (err error) {
			list.Store, list.Day, list.Until = store, tx.Today(), tx.Today().AddDays(6)
			l, err = distribution.Draw(ctx, tx, list)
			return err
		}); err != nil || n == 2 {
			return err
		}
		if err := do(section, func(tx *db.Tx) error { _, err := distribution.Release(ctx, tx, l.ID, 0); return err }); err != nil {
			return err
		}
		shares, err := distribution.Shares.All(ctx, w.d, distribution.ShareScope(db.System("")).And("s.list = ? AND s.person <> ?", l.ID, nurse.ID), 6)
		if err != nil {
			return err
		}
		for _, s := range shares {
			if err := do(keeper, func(tx *db.Tx) error { _, err := distribution.Hand(ctx, tx, s.ID, ""); return err }); err != nil {
				return err
			}
		}
		if n == 0 {
			if err := do(keeper, func(tx *db.Tx) error { _, err := distribution.Settle(ctx, tx, l.ID, 0); return err }); err != nil {
				return err
			}
		}
	}
	return nil
}

// pack is goods by name, each with how much.
func (w *world) pack(named ...string) (goods []distribution.Wanted) {
	for n := 0; n < len(named); n += 2 {
		goods = append(goods, distribution.Wanted{Item: w.item(named[n]).ID, Qty: named[n+1]})
	}
	return goods
}
