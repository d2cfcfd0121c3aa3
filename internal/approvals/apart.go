package approvals

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/people"
	"houqin/internal/rules"
)

// Parts are what people do with a document besides asking for it, each with the clause
// under which who did it may not also agree to it; none where the book has no clause of
// its own.
var Parts = map[string]string{
	"requester": "",      // who asks
	"principal": "",      // for whom it is asked
	"editor":    "",      // who wrote or changed it
	"keeper":    "S-019", // of the store whose goods it is about
	"counter":   "S-019", // who counted them
	"planner":   "P-001",
	"buyer":     "P-001",
	"receiver":  "S-012", // who shall have the goods
}

// Separation is two parts that nobody may have in one document, the clause, the
// parameter with which a hospital may do without, and the word with which it is refused.
type Separation struct{ One, Other, Clause, Unless, Word string }

// Separations are the pairs.
var Separations = []Separation{
	{"planner", "buyer", "P-001", "P-001.separate", "approvals.apart.planner_buyer"},
	{"counter", "keeper", "S-019", "", "approvals.apart.counter_keeper"},
}

// separate refuses a document in which one natural person has two parts that must be
// apart.
func separate(ctx context.Context, r db.Reader, hands []Hand) error {
	for _, s := range Separations {
		if s.Unless != "" {
			if must, err := rules.On(ctx, r, s.Unless, r.Today()); err != nil {
				return err
			} else if !must {
				continue
			}
		}
		for _, one := range hands {
			for _, other := range hands {
				if one.Part != s.One || other.Part != s.Other {
					continue
				}
				same, err := people.OneHuman(ctx, r, one.Person, other.Person)
				if err != nil {
					return err
				}
				if same {
					return fault.New(fault.Conflict, s.Word).Under(s.Clause)
				}
			}
		}
	}
	return nil
}

// bar is who may not decide on a document: every entry of every natural person who had
// a part in it, by what part; and who has decided on it before.
type bar map[string]string

// Before is the part of those who have decided at an earlier stage.
const before = "decided"

func barred(ctx context.Context, r db.Reader, hands []Hand, decided []string) (bar, error) {
	b := bar{}
	for _, h := range hands {
		if err := b.add(ctx, r, h.Person, h.Part); err != nil {
			return nil, err
		}
	}
	for _, id := range decided {
		if err := b.add(ctx, r, id, before); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// add bars a natural person, under every entry, for a part in the document.
func (b bar) add(ctx context.Context, r db.Reader, person, part string) error {
	same, err := people.Same(ctx, r, person)
	for _, id := range same {
		if b[id] == "" {
			b[id] = part
		}
	}
	return err
}

// refuses says why a person may not decide on a kind of document, with the clause: that
// of the part they had, else the one that asks for somebody else's agreement.
func (b bar) refuses(person, kind string) error {
	part, ok := b[person]
	if !ok {
		return nil
	}
	clause := Parts[part]
	if asks := ClausesOf(kind); clause == "" && len(asks) > 0 {
		clause = asks[0]
	}
	return fault.New(fault.Forbidden, "approvals.barred."+part).Under(clause)
}

// readHands are the parts kept with a case.
func (c *Case) readHands() (hands []Hand, err error) {
	if c.hands != "" {
		err = json.Unmarshal([]byte(c.hands), &hands)
	}
	return hands, err
}

// barOf is who may not decide on a case now.
func barOf(ctx context.Context, r db.Reader, c *Case) (bar, error) {
	hands, err := c.readHands()
	if err != nil {
		return nil, err
	}
	decided, err := decidedBefore(ctx, r, c.ID)
	if err != nil {
		return nil, err
	}
	return barred(ctx, r, hands, decided)
}

// handsOf are all who had a part in a document, the one who asks first.
func handsOf(by db.Actor, d *Document) ([]Hand, error) {
	hands := []Hand{{"requester", by.ID}}
	for _, h := range d.Hands {
		if _, ok := Parts[h.Part]; !ok {
			return nil, fmt.Errorf("approvals: there is no part %q", h.Part)
		}
		if h.Person != "" && !slices.Contains(hands, h) {
			hands = append(hands, h)
		}
	}
	return hands, nil
}
