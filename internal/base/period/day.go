package period

import (
	"fmt"
	"sort"
	"time"
)

// Day is a calendar day as ISO text, 2026-11-21, which sorts as it reads. ""
// means unset. Its methods take a real day for granted, as ParseDay, DayOf and
// JSON give it; on anything else they answer as for unset.
type Day string

// The first and the last day there is; arithmetic stops there.
const (
	FirstDay Day = "0001-01-01"
	LastDay  Day = "9999-12-31"
)

// DayOf is the day the calendar of zone shows at t; "" for a zero time.
func DayOf(t time.Time, zone *time.Location) Day {
	if t.IsZero() {
		return ""
	}
	return dayOn(t.In(zone))
}

// ParseDay reads 2026-11-21 and nothing else: no other order, no spaces, no
// 30 February. All else is refused with ErrDay.
func ParseDay(s string) (Day, error) {
	if _, ok := Day(s).noon(); !ok {
		return "", fmt.Errorf("%.40q: %w", s, ErrDay)
	}
	return Day(s), nil
}

func (d Day) IsZero() bool        { return d == "" }
func (d Day) Before(e Day) bool   { return d < e }
func (d Day) After(e Day) bool    { return d > e }
func (d Day) Year() int           { t, _ := d.noon(); return yearOr0(t) }
func (d Day) DayOfMonth() int     { t, ok := d.noon(); return when(ok, t.Day()) }
func (d Day) AddDays(n int) Day   { return d.add(0, n) }
func (d Day) AddMonths(n int) Day { return d.add(n, 0) }

func (d Day) Month() Month {
	if _, _, _, ok := ymd(string(d)); !ok {
		return ""
	}
	return Month(d[:7])
}

// Weekday of an unset day is Sunday.
func (d Day) Weekday() time.Weekday {
	t, ok := d.noon()
	return time.Weekday(when(ok, int(t.Weekday())))
}

// Days counts from one day to another: 1 from today to tomorrow, negative
// backwards, 0 when either is unset.
func Days(from, to Day) int {
	a, ok := from.noon()
	b, also := to.noon()
	if !ok || !also {
		return 0
	}
	return int((b.Unix() - a.Unix()) / (24 * 3600))
}

// Start is the first moment of the day in zone, even where clocks jump at
// midnight; never for an unset day.
func (d Day) Start(zone *time.Location) Instant {
	t, ok := d.noon()
	if !ok {
		return 0
	}
	y, m, n := t.Date()
	start := time.Date(y, m, n, 0, 0, 0, 0, zone)
	if dayOn(start) == d && dayOn(start.Add(-time.Microsecond)) < d {
		return At(start)
	}
	// A clock was moved within two days of this midnight: look second by second
	// for where the calendar page turns.
	const around = 48 * 3600
	from := start.Add(-around * time.Second)
	s := sort.Search(2*around, func(s int) bool { return dayOn(from.Add(time.Duration(s)*time.Second)) >= d })
	return At(from.Add(time.Duration(s) * time.Second))
}

// End is the first moment that is no longer the day: the start of the next.
func (d Day) End(zone *time.Location) Instant {
	if d == LastDay {
		return d.Start(zone).Add(24 * time.Hour)
	}
	return d.AddDays(1).Start(zone)
}

// MarshalText gives JSON the text as it is.
func (d Day) MarshalText() ([]byte, error) { return []byte(d), nil }

// UnmarshalText refuses what ParseDay refuses, except that "" is unset.
func (d *Day) UnmarshalText(b []byte) (err error) {
	*d = ""
	if len(b) > 0 {
		*d, err = ParseDay(string(b))
	}
	return err
}

// Scan reads the text; NULL, as an outer join gives it, is unset.
func (d *Day) Scan(src any) error { return scanText((*string)(d), src) }

// add moves by months, staying within the month's end (31 January and one
// month is 28 or 29 February), then by days.
func (d Day) add(months, days int) Day {
	t, ok := d.noon()
	if !ok {
		return ""
	}
	// 4 million days are more than there are between the first and the last
	days, months = min(max(days, -4e6), 4e6), min(max(months, -4e5), 4e5)
	y, m, n := t.Date()
	if months != 0 {
		n = min(n, time.Date(y, m+time.Month(months)+1, 0, 12, 0, 0, 0, time.UTC).Day())
	}
	return dayOn(time.Date(y, m+time.Month(months), n+days, 12, 0, 0, 0, time.UTC))
}

// noon is the day's middle in UTC, safe from every rounding; false if the text
// is no day.
func (d Day) noon() (time.Time, bool) {
	y, m, n, ok := ymd(string(d))
	if !ok || len(d) != 10 {
		return time.Time{}, false
	}
	t := time.Date(y, time.Month(m), n, 12, 0, 0, 0, time.UTC)
	return t, t.Day() == n // 30 February comes back as another day
}

// dayOn is what t's own calendar shows, held between the first and last day.
func dayOn(t time.Time) Day {
	switch y := t.Year(); {
	case y < 1:
		return FirstDay
	case y > 9999:
		return LastDay
	}
	return Day(t.Format(time.DateOnly))
}

// ymd reads the numbers of 2026-11-21, or of 2026-11 with day 1.
func ymd(s string) (y, m, d int, ok bool) {
	if len(s) != 7 && len(s) != 10 {
		return 0, 0, 0, false
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case i == 4 || i == 7:
			if c != '-' {
				return 0, 0, 0, false
			}
		case c < '0' || c > '9':
			return 0, 0, 0, false
		case i < 4:
			y = y*10 + int(c-'0')
		case i < 7:
			m = m*10 + int(c-'0')
		default:
			d = d*10 + int(c-'0')
		}
	}
	if len(s) == 7 {
		d = 1
	}
	return y, m, d, y >= 1 && m >= 1 && m <= 12 && d >= 1 && d <= 31
}

func scanText(to *string, src any) error {
	switch v := src.(type) {
	case string:
		*to = v
	case []byte:
		*to = string(v)
	case nil:
		*to = ""
	default:
		return fmt.Errorf("a day or month is stored as TEXT, not as %T", src)
	}
	return nil
}

func when(ok bool, n int) int {
	if !ok {
		return 0
	}
	return n
}
func yearOr0(t time.Time) int { return when(!t.IsZero(), t.Year()) }
