package desk

import (
	"context"
	"fmt"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/warehouse"
)

// useParts draws a job's parts from the store in this unit of work and says what
// they cost; the department that reported bears it.
func useParts(ctx context.Context, tx *db.Tx, j *Job, w *Work) (money.Fen, error) {
	c := warehouse.Consumption{Store: w.Store, Department: j.Department, Noun: Noun, Record: j.ID, Number: j.Number, Path: "parts"}
	ids := make([]string, len(w.Parts))
	for n, p := range w.Parts {
		ids[n] = p.Item
	}
	items, err := catalog.Few(ctx, tx, ids)
	if err != nil {
		return 0, err
	}
	var bad fault.Complaints
	for n, p := range w.Parts {
		if p.Written != "" {
			if p.Qty, err = quantity.Parse(p.Written, items[p.Item].Packs); err != nil {
				bad.Add(fmt.Sprintf("parts.%d.qty", n), "desk.bad_quantity", p.Written)
			}
		}
		c.Lines = append(c.Lines, warehouse.Used{Item: p.Item, Qty: p.Qty})
		if err := oweOld(ctx, tx, j, n, items[p.Item], p, &bad); err != nil {
			return 0, err
		}
	}
	if err := bad.Err(); err != nil {
		return 0, err
	}
	_, cost, err := warehouse.Consume(ctx, tx, c)
	return cost, err
}

// Drawn is a line of what a job used, as the warehouse's paper tells it.
type Drawn struct {
	Item     catalog.Item
	Qty      quantity.Qty // smallest units; negative when it was taken back
	Cost     money.Fen
	Document string // id of the paper
	Line     int64  // on it
	Number   string
	Store    string // name
	Record   string // the job it was drawn for: this one, or a double merged into it
}

// DrawnFor are the parts of a job and of the doubles merged into it, in the order in which
// they were drawn.
func DrawnFor(ctx context.Context, r db.Reader, job string) ([]Drawn, error) {
	papers, err := warehouse.OfRecord(ctx, r, Noun, job)
	if err != nil {
		return nil, err
	}
	doubles, err := Doubles(ctx, r, job)
	if err != nil {
		return nil, err
	}
	for _, j := range doubles {
		more, err := warehouse.OfRecord(ctx, r, Noun, j.ID)
		if err != nil {
			return nil, err
		}
		papers = append(papers, more...)
	}
	var all []Drawn
	var ids []string
	for _, d := range papers {
		moves, err := warehouse.MovesOf(ctx, r, d.ID)
		if err != nil {
			return nil, err
		}
		line := int64(0)
		for _, m := range moves { // a line may have come from several lots
			if m.Line != line {
				all = append(all, Drawn{Item: catalog.Item{ID: m.Item}, Document: d.ID, Line: m.Line, Number: d.Number, Store: d.StoreName, Record: d.Record})
				ids, line = append(ids, m.Item), m.Line
			}
			l := &all[len(all)-1]
			l.Qty, l.Cost = l.Qty-m.Qty, l.Cost-m.Amount
		}
	}
	items, err := catalog.Few(ctx, r, ids)
	for i := range all {
		if item, ok := items[all[i].Item.ID]; ok {
			all[i].Item = item
		}
	}
	return all, err
}

// UsualStore is where a worker's parts mostly come from: the store of their last job
// that used some, else one that their own crew keeps; the zero Store when neither is.
func UsualStore(ctx context.Context, r db.Reader, by db.Actor) (s warehouse.Store, err error) {
	last, err := Jobs.All(ctx, r, list.Where{}.And("j.worker = ? AND j.parts > 0", by.ID), 1)
	if err != nil {
		return s, err
	}
	if len(last) > 0 {
		papers, err := warehouse.OfRecord(ctx, r, Noun, last[0].ID)
		if err != nil {
			return s, err
		}
		if n := len(papers); n > 0 {
			if s, err = warehouse.StoreByID(ctx, r, papers[n-1].Store); err != nil || !s.Closed {
				return s, err
			}
		}
	}
	own, err := warehouse.Stores.All(ctx, r, list.Where{}.And("w.department = ? AND w.closed = false", by.Unit), 1)
	if err != nil || len(own) == 0 {
		return warehouse.Store{}, err
	}
	return own[0], nil
}
