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
	if rules.History == 0 {
		return nil
	}
	had, err := texts(ctx, d, `SELECT password FROM people_password WHERE person = $1 ORDER BY id DESC LIMIT $2`, a.Person, rules.History)
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

// Confirm takes the password once more, so that dangerous acts may follow. It
// counts like a sign-in: a wrong one is refused at "password", too many are TooMany.
func Confirm(ctx context.Context, d *db.DB, by db.Actor, session, password string) error {
	rules, err := TheRules(ctx, d)
	if err != nil {
		return err
	}
	a, err := proven(ctx, d, by, rules, password)
	if fault.Is(err, "people.wrong_old") {
		return fault.OnField("password", "people.wrong_old")
	}
	if err != nil {
		return err
	}
	return d.Do(ctx, by, func(tx *db.Tx) error {
		if err := tx.One(ctx, ended(), `UPDATE people_session SET fresh_at = $1 WHERE id = $2 AND person = $3 AND ended_at = 0`, tx.At(), session, a.Person); err != nil {
			return err
		}
		return tx.Trail(ctx, db.Event{Noun: "people.account", Record: a.Person, Action: "confirm"})
	})
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
			return refuse(ctx, tx, a.Person, slow)
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
