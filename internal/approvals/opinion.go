package approvals

import (
	"context"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/messages"
	"houqin/internal/people"
)

// Opinion is what somebody says to a case without deciding: asked for, or of their own.
type Opinion struct {
	ID        string         `json:"id"`
	Case      string         `json:"case"`
	Person    string         `json:"person"`
	Name      string         `json:"person_name"`
	AskedBy   string         `json:"asked_by"`
	AskedName string         `json:"asked_name"`
	Question  string         `json:"question"`
	Text      string         `json:"text"`
	AskedAt   period.Instant `json:"asked_at"`
	GivenAt   period.Instant `json:"given_at"`
	Waiting   bool           `json:"waiting"`
}

// AskOpinion asks somebody what they think of an open case; they see it from now on. Who
// asked for the case and who sees it may ask. Invalid: nobody, somebody who has left,
// oneself.
func AskOpinion(ctx context.Context, tx *db.Tx, id, person, question string) (Case, error) {
	c, err := inSight(ctx, tx, id)
	if err != nil {
		return c, err
	}
	if !c.Open {
		return c, fault.New(fault.Conflict, "approvals.ended."+string(c.State), c.Number, c.EndedBy)
	}
	p, err := people.Get(ctx, tx, person)
	switch {
	case fault.KindOf(err) == fault.NotFound || err == nil && p.Closed:
		return c, fault.OnField("person", "base.no_such", person)
	case err != nil:
		return c, err
	case p.ID == tx.By.ID:
		return c, fault.OnField("person", "approvals.to_oneself")
	}
	o := Opinion{ID: tx.NewID(), Case: id, Person: p.ID, Name: p.Name, AskedBy: tx.By.ID, AskedName: tx.By.Name, Question: strings.TrimSpace(question), AskedAt: tx.At(), Waiting: true}
	if err := insertOpinion(ctx, tx, &o); err != nil {
		return c, err
	}
	if err := tell(ctx, tx, messages.Opinion, &c, p.ID); err != nil {
		return c, err
	}
	return c, tx.Trail(ctx, db.Event{Noun: Noun, Record: id, Action: "ask_opinion", Note: strings.TrimSpace(p.Name + "\n" + o.Question)})
}

// GiveOpinion says what one thinks: it answers what one was asked, if anything.
func GiveOpinion(ctx context.Context, tx *db.Tx, id, text string) (Case, error) {
	c, err := inSight(ctx, tx, id)
	if err != nil {
		return c, err
	}
	if text = strings.TrimSpace(text); text == "" {
		return c, fault.OnField("note", "base.required")
	}
	answered, err := answerOpinions(ctx, tx, id, text)
	if err != nil {
		return c, err
	}
	if answered == 0 {
		o := Opinion{ID: tx.NewID(), Case: id, Person: tx.By.ID, Name: tx.By.Name, Text: text, GivenAt: tx.At()}
		if err := insertOpinion(ctx, tx, &o); err != nil {
			return c, err
		}
	}
	return c, tx.Trail(ctx, db.Event{Noun: Noun, Record: id, Action: "opinion", Note: text})
}

// remindEvery is how long whoever asked must wait before they remind again.
const remindEvery = time.Hour

// Remind tells those who are awaited once more that they are. Only who asked may, once
// an hour.
func Remind(ctx context.Context, tx *db.Tx, id string) (Case, error) {
	c, err := inSight(ctx, tx, id)
	switch {
	case err != nil:
		return c, err
	case c.AskedBy != tx.By.ID && !tx.By.System:
		return c, fault.New(fault.Forbidden, "approvals.not_asked")
	case !c.Open:
		return c, fault.New(fault.Conflict, "approvals.ended."+string(c.State), c.Number, c.EndedBy)
	case c.RemindedAt != 0 && tx.At().Sub(c.RemindedAt) < remindEvery:
		return c, fault.New(fault.Conflict, "approvals.reminded")
	}
	if err := remind(ctx, tx, id); err != nil {
		return c, err
	}
	b, err := barOf(ctx, tx, &c)
	if err != nil {
		return c, err
	}
	if err := tellAwaited(ctx, tx, &c, b); err != nil {
		return c, err
	}
	return c, tx.Trail(ctx, db.Event{Noun: Noun, Record: id, Action: "remind"})
}

// inSight locks a case that the person sees.
func inSight(ctx context.Context, tx *db.Tx, id string) (Case, error) {
	if err := tx.Lock(ctx, "approvals_case", id); err != nil {
		return Case{}, err
	}
	if ok, err := Sees(ctx, tx, tx.By, id); err != nil || !ok {
		return Case{}, orMissing(err)
	}
	return Whole(ctx, tx, id)
}
