package rules

import (
	"time"

	"houqin/internal/base/money"
	"houqin/internal/base/words"
)

// Say is a value as people read it: 500.00 元, 30 分钟, 院长办公会.
func (p Param) Say(w *words.Words, value string) string {
	switch {
	case value == "" || p.Type == Clock:
		return value
	case !p.Numeric():
		return w.T("rules.value." + value)
	}
	n, err := p.number(value)
	if err != nil {
		return value
	}
	if p.Type == Yuan {
		return w.Money(money.Fen(n)) + " " + w.T("rules.unit.yuan")
	}
	switch p.Type {
	case Count:
		return w.Number(n)
	case Percent, Degrees:
		return w.Number(n) + w.T("rules.unit."+string(p.Type))
	}
	return w.Number(n) + " " + w.T("rules.unit."+string(p.Type))
}

// sides are how a threshold reads on both sides of itself: 500.00 元及以上.
func (p Param) Sides(w *words.Words, value string) (below, above string) {
	said := p.Say(w, value)
	if p.Edge == Above {
		return w.T("rules.edge.upto", said), w.T("rules.edge.above", said)
	}
	return w.T("rules.edge.below", said), w.T("rules.edge.from", said)
}

// SayParam is what the parameter of a change is called; SayWas and SayValue are its two
// values as people read them.
func SayParam(w *words.Words, c *Change) string {
	p, _, ok := Parameter(c.Param)
	if !ok || w == nil {
		return c.Param
	}
	return p.Name.In(w.Lang)
}

func sayIn(w *words.Words, param, value string) string {
	p, _, ok := Parameter(param)
	if !ok || w == nil {
		return value
	}
	return p.Say(w, value)
}

func SayWas(w *words.Words, c *Change) string   { return sayIn(w, c.Param, c.Was) }
func SayValue(w *words.Words, c *Change) string { return sayIn(w, c.Param, c.Value) }

// sayOutcome also says of a change that waits that it can no longer be confirmed.
func sayOutcome(w *words.Words, c *Change) string {
	switch {
	case w == nil:
		return string(c.Outcome)
	case c.Late:
		return w.T("rules.changes.overtaken")
	}
	return w.T("rules.changes.outcome." + string(c.Outcome))
}

func outcomeTone(c *Change, _ time.Time) string {
	if c.Late {
		return "danger"
	}
	return map[Outcome]string{Pending: "soon", Confirmed: "done", Refused: "danger", Withdrawn: "quiet"}[c.Outcome]
}
