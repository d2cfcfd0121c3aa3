package receiving

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/base/words"
	"houqin/internal/catalog"
	"houqin/internal/purchasing"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

// Arrival is what the keeper writes down at the gate. It is held against an order; or
// against an agreed Plan, of which a buyer fetched something from a Supplier; or against a
// framework Contract of a Supplier (S-006). Second asks for somebody else's look where the
// rule would not.
type Arrival struct {
	Order    string
	Plan     string
	Contract string
	Supplier string
	Store    string
	Invoice  string
	Delivery string
	Arrived  period.Day
	Second   bool
	Note     string
	Lines    []Came
}

// Came is a line as people write it: quantities like "2 箱 3 盒", in Lot the lot or the
// whole code that was scanned from the pack.
type Came struct {
	Item    string
	Noted   string // as the delivery note says; "" the same as Qty
	Again   string // of what is accepted, in place of goods that went back; "" all where nothing else is to come
	Qty     string // counted
	Refused string
	Cause   string
	Lot     string
	Expiry  period.Day
	Bin     string
	Note    string
}

// asked is what goods are held against: for each item how much may still come, and at
// what price.
type asked struct {
	basis, id, number, supplier string
	due                         period.Day
	lines                       map[string]wanted
}

type wanted struct {
	line  int64
	left  quantity.Qty
	price money.Fen
	again quantity.Qty // of what is left, in place of goods that went back
}

// Arrive writes down what came for an order that was sent, held against it in item,
// quantity and quality. What is good and needs nobody else's look is booked at once; else
// it waits for the second person. Where nothing is accepted, nothing is booked.
//
// Needs MayReceive where the store is kept. Conflict: an order that was not sent or has
// been closed, a plan that was not agreed to or is too large to go without an order, a
// contract that does not hold today, a supplier that is blocked, a day of a month that the store has closed
// (S-001), food from a supplier whose licence has ended (P-014). Invalid, every line at
// once: what nobody ordered and is not refused, more than is still to come, a code of
// another item, too little shelf life without a word (S-006); no invoice, something wrong
// that is not refused, something refused without a cause (S-007); and what
// warehouse.Receive refuses.
func Arrive(ctx context.Context, tx *db.Tx, in Arrival) (Receipt, error) {
	x := Receipt{ID: tx.NewID(), Store: in.Store, Invoice: strings.TrimSpace(in.Invoice), Delivery: strings.TrimSpace(in.Delivery), Arrived: in.Arrived, State: Checked, Second: in.Second,
		Note: strings.TrimSpace(in.Note), By: tx.By.ID, ByName: tx.By.Name, At: tx.At(), Version: 1}
	w, err := warehouse.StoreByID(ctx, tx, in.Store)
	if fault.KindOf(err) == fault.NotFound {
		return x, fault.OnField("store", "base.no_such", in.Store)
	}
	if err != nil {
		return x, err
	}
	x.StoreName, x.Keeping = w.Name, w.Department
	if err := tx.NeedIn(MayReceive, w.Department); err != nil {
		return x, err
	}
	a, err := against(ctx, tx, in)
	if err != nil {
		return x, err
	}
	if err := a.awaits(ctx, tx); err != nil {
		return x, err
	}
	x.Basis, x.BasisID, x.BasisNumber, x.Supplier, x.Due = a.basis, a.id, a.number, a.supplier, a.due
	s, err := suppliers.Get(ctx, tx, a.supplier)
	if err != nil {
		return x, err
	}
	if err := s.Usable(); err != nil {
		return x, err
	}
	x.SupplierName = s.Name
	var bad fault.Complaints
	if err := onDay(ctx, tx, &x, &bad); err != nil {
		return x, err
	}
	if err := count(ctx, tx, &x, a, in.Lines, &bad); err != nil {
		return x, err
	}
	if len(bad) == 0 {
		if _, err := inPlace(ctx, tx, &x); err != nil {
			return x, err
		}
	}
	if err := invoiced(ctx, tx, &x, &bad); err != nil {
		return x, err
	}
	if err := licensed(ctx, tx, &x, &bad); err != nil {
		return x, err
	}
	if err := bad.Err(); err != nil {
		return x, err
	}
	if err := x.sum(); err != nil {
		return x, err
	}
	if err := second(ctx, tx, &x); err != nil {
		return x, err
	}
	if x.Number, err = tx.Number(ctx, "YS"); err != nil {
		return x, err
	}
	if err := insert(ctx, tx, &x); err != nil {
		return x, err
	}
	if err := tx.Trail(ctx, db.Event{Noun: Noun, Record: x.ID, Action: "arrive", Note: x.SupplierName + " " + x.BasisNumber}); err != nil {
		return x, err
	}
	if x.State == Checked {
		return x, book(ctx, tx, &x)
	}
	return x, nil
}

// ofOrder is an order that goods may come for, held so that two lorries do not bring the
// same.
func ofOrder(ctx context.Context, tx *db.Tx, id string) (a asked, err error) {
	if err := tx.Lock(ctx, "purchasing_order", id); err != nil {
		return a, err
	}
	o, err := purchasing.OrderByID(ctx, tx, id)
	if err != nil {
		return a, err
	}
	if o.State != purchasing.Sent && o.State != purchasing.PartlyReceived {
		return a, fault.New(fault.Conflict, "receiving.not_coming", o.Number).Under("S-006")
	}
	gate, err := underway(ctx, tx, "order", o.Supplier, o.ID, o.Number)
	a = asked{basis: "order", id: o.ID, number: o.Number, supplier: o.Supplier, due: o.Due, lines: map[string]wanted{}}
	for _, l := range o.Goods {
		a.lines[l.Item] = wanted{line: l.Line, left: l.Left() - gate[l.Item], price: l.Price}
	}
	return a, err
}

// onDay settles on which day the goods came: not one to come, and none of a month that
// the store has closed (S-001).
func onDay(ctx context.Context, tx *db.Tx, x *Receipt, bad *fault.Complaints) error {
	if x.Arrived == "" {
		x.Arrived = tx.Today()
	}
	if x.Arrived > tx.Today() {
		bad.Add("arrived", "receiving.day_to_come")
	}
	closed, err := warehouse.ClosedUntil(ctx, tx, x.Store)
	if err == nil && x.Arrived <= closed {
		bad.Cite("S-001", "arrived", "receiving.month_closed", string(x.Arrived.Month()))
	}
	return err
}

// count reads the lines and holds each against what was asked.
func count(ctx context.Context, tx *db.Tx, x *Receipt, a asked, lines []Came, bad *fault.Complaints) error {
	ids := make([]string, len(lines))
	for n, l := range lines {
		ids[n] = l.Item
	}
	items, err := catalog.Few(ctx, tx, ids)
	if err != nil {
		return err
	}
	least, err := rules.Number(ctx, tx, "S-006.life", tx.Today())
	if err != nil {
		return err
	}
	accepted, again := map[string]quantity.Qty{}, map[string]quantity.Qty{}
	for n, c := range lines {
		at := func(field string) string { return fmt.Sprintf("lines.%d.%s", n, field) }
		if strings.TrimSpace(c.Qty+c.Noted+c.Refused+c.Lot) == "" {
			continue // ordered, and not on this lorry
		}
		i, ok := items[c.Item]
		if !ok {
			bad.Add(at("item"), "base.no_such", c.Item)
			continue
		}
		l := Line{N: int64(n + 1), Item: c.Item, Cause: c.Cause, Lot: strings.TrimSpace(c.Lot), Expiry: c.Expiry, Bin: c.Bin, Note: strings.TrimSpace(c.Note)}
		l.fill(i)
		if err := scanned(ctx, tx, &l, at, bad); err != nil {
			return err
		}
		l.Came = read(bad, at("qty"), c.Qty, i)
		if l.Noted = l.Came; strings.TrimSpace(c.Noted) != "" {
			l.Noted = read(bad, at("noted"), c.Noted, i)
		}
		if strings.TrimSpace(c.Refused) != "" {
			l.Refused = read(bad, at("refused"), c.Refused, i)
		}
		if l.Refused > l.Came {
			bad.Add(at("refused"), "receiving.more_refused", i.Say(l.Came))
			continue
		}
		if l.Cause != "" && !slices.Contains(Causes, l.Cause) {
			bad.Add(at("cause"), "base.bad_value", l.Cause)
		}
		w, ordered := a.lines[c.Item]
		l.Asked, l.Price = w.line, w.price
		accepted[c.Item] += l.Accepted()
		switch {
		case !ordered && l.Accepted() > 0:
			bad.Cite("S-006", at("item"), "receiving.not_ordered", i.Title(), a.number)
		case accepted[c.Item] > w.left:
			bad.Cite("S-006", at("qty"), "receiving.over_order", i.Title(), i.Say(max(0, w.left)))
		case l.Refused > 0 && l.Cause == "":
			bad.Cite("S-007", at("cause"), "receiving.cause_needed", i.Title())
		case l.Refused == 0 && l.Cause != "":
			bad.Cite("S-007", at("refused"), "receiving.poor_kept", i.Title())
		}
		if l.Again = min(l.Accepted(), w.again-again[c.Item]); w.left > w.again {
			l.Again = 0
		}
		if strings.TrimSpace(c.Again) != "" {
			l.Again = read(bad, at("again"), c.Again, i)
		}
		if again[c.Item] += l.Again; again[c.Item] > w.again || l.Again > l.Accepted() {
			bad.Cite("S-006", at("again"), "receiving.not_awaited", i.Title(), i.Say(min(w.again, l.Accepted())))
		}
		if err := lasting(ctx, tx, &l, least, at, bad); err != nil {
			return err
		}
		x.Goods = append(x.Goods, l)
	}
	if len(x.Goods) == 0 && len(*bad) == 0 {
		bad.Add("lines", "receiving.nothing_counted")
	}
	return nil
}

// read reads a quantity as people write it, 0 among them, and complains about what it is not.
func read(bad *fault.Complaints, path, text string, i catalog.Item) quantity.Qty {
	text = strings.TrimSpace(text)
	if text == "" {
		bad.Add(path, "base.required")
		return 0
	}
	q, err := quantity.Parse(text, i.Packs)
	if err != nil || q < 0 || q > most {
		bad.Add(path, "receiving.bad_qty", text, catalog.SayPacks(i.Packs))
		return 0
	}
	return q
}

// most is the largest quantity of a line.
const most = 1_000_000_000_000

// scanned reads lot and expiry where the whole code of the pack was scanned as the lot,
// and complains about the pack of another item (S-006).
func scanned(ctx context.Context, tx *db.Tx, l *Line, at func(string) string, bad *fault.Complaints) error {
	if kind := foreignCode(l.Lot); kind != "" {
		bad.Cite("S-006", at("lot"), "receiving.foreign_code", words.Key("receiving.foreign."+kind))
		return nil
	}
	code, err := catalog.ParseCode(l.Lot, tx.Today())
	if err != nil || code.Lot == "" && code.Expiry == "" {
		return nil // a lot as it is printed
	}
	if code.GTIN != "" {
		i, _, _, err := catalog.ByBarcode(ctx, tx, l.Lot)
		switch {
		case fault.KindOf(err) == fault.NotFound: // a code that nobody has entered for the item yet
		case err != nil:
			return err
		case i.ID != l.Item:
			bad.Cite("S-006", at("lot"), "receiving.other_item", i.Title())
			return nil
		}
	}
	l.Lot = code.Lot
	if l.Expiry == "" {
		l.Expiry = code.Expiry
	} else if code.Expiry != "" && code.Expiry != l.Expiry {
		bad.Cite("S-006", at("expiry"), "receiving.other_expiry", string(code.Expiry))
	}
	return nil
}

// lasting complains about goods that are accepted and have expired, say no expiry though
// they have one, or last too little without a word on it.
func lasting(ctx context.Context, tx *db.Tx, l *Line, least int64, at func(string) string, bad *fault.Complaints) error {
	if l.Accepted() == 0 {
		return nil
	}
	if l.Expiry == "" && l.Lot != "" {
		known, err := warehouse.LotExpiry(ctx, tx, l.Item, l.Lot)
		if err != nil {
			return err
		}
		l.Expiry = known
	}
	switch {
	case l.Expiry == "" && l.shelf > 0:
		bad.Cite("S-006", at("expiry"), "warehouse.expiry_needed", l.Title())
	case l.Expiry == "":
	case l.Expiry < tx.Today():
		bad.Cite("F-001", at("expiry"), "warehouse.already_expired", l.Title(), l.Expiry)
	case l.shelf > 0 && int64(period.Days(tx.Today(), l.Expiry))*100 < l.shelf*least && l.Note == "":
		bad.Cite("S-006", at("note"), "receiving.short_dated", l.Title(), int64(period.Days(tx.Today(), l.Expiry)), least)
	}
	return nil
}

// invoiced complains about goods that are accepted without an invoice (S-007); what comes in
// place of goods that went back stands on theirs.
func invoiced(ctx context.Context, tx *db.Tx, x *Receipt, bad *fault.Complaints) error {
	must, err := rules.On(ctx, tx, "S-007.invoice", tx.Today())
	if must && x.Invoice == "" && x.billable() {
		bad.Cite("S-007", "invoice", "warehouse.invoice_needed")
	}
	if err != nil || x.Invoice == "" || !x.billable() {
		return err
	}
	if _, err = unpaid(ctx, tx, x.Supplier, x.Invoice); fault.Is(err, "receiving.invoice_done") {
		bad.Cite("S-007", "invoice", "receiving.invoice_done", x.Invoice)
		return nil
	}
	return err
}

func (x *Receipt) accepts() bool {
	return slices.ContainsFunc(x.Goods, func(l Line) bool { return l.Accepted() > 0 })
}

func (x *Receipt) billable() bool {
	return slices.ContainsFunc(x.Goods, func(l Line) bool { return l.Billable() > 0 })
}

// licensed complains about food from a supplier whose licence for it has ended since it
// was ordered (P-014).
func licensed(ctx context.Context, tx *db.Tx, x *Receipt, bad *fault.Complaints) error {
	food := slices.IndexFunc(x.Goods, func(l Line) bool { return l.category == catalog.Food && l.Accepted() > 0 })
	must, err := rules.On(ctx, tx, "P-014.licence", tx.Today())
	if err != nil || !must || food < 0 {
		return err
	}
	holds, err := suppliers.MaySellFood(ctx, tx, x.Supplier, tx.Today())
	if err == nil && !holds {
		bad.Cite("P-014", fmt.Sprintf("lines.%d.item", x.Goods[food].N-1), "purchasing.no_food_licence", x.SupplierName)
	}
	return err
}

// sum counts what was accepted, in fen, and the lines of which something was refused.
func (x *Receipt) sum() error {
	x.Lines, x.Amount, x.Refused = int64(len(x.Goods)), 0, 0
	for _, l := range x.Goods {
		a, err := money.Mul(l.Price, int64(l.Accepted()))
		if err != nil {
			return fault.OnField(fmt.Sprintf("lines.%d.qty", l.N-1), "base.money")
		}
		x.Amount += a
		if l.Refused > 0 {
			x.Refused++
		}
	}
	return nil
}

// second says what becomes of the receipt: refused whole, to be tested by a second person
// as S-005.second asks, or good as it is.
func second(ctx context.Context, tx *db.Tx, x *Receipt) error {
	if !x.accepts() {
		x.State = Refused
		return nil
	}
	when, err := rules.Chosen(ctx, tx, "S-005.second", tx.Today())
	perishes := slices.ContainsFunc(x.Goods, func(l Line) bool { return l.Accepted() > 0 && (l.shelf > 0 || l.category == catalog.Food) })
	x.Second = x.Second || when == "every" || when == "perishable" && perishes
	if x.Second {
		x.State = Counted
	}
	return err
}
