// Package purchasing is the planner's desk and the buyer's desk, in two rooms with the
// door shut between them: departments say what they need this month, the planner holds
// it against what lies in the stores and what is on its way, the hospital agrees, and
// then somebody else buys.
//
// Nobody who planned may buy (P-001). Nothing is bought that no agreed plan has, and
// nobody's price goes out before somebody else has looked at it (P-011).
package purchasing

import (
	"context"
	"embed"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/people"
	"houqin/internal/rules"
)

//go:embed migrations/*.sql
var Migrations embed.FS

// What may be done here.
const (
	MayAsk   = "purchasing.ask"   // say what a department needs
	MayPlan  = "purchasing.plan"  // consolidate needs into a plan
	MayBuy   = "purchasing.buy"   // ask suppliers, order, keep price lists
	MayAudit = "purchasing.audit" // audit the prices of an order
	MayLeave = "purchasing.leave" // give leave for fewer bidders than the rule asks
	MaySee   = "purchasing.see"

	MayTakeOver = "purchasing.take_over" // enter the orders that other books had
)

// Permissions of this room.
var Permissions = []string{MayAsk, MayPlan, MayBuy, MayAudit, MayLeave, MaySee, MayTakeOver}

// What the trail calls the records of this room.
const (
	NeedNoun    = "purchasing.need"
	PlanNoun    = "purchasing.plan"
	EnquiryNoun = "purchasing.enquiry"
	Noun        = "purchasing.order"
	PriceNoun   = "purchasing.price"
)

// Goods is what a line says of its item.
type Goods struct {
	Item   string `json:"item"`
	Number string `json:"item_number"`
	Name   string `json:"name"`
	Spec   string `json:"spec"`
	Unit   string `json:"unit"`
	packs  []quantity.Pack
}

// Title is name and spec; Say a quantity in packs.
func (g Goods) Title() string             { return catalog.Item{Name: g.Name, Spec: g.Spec}.Title() }
func (g Goods) Say(q quantity.Qty) string { return q.Format(g.packs) }
func (g Goods) Packs() []quantity.Pack    { return g.packs }
func (g *Goods) fill(items map[string]catalog.Item) {
	i := items[g.Item]
	g.Number, g.Name, g.Spec, g.Unit, g.packs = i.Number, i.Name, i.Spec, i.Unit, i.Packs
}

// apart refuses somebody who is the same natural person as who did the other part, by
// whatever entry they come in (P-001).
func apart(ctx context.Context, tx *db.Tx, other, word string) error {
	must, err := rules.On(ctx, tx, "P-001.separate", tx.Today())
	if err != nil || !must {
		return err
	}
	same, err := people.OneHuman(ctx, tx, tx.By.ID, other)
	if same {
		return fault.New(fault.Conflict, word).Under("P-001")
	}
	return err
}

// cost is price times quantity; an amount that no book can hold is a fault on the line.
func cost(price money.Fen, q quantity.Qty) (money.Fen, error) { return money.Mul(price, int64(q)) }

func at(line int, key string) string { return "lines." + itoa(line) + "." + key }

func monthOf(d period.Day) period.Month { return d.Month() }
