package approvals

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
)

// Turn is a step of a case as it is shown: who is asked, who of them still may decide.
type Turn struct {
	ID        string         `json:"id"`
	Stage     int64          `json:"stage"`
	Who       string         `json:"who"`
	Meeting   string         `json:"meeting"`
	Need      int64          `json:"need"`       // how many of those who stand for it; 0 all
	StageNeed int64          `json:"stage_need"` // how many steps of the stage; 0 all
	State     string         `json:"state"`
	Escalated bool           `json:"escalated"`
	Due       period.Instant `json:"due"`
	EndedAt   period.Instant `json:"ended_at"`
	Waiting   []Chair        `json:"waiting,omitempty"`
	Signed    []Decision     `json:"signed,omitempty"`
}

// Chair is one of those whose decision is awaited.
type Chair struct {
	Person  string `json:"person"`
	Name    string `json:"name"`
	Instead bool   `json:"instead"` // asked in place of who was named
}

// Course is the way of a case so far and ahead, in its order.
func Course(ctx context.Context, r db.Reader, id string) ([]Turn, error) {
	all, err := stepsOf(ctx, r, id)
	if err != nil {
		return nil, err
	}
	seats, err := waitingSeats(ctx, r, id)
	if err != nil {
		return nil, err
	}
	signed, err := Decisions(ctx, r, id)
	if err != nil {
		return nil, err
	}
	turns := make([]Turn, len(all))
	for i, s := range all {
		t := &turns[i]
		*t = Turn{ID: s.ID, Stage: s.Stage, Who: s.Who, Meeting: s.Meeting, Need: s.Need, StageNeed: s.StageNeed, State: s.State, Escalated: s.Escalated, Due: s.Due, EndedAt: s.EndedAt}
		for _, x := range seats {
			if x.Step == s.ID && x.Person != "" {
				t.Waiting = append(t.Waiting, Chair{x.Person, x.Name, x.Instead})
			}
		}
		for _, d := range signed {
			if d.Step == s.ID {
				t.Signed = append(t.Signed, d)
			}
		}
	}
	return turns, nil
}

// Sits says whether a person sits at a seat of a case now, for whom ("" themselves),
// and why they may not decide all the same.
func Sits(ctx context.Context, r db.Reader, by db.Actor, c *Case) (at bool, forName string, closed error, err error) {
	if !c.Open || by.ID == "" {
		return false, "", nil, nil
	}
	seats, err := waitingSeats(ctx, r, c.ID)
	if err != nil {
		return false, "", nil, err
	}
	b, err := barOf(ctx, r, c)
	if err != nil {
		return false, "", nil, err
	}
	for _, s := range seats {
		if s.Person == by.ID {
			return true, "", b.refuses(by.ID, c.Kind), nil
		}
	}
	ways, err := reach(ctx, r, by.ID, r.Today())
	if err != nil {
		return false, "", nil, err
	}
	for _, s := range seats {
		for _, w := range ways[s.Person] {
			closed := b.refuses(by.ID, c.Kind)
			covers := true
			for _, d := range w {
				covers = covers && d.covers(c.Kind, c.Weight)
				if e := b.refuses(d.From, c.Kind); closed == nil {
					closed = e
				}
			}
			if covers {
				return true, s.Name, closed, nil
			}
		}
	}
	return false, "", nil, nil
}

// MeetingsAt are the meetings whose decision a case waits for.
func MeetingsAt(ctx context.Context, r db.Reader, id string) (names []string, err error) {
	seats, err := waitingSeats(ctx, r, id)
	for _, s := range seats {
		if s.Meeting != "" {
			names = append(names, s.Meeting)
		}
	}
	return names, err
}

// Stuck are open steps at which nobody sits: their posts must be filled.
func Stuck(ctx context.Context, r db.Reader, limit int) ([]Case, error) {
	return Cases.All(ctx, r, list.Where{}.And("c.open = true AND NOT EXISTS (SELECT 1 FROM approvals_seat s WHERE s.case_id = c.id AND s.waiting = true)"), limit)
}
