package demo

import (
	"context"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
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
	if err := w.callBack(ctx); err != nil {
		return err
	}
	if err := w.explain(ctx); err != nil {
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

// callBack has the wards called back that were drawn, the next morning, but for those of the
// last two days, who wait still. One in nine does not answer the telephone.
func (w *world) callBack(ctx context.Context) error {
	boss := w.first("dispatcher").actor
	drawn, err := desk.ToCall(ctx, w.d, boss, 1000)
	if err != nil {
		return err
	}
	return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error {
		for n, k := range drawn {
			day := period.DayOf(k.At.Time(), w.d.Zone).AddDays(1)
			when := day.Start(w.d.Zone).Time().Add(9*time.Hour + time.Duration(n%180)*time.Minute)
			if w.now.Sub(when) < 24*time.Hour {
				continue
			}
			tries := []int64{[]int64{5, 5, 4, 5, 4, 5, 5, 3, 0}[n%9]}
			if tries[0] == 0 {
				tries = []int64{0, 0, 0}
			}
			for _, score := range tries {
				if _, err := desk.CallBack(ctx, at(tx, when, boss), k.Job, desk.Call{Score: score}); err != nil {
					return err
				}
				when = when.Add(time.Hour)
			}
		}
		return nil
	})
}

// explain has the desk note what was late by now, and say why of what is done: of one in ten
// nobody has yet.
func (w *world) explain(ctx context.Context) error {
	boss := w.first("dispatcher").actor
	causes := []desk.Explanation{{Cause: "hands", Note: "同时三处报修，人手排不开"}, {Cause: "parts", Note: "维修库缺货，次日到货"}, {Cause: "access", Note: "患者治疗中，进不去"}, {Cause: "hands"}, {Cause: "skill", Note: "换人去才修好"}}
	if err := w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error { return desk.Chase(ctx, at(tx, w.now, tx.By)) }); err != nil {
		return err
	}
	return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error {
		late, err := desk.Breaches.All(ctx, tx, list.Where{}.And("b.cause = '' AND j.state IN ('done', 'closed')"), 1000)
		if err != nil {
			return err
		}
		for n, b := range late {
			if n%10 == 9 {
				continue
			}
			if _, err := desk.Explain(ctx, at(tx, w.now, boss), b.Job, 0, causes[n%len(causes)]); err != nil {
				return err
			}
		}
		return nil
	})
}
