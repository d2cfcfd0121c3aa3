package warehouse

import (
	"context"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
	"houqin/internal/catalog"
)

// Hold is a lot that must not go out of a store until somebody has looked at it
// (S-036): damp, recalled, waiting for a test. Goods without a lot are the lot "".
// Released and Finding say when and why it was let go.
type Hold struct {
	goods
	ID           string         `json:"id"`
	Store        string         `json:"store"`
	StoreName    string         `json:"store_name"`
	Keeping      string         `json:"-"` // department that keeps the store
	Lot          string         `json:"lot"`
	Expiry       period.Day     `json:"expiry"`
	Qty          int64          `json:"qty"` // that lies there now
	Reason       string         `json:"reason"`
	At           period.Instant `json:"at"`
	By           string         `json:"by"`
	ByName       string         `json:"by_name"`
	Held         bool           `json:"held"`
	Released     period.Instant `json:"released"`
	ReleasedName string         `json:"released_name"`
	Finding      string         `json:"finding"`
}

// Holds is the list of what is and was held, the latest first.
var Holds = list.Of[Hold]{
	Name:  "warehouse.holds",
	From:  `warehouse_hold h JOIN warehouse_store w ON w.id = h.store LEFT JOIN catalog_item i ON i.id = h.item`,
	Order: "-id", Alias: "i", Table: "catalog_item", Live: []string{"warehouse.hold", "warehouse.document"},
	Href: func(h *Hold) string { return "/warehouse/holds/" + h.ID },
	Columns: []list.Column[Hold]{
		{Key: "name", SQL: "i.name", Into: func(h *Hold) any { return &h.Name }, Text: func(h *Hold) string { return h.Title() }},
		{Key: "lot", SQL: "h.lot", Into: func(h *Hold) any { return &h.Lot }},
		{Key: "qty", SQL: "coalesce((SELECT CAST(sum(b.qty) AS BIGINT) FROM warehouse_balance b WHERE b.store = h.store AND b.item = h.item AND b.lot = h.lot), 0)",
			Into: func(h *Hold) any { return &h.Qty }, Said: func(_ *words.Words, h *Hold) string { return h.Say(h.Qty) }},
		{Key: "reason", SQL: "h.reason", Into: func(h *Hold) any { return &h.Reason }},
		{Key: "at", SQL: "h.at", Into: func(h *Hold) any { return &h.At }, Range: true},
		{Key: "by_name", SQL: "h.by_name", Into: func(h *Hold) any { return &h.ByName }},
		{Key: "store", SQL: "h.store", Into: func(h *Hold) any { return &h.Store }, Ref: "stores", Text: func(h *Hold) string { return h.StoreName }},
		{Key: "held", SQL: "(h.released = 0)", Into: func(h *Hold) any { return &h.Held }, Said: onlyWhen("warehouse.held", func(h *Hold) bool { return h.Held })},
		{Key: "released", SQL: "h.released", Into: func(h *Hold) any { return &h.Released }},
		{Key: "released_name", SQL: "h.released_name", Into: func(h *Hold) any { return &h.ReleasedName }},
		{Key: "finding", SQL: "h.finding", Into: func(h *Hold) any { return &h.Finding }},
		{Key: "expiry", SQL: "coalesce((SELECT max(b.expiry) FROM warehouse_balance b WHERE b.store = h.store AND b.item = h.item AND b.lot = h.lot), '')",
			Into: func(h *Hold) any { return &h.Expiry }},
		{Key: "number", SQL: "i.number", Into: func(h *Hold) any { return &h.Number }},
		{Key: "id", SQL: "h.id", Into: func(h *Hold) any { return &h.ID }, Hidden: true},
		{Key: "by", SQL: "h.by_id", Into: func(h *Hold) any { return &h.By }, Hidden: true},
		{Key: "item", SQL: "h.item", Into: func(h *Hold) any { return &h.Item }, Hidden: true},
		{Key: "spec", SQL: "i.spec", Into: func(h *Hold) any { return &h.Spec }, Hidden: true},
		{Key: "unit", SQL: "i.unit", Into: func(h *Hold) any { return &h.Unit }, Aside: true},
		{Key: "packs", SQL: "i.packs", Into: func(h *Hold) any { return &h.larger }, Hidden: true},
		{Key: "store_name", SQL: "w.name", Into: func(h *Hold) any { return &h.StoreName }, Hidden: true},
		{Key: "keeping", SQL: "w.department", Into: func(h *Hold) any { return &h.Keeping }, Hidden: true},
	},
}

// HoldByID is one hold, released or not; NotFound when there is none.
func HoldByID(ctx context.Context, r db.Reader, id string) (Hold, error) {
	return Holds.Get(ctx, r, list.Where{}.And("h.id = ?", id))
}

// HoldLot holds a lot in a store, in all its bins, and whatever more of it comes: it
// is not picked, not issued and not moved to another store until it is released. It
// may go back to its supplier or out of the books. Needs MayIssue where the store is
// kept. Invalid: a lot of which nothing is there, no reason. Conflict: a lot that is
// held already.
func HoldLot(ctx context.Context, tx *db.Tx, store, item, lot, reason string) (id string, err error) {
	k, err := storeOf(ctx, tx, store)
	if err != nil {
		return "", err
	}
	if err := tx.NeedIn(MayIssue, k.department); err != nil {
		return "", err
	}
	i, err := catalog.Get(ctx, tx, item)
	if err != nil {
		return "", err
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return "", fault.OnField("reason", "base.required")
	}
	// whoever moves the item waits, and finds it held
	if err := tx.Lock(ctx, "warehouse_stock", stockID(store, item)); fault.KindOf(err) == fault.NotFound {
		return "", fault.OnField("lot", "warehouse.no_such_lot", i.Title(), lot)
	} else if err != nil {
		return "", err
	}
	id = tx.NewID()
	n, err := tx.Exec(ctx, `INSERT INTO warehouse_hold (id, store, item, lot, reason, at, by_id, by_name) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)
		ON CONFLICT DO NOTHING`, id, store, item, lot, reason, tx.At(), tx.By.ID, tx.By.Name)
	if err != nil {
		return "", err
	}
	if n == 0 {
		return "", fault.New(fault.Conflict, "warehouse.is_held", i.Title(), lot)
	}
	n, err = tx.Exec(ctx, `UPDATE warehouse_balance SET hold = $1 WHERE store = $2 AND item = $3 AND lot = $4`, id, store, item, lot)
	if err != nil {
		return "", err
	}
	if n == 0 {
		return "", fault.OnField("lot", "warehouse.no_such_lot", i.Title(), lot)
	}
	return id, tx.Trail(ctx, db.Event{Noun: "warehouse.hold", Record: id, Action: "hold", Note: strings.TrimSpace(i.Title() + " " + lot + " " + reason)})
}

// ReleaseLot lets a held lot go out again. Needs MayKeep where the store is kept, for
// whoever sets a rule of the store aside is not who hands out. Invalid without a
// finding. Conflict: released already.
func ReleaseLot(ctx context.Context, tx *db.Tx, id, finding string) error {
	h, err := HoldByID(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := tx.NeedIn(MayKeep, h.Keeping); err != nil {
		return err
	}
	if finding = strings.TrimSpace(finding); finding == "" {
		return fault.OnField("finding", "base.required")
	}
	if err := tx.Lock(ctx, "warehouse_stock", stockID(h.Store, h.Item)); err != nil {
		return err
	}
	err = tx.One(ctx, fault.New(fault.Conflict, "warehouse.is_released", h.Title()), `UPDATE warehouse_hold SET released = $1, released_id = $2, released_name = $3, finding = $4
		WHERE id = $5 AND released = 0`, tx.At(), tx.By.ID, tx.By.Name, finding, id)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE warehouse_balance SET hold = '' WHERE hold = $1`, id); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "warehouse.hold", Record: id, Action: "release", Note: strings.TrimSpace(h.Title() + " " + h.Lot + " " + finding)})
}
