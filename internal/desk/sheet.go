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
	NeedSheet  = "needs"  // SetNeeds
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
