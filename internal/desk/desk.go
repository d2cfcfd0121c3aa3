// Package desk is the one-stop desk: a ward reports, the centre sends somebody, the
// work is done with parts from the store, the ward signs, and the cost lands on the
// department that asked (W-001, W-002).
package desk

import (
	"embed"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/flow"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/files"
	"houqin/internal/people"
)

//go:embed migrations/*.sql
var Migrations embed.FS

// What may be done here. Each is held for the department that reports; work is
// also held by the crew.
const (
	MayReport   = "desk.report"   // report, hasten and follow a department's jobs
	MayDispatch = "desk.dispatch" // send people, take calls
	MayWork     = "desk.work"     // take jobs of one's crew and do them
	MaySign     = "desk.sign"     // sign off for a department
	MaySee      = "desk.see"      // see all jobs and figures
	MayCancel   = "desk.cancel"   // call a job off
	MayRecord   = "desk.record"   // enter jobs of the past
	MayArrange  = "desk.arrange"  // set deadlines, routes, clocks and the labour rate
	MayLead     = "desk.lead"     // decide how hard cases are done that were handed up
	MayHang     = "desk.hang"     // hang codes on walls and machines, and take them back
	MayRoster   = "desk.roster"   // say who is on duty when
	MaySchedule = "desk.schedule" // keep the plans of standing jobs
)

// Permissions of this room.
var Permissions = []string{MayReport, MayDispatch, MayWork, MaySign, MaySee, MayCancel, MayRecord, MayArrange, MayLead, MayHang, MayRoster, MaySchedule}

// Noun is what the trail, files and warehouse issues call a job.
const Noun = "desk.job"

// State says how far a job is.
type State string

const (
	Reported   State = "reported"
	Dispatched State = "dispatched"
	Accepted   State = "accepted"
	OnWay      State = "on_way" // the worker has set out
	Working    State = "working"
	Paused     State = "paused"
	Done       State = "done" // waits for the ward's signature
	Closed     State = "closed"
	Cancelled  State = "cancelled"
	Merged     State = "merged" // a double; the work goes on in another job
)

// States are all of them, in the order of a job's life.
var States = []string{string(Reported), string(Dispatched), string(Accepted), string(OnWay), string(Working), string(Paused), string(Done), string(Closed), string(Cancelled), string(Merged)}

// Trade says what kind of work it is.
type Trade string

// Trades are all of them, the commonest first; those that are a craft are called as
// people.Trades calls it.
var Trades = []string{"electric", "water", "hvac", "metal", "carpentry", "lift", "heating", "gas", "it", "equipment", "medical", "cleaning", "moving",
	"terminal", "linen", "transport", "courier", "supply", "pest", "green", "meeting", "guard", "patrol", "other"}

// Medical is the trade, and the class of assets, whose jobs go to the keeper of the
// medical devices and not to logistics (W-033).
const Medical = "medical"

// Urgency says how soon it must be done.
type Urgency string

const (
	Emergency Urgency = "emergency" // people come at once, paper follows (W-005)
	Urgent    Urgency = "urgent"
	Normal    Urgency = "normal"
	Planned   Urgency = "planned"
)

// Urgencies are all of them, the gravest first (W-011).
var Urgencies = []string{string(Emergency), string(Urgent), string(Normal), string(Planned)}

// LabourRate names the setting for what an hour of work costs, in fen; LabourShipped
// is its value until the hospital sets one: 60 yuan, about a skilled worker's full cost.
const (
	LabourRate    = "desk.labour_rate"
	LabourShipped = money.Fen(6000)
)

// Job is one piece of work that somebody asked for.
type Job struct {
	ID             string         `json:"id"`
	Number         string         `json:"number"`
	Title          string         `json:"title"`
	Detail         string         `json:"detail"`
	Answers        string         `json:"answers"` // to what the kind asks besides, one a line
	Trade          Trade          `json:"trade"`
	Urgency        Urgency        `json:"urgency"`
	State          State          `json:"state"`
	Open           bool           `json:"open"`
	Source         string         `json:"source"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	Place          string         `json:"place"`
	PlaceName      string         `json:"place_name"`
	Building       string         `json:"building"`
	Spot           string         `json:"spot"`
	Asset          string         `json:"asset"`
	AssetName      string         `json:"asset_name"`
	Reporter       string         `json:"reporter"`
	ReporterName   string         `json:"reporter_name"`
	Phone          string         `json:"phone"`
	Crew           string         `json:"crew"`
	CrewName       string         `json:"crew_name"`
	Worker         string         `json:"worker"`
	WorkerName     string         `json:"worker_name"`
	Dispatcher     string         `json:"dispatcher"`
	Sender         string         `json:"-"`          // the person who sent the worker
	Planner        string         `json:"-"`          // the person who decided how a hard case is done
	TriagedAt      period.Instant `json:"triaged_at"` // when the desk first looked at it
	TriagedBy      string         `json:"triaged_by"`
	Waits          string         `json:"waits"`
	Reason         string         `json:"reason"`
	Cause          string         `json:"cause"`
	Done           string         `json:"done"`
	Minutes        int64          `json:"minutes"`
	Labour         money.Fen      `json:"labour"`
	Parts          money.Fen      `json:"parts"`
	Cost           money.Fen      `json:"cost"`
	Hastened       int64          `json:"hastened"`
	HastenedAt     period.Instant `json:"hastened_at"`
	Returned       int64          `json:"returned"`
	Rating         int64          `json:"rating"`
	Opinion        string         `json:"opinion"`
	Signer         string         `json:"signer"`
	Signature      string         `json:"signature"` // id of the drawn one
	ReportedAt     period.Instant `json:"reported_at"`
	DispatchedAt   period.Instant `json:"dispatched_at"`
	AcceptedAt     period.Instant `json:"accepted_at"`
	ArrivedAt      period.Instant `json:"arrived_at"`
	PausedAt       period.Instant `json:"paused_at"`
	Paused         int64          `json:"paused"` // microseconds
	FinishedAt     period.Instant `json:"finished_at"`
	ClosedAt       period.Instant `json:"closed_at"`
	Due            period.Instant `json:"due"`
	Clock          Clock          `json:"clock"` // while paused: how the deadline goes on
	Level          int64          `json:"level"` // how far up the Ladder it was handed
	Hard           string         `json:"hard"`
	Plan           string         `json:"plan"`
	Plans          int64          `json:"plans"` // how often a plan was made
	RaisedAt       period.Instant `json:"raised_at"`
	RegisteredAt   period.Instant `json:"registered_at"` // of a repair that was registered after it was done
	Reused         int64          `json:"reused"`        // parts that were mended and used again
	Saved          money.Fen      `json:"saved"`         // what new ones would have cost
	Overran        bool           `json:"overran"`       // finished after it was due

	MergedInto string         `json:"merged_into"` // of a double: the job that was kept
	SplitFrom  string         `json:"split_from"`
	RepeatOf   string         `json:"repeat_of"` // the same had failed lately: the job of then
	Repeated   bool           `json:"repeated"`  // the same failed again
	Fitted     bool           `json:"fitted"`    // parts were drawn for it
	Outcome    int64          `json:"outcome"`   // the stars it ended with: none where it was sent back, all where nobody complained
	Missed     bool           `json:"missed"`    // a deadline was noted as missed
	Reopened   int64          `json:"reopened"`
	ReopenedAt period.Instant `json:"reopened_at"`
	Silent     bool           `json:"silent"` // closed because nobody said a word
	Rung       int64          `json:"rung"`   // how far up its lateness was told
	WarnedAt   period.Instant `json:"warned_at"`
	UpwardAt   period.Instant `json:"upward_at"` // reported upward as unsolved
	AnsweredAt period.Instant `json:"answered_at"`
	CameAt     period.Instant `json:"came_at"`
	Outside    money.Fen      `json:"outside"`  // paid to a firm from outside
	Budget     string         `json:"budget"`   // the budget line it is put on, as its kind had it
	Total      money.Fen      `json:"total"`    // cost and outside
	Reasons    people.List    `json:"reasons"`  // why it was rated so
	Standing   string         `json:"standing"` // the plan it comes from
	Round      Round          `json:"round"`
	FoundOn    string         `json:"found_on"` // the job on whose way it was found
	Bound      string         `json:"bound"`    // where to, of what carries something: a place
	BoundName  string         `json:"bound_name"`
	// What the job's kind was on its day, and what follows from it.
	Kind        string         `json:"kind"`
	KindVersion int64          `json:"kind_version"`
	KindName    string         `json:"kind_name"`  // of a kind of the hospital's own
	Sign        string         `json:"sign"`       // whose word closes it: of Signs
	Silence     int64          `json:"silence"`    // working hours after which silence signs; 0: as the house has it, Spoken: never
	AnswerDue   period.Instant `json:"answer_due"` // by when somebody is sent; 0: by the rulebook
	ComeDue     period.Instant `json:"come_due"`   // by when somebody is there; 0: by the rulebook
	Head        string         `json:"-"`          // of the department
	// AnsweredAfter and CameAfter are the minutes until somebody first was sent, and first
	// was there; NotYet while nobody was.
	AnsweredAfter int64 `json:"answered_after"`
	CameAfter     int64 `json:"came_after"`
	Repeat        bool  `json:"repeat"` // the same had failed lately
	NoPlace       bool  `json:"no_place"`
	NoBuilding    bool  `json:"no_building"`
	OwnKind       bool  `json:"own_kind"` // of a kind of the hospital's own
	NoCrew        bool  `json:"no_crew"`
	NoBudget      bool  `json:"no_budget"`
	NoWorker      bool  `json:"no_worker"`
	NoAsset       bool  `json:"no_asset"`

	// How long the steps took, begun minutes and days counting whole; NotYet while they
	// are not taken. They are what clauses are judged by.
	SentAfter    int64 `json:"sent_after"`    // minutes from the report
	ArrivedAfter int64 `json:"arrived_after"` // minutes from the report
	MendedAfter  int64 `json:"mended_after"`  // days from the report
	SignedAfter  int64 `json:"signed_after"`  // days from the finish
	// RegisteredAfter is how many days after the finish a repair was registered.
	RegisteredAfter int64 `json:"registered_after"`

	Version int64 `json:"version"`
}

// NotYet stands for how long a step took that was not taken: longer than any limit.
const NotYet = 999_999

// Sources are how jobs come to the desk.
var Sources = []string{"ward", "phone", "api", "patrol", "plan", "after", "guest", "alarm", "import"}

// Round says whether somebody asked for a job or it comes round by a plan, in the house or
// outside it (T-007).
type Round string

const (
	OnCall  Round = "call"
	Indoor  Round = "indoor"
	Outdoor Round = "outdoor"
)

// Rounds are all of them.
var Rounds = []string{string(OnCall), string(Indoor), string(Outdoor)}

// Active says whether the work itself is still to be done.
func (j *Job) Active() bool { return j.Open && j.State != Done }

// Tone says whether an active job is late ("danger") or has less than a quarter of
// its time left ("soon").
func (j *Job) Tone(now time.Time) string {
	at := period.At(now)
	switch {
	case !j.Active() || j.Due.IsZero() || j.Clock != "": // or its clock stands
		return ""
	case !at.Before(j.Due):
		return "danger"
	case j.Due.Sub(at) < j.Due.Sub(j.ReportedAt)/4:
		return "soon"
	}
	return ""
}

// Spent is how many minutes the worker has been at it since arriving, pauses left out.
func (j *Job) Spent(now time.Time) int64 {
	if j.ArrivedAt.IsZero() {
		return 0
	}
	at := period.At(now)
	if !j.PausedAt.IsZero() {
		at = j.PausedAt
	}
	return int64((at.Sub(j.ArrivedAt) - time.Duration(j.Paused)*time.Microsecond) / time.Minute)
}

// Life is the table of a job's steps.
var Life = flow.Flow[State, Job]{
	Name:  Noun,
	State: func(j *Job) *State { return &j.State },
	Seen:  func(j *Job) int64 { return j.Version },
	May: func(by db.Actor, need string, j *Job) bool {
		if need == MayCancel && j.State == Reported && by.ID != "" && by.ID == j.Reporter && by.MayIn(MayReport, j.Department) {
			return true // a slip of the finger is taken back before anybody sets out
		}
		return need == "" || (need == MayWork || need == files.MayAttach) && by.May(need) || by.MayIn(need, j.Department)
	},
	Steps: []flow.Step[State, Job]{
		{Name: "grab", From: []State{Reported, Dispatched}, To: Accepted, Need: MayWork, If: grabbable, Hide: true, Tone: "accent"},
		{Name: "accept", From: []State{Dispatched}, To: Accepted, Need: MayWork, If: own, Hide: true, Tone: "accent"},
		{Name: "depart", From: []State{Accepted}, To: OnWay, Need: MayWork, If: own, Hide: true, Tone: "accent"},
		{Name: "arrive", From: []State{Reported, Dispatched, Accepted, OnWay}, To: Working, Need: MayWork, If: arrivable, Hide: true, Tone: "accent"},
		{Name: "finish", From: []State{Working}, To: Done, Need: MayWork, If: own, Hide: true, Ask: &FinishForm, Tone: "accent"},
		{Name: "resume", From: []State{Paused}, To: Working, Need: MayWork, If: own, Hide: true, Tone: "accent"},
		{Name: "pause", From: []State{Working}, To: Paused, Need: MayWork, If: own, Hide: true, Ask: &PauseForm},
		{Name: "decline", From: []State{Dispatched}, To: Reported, Need: MayWork, If: own, Hide: true, Ask: &DeclineForm},
		{Name: "escalate", From: []State{Dispatched, Accepted, OnWay, Working, Paused}, If: raisable, Hide: true, Ask: &HardForm},
		{Name: "plan", From: []State{Reported, Dispatched, Accepted, OnWay, Working, Paused}, Need: MayLead, If: raised, Hide: true, Ask: &PlanForm, Tone: "accent"},
		{Name: "take_back", From: []State{Accepted, OnWay, Working, Paused, Done}, Need: MayWork, If: own, Hide: true, Ask: &BackForm},
		{Name: "sign", From: []State{Done}, To: Closed, Need: MaySign, If: signing, Ask: &SignForm, Tone: "accent"},
		{Name: "sign_here", From: []State{Done}, To: Closed, Need: MayWork, If: own, Hide: true, Ask: &HereForm, Tone: "accent"},
		{Name: "return", From: []State{Done}, To: Accepted, Need: MaySign, If: another, Ask: &ReturnForm},
		{Name: "dispatch", From: []State{Reported}, To: Dispatched, Need: MayDispatch, Ask: &DispatchForm, Tone: "accent"},
		{Name: "reassign", From: []State{Dispatched, Accepted, OnWay, Working, Paused}, To: Dispatched, Need: MayDispatch, Ask: &ReassignForm},
		{Name: "triage", From: []State{Reported}, Need: MayDispatch, If: untriaged, Hide: true},
		{Name: "find", From: []State{Working, Paused, Done}, Need: MayWork, If: finding, Hide: true, Ask: &FindForm},
		{Name: "hasten", From: []State{Reported, Dispatched, Accepted, OnWay, Working, Paused}, Need: MayReport, If: notInHand, Hide: true},
		{Name: "comment", From: []State{Reported, Dispatched, Accepted, OnWay, Working, Paused, Done, Closed, Cancelled, Merged}, Ask: &CommentForm},
		{Name: "picture", From: []State{Reported, Dispatched, Accepted, OnWay, Working, Paused, Done}, Need: files.MayAttach, Ask: &PictureForm},
		{Name: "outside", From: []State{Dispatched, Accepted, OnWay, Working, Paused}, Need: MayDispatch, Ask: &OutsideForm},
		{Name: "hire", From: []State{Dispatched, Accepted, OnWay, Working, Paused}, Need: MayDispatch},
		{Name: "amend", From: []State{Reported, Dispatched, Accepted, OnWay, Working, Paused, Done}, If: amendable, Hide: true, Ask: &AmendForm},
		{Name: "merge", From: []State{Reported, Dispatched, Accepted, OnWay, Working, Paused}, To: Merged, Need: MayDispatch, Ask: &MergeForm},
		{Name: "split", From: []State{Reported, Dispatched, Accepted, OnWay, Working, Paused}, If: splittable, Hide: true, Ask: &SplitForm},
		{Name: "explain", From: []State{Reported, Dispatched, Accepted, OnWay, Working, Paused, Done, Closed}, If: explainable, Hide: true, Ask: &ExplainForm},
		{Name: "rate", From: []State{Closed}, Need: MaySign, If: rateable, Hide: true, Ask: &RateForm},
		{Name: "complain", From: []State{Done, Closed}, Need: MaySign, If: complainable, Hide: true, Ask: &ComplainForm},
		{Name: "reopen", From: []State{Closed}, To: Accepted, Need: MaySign, If: reopenable, Hide: true, Ask: &ReopenForm},
		{Name: "invoice", From: []State{Dispatched, Accepted, OnWay, Working, Paused, Done, Closed}, Need: MayDispatch, Ask: &InvoiceForm},
		{Name: "cancel", From: []State{Reported, Dispatched, Accepted, OnWay, Paused}, To: Cancelled, Need: MayCancel, Ask: &CancelForm, Tone: "danger"},
	},
}

// own: only the worker who was sent works on the job.
func own(by db.Actor, j *Job) error {
	if by.ID != j.Worker && !by.System {
		return fault.New(fault.Conflict, "desk.not_yours", j.WorkerName)
	}
	return nil
}

// Unread: reported, and nobody of the desk has looked at it. What a plan of the desk's own
// brings needs no look.
func (j *Job) Unread() bool {
	return j.State == Reported && j.TriagedAt.IsZero() && j.Source != "plan"
}

// untriaged: a report is looked at once.
func untriaged(_ db.Actor, j *Job) error {
	if j.Source == "plan" {
		return fault.New(fault.Conflict, "desk.triage_planned")
	}
	if !j.TriagedAt.IsZero() {
		return fault.New(fault.Conflict, "desk.triaged_already", j.TriagedBy)
	}
	return nil
}

// notInHand: who has the job in hand hastens nobody.
func notInHand(by db.Actor, j *Job) error {
	if j.Worker == by.ID && j.Worker != "" {
		return fault.New(fault.Conflict, "desk.hasten_self")
	}
	return nil
}

// another: nobody signs off their own work.
func another(by db.Actor, j *Job) error {
	if by.ID == j.Worker {
		return fault.New(fault.Forbidden, "desk.own_work").Under("W-007")
	}
	return nil
}

// grabbable: nobody has it, and it is my crew's or no crew's.
func grabbable(by db.Actor, j *Job) error {
	if j.Worker != "" {
		return fault.New(fault.Conflict, "desk.already_taken", j.WorkerName)
	}
	if j.Trade == Medical && j.Crew == "" { // until their owner is on the board of routes
		return fault.New(fault.Conflict, "desk.medical_owner").Under("W-033")
	}
	if j.Crew != "" && !slices.Contains(crews(by), j.Crew) && !by.System {
		return fault.New(fault.Conflict, "desk.other_crew", j.CrewName)
	}
	return nil
}

// arrivable: a job is accepted before one goes there; an emergency is gone to first
// and written down afterwards (W-005).
func arrivable(by db.Actor, j *Job) error {
	if j.Worker != "" {
		if err := own(by, j); err != nil {
			return err
		}
	} else if err := grabbable(by, j); err != nil {
		return err
	}
	if j.AcceptedAt.IsZero() && j.Urgency != Emergency {
		return fault.New(fault.Conflict, "desk.accept_first")
	}
	return nil
}

// crews are the teams a person works for: their own department and those they
// hold the work for.
func crews(by db.Actor) []string {
	all := slices.Clone(by.Scope(MayWork).Units)
	if by.Unit != "" {
		all = append(all, by.Unit)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Scope is which jobs a person sees: those of the departments they report, sign or
// look for, and as a worker their own, their crew's and those nobody was sent to yet.
func Scope(by db.Actor) list.Where {
	var units []string
	for _, p := range []string{MaySee, MayDispatch, MayReport, MaySign, MayCancel} {
		s := by.Scope(p)
		if s.All {
			return list.Where{}
		}
		units = append(units, s.Units...)
	}
	slices.Sort(units)
	units = slices.Compact(units)
	var or []string
	var args []any
	if len(units) > 0 {
		c, a := list.In("j.department", units)
		or, args = append(or, c), append(args, a...)
	}
	if by.May(MayWork) {
		or, args = append(or, "j.worker = ?", "j.crew = '' AND j.state = 'reported'"), append(args, by.ID)
		if mine := crews(by); len(mine) > 0 {
			c, a := list.In("j.crew", mine)
			or, args = append(or, c), append(args, a...)
		}
	}
	if len(or) == 0 {
		return list.Where{}.And("1=0")
	}
	return list.Where{}.And(strings.Join(or, " OR "), args...)
}
