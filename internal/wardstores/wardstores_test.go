package wardstores_test

import (
	"fmt"
	"io/fs"
	"slices"
	"testing"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/calendar"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/files"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/places"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/wardstores"
	"houqin/internal/warehouse"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, calendar.Migrations, catalog.Migrations, suppliers.Migrations, places.Migrations, people.Migrations, files.Migrations, messages.Migrations,
	approvals.Migrations, warehouse.Migrations, assets.Migrations, wardstores.Migrations}

// house is a ward with a store of its own, beside a main store.
type house struct {
	t           *testing.T
	d           *db.DB
	clock       *dbtest.Clock
	ward, other departments.Department
	staff       map[string]people.Person
	own, main   warehouse.Store
	gloves      catalog.Item // 副, 盒 50; two lots of a box each, at 1 and 2 yuan
	chair       catalog.Item // 把, no consumable: two at 280
}

func each(t *testing.T, f func(*testing.T, *house)) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := &house{t: t, d: d, clock: clock, staff: map[string]people.Person{}}
		approvals.Ended[wardstores.LossNoun], approvals.Ended[wardstores.LoanNoun] = wardstores.LossEnded, wardstores.LoanEnded
		ctx := t.Context()
		dbtest.Do(t, d, db.System("builder"), func(tx *db.Tx) error {
			h.ward, h.other = departments.Department{Code: "N1", Name: "内一科", Kind: departments.Ward}, departments.Department{Code: "H0", Name: "后勤科", Kind: departments.Office}
			for _, x := range []*departments.Department{&h.ward, &h.other} {
				if err := departments.Found(ctx, tx, x); err != nil {
					return err
				}
			}
			for n, p := range []struct {
				name string
				of   *departments.Department
			}{{"护士长", &h.ward}, {"王护士", &h.ward}, {"李护士", &h.ward}, {"新护士长", &h.ward}, {"库管", &h.other}, {"财务", &h.other}, {"资产会计", &h.other}, {"科长", &h.other}, {"院长", &h.other}} {
				x := people.Person{Number: string(rune('1'+n)) + "001", Name: p.name, Department: p.of.ID}
				if err := people.Hire(ctx, tx, &x); err != nil {
					return err
				}
				h.staff[p.name] = x
			}
			h.ward.Head = h.staff["护士长"].ID
			if err := departments.Change(ctx, tx, &h.ward); err != nil {
				return err
			}
			for post, who := range map[string]string{"property_accountant": "资产会计", "section_chief": "科长", "general_affairs": "科长", "vice_president": "院长", "managing_department": "科长", "hospital_leader": "院长"} {
				if err := approvals.Seat(ctx, tx, &approvals.Holding{Post: post, Person: h.staff[who].ID}); err != nil {
					return err
				}
			}
			h.gloves = catalog.Item{Number: "G", Name: "手套", Unit: "副", Packs: []quantity.Pack{{Unit: "盒", Factor: 50}}, Category: catalog.Consumable, ShelfDays: 900}
			h.chair = catalog.Item{Number: "C", Name: "折叠椅", Unit: "把", Category: catalog.LowValue, Price: 28000}
			for _, i := range []*catalog.Item{&h.gloves, &h.chair} {
				if err := catalog.Add(ctx, tx, i); err != nil {
					return err
				}
			}
			h.own, h.main = warehouse.Store{Code: "W", Name: "内一科二级库", Ward: true, Department: h.ward.ID}, warehouse.Store{Code: "A", Name: "总库", Department: h.other.ID}
			for _, s := range []*warehouse.Store{&h.own, &h.main} {
				if err := warehouse.SetUp(ctx, tx, s); err != nil {
					return err
				}
			}
			_, err := warehouse.Open(ctx, tx, warehouse.Stocktaking{Store: h.own.ID, Lines: []warehouse.In{
				{Item: h.gloves.ID, Qty: "1盒", Price: "1", Lot: "OLD", Expiry: "2027-05-01"}, {Item: h.gloves.ID, Qty: "1盒", Price: "2", Lot: "NEW", Expiry: "2028-05-01"}, {Item: h.chair.ID, Qty: "2", Price: "280"}}})
			return err
		})
		f(t, h)
	})
}

var rights = map[string][]string{"护士长": {wardstores.MayUse, wardstores.MayLead}, "新护士长": {wardstores.MayUse, wardstores.MayLead}, "王护士": {wardstores.MayUse}, "李护士": {wardstores.MayUse},
	"库管": {wardstores.MayReconcile, warehouse.MayReceive}, "财务": {wardstores.MayAudit}, "科长": {wardstores.MayReconcile}}

// as is somebody of the staff: the ward's within the ward, the others everywhere.
func (h *house) as(name string) db.Actor {
	p := h.staff[name]
	a := db.Actor{ID: p.ID, Name: p.Name, Unit: p.Department, Rights: db.Rights{}, Source: "test"}
	for _, r := range rights[name] {
		a.Rights[r] = db.Scope{Units: []string{p.Department}, All: p.Department == h.other.ID}
	}
	return a
}

func (h *house) do(by string, f func(*db.Tx) error) error { return h.d.Do(h.t.Context(), h.as(by), f) }

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) refused(err error, key string, clause ...string) {
	h.t.Helper()
	if !fault.Is(err, key) {
		h.t.Errorf("want %s, got %v", key, err)
		return
	}
	if e, ok := err.(*fault.Error); len(clause) > 0 && (!ok || len(e.Clauses()) == 0 || e.Clauses()[0] != clause[0]) {
		h.t.Errorf("%s does not cite %s: %v", key, clause[0], e.Clauses())
	}
}

func (h *house) use(by, store, qty string) error {
	return h.do(by, func(tx *db.Tx) error {
		_, err := wardstores.Use(h.t.Context(), tx, wardstores.Taken{Store: store, Item: h.gloves.ID, Qty: qty})
		return err
	})
}

func (h *house) count(by, kind, gloves, cause string) (c wardstores.Count, err error) {
	err = h.do(by, func(tx *db.Tx) (err error) {
		c, err = wardstores.Enter(h.t.Context(), tx, wardstores.Counting{Store: h.own.ID, Kind: kind, Lines: []wardstores.Tally{{Item: h.gloves.ID, Found: gloves, Cause: cause}, {Item: h.chair.ID, Found: "2"}}})
		return err
	})
	return c, err
}

func (h *house) agree(by, noun, record string) {
	h.t.Helper()
	c, ok, err := approvals.OpenOf(h.t.Context(), h.d, noun, record)
	if err != nil || !ok {
		h.t.Fatal("no case is open", err)
	}
	h.must(h.do(by, func(tx *db.Tx) error {
		_, err := approvals.Agree(h.t.Context(), tx, c.ID, "", approvals.Signature{Digest: c.Digest})
		return err
	}))
}

func (h *house) stock(store string) int64 {
	h.t.Helper()
	s, err := warehouse.HoldingOf(h.t.Context(), h.d, store, h.gloves.ID)
	h.must(err)
	return s.Qty
}

func (h *house) sound() {
	h.t.Helper()
	if wrong, err := warehouse.Verify(h.t.Context(), h.d); err != nil || len(wrong) > 0 {
		h.t.Error(wrong, err)
	}
}

// Clause: S-041 S-036
func TestAWardBearsWhatItUses(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		h.refused(h.use("库管", h.own.ID, "1"), "base.need")
		h.refused(h.use("王护士", h.main.ID, "1"), "base.not_found") // no ward's store
		h.refused(h.use("王护士", h.own.ID, "1袋"), "wardstores.bad_qty")
		h.refused(h.use("王护士", h.own.ID, "3盒"), "wardstores.too_few")
		month := h.d.Today().Month()
		if drawn, err := warehouse.DrawnIn(ctx, h.d, h.ward.ID, month); err != nil || len(drawn) != 0 {
			t.Errorf("the ward bears %v before it uses anything, %v", drawn, err)
		}
		h.must(h.use("王护士", h.own.ID, "60")) // a box of the old lot, ten of the new
		if drawn, err := warehouse.DrawnIn(ctx, h.d, h.ward.ID, month); err != nil || drawn[string(catalog.Consumable)] != 100+40 {
			t.Errorf("the ward bears %v, want the old box and ten of the new, %v", drawn, err)
		}
		h.clock.Add(600 * 24 * time.Hour) // the new lot has ended too
		h.refused(h.use("王护士", h.own.ID, "1"), "wardstores.expired", "S-036")
		h.sound()
	})
}

// A lot that ends today ends at the hospital's midnight, not at that of the server.
func TestALotEndsAtTheHospitalsMidnight(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.clock.Set(time.Date(2027, 5, 1, 17, 0, 0, 0, time.UTC)) // one in the morning of 2 May there
		h.refused(h.use("王护士", h.own.ID, "2盒"), "wardstores.expired", "S-036")
		h.must(h.use("王护士", h.own.ID, "1盒"))
	})
}

// Clause: S-032
func TestTheHeadNurseAnswersAndNamesWhoKeeps(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		name := func(by, whom string) error {
			return h.do(by, func(tx *db.Tx) error {
				_, err := wardstores.NameKeeper(t.Context(), tx, h.own.ID, h.staff[whom].ID)
				return err
			})
		}
		h.refused(name("王护士", "李护士"), "base.need")
		h.refused(name("护士长", "库管"), "wardstores.not_of_ward")
		h.refused(name("护士长", "护士长"), "wardstores.head_keeps")
		h.must(name("护士长", "王护士"))
		c, err := wardstores.ChargeOf(t.Context(), h.d, &h.own)
		if err != nil || c.HeadName != "护士长" || c.KeeperName != "王护士" {
			t.Errorf("%+v, %v", c, err)
		}
		levels := func(by, least, most string) error {
			return h.do(by, func(tx *db.Tx) error {
				return wardstores.SetLevels(t.Context(), tx, h.own.ID, []wardstores.Level{{Item: h.gloves.ID, Least: least, Most: most}})
			})
		}
		h.refused(levels("王护士", "1盒", "4盒"), "base.need")
		h.refused(levels("护士长", "3盒", "2盒"), "wardstores.most_below_least")
		h.must(levels("护士长", "3盒", "5盒"))
		low, err := wardstores.Low(t.Context(), h.d, h.as("王护士"), 10)
		if err != nil || len(low) != 1 || wardstores.Refill(&low[0]) != 150 {
			t.Errorf("%+v, %v: three boxes bring it to the maximum", low, err)
		}
	})
}

// Clause: S-033 S-034
func TestAWardsStoreIsCheckedCountedAndCompared(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		_, err := h.count("王护士", "month", "", "")
		h.refused(err, "wardstores.not_counted", "S-033")
		week, err := h.count("王护士", "week", "2盒", "")
		h.must(err)
		if week.State != wardstores.Done || week.Open || week.Amount != 300+56000 || week.Differences != 0 {
			t.Errorf("%+v", week)
		}
		month, err := h.count("王护士", "month", "2盒", "")
		h.must(err)
		_, err = h.count("李护士", "month", "2盒", "")
		h.refused(err, "wardstores.counted_already")
		sign := func(by string, f func(*db.Tx) error) error { return h.do(by, f) }
		reconcile := func(tx *db.Tx) error {
			_, err := wardstores.Reconcile(ctx, tx, month.ID, 0, wardstores.Remark{Text: "与库房一致"})
			return err
		}
		audit := func(tx *db.Tx) error {
			_, err := wardstores.Audit(ctx, tx, month.ID, 0, wardstores.Remark{})
			return err
		}
		h.refused(sign("财务", audit), "base.step_not_possible")
		h.refused(sign("王护士", reconcile), "base.need")
		h.must(sign("科长", reconcile))
		rights["科长"] = append(rights["科长"], wardstores.MayAudit)
		h.refused(sign("科长", audit), "wardstores.same_person", "S-034")
		rights["科长"] = rights["科长"][:1]
		if wait, err := wardstores.ToCompare(ctx, h.d, h.as("财务"), 10); err != nil || len(wait) != 1 {
			t.Errorf("finance is not told: %v %v", wait, err)
		}
		h.must(sign("财务", audit))
		got, err := wardstores.CountByID(ctx, h.d, h.as("护士长"), month.ID)
		if err != nil || got.State != wardstores.Closed || got.Open || got.ReconciledName != "科长" || got.AuditedName != "财务" || len(got.Lines) != 2 {
			t.Errorf("%+v, %v", got, err)
		}
		_, err = wardstores.CountByID(ctx, h.d, dbtest.PersonIn("他科", h.other.ID, wardstores.MayUse), month.ID)
		h.refused(err, "base.not_found")
	})
}

// Clause: S-033
func TestChecksFallDue(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		due := func() (kinds string) {
			t.Helper()
			all, err := wardstores.ToCount(t.Context(), h.d, h.as("王护士"), 10)
			h.must(err)
			for _, d := range all {
				kinds += d.Kind + " "
			}
			return kinds
		}
		late := func() int {
			stores, err := wardstores.Mine(t.Context(), h.d, h.as("王护士"))
			h.must(err)
			late, err := wardstores.Late(t.Context(), h.d, stores)
			h.must(err)
			return len(late)
		}
		if got := due(); got != "week month " || late() != 0 {
			t.Errorf("never counted on the day on which goods first came, %q is due, %d late", got, late())
		}
		h.clock.Add(24 * time.Hour)
		if late() != 1 {
			t.Error("a store that was never counted is not late")
		}
		_, err := h.count("王护士", "month", "2盒", "")
		h.must(err)
		if got := due(); got != "" {
			t.Errorf("just counted, %q is due", got)
		}
		h.clock.Add(6 * 24 * time.Hour)
		if got := due(); got != "week " {
			t.Errorf("after six days %q is due", got)
		}
		h.clock.Add(60 * 24 * time.Hour)
		if got := due(); got != "week month " {
			t.Errorf("after two months %q is due", got)
		}
		var said []string // the stores whose counts are late, then the counts that nobody compared
		for _, c := range wardstores.Claims {
			if c.Clause == "S-033" {
				e, err := c.Evidence(t.Context(), h.d, h.d.Today().AddDays(-300), h.d.Today())
				h.must(err)
				said = append(said, fmt.Sprint(e.Kept, " ", e.Broken))
			}
		}
		if !slices.Equal(said, []string{"0 1", "0 1"}) {
			t.Errorf("the evidence is %q: one store is late, and one month nobody compared", said)
		}
	})
}

// Clause: S-040
func TestALossIsBookedOnceItIsAgreedTo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		_, err := h.count("王护士", "week", "90", "")
		h.refused(err, "wardstores.cause_needed", "S-040")
		found, err := h.count("王护士", "week", "90", "lost")
		h.must(err)
		lose := func(qty, cause, how string) (l wardstores.Loss, err error) {
			err = h.do("王护士", func(tx *db.Tx) (err error) {
				l, err = wardstores.Lose(ctx, tx, wardstores.Report{Store: h.own.ID, Item: h.gloves.ID, Qty: qty, Cause: cause, How: how})
				return err
			})
			return l, err
		}
		_, err = lose("1", "damaged", "")
		h.refused(err, "base.required", "S-040")
		_, err = lose("95", "damaged", "进水") // ten of the hundred are reported already
		h.refused(err, "wardstores.too_few")
		if h.stock(h.own.ID) != 100 {
			t.Error("a report has changed the books")
		}
		again, err := h.count("李护士", "week", "90", "") // what is reported is not missed twice
		h.must(err)
		if again.Differences != 0 {
			t.Errorf("%+v", again)
		}
		open, err := wardstores.ToApply(ctx, h.d, h.as("护士长"), 10)
		h.must(err)
		if len(open) != 1 || open[0].Count != found.ID || open[0].Qty != 10 {
			t.Fatalf("%+v", open)
		}
		apply := func(by, id string, a wardstores.Application) error {
			return h.do(by, func(tx *db.Tx) error { _, err := wardstores.Apply(ctx, tx, id, 0, a); return err })
		}
		h.refused(apply("王护士", open[0].ID, wardstores.Application{}), "base.need")
		h.must(apply("护士长", open[0].ID, wardstores.Application{}))
		h.agree("资产会计", wardstores.LossNoun, open[0].ID)
		h.agree("院长", wardstores.LossNoun, open[0].ID)
		l, err := wardstores.LossByID(ctx, h.d, h.as("护士长"), open[0].ID)
		if err != nil || l.State != wardstores.Booked || l.DocumentNumber == "" || l.Amount != 20 || h.stock(h.own.ID) != 90 || l.Pays != 0 {
			t.Errorf("%+v, %v", l, err)
		}
		more, err := h.count("王护士", "week", "93", "")
		h.must(err)
		up, err := wardstores.ToApply(ctx, h.d, h.as("护士长"), 10)
		if err != nil || more.Differences != 1 || len(up) != 1 || up[0].Cause != "surplus" {
			t.Fatalf("%+v, %v", up, err)
		}
		h.must(apply("护士长", up[0].ID, wardstores.Application{}))
		h.agree("资产会计", wardstores.LossNoun, up[0].ID)
		h.agree("院长", wardstores.LossNoun, up[0].ID)
		if h.stock(h.own.ID) != 93 {
			t.Errorf("%d lie there after the surplus was booked", h.stock(h.own.ID))
		}
		h.sound()
	})
}

// Clause: S-037
func TestWhoPaysIsTheHospitalsChoice(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		lose := func(a wardstores.Application) (wardstores.Loss, error) {
			var l wardstores.Loss
			h.must(h.do("王护士", func(tx *db.Tx) (err error) {
				l, err = wardstores.Lose(ctx, tx, wardstores.Report{Store: h.own.ID, Item: h.gloves.ID, Qty: "10", Cause: "damaged", How: "受潮"})
				return err
			}))
			if err := h.do("护士长", func(tx *db.Tx) error { _, err := wardstores.Apply(ctx, tx, l.ID, 0, a); return err }); err != nil {
				return l, err
			}
			h.agree("资产会计", wardstores.LossNoun, l.ID)
			h.agree("院长", wardstores.LossNoun, l.ID)
			l, err := wardstores.LossByID(ctx, h.d, h.as("财务"), l.ID)
			h.must(err)
			return l, nil
		}
		_, err := lose(wardstores.Application{Careless: true})
		h.refused(err, "wardstores.who_was_it", "S-037")
		off, err := lose(wardstores.Application{Careless: true, Responsible: h.staff["李护士"].ID})
		h.must(err)
		if off.Pays != 0 || off.ResponsibleName != "李护士" {
			t.Errorf("nobody has switched it on, and %s pays %s", off.ResponsibleName, off.Pays)
		}
		c := rules.Change{Param: "S-037.on", Value: "on", Since: h.d.Today().AddDays(1), Reason: "职代会通过"}
		dbtest.Do(t, h.d, dbtest.Person("科长", rules.MayPropose), func(tx *db.Tx) error { return rules.Propose(ctx, tx, &c) })
		dbtest.Do(t, h.d, dbtest.Person("院长", rules.MayConfirm), func(tx *db.Tx) error { return rules.Confirm(ctx, tx, c.ID, "") })
		h.clock.Add(24 * time.Hour)
		on, err := lose(wardstores.Application{Careless: true, Responsible: h.staff["李护士"].ID})
		h.must(err)
		if on.Pays != on.Amount || on.Pays != 20 {
			t.Errorf("%+v", on)
		}
		pay := func(by string, loss wardstores.Loss, p wardstores.Paying) error {
			return h.do(by, func(tx *db.Tx) error { _, err := wardstores.Pay(ctx, tx, loss.ID, 0, p); return err })
		}
		cash := wardstores.Paying{Way: "cash", Amount: 5}
		h.refused(pay("护士长", on, cash), "base.need")
		h.refused(pay("财务", on, wardstores.Paying{Way: "cash", Amount: 21}), "wardstores.owes_only")
		h.must(pay("财务", on, cash))
		// A wage of 60 fen bears 12 a month, whatever the losses: the law's fifth, not a fen more.
		today := h.d.Today()
		wage := func(amount, of money.Fen, month period.Day) wardstores.Paying {
			return wardstores.Paying{Way: "wage", Amount: amount, Wage: of, Month: month}
		}
		h.refused(pay("财务", on, wage(5, 0, today)), "wardstores.wage_needed", "S-037")
		h.refused(pay("财务", on, wage(5, 60, today.AddDays(31))), "wardstores.wage_month", "S-037")
		h.refused(pay("财务", on, wage(13, 60, today)), "wardstores.over_cap", "S-037")
		h.must(pay("财务", on, wage(8, 60, today)))
		second, err := lose(wardstores.Application{Careless: true, Responsible: h.staff["李护士"].ID})
		h.must(err)
		h.refused(pay("财务", second, wage(5, 60, today)), "wardstores.over_cap", "S-037")
		h.must(pay("财务", second, wage(4, 64, today))) // a higher wage, the same month: 12.8
		h.refused(pay("财务", second, wage(1, 64, today)), "wardstores.over_cap", "S-037")
		if gone, err := wardstores.Deducted(ctx, h.d, h.staff["李护士"].ID, today.Month()); err != nil || gone != 12 {
			t.Errorf("for other rooms %s were deducted, %v", gone, err)
		}
		// What was deducted for an instrument that the same person broke counts to the same limit.
		h.must(h.d.Do(ctx, db.System("test"), func(tx *db.Tx) error {
			card := assets.Card{Name: "监护仪", Class: "medical", Cost: 100}
			if err := assets.Register(ctx, tx, &card); err != nil {
				return err
			}
			x, err := assets.Harmed(ctx, tx, card.ID, assets.Harm{Sort: "damaged", Day: tx.Today(), How: "进水"})
			if err != nil {
				return err
			}
			if _, err = tx.Exec(ctx, `UPDATE assets_damage SET state = 'looked', pays = 100, responsible = $1 WHERE id = $2`, h.staff["李护士"].ID, x.ID); err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `INSERT INTO assets_payment (id, damage, person, way, month, amount, by_name, at) VALUES ($1,$2,$3,'wage',$4,6,'财务',$5)`, tx.NewID(), x.ID, h.staff["李护士"].ID, today.AddMonths(-1).Month(), tx.At())
			return err
		}))
		h.refused(pay("财务", on, wage(7, 60, today.AddMonths(-1))), "wardstores.over_cap", "S-037")
		h.must(pay("财务", on, wage(7, 65, today.AddMonths(-1))))
		h.refused(pay("财务", on, cash), "wardstores.nothing_owed")
		paid, err := wardstores.LossByID(ctx, h.d, h.as("财务"), on.ID)
		h.must(err)
		if paid.Paid != 20 || paid.PaidAt == 0 {
			t.Errorf("paid in parts, and %+v", paid)
		}
		// Switched off again, nobody's wage is touched, whatever they owe.
		c = rules.Change{Param: "S-037.on", Value: "off", Since: h.d.Today().AddDays(1), Reason: "停用"}
		dbtest.Do(t, h.d, dbtest.Person("科长", rules.MayPropose), func(tx *db.Tx) error { return rules.Propose(ctx, tx, &c) })
		dbtest.Do(t, h.d, dbtest.Person("院长", rules.MayConfirm), func(tx *db.Tx) error { return rules.Confirm(ctx, tx, c.ID, "") })
		h.clock.Add(24 * time.Hour)
		h.refused(pay("财务", second, wage(1, 100_000, h.d.Today())), "wardstores.no_recovery", "S-037")
		h.must(pay("财务", second, wardstores.Paying{Way: "cash", Amount: 1}))
		other, err := lose(wardstores.Application{})
		h.must(err)
		if other.Pays != 0 {
			t.Errorf("nobody was careless, and somebody pays %s", other.Pays)
		}
	})
}

// Clause: S-038
func TestLoansAreSignedForAndImportantOnesConsentedTo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		lend := func(by string, in wardstores.Lending) (l wardstores.Loan, err error) {
			in.Store = h.own.ID
			if in.Due == "" {
				in.Due = h.d.Today().AddDays(3)
			}
			if in.Borrower == "" {
				in.Borrower = h.staff["库管"].ID
			}
			err = h.do(by, func(tx *db.Tx) (err error) { l, err = wardstores.Lend(ctx, tx, in); return err })
			return l, err
		}
		give := func(id, sign string) error {
			return h.do("王护士", func(tx *db.Tx) error {
				_, err := wardstores.Give(ctx, tx, id, 0, wardstores.Giving{Signature: sign})
				return err
			})
		}
		for _, bad := range []struct {
			key string
			in  wardstores.Lending
		}{{"wardstores.too_few", wardstores.Lending{Item: h.gloves.ID, Qty: "101"}}, {"base.no_such", wardstores.Lending{Item: "nowhere", What: "轮椅", Qty: "1"}}, {"wardstores.what_is_it", wardstores.Lending{Qty: "1"}}, {"wardstores.loan_due", wardstores.Lending{What: "轮椅", Qty: "1", Due: h.d.Today().AddDays(91)}},
			{"wardstores.same_hands", wardstores.Lending{What: "轮椅", Qty: "1", Borrower: h.staff["王护士"].ID}}} {
			_, err := lend("王护士", bad.in)
			h.refused(err, bad.key)
		}
		gloves, err := lend("王护士", wardstores.Lending{Item: h.gloves.ID, Qty: "1盒"})
		h.must(err)
		if gloves.State != wardstores.Agreed || gloves.Important {
			t.Errorf("%+v", gloves)
		}
		h.refused(give(gloves.ID, " "), "base.required", "S-038")
		h.must(give(gloves.ID, "库管"))
		h.refused(h.use("王护士", h.own.ID, "60"), "wardstores.too_few") // a box is lent
		if again, err := h.count("王护士", "week", "50", ""); err != nil || again.Differences != 0 {
			t.Errorf("what is lent is missed: %+v, %v", again, err)
		}
		chair, err := lend("王护士", wardstores.Lending{Item: h.chair.ID, Qty: "1"})
		h.must(err)
		if chair.State != wardstores.Asking || !chair.Important {
			t.Errorf("%+v", chair)
		}
		h.refused(give(chair.ID, "库管"), "wardstores.no_consent", "S-038")
		h.agree("护士长", wardstores.LoanNoun, chair.ID)
		h.must(give(chair.ID, "库管"))
		heads, err := lend("护士长", wardstores.Lending{What: "轮椅 2 号", Qty: "1", Important: true})
		h.must(err)
		if heads.State != wardstores.Agreed {
			t.Errorf("who consents asks herself: %+v", heads)
		}
		h.clock.Add(4 * 24 * time.Hour)
		late, err := wardstores.ToGive(ctx, h.d, h.as("李护士"), 10)
		if err != nil || len(late) != 3 {
			t.Errorf("%d loans wait, want two that are late and one to give out, %v", len(late), err)
		}
		h.must(h.do("李护士", func(tx *db.Tx) error {
			_, err := wardstores.TakeBack(ctx, tx, gloves.ID, 0, wardstores.Remark{Text: "完好"})
			return err
		}))
		h.must(h.use("王护士", h.own.ID, "60"))
		h.must(h.do("李护士", func(tx *db.Tx) error {
			_, err := wardstores.DropLoan(ctx, tx, heads.ID, 0, wardstores.Why{Text: "不借了"})
			return err
		}))
	})
}

// Clause: S-039
func TestAHeadNurseHandsOverByCounting(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		in := wardstores.Counting{Store: h.own.ID, Kind: "handover", Lines: []wardstores.Tally{{Item: h.gloves.ID, Found: "2盒"}, {Item: h.chair.ID, Found: "2"}},
			Taker: h.staff["新护士长"].ID, GiverSign: "护士长", TakerSign: "新护士长"}
		enter := func(by string, change func(*wardstores.Counting)) error {
			c := in
			change(&c)
			return h.do(by, func(tx *db.Tx) error { _, err := wardstores.Enter(t.Context(), tx, c); return err })
		}
		h.refused(enter("王护士", func(*wardstores.Counting) {}), "base.need")
		h.refused(enter("护士长", func(c *wardstores.Counting) { c.GiverSign = "" }), "base.required", "S-039")
		h.refused(enter("护士长", func(c *wardstores.Counting) { c.TakerSign = "" }), "base.required", "S-039")
		h.refused(enter("护士长", func(c *wardstores.Counting) { c.Taker = h.staff["护士长"].ID }), "wardstores.same_hands", "S-039")
		h.refused(enter("护士长", func(c *wardstores.Counting) { c.Lines = c.Lines[:1] }), "wardstores.not_counted")
		h.must(enter("护士长", func(*wardstores.Counting) {}))
		charge, err := wardstores.ChargeOf(t.Context(), h.d, &h.own)
		if err != nil || charge.HeadName != "新护士长" {
			t.Errorf("%+v, %v", charge, err)
		}
		all, err := wardstores.Counts.All(t.Context(), h.d, list.Where{}.And("c.kind = 'handover'"), 5)
		if err != nil || len(all) != 1 || all[0].GiverName != "护士长" || all[0].TakerName != "新护士长" {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

func TestUnusedGoodsGoBackToTheMainStore(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		send := func(to, qty string) (b wardstores.Backward, err error) {
			err = h.do("王护士", func(tx *db.Tx) (err error) {
				b, err = wardstores.Send(ctx, tx, wardstores.Sending{Store: h.own.ID, To: to, Reason: "备多了", Lines: []wardstores.Out{{Item: h.chair.ID}, {Item: h.gloves.ID, Qty: qty}}})
				return err
			})
			return b, err
		}
		_, err := send(h.own.ID, "1盒")
		h.refused(err, "base.no_such")
		_, err = send(h.main.ID, "3盒")
		h.refused(err, "wardstores.too_few")
		_, err = send(h.main.ID, "")
		h.refused(err, "base.no_lines")
		b, err := send(h.main.ID, "1盒")
		h.must(err)
		if h.stock(h.own.ID) != 100 {
			t.Error("goods left before anybody took them in")
		}
		take := func(by string) error {
			return h.do(by, func(tx *db.Tx) error { _, err := wardstores.TakeIn(ctx, tx, b.ID, 0); return err })
		}
		h.refused(take("王护士"), "base.need")
		h.must(take("库管"))
		h.refused(take("库管"), "base.step_not_possible")
		if h.stock(h.own.ID) != 50 || h.stock(h.main.ID) != 50 {
			t.Errorf("%d on the ward and %d in the store", h.stock(h.own.ID), h.stock(h.main.ID))
		}
		h.sound()
	})
}
