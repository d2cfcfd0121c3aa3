package distribution

import (
	"context"
	"strconv"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/quantity"
	"houqin/internal/people"
	"houqin/internal/warehouse"
)

// heap is what the shares of a department in one state come to.
type heap struct {
	department, name string
	packs            int64
}

// heaps sums a list's shares of a state by department.
func heaps(ctx context.Context, r db.Reader, id, state string) ([]heap, error) {
	return db.All(ctx, r, func(h *heap) []any { return []any{&h.department, &h.name, &h.packs} }, `SELECT s.department, coalesce(min(d.name), ''), CAST(sum(s.packs) AS BIGINT)
		FROM distribution_share s LEFT JOIN departments_department d ON d.id = s.department WHERE s.list = $1 AND s.state = $2 GROUP BY s.department ORDER BY s.department`, id, state)
}

// Release lets a list begin: all its goods leave the store at once, one paper for each
// department (CK), which bears what its people get. Needs MayRelease where the store is
// kept. Forbidden to who drew the list up. Invalid: the store has less than that.
func Release(ctx context.Context, tx *db.Tx, id string, version int64) (List, error) {
	l, err := hold(ctx, tx, id, version, "release")
	if err != nil {
		return l, err
	}
	waiting, err := heaps(ctx, tx, l.ID, "waiting")
	if err != nil {
		return l, err
	}
	for _, h := range waiting {
		d := warehouse.Document{Kind: warehouse.Issued, Store: l.Store, Department: h.department, DepartmentName: h.name, Receiver: l.DrawnBy, ReceiverName: l.DrawnName,
			Note: l.Title, Noun: Noun, Record: l.ID, RecordNumber: l.Number}
		for _, g := range l.Goods {
			d.Moves = append(d.Moves, warehouse.Move{Line: g.Line, Item: g.Item, Qty: -g.Qty * quantity.Qty(h.packs), Pick: true, Account: warehouse.OfDepartment, AccountID: h.department, Department: h.department})
		}
		if err := warehouse.Post(ctx, tx, &d); err != nil {
			return l, err
		}
		if err := l.file(ctx, tx, Paper{Department: h.department, Document: d.ID, Number: d.Number, Amount: d.Amount}); err != nil {
			return l, err
		}
	}
	l.ReleasedBy, l.ReleasedName, l.ReleasedAt = tx.By.ID, tx.By.Name, tx.At()
	return l, keep(ctx, tx, &l, "release", l.Number)
}

// file keeps a paper of the warehouse with its list.
func (l *List) file(ctx context.Context, tx *db.Tx, p Paper) error {
	if p.Back {
		l.Amount -= p.Amount
	} else {
		l.Amount += p.Amount
	}
	l.Papers = append(l.Papers, p)
	_, err := tx.Exec(ctx, `INSERT INTO distribution_paper (list, department, document, number, back, amount) VALUES ($1,$2,$3,$4,$5,$6)`, l.ID, p.Department, p.Document, p.Number, p.Back, p.Amount)
	return err
}

// Sign takes one's own share: who is signed in is entitled to it, and nobody signs for
// them. Conflict: signed before, or the list is not being given out.
func Sign(ctx context.Context, tx *db.Tx, share string) (Share, error) {
	s, err := waiting(ctx, tx, share)
	if err != nil {
		return s, err
	}
	if s.Person == "" || s.Person != tx.By.ID {
		return s, fault.New(fault.Forbidden, "distribution.not_yours", s.Name).Under("X-003")
	}
	s.SignedBy, s.SignedName = tx.By.ID, tx.By.Name
	return s, take(ctx, tx, &s)
}

// Hand gives a share to somebody who signs on paper: the person entitled, "" of taker,
// or a colleague who takes it for them or for a floor. Needs MayHand where the store is
// kept. Invalid: a floor's share without a taker, a taker who has left.
func Hand(ctx context.Context, tx *db.Tx, share, taker string) (Share, error) {
	s, err := waiting(ctx, tx, share)
	if err != nil {
		return s, err
	}
	if err := tx.NeedIn(MayHand, s.keeping); err != nil {
		return s, err
	}
	if taker == "" {
		taker = s.Person
	}
	if taker == "" {
		return s, fault.OnField("taker", "base.required").Under("S-052")
	}
	p, err := people.Get(ctx, tx, taker)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return s, fault.OnField("taker", "base.no_such", taker)
	case err != nil:
		return s, err
	case p.Closed && p.ID != s.Person: // who has left since may still fetch their own
		return s, fault.OnField("taker", "distribution.gone", p.Name)
	}
	s.SignedBy, s.SignedName, s.HandedName = p.ID, p.Name, tx.By.Name
	return s, take(ctx, tx, &s)
}

// waiting is a share that the person sees and that can be taken now.
func waiting(ctx context.Context, tx *db.Tx, id string) (Share, error) {
	if err := tx.Lock(ctx, "distribution_share", id); err != nil {
		return Share{}, err
	}
	s, err := GetShare(ctx, tx, tx.By, id)
	switch {
	case err != nil:
		return s, err
	case s.State == "signed":
		return s, fault.New(fault.Conflict, "distribution.signed_already", s.SignedName)
	case s.released != Released || s.State != "waiting":
		return s, fault.New(fault.Conflict, "distribution.not_giving", s.Title)
	}
	return s, nil
}

func take(ctx context.Context, tx *db.Tx, s *Share) error {
	s.State, s.SignedAt = "signed", tx.At()
	if err := tx.One(ctx, fault.Stale(), `UPDATE distribution_share SET state = 'signed', signed_by = $1, signed_name = $2, signed_at = $3, handed_name = $4 WHERE id = $5 AND state = 'waiting'
		AND EXISTS (SELECT 1 FROM distribution_list l WHERE l.id = list AND l.state = 'released')`,
		s.SignedBy, s.SignedName, s.SignedAt, s.HandedName, s.ID); err != nil {
		return err
	}
	note := s.Name
	if s.SignedBy != s.Person {
		note += " ← " + s.SignedName
	}
	return tx.Trail(ctx, db.Event{Noun: Noun, Record: s.List, Action: "sign", Note: note})
}

// Settle ends a list: what nobody took goes back to the store at what it cost (TK), and
// no longer burdens the departments. Needs MayHand, and the warehouse's right to take
// goods in.
func Settle(ctx context.Context, tx *db.Tx, id string, version int64) (List, error) {
	l, err := hold(ctx, tx, id, version, "settle")
	if err != nil {
		return l, err
	}
	// First the row that those who sign look at: who signs now waits, and is told.
	l.SettledName, l.SettledAt, l.SettledDay = tx.By.Name, tx.At(), tx.Today()
	if err := tx.One(ctx, fault.Stale(), `UPDATE distribution_list SET state = 'settled' WHERE id = $1 AND version = $2`, l.ID, l.Version); err != nil {
		return l, err
	}
	if _, err := tx.Exec(ctx, `UPDATE distribution_share SET state = 'left' WHERE list = $1 AND state = 'waiting'`, l.ID); err != nil {
		return l, err
	}
	left, err := heaps(ctx, tx, l.ID, "left")
	if err != nil {
		return l, err
	}
	for _, h := range left {
		in := warehouse.Return{Store: l.Store, Department: h.department, Bringer: tx.By.ID, Named: tx.By.Name, Reason: l.Number + " " + l.Title, Noun: Noun, Record: l.ID, RecordNumber: l.Number}
		for _, g := range l.Goods {
			in.Lines = append(in.Lines, warehouse.Back{Item: g.Item, Qty: strconv.FormatInt(int64(g.Qty)*h.packs, 10)})
		}
		d, err := warehouse.TakeBack(ctx, tx, in)
		if err != nil {
			return l, err
		}
		if err := l.file(ctx, tx, Paper{Department: h.department, Document: d.ID, Number: d.Number, Back: true, Amount: d.Amount}); err != nil {
			return l, err
		}
	}
	return l, keep(ctx, tx, &l, "settle", l.Number)
}
