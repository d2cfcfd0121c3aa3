package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/departments"
	"houqin/internal/messages"
	"houqin/internal/rules"
)

// What a job has deadlines for.
const (
	Answering = "answer" // that somebody is sent or takes it (W-002)
	Coming    = "come"   // that somebody is there: emergencies (W-005)
	Finishing = "finish" // that the work is done (W-011)
)

// Deadlines are all of them.
var Deadlines = []string{Answering, Coming, Finishing}

// Breach is a deadline that was missed. Stood is where the job stood at that moment: the
// cause as far as the books know it; Cause and Note are what people say.
type Breach struct {
	ID             string         `json:"id"`
	Job            string         `json:"job"`
	Number         string         `json:"number"`
	Title          string         `json:"title"`
	What           string         `json:"what"`
	Due            period.Instant `json:"due"`
	At             period.Instant `json:"at"`
	Stood          string         `json:"stood"`
	Cause          string         `json:"cause"`
	Unsaid         bool           `json:"unsaid"` // no cause was given yet
	Note           string         `json:"note"`
	By             string         `json:"by"`
	Crew           string         `json:"crew"`
	CrewName       string         `json:"crew_name"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
}

// Standings are where a job can stand when its deadline passes.
var Standings = []string{"unsent", "unaccepted", "unreached", "long", "parts", "outside", "access", "approval", "other"}

// Causes are what people say why a deadline was missed.
var Causes = []string{"hands", "skill", "parts", "firm", "access", "leave", "misrouted", "wrong_urgency", "many", "power", "none"}

// stood is where a job stands now.
func (j *Job) stood() string {
	switch j.State {
	case Reported:
		return "unsent"
	case Dispatched:
		return "unaccepted"
	case Accepted, OnWay:
		return "unreached"
	case Paused:
		return j.Waits
	}
	return "long"
}

// Breaches is the list of missed deadlines, the latest first.
var Breaches = list.Of[Breach]{
	Name: "desk.breaches", From: `desk_breach b JOIN desk_job j ON j.id = b.job LEFT JOIN departments_department d ON d.id = j.department LEFT JOIN departments_department c ON c.id = j.crew`,
	Order: "-at", Live: []string{Noun}, Href: func(b *Breach) string { return "/desk/jobs/" + b.Job },
	Columns: []list.Column[Breach]{
		{Key: "title", SQL: "j.title", Into: func(b *Breach) any { return &b.Title }},
		{Key: "number", SQL: "j.number", Into: func(b *Breach) any { return &b.Number }},
		{Key: "what", SQL: "b.what", Into: func(b *Breach) any { return &b.What }, OneOf: Deadlines, Enum: "desk.deadline"},
		{Key: "due", SQL: "b.due", Into: func(b *Breach) any { return &b.Due }, Tone: func(*Breach, time.Time) string { return "danger" }},
		{Key: "stood", SQL: "b.stood", Into: func(b *Breach) any { return &b.Stood }, OneOf: Standings, Enum: "desk.stood"},
		{Key: "cause", SQL: "b.cause", Into: func(b *Breach) any { return &b.Cause }, OneOf: Causes, Enum: "desk.cause"},
		{Key: "unsaid", SQL: "(b.cause = '')", Into: func(b *Breach) any { return &b.Unsaid }, Aside: true},
		{Key: "note", SQL: "b.note", Into: func(b *Breach) any { return &b.Note }},
		{Key: "crew", SQL: "j.crew", Into: func(b *Breach) any { return &b.Crew }, Ref: "crews", Text: func(b *Breach) string { return b.CrewName }},
		{Key: "department", SQL: "j.department", Into: func(b *Breach) any { return &b.Department }, Ref: "departments", Text: func(b *Breach) string { return b.DepartmentName }},
		{Key: "at", SQL: "b.at", Into: func(b *Breach) any { return &b.At }, Range: true, Sort: true, Aside: true},
		{Key: "by", SQL: "b.by_name", Into: func(b *Breach) any { return &b.By }, Aside: true},
		{Key: "id", SQL: "b.id", Into: func(b *Breach) any { return &b.ID }, Hidden: true},
		{Key: "job", SQL: "b.job", Into: func(b *Breach) any { return &b.Job }, Hidden: true},
		{Key: "crew_name", SQL: "coalesce(c.name, '')", Into: func(b *Breach) any { return &b.CrewName }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(b *Breach) any { return &b.DepartmentName }, Hidden: true},
	},
}

// BreachesOf are the deadlines that a job missed, the first first.
func BreachesOf(ctx context.Context, r db.Reader, job string) ([]Breach, error) {
	all, err := Breaches.All(ctx, r, list.Where{}.And("b.job = ?", job), 50)
	slices.Reverse(all)
	return all, err
}

// Explanation is why a deadline was missed, as people say.
type Explanation struct {
	Cause string
	Note  string
}

// ExplainForm asks for it.
var ExplainForm = form.Of[Explanation]{Name: "desk.explain", Fields: []form.Field[Explanation]{
	{Key: "cause", Into: func(e *Explanation) any { return &e.Cause }, Kind: form.Cards, OneOf: Causes, Enum: "desk.cause", Required: true},
	{Key: "note", Into: func(e *Explanation) any { return &e.Note }, Most: 300},
}}

// explainable: who does the job or dispatches says why it is late.
func explainable(by db.Actor, j *Job) error {
	if !j.Missed {
		return fault.New(fault.Conflict, "desk.not_late")
	}
	return splittable(by, j)
}

// Explain gives the cause of a job's missed deadlines, of those that have none yet or, when
// all have, of the latest.
func Explain(ctx context.Context, tx *db.Tx, id string, version int64, e Explanation) (Job, error) {
	j, err := take(ctx, tx, id, version, "explain")
	if err != nil {
		return j, err
	}
	if !slices.Contains(Causes, e.Cause) {
		return j, fault.OnField("cause", "base.bad_value", e.Cause)
	}
	if _, err := tx.Exec(ctx, `UPDATE desk_breach SET cause = $1, note = $2, by_name = $3
		WHERE job = $4 AND (cause = '' OR id = (SELECT max(id) FROM desk_breach WHERE job = $4))`, e.Cause, e.Note, tx.By.Name, j.ID); err != nil {
		return j, err
	}
	return j, tx.Trail(ctx, db.Event{Noun: Noun, Record: j.ID, Action: "explain." + e.Cause, Note: e.Note})
}

// Rungs are the posts that hear of a late job, in their order: the head of its crew, the
// section head, the vice-president in charge.
var Rungs = []string{"team", "section_chief", "vice_president"}

// Chase is the desk's own round by the clock. It warns before a deadline, notes those that
// passed with where the job stood, and tells of a late job rung by rung: the head of the
// crew at the deadline, the section head and the vice-president when it is late by the
// shares of its time that head_percent and vice_percent say. A clock that stands is not
// chased, and nothing is told twice.
func Chase(ctx context.Context, tx *db.Tx) error {
	for _, round := range []func(context.Context, *db.Tx) error{warn, unanswered, unreached, climb, reportUnsolved, closeSilent, lapse, chaseComplaints} {
		if err := round(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// round takes up the open jobs for which a condition holds, each locked and read anew.
func round(ctx context.Context, tx *db.Tx, where string, args []any, do func(*Job) error) error {
	found, err := db.All(ctx, tx, func(s *string) []any { return []any{s} }, `SELECT j.id FROM desk_job j WHERE j.open = true AND `+where+` ORDER BY j.due, j.id LIMIT 200`, args...)
	if err != nil {
		return err
	}
	for _, id := range found {
		if err := tx.Lock(ctx, "desk_job", id); err != nil {
			return err
		}
		j, err := whoever(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := do(&j); err != nil {
			return err
		}
	}
	return nil
}

// warn tells the worker, or the head of the crew where nobody has the job, that the last
// share of its time has begun.
func warn(ctx context.Context, tx *db.Tx) error {
	left, err := TermOf(ctx, tx, "warn_percent")
	if err != nil {
		return err
	}
	return round(ctx, tx, `j.state <> 'done' AND j.warned_at = 0 AND j.clock = '' AND j.due > $1
			AND (j.due - $1) * 100 < (j.due - (CASE WHEN j.reopened_at > 0 THEN j.reopened_at ELSE j.reported_at END)) * $2`, []any{tx.At(), left}, func(j *Job) error {
		if _, err := tx.Exec(ctx, `UPDATE desk_job SET warned_at = $1 WHERE id = $2`, tx.At(), j.ID); err != nil {
			return err
		}
		to := []string{j.Worker}
		if j.Worker == "" {
			if to, err = rung(ctx, tx, j, 0); err != nil {
				return err
			}
		}
		if err := tx.Trail(ctx, db.Event{Noun: Noun, Record: j.ID, Action: "warn"}); err != nil {
			return err
		}
		return tell(ctx, tx, messages.DueSoon, j, to...)
	})
}

// rung are the people of a rung.
func rung(ctx context.Context, tx *db.Tx, j *Job, n int) ([]string, error) {
	if n > 0 {
		return approvals.HoldersOn(ctx, tx, Rungs[n], tx.Today())
	}
	if j.Crew == "" {
		return nil, nil
	}
	d, err := departments.Get(ctx, tx, j.Crew)
	return []string{d.Head, j.Worker}, err
}

// missed notes a deadline that passed; false when it was noted already.
func missed(ctx context.Context, tx *db.Tx, j *Job, what string, due period.Instant, stood string) (fresh bool, err error) {
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM desk_breach WHERE job = $1 AND what = $2 AND due = $3`, j.ID, what, due).Scan(&n); err != nil || n > 0 {
		return false, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO desk_breach (id, job, what, due, at, stood) VALUES ($1,$2,$3,$4,$5,$6)`, tx.NewID(), j.ID, what, due, tx.At(), stood); err != nil {
		return false, err
	}
	return true, tx.Trail(ctx, db.Event{Noun: Noun, Record: j.ID, Action: "miss." + what})
}

// unanswered notes reports to which nobody was sent in the time of their kind or of the
// rulebook (W-002) and tells the head of the crew.
func unanswered(ctx context.Context, tx *db.Tx) error {
	limit, err := rules.Span(ctx, tx, "W-002.dispatch", tx.Today())
	if err != nil {
		return err
	}
	due := `(CASE WHEN j.answer_due > 0 THEN j.answer_due ELSE j.reported_at + $1 END)`
	return round(ctx, tx, `j.source NOT IN ('after', 'plan') AND `+due+` <= $2 AND (j.answered_at = 0 OR j.answered_at > `+due+`) AND NOT EXISTS (SELECT 1 FROM desk_breach b WHERE b.job = j.id AND b.what = 'answer')`,
		[]any{int64(limit / time.Microsecond), tx.At()}, func(j *Job) error {
			if _, err := missed(ctx, tx, j, Answering, cmp.Or(j.AnswerDue, j.ReportedAt.Add(limit)), "unsent"); err != nil || j.State != Reported {
				return err
			}
			to, err := rung(ctx, tx, j, 0)
			if err != nil {
				return err
			}
			return tell(ctx, tx, messages.Overdue, j, to...)
		})
}

// unreached notes emergencies at which nobody was in time (W-005) and tells the section
// head; other jobs have a time to be reached where their kind gives one, and the head of
// the crew is told.
func unreached(ctx context.Context, tx *db.Tx) error {
	limit, err := rules.Span(ctx, tx, "W-005.arrive", tx.Today())
	if err != nil {
		return err
	}
	due := `(CASE WHEN j.come_due > 0 THEN j.come_due ELSE j.reported_at + $1 END)`
	return round(ctx, tx, `(j.urgency = 'emergency' OR j.come_due > 0) AND j.source <> 'after' AND j.clock = '' AND `+due+` <= $2 AND (j.came_at = 0 OR j.came_at > `+due+`) AND NOT EXISTS (SELECT 1 FROM desk_breach b WHERE b.job = j.id AND b.what = 'come')`,
		[]any{int64(limit / time.Microsecond), tx.At()}, func(j *Job) error {
			stood := j.stood()
			if j.CameAt != 0 {
				stood = "unreached"
			}
			if _, err := missed(ctx, tx, j, Coming, cmp.Or(j.ComeDue, j.ReportedAt.Add(limit)), stood); err != nil || j.CameAt != 0 {
				return err
			}
			to, err := rung(ctx, tx, j, map[bool]int{true: 1}[j.Urgency == Emergency])
			if err != nil {
				return err
			}
			return tell(ctx, tx, messages.Overdue, j, to...)
		})
}

// climb tells of late jobs, one rung after the other.
func climb(ctx context.Context, tx *db.Tx) error {
	shares := [3]int64{}
	for n, name := range []string{"", "head_percent", "vice_percent"} {
		if name == "" {
			continue
		}
		share, err := TermOf(ctx, tx, name)
		if err != nil {
			return err
		}
		shares[n] = share
	}
	for n, share := range shares {
		// The rung below has been told in this round at the latest.
		if err := round(ctx, tx, `j.state <> 'done' AND j.clock = '' AND j.rung = $1 AND j.due > 0 AND j.due <= $2
				AND ($2 - j.due) * 100 >= (j.due - (CASE WHEN j.reopened_at > 0 THEN j.reopened_at ELSE j.reported_at END)) * $3`, []any{int64(n), tx.At(), share}, func(j *Job) error {
			if _, err := missed(ctx, tx, j, Finishing, j.Due, j.stood()); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `UPDATE desk_job SET rung = $1 WHERE id = $2`, int64(n)+1, j.ID); err != nil {
				return err
			}
			to, err := rung(ctx, tx, j, n)
			if err != nil {
				return err
			}
			if err := tx.Trail(ctx, db.Event{Noun: Noun, Record: j.ID, Action: "late." + Rungs[n]}); err != nil {
				return err
			}
			return tell(ctx, tx, messages.Overdue, j, to...)
		}); err != nil {
			return err
		}
	}
	return nil
}

// reportUnsolved reports upward what was not done within W-010.hours: it is written down
// with the moment, and the vice-president in charge is told, once.
func reportUnsolved(ctx context.Context, tx *db.Tx) error {
	limit, err := rules.Span(ctx, tx, "W-010.hours", tx.Today())
	if err != nil {
		return err
	}
	return round(ctx, tx, `j.state <> 'done' AND j.upward_at = 0 AND (CASE WHEN j.reopened_at > 0 THEN j.reopened_at ELSE j.reported_at END) < $1 AND (j.source <> 'plan' OR j.due < $2)`, []any{tx.At().Add(-limit), tx.At()}, func(j *Job) error {
		to, err := rung(ctx, tx, j, 2)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE desk_job SET upward_at = $1 WHERE id = $2`, tx.At(), j.ID); err != nil {
			return err
		}
		if err := tx.Trail(ctx, db.Event{Noun: Noun, Record: j.ID, Action: "upward"}); err != nil {
			return err
		}
		return tell(ctx, tx, messages.Unsolved, j, to...)
	})
}

// Caused is how many deadlines were missed for a cause; "" none was given.
type Caused struct {
	Cause string `json:"cause"`
	N     int64  `json:"n"`
}

// CausesOf are the causes of the deadlines of jobs that a person sees, missed on the days
// from … until, the commonest first.
func CausesOf(ctx context.Context, r db.Reader, by db.Actor, from, until period.Day) ([]Caused, error) {
	first, end := rules.Moments(r, from, until)
	where, args := "", []any{first, end}
	if s := by.Scope(MaySee); !s.All {
		where, args = db.Listed(append(slices.Clone(s.Units), ""), args...)
		where = " AND j.department IN " + where
	}
	return db.All(ctx, r, func(c *Caused) []any { return []any{&c.Cause, &c.N} },
		`SELECT b.cause, count(*) AS n FROM desk_breach b JOIN desk_job j ON j.id = b.job WHERE b.at >= $1 AND b.at < $2`+where+` GROUP BY b.cause ORDER BY n DESC, b.cause`, args...)
}
