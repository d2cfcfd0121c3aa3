package people

import (
	"cmp"
	"context"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/watch"
	"houqin/internal/base/words"
)

// EventKinds are the events that concern safety, as choices; hospital says what makes
// one and which of them are alarms.
var EventKinds = []string{"sign_in", "sign_in_half", "sign_in_bad", "sign_in_slow", "sign_out", "token_bad", "refused", "not_found", "invalid", "conflict", "rate", "error",
	"admin", "administrator", "privilege", "factor_off", "break_glass", "export", "export_mass", "restore", "clock", "seal", "spraying", "dropped"}

// Occurrence is an event as the administrators read it.
type Occurrence struct {
	ID, Kind, ByID, ByName, Source, What, Record, Note, Request, Factor string
	HandledBy, HandledName, HandledNote                                 string
	At, HandledAt                                                       period.Instant
	Times                                                               int64
	Alarm, Handled                                                      bool
}

// Events is the list of what concerned safety.
var Events = list.Of[Occurrence]{
	Name: "people.events", From: `base_event e`, Order: "-id",
	Columns: []list.Column[Occurrence]{
		{Key: "at", SQL: "e.at", Into: func(e *Occurrence) any { return &e.At }, Range: true},
		{Key: "kind", SQL: "e.kind", Into: func(e *Occurrence) any { return &e.Kind }, OneOf: EventKinds, Tone: urgent},
		{Key: "by", SQL: "e.by_id", Into: func(e *Occurrence) any { return &e.ByID }, Ref: "people", Text: func(e *Occurrence) string { return cmp.Or(e.ByName, e.ByID) }},
		{Key: "source", SQL: "e.source", Into: func(e *Occurrence) any { return &e.Source }},
		{Key: "what", SQL: "e.what", Into: func(e *Occurrence) any { return &e.What }, Said: saidWhat},
		{Key: "factor", SQL: "e.factor", Into: func(e *Occurrence) any { return &e.Factor }, OneOf: Entrances, Said: saidFactor},
		{Key: "note", SQL: "e.note", Into: func(e *Occurrence) any { return &e.Note }},
		{Key: "times", SQL: "e.times", Into: func(e *Occurrence) any { return &e.Times }},
		{Key: "alarm", SQL: "e.alarm", Into: func(e *Occurrence) any { return &e.Alarm }, Aside: true},
		{Key: "handled", SQL: "(e.handled_at > 0)", Into: func(e *Occurrence) any { return &e.Handled }},
		{Key: "record", SQL: "e.record", Into: func(e *Occurrence) any { return &e.Record }, Aside: true},
		{Key: "request", SQL: "e.request", Into: func(e *Occurrence) any { return &e.Request }, Aside: true},
		{Key: "by_name", SQL: "e.by_name", Into: func(e *Occurrence) any { return &e.ByName }, Hidden: true},
		{Key: "handled_at", SQL: "e.handled_at", Into: func(e *Occurrence) any { return &e.HandledAt }, Hidden: true},
		{Key: "handled_by", SQL: "e.handled_by", Into: func(e *Occurrence) any { return &e.HandledBy }, Hidden: true},
		{Key: "handled_name", SQL: "e.handled_name", Into: func(e *Occurrence) any { return &e.HandledName }, Hidden: true},
		{Key: "handled_note", SQL: "e.handled_note", Into: func(e *Occurrence) any { return &e.HandledNote }, Hidden: true},
		{Key: "id", SQL: "e.id", Into: func(e *Occurrence) any { return &e.ID }, Hidden: true},
	},
	Href: func(e *Occurrence) string { return "/events/" + e.ID },
	Live: []string{"base.event"},
}

func urgent(e *Occurrence, _ time.Time) string {
	switch {
	case e.Alarm && !e.Handled:
		return "danger"
	case e.Alarm, e.Kind == "sign_in_bad", e.Kind == "error":
		return "soon"
	}
	return ""
}

// saidWhat: a deed has words; a door is its address.
func saidWhat(w *words.Words, e *Occurrence) string {
	if w == nil || !w.Has("did."+e.What) {
		return e.What
	}
	return w.T("did." + e.What)
}

func saidFactor(w *words.Words, e *Occurrence) string {
	if w == nil || e.Factor == "" {
		return e.Factor
	}
	return w.T("people.events.factor." + e.Factor)
}

// Alarms are those that nobody has handled yet, the newest first, at most fifty.
func Alarms(ctx context.Context, r db.Reader) ([]Occurrence, error) {
	return Events.All(ctx, r, list.Where{}.And("e.alarm = true AND e.handled_at = 0"), 50)
}

// HandleEvent notes that the audit administrator looked at an event and what came of
// it. Nothing of the event itself changes, and it can be done once.
func HandleEvent(ctx context.Context, tx *db.Tx, event, note string) error {
	if err := tx.Need(AuditSeat); err != nil {
		return err
	}
	return watch.Handle(ctx, tx, event, note)
}

// Keep says for how many days entries of a class are kept; see [watch.Classes].
func Keep(ctx context.Context, tx *db.Tx, class string, days int64) error {
	if err := tx.Need(AuditSeat); err != nil {
		return err
	}
	for _, c := range watch.Classes {
		if c.Name == class {
			return watch.SetKept(ctx, tx, c, days)
		}
	}
	return fault.New(fault.NotFound, "base.not_found")
}

// Sight is one reading of personal data, as the audit administrator sees it.
type Sight struct {
	ID, ByID, ByName, Roles, Noun, Subject, SubjectName, Fields, Way, Source, Request string
	At                                                                                period.Instant
	Records                                                                           int64
}

// Ways in which personal data are read.
var Ways = []string{"page", "api", "list", "export"}

// Sights is the list of who read what about whom.
var Sights = list.Of[Sight]{
	Name: "people.sights", From: `base_read r LEFT JOIN people_person p ON p.id = r.subject`, Order: "-id",
	Columns: []list.Column[Sight]{
		{Key: "at", SQL: "r.at", Into: func(s *Sight) any { return &s.At }, Range: true},
		{Key: "by", SQL: "r.by_id", Into: func(s *Sight) any { return &s.ByID }, Ref: "people", Text: func(s *Sight) string { return cmp.Or(s.ByName, s.ByID) }},
		{Key: "roles", SQL: "r.roles", Into: func(s *Sight) any { return &s.Roles }},
		{Key: "subject", SQL: "r.subject", Into: func(s *Sight) any { return &s.Subject }, Ref: "people", Text: func(s *Sight) string { return cmp.Or(s.SubjectName, s.Subject) }},
		{Key: "fields", SQL: "r.fields", Into: func(s *Sight) any { return &s.Fields }, Said: saidFields},
		{Key: "way", SQL: "r.way", Into: func(s *Sight) any { return &s.Way }, OneOf: Ways},
		{Key: "records", SQL: "r.records", Into: func(s *Sight) any { return &s.Records }},
		{Key: "source", SQL: "r.source", Into: func(s *Sight) any { return &s.Source }, Aside: true},
		{Key: "noun", SQL: "r.noun", Into: func(s *Sight) any { return &s.Noun }, Hidden: true},
		{Key: "by_name", SQL: "r.by_name", Into: func(s *Sight) any { return &s.ByName }, Hidden: true},
		{Key: "name", SQL: "coalesce(p.name, '')", Into: func(s *Sight) any { return &s.SubjectName }, Hidden: true},
		{Key: "request", SQL: "r.request", Into: func(s *Sight) any { return &s.Request }, Hidden: true},
		{Key: "id", SQL: "r.id", Into: func(s *Sight) any { return &s.ID }, Hidden: true},
	},
}

// IsSeat says whether a role makes its holder one of the three administrators.
func IsSeat(ctx context.Context, r db.Reader, role string) (bool, error) {
	rights, err := db.Texts(ctx, r, `SELECT may FROM people_role_right WHERE role = $1`, role)
	return len(seats(rights)) > 0, err
}
