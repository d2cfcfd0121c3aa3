package purchasing

import (
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
)

// What was refused at the gate, or went back to its supplier later, either comes again on
// the order it came on, or is not wanted any more.

// AwaitAgain opens lines of an order again for goods that went back and are to be replaced,
// inside the caller's unit of work; negative says that they never went. An order that was
// closed waits again, for those goods only. Conflict: an order of which less has come, or
// that was closed since.
func AwaitAgain(ctx context.Context, tx *db.Tx, order string, lines []Arrived) error {
	o, err := held(ctx, tx, order)
	if err != nil {
		return err
	}
	if o.State == Closed {
		if slices.ContainsFunc(lines, func(a Arrived) bool { return a.Qty < 0 }) {
			return fault.New(fault.Conflict, "purchasing.not_sent", o.Number)
		}
		for k := range o.Goods { // the plan has it back already
			o.Goods[k].GivenUp += o.Goods[k].Left()
		}
	}
	for _, a := range lines {
		n := slices.IndexFunc(o.Goods, func(l OrderLine) bool { return l.Line == a.Line })
		if n < 0 || a.Qty > o.Goods[n].Received || -a.Qty > o.Goods[n].Left() {
			return fault.New(fault.Conflict, "purchasing.not_sent", o.Number)
		}
		o.Goods[n].Received -= a.Qty
	}
	return o.settle(ctx, tx, "await_again")
}

// GiveUp says of what is still to come of an order that it is not wanted any more: the plan
// has it back. Of an order that waits for nothing, nothing is given up.
func GiveUp(ctx context.Context, tx *db.Tx, order string, lines []Arrived) error {
	o, err := held(ctx, tx, order)
	if err != nil {
		return err
	}
	if o.State != Sent && o.State != PartlyReceived {
		return nil
	}
	some := false
	for _, a := range lines {
		n := slices.IndexFunc(o.Goods, func(l OrderLine) bool { return l.Line == a.Line })
		if n < 0 || min(a.Qty, o.Goods[n].Left()) <= 0 {
			continue
		}
		l := &o.Goods[n]
		q := min(a.Qty, l.Left())
		if _, err := tx.Exec(ctx, `UPDATE purchasing_plan_line SET ordered = ordered - $1 WHERE id = $2`, q, l.PlanLine); err != nil {
			return err
		}
		if l.Agreed != "" {
			if err := MarkCalled(ctx, tx, []Called{{l.Agreed, -q}}); err != nil {
				return err
			}
		}
		l.GivenUp, some = l.GivenUp+q, true
	}
	if !some {
		return nil
	}
	return o.settle(ctx, tx, "give_up")
}

// held is an order, locked.
func held(ctx context.Context, tx *db.Tx, id string) (Order, error) {
	if err := tx.Lock(ctx, "purchasing_order", id); err != nil {
		return Order{}, err
	}
	return OrderByID(ctx, tx, id)
}

// settle stores what of an order's lines has come and was given up, and how far it is by that.
func (o *Order) settle(ctx context.Context, tx *db.Tx, action string) error {
	for _, l := range o.Goods {
		if _, err := tx.Exec(ctx, `UPDATE purchasing_order_line SET received = $1, given_up = $2 WHERE purchase = $3 AND line = $4`, l.Received, l.GivenUp, o.ID, l.Line); err != nil {
			return err
		}
	}
	o.State = o.come()
	return keep(ctx, tx, o, action, "")
}

// Waiting are those of some orders for which goods may still come.
func Waiting(ctx context.Context, r db.Reader, orders []string) (map[string]bool, error) {
	all, err := Orders.All(ctx, r, list.Where{}.In("o.id", orders).And("o.state IN ('sent', 'partly_received')"), len(orders)+1)
	of := map[string]bool{}
	for _, o := range all {
		of[o.ID] = true
	}
	return of, err
}
