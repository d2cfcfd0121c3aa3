package purchasing

import (
	"context"
	"maps"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/flow"
	"houqin/internal/base/form"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
	"houqin/internal/warehouse"
)

// OrderState is how far an order is.
type OrderState string

const (
	Drafted        OrderState = "drafted"
	OrderApproved  OrderState = "approved" // its prices were audited
	Sent           OrderState = "sent"
	PartlyReceived OrderState = "partly_received"
	Received       OrderState = "received"
	Closed         OrderState = "closed"
	Cancelled      OrderState = "cancelled"
)

// OrderStates are all of them, as choices.
var OrderStates = []string{string(Drafted), string(OrderApproved), string(Sent), string(PartlyReceived), string(Received), string(Closed), string(Cancelled)}

// Order is what is bought from one supplier (CG).
type Order struct {
	ID           string         `json:"id"`
	Number       string         `json:"number"`
	Supplier     string         `json:"supplier"`
	SupplierName string         `json:"supplier_name"`
	Plan         string         `json:"plan"`
	PlanNumber   string         `json:"plan_number"`
	Enquiry      string         `json:"enquiry"`
	State        OrderState     `json:"state"`
	Method       string         `json:"method"`
	Due          period.Day     `json:"due"`
	Note         string         `json:"note"`
	Store        string         `json:"store"`  // where it is to be brought; "" leaves it to the gate
	Urgent       bool           `json:"urgent"` // of an urgent need
	Lines        int64          `json:"lines"`
	Amount       money.Fen      `json:"amount"`
	Planner      string         `json:"planner"`
	Buyer        string         `json:"buyer"`
	BuyerName    string         `json:"buyer_name"`
	Auditor      string         `json:"auditor"`
	AuditorName  string         `json:"auditor_name"`
	Audit        string         `json:"audit"`
	Labelled     bool           `json:"labelled"`
	Day          period.Day     `json:"day"`
	At           period.Instant `json:"at"`
	SentAt       period.Instant `json:"sent_at"`
	Version      int64          `json:"version"`
	Apart        bool           `json:"apart"`    // who planned did not buy
	Audited      bool           `json:"audited"`  // somebody looked its prices through
	WasSent      bool           `json:"was_sent"` // the supplier has it
	Goods        []OrderLine    `json:"goods,omitempty"`
}

// OrderLine is one item of an order, in smallest units; Received is what of it has come
// and was accepted, less what went back and is to come again; GivenUp is not wanted any
// more. Price is of one smallest unit, Last what it cost at the order
// before (0: never bought), Highest the dearest quote (0: none were asked).
type OrderLine struct {
	Goods
	Line     int64        `json:"line"`
	PlanLine string       `json:"plan_line"`
	Quality  string       `json:"quality"`
	Qty      quantity.Qty `json:"qty"`
	Received quantity.Qty `json:"received"`
	GivenUp  quantity.Qty `json:"given_up"`
	Price    money.Fen    `json:"price"`
	Last     money.Fen    `json:"last"`
	Highest  money.Fen    `json:"highest"`
	Agreed   string       `json:"agreed"` // the framework price it was ordered at; "" of others
}

// Left is what is still to come.
func (l OrderLine) Left() quantity.Qty { return l.Qty - l.Received - l.GivenUp }

// Verdict is what the audit of prices says.
type Verdict struct{ Audit string }

// Word is a reason.
type Word struct{ Reason string }

// Dispatched is what is declared when an order goes out.
type Dispatched struct {
	Labelled bool
	Due      period.Day
	Store    string // where it is to be brought
}

var (
	AuditForm = form.Of[Verdict]{Name: "purchasing.verdict", Fields: []form.Field[Verdict]{
		{Key: "audit", Into: func(v *Verdict) any { return &v.Audit }, Kind: form.Area, Most: 500, Hint: true}}}
	SendForm = form.Of[Dispatched]{Name: "purchasing.sending", Fields: []form.Field[Dispatched]{
		{Key: "due", Into: func(s *Dispatched) any { return &s.Due }},
		{Key: "store", Into: func(s *Dispatched) any { return &s.Store }, Ref: "stores"},
		{Key: "labelled", Into: func(s *Dispatched) any { return &s.Labelled }, Hint: true}}}
	WordForm = form.Of[Word]{Name: "purchasing.word", Fields: []form.Field[Word]{
		{Key: "reason", Into: func(w *Word) any { return &w.Reason }, Required: true, Most: 200}}}
)

// Flow is the life of an order. What has come moves it by MarkReceived.
var Flow = flow.Flow[OrderState, Order]{
	Name:  "purchasing.order",
	State: func(o *Order) *OrderState { return &o.State },
	Seen:  func(o *Order) int64 { return o.Version },
	May:   func(by db.Actor, permission string, _ *Order) bool { return by.May(permission) },
	Steps: []flow.Step[OrderState, Order]{
		{Name: "approve", From: []OrderState{Drafted}, To: OrderApproved, Need: MayAudit, Ask: &AuditForm, Tone: "primary",
			If: func(by db.Actor, o *Order) error {
				if by.ID == o.Buyer || by.ID == o.Planner {
					return fault.New(fault.Conflict, "purchasing.own_audit").Under("P-011")
				}
				return nil
			}},
		{Name: "send", From: []OrderState{OrderApproved}, To: Sent, Need: MayBuy, Ask: &SendForm, Tone: "primary"},
		{Name: "close", From: []OrderState{Sent, PartlyReceived, Received}, To: Closed, Need: MayBuy, Ask: &WordForm},
		{Name: "cancel", From: []OrderState{Drafted, OrderApproved, Sent}, To: Cancelled, Need: MayBuy, Ask: &WordForm, Tone: "danger"},
	},
}

// draftOrders writes an order for each supplier, against what the plan still has.
func draftOrders(ctx context.Context, tx *db.Tx, plan, enquiry, method string, due period.Day, by map[string][]OrderLine) (all []Order, err error) {
	p, err := buyable(ctx, tx, plan)
	if err != nil {
		return nil, err
	}
	for _, id := range slices.Sorted(maps.Keys(by)) {
		s, err := suppliers.Get(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		if err := suppliers.MayOrder(ctx, tx, &s); err != nil {
			return nil, err
		}
		o := Order{ID: tx.NewID(), Supplier: id, SupplierName: s.Name, Plan: p.ID, PlanNumber: p.Number, Enquiry: enquiry, State: Drafted, Method: method, Due: due,
			Planner: p.Planner, Buyer: tx.By.ID, BuyerName: tx.By.Name, Day: tx.Today(), At: tx.At(), Version: 1, Goods: by[id]}
		if err := licensed(ctx, tx, &s, o.Goods); err != nil {
			return nil, err
		}
		if err := owned(ctx, tx, o.Goods); err != nil {
			return nil, err
		}
		if o.Number, err = tx.Number(ctx, "CG"); err != nil {
			return nil, err
		}
		o.Lines = int64(len(o.Goods))
		for k := range o.Goods {
			l := &o.Goods[k]
			l.Line = int64(k + 1)
			a, err := cost(l.Price, l.Qty)
			if err != nil {
				return nil, err
			}
			o.Amount += a
			if err := tx.One(ctx, fault.New(fault.Conflict, "purchasing.over_plan", l.Title()).Under("P-006"),
				`UPDATE purchasing_plan_line SET ordered = ordered + $1 WHERE id = $2 AND ordered + $1 <= qty`, l.Qty, l.PlanLine); err != nil {
				return nil, err
			}
		}
		if err := insertOrder(ctx, tx, &o); err != nil {
			return nil, err
		}
		if err := tx.Trail(ctx, db.Event{Noun: Noun, Record: o.ID, Action: "draft", Note: o.SupplierName, After: o}); err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, nil
}

// licensed refuses food from a supplier without a licence for it that holds (P-014).
func licensed(ctx context.Context, tx *db.Tx, s *suppliers.Supplier, lines []OrderLine) error {
	must, err := rules.On(ctx, tx, "P-014.licence", tx.Today())
	if err != nil || !must {
		return err
	}
	var ids []string
	for _, l := range lines {
		ids = append(ids, l.Item)
	}
	items, err := catalog.Few(ctx, tx, ids)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(ids, func(id string) bool { return items[id].Category == catalog.Food }) {
		return nil
	}
	if holds, err := suppliers.MaySellFood(ctx, tx, s.ID, tx.Today()); err != nil || holds {
		return err
	}
	return fault.New(fault.Conflict, "purchasing.no_food_licence", s.Name).Under("P-014")
}

// step takes an order along its flow, held.
func step(ctx context.Context, tx *db.Tx, id string, version int64, name string) (Order, error) {
	return Flow.Take(ctx, tx, id, version, name, func(ctx context.Context, r db.Reader, _ db.Actor, id string) (Order, error) {
		return OrderByID(ctx, r, id)
	})
}

func keep(ctx context.Context, tx *db.Tx, o *Order, action, note string) error {
	if err := updateOrder(ctx, tx, o); err != nil {
		return err
	}
	o.Version++
	return tx.Trail(ctx, db.Event{Noun: Noun, Record: o.ID, Action: action, Note: note})
}

// Approve is the audit of an order's prices (P-011): somebody who neither planned nor
// bought looks at each against the last. A price that rose by more than P-011.rise per
// cent is passed only with a word on it.
func Approve(ctx context.Context, tx *db.Tx, id string, version int64, v Verdict) (Order, error) {
	o, err := step(ctx, tx, id, version, "approve")
	if err != nil {
		return o, err
	}
	for _, other := range []string{o.Planner, o.Buyer} {
		if err := apart(ctx, tx, other, "purchasing.own_audit"); err != nil {
			return o, under(err, "P-011")
		}
	}
	rise, err := rules.Number(ctx, tx, "P-011.rise", tx.Today())
	if err != nil {
		return o, err
	}
	o.Audit = strings.TrimSpace(v.Audit)
	var bad fault.Complaints
	for _, l := range o.Goods {
		if l.Rose() > rise && o.Audit == "" {
			bad.Cite("P-011", "audit", "purchasing.rose", l.Title(), itoa(int(l.Rose())))
		}
	}
	if err := bad.Err(); err != nil {
		return o, err
	}
	o.Auditor, o.AuditorName = tx.By.ID, tx.By.Name
	return o, keep(ctx, tx, &o, "approve", o.Audit)
}

// Rose is by how many per cent the price is above the last; below it, negative.
func (l OrderLine) Rose() int64 {
	if l.Last <= 0 {
		return 0
	}
	return int64((l.Price - l.Last) * 100 / l.Last)
}

// Send notes that an order went out to its supplier, by hand. Refused: without the
// declaration that all goods carry name, maker, address and certificate (P-015); to a
// supplier that is closed or blocked or let a licence end (P-014 of food); by the
// planner (P-001).
func Send(ctx context.Context, tx *db.Tx, id string, version int64, d Dispatched) (Order, error) {
	o, err := step(ctx, tx, id, version, "send")
	if err != nil {
		return o, err
	}
	if err := apart(ctx, tx, o.Planner, "purchasing.planner_buys"); err != nil {
		return o, err
	}
	s, err := suppliers.Get(ctx, tx, o.Supplier)
	if err != nil {
		return o, err
	}
	if err := suppliers.MayOrder(ctx, tx, &s); err != nil {
		return o, err
	}
	if err := licensed(ctx, tx, &s, o.Goods); err != nil {
		return o, err
	}
	var bad fault.Complaints
	if !d.Labelled {
		bad.Cite("P-015", "labelled", "purchasing.labels_needed")
	}
	if err := bad.Err(); err != nil {
		return o, err
	}
	o.Labelled, o.SentAt = true, tx.At()
	if d.Due != "" {
		o.Due = d.Due
	}
	if o.Store = d.Store; o.Store != "" {
		if w, err := warehouse.StoreByID(ctx, tx, o.Store); fault.KindOf(err) == fault.NotFound || err == nil && (w.Closed || w.Ward) {
			return o, fault.OnField("store", "base.no_such", o.Store)
		} else if err != nil {
			return o, err
		}
	}
	var items []string
	for _, l := range o.Goods {
		items = append(items, l.Item)
	}
	if err := tell(ctx, tx, &o, items, Promised); err != nil {
		return o, err
	}
	return o, keep(ctx, tx, &o, "send", o.SupplierName)
}

// Close ends an order of which no more is expected; what did not come is the plan's
// again. Needs MayBuy and a reason.
func Close(ctx context.Context, tx *db.Tx, id string, version int64, w Word) (Order, error) {
	return end(ctx, tx, id, version, "close", w)
}

// Cancel calls an order off of which nothing has come. Needs MayBuy and a reason.
func Cancel(ctx context.Context, tx *db.Tx, id string, version int64, w Word) (Order, error) {
	return end(ctx, tx, id, version, "cancel", w)
}

func end(ctx context.Context, tx *db.Tx, id string, version int64, name string, w Word) (Order, error) {
	o, err := step(ctx, tx, id, version, name)
	if err != nil {
		return o, err
	}
	if o.Note = strings.TrimSpace(w.Reason); o.Note == "" {
		return o, fault.OnField("reason", "base.required")
	}
	for _, l := range o.Goods {
		if _, err := tx.Exec(ctx, `UPDATE purchasing_plan_line SET ordered = ordered - $1 WHERE id = $2`, l.Left(), l.PlanLine); err != nil {
			return o, err
		}
		if l.Agreed != "" && l.Left() > 0 {
			if err := MarkCalled(ctx, tx, []Called{{l.Agreed, -l.Left()}}); err != nil {
				return o, err
			}
		}
	}
	return o, keep(ctx, tx, &o, name, o.Note)
}

// Arrived is what of one line of an order has come and was accepted, in smallest
// units; negative takes it back.
type Arrived struct {
	Line int64
	Qty  quantity.Qty
}

// MarkReceived notes what has come of an order, inside the caller's unit of work. The
// caller has checked its own right and says where the goods went. Conflict: an order
// that was not sent or has been closed; Invalid at lines.N.qty: more than is still to
// come, or less taken back than came.
func MarkReceived(ctx context.Context, tx *db.Tx, order string, lines []Arrived) error {
	o, err := held(ctx, tx, order)
	if err != nil {
		return err
	}
	if !slices.Contains([]OrderState{Sent, PartlyReceived, Received}, o.State) {
		return fault.New(fault.Conflict, "purchasing.not_sent", o.Number)
	}
	var bad fault.Complaints
	var items []string
	for k, a := range lines {
		n := slices.IndexFunc(o.Goods, func(l OrderLine) bool { return l.Line == a.Line })
		if n < 0 {
			bad.Add(at(k, "line"), "base.no_such", itoa(int(a.Line)))
			continue
		}
		l := &o.Goods[n]
		if a.Qty > l.Left() || l.Received+a.Qty < 0 {
			bad.Add(at(k, "qty"), "purchasing.over_order", l.Title(), l.Say(l.Left()))
			continue
		}
		l.Received += a.Qty
		if a.Qty > 0 {
			items = append(items, l.Item)
		}
		if _, err := tx.Exec(ctx, `UPDATE purchasing_order_line SET received = $1 WHERE purchase = $2 AND line = $3`, l.Received, order, l.Line); err != nil {
			return err
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	o.State = o.come()
	if err := tell(ctx, tx, &o, items, Came); err != nil {
		return err
	}
	return keep(ctx, tx, &o, "receive", "")
}
