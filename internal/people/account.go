package people

import (
	"context"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/id"
	"houqin/internal/base/period"
)

// Account is how a person signs in.
type Account struct {
	Person     string
	Login      string
	MustChange bool           // the password was handed out and counts once
	ChangedAt  period.Instant // of the password
	ExpiresAt  period.Instant // of a password that was handed out; 0 never
	FactorOn   period.Instant // since when a code is asked for; 0 never
	Closed     bool
	Password   bool // there is one

	number, name, department string
	gone                     bool
	sealed, seed             string
	step                     int64
}

// FoldLogin is the one form of a login name: full width and capitals make no difference.
func FoldLogin(s string) string { return strings.ToLower(norm.NFKC.String(strings.TrimSpace(s))) }

// OpenAccount gives a person a login name, or another one; its password is handed
// out separately. A name with other than Latin letters, digits and . _ - @, or one
// that is taken, is refused at its field.
func OpenAccount(ctx context.Context, tx *db.Tx, person, login string) error {
	p, err := Get(ctx, tx, person)
	if err != nil {
		return err
	}
	if err := tx.NeedIn(MayHire, p.Department); err != nil {
		return err
	}
	if p.Closed {
		return fault.New(fault.Conflict, "people.has_left", p.Name)
	}
	login = FoldLogin(login)
	if login == "" || len(login) > 40 || strings.ContainsFunc(login, func(r rune) bool { return r != '@' && (!inNumber(r) || r == '/') }) {
		return fault.OnField("login", "people.login_letters")
	}
	if other, ok, err := accountBy(ctx, tx, "a.login", login); err != nil {
		return err
	} else if ok && other.Person != person {
		return fault.OnField("login", "people.login_taken", login)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO people_account (person, login) VALUES ($1,$2)
		ON CONFLICT (person) DO UPDATE SET login = excluded.login`, person, login); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "people.account", Record: person, Action: "open", Note: login})
}

// CloseAccount locks a person's account without their leaving; sessions and tokens
// end at once. Nobody closes their own.
func CloseAccount(ctx context.Context, tx *db.Tx, person string, closed bool) error {
	p, err := Get(ctx, tx, person)
	if err != nil {
		return err
	}
	if err := tx.NeedIn(MayHire, p.Department); err != nil {
		return err
	}
	if person == tx.By.ID {
		return fault.New(fault.Conflict, "people.leaves_himself")
	}
	if err := tx.One(ctx, stale(), `UPDATE people_account SET closed = $1 WHERE person = $2 AND closed <> $1`, closed, person); err != nil {
		return err
	}
	action := "reopen"
	if closed {
		action = "close"
		if err := endAll(ctx, tx, person, ""); err != nil {
			return err
		}
		if err := revokeAll(ctx, tx, person); err != nil {
			return err
		}
	}
	return tx.Trail(ctx, db.Event{Noun: "people.account", Record: person, Action: action, Note: p.Name})
}

// AccountOf is a person's account; NotFound when none was opened.
func AccountOf(ctx context.Context, r db.Reader, person string) (Account, error) {
	a, ok, err := accountBy(ctx, r, "a.person", person)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "base.not_found")
	}
	return a, err
}

func accountBy(ctx context.Context, r db.Reader, column, value string) (Account, bool, error) {
	a, ok, err := db.First(ctx, r, func(a *Account) []any {
		return []any{&a.Person, &a.Login, &a.sealed, &a.MustChange, &a.ChangedAt, &a.ExpiresAt, &a.seed, &a.FactorOn, &a.step, &a.Closed,
			&a.number, &a.name, &a.department, &a.gone}
	}, `SELECT a.person, a.login, a.password, a.must_change, a.changed_at, a.expires_at, a.seed, a.seed_on, a.seed_step, a.closed,
		p.number, p.name, p.department, p.closed FROM people_account a JOIN people_person p ON p.id = a.person WHERE `+column+` = $1`, value)
	a.Password = a.sealed != ""
	return a, ok, err
}

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
	return a.replace(ctx, d, by, rules, password)
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
	return password, a.replace(ctx, d, by, rules, password)
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

func (a Account) replace(ctx context.Context, d *db.DB, by db.Actor, rules Policy, password string) error {
	sealed, err := seal(ctx, password)
	if err != nil {
		return err
	}
	return d.Do(ctx, by, func(tx *db.Tx) error {
		action, expires := "set_password", period.Instant(0)
		if !by.System {
			action, expires = "hand_out", period.At(tx.Now.Add(time.Duration(rules.FirstHours)*time.Hour))
		}
		if err := putPassword(ctx, tx, a.Person, sealed, !by.System, expires); err != nil {
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

// putPassword keeps a password and remembers it against its return.
func putPassword(ctx context.Context, tx *db.Tx, person, sealed string, must bool, expires period.Instant) error {
	if err := tx.One(ctx, stale(), `UPDATE people_account SET password = $1, must_change = $2, changed_at = $3, expires_at = $4 WHERE person = $5`,
		sealed, must, tx.At(), expires, person); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO people_password (id, person, password) VALUES ($1,$2,$3)`, tx.NewID(), person, sealed); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM people_password WHERE person = $1 AND id NOT IN
		(SELECT id FROM people_password WHERE person = $1 ORDER BY id DESC LIMIT 24)`, person)
	return err
}

// barredWords are what everybody knows of this person and this hospital.
func barredWords(ctx context.Context, r db.Reader, a Account) ([]string, error) {
	hospital, err := db.Setting(ctx, r, "hospital.name")
	if err != nil {
		return nil, err
	}
	department, err := texts(ctx, r, `SELECT name FROM departments_department WHERE id = $1`, a.department)
	own := append([]string{a.Login, a.number, a.name, hospital, "houqin", "后勤"}, department...)
	return append(own, spoken(a.name)...), err
}

// grouped parts a code in fours, as people read codes out.
func grouped(code string) string {
	var parts []string
	for i := 0; i < len(code); i += 4 {
		parts = append(parts, code[i:min(i+4, len(code))])
	}
	return strings.Join(parts, "-")
}
