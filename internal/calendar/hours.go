package calendar

import (
	"fmt"
	"strings"

	"houqin/internal/base/fault"
)

// Shift is a stretch of a working day, in minutes after midnight: 480 to 720 is
// eight to noon. To may be 1440, the midnight that ends the day.
type Shift struct{ From, To int }

// Default is what a Chinese hospital's offices work until it says otherwise.
var Default = []Shift{{8 * 60, 12 * 60}, {14 * 60, 17*60 + 30}}

// ParseHours reads 08:00-12:00 14:00-17:30. Refused as Invalid: what cannot be
// read, no hours at all, a stretch that does not go forward, and stretches out of
// order or over each other. Hours that cross midnight are written as two.
func ParseHours(s string) ([]Shift, error) {
	bad := fault.OnField("hours", "calendar.bad_hours", s)
	var out []Shift
	s = strings.NewReplacer("–", "-", "—", "-", "－", "-", "~", "-", "～", "-", "，", " ", ",", " ", "；", " ", ";", " ", "、", " ").Replace(s)
	for _, w := range strings.Fields(s) {
		from, to, ok := strings.Cut(w, "-")
		a, okA := Minute(from)
		b, okB := Minute(to)
		if !ok || !okA || !okB || a >= b || len(out) > 0 && a < out[len(out)-1].To {
			return nil, bad
		}
		out = append(out, Shift{a, b})
	}
	if len(out) == 0 || len(out) > 6 {
		return nil, bad
	}
	return out, nil
}

// Minute reads 8:00, 08:00, 8：00 or 24:00, in minutes after midnight; ok is false for what
// is no time of a day.
func Minute(s string) (at int, ok bool) {
	var h, m int
	hh, mm, two := strings.Cut(strings.ReplaceAll(s, "：", ":"), ":")
	if !two || len(hh) < 1 || len(hh) > 2 || len(mm) != 2 {
		return 0, false
	}
	for _, c := range hh + mm {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	for _, c := range hh {
		h = h*10 + int(c-'0')
	}
	for _, c := range mm {
		m = m*10 + int(c-'0')
	}
	return h*60 + m, m < 60 && h*60+m <= 24*60
}

// HoursText is the hours as ParseHours reads them.
func HoursText(shifts []Shift) string {
	var parts []string
	for _, s := range shifts {
		parts = append(parts, fmt.Sprintf("%02d:%02d-%02d:%02d", s.From/60, s.From%60, s.To/60, s.To%60))
	}
	return strings.Join(parts, " ")
}
