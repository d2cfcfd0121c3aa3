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
// Invalid, with every line at once: there is not enough, or only of expired lots,
// which are never issued (S-036). Conflict warehouse.gone: an exact move takes more
// than there is left of a lot, in quantity or in money.
//
// On PostgreSQL units that move the same items in the same store wait for each
// other, in the order of the items, and the number is drawn last.
func Post(ctx context.Context, tx *db.Tx, d *Document) error {
	d.ID, d.At, d.Day, d.By, d.ByName = tx.NewID(), tx.At(), tx.Today(), tx.By.ID, tx.By.Name
	s, err := openShelf(ctx, tx, d)
	if err != nil {
		return err
	}
	if err := s.pick(ctx, tx, d); err != nil {
		return err
	}
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
	if d.Number, err = tx.Number(ctx, series[d.Kind]); err != nil {
		return err
	}
	if err := insertDocument(ctx, tx, d); err != nil {
		return err
	}
	if err := insertPostings(ctx, tx, d, legs); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "warehouse.document", Record: d.ID, Action: action[d.Kind], Note: d.Number})
}

// posting is one leg as the ledger has it.
type posting struct {
	*Move
	sign        int64 // 1: the store's leg; -1: the leg that cancels it
	leg         int64
	seq         int64
	qtyAfter    quantity.Qty
	amountAfter money.Fen
}

// shelf is what a store holds of a document's items, read under lock.
type shelf struct {
	store string
	day   period.Day
	at    period.Instant
	items []*stock // in the order of their locks
}

// stock is one item in the store, with its lots.
type stock struct {
	item   string
	qty    quantity.Qty
	amount money.Fen
	seq    int64
	was    int64 // seq as read
	lots   []*balance
}

// balance is one lot in one bin; was and wasAmount are what was read.
type balance struct {
	id, bin, lot string
	expiry       period.Day
	since        period.Instant
	qty, was     quantity.Qty
	amount       money.Fen
	wasAmount    money.Fen
	fresh        bool
}

func (s *shelf) of(item string) *stock {
	n, _ := slices.BinarySearchFunc(s.items, item, func(st *stock, id string) int { return strings.Compare(st.item, id) })
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
		want, expired := -m.Qty, (*balance)(nil)
		lots := s.of(m.Item).lots
		slices.SortStableFunc(lots, firstOut)
		for _, b := range lots {
			if b.qty == 0 || m.Lot != "" && b.lot != m.Lot || m.Bin != "" && b.bin != m.Bin {
				continue
			}
			if b.expiry != "" && b.expiry < s.day {
				expired = b
				continue
			}
			n := min(want, b.qty)
			if n == 0 {
				continue // only looking for an expired lot
			}
			cost, err := money.Share(b.amount, n, b.qty)
			if err != nil {
				return err
			}
			b.qty, b.amount, want = b.qty-n, b.amount-cost, want-n
			p := m
			p.Pick, p.Bin, p.Lot, p.Expiry, p.Qty, p.Amount = false, b.bin, b.lot, b.expiry, -n, -cost
			picked = append(picked, p)
			d.Amount += cost
		}
		if want > 0 {
			short.add(m, -m.Qty-want, expired)
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
	have    quantity.Qty
	expired *balance
}

func (s *shortages) add(m Move, have quantity.Qty, expired *balance) {
	s.lines = append(s.lines, shortage{m, have, expired})
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
		case l.expired != nil && l.Lot != "":
			bad.Cite("S-036", at, "warehouse.lot_expired", i.Title(), l.Lot, l.expired.expiry)
		case l.expired != nil:
			bad.Cite("S-036", at, "warehouse.rest_expired", i.Title(), i.Say(l.have), l.expired.lot, l.expired.expiry)
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
		if m.Qty == 0 || d.Kind == Issued && m.Expiry != "" && m.Expiry < s.day {
			return nil, fmt.Errorf("warehouse: a move that no command may make: %+v", *m)
		}
		st := s.of(m.Item)
		b := st.find(m.Bin, m.Lot)
		if b == nil {
			b = &balance{bin: m.Bin, lot: m.Lot, expiry: m.Expiry, since: s.at, fresh: true}
			st.lots = append(st.lots, b)
		}
		b.qty, b.amount = b.qty+m.Qty, b.amount+m.Amount
		st.qty, st.amount, st.seq = st.qty+m.Qty, st.amount+m.Amount, st.seq+1
		if b.qty < 0 || b.amount < 0 || b.qty == 0 && b.amount != 0 {
			gone = append(gone, m.Item)
		}
		if m.Line != at {
			at, leg = m.Line, 0
		}
		legs = append(legs, posting{Move: m, sign: 1, leg: leg, seq: st.seq, qtyAfter: st.qty, amountAfter: st.amount}, posting{Move: m, sign: -1, leg: leg + 1})
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
