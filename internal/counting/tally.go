package counting

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/people"
	"houqin/internal/warehouse"
)

// most is the largest quantity of a line.
const most = 1_000_000_000_000

// ago is how long before it is written down a sheet may have been counted.
const ago = 7 * 24 * time.Hour

// Take gives a sheet to who counts it; who has it already keeps it. Needs MayCount where
// the store is kept. Conflict: somebody else has it, it was handed in. Forbidden: it is
// to be counted anew by somebody else than the first, and not by a keeper what a keeper
// counted (S-019).
func Take(ctx context.Context, tx *db.Tx, id string) (Sheet, error) {
	s, err := holdSheet(ctx, tx, id)
	if err != nil || s.Counter == tx.By.ID {
		return s, err
	}
	if s.Counter != "" {
		return s, fault.New(fault.Conflict, "counting.taken", s.CounterName)
	}
	if err := mayRecount(ctx, tx, &s); err != nil {
		return s, err
	}
	s.Counter, s.CounterName, s.TakenAt = tx.By.ID, tx.By.Name, tx.At()
	return s, keepSheet(ctx, tx, &s, "take", "")
}

// GiveBack sets a sheet free that somebody took: what was written on it stays. Needs
// MayCount of who has it, of others MayArrange.
func GiveBack(ctx context.Context, tx *db.Tx, id string) (Sheet, error) {
	s, err := holdSheet(ctx, tx, id)
	if err != nil {
		return s, err
	}
	if s.Counter == "" {
		return s, fault.New(fault.Conflict, "counting.not_taken")
	}
	if s.Counter != tx.By.ID {
		if err := tx.NeedIn(MayArrange, s.Keeping); err != nil {
			return s, err
		}
	}
	s.Counter, s.CounterName, s.TakenAt = "", "", 0
	return s, keepSheet(ctx, tx, &s, "give_back", "")
}

// holdSheet locks an open sheet that the person may count.
func holdSheet(ctx context.Context, tx *db.Tx, id string) (Sheet, error) {
	if err := tx.Lock(ctx, "counting_sheet", id); err != nil {
		return Sheet{}, err
	}
	s, err := SheetByID(ctx, tx, tx.By, id)
	if err != nil {
		return s, err
	}
	if err := tx.NeedIn(MayCount, s.Keeping); err != nil {
		return s, err
	}
	if !s.Open || s.CountState != Counting && s.CountState != Recounting {
		return s, fault.New(fault.Conflict, "counting.handed_in", s.CounterName)
	}
	return s, nil
}

// mayRecount keeps the second figure apart from the first.
func mayRecount(ctx context.Context, tx *db.Tx, s *Sheet) error {
	if s.Round == 1 {
		return nil
	}
	same, err := people.Same(ctx, tx, tx.By.ID)
	if err != nil {
		return err
	}
	if slices.Contains(same, s.First) {
		return fault.New(fault.Forbidden, "counting.own_figures").Under("S-019")
	}
	keepers, err := warehouse.Keepers(ctx, tx, s.Store)
	if err != nil {
		return err
	}
	if slices.Contains(keepers, s.First) && slices.ContainsFunc(same, func(p string) bool { return slices.Contains(keepers, p) }) {
		return fault.New(fault.Forbidden, "counting.keepers_figures").Under("S-019")
	}
	return nil
}

// Found is what somebody found of a line.
type Found struct {
	Line string // its id
	Qty  string // "2 箱 3 盒", or a number of the smallest unit
}

// Tally writes figures on a sheet that the person has taken; the books' figure of a line
// is that of the moment at which it was counted: now where at is zero, else up to a week
// ago, before what was posted since. Written again, a figure takes the place of the
// first. Invalid, with every line at once: a line of another sheet, a quantity that is
// not a whole number of the smallest unit, a moment that is not yet or long ago.
func Tally(ctx context.Context, tx *db.Tx, id string, at period.Instant, found []Found) (Sheet, error) {
	s, err := holdSheet(ctx, tx, id)
	if err != nil {
		return s, err
	}
	if s.Counter != tx.By.ID {
		return s, fault.New(fault.Conflict, "counting.not_yours", s.CounterName)
	}
	if s.Lines, err = LinesOf(ctx, tx, s.ID); err != nil {
		return s, err
	}
	var bad fault.Complaints
	if at > tx.At() || !at.IsZero() && at < period.At(tx.Now.Add(-ago)) {
		bad.Add("at", "counting.bad_moment")
	}
	lines, figures := s.read(found, &bad)
	if err := bad.Err(); err != nil {
		return s, err
	}
	if len(lines) == 0 {
		return s, fault.OnField("lines", "base.no_lines")
	}
	if err := s.weigh(ctx, tx, at, lines, figures); err != nil {
		return s, err
	}
	return s, keepSheet(ctx, tx, &s, "tally", s.told(lines))
}

// read makes quantities of what was typed; what was left empty is left as it is.
func (s *Sheet) read(found []Found, bad *fault.Complaints) (lines []*Line, figures []quantity.Qty) {
	byID := make(map[string]*Line, len(s.Lines))
	for n := range s.Lines {
		byID[s.Lines[n].ID] = &s.Lines[n]
	}
	for n, f := range found {
		l := byID[f.Line]
		if l == nil {
			bad.Add(path(n, "line"), "base.no_such", f.Line)
			continue
		}
		if strings.TrimSpace(f.Qty) == "" {
			continue
		}
		if q, ok := readQty(bad, path(n, "qty"), f.Qty, l.Packs()); ok {
			lines, figures = append(lines, l), append(figures, q)
		}
	}
	return lines, figures
}

// path is where an input of a line stands.
func path(n int, field string) string { return fmt.Sprintf("lines.%d.%s", n, field) }

func readQty(bad *fault.Complaints, at, text string, packs []quantity.Pack) (quantity.Qty, bool) {
	q, err := quantity.Parse(text, packs)
	switch {
	case errors.Is(err, quantity.ErrUnit):
		bad.Add(at, "warehouse.no_unit", text, catalog.SayPacks(packs))
	case errors.Is(err, quantity.ErrUneven):
		bad.Add(at, "warehouse.uneven", text, packs[0].Unit)
	case err != nil || q < 0 || q > most:
		bad.Add(at, "base.quantity")
	default:
		return q, true
	}
	return 0, false
}

// weigh sets figures beside what the books say of that moment and keeps the lines.
func (s *Sheet) weigh(ctx context.Context, tx *db.Tx, at period.Instant, lines []*Line, figures []quantity.Qty) error {
	items := make([]string, len(lines))
	for n, l := range lines {
		items[n] = l.Item
	}
	lying, err := warehouse.LyingAt(ctx, tx, s.Store, at, items)
	if err != nil {
		return err
	}
	known, err := catalog.Few(ctx, tx, items)
	if err != nil {
		return err
	}
	heaps := map[string]warehouse.Lying{} // an item in all its lots and bins
	for _, lay := range lying {
		h := heaps[lay.Item]
		h.Qty, h.Amount = h.Qty+lay.Qty, h.Amount+lay.Amount
		heaps[lay.Item] = h
	}
	if at.IsZero() {
		at = tx.At()
	}
	for n, l := range lines {
		lay := lying[warehouse.Spot{Item: l.Item, Bin: l.Bin, Lot: l.Lot}]
		f := Figure{figures[n], lay.Then, at, tx.By.ID, tx.By.Name}
		if s.Round == 1 {
			l.First = f
		} else {
			l.Second = f
		}
		l.Done, l.Diff = s.Round, f.Qty-f.Book
		if l.Book, err = costOf(lay.Then, lay, heaps[l.Item], known[l.Item].Price); err != nil {
			return err
		}
		if l.Value, err = costOf(l.Diff, lay, heaps[l.Item], known[l.Item].Price); err != nil {
			return err
		}
		if l.Diff == 0 {
			l.Reason, l.Why = "", ""
		}
		if err := keepLine(ctx, tx, l); err != nil {
			return err
		}
	}
	s.Done = 0
	for n := range s.Lines {
		if s.Lines[n].Done >= s.Round {
			s.Done++
		}
	}
	return nil
}

// costOf is what so much of a spot costs: at the cost of what lies there, else of the
// same goods elsewhere in the store, else at their price of reference.
func costOf(q quantity.Qty, lay, heap warehouse.Lying, price money.Fen) (money.Fen, error) {
	switch {
	case q == 0:
		return 0, nil
	case lay.Qty > 0:
		return money.Share(lay.Amount, q, lay.Qty)
	case heap.Qty > 0:
		return money.Share(heap.Amount, q, heap.Qty)
	}
	return money.Mul(price, int64(q))
}

// told is what the story says of figures that were written down.
func (s *Sheet) told(lines []*Line) string {
	if len(lines) == 1 {
		return fmt.Sprintf("%s %s · %d/%d", lines[0].Title(), lines[0].Say(lines[0].Last().Qty), s.Done, s.Size)
	}
	return fmt.Sprintf("%d/%d", s.Done, s.Size)
}

// Extra is something that lies there and is on no sheet.
type Extra struct {
	Item   string
	Bin    string
	Lot    string
	Expiry period.Day
	Qty    string
}

// Add writes a line on a sheet of the first round for goods that lie there and are not
// on it, with what was found. Invalid: goods that are on the count already, no expiry of
// goods that expire and of which the books know no such lot.
func Add(ctx context.Context, tx *db.Tx, id string, x Extra) (Sheet, error) {
	s, err := holdSheet(ctx, tx, id)
	if err != nil {
		return s, err
	}
	if s.Counter != tx.By.ID {
		return s, fault.New(fault.Conflict, "counting.not_yours", s.CounterName)
	}
	if s.Round != 1 {
		return s, fault.New(fault.Conflict, "counting.second_round")
	}
	if err := tx.Lock(ctx, "counting_count", s.Count); err != nil {
		return s, err
	}
	i, err := catalog.Get(ctx, tx, x.Item)
	if fault.KindOf(err) == fault.NotFound {
		return s, fault.OnField("item", "base.no_such", x.Item)
	}
	if err != nil {
		return s, err
	}
	var bad fault.Complaints
	q, _ := readQty(&bad, "qty", x.Qty, i.Packs)
	l := Line{ID: tx.NewID(), Count: s.Count, Sheet: s.ID, Item: i.ID, Name: i.Name, Spec: i.Spec, Unit: i.Unit, Bin: x.Bin, Lot: strings.TrimSpace(x.Lot), Expiry: x.Expiry, Extra: true, packs: packed(i.Packs)}
	if x.Bin != "" {
		if b, err := warehouse.BinByID(ctx, tx, x.Bin); fault.KindOf(err) == fault.NotFound || err == nil && b.Store != s.Store {
			bad.Add("bin", "base.no_such", x.Bin)
		} else if err != nil {
			return s, err
		}
	}
	if l.Lot != "" {
		day, err := warehouse.LotExpiry(ctx, tx, l.Item, l.Lot)
		if err != nil {
			return s, err
		}
		if day != "" {
			l.Expiry = day
		}
	}
	if i.ShelfDays > 0 && l.Expiry == "" {
		bad.Add("expiry", "counting.expiry_needed", i.Title())
	}
	on, err := onCount(ctx, tx, &l)
	if err != nil {
		return s, err
	}
	if on > 0 {
		bad.Add("item", "counting.on_list", i.Title(), on)
	}
	if err := bad.Err(); err != nil {
		return s, err
	}
	if l.N, err = nextLine(ctx, tx, s.Count); err != nil {
		return s, err
	}
	if l.Class, err = classOf(ctx, tx, s.Count, l.Item); err != nil {
		return s, err
	}
	if err := insertLine(ctx, tx, &l); err != nil {
		return s, err
	}
	if s.Lines, err = LinesOf(ctx, tx, s.ID); err != nil {
		return s, err
	}
	s.Size = int64(len(s.Lines))
	at := slices.IndexFunc(s.Lines, func(o Line) bool { return o.ID == l.ID })
	if err := s.weigh(ctx, tx, 0, []*Line{&s.Lines[at]}, []quantity.Qty{q}); err != nil {
		return s, err
	}
	if _, err := tx.Exec(ctx, `UPDATE counting_count SET lines = lines + 1, version = version + 1 WHERE id = $1`, s.Count); err != nil {
		return s, err
	}
	return s, keepSheet(ctx, tx, &s, "add", l.Title()+" "+l.Say(q))
}

// HandIn ends a sheet. Handed in once more by the same person it is the same sheet, and
// nothing happens. Invalid, every line at once: lines without a figure. With the last
// sheet of the first round what differed is dealt out to be counted anew; with the last
// of the second the figures stand.
func HandIn(ctx context.Context, tx *db.Tx, id string) (Sheet, error) {
	if err := tx.Lock(ctx, "counting_sheet", id); err != nil {
		return Sheet{}, err
	}
	s, err := SheetByID(ctx, tx, tx.By, id)
	if err != nil {
		return s, err
	}
	if err := tx.NeedIn(MayCount, s.Keeping); err != nil {
		return s, err
	}
	switch {
	case s.Counter != tx.By.ID:
		return s, fault.New(fault.Conflict, "counting.not_yours", s.CounterName)
	case s.HandedAt != 0:
		return s, nil
	}
	if s.Lines, err = LinesOf(ctx, tx, s.ID); err != nil {
		return s, err
	}
	var bad fault.Complaints
	for n, l := range s.Lines {
		if l.Done < s.Round {
			bad.Add(path(n, "qty"), "counting.not_counted", l.N, l.Title(), l.BinCode)
		}
	}
	if err := bad.Err(); err != nil {
		return s, err
	}
	if err := tx.Lock(ctx, "counting_count", s.Count); err != nil {
		return s, err
	}
	c, err := whole(ctx, tx, s.Count)
	if err != nil {
		return s, err
	}
	if c.State != Counting && c.State != Recounting {
		return s, fault.New(fault.Conflict, "counting.not_counting", c.Number)
	}
	s.HandedAt, s.Open = tx.At(), false
	if err := keepSheet(ctx, tx, &s, "hand_in", fmt.Sprintf("%s · %d", c.Number, s.N)); err != nil {
		return s, err
	}
	return s, c.goOn(ctx, tx)
}

// Covered is the sheet without what who counts it must not know: where it is counted
// blind, the books' figures until it is handed in, and of a second round the first
// figures as well.
func (s Sheet) Covered() Sheet {
	if !s.Blind || !s.Open {
		return s
	}
	s.Lines = slices.Clone(s.Lines)
	for n := range s.Lines {
		l := &s.Lines[n]
		l.First.Book, l.Second.Book, l.Diff, l.Book, l.Value = 0, 0, 0, 0, 0
		if s.Round == 2 {
			l.First = Figure{}
		}
	}
	return s
}
