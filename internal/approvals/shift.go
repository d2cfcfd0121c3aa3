package approvals

import (
	"context"
	"encoding/json"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
)

// Shift is a document on its way that another value of a rule would send another way if
// it were asked for from a day on. It stays on the way of its own day.
type Shift struct {
	Case      Case
	Was, Will int // the tiers
}

// ShiftsMost is how many documents on their way Shifts looks at, the oldest first.
const ShiftsMost = 200

// Shifts are the documents on their way, of those in where, that a way sends by other
// tiers or to others on a day, when it reads one book and when it reads the other; more
// says that there are some at which nobody looked.
func (rt *Route) Shifts(ctx context.Context, was, will db.Reader, where list.Where, day period.Day) (all []Shift, more bool, err error) {
	open, err := pressingCases.All(ctx, was, where.And("c.open = true AND c.kind = ?", rt.Kind), ShiftsMost+1)
	if err != nil {
		return nil, false, err
	}
	if more = len(open) > ShiftsMost; more {
		open = open[:ShiftsMost]
	}
	for _, c := range open {
		d, err := c.again(ctx, was)
		if err != nil {
			return nil, false, err
		}
		before, tier, err := rt.asked(ctx, was, &d, day)
		if err != nil {
			return nil, false, err
		}
		after, other, err := rt.asked(ctx, will, &d, day)
		if err != nil {
			return nil, false, err
		}
		if tier != other || !slices.Equal(before, after) {
			all = append(all, Shift{c, tier, other})
		}
	}
	return all, more, nil
}

// asked are those whom a way asks about a document, and by which tier.
func (rt *Route) asked(ctx context.Context, r db.Reader, d *Document, day period.Day) (who []string, tier int, err error) {
	if tier, err = rt.tierOf(ctx, r, d, day); err != nil {
		return nil, 0, err
	}
	for _, s := range rt.Tiers[tier].Stages {
		for _, w := range s.Who {
			m, err := Meant(ctx, r, w.Is, day)
			if err != nil {
				return nil, 0, err
			}
			who = append(who, m)
		}
	}
	return who, tier, nil
}

// again is a case as the document it was made of, with what lies beside it.
func (c *Case) again(ctx context.Context, r db.Reader) (Document, error) {
	whole, err := Whole(ctx, r, c.ID)
	if err != nil {
		return Document{}, err
	}
	d := Document{Kind: c.Kind, Department: c.Department, Amount: c.Weight, Attrs: map[string]any{}}
	if whole.attrs != "" {
		err = json.Unmarshal([]byte(whole.attrs), &d.Attrs)
	}
	for k, v := range d.Attrs {
		if n, ok := v.(float64); ok { // properties are whole numbers
			d.Attrs[k] = int(n)
		}
	}
	return d, err
}

// pressingCases is Cases from the oldest on.
var pressingCases = func() list.Of[Case] {
	l := Cases
	l.Order = "id"
	return l
}()
