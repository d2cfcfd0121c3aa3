package disposal

import (
	"context"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/base/words"
	"houqin/internal/catalog"
	"houqin/internal/warehouse"
)

// hold keeps the lots that a form takes whole from being handed out while it is on its
// way (S-004). Of a lot that it takes in part the rest stays free; so do goods without
// a lot, for which the next delivery could not be told from what is given up.
func (s *Slip) hold(ctx context.Context, tx *db.Tx) error {
	if s.Origin != OfStore {
		return nil
	}
	type lotIn struct{ item, lot string }
	given := map[lotIn]quantity.Qty{}
	for _, l := range s.Lines {
		given[lotIn{l.Item, l.Lot}] += l.Qty
	}
	for n := range s.Lines {
		l := &s.Lines[n]
		key := lotIn{l.Item, l.Lot}
		if l.Lot == "" || given[key] == 0 {
			continue
		}
		there, err := warehouse.Lots.All(ctx, tx, list.Where{}.And("b.store = ? AND b.item = ? AND b.lot = ?", s.Store, l.Item, l.Lot), 200)
		if err != nil {
			return err
		}
		for _, t := range there {
			given[key] -= quantity.Qty(t.Qty)
		}
		whole := given[key] == 0
		given[key] = 0 // once for the lot
		if !whole {
			continue
		}
		err = forHouse(tx, func() (err error) {
			l.held, err = warehouse.HoldLot(ctx, tx, s.Store, l.Item, l.Lot, s.Number)
			return err
		})
		if fault.Is(err, "warehouse.is_held") {
			continue // somebody holds it for a reason of their own
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE disposal_line SET hold = $1 WHERE slip = $2 AND line = $3`, l.held, s.ID, l.N); err != nil {
			return err
		}
	}
	return nil
}

// release lets go what the form held.
func (s *Slip) release(ctx context.Context, tx *db.Tx) error {
	for n := range s.Lines {
		l := &s.Lines[n]
		if l.held == "" {
			continue
		}
		err := forHouse(tx, func() error { return warehouse.ReleaseLot(ctx, tx, l.held, s.Number) })
		if err != nil && !fault.Is(err, "warehouse.is_released") {
			return err
		}
		l.held = ""
	}
	_, err := tx.Exec(ctx, `UPDATE disposal_line SET hold = '' WHERE slip = $1 AND hold <> ''`, s.ID)
	return err
}

// forHouse does what follows by itself from the person's step, whatever their own rights.
func forHouse(tx *db.Tx, f func() error) error {
	by := tx.By
	tx.By.System = true
	defer func() { tx.By = by }()
	return f()
}

// Scrap is what was written off and lies apart until it goes out of the house.
type Scrap struct {
	ID        string         `json:"id"`
	Slip      string         `json:"slip"`
	Paper     string         `json:"slip_number"`
	Store     string         `json:"store"`
	StoreName string         `json:"store_name"`
	Keeping   string         `json:"-"`
	Item      string         `json:"item"`
	Name      string         `json:"name"`
	Spec      string         `json:"spec"`
	Unit      string         `json:"unit"`
	Qty       int64          `json:"qty"`
	Amount    money.Fen      `json:"amount"`
	Spot      string         `json:"spot"`
	Day       period.Day     `json:"day"`
	State     string         `json:"state"`
	Sale      string         `json:"sale"`
	SaleName  string         `json:"sale_number"`
	GoneAt    period.Instant `json:"gone_at"`
	How       string         `json:"how"`
	Note      string         `json:"note"`
}

// Title is name and specification.
func (c *Scrap) Title() string { return strings.TrimSpace(c.Name + " " + c.Spec) }

// ScrapStates are how far what lies apart is.
var ScrapStates = []string{"apart", "taken", "gone"}

// Apart is the register of what was written off (S-004), the latest first.
var Apart = list.Of[Scrap]{
	Name:  "disposal.scraps",
	From:  `disposal_scrap c LEFT JOIN warehouse_store w ON w.id = c.store LEFT JOIN disposal_slip s ON s.id = c.slip LEFT JOIN disposal_sale v ON v.id = c.sale`,
	Order: "-id", Alias: "c", Table: "disposal_scrap", Live: []string{ScrapNoun, Noun},
	Href: func(c *Scrap) string { return "/disposal/slips/" + c.Slip },
	Columns: []list.Column[Scrap]{
		{Key: "name", SQL: "c.name", Into: func(c *Scrap) any { return &c.Name }, Text: func(c *Scrap) string { return c.Title() }},
		{Key: "qty", SQL: "c.qty", Into: func(c *Scrap) any { return &c.Qty }, Said: func(_ *words.Words, c *Scrap) string {
			return quantity.Qty(c.Qty).Format(catalog.PacksOf(c.Unit, ""))
		}},
		{Key: "amount", SQL: "c.amount", Into: func(c *Scrap) any { return &c.Amount }},
		{Key: "state", SQL: "c.state", Into: func(c *Scrap) any { return &c.State }, OneOf: ScrapStates, Enum: "disposal.scrap.state"},
		{Key: "spot", SQL: "c.spot", Into: func(c *Scrap) any { return &c.Spot }},
		{Key: "day", SQL: "c.day", Into: func(c *Scrap) any { return &c.Day }, Range: true},
		{Key: "slip_number", SQL: "coalesce(s.number, '')", Into: func(c *Scrap) any { return &c.Paper }},
		{Key: "store", SQL: "c.store", Into: func(c *Scrap) any { return &c.Store }, Ref: "stores", Text: func(c *Scrap) string { return c.StoreName }},
		{Key: "sale_number", SQL: "coalesce(v.number, '')", Into: func(c *Scrap) any { return &c.SaleName }},
		{Key: "how", SQL: "c.how", Into: func(c *Scrap) any { return &c.How }, OneOf: []string{"sold", "destroyed"}, Enum: "disposal.scrap.how", Aside: true},
		{Key: "note", SQL: "c.note", Into: func(c *Scrap) any { return &c.Note }, Aside: true},
		{Key: "gone_at", SQL: "c.gone_at", Into: func(c *Scrap) any { return &c.GoneAt }, Range: true, Aside: true},
		{Key: "id", SQL: "c.id", Into: func(c *Scrap) any { return &c.ID }, Hidden: true},
		{Key: "slip", SQL: "c.slip", Into: func(c *Scrap) any { return &c.Slip }, Hidden: true},
		{Key: "item", SQL: "c.item", Into: func(c *Scrap) any { return &c.Item }, Hidden: true},
		{Key: "spec", SQL: "c.spec", Into: func(c *Scrap) any { return &c.Spec }, Hidden: true},
		{Key: "unit", SQL: "c.unit", Into: func(c *Scrap) any { return &c.Unit }, Hidden: true},
		{Key: "sale", SQL: "c.sale", Into: func(c *Scrap) any { return &c.Sale }, Hidden: true},
		{Key: "store_name", SQL: "coalesce(w.name, '')", Into: func(c *Scrap) any { return &c.StoreName }, Hidden: true},
		{Key: "keeping", SQL: "coalesce(w.department, '')", Into: func(c *Scrap) any { return &c.Keeping }, Hidden: true},
	},
}

// ScrapScope is which of it a person sees: what stands on forms that they see.
func ScrapScope(by db.Actor) list.Where {
	return scoped(by, "s.department", "w.department", "s.drawn_by")
}

// layApart enters what a form wrote off into the register.
func layApart(ctx context.Context, tx *db.Tx, s *Slip) error {
	for _, l := range s.Lines {
		search, err := tx.Tokens(ctx, l.Name+" "+l.Spec, s.Number, s.Spot)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO disposal_scrap (id, slip, line, store, item, name, spec, unit, qty, amount, spot, day, state, search) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,'apart',$13)`,
			tx.NewID(), s.ID, l.N, s.Store, l.Item, l.Name, l.Spec, l.Unit, l.Qty, l.Amount, s.Spot, tx.Today(), search); err != nil {
			return err
		}
	}
	return nil
}

// Destroy books that something that lay apart was destroyed: how and by whom it was
// seen. Needs MaySell where the store is kept. Conflict: what is gone or in a sale.
func Destroy(ctx context.Context, tx *db.Tx, id, note string) error {
	c, err := Apart.Get(ctx, tx, ScrapScope(tx.By).And("c.id = ?", id))
	if err != nil {
		return err
	}
	if err := tx.NeedIn(MaySell, c.Keeping); err != nil {
		return err
	}
	if note = strings.TrimSpace(note); note == "" {
		return fault.OnField("note", "base.required")
	}
	if err := tx.One(ctx, fault.New(fault.Conflict, "disposal.not_apart", c.Title()), `UPDATE disposal_scrap SET state = 'gone', how = 'destroyed', gone_at = $1, note = $2 WHERE id = $3 AND state = 'apart'`,
		tx.At(), note, id); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: ScrapNoun, Record: id, Action: "destroy", Note: c.Title() + " " + note})
}
