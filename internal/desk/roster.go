package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/calendar"
	"houqin/internal/people"
)

// Off is how a roster writes a day without duty.
const Off = "休"

// cycleMost is how many days a pattern may have: a quarter.
const cycleMost = 92

func off(s string) bool { return s == Off || s == "-" || s == "0" || strings.EqualFold(s, "off") }

// Rota is when somebody is on duty: a pattern of shifts that comes round from a day on.
type Rota struct {
	Person  string     `json:"person"`
	Pattern string     `json:"pattern"` // 白 白 夜 休, with or without spaces
	Begins  period.Day `json:"begins"`
}

// read gives the pattern day by day, "" for a day off.
func (x *Rota) read(shifts []Shift) ([]string, error) {
	parts := strings.FieldsFunc(x.Pattern, func(c rune) bool { return strings.ContainsRune(" ,，、\t　", c) })
	known := func(s string) bool {
		return off(s) || slices.ContainsFunc(shifts, func(o Shift) bool { return o.Code == s })
	}
	if len(parts) == 1 && !known(parts[0]) { // written without spaces
		parts = strings.Split(parts[0], "")
	}
	if len(parts) == 0 || len(parts) > cycleMost {
		return nil, fault.OnField("pattern", "desk.pattern_length", cycleMost)
	}
	for i, s := range parts {
		if !known(s) {
			return nil, fault.OnField("pattern", "desk.no_shift", s)
		}
		if off(s) {
			parts[i] = ""
		}
	}
	return parts, nil
}

// SetRota gives a person their pattern, in place of the one they had; an empty pattern
// takes it away.
func SetRota(ctx context.Context, tx *db.Tx, x Rota) error {
	p, err := rostered(ctx, tx, x.Person)
	if err != nil {
		return err
	}
	if strings.TrimSpace(x.Pattern) == "" {
		if _, err := tx.Exec(ctx, `DELETE FROM desk_roster WHERE person = $1`, x.Person); err != nil {
			return err
		}
		return tx.Trail(ctx, db.Event{Noun: "desk.roster", Record: x.Person, Action: "unset", Note: p.Name})
	}
	shifts, err := Shifts(ctx, tx)
	if err != nil {
		return err
	}
	parts, err := x.read(shifts)
	if err != nil {
		return err
	}
	for i, s := range parts {
		if s == "" {
			parts[i] = Off
		}
	}
	if x.Pattern = strings.Join(parts, " "); x.Begins.IsZero() {
		x.Begins = tx.Today()
	}
	if _, err := tx.Exec(ctx, `INSERT INTO desk_roster (person, pattern, begins) VALUES ($1,$2,$3)
		ON CONFLICT (person) DO UPDATE SET pattern = excluded.pattern, begins = excluded.begins`, x.Person, x.Pattern, x.Begins); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "desk.roster", Record: x.Person, Action: "set", Note: p.Name + "\n" + x.Pattern, After: x})
}

// Swap is a day on which somebody is on duty otherwise than by their pattern.
type Swap struct {
	Person string     `json:"person"`
	Day    period.Day `json:"day"`
	Shift  string     `json:"shift"`
	Note   string     `json:"note"`
}

// SetDay enters such a day.
func SetDay(ctx context.Context, tx *db.Tx, x Swap) error {
	p, err := rostered(ctx, tx, x.Person)
	if err != nil {
		return err
	}
	shifts, err := Shifts(ctx, tx)
	if err != nil {
		return err
	}
	if err := setDay(ctx, tx, shifts, &x); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "desk.roster", Record: x.Person, Action: "day", Note: strings.TrimSpace(fmt.Sprint(p.Name, "\n", x.Day, " ", x.Shift, " ", x.Note))})
}

func setDay(ctx context.Context, tx *db.Tx, shifts []Shift, x *Swap) error {
	var bad fault.Complaints
	if x.Day.DayOfMonth() == 0 {
		bad.Add("day", "base.day")
	}
	if off(x.Shift) {
		x.Shift = ""
	}
	if x.Shift != "" && !slices.ContainsFunc(shifts, func(s Shift) bool { return s.Code == x.Shift }) {
		bad.Add("shift", "desk.no_shift", x.Shift)
	}
	if err := bad.Err(); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO desk_roster_day (person, day, shift, note) VALUES ($1,$2,$3,$4)
		ON CONFLICT (person, day) DO UPDATE SET shift = excluded.shift, note = excluded.note`, x.Person, x.Day, x.Shift, strings.TrimSpace(x.Note))
	return err
}

// rostered is a person of whom the acting one keeps the roster.
func rostered(ctx context.Context, tx *db.Tx, id string) (people.Person, error) {
	p, err := people.Get(ctx, tx, id)
	if fault.KindOf(err) == fault.NotFound {
		return p, fault.OnField("person", "base.no_such", id)
	}
	if err != nil {
		return p, err
	}
	if err := tx.NeedIn(MayRoster, p.Department); err != nil {
		return p, err
	}
	if p.Closed {
		return p, fault.OnField("person", "desk.worker_left", p.Name)
	}
	return p, nil
}

// Rosters is who does which shift on which day, as it was read.
type Rosters struct {
	shifts map[string]Shift
	rota   map[string]Rota
	days   map[string]map[period.Day]Swap
	cal    *calendar.Calendar
	zone   *time.Location
}

// RostersOf reads the roster of some people from the day before a day until another.
func RostersOf(ctx context.Context, r db.Reader, persons []string, from, until period.Day) (*Rosters, error) {
	x := &Rosters{shifts: map[string]Shift{}, rota: map[string]Rota{}, days: map[string]map[period.Day]Swap{}, zone: zoneOf(r)}
	shifts, err := Shifts(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, s := range shifts {
		x.shifts[s.Code] = s
	}
	if x.cal, err = calendar.Load(ctx, r); err != nil || len(persons) == 0 {
		return x, err
	}
	in, args := db.Listed(persons)
	rotas, err := db.All(ctx, r, func(t *Rota) []any { return []any{&t.Person, &t.Pattern, &t.Begins} }, `SELECT person, pattern, begins FROM desk_roster WHERE person IN `+in, args...)
	if err != nil {
		return nil, err
	}
	for _, t := range rotas {
		x.rota[t.Person] = t
	}
	n := len(args)
	swaps, err := db.All(ctx, r, func(s *Swap) []any { return []any{&s.Person, &s.Day, &s.Shift, &s.Note} },
		fmt.Sprintf(`SELECT person, day, shift, note FROM desk_roster_day WHERE person IN %s AND day >= $%d AND day <= $%d`, in, n+1, n+2), append(args, from.AddDays(-1), until)...)
	for _, s := range swaps {
		if x.days[s.Person] == nil {
			x.days[s.Person] = map[period.Day]Swap{}
		}
		x.days[s.Person][s.Day] = s
	}
	return x, err
}

// zoneOf is the hospital's time zone.
func zoneOf(r db.Reader) *time.Location {
	if z, ok := r.(interface{ Location() *time.Location }); ok {
		return z.Location()
	}
	return r.Moment().Location()
}

// On is the shift of a person on a day, "" for none; known says whether the roster has
// anything about it, other whether that is against their pattern. A pattern has somebody on
// a shift on the days on which that is worked; who is entered for one day comes on that day.
func (x *Rosters) On(person string, day period.Day) (shift string, known, other bool) {
	if s, ok := x.days[person][day]; ok {
		return s.Shift, true, true
	}
	t, ok := x.rota[person]
	if !ok || day < t.Begins {
		return "", false, false
	}
	parts := strings.Fields(t.Pattern)
	s := parts[period.Days(t.Begins, day)%len(parts)]
	if kind, ok := x.shifts[s]; off(s) || ok && !kind.worked(x.cal, day) {
		s = ""
	}
	return s, true, false
}

// Duty is whether somebody is on duty at a moment: Shift says on which, "" when there is no
// roster and the hours of the offices count instead.
type Duty struct {
	On    bool   `json:"on"`
	Known bool   `json:"known"`
	Shift string `json:"shift"`
}

// At says whether a person is on duty at a moment.
func (x *Rosters) At(person string, at time.Time) Duty {
	at = at.In(x.zone)
	today := period.DayOf(at, x.zone)
	minute := int64(at.Hour()*60 + at.Minute())
	var d Duty
	for back, day := range []period.Day{today, today.AddDays(-1)} {
		code, known, _ := x.On(person, day)
		d.Known = d.Known || known && back == 0
		m := minute + int64(back)*1440
		if s, ok := x.shifts[code]; ok && s.From <= m && m < s.To {
			return Duty{On: true, Known: true, Shift: s.Name}
		}
	}
	if !d.Known {
		d.On = x.cal.Open(at)
	}
	return d
}
