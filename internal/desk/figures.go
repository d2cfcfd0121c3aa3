package desk

import (
	"context"
	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"slices"
)

// Late narrows to jobs whose deadline has passed and whose work is not done; while the
// clock of a paused job stands, it is not late.
func Late(w list.Where, at period.Instant) list.Where {
	return w.And("j.open = true AND j.state <> 'done' AND j.due > 0 AND j.due <= ? AND j.clock = ''", at)
}

// Unfinished is Active as a filter of the list; OfCrew is that of a crew, "" of none.
const Unfinished = "state=reported,dispatched,accepted,on_way,working,paused"

func OfCrew(crew string) string {
	if crew == "" {
		return "no_crew=true"
	}
	return "crew=" + crew
}

// Figures is how the desk stands today. Counts stop at list.Cap, then More is true.
type Figures struct {
	Open      Count     `json:"open"`
	Late      Count     `json:"late"`
	Emergency Count     `json:"emergency"`
	Reported  Count     `json:"reported"`
	Finished  Count     `json:"finished"`
	Unsigned  Count     `json:"unsigned"`
	Cost      money.Fen `json:"cost"` // of the jobs finished this month
}

// Count is a number of jobs.
type Count struct {
	N    int  `json:"n"`
	More bool `json:"more"`
}

// Today counts the jobs that a person sees: open ones, late ones, and what was
// reported and finished since the day began; Cost is since the month began.
func Today(ctx context.Context, r db.Reader, by db.Actor, at, day, month period.Instant) (f Figures, err error) {
	see := Scope(by)
	for _, c := range []struct {
		to *Count
		w  list.Where
	}{
		{&f.Open, see.And("j.open = true")},
		{&f.Late, Late(see, at)},
		{&f.Emergency, see.And("j.open = true AND j.urgency = 'emergency' AND j.state <> 'done'")},
		{&f.Reported, see.And("j.reported_at >= ?", day)},
		{&f.Finished, see.And("j.finished_at >= ?", day)},
		{&f.Unsigned, see.And("j.open = true AND j.state = 'done'")},
	} {
		n, more, err := Jobs.Count(ctx, r, c.w, list.Cap)
		if err != nil {
			return f, err
		}
		*c.to = Count{n, more}
	}
	costs, err := Costs(ctx, r, by, month, at+1)
	for _, c := range costs {
		f.Cost += c.Cost
	}
	return f, err
}

// Cost is what the finished jobs of a department cost in a span of time.
type Cost struct {
	Department string    `json:"department"`
	Name       string    `json:"name"`
	Jobs       int64     `json:"jobs"`
	Minutes    int64     `json:"minutes"`
	Labour     money.Fen `json:"labour"`
	Parts      money.Fen `json:"parts"`
	Outside    money.Fen `json:"outside"` // billed by firms
	Cost       money.Fen `json:"cost"`    // all of them
}

// Costs sums the jobs finished from one moment up to, not including, another, by the
// department that bears them, the dearest first; within where the person may see.
func Costs(ctx context.Context, r db.Reader, by db.Actor, from, to period.Instant) ([]Cost, error) {
	where, args := "", []any{from, to}
	if s := by.Scope(MaySee); !s.All {
		where, args = db.Listed(append(slices.Clone(s.Units), ""), args...)
		where = " AND j.department IN " + where
	}
	return db.All(ctx, r, func(c *Cost) []any {
		return []any{&c.Department, &c.Name, &c.Jobs, &c.Minutes, &c.Labour, &c.Parts, &c.Outside, &c.Cost}
	}, `SELECT j.department, d.name, count(*), CAST(sum(j.minutes) AS BIGINT), CAST(sum(j.labour) AS BIGINT), CAST(sum(j.parts) AS BIGINT), CAST(sum(j.outside) AS BIGINT), CAST(sum(j.cost + j.outside) AS BIGINT) AS cost
		FROM desk_job j LEFT JOIN departments_department d ON d.id = j.department
		WHERE j.finished_at >= $1 AND j.finished_at < $2`+where+` GROUP BY j.department, d.name ORDER BY cost DESC, j.department`, args...)
}

// Waiting is what waits for a person; each count stops at a hundred.
type Waiting struct {
	Reported int  // nobody was sent yet
	Notices  int  // told by guests, not looked at
	Alarms   int  // told by panels, not decided
	Mine     int  // given to me, or my crew's to take
	Unsigned int  // done for a department I sign for
	Late     bool // some of what I dispatch or do is late
}

// Waits counts what waits for a person, in a few short looks at the open jobs.
func Waits(ctx context.Context, r db.Reader, by db.Actor) (w Waiting, err error) {
	count := func(to *int, where list.Where, limit int) {
		if err != nil {
			return
		}
		*to, _, err = Jobs.Count(ctx, r, where, limit)
	}
	late := 0
	if by.May(MayDispatch) {
		count(&w.Reported, list.Scoped(by.Scope(MayDispatch), "j.department").And("j.open = true AND j.state = 'reported'"), 100)
		if err == nil {
			w.Notices, _, err = Notices.Count(ctx, r, NoticeScope(by).And("n.state = 'waiting'"), 100)
		}
		if err == nil {
			w.Alarms, _, err = Alarms.Count(ctx, r, AlarmScope(by).And("a.state = 'waiting'"), 100)
		}
		count(&late, Late(list.Scoped(by.Scope(MayDispatch), "j.department"), period.At(r.Moment())), 1)
	} else if by.May(MayWork) {
		count(&late, Late(list.Where{}.And("j.worker = ?", by.ID), period.At(r.Moment())), 1)
	}
	if by.May(MayWork) {
		count(&w.Mine, Mine(by), 100)
	}
	if by.May(MaySign) {
		count(&w.Unsigned, Unsigned(by), 100)
	}
	w.Late = late > 0
	return w, err
}

// Mine narrows to what a worker has in hand.
func Mine(by db.Actor) list.Where {
	return list.Where{}.And("j.worker = ? AND j.open = true AND j.state <> 'done'", by.ID)
}

// Takeable narrows to what a worker may take: nobody has it and it is their crew's
// or no crew's.
func Takeable(by db.Actor) list.Where {
	return list.Where{}.And("j.open = true AND j.worker = '' AND j.state IN ('reported', 'dispatched') AND (j.crew <> '' OR j.trade <> ?)", Medical).
		And("j.urgency = 'emergency' OR j.crew NOT IN (SELECT id FROM desk_crew WHERE manner = 'sent')").In("j.crew", append(crews(by), ""))
}

// Here are the jobs that a worker has in hand, and those that they may take, at the place or
// the asset where a code hangs.
func Here(ctx context.Context, r db.Reader, by db.Actor, c *Code) (all []Job, err error) {
	for _, w := range []list.Where{Mine(by), Takeable(by)} {
		if c.Asset != "" {
			w = w.And("j.asset = ? OR (j.asset = '' AND j.place = ? AND j.place <> '')", c.Asset, c.Place)
		} else {
			w = w.And("j.place = ?", c.Place)
		}
		some, err := Pending.All(ctx, r, w, 100)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// Unsigned narrows to what is done and waits for a person's signature.
func Unsigned(by db.Actor) list.Where {
	return list.Scoped(by.Scope(MaySign), "j.department").And("j.open = true AND j.state = 'done' AND j.worker <> ?", by.ID)
}

// Ward narrows to the open jobs of the departments a person reports for: their own
// when they report for the whole hospital.
func Ward(by db.Actor) list.Where { return list.Scoped(Wards(by), "j.department").And("j.open = true") }

// Wards are the departments a person reports for: their own when they report for the
// whole hospital.
func Wards(by db.Actor) db.Scope {
	if s := by.Scope(MayReport); !s.All {
		return s
	}
	return db.Scope{Units: []string{by.Unit}}
}

// Loads are how many jobs each of these people has in hand.
func Loads(ctx context.Context, r db.Reader, people []string) (map[string]int64, error) {
	if len(people) == 0 {
		return nil, nil
	}
	in, args := db.Listed(people)
	type load struct {
		who string
		n   int64
	}
	all, err := db.All(ctx, r, func(l *load) []any { return []any{&l.who, &l.n} },
		`SELECT worker, count(*) FROM desk_job WHERE open = true AND state <> 'done' AND worker IN `+in+` GROUP BY worker`, args...)
	loads := make(map[string]int64, len(all))
	for _, l := range all {
		loads[l.who] = l.n
	}
	return loads, err
}

// CrewLoad is what a crew has in hand.
type CrewLoad struct {
	Crew, Name string
	Open, Late int64
}

// CrewLoads are the crews with jobs in hand, the busiest first, within where the
// person may see; the jobs of no crew stand under "".
func CrewLoads(ctx context.Context, r db.Reader, by db.Actor, at period.Instant) ([]CrewLoad, error) {
	where, args := "", []any{at}
	if s := by.Scope(MaySee); !s.All {
		where, args = db.Listed(append(slices.Clone(s.Units), ""), args...)
		where = " AND j.department IN " + where
	}
	return db.All(ctx, r, func(c *CrewLoad) []any { return []any{&c.Crew, &c.Name, &c.Open, &c.Late} },
		`SELECT j.crew, coalesce(d.name, ''), count(*) AS n, CAST(sum(CASE WHEN j.due > 0 AND j.due <= $1 AND j.clock = '' THEN 1 ELSE 0 END) AS BIGINT)
		FROM desk_job j LEFT JOIN departments_department d ON d.id = j.crew
		WHERE j.open = true AND j.state <> 'done'`+where+` GROUP BY j.crew, d.name ORDER BY n DESC, j.crew`, args...)
}
