// Package distribution gives goods out person by person: rice and oil before the
// festival, gloves and soap, night-meal tickets, barrels of water for a floor. A list
// says who is entitled to what; somebody else releases it; the goods leave the store
// for the departments of those who are entitled; each one signs for their own; and
// what nobody took comes back.
package distribution

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
	"houqin/internal/catalog"
)

//go:embed migrations/*.sql
var Migrations embed.FS

// What may be done here. A right given for a department holds for the lists of the
// stores that it keeps. Signing for one's own share needs none.
const (
	MaySee     = "distribution.see"     // look into lists and who signed
	MayDraw    = "distribution.draw"    // draw a list up, and drop it
	MayRelease = "distribution.release" // release a list that another person drew up
	MayHand    = "distribution.hand"    // give shares out, and settle a list
)

// Permissions of this room.
var Permissions = []string{MaySee, MayDraw, MayRelease, MayHand}

// Noun is what the trail calls a list.
const Noun = "distribution.list"

// Kinds are what lists are for.
var Kinds = []string{"festival", "protection", "meal", "water", "other"}

// Festivals are those before which the house gives its people something (P-016).
var Festivals = []string{"spring", "dragon_boat", "mid_autumn", "national_day", "other"}

// State is how far a list is.
type State string

const (
	Drawn    State = "drawn"    // written down; the store still has the goods
	Released State = "released" // the goods are out; people sign
	Settled  State = "settled"  // what nobody took is back
	Dropped  State = "dropped"
)

// States are all of them, as choices.
var States = []string{string(Drawn), string(Released), string(Settled), string(Dropped)}

// Stages are how far a share is, as choices: not taken yet, signed for, or left over.
var Stages = []string{"waiting", "signed", "left"}

// List is a distribution (发放单).
type List struct {
	ID           string         `json:"id"`
	Number       string         `json:"number"`
	Title        string         `json:"title"`
	Kind         string         `json:"kind"`
	Festival     string         `json:"festival"` // of welfare goods, which
	Store        string         `json:"store"`
	StoreName    string         `json:"store_name"`
	Keeping      string         `json:"-"` // department that keeps the store
	Day          period.Day     `json:"day"`
	Until        period.Day     `json:"until"`
	State        State          `json:"state"`
	Open         bool           `json:"open"`
	Shares       int64          `json:"shares"`
	Packs        int64          `json:"packs"`
	Amount       money.Fen      `json:"amount"`
	DrawnBy      string         `json:"drawn_by"`
	DrawnName    string         `json:"drawn_name"`
	DrawnAt      period.Instant `json:"drawn_at"`
	ReleasedBy   string         `json:"released_by"`
	ReleasedName string         `json:"released_name"`
	ReleasedAt   period.Instant `json:"released_at"`
	SettledName  string         `json:"settled_name"`
	SettledAt    period.Instant `json:"settled_at"`
	SettledDay   period.Day     `json:"settled_day"`
	Note         string         `json:"note"`
	Version      int64          `json:"version"`
	Goods        []Good         `json:"goods,omitempty"`
	Papers       []Paper        `json:"papers,omitempty"`

	SignedOff bool `json:"signed_off"` // everybody signed, or what is left came back
}

// Good is what one pack of a list holds of an item.
type Good struct {
	Line int64        `json:"line"`
	Item string       `json:"item"`
	Name string       `json:"name"`
	Unit string       `json:"unit"`
	Qty  quantity.Qty `json:"qty"`
}

// Say writes so many packs of a good in its unit.
func (g Good) Say(packs int64) string {
	return (g.Qty * quantity.Qty(packs)).Format(catalog.PacksOf(g.Unit, ""))
}

// Share is what a person or a floor is entitled to.
type Share struct {
	ID             string         `json:"id"`
	List           string         `json:"list"`
	ListNumber     string         `json:"list_number"`
	Title          string         `json:"title"`
	Person         string         `json:"person"`
	Name           string         `json:"name"`
	Number         string         `json:"number"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	Packs          int64          `json:"packs"`
	State          string         `json:"state"`
	SignedBy       string         `json:"signed_by"`
	SignedName     string         `json:"signed_name"`
	SignedAt       period.Instant `json:"signed_at"`
	HandedName     string         `json:"handed_name"`
	Until          period.Day     `json:"until"`
	keeping        string
	released       State
}

// Paper is a document of the warehouse that a list made.
type Paper struct {
	Department string    `json:"department"`
	Document   string    `json:"document"`
	Number     string    `json:"number"`
	Back       bool      `json:"back"`
	Amount     money.Fen `json:"amount"`
}

// Why is a reason.
type Why struct{ Text string }

// DropForm asks why a list is given up.
var DropForm = form.Of[Why]{Name: "distribution.dropping", Fields: []form.Field[Why]{
	{Key: "text", Into: func(w *Why) any { return &w.Text }, Required: true, Most: 200},
}}

// Life is the table of a list's steps.
var Life = flow.Flow[State, List]{
	Name:  Noun,
	State: func(l *List) *State { return &l.State },
	Seen:  func(l *List) int64 { return l.Version },
	May:   func(by db.Actor, need string, l *List) bool { return by.MayIn(need, l.Keeping) },
	Steps: []flow.Step[State, List]{
		{Name: "release", From: []State{Drawn}, To: Released, Need: MayRelease, If: another, Tone: "accent"},
		{Name: "settle", From: []State{Released}, To: Settled, Need: MayHand, Tone: "accent"},
		{Name: "drop", From: []State{Drawn}, To: Dropped, Need: MayDraw, Ask: &DropForm, Tone: "danger"},
	},
}

// another: who drew the list up does not release it.
func another(by db.Actor, l *List) error {
	if !by.System && by.ID == l.DrawnBy {
		return fault.New(fault.Forbidden, "distribution.own_list").Under("X-003")
	}
	return nil
}

// Scope is which lists a person sees: those of the stores of the departments for which
// they may look. In the query the list's row is l and its store's w.
func Scope(by db.Actor) list.Where { return list.Scoped(by.Scope(MaySee), "w.department") }

// ShareScope is which shares a person sees: those of the lists they see, and their own.
func ShareScope(by db.Actor) list.Where {
	s := by.Scope(MaySee)
	if s.All {
		return list.Where{}
	}
	in, args := list.In("w.department", s.Units)
	return list.Where{}.And(in+" OR s.person = ?", append(args, by.ID)...)
}

// Waiting says that a share can be taken now.
func (s *Share) Waiting() bool { return s.State == "waiting" && s.released == Released }
