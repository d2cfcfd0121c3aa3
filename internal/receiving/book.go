package receiving

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/people"
	"houqin/internal/purchasing"
	"houqin/internal/warehouse"
)

// Tested is what the second person found: how much of each line is refused, and a word
// on the quality.
type Tested struct {
	Finding string
	Lines   []Verdict
}

// Verdict is what was found of one line.
type Verdict struct {
	Line    int64
	Refused string
	Cause   string
}

// Check is the second person's look (S-005): whoever counted does not do it, under
// another entry of the staff file either. What is refused now goes back as what was
// refused at the gate; more than came cannot be. Where nothing is left, all is refused.
// Needs MayCheck where the store is kept. Invalid: no finding, something refused without
// a cause, less refused than at the gate.
func Check(ctx context.Context, tx *db.Tx, id string, version int64, t Tested) (Receipt, error) {
	x, err := hold(ctx, tx, id, version, "check")
	if err != nil {
		return x, err
	}
	own, err := people.OneHuman(ctx, tx, tx.By.ID, x.By)
	if err != nil {
		return x, err
	}
	if own {
		return x, fault.New(fault.Conflict, "receiving.own_check", x.ByName).Under("S-005")
	}
	var bad fault.Complaints
	if x.Finding = strings.TrimSpace(t.Finding); x.Finding == "" {
		bad.Cite("S-005", "finding", "receiving.finding_needed")
	}
	for n, v := range t.Lines {
		at := func(field string) string { return fmt.Sprintf("lines.%d.%s", n, field) }
		k := slices.IndexFunc(x.Goods, func(l Line) bool { return l.N == v.Line })
		if k < 0 {
			bad.Add(at("line"), "base.no_such", strconv.FormatInt(v.Line, 10))
			continue
		}
		l := &x.Goods[k]
		refused := quantity.Qty(0)
		if s := strings.TrimSpace(v.Refused); s != "" {
			refused = read(&bad, at("refused"), s, catalog.Item{Packs: l.packs})
		}
		switch {
		case refused > l.Came:
			bad.Add(at("refused"), "receiving.more_refused", l.Say(l.Came))
		case refused < l.Refused:
			bad.Add(at("refused"), "receiving.refused_already", l.Say(l.Refused))
		case refused > 0 && v.Cause == "":
			bad.Cite("S-007", at("cause"), "receiving.cause_needed", l.Title())
		case refused == 0 && v.Cause != "":
			bad.Cite("S-007", at("refused"), "receiving.poor_kept", l.Title())
		case v.Cause != "" && !slices.Contains(Causes, v.Cause):
			bad.Add(at("cause"), "base.bad_value", v.Cause)
		}
		l.Refused, l.Cause = refused, v.Cause
		l.Again = min(l.Again, l.Accepted())
		l.Free = min(l.Free, l.Again)
	}
	if err := bad.Err(); err != nil {
		return x, err
	}
	for _, l := range x.Goods {
		if _, err := tx.Exec(ctx, `UPDATE receiving_line SET refused = $1, cause = $2, again = $3, free = $4 WHERE receipt = $5 AND line = $6`, l.Refused, l.Cause, l.Again, l.Free, x.ID, l.N); err != nil {
			return x, err
		}
	}
	if err := x.sum(); err != nil {
		return x, err
	}
	x.CheckedBy, x.CheckedName, x.CheckedAt, x.State = tx.By.ID, tx.By.Name, tx.At(), Checked
	if !x.accepts() {
		x.State = Refused
	}
	return x, keep(ctx, tx, &x, "check", x.Finding)
}

// Post books what was tested and found good: the store gains it, the order has it.
// Needs MayReceive where the store is kept. Refused: what warehouse.Receive refuses, and
// Conflict where the order no longer waits for so much.
func Post(ctx context.Context, tx *db.Tx, id string, version int64) (Receipt, error) {
	x, err := hold(ctx, tx, id, version, "post")
	if err != nil {
		return x, err
	}
	return x, book(ctx, tx, &x)
}

// book writes what was accepted into the store's books and onto the order.
func book(ctx context.Context, tx *db.Tx, x *Receipt) error {
	d := warehouse.Delivery{Store: x.Store, Supplier: x.Supplier, Invoice: x.Invoice, Note: x.Note, Noun: Noun, Record: x.ID, RecordNumber: x.Number}
	instead, err := inPlace(ctx, tx, x)
	if err != nil {
		return err
	}
	if d.Invoice == "" && len(instead) > 0 && !x.billable() {
		d.Invoice = instead[0].paper
	}
	var of []int64 // the receipt's line of each line of the slip
	for _, l := range x.Goods {
		if l.Accepted() == 0 {
			continue
		}
		a, err := amount(l)
		if err != nil {
			return err
		}
		d.Lines = append(d.Lines, warehouse.In{Item: l.Item, Qty: strconv.FormatInt(int64(l.Accepted()), 10), Amount: a.String(), Lot: l.Lot, Expiry: l.Expiry, Bin: l.Bin})
		of = append(of, l.N)
	}
	slip, err := warehouse.Receive(ctx, tx, d)
	if err != nil {
		return where(err, of)
	}
	if err := replace(ctx, tx, x, instead); err != nil {
		return err
	}
	if err := mark(ctx, tx, x, 1); err != nil {
		return err
	}
	if err := bill(ctx, tx, x); err != nil {
		return err
	}
	x.State, x.Document, x.DocumentNumber, x.PostedAt = Posted, slip.ID, slip.Number, tx.At()
	return keep(ctx, tx, x, "post", slip.Number)
}

// where moves complaints about a slip's lines to the lines that were typed.
func where(err error, of []int64) error {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err
	}
	for n := range e.Fields {
		f := &e.Fields[n]
		parts := strings.SplitN(f.Path, ".", 3)
		if k, err := strconv.Atoi(parts[min(1, len(parts)-1)]); err == nil && len(parts) == 3 && k < len(of) {
			f.Path = fmt.Sprintf("lines.%d.%s", of[k]-1, parts[2])
		}
	}
	return e
}

// HandBack notes who took back what was refused; it was never booked (S-007). The order
// waits for it, unless it is not wanted any more. Needs MayReceive where the store is kept.
func HandBack(ctx context.Context, tx *db.Tx, id string, version int64, t Taker) (Receipt, error) {
	x, err := hold(ctx, tx, id, version, "hand_back")
	if err != nil {
		return x, err
	}
	if x.ReturnedTo = strings.TrimSpace(t.Who); x.ReturnedTo == "" {
		return x, fault.OnField("who", "base.required")
	}
	if !slices.Contains(warehouse.Ways, t.Way) {
		return x, fault.OnField("way", "base.required")
	}
	x.ReturnedAt, x.ReturnedName, x.Settled = tx.At(), tx.By.Name, t.Way
	if x.Basis == "order" && t.Way == warehouse.Credit {
		var lines []purchasing.Arrived
		for _, l := range x.Goods {
			lines = append(lines, purchasing.Arrived{Line: l.Asked, Qty: l.refusedOf()})
		}
		if err := purchasing.GiveUp(ctx, tx, x.BasisID, lines); err != nil {
			return x, err
		}
	}
	return x, keep(ctx, tx, &x, "hand_back", x.ReturnedTo)
}

// Drop gives up a receipt that was written down by mistake and is not booked.
func Drop(ctx context.Context, tx *db.Tx, id string, version int64, w Word) (Receipt, error) {
	x, err := hold(ctx, tx, id, version, "drop")
	if err != nil {
		return x, err
	}
	if x.Note = strings.TrimSpace(w.Reason); x.Note == "" {
		return x, fault.OnField("reason", "base.required")
	}
	return x, keep(ctx, tx, &x, "drop", x.Note)
}

// Undo takes a booked receipt back whole: the store's slip is reversed and the order waits
// for the goods again. Needs MayReceive, and MayReverse of the warehouse. Conflict: goods
// that are no longer all there, an invoice that was matched or paid.
func Undo(ctx context.Context, tx *db.Tx, id string, version int64, w Word) (Receipt, error) {
	x, err := hold(ctx, tx, id, version, "undo")
	if err != nil {
		return x, err
	}
	if x.Note = strings.TrimSpace(w.Reason); x.Note == "" {
		return x, fault.OnField("reason", "base.required")
	}
	if x.Carded {
		return x, fault.New(fault.Conflict, "receiving.has_cards", x.Number)
	}
	if err := unbill(ctx, tx, &x); err != nil {
		return x, err
	}
	if _, err := warehouse.ReverseOf(ctx, tx, x.Document, x.ID, x.Note); err != nil {
		return x, err
	}
	if err := unplace(ctx, tx, &x); err != nil {
		return x, err
	}
	if err := mark(ctx, tx, &x, -1); err != nil {
		return x, err
	}
	return x, keep(ctx, tx, &x, "undo", x.Note)
}
