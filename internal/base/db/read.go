package db

import "context"

// Sight is that somebody read what the hospital knows of a person.
type Sight struct {
	Noun    string // kind of the subject: "people.person"
	Subject string // its id; "" where a list was read
	Fields  string // what of it, with commas between
	Way     string // page, api, list, export
	Records int64  // how many, of a list
	Roles   string // of the reader
}

// Saw records a reading of personal data. It is a unit's trail: reading leaves none else.
func (t *Tx) Saw(ctx context.Context, s Sight) error {
	_, err := t.Exec(ctx, `INSERT INTO base_read (id, at, by_id, by_name, roles, noun, subject, fields, way, records, source, request)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)`,
		t.NewID(), t.At(), t.By.ID, t.By.Name, s.Roles, s.Noun, s.Subject, s.Fields, s.Way, max(s.Records, 1), t.By.Source, t.By.Request)
	t.saw = true
	return err
}
