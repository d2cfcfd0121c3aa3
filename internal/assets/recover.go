package assets

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/recovery"
)

// Paying is a part of what somebody owes for an asset, or all of it.
type Paying = recovery.Paying

// PayForm asks for it.
var PayForm = recovery.Form("assets.paying", "assets.payway")

// PaymentsOf are the parts of a report that were paid, the earliest first.
func PaymentsOf(ctx context.Context, r db.Reader, damage string) ([]recovery.Payment, error) {
	return recovery.Payments(ctx, r, `SELECT way, month, amount, by_name, at FROM assets_payment WHERE damage = $1 ORDER BY id`, damage)
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

// law is A-020: out of one month's wage goes at most its cap, 20 per cent by law.
var law = recovery.Law{Clause: "A-020", Owes: "assets.owes_only", Off: "assets.no_recovery", Month: "assets.wage_month", Wage: "assets.wage_needed", Over: "assets.over_cap",
	Deducted: []recovery.Deducted{Deducted, func(ctx context.Context, r db.Reader, person string, month period.Month) (money.Fen, error) {
		return Elsewhere(ctx, r, person, month)
	}}}

// Recover notes what the responsible person has paid. Needs MayRecover for the card's
// department. Refused as recovery.Law.Hold says, under A-020.
func Recover(ctx context.Context, tx *db.Tx, id string, version int64, p Paying) (Damage, error) {
	x, err := takeDamage(ctx, tx, id, version, "pay")
	if err != nil {
		return x, err
	}
	month, err := law.Hold(ctx, tx, x.Responsible, x.Pays-x.Paid, p)
	if err != nil {
		return x, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO assets_payment (id, damage, person, way, month, amount, by_name, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		tx.NewID(), x.ID, x.Responsible, p.Way, month, p.Amount, tx.By.Name, tx.At()); err != nil {
		return x, err
	}
	x.Paid += p.Amount
	return x, keepDamage(ctx, tx, &x, "pay", p.Amount.String())
}
