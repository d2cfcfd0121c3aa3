package people

import (
	"context"
	"fmt"
	"hash/crc32"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/id"
	"houqin/internal/base/period"
)

// Token is a key for programs. It does what its person may do, no more, and dies
// with their account.
type Token struct {
	ID        string
	Person    string
	Name      string // what it is for
	MadeAt    period.Instant
	ExpiresAt period.Instant
	SeenAt    period.Instant
	EndedAt   period.Instant
	Address   string // where it was used last
}

// mark begins every token, so that a leaked one is found by its looks.
const mark = "houqin_"

// MakeToken makes a token that lives for some days, and gives its secret, which is
// shown only now. No name, or more days than the rules allow, is refused at the field.
func MakeToken(ctx context.Context, tx *db.Tx, name string, days int64) (secret string, err error) {
	rules, err := TheRules(ctx, tx)
	if err != nil {
		return "", err
	}
	var bad fault.Complaints
	if name = strings.TrimSpace(name); name == "" {
		bad.Add("name", "base.required")
	}
	if days < 1 || days > rules.TokenDays {
		bad.Add("days", "base.between", 1, rules.TokenDays)
	}
	if err := bad.Err(); err != nil {
		return "", err
	}
	if _, err := Get(ctx, tx, tx.By.ID); err != nil {
		return "", err
	}
	body := strings.ToLower(id.Secret())
	secret = mark + body + sum(body)
	if _, err := tx.Exec(ctx, `INSERT INTO people_token (id, hash, person, name, made_at, expires_at) VALUES ($1,$2,$3,$4,$5,$6)`,
		tx.NewID(), digest("token", secret), tx.By.ID, name, tx.At(), period.At(tx.Now.Add(time.Duration(days)*24*time.Hour))); err != nil {
		return "", err
	}
	return secret, tx.Trail(ctx, db.Event{Noun: "people.token", Record: tx.By.ID, Action: "make", Note: name})
}

// sum is the six characters by which a mistyped or invented token shows before the
// books are asked.
func sum(body string) string { return fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(body)))[2:] }

func wellFormed(secret string) bool {
	body, ok := strings.CutPrefix(secret, mark)
	return ok && len(body) == 32 && sum(body[:26]) == body[26:]
}

// ByToken is the person for whom a token acts at a moment; SignIn when it ended,
// expired, never was, or its person left.
func ByToken(ctx context.Context, r db.Reader, secret string, now time.Time) (Session, error) {
	if !wellFormed(secret) {
		return Session{}, fault.New(fault.SignIn, "people.token_ended")
	}
	s, ok, err := db.First(ctx, r, func(s *Session) []any {
		return []any{&s.ID, &s.Person, &s.MadeAt, &s.FreshAt, &s.endedAt, &s.SeenAt, &s.name, &s.unit, &s.gone, &s.Lang, &s.closed, &s.departmentHas}
	}, `SELECT t.id, t.person, t.made_at, t.expires_at, t.ended_at, t.seen_at, p.name, p.department, p.closed, p.lang, coalesce(a.closed, false), coalesce(d.name, '')
		FROM people_token t JOIN people_person p ON p.id = t.person LEFT JOIN departments_department d ON d.id = p.department
		LEFT JOIN people_account a ON a.person = t.person WHERE t.hash = $1`, digest("token", secret))
	if err != nil {
		return s, err
	}
	if expires := s.FreshAt; !ok || s.endedAt != 0 || s.gone || s.closed || !period.At(now).Before(expires) {
		return Session{}, fault.New(fault.SignIn, "people.token_ended")
	}
	s.Actor = db.Actor{ID: s.Person, Name: s.name, Unit: s.unit}
	s.Actor.Rights, s.Roles, err = rightsOn(ctx, r, s.Person, period.DayOf(now, r.Location()))
	return s, err
}

// Tokens are a person's, the newest first, ended ones included.
func Tokens(ctx context.Context, r db.Reader, person string) ([]Token, error) {
	return db.All(ctx, r, func(t *Token) []any {
		return []any{&t.ID, &t.Person, &t.Name, &t.MadeAt, &t.ExpiresAt, &t.SeenAt, &t.EndedAt, &t.Address}
	}, `SELECT id, person, name, made_at, expires_at, seen_at, ended_at, address FROM people_token WHERE person = $1 ORDER BY id DESC LIMIT 200`, person)
}

// Revoke ends a token of a person at once: one's own, or anybody's with MayGrant.
func Revoke(ctx context.Context, tx *db.Tx, person, token string) error {
	if err := overseen(ctx, tx, person); err != nil {
		return err
	}
	names, err := db.Texts(ctx, tx, `SELECT name FROM people_token WHERE id = $1 AND person = $2 AND ended_at = 0`, token, person)
	if err != nil {
		return err
	}
	if err := tx.One(ctx, fault.New(fault.NotFound, "base.not_found"),
		`UPDATE people_token SET ended_at = $1 WHERE id = $2 AND person = $3 AND ended_at = 0`, tx.At(), token, person); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "people.token", Record: person, Action: "revoke", Note: strings.Join(names, "")})
}

func revokeAll(ctx context.Context, tx *db.Tx, person string) error {
	_, err := tx.Exec(ctx, `UPDATE people_token SET ended_at = $1 WHERE person = $2 AND ended_at = 0`, tx.At(), person)
	return err
}
