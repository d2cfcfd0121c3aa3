package requests

import (
	"time"

	"houqin/internal/base/list"
	"houqin/internal/base/period"
)

// Brought is one slip on one tour, as the register of deliveries has it: who signed for
// it on the ward, or that it came back.
type Brought struct {
	ID             string         `json:"id"`
	Request        string         `json:"request"`
	Number         string         `json:"number"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	Tour           string         `json:"tour"`
	TourNumber     string         `json:"tour_number"`
	CarrierName    string         `json:"carrier_name"`
	Result         string         `json:"result"`
	ReceiverName   string         `json:"receiver_name"`
	At             period.Instant `json:"at"`
}

// Results are what becomes of a slip on a tour.
var Results = []string{"signed", "back"}

// Deliveries is the register of what was brought to the wards, newest first (S-043).
// [Scope] narrows it.
var Deliveries = list.Of[Brought]{
	Name: "requests.deliveries",
	From: `requests_stop s JOIN requests_tour t ON t.id = s.tour JOIN requests_request q ON q.id = s.request LEFT JOIN warehouse_store w ON w.id = q.store
		LEFT JOIN departments_department d ON d.id = q.department`,
	Where: "s.result <> ''", Order: "-id", Live: []string{TourNoun, Noun},
	Href: func(b *Brought) string { return "/requests/" + b.Request },
	Columns: []list.Column[Brought]{
		{Key: "number", SQL: "q.number", Into: func(b *Brought) any { return &b.Number }},
		{Key: "result", SQL: "s.result", Into: func(b *Brought) any { return &b.Result }, OneOf: Results, Enum: "requests.tour.result", Tone: func(b *Brought, _ time.Time) string {
			if b.Result == "signed" {
				return "done"
			}
			return "soon"
		}},
		{Key: "department", SQL: "q.department", Into: func(b *Brought) any { return &b.Department }, Ref: "departments", Text: func(b *Brought) string { return b.DepartmentName }},
		{Key: "receiver_name", SQL: "s.receiver_name", Into: func(b *Brought) any { return &b.ReceiverName }},
		{Key: "at", SQL: "s.at", Into: func(b *Brought) any { return &b.At }, Range: true},
		{Key: "tour_number", SQL: "t.number", Into: func(b *Brought) any { return &b.TourNumber }},
		{Key: "carrier_name", SQL: "t.carrier_name", Into: func(b *Brought) any { return &b.CarrierName }},
		{Key: "id", SQL: "s.tour || s.request", Into: func(b *Brought) any { return &b.ID }, Hidden: true},
		{Key: "request", SQL: "s.request", Into: func(b *Brought) any { return &b.Request }, Hidden: true},
		{Key: "tour", SQL: "s.tour", Into: func(b *Brought) any { return &b.Tour }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(b *Brought) any { return &b.DepartmentName }, Hidden: true},
	},
}
