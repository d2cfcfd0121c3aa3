package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/flow"
	"houqin/internal/base/form"
	"houqin/internal/base/id"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/files"
)

// NoticeNoun is what the trail and files call a guest's notice.
const NoticeNoun = "desk.notice"

// Guest is in whose name units of work run that a code on the wall lets in: nobody known.
var Guest = db.Actor{ID: "guest", Name: "访客", Source: "code"}

// NoticeState says what became of a notice.
type NoticeState string

const (
	Unread    NoticeState = "waiting"   // nobody of the desk has looked at it
	Confirmed NoticeState = "confirmed" // it is a job now
	Joined    NoticeState = "joined"    // a job that there was tells of the same
	Dismissed NoticeState = "dismissed" // not real
)

// NoticeStates are all of them.
var NoticeStates = []string{string(Unread), string(Confirmed), string(Joined), string(Dismissed)}

// Dismissals are why a notice is not made a job; the guest reads that and no more.
var Dismissals = []string{"nothing_found", "not_ours", "mended", "prank"}

// GuestTrades are what guests could report besides the hospital's own kinds; the kinds say
// which of them they may.
var GuestTrades = []string{"electric", "water", "hvac", "lift", "carpentry", "metal", "cleaning", "other"}

// Notice is what somebody not known said is broken where a code hangs.
type Notice struct {
	ID        string         `json:"id"`
	Tracking  string         `json:"tracking"`
	Code      string         `json:"code"`
	Place     string         `json:"place"`
	PlaceName string         `json:"place_name"`
	Asset     string         `json:"asset"`
	AssetName string         `json:"asset_name"`
	Trade     Trade          `json:"trade"`
	Kind      string         `json:"kind"`      // of the hospital's own; "" is that of the trade
	KindName  string         `json:"kind_name"` // of such a one
	Text      string         `json:"text"`
	Contact   string         `json:"contact"`
	Photos    int64          `json:"photos"`
	State     NoticeState    `json:"state"`
	Reason    string         `json:"reason"` // of Dismissals
	Job       string         `json:"job"`
	JobNumber string         `json:"job_number"`
	JobState  State          `json:"job_state"` // of the job into which that was merged, if it was
	At        period.Instant `json:"at"`
	DecidedAt period.Instant `json:"decided_at"`
	DecidedBy string         `json:"decided_by"`
	Alike     int64          `json:"alike"` // waiting by the same code
	Version   int64          `json:"version"`

	Department     string `json:"department"` // of the place
	DepartmentName string `json:"department_name"`
}

func where(n *Notice) string { return strings.TrimSpace(n.PlaceName + " " + n.AssetName) }

// saidOrWhere: who only sends a photo says nothing.
func saidOrWhere(n *Notice) string { return cmp.Or(n.Text, where(n)) }

// Notices is the list of what guests said: its page, filters, export and API.
var Notices = list.Of[Notice]{
	Name: "desk.notices",
	From: `desk_notice n LEFT JOIN places_place p ON p.id = n.place LEFT JOIN departments_department d ON d.id = p.department
		LEFT JOIN assets_card a ON a.id = n.asset LEFT JOIN desk_job j ON j.id = n.job
		LEFT JOIN desk_job o ON o.id = j.merged_into AND j.merged_into <> '' LEFT JOIN desk_kind k ON k.id = n.kind`,
	Href: func(n *Notice) string { return "/desk/notices/" + n.ID }, Order: "-at", Alias: "n", Table: "desk_notice", Live: []string{NoticeNoun},
	Columns: []list.Column[Notice]{
		{Key: "text", SQL: "n.text", Into: func(n *Notice) any { return &n.Text }, Text: saidOrWhere},
		{Key: "trade", SQL: "n.trade", Into: func(n *Notice) any { return &n.Trade }, OneOf: Trades, Enum: "desk.trade"},
		{Key: "kind", SQL: "n.kind", Into: func(n *Notice) any { return &n.Kind }, Ref: "kinds", Text: func(n *Notice) string { return n.KindName }, Aside: true},
		{Key: "place", SQL: "n.place", Into: func(n *Notice) any { return &n.Place }, Ref: "places", Text: where},
		{Key: "state", SQL: "n.state", Into: func(n *Notice) any { return &n.State }, OneOf: NoticeStates, Enum: "desk.notice.state", Tone: noticeTone},
		{Key: "alike", SQL: "(CASE WHEN n.state = 'waiting' THEN (SELECT count(*) FROM desk_notice o WHERE o.code = n.code AND o.state = 'waiting') ELSE 0 END)", Into: func(n *Notice) any { return &n.Alike }},
		{Key: "photos", SQL: "n.photos", Into: func(n *Notice) any { return &n.Photos }},
		{Key: "at", SQL: "n.at", Into: func(n *Notice) any { return &n.At }, Range: true, Sort: true},
		{Key: "job_number", SQL: "coalesce(j.number, '')", Into: func(n *Notice) any { return &n.JobNumber }, Aside: true},
		{Key: "reason", SQL: "n.reason", Into: func(n *Notice) any { return &n.Reason }, OneOf: Dismissals, Enum: "desk.dismiss.reason", Aside: true},
		{Key: "decided_by", SQL: "n.decided_by", Into: func(n *Notice) any { return &n.DecidedBy }, Aside: true},
		{Key: "decided_at", SQL: "n.decided_at", Into: func(n *Notice) any { return &n.DecidedAt }, Aside: true},
		{Key: "contact", SQL: "n.contact", Into: func(n *Notice) any { return &n.Contact }, Hidden: true, Need: MayDispatch},
		{Key: "code", SQL: "n.code", Into: func(n *Notice) any { return &n.Code }, Hidden: true},
		{Key: "tracking", SQL: "n.tracking", Into: func(n *Notice) any { return &n.Tracking }, Hidden: true, Need: MayDispatch},
		{Key: "asset", SQL: "n.asset", Into: func(n *Notice) any { return &n.Asset }, Ref: "assets", Hidden: true},
		{Key: "job", SQL: "n.job", Into: func(n *Notice) any { return &n.Job }, Hidden: true},
		{Key: "job_state", SQL: "coalesce(o.state, j.state, '')", Into: func(n *Notice) any { return &n.JobState }, Hidden: true},
		{Key: "place_name", SQL: "coalesce(p.path, '')", Into: func(n *Notice) any { return &n.PlaceName }, Hidden: true},
		{Key: "asset_name", SQL: "coalesce(a.name, '')", Into: func(n *Notice) any { return &n.AssetName }, Hidden: true},
		{Key: "kind_name", SQL: "coalesce(k.name, '')", Into: func(n *Notice) any { return &n.KindName }, Hidden: true},
		{Key: "department", SQL: "coalesce(d.id, '')", Into: func(n *Notice) any { return &n.Department }, Ref: "departments", Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(n *Notice) any { return &n.DepartmentName }, Hidden: true},
		{Key: "id", SQL: "n.id", Into: func(n *Notice) any { return &n.ID }, Hidden: true},
		{Key: "version", SQL: "n.version", Into: func(n *Notice) any { return &n.Version }, Hidden: true},
	},
}

func noticeTone(n *Notice, _ time.Time) string {
	switch n.State {
	case Unread:
		return "soon"
	case Confirmed, Joined:
		return "done"
	}
	return "quiet"
}

// NoticeScope is which notices a person sees: those of the places they dispatch for.
func NoticeScope(by db.Actor) list.Where {
	if s := by.Scope(MayDispatch); !s.All {
		return list.Where{}.In("coalesce(d.id, '')", s.Units)
	}
	return list.Where{}
}

// NoticeOf is one notice that the person sees; NotFound otherwise.
func NoticeOf(ctx context.Context, r db.Reader, by db.Actor, id string) (Notice, error) {
	return Notices.Get(ctx, r, NoticeScope(by).And("n.id = ?", id))
}

// Track is the notice with a tracking code, however it was typed; NotFound when there is
// none. Whoever has the code may know how far it is, and nothing about anything else.
func Track(ctx context.Context, r db.Reader, code string) (Notice, error) {
	code = strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(code))
	if len(code) != trackLength {
		return Notice{}, fault.New(fault.NotFound, "desk.no_such_track")
	}
	n, err := Notices.Get(ctx, r, list.Where{}.And("n.tracking = ?", code))
	if fault.KindOf(err) == fault.NotFound {
		err = fault.New(fault.NotFound, "desk.no_such_track")
	}
	return n, err
}

// trackLength is how many letters of 32 a tracking code has: sixty bits.
const trackLength = 12

// Handling is the table of what the desk does with a notice.
var Handling = flow.Flow[NoticeState, Notice]{
	Name:  NoticeNoun,
	State: func(n *Notice) *NoticeState { return &n.State },
	Seen:  func(n *Notice) int64 { return n.Version },
	Steps: []flow.Step[NoticeState, Notice]{
		{Name: "confirm", From: []NoticeState{Unread}, To: Confirmed, Need: MayDispatch, Ask: &ConfirmForm, Tone: "accent"},
		{Name: "join", From: []NoticeState{Unread}, To: Joined, Need: MayDispatch, Ask: &JoinForm},
		{Name: "dismiss", From: []NoticeState{Unread}, To: Dismissed, Need: MayDispatch, Ask: &DismissForm, Tone: "danger"},
	},
}

// Confirmation makes a notice a job. Also are notices by the same code that tell of the same.
type Confirmation struct {
	Title      string   `json:"title"`
	Trade      Trade    `json:"trade"` // or the id of a kind of the hospital's own
	Urgency    Urgency  `json:"urgency"`
	Department string   `json:"department,omitempty"`
	Also       []string `json:"also,omitempty"`
}

// Joining puts a notice to a job that there is.
type Joining struct {
	Job  string   `json:"job"`
	Also []string `json:"also,omitempty"`
}

// Dismissal says why a notice is not made a job.
type Dismissal struct {
	Reason string   `json:"reason"`
	Also   []string `json:"also,omitempty"`
}

// What the desk is asked when it decides about a notice; the counter offers the jobs and
// the other notices of the same code.
var (
	ConfirmForm = form.Of[Confirmation]{Name: "desk.confirm", Fields: []form.Field[Confirmation]{
		{Key: "title", Into: func(c *Confirmation) any { return &c.Title }, Required: true, Most: 100},
		{Key: "trade", Into: func(c *Confirmation) any { return &c.Trade }, Kind: form.Choice, Required: true},
		{Key: "urgency", Into: func(c *Confirmation) any { return &c.Urgency }, OneOf: Urgencies, Enum: "desk.urgency", Required: true},
		{Key: "department", Into: func(c *Confirmation) any { return &c.Department }, Ref: "departments", Required: true},
		{Key: "also", Into: func(c *Confirmation) any { return &c.Also }},
	}}
	JoinForm = form.Of[Joining]{Name: "desk.join", Fields: []form.Field[Joining]{
		{Key: "job", Into: func(j *Joining) any { return &j.Job }, Required: true},
		{Key: "also", Into: func(j *Joining) any { return &j.Also }},
	}}
	DismissForm = form.Of[Dismissal]{Name: "desk.dismiss", Fields: []form.Field[Dismissal]{
		{Key: "reason", Into: func(d *Dismissal) any { return &d.Reason }, Kind: form.Cards, OneOf: Dismissals, Required: true},
		{Key: "also", Into: func(d *Dismissal) any { return &d.Also }},
	}}
)

// What one code takes in. No clause has figures; they leave room for a ward where the
// lights went out, and none for somebody who writes a program.
const (
	waitingMost = 10 // not looked at yet, from one code
	dayMost     = 40 // in 24 hours, from one code
)

// Told is what a guest fills in.
type Told struct {
	Trade   Trade  `json:"trade"` // or the id of a kind of the hospital's own
	Text    string `json:"text"`
	Contact string `json:"contact"`
	Photos  int64  `json:"-"` // that will be attached
}

// Notify takes in what a guest says. Anybody may. NotFound: no such code; Conflict: it
// was withdrawn, or the place is closed; TooMany: so many by this code that the desk
// has them to look at first. Invalid: neither words nor a trade.
func Notify(ctx context.Context, tx *db.Tx, code string, t Told) (Notice, error) {
	c, err := Accepting(ctx, tx, code)
	if err == nil {
		err = tx.Lock(ctx, "desk_code", code) // of two at once the second sees the first
	}
	if err != nil {
		return Notice{}, err
	}
	var bad fault.Complaints
	k, err := kindMeant(ctx, tx, t.Trade)
	if err != nil {
		return Notice{}, err
	}
	if !k.ForGuests() {
		bad.Add("trade", "base.required")
	}
	if t.Text = strings.TrimSpace(t.Text); t.Trade == "other" && t.Text == "" {
		bad.Add("text", "base.required")
	}
	if err := bad.Err(); err != nil {
		return Notice{}, err
	}
	var waits, today int64
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE at > $2) FROM desk_notice WHERE code = $1 AND (state = 'waiting' OR at > $2)`,
		code, tx.At().Add(-24*time.Hour)).Scan(&waits, &today); err != nil {
		return Notice{}, err
	}
	if waits >= waitingMost || today >= dayMost {
		return Notice{}, fault.New(fault.TooMany, "desk.told_often", max(waits, today))
	}
	n := Notice{ID: tx.NewID(), Tracking: id.Secret()[:trackLength], Code: code, Place: c.Place, PlaceName: c.PlaceName, Asset: c.Asset, AssetName: c.AssetName,
		Trade: k.Trade, Text: t.Text, Contact: strings.TrimSpace(t.Contact), Photos: t.Photos, State: Unread, At: tx.At(), Version: 1}
	if k.Own() {
		n.Kind, n.KindName = k.ID, k.Name
	}
	search, err := tx.Tokens(ctx, n.Text, strings.ReplaceAll(n.PlaceName, " / ", " "), n.AssetName)
	if err != nil {
		return n, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO desk_notice (id, tracking, code, place, asset, trade, kind, text, contact, photos, state, at, search) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)`,
		n.ID, n.Tracking, n.Code, n.Place, n.Asset, n.Trade, n.Kind, n.Text, n.Contact, n.Photos, n.State, n.At, search); err != nil {
		return n, err
	}
	// What a guest wrote is nobody's signature: it stays out of the sealed trail.
	return n, tx.Trail(ctx, db.Event{Noun: NoticeNoun, Record: n.ID, Action: "notify", Note: c.Name()})
}

// Accepting is the code when reports may be made by it now. NotFound: there is none;
// Conflict: it was withdrawn, or the place is closed.
func Accepting(ctx context.Context, r db.Reader, code string) (Code, error) {
	c, err := CodeByID(ctx, r, code)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return c, fault.New(fault.NotFound, "desk.no_such_code")
	case err != nil:
		return c, err
	case c.Withdrawn:
		return c, fault.New(fault.Conflict, "desk.code_withdrawn")
	case c.Closed:
		return c, fault.New(fault.Conflict, "desk.code_closed", c.Name())
	}
	return c, nil
}

// Confirm makes a notice a job, told when the guest told it. Others by the same code may
// go with it. Refused: what Report refuses.
func Confirm(ctx context.Context, tx *db.Tx, id string, version int64, c Confirmation) (Notice, error) {
	n, err := decide(ctx, tx, id, version, "confirm")
	if err != nil {
		return n, err
	}
	j, err := Report(ctx, tx, &Slip{Title: c.Title, Detail: n.Text, Trade: c.Trade, Urgency: c.Urgency, Department: c.Department, Place: n.Place, Asset: n.Asset,
		Caller: Guest.Name, Source: "guest", Anyway: true, since: n.At})
	if err != nil {
		return n, err
	}
	n.Job, n.JobNumber = j.ID, j.Number
	if err := settle(ctx, tx, &n, "confirm", j.Number); err != nil {
		return n, err
	}
	return n, others(ctx, tx, &n, c.Also, "join", "")
}

// Join puts a notice, and others by the same code, to a job that is open at its place and
// tells of the same. Conflict: that job is over.
func Join(ctx context.Context, tx *db.Tx, id string, version int64, to Joining) (Notice, error) {
	n, err := decide(ctx, tx, id, version, "join")
	if err != nil {
		return n, err
	}
	j, err := Get(ctx, tx, tx.By, to.Job)
	if fault.KindOf(err) == fault.NotFound {
		return n, fault.OnField("job", "base.no_such", to.Job)
	}
	if err != nil {
		return n, err
	}
	if !j.Open {
		return n, fault.New(fault.Conflict, "desk.job_over", j.Number)
	}
	n.Job, n.JobNumber = j.ID, j.Number
	if err := settle(ctx, tx, &n, "join", j.Number); err != nil {
		return n, err
	}
	return n, others(ctx, tx, &n, to.Also, "join", "")
}

// Dismiss says that a notice, and others by the same code, are not real.
func Dismiss(ctx context.Context, tx *db.Tx, id string, version int64, d Dismissal) (Notice, error) {
	n, err := decide(ctx, tx, id, version, "dismiss")
	if err != nil {
		return n, err
	}
	if !slices.Contains(Dismissals, d.Reason) {
		return n, fault.OnField("reason", "base.bad_value", d.Reason)
	}
	n.Reason, n.Job = d.Reason, ""
	if err := settle(ctx, tx, &n, "dismiss", ""); err != nil {
		return n, err
	}
	return n, others(ctx, tx, &n, d.Also, "dismiss", d.Reason)
}

func decide(ctx context.Context, tx *db.Tx, id string, version int64, step string) (Notice, error) {
	return Handling.Take(ctx, tx, id, version, step, NoticeOf)
}

// others go the way of the first: those that were ticked and still wait.
func others(ctx context.Context, tx *db.Tx, first *Notice, ids []string, step, reason string) error {
	for _, id := range ids {
		n, err := decide(ctx, tx, id, 0, step)
		if err != nil {
			return err
		}
		if n.Code != first.Code {
			return fault.OnField("also", "base.bad_value", id)
		}
		n.Reason, n.Job = reason, first.Job
		if err := settle(ctx, tx, &n, step, cmp.Or(first.JobNumber, reason)); err != nil {
			return err
		}
	}
	return nil
}

// settle stores what was decided; photos go over to the job.
func settle(ctx context.Context, tx *db.Tx, n *Notice, step, note string) error {
	n.DecidedAt, n.DecidedBy = tx.At(), tx.By.Name
	if err := tx.One(ctx, fault.Stale(), `UPDATE desk_notice SET state = $1, reason = $2, job = $3, decided_at = $4, decided_by = $5, version = version + 1
		WHERE id = $6 AND version = $7`, n.State, n.Reason, n.Job, n.DecidedAt, n.DecidedBy, n.ID, n.Version); err != nil {
		return err
	}
	n.Version++
	if n.Job != "" {
		if err := files.Hand(ctx, tx, NoticeNoun, n.ID, Noun, n.Job); err != nil {
			return err
		}
	}
	return tx.Trail(ctx, db.Event{Noun: NoticeNoun, Record: n.ID, Action: step, Note: note})
}

// Told alike: the other notices that wait by the same code, the latest first.
func ToldAlike(ctx context.Context, r db.Reader, by db.Actor, n *Notice) ([]Notice, error) {
	return Notices.All(ctx, r, NoticeScope(by).And("n.code = ? AND n.state = 'waiting' AND n.id <> ?", n.Code, n.ID), waitingMost)
}

// ToDecide are the notices that wait for the desk.
func ToDecide(ctx context.Context, r db.Reader, by db.Actor, limit int) ([]Notice, error) {
	return Notices.All(ctx, r, NoticeScope(by).And("n.state = 'waiting'"), limit)
}

// contactKept is how long it is known after the decision how to reach a guest.
const contactKept = 30 * 24 * time.Hour

// ForgetGuests drops how guests can be reached, a month after it was decided about what
// they said.
func ForgetGuests(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE desk_notice SET contact = '' WHERE contact <> '' AND decided_at > 0 AND decided_at < $1`, tx.At().Add(-contactKept))
	return err
}
