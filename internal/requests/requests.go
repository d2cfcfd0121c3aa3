// Package requests is the slip with which a ward asks the stores for goods: who may ask
// asks from the ward's usual list, whose head agrees signs, the store decides line by
// line, picks, and hands over or brings it, and somebody of the ward signs for it. One
// store asks another in the same way.
//
// Nothing leaves a store through this room without a slip that was agreed to as it
// stands (S-012), or in an emergency a slip that is still owed.
package requests

import (
	"embed"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/flow"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
)

//go:embed migrations/*.sql
var Migrations embed.FS

// What may be done here. To ask and to sign for goods is held for the department that
// asks; to serve for the department that keeps the store.
const (
	MayAsk     = "requests.ask"     // ask for goods and sign for them
	MayServe   = "requests.serve"   // decide, pick, hand over and deliver
	MaySee     = "requests.see"     // see all requests of a department
	MayArrange = "requests.arrange" // set quotas and days of delivery
	MayExcuse  = "requests.excuse"  // let a department off an old piece
)

// Permissions of this room.
var Permissions = []string{MayAsk, MayServe, MaySee, MayArrange, MayExcuse}

// Noun is what the trail, approvals and issues of the stores call a request.
const Noun = "requests.request"

// Kind says why goods are asked for.
type Kind string

const (
	Need Kind = "need"
	Plan Kind = "plan" // of a month
	Rush Kind = "rush" // given first, asked for after
)

// Kinds are all of them, as choices.
var Kinds = []string{string(Need), string(Plan), string(Rush)}

// State is how far a request is.
type State string

const (
	Asked     State = "asked"    // somebody must agree
	Owed      State = "owed"     // goods were given in an emergency; the slip is owed
	Returned  State = "returned" // comes back to be changed
	Agreed    State = "agreed"   // the store decides
	Picking   State = "picking"
	Ready     State = "ready"   // lies packed
	Out       State = "out"     // on its way to the ward
	Waiting   State = "waiting" // the rest is still to come
	Done      State = "done"
	Refused   State = "refused"
	Cancelled State = "cancelled"
)

// States are all of them, in the order of a request's life.
var States = []string{string(Asked), string(Owed), string(Returned), string(Agreed), string(Picking), string(Ready), string(Out), string(Waiting), string(Done), string(Refused), string(Cancelled)}

// Ways are what the store does about what it cannot give at once.
var Ways = []string{"buy", "move", "wait", "decline"}

// Request is one slip. Amount is what it was about when it was asked for, in fen. To is the
// store that asks, where one does, and Department then the one that keeps it.
type Request struct {
	ID             string         `json:"id"`
	Number         string         `json:"number"`
	Kind           Kind           `json:"kind"`
	Month          period.Month   `json:"month"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	Store          string         `json:"store"`
	StoreName      string         `json:"store_name"`
	Keeping        string         `json:"-"` // department that keeps the store
	To             string         `json:"to"`
	ToName         string         `json:"to_name"`
	Purpose        string         `json:"purpose"`
	Special        bool           `json:"special"`
	Over           bool           `json:"over"`
	Deliver        bool           `json:"deliver"`
	State          State          `json:"state"`
	Open           bool           `json:"open"`
	Requester      string         `json:"requester"`
	RequesterName  string         `json:"requester_name"`
	AskedAt        period.Instant `json:"asked_at"`
	Due            period.Day     `json:"due"`
	Amount         money.Fen      `json:"amount"`
	Paper          string         `json:"paper"`
	Reason         string         `json:"reason"`
	Receiver       string         `json:"receiver"`
	ReceiverName   string         `json:"receiver_name"`
	HandedAt       period.Instant `json:"handed_at"`
	Tour           string         `json:"tour"`
	Carrier        string         `json:"-"` // who brings it, while it is on its way
	Version        int64          `json:"version"`
	Lines          []Line         `json:"lines,omitempty"`
}

// Line is one of the goods asked for, in the item's smallest unit.
type Line struct {
	Line        int64        `json:"line"` // from 1
	Item        string       `json:"item"`
	Qty         quantity.Qty `json:"qty"`
	Amount      money.Fen    `json:"amount"`
	Note        string       `json:"note"`
	Granted     quantity.Qty `json:"granted"`
	GrantedNote string       `json:"granted_note"`
	GrantedName string       `json:"granted_name"`
	Instead     string       `json:"instead"` // the item given in its place
	InsteadNote string       `json:"instead_note"`
	Picking     quantity.Qty `json:"picking"`
	Issued      quantity.Qty `json:"issued"`
	Declined    quantity.Qty `json:"declined"`
	Way         string       `json:"way"` // of Ways, of what is still open
	WayNote     string       `json:"way_note"`
	FromStore   string       `json:"from_store"`
	Promised    period.Day   `json:"promised"`
	Ordered     string       `json:"ordered"`
}

// Left is what is still to be given.
func (l *Line) Left() quantity.Qty { return l.Granted - l.Issued - l.Picking - l.Declined }

// Given is the item that is given for the line.
func (l *Line) Given() string {
	if l.Instead != "" {
		return l.Instead
	}
	return l.Item
}

// Life is the table of a request's steps.
var Life = flow.Flow[State, Request]{
	Name:  Noun,
	State: func(q *Request) *State { return &q.State },
	Seen:  func(q *Request) int64 { return q.Version },
	May: func(by db.Actor, need string, q *Request) bool {
		if need == MayServe {
			return by.MayIn(need, q.Keeping)
		}
		if need == MayAsk && q.Between() {
			need = MayServe
		}
		return need == "" || by.MayIn(need, q.Department)
	},
	Steps: []flow.Step[State, Request]{
		{Name: "decide", From: []State{Agreed, Waiting}, Need: MayServe, Tone: "accent"},
		{Name: "fetch", From: []State{Agreed, Waiting}, Need: MayServe, If: comes, Hide: true},
		{Name: "pick", From: []State{Picking}, Need: MayServe, Tone: "accent"},
		{Name: "unpick", From: []State{Picking, Ready}, To: Agreed, Need: MayServe},
		{Name: "hand", From: []State{Ready}, Need: MayServe, Tone: "accent"},
		{Name: "load", From: []State{Ready}, Need: MayServe},
		{Name: "sign", From: []State{Out}, Need: MayAsk, Tone: "accent"},
		{Name: "deliver", From: []State{Out}, If: carries, Hide: true, Tone: "accent"},
		{Name: "unload", From: []State{Out}, Need: MayServe},
		{Name: "grant", From: []State{Asked}, Hide: true},
		{Name: "slip", From: []State{Owed, Returned, Refused}, To: Asked, Need: MayAsk, If: rushed, Hide: true, Tone: "accent"},
		{Name: "change", From: []State{Asked, Returned}, To: Asked, Need: MayAsk, If: unrushed, Hide: true},
		{Name: "cancel", From: []State{Asked, Returned, Agreed, Waiting}, Need: MayAsk, If: unrushed, Hide: true, Ask: &CancelForm, Tone: "danger"},
	},
}

// carries: who brings it, whatever else they may, or who serves in the store.
func carries(by db.Actor, q *Request) error {
	if q.Carrier != "" && q.Carrier == by.ID || by.MayIn(MayServe, q.Keeping) {
		return nil
	}
	return fault.New(fault.Forbidden, "requests.not_carrier")
}

func rushed(_ db.Actor, q *Request) error {
	if q.Kind != Rush {
		return fault.New(fault.Conflict, "requests.not_rushed")
	}
	return nil
}

func unrushed(_ db.Actor, q *Request) error {
	if q.Kind == Rush {
		return fault.New(fault.Conflict, "requests.given_already")
	}
	return nil
}

// carried are the tours on which a person is out.
const carried = `SELECT id FROM requests_tour WHERE open = true AND carrier = ?`

// Scope is which requests a person sees: those of departments for which they ask or
// look, those to and of stores that they serve, and those that they are out with. The request's row
// is q, its store's w.
func Scope(by db.Actor) list.Where {
	var units []string
	for _, p := range []string{MayAsk, MaySee, MayArrange} {
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
	slices.Sort(units)
	asked, a := list.In("q.department", slices.Compact(units))
	kept, b := list.In("w.department", serve.Units)
	into, c := list.In("q.department", serve.Units)
	return list.Where{}.And(asked+" OR "+kept+" OR q.to_store <> '' AND "+into+" OR q.tour IN ("+carried+")", append(slices.Concat(a, b, c), by.ID)...)
}
