package approvals

import (
	"context"
	"fmt"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/departments"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/rules"
)

// Debt is the paper that something done at once still owes (W-005, V-002): act now,
// paper after. A person owes it, or a department. It stays in their tray, and is
// reported every day once it is overdue, until it is settled.
type Debt struct {
	ID             string         `json:"id"`
	Noun           string         `json:"noun"`
	Record         string         `json:"record"`
	Number         string         `json:"number"`
	Title          string         `json:"title"`
	Clause         string         `json:"clause"`
	Paper          string         `json:"paper"` // what is owed: words approvals.paper.<paper>
	Person         string         `json:"person"`
	PersonName     string         `json:"person_name"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	Due            period.Instant `json:"due"`
	MadeAt         period.Instant `json:"made_at"`
	Waiting        bool           `json:"waiting"`
	Reports        int64          `json:"reports"`
	SettledAt      period.Instant `json:"settled_at"`
	SettledName    string         `json:"settled_name"`
	SettledPaper   string         `json:"settled_paper"`
}

// Papers are what may be owed, as the words call it.
var Papers = []string{"report", "request", "approval", "trip"}

// Owe notes a debt of paper, in the unit of work of what was done without it. The same
// paper of a record is owed once.
func Owe(ctx context.Context, tx *db.Tx, d Debt) (Debt, error) {
	if d.Record == "" || d.Due.IsZero() || d.Person == "" && d.Department == "" || d.Clause == "" {
		return d, fmt.Errorf("approvals: a debt of paper without record, day, clause or debtor: %s %s", d.Noun, d.Record)
	}
	d.ID, d.MadeAt, d.Waiting = tx.NewID(), tx.At(), true
	if d.Person != "" && d.PersonName == "" {
		p, err := people.Get(ctx, tx, d.Person)
		if err != nil {
			return d, err
		}
		d.PersonName = p.Name
	}
	if d.Department != "" {
		if _, err := departments.Get(ctx, tx, d.Department); err != nil {
			return d, err
		}
	}
	made, err := insertDebt(ctx, tx, &d)
	if err != nil || !made {
		return d, err
	}
	if err := messages.Tell(ctx, tx, messages.Word{Event: messages.Owed, To: []string{d.Person}, Args: []string{d.Number, d.Title}, Number: d.Number, Href: "/approvals/debts/" + d.ID}); err != nil {
		return d, err
	}
	return d, tx.Trail(ctx, db.Event{Noun: DebtNoun, Record: d.ID, Action: "owe", Note: strings.TrimSpace(d.Number + " " + d.Title), After: d})
}

// Noted are the records of a noun for which a paper was ever owed.
func Noted(ctx context.Context, r db.Reader, noun string) (map[string]bool, error) {
	all := map[string]bool{}
	err := db.Each(ctx, r, `SELECT record FROM approvals_debt WHERE noun = $1`, []any{noun}, func(scan db.Scan) error {
		var record string
		err := scan(&record)
		all[record] = true
		return err
	})
	return all, err
}

// Settle is what a room says when the paper of a record has come in. Nothing owed is
// nothing settled.
func Settle(ctx context.Context, tx *db.Tx, noun, record, paper, with string) error {
	d, ok, err := owed(ctx, tx, noun, record, paper)
	if err != nil || !ok {
		return err
	}
	return settle(ctx, tx, &d, with)
}

// OwedFrom says whether a person owes the paper, or is of the department that does.
func (d *Debt) OwedFrom(by db.Actor) bool {
	return d.Person == by.ID || d.Person == "" && d.Department == by.Unit && by.Unit != ""
}

// Deliver settles a debt by naming the paper that was handed in: by who owes it, or one of
// the department that does; who only sees it is Forbidden. Conflict: it is settled already.
func Deliver(ctx context.Context, tx *db.Tx, id, with string) (Debt, error) {
	if err := tx.Lock(ctx, "approvals_debt", id); err != nil {
		return Debt{}, err
	}
	d, err := Debts.Get(ctx, tx, DebtScope(tx.By).And("d.id = ?", id))
	if err != nil {
		return d, err
	}
	if !d.OwedFrom(tx.By) && !tx.By.System {
		return d, fault.New(fault.Forbidden, "approvals.not_yours_to_settle")
	}
	if !d.Waiting {
		return d, fault.New(fault.Conflict, "approvals.settled", d.SettledName)
	}
	if with = strings.TrimSpace(with); with == "" {
		return d, fault.OnField("paper", "base.required")
	}
	return d, settle(ctx, tx, &d, with)
}

func settle(ctx context.Context, tx *db.Tx, d *Debt, with string) error {
	d.Waiting, d.SettledAt, d.SettledName, d.SettledPaper = false, tx.At(), tx.By.Name, with
	if err := settleDebt(ctx, tx, d); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: DebtNoun, Record: d.ID, Action: "settle", Note: with})
}

// DebtScope is which debts a person sees: their own, their department's, and those of
// departments whose cases they may look into.
func DebtScope(by db.Actor) list.Where {
	s := by.Scope(MaySee)
	if s.All {
		return list.Where{}
	}
	c, args := "d.person = ? OR d.person = '' AND d.department = ?", []any{by.ID, by.Unit}
	if len(s.Units) > 0 {
		in, more := list.In("d.department", s.Units)
		c, args = c+" OR "+in, append(args, more...)
	}
	return list.Where{}.And(c, args...)
}

// OwedBy are the debts of a person, then those of their department, each what is due
// first. They are read one after the other, so that an index answers each.
func OwedBy(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Debt, error) {
	own, err := pressing.All(ctx, r, list.Where{}.And("d.waiting = true AND d.person = ?", by.ID), limit)
	if err != nil || by.Unit == "" {
		return own, err
	}
	units, err := pressing.All(ctx, r, list.Where{}.And("d.waiting = true AND d.department = ? AND d.person = ''", by.Unit), limit)
	own = append(own, units...)
	return own[:min(len(own), limit)], err
}

// DebtsOf counts the papers that were due on the days from … until under a clause: in
// time, and too late or not at all.
func DebtsOf(ctx context.Context, r db.Reader, clause string, from, until period.Day) (e rules.Evidence, err error) {
	first, end := rules.Moments(r, from, until)
	err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE settled_at > 0 AND settled_at <= due), count(*) FILTER (WHERE settled_at > due OR waiting = true AND due < $4), coalesce(max(settled_at), 0)
		FROM approvals_debt WHERE clause = $1 AND due >= $2 AND due < $3`, clause, first, end, period.At(r.Moment())).Scan(&e.Kept, &e.Broken, &e.Latest)
	e.Link = "/approvals/debts?due.from=" + string(from) + "&due.to=" + string(until)
	e.BrokenLink = e.Link + "&waiting=true"
	return e, err
}

// headAfter is how long a paper may be overdue before the head is told too. No clause
// has a figure.
const headAfter = 3 * 24 * time.Hour

// ReportDebts says of every overdue debt once a day that it still stands: to who owes
// it, of a department to its head; three days late also to who stands above them.
func ReportDebts(ctx context.Context, tx *db.Tx) error {
	late, err := pressing.All(ctx, tx, list.Where{}.And("d.waiting = true AND d.due < ? AND d.reported_at <= ?", tx.At(), period.At(tx.Now.Add(-24*time.Hour))), 500)
	if err != nil {
		return err
	}
	for _, d := range late {
		if err := reportDebt(ctx, tx, d.ID); err != nil {
			return err
		}
		if err := dun(ctx, tx, &d); err != nil {
			return err
		}
		if err := tx.Trail(ctx, db.Event{Noun: DebtNoun, Record: d.ID, Action: "overdue", Note: strings.TrimSpace(d.Number + " " + d.Title)}); err != nil {
			return err
		}
	}
	return nil
}

// dun tells who owes a paper that it is overdue, and whoever is above them in time.
func dun(ctx context.Context, tx *db.Tx, d *Debt) error {
	owes, unit := d.Person, d.Department
	if owes != "" {
		p, err := people.Get(ctx, tx, owes)
		if err != nil {
			return err
		}
		unit = p.Department
	}
	head := func() (string, error) {
		found, err := above(ctx, tx, Head, "", unit, tx.Today(), func(person string) bool { return person == owes })
		if err != nil || len(found) == 0 {
			return "", err
		}
		return found[0].ID, nil
	}
	var err error
	if owes == "" {
		if owes, err = head(); err != nil {
			return err
		}
	}
	w := messages.Word{Event: messages.OwedLate, To: []string{owes}, Args: []string{d.Number, d.Title}, Number: d.Number, Href: "/approvals/debts/" + d.ID}
	if err := messages.Tell(ctx, tx, w); err != nil || tx.At().Sub(d.Due) < headAfter {
		return err
	}
	boss, err := head()
	if err != nil {
		return err
	}
	w.Event, w.To, w.Args = messages.OwedUp, []string{boss}, append(w.Args, strings.TrimSpace(d.DepartmentName+" "+d.PersonName))
	return messages.Tell(ctx, tx, w)
}
