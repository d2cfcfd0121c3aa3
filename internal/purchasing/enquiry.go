package purchasing

import (
	"context"
	"maps"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/rules"
	"houqin/internal/suppliers"
)

// Ways of buying, by what it is worth (P-009).
const (
	ByQuote       = "quote"
	ByNegotiation = "negotiation"
	ByTender      = "tender"
	ByContract    = "contract" // a framework contract's price, found by whatever way that took
)

// Methods of an enquiry, and of an order besides.
var (
	Methods      = []string{ByQuote, ByNegotiation, ByTender}
	OrderMethods = append(slices.Clone(Methods), ByContract, ByTakingOver)
)

// EnquiryState is how far an enquiry is.
type EnquiryState string

const (
	Open    EnquiryState = "open"
	Awarded EnquiryState = "awarded"
	Dropped EnquiryState = "dropped"
)

// EnquiryStates are all of them, as choices.
var EnquiryStates = []string{string(Open), string(Awarded), string(Dropped)}

// Enquiry asks several suppliers what they want for lines of an agreed plan.
type Enquiry struct {
	ID         string         `json:"id"`
	Number     string         `json:"number"`
	Plan       string         `json:"plan"`
	PlanNumber string         `json:"plan_number"`
	State      EnquiryState   `json:"state"`
	Method     string         `json:"method"`
	Bidders    int64          `json:"bidders"` // how many the rule asks
	Amount     money.Fen      `json:"amount"`
	Market     string         `json:"market"`
	Why        string         `json:"why"`
	Single     string         `json:"single"`
	LeaveBy    string         `json:"leave_by"`
	LeaveName  string         `json:"leave_name"`
	Buyer      string         `json:"buyer"`
	BuyerName  string         `json:"buyer_name"`
	At         period.Instant `json:"at"`
	AwardedAt  period.Instant `json:"awarded_at"`
	Version    int64          `json:"version"`
	Surveyed   bool           `json:"surveyed"` // the market's prices were looked at
	Asked      []EnquiryLine  `json:"asked,omitempty"`
}

// EnquiryLine is one item with all quotes for it, the cheapest first, and the price it
// was bought at before.
type EnquiryLine struct {
	Goods
	Line     int64        `json:"line"`
	PlanLine string       `json:"plan_line"`
	Quality  string       `json:"quality"`
	Qty      quantity.Qty `json:"qty"`
	Estimate money.Fen    `json:"estimate"`
	Last     money.Fen    `json:"last"`
	Quotes   []Quote      `json:"quotes"`
}

// Quote is what a supplier wants for one smallest unit, in how many days, and what its
// quality is worth, 0 to 100.
type Quote struct {
	Line         int64     `json:"line"`
	Supplier     string    `json:"supplier"`
	SupplierName string    `json:"supplier_name"`
	Price        money.Fen `json:"price"`
	Days         int64     `json:"days"`
	Score        int64     `json:"score"`
	Chosen       bool      `json:"chosen"`
}

// wayFor is how something of a worth is bought and how many must offer (P-009).
func wayFor(ctx context.Context, tx *db.Tx, worth money.Fen) (method string, bidders int64, err error) {
	method, key := ByQuote, "P-009.quotes"
	for _, step := range []struct{ limit, method, key string }{{"P-009.negotiate", ByNegotiation, "P-009.negotiators"}, {"P-009.tender", ByTender, "P-009.bidders"}} {
		reached, err := rules.Reached(ctx, tx, step.limit, tx.Today(), int64(worth))
		if err != nil {
			return "", 0, err
		}
		if reached {
			method, key = step.method, step.key
		}
	}
	bidders, err = rules.Number(ctx, tx, key, tx.Today())
	return method, bidders, err
}

// Enquire opens an enquiry for everything of an agreed plan that is not ordered yet; by
// what it is estimated at, the way of buying and the number of bidders follow (P-009).
// Needs MayBuy. Medical consumables that another department
// buys are left to it (P-018). Refused: a plan that was not agreed to (P-006), the planner
// (P-001), a plan of which nothing else is left (P-018), a plan of which nothing is left or an enquiry is open already (Conflict).
func Enquire(ctx context.Context, tx *db.Tx, plan string) (Enquiry, error) {
	p, err := buyable(ctx, tx, plan)
	if err != nil {
		return Enquiry{}, err
	}
	e := Enquiry{ID: tx.NewID(), Plan: p.ID, PlanNumber: p.Number, State: Open, Buyer: tx.By.ID, BuyerName: tx.By.Name, At: tx.At(), Version: 1}
	if _, busy, err := db.First(ctx, tx, func(s *string) []any { return []any{s} }, `SELECT number FROM purchasing_enquiry WHERE plan = $1 AND state = 'open'`, plan); err != nil {
		return e, err
	} else if busy {
		return e, fault.New(fault.Conflict, "purchasing.asked_already", p.Number)
	}
	others, err := othersToBuy(ctx, tx, itemsOf(p.Goods))
	if err != nil {
		return e, err
	}
	for _, l := range p.Goods {
		if left := l.Qty - l.Ordered; left > 0 && !others[l.Item] {
			e.Asked = append(e.Asked, EnquiryLine{Goods: l.Goods, Line: int64(len(e.Asked) + 1), PlanLine: l.ID, Qty: left, Estimate: l.Price})
			a, err := cost(l.Price, left)
			if err != nil {
				return e, err
			}
			e.Amount += a
		}
	}
	if len(e.Asked) == 0 && slices.ContainsFunc(p.Goods, func(l PlanLine) bool { return others[l.Item] && l.Ordered < l.Qty }) {
		return e, fault.New(fault.Conflict, "purchasing.not_owner").Under("P-018")
	}
	if len(e.Asked) == 0 {
		return e, fault.New(fault.Conflict, "purchasing.nothing_left", p.Number)
	}
	if e.Method, e.Bidders, err = wayFor(ctx, tx, e.Amount); err != nil {
		return e, err
	}
	if e.Number, err = tx.Number(ctx, "XJ"); err != nil {
		return e, err
	}
	if err := insertEnquiry(ctx, tx, &e); err != nil {
		return e, err
	}
	return e, tx.Trail(ctx, db.Event{Noun: EnquiryNoun, Record: e.ID, Action: "enquire", Note: p.Number})
}

// Offer is what one supplier answers; lines without a price are not offered.
type Offer struct {
	Supplier string
	Days     int64 // of delivery
	Score    int64 // of quality, 0 to 100
	Lines    []OfferLine
}

// OfferLine is a price for a line of the enquiry.
type OfferLine struct {
	Line  int64
	Price money.Fen
}

// Note writes down what a supplier offers; offered again, the newer holds. Needs MayBuy.
// Invalid: no price at all. Conflict: an enquiry that has ended, a supplier that is
// closed or blocked or let a licence end.
func Note(ctx context.Context, tx *db.Tx, id string, o Offer) (Enquiry, error) {
	e, err := open(ctx, tx, id)
	if err != nil {
		return e, err
	}
	s, err := suppliers.Get(ctx, tx, o.Supplier)
	if err != nil {
		return e, err
	}
	if err := suppliers.MayOrder(ctx, tx, &s); err != nil {
		return e, err
	}
	var bad fault.Complaints
	if o.Score < 0 || o.Score > 100 {
		bad.Add("score", "base.between", 0, 100)
	}
	priced := 0
	for k, l := range o.Lines {
		switch {
		case l.Line < 1 || l.Line > int64(len(e.Asked)):
			bad.Add(at(k, "line"), "base.no_such", itoa(int(l.Line)))
		case l.Price < 0:
			bad.Add(at(k, "price"), "base.money")
		case l.Price > 0:
			if _, err := cost(l.Price, e.Asked[l.Line-1].Qty); err != nil {
				bad.Add(at(k, "price"), "purchasing.too_much", e.Asked[l.Line-1].Title())
			}
			priced++
		}
	}
	if priced == 0 {
		bad.Add("lines", "purchasing.no_price")
	}
	if err := bad.Err(); err != nil {
		return e, err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM purchasing_quote WHERE enquiry = $1 AND supplier = $2`, id, o.Supplier); err != nil {
		return e, err
	}
	for _, l := range o.Lines {
		if l.Price == 0 {
			continue
		}
		if _, err := tx.Exec(ctx, `INSERT INTO purchasing_quote (enquiry, line, supplier, price, days, score) VALUES ($1,$2,$3,$4,$5,$6)`, id, l.Line, o.Supplier, l.Price, o.Days, o.Score); err != nil {
			return e, err
		}
	}
	return e, tx.Trail(ctx, db.Event{Noun: EnquiryNoun, Record: id, Action: "note", Note: s.Name, After: o})
}

// open is an enquiry that this buyer may work on, held.
func open(ctx context.Context, tx *db.Tx, id string) (Enquiry, error) {
	if err := tx.Need(MayBuy); err != nil {
		return Enquiry{}, err
	}
	if err := tx.Lock(ctx, "purchasing_enquiry", id); err != nil {
		return Enquiry{}, err
	}
	e, err := EnquiryByID(ctx, tx, id)
	if err != nil {
		return e, err
	}
	if e.State != Open {
		return e, fault.New(fault.Conflict, "purchasing.enquiry_ended", e.Number)
	}
	p, err := PlanByID(ctx, tx, e.Plan)
	if err != nil {
		return e, err
	}
	return e, apart(ctx, tx, p.Planner, "purchasing.planner_buys")
}

// AskSingle says why fewer suppliers than the rule asks can offer; GiveLeave is
// somebody else's answer. Without both nothing is awarded.
func AskSingle(ctx context.Context, tx *db.Tx, id, why string) error {
	e, err := open(ctx, tx, id)
	if err != nil {
		return err
	}
	if why = strings.TrimSpace(why); why == "" {
		return fault.OnField("single", "base.required")
	}
	if _, err := tx.Exec(ctx, `UPDATE purchasing_enquiry SET single = $1, leave_by = '', leave_name = '', version = version + 1 WHERE id = $2`, why, id); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: EnquiryNoun, Record: e.ID, Action: "single", Note: why})
}

// GiveLeave lets a buyer award to fewer bidders than the rule asks. Needs MayLeave, of
// somebody who neither bought nor planned.
func GiveLeave(ctx context.Context, tx *db.Tx, id string, version int64) error {
	if err := tx.Need(MayLeave); err != nil {
		return err
	}
	e, err := EnquiryByID(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := apart(ctx, tx, e.Buyer, "purchasing.own_leave"); err != nil {
		return err
	}
	if err := tx.One(ctx, fault.Stale(), `UPDATE purchasing_enquiry SET leave_by = $1, leave_name = $2, version = version + 1 WHERE id = $3 AND version = $4 AND state = 'open' AND single <> ''`,
		tx.By.ID, tx.By.Name, id, version); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: EnquiryNoun, Record: id, Action: "leave", Note: e.Single})
}

// Award is how an enquiry ends. Supplier "" takes the cheapest of each line, of two
// alike the better quality; else all that this supplier offered. With Lines each line goes
// to the bidder named for it, and one without stays with the plan.
type Award struct {
	Supplier string
	Lines    []AwardLine
	Market   string // what the market wants for it (P-008)
	Why      string // not the cheapest
	Due      period.Day
}

// AwardLine is to whom a line goes.
type AwardLine struct {
	Line     int64
	Supplier string
}

// Decide awards an enquiry and drafts an order for each supplier chosen. Refused:
// without a word on the market, or a dearer offer than the cheapest without a reason
// (P-008); fewer suppliers than the rule asks without reason and leave (P-009); lines
// for which nobody offers stay with the plan; a line given to somebody who did not offer for
// it (Invalid).
func Decide(ctx context.Context, tx *db.Tx, id string, a Award) ([]Order, error) {
	e, err := open(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	e.Market, e.Why = strings.TrimSpace(a.Market), strings.TrimSpace(a.Why)
	var bad fault.Complaints
	if e.Market == "" {
		bad.Cite("P-008", "market", "purchasing.market_needed")
	}
	if n := e.offering(); int64(n) < e.Bidders {
		switch {
		case e.Single == "":
			bad.Cite("P-009", "supplier", "purchasing.too_few", itoa(n), itoa(int(e.Bidders)))
		case e.LeaveBy == "":
			bad.Cite("P-009", "supplier", "purchasing.leave_needed", itoa(n), itoa(int(e.Bidders)))
		}
	}
	chosen := map[string][]OrderLine{}
	dearer := false
	for _, l := range e.Asked {
		q, ok := a.pick(&l, &bad)
		if !ok {
			continue
		}
		dearer = dearer || q.Price > l.Quotes[0].Price
		highest := slices.MaxFunc(l.Quotes, func(a, b Quote) int { return int(a.Price - b.Price) }).Price
		chosen[q.Supplier] = append(chosen[q.Supplier], OrderLine{Goods: l.Goods, PlanLine: l.PlanLine, Quality: l.Quality, Qty: l.Qty, Price: q.Price, Last: l.Last, Highest: highest})
		if _, err := tx.Exec(ctx, `UPDATE purchasing_quote SET chosen = true WHERE enquiry = $1 AND line = $2 AND supplier = $3`, id, l.Line, q.Supplier); err != nil {
			return nil, err
		}
	}
	if dearer && e.Why == "" {
		bad.Cite("P-008", "why", "purchasing.dearer_why")
	}
	if err := aboveContracts(ctx, tx, &e, chosen, &bad); err != nil {
		return nil, err
	}
	if len(chosen) == 0 {
		bad.Add("supplier", "purchasing.no_offer")
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, `UPDATE purchasing_enquiry SET state = 'awarded', market = $1, why = $2, awarded_at = $3, version = version + 1 WHERE id = $4`, e.Market, e.Why, tx.At(), id); err != nil {
		return nil, err
	}
	orders, err := draftOrders(ctx, tx, e.Plan, e.ID, e.Method, a.Due, chosen)
	if err != nil {
		return nil, err
	}
	return orders, tx.Trail(ctx, db.Event{Noun: EnquiryNoun, Record: id, Action: "award", Note: e.Market, After: a})
}

// aboveContracts asks for a word where something is bought dearer than a framework contract
// that holds today has it.
func aboveContracts(ctx context.Context, tx *db.Tx, e *Enquiry, chosen map[string][]OrderLine, bad *fault.Complaints) error {
	all, err := Contracts(ctx, tx, tx.Today())
	if err != nil || e.Why != "" {
		return err
	}
	agreed := map[string]Price{}
	for _, c := range all {
		for _, p := range c.Prices {
			left, bound := p.Left()
			if was, known := agreed[p.Item]; (!known || p.Price < was.Price) && (!bound || left > 0) {
				agreed[p.Item] = p
			}
		}
	}
	for _, s := range slices.Sorted(maps.Keys(chosen)) {
		for _, l := range chosen[s] {
			if p, known := agreed[l.Item]; known && l.Price > p.Price {
				bad.Cite("P-008", "why", "purchasing.above_contract", l.Title(), p.Price, p.Contract)
			}
		}
	}
	return nil
}

// Drop ends an enquiry without buying; its lines stay with the plan.
func Drop(ctx context.Context, tx *db.Tx, id string) error {
	e, err := open(ctx, tx, id)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE purchasing_enquiry SET state = 'dropped', version = version + 1 WHERE id = $1`, id); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: EnquiryNoun, Record: e.ID, Action: "drop"})
}

// offering counts the suppliers that offered anything.
func (e *Enquiry) offering() int {
	all := map[string]bool{}
	for _, l := range e.Asked {
		for _, q := range l.Quotes {
			all[q.Supplier] = true
		}
	}
	return len(all)
}

// pick is the quote taken for a line: that of whom it was given to, a supplier's, or the
// cheapest.
func (a *Award) pick(l *EnquiryLine, bad *fault.Complaints) (Quote, bool) {
	to, given := a.Supplier, -1
	if len(a.Lines) > 0 {
		if given = slices.IndexFunc(a.Lines, func(x AwardLine) bool { return x.Line == l.Line }); given < 0 || a.Lines[given].Supplier == "" {
			return Quote{}, false
		}
		to = a.Lines[given].Supplier
	}
	for _, q := range l.Quotes {
		if to == "" || q.Supplier == to {
			return q, true
		}
	}
	if given >= 0 {
		bad.Add(at(given, "supplier"), "purchasing.not_offered", l.Title())
	}
	return Quote{}, false
}
