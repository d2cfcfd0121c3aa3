package demo

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/desk"
)

// complain leaves the price list of common jobs, and a ward's complaint to be answered.
func (w *world) complain(ctx context.Context) error {
	director, nurse := w.first("director").actor, w.first("ward")
	if err := w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error {
		at(tx, w.now, director)
		for _, p := range []desk.Price{
			{Code: "D01", Name: "更换灯管", Trade: "electric", Minutes: 20, Price: 1500}, {Code: "S01", Name: "疏通下水", Trade: "water", Minutes: 40, Price: 3000},
			{Code: "S02", Name: "更换水龙头", Trade: "water", Minutes: 30, Price: 2000},
		} {
			if err := desk.SetPrice(ctx, tx, &p); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	jobs, err := desk.Jobs.All(ctx, w.d, list.Where{}.And("j.department = ? AND j.state = 'closed'", nurse.Department), 1)
	if err != nil || len(jobs) == 0 {
		return err
	}
	return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error {
		_, err := desk.Complain(ctx, at(tx, w.now, nurse.actor), jobs[0].ID, 0, "修好当天又坏了，来人也没有说明原因")
		return err
	})
}
