package receiving

import (
	"context"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/flow"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
)

// InvoiceState is how far an invoice is.
type InvoiceState string

const (
	Open     InvoiceState = "open"    // nobody has held it against the receipts
	Matched  InvoiceState = "matched" // order, receipt and invoice say the same
	Differs  InvoiceState = "differs"
	Cleared  InvoiceState = "cleared" // may be paid although it differs
	Paid     InvoiceState = "paid"
	Rejected InvoiceState = "rejected" // went back to the supplier
)

// InvoiceStates are all of them, as choices.
var InvoiceStates = []string{string(Open), string(Matched), string(Differs), string(Cleared), string(Paid), string(Rejected)}

// Invoice is what a supplier wants for one or several receipts. Booked is fen of what
// these accepted; Amount what the invoice says.
type Invoice struct {
	ID           string         `json:"id"`
	Number       string         `json:"number"`
	Supplier     string         `json:"supplier"`
	SupplierName string         `json:"supplier_name"`
	State        InvoiceState   `json:"state"`
	Day          period.Day     `json:"day"`
	Amount       money.Fen      `json:"amount"`
	Booked       money.Fen      `json:"booked"`
	At           period.Instant `json:"at"`
	MatchedBy    string         `json:"matched_by"`
	MatchedName  string         `json:"matched_name"`
	MatchedAt    period.Instant `json:"matched_at"`
	ClearedBy    string         `json:"cleared_by"`
	ClearedName  string         `json:"cleared_name"`
	ClearedAt    period.Instant `json:"cleared_at"`
	Why          string         `json:"why"`
	Voucher      string         `json:"voucher"`
	PaidName     string         `json:"paid_name"`
	PaidAt       period.Instant `json:"paid_at"`
	Credited     money.Fen      `json:"credited"` // what the supplier gave back of it
	CreditPaper  string         `json:"credit_paper"`
	Version      int64          `json:"version"`
	Owed         money.Fen      `json:"owed"` // paid for goods that went back later, and not given back
	Away         []Gone         `json:"away,omitempty"`
	Receipts     []Receipt      `json:"receipts,omitempty"`
	Lines        []Triple       `json:"lines,omitempty"`
}

// Payment is the paper by which an invoice was paid; Bill the number of an invoice that
// came after the goods.
type (
	Payment struct{ Voucher string }
	Bill    struct{ Invoice string }
)

var (
	PaymentForm = form.Of[Payment]{Name: "receiving.payment", Fields: []form.Field[Payment]{
		{Key: "voucher", Into: func(p *Payment) any { return &p.Voucher }, Required: true, Most: 60}}}
	CreditForm = form.Of[Payment]{Name: "receiving.credit", Fields: []form.Field[Payment]{
		{Key: "voucher", Into: func(p *Payment) any { return &p.Voucher }, Required: true, Most: 60}}}
	BillForm = form.Of[Bill]{Name: "receiving.bill", Fields: []form.Field[Bill]{
		{Key: "invoice", Into: func(b *Bill) any { return &b.Invoice }, Required: true, Most: 60}}}
)

// InvoiceLife is the table of an invoice's steps: nothing is paid that does not match or
// was not let pass.
var InvoiceLife = flow.Flow[InvoiceState, Invoice]{
	Name:  InvoiceNoun,
	State: func(i *Invoice) *InvoiceState { return &i.State },
	Seen:  func(i *Invoice) int64 { return i.Version },
	Steps: []flow.Step[InvoiceState, Invoice]{
		{Name: "match", From: []InvoiceState{Open, Differs, Matched, Cleared}, Need: MayMatch, Hide: true, Tone: "accent",
			If: func(_ db.Actor, i *Invoice) error {
				if i.State == Matched && !i.differs() || i.State == Cleared && !i.GoneSince() {
					return fault.New(fault.Conflict, "receiving.agrees", i.Number)
				}
				return nil
			}},
		{Name: "clear", From: []InvoiceState{Differs}, To: Cleared, Need: MayClear, Ask: &WordForm, Tone: "accent",
			If: func(by db.Actor, i *Invoice) error {
				if by.ID == i.MatchedBy {
					return fault.New(fault.Conflict, "receiving.own_match", i.MatchedName).Under("S-007")
				}
				return nil
			}},
		{Name: "pay", From: []InvoiceState{Matched, Cleared}, To: Paid, Need: MayMatch, Ask: &PaymentForm, Tone: "accent"},
		{Name: "credit", From: []InvoiceState{Paid}, Need: MayMatch, Ask: &CreditForm, Hide: true, Tone: "accent",
			If: func(_ db.Actor, i *Invoice) error {
				if i.Owed <= 0 {
					return fault.New(fault.Conflict, "receiving.nothing_owed", i.Number)
				}
				return nil
			}},
		{Name: "reject", From: []InvoiceState{Open, Differs, Matched}, To: Rejected, Need: MayMatch, Ask: &WordForm, Tone: "danger"},
	},
}

// Everything narrows nothing: finance looks after the invoices of the whole house.
func Everything() list.Where { return list.Where{} }

// Invoices is the list of invoices, newest first.
var Invoices = list.Of[Invoice]{
	Name:  "receiving.invoices",
	From:  `receiving_invoice i LEFT JOIN suppliers_supplier s ON s.id = i.supplier`,
	Order: "-id", Alias: "i", Table: "receiving_invoice", Live: []string{InvoiceNoun, Noun},
	Href: func(i *Invoice) string { return "/receiving/invoices/" + i.ID },
	Columns: []list.Column[Invoice]{
		{Key: "number", SQL: "i.number", Into: func(i *Invoice) any { return &i.Number }},
		{Key: "state", SQL: "i.state", Into: func(i *Invoice) any { return &i.State }, OneOf: InvoiceStates, Enum: InvoiceNoun + ".state", Tone: func(i *Invoice, _ time.Time) string { return invoiceTones[i.State] }},
		{Key: "supplier", SQL: "i.supplier", Into: func(i *Invoice) any { return &i.Supplier }, Ref: "suppliers", Text: func(i *Invoice) string { return i.SupplierName }},
		{Key: "booked", SQL: "coalesce((SELECT CAST(sum(l.price * (l.came - l.refused - l.free)) AS BIGINT) FROM receiving_receipt r JOIN receiving_line l ON l.receipt = r.id WHERE r.invoice_id = i.id AND r.invoice_id <> ''), 0)", Into: func(i *Invoice) any { return &i.Booked }},
		{Key: "amount", SQL: "i.amount", Into: func(i *Invoice) any { return &i.Amount }, Range: true},
		{Key: "day", SQL: "i.day", Into: func(i *Invoice) any { return &i.Day }, Range: true},
		{Key: "matched_name", SQL: "i.matched_name", Into: func(i *Invoice) any { return &i.MatchedName }},
		{Key: "voucher", SQL: "i.voucher", Into: func(i *Invoice) any { return &i.Voucher }},
		{Key: "at", SQL: "i.at", Into: func(i *Invoice) any { return &i.At }, Range: true},
		{Key: "id", SQL: "i.id", Into: func(i *Invoice) any { return &i.ID }, Hidden: true},
		{Key: "matched_by", SQL: "i.matched_by", Into: func(i *Invoice) any { return &i.MatchedBy }, Hidden: true},
		{Key: "matched_at", SQL: "i.matched_at", Into: func(i *Invoice) any { return &i.MatchedAt }, Hidden: true},
		{Key: "cleared_by", SQL: "i.cleared_by", Into: func(i *Invoice) any { return &i.ClearedBy }, Hidden: true},
		{Key: "cleared_name", SQL: "i.cleared_name", Into: func(i *Invoice) any { return &i.ClearedName }, Hidden: true},
		{Key: "cleared_at", SQL: "i.cleared_at", Into: func(i *Invoice) any { return &i.ClearedAt }, Hidden: true},
		{Key: "why", SQL: "i.why", Into: func(i *Invoice) any { return &i.Why }, Hidden: true},
		{Key: "paid_name", SQL: "i.paid_name", Into: func(i *Invoice) any { return &i.PaidName }, Hidden: true},
		{Key: "paid_at", SQL: "i.paid_at", Into: func(i *Invoice) any { return &i.PaidAt }, Hidden: true},
		{Key: "credited", SQL: "i.credited", Into: func(i *Invoice) any { return &i.Credited }, Hidden: true},
		{Key: "credit_paper", SQL: "i.credit_paper", Into: func(i *Invoice) any { return &i.CreditPaper }, Hidden: true},
		{Key: "version", SQL: "i.version", Into: func(i *Invoice) any { return &i.Version }, Hidden: true},
		{Key: "supplier_name", SQL: "coalesce(s.name, '')", Into: func(i *Invoice) any { return &i.SupplierName }, Hidden: true},
	},
}

var invoiceTones = map[InvoiceState]string{Open: "soon", Matched: "done", Differs: "danger", Cleared: "soon", Paid: "quiet", Rejected: "quiet"}

// InvoiceByID is an invoice with its receipts and what order, receipt and invoice say of
// each item.
func InvoiceByID(ctx context.Context, r db.Reader, id string) (Invoice, error) {
	i, err := Invoices.Get(ctx, r, list.Where{}.And("i.id = ?", id))
	if err != nil {
		return i, err
	}
	if i.Receipts, err = Receipts.All(ctx, r, list.Where{}.And("r.invoice_id = ? AND r.invoice_id <> ''", id), 200); err != nil {
		return i, err
	}
	for n := range i.Receipts {
		if i.Receipts[n].Goods, err = linesOf(ctx, r, i.Receipts[n].ID); err != nil {
			return i, err
		}
	}
	i.Lines, err = threeWays(ctx, r, &i)
	return i, err
}

// InvoiceVisible is nil when a person sees the invoices.
func InvoiceVisible(_ context.Context, _ db.Reader, by db.Actor, _ string) error {
	if by.May(MaySee) {
		return nil
	}
	return fault.New(fault.NotFound, "base.not_found")
}

// unpaid is the invoice of a supplier that goods may still be booked on; id is "" where
// none is known. An invoice that was matched or paid takes no more goods (S-007).
func unpaid(ctx context.Context, r db.Reader, supplier, number string) (i Invoice, err error) {
	found, err := Invoices.All(ctx, r, list.Where{}.And("i.supplier = ? AND i.number = ? AND i.state <> 'rejected'", supplier, number), 1)
	if err != nil || len(found) == 0 {
		return i, err
	}
	if s := found[0].State; s != Open && s != Differs {
		return found[0], fault.OnField("invoice", "receiving.invoice_done", number).Under("S-007")
	}
	return found[0], nil
}

// bill puts a booked receipt on its invoice, which is a new one where none is known.
func bill(ctx context.Context, tx *db.Tx, x *Receipt) error {
	if x.Invoice == "" || !x.billable() {
		return nil
	}
	i, err := unpaid(ctx, tx, x.Supplier, x.Invoice)
	if err != nil {
		return err
	}
	if x.InvoiceID = i.ID; i.ID != "" {
		if err := tx.One(ctx, fault.Stale(), `UPDATE receiving_invoice SET state = 'open', version = version + 1 WHERE id = $1 AND state IN ('open', 'differs')`, i.ID); err != nil {
			return err
		}
		return tx.Trail(ctx, db.Event{Noun: InvoiceNoun, Record: i.ID, Action: "book", Note: x.Number})
	}
	search, err := tx.Tokens(ctx, x.Invoice, x.SupplierName)
	if err != nil {
		return err
	}
	x.InvoiceID = tx.NewID()
	n, err := tx.Exec(ctx, `INSERT INTO receiving_invoice (id, number, supplier, state, at, search) VALUES ($1,$2,$3,'open',$4,$5) ON CONFLICT DO NOTHING`, x.InvoiceID, x.Invoice, x.Supplier, tx.At(), search)
	if err != nil {
		return err
	}
	if n == 0 { // another lorry of the same invoice was booked at this very moment
		return fault.Stale()
	}
	return tx.Trail(ctx, db.Event{Noun: InvoiceNoun, Record: x.InvoiceID, Action: "book", Note: x.Number})
}

// unbill takes a receipt off its invoice, as long as this was not matched or paid.
func unbill(ctx context.Context, tx *db.Tx, x *Receipt) error {
	if x.InvoiceID == "" {
		return nil
	}
	if err := tx.One(ctx, fault.New(fault.Conflict, "receiving.invoice_done", x.Invoice).Under("S-007"),
		`UPDATE receiving_invoice SET state = 'open', version = version + 1 WHERE id = $1 AND state IN ('open', 'differs')`, x.InvoiceID); err != nil {
		return err
	}
	id := x.InvoiceID
	x.InvoiceID = ""
	return tx.Trail(ctx, db.Event{Noun: InvoiceNoun, Record: id, Action: "unbook", Note: x.Number})
}
