package desk

import (
	"context"
	"slices"

	"houqin/internal/base/db"
)

// Usual is a plan that hospitals have and that a clause asks for.
type Usual struct {
	Trade  Trade
	Clause string
	Unit   string
	Every  int64
	Days   int64
}

// Usuals are the plans that a new hospital is reminded of. No clause has a figure: pests are
// fought every month (K-007), water, power and heating looked over every month (W-017), the
// wards visited every week (W-018).
var Usuals = []Usual{
	{"water", "W-017", "month", 1, 3}, {"electric", "W-017", "month", 1, 3}, {"heating", "W-017", "month", 1, 3}, {"patrol", "W-018", "week", 1, 2}, {"pest", "K-007", "month", 1, 3},
}

// UsualOf is the usual plan of a trade; every week where there is none.
func UsualOf(t Trade) Usual {
	for _, u := range Usuals {
		if u.Trade == t {
			return u
		}
	}
	return Usual{Trade: t, Unit: "week", Every: 1, Days: 1}
}

// Unplanned are the usual plans that the hospital does not have running.
func Unplanned(ctx context.Context, r db.Reader) ([]Usual, error) {
	has, err := db.All(ctx, r, func(t *Trade) []any { return []any{t} }, `SELECT DISTINCT trade FROM desk_standing WHERE state = 'running'`)
	return slices.DeleteFunc(slices.Clone(Usuals), func(u Usual) bool { return slices.Contains(has, u.Trade) }), err
}
