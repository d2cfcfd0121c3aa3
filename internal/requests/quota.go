package requests

import (
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/catalog"
	"houqin/internal/departments"
	"houqin/internal/warehouse"
)

// Quota is what a department may draw of a category of goods in a month, from a month
// on, in fen; category "" is all of them together.
type Quota struct {
	ID             string         `json:"id"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	Category       string         `json:"category"`
	Since          period.Day     `json:"since"`
	Amount         money.Fen      `json:"amount"`
	ByName         string         `json:"by_name"`
	At             period.Instant `json:"at"`
}

// Quotas is the list of quotas, those of the past included.
var Quotas = list.Of[Quota]{
	Name:  "requests.quotas",
	From:  `requests_quota t LEFT JOIN departments_department d ON d.id = t.department`,
	Order: "-since", Short: true, Live: []string{"requests.quota"},
	Columns: []list.Column[Quota]{
		{Key: "department", SQL: "t.department", Into: func(q *Quota) any { return &q.Department }, Ref: "departments", Text: func(q *Quota) string { return q.DepartmentName }},
		{Key: "category", SQL: "t.category", Into: func(q *Quota) any { return &q.Category }, OneOf: catalog.Categories, Enum: "catalog.category"},
		{Key: "amount", SQL: "t.amount", Into: func(q *Quota) any { return &q.Amount }, Range: true},
		{Key: "since", SQL: "t.since", Into: func(q *Quota) any { return &q.Since }, Range: true},
		{Key: "by_name", SQL: "t.by_name", Into: func(q *Quota) any { return &q.ByName }},
		{Key: "at", SQL: "t.at", Into: func(q *Quota) any { return &q.At }},
		{Key: "id", SQL: "t.id", Into: func(q *Quota) any { return &q.ID }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(q *Quota) any { return &q.DepartmentName }, Hidden: true},
	},
}

// QuotaScope is which quotas a person sees. The quota's row is t.
func QuotaScope(by db.Actor) list.Where {
	var units []string
	for _, p := range []string{MayAsk, MaySee, MayArrange} {
		s := by.Scope(p)
		if s.All {
			return list.Where{}
		}
		units = append(units, s.Units...)
	}
	slices.Sort(units)
	return list.Where{}.In("t.department", slices.Compact(units))
}

// SetQuota says what a department may draw in a month, from a month on; a value of the
// same month is replaced, those of earlier months stay as they were. Needs MayArrange
// for the department. Invalid: no such department or category, a month that is over.
func SetQuota(ctx context.Context, tx *db.Tx, q *Quota) error {
	if err := tx.NeedIn(MayArrange, q.Department); err != nil {
		return err
	}
	var bad fault.Complaints
	d, err := departments.Get(ctx, tx, q.Department)
	if fault.KindOf(err) == fault.NotFound {
		bad.Add("department", "base.no_such", q.Department)
	} else if err != nil {
		return err
	}
	if q.Category != "" && !slices.Contains(catalog.Categories, q.Category) {
		bad.Add("category", "base.bad_value", q.Category)
	}
	if q.Since == "" {
		q.Since = tx.Today()
	}
	q.Since = q.Since.Month().First()
	if q.Since.Month() < tx.Today().Month() {
		bad.Add("since", "requests.month_over")
	}
	if q.Amount < 0 {
		bad.Add("amount", "base.money")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	q.ID, q.ByName, q.At = tx.NewID(), tx.By.Name, tx.At()
	if _, err := tx.Exec(ctx, `INSERT INTO requests_quota (id, department, category, since, amount, by_name, at) VALUES ($1,$2,$3,$4,$5,$6,$7)
		ON CONFLICT (department, category, since) DO UPDATE SET amount = excluded.amount, by_name = excluded.by_name, at = excluded.at`,
		q.ID, q.Department, q.Category, q.Since, q.Amount, q.ByName, q.At); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "requests.quota", Record: q.Department, Action: "set", Note: d.Name + " " + string(q.Since.Month()), After: q})
}

// Room is how much a department's quota leaves in a month. Drawn is what landed on it,
// Asked what it has asked for besides that is not given yet.
type Room struct {
	Category string    `json:"category"`
	Quota    money.Fen `json:"quota"`
	Drawn    money.Fen `json:"drawn"`
	Asked    money.Fen `json:"asked"`
}

// Left is what may still be asked for; less than nothing when it is used up.
func (r *Room) Left() money.Fen { return r.Quota - r.Drawn - r.Asked }

// RoomOf is what each quota of a department leaves in a month, all categories together
// first. besides is a request that is not counted: the one that asks.
func RoomOf(ctx context.Context, r db.Reader, department string, month period.Month, besides string) ([]Room, error) {
	quotas, err := db.All(ctx, r, func(q *Quota) []any { return []any{&q.Category, &q.Amount} }, `SELECT q.category, q.amount FROM requests_quota q
		WHERE q.department = $1 AND q.since = (SELECT max(o.since) FROM requests_quota o WHERE o.department = q.department AND o.category = q.category AND o.since <= $2)
		ORDER BY q.category`, department, month.First())
	if err != nil || len(quotas) == 0 {
		return nil, err
	}
	drawn, err := warehouse.DrawnIn(ctx, r, department, month)
	if err != nil {
		return nil, err
	}
	asked, err := stillAsked(ctx, r, department, besides)
	if err != nil {
		return nil, err
	}
	rooms := make([]Room, len(quotas))
	for n, q := range quotas {
		rooms[n] = Room{q.Category, q.Amount, sum(drawn, q.Category), sum(asked, q.Category)}
	}
	return rooms, nil
}

func sum(of map[string]money.Fen, category string) (all money.Fen) {
	if category != "" {
		return of[category]
	}
	for _, v := range of {
		all += v
	}
	return all
}

// stillAsked is what open requests of a department are about that has not been given
// yet, by category, at the prices at which it was asked for.
func stillAsked(ctx context.Context, r db.Reader, department, besides string) (map[string]money.Fen, error) {
	asked := map[string]money.Fen{}
	err := db.Each(ctx, r, `SELECT coalesce(i.category, ''), l.qty, l.amount, l.granted - l.issued - l.declined FROM requests_request q JOIN requests_line l ON l.request = q.id
		LEFT JOIN catalog_item i ON i.id = l.item WHERE q.department = $1 AND q.to_store = '' AND q.open = true AND q.id <> $2`, []any{department, besides}, func(scan db.Scan) error {
		var category string
		var qty, left int64
		var amount money.Fen
		if err := scan(&category, &qty, &amount, &left); err != nil || left <= 0 {
			return err
		}
		part, err := money.Share(amount, left, qty)
		asked[category] += part
		return err
	})
	return asked, err
}
