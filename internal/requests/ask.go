package requests

import (
	"cmp"
	"context"
	"fmt"
	"slices"
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
	"houqin/internal/rules"
	"houqin/internal/warehouse"
)

// Slip is what a department asks for.
type Slip struct {
	Department string
	Kind       Kind
	Month      string // of a plan: 2026-12
	Purpose    string
	Special    bool // not for the department's own work (S-011)
	Deliver    bool
	Usual      []string // items of the usual list, in the quantity of the last time
	Lines      []Want
}

// Want is a line as people write it.
type Want struct {
	Item string
	Qty  string // "2 箱", or a number of the smallest unit
	Note string
}

// linesMost is how many lines a slip may have.
const linesMost = 200

// Ask sends a slip to whoever must agree to it. Needs MayAsk for the department.
//
// Refused, every line at once: items that are closed or asked for twice, quantities
// that are none (Invalid); somebody whom the department has not named (S-014,
// Forbidden); a contractor, unless as a special issue (S-011, Conflict); more than the
// quota leaves where the hospital refuses that (S-010, Invalid); what approvals.Ask
// refuses.
func Ask(ctx context.Context, tx *db.Tx, s Slip) (Request, error) {
	q := Request{ID: tx.NewID(), Requester: tx.By.ID, RequesterName: tx.By.Name, AskedAt: tx.At(), Open: true, State: Asked, Version: 1}
	if s.Kind == Rush {
		return q, fault.OnField("kind", "base.bad_value", string(s.Kind))
	}
	if err := write(ctx, tx, &q, s); err != nil {
		return q, err
	}
	var err error
	if q.Store, err = serving(ctx, tx, q.Lines); err != nil {
		return q, err
	}
	if q.Due, err = nextDay(ctx, tx, q.Department, tx.Today()); err != nil {
		return q, err
	}
	if q.Number, err = tx.Number(ctx, "LY"); err != nil {
		return q, err
	}
	if err := insertRequest(ctx, tx, &q); err != nil {
		return q, err
	}
	if err := usually(ctx, tx, &q); err != nil {
		return q, err
	}
	if err := submit(ctx, tx, &q); err != nil {
		return q, err
	}
	return q, keep(ctx, tx, &q, "ask", q.Number)
}

// Change replaces what a slip asks for, while nobody has agreed to it or when it was
// sent back; what was decided about it is void.
func Change(ctx context.Context, tx *db.Tx, id string, version int64, s Slip) (Request, error) {
	q, err := take(ctx, tx, id, version, "change")
	if err != nil {
		return q, err
	}
	was := q.Department
	if err := write(ctx, tx, &q, s); err != nil {
		return q, err
	}
	if q.Department != was {
		return q, fault.OnField("department", "requests.other_department")
	}
	if err := putLines(ctx, tx, &q); err != nil {
		return q, err
	}
	if err := usually(ctx, tx, &q); err != nil {
		return q, err
	}
	q.Reason = ""
	if err := submit(ctx, tx, &q); err != nil {
		return q, err
	}
	return q, keep(ctx, tx, &q, "change", q.Number)
}

// write puts on a request what the slip says.
func write(ctx context.Context, tx *db.Tx, q *Request, s Slip) error {
	if err := tx.NeedIn(MayAsk, s.Department); err != nil {
		return err
	}
	d, err := departments.Get(ctx, tx, s.Department)
	if err != nil {
		return err
	}
	if d.Closed {
		return fault.New(fault.Conflict, "requests.department_closed", d.Name)
	}
	if err := named(ctx, tx, &d, tx.By.ID); err != nil {
		return err
	}
	q.Department, q.DepartmentName = d.ID, d.Name
	q.Kind, q.Purpose, q.Special, q.Deliver = s.Kind, strings.TrimSpace(s.Purpose), s.Special, s.Deliver
	if q.Kind == "" {
		q.Kind = Need
	}
	if err := inside(ctx, tx, &d, q.Special); err != nil {
		return err
	}
	var bad fault.Complaints
	q.Month = ""
	if q.Kind == Plan {
		m, err := period.ParseMonth(s.Month)
		if err != nil || m < tx.Today().Month() {
			bad.Add("month", "requests.month_over")
		}
		q.Month = m
	}
	if q.Special && q.Purpose == "" {
		bad.Cite("S-011", "purpose", "requests.special_why")
	}
	if err := lines(ctx, tx, q, s, &bad); err != nil {
		return err
	}
	return bad.Err()
}

// lines reads the lines of a slip, those of the usual list first, with what they cost.
func lines(ctx context.Context, tx *db.Tx, q *Request, s Slip, bad *fault.Complaints) error {
	usual, err := UsualOf(ctx, tx, s.Department)
	if err != nil {
		return err
	}
	var ids []string
	for _, w := range s.Lines {
		ids = append(ids, w.Item)
	}
	ids = append(ids, s.Usual...)
	items, err := catalog.Few(ctx, tx, ids)
	if err != nil {
		return err
	}
	prices, err := pricesOf(ctx, tx, items)
	if err != nil {
		return err
	}
	q.Lines, q.Amount = nil, 0
	seen := map[string]bool{}
	add := func(path string, i catalog.Item, qty quantity.Qty, note string) error {
		if seen[i.ID] {
			bad.Add(path+"item", "requests.twice", i.Title())
		}
		if i.Closed {
			bad.Add(path+"item", "requests.item_closed", i.Title())
		}
		seen[i.ID] = true
		amount, err := prices[i.ID].of(qty)
		if err != nil {
			bad.Add(path+"qty", "base.quantity")
		}
		q.Amount += amount
		q.Lines = append(q.Lines, Line{Line: int64(len(q.Lines) + 1), Item: i.ID, Qty: qty, Granted: qty, Amount: amount, Note: strings.TrimSpace(note)})
		return nil
	}
	for n, w := range s.Lines {
		path := fmt.Sprintf("lines.%d.", n)
		i, ok := items[w.Item]
		if !ok {
			bad.Add(path+"item", "base.no_such", w.Item)
			continue
		}
		qty, err := quantity.Parse(w.Qty, i.Packs)
		if err != nil || qty <= 0 || qty > most {
			bad.Add(path+"qty", "requests.bad_qty", w.Qty, catalog.SayPacks(i.Packs))
			continue
		}
		if err := add(path, i, qty, w.Note); err != nil {
			return err
		}
	}
	for _, id := range s.Usual {
		at := slices.IndexFunc(usual, func(u Usual) bool { return u.Item == id && u.Qty > 0 })
		if at < 0 {
			bad.Add("usual", "base.bad_value", id)
			continue
		}
		if !seen[id] { // a line of its own says it better
			if err := add("usual", items[id], usual[at].Qty, ""); err != nil {
				return err
			}
		}
	}
	switch {
	case len(q.Lines) == 0 && len(*bad) == 0:
		bad.Add("lines", "base.no_lines")
	case len(q.Lines) > linesMost:
		bad.Add("lines", "base.too_many_lines", linesMost)
	}
	return nil
}

// most is how much a line may ask for, in the smallest unit.
const most = 1_000_000_000

// price is what so many of an item cost together.
type price struct {
	amount money.Fen
	qty    int64
}

func (p price) of(q quantity.Qty) (money.Fen, error) {
	if p.qty == 0 {
		return money.Mul(p.amount, q)
	}
	return money.Share(p.amount, int64(q), p.qty)
}

// pricesOf are the items' average prices over the stores, else those of the catalogue.
func pricesOf(ctx context.Context, r db.Reader, items map[string]catalog.Item) (map[string]price, error) {
	prices := map[string]price{}
	var ids []string
	for id, i := range items {
		prices[id], ids = price{amount: i.Price}, append(ids, id)
	}
	held, err := inStores(ctx, r, ids)
	for id, all := range held {
		var p price
		for _, h := range all {
			p.amount, p.qty = p.amount+h.Amount, p.qty+h.Qty
		}
		prices[id] = p
	}
	return prices, err
}

// inStores is what the stores hold of the items, wards' own left out.
func inStores(ctx context.Context, r db.Reader, items []string) (map[string][]warehouse.Holding, error) {
	held := map[string][]warehouse.Holding{}
	for part := range slices.Chunk(items, 200) {
		all, err := warehouse.Holdings.All(ctx, r, list.Where{}.In("s.item", part).And("s.qty > 0 AND w.closed = false AND w.ward = false"), 2000)
		if err != nil {
			return nil, err
		}
		for _, h := range all {
			held[h.Item] = append(held[h.Item], h)
		}
	}
	return held, nil
}

// serving is the store that has the most of the lines.
func serving(ctx context.Context, tx *db.Tx, lines []Line) (string, error) {
	var ids []string
	for _, l := range lines {
		ids = append(ids, l.Item)
	}
	held, err := inStores(ctx, tx, ids)
	if err != nil {
		return "", err
	}
	has := map[string]int{}
	for _, of := range held {
		for _, h := range of {
			has[h.Store]++
		}
	}
	stores, err := warehouse.Stores.All(ctx, tx, list.Where{}.And("w.closed = false AND w.ward = false"), 200)
	if err != nil {
		return "", err
	}
	best := ""
	for _, s := range stores { // in the order of their codes
		if best == "" || has[s.ID] > has[best] {
			best = s.ID
		}
	}
	if best == "" {
		return "", fault.New(fault.Conflict, "requests.no_store")
	}
	return best, nil
}

// named refuses whom the department has not named to draw for it (S-014).
func named(ctx context.Context, tx *db.Tx, d *departments.Department, person string) error {
	must, err := rules.Chosen(ctx, tx, "S-014.named", tx.Today())
	if err != nil || must == "off" || tx.By.System {
		return err
	}
	may, err := departments.Requesters(ctx, tx, d.ID)
	if err == nil && (must == "always" || len(may) > 0) && !slices.Contains(may, person) {
		return fault.New(fault.Forbidden, "requests.not_named", d.Name).Under("S-014")
	}
	return err
}

// inside refuses goods for a contractor, unless the hospital allows it or its leader
// is asked for a special issue (S-011).
func inside(ctx context.Context, tx *db.Tx, d *departments.Department, special bool) error {
	if d.Kind != departments.Contractor || special {
		return nil
	}
	may, err := rules.On(ctx, tx, "S-011.contractor", tx.Today())
	if err == nil && !may {
		return fault.New(fault.Conflict, "requests.outsider", d.Name).Under("S-011")
	}
	return err
}

// quota notes whether a request goes beyond what the department's quota leaves, and
// refuses it where the hospital does (S-010).
func quota(ctx context.Context, tx *db.Tx, q *Request) error {
	q.Over = false
	how, err := rules.Chosen(ctx, tx, "S-010.over", tx.Today())
	if err != nil || how == "off" {
		return err
	}
	month := tx.Today().Month()
	if q.Month != "" {
		month = q.Month
	}
	rooms, err := RoomOf(ctx, tx, q.Department, month, q.ID)
	if err != nil {
		return err
	}
	var ids []string
	for _, l := range q.Lines {
		ids = append(ids, l.Item)
	}
	items, err := catalog.Few(ctx, tx, ids)
	if err != nil {
		return err
	}
	asked := map[string]money.Fen{}
	for _, l := range q.Lines {
		asked[string(items[l.Item].Category)] += l.Amount
	}
	for _, m := range rooms {
		want := sum(asked, m.Category)
		if want == 0 || want <= m.Left() {
			continue
		}
		if q.Over = true; how == "refuse" {
			e := fault.OnField("lines", "requests.over_quota", max(m.Left(), 0).String(), want.String())
			return e.Under("S-010")
		}
	}
	return nil
}

// digest of what is agreed to: these goods, in these quantities, for this purpose.
func (q *Request) digest() (string, error) {
	var lines []any
	for _, l := range q.Lines {
		lines = append(lines, l.Item, int64(l.Qty), l.Note)
	}
	return approvals.DigestOf([]any{q.Department, q.Kind, q.Month, q.Purpose, q.Special, q.Over, lines})
}

// submit asks whoever must agree to a request as it stands; what was asked or agreed
// before is void when it is another one now.
func submit(ctx context.Context, tx *db.Tx, q *Request) error {
	if err := quota(ctx, tx, q); err != nil {
		return err
	}
	digest, err := q.digest()
	if err != nil {
		return err
	}
	if c, ok, err := approvals.OpenOf(ctx, tx, Noun, q.ID); err != nil {
		return err
	} else if ok { // asked anew, it goes its way from the beginning
		if voided, err := approvals.Changed(ctx, tx, Noun, q.ID, digest); err != nil {
			return err
		} else if !voided {
			q.Paper, q.State = c.Number, Asked
			return nil
		}
	}
	facts, same, title, err := q.about(ctx, tx)
	if err != nil {
		return err
	}
	c, err := approvals.Ask(ctx, tx, approvals.Document{Kind: "warehouse.request", Noun: Noun, Record: q.ID, Number: q.Number, Title: title, Reason: q.Purpose, Department: q.Department,
		Amount: q.Amount, Attrs: map[string]any{"special": q.Special, "over": q.Over}, Facts: facts, Same: same, Digest: digest})
	if err != nil {
		return err
	}
	q.Paper, q.State = c.Number, Asked
	if c.State == approvals.Agreed { // a way without steps
		return agreed(ctx, tx, q)
	}
	return nil
}

// about says what a request is about, for who decides on it: what is asked for, how much
// of that the stores and the department have, and what its quota leaves. What is not used
// up is summed with what was asked for beside it (AB-05); what is used up comes again every
// week and is held by the quota.
func (q *Request) about(ctx context.Context, r db.Reader) (facts []approvals.Fact, same []string, title string, err error) {
	var ids []string
	for _, l := range q.Lines {
		ids = append(ids, l.Item)
	}
	few, err := catalog.Few(ctx, r, ids)
	if err != nil {
		return nil, nil, "", err
	}
	house, own, err := warehouse.Lie(ctx, r, q.Department, ids)
	if err != nil {
		return nil, nil, "", err
	}
	var lines, stock, have []string
	asked := map[string]money.Fen{}
	for _, l := range q.Lines {
		i := few[l.Item]
		asked[string(i.Category)] += l.Amount
		lines = append(lines, i.Title()+" "+i.Say(l.Qty))
		stock = append(stock, i.Title()+" "+i.Say(house[l.Item]))
		if own[l.Item] > 0 {
			have = append(have, i.Title()+" "+i.Say(own[l.Item]))
		}
		if i.Category != catalog.Consumable && i.Category != catalog.Medical && i.Category != catalog.Food {
			same = append(same, "item:"+i.ID)
		}
	}
	title = lines[0]
	if len(lines) > 1 {
		title += fmt.Sprintf(" …×%d", len(lines))
		facts = append(facts, approvals.Fact{Key: "lines", Value: strings.Join(lines, "；")})
	}
	left, err := q.left(ctx, r, asked)
	return append(facts, approvals.Fact{Key: "stock", Value: strings.Join(stock, "；")}, approvals.Fact{Key: "on_hand", Value: strings.Join(have, "；")}, approvals.Fact{Key: "budget", Value: left}), same, title, err
}

// left is what the tightest of the quotas that a request draws on leaves before it, of
// how much: "320.00 / 500.00"; "" without a quota.
func (q *Request) left(ctx context.Context, r db.Reader, asked map[string]money.Fen) (string, error) {
	month := r.Today().Month()
	if q.Month != "" {
		month = q.Month
	}
	rooms, err := RoomOf(ctx, r, q.Department, month, q.ID)
	rooms = slices.DeleteFunc(rooms, func(m Room) bool { return sum(asked, m.Category) == 0 })
	if err != nil || len(rooms) == 0 {
		return "", err
	}
	m := slices.MinFunc(rooms, func(a, b Room) int { return cmp.Compare(a.Left(), b.Left()) })
	return m.Left().String() + " / " + m.Quota.String(), nil
}

// nextDay is the next day on which a department's goods are given out, from tomorrow
// on; "" when no days were arranged (S-042).
func nextDay(ctx context.Context, r db.Reader, department string, today period.Day) (period.Day, error) {
	days, err := DaysOf(ctx, r, department)
	if err != nil || len(days) == 0 {
		return "", err
	}
	for n := 1; n <= 7; n++ {
		d := today.AddDays(n)
		if slices.ContainsFunc(days, func(w Day) bool { return w.Weekday == (int64(d.Weekday())+6)%7+1 }) {
			return d, nil
		}
	}
	return "", nil
}

// InStores is how much of some items the stores hold together, wards' own left out.
func InStores(ctx context.Context, r db.Reader, items []string) (map[string]quantity.Qty, error) {
	held, err := inStores(ctx, r, items)
	there := map[string]quantity.Qty{}
	for item, all := range held {
		for _, h := range all {
			there[item] += quantity.Qty(h.Qty)
		}
	}
	return there, err
}
