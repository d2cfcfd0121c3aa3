package desk

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
)

// Sheets of settings that are saved as a whole, so that whoever saves one later does not
// undo what somebody else has saved since they opened it.
const (
	ShiftSheet = "shifts" // SetShifts
	RouteSheet = "routes" // SetRoutes
	NeedSheet  = "needs"  // SetNeeds, SetManners
	TermSheet  = "terms"  // SetTerm, SetRateOf, SetGrades: TurnTerms
)

// SheetVersion is how often a sheet has been saved, counted from 1.
func SheetVersion(ctx context.Context, r db.Reader, sheet string) (n int64, err error) {
	err = r.QueryRowContext(ctx, `SELECT version FROM desk_sheet WHERE name = $1`, sheet).Scan(&n)
	return n, err
}

// turnSheet counts that a sheet is saved. Conflict where it is not the version any more that
// the person looked at; 0 is said by those who looked at none.
func turnSheet(ctx context.Context, tx *db.Tx, sheet string, version int64) error {
	return tx.One(ctx, fault.Stale(), `UPDATE desk_sheet SET version = version + 1 WHERE name = $1 AND (version = $2 OR $2 = 0)`, sheet, version)
}

// TurnTerms counts that the terms are saved, with the rates and the grades; version is that
// of the TermSheet that was looked at, whose moving on is a Conflict. Needs MayArrange.
func TurnTerms(ctx context.Context, tx *db.Tx, version int64) error {
	if err := tx.Need(MayArrange); err != nil {
		return err
	}
	return turnSheet(ctx, tx, TermSheet, version)
}
