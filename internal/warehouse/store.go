package warehouse

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/catalog"
)

// chunk is how many rows one statement writes at most; both engines take far more
// placeholders than that needs.
const chunk = 400

// values writes "($1,$2),($3,$4)" for so many rows and columns.
func values(b *strings.Builder, rows, columns int) {
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for c := range columns {
			if c > 0 {
				b.WriteByte(',')
			}
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(r*columns + c + 1))
		}
		b.WriteByte(')')
	}
}

// insertRows inserts many rows, a few hundred with each statement, and says how many.
func insertRows[T any](ctx context.Context, tx *db.Tx, into string, columns int, tail string, all []T, args func(*T) []any) (total int64, err error) {
	for part := range slices.Chunk(all, chunk) {
		var b strings.Builder
		b.WriteString(into)
		values(&b, len(part), columns)
		b.WriteString(tail)
		bound := make([]any, 0, len(part)*columns)
		for i := range part {
			bound = append(bound, args(&part[i])...)
		}
		n, err := tx.Exec(ctx, b.String(), bound...)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// keep is what the commands must know of a store before they post.
type keep struct {
	name, department string
	closed           bool
}

// storeOf reads a store for posting: Invalid at "store" when there is none, Conflict
// when it is closed.
func storeOf(ctx context.Context, tx *db.Tx, id string) (keep, error) {
	k, ok, err := db.First(ctx, tx, func(k *keep) []any { return []any{&k.name, &k.department, &k.closed} },
		`SELECT name, department, closed FROM warehouse_store WHERE id = $1`, id)
	switch {
	case err != nil:
		return k, err
	case !ok:
		return k, fault.OnField("store", "base.no_such", id)
	case k.closed:
		return k, fault.New(fault.Conflict, "warehouse.store_closed", k.name)
	}
	return k, nil
}

func stockID(store, item string) string { return store + "." + item }

// openShelf locks, in the order of their ids, the document's items in its stores and
// reads them with their lots. Items that come in for the first time get their row.
func openShelf(ctx context.Context, tx *db.Tx, d *Document) (*shelf, error) {
	s := &shelf{day: d.Day, at: d.At}
	seen, comes := map[string]*stock{}, map[string]bool{}
	meet := func(store, item string, in bool) {
		id := stockID(store, item)
		if seen[id] == nil {
			seen[id] = &stock{id: id, store: store, item: item}
			s.items = append(s.items, seen[id])
		}
		comes[id] = comes[id] || in
	}
	for _, m := range d.Moves {
		meet(d.Store, m.Item, m.Qty > 0)
		if m.Account == OfStore {
			meet(d.To, m.Item, m.Qty < 0)
		}
	}
	slices.SortFunc(s.items, func(a, b *stock) int { return strings.Compare(a.id, b.id) })
	var coming []*stock
	var items []string
	into := map[string]bool{}
	for _, st := range s.items {
		if comes[st.id] {
			coming, items, into[st.store] = append(coming, st), append(items, st.item), true
		}
	}
	fresh, err := insertRows(ctx, tx, `INSERT INTO warehouse_stock (id, store, item) VALUES `, 3, ` ON CONFLICT DO NOTHING`, coming,
		func(st **stock) []any { return []any{(*st).id, (*st).store, (*st).item} })
	if err != nil {
		return nil, err
	}
	if fresh > 0 {
		if err := catalog.Counted(ctx, tx, items); err != nil {
			return nil, err
		}
		// Whoever closes the month cannot wait for a row that nobody sees yet.
		for _, store := range slices.Sorted(maps.Keys(into)) {
			if err := tx.Lock(ctx, "warehouse_book", store); err != nil {
				return nil, err
			}
		}
	}
	var found []string
	for _, st := range s.items {
		switch err := tx.Lock(ctx, "warehouse_stock", st.id); {
		case err == nil:
			found = append(found, st.id)
		case fault.KindOf(err) != fault.NotFound:
			return nil, err
		}
	}
	for part := range slices.Chunk(found, chunk) {
		if err := s.read(ctx, tx, part); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *shelf) read(ctx context.Context, tx *db.Tx, ids []string) error {
	in, args := db.Listed(ids)
	return db.Each(ctx, tx, `SELECT s.store, s.item, s.qty, s.amount, s.seq, coalesce(b.id, ''), coalesce(b.bin, ''), coalesce(b.lot, ''), coalesce(b.expiry, ''),
		coalesce(b.since, 0), coalesce(b.qty, 0), coalesce(b.amount, 0), coalesce(b.hold, ''), k.frozen, coalesce(e.least, 0)
		FROM warehouse_stock s JOIN warehouse_book k ON k.id = s.store LEFT JOIN warehouse_reserve e ON e.id = s.id LEFT JOIN warehouse_balance b ON b.store = s.store AND b.item = s.item WHERE s.id IN `+in, args, func(scan db.Scan) error {
		var st stock
		var l balance
		var frozen period.Day
		if err := scan(&st.store, &st.item, &st.qty, &st.amount, &st.seq, &l.id, &l.bin, &l.lot, &l.expiry, &l.since, &l.qty, &l.amount, &l.hold, &frozen, &st.reserve); err != nil {
			return err
		}
		if s.day <= frozen {
			return fault.New(fault.Conflict, "warehouse.month_closed", string(s.day.Month()))
		}
		to := s.of(st.store, st.item)
		to.qty, to.amount, to.seq, to.was, to.reserve = st.qty, st.amount, st.seq, st.seq, st.reserve
		if l.id != "" {
			l.was, l.wasAmount = l.qty, l.amount
			to.lots = append(to.lots, &l)
		}
		return nil
	})
}

// write brings what changed on the shelf into the books. Each row must still hold
// what was read, and none may fall below nothing.
func (s *shelf) write(ctx context.Context, tx *db.Tx) error {
	lost := fault.Stale()
	for _, st := range s.items {
		var fresh []*balance
		changed := false
		for _, b := range st.lots {
			if b.fresh {
				b.id = tx.NewID()
				fresh = append(fresh, b)
				continue
			}
			if b.qty == b.was && b.amount == b.wasAmount {
				continue
			}
			changed = true
			if b.was == 0 {
				b.since = s.at // the lot is back, and as new as this
			}
			err := tx.One(ctx, lost, `UPDATE warehouse_balance SET qty = qty + $1, amount = amount + $2, since = $3
				WHERE id = $4 AND qty = $5 AND amount = $6 AND qty + $1 >= 0 AND amount + $2 >= 0`,
				b.qty-b.was, b.amount-b.wasAmount, b.since, b.id, b.was, b.wasAmount)
			if err != nil {
				return err
			}
		}
		_, err := insertRows(ctx, tx, `INSERT INTO warehouse_balance (id, store, item, bin, lot, expiry, since, qty, amount, hold) VALUES `, 10, ``, fresh,
			func(b **balance) []any {
				return []any{(*b).id, st.store, st.item, (*b).bin, (*b).lot, (*b).expiry, (*b).since, (*b).qty, (*b).amount, (*b).hold}
			})
		if err != nil {
			return err
		}
		if !changed && fresh == nil {
			continue
		}
		if err := tx.One(ctx, lost, `UPDATE warehouse_stock SET qty = $1, amount = $2, seq = $3, moved = $4 WHERE id = $5 AND seq = $6`,
			st.qty, st.amount, st.seq, s.at, st.id, st.was); err != nil {
			return err
		}
	}
	return nil
}

// addConsumption adds what the document lets departments bear to the sums of the month.
func addConsumption(ctx context.Context, tx *db.Tx, d *Document) error {
	sums := map[string]*Move{}
	var keys []string
	month := d.Day.Month().First()
	for _, m := range d.Moves {
		if m.Department == "" {
			continue
		}
		key := consumptionID(month, m.Department, m.Item, d.Store)
		if sums[key] == nil {
			sums[key] = &Move{Item: m.Item, Department: m.Department}
			keys = append(keys, key)
		}
		sums[key].Qty -= m.Qty
		sums[key].Amount -= m.Amount
	}
	slices.Sort(keys) // the order in which PostgreSQL locks them
	_, err := insertRows(ctx, tx, `INSERT INTO warehouse_consumption (id, month, department, item, store, qty, amount) VALUES `, 7,
		` ON CONFLICT (id) DO UPDATE SET qty = warehouse_consumption.qty + excluded.qty, amount = warehouse_consumption.amount + excluded.amount`, keys,
		func(key *string) []any {
			m := sums[*key]
			return []any{*key, month, m.Department, m.Item, d.Store, m.Qty, m.Amount}
		})
	return err
}

func insertDocument(ctx context.Context, tx *db.Tx, d *Document) error {
	search, err := tx.Tokens(ctx, d.Number, d.SupplierName, d.Invoice, d.DepartmentName, d.ReceiverName, d.RecordNumber, d.Note, d.ToName)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO warehouse_document (id, kind, number, at, day, store, supplier, invoice, department, receiver, receiver_name,
		note, noun, record, record_number, reverses, lines, amount, by_id, by_name, search, to_store)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22)`,
		d.ID, d.Kind, d.Number, d.At, d.Day, d.Store, d.Supplier, d.Invoice, d.Department, d.Receiver, d.ReceiverName,
		d.Note, d.Noun, d.Record, d.RecordNumber, d.Reverses, d.Lines, d.Amount, d.By, d.ByName, search, d.To)
	return err
}

func insertPostings(ctx context.Context, tx *db.Tx, d *Document, legs []posting) error {
	_, err := insertRows(ctx, tx, `INSERT INTO warehouse_posting (document, line, leg, day, kind, account, department, store, bin, item, lot, expiry,
		qty, amount, seq, qty_after, amount_after) VALUES `, 17, ``, legs, func(p *posting) []any {
		kind, account, department, store := OfStore, d.Store, "", d.Store
		if p.sign < 0 {
			kind, account, department = p.Account, p.AccountID, p.Department
			if kind == OfStore {
				store = d.To
			}
		}
		return []any{d.ID, p.Line, p.leg, d.Day, kind, account, department, store, p.bin, p.Item, p.Lot, p.Expiry,
			int64(p.Qty) * p.sign, int64(p.Amount) * p.sign, p.seq, p.qtyAfter, p.amountAfter}
	})
	return err
}
