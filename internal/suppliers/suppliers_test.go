package suppliers_test

import (
	"context"
	"io/fs"
	"slices"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/suppliers"
)

func added(t *testing.T, d *db.DB, s suppliers.Supplier) suppliers.Supplier {
	t.Helper()
	dbtest.Do(t, d, dbtest.Person("采购员", suppliers.MayChange), func(tx *db.Tx) error { return suppliers.Add(t.Context(), tx, &s) })
	return s
}

// Money goes where two people say it goes; until the second has spoken the old account
// stands.
func TestTwoPeopleChangeWhereMoneyGoes(t *testing.T) {
	dbtest.Each(t, []fs.FS{suppliers.Migrations}, func(t *testing.T, d *db.DB) {
		buyer, finance, clerk := dbtest.Person("周采购", suppliers.MayChange, suppliers.MayConfirm), dbtest.Person("蒋会计", suppliers.MayConfirm), dbtest.Person("周采购二", suppliers.MayConfirm)
		s := added(t, d, suppliers.Supplier{Name: "康达医疗"})
		enter := func(number string) (a suppliers.Account, err error) {
			a = suppliers.Account{Supplier: s.ID, Holder: "康达医疗", Bank: "工行", Account: number, Why: "公函"}
			err = d.Do(t.Context(), buyer, func(tx *db.Tx) error { return suppliers.EnterAccount(t.Context(), tx, &a) })
			return a, err
		}
		holds := func() string {
			t.Helper()
			a, _, err := suppliers.AccountOf(t.Context(), d, s.ID)
			if err != nil {
				t.Fatal(err)
			}
			return a.Account
		}
		confirm := func(by db.Actor, id string) error {
			return d.Do(t.Context(), by, func(tx *db.Tx) error { _, err := suppliers.ConfirmAccount(t.Context(), tx, id, 0); return err })
		}
		if _, err := enter("12-34"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("four digits are taken for an account: %v", err)
		}
		first, err := enter("6222 0000-1111")
		if err != nil || holds() != "" {
			t.Fatalf("one person alone made %q the account: %v", holds(), err)
		}
		if _, err := enter("622200002222"); !fault.Is(err, "suppliers.account_waits") {
			t.Errorf("two wait at once: %v", err)
		}
		if err := confirm(buyer, first.ID); !fault.Is(err, "suppliers.own_account") {
			t.Errorf("who entered it confirms it: %v", err)
		}
		old := suppliers.OneHuman
		suppliers.OneHuman = func(_ context.Context, _ db.Reader, a, b string) (bool, error) {
			both := []string{buyer.ID, clerk.ID}
			return slices.Contains(both, a) && slices.Contains(both, b), nil
		}
		err = confirm(clerk, first.ID)
		suppliers.OneHuman = old
		if !fault.Is(err, "suppliers.own_account") {
			t.Errorf("the same natural person confirms under another entry: %v", err)
		}
		if err := confirm(finance, first.ID); err != nil || holds() != "622200001111" {
			t.Errorf("%q holds: %v", holds(), err)
		}
		second, err := enter("622200002222")
		if err != nil || holds() != "622200001111" {
			t.Errorf("%q holds before the second word: %v", holds(), err)
		}
		if err := d.Do(t.Context(), finance, func(tx *db.Tx) error {
			_, err := suppliers.RefuseAccount(t.Context(), tx, second.ID, 0, suppliers.Reason{Reason: "电话核实不符"})
			return err
		}); err != nil || holds() != "622200001111" {
			t.Errorf("%q holds after a refusal: %v", holds(), err)
		}
		third, err := enter("622200003333")
		if err == nil {
			err = confirm(finance, third.ID)
		}
		if err != nil || holds() != "622200003333" {
			t.Errorf("%q holds: %v", holds(), err)
		}
		if err := confirm(finance, third.ID); !fault.Is(err, "suppliers.account_settled") {
			t.Errorf("confirmed twice: %v", err)
		}
		all, err := suppliers.AccountsOf(t.Context(), d, s.ID)
		if err != nil || len(all) != 3 || all[0].State != "holds" || all[1].State != "refused" || all[2].State != "past" {
			t.Errorf("%+v %v", all, err)
		}
	})
}

// Two confirmations at the same moment leave one account.
func TestOneAccountHolds(t *testing.T) {
	dbtest.Each(t, []fs.FS{suppliers.Migrations}, func(t *testing.T, d *db.DB) {
		s := added(t, d, suppliers.Supplier{Name: "康达医疗"})
		a := suppliers.Account{Supplier: s.ID, Holder: "康达", Bank: "工行", Account: "622200001111", Why: "公函"}
		dbtest.Do(t, d, dbtest.Person("采购", suppliers.MayChange), func(tx *db.Tx) error { return suppliers.EnterAccount(t.Context(), tx, &a) })
		done := make(chan error, 6)
		for range cap(done) {
			go func() {
				done <- d.Do(t.Context(), dbtest.Person("财务", suppliers.MayConfirm), func(tx *db.Tx) error { _, err := suppliers.ConfirmAccount(t.Context(), tx, a.ID, 0); return err })
			}()
		}
		won := 0
		for range cap(done) {
			if err := <-done; err == nil {
				won++
			} else if fault.KindOf(err) != fault.Conflict {
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d confirmed it", won)
		}
	})
}

// Clause: P-014
func TestALicenceThatEndsStopsOrders(t *testing.T) {
	dbtest.Each(t, []fs.FS{suppliers.Migrations}, func(t *testing.T, d *db.DB) {
		today := d.Today()
		for name, c := range map[string]struct {
			papers   []suppliers.Licence
			may, due bool
		}{
			"none shown":      {nil, true, false},
			"without end":     {[]suppliers.Licence{{Kind: "business"}}, true, false},
			"holds long":      {[]suppliers.Licence{{Kind: "business", Expires: today.AddDays(200)}}, true, false},
			"ends soon":       {[]suppliers.Licence{{Kind: "food", Expires: today.AddDays(60)}}, true, true},
			"its last day":    {[]suppliers.Licence{{Kind: "food", Expires: today}}, true, true},
			"ended yesterday": {[]suppliers.Licence{{Kind: "food", Expires: today.AddDays(-1)}, {Kind: "business"}}, false, true},
			"renewed":         {[]suppliers.Licence{{Kind: "food", Expires: today.AddDays(-1)}, {Kind: "food", Expires: today.AddDays(300)}}, true, false},
			"another kind":    {[]suppliers.Licence{{Kind: "food", Expires: today.AddDays(-1)}, {Kind: "hygiene", Expires: today.AddDays(300)}}, false, true},
		} {
			s := added(t, d, suppliers.Supplier{Name: "供 " + name, Licences: c.papers})
			err := d.Do(t.Context(), db.System("test"), func(tx *db.Tx) error { return suppliers.MayOrder(t.Context(), tx, &s) })
			if (err == nil) != c.may || err != nil && !fault.Is(err, "suppliers.licence_ended") {
				t.Errorf("%s: %v", name, err)
			}
			all, err := suppliers.Expiring(t.Context(), d, db.Actor{}, 100)
			if err != nil {
				t.Fatal(err)
			}
			told := false
			for _, x := range all {
				told = told || x.ID == s.ID
			}
			if told != c.due {
				t.Errorf("%s: told of it: %v", name, told)
			}
		}
	})
}

// A complaint is answered by somebody else, once.
func TestAComplaintIsAnswered(t *testing.T) {
	dbtest.Each(t, []fs.FS{suppliers.Migrations}, func(t *testing.T, d *db.DB) {
		s := added(t, d, suppliers.Supplier{Name: "康达医疗"})
		keeper, buyer := dbtest.Person("库管", suppliers.MayComplain, suppliers.MayAnswer), dbtest.Person("采购", suppliers.MayAnswer)
		c := suppliers.Complaint{Supplier: s.ID, Kind: "late"}
		complain := func() error {
			return d.Do(t.Context(), keeper, func(tx *db.Tx) error { return suppliers.Complain(t.Context(), tx, &c) })
		}
		if err := complain(); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a complaint of nothing: %v", err)
		}
		c.Said = "晚到两天"
		if err := complain(); err != nil {
			t.Fatal(err)
		}
		answer := func(by db.Actor, text string) error {
			return d.Do(t.Context(), by, func(tx *db.Tx) error {
				_, err := suppliers.Answer(t.Context(), tx, c.ID, 0, suppliers.Verdict{Answer: text, Upheld: true})
				return err
			})
		}
		if err := answer(keeper, "是"); !fault.Is(err, "suppliers.own_complaint") {
			t.Errorf("one's own: %v", err)
		}
		old, twin := suppliers.OneHuman, dbtest.Person("库管二", suppliers.MayAnswer)
		suppliers.OneHuman = func(_ context.Context, _ db.Reader, a, b string) (bool, error) {
			both := []string{keeper.ID, twin.ID}
			return slices.Contains(both, a) && slices.Contains(both, b), nil
		}
		err := answer(twin, "是")
		suppliers.OneHuman = old
		if !fault.Is(err, "suppliers.own_complaint") {
			t.Errorf("the same natural person answers under another entry: %v", err)
		}
		if err := answer(buyer, " "); fault.KindOf(err) != fault.Invalid {
			t.Errorf("no answer: %v", err)
		}
		if err := answer(buyer, "已道歉"); err != nil {
			t.Error(err)
		}
		if err := answer(buyer, "再答"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("answered twice: %v", err)
		}
		if got, err := suppliers.ComplaintByID(t.Context(), d, c.ID); err != nil || !got.Upheld || got.Answer != "已道歉" {
			t.Errorf("%+v %v", got, err)
		}
	})
}
