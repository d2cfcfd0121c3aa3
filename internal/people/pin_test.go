package people_test

import (
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/people"
)

// On somebody else's phone a person proves who they are by number and PIN: a wrong one is
// counted and slows down, tells nothing, and a weak one is not taken.
func TestAPersonProvesByPINOnAnothersPhone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		nurse, worker, without := h.hires("A01", "李华"), h.hires("B01", "王建国"), h.hires("A02", "无码")
		her := db.Actor{ID: nurse.ID, Name: nurse.Name, Source: "web 10.0.0.1"}
		phone := db.Actor{ID: worker.ID, Name: worker.Name, Source: "web 10.0.0.2"}
		for _, weak := range []string{"", "12345", "1234567", "000000", "123456", "987654", "901234", "12345a"} {
			if err := people.SetPIN(ctx, h.d, her, good, weak); !fault.Is(err, "people.pin_weak") {
				t.Errorf("%q is taken: %v", weak, err)
			}
		}
		if err := people.SetPIN(ctx, h.d, her, "wrong", "240713"); !fault.Is(err, "people.wrong_old") {
			t.Errorf("without the password: %v", err)
		}
		if has, err := people.HasPIN(ctx, h.d, nurse.ID); err != nil || has {
			t.Errorf("there is one already: %v", err)
		}
		if err := people.SetPIN(ctx, h.d, her, good, "240713"); err != nil {
			t.Fatal(err)
		}
		for what, c := range map[string][2]string{"another's number": {"A02", "240713"}, "no number": {"Z99", "240713"}, "a wrong one": {"A01", "240714"}, "nothing": {"A01", ""}} {
			if _, err := people.ByPIN(ctx, h.d, phone, c[0], c[1]); !fault.Is(err, "people.pin_wrong") {
				t.Errorf("%s: %v", what, err)
			}
		}
		if by, err := people.ByPIN(ctx, h.d, phone, " a01 ", "240713"); err != nil || by.ID != nurse.ID || by.Name != nurse.Name {
			t.Errorf("the right one: %+v, %v", by, err)
		}
		slow := false
		for range 12 {
			_, err := people.ByPIN(ctx, h.d, phone, "A01", "111213")
			slow = slow || fault.KindOf(err) == fault.TooMany
		}
		if !slow {
			t.Error("a dozen guesses are let through")
		}
		if _, err := people.ByPIN(ctx, h.d, db.Actor{ID: without.ID}, "A01", "240713"); fault.KindOf(err) != fault.TooMany {
			t.Errorf("another phone goes around it: %v", err)
		}
	})
}

// The demo's builder lends invented people one PIN; nobody who is signed in can.
func TestOnlyTheProgramLendsPINs(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		nurse, worker := h.hires("A01", "李华"), h.hires("B01", "王建国")
		lend := func(by db.Actor, pin string) error {
			return h.d.Do(ctx, by, func(tx *db.Tx) error { return people.LendPINs(ctx, tx, pin, nurse.ID) })
		}
		admin := db.Actor{ID: worker.ID, Name: worker.Name, Rights: db.Rights{people.MayHire: {All: true}}}
		if err := lend(admin, "240713"); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("somebody signed in lends one: %v", err)
		}
		if err := lend(db.System("demo"), "123456"); !fault.Is(err, "people.pin_weak") {
			t.Errorf("a weak one is lent: %v", err)
		}
		if err := lend(db.System("demo"), "240713"); err != nil {
			t.Fatal(err)
		}
		if by, err := people.ByPIN(ctx, h.d, db.Actor{ID: worker.ID, Name: worker.Name, Source: "web 10.0.0.2"}, "A01", "240713"); err != nil || by.ID != nurse.ID {
			t.Errorf("the lent one proves %+v, %v", by, err)
		}
	})
}
