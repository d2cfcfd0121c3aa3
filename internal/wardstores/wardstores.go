// Package wardstores is the cupboard of a ward that keeps goods of its own: what the
// stores brought lies there until somebody takes it, the head nurse answers for it and
// has named who keeps it, it is checked every week and counted every month, and what is
// lent, lost or handed on is written down with names.
//
// Goods land on the ward when they are used, not when they came (S-041).
package wardstores

import (
	"context"
	"embed"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/people"
	"houqin/internal/warehouse"
)

//go:embed migrations/*.sql
var Migrations embed.FS

// What may be done here, each held for the ward's department.
const (
	MayUse       = "wardstores.use"       // take goods, check, count, lend, report a loss
	MayLead      = "wardstores.lead"      // answer for the store: levels, its keeper, losses, handing over
	MaySee       = "wardstores.see"       // look into wards' stores
	MayReconcile = "wardstores.reconcile" // compare a ward's count with the stores' books, for logistics
	MayAudit     = "wardstores.audit"     // look a month through for finance, confirm what was paid
)

// Permissions of this room.
var Permissions = []string{MayUse, MayLead, MaySee, MayReconcile, MayAudit}

// What the trail calls the records of this room.
const (
	ChargeNoun = "wardstores.charge"
	CountNoun  = "wardstores.count"
	LossNoun   = "wardstores.loss"
	LoanNoun   = "wardstores.loan"
	BackNoun   = "wardstores.back"
)

// Mine are the open stores of the wards for which a person may take goods.
func Mine(ctx context.Context, r db.Reader, by db.Actor) ([]warehouse.Store, error) {
	return warehouse.Stores.All(ctx, r, within(by, MayUse).And("w.closed = false"), 50)
}

// Seen are the open wards' stores that a person sees.
func Seen(ctx context.Context, r db.Reader, by db.Actor) ([]warehouse.Store, error) {
	return warehouse.Stores.All(ctx, r, Scope(by).And("w.closed = false"), 200)
}

func within(by db.Actor, permission string) list.Where {
	return list.Scoped(by.Scope(permission), "w.department").And("w.ward = true")
}

// Scope is which wards' stores, and what is written down of them, a person sees. In the
// query the store's row is w.
func Scope(by db.Actor) list.Where {
	var units []string
	for _, p := range Permissions {
		s := by.Scope(p)
		if s.All {
			return list.Where{}.And("w.ward = true")
		}
		units = append(units, s.Units...)
	}
	slices.Sort(units)
	return list.Where{}.In("w.department", slices.Compact(units)).And("w.ward = true")
}

// store is a ward's open store for which the person of the unit holds a permission;
// NotFound otherwise.
func store(ctx context.Context, tx *db.Tx, id, permission string) (warehouse.Store, error) {
	s, err := warehouse.Stores.Get(ctx, tx, Scope(tx.By).And("w.id = ?", id))
	if err != nil {
		return s, err
	}
	if err := tx.NeedIn(permission, s.Department); err != nil {
		return s, err
	}
	if s.Closed {
		return s, fault.New(fault.Conflict, "warehouse.store_closed", s.Name)
	}
	return s, nil
}

// Charge is who answers for a ward's store, and who keeps it (S-032).
type Charge struct {
	Store      string         `json:"store"`
	Head       string         `json:"head"`
	HeadName   string         `json:"head_name"`
	Keeper     string         `json:"keeper"`
	KeeperName string         `json:"keeper_name"`
	Since      period.Instant `json:"since"`
}

// ChargeOf is who answers for a store: whom the last handover names, else the leader of
// the department.
func ChargeOf(ctx context.Context, r db.Reader, s *warehouse.Store) (Charge, error) {
	c, ok, err := db.First(ctx, r, func(c *Charge) []any {
		return []any{&c.Store, &c.Head, &c.HeadName, &c.Keeper, &c.KeeperName, &c.Since}
	},
		`SELECT store, head, head_name, keeper, keeper_name, since FROM wardstores_charge WHERE store = $1`, s.ID)
	if err != nil || ok && c.Head != "" {
		return c, err
	}
	d, err := departments.Get(ctx, r, s.Department)
	if err != nil || d.Head == "" {
		return c, err
	}
	p, err := people.Get(ctx, r, d.Head)
	c.Store, c.Head, c.HeadName = s.ID, p.ID, p.Name
	return c, err
}

func putCharge(ctx context.Context, tx *db.Tx, c *Charge) error {
	c.Since = tx.At()
	_, err := tx.Exec(ctx, `INSERT INTO wardstores_charge (store, head, head_name, keeper, keeper_name, since) VALUES ($1,$2,$3,$4,$5,$6)
		ON CONFLICT (store) DO UPDATE SET head = excluded.head, head_name = excluded.head_name, keeper = excluded.keeper, keeper_name = excluded.keeper_name, since = excluded.since`,
		c.Store, c.Head, c.HeadName, c.Keeper, c.KeeperName, c.Since)
	return err
}

// NameKeeper names who keeps a ward's store (S-032). Needs MayLead for the ward.
// Invalid: somebody who is not of the ward, or the head nurse herself.
func NameKeeper(ctx context.Context, tx *db.Tx, id, person string) (Charge, error) {
	s, err := store(ctx, tx, id, MayLead)
	if err != nil {
		return Charge{}, err
	}
	c, err := ChargeOf(ctx, tx, &s)
	if err != nil {
		return c, err
	}
	p, err := people.Get(ctx, tx, person)
	switch {
	case fault.KindOf(err) == fault.NotFound || err == nil && p.Closed:
		return c, fault.OnField("keeper", "base.no_such", person)
	case err != nil:
		return c, err
	case p.Department != s.Department:
		return c, fault.OnField("keeper", "wardstores.not_of_ward", p.Name, s.DepartmentName)
	case p.ID == c.Head:
		return c, fault.OnField("keeper", "wardstores.head_keeps")
	}
	c.Store, c.Keeper, c.KeeperName = s.ID, p.ID, p.Name
	if err := putCharge(ctx, tx, &c); err != nil {
		return c, err
	}
	return c, tx.Trail(ctx, db.Event{Noun: ChargeNoun, Record: s.ID, Action: "name_keeper", Note: s.Name + " " + p.Name})
}

// Level is how much of an item a ward wants to have.
type Level struct {
	Item  string
	Least string
	Most  string
}

// SetLevels says of some items how little and how much of them a ward wants to have.
// Needs MayLead for the ward. Refused, every line at once: quantities that are none, a
// maximum below its minimum (Invalid).
func SetLevels(ctx context.Context, tx *db.Tx, id string, levels []Level) error {
	s, err := store(ctx, tx, id, MayLead)
	if err != nil {
		return err
	}
	var ids []string
	for _, l := range levels {
		ids = append(ids, l.Item)
	}
	items, err := catalog.Few(ctx, tx, ids)
	if err != nil {
		return err
	}
	var bad fault.Complaints
	least, most := make([]quantity.Qty, len(levels)), make([]quantity.Qty, len(levels))
	for n, l := range levels {
		i, ok := items[l.Item]
		if !ok {
			bad.Add(line(n, "item"), "base.no_such", l.Item)
			continue
		}
		for _, x := range []struct {
			key, text string
			to        *quantity.Qty
		}{{"least", l.Least, &least[n]}, {"most", l.Most, &most[n]}} {
			if *x.to, err = some(x.text, i); err != nil {
				bad.Add(line(n, x.key), "wardstores.bad_qty", x.text, catalog.SayPacks(i.Packs))
			}
		}
		if most[n] > 0 && most[n] < least[n] {
			bad.Add(line(n, "most"), "wardstores.most_below_least")
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	for n, l := range levels {
		if err := warehouse.SetWardLevels(ctx, tx, s.ID, l.Item, least[n], most[n]); err != nil {
			return err
		}
	}
	return nil
}

// Low is what a ward's store has less of than its minimum, the emptiest first.
func Low(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]warehouse.Holding, error) {
	return warehouse.Holdings.All(ctx, r, within(by, MayUse).And("w.closed = false AND s.least > 0 AND s.qty < s.least"), limit)
}

// Refill is how much of an item is to be asked for so that a ward has its maximum again.
func Refill(h *warehouse.Holding) int64 { return max(h.Most, h.Least) - h.Qty }

// HeldIn is what lies in a ward's store or ought to.
func HeldIn(ctx context.Context, r db.Reader, store string) ([]warehouse.Holding, error) {
	return warehouse.Holdings.All(ctx, r, list.Where{}.And("s.store = ? AND (s.qty > 0 OR s.least > 0)", store), 1000)
}

// away is how much of each item in a store is lent or reported lost without being
// booked yet; what was found too much counts the other way.
func away(ctx context.Context, r db.Reader, store string) (map[string]quantity.Qty, error) {
	gone := map[string]quantity.Qty{}
	err := db.Each(ctx, r, `SELECT item, qty FROM wardstores_loan WHERE store = $1 AND state = 'lent' AND item <> ''
		UNION ALL SELECT item, CASE WHEN cause = 'surplus' THEN -qty ELSE qty END FROM wardstores_loss WHERE store = $1 AND open = true`, []any{store}, func(scan db.Scan) error {
		var item string
		var qty quantity.Qty
		err := scan(&item, &qty)
		gone[item] += qty
		return err
	})
	return gone, err
}

// Taken is goods that somebody of the ward takes to use.
type Taken struct {
	Store string
	Item  string
	Qty   string // "1 盒", or a number of the smallest unit
	Note  string
}

// Use takes goods out of a ward's own store: they land on the ward at what they cost,
// what expires first before others. Needs MayUse for the ward.
//
// Refused: a store that is no ward's or not the person's (NotFound); a quantity that is
// none; more than there is, or only what has expired or is held (Invalid, S-036).
func Use(ctx context.Context, tx *db.Tx, t Taken) (warehouse.Document, error) {
	s, err := store(ctx, tx, t.Store, MayUse)
	if err != nil {
		return warehouse.Document{}, err
	}
	i, qty, err := wanted(ctx, tx, t.Item, t.Qty)
	if err != nil {
		return warehouse.Document{}, err
	}
	// Whoever hands some of it out on loan at this moment is waited for.
	if err := tx.Lock(ctx, "warehouse_stock", s.ID+"."+i.ID); err != nil && fault.KindOf(err) != fault.NotFound {
		return warehouse.Document{}, err
	}
	if err := enough(ctx, tx, &s, i, qty); err != nil {
		return warehouse.Document{}, err
	}
	d := warehouse.Document{Kind: warehouse.Issued, Store: s.ID, Department: s.Department, DepartmentName: s.DepartmentName, Receiver: tx.By.ID, ReceiverName: tx.By.Name,
		Note:  strings.TrimSpace(t.Note),
		Moves: []warehouse.Move{{Line: 1, Item: i.ID, Qty: -qty, Pick: true, Account: warehouse.OfDepartment, AccountID: s.Department, Department: s.Department}}}
	return d, warehouse.Post(ctx, tx, &d)
}

// wanted reads an item and a quantity of it that is not none.
func wanted(ctx context.Context, r db.Reader, item, text string) (catalog.Item, quantity.Qty, error) {
	i, err := catalog.Get(ctx, r, item)
	if fault.KindOf(err) == fault.NotFound {
		return i, 0, fault.OnField("item", "base.no_such", item)
	}
	if err != nil {
		return i, 0, err
	}
	qty, err := quantity.Parse(text, i.Packs)
	if err != nil || qty <= 0 {
		return i, 0, fault.OnField("qty", "wardstores.bad_qty", text, catalog.SayPacks(i.Packs))
	}
	return i, qty, nil
}

// enough refuses more than lies there and can be used.
func enough(ctx context.Context, r db.Reader, s *warehouse.Store, i catalog.Item, qty quantity.Qty) error {
	today := r.Today()
	lots, err := warehouse.Lots.All(ctx, r, list.Where{}.And("b.store = ? AND b.item = ?", s.ID, i.ID), 500)
	if err != nil {
		return err
	}
	gone, err := away(ctx, r, s.ID)
	if err != nil {
		return err
	}
	have, barred := -max(gone[i.ID], 0), false
	for _, l := range lots {
		if l.Held || l.Expiry != "" && l.Expiry < today {
			barred = true
			continue
		}
		have += quantity.Qty(l.Qty)
	}
	if have = max(have, 0); qty <= have {
		return nil
	}
	var bad fault.Complaints
	if barred {
		bad.Cite("S-036", "qty", "wardstores.expired", i.Title(), i.Say(have))
	} else {
		bad.Add("qty", "wardstores.too_few", i.Title(), i.Say(have))
	}
	return bad.Err()
}

// some reads a quantity that may be none.
func some(text string, i catalog.Item) (quantity.Qty, error) {
	if text = strings.TrimSpace(text); text == "0" || text == "" {
		return 0, nil
	}
	q, err := quantity.Parse(text, i.Packs)
	if err == nil && q < 0 {
		err = fault.OnField("qty", "base.quantity")
	}
	return q, err
}
