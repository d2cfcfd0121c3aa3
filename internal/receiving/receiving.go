// Package receiving is the gate of the stores: the lorry is there, and before anything
// lies on a shelf the keeper holds it against the order, counts it, looks at lot and
// expiry, a second person tests it where that is asked, and what is poor, wrong or too
// much goes back on the same lorry.
//
// Only what was ordered and is good is booked (S-006, S-007). The rest never touches the
// books, is written down by its cause, and counts against the supplier. The invoice is
// paid only when order, receipt and invoice say the same.
package receiving

import (
	"embed"
	"slices"

	"houqin/internal/assets"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/flow"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/warehouse"
)

//go:embed migrations/*.sql
var Migrations embed.FS

// What may be done here. A right given for a department holds for the stores that it
// keeps.
const (
	MaySee     = "receiving.see"
	MayReceive = "receiving.receive" // count what came, book it, hand back what was refused
	MayCheck   = "receiving.check"   // test the quality of what somebody else counted
	MayMatch   = "receiving.match"   // hold invoices against orders and receipts, pay them
	MayClear   = "receiving.clear"   // let an invoice pass that differs
)

// Permissions of this room.
var Permissions = []string{MaySee, MayReceive, MayCheck, MayMatch, MayClear}

// What the trail calls the records of this room.
const (
	Noun        = "receiving.receipt"
	InvoiceNoun = "receiving.invoice"
)

// State is how far a receipt is.
type State string

const (
	Counted State = "counted" // waits for the second person
	Checked State = "checked" // may be booked
	Posted  State = "posted"
	Refused State = "refused" // all of it
	Dropped State = "dropped" // written down by mistake
)

// States are all of them, as choices.
var States = []string{string(Counted), string(Checked), string(Posted), string(Refused), string(Dropped)}

// Bases are what goods may be received against (S-006).
var Bases = []string{"order", "contract", "plan"}

// Causes are why goods are refused.
var Causes = []string{"wrong", "over", "damaged", "poor", "short_dated", "unlabelled"}

// Receipt is what one lorry brought for one order (YS). Amount is fen of what was
// accepted, Refused how many lines have something refused.
type Receipt struct {
	ID             string         `json:"id"`
	Number         string         `json:"number"`
	Basis          string         `json:"basis"`
	BasisID        string         `json:"basis_id"`
	BasisNumber    string         `json:"basis_number"`
	Supplier       string         `json:"supplier"`
	SupplierName   string         `json:"supplier_name"`
	Store          string         `json:"store"`
	StoreName      string         `json:"store_name"`
	Keeping        string         `json:"-"` // department that keeps the store
	Invoice        string         `json:"invoice"`
	InvoiceID      string         `json:"invoice_id"`
	Delivery       string         `json:"delivery"`
	Arrived        period.Day     `json:"arrived"`
	Due            period.Day     `json:"due"`
	State          State          `json:"state"`
	Second         bool           `json:"second"`
	Lines          int64          `json:"lines"`
	Amount         money.Fen      `json:"amount"`
	Refused        int64          `json:"refused"`
	By             string         `json:"by"`
	ByName         string         `json:"by_name"`
	At             period.Instant `json:"at"`
	CheckedBy      string         `json:"checked_by"`
	CheckedName    string         `json:"checked_name"`
	CheckedAt      period.Instant `json:"checked_at"`
	Finding        string         `json:"finding"`
	Document       string         `json:"document"`
	DocumentNumber string         `json:"document_number"`
	PostedAt       period.Instant `json:"posted_at"`
	ReturnedAt     period.Instant `json:"returned_at"`
	ReturnedName   string         `json:"returned_name"`
	ReturnedTo     string         `json:"returned_to"`
	Settled        string         `json:"settled"` // what is to become of what was refused, of warehouse.Ways
	Note           string         `json:"note"`
	Carded         bool           `json:"carded"`
	Version        int64          `json:"version"`
	Apart          bool           `json:"apart"`      // another tested than counted
	Based          bool           `json:"based"`      // it was held against an order, a contract or a plan
	Answered       bool           `json:"answered"`   // booked with its invoice, or refused
	Uninvoiced     bool           `json:"uninvoiced"` // booked without
	Goods          []Line         `json:"goods,omitempty"`
	Away           []Gone         `json:"away,omitempty"` // went back to the supplier after it was booked
}

// Gone is some of a receipt's goods that went back to the supplier after they were booked,
// by which paper of the warehouse; Worth is fen at the price agreed, of what nothing came
// for again. Came is what came in their place, Free what of that stands on no invoice, and
// Waits what is still to come.
type Gone struct {
	Receipt string         `json:"receipt"`
	Again   bool           `json:"again"` // the same is to come again
	Came    quantity.Qty   `json:"came"`
	Free    quantity.Qty   `json:"free"`
	Waits   quantity.Qty   `json:"waits"`
	Item    string         `json:"item"`
	Title   string         `json:"title"`
	Lot     string         `json:"lot"`
	Qty     quantity.Qty   `json:"qty"`
	Worth   money.Fen      `json:"worth"`
	At      period.Instant `json:"at"`
	Paper   string         `json:"paper"`
	Number  string         `json:"number"`
	price   money.Fen
	packs   []quantity.Pack
}

// Say is the quantity in packs, SayOf another of the same goods.
func (g Gone) Say() string                 { return g.Qty.Format(g.packs) }
func (g Gone) SayOf(q quantity.Qty) string { return q.Format(g.packs) }

// Missed is what went back and did not come again for the same money.
func (g Gone) Missed() quantity.Qty { return g.Qty - g.Free }

// Line is some of one lot of one item, in smallest units. Asked is the line of the order,
// 0 where nobody ordered it; Price is what was agreed for one.
type Line struct {
	N          int64        `json:"n"`
	Item       string       `json:"item"`
	ItemNumber string       `json:"item_number"`
	Name       string       `json:"name"`
	Spec       string       `json:"spec"`
	Unit       string       `json:"unit"`
	Asked      int64        `json:"asked"`
	Noted      quantity.Qty `json:"noted"`
	Came       quantity.Qty `json:"came"`
	Refused    quantity.Qty `json:"refused"`
	Cause      string       `json:"cause"`
	Lot        string       `json:"lot"`
	Expiry     period.Day   `json:"expiry"`
	Bin        string       `json:"bin"`
	Price      money.Fen    `json:"price"`
	Note       string       `json:"note"`
	Again      quantity.Qty `json:"again"` // of what came, in place of goods that had gone back
	Free       quantity.Qty `json:"free"`  // of that, paid for with those and on no invoice
	Back       quantity.Qty `json:"back"`  // went back to the supplier after it was booked
	own        quantity.Qty // of that, what is not Free
	packs      []quantity.Pack
	category   catalog.Category
	shelf      int64 // days that the item lasts
}

// Title is name and spec; Say a quantity in packs.
func (l Line) Title() string             { return catalog.Item{Name: l.Name, Spec: l.Spec}.Title() }
func (l Line) Say(q quantity.Qty) string { return q.Format(l.packs) }

// Accepted is what may be booked, Short what the delivery note says and nobody found.
func (l Line) Accepted() quantity.Qty { return l.Came - l.Refused }
func (l Line) Short() quantity.Qty    { return max(0, l.Noted-l.Came) }

// Billable is what an invoice is to ask for.
func (l Line) Billable() quantity.Qty { return l.Accepted() - l.Free }

func (l *Line) fill(i catalog.Item) {
	l.ItemNumber, l.Name, l.Spec, l.Unit, l.packs, l.category, l.shelf = i.Number, i.Name, i.Spec, i.Unit, i.Packs, i.Category, i.ShelfDays
}

// ToGoBack says whether something that was refused still stands at the gate.
func (r *Receipt) ToGoBack() bool {
	return r.Refused > 0 && r.ReturnedAt == 0 && (r.State == Posted || r.State == Refused)
}

// Word is a reason, Taker who took back what was refused, and whether the same is to come
// again.
type (
	Word  struct{ Reason string }
	Taker struct{ Who, Way string }
)

var (
	WordForm = form.Of[Word]{Name: "receiving.word", Fields: []form.Field[Word]{
		{Key: "reason", Into: func(w *Word) any { return &w.Reason }, Required: true, Most: 200}}}
	TakerForm = form.Of[Taker]{Name: "receiving.taker", Fields: []form.Field[Taker]{
		{Key: "who", Into: func(t *Taker) any { return &t.Who }, Required: true, Most: 60, Hint: true},
		{Key: "way", Into: func(t *Taker) any { return &t.Way }, OneOf: warehouse.Ways, Enum: "receiving.way", Required: true, Hint: true}}}
)

// Life is the table of a receipt's steps. What is booked here is taken back by undo.
var Life = flow.Flow[State, Receipt]{
	Name:  Noun,
	State: func(r *Receipt) *State { return &r.State },
	Seen:  func(r *Receipt) int64 { return r.Version },
	May:   func(by db.Actor, permission string, r *Receipt) bool { return by.MayIn(permission, r.Keeping) },
	Steps: []flow.Step[State, Receipt]{
		{Name: "check", From: []State{Counted}, Need: MayCheck, Tone: "accent", If: another},
		{Name: "post", From: []State{Checked}, To: Posted, Need: MayReceive, Tone: "accent"},
		{Name: "hand_back", From: []State{Posted, Refused}, Need: MayReceive, Ask: &TakerForm, If: standing, Hide: true, Tone: "accent"},
		{Name: "bill", From: []State{Posted}, Need: MayReceive, Ask: &BillForm, If: unbilled, Hide: true, Tone: "accent"},
		{Name: "waive", From: []State{Posted}, Need: MayReceive, Ask: &WordForm, If: awaiting, Hide: true},
		{Name: "card", From: []State{Posted}, Need: assets.MayChange, Ask: &CardForm, If: uncarded, Hide: true, Tone: "accent"},
		{Name: "undo", From: []State{Posted}, To: Dropped, Need: MayReceive, Ask: &WordForm, Tone: "danger"},
		{Name: "drop", From: []State{Counted, Checked}, To: Dropped, Need: MayReceive, Ask: &WordForm, Tone: "danger"},
	},
}

// another: who counted does not test (S-005).
func another(by db.Actor, r *Receipt) error {
	if by.ID == r.By {
		return fault.New(fault.Conflict, "receiving.own_check", r.ByName).Under("S-005")
	}
	return nil
}

func standing(_ db.Actor, r *Receipt) error {
	if !r.ToGoBack() {
		return fault.New(fault.Conflict, "receiving.nothing_back", r.Number)
	}
	return nil
}

func unbilled(_ db.Actor, r *Receipt) error {
	if r.InvoiceID != "" {
		return fault.New(fault.Conflict, "receiving.has_invoice", r.Invoice)
	}
	if !r.billable() {
		return fault.New(fault.Conflict, "receiving.paid_before", r.Number)
	}
	return nil
}

func awaiting(_ db.Actor, x *Receipt) error {
	if !slices.ContainsFunc(x.Away, func(g Gone) bool { return g.Receipt == x.ID && g.Waits > 0 }) {
		return fault.New(fault.Conflict, "receiving.nothing_awaited", x.Number)
	}
	return nil
}

// Scope is which receipts a person sees: those of the stores kept by departments for
// which they look, receive or test. In the query the store's row is w.
func Scope(by db.Actor) list.Where {
	var units []string
	for _, may := range []string{MaySee, MayReceive, MayCheck} {
		s := by.Scope(may)
		if s.All {
			return list.Where{}
		}
		units = append(units, s.Units...)
	}
	slices.Sort(units)
	return list.Where{}.In("w.department", slices.Compact(units))
}

// amount is what was accepted of a line, in fen, at the price agreed.
func amount(l Line) (money.Fen, error) { return money.Mul(l.Price, int64(l.Accepted())) }
