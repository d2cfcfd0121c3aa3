package people

import (
	"cmp"
	"context"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/id"
	"houqin/internal/base/period"
)

// Attempt is somebody at the door.
type Attempt struct {
	Login, Password string
	Code            string // of the authenticator, or a recovery code; may follow later
	Address         string // where from
	Agent           string // with what
	Browser         string // what KnowBrowser left in this browser, if anything
	Device          string // what RegisterDevice left in it, if anything
	Own             bool   // the person says that this device is their own
}

// Stage is what is still asked of a session before the door opens.
type Stage string

const (
	Open       Stage = ""
	NeedCode   Stage = "code"   // the authenticator's code: SecondStep
	NeedChange Stage = "change" // a password of one's own: FirstPassword
	NeedFactor Stage = "factor" // an authenticator, because a role asks for it: FirstFactor
)

// SignIn opens a session and gives the secret that the browser keeps. Where a code
// or a new password is still asked the session has a Stage, and opens nothing
// until SecondStep or FirstPassword has been passed.
//
// A wrong password, an unknown name and a closed account are the same Invalid
// "people.wrong", after the same work. Too many guesses are TooMany, and so is a
// rush in which no processor comes free within seconds. A handed-out password that
// is too old is Invalid "people.first_expired". Every outcome is in the trail.
func SignIn(ctx context.Context, d *db.DB, a Attempt) (token string, err error) {
	rules, err := TheRules(ctx, d)
	if err != nil {
		return "", err
	}
	login := FoldLogin(a.Login)
	acc, found, err := accountBy(ctx, d, "a.login", login)
	if err != nil {
		return "", err
	}
	browser, err := knownBrowser(ctx, d, acc.Person, a.Browser)
	if err != nil {
		return "", err
	}
	kind, device, err := a.kind(ctx, d)
	if err != nil {
		return "", err
	}
	gates := rules.gates(login, browser, a.Address)
	var slow bool
	if err := d.Do(ctx, lodge(a.Address), func(tx *db.Tx) (err error) { slow, err = knockAll(ctx, tx, gates); return err }); err != nil {
		return "", err
	}
	sealed := acc.sealed
	if usable := found && !acc.Closed && !acc.gone && sealed != ""; !usable {
		found, sealed = false, decoy()
	}
	ok, old := false, false
	if len(a.Password) <= longest {
		if ok, old, err = opens(ctx, sealed, a.Password); err != nil {
			return "", err
		}
	}
	renewed := ""
	if ok && found && old {
		if renewed, err = seal(ctx, a.Password); err != nil {
			return "", err
		}
	}
	var refused error
	err = d.Do(ctx, acc.actor(a.Address, ok && found), func(tx *db.Tx) error {
		token, refused = "", nil
		if !ok || !found {
			refused = fault.New(fault.Invalid, "people.wrong")
			return refuse(ctx, tx, acc.Person, Entrance{byPassword, kind}, slow)
		}
		now, still, err := accountBy(ctx, tx, "a.person", acc.Person)
		if err != nil {
			return err
		}
		if !still || now.sealed != acc.sealed || now.Closed || now.gone { // changed in between
			refused = fault.New(fault.Invalid, "people.wrong")
			return refuse(ctx, tx, acc.Person, Entrance{byPassword, kind}, slow)
		}
		if now.ExpiresAt != 0 && now.ExpiresAt <= tx.At() {
			refused = fault.New(fault.Invalid, "people.first_expired")
			return tx.Trail(ctx, db.Event{Noun: "people.account", Record: acc.Person, Action: "expired", After: Entrance{byPassword, kind}})
		}
		if renewed != "" {
			if _, err := tx.Exec(ctx, `UPDATE people_account SET password = $1 WHERE person = $2 AND password = $3`, renewed, acc.Person, acc.sealed); err != nil {
				return err
			}
		}
		in := entry{person: acc.Person, kind: kind, device: device, proofs: 1, factor: byPassword, address: a.Address, agent: a.Agent}
		_, roles, err := rightsOn(ctx, tx, acc.Person, tx.Today())
		if err != nil {
			return err
		}
		in.stage = now.stage(rules, roles, in, tx.Now)
		if in.stage == NeedCode && a.Code != "" {
			right, err := checkCode(ctx, tx, now, a.Code)
			if err != nil {
				return err
			}
			alone, after := codeFactor(a.Code)
			if !right { // the guess stays counted
				refused = fault.OnField("code", "people.wrong_code")
				return refuse(ctx, tx, acc.Person, Entrance{alone, kind}, slow)
			}
			in.proofs, in.factor = 2, after
			in.stage = now.stage(rules, roles, in, tx.Now)
		}
		for i, g := range gates {
			if err := g.forgive(ctx, tx, i == 0); err != nil {
				return err
			}
		}
		if kind == Shared {
			if err := seenDevice(ctx, tx, device, a.Address); err != nil {
				return err
			}
		}
		token, err = enter(ctx, tx, rules, in)
		return err
	})
	if err == nil {
		err = refused
	}
	return token, err
}

// stage is what is asked next of somebody whose password was right.
func (a Account) stage(rules Policy, roles []Role, in entry, now time.Time) Stage {
	demanded := rules.demands(roles, in.kind)
	switch {
	case a.FactorOn != 0 && in.proofs < 2 && (demanded || in.kind != Shared):
		return NeedCode
	case a.MustChange, rules.AgeDays > 0 && a.ChangedAt.Add(time.Duration(rules.AgeDays)*24*time.Hour) <= period.At(now):
		return NeedChange
	case demanded && in.proofs < 2:
		return NeedFactor
	}
	return Open
}

// SecondStep takes the code of the authenticator, or a recovery code, for a session
// that waits for it, and gives a new secret. A wrong code is refused at "code"; a
// session that waits for none, or waited too long, is SignIn.
func SecondStep(ctx context.Context, d *db.DB, token, code, address, agent string) (next string, err error) {
	rules, err := TheRules(ctx, d)
	if err != nil {
		return "", err
	}
	s, err := waiting(ctx, d, token, NeedCode)
	if err != nil {
		return "", err
	}
	g := rules.gates("code "+s.Person, "", "")[0]
	acc, err := AccountOf(ctx, d, s.Person)
	if err != nil {
		return "", err
	}
	var refused error
	err = d.Do(ctx, acc.actor(address, true), func(tx *db.Tx) error {
		next, refused = "", nil
		slow, err := g.knock(ctx, tx)
		if err != nil {
			return err
		}
		acc, err := AccountOf(ctx, tx, s.Person)
		if err != nil {
			return err
		}
		right, err := checkCode(ctx, tx, acc, code)
		if err != nil {
			return err
		}
		alone, after := codeFactor(code)
		if !right {
			refused = fault.OnField("code", "people.wrong_code")
			return refuse(ctx, tx, s.Person, Entrance{alone, s.Kind}, slow)
		}
		if err := g.forgive(ctx, tx, true); err != nil {
			return err
		}
		if err := endOne(ctx, tx, s.ID); err != nil {
			return err
		}
		in := entry{person: s.Person, kind: s.Kind, device: s.at, proofs: 2, factor: after, address: address, agent: agent}
		_, roles, err := rightsOn(ctx, tx, s.Person, tx.Today())
		if err != nil {
			return err
		}
		in.stage = acc.stage(rules, roles, in, tx.Now)
		next, err = enter(ctx, tx, rules, in)
		return err
	})
	if err == nil {
		err = refused
	}
	return next, err
}

// Enter opens a session without asking anything: the demo's role buttons. Whoever
// calls it has made sure that this is a demo.
func Enter(ctx context.Context, d *db.DB, person, address, agent string) (token string, err error) {
	rules, err := TheRules(ctx, d)
	if err != nil {
		return "", err
	}
	p, err := Get(ctx, d, person)
	if err != nil {
		return "", err
	}
	if p.Closed {
		return "", fault.New(fault.Conflict, "people.has_left", p.Name)
	}
	err = d.Do(ctx, db.Actor{ID: p.ID, Name: p.Name, Source: "demo " + address}, func(tx *db.Tx) error {
		token, err = enter(ctx, tx, rules, entry{person: person, kind: Own, proofs: 2, factor: byButton, address: address, agent: agent})
		return err
	})
	return token, err
}

// lodge is the porter who looks at somebody not yet known.
func lodge(address string) db.Actor {
	a := db.System("")
	a.Source = "web " + address
	return a
}

// actor is whoever is at the door: the person once proven, else nobody.
func (a Account) actor(address string, proven bool) db.Actor {
	if !proven {
		return lodge(address)
	}
	return db.Actor{ID: a.Person, Name: a.name, Source: "web " + address}
}

func knockAll(ctx context.Context, tx *db.Tx, gates []*gate) (slow bool, err error) {
	for _, g := range gates {
		s, err := g.knock(ctx, tx)
		if err != nil {
			return false, err
		}
		slow = slow || s
	}
	return slow, nil
}

// refuse writes down that somebody was not let in; a name that nobody has is not
// written, since it may be a password in the wrong box.
func refuse(ctx context.Context, tx *db.Tx, person string, how Entrance, slow bool) error {
	if err := tx.Trail(ctx, db.Event{Noun: "people.account", Record: person, Action: "fail", After: how}); err != nil {
		return err
	}
	if person != "" {
		if _, err := tx.Exec(ctx, `UPDATE people_account SET missed = missed + 1 WHERE person = $1`, person); err != nil {
			return err
		}
	}
	if !slow {
		return nil
	}
	return tx.Trail(ctx, db.Event{Noun: "people.account", Record: person, Action: "slow", After: how})
}

// entry is a session about to be opened.
type entry struct {
	person         string
	stage          Stage
	kind           Kind
	device         string
	proofs         int64
	factor         string // one of Entrances
	address, agent string
	since          period.Instant // of the session it takes the place of; 0 now
}

// enter writes the session, ends the oldest where there are too many, and says so
// in the trail once the door is open.
func enter(ctx context.Context, tx *db.Tx, rules Policy, in entry) (string, error) {
	secret, own, person := id.Secret(), tx.NewID(), in.person
	if _, err := tx.Exec(ctx, `INSERT INTO people_session (id, hash, person, stage, made_at, seen_at, fresh_at, address, agent, kind, proofs, device, factor)
		VALUES ($1,$2,$3,$4,$5,$6,$6,$7,$8,$9,$10,$11,$12)`,
		own, digest("session", secret), person, in.stage, cmp.Or(in.since, tx.At()), tx.At(), in.address, short(in.agent), in.kind, in.proofs, in.device, in.factor); err != nil {
		return "", err
	}
	// Never the new one, even where a clock that was set back makes it seem the oldest.
	if _, err := tx.Exec(ctx, `UPDATE people_session SET ended_at = $1 WHERE person = $2 AND ended_at = 0 AND id <> $4 AND id NOT IN
		(SELECT id FROM people_session WHERE person = $2 AND ended_at = 0 AND id <> $4 ORDER BY seen_at DESC, id DESC LIMIT $3)`,
		tx.At(), person, rules.Sessions-1, own); err != nil {
		return "", err
	}
	if in.since != 0 {
		return secret, nil
	}
	action := "sign_in"
	if in.stage != Open {
		action = "half"
	} else if _, err := tx.Exec(ctx, `UPDATE people_account SET in_at = $1 WHERE person = $2`, tx.At(), person); err != nil {
		return "", err
	}
	return secret, tx.Trail(ctx, db.Event{Noun: "people.account", Record: person, Action: action, Note: device(in.agent), After: Entrance{in.factor, in.kind}})
}

// short keeps what a browser says of itself within reason.
func short(agent string) string {
	agent = strings.Map(func(r rune) rune {
		if unseen(r) || r == '\uFFFD' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(agent, ""))
	if r := []rune(agent); len(r) > 200 {
		agent = string(r[:200])
	}
	return agent
}

// Missed is how often somebody guessed wrong at a person's account since they were
// last told, which is now.
func Missed(ctx context.Context, tx *db.Tx, person string) (n int64, err error) {
	a, err := AccountOf(ctx, tx, person)
	if err != nil || a.Missed == 0 {
		if fault.KindOf(err) == fault.NotFound { // of the demo's people some have no account
			err = nil
		}
		return 0, err
	}
	_, err = tx.Exec(ctx, `UPDATE people_account SET missed = missed - $1 WHERE person = $2`, a.Missed, person)
	return a.Missed, err
}

// KnowBrowser remembers that a person signed in from a browser that keeps the
// secret given; an empty one is made anew.
func KnowBrowser(ctx context.Context, tx *db.Tx, person, secret string) (string, error) {
	if len(secret) < 26 || len(secret) > 64 {
		secret = id.Secret()
	}
	_, err := tx.Exec(ctx, `INSERT INTO people_browser (hash, person, at) VALUES ($1,$2,$3) ON CONFLICT (hash, person) DO UPDATE SET at = excluded.at`,
		digest("browser", secret), person, tx.At())
	return secret, err
}

// knownBrowser is the browser's hash if the person has signed in from it, else "".
func knownBrowser(ctx context.Context, r db.Reader, person, secret string) (string, error) {
	hash := digest("browser", secret)
	known, err := db.Texts(ctx, r, `SELECT hash FROM people_browser WHERE hash = $1 AND person = $2`, hash, person)
	if len(known) == 0 {
		hash = ""
	}
	return hash, err
}
