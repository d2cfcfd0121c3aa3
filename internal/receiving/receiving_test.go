package receiving_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"houqin/internal/approvals"
	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/quantity"
	"houqin/internal/calendar"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/files"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/purchasing"
	"houqin/internal/receiving"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, calendar.Migrations, catalog.Migrations, suppliers.Migrations, places.Migrations, people.Migrations, files.Migrations, messages.Migrations,
	approvals.Migrations, warehouse.Migrations, assets.Migrations, purchasing.Migrations, receiving.Migrations}

// house is a store at whose gate a lorry stands with what was ordered.
type house struct {
	t                                         *testing.T
	d                                         *db.DB
	icu, kf                                   departments.Department
	planner, buyer, audit, keeper, other, fin db.Actor
	gloves, lamp, rice                        catalog.Item
	a                                         suppliers.Supplier
	store                                     warehouse.Store
}

func init() { warehouse.WentBack, warehouse.CameBack = receiving.WentBack, receiving.CameBack }

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{t: t, d: d}
	dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error {
		ctx := t.Context()
		h.icu = departments.Department{Code: "ICU", Name: "重症医学科", Kind: departments.Ward}
		h.kf = departments.Department{Code: "KF", Name: "后勤科", Kind: departments.Office}
		for _, x := range []*departments.Department{&h.icu, &h.kf} {
			if err := departments.Found(ctx, tx, x); err != nil {
				return err
			}
		}
		for n, p := range []struct {
			who  *db.Actor
			name string
			may  []string
		}{
			{&h.planner, "李计划", []string{purchasing.MayPlan, purchasing.MaySee}}, {&h.buyer, "周采购", []string{purchasing.MayBuy, purchasing.MaySee}}, {&h.audit, "褚审价", []string{purchasing.MayAudit}},
			{&h.keeper, "陈库管", append([]string{receiving.MaySee, receiving.MayReceive, receiving.MayCheck}, warehouse.Permissions...)},
			{&h.other, "卫验收", []string{receiving.MaySee, receiving.MayCheck}}, {&h.fin, "蒋会计", []string{receiving.MaySee, receiving.MayMatch}},
		} {
			x := people.Person{Number: fmt.Sprintf("10%02d", n), Name: p.name, Department: h.kf.ID, Phone: fmt.Sprintf("1390000%04d", n)}
			if err := people.Hire(ctx, tx, &x); err != nil {
				return err
			}
			*p.who = dbtest.Person(p.name, p.may...)
			p.who.ID = x.ID
		}
		h.gloves = catalog.Item{Number: "A001", Name: "检查手套", Spec: "M", Unit: "只", Packs: []quantity.Pack{{Unit: "盒", Factor: 100}}, Category: catalog.Consumable, Price: 50, ShelfDays: 1000,
			Barcodes: []catalog.Barcode{{Code: "6901234567892", Unit: "盒"}}}
		h.lamp = catalog.Item{Number: "B001", Name: "灯管", Spec: "T8 18W", Unit: "只", Category: catalog.Spare, Price: 1200, Barcodes: []catalog.Barcode{{Code: "4006381333931"}}}
		h.rice = catalog.Item{Number: "C001", Name: "大米", Unit: "公斤", Category: catalog.Food, Price: 600}
		for _, i := range []*catalog.Item{&h.gloves, &h.lamp, &h.rice} {
			if err := catalog.Add(ctx, tx, i); err != nil {
				return err
			}
		}
		h.a = suppliers.Supplier{Name: "康达医疗", Licences: []suppliers.Licence{{Kind: "food", Number: "JY1", Expires: tx.Today().AddDays(3)}}}
		if err := suppliers.Add(ctx, tx, &h.a); err != nil {
			return err
		}
		h.store = warehouse.Store{Code: "A", Name: "总库", Department: h.kf.ID, Keepers: []string{h.keeper.ID}}
		return warehouse.SetUp(ctx, tx, &h.store)
	})
	return h
}

func (h *house) try(by db.Actor, f func(ctx context.Context, tx *db.Tx) error) error {
	h.t.Helper()
	return h.d.Do(h.t.Context(), by, func(tx *db.Tx) error { return f(h.t.Context(), tx) })
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// ordered is an order for some of each item, sent to the supplier at its framework price.
func (h *house) ordered(what map[*catalog.Item]string) (o purchasing.Order) {
	h.t.Helper()
	h.must(h.try(db.System("setup"), func(ctx context.Context, tx *db.Tx) error {
		w := purchasing.Wish{Department: h.icu.ID}
		for _, i := range []*catalog.Item{&h.gloves, &h.lamp, &h.rice} {
			if qty := what[i]; qty != "" {
				w.Lines = append(w.Lines, purchasing.WishLine{Item: i.ID, Qty: qty, Quality: "合格品", Why: "新用"})
				if err := purchasing.Agree(ctx, tx, &purchasing.Price{Goods: purchasing.Goods{Item: i.ID}, Supplier: h.a.ID, Price: i.Price, Contract: "框架1", Since: tx.Today(), Until: tx.Today().AddDays(300)}); err != nil && !fault.Is(err, "purchasing.price_there") {
					return err
				}
			}
		}
		_, err := purchasing.Submit(ctx, tx, w)
		return err
	}))
	h.must(h.try(h.planner, func(ctx context.Context, tx *db.Tx) error {
		p, err := purchasing.Consolidate(ctx, tx, tx.Today().Month().Add(1).First(), h.kf.ID)
		if err != nil {
			return err
		}
		// How a plan is agreed to is tried in its room.
		_, err = tx.Exec(ctx, `UPDATE purchasing_plan SET state = 'approved', urgent = true WHERE id = $1`, p.ID)
		o.Plan = p.ID
		return err
	}))
	h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) error {
		all, err := purchasing.OrderByContract(ctx, tx, o.Plan)
		if err != nil {
			return err
		}
		o = all[0]
		return nil
	}))
	h.must(h.try(h.audit, func(ctx context.Context, tx *db.Tx) error {
		_, err := purchasing.Approve(ctx, tx, o.ID, 0, purchasing.Verdict{Audit: "同上次"})
		return err
	}))
	h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) (err error) {
		o, err = purchasing.Send(ctx, tx, o.ID, 0, purchasing.Dispatched{Labelled: true, Due: tx.Today().AddDays(2)})
		return err
	}))
	return o
}

// arrive counts lines for an order at the gate.
func (h *house) arrive(o purchasing.Order, lines ...receiving.Came) (x receiving.Receipt, err error) {
	h.t.Helper()
	err = h.try(h.keeper, func(ctx context.Context, tx *db.Tx) (err error) {
		x, err = receiving.Arrive(ctx, tx, receiving.Arrival{Order: o.ID, Store: h.store.ID, Invoice: "FP-1", Delivery: "SH-9", Lines: lines})
		return err
	})
	return x, err
}

func (h *house) check(by db.Actor, x receiving.Receipt, t receiving.Tested) (receiving.Receipt, error) {
	h.t.Helper()
	err := h.try(by, func(ctx context.Context, tx *db.Tx) (err error) {
		x, err = receiving.Check(ctx, tx, x.ID, 0, t)
		return err
	})
	return x, err
}

func (h *house) post(x receiving.Receipt) (receiving.Receipt, error) {
	h.t.Helper()
	err := h.try(h.keeper, func(ctx context.Context, tx *db.Tx) (err error) {
		x, err = receiving.Post(ctx, tx, x.ID, 0)
		return err
	})
	return x, err
}

// stock is how much of an item the store holds.
func (h *house) stock(i catalog.Item) quantity.Qty {
	h.t.Helper()
	all, err := warehouse.InStores(h.t.Context(), h.d)
	h.must(err)
	return all[i.ID]
}

func (h *house) order(id string) purchasing.Order {
	h.t.Helper()
	o, err := purchasing.OrderByID(h.t.Context(), h.d, id)
	h.must(err)
	return o
}

// said is what a fault complains about, path and word.
func said(err error) string {
	e, ok := err.(*fault.Error)
	if !ok {
		return fmt.Sprint(err)
	}
	if len(e.Fields) == 0 {
		return e.Key
	}
	var all []string
	for _, f := range e.Fields {
		all = append(all, f.Path+" "+f.Key)
	}
	return strings.Join(all, ", ")
}

func cites(err error, clause string) bool {
	e, ok := err.(*fault.Error)
	if !ok {
		return false
	}
	for _, c := range e.Clauses() {
		if c == clause {
			return true
		}
	}
	return false
}

// What was ordered comes in two lorries; the first is tested by somebody else, booked
// with lot and expiry as scanned, and the order waits for the rest. Taken back, the order
// waits for all of it again.
//
// Clause: S-008
// Clause: S-035
func TestALorryIsCountedTestedAndBooked(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		o := h.ordered(map[*catalog.Item]string{&h.gloves: "10 盒", &h.lamp: "20"})
		x, err := h.arrive(o, receiving.Came{Item: h.gloves.ID, Qty: "6 盒", Lot: "(01)06901234567892(17)290630(10)L7"}, receiving.Came{Item: h.lamp.ID, Noted: "20", Qty: "18"})
		h.must(err)
		if x.State != receiving.Counted || x.Number != "YS-2027-000001" || x.Amount != 600*50+18*1200 || x.Goods[0].Lot != "L7" || x.Goods[0].Expiry != "2029-06-30" || x.Goods[1].Short() != 2 || h.stock(h.gloves) != 0 {
			t.Fatalf("%+v", x)
		}
		if _, err := h.post(x); said(err) != "base.step_not_possible" {
			t.Errorf("booked before it was tested: %v", err)
		}
		if _, err := h.arrive(o, receiving.Came{Item: h.gloves.ID, Qty: "5 盒", Lot: "L7", Expiry: "2029-06-30"}); said(err) != "lines.0.qty receiving.over_order" {
			t.Errorf("what stands at the gate is not counted: %v", err)
		}
		x, err = h.check(h.other, x, receiving.Tested{Finding: "外观完好，有合格证"})
		h.must(err)
		x, err = h.post(x)
		h.must(err)
		if o = h.order(o.ID); x.State != receiving.Posted || h.stock(h.gloves) != 600 || h.stock(h.lamp) != 18 || o.State != purchasing.PartlyReceived || o.Goods[0].Received != 600 {
			t.Errorf("%+v %+v", x, o)
		}
		brought, err := receiving.ArrivalsFor(t.Context(), d, h.keeper, []string{o.ID}, h.gloves.ID)
		if err != nil || len(brought) != 1 || brought[0].Receipt != x.ID || brought[0].Counted != 600 || brought[0].Accepted != 600 || brought[0].StoreName == "" {
			t.Errorf("of the gloves came %+v, %v", brought, err)
		}
		if none, err := receiving.ArrivalsFor(t.Context(), d, dbtest.PersonIn("外人", "elsewhere", receiving.MaySee), []string{o.ID}, h.gloves.ID); err != nil || len(none) != 0 {
			t.Errorf("who does not see the store sees %+v, %v", none, err)
		}
		slip, err := warehouse.Get(t.Context(), d, x.Document)
		if err != nil || slip.Amount != x.Amount || slip.Invoice != "FP-1" || slip.RecordNumber != x.Number || slip.Number != x.DocumentNumber {
			t.Errorf("the slip says something else: %+v %v", slip, err)
		}
		if err := h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
			_, err := warehouse.Reverse(ctx, tx, slip.ID, "错了")
			return err
		}); said(err) != "warehouse.belongs_to_record" {
			t.Errorf("the slip was taken back behind the receipt: %v", err)
		}
		y, err := h.arrive(o, receiving.Came{Item: h.gloves.ID, Qty: "4 盒", Lot: "L8", Expiry: "2029-06-30"}, receiving.Came{Item: h.lamp.ID, Qty: "2"})
		h.must(err)
		y, err = h.check(h.other, y, receiving.Tested{Finding: "合格"})
		h.must(err)
		_, err = h.post(y)
		h.must(err)
		if o = h.order(o.ID); o.State != purchasing.Received || h.stock(h.gloves) != 1000 {
			t.Errorf("%+v", o)
		}
		h.must(h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
			_, err := receiving.Undo(ctx, tx, x.ID, 0, receiving.Word{Reason: "送错医院"})
			return err
		}))
		if o = h.order(o.ID); o.State != purchasing.PartlyReceived || h.stock(h.gloves) != 400 || o.Goods[0].Left() != 600 {
			t.Errorf("taken back: %+v", o)
		}
		if found, err := receiving.Receipts.All(t.Context(), d, list.Where{}.And("r.state = 'posted'"), 9); err != nil || len(found) != 1 {
			t.Errorf("%v %v", found, err)
		}
	})
}

// Each line is held against the order in item, code, quantity and life, all of them told
// at once, each under its clause.
//
// Clause: S-006
func TestWhatCameIsHeldAgainstTheOrder(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		o := h.ordered(map[*catalog.Item]string{&h.gloves: "10 盒", &h.lamp: "20"})
		_, err := h.arrive(o, receiving.Came{Item: h.gloves.ID, Qty: "11 盒", Lot: "L7", Expiry: "2029-06-30"}, receiving.Came{Item: h.lamp.ID, Qty: "3", Lot: "(01)06901234567892(17)290630(10)L7"},
			receiving.Came{Item: h.rice.ID, Qty: "50"}, receiving.Came{Item: h.gloves.ID, Qty: "一盒"})
		if got := said(err); got != "lines.0.qty receiving.over_order, lines.1.lot receiving.other_item, lines.2.item receiving.not_ordered, lines.3.qty receiving.bad_qty" || !cites(err, "S-006") {
			t.Errorf("%s", got)
		}
		near := d.Today().AddDays(200) // of 1000 days that they last
		_, err = h.arrive(o, receiving.Came{Item: h.gloves.ID, Qty: "2 盒", Lot: "L6", Expiry: near})
		if said(err) != "lines.0.note receiving.short_dated" || !cites(err, "S-006") {
			t.Errorf("short-dated: %v", err)
		}
		if _, err = h.arrive(o, receiving.Came{Item: h.gloves.ID, Qty: "2 盒", Lot: "L5", Expiry: d.Today().AddDays(-1)}); said(err) != "lines.0.expiry warehouse.already_expired" || !cites(err, "F-001") {
			t.Errorf("expired: %v", err)
		}
		if _, err = h.arrive(o, receiving.Came{Item: h.gloves.ID, Qty: "2 盒"}); said(err) != "lines.0.expiry warehouse.expiry_needed" {
			t.Errorf("no expiry: %v", err)
		}
		if _, err = h.arrive(o); said(err) != "lines receiving.nothing_counted" {
			t.Errorf("nothing: %v", err)
		}
		x, err := h.arrive(o, receiving.Came{Item: h.gloves.ID, Qty: "2 盒", Lot: "L6", Expiry: near, Note: "急用，两个月内用完"}, receiving.Came{Item: h.rice.ID, Qty: "50", Refused: "50", Cause: "wrong"},
			receiving.Came{Item: h.lamp.ID, Qty: "22", Refused: "2", Cause: "over"})
		h.must(err)
		if x.Refused != 2 || x.Goods[1].Asked != 0 || x.Goods[2].Accepted() != 20 {
			t.Errorf("%+v", x)
		}
	})
}

// Goods do not come in a month that the store has closed, nor tomorrow.
//
// Clause: S-006
func TestNothingComesInAClosedMonth(t *testing.T) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := open(t, d)
		first := h.ordered(map[*catalog.Item]string{&h.lamp: "20"})
		x, err := h.arrive(first, receiving.Came{Item: h.lamp.ID, Qty: "5"})
		h.must(err)
		if x.State != receiving.Posted {
			t.Fatalf("%+v", x)
		}
		month := d.Today().Month()
		clock.Set(month.Add(1).First().AddDays(2).Start(d.Zone).Time())
		h.must(h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
			_, err := warehouse.CloseMonth(ctx, tx, h.store.ID, month)
			return err
		}))
		for day, want := range map[int]string{0: "arrived receiving.month_closed", 40: "arrived receiving.day_to_come"} {
			err := h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
				_, err := receiving.Arrive(ctx, tx, receiving.Arrival{Order: first.ID, Store: h.store.ID, Invoice: "FP-2", Arrived: month.Last().AddDays(day), Lines: []receiving.Came{{Item: h.lamp.ID, Qty: "5"}}})
				return err
			})
			if said(err) != want || day == 0 && !cites(err, "S-001") {
				t.Errorf("%d: %v", day, err)
			}
		}
	})
}

// What is damaged or poor is refused with its cause, whoever finds it, never reaches the
// books, and goes back to who takes it. Without an invoice nothing is booked; where all is
// refused, none is needed.
//
// Clause: S-007
func TestPoorGoodsAreNeverBooked(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		o := h.ordered(map[*catalog.Item]string{&h.gloves: "10 盒", &h.lamp: "20"})
		_, err := h.arrive(o, receiving.Came{Item: h.lamp.ID, Qty: "5", Cause: "damaged"}, receiving.Came{Item: h.gloves.ID, Qty: "2 盒", Refused: "1 盒", Lot: "L7", Expiry: "2029-06-30"})
		if said(err) != "lines.0.refused receiving.poor_kept, lines.1.cause receiving.cause_needed" || !cites(err, "S-007") {
			t.Errorf("%v", err)
		}
		without := func(lines ...receiving.Came) (x receiving.Receipt, err error) {
			err = h.try(h.keeper, func(ctx context.Context, tx *db.Tx) (err error) {
				x, err = receiving.Arrive(ctx, tx, receiving.Arrival{Order: o.ID, Store: h.store.ID, Lines: lines})
				return err
			})
			return x, err
		}
		if _, err := without(receiving.Came{Item: h.lamp.ID, Qty: "5"}); said(err) != "invoice warehouse.invoice_needed" || !cites(err, "S-007") {
			t.Errorf("no invoice: %v", err)
		}
		all, err := without(receiving.Came{Item: h.lamp.ID, Qty: "5", Refused: "5", Cause: "damaged"})
		h.must(err)
		if all.State != receiving.Refused || all.Document != "" || !all.ToGoBack() || h.stock(h.lamp) != 0 || h.order(o.ID).State != purchasing.Sent {
			t.Errorf("%+v", all)
		}
		x, err := h.arrive(o, receiving.Came{Item: h.lamp.ID, Qty: "20", Refused: "2", Cause: "damaged"}, receiving.Came{Item: h.gloves.ID, Qty: "10 盒", Lot: "L7", Expiry: "2029-06-30"})
		h.must(err)
		if _, err := h.check(h.other, x, receiving.Tested{Finding: "一箱受潮", Lines: []receiving.Verdict{{Line: 1}, {Line: 2, Refused: "3 盒"}}}); said(err) != "lines.0.refused receiving.refused_already, lines.1.cause receiving.cause_needed" {
			t.Errorf("%v", err)
		}
		x, err = h.check(h.other, x, receiving.Tested{Finding: "一箱受潮", Lines: []receiving.Verdict{{Line: 1, Refused: "2", Cause: "damaged"}, {Line: 2, Refused: "3 盒", Cause: "poor"}}})
		h.must(err)
		x, err = h.post(x)
		h.must(err)
		if h.stock(h.lamp) != 18 || h.stock(h.gloves) != 700 || x.Refused != 2 || x.Amount != 18*1200+700*50 {
			t.Errorf("%d lamps, %d gloves: %+v", h.stock(h.lamp), h.stock(h.gloves), x)
		}
		back := func() error {
			return h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
				_, err := receiving.HandBack(ctx, tx, x.ID, 0, receiving.Taker{Who: "送货员老马", Way: warehouse.Replace})
				return err
			})
		}
		h.must(back())
		if err := back(); said(err) != "receiving.nothing_back" {
			t.Errorf("gone back twice: %v", err)
		}
	})
}

// Whoever counted does not test, under another entry of the staff file either; lamps need
// no second person unless one is asked for, food always does.
//
// Clause: S-005 P-011
func TestWhoCountedDoesNotTest(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		o := h.ordered(map[*catalog.Item]string{&h.lamp: "20", &h.rice: "100"})
		x, err := h.arrive(o, receiving.Came{Item: h.rice.ID, Qty: "100"})
		h.must(err)
		if x.State != receiving.Counted {
			t.Errorf("food: %s", x.State)
		}
		good := receiving.Tested{Finding: "合格"}
		if _, err := h.check(h.keeper, x, good); said(err) != "receiving.own_check" || !cites(err, "S-005") {
			t.Errorf("tested by who counted: %v", err)
		}
		twin := h.other
		h.must(h.try(db.System("personnel"), func(ctx context.Context, tx *db.Tx) error {
			p := people.Person{Number: "2001", Name: "陈库管", Department: h.kf.ID, Phone: "13900000003"}
			err := people.Hire(ctx, tx, &p)
			twin.ID = p.ID
			return err
		}))
		if _, err := h.check(twin, x, good); said(err) != "receiving.own_check" {
			t.Errorf("tested under another name: %v", err)
		}
		if _, err := h.check(h.other, x, receiving.Tested{}); said(err) != "finding receiving.finding_needed" || !cites(err, "S-005") {
			t.Errorf("no finding: %v", err)
		}
		_, err = h.check(h.other, x, good)
		h.must(err)
		if y, err := h.arrive(o, receiving.Came{Item: h.lamp.ID, Qty: "2"}); err != nil || y.State != receiving.Posted {
			t.Errorf("lamps: %s %v", y.State, err)
		}
		var asked receiving.Receipt
		h.must(h.try(h.keeper, func(ctx context.Context, tx *db.Tx) (err error) {
			asked, err = receiving.Arrive(ctx, tx, receiving.Arrival{Order: o.ID, Store: h.store.ID, Invoice: "FP-1", Second: true, Lines: []receiving.Came{{Item: h.lamp.ID, Qty: "2"}}})
			return err
		}))
		if asked.State != receiving.Counted {
			t.Errorf("asked for: %s", asked.State)
		}
	})
}
