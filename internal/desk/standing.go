package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
	"houqin/internal/calendar"
	"houqin/internal/departments"
	"houqin/internal/people"
	"houqin/internal/places"
)

// StandingNoun is what the trail calls a plan of standing jobs.
const StandingNoun = "desk.standing"

// How far a plan is.
const (
	Running = "running"
	Resting = "resting" // its days go by without jobs, and are said
	Ended   = "ended"
)

// StandingStates are all of them; Units are in what a plan counts from turn to turn.
var (
	StandingStates = []string{Running, Resting, Ended}
	Units          = []string{"day", "week", "month", Pressed}
)

// Pressed is the unit of a plan without days: its jobs are raised when somebody presses.
const Pressed = "press"

// Standing is a plan of jobs that come round by themselves: what is done, where, by whom,
// how often, and when next.
type Standing struct {
	ID             string     `json:"id"`
	Title          string     `json:"title"`
	Detail         string     `json:"detail"`
	Trade          Trade      `json:"trade"` // when it is entered, also the id of a kind of the hospital's own
	Kind           string     `json:"kind"`  // such a one; "" is that of the trade
	KindName       string     `json:"kind_name"`
	Department     string     `json:"department"` // whose it is where no stop says so
	DepartmentName string     `json:"department_name"`
	Crew           string     `json:"crew"` // "" is that of the trade
	CrewName       string     `json:"crew_name"`
	Lead           string     `json:"lead"` // who answers for it, and hears of what was not raised
	LeadName       string     `json:"lead_name"`
	Unit           string     `json:"unit"`
	Every          int64      `json:"every"`
	Working        bool       `json:"working"` // what falls on a day off comes on the next day worked
	Days           int64      `json:"days"`    // in which it is to be done, the day itself included
	Together       bool       `json:"together"`
	Outdoor        bool       `json:"outdoor"`
	Begins         period.Day `json:"begins"`
	Next           period.Day `json:"next"`
	Ends           period.Day `json:"ends"`
	State          string     `json:"state"`
	Stops          []Stop     `json:"stops"`
	Version        int64      `json:"version"`
}

// Stop is where a plan goes: a place, or a whole department.
type Stop struct {
	Place          string `json:"place"`
	PlaceName      string `json:"place_name"`
	Department     string `json:"department"`
	DepartmentName string `json:"department_name"`
}

// Name is what people call the stop.
func (s *Stop) Name() string {
	if s.Place != "" {
		return s.PlaceName
	}
	return s.DepartmentName
}

// StandingJobs is the list of plans, what is next first.
var StandingJobs = list.Of[Standing]{
	Name: "desk.standings", From: `desk_standing s LEFT JOIN departments_department d ON d.id = s.department LEFT JOIN departments_department c ON c.id = s.crew LEFT JOIN people_person p ON p.id = s.lead LEFT JOIN desk_kind k ON k.id = s.kind`,
	Order: "next", Short: true, Live: []string{StandingNoun}, Href: func(s *Standing) string { return "/desk/standing/" + s.ID },
	Columns: []list.Column[Standing]{
		{Key: "title", SQL: "s.title", Into: func(s *Standing) any { return &s.Title }},
		{Key: "trade", SQL: "s.trade", Into: func(s *Standing) any { return &s.Trade }, OneOf: Trades, Enum: "desk.trade"},
		{Key: "kind", SQL: "s.kind", Into: func(s *Standing) any { return &s.Kind }, Ref: "kinds", Text: func(s *Standing) string { return s.KindName }, Aside: true},
		{Key: "unit", SQL: "s.unit", Into: func(s *Standing) any { return &s.Unit }, OneOf: Units, Enum: "desk.standing.unit", Said: func(w *words.Words, s *Standing) string { return s.Cycle(w) }},
		{Key: "every", SQL: "s.every", Into: func(s *Standing) any { return &s.Every }, Aside: true},
		{Key: "next", SQL: "s.next", Into: func(s *Standing) any { return &s.Next }, Range: true, Sort: true, Tone: func(s *Standing, now time.Time) string {
			if s.State == Running && !s.Next.IsZero() && s.Next < period.DayOf(now, now.Location()) {
				return "danger"
			}
			return ""
		}},
		{Key: "crew", SQL: "s.crew", Into: func(s *Standing) any { return &s.Crew }, Ref: "crews", Text: func(s *Standing) string { return s.CrewName }},
		{Key: "lead", SQL: "s.lead", Into: func(s *Standing) any { return &s.Lead }, Ref: "people", Text: func(s *Standing) string { return s.LeadName }},
		{Key: "state", SQL: "s.state", Into: func(s *Standing) any { return &s.State }, OneOf: StandingStates, Enum: "desk.standing.state", Tone: func(s *Standing, _ time.Time) string {
			return map[string]string{Resting: "soon", Ended: "quiet"}[s.State]
		}},
		{Key: "outdoor", SQL: "s.outdoor", Into: func(s *Standing) any { return &s.Outdoor }, Aside: true},
		{Key: "department", SQL: "s.department", Into: func(s *Standing) any { return &s.Department }, Ref: "departments", Text: func(s *Standing) string { return s.DepartmentName }, Aside: true},
		{Key: "working", SQL: "s.working", Into: func(s *Standing) any { return &s.Working }, Aside: true},
		{Key: "days", SQL: "s.days", Into: func(s *Standing) any { return &s.Days }, Aside: true},
		{Key: "together", SQL: "s.together", Into: func(s *Standing) any { return &s.Together }, Aside: true},
		{Key: "begins", SQL: "s.begins", Into: func(s *Standing) any { return &s.Begins }, Aside: true},
		{Key: "ends", SQL: "s.ends", Into: func(s *Standing) any { return &s.Ends }, Aside: true},
		{Key: "detail", SQL: "s.detail", Into: func(s *Standing) any { return &s.Detail }, Hidden: true},
		{Key: "id", SQL: "s.id", Into: func(s *Standing) any { return &s.ID }, Hidden: true},
		{Key: "version", SQL: "s.version", Into: func(s *Standing) any { return &s.Version }, Hidden: true},
		{Key: "kind_name", SQL: "coalesce(k.name, '')", Into: func(s *Standing) any { return &s.KindName }, Hidden: true},
		{Key: "department_name", SQL: "coalesce(d.name, '')", Into: func(s *Standing) any { return &s.DepartmentName }, Hidden: true},
		{Key: "crew_name", SQL: "coalesce(c.name, '')", Into: func(s *Standing) any { return &s.CrewName }, Hidden: true},
		{Key: "lead_name", SQL: "coalesce(p.name, '')", Into: func(s *Standing) any { return &s.LeadName }, Hidden: true},
	},
}

// Cycle says how often a plan comes round: 每月, 每 2 周.
func (s *Standing) Cycle(w *words.Words) string {
	switch {
	case s.Unit == Pressed:
		return w.T("desk.standing.unit.press")
	case s.Every == 1:
		return w.T("desk.standing.each." + s.Unit)
	}
	return w.T("desk.standing.every."+s.Unit, s.Every)
}

// StandingScope is which plans a person sees: who sees the desk sees all.
func StandingScope(by db.Actor) list.Where {
	if by.May(MaySee) || by.May(MaySchedule) {
		return list.Where{}
	}
	return list.Where{}.And("1=0")
}

// StandingByID is one plan with its stops; NotFound when the person may not see it.
func StandingByID(ctx context.Context, r db.Reader, by db.Actor, id string) (Standing, error) {
	s, err := StandingJobs.Get(ctx, r, StandingScope(by).And("s.id = ?", id))
	if err != nil {
		return s, err
	}
	s.Stops, err = db.All(ctx, r, func(x *Stop) []any { return []any{&x.Place, &x.PlaceName, &x.Department, &x.DepartmentName} },
		`SELECT t.place, coalesce(p.path, ''), t.department, coalesce(d.name, '') FROM desk_stop t LEFT JOIN places_place p ON p.id = t.place LEFT JOIN departments_department d ON d.id = t.department
		WHERE t.standing = $1 ORDER BY t.n`, id)
	return s, err
}

// stopsMost is how many stops a plan has at most: all wards of a big house.
const stopsMost = 200

// Meant is what the plan's jobs are of, as it is entered: a kind of the hospital's own, or
// the trade.
func (s *Standing) Meant() Trade { return cmp.Or(Trade(s.Kind), s.Trade) }

// Schedule enters a plan without an id, or changes one; s.Version is the one the person saw. The
// turns are counted from the next day that is set. Needs MaySchedule. Invalid, every flaw at
// once: no title, a trade, unit or state that does not exist, no next day or one that is
// over, an end before it, a stop that is none or twice, one job for all without saying whose.
func Schedule(ctx context.Context, tx *db.Tx, s *Standing) error {
	if err := tx.Need(MaySchedule); err != nil {
		return err
	}
	var was Standing
	if s.ID != "" {
		if err := tx.Lock(ctx, "desk_standing", s.ID); err != nil {
			return err
		}
		var err error
		if was, err = StandingByID(ctx, tx, tx.By, s.ID); err != nil {
			return err
		}
		s.State = was.State
	}
	if err := s.check(ctx, tx, &was); err != nil {
		return err
	}
	if err := s.reckon(ctx, tx, &was); err != nil {
		return err
	}
	action := "change"
	if s.ID == "" {
		action, s.ID, s.State, s.Version = "add", tx.NewID(), Running, 1
		if _, err := tx.Exec(ctx, `INSERT INTO desk_standing (id, title, detail, trade, department, crew, lead, unit, every, working, days, together, outdoor, begins, next, ends, state, kind)
			VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18)`,
			s.ID, s.Title, s.Detail, s.Trade, s.Department, s.Crew, s.Lead, s.Unit, s.Every, s.Working, s.Days, s.Together, s.Outdoor, s.Begins, s.Next, s.Ends, s.State, s.Kind); err != nil {
			return err
		}
	} else {
		if err := tx.One(ctx, fault.Stale(), `UPDATE desk_standing SET title = $1, detail = $2, trade = $3, department = $4, crew = $5, lead = $6, unit = $7, every = $8, working = $9, days = $10,
			together = $11, outdoor = $12, begins = $13, next = $14, ends = $15, kind = $16, version = version + 1 WHERE id = $17 AND version = $18`,
			s.Title, s.Detail, s.Trade, s.Department, s.Crew, s.Lead, s.Unit, s.Every, s.Working, s.Days, s.Together, s.Outdoor, s.Begins, s.Next, s.Ends, s.Kind, s.ID, s.Version); err != nil {
			return err
		}
		s.Version++
		if _, err := tx.Exec(ctx, `DELETE FROM desk_stop WHERE standing = $1`, s.ID); err != nil {
			return err
		}
	}
	for n, x := range s.Stops {
		if _, err := tx.Exec(ctx, `INSERT INTO desk_stop (standing, n, place, department) VALUES ($1,$2,$3,$4)`, s.ID, int64(n+1), x.Place, x.Department); err != nil {
			return err
		}
	}
	event := db.Event{Noun: StandingNoun, Record: s.ID, Action: action, Note: s.Title, After: s}
	if action == "change" {
		event.Before = was
	}
	return tx.Trail(ctx, event)
}

func (s *Standing) check(ctx context.Context, tx *db.Tx, was *Standing) error {
	var bad fault.Complaints
	if s.Title = strings.TrimSpace(s.Title); s.Title == "" {
		bad.Add("title", "base.required")
	}
	kind, err := kindMeant(ctx, tx, s.Trade)
	if err != nil {
		return err
	}
	if s.Kind, s.KindName = "", ""; kind.ID != "" && kind.Own() {
		s.Trade, s.Kind, s.KindName = kind.Trade, kind.ID, kind.Name
		if kind.Closed && s.Kind != was.Kind {
			bad.Add("trade", "desk.kind_not_offered")
		}
	}
	if !slices.Contains(Trades, string(s.Trade)) {
		bad.Add("trade", "base.bad_value", string(s.Trade))
	}
	if !slices.Contains(Units, s.Unit) {
		bad.Add("unit", "base.bad_value", s.Unit)
	}
	s.Every, s.Days = max(s.Every, 1), max(s.Days, 1)
	if s.Every > 366 {
		bad.Add("every", "base.between", 1, 366)
	}
	if s.Days > 92 {
		bad.Add("days", "base.between", 1, 92)
	}
	switch {
	case s.Unit == Pressed:
		s.Next, s.Ends, s.Working = "", "", false
	case s.Next.IsZero():
		bad.Add("next", "base.required")
	case s.Next < tx.Today() && s.Next != was.Next:
		bad.Add("next", "desk.day_over")
	case !s.Ends.IsZero() && s.Ends < s.Next:
		bad.Add("ends", "desk.ends_before")
	}
	if s.Department == "" {
		s.Department = tx.By.Unit
	}
	if len(s.Stops) > stopsMost {
		bad.Add("stops", "base.between", 0, stopsMost)
	}
	s.Stops = slices.DeleteFunc(s.Stops, func(x Stop) bool { return x.Place == "" && x.Department == "" })
	for n := range s.Stops {
		x := &s.Stops[n]
		at := fmt.Sprintf("stops.%d.place", n)
		if x.Place != "" {
			p, err := places.Get(ctx, tx, x.Place)
			if fault.KindOf(err) == fault.NotFound {
				bad.Add(at, "base.no_such", x.Place)
			} else if err != nil {
				return err
			}
			if p.Closed {
				bad.Add(at, "desk.place_closed", p.Path)
			}
			x.PlaceName = p.Path
			if x.Department == "" {
				x.Department = p.Department
			}
		}
		if slices.ContainsFunc(s.Stops[:n], func(o Stop) bool { return o.Place == x.Place && o.Department == x.Department }) {
			bad.Add(at, "desk.stop_twice")
		}
		if x.Department != "" {
			if err := open(ctx, tx, fmt.Sprintf("stops.%d.department", n), x.Department, &bad); err != nil {
				return err
			}
		}
	}
	for _, d := range []struct{ field, id string }{{"department", s.Department}, {"crew", s.Crew}} {
		if d.id == "" {
			continue
		}
		if err := open(ctx, tx, d.field, d.id, &bad); err != nil {
			return err
		}
	}
	if s.Department == "" {
		bad.Add("department", "base.required")
	}
	if s.Lead == "" {
		s.Lead = tx.By.ID
	}
	p, err := people.Get(ctx, tx, s.Lead)
	switch {
	case fault.KindOf(err) == fault.NotFound && tx.By.System:
		s.Lead = ""
	case fault.KindOf(err) == fault.NotFound:
		bad.Add("lead", "base.no_such", s.Lead)
	case err != nil:
		return err
	case p.Closed:
		bad.Add("lead", "desk.worker_left", p.Name)
	}
	return bad.Err()
}

// open complains of a department that is none or closed.
func open(ctx context.Context, tx *db.Tx, field, id string, bad *fault.Complaints) error {
	d, err := departments.Get(ctx, tx, id)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		bad.Add(field, "base.no_such", id)
	case err != nil:
		return err
	case d.Closed:
		bad.Add(field, "desk.department_closed", d.Name)
	}
	return nil
}

// reckon sets the day from which turns are counted: the next one, where it or the cycle was
// changed; the next turn lies on a day worked where the plan wants that.
func (s *Standing) reckon(ctx context.Context, tx *db.Tx, was *Standing) error {
	s.Begins = was.Begins
	if s.Next != was.Next || s.Unit != was.Unit || s.Every != was.Every || s.Begins.IsZero() {
		s.Begins = s.Next
	}
	if s.Next.IsZero() || !s.Working {
		return nil
	}
	cal, err := calendar.Load(ctx, tx)
	if err == nil {
		s.Next = shifted(cal, s.Next)
	}
	return err
}

// shifted is a day, or the next one worked.
func shifted(cal *calendar.Calendar, day period.Day) period.Day {
	if cal.IsWorkingDay(day) {
		return day
	}
	return cal.AddDays(day, 1)
}

// After is the day of the first turn after a day. Turns lie whole cycles from the day on
// which the plan begins, so that the 31st comes back after February; those that days off put
// onto one day are one turn.
func (s *Standing) After(cal *calendar.Calendar, day period.Day) period.Day {
	if s.Unit == Pressed || s.Begins.IsZero() {
		return ""
	}
	every := int(s.Every)
	n := 0
	switch s.Unit { // begin well before the day: days off may put a turn back
	case "month":
		n = period.Months(s.Begins.Month(), day.Month())/every - 2
	case "week":
		n = period.Days(s.Begins, day)/(7*every) - 6
	default:
		n = period.Days(s.Begins, day)/every - 32
	}
	for n = max(n, 0); ; n++ {
		turn := s.Begins
		switch s.Unit {
		case "month":
			turn = turn.AddMonths(n * every)
		case "week":
			turn = turn.AddDays(n * 7 * every)
		default:
			turn = turn.AddDays(n * every)
		}
		if s.Working {
			turn = shifted(cal, turn)
		}
		if turn > day || turn >= period.LastDay {
			return turn
		}
	}
}

// Rest lets a plan rest: its days go by, and are said. GoOn takes it up again with its next
// turn from today on; End ends it for good. Conflict in another state.
func Rest(ctx context.Context, tx *db.Tx, id string, version int64) (Standing, error) {
	return turnTo(ctx, tx, id, version, "rest", Resting, Running)
}

// GoOn takes a plan up again; days that went by since are not made up for.
func GoOn(ctx context.Context, tx *db.Tx, id string, version int64) (Standing, error) {
	return turnTo(ctx, tx, id, version, "go_on", Running, Resting)
}

// End ends a plan; its open jobs stay.
func End(ctx context.Context, tx *db.Tx, id string, version int64) (Standing, error) {
	return turnTo(ctx, tx, id, version, "end", Ended, Running, Resting)
}

func turnTo(ctx context.Context, tx *db.Tx, id string, version int64, action, to string, from ...string) (Standing, error) {
	if err := tx.Need(MaySchedule); err != nil {
		return Standing{}, err
	}
	if err := tx.Lock(ctx, "desk_standing", id); err != nil {
		return Standing{}, err
	}
	s, err := StandingByID(ctx, tx, tx.By, id)
	if err != nil {
		return s, err
	}
	if !slices.Contains(from, s.State) {
		return s, fault.Stale()
	}
	s.State = to
	if to == Ended {
		s.Next = ""
	}
	if version == 0 {
		version = s.Version
	}
	if err := tx.One(ctx, fault.Stale(), `UPDATE desk_standing SET state = $1, next = $2, version = version + 1 WHERE id = $3 AND version = $4`, s.State, s.Next, id, version); err != nil {
		return s, err
	}
	s.Version = version + 1
	return s, tx.Trail(ctx, db.Event{Noun: StandingNoun, Record: id, Action: action})
}
