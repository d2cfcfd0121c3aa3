package desk

import (
	"context"
	"strings"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
)

// Bill is what a firm from outside billed for.
type Bill struct {
	Actual  money.Fen `json:"actual"`
	Invoice string    `json:"invoice"` // its number
}

// InvoiceForm asks for it.
var InvoiceForm = form.Of[Bill]{Name: "desk.invoice", Fields: []form.Field[Bill]{
	{Key: "actual", Into: func(b *Bill) any { return &b.Actual }, Required: true},
	{Key: "invoice", Into: func(b *Bill) any { return &b.Invoice }, Most: 40, Required: true},
}}

// Invoice enters what the firm billed for; it lands on the job, and so on its department,
// place and asset. Conflict under W-009: no firm was called (desk.outside.not_hired), or it
// bills for more than was agreed to and over_percent allows (desk.over_consent): then the
// greater sum is asked for anew.
func Invoice(ctx context.Context, tx *db.Tx, id string, version int64, b Bill) (Job, error) {
	j, err := take(ctx, tx, id, version, "invoice")
	if err != nil {
		return j, err
	}
	o, _, err := OutsideOf(ctx, tx, id)
	if err != nil {
		return j, err
	}
	switch b.Invoice = strings.TrimSpace(b.Invoice); {
	case o.State == Paid:
		return j, fault.New(fault.Conflict, "desk.outside.paid", o.Invoice)
	case o.State != Hired:
		return j, fault.New(fault.Conflict, "desk.outside.not_hired").Under("W-009")
	case b.Actual <= 0:
		return j, fault.OnField("actual", "base.money")
	case b.Invoice == "":
		return j, fault.OnField("invoice", "base.required")
	}
	over, err := TermOf(ctx, tx, "over_percent")
	if err != nil {
		return j, err
	}
	if int64(b.Actual)*100 > int64(o.Estimate)*(100+over) {
		return j, fault.New(fault.Conflict, "desk.over_consent", b.Actual.String(), o.Estimate.String()).Under("W-009")
	}
	if _, err := tx.Exec(ctx, `UPDATE desk_outside SET state = $1, actual = $2, invoice = $3, paid_at = $4 WHERE job = $5`, Paid, b.Actual, b.Invoice, tx.At(), id); err != nil {
		return j, err
	}
	if _, err := tx.Exec(ctx, `UPDATE desk_job SET outside = $1 WHERE id = $2`, b.Actual, id); err != nil {
		return j, err
	}
	j.Outside, j.Total = b.Actual, j.Cost+b.Actual
	return j, tx.Trail(ctx, db.Event{Noun: Noun, Record: id, Action: "invoice", Note: o.Firm + " " + b.Invoice + " " + b.Actual.String(), After: b})
}

// Firm is a firm from outside that a job asked for, as it is listed.
type Firm struct {
	Outside
	Job            string         `json:"job"`
	Number         string         `json:"number"`
	Title          string         `json:"title"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	At             period.Instant `json:"at"`
	HiredAt        period.Instant `json:"hired_at"`
	PaidAt         period.Instant `json:"paid_at"`
}

// spent is an amount that is said once there is one.
func spent(w *words.Words, f money.Fen) string {
	if f == 0 {
		return ""
	}
	return w.Money(f)
}

// FirmStates are how far they are: as the approval stands, then hired and paid.
var FirmStates = []string{string(approvals.Open), string(approvals.Agreed), string(approvals.Refused), string(approvals.Returned), string(approvals.Withdrawn), string(approvals.Voided), Hired, Paid}

// Firms is the list of firms from outside, the latest first.
var Firms = list.Of[Firm]{
	Name: "desk.firms", From: `desk_outside o JOIN desk_job j ON j.id = o.job LEFT JOIN departments_department d ON d.id = j.department`,
	Order: "-at", Live: []string{Noun}, Href: func(f *Firm) string { return "/desk/jobs/" + f.Job },
	Columns: []list.Column[Firm]{
		{Key: "firm", SQL: "o.firm", Into: func(f *Firm) any { return &f.Firm }},
		{Key: "title", SQL: "j.title", Into: func(f *Firm) any { return &f.Title }},
		{Key: "number", SQL: "j.number", Into: func(f *Firm) any { return &f.Number }},
		{Key: "department", SQL: "j.department", Into: func(f *Firm) any { return &f.Department }, Ref: "departments", Text: func(f *Firm) string { return f.DepartmentName }},
		{Key: "lack", SQL: "o.lack", Into: func(f *Firm) any { return &f.Lack }, OneOf: Lacks, Enum: "desk.outside.lack"},
		{Key: "state", SQL: "o.state", Into: func(f *Firm) any { return &f.State }, OneOf: FirmStates, Tone: func(f *Firm, _ time.Time) string {
			return map[string]string{string(approvals.Open): "soon", Hired: "soon", Paid: "done"}[f.State]
		}},
		{Key: "estimate", SQL: "o.estimate", Into: func(f *Firm) any { return &f.Estimate }},
		{Key: "actual", SQL: "o.actual", Into: func(f *Firm) any { return &f.Actual }, Said: func(w *words.Words, f *Firm) string { return spent(w, f.Actual) }},
		{Key: "at", SQL: "o.at", Into: func(f *Firm) any { return &f.At }, Range: true, Sort: true},
		{Key: "hired_at", SQL: "o.hired_at", Into: func(f *Firm) any { return &f.HiredAt }, Range: true, Aside: true},
		{Key: "paid_at", SQL: "o.paid_at", Into: func(f *Firm) any { return &f.PaidAt }, Range: true, Aside: true},
		{Key: "invoice", SQL: "o.invoice", Into: func(f *Firm) any { return &f.Invoice }, Aside: true},
		{Key: "paper", SQL: "o.paper", Into: func(f *Firm) any { return &f.Paper }, Aside: true},
		{Key: "why", SQL: "o.why", Into: func(f *Firm) any { return &f.Why }, Hidden: true},
		{Key: "id", SQL: "o.job", Into: func(f *Firm) any { return &f.Job }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(f *Firm) any { return &f.DepartmentName }, Hidden: true},
	},
}
