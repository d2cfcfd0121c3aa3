package wardstores

import (
	"context"

	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/recovery"
)

// Paying is a part of what somebody owes for a loss, or all of it.
type Paying = recovery.Paying

// PayForm asks for it.
var PayForm = recovery.Form("wardstores.paying", "wardstores.payway")

// PaymentsOf are the parts of a loss that were paid, the earliest first.
func PaymentsOf(ctx context.Context, r db.Reader, loss string) ([]recovery.Payment, error) {
	return recovery.Payments(ctx, r, `SELECT way, month, amount, by_name, at FROM wardstores_payment WHERE loss = $1 ORDER BY id`, loss)
}

// Deducted is what was deducted for wards' goods from a person's wage of a month.
func Deducted(ctx context.Context, r db.Reader, person string, month period.Month) (sum money.Fen, err error) {
	err = r.QueryRowContext(ctx, `SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) FROM wardstores_payment WHERE person = $1 AND month = $2 AND way = 'wage'`, person, month).Scan(&sum)
	return sum, err
}

// law is S-037: out of one month's wage goes at most its cap, 20 per cent by law, all losses
// of the person and what was deducted for assets taken together.
var law = recovery.Law{Clause: "S-037", Owes: "wardstores.owes_only", Off: "wardstores.no_recovery", Month: "wardstores.wage_month", Wage: "wardstores.wage_needed", Over: "wardstores.over_cap",
	Deducted: []recovery.Deducted{Deducted, assets.Deducted}}

// Pay notes what the responsible person has paid of a loss. Needs MayAudit for the ward.
// Refused as recovery.Law.Hold says, under S-037.
func Pay(ctx context.Context, tx *db.Tx, id string, version int64, p Paying) (Loss, error) {
	l, err := takeLoss(ctx, tx, id, version, "pay")
	if err != nil {
		return l, err
	}
	month, err := law.Hold(ctx, tx, l.Responsible, l.Pays-l.Paid, p)
	if err != nil {
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
