package counting

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/sheet"
	"houqin/internal/base/words"
)

// Fillable writes the open sheets of a count as one table to be filled in at a desk or a
// phone and brought back by import: a row for each line in the order of the shelf, with
// its number, so that every figure finds its place. What is counted blind says nothing of
// the books; a figure that the person has written down already stands there, nobody else's does.
//
// Needs MayCount for the store. Refused besides: what OpenSheets refuses.
func Fillable(ctx context.Context, r db.Reader, by db.Actor, id string, w *words.Words, out sheet.Writer) error {
	c, err := Get(ctx, r, by, id)
	if err != nil {
		return err
	}
	if !by.MayIn(MayCount, c.Keeping) {
		return fault.New(fault.Forbidden, "base.need", MayCount)
	}
	sheets, err := OpenSheets(ctx, r, by, c.Number)
	if err != nil {
		return err
	}
	head := []any{}
	for _, key := range []string{"count", "line", "bin", "number", "name", "spec", "lot", "expiry", "unit"} {
		head = append(head, w.T("counting.fill."+key))
	}
	if !c.Blind {
		head = append(head, w.T("counting.fill.book"))
	}
	if err := out.Row(append(head, w.T("counting.fill.qty"), w.T("counting.fill.remark"))...); err != nil {
		return err
	}
	for n := range sheets {
		s := &sheets[n]
		for k := range s.Lines {
			l := &s.Lines[k]
			row := []any{c.Number, l.N, l.BinCode, l.Number, l.Name, l.Spec, l.Lot, string(l.Expiry), l.Unit}
			if !c.Blind {
				book, err := BookOf(ctx, r, s, l)
				if err != nil {
					return err
				}
				row = append(row, int64(book))
			}
			var found any
			if l.Done >= s.Round && s.Counter == by.ID {
				found = int64(l.Last().Qty)
			}
			if err := out.Row(append(row, found, "")...); err != nil {
				return err
			}
		}
	}
	return nil
}
