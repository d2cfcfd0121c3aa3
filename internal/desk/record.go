package desk

import (
	"context"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
)

// PastJob is a job that was done before Houqin came, as an old file tells it.
type PastJob struct {
	// External is its key in that file: the same key never makes a second job.
	External     string
	Number       string // of the old slip; default a number of the series WXL
	Title        string
	Detail       string
	Trade        Trade   // default other
	Urgency      Urgency // default normal
	Department   string
	Place        string
	Spot         string
	ReporterName string
	Phone        string
	Crew         string
	Worker       string
	Cause        string
	Done         string
	Minutes      int64
	Labour       money.Fen
	Parts        money.Fen
	Rating       int64 // 1 to 5, 0 unknown
	ReportedAt   period.Instant
	ArrivedAt    period.Instant // 0 unknown
	FinishedAt   period.Instant // 0: as reported
}

// Record enters a past job as closed, and says whether it was added: a key that is
// there already changes nothing. Nothing is drawn from any store.
func Record(ctx context.Context, tx *db.Tx, p PastJob) (id string, added bool, err error) {
	if err := tx.NeedIn(MayRecord, p.Department); err != nil {
		return "", false, err
	}
	p.External = strings.TrimSpace(p.External)
	if p.External == "" {
		return "", false, fault.OnField("external", "base.required")
	}
	if id, err = recorded(ctx, tx, p.External); err != nil || id != "" {
		return id, false, err
	}
	if p.Trade == "" {
		p.Trade = "other"
	}
	if p.Urgency == "" {
		p.Urgency = Normal
	}
	if p.FinishedAt == 0 {
		p.FinishedAt = p.ReportedAt
	}
	j := Job{ID: tx.NewID(), Number: strings.TrimSpace(p.Number), Title: strings.TrimSpace(p.Title), Detail: p.Detail, Trade: p.Trade, Urgency: p.Urgency,
		State: Closed, Source: "import", Department: p.Department, Place: p.Place, Spot: p.Spot, ReporterName: p.ReporterName, Phone: p.Phone,
		Crew: p.Crew, Worker: p.Worker, Cause: p.Cause, Done: p.Done, Minutes: p.Minutes, Labour: p.Labour, Parts: p.Parts, Cost: p.Labour + p.Parts,
		Rating: p.Rating, ReportedAt: p.ReportedAt, ArrivedAt: p.ArrivedAt, FinishedAt: p.FinishedAt, ClosedAt: p.FinishedAt, Version: 1}
	if err := past(ctx, tx, &j); err != nil {
		return "", false, err
	}
	if j.Number == "" {
		if j.Number, err = tx.Number(ctx, "WXL"); err != nil {
			return "", false, err
		}
	}
	if err := insert(ctx, tx, &j, p.External); err != nil {
		return "", false, err
	}
	return j.ID, true, tx.Trail(ctx, db.Event{Noun: Noun, Record: j.ID, Action: "record", Note: j.Title})
}

// past refuses a past job that cannot have been.
func past(ctx context.Context, tx *db.Tx, j *Job) error {
	var bad fault.Complaints
	for _, t := range []struct {
		path string
		at   period.Instant
	}{{"reported_at", j.ReportedAt}, {"arrived_at", j.ArrivedAt}, {"finished_at", j.FinishedAt}} {
		if t.at > tx.At() {
			bad.Add(t.path, "desk.not_yet")
		}
	}
	if j.ReportedAt == 0 {
		bad.Add("reported_at", "base.required")
	} else if j.FinishedAt < j.ReportedAt {
		bad.Add("finished_at", "desk.finished_before")
	}
	for path, n := range map[string]int64{"minutes": j.Minutes, "labour": int64(j.Labour), "parts": int64(j.Parts)} {
		if n < 0 {
			bad.Add(path, "base.number")
		}
	}
	if j.Rating < 0 || j.Rating > 5 {
		bad.Add("rating", "base.between", 0, 5)
	}
	if j.Number != "" {
		if taken, err := numberTaken(ctx, tx, j.Number); err != nil {
			return err
		} else if taken {
			bad.Add("number", "desk.number_taken", j.Number)
		}
	}
	if j.Worker != "" || j.Crew != "" {
		if err := assign(ctx, tx, j, Assignment{Worker: j.Worker, Crew: j.Crew}); err != nil && !fault.Is(err, "desk.worker_left") && !fault.Is(err, "desk.department_closed") {
			return err
		}
	}
	at, err := around(ctx, tx, j, j.Department)
	if err != nil {
		return err
	}
	at.closed, at.placeClosed = false, false // what has been closed since was open then
	if err := bad.Gather("", at.settle(tx.By, j)); err != nil {
		return err
	}
	return bad.Err()
}
