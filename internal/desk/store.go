package desk

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/words"
)

// Jobs is the list of all jobs, newest first: its page, filters, export and API.
var Jobs = list.Of[Job]{
	Name:  "desk.jobs",
	From:  from,
	Order: "-reported_at", Alias: "j", Table: "desk_job", Live: []string{Noun},
	Href: func(j *Job) string { return "/desk/jobs/" + j.ID },
	Columns: []list.Column[Job]{
		{Key: "title", SQL: "j.title", Into: func(j *Job) any { return &j.Title }},
		{Key: "number", SQL: "j.number", Into: func(j *Job) any { return &j.Number }},
		{Key: "state", SQL: "j.state", Into: func(j *Job) any { return &j.State }, OneOf: States, Enum: "desk.job.state", Tone: stateTone},
		{Key: "department", SQL: "j.department", Into: func(j *Job) any { return &j.Department }, Ref: "departments", Text: func(j *Job) string { return j.DepartmentName }},
		{Key: "place", SQL: "j.place", Into: func(j *Job) any { return &j.Place }, Ref: "places", Text: func(j *Job) string { return strings.TrimSpace(j.PlaceName + " " + j.Spot) }},
		{Key: "building", SQL: buildingOf, Into: func(j *Job) any { return &j.Building }, Ref: "places", Text: buildingName, Aside: true},
		{Key: "worker", SQL: "j.worker", Into: func(j *Job) any { return &j.Worker }, Ref: "workers", Text: func(j *Job) string { return cmp.Or(j.WorkerName, j.CrewName) }},
		{Key: "crew", SQL: "j.crew", Into: func(j *Job) any { return &j.Crew }, Ref: "crews", Text: func(j *Job) string { return j.CrewName }, Aside: true},
		{Key: "trade", SQL: "j.trade", Into: func(j *Job) any { return &j.Trade }, OneOf: Trades, Enum: "desk.trade", Aside: true},
		{Key: "kind", SQL: "j.kind", Into: func(j *Job) any { return &j.Kind }, Ref: "kinds", Text: func(j *Job) string { return j.KindName }, Aside: true},
		{Key: "urgency", SQL: "j.urgency", Into: func(j *Job) any { return &j.Urgency }, OneOf: Urgencies, Enum: "desk.urgency", Tone: urgencyTone},
		{Key: "due", SQL: "j.due", Into: func(j *Job) any { return &j.Due }, Tone: func(j *Job, now time.Time) string { return j.Tone(now) }},
		{Key: "reported_at", SQL: "j.reported_at", Into: func(j *Job) any { return &j.ReportedAt }, Range: true, Sort: true},
		{Key: "asset", SQL: "j.asset", Into: func(j *Job) any { return &j.Asset }, Ref: "assets", Text: func(j *Job) string { return j.AssetName }, Aside: true},
		{Key: "finished_at", SQL: "j.finished_at", Into: func(j *Job) any { return &j.FinishedAt }, Range: true, Sort: true, Aside: true},
		{Key: "total", SQL: "(j.cost + j.outside)", Into: func(j *Job) any { return &j.Total }, Said: func(w *words.Words, j *Job) string { return spent(w, j.Total) }},
		{Key: "cost", SQL: "j.cost", Into: func(j *Job) any { return &j.Cost }, Said: func(w *words.Words, j *Job) string { return spent(w, j.Cost) }, Aside: true},
		{Key: "overran", SQL: "(j.due > 0 AND j.finished_at > j.due)", Into: func(j *Job) any { return &j.Overran }, Aside: true},
		{Key: "hastened", SQL: "j.hastened", Into: func(j *Job) any { return &j.Hastened }, Aside: true},
		{Key: "rating", SQL: "j.rating", Into: func(j *Job) any { return &j.Rating }, Range: true, Aside: true},
		{Key: "open", SQL: "j.open", Into: func(j *Job) any { return &j.Open }, Hidden: true},
		{Key: "id", SQL: "j.id", Into: func(j *Job) any { return &j.ID }, Hidden: true},
		{Key: "detail", SQL: "j.detail", Into: func(j *Job) any { return &j.Detail }, Hidden: true},
		{Key: "answers", SQL: "j.answers", Into: func(j *Job) any { return &j.Answers }, Hidden: true},
		{Key: "source", SQL: "j.source", Into: func(j *Job) any { return &j.Source }, OneOf: Sources, Enum: "desk.source", Aside: true},
		{Key: "sent_after", SQL: took(minute, "(CASE WHEN j.dispatched_at > 0 THEN j.dispatched_at ELSE j.accepted_at END)", "j.reported_at"), Into: func(j *Job) any { return &j.SentAfter }, Hidden: true, Range: true},
		{Key: "arrived_after", SQL: took(minute, "j.arrived_at", "j.reported_at"), Into: func(j *Job) any { return &j.ArrivedAfter }, Hidden: true, Range: true},
		{Key: "mended_after", SQL: took(day, "j.finished_at", "j.reported_at"), Into: func(j *Job) any { return &j.MendedAfter }, Hidden: true, Range: true},
		{Key: "signed_after", SQL: took(day, "(CASE WHEN j.state = 'closed' THEN j.closed_at ELSE 0 END)", "j.finished_at"), Into: func(j *Job) any { return &j.SignedAfter }, Hidden: true, Range: true},
		{Key: "spot", SQL: "j.spot", Into: func(j *Job) any { return &j.Spot }, Hidden: true},
		{Key: "reporter", SQL: "j.reporter", Into: func(j *Job) any { return &j.Reporter }, Hidden: true},
		{Key: "reporter_name", SQL: "j.reporter_name", Into: func(j *Job) any { return &j.ReporterName }, Hidden: true},
		{Key: "phone", SQL: "j.phone", Into: func(j *Job) any { return &j.Phone }, Hidden: true},
		{Key: "dispatcher", SQL: "j.dispatcher", Into: func(j *Job) any { return &j.Dispatcher }, Hidden: true},
		{Key: "sender", SQL: "j.sender", Into: func(j *Job) any { return &j.Sender }, Hidden: true},
		{Key: "planner", SQL: "j.planner", Into: func(j *Job) any { return &j.Planner }, Hidden: true},
		{Key: "triaged_at", SQL: "j.triaged_at", Into: func(j *Job) any { return &j.TriagedAt }, Aside: true, Range: true},
		{Key: "triaged_by", SQL: "j.triaged_by", Into: func(j *Job) any { return &j.TriagedBy }, Hidden: true},
		{Key: "hastened_at", SQL: "j.hastened_at", Into: func(j *Job) any { return &j.HastenedAt }, Hidden: true},
		{Key: "budget", SQL: "j.budget", Into: func(j *Job) any { return &j.Budget }, Ref: "budgets", Text: func(j *Job) string { return j.Budget }, Aside: true},
		{Key: "waits", SQL: "j.waits", Into: func(j *Job) any { return &j.Waits }, Hidden: true},
		{Key: "reason", SQL: "j.reason", Into: func(j *Job) any { return &j.Reason }, Hidden: true},
		{Key: "cause", SQL: "j.cause", Into: func(j *Job) any { return &j.Cause }, Hidden: true},
		{Key: "done", SQL: "j.done", Into: func(j *Job) any { return &j.Done }, Hidden: true},
		{Key: "minutes", SQL: "j.minutes", Into: func(j *Job) any { return &j.Minutes }, Hidden: true},
		{Key: "labour", SQL: "j.labour", Into: func(j *Job) any { return &j.Labour }, Hidden: true},
		{Key: "parts", SQL: "j.parts", Into: func(j *Job) any { return &j.Parts }, Hidden: true},
		{Key: "returned", SQL: "j.returned", Into: func(j *Job) any { return &j.Returned }, Hidden: true, Range: true},
		{Key: "opinion", SQL: "j.opinion", Into: func(j *Job) any { return &j.Opinion }, Hidden: true},
		{Key: "signer", SQL: "j.signer", Into: func(j *Job) any { return &j.Signer }, Hidden: true},
		{Key: "signature", SQL: "j.signature", Into: func(j *Job) any { return &j.Signature }, Hidden: true},
		{Key: "dispatched_at", SQL: "j.dispatched_at", Into: func(j *Job) any { return &j.DispatchedAt }, Hidden: true},
		{Key: "accepted_at", SQL: "j.accepted_at", Into: func(j *Job) any { return &j.AcceptedAt }, Hidden: true},
		{Key: "arrived_at", SQL: "j.arrived_at", Into: func(j *Job) any { return &j.ArrivedAt }, Hidden: true, Range: true},
		{Key: "paused_at", SQL: "j.paused_at", Into: func(j *Job) any { return &j.PausedAt }, Hidden: true},
		{Key: "paused", SQL: "j.paused", Into: func(j *Job) any { return &j.Paused }, Hidden: true},
		{Key: "closed_at", SQL: "j.closed_at", Into: func(j *Job) any { return &j.ClosedAt }, Hidden: true, Range: true},
		{Key: "level", SQL: "j.level", Into: func(j *Job) any { return &j.Level }, Hidden: true, Range: true},
		{Key: "clock", SQL: "j.clock", Into: func(j *Job) any { return &j.Clock }, Hidden: true},
		{Key: "hard", SQL: "j.hard", Into: func(j *Job) any { return &j.Hard }, Hidden: true},
		{Key: "plan", SQL: "j.plan", Into: func(j *Job) any { return &j.Plan }, Hidden: true},
		{Key: "plans", SQL: "j.plans", Into: func(j *Job) any { return &j.Plans }, Hidden: true, Range: true},
		{Key: "raised_at", SQL: "j.raised_at", Into: func(j *Job) any { return &j.RaisedAt }, Hidden: true, Range: true},
		{Key: "registered_at", SQL: "j.registered_at", Into: func(j *Job) any { return &j.RegisteredAt }, Hidden: true, Range: true},
		{Key: "registered_after", SQL: took(day, "j.registered_at", "j.finished_at"), Into: func(j *Job) any { return &j.RegisteredAfter }, Hidden: true, Range: true},
		{Key: "reused", SQL: "j.reused", Into: func(j *Job) any { return &j.Reused }, Aside: true, Range: true},
		{Key: "saved", SQL: "j.saved", Into: func(j *Job) any { return &j.Saved }, Aside: true},
		{Key: "merged_into", SQL: "j.merged_into", Into: func(j *Job) any { return &j.MergedInto }, Hidden: true},
		{Key: "split_from", SQL: "j.split_from", Into: func(j *Job) any { return &j.SplitFrom }, Hidden: true},
		{Key: "repeat_of", SQL: "j.repeat_of", Into: func(j *Job) any { return &j.RepeatOf }, Hidden: true},
		{Key: "missed", SQL: "EXISTS (SELECT 1 FROM desk_breach b WHERE b.job = j.id)", Into: func(j *Job) any { return &j.Missed }, Aside: true},
		{Key: "outcome", SQL: "(CASE WHEN j.returned > 0 THEN 0 WHEN j.rating = 0 THEN 5 ELSE j.rating END)", Into: func(j *Job) any { return &j.Outcome }, Aside: true, Range: true},
		{Key: "fitted", SQL: "(j.parts > 0)", Into: func(j *Job) any { return &j.Fitted }, Aside: true},
		{Key: "repeated", SQL: "j.repeated", Into: func(j *Job) any { return &j.Repeated }, Aside: true},
		{Key: "reopened", SQL: "j.reopened", Into: func(j *Job) any { return &j.Reopened }, Aside: true, Range: true},
		{Key: "reopened_at", SQL: "j.reopened_at", Into: func(j *Job) any { return &j.ReopenedAt }, Hidden: true, Range: true},
		{Key: "silent", SQL: "j.silent", Into: func(j *Job) any { return &j.Silent }, Aside: true},
		{Key: "rung", SQL: "j.rung", Into: func(j *Job) any { return &j.Rung }, Hidden: true, Range: true},
		{Key: "warned_at", SQL: "j.warned_at", Into: func(j *Job) any { return &j.WarnedAt }, Hidden: true},
		{Key: "upward_at", SQL: "j.upward_at", Into: func(j *Job) any { return &j.UpwardAt }, Aside: true, Range: true},
		{Key: "answered_at", SQL: "j.answered_at", Into: func(j *Job) any { return &j.AnsweredAt }, Hidden: true},
		{Key: "came_at", SQL: "j.came_at", Into: func(j *Job) any { return &j.CameAt }, Hidden: true},
		{Key: "answered_after", SQL: took(minute, "j.answered_at", "j.reported_at"), Into: func(j *Job) any { return &j.AnsweredAfter }, Hidden: true, Range: true},
		{Key: "came_after", SQL: took(minute, "j.came_at", "j.reported_at"), Into: func(j *Job) any { return &j.CameAfter }, Hidden: true, Range: true},
		{Key: "repeat", SQL: "(j.repeat_of <> '')", Into: func(j *Job) any { return &j.Repeat }, Aside: true},
		{Key: "kind_version", SQL: "j.kind_version", Into: func(j *Job) any { return &j.KindVersion }, Hidden: true},
		{Key: "kind_name", SQL: "coalesce((SELECT k.name FROM desk_kind k WHERE k.id = j.kind AND k.id <> k.trade), '')", Into: func(j *Job) any { return &j.KindName }, Hidden: true},
		{Key: "sign", SQL: "j.sign", Into: func(j *Job) any { return &j.Sign }, OneOf: Signs, Enum: "desk.kind.sign", Hidden: true},
		{Key: "silence", SQL: "j.silence", Into: func(j *Job) any { return &j.Silence }, Hidden: true},
		{Key: "answer_due", SQL: "j.answer_due", Into: func(j *Job) any { return &j.AnswerDue }, Hidden: true},
		{Key: "come_due", SQL: "j.come_due", Into: func(j *Job) any { return &j.ComeDue }, Hidden: true},
		{Key: "head", SQL: "coalesce(d.head, '')", Into: func(j *Job) any { return &j.Head }, Hidden: true},
		{Key: "no_place", SQL: "(j.place = '')", Into: func(j *Job) any { return &j.NoPlace }, Hidden: true},
		{Key: "no_building", SQL: "(" + buildingOf + " = '')", Into: func(j *Job) any { return &j.NoBuilding }, Hidden: true},
		{Key: "own_kind", SQL: "(j.kind <> j.trade)", Into: func(j *Job) any { return &j.OwnKind }, Hidden: true},
		{Key: "no_crew", SQL: "(j.crew = '')", Into: func(j *Job) any { return &j.NoCrew }, Hidden: true},
		{Key: "no_budget", SQL: "(j.budget = '')", Into: func(j *Job) any { return &j.NoBudget }, Hidden: true},
		{Key: "no_worker", SQL: "(j.worker = '')", Into: func(j *Job) any { return &j.NoWorker }, Hidden: true},
		{Key: "no_asset", SQL: "(j.asset = '')", Into: func(j *Job) any { return &j.NoAsset }, Hidden: true},
		{Key: "outside", SQL: "j.outside", Into: func(j *Job) any { return &j.Outside }, Aside: true, Range: true},
		{Key: "reasons", SQL: "j.reasons", Into: func(j *Job) any { return &j.Reasons }, Hidden: true},
		{Key: "round", SQL: "j.round", Into: func(j *Job) any { return &j.Round }, OneOf: Rounds, Aside: true},
		{Key: "standing", SQL: "j.standing", Into: func(j *Job) any { return &j.Standing }, Hidden: true},
		{Key: "found_on", SQL: "j.found_on", Into: func(j *Job) any { return &j.FoundOn }, Hidden: true},
		{Key: "bound", SQL: "j.bound", Into: func(j *Job) any { return &j.Bound }, Ref: "places", Text: func(j *Job) string { return j.BoundName }, Aside: true},
		{Key: "bound_name", SQL: "coalesce(b.path, '')", Into: func(j *Job) any { return &j.BoundName }, Hidden: true},
		{Key: "version", SQL: "j.version", Into: func(j *Job) any { return &j.Version }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(j *Job) any { return &j.DepartmentName }, Hidden: true},
		{Key: "place_name", SQL: "coalesce(p.path, '')", Into: func(j *Job) any { return &j.PlaceName }, Hidden: true},
		{Key: "crew_name", SQL: "coalesce(c.name, '')", Into: func(j *Job) any { return &j.CrewName }, Hidden: true},
		{Key: "asset_name", SQL: "coalesce(a.name, '')", Into: func(j *Job) any { return &j.AssetName }, Hidden: true},
		{Key: "worker_name", SQL: "coalesce(w.name, '')", Into: func(j *Job) any { return &j.WorkerName }, Hidden: true},
	},
}

// buildingName is what the building of a job is called: what its place's path begins with.
func buildingName(j *Job) string {
	if j.Building == "" {
		return ""
	}
	name, _, _ := strings.Cut(j.PlaceName, " / ")
	return name
}

// took is how many units lie between two moments, a begun one counting whole, so that
// "at most the limit" is the same here as in the evidence.
func took(unit int64, until, since string) string {
	return fmt.Sprintf("(CASE WHEN %s > 0 THEN (%s - %s + %d) / %d ELSE %d END)", until, until, since, unit-1, unit, NotYet)
}

const from = `desk_job j LEFT JOIN departments_department d ON d.id = j.department LEFT JOIN departments_department c ON c.id = j.crew
	LEFT JOIN places_place p ON p.id = j.place LEFT JOIN places_place b ON b.id = j.bound LEFT JOIN people_person w ON w.id = j.worker LEFT JOIN assets_card a ON a.id = j.asset`

// Pending is Jobs by deadline, for the short lists of what is open.
var Pending = func() list.Of[Job] {
	l := Jobs
	l.Name, l.Order = "desk.pending", "due"
	return l
}()

func stateTone(j *Job, now time.Time) string {
	switch j.State {
	case Closed, Cancelled, Merged:
		return "quiet"
	case Done:
		return "done"
	case Paused:
		return "soon"
	}
	return j.Tone(now)
}

func urgencyTone(j *Job, _ time.Time) string {
	if !j.Active() {
		return ""
	}
	switch j.Urgency {
	case Emergency:
		return "danger"
	case Urgent:
		return "soon"
	}
	return ""
}

// Get is one job that the person sees; NotFound otherwise.
func Get(ctx context.Context, r db.Reader, by db.Actor, id string) (Job, error) {
	return Jobs.Get(ctx, r, Scope(by).And("j.id = ?", id))
}

// Guard says whether a person may see the files of a job: those who see the job do.
func Guard(ctx context.Context, r db.Reader, by db.Actor, job string) error {
	_, err := Get(ctx, r, by, job)
	return err
}

// ByNumber is the job with this number, if the person sees it.
func ByNumber(ctx context.Context, r db.Reader, by db.Actor, number string) (Job, error) {
	return Jobs.Get(ctx, r, Scope(by).And("j.number = ?", number))
}

// whoever asks: a job for commands that put their own question.
func whoever(ctx context.Context, r db.Reader, id string) (Job, error) {
	return Jobs.Get(ctx, r, list.Where{}.And("j.id = ?", id))
}

// Similar are the jobs still to be done at a place, the newest first, at most five,
// whoever reported them: so that a double is seen before it is made.
func Similar(ctx context.Context, r db.Reader, place string) ([]Job, error) {
	return Jobs.All(ctx, r, list.Where{}.And("j.place = ? AND j.open = true AND j.state <> 'done'", place), 5)
}

// double is the newest job still to be done on the same asset, or of the same trade
// at the same place; its number is "" when there is none.
func double(ctx context.Context, tx *db.Tx, j *Job) (same Job, err error) {
	for _, at := range []struct{ where, on string }{{"asset = $1", j.Asset}, {"place = $1 AND trade = $2", j.Place}} {
		if at.on == "" || same.Number != "" {
			continue
		}
		args := []any{at.on, j.Trade}
		err = tx.QueryRowContext(ctx, `SELECT coalesce(max(number), ''), coalesce(max(title), '') FROM (SELECT number, title FROM desk_job
			WHERE `+at.where+` AND open = true AND state <> 'done' ORDER BY reported_at DESC, id DESC LIMIT 1) same`, args[:strings.Count(at.where, "$")]...).Scan(&same.Number, &same.Title)
		if err != nil {
			return same, err
		}
	}
	return same, nil
}

// around reads the scene of a report. Department is the one named, or the person's own.
func around(ctx context.Context, tx *db.Tx, j *Job, department string) (at scene, err error) {
	if department == "" {
		department = tx.By.Unit
	}
	err = tx.QueryRowContext(ctx, `SELECT coalesce(p.id, ''), coalesce(p.path, ''), coalesce(p.campus, ''), coalesce(p.department, ''), coalesce(o.name, ''), coalesce(p.closed, false), coalesce(p.criticality, ''),
			coalesce(d.id, ''), coalesce(d.name, ''), coalesce(d.closed, false),
			coalesce((SELECT r.crew FROM desk_route r WHERE r.trade = $3 AND r.campus IN (coalesce(nullif(p.campus, ''), d.campus, ''), '') ORDER BY r.campus DESC LIMIT 1), ''),
			coalesce((SELECT m.manner FROM desk_route r JOIN desk_crew m ON m.id = r.crew WHERE r.trade = $3 AND r.campus IN (coalesce(nullif(p.campus, ''), d.campus, ''), '') ORDER BY r.campus DESC LIMIT 1), '')
		FROM (SELECT 1 AS one) x LEFT JOIN places_place p ON p.id = $1 LEFT JOIN departments_department o ON o.id = p.department
			LEFT JOIN departments_department d ON d.id = $2`, j.Place, department, j.Trade).
		Scan(&at.place, &at.path, &at.campus, &at.owner, &at.ownerName, &at.placeClosed, &at.criticality, &at.department, &at.name, &at.closed, &at.crew, &at.manner)
	return at, err
}

// tokens are the words by which a job is found.
func tokens(ctx context.Context, tx *db.Tx, j *Job) (string, error) {
	return tx.Tokens(ctx, j.Number, j.Title, strings.ReplaceAll(j.PlaceName, " / ", " "), strings.ReplaceAll(j.BoundName, " / ", " "), j.Spot, j.AssetName, j.DepartmentName, j.ReporterName, j.Phone, j.Detail)
}

func insert(ctx context.Context, tx *db.Tx, j *Job, external string) error {
	search, err := tokens(ctx, tx, j)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO desk_job (id, number, title, detail, trade, urgency, state, open, source, department, place, spot, asset,
			reporter, reporter_name, phone, crew, worker, cause, done, minutes, labour, parts, cost, rating, reported_at, dispatched_at, accepted_at,
			arrived_at, finished_at, closed_at, due, external, search, registered_at, reused, saved, answered_at, came_at, split_from, repeat_of, answers, standing, round, found_on, bound,
			kind, kind_version, sign, silence, answer_due, come_due, triaged_at, triaged_by, budget)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,$31,$32,$33,$34,$35,$36,$37,$38,$39,$40,$41,$42,$43,$44,$45,$46,$47,$48,$49,$50,$51,$52,$53,$54,$55)`,
		j.ID, j.Number, j.Title, j.Detail, j.Trade, j.Urgency, j.State, j.Open, j.Source, j.Department, j.Place, j.Spot, j.Asset,
		j.Reporter, j.ReporterName, j.Phone, j.Crew, j.Worker, j.Cause, j.Done, j.Minutes, j.Labour, j.Parts, j.Cost, j.Rating, j.ReportedAt, j.DispatchedAt, j.AcceptedAt,
		j.ArrivedAt, j.FinishedAt, j.ClosedAt, j.Due, external, search, j.RegisteredAt, j.Reused, j.Saved, max(j.DispatchedAt, j.AcceptedAt), j.ArrivedAt, j.SplitFrom, j.RepeatOf, j.Answers, j.Standing, cmp.Or(j.Round, OnCall), j.FoundOn, j.Bound,
		cmp.Or(j.Kind, string(j.Trade)), j.KindVersion, cmp.Or(j.Sign, SignWard), j.Silence, j.AnswerDue, j.ComeDue, j.TriagedAt, j.TriagedBy, j.Budget)
	return err
}

// update stores everything that steps change.
func update(ctx context.Context, tx *db.Tx, j *Job) error {
	if j.AnsweredAt.IsZero() { // the first time counts
		j.AnsweredAt = max(j.DispatchedAt, j.AcceptedAt)
	}
	if j.CameAt.IsZero() {
		j.CameAt = j.ArrivedAt
	}
	return tx.One(ctx, fault.Stale(), `UPDATE desk_job SET state = $1, open = $2, crew = $3, worker = $4, dispatcher = $5, waits = $6,
		reason = $7, cause = $8, done = $9, minutes = $10, labour = $11, parts = $12, cost = $13, returned = $14, rating = $15, opinion = $16, signer = $17,
		signature = $18, dispatched_at = $19, accepted_at = $20, arrived_at = $21, paused_at = $22, paused = $23, finished_at = $24, closed_at = $25,
		due = $26, clock = $27, level = $28, hard = $29, plan = $30, raised_at = $31, reused = $32, saved = $33, plans = $34, answered_at = $35, came_at = $36, sender = $37, planner = $38, triaged_at = $39, triaged_by = $40, version = version + 1 WHERE id = $41 AND version = $42`,
		j.State, j.Open, j.Crew, j.Worker, j.Dispatcher, j.Waits, j.Reason, j.Cause, j.Done, j.Minutes, j.Labour, j.Parts, j.Cost, j.Returned, j.Rating,
		j.Opinion, j.Signer, j.Signature, j.DispatchedAt, j.AcceptedAt, j.ArrivedAt, j.PausedAt, j.Paused, j.FinishedAt, j.ClosedAt,
		j.Due, j.Clock, j.Level, j.Hard, j.Plan, j.RaisedAt, j.Reused, j.Saved, j.Plans, j.AnsweredAt, j.CameAt, j.Sender, j.Planner, j.TriagedAt, j.TriagedBy, j.ID, j.Version)
}

func hasten(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `UPDATE desk_job SET hastened = hastened + 1, hastened_at = $1 WHERE id = $2`, tx.At(), id)
	return err
}

func insertSignature(ctx context.Context, tx *db.Tx, id, image string) error {
	_, err := tx.Exec(ctx, `INSERT INTO desk_signature (id, at, by_id, image) VALUES ($1,$2,$3,$4)`, id, tx.At(), tx.By.ID, image)
	return err
}

// Drawing is a drawn signature as data URL; "" when the name was typed.
func Drawing(ctx context.Context, r db.Reader, j *Job) (string, error) {
	if j.Signature == "" {
		return "", nil
	}
	s, _, err := db.First(ctx, r, func(s *string) []any { return []any{s} }, `SELECT image FROM desk_signature WHERE id = $1`, j.Signature)
	return s, err
}

// Haunt is a place from which a department reports. Mine: this person reported
// from there.
type Haunt struct {
	Place, Path string
	Mine        bool
}

// Haunts are the places of a department's last hundred reports: first those where
// this person reported, the latest first, then the commonest; at most six.
func Haunts(ctx context.Context, r db.Reader, department, person string) ([]Haunt, error) {
	return db.All(ctx, r, func(h *Haunt) []any { return []any{&h.Place, &h.Path, &h.Mine} },
		`SELECT place, path, latest > 0 FROM (SELECT j.place AS place, p.path AS path, count(*) AS times,
				max(CASE WHEN j.reporter = $2 THEN j.reported_at ELSE 0 END) AS latest
			FROM (SELECT place, reporter, reported_at FROM desk_job WHERE department = $1 AND place <> '' ORDER BY reported_at DESC, id DESC LIMIT 100) j
			LEFT JOIN places_place p ON p.id = j.place WHERE p.closed = false GROUP BY j.place, p.path) haunt
		ORDER BY latest DESC, times DESC, path LIMIT 6`, department, person)
}

// recorded is the past job with this key; "" when there is none.
func recorded(ctx context.Context, r db.Reader, external string) (string, error) {
	id, _, err := db.First(ctx, r, func(s *string) []any { return []any{s} },
		`SELECT id FROM desk_job WHERE external = $1 AND external <> ''`, external)
	return id, err
}

func numberTaken(ctx context.Context, r db.Reader, number string) (taken bool, err error) {
	_, taken, err = db.First(ctx, r, func(s *string) []any { return []any{s} }, `SELECT id FROM desk_job WHERE number = $1`, number)
	return taken, err
}

// Routes are where reports go, in the order of trades and campuses.
func Routes(ctx context.Context, r db.Reader) ([]Route, error) {
	return db.All(ctx, r, func(x *Route) []any { return []any{&x.Trade, &x.Campus, &x.Crew, &x.CrewName} },
		`SELECT t.trade, t.campus, t.crew, coalesce(d.name, '') FROM desk_route t LEFT JOIN departments_department d ON d.id = t.crew ORDER BY t.trade, t.campus`)
}

func replaceRoutes(ctx context.Context, tx *db.Tx, routes []Route) error {
	if _, err := tx.Exec(ctx, `DELETE FROM desk_route`); err != nil {
		return err
	}
	for _, x := range routes {
		if _, err := tx.Exec(ctx, `INSERT INTO desk_route (trade, campus, crew) VALUES ($1,$2,$3)`, x.Trade, x.Campus, x.Crew); err != nil {
			return err
		}
	}
	return nil
}
