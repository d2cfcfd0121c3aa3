package desk

import (
	"context"
	"hash/fnv"
	"strconv"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
)

// CallbackNoun is what the trail calls a call back.
const CallbackNoun = "desk.callback"

// Callback is a closed job whose ward is called back to hear how it went.
type Callback struct {
	Job            string         `json:"job"`
	Number         string         `json:"number"`
	Title          string         `json:"title"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	Caller         string         `json:"caller"`
	Phone          string         `json:"phone"`
	WorkerName     string         `json:"worker_name"`
	State          string         `json:"state"`
	Tries          int64          `json:"tries"`
	Score          int64          `json:"score"`
	Said           string         `json:"said"`
	By             string         `json:"by"`
	At             period.Instant `json:"at"`
	DoneAt         period.Instant `json:"done_at"`
}

// CallbackStates are waiting, answered, unreached: nobody answered three times, and lapsed:
// nobody called within the days of the term callback_days, after which a ward hardly knows
// any more how it went.
var CallbackStates = []string{"waiting", "answered", "unreached", "lapsed"}

// callbackTries is how often a ward is called; then it counts as not reached.
const callbackTries = 3

// Callbacks is the list of those drawn, the latest first.
var Callbacks = list.Of[Callback]{
	Name: "desk.callbacks", From: `desk_callback k JOIN desk_job j ON j.id = k.job LEFT JOIN departments_department d ON d.id = j.department LEFT JOIN people_person w ON w.id = j.worker`,
	Order: "-at", Live: []string{CallbackNoun}, Href: func(c *Callback) string { return "/desk/callbacks/" + c.Job },
	Columns: []list.Column[Callback]{
		{Key: "title", SQL: "j.title", Into: func(c *Callback) any { return &c.Title }},
		{Key: "number", SQL: "j.number", Into: func(c *Callback) any { return &c.Number }},
		{Key: "department", SQL: "j.department", Into: func(c *Callback) any { return &c.Department }, Ref: "departments", Text: func(c *Callback) string { return c.DepartmentName }},
		{Key: "caller", SQL: "j.reporter_name", Into: func(c *Callback) any { return &c.Caller }},
		{Key: "phone", SQL: "j.phone", Into: func(c *Callback) any { return &c.Phone }},
		{Key: "state", SQL: "k.state", Into: func(c *Callback) any { return &c.State }, OneOf: CallbackStates, Tone: func(c *Callback, _ time.Time) string {
			return map[string]string{"waiting": "soon", "answered": "done", "unreached": "quiet", "lapsed": "quiet"}[c.State]
		}},
		{Key: "score", SQL: "k.score", Into: func(c *Callback) any { return &c.Score }, Range: true, Text: func(c *Callback) string { // 0: nobody said one
			if c.Score == 0 {
				return ""
			}
			return strconv.FormatInt(c.Score, 10)
		}},
		{Key: "said", SQL: "k.said", Into: func(c *Callback) any { return &c.Said }},
		{Key: "at", SQL: "k.at", Into: func(c *Callback) any { return &c.At }, Range: true, Sort: true},
		{Key: "tries", SQL: "k.tries", Into: func(c *Callback) any { return &c.Tries }, Aside: true},
		{Key: "by", SQL: "k.by_name", Into: func(c *Callback) any { return &c.By }, Aside: true},
		{Key: "worker_name", SQL: "coalesce(w.name, '')", Into: func(c *Callback) any { return &c.WorkerName }, Aside: true},
		{Key: "done_at", SQL: "k.done_at", Into: func(c *Callback) any { return &c.DoneAt }, Hidden: true},
		{Key: "id", SQL: "k.job", Into: func(c *Callback) any { return &c.Job }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(c *Callback) any { return &c.DepartmentName }, Hidden: true},
	},
}

// ToCall are those that wait to be called, the oldest first.
func ToCall(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Callback, error) {
	oldest := Callbacks
	oldest.Order = "at"
	return oldest.All(ctx, r, list.Scoped(by.Scope(MayDispatch), "j.department").And("k.state = 'waiting'"), limit)
}

// drawLot draws whether the ward of a job that was just closed is called back: so many of
// a hundred as the term sample_percent says.
func drawLot(ctx context.Context, tx *db.Tx, j *Job) error {
	share, err := TermOf(ctx, tx, "sample_percent")
	if err != nil || share == 0 {
		return err
	}
	lot := fnv.New32a()
	lot.Write([]byte(tx.NewID())) // half of an id is chance
	if int64(lot.Sum32()%100) >= share {
		return nil
	}
	_, err = tx.Exec(ctx, `INSERT INTO desk_callback (job, at, state) VALUES ($1,$2,'waiting') ON CONFLICT (job) DO UPDATE SET at = excluded.at, state = 'waiting', tries = 0, score = 0, said = '', by_name = '', done_at = 0`,
		j.ID, tx.At())
	return err
}

// lapse lets go what nobody called back in time: it waits for nobody any more, and counts as
// not called.
func lapse(ctx context.Context, tx *db.Tx) error {
	days, err := TermOf(ctx, tx, "callback_days")
	if err != nil {
		return err
	}
	late, err := db.All(ctx, tx, func(s *string) []any { return []any{s} }, `SELECT job FROM desk_callback WHERE state = 'waiting' AND at < $1 ORDER BY at, job LIMIT 200`, tx.At().Add(-time.Duration(days)*24*time.Hour))
	if err != nil {
		return err
	}
	for _, job := range late {
		if _, err := tx.Exec(ctx, `UPDATE desk_callback SET state = 'lapsed', done_at = $1 WHERE job = $2 AND state = 'waiting'`, tx.At(), job); err != nil {
			return err
		}
		if err := tx.Trail(ctx, db.Event{Noun: Noun, Record: job, Action: "call_lapsed"}); err != nil {
			return err
		}
	}
	return nil
}

// Call is what a ward said when it was called back; Score 0: nobody answered.
type Call struct {
	Score int64
	Said  string
}

// CallForm asks for it.
var CallForm = form.Of[Call]{Name: "desk.callback", Fields: []form.Field[Call]{
	{Key: "score", Into: func(c *Call) any { return &c.Score }, Kind: form.Cards, OneOf: append([]string{"0"}, Ratings...), Most: 5, Required: true},
	{Key: "said", Into: func(c *Call) any { return &c.Said }, Kind: form.Area, Most: 500},
}}

// CallbackOf is the call back of a job, for who dispatches for its department; NotFound
// when it was not drawn.
func CallbackOf(ctx context.Context, r db.Reader, by db.Actor, job string) (Callback, error) {
	return Callbacks.Get(ctx, r, CallScope(by).And("k.job = ?", job))
}

// CallScope narrows calls back to the departments for which a person dispatches or sees
// figures.
func CallScope(by db.Actor) list.Where {
	if s := by.Scope(MaySee); s.All {
		return list.Where{}
	}
	return list.Scoped(by.Scope(MayDispatch), "j.department")
}

// CallBack records what a ward said. Who did the work does not call. A score as bad as a
// bad rating opens a complaint; after three calls that nobody answered it is left.
// Conflict: it has answered already.
func CallBack(ctx context.Context, tx *db.Tx, job string, c Call) (Callback, error) {
	if err := tx.Need(MayDispatch); err != nil {
		return Callback{}, err
	}
	if err := tx.Lock(ctx, "desk_job", job); err != nil {
		return Callback{}, err
	}
	k, err := CallbackOf(ctx, tx, tx.By, job)
	if err != nil {
		return k, err
	}
	j, err := whoever(ctx, tx, job)
	if err != nil {
		return k, err
	}
	if err := tx.NeedIn(MayDispatch, j.Department); err != nil {
		return k, err
	}
	if k.State != "waiting" && k.State != "lapsed" { // late is better than never
		return k, fault.New(fault.Conflict, "desk.called_already", k.By)
	}
	if err := another(tx.By, &j); err != nil {
		return k, err
	}
	s := Signing{Rating: c.Score, Opinion: c.Said}
	bad, err := s.check(ctx, tx)
	if fault.KindOf(err) == fault.Invalid {
		return k, fault.OnField("said", "desk.why_bad")
	}
	if err != nil {
		return k, err
	}
	k.Tries++
	k.Score, k.Said, k.By, k.DoneAt = c.Score, c.Said, tx.By.Name, tx.At()
	switch {
	case c.Score > 0:
		k.State = "answered"
	case k.Tries >= callbackTries:
		k.State = "unreached"
	}
	if _, err := tx.Exec(ctx, `UPDATE desk_callback SET state = $1, tries = $2, score = $3, said = $4, by_name = $5, done_at = $6 WHERE job = $7`,
		k.State, k.Tries, k.Score, k.Said, k.By, k.DoneAt, job); err != nil {
		return k, err
	}
	if err := tx.Trail(ctx, db.Event{Noun: Noun, Record: job, Action: "call_back", Note: c.Said}); err != nil || !bad {
		return k, err
	}
	_, err = openComplaint(ctx, tx, &j, "callback", c.Said)
	return k, err
}
