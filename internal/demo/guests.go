package demo

import (
	"context"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/departments"
	"houqin/internal/desk"
)

// welcome hangs codes for guests, and leaves what came by them: waiting, doubled, made a
// job, joined to one, and not real.
func (w *world) welcome(ctx context.Context) error {
	boss := w.first("dispatcher")
	var ward *unit
	for _, u := range w.units {
		if u.Kind == departments.Ward && len(u.rooms) > 3 {
			ward = u
		}
	}
	do := func(minutesAgo int, who db.Actor, f func(*db.Tx) error) error {
		return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error { return f(at(tx, w.now.Add(-time.Duration(minutesAgo)*time.Minute), who)) })
	}
	var hall, lift desk.Code
	if err := do(3000, db.System("demo"), func(tx *db.Tx) (err error) {
		if err = desk.SetPhone(ctx, tx, "8120"); err != nil {
			return err
		}
		for _, p := range ward.rooms[:4] {
			if hall, err = desk.Hang(ctx, tx, p.ID, ""); err != nil {
				return err
			}
		}
		lift, err = desk.Hang(ctx, tx, "", w.lifts[1].ID)
		return err
	}); err != nil {
		return err
	}
	told := func(minutesAgo int, code desk.Code, t desk.Told) (n desk.Notice, err error) {
		return n, do(minutesAgo, desk.Guest, func(tx *db.Tx) (err error) { n, err = desk.Notify(ctx, tx, code.ID, t); return err })
	}
	first, err := told(95, hall, desk.Told{Trade: "water", Text: "洗手池下面一直滴水，地上湿了", Contact: "13900000000"})
	if err != nil {
		return err
	}
	again, err := told(80, hall, desk.Told{Trade: "water", Text: "水池漏水"})
	if err != nil {
		return err
	}
	if err := do(70, boss.actor, func(tx *db.Tx) error {
		_, err := desk.Confirm(ctx, tx, first.ID, 0, desk.Confirmation{Title: "洗手池下水滴漏", Trade: "water", Urgency: desk.Normal, Department: ward.ID, Also: []string{again.ID}})
		return err
	}); err != nil {
		return err
	}
	prank, err := told(60, lift, desk.Told{Trade: "lift", Text: "哈哈"})
	if err != nil {
		return err
	}
	if err := do(55, boss.actor, func(tx *db.Tx) error {
		_, err := desk.Dismiss(ctx, tx, prank.ID, 0, desk.Dismissal{Reason: "prank"})
		return err
	}); err != nil {
		return err
	}
	for n, t := range []desk.Told{{Trade: "electric", Text: "走廊尽头的灯一闪一闪"}, {Trade: "electric", Text: "灯坏了"}, {Trade: "cleaning"}} {
		if _, err := told(30-7*n, hall, t); err != nil {
			return err
		}
	}
	return nil
}
