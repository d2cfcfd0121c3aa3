// Package period is the hospital's clock face and wall calendar: the moment a
// fault was reported, the day a meal was served, the month a bill covers.
//
// An Instant says when something happened and is the same everywhere. A Day or
// a Month is what stands on the calendar at the hospital, so going between the
// two always needs the hospital's zone. Nothing here reads the clock.
package period

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"time"
)

// How a date or moment in foreign text is refused.
var (
	ErrInstant = errors.New("not a moment in RFC 3339, such as 2026-11-21T14:05:00+08:00")
	ErrDay     = errors.New("not a day of the calendar in the form 2026-11-21")
	ErrMonth   = errors.New("not a month in the form 2026-11")
)

// Instant is a moment in UTC microseconds since 1970. 0 means never or not yet,
// so the very first microsecond of 1970 cannot be told apart from "never".
type Instant int64

// At is t to the microsecond, cutting what is finer. A zero time is never.
func At(t time.Time) Instant {
	if t.IsZero() {
		return 0
	}
	return Instant(t.UnixMicro())
}

// Time is the moment in UTC; for never it is the zero time.
func (i Instant) Time() time.Time {
	if i == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(i)).UTC()
}

// In is the moment on the clocks of zone; for never it is the zero time.
func (i Instant) In(zone *time.Location) time.Time {
	if i == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(i)).In(zone)
}

// Day is the day the calendar of zone showed at that moment; "" for never.
func (i Instant) Day(zone *time.Location) Day {
	if i == 0 {
		return ""
	}
	return DayOf(i.Time(), zone)
}

func (i Instant) IsZero() bool { return i == 0 }

// Before and After compare plainly: never lies before every moment since 1970.
func (i Instant) Before(j Instant) bool { return i < j }
func (i Instant) After(j Instant) bool  { return i > j }

// Add moves the moment by d, cut to the microsecond. Never stays never.
func (i Instant) Add(d time.Duration) Instant {
	if i == 0 {
		return 0
	}
	return i + Instant(d.Microseconds())
}

// Sub is the time from j to i, held at about 292 years either way.
func (i Instant) Sub(j Instant) time.Duration {
	const most = math.MaxInt64 / int64(time.Microsecond)
	return time.Duration(min(max(int64(i-j), -most), most)) * time.Microsecond
}

// String is the moment in RFC 3339 and UTC, "" for never.
func (i Instant) String() string {
	if i == 0 {
		return ""
	}
	return i.Time().Format(time.RFC3339Nano)
}

// MarshalText gives JSON its RFC 3339 string, "" for never. A year beyond 9999
// is refused, since RFC 3339 cannot write it.
func (i Instant) MarshalText() ([]byte, error) {
	if i == 0 {
		return []byte{}, nil
	}
	b, err := i.Time().MarshalText()
	if err != nil {
		return nil, fmt.Errorf("instant %d: %w", int64(i), ErrInstant)
	}
	return b, nil
}

// UnmarshalText reads RFC 3339 with any offset; "" is never.
func (i *Instant) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*i = 0
		return nil
	}
	t, err := time.Parse(time.RFC3339Nano, string(b))
	if err != nil {
		return fmt.Errorf("%.40q: %w", b, ErrInstant)
	}
	*i = At(t)
	return nil
}

// Value makes the database see the plain number.
func (i Instant) Value() (driver.Value, error) { return int64(i), nil }

// Scan reads the plain number. NULL, as an outer join gives it, is never; a
// time or a text is refused, for the column would not be one of ours.
func (i *Instant) Scan(src any) error {
	switch v := src.(type) {
	case int64:
		*i = Instant(v)
	case nil:
		*i = 0
	default:
		return fmt.Errorf("an instant is stored as BIGINT, not as %T", src)
	}
	return nil
}
