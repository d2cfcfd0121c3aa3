package receiving

import (
	"context"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/catalog"
)

// Receipts is the list of what came, newest first.
var Receipts = list.Of[Receipt]{
	Name:  "receiving.receipts",
	From:  `receiving_receipt r LEFT JOIN suppliers_supplier s ON s.id = r.supplier LEFT JOIN warehouse_store w ON w.id = r.store`,
	Order: "-id", Alias: "r", Table: "receiving_receipt", Live: []string{Noun},
	Href: func(r *Receipt) string { return "/receiving/receipts/" + r.ID },
	Columns: []list.Column[Receipt]{
		{Key: "number", SQL: "r.number", Into: func(r *Receipt) any { return &r.Number }},
		{Key: "state", SQL: "r.state", Into: func(r *Receipt) any { return &r.State }, OneOf: States, Enum: Noun + ".state", Tone: func(r *Receipt, _ time.Time) string { return tones[r.State] }},
		{Key: "supplier", SQL: "r.supplier", Into: func(r *Receipt) any { return &r.Supplier }, Ref: "suppliers", Text: func(r *Receipt) string { return r.SupplierName }},
		{Key: "basis_number", SQL: "r.basis_number", Into: func(r *Receipt) any { return &r.BasisNumber }},
		{Key: "amount", SQL: "r.amount", Into: func(r *Receipt) any { return &r.Amount }, Range: true},
		{Key: "refused", SQL: "r.refused", Into: func(r *Receipt) any { return &r.Refused }, Range: true, Tone: func(r *Receipt, _ time.Time) string {
			if r.ToGoBack() {
				return "danger"
			}
			return ""
		}},
		{Key: "arrived", SQL: "r.arrived", Into: func(r *Receipt) any { return &r.Arrived }, Range: true},
		{Key: "by_name", SQL: "r.by_name", Into: func(r *Receipt) any { return &r.ByName }},
		{Key: "invoice", SQL: "r.invoice", Into: func(r *Receipt) any { return &r.Invoice }},
		{Key: "store", SQL: "r.store", Into: func(r *Receipt) any { return &r.Store }, Ref: "stores", Text: func(r *Receipt) string { return r.StoreName }},
		{Key: "basis", SQL: "r.basis", Into: func(r *Receipt) any { return &r.Basis }, OneOf: Bases, Enum: "receiving.basis", Aside: true},
		{Key: "second", SQL: "r.second", Into: func(r *Receipt) any { return &r.Second }, Aside: true},
		{Key: "checked_name", SQL: "r.checked_name", Into: func(r *Receipt) any { return &r.CheckedName }, Aside: true},
		{Key: "at", SQL: "r.at", Into: func(r *Receipt) any { return &r.At }, Range: true, Aside: true},
		{Key: "back", SQL: "(r.refused > 0 AND r.returned_at = 0 AND r.state IN ('posted', 'refused'))", Into: func(*Receipt) any { return new(bool) }, Aside: true},
		{Key: "apart", SQL: "(" + apart + ")", Into: func(r *Receipt) any { return &r.Apart }, Hidden: true},
		{Key: "based", SQL: "(" + based + ")", Into: func(r *Receipt) any { return &r.Based }, Hidden: true},
		{Key: "answered", SQL: "(" + answered + ")", Into: func(r *Receipt) any { return &r.Answered }, Hidden: true},
		{Key: "uninvoiced", SQL: "(" + uninvoiced + ")", Into: func(r *Receipt) any { return &r.Uninvoiced }, Hidden: true},
		{Key: "id", SQL: "r.id", Into: func(r *Receipt) any { return &r.ID }, Hidden: true},
		{Key: "basis_id", SQL: "r.basis_id", Into: func(r *Receipt) any { return &r.BasisID }, Hidden: true},
		{Key: "invoice_id", SQL: "r.invoice_id", Into: func(r *Receipt) any { return &r.InvoiceID }, Hidden: true},
		{Key: "delivery", SQL: "r.delivery", Into: func(r *Receipt) any { return &r.Delivery }, Hidden: true},
		{Key: "due", SQL: "r.due", Into: func(r *Receipt) any { return &r.Due }, Hidden: true},
		{Key: "lines", SQL: "r.lines", Into: func(r *Receipt) any { return &r.Lines }, Hidden: true},
		{Key: "by", SQL: "r.by_id", Into: func(r *Receipt) any { return &r.By }, Hidden: true},
		{Key: "checked_by", SQL: "r.checked_by", Into: func(r *Receipt) any { return &r.CheckedBy }, Hidden: true},
		{Key: "checked_at", SQL: "r.checked_at", Into: func(r *Receipt) any { return &r.CheckedAt }, Hidden: true},
		{Key: "finding", SQL: "r.finding", Into: func(r *Receipt) any { return &r.Finding }, Hidden: true},
		{Key: "document", SQL: "r.document", Into: func(r *Receipt) any { return &r.Document }, Hidden: true},
		{Key: "document_number", SQL: "r.document_number", Into: func(r *Receipt) any { return &r.DocumentNumber }, Hidden: true},
		{Key: "posted_at", SQL: "r.posted_at", Into: func(r *Receipt) any { return &r.PostedAt }, Hidden: true},
		{Key: "returned_at", SQL: "r.returned_at", Into: func(r *Receipt) any { return &r.ReturnedAt }, Hidden: true},
		{Key: "returned_name", SQL: "r.returned_name", Into: func(r *Receipt) any { return &r.ReturnedName }, Hidden: true},
		{Key: "returned_to", SQL: "r.returned_to", Into: func(r *Receipt) any { return &r.ReturnedTo }, Hidden: true},
		{Key: "settled", SQL: "r.settled", Into: func(r *Receipt) any { return &r.Settled }, Hidden: true},
		{Key: "note", SQL: "r.note", Into: func(r *Receipt) any { return &r.Note }, Hidden: true},
		{Key: "version", SQL: "r.version", Into: func(r *Receipt) any { return &r.Version }, Hidden: true},
		{Key: "carded", SQL: "EXISTS (SELECT 1 FROM receiving_card k WHERE k.receipt = r.id)", Into: func(r *Receipt) any { return &r.Carded }, Hidden: true},
		{Key: "keeping", SQL: "coalesce(w.department, '')", Into: func(r *Receipt) any { return &r.Keeping }, Hidden: true},
		{Key: "supplier_name", SQL: "coalesce(s.name, '')", Into: func(r *Receipt) any { return &r.SupplierName }, Hidden: true},
		{Key: "store_name", SQL: "coalesce(w.name, '')", Into: func(r *Receipt) any { return &r.StoreName }, Hidden: true},
	},
}

var tones = map[State]string{Counted: "soon", Checked: "soon", Posted: "done", Refused: "danger", Dropped: "quiet"}

// Get is a receipt that the person sees, with its lines; else NotFound.
func Get(ctx context.Context, r db.Reader, by db.Actor, id string) (Receipt, error) {
	x, err := Receipts.Get(ctx, r, Scope(by).And("r.id = ?", id))
	if err == nil {
		x.Goods, err = linesOf(ctx, r, id)
	}
	if err == nil && x.State == Posted {
		x.Away, err = wentBack(ctx, r, x.Supplier, []*Receipt{&x}, "")
	}
	return x, err
}

// Visible is nil when the person sees a receipt.
func Visible(ctx context.Context, r db.Reader, by db.Actor, id string) error {
	_, err := Receipts.Get(ctx, r, Scope(by).And("r.id = ?", id))
	return err
}

func linesOf(ctx context.Context, r db.Reader, receipt string) ([]Line, error) {
	all, err := db.All(ctx, r, func(l *Line) []any {
		return []any{&l.N, &l.Item, &l.Asked, &l.Noted, &l.Came, &l.Refused, &l.Cause, &l.Lot, &l.Expiry, &l.Bin, &l.Price, &l.Note, &l.Again, &l.Free}
	}, `SELECT line, item, asked, noted, came, refused, cause, lot, expiry, bin, price, note, again, free FROM receiving_line WHERE receipt = $1 ORDER BY line`, receipt)
	if err != nil {
		return nil, err
	}
	return all, name(ctx, r, all)
}

// name fills in what the lines' items are called.
func name(ctx context.Context, r db.Reader, all []Line) error {
	ids := make([]string, len(all))
	for n := range all {
		ids[n] = all[n].Item
	}
	items, err := catalog.Few(ctx, r, ids)
	for n := range all {
		all[n].fill(items[all[n].Item])
	}
	return err
}

// Of are the receipts that stand on an order or plan, oldest first, without their lines.
func Of(ctx context.Context, r db.Reader, basis string) ([]Receipt, error) {
	return Receipts.All(ctx, r, list.Where{}.And("r.basis_id = ? AND r.basis_id <> '' AND r.state <> 'dropped'", basis), 200)
}

func insert(ctx context.Context, tx *db.Tx, x *Receipt) error {
	texts := []string{x.Number, x.BasisNumber, x.SupplierName, x.Invoice, x.Delivery}
	for _, l := range x.Goods[:min(len(x.Goods), 40)] {
		texts = append(texts, l.Title(), l.Lot)
	}
	search, err := tx.Tokens(ctx, texts...)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO receiving_receipt (id, number, basis, basis_id, basis_number, supplier, store, invoice, delivery, arrived, due, state, second, lines, amount, refused, by_id, by_name, at, note, search)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21)`,
		x.ID, x.Number, x.Basis, x.BasisID, x.BasisNumber, x.Supplier, x.Store, x.Invoice, x.Delivery, x.Arrived, x.Due, x.State, x.Second, x.Lines, x.Amount, x.Refused, x.By, x.ByName, x.At, x.Note, search); err != nil {
		return err
	}
	for _, l := range x.Goods {
		if _, err := tx.Exec(ctx, `INSERT INTO receiving_line (receipt, line, item, asked, noted, came, refused, cause, lot, expiry, bin, price, note, again, free) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)`,
			x.ID, l.N, l.Item, l.Asked, l.Noted, l.Came, l.Refused, l.Cause, l.Lot, l.Expiry, l.Bin, l.Price, l.Note, l.Again, l.Free); err != nil {
			return err
		}
	}
	return nil
}

// hold locks a receipt that the person sees and takes a step with it.
func hold(ctx context.Context, tx *db.Tx, id string, version int64, step string) (Receipt, error) {
	return Life.Take(ctx, tx, id, version, step, Get)
}

// keep stores a receipt after a step and tells the trail.
func keep(ctx context.Context, tx *db.Tx, x *Receipt, step, note string) error {
	if err := tx.One(ctx, fault.Stale(), `UPDATE receiving_receipt SET state = $1, invoice = $2, invoice_id = $3, amount = $4, refused = $5, checked_by = $6, checked_name = $7, checked_at = $8, finding = $9,
		document = $10, document_number = $11, posted_at = $12, returned_at = $13, returned_name = $14, returned_to = $15, note = $16, settled = $17, version = version + 1 WHERE id = $18 AND version = $19`,
		x.State, x.Invoice, x.InvoiceID, x.Amount, x.Refused, x.CheckedBy, x.CheckedName, x.CheckedAt, x.Finding, x.Document, x.DocumentNumber, x.PostedAt, x.ReturnedAt, x.ReturnedName, x.ReturnedTo,
		x.Note, x.Settled, x.ID, x.Version); err != nil {
		return err
	}
	x.Version++
	return tx.Trail(ctx, db.Event{Noun: Noun, Record: x.ID, Action: step, Note: note})
}
