package desk

import (
	"cmp"
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/flow"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
)

// Alarming is the table of what the desk does with an alarm.
var Alarming = flow.Flow[AlarmState, Alarm]{
	Name:  AlarmNoun,
	State: func(a *Alarm) *AlarmState { return &a.State },
	Seen:  func(a *Alarm) int64 { return a.Version },
	May:   func(by db.Actor, need string, a *Alarm) bool { return by.MayIn(need, a.Department) },
	Steps: []flow.Step[AlarmState, Alarm]{
		{Name: "raise", From: []AlarmState{Sounding}, To: Jobbed, Need: MayDispatch, Ask: &AlarmJobForm, Tone: "accent"},
		{Name: "join", From: []AlarmState{Sounding}, To: Added, Need: MayDispatch, Ask: &AlarmJoinForm},
		{Name: "dismiss", From: []AlarmState{Sounding}, To: Silenced, Need: MayDispatch, Ask: &SilenceForm, Tone: "danger"},
	},
}

// AlarmJob is what an alarm becomes; what is "" is as the panel has it.
type AlarmJob struct {
	Title      string  `json:"title,omitempty"`
	Kind       string  `json:"kind,omitempty"`
	Urgency    Urgency `json:"urgency,omitempty"`
	Department string  `json:"department,omitempty"`
	Place      string  `json:"place,omitempty"`
}

// AlarmJoin puts an alarm to a job that there is: by its id, or as people write its number.
type AlarmJoin struct {
	Job    string `json:"job,omitempty"`
	Number string `json:"number,omitempty"`
}

// Silence is why nothing is done about an alarm.
type Silence struct {
	Reason string `json:"reason"`
	Note   string `json:"note,omitempty"`
}

// What the desk is asked when it decides about an alarm.
var (
	AlarmJobForm = form.Of[AlarmJob]{Name: "desk.alarm_job", Fields: []form.Field[AlarmJob]{
		{Key: "title", Into: func(j *AlarmJob) any { return &j.Title }, Most: 100, Required: true},
		{Key: "kind", Into: func(j *AlarmJob) any { return &j.Kind }, Kind: form.Choice, Required: true},
		{Key: "urgency", Into: func(j *AlarmJob) any { return &j.Urgency }, OneOf: Urgencies, Enum: "desk.urgency", Required: true},
		{Key: "place", Into: func(j *AlarmJob) any { return &j.Place }, Ref: "places"},
		{Key: "department", Into: func(j *AlarmJob) any { return &j.Department }, Ref: "departments", Required: true},
	}}
	AlarmJoinForm = form.Of[AlarmJoin]{Name: "desk.alarm_join", Fields: []form.Field[AlarmJoin]{
		{Key: "job", Into: func(j *AlarmJoin) any { return &j.Job }, Most: 60},
		{Key: "number", Into: func(j *AlarmJoin) any { return &j.Number }, Most: 30, Hint: true},
	}}
	SilenceForm = form.Of[Silence]{Name: "desk.silence", Fields: []form.Field[Silence]{
		{Key: "reason", Into: func(s *Silence) any { return &s.Reason }, Kind: form.Cards, OneOf: Silences, Required: true},
		{Key: "note", Into: func(s *Silence) any { return &s.Note }, Most: 200},
	}}
)

// takeAlarm locks an alarm that the person sees and takes a step with it.
func takeAlarm(ctx context.Context, tx *db.Tx, id string, version int64, step string) (Alarm, error) {
	return Alarming.Take(ctx, tx, id, version, step, AlarmByID)
}

// RaiseAlarm makes a job of an alarm, told when the alarm came. Others that wait at the
// same point are counted on it. Refused: what Report refuses.
func RaiseAlarm(ctx context.Context, tx *db.Tx, id string, version int64, j AlarmJob) (Alarm, error) {
	a, err := takeAlarm(ctx, tx, id, version, "raise")
	if err != nil {
		return a, err
	}
	if err := a.raise(ctx, tx, j); err != nil {
		return a, err
	}
	return a, a.others(ctx, tx, Added, "join", a.JobNumber)
}

// raise makes the job; what the desk did not say is as the panel has it.
func (a *Alarm) raise(ctx context.Context, tx *db.Tx, say AlarmJob) error {
	by := tx.By
	if by.ID == panelActor {
		by = db.System("desk")
	}
	title := []rune(cmp.Or(say.Title, a.Text))
	j, err := enter(ctx, tx, &Slip{Title: string(title[:min(len(title), 100)]), Trade: Trade(cmp.Or(say.Kind, a.Kind)), Urgency: cmp.Or(say.Urgency, a.Urgency), Department: cmp.Or(say.Department, a.Department),
		Place: cmp.Or(say.Place, a.Place), Spot: a.Point, Caller: a.PanelName, Source: "alarm", Anyway: true, since: a.At}, by)
	if err != nil {
		return err
	}
	a.State, a.Job, a.JobNumber = Jobbed, j.ID, j.Number
	return a.settle(ctx, tx, "raise", j.Number)
}

// JoinAlarm counts an alarm, and others that wait at the same point, on a job that is being
// done. Conflict: its work is over.
func JoinAlarm(ctx context.Context, tx *db.Tx, id string, version int64, to AlarmJoin) (Alarm, error) {
	a, err := takeAlarm(ctx, tx, id, version, "join")
	if err != nil {
		return a, err
	}
	if to.Job == "" && to.Number == "" {
		return a, fault.OnField("number", "base.required")
	}
	into, err := (&Merging{Into: to.Job, Number: to.Number}).find(ctx, tx)
	if err != nil {
		return a, err
	}
	j, err := Get(ctx, tx, tx.By, into)
	if fault.KindOf(err) == fault.NotFound {
		return a, fault.OnField("number", "base.no_such", cmp.Or(to.Number, to.Job))
	}
	if err != nil {
		return a, err
	}
	if !j.Active() {
		return a, fault.New(fault.Conflict, "desk.job_over", j.Number)
	}
	a.Job, a.JobNumber = j.ID, j.Number
	if err := a.settle(ctx, tx, "join", j.Number); err != nil {
		return a, err
	}
	return a, a.others(ctx, tx, Added, "join", j.Number)
}

// DismissAlarm says why nothing is done about an alarm, and about others that wait at the
// same point.
func DismissAlarm(ctx context.Context, tx *db.Tx, id string, version int64, s Silence) (Alarm, error) {
	a, err := takeAlarm(ctx, tx, id, version, "dismiss")
	if err != nil {
		return a, err
	}
	if !slices.Contains(Silences, s.Reason) {
		return a, fault.OnField("reason", "base.bad_value", s.Reason)
	}
	if s.Reason == "other" {
		if err := fault.Given(s.Note, "note"); err != nil {
			return a, err
		}
	}
	a.Reason, a.Note = s.Reason, s.Note
	if err := a.settle(ctx, tx, "dismiss", s.Note); err != nil {
		return a, err
	}
	return a, a.others(ctx, tx, Silenced, "dismiss", s.Note)
}

// settle stores what became of an alarm; a job on which it is counted tells it in its story.
func (a *Alarm) settle(ctx context.Context, tx *db.Tx, step, note string) error {
	a.DecidedAt, a.DecidedBy = tx.At(), tx.By.Name
	if err := tx.One(ctx, fault.Stale(), `UPDATE desk_alarm SET state = $1, reason = $2, note = $3, job = $4, decided_at = $5, decided_by = $6, version = version + 1
		WHERE id = $7 AND version = $8`, a.State, a.Reason, a.Note, a.Job, a.DecidedAt, a.DecidedBy, a.ID, a.Version); err != nil {
		return err
	}
	a.Version++
	if a.State == Added {
		if err := tx.Trail(ctx, db.Event{Noun: Noun, Record: a.Job, Action: "alarm_again", Note: a.Text}); err != nil {
			return err
		}
	}
	return tx.Trail(ctx, db.Event{Noun: AlarmNoun, Record: a.ID, Action: step, Note: note})
}

// others go the way of the first: those that wait at the same point of the same panel.
func (a *Alarm) others(ctx context.Context, tx *db.Tx, to AlarmState, step, note string) error {
	all, err := Alike(ctx, tx, a)
	if err != nil {
		return err
	}
	for i := range all {
		o := &all[i]
		if err := tx.Lock(ctx, "desk_alarm", o.ID); err != nil {
			return err
		}
		o.State, o.Reason, o.Note, o.Job, o.JobNumber = to, a.Reason, a.Note, a.Job, a.JobNumber
		if err := o.settle(ctx, tx, step, note); err != nil {
			return err
		}
	}
	return nil
}

// Alike are the other alarms that wait at the same point of the same panel.
func Alike(ctx context.Context, r db.Reader, a *Alarm) ([]Alarm, error) {
	return Alarms.All(ctx, r, list.Where{}.And("a.panel = ? AND a.point = ? AND (a.point <> '' OR a.text = ?) AND a.state = 'waiting' AND a.id <> ?", a.Panel, a.Point, a.Text, a.ID), 200)
}
