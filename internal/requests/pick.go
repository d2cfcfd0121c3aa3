package requests

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
)

// Pick is what is to be taken of one lot from one bin for a line.
type Pick struct {
	ID       string         `json:"id"`
	Request  string         `json:"request"`
	Line     int64          `json:"line"`
	Store    string         `json:"store"`
	Item     string         `json:"item"`
	Bin      string         `json:"bin"`
	BinCode  string         `json:"bin_code"`
	Lot      string         `json:"lot"`
	Expiry   period.Day     `json:"expiry"`
	Qty      quantity.Qty   `json:"qty"`
	Picked   quantity.Qty   `json:"picked"`
	How      string         `json:"how"` // scan or hand
	PickedAt period.Instant `json:"picked_at"`
	Handed   quantity.Qty   `json:"handed"`
	Note     string         `json:"note"`
	Document string         `json:"document"`
	Open     bool           `json:"open"`
}

// PicksOf are a request's picks in the order of the bins, in a bin what expires first
// first: those still open, or all.
func PicksOf(ctx context.Context, r db.Reader, request string, all bool) ([]Pick, error) {
	return db.All(ctx, r, func(p *Pick) []any {
		return []any{&p.ID, &p.Request, &p.Line, &p.Store, &p.Item, &p.Bin, &p.BinCode, &p.Lot, &p.Expiry, &p.Qty, &p.Picked, &p.How, &p.PickedAt, &p.Handed, &p.Note, &p.Document, &p.Open}
	}, `SELECT id, request, line, store, item, bin, bin_code, lot, expiry, qty, picked, how, picked_at, handed, note, document, open
		FROM requests_pick WHERE request = $1 AND (open = true OR $2 = 1) ORDER BY CASE WHEN bin_code = '' THEN 1 ELSE 0 END, bin_code, expiry, id`, request, map[bool]int{true: 1}[all])
}

func insertPick(ctx context.Context, tx *db.Tx, p *Pick) error {
	_, err := tx.Exec(ctx, `INSERT INTO requests_pick (id, request, line, store, item, bin, bin_code, lot, expiry, qty) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
		p.ID, p.Request, p.Line, p.Store, p.Item, p.Bin, p.BinCode, p.Lot, p.Expiry, p.Qty)
	return err
}

func putPick(ctx context.Context, tx *db.Tx, p *Pick) error {
	_, err := tx.Exec(ctx, `UPDATE requests_pick SET picked = $1, how = $2, picked_by = $3, picked_at = $4, handed = $5, note = $6, document = $7, open = $8 WHERE id = $9`,
		p.Picked, p.How, tx.By.Name, p.PickedAt, p.Handed, p.Note, p.Document, p.Open, p.ID)
	return err
}

// Scan confirms by a code what was taken from the shelf: the whole of the first open
// pick of that item, or of that lot where the code says one. Conflict: the code is of
// nothing that is still to be picked, or of another lot than the one that goes first.
func Scan(ctx context.Context, tx *db.Tx, id, code string) (Request, error) {
	q, err := take(ctx, tx, id, 0, "pick")
	if err != nil {
		return q, err
	}
	code = strings.TrimSpace(code)
	if code == "" {
		return q, fault.OnField("code", "base.required")
	}
	item, read, _, err := catalog.ByBarcode(ctx, tx, code)
	if fault.KindOf(err) == fault.NotFound {
		item, err = catalog.ByNumber(ctx, tx, code)
	}
	if fault.KindOf(err) == fault.NotFound {
		return q, fault.OnField("code", "base.no_such", code)
	}
	if err != nil {
		return q, err
	}
	picks, err := PicksOf(ctx, tx, id, false)
	if err != nil {
		return q, err
	}
	at := slices.IndexFunc(picks, func(p Pick) bool {
		return p.Item == item.ID && p.Picked == 0 && (read.Lot == "" || p.Lot == "" || p.Lot == read.Lot)
	})
	if at < 0 {
		for _, p := range picks {
			switch {
			case p.Item == item.ID && p.Picked > 0:
				return q, fault.OnField("code", "requests.picked_already", item.Title())
			case p.Item == item.ID:
				return q, fault.OnField("code", "requests.other_lot", item.Title(), p.Lot, read.Lot)
			}
		}
		return q, fault.OnField("code", "requests.not_on_list", item.Title())
	}
	p := &picks[at]
	p.Picked, p.How, p.PickedAt = p.Qty, "scan", tx.At()
	if err := putPick(ctx, tx, p); err != nil {
		return q, err
	}
	if slices.ContainsFunc(picks, func(p Pick) bool { return p.Picked == 0 }) {
		return q, keep(ctx, tx, &q, "scan", item.Title()+" "+item.Say(p.Qty))
	}
	q.State = Ready
	return q, keep(ctx, tx, &q, "picked", q.Number)
}

// Taken is how much of a pick was really found.
type Taken struct {
	Pick string
	Qty  string
	Note string
}

// Picked ends the picking by hand: what was not scanned is confirmed as it stands on
// the list, or as it was found. What is missing stays on the line, to be decided anew.
// Invalid: more than the list says, or less without a word why.
func Picked(ctx context.Context, tx *db.Tx, id string, version int64, found []Taken) (Request, error) {
	q, err := take(ctx, tx, id, version, "pick")
	if err != nil {
		return q, err
	}
	picks, err := PicksOf(ctx, tx, id, false)
	if err != nil {
		return q, err
	}
	items, err := itemsOf(ctx, tx, picks)
	if err != nil {
		return q, err
	}
	var bad fault.Complaints
	left := 0
	for n := range picks {
		p := &picks[n]
		at := slices.IndexFunc(found, func(t Taken) bool { return t.Pick == p.ID })
		if at >= 0 {
			i, path := items[p.Item], fmt.Sprintf("lines.%d.", at)
			qty, err := some(found[at].Qty, i)
			p.Note = strings.TrimSpace(found[at].Note)
			switch {
			case err != nil:
				bad.Add(path+"qty", "requests.bad_qty", found[at].Qty, catalog.SayPacks(i.Packs))
			case qty > p.Qty:
				bad.Add(path+"qty", "requests.not_more", i.Say(p.Qty))
			case qty < p.Qty && p.Note == "":
				bad.Add(path+"note", "requests.less_why")
			}
			if err == nil && (p.Picked == 0 || p.Picked != qty) {
				p.How, p.PickedAt, p.Picked = "hand", tx.At(), qty
			}
		} else if p.Picked == 0 {
			p.How, p.PickedAt, p.Picked = "hand", tx.At(), p.Qty
		}
		if p.Picked > 0 {
			left++
		}
	}
	if err := bad.Err(); err != nil {
		return q, err
	}
	for n := range picks {
		p := &picks[n]
		l := &q.Lines[p.Line-1]
		if short := p.Qty - p.Picked; short > 0 {
			l.Picking -= short
			if l.Way == "" {
				l.Way, l.WayNote = "wait", p.Note
			}
			if err := putLine(ctx, tx, id, l); err != nil {
				return q, err
			}
			p.Open = p.Picked > 0
		}
		if err := putPick(ctx, tx, p); err != nil {
			return q, err
		}
	}
	if q.State = Ready; left == 0 {
		q.State = Waiting
	}
	return q, keep(ctx, tx, &q, "picked", q.Number)
}

// Unpick puts what was laid aside back on the shelf, so that it is decided anew.
func Unpick(ctx context.Context, tx *db.Tx, id string, version int64) (Request, error) {
	q, err := take(ctx, tx, id, version, "unpick")
	if err != nil {
		return q, err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM requests_pick WHERE request = $1 AND open = true`, id); err != nil {
		return q, err
	}
	for n := range q.Lines {
		q.Lines[n].Picking = 0
		if err := putLine(ctx, tx, id, &q.Lines[n]); err != nil {
			return q, err
		}
	}
	q.Tour = ""
	return q, keep(ctx, tx, &q, "unpick", q.Number)
}

// some reads a quantity that may be none.
func some(s string, i catalog.Item) (quantity.Qty, error) {
	if s = strings.TrimSpace(s); s == "0" {
		return 0, nil
	}
	q, err := quantity.Parse(s, i.Packs)
	if err == nil && q < 0 {
		err = fault.OnField("qty", "base.quantity")
	}
	return q, err
}

func itemsOf(ctx context.Context, r db.Reader, picks []Pick) (map[string]catalog.Item, error) {
	var ids []string
	for _, p := range picks {
		ids = append(ids, p.Item)
	}
	return catalog.Few(ctx, r, ids)
}
