package warehouse

import (
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
)

// Documents is the list of all papers, newest first. The others are parts of it with
// the columns that matter there.
var (
	Documents = papers("warehouse.documents", "", "kind", "department", "supplier", "to")
	Receipts  = papers("warehouse.receipts", "d.kind = 'receipt'", "supplier", "invoice", "lines")
	Issues    = papers("warehouse.issues", "d.kind = 'issue'", "department", "receiver_name", "lines")
	Transfers = papers("warehouse.transfers", "d.kind = 'transfer'", "to", "receiver_name", "lines")
	Returns   = papers("warehouse.returns", "d.kind = 'return'", "department", "receiver_name", "lines", "note")
	SentBacks = papers("warehouse.sent_backs", "d.kind = 'sent_back'", "supplier", "lines", "note")
)

func papers(name, where string, shown ...string) list.Of[Document] {
	hide := func(key string) bool { return !slices.Contains(shown, key) }
	return list.Of[Document]{
		Name: name,
		From: `warehouse_document d JOIN warehouse_store w ON w.id = d.store LEFT JOIN suppliers_supplier s ON s.id = d.supplier
			LEFT JOIN departments_department p ON p.id = d.department LEFT JOIN warehouse_document x ON x.reverses = d.id AND x.reverses <> ''
			LEFT JOIN warehouse_document o ON o.id = d.reverses LEFT JOIN warehouse_store t ON t.id = d.to_store`,
		Where: where, Order: "-id", Alias: "d", Table: "warehouse_document", Live: []string{"warehouse.document"},
		Href: func(d *Document) string { return "/warehouse/documents/" + d.ID },
		Columns: []list.Column[Document]{
			{Key: "number", SQL: "d.number", Into: func(d *Document) any { return &d.Number }},
			{Key: "kind", SQL: "d.kind", Into: func(d *Document) any { return &d.Kind }, OneOf: Kinds, Enum: "warehouse.kind", Hidden: hide("kind")},
			{Key: "at", SQL: "d.at", Into: func(d *Document) any { return &d.At }, Range: true},
			{Key: "department", SQL: "d.department", Into: func(d *Document) any { return &d.Department }, Ref: "departments", Hidden: hide("department"),
				Text: func(d *Document) string { return d.DepartmentName }},
			{Key: "supplier", SQL: "d.supplier", Into: func(d *Document) any { return &d.Supplier }, Ref: "suppliers", Hidden: hide("supplier"),
				Text: func(d *Document) string { return d.SupplierName }},
			{Key: "receiver_name", SQL: "d.receiver_name", Into: func(d *Document) any { return &d.ReceiverName }, Hidden: hide("receiver_name")},
			{Key: "invoice", SQL: "d.invoice", Into: func(d *Document) any { return &d.Invoice }, Hidden: hide("invoice")},
			{Key: "amount", SQL: "d.amount", Into: func(d *Document) any { return &d.Amount }, Range: true},
			{Key: "lines", SQL: "d.lines", Into: func(d *Document) any { return &d.Lines }, Hidden: hide("lines")},
			{Key: "store", SQL: "d.store", Into: func(d *Document) any { return &d.Store }, Ref: "stores", Text: func(d *Document) string { return d.StoreName }},
			{Key: "to", SQL: "d.to_store", Into: func(d *Document) any { return &d.To }, Ref: "stores", Hidden: hide("to"), Text: func(d *Document) string { return d.ToName }},
			{Key: "by_name", SQL: "d.by_name", Into: func(d *Document) any { return &d.ByName }},
			{Key: "reversed_number", SQL: "coalesce(x.number, '')", Into: func(d *Document) any { return &d.ReversedNumber }},
			{Key: "id", SQL: "d.id", Into: func(d *Document) any { return &d.ID }, Hidden: true},
			{Key: "day", SQL: "d.day", Into: func(d *Document) any { return &d.Day }, Hidden: true},
			{Key: "receiver", SQL: "d.receiver", Into: func(d *Document) any { return &d.Receiver }, Hidden: true},
			{Key: "note", SQL: "d.note", Into: func(d *Document) any { return &d.Note }, Hidden: hide("note")},
			{Key: "noun", SQL: "d.noun", Into: func(d *Document) any { return &d.Noun }, Hidden: true},
			{Key: "for_record", SQL: "(d.noun <> '')", Into: func(d *Document) any { return &d.ForRecord }, Hidden: true},
			{Key: "invoiced", SQL: "(d.invoice <> '')", Into: func(d *Document) any { return &d.Invoiced }, Hidden: true},
			{Key: "received", SQL: "(d.receiver_name <> '')", Into: func(d *Document) any { return &d.Received }, Hidden: true},
			{Key: "record", SQL: "d.record", Into: func(d *Document) any { return &d.Record }, Hidden: true},
			{Key: "record_number", SQL: "d.record_number", Into: func(d *Document) any { return &d.RecordNumber }, Hidden: true},
			{Key: "reverses", SQL: "d.reverses", Into: func(d *Document) any { return &d.Reverses }, Hidden: true},
			{Key: "reverses_number", SQL: "coalesce(o.number, '')", Into: func(d *Document) any { return &d.ReversesNumber }, Hidden: true},
			{Key: "reversed", SQL: "coalesce(x.id, '')", Into: func(d *Document) any { return &d.Reversed }, Hidden: true},
			{Key: "by", SQL: "d.by_id", Into: func(d *Document) any { return &d.By }, Hidden: true},
			{Key: "store_name", SQL: "w.name", Into: func(d *Document) any { return &d.StoreName }, Hidden: true},
			{Key: "to_name", SQL: "coalesce(t.name, '')", Into: func(d *Document) any { return &d.ToName }, Hidden: true},
			{Key: "keeping", SQL: "w.department", Into: func(d *Document) any { return &d.Keeping }, Hidden: true},
			{Key: "supplier_name", SQL: "coalesce(s.name, '')", Into: func(d *Document) any { return &d.SupplierName }, Hidden: true},
			{Key: "department_name", SQL: "coalesce(p.name, '')", Into: func(d *Document) any { return &d.DepartmentName }, Hidden: true},
		},
	}
}

// Get is one document without its moves; NotFound when there is none.
func Get(ctx context.Context, r db.Reader, id string) (Document, error) {
	return Documents.Get(ctx, r, list.Where{}.And("d.id = ?", id))
}

// ByDocumentNumber is the document with this number; NotFound when there is none.
func ByDocumentNumber(ctx context.Context, r db.Reader, number string) (Document, error) {
	return Documents.Get(ctx, r, list.Where{}.And("d.number = ?", number))
}

// OfRecord are the documents by which a record of a higher room, such as a job,
// used goods, oldest first, reversals included.
func OfRecord(ctx context.Context, r db.Reader, noun, record string) ([]Document, error) {
	all, err := Documents.All(ctx, r, list.Where{}.And("d.record = ? AND d.record <> '' AND d.noun = ?", record, noun), 200)
	slices.Reverse(all)
	return all, err
}

// MovesOf are a document's moves in their order.
func MovesOf(ctx context.Context, r db.Reader, document string) ([]Move, error) {
	// the first leg of each pair is the one on the document's own store
	return db.All(ctx, r, func(m *Move) []any {
		return []any{&m.Line, &m.Item, &m.Bin, &m.Lot, &m.Expiry, &m.Qty, &m.Amount, &m.Account, &m.AccountID, &m.Department, &m.ToBin}
	}, `SELECT p.line, p.item, p.bin, p.lot, p.expiry, p.qty, p.amount, o.kind, o.account, o.department, CASE WHEN o.kind = 'store' THEN o.bin ELSE '' END
		FROM warehouse_posting p JOIN warehouse_posting o ON o.document = p.document AND o.line = p.line AND o.leg = p.leg + 1
		WHERE p.document = $1 AND p.leg % 2 = 0 ORDER BY p.line, p.leg`, document)
}

// openBins are those of the bins named that the store has and uses.
func openBins(ctx context.Context, r db.Reader, store string, named []string) (map[string]bool, error) {
	bins := map[string]bool{}
	for part := range slices.Chunk(named, chunk) {
		in, args := db.Listed(part, store)
		found, err := db.Texts(ctx, r, `SELECT id FROM warehouse_bin WHERE store = $1 AND closed = false AND id IN `+in, args...)
		if err != nil {
			return nil, err
		}
		for _, bin := range found {
			bins[bin] = true
		}
	}
	return bins, nil
}

// lotOf is a lot of an item, whatever store it lies in.
type lotOf struct{ item, lot string }

// expiriesOf are the expiries of all lots known of these items.
func expiriesOf(ctx context.Context, r db.Reader, items []string) (map[lotOf]period.Day, error) {
	type row struct {
		lotOf
		expiry period.Day
	}
	known := map[lotOf]period.Day{}
	for part := range slices.Chunk(items, chunk) {
		in, args := db.Listed(part)
		found, err := db.All(ctx, r, func(l *row) []any { return []any{&l.item, &l.lot, &l.expiry} },
			`SELECT DISTINCT item, lot, expiry FROM warehouse_balance WHERE lot <> '' AND item IN `+in, args...)
		if err != nil {
			return nil, err
		}
		for _, l := range found {
			known[l.lotOf] = l.expiry
		}
	}
	return known, nil
}
