package people

import (
	"context"
	"crypto/subtle"
	"net/url"
	"strings"

	"github.com/pquerna/otp/hotp"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/id"
)

// The second factor: six digits that an authenticator on the person's phone makes
// anew every half minute from a seed and the time (TOTP, RFC 6238).

const (
	stepSeconds  = 30
	recoveries   = 10 // recovery codes handed out at once
	recoverySize = 24 // letters, 120 random bits: too many to guess, so a plain hash keeps them (ASVS 6.5.2)
	seedSize     = 32 // letters of base32, the 160 bits that RFC 4226 recommends
)

// Seed begins to set up an authenticator: the seed it is to learn, new each time.
// Its codes are not asked for until ConfirmFactor has seen one. Who has an
// authenticator already must first take it off: Conflict.
func Seed(ctx context.Context, tx *db.Tx) error {
	seed := (id.Secret() + id.Secret())[:seedSize]
	if err := tx.One(ctx, fault.New(fault.Conflict, "people.factor_on"),
		`UPDATE people_account SET seed = $1, seed_step = 0 WHERE person = $2 AND seed_on = 0`, seed, tx.By.ID); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "people.account", Record: tx.By.ID, Action: "seed"})
}

// Pending is the seed a person is setting up, and its otpauth address for the
// picture; "" once it is confirmed.
func Pending(ctx context.Context, r db.Reader, person string) (seed, address string, err error) {
	a, err := AccountOf(ctx, r, person)
	if err != nil || a.seed == "" || a.FactorOn != 0 {
		return "", "", err
	}
	// Few letters make a picture that a cheap phone can read.
	return a.seed, "otpauth://totp/Houqin:" + url.PathEscape(a.Login) + "?issuer=Houqin&secret=" + a.seed, nil
}

// ConfirmFactor turns the second factor on, once a code shows that the
// authenticator has learnt the seed, and gives the recovery codes, which are shown
// only now. A wrong code is refused at "code".
func ConfirmFactor(ctx context.Context, tx *db.Tx, code string) ([]string, error) {
	a, err := AccountOf(ctx, tx, tx.By.ID)
	if err != nil {
		return nil, err
	}
	if a.seed == "" || a.FactorOn != 0 {
		return nil, fault.New(fault.Conflict, "people.factor_on")
	}
	step, ok, err := stepOf(a.seed, tidyCode(code), tx.Now.Unix()/stepSeconds)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fault.OnField("code", "people.wrong_code")
	}
	if err := tx.One(ctx, stale(), `UPDATE people_account SET seed_on = $1, seed_step = $2 WHERE person = $3 AND seed_on = 0 AND seed = $4`,
		tx.At(), step, tx.By.ID, a.seed); err != nil {
		return nil, err
	}
	list, err := renew(ctx, tx, tx.By.ID)
	if err != nil {
		return nil, err
	}
	return list, tx.Trail(ctx, db.Event{Noun: "people.account", Record: tx.By.ID, Action: "factor_on"})
}

// RenewRecovery makes ten new recovery codes; the old ones are void.
func RenewRecovery(ctx context.Context, tx *db.Tx) ([]string, error) {
	a, err := AccountOf(ctx, tx, tx.By.ID)
	if err != nil {
		return nil, err
	}
	if a.FactorOn == 0 {
		return nil, fault.New(fault.Conflict, "people.factor_off")
	}
	list, err := renew(ctx, tx, tx.By.ID)
	if err != nil {
		return nil, err
	}
	return list, tx.Trail(ctx, db.Event{Noun: "people.account", Record: tx.By.ID, Action: "recoveries"})
}

// RecoveriesLeft is how many recovery codes still work.
func RecoveriesLeft(ctx context.Context, r db.Reader, person string) (n int64, err error) {
	err = r.QueryRowContext(ctx, `SELECT count(*) FROM people_recovery WHERE person = $1 AND used_at = 0`, person).Scan(&n)
	return n, err
}

// DropFactor takes the second factor off: one's own, or with MayGrant that of
// somebody who lost phone and codes. A password is reset with MayHire, so that it
// takes two administrators to come in as another (ASVS 6.4.4).
func DropFactor(ctx context.Context, tx *db.Tx, person string) error {
	if err := overseen(ctx, tx, person); err != nil {
		return err
	}
	if err := tx.One(ctx, fault.New(fault.Conflict, "people.factor_off"),
		`UPDATE people_account SET seed = '', seed_on = 0, seed_step = 0 WHERE person = $1 AND seed <> ''`, person); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM people_recovery WHERE person = $1`, person); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "people.account", Record: person, Action: "factor_off"})
}

func renew(ctx context.Context, tx *db.Tx, person string) ([]string, error) {
	if _, err := tx.Exec(ctx, `DELETE FROM people_recovery WHERE person = $1`, person); err != nil {
		return nil, err
	}
	list := make([]string, recoveries)
	for i := range list {
		code := id.Secret()[:recoverySize]
		if _, err := tx.Exec(ctx, `INSERT INTO people_recovery (person, hash) VALUES ($1,$2)`, person, digest("recovery", code)); err != nil {
			return nil, err
		}
		list[i] = grouped(code)
	}
	return list, nil
}

// checkCode takes a code of the authenticator or a recovery code, each only once:
// the update is what decides, so that of two copies of the program one loses. A
// used recovery code is in the trail.
func checkCode(ctx context.Context, tx *db.Tx, a Account, code string) (bool, error) {
	code = tidyCode(code)
	if len(code) == recoverySize {
		n, err := tx.Exec(ctx, `UPDATE people_recovery SET used_at = $1 WHERE person = $2 AND hash = $3 AND used_at = 0`, tx.At(), a.Person, digest("recovery", code))
		if err != nil || n == 0 {
			return false, err
		}
		return true, tx.Trail(ctx, db.Event{Noun: "people.account", Record: a.Person, Action: "recovery"})
	}
	step, ok, err := stepOf(a.seed, code, tx.Now.Unix()/stepSeconds)
	if err != nil || !ok || a.FactorOn == 0 {
		return false, err
	}
	n, err := tx.Exec(ctx, `UPDATE people_account SET seed_step = $1 WHERE person = $2 AND seed_step < $1 AND seed_on > 0`, step, a.Person)
	return n == 1, err
}

// stepOf is the half minute a code belongs to: the present one, or the one before
// or after, since the clock of a phone in a basement is not ours.
func stepOf(seed, code string, now int64) (step int64, ok bool, err error) {
	for _, step := range []int64{now, now - 1, now + 1} {
		want, err := hotp.GenerateCode(seed, uint64(step))
		if err != nil {
			return 0, false, err
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step, true, nil
		}
	}
	return 0, false, nil
}

// tidyCode is a code without what people put between its letters.
func tidyCode(code string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u3000' {
			return -1
		}
		return r
	}, code))
}
