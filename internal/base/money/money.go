// Package money is the cashier's till: every amount in the house is a whole
// number of fen, so what is counted twice comes out the same twice.
//
// Plain + and - are good enough for the sums of a hospital (int64 holds 92
// quadrillion yuan); what multiplies or divides goes through Mul and Share.
package money

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// How an amount is refused.
var (
	ErrAmount   = errors.New("not an amount of money, such as 1,234.50")
	ErrDecimals = errors.New("an amount finer than one fen")
	ErrRange    = errors.New("an amount too large for the books")
	ErrShare    = errors.New("a share of nothing")
)

// Fen is 1/100 yuan.
type Fen int64

// Parse reads an amount in yuan exactly: 1234.5, 1,234.50, -0.05, ¥12, also in
// full-width characters as Chinese keyboards give them. Commas must group by
// three. Refused: anything else (ErrAmount), more than two decimals unless the
// rest is zeros (ErrDecimals), what int64 cannot hold (ErrRange).
func Parse(s string) (Fen, error) {
	f, err := parse(strings.TrimSpace(strings.Map(halfWidth, s)))
	if err != nil {
		return 0, fmt.Errorf("%.40q: %w", s, err)
	}
	return f, nil
}

func parse(s string) (Fen, error) {
	s, minus := strings.CutPrefix(s, "-")
	s = strings.TrimPrefix(s, "¥")
	if after, ok := strings.CutPrefix(s, "-"); ok && !minus { // ¥-5.00
		s, minus = after, true
	}
	whole, part, _ := strings.Cut(s, ".")
	if whole == "" && part == "" {
		return 0, ErrAmount
	}
	if groups := strings.Split(whole, ","); len(groups) > 1 {
		for i, g := range groups {
			if i == 0 && (g == "" || len(g) > 3) || i > 0 && len(g) != 3 {
				return 0, ErrAmount
			}
		}
		whole = strings.Join(groups, "")
	}
	fine := strings.TrimRight(part, "0")
	for _, digits := range []string{whole, part} {
		if strings.Trim(digits, "0123456789") != "" {
			return 0, ErrAmount
		}
	}
	if len(fine) > 2 {
		return 0, ErrDecimals
	}
	n, err := strconv.ParseInt("0"+whole+(fine + "00")[:2], 10, 64)
	if err != nil {
		return 0, ErrRange
	}
	if minus {
		n = -n
	}
	return Fen(n), nil
}

// halfWidth turns ￥１，２３４．５０ into ¥1,234.50.
func halfWidth(r rune) rune {
	switch {
	case r == '￥':
		return '¥'
	case r == '\u3000':
		return ' '
	case r == '−':
		return '-'
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	}
	return r
}

// String is 1234.50, without sign of currency and without groups.
func (f Fen) String() string { return string(f.append(make([]byte, 0, 24))) }

func (f Fen) append(b []byte) []byte {
	u := uint64(f)
	if f < 0 {
		b, u = append(b, '-'), -u
	}
	b = strconv.AppendUint(b, u/100, 10)
	return append(b, '.', byte('0'+u/10%10), byte('0'+u%10))
}

// Abs is the amount without its sign.
func (f Fen) Abs() Fen { return max(f, -f) }

// Mul is what n pieces cost at this price; ErrRange if int64 cannot hold it.
func Mul[N ~int64](price Fen, n N) (Fen, error) { return Share(price, n, 1) }

// Share is amount × part ÷ whole, computed in 128 bits and rounded once, half
// to the even fen. A whole share is the whole amount and a negative share the
// exact mirror of the positive, so a reversal takes back what was posted.
// Refused: a whole of 0 (ErrShare), a result that int64 cannot hold (ErrRange).
func Share[N ~int64](amount Fen, part, whole N) (Fen, error) {
	if whole == 0 {
		return 0, fmt.Errorf("%s × %d ÷ 0: %w", amount, part, ErrShare)
	}
	a, p, w := size(int64(amount)), size(int64(part)), size(int64(whole))
	hi, lo := bits.Mul64(a, p)
	if hi >= w {
		return 0, tooLarge(amount, part, whole)
	}
	q, r := bits.Div64(hi, lo, w)
	if rest := w - r; q <= math.MaxInt64 && (r > rest || r == rest && q%2 == 1) {
		q++
	}
	if q > math.MaxInt64 {
		return 0, tooLarge(amount, part, whole)
	}
	if (amount < 0) != (part < 0) != (whole < 0) {
		return -Fen(q), nil
	}
	return Fen(q), nil
}

func tooLarge[N ~int64](amount Fen, part, whole N) error {
	return fmt.Errorf("%s × %d ÷ %d: %w", amount, part, whole, ErrRange)
}

func size(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// MarshalText gives JSON the string "1234.50", which no reader rounds.
func (f Fen) MarshalText() ([]byte, error) { return f.append(make([]byte, 0, 24)), nil }

// UnmarshalText reads what Parse reads.
func (f *Fen) UnmarshalText(b []byte) (err error) {
	*f, err = Parse(string(b))
	return err
}

// Value makes the database see the plain number.
func (f Fen) Value() (driver.Value, error) { return int64(f), nil }

// Scan reads the plain number; NULL, as a sum over nothing gives it, is 0. A
// float or a text is refused: cast the sum to BIGINT in the query.
func (f *Fen) Scan(src any) error {
	switch v := src.(type) {
	case int64:
		*f = Fen(v)
	case nil:
		*f = 0
	default:
		return fmt.Errorf("money is stored as BIGINT, not as %T", src)
	}
	return nil
}
