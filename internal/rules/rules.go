// Package rules is the book of the house: every rule that hospital logistics gives
// itself or the law gives it, what its figures are from which day on, who changed
// them and why, and how this program keeps it.
//
// The clauses and their shipped values are data of the program (book/). The hospital
// changes a value from a day on; every past value stays, so that what was decided
// stays right by the value of its day. A room that keeps a clause says so in its
// rules.go, with the tests that prove it and a count of how often it was kept and
// broken; a clause that no room claims is shown as open.
package rules

import (
	"context"
	"embed"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
)

//go:embed migrations/*.sql
var Migrations embed.FS

// What may be done here. Everybody of the hospital may read the book.
const (
	MayPropose = "rules.propose" // propose another value of a rule
	MayConfirm = "rules.confirm" // put a proposal of somebody else in force
)

// Permissions of this room.
var Permissions = []string{MayPropose, MayConfirm}

// Noun is what the trail calls a clause; the record is the clause's id.
const Noun = "rules.clause"

// Clause is one rule of the book. Facts are what it says besides figures: the name
// of a form, the way a paper goes.
type Clause struct {
	ID         string   `json:"id"`   // W-007
	Area       string   `json:"area"` // its letter
	Kind       string   `json:"kind"`
	Room       string   `json:"room"` // whose matter it is
	Text       Said     `json:"text"`
	Sources    []string `json:"sources"`
	Params     []Param  `json:"params,omitempty"`
	Facts      []Said   `json:"facts,omitempty"`
	Conflicts  []Said   `json:"conflicts,omitempty"` // where the sources contradict each other, and what was decided
	Variants   []Said   `json:"variants,omitempty"`
	Background *Said    `json:"background,omitempty"` // why it asks nothing of anybody
}

// Said is a sentence in both languages.
type Said struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// In is the sentence in a language.
func (s Said) In(lang string) string {
	if lang == "en" {
		return s.En
	}
	return s.Zh
}

// Kinds of clauses, and Areas by their letters in the order of the book.
var (
	Kinds = []string{"approval", "kpi", "limit", "penalty", "plan", "prohibition", "record", "report", "retention", "schedule", "separation", "workflow"}
	Areas = []string{"W", "S", "P", "A", "B", "C", "D", "E", "F", "G", "H", "J", "K", "L", "M", "O", "Q", "R", "T", "U", "V", "X"}
)

// Register is a register that the sources know; Clauses are the rules that ask for it.
type Register struct {
	Name    Said     `json:"name"`
	Often   Said     `json:"often"`
	Fields  Said     `json:"fields"`
	Clauses []string `json:"clauses"`
}

// Route is the name of a way of approval, with the rules behind it.
type Route struct {
	Name    Said     `json:"name"`
	Clauses []string `json:"clauses"`
}

// How says in which way the program keeps a clause.
type How string

const (
	Refuses    How = "refuses"    // what breaks it is not carried out
	Asks       How = "asks"       // others must agree first
	Schedules  How = "schedules"  // a duty or a deadline arises from it
	Records    How = "records"    // a register or document holds it
	Measures   How = "measures"   // a figure shows it
	Warns      How = "warns"      // people see it coming
	Background How = "background" // it asks nothing: a plan, a problem, a feat of its year
	Open       How = "open"       // nobody keeps it yet
)

// Hows are all of them, the firmest first.
var Hows = []string{string(Refuses), string(Asks), string(Schedules), string(Records), string(Measures), string(Warns), string(Background), string(Open)}

// Claim is a room's word that it keeps a clause.
type Claim struct {
	Clause string
	How    How
	By     string // words key of a sentence: what exactly is kept, and where
	Partly bool   // the clause asks for more than By says
	Lacks  string // of a Partly: words key of what is not there yet
	Again  bool   // its evidence looks once more at what another claim of the clause counts
	Page   string // where the records are
	// Evidence counts how often the clause was kept and broken on the days from … until,
	// both included; nil: not measured.
	Evidence func(ctx context.Context, r db.Reader, from, until period.Day) (Evidence, error)
	Tests    []string // Go tests of the room or its counter that prove it
	Reason   string   // of a Background: words key why it asks nothing; the book's own has it in the book
}

// Evidence is how a clause stood in a span of days. Latest is the moment of the newest
// record counted; Link opens the records, BrokenLink those that broke it.
type Evidence struct {
	Kept       int64          `json:"kept"`
	Broken     int64          `json:"broken"`
	Target     int64          `json:"target"` // per cent that must be kept for the clause to hold; 0: all
	Latest     period.Instant `json:"latest"`
	Link       string         `json:"link"`
	BrokenLink string         `json:"broken_link"`
	Figures    []Figure       `json:"figures,omitempty"` // what else the records come to
}

// Unit says what a figure counts; "" is things.
type Unit string

const (
	InYuan  Unit = "yuan"  // fen
	InGrams Unit = "grams" // said in kilograms or tonnes
)

// Figure is a sum behind a clause: money, weight or a number. Link opens its records.
type Figure struct {
	Name  string `json:"name"` // words key
	Value int64  `json:"value"`
	Unit  Unit   `json:"unit"`
	Link  string `json:"link"`
}

// State is how a clause stands by its evidence.
type State string

const (
	Holds      State = "holds"
	Broken     State = "broken"
	NoCase     State = "no_case"    // measured, but nothing happened yet this year
	Unmeasured State = "unmeasured" // kept, but nobody counts
	NotKept    State = "open"
	NoDuty     State = "background"
)

// States are all of them, as choices.
var States = []string{string(Holds), string(Broken), string(NoCase), string(Unmeasured), string(NotKept), string(NoDuty)}

// State of what was counted.
func (e Evidence) State() State {
	switch {
	case e.Kept+e.Broken == 0:
		return NoCase
	case e.Broken == 0 || e.Target > 0 && e.Kept*100 >= e.Target*(e.Kept+e.Broken):
		return Holds
	}
	return Broken
}

// Claims of the book itself: what asks nothing of anybody.
var Claims = func() (all []Claim) {
	for _, c := range Book {
		if c.Background != nil {
			all = append(all, Claim{Clause: c.ID, How: Background})
		}
	}
	return all
}()
