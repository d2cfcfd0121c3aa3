package receiving

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
)

// Brought is what of one item came with a receipt, in smallest units: as it was counted,
// and what of that was accepted and booked.
type Brought struct {
	Receipt   string       `json:"receipt"`
	Number    string       `json:"number"`
	State     State        `json:"state"`
	Arrived   period.Day   `json:"arrived"`
	StoreName string       `json:"store_name"`
	Counted   quantity.Qty `json:"counted"`
	Accepted  quantity.Qty `json:"accepted"`
}

// arrivalsMost is how many receipts of one item are looked through.
const arrivalsMost = 200

// ArrivalsFor are what of an item came for some orders or plans with the receipts that the person
// sees, the earliest first; receipts that were taken back are left out.
func ArrivalsFor(ctx context.Context, r db.Reader, by db.Actor, bases []string, item string) (all []Brought, err error) {
	receipts, err := Receipts.All(ctx, r, Scope(by).In("r.basis_id", bases).And("r.basis_id <> '' AND r.state <> 'dropped' AND EXISTS (SELECT 1 FROM receiving_line l WHERE l.receipt = r.id AND l.item = ?)", item), arrivalsMost)
	if err != nil {
		return nil, err
	}
	for n := len(receipts) - 1; n >= 0; n-- { // the list has the newest first
		x := &receipts[n]
		a := Brought{Receipt: x.ID, Number: x.Number, State: x.State, Arrived: x.Arrived, StoreName: x.StoreName}
		lines, err := linesOf(ctx, r, x.ID)
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			if l.Item == item {
				a.Counted += l.Came
				if x.State == Posted {
					a.Accepted += l.Accepted()
				}
			}
		}
		all = append(all, a)
	}
	return all, nil
}
