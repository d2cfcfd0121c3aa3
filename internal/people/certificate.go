package people

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
	"houqin/internal/rules"
)

// CertificateKinds are the papers that let somebody do a kind of work: the hospital's own
// certificate of a post first, then those of the state.
var CertificateKinds = []string{"work", "electrician", "high_voltage", "welding", "height", "refrigeration", "confined", "lift", "boiler", "vessel",
	"steriliser", "water_test", "gas", "driving", "food", "other"}

// CertificateClause is the clause that asks for a kind of certificate.
func CertificateClause(kind string) string {
	switch kind {
	case "work":
		return "O-006"
	case "boiler":
		return "O-011"
	case "water_test":
		return "O-012"
	}
	return "O-007"
}

// cycles are the parameters that say after how many months a kind is re-examined.
var cycles = map[string]string{"driving": "O-008.cycle", "electrician": "O-009.cycle", "high_voltage": "O-009.cycle", "welding": "O-009.cycle", "steriliser": "O-010.cycle"}

// Endless is the last day of a certificate without end.
const Endless = period.Day("9999-12-31")

// CertificateNoun is what the trail calls a certificate.
const CertificateNoun = "people.certificate"

// Certificate is a person's proof that they were examined for a work. It holds until
// EndsOn: the day printed on it, or the day by which it is to be re-examined.
type Certificate struct {
	ID             string     `json:"id"`
	Person         string     `json:"person"`
	PersonName     string     `json:"person_name"`
	PersonNumber   string     `json:"person_number"`
	Department     string     `json:"department"`
	DepartmentName string     `json:"department_name"`
	Kind           string     `json:"kind"`
	Number         string     `json:"number"`
	Issuer         string     `json:"issuer"`
	IssuedOn       period.Day `json:"issued_on"`
	ValidUntil     period.Day `json:"valid_until"`
	CheckedOn      period.Day `json:"checked_on"`
	EndsOn         period.Day `json:"ends_on"`
	Withdrawn      bool       `json:"withdrawn"`
	Note           string     `json:"note"`
	Version        int64      `json:"version"`
}

// Holds says whether it holds on a day.
func (c *Certificate) Holds(day period.Day) bool {
	return !c.Withdrawn && c.IssuedOn <= day && day <= c.EndsOn
}

// Certificates is the register: its page, filters, export and API. What ends first stands first.
var Certificates = list.Of[Certificate]{
	Name:  "people.certificates",
	From:  `people_certificate c LEFT JOIN people_person p ON p.id = c.person LEFT JOIN departments_department d ON d.id = p.department`,
	Order: "ends_on", Alias: "p", Table: "people_person", Live: []string{CertificateNoun},
	Href: func(c *Certificate) string { return "/certificates/" + c.ID },
	Columns: []list.Column[Certificate]{
		{Key: "person_name", SQL: "p.name", Into: func(c *Certificate) any { return &c.PersonName }},
		{Key: "kind", SQL: "c.kind", Into: func(c *Certificate) any { return &c.Kind }, OneOf: CertificateKinds, Enum: "people.certificate.kind"},
		{Key: "department", SQL: "p.department", Into: func(c *Certificate) any { return &c.Department }, Ref: "departments", Text: func(c *Certificate) string { return c.DepartmentName }},
		{Key: "number", SQL: "c.number", Into: func(c *Certificate) any { return &c.Number }},
		{Key: "issuer", SQL: "c.issuer", Into: func(c *Certificate) any { return &c.Issuer }},
		{Key: "issued_on", SQL: "c.issued_on", Into: func(c *Certificate) any { return &c.IssuedOn }, Range: true},
		{Key: "checked_on", SQL: "c.checked_on", Into: func(c *Certificate) any { return &c.CheckedOn }},
		{Key: "ends_on", SQL: "c.ends_on", Into: func(c *Certificate) any { return &c.EndsOn }, Range: true, Sort: true, Said: saidEnd, Tone: endTone},
		{Key: "withdrawn", SQL: "c.withdrawn", Into: func(c *Certificate) any { return &c.Withdrawn }, Aside: true},
		{Key: "person", SQL: "c.person", Into: func(c *Certificate) any { return &c.Person }, Ref: "people", Text: func(c *Certificate) string { return c.PersonName }, Aside: true},
		{Key: "valid_until", SQL: "c.valid_until", Into: func(c *Certificate) any { return &c.ValidUntil }, Hidden: true},
		{Key: "note", SQL: "c.note", Into: func(c *Certificate) any { return &c.Note }, Hidden: true},
		{Key: "person_number", SQL: "p.number", Into: func(c *Certificate) any { return &c.PersonNumber }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(c *Certificate) any { return &c.DepartmentName }, Hidden: true},
		{Key: "id", SQL: "c.id", Into: func(c *Certificate) any { return &c.ID }, Hidden: true},
		{Key: "version", SQL: "c.version", Into: func(c *Certificate) any { return &c.Version }, Hidden: true},
	},
}

func saidEnd(w *words.Words, c *Certificate) string {
	if c.EndsOn == Endless {
		return w.T("people.certificate.endless")
	}
	return w.Day(c.EndsOn)
}

// warned is how many days before its end a certificate is to be renewed.
const warned = 60

func endTone(c *Certificate, now time.Time) string {
	switch today := period.DayOf(now, now.Location()); {
	case c.Withdrawn:
		return "quiet"
	case c.EndsOn < today:
		return "danger"
	case c.EndsOn <= today.AddDays(warned):
		return "soon"
	}
	return "done"
}

// Certify enters a certificate. Invalid: an unknown kind, a person who is not there, days
// that do not follow each other. ValidUntil unset is without end; kinds that are re-examined
// on a cycle (O-008, O-009, O-010) hold no longer than one cycle after the latest examination.
func Certify(ctx context.Context, tx *db.Tx, c *Certificate) error {
	p, err := inSight(ctx, tx, c.Person)
	if fault.KindOf(err) == fault.NotFound {
		return fault.OnField("person", "base.no_such", c.Person)
	}
	if err != nil {
		return err
	}
	if err := tx.NeedIn(MayCertify, p.Department); err != nil {
		return err
	}
	var bad fault.Complaints
	if p.Closed {
		bad.Add("person", "people.has_left", p.Name)
	}
	if !slices.Contains(CertificateKinds, c.Kind) {
		bad.Add("kind", "base.bad_value", c.Kind)
	}
	c.Number, c.Issuer = strings.TrimSpace(c.Number), strings.TrimSpace(c.Issuer)
	if c.IssuedOn.IsZero() {
		bad.Add("issued_on", "base.required")
	} else if c.IssuedOn > tx.Today() {
		bad.Add("issued_on", "people.not_yet")
	}
	if c.ValidUntil.IsZero() {
		c.ValidUntil = Endless
	}
	if c.ValidUntil < c.IssuedOn {
		bad.Add("valid_until", "people.prints_before")
	}
	if !c.CheckedOn.IsZero() && (c.CheckedOn < c.IssuedOn || c.CheckedOn > tx.Today()) {
		bad.Add("checked_on", "people.checked_when")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if c.EndsOn, err = endsOn(ctx, tx, c); err != nil {
		return err
	}
	c.ID, c.Version, c.Withdrawn = tx.NewID(), 1, false
	if _, err := tx.Exec(ctx, `INSERT INTO people_certificate (id, person, kind, number, issuer, issued_on, valid_until, checked_on, ends_on, note)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`, c.ID, c.Person, c.Kind, c.Number, c.Issuer, c.IssuedOn, c.ValidUntil, c.CheckedOn, c.EndsOn, c.Note); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: CertificateNoun, Record: c.ID, Action: "certify", Note: p.Name, After: c})
}

// endsOn is the last day on which a certificate holds, by the cycle that is in force today.
func endsOn(ctx context.Context, tx *db.Tx, c *Certificate) (period.Day, error) {
	cycle, ok := cycles[c.Kind]
	if !ok {
		return c.ValidUntil, nil
	}
	months, err := rules.Number(ctx, tx, cycle, tx.Today())
	if err != nil {
		return "", fmt.Errorf("%s: %w", cycle, err)
	}
	return min(c.ValidUntil, max(c.IssuedOn, c.CheckedOn).AddMonths(int(months))), nil
}

// Check is what a re-examination found: on which day, and the new last day if the paper
// was prolonged.
type Check struct {
	On    period.Day
	Until period.Day
}

// Recheck enters that a certificate was re-examined: it holds for another cycle.
// Conflict: it was withdrawn.
func Recheck(ctx context.Context, tx *db.Tx, id string, version int64, k Check) error {
	c, err := certificate(ctx, tx, id)
	if err != nil {
		return err
	}
	was := c
	if k.On.IsZero() || k.On > tx.Today() || k.On < max(c.IssuedOn, c.CheckedOn) {
		return fault.OnField("on", "people.checked_when")
	}
	c.CheckedOn = k.On
	if !k.Until.IsZero() {
		if k.Until < k.On {
			return fault.OnField("until", "people.prints_before")
		}
		c.ValidUntil = k.Until
	}
	if c.EndsOn, err = endsOn(ctx, tx, &c); err != nil {
		return err
	}
	if err := tx.One(ctx, fault.Stale(), `UPDATE people_certificate SET checked_on = $1, valid_until = $2, ends_on = $3, version = version + 1 WHERE id = $4 AND version = $5`,
		c.CheckedOn, c.ValidUntil, c.EndsOn, id, version); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: CertificateNoun, Record: id, Action: "recheck", Note: c.PersonName, Before: was, After: c})
}

// RevokeCertificate ends a certificate before its day: it was taken away, or entered by mistake.
func RevokeCertificate(ctx context.Context, tx *db.Tx, id string, version int64, why string) error {
	c, err := certificate(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := fault.Given(why, "note"); err != nil {
		return err
	}
	if err := tx.One(ctx, fault.Stale(), `UPDATE people_certificate SET withdrawn = true, version = version + 1 WHERE id = $1 AND version = $2`, id, version); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: CertificateNoun, Record: id, Action: "revoke", Note: c.PersonName + "\n" + why})
}

// certificate is one that the acting person may change and that was not withdrawn.
func certificate(ctx context.Context, tx *db.Tx, id string) (Certificate, error) {
	c, err := CertificateByID(ctx, tx, tx.By, id)
	if err != nil {
		return c, err
	}
	if err := tx.NeedIn(MayCertify, c.Department); err != nil {
		return c, err
	}
	if c.Withdrawn {
		return c, fault.New(fault.Conflict, "people.revoked")
	}
	return c, nil
}

// CertificateByID is one certificate of somebody whom the person may see.
func CertificateByID(ctx context.Context, r db.Reader, by db.Actor, id string) (Certificate, error) {
	return Certificates.Get(ctx, r, Scope(by).And("c.id = ?", id))
}

// CertificatesOf are those of some people that were not withdrawn, by person; the
// longest-lived of a kind comes first.
func CertificatesOf(ctx context.Context, r db.Reader, persons []string) (map[string][]Certificate, error) {
	of := map[string][]Certificate{}
	all, err := Certificates.All(ctx, r, list.Where{}.And("c.withdrawn = false").In("c.person", persons), 10_000)
	for _, c := range slices.Backward(all) {
		of[c.Person] = append(of[c.Person], c)
	}
	return of, err
}

// Expiring are the certificates of people who work here that have ended, or end within
// sixty days, and that no newer one of the same kind replaces: of those for whom the person
// keeps the register, and their own. What ends first comes first.
func Expiring(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Certificate, error) {
	w := list.Where{}
	if s := by.Scope(MayCertify); !s.All {
		c, args := list.In("p.department", s.Units)
		w = w.And(c+" OR p.id = ?", append(args, by.ID)...)
	}
	return Certificates.All(ctx, r, w.And("c.withdrawn = false AND p.closed = false AND c.ends_on <= ?", r.Today().AddDays(warned)).And(notReplaced), limit)
}

// notReplaced: there is none of the same person and kind that holds longer.
const notReplaced = `NOT EXISTS (SELECT 1 FROM people_certificate n WHERE n.person = c.person AND n.kind = c.kind AND n.withdrawn = false AND n.ends_on > c.ends_on)`
