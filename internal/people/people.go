// Package people is the personnel office and the porter's lodge: who works in the
// hospital, how they prove it at the door, and what each of them may do and where.
//
// Three seats are kept apart. The system administrator hires people and opens
// accounts, the security administrator says what they may do, the audit
// administrator watches both; nobody sits on two of them (GB/T 22239 8.1.5).
package people

import (
	"context"
	"embed"
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/departments"
)

//go:embed migrations/*.sql
var Migrations embed.FS

// What may be done here.
const (
	MaySee   = "people.see"   // see staff beyond one's own department
	MayHire  = "people.hire"  // take staff on, change and close them, open their accounts
	MayWatch = "people.watch" // see what concerned safety
	MayProve = "people.prove" // print what the seals say of a month's trail
	MayGrant = "people.grant" // give and withdraw roles, end sessions, set the rules of signing in

	MayCertify = "people.certify" // keep the register of certificates

	// The three seats.
	SystemSeat   = "people.admin.system"
	SecuritySeat = "people.admin.security"
	AuditSeat    = "people.admin.audit"
)

// Permissions of this room.
var Permissions = []string{MaySee, MayHire, MayGrant, MayWatch, MayProve, MayCertify, SystemSeat, SecuritySeat, AuditSeat}

// Trades are the crafts of the logistics teams, as choices.
var Trades = []string{"electric", "water", "metal", "carpentry", "masonry", "hvac", "lift", "boiler", "gas", "sewage", "network", "equipment",
	"cleaning", "portering", "laundry", "kitchen", "driving", "guarding"}

// List is several short words as the books keep them: "electric,water".
type List string

// Of joins words to a List; empty ones and repetitions are left out.
func Of(words []string) List {
	var kept []string
	for _, w := range words {
		if w = strings.TrimSpace(strings.ReplaceAll(w, ",", " ")); w != "" && !slices.Contains(kept, w) {
			kept = append(kept, w)
		}
	}
	return List(strings.Join(kept, ","))
}

// Words are the words of the list.
func (l List) Words() []string {
	if l == "" {
		return []string{}
	}
	return strings.Split(string(l), ",")
}

// Has says whether the word is among them.
func (l List) Has(word string) bool { return slices.Contains(l.Words(), word) }

// MarshalJSON gives programs an array.
func (l List) MarshalJSON() ([]byte, error) { return json.Marshal(l.Words()) }

// Person is one of the staff. Those who left are closed, never deleted.
type Person struct {
	ID             string         `json:"id"`
	Number         string         `json:"number"`
	Name           string         `json:"name"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	Posts          List           `json:"posts"`
	Trades         List           `json:"trades"`
	Phone          string         `json:"phone"`
	Closed         bool           `json:"closed"`
	LeftOn         period.Day     `json:"left_on,omitempty"`
	ErasedAt       period.Instant `json:"erased_at,omitempty"` // see Erase
	Version        int64          `json:"version"`
}

// Scope is which staff a person sees: those of their own department, and those of
// the departments for which they may see, hire or grant.
func Scope(by db.Actor) list.Where {
	units := []string{by.Unit}
	for _, may := range []string{MaySee, MayHire, MayGrant} {
		s := by.Scope(may)
		if s.All {
			return list.Where{}
		}
		units = append(units, s.Units...)
	}
	slices.Sort(units)
	c, args := list.In("p.department", slices.Compact(units))
	return list.Where{}.And(c+" OR p.id = ?", append(args, by.ID)...)
}

// inSight is a person whom the acting one may see; who is out of sight is NotFound.
func inSight(ctx context.Context, tx *db.Tx, id string) (Person, error) {
	return People.Get(ctx, tx, Scope(tx.By).And("p.id = ?", id))
}

// Hire takes a person on. A number already given, also in other letters' case, is
// refused at its field, as is a name with invisible characters. The person can do
// nothing until an account is opened and a role granted, by different people.
func Hire(ctx context.Context, tx *db.Tx, p *Person) error {
	if err := tx.NeedIn(MayHire, p.Department); err != nil {
		return err
	}
	p.ID, p.Version, p.Closed, p.LeftOn = tx.NewID(), 1, false, ""
	if err := check(ctx, tx, p); err != nil {
		return err
	}
	if err := insert(ctx, tx, p); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "people.person", Record: p.ID, Action: "hire", Note: p.Name, After: onTrail(p)})
}

// Change replaces what is known about a person; p.Version is the one that was seen.
func Change(ctx context.Context, tx *db.Tx, p *Person) error {
	was, err := inSight(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	for _, unit := range []string{was.Department, p.Department} {
		if err := tx.NeedIn(MayHire, unit); err != nil {
			return err
		}
	}
	if err := check(ctx, tx, p); err != nil {
		return err
	}
	if was.ErasedAt != 0 {
		return fault.New(fault.Conflict, "people.erased")
	}
	if err := update(ctx, tx, p); err != nil {
		return err
	}
	before, after := changedOnTrail(&was, p)
	return tx.Trail(ctx, db.Event{Noun: "people.person", Record: p.ID, Action: "change", Note: p.Name, Before: before, After: after})
}

// Settle keeps what people may say about themselves: their telephone, their
// language ("", "zh", "en") and the colours of their pages.
func Settle(ctx context.Context, tx *db.Tx, phone, lang, theme string) error {
	var bad fault.Complaints
	if !slices.Contains([]string{"", "zh", "en"}, lang) {
		bad.Add("lang", "base.bad_value", lang)
	}
	if !slices.Contains([]string{"", "auto", "light", "dark"}, theme) {
		bad.Add("theme", "base.bad_value", theme)
	}
	if err := bad.Err(); err != nil {
		return err
	}
	was, err := Get(ctx, tx, tx.By.ID)
	if err != nil {
		return err
	}
	if err := settle(ctx, tx, was, strings.TrimSpace(phone), lang, theme); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "people.person", Record: was.ID, Action: "settle"})
}

// Leave closes a person who leaves the hospital: their sessions and tokens end and
// their roles are withdrawn in the same moment, and everything they did stays.
// Nobody closes themselves, nor the last who may hire or grant.
func Leave(ctx context.Context, tx *db.Tx, id string, version int64, note string) error {
	p, err := inSight(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := tx.NeedIn(MayHire, p.Department); err != nil {
		return err
	}
	if id == tx.By.ID {
		return fault.New(fault.Conflict, "people.leaves_himself")
	}
	before, err := holdPowers(ctx, tx)
	if err != nil {
		return err
	}
	if err := shut(ctx, tx, id, version); err != nil {
		return err
	}
	if err := withdrawAll(ctx, tx, id); err != nil {
		return err
	}
	if err := before.kept(ctx, tx); err != nil {
		return err
	}
	if err := endAll(ctx, tx, id, ""); err != nil {
		return err
	}
	if err := revokeAll(ctx, tx, id); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "people.person", Record: id, Action: "leave", Note: note})
}

// Return opens a person who comes back, or was closed by mistake. Their account
// waits for a new password, and roles are granted anew.
func Return(ctx context.Context, tx *db.Tx, id string, version int64) error {
	p, err := inSight(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := tx.NeedIn(MayHire, p.Department); err != nil {
		return err
	}
	if p.ErasedAt != 0 {
		return fault.New(fault.Conflict, "people.erased")
	}
	if err := reopen(ctx, tx, id, version); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "people.person", Record: id, Action: "return", Note: p.Name})
}

// check refuses what does not hang together, and brings texts to their one form.
func check(ctx context.Context, tx *db.Tx, p *Person) error {
	var bad fault.Complaints
	p.Number, p.Name = norm.NFKC.String(strings.TrimSpace(p.Number)), strings.Join(strings.Fields(norm.NFC.String(p.Name)), " ")
	p.Phone, p.Posts, p.Trades = strings.TrimSpace(p.Phone), Of(p.Posts.Words()), Of(p.Trades.Words())
	switch {
	case p.Number == "":
		bad.Add("number", "base.required")
	case strings.ContainsFunc(p.Number, func(r rune) bool { return !inNumber(r) }):
		bad.Add("number", "people.number_letters")
	}
	switch {
	case p.Name == "":
		bad.Add("name", "base.required")
	case strings.ContainsFunc(p.Name, unseen):
		bad.Add("name", "people.unseen_letters")
	}
	for _, t := range p.Trades.Words() {
		if !slices.Contains(Trades, t) {
			bad.Add("trades", "base.bad_value", t)
		}
	}
	d, err := departments.Get(ctx, tx, p.Department)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		bad.Add("department", "base.no_such", p.Department)
	case err != nil:
		return err
	case d.Closed:
		bad.Add("department", "people.department_closed", d.Name)
	}
	p.DepartmentName = d.Name
	if taken, err := numberTaken(ctx, tx, p.Number, p.ID); err != nil {
		return err
	} else if taken {
		bad.Add("number", "people.number_taken", p.Number)
	}
	return bad.Err()
}

// inNumber: staff numbers are Latin letters and digits, so that no two look alike.
func inNumber(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_' || r == '.' || r == '/'
}

// unseen characters turn text around or join it without showing (abuse case AB-29).
func unseen(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co) }
