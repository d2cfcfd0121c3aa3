package assets_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/people"
	"houqin/internal/rules"
)

// harmed is a house in which an instrument may be broken: its accountant, finance, and
// whoever broke it.
func harmed(t *testing.T, d *db.DB) (h house, monitor assets.Card, accountant, finance db.Actor, clumsy people.Person) {
	t.Helper()
	h = build(t, d)
	accountant, finance = dbtest.Person("会计", assets.MaySee, assets.MayChange, assets.MayTell), dbtest.Person("财务", assets.MaySee, assets.MayRecover)
	dbtest.Do(t, d, db.System("test"), func(tx *db.Tx) error {
		clumsy = people.Person{Number: "3001", Name: "孙技师", Department: h.a.ID}
		if err := people.Hire(t.Context(), tx, &clumsy); err != nil {
			return err
		}
		monitor = assets.Card{Name: "心电监护仪", Class: "medical", Department: h.a.ID, Cost: 100_00}
		return assets.Register(t.Context(), tx, &monitor)
	})
	return h, monitor, accountant, finance, clumsy
}

// refused says whether the error has the key, and cites the clause where one is named.
func refused(t *testing.T, err error, key, clause string) {
	t.Helper()
	e, ok := err.(*fault.Error)
	if !ok || !fault.Is(err, key) || clause != "" && !slices.Contains(e.Clauses(), clause) {
		t.Errorf("want %s under %q, got %v", key, clause, err)
	}
}

// Clause: A-021
func TestDamageIsLookedIntoAndToldToTheHospital(t *testing.T) {
	dbtest.EachClock(t, toolRooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		ctx := t.Context()
		h, _, accountant, _, clumsy := harmed(t, d)
		nurse, stranger := dbtest.PersonIn("护士", h.a.ID, assets.MayTell), dbtest.PersonIn("外人", h.b.ID, assets.MayTell)
		report := func(by db.Actor, in assets.Harm) (x assets.Damage, err error) {
			err = d.Do(ctx, by, func(tx *db.Tx) error { x, err = assets.Harmed(ctx, tx, h.lift.ID, in); return err })
			return x, err
		}
		fell := assets.Harm{Sort: "damaged", Day: d.Today(), How: "层门变形"}
		if _, err := report(stranger, fell); fault.KindOf(err) != fault.NotFound {
			t.Errorf("by who does not see it: %v", err)
		}
		if _, err := report(dbtest.Person("审计", assets.MaySee), fell); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("by who only looks: %v", err)
		}
		_, err := report(nurse, assets.Harm{Sort: "damaged", Day: d.Today()})
		refused(t, err, "base.required", "A-021")
		_, err = report(nurse, assets.Harm{Sort: "damaged", Day: d.Today().AddDays(1), How: "x"})
		refused(t, err, "assets.in_future", "")
		x, err := report(nurse, fell)
		if err != nil {
			t.Fatal(err)
		}
		step := func(by db.Actor, f func(tx *db.Tx) error) error { return d.Do(ctx, by, f) }
		look := func(by db.Actor, l assets.Looking) error {
			return step(by, func(tx *db.Tx) error { _, err := assets.LookInto(ctx, tx, x.ID, 0, l); return err })
		}
		tell := func(to string) error {
			return step(accountant, func(tx *db.Tx) error { _, err := assets.Tell(ctx, tx, x.ID, 0, assets.Telling{To: to}); return err })
		}
		if err := tell("院办"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("reported before anybody looked into it: %v", err)
		}
		if err := look(nurse, assets.Looking{Cause: "撞击"}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("looked into by a nurse: %v", err)
		}
		refused(t, look(accountant, assets.Looking{Cause: " "}), "base.required", "A-021")
		refused(t, look(accountant, assets.Looking{Cause: "撞击", Loss: h.lift.Cost + 1}), "assets.loss_above", "")
		refused(t, look(accountant, assets.Looking{Cause: "撞击", Fault: true}), "assets.whose_fault", "A-020")
		stands := func(kept, broken int64) {
			t.Helper()
			for _, c := range assets.Claims {
				if c.Clause == "A-021" {
					if e, err := c.Evidence(ctx, d, d.Today().AddDays(-90), d.Today()); err != nil || e.Kept != kept || e.Broken != broken {
						t.Errorf("%+v, %v", e, err)
					}
				}
			}
		}
		stands(0, 0)
		clock.Add(31 * 24 * time.Hour)
		stands(0, 1)
		waits, err := assets.ToLookInto(ctx, d, accountant, 10)
		if err != nil || len(waits) != 1 || waits[0].CardName != "病床电梯" {
			t.Errorf("the accountant is not told: %+v, %v", waits, err)
		}
		// A lift is no instrument: nobody pays for it, whatever the rule.
		setRule(t, d, clock, "A-020.on", "on")
		if err := look(accountant, assets.Looking{Cause: "推床撞击", Loss: 1000, Fault: true, Responsible: clumsy.ID}); err != nil {
			t.Fatal(err)
		}
		refused(t, tell(""), "base.required", "")
		if err := tell("院办"); err != nil {
			t.Fatal(err)
		}
		stands(1, 0)
		got, err := assets.DamageByID(ctx, d, nurse, x.ID)
		if err != nil || got.State != assets.Told || got.Open || got.ToldTo != "院办" || got.Pays != 0 || got.ResponsibleName != "孙技师" || got.LookedName != "会计" {
			t.Errorf("%+v, %v", got, err)
		}
		again, err := report(nurse, assets.Harm{Sort: "lost", Day: d.Today(), How: "钥匙不见"})
		if err != nil {
			t.Fatal(err)
		}
		if err := step(accountant, func(tx *db.Tx) error {
			_, err := assets.DropDamage(ctx, tx, again.ID, 0, assets.NoMatter{Text: "在值班室找到"})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		stands(1, 0)
	})
}

func setRule(t *testing.T, d *db.DB, clock *dbtest.Clock, param, value string) {
	t.Helper()
	c := rules.Change{Param: param, Value: value, Since: d.Today().AddDays(1), Reason: "职代会通过"}
	dbtest.Do(t, d, dbtest.Person("科长", rules.MayPropose), func(tx *db.Tx) error { return rules.Propose(t.Context(), tx, &c) })
	dbtest.Do(t, d, dbtest.Person("院长", rules.MayConfirm), func(tx *db.Tx) error { return rules.Confirm(t.Context(), tx, c.ID, "") })
	clock.Add(24 * time.Hour)
}

// Clause: A-020
func TestABrokenInstrumentIsPaidForWithinTheLaw(t *testing.T) {
	dbtest.EachClock(t, toolRooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		ctx := t.Context()
		_, monitor, accountant, finance, clumsy := harmed(t, d)
		brk := func(l assets.Looking) (x assets.Damage) {
			t.Helper()
			dbtest.Do(t, d, accountant, func(tx *db.Tx) (err error) {
				if x, err = assets.Harmed(ctx, tx, monitor.ID, assets.Harm{Sort: "damaged", Day: tx.Today(), How: "进水"}); err == nil {
					x, err = assets.LookInto(ctx, tx, x.ID, 0, l)
				}
				return err
			})
			return x
		}
		careless := assets.Looking{Cause: "违规冲洗", Loss: 100_00, Fault: true, Responsible: clumsy.ID}
		if x := brk(careless); x.Pays != 0 {
			t.Errorf("nobody has switched it on, and %s is to be paid", x.Pays)
		}
		setRule(t, d, clock, "A-020.on", "on")
		if x := brk(assets.Looking{Cause: "元件老化", Loss: 100_00}); x.Pays != 0 {
			t.Errorf("nobody's fault, and %s is to be paid", x.Pays)
		}
		x := brk(careless)
		if x.Pays != 100_00 {
			t.Fatalf("of the full price %s is to be paid", x.Pays)
		}
		err := d.Do(ctx, accountant, func(tx *db.Tx) error {
			y, err := assets.Harmed(ctx, tx, monitor.ID, assets.Harm{Sort: "damaged", Day: tx.Today(), How: "x"})
			if err == nil {
				tx.By.ID = clumsy.ID
				_, err = assets.LookInto(ctx, tx, y.ID, 0, careless)
			}
			return err
		})
		refused(t, err, "assets.own_fault", "")
		pay := func(by db.Actor, id string, p assets.Paying) error {
			return d.Do(ctx, by, func(tx *db.Tx) error { _, err := assets.Recover(ctx, tx, id, 0, p); return err })
		}
		wage := func(amount, of money.Fen, month period.Day) assets.Paying {
			return assets.Paying{Way: "wage", Amount: amount, Wage: of, Month: month}
		}
		if err := pay(accountant, x.ID, assets.Paying{Way: "cash", Amount: 1}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("by who may not: %v", err)
		}
		today := d.Today()
		refused(t, pay(finance, x.ID, assets.Paying{Way: "cash", Amount: 100_01}), "assets.owes_only", "")
		refused(t, pay(finance, x.ID, wage(5, 0, today)), "assets.wage_needed", "A-020")
		refused(t, pay(finance, x.ID, wage(5, 60, today.AddDays(31))), "assets.wage_month", "A-020")
		refused(t, pay(finance, x.ID, wage(13, 60, today)), "assets.over_cap", "A-020")
		// What other rooms deducted counts: 20 per cent of 100 bears 20, of which 15 are gone.
		none := assets.Elsewhere
		t.Cleanup(func() { assets.Elsewhere = none })
		assets.Elsewhere = func(_ context.Context, _ db.Reader, person string, month period.Month) (money.Fen, error) {
			if person == clumsy.ID && month == today.Month() {
				return 15, nil
			}
			return 0, nil
		}
		refused(t, pay(finance, x.ID, wage(6, 100, today)), "assets.over_cap", "A-020")
		if err := pay(finance, x.ID, wage(5, 100, today)); err != nil {
			t.Error(err)
		}
		assets.Elsewhere = none
		// Of two who deduct at once from one wage for two instruments, one comes too late.
		second := brk(careless)
		last := today.AddMonths(-1)
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for n, id := range []string{x.ID, second.ID} {
			wg.Go(func() { errs[n] = pay(finance, id, wage(20, 100, last)) })
		}
		wg.Wait()
		sum, err := assets.Deducted(ctx, d, clumsy.ID, last.Month())
		if err != nil || sum != 20 || (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("%s was deducted of at most 0.20: %v, %v", sum, errs, err)
		}
		owed, err := assets.ToRecover(ctx, d, finance, 10)
		if err != nil || len(owed) != 2 {
			t.Errorf("finance is told of %d, %v", len(owed), err)
		}
		setRule(t, d, clock, "A-020.on", "off")
		refused(t, pay(finance, second.ID, wage(1, 1_000_000, d.Today())), "assets.no_recovery", "A-020")
		if err := pay(finance, second.ID, assets.Paying{Way: "cash", Amount: second.Pays - paidOf(t, d, second.ID)}); err != nil {
			t.Error(err)
		}
		refused(t, pay(finance, second.ID, assets.Paying{Way: "cash", Amount: 1}), "assets.nothing_owed", "")
		parts, err := assets.PaymentsOf(ctx, d, second.ID)
		if err != nil || len(parts) == 0 || parts[len(parts)-1].ByName != "财务" {
			t.Errorf("%+v, %v", parts, err)
		}
	})
}

func paidOf(t *testing.T, d *db.DB, id string) money.Fen {
	t.Helper()
	x, err := assets.DamageByID(t.Context(), d, db.System("test"), id)
	if err != nil {
		t.Fatal(err)
	}
	return x.Paid
}
