package desk

import (
	"context"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/calendar"
	"houqin/internal/messages"
)

// What can come of a turn.
const (
	Raised   = "raised"
	Missed   = "missed" // the day went by: the plan rested, or nothing ran
	StillOn  = "open"   // the job of the turn before is not done yet
	NoLonger = "closed" // the place or the department is closed
)

// Outcomes are all of them.
var Outcomes = []string{Raised, Missed, StillOn, NoLonger}

// Turn is one turn of a plan at one stop, and what came of it.
type Turn struct {
	ID             string         `json:"id"`
	Standing       string         `json:"standing"`
	Title          string         `json:"title"`
	Day            period.Day     `json:"day"`
	Place          string         `json:"place"`
	PlaceName      string         `json:"place_name"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	Pressed        bool           `json:"pressed"`
	Outcome        string         `json:"outcome"`
	Job            string         `json:"job"`
	Number         string         `json:"number"`
	JobState       State          `json:"job_state"`
	WorkerName     string         `json:"worker_name"`
	Found          int64          `json:"found"` // new jobs from what was found on the way
	At             period.Instant `json:"at"`
}

// Turns is the list of what came of a plan's turns, the latest first.
var Turns = list.Of[Turn]{
	Name: "desk.turns", From: `desk_turn t JOIN desk_standing s ON s.id = t.standing LEFT JOIN desk_job j ON j.id = t.job LEFT JOIN places_place p ON p.id = t.place LEFT JOIN departments_department d ON d.id = t.department
		LEFT JOIN people_person w ON w.id = j.worker`,
	Order: "-at", Live: []string{StandingNoun, Noun},
	Href: func(t *Turn) string {
		if t.Job == "" {
			return "/desk/standing/" + t.Standing
		}
		return "/desk/jobs/" + t.Job
	},
	Columns: []list.Column[Turn]{
		{Key: "title", SQL: "s.title", Into: func(t *Turn) any { return &t.Title }},
		{Key: "day", SQL: "t.day", Into: func(t *Turn) any { return &t.Day }, Range: true},
		{Key: "place", SQL: "t.place", Into: func(t *Turn) any { return &t.Place }, Ref: "places", Text: func(t *Turn) string { return t.PlaceName }},
		{Key: "department", SQL: "t.department", Into: func(t *Turn) any { return &t.Department }, Ref: "departments", Text: func(t *Turn) string { return t.DepartmentName }},
		{Key: "outcome", SQL: "t.outcome", Into: func(t *Turn) any { return &t.Outcome }, OneOf: Outcomes, Enum: "desk.turn"},
		{Key: "number", SQL: "coalesce(j.number, '')", Into: func(t *Turn) any { return &t.Number }},
		{Key: "job_state", SQL: "coalesce(j.state, '')", Into: func(t *Turn) any { return &t.JobState }, OneOf: States, Enum: "desk.job.state"},
		{Key: "worker_name", SQL: "coalesce(w.name, '')", Into: func(t *Turn) any { return &t.WorkerName }},
		{Key: "found", SQL: "(SELECT count(*) FROM desk_job f WHERE f.found_on = t.job AND f.found_on <> '')", Into: func(t *Turn) any { return &t.Found }},
		{Key: "pressed", SQL: "t.pressed", Into: func(t *Turn) any { return &t.Pressed }, Aside: true},
		{Key: "at", SQL: "t.at", Into: func(t *Turn) any { return &t.At }, Sort: true, Aside: true},
		{Key: "standing", SQL: "t.standing", Into: func(t *Turn) any { return &t.Standing }, Hidden: true},
		{Key: "job", SQL: "t.job", Into: func(t *Turn) any { return &t.Job }, Hidden: true},
		{Key: "id", SQL: "t.id", Into: func(t *Turn) any { return &t.ID }, Hidden: true},
		{Key: "place_name", SQL: "coalesce(p.path, '')", Into: func(t *Turn) any { return &t.PlaceName }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(t *Turn) any { return &t.DepartmentName }, Hidden: true},
	},
}

// TurnsOf are the latest turns of a plan.
func TurnsOf(ctx context.Context, r db.Reader, standing string, limit int) ([]Turn, error) {
	return Turns.All(ctx, r, list.Where{}.And("t.standing = ?", standing), limit)
}

// turning is the turn of a plan that raises a job.
type turning struct {
	plan *Standing
	due  period.Instant
	crew string
}

// mark writes into a job what it has from its plan.
func (t *turning) mark(j *Job) {
	j.Standing, j.Round, j.Source = t.plan.ID, Indoor, "plan"
	if t.plan.Outdoor {
		j.Round = Outdoor
	}
	if t.plan.Lead != "" { // who set the task is told when it is done (O-031)
		j.Reporter, j.ReporterName = t.plan.Lead, t.plan.LeadName
	}
}

// RaiseDue raises the jobs of every plan whose day has come, each exactly once, whichever
// copy of the program comes first. Of several days that went by, only the latest has its
// jobs raised; the others are written down as missed, and who leads the plan is told.
func RaiseDue(ctx context.Context, tx *db.Tx) error {
	due, err := db.Texts(ctx, tx, `SELECT id FROM desk_standing WHERE state <> 'ended' AND next <> '' AND next <= $1 ORDER BY next, id LIMIT 200`, tx.Today())
	if err != nil || len(due) == 0 {
		return err
	}
	cal, err := calendar.Load(ctx, tx)
	if err != nil {
		return err
	}
	for _, id := range due {
		if err := raiseDue(ctx, tx, cal, id); err != nil {
			return err
		}
	}
	return nil
}

func raiseDue(ctx context.Context, tx *db.Tx, cal *calendar.Calendar, id string) error {
	if err := tx.Lock(ctx, "desk_standing", id); err != nil {
		return err
	}
	s, err := StandingByID(ctx, tx, db.System("desk"), id)
	if err != nil || s.State == Ended || s.Next.IsZero() || s.Next > tx.Today() {
		return err // another copy was faster
	}
	day, missed := s.Next, 0
	for {
		next := s.After(cal, day)
		if next > tx.Today() || !s.Ends.IsZero() && next > s.Ends {
			break
		}
		if err := s.miss(ctx, tx, day); err != nil {
			return err
		}
		day, missed = next, missed+1
	}
	if s.State == Resting {
		if err := s.miss(ctx, tx, day); err != nil {
			return err
		}
		missed++
	} else {
		held, err := s.raise(ctx, tx, day, false)
		if err != nil {
			return err
		}
		missed += held
	}
	if s.Next = s.After(cal, day); !s.Ends.IsZero() && s.Next > s.Ends {
		s.Next, s.State = "", Ended
	}
	if _, err := tx.Exec(ctx, `UPDATE desk_standing SET next = $1, state = $2, version = version + 1 WHERE id = $3`, s.Next, s.State, id); err != nil {
		return err
	}
	if err := tx.Trail(ctx, db.Event{Noun: StandingNoun, Record: id, Action: "turn", Note: string(day)}); err != nil || missed == 0 || s.State == Resting {
		return err
	}
	return messages.Tell(ctx, tx, messages.Word{Event: messages.TurnMissed, To: []string{s.Lead}, Args: []string{s.Title}, Number: string(day), Href: "/desk/standing/" + id})
}

// stops are where a turn goes: each stop by itself, or all of them as one.
func (s *Standing) stops() []Stop {
	if s.Together || len(s.Stops) == 0 {
		return []Stop{{Department: s.Department, DepartmentName: s.DepartmentName}}
	}
	return s.Stops
}

// miss writes a day down that went by.
func (s *Standing) miss(ctx context.Context, tx *db.Tx, day period.Day) error {
	for _, x := range s.stops() {
		if err := s.note(ctx, tx, day, x, false, Missed, ""); err != nil {
			return err
		}
	}
	return nil
}

func (s *Standing) note(ctx context.Context, tx *db.Tx, day period.Day, x Stop, pressed bool, outcome, job string) error {
	_, err := tx.Exec(ctx, `INSERT INTO desk_turn (id, standing, day, place, department, pressed, outcome, job, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9) ON CONFLICT DO NOTHING`,
		tx.NewID(), s.ID, day, x.Place, x.Department, pressed, outcome, job, tx.At())
	return err
}

// raise raises the jobs of a turn, and says at how many stops it could not: where the job of
// the turn before is still open, which is noted, and where the place or department is closed.
func (s *Standing) raise(ctx context.Context, tx *db.Tx, day period.Day, pressed bool) (held int, err error) {
	for _, x := range s.stops() {
		// A day may have been the plan's before its days were changed.
		var there int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM desk_turn WHERE standing = $1 AND day = $2 AND place = $3 AND department = $4 AND pressed = false`, s.ID, day, x.Place, x.Department).Scan(&there); err != nil {
			return held, err
		}
		if there > 0 && !pressed {
			continue
		}
		on, _, err := db.Text(ctx, tx, `SELECT j.id FROM desk_turn t JOIN desk_job j ON j.id = t.job
			WHERE t.standing = $1 AND t.place = $2 AND t.department = $3 AND t.outcome = 'raised' AND j.open = true AND j.state <> 'done' ORDER BY t.at DESC, t.id DESC LIMIT 1`, s.ID, x.Place, x.Department)
		if err != nil {
			return held, err
		}
		if on != "" {
			held++
			if err := s.note(ctx, tx, day, x, pressed, StillOn, on); err != nil {
				return held, err
			}
			if err := tx.Trail(ctx, db.Event{Noun: Noun, Record: on, Action: "again_due", Note: string(day)}); err != nil {
				return held, err
			}
			continue
		}
		slip := &Slip{Title: s.Title, Detail: s.detail(), Trade: s.Meant(), Urgency: Planned, Department: x.Department, Place: x.Place, Anyway: true,
			turn: &turning{plan: s, due: day.AddDays(int(s.Days) - 1).End(tx.Location()), crew: s.Crew}}
		if slip.Department == "" {
			slip.Department = s.Department
		}
		j, err := enter(ctx, tx, slip, db.System("desk"))
		if fault.KindOf(err) == fault.Invalid {
			held++
			if err := s.note(ctx, tx, day, x, pressed, NoLonger, ""); err != nil {
				return held, err
			}
			continue
		}
		if err != nil {
			return held, err
		}
		if err := s.note(ctx, tx, day, x, pressed, Raised, j.ID); err != nil {
			return held, err
		}
	}
	return held, nil
}

// detail is what stands on the jobs; one job for all stops names them.
func (s *Standing) detail() string {
	if !s.Together || len(s.Stops) == 0 {
		return s.Detail
	}
	lines := []string{}
	if s.Detail != "" {
		lines = append(lines, s.Detail)
	}
	for n := range s.Stops {
		lines = append(lines, "□ "+s.Stops[n].Name())
	}
	return strings.Join(lines, "\n")
}

// Press raises the jobs of a plan now, between its days: an irregular round (W-018). Its
// days stay what they are. Needs MayDispatch or MaySchedule. Conflict: the plan has ended,
// or the jobs of every stop are open still.
func Press(ctx context.Context, tx *db.Tx, id string) (Standing, error) {
	if !tx.By.May(MayDispatch) && !tx.By.May(MaySchedule) {
		return Standing{}, fault.New(fault.Forbidden, "base.need", MayDispatch)
	}
	if err := tx.Lock(ctx, "desk_standing", id); err != nil {
		return Standing{}, err
	}
	s, err := StandingByID(ctx, tx, tx.By, id)
	if err != nil {
		return s, err
	}
	if s.State == Ended {
		return s, fault.New(fault.Conflict, "desk.plan_ended")
	}
	held, err := s.raise(ctx, tx, tx.Today(), true)
	if err != nil {
		return s, err
	}
	if held == len(s.stops()) {
		return s, fault.New(fault.Conflict, "desk.turn_open")
	}
	return s, tx.Trail(ctx, db.Event{Noun: StandingNoun, Record: id, Action: "press"})
}

// Finding is something that is found on the way and is a job of its own.
type Finding struct {
	Title      string  `json:"title"`
	Trade      Trade   `json:"trade"`
	Urgency    Urgency `json:"urgency,omitempty"`
	Place      string  `json:"place,omitempty"`      // default the job's
	Department string  `json:"department,omitempty"` // default the place's, else the job's
	Detail     string  `json:"detail,omitempty"`
}

// FindForm asks what was found.
var FindForm = form.Of[Finding]{Name: "desk.find", Fields: []form.Field[Finding]{
	{Key: "title", Into: func(f *Finding) any { return &f.Title }, Most: 100, Required: true, Hint: true},
	{Key: "trade", Into: func(f *Finding) any { return &f.Trade }, OneOf: Trades, Enum: "desk.trade", Required: true},
	{Key: "department", Into: func(f *Finding) any { return &f.Department }, Ref: "departments"},
	{Key: "place", Into: func(f *Finding) any { return &f.Place }, Ref: "places"},
	{Key: "urgency", Into: func(f *Finding) any { return &f.Urgency }, OneOf: Urgencies, Enum: "desk.urgency"},
	{Key: "detail", Into: func(f *Finding) any { return &f.Detail }, Kind: form.Area, Most: 1000},
}}

// finding: who is on a round writes down what they find there.
func finding(by db.Actor, j *Job) error {
	if j.Round == OnCall && j.Trade != "patrol" {
		return fault.New(fault.Conflict, "desk.no_round")
	}
	return own(by, j)
}

// Find makes a job of what is found on a round: needs that a patrol collects, worn parts that
// a check meets (W-017, W-018). It is linked to the round's job.
func Find(ctx context.Context, tx *db.Tx, id string, version int64, f Finding) (Job, error) {
	j, err := take(ctx, tx, id, version, "find")
	if err != nil {
		return j, err
	}
	slip := &Slip{Title: f.Title, Detail: f.Detail, Trade: f.Trade, Urgency: f.Urgency, Place: f.Place, Department: f.Department, Source: "patrol", found: j.ID, Anyway: true}
	if slip.Place == "" && slip.Department == "" {
		slip.Place, slip.Department, slip.Spot = j.Place, j.Department, j.Spot
	}
	made, err := enter(ctx, tx, slip, db.System("desk"))
	if err != nil {
		return made, err
	}
	return made, tx.Trail(ctx, db.Event{Noun: Noun, Record: j.ID, Action: "find", Note: made.Number + " " + made.Title})
}

// FoundOn are the jobs from what was found on a job's way, the first first.
func FoundOn(ctx context.Context, r db.Reader, job string) ([]Job, error) {
	return Jobs.All(ctx, r, list.Where{}.And("j.found_on = ? AND j.found_on <> ''", job), 100)
}
