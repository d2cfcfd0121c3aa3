package demo

import (
	"context"
	"fmt"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/people"
	"houqin/internal/warehouse"
)

// keep lets the storekeepers do what happens less often than handing out: a ward has a
// store of its own that is filled, goods come back, go back, and are held.
func (w *world) keep(ctx context.Context) error {
	keeper, ward, main := w.first("storekeeper"), w.byCode["N01"], w.stores[0]
	own := warehouse.Store{Code: "EJ01", Name: ward.Name + "二级库", Department: ward.ID, Ward: true, Keepers: []string{ward.staff[0].ID}}
	lots, err := warehouse.Lots.All(ctx, w.d, list.Where{}.And("b.store = ? AND i.category = 'consumable' AND b.expiry <> '' AND b.qty > 40", main.ID), 12)
	if err != nil || len(lots) < 6 {
		return fmt.Errorf("%d lots: %w", len(lots), err)
	}
	when := w.now.Add(-75 * time.Minute)
	for _, step := range []func(*db.Tx) error{
		func(tx *db.Tx) error { return warehouse.SetUp(ctx, tx, &own) },
		func(tx *db.Tx) error {
			c := warehouse.Carrying{Store: main.ID, To: own.ID, Taker: ward.staff[0].ID, Named: ward.staff[0].Name, Note: "二级库备货"}
			for _, l := range lots[:5] {
				c.Lines = append(c.Lines, warehouse.Out{Item: l.Item, Qty: "10"})
			}
			_, err := warehouse.Carry(ctx, tx, c)
			return err
		},
		func(tx *db.Tx) error {
			taker := ward.staff[len(ward.staff)-1]
			_, err := warehouse.Issue(ctx, tx, warehouse.Handout{Store: main.ID, Department: ward.ID, Receiver: taker.ID, ReceiverName: taker.Name, Purpose: "日常领用",
				Lines: []warehouse.Out{{Item: lots[1].Item, Qty: "6"}, {Item: lots[2].Item, Qty: "4"}}})
			if err != nil {
				return err
			}
			_, err = warehouse.TakeBack(ctx, tx, warehouse.Return{Store: main.ID, Department: ward.ID, Bringer: taker.ID, Named: taker.Name, Reason: "领多了，未拆封",
				Lines: []warehouse.Back{{Item: lots[1].Item, Qty: "3"}, {Item: lots[2].Item, Qty: "1"}}})
			return err
		},
		func(tx *db.Tx) error {
			d, err := warehouse.Receive(ctx, tx, warehouse.Delivery{Store: main.ID, Supplier: w.suppliers[1].ID, Invoice: "FP260099", Note: "补货",
				Lines: []warehouse.In{{Item: lots[3].Item, Qty: "30", Amount: "90.00", Lot: "SC01", Expiry: tx.Today().AddDays(300)}}})
			if err != nil {
				return err
			}
			_, err = warehouse.SendBack(ctx, tx, warehouse.Rejection{Store: main.ID, Supplier: d.Supplier, Reason: "外包装破损", Lines: []warehouse.Out{{Item: lots[3].Item, Qty: "12", Lot: "SC01"}}})
			return err
		},
		func(tx *db.Tx) error {
			id, err := warehouse.HoldLot(ctx, tx, main.ID, lots[4].Item, lots[4].Lot, "抽检送检，结果未出")
			if err != nil {
				return err
			}
			if err := warehouse.ReleaseLot(ctx, tx, id, "检验合格"); err != nil {
				return err
			}
			_, err = warehouse.HoldLot(ctx, tx, main.ID, lots[5].Item, lots[5].Lot, "外箱受潮，待鉴定")
			return err
		},
		func(tx *db.Tx) error { return w.recall(ctx, tx) },
		func(tx *db.Tx) error { return w.register(ctx, tx, main.ID) },
	} {
		when = when.Add(7 * time.Minute)
		if err := w.d.Do(ctx, keeper.actor, func(tx *db.Tx) error { return step(at(tx, when, keeper.actor)) }); err != nil {
			return err
		}
	}
	if err := w.keepForOthers(ctx, keeper, main.ID); err != nil {
		return err
	}
	return w.closeBooks(ctx, keeper)
}

// keepForOthers leaves others' goods in a store by leave, and a request for it.
func (w *world) keepForOthers(ctx context.Context, keeper *person, store string) error {
	when := w.now.Add(-30 * time.Minute)
	do := func(who db.Actor, f func(*db.Tx) error) error {
		when = when.Add(2 * time.Minute)
		return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error { return f(at(tx, when, who)) })
	}
	for n, c := range []*warehouse.Custody{
		{Owner: "援疆医疗队", Name: "行李箱", Many: "4 只", Why: "队员驻外一年，科室无处存放", Until: w.d.Today().AddDays(90)},
		{Owner: "安泰照明电器有限公司（虚构）", Name: "施工脚手架", Many: "1 套", Why: "门诊大厅灯具改造，每晚收工后存放", Until: w.d.Today().AddDays(10)},
	} {
		c.Store = store
		if err := do(keeper.actor, func(tx *db.Tx) error { return warehouse.AskCustody(ctx, tx, c) }); err != nil || n > 0 {
			return err
		}
		if err := w.agreeAll(ctx, warehouse.CustodyNoun, c.ID, do); err != nil {
			return err
		}
		if err := do(keeper.actor, func(tx *db.Tx) error {
			_, err := warehouse.TakeIn(ctx, tx, c.ID, 0, warehouse.Laid{Spot: "西侧小间"})
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// register writes into the registers of a store.
func (w *world) register(ctx context.Context, tx *db.Tx, store string) error {
	gone := warehouse.Visit{Store: store, Name: "马师傅", Firm: "安泰照明电器", Purpose: "送货"}
	for _, v := range []*warehouse.Visit{&gone, {Store: store, Name: "韩工", Firm: "消防维保单位", Purpose: "检查灭火器"}} {
		if err := warehouse.Enter(ctx, tx, v); err != nil {
			return err
		}
	}
	if err := warehouse.Leave(ctx, tx, gone.ID); err != nil {
		return err
	}
	for _, c := range []*warehouse.Check{{Store: store, Round: "open"}, {Store: store, Round: "room"},
		{Store: store, Round: "gear", Faults: []string{"gear_expiry"}, Found: "东门 2 具灭火器下月到期", Remedy: "已报保卫科更换"}} {
		if err := warehouse.Walk(ctx, tx, c); err != nil {
			return err
		}
	}
	for _, a := range []*warehouse.Aside{{Store: store, Sort: "written_off", Name: "旧陪护椅", Many: "6 把", Origin: "报损单待处置", Spot: "后院棚"},
		{Store: store, Sort: "off_book", Name: "厂家赠送样品手套", Many: "2 盒", Origin: "厂家代表", Spot: "账外柜"}} {
		if err := warehouse.PutAside(ctx, tx, a); err != nil {
			return err
		}
	}
	n := 0
	for _, i := range w.items {
		if i.Category == catalog.Emergency && n < 6 {
			n++
			if err := warehouse.SetReserve(ctx, tx, store, i.ID, quantity.Qty(60*n), "防汛、停电"); err != nil {
				return err
			}
		}
	}
	if err := warehouse.Record(ctx, tx, &warehouse.Drill{Store: store, Sort: "inspection", What: "应急储备月度检查", Found: "手电已充电"}); err != nil {
		return err
	}
	return warehouse.Record(ctx, tx, &warehouse.Drill{Store: store, Sort: "drill", What: "防汛物资调用演练", Found: "15 分钟到位"})
}

// closeBooks closes the months of the stores that are over; finance agrees with the first.
func (w *world) closeBooks(ctx context.Context, keeper *person) error {
	finance := w.byCode["B03"].staff[0]
	err := w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error {
		role, err := people.RoleByCode(ctx, tx, "finance")
		if err != nil {
			return err
		}
		return people.Grant(ctx, tx, &people.Appointment{Person: finance.ID, Role: role.ID, Extent: people.Everywhere, From: tx.Today()})
	})
	if err != nil {
		return err
	}
	if finance.actor, err = people.ActorOf(ctx, w.d, finance.ID, w.now); err != nil {
		return err
	}
	for n, s := range w.stores {
		m, over, err := warehouse.NextToClose(ctx, w.d, s.ID, w.d.Today())
		if err != nil || !over {
			return err
		}
		var id string
		when := w.now.Add(time.Duration(n-20) * time.Minute)
		err = w.d.Do(ctx, keeper.actor, func(tx *db.Tx) (err error) {
			id, err = warehouse.CloseMonth(ctx, at(tx, when, keeper.actor), s.ID, m)
			return err
		})
		if err == nil && n == 0 {
			err = w.d.Do(ctx, finance.actor, func(tx *db.Tx) error {
				c, err := warehouse.CloseByID(ctx, tx, id)
				if err != nil {
					return err
				}
				return warehouse.Agree(ctx, at(tx, when.Add(5*time.Minute), finance.actor), id, c.Closing, "与财务总账一致")
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}
