package messages

import (
	"context"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"

	"houqin/internal/base/courier"
	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/id"
	"houqin/internal/base/list"
)

// Webhook is another program that listens; besides it, channels are the robots of
// group chats.
const Webhook = "webhook"

// Kinds of channels.
var Kinds = append(slices.Clone(courier.Robots), Webhook)

// Channel is where messages go besides the people they concern.
type Channel struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Kind    string   `json:"kind"`
	Host    string   `json:"host"`
	Events  []string `json:"events"`
	Closed  bool     `json:"closed"`
	Version int64    `json:"version"`

	// Address and Secret are only written: "" leaves what is set. A webhook without a
	// secret is given one, which the answer alone tells.
	Address string `json:"-"`
	Secret  string `json:"-"`

	said string
}

// Channels is the list of channels.
var Channels = list.Of[Channel]{
	Name: "messages.channels", From: `messages_channel c`, Order: "name", Short: true, Live: []string{"messages.channel"},
	Href: func(c *Channel) string { return "/channels/" + c.ID },
	Columns: []list.Column[Channel]{
		{Key: "name", SQL: "c.name", Into: func(c *Channel) any { return &c.Name }, Sort: true},
		{Key: "kind", SQL: "c.kind", Into: func(c *Channel) any { return &c.Kind }, OneOf: Kinds},
		{Key: "host", SQL: "c.host", Into: func(c *Channel) any { return &c.Host }},
		{Key: "closed", SQL: "c.closed", Into: func(c *Channel) any { return &c.Closed }},
		{Key: "events", SQL: "c.events", Into: func(c *Channel) any { return &c.said }, Hidden: true},
		{Key: "id", SQL: "c.id", Into: func(c *Channel) any { return &c.ID }, Hidden: true},
		{Key: "version", SQL: "c.version", Into: func(c *Channel) any { return &c.Version }, Hidden: true},
	},
}

// GetChannel is one channel; NotFound when there is none.
func GetChannel(ctx context.Context, r db.Reader, id string) (Channel, error) {
	c, err := Channels.Get(ctx, r, list.Where{}.And("c.id = ?", id))
	c.Events = strings.Fields(c.said)
	return c, err
}

// Open arranges a new channel. What it is told is sealed under the hospital's key.
func (o *Office) Open(ctx context.Context, tx *db.Tx, c *Channel) error {
	if err := tx.Need(MayRun); err != nil {
		return err
	}
	c.ID, c.Version, c.Closed = tx.NewID(), 1, false
	if c.Kind == Webhook && c.Secret == "" {
		c.Secret = "whsec_" + base64.StdEncoding.EncodeToString([]byte(id.Secret()))
	}
	address, secret, err := o.check(tx, c, true)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO messages_channel (id, name, kind, host, address, secret, events) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
		c.ID, c.Name, c.Kind, c.Host, address, secret, c.said); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "messages.channel", Record: c.ID, Action: "open", Note: c.Name, After: c})
}

// Change changes what a channel is told, its name, or its address and secret where these
// are given anew. Its kind stays.
func (o *Office) Change(ctx context.Context, tx *db.Tx, c *Channel) error {
	if err := tx.Need(MayRun); err != nil {
		return err
	}
	was, err := GetChannel(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	c.Kind, c.Closed = was.Kind, was.Closed
	if c.Address == "" {
		c.Host = was.Host
	}
	address, secret, err := o.check(tx, c, false)
	if err != nil {
		return err
	}
	if err := tx.One(ctx, fault.Stale(), `UPDATE messages_channel SET name = $1, host = $2, events = $3, version = version + 1,
		address = CASE WHEN $4 = '' THEN address ELSE $4 END, secret = CASE WHEN $5 = '' THEN secret ELSE $5 END WHERE id = $6 AND version = $7`,
		c.Name, c.Host, c.said, address, secret, c.ID, c.Version); err != nil {
		return err
	}
	c.Version++
	return tx.Trail(ctx, db.Event{Noun: "messages.channel", Record: c.ID, Action: "change", Note: c.Name, Before: was, After: c})
}

// CloseChannel ends a channel; what waits for it is not sent any more.
func CloseChannel(ctx context.Context, tx *db.Tx, id string, version int64) error {
	if err := tx.Need(MayRun); err != nil {
		return err
	}
	if err := tx.One(ctx, fault.Stale(),
		`UPDATE messages_channel SET closed = true, address = '', secret = '', version = version + 1 WHERE id = $1 AND version = $2 AND closed = false`, id, version); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "messages.channel", Record: id, Action: "close"})
}

// check completes a channel and seals what is secret of it.
func (o *Office) check(tx *db.Tx, c *Channel, whole bool) (address, secret string, err error) {
	var bad fault.Complaints
	c.Name, c.Address, c.Secret = strings.TrimSpace(c.Name), strings.TrimSpace(c.Address), strings.TrimSpace(c.Secret)
	if c.Name == "" {
		bad.Add("name", "base.required")
	}
	if !slices.Contains(Kinds, c.Kind) {
		bad.Add("kind", "base.bad_value", c.Kind)
	}
	for _, e := range c.Events {
		if !slices.Contains(Events, e) {
			bad.Add("events", "base.bad_value", e)
		}
	}
	switch {
	case c.Address == "" && whole:
		bad.Add("address", "base.required")
	case c.Address == "":
	case o.Courier.Check(c.Address) != nil:
		bad.Add("address", "messages.bad_address")
	default:
		u, _ := url.Parse(c.Address)
		c.Host = u.Host
	}
	if key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(c.Secret, "whsec_")); c.Kind == Webhook && c.Secret != "" && (err != nil || len(key) < 24) {
		bad.Add("secret", "messages.bad_secret")
	}
	c.said = strings.Join(c.Events, " ")
	if err := bad.Err(); err != nil {
		return "", "", err
	}
	if c.Address != "" {
		if address, err = tx.Keys.Seal(c.Address, "messages_channel.address/"+c.ID); err != nil {
			return "", "", fault.New(fault.Conflict, "messages.no_key").Because(err)
		}
	}
	if c.Secret != "" {
		if secret, err = tx.Keys.Seal(c.Secret, "messages_channel.secret/"+c.ID); err != nil {
			return "", "", fault.New(fault.Conflict, "messages.no_key").Because(err)
		}
	}
	return address, secret, nil
}
