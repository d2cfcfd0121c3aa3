package rules

import (
	"context"
	"fmt"
	"slices"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
)

// Setting is a parameter's value on a day. Since is "" for what the program ships.
type Setting struct {
	Param
	Value  string     `json:"value"`
	Since  period.Day `json:"since"`
	Change string     `json:"change"` // number of the change that set it
}

// Value is what a parameter was on a day: the hospital's latest confirmed value that
// began by then, else the shipped one. A key that is not in the book is a bug.
func Value(ctx context.Context, r db.Reader, key string, day period.Day) (Setting, error) {
	p, _, ok := Parameter(key)
	if !ok {
		return Setting{}, fmt.Errorf("rules: no parameter %q", key)
	}
	s := Setting{Param: p, Value: p.Default}
	set, found, err := inForce(ctx, r, key, day)
	if err != nil || !found {
		return s, err
	}
	s.Value, s.Since, s.Change = set.Value, set.Since, set.Number
	return s, nil
}

// Coming are the values that are confirmed and begin after a day, the nearest first.
func Coming(ctx context.Context, r db.Reader, key string, after period.Day) (all []Setting, err error) {
	p, _, ok := Parameter(key)
	if !ok {
		return nil, fmt.Errorf("rules: no parameter %q", key)
	}
	found, err := db.All(ctx, r, func(c *Change) []any { return []any{&c.ID, &c.Value, &c.Since, &c.Number} },
		`SELECT c.id, c.value, c.since, c.number FROM rules_change c JOIN rules_decision d ON d.change = c.id
		WHERE c.param = $1 AND c.since > $2 AND d.outcome = 'confirmed' ORDER BY c.since, c.id`, key, after)
	for _, c := range found {
		s := Setting{Param: p, Value: c.Value, Since: c.Since, Change: c.Number}
		if n := len(all); n > 0 && all[n-1].Since == c.Since { // of two for one day the later counts
			all[n-1] = s
			continue
		}
		all = append(all, s)
	}
	return all, err
}

// number is a parameter's value that must be of one of these types.
func number(ctx context.Context, r db.Reader, key string, day period.Day, types ...Type) (Setting, int64, error) {
	s, err := Value(ctx, r, key, day)
	if err != nil {
		return s, 0, err
	}
	if !slices.Contains(types, s.Type) {
		return s, 0, fmt.Errorf("rules: %s is %s", key, s.Type)
	}
	n, err := s.number(s.Value)
	return s, n, err
}

// Fen is an amount.
func Fen(ctx context.Context, r db.Reader, key string, day period.Day) (money.Fen, error) {
	_, n, err := number(ctx, r, key, day, Yuan)
	return money.Fen(n), err
}

// Number is a count, a per cent, days, months or years, as its type says.
func Number(ctx context.Context, r db.Reader, key string, day period.Day) (int64, error) {
	_, n, err := number(ctx, r, key, day, Count, Percent, Days, Months, Years, Degrees)
	return n, err
}

// Span is a length of time given in minutes, hours or days round the clock.
func Span(ctx context.Context, r db.Reader, key string, day period.Day) (time.Duration, error) {
	s, n, err := number(ctx, r, key, day, Minutes, Hours, Days)
	return time.Duration(n) * map[Type]time.Duration{Minutes: time.Minute, Hours: time.Hour, Days: 24 * time.Hour}[s.Type], err
}

// On says whether a switch is on.
func On(ctx context.Context, r db.Reader, key string, day period.Day) (bool, error) {
	s, err := Value(ctx, r, key, day)
	if err == nil && s.Type != OnOff {
		err = fmt.Errorf("rules: %s is %s", key, s.Type)
	}
	return s.Value == "on", err
}

// Chosen is the choice, the cycle, the post or the time of day that stands in a parameter.
func Chosen(ctx context.Context, r db.Reader, key string, day period.Day) (string, error) {
	s, err := Value(ctx, r, key, day)
	if err == nil && (s.Numeric() || s.Type == OnOff) {
		err = fmt.Errorf("rules: %s is %s", key, s.Type)
	}
	return s.Value, err
}

// Reached says whether n stands on the upper side of a threshold as it was on a day.
// n is in the parameter's own unit, yuan in fen.
func Reached(ctx context.Context, r db.Reader, key string, day period.Day, n int64) (bool, error) {
	s, at, err := number(ctx, r, key, day, Yuan, Minutes, Hours, Days, Months, Years, Percent, Count, Degrees)
	if err == nil && s.Edge == NoEdge {
		err = fmt.Errorf("rules: %s is no threshold", key)
	}
	return s.Param.Reached(at, n), err
}
