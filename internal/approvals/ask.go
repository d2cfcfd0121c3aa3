package approvals

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/calendar"
	"houqin/internal/departments"
	"houqin/internal/messages"
	"houqin/internal/people"
	"houqin/internal/rules"
)

// Ask sends a document on its way, in the unit of work of the room it belongs to. By
// the way of today and what the document is and weighs, its steps are laid down here
// for good: a way that is changed later changes nothing for it. A way without steps
// agrees at once, and the answer says so; otherwise Ended tells.
//
// Refused: a document that is on its way already (Conflict), parts that one person may
// not have together (Conflict, with the clause), a first step at which nobody is left
// to decide (Conflict).
func Ask(ctx context.Context, tx *db.Tx, d Document) (Case, error) {
	if !known(d.Kind) || d.Digest == "" || d.Record == "" || d.Amount < 0 {
		return Case{}, fmt.Errorf("approvals: a document without kind, record or digest, or of a negative amount: %s %s", d.Kind, d.Record)
	}
	if Ended[d.Noun] == nil {
		return Case{}, Wired([]string{d.Noun})
	}
	if err := checkAttrs(&d); err != nil {
		return Case{}, err
	}
	if _, under, err := OpenOf(ctx, tx, d.Noun, d.Record); err != nil {
		return Case{}, err
	} else if under {
		return Case{}, fault.New(fault.Conflict, "approvals.under_way", d.Number)
	}
	hands, err := handsOf(tx.By, &d)
	if err != nil {
		return Case{}, err
	}
	if err := separate(ctx, tx, hands); err != nil {
		return Case{}, err
	}
	c := Case{ID: tx.NewID(), Kind: d.Kind, Noun: d.Noun, Record: d.Record, RecordNumber: d.Number, Title: strings.TrimSpace(d.Title), Reason: strings.TrimSpace(d.Reason),
		Department: d.Department, Amount: d.Amount, State: Open, Open: true, AskedBy: tx.By.ID, AskedName: tx.By.Name, AskedAt: tx.At(), documentDigest: d.Digest}
	d.Facts = slices.DeleteFunc(slices.Clone(d.Facts), func(f Fact) bool { return f.Value == "" })
	if c.Facts, err = factsOf(d.Facts); err != nil {
		return c, err
	}
	sames, err := holdSames(ctx, tx, &d)
	if err != nil {
		return c, err
	}
	if err := weigh(ctx, tx, &c, sames); err != nil {
		return c, err
	}
	rt, err := RouteOn(ctx, tx, d.Kind, tx.Today())
	if err != nil {
		return c, err
	}
	heavy := d
	heavy.Amount = c.Weight
	n, err := rt.tierOf(ctx, tx, &heavy, tx.Today())
	if err != nil {
		return c, err
	}
	c.Route, c.RouteSince, c.Tier = rt.ID, rt.Since, int64(n)
	if err := c.seal(&d, hands); err != nil {
		return c, err
	}
	if len(rt.Tiers[n].Stages) == 0 {
		c.State, c.Open, c.EndedAt = Agreed, false, tx.At()
	}
	if c.Number, err = tx.Number(ctx, "SP"); err != nil {
		return c, err
	}
	if err := insertCase(ctx, tx, &c); err != nil {
		return c, err
	}
	if err := keepSames(ctx, tx, &c, sames); err != nil {
		return c, err
	}
	if err := tx.Trail(ctx, db.Event{Noun: Noun, Record: c.ID, Action: "ask", Note: c.Number + " " + c.Title, After: sealedAs{c.Digest}}); err != nil {
		return c, err
	}
	if !c.Open {
		return c, nil
	}
	if err := layOut(ctx, tx, &c, rt.Tiers[n].Stages); err != nil {
		return c, err
	}
	return c, begin(ctx, tx, &c, nil, nil, true)
}

// sealedAs is what asking leaves in the trail, which is sealed: Verify holds the case
// against it.
type sealedAs struct {
	Digest string `json:"digest"`
}

// seal makes the digest of all that is shown to who decides.
func (c *Case) seal(d *Document, hands []Hand) error {
	h, err := json.Marshal(hands)
	if err != nil {
		return err
	}
	a, err := json.Marshal(d.Attrs)
	if err != nil {
		return err
	}
	c.hands, c.attrs = string(h), string(a)
	c.Digest, err = c.digest(d.Attrs, d.Facts, hands, d.Digest)
	return err
}

// digest is made of all that is shown; the lists as they are, or as they were written down.
func (c *Case) digest(attrs, facts, hands any, document string) (string, error) {
	return DigestOf([]any{c.Kind, c.Noun, c.Record, c.RecordNumber, c.Title, c.Reason, c.Department, c.Amount, c.Weight, c.Beside, attrs, facts, hands, document})
}

// DigestOf is a digest of anything that marshals the same way each time: what a room
// hands in with its document.
func DigestOf(v any) (string, error) {
	b, err := json.Marshal(v)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16]), err
}

// Window is the parameter of the rulebook that says within how many days amounts for the
// same thing are summed; 0 sums nothing.
const Window = "P-009.window"

// holdSames holds what the document is about, so that two who ask at once see each
// other. A supplier and a project are the whole house's; an item is its department's.
func holdSames(ctx context.Context, tx *db.Tx, d *Document) (ids []string, err error) {
	for _, s := range d.Same {
		unit := d.Department
		if !strings.HasPrefix(s, "item:") {
			unit = ""
		}
		ids = append(ids, d.Kind+"|"+unit+"|"+s)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for _, id := range ids {
		if err := holdSame(ctx, tx, id); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// weigh sums what was asked for beside a document within the window: one that was cut
// into pieces goes the way of the whole (AB-05). What was refused, taken back or
// asked for anew does not count.
func weigh(ctx context.Context, tx *db.Tx, c *Case, sames []string) error {
	c.Weight = c.Amount
	days, err := rules.Number(ctx, tx, Window, tx.Today())
	if err != nil || days == 0 || len(sames) == 0 {
		return err
	}
	others, err := besides(ctx, tx, sames, c, period.At(tx.Now.AddDate(0, 0, -int(days))))
	var numbers []string
	for _, o := range others {
		sum := c.Weight + o.Amount
		if sum < c.Weight {
			return fault.New(fault.Invalid, "approvals.bad_amount", o.Amount.String())
		}
		c.Weight, numbers = sum, append(numbers, o.Number)
	}
	c.Beside = strings.Join(numbers, besideMark)
	return err
}

// besideMark stands between the numbers of what lies beside a case, as its digest has them.
const besideMark = "、"

// Besides are the numbers of the cases that were summed with this one.
func (c *Case) Besides() []string { return strings.Split(c.Beside, besideMark) }

// layOut writes down every step of the way, those of later stages too.
func layOut(ctx context.Context, tx *db.Tx, c *Case, stages []Stage) error {
	for n, s := range stages {
		for place, w := range s.Who {
			who, err := Meant(ctx, tx, w.Is, tx.Today())
			if err != nil {
				return err
			}
			st := step{ID: tx.NewID(), Case: c.ID, Stage: int64(n), Place: int64(place), Who: who, Unit: unitOf(who, c.Department), Meeting: meeting(who),
				Need: max(1, w.Each), StageNeed: s.Need, Hours: s.Hours, Instead: s.Instead, State: Ahead}
			if w.Each < 0 {
				st.Need = 0
			}
			if st.Hours == 0 {
				st.Hours = HoursShipped
			}
			if err := insertStep(ctx, tx, &st); err != nil {
				return err
			}
		}
	}
	return nil
}

// begin opens the steps of the case's stage and lays their seats. first: nobody may be
// asked in vain; later a step without anybody waits until a post is filled, and who
// fills posts is told.
// all are its steps and b who may not decide, where the caller knows them.
func begin(ctx context.Context, tx *db.Tx, c *Case, all []step, b bar, first bool) (err error) {
	if all == nil {
		if all, err = stepsOf(ctx, tx, c.ID); err != nil {
			return err
		}
	}
	cal, err := calendar.Load(ctx, tx)
	if err != nil {
		return err
	}
	if b == nil {
		if b, err = barOf(ctx, tx, c); err != nil {
			return err
		}
	}
	for i := range all {
		s := &all[i]
		if s.Stage != c.Stage {
			continue
		}
		s.Due = period.At(cal.Add(tx.Now, time.Duration(s.Hours)*time.Hour))
		n, err := lay(ctx, tx, c, s, b)
		if err != nil {
			return err
		}
		if n == 0 {
			if first {
				return fault.New(fault.Conflict, "approvals.nobody_left", SayKey(s.Who))
			}
			if err := tellWhoMay(ctx, tx, messages.Stuck, c, MayRoute); err != nil {
				return err
			}
		}
		if err := openStep(ctx, tx, s); err != nil {
			return err
		}
	}
	return nil
}

// lay seats everybody who may decide at a step: those who stand for who was named,
// without those whom the document bars; when none is left, who stands above.
func lay(ctx context.Context, tx *db.Tx, c *Case, s *step, b bar) (int, error) {
	if s.Meeting != "" {
		if err := insertSeat(ctx, tx, &seat{ID: tx.NewID(), Case: c.ID, Step: s.ID, Meeting: s.Meeting, Due: s.Due}); err != nil {
			return 0, err
		}
		return 1, tellWhoMay(ctx, tx, messages.Meeting, c, MayEnter)
	}
	found, err := standing(ctx, tx, s.Who, s.Unit, tx.Today())
	if err != nil {
		return 0, err
	}
	s.Holders = ids(found)
	free := slices.DeleteFunc(slices.Clone(found), func(h seatHolder) bool { return b[h.ID] != "" })
	instead := false
	if len(free) == 0 {
		if free, err = above(ctx, tx, s.Who, s.Instead, c.Department, tx.Today(), b.out); err != nil {
			return 0, err
		}
		instead = true
	}
	for _, h := range free {
		if err := insertSeat(ctx, tx, &seat{ID: tx.NewID(), Case: c.ID, Step: s.ID, Person: h.ID, Name: h.Name, Instead: instead, Due: s.Due}); err != nil {
			return 0, err
		}
	}
	return len(free), tellSeats(ctx, tx, messages.Decide, c, b, persons(free))
}

// tellWhoMay tells of a case those who hold a permission: who enters what meetings
// decided, who fills posts.
func tellWhoMay(ctx context.Context, tx *db.Tx, event string, c *Case, may string) error {
	to, err := people.HoldersOf(ctx, tx, may, tx.Today())
	if err != nil {
		return err
	}
	return tell(ctx, tx, event, c, to...)
}

// tell has people told of a case.
func tell(ctx context.Context, tx *db.Tx, event string, c *Case, to ...string) error {
	return messages.Tell(ctx, tx, messages.Word{Event: event, To: to, Args: []string{c.Number, c.Title}, Number: c.Number, Href: caseAt(c)})
}

// caseAt is the page of a case.
func caseAt(c *Case) string { return "/approvals/cases/" + c.ID }

func persons(all []seatHolder) (ids []string) {
	for _, h := range all {
		ids = append(ids, h.ID)
	}
	slices.Sort(ids)
	return ids
}

func ids(all []seatHolder) string { return strings.Join(persons(all), ",") }

// Prospect is one step of a way as it would be for a document: who would be asked.
type Prospect struct {
	Stage  int64    `json:"stage"`
	Who    string   `json:"who"`
	People []string `json:"people"` // names; none where a meeting decides or nobody is there
	Need   int64    `json:"need"`
	Hours  int64    `json:"hours"`
}

// Preview says where a document would go by a way on a day, with names, and by which
// tier. Nothing is written.
func Preview(ctx context.Context, r db.Reader, rt *Route, d Document, by string, day period.Day) (tier int, steps []Prospect, err error) {
	if d.Department != "" {
		if _, err := departments.Get(ctx, r, d.Department); err != nil {
			return 0, nil, err
		}
	}
	if err := checkAttrs(&d); err != nil {
		return 0, nil, err
	}
	if tier, err = rt.tierOf(ctx, r, &d, day); err != nil {
		return 0, nil, err
	}
	b := bar{}
	if by != "" {
		if b, err = barred(ctx, r, []Hand{{"requester", by}}, nil); err != nil {
			return 0, nil, err
		}
	}
	for n, s := range rt.Tiers[tier].Stages {
		for _, w := range s.Who {
			who, err := Meant(ctx, r, w.Is, day)
			if err != nil {
				return 0, nil, err
			}
			p := Prospect{Stage: int64(n), Who: who, Need: s.Need, Hours: s.Hours}
			if p.Hours == 0 {
				p.Hours = HoursShipped
			}
			if meeting(who) == "" && (d.Department != "" || unitOf(who, "x") == "") {
				found, err := standing(ctx, r, who, d.Department, day)
				if err != nil {
					return 0, nil, err
				}
				for _, h := range found {
					if b[h.ID] == "" {
						p.People = append(p.People, h.Name)
					}
				}
				if len(p.People) == 0 {
					higher, err := above(ctx, r, who, s.Instead, d.Department, day, b.out)
					if err != nil {
						return 0, nil, err
					}
					for _, h := range higher {
						p.People = append(p.People, h.Name)
					}
				}
			}
			steps = append(steps, p)
		}
	}
	return tier, steps, nil
}
