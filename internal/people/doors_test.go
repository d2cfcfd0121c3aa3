package people_test

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/keys"
	"houqin/internal/people"
)

// weighty makes a role that asks for a second factor and gives it to a person.
func (h *house) weighty(p people.Person) {
	h.t.Helper()
	r := people.Role{Code: "money", NameZh: "审批", Rights: []string{"zoo.approve"}, Factor: true}
	h.do(boss, func(tx *db.Tx) error { return people.MakeRole(h.t.Context(), tx, &r) })
	h.mustGrant(people.Appointment{Person: p.ID, Role: r.ID, Extent: people.Everywhere})
}

func onDevice(secret string) func(*people.Attempt) {
	return func(a *people.Attempt) { a.Device = secret }
}

// Whose role asks for a second factor comes in with a password alone nowhere: not at
// the first sign-in, not at a registered computer, and not in a session from before.
//
// Holds: C2 v5.0.0-6.3.3 v5.0.0-6.3.4 DB3-8.1.4.1-d AB-28
func TestARoleAsksForASecondFactor(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p, nurse := h.hires("A01", "李华"), h.hires("A02", "王强")
		before := h.mustSignIn("ua01")
		h.weighty(p)
		if _, err := h.who(before); fault.KindOf(err) != fault.SignIn {
			t.Errorf("the session from before the role lives: %v", err)
		}
		secret := h.device()
		for _, how := range [][]func(*people.Attempt){nil, {onOwn}, {onDevice(secret)}} {
			s, err := h.who(h.must(h.signIn("ua01", good, how...)))
			if err != nil || s.Stage != people.NeedFactor || s.Actor.ID != "" {
				t.Errorf("the password alone: %+v %v", s, err)
			}
		}
		if s, err := h.who(h.mustSignIn("ua02")); err != nil || s.Stage != people.Open {
			t.Errorf("a lesser role: %+v %v", s, err)
		}
		// It is set up at the door, and nothing opens before.
		half := h.mustSignIn("ua01")
		begin := func() string {
			if _, err := people.BeginFactor(t.Context(), h.d, half, ""); err != nil {
				t.Fatal(err)
			}
			seed, _, err := people.Pending(t.Context(), h.d, p.ID)
			if err != nil || seed == "" {
				t.Fatal(seed, err)
			}
			return seed
		}
		seed := begin()
		if begin() != seed {
			t.Error("a page drawn again shows another seed")
		}
		_, _, err := people.FirstFactor(t.Context(), h.d, half, "000000", "", "")
		wants(t, "a wrong code", err, "people.wrong_code")
		token, codes, err := people.FirstFactor(t.Context(), h.d, half, h.code(seed), "", "")
		if err != nil || len(codes) != 10 {
			t.Fatal(codes, err)
		}
		if s, err := h.who(token); err != nil || !s.Actor.May("zoo.approve") || s.Proofs != 2 {
			t.Errorf("%+v %v", s, err)
		}
		if _, err := h.who(half); fault.KindOf(err) != fault.SignIn {
			t.Errorf("the half session lives: %v", err)
		}
		// From then on the code is asked for, at the registered computer too, and a half
		// session cannot set up another authenticator.
		h.clock.Add(time.Minute)
		half = h.must(h.signIn("ua01", good, onDevice(secret)))
		if s, _ := h.who(half); s.Stage != people.NeedCode {
			t.Errorf("at the registered computer: %q", s.Stage)
		}
		_, err = people.BeginFactor(t.Context(), h.d, half, "")
		if fault.KindOf(err) != fault.SignIn {
			t.Errorf("a half session sets up another authenticator: %v", err)
		}
		_ = nurse

		// When all must, the registered computer counts as the second one for lesser roles.
		rules, _ := people.TheRules(t.Context(), h.d)
		rules.Factor = "all"
		open := h.mustSignIn("ua02")
		h.do(dbtest.Person("sec", people.MayGrant), func(tx *db.Tx) error { return people.SetRules(t.Context(), tx, &rules) })
		if _, err := h.who(open); fault.KindOf(err) != fault.SignIn {
			t.Errorf("a session from before the stricter rule lives: %v", err)
		}
		if s, _ := h.who(h.mustSignIn("ua02")); s.Stage != people.NeedFactor {
			t.Errorf("a nurse anywhere: %q", s.Stage)
		}
		if s, err := h.who(h.must(h.signIn("ua02", good, onDevice(secret)))); err != nil || s.Stage != people.Open || s.Kind != people.Shared {
			t.Errorf("a nurse at the ward's computer: %+v %v", s, err)
		}
	})
}

// must is a token that was given.
func (h *house) must(token string, err error) string {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
	return token
}

// device registers a computer of the ward.
func (h *house) device() (secret string) {
	h.t.Helper()
	var code string
	h.do(dbtest.Person("sec", people.MayGrant), func(tx *db.Tx) (err error) {
		code, err = people.AddDevice(h.t.Context(), tx, &people.Device{Name: "护士站 1", Department: h.ward.ID})
		return err
	})
	secret, err := people.RegisterDevice(h.t.Context(), h.d, code, "10.0.0.9")
	if err != nil {
		h.t.Fatal(err)
	}
	return secret
}

// A computer is registered by a code that counts once and soon; sessions on it are
// short, and end when it is taken off.
//
// Holds: v5.0.0-7.1.1 v5.0.0-7.3.1 v5.0.0-7.3.2 v5.0.0-6.4.1 DB3-8.1.4.1-b
func TestAWardsComputerIsRegistered(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.hires("A01", "李华")
		sec := dbtest.Person("sec", people.MayGrant)
		add := func() (code string) {
			h.do(sec, func(tx *db.Tx) (err error) {
				code, err = people.AddDevice(t.Context(), tx, &people.Device{Name: "护士站 2", Department: h.ward.ID})
				return err
			})
			return code
		}
		code := add()
		secret, err := people.RegisterDevice(t.Context(), h.d, strings.ToLower(code), "10.0.0.9")
		wants(t, "in time", err, "")
		_, err = people.RegisterDevice(t.Context(), h.d, code, "10.0.0.9")
		wants(t, "again", err, "people.wrong_device_code")
		late := add()
		h.clock.Add(31 * time.Minute)
		_, err = people.RegisterDevice(t.Context(), h.d, late, "10.0.0.9")
		wants(t, "too late", err, "people.wrong_device_code")
		wants(t, "by who may not", h.try(dbtest.Person("n"), func(tx *db.Tx) error {
			_, err := people.AddDevice(t.Context(), tx, &people.Device{Name: "x", Department: h.ward.ID})
			return err
		}), "base.need")

		token := h.must(h.signIn("ua01", good, onDevice(secret), onOwn))
		if s, err := h.who(token); err != nil || s.Kind != people.Shared {
			t.Errorf("%+v %v", s, err)
		}
		h.clock.Add(15 * time.Minute)
		if _, err := h.who(token); fault.KindOf(err) != fault.SignIn {
			t.Errorf("after a quarter of an hour without a click: %v", err)
		}
		token = h.must(h.signIn("ua01", good, onDevice(secret)))
		desk := people.NewDesk(h.d)
		for range 71 {
			h.clock.Add(10 * time.Minute)
			if _, err := desk.Session(t.Context(), token, "", true); err != nil {
				t.Fatal(err)
			}
			desk.Rest()
		}
		h.clock.Add(10 * time.Minute)
		if _, err := h.who(token); fault.KindOf(err) != fault.SignIn {
			t.Errorf("after twelve hours in use: %v", err)
		}
		token, plain := h.must(h.signIn("ua01", good, onDevice(secret))), h.mustSignIn("ua01")
		all, err := people.Devices(t.Context(), h.d)
		if err != nil || len(all) != 2 || all[0].SeenAt == 0 {
			t.Fatalf("%+v %v", all, err)
		}
		i := slices.IndexFunc(all, func(d people.Device) bool { return d.WaitsUntil == 0 })
		h.do(sec, func(tx *db.Tx) error { return people.EndDevice(t.Context(), tx, all[i].ID) })
		if _, err := h.who(token); fault.KindOf(err) != fault.SignIn {
			t.Errorf("on a computer taken off the register: %v", err)
		}
		if _, err := h.who(plain); err != nil {
			t.Errorf("elsewhere: %v", err)
		}
		if s, err := h.who(h.must(h.signIn("ua01", good, onDevice(secret)))); err != nil || s.Kind != people.Plain {
			t.Errorf("afterwards it is still %q, %v", s.Kind, err)
		}
	})
}

// Of an administrator, and of everybody whose role asks for it, two administrators
// take the second factor off, neither of them the person.
//
// Holds: v5.0.0-6.4.4 v5.0.0-6.4.3
func TestTwoAdministratorsTakeAFactorOff(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.hires("A01", "李华")
		h.enrols(p)
		h.weighty(p)
		sys, sec, aud := dbtest.Person("sys", people.MayHire, people.MaySee), dbtest.Person("sec", people.MayGrant, people.MaySee), dbtest.Person("aud", people.AuditSeat, people.MaySee)
		drop := func(by db.Actor) (done bool, err error) {
			err = h.try(by, func(tx *db.Tx) error { done, err = people.DropFactor(t.Context(), tx, p.ID); return err })
			return done, err
		}
		_, err := drop(dbtest.PersonIn("mate", h.ward.ID, "desk.report"))
		wants(t, "a colleague", err, "base.not_found")
		if done, err := drop(sec); done || err != nil {
			t.Errorf("alone: %v %v", done, err)
		}
		_, err = drop(sec)
		wants(t, "the same one again", err, "people.needs_another")
		h.clock.Add(25 * time.Hour)
		if done, err := drop(sys); done || err != nil {
			t.Errorf("a wish of yesterday still counts: %v %v", done, err)
		}
		if a, _ := people.AccountOf(t.Context(), h.d, p.ID); a.FactorOn == 0 {
			t.Fatal("one was enough")
		}
		if done, err := drop(aud); !done || err != nil {
			t.Errorf("the second: %v %v", done, err)
		}
		if a, _ := people.AccountOf(t.Context(), h.d, p.ID); a.FactorOn != 0 {
			t.Error("two were not enough")
		}
		if n := h.deeds("people.account", p.ID, "factor_off_asked"); n != 2 {
			t.Errorf("%d wishes in the trail", n)
		}
	})
}

// Nobody can be left without an administrator: not by leaving, by closing an account,
// by withdrawing a role, nor by a role that runs out on a day to come.
//
// Holds: AB-40 DB3-8.1.4.2-d
func TestTheLastAdministratorStays(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		sys, aud := h.role("sys", people.SystemSeat, people.MayHire), h.role("aud", people.AuditSeat)
		a, b, c := h.hires("A01", "系统"), h.hires("A02", "审计"), h.hires("A03", "系统二")
		h.mustGrant(people.Appointment{Person: a.ID, Role: sys.ID, Extent: people.Everywhere})
		watch := h.mustGrant(people.Appointment{Person: b.ID, Role: aud.ID, Extent: people.Everywhere})
		h.mustGrant(people.Appointment{Person: c.ID, Role: sys.ID, Extent: people.Everywhere, Until: h.d.Today().AddDays(30)})
		by := dbtest.Person("other", people.MayHire)
		wants(t, "the only one who watches leaves", h.try(by, func(tx *db.Tx) error { return people.Leave(t.Context(), tx, b.ID, 1, "") }), "people.last_one")
		wants(t, "his account is closed", h.try(by, func(tx *db.Tx) error { return people.CloseAccount(t.Context(), tx, b.ID, true) }), "people.last_one")
		wants(t, "his role is withdrawn", h.try(dbtest.Person("sec", people.MayGrant), func(tx *db.Tx) error { return people.Withdraw(t.Context(), tx, watch.ID) }), "people.last_one")
		wants(t, "the only one whose role does not run out", h.try(by, func(tx *db.Tx) error { return people.CloseAccount(t.Context(), tx, a.ID, true) }), "people.last_one")
		wants(t, "the one whose role does", h.try(by, func(tx *db.Tx) error { return people.CloseAccount(t.Context(), tx, c.ID, true) }), "")
	})
}

// The seeds of authenticators cannot be read from the books, belong to their row, and
// are sealed anew under a new key; without its key a code is refused, never let through.
//
// Holds: v5.0.0-11.2.2 v5.0.0-11.3.3 v5.0.0-13.3.1 v5.0.0-16.5.3 DB3-8.1.4.8-b AB-17
func TestSeedsAreSealed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p, mate := h.hires("A01", "李华"), h.hires("A02", "王强")
		seed, codes := h.enrols(p)
		h.enrols(mate)
		raw := func(person string) (s string) {
			if err := h.d.QueryRowContext(t.Context(), `SELECT seed FROM people_account WHERE person = $1`, person).Scan(&s); err != nil {
				t.Fatal(err)
			}
			return s
		}
		put := func(person, s string) {
			h.do(boss, func(tx *db.Tx) error {
				_, err := tx.Exec(t.Context(), `UPDATE people_account SET seed = $1 WHERE person = $2`, s, person)
				return err
			})
		}
		if s := raw(p.ID); strings.Contains(s, seed) || !strings.HasPrefix(s, "1.") {
			t.Errorf("kept as %s", s)
		}
		h.clock.Add(time.Minute)
		// A seed moved to another row, or written there in clear, opens nothing.
		sealed := raw(mate.ID)
		for _, s := range []string{raw(p.ID), seed} {
			put(mate.ID, s)
			if _, err := h.signIn("ua02", good, with(h.code(seed))); fault.KindOf(err) != fault.Unavailable {
				t.Errorf("with %s of another's: %v", s, err)
			}
		}
		put(mate.ID, sealed)

		// A new key.
		path := filepath.Join(t.TempDir(), "keys")
		fresh, err := keys.Make(path)
		if err != nil {
			t.Fatal(err)
		}
		old := h.d.Keys
		h.d.Keys = fresh
		if _, err := h.signIn("ua01", good, with(h.code(seed))); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("without the key: %v", err)
		}
		if _, err := h.signIn("ua01", good, with(codes[0])); err != nil {
			t.Errorf("a recovery code without the key: %v", err)
		}
		reseal := func() (renewed, away int) {
			h.do(boss, func(tx *db.Tx) (err error) { renewed, away, err = people.SealSeeds(t.Context(), tx); return err })
			return renewed, away
		}
		if renewed, away := reseal(); renewed != 0 || away != 2 {
			t.Errorf("without the old key %d are sealed anew and %d are away", renewed, away)
		}
		h.d.Keys = old
		text := seed
		put(mate.ID, text) // as it was kept before there were keys
		if renewed, away := reseal(); renewed != 1 || away != 0 {
			t.Errorf("one of before: %d %d", renewed, away)
		}
		if _, err := h.signIn("ua02", good, with(h.code(seed))); err != nil {
			t.Errorf("sealed since: %v", err)
		}
		// Lost for good: the command line takes the factor off, and the recovery codes with it.
		h.d.Keys = fresh
		var n int
		h.do(boss, func(tx *db.Tx) (err error) { n, err = people.ForgetSeeds(t.Context(), tx); return err })
		if s, err := h.who(h.mustSignIn("ua01")); n != 2 || err != nil || s.Stage != people.Open {
			t.Errorf("%d, %+v %v", n, s, err)
		}
	})
}

// The list within the program holds more than the 3,000 commonest that fit; a longer
// one of leaked passwords is read from a file.
//
// Holds: v5.0.0-6.2.4 v5.0.0-6.2.12
func TestALeakedPasswordIsRefused(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.hires("A01", "李华")
		s, _ := h.who(h.mustSignIn("ua01"))
		path := filepath.Join(t.TempDir(), "leaked")
		var lines []string
		for i := range 3000 {
			sum := sha1.Sum(fmt.Appendf(nil, "Leaked password %d", i))
			lines = append(lines, strings.ToUpper(hex.EncodeToString(sum[:]))+fmt.Sprintf(":%d", i*i))
		}
		slices.Sort(lines)
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\r\n")+"\r\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := people.UseLeaked(path); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(people.NoLeaked)
		for i := range 3000 {
			if found, err := people.HasLeaked(fmt.Sprintf("Leaked password %d", i)); !found || err != nil {
				t.Fatalf("%d: %v %v", i, found, err)
			}
			if found, err := people.HasLeaked(fmt.Sprintf("Own password %d", i)); found || err != nil {
				t.Fatalf("%d: %v %v", i, found, err)
			}
		}
		by := db.Actor{ID: s.Person, Name: "李华"}
		wants(t, "one of the list", people.ChangePassword(t.Context(), h.d, by, s.ID, good, "Leaked password 77"), "people.password_leaked")
		wants(t, "one that is not", people.ChangePassword(t.Context(), h.d, by, s.ID, good, "Leaked password 7777"), "")
		other := filepath.Join(t.TempDir(), "other")
		if err := os.WriteFile(other, []byte("password\nletmein\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := people.UseLeaked(other); err == nil {
			t.Error("a list of plain words is taken")
		}
	})
	if n := people.Commonest(); n < 3000 {
		t.Errorf("%d commonest passwords", n)
	}
}

// Whoever signs in is told how often somebody else guessed.
//
// Holds: v5.0.0-6.3.5
func TestWrongGuessesAreTold(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.hires("A01", "李华")
		for range 3 {
			h.signIn("ua01", "wrong")
		}
		h.mustSignIn("ua01")
		missed := func() (n int64) {
			h.do(boss, func(tx *db.Tx) (err error) { n, err = people.Missed(t.Context(), tx, p.ID); return err })
			return n
		}
		if n := missed(); n != 3 {
			t.Errorf("%d guesses told", n)
		}
		if n := missed(); n != 0 {
			t.Errorf("%d told again", n)
		}
	})
}
