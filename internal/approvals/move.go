package approvals

import (
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/period"
	"houqin/internal/messages"
)

// move counts the votes of the step and of the stage, and opens the next one.
func move(ctx context.Context, tx *db.Tx, c *Case, d *Decision, seats []seat, b bar) error {
	all, err := stepsOf(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	var agreed, open, need int64
	more := false
	for i := range all {
		s := &all[i]
		if s.ID == d.Step {
			if s.State, err = votes(ctx, tx, s, d.Verdict); err != nil {
				return err
			}
			// The time had passed: the word of who stands above is the step's.
			if s.Escalated && slices.ContainsFunc(seats, func(x seat) bool { return x.ID == d.Seat && x.Instead }) {
				s.State = string(d.Verdict)
			}
			if s.State != Waiting {
				others := slices.ContainsFunc(seats, func(x seat) bool { return x.Step == s.ID && x.ID != d.Seat })
				if err := closeStep(ctx, tx, s.ID, s.State, others); err != nil {
					return err
				}
			}
		}
		switch {
		case s.Stage > c.Stage:
			more = true
		case s.Stage == c.Stage:
			need = s.StageNeed
			switch s.State {
			case string(Agreed):
				agreed++
			case Waiting:
				open++
			default:
				if s.StageNeed == 0 {
					return end(ctx, tx, c, Refused, d.Note)
				}
			}
		}
	}
	switch {
	case need == 0 && open > 0, need > 0 && agreed < need && agreed+open >= need:
		return unblock(ctx, tx, c, all)
	case need > 0 && agreed < need:
		return end(ctx, tx, c, Refused, d.Note)
	}
	if open > 0 {
		if err := spareStage(ctx, tx, c.ID, c.Stage); err != nil {
			return err
		}
	}
	if !more {
		return end(ctx, tx, c, Agreed, d.Note)
	}
	c.Stage++
	if err := setStage(ctx, tx, c.ID, c.Stage); err != nil {
		return err
	}
	if b != nil { // and now also who has just signed
		for _, id := range []string{tx.By.ID, d.For} {
			if id == "" {
				continue
			}
			if err := b.add(ctx, tx, id, before); err != nil {
				return err
			}
		}
	}
	return begin(ctx, tx, c, all, b, false)
}

// raise puts a step before who stands above it, and tells them: those left out who sit
// at it already (seats) or are barred.
func raise(ctx context.Context, tx *db.Tx, c *Case, s *step, seats []seat, b bar, due period.Instant, event string) ([]seatHolder, error) {
	higher, err := above(ctx, tx, s.Who, s.Instead, c.Department, tx.Today(), func(person string) bool {
		return b.out(person) || slices.ContainsFunc(seats, func(x seat) bool { return x.Person == person && x.State != Moved })
	})
	if err != nil {
		return nil, err
	}
	for _, h := range higher {
		if err := insertSeat(ctx, tx, &seat{ID: tx.NewID(), Case: c.ID, Step: s.ID, Person: h.ID, Name: h.Name, Instead: true, Due: due}); err != nil {
			return nil, err
		}
	}
	return higher, tellSeats(ctx, tx, event, c, b, persons(higher))
}

// votes is how a step stands after one more verdict. Where one is enough the first
// decides; of several needed a refusal counts when the rest no longer reach the number.
func votes(ctx context.Context, tx *db.Tx, s *step, v State) (string, error) {
	agreed, waiting, refused, err := countSeats(ctx, tx, s.ID)
	need := min(s.Need, agreed+waiting+refused) // no more than were free to decide
	if need == 0 {
		need = agreed + waiting
		if v == Refused {
			return string(Refused), err
		}
	}
	switch {
	case agreed >= need:
		return string(Agreed), err
	case v == Refused && agreed+waiting < need, v == Refused && s.Need == 1:
		return string(Refused), err
	}
	return Waiting, err
}

// unblock finds somebody else for the steps of the stage at which only people are left
// who have signed this case elsewhere.
func unblock(ctx context.Context, tx *db.Tx, c *Case, all []step) error {
	b, err := barOf(ctx, tx, c)
	if err != nil {
		return err
	}
	for i := range all {
		s := &all[i]
		if s.Stage != c.Stage || s.State != Waiting || s.Meeting != "" || s.Need != 1 {
			continue
		}
		seats, err := seatsOf(ctx, tx, s.ID)
		if err != nil {
			return err
		}
		free := false
		for _, seat := range seats {
			free = free || seat.Waiting && b[seat.Person] == ""
		}
		if free {
			continue
		}
		for _, seat := range seats {
			if seat.Waiting {
				if err := endSeat(ctx, tx, seat.ID, Barred); err != nil {
					return err
				}
			}
		}
		higher, err := raise(ctx, tx, c, s, seats, b, s.Due, messages.Decide)
		if err != nil {
			return err
		}
		if len(higher) == 0 {
			if err := tellWhoMay(ctx, tx, messages.Stuck, c, MayRoute); err != nil {
				return err
			}
		}
	}
	return nil
}

// end closes a case and tells its room.
func end(ctx context.Context, tx *db.Tx, c *Case, s State, note string) error {
	if s == Voided { // its own room has done it
		to, err := concerned(ctx, tx, c)
		if err != nil {
			return err
		}
		if err := tell(ctx, tx, messages.Voided, c, to...); err != nil {
			return err
		}
		return shutCase(ctx, tx, c, s, note)
	}
	if err := shutCase(ctx, tx, c, s, note); err != nil {
		return err
	}
	why := ""
	if note != "" {
		why = " · " + note
	}
	if err := messages.Tell(ctx, tx, messages.Word{Event: messages.Decided, To: []string{c.AskedBy}, Args: []string{c.Number, c.Title, string(s), why}, Number: c.Number, Href: caseAt(c)}); err != nil {
		return err
	}
	room := Ended[c.Noun]
	if room == nil {
		return Wired([]string{c.Noun})
	}
	return room(ctx, tx, *c)
}

// concerned are who asked for a case, who signed it and who is awaited.
func concerned(ctx context.Context, tx *db.Tx, c *Case) ([]string, error) {
	to, err := decidedBefore(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	seats, err := waitingSeats(ctx, tx, c.ID)
	for _, s := range seats {
		to = append(to, s.Person)
	}
	return append(to, c.AskedBy), err
}
