package requests

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
	"houqin/internal/catalog"
)

// Whys say why a ward does not accept something that was brought.
var Whys = []string{"short", "damaged", "wrong", "unwanted"}

// Outcomes say what became of it in the store: back on the shelf, laid apart because it
// is spoilt, or not there.
var Outcomes = []string{"shelf", "apart", "missing"}

// Sign is the word of the ward, on its own phone, that what was brought is there (S-043,
// S-013): the person of the unit takes it, and must be one whom the ward named (S-014).
// What is short or damaged is said on the spot, is not issued, and goes back (S-015).
//
// Refused: as of Hand; a difference without saying what is wrong (Invalid).
func Sign(ctx context.Context, tx *db.Tx, id string, version int64, h Handing) (Request, error) {
	h.Receiver = tx.By.ID
	return arrive(ctx, tx, id, version, "sign", h)
}

// Deliver is the same on the carrier's phone: somebody of the ward signs on its screen.
// For who carries it, and who holds MayServe where the store is kept.
func Deliver(ctx context.Context, tx *db.Tx, id string, version int64, h Handing) (Request, error) {
	return arrive(ctx, tx, id, version, "deliver", h)
}

func arrive(ctx context.Context, tx *db.Tx, id string, version int64, step string, h Handing) (Request, error) {
	q, err := take(ctx, tx, id, version, step)
	if err != nil {
		return q, err
	}
	t, err := Tours.Get(ctx, tx, list.Where{}.And("t.id = ?", q.Tour))
	if err != nil {
		return q, err
	}
	var bad fault.Complaints
	issuer := db.Actor{ID: t.Carrier, Name: t.CarrierName}
	who, err := receiver(ctx, tx, &q, issuer, h.Receiver, h.Signature, &bad)
	if err != nil {
		return q, err
	}
	for n := range bad {
		if step == "sign" { // who signs is who stands there
			bad[n].Path = "signature"
		}
	}
	picks, err := accepted(ctx, tx, &q, h.Lines, true, &bad)
	if err != nil {
		return q, err
	}
	if err := exchange(ctx, tx, &q, picks, h.Old, &bad); err != nil {
		return q, err
	}
	if err := bad.Err(); err != nil {
		return q, err
	}
	for _, p := range picks {
		if p.Handed == p.Picked {
			continue
		}
		b := Return{ID: tx.NewID(), Tour: t.ID, Request: q.ID, Line: p.Line, Item: p.Item, BinCode: p.BinCode, Lot: p.Lot, Qty: int64(p.Picked - p.Handed), Note: p.Note}
		at := slices.IndexFunc(h.Lines, func(a Accepted) bool { return a.Pick == p.ID })
		b.Why = h.Lines[at].Why
		if _, err := tx.Exec(ctx, `INSERT INTO requests_return (id, tour, request, line, item, bin_code, lot, qty, why, note, by_name, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)`,
			b.ID, b.Tour, b.Request, b.Line, b.Item, b.BinCode, b.Lot, b.Qty, b.Why, b.Note, who.Name, tx.At()); err != nil {
			return q, err
		}
	}
	if err := give(ctx, tx, &q, picks, issuer, who, "tour", h.Signature); err != nil {
		return q, err
	}
	if err := pass(ctx, tx, &q, "signed", who.Name); err != nil {
		return q, err
	}
	return q, keep(ctx, tx, &q, "sign", who.Name)
}

// Return is something that a ward did not accept on the spot.
type Return struct {
	ID             string         `json:"id"`
	Tour           string         `json:"tour"`
	TourNumber     string         `json:"tour_number"`
	Request        string         `json:"request"`
	Number         string         `json:"number"`
	Line           int64          `json:"line"`
	Item           string         `json:"item"`
	Name           string         `json:"name"`
	Spec           string         `json:"spec"`
	Unit           string         `json:"unit"`
	BinCode        string         `json:"bin_code"`
	Lot            string         `json:"lot"`
	Qty            int64          `json:"qty"`
	Why            string         `json:"why"` // of Whys
	Note           string         `json:"note"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	Store          string         `json:"store"`
	StoreName      string         `json:"store_name"`
	Keeping        string         `json:"-"`
	ByName         string         `json:"by_name"`
	At             period.Instant `json:"at"`
	Outcome        string         `json:"outcome"` // of Outcomes; "" while it is not back
	Found          string         `json:"found"`
	SettledName    string         `json:"settled_name"`
	SettledAt      period.Instant `json:"settled_at"`
	Open           bool           `json:"open"`
	larger         string
}

// Say is a quantity of the item in its packs.
func (b *Return) Say(q int64) string {
	return quantity.Qty(q).Format(catalog.PacksOf(b.Unit, b.larger))
}

// Title is the item's name and spec.
func (b *Return) Title() string { return catalog.Item{Name: b.Name, Spec: b.Spec}.Title() }

// Returns is the register of what wards did not accept, newest first.
var Returns = list.Of[Return]{
	Name: "requests.returns",
	From: `requests_return b LEFT JOIN requests_request q ON q.id = b.request LEFT JOIN requests_tour t ON t.id = b.tour LEFT JOIN departments_department d ON d.id = q.department
		LEFT JOIN catalog_item i ON i.id = b.item LEFT JOIN warehouse_store w ON w.id = q.store`,
	Order: "-id", Live: []string{ReturnNoun},
	Href: func(b *Return) string { return "/tour-returns/" + b.ID },
	Columns: []list.Column[Return]{
		{Key: "name", SQL: "coalesce(i.name, '')", Into: func(b *Return) any { return &b.Name }, Text: func(b *Return) string { return b.Title() }},
		{Key: "qty", SQL: "b.qty", Into: func(b *Return) any { return &b.Qty }, Text: func(b *Return) string { return b.Say(b.Qty) }},
		{Key: "why", SQL: "b.why", Into: func(b *Return) any { return &b.Why }, OneOf: Whys, Enum: "requests.why"},
		{Key: "outcome", SQL: "b.outcome", Into: func(b *Return) any { return &b.Outcome }, OneOf: append([]string{""}, Outcomes...), Enum: "requests.outcome"},
		{Key: "department", SQL: "coalesce(q.department, '')", Into: func(b *Return) any { return &b.Department }, Ref: "departments", Text: func(b *Return) string { return b.DepartmentName }},
		{Key: "number", SQL: "coalesce(q.number, '')", Into: func(b *Return) any { return &b.Number }},
		{Key: "tour_number", SQL: "coalesce(t.number, '')", Into: func(b *Return) any { return &b.TourNumber }},
		{Key: "at", SQL: "b.at", Into: func(b *Return) any { return &b.At }, Range: true},
		{Key: "by_name", SQL: "b.by_name", Into: func(b *Return) any { return &b.ByName }, Aside: true},
		{Key: "note", SQL: "b.note", Into: func(b *Return) any { return &b.Note }, Aside: true},
		{Key: "found", SQL: "b.found", Into: func(b *Return) any { return &b.Found }, Aside: true},
		{Key: "settled_name", SQL: "b.settled_name", Into: func(b *Return) any { return &b.SettledName }, Aside: true},
		{Key: "settled_at", SQL: "b.settled_at", Into: func(b *Return) any { return &b.SettledAt }, Aside: true},
		{Key: "open", SQL: "b.open", Into: func(b *Return) any { return &b.Open }, Aside: true},
		{Key: "store", SQL: "coalesce(q.store, '')", Into: func(b *Return) any { return &b.Store }, Ref: "stores", Text: func(b *Return) string { return b.StoreName }, Aside: true},
		{Key: "bin_code", SQL: "b.bin_code", Into: func(b *Return) any { return &b.BinCode }, Hidden: true},
		{Key: "lot", SQL: "b.lot", Into: func(b *Return) any { return &b.Lot }, Hidden: true},
		{Key: "id", SQL: "b.id", Into: func(b *Return) any { return &b.ID }, Hidden: true},
		{Key: "tour", SQL: "b.tour", Into: func(b *Return) any { return &b.Tour }, Hidden: true},
		{Key: "request", SQL: "b.request", Into: func(b *Return) any { return &b.Request }, Hidden: true},
		{Key: "line", SQL: "b.line", Into: func(b *Return) any { return &b.Line }, Hidden: true},
		{Key: "item", SQL: "b.item", Into: func(b *Return) any { return &b.Item }, Hidden: true},
		{Key: "spec", SQL: "coalesce(i.spec, '')", Into: func(b *Return) any { return &b.Spec }, Hidden: true},
		{Key: "unit", SQL: "coalesce(i.unit, '')", Into: func(b *Return) any { return &b.Unit }, Hidden: true},
		{Key: "packs", SQL: "coalesce(i.packs, '')", Into: func(b *Return) any { return &b.larger }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(b *Return) any { return &b.DepartmentName }, Hidden: true},
		{Key: "store_name", SQL: "coalesce(w.name, '')", Into: func(b *Return) any { return &b.StoreName }, Hidden: true},
		{Key: "keeping", SQL: "coalesce(w.department, '')", Into: func(b *Return) any { return &b.Keeping }, Hidden: true},
	},
}

// ReturnByID is one of them, if the person sees the request.
func ReturnByID(ctx context.Context, r db.Reader, by db.Actor, id string) (Return, error) {
	return Returns.Get(ctx, r, Scope(by).And("b.id = ?", id))
}

// ToTakeIn is what the stores that a person serves have not looked at yet.
func ToTakeIn(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Return, error) {
	return Returns.All(ctx, r, list.Scoped(by.Scope(MayServe), "w.department").And("b.open = true"), limit)
}

// Looked is what the keeper found of something that came back.
type Looked struct {
	Outcome string
	Note    string
}

// TakeIn says what became of something that a ward did not accept. It never left the
// store's books: what is spoilt or not there is written off or counted by those whose
// matter that is. Needs MayServe where the store is kept. Invalid: spoilt or missing
// goods without a word about it.
func TakeIn(ctx context.Context, tx *db.Tx, id string, l Looked) (Return, error) {
	if err := tx.Lock(ctx, "requests_return", id); err != nil {
		return Return{}, err
	}
	b, err := ReturnByID(ctx, tx, tx.By, id)
	if err != nil {
		return b, err
	}
	if err := tx.NeedIn(MayServe, b.Keeping); err != nil {
		return b, err
	}
	if !b.Open {
		return b, fault.New(fault.Conflict, "requests.return_settled")
	}
	var bad fault.Complaints
	b.Found = strings.TrimSpace(l.Note)
	if !slices.Contains(Outcomes, l.Outcome) {
		bad.Add("outcome", "base.required")
	}
	if l.Outcome != "shelf" && b.Found == "" {
		bad.Add("note", "requests.less_why")
	}
	if err := bad.Err(); err != nil {
		return b, err
	}
	b.Outcome, b.Open, b.SettledName, b.SettledAt = l.Outcome, false, tx.By.Name, tx.At()
	if _, err := tx.Exec(ctx, `UPDATE requests_return SET outcome = $1, found = $2, settled_name = $3, settled_at = $4, open = false WHERE id = $5`,
		b.Outcome, b.Found, b.SettledName, b.SettledAt, b.ID); err != nil {
		return b, err
	}
	return b, tx.Trail(ctx, db.Event{Noun: ReturnNoun, Record: b.ID, Action: "take_in", Note: b.Title() + " " + b.Say(b.Qty)})
}
