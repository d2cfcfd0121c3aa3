// Package warehouse is the storekeeper's ledger: what lies where, what it cost, who
// brought it and who took it, with a paper for every piece that moves.
//
// Goods move only by documents, and a document posts legs that cancel out, in
// quantity and in money: what leaves the store lands on a department, a job, a
// supplier. Nothing is edited or deleted; a mistake is reversed by another document.
package warehouse

import (
	"embed"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
)

//go:embed migrations/*.sql
var Migrations embed.FS

// What may be done here. A right given for a department holds for the stores that
// the department keeps.
const (
	MaySee     = "warehouse.see"
	MayReceive = "warehouse.receive"
	MayIssue   = "warehouse.issue"
	MayUse     = "warehouse.use"     // draw parts for a job
	MayReverse = "warehouse.reverse" // take back a document
	MayKeep    = "warehouse.keep"    // set up stores, bins, minima and opening stock
	MayClose   = "warehouse.close"   // close a month of a store
	MayAgree   = "warehouse.agree"   // say for finance that its books agree with a closed month
)

// Permissions of this room.
var Permissions = []string{MaySee, MayReceive, MayIssue, MayUse, MayReverse, MayKeep, MayClose, MayAgree}

// Kind is what a document does.
type Kind string

const (
	Receipt  Kind = "receipt"  // goods come from a supplier
	Issued   Kind = "issue"    // goods go to a department or into a job
	Opening  Kind = "opening"  // what lay there when the books began
	Reversal Kind = "reversal" // takes another document back

	Transfer   Kind = "transfer"  // goods go from one store to another
	Returned   Kind = "return"    // a department brings goods back to the store
	SentBack   Kind = "sent_back" // goods go back to their supplier
	Counted    Kind = "count"     // the books follow what was counted, more or less
	WrittenOff Kind = "write_off" // goods leave the books
)

// Kinds are all of them, as choices.
var Kinds = []string{string(Receipt), string(Issued), string(Transfer), string(Returned), string(SentBack), string(Counted), string(WrittenOff), string(Opening), string(Reversal)}

// papersOf says of each kind the series of its numbers, what the trail calls it, and
// against which accounts it posts: none for a reversal, which posts what it found.
var papersOf = map[Kind]struct {
	series, action string
	against        []Account
}{
	Receipt:    {"RK", "receive", []Account{OfSupplier}},
	Issued:     {"CK", "issue", []Account{OfDepartment, OfJob}},
	Opening:    {"QC", "open", []Account{OfOpening}},
	Reversal:   {"HC", "reverse", nil},
	Transfer:   {"DB", "transfer", []Account{OfStore}},
	Returned:   {"TK", "return", []Account{OfDepartment, OfJob}},
	SentBack:   {"TH", "send_back", []Account{OfSupplier}},
	Counted:    {"PD", "count", []Account{OfGainLoss}},
	WrittenOff: {"BF", "write_off", []Account{OfWriteOff}},
}

// Series are the series of the documents' numbers.
func Series() (all []string) {
	for _, p := range papersOf {
		all = append(all, p.series)
	}
	slices.Sort(all)
	return all
}

// Account is a kind of account that legs are posted to.
type Account string

const (
	OfStore      Account = "store"
	OfDepartment Account = "department" // consumed there
	OfJob        Account = "job"        // used on the record of a higher room
	OfSupplier   Account = "supplier"
	OfGainLoss   Account = "gain_loss"
	OfWriteOff   Account = "write_off"
	OfOpening    Account = "opening"
)

// Document is a paper by which goods moved. Lines and Amount are Post's to fill:
// Amount is what all that moved cost together, in or out; of a reversal, what it
// takes back. Store is the store whose card the moves are written on; To is the one
// that the goods of a transfer come into.
type Document struct {
	ID             string         `json:"id"`
	Kind           Kind           `json:"kind"`
	Number         string         `json:"number"`
	At             period.Instant `json:"at"`
	Day            period.Day     `json:"day"`
	Store          string         `json:"store"`
	StoreName      string         `json:"store_name"`
	Keeping        string         `json:"-"` // department that keeps the store
	To             string         `json:"to"`
	ToName         string         `json:"to_name"`
	Supplier       string         `json:"supplier"`
	SupplierName   string         `json:"supplier_name"`
	Invoice        string         `json:"invoice"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	Receiver       string         `json:"receiver"`
	ReceiverName   string         `json:"receiver_name"`
	Note           string         `json:"note"`
	Noun           string         `json:"noun"`
	ForRecord      bool           `json:"for_record"` // it went to a record of a higher room, such as a job
	Record         string         `json:"record"`
	RecordNumber   string         `json:"record_number"`
	Reverses       string         `json:"reverses"`
	ReversesNumber string         `json:"reverses_number"`
	Reversed       string         `json:"reversed"` // the reversal of this document, if any
	ReversedNumber string         `json:"reversed_number"`
	Lines          int64          `json:"lines"`
	Amount         money.Fen      `json:"amount"`
	By             string         `json:"by"`
	ByName         string         `json:"by_name"`
	Moves          []Move         `json:"moves,omitempty"`

	path string // where its lines stand in what was asked; default "lines"

	// Emergency goods may be taken out of the emergency reserve, which others leave alone.
	Emergency bool `json:"-"`

	Invoiced bool `json:"invoiced"` // it names its invoice
	Received bool `json:"received"` // it names who took the goods
}

// Move is a store's leg and the leg that cancels it: some of one lot in or out of
// one bin. A line of a document has as many moves as lots and bins it needed.
//
// With Pick, what goes out is still to be picked by Post: of any lot and bin, or of
// those named, the first expired first and then the oldest, at what it cost.
type Move struct {
	Line   int64        `json:"line"` // from 1
	Item   string       `json:"item"`
	Bin    string       `json:"bin"`
	Lot    string       `json:"lot"`
	Expiry period.Day   `json:"expiry"`
	Qty    quantity.Qty `json:"qty"`    // what comes into the store is positive
	Amount money.Fen    `json:"amount"` // the same

	Account    Account `json:"account"` // of the other leg
	AccountID  string  `json:"account_id"`
	Department string  `json:"department"`       // that bears it
	ToBin      string  `json:"to_bin,omitempty"` // of a transfer, where it lies in the other store
	Pick       bool    `json:"-"`
}

// Scope is which stores a person sees: those kept by a department for which they
// may look into the stores. In the query the store's row is w.
func Scope(by db.Actor) list.Where { return list.Scoped(by.Scope(MaySee), "w.department") }

// PaperScope is which documents a person sees: those of the stores they see, what
// came into them, and what went to departments they may see for. The document's row
// is d, the row of the store that a transfer goes to is t.
func PaperScope(by db.Actor) list.Where {
	return scopeOf(by, "w.department", "d.department", "t.department")
}

// BorneScope is which consumption a person sees, by the same rule. The sum's or
// document's row is d.
func BorneScope(by db.Actor) list.Where { return scopeOf(by, "w.department", "d.department") }

func scopeOf(by db.Actor, columns ...string) list.Where {
	s := by.Scope(MaySee)
	if s.All {
		return list.Where{}
	}
	var or []string
	var args []any
	for _, c := range columns {
		in, a := list.In(c, s.Units)
		or, args = append(or, in), append(args, a...)
	}
	return list.Where{}.And(strings.Join(or, " OR "), args...)
}
