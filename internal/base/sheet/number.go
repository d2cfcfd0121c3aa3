package sheet

import (
	"math"
	"strconv"
	"strings"

	"houqin/internal/base/fault"
)

// Decimal is a number exactly as it was written: Digits divided by 10^Places.
// Nothing in it is rounded, so money and quantities can be made of it.
type Decimal struct {
	Digits int64
	Places int
}

// String writes it without grouping: 1234.50, -3.
func (d Decimal) String() string {
	s := strconv.FormatUint(size(d.Digits), 10)
	if d.Places > 0 {
		if len(s) <= d.Places {
			s = strings.Repeat("0", d.Places+1-len(s)) + s
		}
		s = s[:len(s)-d.Places] + "." + s[len(s)-d.Places:]
	}
	if d.Digits < 0 {
		s = "-" + s
	}
	return s
}

func (d Decimal) Float64() float64 {
	f, _ := strconv.ParseFloat(d.String(), 64)
	return f
}

// Scaled is the number in units of 10^-places: 12.5 is 1250 at 2 places. False
// if it is finer than that or does not fit.
func (d Decimal) Scaled(places int) (int64, bool) {
	n, at := d.Digits, d.Places
	for ; at > places; at-- {
		if n%10 != 0 {
			return 0, false
		}
		n /= 10
	}
	for ; at < places; at++ {
		if n > math.MaxInt64/10 || n < math.MinInt64/10 {
			return 0, false
		}
		n *= 10
	}
	return n, true
}

// round keeps that many places, half away from zero as Excel shows it.
func (d Decimal) round(places int) Decimal {
	for d.Places > places {
		last := d.Digits % 10
		d.Digits, d.Places = d.Digits/10, d.Places-1
		if d.Places == places && (last >= 5 || last <= -5) {
			d.Digits += sign(last)
		}
	}
	return d
}

func sign(n int64) int64 {
	if n < 0 {
		return -1
	}
	return 1
}

func size(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// decimalOf is the number that a spreadsheet's float stands for: its first 15
// significant digits, which is all that Excel keeps. False beyond 18 digits
// before or 30 after the point.
func decimalOf(f float64) (Decimal, bool) {
	if f == 0 {
		return Decimal{}, true
	}
	s := strconv.FormatFloat(f, 'e', 14, 64)
	mantissa, exponent, _ := strings.Cut(s, "e")
	n, err := strconv.ParseInt(strings.Replace(mantissa, ".", "", 1), 10, 64)
	e, err2 := strconv.Atoi(exponent)
	if err != nil || err2 != nil {
		return Decimal{}, false
	}
	d := Decimal{n, 14 - e}
	for d.Digits%10 == 0 && d.Places > 0 {
		d.Digits, d.Places = d.Digits/10, d.Places-1
	}
	for ; d.Places < 0; d.Places++ {
		if size(d.Digits) > 1e17 {
			return Decimal{}, false
		}
		d.Digits *= 10
	}
	return d, d.Places <= 30
}

// NumberOf is the number in a cell. A cell that holds one gives it with the 15
// digits a spreadsheet keeps; a text goes through ParseNumber. Refused as
// Invalid: a date (sheet.number_is_day), an error value, all that ParseNumber
// refuses.
func NumberOf(c Cell) (Decimal, error) {
	c = c.Whole()
	switch {
	case c.IsTime:
		return Decimal{}, fault.New(fault.Invalid, "sheet.number_is_day", c.Text)
	case c.IsNumber:
		if d, ok := decimalOf(c.Number); ok {
			return d, nil
		}
		return Decimal{}, fault.New(fault.Invalid, "sheet.number_too_long", c.Text)
	}
	return ParseNumber(c.Text)
}

// ParseNumber reads a number that somebody typed, in half- or full-width
// characters: 1234.5, 1,234.5, -3, (12) for -12, 12.5% for 0.125. The point is
// the decimal sign and commas group by three.
//
// Nothing is guessed. Refused as Invalid: what could be read in two ways, such
// as 1.234,5 or 12,5 (sheet.number_ambiguous); 1.2E+05, as which long codes come
// out of spreadsheets with their ends cut off (sheet.number_scientific); more
// than 18 digits (sheet.number_too_long); a number with something behind it, 3盒
// or 5万 (sheet.number_unit); all else (sheet.number).
func ParseNumber(text string) (Decimal, error) {
	s := strings.TrimFunc(strings.Map(halfWidth, text), invisible)
	no := func(key string) (Decimal, error) { return Decimal{}, fault.New(fault.Invalid, key, shorten(text)) }
	minus, percent := false, false
	if inner, ok := strings.CutPrefix(s, "("); ok {
		if inner, ok = strings.CutSuffix(inner, ")"); !ok || strings.HasPrefix(inner, "-") || strings.HasPrefix(inner, "+") {
			return no("sheet.number")
		}
		s, minus = strings.TrimFunc(inner, invisible), true
	} else if after, ok := strings.CutPrefix(s, "-"); ok {
		s, minus = after, true
	} else {
		s = strings.TrimPrefix(s, "+")
	}
	if before, ok := strings.CutSuffix(s, "%"); ok {
		s, percent = strings.TrimRightFunc(before, invisible), true
	}
	if key := complaint(s); key != "" {
		return no(key)
	}
	whole, part, _ := strings.Cut(s, ".")
	whole = strings.TrimLeft(strings.ReplaceAll(whole, ",", ""), "0")
	if len(whole)+len(part) > 18 {
		return no("sheet.number_too_long")
	}
	var d Decimal
	for _, c := range []byte(whole + part) {
		d.Digits = d.Digits*10 + int64(c-'0')
	}
	d.Places = len(part)
	if percent {
		d.Places += 2
	}
	if minus {
		d.Digits = -d.Digits
	}
	return d, nil
}

// complaint says what keeps s from being digits, groups of three and one point.
func complaint(s string) string {
	i := strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != ',' })
	number := s
	if i >= 0 {
		number = s[:i]
	}
	digits := len(number) - strings.Count(number, ".") - strings.Count(number, ",")
	switch {
	case digits == 0:
		return "sheet.number"
	case i < 0:
	case scientific(s[i:]):
		return "sheet.number_scientific"
	case s[i] == ' ' || s[i] == '-' || s[i] == '/' || s[i] == ':' || s[i] == '(' || s[i] == ')':
		return "sheet.number"
	default:
		return "sheet.number_unit"
	}
	whole, part, point := strings.Cut(number, ".")
	if point && part == "" || strings.ContainsAny(part, ".,") || whole == "" && !point {
		return "sheet.number_ambiguous"
	}
	if groups := strings.Split(whole, ","); len(groups) > 1 {
		for i, g := range groups {
			if i == 0 && (g == "" || len(g) > 3) || i > 0 && len(g) != 3 {
				return "sheet.number_ambiguous"
			}
		}
	}
	return ""
}

// scientific says whether s is E+05, e5, E-3.
func scientific(s string) bool {
	if s[0] != 'e' && s[0] != 'E' {
		return false
	}
	s = strings.TrimLeft(s[1:], "+-")
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// halfWidth is the ASCII twin of a full-width character, and one minus for all.
func halfWidth(r rune) rune {
	switch {
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFEE0
	case r == 0x2212 || r == 0xFE63: // minus sign, small hyphen-minus
		return '-'
	case r == 0x3000 || r == 0xA0:
		return ' '
	}
	return r
}

// shorten keeps a complaint about a novel from becoming one.
func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return s
}
