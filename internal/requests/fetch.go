package requests

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/warehouse"
)

// Fetching is how much of a line is brought from the store that was chosen for it.
type Fetching struct {
	Line int64
	Qty  string
}

// moving says whether a line's rest is to come from another store.
func moving(l *Line) bool { return l.Way == "move" && l.Left() > 0 }

// comes: there is something to bring from another store.
func comes(_ db.Actor, q *Request) error {
	if !slices.ContainsFunc(q.Lines, func(l Line) bool { return moving(&l) }) {
		return fault.New(fault.Conflict, "requests.nothing_to_fetch")
	}
	return nil
}

// Fetch carries out what was decided: the rest of lines comes from another store, by a
// transfer of each store that gives, and is then decided and picked like what was there
// before. The transfers belong to the request and are not reversed by themselves; what came
// in vain is carried back. Needs MayServe where the asked store is kept, and warehouse.MayIssue where
// the giving one is.
//
// Refused, every line at once: more than is open, more than the other store has that is
// not laid aside for others (Invalid); what warehouse.Carry refuses.
func Fetch(ctx context.Context, tx *db.Tx, id string, version int64, lines []Fetching) (Request, error) {
	q, err := take(ctx, tx, id, version, "fetch")
	if err != nil {
		return q, err
	}
	var ids []string
	for n := range q.Lines {
		ids = append(ids, q.Lines[n].Given())
	}
	items, err := catalog.Few(ctx, tx, ids)
	if err != nil {
		return q, err
	}
	free := map[string]map[string]quantity.Qty{}
	carries := map[string]*warehouse.Carrying{}
	var bad fault.Complaints
	for n, f := range lines {
		if f.Line < 1 || f.Line > int64(len(q.Lines)) || !moving(&q.Lines[f.Line-1]) {
			return q, fault.OnField("lines", "base.bad_value", fmt.Sprint(f.Line))
		}
		l, path := &q.Lines[f.Line-1], fmt.Sprintf("lines.%d.qty", n)
		i := items[l.Given()]
		if free[l.FromStore] == nil {
			if free[l.FromStore], err = Free(ctx, tx, l.FromStore, ids); err != nil {
				return q, err
			}
		}
		qty, err := some(f.Qty, i)
		switch has := free[l.FromStore][i.ID]; {
		case err != nil:
			bad.Add(path, "requests.bad_qty", f.Qty, catalog.SayPacks(i.Packs))
			continue
		case qty > l.Left():
			bad.Add(path, "requests.not_more", i.Say(l.Left()))
			continue
		case qty > has:
			bad.Add(path, "requests.too_few", i.Title(), i.Say(has))
			continue
		case qty == 0:
			continue
		}
		free[l.FromStore][i.ID] -= qty
		c := carries[l.FromStore]
		if c == nil {
			c = &warehouse.Carrying{Store: l.FromStore, To: q.Store, Taker: tx.By.ID, Named: tx.By.Name, Note: q.Number, Noun: Noun, Record: q.ID, RecordNumber: q.Number}
			carries[l.FromStore] = c
		}
		c.Lines = append(c.Lines, warehouse.Out{Item: i.ID, Qty: fmt.Sprint(int64(qty))})
		if qty == l.Left() {
			l.Way, l.WayNote, l.FromStore, l.Promised = "", "", "", ""
		}
	}
	if len(carries) == 0 && len(bad) == 0 {
		bad.Add("lines", "base.no_lines")
	}
	if err := bad.Err(); err != nil {
		return q, err
	}
	var papers []string
	for _, from := range slices.Sorted(maps.Keys(carries)) {
		d, err := warehouse.Carry(ctx, tx, *carries[from])
		if err != nil {
			return q, err
		}
		papers = append(papers, d.Number)
	}
	for n := range q.Lines {
		if err := putLine(ctx, tx, q.ID, &q.Lines[n]); err != nil {
			return q, err
		}
	}
	q.State = Agreed // what came is decided like what was there
	return q, keep(ctx, tx, &q, "fetch", strings.Join(papers, " "))
}

// FetchedFor is the number of the request whose fetching a transfer that names no record was:
// its note is that number, and it went to the store that was asked.
func FetchedFor(ctx context.Context, r db.Reader, d *warehouse.Document) (string, error) {
	number, _, err := db.Text(ctx, r, `SELECT number FROM requests_request WHERE number = $1 AND store = $2`, d.Note, d.To)
	return number, err
}
