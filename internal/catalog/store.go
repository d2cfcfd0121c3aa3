package catalog

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/quantity"
)

// Items is the list of items: its page, filters, export and API.
var Items = list.Of[Item]{
	Name:  "catalog.items",
	From:  `catalog_item i LEFT JOIN catalog_class c ON c.id = i.class`,
	Order: "number", Alias: "i", Table: "catalog_item", Live: []string{"catalog.item"},
	Href: func(i *Item) string { return "/items/" + i.ID },
	Columns: []list.Column[Item]{
		{Key: "name", SQL: "i.name", Into: func(i *Item) any { return &i.Name }, Sort: true},
		{Key: "spec", SQL: "i.spec", Into: func(i *Item) any { return &i.Spec }},
		{Key: "number", SQL: "i.number", Into: func(i *Item) any { return &i.Number }, Sort: true},
		{Key: "unit", SQL: "i.unit", Into: func(i *Item) any { return &i.Unit }, Text: func(i *Item) string { return SayPacks(i.Packs) }},
		{Key: "price", SQL: "i.price", Into: func(i *Item) any { return &i.Price }, Range: true},
		{Key: "category", SQL: "i.category", Into: func(i *Item) any { return &i.Category }, OneOf: Categories, Enum: "catalog.category"},
		{Key: "class", SQL: "i.class", Into: func(i *Item) any { return &i.Class }, Ref: "classes", Text: func(i *Item) string { return i.ClassName }},
		{Key: "storage", SQL: "i.storage", Into: func(i *Item) any { return &i.Storage }, OneOf: Storages, Enum: "catalog.storage", Aside: true},
		{Key: "shelf_days", SQL: "i.shelf_days", Into: func(i *Item) any { return &i.ShelfDays }, Range: true, Aside: true},
		{Key: "old_for_new", SQL: "i.old_for_new", Into: func(i *Item) any { return &i.OldForNew }, Aside: true},
		{Key: "closed", SQL: "i.closed", Into: func(i *Item) any { return &i.Closed }},
		{Key: "id", SQL: "i.id", Into: func(i *Item) any { return &i.ID }, Hidden: true},
		{Key: "packs", SQL: "i.packs", Into: func(i *Item) any { return &i.larger }, Hidden: true},
		{Key: "synonyms", SQL: "i.synonyms", Into: func(i *Item) any { return &i.Synonyms }, Aside: true},
		{Key: "used", SQL: "i.used", Into: func(i *Item) any { return &i.Used }, Hidden: true},
		{Key: "version", SQL: "i.version", Into: func(i *Item) any { return &i.Version }, Hidden: true},
		{Key: "class_name", SQL: "coalesce(c.name, '')", Into: func(i *Item) any { return &i.ClassName }, Hidden: true},
	},
	Parts: func(_ context.Context, _ db.Reader, all []Item) error {
		for n := range all {
			all[n].Packs = PacksOf(all[n].Unit, all[n].larger)
		}
		return nil
	},
}

// Get is one item without its barcodes, closed ones included; NotFound when there is none.
func Get(ctx context.Context, r db.Reader, id string) (Item, error) {
	return Items.Get(ctx, r, list.Where{}.And("i.id = ?", id))
}

// ByNumber is the item with this number; NotFound when there is none.
func ByNumber(ctx context.Context, r db.Reader, number string) (Item, error) {
	return Items.Get(ctx, r, list.Where{}.And("i.number = ?", number))
}

// Few are the items with these ids, by id; those that do not exist are missing. It is
// one query for a thousand, for documents with many lines.
func Few(ctx context.Context, r db.Reader, ids []string) (map[string]Item, error) {
	few := make(map[string]Item, len(ids))
	for part := range slices.Chunk(ids, 1000) {
		var b strings.Builder
		b.WriteString(`SELECT id, number, name, spec, unit, packs, class, category, storage, shelf_days, old_for_new, price, used, closed FROM catalog_item WHERE id IN (`)
		args := make([]any, len(part))
		for n, id := range part {
			if n > 0 {
				b.WriteByte(',')
			}
			b.WriteString("$" + strconv.Itoa(n+1))
			args[n] = id
		}
		b.WriteByte(')')
		all, err := db.All(ctx, r, func(i *Item) []any {
			return []any{&i.ID, &i.Number, &i.Name, &i.Spec, &i.Unit, &i.larger, &i.Class, &i.Category, &i.Storage, &i.ShelfDays, &i.OldForNew, &i.Price, &i.Used, &i.Closed}
		}, b.String(), args...)
		if err != nil {
			return nil, err
		}
		for _, i := range all {
			i.Packs = PacksOf(i.Unit, i.larger)
			few[i.ID] = i
		}
	}
	return few, nil
}

// Barcodes are the codes printed on an item's packs.
func Barcodes(ctx context.Context, r db.Reader, item string) ([]Barcode, error) {
	return db.All(ctx, r, func(b *Barcode) []any { return []any{&b.Code, &b.Unit} },
		`SELECT code, unit FROM catalog_barcode WHERE item = $1 ORDER BY code`, item)
}

// ByBarcode is the item on whose pack this code is printed, with what else the code
// says (lot, expiry, serial, count) and the pack it stands on, "" for the smallest
// unit; NotFound when no item has it.
func ByBarcode(ctx context.Context, r db.Reader, text string) (Item, Code, string, error) {
	code, err := ParseCode(text, r.Today())
	key := code.GTIN
	if err != nil || key == "" {
		key = plainCode(text)
	}
	type found struct{ item, unit string }
	f, ok, err := db.First(ctx, r, func(f *found) []any { return []any{&f.item, &f.unit} },
		`SELECT item, unit FROM catalog_barcode WHERE code = $1`, key)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "base.not_found")
	}
	if err != nil {
		return Item{}, code, "", err
	}
	i, err := Get(ctx, r, f.item)
	return i, code, f.unit, err
}

// Found is an item that a typed or scanned text may mean.
type Found struct {
	Item
	Code Code   // of a scanned text
	Unit string // the pack that carries it, "" for the smallest unit
	scan bool
}

// Lookup is what a text may mean, best first, at most twenty: the one item whose
// barcode it is, else what the search finds among the items in use.
func Lookup(ctx context.Context, r db.Reader, text string) ([]Found, error) {
	if len(text) >= 4 {
		i, code, unit, err := ByBarcode(ctx, r, text)
		switch {
		case err == nil && !i.Closed:
			return []Found{{i, code, unit, true}}, nil
		case err != nil && fault.KindOf(err) != fault.NotFound:
			return nil, err
		}
	}
	all, err := Items.Find(ctx, r, text, list.Where{}.And("i.closed = false"), 20)
	found := make([]Found, len(all))
	for n, i := range all {
		found[n].Item = i
	}
	return found, err
}

// Meant is the code by which the text means this very item: what was scanned, else
// the item's number.
func (f Found) Meant(text string) string {
	if f.scan {
		return text
	}
	return f.Number
}

// Says is what a scanned code says besides the item, by the names of the fields of a
// document's line.
func (f Found) Says() map[string]string {
	said := map[string]string{}
	if f.Code.Lot != "" {
		said["lot"] = f.Code.Lot
	}
	if f.Code.Expiry != "" {
		said["expiry"] = string(f.Code.Expiry)
	}
	return said
}

// PacksOf reads the packs as they are stored beside the smallest unit.
func PacksOf(unit, larger string) []quantity.Pack {
	packs := []quantity.Pack{{Unit: unit, Factor: 1}}
	for _, p := range strings.Fields(larger) {
		at := strings.LastIndexByte(p, '=')
		n, err := strconv.ParseInt(p[at+1:], 10, 64)
		if at > 0 && err == nil {
			packs = append(packs, quantity.Pack{Unit: p[:at], Factor: n})
		}
	}
	return packs
}

func join(packs []quantity.Pack) string {
	parts := make([]string, len(packs))
	for n, p := range packs {
		parts[n] = fmt.Sprintf("%s=%d", p.Unit, p.Factor)
	}
	return strings.Join(parts, " ")
}

// SayPacks is the units for people: 只（盒 100，箱 1000）.
func SayPacks(packs []quantity.Pack) string {
	if len(packs) == 0 {
		return ""
	}
	var parts []string
	for _, p := range packs[1:] {
		parts = append(parts, fmt.Sprintf("%s=%d", p.Unit, p.Factor))
	}
	if len(parts) == 0 {
		return packs[0].Unit
	}
	return packs[0].Unit + " · " + strings.Join(parts, " ")
}

func at(list string, n int, field string) string { return fmt.Sprintf("%s.%d.%s", list, n, field) }

// tokens are what an item is found by.
func tokens(ctx context.Context, tx *db.Tx, i *Item) (string, error) {
	texts := []string{i.Number, i.Name, i.Spec, i.Synonyms}
	for _, b := range i.Barcodes {
		texts = append(texts, b.Code)
	}
	return tx.Tokens(ctx, texts...)
}

func insert(ctx context.Context, tx *db.Tx, i *Item) error {
	search, err := tokens(ctx, tx, i)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO catalog_item (id, number, name, spec, unit, packs, class, category, storage, shelf_days, old_for_new, price, synonyms, search)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)`,
		i.ID, i.Number, i.Name, i.Spec, i.Unit, i.larger, i.Class, i.Category, i.Storage, i.ShelfDays, i.OldForNew, i.Price, i.Synonyms, search)
	if err != nil {
		return err
	}
	return insertBarcodes(ctx, tx, i)
}

func insertBarcodes(ctx context.Context, tx *db.Tx, i *Item) error {
	for _, b := range i.Barcodes {
		if _, err := tx.Exec(ctx, `INSERT INTO catalog_barcode (code, item, unit) VALUES ($1,$2,$3)`, b.Code, i.ID, b.Unit); err != nil {
			return err
		}
	}
	return nil
}

func update(ctx context.Context, tx *db.Tx, i *Item) error {
	search, err := tokens(ctx, tx, i)
	if err != nil {
		return err
	}
	err = tx.One(ctx, fault.Stale(), `UPDATE catalog_item SET number = $1, name = $2, spec = $3, unit = $4, packs = $5, class = $6,
		category = $7, storage = $8, shelf_days = $9, old_for_new = $10, price = $11, synonyms = $12, search = $13, version = version + 1 WHERE id = $14 AND version = $15`,
		i.Number, i.Name, i.Spec, i.Unit, i.larger, i.Class, i.Category, i.Storage, i.ShelfDays, i.OldForNew, i.Price, i.Synonyms, search, i.ID, i.Version)
	if err != nil {
		return err
	}
	i.Version++
	if _, err := tx.Exec(ctx, `DELETE FROM catalog_barcode WHERE item = $1`, i.ID); err != nil {
		return err
	}
	return insertBarcodes(ctx, tx, i)
}
