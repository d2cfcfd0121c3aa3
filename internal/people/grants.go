package people

import (
	"context"
	"slices"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
	"houqin/internal/departments"
)

// Extent is the part of the hospital for which a role is given.
type Extent string

const (
	Everywhere   Extent = "all"
	InCampus     Extent = "campus"
	InDepartment Extent = "department" // with everything below it
)

// Extents are all of them, as choices.
var Extents = []string{string(InDepartment), string(InCampus), string(Everywhere)}

// Appointment is a role given to a person, somewhere, from a day until a day.
type Appointment struct {
	ID         string         `json:"id"`
	Person     string         `json:"person"`
	PersonName string         `json:"person_name"`
	Role       string         `json:"role"` // id
	RoleZh     string         `json:"role_zh"`
	RoleEn     string         `json:"role_en"`
	Extent     Extent         `json:"extent"`
	Unit       string         `json:"unit"` // campus or department, by its id
	UnitName   string         `json:"unit_name"`
	From       period.Day     `json:"from"`
	Until      period.Day     `json:"until"` // the last day; "" until withdrawn
	ByName     string         `json:"by_name"`
	MadeAt     period.Instant `json:"made_at"`
	EndedAt    period.Instant `json:"ended_at"`
}

// Holds says whether the appointment holds on a day.
func (a Appointment) Holds(day period.Day) bool {
	return a.EndedAt == 0 && a.From <= day && (a.Until == "" || day <= a.Until)
}

// Grant gives a person a role. Refused: to oneself, to one who left, days that do
// not follow each other, and what would put one person on two of the three seats,
// now or later. The person's sessions end: they sign in anew with the new rights.
func Grant(ctx context.Context, tx *db.Tx, a *Appointment) error {
	if err := tx.Need(MayGrant); err != nil {
		return err
	}
	if a.Person == tx.By.ID {
		return fault.New(fault.Conflict, "people.own_rights")
	}
	if _, err := holdPowers(ctx, tx); err != nil {
		return err
	}
	p, err := inSight(ctx, tx, a.Person)
	if err != nil {
		return err
	}
	if p.Closed {
		return fault.New(fault.Conflict, "people.has_left", p.Name)
	}
	role, err := checkAppointment(ctx, tx, a)
	if err != nil {
		return err
	}
	rights, err := rightsAhead(ctx, tx, a.Person)
	if err != nil {
		return err
	}
	if err := apart(append(rights, role.Rights...)); err != nil {
		return err
	}
	a.ID, a.PersonName, a.RoleZh, a.RoleEn, a.ByName, a.MadeAt = tx.NewID(), p.Name, role.NameZh, role.NameEn, tx.By.Name, tx.At()
	if err := insertGrant(ctx, tx, a); err != nil {
		return err
	}
	// Other rights, another session: whoever holds an old one does not come by the new rights.
	if err := endAll(ctx, tx, a.Person, ""); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "people.grant", Record: a.Person, Action: "grant", Note: role.NameZh + " → " + p.Name, After: a})
}

// Withdraw ends an appointment at once. Refused: one's own, and the last one that
// lets anybody hire, grant or watch.
func Withdraw(ctx context.Context, tx *db.Tx, id string) error {
	if err := tx.Need(MayGrant); err != nil {
		return err
	}
	before, err := holdPowers(ctx, tx)
	if err != nil {
		return err
	}
	a, err := appointment(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := mayReach(tx.By, &a); err != nil {
		return err
	}
	if a.Person == tx.By.ID {
		return fault.New(fault.Conflict, "people.own_rights")
	}
	if err := endGrant(ctx, tx, id); err != nil {
		return err
	}
	if err := before.kept(ctx, tx); err != nil {
		return err
	}
	if err := endAll(ctx, tx, a.Person, ""); err != nil {
		return err
	}
	return tx.Trail(ctx, db.Event{Noun: "people.grant", Record: a.Person, Action: "withdraw", Note: a.RoleZh + " ← " + a.PersonName, Before: a})
}

func checkAppointment(ctx context.Context, tx *db.Tx, a *Appointment) (Role, error) {
	var bad fault.Complaints
	role, err := RoleByID(ctx, tx, a.Role)
	switch {
	case fault.KindOf(err) == fault.NotFound || err == nil && role.Closed:
		bad.Add("role", "base.no_such", a.Role)
	case err != nil:
		return role, err
	}
	a.UnitName = ""
	switch a.Extent {
	case Everywhere:
		a.Unit = ""
	case InCampus:
		c, err := departments.CampusByID(ctx, tx, a.Unit)
		if err := missing(&bad, "campus", a.Unit, err); err != nil {
			return role, err
		}
		a.UnitName = c.Name
	case InDepartment:
		d, err := departments.Get(ctx, tx, a.Unit)
		if err := missing(&bad, "department", a.Unit, err); err != nil {
			return role, err
		}
		a.UnitName = d.Name
	default:
		bad.Add("extent", "base.bad_value", string(a.Extent))
	}
	if a.From == "" {
		a.From = tx.Today()
	}
	if a.Until != "" && (a.Until < a.From || a.Until < tx.Today()) {
		bad.Add("until", "people.ends_before")
	}
	if err := bad.Err(); err != nil {
		return role, err
	}
	return role, mayReach(tx.By, a)
}

// mayReach: who may grant for a part of the hospital grants for that part only.
func mayReach(by db.Actor, a *Appointment) error {
	s := by.Scope(MayGrant)
	if s.All || a.Extent == InDepartment && slices.Contains(s.Units, a.Unit) {
		return nil
	}
	return fault.New(fault.Forbidden, "base.need", MayGrant)
}

func missing(bad *fault.Complaints, path, id string, err error) error {
	if fault.KindOf(err) != fault.NotFound {
		return err
	}
	bad.Add(path, "base.no_such", id)
	return nil
}

// powerful counts who may hire, who may grant and who watches, while nobody else
// changes that.
type powerful map[string]int64

// seated are the permissions that somebody must hold at all times.
var seated = []string{MayHire, MayGrant, AuditSeat}

// holdPowers makes changes of powers wait for each other: two grants that are
// harmless each may put one person on two seats together.
func holdPowers(ctx context.Context, tx *db.Tx) (powerful, error) {
	if err := tx.Lock(ctx, "people_policy", "policy"); err != nil {
		return nil, err
	}
	before := powerful{}
	for _, may := range seated {
		n, err := countHolders(ctx, tx, may)
		if err != nil {
			return nil, err
		}
		before[may] = n
	}
	return before, nil
}

// kept refuses a change that leaves the hospital without anybody who may hire or
// who may grant. The program itself may: it is how a locked-out hospital is helped.
func (before powerful) kept(ctx context.Context, tx *db.Tx) error {
	if tx.By.System {
		return nil
	}
	for _, may := range seated {
		n, err := countHolders(ctx, tx, may)
		if err != nil {
			return err
		}
		if n == 0 && before[may] > 0 {
			return fault.New(fault.Conflict, "people.last_one", words.Key("may."+may))
		}
	}
	return nil
}

// ActorOf is a person as they act at a moment: their department, and each
// permission with the part of the hospital in which they hold it. One who left is
// Forbidden.
func ActorOf(ctx context.Context, r db.Reader, person string, now time.Time) (db.Actor, error) {
	p, err := Get(ctx, r, person)
	if err != nil {
		return db.Actor{}, err
	}
	if p.Closed {
		return db.Actor{}, fault.New(fault.Forbidden, "people.has_left", p.Name)
	}
	rights, _, err := rightsOn(ctx, r, person, period.DayOf(now, r.Location()))
	return db.Actor{ID: p.ID, Name: p.Name, Unit: p.Department, Rights: rights}, err
}

// rightsOn joins what a person holds on a day to rights, and names the roles.
func rightsOn(ctx context.Context, r db.Reader, person string, day period.Day) (db.Rights, []Role, error) {
	held, err := holding(ctx, r, person, day)
	if err != nil {
		return nil, nil, err
	}
	rights := db.Rights{}
	var roles []Role
	units := map[string][]string{}
	for _, h := range held {
		if !slices.ContainsFunc(roles, func(x Role) bool { return x.ID == h.role.ID }) {
			roles = append(roles, h.role)
		}
		if h.may == "" {
			continue
		}
		s := rights[h.may]
		where := string(h.extent) + h.unit
		switch h.extent {
		case Everywhere:
			s.All = true
		case InCampus, InDepartment:
			if _, ok := units[where]; !ok {
				expand := departments.Below
				if h.extent == InCampus {
					expand = departments.OfCampus
				}
				if units[where], err = expand(ctx, r, h.unit); err != nil {
					return nil, nil, err
				}
			}
			s.Units = append(s.Units, units[where]...)
		}
		rights[h.may] = s
	}
	for may, s := range rights {
		if s.All {
			s.Units = nil
		}
		slices.Sort(s.Units)
		s.Units = slices.Compact(s.Units)
		rights[may] = s
	}
	return rights, roles, nil
}
