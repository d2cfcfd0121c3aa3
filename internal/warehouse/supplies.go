package warehouse

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/base/words"
	"houqin/internal/catalog"
	"houqin/internal/rules"
)

// Arrival is a line of goods that a supplier brought, or that went back to one: then
// quantity and amount are negative, as they are of a receipt taken back.
type Arrival struct {
	goods
	ID           string         `json:"id"`
	Document     string         `json:"document"`
	Paper        string         `json:"paper"`
	Day          period.Day     `json:"day"`
	Supplier     string         `json:"supplier"`
	SupplierName string         `json:"supplier_name"`
	Store        string         `json:"store"`
	StoreName    string         `json:"store_name"`
	Supply       catalog.Supply `json:"supply"`
	Category     string         `json:"category"`
	Class        string         `json:"class"`
	ClassName    string         `json:"class_name"`
	Qty          int64          `json:"qty"`
	Amount       money.Fen      `json:"amount"`
}

// Received is the list of what came from suppliers, newest first.
var Received = list.Of[Arrival]{
	Name: "warehouse.received",
	From: `warehouse_posting p JOIN warehouse_document d ON d.id = p.document JOIN warehouse_store w ON w.id = p.store
		LEFT JOIN catalog_item i ON i.id = p.item LEFT JOIN catalog_class c ON c.id = i.class LEFT JOIN suppliers_supplier s ON s.id = p.account`,
	Where: "p.kind = 'supplier'",
	Order: "-day", Live: []string{"warehouse.document"},
	Href: func(a *Arrival) string { return "/warehouse/documents/" + a.Document },
	Columns: []list.Column[Arrival]{
		{Key: "name", SQL: "coalesce(i.name, '')", Into: func(a *Arrival) any { return &a.Name }, Text: func(a *Arrival) string { return a.Title() }},
		{Key: "day", SQL: "p.day", Into: func(a *Arrival) any { return &a.Day }, Range: true},
		{Key: "qty", SQL: "-p.qty", Into: func(a *Arrival) any { return &a.Qty }, Said: func(_ *words.Words, a *Arrival) string { return a.Say(a.Qty) }},
		{Key: "amount", SQL: "-p.amount", Into: func(a *Arrival) any { return &a.Amount }},
		{Key: "supplier", SQL: "p.account", Into: func(a *Arrival) any { return &a.Supplier }, Ref: "suppliers", Text: func(a *Arrival) string { return a.SupplierName }},
		{Key: "supply", SQL: "coalesce(c.counts_as, '')", Into: func(a *Arrival) any { return &a.Supply }, OneOf: catalog.Supplies, Enum: "catalog.supply"},
		{Key: "category", SQL: "coalesce(i.category, '')", Into: func(a *Arrival) any { return &a.Category }, OneOf: catalog.Categories, Enum: "catalog.category"},
		{Key: "class", SQL: "coalesce(i.class, '')", Into: func(a *Arrival) any { return &a.Class }, Ref: "classes", Text: func(a *Arrival) string { return a.ClassName }},
		{Key: "paper", SQL: "d.number", Into: func(a *Arrival) any { return &a.Paper }},
		{Key: "store", SQL: "p.store", Into: func(a *Arrival) any { return &a.Store }, Ref: "stores", Text: func(a *Arrival) string { return a.StoreName }},
		{Key: "number", SQL: "coalesce(i.number, '')", Into: func(a *Arrival) any { return &a.Number }, Aside: true},
		{Key: "id", SQL: "p.document || '.' || p.line || '.' || p.leg", Into: func(a *Arrival) any { return &a.ID }, Hidden: true},
		{Key: "document", SQL: "p.document", Into: func(a *Arrival) any { return &a.Document }, Hidden: true},
		{Key: "item", SQL: "p.item", Into: func(a *Arrival) any { return &a.Item }, Hidden: true},
		{Key: "spec", SQL: "coalesce(i.spec, '')", Into: func(a *Arrival) any { return &a.Spec }, Hidden: true},
		{Key: "unit", SQL: "coalesce(i.unit, '')", Into: func(a *Arrival) any { return &a.Unit }, Hidden: true},
		{Key: "packs", SQL: "coalesce(i.packs, '')", Into: func(a *Arrival) any { return &a.larger }, Hidden: true},
		{Key: "supplier_name", SQL: "coalesce(s.name, '')", Into: func(a *Arrival) any { return &a.SupplierName }, Hidden: true},
		{Key: "store_name", SQL: "w.name", Into: func(a *Arrival) any { return &a.StoreName }, Hidden: true},
		{Key: "class_name", SQL: "coalesce(c.name, '')", Into: func(a *Arrival) any { return &a.ClassName }, Hidden: true},
	},
}

// ReceivedScope is which arrivals a person sees: those in the stores they see.
func ReceivedScope(by db.Actor) list.Where { return list.Scoped(by.Scope(MaySee), "w.department") }

// Through is what came in and went out of some goods.
type Through struct {
	Received      money.Fen `json:"received"`
	Issued        money.Fen `json:"issued"`
	ReceivedGrams int64     `json:"received_grams"`
	IssuedGrams   int64     `json:"issued_grams"`
}

// Supplied is what came and went of one kind of goods, or of one class of food.
type Supplied struct {
	Through
	Supply    catalog.Supply `json:"supply"`
	Class     string         `json:"class"`
	ClassName string         `json:"class_name"`
}

// Supplies are what the stores received and issued in some months, by kind of goods (S-045,
// S-047), and of food by class and weight (P-017). Received is what came from suppliers less
// what went back to them; issued is what landed on departments less what they brought back.
// Unweighed is of how many kinds of food nobody knows the weight.
type Supplies struct {
	From      period.Month `json:"from"`
	Until     period.Month `json:"until"`
	Kinds     []Supplied   `json:"kinds"`
	Total     Through      `json:"total"`
	Food      []Supplied   `json:"food"`
	FoodTotal Through      `json:"food_total"`
	Unweighed int64        `json:"unweighed"`
}

func (t *Through) add(x Through) {
	t.Received, t.Issued = t.Received+x.Received, t.Issued+x.Issued
	t.ReceivedGrams, t.IssuedGrams = t.ReceivedGrams+x.ReceivedGrams, t.IssuedGrams+x.IssuedGrams
}

// SuppliesOf sums the months, both included, as far as the person sees them.
func SuppliesOf(ctx context.Context, r db.Reader, by db.Actor, from, until period.Month) (Supplies, error) {
	came, args := within(by, "w.department")
	went, wentArgs := within(by, "d.department", "w.department")
	type sum struct {
		item   string
		qty    quantity.Qty
		amount money.Fen
	}
	into := func(s *sum) []any { return []any{&s.item, &s.qty, &s.amount} }
	n := len(args)
	received, err := db.All(ctx, r, into, fmt.Sprintf(`SELECT p.item, CAST(sum(-p.qty) AS BIGINT), CAST(sum(-p.amount) AS BIGINT) FROM warehouse_posting p
		JOIN warehouse_store w ON w.id = p.store WHERE p.kind = 'supplier' AND p.day >= $%d AND p.day <= $%d%s GROUP BY p.item ORDER BY p.item`, n+1, n+2, came), append(args, from.First(), until.Last())...)
	if err != nil {
		return Supplies{}, err
	}
	n = len(wentArgs)
	issued, err := db.All(ctx, r, into, fmt.Sprintf(`SELECT d.item, CAST(sum(d.qty) AS BIGINT), CAST(sum(d.amount) AS BIGINT) FROM warehouse_consumption d
		JOIN warehouse_store w ON w.id = d.store WHERE d.month >= $%d AND d.month <= $%d%s GROUP BY d.item ORDER BY d.item`, n+1, n+2, went), append(wentArgs, from.First(), until.First())...)
	if err != nil {
		return Supplies{}, err
	}
	var ids []string
	for _, s := range slices.Concat(received, issued) {
		ids = append(ids, s.item)
	}
	items, err := catalog.Few(ctx, r, slices.Compact(slices.Sorted(slices.Values(ids))))
	if err != nil {
		return Supplies{}, err
	}
	classes, err := catalog.Classes.All(ctx, r, list.Where{}, 10_000)
	if err != nil {
		return Supplies{}, err
	}
	s := sorter{known: map[string]catalog.Class{}, kinds: map[catalog.Supply]*Supplied{}, food: map[string]*Supplied{}, unweighed: map[string]bool{}}
	for _, c := range classes {
		s.known[c.ID] = c
	}
	for _, x := range received {
		s.sort(items[x.item], x.qty, func(g int64) Through { return Through{Received: x.amount, ReceivedGrams: g} })
	}
	for _, x := range issued {
		s.sort(items[x.item], x.qty, func(g int64) Through { return Through{Issued: x.amount, IssuedGrams: g} })
	}
	return s.sorted(from, until), nil
}

// sorter puts sums under their kinds and classes.
type sorter struct {
	known     map[string]catalog.Class
	kinds     map[catalog.Supply]*Supplied
	food      map[string]*Supplied
	unweighed map[string]bool
}

func (s *sorter) sort(i catalog.Item, q quantity.Qty, of func(grams int64) Through) {
	class := s.known[i.Class]
	if s.kinds[class.CountsAs] == nil {
		s.kinds[class.CountsAs] = &Supplied{Supply: class.CountsAs}
	}
	s.kinds[class.CountsAs].add(of(0))
	if i.Category != catalog.Food {
		return
	}
	g, ok := i.Grams(q)
	if !ok {
		s.unweighed[i.ID] = true
	}
	if s.food[i.Class] == nil {
		s.food[i.Class] = &Supplied{Supply: class.CountsAs, Class: i.Class, ClassName: class.Name}
	}
	s.food[i.Class].add(of(g))
}

// sorted is all of it, the kinds in their order and those without one last, the food by
// what was received.
func (s *sorter) sorted(from, until period.Month) Supplies {
	all := Supplies{From: from, Until: until, Unweighed: int64(len(s.unweighed))}
	for _, k := range append(slices.Clone(catalog.Supplies), "") {
		if x := s.kinds[catalog.Supply(k)]; x != nil {
			all.Kinds = append(all.Kinds, *x)
			all.Total.add(x.Through)
		}
	}
	for _, f := range s.food {
		all.Food = append(all.Food, *f)
		all.FoodTotal.add(f.Through)
	}
	slices.SortFunc(all.Food, func(a, b Supplied) int {
		return cmp.Or(cmp.Compare(b.Received, a.Received), cmp.Compare(b.Issued, a.Issued), cmp.Compare(a.Class, b.Class))
	})
	return all
}

// Of is what came and went of a kind.
func (s Supplies) Of(k catalog.Supply) (t Through) {
	for _, x := range s.Kinds {
		if x.Supply == k {
			t.add(x.Through)
		}
	}
	return t
}

// ReceivedWay and IssuedWay are where the records of some months are, all or those that a
// filter leaves.
func ReceivedWay(from, until period.Day, filter string) string {
	return "/warehouse/received?day.from=" + string(from) + "&day.to=" + string(until) + filter
}

// IssuedWay is the same of what was issued, by whole months.
func IssuedWay(from, until period.Month, filter string) string {
	return "/warehouse/consumption?month.from=" + string(from.First()) + "&month.to=" + string(until.First()) + filter
}

// arrivals counts the lines that came from suppliers on some days, beside the figures of
// these days' months.
func arrivals(where, filter string, figures func(Supplies) []rules.Figure) func(context.Context, db.Reader, period.Day, period.Day) (rules.Evidence, error) {
	return func(ctx context.Context, r db.Reader, from, until period.Day) (e rules.Evidence, err error) {
		err = r.QueryRowContext(ctx, `SELECT count(*), coalesce(max(d.at), 0) FROM warehouse_posting p JOIN warehouse_document d ON d.id = p.document
			LEFT JOIN catalog_item i ON i.id = p.item WHERE p.kind = 'supplier' AND p.day >= $1 AND p.day <= $2`+where, from, until).Scan(&e.Kept, &e.Latest)
		if err != nil {
			return e, err
		}
		e.Link = ReceivedWay(from, until, filter)
		s, err := SuppliesOf(ctx, r, db.System("rules"), from.Month(), until.Month())
		e.Figures = figures(s)
		return e, err
	}
}

// labourApart is S-045: labour protection beside all else.
func labourApart(s Supplies) []rules.Figure {
	labour, until := s.Of(catalog.Protection), s.Until.Last()
	return []rules.Figure{
		{Name: "warehouse.supplies.labour", Value: int64(labour.Received), Unit: rules.InYuan, Link: ReceivedWay(s.From.First(), until, "&supply="+string(catalog.Protection))},
		{Name: "warehouse.supplies.else", Value: int64(s.Total.Received - labour.Received), Unit: rules.InYuan},
	}
}

// eaten is P-017: food by weight.
func eaten(s Supplies) []rules.Figure {
	return []rules.Figure{
		{Name: "warehouse.supplies.food_in", Value: s.FoodTotal.ReceivedGrams, Unit: rules.InGrams, Link: ReceivedWay(s.From.First(), s.Until.Last(), "&category="+string(catalog.Food))},
		{Name: "warehouse.supplies.food_out", Value: s.FoodTotal.IssuedGrams, Unit: rules.InGrams, Link: IssuedWay(s.From, s.Until, "&category="+string(catalog.Food))},
		{Name: "warehouse.supplies.unweighed", Value: s.Unweighed},
	}
}

// office is S-047: what office supplies departments were given, counted as they landed on
// them month by month.
func office(ctx context.Context, r db.Reader, from, until period.Day) (e rules.Evidence, err error) {
	first, last := from.Month(), until.Month()
	err = r.QueryRowContext(ctx, `SELECT count(*) FROM warehouse_consumption d JOIN catalog_item i ON i.id = d.item JOIN catalog_class c ON c.id = i.class
		WHERE c.counts_as = 'office' AND d.month >= $1 AND d.month <= $2`, first.First(), last.First()).Scan(&e.Kept)
	if err != nil {
		return e, err
	}
	e.Link = IssuedWay(first, last, "&supply="+string(catalog.Office))
	s, err := SuppliesOf(ctx, r, db.System("rules"), first, last)
	e.Figures = []rules.Figure{{Name: "warehouse.supplies.office_out", Value: int64(s.Of(catalog.Office).Issued), Unit: rules.InYuan, Link: e.Link}}
	return e, err
}
