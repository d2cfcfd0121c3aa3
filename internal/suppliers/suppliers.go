// Package suppliers is the address book of those who bring goods: who they are,
// whom to ring, which licences they showed and until when these hold.
package suppliers

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"strings"

	"houqin/internal/base/alike"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
)

//go:embed migrations/*.sql
var Migrations embed.FS

// What may be done here.
const (
	MaySee    = "suppliers.see"
	MayChange = "suppliers.change" // add, change and close them
	MayBlock  = "suppliers.block"  // stop buying there, and allow it again

	MayConfirm  = "suppliers.confirm"  // be the second person of where money goes
	MayComplain = "suppliers.complain" // complain about one
	MayAnswer   = "suppliers.answer"   // say what came of a complaint
)

// Permissions of this room.
var Permissions = []string{MaySee, MayChange, MayBlock, MayConfirm, MayComplain, MayAnswer}

// Noun is what the trail calls a supplier.
const Noun = "suppliers.supplier"

// Licences are the kinds of papers a supplier shows.
var Licences = []string{"business", "food", "device", "hygiene", "waste", "production", "other"}

// Supplier brings goods.
type Supplier struct {
	ID       string     `json:"id"`
	Number   string     `json:"number"`
	Name     string     `json:"name"`
	Credit   string     `json:"credit"` // unified social credit code
	Contact  string     `json:"contact"`
	Phone    string     `json:"phone"`
	Note     string     `json:"note"`
	Licences []Licence  `json:"licences,omitempty"`
	Expires  period.Day `json:"expires"` // when the first licence ends
	Blocked  string     `json:"blocked"` // why nothing is bought there; "" when it may be
	Closed   bool       `json:"closed"`
	Version  int64      `json:"version"`
}

// Licence is a paper that holds through its last day, or without end.
type Licence struct {
	Kind    string     `json:"kind"`
	Number  string     `json:"number"`
	Expires period.Day `json:"expires"`
}

// Add enters a new supplier. An empty number is drawn from the series GYS. Invalid:
// a number that is taken, a licence of no known kind.
func Add(ctx context.Context, tx *db.Tx, s *Supplier) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	s.ID, s.Version, s.Blocked, s.Closed = tx.NewID(), 1, "", false
	if err := check(ctx, tx, s); err != nil {
		return err
	}
	if s.Number == "" {
		var err error
		if s.Number, err = tx.Number(ctx, "GYS"); err != nil {
			return err
		}
	}
	if err := insert(ctx, tx, s); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: Noun, Record: s.ID, Action: "add", Note: s.Name, After: s})
}

// Change replaces what is known about a supplier; s.Version is the one the person
// saw, an older one is a Conflict. Blocking is a matter of its own.
func Change(ctx context.Context, tx *db.Tx, s *Supplier) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	was, err := Get(ctx, tx, s.ID)
	if err != nil {
		return err
	}
	if was.Licences, err = LicencesOf(ctx, tx, s.ID); err != nil {
		return err
	}
	s.Blocked, s.Closed = was.Blocked, was.Closed
	if s.Number == "" {
		s.Number = was.Number
	}
	if err := check(ctx, tx, s); err != nil {
		return err
	}
	if err := update(ctx, tx, s); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: Noun, Record: s.ID, Action: "change", Note: s.Name, Before: was, After: s})
}

// Block stops buying from a supplier, for the reason given; nothing is received
// from it until it is unblocked.
func Block(ctx context.Context, tx *db.Tx, id string, version int64, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return fault.OnField("reason", "base.required")
	}
	return block(ctx, tx, id, version, reason, "block")
}

// Unblock allows buying there again.
func Unblock(ctx context.Context, tx *db.Tx, id string, version int64) error {
	return block(ctx, tx, id, version, "", "unblock")
}

func block(ctx context.Context, tx *db.Tx, id string, version int64, reason, action string) error {
	if err := tx.Need(MayBlock); err != nil {
		return err
	}
	err := tx.One(ctx, fault.Stale(),
		`UPDATE suppliers_supplier SET blocked = $1, version = version + 1 WHERE id = $2 AND version = $3 AND blocked <> $1`, reason, id, version)
	if err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: Noun, Record: id, Action: action, Note: reason})
}

// Close ends the business with a supplier; it stays in every book.
func Close(ctx context.Context, tx *db.Tx, id string, version int64) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	err := tx.One(ctx, fault.Stale(),
		`UPDATE suppliers_supplier SET closed = true, version = version + 1 WHERE id = $1 AND version = $2 AND closed = false`, id, version)
	if err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: Noun, Record: id, Action: "close"})
}

// Usable is nil when goods may be received from the supplier now, else the fault
// that says why not.
func (s Supplier) Usable() error {
	switch {
	case s.Closed:
		return fault.New(fault.Conflict, "suppliers.is_closed", s.Name)
	case s.Blocked != "":
		return fault.New(fault.Conflict, "suppliers.is_blocked", s.Name, s.Blocked)
	}
	return nil
}

func check(ctx context.Context, tx *db.Tx, s *Supplier) error {
	var bad fault.Complaints
	for _, t := range []*string{&s.Number, &s.Name, &s.Credit, &s.Contact, &s.Phone} {
		*t = strings.Join(strings.Fields(*t), " ")
	}
	if s.Name == "" {
		bad.Add("name", "base.required")
	}
	if alike.Unseen(s.Name) {
		bad.Add("name", "base.unseen_letters")
	}
	others, err := Suppliers.All(ctx, tx, list.Where{}.And("s.closed = false AND s.id <> ? AND s.name <> ?", s.ID, s.Name), 10000)
	if err != nil {
		return err
	}
	for _, o := range others {
		if alike.Key(o.Name) == alike.Key(s.Name) && s.Name != "" {
			bad.Add("name", "base.looks_like", o.Name, o.Number)
		}
	}
	for n, l := range s.Licences {
		path := fmt.Sprintf("licences.%d.", n)
		if !slices.Contains(Licences, l.Kind) {
			bad.Add(path+"kind", "base.bad_value", l.Kind)
		}
	}
	s.Expires = firstEnd(s.Licences)
	if s.Number != "" {
		_, taken, err := db.Text(ctx, tx,
			`SELECT id FROM suppliers_supplier WHERE number = $1 AND id <> $2`, s.Number, s.ID)
		if err != nil {
			return err
		}
		if taken {
			bad.Add("number", "suppliers.number_taken", s.Number)
		}
	}
	return bad.Err()
}

// firstEnd is the day on which the first kind of licence ends for good: one that was
// renewed holds as long as its newest paper.
func firstEnd(papers []Licence) (first period.Day) {
	last := map[string]period.Day{}
	for _, l := range papers {
		if was, known := last[l.Kind]; !known || was != "" && (l.Expires == "" || l.Expires > was) {
			last[l.Kind] = l.Expires
		}
	}
	for _, end := range last {
		if end != "" && (first == "" || end < first) {
			first = end
		}
	}
	return first
}
