package approvals

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
	"houqin/internal/departments"
	"houqin/internal/people"
	"houqin/internal/rules"
)

// A way names who must agree by one of these:
//
//	head            the head of the department that asks
//	parent          the head of the department above it
//	post:finance    whoever sits on a post (or a meeting of that name)
//	role:director   whoever holds a role for the department
//	person:<id>     one person
//	rule:P-002.approver  the post, head or meeting that the rulebook names on the day
const (
	Head   = "head"
	Parent = "parent"
)

// Posts are the chairs that ways know. Those that are meetings decide by minutes.
var Posts = []string{"section_chief", "managing_department", "general_affairs", "logistics", "equipment_department", "finance", "audit", "legal_adviser",
	"property_accountant", "storekeeper", "dispatcher", "hospital_office", "vice_president", "president", "hospital_leader"}

// Meetings are the bodies whose decision is entered from their minutes.
var Meetings = []string{"section_meeting", "office_meeting", "president_secretary_meeting", "affairs_meeting", "budget_committee", "equipment_committee",
	"safety_committee", "staff_congress", "supervising_authority"}

// seatHolder is somebody who may stand for who was named.
type seatHolder struct{ ID, Name string }

// HoldersOn are the people who sit on a post on a day.
func HoldersOn(ctx context.Context, r db.Reader, post string, day period.Day) (ids []string, err error) {
	found, err := holdersOf(ctx, r, post, day)
	for _, h := range found {
		ids = append(ids, h.ID)
	}
	return ids, err
}

// PostsOf are the posts that a person sits on today.
func PostsOf(ctx context.Context, r db.Reader, person string) (map[string]bool, error) {
	found, err := db.Texts(ctx, r, `SELECT DISTINCT post FROM approvals_holder
		WHERE person = $1 AND ended_at = 0 AND from_day <= $2 AND (until_day = '' OR until_day >= $2)`, person, r.Today())
	posts := map[string]bool{}
	for _, p := range found {
		posts[p] = true
	}
	return posts, err
}

// Meant is who a way means on a day: a rule's word resolved to its post, head or meeting.
func Meant(ctx context.Context, r db.Reader, who string, day period.Day) (string, error) {
	key, ok := strings.CutPrefix(who, "rule:")
	if !ok {
		return who, nil
	}
	v, err := rules.Chosen(ctx, r, key, day)
	switch v {
	case "department_leader", "head_nurse":
		return Head, err
	}
	return "post:" + v, err
}

// meeting is the meeting that who means, or "".
func meeting(who string) string {
	if m, ok := strings.CutPrefix(who, "post:"); ok && slices.Contains(Meetings, m) {
		return m
	}
	return ""
}

// unitOf is the department within which who is looked for; "" where it does not matter.
func unitOf(who, department string) string {
	if who == Head || who == Parent || strings.HasPrefix(who, "role:") {
		return department
	}
	return ""
}

// standing are the people who stand for who was named today, those who have left out,
// in the order of their staff numbers.
func standing(ctx context.Context, r db.Reader, who, unit string, day period.Day) ([]seatHolder, error) {
	kind, name, _ := strings.Cut(who, ":")
	switch kind {
	case Head, Parent:
		d, err := departments.Get(ctx, r, unit)
		if err == nil && kind == Parent {
			if d.Parent == "" {
				return nil, nil
			}
			d, err = departments.Get(ctx, r, d.Parent)
		}
		if err != nil || d.Head == "" {
			return nil, err
		}
		return present(ctx, r, d.Head)
	case "person":
		return present(ctx, r, name)
	case "post":
		return holdersOf(ctx, r, name, day)
	case "role":
		all, err := people.HoldersIn(ctx, r, name, unit, day)
		var found []seatHolder
		for _, p := range all {
			found = append(found, seatHolder{p.ID, p.Name})
		}
		return found, err
	}
	return nil, nil
}

func present(ctx context.Context, r db.Reader, person string) ([]seatHolder, error) {
	p, err := people.Get(ctx, r, person)
	if fault.KindOf(err) == fault.NotFound || err == nil && p.Closed {
		return nil, nil
	}
	return []seatHolder{{p.ID, p.Name}}, err
}

// Holding is one person on a post.
type Holding struct {
	ID         string         `json:"id"`
	Post       string         `json:"post"`
	Person     string         `json:"person"`
	PersonName string         `json:"person_name"`
	From       period.Day     `json:"from"`
	Until      period.Day     `json:"until"`
	ByName     string         `json:"by_name"`
	At         period.Instant `json:"at"`
}

// Seat puts a person on a post from a day on, until a day if one is given. What waits
// for the post waits for them too, from now. Invalid: no such post, a meeting, somebody
// who has left, days out of order. Forbidden: oneself.
func Seat(ctx context.Context, tx *db.Tx, h *Holding) error {
	if err := tx.Need(MayRoute); err != nil {
		return err
	}
	var bad fault.Complaints
	if !slices.Contains(Posts, h.Post) {
		bad.Add("post", "base.bad_value", h.Post)
	}
	p, err := people.Get(ctx, tx, h.Person)
	switch {
	case fault.KindOf(err) == fault.NotFound || err == nil && p.Closed:
		bad.Add("person", "base.no_such", h.Person)
	case err != nil:
		return err
	}
	if h.From == "" {
		h.From = tx.Today()
	}
	if h.Until != "" && h.Until < h.From {
		bad.Add("until", "approvals.ends_before")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if same, err := people.OneHuman(ctx, tx, tx.By.ID, h.Person); err != nil {
		return err
	} else if same {
		return fault.New(fault.Forbidden, "approvals.own_post")
	}
	h.ID, h.PersonName, h.ByName, h.At = tx.NewID(), p.Name, tx.By.Name, tx.At()
	if err := insertHolding(ctx, tx, h); err != nil {
		return err
	}
	if err := tx.Trail(ctx, db.Event{Noun: PostNoun, Record: h.Post, Action: "seat", Note: p.Name, After: h}); err != nil {
		return err
	}
	return refreshPost(ctx, tx, h.Post)
}

// Unseat ends a holding at once; what waits at the seat waits for the others. Conflict:
// nobody else holds a post that ways lead to, now or later; a successor is seated first.
func Unseat(ctx context.Context, tx *db.Tx, id string) error {
	if err := tx.Need(MayRoute); err != nil {
		return err
	}
	h, err := holding(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := endHolding(ctx, tx, id); err != nil {
		return err
	}
	if others, err := holdersOf(ctx, tx, h.Post, tx.Today()); err != nil {
		return err
	} else if len(others) == 0 && h.From <= tx.Today() {
		kinds, err := leadingTo(ctx, tx, h.Post, tx.Today())
		if err != nil {
			return err
		}
		if len(kinds) > 0 {
			return fault.New(fault.Conflict, "approvals.last_holder", SayKey("post:"+h.Post), kinds)
		}
	}
	if err := tx.Trail(ctx, db.Event{Noun: PostNoun, Record: h.Post, Action: "unseat", Note: h.PersonName, Before: h}); err != nil {
		return err
	}
	return refreshPost(ctx, tx, h.Post)
}

// leadingTo are the kinds of documents, as their words, whose way leads to a post on a
// day or later.
func leadingTo(ctx context.Context, r db.Reader, post string, day period.Day) (kinds []words.Key, err error) {
	for _, s := range Shipped {
		now, err := RouteOn(ctx, r, s.Kind, day)
		if err != nil {
			return nil, err
		}
		later, err := routes(ctx, r, `WHERE kind = $1 AND since > $2 AND state = 'set'`, s.Kind, day)
		if err != nil {
			return nil, err
		}
		for _, rt := range append(later, now) {
			if leads, err := rt.leadsTo(ctx, r, post, max(day, rt.Since)); err != nil {
				return nil, err
			} else if leads {
				kinds = append(kinds, words.Key("approvals.kind."+s.Kind))
				break
			}
		}
	}
	return kinds, nil
}

func (rt *Route) leadsTo(ctx context.Context, r db.Reader, post string, day period.Day) (bool, error) {
	for _, t := range rt.Tiers {
		for _, s := range t.Stages {
			for _, w := range append(slices.Clone(s.Who), instead(s)...) {
				if m, err := Meant(ctx, r, w.Is, day); err != nil || m == "post:"+post {
					return err == nil, err
				}
			}
		}
	}
	return false, nil
}
