package warehouse

import (
	"context"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/quantity"
)

// Unused is a line of an issue to a record of a higher room that comes back as it went.
type Unused struct {
	Noun, Record string // whose part it was
	Issue        string // id of the paper it went out with
	Line         int64
	Reason       string
}

// Unuse puts a line of parts back that a record drew and did not use (TK): into the lots
// and bins it came from, at the cost it left with, off the record's account and off the
// department that bore it. Needs MayUse. Invalid without a reason. NotFound: no such line
// of that record. Conflict warehouse.taken_back: it came back already.
func Unuse(ctx context.Context, tx *db.Tx, u Unused) (Document, error) {
	if err := tx.Need(MayUse); err != nil {
		return Document{}, err
	}
	if u.Reason = strings.TrimSpace(u.Reason); u.Reason == "" {
		return Document{}, fault.OnField("reason", "base.required")
	}
	if err := tx.Lock(ctx, "warehouse_document", u.Issue); err != nil {
		return Document{}, err
	}
	was, err := Get(ctx, tx, u.Issue)
	if err != nil {
		return was, err
	}
	if was.Kind != Issued || u.Record == "" || was.Noun != u.Noun || was.Record != u.Record {
		return was, fault.New(fault.NotFound, "base.not_found")
	}
	d := Document{Kind: Returned, Store: was.Store, Department: was.Department, DepartmentName: was.DepartmentName, Receiver: tx.By.ID, ReceiverName: tx.By.Name,
		Noun: was.Noun, Record: was.Record, RecordNumber: was.RecordNumber, Note: was.Number + " " + u.Reason}
	moves, err := MovesOf(ctx, tx, was.ID)
	if err != nil {
		return d, err
	}
	for _, m := range moves {
		if m.Line == u.Line {
			m.Qty, m.Amount, m.Line, m.Pick = -m.Qty, -m.Amount, 1, false
			d.Moves = append(d.Moves, m)
		}
	}
	if len(d.Moves) == 0 {
		return d, fault.New(fault.NotFound, "base.not_found")
	}
	left, err := drawnOf(ctx, tx, u.Noun, u.Record)
	if err != nil {
		return d, err
	}
	for _, m := range d.Moves {
		if left[shelfOf{m.Item, m.Lot, m.Bin}] < m.Qty {
			return d, fault.New(fault.Conflict, "warehouse.taken_back", was.Number)
		}
	}
	return d, Post(ctx, tx, &d)
}

// shelfOf is where goods came from.
type shelfOf struct{ item, lot, bin string }

// drawnOf is what a record still has of what it drew, by where that came from.
func drawnOf(ctx context.Context, r db.Reader, noun, record string) (map[shelfOf]quantity.Qty, error) {
	papers, err := OfRecord(ctx, r, noun, record)
	if err != nil {
		return nil, err
	}
	left := map[shelfOf]quantity.Qty{}
	for _, p := range papers {
		moves, err := MovesOf(ctx, r, p.ID)
		if err != nil {
			return nil, err
		}
		for _, m := range moves {
			left[shelfOf{m.Item, m.Lot, m.Bin}] -= m.Qty
		}
	}
	return left, nil
}
