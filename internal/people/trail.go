package people

import (
	"cmp"
	"context"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/id"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
)

// Deed is one line of the hospital's trail, as the audit administrator reads it.
type Deed struct {
	ID, ByID, ByName, Event, Noun, Record, Note, Source, Request string
	At                                                           period.Instant
	Named                                                        string // of a record that is a person: their name
	Door                                                         bool   // somebody came in, went or was kept out
}

// atDoor are the lines of coming in and going out, which are most of a quiet day's.
const atDoor = `(t.noun = 'people.account' AND t.action IN ('sign_in', 'sign_out', 'fail', 'half', 'proven', 'confirm', 'slow'))`

// Trail is the list of all that was done in the house. nouns are the kinds of
// record and deeds the events ("desk.job.dispatch") that its filters offer.
func Trail(nouns, deeds []string) *list.Of[Deed] {
	return &list.Of[Deed]{
		Name: "people.audit", From: `base_trail t`, Order: "-id", Like: []string{"t.note", "t.by_name", "t.source", "t.detail"},
		Columns: []list.Column[Deed]{
			{Key: "at", SQL: "t.at", Into: func(d *Deed) any { return &d.At }, Range: true},
			{Key: "by", SQL: "t.by_id", Into: func(d *Deed) any { return &d.ByID }, Ref: "people", Text: func(d *Deed) string { return cmp.Or(d.ByName, d.ByID) }},
			{Key: "event", SQL: "t.noun || '.' || t.action", Into: func(d *Deed) any { return &d.Event }, OneOf: deeds, Enum: "did", Tone: alarming, Said: saidDeed},
			{Key: "noun", SQL: "t.noun", Into: func(d *Deed) any { return &d.Noun }, OneOf: nouns, Enum: "people.noun", Said: saidNoun},
			{Key: "note", SQL: "t.note", Into: func(d *Deed) any { return &d.Note }},
			{Key: "source", SQL: "t.source", Into: func(d *Deed) any { return &d.Source }},
			{Key: "record", SQL: "t.record", Into: func(d *Deed) any { return &d.Record }, Text: func(d *Deed) string { return cmp.Or(d.Named, d.Record) }},
			{Key: "request", SQL: "t.request", Into: func(d *Deed) any { return &d.Request }},
			{Key: "door", SQL: atDoor, Into: func(d *Deed) any { return &d.Door }, Aside: true},
			{Key: "by_name", SQL: "t.by_name", Into: func(d *Deed) any { return &d.ByName }, Hidden: true},
			{Key: "id", SQL: "t.id", Into: func(d *Deed) any { return &d.ID }, Hidden: true},
		},
		Parts: nameRecords,
	}
}

// nameRecords names the people whose accounts, rights and records a page of the
// trail is about.
func nameRecords(ctx context.Context, r db.Reader, page []Deed) error {
	names := map[string]string{}
	for i := range page {
		d := &page[i]
		if !strings.HasPrefix(d.Noun, "people.") || !id.Valid(d.Record) {
			continue
		}
		if _, known := names[d.Record]; !known {
			found, err := db.Texts(ctx, r, `SELECT name FROM people_person WHERE id = $1`, d.Record)
			if err != nil {
				return err
			}
			names[d.Record] = strings.Join(found, "")
		}
		d.Named = names[d.Record]
	}
	return nil
}

// Since narrows the trail by its key, so that nothing older than a day is walked
// through. A key is never older than its moment, but may be younger: where the clock
// was put back, keys go on from where they were. So there is no such way to narrow
// the other end. A day that is none narrows nothing.
func Since(w list.Where, from string, zone *time.Location) list.Where {
	if d, err := period.ParseDay(from); err == nil && d != "" {
		w = w.And("t.id >= ?", id.Floor(d.Start(zone).Time()))
	}
	return w
}

// Looked writes down that somebody read the trail, and what they looked for: those
// who watch are watched too (GB/T 22239 8.1.5.2 a).
func Looked(ctx context.Context, tx *db.Tx, query string) error {
	if err := tx.Need(AuditSeat); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "people.audit", Record: "trail", Action: "look", Note: short(query)})
}

func saidNoun(w *words.Words, d *Deed) string {
	if w == nil || !w.Has("people.noun."+d.Noun) {
		return d.Noun
	}
	return w.T("people.noun." + d.Noun)
}

func saidDeed(w *words.Words, d *Deed) string {
	if w == nil || !w.Has("did."+d.Event) {
		return d.Event
	}
	return w.T("did." + d.Event)
}

// alarming are the events that somebody should look at.
func alarming(d *Deed, _ time.Time) string {
	switch strings.TrimPrefix(d.Event, "people.account.") {
	case "fail", "expired", "recovery":
		return "soon"
	case "slow":
		return "danger"
	}
	return ""
}
