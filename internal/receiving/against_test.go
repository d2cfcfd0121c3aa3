package receiving_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/people"
	"houqin/internal/purchasing"
	"houqin/internal/receiving"
	"houqin/internal/suppliers"
)

// planned is an agreed plan for lamps of which nothing is ordered.
func (h *house) planned(lamps string) (p purchasing.Plan) {
	h.t.Helper()
	h.must(h.try(db.System("setup"), func(ctx context.Context, tx *db.Tx) error {
		_, err := purchasing.Submit(ctx, tx, purchasing.Wish{Department: h.icu.ID, Lines: []purchasing.WishLine{{Item: h.lamp.ID, Qty: lamps, Quality: "合格品", Why: "新用"}}})
		return err
	}))
	h.must(h.try(h.planner, func(ctx context.Context, tx *db.Tx) (err error) {
		if p, err = purchasing.Consolidate(ctx, tx, tx.Today().Month().Add(1).First(), h.kf.ID); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE purchasing_plan SET state = 'approved', urgent = true WHERE id = $1`, p.ID)
		return err
	}))
	return p
}

func (h *house) comes(by db.Actor, in receiving.Arrival) (x receiving.Receipt, err error) {
	h.t.Helper()
	in.Store, in.Invoice = h.store.ID, "FP-"+in.Contract+in.Plan
	err = h.try(by, func(ctx context.Context, tx *db.Tx) (err error) {
		x, err = receiving.Arrive(ctx, tx, in)
		return err
	})
	return x, err
}

// What a buyer fetched at the market is held against the agreed plan: no more than it
// has, nothing that it has not, not by its planner, and not where the sum needs an order.
//
// Clause: S-006
func TestGoodsComeOnAnAgreedPlan(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		p := h.planned("20")
		lamps := func(qty string) receiving.Arrival {
			return receiving.Arrival{Plan: p.ID, Supplier: h.a.ID, Lines: []receiving.Came{{Item: h.lamp.ID, Qty: qty}}}
		}
		if _, err := h.comes(h.keeper, receiving.Arrival{Plan: p.ID, Lines: lamps("1").Lines}); said(err) != "supplier base.required" {
			t.Errorf("from nobody: %v", err)
		}
		if _, err := h.comes(h.keeper, lamps("21")); !cites(err, "S-006") {
			t.Errorf("more than the plan has: %v", err)
		}
		other := lamps("5")
		other.Lines = append(other.Lines, receiving.Came{Item: h.rice.ID, Qty: "3"})
		if _, err := h.comes(h.keeper, other); !cites(err, "S-006") {
			t.Errorf("what the plan has not: %v", err)
		}
		planner := h.planner
		planner.Rights = h.keeper.Rights
		if _, err := h.comes(planner, lamps("5")); said(err) != "purchasing.planner_buys" {
			t.Errorf("received by who planned: %v", err)
		}
		x, err := h.comes(h.keeper, lamps("12"))
		h.must(err)
		if x.Basis != "plan" || x.BasisNumber != p.Number || x.State != receiving.Posted || x.Amount != 12*1200 || h.stock(h.lamp) != 12 {
			t.Errorf("%+v", x)
		}
		if _, err := h.comes(h.keeper, lamps("9")); !cites(err, "S-006") {
			t.Errorf("more than is left: %v", err)
		}
		left := func() quantity.Qty {
			t.Helper()
			p, err := purchasing.PlanByID(t.Context(), d, p.ID)
			h.must(err)
			return p.Goods[0].Qty - p.Goods[0].Ordered
		}
		if left() != 8 {
			t.Errorf("the plan still has %d", left())
		}
		h.must(h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
			_, err := receiving.Undo(ctx, tx, x.ID, 0, receiving.Word{Reason: "点错"})
			return err
		}))
		if left() != 20 || h.stock(h.lamp) != 0 {
			t.Errorf("undone, the plan still has %d, the store %d", left(), h.stock(h.lamp))
		}
		worth := func(amount money.Fen) {
			t.Helper()
			h.must(h.try(db.System("setup"), func(ctx context.Context, tx *db.Tx) error {
				if _, err := tx.Exec(ctx, `UPDATE purchasing_plan SET amount = $1 WHERE id = $2`, amount, p.ID); err != nil {
					return err
				}
				return tx.Trail(ctx, db.Event{Noun: purchasing.PlanNoun, Record: p.ID, Action: "change"})
			}))
		}
		worth(50_000_00)
		if _, err := h.comes(h.keeper, lamps("5")); said(err) != "purchasing.needs_order" || !cites(err, "P-009") {
			t.Errorf("a plan that is negotiated: %v", err)
		}
		worth(p.Amount)
		finish := func(why string) error {
			return h.try(h.planner, func(ctx context.Context, tx *db.Tx) error {
				_, err := purchasing.Finish(ctx, tx, p.ID, 0, purchasing.Word{Reason: why})
				return err
			})
		}
		if err := finish(""); said(err) != "reason purchasing.why_left" {
			t.Errorf("finished without a word on what is left: %v", err)
		}
		h.must(finish("用不着了"))
		if _, err := h.comes(h.keeper, lamps("1")); said(err) != "purchasing.not_approved" || !cites(err, "P-006") {
			t.Errorf("on a plan that is done: %v", err)
		}
		if wrong, err := receiving.Verify(t.Context(), d); err != nil || len(wrong) > 0 {
			t.Error(wrong, err)
		}
	})
}

// On a framework contract comes what it names, at its prices, and no more than it covers;
// orders drawn on it count as well.
//
// Clause: S-006
func TestGoodsComeOnAContract(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) error {
			if err := purchasing.Agree(ctx, tx, &purchasing.Price{Goods: purchasing.Goods{Item: h.lamp.ID}, Supplier: h.a.ID, Price: 1100, Contract: "灯具协议", Since: tx.Today(), Until: tx.Today().AddDays(9), Covers: "十"}); said(err) != "covers purchasing.bad_qty" {
				t.Errorf("ten in a word: %v", err)
			}
			return purchasing.Agree(ctx, tx, &purchasing.Price{Goods: purchasing.Goods{Item: h.lamp.ID}, Supplier: h.a.ID, Price: 1100, Contract: "灯具协议", Since: tx.Today(), Until: tx.Today().AddDays(9), Covers: "30"})
		}))
		lamps := func(name, qty string) receiving.Arrival {
			return receiving.Arrival{Contract: name, Supplier: h.a.ID, Lines: []receiving.Came{{Item: h.lamp.ID, Qty: qty}}}
		}
		if _, err := h.comes(h.keeper, lamps("别的协议", "5")); said(err) != "purchasing.no_such_contract" {
			t.Errorf("on a contract that is none: %v", err)
		}
		if _, err := h.comes(h.keeper, lamps("灯具协议", "31")); !cites(err, "S-006") {
			t.Errorf("more than it covers: %v", err)
		}
		x, err := h.comes(h.keeper, lamps("灯具协议", "12"))
		h.must(err)
		if x.Basis != "contract" || x.Amount != 12*1100 || h.stock(h.lamp) != 12 {
			t.Errorf("%+v", x)
		}
		// The plan asks for 40, less what lies there: 28, of which the contract still covers 18.
		p := h.planned("40")
		h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) error {
			all, err := purchasing.OrderByContract(ctx, tx, p.ID)
			if err != nil || len(all) != 1 || all[0].Goods[0].Qty != 18 || all[0].Goods[0].Price != 1100 {
				t.Errorf("%+v %v", all, err)
			}
			return err
		}))
		if _, err := h.comes(h.keeper, lamps("灯具协议", "1")); !cites(err, "S-006") {
			t.Errorf("more than the order left of it: %v", err)
		}
		orders, err := purchasing.Orders.All(t.Context(), d, list.Where{}, 9)
		h.must(err)
		h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) error {
			_, err := purchasing.Cancel(ctx, tx, orders[0].ID, 0, purchasing.Word{Reason: "不要了"})
			return err
		}))
		if _, err = h.comes(h.keeper, lamps("灯具协议", "18")); err != nil {
			t.Errorf("what a cancelled order gave back: %v", err)
		}
		if wrong, err := receiving.Verify(t.Context(), d); err != nil || len(wrong) > 0 {
			t.Error(wrong, err)
		}
	})
}

// What came on a contract is taken back also when the contract was ended and its supplier
// blocked since: that is when goods go back.
func TestWhatCameOnAContractIsTakenBackAfterItsEnd(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		price := purchasing.Price{Goods: purchasing.Goods{Item: h.lamp.ID}, Supplier: h.a.ID, Price: 1100, Contract: "灯具协议", Since: d.Today(), Until: d.Today().AddDays(9), Covers: "30"}
		h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) error { return purchasing.Agree(ctx, tx, &price) }))
		x, err := h.comes(h.keeper, receiving.Arrival{Contract: "灯具协议", Supplier: h.a.ID, Lines: []receiving.Came{{Item: h.lamp.ID, Qty: "12"}}})
		h.must(err)
		h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) error { return purchasing.EndPrice(ctx, tx, price.ID) }))
		h.must(h.try(dbtest.Person("科长", suppliers.MayBlock), func(ctx context.Context, tx *db.Tx) error {
			return suppliers.Block(ctx, tx, h.a.ID, h.a.Version, "灯管爆裂")
		}))
		h.must(h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
			_, err := receiving.Undo(ctx, tx, x.ID, 0, receiving.Word{Reason: "爆裂，退货"})
			return err
		}))
		left, err := purchasing.Prices.All(t.Context(), d, list.Where{}, 9)
		if err != nil || len(left) != 1 || left[0].Taken != 0 || h.stock(h.lamp) != 0 {
			t.Errorf("%+v %v, and %d lamps lie there", left, err, h.stock(h.lamp))
		}
	})
}

// Fixed assets that were accepted get a card each, once, at the price agreed.
func TestFixedAssetsGoOnToTheirCards(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.must(h.try(db.System("setup"), func(ctx context.Context, tx *db.Tx) error {
			bed := catalog.Item{Number: "Z001", Name: "电动病床", Unit: "张", Category: catalog.FixedAsset, Price: 860000}
			if err := catalog.Add(ctx, tx, &bed); err != nil {
				return err
			}
			h.lamp = bed
			return nil
		}))
		o := h.ordered(map[*catalog.Item]string{&h.lamp: "3"})
		x, err := h.arrive(o, receiving.Came{Item: h.lamp.ID, Qty: "3", Refused: "1", Cause: "damaged"})
		h.must(err)
		var keeper people.Person
		keeper, err = people.Get(t.Context(), d, h.keeper.ID)
		h.must(err)
		accountant := dbtest.Person("资产会计", receiving.MaySee, assets.MayChange)
		cards := func(by db.Actor) error {
			return h.try(by, func(ctx context.Context, tx *db.Tx) error {
				_, err := receiving.OpenCards(ctx, tx, x.ID, 0, receiving.Carding{Class: "medical"})
				return err
			})
		}
		if err := cards(h.keeper); err == nil {
			t.Error("the keeper opens the cards")
		}
		h.must(cards(accountant))
		if err := cards(accountant); said(err) != "receiving.has_cards" {
			t.Errorf("opened twice: %v", err)
		}
		all, err := receiving.CardsOf(t.Context(), d, x.ID)
		h.must(err)
		if len(all) != 2 || all[0].Cost != 860000 || all[0].Class != "medical" || all[0].Since != x.Arrived || all[0].Department != keeper.Department || all[0].Number == all[1].Number {
			t.Errorf("%+v", all)
		}
		if err := h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
			_, err := receiving.Undo(ctx, tx, x.ID, 0, receiving.Word{Reason: "点错"})
			return err
		}); said(err) != "receiving.has_cards" {
			t.Errorf("taken back while cards stand: %v", err)
		}
	})
}

// The code of a pack that is none of GS1's does not become the lot: the keeper is told what
// it is. What may be a printed lot stays one.
func TestACodeOfAnotherKindIsNamed(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		o := h.ordered(map[*catalog.Item]string{&h.lamp: "20"})
		for code, kind := range map[string]string{
			"+A99912345/$$52001510X33": "hibc", "+$$520015103": "hibc",
			"=A99971423456700": "isbt", "&>0181220": "isbt",
			"[)>\x1e06\x1d9N110375286414\x1d1T12345": "mh10", "9N110375286414": "ppn",
			"MA.156.M0.100148.0001.M220101": "ma", "81234567890123456789": "drug",
		} {
			_, err := h.arrive(o, receiving.Came{Item: h.lamp.ID, Qty: "1", Lot: code})
			e, ok := errors.AsType[*fault.Error](err)
			if !ok || len(e.Fields) != 1 || e.Fields[0].Path != "lines.0.lot" || e.Fields[0].Key != "receiving.foreign_code" || fmt.Sprint(e.Fields[0].Args[0]) != "receiving.foreign."+kind || !cites(err, "S-006") {
				t.Errorf("%q: %v", code, err)
			}
		}
		for n, lot := range []string{"L7", "A-2027/03", "20270301", "8123456789", "MA27", "9N1"} {
			if _, err := h.arrive(o, receiving.Came{Item: h.lamp.ID, Qty: "1", Lot: lot}); err != nil {
				t.Errorf("%d: the lot %q: %v", n, lot, err)
			}
		}
	})
}
