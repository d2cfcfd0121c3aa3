package warehouse

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
)

// Post gives a document its id, number, moment and person, picks what its moves
// leave to be picked, and writes it with its postings and the balances they change:
// all, or as a fault nothing. It is the only function that writes postings. Rights
// and rules of the kinds of documents are the commands' matter.
//
// The moves of a transfer go out of Store and against To; both stores' cards are
// written. What goes to a department, into a job or to another store is picked of
// lots that have neither expired nor are held; what leaves the house, the books or
// the shelf on which nobody found it is picked of those as well. What goes to a
// department, into a job or to another store leaves the emergency reserve alone, unless
// the document is of an emergency.
//
// Invalid, with every line at once: there is not enough, or only of the reserve (S-048),
// or of lots that expired or are held, which are never issued (S-036). Conflict warehouse.gone: an
// exact move takes more than there is left of a lot, in quantity or in money.
//
// On PostgreSQL units that move the same items in the same store wait for each
// other, in the order of stores and items, and the number is drawn last.
func Post(ctx context.Context, tx *db.Tx, d *Document) error {
	if err := d.sensible(); err != nil {
		return err
	}
	d.ID, d.At, d.Day, d.By, d.ByName = tx.NewID(), tx.At(), tx.Today(), tx.By.ID, tx.By.Name
	s, err := openShelf(ctx, tx, d)
	if err != nil {
		return err
	}
	if err := s.pick(ctx, tx, d); err != nil {
		return err
	}
	d.sum()
	legs, err := s.move(ctx, tx, d)
	if err != nil {
		return err
	}
	if err := s.write(ctx, tx); err != nil {
		return err
	}
	if err := addConsumption(ctx, tx, d); err != nil {
		return err
	}
	if d.Number, err = tx.Number(ctx, papersOf[d.Kind].series); err != nil {
		return err
	}
	if err := insertDocument(ctx, tx, d); err != nil {
		return err
	}
	if err := insertPostings(ctx, tx, d, legs); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "warehouse.document", Record: d.ID, Action: papersOf[d.Kind].action, Note: d.Number})
}

// sensible refuses, as a mistake of the program, moves that no paper of the kind may
// make, and names the account that follows from the document.
func (d *Document) sensible() error {
	kind, ok := papersOf[d.Kind]
	if !ok || len(d.Moves) == 0 || (d.Kind == Transfer) != (d.To != "") && d.Kind != Reversal || d.To == d.Store {
		return fmt.Errorf("warehouse: a paper that nobody may post: %+v", *d)
	}
	for n := range d.Moves {
		m := &d.Moves[n]
		if d.Kind == Transfer && m.Account == "" {
			m.Account, m.AccountID = OfStore, d.To
		}
		known := kind.against == nil || slices.Contains(kind.against, m.Account)
		in := d.Kind == Receipt || d.Kind == Opening || d.Kind == Returned
		free := d.Kind == Counted || d.Kind == Reversal
		if !known || m.Qty == 0 || m.Pick && m.Qty > 0 || !free && in != (m.Qty > 0) || (m.Qty > 0) == (m.Amount < 0) && m.Amount != 0 ||
			(m.Account == OfStore) != (d.To != "") || d.To != "" && m.AccountID != d.To {
			return fmt.Errorf("warehouse: a move that no %s may make: %+v", d.Kind, *m)
		}
	}
	return nil
}

// sum counts the document's lines and what its moves cost together.
func (d *Document) sum() {
	d.Lines, d.Amount = 0, 0
	lines := map[int64]bool{}
	for _, m := range d.Moves {
		lines[m.Line] = true
		if m.Amount < 0 {
			m.Amount = -m.Amount
		}
		d.Amount += m.Amount
	}
	d.Lines = int64(len(lines))
}

// sound says whether only goods may go that can be used: neither expired nor held.
func (d *Document) sound() bool { return d.Kind == Issued || d.Kind == Transfer }

// posting is one leg as the ledger has it.
type posting struct {
	*Move
	sign        int64  // 1: the store's leg; -1: the leg that cancels it
	bin         string // where that leg's goods lie
	leg         int64
	seq         int64
	qtyAfter    quantity.Qty
	amountAfter money.Fen
}

// shelf is what the stores of a document hold of its items, read under lock.
type shelf struct {
	day   period.Day
	at    period.Instant
	items []*stock // in the order of their locks
}

// stock is one item in a store, with its lots.
type stock struct {
	id     string // store.item
	store  string
	item   string
	qty    quantity.Qty
	amount money.Fen
	seq    int64
	was    int64 // seq as read
	// reserve is what must stay for the bad day (S-048).
	reserve quantity.Qty
	lots    []*balance
}

// balance is one lot in one bin; was and wasAmount are what was read.
type balance struct {
	id, bin, lot string
	hold         string // under which it lies
	expiry       period.Day
	since        period.Instant
	qty, was     quantity.Qty
	amount       money.Fen
	wasAmount    money.Fen
	fresh        bool
}

func (s *shelf) of(store, item string) *stock {
	n, _ := slices.BinarySearchFunc(s.items, stockID(store, item), func(st *stock, id string) int { return strings.Compare(st.id, id) })
	return s.items[n]
}

func (s *stock) find(bin, lot string) *balance {
	for _, b := range s.lots {
		if b.bin == bin && b.lot == lot {
			return b
		}
	}
	return nil
}

// change brings some of a lot in or out of a bin and says whether there was enough.
func (s *stock) change(at period.Instant, m *Move, bin string, sign int64) bool {
	b := s.find(bin, m.Lot)
	if b == nil {
		b = &balance{bin: bin, lot: m.Lot, expiry: m.Expiry, since: at, fresh: true}
		for _, other := range s.lots {
			if other.lot == m.Lot && other.hold != "" {
				b.hold = other.hold
			}
		}
		s.lots = append(s.lots, b)
	}
	q, a := quantity.Qty(sign)*m.Qty, money.Fen(sign)*m.Amount
	b.qty, b.amount = b.qty+q, b.amount+a
	s.qty, s.amount, s.seq = s.qty+q, s.amount+a, s.seq+1
	return b.qty > 0 && b.amount >= 0 || b.qty == 0 && b.amount == 0
}

// pick turns each move that is to be picked into one for each lot and bin it takes
// from, at what that lot cost: of a part its share, of the rest all that is left.
func (s *shelf) pick(ctx context.Context, tx *db.Tx, d *Document) error {
	var picked []Move
	short := shortages{path: d.path}
	for _, m := range d.Moves {
		if !m.Pick {
			picked = append(picked, m)
			continue
		}
		want, barred := -m.Qty, (*balance)(nil)
		st := s.of(d.Store, m.Item)
		may := want
		if d.sound() && !d.Emergency && st.reserve > 0 {
			may = min(want, st.beyond(s.day))
		}
		kept := want - may
		want = may
		slices.SortStableFunc(st.lots, firstOut)
		for _, b := range st.lots {
			if b.qty == 0 || m.Lot != "" && b.lot != m.Lot || m.Bin != "" && b.bin != m.Bin {
				continue
			}
			if d.sound() && (b.hold != "" || b.expiry != "" && b.expiry < s.day) {
				barred = b
				continue
			}
			n := min(want, b.qty)
			if n == 0 {
				continue // only looking for a lot that must stay
			}
			cost, err := money.Share(b.amount, n, b.qty)
			if err != nil {
				return err
			}
			b.qty, b.amount, want = b.qty-n, b.amount-cost, want-n
			p := m
			p.Pick, p.Bin, p.Lot, p.Expiry, p.Qty, p.Amount = false, b.bin, b.lot, b.expiry, -n, -cost
			picked = append(picked, p)
		}
		switch {
		case want > 0:
			short.add(m, -m.Qty-kept-want, barred, 0)
		case kept > 0:
			short.add(m, may, nil, st.reserve)
		}
	}
	if short.lines != nil {
		return short.say(ctx, tx)
	}
	for _, st := range s.items { // move carries out what is picked
		for _, b := range st.lots {
			b.qty, b.amount = b.was, b.wasAmount
		}
	}
	d.Moves = picked
	return nil
}

// beyond is how much of the goods that can be used there is more than the reserve.
func (s *stock) beyond(day period.Day) quantity.Qty {
	more := -s.reserve
	for _, b := range s.lots {
		if b.hold == "" && (b.expiry == "" || b.expiry >= day) {
			more += b.qty
		}
	}
	return max(0, more)
}

// firstOut orders lots: those that end come before those that do not, earlier ends
// before later, then the longer there.
func firstOut(a, b *balance) int {
	if (a.expiry == "") != (b.expiry == "") {
		if a.expiry == "" {
			return 1
		}
		return -1
	}
	if c := strings.Compare(string(a.expiry), string(b.expiry)); c != 0 {
		return c
	}
	if a.since != b.since {
		if a.since < b.since {
			return -1
		}
		return 1
	}
	return strings.Compare(a.id, b.id)
}

// shortages are the lines for which there is not enough.
type shortages struct {
	path  string
	lines []shortage
}

type shortage struct {
	Move
	have   quantity.Qty
	barred *balance // of which there is more, that must stay
	// reserve is what of it is kept for the bad day, where there would be enough without.
	reserve quantity.Qty
}

func (s *shortages) add(m Move, have quantity.Qty, barred *balance, reserve quantity.Qty) {
	s.lines = append(s.lines, shortage{m, have, barred, reserve})
}

// say is all of them as one fault.
func (s *shortages) say(ctx context.Context, r db.Reader) error {
	ids := make([]string, len(s.lines))
	for i, l := range s.lines {
		ids[i] = l.Item
	}
	items, err := catalog.Few(ctx, r, ids)
	if err != nil {
		return err
	}
	var bad fault.Complaints
	for _, l := range s.lines {
		i, at := items[l.Item], line(s.path, l.Line, "qty")
		switch {
		case l.reserve > 0:
			bad.Cite("S-048", at, "warehouse.reserve_stays", i.Title(), i.Say(l.have), i.Say(l.reserve))
		case l.barred != nil && l.barred.hold != "":
			why, err := HoldByID(ctx, r, l.barred.hold)
			if err != nil {
				return err
			}
			if l.Lot != "" {
				bad.Cite("S-036", at, "warehouse.lot_held", i.Title(), l.Lot, why.Reason)
			} else {
				bad.Cite("S-036", at, "warehouse.rest_held", i.Title(), i.Say(l.have), orNone(period.Day(l.barred.lot)), why.Reason)
			}
		case l.barred != nil && l.Lot != "":
			bad.Cite("S-036", at, "warehouse.lot_expired", i.Title(), l.Lot, l.barred.expiry)
		case l.barred != nil:
			bad.Cite("S-036", at, "warehouse.rest_expired", i.Title(), i.Say(l.have), l.barred.lot, l.barred.expiry)
		case l.have == 0 && l.Lot != "":
			bad.Add(at, "warehouse.no_such_lot", i.Title(), l.Lot)
		case l.have == 0:
			bad.Add(at, "warehouse.none_left", i.Title())
		default:
			bad.Add(at, "warehouse.too_few", i.Title(), i.Say(l.have))
		}
	}
	return bad.Err()
}

// line is where an input of a document's line stands.
func line(path string, n int64, field string) string {
	if path == "" {
		path = "lines"
	}
	return fmt.Sprintf("%s.%d.%s", path, n-1, field)
}

// move carries the exact moves out and gives their legs.
func (s *shelf) move(ctx context.Context, tx *db.Tx, d *Document) ([]posting, error) {
	legs := make([]posting, 0, 2*len(d.Moves))
	var gone []string
	leg, at := int64(0), int64(0)
	for n := range d.Moves {
		m := &d.Moves[n]
		st := s.of(d.Store, m.Item)
		if b := st.find(m.Bin, m.Lot); d.sound() && (m.Expiry != "" && m.Expiry < s.day || b != nil && (b.hold != "" || b.expiry != m.Expiry)) {
			return nil, fmt.Errorf("warehouse: a move that no %s may make: %+v", d.Kind, *m)
		}
		if m.Line != at {
			at, leg = m.Line, 0
		}
		enough := st.change(s.at, m, m.Bin, 1)
		legs = append(legs, posting{Move: m, sign: 1, bin: m.Bin, leg: leg, seq: st.seq, qtyAfter: st.qty, amountAfter: st.amount})
		other := posting{Move: m, sign: -1, bin: m.Bin, leg: leg + 1}
		if m.Account == OfStore {
			to := s.of(d.To, m.Item)
			enough = to.change(s.at, m, m.ToBin, -1) && enough
			other.bin, other.seq, other.qtyAfter, other.amountAfter = m.ToBin, to.seq, to.qty, to.amount
		}
		if !enough {
			gone = append(gone, m.Item)
		}
		legs = append(legs, other)
		leg += 2
	}
	if gone == nil {
		return legs, nil
	}
	slices.Sort(gone)
	gone = slices.Compact(gone)
	items, err := catalog.Few(ctx, tx, gone)
	if err != nil {
		return nil, err
	}
	for n, id := range gone {
		gone[n] = items[id].Title()
	}
	return nil, fault.New(fault.Conflict, "warehouse.gone", strings.Join(gone, "、"))
}
