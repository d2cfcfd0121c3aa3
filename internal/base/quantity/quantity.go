// Package quantity is the storekeeper's counting: a shelf is counted in single
// pieces, however many boxes and cartons people say, write and order.
package quantity

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// How a quantity or a set of packs is refused.
var (
	ErrQuantity = errors.New("not a quantity, such as 12 or 2 箱 3 盒")
	ErrUnit     = errors.New("a unit this item does not come in")
	ErrUneven   = errors.New("not a whole number of the smallest unit")
	ErrRange    = errors.New("a quantity too large to count")
	ErrPacks    = errors.New("packs that cannot be counted with")
)

// Qty is a number of the item's smallest unit: pieces, grams, millilitres.
// JSON and the database have it as a plain number.
type Qty int64

// Pack is a unit an item comes in and how many of the smallest unit it holds;
// the smallest unit itself has Factor 1.
type Pack struct {
	Unit   string `json:"unit"`
	Factor int64  `json:"factor"`
}

// Check refuses, with ErrPacks, packs among which there is not exactly one of
// factor 1, a factor below 1, a factor or unit twice (capitals aside), or a
// unit that could not be told from a number.
func Check(packs []Pack) error {
	smallest := 0
	for i, p := range packs {
		switch {
		case p.Factor < 1:
			return fmt.Errorf("%q holds %d: %w", p.Unit, p.Factor, ErrPacks)
		case !sayable(p.Unit):
			return fmt.Errorf("%q is no name for a unit: %w", p.Unit, ErrPacks)
		case slices.ContainsFunc(packs[:i], func(o Pack) bool { return o.Factor == p.Factor || strings.EqualFold(o.Unit, p.Unit) }):
			return fmt.Errorf("%q (%d) stands twice: %w", p.Unit, p.Factor, ErrPacks)
		case p.Factor == 1:
			smallest++
		}
	}
	if smallest != 1 {
		return fmt.Errorf("no smallest unit: %w", ErrPacks)
	}
	return nil
}

// sayable is a unit that Parse can find again behind a number.
func sayable(unit string) bool {
	return unit != "" && unit == plain(unit) && !strings.ContainsAny(unit[:1], "0123456789.,-") && !strings.ContainsAny(unit, " \t\n")
}

// Of is n packs in the smallest unit; ErrRange if that is too many to count.
func (p Pack) Of(n int64) (Qty, error) { return p.of(n < 0, size(n), 1) }

// Count is how many packs make exactly q; ErrUneven if it does not come out.
func (p Pack) Count(q Qty) (int64, error) {
	if p.Factor < 1 {
		return 0, fmt.Errorf("%q holds %d: %w", p.Unit, p.Factor, ErrPacks)
	}
	if int64(q)%p.Factor != 0 {
		return 0, fmt.Errorf("%d in %s of %d: %w", q, p.Unit, p.Factor, ErrUneven)
	}
	return int64(q) / p.Factor, nil
}

// of is n/scale packs, exactly.
func (p Pack) of(minus bool, n, scale uint64) (Qty, error) {
	if p.Factor < 1 {
		return 0, fmt.Errorf("%q holds %d: %w", p.Unit, p.Factor, ErrPacks)
	}
	hi, lo := bits.Mul64(n, uint64(p.Factor))
	if hi >= scale {
		return 0, ErrRange
	}
	q, rest := bits.Div64(hi, lo, scale)
	switch {
	case rest != 0:
		return 0, ErrUneven
	case q > math.MaxInt64:
		return 0, ErrRange
	case minus:
		return -Qty(q), nil
	}
	return Qty(q), nil
}

// Format says q in the largest packs that hold it exactly: 27 of a carton of 12
// and single pieces is "2 箱 3 个". What no pack holds stands as a bare number.
func (q Qty) Format(packs []Pack) string {
	falling := slices.Clone(packs)
	slices.SortStableFunc(falling, func(a, b Pack) int { return larger(a.Factor, b.Factor) })
	b, rest := make([]byte, 0, 32), size(int64(q))
	if q < 0 {
		b = append(b, '-')
	}
	said := false
	say := func(n uint64, unit string) {
		if said {
			b = append(b, ' ')
		}
		b = strconv.AppendUint(b, n, 10)
		if unit != "" {
			b = append(append(b, ' '), unit...)
		}
		said = true
	}
	unit := "" // what nothing at all is counted in
	for _, p := range falling {
		if p.Factor < 1 {
			continue
		}
		if n := rest / uint64(p.Factor); n > 0 {
			say(n, p.Unit)
			rest %= uint64(p.Factor)
		}
		if p.Factor == 1 {
			unit = p.Unit
		}
	}
	if rest > 0 || !said {
		say(rest, unit)
	}
	return string(b)
}

func larger(a, b int64) int {
	switch {
	case a > b:
		return -1
	case a < b:
		return 1
	}
	return 0
}

func size(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// Scan reads the plain number; NULL, as a sum over nothing gives it, is 0.
func (q *Qty) Scan(src any) error {
	switch v := src.(type) {
	case int64:
		*q = Qty(v)
	case nil:
		*q = 0
	default:
		return fmt.Errorf("a quantity is stored as BIGINT, not as %T", src)
	}
	return nil
}
