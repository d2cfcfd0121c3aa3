package warehouse

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/base/words"
)

// Entry is a row of a stock card (S-001): one move of the item in the store.
// QtyAfter and AmountAfter are what the store held of the item, all bins and lots
// together, once the row was written; rows are numbered without gaps, so each
// row's After is the one before plus its own quantity and amount.
type Entry struct {
	goods
	ID          int64          `json:"id"` // its number on the card: Seq
	Store       string         `json:"store"`
	Seq         int64          `json:"seq"`
	At          period.Instant `json:"at"`
	Document    string         `json:"document"`
	Kind        Kind           `json:"kind"`
	Paper       string         `json:"paper"` // the document's number
	Who         string         `json:"who"`   // department, supplier, the other store
	Lot         string         `json:"lot"`
	Expiry      period.Day     `json:"expiry"`
	In          int64          `json:"in"`
	Out         int64          `json:"out"`
	Amount      money.Fen      `json:"amount"`
	QtyAfter    int64          `json:"qty_after"`
	AmountAfter money.Fen      `json:"amount_after"`
}

// Card is the list of entries, newest first. It is meant to be narrowed to one item
// in one store by CardOf; paging goes along the card's own numbers, so the
// hundred-thousandth row is as near as the first. That number alone is the order: were
// there a second key, PostgreSQL would sort the whole card wherever it thinks it short.
var Card = list.Of[Entry]{
	Name: "warehouse.card",
	From: `warehouse_posting p JOIN warehouse_document d ON d.id = p.document LEFT JOIN departments_department k ON k.id = d.department
		LEFT JOIN suppliers_supplier s ON s.id = d.supplier LEFT JOIN catalog_item i ON i.id = p.item
		LEFT JOIN warehouse_store o ON d.to_store <> '' AND o.id = CASE WHEN d.to_store = p.store THEN d.store ELSE d.to_store END`,
	Where: "p.kind = 'store'",
	Order: "-id", Live: []string{"warehouse.document"},
	Href: func(e *Entry) string { return "/warehouse/documents/" + e.Document },
	Columns: []list.Column[Entry]{
		{Key: "paper", SQL: "d.number", Into: func(e *Entry) any { return &e.Paper }},
		{Key: "at", SQL: "d.at", Into: func(e *Entry) any { return &e.At }, Range: true},
		{Key: "who", SQL: "coalesce(k.name, s.name, o.name, '')", Into: func(e *Entry) any { return &e.Who }},
		{Key: "in", SQL: "CASE WHEN p.qty > 0 THEN p.qty ELSE 0 END", Into: func(e *Entry) any { return &e.In }, Said: func(_ *words.Words, e *Entry) string { return e.some(e.In) }},
		{Key: "out", SQL: "CASE WHEN p.qty < 0 THEN -p.qty ELSE 0 END", Into: func(e *Entry) any { return &e.Out }, Said: func(_ *words.Words, e *Entry) string { return e.some(e.Out) }},
		{Key: "qty_after", SQL: "p.qty_after", Into: func(e *Entry) any { return &e.QtyAfter }, Said: func(_ *words.Words, e *Entry) string { return e.Say(e.QtyAfter) }},
		{Key: "amount", SQL: "p.amount", Into: func(e *Entry) any { return &e.Amount }},
		{Key: "amount_after", SQL: "p.amount_after", Into: func(e *Entry) any { return &e.AmountAfter }},
		{Key: "lot", SQL: "p.lot", Into: func(e *Entry) any { return &e.Lot }},
		{Key: "expiry", SQL: "p.expiry", Into: func(e *Entry) any { return &e.Expiry }},
		{Key: "kind", SQL: "d.kind", Into: func(e *Entry) any { return &e.Kind }, OneOf: Kinds, Enum: "warehouse.kind", Aside: true},
		{Key: "seq", SQL: "p.seq", Into: func(e *Entry) any { return &e.Seq }, Hidden: true},
		{Key: "id", SQL: "p.seq", Into: func(e *Entry) any { return &e.ID }, Hidden: true},
		{Key: "document", SQL: "p.document", Into: func(e *Entry) any { return &e.Document }, Hidden: true},
		{Key: "store", SQL: "p.store", Into: func(e *Entry) any { return &e.Store }, Hidden: true},
		{Key: "item", SQL: "p.item", Into: func(e *Entry) any { return &e.Item }, Hidden: true},
		{Key: "unit", SQL: "coalesce(i.unit, '')", Into: func(e *Entry) any { return &e.Unit }, Hidden: true},
		{Key: "packs", SQL: "coalesce(i.packs, '')", Into: func(e *Entry) any { return &e.larger }, Hidden: true},
	},
}

func (e *Entry) some(q int64) string {
	if q == 0 {
		return ""
	}
	return e.Say(q)
}

// CardOf narrows Card to one item in one store.
func CardOf(store, item string) list.Where {
	return list.Where{}.And("p.store = ? AND p.item = ?", store, item)
}

// Turnover is what a card says of some days: opening + in − out = closing, in
// quantity and in money.
type Turnover struct {
	From          period.Day   `json:"from"`
	To            period.Day   `json:"to"`
	Opening       quantity.Qty `json:"opening"`
	In            quantity.Qty `json:"in"`
	Out           quantity.Qty `json:"out"`
	Closing       quantity.Qty `json:"closing"`
	OpeningAmount money.Fen    `json:"opening_amount"`
	InAmount      money.Fen    `json:"in_amount"`
	OutAmount     money.Fen    `json:"out_amount"`
	ClosingAmount money.Fen    `json:"closing_amount"`
}

// TurnoverOf sums a card from one day to another, both included. Months that lie in
// between and are closed are read off their closes, so that only what moved at both
// ends is added up.
func TurnoverOf(ctx context.Context, r db.Reader, store, item string, from, to period.Day) (t Turnover, err error) {
	t.From, t.To = from, to
	type ranged struct{ from, to period.Day }
	sum := []ranged{{from, to}}
	first, last, err := t.closed(ctx, r, store, item)
	if err != nil {
		return t, err
	}
	if first != "" {
		sum = []ranged{{from, first.AddDays(-1)}, {last.AddDays(1), to}}
	}
	for n, days := range sum {
		before, err := reached(ctx, r, store, item, days.from)
		if err != nil {
			return t, err
		}
		if n == 0 {
			t.Opening, t.OpeningAmount = before.qty, before.amount
		}
		end, err := reached(ctx, r, store, item, days.to.AddDays(1))
		if err != nil {
			return t, err
		}
		var in, out quantity.Qty
		var inAmount, outAmount money.Fen
		if err := r.QueryRowContext(ctx, `SELECT CAST(coalesce(sum(CASE WHEN qty > 0 THEN qty ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN qty < 0 THEN -qty ELSE 0 END), 0) AS BIGINT),
			CAST(coalesce(sum(CASE WHEN qty > 0 THEN amount ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN qty < 0 THEN -amount ELSE 0 END), 0) AS BIGINT)
			FROM warehouse_posting WHERE kind = 'store' AND store = $1 AND item = $2 AND seq > $3 AND seq <= $4 AND day || '' >= $5 AND day || '' <= $6`, store, item, before.seq-slack, end.seq+slack, days.from, days.to).
			Scan(&in, &out, &inAmount, &outAmount); err != nil {
			return t, err
		}
		t.In, t.Out, t.InAmount, t.OutAmount = t.In+in, t.Out+out, t.InAmount+inAmount, t.OutAmount+outAmount
	}
	t.Closing, t.ClosingAmount = t.Opening+t.In-t.Out, t.OpeningAmount+t.InAmount-t.OutAmount
	return t, nil
}

// closed adds what came and went in the closed months that lie whole in the days asked
// for, and says from when to when these are; "" where there is none.
func (t *Turnover) closed(ctx context.Context, r db.Reader, store, item string) (first, last period.Day, err error) {
	month := t.From.Month()
	if t.From > month.First() {
		month = month.Add(1)
	}
	next := t.To.AddDays(1).Month().First()
	err = db.Each(ctx, r, `SELECT c.month, coalesce(l.came, 0), coalesce(l.went, 0), coalesce(l.came_amount, 0), coalesce(l.went_amount, 0)
		FROM warehouse_close c LEFT JOIN warehouse_close_line l ON l.close = c.id AND l.item = $2 WHERE c.store = $1 AND c.month >= $3 AND c.month < $4 ORDER BY c.month`,
		[]any{store, item, month.First(), next}, func(scan db.Scan) error {
			var of period.Day
			var in, out quantity.Qty
			var inAmount, outAmount money.Fen
			err := scan(&of, &in, &out, &inAmount, &outAmount)
			if first == "" {
				first = of
			}
			last = of.Month().Last()
			t.In, t.Out, t.InAmount, t.OutAmount = t.In+in, t.Out+out, t.InAmount+inAmount, t.OutAmount+outAmount
			return err
		})
	return first, last, err
}

// after is what a card says once a row was written.
type after struct {
	seq    int64
	qty    quantity.Qty
	amount money.Fen
}

// slack is how many rows of a card may be out of the order of their days: who waits over
// midnight for a row posts after it, on the day before.
const slack = 64

// reached is what a card says at the break of a day, and about where: the rows are numbered
// without gaps, so they are halved until the day is met, wherever it lies. The database
// halves by itself: of a hundred thousand rows seventeen questions would have to travel.
func reached(ctx context.Context, r db.Reader, store, item string, day period.Day) (a after, err error) {
	a.seq, _, err = db.First(ctx, r, func(n *int64) []any { return []any{n} }, `WITH RECURSIVE halved(low, high) AS ( -- rows up to low are before the day, those after high are not
			SELECT CAST(0 AS BIGINT), s.seq FROM warehouse_stock s WHERE s.id = $1
			UNION ALL SELECT CASE WHEN p.day < $4 THEN p.seq ELSE h.low END, CASE WHEN p.day < $4 THEN h.high ELSE p.seq - 1 END
				FROM halved h JOIN warehouse_posting p ON p.kind = 'store' AND p.store = $2 AND p.item = $3 AND p.seq = (h.low + h.high + 1) / 2 WHERE h.low < h.high)
		SELECT low FROM halved WHERE low >= high`, stockID(store, item), store, item, day)
	if err != nil {
		return a, err
	}
	err = r.QueryRowContext(ctx, `SELECT CAST(coalesce(sum(CASE WHEN seq = $3 THEN qty_after WHEN day < $5 THEN qty ELSE 0 END), 0) AS BIGINT),
		CAST(coalesce(sum(CASE WHEN seq = $3 THEN amount_after WHEN day < $5 THEN amount ELSE 0 END), 0) AS BIGINT) FROM warehouse_posting
		WHERE kind = 'store' AND store = $1 AND item = $2 AND seq >= $3 AND seq <= $4`, store, item, a.seq-slack, a.seq+slack, day).Scan(&a.qty, &a.amount)
	return a, err
}

// CardIn narrows a card to some days, both included, by where they stand on it: so that
// days of long ago are as near as today. The days themselves only sift the few rows at the
// ends; the index on them, which PostgreSQL would rather take, leads through all of them.
func CardIn(ctx context.Context, r db.Reader, store, item string, from, to period.Day) (list.Where, error) {
	before, err := reached(ctx, r, store, item, from)
	if err != nil {
		return list.Where{}, err
	}
	end, err := reached(ctx, r, store, item, to.AddDays(1))
	return CardOf(store, item).And("p.seq > ? AND p.seq <= ? AND p.day || '' >= ? AND p.day || '' <= ?", before.seq-slack, end.seq+slack, from, to), err
}
