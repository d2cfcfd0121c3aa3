// Package approvals is the room in which it is decided who must agree: a document
// comes in, goes from desk to desk by the hospital's own table, and leaves agreed,
// refused or sent back, with every signature under it.
//
// Ways are data with dates (Route); the program ships one for each of the rulebook's
// 33. A room asks inside its own unit of work (Ask) and is told, again in one unit,
// when the case ends (Ended). Nobody approves their own request, in any guise.
package approvals

import (
	"context"
	"embed"
	"fmt"
	"maps"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
)

//go:embed migrations/*.sql
var Migrations embed.FS

// What may be done here. To decide one needs no permission but a seat.
const (
	MaySee   = "approvals.see"   // look into the cases and debts of a department
	MayRoute = "approvals.route" // draft ways, fill posts
	MayForce = "approvals.force" // put a way in force that somebody else drafted
	MayEnter = "approvals.enter" // enter what a meeting decided
)

// Permissions of this room.
var Permissions = []string{MaySee, MayRoute, MayForce, MayEnter}

// What the trail calls the records of this room.
const (
	Noun           = "approvals.case"
	RouteNoun      = "approvals.route"
	PostNoun       = "approvals.post"
	DelegationNoun = "approvals.delegation"
	DebtNoun       = "approvals.debt"
)

// State is how far a case is.
type State string

const (
	Open      State = "open"
	Agreed    State = "agreed"
	Refused   State = "refused"
	Returned  State = "returned"  // for change; it is asked for anew
	Withdrawn State = "withdrawn" // by who asked
	Voided    State = "voided"    // the document changed under it
)

// States are all of them, as choices.
var States = []string{string(Open), string(Agreed), string(Refused), string(Returned), string(Withdrawn), string(Voided)}

// How a seat or a step stands.
const (
	Ahead   = "ahead"
	Waiting = "waiting"
	Spared  = "spared" // others' decisions were enough
	Moved   = "moved"  // the post has passed to somebody else
	Barred  = "barred" // not this person for this document: it went to who stands above
)

// Fact is one line of the card on which somebody decides: the key of its label in the
// words (approvals.fact.<key>) and what stands there.
type Fact struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// FactKeys are the labels that there are words for.
var FactKeys = []string{"stock", "on_hand", "last_price", "budget", "lines", "place", "firm", "buyer", "fault", "store", "receiver", "between", "gain", "loss"}

// Hand is somebody who had a part in a document: its keeper, its planner.
type Hand struct {
	Part   string `json:"part"` // of Parts
	Person string `json:"person"`
}

// Document is what a room asks about.
type Document struct {
	Kind       string // of Kinds: "warehouse.request"
	Noun       string // whose hook hears of the end
	Record     string
	Number     string
	Title      string
	Reason     string
	Department string // that asks
	Amount     money.Fen
	Attrs      map[string]any // those that the kind declares
	Facts      []Fact
	Hands      []Hand   // who else had a part in it, besides the one who asks
	Same       []string // what it is about: "item:…", "supplier:…", "project:…"
	Digest     string   // of the document as it stands; another one voids the approval
}

// Case is a document on its way.
type Case struct {
	ID             string         `json:"id"`
	Number         string         `json:"number"`
	Kind           string         `json:"kind"`
	Noun           string         `json:"noun"`
	Record         string         `json:"record"`
	RecordNumber   string         `json:"record_number"`
	Title          string         `json:"title"`
	Reason         string         `json:"reason"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	Amount         money.Fen      `json:"amount"`
	Weight         money.Fen      `json:"weight"`
	Beside         string         `json:"beside"`
	State          State          `json:"state"`
	Open           bool           `json:"open"`
	Stage          int64          `json:"stage"`
	AskedBy        string         `json:"asked_by"`
	AskedName      string         `json:"asked_name"`
	AskedAt        period.Instant `json:"asked_at"`
	EndedAt        period.Instant `json:"ended_at"`
	EndedBy        string         `json:"ended_by"`
	EndedNote      string         `json:"ended_note"`
	RemindedAt     period.Instant `json:"reminded_at"`
	Reminders      int64          `json:"reminders"`
	Digest         string         `json:"digest"`
	Route          string         `json:"route"`
	RouteSince     period.Day     `json:"route_since"`
	Tier           int64          `json:"tier"`
	Facts          Facts          `json:"facts"`

	attrs, hands   string
	documentDigest string
}

// Hook is told that a case has ended, in the same unit of work as the decision: what it
// refuses undoes the decision.
type Hook func(ctx context.Context, tx *db.Tx, c Case) error

// Ended holds, for each noun that is asked about, who is told. It is filled once, in
// the building.
var Ended = map[string]Hook{}

// Wired fails when somebody asks about a noun whose room would not hear the answer.
func Wired(nouns []string) error {
	for _, n := range nouns {
		if Ended[n] == nil {
			return fmt.Errorf("approvals: nobody is told what became of a %s", n)
		}
	}
	return nil
}

// Attr is a property of a document that conditions may ask for.
type Attr struct {
	Key  string
	Type AttrType
}

// AttrType is what a property is.
type AttrType string

const (
	Number AttrType = "number"
	Flag   AttrType = "flag"
	Text   AttrType = "text"
)

// Kinds are the documents that are asked about, with the properties that conditions
// on them may use, in the order of the rulebook's table of ways.
var Kinds = func() (kinds []string) {
	for _, r := range Shipped {
		kinds = append(kinds, r.Kind)
	}
	return kinds
}()

// Attrs are the properties of a kind, beyond its amount and department.
var Attrs = map[string][]Attr{
	"warehouse.request":    {{"special", Flag}, {"over", Flag}, {"between", Flag}},
	"warehouse.adjustment": {{"cause", Text}},
	"contracts.contract":   {{"years", Number}, {"legal", Flag}},
	"contracts.major":      {{"years", Number}, {"legal", Flag}},
	"contracts.change":     {{"years", Number}, {"legal", Flag}},
	"works.tender":         {{"bidders", Number}},
	"desk.outside":         {{"urgency", Text}},
	"fleet.trip":           {{"urgent", Flag}},
}

func known(kind string) bool { return slices.Contains(Kinds, kind) }

// parts are the parts people have in a document, in an order that does not change.
func parts() []string { return slices.Sorted(maps.Keys(Parts)) }
