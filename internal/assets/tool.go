package assets

import (
	"context"
	"slices"
	"strings"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/people"
	"houqin/internal/rules"
)

// Tool is the class of tools; MayLend is held where the tools are kept.
const (
	Tool    = "tool"
	MayLend = "assets.lend" // lend tools, take them back, count them
)

// LoanNoun is what the trail writes a loan of a tool under: its card.
const LoanNoun = "assets.card"

// Loan is a slip: who has a tool, and until when.
type Loan struct {
	ID             string         `json:"id"`
	Number         string         `json:"number"`
	Card           string         `json:"card"`
	CardName       string         `json:"card_name"`
	CardNumber     string         `json:"card_number"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	Borrower       string         `json:"borrower"`
	BorrowerName   string         `json:"borrower_name"`
	Outside        bool           `json:"outside"` // the borrower is none of the staff
	Purpose        string         `json:"purpose"`
	Due            period.Day     `json:"due"`
	Open           bool           `json:"open"`
	At             period.Instant `json:"at"`
	By             string         `json:"by"` // who lent it; of an outsider, who gave leave
	BackAt         period.Instant `json:"back_at"`
	BackBy         string         `json:"back_by"`
	BackNote       string         `json:"back_note"`
	Version        int64          `json:"version"`
}

// Loans is the list of loans of tools, the latest first.
var Loans = list.Of[Loan]{
	Name: "assets.loans", From: `assets_loan l JOIN assets_card a ON a.id = l.card LEFT JOIN departments_department d ON d.id = a.department`, Order: "-at", Live: []string{LoanNoun},
	Href: func(l *Loan) string { return "/asset-cards/" + l.Card },
	Columns: []list.Column[Loan]{
		{Key: "card_name", SQL: "a.name", Into: func(l *Loan) any { return &l.CardName }},
		{Key: "card_number", SQL: "a.number", Into: func(l *Loan) any { return &l.CardNumber }},
		{Key: "borrower_name", SQL: "l.borrower_name", Into: func(l *Loan) any { return &l.BorrowerName }},
		{Key: "outside", SQL: "(l.borrower = '')", Into: func(l *Loan) any { return &l.Outside }},
		{Key: "due", SQL: "l.due", Into: func(l *Loan) any { return &l.Due }, Range: true, Tone: func(l *Loan, now time.Time) string {
			if l.Open && l.Due < period.DayOf(now, now.Location()) {
				return "danger"
			}
			return ""
		}},
		{Key: "open", SQL: "l.open", Into: func(l *Loan) any { return &l.Open }},
		{Key: "purpose", SQL: "l.purpose", Into: func(l *Loan) any { return &l.Purpose }},
		{Key: "department", SQL: "a.department", Into: func(l *Loan) any { return &l.Department }, Ref: "departments", Text: func(l *Loan) string { return l.DepartmentName }},
		{Key: "at", SQL: "l.at", Into: func(l *Loan) any { return &l.At }, Range: true, Sort: true},
		{Key: "by", SQL: "l.by_name", Into: func(l *Loan) any { return &l.By }, Aside: true},
		{Key: "back_at", SQL: "l.back_at", Into: func(l *Loan) any { return &l.BackAt }, Aside: true},
		{Key: "back_by", SQL: "l.back_by", Into: func(l *Loan) any { return &l.BackBy }, Aside: true},
		{Key: "back_note", SQL: "l.back_note", Into: func(l *Loan) any { return &l.BackNote }, Aside: true},
		{Key: "number", SQL: "l.number", Into: func(l *Loan) any { return &l.Number }, Aside: true},
		{Key: "id", SQL: "l.id", Into: func(l *Loan) any { return &l.ID }, Hidden: true},
		{Key: "card", SQL: "l.card", Into: func(l *Loan) any { return &l.Card }, Hidden: true},
		{Key: "borrower", SQL: "l.borrower", Into: func(l *Loan) any { return &l.Borrower }, Hidden: true},
		{Key: "version", SQL: "l.version", Into: func(l *Loan) any { return &l.Version }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(l *Loan) any { return &l.DepartmentName }, Hidden: true},
	},
}

// LoanOf is the loan under which a tool is out; the zero Loan when it is there.
func LoanOf(ctx context.Context, r db.Reader, card string) (Loan, error) {
	all, err := Loans.All(ctx, r, list.Where{}.And("l.card = ? AND l.open = true", card), 1)
	if err != nil || len(all) == 0 {
		return Loan{}, err
	}
	return all[0], nil
}

// Lending is what is written on a slip: one of the staff, or an outsider's name.
type Lending struct {
	Borrower string     `json:"borrower,omitempty"`
	Outsider string     `json:"outsider,omitempty"`
	Due      period.Day `json:"due"`
	Purpose  string     `json:"purpose,omitempty"`
}

// LendForm asks for it.
var LendForm = form.Of[Lending]{Name: "assets.lend", Fields: []form.Field[Lending]{
	{Key: "borrower", Into: func(l *Lending) any { return &l.Borrower }, Ref: "people"},
	{Key: "outsider", Into: func(l *Lending) any { return &l.Outsider }, Most: 60, Hint: true},
	{Key: "due", Into: func(l *Lending) any { return &l.Due }, Required: true},
	{Key: "purpose", Into: func(l *Lending) any { return &l.Purpose }, Most: 200},
}}

// lendMost is for how many days a tool may be lent.
const lendMost = 90

// Lend lends a tool to one of the staff until a day. Needs MayLend where the tool is kept.
// Tools are not lent out of the house; only the holder of the post in W-015.approver may, by
// lending it personally: others are refused under W-015. Invalid: nobody or two named, a day
// that is over or beyond 90 days. Conflict: it is no tool, scrapped, or somebody has it.
func Lend(ctx context.Context, tx *db.Tx, card string, in Lending) (Loan, error) {
	if err := Visible(ctx, tx, tx.By, card); err != nil {
		return Loan{}, err
	}
	c, err := locked(ctx, tx, card)
	if err != nil {
		return Loan{}, err
	}
	in.Outsider = strings.TrimSpace(in.Outsider)
	leave, err := MayLendOut(ctx, tx, tx.By)
	if err != nil {
		return Loan{}, err
	}
	if in.Outsider == "" || !leave {
		if err := tx.NeedIn(MayLend, c.Department); err != nil {
			return Loan{}, err
		}
	}
	if c.Class != Tool || c.State == Scrapped {
		return Loan{}, fault.New(fault.Conflict, "assets.no_tool")
	}
	if out, err := LoanOf(ctx, tx, card); err != nil {
		return out, err
	} else if out.ID != "" {
		return out, fault.New(fault.Conflict, "assets.lent_already", out.BorrowerName)
	}
	l := Loan{ID: tx.NewID(), Card: c.ID, CardName: c.Name, CardNumber: c.Number, Department: c.Department, Borrower: in.Borrower, BorrowerName: in.Outsider, Outside: in.Outsider != "",
		Purpose: strings.TrimSpace(in.Purpose), Due: in.Due, Open: true, At: tx.At(), By: tx.By.Name, Version: 1}
	var bad fault.Complaints
	switch {
	case in.Outsider != "" && !leave:
		bad.Cite("W-015", "outsider", "assets.not_lent_out")
	case in.Borrower == "" && in.Outsider == "":
		bad.Add("borrower", "base.required")
	case in.Borrower != "" && in.Outsider != "":
		bad.Add("outsider", "assets.one_borrower")
	case in.Borrower != "":
		p, err := people.Get(ctx, tx, in.Borrower)
		if fault.KindOf(err) == fault.NotFound || err == nil && p.Closed {
			bad.Add("borrower", "base.no_such", in.Borrower)
		} else if err != nil {
			return l, err
		}
		l.BorrowerName = p.Name
	}
	if in.Due < tx.Today() || in.Due > tx.Today().AddDays(lendMost) {
		bad.Add("due", "assets.lend_days", lendMost)
	}
	if err := bad.Err(); err != nil {
		return l, err
	}
	if l.Number, err = tx.Number(ctx, "GJ"); err != nil {
		return l, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO assets_loan (id, number, card, borrower, borrower_name, purpose, due, at, by_name) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		l.ID, l.Number, l.Card, l.Borrower, l.BorrowerName, l.Purpose, l.Due, l.At, l.By); err != nil {
		return l, err
	}
	return l, tx.Trail(ctx, db.Event{Noun: "assets.card", Record: c.ID, Action: "lend", Note: strings.TrimSpace(l.BorrowerName + " → " + string(l.Due) + "\n" + l.Purpose)})
}

// MayLendOut says whether it is this person who gives leave to lend out of the house
// (W-015.approver).
func MayLendOut(ctx context.Context, r db.Reader, by db.Actor) (bool, error) {
	post, err := rules.Value(ctx, r, "W-015.approver", r.Today())
	if err != nil {
		return false, err
	}
	holders, err := approvals.HoldersOn(ctx, r, post.Value, r.Today())
	return slices.Contains(holders, by.ID), err
}

// TakeBack takes a tool back; note says in what state. Needs MayLend where it is kept.
// Conflict: nobody has it.
func TakeBack(ctx context.Context, tx *db.Tx, card, note string) (Loan, error) {
	if err := Visible(ctx, tx, tx.By, card); err != nil {
		return Loan{}, err
	}
	c, err := locked(ctx, tx, card)
	if err != nil {
		return Loan{}, err
	}
	if err := tx.NeedIn(MayLend, c.Department); err != nil {
		return Loan{}, err
	}
	l, err := LoanOf(ctx, tx, card)
	if err != nil {
		return l, err
	}
	if l.ID == "" {
		return l, fault.New(fault.Conflict, "assets.not_lent")
	}
	l.Open, l.BackAt, l.BackBy, l.BackNote = false, tx.At(), tx.By.Name, strings.TrimSpace(note)
	if err := tx.One(ctx, fault.Stale(), `UPDATE assets_loan SET open = false, back_at = $1, back_by = $2, back_note = $3, version = version + 1 WHERE id = $4 AND open = true`,
		l.BackAt, l.BackBy, l.BackNote, l.ID); err != nil {
		return l, err
	}
	return l, tx.Trail(ctx, db.Event{Noun: "assets.card", Record: c.ID, Action: "take_back", Note: strings.TrimSpace(l.BorrowerName + "\n" + l.BackNote)})
}

// BackForm asks in what state a tool came back.
var BackForm = form.Of[Returning]{Name: "assets.back", Fields: []form.Field[Returning]{
	{Key: "note", Into: func(r *Returning) any { return &r.Note }, Most: 200},
}}

// Returning is what is said of a tool that comes back.
type Returning struct {
	Note string `json:"note,omitempty"`
}
