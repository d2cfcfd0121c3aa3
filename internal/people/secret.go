package people

import (
	"context"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/id"
	"houqin/internal/base/period"
)

// Passwords are hashed and compared here outside the unit of work that keeps them:
// one of them takes as long as a hundred units, and on SQLite everybody would wait.

// SetPassword gives an account its password. Set by the program itself (the command
// line's first administrator, the demo) it stays; set by an administrator it holds
// for some hours and must be changed at the first sign-in. Sessions and tokens end.
func SetPassword(ctx context.Context, d *db.DB, by db.Actor, person, password string) error {
	a, err := mayReset(ctx, d, by, person)
	if err != nil {
		return err
	}
	rules, err := TheRules(ctx, d)
	if err != nil {
		return err
	}
	if err := a.accepts(ctx, d, rules, password); err != nil {
		return err
	}
	return a.replace(ctx, d, by, rules, password, !by.System)
}

// HandOut makes a random password that counts once, for the administrator to pass
// on: nobody chooses another person's password, and it is shown only now.
func HandOut(ctx context.Context, d *db.DB, by db.Actor, person string) (string, error) {
	a, err := mayReset(ctx, d, by, person)
	if err != nil {
		return "", err
	}
	rules, err := TheRules(ctx, d)
	if err != nil {
		return "", err
	}
	password := grouped(strings.ToLower(id.Secret()[:16]))
	return password, a.replace(ctx, d, by, rules, password, true)
}

func mayReset(ctx context.Context, d *db.DB, by db.Actor, person string) (Account, error) {
	a, err := AccountOf(ctx, d, person)
	switch {
	case err != nil:
		return a, err
	case !by.MayIn(MayHire, a.department):
		return a, fault.New(fault.Forbidden, "base.need", MayHire)
	case a.gone:
		return a, fault.New(fault.Conflict, "people.has_left", a.name)
	case by.ID == person && !by.System:
		return a, fault.New(fault.Conflict, "people.own_password")
	}
	return a, nil
}

func (a Account) replace(ctx context.Context, d *db.DB, by db.Actor, rules Policy, password string, first bool) error {
	sealed, err := seal(ctx, password)
	if err != nil {
		return err
	}
	return d.Do(ctx, by, func(tx *db.Tx) error {
		action, expires := "set_password", period.Instant(0)
		if first {
			action, expires = "hand_out", period.At(tx.Now.Add(time.Duration(rules.FirstHours)*time.Hour))
		}
		if err := putPassword(ctx, tx, a.Person, sealed, first, expires); err != nil {
			return err
		}
		if err := endAll(ctx, tx, a.Person, ""); err != nil {
			return err
		}
		if err := revokeAll(ctx, tx, a.Person); err != nil {
			return err
		}
		return tx.Trail(ctx, db.Event{Noun: "people.account", Record: a.Person, Action: action, Note: a.name})
	})
}

// ChangePassword changes one's own password, the old one being told. The session
// given stays, all others end. Refused at "old" when that is wrong, too often wrong
// with TooMany, and at "password" when the new one is weak or was used before.
func ChangePassword(ctx context.Context, d *db.DB, by db.Actor, session, old, password string) error {
	rules, err := TheRules(ctx, d)
	if err != nil {
		return err
	}
	a, err := proven(ctx, d, by, rules, old)
	if err != nil {
		return err
	}
	if err := a.accepts(ctx, d, rules, password); err != nil {
		return err
	}
	sealed, err := seal(ctx, password)
	if err != nil {
		return err
	}
	return d.Do(ctx, by, func(tx *db.Tx) error {
		if err := putPassword(ctx, tx, a.Person, sealed, false, 0); err != nil {
			return err
		}
		if err := endAll(ctx, tx, a.Person, session); err != nil {
			return err
		}
		return tx.Trail(ctx, db.Event{Noun: "people.account", Record: a.Person, Action: "password"})
	})
}

// accepts refuses a new password that is weak, or that the person had before.
func (a Account) accepts(ctx context.Context, d *db.DB, rules Policy, password string) error {
	own, err := barredWords(ctx, d, a)
	if err != nil {
		return err
	}
	if bad := rules.weakness(password, own...); bad != nil {
		return bad
	}
	if known, err := hasLeaked(password); err != nil {
		return err
	} else if known {
		return fault.OnField("password", "people.password_leaked")
	}
	if rules.History == 0 {
		return nil
	}
	had, err := db.Texts(ctx, d, `SELECT password FROM people_password WHERE person = $1 ORDER BY id DESC LIMIT $2`, a.Person, rules.History)
	if err != nil {
		return err
	}
	for _, sealed := range had {
		switch same, _, err := opens(ctx, sealed, password); {
		case err != nil:
			return err
		case same:
			return fault.OnField("password", "people.password_used", rules.History)
		}
	}
	return nil
}

// Confirm takes the password once more, and the code of the authenticator where one
// is in use, so that dangerous acts may follow, and gives a new secret in the place of
// the session's. It counts like a sign-in: what is wrong is refused at "password" or
// "code", too many are TooMany. Whose role asks for an authenticator and who has none
// is refused: a password alone does not do here.
func Confirm(ctx context.Context, d *db.DB, by db.Actor, token, password, code string) (next string, err error) {
	rules, err := TheRules(ctx, d)
	if err != nil {
		return "", err
	}
	s, err := Who(ctx, d, token, d.Now())
	if err != nil {
		return "", err
	}
	if s.Person != by.ID {
		return "", ended()
	}
	a, err := proven(ctx, d, by, rules, password)
	if fault.Is(err, "people.wrong_old") {
		return "", fault.OnField("password", "people.wrong_old")
	}
	if err != nil {
		return "", err
	}
	in := entry{person: a.Person, kind: s.Kind, device: s.at, proofs: s.Proofs, factor: s.factor, address: s.Address, agent: s.Agent, since: s.MadeAt}
	g := rules.gates("code "+a.Person, "", "")[0]
	var refused error
	err = d.Do(ctx, by, func(tx *db.Tx) error {
		next, refused = "", nil
		if a.FactorOn != 0 {
			slow, err := g.knock(ctx, tx)
			if err != nil {
				return err
			}
			now, err := AccountOf(ctx, tx, a.Person)
			if err != nil {
				return err
			}
			right, err := checkCode(ctx, tx, now, code)
			if err != nil {
				return err
			}
			alone, _ := codeFactor(code)
			if !right {
				refused = fault.OnField("code", "people.wrong_code")
				return refuse(ctx, tx, a.Person, Entrance{alone, s.Kind}, slow)
			}
			if err := g.forgive(ctx, tx, true); err != nil {
				return err
			}
			in.proofs = 2
		} else if rules.demands(s.Roles, Shared) {
			return fault.New(fault.Forbidden, "people.factor_first")
		}
		if err := endOne(ctx, tx, s.ID); err != nil {
			return err
		}
		if next, err = enter(ctx, tx, rules, in); err != nil {
			return err
		}
		return tx.Trail(ctx, db.Event{Noun: "people.account", Record: a.Person, Action: "confirm"})
	})
	if err == nil {
		err = refused
	}
	return next, err
}

// proven is the account of a person who tells its password again.
func proven(ctx context.Context, d *db.DB, by db.Actor, rules Policy, password string) (Account, error) {
	a, err := AccountOf(ctx, d, by.ID)
	if err != nil {
		return a, err
	}
	g := rules.gates(a.Login, "again", "")[0]
	var slow bool
	if err := d.Do(ctx, lodge(""), func(tx *db.Tx) (err error) { slow, err = g.knock(ctx, tx); return err }); err != nil {
		return a, err
	}
	sealed := a.sealed
	if sealed == "" {
		sealed = decoy()
	}
	ok := false
	if len(password) <= longest {
		if ok, _, err = opens(ctx, sealed, password); err != nil {
			return a, err
		}
	}
	err = d.Do(ctx, by, func(tx *db.Tx) error {
		if !ok {
			return refuse(ctx, tx, a.Person, Entrance{Factor: byPassword}, slow)
		}
		if err := g.forgive(ctx, tx, true); err != nil {
			return err
		}
		return tx.Trail(ctx, db.Event{Noun: "people.account", Record: a.Person, Action: "proven"})
	})
	if err == nil && !ok {
		err = fault.OnField("old", "people.wrong_old")
	}
	return a, err
}
