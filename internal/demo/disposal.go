package demo

import (
	"context"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/catalog"
	"houqin/internal/disposal"
	"houqin/internal/warehouse"
)

// giveUp leaves a scrap form in every state, something that lies apart, and a sale of
// waste under way.
func (w *world) giveUp(ctx context.Context) error {
	leader, keeper, section := w.first("director").actor, w.first("storekeeper").actor, w.first("section_head").actor
	// In fifty steps since two days ago, or since the month began: the last one is closed.
	when := w.now.Add(-50 * time.Hour)
	if first := period.DayOf(w.now, w.d.Zone).Month().First().Start(w.d.Zone).Time(); when.Before(first) {
		when = first
	}
	pace := w.now.Sub(when) / 50
	do := func(who db.Actor, f func(*db.Tx) error) error {
		when = when.Add(pace)
		return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error { return f(at(tx, when, who)) })
	}
	var lots []warehouse.Lot
	for _, lot := range w.lotsOf(ctx, w.stores[1].ID) {
		if lot.Qty >= 20 && len(lots) < 5 {
			lots = append(lots, lot)
		}
	}
	var drawn []disposal.Slip
	for n, lot := range lots {
		if err := do(keeper, func(tx *db.Tx) error {
			s, err := disposal.Draw(ctx, tx, disposal.Draft{Origin: disposal.OfStore, Store: w.stores[1].ID, Reason: []string{"受潮霉变，无法使用", "运输破损", "型号淘汰，已无设备可用", "抽检不合格", "受潮变形"}[n],
				Lines: []disposal.Wanted{{Item: lot.Item, Lot: lot.Lot, Qty: []string{"2", "3", "12", "4", "2"}[n], Cause: []string{"damaged", "damaged", "obsolete", "unfit", "damaged"}[n]}}})
			drawn = append(drawn, s)
			return err
		}); err != nil {
			return err
		}
		if n == 0 {
			continue // still to be applied for
		}
		if err := do(leader, func(tx *db.Tx) error { _, err := disposal.Apply(ctx, tx, drawn[n].ID, 0); return err }); err != nil {
			return err
		}
		if n == 1 {
			continue // under approval, to be verified
		}
		if err := do(section, func(tx *db.Tx) error {
			_, err := disposal.Inspect(ctx, tx, drawn[n].ID, 0, disposal.Verdict{Note: "数量相符，无修复价值"})
			return err
		}); err != nil {
			return err
		}
		if n < 4 {
			continue // waits for the accountant
		}
		if err := w.agreeAll(ctx, disposal.Noun, drawn[n].ID, do); err != nil {
			return err
		}
	}
	if err := w.meet(ctx, do); err != nil {
		return err
	}
	ward := w.byCode["N01"]
	for _, u := range w.units { // a ward with a leader
		if ward == nil && len(u.staff) > 0 && u.staff[0].role == "head_nurse" {
			ward = u
		}
	}
	var worn disposal.Slip
	if err := do(ward.staff[0].actor, func(tx *db.Tx) (err error) {
		worn, err = disposal.Draw(ctx, tx, disposal.Draft{Origin: disposal.OfUse, Store: w.stores[0].ID, Department: ward.ID, Reason: "靠背断裂，螺孔滑丝，修过两次",
			Lines: []disposal.Wanted{{Item: w.some1(catalog.LowValue).ID, Qty: "2", Model: "2019款", Cause: "worn"}, {Name: "塑料水壶", Spec: "2L", Unit: "只", Qty: "6", Price: "12.5", Cause: "damaged"}}})
		if err == nil {
			worn, err = disposal.Apply(ctx, tx, worn.ID, 0)
		}
		return err
	}); err != nil {
		return err
	}
	return do(section, func(tx *db.Tx) error {
		_, err := disposal.Sell(ctx, tx, disposal.Offer{Goods: "旧铁床 12 张、废输液架", Buyer: "清河县再生资源回收站（虚构）", Estimate: 180_000})
		return err
	})
}

// lotsOf are what lies in a store, in the order of the shelf's books.
func (w *world) lotsOf(ctx context.Context, store string) []warehouse.Lot {
	all, err := warehouse.Lots.All(ctx, w.d, list.Where{}.And("b.store = ?", store), 60)
	if err != nil {
		panic(err)
	}
	return all
}

// some1 is the first item of a category.
func (w *world) some1(c catalog.Category) catalog.Item {
	for _, i := range w.items {
		if i.Category == c {
			return i
		}
	}
	panic("nothing is " + c)
}

// agreeAll lets those whose decision is awaited agree, until nobody is.
func (w *world) agreeAll(ctx context.Context, noun, record string, do func(db.Actor, func(*db.Tx) error) error) error {
	for range 4 {
		c, open, err := approvals.OpenOf(ctx, w.d, noun, record)
		if err != nil || !open {
			return err
		}
		turns, err := approvals.Course(ctx, w.d, c.ID)
		if err != nil {
			return err
		}
		for _, t := range turns {
			for _, chair := range t.Waiting {
				for _, p := range w.staff {
					if p.ID != chair.Person {
						continue
					}
					if err := do(p.actor, func(tx *db.Tx) error {
						_, err := approvals.Agree(ctx, tx, c.ID, "同意", approvals.Signature{Digest: c.Digest, Agent: "Android"})
						return err
					}); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}
