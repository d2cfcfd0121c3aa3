package counting

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/rules"
	"houqin/internal/warehouse"
)

// Plan is what is counted how often. Most is how many kinds of goods at a time, 0
// without limit; Sheet is how many lines one person counts in one go.
type Plan struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Store     string     `json:"store"`
	StoreName string     `json:"store_name"`
	Keeping   string     `json:"-"`
	Cycle     string     `json:"cycle"`
	Goods     Goods      `json:"goods"`
	Most      int64      `json:"most"`
	BinFrom   string     `json:"bin_from"`
	BinUntil  string     `json:"bin_until"`
	Blind     bool       `json:"blind"`
	Sheet     int64      `json:"sheet"`
	Next      period.Day `json:"next"`
	Closed    bool       `json:"closed"`
	Version   int64      `json:"version"`
}

// sheetMost is how many lines a sheet has at most, and sheetUsual how many it has where
// nobody says.
const (
	sheetMost  = 200
	sheetUsual = 50
)

// Plans is the list of plans.
var Plans = list.Of[Plan]{
	Name: "counting.plans", From: `counting_plan p LEFT JOIN warehouse_store w ON w.id = p.store`,
	Order: "next", Short: true, Live: []string{PlanNoun},
	Href: func(p *Plan) string { return "/counting/plans/" + p.ID },
	Columns: []list.Column[Plan]{
		{Key: "name", SQL: "p.name", Into: func(p *Plan) any { return &p.Name }},
		{Key: "store", SQL: "p.store", Into: func(p *Plan) any { return &p.Store }, Ref: "stores", Text: func(p *Plan) string { return p.StoreName }},
		{Key: "cycle", SQL: "p.cycle", Into: func(p *Plan) any { return &p.Cycle }, OneOf: Cycles, Enum: "counting.cycle"},
		{Key: "goods", SQL: "p.goods", Into: func(p *Plan) any { return &p.Goods }, OneOf: GoodsKinds, Enum: "counting.goods"},
		{Key: "next", SQL: "p.next", Into: func(p *Plan) any { return &p.Next }, Range: true},
		{Key: "blind", SQL: "p.blind", Into: func(p *Plan) any { return &p.Blind }},
		{Key: "closed", SQL: "p.closed", Into: func(p *Plan) any { return &p.Closed }, Aside: true},
		{Key: "most", SQL: "p.most", Into: func(p *Plan) any { return &p.Most }, Aside: true},
		{Key: "bin_from", SQL: "p.bin_from", Into: func(p *Plan) any { return &p.BinFrom }, Aside: true},
		{Key: "bin_until", SQL: "p.bin_until", Into: func(p *Plan) any { return &p.BinUntil }, Aside: true},
		{Key: "sheet", SQL: "p.sheet", Into: func(p *Plan) any { return &p.Sheet }, Aside: true},
		{Key: "id", SQL: "p.id", Into: func(p *Plan) any { return &p.ID }, Hidden: true},
		{Key: "version", SQL: "p.version", Into: func(p *Plan) any { return &p.Version }, Hidden: true},
		{Key: "store_name", SQL: "w.name", Into: func(p *Plan) any { return &p.StoreName }, Hidden: true},
		{Key: "keeping", SQL: "w.department", Into: func(p *Plan) any { return &p.Keeping }, Hidden: true},
	},
}

// PlanByID is a plan that the person sees, else NotFound.
func PlanByID(ctx context.Context, r db.Reader, by db.Actor, id string) (Plan, error) {
	return Plans.Get(ctx, r, Scope(by).And("p.id = ?", id))
}

// CycleUsual is how often stores are counted where a plan does not say otherwise:
// S-002.cycle.
func CycleUsual(ctx context.Context, r db.Reader, today period.Day) (string, error) {
	s, err := rules.Value(ctx, r, "S-002.cycle", today)
	if !slices.Contains(Cycles, s.Value) {
		s.Value = Daily
	}
	return s.Value, err
}

// Save adds a plan without an id, or changes one: p.Version is the one that the person
// saw. Needs MayArrange where the store is kept. Invalid: no name, a cycle or choice of
// goods that does not exist, bins the wrong way round, a first day in the past.
func Save(ctx context.Context, tx *db.Tx, p *Plan) error {
	store, err := openStore(ctx, tx, p.Store)
	if err != nil {
		return err
	}
	if err := tx.NeedIn(MayArrange, store.Department); err != nil {
		return err
	}
	if err := p.check(ctx, tx); err != nil {
		return err
	}
	action := "change"
	if p.ID == "" {
		action, p.ID, p.Version = "add", tx.NewID(), 1
		_, err = tx.Exec(ctx, `INSERT INTO counting_plan (id, name, store, cycle, goods, most, bin_from, bin_until, blind, sheet, next) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
			p.ID, p.Name, p.Store, p.Cycle, p.Goods, p.Most, p.BinFrom, p.BinUntil, p.Blind, p.Sheet, p.Next)
	} else {
		was, e := PlanByID(ctx, tx, tx.By, p.ID)
		if e != nil {
			return e
		}
		if err := tx.NeedIn(MayArrange, was.Keeping); err != nil {
			return err
		}
		err = tx.One(ctx, fault.Stale(), `UPDATE counting_plan SET name = $1, store = $2, cycle = $3, goods = $4, most = $5, bin_from = $6, bin_until = $7, blind = $8, sheet = $9, next = $10, closed = $11, version = version + 1
			WHERE id = $12 AND version = $13`, p.Name, p.Store, p.Cycle, p.Goods, p.Most, p.BinFrom, p.BinUntil, p.Blind, p.Sheet, p.Next, p.Closed, p.ID, p.Version)
	}
	if err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: PlanNoun, Record: p.ID, Action: action, Note: p.Name})
}

func (p *Plan) check(ctx context.Context, tx *db.Tx) (err error) {
	var bad fault.Complaints
	if p.Name = strings.TrimSpace(p.Name); p.Name == "" {
		bad.Add("name", "base.required")
	}
	if p.Cycle == "" {
		if p.Cycle, err = CycleUsual(ctx, tx, tx.Today()); err != nil {
			return err
		}
	}
	if !slices.Contains(Cycles, p.Cycle) {
		bad.Add("cycle", "base.bad_value", p.Cycle)
	}
	if p.Next == "" {
		p.Next = tx.Today()
		if p.Cycle == Monthly {
			p.Next = tx.Today().Month().Last() // S-017: at the end of the month
		}
	}
	if p.Next < tx.Today() && !p.Closed {
		bad.Add("next", "counting.past_day")
	}
	choice := choice{Goods: p.Goods, BinFrom: p.BinFrom, BinUntil: p.BinUntil, Most: p.Most, Sheet: p.Sheet}
	choice.check(&bad)
	p.Goods, p.BinFrom, p.BinUntil, p.Sheet = choice.Goods, choice.BinFrom, choice.BinUntil, choice.Sheet
	return bad.Err()
}

// after is the day on which a plan is due after a day on which it was.
func (p *Plan) after(ctx context.Context, r db.Reader, day period.Day) (period.Day, error) {
	switch p.Cycle {
	case Daily:
		return day.AddDays(1), nil
	case "weekly":
		return day.AddDays(7), nil
	case Monthly:
		return day.Month().Add(1).Last(), nil
	case Quarterly:
		months, err := rules.Number(ctx, r, "S-016.cycle", day)
		return day.Month().Add(int(months)).Last(), err
	case "half_yearly":
		return day.Month().Add(6).Last(), nil
	}
	return day.Month().Add(12).Last(), nil
}

// openStore is a store that goods may be counted in: Invalid at "store" when there is
// none, Conflict when it is closed.
func openStore(ctx context.Context, r db.Reader, id string) (warehouse.Store, error) {
	w, err := warehouse.StoreByID(ctx, r, id)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return w, fault.OnField("store", "base.no_such", id)
	case err == nil && w.Closed:
		return w, fault.New(fault.Conflict, "warehouse.store_closed", w.Name)
	}
	return w, err
}
