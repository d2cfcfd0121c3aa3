package people

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"houqin/internal/base/alike"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/departments"
)

// Account is how a person signs in.
type Account struct {
	Person     string
	Login      string
	MustChange bool           // the password was handed out and counts once
	ChangedAt  period.Instant // of the password
	ExpiresAt  period.Instant // of a password that was handed out; 0 never
	FactorOn   period.Instant // since when a code is asked for; 0 never
	InAt       period.Instant // of the last sign-in; 0 never
	Missed     int64          // wrong guesses since then
	DropBy     string         // who asks that the second factor be taken off; "" nobody
	Closed     bool
	Password   bool // there is one

	number, name, department string
	gone                     bool
	sealed, seed             string
	step                     int64
	dropAt                   period.Instant
}

// FoldLogin is the one form of a login name: full width and capitals make no difference.
func FoldLogin(s string) string { return strings.ToLower(norm.NFKC.String(strings.TrimSpace(s))) }

// OpenAccount gives a person a login name, or another one; its password is handed
// out separately. A name with other than Latin letters, digits and . _ - @, or one
// that is taken, is refused at its field.
func OpenAccount(ctx context.Context, tx *db.Tx, person, login string) error {
	p, err := inSight(ctx, tx, person)
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
	logins, err := db.Texts(ctx, tx, `SELECT login FROM people_account WHERE person <> $1`, person)
	if err != nil {
		return err
	}
	for _, other := range logins {
		if alike.Code(other) == alike.Code(login) {
			return fault.OnField("login", "base.looks_like", other, "")
		}
	}
	if _, err := tx.Exec(ctx, `INSERT INTO people_account (person, login) VALUES ($1,$2)
		ON CONFLICT (person) DO UPDATE SET login = excluded.login`, person, login); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "people.account", Record: person, Action: "open", Note: login})
}

// CloseAccount locks a person's account without their leaving; sessions and tokens
// end at once. Nobody closes their own, nor that of the last who sits on a seat.
func CloseAccount(ctx context.Context, tx *db.Tx, person string, closed bool) error {
	p, err := inSight(ctx, tx, person)
	if err != nil {
		return err
	}
	if err := tx.NeedIn(MayHire, p.Department); err != nil {
		return err
	}
	if person == tx.By.ID {
		return fault.New(fault.Conflict, "people.leaves_himself")
	}
	before, err := holdPowers(ctx, tx)
	if err != nil {
		return err
	}
	if err := tx.One(ctx, fault.Stale(), `UPDATE people_account SET closed = $1 WHERE person = $2 AND closed <> $1`, closed, person); err != nil {
		return err
	}
	action := "reopen"
	if closed {
		action = "close"
		if err := before.kept(ctx, tx); err != nil {
			return err
		}
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
		return []any{&a.Person, &a.Login, &a.sealed, &a.MustChange, &a.ChangedAt, &a.ExpiresAt, &a.seed, &a.FactorOn, &a.step, &a.Closed, &a.InAt, &a.Missed, &a.DropBy, &a.dropAt,
			&a.number, &a.name, &a.department, &a.gone}
	}, `SELECT a.person, a.login, a.password, a.must_change, a.changed_at, a.expires_at, a.seed, a.seed_on, a.seed_step, a.closed, a.in_at, a.missed, a.drop_by, a.drop_at,
		p.number, p.name, p.department, p.closed FROM people_account a JOIN people_person p ON p.id = a.person WHERE `+column+` = $1`, value)
	a.Password = a.sealed != ""
	return a, ok, err
}

// putPassword keeps a password and remembers it against its return.
func putPassword(ctx context.Context, tx *db.Tx, person, sealed string, must bool, expires period.Instant) error {
	if err := tx.One(ctx, fault.Stale(), `UPDATE people_account SET password = $1, must_change = $2, changed_at = $3, expires_at = $4 WHERE person = $5`,
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
	names := []string{a.name, hospital}
	units, err := departments.Departments.All(ctx, r, list.Where{}, 5000)
	for _, d := range units {
		names = append(names, d.Name)
	}
	return slices.Concat([]string{a.Login, a.number, "houqin", "后勤"}, names, spoken(names...)), err
}

// grouped parts a code in fours, as people read codes out.
func grouped(code string) string {
	var parts []string
	for i := 0; i < len(code); i += 4 {
		parts = append(parts, code[i:min(i+4, len(code))])
	}
	return strings.Join(parts, "-")
}
