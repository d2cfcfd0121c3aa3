package demo

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"houqin/internal/approvals"
	"houqin/internal/base/courier"
	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/words"
	"houqin/internal/disposal"
	"houqin/internal/messages"
	"houqin/internal/warehouse"
)

// meet leaves a scrap form so dear that it waits for the office meeting: the accountant
// has agreed, the minutes are to be entered.
func (w *world) meet(ctx context.Context, do func(db.Actor, func(*db.Tx) error) error) error {
	lots := w.lotsOf(ctx, w.stores[1].ID)
	dear := slices.MaxFunc(lots, func(a, b warehouse.Lot) int { return cmp.Compare(a.Amount, b.Amount) })
	const wanted = money.Fen(90_000) // above the 500 yuan of A-010
	qty := min(dear.Qty, dear.Qty*int64(wanted)/max(1, int64(dear.Amount))+1)
	var slip disposal.Slip
	if err := do(w.first("storekeeper").actor, func(tx *db.Tx) (err error) {
		slip, err = disposal.Draw(ctx, tx, disposal.Draft{Origin: disposal.OfStore, Store: w.stores[1].ID, Reason: "库房漏水浸泡，整批无法使用",
			Lines: []disposal.Wanted{{Item: dear.Item, Lot: dear.Lot, Qty: fmt.Sprint(qty), Cause: "damaged"}}})
		return err
	}); err != nil {
		return err
	}
	if err := do(w.first("director").actor, func(tx *db.Tx) error { _, err := disposal.Apply(ctx, tx, slip.ID, 0); return err }); err != nil {
		return err
	}
	return w.agreeAll(ctx, disposal.Noun, slip.ID, do)
}

// redraft leaves another way for stock requests waiting for the vice-president, from the
// first of next month.
func (w *world) redraft(ctx context.Context) error {
	return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error {
		for _, p := range w.staff { // the second section head keeps the basic data
			if p.role == "section_head" {
				tx.By = p.actor
			}
		}
		rt, err := approvals.RouteOn(ctx, tx, "warehouse.request", tx.Today())
		if err != nil {
			return err
		}
		rt.Tiers = slices.Clone(rt.Tiers)
		for n := range rt.Tiers {
			t := &rt.Tiers[n]
			for _, l := range []**approvals.Limit{&t.From, &t.Below} {
				if *l != nil && (*l).Param == "" {
					*l = &approvals.Limit{Fen: 300_000}
				}
			}
		}
		rt.Since, rt.Reason = tx.Today().Month().Last().AddDays(1), "物价上涨，两千元以上的领用改为三千元以上才报总务科"
		return approvals.Draft(ctx, tx, &rt)
	})
}

// misroute opens a robot of a group chat at an address that nobody answers, and the message
// that it was to be told has been given up.
func (w *world) misroute(ctx context.Context) error {
	out := &messages.Office{DB: w.d, Courier: courier.New(nil, courier.Mailbox{}, w.d.Now), Words: new(words.Words)}
	administrator := w.first("administrator").actor
	c := messages.Channel{Name: "后勤值班群机器人（虚构）", Kind: "wecom", Address: "https://localhost/cgi-bin/webhook/send?key=demo", Events: []string{messages.WayDrafted}}
	if err := w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error { return out.Open(ctx, at(tx, tx.Now, administrator), &c) }); err != nil {
		return err
	}
	if err := w.redraft(ctx); err != nil {
		return err
	}
	lost, err := messages.Deliveries.All(ctx, w.d, list.Where{}.And("d.channel = ?", c.ID), 9)
	for _, d := range lost {
		for range messages.Attempts {
			// Nobody answers there: each try fails, the last one for good.
			_ = out.Deliver(ctx, messages.Due{Delivery: d.ID})
		}
	}
	return err
}
