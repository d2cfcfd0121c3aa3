package people

import (
	"context"
	"crypto/subtle"
	"slices"
	"strings"
	"time"

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
	sealed, err := tx.Keys.Seal((id.Secret() + id.Secret())[:seedSize], seedOf(tx.By.ID))
	if err != nil {
		return noKey(err)
	}
	if err := tx.One(ctx, fault.New(fault.Conflict, "people.factor_on"),
		`UPDATE people_account SET seed = $1, seed_step = 0 WHERE person = $2 AND seed_on = 0`, sealed, tx.By.ID); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "people.account", Record: tx.By.ID, Action: "seed"})
}

// seedOf binds a sealed seed to its account.
func seedOf(person string) string { return "people_account.seed " + person }

// noKey tells people that the hospital's key is away, and the log what it is about.
func noKey(err error) error { return fault.New(fault.Unavailable, "people.no_key").Because(err) }

// SealSeeds seals every seed that is not sealed under the key in use: those of before
// there were keys, and those of an earlier key. away is how many no key here opens; they
// stay as they are. It is for the start of the program.
func SealSeeds(ctx context.Context, tx *db.Tx) (renewed, away int, err error) {
	type kept struct{ person, seed string }
	all, err := db.All(ctx, tx, func(k *kept) []any { return []any{&k.person, &k.seed} },
		`SELECT person, seed FROM people_account WHERE seed <> '' ORDER BY person`)
	if err != nil {
		return 0, 0, err
	}
	for _, k := range all {
		if tx.Keys.ID() != "" && tx.Keys.Fresh(k.seed) {
			continue
		}
		seed := k.seed
		if strings.Contains(seed, ".") {
			if seed, err = tx.Keys.Open(k.seed, seedOf(k.person)); err != nil {
				away++
				continue
			}
		}
		sealed, err := tx.Keys.Seal(seed, seedOf(k.person))
		if err != nil {
			return renewed, away, err
		}
		if _, err := tx.Exec(ctx, `UPDATE people_account SET seed = $1 WHERE person = $2 AND seed = $3`, sealed, k.person, k.seed); err != nil {
			return renewed, away, err
		}
		renewed++
	}
	return renewed, away, nil
}

// ForgetSeeds takes off the second factor of everybody whose seed no key here opens:
// the key is lost for good. They set up a new one at their next sign-in, or use a
// recovery code. It is for the command line.
func ForgetSeeds(ctx context.Context, tx *db.Tx) (n int, err error) {
	if err := tx.Need(MayGrant); err != nil {
		return 0, err
	}
	type kept struct{ person, seed string }
	all, err := db.All(ctx, tx, func(k *kept) []any { return []any{&k.person, &k.seed} },
		`SELECT person, seed FROM people_account WHERE seed <> '' ORDER BY person`)
	if err != nil {
		return 0, err
	}
	for _, k := range all {
		if _, err := tx.Keys.Open(k.seed, seedOf(k.person)); err == nil {
			continue
		}
		if err := takeOff(ctx, tx, k.person); err != nil {
			return n, err
		}
		if err := tx.Trail(ctx, db.Event{Noun: "people.account", Record: k.person, Action: "factor_off", Note: "key lost"}); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
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
	seed, err := tx.Keys.Open(a.seed, seedOf(a.Person))
	if err != nil {
		return nil, noKey(err)
	}
	step, ok, err := stepOf(seed, tidyCode(code), tx.Now.Unix()/stepSeconds)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fault.OnField("code", "people.wrong_code")
	}
	if err := tx.One(ctx, fault.Stale(), `UPDATE people_account SET seed_on = $1, seed_step = $2 WHERE person = $3 AND seed_on = 0 AND seed = $4`,
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

// dropWaits is how long one administrator's wish to take a factor off waits for another's.
const dropWaits = 24 * time.Hour

// DropFactor takes the second factor off: one's own, or with MayGrant that of
// somebody who lost phone and codes. A password is reset with MayHire, so that it
// takes two administrators to come in as another (ASVS 6.4.4).
//
// Where a role asks for the second factor, it takes two different administrators to
// take it off, whichever their seats: the first asks, and done is false; the second
// does it within a day. Neither may be the person.
func DropFactor(ctx context.Context, tx *db.Tx, person string) (done bool, err error) {
	a, err := AccountOf(ctx, tx, person)
	if err != nil {
		return false, err
	}
	off := FactorOff{}
	if person != tx.By.ID {
		p, err := inSight(ctx, tx, person)
		if err != nil {
			return false, err
		}
		off.Name = p.Name
		_, roles, err := rightsOn(ctx, tx, person, tx.Today())
		if err != nil {
			return false, err
		}
		two := slices.ContainsFunc(roles, func(r Role) bool { return r.Factor })
		if !tx.By.MayIn(MayGrant, p.Department) && (!two || !tx.By.MayIn(MayHire, p.Department) && !tx.By.May(AuditSeat)) {
			return false, fault.New(fault.NotFound, "base.not_found")
		}
		if a.seed == "" {
			return false, fault.New(fault.Conflict, "people.factor_off")
		}
		if asked := a.DropBy != "" && tx.At().Sub(a.dropAt) < dropWaits; two && !tx.By.System {
			if asked && a.DropBy == tx.By.ID {
				return false, fault.New(fault.Conflict, "people.needs_another")
			}
			if !asked {
				if err := tx.One(ctx, fault.Stale(), `UPDATE people_account SET drop_by = $1, drop_at = $2 WHERE person = $3 AND drop_by = $4`, tx.By.ID, tx.At(), person, a.DropBy); err != nil {
					return false, err
				}
				return false, tx.Trail(ctx, db.Event{Noun: "people.account", Record: person, Action: "factor_off_asked", Note: p.Name})
			}
		}
		off.Weighty = two || tx.By.System // the host's command line goes round both
	}
	if err := takeOff(ctx, tx, person); err != nil {
		return false, err
	}
	return true, tx.Trail(ctx, db.Event{Noun: "people.account", Record: person, Action: "factor_off", Note: off.Name, After: off})
}

// FactorOff is a second factor that was taken off: by whom else than its owner, whose name
// then stands here, and whether a role asks for it
// or the host did it, so that it is an alarm.
type FactorOff struct {
	Name    string `json:"-"`
	Weighty bool   `json:"weighty"`
}

func takeOff(ctx context.Context, tx *db.Tx, person string) error {
	if err := tx.One(ctx, fault.New(fault.Conflict, "people.factor_off"),
		`UPDATE people_account SET seed = '', seed_on = 0, seed_step = 0, drop_by = '', drop_at = 0 WHERE person = $1 AND seed <> ''`, person); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM people_recovery WHERE person = $1`, person)
	return err
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
		return true, tx.Trail(ctx, db.Event{Noun: "people.account", Record: a.Person, Action: "recovery", After: Entrance{Factor: onlyRecovery}})
	}
	if a.FactorOn == 0 {
		return false, nil
	}
	seed, err := tx.Keys.Open(a.seed, seedOf(a.Person))
	if err != nil {
		return false, noKey(err)
	}
	step, ok, err := stepOf(seed, code, tx.Now.Unix()/stepSeconds)
	if err != nil || !ok {
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
