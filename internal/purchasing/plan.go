package purchasing

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
)

// PlanState is how far a plan is.
type PlanState string

const (
	Draft      PlanState = "draft"
	Underway   PlanState = "underway" // others decide
	Approved   PlanState = "approved" // may be bought
	PlanClosed PlanState = "closed"
	// PlanDropped is a draft that was given up; what it was made of waits again.
	PlanDropped PlanState = "dropped"
)

// PlanStates are all of them, as choices.
var PlanStates = []string{string(Draft), string(Underway), string(Approved), string(PlanClosed), string(PlanDropped)}

// Plan is what the house buys in a month.
type Plan struct {
	ID             string         `json:"id"`
	Number         string         `json:"number"`
	Month          period.Day     `json:"month"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	State          PlanState      `json:"state"`
	Review         string         `json:"review"`
	Urgent         bool           `json:"urgent"`
	Lines          int64          `json:"lines"`
	Amount         money.Fen      `json:"amount"`
	Planner        string         `json:"planner"`
	PlannerName    string         `json:"planner_name"`
	At             period.Instant `json:"at"`
	Paper          string         `json:"paper"`
	Version        int64          `json:"version"`
	Papered        bool           `json:"papered"`  // it was agreed to on paper
	Reviewed       bool           `json:"reviewed"` // somebody wrote down what they made of it
	Goods          []PlanLine     `json:"goods,omitempty"`
}

// PlanLine is one item of a plan: what was asked, what there is, what is foretold, what
// was proposed from it, and what the planner made of that.
type PlanLine struct {
	Goods
	Outlook
	ID       string       `json:"id"`
	Line     int64        `json:"line"`
	Quality  string       `json:"quality"`
	Wanted   quantity.Qty `json:"wanted"`
	Askers   int64        `json:"askers"`
	Stock    quantity.Qty `json:"stock"`
	Coming   quantity.Qty `json:"coming"`
	Planned  quantity.Qty `json:"planned"` // other plans would still buy
	Claimed  quantity.Qty `json:"claimed"` // was asked for in other plans and has not come
	Proposed quantity.Qty `json:"proposed"`
	Qty      quantity.Qty `json:"qty"`
	Price    money.Fen    `json:"price"`
	Why      string       `json:"why"`
	Ordered  quantity.Qty `json:"ordered"`
}

// whole rounds up to the smallest pack that is larger than one: nobody sells two of a
// box of ten. Less than half a pack stays as it is.
func whole(q quantity.Qty, packs []quantity.Pack) quantity.Qty {
	for _, p := range packs {
		if f := quantity.Qty(p.Factor); f > 1 && 2*q >= f {
			return (q + f - 1) / f * f
		}
	}
	return q
}

// Consolidate sums what all departments asked for a month into one draft, item by item,
// with what lies in the stores, what is on order or in other plans, what was used and what
// is foretold, and proposes a quantity for each (P-002, P-012, S-051). What was asked is
// then planned. Of this month and the next it also proposes what nobody asked for and the
// stores run short of. Needs MayPlan. Conflict: nobody asked for anything in that month and
// nothing runs short.
func Consolidate(ctx context.Context, tx *db.Tx, month period.Day, department string) (Plan, error) {
	p := Plan{ID: tx.NewID(), Month: month.Month().First(), Department: department, State: Draft, Planner: tx.By.ID, PlannerName: tx.By.Name, At: tx.At(), Version: 1}
	if err := tx.Need(MayPlan); err != nil {
		return p, err
	}
	var err error
	// The number first: who consolidates beside this one waits, and sees what it plans.
	if p.Number, err = tx.Number(ctx, "JH"); err != nil {
		return p, err
	}
	if _, err := tx.Exec(ctx, `UPDATE purchasing_need SET state = 'planned', plan = $1, version = version + 1 WHERE state = 'asked' AND kind = 'monthly' AND month = $2`, p.ID, p.Month); err != nil {
		return p, err
	}
	all, err := summed(ctx, tx, p.ID)
	if err != nil {
		return p, err
	}
	extra, err := Passed(ctx, tx)
	if err != nil {
		return p, err
	}
	if all, err = add(ctx, tx, extra, all); err != nil {
		return p, err
	}
	if err := draw(ctx, tx, &p, all); err != nil {
		return p, err
	}
	return p, took(ctx, tx, &p, extra)
}

// FromUrgent makes the plan of an urgent need that has been agreed to; the approval is
// the need's own. Needs MayPlan.
func FromUrgent(ctx context.Context, tx *db.Tx, need string, version int64, department string) (Plan, error) {
	p := Plan{ID: tx.NewID(), Department: department, State: Approved, Urgent: true, Planner: tx.By.ID, PlannerName: tx.By.Name, At: tx.At(), Version: 1}
	if err := tx.Need(MayPlan); err != nil {
		return p, err
	}
	n, err := NeedByID(ctx, tx, need)
	if err != nil {
		return p, err
	}
	p.Month, p.Paper, p.Review = n.Month, n.Paper, n.Reason
	if n.Needs, err = linesOfNeed(ctx, tx, need); err != nil {
		return p, err
	}
	digest, err := n.digest()
	if err != nil {
		return p, err
	}
	if err := approvals.Must(ctx, tx, NeedNoun, need, digest); err != nil {
		return p, under(err, "P-005")
	}
	if err := tx.One(ctx, fault.Stale(), `UPDATE purchasing_need SET state = 'planned', plan = $1, version = version + 1 WHERE id = $2 AND version = $3 AND state = 'agreed'`, p.ID, need, version); err != nil {
		return p, err
	}
	all, err := summed(ctx, tx, p.ID)
	if err != nil {
		return p, err
	}
	if p.Number, err = tx.Number(ctx, "JH"); err != nil {
		return p, err
	}
	return p, draw(ctx, tx, &p, all)
}

// draw fills the lines of a draft, adds what the stores run short of, and writes it down.
func draw(ctx context.Context, tx *db.Tx, p *Plan, all []PlanLine) error {
	t, err := thereIs(ctx, tx, p.ID, p.Month)
	if err != nil {
		return err
	}
	today, month := tx.Today(), p.Month.Month()
	of, err := outlooks(ctx, tx, "", month, today, func(used []string) (ids []string) {
		for _, l := range all {
			ids = append(ids, l.Item)
		}
		if p.Urgent {
			return ids
		}
		return slices.Concat(ids, used, slices.Collect(maps.Keys(t.least)))
	})
	if err != nil {
		return err
	}
	if this := today.Month(); !p.Urgent && !month.Before(this) && !month.After(this.Add(1)) {
		all = append(all, t.short(of, all)...)
	}
	var ids []string
	for _, l := range all {
		ids = append(ids, l.Item)
	}
	items, err := catalog.Few(ctx, tx, ids)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(l PlanLine) bool { return l.Askers == 0 && items[l.Item].Closed })
	if len(all) == 0 {
		return fault.New(fault.Conflict, "purchasing.nobody_asked", string(month))
	}
	for k := range all {
		l := &all[k]
		l.fill(items)
		l.Outlook, l.Stock, l.Coming, l.Planned = of[l.Item], t.stock[l.Item], t.coming[l.Item], t.planned[l.Item]
		l.Claimed = t.same[l.Item] + t.other[l.Item]
		if l.Askers == 0 {
			l.Price = items[l.Item].Price
		}
		l.Proposed = whole(t.propose(l.Item, l.Wanted, l.Likely), l.packs)
		l.Qty = l.Proposed
		if p.Urgent { // it was agreed to as it was asked
			l.Qty = l.Wanted
		}
	}
	slices.SortFunc(all, func(a, b PlanLine) int { return cmp.Compare(a.Number, b.Number) })
	for k := range all {
		all[k].Line = int64(k + 1)
		all[k].ID = p.ID + "." + itoa(k+1)
	}
	p.Goods = all
	if err := p.sum(); err != nil {
		return err
	}
	if err := insertPlan(ctx, tx, p); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: PlanNoun, Record: p.ID, Action: "consolidate", Note: p.Number})
}

func (p *Plan) sum() error {
	p.Lines, p.Amount = int64(len(p.Goods)), 0
	for _, l := range p.Goods {
		a, err := cost(l.Price, l.Qty)
		if err != nil {
			return fault.OnField(at(int(l.Line-1), "qty"), "purchasing.too_much", l.Title())
		}
		p.Amount += a
	}
	return nil
}

// Set is a line of a draft as the planner writes it.
type Set struct {
	Line  int64
	Qty   string
	Price money.Fen
	Why   string
}

// Change writes the planner's quantities, prices and reasons into a draft. Invalid,
// every line at once: a quantity that cannot be counted. Conflict: a plan that others
// decide on already.
func Change(ctx context.Context, tx *db.Tx, id string, version int64, lines []Set) (Plan, error) {
	p, err := draft(ctx, tx, id, version)
	if err != nil {
		return p, err
	}
	var bad fault.Complaints
	for k, s := range lines {
		n := slices.IndexFunc(p.Goods, func(l PlanLine) bool { return l.Line == s.Line })
		if n < 0 {
			bad.Add(at(k, "line"), "base.no_such", itoa(int(s.Line)))
			continue
		}
		l := &p.Goods[n]
		if l.Qty, err = quantity.Parse(s.Qty, l.packs); err != nil || l.Qty < 0 {
			bad.Add(at(k, "qty"), "purchasing.bad_qty", s.Qty, l.Unit)
			continue
		}
		if _, err := cost(s.Price, l.Qty); err != nil || s.Price < 0 {
			bad.Add(at(k, "price"), "purchasing.too_much", l.Title())
			continue
		}
		l.Price, l.Why = s.Price, strings.TrimSpace(s.Why)
	}
	if err := bad.Err(); err != nil {
		return p, err
	}
	if err := p.sum(); err != nil {
		return p, err
	}
	if err := updateLines(ctx, tx, &p); err != nil {
		return p, err
	}
	return p, tx.Trail(ctx, db.Event{Noun: PlanNoun, Record: p.ID, Action: "change", Note: p.Number, After: lines})
}

// draft is a plan that its planner may still change, held.
func draft(ctx context.Context, tx *db.Tx, id string, version int64) (Plan, error) {
	if err := tx.Need(MayPlan); err != nil {
		return Plan{}, err
	}
	if err := tx.Lock(ctx, "purchasing_plan", id); err != nil {
		return Plan{}, err
	}
	p, err := PlanByID(ctx, tx, id)
	if err != nil {
		return p, err
	}
	if p.State != Draft {
		return p, fault.New(fault.Conflict, "purchasing.not_draft", p.Number)
	}
	if version != 0 && p.Version != version {
		return p, fault.Stale()
	}
	return p, nil
}

// AskLeave sends a plan on its way (P-002). Invalid, every line at once: a plan whose
// reasonableness nobody has said a word on (P-007); more than was proposed without a
// reason, under P-012 where what lies in the stores would do, else under P-007; a line
// without a price (P-003). Refused besides: what approvals.Ask refuses.
func AskLeave(ctx context.Context, tx *db.Tx, id string, version int64, review string) (Plan, error) {
	p, err := draft(ctx, tx, id, version)
	if err != nil {
		return p, err
	}
	p.Review = strings.TrimSpace(review)
	var bad fault.Complaints
	if p.Review == "" {
		bad.Cite("P-007", "review", "purchasing.review_needed")
	}
	bought := 0
	for _, l := range p.Goods {
		k := int(l.Line - 1)
		if l.Qty > 0 {
			bought++
		}
		switch {
		case l.Qty > 0 && l.Price <= 0:
			bad.Cite("P-003", at(k, "price"), "purchasing.price_needed", l.Title())
		case l.Qty > 0 && l.Proposed == 0 && l.Why == "":
			bad.Cite("P-012", at(k, "why"), "purchasing.enough_there", l.Title(), l.Say(l.Stock+l.Coming+l.Planned))
		case l.Qty > l.Proposed && l.Why == "":
			bad.Cite("P-007", at(k, "why"), "purchasing.more_than_proposed", l.Title(), l.Say(l.Proposed))
		}
	}
	if bought == 0 {
		bad.Add("review", "purchasing.buys_nothing")
	}
	if err := bad.Err(); err != nil {
		return p, err
	}
	digest, err := p.digest()
	if err != nil {
		return p, err
	}
	if _, err := approvals.Changed(ctx, tx, PlanNoun, p.ID, digest); err != nil {
		return p, err
	}
	facts, err := p.facts(ctx, tx)
	if err != nil {
		return p, err
	}
	c, err := approvals.Ask(ctx, tx, approvals.Document{Kind: "purchasing.plan", Noun: PlanNoun, Record: p.ID, Number: p.Number, Title: string(p.Month.Month()), Reason: p.Review,
		Department: p.Department, Amount: p.Amount, Facts: facts, Hands: []approvals.Hand{{Part: "planner", Person: p.Planner}}, Digest: digest})
	if err != nil {
		return p, err
	}
	p.State, p.Paper = Underway, c.Number
	if !c.Open {
		p.State = Approved
	}
	if err := tx.One(ctx, fault.Stale(), `UPDATE purchasing_plan SET state = $1, paper = $2, review = $3, version = version + 1 WHERE id = $4 AND version = $5`, p.State, p.Paper, p.Review, p.ID, p.Version); err != nil {
		return p, err
	}
	return p, tx.Trail(ctx, db.Event{Noun: PlanNoun, Record: p.ID, Action: "ask", Note: p.Review})
}

// cardLines is how many goods of a plan, the dearest first, stand on the card of who decides.
const cardLines = 8

func (p *Plan) facts(ctx context.Context, tx *db.Tx) ([]approvals.Fact, error) {
	bought := slices.DeleteFunc(slices.Clone(p.Goods), func(l PlanLine) bool { return l.Qty == 0 })
	worth := func(l PlanLine) int64 { return int64(l.Qty) * int64(l.Price) }
	slices.SortStableFunc(bought, func(a, b PlanLine) int { return cmp.Compare(worth(b), worth(a)) })
	var say []string
	var goods []Goods
	for _, l := range bought[:min(cardLines, len(bought))] {
		say, goods = append(say, l.Title()+" "+l.Say(l.Qty)+" × "+l.Price.String()+"/"+l.Unit), append(goods, l.Goods)
	}
	if more := len(bought) - len(say); more > 0 {
		say = append(say, "… +"+itoa(more))
	}
	facts, err := lying(ctx, tx, p.Department, goods)
	return append([]approvals.Fact{{Key: "lines", Value: strings.Join(say, "；")}}, facts...), err
}

// digest of what is agreed to: which goods, how many, at what estimate.
func (p *Plan) digest() (string, error) {
	var all []any
	for _, l := range p.Goods {
		all = append(all, l.Item, int64(l.Qty), int64(l.Price))
	}
	return approvals.DigestOf([]any{p.Month, all})
}

// PlanEnded is told what became of a plan: agreed it may be bought; else it is a draft
// again.
func PlanEnded(ctx context.Context, tx *db.Tx, c approvals.Case) error {
	to := Draft
	if c.State == approvals.Agreed {
		to = Approved
	}
	if _, err := tx.Exec(ctx, `UPDATE purchasing_plan SET state = $1, version = version + 1 WHERE id = $2`, to, c.Record); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: PlanNoun, Record: c.Record, Action: "decided." + string(c.State), Note: c.EndedNote})
}

// buyable is a plan that may be bought from, held: agreed to as it stands (P-006), and
// planned by somebody else than who buys (P-001).
func buyable(ctx context.Context, tx *db.Tx, id string) (Plan, error) {
	if err := tx.Need(MayBuy); err != nil {
		return Plan{}, err
	}
	if err := tx.Lock(ctx, "purchasing_plan", id); err != nil {
		return Plan{}, err
	}
	p, err := PlanByID(ctx, tx, id)
	if err != nil {
		return p, err
	}
	if err := apart(ctx, tx, p.Planner, "purchasing.planner_buys"); err != nil {
		return p, err
	}
	if p.State != Approved {
		return p, fault.New(fault.Conflict, "purchasing.not_approved", p.Number).Under("P-006")
	}
	if p.Urgent { // its leave is the need's
		return p, nil
	}
	digest, err := p.digest()
	if err != nil {
		return p, err
	}
	return p, under(approvals.Must(ctx, tx, PlanNoun, p.ID, digest), "P-006")
}

func under(err error, clause string) error {
	if e, ok := err.(*fault.Error); ok {
		return e.Under(clause)
	}
	return err
}
