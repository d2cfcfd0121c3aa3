package receiving

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/people"
	"houqin/internal/warehouse"
)

// Triple is what the three papers say of one item: the price that was ordered, what was
// received at it, what of it went back to the supplier since, and what the invoice asks for
// how much. Differs are keys of words: "qty", "price", "returned", "unordered",
// "uninvoiced"; none when they agree or nobody has looked.
type Triple struct {
	Item     string       `json:"item"`
	Number   string       `json:"item_number"`
	Title    string       `json:"title"`
	Unit     string       `json:"unit"`
	Price    money.Fen    `json:"price"`
	Qty      quantity.Qty `json:"qty"`
	Amount   money.Fen    `json:"amount"`
	Returned quantity.Qty `json:"returned"`
	Later    quantity.Qty `json:"later"` // went back after the invoice was let pass or paid
	Invoiced quantity.Qty `json:"invoiced"`
	Asked    money.Fen    `json:"asked"`
	Differs  []string     `json:"differs"`
	packs    []quantity.Pack
}

// Say is a quantity in packs.
func (t Triple) Say(q quantity.Qty) string { return q.Format(t.packs) }

type billed struct {
	item   string
	qty    quantity.Qty
	amount money.Fen
}

// threeWays holds the three papers beside each other, item by item.
func threeWays(ctx context.Context, r db.Reader, i *Invoice) ([]Triple, error) {
	said, err := db.All(ctx, r, func(l *billed) []any { return []any{&l.item, &l.qty, &l.amount} },
		`SELECT item, CAST(sum(qty) AS BIGINT), CAST(sum(amount) AS BIGINT) FROM receiving_invoice_line WHERE invoice = $1 GROUP BY item ORDER BY item`, i.ID)
	if err != nil {
		return nil, err
	}
	by := map[string]*Triple{}
	of := func(item string) *Triple {
		if by[item] == nil {
			by[item] = &Triple{Item: item, Differs: []string{}}
		}
		return by[item]
	}
	for _, x := range i.Receipts {
		for _, l := range x.Goods {
			if l.Accepted() == 0 {
				continue
			}
			a, err := amount(l)
			if err != nil {
				return nil, err
			}
			t := of(l.Item)
			t.Price, t.Qty, t.Amount = l.Price, t.Qty+l.Accepted(), t.Amount+a
		}
	}
	for _, l := range said {
		t := of(l.item)
		t.Invoiced, t.Asked = l.qty, l.amount
	}
	var ids []string
	for id := range by {
		ids = append(ids, id)
	}
	items, err := catalog.Few(ctx, r, ids)
	if err != nil {
		return nil, err
	}
	if err := i.sentAway(ctx, r, by); err != nil {
		return nil, err
	}
	all := make([]Triple, 0, len(by))
	for id, t := range by {
		it := items[id]
		t.Number, t.Title, t.Unit, t.packs = it.Number, it.Title(), it.Unit, it.Packs
		if len(said) > 0 {
			t.compare()
		}
		all = append(all, *t)
	}
	slices.SortFunc(all, func(a, b Triple) int { return cmp.Compare(a.Number, b.Number) })
	return all, nil
}

// sentAway says of each item what went back: until the invoice was let pass or was paid,
// and later. What went back once it was paid the supplier owes.
func (i *Invoice) sentAway(ctx context.Context, r db.Reader, by map[string]*Triple) (err error) {
	them := make([]*Receipt, len(i.Receipts))
	for n := range i.Receipts {
		them[n] = &i.Receipts[n]
	}
	if i.Away, err = wentBack(ctx, r, i.Supplier, them); err != nil {
		return err
	}
	settled := i.PaidAt
	if i.State == Cleared {
		settled = i.ClearedAt
	}
	i.Owed = -i.Credited
	for _, g := range i.Away {
		if t := by[g.Item]; settled == 0 || g.At <= settled {
			t.Returned += g.Qty
		} else {
			t.Later += g.Qty
			i.Owed += g.Worth
		}
	}
	if i.State != Paid {
		i.Owed = 0
	}
	return nil
}

// GoneSince says whether goods went back since the invoice was let pass and before it was
// paid: it is to be matched again.
func (i *Invoice) GoneSince() bool { return i.State == Cleared && i.later() }

func (i *Invoice) later() bool {
	return slices.ContainsFunc(i.Lines, func(t Triple) bool { return t.Later > 0 })
}

// compare says in what the invoice differs. The price differs where the invoice asks
// another sum for what it says came than was agreed.
func (t *Triple) compare() {
	switch {
	case t.Invoiced == 0:
		t.Differs = append(t.Differs, "uninvoiced")
		return
	case t.Qty == 0:
		t.Differs = append(t.Differs, "unordered")
		return
	case t.Invoiced != t.Qty:
		t.Differs = append(t.Differs, "qty")
	}
	if t.Returned > 0 { // who pays the whole must know
		t.Differs = append(t.Differs, "returned")
	}
	if agreed, err := money.Mul(t.Price, int64(t.Invoiced)); err != nil || agreed != t.Asked {
		t.Differs = append(t.Differs, "price")
	}
}

// Keyed is what stands on the paper invoice.
type Keyed struct {
	Day    period.Day
	Amount money.Fen
	Lines  []KeyedLine
}

// KeyedLine is one of its lines, the quantity as people write it.
type KeyedLine struct {
	Item   string
	Qty    string
	Amount money.Fen
}

// heldInvoice locks an invoice and takes a step with it.
func heldInvoice(ctx context.Context, tx *db.Tx, id string, version int64, step string) (Invoice, error) {
	return InvoiceLife.Take(ctx, tx, id, version, step, func(ctx context.Context, r db.Reader, _ db.Actor, id string) (Invoice, error) {
		return InvoiceByID(ctx, r, id)
	})
}

func keepInvoice(ctx context.Context, tx *db.Tx, i *Invoice, step, note string) error {
	if err := tx.One(ctx, fault.Stale(), `UPDATE receiving_invoice SET state = $1, day = $2, amount = $3, matched_by = $4, matched_name = $5, matched_at = $6, cleared_by = $7, cleared_name = $8, cleared_at = $9, why = $10,
		voucher = $11, paid_name = $12, paid_at = $13, credited = $14, credit_paper = $15, version = version + 1 WHERE id = $16 AND version = $17`, i.State, i.Day, i.Amount, i.MatchedBy, i.MatchedName, i.MatchedAt, i.ClearedBy, i.ClearedName, i.ClearedAt,
		i.Why, i.Voucher, i.PaidName, i.PaidAt, i.Credited, i.CreditPaper, i.ID, i.Version); err != nil {
		return err
	}
	i.Version++
	return tx.Trail(ctx, db.Event{Noun: InvoiceNoun, Record: i.ID, Action: step, Note: note})
}

// differs says whether the three papers do not say the same as they stand now.
func (i *Invoice) differs() bool {
	return slices.ContainsFunc(i.Lines, func(t Triple) bool { return len(t.Differs) > 0 })
}

// Match holds an invoice against what was ordered and what was received (S-007): where
// all three say the same it may be paid, else it differs, also where goods went back to
// the supplier since they were booked. One that agreed or was let pass is matched again when
// they did.
// Needs MayMatch; Conflict for whoever received the goods. Invalid, every line at once: an item twice, a quantity that
// cannot be counted, lines that do not sum up to the invoice.
func Match(ctx context.Context, tx *db.Tx, id string, version int64, k Keyed) (Invoice, error) {
	i, err := heldInvoice(ctx, tx, id, version, "match")
	if err != nil {
		return i, err
	}
	for _, x := range i.Receipts {
		own, err := people.OneHuman(ctx, tx, tx.By.ID, x.By)
		if err != nil {
			return i, err
		}
		if own {
			return i, fault.New(fault.Conflict, "receiving.receiver_matches", x.Number).Under("S-007")
		}
	}
	var bad fault.Complaints
	var ids []string
	for _, l := range k.Lines {
		ids = append(ids, l.Item)
	}
	items, err := catalog.Few(ctx, tx, ids)
	if err != nil {
		return i, err
	}
	if k.Amount <= 0 {
		bad.Add("amount", "base.required")
	}
	if _, err := tx.Exec(ctx, `DELETE FROM receiving_invoice_line WHERE invoice = $1`, i.ID); err != nil {
		return i, err
	}
	sum := money.Fen(0)
	for n, l := range k.Lines {
		at := func(field string) string { return fmt.Sprintf("lines.%d.%s", n, field) }
		it, ok := items[l.Item]
		if !ok {
			bad.Add(at("item"), "base.no_such", l.Item)
			continue
		}
		if slices.ContainsFunc(k.Lines[:n], func(o KeyedLine) bool { return o.Item == l.Item }) {
			bad.Add(at("item"), "receiving.item_twice", it.Title())
		}
		qty := read(&bad, at("qty"), l.Qty, it)
		if qty == 0 {
			bad.Add(at("qty"), "base.quantity")
		}
		sum += l.Amount
		if len(bad) > 0 {
			continue
		}
		if _, err := tx.Exec(ctx, `INSERT INTO receiving_invoice_line (invoice, line, item, qty, amount) VALUES ($1,$2,$3,$4,$5)`, i.ID, n+1, l.Item, qty, l.Amount); err != nil {
			return i, err
		}
	}
	if len(k.Lines) == 0 {
		bad.Add("lines", "base.no_lines")
	} else if sum != k.Amount && len(bad) == 0 {
		bad.Add("amount", "receiving.sum_differs", sum)
	}
	if err := bad.Err(); err != nil {
		return i, err
	}
	i.State = Matched // what went back after it was let pass counts from now
	if i.Lines, err = threeWays(ctx, tx, &i); err != nil {
		return i, err
	}
	i.Day, i.Amount = k.Day, k.Amount
	i.ClearedBy, i.ClearedName, i.ClearedAt, i.Why = "", "", 0, ""
	action := "match"
	if i.differs() {
		i.State, action = Differs, "match_differs"
	}
	i.MatchedBy, i.MatchedName, i.MatchedAt = tx.By.ID, tx.By.Name, tx.At()
	return i, keepInvoice(ctx, tx, &i, action, "")
}

// Clear lets an invoice pass that differs, with a reason. Needs MayClear; Conflict for
// whoever held it against the receipts.
func Clear(ctx context.Context, tx *db.Tx, id string, version int64, w Word) (Invoice, error) {
	i, err := heldInvoice(ctx, tx, id, version, "clear")
	if err != nil {
		return i, err
	}
	own, err := people.OneHuman(ctx, tx, tx.By.ID, i.MatchedBy)
	if err != nil {
		return i, err
	}
	if own {
		return i, fault.New(fault.Conflict, "receiving.own_match", i.MatchedName).Under("S-007")
	}
	if i.Why = strings.TrimSpace(w.Reason); i.Why == "" {
		return i, fault.OnField("reason", "base.required")
	}
	i.ClearedBy, i.ClearedName, i.ClearedAt = tx.By.ID, tx.By.Name, tx.At()
	return i, keepInvoice(ctx, tx, &i, "clear", i.Why)
}

// Pay notes by which voucher an invoice was paid. Needs MayMatch. Conflict: an invoice
// that neither matches nor was let pass, or of which goods went back since.
func Pay(ctx context.Context, tx *db.Tx, id string, version int64, p Payment) (Invoice, error) {
	i, err := heldInvoice(ctx, tx, id, version, "pay")
	if err != nil {
		return i, err
	}
	if i.ClearedBy == "" && i.differs() || i.later() { // as it stood before this step
		return i, fault.New(fault.Conflict, "receiving.went_back", i.Number).Under("S-007")
	}
	if i.Voucher = strings.TrimSpace(p.Voucher); i.Voucher == "" {
		return i, fault.OnField("voucher", "base.required")
	}
	i.PaidName, i.PaidAt = tx.By.Name, tx.At()
	return i, keepInvoice(ctx, tx, &i, "pay", i.Voucher)
}

// Credit notes by which paper the supplier gave back what was paid for goods that went back
// later. Needs MayMatch. Conflict: an invoice of which nothing is owed.
func Credit(ctx context.Context, tx *db.Tx, id string, version int64, p Payment) (Invoice, error) {
	i, err := heldInvoice(ctx, tx, id, version, "credit")
	if err != nil {
		return i, err
	}
	paper := strings.TrimSpace(p.Voucher)
	if paper == "" {
		return i, fault.OnField("voucher", "base.required")
	}
	note := paper + " " + i.Owed.String()
	i.CreditPaper, i.Credited, i.Owed = strings.TrimSpace(i.CreditPaper+" "+paper), i.Credited+i.Owed, 0
	return i, keepInvoice(ctx, tx, &i, "credit", note)
}

// Reject sends an invoice back to its supplier; its receipts wait for another.
func Reject(ctx context.Context, tx *db.Tx, id string, version int64, w Word) (Invoice, error) {
	i, err := heldInvoice(ctx, tx, id, version, "reject")
	if err != nil {
		return i, err
	}
	if i.Why = strings.TrimSpace(w.Reason); i.Why == "" {
		return i, fault.OnField("reason", "base.required")
	}
	for n := range i.Receipts {
		x := &i.Receipts[n]
		x.Invoice, x.InvoiceID = "", ""
		if err := keep(ctx, tx, x, "unbill", i.Number); err != nil {
			return i, err
		}
	}
	return i, keepInvoice(ctx, tx, &i, "reject", i.Why)
}

// PutOn puts a booked receipt that has no invoice on one. Needs MayReceive where the
// store is kept.
func PutOn(ctx context.Context, tx *db.Tx, id string, version int64, b Bill) (Receipt, error) {
	x, err := hold(ctx, tx, id, version, "bill")
	if err != nil {
		return x, err
	}
	if x.Invoice = strings.TrimSpace(b.Invoice); x.Invoice == "" {
		return x, fault.OnField("invoice", "base.required")
	}
	if err := bill(ctx, tx, &x); err != nil {
		return x, err
	}
	return x, keep(ctx, tx, &x, "bill", x.Invoice)
}

// ToMatch are the invoices that finance has to hold against the receipts or to pay.
func ToMatch(ctx context.Context, r db.Reader, _ db.Actor, limit int) ([]Invoice, error) {
	return Invoices.All(ctx, r, list.Where{}.And("i.state IN ('open', 'matched', 'cleared')"), limit)
}

// ToReclaim are the invoices that were paid before goods went back, of which the supplier
// still owes the money.
func ToReclaim(ctx context.Context, r db.Reader, _ db.Actor, limit int) ([]Invoice, error) {
	last, err := warehouse.LastSentBack(ctx, r)
	if err != nil || len(last) == 0 {
		return nil, err
	}
	some, err := Invoices.All(ctx, r, list.Where{}.And("i.state = 'paid'").In("i.supplier", slices.Sorted(maps.Keys(last))), 2000)
	if err != nil {
		return nil, err
	}
	var all []Invoice
	for _, s := range some {
		if len(all) == limit {
			break
		}
		if last[s.Supplier] <= s.PaidAt {
			continue
		}
		i, err := InvoiceByID(ctx, r, s.ID)
		if err != nil {
			return nil, err
		}
		if i.Owed > 0 {
			all = append(all, i)
		}
	}
	return all, nil
}

// ToClear are the invoices that differ and wait for somebody else's word.
func ToClear(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Invoice, error) {
	return Invoices.All(ctx, r, list.Where{}.And("i.state = 'differs' AND i.matched_by <> ?", by.ID), limit)
}
