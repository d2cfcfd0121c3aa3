package approvals

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/messages"
	"houqin/internal/people"
)

// Delegation puts somebody on another's seats for a time: for all kinds of documents or
// some, up to an amount or any. It is seen on each decision.
type Delegation struct {
	ID       string         `json:"id"`
	From     string         `json:"from"`
	FromName string         `json:"from_name"`
	To       string         `json:"to"`
	ToName   string         `json:"to_name"`
	Since    period.Day     `json:"since"`
	Until    period.Day     `json:"until"`
	Kinds    string         `json:"kinds"` // with commas; "" all
	Most     money.Fen      `json:"most"`  // 0 any amount
	Reason   string         `json:"reason"`
	At       period.Instant `json:"at"`
	EndedAt  period.Instant `json:"ended_at"`
}

const (
	// chainMost is how many hands a seat may pass through: who sits for somebody may hand
	// it on once more, and no further.
	chainMost = 2
	// delegationMost is the longest time of a delegation, in days: half a year.
	delegationMost = 183
)

// Delegate lets another sit on one's own seats. Invalid: nobody or oneself in any
// entry of the staff file, somebody who has left, days in the past, out of order or
// more than half a year, an unknown kind.
func Delegate(ctx context.Context, tx *db.Tx, d *Delegation) error {
	var bad fault.Complaints
	if d.Since == "" {
		d.Since = tx.Today()
	}
	switch {
	case d.Since < tx.Today():
		bad.Add("since", "approvals.in_the_past")
	case d.Until == "" || d.Until < d.Since:
		bad.Add("until", "approvals.ends_before")
	case period.Days(d.Since, d.Until) > delegationMost:
		bad.Add("until", "approvals.too_long", delegationMost)
	}
	for _, k := range d.kinds() {
		if !known(k) {
			bad.Add("kinds", "base.bad_value", k)
		}
	}
	p, err := people.Get(ctx, tx, d.To)
	switch {
	case fault.KindOf(err) == fault.NotFound || err == nil && p.Closed:
		bad.Add("to", "base.no_such", d.To)
	case err != nil:
		return err
	default:
		same, err := people.OneHuman(ctx, tx, tx.By.ID, d.To)
		if err != nil {
			return err
		}
		if same {
			bad.Add("to", "approvals.to_oneself")
		}
	}
	if _, err := people.Get(ctx, tx, tx.By.ID); err != nil {
		return fault.New(fault.Forbidden, "approvals.only_staff")
	}
	if d.Most < 0 {
		bad.Add("most", "base.money")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	d.ID, d.From, d.FromName, d.ToName, d.At = tx.NewID(), tx.By.ID, tx.By.Name, p.Name, tx.At()
	if err := insertDelegation(ctx, tx, d); err != nil {
		return err
	}
	if err := d.tell(ctx, tx, messages.StandIn); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: DelegationNoun, Record: d.ID, Action: "delegate", Note: d.FromName + " → " + d.ToName, After: d})
}

// EndDelegation takes it back at once; either side may.
func EndDelegation(ctx context.Context, tx *db.Tx, id string) error {
	d, ok, err := delegation(ctx, tx, id)
	if err != nil {
		return err
	}
	if !ok || d.From != tx.By.ID && d.To != tx.By.ID && !tx.By.May(MayRoute) {
		return fault.New(fault.NotFound, "base.not_found")
	}
	if err := endDelegation(ctx, tx, id); err != nil {
		return err
	}
	if err := d.tell(ctx, tx, messages.StandInEnds); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: DelegationNoun, Record: id, Action: "end", Note: d.FromName + " → " + d.ToName, Before: d})
}

// tell tells both sides of a delegation, without who did it.
func (d *Delegation) tell(ctx context.Context, tx *db.Tx, event string) error {
	return messages.Tell(ctx, tx, messages.Word{Event: event, To: []string{d.From, d.To}, Args: []string{d.FromName, d.ToName, string(d.Since), string(d.Until)}, Href: "/approvals/delegations"})
}

func (d *Delegation) kinds() []string {
	if d.Kinds == "" {
		return nil
	}
	return strings.Split(d.Kinds, ",")
}

// covers says whether a case lies within the delegation.
func (d *Delegation) covers(kind string, weight money.Fen) bool {
	return (d.Kinds == "" || slices.Contains(d.kinds(), kind)) && (d.Most == 0 || weight <= d.Most)
}

// path is a way from a seat's owner to somebody who may sit on it: the last delegation
// leads to them.
type path []Delegation

// reach are all whose seats a person may sit on today, themselves left out, with the
// shortest way there.
func reach(ctx context.Context, r db.Reader, person string, day period.Day) (map[string][]path, error) {
	found := map[string][]path{}
	edge := map[string][]path{person: {nil}}
	for range chainMost {
		next := map[string][]path{}
		for to, ways := range edge {
			given, err := delegationsTo(ctx, r, to, day)
			if err != nil {
				return nil, err
			}
			for _, d := range given {
				for _, w := range ways {
					if d.From == person || slices.ContainsFunc(w, func(x Delegation) bool { return x.From == d.From || x.To == d.From }) {
						continue
					}
					p := append(path{d}, w...)
					next[d.From], found[d.From] = append(next[d.From], p), append(found[d.From], p)
				}
			}
		}
		edge = next
	}
	return found, nil
}

// deputies are all who may decide on a case in these people's places today, each with
// whose place it is: without those who sit there themselves and those who are barred.
func deputies(ctx context.Context, r db.Reader, c *Case, b bar, owners []string) (map[string]string, error) {
	found, edge := map[string]string{}, map[string]string{}
	for _, o := range owners {
		edge[o] = ""
	}
	for range chainMost {
		if len(edge) == 0 {
			break
		}
		given, err := delegationsFrom(ctx, r, slices.Sorted(maps.Keys(edge)), r.Today())
		if err != nil {
			return nil, err
		}
		next := map[string]string{}
		for _, d := range given {
			if found[d.To] != "" || !d.covers(c.Kind, c.Weight) || b.out(d.To) || slices.Contains(owners, d.To) {
				continue
			}
			found[d.To] = cmp.Or(edge[d.From], d.FromName)
			next[d.To] = found[d.To]
		}
		edge = next
	}
	return found, nil
}

// tellSeats has those told of a case at whose seats it waits, and those who decide in
// their places.
func tellSeats(ctx context.Context, tx *db.Tx, event string, c *Case, b bar, owners []string) error {
	if err := tell(ctx, tx, event, c, owners...); err != nil {
		return err
	}
	others, err := deputies(ctx, tx, c, b, owners)
	if err != nil {
		return err
	}
	for _, to := range slices.Sorted(maps.Keys(others)) {
		if err := messages.Tell(ctx, tx, messages.Word{Event: messages.InPlace, To: []string{to}, Args: []string{c.Number, c.Title, others[to]}, Number: c.Number, Href: caseAt(c)}); err != nil {
			return err
		}
	}
	return nil
}

// sit finds the seat on which the person of the unit sits: their own, else one that was
// handed to them. Of several ways there those are left out that lead through somebody
// who may not decide on this document.
func sit(ctx context.Context, tx *db.Tx, c *Case, b bar, seats []seat) (seat, path, error) {
	for _, s := range seats {
		if s.Person != "" && s.Person == tx.By.ID {
			return s, nil, nil
		}
	}
	ways, err := reach(ctx, tx, tx.By.ID, tx.Today())
	if err != nil {
		return seat{}, nil, err
	}
	refused := error(fault.New(fault.Forbidden, "approvals.no_seat"))
	for _, s := range seats {
		for _, w := range ways[s.Person] {
			if slices.ContainsFunc(w, func(d Delegation) bool { return !d.covers(c.Kind, c.Weight) }) {
				continue
			}
			err := error(nil)
			for _, d := range w {
				if e := b.refuses(d.From, c.Kind); e != nil {
					err = e
				}
			}
			if err == nil {
				return s, w, nil
			}
			refused = err
		}
	}
	return seat{}, nil, refused
}
