// Package intake is the in-tray for other people's spreadsheets: what a hospital
// kept in Excel for twenty years comes in here, row by row, and finds its place in
// the rooms, or is handed back with the reason written beside it.
//
// Nothing is guessed silently and nothing is dropped silently: each row is new,
// changed, unchanged or refused by name, and every rule that decided something
// about a row is said. The same file brought twice changes nothing.
package intake

import (
	"embed"
	"fmt"

	"houqin/internal/base/fault"
	"houqin/internal/base/words"
)

//go:embed migrations/*.sql
var Migrations embed.FS

// MayImport lets a person bring in spreadsheets. What a row does is done by the
// rooms' own commands, so the person needs their permissions besides.
const MayImport = "intake.import"

// Permissions of this room.
var Permissions = []string{MayImport}

// Kinds are what can be imported, in the order in which a new hospital does it.
var Kinds = []string{"departments", "places", "staff", "items", "stock", "orders", "counts", "assets", "jobs"}

// Outcome is what became of a row, or would.
type Outcome string

const (
	New       Outcome = "new"
	Changed   Outcome = "changed"
	Unchanged Outcome = "unchanged"
	Refused   Outcome = "refused"
)

// Outcomes are all of them, as choices.
var Outcomes = []string{string(New), string(Changed), string(Unchanged), string(Refused)}

// Result is what became of one row. Of a refused one it says where and why: Column
// as the file's header names it, Cell as people call the place, Value what stands
// there.
type Result struct {
	Row     int // as Excel numbers it
	Outcome Outcome
	Label   string // how people call what the row is about
	Column  string
	Cell    string
	Value   string
	Key     string   // of the reason's words
	Args    []string // their arguments
	// NoRecord: the row is recognised as none, a subtotal or a repeated header. It
	// is refused by name like others but keeps nobody from importing the rest whole.
	NoRecord bool
	Held     bool // nothing is wrong with it, but the file was to be imported whole
}

// Rule is a decision about many rows that the person can see before they import.
type Rule struct {
	Key  string // of its words
	Args []string
	Rows int64 // to how many rows it was applied; 0 where it is about the file

	names []string // what was made by it, where that is counted and not rows
}

// Report is what an import did, or would do. Read = Imported + Unchanged + Refused,
// Imported = New + Changed.
type Report struct {
	Read, New, Changed, Unchanged, Refused int64
	NoRecord                               int64 // refused because they are no records
	Held                                   int64 // refused because others were
	Rules                                  []Rule
}

// Imported is how many rows made or changed something.
func (r Report) Imported() int64 { return r.New + r.Changed }

func (r *Report) count(res Result) {
	r.Read++
	switch res.Outcome {
	case New:
		r.New++
	case Changed:
		r.Changed++
	case Unchanged:
		r.Unchanged++
	default:
		r.Refused++
		if res.NoRecord {
			r.NoRecord++
		}
		if res.Held {
			r.Held++
		}
	}
}

// complaint is what is wrong with one value of a row.
type complaint struct {
	field string // key of the column; "" the row as a whole
	value string // what stands there, where it is not simply the cell's text
	key   string
	args  []any
}

func (c *complaint) Error() string { return c.field + ": " + c.key }

// no refuses a row because of one of its values.
func no(field, key string, args ...any) error { return &complaint{field: field, key: key, args: args} }

// invalid is a fault about the file as a whole.
func invalid(key string, args ...any) error { return fault.New(fault.Invalid, key, args...) }

// texts makes arguments such as can be kept and read again.
func texts(args []any) []string {
	all := make([]string, len(args))
	for i, a := range args {
		if k, ok := a.(words.Key); ok {
			all[i] = string(k)
			continue
		}
		all[i] = fmt.Sprint(a)
	}
	return all
}
