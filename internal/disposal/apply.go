package disposal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/rules"
	"houqin/internal/warehouse"
)

// way is the route that a form goes: of a store's goods that of stock adjustments,
// whose tiers are those of A-010; of goods in use that of scrap.
func (s *Slip) way() string {
	if s.Origin == OfStore {
		return "warehouse.adjustment"
	}
	return "assets.scrap"
}

// digest of what is agreed to: these goods, for these reasons, at this price.
func (s *Slip) digest() (string, error) {
	return approvals.DigestOf([]any{s.Origin, s.Store, s.Department, s.Reason, s.Lines})
}

// complete refuses a form whose papers are not complete (S-020): each line with name,
// specification or model, quantity, amount and cause, and the reason of all.
// Every gap is named at once.
func (s *Slip) complete() error {
	var bad fault.Complaints
	if s.Reason == "" {
		bad.Cite("S-020", "reason", "disposal.reason_needed")
	}
	for n, l := range s.Lines {
		if l.Spec == "" && l.Model == "" {
			bad.Cite("A-022", path(n, "model"), "disposal.model_needed", l.N, l.Name)
		}
		if !slices.Contains(Causes, l.Cause) {
			bad.Cite("S-020", path(n, "cause"), "disposal.cause_needed", l.N, l.Name)
		}
	}
	return bad.Err()
}

// Document is what the approvals are asked about: the form as it stands, with its
// keepers and who drew it up. Way and tiers are those of the day on which it is asked.
func (s *Slip) document(ctx context.Context, r db.Reader) (approvals.Document, error) {
	digest, err := s.digest()
	if err != nil {
		return approvals.Document{}, err
	}
	d := approvals.Document{Kind: s.way(), Noun: Noun, Record: s.ID, Number: s.Number, Title: s.title(), Reason: s.Reason, Department: s.Department, Amount: s.Amount, Digest: digest,
		Hands: []approvals.Hand{{Part: "editor", Person: s.DrawnBy}}, Facts: []approvals.Fact{{Key: "lines", Value: s.sayLines()}, {Key: "store", Value: s.StoreName}}}
	if s.Origin == OfStore {
		d.Attrs = map[string]any{"cause": "write_off"}
	}
	keepers, err := warehouse.Keepers(ctx, r, s.Store)
	if err != nil {
		return d, err
	}
	for _, k := range keepers {
		d.Hands = append(d.Hands, approvals.Hand{Part: "keeper", Person: k})
	}
	for _, l := range s.Lines {
		if l.Item != "" && !slices.Contains(d.Same, "item:"+l.Item) {
			d.Same = append(d.Same, "item:"+l.Item)
		}
	}
	return d, nil
}

// title is what the form is about, shortly.
func (s *Slip) title() string {
	if len(s.Lines) == 0 {
		return s.Number
	}
	t := strings.TrimSpace(s.Lines[0].Name + " " + s.Lines[0].Spec)
	if len(s.Lines) > 1 {
		t = fmt.Sprintf("%s +%d", t, len(s.Lines)-1)
	}
	return t
}

// told is how many lines stand on the card of who decides.
const told = 8

func (s *Slip) sayLines() string {
	var say []string
	for _, l := range s.Lines[:min(told, len(s.Lines))] {
		say = append(say, strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s %s", l.Name, l.Spec, l.Model, l.Say(l.Qty), l.Lot)), " ")+" "+l.Amount.String())
	}
	if len(s.Lines) > told {
		say = append(say, "…")
	}
	return strings.Join(say, "\n")
}

// Say is a quantity of the line in its unit.
func (l *Line) Say(q quantity.Qty) string { return q.Format(catalog.PacksOf(l.Unit, "")) }

// Apply sends the form on its way: the department's leader alone does, with
// complete papers (S-020). Its tier is that of today's threshold, whatever
// the threshold becomes while it is on its way. Goods of a store are held from now on.
// Refused besides: what approvals.Ask refuses.
func Apply(ctx context.Context, tx *db.Tx, id string, version int64) (Slip, error) {
	s, err := hold(ctx, tx, id, version, "apply")
	if err != nil {
		return s, err
	}
	if err := s.complete(); err != nil {
		return s, err
	}
	d, err := s.document(ctx, tx)
	if err != nil {
		return s, err
	}
	if _, err := approvals.Changed(ctx, tx, Noun, s.ID, d.Digest); err != nil {
		return s, err
	}
	if err := s.hold(ctx, tx); err != nil {
		return s, err
	}
	c, err := approvals.Ask(ctx, tx, d)
	if err != nil {
		return s, err
	}
	s.AppliedBy, s.AppliedName, s.AppliedAt, s.Case, s.Note = tx.By.ID, tx.By.Name, tx.At(), c.ID, ""
	if c.State == approvals.Agreed {
		s.State, s.Paper = Agreed, c.Number
	}
	return s, keep(ctx, tx, &s, "apply", c.Number)
}

// Inspect is the word of the departments concerned, who looked at the goods:
// neither who drew the form up nor who applied. When it was the last that lacked, the
// goods are written off.
func Inspect(ctx context.Context, tx *db.Tx, id string, version int64, v Verdict) (Slip, error) {
	s, err := hold(ctx, tx, id, version, "verify")
	if err != nil {
		return s, err
	}
	if strings.TrimSpace(v.Note) == "" {
		return s, fault.OnField("note", "base.required")
	}
	s.VerifiedBy, s.VerifiedName, s.VerifiedAt, s.VerifiedNote = tx.By.ID, tx.By.Name, tx.At(), strings.TrimSpace(v.Note)
	return s, settle(ctx, tx, &s, "verify", s.VerifiedNote)
}

// TakeBack books that the old goods of a department are in the store again, where they
// lie apart (S-021, A-024, S-004). When it was the last that lacked, the form is done.
func TakeBack(ctx context.Context, tx *db.Tx, id string, version int64, at Spot) (Slip, error) {
	s, err := hold(ctx, tx, id, version, "take_back")
	if err != nil {
		return s, err
	}
	if strings.TrimSpace(at.Spot) == "" {
		return s, fault.OnField("spot", "base.required")
	}
	s.ReturnedBy, s.ReturnedName, s.ReturnedAt, s.Spot = tx.By.ID, tx.By.Name, tx.At(), strings.TrimSpace(at.Spot)
	return s, settle(ctx, tx, &s, "take_back", s.Spot)
}

// Post tries once more what could not be posted by itself.
func Post(ctx context.Context, tx *db.Tx, id string, version int64) (Slip, error) {
	s, err := hold(ctx, tx, id, version, "post")
	if err != nil {
		return s, err
	}
	s.Stuck = ""
	if err := s.post(ctx, tx); err != nil {
		return s, err
	}
	return s, keep(ctx, tx, &s, "write_off", s.DocumentNumber)
}

// Drop gives a form up that nobody has agreed to carry out, with a reason.
func Drop(ctx context.Context, tx *db.Tx, id string, version int64, why Why) (Slip, error) {
	s, err := hold(ctx, tx, id, version, "drop")
	if err != nil {
		return s, err
	}
	if strings.TrimSpace(why.Text) == "" {
		return s, fault.OnField("text", "base.required")
	}
	if err := s.recall(ctx, tx, "dropped"); err != nil {
		return s, err
	}
	s.Note, s.EndedAt, s.EndedDay = strings.TrimSpace(why.Text), tx.At(), tx.Today()
	return s, keep(ctx, tx, &s, "drop", s.Note)
}

// Ended is told what became of the approval of a form. Agreed to, the goods are
// written off by itself and once, in the unit of work of the last signature.
func Ended(ctx context.Context, tx *db.Tx, c approvals.Case) error {
	if err := tx.Lock(ctx, "disposal_slip", c.Record); err != nil {
		return err
	}
	s, err := whole(ctx, tx, c.Record)
	if err != nil {
		return err
	}
	if s.Case != c.ID || s.State != Applied && s.State != Agreed {
		return nil // the form is another one by now
	}
	switch c.State {
	case approvals.Agreed:
		s.State, s.Paper = Agreed, c.Number
		return settle(ctx, tx, &s, "agreed", c.Number)
	case approvals.Refused:
		if err := s.release(ctx, tx); err != nil {
			return err
		}
		s.State, s.Note, s.EndedAt, s.EndedDay = Refused, c.EndedNote, tx.At(), tx.Today()
		return keep(ctx, tx, &s, "refused", c.EndedNote)
	}
	if err := s.release(ctx, tx); err != nil {
		return err
	}
	s.blank()
	s.Note = c.EndedNote
	return keep(ctx, tx, &s, string(c.State), c.EndedNote)
}

// settle keeps a form after a step and, when nothing lacks any more, writes the goods
// off. What the books cannot lose, because it is no longer there, does not undo the
// signature: it is shown, and the keeper tries again.
func settle(ctx context.Context, tx *db.Tx, s *Slip, step, note string) error {
	if s.State != Agreed || len(s.Missing()) > 0 {
		return keep(ctx, tx, s, step, note)
	}
	if err := keep(ctx, tx, s, step, note); err != nil {
		return err
	}
	err := s.post(ctx, tx)
	if k := fault.KindOf(err); k == fault.Conflict || k == fault.Invalid {
		e, _ := errors.AsType[*fault.Error](err)
		s.Stuck = e.Key
		if len(e.Fields) > 0 {
			s.Stuck = e.Fields[0].Key
		}
		return keep(ctx, tx, s, "stuck", "")
	}
	if err != nil {
		return err
	}
	return keep(ctx, tx, s, "write_off", s.DocumentNumber)
}

// post takes the goods off the books and lays them apart (S-004). S-020.paper: not
// without the number of what was agreed.
func (s *Slip) post(ctx context.Context, tx *db.Tx) error {
	if missing := s.Missing(); len(missing) > 0 {
		return fault.New(fault.Conflict, missing[0]).Under("S-020")
	}
	must, err := rules.On(ctx, tx, "S-020.paper", tx.Today())
	if err != nil {
		return err
	}
	digest, err := s.digest()
	if err != nil {
		return err
	}
	if must {
		if err := approvals.Must(ctx, tx, Noun, s.ID, digest); err != nil {
			if e, ok := errors.AsType[*fault.Error](err); ok {
				return e.Under("S-020")
			}
			return err
		}
	}
	if s.Origin == OfStore {
		if err := s.release(ctx, tx); err != nil {
			return err
		}
		if err := s.lose(ctx, tx); err != nil {
			return err
		}
	}
	s.State, s.Stuck, s.EndedAt, s.EndedDay = WrittenOff, "", tx.At(), tx.Today()
	return layApart(ctx, tx, s)
}

// lose posts the goods off the store's books, each lot at what it cost.
func (s *Slip) lose(ctx context.Context, tx *db.Tx) error {
	d := warehouse.Document{Kind: warehouse.WrittenOff, Store: s.Store, Note: s.Reason + " " + s.Paper, Noun: Noun, Record: s.ID, RecordNumber: s.Number, Lines: int64(len(s.Lines))}
	for _, l := range s.Lines {
		d.Moves = append(d.Moves, warehouse.Move{Line: l.N, Item: l.Item, Bin: l.Bin, Lot: l.Lot, Expiry: l.Expiry, Qty: -l.Qty, Pick: true, Account: warehouse.OfWriteOff, AccountID: s.ID})
	}
	if err := warehouse.Post(ctx, tx, &d); err != nil {
		return err
	}
	cost := map[int64]money.Fen{}
	for _, m := range d.Moves {
		cost[m.Line] -= m.Amount
	}
	for n := range s.Lines {
		s.Lines[n].Amount = cost[s.Lines[n].N]
	}
	s.Document, s.DocumentNumber, s.Amount = d.ID, d.Number, d.Amount
	return nil
}

func slipTone(s *Slip, _ time.Time) string {
	switch {
	case s.Stuck != "":
		return "danger"
	case s.State == Drawn || s.State == Applied || s.State == Agreed:
		return "soon"
	case s.State == WrittenOff:
		return "done"
	}
	return "quiet"
}
