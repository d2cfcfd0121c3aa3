package people

import (
	"context"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
)

// pinLength is how many digits a PIN has: a million, of which a gate lets five be tried.
const pinLength = 6

// pinGate slows down who guesses a person's PIN; nobody but they know it, on whosever phone.
func (p Policy) pinGate(person string) *gate {
	return &gate{id: digest("pin", person), free: p.Tries, first: time.Duration(p.DelaySeconds) * time.Second, most: time.Duration(p.DelayMinutes) * time.Minute, forget: 10 * time.Minute}
}

// weakPIN: not six digits, one digit only, or digits that follow each other.
func weakPIN(pin string) bool {
	if len(pin) != pinLength || strings.Trim(pin, "0123456789") != "" {
		return true
	}
	steps := map[int]bool{}
	for i := 1; i < len(pin); i++ {
		steps[(int(pin[i])-int(pin[i-1])+10)%10] = true
	}
	return len(steps) == 1 && (steps[0] || steps[1] || steps[9])
}

// SetPIN gives oneself a PIN, by which one signs on somebody else's phone; the password is
// told. Refused at "old" when that is wrong, at "pin" when it is not six digits or one of
// those that everybody tries first.
func SetPIN(ctx context.Context, d *db.DB, by db.Actor, password, pin string) error {
	if weakPIN(pin) {
		return fault.OnField("pin", "people.pin_weak", pinLength)
	}
	rules, err := TheRules(ctx, d)
	if err != nil {
		return err
	}
	a, err := proven(ctx, d, by, rules, password)
	if err != nil {
		return err
	}
	sealed, err := seal(ctx, pin)
	if err != nil {
		return err
	}
	return d.Do(ctx, by, func(tx *db.Tx) error {
		if err := tx.One(ctx, fault.Stale(), `UPDATE people_account SET pin = $1 WHERE person = $2`, sealed, a.Person); err != nil {
			return err
		}
		return tx.Trail(ctx, db.Event{Noun: "people.account", Record: a.Person, Action: "pin", Note: a.name})
	})
}

// LendPINs gives the open accounts of invented people one PIN, which the demo says aloud. Only
// the program itself may, and only the demo's builder asks.
func LendPINs(ctx context.Context, tx *db.Tx, pin string, persons ...string) error {
	if !tx.By.System {
		return fault.New(fault.Forbidden, "base.need", MayHire)
	}
	if weakPIN(pin) {
		return fault.OnField("pin", "people.pin_weak", pinLength)
	}
	sealed, err := seal(ctx, pin)
	if err != nil {
		return err
	}
	for _, p := range persons {
		if err := tx.One(ctx, fault.Stale(), `UPDATE people_account SET pin = $1 WHERE person = $2`, sealed, p); err != nil {
			return err
		}
		if err := tx.Trail(ctx, db.Event{Noun: "people.account", Record: p, Action: "pin"}); err != nil {
			return err
		}
	}
	return nil
}

// HasPIN says whether a person has given themselves a PIN.
func HasPIN(ctx context.Context, r db.Reader, person string) (bool, error) {
	sealed, _, err := pinOf(ctx, r, person)
	return sealed != "", err
}

// pinOf is a person's sealed PIN, where their account is open.
func pinOf(ctx context.Context, r db.Reader, person string) (string, bool, error) {
	return db.First(ctx, r, func(s *string) []any { return []any{s} }, `SELECT a.pin FROM people_account a JOIN people_person p ON p.id = a.person
		WHERE a.person = $1 AND a.closed = false AND p.closed = false AND a.must_change = false`, person)
}

// ByPIN is the person who proves on by's phone, with staff number and PIN, that it is they: as
// they may act today. Invalid on "pin" (people.pin_wrong) for a wrong number, a wrong PIN and
// a person without one, so that none is told from another; TooMany when it was wrong too
// often. A wrong one is written down with on whose phone it was.
func ByPIN(ctx context.Context, d *db.DB, by db.Actor, number, pin string) (db.Actor, error) {
	rules, err := TheRules(ctx, d)
	if err != nil {
		return db.Actor{}, err
	}
	p, err := ByNumber(ctx, d, strings.TrimSpace(number))
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return db.Actor{}, err
	}
	gates := []*gate{rules.pinGate("phone of " + by.ID)}
	sealed := ""
	if p.ID != "" {
		gates = append(gates, rules.pinGate(p.ID))
		if sealed, _, err = pinOf(ctx, d, p.ID); err != nil {
			return db.Actor{}, err
		}
	}
	if err := d.Do(ctx, lodge(by.Source), func(tx *db.Tx) error { _, err := knockAll(ctx, tx, gates); return err }); err != nil {
		return db.Actor{}, err
	}
	none := sealed == ""
	if none {
		sealed = decoy()
	}
	ok := false
	if len(pin) <= longest {
		if ok, _, err = opens(ctx, sealed, strings.TrimSpace(pin)); err != nil {
			return db.Actor{}, err
		}
	}
	err = d.Do(ctx, by, func(tx *db.Tx) error {
		if !ok || none {
			return tx.Trail(ctx, db.Event{Noun: "people.account", Record: p.ID, Action: "pin_wrong", Note: p.Name})
		}
		for _, g := range gates {
			if err := g.forgive(ctx, tx, true); err != nil {
				return err
			}
		}
		return tx.Trail(ctx, db.Event{Noun: "people.account", Record: p.ID, Action: "pin_used", Note: p.Name})
	})
	if err == nil && (!ok || none) {
		err = fault.OnField("pin", "people.pin_wrong")
	}
	if err != nil {
		return db.Actor{}, err
	}
	signer, err := ActorOf(ctx, d, p.ID, d.Now())
	signer.Source = by.Source
	return signer, err
}
