package warehouse

import (
	"context"
	"fmt"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
	"houqin/internal/catalog"
)

// Landing is what of one item landed on a department in a month, from one store;
// what was taken back is taken off in the month of the reversal.
type Landing struct {
	goods
	ID             string     `json:"id"`
	Month          period.Day `json:"month"` // its first day
	Department     string     `json:"department"`
	DepartmentName string     `json:"department_name"`
	Store          string     `json:"store"`
	StoreName      string     `json:"store_name"`
	Supply         string     `json:"supply"`
	Category       string     `json:"category"`
	Class          string     `json:"class"`
	ClassName      string     `json:"class_name"`
	Qty            int64      `json:"qty"`
	Amount         money.Fen  `json:"amount"`
}

// Landings is the list of what landed where.
var Landings = list.Of[Landing]{
	Name: "warehouse.consumption",
	From: `warehouse_consumption d LEFT JOIN warehouse_store w ON w.id = d.store LEFT JOIN departments_department p ON p.id = d.department
		LEFT JOIN catalog_item i ON i.id = d.item LEFT JOIN catalog_class c ON c.id = i.class`,
	Order: "-id", Alias: "i", Table: "catalog_item", Live: []string{"warehouse.document"},
	Href: func(c *Landing) string {
		return "/warehouse/consumption/" + c.Department + "/" + c.Item + "?month=" + string(c.Month.Month())
	},
	Columns: []list.Column[Landing]{
		{Key: "name", SQL: "coalesce(i.name, '')", Into: func(c *Landing) any { return &c.Name }, Text: func(c *Landing) string { return c.Title() }},
		{Key: "department", SQL: "d.department", Into: func(c *Landing) any { return &c.Department }, Ref: "departments", Text: func(c *Landing) string { return c.DepartmentName }},
		{Key: "month", SQL: "d.month", Into: func(c *Landing) any { return &c.Month }, Range: true, Text: func(c *Landing) string { return string(c.Month.Month()) }},
		{Key: "qty", SQL: "d.qty", Into: func(c *Landing) any { return &c.Qty }, Said: func(_ *words.Words, c *Landing) string { return c.Say(c.Qty) }},
		{Key: "amount", SQL: "d.amount", Into: func(c *Landing) any { return &c.Amount }, Range: true},
		{Key: "store", SQL: "d.store", Into: func(c *Landing) any { return &c.Store }, Ref: "stores", Text: func(c *Landing) string { return c.StoreName }},
		{Key: "number", SQL: "coalesce(i.number, '')", Into: func(c *Landing) any { return &c.Number }},
		{Key: "supply", SQL: "coalesce(c.counts_as, '')", Into: func(c *Landing) any { return &c.Supply }, OneOf: catalog.Supplies, Enum: "catalog.supply", Aside: true},
		{Key: "category", SQL: "coalesce(i.category, '')", Into: func(c *Landing) any { return &c.Category }, OneOf: catalog.Categories, Enum: "catalog.category", Aside: true},
		{Key: "class", SQL: "coalesce(i.class, '')", Into: func(c *Landing) any { return &c.Class }, Ref: "classes", Text: func(c *Landing) string { return c.ClassName }, Aside: true},
		{Key: "id", SQL: "d.id", Into: func(c *Landing) any { return &c.ID }, Hidden: true},
		{Key: "item", SQL: "d.item", Into: func(c *Landing) any { return &c.Item }, Hidden: true},
		{Key: "spec", SQL: "coalesce(i.spec, '')", Into: func(c *Landing) any { return &c.Spec }, Hidden: true},
		{Key: "pieces", SQL: "d.qty", Into: func(c *Landing) any { return &c.Qty }, Aside: true},
		{Key: "unit", SQL: "coalesce(i.unit, '')", Into: func(c *Landing) any { return &c.Unit }, Aside: true},
		{Key: "packs", SQL: "coalesce(i.packs, '')", Into: func(c *Landing) any { return &c.larger }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(p.name, '')", Into: func(c *Landing) any { return &c.DepartmentName }, Hidden: true},
		{Key: "store_name", SQL: "coalesce(w.name, '')", Into: func(c *Landing) any { return &c.StoreName }, Hidden: true},
		{Key: "class_name", SQL: "coalesce(c.name, '')", Into: func(c *Landing) any { return &c.ClassName }, Hidden: true},
	},
}

func consumptionID(month period.Day, department, item, store string) string {
	return string(month) + "." + department + "." + item + "." + store
}

// Borne is what a department bore in a month.
type Borne struct {
	Department string    `json:"department"`
	Name       string    `json:"name"`
	Items      int64     `json:"items"`
	Amount     money.Fen `json:"amount"`
	Before     money.Fen `json:"before"` // the month before
	Beds       int64     `json:"beds"`   // that the plan gives it
}

// PerBedDay is what a bed of the plan cost on a day, in so many days; 0 of a department
// without beds.
func (b Borne) PerBedDay(days int) money.Fen {
	if b.Beds <= 0 || days <= 0 {
		return 0
	}
	each, _ := money.Share(b.Amount, 1, b.Beds*int64(days)) // of less than all, which cannot be too much
	return each
}

// BorneIn is what each department that the person sees bore in a month, the dearest
// first, beside the month before.
func BorneIn(ctx context.Context, r db.Reader, by db.Actor, month period.Month) ([]Borne, error) {
	seen, args := within(by, "d.department", "w.department")
	n := len(args)
	args = append(args, month.First(), month.Add(-1).First())
	return db.All(ctx, r, func(b *Borne) []any { return []any{&b.Department, &b.Name, &b.Items, &b.Amount, &b.Before, &b.Beds} }, fmt.Sprintf(
		`SELECT d.department, coalesce(max(p.name), ''), count(DISTINCT CASE WHEN d.month = $%[1]d THEN d.item END),
		CAST(sum(CASE WHEN d.month = $%[1]d THEN d.amount ELSE 0 END) AS BIGINT) AS now, CAST(sum(CASE WHEN d.month = $%[2]d THEN d.amount ELSE 0 END) AS BIGINT), coalesce(max(p.beds), 0)
		FROM warehouse_consumption d LEFT JOIN warehouse_store w ON w.id = d.store LEFT JOIN departments_department p ON p.id = d.department
		WHERE d.month IN ($%[1]d, $%[2]d)%[3]s GROUP BY d.department ORDER BY now DESC, d.department`, n+1, n+2, seen), args...)
}

// Share is one move that landed on a department.
type Share struct {
	goods
	ID           string         `json:"id"`
	Document     string         `json:"document"`
	Paper        string         `json:"paper"`
	At           period.Instant `json:"at"`
	Receiver     string         `json:"receiver"`
	Note         string         `json:"note"`
	RecordNumber string         `json:"record_number"`
	Lot          string         `json:"lot"`
	Qty          int64          `json:"qty"`
	Amount       money.Fen      `json:"amount"`
}

// Shares is the list of what landed on departments, move by move, newest first. It
// is meant to be narrowed by SharesOf.
var Shares = list.Of[Share]{
	Name: "warehouse.shares",
	From: `warehouse_posting p JOIN warehouse_document d ON d.id = p.document JOIN warehouse_store w ON w.id = p.store LEFT JOIN catalog_item i ON i.id = p.item`,
	// The department's own legs only.
	Where: "p.department <> ''",
	Order: "-document", Short: true, Live: []string{"warehouse.document"},
	Href: func(s *Share) string { return "/warehouse/documents/" + s.Document },
	Columns: []list.Column[Share]{
		{Key: "paper", SQL: "d.number", Into: func(s *Share) any { return &s.Paper }},
		{Key: "at", SQL: "d.at", Into: func(s *Share) any { return &s.At }},
		{Key: "qty", SQL: "p.qty", Into: func(s *Share) any { return &s.Qty }, Said: func(_ *words.Words, s *Share) string { return s.Say(s.Qty) }},
		{Key: "amount", SQL: "p.amount", Into: func(s *Share) any { return &s.Amount }},
		{Key: "receiver", SQL: "d.receiver_name", Into: func(s *Share) any { return &s.Receiver }},
		{Key: "record_number", SQL: "d.record_number", Into: func(s *Share) any { return &s.RecordNumber }},
		{Key: "note", SQL: "d.note", Into: func(s *Share) any { return &s.Note }},
		{Key: "lot", SQL: "p.lot", Into: func(s *Share) any { return &s.Lot }},
		{Key: "id", SQL: "p.document || '.' || p.line || '.' || p.leg", Into: func(s *Share) any { return &s.ID }, Hidden: true},
		{Key: "document", SQL: "p.document", Into: func(s *Share) any { return &s.Document }, Hidden: true},
		{Key: "unit", SQL: "coalesce(i.unit, '')", Into: func(s *Share) any { return &s.Unit }, Hidden: true},
		{Key: "packs", SQL: "coalesce(i.packs, '')", Into: func(s *Share) any { return &s.larger }, Hidden: true},
	},
}

// SharesOf narrows Shares to what of one item landed on one department in a month,
// as far as the person sees it.
func SharesOf(by db.Actor, department, item string, month period.Month) list.Where {
	return BorneScope(by).And("p.department = ? AND p.item = ? AND p.day >= ? AND p.day <= ?", department, item, month.First(), month.Last())
}
