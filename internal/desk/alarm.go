package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/messages"
	"houqin/internal/places"
)

// AlarmNoun is what the trail calls an alarm.
const AlarmNoun = "desk.alarm"

// AlarmState says what became of an alarm.
type AlarmState string

const (
	Sounding AlarmState = "waiting"   // the desk has not decided
	Jobbed   AlarmState = "raised"    // it is a job
	Added    AlarmState = "joined"    // a job that there was tells of the same
	Silenced AlarmState = "dismissed" // nothing is done about it
)

// AlarmStates are all of them.
var AlarmStates = []string{string(Sounding), string(Jobbed), string(Added), string(Silenced)}

// Silences are why nothing is done about an alarm.
var Silences = []string{"test", "false", "upkeep", "known", "other"}

// Alarm is what a panel told, as it came.
type Alarm struct {
	ID             string         `json:"id"`
	Panel          string         `json:"panel"`
	PanelName      string         `json:"panel_name"`
	Key            string         `json:"key"` // the panel's own id of it
	Text           string         `json:"text"`
	Point          string         `json:"point"`
	Place          string         `json:"place"`
	PlaceName      string         `json:"place_name"`
	Urgency        Urgency        `json:"urgency"`
	State          AlarmState     `json:"state"`
	Reason         string         `json:"reason"` // of Silences
	Note           string         `json:"note"`
	Job            string         `json:"job"`
	JobNumber      string         `json:"job_number"`
	JobState       State          `json:"job_state"`
	SaidAt         period.Instant `json:"said_at"` // by the panel's clock
	At             period.Instant `json:"at"`
	LastAt         period.Instant `json:"last_at"`
	Times          int64          `json:"times"` // that it came with this id
	Alike          int64          `json:"alike"` // waiting at the same point
	ClearedAt      period.Instant `json:"cleared_at"`
	DecidedAt      period.Instant `json:"decided_at"`
	DecidedBy      string         `json:"decided_by"`
	Kind           string         `json:"-"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	Version        int64          `json:"version"`
}

func (a *Alarm) where() string { return strings.TrimSpace(a.PlaceName + " " + a.Point) }

// Alarms is the list of them, as they came.
var Alarms = list.Of[Alarm]{
	Name: "desk.alarms", From: `desk_alarm a JOIN desk_panel n ON n.id = a.panel LEFT JOIN departments_department d ON d.id = n.department LEFT JOIN places_place p ON p.id = a.place LEFT JOIN desk_job j ON j.id = a.job`,
	Order: "-at", Alias: "a", Table: "desk_alarm", Live: []string{AlarmNoun}, Href: func(a *Alarm) string { return "/desk/alarms/" + a.ID },
	Columns: []list.Column[Alarm]{
		{Key: "text", SQL: "a.text", Into: func(a *Alarm) any { return &a.Text }},
		{Key: "panel", SQL: "a.panel", Into: func(a *Alarm) any { return &a.Panel }, Ref: "panels", Text: func(a *Alarm) string { return a.PanelName }},
		{Key: "place", SQL: "a.place", Into: func(a *Alarm) any { return &a.Place }, Ref: "places", Text: func(a *Alarm) string { return a.where() }},
		{Key: "urgency", SQL: "a.urgency", Into: func(a *Alarm) any { return &a.Urgency }, OneOf: Urgencies, Enum: "desk.urgency"},
		{Key: "state", SQL: "a.state", Into: func(a *Alarm) any { return &a.State }, OneOf: AlarmStates, Enum: "desk.alarm.state", Tone: alarmTone},
		{Key: "at", SQL: "a.at", Into: func(a *Alarm) any { return &a.At }, Range: true, Sort: true},
		{Key: "times", SQL: "a.times", Into: func(a *Alarm) any { return &a.Times }},
		{Key: "cleared_at", SQL: "a.cleared_at", Into: func(a *Alarm) any { return &a.ClearedAt }},
		{Key: "job_number", SQL: "coalesce(j.number, '')", Into: func(a *Alarm) any { return &a.JobNumber }},
		{Key: "alike", SQL: "(CASE WHEN a.state = 'waiting' THEN (SELECT count(*) FROM desk_alarm o WHERE o.panel = a.panel AND o.point = a.point AND o.state = 'waiting' AND (o.point <> '' OR o.text = a.text)) ELSE 0 END)",
			Into: func(a *Alarm) any { return &a.Alike }, Aside: true},
		{Key: "reason", SQL: "a.reason", Into: func(a *Alarm) any { return &a.Reason }, OneOf: Silences, Enum: "desk.silence.reason", Aside: true},
		{Key: "decided_by", SQL: "a.decided_by", Into: func(a *Alarm) any { return &a.DecidedBy }, Aside: true},
		{Key: "decided_at", SQL: "a.decided_at", Into: func(a *Alarm) any { return &a.DecidedAt }, Aside: true},
		{Key: "point", SQL: "a.point", Into: func(a *Alarm) any { return &a.Point }, Hidden: true},
		{Key: "key", SQL: "a.key", Into: func(a *Alarm) any { return &a.Key }, Hidden: true},
		{Key: "note", SQL: "a.note", Into: func(a *Alarm) any { return &a.Note }, Hidden: true},
		{Key: "said_at", SQL: "a.said_at", Into: func(a *Alarm) any { return &a.SaidAt }, Hidden: true},
		{Key: "last_at", SQL: "a.last_at", Into: func(a *Alarm) any { return &a.LastAt }, Hidden: true},
		{Key: "job", SQL: "a.job", Into: func(a *Alarm) any { return &a.Job }, Hidden: true},
		{Key: "job_state", SQL: "coalesce(j.state, '')", Into: func(a *Alarm) any { return &a.JobState }, Hidden: true},
		{Key: "panel_name", SQL: "n.name", Into: func(a *Alarm) any { return &a.PanelName }, Hidden: true},
		{Key: "place_name", SQL: "coalesce(p.path, '')", Into: func(a *Alarm) any { return &a.PlaceName }, Hidden: true},
		{Key: "kind", SQL: "n.kind", Into: func(a *Alarm) any { return &a.Kind }, Ref: "kinds", Hidden: true},
		{Key: "department", SQL: "n.department", Into: func(a *Alarm) any { return &a.Department }, Ref: "departments", Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(a *Alarm) any { return &a.DepartmentName }, Hidden: true},
		{Key: "id", SQL: "a.id", Into: func(a *Alarm) any { return &a.ID }, Hidden: true},
		{Key: "version", SQL: "a.version", Into: func(a *Alarm) any { return &a.Version }, Hidden: true},
	},
}

func alarmTone(a *Alarm, _ time.Time) string {
	switch a.State {
	case Sounding:
		return "danger"
	case Jobbed, Added:
		return "done"
	}
	return "quiet"
}

// AlarmScope is which alarms a person sees: those of the panels of departments that they
// dispatch for.
func AlarmScope(by db.Actor) list.Where { return list.Scoped(by.Scope(MayDispatch), "n.department") }

// AlarmByID is one alarm that the person sees; NotFound otherwise.
func AlarmByID(ctx context.Context, r db.Reader, by db.Actor, id string) (Alarm, error) {
	return Alarms.Get(ctx, r, AlarmScope(by).And("a.id = ?", id))
}

// AlarmsToDecide are those that wait for the desk, the oldest first.
func AlarmsToDecide(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Alarm, error) {
	all, err := Alarms.All(ctx, r, AlarmScope(by).And("a.state = 'waiting'"), limit)
	slices.Reverse(all)
	return all, err
}

// AlarmsOf are the alarms that a job tells of, the latest first.
func AlarmsOf(ctx context.Context, r db.Reader, job string) ([]Alarm, error) {
	return Alarms.All(ctx, r, list.Where{}.And("a.job = ? AND a.job <> ''", job), 100)
}

// Sound is what a panel sends.
type Sound struct {
	ID      string         `json:"id"`                // the panel's own, of this one occurrence
	Text    string         `json:"text"`              //
	Point   string         `json:"point,omitempty"`   // detector, valve, car
	Place   string         `json:"place,omitempty"`   // code of a place; one that is not known is no reason to refuse
	Urgency Urgency        `json:"urgency,omitempty"` // default the panel's
	At      period.Instant `json:"at,omitempty"`      // by its own clock
	Cleared bool           `json:"cleared,omitempty"` // it is over
	Key     string         `json:"-"`                 // for systems that can set no header
}

// SoundForm reads it.
var SoundForm = form.Of[Sound]{Name: "desk.sound", Fields: []form.Field[Sound]{
	{Key: "id", Into: func(s *Sound) any { return &s.ID }, Most: 100, Required: true},
	{Key: "text", Into: func(s *Sound) any { return &s.Text }, Most: 4000, Required: true},
	{Key: "point", Into: func(s *Sound) any { return &s.Point }, Most: 100},
	{Key: "place", Into: func(s *Sound) any { return &s.Place }, Most: 60},
	{Key: "urgency", Into: func(s *Sound) any { return &s.Urgency }, Most: 40},
	{Key: "at", Into: func(s *Sound) any { return &s.At }},
	{Key: "cleared", Into: func(s *Sound) any { return &s.Cleared }},
	{Key: "key", Into: func(s *Sound) any { return &s.Key }, Most: 100},
}}

// As is in whose name the units of work of a panel run.
func (p *Panel) As(address string) db.Actor {
	return db.Actor{ID: panelActor, Name: p.Name, Source: address}
}

const panelActor = "panel"

// soundMost is how much of an alarm's text the desk reads; the trail keeps all of it.
const soundMost = 200

// quietFor is how long an alarm must have been silent that comes again with the same id
// after it was dealt with, to be looked at once more: until then it is a repetition on the
// line. No clause has a figure.
const quietFor = 10 * time.Minute

// Hear takes in an alarm of a panel, exactly once by the panel's id of it: what comes again
// is counted. Where the alarm of the same point has a job that is still being done, the new
// one is counted there. Else it is a job at once, for panels that may, or waits for the desk.
// It is never lost for what it says wrong: an unknown place is written down, an urgency that
// is none is the panel's, a long text is cut, and what cannot be made a job waits for the desk. TooMany beyond the panel's alarms a minute.
func Hear(ctx context.Context, tx *db.Tx, panel string, s Sound) (Alarm, error) {
	if tx.By.ID != panelActor && !tx.By.System {
		return Alarm{}, fault.New(fault.Forbidden, "desk.panel_key")
	}
	if err := tx.Lock(ctx, "desk_panel", panel); err != nil {
		return Alarm{}, err
	}
	p, err := PanelByID(ctx, tx, panel)
	if err != nil {
		return Alarm{}, err
	}
	if p.Closed {
		return Alarm{}, fault.New(fault.SignIn, "desk.panel_key")
	}
	if _, err := tx.Exec(ctx, `UPDATE desk_panel SET seen_at = $1 WHERE id = $2`, tx.At(), p.ID); err != nil {
		return Alarm{}, err
	}
	if a, err := Alarms.Get(ctx, tx, list.Where{}.And("a.panel = ? AND a.key = ?", p.ID, s.ID)); err == nil {
		return retold(ctx, tx, a, s)
	} else if fault.KindOf(err) != fault.NotFound {
		return a, err
	}
	var lately int64
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM desk_alarm WHERE panel = $1 AND at > $2`, p.ID, tx.At().Add(-time.Minute)).Scan(&lately); err != nil {
		return Alarm{}, err
	}
	if lately >= p.Most {
		return Alarm{}, fault.New(fault.TooMany, "desk.alarms_often", p.Most)
	}
	a := Alarm{ID: tx.NewID(), Panel: p.ID, PanelName: p.Name, Key: s.ID, Text: strings.Join(strings.Fields(s.Text), " "), Point: strings.TrimSpace(s.Point), Place: p.Place, PlaceName: p.PlaceName, Urgency: p.Urgency,
		State: Sounding, SaidAt: s.At, At: tx.At(), LastAt: tx.At(), Times: 1, Kind: p.Kind, Department: p.Department, Version: 1}
	if slices.Contains(Urgencies, string(s.Urgency)) {
		a.Urgency = s.Urgency
	}
	if said := []rune(a.Text); len(said) > soundMost {
		a.Text = string(said[:soundMost-1]) + "…"
	}
	if s.Cleared {
		a.ClearedAt = tx.At()
	}
	if s.Place != "" {
		switch x, err := places.ByCode(ctx, tx, s.Place); {
		case err == nil && !x.Closed:
			a.Place, a.PlaceName = x.ID, x.Path
		case err == nil || fault.KindOf(err) == fault.NotFound:
			a.Point = strings.TrimSpace(a.Point + " @" + s.Place)
		default:
			return a, err
		}
	}
	search, err := tx.Tokens(ctx, a.Text, a.Point, p.Name, strings.ReplaceAll(a.PlaceName, " / ", " "))
	if err != nil {
		return a, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO desk_alarm (id, panel, key, text, point, place, urgency, state, said_at, at, last_at, cleared_at, search) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)`,
		a.ID, a.Panel, a.Key, a.Text, a.Point, a.Place, a.Urgency, a.State, a.SaidAt, a.At, a.LastAt, a.ClearedAt, search); err != nil {
		return a, err
	}
	if err := tx.Trail(ctx, db.Event{Noun: AlarmNoun, Record: a.ID, Action: "sound", Note: a.Text, After: s}); err != nil {
		return a, err
	}
	on, err := doneAt(ctx, tx, &a)
	switch {
	case err != nil:
		return a, err
	case on.ID != "":
		a.State, a.Job, a.JobNumber = Added, on.ID, on.Number
		return a, a.settle(ctx, tx, "join", on.Number)
	case p.Auto && a.ClearedAt == 0:
		err := a.raise(ctx, tx, AlarmJob{})
		if k := fault.KindOf(err); err == nil || k != fault.Invalid && k != fault.NotFound && k != fault.Conflict {
			return a, err
		}
		a.State, a.Job, a.JobNumber = Sounding, "", "" // the books refuse the job: the desk decides
	}
	return a, messages.Tell(ctx, tx, messages.Word{Event: messages.Sounded, Args: []string{p.Name, a.Text}, Number: p.Name, Href: "/desk/alarms/" + a.ID})
}

// retold counts an alarm that comes once more with the same id, and notes that it is over
// when it says so. Long after it was dealt with it waits for the desk anew.
func retold(ctx context.Context, tx *db.Tx, a Alarm, s Sound) (Alarm, error) {
	over := a.State == Silenced || a.Job != "" && (a.JobState == Done || a.JobState == Closed || a.JobState == Cancelled)
	step := ""
	switch {
	case s.Cleared && a.ClearedAt == 0:
		a.ClearedAt, step = tx.At(), "clear"
	case over && !s.Cleared && tx.At() > a.LastAt.Add(quietFor):
		a.State, a.Reason, a.Job, a.JobNumber, a.DecidedAt, a.DecidedBy, step = Sounding, "", "", "", 0, "", "again"
	}
	a.LastAt, a.Times = tx.At(), a.Times+1
	if _, err := tx.Exec(ctx, `UPDATE desk_alarm SET times = $1, last_at = $2, cleared_at = $3, state = $4, reason = $5, job = $6, decided_at = $7, decided_by = $8, version = version + 1 WHERE id = $9`,
		a.Times, a.LastAt, a.ClearedAt, a.State, a.Reason, a.Job, a.DecidedAt, a.DecidedBy, a.ID); err != nil {
		return a, err
	}
	if step == "clear" && a.Job != "" {
		if err := tx.Trail(ctx, db.Event{Noun: Noun, Record: a.Job, Action: "alarm_cleared", Note: a.Text}); err != nil {
			return a, err
		}
	}
	if step == "" {
		step = "repeat"
	}
	if err := tx.Trail(ctx, db.Event{Noun: AlarmNoun, Record: a.ID, Action: step}); err != nil || step != "again" {
		return a, err
	}
	return a, messages.Tell(ctx, tx, messages.Word{Event: messages.Sounded, Args: []string{a.PanelName, a.Text}, Number: a.PanelName, Href: "/desk/alarms/" + a.ID})
}

// doneAt is the job that is still being done about the same point of the same panel, or,
// where alarms name no point, about the same words; a double leads to the job that was kept.
func doneAt(ctx context.Context, tx *db.Tx, a *Alarm) (Job, error) {
	id, ok, err := db.First(ctx, tx, func(s *string) []any { return []any{s} }, `SELECT o.job FROM desk_alarm o
		WHERE o.panel = $1 AND o.point = $2 AND (o.point <> '' OR o.text = $3) AND o.job <> '' ORDER BY o.at DESC, o.id DESC LIMIT 1`, a.Panel, a.Point, a.Text)
	for n := 0; err == nil && ok && n < 10; n++ {
		j, err := whoever(ctx, tx, id)
		if err != nil {
			return j, err
		}
		if j.MergedInto == "" {
			if !j.Active() {
				return Job{}, nil
			}
			return j, nil
		}
		id = j.MergedInto
	}
	return Job{}, err
}

// NoteRefused counts, in a unit of its own, that a panel was told that it is too much.
func NoteRefused(ctx context.Context, tx *db.Tx, panel string) error {
	if _, err := tx.Exec(ctx, `UPDATE desk_panel SET refused = refused + 1, refused_at = $1 WHERE id = $2`, tx.At(), panel); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: PanelNoun, Record: panel, Action: "refuse"})
}
