package requests

import (
	"context"
	"fmt"
	"strings"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/people"
	"houqin/internal/warehouse"
)

// Between is what one store asks another for.
type Between struct {
	To      string // the store that asks
	From    string // the store that is asked
	Purpose string
	Deliver bool
	Lines   []Want
}

// Between says whether the request is one of a store to another.
func (q *Request) Between() bool { return q.To != "" }

// Asker is who asks: a store, or a department.
func (q *Request) Asker() string {
	if q.Between() {
		return q.ToName
	}
	return q.DepartmentName
}

// AskStore asks one store for goods on behalf of another, and sends the slip to whoever
// must agree to what the asking store's department asks for. From then on it is served like
// any request, until somebody of the asking store signs; what they accept then is posted as
// a transfer, and nobody bears a cost. Needs MayServe where the asking store is kept.
//
// Refused, every line at once: what Ask refuses of lines, a store that is asked by itself,
// wards' own stores, which draw by slips and send back by theirs, no purpose (Invalid); a
// store that was closed (Conflict). No quota holds what stays in the stores (S-010).
func AskStore(ctx context.Context, tx *db.Tx, b Between) (Request, error) {
	q := Request{ID: tx.NewID(), Kind: Need, Requester: tx.By.ID, RequesterName: tx.By.Name, AskedAt: tx.At(), Open: true, State: Asked, Version: 1}
	if err := between(ctx, tx, &q, b); err != nil {
		return q, err
	}
	var err error
	if q.Number, err = tx.Number(ctx, "LY"); err != nil {
		return q, err
	}
	if err := insertRequest(ctx, tx, &q); err != nil {
		return q, err
	}
	if err := submit(ctx, tx, &q); err != nil {
		return q, err
	}
	return q, keep(ctx, tx, &q, "ask", q.Number)
}

// ChangeBetween replaces what a store asks another for, as Change does for a department;
// the store that asks stays the same.
func ChangeBetween(ctx context.Context, tx *db.Tx, id string, version int64, b Between) (Request, error) {
	q, err := take(ctx, tx, id, version, "change")
	if err != nil {
		return q, err
	}
	if !q.Between() {
		return q, fault.New(fault.Conflict, "requests.of_department", q.Number)
	}
	if b.To != q.To {
		return q, fault.OnField("to", "requests.other_asker", q.ToName)
	}
	if err := between(ctx, tx, &q, b); err != nil {
		return q, err
	}
	if err := putLines(ctx, tx, &q); err != nil {
		return q, err
	}
	q.Reason = ""
	if err := submit(ctx, tx, &q); err != nil {
		return q, err
	}
	return q, keep(ctx, tx, &q, "change", q.Number)
}

// between puts on a request what one store asks another for.
func between(ctx context.Context, tx *db.Tx, q *Request, b Between) error {
	to, err := warehouse.StoreByID(ctx, tx, b.To)
	if fault.KindOf(err) == fault.NotFound {
		return fault.OnField("to", "base.no_such", b.To)
	}
	if err != nil {
		return err
	}
	if err := tx.NeedIn(MayServe, to.Department); err != nil {
		return err
	}
	var bad fault.Complaints
	from, err := warehouse.StoreByID(ctx, tx, b.From)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		bad.Add("from", "base.no_such", b.From)
	case err != nil:
		return err
	case from.ID == to.ID:
		bad.Add("from", "warehouse.same_store", to.Name)
	case from.Ward:
		bad.Add("from", "requests.ward_store", from.Name)
	}
	if strings.TrimSpace(b.Purpose) == "" {
		bad.Add("purpose", "base.required")
	}
	if to.Ward {
		bad.Add("to", "requests.ward_store", to.Name)
	}
	for _, s := range []warehouse.Store{to, from} {
		if s.Closed {
			return fault.New(fault.Conflict, "warehouse.store_closed", s.Name)
		}
	}
	q.To, q.ToName, q.Department, q.DepartmentName = to.ID, to.Name, to.Department, to.DepartmentName
	q.Store, q.StoreName, q.Keeping = from.ID, from.Name, from.Department
	q.Purpose, q.Deliver = strings.TrimSpace(b.Purpose), b.Deliver
	if err := lines(ctx, tx, q, Slip{Lines: b.Lines}, &bad); err != nil {
		return err
	}
	return bad.Err()
}

// whence adds to what a slip is about from which store to which the goods go, and what lies
// in each of them.
func (q *Request) whence(ctx context.Context, r db.Reader, few map[string]catalog.Item, facts []approvals.Fact) ([]approvals.Fact, error) {
	var ids, stock []string
	for _, l := range q.Lines {
		ids = append(ids, l.Item)
	}
	held, err := warehouse.Holdings.All(ctx, r, list.Where{}.In("s.store", []string{q.Store, q.To}).In("s.item", ids), 2*linesMost)
	if err != nil {
		return nil, err
	}
	lies := map[[2]string]quantity.Qty{}
	for _, h := range held {
		lies[[2]string{h.Store, h.Item}] = quantity.Qty(h.Qty)
	}
	for _, l := range q.Lines {
		i := few[l.Item]
		stock = append(stock, fmt.Sprintf("%s %s %s · %s %s", i.Title(), q.StoreName, i.Say(lies[[2]string{q.Store, i.ID}]), q.ToName, i.Say(lies[[2]string{q.To, i.ID}])))
	}
	return append(facts, approvals.Fact{Key: "between", Value: q.StoreName + " → " + q.ToName}, approvals.Fact{Key: "stock", Value: strings.Join(stock, "；")}), nil
}

// Proposed is what a store that fell below its minimum may ask another for: of each of its
// goods what is missing to the most, or to the minimum where nobody said more, less what it
// has asked for already, as far as the other has it to give; "" of from is the store that
// has most of it.
func Proposed(ctx context.Context, r db.Reader, to, from string) (string, []Want, error) {
	low, err := warehouse.Holdings.All(ctx, r, list.Where{}.And("s.store = ? AND s.least > 0 AND s.qty < s.least", to), linesMost)
	if err != nil || len(low) == 0 {
		return from, nil, err
	}
	asked := map[string]int64{}
	if err := db.Each(ctx, r, `SELECT l.item, CAST(sum(l.qty - l.issued - l.declined) AS BIGINT) FROM requests_request q JOIN requests_line l ON l.request = q.id WHERE q.to_store = $1 AND q.open = true GROUP BY l.item`,
		[]any{to}, func(scan db.Scan) error {
			var item string
			var qty int64
			err := scan(&item, &qty)
			asked[item] = qty
			return err
		}); err != nil {
		return from, nil, err
	}
	var ids []string
	for _, h := range low {
		ids = append(ids, h.Item)
	}
	stores := []string{from}
	if from == "" {
		held, err := inStores(ctx, r, ids)
		if err != nil {
			return from, nil, err
		}
		met := map[string]bool{to: true}
		stores = nil
		for _, id := range ids {
			for _, h := range held[id] {
				if !met[h.Store] {
					met[h.Store], stores = true, append(stores, h.Store)
				}
			}
		}
	}
	var best []Want
	for _, store := range stores {
		free, err := Free(ctx, r, store, ids)
		if err != nil {
			return from, nil, err
		}
		var some []Want
		for _, h := range low {
			if qty := min(max(h.Most, h.Least)-h.Qty-asked[h.Item], int64(free[h.Item])); qty > 0 {
				some = append(some, Want{Item: h.Item, Qty: strings.ReplaceAll(h.Say(qty), " ", "")})
			}
		}
		if len(some) > len(best) {
			from, best = store, some
		}
	}
	return from, best, nil
}

// carry posts what one store accepted of another.
func carry(ctx context.Context, tx *db.Tx, q *Request, picks []Pick, who people.Person) (warehouse.Document, error) {
	c := warehouse.Carrying{Store: q.Store, To: q.To, Taker: who.ID, Named: who.Name, Note: q.Purpose, Noun: Noun, Record: q.ID, RecordNumber: q.Number}
	for _, p := range picks {
		if p.Handed > 0 {
			c.Lines = append(c.Lines, warehouse.Out{Item: p.Item, Qty: fmt.Sprint(int64(p.Handed)), Lot: p.Lot, Bin: p.Bin})
		}
	}
	if len(c.Lines) == 0 {
		return warehouse.Document{}, nil
	}
	return warehouse.Bring(ctx, tx, c)
}
