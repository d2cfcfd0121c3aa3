package receiving

import (
	"cmp"
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/purchasing"
	"houqin/internal/warehouse"
)

// waiting are the goods that are to come again on what a receipt stands on, oldest first.
func waiting(ctx context.Context, r db.Reader, basis, id, number, supplier string) ([]back, error) {
	return backs(ctx, r, `b.again = true AND b.came + b.waived < b.qty AND r.basis = $1 AND r.basis_id = $2 AND r.basis_number = $3 AND r.supplier = $4`, basis, id, number, supplier)
}

// toComeAgain is how much of each item is to come again, less what stands counted at the
// gate and is not booked yet.
func toComeAgain(ctx context.Context, r db.Reader, basis, id, number, supplier string) (map[string]quantity.Qty, error) {
	all, err := waiting(ctx, r, basis, id, number, supplier)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	of := map[string]quantity.Qty{}
	for _, b := range all {
		of[b.item] += b.open()
	}
	err = db.Each(ctx, r, `SELECT l.item, CAST(sum(l.again) AS BIGINT) FROM receiving_receipt r JOIN receiving_line l ON l.receipt = r.id
		WHERE r.state IN ('counted', 'checked') AND r.basis = $1 AND r.basis_id = $2 AND r.basis_number = $3 AND r.supplier = $4 GROUP BY l.item`, []any{basis, id, number, supplier}, func(scan db.Scan) error {
		var item string
		var qty quantity.Qty
		err := scan(&item, &qty)
		of[item] = max(0, of[item]-qty)
		return err
	})
	return of, err
}

// Again is how much of each item is to come again on an order, a plan or a contract.
func Again(ctx context.Context, r db.Reader, a Arrival) (map[string]quantity.Qty, error) {
	switch {
	case a.Order != "":
		o, err := purchasing.OrderByID(ctx, r, a.Order)
		if err != nil {
			return nil, err
		}
		return toComeAgain(ctx, r, "order", o.ID, o.Number, o.Supplier)
	case a.Plan != "" && a.Supplier != "":
		p, err := purchasing.PlanByID(ctx, r, a.Plan)
		if err != nil {
			return nil, err
		}
		return toComeAgain(ctx, r, "plan", p.ID, p.Number, a.Supplier)
	case a.Contract != "":
		return toComeAgain(ctx, r, "contract", "", a.Contract, a.Supplier)
	}
	return nil, nil
}

// fill is what of a receipt's line came in place of some goods that had gone back. Free was
// paid for with those, the rest was left out of their invoice and is to be billed.
type fill struct {
	line        int64
	back, paper string // paper has paid for it, or let it go
	qty, free   quantity.Qty
}

// inPlace says of each line of a receipt what it came in place of, the oldest first, and how
// much of it stands on no invoice. Conflict: more than is waited for.
func inPlace(ctx context.Context, r db.Reader, x *Receipt) (all []fill, err error) {
	if !slices.ContainsFunc(x.Goods, func(l Line) bool { return l.Again > 0 }) {
		return nil, nil
	}
	open, err := waiting(ctx, r, x.Basis, x.BasisID, x.BasisNumber, x.Supplier)
	if err != nil {
		return nil, err
	}
	left := map[string]quantity.Qty{} // of each invoice and item, what it was let off and nobody has billed since
	for n := range x.Goods {
		l := &x.Goods[n]
		need := l.Again
		l.Free = 0
		for k := range open {
			b := &open[k]
			q := min(need, b.open())
			if b.item != l.Item || q == 0 {
				continue
			}
			at := b.invoice + " " + b.item
			if _, known := left[at]; !known {
				if left[at], err = letOff(ctx, r, b.invoice, b.item); err != nil {
					return nil, err
				}
			}
			f := fill{line: l.N, back: b.id, paper: cmp.Or(b.bill, b.number), qty: q, free: q - min(q, left[at])}
			left[at] -= f.qty - f.free
			b.came, need, l.Free = b.came+q, need-q, l.Free+f.free
			all = append(all, f)
		}
		if need > 0 {
			return nil, fault.New(fault.Conflict, "receiving.not_awaited", l.Title(), l.Say(l.Again-need))
		}
	}
	return all, nil
}

// letOff is what of an item was left out of an invoice as it was matched because it had
// gone back, less what came again since and was billed.
func letOff(ctx context.Context, r db.Reader, invoice, item string) (quantity.Qty, error) {
	var off, billed quantity.Qty
	if invoice == "" {
		return 0, nil
	}
	err := r.QueryRowContext(ctx, `SELECT CAST(coalesce((SELECT sum(a.qty) FROM receiving_invoice_away a JOIN receiving_invoice i ON i.id = a.invoice WHERE i.id = $1 AND a.item = $2 AND i.state <> 'open'), 0) AS BIGINT),
		CAST(coalesce((SELECT sum(b.came - b.free) FROM receiving_back b JOIN receiving_receipt r ON r.id = b.receipt JOIN receiving_line l ON l.receipt = b.receipt AND l.line = b.line
			WHERE r.invoice_id = $1 AND l.item = $2 AND b.undone = false), 0) AS BIGINT)`, invoice, item).Scan(&off, &billed)
	return max(0, off-billed), err
}

// replace books what a receipt brought in place of goods that had gone back.
func replace(ctx context.Context, tx *db.Tx, x *Receipt, all []fill) error {
	for _, f := range all {
		if err := tx.One(ctx, fault.Stale(), `UPDATE receiving_back SET came = came + $1, free = free + $2 WHERE id = $3 AND came + waived + $1 <= qty AND undone = false`, f.qty, f.free, f.back); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO receiving_replaced (receipt, line, back, qty, free) VALUES ($1,$2,$3,$4,$5)`, x.ID, f.line, f.back, f.qty, f.free); err != nil {
			return err
		}
	}
	return keepAgain(ctx, tx, x)
}

// unplace takes it back. Conflict: goods of the receipt that went back themselves.
func unplace(ctx context.Context, tx *db.Tx, x *Receipt) error {
	gone, err := backs(ctx, tx, "(b.receipt = $1 OR b.via = $1)", x.ID)
	if err != nil {
		return err
	}
	if len(gone) > 0 {
		return fault.New(fault.Conflict, "receiving.has_back", x.Number, gone[0].number)
	}
	if _, err := tx.Exec(ctx, `UPDATE receiving_back SET came = came - p.qty, free = free - p.paid
		FROM (SELECT back, CAST(sum(qty) AS BIGINT) AS qty, CAST(sum(free) AS BIGINT) AS paid FROM receiving_replaced WHERE receipt = $1 GROUP BY back) p WHERE p.back = receiving_back.id`, x.ID); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM receiving_replaced WHERE receipt = $1`, x.ID); err != nil {
		return err
	}
	for n := range x.Goods {
		x.Goods[n].Again, x.Goods[n].Free = 0, 0
	}
	return keepAgain(ctx, tx, x)
}

func keepAgain(ctx context.Context, tx *db.Tx, x *Receipt) error {
	for _, l := range x.Goods {
		if _, err := tx.Exec(ctx, `UPDATE receiving_line SET again = $1, free = $2 WHERE receipt = $3 AND line = $4`, l.Again, l.Free, x.ID, l.N); err != nil {
			return err
		}
	}
	return nil
}

// Awaited is what a supplier is to bring in place of goods that went back: Paper is that of
// the warehouse, "" of what was refused at the gate.
type Awaited struct {
	Basis        string         `json:"basis"`
	BasisID      string         `json:"basis_id"`
	BasisNumber  string         `json:"basis_number"`
	Supplier     string         `json:"supplier"`
	SupplierName string         `json:"supplier_name"`
	Receipt      string         `json:"receipt"`
	Number       string         `json:"number"` // the receipt's
	Item         string         `json:"item"`
	Title        string         `json:"title"`
	Qty          quantity.Qty   `json:"qty"`
	Said         string         `json:"said"` // in packs
	Paper        string         `json:"paper"`
	PaperNumber  string         `json:"paper_number"`
	At           period.Instant `json:"at"` // went back
}

// ToReplace is all that is awaited at the stores that a person sees, the oldest first. Of
// what was refused at the gate it is no more than the order waits for beyond the rest.
func ToReplace(ctx context.Context, r db.Reader, by db.Actor) (all []Awaited, err error) {
	open, err := backs(ctx, r, `b.again = true AND b.came + b.waived < b.qty`)
	if err != nil {
		return nil, err
	}
	ids := []string{}
	for _, b := range open {
		ids = append(ids, b.receipt)
	}
	of, args := list.In("r.id", ids)
	receipts, err := Receipts.All(ctx, r, Scope(by).And("(r.settled = 'replace' AND r.basis = 'order' OR "+of+")", args...), 1000)
	if err != nil {
		return nil, err
	}
	slices.Reverse(receipts) // the list has the newest first
	orders, err := coming(ctx, r, receipts)
	if err != nil {
		return nil, err
	}
	for n := range receipts {
		x := &receipts[n]
		o, waits := orders[x.BasisID]
		if x.Basis == "order" && !waits {
			continue
		}
		if x.Goods, err = linesOf(ctx, r, x.ID); err != nil {
			return nil, err
		}
		add := func(l Line, q quantity.Qty, paper, number string, at period.Instant) {
			all = append(all, Awaited{Basis: x.Basis, BasisID: x.BasisID, BasisNumber: x.BasisNumber, Supplier: x.Supplier, SupplierName: x.SupplierName, Receipt: x.ID, Number: x.Number,
				Item: l.Item, Title: l.Title(), Qty: q, Said: l.Say(q), Paper: paper, PaperNumber: number, At: at})
			if x.Basis == "order" {
				o[l.Item] -= q
			}
		}
		for _, b := range open {
			for _, l := range x.Goods {
				if b.receipt == x.ID && b.line == l.N {
					add(l, b.open(), b.paper, b.number, period.Instant(b.at))
				}
			}
		}
		for _, l := range x.Goods {
			if q := min(l.refusedOf(), o[l.Item]); x.Settled == warehouse.Replace && q > 0 {
				add(l, q, "", "", x.ReturnedAt)
			}
		}
	}
	return all, nil
}

// refusedOf is what was refused of what had been ordered: what came beyond is not missed.
func (l Line) refusedOf() quantity.Qty {
	if l.Asked == 0 || l.Cause == "over" {
		return 0
	}
	return l.Refused
}

// coming is what of each item the orders of some receipts still wait for; orders that wait
// for nothing are not there.
func coming(ctx context.Context, r db.Reader, receipts []Receipt) (map[string]map[string]quantity.Qty, error) {
	all := map[string]map[string]quantity.Qty{}
	for _, x := range receipts {
		if x.Basis != "order" || all[x.BasisID] != nil {
			continue
		}
		o, err := purchasing.OrderByID(ctx, r, x.BasisID)
		if err != nil {
			return nil, err
		}
		if o.State != purchasing.Sent && o.State != purchasing.PartlyReceived {
			continue
		}
		all[o.ID] = map[string]quantity.Qty{}
		for _, l := range o.Goods {
			all[o.ID][l.Item] += l.Left()
		}
	}
	return all, nil
}
