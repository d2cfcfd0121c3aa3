package catalog

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"houqin/internal/base/period"
)

// How a scanned text is refused.
var (
	ErrCode       = errors.New("not a trade item's code")
	ErrCheckDigit = errors.New("a code whose check digit does not fit: mistyped or misread")
)

// Code is what the barcode on a pack says, after the GS1 General Specifications;
// the UDI of a medical device is such a code.
type Code struct {
	GTIN   string     // (01), or (02) of a case: 14 digits; an EAN-13 stands behind a zero
	Lot    string     // (10)
	Serial string     // (21)
	Made   period.Day // (11)
	Expiry period.Day // (17), else best before (15)
	Count  int64      // (30) or (37), pieces; 0 when it does not say
	All    []Element  // everything in its order, these included
}

// Element is one application identifier with its value.
type Element struct{ AI, Value string }

// String is the code as it is printed below the bars: (01)06901234567892(10)A1.
func (c Code) String() string {
	var b strings.Builder
	for _, e := range c.All {
		b.WriteString("(" + e.AI + ")" + e.Value)
	}
	return b.String()
}

// ParseCode reads what a scanner sends or a person copies from a label: an EAN-8,
// UPC, EAN-13 or ITF-14 alone; the elements of a GS1-128, DataMatrix or QR code,
// with or without the symbology's mark (]C1, ]d2, ]Q3 …), separated by FNC1 as GS,
// ␝, ^] or <GS>; or the same in parentheses. Years of two digits lie from 49 years
// before today's to 50 after it, and a day 00 is the last of its month, as GS1
// rules. Refused: ErrCheckDigit, and ErrCode for everything else that is not such
// a code, an unknown identifier or a value outside its alphabet and length included.
func ParseCode(text string, today period.Day) (Code, error) {
	s, marked := unmark(strings.TrimSpace(text))
	if n := len(s); !marked && allDigits(s) && (n == 8 || n == 12 || n == 13 || n == 14) {
		if !checks(s) {
			return Code{}, fmt.Errorf("%.40q: %w", text, ErrCheckDigit)
		}
		s = "(01)" + strings.Repeat("0", 14-n) + s
	}
	var c Code
	var err error
	switch {
	case strings.HasPrefix(s, "("):
		c.All, err = bracketed(s)
	case marked, strings.HasPrefix(s, "01"), strings.HasPrefix(s, "02"):
		c.All, err = elements(s)
	default:
		err = ErrCode
	}
	if err == nil {
		err = c.read(today)
	}
	if err != nil {
		return Code{}, fmt.Errorf("%.40q: %w", text, err)
	}
	return c, nil
}

// separators are what scanners send for FNC1, besides GS itself.
var separators = strings.NewReplacer("\u241d", gs, "^]", gs, "<GS>", gs, "{GS}", gs)

const gs = "\x1d"

// unmark takes the symbology's mark and a leading FNC1 away; marked says that the
// rest are elements.
func unmark(s string) (rest string, marked bool) {
	if len(s) > 3 && s[0] == ']' {
		switch s[:3] {
		case "]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1":
			marked = true
		}
		s = s[3:]
	}
	s = separators.Replace(s)
	if rest, ok := strings.CutPrefix(s, gs); ok {
		s, marked = rest, true
	}
	return s, marked
}

// plainCode is a code that is no GS1 code: the hospital's own.
func plainCode(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 3 && s[0] == ']' {
		s = s[3:]
	}
	return s
}

// Normal is a code as the catalogue keeps it: the GTIN in 14 digits, of a longer
// code its GTIN alone, the hospital's own code as it is. Refused: 12 to 14 digits
// whose check digit does not fit (ErrCheckDigit); what cannot be printed in bars or
// is longer than 48 characters (ErrCode).
func Normal(text string) (string, error) {
	c, err := ParseCode(text, "2000-01-01") // any day: only the number counts here
	if err == nil && c.GTIN != "" {
		return c.GTIN, nil
	}
	s := plainCode(text)
	if errors.Is(err, ErrCheckDigit) && len(s) > 8 {
		return "", err
	}
	if s == "" || len(s) > 48 || strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0 {
		return "", fmt.Errorf("%.40q: %w", text, ErrCode)
	}
	return s, nil
}

// bracketed reads (01)…(10)…; a bracket inside a value opens an element only where
// a known identifier stands in it.
func bracketed(s string) (all []Element, err error) {
	ai, rest, ok := opened(s)
	for ok {
		value := rest
		next, after, more := "", "", false
		for i := range rest {
			if rest[i] == '(' {
				if next, after, more = opened(rest[i:]); more {
					value = rest[:i]
					break
				}
			}
		}
		if value, err = fits(ai, strings.TrimRight(value, gs+" ")); err != nil {
			return nil, err
		}
		all = append(all, Element{ai, value})
		if !more {
			return all, nil
		}
		ai, rest = next, after
	}
	return nil, ErrCode
}

func opened(s string) (ai, rest string, ok bool) {
	end := strings.IndexByte(s, ')')
	if len(s) == 0 || s[0] != '(' || end < 0 {
		return "", "", false
	}
	ai = s[1:end]
	_, ok = identifiers[ai]
	return ai, s[end+1:], ok
}

// elements reads identifiers and values that stand without brackets.
func elements(s string) (all []Element, err error) {
	for s != "" {
		ai := ""
		for n := 2; n <= 4 && n <= len(s); n++ { // no identifier begins another
			if _, ok := identifiers[s[:n]]; ok {
				ai = s[:n]
			}
		}
		if ai == "" {
			return nil, ErrCode
		}
		s = s[len(ai):]
		value, rest, _ := strings.Cut(s, gs)
		if n := identifiers[ai].fixed; n > 0 {
			if len(s) < n {
				return nil, ErrCode
			}
			value, rest = s[:n], strings.TrimPrefix(s[n:], gs)
		}
		if value, err = fits(ai, value); err != nil {
			return nil, err
		}
		all = append(all, Element{ai, value})
		s = rest
	}
	if len(all) == 0 {
		return nil, ErrCode
	}
	return all, nil
}

// read fills what this house uses from the elements.
func (c *Code) read(today period.Day) error {
	seen := map[string]string{}
	var content string
	for _, e := range c.All {
		if was, twice := seen[e.AI]; twice && was != e.Value {
			return ErrCode
		}
		seen[e.AI] = e.Value
		var err error
		switch e.AI {
		case "01":
			c.GTIN = e.Value
		case "02":
			content = e.Value
		case "10":
			c.Lot = e.Value
		case "21":
			c.Serial = e.Value
		case "11":
			c.Made, err = day(e.Value, today)
		case "17":
			c.Expiry, err = day(e.Value, today)
		case "30", "37":
			c.Count, err = strconv.ParseInt(e.Value, 10, 64)
		}
		if err != nil {
			return ErrCode
		}
	}
	if best := seen["15"]; best != "" && c.Expiry == "" {
		var err error
		if c.Expiry, err = day(best, today); err != nil {
			return ErrCode
		}
	}
	if c.GTIN == "" {
		c.GTIN = content
	}
	return nil
}

// day reads YYMMDD.
func day(s string, today period.Day) (period.Day, error) {
	yy, _ := strconv.Atoi(s[:2])
	now := today.Year()
	year := now - now%100 + yy
	switch away := yy - now%100; {
	case away >= 51:
		year -= 100
	case away <= -50:
		year += 100
	}
	month, err := period.ParseMonth(fmt.Sprintf("%04d-%s", year, s[2:4]))
	if err != nil {
		return "", err
	}
	if s[4:] == "00" {
		return month.Last(), nil
	}
	return period.ParseDay(string(month) + "-" + s[4:])
}

// checks says whether the last digit is the check digit of the others: weights 3
// and 1 in turn from the right, up to a multiple of ten.
func checks(digits string) bool {
	sum, weight := 0, 1
	for i := len(digits) - 1; i >= 0; i-- {
		sum += int(digits[i]-'0') * weight
		weight = 4 - weight
	}
	return sum%10 == 0
}

func allDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
