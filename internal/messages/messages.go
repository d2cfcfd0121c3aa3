// Package messages is the messenger: it tells people what concerns them, on their own
// page always, and by letter, group chat or webhook where that was arranged.
//
// Only the number of a paper leaves the house, with a sentence and a link: what stands
// on the paper is read inside, by who may.
package messages

import (
	"context"
	"embed"
	"encoding/json"
	"net/mail"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/jobs"
	"houqin/internal/base/period"
)

//go:embed migrations/*.sql
var Migrations embed.FS

// MayRun is to arrange where messages go, and to look after those that did not arrive.
const MayRun = "messages.run"

// Permissions of this room.
var Permissions = []string{MayRun}

// What people and channels are told of. The sentence is messages.says.<event>, with the
// arguments of a Word; what leaves the house messages.tells.<event>, with its number.
const (
	Dispatched    = "dispatched"     // a job was given to you
	Emergency     = "emergency"      // an emergency was reported
	Finished      = "finished"       // a job of your ward waits for its signature
	Returned      = "returned"       // a job comes back to you
	Decide        = "decide"         // a paper waits for your decision
	Decided       = "decided"        // what you asked for was decided
	Owed          = "owed"           // you owe a paper
	Alarm         = "alarm"          // a security alarm
	Escalated     = "escalated"      // a hard case was handed up to you
	Planned       = "planned"        // it was decided how your hard case is done
	Counted       = "counted"        // the result of a count of a store is reported to you
	Joined        = "joined"         // what you reported is done together with another job
	DueSoon       = "due_soon"       // your job is due soon
	Overdue       = "overdue"        // a job is late: told rung by rung
	Unsolved      = "unsolved"       // a job is not solved for so long that it is reported upward
	Complaint     = "complaint"      // a complaint is yours to answer
	TurnMissed    = "turn_missed"    // jobs of a plan of yours were not raised
	ToolsCounted  = "tools_counted"  // a count of tools is reported to you
	Sounded       = "sounded"        // an alarm of a technical system waits for the desk
	NotTaken      = "not_taken"      // what your phone sent later was not taken
	Noted         = "noted"          // what somebody did without a network was made a note of a job of yours
	Raised        = "raised"         // a paper that others let wait too long is yours to decide
	Reminded      = "reminded"       // you are reminded of a paper that waits for your decision
	Opinion       = "opinion"        // somebody asks what you think of a paper
	Meeting       = "meeting"        // a paper waits for a meeting, whose decision you enter
	Stuck         = "stuck"          // nobody is there to decide a paper: a post is to be filled
	Voided        = "voided"         // a paper you asked for or signed was changed, its approval is void
	OwedLate      = "owed_late"      // the paper that you owe is overdue
	OwedUp        = "owed_up"        // your people owe a paper for days
	WayDrafted    = "way_drafted"    // another way of agreeing waits to be put in force
	StandIn       = "stand_in"       // somebody lets another decide in their place
	InPlace       = "in_place"       // a paper waits for you to decide in somebody's place
	StandInEnds   = "stand_in_ends"  // that was taken back
	RuleProposed  = "rule_proposed"  // another value of a rule waits to be confirmed
	GoodsPlanned  = "goods_planned"  // what your ward waits for is in a purchase plan
	GoodsOrdered  = "goods_ordered"  // it was ordered
	GoodsCame     = "goods_came"     // it lies in the store
	GoodsFreed    = "goods_freed"    // the plan does not buy it after all: the next takes it up
	Hastened      = "hastened"       // a ward asks once more for a job of yours
	Offered       = "offered"        // a job waits for somebody of your crew to take it
	Gone          = "gone"           // a job you were sent to is no longer yours to go to
	CalledOff     = "called_off"     // what you reported was called off
	Commented     = "commented"      // something was said about a job of yours
	Amended       = "amended"        // what stands on a job of yours was changed
	ComplaintLate = "complaint_late" // a complaint was not answered by its day
	Answered      = "answered"       // your complaint was answered
	Barred        = "barred"         // somebody came for what you reported and cannot go on: they wait for the ward
	Replied       = "replied"        // the job that you set somebody was finished
)

// Events are all of them.
var Events = []string{Dispatched, Emergency, Finished, Returned, Decide, Decided, Owed, Alarm, Escalated, Planned, Counted, Joined, DueSoon, Overdue, Unsolved, Complaint, TurnMissed, ToolsCounted, Sounded, NotTaken, Noted,
	Raised, Reminded, Opinion, Meeting, Stuck, Voided, OwedLate, OwedUp, WayDrafted, RuleProposed, StandIn, InPlace, StandInEnds,
	GoodsPlanned, GoodsOrdered, GoodsCame, GoodsFreed,
	Hastened, Offered, Gone, CalledOff, Commented, Amended, ComplaintLate, Answered, Barred, Replied}

// indoors are told on a person's own page, where they wait for nobody, and to the channels
// that ask for it, not by letter: a desk that sends a hundred people a day would read
// nothing else.
var indoors = []string{Replied}

// Word is something to be told.
type Word struct {
	Event  string
	To     []string // persons; who does it is not told of it
	Args   []string // of the sentence inside the house
	Number string   // of the paper: all that is said of it outside
	Href   string   // its page
}

// Tell tells people and channels in the unit of work of what happened: when that is
// undone, nobody hears of it.
func Tell(ctx context.Context, tx *db.Tx, w Word) error {
	if !slices.Contains(Events, w.Event) {
		return fault.New(fault.Internal, "messages.no_event", w.Event)
	}
	args, err := json.Marshal(w.Args)
	if err != nil {
		return err
	}
	to := slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(w.To))), func(p string) bool { return p == "" || p == tx.By.ID })
	for _, p := range to {
		if _, err := tx.Exec(ctx, `INSERT INTO messages_note (id, person, at, event, args, href, seen) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
			tx.NewID(), p, tx.At(), w.Event, string(args), w.Href, slices.Contains(indoors, w.Event)); err != nil {
			return err
		}
	}
	type road struct{ channel, person string }
	var roads []road
	for _, p := range to {
		if a, err := AddressOf(ctx, tx, p); err != nil {
			return err
		} else if a != "" && !slices.Contains(indoors, w.Event) {
			roads = append(roads, road{person: p})
		}
	}
	channels, err := db.All(ctx, tx, func(r *road) []any { return []any{&r.channel} },
		`SELECT id FROM messages_channel WHERE closed = false AND ' ' || events || ' ' LIKE $1 ORDER BY id`, "% "+w.Event+" %")
	if err != nil {
		return err
	}
	for _, r := range append(roads, channels...) {
		if err := send(ctx, tx, Delivery{Channel: r.channel, Person: r.person, Event: w.Event, Number: w.Number, Href: w.Href}); err != nil {
			return err
		}
	}
	return nil
}

// send leaves a delivery for after the commit.
func send(ctx context.Context, tx *db.Tx, d Delivery) error {
	d.ID = tx.NewID()
	if _, err := tx.Exec(ctx, `INSERT INTO messages_delivery (id, channel, person, event, number, href, at) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
		d.ID, d.Channel, d.Person, d.Event, d.Number, d.Href, tx.At()); err != nil {
		return err
	}
	return jobs.Later(ctx, tx, Due{d.ID})
}

// Note is what one was told.
type Note struct {
	ID    string         `json:"id"`
	At    period.Instant `json:"at"`
	Event string         `json:"event"`
	Args  []string       `json:"args"`
	Href  string         `json:"href"`
	Seen  bool           `json:"seen"`
}

// Shown is how many notes a page shows; older ones are still in the book.
const Shown = 100

// Notes are what a person was told, the newest first.
func Notes(ctx context.Context, r db.Reader, person string) ([]Note, error) {
	type row struct {
		Note
		args string
	}
	rows, err := db.All(ctx, r, func(n *row) []any { return []any{&n.ID, &n.At, &n.Event, &n.args, &n.Href, &n.Seen} },
		`SELECT id, at, event, args, href, seen FROM messages_note WHERE person = $1 ORDER BY id DESC LIMIT $2`, person, Shown)
	if err != nil {
		return nil, err
	}
	notes := make([]Note, len(rows))
	for i, n := range rows {
		notes[i] = n.Note
		if err := json.Unmarshal([]byte(n.args), &notes[i].Args); err != nil {
			return nil, err
		}
	}
	return notes, nil
}

// Unseen counts what a person has not looked at yet, up to 100.
func Unseen(ctx context.Context, r db.Reader, person string) (n int64, err error) {
	err = r.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 AS one FROM messages_note WHERE person = $1 AND seen = false LIMIT 100) unseen`, person).Scan(&n)
	return n, err
}

// See marks one's own notes up to the one given, and all before it, as seen.
func See(ctx context.Context, tx *db.Tx, upTo string) error {
	var n int64
	const those = ` person = $1 AND seen = false AND id <= $2`
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM messages_note WHERE`+those, tx.By.ID, upTo).Scan(&n); err != nil || n == 0 {
		return db.Explain(err)
	}
	if _, err := tx.Exec(ctx, `UPDATE messages_note SET seen = true WHERE`+those, tx.By.ID, upTo); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "messages.note", Record: tx.By.ID, Action: "see"})
}

// AddressOf is where a person is written to; "" when nowhere.
func AddressOf(ctx context.Context, r db.Reader, person string) (string, error) {
	a, _, err := db.First(ctx, r, func(a *string) []any { return []any{a} }, `SELECT email FROM messages_address WHERE person = $1`, person)
	return a, err
}

// WriteTo sets where one wants to be written to oneself; "" for nowhere. Invalid: not
// one plain address.
func WriteTo(ctx context.Context, tx *db.Tx, email string) error {
	email = strings.TrimSpace(email)
	was, err := AddressOf(ctx, tx, tx.By.ID)
	if err != nil || was == email {
		return err
	}
	if email == "" {
		_, err = tx.Exec(ctx, `DELETE FROM messages_address WHERE person = $1`, tx.By.ID)
	} else {
		if a, err := mail.ParseAddress(email); err != nil || a.Address != email || strings.ContainsAny(email, ",;") {
			return fault.OnField("email", "messages.bad_email")
		}
		_, err = tx.Exec(ctx, `INSERT INTO messages_address (person, email) VALUES ($1,$2) ON CONFLICT (person) DO UPDATE SET email = excluded.email`, tx.By.ID, email)
	}
	if err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "messages.address", Record: tx.By.ID, Action: "change"})
}
