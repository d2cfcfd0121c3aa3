package warehouse

import (
	"context"
	"slices"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
)

// SlowAfter and DeadAfter are how many days without an issue make goods slow, and dead.
const (
	SlowAfter = 90
	DeadAfter = 180
)

// Figures are how a store kept its goods in some days, both ends included.
type Figures struct {
	Store string     `json:"store"`
	From  period.Day `json:"from"`
	To    period.Day `json:"to"`
	Sum              // of all goods, in fen
	// Used is what departments and jobs drew less what they brought back, at cost.
	Used money.Fen `json:"used"`
	// Average is half of opening and closing.
	Average money.Fen `json:"average"`
	// Turnover is Used over Average, for a year of 365 days, in hundredths.
	Turnover int64 `json:"turnover"`
	// DaysOfStock is how long the closing lasts if it is used as in these days, in days;
	// -1 where nothing is used.
	DaysOfStock int64 `json:"days_of_stock"`
	// Slow and Dead are what lies there now, came longer ago than SlowAfter or
	// DeadAfter days, and was not issued since.
	Slow money.Fen `json:"slow"`
	Dead money.Fen `json:"dead"`
	// RanOut is how often an item's card came to nothing in these days.
	RanOut int64 `json:"ran_out"`
	// Lost is what was written off after its expiry in these days; Expired is what lies
	// there now past its expiry.
	Lost    money.Fen    `json:"lost"`
	Expired money.Fen    `json:"expired"`
	Items   []ItemFigure `json:"items"`
}

// ItemFigure is the same of one item. Prices are of one smallest unit in hundredths of
// a fen: of the first and of the last receipt of these days, 0 without one.
type ItemFigure struct {
	goods
	Sum
	Qty         quantity.Qty `json:"qty"` // there now
	Amount      money.Fen    `json:"amount"`
	UsedQty     quantity.Qty `json:"used_qty"`
	Used        money.Fen    `json:"used"`
	DaysOfStock int64        `json:"days_of_stock"`
	Idle        string       `json:"idle"` // slow, dead or nothing
	RanOut      int64        `json:"ran_out"`
	Lost        money.Fen    `json:"lost"`
	Expired     money.Fen    `json:"expired"`
	FirstPrice  int64        `json:"first_price"`
	LastPrice   int64        `json:"last_price"`
	packs       []quantity.Pack
}

// Say is a quantity of the item in its packs.
func (i ItemFigure) Say(q quantity.Qty) string { return q.Format(i.packs) }

// Moved is by how many hundredths of a percent the price rose, negative where it fell.
func (i ItemFigure) Moved() int64 {
	if i.FirstPrice == 0 || i.LastPrice == 0 {
		return 0
	}
	return (i.LastPrice - i.FirstPrice) * 10_000 / i.FirstPrice
}

// lasting is how many days so much lasts of which so much was used in so many days.
func lasting(left, used money.Fen, days int) int64 {
	if used <= 0 {
		return -1
	}
	return int64(left) * int64(days) / int64(used)
}

// FiguresOf computes a store's figures, its items in the order of their numbers; an
// item that neither lies there nor moved is left out.
func FiguresOf(ctx context.Context, r db.Reader, store string, from, to period.Day, zone *time.Location) (f Figures, err error) {
	f = Figures{Store: store, From: from, To: to}
	byItem := map[string]*ItemFigure{}
	of := func(id string) *ItemFigure {
		if byItem[id] == nil {
			byItem[id] = &ItemFigure{goods: goods{Item: id}}
		}
		return byItem[id]
	}
	type heap struct {
		item   string
		qty    quantity.Qty
		amount money.Fen
	}
	now, err := db.All(ctx, r, func(h *heap) []any { return []any{&h.item, &h.qty, &h.amount} }, `SELECT item, qty, amount FROM warehouse_stock WHERE store = $1 AND seq > 0 ORDER BY item`, store)
	if err != nil {
		return f, err
	}
	for _, h := range now {
		i := of(h.item)
		i.Qty, i.Amount, i.Closing = h.qty, h.amount, h.amount
	}
	if err := movesOfDays(ctx, r, store, from, to, of); err != nil {
		return f, err
	}
	if err := idling(ctx, r, store, period.DayOf(r.Moment(), zone), zone, of); err != nil {
		return f, err
	}
	if err := pricesOf(ctx, r, store, from, to, of); err != nil {
		return f, err
	}
	var ids []string
	for id := range byItem {
		ids = append(ids, id)
	}
	known, err := catalog.Few(ctx, r, ids)
	if err != nil {
		return f, err
	}
	days := period.Days(from, to) + 1
	for id, i := range byItem {
		i.Opening = i.Closing - i.In + i.Out
		if i.Qty == 0 && i.In == 0 && i.Out == 0 && i.Opening == 0 {
			continue
		}
		c := known[id]
		i.Number, i.Name, i.Spec, i.Unit, i.packs = c.Number, c.Name, c.Spec, c.Unit, c.Packs
		i.DaysOfStock = lasting(i.Closing, i.Used, days)
		f.add(i.Sum)
		f.Used, f.RanOut, f.Lost, f.Expired = f.Used+i.Used, f.RanOut+i.RanOut, f.Lost+i.Lost, f.Expired+i.Expired
		switch i.Idle {
		case "dead":
			f.Dead += i.Amount
		case "slow":
			f.Slow += i.Amount
		}
		f.Items = append(f.Items, *i)
	}
	slices.SortFunc(f.Items, func(a, b ItemFigure) int {
		if a.Number != b.Number {
			if a.Number < b.Number {
				return -1
			}
			return 1
		}
		return 0
	})
	if f.Average = (f.Opening + f.Closing) / 2; f.Average > 0 {
		f.Turnover = int64(f.Used) * 365 * 100 / int64(days) / int64(f.Average)
	}
	f.DaysOfStock = lasting(f.Closing, f.Used, days)
	return f, nil
}

// movesOfDays adds what moved in the days, and takes what moved after them off the closing.
func movesOfDays(ctx context.Context, r db.Reader, store string, from, to period.Day, of func(string) *ItemFigure) error {
	type moved struct {
		item             string
		kind             Kind
		after            bool
		inQty, outQty    quantity.Qty
		in, out, expired money.Fen
		empty            int64
	}
	all, err := db.All(ctx, r, func(m *moved) []any {
		return []any{&m.item, &m.kind, &m.after, &m.inQty, &m.outQty, &m.in, &m.out, &m.expired, &m.empty}
	}, `SELECT p.item, d.kind, (p.day > $3),
		CAST(sum(CASE WHEN p.qty > 0 THEN p.qty ELSE 0 END) AS BIGINT), CAST(sum(CASE WHEN p.qty < 0 THEN -p.qty ELSE 0 END) AS BIGINT),
		CAST(sum(CASE WHEN p.qty > 0 THEN p.amount ELSE 0 END) AS BIGINT), CAST(sum(CASE WHEN p.qty < 0 THEN -p.amount ELSE 0 END) AS BIGINT),
		CAST(sum(CASE WHEN p.expiry <> '' AND p.expiry < p.day THEN -p.amount ELSE 0 END) AS BIGINT), count(*) FILTER (WHERE p.qty < 0 AND p.qty_after = 0)
		FROM warehouse_posting p JOIN warehouse_document d ON d.id = p.document
		WHERE p.kind = 'store' AND p.store = $1 AND p.day >= $2 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`, store, from, to)
	if err != nil {
		return err
	}
	for _, m := range all {
		i := of(m.item)
		if m.after {
			i.Closing -= m.in - m.out
			continue
		}
		i.In, i.Out, i.RanOut = i.In+m.in, i.Out+m.out, i.RanOut+m.empty
		switch m.kind {
		case Issued, Returned:
			i.Used, i.UsedQty = i.Used+m.out-m.in, i.UsedQty+m.outQty-m.inQty
		case WrittenOff:
			i.Lost += m.expired
		}
	}
	// a reversal takes back what it reverses, of whatever kind that was
	taken, err := db.All(ctx, r, func(m *moved) []any { return []any{&m.item, &m.kind, &m.inQty, &m.in, &m.expired} }, `SELECT p.item, o.kind, CAST(sum(p.qty) AS BIGINT), CAST(sum(p.amount) AS BIGINT),
		CAST(sum(CASE WHEN p.expiry <> '' AND p.expiry < o.day THEN p.amount ELSE 0 END) AS BIGINT)
		FROM warehouse_posting p JOIN warehouse_document d ON d.id = p.document JOIN warehouse_document o ON o.id = d.reverses
		WHERE p.kind = 'store' AND p.store = $1 AND p.day >= $2 AND p.day <= $3 AND d.kind = 'reversal' GROUP BY p.item, o.kind ORDER BY p.item, o.kind`, store, from, to)
	for _, m := range taken {
		i := of(m.item)
		switch m.kind {
		case Issued, Returned:
			i.Used, i.UsedQty = i.Used-m.in, i.UsedQty-m.inQty
		case WrittenOff:
			i.Lost -= m.expired
		}
	}
	return err
}

// idling finds what lies there long and is not issued, and what lies there expired.
func idling(ctx context.Context, r db.Reader, store string, today period.Day, zone *time.Location, of func(string) *ItemFigure) error {
	type lying struct {
		item    string
		since   period.Instant
		expired money.Fen
		last    period.Day
	}
	all, err := db.All(ctx, r, func(l *lying) []any { return []any{&l.item, &l.since, &l.expired, &l.last} }, `SELECT b.item, min(b.since),
		CAST(sum(CASE WHEN b.expiry <> '' AND b.expiry < $2 THEN b.amount ELSE 0 END) AS BIGINT), coalesce(max(p.last), '')
		FROM warehouse_balance b LEFT JOIN (SELECT p.item, max(p.day) AS last FROM warehouse_posting p JOIN warehouse_document d ON d.id = p.document
			WHERE p.kind = 'store' AND p.store = $1 AND p.day >= $3 AND d.kind = 'issue' GROUP BY p.item) p ON p.item = b.item
		WHERE b.store = $1 AND b.qty > 0 GROUP BY b.item ORDER BY b.item`, store, today, today.AddDays(-DeadAfter))
	for _, l := range all {
		i := of(l.item)
		i.Expired = l.expired
		last := max(l.last, period.DayOf(l.since.Time(), zone))
		switch idle := period.Days(last, today); {
		case idle >= DeadAfter:
			i.Idle = "dead"
		case idle >= SlowAfter:
			i.Idle = "slow"
		}
	}
	return err
}

// pricesOf finds what the first and the last receipt of the days paid.
func pricesOf(ctx context.Context, r db.Reader, store string, from, to period.Day, of func(string) *ItemFigure) error {
	type paid struct {
		item   string
		qty    int64
		amount money.Fen
	}
	all, err := db.All(ctx, r, func(p *paid) []any { return []any{&p.item, &p.qty, &p.amount} }, `SELECT p.item, p.qty, p.amount
		FROM warehouse_posting p JOIN warehouse_document d ON d.id = p.document LEFT JOIN warehouse_document x ON x.reverses = d.id AND x.reverses <> ''
		WHERE p.kind = 'store' AND p.store = $1 AND p.day >= $2 AND p.day <= $3 AND d.kind = 'receipt' AND x.id IS NULL AND p.amount > 0 ORDER BY p.item, p.seq`, store, from, to)
	for _, p := range all {
		one, err := money.Share(p.amount, 100, p.qty)
		if err != nil {
			return err
		}
		i := of(p.item)
		if i.LastPrice = int64(one); i.FirstPrice == 0 {
			i.FirstPrice = int64(one)
		}
	}
	return err
}
