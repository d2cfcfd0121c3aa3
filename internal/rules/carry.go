package rules

import (
	"context"
	"fmt"
	"strings"

	"houqin/internal/base/db"
)

// Carry takes over what a hospital had set before that figure was a parameter of the
// book: it holds from today, as a change of the book like any other, in the program's
// name. It happens once; a figure set in the book since stays, and one that does not
// fit the parameter is not taken.
func Carry(ctx context.Context, tx *db.Tx, setting, param string) error {
	old, err := db.Setting(ctx, tx, setting)
	if err != nil || old == "" {
		return err
	}
	p, clause, ok := Parameter(param)
	if !ok {
		return fmt.Errorf("rules: no parameter %q", param)
	}
	now, err := Value(ctx, tx, param, tx.Today())
	if err != nil {
		return err
	}
	if value, err := p.Check("value", old); err == nil && now.Since == "" && value != now.Value {
		c := Change{ID: tx.NewID(), Clause: clause.ID, Param: param, Was: now.Value, Value: value, Since: tx.Today(), Reason: "沿用升级前的设置 · as it was set before this version",
			At: tx.At(), By: tx.By.ID, ByName: program, Outcome: Confirmed}
		if c.Number, err = tx.Number(ctx, "GZ"); err != nil {
			return err
		}
		if err := insertChange(ctx, tx, &c); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO rules_decision (change, outcome, at, by_id, by_name) VALUES ($1,$2,$3,$4,$5)`, c.ID, Confirmed, c.At, c.By, c.ByName); err != nil {
			return err
		}
		if err := tx.Trail(ctx, db.Event{Noun: Noun, Record: c.Clause, Action: "confirm", Note: strings.TrimSpace(c.Number + "\n" + c.Reason), After: c}); err != nil {
			return err
		}
	}
	return db.Set(ctx, tx, setting, "")
}

// program is who carried a figure over.
const program = "Houqin"
