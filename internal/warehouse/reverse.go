package warehouse

import (
	"context"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
)

// FetchedFor is the number of the request for which goods were fetched from another store by
// a transfer that does not say so itself, as those did not at first; "" of others. It is set
// once, in the building.
var FetchedFor = func(context.Context, db.Reader, *Document) (number string, err error) { return "", nil }

// Reverse takes a whole document back (HC): every leg is posted once more with the
// opposite sign, at the amounts that were posted then, and the reversal points to
// it. Needs MayReverse where the store is kept. Invalid without a reason. Conflict:
// what is itself a reversal or reversed already, parts of a job (its cost would no
// longer be what was drawn for it), and warehouse.gone when the goods
// it brought in are no longer all there.
func Reverse(ctx context.Context, tx *db.Tx, id, reason string) (Document, error) {
	return ReverseOf(ctx, tx, id, "", reason)
}

// ReverseOf is Reverse for the room whose record the document belongs to.
func ReverseOf(ctx context.Context, tx *db.Tx, id, record, reason string) (Document, error) {
	was, err := Get(ctx, tx, id)
	if err != nil {
		return Document{}, err
	}
	d := Document{Kind: Reversal, Store: was.Store, Supplier: was.Supplier, SupplierName: was.SupplierName, Invoice: was.Invoice, Department: was.Department,
		DepartmentName: was.DepartmentName, Receiver: was.Receiver, ReceiverName: was.ReceiverName, Noun: was.Noun, Record: was.Record, RecordNumber: was.RecordNumber,
		To: was.To, ToName: was.ToName, Reverses: was.ID, ReversesNumber: was.Number, Note: strings.TrimSpace(reason)}
	k, err := storeOf(ctx, tx, was.Store)
	if err != nil {
		return d, err
	}
	if err := tx.NeedIn(MayReverse, k.department); err != nil {
		return d, err
	}
	switch {
	case d.Note == "":
		return d, fault.OnField("reason", "base.required")
	case was.Record != record:
		return d, fault.New(fault.Conflict, "warehouse.belongs_to_record", was.Number, was.RecordNumber)
	case was.Kind == Reversal:
		return d, fault.New(fault.Conflict, "warehouse.is_reversal", was.Number)
	case was.Reversed != "":
		return d, fault.New(fault.Conflict, "warehouse.is_reversed", was.Number, was.ReversedNumber)
	}
	if was.Kind == Transfer && was.Record == "" {
		number, err := FetchedFor(ctx, tx, &was)
		if err != nil {
			return d, err
		}
		if number != "" { // else one store would have them back, and the request still count on them
			return d, fault.New(fault.Conflict, "warehouse.belongs_to_record", was.Number, number)
		}
	}
	if err := tx.Lock(ctx, "warehouse_document", id); err != nil {
		return d, err
	}
	if was, err = Get(ctx, tx, id); err != nil { // as it is now that nobody else can reverse it
		return d, err
	}
	if was.Reversed != "" {
		return d, fault.New(fault.Conflict, "warehouse.is_reversed", was.Number, was.ReversedNumber)
	}
	if d.Moves, err = MovesOf(ctx, tx, id); err != nil {
		return d, err
	}
	for n := range d.Moves {
		m := &d.Moves[n]
		m.Qty, m.Amount = -m.Qty, -m.Amount
	}
	if err := Post(ctx, tx, &d); err != nil {
		return d, err
	}
	if was.Kind == SentBack {
		if err := CameBack(ctx, tx, &was); err != nil {
			return d, err
		}
	}
	return d, tx.Trail(ctx, db.Event{Noun: "warehouse.document", Record: was.ID, Action: "reversed", Note: d.Number + " " + d.Note})
}
