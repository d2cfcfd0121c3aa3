package approvals

import (
	"context"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
	"houqin/internal/rules"
)

// Limit is where one tier ends and the next begins: an amount of its own, or a
// parameter of the rulebook, which brings its own side. It is reached by the amount
// itself, or with Above only by what is more.
type Limit struct {
	Param string    `json:"param,omitempty"`
	Fen   money.Fen `json:"fen,omitempty"`
	Above bool      `json:"above,omitempty"`
}

// cut is a limit on a day, as a place on a line: two amounts one fen apart have places
// two apart, and between them lies the limit that excludes the lower.
type cut int64

const nowhere = cut(1) << 62

func (l *Limit) cut(ctx context.Context, r db.Reader, day period.Day) (cut, error) {
	if l.Param == "" {
		return at(l.Fen, l.Above), nil
	}
	v, err := rules.Fen(ctx, r, l.Param, day)
	p, _, _ := rules.Parameter(l.Param)
	return at(v, p.Edge == rules.Above), err
}

func at(v money.Fen, above bool) cut {
	c := cut(v) * 2
	if above {
		c++
	}
	return c
}

// span is the part of the line that a tier covers: from its lower cut, up to but
// without its upper one.
type span struct{ from, below cut }

func (s span) has(amount money.Fen) bool { return cut(amount)*2 >= s.from && cut(amount)*2 < s.below }

func (t *Tier) span(ctx context.Context, r db.Reader, day period.Day) (s span, err error) {
	s = span{0, nowhere}
	if t.From != nil {
		if s.from, err = t.From.cut(ctx, r, day); err != nil {
			return s, err
		}
	}
	if t.Below != nil {
		s.below, err = t.Below.cut(ctx, r, day)
	}
	return s, err
}

// readAmount reads "≥500 <A-010.threshold"; nothing is every amount.
func readAmount(text string) (from, below *Limit, err error) {
	for _, f := range strings.Fields(strings.NewReplacer(">=", " ≥", "<=", " ≤", "≥", " ≥", "≤", " ≤", "，", " ", ",", "", "元", "").Replace(spaced(text))) {
		op := []rune(f)[0]
		l := &Limit{Above: op == '>' || op == '≤'}
		v := strings.TrimSpace(string([]rune(f)[1:]))
		if p, _, ok := rules.Parameter(v); ok && p.Type == rules.Yuan {
			l.Param, l.Above = v, false // its side is the parameter's
		} else if l.Fen, err = money.Parse(v); err != nil || l.Fen < 0 {
			return nil, nil, fault.New(fault.Invalid, "approvals.bad_amount", f)
		}
		switch {
		case (op == '≥' || op == '>') && from == nil:
			from = l
		case (op == '<' || op == '≤') && below == nil:
			below = l
		default:
			return nil, nil, fault.New(fault.Invalid, "approvals.bad_amount", f)
		}
	}
	return from, below, nil
}

// spaced puts a space before each comparison and none behind.
func spaced(s string) string {
	for _, op := range []string{"≥", "≤", ">=", "<=", ">", "<"} {
		for strings.Contains(s, op+" ") {
			s = strings.ReplaceAll(s, op+" ", op)
		}
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, ">=", "≥"), "<=", "≤")
	for _, op := range []string{"≥", "≤", ">", "<"} {
		s = strings.ReplaceAll(s, op, " "+op)
	}
	return s
}

// AmountText is a tier's amounts as readAmount reads them.
func (t *Tier) AmountText() string {
	var parts []string
	for _, e := range []struct {
		l            *Limit
		at, past     string
		upto, before string
	}{{t.From, "≥", ">", "", ""}, {t.Below, "<", "≤", "", ""}} {
		if e.l == nil {
			continue
		}
		op, v := e.at, e.l.Param
		if v == "" {
			v = strings.TrimSuffix(e.l.Fen.String(), ".00")
			if e.l.Above {
				op = e.past
			}
		}
		parts = append(parts, op+v)
	}
	return strings.Join(parts, " ")
}

// SayAmount is a tier's amounts on a day as people read them: 500.00 元及以上.
func (t *Tier) SayAmount(ctx context.Context, r db.Reader, w *words.Words, day period.Day) (string, error) {
	side := func(l *Limit, upper bool) (string, error) {
		v, above := l.Fen, l.Above
		if l.Param != "" {
			p, _, _ := rules.Parameter(l.Param)
			var err error
			if v, err = rules.Fen(ctx, r, l.Param, day); err != nil {
				return "", err
			}
			above = p.Edge == rules.Above
		}
		key := map[[2]bool]string{{false, false}: "from", {false, true}: "above", {true, false}: "below", {true, true}: "upto"}[[2]bool{upper, above}]
		return w.T("approvals.amount."+key, w.Money(v)), nil
	}
	var said []string
	for _, e := range []struct {
		l     *Limit
		upper bool
	}{{t.From, false}, {t.Below, true}} {
		if e.l == nil {
			continue
		}
		s, err := side(e.l, e.upper)
		if err != nil {
			return "", err
		}
		said = append(said, s)
	}
	if len(said) == 0 {
		return w.T("approvals.amount.any"), nil
	}
	return strings.Join(said, w.T("approvals.comma")), nil
}
