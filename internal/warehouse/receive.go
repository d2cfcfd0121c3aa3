package warehouse

import (
	"context"
	"errors"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/suppliers"
)

// most is the largest quantity and amount of a line: far above any store, far below
// where sums of int64 end.
const most = 1_000_000_000_000

// Delivery is what a supplier brings, with its invoice. Noun, Record and RecordNumber
// name the record of a higher room that it was held against; such a slip is taken back
// there.
type Delivery struct {
	Store        string
	Supplier     string
	Invoice      string
	Note         string
	Noun         string
	Record       string
	RecordNumber string
	Lines        []In
}

// Stocktaking is what lies in a store when its books begin.
type Stocktaking struct {
	Store string
	Note  string
	Lines []In
}

// In is a line of goods that come in, as people write it.
type In struct {
	Item   string     // id
	Qty    string     // "2 箱", or a number of the smallest unit
	Price  string     // yuan, of one of the unit in which Qty is written
	Amount string     // yuan, of the whole line; either of the two is enough
	Lot    string     // an empty one of goods that expire becomes the expiry itself
	Expiry period.Day // last day of use
	Bin    string     // id
}

// Receive books a delivery in (RK): the store gains, the supplier is owed. Needs
// MayReceive where the store is kept. Invalid, every line at once: an item that does
// not exist or is closed, a quantity that is not a whole number of the smallest
// unit, no amount, goods that are expired already or of which the item wants an
// expiry, a lot known with another expiry, no invoice where S-007.invoice asks for
// one. Conflict: a store that is closed, a
// supplier that is closed or blocked, goods held against nothing where S-006.basis asks
// for an order, contract or plan.
func Receive(ctx context.Context, tx *db.Tx, in Delivery) (Document, error) {
	d := Document{Kind: Receipt, Store: in.Store, Supplier: in.Supplier, Invoice: strings.TrimSpace(in.Invoice), Note: in.Note, Noun: in.Noun, Record: in.Record, RecordNumber: in.RecordNumber}
	k, err := storeOf(ctx, tx, in.Store)
	if err != nil {
		return d, err
	}
	if err := tx.NeedIn(MayReceive, k.department); err != nil {
		return d, err
	}
	var bad fault.Complaints
	if err := invoiced(ctx, tx, &d, &bad); err != nil {
		return d, err
	}
	if err := held(ctx, tx, &d); err != nil {
		return d, err
	}
	s, err := supplierOf(ctx, tx, &d, &bad)
	if err != nil {
		return d, err
	}
	if d.SupplierName != "" {
		if err := s.Usable(); err != nil {
			return d, err
		}
	}
	return d, bringIn(ctx, tx, &d, in.Lines, OfSupplier, in.Supplier, &bad)
}

// supplierOf is the document's supplier, whose name it takes, and a complaint where
// there is none.
func supplierOf(ctx context.Context, tx *db.Tx, d *Document, bad *fault.Complaints) (suppliers.Supplier, error) {
	s, err := suppliers.Get(ctx, tx, d.Supplier)
	if fault.KindOf(err) == fault.NotFound {
		bad.Add("supplier", "base.no_such", d.Supplier)
		err = nil
	}
	d.SupplierName = s.Name
	return s, err
}

// Open books what lies in a store when its books begin (QC). Needs MayKeep where
// the store is kept. It refuses what Receive refuses, but takes expired goods: they
// are there, and never issued.
func Open(ctx context.Context, tx *db.Tx, in Stocktaking) (Document, error) {
	d := Document{Kind: Opening, Store: in.Store, Note: in.Note}
	k, err := storeOf(ctx, tx, in.Store)
	if err != nil {
		return d, err
	}
	if err := tx.NeedIn(MayKeep, k.department); err != nil {
		return d, err
	}
	return d, bringIn(ctx, tx, &d, in.Lines, OfOpening, in.Store, &fault.Complaints{})
}

// bringIn checks the lines, makes them moves and posts them.
func bringIn(ctx context.Context, tx *db.Tx, d *Document, lines []In, account Account, accountID string, bad *fault.Complaints) error {
	if len(lines) == 0 {
		bad.Add("lines", "base.no_lines")
	}
	ids := make([]string, len(lines))
	for n, l := range lines {
		ids[n] = l.Item
	}
	items, err := catalog.Few(ctx, tx, ids)
	if err != nil {
		return err
	}
	var named []string
	for _, l := range lines {
		if l.Bin != "" {
			named = append(named, l.Bin)
		}
	}
	bins, err := openBins(ctx, tx, d.Store, named)
	if err != nil {
		return err
	}
	expiries, err := expiriesOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	today := tx.Today()
	if d.Kind == Opening {
		today = ""
	}
	for n, l := range lines {
		n := int64(n + 1)
		i, ok := items[l.Item]
		switch {
		case !ok:
			bad.Add(line("", n, "item"), "base.no_such", l.Item)
			continue
		case i.Closed:
			bad.Add(line("", n, "item"), "warehouse.item_closed", i.Title())
			continue
		}
		m := Move{Line: n, Item: l.Item, Bin: l.Bin, Lot: strings.TrimSpace(l.Lot), Expiry: l.Expiry, Account: account, AccountID: accountID}
		m.Qty = readQty(bad, n, l.Qty, i)
		if m.Qty > 0 {
			m.Amount = readAmount(bad, n, l, i, m.Qty)
		}
		if l.Bin != "" && !bins[l.Bin] {
			bad.Add(line("", n, "bin"), "base.no_such", l.Bin)
		}
		checkExpiry(bad, &m, i, expiries, today)
		d.Moves = append(d.Moves, m)
	}
	if d.Kind != Opening { // what lies there lies there
		if err := together(ctx, tx, d.Store, d.Moves, items, func(m *Move) string { return m.Bin }, bad); err != nil {
			return err
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	return Post(ctx, tx, d)
}

// checkExpiry settles a line's lot and expiry. known are the lots met so far; what
// ended before today is refused, which is "" where expired goods are taken.
func checkExpiry(bad *fault.Complaints, m *Move, i catalog.Item, known map[lotOf]period.Day, today period.Day) {
	n := m.Line
	if len(m.Lot) > 60 {
		bad.Add(line("", n, "lot"), "base.too_long", 60)
	}
	if m.Expiry == "" {
		if was, ok := known[lotOf{m.Item, m.Lot}]; ok && m.Lot != "" {
			m.Expiry = was // the lot is known
		} else if i.ShelfDays > 0 {
			bad.Add(line("", n, "expiry"), "warehouse.expiry_needed", i.Title())
		}
	} else if m.Expiry < today {
		bad.Cite("F-001", line("", n, "expiry"), "warehouse.already_expired", i.Title(), m.Expiry)
	}
	if m.Lot == "" {
		m.Lot = string(m.Expiry)
	}
	if was, ok := known[lotOf{m.Item, m.Lot}]; ok && m.Lot != "" && was != m.Expiry {
		bad.Add(line("", n, "expiry"), "warehouse.other_expiry", m.Lot, orNone(was))
	}
	if m.Lot != "" {
		known[lotOf{m.Item, m.Lot}] = m.Expiry
	}
}

func orNone(d period.Day) string {
	if d == "" {
		return "—"
	}
	return string(d)
}

// readQty reads a quantity as people write it and complains about what it is not.
func readQty(bad *fault.Complaints, n int64, text string, i catalog.Item) quantity.Qty {
	at := line("", n, "qty")
	if strings.TrimSpace(text) == "" {
		bad.Add(at, "base.required")
		return 0
	}
	q, err := quantity.Parse(text, i.Packs)
	switch {
	case errors.Is(err, quantity.ErrUnit):
		bad.Add(at, "warehouse.no_unit", text, catalog.SayPacks(i.Packs))
	case errors.Is(err, quantity.ErrUneven):
		bad.Add(at, "warehouse.uneven", text, i.Unit)
	case err != nil || q <= 0 || q > most:
		bad.Add(at, "base.quantity")
		return 0
	}
	return q
}

// readAmount is what a line costs, from its amount, its price, or both where they agree.
func readAmount(bad *fault.Complaints, n int64, l In, i catalog.Item, q quantity.Qty) money.Fen {
	read := func(field, text string) (money.Fen, bool) {
		f, err := money.Parse(text)
		if err != nil || f < 0 || f > most {
			bad.Add(line("", n, field), "base.money")
			return 0, false
		}
		return f, true
	}
	price, amount := strings.TrimSpace(l.Price), strings.TrimSpace(l.Amount)
	if price == "" && amount == "" {
		bad.Add(line("", n, "amount"), "warehouse.amount_needed")
		return 0
	}
	var whole money.Fen
	if price != "" {
		one, ok := read("price", price)
		if !ok {
			return 0
		}
		per := packIn(l.Qty, i)
		if per == 0 {
			bad.Add(line("", n, "price"), "warehouse.price_of_what")
			return 0
		}
		var err error
		if whole, err = money.Share(one, int64(q), per); err != nil || whole > most {
			bad.Add(line("", n, "price"), "base.money")
			return 0
		}
	}
	if amount == "" {
		return whole
	}
	given, ok := read("amount", amount)
	if ok && price != "" && given != whole {
		bad.Add(line("", n, "amount"), "warehouse.price_differs", whole)
	}
	return given
}

// packIn is how many of the smallest unit the one unit holds in which a quantity is
// written; 0 where several stand in it.
func packIn(text string, i catalog.Item) int64 {
	unit := strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(text), "0123456789.,０１２３４５６７８９．，"))
	if unit == "" {
		return 1
	}
	for _, p := range i.Packs {
		if strings.EqualFold(p.Unit, unit) {
			return p.Factor
		}
	}
	return 0
}
