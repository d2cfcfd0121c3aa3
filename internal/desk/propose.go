package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/people"
)

// Near says how far somebody is from a job's place, by the tree of places.
type Near string

const (
	SamePlace    Near = "place"
	SameFloor    Near = "floor"
	SameBuilding Near = "building"
	Elsewhere    Near = "elsewhere"
	Somewhere    Near = "unknown" // nobody knows where they are
)

// minutes that the way takes: what walking through a hospital takes, lifts included.
// They only put people in order; nothing is promised by them.
var walk = map[Near]int64{SamePlace: 0, SameFloor: 2, SameBuilding: 5, Elsewhere: 12, Somewhere: 8}

// perJob is how many minutes a job takes that is done first, about the usual one.
const perJob = 30

// Candidate is somebody who could be sent to a job, with what speaks for and against it.
type Candidate struct {
	Person   string     `json:"person"`
	Name     string     `json:"name"`
	Crew     string     `json:"crew"`
	CrewName string     `json:"crew_name"`
	Skilled  bool       `json:"skilled"`         // it is among their trades
	Own      bool       `json:"own"`             // it is their crew's job
	Lack     *Lack      `json:"lack,omitempty"`  // the certificate they would need: they cannot be sent
	Until    period.Day `json:"until,omitempty"` // last day of the certificate that lets them
	Duty     Duty       `json:"duty"`            //
	Load     int64      `json:"load"`            // jobs in hand
	Ahead    int64      `json:"ahead"`           // of these, how many come before this one
	Near     Near       `json:"near"`            //
	Wait     int64      `json:"wait"`            // minutes until they could be there
	Late     bool       `json:"late"`            // after the job is due, which it is not yet
	Declined bool       `json:"declined"`        // they handed it back
}

// craft is what people.Trades calls the trade of a job; "" is no craft that is learned.
func craft(t Trade) string {
	switch t {
	case "heating":
		return "boiler"
	case "it":
		return "network"
	case "moving":
		return "portering"
	case "other", Medical:
		return ""
	}
	return string(t)
}

// Propose says who could go to a job, the best first, at most limit (0: all): those who may
// do the work today before those who lack a certificate, then those on duty, skilled, of the
// crew, and who would be there soonest, with what they have in hand that is graver or due
// earlier counted before it.
func Propose(ctx context.Context, r db.Reader, j *Job, limit int) ([]Candidate, error) {
	all, err := staff(ctx, r, j)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	ids := make([]string, len(all))
	for i, c := range all {
		ids[i] = c.Person
	}
	have, err := papers(ctx, r, j, ids)
	if err != nil {
		return nil, err
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
	back, err := declined(ctx, r, j.ID)
	if err != nil {
		return nil, err
	}
	now := r.Moment()
	for i := range all {
		c := &all[i]
		c.Lack, c.Until = have[c.Person].Lack, have[c.Person].Until
		c.Duty = rosters.At(c.Person, now)
		c.Declined = slices.Contains(back, c.Person)
		c.Near = Somewhere
		var latest period.Instant
		for _, h := range hands[c.Person] {
			if h.job == j.ID {
				continue
			}
			if h.open {
				c.Load++
				if before(&h, j) {
					c.Ahead++
				}
			}
			if h.arrived > latest && h.path != "" {
				latest, c.Near = h.arrived, near(h.path, j.PlaceName)
			}
		}
		c.Wait = c.Ahead*perJob + walk[c.Near]
		c.Late = j.Due > period.At(now) && period.At(now).Add(time.Duration(c.Wait)*time.Minute) > j.Due
	}
	slices.SortFunc(all, func(a, b Candidate) int {
		return cmp.Or(first(a.Lack == nil, b.Lack == nil), first(!a.Declined, !b.Declined), first(a.Duty.On, b.Duty.On), first(a.Skilled, b.Skilled), first(a.Own, b.Own),
			cmp.Compare(a.Wait, b.Wait), cmp.Compare(a.Load, b.Load), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Person, b.Person))
	})
	if limit > 0 {
		all = all[:min(limit, len(all))]
	}
	return all, nil
}

// first orders what is so before what is not.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// staffMost is how many people are weighed; no crew of a hospital has more.
const staffMost = 300

// staff are the people of a job's crew, and those of other teams who have learned its trade.
func staff(ctx context.Context, r db.Reader, j *Job) ([]Candidate, error) {
	trade := craft(j.Trade)
	w := list.Where{}.And("p.closed = false AND d.closed = false AND d.kind IN ('team', 'contractor')")
	switch {
	case trade != "" && j.Crew != "":
		w = w.And("p.department = ? OR ',' || p.trades || ',' LIKE ?", j.Crew, "%,"+trade+",%")
	case trade != "":
		w = w.And("',' || p.trades || ',' LIKE ?", "%,"+trade+",%")
	case j.Crew != "":
		w = w.And("p.department = ?", j.Crew)
	}
	found, err := people.People.All(ctx, r, w, staffMost)
	all := make([]Candidate, len(found))
	for i, p := range found {
		all[i] = Candidate{Person: p.ID, Name: p.Name, Crew: p.Department, CrewName: p.DepartmentName, Own: p.Department == j.Crew, Skilled: trade == "" || p.Trades.Has(trade)}
	}
	return all, err
}

// hand is a job that somebody has in hand, or was at lately.
type hand struct {
	worker, job string
	open        bool
	state       State
	urgency     Urgency
	due         period.Instant
	arrived     period.Instant
	path        string
}

// inHand are the open jobs of some people and those of the last twelve hours, which say
// where they are.
func inHand(ctx context.Context, r db.Reader, persons []string) (map[string][]hand, error) {
	in, args := db.Listed(persons)
	since := period.At(r.Moment().Add(-12 * time.Hour))
	of := map[string][]hand{}
	for _, q := range []string{"j.open = true AND j.state <> 'done' AND j.worker IN " + in, "(j.open = false OR j.state = 'done') AND j.worker IN " + in + fmt.Sprint(" AND j.reported_at >= ", int64(since))} {
		all, err := db.All(ctx, r, func(h *hand) []any {
			return []any{&h.worker, &h.job, &h.state, &h.urgency, &h.due, &h.arrived, &h.path}
		},
			`SELECT j.worker, j.id, j.state, j.urgency, j.due, j.arrived_at, coalesce(p.path, '') FROM desk_job j LEFT JOIN places_place p ON p.id = j.place WHERE `+q, args...)
		if err != nil {
			return nil, err
		}
		for _, h := range all {
			h.open = h.state != Done && h.state != Closed && h.state != Cancelled
			of[h.worker] = append(of[h.worker], h)
		}
	}
	return of, nil
}

// before says whether what somebody has in hand is done before a job: what is graver, what
// is as grave and due earlier, and what they are at, unless the job is an emergency; what is
// paused waits for something else.
func before(h *hand, j *Job) bool {
	if h.state == Paused {
		return false
	}
	a, b := slices.Index(Urgencies, string(h.urgency)), slices.Index(Urgencies, string(j.Urgency))
	return a < b || h.state == Working && j.Urgency != Emergency || a == b && (h.due < j.Due || j.Due == 0)
}

// near compares two places by their paths: 门诊楼 / 3层 / 301.
func near(a, b string) Near {
	if b == "" {
		return Somewhere
	}
	if a == b {
		return SamePlace
	}
	x, y := strings.Split(a, " / "), strings.Split(b, " / ")
	same := 0
	for same < min(len(x), len(y)) && x[same] == y[same] {
		same++
	}
	switch {
	case same >= 2:
		return SameFloor
	case same == 1:
		return SameBuilding
	}
	return Elsewhere
}

// declined are those who handed a job back.
func declined(ctx context.Context, r db.Reader, job string) (who []string, err error) {
	if job == "" {
		return nil, nil
	}
	story, err := db.Story(ctx, r, Noun, job)
	for _, e := range story {
		if e.Action == "decline" {
			who = append(who, e.ByID)
		}
	}
	return who, err
}
