package demo

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/quantity"
	"houqin/internal/intake"
	"houqin/internal/warehouse"
)

// levels says of some goods how few and how many a store should have: most lie between,
// of some too little is there, of some too much.
func (w *world) levels(ctx context.Context) error {
	keeper := w.first("storekeeper").actor
	return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error {
		tx = at(tx, w.now.Add(-90*time.Minute), keeper)
		for _, s := range w.stores {
			all, err := warehouse.Holdings.All(ctx, tx, list.Where{}.And("s.store = ? AND s.qty > 20", s.ID), 24)
			if err != nil {
				return err
			}
			for n, h := range all {
				least, most := h.Qty/2, 2*h.Qty
				switch n % 12 {
				case 3:
					least = h.Qty + h.Qty/4
				case 8:
					least, most = h.Qty/4, h.Qty-h.Qty/8
				}
				if err := warehouse.SetLevels(ctx, tx, s.ID, h.Item, quantity.Qty(least), quantity.Qty(most)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// importStock brings in a sheet of opening stock by the import's own way: what a drawer
// held that nobody had listed, with rows that are refused.
func (w *world) importStock(ctx context.Context) error {
	var sheet bytes.Buffer
	out := csv.NewWriter(&sheet)
	out.Write([]string{"物资编码", "名称", "规格", "单位", "类别", "仓库", "期初数量", "库存金额"})
	for n := range 12 {
		row := []string{fmt.Sprintf("QC-%03d", n+1), "盘点夹板", fmt.Sprintf("%d 号", n+1), "个", "低值易耗", w.stores[0].Name, fmt.Sprint(3 + n), fmt.Sprint(15 + 5*n)}
		switch n {
		case 4:
			row[6] = "约十个"
		case 7:
			row[5] = "三号库"
		case 10:
			row[1] = ""
		}
		out.Write(row)
	}
	out.Flush()
	const name = "备品柜期初库存.csv"
	var by db.Actor
	for _, p := range w.staff {
		if p.actor.May(intake.MayImport) && p.actor.May(warehouse.MayKeep) {
			by = p.actor
		}
	}
	p, err := intake.Read(ctx, w.d, "stock", name, bytes.NewReader(sheet.Bytes()), int64(sheet.Len()), intake.Mapping{})
	if err != nil {
		return err
	}
	var refused []intake.Result
	r, err := intake.Run(ctx, w.d, by, p, intake.Options{Each: func(res intake.Result) error {
		if res.Outcome == intake.Refused {
			refused = append(refused, res)
		}
		return nil
	}})
	if err != nil {
		return err
	}
	return intake.Note(ctx, w.d, by, p, r, refused, int64(sheet.Len()))
}
