// Package catalog is the one list of what the hospital's stores deal in: every
// pair of gloves, light bulb and bag of flour under one number, one smallest unit
// and the names people really call it by.
package catalog

import (
	"context"
	"embed"
	"errors"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/quantity"
)

//go:embed migrations/*.sql
var Migrations embed.FS

// What may be done here. Looking things up is open to everybody of the hospital.
const MayChange = "catalog.change"

// Permissions of this room.
var Permissions = []string{MayChange}

// Category says which book a thing belongs to and which rules hold for it.
type Category string

const (
	Consumable Category = "consumable"
	Medical    Category = "medical"   // consumables that count as medical devices: P-018 says who buys them
	LowValue   Category = "low_value" // durable, but too cheap for a card
	FixedAsset Category = "fixed_asset"
	Linen      Category = "linen"
	Food       Category = "food"
	Spare      Category = "spare"
	Emergency  Category = "emergency" // kept for the bad day, see S-048
	Other      Category = "other"
)

// Categories are all of them, as choices.
var Categories = []string{string(Consumable), string(Medical), string(LowValue), string(FixedAsset), string(Linen), string(Food), string(Spare), string(Emergency), string(Other)}

// Storages are the conditions a thing is kept in; those that differ do not lie together (S-028).
var Storages = []string{"normal", "cool", "cold", "frozen", "dry", "flammable", "corrosive", "sterile"}

// Item is one kind of goods.
type Item struct {
	ID        string          `json:"id"`
	Number    string          `json:"number"`
	Name      string          `json:"name"`
	Spec      string          `json:"spec"`
	Unit      string          `json:"unit"`  // the smallest, in which every book counts
	Packs     []quantity.Pack `json:"packs"` // the units it comes in, the smallest first
	Class     string          `json:"class"`
	ClassName string          `json:"class_name"`
	Category  Category        `json:"category"`
	Storage   string          `json:"storage"`
	ShelfDays int64           `json:"shelf_days"` // 0: does not expire
	OldForNew bool            `json:"old_for_new"`
	Price     money.Fen       `json:"price"` // of one smallest unit, for reference
	Synonyms  string          `json:"synonyms"`
	Barcodes  []Barcode       `json:"barcodes,omitempty"`
	Used      bool            `json:"used"`
	Closed    bool            `json:"closed"`
	Version   int64           `json:"version"`

	larger string // the packs as they are stored
}

// Barcode is a code printed on a pack of the item; Unit "" is the smallest.
type Barcode struct {
	Code string `json:"code"`
	Unit string `json:"unit"`
}

// Title is how people call the item on paper: name and spec.
func (i Item) Title() string {
	if i.Spec == "" {
		return i.Name
	}
	return i.Name + " " + i.Spec
}

// Say is a quantity of the item in its packs: 2 箱 3 盒.
func (i Item) Say(q quantity.Qty) string { return q.Format(i.Packs) }

// Add lists a new item. An empty number is drawn from the series WP. Invalid: a
// number or barcode that is taken, units that cannot be counted with, a class or
// category that does not exist.
func Add(ctx context.Context, tx *db.Tx, i *Item) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	i.ID, i.Version, i.Used, i.Closed = tx.NewID(), 1, false, false
	if err := check(ctx, tx, i); err != nil {
		return err
	}
	if i.Number == "" {
		var err error
		if i.Number, err = tx.Number(ctx, "WP"); err != nil {
			return err
		}
	}
	if err := insert(ctx, tx, i); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "catalog.item", Record: i.ID, Action: "add", Note: i.Title(), After: i})
}

// Change replaces what is known about an item; i.Version is the one the person saw,
// an older one is a Conflict. Invalid, besides what Add refuses: another smallest
// unit once a book counts the item.
func Change(ctx context.Context, tx *db.Tx, i *Item) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	if err := tx.Lock(ctx, "catalog_item", i.ID); err != nil {
		return err
	}
	was, err := Get(ctx, tx, i.ID)
	if err != nil {
		return err
	}
	if was.Barcodes, err = Barcodes(ctx, tx, i.ID); err != nil {
		return err
	}
	i.Used, i.Closed = was.Used, was.Closed
	if i.Number == "" {
		i.Number = was.Number
	}
	if err := check(ctx, tx, i); err != nil {
		return err
	}
	if was.Used && i.Unit != was.Unit {
		return fault.OnField("unit", "catalog.unit_stands", was.Unit)
	}
	if err := update(ctx, tx, i); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "catalog.item", Record: i.ID, Action: "change", Note: i.Title(), Before: was, After: i})
}

// Close takes an item out of use: it stays in every book and is offered no more.
// Nothing is ever deleted.
func Close(ctx context.Context, tx *db.Tx, id string, version int64) error {
	return shut(ctx, tx, id, version, true, "close")
}

// Reopen brings a closed item back into use.
func Reopen(ctx context.Context, tx *db.Tx, id string, version int64) error {
	return shut(ctx, tx, id, version, false, "reopen")
}

func shut(ctx context.Context, tx *db.Tx, id string, version int64, closed bool, action string) error {
	if err := tx.Need(MayChange); err != nil {
		return err
	}
	i, err := Get(ctx, tx, id)
	if err != nil {
		return err
	}
	err = tx.One(ctx, fault.Stale(),
		`UPDATE catalog_item SET closed = $1, version = version + 1 WHERE id = $2 AND version = $3 AND closed <> $1`, closed, id, version)
	if err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "catalog.item", Record: id, Action: action, Note: i.Title()})
}

// Counted notes that a book now counts these items, so that their smallest units
// stand for good. The books call it; it needs no permission of its own.
func Counted(ctx context.Context, tx *db.Tx, items []string) error {
	for _, id := range slices.Sorted(slices.Values(items)) {
		if _, err := tx.Exec(ctx, `UPDATE catalog_item SET used = true WHERE id = $1 AND used = false`, id); err != nil {
			return err
		}
	}
	return nil
}

// check tidies what was entered and refuses what does not hang together.
func check(ctx context.Context, tx *db.Tx, i *Item) error {
	var bad fault.Complaints
	for _, s := range []*string{&i.Number, &i.Name, &i.Spec, &i.Unit, &i.Synonyms} {
		*s = strings.Join(strings.Fields(*s), " ")
	}
	if i.Name == "" {
		bad.Add("name", "base.required")
	}
	if i.Unit == "" {
		bad.Add("unit", "base.required")
	}
	if !slices.Contains(Categories, string(i.Category)) {
		bad.Add("category", "base.bad_value", string(i.Category))
	}
	if i.Storage == "" {
		i.Storage = "normal"
	}
	if !slices.Contains(Storages, i.Storage) {
		bad.Add("storage", "base.bad_value", i.Storage)
	}
	if i.ShelfDays < 0 {
		bad.Add("shelf_days", "base.between", 0, 36500)
	}
	if i.Price < 0 {
		bad.Add("price", "base.money")
	}
	i.Packs = slices.DeleteFunc(slices.Clone(i.Packs), func(p quantity.Pack) bool { return p.Factor == 1 && p.Unit == i.Unit })
	for n, p := range i.Packs {
		if one := append([]quantity.Pack{{Unit: i.Unit, Factor: 1}}, i.Packs[:n+1]...); i.Unit != "" && quantity.Check(one) != nil {
			bad.Add(at("packs", n, "unit"), "catalog.bad_pack", p.Unit, p.Factor)
		}
	}
	if i.Unit != "" && quantity.Check([]quantity.Pack{{Unit: i.Unit, Factor: 1}}) != nil {
		bad.Add("unit", "catalog.bad_unit", i.Unit)
	}
	slices.SortStableFunc(i.Packs, func(a, b quantity.Pack) int { return int(min(max(a.Factor-b.Factor, -1), 1)) })
	i.larger = join(i.Packs)
	i.Packs = append([]quantity.Pack{{Unit: i.Unit, Factor: 1}}, i.Packs...)
	if i.Class != "" {
		if _, err := ClassByID(ctx, tx, i.Class); err != nil {
			if fault.KindOf(err) != fault.NotFound {
				return err
			}
			bad.Add("class", "base.no_such", i.Class)
		}
	}
	if i.Number != "" {
		if _, taken, err := db.Text(ctx, tx, `SELECT id FROM catalog_item WHERE number = $1 AND id <> $2`, i.Number, i.ID); err != nil {
			return err
		} else if taken {
			bad.Add("number", "catalog.number_taken", i.Number)
		}
	}
	if err := checkBarcodes(ctx, tx, i, &bad); err != nil {
		return err
	}
	return bad.Err()
}

func checkBarcodes(ctx context.Context, tx *db.Tx, i *Item, bad *fault.Complaints) error {
	seen := map[string]bool{}
	for n := range i.Barcodes {
		b := &i.Barcodes[n]
		code, err := Normal(b.Code)
		if err != nil {
			key := "catalog.bad_code"
			if errors.Is(err, ErrCheckDigit) {
				key = "catalog.check_digit"
			}
			bad.Add(at("barcodes", n, "code"), key, b.Code)
			continue
		}
		b.Code = code
		if b.Unit == i.Unit {
			b.Unit = ""
		}
		if b.Unit != "" && !slices.ContainsFunc(i.Packs, func(p quantity.Pack) bool { return p.Unit == b.Unit }) {
			bad.Add(at("barcodes", n, "unit"), "catalog.no_pack", b.Unit)
		}
		owner, taken, err := db.Text(ctx, tx, `SELECT item FROM catalog_barcode WHERE code = $1 AND item <> $2`, code, i.ID)
		if err != nil {
			return err
		}
		if taken {
			other, err := Get(ctx, tx, owner)
			if err != nil {
				return err
			}
			bad.Add(at("barcodes", n, "code"), "catalog.code_taken", b.Code, other.Title())
		} else if seen[code] {
			bad.Add(at("barcodes", n, "code"), "catalog.code_twice", b.Code)
		}
		seen[code] = true
	}
	return nil
}
