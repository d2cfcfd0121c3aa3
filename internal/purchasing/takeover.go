package purchasing

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/suppliers"
)

// ByTakingOver is the way of an order that another's books had.
const ByTakingOver = "taken_over"

// Past is a line of an order that another's books had: what of it has come before is not
// in these stores' books and not waited for.
type Past struct {
	External   string // tells the order from every other of those books
	Print      string // tells the line from every other
	Number     string // as those books call the order; "" when they do not
	Supplier   string
	Department string // whose plan it counts as
	Day        period.Day
	Due        period.Day
	Item       string
	Quality    string
	Qty        quantity.Qty // ordered, smallest units
	Came       quantity.Qty // of it
	Price      money.Fen    // of one smallest unit
	Note       string
}

// TakeOver enters a line of an order of other books, so that what is still to come of it
// can be received here; the same line again changes nothing, and added is false. Such an
// order has passed its plan, its audit and its sending there: here it stands as sent, with
// a plan that is done. Needs MayTakeOver. Invalid: no quantity, more come than ordered, an
// amount that no book can hold; Conflict: an order that is closed here.
func TakeOver(ctx context.Context, tx *db.Tx, p Past) (o Order, added bool, err error) {
	if err := tx.Need(MayTakeOver); err != nil {
		return o, false, err
	}
	if _, known, err := db.Text(ctx, tx, `SELECT purchase FROM purchasing_taken WHERE print = $1`, p.Print); err != nil || known {
		return o, false, err
	}
	var bad fault.Complaints
	if p.Qty <= 0 {
		bad.Add("qty", "base.required")
	}
	if p.Came < 0 || p.Came > p.Qty {
		bad.Add("came", "purchasing.came_too_much")
	}
	amount, err := cost(p.Price, p.Qty)
	if err != nil || p.Price < 0 {
		bad.Add("price", "base.money")
	}
	if err := bad.Err(); err != nil {
		return o, false, err
	}
	if _, err := catalog.Get(ctx, tx, p.Item); err != nil {
		return o, false, err
	}
	found, err := Orders.All(ctx, tx, list.Where{}.And("o.external = ?", p.External), 1)
	if err != nil {
		return o, false, err
	}
	if len(found) > 0 {
		o = found[0]
		if err := tx.Lock(ctx, "purchasing_order", o.ID); err != nil {
			return o, false, err
		}
		if o, err = OrderByID(ctx, tx, o.ID); err != nil {
			return o, false, err
		}
		if o.State == Closed || o.State == Cancelled {
			return o, false, fault.New(fault.Conflict, "purchasing.not_sent", o.Number)
		}
		if k := slices.IndexFunc(o.Goods, func(l OrderLine) bool { return l.Item == p.Item }); k >= 0 {
			return o, false, fault.OnField("item", "purchasing.twice", o.Goods[k].Title())
		}
	} else if o, err = begin(ctx, tx, p); err != nil {
		return o, false, err
	}
	line := int64(len(o.Goods) + 1)
	planLine := o.Plan + "." + itoa(int(line))
	if _, err := tx.Exec(ctx, `INSERT INTO purchasing_plan_line (id, plan, line, item, quality, wanted, proposed, qty, price, ordered) VALUES ($1,$2,$3,$4,$5,$6,$6,$6,$7,$6)`, planLine, o.Plan, line, p.Item, p.Quality, p.Qty, p.Price); err != nil {
		return o, false, err
	}
	if _, err := tx.Exec(ctx, `UPDATE purchasing_plan SET lines = lines + 1, amount = amount + $1 WHERE id = $2`, amount, o.Plan); err != nil {
		return o, false, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO purchasing_order_line (purchase, line, plan_line, item, quality, qty, received, price) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`, o.ID, line, planLine, p.Item, p.Quality, p.Qty, p.Came, p.Price); err != nil {
		return o, false, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO purchasing_taken (print, purchase, line, came) VALUES ($1,$2,$3,$4)`, p.Print, o.ID, line, p.Came); err != nil {
		return o, false, err
	}
	o.Goods = append(o.Goods, OrderLine{Goods: Goods{Item: p.Item}, Line: line, PlanLine: planLine, Qty: p.Qty, Received: p.Came, Price: p.Price})
	o.State = o.come()
	o.Lines, o.Amount = o.Lines+1, o.Amount+amount
	if p.Note != "" && !strings.Contains(o.Note, p.Note) && len([]rune(o.Note+p.Note)) < 400 {
		o.Note = strings.TrimLeft(o.Note+"；"+p.Note, "；")
	}
	if err := tx.One(ctx, fault.Stale(), `UPDATE purchasing_order SET state = $1, lines = $2, amount = $3, note = $4, version = version + 1 WHERE id = $5 AND version = $6`, o.State, o.Lines, o.Amount, o.Note, o.ID, o.Version); err != nil {
		return o, false, err
	}
	o.Version++
	if len(found) > 0 {
		return o, true, nil // the trail has the order; each line of a spreadsheet is in the import's own
	}
	return o, true, tx.Trail(ctx, db.Event{Noun: Noun, Record: o.ID, Action: "take_over", Note: strings.TrimSpace(o.SupplierName + " " + p.Number)})
}

// begin writes down an order of other books that has no line yet, and its plan.
func begin(ctx context.Context, tx *db.Tx, p Past) (o Order, err error) {
	s, err := suppliers.Get(ctx, tx, p.Supplier)
	if err != nil {
		return o, err
	}
	if p.Day == "" {
		p.Day = tx.Today()
	}
	plan := Plan{ID: tx.NewID(), Month: p.Day.Month().First(), Department: p.Department, State: PlanClosed, PlannerName: p.Number, At: tx.At()}
	if plan.Number, err = tx.Number(ctx, "JH"); err != nil {
		return o, err
	}
	if err := insertPlan(ctx, tx, &plan); err != nil {
		return o, err
	}
	if _, err := tx.Exec(ctx, `UPDATE purchasing_plan SET external = $1 WHERE id = $2`, p.External, plan.ID); err != nil {
		return o, err
	}
	if err := tx.Trail(ctx, db.Event{Noun: PlanNoun, Record: plan.ID, Action: "take_over", Note: p.Number}); err != nil {
		return o, err
	}
	o = Order{ID: tx.NewID(), Supplier: p.Supplier, SupplierName: s.Name, Plan: plan.ID, PlanNumber: plan.Number, State: Sent, Method: ByTakingOver, Due: p.Due, Note: p.Number, BuyerName: tx.By.Name, Day: p.Day, At: tx.At(), SentAt: tx.At(), Version: 1}
	if o.Number, err = tx.Number(ctx, "CG"); err != nil {
		return o, err
	}
	if err := insertOrder(ctx, tx, &o); err != nil {
		return o, err
	}
	_, err = tx.Exec(ctx, `UPDATE purchasing_order SET external = $1, sent_at = $2, note = $3 WHERE id = $4`, p.External, o.SentAt, o.Note, o.ID)
	return o, err
}

// come is the state of an order by what of it has come.
func (o *Order) come() OrderState {
	state, came := Received, quantity.Qty(0)
	for _, l := range o.Goods {
		came += l.Received
		if l.Left() > 0 {
			state = PartlyReceived
		}
	}
	switch {
	case came > 0:
		return state
	case state == Received: // all of it was given up
		return Closed
	}
	return Sent
}
