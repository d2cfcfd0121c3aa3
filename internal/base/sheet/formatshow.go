package sheet

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// show is the value as a person reads it in a cell wide enough.
func (f *format) show(v float64, date1904 bool) string {
	s, signed := f.choose(v)
	switch {
	case s == nil:
		return general(v)
	case s.date || s.elapsed:
		return s.showMoment(v, date1904)
	case s.text && len(s.tokens) == 1, s.odd:
		return general(v)
	}
	if !signed {
		v = math.Abs(v)
	}
	return s.showNumber(v)
}

// choose finds the section for a value; signed says that the section itself
// does not stand for the sign.
func (f *format) choose(v float64) (s *section, signed bool) {
	all := f.sections
	if all[0].test != "" || len(all) > 1 && all[1].test != "" {
		for i := range all {
			if all[i].holds(v) {
				return &all[i], i == 0 || v >= 0
			}
		}
		return nil, true
	}
	switch {
	case len(all) == 1 || v > 0:
		return &all[0], true
	case v < 0:
		return &all[1], false
	case len(all) > 2:
		return &all[2], true
	}
	return &all[0], true
}

func (s *section) holds(v float64) bool {
	switch s.test {
	case ">":
		return v > s.limit
	case ">=":
		return v >= s.limit
	case "<":
		return v < s.limit
	case "<=":
		return v <= s.limit
	case "=":
		return v == s.limit
	case "<>":
		return v != s.limit
	}
	return !s.text
}

// general is Excel's default with its 15 digits; codes of up to 15 digits are
// shown whole, which a narrow cell would not do.
func general(v float64) string {
	if a := math.Abs(v); a != 0 && (a >= 1e15 || a < 1e-9) {
		s := strconv.FormatFloat(v, 'E', 14, 64)
		mantissa, exponent, _ := strings.Cut(s, "E")
		return strings.TrimRight(strings.TrimRight(mantissa, "0"), ".") + "E" + exponent
	}
	d, _ := decimalOf(v)
	return d.String()
}

func (s *section) showNumber(v float64) string {
	if s.general {
		return s.literal(general(v))
	}
	d, ok := decimalOf(v)
	if !ok {
		return general(v)
	}
	d.Places += 3*s.scale - 2*s.percent
	for ; d.Places < 0; d.Places++ {
		if size(d.Digits) > 1e17 {
			return general(v)
		}
		d.Digits *= 10
	}
	d = d.round(s.places)
	digits := strings.TrimPrefix(d.String(), "-")
	whole, part, _ := strings.Cut(digits, ".")
	part += strings.Repeat("0", max(0, s.places-len(part)))
	if whole == "0" {
		whole = ""
	}
	out := s.lay(whole, part)
	if d.Digits < 0 {
		out = "-" + out
	}
	return out
}

// lay puts digits into their places, the whole part from the right, the rest of
// it at the first place.
func (s *section) lay(whole, part string) string {
	holders := 0
	for _, t := range s.tokens {
		if t.kind == '.' {
			break
		}
		if t.kind == '0' {
			holders++
		}
	}
	var b strings.Builder
	after, first := false, true
	for i, t := range s.tokens {
		switch t.kind {
		case 'l':
			b.WriteString(t.text)
		case '.':
			after = true
			if part != "" && !(strings.Trim(part, "0") == "" && s.optional(i+1)) {
				b.WriteByte('.')
			}
		case '0':
			if after {
				if part == "" {
					continue
				}
				if t.text == "0" || strings.Trim(part, "0") != "" {
					b.WriteByte(part[0])
				}
				part = part[1:]
				continue
			}
			var here string
			switch {
			case first && len(whole) > holders:
				here, whole = whole[:len(whole)-holders+1], whole[len(whole)-holders+1:]
			case len(whole) >= holders:
				here, whole = whole[:1], whole[1:]
			case t.text == "0":
				here = "0"
			}
			first = false
			for j := range len(here) {
				b.WriteByte(here[j])
				if left := len(here) - j - 1 + holders - 1; s.group && left > 0 && left%3 == 0 {
					b.WriteByte(',')
				}
			}
			holders--
		}
	}
	return b.String()
}

// optional says that all digits from here on may be left out.
func (s *section) optional(i int) bool {
	for _, t := range s.tokens[i:] {
		if t.kind == '0' && t.text == "0" {
			return false
		}
	}
	return true
}

func (s *section) literal(number string) string {
	var b strings.Builder
	for _, t := range s.tokens {
		if t.kind == 'l' {
			b.WriteString(strings.ReplaceAll(t.text, "\x00", number))
		}
	}
	return b.String()
}

var months = [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}

func (s *section) showMoment(v float64, date1904 bool) string {
	t, ok := serialTime(v, date1904)
	if !ok {
		return general(v)
	}
	if !strings.Contains(s.kinds(), "f") { // nobody shows 59.9996 s as 59
		t = t.Round(time.Second)
	}
	year, month, day := t.Date()
	if v < 1 && !date1904 { // as which spreadsheets show no day at all
		year, month, day = 1900, time.January, 0
	}
	var b strings.Builder
	two := func(n int, pattern string) {
		if n < 10 && len(pattern) > 1 {
			b.WriteByte('0')
		}
		b.WriteString(strconv.Itoa(n))
	}
	whole := math.Abs(v) * 86400
	for _, k := range s.tokens {
		switch k.kind {
		case 'l':
			b.WriteString(k.text)
		case 'y':
			if len(k.text) > 2 {
				b.WriteString(strconv.Itoa(year))
			} else {
				two(year%100, "yy")
			}
		case 'm':
			switch name := month.String(); {
			case len(k.text) == 3:
				b.WriteString(months[month-1])
			case len(k.text) == 4:
				b.WriteString(name)
			case len(k.text) > 4:
				b.WriteString(name[:1])
			default:
				two(int(month), k.text)
			}
		case 'd':
			switch name := t.Weekday().String(); {
			case len(k.text) == 3:
				b.WriteString(name[:3])
			case len(k.text) > 3:
				b.WriteString(name)
			default:
				two(day, k.text)
			}
		case 'h':
			h := t.Hour()
			if s.twelve {
				h = (h+11)%12 + 1
			}
			two(h, k.text)
		case 'n':
			two(t.Minute(), k.text)
		case 's':
			two(t.Second(), k.text)
		case 'f':
			if len(k.text) > 0 {
				b.WriteString((strconv.FormatFloat(float64(t.Nanosecond()/1e6)/1000, 'f', min(len(k.text), 3), 64))[1:])
			}
		case 'a':
			am, pm, _ := strings.Cut(k.text, " ")
			if t.Hour() < 12 {
				b.WriteString(am)
			} else {
				b.WriteString(pm)
			}
		case 'H':
			two(int(math.Round(whole)/3600), k.text)
		case 'N':
			two(int(math.Round(whole)/60), k.text)
		case 'S':
			two(int(math.Round(whole)), k.text)
		}
	}
	return b.String()
}

func (s *section) kinds() string {
	var b strings.Builder
	for _, t := range s.tokens {
		b.WriteByte(t.kind)
	}
	return b.String()
}

// serialTime is the moment of a spreadsheet's count of days, to the millisecond.
// The 1900 system counts a 29 February 1900 that never was: 60 is no day. Below
// 1 it is a time of day, on the day before the count begins. False outside the
// years up to 9999.
func serialTime(v float64, date1904 bool) (time.Time, bool) {
	if v < 0 || v >= 2958466 {
		return time.Time{}, false
	}
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case date1904:
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case v < 60:
		epoch = time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)
	case v < 61:
		return time.Time{}, false
	}
	days := math.Floor(v)
	ms := math.Round((v - days) * 86400e3)
	return epoch.AddDate(0, 0, int(days)).Add(time.Duration(ms) * time.Millisecond), true
}
