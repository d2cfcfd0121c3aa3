// Package counting is the day on which the shelf is asked whether the books are right:
// a keeper with a phone between the racks, goods that go on moving meanwhile, a second
// person who counts again what did not agree, and a paper by which it is put right.
//
// What the books say of a line is what they say at the moment it is counted, so that
// nothing need stand still. Nobody recounts their own figures, and the store never puts
// its books right by itself.
package counting

import (
	"embed"

	"houqin/internal/base/db"
	"houqin/internal/base/flow"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
)

//go:embed migrations/*.sql
var Migrations embed.FS

// What may be done here. A right given for a department holds for the stores that it
// keeps.
const (
	MaySee     = "counting.see"     // look into plans, counts and their figures
	MayArrange = "counting.arrange" // plan counts, begin and drop them
	MayCount   = "counting.count"   // take sheets and count
	MaySettle  = "counting.settle"  // give reasons, sign, ask for approval
	MayPost    = "counting.post"    // put the books right by an approved count
)

// Permissions of this room.
var Permissions = []string{MaySee, MayArrange, MayCount, MaySettle, MayPost}

// What the trail calls the records of this room.
const (
	Noun      = "counting.count"
	PlanNoun  = "counting.plan"
	SheetNoun = "counting.sheet"
)

// Once is the cycle of a count that no plan asked for; Daily, Monthly and Quarterly are
// those of which clauses speak.
const (
	Once      = "once"
	Daily     = "daily"
	Monthly   = "monthly"
	Quarterly = "quarterly"
)

// Cycles are how often a plan has its goods counted, in the words of the rulebook.
var Cycles = []string{Daily, "weekly", Monthly, Quarterly, "half_yearly", "yearly"}

// Goods is which goods of a store are counted.
type Goods string

const (
	All    Goods = "all"
	ClassA Goods = "a"    // the goods that make up four fifths of the store's value
	ClassB Goods = "b"    // those that make up the next fifteen hundredths
	ClassC Goods = "c"    // the rest
	Risk   Goods = "risk" // held, near their end, below their minimum, or wrong last time
	Turn   Goods = "turn" // those whose last count is longest ago
)

// GoodsKinds are all of them, as choices.
var GoodsKinds = []string{string(All), string(ClassA), string(ClassB), string(ClassC), string(Risk), string(Turn)}

// Reasons are why book and shelf differed.
var Reasons = []string{"issue_late", "receipt_late", "mixed_up", "unit", "broken", "shrinkage", "lost", "wrong_before", "other"}

// State is how far a count is.
type State string

const (
	Counting   State = "counting"   // sheets are out
	Recounting State = "recounting" // somebody else counts what differed
	Settling   State = "counted"    // every figure stands; reasons, signatures, analysis
	Asked      State = "asked"      // on its way through the approvals
	Approved   State = "approved"   // to be posted
	Posted     State = "posted"     // the books are right
	Agreed     State = "agreed"     // they were
	Dropped    State = "dropped"
)

// States are all of them, as choices.
var States = []string{string(Counting), string(Recounting), string(Settling), string(Asked), string(Approved), string(Posted), string(Agreed), string(Dropped)}

// Count is one count of a store.
type Count struct {
	ID             string         `json:"id"`
	Number         string         `json:"number"`
	Plan           string         `json:"plan"`
	Cycle          string         `json:"cycle"`
	Store          string         `json:"store"`
	StoreName      string         `json:"store_name"`
	Keeping        string         `json:"-"` // department that keeps the store
	Goods          Goods          `json:"goods"`
	BinFrom        string         `json:"bin_from"`
	BinUntil       string         `json:"bin_until"`
	Blind          bool           `json:"blind"`
	Due            period.Day     `json:"due"`
	State          State          `json:"state"`
	Open           bool           `json:"open"`
	Lines          int64          `json:"lines"`
	Done           int64          `json:"done"`
	Differing      int64          `json:"differing"`
	Wrong          int64          `json:"wrong"` // hundredths of a per cent of the lines
	Book           money.Fen      `json:"book"`
	Gain           money.Fen      `json:"gain"`
	Loss           money.Fen      `json:"loss"`
	BegunBy        string         `json:"begun_by"`
	BegunName      string         `json:"begun_name"`
	BegunAt        period.Instant `json:"begun_at"`
	CountedAt      period.Instant `json:"counted_at"`
	CountedDay     period.Day     `json:"counted_day"`
	Keeper         string         `json:"keeper"`
	KeeperName     string         `json:"keeper_name"`
	KeeperAt       period.Instant `json:"keeper_at"`
	Accountant     string         `json:"accountant"`
	AccountantName string         `json:"accountant_name"`
	AccountantAt   period.Instant `json:"accountant_at"`
	Analysis       string         `json:"analysis"`
	Case           string         `json:"case"`
	Paper          string         `json:"paper"`
	Document       string         `json:"document"`
	DocumentNumber string         `json:"document_number"`
	PostedBy       string         `json:"posted_by"`
	PostedName     string         `json:"posted_name"`
	EndedAt        period.Instant `json:"ended_at"`
	EndedDay       period.Day     `json:"ended_day"`
	Note           string         `json:"note"`
	Version        int64          `json:"version"`

	keepers     []string // of the store
	accountants []string // who sit on that post
	unexplained int64    // lines that differ without a reason

	// How it stands by the clauses that count it.
	InTime         bool `json:"in_time"`
	SignedInTime   bool `json:"signed_in_time"`
	AnalysedInTime bool `json:"analysed_in_time"`
	ByPaper        bool `json:"by_paper"`
}

// Amount is what the differences weigh, surplus and shortage together, in fen.
func (c *Count) Amount() money.Fen { return c.Gain + c.Loss }

// Sheet is what one person counts in one go.
type Sheet struct {
	ID          string         `json:"id"`
	Count       string         `json:"count"`
	CountNumber string         `json:"count_number"`
	CountState  State          `json:"count_state"`
	Store       string         `json:"store"`
	StoreName   string         `json:"store_name"`
	Keeping     string         `json:"-"`
	Blind       bool           `json:"blind"`
	N           int64          `json:"n"`
	Round       int64          `json:"round"`
	Label       string         `json:"label"`
	Size        int64          `json:"size"`
	Done        int64          `json:"done"`
	First       string         `json:"-"` // who counted it in the first round
	Counter     string         `json:"counter"`
	CounterName string         `json:"counter_name"`
	TakenAt     period.Instant `json:"taken_at"`
	HandedAt    period.Instant `json:"handed_at"`
	Open        bool           `json:"open"`
	Due         period.Day     `json:"due"`
	Version     int64          `json:"version"`
	Lines       []Line         `json:"lines,omitempty"`
}

// Figure is what was found in one round, what the books said at that moment, and who
// counted.
type Figure struct {
	Qty  quantity.Qty   `json:"qty"`
	Book quantity.Qty   `json:"book"`
	At   period.Instant `json:"at"`
	By   string         `json:"by"`
	Name string         `json:"name"`
}

// Line is some of one lot in one bin.
type Line struct {
	ID      string       `json:"id"`
	Count   string       `json:"count"`
	N       int64        `json:"n"`
	Sheet   string       `json:"sheet"`
	Again   string       `json:"again"`
	Item    string       `json:"item"`
	Number  string       `json:"number"`
	Name    string       `json:"name"`
	Spec    string       `json:"spec"`
	Unit    string       `json:"unit"`
	Bin     string       `json:"bin"`
	BinCode string       `json:"bin_code"`
	Lot     string       `json:"lot"`
	Expiry  period.Day   `json:"expiry"`
	Extra   bool         `json:"extra"`
	Done    int64        `json:"done"`
	First   Figure       `json:"first"`
	Second  Figure       `json:"second"`
	Diff    quantity.Qty `json:"diff"`
	Book    money.Fen    `json:"book"`
	Value   money.Fen    `json:"value"`
	Reason  string       `json:"reason"`
	Why     string       `json:"why"`
	Class   Goods        `json:"class"` // of its store when the count began; "" of old counts
	// Of the count, where lines of several are listed.
	CountNumber string     `json:"count_number,omitempty"`
	CountedDay  period.Day `json:"counted_day,omitempty"`
	Store       string     `json:"store,omitempty"`
	StoreName   string     `json:"store_name,omitempty"`
	packs       string
	differs     bool
}

// Last is the figure that stands.
func (l *Line) Last() Figure {
	if l.Done > 1 {
		return l.Second
	}
	return l.First
}

// Why is a reason.
type Why struct{ Text string }

// DropForm asks why a count is given up.
var DropForm = form.Of[Why]{Name: "counting.dropping", Fields: []form.Field[Why]{
	{Key: "text", Into: func(w *Why) any { return &w.Text }, Required: true, Most: 200},
}}

// Analysis is what is learnt from a count (S-018).
type Analysis struct{ Text string }

// AnalysisForm is asked of who asks for approval, or ends a count that agreed.
var AnalysisForm = form.Of[Analysis]{Name: "counting.analysis", Fields: []form.Field[Analysis]{
	{Key: "text", Into: func(a *Analysis) any { return &a.Text }, Kind: form.Area, Most: 600, Hint: true},
}}

// Life is the table of a count's steps.
var Life = flow.Flow[State, Count]{
	Name:  Noun,
	State: func(c *Count) *State { return &c.State },
	Seen:  func(c *Count) int64 { return c.Version },
	May:   func(by db.Actor, need string, c *Count) bool { return by.MayIn(need, c.Keeping) },
	Steps: []flow.Step[State, Count]{
		{Name: "sign", From: []State{Settling}, Need: MaySettle, If: signs, Hide: true, Tone: "accent"},
		{Name: "ask", From: []State{Settling}, To: Asked, Need: MaySettle, If: differs, Hide: true, Ask: &AnalysisForm, Tone: "accent"},
		{Name: "finish", From: []State{Settling}, To: Agreed, Need: MaySettle, If: agrees, Hide: true, Ask: &AnalysisForm, Tone: "accent"},
		{Name: "post", From: []State{Approved}, To: Posted, Need: MayPost, If: outside, Tone: "accent"},
		{Name: "again", From: []State{Settling, Asked, Approved}, To: Recounting, Need: MayArrange, If: differs, Hide: true},
		{Name: "drop", From: []State{Counting, Recounting, Settling, Asked, Approved}, To: Dropped, Need: MayArrange, Ask: &DropForm, Tone: "danger"},
	},
}

// Scope is which counts a person sees: those of the stores for whose departments they
// may look. In the query the store's row is w.
func Scope(by db.Actor) list.Where { return list.Scoped(by.Scope(MaySee), "w.department") }
