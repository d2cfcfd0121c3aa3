package purchasing_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/quantity"
	"houqin/internal/calendar"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/purchasing"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, calendar.Migrations, catalog.Migrations, suppliers.Migrations, places.Migrations, people.Migrations, messages.Migrations,
	approvals.Migrations, warehouse.Migrations, purchasing.Migrations}

// house is a hospital with a ward that asks, a planner, a buyer and those who decide.
type house struct {
	t                                                                  *testing.T
	d                                                                  *db.DB
	icu, kf                                                            departments.Department
	nurse, head, planner, buyer, chief, vice, president, keeper, audit db.Actor
	gloves, lamp, rice                                                 catalog.Item
	a, b, c                                                            suppliers.Supplier
	store                                                              warehouse.Store
}

func open(t *testing.T, d *db.DB) *house {
	approvals.Ended[purchasing.PlanNoun], approvals.Ended[purchasing.NeedNoun] = purchasing.PlanEnded, purchasing.NeedEnded
	h := &house{t: t, d: d}
	dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error {
		h.icu = departments.Department{Code: "ICU", Name: "重症医学科", Kind: departments.Ward}
		h.kf = departments.Department{Code: "KF", Name: "后勤科", Kind: departments.Office}
		for _, x := range []*departments.Department{&h.icu, &h.kf} {
			if err := departments.Found(t.Context(), tx, x); err != nil {
				return err
			}
		}
		for n, p := range []struct {
			who  *db.Actor
			name string
			in   *departments.Department
			may  []string
		}{
			{&h.nurse, "王护士", &h.icu, nil}, {&h.head, "赵护士长", &h.icu, nil},
			{&h.planner, "李计划", &h.kf, []string{purchasing.MayPlan, purchasing.MayBuy, purchasing.MayAudit, purchasing.MaySee}}, // too many rights: the clause must hold all the same
			{&h.buyer, "周采购", &h.kf, []string{purchasing.MayBuy, purchasing.MayAudit, purchasing.MaySee}},
			{&h.chief, "吴科长", &h.kf, []string{purchasing.MayLeave}}, {&h.vice, "郑副院长", &h.kf, nil}, {&h.president, "冯院长", &h.kf, nil},
			{&h.keeper, "陈库管", &h.kf, warehouse.Permissions}, {&h.audit, "褚审价", &h.kf, []string{purchasing.MayAudit}},
		} {
			x := people.Person{Number: fmt.Sprintf("%04d", n+1), Name: p.name, Department: p.in.ID, Phone: fmt.Sprintf("1390000%04d", n)}
			if err := people.Hire(t.Context(), tx, &x); err != nil {
				return err
			}
			*p.who = dbtest.Person(p.name, p.may...)
			if p.in == &h.icu {
				*p.who = dbtest.PersonIn(p.name, h.icu.ID, purchasing.MayAsk)
			}
			p.who.ID = x.ID
		}
		for dep, boss := range map[*departments.Department]string{&h.icu: h.head.ID, &h.kf: h.chief.ID} {
			dep.Head = boss
			if err := departments.Change(t.Context(), tx, dep); err != nil {
				return err
			}
		}
		for post, who := range map[string]string{"storekeeper": h.keeper.ID, "president": h.president.ID, "vice_president": h.vice.ID, "general_affairs": h.chief.ID} {
			if err := approvals.Seat(t.Context(), tx, &approvals.Holding{Post: post, Person: who}); err != nil {
				return err
			}
		}
		h.gloves = catalog.Item{Number: "A001", Name: "检查手套", Spec: "M", Unit: "只", Packs: []quantity.Pack{{Unit: "盒", Factor: 100}}, Category: catalog.Consumable, Price: 50}
		h.lamp = catalog.Item{Number: "B001", Name: "灯管", Spec: "T8 18W", Unit: "只", Category: catalog.Spare, Price: 1200}
		h.rice = catalog.Item{Number: "C001", Name: "大米", Unit: "公斤", Category: catalog.Food, Price: 600}
		for _, i := range []*catalog.Item{&h.gloves, &h.lamp, &h.rice} {
			if err := catalog.Add(t.Context(), tx, i); err != nil {
				return err
			}
		}
		for _, s := range []*suppliers.Supplier{&h.a, &h.b, &h.c} {
			s.Name = []string{"康达医疗", "永固管业", "安泰照明"}[map[*suppliers.Supplier]int{&h.a: 0, &h.b: 1, &h.c: 2}[s]]
			if err := suppliers.Add(t.Context(), tx, s); err != nil {
				return err
			}
		}
		h.store = warehouse.Store{Code: "A", Name: "总库", Department: h.kf.ID}
		return warehouse.SetUp(t.Context(), tx, &h.store)
	})
	return h
}

// history lets the ward use so many gloves in each of the last eight months, and leaves
// so many in the store.
func (h *house) history(each, left int) {
	h.t.Helper()
	at := func(months int, f func(tx *db.Tx) error) {
		h.t.Helper()
		dbtest.Do(h.t, h.d, h.keeper, func(tx *db.Tx) error {
			tx.Now = h.d.Today().Month().Add(-months).First().AddDays(9).Start(h.d.Zone).Time()
			return f(tx)
		})
	}
	at(9, func(tx *db.Tx) error {
		_, err := warehouse.Open(h.t.Context(), tx, warehouse.Stocktaking{Store: h.store.ID, Lines: []warehouse.In{{Item: h.gloves.ID, Qty: fmt.Sprint(8*each + left), Price: "0.5"}}})
		return err
	})
	for m := 8; m >= 1; m-- {
		at(m, func(tx *db.Tx) error {
			_, err := warehouse.Issue(h.t.Context(), tx, warehouse.Handout{Store: h.store.ID, Department: h.icu.ID, ReceiverName: "王护士", Lines: []warehouse.Out{{Item: h.gloves.ID, Qty: fmt.Sprint(each)}}})
			return err
		})
	}
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

func (h *house) wish(item catalog.Item, qty string) purchasing.WishLine {
	return purchasing.WishLine{Item: item.ID, Qty: qty, Quality: "合格品", Why: "新用"}
}

func (h *house) submit(lines ...purchasing.WishLine) (n purchasing.Need) {
	h.t.Helper()
	h.must(h.try(h.nurse, func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = purchasing.Submit(ctx, tx, purchasing.Wish{Department: h.icu.ID, Lines: lines})
		return err
	}))
	return n
}

func (h *house) consolidate() (p purchasing.Plan) {
	h.t.Helper()
	h.must(h.try(h.planner, func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = purchasing.Consolidate(ctx, tx, tx.Today().Month().Add(1).First(), h.kf.ID)
		return err
	}))
	return p
}

func (h *house) agree(noun, record string, by ...db.Actor) {
	h.t.Helper()
	for _, who := range by {
		c, ok, err := approvals.OpenOf(h.t.Context(), h.d, noun, record)
		if err != nil || !ok {
			h.t.Fatal(ok, err)
		}
		h.must(h.try(who, func(ctx context.Context, tx *db.Tx) error {
			_, err := approvals.Agree(ctx, tx, c.ID, "", approvals.Signature{Digest: c.Digest})
			return err
		}))
	}
}

// agreed is a plan that may be bought.
func (h *house) agreed(lines ...purchasing.WishLine) purchasing.Plan {
	h.t.Helper()
	h.submit(lines...)
	p := h.consolidate()
	h.must(h.try(h.planner, func(ctx context.Context, tx *db.Tx) error {
		_, err := purchasing.AskLeave(ctx, tx, p.ID, 0, "对照库存和用量，合理")
		return err
	}))
	h.agree(purchasing.PlanNoun, p.ID, h.chief, h.keeper, h.president)
	p, err := purchasing.PlanByID(h.t.Context(), h.d, p.ID)
	h.must(err)
	return p
}

func (h *house) enquire(p purchasing.Plan) (e purchasing.Enquiry) {
	h.t.Helper()
	h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) (err error) {
		e, err = purchasing.Enquire(ctx, tx, p.ID)
		return err
	}))
	return e
}

func (h *house) offer(e purchasing.Enquiry, s suppliers.Supplier, prices ...int) {
	h.t.Helper()
	o := purchasing.Offer{Supplier: s.ID, Days: 3, Score: 80}
	for n, p := range prices {
		o.Lines = append(o.Lines, purchasing.OfferLine{Line: int64(n + 1), Price: money.Fen(p)})
	}
	h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) error { _, err := purchasing.Note(ctx, tx, e.ID, o); return err }))
}

func (h *house) order(p purchasing.Plan, price int) purchasing.Order {
	h.t.Helper()
	e := h.enquire(p)
	for n, s := range []suppliers.Supplier{h.a, h.b, h.c} {
		h.offer(e, s, price+n*10)
	}
	var all []purchasing.Order
	h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = purchasing.Decide(ctx, tx, e.ID, purchasing.Award{Market: "批发市场同类价"})
		return err
	}))
	return all[0]
}

// What a ward asks becomes a plan, is agreed to by head, storekeeper and president,
// bought by somebody else, audited, sent, and comes in two parts.
//
// Clause: P-002 P-006 S-042 S-050
func TestFromNeedToOrder(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.submit(h.wish(h.lamp, "20"))
		p := h.consolidate()
		if p.Number == "" || len(p.Goods) != 1 || p.Goods[0].Qty != 20 || p.Amount != 24000 || p.Goods[0].Askers != 1 {
			t.Fatalf("%+v", p)
		}
		enquire := func() error {
			return h.try(h.buyer, func(ctx context.Context, tx *db.Tx) error { _, err := purchasing.Enquire(ctx, tx, p.ID); return err })
		}
		if err := enquire(); said(err) != "purchasing.not_approved" || !cites(err, "P-006") {
			t.Errorf("bought from a draft: %v", err)
		}
		h.must(h.try(h.planner, func(ctx context.Context, tx *db.Tx) error {
			_, err := purchasing.AskLeave(ctx, tx, p.ID, p.Version, "合理")
			return err
		}))
		if err := enquire(); said(err) != "purchasing.not_approved" {
			t.Errorf("bought before it was agreed to: %v", err)
		}
		h.agree(purchasing.PlanNoun, p.ID, h.chief, h.keeper, h.president)
		p, err := purchasing.PlanByID(t.Context(), d, p.ID)
		h.must(err)
		o := h.order(p, 1100)
		if o.State != purchasing.Drafted || o.Amount != 22000 || o.Supplier != h.a.ID || o.Number == "" {
			t.Fatalf("%+v", o)
		}
		if err := enquire(); said(err) != "purchasing.nothing_left" {
			t.Errorf("the same line ordered twice: %v", err)
		}
		if all, err := purchasing.OpenOrders(t.Context(), d, ""); err != nil || len(all) != 0 {
			t.Errorf("a draft is open: %v %v", all, err)
		}
		mark := func(qty quantity.Qty) error {
			return h.try(h.keeper, func(ctx context.Context, tx *db.Tx) error {
				return purchasing.MarkReceived(ctx, tx, o.ID, []purchasing.Arrived{{Line: 1, Qty: qty}})
			})
		}
		if err := mark(5); said(err) != "purchasing.not_sent" {
			t.Errorf("goods came for a draft: %v", err)
		}
		h.must(h.try(h.audit, func(ctx context.Context, tx *db.Tx) error {
			_, err := purchasing.Approve(ctx, tx, o.ID, 1, purchasing.Verdict{})
			return err
		}))
		h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) error {
			_, err := purchasing.Send(ctx, tx, o.ID, 2, purchasing.Dispatched{Labelled: true})
			return err
		}))
		if all, err := purchasing.OpenOrders(t.Context(), d, h.a.ID); err != nil || len(all) != 1 || all[0].Goods[0].Left() != 20 || all[0].Goods[0].Title() != "灯管 T8 18W" {
			t.Errorf("%+v %v", all, err)
		}
		h.must(mark(12))
		if err := mark(9); said(err) != "lines.0.qty purchasing.over_order" {
			t.Errorf("more came than was ordered: %v", err)
		}
		state := func() purchasing.OrderState {
			o, err := purchasing.OrderByID(t.Context(), d, o.ID)
			h.must(err)
			return o.State
		}
		if s := state(); s != purchasing.PartlyReceived {
			t.Errorf("%s after twelve of twenty", s)
		}
		h.must(mark(8))
		if s := state(); s != purchasing.Received {
			t.Errorf("%s after all", s)
		}
		h.must(mark(-20))
		if s := state(); s != purchasing.Sent {
			t.Errorf("%s after all went back", s)
		}
		h.must(mark(12))
		h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) error {
			_, err := purchasing.Close(ctx, tx, o.ID, 0, purchasing.Word{Reason: "缺货"})
			return err
		}))
		if p, err = purchasing.PlanByID(t.Context(), d, p.ID); err != nil || p.Goods[0].Ordered != 12 {
			t.Errorf("what did not come is not the plan's again: %+v %v", p.Goods[0], err)
		}
	})
}

// Whoever planned is refused every step of buying, with the rights for it and under
// another entry of the staff file, too.
//
// Clause: P-001
func TestWhoPlannedNeverBuys(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		p := h.agreed(h.wish(h.lamp, "20"))
		twin := people.Person{Number: "9001", Name: "李计划", Department: h.kf.ID, Phone: "13900000002"}
		dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error { return people.Hire(t.Context(), tx, &twin) })
		guise := dbtest.Person("李计划", purchasing.MayBuy, purchasing.MayAudit)
		guise.ID = twin.ID
		e := h.enquire(p)
		h.offer(e, h.a, 1000)
		for name, by := range map[string]db.Actor{"the planner": h.planner, "the planner's other entry": guise} {
			for step, f := range map[string]func(context.Context, *db.Tx) error{
				"enquire": func(ctx context.Context, tx *db.Tx) error { _, err := purchasing.Enquire(ctx, tx, p.ID); return err },
				"contract": func(ctx context.Context, tx *db.Tx) error {
					_, err := purchasing.OrderByContract(ctx, tx, p.ID)
					return err
				},
				"note": func(ctx context.Context, tx *db.Tx) error {
					_, err := purchasing.Note(ctx, tx, e.ID, purchasing.Offer{Supplier: h.b.ID, Lines: []purchasing.OfferLine{{Line: 1, Price: 1}}})
					return err
				},
				"award": func(ctx context.Context, tx *db.Tx) error {
					_, err := purchasing.Decide(ctx, tx, e.ID, purchasing.Award{Market: "x"})
					return err
				},
			} {
				if err := h.try(by, f); said(err) != "purchasing.planner_buys" || !cites(err, "P-001") {
					t.Errorf("%s, %s: %v", name, step, err)
				}
			}
		}
		h.offer(e, h.b, 1100)
		h.offer(e, h.c, 1200)
		h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) error {
			all, err := purchasing.Decide(ctx, tx, e.ID, purchasing.Award{Market: "x"})
			if err == nil {
				_, err = tx.Exec(ctx, `UPDATE purchasing_order SET state = 'approved' WHERE id = $1`, all[0].ID)
			}
			return err
		}))
		o, err := purchasing.Orders.All(t.Context(), d, purchasing.Everything(), 1)
		h.must(err)
		if err := h.try(guise, func(ctx context.Context, tx *db.Tx) error {
			_, err := purchasing.Send(ctx, tx, o[0].ID, 0, purchasing.Dispatched{Labelled: true})
			return err
		}); said(err) != "purchasing.planner_buys" {
			t.Errorf("sent by the planner's other entry: %v", err)
		}
	})
}

// Clause: P-003
func TestEveryLineSaysWhatItNeeds(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		free := catalog.Item{Number: "D1", Name: "样品", Unit: "件", Category: catalog.Other}
		dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error { return catalog.Add(t.Context(), tx, &free) })
		err := h.try(h.nurse, func(ctx context.Context, tx *db.Tx) error {
			_, err := purchasing.Submit(ctx, tx, purchasing.Wish{Department: h.icu.ID, Lines: []purchasing.WishLine{
				{Item: h.lamp.ID, Qty: "2 箱", Quality: "合格品", Why: "x"}, {Item: "none", Qty: "1", Quality: "合格品"}, {Item: h.gloves.ID, Qty: "1 盒", Why: "x"}, h.wish(free, "3"), {Item: h.gloves.ID, Qty: "1", Quality: "合格品", Why: "x"}}})
			return err
		})
		want := "lines.0.qty purchasing.bad_qty, lines.1.item base.no_such, lines.2.quality purchasing.quality_needed, lines.3.price purchasing.price_needed, lines.4.item purchasing.twice"
		if said(err) != want || !cites(err, "P-003") {
			t.Errorf("not every line's fault at once:\n%s\n%s", said(err), want)
		}
	})
}

// A ward that uses a box a month asks for a box; for two with a reason, for a year's not
// at all, and not for next year.
//
// Clause: P-004
func TestOnlyTheMonthsNeed(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.history(100, 0)
		ask := func(qty, why string, months int) error {
			return h.try(h.nurse, func(ctx context.Context, tx *db.Tx) error {
				_, err := purchasing.Submit(ctx, tx, purchasing.Wish{Department: h.icu.ID, Month: tx.Today().Month().Add(months).First(), Lines: []purchasing.WishLine{{Item: h.gloves.ID, Qty: qty, Quality: "合格品", Why: why}}})
				return err
			})
		}
		for _, c := range []struct {
			qty, why string
			months   int
			want     string
		}{
			{"1 盒", "", 1, "<nil>"},
			{"2 盒", "", 1, "lines.0.why purchasing.over_why"},
			{"2 盒", "新增床位", 1, "<nil>"},
			{"13 盒", "全年用", 1, "lines.0.qty purchasing.years_need"},
			{"1 盒", "", 2, "month purchasing.only_the_month"},
			{"1 盒", "", -1, "month purchasing.only_the_month"},
		} {
			err := ask(c.qty, c.why, c.months)
			if said(err) != c.want || err != nil && !cites(err, "P-004") {
				t.Errorf("%s %q in %d months: %v", c.qty, c.why, c.months, err)
			}
		}
	})
}

// Clause: P-005
func TestWhatCannotWait(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		var n purchasing.Need
		ask := func(reason string) error {
			return h.try(h.nurse, func(ctx context.Context, tx *db.Tx) (err error) {
				n, err = purchasing.AskUrgent(ctx, tx, purchasing.Wish{Department: h.icu.ID, Reason: reason, Lines: []purchasing.WishLine{h.wish(h.lamp, "4")}})
				return err
			})
		}
		if err := ask(" "); said(err) != "reason purchasing.urgent_why" || !cites(err, "P-005") {
			t.Errorf("without a reason: %v", err)
		}
		h.must(ask("抢救室灯管全部损坏"))
		pass := func() (p purchasing.Plan, err error) {
			err = h.try(h.planner, func(ctx context.Context, tx *db.Tx) (err error) {
				now, err := purchasing.NeedByID(ctx, tx, n.ID)
				if err == nil {
					p, err = purchasing.FromUrgent(ctx, tx, n.ID, now.Version, h.kf.ID)
				}
				return err
			})
			return p, err
		}
		if _, err := pass(); !cites(err, "P-005") {
			t.Errorf("passed on before it was agreed to: %v", err)
		}
		h.agree(purchasing.NeedNoun, n.ID, h.head, h.vice, h.chief)
		p, err := pass()
		h.must(err)
		h.order(p, 900)
		h.must(ask("又坏了四支"))
		c, ok, err := approvals.OpenOf(t.Context(), d, purchasing.NeedNoun, n.ID)
		if err != nil || !ok {
			t.Fatal(err)
		}
		facts := map[string]string{}
		for _, f := range c.Facts.Lines() {
			facts[f.Key] = f.Value
		}
		if facts["stock"] != "灯管 T8 18W 0 只" || facts["last_price"] != "灯管 T8 18W 9.00/只" {
			t.Errorf("who decides reads %v", facts)
		}
	})
}

// Nothing is sent for approval that nobody reviewed; more than was proposed, and what
// lies in the store already, needs a reason.
//
// Clause: P-007 P-012
func TestAPlanIsReviewed(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.history(100, 700)
		h.submit(h.wish(h.gloves, "1 盒"), h.wish(h.lamp, "20"))
		p := h.consolidate()
		g := p.Goods[0]
		if g.Stock != 700 || g.Likely != 100 || g.Proposed != 0 || g.Qty != 0 || g.Sure != "firm" || g.Used != 100 {
			t.Errorf("existing goods do not go first: %+v", g)
		}
		set := func(gloves, lamps, why string) error {
			return h.try(h.planner, func(ctx context.Context, tx *db.Tx) error {
				_, err := purchasing.Change(ctx, tx, p.ID, 0, []purchasing.Set{{Line: 1, Qty: gloves, Price: 50, Why: why}, {Line: 2, Qty: lamps, Price: 1200, Why: why}})
				return err
			})
		}
		ask := func(review string) error {
			return h.try(h.planner, func(ctx context.Context, tx *db.Tx) error {
				_, err := purchasing.AskLeave(ctx, tx, p.ID, 0, review)
				return err
			})
		}
		if err := set("一些", "21", ""); said(err) != "lines.0.qty purchasing.bad_qty" {
			t.Errorf("%v", err)
		}
		h.must(set("1 盒", "21", ""))
		err := ask("")
		if said(err) != "review purchasing.review_needed, lines.0.why purchasing.enough_there, lines.1.why purchasing.more_than_proposed" || !cites(err, "P-007") || !cites(err, "P-012") {
			t.Errorf("%v", err)
		}
		h.must(set("1 盒", "21", "扩建"))
		h.must(ask("合理"))
		if err := set("9 盒", "99", "x"); said(err) != "purchasing.not_draft" {
			t.Errorf("changed under way: %v", err)
		}
	})
}

// Clause: P-008 P-009
func TestOffersSideBySide(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		e := h.enquire(h.agreed(h.wish(h.lamp, "20")))
		if e.Method != purchasing.ByQuote || e.Bidders != 3 {
			t.Errorf("%s of %d for 240 yuan", e.Method, e.Bidders)
		}
		decide := func(a purchasing.Award) (all []purchasing.Order, err error) {
			err = h.try(h.buyer, func(ctx context.Context, tx *db.Tx) (err error) {
				all, err = purchasing.Decide(ctx, tx, e.ID, a)
				return err
			})
			return all, err
		}
		h.offer(e, h.b, 1300)
		h.offer(e, h.a, 1100)
		_, err := decide(purchasing.Award{Supplier: h.b.ID})
		if said(err) != "market purchasing.market_needed, supplier purchasing.too_few, why purchasing.dearer_why" || !cites(err, "P-008") || !cites(err, "P-009") {
			t.Errorf("%v", err)
		}
		h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) error {
			return purchasing.AskSingle(ctx, tx, e.ID, "专用灯管，只有两家")
		}))
		if _, err := decide(purchasing.Award{Market: "网上同价"}); said(err) != "supplier purchasing.leave_needed" {
			t.Errorf("a reason was leave enough: %v", err)
		}
		now, err := purchasing.EnquiryByID(t.Context(), d, e.ID)
		h.must(err)
		own := h.buyer
		own.Rights = dbtest.Person("x", purchasing.MayLeave, purchasing.MayBuy).Rights
		leave := func(by db.Actor) error {
			return h.try(by, func(ctx context.Context, tx *db.Tx) error { return purchasing.GiveLeave(ctx, tx, e.ID, now.Version) })
		}
		if err := leave(own); said(err) != "purchasing.own_leave" {
			t.Errorf("the buyer gave leave: %v", err)
		}
		h.must(leave(h.chief))
		all, err := decide(purchasing.Award{Market: "网上同价"})
		if err != nil || len(all) != 1 || all[0].Supplier != h.a.ID || all[0].Goods[0].Price != 1100 || all[0].Goods[0].Highest != 1300 {
			t.Errorf("%+v %v", all, err)
		}
		f, err := purchasing.Figure(t.Context(), d, d.Today())
		if err != nil || f.Saved != 20*200 || f.Ordered != 22000 || f.ToAudit != 1 {
			t.Errorf("%+v %v", f, err)
		}
	})
}

// The lines of one enquiry go to several bidders, one stays with the plan; nobody gets a line
// that they did not offer for.
//
// Clause: P-008
func TestLinesGoToSeveralBidders(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		e := h.enquire(h.agreed(h.wish(h.lamp, "20"), h.wish(h.gloves, "2 盒"), h.wish(h.rice, "5")))
		prices := map[string]map[string]money.Fen{h.a.ID: {h.lamp.ID: 1100, h.gloves.ID: 50}, h.b.ID: {h.lamp.ID: 1000, h.gloves.ID: 60, h.rice.ID: 300}}
		for _, s := range []string{h.a.ID, h.b.ID} {
			o := purchasing.Offer{Supplier: s}
			for _, l := range e.Asked {
				o.Lines = append(o.Lines, purchasing.OfferLine{Line: l.Line, Price: prices[s][l.Item]})
			}
			h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) error { _, err := purchasing.Note(ctx, tx, e.ID, o); return err }))
		}
		h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) error { return purchasing.AskSingle(ctx, tx, e.ID, "只有两家") }))
		now, err := purchasing.EnquiryByID(t.Context(), d, e.ID)
		h.must(err)
		h.must(h.try(h.chief, func(ctx context.Context, tx *db.Tx) error { return purchasing.GiveLeave(ctx, tx, e.ID, now.Version) }))
		give := func(why string, to map[string]string) (all []purchasing.Order, err error) {
			a := purchasing.Award{Market: "网上同价", Why: why}
			for _, l := range e.Asked {
				a.Lines = append(a.Lines, purchasing.AwardLine{Line: l.Line, Supplier: to[l.Item]})
			}
			err = h.try(h.buyer, func(ctx context.Context, tx *db.Tx) (err error) {
				all, err = purchasing.Decide(ctx, tx, e.ID, a)
				return err
			})
			return all, err
		}
		if _, err := give("", map[string]string{h.rice.ID: h.a.ID, h.lamp.ID: h.b.ID}); !strings.Contains(said(err), "supplier purchasing.not_offered") {
			t.Errorf("given to who did not offer: %v", err)
		}
		if _, err := give("", map[string]string{h.lamp.ID: h.a.ID}); said(err) != "why purchasing.dearer_why" || !cites(err, "P-008") {
			t.Errorf("dearer without a word: %v", err)
		}
		all, err := give("到货快", map[string]string{h.lamp.ID: h.a.ID, h.gloves.ID: h.b.ID})
		h.must(err)
		got := map[string]string{}
		for _, o := range all {
			for _, l := range o.Goods {
				got[l.Item] = o.Supplier
			}
		}
		if len(all) != 2 || len(got) != 2 || got[h.lamp.ID] != h.a.ID || got[h.gloves.ID] != h.b.ID {
			t.Errorf("%v of %d orders", got, len(all))
		}
		p, err := purchasing.PlanByID(t.Context(), d, e.Plan)
		h.must(err)
		for _, l := range p.Goods {
			if (l.Ordered == 0) != (l.Item == h.rice.ID) {
				t.Errorf("%s: %d ordered", l.Name, l.Ordered)
			}
		}
	})
}

// Clause: P-011 P-015
func TestPricesAreAudited(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		first := h.order(h.agreed(h.wish(h.lamp, "10")), 1000)
		o := h.order(h.agreed(h.wish(h.lamp, "30")), 1200)
		if l := o.Goods[0]; l.Last != first.Goods[0].Price || l.Rose() != 20 {
			t.Errorf("%+v", l)
		}
		approve := func(by db.Actor, word string) error {
			return h.try(by, func(ctx context.Context, tx *db.Tx) error {
				_, err := purchasing.Approve(ctx, tx, o.ID, 0, purchasing.Verdict{Audit: word})
				return err
			})
		}
		for name, by := range map[string]db.Actor{"buyer": h.buyer, "planner": h.planner} {
			if err := approve(by, "可以"); said(err) != "purchasing.own_audit" || !cites(err, "P-011") {
				t.Errorf("the %s audits: %v", name, err)
			}
		}
		if err := approve(h.audit, ""); said(err) != "audit purchasing.rose" {
			t.Errorf("a fifth dearer without a word: %v", err)
		}
		send := func(labelled bool) error {
			return h.try(h.buyer, func(ctx context.Context, tx *db.Tx) error {
				_, err := purchasing.Send(ctx, tx, o.ID, 0, purchasing.Dispatched{Labelled: labelled})
				return err
			})
		}
		if err := send(true); err == nil {
			t.Error("sent unaudited")
		}
		h.must(approve(h.audit, "原料涨价，已核三家"))
		if err := send(false); said(err) != "labelled purchasing.labels_needed" || !cites(err, "P-015") {
			t.Errorf("%v", err)
		}
		h.must(send(true))
	})
}

// Clause: P-014
func TestFoodComesFromWhoMaySellIt(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		p := h.agreed(h.wish(h.rice, "50"))
		h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) error {
			return purchasing.Agree(ctx, tx, &purchasing.Price{Goods: purchasing.Goods{Item: h.rice.ID}, Supplier: h.a.ID, Price: 580, Contract: "粮油协议", Since: tx.Today(), Until: tx.Today().AddDays(90)})
		}))
		order := func() (all []purchasing.Order, err error) {
			err = h.try(h.buyer, func(ctx context.Context, tx *db.Tx) (err error) {
				all, err = purchasing.OrderByContract(ctx, tx, p.ID)
				return err
			})
			return all, err
		}
		if _, err := order(); said(err) != "purchasing.no_food_licence" || !cites(err, "P-014") {
			t.Errorf("%v", err)
		}
		dbtest.Do(t, d, db.System("setup"), func(tx *db.Tx) error {
			h.a.Licences = []suppliers.Licence{{Kind: "food", Number: "JY1", Expires: tx.Today().AddDays(100)}}
			return suppliers.Change(t.Context(), tx, &h.a)
		})
		if all, err := order(); err != nil || all[0].Method != purchasing.ByContract || all[0].Amount != 29000 {
			t.Errorf("%+v %v", all, err)
		}
	})
}

// Two buyers who take the last of a plan at once get one order.
func TestTwoBuyersOneOrder(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		p := h.agreed(h.wish(h.lamp, "20"))
		h.must(h.try(h.buyer, func(ctx context.Context, tx *db.Tx) error {
			return purchasing.Agree(ctx, tx, &purchasing.Price{Goods: purchasing.Goods{Item: h.lamp.ID}, Supplier: h.a.ID, Price: 1000, Contract: "灯具协议", Since: tx.Today(), Until: tx.Today().AddDays(9)})
		}))
		done := make(chan error)
		for range 4 {
			go func() {
				done <- d.Do(t.Context(), h.buyer, func(tx *db.Tx) error { _, err := purchasing.OrderByContract(t.Context(), tx, p.ID); return err })
			}()
		}
		made := 0
		for range 4 {
			if err := <-done; err == nil {
				made++
			} else if said(err) != "purchasing.no_contract" {
				t.Error(err)
			}
		}
		if made != 1 {
			t.Errorf("%d orders of one plan", made)
		}
	})
}
