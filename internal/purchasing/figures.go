package purchasing

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/catalog"
	"houqin/internal/rules"
)

// Everything is for who may see the buying at all: it is one desk for the whole house.
func Everything() list.Where { return list.Where{} }

// Figures is how buying stands: what waits now, and plan against actual this year.
type Figures struct {
	From     period.Day `json:"from"`
	Until    period.Day `json:"until"`
	Asked    int64      `json:"asked"`
	Drafts   int64      `json:"drafts"`
	ToBuy    int64      `json:"to_buy"`
	ToAudit  int64      `json:"to_audit"`
	Coming   int64      `json:"coming"`
	Planned  money.Fen  `json:"planned"`
	Ordered  money.Fen  `json:"ordered"`
	Received money.Fen  `json:"received"`
	Saved    money.Fen  `json:"saved"` // the dearest quote less the price taken
	Moves    []Movement `json:"moves"`
}

// Movement is an item whose price changed from one order to the next.
type Movement struct {
	Item        string    `json:"item"`
	Number      string    `json:"number"`
	Title       string    `json:"title"`
	Last        money.Fen `json:"last"`
	Price       money.Fen `json:"price"`
	Percent     int64     `json:"percent"`
	Order       string    `json:"order"`
	OrderNumber string    `json:"order_number"`
}

// Figure reckons the figures of this year. Orders that were called off do not count.
func Figure(ctx context.Context, r db.Reader, today period.Day) (f Figures, err error) {
	f.From, f.Until = rules.ThisYear(today)
	first, end := rules.Moments(r, f.From, f.Until)
	for _, q := range []struct {
		into []any
		sql  string
		args []any
	}{
		{[]any{&f.Asked}, `SELECT count(*) FROM purchasing_need WHERE state = 'asked'`, nil},
		{[]any{&f.Drafts, &f.ToBuy}, `SELECT count(*) FILTER (WHERE state = 'draft'), count(*) FILTER (WHERE state = 'approved') FROM purchasing_plan WHERE state IN ('draft', 'approved')`, nil},
		{[]any{&f.ToAudit, &f.Coming}, `SELECT count(*) FILTER (WHERE state = 'drafted'), count(*) FILTER (WHERE state IN ('sent', 'partly_received')) FROM purchasing_order WHERE state IN ('drafted', 'sent', 'partly_received')`, nil},
		{[]any{&f.Planned}, `SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) FROM purchasing_plan WHERE at >= $1 AND at < $2 AND state NOT IN ('draft', 'dropped')`, []any{first, end}},
		{[]any{&f.Ordered, &f.Received, &f.Saved}, `SELECT CAST(coalesce(sum(l.price * l.qty), 0) AS BIGINT), CAST(coalesce(sum(l.price * l.received), 0) AS BIGINT),
			CAST(coalesce(sum(CASE WHEN l.highest > l.price THEN (l.highest - l.price) * l.qty ELSE 0 END), 0) AS BIGINT)
			FROM purchasing_order o JOIN purchasing_order_line l ON l.purchase = o.id WHERE o.at >= $1 AND o.at < $2 AND o.state <> 'cancelled'`, []any{first, end}},
	} {
		if err := r.QueryRowContext(ctx, q.sql, q.args...).Scan(q.into...); err != nil {
			return f, err
		}
	}
	f.Moves, err = db.All(ctx, r, func(m *Movement) []any { return []any{&m.Item, &m.Last, &m.Price, &m.Order, &m.OrderNumber} }, `SELECT l.item, l.last, l.price, o.id, o.number
		FROM purchasing_order o JOIN purchasing_order_line l ON l.purchase = o.id WHERE o.at >= $1 AND o.at < $2 AND o.state <> 'cancelled' AND l.last > 0 AND l.last <> l.price ORDER BY o.id DESC, l.line LIMIT 30`, first, end)
	if err != nil {
		return f, err
	}
	var ids []string
	for _, m := range f.Moves {
		ids = append(ids, m.Item)
	}
	items, err := catalog.Few(ctx, r, ids)
	for k := range f.Moves {
		m := &f.Moves[k]
		m.Number, m.Title, m.Percent = items[m.Item].Number, items[m.Item].Title(), OrderLine{Price: m.Price, Last: m.Last}.Rose()
	}
	return f, err
}
