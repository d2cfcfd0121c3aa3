package suppliers

import (
	"context"
	"slices"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
)

// soon is how many days before its end a licence is shown as ending.
const soon = 60

// Suppliers is the list of suppliers: its page, filters, export and API.
var Suppliers = list.Of[Supplier]{
	Name:  "suppliers.list",
	From:  `suppliers_supplier s`,
	Order: "number", Alias: "s", Table: "suppliers_supplier", Live: []string{"suppliers.supplier"},
	Href: func(s *Supplier) string { return "/suppliers/" + s.ID },
	Columns: []list.Column[Supplier]{
		{Key: "name", SQL: "s.name", Into: func(s *Supplier) any { return &s.Name }, Sort: true},
		{Key: "number", SQL: "s.number", Into: func(s *Supplier) any { return &s.Number }, Sort: true},
		{Key: "contact", SQL: "s.contact", Into: func(s *Supplier) any { return &s.Contact }},
		{Key: "phone", SQL: "s.phone", Into: func(s *Supplier) any { return &s.Phone }},
		{Key: "expires", SQL: "s.expires", Into: func(s *Supplier) any { return &s.Expires }, Sort: true, Range: true,
			Tone: func(s *Supplier, now time.Time) string { return Tone(s.Expires, period.DayOf(now, now.Location())) }},
		{Key: "blocked", SQL: "s.blocked", Into: func(s *Supplier) any { return &s.Blocked }, Tone: func(s *Supplier, _ time.Time) string { return "danger" }},
		{Key: "closed", SQL: "s.closed", Into: func(s *Supplier) any { return &s.Closed }},
		{Key: "credit", SQL: "s.credit", Into: func(s *Supplier) any { return &s.Credit }, Hidden: true},
		{Key: "note", SQL: "s.note", Into: func(s *Supplier) any { return &s.Note }, Hidden: true},
		{Key: "id", SQL: "s.id", Into: func(s *Supplier) any { return &s.ID }, Hidden: true},
		{Key: "version", SQL: "s.version", Into: func(s *Supplier) any { return &s.Version }, Hidden: true},
	},
}

// Tone is how a last day looks from today: over, soon, or far enough.
func Tone(last, today period.Day) string {
	switch {
	case last == "":
		return ""
	case last < today:
		return "danger"
	case period.Days(today, last) <= soon:
		return "soon"
	}
	return ""
}

// Get is one supplier without its licences, closed ones included; NotFound when there is none.
func Get(ctx context.Context, r db.Reader, id string) (Supplier, error) {
	return Suppliers.Get(ctx, r, list.Where{}.And("s.id = ?", id))
}

// LicencesOf are a supplier's papers.
func LicencesOf(ctx context.Context, r db.Reader, id string) ([]Licence, error) {
	return db.All(ctx, r, func(l *Licence) []any { return []any{&l.Kind, &l.Number, &l.Expires} },
		`SELECT kind, number, expires FROM suppliers_licence WHERE supplier = $1 ORDER BY line`, id)
}

// MaySellFood says whether a supplier holds a licence for food on a day.
func MaySellFood(ctx context.Context, r db.Reader, id string, day period.Day) (bool, error) {
	papers, err := LicencesOf(ctx, r, id)
	return slices.ContainsFunc(papers, func(l Licence) bool {
		return (l.Kind == "food" || l.Kind == "hygiene") && (l.Expires == "" || !l.Expires.Before(day))
	}), err
}

// Ended is a licence that a supplier showed and has not renewed: of its kind none holds
// on the day. Nothing is ordered from who lets one end.
func Ended(ctx context.Context, r db.Reader, id string, day period.Day) (ended Licence, found bool, err error) {
	papers, err := LicencesOf(ctx, r, id)
	for _, l := range papers {
		holds := slices.ContainsFunc(papers, func(o Licence) bool { return o.Kind == l.Kind && (o.Expires == "" || !o.Expires.Before(day)) })
		if !holds && l.Kind != "other" && (!found || ended.Expires < l.Expires) {
			ended, found = l, true
		}
	}
	return ended, found, err
}

// MayOrder is nil when something may be ordered from a supplier today, else the fault
// that says why not: it is closed or blocked, or lets a licence end.
func MayOrder(ctx context.Context, tx *db.Tx, s *Supplier) error {
	if err := s.Usable(); err != nil {
		return err
	}
	l, found, err := Ended(ctx, tx, s.ID, tx.Today())
	if err == nil && found {
		err = fault.New(fault.Conflict, "suppliers.licence_ended", s.Name, words.Key("suppliers.licence.kind."+l.Kind), string(l.Expires))
	}
	return err
}

// Expiring are the suppliers of whose licences one ends within two months or has ended.
func Expiring(ctx context.Context, r db.Reader, _ db.Actor, limit int) ([]Supplier, error) {
	day := r.Today().AddDays(soon)
	return Suppliers.All(ctx, r, list.Where{}.And("s.closed = false AND s.blocked = '' AND s.expires <> '' AND s.expires <= ?", day), limit)
}

func tokens(ctx context.Context, tx *db.Tx, s *Supplier) (string, error) {
	return tx.Tokens(ctx, s.Number, s.Name, s.Contact, s.Phone, s.Credit)
}

func insert(ctx context.Context, tx *db.Tx, s *Supplier) error {
	search, err := tokens(ctx, tx, s)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO suppliers_supplier (id, number, name, credit, contact, phone, note, expires, search) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		s.ID, s.Number, s.Name, s.Credit, s.Contact, s.Phone, s.Note, s.Expires, search)
	if err != nil {
		return err
	}
	return insertLicences(ctx, tx, s)
}

func insertLicences(ctx context.Context, tx *db.Tx, s *Supplier) error {
	for n, l := range s.Licences {
		if _, err := tx.Exec(ctx, `INSERT INTO suppliers_licence (supplier, line, kind, number, expires) VALUES ($1,$2,$3,$4,$5)`,
			s.ID, n, l.Kind, l.Number, l.Expires); err != nil {
			return err
		}
	}
	return nil
}

func update(ctx context.Context, tx *db.Tx, s *Supplier) error {
	search, err := tokens(ctx, tx, s)
	if err != nil {
		return err
	}
	err = tx.One(ctx, fault.Stale(), `UPDATE suppliers_supplier SET number = $1, name = $2, credit = $3, contact = $4, phone = $5,
		note = $6, expires = $7, search = $8, version = version + 1 WHERE id = $9 AND version = $10`,
		s.Number, s.Name, s.Credit, s.Contact, s.Phone, s.Note, s.Expires, search, s.ID, s.Version)
	if err != nil {
		return err
	}
	s.Version++
	if _, err := tx.Exec(ctx, `DELETE FROM suppliers_licence WHERE supplier = $1`, s.ID); err != nil {
		return err
	}
	return insertLicences(ctx, tx, s)
}
