package suppliers

import (
	"context"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
)

// ComplaintNoun is what the trail calls a complaint about a supplier.
const ComplaintNoun = "suppliers.complaint"

// What people complain of, and how far a complaint is.
var (
	ComplaintKinds  = []string{"quality", "late", "short", "price", "papers", "service", "other"}
	ComplaintStates = []string{"open", "answered"}
)

// Complaint is what somebody of the house holds against a supplier (GT), and the answer.
type Complaint struct {
	ID           string         `json:"id"`
	Number       string         `json:"number"`
	Supplier     string         `json:"supplier"`
	SupplierName string         `json:"supplier_name"`
	Kind         string         `json:"kind"`
	Said         string         `json:"said"`
	Paper        string         `json:"paper"` // number of the order or receipt it is about
	State        string         `json:"state"`
	By           string         `json:"by"`
	ByName       string         `json:"by_name"`
	Day          period.Day     `json:"day"`
	At           period.Instant `json:"at"`
	Upheld       bool           `json:"upheld"` // the supplier was at fault
	Answer       string         `json:"answer"`
	AnsweredBy   string         `json:"answered_by"`
	AnsweredName string         `json:"answered_name"`
	AnsweredAt   period.Instant `json:"answered_at"`
	Version      int64          `json:"version"`
}

// Verdict is what became of a complaint.
type Verdict struct {
	Answer string
	Upheld bool
}

// ComplaintForm is what is asked of who complains, VerdictForm of who answers.
var (
	ComplaintForm = form.Of[Complaint]{Name: "suppliers.complaint", Fields: []form.Field[Complaint]{
		{Key: "kind", Into: func(c *Complaint) any { return &c.Kind }, Required: true, OneOf: ComplaintKinds},
		{Key: "said", Into: func(c *Complaint) any { return &c.Said }, Required: true, Kind: form.Area, Most: 500},
		{Key: "paper", Into: func(c *Complaint) any { return &c.Paper }, Most: 40, Hint: true},
	}}
	VerdictForm = form.Of[Verdict]{Name: "suppliers.verdict", Fields: []form.Field[Verdict]{
		{Key: "answer", Into: func(v *Verdict) any { return &v.Answer }, Required: true, Kind: form.Area, Most: 500, Hint: true},
		{Key: "upheld", Into: func(v *Verdict) any { return &v.Upheld }, Hint: true},
	}}
)

// Complaints is the list of complaints about suppliers, newest first.
var Complaints = list.Of[Complaint]{
	Name:  "suppliers.complaints",
	From:  `suppliers_complaint c JOIN suppliers_supplier s ON s.id = c.supplier`,
	Order: "-id", Like: []string{"c.number", "c.said", "c.paper"}, Short: true, Live: []string{ComplaintNoun},
	Href: func(c *Complaint) string { return "/supplier-complaints/" + c.ID },
	Columns: []list.Column[Complaint]{
		{Key: "number", SQL: "c.number", Into: func(c *Complaint) any { return &c.Number }},
		{Key: "supplier", SQL: "c.supplier", Into: func(c *Complaint) any { return &c.Supplier }, Ref: "suppliers", Text: func(c *Complaint) string { return c.SupplierName }},
		{Key: "state", SQL: "c.state", Into: func(c *Complaint) any { return &c.State }, OneOf: ComplaintStates, Tone: func(c *Complaint, _ time.Time) string {
			if c.State == "open" {
				return "soon"
			}
			return "done"
		}},
		{Key: "kind", SQL: "c.kind", Into: func(c *Complaint) any { return &c.Kind }, OneOf: ComplaintKinds},
		{Key: "upheld", SQL: "c.upheld", Into: func(c *Complaint) any { return &c.Upheld }},
		{Key: "said", SQL: "c.said", Into: func(c *Complaint) any { return &c.Said }},
		{Key: "paper", SQL: "c.paper", Into: func(c *Complaint) any { return &c.Paper }},
		{Key: "by_name", SQL: "c.by_name", Into: func(c *Complaint) any { return &c.ByName }},
		{Key: "day", SQL: "c.day", Into: func(c *Complaint) any { return &c.Day }, Range: true},
		{Key: "answered_name", SQL: "c.answered_name", Into: func(c *Complaint) any { return &c.AnsweredName }, Aside: true},
		{Key: "id", SQL: "c.id", Into: func(c *Complaint) any { return &c.ID }, Hidden: true},
		{Key: "by", SQL: "c.by_id", Into: func(c *Complaint) any { return &c.By }, Hidden: true},
		{Key: "at", SQL: "c.at", Into: func(c *Complaint) any { return &c.At }, Hidden: true},
		{Key: "answer", SQL: "c.answer", Into: func(c *Complaint) any { return &c.Answer }, Hidden: true},
		{Key: "answered_by", SQL: "c.answered_by", Into: func(c *Complaint) any { return &c.AnsweredBy }, Hidden: true},
		{Key: "answered_at", SQL: "c.answered_at", Into: func(c *Complaint) any { return &c.AnsweredAt }, Hidden: true},
		{Key: "version", SQL: "c.version", Into: func(c *Complaint) any { return &c.Version }, Hidden: true},
		{Key: "supplier_name", SQL: "s.name", Into: func(c *Complaint) any { return &c.SupplierName }, Hidden: true},
	},
}

// ComplaintByID is a complaint; NotFound when there is none.
func ComplaintByID(ctx context.Context, r db.Reader, id string) (Complaint, error) {
	return Complaints.Get(ctx, r, list.Where{}.And("c.id = ?", id))
}

// ToAnswer are the complaints that wait for an answer, but for one's own.
func ToAnswer(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Complaint, error) {
	return Complaints.All(ctx, r, list.Where{}.And("c.state = 'open' AND c.by_id <> ?", by.ID), limit)
}

// Complain writes down what a supplier did wrong. Needs MayComplain.
func Complain(ctx context.Context, tx *db.Tx, c *Complaint) error {
	if err := tx.Need(MayComplain); err != nil {
		return err
	}
	s, err := Get(ctx, tx, c.Supplier)
	if err != nil {
		return err
	}
	c.Said, c.Paper = strings.TrimSpace(c.Said), strings.TrimSpace(c.Paper)
	var bad fault.Complaints
	if c.Said == "" {
		bad.Add("said", "base.required")
	}
	if !slices.Contains(ComplaintKinds, c.Kind) {
		bad.Add("kind", "base.bad_value", c.Kind)
	}
	if err := bad.Err(); err != nil {
		return err
	}
	c.ID, c.SupplierName, c.State, c.By, c.ByName, c.Day, c.At, c.Version = tx.NewID(), s.Name, "open", tx.By.ID, tx.By.Name, tx.Today(), tx.At(), 1
	if c.Number, err = tx.Number(ctx, "GT"); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO suppliers_complaint (id, number, supplier, kind, said, paper, state, by_id, by_name, day, at) VALUES ($1,$2,$3,$4,$5,$6,'open',$7,$8,$9,$10)`,
		c.ID, c.Number, c.Supplier, c.Kind, c.Said, c.Paper, c.By, c.ByName, c.Day, c.At); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: ComplaintNoun, Record: c.ID, Action: "complain", Note: s.Name + "：" + c.Said})
}

// Answer says what came of a complaint and whether the supplier was at fault. Needs
// MayAnswer; Conflict: one's own complaint, under whichever entry of the staff file, one that was answered.
func Answer(ctx context.Context, tx *db.Tx, id string, version int64, v Verdict) (Complaint, error) {
	if err := tx.Need(MayAnswer); err != nil {
		return Complaint{}, err
	}
	c, err := ComplaintByID(ctx, tx, id)
	if err != nil {
		return c, err
	}
	own, err := OneHuman(ctx, tx, tx.By.ID, c.By)
	if err != nil {
		return c, err
	}
	if own {
		return c, fault.New(fault.Conflict, "suppliers.own_complaint")
	}
	if c.Answer = strings.TrimSpace(v.Answer); c.Answer == "" {
		return c, fault.OnField("answer", "base.required")
	}
	if version == 0 {
		version = c.Version
	}
	c.State, c.Upheld, c.AnsweredBy, c.AnsweredName, c.AnsweredAt = "answered", v.Upheld, tx.By.ID, tx.By.Name, tx.At()
	if err := tx.One(ctx, fault.Stale(), `UPDATE suppliers_complaint SET state = 'answered', upheld = $1, answer = $2, answered_by = $3, answered_name = $4, answered_at = $5, version = version + 1 WHERE id = $6 AND version = $7 AND state = 'open'`,
		c.Upheld, c.Answer, c.AnsweredBy, c.AnsweredName, c.AnsweredAt, id, version); err != nil {
		return c, err
	}
	c.Version++
	return c, tx.Trail(ctx, db.Event{Noun: ComplaintNoun, Record: id, Action: "answer", Note: c.Answer})
}

// Against is how often people complained of a supplier in some days, and how often it was
// at fault.
type Against struct{ All, Upheld int64 }

// AgainstAll is that of every supplier complained of in the days from … until.
func AgainstAll(ctx context.Context, r db.Reader, from, until period.Day) (map[string]Against, error) {
	all := map[string]Against{}
	err := db.Each(ctx, r, `SELECT supplier, count(*), count(*) FILTER (WHERE upheld = true) FROM suppliers_complaint WHERE day >= $1 AND day <= $2 GROUP BY supplier`, []any{from, until}, func(scan db.Scan) error {
		var s string
		var a Against
		err := scan(&s, &a.All, &a.Upheld)
		all[s] = a
		return err
	})
	return all, err
}
