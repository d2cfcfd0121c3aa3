package approvals

import (
	"context"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
	"houqin/internal/files"
)

// Signature is what stands under a decision besides the person and the moment: what
// exactly they were shown, and on which device. From where is the unit's own source.
type Signature struct {
	Digest string // of the case as it was shown
	Agent  string // the browser, kept short
}

// agentMost is how much of a browser's name is kept.
const agentMost = 120

// Decision is one signature under a case.
type Decision struct {
	ID       string         `json:"id"`
	Case     string         `json:"case"`
	Step     string         `json:"step"`
	Seat     string         `json:"seat"`
	Verdict  State          `json:"verdict"`
	Note     string         `json:"note"`
	Person   string         `json:"person"`
	Name     string         `json:"person_name"`
	For      string         `json:"for"`
	ForName  string         `json:"for_name"`
	Chain    string         `json:"chain"`
	At       period.Instant `json:"at"`
	Digest   string         `json:"digest"`
	Source   string         `json:"source"`
	Agent    string         `json:"agent"`
	MetOn    period.Day     `json:"met_on,omitempty"`
	Minutes  string         `json:"minutes,omitempty"`
	File     string         `json:"file,omitempty"`
	StepName string         `json:"who"`
}

// Agree signs a case at the seat that the person has, or sits on for somebody else.
//
// Refused: a case that has ended or changed since it was shown (Conflict), no seat
// (Forbidden), whoever had a part in the document or has signed it before, in any
// guise (Forbidden, with the clause).
func Agree(ctx context.Context, tx *db.Tx, id, note string, s Signature) (Case, error) {
	return decide(ctx, tx, id, Agreed, note, s)
}

// Refuse ends a case with a reason, unless others are enough to agree.
func Refuse(ctx context.Context, tx *db.Tx, id, reason string, s Signature) (Case, error) {
	if strings.TrimSpace(reason) == "" {
		return Case{}, fault.OnField("note", "base.required")
	}
	return decide(ctx, tx, id, Refused, reason, s)
}

// SendBack gives the document back for change, with what is to be changed.
func SendBack(ctx context.Context, tx *db.Tx, id, what string, s Signature) (Case, error) {
	if strings.TrimSpace(what) == "" {
		return Case{}, fault.OnField("note", "base.required")
	}
	return decide(ctx, tx, id, Returned, what, s)
}

// verbs are what the trail says of verdicts.
var verbs = map[State]string{Agreed: "agree", Refused: "refuse", Returned: "send_back", Withdrawn: "withdraw", Voided: "void"}

// open locks a case that is still open and as it was shown.
func take(ctx context.Context, tx *db.Tx, id, digest string) (Case, error) {
	if err := tx.Lock(ctx, "approvals_case", id); err != nil {
		return Case{}, err
	}
	c, err := Whole(ctx, tx, id)
	switch {
	case err != nil:
		return c, err
	case !c.Open:
		return c, fault.New(fault.Conflict, "approvals.ended."+string(c.State), c.Number, c.EndedBy)
	case digest != c.Digest:
		return c, fault.New(fault.Conflict, "approvals.changed_since", c.Number)
	}
	return c, nil
}

func decide(ctx context.Context, tx *db.Tx, id string, v State, note string, sig Signature) (Case, error) {
	c, err := take(ctx, tx, id, sig.Digest)
	if err != nil && !fault.Is(err, "approvals.changed_since") && c.ID == "" {
		return c, err
	}
	seats, err2 := waitingSeats(ctx, tx, id)
	if err2 != nil {
		return c, err2
	}
	if !slices.ContainsFunc(seats, func(s seat) bool { return s.Person == tx.By.ID }) { // who has a seat sees the case
		if in, err2 := Sees(ctx, tx, tx.By, id); err2 != nil || !in {
			return c, orMissing(err2)
		}
	}
	if err != nil {
		return c, err
	}
	b, err := barOf(ctx, tx, &c)
	if err != nil {
		return c, err
	}
	if err := b.refuses(tx.By.ID, c.Kind); err != nil {
		return c, err
	}
	st, chain, err := sit(ctx, tx, &c, b, seats)
	if err != nil {
		return c, err
	}
	d := Decision{Step: st.Step, Seat: st.ID, Verdict: v, Note: strings.TrimSpace(note)}
	if len(chain) > 0 {
		d.For, d.ForName = st.Person, st.Name
		for _, l := range chain {
			d.Chain = strings.TrimPrefix(d.Chain+","+l.ID, ",")
		}
	}
	return c, sign(ctx, tx, &c, d, sig, seats, b)
}

// Minutes is what a meeting decided, as its minutes say.
type Minutes struct {
	Day     period.Day
	Number  string
	Verdict State // Agreed, Refused or Returned
	Note    string
	File    string // id of the minutes, attached to the case
}

// Enter writes a meeting's decision into the case: its day, which is not in the future
// and not before the document was asked about, the number of its minutes and the
// minutes themselves. Needs MayEnter; who had a part in the document does not enter it.
func Enter(ctx context.Context, tx *db.Tx, id, meeting string, m Minutes, sig Signature) (Case, error) {
	if err := tx.Need(MayEnter); err != nil {
		return Case{}, err
	}
	c, err := take(ctx, tx, id, sig.Digest)
	if err != nil {
		return c, err
	}
	var bad fault.Complaints
	m.Number, m.Note = strings.TrimSpace(m.Number), strings.TrimSpace(m.Note)
	switch {
	case m.Day.DayOfMonth() == 0:
		bad.Add("day", "base.day")
	case m.Day > tx.Today() || m.Day < c.AskedAt.Day(tx.Location()):
		bad.Add("day", "approvals.met_when", c.AskedAt.Day(tx.Location()), tx.Today())
	}
	if m.Number == "" {
		bad.Add("number", "base.required")
	}
	if verbs[m.Verdict] == "" || m.Verdict == Withdrawn || m.Verdict == Voided {
		bad.Add("verdict", "base.bad_value", string(m.Verdict))
	}
	if m.Verdict != Agreed && m.Note == "" {
		bad.Add("note", "base.required")
	}
	if f, err := files.Get(ctx, tx, m.File); fault.KindOf(err) == fault.NotFound || err == nil && (f.Noun != Noun || f.Record != c.ID) {
		bad.Add("minutes", "approvals.no_minutes")
	} else if err != nil {
		return c, err
	}
	if err := bad.Err(); err != nil {
		return c, err
	}
	hands, err := c.readHands()
	if err != nil {
		return c, err
	}
	b, err := barred(ctx, tx, hands, nil)
	if err != nil {
		return c, err
	}
	if err := b.refuses(tx.By.ID, c.Kind); err != nil {
		return c, err
	}
	all, err := waitingSeats(ctx, tx, id)
	if err != nil {
		return c, err
	}
	for _, s := range all {
		if s.Meeting != "" && s.Meeting == meeting {
			return c, sign(ctx, tx, &c, Decision{Step: s.Step, Seat: s.ID, Verdict: m.Verdict, Note: m.Note, MetOn: m.Day, Minutes: m.Number, File: m.File}, sig, all, nil)
		}
	}
	return c, fault.New(fault.Conflict, "approvals.no_meeting_waits")
}

// sign writes a decision under the case and moves it on. seats are those that waited, b
// who may not decide; nil where that is still to be found out.
func sign(ctx context.Context, tx *db.Tx, c *Case, d Decision, sig Signature, seats []seat, b bar) error {
	d.ID, d.Case, d.Person, d.Name, d.At, d.Digest, d.Source = tx.NewID(), c.ID, tx.By.ID, tx.By.Name, tx.At(), sig.Digest, tx.By.Source
	d.Agent = words.Begin(sig.Agent, agentMost)
	if err := insertDecision(ctx, tx, &d); err != nil {
		return err
	}
	if err := endSeat(ctx, tx, d.Seat, string(d.Verdict)); err != nil {
		return err
	}
	said := d.Note
	if d.ForName != "" {
		said = strings.TrimSpace(d.ForName + " ← " + d.Name + "\n" + d.Note)
	}
	if d.Minutes != "" {
		said = strings.TrimSpace(string(d.MetOn) + " " + d.Minutes + "\n" + d.Note)
	}
	if err := tx.Trail(ctx, db.Event{Noun: Noun, Record: c.ID, Action: verbs[d.Verdict], Note: said, After: d}); err != nil {
		return err
	}
	if d.Verdict == Returned {
		return end(ctx, tx, c, Returned, d.Note)
	}
	return move(ctx, tx, c, &d, seats, b)
}

// Withdraw takes one's own case back while it is open; so does the room for whoever may
// call its document off.
func Withdraw(ctx context.Context, tx *db.Tx, id, reason string) (Case, error) {
	if err := tx.Lock(ctx, "approvals_case", id); err != nil {
		return Case{}, err
	}
	c, err := Whole(ctx, tx, id)
	if err != nil {
		return c, err
	}
	if c.AskedBy != tx.By.ID && !tx.By.System {
		if ok, err := Sees(ctx, tx, tx.By, id); err != nil || !ok {
			return c, orMissing(err)
		}
		return c, fault.New(fault.Forbidden, "approvals.not_asked")
	}
	if !c.Open {
		return c, fault.New(fault.Conflict, "approvals.ended."+string(c.State), c.Number, c.EndedBy)
	}
	if err := tx.Trail(ctx, db.Event{Noun: Noun, Record: id, Action: "withdraw", Note: strings.TrimSpace(reason)}); err != nil {
		return c, err
	}
	return c, end(ctx, tx, &c, Withdrawn, strings.TrimSpace(reason))
}

func orMissing(err error) error {
	if err != nil {
		return err
	}
	return fault.New(fault.NotFound, "base.not_found")
}

// Changed is what a room says when a document that was asked about is another one now:
// its approval, given or on its way, is void, and it must be asked for anew. The same
// digest changes nothing. voided says whether there was one.
func Changed(ctx context.Context, tx *db.Tx, noun, record, digest string) (voided bool, err error) {
	c, ok, err := Last(ctx, tx, noun, record)
	if err != nil || !ok || c.State != Open && c.State != Agreed || c.documentDigest == digest {
		return false, err
	}
	if err := tx.Lock(ctx, "approvals_case", c.ID); err != nil {
		return false, err
	}
	if c, err = Whole(ctx, tx, c.ID); err != nil || c.State != Open && c.State != Agreed {
		return false, err
	}
	if err := end(ctx, tx, &c, Voided, ""); err != nil {
		return false, err
	}
	return true, tx.Trail(ctx, db.Event{Noun: Noun, Record: c.ID, Action: "void", Before: c.documentDigest, After: digest})
}

// Must is nil when the document, as it stands, has been agreed to; else a Conflict that
// says how far it is. A room calls it before it carries the document out.
func Must(ctx context.Context, r db.Reader, noun, record, digest string) error {
	c, ok, err := Last(ctx, r, noun, record)
	switch {
	case err != nil:
		return err
	case ok && c.State == Agreed && c.documentDigest == digest:
		return nil
	case ok && c.Open:
		return fault.New(fault.Conflict, "approvals.still_open", c.Number)
	}
	return fault.New(fault.Conflict, "approvals.not_agreed")
}
