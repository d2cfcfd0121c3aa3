package sheet

import (
	"strings"
	"time"

	"houqin/internal/base/fault"
	"houqin/internal/base/period"
)

// Order is how a column writes a date in which the year does not come first
// with four digits.
type Order int

const (
	NoOrder Order = iota // unknown: what needs one is refused
	DMY                  // 21/11/2026
	MDY                  // 11/21/2026
	YMD                  // 26/11/21
)

// Two digits of a year mean 1950 to 2049: hospital staff were born after the
// one, and goods expire before the other. Four digits reach from 1900 to 2199.
const (
	firstShortYear = 1950
	firstYear      = 1900
	lastYear       = 2199
)

// DayOf is the day in a cell. A date cell gives its own day, whatever it looks
// like; all else goes through ParseDay, so a bare number is never taken for a
// count of days. A time of day without a date is refused.
func DayOf(c Cell, order Order) (period.Day, error) {
	t, err := MomentOf(c, order)
	if err != nil {
		return "", err
	}
	return period.Day(t.Format(time.DateOnly)), nil
}

// MomentOf is the date and time of day in a cell, in the zone it was written
// for, which it does not tell: the result says UTC. A text with a zone of its
// own keeps it.
func MomentOf(c Cell, order Order) (time.Time, error) {
	c = c.Whole()
	switch {
	case c.IsTime && c.Time.Year() >= firstYear && c.Time.Year() <= lastYear:
		return c.Time, nil
	case c.IsTime, c.IsError:
		return time.Time{}, fault.New(fault.Invalid, "sheet.day", shorten(c.Text))
	case c.IsNumber:
		if d, ok := decimalOf(c.Number); ok && d.Places == 0 && d.Digits >= firstYear*1e4 {
			return ParseMoment(d.String(), order)
		}
		return time.Time{}, fault.New(fault.Invalid, "sheet.day_serial", shorten(c.Text))
	}
	return ParseMoment(c.Text, order)
}

// ParseDay reads a day that somebody typed; a time of day behind it is read and
// left out. See ParseMoment for what is understood and refused.
func ParseDay(text string, order Order) (period.Day, error) {
	t, err := ParseMoment(text, order)
	if err != nil {
		return "", err
	}
	return period.Day(t.Format(time.DateOnly)), nil
}

// ParseMoment reads 2026-11-21, 2026/11/21, 2026.11.21, 2026年11月21日 and
// 20261121, in half- or full-width characters, alone or with a time behind it:
// 14:05, 14:05:30.5, 2:05 PM, T14:05:00Z, 14时05分. With another order of parts
// or a year of two digits (1950 to 2049) it reads what order says; without one,
// only what the calendar allows in a single way: 21/11/2026 has one reading,
// 11/10/2026 two.
//
// Refused as Invalid: two readings (sheet.day_ambiguous), no such day in the
// calendar (sheet.day_none), a bare number (sheet.day_serial), all else
// (sheet.day).
func ParseMoment(text string, order Order) (time.Time, error) {
	no := func(key string) (time.Time, error) {
		return time.Time{}, fault.New(fault.Invalid, key, shorten(text))
	}
	p, clock, ok := parts(text)
	if !ok {
		if s := plainText(text); s != "" && strings.Trim(s, "0123456789.") == "" {
			return no("sheet.day_serial")
		}
		return no("sheet.day")
	}
	at, zone, ok := parseClock(clock)
	if !ok {
		return no("sheet.day")
	}
	var day time.Time
	shaped, found := false, false
	for _, o := range []Order{YMD, DMY, MDY} {
		if !p.allows(o, order) {
			continue
		}
		t, shape, exists := p.day(o)
		shaped = shaped || shape
		if !exists {
			continue
		}
		if found && !t.Equal(day) {
			return no("sheet.day_ambiguous")
		}
		day, found = t, true
	}
	if !shaped {
		return no("sheet.day")
	}
	if !found {
		return no("sheet.day_none")
	}
	y, m, d := day.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone).Add(at), nil
}

// DateOrder finds the order in which a whole column writes its dates: the one
// that every sample allows. False when two or none do; dates with the year in
// front in four digits need no order and do not vote. A column of a few days
// decides nothing; the other date columns of its file may be asked with it.
func DateOrder(samples []string) (Order, bool) {
	votes, possible := 0, map[Order]bool{YMD: true, DMY: true, MDY: true}
	for _, s := range samples {
		p, clock, ok := parts(s)
		if !ok || p.certain {
			continue
		}
		if _, _, ok := parseClock(clock); !ok {
			continue
		}
		votes++
		for o := range possible {
			_, _, ok := p.day(o)
			possible[o] = possible[o] && ok
		}
	}
	found := NoOrder
	for o, still := range possible {
		if !still {
			continue
		}
		if found != NoOrder {
			return NoOrder, false
		}
		found = o
	}
	return found, votes > 0 && found != NoOrder
}

// dateParts are the three numbers of a date as they stand.
type dateParts struct {
	n       [3]int
	width   [3]int // digits each was written with
	certain bool   // the year stands in front with four digits, or 年 follows it
}

// allows says whether the order is worth trying: the year in front settles it,
// else the column does, else anything goes.
func (p dateParts) allows(o, column Order) bool {
	if p.certain {
		return o == YMD
	}
	return column == NoOrder || o == column
}

// day is the day read in an order; shape says that the widths permit the order,
// exists that the calendar has the day.
func (p dateParts) day(o Order) (t time.Time, shape, exists bool) {
	y, m, d, shape := p.read(o)
	if !shape {
		return t, false, false
	}
	t = time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return t, true, t.Day() == d && int(t.Month()) == m
}

// read takes the parts in an order; false if the widths forbid it.
func (p dateParts) read(o Order) (y, m, d int, ok bool) {
	var at [3]int // where year, month, day stand
	switch o {
	case YMD:
		at = [3]int{0, 1, 2}
	case MDY:
		at = [3]int{2, 0, 1}
	default:
		at = [3]int{2, 1, 0}
	}
	y, m, d = p.n[at[0]], p.n[at[1]], p.n[at[2]]
	if p.width[at[1]] > 2 || p.width[at[2]] > 2 {
		return 0, 0, 0, false
	}
	switch p.width[at[0]] {
	case 4:
		return y, m, d, y >= firstYear && y <= lastYear
	case 2:
		y += firstShortYear - firstShortYear%100
		if y < firstShortYear {
			y += 100
		}
		return y, m, d, true
	}
	return 0, 0, 0, false
}

func plainText(s string) string { return strings.TrimFunc(strings.Map(halfWidth, s), invisible) }

// spacedYear closes up 2026 年 11 月 21 日.
var spacedYear = strings.NewReplacer(" 年 ", "年", " 月 ", "月", " 年", "年", "年 ", "年", " 月", "月", "月 ", "月", " 日", "日")

// parts splits a date from what stands behind it.
func parts(text string) (p dateParts, clock string, ok bool) {
	s := spacedYear.Replace(plainText(text))
	number := func() bool {
		n := 0
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		if n == 0 || n > 8 && n != 12 && n != 14 {
			return false
		}
		if n > 8 { // 20261121083000: as devices and message lines write it
			s = s[:8] + " " + s[8:10] + ":" + s[10:12] + strings.TrimSuffix(":"+s[12:n], ":") + s[n:]
			n = 8
		}
		i := 0
		for p.width[i] > 0 {
			i++
		}
		for _, c := range []byte(s[:n]) {
			p.n[i] = p.n[i]*10 + int(c-'0')
		}
		p.width[i], s = n, s[n:]
		return true
	}
	if !number() {
		return p, "", false
	}
	if p.width[0] == 8 { // 20261121, also with the time directly behind it
		p.n, p.width = [3]int{p.n[0] / 10000, p.n[0] / 100 % 100, p.n[0] % 100}, [3]int{4, 2, 2}
		p.certain = true
		if y := p.n[0]; y < firstYear || y > lastYear {
			return p, "", false
		}
		return p, s, true
	}
	if p.width[0] > 4 {
		return p, "", false
	}
	if after, ok := strings.CutPrefix(s, "年"); ok {
		if s = after; !number() {
			return p, "", false
		}
		if s, ok = strings.CutPrefix(s, "月"); !ok || !number() {
			return p, "", false
		}
		for _, day := range []string{"日", "号"} {
			s = strings.TrimPrefix(s, day)
		}
		p.certain = p.width[0] == 4 || p.width[0] == 2
		return p, s, p.certain
	}
	if s == "" || !strings.ContainsRune("-/.", rune(s[0])) {
		return p, "", false
	}
	sep := s[:1]
	for range 2 {
		if s, ok = strings.CutPrefix(s, sep); !ok || !number() {
			return p, "", false
		}
	}
	p.certain = p.width[0] == 4
	return p, s, p.width[0] <= 4 && p.width[1] <= 2 && p.width[2] <= 4
}

// parseClock reads what stands behind a date; nothing is midnight.
func parseClock(s string) (at time.Duration, zone *time.Location, ok bool) {
	s, zone = strings.TrimSpace(s), time.UTC
	if s == "" {
		return 0, zone, true
	}
	s = strings.TrimPrefix(s, "T")
	for _, w := range []string{"星期", "周"} { // 2026-11-21 星期六 08:00
		if after, found := strings.CutPrefix(s, w); found && after != "" {
			r := []rune(after)
			if strings.ContainsRune("一二三四五六日天", r[0]) {
				s = strings.TrimSpace(string(r[1:]))
			}
		}
	}
	half := ""
	for _, h := range []struct{ word, half string }{{"上午", "AM"}, {"下午", "PM"}} {
		if after, found := strings.CutPrefix(s, h.word); found {
			s, half = strings.TrimSpace(after), h.half
		}
	}
	s = strings.ToUpper(s)
	if half == "" {
		for _, h := range []string{"AM", "PM"} {
			if before, found := strings.CutSuffix(s, h); found {
				s, half = strings.TrimSpace(before), h
			}
		}
	}
	s = strings.NewReplacer("时", ":", "点", ":", "分", ":", "秒", "").Replace(s)
	s, bare := strings.CutSuffix(s, ":") // 14时
	if s == "" {
		return 0, zone, half == ""
	}
	for _, layout := range []string{"15:4:5Z07:00", "15:4:5", "15:4Z07:00", "15:4", "15"} {
		t, err := time.Parse(layout, s) // a fraction of a second is read everywhere
		if err != nil || layout == "15" && half == "" && !bare {
			continue
		}
		h := t.Hour()
		switch {
		case half != "" && (h == 0 || h > 12):
			return 0, zone, false
		case half == "PM" && h < 12:
			h += 12
		case half == "AM" && h == 12:
			h = 0
		}
		at = time.Duration(h)*time.Hour + time.Duration(t.Minute())*time.Minute +
			time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
		return at, t.Location(), true
	}
	return 0, zone, false
}
