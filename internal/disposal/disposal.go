// Package disposal is the way of goods out of the house: a lamp that burst, a lot that
// passed its day, a chair that lost its legs. The department's leader applies in
// writing, others look and agree, the books lose it, and what is left of it lies apart
// until it is sold before two witnesses, the money going to finance.
//
// Nobody writes goods off by themselves. The posting happens by itself, once, when the
// last of what it needs is there: the approval, the verification, and of goods that
// were in use the old piece itself.
package disposal

import (
	"embed"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/flow"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
)

//go:embed migrations/*.sql
var Migrations embed.FS

// What may be done here. A right given for a department holds for its own forms and
// for those of the stores that it keeps.
const (
	MaySee    = "disposal.see"    // look into forms, the register and sales
	MayDraw   = "disposal.draw"   // draw a form up, change and drop it
	MayApply  = "disposal.apply"  // apply as the department's leader
	MayVerify = "disposal.verify" // look at the goods for the departments concerned
	MayKeep   = "disposal.keep"   // take scrapped goods back and keep them apart
	MaySell   = "disposal.sell"   // sell what lies apart, or destroy it
	MayCash   = "disposal.cash"   // confirm for finance that the proceeds came in
)

// Permissions of this room.
var Permissions = []string{MaySee, MayDraw, MayApply, MayVerify, MayKeep, MaySell, MayCash}

// What the trail calls the records of this room.
const (
	Noun      = "disposal.slip"
	ScrapNoun = "disposal.scrap"
	SaleNoun  = "disposal.sale"
)

// Origin is where the goods are when they are given up.
type Origin string

const (
	OfStore Origin = "store" // on a store's books, which lose them
	OfUse   Origin = "use"   // in a department's use, consumed long ago: they come back to the store
)

// Origins are both, as choices.
var Origins = []string{string(OfStore), string(OfUse)}

// Causes are why goods are given up.
var Causes = []string{"expired", "damaged", "worn", "obsolete", "unfit", "other"}

// State is how far a form is.
type State string

const (
	Drawn      State = "drawn"       // written down; nobody has applied yet
	Applied    State = "applied"     // on its way through the approvals
	Agreed     State = "agreed"      // waits for the verification, the old goods, or a keeper's hand
	WrittenOff State = "written_off" // the books have lost it
	Refused    State = "refused"
	Dropped    State = "dropped"
)

// States are all of them, as choices.
var States = []string{string(Drawn), string(Applied), string(Agreed), string(WrittenOff), string(Refused), string(Dropped)}

// Slip is a scrap form (报损单).
type Slip struct {
	ID             string         `json:"id"`
	Number         string         `json:"number"`
	Origin         Origin         `json:"origin"`
	Store          string         `json:"store"`
	StoreName      string         `json:"store_name"`
	Keeping        string         `json:"-"` // department that keeps the store
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	Head           string         `json:"-"` // of the department
	Reason         string         `json:"reason"`
	State          State          `json:"state"`
	Open           bool           `json:"open"`
	Count          int64          `json:"count"`
	Amount         money.Fen      `json:"amount"`
	DrawnBy        string         `json:"drawn_by"`
	DrawnName      string         `json:"drawn_name"`
	DrawnAt        period.Instant `json:"drawn_at"`
	AppliedBy      string         `json:"applied_by"`
	AppliedName    string         `json:"applied_name"`
	AppliedAt      period.Instant `json:"applied_at"`
	VerifiedBy     string         `json:"verified_by"`
	VerifiedName   string         `json:"verified_name"`
	VerifiedAt     period.Instant `json:"verified_at"`
	VerifiedNote   string         `json:"verified_note"`
	ReturnedBy     string         `json:"returned_by"`
	ReturnedName   string         `json:"returned_name"`
	ReturnedAt     period.Instant `json:"returned_at"`
	Spot           string         `json:"spot"`
	Case           string         `json:"case"`
	Paper          string         `json:"paper"`
	Stuck          string         `json:"stuck"`
	Document       string         `json:"document"`
	DocumentNumber string         `json:"document_number"`
	EndedAt        period.Instant `json:"ended_at"`
	EndedDay       period.Day     `json:"ended_day"`
	Note           string         `json:"note"`
	Version        int64          `json:"version"`
	Lines          []Line         `json:"lines,omitempty"`

	Papered   bool `json:"papered"`    // it was agreed to on paper
	TwoSigned bool `json:"two_signed"` // one applied and another looked it over
	CameBack  bool `json:"came_back"`  // the old goods were handed in first
}

// Line is one kind of goods on a form, with all that A-022 asks for. Of goods in a
// store it is some of one lot in one bin.
type Line struct {
	N      int64        `json:"n"`
	Item   string       `json:"item"`
	Name   string       `json:"name"`
	Spec   string       `json:"spec"`
	Model  string       `json:"model"`
	Unit   string       `json:"unit"`
	Bin    string       `json:"bin"`
	Lot    string       `json:"lot"`
	Expiry period.Day   `json:"expiry"`
	Qty    quantity.Qty `json:"qty"`
	Amount money.Fen    `json:"amount"`
	Cause  string       `json:"cause"`

	held string // id of the warehouse's hold on the lot
}

// Verdict is what somebody found who looked at the goods.
type Verdict struct{ Note string }

// VerdictForm is asked of who verifies.
var VerdictForm = form.Of[Verdict]{Name: "disposal.verdict", Fields: []form.Field[Verdict]{
	{Key: "note", Into: func(v *Verdict) any { return &v.Note }, Required: true, Most: 300, Hint: true},
}}

// Spot is where goods lie that were taken back.
type Spot struct{ Spot string }

// SpotForm is asked of the keeper who takes goods back.
var SpotForm = form.Of[Spot]{Name: "disposal.spot", Fields: []form.Field[Spot]{
	{Key: "spot", Into: func(s *Spot) any { return &s.Spot }, Required: true, Most: 100, Hint: true},
}}

// Why is a reason.
type Why struct{ Text string }

// DropForm asks why a form is given up.
var DropForm = form.Of[Why]{Name: "disposal.dropping", Fields: []form.Field[Why]{
	{Key: "text", Into: func(w *Why) any { return &w.Text }, Required: true, Most: 200},
}}

// Life is the table of a form's steps.
var Life = flow.Flow[State, Slip]{
	Name:  Noun,
	State: func(s *Slip) *State { return &s.State },
	Seen:  func(s *Slip) int64 { return s.Version },
	May: func(by db.Actor, need string, s *Slip) bool {
		return by.MayIn(need, s.Department) || need != MayApply && by.MayIn(need, s.Keeping)
	},
	Steps: []flow.Step[State, Slip]{
		{Name: "apply", From: []State{Drawn}, To: Applied, Need: MayApply, If: leads, Tone: "accent"},
		{Name: "verify", From: []State{Applied, Agreed}, Need: MayVerify, If: another, Hide: true, Ask: &VerdictForm, Tone: "accent"},
		{Name: "take_back", From: []State{Applied, Agreed}, Need: MayKeep, If: outside, Hide: true, Ask: &SpotForm, Tone: "accent"},
		{Name: "post", From: []State{Agreed}, Need: MayKeep, If: stuck, Hide: true, Tone: "accent"},
		{Name: "change", From: []State{Drawn, Applied, Agreed}, To: Drawn, Need: MayDraw},
		{Name: "drop", From: []State{Drawn, Applied, Agreed}, To: Dropped, Need: MayDraw, Ask: &DropForm, Tone: "danger"},
	},
}

// leads: the department's leader applies, nobody in their place.
func leads(by db.Actor, s *Slip) error {
	switch {
	case by.System || by.ID == s.Head:
		return nil
	case s.Head == "":
		return fault.New(fault.Conflict, "disposal.no_head", s.DepartmentName).Under("A-022")
	}
	return fault.New(fault.Forbidden, "disposal.not_head", s.DepartmentName).Under("A-022")
}

// another: who verifies has neither drawn the form up nor applied, and does it once.
func another(by db.Actor, s *Slip) error {
	switch {
	case s.VerifiedBy != "":
		return fault.New(fault.Conflict, "disposal.verified_already", s.VerifiedName)
	case by.ID == s.DrawnBy || by.ID == s.AppliedBy:
		return fault.New(fault.Forbidden, "disposal.own_form").Under("A-022")
	}
	return nil
}

// outside: goods that were in use are to come back, once.
func outside(_ db.Actor, s *Slip) error {
	switch {
	case s.Origin == OfStore:
		return fault.New(fault.Conflict, "disposal.in_store")
	case s.ReturnedBy != "":
		return fault.New(fault.Conflict, "disposal.returned_already", s.ReturnedName)
	}
	return nil
}

// stuck: what was agreed to could not be posted by itself.
func stuck(_ db.Actor, s *Slip) error {
	if s.Stuck == "" {
		return fault.New(fault.Conflict, "disposal.not_ready")
	}
	return nil
}

// Missing is what a form still lacks before it is written off, as words keys; none
// when it is complete.
func (s *Slip) Missing() (keys []string) {
	if s.Paper == "" {
		keys = append(keys, "disposal.missing.approval")
	}
	if s.VerifiedBy == "" {
		keys = append(keys, "disposal.missing.verification")
	}
	if s.Origin == OfUse && s.ReturnedBy == "" {
		keys = append(keys, "disposal.missing.goods")
	}
	return keys
}

// Scope is which forms a person sees: those of the departments for which they may
// look, those of the stores that these keep, and their own. In the query the form's
// row is s and its store's w.
func Scope(by db.Actor) list.Where { return scoped(by, "s.department", "w.department", "s.drawn_by") }

// scoped narrows to rows one of whose departments the person may see, or that are
// their own.
func scoped(by db.Actor, department, keeping, own string) list.Where {
	s := by.Scope(MaySee)
	if s.All {
		return list.Where{}
	}
	first, a := list.In(department, s.Units)
	second, b := list.In(keeping, s.Units)
	return list.Where{}.And(first+" OR "+second+" OR "+own+" = ?", append(append(a, b...), by.ID)...)
}
