package receiving

import (
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
	"houqin/internal/catalog"
	"houqin/internal/people"
	"houqin/internal/warehouse"
)

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
	if err := noteLetOff(ctx, tx, &i); err != nil {
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
