package wardstores

import (
	"context"
	"slices"

	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/rules"
)

// PayWays are how a responsible person pays: of their own, or out of a month's wage.
var PayWays = []string{"cash", "wage"}

// Paying is a part of what somebody owes for a loss, or all of it. Month and Wage are of
// the wage that it is deducted from; the wage finds the limit and is not kept.
type Paying struct {
	Way    string
	Amount money.Fen
	Month  period.Day
	Wage   money.Fen
}

// PayForm asks for it.
var PayForm = form.Of[Paying]{Name: "wardstores.paying", Fields: []form.Field[Paying]{
	{Key: "way", Into: func(p *Paying) any { return &p.Way }, Kind: form.Cards, OneOf: PayWays, Enum: "wardstores.payway", Required: true},
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

// PaymentsOf are the parts of a loss that were paid, the earliest first.
func PaymentsOf(ctx context.Context, r db.Reader, loss string) ([]Payment, error) {
	return db.All(ctx, r, func(p *Payment) []any { return []any{&p.Way, &p.Month, &p.Amount, &p.ByName, &p.At} },
		`SELECT way, month, amount, by_name, at FROM wardstores_payment WHERE loss = $1 ORDER BY id`, loss)
}

// Pay notes what the responsible person has paid of a loss. Needs MayAudit for the ward.
//
// Out of one month's wage goes at most S-037.cap per cent, all losses of the person and what
// was deducted for assets taken together: the law's limit is 20 per cent, and the book takes no more. Nothing is deducted
// while the hospital has not switched recovery on, even what was owed before.
//
// Refused: more than is owed, a month to come, no wage to find the limit by (Invalid); more
// than the limit, recovery switched off (Invalid and Conflict, S-037).
func Pay(ctx context.Context, tx *db.Tx, id string, version int64, p Paying) (Loss, error) {
	l, err := takeLoss(ctx, tx, id, version, "pay")
	if err != nil {
		return l, err
	}
	var bad fault.Complaints
	if !slices.Contains(PayWays, p.Way) {
		bad.Add("way", "base.required")
	}
	if left := l.Pays - l.Paid; p.Amount <= 0 || p.Amount > left {
		bad.Add("amount", "wardstores.owes_only", left)
	}
	month := period.Month("")
	if p.Way == "wage" {
		if month, err = deductible(ctx, tx, &l, p, &bad); err != nil {
			return l, err
		}
	}
	if err := bad.Err(); err != nil {
		return l, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO wardstores_payment (id, loss, person, way, month, amount, by_name, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		tx.NewID(), l.ID, l.Responsible, p.Way, month, p.Amount, tx.By.Name, tx.At()); err != nil {
		return l, err
	}
	if l.Paid += p.Amount; l.Paid == l.Pays {
		l.PaidAt, l.PaidName = tx.At(), tx.By.Name
	}
	return l, keepLoss(ctx, tx, &l, "pay", p.Amount.String())
}

// Deducted is what was deducted for wards' goods from a person's wage of a month.
func Deducted(ctx context.Context, r db.Reader, person string, month period.Month) (sum money.Fen, err error) {
	err = r.QueryRowContext(ctx, `SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) FROM wardstores_payment WHERE person = $1 AND month = $2 AND way = 'wage'`, person, month).Scan(&sum)
	return sum, err
}

// deductible holds a deduction against the limit of its month's wage (S-037).
func deductible(ctx context.Context, tx *db.Tx, l *Loss, p Paying, bad *fault.Complaints) (period.Month, error) {
	on, err := rules.On(ctx, tx, "S-037.on", tx.Today())
	if err != nil {
		return "", err
	}
	if !on {
		return "", fault.New(fault.Conflict, "wardstores.no_recovery").Under("S-037")
	}
	if p.Month == "" || p.Month.Month() > tx.Today().Month() {
		bad.Cite("S-037", "month", "wardstores.wage_month")
	}
	if p.Wage <= 0 {
		bad.Cite("S-037", "wage", "wardstores.wage_needed")
	}
	if len(*bad) > 0 {
		return "", nil
	}
	month := p.Month.Month()
	// Two deductions from one person's wage stand in line, whichever room makes them.
	if err := tx.Lock(ctx, "people_person", l.Responsible); err != nil {
		return month, err
	}
	before, err := Deducted(ctx, tx, l.Responsible, month)
	if err != nil {
		return month, err
	}
	others, err := assets.Deducted(ctx, tx, l.Responsible, month)
	if err != nil {
		return month, err
	}
	before += others
	share, err := rules.Number(ctx, tx, "S-037.cap", month.Last())
	if err != nil {
		return month, err
	}
	most := p.Wage / 100 * money.Fen(share) // down to the fen below: the limit is not rounded up
	most += p.Wage % 100 * money.Fen(share) / 100
	if before+p.Amount > most {
		bad.Cite("S-037", "amount", "wardstores.over_cap", share, most, before)
	}
	return month, nil
}
