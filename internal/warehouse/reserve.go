package warehouse

import (
	"context"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/base/words"
	"houqin/internal/catalog"
)

// Reserve is what a store must hold of an item for the bad day (S-048): it is given out
// in an emergency only. What the store hands out is the lot that ends first, so that the
// reserve is turned over.
type Reserve struct {
	goods
	ID        string     `json:"id"`
	Store     string     `json:"store"`
	StoreName string     `json:"store_name"`
	Least     int64      `json:"least"`
	Qty       int64      `json:"qty"`
	Held      int64      `json:"held"` // of it
	Expiry    period.Day `json:"expiry"`
	Note      string     `json:"note"`
	Short     bool       `json:"short"` // below its minimum
	near      int
}

// Reserves is the list of the emergency reserve.
var Reserves = list.Of[Reserve]{
	Name:  "warehouse.reserves",
	From:  `catalog_item i JOIN warehouse_reserve e ON e.item = i.id JOIN warehouse_store w ON w.id = e.store LEFT JOIN warehouse_stock s ON s.id = e.id`,
	Order: "number", Alias: "i", Table: "catalog_item", Short: true, Live: []string{"warehouse.document", "warehouse.reserve"},
	Href: func(e *Reserve) string { return "/warehouse/stock/" + e.Store + "/" + e.Item },
	Parts: func(ctx context.Context, r db.Reader, all []Reserve) error {
		near, err := Near(ctx, r, r.Today())
		for n := range all {
			all[n].near = near
		}
		return err
	},
	Columns: []list.Column[Reserve]{
		{Key: "name", SQL: "i.name", Into: func(e *Reserve) any { return &e.Name }, Text: func(e *Reserve) string { return e.Title() }},
		{Key: "qty", SQL: "coalesce(s.qty, 0)", Into: func(e *Reserve) any { return &e.Qty }, Said: func(_ *words.Words, e *Reserve) string { return e.Say(e.Qty) },
			Tone: func(e *Reserve, _ time.Time) string {
				if e.Short {
					return "danger"
				}
				return ""
			}},
		{Key: "least", SQL: "e.least", Into: func(e *Reserve) any { return &e.Least }, Said: func(_ *words.Words, e *Reserve) string { return e.Say(e.Least) }},
		{Key: "short", SQL: "(coalesce(s.qty, 0) < e.least)", Into: func(e *Reserve) any { return &e.Short }, Said: onlyWhen("warehouse.reserves.short", func(e *Reserve) bool { return e.Short })},
		{Key: "expiry", SQL: "coalesce((SELECT min(b.expiry) FROM warehouse_balance b WHERE b.store = e.store AND b.item = e.item AND b.qty > 0 AND b.expiry <> ''), '')",
			Into: func(e *Reserve) any { return &e.Expiry }, Tone: func(e *Reserve, now time.Time) string { return expiryTone(e.Expiry, e.near, now) }},
		{Key: "held", SQL: "coalesce((SELECT CAST(sum(b.qty) AS BIGINT) FROM warehouse_balance b WHERE b.store = e.store AND b.item = e.item AND b.hold <> ''), 0)",
			Into: func(e *Reserve) any { return &e.Held }, Said: func(_ *words.Words, e *Reserve) string {
				if e.Held == 0 {
					return ""
				}
				return e.Say(e.Held)
			}},
		{Key: "note", SQL: "e.note", Into: func(e *Reserve) any { return &e.Note }},
		{Key: "store", SQL: "e.store", Into: func(e *Reserve) any { return &e.Store }, Ref: "stores", Text: func(e *Reserve) string { return e.StoreName }},
		{Key: "number", SQL: "i.number", Into: func(e *Reserve) any { return &e.Number }, Sort: true},
		{Key: "id", SQL: "e.id", Into: func(e *Reserve) any { return &e.ID }, Hidden: true},
		{Key: "item", SQL: "e.item", Into: func(e *Reserve) any { return &e.Item }, Hidden: true},
		{Key: "spec", SQL: "i.spec", Into: func(e *Reserve) any { return &e.Spec }, Hidden: true},
		{Key: "unit", SQL: "i.unit", Into: func(e *Reserve) any { return &e.Unit }, Aside: true},
		{Key: "packs", SQL: "i.packs", Into: func(e *Reserve) any { return &e.larger }, Hidden: true},
		{Key: "store_name", SQL: "w.name", Into: func(e *Reserve) any { return &e.StoreName }, Hidden: true},
	},
}

// Kept is how much of each item of a store is kept for the bad day.
func Kept(ctx context.Context, r db.Reader, store string) (map[string]quantity.Qty, error) {
	kept := map[string]quantity.Qty{}
	err := db.Each(ctx, r, `SELECT item, least FROM warehouse_reserve WHERE store = $1 ORDER BY item`, []any{store}, func(scan db.Scan) error {
		var item string
		var least quantity.Qty
		err := scan(&item, &least)
		kept[item] = least
		return err
	})
	return kept, err
}

// ToRestock are the reserves of the stores that a person keeps that are short, or of which
// a lot ends soon and is to be turned over.
func ToRestock(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Reserve, error) {
	near, err := Near(ctx, r, r.Today())
	if err != nil {
		return nil, err
	}
	return Reserves.All(ctx, r, ofKeeper(by).And(`(coalesce(s.qty, 0) < e.least
		OR EXISTS (SELECT 1 FROM warehouse_balance b WHERE b.store = e.store AND b.item = e.item AND b.qty > 0 AND b.expiry <> '' AND b.expiry <= ?))`, r.Today().AddDays(near)), limit)
}

// SetReserve says how much of an item a store must hold for the bad day; 0 takes it
// off the list. Needs MayKeep where the store is kept.
func SetReserve(ctx context.Context, tx *db.Tx, store, item string, least quantity.Qty, note string) error {
	k, err := storeOf(ctx, tx, store)
	if err != nil {
		return err
	}
	if err := tx.NeedIn(MayKeep, k.department); err != nil {
		return err
	}
	i, err := catalog.Get(ctx, tx, item)
	if err != nil {
		return err
	}
	if least < 0 || least > most {
		return fault.OnField("least", "base.quantity")
	}
	if least == 0 {
		_, err = tx.Exec(ctx, `DELETE FROM warehouse_reserve WHERE id = $1`, stockID(store, item))
	} else {
		_, err = tx.Exec(ctx, `INSERT INTO warehouse_reserve (id, store, item, least, note) VALUES ($1,$2,$3,$4,$5)
			ON CONFLICT (id) DO UPDATE SET least = excluded.least, note = excluded.note`, stockID(store, item), store, item, least, strings.TrimSpace(note))
	}
	if err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "warehouse.store", Record: store, Action: "reserve", Note: i.Title() + " " + i.Say(least)})
}

// Drill is a look through the reserve, or a drill with it.
type Drill struct {
	ID        string         `json:"id"`
	Store     string         `json:"store"`
	StoreName string         `json:"store_name"`
	Sort      string         `json:"sort"`
	Day       period.Day     `json:"day"`
	At        period.Instant `json:"at"`
	What      string         `json:"what"`
	Found     string         `json:"found"`
	Short     int64          `json:"short"` // items below their minimum at that moment
	ByName    string         `json:"by_name"`
}

// DrillSorts are what may be recorded of the reserve.
var DrillSorts = []string{"inspection", "drill"}

// Drills is the register of inspections and drills, the latest first.
var Drills = list.Of[Drill]{
	Name: "warehouse.drills", From: `warehouse_drill x JOIN warehouse_store w ON w.id = x.store`,
	Order: "-id", Short: true, Live: []string{"warehouse.reserve"},
	Columns: []list.Column[Drill]{
		{Key: "nature", SQL: "x.sort", Into: func(x *Drill) any { return &x.Sort }, OneOf: DrillSorts, Enum: "warehouse.drill_sort"},
		{Key: "day", SQL: "x.day", Into: func(x *Drill) any { return &x.Day }, Range: true},
		{Key: "what", SQL: "x.what", Into: func(x *Drill) any { return &x.What }},
		{Key: "found", SQL: "x.found", Into: func(x *Drill) any { return &x.Found }},
		{Key: "short", SQL: "x.short", Into: func(x *Drill) any { return &x.Short }},
		{Key: "by_name", SQL: "x.by_name", Into: func(x *Drill) any { return &x.ByName }},
		{Key: "store", SQL: "x.store", Into: func(x *Drill) any { return &x.Store }, Ref: "stores", Text: func(x *Drill) string { return x.StoreName }},
		{Key: "at", SQL: "x.at", Into: func(x *Drill) any { return &x.At }, Hidden: true},
		{Key: "id", SQL: "x.id", Into: func(x *Drill) any { return &x.ID }, Hidden: true},
		{Key: "store_name", SQL: "w.name", Into: func(x *Drill) any { return &x.StoreName }, Hidden: true},
	},
}

// Record registers an inspection or a drill of a store's reserve; how many items were
// below their minimum is counted by the books. Needs MayIssue where the store is kept.
// Invalid: nothing said of what was done; a store without a reserve.
func Record(ctx context.Context, tx *db.Tx, x *Drill) error {
	k, err := keeps(ctx, tx, x.Store)
	if err != nil {
		return err
	}
	if err := required(map[string]*string{"what": &x.What}); err != nil {
		return err
	}
	if !slices.Contains(DrillSorts, x.Sort) {
		return fault.OnField("sort", "base.no_such", x.Sort)
	}
	all, err := Reserves.All(ctx, tx, list.Where{}.And("e.store = ?", x.Store), 5000)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fault.OnField("store", "warehouse.no_reserve", k.name)
	}
	x.Short = 0
	for _, e := range all {
		if e.Short {
			x.Short++
		}
	}
	x.ID, x.At, x.Day, x.ByName = tx.NewID(), tx.At(), tx.Today(), tx.By.Name
	if _, err := tx.Exec(ctx, `INSERT INTO warehouse_drill (id, store, sort, day, at, what, found, short, by_id, by_name) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
		x.ID, x.Store, x.Sort, x.Day, x.At, x.What, strings.TrimSpace(x.Found), x.Short, tx.By.ID, x.ByName); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "warehouse.store", Record: x.Store, Action: "drill", Note: k.name + " " + x.What})
}
