package assets

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

// PayWays are how a responsible person pays: of their own, or out of a month's wage.
var PayWays = []string{"cash", "wage"}

// Paying is a part of what somebody owes for an asset, or all of it. Month and Wage are of
// the wage that it is deducted from; the wage finds the limit and is not kept.
type Paying struct {
	Way    string
	Amount money.Fen
	Month  period.Day
	Wage   money.Fen
}

// PayForm asks for it.
var PayForm = form.Of[Paying]{Name: "assets.paying", Fields: []form.Field[Paying]{
	{Key: "way", Into: func(p *Paying) any { return &p.Way }, Kind: form.Cards, OneOf: PayWays, Enum: "assets.payway", Required: true},
	{Key: "amount", Into: func(p *Paying) any { return &p.Amount }, Required: true, Least: 1},
	{Key: "month", Into: func(p *Paying) any { return &p.Month }, Hint: true},
	{Key: "wage", Into: func(p *Paying) any { return &p.Wage }, Hint: true},
}}

// Payment is a part that was paid.
type Payment struct {
	Way    string         `json:"way"`
	Month  period.Month   `json:"month"`
	Amount money.Fen      `json:"amount"`
	ByName string         `json:"by_name"`
	At     period.Instant `json:"at"`
}

// PaymentsOf are the parts of a report that were paid, the earliest first.
func PaymentsOf(ctx context.Context, r db.Reader, damage string) ([]Payment, error) {
	return db.All(ctx, r, func(p *Payment) []any { return []any{&p.Way, &p.Month, &p.Amount, &p.ByName, &p.At} },
		`SELECT way, month, amount, by_name, at FROM assets_payment WHERE damage = $1 ORDER BY id`, damage)
}

// Elsewhere is what other rooms deducted from a person's wage of a month: the law's limit
// is of all deductions together.
var Elsewhere = func(_ context.Context, _ db.Reader, person string, month period.Month) (money.Fen, error) {
	return 0, nil
}

// Deducted is what was deducted for assets from a person's wage of a month.
func Deducted(ctx context.Context, r db.Reader, person string, month period.Month) (sum money.Fen, err error) {
	err = r.QueryRowContext(ctx, `SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) FROM assets_payment WHERE person = $1 AND month = $2 AND way = 'wage'`, person, month).Scan(&sum)
	return sum, err
}

// Recover notes what the responsible person has paid. Needs MayRecover for the card's
// department.
//
// Out of one month's wage goes at most A-020.cap per cent, with what other rooms deducted:
// the law's limit is 20 per cent, and the book takes no more. Nothing is deducted while
// the hospital has not switched recovery on, even what was owed before.
//
// Refused: more than is owed, a month to come, no wage to find the limit by (Invalid); more
// than the limit, recovery switched off (Invalid and Conflict, A-020).
func Recover(ctx context.Context, tx *db.Tx, id string, version int64, p Paying) (Damage, error) {
	x, err := takeDamage(ctx, tx, id, version, "pay")
	if err != nil {
		return x, err
	}
	var bad fault.Complaints
	if !slices.Contains(PayWays, p.Way) {
		bad.Add("way", "base.required")
	}
	if left := x.Pays - x.Paid; p.Amount <= 0 || p.Amount > left {
		bad.Add("amount", "assets.owes_only", left)
	}
	month := period.Month("")
	if p.Way == "wage" {
		if month, err = deductible(ctx, tx, &x, p, &bad); err != nil {
			return x, err
		}
	}
	if err := bad.Err(); err != nil {
		return x, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO assets_payment (id, damage, person, way, month, amount, by_name, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		tx.NewID(), x.ID, x.Responsible, p.Way, month, p.Amount, tx.By.Name, tx.At()); err != nil {
		return x, err
	}
	x.Paid += p.Amount
	return x, keepDamage(ctx, tx, &x, "pay", p.Amount.String())
}

// deductible holds a deduction against the limit of its month's wage.
func deductible(ctx context.Context, tx *db.Tx, x *Damage, p Paying, bad *fault.Complaints) (period.Month, error) {
	on, err := rules.On(ctx, tx, "A-020.on", tx.Today())
	if err != nil {
		return "", err
	}
	if !on {
		return "", fault.New(fault.Conflict, "assets.no_recovery").Under("A-020")
	}
	if p.Month == "" || p.Month.Month() > tx.Today().Month() {
		bad.Cite("A-020", "month", "assets.wage_month")
	}
	if p.Wage <= 0 {
		bad.Cite("A-020", "wage", "assets.wage_needed")
	}
	if len(*bad) > 0 {
		return "", nil
	}
	month := p.Month.Month()
	// Two deductions from one person's wage stand in line, whichever room makes them.
	if err := tx.Lock(ctx, "people_person", x.Responsible); err != nil {
		return month, err
	}
	before, err := Deducted(ctx, tx, x.Responsible, month)
	if err != nil {
		return month, err
	}
	others, err := Elsewhere(ctx, tx, x.Responsible, month)
	if err != nil {
		return month, err
	}
	share, err := rules.Number(ctx, tx, "A-020.cap", month.Last())
	if err != nil {
		return month, err
	}
	most := p.Wage / 100 * money.Fen(share) // down to the fen below: the limit is not rounded up
	most += p.Wage % 100 * money.Fen(share) / 100
	if before+others+p.Amount > most {
		bad.Cite("A-020", "amount", "assets.over_cap", share, most, before+others)
	}
	return month, nil
}
