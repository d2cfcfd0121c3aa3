package demo

import (
	"context"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/desk"
)

// watch makes kinds of work of the hospital's own, one that guests may report and that a plan
// brings round, and connects two systems that tell of alarms: one whose alarms are jobs of
// their crew at once, with one that came again and again, and one whose alarms the desk looks
// at first: one waits, one was a test.
func (w *world) watch(ctx context.Context) error {
	director, boss := w.first("director").actor, w.first("dispatcher").actor
	do := func(minutesAgo int, who db.Actor, f func(*db.Tx) error) error {
		return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error { return f(at(tx, w.now.Add(-time.Duration(minutesAgo)*time.Minute), who)) })
	}
	var ward *unit
	for _, u := range w.units {
		if len(u.rooms) > 4 && u.ID != w.numbered("1065").Department {
			ward = u
		}
	}
	gas := desk.Panel{Name: "医用气体监测站", Sort: "gas", Kind: "gas", Urgency: desk.Urgent, Department: w.first("director").Department, Auto: true, Most: 60}
	fire := desk.Panel{Name: "后勤楼消防主机", Sort: "fire", Kind: "equipment", Urgency: desk.Urgent, Department: gas.Department, Most: 60}
	if err := do(4000, director, func(tx *db.Tx) error {
		k := desk.Kind{Trade: "metal", Name: "病床检修", Icon: "bed", Ward: true, Parts: true, Costs: true, Sign: desk.SignReporter, Position: 24,
			Times: []desk.Span{{Urgency: desk.Normal, Answer: 30, Come: 120, Finish: 1440}, {Urgency: desk.Urgent, Finish: 120}}}
		k.Ask([]desk.Question{{Text: "床号", Required: true}, {Text: "病床型号", Sort: "choice", Choices: []string{"电动床", "手摇床", "平床"}}})
		chairs := desk.Kind{Trade: "metal", Name: "轮椅平车", Icon: "wheelchair", Ward: true, Guest: true, Parts: true, Costs: true, Position: 25, Minutes: 1440, Working: true}
		for _, k := range []*desk.Kind{&k, &chairs} {
			if err := desk.AddKind(ctx, tx, k); err != nil {
				return err
			}
		}
		tx.By = boss
		if err := desk.Schedule(ctx, tx, &desk.Standing{Title: "轮椅平车检修", Trade: desk.Trade(chairs.ID), Unit: "month", Every: 1, Days: 5, Working: true, Next: tx.Today().AddDays(12),
			Department: ward.ID, Stops: []desk.Stop{{Department: ward.ID}}, Detail: "刹车、脚踏、轮胎、护栏"}); err != nil {
			return err
		}
		tx.By = director
		for _, p := range []*desk.Panel{&gas, &fire} {
			if _, err := desk.SetPanel(ctx, tx, p); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	tell := func(minutesAgo int, p *desk.Panel, s desk.Sound) (a desk.Alarm, err error) {
		return a, do(minutesAgo, p.As("demo"), func(tx *db.Tx) (err error) { a, err = desk.Hear(ctx, tx, p.ID, s); return err })
	}
	for n, minutesAgo := range []int{50, 41, 33} {
		if _, err := tell(minutesAgo, &gas, desk.Sound{ID: []string{"MG-0417", "MG-0418", "MG-0419"}[n], Text: "二级稳压箱氧气压力低于 0.35 MPa", Point: "O2-3F", Place: ward.rooms[0].Code}); err != nil {
			return err
		}
	}
	test, err := tell(180, &fire, desk.Sound{ID: "F-2088", Text: "手动报警按钮动作", Point: "A1-MB-02"})
	if err == nil {
		err = do(175, boss, func(tx *db.Tx) error {
			_, err := desk.DismissAlarm(ctx, tx, test.ID, 0, desk.Silence{Reason: "test", Note: "消防月度联动试验"})
			return err
		})
	}
	if err != nil {
		return err
	}
	_, err = tell(12, &fire, desk.Sound{ID: "F-2091", Text: "感烟探测器污染故障", Point: "A3-017", Place: ward.rooms[1].Code, Urgency: desk.Normal})
	return err
}
