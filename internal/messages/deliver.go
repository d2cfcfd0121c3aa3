package messages

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"houqin/internal/base/courier"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/jobs"
	"houqin/internal/base/keys"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
)

// Office sends what is to leave the house.
type Office struct {
	DB      *db.DB
	Courier *courier.Courier
	Words   *words.Words // what is said outside, in the hospital's language
	Address string       // of the site, for links; "" sends none
}

// Due is a delivery that is left for after the commit.
type Due struct{ Delivery string }

// Wire has the runner deliver.
func (o *Office) Wire(r *jobs.Runner) { jobs.Outside(r, o.Deliver) }

// States of a delivery.
const (
	Waiting = "waiting"
	Sent    = "sent"
	Dead    = "dead" // tried Attempts times; a person may send it again
)

// Attempts is how often a delivery is tried, over about an hour.
const Attempts = 8

// Delivery is one message on its way.
type Delivery struct {
	ID          string         `json:"id"`
	Channel     string         `json:"channel"`
	ChannelName string         `json:"channel_name"`
	Person      string         `json:"person"`
	PersonName  string         `json:"person_name"`
	Event       string         `json:"event"`
	Number      string         `json:"number"`
	Href        string         `json:"href"`
	At          period.Instant `json:"at"`
	State       string         `json:"state"`
	Attempts    int64          `json:"attempts"`
	Error       string         `json:"error"`
	SentAt      period.Instant `json:"sent_at"`
}

// Deliveries is the register of what left the house.
var Deliveries = list.Of[Delivery]{
	Name: "messages.deliveries", Order: "-id", Live: []string{"messages.delivery"},
	From: `messages_delivery d LEFT JOIN messages_channel c ON c.id = d.channel LEFT JOIN people_person p ON p.id = d.person`,
	Columns: []list.Column[Delivery]{
		{Key: "event", SQL: "d.event", Into: func(d *Delivery) any { return &d.Event }, OneOf: append([]string{Proof}, Events...), Enum: "messages.event"},
		{Key: "number", SQL: "d.number", Into: func(d *Delivery) any { return &d.Number }},
		{Key: "to", SQL: "coalesce(c.name, p.name, '')", Into: func(d *Delivery) any { return &d.ChannelName }},
		{Key: "at", SQL: "d.at", Into: func(d *Delivery) any { return &d.At }},
		{Key: "state", SQL: "d.state", Into: func(d *Delivery) any { return &d.State }, OneOf: []string{Waiting, Sent, Dead},
			Tone: func(d *Delivery, _ time.Time) string {
				return map[string]string{Waiting: "soon", Sent: "done", Dead: "danger"}[d.State]
			}},
		{Key: "attempts", SQL: "d.attempts", Into: func(d *Delivery) any { return &d.Attempts }},
		{Key: "error", SQL: "d.error", Into: func(d *Delivery) any { return &d.Error }},
		{Key: "sent_at", SQL: "d.sent_at", Into: func(d *Delivery) any { return &d.SentAt }, Aside: true},
		{Key: "id", SQL: "d.id", Into: func(d *Delivery) any { return &d.ID }, Hidden: true},
		{Key: "channel", SQL: "d.channel", Into: func(d *Delivery) any { return &d.Channel }, Hidden: true},
		{Key: "person", SQL: "d.person", Into: func(d *Delivery) any { return &d.Person }, Hidden: true},
		{Key: "href", SQL: "d.href", Into: func(d *Delivery) any { return &d.Href }, Hidden: true},
		{Key: "person_name", SQL: "coalesce(p.name, '')", Into: func(d *Delivery) any { return &d.PersonName }, Hidden: true},
	},
}

// Deliver sends one delivery and writes down how that went. An error means that it is
// to be tried again later.
func (o *Office) Deliver(ctx context.Context, due Due) error {
	d, err := Deliveries.Get(ctx, o.DB, list.Where{}.And("d.id = ?", due.Delivery))
	if fault.KindOf(err) == fault.NotFound || err == nil && d.State != Waiting {
		return nil
	}
	if err != nil {
		return err
	}
	failed := o.carry(ctx, &d)
	d.Attempts++
	d.State, d.Error = Sent, ""
	switch {
	case failed == nil:
	case d.Attempts >= Attempts || errors.Is(failed, errEnded):
		d.State, d.Error = Dead, failed.Error()
	default:
		d.State, d.Error = Waiting, failed.Error()
	}
	if err := o.DB.Do(ctx, db.System("messages"), func(tx *db.Tx) error {
		var sent period.Instant
		if d.State == Sent {
			sent = tx.At()
		}
		_, err := tx.Exec(ctx, `UPDATE messages_delivery SET state = $1, attempts = $2, error = $3, sent_at = $4 WHERE id = $5`, d.State, d.Attempts, d.Error, sent, d.ID)
		return err
	}); err != nil {
		return err
	}
	if d.State == Waiting {
		return failed
	}
	return nil
}

var errEnded = errors.New("the channel was closed, or the person is not written to any more")

// carry hands the message over.
func (o *Office) carry(ctx context.Context, d *Delivery) error {
	text := o.Words.T("messages.tells."+d.Event, d.Number)
	link := ""
	if o.Address != "" && d.Href != "" {
		link = o.Address + d.Href
	}
	if d.Channel == "" {
		to, err := AddressOf(ctx, o.DB, d.Person)
		if err != nil {
			return err
		}
		if to == "" {
			return errEnded
		}
		return o.Courier.Letter(ctx, to, d.ID, text, text+"\n"+link+"\n")
	}
	var kind, address, secret string
	if err := o.DB.QueryRowContext(ctx, `SELECT kind, address, secret FROM messages_channel WHERE id = $1`, d.Channel).Scan(&kind, &address, &secret); err != nil {
		return err
	}
	if address == "" {
		return errEnded
	}
	address, err := o.DB.Keys.Open(address, "messages_channel.address/"+d.Channel)
	if err == nil && secret != "" {
		secret, err = o.DB.Keys.Open(secret, "messages_channel.secret/"+d.Channel)
	}
	if err != nil {
		return err
	}
	if kind == Webhook {
		body, err := json.Marshal(map[string]any{"type": d.Event, "timestamp": d.At.Time().UTC().Format(time.RFC3339), "data": map[string]string{"number": d.Number, "link": link}})
		if err != nil {
			return err
		}
		return o.Courier.Webhook(ctx, address, secret, d.ID, body)
	}
	if link != "" {
		text += "\n" + link
	}
	return o.Courier.Robot(ctx, kind, address, secret, text)
}

// Undelivered are the deliveries that were given up, the oldest first, for who looks
// after them.
func Undelivered(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Delivery, error) {
	if !by.May(MayRun) {
		return nil, nil
	}
	return given.All(ctx, r, list.Where{}.And("d.state = ?", Dead), limit)
}

// given is Deliveries from the oldest on.
var given = func() list.Of[Delivery] {
	l := Deliveries
	l.Order = "id"
	return l
}()

// Again sends a dead delivery once more. Conflict when it is not dead.
func Again(ctx context.Context, tx *db.Tx, id string) error {
	if err := tx.Need(MayRun); err != nil {
		return err
	}
	if err := tx.One(ctx, fault.Stale(), `UPDATE messages_delivery SET state = $1, attempts = 0 WHERE id = $2 AND state = $3`, Waiting, id, Dead); err != nil {
		return err
	}
	if err := jobs.Later(ctx, tx, Due{id}); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "messages.delivery", Record: id, Action: "again"})
}

// Prove sends a channel a message that says nothing but that it arrives.
func Prove(ctx context.Context, tx *db.Tx, channel string) error {
	if err := tx.Need(MayRun); err != nil {
		return err
	}
	c, err := GetChannel(ctx, tx, channel)
	if err != nil {
		return err
	}
	if c.Closed {
		return fault.New(fault.Conflict, "messages.channel_closed", c.Name)
	}
	if err := send(ctx, tx, Delivery{Channel: channel, Event: Proof}); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "messages.channel", Record: channel, Action: "prove", Note: c.Name})
}

// Proof is the event of a message that only shows that it arrives.
const Proof = "proof"

// Reseal seals under the key in use what channels keep under an earlier one.
func Reseal(ctx context.Context, tx *db.Tx) error {
	type sealed struct{ id, address, secret string }
	all, err := db.All(ctx, tx, func(s *sealed) []any { return []any{&s.id, &s.address, &s.secret} },
		`SELECT id, address, secret FROM messages_channel WHERE closed = false ORDER BY id`)
	if err != nil {
		return err
	}
	for _, c := range all {
		for _, v := range []struct{ column, value string }{{"address", c.address}, {"secret", c.secret}} {
			if v.value == "" || tx.Keys.Fresh(v.value) {
				continue
			}
			bound := "messages_channel." + v.column + "/" + c.id
			text, err := tx.Keys.Open(v.value, bound)
			if errors.Is(err, keys.ErrMissing) {
				continue // the channel says so when it is used
			}
			if err == nil {
				text, err = tx.Keys.Seal(text, bound)
			}
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `UPDATE messages_channel SET `+v.column+` = $1 WHERE id = $2`, text, c.id); err != nil {
				return err
			}
		}
	}
	return nil
}
