package demo

import (
	"context"

	"houqin/internal/assets"
	"houqin/internal/base/db"
)

// lendTools leaves the electricians' tools: one lent, one lent that should be back, all counted,
// one of them missing; those of the plumbers are still to be counted.
func (w *world) lendTools(ctx context.Context) error {
	crew, other := w.byCode["H02"], w.byCode["H03"]
	return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error {
		late := tx.Today().AddDays(-2)
		tx = at(tx, w.now.AddDate(0, 0, -Days), tx.By)
		var lines []assets.Counted
		var first string
		for _, x := range []struct {
			name, spec string
			of         *unit
		}{{"冲击钻", "GBH 2-26", crew}, {"人字梯", "2.5m 绝缘", crew}, {"红外测温仪", "−20～350 ℃", crew}, {"接地电阻测试仪", "ETCR2000", crew}, {"管道疏通机", "GQ-75", other}, {"热熔器", "20-63", other}} {
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
		borrower := w.byCode["H04"].staff[1]
		if _, err := assets.Lend(ctx, at(tx, w.now.AddDate(0, 0, -5), w.numbered("1045").actor), lines[2].Card, assets.Lending{Borrower: borrower.ID, Due: late, Purpose: "空调机房测温"}); err != nil {
			return err
		}
		lines[2].State, lines[2].Note = assets.Out, borrower.Name
		lines[3].State, lines[3].Note = assets.Gone, "外出检测后未带回，正在查找"
		tx = at(tx, w.now, w.numbered("1045").actor)
		if _, err := assets.CountTools(ctx, tx, assets.Tally{Department: crew.ID, Lines: lines}); err != nil {
			return err
		}
		_, err := assets.Lend(ctx, tx, first, assets.Lending{Borrower: other.staff[0].ID, Due: tx.Today().AddDays(2), Purpose: "装支架打孔"})
		if err != nil {
			return err
		}
		return w.harm(ctx, tx)
	})
}

// harm leaves what was damaged or lost in every state but dropped.
func (w *world) harm(ctx context.Context, tx *db.Tx) error {
	section := w.first("section_head").actor
	for n, x := range []struct {
		card assets.Card
		harm assets.Harm
		look assets.Looking
	}{
		{assets.Card{Name: "门诊东侧雨棚", Class: "building", Cost: 3_200_000}, assets.Harm{Sort: "damaged", How: "大风后面板脱落两块"}, assets.Looking{Cause: "固定螺栓锈断，已围挡", Loss: 260_000}},
		{assets.Card{Name: "消防水带", Spec: "DN65 25m", Class: "fire", Cost: 48_000}, assets.Harm{Sort: "lost", How: "住院楼三层消火栓箱内缺一盘"}, assets.Looking{Cause: "监控见施工人员借用未还，已追回一盘，另一盘赔新", Loss: 24_000}},
		{assets.Card{Name: "便携式血氧仪", Spec: "PC-66B", Class: "medical", Cost: 180_000}, assets.Harm{Sort: "damaged", How: "清洁时进水，不能开机"}, assets.Looking{}},
	} {
		x.card.Department = section.Unit
		tx = at(tx, tx.Now, db.System("demo"))
		if err := assets.Register(ctx, tx, &x.card); err != nil {
			return err
		}
		tx = at(tx, tx.Now, section)
		x.harm.Day = tx.Today()
		found, err := assets.Harmed(ctx, tx, x.card.ID, x.harm)
		if err != nil || n == 2 {
			return err
		}
		if _, err := assets.LookInto(ctx, tx, found.ID, 0, x.look); err != nil {
			return err
		}
		if n == 0 {
			if _, err := assets.Tell(ctx, tx, found.ID, 0, assets.Telling{To: "院办"}); err != nil {
				return err
			}
		}
	}
	return nil
}
