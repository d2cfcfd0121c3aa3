package desk

import (
	"context"
	"slices"
	"time"

	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/calendar"
	"houqin/internal/departments"
	"houqin/internal/messages"
	"houqin/internal/people"
)

// ComplaintNoun is what the trail calls a complaint.
const ComplaintNoun = "desk.complaint"

// Complaint is what a ward says against how a job was done.
type Complaint struct {
	ID             string         `json:"id"`
	Number         string         `json:"number"`
	Job            string         `json:"job"`
	JobNumber      string         `json:"job_number"`
	Title          string         `json:"title"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	Crew           string         `json:"crew"`
	CrewName       string         `json:"crew_name"`
	Worker         string         `json:"worker"`
	Source         string         `json:"source"`
	Said           string         `json:"said"`
	Rating         int64          `json:"rating"`  // it came from, 0: from none
	Rated          string         `json:"-"`       // the same as of Ratings
	Reasons        people.List    `json:"reasons"` // of the rating
	By             string         `json:"by"`
	ByID           string         `json:"-"`
	At             period.Instant `json:"at"`
	Owner          string         `json:"owner"`
	OwnerName      string         `json:"owner_name"`
	Due            period.Instant `json:"due"`
	State          string         `json:"state"`
	Answer         string         `json:"answer"`
	Founded        bool           `json:"founded"`
	AnsweredAt     period.Instant `json:"answered_at"`
	AnsweredBy     string         `json:"answered_by"`
	Version        int64          `json:"version"`
}

// ComplaintSources are how complaints come about; ComplaintStates how far they are.
var (
	ComplaintSources = []string{"rating", "callback", "ward"}
	ComplaintStates  = []string{"open", "answered"}
)

// Tone says whether a complaint waits ("soon") or should have been answered ("danger").
func (c *Complaint) Tone(now time.Time) string {
	switch {
	case c.State == "answered":
		return "done"
	case period.At(now) >= c.Due:
		return "danger"
	}
	return "soon"
}

// Complaints is the list of complaints, the latest first.
var Complaints = list.Of[Complaint]{
	Name: "desk.complaints", From: `desk_complaint x JOIN desk_job j ON j.id = x.job LEFT JOIN departments_department d ON d.id = j.department LEFT JOIN departments_department c ON c.id = j.crew`,
	Order: "-at", Live: []string{ComplaintNoun}, Href: func(c *Complaint) string { return "/desk/complaints/" + c.ID },
	Columns: []list.Column[Complaint]{
		{Key: "title", SQL: "j.title", Into: func(c *Complaint) any { return &c.Title }},
		{Key: "number", SQL: "x.number", Into: func(c *Complaint) any { return &c.Number }},
		{Key: "state", SQL: "x.state", Into: func(c *Complaint) any { return &c.State }, OneOf: ComplaintStates, Tone: func(c *Complaint, now time.Time) string { return c.Tone(now) }},
		{Key: "department", SQL: "j.department", Into: func(c *Complaint) any { return &c.Department }, Ref: "departments", Text: func(c *Complaint) string { return c.DepartmentName }},
		{Key: "said", SQL: "x.said", Into: func(c *Complaint) any { return &c.Said }},
		{Key: "rating", SQL: "(CASE WHEN x.rating > 0 THEN CAST(x.rating AS TEXT) ELSE '' END)", Into: func(c *Complaint) any { return &c.Rated }, OneOf: Ratings, Enum: "desk.sign.rating"},
		{Key: "owner", SQL: "x.owner", Into: func(c *Complaint) any { return &c.Owner }, Ref: "people", Text: func(c *Complaint) string { return c.OwnerName }},
		{Key: "due", SQL: "x.due", Into: func(c *Complaint) any { return &c.Due }},
		{Key: "answer", SQL: "x.answer", Into: func(c *Complaint) any { return &c.Answer }},
		{Key: "at", SQL: "x.at", Into: func(c *Complaint) any { return &c.At }, Range: true, Sort: true},
		{Key: "crew", SQL: "j.crew", Into: func(c *Complaint) any { return &c.Crew }, Ref: "crews", Text: func(c *Complaint) string { return c.CrewName }, Aside: true},
		{Key: "source", SQL: "x.source", Into: func(c *Complaint) any { return &c.Source }, OneOf: ComplaintSources, Aside: true},
		{Key: "founded", SQL: "x.founded", Into: func(c *Complaint) any { return &c.Founded }, Aside: true},
		{Key: "by", SQL: "x.by_name", Into: func(c *Complaint) any { return &c.By }, Aside: true},
		{Key: "stars", SQL: "x.rating", Into: func(c *Complaint) any { return &c.Rating }, Hidden: true},
		{Key: "reasons", SQL: "x.reasons", Into: func(c *Complaint) any { return &c.Reasons }, Hidden: true},
		{Key: "by_id", SQL: "x.by_id", Into: func(c *Complaint) any { return &c.ByID }, Hidden: true},
		{Key: "answered_at", SQL: "x.answered_at", Into: func(c *Complaint) any { return &c.AnsweredAt }, Aside: true},
		{Key: "answered_by", SQL: "x.answered_by", Into: func(c *Complaint) any { return &c.AnsweredBy }, Aside: true},
		{Key: "id", SQL: "x.id", Into: func(c *Complaint) any { return &c.ID }, Hidden: true},
		{Key: "job", SQL: "x.job", Into: func(c *Complaint) any { return &c.Job }, Hidden: true},
		{Key: "job_number", SQL: "j.number", Into: func(c *Complaint) any { return &c.JobNumber }, Hidden: true},
		{Key: "worker", SQL: "j.worker", Into: func(c *Complaint) any { return &c.Worker }, Hidden: true},
		{Key: "owner_name", SQL: "x.owner_name", Into: func(c *Complaint) any { return &c.OwnerName }, Hidden: true},
		{Key: "version", SQL: "x.version", Into: func(c *Complaint) any { return &c.Version }, Hidden: true},
		{Key: "crew_name", SQL: "coalesce(c.name, '')", Into: func(c *Complaint) any { return &c.CrewName }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(c *Complaint) any { return &c.DepartmentName }, Hidden: true},
	},
}

// ComplaintScope is which complaints a person sees: those of departments they see, sign or
// dispatch for, and those that are theirs to answer.
func ComplaintScope(by db.Actor) list.Where {
	var units []string
	for _, p := range []string{MaySee, MayDispatch, MaySign} {
		s := by.Scope(p)
		if s.All {
			return list.Where{}
		}
		units = append(units, s.Units...)
	}
	c, args := list.In("j.department", units)
	return list.Where{}.And("("+c+") OR (x.owner = ? AND x.owner <> '')", append(args, by.ID)...)
}

// complainable: nobody complains about their own work.
func complainable(by db.Actor, j *Job) error { return another(by, j) }

// ComplainForm asks what the ward says against the work.
var ComplainForm = form.Of[Reason]{Name: "desk.complain", Fields: []form.Field[Reason]{
	{Key: "text", Into: func(r *Reason) any { return &r.Text }, Kind: form.Area, Most: 500, Required: true},
}}

// Complain enters a complaint of the ward about a job that is done.
func Complain(ctx context.Context, tx *db.Tx, id string, version int64, what string) (Job, error) {
	j, err := take(ctx, tx, id, version, "complain")
	if err != nil {
		return j, err
	}
	if err := fault.Given(what, "text"); err != nil {
		return j, err
	}
	_, err = openComplaint(ctx, tx, &j, "ward", what)
	return j, err
}

// answers is who answers a complaint about the work of a crew and a worker: the head of the
// crew, unless they did the work or there is none; then the section head, then the
// vice-president in charge; "" while none of these posts is held.
func answers(ctx context.Context, tx *db.Tx, crew, worker string) (id, name string, err error) {
	var who []string
	if crew != "" {
		d, err := departments.Get(ctx, tx, crew)
		if err != nil {
			return "", "", err
		}
		who = append(who, d.Head)
	}
	for _, post := range Rungs[1:] {
		held, err := approvals.HoldersOn(ctx, tx, post, tx.Today())
		if err != nil {
			return "", "", err
		}
		who = append(who, held...)
	}
	for _, w := range who {
		if w != "" && w != worker {
			p, err := people.Get(ctx, tx, w)
			return w, p.Name, err
		}
	}
	return "", "", nil
}

// chaseComplaints finds who answers those that nobody was there to answer, and tells of each
// that is not answered by its day, once: whose it is, and the section head, or the
// vice-president where it is the section head's.
func chaseComplaints(ctx context.Context, tx *db.Tx) error {
	open := Complaints
	open.Order = "due"
	late, err := open.All(ctx, tx, list.Where{}.And("x.state = 'open' AND (x.owner = '' OR x.chased_at = 0 AND x.due < ?)", tx.At()), 200)
	if err != nil {
		return err
	}
	for i := range late {
		c := &late[i]
		if c.Owner == "" {
			if c.Owner, c.OwnerName, err = answers(ctx, tx, c.Crew, c.Worker); err != nil {
				return err
			}
			if c.Owner == "" {
				continue
			}
			if _, err := tx.Exec(ctx, `UPDATE desk_complaint SET owner = $1, owner_name = $2, version = version + 1 WHERE id = $3`, c.Owner, c.OwnerName, c.ID); err != nil {
				return err
			}
			if err := c.tell(ctx, tx, messages.Complaint, c.Owner); err != nil {
				return err
			}
		}
		if c.Due >= tx.At() {
			continue
		}
		if _, err := tx.Exec(ctx, `UPDATE desk_complaint SET chased_at = $1 WHERE id = $2`, tx.At(), c.ID); err != nil {
			return err
		}
		above, err := approvals.HoldersOn(ctx, tx, Rungs[1], tx.Today())
		if err == nil && slices.Contains(above, c.Owner) {
			above, err = approvals.HoldersOn(ctx, tx, Rungs[2], tx.Today())
		}
		if err != nil {
			return err
		}
		if err := tx.Trail(ctx, db.Event{Noun: ComplaintNoun, Record: c.ID, Action: "late"}); err != nil {
			return err
		}
		if err := c.tell(ctx, tx, messages.ComplaintLate, append(above, c.Owner)...); err != nil {
			return err
		}
	}
	return nil
}

func (c *Complaint) tell(ctx context.Context, tx *db.Tx, event string, to ...string) error {
	return messages.Tell(ctx, tx, messages.Word{Event: event, To: to, Args: []string{c.Number, c.Title}, Number: c.Number, Href: "/desk/complaints/" + c.ID})
}

// openComplaint opens one, for whom answers says. It is due in the working days of complaint_days.
// While one about the job is open, no second is opened: what is said goes to that one.
func openComplaint(ctx context.Context, tx *db.Tx, j *Job, source, said string) (c Complaint, err error) {
	open, err := Complaints.All(ctx, tx, list.Where{}.And("x.job = ? AND x.state = 'open'", j.ID), 1)
	if err != nil {
		return c, err
	}
	if len(open) > 0 {
		return open[0], open[0].add(ctx, tx, j, source, said)
	}
	days, err := TermOf(ctx, tx, "complaint_days")
	if err != nil {
		return c, err
	}
	cal, err := calendar.Load(ctx, tx)
	if err != nil {
		return c, err
	}
	c = Complaint{ID: tx.NewID(), Job: j.ID, Title: j.Title, Source: source, Said: said, By: tx.By.Name, ByID: tx.By.ID, At: tx.At(), State: "open", Version: 1,
		Due: cal.AddDays(tx.Today(), int(days)).End(tx.Location())}
	if source == "rating" {
		c.Rating, c.Reasons = j.Rating, j.Reasons
	}
	if c.Owner, c.OwnerName, err = answers(ctx, tx, j.Crew, j.Worker); err != nil {
		return c, err
	}
	if c.Number, err = tx.Number(ctx, "TS"); err != nil {
		return c, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO desk_complaint (id, number, job, source, said, by_id, by_name, at, owner, owner_name, due, state, rating, reasons) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)`,
		c.ID, c.Number, c.Job, c.Source, c.Said, c.ByID, c.By, c.At, c.Owner, c.OwnerName, c.Due, c.State, c.Rating, c.Reasons); err != nil {
		return c, err
	}
	for _, e := range []db.Event{{Noun: ComplaintNoun, Record: c.ID, Action: "open", Note: said}, {Noun: Noun, Record: j.ID, Action: "complain", Note: c.Number}} {
		if err := tx.Trail(ctx, e); err != nil {
			return c, err
		}
	}
	return c, c.tell(ctx, tx, messages.Complaint, c.Owner)
}

// add puts to an open complaint what is said besides, and the rating where it is one; whose it is
// hears of it.
func (c *Complaint) add(ctx context.Context, tx *db.Tx, j *Job, source, said string) error {
	if source == "rating" {
		if _, err := tx.Exec(ctx, `UPDATE desk_complaint SET rating = $1, reasons = $2 WHERE id = $3`, j.Rating, j.Reasons, c.ID); err != nil {
			return err
		}
	}
	for _, e := range []db.Event{{Noun: ComplaintNoun, Record: c.ID, Action: "add", Note: said}, {Noun: Noun, Record: j.ID, Action: "complain", Note: c.Number}} {
		if err := tx.Trail(ctx, e); err != nil {
			return err
		}
	}
	return c.tell(ctx, tx, messages.Complaint, c.Owner)
}

// Reply is how a complaint is answered: what was done about it, and whether it was right.
type Reply struct {
	Text    string
	Verdict string // of Verdicts
}

// Verdicts are whether a complaint was right: nobody says by leaving something out that it was not.
var Verdicts = []string{"founded", "unfounded"}

// ReplyForm asks for it.
var ReplyForm = form.Of[Reply]{Name: "desk.reply", Fields: []form.Field[Reply]{
	{Key: "text", Into: func(r *Reply) any { return &r.Text }, Kind: form.Area, Most: 1000, Required: true},
	{Key: "verdict", Into: func(r *Reply) any { return &r.Verdict }, Kind: form.Cards, OneOf: Verdicts, Required: true},
}}

// ComplaintByID is a complaint that the person may see.
func ComplaintByID(ctx context.Context, r db.Reader, by db.Actor, id string) (Complaint, error) {
	return Complaints.Get(ctx, r, ComplaintScope(by).And("x.id = ?", id))
}

// Answerable: whose it is, and who leads; never who did the work.
func (c *Complaint) Answerable(by db.Actor) error {
	switch {
	case c.State != "open":
		return fault.New(fault.Conflict, "desk.complaint_answered", c.AnsweredBy)
	case by.ID == c.Worker:
		return fault.New(fault.Forbidden, "desk.own_work")
	case by.ID != c.Owner && !by.May(MayLead):
		return fault.New(fault.Forbidden, "desk.complaint_owner", c.OwnerName)
	}
	return nil
}

// Answer answers a complaint; who made it is told.
func Answer(ctx context.Context, tx *db.Tx, id string, version int64, a Reply) (Complaint, error) {
	if err := tx.Lock(ctx, "desk_complaint", id); err != nil {
		return Complaint{}, err
	}
	c, err := ComplaintByID(ctx, tx, tx.By, id)
	if err != nil {
		return c, err
	}
	if err := c.Answerable(tx.By); err != nil {
		return c, err
	}
	if err := fault.Given(a.Text, "text"); err != nil {
		return c, err
	}
	if !slices.Contains(Verdicts, a.Verdict) {
		return c, fault.OnField("verdict", "base.required")
	}
	if version == 0 {
		version = c.Version
	}
	c.State, c.Answer, c.Founded, c.AnsweredAt, c.AnsweredBy = "answered", a.Text, a.Verdict == "founded", tx.At(), tx.By.Name
	if err := tx.One(ctx, fault.Stale(), `UPDATE desk_complaint SET state = $1, answer = $2, founded = $3, answered_at = $4, answered_by = $5, version = version + 1 WHERE id = $6 AND version = $7`,
		c.State, c.Answer, c.Founded, c.AnsweredAt, c.AnsweredBy, id, version); err != nil {
		return c, err
	}
	if err := tx.Trail(ctx, db.Event{Noun: ComplaintNoun, Record: id, Action: "answer", Note: a.Text}); err != nil {
		return c, err
	}
	return c, messages.Tell(ctx, tx, messages.Word{Event: messages.Answered, To: []string{c.ByID}, Args: []string{c.Number, c.Title, tx.By.Name, a.Text}, Number: c.Number, Href: "/desk/complaints/" + id})
}

// ToAnswer are the open complaints that are a person's to answer, what is due first.
func ToAnswer(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Complaint, error) {
	pressing := Complaints
	pressing.Order = "due"
	return pressing.All(ctx, r, list.Where{}.And("x.state = 'open' AND x.owner = ?", by.ID), limit)
}

// ComplaintsOf are the complaints about a job, the latest first.
func ComplaintsOf(ctx context.Context, r db.Reader, job string) ([]Complaint, error) {
	return Complaints.All(ctx, r, list.Where{}.And("x.job = ?", job), 20)
}
