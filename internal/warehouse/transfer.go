package warehouse

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/catalog"
)

// Carrying is what one store gives another. Noun, Record and RecordNumber name the room's
// record that it belongs to, if any: then it is not reversed by itself.
type Carrying struct {
	Store string
	To    string
	Taker string // a person's id, who takes it in
	Named string // the taker's name
	Note  string
	Lines []Out

	Noun, Record, RecordNumber string
}

// Carry moves goods from one store to another (DB), at what they cost: lots that
// expire first before others, expired and held ones never. Both cards are written at
// once. Needs MayIssue where the store is kept that gives. Invalid, every line at
// once: what Issue refuses of its lines, a store that would give to itself, goods
// that may not lie with what the other store holds (S-028). Conflict: a closed store.
func Carry(ctx context.Context, tx *db.Tx, c Carrying) (Document, error) {
	k, err := storeOf(ctx, tx, c.Store)
	if err != nil {
		return Document{}, err
	}
	if err := tx.NeedIn(MayIssue, k.department); err != nil {
		return Document{}, err
	}
	return Bring(ctx, tx, c)
}

// Bring is Carry for the room whose record it belongs to: rights are that room's matter.
func Bring(ctx context.Context, tx *db.Tx, c Carrying) (Document, error) {
	d := Document{Kind: Transfer, Store: c.Store, To: c.To, Receiver: c.Taker, ReceiverName: strings.TrimSpace(c.Named), Note: strings.TrimSpace(c.Note), Noun: c.Noun, Record: c.Record, RecordNumber: c.RecordNumber}
	if _, err := storeOf(ctx, tx, c.Store); err != nil {
		return d, err
	}
	var bad fault.Complaints
	to, err := storeOf(ctx, tx, c.To)
	switch {
	case fault.KindOf(err) == fault.Invalid:
		bad.Add("to", "base.no_such", c.To)
	case err != nil:
		return d, err
	case c.To == c.Store:
		bad.Add("to", "warehouse.same_store", to.name)
	}
	d.ToName = to.name
	items, err := outgoing(ctx, tx, &d, c.Lines, Move{Account: OfStore, AccountID: c.To}, &bad)
	if err != nil {
		return d, err
	}
	if err := together(ctx, tx, c.To, d.Moves, items, func(m *Move) string { return m.ToBin }, &bad); err != nil {
		return d, err
	}
	if err := bad.Err(); err != nil {
		return d, err
	}
	return d, Post(ctx, tx, &d)
}

// Rejection is what goes back to its supplier.
type Rejection struct {
	Store    string
	Supplier string
	Invoice  string // the credit note, if it is there already
	Reason   string
	Way      string // of Ways; "" is Credit
	Lines    []Out
}

// What is to become of goods that go back: the same comes again on what they came on, or
// they are not wanted any more and the money is due.
const (
	Replace = "replace"
	Credit  = "credit"
)

// Ways are both, as choices.
var Ways = []string{Replace, Credit}

// WentBack tells the gate what goes back by a paper and whether the same is to come again;
// CameBack that such a paper is reversed. They are set once, in the building.
var (
	WentBack = func(ctx context.Context, tx *db.Tx, d *Document, again bool) error { return nil }
	CameBack = func(ctx context.Context, tx *db.Tx, d *Document) error { return nil }
)

// SendBack gives goods back to the supplier who brought them (TH), at what they cost:
// held and expired lots too, the named lot or the first that expires. Needs
// MayReceive where the store is kept. Invalid, every line at once: no reason (S-007
// lets only poor goods go back), what Issue refuses of its lines, goods of which the
// supplier never brought any, goods to be replaced that came on no order, plan or contract. A supplier that is blocked or closed takes its goods
// back all the same.
func SendBack(ctx context.Context, tx *db.Tx, in Rejection) (Document, error) {
	d := Document{Kind: SentBack, Store: in.Store, Supplier: in.Supplier, Invoice: strings.TrimSpace(in.Invoice), Note: strings.TrimSpace(in.Reason)}
	k, err := storeOf(ctx, tx, in.Store)
	if err != nil {
		return d, err
	}
	if err := tx.NeedIn(MayReceive, k.department); err != nil {
		return d, err
	}
	var bad fault.Complaints
	if _, err := supplierOf(ctx, tx, &d, &bad); err != nil {
		return d, err
	}
	if d.Note == "" {
		bad.Cite("S-007", "reason", "warehouse.reason_needed")
	}
	if in.Way != "" && !slices.Contains(Ways, in.Way) {
		bad.Add("way", "base.bad_value", in.Way)
	}
	if _, err := outgoing(ctx, tx, &d, in.Lines, Move{Account: OfSupplier, AccountID: in.Supplier}, &bad); err != nil {
		return d, err
	}
	for _, m := range d.Moves {
		_, brought, err := db.Text(ctx, tx, `SELECT document FROM warehouse_posting
			WHERE kind = 'supplier' AND account = $1 AND item = $2 AND store = $3 LIMIT 1`, in.Supplier, m.Item, in.Store)
		if err != nil {
			return d, err
		}
		if !brought && d.SupplierName != "" {
			i, err := catalog.Get(ctx, tx, m.Item)
			if err != nil {
				return d, err
			}
			bad.Add(line("", m.Line, "item"), "warehouse.not_from_supplier", i.Title(), d.SupplierName)
		}
	}
	if err := bad.Err(); err != nil {
		return d, err
	}
	if err := Post(ctx, tx, &d); err != nil {
		return d, err
	}
	return d, WentBack(ctx, tx, &d, in.Way == Replace)
}

// outgoing makes moves, still to be picked, of lines of goods that go out: against
// the account, and borne by the department, that to names. It gives the items by id.
func outgoing(ctx context.Context, tx *db.Tx, d *Document, lines []Out, to Move, bad *fault.Complaints) (map[string]catalog.Item, error) {
	if len(lines) == 0 {
		bad.Add("lines", "base.no_lines")
	}
	ids := make([]string, len(lines))
	for n, l := range lines {
		ids[n] = l.Item
	}
	items, err := catalog.Few(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	for n, l := range lines {
		m := to
		m.Line, m.Item, m.Lot, m.Bin, m.Pick = int64(n+1), l.Item, strings.TrimSpace(l.Lot), l.Bin, true
		i, ok := items[l.Item]
		if !ok {
			bad.Add(line("", m.Line, "item"), "base.no_such", l.Item)
			continue
		}
		m.Qty = -readQty(bad, m.Line, l.Qty, i)
		d.Moves = append(d.Moves, m)
	}
	return items, nil
}
