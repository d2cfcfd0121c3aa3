package receiving

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/quantity"
	"houqin/internal/purchasing"
	"houqin/internal/warehouse"
)

// back is some of a receipt's goods that went back by one paper.
type back struct {
	id, paper, number string
	receipt, via      string
	line, viaLine     int64
	formerly, item    string
	again             bool
	qty, came         quantity.Qty
	free, waived      quantity.Qty
	at                int64
	basis, on         string // of the receipt
	invoice, bill     string // its invoice, and that one's number
}

// open is what is to come again and has not.
func (b *back) open() quantity.Qty {
	if !b.again {
		return 0
	}
	return b.qty - b.came - b.waived
}

// backs are those of them for which a condition holds, oldest first; reversed papers are
// left out. The receipt that they stand on is r.
func backs(ctx context.Context, r db.Reader, where string, args ...any) ([]back, error) {
	return db.All(ctx, r, func(b *back) []any {
		return []any{&b.id, &b.paper, &b.number, &b.receipt, &b.line, &b.via, &b.viaLine, &b.formerly, &b.item, &b.again, &b.qty, &b.came, &b.free, &b.waived, &b.at, &b.basis, &b.on, &b.invoice, &b.bill}
	}, `SELECT b.id, b.paper, b.number, b.receipt, b.line, b.via, b.via_line, b.formerly, l.item, b.again, b.qty, b.came, b.free, b.waived, b.at, r.basis, r.basis_id, r.invoice_id, r.invoice
		FROM receiving_back b JOIN receiving_receipt r ON r.id = b.receipt JOIN receiving_line l ON l.receipt = b.receipt AND l.line = b.line WHERE b.undone = false AND `+where+` ORDER BY b.at, b.id`, args...)
}

// part is some of one line of a receipt.
type part struct {
	line *Line
	qty  quantity.Qty
}

// WentBack notes of which receipts the goods are that went back by a paper, inside the
// warehouse's unit of work. Again opens what they came on for as much. Invalid at "way":
// goods to be replaced that came on no order, plan or contract, or on a contract that is
// over.
func WentBack(ctx context.Context, tx *db.Tx, d *warehouse.Document, again bool) error {
	away, err := warehouse.SentAway(ctx, tx, d.Supplier, 0)
	if err != nil {
		return err
	}
	known := quantity.Qty(0)
	from := func(a *warehouse.Away, document string) error {
		x, err := booked(ctx, tx, document)
		if err != nil || x == nil {
			if x == nil { // no goods of the gate's
				a.Qty = 0
			}
			return err
		}
		if _, err := wentBack(ctx, tx, d.Supplier, []*Receipt{x}, d.ID); err != nil {
			return err
		}
		parts, err := x.giveBack(ctx, tx, d, a, again)
		if err != nil || len(parts) == 0 {
			return err
		}
		for _, p := range parts {
			known += p.qty
		}
		if again {
			return reopen(ctx, tx, x, parts, 1)
		}
		return nil
	}
	for _, a := range away {
		if a.Paper != d.ID {
			continue
		}
		if err := from(&a, a.Brought); err != nil {
			return err
		}
		if a.Qty == 0 {
			continue
		}
		// Papers were reversed since, and what the warehouse takes them to have left is spoken for.
		all, err := db.All(ctx, tx, func(s *string) []any { return []any{s} }, `SELECT r.document FROM receiving_receipt r WHERE r.supplier = $1 AND r.state = 'posted'
			AND EXISTS (SELECT 1 FROM receiving_line l WHERE l.receipt = r.id AND l.item = $2 AND l.came - l.refused >
				(SELECT coalesce(sum(b.qty), 0) FROM receiving_back b WHERE b.via = l.receipt AND b.via_line = l.line AND b.undone = false)) ORDER BY r.posted_at DESC, r.id DESC`, d.Supplier, a.Item)
		if err != nil {
			return err
		}
		a.Brought = "" // of whatever lot
		for _, document := range all {
			if a.Qty == 0 {
				break
			}
			if err := from(&a, document); err != nil {
				return err
			}
		}
	}
	if !again {
		return nil
	}
	for _, m := range d.Moves {
		known += m.Qty
	}
	if known < 0 {
		return fault.OnField("way", "receiving.on_no_paper")
	}
	return nil
}

// booked is the receipt that was booked by a paper of the warehouse, with its lines; nil
// where that was another's.
func booked(ctx context.Context, r db.Reader, document string) (*Receipt, error) {
	id, found, err := db.Text(ctx, r, `SELECT id FROM receiving_receipt WHERE document = $1 AND state = 'posted'`, document)
	if err != nil || !found {
		return nil, err
	}
	x, err := Receipts.Get(ctx, r, Everything().And("r.id = ?", id))
	if err == nil {
		x.Goods, err = linesOf(ctx, r, id)
	}
	return &x, err
}

// giveBack writes down which lines of a receipt went back. What had itself come in place of
// others counts as those on whose invoice it stands.
func (x *Receipt) giveBack(ctx context.Context, tx *db.Tx, d *warehouse.Document, a *warehouse.Away, again bool) (parts []part, err error) {
	for n := range x.Goods {
		l := &x.Goods[n]
		q := min(a.Qty, l.Accepted()-l.Back)
		if l.Item != a.Item || a.Brought != "" && l.Lot != a.Lot || q <= 0 {
			continue
		}
		a.Qty -= q
		parts = append(parts, part{l, q})
		if own := min(q, l.Accepted()-l.Free-l.own); own > 0 {
			q -= own
			if err := insertBack(ctx, tx, back{paper: d.ID, number: d.Number, receipt: x.ID, line: l.N, via: x.ID, viaLine: l.N, again: again, qty: own}); err != nil {
				return nil, err
			}
		}
		if q == 0 {
			continue
		}
		instead, err := backs(ctx, tx, `EXISTS (SELECT 1 FROM receiving_replaced p WHERE p.back = b.id AND p.receipt = $1 AND p.line = $2)`, x.ID, l.N)
		if err != nil {
			return nil, err
		}
		for _, b := range instead {
			var left quantity.Qty
			if err := tx.QueryRowContext(ctx, `SELECT free - gone FROM receiving_replaced WHERE receipt = $1 AND line = $2 AND back = $3`, x.ID, l.N, b.id).Scan(&left); err != nil {
				return nil, err
			}
			some := min(q, left)
			if some <= 0 {
				continue
			}
			q -= some
			if _, err := tx.Exec(ctx, `UPDATE receiving_replaced SET gone = gone + $1 WHERE receipt = $2 AND line = $3 AND back = $4`, some, x.ID, l.N, b.id); err != nil {
				return nil, err
			}
			if err := insertBack(ctx, tx, back{paper: d.ID, number: d.Number, receipt: b.receipt, line: b.line, via: x.ID, viaLine: l.N, formerly: b.id, again: again, qty: some}); err != nil {
				return nil, err
			}
		}
	}
	return parts, nil
}

func insertBack(ctx context.Context, tx *db.Tx, b back) error {
	_, err := tx.Exec(ctx, `INSERT INTO receiving_back (id, paper, number, receipt, line, via, via_line, formerly, again, qty, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		tx.NewID(), b.paper, b.number, b.receipt, b.line, b.via, b.viaLine, b.formerly, b.again, b.qty, tx.At())
	return err
}

// reopen opens what a receipt's goods came on for as much as is to come again; with -1 they
// never went.
func reopen(ctx context.Context, tx *db.Tx, x *Receipt, parts []part, sign quantity.Qty) error {
	var lines []purchasing.Arrived
	for _, p := range parts {
		lines = append(lines, purchasing.Arrived{Line: p.line.Asked, Qty: sign * p.qty})
	}
	switch x.Basis {
	case "order":
		return purchasing.AwaitAgain(ctx, tx, x.BasisID, lines)
	case "plan":
		for n := range lines {
			lines[n].Qty = -lines[n].Qty
		}
		return purchasing.MarkBought(ctx, tx, x.BasisID, lines)
	}
	if sign > 0 {
		if _, err := purchasing.ContractOf(ctx, tx, x.Supplier, x.BasisNumber, tx.Today()); fault.KindOf(err) == fault.NotFound {
			return fault.OnField("way", "receiving.contract_over", x.BasisNumber)
		} else if err != nil {
			return err
		}
	}
	prices, err := purchasing.PricesOf(ctx, tx, x.Supplier, x.BasisNumber, x.Arrived)
	if err != nil {
		return err
	}
	var called []purchasing.Called
	for _, p := range parts {
		called = append(called, purchasing.Called{Price: prices[p.line.Item], Qty: -sign * p.qty})
	}
	return purchasing.MarkCalled(ctx, tx, called)
}

// CameBack notes that a paper by which goods went back was reversed: they are here after
// all. Conflict: what came in their place already, or what is not waited for any more.
func CameBack(ctx context.Context, tx *db.Tx, d *warehouse.Document) error {
	all, err := backs(ctx, tx, "b.paper = $1", d.ID)
	if err != nil {
		return err
	}
	for _, b := range all {
		x, err := Receipts.Get(ctx, tx, Everything().And("r.id = ?", b.via))
		if err != nil {
			return err
		}
		if b.came > 0 || b.waived > 0 {
			return fault.New(fault.Conflict, "receiving.replaced_since", d.Number)
		}
		if b.again {
			if x.Goods, err = linesOf(ctx, tx, x.ID); err != nil {
				return err
			}
			for n := range x.Goods {
				if x.Goods[n].N != b.viaLine {
					continue
				}
				if err := reopen(ctx, tx, &x, []part{{&x.Goods[n], b.qty}}, -1); err != nil {
					return err
				}
			}
		}
		if b.formerly != "" {
			if _, err := tx.Exec(ctx, `UPDATE receiving_replaced SET gone = gone - $1 WHERE receipt = $2 AND line = $3 AND back = $4`, b.qty, b.via, b.viaLine, b.formerly); err != nil {
				return err
			}
		}
		if err := tx.One(ctx, fault.Stale(), `UPDATE receiving_back SET undone = true WHERE id = $1 AND came = 0 AND waived = 0 AND undone = false`, b.id); err != nil {
			return err
		}
	}
	return nil
}

// Waive gives up what was to come again of a receipt's goods: its order does not wait for
// them any more, and their money is due back. Needs MayReceive where the store is kept.
func Waive(ctx context.Context, tx *db.Tx, id string, version int64, w Word) (Receipt, error) {
	x, err := hold(ctx, tx, id, version, "waive")
	if err != nil {
		return x, err
	}
	if w.Reason == "" {
		return x, fault.OnField("reason", "base.required")
	}
	all, err := backs(ctx, tx, "b.receipt = $1", x.ID)
	if err != nil {
		return x, err
	}
	var lines []purchasing.Arrived
	for _, b := range all {
		q := b.open()
		if q == 0 {
			continue
		}
		if err := tx.One(ctx, fault.Stale(), `UPDATE receiving_back SET waived = waived + $1 WHERE id = $2 AND came + waived + $1 <= qty AND undone = false`, q, b.id); err != nil {
			return x, err
		}
		for _, l := range x.Goods {
			if l.N == b.line {
				lines = append(lines, purchasing.Arrived{Line: l.Asked, Qty: q})
			}
		}
	}
	if x.Basis == "order" {
		if err := purchasing.GiveUp(ctx, tx, x.BasisID, lines); err != nil {
			return x, err
		}
	}
	return x, keep(ctx, tx, &x, "waive", w.Reason)
}
