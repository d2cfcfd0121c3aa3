package warehouse

import (
	"context"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/rules"
)

// Handout is what a department takes from a store over the counter.
type Handout struct {
	Store        string
	Department   string
	Receiver     string // a person's id
	ReceiverName string // as it stands on the slip (S-013)
	Purpose      string
	Lines        []Out
}

// Out is a line of goods that go out, as people write it.
type Out struct {
	Item string // id
	Qty  string // "2 箱", or a number of the smallest unit
	Lot  string // "": the first that expires, then the oldest
	Bin  string // id; "": wherever such a lot lies
}

// Issue hands goods out to a department (CK), which bears what they cost: of a lot
// its share, lots that expire first before others, expired ones never. Needs
// MayIssue where the store is kept. Invalid, every line at once: an item that does
// not exist, a quantity that is not a whole number of the smallest unit, more than
// there is, and a receiver whom S-013 or S-014 does not allow. Closed items may be
// used up. Conflict: a closed store or department, a contractor (S-011).
func Issue(ctx context.Context, tx *db.Tx, h Handout) (Document, error) {
	d := Document{Kind: Issued, Store: h.Store, Department: h.Department, Receiver: h.Receiver, ReceiverName: strings.TrimSpace(h.ReceiverName),
		Note: strings.TrimSpace(h.Purpose)}
	k, err := storeOf(ctx, tx, h.Store)
	if err != nil {
		return d, err
	}
	if err := tx.NeedIn(MayIssue, k.department); err != nil {
		return d, err
	}
	var bad fault.Complaints
	if d.DepartmentName, err = bearer(ctx, tx, h.Department, &bad); err != nil {
		return d, err
	}
	if err := received(ctx, tx, &d, &bad); err != nil {
		return d, err
	}
	if _, err := outgoing(ctx, tx, &d, h.Lines, Move{Account: OfDepartment, AccountID: h.Department, Department: h.Department}, &bad); err != nil {
		return d, err
	}
	if err := bad.Err(); err != nil {
		return d, err
	}
	return d, Post(ctx, tx, &d)
}

// OverCounter reports whether goods may be handed out for which nobody has asked: only
// where the hospital lets them (S-050.counter). Everywhere else they go out by a request,
// or in an emergency with its debt of paper.
func OverCounter(ctx context.Context, r db.Reader) (bool, error) {
	return rules.On(ctx, r, "S-050.counter", period.DayOf(r.Moment(), r.Moment().Location()))
}

// HandOver is Issue at the counter: a Conflict under S-050 where the hospital does not let
// goods go without a request.
func HandOver(ctx context.Context, tx *db.Tx, h Handout) (Document, error) {
	may, err := OverCounter(ctx, tx)
	if err == nil && !may {
		err = fault.New(fault.Conflict, "warehouse.ask_first").Under("S-050")
	}
	if err != nil {
		return Document{}, err
	}
	return Issue(ctx, tx, h)
}

// bearer is the name of the department that bears the cost.
func bearer(ctx context.Context, tx *db.Tx, id string, bad *fault.Complaints) (string, error) {
	dep, err := departments.Get(ctx, tx, id)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		bad.Add("department", "base.no_such", id)
		return "", nil
	case err != nil:
		return "", err
	case dep.Closed:
		return "", fault.New(fault.Conflict, "warehouse.department_closed", dep.Name)
	}
	return dep.Name, inside(ctx, tx, &dep)
}

// Consumption is parts used on a record of a higher room, such as a job.
type Consumption struct {
	Store        string
	Department   string // that bears the cost
	Noun         string // "desk.job"
	Record       string // its id
	Number       string // and what people call it
	Lines        []Used
	Receiver     string // who drew them; "" is the person of the unit
	ReceiverName string
	Path         string // where the lines stand in the caller's form, for complaints; default "lines"
}

// Used is one of the parts.
type Used struct {
	Item string
	Qty  quantity.Qty
}

// Consume issues parts to a record inside the caller's unit of work (CK): they leave
// the store at cost, first expired first out, and land on the department, on the
// job's account. Needs MayUse anywhere: whose job it is and who bears it is for the
// room of the record to say. Invalid, every line at once, at Path: what Issue refuses.
func Consume(ctx context.Context, tx *db.Tx, c Consumption) (issue string, cost money.Fen, err error) {
	if err := tx.Need(MayUse); err != nil {
		return "", 0, err
	}
	if _, err := storeOf(ctx, tx, c.Store); err != nil {
		return "", 0, err
	}
	if c.Receiver == "" {
		c.Receiver, c.ReceiverName = tx.By.ID, tx.By.Name
	}
	d := Document{Kind: Issued, Store: c.Store, Department: c.Department, Receiver: c.Receiver, ReceiverName: c.ReceiverName, Noun: c.Noun, Record: c.Record,
		RecordNumber: c.Number, path: c.Path}
	var bad fault.Complaints
	if d.DepartmentName, err = bearer(ctx, tx, c.Department, &bad); err != nil {
		return "", 0, err
	}
	if len(c.Lines) == 0 {
		bad.Add("lines", "base.no_lines")
	}
	ids := make([]string, len(c.Lines))
	for n, l := range c.Lines {
		ids[n] = l.Item
	}
	items, err := catalog.Few(ctx, tx, ids)
	if err != nil {
		return "", 0, err
	}
	for n, l := range c.Lines {
		n := int64(n + 1)
		if _, ok := items[l.Item]; !ok {
			bad.Add(line(c.Path, n, "item"), "base.no_such", l.Item)
		}
		if l.Qty <= 0 || l.Qty > most {
			bad.Add(line(c.Path, n, "qty"), "base.quantity")
		}
		d.Moves = append(d.Moves, Move{Line: n, Item: l.Item, Qty: -l.Qty, Pick: true, Account: OfJob, AccountID: c.Record, Department: c.Department})
	}
	if err := bad.Err(); err != nil {
		return "", 0, err
	}
	err = Post(ctx, tx, &d)
	return d.ID, d.Amount, err
}
