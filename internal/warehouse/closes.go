package warehouse

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
)

// Close is a month of a store that is closed.
type Close struct {
	ID         string         `json:"id"`
	Store      string         `json:"store"`
	StoreName  string         `json:"store_name"`
	Keeping    string         `json:"-"`
	Month      period.Day     `json:"month"` // its first day
	At         period.Instant `json:"at"`
	By         string         `json:"by"`
	ByName     string         `json:"by_name"`
	Items      int64          `json:"items"`
	Opening    money.Fen      `json:"opening"`
	In         money.Fen      `json:"in"`
	Out        money.Fen      `json:"out"`
	Closing    money.Fen      `json:"closing"`
	Agreed     bool           `json:"agreed"` // with finance
	AgreedAt   period.Instant `json:"agreed_at"`
	AgreedName string         `json:"agreed_name"`
	AgreedNote string         `json:"agreed_note"`
	Figure     money.Fen      `json:"figure"` // of finance's books; 0 before it was asked for
}

// Closes is the list of closed months, the latest first.
var Closes = list.Of[Close]{
	Name:  "warehouse.closes",
	From:  `warehouse_close c JOIN warehouse_store w ON w.id = c.store LEFT JOIN warehouse_agreement a ON a.close = c.id`,
	Order: "-id", Short: true, Live: []string{"warehouse.close"},
	Href: func(c *Close) string { return "/warehouse/closes/" + c.ID },
	Columns: []list.Column[Close]{
		{Key: "month", SQL: "c.month", Into: func(c *Close) any { return &c.Month }, Range: true, Text: func(c *Close) string { return string(c.Month.Month()) }},
		{Key: "store", SQL: "c.store", Into: func(c *Close) any { return &c.Store }, Ref: "stores", Text: func(c *Close) string { return c.StoreName }},
		{Key: "opening", SQL: "c.opening", Into: func(c *Close) any { return &c.Opening }},
		{Key: "in", SQL: "c.came", Into: func(c *Close) any { return &c.In }},
		{Key: "out", SQL: "c.went", Into: func(c *Close) any { return &c.Out }},
		{Key: "closing", SQL: "c.closing", Into: func(c *Close) any { return &c.Closing }},
		{Key: "agreed", SQL: "(a.close IS NOT NULL)", Into: func(c *Close) any { return &c.Agreed }, Said: onlyWhen("warehouse.agreed", func(c *Close) bool { return c.Agreed })},
		{Key: "at", SQL: "c.at", Into: func(c *Close) any { return &c.At }, Range: true},
		{Key: "by_name", SQL: "c.by_name", Into: func(c *Close) any { return &c.ByName }},
		{Key: "agreed_name", SQL: "coalesce(a.by_name, '')", Into: func(c *Close) any { return &c.AgreedName }},
		{Key: "agreed_at", SQL: "coalesce(a.at, 0)", Into: func(c *Close) any { return &c.AgreedAt }},
		{Key: "items", SQL: "c.items", Into: func(c *Close) any { return &c.Items }},
		{Key: "id", SQL: "c.id", Into: func(c *Close) any { return &c.ID }, Hidden: true},
		{Key: "by", SQL: "c.by_id", Into: func(c *Close) any { return &c.By }, Hidden: true},
		{Key: "figure", SQL: "coalesce(a.figure, 0)", Into: func(c *Close) any { return &c.Figure }, Hidden: true},
		{Key: "agreed_note", SQL: "coalesce(a.note, '')", Into: func(c *Close) any { return &c.AgreedNote }, Hidden: true},
		{Key: "store_name", SQL: "w.name", Into: func(c *Close) any { return &c.StoreName }, Hidden: true},
		{Key: "keeping", SQL: "w.department", Into: func(c *Close) any { return &c.Keeping }, Hidden: true},
	},
}

// CloseByID is one closed month; NotFound when there is none.
func CloseByID(ctx context.Context, r db.Reader, id string) (Close, error) {
	return Closes.Get(ctx, r, list.Where{}.And("c.id = ?", id))
}

// ToAgree are the closed months that finance has not compared with its own books yet, the
// oldest first, but those that the person closed.
func ToAgree(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Close, error) {
	return Closes.All(ctx, r, list.Scoped(by.Scope(MayAgree), "w.department").And("a.close IS NULL AND c.by_id <> ?", by.ID), limit)
}

// Unclosed is a month of a store that is over and not closed yet.
type Unclosed struct {
	Store, StoreName string
	Month            period.Month
}

// ToClose are the next months of the stores that a person closes, where they are over.
// Of wards' own stores, which are many, nothing is said.
func ToClose(ctx context.Context, r db.Reader, by db.Actor, limit int) (all []Unclosed, err error) {
	stores, err := Stores.All(ctx, r, list.Scoped(by.Scope(MayClose), "w.department").And("w.closed = false AND w.ward = false"), 200)
	if err != nil {
		return nil, err
	}
	for _, s := range stores {
		m, over, err := NextToClose(ctx, r, s.ID, r.Today())
		if err != nil {
			return nil, err
		}
		if over && len(all) < limit {
			all = append(all, Unclosed{s.ID, s.Name, m})
		}
	}
	return all, nil
}

// CloseLine is one item of a closed month.
type CloseLine struct {
	goods
	ID            string    `json:"id"`
	Class         string    `json:"class"` // its name
	Category      string    `json:"category"`
	Opening       int64     `json:"opening"`
	In            int64     `json:"in"`
	Out           int64     `json:"out"`
	Closing       int64     `json:"closing"`
	OpeningAmount money.Fen `json:"opening_amount"`
	InAmount      money.Fen `json:"in_amount"`
	OutAmount     money.Fen `json:"out_amount"`
	ClosingAmount money.Fen `json:"closing_amount"`
	store         string
}

// CloseLines is the list of the items of closed months, meant to be narrowed to one
// by LinesOf.
var CloseLines = list.Of[CloseLine]{
	Name:  "warehouse.close_lines",
	From:  `warehouse_close_line l JOIN warehouse_close c ON c.id = l.close LEFT JOIN catalog_item i ON i.id = l.item LEFT JOIN catalog_class g ON g.id = l.class`,
	Order: "item", Short: true, Live: []string{"warehouse.close"},
	Href: func(l *CloseLine) string { return "/warehouse/stock/" + l.store + "/" + l.Item },
	Columns: []list.Column[CloseLine]{
		{Key: "name", SQL: "coalesce(i.name, '')", Into: func(l *CloseLine) any { return &l.Name }, Text: func(l *CloseLine) string { return l.Title() }},
		{Key: "number", SQL: "coalesce(i.number, '')", Into: func(l *CloseLine) any { return &l.Number }},
		{Key: "class", SQL: "coalesce(g.name, '')", Into: func(l *CloseLine) any { return &l.Class }},
		{Key: "opening", SQL: "l.opening", Into: func(l *CloseLine) any { return &l.Opening }, Said: func(_ *words.Words, l *CloseLine) string { return l.Say(l.Opening) }},
		{Key: "opening_amount", SQL: "l.opening_amount", Into: func(l *CloseLine) any { return &l.OpeningAmount }},
		{Key: "in", SQL: "l.came", Into: func(l *CloseLine) any { return &l.In }, Said: func(_ *words.Words, l *CloseLine) string { return l.Say(l.In) }},
		{Key: "in_amount", SQL: "l.came_amount", Into: func(l *CloseLine) any { return &l.InAmount }},
		{Key: "out", SQL: "l.went", Into: func(l *CloseLine) any { return &l.Out }, Said: func(_ *words.Words, l *CloseLine) string { return l.Say(l.Out) }},
		{Key: "out_amount", SQL: "l.went_amount", Into: func(l *CloseLine) any { return &l.OutAmount }},
		{Key: "closing", SQL: "l.closing", Into: func(l *CloseLine) any { return &l.Closing }, Said: func(_ *words.Words, l *CloseLine) string { return l.Say(l.Closing) }},
		{Key: "closing_amount", SQL: "l.closing_amount", Into: func(l *CloseLine) any { return &l.ClosingAmount }},
		{Key: "category", SQL: "l.category", Into: func(l *CloseLine) any { return &l.Category }, Aside: true},
		{Key: "id", SQL: "l.id", Into: func(l *CloseLine) any { return &l.ID }, Hidden: true},
		{Key: "item", SQL: "l.item", Into: func(l *CloseLine) any { return &l.Item }, Hidden: true},
		{Key: "store", SQL: "c.store", Into: func(l *CloseLine) any { return &l.store }, Hidden: true},
		{Key: "spec", SQL: "coalesce(i.spec, '')", Into: func(l *CloseLine) any { return &l.Spec }, Hidden: true},
		{Key: "unit", SQL: "coalesce(i.unit, '')", Into: func(l *CloseLine) any { return &l.Unit }, Aside: true},
		{Key: "packs", SQL: "coalesce(i.packs, '')", Into: func(l *CloseLine) any { return &l.larger }, Hidden: true},
	},
}

// LinesOf narrows CloseLines to one closed month.
func LinesOf(id string) list.Where { return list.Where{}.And("l.close = ?", id) }

// ClassSum is a class of goods in a month; a class has a name, goods without one are
// summed by category.
type ClassSum struct {
	Class    string `json:"class"` // its name
	Category string `json:"category"`
	Items    int64  `json:"items"`
	Sum
}

// ClassesOf are the sums of a closed month by class, and KindsOf by kind of paper.
func ClassesOf(ctx context.Context, r db.Reader, id string) ([]ClassSum, error) {
	return db.All(ctx, r, func(c *ClassSum) []any {
		return []any{&c.Class, &c.Category, &c.Items, &c.Opening, &c.In, &c.Out, &c.Closing}
	}, `SELECT coalesce(g.name, ''), CASE WHEN g.name IS NULL THEN l.category ELSE '' END, count(*), CAST(sum(l.opening_amount) AS BIGINT), CAST(sum(l.came_amount) AS BIGINT),
		CAST(sum(l.went_amount) AS BIGINT), CAST(sum(l.closing_amount) AS BIGINT)
		FROM warehouse_close_line l LEFT JOIN catalog_class g ON g.id = l.class WHERE l.close = $1 GROUP BY 1, 2, g.code ORDER BY g.code, 2`, id)
}

// KindsOf are the sums of a closed month by kind of paper.
func KindsOf(ctx context.Context, r db.Reader, id string) ([]KindSum, error) {
	return db.All(ctx, r, func(k *KindSum) []any { return []any{&k.Kind, &k.Papers, &k.In, &k.Out} },
		`SELECT kind, papers, came, went FROM warehouse_close_kind WHERE close = $1 ORDER BY kind`, id)
}
