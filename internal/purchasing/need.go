package purchasing

import (
	"context"
	"strings"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/forecast"
	"houqin/internal/rules"
	"houqin/internal/warehouse"
)

// NeedKind is whether it can wait for the month's plan.
type NeedKind string

const (
	Monthly NeedKind = "monthly"
	Urgent  NeedKind = "urgent"
)

// NeedState is how far a department's need is.
type NeedState string

const (
	Asked     NeedState = "asked"     // lies with the planner
	Deciding  NeedState = "deciding"  // an urgent one on its way
	Agreed    NeedState = "agreed"    // an urgent one that may be bought
	Planned   NeedState = "planned"   // is in a plan
	SentBack  NeedState = "sent_back" // the planner asks for another one
	Refused   NeedState = "refused"
	Withdrawn NeedState = "withdrawn"
)

// NeedStates are all of them, as choices.
var NeedStates = []string{string(Asked), string(Deciding), string(Agreed), string(Planned), string(SentBack), string(Refused), string(Withdrawn)}

// Need is what a department needs for a month, or at once.
type Need struct {
	ID             string         `json:"id"`
	Number         string         `json:"number"`
	Kind           NeedKind       `json:"kind"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	Month          period.Day     `json:"month"` // its first day
	State          NeedState      `json:"state"`
	Reason         string         `json:"reason"`
	Answer         string         `json:"answer"`
	Plan           string         `json:"plan"`
	Lines          int64          `json:"lines"`
	Amount         money.Fen      `json:"amount"`
	By             string         `json:"by"`
	ByName         string         `json:"by_name"`
	At             period.Instant `json:"at"`
	Paper          string         `json:"paper"`
	Version        int64          `json:"version"`
	Needs          []NeedLine     `json:"needs,omitempty"`
}

// NeedLine is one thing that is needed: P-003 asks for all five of its columns.
type NeedLine struct {
	Goods
	Line    int64        `json:"line"`
	Qty     quantity.Qty `json:"qty"`
	Quality string       `json:"quality"`
	Price   money.Fen    `json:"price"` // estimate for one smallest unit
	Why     string       `json:"why"`
}

// Wish is a need as people write it.
type Wish struct {
	Department string
	Month      period.Day // any day of the month; "" next month, of an urgent one this month
	Reason     string     // of an urgent one
	Lines      []WishLine
}

// WishLine is one line of it. A price of 0 is that of the catalogue.
type WishLine struct {
	Item, Qty, Quality string
	Price              money.Fen
	Why                string
}

// Submit hands a department's plan for a month to the planner (S-042, P-002). Needs
// MayAsk there. Invalid, every line at once: what P-003 asks for and is not there; more
// than P-004.months months of what the department will probably use, without a reason
// or, with P-004.strict, at all; more than a year's use, with or without. A month that
// has passed, or one after the next, is refused under P-004.
func Submit(ctx context.Context, tx *db.Tx, w Wish) (Need, error) {
	if w.Month == "" {
		w.Month = tx.Today().Month().Add(1).First()
	}
	return ask(ctx, tx, Monthly, w)
}

// AskUrgent fills the form for what cannot wait (P-005): it goes its own way of
// approval, and then to the buyer without a month's plan. Refused besides what Submit
// refuses: a form without a reason.
func AskUrgent(ctx context.Context, tx *db.Tx, w Wish) (Need, error) {
	w.Month = tx.Today().Month().First()
	n, err := ask(ctx, tx, Urgent, w)
	if err != nil {
		return n, err
	}
	digest, err := n.digest()
	if err != nil {
		return n, err
	}
	var goods []Goods
	for _, l := range n.Needs {
		goods = append(goods, l.Goods)
	}
	facts, err := lying(ctx, tx, n.Department, goods)
	if err != nil {
		return n, err
	}
	c, err := approvals.Ask(ctx, tx, approvals.Document{Kind: "purchasing.urgent", Noun: NeedNoun, Record: n.ID, Number: n.Number, Title: n.title(), Reason: n.Reason,
		Department: n.Department, Amount: n.Amount, Facts: append([]approvals.Fact{{Key: "lines", Value: n.said()}}, facts...), Same: n.same(), Digest: digest})
	if err != nil {
		return n, err
	}
	n.Paper = c.Number
	if !c.Open {
		n.State = Agreed
	}
	_, err = tx.Exec(ctx, `UPDATE purchasing_need SET paper = $1, state = $2 WHERE id = $3`, n.Paper, n.State, n.ID)
	return n, err
}

func ask(ctx context.Context, tx *db.Tx, kind NeedKind, w Wish) (Need, error) {
	n := Need{ID: tx.NewID(), Kind: kind, Department: w.Department, Month: w.Month.Month().First(), State: Asked, Reason: strings.TrimSpace(w.Reason),
		By: tx.By.ID, ByName: tx.By.Name, At: tx.At(), Version: 1}
	if kind == Urgent {
		n.State = Deciding
	}
	if err := tx.NeedIn(MayAsk, w.Department); err != nil {
		return n, err
	}
	d, err := departments.Get(ctx, tx, w.Department)
	if err != nil {
		return n, err
	}
	n.DepartmentName = d.Name
	var bad fault.Complaints
	if kind == Urgent && n.Reason == "" {
		bad.Cite("P-005", "reason", "purchasing.urgent_why")
	}
	this := tx.Today().Month()
	if m := n.Month.Month(); m.Before(this) || m.After(this.Add(1)) {
		bad.Cite("P-004", "month", "purchasing.only_the_month", string(m))
	}
	if err := n.read(ctx, tx, w.Lines, &bad); err != nil {
		return n, err
	}
	if err := bad.Err(); err != nil {
		return n, err
	}
	if n.Number, err = tx.Number(ctx, "KJ"); err != nil {
		return n, err
	}
	if err := insertNeed(ctx, tx, &n); err != nil {
		return n, err
	}
	return n, tx.Trail(ctx, db.Event{Noun: NeedNoun, Record: n.ID, Action: "submit", Note: n.title(), After: n})
}

// read takes the lines as they were written, and complains about all of them at once.
func (n *Need) read(ctx context.Context, tx *db.Tx, lines []WishLine, bad *fault.Complaints) error {
	if len(lines) == 0 {
		bad.Add("lines", "base.no_lines")
	}
	var ids []string
	for _, l := range lines {
		ids = append(ids, l.Item)
	}
	items, err := catalog.Few(ctx, tx, ids)
	if err != nil {
		return err
	}
	of, err := Outlooks(ctx, tx, n.Department, n.Month.Month(), tx.Today(), ids)
	if err != nil {
		return err
	}
	months, err := rules.Number(ctx, tx, "P-004.months", tx.Today())
	if err != nil {
		return err
	}
	strict, err := rules.On(ctx, tx, "P-004.strict", tx.Today())
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for k, l := range lines {
		i, ok := items[l.Item]
		if !ok || i.Closed {
			bad.Add(at(k, "item"), "base.no_such", l.Item)
			continue
		}
		if seen[l.Item] {
			bad.Add(at(k, "item"), "purchasing.twice", i.Title())
		}
		seen[l.Item] = true
		x := NeedLine{Line: int64(k + 1), Quality: strings.TrimSpace(l.Quality), Price: l.Price, Why: strings.TrimSpace(l.Why)}
		x.Item = l.Item
		x.fill(items)
		if x.Qty, err = quantity.Parse(l.Qty, i.Packs); err != nil || x.Qty <= 0 {
			bad.Add(at(k, "qty"), "purchasing.bad_qty", l.Qty, i.Unit)
			continue
		}
		if x.Price == 0 {
			x.Price = i.Price
		}
		if x.Price <= 0 {
			bad.Cite("P-003", at(k, "price"), "purchasing.price_needed", i.Title())
		}
		if x.Quality == "" {
			bad.Cite("P-003", at(k, "quality"), "purchasing.quality_needed", i.Title())
		}
		amount, err := cost(x.Price, x.Qty)
		if err != nil {
			bad.Add(at(k, "qty"), "purchasing.too_much", i.Title())
			continue
		}
		n.Amount += amount
		if n.Kind == Monthly {
			enough(bad, k, &x, of[l.Item], quantity.Qty(months), strict)
		}
		n.Needs = append(n.Needs, x)
	}
	n.Lines = int64(len(n.Needs))
	return nil
}

// enough holds a line against what the department will probably use in a month (P-004).
// Where too few months are known to foretell from, more than those had needs a reason
// and nothing is refused outright.
func enough(bad *fault.Complaints, k int, x *NeedLine, o Outlook, months quantity.Qty, strict bool) {
	known := o.Sure != string(forecast.Unknown)
	switch {
	case o.Method == "" && x.Why == "": // nothing to hold it against
		bad.Cite("P-004", at(k, "why"), "purchasing.new_why", x.Title())
	case o.Method == "":
	case known && x.Qty > 12*max(o.High, 1):
		bad.Cite("P-004", at(k, "qty"), "purchasing.years_need", x.Title(), x.Say(o.Likely))
	case known && x.Qty > months*o.High && strict:
		bad.Cite("P-004", at(k, "qty"), "purchasing.over_need", x.Title(), x.Say(o.Likely), x.Say(months*o.High))
	case x.Qty > months*o.High && x.Why == "":
		bad.Cite("P-004", at(k, "why"), "purchasing.over_why", x.Title(), x.Say(o.Likely), x.Say(months*o.High))
	}
}

func (n *Need) title() string { return n.DepartmentName + " " + string(n.Month.Month()) }

func (n *Need) said() string {
	var all []string
	for _, l := range n.Needs {
		all = append(all, l.Title()+" "+l.Say(l.Qty))
	}
	return strings.Join(all, "；")
}

// lying is what lies of the goods in the stores and at the department, and what they cost
// the last time, for who decides.
func lying(ctx context.Context, tx *db.Tx, department string, goods []Goods) ([]approvals.Fact, error) {
	var ids []string
	for _, g := range goods {
		ids = append(ids, g.Item)
	}
	house, own, err := warehouse.Lie(ctx, tx, department, ids)
	if err != nil {
		return nil, err
	}
	last, err := lastPrices(ctx, tx, tx.At(), "")
	var stock, have, prices []string
	for _, g := range goods {
		stock = append(stock, g.Title()+" "+g.Say(house[g.Item]))
		if own[g.Item] > 0 {
			have = append(have, g.Title()+" "+g.Say(own[g.Item]))
		}
		if p := last[g.Item]; p > 0 {
			prices = append(prices, g.Title()+" "+p.String()+"/"+g.Unit)
		}
	}
	return []approvals.Fact{{Key: "stock", Value: strings.Join(stock, "；")}, {Key: "on_hand", Value: strings.Join(have, "；")}, {Key: "last_price", Value: strings.Join(prices, "；")}}, err
}

func (n *Need) same() (all []string) {
	for _, l := range n.Needs {
		all = append(all, "item:"+l.Item)
	}
	return all
}

func (n *Need) digest() (string, error) {
	var all []any
	for _, l := range n.Needs {
		all = append(all, l.Item, int64(l.Qty), int64(l.Price), l.Quality)
	}
	return approvals.DigestOf([]any{n.Department, n.Reason, all})
}

// SendBack lets the planner ask a department for another plan, and say why (P-007).
func SendBack(ctx context.Context, tx *db.Tx, id string, version int64, why string) error {
	if err := tx.Need(MayPlan); err != nil {
		return err
	}
	if why = strings.TrimSpace(why); why == "" {
		return fault.OnField("reason", "base.required")
	}
	return leave(ctx, tx, id, version, SentBack, "send_back", why)
}

// Recall takes a need back while nobody has planned it. Needs MayAsk there.
func Recall(ctx context.Context, tx *db.Tx, id string, version int64) error {
	n, err := NeedByID(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := tx.NeedIn(MayAsk, n.Department); err != nil {
		return err
	}
	return leave(ctx, tx, id, version, Withdrawn, "recall", "")
}

func leave(ctx context.Context, tx *db.Tx, id string, version int64, to NeedState, action, why string) error {
	if err := tx.One(ctx, fault.Stale(), `UPDATE purchasing_need SET state = $1, answer = $2, version = version + 1 WHERE id = $3 AND version = $4 AND state = 'asked'`, to, why, id, version); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: NeedNoun, Record: id, Action: action, Note: why})
}

// NeedEnded is told what became of an urgent need.
func NeedEnded(ctx context.Context, tx *db.Tx, c approvals.Case) error {
	to := Refused
	switch c.State {
	case approvals.Agreed:
		to = Agreed
	case approvals.Withdrawn:
		to = Withdrawn
	}
	if _, err := tx.Exec(ctx, `UPDATE purchasing_need SET state = $1, answer = $2, version = version + 1 WHERE id = $3`, to, c.EndedNote, c.Record); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: NeedNoun, Record: c.Record, Action: "decided." + string(to), Note: c.EndedNote})
}

// LastNeed is the newest monthly plan of a department with its lines, to begin the next
// one from; ok is false when there is none.
func LastNeed(ctx context.Context, r db.Reader, department string) (n Need, ok bool, err error) {
	all, err := Needs.All(ctx, r, list.Where{}.And("n.department = ? AND n.kind = 'monthly'", department), 1)
	if err != nil || len(all) == 0 {
		return n, false, err
	}
	n = all[0]
	n.Needs, err = linesOfNeed(ctx, r, n.ID)
	return n, true, err
}

// Hint is what a department is told beside a line before it asks (P-012, S-051): what
// lies in the stores and what it will probably use.
type Hint struct {
	Outlook
	Stock quantity.Qty `json:"stock"`
}

// HintsFor are the hints for items.
func HintsFor(ctx context.Context, r db.Reader, department string, month period.Month, today period.Day, items []string) (map[string]Hint, error) {
	of, err := Outlooks(ctx, r, department, month, today, items)
	if err != nil {
		return nil, err
	}
	stock, err := warehouse.InStores(ctx, r)
	hints := map[string]Hint{}
	for i, o := range of {
		hints[i] = Hint{o, stock[i]}
	}
	return hints, err
}
