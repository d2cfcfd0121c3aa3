package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/id"
	"houqin/internal/base/period"
)

// offline names the setting by which phones keep pages and acts for work without a
// network; on until a hospital says "off".
const offline = "desk.offline"

// Switch are its values.
var Switch = []string{"on", "off"}

// OfflineOn says whether phones may keep pages.
func OfflineOn(ctx context.Context, r db.Reader) (bool, error) {
	s, err := db.Setting(ctx, r, offline)
	return s != "off", err
}

// SetOffline switches work without a network on or off, for all phones: when it is off
// they forget what they keep the next time they come by.
func SetOffline(ctx context.Context, tx *db.Tx, to string) error {
	if err := tx.Need(MayArrange); err != nil {
		return err
	}
	if to != "on" && to != "off" {
		return fault.OnField("offline", "base.bad_value", to)
	}
	return db.Set(ctx, tx, offline, to)
}

// PhoneKey is the key, 32 bytes, under which the acting person's phones seal what they
// keep; made at the first asking, and the same ever after, so that what a phone kept
// before they signed out opens when they come again.
func PhoneKey(ctx context.Context, tx *db.Tx) ([]byte, error) {
	if tx.By.ID == "" {
		return nil, fault.New(fault.SignIn, "base.sign_in")
	}
	if err := tx.Lock(ctx, "people_person", tx.By.ID); err != nil {
		return nil, err
	}
	kept, made, err := db.Text(ctx, tx, `SELECT secret FROM desk_phone WHERE person = $1`, tx.By.ID)
	if err != nil {
		return nil, err
	}
	if !made {
		fresh := sha256.Sum256([]byte(id.Secret() + id.Secret()))
		kept = hex.EncodeToString(fresh[:])
		if _, err := tx.Exec(ctx, `INSERT INTO desk_phone (person, secret, made_at) VALUES ($1,$2,$3)`, tx.By.ID, kept, tx.At()); err != nil {
			return nil, err
		}
		if err := tx.Trail(ctx, db.Event{Noun: "desk.phone", Record: tx.By.ID, Action: "open"}); err != nil {
			return nil, err
		}
	}
	key, err := hex.DecodeString(kept)
	if err == nil && len(key) != sha256.Size {
		err = fmt.Errorf("the key of a phone has %d bytes", len(key))
	}
	return key, err
}

// Said is a step that was taken on a phone without a network and came in later: when
// the phone says that it was, and how far its clock was ahead of ours. Nothing is
// reckoned with it: what counts is when it came in.
type Said struct {
	Job    string
	Step   string
	ByName string
	SaidAt period.Instant
	Ahead  time.Duration
	At     period.Instant
}

// Differs says whether the phone tells another time than the one that counts, by more
// than a minute.
func (s *Said) Differs() bool {
	return s.At.Sub(s.SaidAt).Abs() > time.Minute || s.Ahead.Abs() > time.Minute
}

// Say keeps what a phone says of a step that this unit of work takes.
func Say(ctx context.Context, tx *db.Tx, s Said) error {
	_, err := tx.Exec(ctx, `INSERT INTO desk_said (id, job, step, by_name, said_at, ahead, at) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
		tx.NewID(), s.Job, s.Step, tx.By.Name, s.SaidAt, s.Ahead.Microseconds(), tx.At())
	return err
}

// SaidOf are the steps of a job that phones have sent later, in the order in which
// they came in, at most a hundred.
func SaidOf(ctx context.Context, r db.Reader, job string) ([]Said, error) {
	var ahead int64
	var all []Said
	err := db.Each(ctx, r, `SELECT step, by_name, said_at, ahead, at FROM desk_said WHERE job = $1 ORDER BY at, id LIMIT 100`, []any{job}, func(scan db.Scan) error {
		s := Said{Job: job}
		err := scan(&s.Step, &s.ByName, &s.SaidAt, &ahead, &s.At)
		s.Ahead = time.Duration(ahead) * time.Microsecond
		all = append(all, s)
		return err
	})
	return all, err
}

// Aside is what somebody did on a job without a network, when it can no longer count as
// a step: the job was given to another, cancelled or finished meanwhile.
type Aside struct {
	Text   string
	Photos form.Uploads
}

// AsideForm is what a phone sends of it.
var AsideForm = form.Of[Aside]{Name: "desk.aside", Fields: []form.Field[Aside]{
	{Key: "text", Into: func(a *Aside) any { return &a.Text }, Kind: form.Area, Most: 4000, Required: true},
	{Key: "photos", Into: func(a *Aside) any { return &a.Photos }},
}}

// SetAside writes it into the job's story, in whatever state the job is; nothing else of
// the job changes. Who has the job, and whose sending was not taken, are told of a job's
// first. Whoever sees the job may, and whoever was sent to it or has worked on it: to others
// it is not there (NotFound).
func SetAside(ctx context.Context, tx *db.Tx, id, text string) (Job, error) {
	if err := tx.Lock(ctx, "desk_job", id); err != nil {
		return Job{}, err
	}
	s, err := StandOf(ctx, tx, tx.By, id)
	if err != nil {
		return Job{}, err
	}
	j := s.Job
	if err := fault.Given(text, "text"); err != nil {
		return j, err
	}
	if err := tellOfNote(ctx, tx, id); err != nil {
		return j, err
	}
	return j, tx.Trail(ctx, db.Event{Noun: Noun, Record: id, Action: "aside", Note: text})
}
