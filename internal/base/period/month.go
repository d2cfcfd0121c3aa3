package period

import (
	"fmt"
	"time"
)

// Month is a calendar month as ISO text, 2026-11. "" means unset.
type Month string

// ParseMonth reads 2026-11 and nothing else; all else is refused with ErrMonth.
func ParseMonth(s string) (Month, error) {
	if _, _, _, ok := ymd(s); !ok || len(s) != 7 {
		return "", fmt.Errorf("%.40q: %w", s, ErrMonth)
	}
	return Month(s), nil
}

func (m Month) IsZero() bool        { return m == "" }
func (m Month) Before(n Month) bool { return m < n }
func (m Month) After(n Month) bool  { return m > n }

// First and Last are the days that open and close the month.
func (m Month) First() Day {
	if _, err := ParseMonth(string(m)); err != nil {
		return ""
	}
	return Day(m) + "-01"
}

func (m Month) Last() Day {
	y, n, _, ok := ymd(string(m))
	if !ok || len(m) != 7 {
		return ""
	}
	return dayOn(time.Date(y, time.Month(n)+1, 0, 12, 0, 0, 0, time.UTC))
}

// Add moves by n months, held between the first and the last there is.
func (m Month) Add(n int) Month { return m.First().AddMonths(n).Month() }

func (m Month) Year() int { return m.First().Year() }

// Days is how many days the month has, 0 when unset.
func (m Month) Days() int { return m.Last().DayOfMonth() }

// Start is the first moment of the month in zone, End the first after it.
func (m Month) Start(zone *time.Location) Instant { return m.First().Start(zone) }
func (m Month) End(zone *time.Location) Instant   { return m.Last().End(zone) }

// Months counts from one month to another: 1 from this to the next, negative
// backwards, 0 when either is unset.
func Months(from, to Month) int {
	y, m, _, ok := ymd(string(from))
	Y, M, _, also := ymd(string(to))
	if !ok || !also {
		return 0
	}
	return (Y-y)*12 + M - m
}

// MarshalText gives JSON the text as it is.
func (m Month) MarshalText() ([]byte, error) { return []byte(m), nil }

// UnmarshalText refuses what ParseMonth refuses, except that "" is unset.
func (m *Month) UnmarshalText(b []byte) (err error) {
	*m = ""
	if len(b) > 0 {
		*m, err = ParseMonth(string(b))
	}
	return err
}

// Scan reads the text; NULL, as an outer join gives it, is unset.
func (m *Month) Scan(src any) error { return scanText((*string)(m), src) }
