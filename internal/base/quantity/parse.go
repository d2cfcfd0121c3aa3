package quantity

import (
	"fmt"
	"strconv"
	"strings"
)

// Parse reads what a storekeeper writes: "12", "2 箱", "2箱3盒", "0.5 箱",
// "1,200 支", "-3 个", also in full-width characters. A bare number counts the
// smallest unit. Units are found by their exact name, else apart from capitals,
// and must fall in size. Refused: a unit not among packs (ErrUnit), what is not
// a whole number of the smallest unit (ErrUneven), more than int64 holds
// (ErrRange), and everything else (ErrQuantity).
func Parse(s string, packs []Pack) (Qty, error) {
	q, err := parse(strings.TrimSpace(plain(s)), packs)
	if err != nil {
		return 0, fmt.Errorf("%.40q: %w", s, err)
	}
	return q, nil
}

func parse(s string, packs []Pack) (Qty, error) {
	s, minus := strings.CutPrefix(s, "-")
	var sum Qty
	last := Pack{}
	for first := true; first || s != ""; first = false {
		n, scale, rest, err := number(s)
		if err != nil {
			return 0, err
		}
		p, rest, err := unit(strings.TrimLeft(rest, " "), packs)
		if err != nil {
			return 0, err
		}
		if !first && p.Factor >= last.Factor {
			return 0, ErrQuantity
		}
		q, err := p.of(minus, n, scale)
		if err != nil {
			return 0, err
		}
		if sum += q; (sum < 0) != minus && sum != 0 {
			return 0, ErrRange
		}
		s, last = strings.TrimLeft(rest, " "), p
	}
	return sum, nil
}

// number reads 1,200.50 as 12005 with scale 10, without the zeros at its end.
func number(s string) (n, scale uint64, rest string, err error) {
	end := len(s) - len(strings.TrimLeft(s, "0123456789.,"))
	s, rest = s[:end], s[end:]
	whole, part, dot := strings.Cut(s, ".")
	for i, g := range strings.Split(whole, ",") {
		if i > 0 && len(g) != 3 || strings.Contains(whole, ",") && i == 0 && (g == "" || len(g) > 3) {
			return 0, 0, "", ErrQuantity
		}
	}
	if whole == "" || dot && part == "" || strings.ContainsAny(part, ".,") {
		return 0, 0, "", ErrQuantity
	}
	part = strings.TrimRight(part, "0")
	if len(part) > 9 {
		return 0, 0, "", ErrUneven // no pack holds a thousand million
	}
	n, err = strconv.ParseUint(strings.ReplaceAll(whole, ",", "")+part, 10, 64)
	if err != nil {
		return 0, 0, "", ErrRange
	}
	for scale = 1; part != ""; part = part[1:] {
		scale *= 10
	}
	return n, scale, rest, nil
}

// unit finds the longest unit s begins with; none at the end of the text is the
// smallest.
func unit(s string, packs []Pack) (found Pack, rest string, err error) {
	if s == "" {
		for _, p := range packs {
			if p.Factor == 1 {
				return p, "", nil
			}
		}
		return Pack{Factor: 1}, "", nil
	}
	for _, same := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
		for _, p := range packs {
			n := len(p.Unit)
			if n <= len(found.Unit) || n > len(s) || !same(s[:n], p.Unit) {
				continue
			}
			if n == len(s) || strings.IndexByte(" 0123456789", s[n]) >= 0 {
				found = p
			}
		}
		if found.Unit != "" {
			return found, s[len(found.Unit):], nil
		}
	}
	return Pack{}, "", ErrUnit
}

// plain turns full-width characters, as Chinese keyboards give them, into ASCII.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u3000' || r == '\t' || r == '\u00a0':
			return ' '
		case r == '−':
			return '-'
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		}
		return r
	}, s)
}
