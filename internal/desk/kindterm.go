package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/calendar"
)

// Span is how many minutes a kind has for jobs of one urgency: until somebody is sent, is
// there, and is done; 0 is what the rulebook and the kind have otherwise.
type Span struct {
	Urgency Urgency `json:"urgency"`
	Answer  int64   `json:"answer"`
	Come    int64   `json:"come"`
	Finish  int64   `json:"finish"`
}

// spanMost is the longest time a kind may give: a year and a day.
const spanMost = 366 * 24 * 60

func lineOf(field string, n int) string { return fmt.Sprintf("%s.%d", field, n) }

func writeSpans(all []Span) string {
	lines := make([]string, len(all))
	for n, s := range all {
		lines[n] = fmt.Sprintln(s.Urgency, s.Answer, s.Come, s.Finish)
	}
	return strings.TrimSpace(strings.Join(lines, ""))
}

// readSpans reads what writeSpans wrote.
func readSpans(text string) (all []Span) {
	for line := range strings.Lines(text) {
		var s Span
		if _, err := fmt.Sscan(line, &s.Urgency, &s.Answer, &s.Come, &s.Finish); err == nil {
			all = append(all, s)
		}
	}
	return all
}

// span is what the kind has for an urgency.
func (k *Kind) span(u Urgency) Span {
	if i := slices.IndexFunc(k.Times, func(s Span) bool { return s.Urgency == u }); i >= 0 {
		return k.Times[i]
	}
	return Span{Urgency: u}
}

// Whose word closes a job of a kind.
const (
	SignWard     = "ward"     // whoever signs for the department
	SignReporter = "reporter" // who reported it, or the head of their department
	SignHead     = "head"     // the head of the department
	SignNobody   = "none"     // it is over when it is done: what is carried or cleaned, no repairs (W-007)
)

// Signs are all of them.
var Signs = []string{SignWard, SignReporter, SignHead, SignNobody}

// services are the trades whose work is a service and no repair: there a hospital may do
// without a signature.
var services = []Trade{"cleaning", "terminal", "linen", "moving", "transport", "courier", "supply", "pest", "green", "meeting", "guard", "patrol", "other"}

// Spoken is the silence that never signs; silenceMost the longest, in working hours.
const (
	Spoken      = -1
	silenceMost = 240
)

// signing: the kind may want the word of one person, whom the books know. Where the
// report came another way, or nobody is named, it is the department's as ever.
func signing(by db.Actor, j *Job) error {
	if err := another(by, j); err != nil || by.System {
		return err
	}
	wants := []string{j.Head}
	switch {
	case j.Sign == SignReporter && (j.Source == "ward" || j.Source == "api"):
		wants = append(wants, j.Reporter)
	case j.Sign != SignHead || j.Head == "" || j.Head == j.Worker:
		return nil
	}
	if !slices.Contains(wants, by.ID) {
		return fault.New(fault.Forbidden, "desk.sign_"+j.Sign, j.ReporterName).Under("W-007")
	}
	return nil
}

// arrange has a job keep to a kind: who signs for it, and by when somebody is sent, is
// there and is done, counted from a moment.
func (k *Kind) arrange(ctx context.Context, tx *db.Tx, j *Job, criticality string, from period.Instant) (err error) {
	j.Kind, j.KindVersion, j.Sign, j.Silence, j.KindName, j.Budget = k.ID, k.Version, k.Sign, k.Silence, "", k.Budget
	if k.Own() {
		j.KindName = k.Name
	}
	if j.Urgency == Emergency && j.Sign == SignNobody {
		j.Sign = SignWard
	}
	if j.Due, err = dueAt(ctx, tx, j.Urgency, criticality, from); err != nil { // W-011
		return err
	}
	own := k.span(j.Urgency)
	if own.Finish == 0 && (j.Urgency == Normal || j.Urgency == Urgent) {
		own.Finish = k.Minutes
	}
	for _, t := range []struct {
		to      *period.Instant
		minutes int64
		shorter bool // never later than the rulebook has it
	}{{&j.AnswerDue, own.Answer, false}, {&j.ComeDue, own.Come, false}, {&j.Due, own.Finish, j.Urgency == Emergency || j.Urgency == Urgent && k.span(Urgent).Finish == 0}} {
		if t.to != &j.Due {
			*t.to = 0
		}
		if t.minutes == 0 {
			continue
		}
		at, err := k.by(ctx, tx, j.Urgency, criticality, from, t.minutes)
		if err != nil {
			return err
		}
		if t.shorter {
			at = min(at, *t.to)
		}
		*t.to = at
	}
	return nil
}

// by is when the kind's minutes are over: fewer in theatres and intensive care, and in
// working time where the kind has it so for what is not urgent.
func (k *Kind) by(ctx context.Context, tx *db.Tx, u Urgency, criticality string, from period.Instant, minutes int64) (period.Instant, error) {
	share, err := shareOf(ctx, tx, criticality)
	if err != nil {
		return 0, err
	}
	span := time.Duration(minutes) * time.Minute * time.Duration(share) / 100
	if !k.Working || u == Emergency || u == Urgent {
		return from.Add(span), nil
	}
	cal, err := calendar.Load(ctx, tx)
	if err != nil {
		return 0, err
	}
	return Deadline(cal, from, span, true), nil
}

// shareOf is how much of the time of an ordinary place a job has, in percent.
func shareOf(ctx context.Context, r db.Reader, criticality string) (int64, error) {
	if criticality == "theatre" || criticality == "icu" {
		return TermOf(ctx, r, criticality+"_percent")
	}
	return 100, nil
}
