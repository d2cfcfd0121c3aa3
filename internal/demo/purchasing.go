package demo

import (
	"context"
	"fmt"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/money"
	"houqin/internal/catalog"
	"houqin/internal/purchasing"
)

// buy leaves the planner and the buyer something at every step: a plan agreed to and half
// bought, a draft for next month, wards that have just asked, one need that cannot wait.
func (w *world) buy(ctx context.Context) error {
	var goods []catalog.Item
	for _, i := range w.items {
		if i.Category == catalog.Consumable && w.home(i) == 0 && len(i.Packs) > 1 && len(goods) < 24 {
			goods = append(goods, i)
		}
	}
	planner, buyer, finance := w.first("planner").actor, w.first("buyer").actor, w.first("finance").actor
	ago := func(days int) time.Time { return w.now.AddDate(0, 0, -days) }
	do := func(when time.Time, by db.Actor, f func(tx *db.Tx) error) error {
		return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error { return f(at(tx, when, by)) })
	}
	wish := func(u *unit, from, n int) purchasing.Wish {
		x := purchasing.Wish{Department: u.ID}
		for k := range n {
			i := goods[(from+k)%len(goods)]
			x.Lines = append(x.Lines, purchasing.WishLine{Item: i.ID, Qty: fmt.Sprintf("%d %s", 20+w.dice.IntN(60), i.Packs[1].Unit), Quality: "合格品", Why: "按床位测算"})
		}
		return x
	}
	ask := func(code string, when time.Time, next, from, n int) (need purchasing.Need, err error) {
		u := w.byCode[code]
		x := wish(u, from, n)
		err = do(when, u.staff[0].actor, func(tx *db.Tx) (err error) {
			x.Month = tx.Today().Month().Add(next).First()
			need, err = purchasing.Submit(ctx, tx, x)
			return err
		})
		return need, err
	}
	consolidate := func(when time.Time, next int) (p purchasing.Plan, err error) {
		err = do(when, planner, func(tx *db.Tx) (err error) {
			p, err = purchasing.Consolidate(ctx, tx, tx.Today().Month().Add(next).First(), w.byCode["H00"].ID)
			return err
		})
		return p, err
	}
	for k, code := range []string{"N01", "W01", "ICU"} {
		if _, err := ask(code, ago(9), 0, 4*k, 8); err != nil {
			return err
		}
	}
	p, err := consolidate(ago(8), 0)
	if err != nil {
		return err
	}
	if err := do(ago(8).Add(time.Hour), planner, func(tx *db.Tx) error {
		var lines []purchasing.Set
		for _, l := range p.Goods {
			lines = append(lines, purchasing.Set{Line: l.Line, Qty: l.Say(max(l.Wanted/2, 1)), Price: l.Price, Why: "科室用量上升，留足一个月"})
		}
		if p, err = purchasing.Change(ctx, tx, p.ID, p.Version, lines); err != nil {
			return err
		}
		_, err := purchasing.AskLeave(ctx, tx, p.ID, p.Version, "已对照库存和在途，数量不超过一个月")
		return err
	}); err != nil {
		return err
	}
	for n, who := range []*person{w.byCode["H00"].staff[0], w.first("storekeeper"), w.first("president")} {
		if err := do(ago(7).Add(time.Duration(n)*time.Hour), who.actor, func(tx *db.Tx) error {
			c, _, err := approvals.OpenOf(ctx, tx, purchasing.PlanNoun, p.ID)
			if err == nil {
				_, err = approvals.Agree(ctx, tx, c.ID, "同意", approvals.Signature{Digest: c.Digest})
			}
			return err
		}); err != nil {
			return fmt.Errorf("the plan's decision %d: %w", n+1, err)
		}
	}
	if err := do(ago(6), buyer, func(tx *db.Tx) error {
		for k, i := range goods[:3] {
			if err := purchasing.Agree(ctx, tx, &purchasing.Price{Goods: purchasing.Goods{Item: i.ID}, Supplier: w.suppliers[1+k%2].ID, Price: max(i.Price*95/100, 1), Contract: "2026 年度日用品框架协议",
				Since: tx.Today().AddDays(-100), Until: tx.Today().AddDays(265)}); err != nil {
				return err
			}
		}
		_, err := purchasing.OrderByContract(ctx, tx, p.ID)
		return err
	}); err != nil {
		return err
	}
	// offers notes what three suppliers want for the first so many lines.
	offers := func(e purchasing.Enquiry, tx *db.Tx, from []int, lines int) error {
		for n, s := range from {
			o := purchasing.Offer{Supplier: w.suppliers[s].ID, Days: int64(2 + n), Score: int64(90 - 5*n)}
			for k, l := range e.Asked[:lines] {
				o.Lines = append(o.Lines, purchasing.OfferLine{Line: l.Line, Price: max(l.Estimate*money.Fen(95+(7*n+3*k)%20)/100, 1)})
			}
			if _, err := purchasing.Note(ctx, tx, e.ID, o); err != nil {
				return err
			}
		}
		return nil
	}
	if err := do(ago(5), buyer, func(tx *db.Tx) error {
		e, err := purchasing.Enquire(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		if err := offers(e, tx, []int{0, 1, 3}, len(e.Asked)-3); err != nil {
			return err
		}
		if _, err := purchasing.Decide(ctx, tx, e.ID, purchasing.Award{Market: "走访批发市场两家，网上同款比价", Due: tx.Today().AddDays(6)}); err != nil {
			return err
		}
		if e, err = purchasing.Enquire(ctx, tx, p.ID); err != nil {
			return err
		}
		if err := offers(e, tx, []int{1, 3}, len(e.Asked)); err != nil {
			return err
		}
		return purchasing.AskSingle(ctx, tx, e.ID, "原厂配套，本地只有两家代理")
	}); err != nil {
		return err
	}
	orders, err := purchasing.Orders.All(ctx, w.d, purchasing.Everything(), 20)
	if err != nil {
		return err
	}
	for n, o := range orders {
		if n == 0 { // the newest still waits for its audit
			continue
		}
		if err := do(ago(4), finance, func(tx *db.Tx) error {
			_, err := purchasing.Approve(ctx, tx, o.ID, o.Version, purchasing.Verdict{Audit: "价格合理"})
			return err
		}); err != nil {
			return err
		}
		if n == 1 {
			continue
		}
		if err := do(ago(3), buyer, func(tx *db.Tx) error {
			_, err := purchasing.Send(ctx, tx, o.ID, o.Version+1, purchasing.Dispatched{Labelled: true, Due: tx.Today().AddDays(5)})
			return err
		}); err != nil {
			return err
		}
	}
	for k, code := range []string{"N02", "W02"} {
		if _, err := ask(code, ago(2), 1, 6*k, 7); err != nil {
			return err
		}
	}
	if _, err := consolidate(ago(2).Add(time.Hour), 1); err != nil {
		return err
	}
	for k, code := range []string{"N01", "N03", "W06"} {
		n, err := ask(code, ago(1), 1, 3*k, 6)
		if err != nil {
			return err
		}
		if code == "N03" {
			if err := do(ago(1).Add(2*time.Hour), planner, func(tx *db.Tx) error {
				return purchasing.SendBack(ctx, tx, n.ID, n.Version, "手套数量请按实际用量核减")
			}); err != nil {
				return err
			}
		}
	}
	u := w.byCode["ICU"]
	x := wish(u, 2, 1)
	x.Reason = "本周收治突增，库存只够两天"
	return do(w.now.Add(-3*time.Hour), u.staff[1].actor, func(tx *db.Tx) error { _, err := purchasing.AskUrgent(ctx, tx, x); return err })
}
