package demo

import (
	"context"
	"time"

	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/departments"
	"houqin/internal/desk"
)

// numbered is the person of a staff number, as the demo's door offers them.
func (w *world) numbered(number string) *person {
	for _, p := range w.staff {
		if p.Number == number {
			return p
		}
	}
	panic("nobody has the number " + number)
}

// route says which crew takes which trade, on the day before the hospital's first day of work.
func (w *world) route(ctx context.Context, start time.Time) error {
	return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error {
		var routes []desk.Route
		for _, t := range []desk.Trade{"electric", "lift", "water", "heating", "gas", "hvac", "metal", "carpentry", "moving", "cleaning"} {
			crew := team(t)
			if t == "gas" {
				crew = "H03"
			}
			routes = append(routes, desk.Route{Trade: t, Crew: w.byCode[crew].ID})
		}
		return desk.SetRoutes(ctx, at(tx, start.Add(-time.Hour), w.first("director").actor), 0, routes)
	})
}

// attend leaves at the desk what does not happen every day: small repairs registered
// afterwards, a job declined, hard cases on each rung of the ladder, a clock that stands,
// parts used again, a medical device, and what a phone sent too late.
func (w *world) attend(ctx context.Context) error {
	wang, boss, chief := w.numbered("1045"), w.first("dispatcher"), w.first("section_head")
	// The faults are those of another ward than that of the nurse at the demo's door, so that
	// her first report meets no double.
	var ward, own *unit
	for _, u := range w.units {
		switch {
		case u.ID == w.numbered("1065").Department:
			own = u
		case u.Kind == departments.Ward && len(u.staff) > 0 && len(u.rooms) > 3:
			ward = u
		}
	}
	nurse := ward.staff[0]
	do := func(hoursAgo int, who *person, f func(*db.Tx) error) error {
		return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error { return f(at(tx, w.now.Add(-time.Duration(hoursAgo)*time.Hour), who.actor)) })
	}
	// sent reports a fault and sends wang; gone takes it up to the work itself.
	sent := func(hoursAgo int, s desk.Slip) (j desk.Job, err error) {
		s.Department, s.Source, s.Anyway = ward.ID, "ward", true
		if s.Place == "" {
			s.Place = ward.rooms[0].ID
		}
		if err = do(hoursAgo, nurse, func(tx *db.Tx) (err error) { j, err = desk.Report(ctx, tx, &s); return err }); err != nil {
			return j, err
		}
		return j, do(hoursAgo-1, boss, func(tx *db.Tx) (err error) {
			j, err = desk.Dispatch(ctx, tx, j.ID, 0, desk.Assignment{Worker: wang.ID})
			return err
		})
	}
	step := func(hoursAgo int, who *person, id string, f func(context.Context, *db.Tx, string) error) error {
		return do(hoursAgo, who, func(tx *db.Tx) error { return f(ctx, tx, id) })
	}
	gone := func(hoursAgo int, s desk.Slip) (desk.Job, error) {
		j, err := sent(hoursAgo, s)
		if err != nil {
			return j, err
		}
		return j, step(hoursAgo-2, wang, j.ID, func(ctx context.Context, tx *db.Tx, id string) error {
			if _, err := desk.Accept(ctx, tx, id, 0); err != nil {
				return err
			}
			_, err := desk.Arrive(ctx, tx, id, 0)
			return err
		})
	}
	raise := func(why string) func(context.Context, *db.Tx, string) error {
		return func(ctx context.Context, tx *db.Tx, id string) error {
			_, err := desk.Escalate(ctx, tx, id, 0, why)
			return err
		}
	}
	for n, m := range []desk.Minor{{Title: "换灯管灯泡", Trade: "electric", Minutes: 10}, {Title: "紧固螺丝", Trade: "other", Minutes: 5, DaysAgo: "1"}, {Title: "修插座开关", Trade: "electric", Minutes: 15, DaysAgo: "2"}} {
		m.Place = own.rooms[n%len(own.rooms)].ID
		if err := do(3-n, wang, func(tx *db.Tx) error { _, err := desk.Register(ctx, tx, &m); return err }); err != nil {
			return err
		}
	}
	j, err := sent(6, desk.Slip{Title: "走廊高处应急灯不亮", Trade: "electric"})
	if err == nil {
		err = step(4, wang, j.ID, func(ctx context.Context, tx *db.Tx, id string) error {
			_, err := desk.Decline(ctx, tx, id, 0, "须登高作业，登高证已到期")
			return err
		})
	}
	if err != nil {
		return err
	}
	if j, err = gone(9, desk.Slip{Title: "配电箱反复跳闸", Trade: "electric"}); err == nil {
		err = step(5, wang, j.ID, raise("白天排查三次未找到接地点，需停电分段检查"))
	}
	if err != nil {
		return err
	}
	if j, err = gone(26, desk.Slip{Title: "治疗带插座打火", Trade: "electric"}); err == nil {
		err = step(22, wang, j.ID, raise("整条回路老化，局部更换治标不治本"))
	}
	if err == nil {
		err = step(20, chief, j.ID, func(ctx context.Context, tx *db.Tx, id string) error {
			_, err := desk.Plan(ctx, tx, id, 0, "分两夜更换整条回路，电工班两人，病区提前一天停用")
			return err
		})
	}
	if err != nil {
		return err
	}
	if j, err = gone(60, desk.Slip{Title: "呼叫系统整层无声", Trade: "electric"}); err == nil {
		err = step(56, wang, j.ID, raise("主机板故障，厂家已停产，无配件"))
	}
	if err == nil {
		err = step(54, chief, j.ID, func(ctx context.Context, tx *db.Tx, id string) error {
			_, err := desk.Plan(ctx, tx, id, 0, "科内讨论：先调拨备用主机顶用，同时询价整套更换")
			return err
		})
	}
	if err == nil {
		err = step(30, wang, j.ID, raise("备用主机不兼容，整套更换须院领导定"))
	}
	if err != nil {
		return err
	}
	if j, err = gone(8, desk.Slip{Title: "隔离病房空调面板失灵", Trade: "hvac"}); err == nil {
		err = step(5, wang, j.ID, func(ctx context.Context, tx *db.Tx, id string) error {
			_, err := desk.Pause(ctx, tx, id, 0, desk.Reason{Code: "access", Text: "患者转出前不能进入"})
			return err
		})
	}
	if err != nil {
		return err
	}
	if j, err = gone(7, desk.Slip{Title: "电梯轿厢照明不亮", Trade: "lift", Asset: w.lifts[0].ID}); err == nil {
		work := desk.Work{Cause: "镇流器老化", Done: "换灯管，旧镇流器修好再用", Minutes: 40, Reused: 1, Saved: 4_500}
		if parts := w.parts["electric"]; len(parts) > 0 {
			for _, i := range parts {
				if w.home(i) == 1 && len(work.Parts) < 2 {
					work.Store, work.Parts = w.stores[1].ID, append(work.Parts, desk.Part{Item: i.ID, Qty: 1})
				}
			}
		}
		err = step(4, wang, j.ID, func(ctx context.Context, tx *db.Tx, id string) error {
			_, err := desk.Finish(ctx, tx, id, 0, work)
			return err
		})
	}
	if err != nil {
		return err
	}
	mate := w.byCode["H04"].staff[0]
	if j, err = sent(5, desk.Slip{Title: "处置室柜门脱轨", Trade: "carpentry"}); err == nil {
		err = step(3, boss, j.ID, func(ctx context.Context, tx *db.Tx, id string) error {
			_, err := desk.Reassign(ctx, tx, id, 0, desk.Assignment{Worker: mate.ID})
			return err
		})
	}
	if err == nil {
		err = step(2, wang, j.ID, func(ctx context.Context, tx *db.Tx, id string) error {
			if _, err := desk.NotTaken(ctx, tx, id, "完工没有收下：这单派给了"+mate.Name+"，不是您的", "处理结果 柜门装回，滑轨换新"); err != nil {
				return err
			}
			return desk.Say(ctx, tx, desk.Said{Job: id, Step: "late", SaidAt: period.At(w.now.Add(-220 * time.Minute))})
		})
	}
	if err != nil {
		return err
	}
	pump := assets.Card{Number: "YL-0001", Name: "输液泵", Spec: "容积式", Class: "medical", Department: ward.ID, Place: ward.rooms[0].ID}
	if err := w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error { return assets.Register(ctx, tx, &pump) }); err != nil {
		return err
	}
	return do(2, nurse, func(tx *db.Tx) error {
		_, err := desk.Report(ctx, tx, &desk.Slip{Title: "输液泵报警不消", Trade: desk.Medical, Asset: pump.ID, Department: ward.ID, Anyway: true})
		return err
	})
}
