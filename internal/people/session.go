package people

import (
	"context"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
)

// Session is a person at a device, since when and until when.
type Session struct {
	ID      string
	Person  string
	Stage   Stage
	MadeAt  period.Instant
	SeenAt  period.Instant
	FreshAt period.Instant // when the password was last given
	Address string
	Agent   string
	Lang    string
	Theme   string
	Actor   db.Actor
	Roles   []Role // without their rights
	Again   bool   // dangerous acts ask for the password once more
	Kind    Kind   // of the device
	Proofs  int64  // factors that were given

	name, unit    string
	gone, closed  bool
	endedAt       period.Instant
	departmentHas string
	at            string // the registered device
	factor        string // one of Entrances
}

// Department is the name of the person's own department.
func (s Session) Department() string { return s.departmentHas }

func ended() error { return fault.New(fault.SignIn, "people.session_ended") }

// Who is the person behind a session's secret at a moment, with their rights. A
// session that was ended, that nobody used for too long or that is too old, and one
// of a person who left or whose account is closed, is SignIn. While something is
// still asked (Stage) the Actor is nobody.
func Who(ctx context.Context, r db.Reader, token string, now time.Time) (Session, error) {
	rules, err := TheRules(ctx, r)
	if err != nil {
		return Session{}, err
	}
	return who(ctx, r, rules, token, now)
}

func who(ctx context.Context, r db.Reader, rules Policy, token string, now time.Time) (Session, error) {
	s, ok, err := sessionBy(ctx, r, digest("session", token))
	if err != nil {
		return s, err
	}
	if !ok || !s.lives(rules, period.At(now)) {
		return Session{}, ended()
	}
	s.Again = !period.At(now).Before(s.FreshAt.Add(rules.Again()))
	if s.Stage != Open {
		return s, nil
	}
	s.Actor = db.Actor{ID: s.Person, Name: s.name, Unit: s.unit}
	if s.Actor.Rights, s.Roles, err = rightsOn(ctx, r, s.Person, period.DayOf(now, r.Location())); err != nil {
		return s, err
	}
	if s.Proofs < 2 && rules.demands(s.Roles, s.Kind) { // the rules were tightened since
		return Session{}, ended()
	}
	return s, nil
}

func (s Session) lives(rules Policy, now period.Instant) bool {
	switch {
	case s.endedAt != 0, s.gone, s.closed,
		!now.Before(s.MadeAt.Add(rules.Life(s.Kind))), !now.Before(s.SeenAt.Add(rules.Idle(s.Kind))),
		s.Stage != Open && !now.Before(s.MadeAt.Add(staged)):
		return false
	}
	return true
}

// waiting is a session that waits at this stage, else SignIn.
func waiting(ctx context.Context, r db.Reader, token string, stage Stage) (Session, error) {
	s, err := Who(ctx, r, token, r.Moment())
	if err == nil && s.Stage != stage {
		err = ended()
	}
	return s, err
}

const sessionSQL = `SELECT s.id, s.person, s.stage, s.made_at, s.seen_at, s.fresh_at, s.ended_at, s.address, s.agent, s.kind, s.device, s.proofs, s.factor,
	p.name, p.department, p.closed, p.lang, p.theme, coalesce(a.closed, false), coalesce(d.name, '')
	FROM people_session s JOIN people_person p ON p.id = s.person LEFT JOIN departments_department d ON d.id = p.department
	LEFT JOIN people_account a ON a.person = s.person `

func (s *Session) places() []any {
	return []any{&s.ID, &s.Person, &s.Stage, &s.MadeAt, &s.SeenAt, &s.FreshAt, &s.endedAt, &s.Address, &s.Agent, &s.Kind, &s.at, &s.Proofs, &s.factor,
		&s.name, &s.unit, &s.gone, &s.Lang, &s.Theme, &s.closed, &s.departmentHas}
}

func sessionBy(ctx context.Context, r db.Reader, hash string) (Session, bool, error) {
	return db.First(ctx, r, (*Session).places, sessionSQL+`WHERE s.hash = $1`, hash)
}

// Sessions are a person's living sessions, the last used first.
func Sessions(ctx context.Context, r db.Reader, person string) ([]Session, error) {
	rules, err := TheRules(ctx, r)
	if err != nil {
		return nil, err
	}
	all, err := db.All(ctx, r, (*Session).places, sessionSQL+`WHERE s.person = $1 AND s.ended_at = 0 ORDER BY s.seen_at DESC, s.id DESC LIMIT 200`, person)
	var living []Session
	for _, s := range all {
		if s.lives(rules, period.At(r.Moment())) {
			living = append(living, s)
		}
	}
	return living, err
}

// Device is what a browser says of itself, in two words a person knows.
func (s Session) Device() string { return device(s.Agent) }

func device(agent string) string {
	find := func(names ...string) string {
		for _, n := range names {
			key, name, ok := strings.Cut(n, "=")
			if !ok {
				name = key
			}
			if strings.Contains(agent, key) {
				return name
			}
		}
		return ""
	}
	browser := find("wxwork=企业微信", "MicroMessenger=微信", "DingTalk=钉钉", "HuaweiBrowser", "MiuiBrowser", "QQBrowser", "Edg=Edge", "Firefox", "Chrome", "Safari")
	system := find("HarmonyOS", "Android", "iPhone", "iPad", "Windows", "Mac OS=macOS", "Linux")
	return strings.TrimSpace(browser + " " + system)
}

// overseen: what protects a person's account is their own affair and that of those
// who may grant for their department; for others the person is NotFound.
func overseen(ctx context.Context, tx *db.Tx, person string) error {
	if person == tx.By.ID {
		return nil
	}
	p, err := inSight(ctx, tx, person)
	if err == nil && !tx.By.MayIn(MayGrant, p.Department) {
		err = fault.New(fault.NotFound, "base.not_found")
	}
	return err
}

// End ends one session of a person: one's own, or anybody's with MayGrant.
func End(ctx context.Context, tx *db.Tx, person, session string) error {
	if err := overseen(ctx, tx, person); err != nil {
		return err
	}
	if err := tx.One(ctx, fault.New(fault.NotFound, "base.not_found"),
		`UPDATE people_session SET ended_at = $1 WHERE id = $2 AND person = $3 AND ended_at = 0`, tx.At(), session, person); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "people.account", Record: person, Action: "end"})
}

// SignOut ends the session of a secret; one that has ended already is no fault.
func SignOut(ctx context.Context, tx *db.Tx, token string) error {
	s, ok, err := sessionBy(ctx, tx, digest("session", token))
	if err != nil || !ok || s.endedAt != 0 {
		return err
	}
	if err := endOne(ctx, tx, s.ID); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "people.account", Record: s.Person, Action: "sign_out"})
}

// SignOutEverywhere ends all sessions of a person but the one named, "" for none.
// One's own, or anybody's with MayGrant.
func SignOutEverywhere(ctx context.Context, tx *db.Tx, person, except string) error {
	if err := overseen(ctx, tx, person); err != nil {
		return err
	}
	if err := endAll(ctx, tx, person, except); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "people.account", Record: person, Action: "end_all"})
}

func endOne(ctx context.Context, tx *db.Tx, session string) error {
	return tx.One(ctx, ended(), `UPDATE people_session SET ended_at = $1 WHERE id = $2 AND ended_at = 0`, tx.At(), session)
}

func endAll(ctx context.Context, tx *db.Tx, person, except string) error {
	_, err := tx.Exec(ctx, `UPDATE people_session SET ended_at = $1 WHERE person = $2 AND ended_at = 0 AND id <> $3`, tx.At(), person, except)
	return err
}

// Sweep forgets what is no longer of use: sessions and tokens that ended more than
// ninety days ago, guesses and browsers not seen since. Their stories stay in the
// trail. It is for a job that comes by the clock.
func Sweep(ctx context.Context, tx *db.Tx) error {
	before := func(days int) period.Instant { return period.At(tx.Now.AddDate(0, 0, -days)) }
	for _, q := range []struct {
		text string
		at   period.Instant
	}{
		{`DELETE FROM people_session WHERE seen_at < $1`, before(90)},
		{`DELETE FROM people_token WHERE expires_at < $1 OR ended_at > 0 AND ended_at < $1`, before(90)},
		{`DELETE FROM people_device WHERE waits_until > 0 AND waits_until < $1 OR ended_at > 0 AND ended_at < $1`, before(90)},
		{`DELETE FROM people_guess WHERE last < $1`, before(2)},
		{`DELETE FROM people_browser WHERE at < $1`, before(365)},
	} {
		if _, err := tx.Exec(ctx, q.text, q.at); err != nil {
			return err
		}
	}
	return nil
}
