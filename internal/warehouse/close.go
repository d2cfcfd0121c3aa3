package warehouse

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/people"
	"houqin/internal/rules"
)

// Sum is what lay, came and went in a month: opening + in − out = closing.
type Sum struct {
	Opening money.Fen `json:"opening"`
	In      money.Fen `json:"in"`
	Out     money.Fen `json:"out"`
	Closing money.Fen `json:"closing"`
}

func (s *Sum) add(o Sum) {
	s.Opening, s.In, s.Out, s.Closing = s.Opening+o.Opening, s.In+o.In, s.Out+o.Out, s.Closing+o.Closing
}

// ItemSum is the same of one item, in quantity too.
type ItemSum struct {
	Item                                  string
	OpeningQty, InQty, OutQty, ClosingQty quantity.Qty
	Sum
	class, category string
}

// KindSum is what one kind of papers brought in and took out.
type KindSum struct {
	Kind   Kind      `json:"kind"`
	Papers int64     `json:"papers"`
	In     money.Fen `json:"in"`
	Out    money.Fen `json:"out"`
}

// NextToClose is the month of a store that is to be closed next: the one after the
// last closed, else that of its first paper. ok is false where there is none that is
// over.
func NextToClose(ctx context.Context, r db.Reader, store string, today period.Day) (m period.Month, ok bool, err error) {
	frozen, found, err := db.First(ctx, r, func(d *period.Day) []any { return []any{d} }, `SELECT frozen FROM warehouse_book WHERE id = $1`, store)
	switch {
	case err != nil || !found:
		return "", false, err
	case frozen != "":
		m = frozen.AddDays(1).Month()
	default:
		first, moved, err := db.First(ctx, r, func(d *period.Day) []any { return []any{d} }, `SELECT day FROM warehouse_posting
			WHERE kind = 'store' AND store = $1 ORDER BY day LIMIT 1`, store)
		if err != nil || !moved {
			return "", false, err
		}
		m = first.Month()
	}
	return m, m.Last() < today, nil
}

// ClosedUntil is the last day of the last month that a store has closed; "" where none is.
func ClosedUntil(ctx context.Context, r db.Reader, store string) (period.Day, error) {
	frozen, _, err := db.First(ctx, r, func(d *period.Day) []any { return []any{d} }, `SELECT frozen FROM warehouse_book WHERE id = $1`, store)
	return frozen, err
}

// MonthOf is what a store's postings say of a month, item by item in the order of
// their ids and by kinds of papers. The opening is the closing of the month before
// where that is closed, else what all postings before say.
func MonthOf(ctx context.Context, r db.Reader, store string, m period.Month) (items []ItemSum, kinds []KindSum, err error) {
	byItem := map[string]*ItemSum{}
	of := func(id string) *ItemSum {
		if byItem[id] == nil {
			byItem[id] = &ItemSum{Item: id}
		}
		return byItem[id]
	}
	type heap struct {
		item   string
		qty    quantity.Qty
		amount money.Fen
	}
	opening := `SELECT item, CAST(sum(qty) AS BIGINT), CAST(sum(amount) AS BIGINT) FROM warehouse_posting
		WHERE kind = 'store' AND store = $1 AND day < $2 GROUP BY item ORDER BY item`
	args := []any{store, m.First()}
	before, closed, err := db.Text(ctx, r, `SELECT id FROM warehouse_close WHERE store = $1 AND month = $2`, store, m.Add(-1).First())
	if err != nil {
		return nil, nil, err
	}
	if closed {
		opening, args = `SELECT item, closing, closing_amount FROM warehouse_close_line WHERE close = $1 ORDER BY item`, []any{before}
	}
	lay, err := db.All(ctx, r, func(h *heap) []any { return []any{&h.item, &h.qty, &h.amount} }, opening, args...)
	if err != nil {
		return nil, nil, err
	}
	for _, h := range lay {
		if h.qty != 0 || h.amount != 0 {
			s := of(h.item)
			s.OpeningQty, s.Opening = h.qty, h.amount
		}
	}
	type moved struct {
		item   string
		kind   Kind
		papers int64
		ItemSum
	}
	all, err := db.All(ctx, r, func(s *moved) []any { return []any{&s.item, &s.kind, &s.InQty, &s.OutQty, &s.In, &s.Out} }, `SELECT p.item, d.kind,
		CAST(sum(CASE WHEN p.qty > 0 THEN p.qty ELSE 0 END) AS BIGINT), CAST(sum(CASE WHEN p.qty < 0 THEN -p.qty ELSE 0 END) AS BIGINT),
		CAST(sum(CASE WHEN p.qty > 0 THEN p.amount ELSE 0 END) AS BIGINT), CAST(sum(CASE WHEN p.qty < 0 THEN -p.amount ELSE 0 END) AS BIGINT)
		FROM warehouse_posting p JOIN warehouse_document d ON d.id = p.document
		WHERE p.kind = 'store' AND p.store = $1 AND p.day >= $2 AND p.day <= $3 GROUP BY p.item, d.kind ORDER BY p.item, d.kind`, store, m.First(), m.Last())
	if err != nil {
		return nil, nil, err
	}
	byKind := map[Kind]*KindSum{}
	for _, s := range all {
		i := of(s.item)
		i.InQty, i.OutQty, i.In, i.Out = i.InQty+s.InQty, i.OutQty+s.OutQty, i.In+s.In, i.Out+s.Out
		if byKind[s.kind] == nil {
			byKind[s.kind] = &KindSum{Kind: s.kind}
		}
		byKind[s.kind].In += s.In
		byKind[s.kind].Out += s.Out
	}
	papers, err := db.All(ctx, r, func(k *KindSum) []any { return []any{&k.Kind, &k.Papers} }, `SELECT kind, count(*) FROM warehouse_document
		WHERE (store = $1 OR to_store = $1) AND day >= $2 AND day <= $3 GROUP BY kind ORDER BY kind`, store, m.First(), m.Last())
	if err != nil {
		return nil, nil, err
	}
	for _, p := range papers {
		if k := byKind[p.Kind]; k != nil {
			k.Papers = p.Papers
		}
	}
	var ids []string
	for id, s := range byItem {
		s.ClosingQty, s.Closing = s.OpeningQty+s.InQty-s.OutQty, s.Opening+s.In-s.Out
		ids = append(ids, id)
	}
	slices.Sort(ids)
	known, err := catalog.Few(ctx, r, ids)
	if err != nil {
		return nil, nil, err
	}
	for _, id := range ids {
		s := byItem[id]
		s.class, s.category = known[id].Class, string(known[id].Category)
		items = append(items, *s)
	}
	for _, k := range Kinds {
		if byKind[Kind(k)] != nil {
			kinds = append(kinds, *byKind[Kind(k)])
		}
	}
	return items, kinds, nil
}

// CloseMonth closes a month of a store for good: from now on nothing is posted into
// it, a correction stands in an open month and points back. Needs MayClose where the
// store is kept. Forbidden for its keepers where S-001.closer says so. Conflict: a
// month that is not over, is not the next, or of which the postings and the books do
// not agree.
func CloseMonth(ctx context.Context, tx *db.Tx, store string, m period.Month) (id string, err error) {
	k, err := storeOf(ctx, tx, store)
	if err != nil && !fault.Is(err, "warehouse.store_closed") { // its last months are closed all the same
		return "", err
	}
	if err := tx.NeedIn(MayClose, k.department); err != nil {
		return "", err
	}
	if err := mayClose(ctx, tx, store); err != nil {
		return "", err
	}
	if err := tx.Lock(ctx, "warehouse_book", store); err != nil {
		return "", err
	}
	next, over, err := NextToClose(ctx, tx, store, tx.Today())
	switch {
	case err != nil:
		return "", err
	case next == "":
		return "", fault.New(fault.Conflict, "warehouse.nothing_to_close", k.name)
	case m != next:
		return "", fault.New(fault.Conflict, "warehouse.not_next", string(next))
	case !over:
		return "", fault.New(fault.Conflict, "warehouse.month_not_over", string(m))
	}
	// Who is posting now is waited for; who comes later finds the month closed.
	now, err := db.All(ctx, tx, func(s *stock) []any { return []any{&s.id, &s.item} }, `SELECT id, item FROM warehouse_stock WHERE store = $1 ORDER BY id`, store)
	if err != nil {
		return "", err
	}
	for _, s := range now {
		if err := tx.Lock(ctx, "warehouse_stock", s.id); err != nil {
			return "", err
		}
	}
	items, kinds, err := MonthOf(ctx, tx, store, m)
	if err != nil {
		return "", err
	}
	if err := agreesWithStock(ctx, tx, store, m, items); err != nil {
		return "", err
	}
	var total Sum
	for _, s := range items {
		total.add(s.Sum)
	}
	id = tx.NewID()
	_, err = tx.Exec(ctx, `INSERT INTO warehouse_close (id, store, month, at, by_id, by_name, items, opening, came, went, closing) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		id, store, m.First(), tx.At(), tx.By.ID, tx.By.Name, int64(len(items)), total.Opening, total.In, total.Out, total.Closing)
	if err != nil {
		return "", err
	}
	_, err = insertRows(ctx, tx, `INSERT INTO warehouse_close_line (id, close, item, class, category, opening, came, went, closing,
		opening_amount, came_amount, went_amount, closing_amount) VALUES `, 13, ``, items, func(s *ItemSum) []any {
		return []any{id + "." + s.Item, id, s.Item, s.class, s.category, s.OpeningQty, s.InQty, s.OutQty, s.ClosingQty, s.Opening, s.In, s.Out, s.Closing}
	})
	if err != nil {
		return "", err
	}
	_, err = insertRows(ctx, tx, `INSERT INTO warehouse_close_kind (close, kind, papers, came, went) VALUES `, 5, ``, kinds, func(k *KindSum) []any {
		return []any{id, k.Kind, k.Papers, k.In, k.Out}
	})
	if err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, `UPDATE warehouse_book SET frozen = $1 WHERE id = $2`, m.Last(), store); err != nil {
		return "", err
	}
	return id, tx.Trail(ctx, db.Event{Noun: "warehouse.close", Record: id, Action: "close", Note: k.name + " " + string(m)})
}

// mayClose refuses the store's own keepers where the hospital wants somebody else.
func mayClose(ctx context.Context, tx *db.Tx, store string) error {
	who, err := rules.Chosen(ctx, tx, "S-001.closer", tx.Today())
	if err != nil || who != "not_keeper" {
		return err
	}
	keepers, err := Keepers(ctx, tx, store)
	if err != nil {
		return err
	}
	same, err := people.Same(ctx, tx, tx.By.ID)
	if err == nil && slices.ContainsFunc(same, func(id string) bool { return slices.Contains(keepers, id) }) {
		return fault.New(fault.Forbidden, "warehouse.keeper_closes").Under("S-001")
	}
	return err
}

// agreesWithStock refuses a month whose closing is not what the store holds now less
// what was posted since: the two are written by different hands.
func agreesWithStock(ctx context.Context, tx *db.Tx, store string, m period.Month, items []ItemSum) error {
	type row struct {
		item   string
		qty    quantity.Qty
		amount money.Fen
	}
	then, err := db.All(ctx, tx, func(r *row) []any { return []any{&r.item, &r.qty, &r.amount} }, `SELECT s.item, s.qty - coalesce(p.qty, 0), s.amount - coalesce(p.amount, 0)
		FROM warehouse_stock s LEFT JOIN (SELECT item, CAST(sum(qty) AS BIGINT) AS qty, CAST(sum(amount) AS BIGINT) AS amount FROM warehouse_posting
			WHERE kind = 'store' AND store = $1 AND day > $2 GROUP BY item) p ON p.item = s.item WHERE s.store = $1 ORDER BY s.item`, store, m.Last())
	if err != nil {
		return err
	}
	byItem := map[string]ItemSum{}
	for _, s := range items {
		byItem[s.Item] = s
	}
	var differ []string
	for _, r := range then {
		if s := byItem[r.item]; s.ClosingQty != r.qty || s.Closing != r.amount {
			differ = append(differ, r.item)
		}
	}
	if differ == nil {
		return nil
	}
	known, err := catalog.Few(ctx, tx, differ)
	if err != nil {
		return err
	}
	for n, id := range differ {
		differ[n] = known[id].Title()
	}
	return fault.New(fault.Conflict, "warehouse.books_disagree", strings.Join(differ, "、"))
}

// Agree is finance's word that a closed month is in its books as it is in the store's:
// figure is what they say lay there at its end. Needs MayAgree where the store is kept.
// Forbidden for whoever closed the month. Invalid: a figure that is not the store's to the
// fen (S-001). Conflict: agreed already.
func Agree(ctx context.Context, tx *db.Tx, id string, figure money.Fen, note string) error {
	c, err := CloseByID(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := tx.NeedIn(MayAgree, c.Keeping); err != nil {
		return err
	}
	own, err := people.OneHuman(ctx, tx, tx.By.ID, c.By)
	if err != nil {
		return err
	}
	if own {
		return fault.New(fault.Forbidden, "warehouse.closer_agrees")
	}
	if figure != c.Closing {
		var bad fault.Complaints
		bad.Cite("S-001", "figure", "warehouse.not_to_the_fen", c.Closing, figure, figure-c.Closing)
		return bad.Err()
	}
	n, err := tx.Exec(ctx, `INSERT INTO warehouse_agreement (close, at, by_id, by_name, figure, note) VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT DO NOTHING`,
		id, tx.At(), tx.By.ID, tx.By.Name, figure, strings.TrimSpace(note))
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "warehouse.is_agreed", string(c.Month.Month()))
	}
	return tx.Trail(ctx, db.Event{Noun: "warehouse.close", Record: id, Action: "agree", Note: strings.TrimSpace(c.StoreName + " " + string(c.Month.Month()) + " " + note)})
}
