package disposal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/warehouse"
)

// most is the largest quantity and amount of a line, and linesMost how many lines a
// form has.
const (
	most      = 1_000_000_000_000
	linesMost = 500
)

// Draft is a form as people write it.
type Draft struct {
	Origin     Origin
	Store      string // that loses the goods, or takes them back
	Department string // of goods in use: whose they are; a store's goods are its keeping department's
	Reason     string
	Lines      []Wanted
}

// Wanted is a line of a draft as people write it.
type Wanted struct {
	Item  string // id; of goods in use it may be empty, then Name says what it is
	Name  string
	Spec  string
	Model string
	Unit  string
	Qty   string // "2 箱", or a number of the smallest unit
	Price string // yuan for one; of goods in a store the books know it
	Lot   string // of goods in a store: "" takes what has ended first
	Cause string
}

// Draw writes a form down. Needs MayDraw where the goods belong. Invalid, every line at
// once: what no catalogue knows and nobody names, a quantity that is not a whole
// number of the smallest unit or more than the store has beyond other forms, no price
// of goods in use. What else the papers need is asked of whoever applies.
func Draw(ctx context.Context, tx *db.Tx, d Draft) (Slip, error) {
	s := Slip{ID: tx.NewID(), State: Drawn, Open: true, DrawnBy: tx.By.ID, DrawnName: tx.By.Name, DrawnAt: tx.At(), Version: 1}
	if err := s.take(ctx, tx, d); err != nil {
		return s, err
	}
	var err error
	if s.Number, err = tx.Number(ctx, "BS"); err != nil {
		return s, err
	}
	if err := insertSlip(ctx, tx, &s); err != nil {
		return s, err
	}
	return s, tx.Trail(ctx, db.Event{Noun: Noun, Record: s.ID, Action: "draw", Note: s.Number})
}

// Redraw writes a form anew: what was asked, verified or agreed of it before is void,
// and it is applied for again.
func Redraw(ctx context.Context, tx *db.Tx, id string, version int64, d Draft) (Slip, error) {
	s, err := hold(ctx, tx, id, version, "change")
	if err != nil {
		return s, err
	}
	was := s.State
	if err := s.recall(ctx, tx, "redrawn"); err != nil {
		return s, err
	}
	d.Origin, d.Store, d.Department = s.Origin, s.Store, s.Department
	if err := s.take(ctx, tx, d); err != nil {
		return s, err
	}
	s.blank()
	if err := replaceLines(ctx, tx, &s); err != nil {
		return s, err
	}
	note := ""
	if was != Drawn {
		note = s.Number
	}
	return s, keep(ctx, tx, &s, "change", note)
}

// blank forgets what people did on a form that is another one now.
func (s *Slip) blank() {
	s.State, s.Case, s.Paper, s.Stuck, s.Note = Drawn, "", "", "", ""
	s.AppliedBy, s.AppliedName, s.AppliedAt = "", "", 0
	s.VerifiedBy, s.VerifiedName, s.VerifiedAt, s.VerifiedNote = "", "", 0, ""
}

// recall voids what was agreed or is on its way, and sets free what was held for it.
func (s *Slip) recall(ctx context.Context, tx *db.Tx, digest string) error {
	if s.Case == "" {
		return nil
	}
	if err := s.release(ctx, tx); err != nil {
		return err
	}
	s.Case, s.Paper = "", "" // the hook finds no form that waits for its case any more
	if _, err := tx.Exec(ctx, `UPDATE disposal_slip SET case_id = '', paper = '' WHERE id = $1`, s.ID); err != nil {
		return err
	}
	_, err := approvals.Changed(ctx, tx, Noun, s.ID, digest)
	return err
}

// take reads a draft into the form.
func (s *Slip) take(ctx context.Context, tx *db.Tx, d Draft) error {
	w, err := warehouse.StoreByID(ctx, tx, d.Store)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return fault.OnField("store", "base.no_such", d.Store)
	case err != nil:
		return err
	case w.Closed:
		return fault.New(fault.Conflict, "warehouse.store_closed", w.Name)
	}
	s.Origin, s.Store, s.StoreName, s.Keeping, s.Department = d.Origin, w.ID, w.Name, w.Department, d.Department
	if d.Origin == OfStore {
		s.Department = w.Department
	}
	if err := tx.NeedIn(MayDraw, s.Department); err != nil {
		return err
	}
	var bad fault.Complaints
	dep, err := departments.Get(ctx, tx, s.Department)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		bad.Add("department", "base.no_such", s.Department)
	case err != nil:
		return err
	}
	s.DepartmentName, s.Head, s.Reason = dep.Name, dep.Head, strings.TrimSpace(d.Reason)
	switch n := len(d.Lines); {
	case n == 0:
		bad.Add("lines", "base.no_lines")
	case n > linesMost:
		bad.Add("lines", "base.too_many_lines", linesMost)
	}
	if err := s.fill(ctx, tx, d.Lines, &bad); err != nil {
		return err
	}
	return bad.Err()
}

// fill makes lines of what was wanted.
func (s *Slip) fill(ctx context.Context, tx *db.Tx, wanted []Wanted, bad *fault.Complaints) error {
	ids := []string{}
	for _, l := range wanted {
		if l.Item != "" {
			ids = append(ids, l.Item)
		}
	}
	items, err := catalog.Few(ctx, tx, ids)
	if err != nil {
		return err
	}
	var lots []*lot
	if s.Origin == OfStore {
		if lots, err = s.lots(ctx, tx, ids); err != nil {
			return err
		}
	}
	s.Lines, s.Amount = nil, 0
	for n, l := range wanted {
		i, known := items[l.Item]
		if l.Item != "" && !known {
			bad.Add(path(n, "item"), "base.no_such", l.Item)
			continue
		}
		line := Line{Item: l.Item, Name: strings.TrimSpace(l.Name), Spec: strings.TrimSpace(l.Spec), Model: strings.TrimSpace(l.Model), Unit: strings.TrimSpace(l.Unit), Cause: l.Cause}
		packs := []quantity.Pack{{Unit: line.Unit, Factor: 1}}
		if known {
			line.Name, line.Spec, line.Unit, packs = i.Name, i.Spec, i.Unit, i.Packs
		} else if line.Name == "" {
			bad.Add(path(n, "name"), "disposal.name_needed")
		} else if line.Unit == "" {
			bad.Add(path(n, "unit"), "base.required")
		}
		line.Qty = readQty(bad, n, l.Qty, packs)
		if line.Qty == 0 {
			continue
		}
		if s.Origin == OfStore {
			s.pick(bad, n, line, strings.TrimSpace(l.Lot), i, lots)
			continue
		}
		price := strings.TrimSpace(l.Price)
		one, err := money.Parse(price)
		switch {
		case price == "" && known && i.Price > 0:
			one = i.Price
		case price == "":
			bad.Cite("A-022", path(n, "price"), "disposal.price_needed", line.Name)
		case err != nil || one < 0:
			bad.Add(path(n, "price"), "base.money")
		}
		if line.Amount, err = money.Mul(one, int64(line.Qty)); err != nil || line.Amount > most {
			bad.Add(path(n, "price"), "base.money")
		}
		s.add(line)
	}
	return nil
}

func (s *Slip) add(l Line) {
	l.N = int64(len(s.Lines) + 1)
	s.Lines = append(s.Lines, l)
	s.Count = l.N
	s.Amount += l.Amount
}

// path is where an input of a line stands.
func path(n int, field string) string { return fmt.Sprintf("lines.%d.%s", n, field) }

func readQty(bad *fault.Complaints, n int, text string, packs []quantity.Pack) quantity.Qty {
	if strings.TrimSpace(text) == "" {
		bad.Add(path(n, "qty"), "base.required")
		return 0
	}
	q, err := quantity.Parse(text, packs)
	switch {
	case errors.Is(err, quantity.ErrUnit):
		bad.Add(path(n, "qty"), "warehouse.no_unit", text, catalog.SayPacks(packs))
	case errors.Is(err, quantity.ErrUneven):
		bad.Add(path(n, "qty"), "warehouse.uneven", text, packs[0].Unit)
	case err != nil || q <= 0 || q > most:
		bad.Add(path(n, "qty"), "base.quantity")
	default:
		return q
	}
	return 0
}

// lot is some of one lot in one bin that no other form has taken yet.
type lot struct {
	item, bin, lot string
	expiry         period.Day
	qty, free      quantity.Qty
	amount         money.Fen
}

// lots are what the store has of these items, less what stands on other open forms;
// what has ended first comes first.
func (s *Slip) lots(ctx context.Context, r db.Reader, items []string) (all []*lot, err error) {
	taken, err := takenLots(ctx, r, s.Store, s.ID)
	if err != nil {
		return nil, err
	}
	for part := range slices.Chunk(items, 100) {
		found, err := warehouse.Lots.All(ctx, r, list.Where{}.And("b.store = ?", s.Store).In("b.item", part), 20_000)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			l := &lot{f.Item, f.Bin, f.Lot, f.Expiry, quantity.Qty(f.Qty), quantity.Qty(f.Qty), f.Amount}
			l.free -= taken[lotKey{f.Item, f.Bin, f.Lot}]
			all = append(all, l)
		}
	}
	slices.SortStableFunc(all, func(a, b *lot) int {
		if c := cmp.Compare(string(a.expiry), string(b.expiry)); c != 0 && a.expiry != "" && b.expiry != "" {
			return c
		}
		return cmp.Compare(string(b.expiry), string(a.expiry)) // what never ends comes last
	})
	return all, nil
}

// pick makes a line for each lot and bin that a wanted line takes from.
func (s *Slip) pick(bad *fault.Complaints, n int, l Line, named string, i catalog.Item, lots []*lot) {
	want, there := l.Qty, quantity.Qty(0)
	for _, x := range lots {
		if x.item != l.Item || x.free <= 0 || named != "" && x.lot != named {
			continue
		}
		there += x.free
		q := min(want, x.free)
		if q == 0 {
			continue
		}
		line := l
		line.Bin, line.Lot, line.Expiry, line.Qty = x.bin, x.lot, x.expiry, q
		if a, err := money.Share(x.amount, q, x.qty); err == nil {
			line.Amount = a
		}
		x.free, want = x.free-q, want-q
		s.add(line)
	}
	switch {
	case want == 0:
	case there == 0 && named != "":
		bad.Add(path(n, "lot"), "disposal.no_lot", i.Title(), named)
	default:
		bad.Add(path(n, "qty"), "disposal.too_few", i.Title(), i.Say(there))
	}
}

// DrawExpired draws a form up over all lots of a store that have passed their last day
// and stand on no form yet. Conflict when there is none.
func DrawExpired(ctx context.Context, tx *db.Tx, store, reason string) (Slip, error) {
	d := Draft{Origin: OfStore, Store: store, Reason: reason}
	s := Slip{Store: store}
	taken, err := takenLots(ctx, tx, store, "")
	if err != nil {
		return s, err
	}
	found, err := warehouse.Lots.All(ctx, tx, list.Where{}.And("b.store = ? AND b.expiry <> '' AND b.expiry < ?", store, tx.Today()), linesMost)
	if err != nil {
		return s, err
	}
	for _, f := range found {
		if free := quantity.Qty(f.Qty) - taken[lotKey{f.Item, f.Bin, f.Lot}]; free > 0 {
			d.Lines = append(d.Lines, Wanted{Item: f.Item, Lot: f.Lot, Qty: fmt.Sprint(int64(free)), Cause: "expired"})
		}
	}
	if len(d.Lines) == 0 {
		return s, fault.New(fault.Conflict, "disposal.none_expired")
	}
	return Draw(ctx, tx, d)
}
