package people_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/people"
)

func from(address string) func(*people.Attempt) {
	return func(a *people.Attempt) { a.Address = address }
}

func (h *house) mustSignInWith(login, password string) string {
	h.t.Helper()
	token, err := h.signIn(login, password)
	if err != nil {
		h.t.Fatal(err)
	}
	return token
}

func onOwn(a *people.Attempt) { a.Own = true }

func with(code string) func(*people.Attempt) { return func(a *people.Attempt) { a.Code = code } }

// Holds: v5.0.0-6.3.8 v5.0.0-6.2.8 DB3-8.1.4.1-a AB-27
func TestSigningIn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.hires("A01", "李华")
		gone, locked := h.hires("A02", "已走"), h.hires("A03", "停用")
		empty := people.Person{Number: "A04", Name: "无密码", Department: h.ward.ID}
		h.do(boss, func(tx *db.Tx) error {
			if err := people.Hire(t.Context(), tx, &empty); err != nil {
				return err
			}
			if err := people.OpenAccount(t.Context(), tx, empty.ID, "uA04"); err != nil {
				return err
			}
			if err := people.Leave(t.Context(), tx, gone.ID, 1, "退休"); err != nil {
				return err
			}
			return people.CloseAccount(t.Context(), tx, locked.ID, true)
		})
		for i, c := range []struct{ what, login, password, key string }{
			{"right", "ua01", good, ""},
			{"in capitals and full width", " ＵＡ01 ", good, ""},
			{"a wrong password", "ua01", good + " ", "people.wrong"},
			{"the password in capitals", "ua01", strings.ToUpper(good), "people.wrong"},
			{"a name that nobody has", "nobody", good, "people.wrong"},
			{"nothing at all", "", "", "people.wrong"},
			{"somebody who left", "ua02", good, "people.wrong"},
			{"a locked account", "ua03", good, "people.wrong"},
			{"an account without password", "ua04", "", "people.wrong"},
			{"a password of a megabyte", "ua01", strings.Repeat("x", 1<<20), "people.wrong"},
		} {
			token, err := h.signIn(c.login, c.password, from(fmt.Sprint("10.1.0.", i)))
			wants(t, c.what, err, c.key)
			if (err == nil) != (token != "") {
				t.Errorf("%s: token %q with %v", c.what, token, err)
			}
			if c.key != "" {
				var e *fault.Error
				if !errors.As(err, &e) || e.Kind != fault.Invalid || len(e.Args)+len(e.Fields) != 0 {
					t.Errorf("%s is told apart: %#v", c.what, err)
				}
			}
		}
		if n := h.deeds("people.account", p.ID, "sign_in"); n != 2 {
			t.Errorf("%d sign-ins in the trail, want 2", n)
		}
		if n := h.deeds("people.account", p.ID, "fail"); n != 3 {
			t.Errorf("%d failures in the trail, want 3: they must be kept although the sign-in fails", n)
		}
		s, err := h.who(h.mustSignIn("ua01"))
		if err != nil || s.Actor.ID != p.ID || s.Actor.Name != "李华" || s.Actor.Unit != h.ward.ID || s.Stage != people.Open || s.Device() != "Chrome Windows" {
			t.Errorf("session %+v, %v", s, err)
		}
		if _, err := h.who("not a token"); fault.KindOf(err) != fault.SignIn {
			t.Errorf("an invented token: %v", err)
		}
	})
}

// A name nobody has goes the same way as one that somebody has: it waits for a
// processor to work out a hash.
// Holds: v5.0.0-6.3.8 AB-27
func TestAnUnknownNameCostsAHashToo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.hires("A01", "李华")
		free := people.Occupy()
		_, known := h.signIn("ua01", good)
		_, unknown := h.signIn("nobody", good)
		free()
		for what, err := range map[string]error{"known": known, "unknown": unknown} {
			if !fault.Is(err, "people.rush") || fault.KindOf(err) != fault.TooMany {
				t.Errorf("%s name while every processor is busy: %v", what, err)
			}
		}
	})
}

// Holds: v5.0.0-6.3.1 DB3-8.1.4.1-b C5 AB-27 A07:2025 API2:2023
func TestGuessesAreSlowedDownAndNobodyIsLockedOutForGood(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.hires("A01", "李华")
		guess := func() error { _, err := h.signIn("ua01", "wrong guess"); return err }
		for i := range 5 {
			wants(t, fmt.Sprint("guess ", i+1), guess(), "people.wrong")
		}
		_, err := h.signIn("ua01", good)
		wants(t, "the right password while it is slow", err, "people.wait")
		if fault.KindOf(err) != fault.TooMany {
			t.Errorf("%v is no TooMany", err)
		}
		_, err = h.signIn("ua01", good, from("10.9.9.9"))
		wants(t, "from elsewhere", err, "people.wait")
		if n := h.deeds("people.account", p.ID, "slow"); n != 1 {
			t.Errorf("%d times slowed down in the trail", n)
		}
		// Each further guess waits twice as long as the one before.
		wait := 15 * time.Second
		for range 4 {
			h.clock.Add(wait - time.Second)
			wants(t, fmt.Sprint("before ", wait), guess(), "people.wait")
			h.clock.Add(time.Second)
			wants(t, fmt.Sprint("after ", wait), guess(), "people.wrong")
			wait *= 2
		}
		for range 60 {
			h.clock.Add(15 * time.Minute)
			guess()
		}
		h.clock.Add(15 * time.Minute)
		if _, err := h.signIn("ua01", good); err != nil {
			t.Errorf("after the longest delay the owner is still kept out: %v", err)
		}
		for i := range 4 {
			wants(t, fmt.Sprint("after success, guess ", i+1), guess(), "people.wrong")
		}
		if _, err := h.signIn("ua01", good); err != nil {
			t.Errorf("a success did not forgive the guesses before it: %v", err)
		}
	})
}

// Holds: v5.0.0-6.3.1 v5.0.0-15.4.2 AB-27
func TestAHundredGuessesAtOnceDoNotPassAsOne(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.hires("A01", "李华")
		var mu sync.Mutex
		var wg sync.WaitGroup
		tried := 0
		for range 40 {
			wg.Go(func() {
				_, err := h.signIn("ua01", "wrong guess")
				mu.Lock()
				defer mu.Unlock()
				if fault.Is(err, "people.wrong") {
					tried++
				}
			})
		}
		wg.Wait()
		if tried > 5 {
			t.Errorf("%d guesses were looked at, want 5 at most", tried)
		}
	})
}

// Holds: v5.0.0-6.3.1 AB-27
func TestAnAddressThatTriesManyNamesIsSlowedDown(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.hires("A01", "李华")
		var err error
		for i := range 30 {
			_, err = h.signIn(fmt.Sprint("name", i), "Spring2027", from("10.6.6.6"))
			wants(t, fmt.Sprint("name ", i), err, "people.wrong")
		}
		_, err = h.signIn("another", "Spring2027", from("10.6.6.6"))
		wants(t, "the next name", err, "people.wait")
		_, err = h.signIn("ua01", good, from("10.6.6.7"))
		wants(t, "from another address", err, "")
		// Somebody with a password of their own does not open the address for guessing.
		h.clock.Add(15 * time.Second)
		_, err = h.signIn("ua01", good, from("10.6.6.6"))
		wants(t, "a right one from there", err, "")
		_, err = h.signIn("more", "Spring2027", from("10.6.6.6"))
		wants(t, "a guess after it", err, "people.wrong")
		_, err = h.signIn("even more", "Spring2027", from("10.6.6.6"))
		wants(t, "and another", err, "people.wait")
	})
}

// Holds: v5.0.0-6.3.1 C5 AB-27
func TestAStrangersGuessesDoNotKeepTheOwnerOut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.hires("A01", "李华")
		var browser string
		h.do(boss, func(tx *db.Tx) (err error) {
			browser, err = people.KnowBrowser(t.Context(), tx, p.ID, "")
			return err
		})
		for range 20 {
			h.signIn("ua01", "wrong guess", from("10.6.6.6"))
		}
		_, err := h.signIn("ua01", good)
		wants(t, "in a browser never seen", err, "people.wait")
		known := func(a *people.Attempt) { a.Browser = browser }
		_, err = h.signIn("ua01", good, known)
		wants(t, "in the owner's browser", err, "")
		for range 5 {
			h.signIn("ua01", "wrong guess", known)
		}
		_, err = h.signIn("ua01", good, known)
		wants(t, "after guesses in that browser", err, "people.wait")
	})
}

// Holds: v5.0.0-6.4.1 v5.0.0-6.4.6 DB3-8.1.4.2-b
func TestAPasswordHandedOutMustBecomeOnesOwn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.hires("A01", "李华")
		before := h.mustSignIn("ua01")
		admin := dbtest.Person("admin", people.MayHire)
		first, err := people.HandOut(t.Context(), h.d, admin, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.who(before); fault.KindOf(err) != fault.SignIn {
			t.Errorf("the session from before the reset lives: %v", err)
		}
		token, err := h.signIn("ua01", first)
		if err != nil {
			t.Fatal(err)
		}
		s, err := h.who(token)
		if err != nil || s.Stage != people.NeedChange || s.Actor.ID != "" {
			t.Fatalf("a first password opens %+v, %v", s, err)
		}
		_, err = people.FirstPassword(t.Context(), h.d, token, first, "", "")
		wants(t, "the same again", err, "people.password_used")
		_, err = people.FirstPassword(t.Context(), h.d, token, "short", "", "")
		wants(t, "a short one", err, "people.password_short")
		open, err := people.FirstPassword(t.Context(), h.d, token, other, "", "")
		if err != nil {
			t.Fatal(err)
		}
		if s, err := h.who(open); err != nil || s.Actor.ID != p.ID {
			t.Errorf("session %+v, %v", s, err)
		}
		if _, err := h.who(token); fault.KindOf(err) != fault.SignIn {
			t.Errorf("the half session lives on: %v", err)
		}
		_, err = people.FirstPassword(t.Context(), h.d, open, "yet another phrase", "", "")
		if fault.KindOf(err) != fault.SignIn {
			t.Errorf("a full session changes the password without telling the old one: %v", err)
		}
		late, err := people.HandOut(t.Context(), h.d, admin, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		h.clock.Add(73 * time.Hour)
		_, err = h.signIn("ua01", late)
		wants(t, "a first password too old", err, "people.first_expired")
		cli, err := people.HandOut(t.Context(), h.d, boss, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		token, err = h.signIn("ua01", cli)
		if s, err2 := h.who(token); err != nil || err2 != nil || s.Stage != people.NeedChange {
			t.Errorf("one handed out on the command line stays: %+v, %v %v", s, err, err2)
		}
		_, err = people.HandOut(t.Context(), h.d, dbtest.Person("nobody"), p.ID)
		wants(t, "without the permission", err, "base.need")
	})
}

// Holds: v5.0.0-6.2.2 v5.0.0-6.2.3 v5.0.0-6.2.11 v5.0.0-7.4.3 DB3-8.1.4.1-a
func TestChangingOnesPassword(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.hires("A01", "李华")
		here, there := h.mustSignIn("ua01"), h.mustSignIn("ua01")
		s, _ := h.who(here)
		by := h.actor(p)
		to := func(old, password string) error {
			return people.ChangePassword(t.Context(), h.d, by, s.ID, old, password)
		}
		wants(t, "without the old one", to("wrong", other), "people.wrong_old")
		wants(t, "into itself", to(good, good), "people.password_used")
		wants(t, "into one's name", to(good, "LiHua and more 1"), "people.password_known")
		wants(t, "into another", to(good, other), "")
		if _, err := h.who(here); err != nil {
			t.Errorf("the session in which it was changed has ended: %v", err)
		}
		if _, err := h.who(there); fault.KindOf(err) != fault.SignIn {
			t.Errorf("another session lives: %v", err)
		}
		was := other
		for i := range 4 {
			next := fmt.Sprintf("phrase number %d of mine", i)
			wants(t, next, to(was, next), "")
			was = next
		}
		wants(t, "back to one of the last five", to(was, other), "people.password_used")
		wants(t, "back to the sixth last", to(was, good), "")
		for range 6 {
			to("wrong", "whatever it may be")
		}
		wants(t, "guessing the old one", to(good, "whatever it may be"), "people.wait")
	})
}

// Holds: v5.0.0-11.4.2 v5.0.0-11.2.2
func TestAPasswordIsHashedAnewWhenItsCostChanges(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.hires("A01", "李华")
		kept := func() (s string) {
			t.Helper()
			if err := h.d.QueryRowContext(t.Context(), `SELECT password FROM people_account WHERE person = $1`, p.ID).Scan(&s); err != nil {
				t.Fatal(err)
			}
			return s
		}
		was := kept()
		if !strings.HasPrefix(was, "$argon2id$v=19$m=64,t=1,p=1$") || strings.Contains(was, good) {
			t.Fatalf("kept as %q", was)
		}
		h.mustSignIn("ua01")
		if kept() != was {
			t.Error("hashed anew at the same cost")
		}
		defer people.Strengthen()()
		h.mustSignIn("ua01")
		if now := kept(); !strings.HasPrefix(now, "$argon2id$v=19$m=64,t=2,p=1$") {
			t.Errorf("still %q", now)
		}
		h.mustSignIn("ua01")
	})
}

// Holds: C1 DB3-8.1.4.1-a v5.0.0-6.2.1
func TestAHospitalThatAsksForMoreOfPasswordsGetsIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.hires("A01", "李华")
		rules, err := people.TheRules(t.Context(), h.d)
		if err != nil {
			t.Fatal(err)
		}
		security := dbtest.Person("security", people.MayGrant)
		set := func(change func(*people.Policy)) error {
			r := rules
			change(&r)
			return h.try(security, func(tx *db.Tx) error { return people.SetRules(t.Context(), tx, &r) })
		}
		wants(t, "shorter than eight", set(func(p *people.Policy) { p.Least = 6 }), "base.between")
		wants(t, "a profile that is none", set(func(p *people.Policy) { p.Profile = "none" }), "base.bad_value")
		wants(t, "without the permission", h.try(dbtest.Person("nobody"), func(tx *db.Tx) error { return people.SetRules(t.Context(), tx, &rules) }), "base.need")

		// As shipped: three kinds of characters, ninety days, the last five do not come back.
		change := func(old, to string) error {
			s, err := h.who(h.mustSignInWith("ua01", old))
			if err != nil {
				t.Fatal(err)
			}
			return people.ChangePassword(t.Context(), h.d, h.actor(p), s.ID, old, to)
		}
		wants(t, "two kinds", change(good, "seven green ladders"), "people.password_classes")
		wants(t, "three kinds", change(good, other), "")
		wants(t, "the one before", change(other, good), "people.password_used")
		h.clock.Add(91 * 24 * time.Hour)
		token := h.mustSignInWith("ua01", other)
		if s, err := h.who(token); err != nil || s.Stage != people.NeedChange {
			t.Errorf("after ninety days: %+v, %v", s, err)
		}
		_, err = people.FirstPassword(t.Context(), h.d, token, "Nine yellow lamps", "", "")
		wants(t, "a new one", err, "")

		// The other profile asks for no kinds and no change.
		wants(t, "ASVS", set(func(p *people.Policy) { p.Profile = "asvs" }), "")
		wants(t, "on what has changed since", set(func(p *people.Policy) { p.Tries = 9 }), "base.stale")
		rules, _ = people.TheRules(t.Context(), h.d)
		if rules.Classes != 0 || rules.AgeDays != 0 {
			t.Errorf("the profile asks for %d kinds and %d days", rules.Classes, rules.AgeDays)
		}
		wants(t, "two kinds", change("Nine yellow lamps", "nine yellow lamps"), "")
		h.clock.Add(400 * 24 * time.Hour)
		if s, err := h.who(h.mustSignInWith("ua01", "nine yellow lamps")); err != nil || s.Stage != people.Open {
			t.Errorf("after four hundred days: %+v, %v", s, err)
		}
		// And back: nobody is locked out, the password is due for change.
		wants(t, "GB/T 22239", set(func(p *people.Policy) { p.Profile = "mlps" }), "")
		token = h.mustSignInWith("ua01", "nine yellow lamps")
		if s, err := h.who(token); err != nil || s.Stage != people.NeedChange {
			t.Errorf("%+v, %v", s, err)
		}
		_, err = people.FirstPassword(t.Context(), h.d, token, "Ten yellow lamps", "", "")
		wants(t, "three kinds", err, "")
	})
}

// enrols turns the second factor on, and gives the seed and the recovery codes.
func (h *house) enrols(p people.Person) (seed string, codes []string) {
	h.t.Helper()
	by := h.actor(p)
	h.do(by, func(tx *db.Tx) error { return people.Seed(h.t.Context(), tx) })
	seed, address, err := people.Pending(h.t.Context(), h.d, p.ID)
	if err != nil || !strings.HasPrefix(address, "otpauth://totp/") {
		h.t.Fatal(address, err)
	}
	err = h.try(by, func(tx *db.Tx) error { _, err := people.ConfirmFactor(h.t.Context(), tx, "000000"); return err })
	wants(h.t, "confirmed with a wrong code", err, "people.wrong_code")
	h.do(by, func(tx *db.Tx) (err error) {
		codes, err = people.ConfirmFactor(h.t.Context(), tx, h.code(seed))
		return err
	})
	return seed, codes
}

// code is what the authenticator shows now.
func (h *house) code(seed string) string {
	h.t.Helper()
	code, err := totp.GenerateCode(seed, h.clock.Now())
	if err != nil {
		h.t.Fatal(err)
	}
	return code
}

// Holds: v5.0.0-6.5.1 v5.0.0-6.5.5 v5.0.0-6.5.8 v5.0.0-6.4.3 DB3-8.1.4.1-d AB-28
func TestTheAuthenticatorsCodeIsAskedForAndCountsOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.hires("A01", "李华")
		seed, codes := h.enrols(p)
		if len(codes) != 10 {
			t.Fatalf("%d recovery codes", len(codes))
		}
		if seed2, _, _ := people.Pending(t.Context(), h.d, p.ID); seed2 != "" {
			t.Error("the seed is shown again after it was confirmed")
		}
		_, err := h.signIn("ua01", good, with(h.code(seed)))
		wants(t, "with the code that confirmed it", err, "people.wrong_code")
		h.clock.Add(time.Minute)
		code := h.code(seed)
		if _, err := h.signIn("ua01", good, with(code)); err != nil {
			t.Errorf("with the code at once: %v", err)
		}
		_, err = h.signIn("ua01", good, with(code))
		wants(t, "with the same code again", err, "people.wrong_code")

		h.clock.Add(time.Minute)
		half := h.mustSignIn("ua01")
		s, err := h.who(half)
		if err != nil || s.Stage != people.NeedCode || s.Actor.ID != "" {
			t.Fatalf("the password alone opens %+v, %v", s, err)
		}
		step := func(code string) (string, error) {
			return people.SecondStep(t.Context(), h.d, half, code, "10.0.0.5", "")
		}
		_, err = step("123456")
		wants(t, "a wrong code", err, "people.wrong_code")
		_, err = step(code)
		wants(t, "an old code", err, "people.wrong_code")
		full, err := step(h.code(seed))
		if err != nil {
			t.Fatal(err)
		}
		if s, err := h.who(full); err != nil || s.Actor.ID != p.ID {
			t.Errorf("%+v, %v", s, err)
		}
		_, err = h.who(half)
		if fault.KindOf(err) != fault.SignIn {
			t.Errorf("the half session lives on: %v", err)
		}
		// Six digits cannot be tried out.
		half = h.mustSignIn("ua01")
		for range 5 {
			step("123456")
		}
		h.clock.Add(time.Second)
		_, err = step("123456")
		wants(t, "the sixth wrong code", err, "people.wait")
		h.clock.Add(16 * time.Minute)
		_, err = step(h.code(seed))
		if fault.KindOf(err) != fault.SignIn {
			t.Errorf("a half session of a quarter of an hour: %v", err)
		}
	})
}

// Holds: v5.0.0-6.5.1 v5.0.0-15.4.2 AB-28
func TestACodeWorksOnceAlsoWhenGivenTwiceAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.hires("A01", "李华")
		seed, codes := h.enrols(p)
		h.clock.Add(time.Minute)
		for _, given := range [][2]string{{"the authenticator's", h.code(seed)}, {"a recovery", codes[3]}} {
			what, code := given[0], given[1]
			half := make([]string, 4)
			for i := range half {
				half[i] = h.mustSignIn("ua01")
			}
			var wg sync.WaitGroup
			var mu sync.Mutex
			let := 0
			for _, token := range half {
				wg.Go(func() {
					_, err := people.SecondStep(t.Context(), h.d, token, code, "10.0.0.5", "")
					mu.Lock()
					defer mu.Unlock()
					if err == nil {
						let++
					} else if !fault.Is(err, "people.wrong_code") {
						t.Errorf("%s code: %v", what, err)
					}
				})
			}
			wg.Wait()
			if let != 1 {
				t.Errorf("%s code let %d in, want 1", what, let)
			}
			h.clock.Add(time.Hour)
		}
	})
}

// Holds: v5.0.0-6.5.1 v5.0.0-6.5.2 v5.0.0-6.5.4
func TestRecoveryCodes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.hires("A01", "李华")
		_, codes := h.enrols(p)
		in := func(code string) error { _, err := h.signIn("ua01", good, with(code)); return err }
		wants(t, "as written", in(codes[0]), "")
		wants(t, "again", in(codes[0]), "people.wrong_code")
		wants(t, "in small letters without strokes", in(strings.ToLower(strings.ReplaceAll(codes[1], "-", ""))), "")
		wants(t, "with spaces", in(strings.ReplaceAll(codes[2], "-", " ")), "")
		if n, err := people.RecoveriesLeft(t.Context(), h.d, p.ID); err != nil || n != 7 {
			t.Errorf("%d left, %v", n, err)
		}
		if n := h.deeds("people.account", p.ID, "recovery"); n != 3 {
			t.Errorf("%d uses in the trail", n)
		}
		var anew []string
		h.do(h.actor(p), func(tx *db.Tx) (err error) { anew, err = people.RenewRecovery(t.Context(), tx); return err })
		wants(t, "an old one after new ones were made", in(codes[5]), "people.wrong_code")
		wants(t, "a new one", in(anew[5]), "")

		// A password reset does not step round the second factor, and it takes another
		// administrator to take it off.
		first, err := people.HandOut(t.Context(), h.d, dbtest.Person("sys", people.MayHire), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		token, err := h.signIn("ua01", first)
		if err != nil {
			t.Fatal(err)
		}
		if s, _ := h.who(token); s.Stage != people.NeedCode {
			t.Errorf("after a reset the stage is %q", s.Stage)
		}
		wants(t, "taken off by who resets passwords", h.try(dbtest.Person("sys", people.MayHire), func(tx *db.Tx) error { _, err := people.DropFactor(t.Context(), tx, p.ID); return err }), "base.not_found")
		wants(t, "by the security administrator", h.try(dbtest.Person("sec", people.MayGrant), func(tx *db.Tx) error { _, err := people.DropFactor(t.Context(), tx, p.ID); return err }), "")
		token, err = h.signIn("ua01", first)
		if s, err2 := h.who(token); err != nil || err2 != nil || s.Stage != people.NeedChange {
			t.Errorf("then the stage is %q, %v %v", s.Stage, err, err2)
		}
	})
}

// Each line of the trail about a sign-in, good or bad, says with what it was done.
//
// Holds: v5.0.0-16.3.1
func TestASignInSaysWithWhichFactor(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.hires("A01", "李华")
		last := func() string {
			t.Helper()
			detail, _, err := db.First(t.Context(), h.d, func(s *string) []any { return []any{s} },
				`SELECT action || ' ' || detail FROM base_trail WHERE noun = 'people.account' AND record = $1 ORDER BY id DESC LIMIT 1`, p.ID)
			if err != nil {
				t.Fatal(err)
			}
			return detail
		}
		says := func(what, action, factor string) {
			t.Helper()
			if got := last(); !strings.HasPrefix(got, action+" ") || !strings.Contains(got, `"factor":"`+factor+`"`) {
				t.Errorf("%s: %s", what, got)
			}
		}
		h.signIn("ua01", "wrong")
		says("a wrong password", "fail", "password")
		h.mustSignIn("ua01")
		says("a password", "sign_in", "password")
		seed, codes := h.enrols(p)
		h.clock.Add(time.Minute)
		half := h.mustSignIn("ua01")
		says("a password before its code", "half", "password")
		people.SecondStep(t.Context(), h.d, half, "000000", "10.0.0.1", "")
		says("a wrong code", "fail", "code")
		people.SecondStep(t.Context(), h.d, half, "ABCDEFGHJK", "10.0.0.1", "")
		if got := last(); !strings.HasPrefix(got, "fail ") {
			t.Errorf("a wrong recovery code: %s", got)
		}
		h.clock.Add(time.Minute)
		if _, err := people.SecondStep(t.Context(), h.d, half, h.code(seed), "10.0.0.1", ""); err != nil {
			t.Fatal(err)
		}
		says("password and code", "sign_in", "password_code")
		h.clock.Add(time.Minute)
		h.mustSignIn("ua01", with(codes[0]))
		says("password and recovery code", "sign_in", "password_recovery")
	})
}
