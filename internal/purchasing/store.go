package purchasing

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/suppliers"
)

func insertNeed(ctx context.Context, tx *db.Tx, n *Need) error {
	if _, err := tx.Exec(ctx, `INSERT INTO purchasing_need (id, number, kind, department, month, state, reason, lines, amount, by_id, by_name, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)`,
		n.ID, n.Number, n.Kind, n.Department, n.Month, n.State, n.Reason, n.Lines, n.Amount, n.By, n.ByName, n.At); err != nil {
		return err
	}
	for _, l := range n.Needs {
		if _, err := tx.Exec(ctx, `INSERT INTO purchasing_need_line (need, line, item, qty, quality, price, why) VALUES ($1,$2,$3,$4,$5,$6,$7)`, n.ID, l.Line, l.Item, l.Qty, l.Quality, l.Price, l.Why); err != nil {
			return err
		}
	}
	return nil
}

// SeeNeed is a need with its lines; NotFound for whoever may not see it.
func SeeNeed(ctx context.Context, r db.Reader, by db.Actor, id string) (Need, error) {
	if n, err := Needs.Get(ctx, r, Scope(by).And("n.id = ?", id)); err != nil {
		return n, err
	}
	return NeedByID(ctx, r, id)
}

// NeedByID is a need with its lines, for whoever may see it anyway.
func NeedByID(ctx context.Context, r db.Reader, id string) (Need, error) {
	n, err := Needs.Get(ctx, r, list.Where{}.And("n.id = ?", id))
	if err == nil {
		n.Needs, err = linesOfNeed(ctx, r, id)
	}
	return n, err
}

func linesOfNeed(ctx context.Context, r db.Reader, need string) ([]NeedLine, error) {
	all, err := db.All(ctx, r, func(l *NeedLine) []any { return []any{&l.Line, &l.Item, &l.Qty, &l.Quality, &l.Price, &l.Why} },
		`SELECT line, item, qty, quality, price, why FROM purchasing_need_line WHERE need = $1 ORDER BY line`, need)
	if err != nil {
		return nil, err
	}
	return all, name(ctx, r, all, func(l *NeedLine) *Goods { return &l.Goods })
}

// name fills in what the lines' items are called.
func name[T any](ctx context.Context, r db.Reader, lines []T, of func(*T) *Goods) error {
	ids := make([]string, len(lines))
	for k := range lines {
		ids[k] = of(&lines[k]).Item
	}
	items, err := catalog.Few(ctx, r, ids)
	for k := range lines {
		of(&lines[k]).fill(items)
	}
	return err
}

// summed are the needs of a plan item by item: of the prices that were estimated the
// highest, since the estimate must be enough.
func summed(ctx context.Context, r db.Reader, plan string) ([]PlanLine, error) {
	return db.All(ctx, r, func(l *PlanLine) []any { return []any{&l.Item, &l.Wanted, &l.Askers, &l.Price, &l.Quality} },
		`SELECT l.item, CAST(sum(l.qty) AS BIGINT), count(DISTINCT n.department), max(l.price), max(l.quality)
		FROM purchasing_need_line l JOIN purchasing_need n ON n.id = l.need WHERE n.plan = $1 GROUP BY l.item ORDER BY l.item`, plan)
}

// onOrder is what of each item has been ordered and has not come.
func onOrder(ctx context.Context, r db.Reader) (map[string]quantity.Qty, error) {
	type sum struct {
		item string
		qty  quantity.Qty
	}
	all, err := db.All(ctx, r, func(s *sum) []any { return []any{&s.item, &s.qty} }, `SELECT l.item, CAST(sum(l.qty - l.received - l.given_up) AS BIGINT) FROM purchasing_order o JOIN purchasing_order_line l ON l.purchase = o.id
		WHERE o.state IN ('drafted', 'approved', 'sent', 'partly_received') GROUP BY l.item ORDER BY l.item`)
	of := map[string]quantity.Qty{}
	for _, s := range all {
		of[s.item] = s.qty
	}
	return of, err
}

// lastPrices is what each item cost at the newest order that was not called off, of
// those drafted until a moment and not by this enquiry.
func lastPrices(ctx context.Context, r db.Reader, until period.Instant, but string) (map[string]money.Fen, error) {
	type last struct {
		item  string
		price money.Fen
	}
	all, err := db.All(ctx, r, func(l *last) []any { return []any{&l.item, &l.price} }, `SELECT item, price FROM (SELECT l.item, l.price, row_number() OVER (PARTITION BY l.item ORDER BY o.id DESC) AS n
		FROM purchasing_order_line l JOIN purchasing_order o ON o.id = l.purchase WHERE o.state <> 'cancelled' AND o.at <= $1 AND (o.enquiry <> $2 OR $2 = '')) x WHERE n = 1 ORDER BY item`, until, but)
	of := map[string]money.Fen{}
	for _, l := range all {
		of[l.item] = l.price
	}
	return of, err
}

func insertPlan(ctx context.Context, tx *db.Tx, p *Plan) error {
	if _, err := tx.Exec(ctx, `INSERT INTO purchasing_plan (id, number, month, department, state, review, urgent, lines, amount, planner, planner_name, at, paper) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)`,
		p.ID, p.Number, p.Month, p.Department, p.State, p.Review, p.Urgent, p.Lines, p.Amount, p.Planner, p.PlannerName, p.At, p.Paper); err != nil {
		return err
	}
	for _, l := range p.Goods {
		if _, err := tx.Exec(ctx, `INSERT INTO purchasing_plan_line (id, plan, line, item, quality, wanted, askers, stock, coming, planned, used, likely, low, high, method, sure, off, proposed, qty, price, claimed)
			VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21)`, l.ID, p.ID, l.Line, l.Item, l.Quality, l.Wanted, l.Askers, l.Stock, l.Coming, l.Planned, l.Used, l.Likely, l.Low, l.High, l.Method, l.Sure, l.Off, l.Proposed, l.Qty, l.Price, l.Claimed); err != nil {
			return err
		}
	}
	return nil
}

// updateLines writes a draft's quantities, prices and reasons, and its sum.
func updateLines(ctx context.Context, tx *db.Tx, p *Plan) error {
	for _, l := range p.Goods {
		if _, err := tx.Exec(ctx, `UPDATE purchasing_plan_line SET qty = $1, price = $2, why = $3 WHERE id = $4`, l.Qty, l.Price, l.Why, l.ID); err != nil {
			return err
		}
	}
	err := tx.One(ctx, fault.Stale(), `UPDATE purchasing_plan SET amount = $1, version = version + 1 WHERE id = $2 AND version = $3`, p.Amount, p.ID, p.Version)
	p.Version++
	return err
}

// PlanByID is a plan with its lines.
func PlanByID(ctx context.Context, r db.Reader, id string) (Plan, error) {
	p, err := Plans.Get(ctx, r, list.Where{}.And("p.id = ?", id))
	if err != nil {
		return p, err
	}
	p.Goods, err = db.All(ctx, r, func(l *PlanLine) []any {
		return []any{&l.ID, &l.Line, &l.Item, &l.Quality, &l.Wanted, &l.Askers, &l.Stock, &l.Coming, &l.Planned, &l.Used, &l.Likely, &l.Low, &l.High, &l.Method, &l.Sure, &l.Off, &l.Proposed, &l.Qty, &l.Price, &l.Why, &l.Ordered, &l.Claimed}
	}, `SELECT id, line, item, quality, wanted, askers, stock, coming, planned, used, likely, low, high, method, sure, off, proposed, qty, price, why, ordered, claimed FROM purchasing_plan_line WHERE plan = $1 ORDER BY line`, id)
	if err != nil {
		return p, err
	}
	return p, name(ctx, r, p.Goods, func(l *PlanLine) *Goods { return &l.Goods })
}

func insertEnquiry(ctx context.Context, tx *db.Tx, e *Enquiry) error {
	if _, err := tx.Exec(ctx, `INSERT INTO purchasing_enquiry (id, number, plan, state, method, bidders, amount, buyer, buyer_name, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
		e.ID, e.Number, e.Plan, e.State, e.Method, e.Bidders, e.Amount, e.Buyer, e.BuyerName, e.At); err != nil {
		return err
	}
	for _, l := range e.Asked {
		if _, err := tx.Exec(ctx, `INSERT INTO purchasing_enquiry_line (enquiry, plan_line, line, qty) VALUES ($1,$2,$3,$4)`, e.ID, l.PlanLine, l.Line, l.Qty); err != nil {
			return err
		}
	}
	return nil
}

// EnquiryByID is an enquiry with its lines, each with its quotes, the cheapest first and
// of those alike the better, and the last price.
func EnquiryByID(ctx context.Context, r db.Reader, id string) (Enquiry, error) {
	e, err := Enquiries.Get(ctx, r, list.Where{}.And("e.id = ?", id))
	if err != nil {
		return e, err
	}
	e.Asked, err = db.All(ctx, r, func(l *EnquiryLine) []any {
		return []any{&l.Line, &l.PlanLine, &l.Qty, &l.Item, &l.Quality, &l.Estimate}
	},
		`SELECT l.line, l.plan_line, l.qty, p.item, p.quality, p.price FROM purchasing_enquiry_line l JOIN purchasing_plan_line p ON p.id = l.plan_line WHERE l.enquiry = $1 ORDER BY l.line`, id)
	if err != nil {
		return e, err
	}
	if err := name(ctx, r, e.Asked, func(l *EnquiryLine) *Goods { return &l.Goods }); err != nil {
		return e, err
	}
	quotes, err := db.All(ctx, r, func(q *Quote) []any {
		return []any{&q.Line, &q.Supplier, &q.Price, &q.Days, &q.Score, &q.Chosen}
	},
		`SELECT line, supplier, price, days, score, chosen FROM purchasing_quote WHERE enquiry = $1 ORDER BY line, price, score DESC, days, supplier`, id)
	if err != nil {
		return e, err
	}
	names := map[string]string{}
	for k := range quotes {
		q := &quotes[k]
		if names[q.Supplier] == "" {
			s, err := suppliers.Get(ctx, r, q.Supplier)
			if err != nil {
				return e, err
			}
			names[q.Supplier] = s.Name
		}
		q.SupplierName = names[q.Supplier]
	}
	last, err := lastPrices(ctx, r, e.At, e.ID)
	for k := range e.Asked {
		l := &e.Asked[k]
		l.Last = last[l.Item]
		for _, q := range quotes {
			if q.Line == l.Line {
				l.Quotes = append(l.Quotes, q)
			}
		}
	}
	return e, err
}

func insertOrder(ctx context.Context, tx *db.Tx, o *Order) error {
	if _, err := tx.Exec(ctx, `INSERT INTO purchasing_order (id, number, supplier, plan, enquiry, state, method, due, lines, amount, planner, buyer, buyer_name, day, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)`,
		o.ID, o.Number, o.Supplier, o.Plan, o.Enquiry, o.State, o.Method, o.Due, o.Lines, o.Amount, o.Planner, o.Buyer, o.BuyerName, o.Day, o.At); err != nil {
		return err
	}
	for _, l := range o.Goods {
		if _, err := tx.Exec(ctx, `INSERT INTO purchasing_order_line (purchase, line, plan_line, item, quality, qty, price, last, highest, agreed) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
			o.ID, l.Line, l.PlanLine, l.Item, l.Quality, l.Qty, l.Price, l.Last, l.Highest, l.Agreed); err != nil {
			return err
		}
	}
	return nil
}

func updateOrder(ctx context.Context, tx *db.Tx, o *Order) error {
	return tx.One(ctx, fault.Stale(), `UPDATE purchasing_order SET state = $1, due = $2, note = $3, auditor = $4, auditor_name = $5, audit = $6, labelled = $7, sent_at = $8, store = $9, version = version + 1 WHERE id = $10 AND version = $11`,
		o.State, o.Due, o.Note, o.Auditor, o.AuditorName, o.Audit, o.Labelled, o.SentAt, o.Store, o.ID, o.Version)
}

// OrderByID is an order with its lines.
func OrderByID(ctx context.Context, r db.Reader, id string) (Order, error) {
	o, err := Orders.Get(ctx, r, list.Where{}.And("o.id = ?", id))
	if err == nil {
		o.Goods, err = linesOfOrder(ctx, r, id)
	}
	return o, err
}

func linesOfOrder(ctx context.Context, r db.Reader, id string) ([]OrderLine, error) {
	all, err := db.All(ctx, r, func(l *OrderLine) []any {
		return []any{&l.Line, &l.PlanLine, &l.Item, &l.Quality, &l.Qty, &l.Received, &l.GivenUp, &l.Price, &l.Last, &l.Highest, &l.Agreed}
	}, `SELECT line, plan_line, item, quality, qty, received, given_up, price, last, highest, agreed FROM purchasing_order_line WHERE purchase = $1 ORDER BY line`, id)
	if err != nil {
		return nil, err
	}
	return all, name(ctx, r, all, func(l *OrderLine) *Goods { return &l.Goods })
}

// OpenOrders are the orders that goods may still come for, oldest first, with their
// lines: those of one supplier, or with "" of all.
func OpenOrders(ctx context.Context, r db.Reader, supplier string) ([]Order, error) {
	all, err := Orders.All(ctx, r, list.Where{}.And("o.state IN ('sent', 'partly_received') AND (? = '' OR o.supplier = ?)", supplier, supplier), 500)
	for k := range all {
		if all[k].Goods, err = linesOfOrder(ctx, r, all[k].ID); err != nil {
			return nil, err
		}
	}
	return all, err
}
