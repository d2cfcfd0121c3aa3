package desk

import (
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/money"
	"houqin/internal/base/quantity"
)

// Assignment says who is sent. Worker or Crew may be missing, not both: a job of a
// crew is there for its people to take.
type Assignment struct {
	Worker string `json:"worker"`
	Crew   string `json:"crew"`
	Note   string `json:"note"`
}

// Work is what the worker tells when the job is done. Minutes are theirs alone.
// Store is where the parts came from.
type Work struct {
	Cause   string
	Done    string
	Minutes int64
	Store   string
	Parts   []Part
	Photos  form.Uploads // for the counter, which attaches them
	// Reused are parts that were mended and used again, and what new ones would have cost
	// (W-029).
	Reused int64
	Saved  money.Fen
	Hands  []Hand  // who helped
	Priced []Piece // common jobs at their price, in place of the worker's own minutes
}

// Part is what was used of an item: Qty in its smallest unit, or as people write it
// in its packs, 2 盒.
type Part struct {
	Item    string
	Qty     quantity.Qty
	Written string
	Old     string // how many old pieces come back for it, as people write it; of items that are old-for-new
}

// Signing is the ward's word that the work is done. Signature is a drawing, a PNG
// as data URL, or a typed name; Rating is 1 to 5, 0 when none was given.
type Signing struct {
	Signature string
	Rating    int64
	Opinion   string
	Reasons   []string // of RatedFor
}

// Proof is a ward's word on the phone of who did the work: who it is, by their PIN.
type Proof struct {
	Number  string
	PIN     string
	Rating  int64
	Opinion string
}

// Reason is why something is held up, sent back or called off.
type Reason struct {
	Code string // of a pause: what it waits for
	Text string
}

// Pictures are photos that are added to a job.
type Pictures struct{ Photos form.Uploads }

// PauseReasons are what a job can wait for.
var PauseReasons = []string{"parts", "outside", "access", "approval", "other"}

// Ratings are what a ward can say of the work, the best first.
var Ratings = []string{"5", "4", "3", "2", "1"}

// The questions that steps ask.
// DemoPIN is the setting under which a demo keeps the PIN of its invented people.
const DemoPIN = "demo.pin"

var (
	DispatchForm = form.Of[Assignment]{Name: "desk.dispatch", Fields: assignment, Check: somebody}
	ReassignForm = form.Of[Assignment]{Name: "desk.reassign", Fields: assignment, Check: somebody}

	PauseForm = form.Of[Reason]{Name: "desk.pause", Fields: []form.Field[Reason]{
		{Key: "code", Into: func(r *Reason) any { return &r.Code }, Kind: form.Cards, OneOf: PauseReasons, Required: true},
		{Key: "text", Into: func(r *Reason) any { return &r.Text }},
	}}
	ReturnForm = form.Of[Reason]{Name: "desk.return", Fields: []form.Field[Reason]{
		{Key: "text", Into: func(r *Reason) any { return &r.Text }, Kind: form.Area, Required: true},
	}}
	CancelForm = form.Of[Reason]{Name: "desk.cancel", Fields: []form.Field[Reason]{
		{Key: "text", Into: func(r *Reason) any { return &r.Text }, Kind: form.Area, Required: true},
	}}
	CommentForm = form.Of[Reason]{Name: "desk.comment", Fields: []form.Field[Reason]{
		{Key: "text", Into: func(r *Reason) any { return &r.Text }, Kind: form.Area, Most: 500, Required: true},
	}}

	FinishForm = form.Of[Work]{Name: "desk.finish", Fields: []form.Field[Work]{
		{Key: "done", Into: func(w *Work) any { return &w.Done }, Kind: form.Area, Most: 500, Required: true},
		{Key: "cause", Into: func(w *Work) any { return &w.Cause }},
		{Key: "minutes", Into: func(w *Work) any { return &w.Minutes }, Most: 10_000, Unit: "desk.minutes"},
		form.LinesOf("parts", func(w *Work) *[]Part { return &w.Parts }, &PartForm, 50),
		{Key: "store", Into: func(w *Work) any { return &w.Store }, Ref: "stores", Hint: true},
		form.LinesOf("hands", func(w *Work) *[]Hand { return &w.Hands }, &HandForm, 10),
		form.LinesOf("priced", func(w *Work) *[]Piece { return &w.Priced }, &PieceForm, 20),
		{Key: "reused", Into: func(w *Work) any { return &w.Reused }, Most: 1000, Hint: true},
		{Key: "saved", Into: func(w *Work) any { return &w.Saved }, Hint: true},
		{Key: "photos", Into: func(w *Work) any { return &w.Photos }},
	}, Check: func(w *Work, bad *fault.Complaints) {
		if w.Reused < 0 || w.Reused == 0 && w.Saved != 0 {
			bad.Add("reused", "desk.nothing_reused")
		}
		if w.Saved < 0 {
			bad.Add("saved", "base.money")
		}
		if len(w.Parts) > 0 && w.Store == "" {
			bad.Add("store", "desk.parts_without_store")
		}
	}}
	PartForm = form.Of[Part]{Name: "desk.part", Fields: []form.Field[Part]{
		{Key: "item", Into: func(p *Part) any { return &p.Item }, Ref: "items", Required: true},
		{Key: "qty", Into: func(p *Part) any { return &p.Written }, Most: 20, Required: true},
		{Key: "old", Into: func(p *Part) any { return &p.Old }, Most: 20},
	}}

	HandForm = form.Of[Hand]{Name: "desk.hand", Fields: []form.Field[Hand]{
		{Key: "person", Into: func(h *Hand) any { return &h.Person }, Ref: "workers", Required: true},
		{Key: "minutes", Into: func(h *Hand) any { return &h.Minutes }, Least: 1, Most: 10_000, Required: true},
	}}
	PieceForm = form.Of[Piece]{Name: "desk.piece", Fields: []form.Field[Piece]{
		{Key: "price", Into: func(p *Piece) any { return &p.Price }, Ref: "prices", Required: true},
		{Key: "pieces", Into: func(p *Piece) any { return &p.Pieces }, Least: 1, Most: 1000, Required: true},
	}}

	PictureForm = form.Of[Pictures]{Name: "desk.picture", Fields: []form.Field[Pictures]{
		{Key: "photos", Into: func(p *Pictures) any { return &p.Photos }, Required: true},
	}}

	HereForm = form.Of[Proof]{Name: "desk.here_sign", Fields: []form.Field[Proof]{
		{Key: "number", Into: func(p *Proof) any { return &p.Number }, Required: true, Most: 20, Hint: true},
		{Key: "pin", Into: func(p *Proof) any { return &p.PIN }, Kind: form.Password, Required: true, Most: 20},
		{Key: "rating", Into: func(p *Proof) any { return &p.Rating }, Kind: form.Cards, OneOf: Ratings, Enum: "desk.sign.rating", Most: 5},
		{Key: "opinion", Into: func(p *Proof) any { return &p.Opinion }, Most: 500},
	}}
	SignForm = form.Of[Signing]{Name: "desk.sign", Fields: []form.Field[Signing]{
		{Key: "signature", Into: func(s *Signing) any { return &s.Signature }, Kind: form.Signature, Most: signatureMost, Required: true},
		{Key: "rating", Into: func(s *Signing) any { return &s.Rating }, Kind: form.Cards, OneOf: Ratings, Most: 5},
		{Key: "reasons", Into: func(s *Signing) any { return &s.Reasons }, Kind: form.Many, OneOf: RatedFor, Enum: "desk.reason"},
		{Key: "opinion", Into: func(s *Signing) any { return &s.Opinion }, Most: 500},
	}}
)

var assignment = []form.Field[Assignment]{
	{Key: "worker", Into: func(a *Assignment) any { return &a.Worker }, Ref: "workers"},
	{Key: "crew", Into: func(a *Assignment) any { return &a.Crew }, Ref: "crews", Hint: true},
	{Key: "note", Into: func(a *Assignment) any { return &a.Note }},
}

func somebody(a *Assignment, bad *fault.Complaints) {
	if a.Worker == "" && a.Crew == "" {
		bad.Add("worker", "desk.nobody_sent")
	}
}
