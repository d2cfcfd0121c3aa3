package people

import (
	"context"
	"net/url"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/id"
)

// What is asked of people and computers that come for the first time.

// FirstPassword sets a password of one's own for a session that waits for it, and
// gives a new secret. A weak or used password is refused at "password".
func FirstPassword(ctx context.Context, d *db.DB, token, password, address, agent string) (next string, err error) {
	rules, err := TheRules(ctx, d)
	if err != nil {
		return "", err
	}
	s, err := waiting(ctx, d, token, NeedChange)
	if err != nil {
		return "", err
	}
	acc, err := AccountOf(ctx, d, s.Person)
	if err != nil {
		return "", err
	}
	if err := acc.accepts(ctx, d, rules, password); err != nil {
		return "", err
	}
	switch same, _, err := opens(ctx, acc.sealed, password); {
	case err != nil:
		return "", err
	case same: // also where the history is not kept
		return "", fault.OnField("password", "people.password_used", 1)
	}
	sealed, err := seal(ctx, password)
	if err != nil {
		return "", err
	}
	err = d.Do(ctx, acc.actor(address, true), func(tx *db.Tx) error {
		if err := endOne(ctx, tx, s.ID); err != nil {
			return err
		}
		if err := putPassword(ctx, tx, s.Person, sealed, false, 0); err != nil {
			return err
		}
		if err := endAll(ctx, tx, s.Person, ""); err != nil {
			return err
		}
		if err := tx.Trail(ctx, db.Event{Noun: "people.account", Record: s.Person, Action: "password"}); err != nil {
			return err
		}
		in := entry{person: s.Person, kind: s.Kind, device: s.at, proofs: s.Proofs, factor: s.factor, address: address, agent: agent}
		_, roles, err := rightsOn(ctx, tx, s.Person, tx.Today())
		if err != nil {
			return err
		}
		if acc.FactorOn == 0 && s.Proofs < 2 && rules.demands(roles, s.Kind) {
			in.stage = NeedFactor
		}
		next, err = enter(ctx, tx, rules, in)
		return err
	})
	return next, err
}

// BeginFactor makes the seed for a session that waits for an authenticator, unless one
// is being set up already.
func BeginFactor(ctx context.Context, d *db.DB, token, address string) (Session, error) {
	s, err := waiting(ctx, d, token, NeedFactor)
	if err != nil {
		return s, err
	}
	acc, err := AccountOf(ctx, d, s.Person)
	if err != nil || acc.seed != "" {
		return s, err
	}
	return s, d.Do(ctx, acc.actor(address, true), func(tx *db.Tx) error { return Seed(ctx, tx) })
}

// FirstFactor turns the second factor on for a session that waits for it, and gives a
// new secret and the recovery codes. A wrong code is refused at "code".
func FirstFactor(ctx context.Context, d *db.DB, token, code, address, agent string) (next string, recovery []string, err error) {
	rules, err := TheRules(ctx, d)
	if err != nil {
		return "", nil, err
	}
	s, err := waiting(ctx, d, token, NeedFactor)
	if err != nil {
		return "", nil, err
	}
	acc, err := AccountOf(ctx, d, s.Person)
	if err != nil {
		return "", nil, err
	}
	err = d.Do(ctx, acc.actor(address, true), func(tx *db.Tx) error {
		if recovery, err = ConfirmFactor(ctx, tx, code); err != nil {
			return err
		}
		if err := endOne(ctx, tx, s.ID); err != nil {
			return err
		}
		next, err = enter(ctx, tx, rules, entry{person: s.Person, kind: s.Kind, device: s.at, proofs: 2, factor: byCode, address: address, agent: agent})
		return err
	})
	return next, recovery, err
}

// Pending is the seed a person is setting up, and its otpauth address for the
// picture; "" once it is confirmed.
func Pending(ctx context.Context, d *db.DB, person string) (seed, address string, err error) {
	a, err := AccountOf(ctx, d, person)
	if err != nil || a.seed == "" || a.FactorOn != 0 {
		return "", "", err
	}
	if seed, err = d.Keys.Open(a.seed, seedOf(person)); err != nil {
		return "", "", noKey(err)
	}
	// Few letters make a picture that a cheap phone can read.
	return seed, "otpauth://totp/Houqin:" + url.PathEscape(a.Login) + "?issuer=Houqin&secret=" + seed, nil
}

// RegisterDevice takes the code at the computer itself and gives the secret that its
// browser keeps from now on. A code that is wrong, used or too old is refused at
// "code", and too many from one address are TooMany.
func RegisterDevice(ctx context.Context, d *db.DB, code, address string) (secret string, err error) {
	rules, err := TheRules(ctx, d)
	if err != nil {
		return "", err
	}
	g := rules.gates("a device", "", address)[1]
	var refused error
	err = d.Do(ctx, lodge(address), func(tx *db.Tx) error {
		secret, refused = id.Secret(), nil
		if _, err := g.knock(ctx, tx); err != nil {
			return err
		}
		ids, err := db.Texts(ctx, tx, `UPDATE people_device SET hash = $1, waits_until = 0, address = $2
			WHERE hash = $3 AND waits_until > $4 AND ended_at = 0 RETURNING id`, digest("device", secret), address, digest("device code", tidyCode(code)), tx.At())
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			refused = fault.OnField("code", "people.wrong_device_code")
			return nil
		}
		if err := g.forgive(ctx, tx, false); err != nil {
			return err
		}
		return tx.Trail(ctx, db.Event{Noun: "people.device", Record: ids[0], Action: "register", Note: address})
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		secret = ""
	}
	return secret, err
}
