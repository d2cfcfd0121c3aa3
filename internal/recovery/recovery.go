// Package recovery is what a person pays for what they broke or lost: of their own, or out
// of a month's wage, and never more of it than the law lets go, whichever rooms deduct.
// It has no tables; each room keeps the payments of its own papers.
package recovery

import (
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/rules"
)

// Ways are how a responsible person pays: of their own, or out of a month's wage.
var Ways = []string{"cash", "wage"}

// Paying is a part of what somebody owes, or all of it. Month and Wage are of the wage that
// it is deducted from; the wage finds the limit and is not kept.
type Paying struct {
	Way    string
	Amount money.Fen
	Month  period.Day
	Wage   money.Fen
}

// Form asks for it in a room's own words.
func Form(name, ways string) form.Of[Paying] {
	return form.Of[Paying]{Name: name, Fields: []form.Field[Paying]{
		{Key: "way", Into: func(p *Paying) any { return &p.Way }, Kind: form.Cards, OneOf: Ways, Enum: ways, Required: true},
		{Key: "amount", Into: func(p *Paying) any { return &p.Amount }, Required: true, Least: 1},
		{Key: "month", Into: func(p *Paying) any { return &p.Month }, Hint: true},
		{Key: "wage", Into: func(p *Paying) any { return &p.Wage }, Hint: true},
	}}
}

// Payment is a part that was paid.
type Payment struct {
	Way    string         `json:"way"`
	Month  period.Month   `json:"month"`
	Amount money.Fen      `json:"amount"`
	ByName string         `json:"by_name"`
	At     period.Instant `json:"at"`
}

// Payments reads the parts of a paper that were paid: way, month, amount, by_name, at.
func Payments(ctx context.Context, r db.Reader, q, paper string) ([]Payment, error) {
	return db.All(ctx, r, func(p *Payment) []any { return []any{&p.Way, &p.Month, &p.Amount, &p.ByName, &p.At} }, q, paper)
}

// Deducted is what a room deducted from a person's wage of a month.
type Deducted func(ctx context.Context, r db.Reader, person string, month period.Month) (money.Fen, error)

// Law is what holds a room's recovery: a clause with its switch and its limit, the room's
// words for what is refused, and what each room deducted before.
type Law struct {
	Clause                       string // with the parameters "on" and "cap", per cent of a month's wage
	Owes, Off, Month, Wage, Over string
	Deducted                     []Deducted
}

// Hold holds a payment against what is left to pay, and a deduction against the limit of
// its month's wage, which it gives. Nothing is deducted while the hospital has not switched
// recovery on, even what was owed before.
//
// Refused: no way, more than is left, a month to come, no wage to find the limit by, more
// than the limit (Invalid); recovery switched off (Conflict); the last four with the clause.
func (l *Law) Hold(ctx context.Context, tx *db.Tx, person string, left money.Fen, p Paying) (month period.Month, err error) {
	var bad fault.Complaints
	if !slices.Contains(Ways, p.Way) {
		bad.Add("way", "base.required")
	}
	if p.Amount <= 0 || p.Amount > left {
		bad.Add("amount", l.Owes, left)
	}
	if p.Way == "wage" {
		if month, err = l.deduct(ctx, tx, person, p, &bad); err != nil {
			return month, err
		}
	}
	return month, bad.Err()
}

func (l *Law) deduct(ctx context.Context, tx *db.Tx, person string, p Paying, bad *fault.Complaints) (period.Month, error) {
	on, err := rules.On(ctx, tx, l.Clause+".on", tx.Today())
	if err != nil {
		return "", err
	}
	if !on {
		return "", fault.New(fault.Conflict, l.Off).Under(l.Clause)
	}
	if p.Month == "" || p.Month.Month() > tx.Today().Month() {
		bad.Cite(l.Clause, "month", l.Month)
	}
	if p.Wage <= 0 {
		bad.Cite(l.Clause, "wage", l.Wage)
	}
	if len(*bad) > 0 {
		return "", nil
	}
	month := p.Month.Month()
	// Two deductions from one person's wage stand in line, whichever room makes them.
	if err := tx.Lock(ctx, "people_person", person); err != nil {
		return month, err
	}
	var before money.Fen
	for _, deducted := range l.Deducted {
		sum, err := deducted(ctx, tx, person, month)
		if err != nil {
			return month, err
		}
		before += sum
	}
	share, err := rules.Number(ctx, tx, l.Clause+".cap", month.Last())
	if err != nil {
		return month, err
	}
	most := p.Wage / 100 * money.Fen(share) // down to the fen below: the limit is not rounded up
	most += p.Wage % 100 * money.Fen(share) / 100
	if before+p.Amount > most {
		bad.Cite(l.Clause, "amount", l.Over, share, most, before)
	}
	return month, nil
}
