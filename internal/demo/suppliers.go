package demo

import (
	"context"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/suppliers"
)

// vet leaves the suppliers' papers as they are found: most in order, one that ends soon,
// an account in use, another that waits for the second person, complaints with and
// without an answer.
func (w *world) vet(ctx context.Context) error {
	buyer, finance, keeper := w.first("buyer").actor, w.first("finance").actor, w.first("storekeeper").actor
	do := func(days int, by db.Actor, f func(tx *db.Tx) error) error {
		return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error { return f(at(tx, w.now.AddDate(0, 0, -days).Add(-time.Hour), by)) })
	}
	today := period.DayOf(w.now, w.d.Zone)
	for n, s := range w.suppliers {
		if err := do(14, buyer, func(tx *db.Tx) error {
			one, err := suppliers.Get(ctx, tx, s.ID)
			if err != nil {
				return err
			}
			one.Licences = []suppliers.Licence{{Kind: "business", Number: "91130534MA0" + s.Number[len(s.Number)-4:]}}
			switch n {
			case 1:
				one.Licences = append(one.Licences, suppliers.Licence{Kind: "hygiene", Number: "冀卫消证字第0412号", Expires: today.AddDays(31)})
			case 4:
				one.Licences = append(one.Licences, suppliers.Licence{Kind: "food", Number: "JY11305340012", Expires: today.AddDays(210)})
			case 6:
				one.Licences[0].Expires = today.AddDays(-3)
			}
			return suppliers.Change(ctx, tx, &one)
		}); err != nil {
			return err
		}
	}
	account := func(days, n int, number, why string, confirm bool) error {
		a := suppliers.Account{Supplier: w.suppliers[n].ID, Holder: w.suppliers[n].Name, Bank: "中国工商银行清河支行（虚构）", Account: number, Why: why}
		if err := do(days, buyer, func(tx *db.Tx) error { return suppliers.EnterAccount(ctx, tx, &a) }); err != nil || !confirm {
			return err
		}
		return do(days-1, finance, func(tx *db.Tx) error { _, err := suppliers.ConfirmAccount(ctx, tx, a.ID, 0); return err })
	}
	if err := account(13, 1, "0406000000001234567", "开户许可证复印件", true); err != nil {
		return err
	}
	if err := account(12, 2, "0406000000007654321", "开户许可证复印件", true); err != nil {
		return err
	}
	if err := account(1, 1, "0406000000009999999", "来函通知变更开户行", false); err != nil {
		return err
	}
	late := suppliers.Complaint{Supplier: w.suppliers[1].ID, Kind: "late", Said: "垃圾袋晚到两天，临时外借周转"}
	if err := do(9, keeper, func(tx *db.Tx) error { return suppliers.Complain(ctx, tx, &late) }); err != nil {
		return err
	}
	if err := do(8, buyer, func(tx *db.Tx) error {
		_, err := suppliers.Answer(ctx, tx, late.ID, 0, suppliers.Verdict{Answer: "供应商承认漏排车次，今后提前一天电话确认", Upheld: true})
		return err
	}); err != nil {
		return err
	}
	return do(1, keeper, func(tx *db.Tx) error {
		return suppliers.Complain(ctx, tx, &suppliers.Complaint{Supplier: w.suppliers[0].ID, Kind: "quality", Said: "一箱扳手镀层脱落"})
	})
}
