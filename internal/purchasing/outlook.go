package purchasing

import (
	"context"
	"maps"
	"math"
	"runtime"
	"slices"
	"strconv"
	"sync"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/forecast"
	"houqin/internal/warehouse"
)

// Remembered is how many months of consumption are looked at.
const Remembered = 36

// Outlook is what is foretold of one item for a month, in its smallest unit, in a form
// that a page can say: about Likely, between Low and High, found by Method, which in
// the months tried was off by Off per cent.
type Outlook struct {
	Used   quantity.Qty `json:"used"` // last month
	Likely quantity.Qty `json:"likely"`
	Low    quantity.Qty `json:"low"`
	High   quantity.Qty `json:"high"`
	Method string       `json:"method"` // of forecast.Names; "" when nothing was ever used
	Sure   string       `json:"sure"`   // a forecast.Surety
	Off    int64        `json:"off"`
}

// ahead looks from the months known, the last of which ended before this month, to a
// month that is so many further.
func ahead(known []float64, months int) Outlook {
	if len(known) == 0 {
		return Outlook{Sure: string(forecast.Unknown)}
	}
	f := forecast.Next(known, months)
	if f.Known == 0 {
		return Outlook{Sure: string(forecast.Unknown)}
	}
	m := f.Months[months-1]
	up := func(v float64) quantity.Qty { return quantity.Qty(math.Ceil(v - 1e-9)) }
	return Outlook{Used: quantity.Qty(known[len(known)-1]), Likely: up(m.Likely), Low: quantity.Qty(m.Low), High: up(m.High), Method: f.Method, Sure: string(f.Sure),
		Off: int64(math.Round(100 * f.Best.Share))}
}

// Outlooks foretells a month for each item that a department, or with "" the house,
// has used: from the full months before today.
func Outlooks(ctx context.Context, r db.Reader, department string, month period.Month, today period.Day, items []string) (map[string]Outlook, error) {
	return outlooks(ctx, r, department, month, today, func([]string) []string { return items })
}

// outlooks is Outlooks for the items that which makes of those that were used.
func outlooks(ctx context.Context, r db.Reader, department string, month period.Month, today period.Day, which func(used []string) []string) (map[string]Outlook, error) {
	last := today.Month().Add(-1)
	used, err := warehouse.UsedMonthly(ctx, r, department, last.Add(1-Remembered), last)
	if err != nil {
		return nil, err
	}
	items := slices.Compact(slices.Sorted(slices.Values(which(slices.Collect(maps.Keys(used))))))
	months := max(1, period.Months(last, month))
	each := make([]Outlook, len(items)) // arithmetic only: every processor takes its share
	var share sync.WaitGroup
	n := runtime.GOMAXPROCS(0)
	for k := range n {
		share.Go(func() {
			for i := k; i < len(items); i += n {
				each[i] = ahead(used[items[i]], months)
			}
		})
	}
	share.Wait()
	of := make(map[string]Outlook, len(items))
	for k, i := range items {
		of[i] = each[k]
	}
	return of, nil
}

func itoa(n int) string { return strconv.Itoa(n) }
