package requests

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/base/words"
	"houqin/internal/catalog"
	"houqin/internal/departments"
)

// Back is what came back of the old pieces for a line of new ones.
type Back struct {
	Line int64
	Qty  string     // old pieces counted in
	Due  period.Day // by which the others are owed
}

// loanMost is for how many days a new piece may be given before the old one is there.
const loanMost = 30

// exchange counts the old pieces in for goods of which the old is given for the new
// (S-021, S-022). What is not there is owed until a day.
func exchange(ctx context.Context, tx *db.Tx, q *Request, picks []Pick, backs []Back, bad *fault.Complaints) error {
	if q.Between() { // nobody uses it yet
		return nil
	}
	items, err := itemsOf(ctx, tx, picks)
	if err != nil {
		return err
	}
	for n := range q.Lines {
		l := &q.Lines[n]
		i := items[l.Given()]
		var given quantity.Qty
		for _, p := range picks {
			if p.Line == l.Line {
				given += p.Handed
			}
		}
		if !i.OldForNew || given == 0 {
			continue
		}
		at := slices.IndexFunc(backs, func(b Back) bool { return b.Line == l.Line })
		path := fmt.Sprintf("old.%d.", max(at, 0))
		var back quantity.Qty
		var due period.Day
		if at >= 0 && strings.TrimSpace(backs[at].Qty) != "" {
			if back, err = some(backs[at].Qty, i); err != nil {
				bad.Add(path+"qty", "requests.bad_qty", backs[at].Qty, catalog.SayPacks(i.Packs))
				continue
			}
		}
		if at >= 0 {
			due = backs[at].Due
		}
		switch {
		case back > given:
			bad.Add(path+"qty", "requests.not_more", i.Say(given))
			continue
		case back < given && due == "":
			bad.Cite("S-022", path+"qty", "requests.old_missing", i.Title(), i.Say(given))
			continue
		case due != "" && (due < tx.Today() || period.Days(tx.Today(), due) > loanMost):
			bad.Add(path+"due", "requests.old_due", loanMost)
			continue
		}
		if len(*bad) > 0 {
			continue
		}
		if back == given {
			due = ""
		}
		o := Old{ID: tx.NewID(), Request: q.ID, Line: l.Line, Department: q.Department, Item: i.ID, Qty: int64(given), Back: int64(back), Due: due, Store: q.Store, Open: back < given}
		if !o.Open {
			o.SettledAt = tx.At()
		}
		if _, err := tx.Exec(ctx, `INSERT INTO requests_old (id, request, line, department, item, qty, back, due, store, made_at, settled_at, open) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)`,
			o.ID, o.Request, o.Line, o.Department, o.Item, o.Qty, o.Back, o.Due, o.Store, tx.At(), o.SettledAt, o.Open); err != nil {
			return err
		}
	}
	return nil
}

// Old is so many old pieces that new ones were given for.
type Old struct {
	ID             string         `json:"id"`
	Request        string         `json:"request"`
	Number         string         `json:"number"`
	Line           int64          `json:"line"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	Item           string         `json:"item"`
	Name           string         `json:"name"`
	Spec           string         `json:"spec"`
	Unit           string         `json:"unit"`
	Qty            int64          `json:"qty"`
	Back           int64          `json:"back"`
	Excused        int64          `json:"excused"`
	Due            period.Day     `json:"due"`
	Reason         string         `json:"reason"`
	ExcusedBy      string         `json:"excused_by"`
	Store          string         `json:"store"`
	StoreName      string         `json:"store_name"`
	Keeping        string         `json:"-"`
	MadeAt         period.Instant `json:"made_at"`
	SettledAt      period.Instant `json:"settled_at"`
	Open           bool           `json:"open"`
	larger         string
}

// Say is a quantity of the item in its packs.
func (o *Old) Say(q int64) string { return quantity.Qty(q).Format(catalog.PacksOf(o.Unit, o.larger)) }

// Title is the item's name and spec.
func (o *Old) Title() string { return catalog.Item{Name: o.Name, Spec: o.Spec}.Title() }

// Olds is the register of old pieces, those still owed by their day.
var Olds = list.Of[Old]{
	Name: "requests.olds",
	From: `requests_old o LEFT JOIN requests_request q ON q.id = o.request LEFT JOIN departments_department d ON d.id = o.department LEFT JOIN catalog_item i ON i.id = o.item
		LEFT JOIN warehouse_store w ON w.id = o.store`,
	Order: "-id", Live: []string{"requests.old"},
	Href: func(o *Old) string { return "/old-pieces/" + o.ID },
	Columns: []list.Column[Old]{
		{Key: "name", SQL: "coalesce(i.name, '')", Into: func(o *Old) any { return &o.Name }, Text: func(o *Old) string { return o.Title() }},
		{Key: "department", SQL: "o.department", Into: func(o *Old) any { return &o.Department }, Ref: "departments", Text: func(o *Old) string { return o.DepartmentName }},
		{Key: "qty", SQL: "o.qty", Into: func(o *Old) any { return &o.Qty }, Said: func(_ *words.Words, o *Old) string { return o.Say(o.Qty) }},
		{Key: "back", SQL: "o.back", Into: func(o *Old) any { return &o.Back }, Said: func(_ *words.Words, o *Old) string { return o.Say(o.Back) }},
		{Key: "excused", SQL: "o.excused", Into: func(o *Old) any { return &o.Excused }, Said: func(_ *words.Words, o *Old) string { return o.Say(o.Excused) }},
		{Key: "due", SQL: "o.due", Into: func(o *Old) any { return &o.Due }, Range: true, Tone: func(o *Old, now time.Time) string {
			if o.Open && o.Due < period.DayOf(now, now.Location()) {
				return "danger"
			}
			return ""
		}},
		{Key: "open", SQL: "o.open", Into: func(o *Old) any { return &o.Open }},
		{Key: "number", SQL: "coalesce(q.number, '')", Into: func(o *Old) any { return &o.Number }},
		{Key: "made_at", SQL: "o.made_at", Into: func(o *Old) any { return &o.MadeAt }, Range: true, Aside: true},
		{Key: "reason", SQL: "o.reason", Into: func(o *Old) any { return &o.Reason }, Aside: true},
		{Key: "excused_by", SQL: "o.excused_by", Into: func(o *Old) any { return &o.ExcusedBy }, Aside: true},
		{Key: "store", SQL: "o.store", Into: func(o *Old) any { return &o.Store }, Ref: "stores", Text: func(o *Old) string { return o.StoreName }, Aside: true},
		{Key: "settled_at", SQL: "o.settled_at", Into: func(o *Old) any { return &o.SettledAt }, Hidden: true},
		{Key: "id", SQL: "o.id", Into: func(o *Old) any { return &o.ID }, Hidden: true},
		{Key: "request", SQL: "o.request", Into: func(o *Old) any { return &o.Request }, Hidden: true},
		{Key: "line", SQL: "o.line", Into: func(o *Old) any { return &o.Line }, Hidden: true},
		{Key: "item", SQL: "o.item", Into: func(o *Old) any { return &o.Item }, Hidden: true},
		{Key: "spec", SQL: "coalesce(i.spec, '')", Into: func(o *Old) any { return &o.Spec }, Hidden: true},
		{Key: "unit", SQL: "coalesce(i.unit, '')", Into: func(o *Old) any { return &o.Unit }, Hidden: true},
		{Key: "packs", SQL: "coalesce(i.packs, '')", Into: func(o *Old) any { return &o.larger }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(o *Old) any { return &o.DepartmentName }, Hidden: true},
		{Key: "store_name", SQL: "coalesce(w.name, '')", Into: func(o *Old) any { return &o.StoreName }, Hidden: true},
		{Key: "keeping", SQL: "coalesce(w.department, '')", Into: func(o *Old) any { return &o.Keeping }, Hidden: true},
	},
}

// OldScope is which old pieces a person sees. The row is o, its store w.
func OldScope(by db.Actor) list.Where {
	var units []string
	for _, p := range []string{MayAsk, MaySee, MayExcuse} {
		s := by.Scope(p)
		if s.All {
			return list.Where{}
		}
		units = append(units, s.Units...)
	}
	serve := by.Scope(MayServe)
	if serve.All {
		return list.Where{}
	}
	asked, a := list.In("o.department", units)
	kept, b := list.In("w.department", serve.Units)
	return list.Where{}.And(asked+" OR "+kept, append(a, b...)...)
}

// OldByID is one entry of the register, if the person sees it.
func OldByID(ctx context.Context, r db.Reader, by db.Actor, id string) (Old, error) {
	return Olds.Get(ctx, r, OldScope(by).And("o.id = ?", id))
}

// CountIn takes old pieces in that were owed. Needs MayServe where the store is kept.
func CountIn(ctx context.Context, tx *db.Tx, id, qty string) (Old, error) {
	o, i, err := owedPiece(ctx, tx, id)
	if err != nil {
		return o, err
	}
	if err := tx.NeedIn(MayServe, o.Keeping); err != nil {
		return o, err
	}
	n, err := quantity.Parse(qty, i.Packs)
	if err != nil || n <= 0 {
		return o, fault.OnField("qty", "requests.bad_qty", qty, catalog.SayPacks(i.Packs))
	}
	if int64(n) > o.Qty-o.Back-o.Excused {
		return o, fault.OnField("qty", "requests.not_more", o.Say(o.Qty-o.Back-o.Excused))
	}
	o.Back += int64(n)
	return o, putOld(ctx, tx, &o, "count_in", o.Title()+" "+i.Say(n))
}

// Excuse lets a department off what it still owes, with the reason (S-022). Needs
// MayExcuse for the department; nobody lets their own department off.
func Excuse(ctx context.Context, tx *db.Tx, id, reason string) (Old, error) {
	o, _, err := owedPiece(ctx, tx, id)
	if err != nil {
		return o, err
	}
	if err := tx.NeedIn(MayExcuse, o.Department); err != nil {
		return o, err
	}
	own, err := departments.Above(ctx, tx, o.Department)
	if err != nil {
		return o, err
	}
	if slices.Contains(own, tx.By.Unit) && !tx.By.System {
		return o, fault.New(fault.Forbidden, "requests.own_old").Under("S-022")
	}
	if err := fault.Given(reason, "reason"); err != nil {
		return o, err
	}
	o.Reason, o.ExcusedBy, o.Excused = strings.TrimSpace(reason), tx.By.Name, o.Qty-o.Back
	return o, putOld(ctx, tx, &o, "excuse", o.Reason)
}

func owedPiece(ctx context.Context, tx *db.Tx, id string) (Old, catalog.Item, error) {
	if err := tx.Lock(ctx, "requests_old", id); err != nil {
		return Old{}, catalog.Item{}, err
	}
	o, err := OldByID(ctx, tx, tx.By, id)
	if err != nil {
		return o, catalog.Item{}, err
	}
	if !o.Open {
		return o, catalog.Item{}, fault.New(fault.Conflict, "requests.old_settled")
	}
	i, err := catalog.Get(ctx, tx, o.Item)
	return o, i, err
}

func putOld(ctx context.Context, tx *db.Tx, o *Old, action, note string) error {
	if o.Open = o.Back+o.Excused < o.Qty; !o.Open {
		o.SettledAt = tx.At()
	}
	if _, err := tx.Exec(ctx, `UPDATE requests_old SET back = $1, excused = $2, reason = $3, excused_by = $4, settled_at = $5, open = $6 WHERE id = $7`,
		o.Back, o.Excused, o.Reason, o.ExcusedBy, o.SettledAt, o.Open, o.ID); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "requests.old", Record: o.ID, Action: action, Note: note})
}
