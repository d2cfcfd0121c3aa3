package people

import (
	"context"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
)

// Policy is the hospital's rules for signing in; the security administrator
// changes them. As shipped they follow ASVS 5.0 (length counts, no kinds of
// characters asked, no change by the calendar); Classes and AgeDays are there for
// a hospital that is assessed by GB/T 22239 8.1.4.1 a, which asks for both.
type Policy struct {
	Least        int64  `json:"least"`         // characters of a password, 8 or more
	Classes      int64  `json:"classes"`       // kinds of characters it must have, 0 to 4
	AgeDays      int64  `json:"age_days"`      // after which it must be changed; 0 never
	History      int64  `json:"history"`       // earlier ones that may not come back
	FirstHours   int64  `json:"first_hours"`   // life of a password that was handed out
	IdleMinutes  int64  `json:"idle_minutes"`  // without a click, and the session ends
	LifeDays     int64  `json:"life_days"`     // of a session at most
	AgainMinutes int64  `json:"again_minutes"` // after which dangerous acts ask for the password again
	Sessions     int64  `json:"sessions"`      // of one person at once; the oldest ends
	TokenDays    int64  `json:"token_days"`    // life of a token at most
	Tries        int64  `json:"tries"`         // wrong guesses before an account is slowed down
	DelaySeconds int64  `json:"delay_seconds"` // the first delay; each further one doubles it
	DelayMinutes int64  `json:"delay_minutes"` // the longest
	AddressTries int64  `json:"address_tries"` // wrong guesses before an address is slowed down
	Barred       string `json:"barred"`        // words that no password may contain, parted by spaces
	Version      int64  `json:"version"`
}

// Idle, Life, Again and Staged are how long a session lasts: without a click, at
// all, until dangerous acts ask again, and while something is still asked at the door.
func (p Policy) Idle() time.Duration  { return time.Duration(p.IdleMinutes) * time.Minute }
func (p Policy) Life() time.Duration  { return time.Duration(p.LifeDays) * 24 * time.Hour }
func (p Policy) Again() time.Duration { return time.Duration(p.AgainMinutes) * time.Minute }

const staged = 15 * time.Minute

func (p *Policy) places() []any {
	return []any{&p.Least, &p.Classes, &p.AgeDays, &p.History, &p.FirstHours, &p.IdleMinutes, &p.LifeDays, &p.AgainMinutes,
		&p.Sessions, &p.TokenDays, &p.Tries, &p.DelaySeconds, &p.DelayMinutes, &p.AddressTries, &p.Barred, &p.Version}
}

// TheRules reads the hospital's rules for signing in.
func TheRules(ctx context.Context, r db.Reader) (Policy, error) {
	p, _, err := db.First(ctx, r, (*Policy).places, `SELECT least, classes, age_days, history, first_hours, idle_minutes, life_days, again_minutes,
		sessions, token_days, tries, delay_seconds, delay_minutes, address_tries, barred, version FROM people_policy`)
	return p, err
}

// bounds keep a rule from being set so that it means nothing, or locks everybody out.
var bounds = []struct {
	key         string
	of          func(*Policy) int64
	least, most int64
}{
	{"least", func(p *Policy) int64 { return p.Least }, 8, 64}, // ASVS 6.2.1, 6.2.9
	{"classes", func(p *Policy) int64 { return p.Classes }, 0, 4},
	{"age_days", func(p *Policy) int64 { return p.AgeDays }, 0, 3650},
	{"history", func(p *Policy) int64 { return p.History }, 0, 24},
	{"first_hours", func(p *Policy) int64 { return p.FirstHours }, 1, 720},
	{"idle_minutes", func(p *Policy) int64 { return p.IdleMinutes }, 5, 1440},
	{"life_days", func(p *Policy) int64 { return p.LifeDays }, 1, 30},
	{"again_minutes", func(p *Policy) int64 { return p.AgainMinutes }, 1, 720},
	{"sessions", func(p *Policy) int64 { return p.Sessions }, 1, 100},
	{"token_days", func(p *Policy) int64 { return p.TokenDays }, 1, 3660},
	{"tries", func(p *Policy) int64 { return p.Tries }, 3, 20},
	{"delay_seconds", func(p *Policy) int64 { return p.DelaySeconds }, 1, 300},
	{"delay_minutes", func(p *Policy) int64 { return p.DelayMinutes }, 1, 60},
	{"address_tries", func(p *Policy) int64 { return p.AddressTries }, 5, 10000},
}

// SetRules changes the rules for signing in; p.Version is the one that was seen. A
// number out of its bounds is refused at its field.
func SetRules(ctx context.Context, tx *db.Tx, p *Policy) error {
	if err := tx.Need(MayGrant); err != nil {
		return err
	}
	var bad fault.Complaints
	for _, b := range bounds {
		if n := b.of(p); n < b.least || n > b.most {
			bad.Add(b.key, "base.between", b.least, b.most)
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	was, err := TheRules(ctx, tx)
	if err != nil {
		return err
	}
	p.Barred = strings.Join(strings.Fields(p.Barred), " ")
	if err := tx.One(ctx, stale(), `UPDATE people_policy SET least = $1, classes = $2, age_days = $3, history = $4, first_hours = $5,
		idle_minutes = $6, life_days = $7, again_minutes = $8, sessions = $9, token_days = $10, tries = $11, delay_seconds = $12,
		delay_minutes = $13, address_tries = $14, barred = $15, version = version + 1 WHERE version = $16`,
		p.Least, p.Classes, p.AgeDays, p.History, p.FirstHours, p.IdleMinutes, p.LifeDays, p.AgainMinutes, p.Sessions, p.TokenDays,
		p.Tries, p.DelaySeconds, p.DelayMinutes, p.AddressTries, p.Barred, p.Version); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "people.policy", Record: "policy", Action: "set", Before: was, After: p})
}
