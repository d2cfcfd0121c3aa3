package desk

import (
	"cmp"
	"context"
	"slices"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/messages"
	"houqin/internal/people"
)

// Manner is how a crew comes to its jobs.
type Manner string

const (
	Either  Manner = "either" // the desk sends people, and they may take jobs themselves
	Sent    Manner = "sent"   // only the desk sends; nothing is taken, but emergencies
	InTurns Manner = "turns"  // each new job goes to the next on duty
)

// Manners are all of them.
var Manners = []string{string(Either), string(Sent), string(InTurns)}

// MannerOf is how a crew comes to its jobs.
func MannerOf(ctx context.Context, r db.Reader, crew string) (Manner, error) {
	m, _, err := db.First(ctx, r, func(m *Manner) []any { return []any{m} }, `SELECT manner FROM desk_crew WHERE id = $1`, crew)
	return cmp.Or(m, Either), err
}

// CrewManner is how one crew comes to its jobs.
type CrewManner struct {
	Crew   string `json:"crew"`
	Manner Manner `json:"manner"`
}

// AllManners are those of the crews that come to their jobs otherwise than most.
func AllManners(ctx context.Context, r db.Reader) ([]CrewManner, error) {
	return db.All(ctx, r, func(m *CrewManner) []any { return []any{&m.Crew, &m.Manner} }, `SELECT id, manner FROM desk_crew WHERE manner <> 'either' ORDER BY id`)
}

// SetManner changes it for the jobs reported from now on.
func SetManner(ctx context.Context, tx *db.Tx, crew string, m Manner) error {
	if err := tx.Need(MayArrange); err != nil {
		return err
	}
	if !slices.Contains(Manners, string(m)) {
		return fault.OnField("manner", "base.bad_value", string(m))
	}
	was, err := MannerOf(ctx, tx, crew)
	if err != nil || was == m {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO desk_crew (id, manner) VALUES ($1,$2) ON CONFLICT (id) DO UPDATE SET manner = excluded.manner`, crew, m); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "desk.settings", Record: crew, Action: "manner", Before: was, After: m})
}

// SetManners says of all crews how they come to their jobs: of those that are left out as most
// do. Invalid: a crew twice.
func SetManners(ctx context.Context, tx *db.Tx, all []CrewManner) error {
	was, err := AllManners(ctx, tx)
	if err != nil {
		return err
	}
	of := func(some []CrewManner, crew string) bool {
		return slices.ContainsFunc(some, func(m CrewManner) bool { return m.Crew == crew })
	}
	for n, m := range all {
		if of(all[:n], m.Crew) {
			return fault.OnField(lineOf("manners", n)+".crew", "desk.mannered_twice")
		}
		if err := SetManner(ctx, tx, m.Crew, m.Manner); err != nil {
			return err
		}
	}
	for _, m := range was {
		if !of(all, m.Crew) {
			if err := SetManner(ctx, tx, m.Crew, Either); err != nil {
				return err
			}
		}
	}
	return nil
}

// inTurn gives a new job to the next of its crew who is on duty and may do it; with nobody
// there it waits for the desk. Two jobs at once go to two people.
func inTurn(ctx context.Context, tx *db.Tx, j *Job) error {
	if err := tx.Lock(ctx, "desk_crew", j.Crew); err != nil {
		return err
	}
	last, _, err := db.Text(ctx, tx, `SELECT last FROM desk_crew WHERE id = $1`, j.Crew)
	if err != nil {
		return err
	}
	all, err := Propose(ctx, tx, j, 0)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(c Candidate) bool { return !c.Own || c.Lack != nil || !c.Duty.On })
	if len(all) == 0 {
		return nil
	}
	slices.SortFunc(all, func(a, b Candidate) int { return cmp.Compare(a.Person, b.Person) })
	next := all[0]
	if i := slices.IndexFunc(all, func(c Candidate) bool { return c.Person > last }); i >= 0 {
		next = all[i]
	}
	if _, err := tx.Exec(ctx, `UPDATE desk_crew SET last = $1 WHERE id = $2`, next.Person, j.Crew); err != nil {
		return err
	}
	j.Worker, j.WorkerName, j.CrewName = next.Person, next.Name, next.CrewName
	j.State, j.DispatchedAt, j.Dispatcher = Dispatched, tx.At(), next.CrewName
	if err := keep(ctx, tx, j, "turn", who(j)); err != nil {
		return err
	}
	if err := sentTo(ctx, tx, j); err != nil {
		return err
	}
	return tell(ctx, tx, messages.Dispatched, j, j.Worker)
}

// callOut tells of an emergency at once (W-005): the people of its crew who are on duty, and
// who has it already; when there is nobody, the head of the crew or else the section head.
// What is none is passed over.
func callOut(ctx context.Context, tx *db.Tx, j *Job) error {
	if j.Urgency != Emergency {
		return nil
	}
	to, err := called(ctx, tx, j)
	if j.Worker != "" {
		to = append(to, j.Worker)
	}
	for n := 0; err == nil && len(to) == 0 && n < 2; n++ {
		to, err = rung(ctx, tx, j, n)
		to = slices.DeleteFunc(to, func(p string) bool { return p == "" })
	}
	if err != nil {
		return err
	}
	return tell(ctx, tx, messages.Emergency, j, to...)
}

// called are the people of a job's crew who are on duty and may do it.
func called(ctx context.Context, tx *db.Tx, j *Job) (ids []string, err error) {
	if j.Crew == "" {
		return nil, nil
	}
	all, err := Propose(ctx, tx, j, 0)
	for _, c := range all {
		if c.Own && c.Duty.On && c.Lack == nil {
			ids = append(ids, c.Person)
		}
	}
	return ids, err
}

// Colleague is somebody of a worker's crew: whether they are on duty, and what they have in hand.
type Colleague struct {
	Person string
	Name   string
	Duty   Duty
	Load   int64
	At     string // where they are working now
}

// Team are the people of a crew, those on duty first.
func Team(ctx context.Context, r db.Reader, crew string) ([]Colleague, error) {
	found, err := people.People.All(ctx, r, list.Where{}.And("p.closed = false AND p.department = ?", crew), staffMost)
	if err != nil || crew == "" || len(found) == 0 {
		return nil, err
	}
	ids := make([]string, len(found))
	for i, p := range found {
		ids[i] = p.ID
	}
	today := todayOf(r)
	rosters, err := RostersOf(ctx, r, ids, today, today)
	if err != nil {
		return nil, err
	}
	hands, err := inHand(ctx, r, ids)
	if err != nil {
		return nil, err
	}
	team := make([]Colleague, len(found))
	for i, p := range found {
		team[i] = Colleague{Person: p.ID, Name: p.Name, Duty: rosters.At(p.ID, r.Moment())}
		for _, h := range hands[p.ID] {
			if h.open {
				team[i].Load++
				if h.state == Working {
					team[i].At = h.path
				}
			}
		}
	}
	slices.SortStableFunc(team, func(a, b Colleague) int { return first(a.Duty.On, b.Duty.On) })
	return team, nil
}
