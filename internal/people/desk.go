package people

import (
	"context"
	"sync"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
)

// Desk is the porter's memory: whom he saw a moment ago he does not ask the books
// for again. It forgets after two seconds, so that an ended session, a closed
// account and a withdrawn role are dead on every copy of the program within three.
type Desk struct {
	db   *db.DB
	mu   sync.Mutex
	seen map[string]seen
	pens chan struct{} // those who write down that a session lives

	rules   Policy
	rulesAt time.Time
}

type seen struct {
	session Session
	at      time.Time
}

const (
	remembered   = 2 * time.Second
	rememberMost = 20_000
	touchEvery   = time.Minute // how often it is written down that a session lives
	pens         = 16
)

// NewDesk makes a desk for a database.
func NewDesk(d *db.DB) *Desk {
	return &Desk{db: d, seen: map[string]seen{}, pens: make(chan struct{}, pens)}
}

// Session is Who, remembered. live says that a person does something now, rather
// than that a page asks by itself; that is written down once a minute and keeps the
// session from ending for lack of use.
func (k *Desk) Session(ctx context.Context, token, address string, live bool) (Session, error) {
	return k.ask(ctx, "s"+token, address, live, `UPDATE people_session SET seen_at = $1, address = $3 WHERE id = $2 AND seen_at < $1 AND ended_at = 0`,
		func(rules Policy, now time.Time) (Session, error) { return who(ctx, k.db, rules, token, now) })
}

// Token is ByToken, remembered; its use is written down once a minute.
func (k *Desk) Token(ctx context.Context, secret, address string) (Session, error) {
	return k.ask(ctx, "t"+secret, address, true, `UPDATE people_token SET seen_at = $1, address = $3 WHERE id = $2 AND seen_at < $1 AND ended_at = 0`,
		func(_ Policy, now time.Time) (Session, error) { return ByToken(ctx, k.db, secret, now) })
}

func (k *Desk) ask(ctx context.Context, key, address string, live bool, touch string, books func(Policy, time.Time) (Session, error)) (Session, error) {
	now := k.db.Now()
	k.mu.Lock()
	was, ok := k.seen[key]
	k.mu.Unlock()
	if age := now.Sub(was.at); !ok || age < 0 || age > remembered {
		rules, err := k.policy(ctx, now)
		if err != nil {
			return Session{}, err
		}
		s, err := books(rules, now)
		if err != nil {
			k.Forget(key[1:])
			return s, err
		}
		was = seen{s, now}
		k.keep(key, was, now)
	}
	if at := period.At(now); live && at.Sub(was.session.SeenAt) >= touchEvery {
		k.touch(ctx, key, address, touch, was, at)
	}
	return was.session, nil
}

// touch writes down that a session lives. Nobody waits for it: where the books are
// busy with something long it is left for the next minute.
func (k *Desk) touch(ctx context.Context, key, address, text string, was seen, at period.Instant) {
	was.session.SeenAt = at
	k.keep(key, was, was.at)
	select {
	case k.pens <- struct{}{}:
	default:
		return
	}
	ctx = context.WithoutCancel(ctx)
	go func() {
		defer func() { <-k.pens }()
		if err := k.db.Do(ctx, db.System("lodge"), func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, text, at, was.session.ID, address)
			return err
		}); err != nil && fault.KindOf(err) != fault.Unavailable {
			k.db.Log.WarnContext(ctx, "session not marked as used", "err", err)
		}
	}()
}

func (k *Desk) keep(key string, s seen, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.seen) >= rememberMost {
		for key, s := range k.seen {
			if now.Sub(s.at) > remembered {
				delete(k.seen, key)
			}
		}
		if len(k.seen) >= rememberMost {
			clear(k.seen)
		}
	}
	k.seen[key] = s
}

// Forget drops what is remembered of a session's or token's secret, as after signing out.
func (k *Desk) Forget(secret string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.seen, "s"+secret)
	delete(k.seen, "t"+secret)
}

// policy is the rules of signing in, remembered as long as sessions are.
func (k *Desk) policy(ctx context.Context, now time.Time) (Policy, error) {
	k.mu.Lock()
	rules, age := k.rules, now.Sub(k.rulesAt)
	k.mu.Unlock()
	if rules.Version > 0 && age >= 0 && age <= remembered {
		return rules, nil
	}
	rules, err := TheRules(ctx, k.db)
	if err == nil {
		k.mu.Lock()
		k.rules, k.rulesAt = rules, now
		k.mu.Unlock()
	}
	return rules, err
}
