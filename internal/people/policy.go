package people

import (
	"context"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
)

// Policy is the hospital's rules for signing in; the security administrator
// changes them. As shipped they follow GB/T 22239 8.1.4.1 a, which asks for kinds of
// characters and for change by the calendar; a hospital that is not assessed by it
// may follow ASVS 5.0 instead (length counts, 6.2.5 and 6.2.10), or rules of its own.
// In each a password must be long enough, not common, not known to have leaked, and
// not made of what everybody knows.
type Policy struct {
	Profile      string `json:"profile"`       // one of Profiles: it decides the next three
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
	Factor       string `json:"factor"`        // who gives a second factor: one of Entrances

	// On a ward's registered computer, and on a device that is one's own.
	SharedIdleMinutes int64 `json:"shared_idle_minutes"`
	SharedLifeHours   int64 `json:"shared_life_hours"`
	OwnIdleMinutes    int64 `json:"own_idle_minutes"`
	OwnLifeDays       int64 `json:"own_life_days"`

	Version int64 `json:"version"`
}

// Profiles of what is asked of a password, and what each fixes.
var Profiles = []string{"mlps", "asvs", "own"}

// follow sets what the profile fixes: GB/T 22239 names kinds and change without
// figures, so three of four kinds and ninety days are what assessors usually ask.
func (p *Policy) follow() {
	switch p.Profile {
	case "mlps":
		p.Classes, p.AgeDays, p.History = 3, 90, 5
	case "asvs":
		p.Classes, p.AgeDays, p.History = 0, 0, 5
	}
}

// Factors are who must give a second factor: nobody; whoever holds a role that asks
// for it; or all, but for lesser roles on a ward's registered computer, which then is
// the second factor (ASVS 6.3.3, GB/T 22239 8.1.4.1 d).
var Factors = []string{"roles", "all", "nobody"}

// demands says whether somebody with these roles needs a second factor on a device.
func (p Policy) demands(roles []Role, k Kind) bool {
	switch p.Factor {
	case "nobody":
		return false
	case "all":
		if k != Shared {
			return true
		}
	}
	return slices.ContainsFunc(roles, func(r Role) bool { return r.Factor })
}

// Kind is what kind of device a session is on.
type Kind string

const (
	Plain  Kind = ""       // a computer of which nothing is known
	Own    Kind = "own"    // the person said that it is their own
	Shared Kind = "shared" // a registered computer of a ward or counter
)

// Idle, Life and Again are how long a session lasts: without a click, at all, and
// until dangerous acts ask again.
func (p Policy) Idle(k Kind) time.Duration {
	return time.Duration(map[Kind]int64{Plain: p.IdleMinutes, Own: p.OwnIdleMinutes, Shared: p.SharedIdleMinutes}[k]) * time.Minute
}
func (p Policy) Life(k Kind) time.Duration {
	return time.Duration(map[Kind]int64{Plain: 24 * p.LifeDays, Own: 24 * p.OwnLifeDays, Shared: p.SharedLifeHours}[k]) * time.Hour
}
func (p Policy) Again() time.Duration { return time.Duration(p.AgainMinutes) * time.Minute }

// staged is how long a session lives while something is still asked at the door.
const staged = 15 * time.Minute

func (p *Policy) places() []any {
	return []any{&p.Least, &p.Classes, &p.AgeDays, &p.History, &p.FirstHours, &p.IdleMinutes, &p.LifeDays, &p.AgainMinutes,
		&p.Sessions, &p.TokenDays, &p.Tries, &p.DelaySeconds, &p.DelayMinutes, &p.AddressTries, &p.Barred, &p.Version,
		&p.Profile, &p.Factor, &p.SharedIdleMinutes, &p.SharedLifeHours, &p.OwnIdleMinutes, &p.OwnLifeDays}
}

// TheRules reads the hospital's rules for signing in.
func TheRules(ctx context.Context, r db.Reader) (Policy, error) {
	p, _, err := db.First(ctx, r, (*Policy).places, `SELECT least, classes, age_days, history, first_hours, idle_minutes, life_days, again_minutes,
		sessions, token_days, tries, delay_seconds, delay_minutes, address_tries, barred, version,
		profile, factor, shared_idle_minutes, shared_life_hours, own_idle_minutes, own_life_days FROM people_policy`)
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
	{"first_hours", func(p *Policy) int64 { return p.FirstHours }, 1, 72},
	{"idle_minutes", func(p *Policy) int64 { return p.IdleMinutes }, 5, 1440},
	{"life_days", func(p *Policy) int64 { return p.LifeDays }, 1, 30},
	{"shared_idle_minutes", func(p *Policy) int64 { return p.SharedIdleMinutes }, 2, 120},
	{"shared_life_hours", func(p *Policy) int64 { return p.SharedLifeHours }, 1, 24},
	{"own_idle_minutes", func(p *Policy) int64 { return p.OwnIdleMinutes }, 5, 1440},
	{"own_life_days", func(p *Policy) int64 { return p.OwnLifeDays }, 1, 30},
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
	if !slices.Contains(Profiles, p.Profile) {
		bad.Add("profile", "base.bad_value", p.Profile)
	}
	if !slices.Contains(Factors, p.Factor) {
		bad.Add("factor", "base.bad_value", p.Factor)
	}
	p.follow()
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
	if err := tx.One(ctx, fault.Stale(), `UPDATE people_policy SET least = $1, classes = $2, age_days = $3, history = $4, first_hours = $5,
		idle_minutes = $6, life_days = $7, again_minutes = $8, sessions = $9, token_days = $10, tries = $11, delay_seconds = $12,
		delay_minutes = $13, address_tries = $14, barred = $15, profile = $17, factor = $18, shared_idle_minutes = $19, shared_life_hours = $20,
		own_idle_minutes = $21, own_life_days = $22, version = version + 1 WHERE version = $16`,
		p.Least, p.Classes, p.AgeDays, p.History, p.FirstHours, p.IdleMinutes, p.LifeDays, p.AgainMinutes, p.Sessions, p.TokenDays,
		p.Tries, p.DelaySeconds, p.DelayMinutes, p.AddressTries, p.Barred, p.Version, p.Profile, p.Factor, p.SharedIdleMinutes, p.SharedLifeHours,
		p.OwnIdleMinutes, p.OwnLifeDays); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "people.policy", Record: "policy", Action: "set", Before: was, After: p})
}
