package warehouse

import (
	"context"
	"fmt"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/id"
	"houqin/internal/base/period"
)

// Waiting is what a keeper looks at first, counted over the stores that they see.
type Waiting struct {
	Low      int64 `json:"low"`      // items below the minimum of stores that are not wards' own
	Ending   int64 `json:"ending"`   // lots that end within Days
	Days     int   `json:"days"`     // before its end that a lot is warned of
	Expired  int64 `json:"expired"`  // lots that have ended
	Held     int64 `json:"held"`     // lots that must stay
	Receipts int64 `json:"receipts"` // of today
	Issues   int64 `json:"issues"`
}

// WaitingFor counts it.
func WaitingFor(ctx context.Context, r db.Reader, by db.Actor, today period.Day, zone *time.Location) (w Waiting, err error) {
	if w.Days, err = Near(ctx, r, today); err != nil {
		return w, err
	}
	seen, args := within(by, "w.department")
	count := func(n *int64, q string, more ...any) {
		if err != nil {
			return
		}
		for i := range more {
			q = strings.Replace(q, "?", fmt.Sprint("$", len(args)+1+i), 1)
		}
		err = r.QueryRowContext(ctx, `SELECT count(*) FROM `+q+seen, append(args[:len(args):len(args)], more...)...).Scan(n)
	}
	const lots = `warehouse_balance b JOIN warehouse_store w ON w.id = b.store WHERE b.qty > 0 AND `
	const papers = `warehouse_document d JOIN warehouse_store w ON w.id = d.store WHERE d.kind = ? AND d.id >= ? AND d.day = ?`
	from := id.Floor(today.Start(zone).Time())
	count(&w.Low, `warehouse_stock s JOIN warehouse_store w ON w.id = s.store WHERE w.ward = false AND s.least > 0 AND s.qty < s.least`)
	count(&w.Ending, lots+ends+` >= ? AND `+ends+` <= ?`, today, today.AddDays(w.Days))
	count(&w.Expired, lots+ends+` < ?`, today)
	count(&w.Held, `warehouse_hold h JOIN warehouse_store w ON w.id = h.store WHERE h.released = 0`)
	count(&w.Receipts, papers, Receipt, from, today)
	count(&w.Issues, papers, Issued, from, today)
	return w, err
}

// within is the condition, to be added to a query, that one of the departments lies
// where the person may see, with its arguments, which come first.
func within(by db.Actor, departments ...string) (string, []any) {
	s := by.Scope(MaySee)
	if s.All {
		return "", nil
	}
	if len(s.Units) == 0 {
		return " AND 1=0", nil
	}
	in, args := db.Listed(s.Units)
	return " AND (" + strings.Join(departments, " IN "+in+" OR ") + " IN " + in + ")", args
}
