package desk

import (
	"context"
	"fmt"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
	"houqin/internal/warehouse"
)

// Old is so many old pieces that are to come back for new ones which a job used, where the
// item is old-for-new. It is open until as many came back, or somebody wrote why not.
type Old struct {
	ID         string         `json:"id"`
	Job        string         `json:"job"`
	Number     string         `json:"number"`
	Title      string         `json:"title"`
	What       string         `json:"what"`
	Unit       string         `json:"unit"`
	Qty        int64          `json:"qty"`
	Back       int64          `json:"back"`
	Open       bool           `json:"open"`
	Worker     string         `json:"worker"`
	WorkerName string         `json:"worker_name"`
	At         period.Instant `json:"at"`
	SettledAt  period.Instant `json:"settled_at"`
	SettledBy  string         `json:"settled_by"`
	Note       string         `json:"note"`
	Version    int64          `json:"version"`
}

// Missing are those that have not come back.
func (o *Old) Missing() int64 { return o.Qty - o.Back }

// Olds is the list of them, the latest first.
var Olds = list.Of[Old]{
	Name: "desk.old", From: `desk_old x JOIN desk_job j ON j.id = x.job LEFT JOIN people_person w ON w.id = x.worker`, Order: "-at", Live: []string{Noun},
	Href: func(o *Old) string { return "/desk/old/" + o.ID },
	Columns: []list.Column[Old]{
		{Key: "what", SQL: "x.what", Into: func(o *Old) any { return &o.What }},
		{Key: "number", SQL: "j.number", Into: func(o *Old) any { return &o.Number }},
		{Key: "open", SQL: "x.open", Into: func(o *Old) any { return &o.Open }, Tone: func(o *Old, _ time.Time) string { return map[bool]string{true: "soon", false: "done"}[o.Open] }},
		{Key: "qty", SQL: "x.qty", Into: func(o *Old) any { return &o.Qty }},
		{Key: "back", SQL: "x.back", Into: func(o *Old) any { return &o.Back }},
		{Key: "unit", SQL: "x.unit", Into: func(o *Old) any { return &o.Unit }},
		{Key: "worker", SQL: "x.worker", Into: func(o *Old) any { return &o.Worker }, Ref: "workers", Text: func(o *Old) string { return o.WorkerName }},
		{Key: "at", SQL: "x.at", Into: func(o *Old) any { return &o.At }, Range: true, Sort: true},
		{Key: "note", SQL: "x.note", Into: func(o *Old) any { return &o.Note }, Aside: true},
		{Key: "settled_at", SQL: "x.settled_at", Into: func(o *Old) any { return &o.SettledAt }, Range: true, Aside: true},
		{Key: "settled_by", SQL: "x.settled_by", Into: func(o *Old) any { return &o.SettledBy }, Aside: true},
		{Key: "title", SQL: "j.title", Into: func(o *Old) any { return &o.Title }, Hidden: true},
		{Key: "job", SQL: "x.job", Into: func(o *Old) any { return &o.Job }, Hidden: true},
		{Key: "worker_name", SQL: "coalesce(w.name, '')", Into: func(o *Old) any { return &o.WorkerName }, Hidden: true},
		{Key: "id", SQL: "x.id", Into: func(o *Old) any { return &o.ID }, Hidden: true},
		{Key: "version", SQL: "x.version", Into: func(o *Old) any { return &o.Version }, Hidden: true},
	},
}

// OldScope is which a person sees: who keeps a store all, others those of jobs they see.
func OldScope(by db.Actor) list.Where {
	if by.System || by.May(warehouse.MayIssue) {
		return list.Where{}
	}
	return Scope(by)
}

// OldOf are the old pieces of a job and of doubles merged into it, in the order of their use.
func OldOf(ctx context.Context, r db.Reader, job string) ([]Old, error) {
	inOrder := Olds
	inOrder.Order = "at"
	return inOrder.All(ctx, r, list.Where{}.And("x.job = ? OR j.merged_into = ?", job, job), 50)
}

// OldOwed is how many lines of old pieces a worker has not brought back.
func OldOwed(ctx context.Context, r db.Reader, worker string) (n int64, err error) {
	err = r.QueryRowContext(ctx, `SELECT count(*) FROM desk_old WHERE worker = $1 AND open = true`, worker).Scan(&n)
	return n, err
}

// oweOld notes what is to come back for the parts of a job. Old is what the worker brought
// along; nothing is refused because something is missing, it is owed. Invalid: more than was
// used, or no quantity.
func oweOld(ctx context.Context, tx *db.Tx, j *Job, n int, i catalog.Item, p Part, bad *fault.Complaints) error {
	if !i.OldForNew || p.Qty <= 0 {
		return nil
	}
	var back quantity.Qty
	if s := strings.TrimSpace(p.Old); s != "" {
		got, err := quantity.Parse(s, i.Packs)
		if err != nil || got < 0 || got > p.Qty {
			bad.Add(fmt.Sprintf("parts.%d.old", n), "desk.old_more", i.Say(p.Qty))
			return nil
		}
		back = got
	}
	o := Old{Open: back < p.Qty}
	if !o.Open {
		o.SettledAt, o.SettledBy = tx.At(), tx.By.Name
	}
	_, err := tx.Exec(ctx, `INSERT INTO desk_old (id, job, item, what, unit, qty, back, open, worker, at, settled_at, settled_by) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)`,
		tx.NewID(), j.ID, i.ID, i.Title(), i.Unit, int64(p.Qty), int64(back), o.Open, tx.By.ID, tx.At(), o.SettledAt, o.SettledBy)
	return err
}

// unoweOld: what was not used and came back as it was, owes nothing.
func unoweOld(ctx context.Context, tx *db.Tx, job, item string, by string) error {
	_, err := tx.Exec(ctx, `UPDATE desk_old SET open = false, settled_at = $1, settled_by = $2, note = $3, version = version + 1 WHERE job = $4 AND item = $5 AND open = true`, tx.At(), tx.By.Name, by, job, item)
	return err
}

// Brought is how many old pieces came in, in the smallest unit, and why the others do not.
type Brought struct {
	Back int64
	Note string
}

// BroughtForm asks for it.
var BroughtForm = form.Of[Brought]{Name: "desk.brought", Fields: []form.Field[Brought]{
	{Key: "back", Into: func(b *Brought) any { return &b.Back }, Most: 1_000_000},
	{Key: "note", Into: func(b *Brought) any { return &b.Note }, Most: 200, Hint: true},
}}

// TakeOld counts old pieces in. Who keeps a store or dispatches does, never the worker who
// owes them. Invalid: more than are missing, or none without the reason; with a reason the
// others are let go.
func TakeOld(ctx context.Context, tx *db.Tx, id string, version int64, b Brought) (Old, error) {
	see := OldScope(tx.By)
	if !tx.By.May(warehouse.MayIssue) {
		if err := tx.Need(MayDispatch); err != nil {
			return Old{}, err
		}
		see = list.Scoped(tx.By.Scope(MayDispatch), "j.department")
	}
	if err := tx.Lock(ctx, "desk_old", id); err != nil {
		return Old{}, err
	}
	o, err := Olds.Get(ctx, tx, see.And("x.id = ?", id))
	if err != nil {
		return o, err
	}
	b.Note = strings.TrimSpace(b.Note)
	switch {
	case !o.Open:
		return o, fault.New(fault.Conflict, "desk.old_settled", o.SettledBy)
	case tx.By.ID == o.Worker:
		return o, fault.New(fault.Forbidden, "desk.own_work")
	case b.Back < 0 || b.Back > o.Missing():
		return o, fault.OnField("back", "base.between", 0, o.Missing())
	case b.Back == 0 && b.Note == "":
		return o, fault.OnField("note", "base.required")
	}
	o.Back, o.Note = o.Back+b.Back, b.Note
	if o.Open = o.Missing() > 0 && b.Note == ""; !o.Open {
		o.SettledAt, o.SettledBy = tx.At(), tx.By.Name
	}
	if version == 0 {
		version = o.Version
	}
	if err := tx.One(ctx, fault.Stale(), `UPDATE desk_old SET back = $1, note = $2, open = $3, settled_at = $4, settled_by = $5, version = version + 1 WHERE id = $6 AND version = $7`,
		o.Back, o.Note, o.Open, o.SettledAt, o.SettledBy, id, version); err != nil {
		return o, err
	}
	return o, tx.Trail(ctx, db.Event{Noun: Noun, Record: o.Job, Action: "old_back", Note: strings.TrimSpace(fmt.Sprintf("%s %d / %d %s %s", o.What, o.Back, o.Qty, o.Unit, b.Note))})
}
