package demo

import (
	"context"
	"fmt"
	"time"

	"houqin/internal/base/list"
	"houqin/internal/base/period"

	"houqin/internal/base/db"
	"houqin/internal/catalog"
	"houqin/internal/wardstores"
	"houqin/internal/warehouse"
)

// keepWards lets two wards keep their own stores: goods are used, checked, counted,
// lent, lost, sent back and handed on, so that every page of it has something to show.
func (w *world) keepWards(ctx context.Context) error {
	keeper, finance := w.first("storekeeper").actor, w.byCode["B03"].staff[0].actor
	one, two := w.byCode["N01"], w.byCode["N02"]
	own, err := warehouse.StoreByCode(ctx, w.d, "EJ01")
	if err != nil {
		return err
	}
	other := warehouse.Store{Code: "EJ02", Name: two.Name + "二级库", Department: two.ID, Ward: true, Keepers: []string{two.staff[0].ID}}
	when := w.now.Add(-55 * time.Minute)
	step := func(by db.Actor, f func(*db.Tx) error) error {
		when = when.Add(2 * time.Minute)
		return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error { return f(at(tx, when, by)) })
	}
	stock := func(s *warehouse.Store, u *unit, from int) error {
		return step(keeper, func(tx *db.Tx) error { return w.stockWard(ctx, tx, s, u, from) })
	}
	if err := stock(&other, two, 9); err != nil {
		return err
	}
	three := w.byCode["N03"]
	if err := stock(&warehouse.Store{Code: "EJ03", Name: three.Name + "二级库", Department: three.ID, Ward: true, Keepers: []string{three.staff[0].ID}}, three, 3); err != nil { // never counted
		return err
	}
	if err := w.runWard(ctx, step, &own, one, keeper, finance); err != nil {
		return fmt.Errorf("%s: %w", own.Name, err)
	}
	return w.passOn(ctx, step, &other, two)
}

// stockWard opens a ward's own store and carries its first goods there.
func (w *world) stockWard(ctx context.Context, tx *db.Tx, s *warehouse.Store, u *unit, from int) error {
	if err := warehouse.SetUp(ctx, tx, s); err != nil {
		return err
	}
	lots, err := warehouse.Lots.All(ctx, tx, list.Where{}.And("b.store = ? AND i.category = 'consumable' AND b.qty > 40 AND b.hold = ''", w.stores[0].ID), 14)
	if err != nil {
		return err
	}
	c := warehouse.Carrying{Store: w.stores[0].ID, To: s.ID, Taker: u.staff[0].ID, Named: u.staff[0].Name, Note: "二级库备货"}
	for n, l := range lots {
		if n >= from && len(c.Lines) < 4 {
			c.Lines = append(c.Lines, warehouse.Out{Item: l.Item, Qty: "12"})
		}
	}
	_, err = warehouse.Carry(ctx, tx, c)
	return err
}

// consumable is the first consumable on a sheet of which enough lies there.
func (w *world) consumable(sheet []wardstores.Line) string {
	for _, l := range sheet {
		for _, i := range w.items {
			if i.ID == l.Item && i.Category == catalog.Consumable && l.Book >= 10 {
				return i.ID
			}
		}
	}
	return sheet[0].Item
}

// tally counts everything as it should be, but so many pieces too few of the first.
func tally(sheet []wardstores.Line, short int64) (all []wardstores.Tally) {
	for n, l := range sheet {
		t := wardstores.Tally{Item: l.Item, Found: fmt.Sprint(int64(l.Book - l.Away))}
		if n == 0 && short > 0 {
			t.Found, t.Cause, t.Note = fmt.Sprint(int64(l.Book-l.Away)-short), "lost", "治疗车补充时未登记，原因待查"
		}
		all = append(all, t)
	}
	return all
}

func (w *world) runWard(ctx context.Context, step func(db.Actor, func(*db.Tx) error) error, s *warehouse.Store, u *unit, keeper, finance db.Actor) error {
	head, nurse := u.staff[0], w.asker(u)
	sheet, _, err := wardstores.Sheet(ctx, w.d, s.ID)
	if err != nil || len(sheet) < 3 {
		return fmt.Errorf("%d items: %w", len(sheet), err)
	}
	item := w.consumable(sheet)
	var counted wardstores.Count
	var loan, back wardstores.Loan
	var sent wardstores.Backward
	lend := func(to *wardstores.Loan, in wardstores.Lending, days int) func(*db.Tx) error {
		return func(tx *db.Tx) (err error) {
			in.Store, in.Borrower, in.Due = s.ID, w.byCode["N03"].staff[0].ID, period.DayOf(tx.Now, w.d.Zone).AddDays(days)
			*to, err = wardstores.Lend(ctx, tx, in)
			return err
		}
	}
	lose := func(qty, cause, how string, apply bool) func(*db.Tx) error {
		return func(tx *db.Tx) error {
			l, err := wardstores.Lose(ctx, tx, wardstores.Report{Store: s.ID, Item: item, Qty: qty, Cause: cause, How: how})
			if err != nil || !apply {
				return err
			}
			_, err = wardstores.Apply(ctx, at(tx, tx.Now, head.actor), l.ID, 0, wardstores.Application{})
			return err
		}
	}
	send := func(tx *db.Tx) (err error) {
		sent, err = wardstores.Send(ctx, tx, wardstores.Sending{Store: s.ID, To: w.stores[0].ID, Reason: "备多了，未拆封", Lines: []wardstores.Out{{Item: item, Qty: "1"}}})
		return err
	}
	for n, x := range []struct {
		by db.Actor
		f  func(*db.Tx) error
	}{
		{head.actor, func(tx *db.Tx) error {
			_, err := wardstores.NameKeeper(ctx, tx, s.ID, nurse.ID)
			return err
		}},
		{head.actor, func(tx *db.Tx) error {
			var levels []wardstores.Level
			for n, l := range sheet {
				levels = append(levels, wardstores.Level{Item: l.Item, Least: fmt.Sprint(int64(l.Book)/2 + int64(n%2)*int64(l.Book)), Most: fmt.Sprint(3 * int64(l.Book))})
			}
			return wardstores.SetLevels(ctx, tx, s.ID, levels)
		}},
		{nurse.actor, func(tx *db.Tx) error {
			_, err := wardstores.Use(ctx, tx, wardstores.Taken{Store: s.ID, Item: item, Qty: "2", Note: "换药"})
			return err
		}},
		{nurse.actor, func(tx *db.Tx) error {
			now, _, err := wardstores.Sheet(ctx, tx, s.ID)
			if err != nil {
				return err
			}
			counted, err = wardstores.Enter(ctx, tx, wardstores.Counting{Store: s.ID, Kind: "month", Lines: tally(now, 1), Note: "月底清点"})
			return err
		}},
		{keeper, func(tx *db.Tx) error {
			_, err := wardstores.Reconcile(ctx, tx, counted.ID, 0, wardstores.Remark{Text: "与库房发出数一致"})
			return err
		}},
		{finance, func(tx *db.Tx) error {
			_, err := wardstores.Audit(ctx, tx, counted.ID, 0, wardstores.Remark{Text: "已审"})
			return err
		}},
		{nurse.actor, lose("1", "damaged", "开启时掉地污染", true)},
		{nurse.actor, lose("1", "damaged", "外包装受潮", false)},
		{nurse.actor, lend(&back, wardstores.Lending{Item: item, Qty: "1", Purpose: "邻科临时短缺"}, 1)},
		{nurse.actor, func(tx *db.Tx) error {
			if _, err := wardstores.Give(ctx, tx, back.ID, 0, wardstores.Giving{Signature: back.BorrowerName}); err != nil {
				return err
			}
			_, err := wardstores.TakeBack(ctx, tx, back.ID, 0, wardstores.Remark{Text: "完好"})
			return err
		}},
		{nurse.actor, lend(&loan, wardstores.Lending{What: "轮椅 2 号", Qty: "1", Purpose: "病人外出检查"}, 0)},
		{nurse.actor, func(tx *db.Tx) error {
			_, err := wardstores.Give(ctx, tx, loan.ID, 0, wardstores.Giving{Signature: loan.BorrowerName})
			return err
		}},
		{nurse.actor, lend(&loan, wardstores.Lending{What: "输液架 3 号", Qty: "2"}, 5)},
		{nurse.actor, lend(&loan, wardstores.Lending{What: "心电监护仪 1 号", Qty: "1", Important: true, Purpose: "抢救加床"}, 3)},
		{nurse.actor, send},
		{keeper, func(tx *db.Tx) error { _, err := wardstores.TakeIn(ctx, tx, sent.ID, 0); return err }},
		{nurse.actor, send},
	} {
		if err := step(x.by, x.f); err != nil {
			return fmt.Errorf("step %d: %w", n, err)
		}
	}
	return nil
}

// passOn lets a head nurse hand her store over, and the month be counted after it.
func (w *world) passOn(ctx context.Context, step func(db.Actor, func(*db.Tx) error) error, s *warehouse.Store, u *unit) error {
	head, next := u.staff[0], u.staff[1]
	sheet, _, err := wardstores.Sheet(ctx, w.d, s.ID)
	if err != nil {
		return err
	}
	if err := step(head.actor, func(tx *db.Tx) error {
		_, err := wardstores.Enter(ctx, tx, wardstores.Counting{Store: s.ID, Kind: "handover", Lines: tally(sheet, 0), Taker: next.ID, GiverSign: head.Name, TakerSign: next.Name, Note: "护士长调任"})
		return err
	}); err != nil {
		return err
	}
	return step(next.actor, func(tx *db.Tx) error {
		_, err := wardstores.Enter(ctx, tx, wardstores.Counting{Store: s.ID, Kind: "month", Lines: tally(sheet, 0)})
		return err
	})
}
