package warehouse

import (
	"context"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/base/words"
	"houqin/internal/catalog"
	"houqin/internal/rules"
)

// Near is how many days before its end a lot is shown as ending, today (S-036).
func Near(ctx context.Context, r db.Reader, today period.Day) (int, error) {
	n, err := rules.Number(ctx, r, "S-036.warn", today)
	return int(n), err
}

// goods is what a row of goods says of its item.
type goods struct {
	Item   string `json:"item"`
	Number string `json:"number"`
	Name   string `json:"name"`
	Spec   string `json:"spec"`
	Unit   string `json:"unit"`
	larger string
}

// Title is the item's name and spec.
func (g goods) Title() string { return catalog.Item{Name: g.Name, Spec: g.Spec}.Title() }

// Say is a quantity of the item in its packs.
func (g goods) Say(q int64) string {
	return quantity.Qty(q).Format(catalog.PacksOf(g.Unit, g.larger))
}

// Holding is one item in one store, all bins and lots together. Least and Most are
// the store's own minimum and maximum of it, 0 when nobody said.
type Holding struct {
	goods
	ID        string         `json:"id"`
	Store     string         `json:"store"`
	StoreName string         `json:"store_name"`
	Ward      bool           `json:"ward"` // the store is a ward's own
	Qty       int64          `json:"qty"`
	Amount    money.Fen      `json:"amount"`
	Least     int64          `json:"least"`
	Most      int64          `json:"most"`
	State     string         `json:"state"`
	Kept      bool           `json:"kept"`   // some is there or ought to be
	Expiry    period.Day     `json:"expiry"` // of the lot that ends first
	Moved     period.Instant `json:"moved"`
	Category  string         `json:"category"`
	near      int            // days before its end that a warning begins
}

// Holdings is the list of what the stores hold, by item.
var Holdings = list.Of[Holding]{
	Name: "warehouse.stock",
	// The order is the items', so they lead and every holding has one.
	From:  `catalog_item i JOIN warehouse_stock s ON s.item = i.id JOIN warehouse_store w ON w.id = s.store`,
	Order: "number", Alias: "i", Table: "catalog_item", Short: true, Live: []string{"warehouse.document"},
	Href: func(h *Holding) string { return "/warehouse/stock/" + h.Store + "/" + h.Item },
	Parts: func(ctx context.Context, r db.Reader, all []Holding) error {
		near, err := Near(ctx, r, r.Today())
		for n := range all {
			all[n].near = near
		}
		return err
	},
	Columns: []list.Column[Holding]{
		{Key: "name", SQL: "i.name", Into: func(h *Holding) any { return &h.Name }, Text: func(h *Holding) string { return h.Title() }},
		{Key: "number", SQL: "i.number", Into: func(h *Holding) any { return &h.Number }, Sort: true},
		{Key: "qty", SQL: "s.qty", Into: func(h *Holding) any { return &h.Qty }, Said: func(_ *words.Words, h *Holding) string { return h.Say(h.Qty) },
			Tone: func(h *Holding, _ time.Time) string { return h.tone() }},
		{Key: "amount", SQL: "s.amount", Into: func(h *Holding) any { return &h.Amount }, Range: true},
		{Key: "expiry", SQL: "coalesce((SELECT min(b.expiry) FROM warehouse_balance b WHERE b.store = s.store AND b.item = s.item AND b.qty > 0 AND b.expiry <> ''), '')",
			Into: func(h *Holding) any { return &h.Expiry }, Tone: func(h *Holding, now time.Time) string { return expiryTone(h.Expiry, h.near, now) }},
		{Key: "state", SQL: `CASE WHEN s.least > 0 AND s.qty < s.least THEN 'low' WHEN s.most > 0 AND s.qty > s.most THEN 'high' WHEN s.qty = 0 THEN 'none' ELSE 'fine' END`,
			Into: func(h *Holding) any { return &h.State }, OneOf: []string{"fine", "low", "high", "none"}, Enum: "warehouse.state",
			Said: func(w *words.Words, h *Holding) string { // only what is out of order catches the eye
				if w == nil || h.State == "fine" {
					return ""
				}
				return w.T("warehouse.state." + h.State)
			},
			Tone: func(h *Holding, _ time.Time) string { return h.tone() }},
		{Key: "least", SQL: "s.least", Into: func(h *Holding) any { return &h.Least }, Said: func(_ *words.Words, h *Holding) string { return h.level(h.Least) }},
		{Key: "most", SQL: "s.most", Into: func(h *Holding) any { return &h.Most }, Said: func(_ *words.Words, h *Holding) string { return h.level(h.Most) }},
		{Key: "moved", SQL: "s.moved", Into: func(h *Holding) any { return &h.Moved }, Range: true, Aside: true},
		{Key: "store", SQL: "s.store", Into: func(h *Holding) any { return &h.Store }, Ref: "stores", Text: func(h *Holding) string { return h.StoreName }},
		{Key: "ward", SQL: "w.ward", Into: func(h *Holding) any { return &h.Ward }, Aside: true},
		{Key: "category", SQL: "i.category", Into: func(h *Holding) any { return &h.Category }, OneOf: catalog.Categories, Enum: "catalog.category", Aside: true},
		{Key: "id", SQL: "s.id", Into: func(h *Holding) any { return &h.ID }, Hidden: true},
		{Key: "item", SQL: "s.item", Into: func(h *Holding) any { return &h.Item }, Hidden: true},
		{Key: "spec", SQL: "i.spec", Into: func(h *Holding) any { return &h.Spec }, Hidden: true},
		{Key: "kept", SQL: "(s.qty > 0 OR s.least > 0)", Into: func(h *Holding) any { return &h.Kept }, Aside: true},
		{Key: "pieces", SQL: "s.qty", Into: func(h *Holding) any { return &h.Qty }, Aside: true},
		{Key: "unit", SQL: "i.unit", Into: func(h *Holding) any { return &h.Unit }, Aside: true},
		{Key: "packs", SQL: "i.packs", Into: func(h *Holding) any { return &h.larger }, Hidden: true},
		{Key: "store_name", SQL: "w.name", Into: func(h *Holding) any { return &h.StoreName }, Hidden: true},
	},
}

// onlyWhen says a word where it holds, and nothing where it does not: most rows are in
// order, and what is not should be seen.
func onlyWhen[T any](word string, holds func(*T) bool) func(*words.Words, *T) string {
	return func(w *words.Words, t *T) string {
		if w == nil || !holds(t) {
			return ""
		}
		return w.T(word)
	}
}

func (h *Holding) level(q int64) string {
	if q == 0 {
		return ""
	}
	return h.Say(q)
}

func (h *Holding) tone() string {
	switch h.State {
	case "low":
		if h.Qty == 0 {
			return "danger"
		}
		return "soon"
	case "high":
		return "soon"
	case "none":
		return "quiet"
	}
	return ""
}

// ExpiryTone is how the last day of use looks now.
func (h *Holding) ExpiryTone(now time.Time) string { return expiryTone(h.Expiry, h.near, now) }

// ExpiryTone is how the last day of use looks now.
func (l *Lot) ExpiryTone(now time.Time) string { return expiryTone(l.Expiry, l.near, now) }

// expiryTone warns on the near'th day before the last, and from then on.
func expiryTone(last period.Day, near int, now time.Time) string {
	today := period.DayOf(now, now.Location())
	switch {
	case last == "":
		return ""
	case last < today:
		return "danger"
	case period.Days(today, last) <= near:
		return "soon"
	}
	return ""
}

// HoldingOf is one item in one store; NotFound when the store never had it.
func HoldingOf(ctx context.Context, r db.Reader, store, item string) (Holding, error) {
	return Holdings.Get(ctx, r, list.Where{}.And("s.id = ?", stockID(store, item)))
}

// Lot is one lot of an item in one bin.
type Lot struct {
	goods
	ID        string         `json:"id"`
	Store     string         `json:"store"`
	StoreName string         `json:"store_name"`
	Bin       string         `json:"bin"`
	BinCode   string         `json:"bin_code"`
	Lot       string         `json:"lot"`
	Expiry    period.Day     `json:"expiry"`
	Since     period.Instant `json:"since"`
	Qty       int64          `json:"qty"`
	Amount    money.Fen      `json:"amount"`
	Held      bool           `json:"held"`
	ends      string
	near      int
}

// ends is when a lot ends, a far day for what never does, as the index has it.
const ends = `CASE WHEN b.expiry = '' THEN '9999-12-31' ELSE b.expiry END`

// Lots is the list of what lies in the stores, by lot and bin.
var Lots = list.Of[Lot]{
	Name: "warehouse.lots",
	From: `warehouse_balance b LEFT JOIN catalog_item i ON i.id = b.item LEFT JOIN warehouse_store w ON w.id = b.store LEFT JOIN warehouse_bin n ON n.id = b.bin`,
	// Empty lots stay in the books and off the list.
	Where: "b.qty > 0",
	Order: "ends", Alias: "i", Table: "catalog_item", Live: []string{"warehouse.document"},
	Href: func(l *Lot) string { return "/warehouse/stock/" + l.Store + "/" + l.Item },
	Parts: func(ctx context.Context, r db.Reader, all []Lot) error {
		near, err := Near(ctx, r, r.Today())
		for n := range all {
			all[n].near = near
		}
		return err
	},
	Columns: []list.Column[Lot]{
		{Key: "name", SQL: "i.name", Into: func(l *Lot) any { return &l.Name }, Text: func(l *Lot) string { return l.Title() }},
		{Key: "lot", SQL: "b.lot", Into: func(l *Lot) any { return &l.Lot }},
		{Key: "expiry", SQL: "b.expiry", Into: func(l *Lot) any { return &l.Expiry }, Range: true, Tone: func(l *Lot, now time.Time) string { return expiryTone(l.Expiry, l.near, now) }},
		{Key: "qty", SQL: "b.qty", Into: func(l *Lot) any { return &l.Qty }, Said: func(_ *words.Words, l *Lot) string { return l.Say(l.Qty) }},
		{Key: "amount", SQL: "b.amount", Into: func(l *Lot) any { return &l.Amount }},
		{Key: "held", SQL: "(b.hold <> '')", Into: func(l *Lot) any { return &l.Held }, Said: onlyWhen("warehouse.held", func(l *Lot) bool { return l.Held }), Tone: func(l *Lot, _ time.Time) string {
			if l.Held {
				return "danger"
			}
			return ""
		}},
		{Key: "bin", SQL: "b.bin", Into: func(l *Lot) any { return &l.Bin }, Ref: "bins", Text: func(l *Lot) string { return l.BinCode }},
		{Key: "store", SQL: "b.store", Into: func(l *Lot) any { return &l.Store }, Ref: "stores", Text: func(l *Lot) string { return l.StoreName }},
		{Key: "number", SQL: "i.number", Into: func(l *Lot) any { return &l.Number }, Sort: true},
		{Key: "since", SQL: "b.since", Into: func(l *Lot) any { return &l.Since }, Range: true, Aside: true},
		{Key: "ends", SQL: ends, Into: func(l *Lot) any { return &l.ends }, Hidden: true},
		{Key: "id", SQL: "b.id", Into: func(l *Lot) any { return &l.ID }, Hidden: true},
		{Key: "item", SQL: "b.item", Into: func(l *Lot) any { return &l.Item }, Hidden: true},
		{Key: "spec", SQL: "i.spec", Into: func(l *Lot) any { return &l.Spec }, Hidden: true},
		{Key: "pieces", SQL: "b.qty", Into: func(l *Lot) any { return &l.Qty }, Aside: true},
		{Key: "unit", SQL: "i.unit", Into: func(l *Lot) any { return &l.Unit }, Aside: true},
		{Key: "packs", SQL: "i.packs", Into: func(l *Lot) any { return &l.larger }, Hidden: true},
		{Key: "bin_code", SQL: "coalesce(n.code, '')", Into: func(l *Lot) any { return &l.BinCode }, Hidden: true},
		{Key: "store_name", SQL: "w.name", Into: func(l *Lot) any { return &l.StoreName }, Hidden: true},
	},
}

// SetLevels says how little of an item the store should have before it buys, and
// how much at most; 0 for nobody says. Needs MayKeep where the store is kept.
// Invalid: a maximum below the minimum, an item that does not exist.
func SetLevels(ctx context.Context, tx *db.Tx, store, item string, least, most quantity.Qty) error {
	k, err := storeOf(ctx, tx, store)
	if err != nil {
		return err
	}
	if err := tx.NeedIn(MayKeep, k.department); err != nil {
		return err
	}
	return putLevels(ctx, tx, store, item, least, most)
}

func putLevels(ctx context.Context, tx *db.Tx, store, item string, least, most quantity.Qty) error {
	i, err := catalog.Get(ctx, tx, item)
	if err != nil {
		return err
	}
	if least < 0 || most < 0 {
		return fault.OnField("least", "base.quantity")
	}
	if most > 0 && most < least {
		return fault.OnField("most", "warehouse.most_below_least")
	}
	_, err = tx.Exec(ctx, `INSERT INTO warehouse_stock (id, store, item, least, most) VALUES ($1,$2,$3,$4,$5)
		ON CONFLICT (id) DO UPDATE SET least = excluded.least, most = excluded.most`, stockID(store, item), store, item, least, most)
	if err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "warehouse.stock", Record: stockID(store, item), Action: "levels", Note: i.Title(),
		After: map[string]string{"least": i.Say(least), "most": i.Say(most)}})
}

// Held is how much of each of these items the stores that a person sees hold: item →
// store's name → quantity. For pickers.
func Held(ctx context.Context, r db.Reader, by db.Actor, items []string) (map[string][]Holding, error) {
	held := map[string][]Holding{}
	if len(items) == 0 {
		return held, nil
	}
	all, err := Holdings.All(ctx, r, Scope(by).In("s.item", items).And("s.qty > 0 AND w.closed = false"), 200)
	for _, h := range all {
		held[h.Item] = append(held[h.Item], h)
	}
	return held, err
}
