package demo

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/departments"
	"houqin/internal/desk"
)

// comeRound leaves the plans of standing jobs: checks of water and power, a patrol of the
// wards that is under way and has found something, pests fought, and papers carried outside
// every day worked. Heating is left for somebody to plan.
func (w *world) comeRound(ctx context.Context) error {
	boss, wang := w.first("section_head"), w.numbered("1045")
	var wards []desk.Stop
	for _, u := range w.units {
		if u.Kind == departments.Ward && len(wards) < 6 {
			wards = append(wards, desk.Stop{Department: u.ID})
		}
	}
	office := w.byCode["H02"]
	return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error {
		tx = at(tx, w.now, boss.actor)
		today := tx.Today()
		var patrol desk.Standing
		for _, s := range []desk.Standing{
			{Title: "给水排水检查", Trade: "water", Unit: "month", Every: 1, Days: 3, Working: true, Next: today.AddDays(9), Stops: wards[:3], Detail: "阀门、龙头、下水逐一试用，破旧的当场登记更换"},
			{Title: "供电线路检查", Trade: "electric", Unit: "month", Every: 1, Days: 3, Working: true, Next: today, Stops: wards[:2], Detail: "配电箱、插座、应急照明"},
			{Title: "除四害", Trade: "pest", Unit: "month", Every: 1, Days: 3, Next: today.AddDays(16), Stops: wards},
			{Title: "外送检验标本", Trade: "courier", Unit: "day", Every: 1, Days: 1, Working: true, Outdoor: true, Next: today.AddDays(1)},
			{Title: "巡视各病区、收集需求", Trade: "patrol", Unit: "week", Every: 1, Days: 2, Working: true, Together: true, Next: today.AddDays(4), Stops: wards},
		} {
			s.Lead, s.Department, s.Crew = boss.ID, office.ID, ""
			if s.Trade == "electric" || s.Trade == "patrol" {
				s.Crew = office.ID
			}
			if err := desk.Schedule(ctx, tx, &s); err != nil {
				return err
			}
			patrol = s
		}
		if _, err := desk.Press(ctx, tx, patrol.ID); err != nil {
			return err
		}
		came, err := desk.TurnsOf(ctx, tx, patrol.ID, 1)
		if err != nil || len(came) == 0 {
			return err
		}
		tx = at(tx, w.now, wang.actor)
		if _, err := desk.Grab(ctx, tx, came[0].Job, 0); err != nil {
			return err
		}
		if _, err := desk.Arrive(ctx, tx, came[0].Job, 0); err != nil {
			return err
		}
		_, err = desk.Find(ctx, tx, came[0].Job, 0, desk.Finding{Title: "护士站请求加一个插座", Trade: "electric", Department: wards[0].Department})
		return err
	})
}
