package desk

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/messages"
)

// Stand is how a job stands for somebody whose phone sent too late what they did on it.
type Stand struct {
	Job   Job
	Whole bool           // they see all of the job; otherwise no more than who has it and how far it is
	Since period.Instant // since when it stands so
	Story []db.Entry     // the newest first
}

// StandOf is how a job stands. Whoever sees the job may know, and whoever was sent to it or
// has worked on it: to others it is not there (NotFound).
func StandOf(ctx context.Context, r db.Reader, by db.Actor, id string) (s Stand, err error) {
	s.Job, err = Get(ctx, r, by, id)
	s.Whole = err == nil
	if fault.KindOf(err) == fault.NotFound {
		had, err := handled(ctx, r, by, id)
		if err != nil {
			return s, err
		}
		if !had {
			return s, fault.New(fault.NotFound, "base.not_found")
		}
		whole, err := Get(ctx, r, db.System("desk"), id)
		if err != nil {
			return s, err
		}
		s.Job = Job{ID: whole.ID, Number: whole.Number, State: whole.State, Open: whole.Open, CrewName: whole.CrewName, WorkerName: whole.WorkerName, ReportedAt: whole.ReportedAt}
	} else if err != nil {
		return s, err
	}
	if s.Story, err = db.Story(ctx, r, Noun, id); err != nil {
		return s, err
	}
	s.Since = s.Job.ReportedAt
	for _, e := range s.Story {
		if step, err := Life.Step(e.Action); err == nil && step.To != "" {
			s.Since = e.At
			break
		}
	}
	if !s.Whole {
		for n := range s.Story {
			if e := &s.Story[n]; e.ByID != by.ID {
				e.Note, e.Detail = "", ""
			}
		}
	}
	return s, nil
}

// sentTo keeps who is sent to a job.
func sentTo(ctx context.Context, tx *db.Tx, j *Job) error {
	if j.Worker == "" {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO desk_sent (job, worker) VALUES ($1,$2) ON CONFLICT (job, worker) DO NOTHING`, j.ID, j.Worker)
	return err
}

// handled says whether a person was ever sent to a job, or stands in its story as one who
// did something with it.
func handled(ctx context.Context, r db.Reader, by db.Actor, id string) (bool, error) {
	if _, sent, err := db.Text(ctx, r, `SELECT worker FROM desk_sent WHERE job = $1 AND worker = $2`, id, by.ID); sent || err != nil {
		return sent, err
	}
	story, err := db.Story(ctx, r, Noun, id)
	return slices.ContainsFunc(story, func(e db.Entry) bool { return e.ByID == by.ID }), err
}

// Sent are the lines of the story in which something stands that phones sent too late: what
// was not taken, and what was made a note.
func (s *Stand) Sent() []db.Entry {
	return slices.DeleteFunc(slices.Clone(s.Story), func(e db.Entry) bool { return e.Action != "late" && e.Action != "aside" })
}

// Undecided are those of them that still say something: what was not taken no more than until
// its person did the next thing on the job, or made a note of it.
func (s *Stand) Undecided() (all []db.Entry) {
	since := map[string]bool{}
	for _, e := range s.Story {
		if e.Action == "aside" || e.Action == "late" && !since[e.ByID] {
			all = append(all, e)
		}
		since[e.ByID] = since[e.ByID] || e.Action != "late"
	}
	return all
}

// Meanwhile are the lines after a moment and up to another, the first first, without what
// phones sent too late.
func (s *Stand) Meanwhile(after, until period.Instant) (all []db.Entry) {
	for _, e := range slices.Backward(s.Story) {
		if e.At > after && e.At <= until && e.Action != "late" && e.Action != "aside" {
			all = append(all, e)
		}
	}
	return all
}

// tooLateMost is how many characters of what a phone sent are kept in the story.
const tooLateMost = 1000

// NotTaken keeps in the job's story that something which the acting person's phone sent later
// was not taken: what and why, in one line, and what they had written; kept is false where that stands there already. They are told, once for a job:
// whoever does not look at the phone again hears of it. NotFound: to whom the job never was.
func NotTaken(ctx context.Context, tx *db.Tx, id, why, typed string) (kept bool, err error) {
	if err := tx.Lock(ctx, "desk_job", id); err != nil {
		return false, err
	}
	s, err := StandOf(ctx, tx, tx.By, id)
	if err != nil {
		return false, err
	}
	told := false
	for _, e := range s.Sent() {
		if e.Action == "late" && e.ByID == tx.By.ID {
			told = true
			if before, _, _ := strings.Cut(e.Note, "\n"); before == why {
				return false, nil
			}
		}
	}
	note := why
	if typed != "" {
		note += "\n" + typed
	}
	if letters := []rune(note); len(letters) > tooLateMost {
		note = string(letters[:tooLateMost]) + "…"
	}
	if err := tx.Trail(ctx, db.Event{Noun: Noun, Record: id, Action: "late", Note: note}); err != nil || told {
		return true, err
	}
	by := tx.By
	tx.By = db.System("desk") // who does it is not told of it, and here it is they who are
	defer func() { tx.By = by }()
	return true, messages.Tell(ctx, tx, messages.Word{Event: messages.NotTaken, To: []string{by.ID}, Args: []string{s.Job.Number}, Number: s.Job.Number, Href: "/desk/jobs/" + id + "/now"})
}

// tellOfNote tells those whom a note of what a phone sent too late concerns: who has the job
// now, and whose own was not taken; with the first note of a job.
func tellOfNote(ctx context.Context, tx *db.Tx, id string) error {
	s, err := StandOf(ctx, tx, db.System("desk"), id)
	if err != nil {
		return err
	}
	to := []string{s.Job.Worker}
	for _, e := range s.Sent() {
		if e.Action == "aside" {
			return nil
		}
		to = append(to, e.ByID)
	}
	return messages.Tell(ctx, tx, messages.Word{Event: messages.Noted, To: to, Args: []string{s.Job.Number, tx.By.Name}, Number: s.Job.Number, Href: "/desk/jobs/" + id + "/now"})
}
