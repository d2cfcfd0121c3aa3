package distribution

import (
	"context"
	"fmt"
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

// goodsMost is how many kinds of goods a pack holds, sharesMost how many shares a list
// has, and packsMost how many packs a share.
const (
	goodsMost  = 20
	sharesMost = 20_000
	packsMost  = 10_000
)

// Draft is a list as people write it.
type Draft struct {
	Title  string
	Kind   string
	For    string // of kind festival, which one
	Store  string
	Day    period.Day
	Until  period.Day
	Goods  []Wanted
	Whom   []Group // everybody who works in a department, its parts included
	Shares []Named // persons, and floors
}

// Wanted is what a pack holds, as people write it.
type Wanted struct {
	Item string // id
	Qty  string // "1 袋", or a number of the smallest unit
}

// Group is everybody of a department.
type Group struct {
	Department string
	Packs      int64 // each; 0 is one
}

// Named is a person by name, or a floor that a department pays for.
type Named struct {
	Person     string
	Floor      string // what it is called, where there is no person
	Department string // of a floor; of a person their own
	Packs      int64  // 0 is one
}

// Draw writes a list down. Needs MayDraw where the store is kept. Invalid, every line
// at once: nothing to give, nobody to give it to, a quantity that is not a whole number
// of the smallest unit, a person twice by name, who has left, or a floor without a name
// or a department, welfare goods without their festival (P-016). A person named and also met in a department has one share, as named.
func Draw(ctx context.Context, tx *db.Tx, d Draft) (List, error) {
	l := List{ID: tx.NewID(), Title: strings.TrimSpace(d.Title), Kind: d.Kind, Festival: d.For, Day: d.Day, Until: d.Until, State: Drawn, Open: true, DrawnBy: tx.By.ID, DrawnName: tx.By.Name, DrawnAt: tx.At(), Version: 1}
	w, err := warehouse.StoreByID(ctx, tx, d.Store)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return l, fault.OnField("store", "base.no_such", d.Store)
	case err != nil:
		return l, err
	case w.Closed:
		return l, fault.New(fault.Conflict, "warehouse.store_closed", w.Name)
	}
	l.Store, l.StoreName, l.Keeping = w.ID, w.Name, w.Department
	if err := tx.NeedIn(MayDraw, w.Department); err != nil {
		return l, err
	}
	var bad fault.Complaints
	if l.Title == "" {
		bad.Add("title", "base.required")
	}
	switch known := slices.Contains(Festivals, l.Festival); {
	case l.Kind == "festival" && !known:
		bad.Cite("P-016", "festival", "distribution.which_festival")
	case l.Kind != "festival":
		l.Festival = ""
	}
	if l.Until < l.Day {
		bad.Add("until", "distribution.until_before")
	}
	if err := l.fill(ctx, tx, d.Goods, &bad); err != nil {
		return l, err
	}
	shares, err := l.entitle(ctx, tx, d, &bad)
	if err != nil {
		return l, err
	}
	if err := bad.Err(); err != nil {
		return l, err
	}
	if l.Number, err = tx.Number(ctx, "FF"); err != nil {
		return l, err
	}
	if err := insert(ctx, tx, &l, shares); err != nil {
		return l, err
	}
	return l, tx.Trail(ctx, db.Event{Noun: Noun, Record: l.ID, Action: "draw", Note: l.Title})
}

func path(lines string, n int, key string) string { return fmt.Sprintf("%s.%d.%s", lines, n, key) }

// fill says what a pack holds.
func (l *List) fill(ctx context.Context, tx *db.Tx, goods []Wanted, bad *fault.Complaints) error {
	switch {
	case len(goods) == 0:
		bad.Add("goods", "base.no_lines")
	case len(goods) > goodsMost:
		bad.Add("goods", "base.too_many_lines", goodsMost)
	}
	var ids []string
	for _, g := range goods {
		ids = append(ids, g.Item)
	}
	items, err := catalog.Few(ctx, tx, ids)
	if err != nil {
		return err
	}
	met := map[string]bool{}
	for n, g := range goods {
		i, known := items[g.Item]
		qty, err := quantity.Parse(g.Qty, i.Packs)
		switch {
		case !known:
			bad.Add(path("goods", n, "item"), "base.no_such", g.Item)
		case met[g.Item]:
			bad.Add(path("goods", n, "item"), "distribution.twice", i.Title())
		case err != nil || qty <= 0 || qty > 1_000_000:
			bad.Add(path("goods", n, "qty"), "base.quantity")
		default:
			l.Goods = append(l.Goods, Good{Line: int64(len(l.Goods) + 1), Item: i.ID, Name: i.Title(), Unit: i.Unit, Qty: qty})
		}
		met[g.Item] = true
	}
	return nil
}

// packsOf reads how many packs a line gives.
func packsOf(n int64, at string, bad *fault.Complaints) int64 {
	if n == 0 {
		return 1
	}
	if n < 0 || n > packsMost {
		bad.Add(at, "base.between", 1, packsMost)
	}
	return n
}

// entitle makes the shares: those named first, then everybody of the departments.
func (l *List) entitle(ctx context.Context, tx *db.Tx, d Draft, bad *fault.Complaints) (all []Share, err error) {
	met := map[string]bool{}
	add := func(s Share) {
		if s.Person != "" {
			met[s.Person] = true
		}
		s.ID, s.List, s.State = tx.NewID(), l.ID, "waiting"
		l.Shares++
		l.Packs += s.Packs
		all = append(all, s)
	}
	for n, x := range d.Shares {
		packs := packsOf(x.Packs, path("shares", n, "packs"), bad)
		if x.Person != "" {
			p, err := people.Get(ctx, tx, x.Person)
			switch {
			case fault.KindOf(err) == fault.NotFound:
				bad.Add(path("shares", n, "person"), "base.no_such", x.Person)
			case err != nil:
				return nil, err
			case p.Closed:
				bad.Add(path("shares", n, "person"), "distribution.gone", p.Name)
			case met[p.ID]:
				bad.Add(path("shares", n, "person"), "distribution.twice", p.Name)
			default:
				add(Share{Person: p.ID, Name: p.Name, Number: p.Number, Department: p.Department, Packs: packs})
			}
			continue
		}
		dep, err := departments.Get(ctx, tx, x.Department)
		switch {
		case x.Department == "":
			bad.Add(path("shares", n, "department"), "base.required")
		case fault.KindOf(err) == fault.NotFound:
			bad.Add(path("shares", n, "department"), "base.no_such", x.Department)
		case err != nil:
			return nil, err
		case strings.TrimSpace(x.Floor) == "":
			bad.Add(path("shares", n, "floor"), "base.required")
		default:
			add(Share{Name: strings.TrimSpace(x.Floor), Department: dep.ID, Packs: packs})
		}
	}
	for n, g := range d.Whom {
		packs := packsOf(g.Packs, path("whom", n, "packs"), bad)
		units, err := departments.Below(ctx, tx, g.Department)
		if err != nil {
			return nil, err
		}
		staff, err := people.People.All(ctx, tx, list.Where{}.In("p.department", append(units, g.Department)).And("p.closed = false"), sharesMost+1)
		if err != nil {
			return nil, err
		}
		if len(staff) == 0 {
			bad.Add(path("whom", n, "department"), "distribution.nobody_there")
		}
		for _, p := range staff {
			if !met[p.ID] {
				add(Share{Person: p.ID, Name: p.Name, Number: p.Number, Department: p.Department, Packs: packs})
			}
		}
	}
	switch {
	case len(d.Shares) == 0 && len(d.Whom) == 0:
		bad.Add("whom", "distribution.nobody")
	case len(all) > sharesMost:
		bad.Add("whom", "distribution.too_many", sharesMost)
	}
	return all, nil
}

// Drop gives a list up whose goods are still in the store.
func Drop(ctx context.Context, tx *db.Tx, id string, version int64, why Why) (List, error) {
	l, err := hold(ctx, tx, id, version, "drop")
	if err != nil {
		return l, err
	}
	l.Note = strings.TrimSpace(why.Text)
	return l, keep(ctx, tx, &l, "drop", l.Note)
}
