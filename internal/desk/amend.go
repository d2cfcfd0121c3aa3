package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/words"
	"houqin/internal/messages"
)

// Lock says how long a field of the slip may be changed: until the job leaves Last.
// Worker: also by who does the job, once they are there to see it.
type Lock struct {
	Field  string
	Last   State
	Worker bool
}

// Locks are the fields of a slip in its order. What is being done is not changed under
// the hands of who does it: trade and urgency stand once the worker has accepted, the
// words of the report with it; where it is and who pays until the work is done; whom to
// ask and which asset it was until the ward has signed.
var Locks = []Lock{
	{"title", Accepted, false}, {"detail", Working, true}, {"trade", Dispatched, false}, {"urgency", Dispatched, false},
	{"department", Working, false}, {"place", Working, true}, {"spot", Working, true}, {"asset", Done, true}, {"caller", Done, false}, {"phone", Done, false},
}

// Locked says whether a field of a job in this state cannot be changed any more.
func (l Lock) Locked(s State) bool {
	if s == Paused {
		s = Working
	}
	return slices.Index(States, string(s)) > slices.Index(States, string(l.Last))
}

// Amendment is what is changed of a slip; what is "" stays as it is.
type Amendment struct {
	Title      string  `json:"title,omitempty"`
	Detail     string  `json:"detail,omitempty"`
	Trade      Trade   `json:"trade,omitempty"` // or the id of a kind of the hospital's own
	Urgency    Urgency `json:"urgency,omitempty"`
	Department string  `json:"department,omitempty"`
	Place      string  `json:"place,omitempty"`
	Spot       string  `json:"spot,omitempty"`
	Asset      string  `json:"asset,omitempty"`
	Caller     string  `json:"caller,omitempty"`
	Phone      string  `json:"phone,omitempty"`
}

// AmendForm asks what is changed.
var AmendForm = form.Of[Amendment]{Name: "desk.amend", Fields: []form.Field[Amendment]{
	{Key: "title", Into: func(a *Amendment) any { return &a.Title }, Most: 100},
	{Key: "detail", Into: func(a *Amendment) any { return &a.Detail }, Kind: form.Area, Most: 1000},
	{Key: "trade", Into: func(a *Amendment) any { return &a.Trade }, Kind: form.Choice},
	{Key: "urgency", Into: func(a *Amendment) any { return &a.Urgency }, OneOf: Urgencies, Enum: "desk.urgency"},
	{Key: "department", Into: func(a *Amendment) any { return &a.Department }, Ref: "departments"},
	{Key: "place", Into: func(a *Amendment) any { return &a.Place }, Ref: "places"},
	{Key: "spot", Into: func(a *Amendment) any { return &a.Spot }},
	{Key: "asset", Into: func(a *Amendment) any { return &a.Asset }, Ref: "assets"},
	{Key: "caller", Into: func(a *Amendment) any { return &a.Caller }, Most: 40},
	{Key: "phone", Into: func(a *Amendment) any { return &a.Phone }, Most: 40},
}}

// Of is what stands on the slip of a job, field by field.
func (a *Amendment) Of(j *Job) {
	*a = Amendment{j.Title, j.Detail, Trade(cmp.Or(j.Kind, string(j.Trade))), j.Urgency, j.Department, j.Place, j.Spot, j.Asset, j.ReporterName, j.Phone}
}

// field is where the amendment keeps a field of the slip.
func (a *Amendment) field(name string) *string {
	return map[string]*string{"title": &a.Title, "detail": &a.Detail, "trade": (*string)(&a.Trade), "urgency": (*string)(&a.Urgency), "department": &a.Department,
		"place": &a.Place, "spot": &a.Spot, "asset": &a.Asset, "caller": &a.Caller, "phone": &a.Phone}[name]
}

// amendable: who dispatches, who does the job, and the ward while nobody was sent.
func amendable(by db.Actor, j *Job) error {
	if by.MayIn(MayDispatch, j.Department) || by.System || by.ID != "" && by.ID == j.Worker && by.May(MayWork) || j.State == Reported && by.MayIn(MayReport, j.Department) {
		return nil
	}
	return fault.New(fault.Forbidden, "desk.not_yours", j.WorkerName)
}

// Changeable are the fields of a job's slip that the person may still change.
func Changeable(by db.Actor, j *Job) (fields []string) {
	for _, l := range Locks {
		if !l.Locked(j.State) && (l.Worker || by.ID != j.Worker || by.MayIn(MayDispatch, j.Department)) {
			fields = append(fields, l.Field)
		}
	}
	return fields
}

// Amend changes what stands on the slip. Each field locks as the job advances: a locked
// one is a Conflict that names it and the state (desk.locked). Another trade goes to its
// own crew, another urgency or place has its own deadline, counted from the report. Who has
// the job is told; people are called out when it turns out to be an emergency (W-005).
func Amend(ctx context.Context, tx *db.Tx, id string, version int64, a Amendment) (Job, error) {
	j, err := take(ctx, tx, id, version, "amend")
	if err != nil {
		return j, err
	}
	var was Amendment
	was.Of(&j)
	before, old, open := was, j, Changeable(tx.By, &j)
	var changed []string
	for _, l := range Locks {
		now := strings.TrimSpace(*a.field(l.Field))
		if now == "" || now == *was.field(l.Field) {
			continue
		}
		if !slices.Contains(open, l.Field) {
			return j, fault.New(fault.Conflict, "desk.locked", words.Key("desk.amend."+l.Field), words.Key("desk.job.state."+string(j.State))).Under("W-004")
		}
		*was.field(l.Field) = now
		changed = append(changed, l.Field)
	}
	if len(changed) == 0 {
		return j, fault.New(fault.Conflict, "desk.nothing_amended")
	}
	var meant Kind
	if slices.Contains(changed, "trade") {
		if meant, err = offered(ctx, tx, was.Trade); err != nil {
			return j, err
		}
		var bad fault.Complaints
		if tx.By.ID != j.Worker {
			meant.refused(tx.By, j.Department, &bad)
		}
		if err := bad.Err(); err != nil {
			return j, err
		}
	}
	if err := j.amend(ctx, tx, &was, &meant, changed); err != nil {
		return j, err
	}
	if meant.Own() && meant.ID != "" {
		was.Trade = Trade(meant.Name) // as people read it in the story
	}
	if j.RepeatOf != old.RepeatOf {
		if err := unmarkRepeated(ctx, tx, &old); err != nil {
			return j, err
		}
		if err := markRepeated(ctx, tx, &j); err != nil {
			return j, err
		}
	}
	j.triage(tx)
	search, err := tokens(ctx, tx, &j)
	if err != nil {
		return j, err
	}
	if err := tx.One(ctx, fault.Stale(), `UPDATE desk_job SET title = $1, detail = $2, trade = $3, urgency = $4, department = $5, place = $6, spot = $7, asset = $8,
		reporter_name = $9, phone = $10, crew = $11, due = $12, repeat_of = $13, search = $14, kind = $15, kind_version = $16, sign = $17, silence = $18, answer_due = $19, come_due = $20, triaged_at = $21, triaged_by = $22, budget = $23, version = version + 1 WHERE id = $24 AND version = $25`,
		j.Title, j.Detail, j.Trade, j.Urgency, j.Department, j.Place, j.Spot, j.Asset, j.ReporterName, j.Phone, j.Crew, j.Due, j.RepeatOf, search, j.Kind, j.KindVersion, j.Sign, j.Silence, j.AnswerDue, j.ComeDue, j.TriagedAt, j.TriagedBy, j.Budget, j.ID, j.Version); err != nil {
		return j, err
	}
	j.Version++
	if err := tx.Trail(ctx, db.Event{Noun: Noun, Record: j.ID, Action: "amend", Note: tx.By.Name, Before: before, After: was}); err != nil {
		return j, err
	}
	if old.Urgency != Emergency && j.Urgency == Emergency && j.Active() {
		return j, callOut(ctx, tx, &j)
	}
	return j, tell(ctx, tx, messages.Amended, &j, j.Worker)
}

// amend puts the new values into the job and sees to what follows from them; meant is the kind
// where that changes.
func (j *Job) amend(ctx context.Context, tx *db.Tx, now *Amendment, meant *Kind, changed []string) error {
	moved := slices.Contains(changed, "place")
	if meant.ID != "" {
		j.Trade = meant.Trade
	}
	if slices.Contains(changed, "asset") && now.Asset != j.Asset {
		j.Asset, j.Place = now.Asset, now.Place
		if err := machine(ctx, tx, j, tx.By); err != nil {
			return err
		}
		now.Place = j.Place
	}
	j.Title, j.Detail, j.Urgency, j.Department = now.Title, now.Detail, now.Urgency, now.Department
	j.Place, j.Spot, j.Asset, j.ReporterName, j.Phone = now.Place, now.Spot, now.Asset, now.Caller, now.Phone
	at, err := around(ctx, tx, j, j.Department)
	if err != nil {
		return err
	}
	if err := at.settle(tx.By, j); err != nil {
		return err
	}
	kind := *meant
	if meant.ID == "" {
		kind, err = kindAt(ctx, tx, j)
	}
	if err == nil && kind.Trade != j.Trade {
		kind, err = KindOf(ctx, tx, string(j.Trade)) // another trade is another kind, as it is today
	}
	if err != nil {
		return err
	}
	if slices.Contains(changed, "trade") {
		if err := at.sendTo(ctx, tx, kind.Crew); err != nil {
			return err
		}
		j.Crew = at.crew
		if j.Worker != "" {
			return fault.New(fault.Conflict, "desk.split_instead")
		}
	}
	if moved || slices.Contains(changed, "urgency") || kind.ID != j.Kind {
		if err := kind.arrange(ctx, tx, j, at.criticality, max(j.ReportedAt, j.ReopenedAt)); err != nil {
			return err
		}
	}
	return j.seeRepeat(ctx, tx)
}
