package demo

import (
	"context"

	"houqin/internal/assets"
	"houqin/internal/base/db"
)

// lendTools leaves the electricians' tools: one lent, all counted, one of them missing; those
// of the plumbers are still to be counted.
func (w *world) lendTools(ctx context.Context) error {
	crew, other := w.byCode["H02"], w.byCode["H03"]
	return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error {
		var lines []assets.Counted
		var first string
		for _, x := range []struct {
			name, spec string
			of         *unit
		}{{"冲击钻", "GBH 2-26", crew}, {"人字梯", "2.5m 绝缘", crew}, {"接地电阻测试仪", "ETCR2000", crew}, {"管道疏通机", "GQ-75", other}, {"热熔器", "20-63", other}} {
			c := assets.Card{Name: x.name, Spec: x.spec, Class: assets.Tool, Department: x.of.ID}
			if err := assets.Register(ctx, tx, &c); err != nil {
				return err
			}
			if x.of == crew {
				lines = append(lines, assets.Counted{Card: c.ID, State: assets.There})
			}
			if first == "" {
				first = c.ID
			}
		}
		lines[2].State, lines[2].Note = assets.Gone, "外出检测后未带回，正在查找"
		tx = at(tx, w.now, w.numbered("1045").actor)
		if _, err := assets.CountTools(ctx, tx, assets.Tally{Department: crew.ID, Lines: lines}); err != nil {
			return err
		}
		_, err := assets.Lend(ctx, tx, first, assets.Lending{Borrower: other.staff[0].ID, Due: tx.Today().AddDays(2), Purpose: "装支架打孔"})
		return err
	})
}
