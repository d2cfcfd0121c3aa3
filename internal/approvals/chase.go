package approvals

import (
	"context"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/calendar"
	"houqin/internal/messages"
)

// chaseMost is how many steps one look takes on: the next look takes the rest.
const chaseMost = 200

// Chase goes round by the clock: steps whose time has passed are also put before who
// stands above, once, and told so; those who were asked may still decide. Where a
// meeting is awaited, or nobody stands above, those who are awaited are reminded.
func Chase(ctx context.Context, tx *db.Tx) error {
	late, err := lateSteps(ctx, tx, chaseMost)
	if err != nil || len(late) == 0 {
		return err
	}
	cal, err := calendar.Load(ctx, tx)
	if err != nil {
		return err
	}
	for _, s := range late {
		if err := tx.Lock(ctx, "approvals_case", s.Case); err != nil {
			return err
		}
		c, err := Whole(ctx, tx, s.Case)
		if err != nil {
			return err
		}
		if !c.Open {
			continue
		}
		if err := escalate(ctx, tx, &c, &s, cal); err != nil {
			return err
		}
	}
	return nil
}

func escalate(ctx context.Context, tx *db.Tx, c *Case, s *step, cal *calendar.Calendar) error {
	b, err := barOf(ctx, tx, c)
	if err != nil {
		return err
	}
	if err := setEscalated(ctx, tx, s.ID); err != nil {
		return err
	}
	var names []string
	if s.Meeting == "" {
		seats, err := seatsOf(ctx, tx, s.ID)
		if err != nil {
			return err
		}
		higher, err := raise(ctx, tx, c, s, seats, b, period.At(cal.Add(tx.Now, time.Duration(s.Hours)*time.Hour)), messages.Raised)
		if err != nil {
			return err
		}
		for _, h := range higher {
			names = append(names, h.Name)
		}
	}
	if len(names) > 0 {
		return tx.Trail(ctx, db.Event{Noun: Noun, Record: c.ID, Action: "escalate", Note: strings.Join(names, " · ")})
	}
	// A meeting, or a post above which there is nobody: they are told once more.
	if err := tellAwaited(ctx, tx, c, b); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: Noun, Record: c.ID, Action: "late"})
}

// tellAwaited reminds all whose decision is awaited, and who enters those of meetings.
func tellAwaited(ctx context.Context, tx *db.Tx, c *Case, b bar) error {
	seats, err := waitingSeats(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	var to []string
	met := false
	for _, s := range seats {
		to, met = append(to, s.Person), met || s.Meeting != ""
	}
	if met {
		if err := tellWhoMay(ctx, tx, messages.Meeting, c, MayEnter); err != nil {
			return err
		}
	}
	return tellSeats(ctx, tx, messages.Reminded, c, b, slices.DeleteFunc(to, func(p string) bool { return p == "" }))
}

// Refresh lays the seats of open steps anew where those who stand for who was named
// are others than when they were laid, or nobody sits: a post was filled, a head
// changed, a role ended, somebody left. It looks at each post and head once, not at each case.
func Refresh(ctx context.Context, tx *db.Tx) error {
	asked, err := openWho(ctx, tx)
	if err != nil {
		return err
	}
	for _, a := range asked {
		if err := refresh(ctx, tx, a.who, a.unit); err != nil {
			return err
		}
	}
	return nil
}

func refreshPost(ctx context.Context, tx *db.Tx, post string) error {
	return refresh(ctx, tx, "post:"+post, "")
}

func refresh(ctx context.Context, tx *db.Tx, who, unit string) error {
	now, err := standing(ctx, tx, who, unit, tx.Today())
	if err != nil {
		return err
	}
	steps, err := otherHolders(ctx, tx, who, unit, ids(now))
	if err != nil {
		return err
	}
	for i := range steps {
		if err := relay(ctx, tx, &steps[i], now); err != nil {
			return err
		}
	}
	return nil
}

// relay gives a step's seats to those who stand for it now.
func relay(ctx context.Context, tx *db.Tx, s *step, now []seatHolder) error {
	if err := tx.Lock(ctx, "approvals_case", s.Case); err != nil {
		return err
	}
	c, err := Whole(ctx, tx, s.Case)
	if err != nil || !c.Open {
		return err
	}
	b, err := barOf(ctx, tx, &c)
	if err != nil {
		return err
	}
	seats, err := seatsOf(ctx, tx, s.ID)
	if err != nil {
		return err
	}
	stands := func(person string) bool {
		return slices.ContainsFunc(now, func(h seatHolder) bool { return h.ID == person })
	}
	left := 0
	for _, x := range seats {
		if !x.Waiting {
			continue
		}
		if !x.Instead && !stands(x.Person) {
			if err := endSeat(ctx, tx, x.ID, Moved); err != nil {
				return err
			}
			continue
		}
		left++
	}
	was := s.Holders
	s.Holders = ids(now)
	var came []string
	for _, h := range now {
		if b[h.ID] != "" || slices.ContainsFunc(seats, func(x seat) bool { return x.Person == h.ID && (x.Waiting || x.State != Moved) }) {
			continue
		}
		if err := insertSeat(ctx, tx, &seat{ID: tx.NewID(), Case: c.ID, Step: s.ID, Person: h.ID, Name: h.Name, Due: s.Due}); err != nil {
			return err
		}
		came = append(came, h.ID)
	}
	if err := tellSeats(ctx, tx, messages.Decide, &c, b, came); err != nil {
		return err
	}
	if left+len(came) == 0 {
		if seats, err = seatsOf(ctx, tx, s.ID); err != nil {
			return err
		}
		higher, err := raise(ctx, tx, &c, s, seats, b, s.Due, messages.Decide)
		if err != nil {
			return err
		}
		if len(higher) == 0 {
			if was == s.Holders {
				return nil // as before
			}
			if err := tellWhoMay(ctx, tx, messages.Stuck, &c, MayRoute); err != nil {
				return err
			}
		}
	}
	if err := setHolders(ctx, tx, s.ID, s.Holders); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: Noun, Record: c.ID, Action: "reseat", Note: s.Who})
}
