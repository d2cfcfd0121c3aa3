package purchasing

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/base/words"
	"houqin/internal/catalog"
	"houqin/internal/rules"
)

// Bought is a line of an order, beside what the same cost before and what was reckoned with.
type Bought struct {
	Goods
	ID           string         `json:"id"`
	Order        string         `json:"order"`
	OrderNumber  string         `json:"order_number"`
	Supplier     string         `json:"supplier"`
	SupplierName string         `json:"supplier_name"`
	Method       string         `json:"method"`
	At           period.Instant `json:"at"`
	Supply       string         `json:"supply"`
	Qty          quantity.Qty   `json:"qty"`
	Price        money.Fen      `json:"price"`
	Last         money.Fen      `json:"last"`     // at the order before; 0: never bought
	Estimate     money.Fen      `json:"estimate"` // of the plan; 0: none
	Amount       money.Fen      `json:"amount"`
	Saved        money.Fen      `json:"saved"` // against the price before; negative where it rose
}

// fell and rose say of an order's line how its price stands to the one before.
const fell, rose = `(l.last > 0 AND l.price < l.last)`, `(l.last > 0 AND l.price > l.last)`

// boughtHere are the lines of this house's own orders that were not called off.
const boughtHere = `o.state <> 'cancelled' AND o.external = ''`

// BoughtLines is the list of what was bought at which price, newest first.
var BoughtLines = list.Of[Bought]{
	Name: "purchasing.bought",
	From: `purchasing_order_line l JOIN purchasing_order o ON o.id = l.purchase JOIN purchasing_plan_line e ON e.id = l.plan_line
		LEFT JOIN suppliers_supplier s ON s.id = o.supplier LEFT JOIN catalog_item i ON i.id = l.item LEFT JOIN catalog_class c ON c.id = i.class`,
	Where: boughtHere,
	Order: "-order", Like: []string{"o.number", "i.name"}, Live: []string{Noun},
	Parts: func(ctx context.Context, r db.Reader, all []Bought) error {
		return fillAll(ctx, r, all, func(b *Bought) *Goods { return &b.Goods })
	},
	Href: func(b *Bought) string { return "/purchasing/orders/" + b.Order },
	Columns: []list.Column[Bought]{
		{Key: "name", SQL: "coalesce(i.name, '')", Into: func(b *Bought) any { return &b.Name }, Text: func(b *Bought) string { return b.Title() }},
		{Key: "order_number", SQL: "o.number", Into: func(b *Bought) any { return &b.OrderNumber }},
		{Key: "qty", SQL: "l.qty", Into: func(b *Bought) any { return &b.Qty }, Said: func(_ *words.Words, b *Bought) string { return b.Say(b.Qty) }},
		{Key: "price", SQL: "l.price", Into: func(b *Bought) any { return &b.Price }},
		{Key: "last", SQL: "l.last", Into: func(b *Bought) any { return &b.Last }},
		{Key: "estimate", SQL: "e.price", Into: func(b *Bought) any { return &b.Estimate }},
		{Key: "amount", SQL: "l.price * l.qty", Into: func(b *Bought) any { return &b.Amount }},
		{Key: "saved", SQL: "CASE WHEN l.last > 0 THEN (l.last - l.price) * l.qty ELSE 0 END", Into: func(b *Bought) any { return &b.Saved }},
		{Key: "supply", SQL: "coalesce(c.counts_as, '')", Into: func(b *Bought) any { return &b.Supply }, OneOf: catalog.Supplies, Enum: "catalog.supply"},
		{Key: "method", SQL: "o.method", Into: func(b *Bought) any { return &b.Method }, OneOf: OrderMethods, Enum: "purchasing.method"},
		{Key: "supplier", SQL: "o.supplier", Into: func(b *Bought) any { return &b.Supplier }, Ref: "suppliers", Text: func(b *Bought) string { return b.SupplierName }},
		{Key: "at", SQL: "o.at", Into: func(b *Bought) any { return &b.At }, Range: true},
		{Key: "cheaper", SQL: fell, Into: func(*Bought) any { return new(bool) }, Aside: true},
		{Key: "dearer", SQL: rose, Into: func(*Bought) any { return new(bool) }, Aside: true},
		{Key: "id", SQL: "l.purchase || '.' || l.line", Into: func(b *Bought) any { return &b.ID }, Hidden: true},
		{Key: "order", SQL: "l.purchase", Into: func(b *Bought) any { return &b.Order }, Hidden: true},
		{Key: "item", SQL: "l.item", Into: func(b *Bought) any { return &b.Item }, Hidden: true},
		{Key: "item_number", SQL: "coalesce(i.number, '')", Into: func(b *Bought) any { return &b.Number }, Hidden: true},
		{Key: "spec", SQL: "coalesce(i.spec, '')", Into: func(b *Bought) any { return &b.Spec }, Hidden: true},
		{Key: "unit", SQL: "coalesce(i.unit, '')", Into: func(b *Bought) any { return &b.Unit }, Hidden: true},
		{Key: "supplier_name", SQL: "coalesce(s.name, '')", Into: func(b *Bought) any { return &b.SupplierName }, Hidden: true},
	},
}

// PlannedLine is a line of the house's plan.
type PlannedLine struct {
	Goods
	ID         string         `json:"id"`
	Plan       string         `json:"plan"`
	PlanNumber string         `json:"plan_number"`
	Month      period.Day     `json:"month"`
	At         period.Instant `json:"at"`
	State      PlanState      `json:"state"`
	Supply     string         `json:"supply"`
	Qty        quantity.Qty   `json:"qty"`
	Price      money.Fen      `json:"price"`
	Amount     money.Fen      `json:"amount"`
	Reviewed   bool           `json:"reviewed"`
}

// plannedHere are the lines of this house's own plans that were handed in.
const plannedHere = `p.state NOT IN ('draft', 'dropped') AND p.external = '' AND l.qty > 0`

// PlannedLines is the list of what was planned, newest first.
var PlannedLines = list.Of[PlannedLine]{
	Name: "purchasing.planned",
	From: `purchasing_plan_line l JOIN purchasing_plan p ON p.id = l.plan
		LEFT JOIN catalog_item i ON i.id = l.item LEFT JOIN catalog_class c ON c.id = i.class`,
	Where: plannedHere,
	Order: "-plan", Like: []string{"p.number", "i.name"}, Live: []string{PlanNoun},
	Parts: func(ctx context.Context, r db.Reader, all []PlannedLine) error {
		return fillAll(ctx, r, all, func(p *PlannedLine) *Goods { return &p.Goods })
	},
	Href: func(p *PlannedLine) string { return "/purchasing/plans/" + p.Plan },
	Columns: []list.Column[PlannedLine]{
		{Key: "name", SQL: "coalesce(i.name, '')", Into: func(p *PlannedLine) any { return &p.Name }, Text: func(p *PlannedLine) string { return p.Title() }},
		{Key: "plan_number", SQL: "p.number", Into: func(p *PlannedLine) any { return &p.PlanNumber }},
		{Key: "month", SQL: "p.month", Into: func(p *PlannedLine) any { return &p.Month }, Range: true, Text: func(p *PlannedLine) string { return string(p.Month.Month()) }},
		{Key: "qty", SQL: "l.qty", Into: func(p *PlannedLine) any { return &p.Qty }, Said: func(_ *words.Words, p *PlannedLine) string { return p.Say(p.Qty) }},
		{Key: "price", SQL: "l.price", Into: func(p *PlannedLine) any { return &p.Price }},
		{Key: "amount", SQL: "l.price * l.qty", Into: func(p *PlannedLine) any { return &p.Amount }},
		{Key: "supply", SQL: "coalesce(c.counts_as, '')", Into: func(p *PlannedLine) any { return &p.Supply }, OneOf: catalog.Supplies, Enum: "catalog.supply"},
		{Key: "state", SQL: "p.state", Into: func(p *PlannedLine) any { return &p.State }, OneOf: PlanStates, Enum: "purchasing.plans.state"},
		{Key: "at", SQL: "p.at", Into: func(p *PlannedLine) any { return &p.At }, Range: true},
		{Key: "reviewed", SQL: "(p.review <> '')", Into: func(p *PlannedLine) any { return &p.Reviewed }, Hidden: true},
		{Key: "id", SQL: "l.id", Into: func(p *PlannedLine) any { return &p.ID }, Hidden: true},
		{Key: "plan", SQL: "l.plan", Into: func(p *PlannedLine) any { return &p.Plan }, Hidden: true},
		{Key: "item", SQL: "l.item", Into: func(p *PlannedLine) any { return &p.Item }, Hidden: true},
		{Key: "item_number", SQL: "coalesce(i.number, '')", Into: func(p *PlannedLine) any { return &p.Number }, Hidden: true},
		{Key: "spec", SQL: "coalesce(i.spec, '')", Into: func(p *PlannedLine) any { return &p.Spec }, Hidden: true},
		{Key: "unit", SQL: "coalesce(i.unit, '')", Into: func(p *PlannedLine) any { return &p.Unit }, Hidden: true},
	},
}

// fillAll says of the goods of several lines what they come in.
func fillAll[T any](ctx context.Context, r db.Reader, all []T, of func(*T) *Goods) error {
	var ids []string
	for n := range all {
		ids = append(ids, of(&all[n]).Item)
	}
	items, err := catalog.Few(ctx, r, ids)
	for n := range all {
		of(&all[n]).fill(items)
	}
	return err
}

// Projects is how many enquiries were finished, by the way they were bought (P-010).
type Projects struct {
	Method string `json:"method"`
	Count  int64  `json:"count"`
}

// Savings is what buying saved, in fen: against the price of the order before, apart what
// cost more than before, and against the plan's estimate, of which what cost more is taken
// off (P-013).
type Savings struct {
	Cheaper  money.Fen `json:"cheaper"`
	Dearer   money.Fen `json:"dearer"`
	Estimate money.Fen `json:"estimate"`
}

// OfKind is what was planned and bought of one kind of goods; Tendered is of Bought what a
// tender found.
type OfKind struct {
	Supply   string    `json:"supply"`
	Planned  money.Fen `json:"planned"`
	Bought   money.Fen `json:"bought"`
	Tendered money.Fen `json:"tendered"`
}

// Measures are the year's sums that clauses ask for.
type Measures struct {
	Projects []Projects `json:"projects"`
	Savings  Savings    `json:"savings"`
	Kinds    Kinds      `json:"kinds"`
}

// Measure sums some days.
func Measure(ctx context.Context, r db.Reader, from, until period.Day) (m Measures, err error) {
	if m.Projects, err = ProjectsOf(ctx, r, from, until); err != nil {
		return m, err
	}
	if m.Savings, err = SavingsOf(ctx, r, from, until); err != nil {
		return m, err
	}
	m.Kinds, err = KindsOf(ctx, r, from, until)
	return m, err
}

// ProjectsOf counts the enquiries that were finished on some days.
func ProjectsOf(ctx context.Context, r db.Reader, from, until period.Day) ([]Projects, error) {
	first, end := rules.Moments(r, from, until)
	return db.All(ctx, r, func(p *Projects) []any { return []any{&p.Method, &p.Count} },
		`SELECT method, count(*) FROM purchasing_enquiry WHERE state = 'awarded' AND awarded_at >= $1 AND awarded_at < $2 GROUP BY method ORDER BY method`, first, end)
}

// SavingsOf sums what buying saved on some days.
func SavingsOf(ctx context.Context, r db.Reader, from, until period.Day) (s Savings, err error) {
	first, end := rules.Moments(r, from, until)
	err = r.QueryRowContext(ctx, `SELECT CAST(coalesce(sum(CASE WHEN `+fell+` THEN (l.last - l.price) * l.qty ELSE 0 END), 0) AS BIGINT),
		CAST(coalesce(sum(CASE WHEN `+rose+` THEN (l.price - l.last) * l.qty ELSE 0 END), 0) AS BIGINT),
		CAST(coalesce(sum(CASE WHEN e.price > 0 THEN (e.price - l.price) * l.qty ELSE 0 END), 0) AS BIGINT)
		FROM purchasing_order o JOIN purchasing_order_line l ON l.purchase = o.id JOIN purchasing_plan_line e ON e.id = l.plan_line
		WHERE o.at >= $1 AND o.at < $2 AND `+boughtHere, first, end).Scan(&s.Cheaper, &s.Dearer, &s.Estimate)
	return s, err
}

// Kinds are sums by kind of goods.
type Kinds []OfKind

// KindsOf sums what was planned and bought on some days by kind of goods, those without
// one last.
func KindsOf(ctx context.Context, r db.Reader, from, until period.Day) (all Kinds, err error) {
	first, end := rules.Moments(r, from, until)
	kinds := map[string]*OfKind{}
	of := func(k string) *OfKind {
		if kinds[k] == nil {
			kinds[k] = &OfKind{Supply: k}
		}
		return kinds[k]
	}
	type sum struct {
		kind             string
		amount, tendered money.Fen
	}
	into := func(s *sum) []any { return []any{&s.kind, &s.amount, &s.tendered} }
	bought, err := db.All(ctx, r, into, `SELECT coalesce(c.counts_as, ''), CAST(sum(l.price * l.qty) AS BIGINT), CAST(sum(CASE WHEN o.method = 'tender' THEN l.price * l.qty ELSE 0 END) AS BIGINT)
		FROM purchasing_order o JOIN purchasing_order_line l ON l.purchase = o.id LEFT JOIN catalog_item i ON i.id = l.item LEFT JOIN catalog_class c ON c.id = i.class
		WHERE o.at >= $1 AND o.at < $2 AND `+boughtHere+` GROUP BY 1 ORDER BY 1`, first, end)
	if err != nil {
		return nil, err
	}
	for _, s := range bought {
		of(s.kind).Bought, of(s.kind).Tendered = s.amount, s.tendered
	}
	planned, err := db.All(ctx, r, into, `SELECT coalesce(c.counts_as, ''), CAST(sum(l.price * l.qty) AS BIGINT), 0
		FROM purchasing_plan p JOIN purchasing_plan_line l ON l.plan = p.id LEFT JOIN catalog_item i ON i.id = l.item LEFT JOIN catalog_class c ON c.id = i.class
		WHERE p.at >= $1 AND p.at < $2 AND `+plannedHere+` GROUP BY 1 ORDER BY 1`, first, end)
	for _, s := range planned {
		of(s.kind).Planned = s.amount
	}
	for _, k := range append(append([]string{}, catalog.Supplies...), "") {
		if kinds[k] != nil {
			all = append(all, *kinds[k])
		}
	}
	return all, err
}

// Of is what was planned and bought of a kind.
func (all Kinds) Of(supply catalog.Supply) OfKind {
	for _, k := range all {
		if k.Supply == string(supply) {
			return k
		}
	}
	return OfKind{Supply: string(supply)}
}
