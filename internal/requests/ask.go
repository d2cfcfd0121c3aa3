package requests

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
	if q.Department != was || q.Between() {
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
	if q.Between() { // what stays in the stores is not drawn
		return nil
	}
	how, err := rules.Chosen(ctx, tx, "S-010.over", tx.Today())
	if err != nil || how == "off" {
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
	all, err := q.draws(ctx, tx, items)
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.want <= d.Left() {
			continue
		}
		if q.Over = true; how == "refuse" {
			e := fault.OnField("lines", "requests.over_quota", max(d.Left(), 0).String(), d.want.String())
			return e.Under("S-010")
		}
	}
	return nil
}

// draw is a quota that a request draws on, and how much it wants of it.
type draw struct {
	Room
	want money.Fen
}

// draws are the quotas that a request for these items draws on, as they are without it.
func (q *Request) draws(ctx context.Context, r db.Reader, items map[string]catalog.Item) (all []draw, err error) {
	month := r.Today().Month()
	if q.Month != "" {
		month = q.Month
	}
	asked := map[string]money.Fen{}
	for _, l := range q.Lines {
		asked[string(items[l.Item].Category)] += l.Amount
	}
	rooms, err := RoomOf(ctx, r, q.Department, month, q.ID)
	for _, m := range rooms {
		if want := sum(asked, m.Category); want != 0 {
			all = append(all, draw{m, want})
		}
	}
	return all, err
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
