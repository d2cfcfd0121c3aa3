package demo

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/desk"
	"houqin/internal/people"
)

// roster gives the crews their certificates and their duty: four in a rota by day and
// night, the others by day; one certificate has ended, one is to be renewed.
func (w *world) roster(ctx context.Context) error {
	boss := w.first("director")
	return w.d.Do(ctx, db.System("demo"), func(tx *db.Tx) error {
		tx = at(tx, w.now, boss.actor)
		today := tx.Today()
		kinds := map[string]string{"H02": "electrician", "H03": "boiler", "H04": "refrigeration"}
		monday := today.AddDays(-28 - (int(today.Weekday())+6)%7)
		for _, code := range []string{"H02", "H03", "H04"} {
			kind := kinds[code]
			for i, p := range w.byCode[code].staff {
				c := people.Certificate{Person: p.ID, Kind: kind, Number: "T" + p.Number + "20", Issuer: "市应急管理局", IssuedOn: today.AddMonths(-20 - i), ValidUntil: today.AddMonths(52 - i)}
				switch {
				case code == "H02" && i == 5: // was to be re-examined last month
					c.IssuedOn, c.ValidUntil = today.AddMonths(-37), today.AddMonths(35)
				case code == "H02" && i == 4:
					c.IssuedOn, c.ValidUntil = today.AddMonths(-36).AddDays(20), today.AddMonths(36)
				case i == 6:
					continue // an apprentice
				}
				if err := people.Certify(ctx, tx, &c); err != nil {
					return err
				}
				pattern, begins := "白 白 白 白 白 休 休", monday
				if i >= 2 && i < 6 {
					pattern, begins = "白 夜 休 休", monday.AddDays(i)
				}
				if p.Number == "1045" {
					pattern = "白"
				}
				if err := desk.SetRota(ctx, tx, desk.Rota{Person: p.ID, Pattern: pattern, Begins: begins}); err != nil {
					return err
				}
			}
			if code == "H02" {
				lift := people.Certificate{Person: w.byCode[code].staff[0].ID, Kind: "lift", IssuedOn: today.AddMonths(-10), ValidUntil: today.AddMonths(38), Issuer: "市市场监督管理局"}
				if err := people.Certify(ctx, tx, &lift); err != nil {
					return err
				}
			}
		}
		for i, p := range w.byCode["H01"].staff { // the desk is staffed day and night
			pattern, begins := "白 夜 休 休", monday.AddDays(i)
			if p.Number == "1040" {
				pattern, begins = "白 白 白 白 白 休 休", monday
			}
			if err := desk.SetRota(ctx, tx, desk.Rota{Person: p.ID, Pattern: pattern, Begins: begins}); err != nil {
				return err
			}
		}
		for _, x := range []desk.Swap{{Person: w.byCode["H02"].staff[1].ID, Day: today.AddDays(1), Shift: "休", Note: "调休"}, {Person: w.byCode["H03"].staff[0].ID, Day: today.AddDays(2), Shift: "全", Note: "替班"}} {
			if err := desk.SetDay(ctx, tx, x); err != nil {
				return err
			}
		}
		if err := desk.SetManner(ctx, tx, w.byCode["H04"].ID, desk.Either); err != nil {
			return err
		}
		return desk.SetNeeds(ctx, tx, 0, []desk.Need{{Trade: "electric", Certificate: "electrician"}, {Trade: "heating", Certificate: "boiler"}})
	})
}
