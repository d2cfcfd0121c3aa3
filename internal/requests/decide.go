package requests

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/warehouse"
)

// Choice is what the store does about a line: how much it gives now, of the item or of
// one in its place, and what becomes of the rest.
type Choice struct {
	Line     int64
	Qty      string // given now; "" or "0" is nothing
	Instead  string // an item given in its place
	Way      string // of Ways, for the rest; "" leaves it as it is
	From     string // the store that the rest is to come from
	Promised period.Day
	Note     string // why less, something else, or later
}

// Decide settles line by line what the store gives and what becomes of the rest, and
// lays out what is to be picked: lots that expire first before others, expired ones
// and what is laid aside for others never.
//
// Refused, every line at once: a request that was not agreed to as it stands (S-012,
// Conflict); more than was agreed to, more than there is, a rest without a way,
// something else or nothing without a reason (Invalid). For another store nothing is bought
// and nothing comes from a third: the rest waits or is declined.
func Decide(ctx context.Context, tx *db.Tx, id string, version int64, choices []Choice) (Request, error) {
	q, err := take(ctx, tx, id, version, "decide")
	if err != nil {
		return q, err
	}
	digest, err := q.digest()
	if err != nil {
		return q, err
	}
	if err := approvals.Must(ctx, tx, Noun, q.ID, digest); err != nil {
		if e, ok := err.(*fault.Error); ok {
			return q, e.Under("S-012")
		}
		return q, err
	}
	var ids []string
	for _, l := range q.Lines {
		ids = append(ids, l.Item)
	}
	for _, c := range choices {
		ids = append(ids, c.Instead)
	}
	items, err := catalog.Few(ctx, tx, ids)
	if err != nil {
		return q, err
	}
	shelf, err := freeLots(ctx, tx, q.Store, ids)
	if err != nil {
		return q, err
	}
	var bad fault.Complaints
	var picks []Pick
	for n, c := range choices {
		if c.Line < 1 || c.Line > int64(len(q.Lines)) {
			return q, fault.OnField("lines", "base.bad_value", fmt.Sprint(c.Line))
		}
		l := &q.Lines[c.Line-1]
		picks = append(picks, choose(&q, l, c, items, shelf, fmt.Sprintf("lines.%d.", n), tx.Today(), &bad)...)
	}
	if err := bad.Err(); err != nil {
		return q, err
	}
	for n := range q.Lines {
		if err := putLine(ctx, tx, q.ID, &q.Lines[n]); err != nil {
			return q, err
		}
	}
	for n := range picks {
		picks[n].ID = tx.NewID()
		if err := insertPick(ctx, tx, &picks[n]); err != nil {
			return q, err
		}
	}
	q.settle(len(picks) > 0)
	return q, keep(ctx, tx, &q, "decide", q.Number)
}

// settle says where a request stands by its lines: being picked, waiting for the rest,
// or done.
func (q *Request) settle(picking bool) {
	switch {
	case picking:
		q.State = Picking
	case slices.ContainsFunc(q.Lines, func(l Line) bool { return l.Left() > 0 }):
		q.State = Waiting
	default:
		q.State = Done
	}
}

// choose puts one choice on its line and says what is to be picked for it.
func choose(q *Request, l *Line, c Choice, items map[string]catalog.Item, shelf *shelf, path string, today period.Day, bad *fault.Complaints) (picks []Pick) {
	i := items[l.Given()]
	c.Note = strings.TrimSpace(c.Note)
	if c.Instead != "" && c.Instead != l.Given() {
		other, ok := items[c.Instead]
		switch {
		case !ok:
			bad.Add(path+"instead", "base.no_such", c.Instead)
			return nil
		case l.Issued+l.Picking > 0:
			bad.Add(path+"instead", "requests.given_of")
			return nil
		case c.Note == "":
			bad.Add(path+"note", "requests.instead_why")
		case other.Unit != items[l.Item].Unit:
			bad.Add(path+"instead", "requests.other_unit", other.Title(), other.Unit)
		}
		l.Instead, l.InsteadNote, i = c.Instead, c.Note, other
		if c.Instead == l.Item {
			l.Instead, l.InsteadNote = "", ""
		}
	}
	var qty quantity.Qty
	if s := strings.TrimSpace(c.Qty); s != "" && s != "0" {
		var err error
		if qty, err = quantity.Parse(s, i.Packs); err != nil || qty <= 0 {
			bad.Add(path+"qty", "requests.bad_qty", s, catalog.SayPacks(i.Packs))
			return nil
		}
	}
	if qty > l.Left() {
		bad.Cite("S-010", path+"qty", "requests.more_than_agreed", i.Say(l.Left()))
		return nil
	}
	taken, have := shelf.take(l.Given(), qty)
	if have < qty {
		bad.Add(path+"qty", "requests.too_few", i.Title(), i.Say(have))
		return nil
	}
	for _, t := range taken {
		t.Request, t.Line, t.Store = q.ID, l.Line, q.Store
		picks = append(picks, t)
	}
	l.Picking += qty
	rest := l.Left()
	if c.Way != "" {
		l.Way, l.WayNote, l.Promised, l.FromStore = c.Way, c.Note, c.Promised, c.From
	}
	switch {
	case rest == 0:
		l.Way, l.Promised, l.FromStore = "", "", ""
	case l.Way == "":
		bad.Add(path+"way", "requests.rest_way", i.Say(rest))
	case q.Between() && l.Way != "wait" && l.Way != "decline":
		bad.Add(path+"way", "requests.between_way")
	case l.Way == "decline" && c.Note == "":
		bad.Add(path+"note", "requests.decline_why")
	case l.Way == "decline":
		l.Declined, l.Promised, l.FromStore = l.Declined+rest, "", ""
	case l.Way == "move" && (l.FromStore == "" || l.FromStore == q.Store):
		bad.Add(path+"from", "requests.from_which")
	case l.Promised != "" && l.Promised < today:
		bad.Add(path+"promised", "requests.day_over")
	}
	return picks
}

// shelf is what a store has to give of some items, first what expires first.
type shelf struct {
	lots map[string][]Pick
	kept map[string]quantity.Qty // for the bad day: not given by a request (S-048)
}

// take lays some of an item aside and says how much there was.
func (s *shelf) take(item string, qty quantity.Qty) (taken []Pick, have quantity.Qty) {
	lots := s.lots[item]
	if have = s.free(item); have < qty {
		return nil, have
	}
	for n := range lots {
		if k := min(qty, lots[n].Qty); k > 0 {
			p := lots[n]
			p.Qty, qty, lots[n].Qty = k, qty-k, lots[n].Qty-k
			taken = append(taken, p)
		}
	}
	return taken, have
}

// free is how much of an item may be given.
func (s *shelf) free(item string) quantity.Qty {
	have := -s.kept[item]
	for _, l := range s.lots[item] {
		have += l.Qty
	}
	return max(0, have)
}

// freeLots are the lots of some items in a store that may be given: neither expired nor
// held, less what is laid aside for other requests. What is kept for the bad day stays.
func freeLots(ctx context.Context, r db.Reader, store string, items []string) (*shelf, error) {
	kept, err := warehouse.Kept(ctx, r, store)
	if err != nil {
		return nil, err
	}
	s := &shelf{map[string][]Pick{}, kept}
	today := r.Today()
	for part := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(items))), 200) {
		lots, err := warehouse.Lots.All(ctx, r, list.Where{}.And("b.store = ? AND b.hold = ''", store).In("b.item", part), 5000)
		if err != nil {
			return nil, err
		}
		aside, err := laidAside(ctx, r, store, part)
		if err != nil {
			return nil, err
		}
		for _, l := range lots { // what ends first comes first
			key := at{l.Item, l.Bin, l.Lot}
			held := min(aside[key], quantity.Qty(l.Qty))
			aside[key] -= held
			if l.Expiry != "" && l.Expiry < today || quantity.Qty(l.Qty) == held {
				continue
			}
			s.lots[l.Item] = append(s.lots[l.Item], Pick{Item: l.Item, Bin: l.Bin, BinCode: l.BinCode, Lot: l.Lot, Expiry: l.Expiry, Qty: quantity.Qty(l.Qty) - held})
		}
	}
	return s, nil
}

// Free is how much of some items a store has to give.
func Free(ctx context.Context, r db.Reader, store string, items []string) (map[string]quantity.Qty, error) {
	s, err := freeLots(ctx, r, store, items)
	if err != nil {
		return nil, err
	}
	free := map[string]quantity.Qty{}
	for item := range s.lots {
		free[item] = s.free(item)
	}
	return free, nil
}

// at is where some goods lie.
type at struct{ item, bin, lot string }

func laidAside(ctx context.Context, r db.Reader, store string, items []string) (map[at]quantity.Qty, error) {
	aside := map[at]quantity.Qty{}
	in, args := db.Listed(items, store)
	err := db.Each(ctx, r, `SELECT item, bin, lot, qty FROM requests_pick WHERE open = true AND store = $1 AND item IN `+in, args, func(scan db.Scan) error {
		var k at
		var qty quantity.Qty
		err := scan(&k.item, &k.bin, &k.lot, &qty)
		aside[k] += qty
		return err
	})
	return aside, err
}

// Wanted is a line whose rest is to be bought, to come from another store or waited for.
type Wanted struct {
	ID             string         `json:"id"` // request.line
	Request        string         `json:"request"`
	Line           int64          `json:"line"`
	Number         string         `json:"number"`
	Way            string         `json:"way"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	Store          string         `json:"store"`
	StoreName      string         `json:"store_name"`
	FromStore      string         `json:"from_store"`
	FromName       string         `json:"from_name"`
	Item           string         `json:"item"`
	ItemNumber     string         `json:"item_number"`
	Name           string         `json:"name"`
	Spec           string         `json:"spec"`
	Qty            int64          `json:"qty"`
	AskedAt        period.Instant `json:"asked_at"`
	Promised       period.Day     `json:"promised"`
	Ordered        string         `json:"ordered"`
	Note           string         `json:"note"`
	Unit           string         `json:"unit"`
	larger         string
}

// Title is the item's name and spec.
func (w *Wanted) Title() string { return catalog.Item{Name: w.Name, Spec: w.Spec}.Title() }

// Say is the quantity in the item's packs.
func (w *Wanted) Say() string { return quantity.Qty(w.Qty).Format(catalog.PacksOf(w.Unit, w.larger)) }

const rest = "(l.granted - l.issued - l.picking - l.declined)"

// ToGive is the list of what the stores still owe the departments.
var ToGive = list.Of[Wanted]{
	Name: "requests.wanted",
	From: `requests_line l JOIN requests_request q ON q.id = l.request LEFT JOIN departments_department d ON d.id = q.department LEFT JOIN warehouse_store w ON w.id = q.store
		LEFT JOIN warehouse_store f ON f.id = l.from_store LEFT JOIN catalog_item i ON i.id = CASE WHEN l.instead = '' THEN l.item ELSE l.instead END`,
	Where: "l.way IN ('buy', 'move', 'wait') AND q.open = true AND " + rest + " > 0",
	Order: "asked_at", Short: true, Live: []string{Noun},
	Href: func(w *Wanted) string { return "/requests/" + w.Request },
	Columns: []list.Column[Wanted]{
		{Key: "name", SQL: "coalesce(i.name, '')", Into: func(w *Wanted) any { return &w.Name }, Text: func(w *Wanted) string { return w.Title() }},
		{Key: "way", SQL: "l.way", Into: func(w *Wanted) any { return &w.Way }, OneOf: Ways[:3], Enum: "requests.way"},
		{Key: "qty", SQL: rest, Into: func(w *Wanted) any { return &w.Qty }, Text: func(w *Wanted) string { return w.Say() }},
		{Key: "department", SQL: "q.department", Into: func(w *Wanted) any { return &w.Department }, Ref: "departments", Text: func(w *Wanted) string { return w.DepartmentName }},
		{Key: "number", SQL: "q.number", Into: func(w *Wanted) any { return &w.Number }},
		{Key: "promised", SQL: "l.promised", Into: func(w *Wanted) any { return &w.Promised }, Range: true},
		{Key: "ordered", SQL: "l.ordered", Into: func(w *Wanted) any { return &w.Ordered }},
		{Key: "asked_at", SQL: "q.asked_at", Into: func(w *Wanted) any { return &w.AskedAt }, Range: true},
		{Key: "from_store", SQL: "l.from_store", Into: func(w *Wanted) any { return &w.FromStore }, Text: func(w *Wanted) string { return w.FromName }},
		{Key: "store", SQL: "q.store", Into: func(w *Wanted) any { return &w.Store }, Ref: "stores", Text: func(w *Wanted) string { return w.StoreName }, Aside: true},
		{Key: "note", SQL: "l.way_note", Into: func(w *Wanted) any { return &w.Note }, Aside: true},
		{Key: "id", SQL: "l.request || '.' || l.line", Into: func(w *Wanted) any { return &w.ID }, Hidden: true},
		{Key: "request", SQL: "l.request", Into: func(w *Wanted) any { return &w.Request }, Hidden: true},
		{Key: "line", SQL: "l.line", Into: func(w *Wanted) any { return &w.Line }, Hidden: true},
		{Key: "item", SQL: "coalesce(i.id, '')", Into: func(w *Wanted) any { return &w.Item }, Hidden: true},
		{Key: "item_number", SQL: "coalesce(i.number, '')", Into: func(w *Wanted) any { return &w.ItemNumber }, Hidden: true},
		{Key: "spec", SQL: "coalesce(i.spec, '')", Into: func(w *Wanted) any { return &w.Spec }, Hidden: true},
		{Key: "unit", SQL: "coalesce(i.unit, '')", Into: func(w *Wanted) any { return &w.Unit }, Hidden: true},
		{Key: "packs", SQL: "coalesce(i.packs, '')", Into: func(w *Wanted) any { return &w.larger }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(w *Wanted) any { return &w.DepartmentName }, Hidden: true},
		{Key: "store_name", SQL: "coalesce(w.name, '')", Into: func(w *Wanted) any { return &w.StoreName }, Hidden: true},
		{Key: "from_name", SQL: "coalesce(f.name, '')", Into: func(w *Wanted) any { return &w.FromName }, Hidden: true},
	},
}

// ToBuy is what departments wait for that must be bought and is not ordered yet, the
// longest waiting first.
func ToBuy(ctx context.Context, r db.Reader) ([]Wanted, error) {
	return ToGive.All(ctx, r, list.Where{}.And("l.way = 'buy' AND l.ordered = ''"), 2000)
}

// Ordered notes that the rest of a line was ordered, by which paper and for which day
// it was promised, so that the ward sees when. Rights are the buyer's own room's matter.
// Conflict: nothing of the line is to be bought any more.
func Ordered(ctx context.Context, tx *db.Tx, request string, line int64, paper string, promised period.Day) error {
	if err := tx.One(ctx, fault.New(fault.Conflict, "requests.not_to_buy"), `UPDATE requests_line SET ordered = $1, promised = $2 WHERE request = $3 AND line = $4 AND way = 'buy'`,
		paper, promised, request, line); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: Noun, Record: request, Action: "ordered", Note: strings.TrimSpace(paper + " " + string(promised))})
}

// Came notes that something of what was ordered for a line lies in the store: the line
// waits no longer to be bought, and the store decides about it again. Rights are the
// matter of the room that received it. A line that nobody waits for any more stays as
// it is, and is not waited for.
func Came(ctx context.Context, tx *db.Tx, request string, line int64, paper string) (waited bool, err error) {
	n, err := tx.Exec(ctx, `UPDATE requests_line SET way = 'wait', ordered = $1, promised = $2 WHERE request = $3 AND line = $4 AND way = 'buy' AND granted > issued + picking + declined`, paper, tx.Today(), request, line)
	if err != nil || n == 0 {
		return false, err
	}
	if _, err := tx.Exec(ctx, `UPDATE requests_request SET state = 'agreed', version = version + 1 WHERE id = $1 AND state = 'waiting'`, request); err != nil {
		return false, err
	}
	return true, tx.Trail(ctx, db.Event{Noun: Noun, Record: request, Action: "came", Note: paper})
}

// Elsewhere is what other stores than one hold of some items.
func Elsewhere(ctx context.Context, r db.Reader, store string, items []string) (map[string][]warehouse.Holding, error) {
	held, err := inStores(ctx, r, items)
	for item, all := range held {
		held[item] = slices.DeleteFunc(all, func(h warehouse.Holding) bool { return h.Store == store })
	}
	return held, err
}
