package warehouse

import (
	"context"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/departments"
)

// Return is what a department brings back to the store. Noun, Record and RecordNumber name
// the room's record that it belongs to, if any: then it is not reversed by itself.
type Return struct {
	Store      string
	Department string
	Bringer    string // a person's id
	Named      string // and name
	Reason     string
	Lines      []Back

	Noun, Record, RecordNumber string
}

// Back is a line of goods that come back, as people write it.
type Back struct {
	Item string
	Qty  string
	Lot  string // "": that of the last issue to the department
	// Expiry is the last day of use, of a lot that no store has met.
	Expiry period.Day
	Bin    string
}

// TakeBack takes unused goods back from a department (TK), which no longer bears
// them: at the cost they left with where the store's issues to the department say it,
// else at today's average of the store. Goods that have expired come back and are
// never issued again. Needs MayReceive where the store is kept. Invalid, every line
// at once: what Receive refuses of its lines, nobody who brings them, no reason, and
// goods of which nothing says what they cost. A department that was closed brings
// back what it has.
func TakeBack(ctx context.Context, tx *db.Tx, in Return) (Document, error) {
	d := Document{Kind: Returned, Store: in.Store, Department: in.Department, Receiver: in.Bringer, ReceiverName: strings.TrimSpace(in.Named), Note: strings.TrimSpace(in.Reason), Noun: in.Noun, Record: in.Record, RecordNumber: in.RecordNumber}
	k, err := storeOf(ctx, tx, in.Store)
	if err != nil {
		return d, err
	}
	if err := tx.NeedIn(MayReceive, k.department); err != nil {
		return d, err
	}
	var bad fault.Complaints
	dep, err := departments.Get(ctx, tx, in.Department)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		bad.Add("department", "base.no_such", in.Department)
	case err != nil:
		return d, err
	}
	d.DepartmentName = dep.Name
	if d.Note == "" {
		bad.Add("reason", "base.required")
	}
	if d.Receiver == "" && d.ReceiverName == "" {
		bad.Add("bringer", "base.required")
	}
	if len(in.Lines) == 0 {
		bad.Add("lines", "base.no_lines")
	}
	var ids, named []string
	for _, l := range in.Lines {
		ids = append(ids, l.Item)
		if l.Bin != "" {
			named = append(named, l.Bin)
		}
	}
	items, err := catalog.Few(ctx, tx, ids)
	if err != nil {
		return d, err
	}
	bins, err := openBins(ctx, tx, d.Store, named)
	if err != nil {
		return d, err
	}
	known, err := expiriesOf(ctx, tx, ids)
	if err != nil {
		return d, err
	}
	for n, l := range in.Lines {
		n := int64(n + 1)
		i, ok := items[l.Item]
		if !ok {
			bad.Add(line("", n, "item"), "base.no_such", l.Item)
			continue
		}
		m := Move{Line: n, Item: l.Item, Bin: l.Bin, Lot: strings.TrimSpace(l.Lot), Expiry: l.Expiry, Account: OfDepartment, AccountID: in.Department, Department: in.Department}
		if m.Lot == "" {
			if m.Lot, err = lastLot(ctx, tx, in.Store, in.Department, l.Item); err != nil {
				return d, err
			}
		}
		if m.Qty = readQty(&bad, n, l.Qty, i); m.Qty > 0 {
			cost, said, err := CostOfReturn(ctx, tx, in.Store, in.Department, l.Item, m.Lot, m.Qty)
			if err != nil {
				return d, err
			}
			if m.Amount = cost; !said {
				bad.Add(line("", n, "qty"), "warehouse.cost_unknown", i.Title())
			}
		}
		if l.Bin != "" && !bins[l.Bin] {
			bad.Add(line("", n, "bin"), "base.no_such", l.Bin)
		}
		checkExpiry(&bad, &m, i, known, "")
		d.Moves = append(d.Moves, m)
	}
	if err := together(ctx, tx, d.Store, d.Moves, items, func(m *Move) string { return m.Bin }, &bad); err != nil {
		return d, err
	}
	if err := bad.Err(); err != nil {
		return d, err
	}
	return d, Post(ctx, tx, &d)
}

// CostOfReturn is what so many of an item are worth that a department brings back to
// a store: their share of what the department still bears of the lot, else of the
// item, where that is as many at least; else at the average of what the store holds.
// said is false where neither is there.
func CostOfReturn(ctx context.Context, r db.Reader, store, department, item, lot string, qty quantity.Qty) (cost money.Fen, said bool, err error) {
	type heap struct {
		qty    quantity.Qty
		amount money.Fen
	}
	into := func(h *heap) []any { return []any{&h.qty, &h.amount} }
	const borne = `SELECT CAST(coalesce(sum(qty), 0) AS BIGINT), CAST(coalesce(sum(amount), 0) AS BIGINT) FROM warehouse_posting
		WHERE department = $1 AND department <> '' AND item = $2 AND store = $3`
	for _, ask := range []struct {
		query string
		args  []any
		least quantity.Qty
	}{
		{borne + ` AND lot = $4`, []any{department, item, store, lot}, qty},
		{borne, []any{department, item, store}, qty},
		{`SELECT qty, amount FROM warehouse_stock WHERE id = $1`, []any{stockID(store, item)}, 1},
	} {
		h, _, err := db.First(ctx, r, into, ask.query, ask.args...)
		if err != nil {
			return 0, false, err
		}
		if h.qty >= ask.least && h.amount >= 0 {
			cost, err = money.Share(h.amount, int64(qty), int64(h.qty))
			return cost, true, err
		}
	}
	return 0, false, nil
}

// lastLot is the lot of an item that a store last issued to a department.
func lastLot(ctx context.Context, r db.Reader, store, department, item string) (string, error) {
	lot, _, err := db.Text(ctx, r, `SELECT lot FROM warehouse_posting
		WHERE department = $1 AND department <> '' AND item = $2 AND store = $3 AND qty > 0 ORDER BY document DESC, line DESC, leg DESC LIMIT 1`, department, item, store)
	return lot, err
}

// LotExpiry is the last day of use of a lot that some store has met; "" when none has
// or it does not expire.
func LotExpiry(ctx context.Context, r db.Reader, item, lot string) (period.Day, error) {
	known, err := expiriesOf(ctx, r, []string{item})
	return known[lotOf{item, lot}], err
}
