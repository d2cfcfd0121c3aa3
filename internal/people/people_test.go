package people_test

import (
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/departments"
	"houqin/internal/people"
	"houqin/internal/rules"
)

var rooms = []fs.FS{rules.Migrations, departments.Migrations, people.Migrations}

var boss = db.System("boss")

const (
	good  = "Three blue kettles"
	other = "Seven green ladders"
)

// house is a hospital with two departments on two campuses and some staff.
type house struct {
	t            *testing.T
	d            *db.DB
	clock        *dbtest.Clock
	ward, team   departments.Department
	north, south departments.Campus
}

func each(t *testing.T, f func(t *testing.T, h *house)) {
	dbtest.EachClock(t, rooms, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := &house{t: t, d: d, clock: clock}
		h.do(boss, func(tx *db.Tx) error {
			h.north, h.south = departments.Campus{Code: "N", Name: "北院"}, departments.Campus{Code: "S", Name: "南院"}
			for _, c := range []*departments.Campus{&h.north, &h.south} {
				if err := departments.FoundCampus(t.Context(), tx, c); err != nil {
					return err
				}
			}
			h.ward = departments.Department{Code: "N1", Name: "内一科", Kind: departments.Ward, Campus: h.north.ID}
			if err := departments.Found(t.Context(), tx, &h.ward); err != nil {
				return err
			}
			h.team = departments.Department{Code: "T1", Name: "水电班", Kind: departments.Team, Campus: h.south.ID}
			return departments.Found(t.Context(), tx, &h.team)
		})
		f(t, h)
	})
}

func (h *house) do(by db.Actor, f func(tx *db.Tx) error) {
	h.t.Helper()
	dbtest.Do(h.t, h.d, by, f)
}

func (h *house) try(by db.Actor, f func(tx *db.Tx) error) error {
	return h.d.Do(h.t.Context(), by, f)
}

// hires somebody into the ward, with a login and the password good.
func (h *house) hires(number, name string) people.Person {
	h.t.Helper()
	p := people.Person{Number: number, Name: name, Department: h.ward.ID}
	h.do(boss, func(tx *db.Tx) error {
		if err := people.Hire(h.t.Context(), tx, &p); err != nil {
			return err
		}
		return people.OpenAccount(h.t.Context(), tx, p.ID, "u"+number)
	})
	if err := people.SetPassword(h.t.Context(), h.d, boss, p.ID, good); err != nil {
		h.t.Fatal(err)
	}
	return p
}

func (h *house) role(code string, rights ...string) people.Role {
	h.t.Helper()
	r := people.Role{Code: code, NameZh: code, Rights: rights}
	h.do(boss, func(tx *db.Tx) error { return people.MakeRole(h.t.Context(), tx, &r) })
	return r
}

func (h *house) grant(by db.Actor, a people.Appointment) (people.Appointment, error) {
	err := h.try(by, func(tx *db.Tx) error { return people.Grant(h.t.Context(), tx, &a) })
	return a, err
}

func (h *house) mustGrant(a people.Appointment) people.Appointment {
	h.t.Helper()
	a, err := h.grant(boss, a)
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

func (h *house) actor(p people.Person) db.Actor {
	h.t.Helper()
	a, err := people.ActorOf(h.t.Context(), h.d, p.ID, h.clock.Now())
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

func (h *house) signIn(login, password string, more ...func(*people.Attempt)) (string, error) {
	a := people.Attempt{Login: login, Password: password, Address: "10.0.0.5", Agent: "Mozilla/5.0 (Windows NT 10.0) Chrome/120"}
	for _, f := range more {
		f(&a)
	}
	return people.SignIn(h.t.Context(), h.d, a)
}

func (h *house) mustSignIn(login string, more ...func(*people.Attempt)) string {
	h.t.Helper()
	token, err := h.signIn(login, good, more...)
	if err != nil {
		h.t.Fatal(err)
	}
	return token
}

func (h *house) who(token string) (people.Session, error) {
	return people.Who(h.t.Context(), h.d, token, h.clock.Now())
}

// deeds counts a person's entries of one kind in the trail.
func (h *house) deeds(noun, record, action string) (n int) {
	h.t.Helper()
	story, err := db.Story(h.t.Context(), h.d, noun, record)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, e := range story {
		if e.Action == action {
			n++
		}
	}
	return n
}

func wants(t *testing.T, what string, err error, key string) {
	t.Helper()
	if key == "" && err != nil || key != "" && !fault.Is(err, key) {
		t.Errorf("%s: got %v, want %q", what, err, key)
	}
}

func TestHiringRefusesWhatDoesNotHangTogether(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.hires("A01", "李华")
		for _, c := range []struct {
			what string
			p    people.Person
			key  string
		}{
			{"nothing", people.Person{}, "base.required"},
			{"a number of another", people.Person{Number: "a01", Name: "王强", Department: h.ward.ID}, "people.number_taken"},
			{"a number in full width of another", people.Person{Number: "Ａ０１", Name: "王强", Department: h.ward.ID}, "people.number_taken"},
			{"a number in Cyrillic", people.Person{Number: "А02", Name: "王强", Department: h.ward.ID}, "people.number_letters"},
			{"a name that turns around", people.Person{Number: "A03", Name: "王\u202e强", Department: h.ward.ID}, "people.unseen_letters"},
			{"a department that is none", people.Person{Number: "A04", Name: "王强", Department: "nowhere"}, "base.no_such"},
			{"a trade that is none", people.Person{Number: "A05", Name: "王强", Department: h.ward.ID, Trades: "electric,magic"}, "base.bad_value"},
			{"somebody new", people.Person{Number: "A06", Name: " 王  强 ", Department: h.ward.ID, Trades: "electric,water", Posts: "组长"}, ""},
		} {
			wants(t, c.what, h.try(boss, func(tx *db.Tx) error { return people.Hire(t.Context(), tx, &c.p) }), c.key)
		}
		p, err := people.ByNumber(t.Context(), h.d, "a06")
		if err != nil || p.Name != "王 强" || !p.Trades.Has("water") || p.Trades.Has("electr") {
			t.Errorf("kept as %+v, %v", p, err)
		}
		p.Phone = "8021"
		h.do(boss, func(tx *db.Tx) error { return people.Change(t.Context(), tx, &p) })
		wants(t, "a second change of the same version", h.try(boss, func(tx *db.Tx) error { return people.Change(t.Context(), tx, &p) }), "base.stale")
		nobody := dbtest.Person("nobody")
		wants(t, "hired by somebody without the permission", h.try(nobody, func(tx *db.Tx) error { return people.Hire(t.Context(), tx, &people.Person{Department: h.ward.ID}) }), "base.need")
	})
}

// Holds: v5.0.0-8.2.2 DB3-8.1.4.2-f DB3-8.1.4.11-b
func TestAPersonSeesTheStaffOfTheirOwnDepartment(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.hires("A01", "李华")
		h.hires("A02", "王强")
		far := people.Person{Number: "B01", Name: "赵远", Department: h.team.ID}
		h.do(boss, func(tx *db.Tx) error { return people.Hire(t.Context(), tx, &far) })
		for _, c := range []struct {
			who  string
			by   db.Actor
			sees int
		}{
			{"a nurse", dbtest.PersonIn("n", h.ward.ID, "desk.report"), 2},
			{"somebody of no department", dbtest.Person("x"), 0},
			{"who may see the teams", db.Actor{ID: "y", Unit: h.ward.ID, Rights: db.Rights{people.MaySee: {Units: []string{h.team.ID}}}}, 3},
			{"who may see all", dbtest.Person("z", people.MaySee), 3},
			{"themselves at least", db.Actor{ID: far.ID, Unit: "elsewhere"}, 1},
		} {
			got, err := people.People.All(t.Context(), h.d, people.Scope(c.by), 10)
			if err != nil || len(got) != c.sees {
				t.Errorf("%s sees %d, want %d: %v", c.who, len(got), c.sees, err)
			}
		}
		found, err := people.People.Find(t.Context(), h.d, "lihua", list.Where{}, 5)
		if err != nil || len(found) != 1 || found[0].Name != "李华" {
			t.Errorf("lihua finds %v, %v", found, err)
		}
	})
}

// Holds: v5.0.0-8.3.2 DB3-8.1.4.2-e
func TestRolesHoldWhereAndWhenTheyAreGiven(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		below := departments.Department{Code: "N11", Name: "内一科病区", Kind: departments.Ward, Parent: h.ward.ID}
		h.do(boss, func(tx *db.Tx) error { return departments.Found(t.Context(), tx, &below) })
		p := h.hires("A01", "李华")
		today := h.d.Today()
		yesterday, tomorrow := today.AddDays(-1), today.AddDays(1)
		a, b, c, d := h.role("a", "x.a"), h.role("b", "x.b"), h.role("c", "x.c"), h.role("d", "x.d", "x.a")
		h.mustGrant(people.Appointment{Person: p.ID, Role: a.ID, Extent: people.InDepartment, Unit: h.ward.ID})
		h.mustGrant(people.Appointment{Person: p.ID, Role: b.ID, Extent: people.InCampus, Unit: h.south.ID, From: yesterday, Until: today})
		h.mustGrant(people.Appointment{Person: p.ID, Role: c.ID, Extent: people.Everywhere, From: tomorrow})
		h.mustGrant(people.Appointment{Person: p.ID, Role: d.ID, Extent: people.Everywhere, Until: today})
		_, err := h.grant(boss, people.Appointment{Person: p.ID, Role: a.ID, Extent: people.Everywhere, From: yesterday, Until: yesterday})
		wants(t, "ending before today", err, "people.ends_before")
		_, err = h.grant(boss, people.Appointment{Person: p.ID, Role: a.ID, Extent: people.InCampus, Unit: h.ward.ID})
		wants(t, "a campus that is none", err, "base.no_such")
		is := func(when, may, unit string, want bool) {
			t.Helper()
			if got := h.actor(p).MayIn(may, unit); got != want {
				t.Errorf("%s %s in %s: %v", when, may, unit, got)
			}
		}
		is("today", "x.a", h.ward.ID, true)
		is("today", "x.a", h.team.ID, true) // by d, everywhere
		is("today", "x.b", h.team.ID, true)
		is("today", "x.b", h.ward.ID, false)
		is("today", "x.c", h.ward.ID, false)
		h.clock.Add(24 * time.Hour)
		is("tomorrow", "x.a", below.ID, true)
		is("tomorrow", "x.a", h.team.ID, false)
		is("tomorrow", "x.b", h.team.ID, false)
		is("tomorrow", "x.c", h.ward.ID, true)
		is("tomorrow", "x.d", h.ward.ID, false)
	})
}

func TestShippedRolesFollowTheProgramUntilTheHospitalChangesThem(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ensure := func(specs ...people.RoleSpec) {
			t.Helper()
			h.do(boss, func(tx *db.Tx) error { return people.EnsureRoles(t.Context(), tx, specs) })
		}
		rights := func(code string) string {
			t.Helper()
			r, err := people.RoleByCode(t.Context(), h.d, code)
			if err != nil {
				t.Fatal(err)
			}
			return strings.Join(r.Rights, " ")
		}
		ensure(people.RoleSpec{Code: "ward", NameZh: "护士", NameEn: "Nurse", Rights: []string{"b.x", "a.x", "a.x"}})
		ensure(people.RoleSpec{Code: "ward", NameZh: "护士", NameEn: "Nurse", Rights: []string{"a.x", "b.x"}})
		r, _ := people.RoleByCode(t.Context(), h.d, "ward")
		if n := h.deeds("people.role", r.ID, "make") + h.deeds("people.role", r.ID, "change"); n != 1 || rights("ward") != "a.x b.x" {
			t.Errorf("%d entries, rights %q", n, rights("ward"))
		}
		ensure(people.RoleSpec{Code: "ward", NameZh: "护士", NameEn: "Nurse", Rights: []string{"a.x", "b.x", "c.new"}})
		if rights("ward") != "a.x b.x c.new" {
			t.Errorf("a role nobody touched does not follow: %q", rights("ward"))
		}
		r, _ = people.RoleByCode(t.Context(), h.d, "ward")
		r.Rights = []string{"a.x"}
		h.do(boss, func(tx *db.Tx) error { return people.ChangeRole(t.Context(), tx, &r) })
		ensure(people.RoleSpec{Code: "ward", NameZh: "护士", NameEn: "Nurse", Rights: []string{"a.x", "b.x", "c.new"}})
		if rights("ward") != "a.x" {
			t.Errorf("the hospital's change was overwritten: %q", rights("ward"))
		}
		err := h.try(boss, func(tx *db.Tx) error {
			return people.EnsureRoles(t.Context(), tx, []people.RoleSpec{{Code: "all", NameZh: "全", Rights: []string{people.MayHire, people.MayGrant}}})
		})
		wants(t, "a shipped role on two seats", err, "people.seats_apart")
	})
}

// Holds: DB3-8.1.4.2-d DB3-8.1.5.1-b DB3-8.1.5.3-b AB-40
func TestTheThreeSeatsStayApart(t *testing.T) {
	seats := map[string][]string{
		"system": {people.SystemSeat, people.MayHire}, "security": {people.SecuritySeat, people.MayGrant}, "audit": {people.AuditSeat},
		"hires": {people.MayHire}, "grants": {people.MayGrant}, "plain": {"desk.report"}, "looks": {people.MaySee},
	}
	each(t, func(t *testing.T, h *house) {
		roles := map[string]people.Role{}
		for code, rights := range seats {
			roles[code] = h.role(code, rights...)
		}
		for i, c := range []struct {
			first, second string
			key           string
		}{
			{"system", "security", "people.seats_apart"}, {"system", "audit", "people.seats_apart"}, {"security", "audit", "people.seats_apart"},
			{"hires", "grants", "people.seats_apart"}, {"grants", "system", "people.seats_apart"}, {"audit", "hires", "people.seats_apart"},
			{"system", "hires", ""}, {"security", "looks", ""},
			{"security", "plain", "people.seat_and_business"}, {"plain", "system", "people.seat_and_business"}, {"plain", "audit", "people.seat_and_business"},
		} {
			p := h.hires(fmt.Sprintf("S%02d", i), "某人")
			h.mustGrant(people.Appointment{Person: p.ID, Role: roles[c.first].ID, Extent: people.Everywhere})
			_, err := h.grant(boss, people.Appointment{Person: p.ID, Role: roles[c.second].ID, Extent: people.InDepartment, Unit: h.ward.ID})
			wants(t, c.first+" then "+c.second, err, c.key)
			// Also from a day to come, and on after the first one has been withdrawn.
			_, err = h.grant(boss, people.Appointment{Person: p.ID, Role: roles[c.second].ID, Extent: people.Everywhere, From: h.d.Today().AddDays(30)})
			wants(t, c.first+" then later "+c.second, err, c.key)
		}

		p := h.hires("S90", "兼职")
		h.mustGrant(people.Appointment{Person: p.ID, Role: roles["looks"].ID, Extent: people.Everywhere})
		h.mustGrant(people.Appointment{Person: p.ID, Role: roles["system"].ID, Extent: people.Everywhere})
		for _, more := range []string{people.AuditSeat, "desk.report"} {
			looks := roles["looks"]
			looks.Rights = []string{people.MaySee, more}
			if more == people.AuditSeat {
				looks.Rights = []string{more}
			}
			wants(t, more+" slipped into a role that an administrator holds", h.try(boss, func(tx *db.Tx) error { return people.ChangeRole(t.Context(), tx, &looks) }), "people.seats_apart_for")
		}
		mixed := people.Role{Code: "mixed", NameZh: "混合", Rights: []string{people.MayHire, "desk.report"}}
		wants(t, "one role with a seat and business", h.try(boss, func(tx *db.Tx) error { return people.MakeRole(t.Context(), tx, &mixed) }), "people.seat_and_business")
		both := people.Role{Code: "both", NameZh: "两样", Rights: []string{people.MayHire, people.AuditSeat}}
		wants(t, "one role with two seats", h.try(boss, func(tx *db.Tx) error { return people.MakeRole(t.Context(), tx, &both) }), "people.seats_apart")
	})
}

// Holds: DB3-8.1.4.2-d v5.0.0-15.4.2 AB-40
func TestTwoGrantsAtOnceDoNotPutOnePersonOnTwoSeats(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		system, audit := h.role("system", people.SystemSeat), h.role("audit", people.AuditSeat)
		for i := range 5 {
			p := h.hires(fmt.Sprintf("S%02d", i), "某人")
			var wg sync.WaitGroup
			errs := make([]error, 2)
			for j, r := range []people.Role{system, audit} {
				wg.Go(func() {
					_, errs[j] = h.grant(boss, people.Appointment{Person: p.ID, Role: r.ID, Extent: people.Everywhere})
				})
			}
			wg.Wait()
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Errorf("both or neither were granted: %v, %v", errs[0], errs[1])
			}
		}
	})
}

// Holds: DB3-8.1.5.3-b AB-40
func TestAdministratorsDoNotServeThemselves(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		sys, sec, plain := h.role("sys", people.SystemSeat, people.MayHire), h.role("sec", people.SecuritySeat, people.MayGrant), h.role("plain", "desk.report")
		a, b, nurse := h.hires("A01", "系统"), h.hires("A02", "安全"), h.hires("A03", "护士")
		h.mustGrant(people.Appointment{Person: a.ID, Role: sys.ID, Extent: people.Everywhere})
		given := h.mustGrant(people.Appointment{Person: b.ID, Role: sec.ID, Extent: people.Everywhere})
		system, security := h.actor(a), h.actor(b)

		_, err := h.grant(system, people.Appointment{Person: nurse.ID, Role: plain.ID, Extent: people.Everywhere})
		wants(t, "the system administrator grants", err, "base.need")
		wants(t, "the security administrator hires", h.try(security, func(tx *db.Tx) error {
			return people.Hire(t.Context(), tx, &people.Person{Number: "X", Name: "新", Department: h.ward.ID})
		}), "base.need")
		_, err = h.grant(security, people.Appointment{Person: b.ID, Role: plain.ID, Extent: people.Everywhere})
		wants(t, "grants himself", err, "people.own_rights")
		wants(t, "withdraws his own", h.try(security, func(tx *db.Tx) error { return people.Withdraw(t.Context(), tx, given.ID) }), "people.own_rights")
		sec.Rights = append(sec.Rights, people.MaySee)
		wants(t, "widens his own role", h.try(security, func(tx *db.Tx) error { return people.ChangeRole(t.Context(), tx, &sec) }), "people.own_role")
		_, err = people.HandOut(t.Context(), h.d, system, a.ID)
		wants(t, "resets his own password", err, "people.own_password")
		wants(t, "closes himself", h.try(system, func(tx *db.Tx) error { return people.Leave(t.Context(), tx, a.ID, 1, "") }), "people.leaves_himself")
		wants(t, "closes the only security administrator", h.try(system, func(tx *db.Tx) error { return people.Leave(t.Context(), tx, b.ID, 1, "") }), "people.last_one")
		second := h.hires("A04", "安全二")
		h.mustGrant(people.Appointment{Person: second.ID, Role: sec.ID, Extent: people.Everywhere})
		h.do(system, func(tx *db.Tx) error { return people.Leave(t.Context(), tx, b.ID, 1, "调离") })
		lone, err := people.Appointments(t.Context(), h.d, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		wants(t, "withdraws the only system administrator", h.try(h.actor(second), func(tx *db.Tx) error { return people.Withdraw(t.Context(), tx, lone[0].ID) }), "people.last_one")
		sys, _ = people.RoleByID(t.Context(), h.d, sys.ID)
		sys.Rights = []string{"desk.report"}
		wants(t, "empties the only system administrator's role", h.try(h.actor(second), func(tx *db.Tx) error { return people.ChangeRole(t.Context(), tx, &sys) }), "people.last_one")
	})
}

// Holds: DB3-8.1.4.2-e
func TestWhoMayGrantForAPartGrantsForThatPart(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		plain := h.role("plain", "desk.report")
		nurse := h.hires("A03", "护士")
		part := dbtest.PersonIn("part", h.ward.ID, people.MayGrant)
		_, err := h.grant(part, people.Appointment{Person: nurse.ID, Role: plain.ID, Extent: people.InDepartment, Unit: h.ward.ID})
		wants(t, "in the own part", err, "")
		_, err = h.grant(part, people.Appointment{Person: nurse.ID, Role: plain.ID, Extent: people.InDepartment, Unit: h.team.ID})
		wants(t, "elsewhere", err, "base.need")
		_, err = h.grant(part, people.Appointment{Person: nurse.ID, Role: plain.ID, Extent: people.Everywhere})
		wants(t, "everywhere", err, "base.need")
		far := people.Person{Number: "B01", Name: "赵远", Department: h.team.ID}
		h.do(boss, func(tx *db.Tx) error { return people.Hire(t.Context(), tx, &far) })
		_, err = h.grant(part, people.Appointment{Person: far.ID, Role: plain.ID, Extent: people.InDepartment, Unit: h.ward.ID})
		wants(t, "to somebody out of sight", err, "base.not_found")
	})
}

func TestARoleThatIsHeldStaysOpen(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		plain := h.role("plain", "desk.report")
		nurse := h.hires("A03", "护士")
		g := h.mustGrant(people.Appointment{Person: nurse.ID, Role: plain.ID, Extent: people.Everywhere})
		shut := func() error {
			return h.try(boss, func(tx *db.Tx) error { return people.CloseRole(t.Context(), tx, plain.ID, 1) })
		}
		wants(t, "while held", shut(), "people.role_held")
		h.do(boss, func(tx *db.Tx) error { return people.Withdraw(t.Context(), tx, g.ID) })
		wants(t, "when free", shut(), "")
		_, err := h.grant(boss, people.Appointment{Person: nurse.ID, Role: plain.ID, Extent: people.Everywhere})
		wants(t, "granted when closed", err, "base.no_such")
	})
}
