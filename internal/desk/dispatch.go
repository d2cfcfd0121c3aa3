package desk

import (
	"context"
	"slices"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/departments"
	"houqin/internal/messages"
	"houqin/internal/people"
)

// take locks a job that the person sees and takes a step with it. version is the
// one they saw, 0 when they did not say; an older one is a Conflict.
func take(ctx context.Context, tx *db.Tx, id string, version int64, step string) (Job, error) {
	return Life.Take(ctx, tx, id, version, step, Get)
}

// keep stores a job after a step and tells the trail.
func keep(ctx context.Context, tx *db.Tx, j *Job, step, note string) error {
	j.triage(tx)
	if err := update(ctx, tx, j); err != nil {
		return err
	}
	j.Version++
	return tx.Trail(ctx, db.Event{Noun: Noun, Record: j.ID, Action: step, Note: note})
}

// Triage says that the desk has looked at a report that it does not give out yet: the ward
// reads it, and the board tells it from what nobody has read.
func Triage(ctx context.Context, tx *db.Tx, id string, version int64) (Job, error) {
	j, err := take(ctx, tx, id, version, "triage")
	if err != nil {
		return j, err
	}
	return j, keep(ctx, tx, &j, "triage", "")
}

// triage notes who of the desk was the first to do something with the job.
func (j *Job) triage(tx *db.Tx) {
	if j.TriagedAt.IsZero() && !tx.By.System && tx.By.MayIn(MayDispatch, j.Department) {
		j.TriagedAt, j.TriagedBy = tx.At(), tx.By.Name
	}
}

// Dispatch sends a worker, or offers the job to a crew. A job that somebody else
// has dispatched meanwhile is a Conflict that names who was sent.
func Dispatch(ctx context.Context, tx *db.Tx, id string, version int64, a Assignment) (Job, error) {
	return send(ctx, tx, id, version, "dispatch", a)
}

// Reassign takes the job from whoever has it and sends another.
func Reassign(ctx context.Context, tx *db.Tx, id string, version int64, a Assignment) (Job, error) {
	return send(ctx, tx, id, version, "reassign", a)
}

func send(ctx context.Context, tx *db.Tx, id string, version int64, step string, a Assignment) (Job, error) {
	j, err := take(ctx, tx, id, version, step)
	if step == "dispatch" && j.DispatchedAt != 0 && (fault.Is(err, "base.step_not_possible") || fault.Is(err, "base.stale")) {
		return j, fault.New(fault.Conflict, "desk.already_sent", who(&j), j.Dispatcher)
	}
	if err != nil {
		return j, err
	}
	before := j.Worker
	if err := assign(ctx, tx, &j, a); err != nil {
		return j, err
	}
	if j.Worker != "" {
		if err := certified(ctx, tx, &j, j.Worker, j.WorkerName, "worker"); err != nil {
			return j, err
		}
	}
	if err := goOn(ctx, tx, &j); err != nil {
		return j, err
	}
	j.DispatchedAt, j.Dispatcher, j.Sender, j.AcceptedAt, j.ArrivedAt = tx.At(), tx.By.Name, "", 0, 0
	if !tx.By.System {
		j.Sender = tx.By.ID
	}
	j.Paused, j.Waits, j.Reason = 0, "", ""
	note := who(&j)
	if a.Note != "" {
		note += "\n" + a.Note
	}
	if err := keep(ctx, tx, &j, step, note); err != nil {
		return j, err
	}
	if err := sentTo(ctx, tx, &j); err != nil {
		return j, err
	}
	if before != j.Worker {
		if err := tell(ctx, tx, messages.Gone, &j, before); err != nil {
			return j, err
		}
	}
	if j.Worker != "" {
		return j, tell(ctx, tx, messages.Dispatched, &j, j.Worker)
	}
	to, err := called(ctx, tx, &j)
	if err != nil {
		return j, err
	}
	return j, tell(ctx, tx, messages.Offered, &j, to...)
}

// tell has people told of a job.
func tell(ctx context.Context, tx *db.Tx, event string, j *Job, to ...string) error {
	return messages.Tell(ctx, tx, messages.Word{Event: event, To: to, Args: []string{j.Number, j.Title}, Number: j.Number, Href: "/desk/jobs/" + j.ID})
}

// assign looks up who is meant. A worker brings their crew along.
func assign(ctx context.Context, tx *db.Tx, j *Job, a Assignment) error {
	var bad fault.Complaints
	somebody(&a, &bad)
	if a.Worker != "" {
		p, err := people.Get(ctx, tx, a.Worker)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			bad.Add("worker", "base.no_such", a.Worker)
		case err != nil:
			return err
		case p.Closed:
			bad.Add("worker", "desk.worker_left", p.Name)
		}
		if a.Crew == "" {
			a.Crew = p.Department
		}
		j.WorkerName = p.Name
	} else {
		j.WorkerName = ""
	}
	j.CrewName = ""
	if a.Crew != "" {
		d, err := departments.Get(ctx, tx, a.Crew)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			bad.Add("crew", "base.no_such", a.Crew)
		case err != nil:
			return err
		case d.Closed:
			bad.Add("crew", "desk.department_closed", d.Name)
		}
		j.CrewName = d.Name
	}
	j.Worker, j.Crew = a.Worker, a.Crew
	return bad.Err()
}

// who says whom a job was given to: 王建国（电工班）.
func who(j *Job) string {
	switch {
	case j.WorkerName == "":
		return j.CrewName
	case j.CrewName == "":
		return j.WorkerName
	}
	return j.WorkerName + " · " + j.CrewName
}

// Grab takes a job that nobody has yet. Of two who grab at once the second gets a
// Conflict that names the first.
func Grab(ctx context.Context, tx *db.Tx, id string, version int64) (Job, error) {
	if err := tx.Need(MayWork); err != nil {
		return Job{}, err
	}
	if err := tx.Lock(ctx, "desk_job", id); err != nil {
		return Job{}, err
	}
	// A worker may be told who was faster, even where the job has left their sight.
	j, err := whoever(ctx, tx, id)
	if err != nil {
		return j, err
	}
	if j.Worker != "" && j.Worker != tx.By.ID {
		return j, fault.New(fault.Conflict, "desk.already_taken", j.WorkerName)
	}
	if err := Life.Move(tx.By, &j, "grab"); err != nil {
		return j, err
	}
	if m, err := MannerOf(ctx, tx, j.Crew); err != nil {
		return j, err
	} else if m == Sent {
		return j, fault.New(fault.Conflict, "desk.only_sent", j.CrewName)
	}
	mine(tx, &j)
	j.AcceptedAt = tx.At()
	if err := certified(ctx, tx, &j, j.Worker, j.WorkerName, ""); err != nil {
		return j, err
	}
	return j, keep(ctx, tx, &j, "grab", "")
}

// mine gives a job to the person of this unit of work.
func mine(tx *db.Tx, j *Job) {
	j.Worker, j.WorkerName = tx.By.ID, tx.By.Name
	if j.Crew == "" {
		j.Crew = tx.By.Unit
	}
}

// Accept says that the worker sent will go.
func Accept(ctx context.Context, tx *db.Tx, id string, version int64) (Job, error) {
	j, err := take(ctx, tx, id, version, "accept")
	if err != nil {
		return j, err
	}
	if err := certified(ctx, tx, &j, j.Worker, j.WorkerName, ""); err != nil {
		return j, err
	}
	j.AcceptedAt = tx.At()
	return j, keep(ctx, tx, &j, "accept", "")
}

// Depart says that the worker has set out; the ward reads it. Who goes at once may leave it out.
func Depart(ctx context.Context, tx *db.Tx, id string, version int64) (Job, error) {
	j, err := take(ctx, tx, id, version, "depart")
	if err != nil {
		return j, err
	}
	return j, keep(ctx, tx, &j, "depart", "")
}

// Arrive says that the worker is there. An emergency may be gone to before it was
// dispatched or accepted (W-005).
func Arrive(ctx context.Context, tx *db.Tx, id string, version int64) (Job, error) {
	j, err := take(ctx, tx, id, version, "arrive")
	if err != nil {
		return j, err
	}
	if j.Worker == "" {
		mine(tx, &j)
	}
	if j.AcceptedAt.IsZero() {
		if err := certified(ctx, tx, &j, j.Worker, j.WorkerName, ""); err != nil {
			return j, err
		}
		j.AcceptedAt = tx.At()
	}
	if j.Urgency == Emergency && j.DispatchedAt.IsZero() {
		if err := owePaper(ctx, tx, &j); err != nil {
			return j, err
		}
	}
	j.ArrivedAt, j.Paused = tx.At(), 0
	return j, keep(ctx, tx, &j, "arrive", "")
}

// Pause holds the job up for a reason; by the reason its deadline stays, stands still or
// keeps its working time. Who reported it is told where only the ward can let the work go on.
func Pause(ctx context.Context, tx *db.Tx, id string, version int64, why Reason) (Job, error) {
	j, err := take(ctx, tx, id, version, "pause")
	if err != nil {
		return j, err
	}
	if !slices.Contains(PauseReasons, why.Code) {
		return j, fault.OnField("code", "base.bad_value", why.Code)
	}
	if j.Clock, err = ClockOf(ctx, tx, why.Code); err != nil {
		return j, err
	}
	if j.Clock == Runs {
		j.Clock = ""
	}
	j.PausedAt, j.Waits, j.Reason = tx.At(), why.Code, why.Text
	if err := keep(ctx, tx, &j, "pause."+why.Code, why.Text); err != nil || why.Code != "access" {
		return j, err
	}
	to, err := Followers(ctx, tx, j.ID)
	if err != nil {
		return j, err
	}
	return j, messages.Tell(ctx, tx, messages.Word{Event: messages.Barred, To: append(to, j.Reporter), Args: []string{j.Number, j.Title, tx.By.Name, why.Text}, Number: j.Number, Href: "/desk/jobs/" + j.ID})
}

// Resume goes on.
func Resume(ctx context.Context, tx *db.Tx, id string, version int64) (Job, error) {
	j, err := take(ctx, tx, id, version, "resume")
	if err != nil {
		return j, err
	}
	if err := goOn(ctx, tx, &j); err != nil {
		return j, err
	}
	return j, keep(ctx, tx, &j, "resume", "")
}

// Cancel calls the job off.
func Cancel(ctx context.Context, tx *db.Tx, id string, version int64, why string) (Job, error) {
	j, err := take(ctx, tx, id, version, "cancel")
	if err != nil {
		return j, err
	}
	if err := fault.Given(why, "text"); err != nil {
		return j, err
	}
	j.Open, j.Waits, j.Clock, j.ClosedAt, j.Reason = false, "", "", tx.At(), why
	if err := unmarkRepeated(ctx, tx, &j); err != nil {
		return j, err
	}
	if err := keep(ctx, tx, &j, "cancel", why); err != nil {
		return j, err
	}
	if err := tell(ctx, tx, messages.Gone, &j, j.Worker); err != nil {
		return j, err
	}
	also, err := Followers(ctx, tx, j.ID)
	if err != nil {
		return j, err
	}
	return j, tell(ctx, tx, messages.CalledOff, &j, append(also, j.Reporter)...)
}

// Hasten asks for the job once more and counts how often that was. Who has the job is told;
// where nobody has, those of its crew who are on duty. Once more only after hasten_minutes,
// whoever asks: else a Conflict that says how long ago it was and when one may again.
func Hasten(ctx context.Context, tx *db.Tx, id string) (Job, error) {
	j, err := take(ctx, tx, id, 0, "hasten")
	if err != nil {
		return j, err
	}
	again, err := HastenAgain(ctx, tx, &j)
	if err != nil {
		return j, err
	}
	if tx.At().Before(again) {
		return j, fault.New(fault.Conflict, "desk.hastened_lately", int64(tx.At().Sub(j.HastenedAt)/time.Minute), int64((again.Sub(tx.At())+time.Minute-1)/time.Minute))
	}
	j.Hastened, j.HastenedAt = j.Hastened+1, tx.At()
	if err := hasten(ctx, tx, id); err != nil {
		return j, err
	}
	if err := tx.Trail(ctx, db.Event{Noun: Noun, Record: id, Action: "hasten"}); err != nil {
		return j, err
	}
	to := []string{j.Worker}
	if j.Worker == "" {
		if to, err = called(ctx, tx, &j); err != nil {
			return j, err
		}
	}
	return j, tell(ctx, tx, messages.Hastened, &j, to...)
}

// HastenAgain is from when on a job may be hastened once more; 0: at once.
func HastenAgain(ctx context.Context, r db.Reader, j *Job) (period.Instant, error) {
	if j.HastenedAt.IsZero() {
		return 0, nil
	}
	pause, err := TermOf(ctx, r, "hasten_minutes")
	return j.HastenedAt.Add(time.Duration(pause) * time.Minute), err
}

// Comment adds a sentence to the job's story; who does the job, who reported it and who said
// something before are told.
func Comment(ctx context.Context, tx *db.Tx, id, text string) (Job, error) {
	j, err := take(ctx, tx, id, 0, "comment")
	if err != nil {
		return j, err
	}
	if err := fault.Given(text, "text"); err != nil {
		return j, err
	}
	if err := tx.Trail(ctx, db.Event{Noun: Noun, Record: id, Action: "comment", Note: text}); err != nil {
		return j, err
	}
	also, err := Followers(ctx, tx, j.ID)
	if err != nil {
		return j, err
	}
	story, err := db.Story(ctx, tx, Noun, id)
	if err != nil {
		return j, err
	}
	for _, e := range story {
		if e.Action == "comment" {
			also = append(also, e.ByID)
		}
	}
	said := tx.By.Name + "：" + text
	return j, messages.Tell(ctx, tx, messages.Word{Event: messages.Commented, To: append(also, j.Reporter, j.Worker), Args: []string{j.Number, j.Title, said}, Number: j.Number, Href: "/desk/jobs/" + j.ID})
}

// Picture tells the story that photos were added; whoever sees the job and may add
// files does.
func Picture(ctx context.Context, tx *db.Tx, id string) (Job, error) {
	j, err := take(ctx, tx, id, 0, "picture")
	if err != nil {
		return j, err
	}
	return j, tx.Trail(ctx, db.Event{Noun: Noun, Record: id, Action: "picture"})
}
