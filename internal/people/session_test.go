package people_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/people"
)

// Holds: v5.0.0-7.3.1 v5.0.0-7.3.2 v5.0.0-7.4.1 DB3-8.1.4.1-b
func TestASessionEndsByIdlenessAgeAndWill(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.hires("A01", "李华")
		lives := func(what, token string, want bool) {
			t.Helper()
			if _, err := h.who(token); (err == nil) != want || err != nil && fault.KindOf(err) != fault.SignIn {
				t.Errorf("%s: %v", what, err)
			}
		}
		desk := people.NewDesk(h.d)
		use := func(token string, acts bool) {
			t.Helper()
			if _, err := desk.Session(t.Context(), token, "10.0.0.6", acts); err != nil {
				t.Fatal(err)
			}
			desk.Rest()
		}
		token := h.mustSignIn("ua01", onOwn)
		h.clock.Add(12*time.Hour - time.Second)
		lives("just before twelve idle hours", token, true)
		h.clock.Add(time.Second)
		lives("after twelve idle hours", token, false)

		token = h.mustSignIn("ua01", onOwn)
		for range 16 {
			h.clock.Add(10 * time.Hour)
			use(token, true)
		}
		lives("in use, six days and more", token, true)
		h.clock.Add(8*time.Hour + time.Minute)
		lives("after seven days, although in use", token, false)

		token = h.mustSignIn("ua01", onOwn)
		for range 2 {
			h.clock.Add(7 * time.Hour)
			desk.Session(t.Context(), token, "", false) // an open page that follows what others do
		}
		lives("only its page was open", token, false)

		one, two, three := h.mustSignIn("ua01", onOwn), h.mustSignIn("ua01", onOwn), h.mustSignIn("ua01", onOwn)
		by := h.actor(p)
		s, _ := h.who(two)
		mate := h.hires("A02", "王强")
		wants(t, "a colleague ends it", h.try(h.actor(mate), func(tx *db.Tx) error { return people.End(t.Context(), tx, p.ID, s.ID) }), "base.not_found")
		wants(t, "a colleague calls it their own", h.try(h.actor(mate), func(tx *db.Tx) error { return people.End(t.Context(), tx, mate.ID, s.ID) }), "base.not_found")
		h.do(by, func(tx *db.Tx) error { return people.End(t.Context(), tx, p.ID, s.ID) })
		lives("ended one", two, false)
		lives("not ended", one, true)
		s, _ = h.who(three)
		h.do(by, func(tx *db.Tx) error { return people.SignOutEverywhere(t.Context(), tx, p.ID, s.ID) })
		lives("another", one, false)
		lives("this one", three, true)
		h.do(by, func(tx *db.Tx) error { return people.SignOut(t.Context(), tx, three) })
		lives("signed out", three, false)
		h.do(by, func(tx *db.Tx) error { return people.SignOut(t.Context(), tx, three) }) // pressing twice is no fault

		for range 25 {
			h.mustSignIn("ua01", onOwn)
		}
		if all, err := people.Sessions(t.Context(), h.d, p.ID); err != nil || len(all) != 20 {
			t.Errorf("%d sessions at once, want 20 at most: %v", len(all), err)
		}
		h.clock.Add(-24 * time.Hour)
		lives("the newest, although the clock was set back", h.mustSignIn("ua01", onOwn), true)
	})
}

// Holds: v5.0.0-7.2.2 v5.0.0-7.2.3 DB3-8.1.4.8-b AB-17
func TestTheBooksDoNotHoldWhatOpensTheDoor(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.hires("A01", "李华")
		token := h.mustSignIn("ua01")
		var key string
		h.do(h.actor(p), func(tx *db.Tx) (err error) { key, err = people.MakeToken(t.Context(), tx, "接口", 30); return err })
		_, codes := h.enrols(p)
		for _, q := range []string{`SELECT id || hash || address || agent FROM people_session`, `SELECT id || hash || name FROM people_token`, `SELECT hash FROM people_recovery`,
			`SELECT note || detail FROM base_trail`, `SELECT key || digest || result FROM base_key`} {
			all, err := db.All(t.Context(), h.d, func(s *string) []any { return []any{s} }, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range all {
				for _, secret := range []string{token, key, strings.TrimPrefix(key, "houqin_"), codes[0], strings.ReplaceAll(codes[0], "-", ""), good} {
					if strings.Contains(strings.ToLower(row), strings.ToLower(secret)) {
						t.Errorf("%s holds a secret: %s", q, row)
					}
				}
			}
		}
	})
}

// Holds: v5.0.0-7.4.1 v5.0.0-8.3.2 AB-22
func TestWhatHasEndedIsDeadOnEveryCopyWithinThreeSeconds(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		plain := h.role("plain", "desk.report")
		p := h.hires("A01", "李华")
		here, there := people.NewDesk(h.d), people.NewDesk(h.d) // two copies of the program
		on := func(k *people.Desk, token string) (people.Session, error) {
			return k.Session(t.Context(), token, "10.0.0.5", true)
		}
		for what, end := range map[string]func(token string, g people.Appointment){
			"an ended session": func(token string, _ people.Appointment) {
				h.do(boss, func(tx *db.Tx) error { return people.SignOut(t.Context(), tx, token) })
			},
			"a withdrawn role": func(_ string, g people.Appointment) {
				h.do(boss, func(tx *db.Tx) error { return people.Withdraw(t.Context(), tx, g.ID) })
			},
			"a locked account": func(string, people.Appointment) {
				h.do(boss, func(tx *db.Tx) error { return people.CloseAccount(t.Context(), tx, p.ID, true) })
			},
			"a role emptied": func(_ string, g people.Appointment) {
				r, err := people.RoleByID(t.Context(), h.d, g.Role)
				if err != nil {
					t.Fatal(err)
				}
				r.Rights = nil
				h.do(boss, func(tx *db.Tx) error { return people.ChangeRole(t.Context(), tx, &r) })
			},
		} {
			g := h.mustGrant(people.Appointment{Person: p.ID, Role: plain.ID, Extent: people.Everywhere})
			token := h.mustSignIn("ua01")
			for _, k := range []*people.Desk{here, there} {
				if s, err := on(k, token); err != nil || !s.Actor.May("desk.report") {
					t.Fatalf("%s, before: %+v, %v", what, s.Actor, err)
				}
			}
			end(token, g)
			h.clock.Add(3 * time.Second)
			for _, k := range []*people.Desk{here, there} {
				if s, err := on(k, token); err == nil && s.Actor.May("desk.report") {
					t.Errorf("%s still opens the door after three seconds", what)
				}
			}
			// as it was
			h.try(boss, func(tx *db.Tx) error { return people.CloseAccount(t.Context(), tx, p.ID, false) })
			h.try(boss, func(tx *db.Tx) error { return people.Withdraw(t.Context(), tx, g.ID) })
			plain, _ = people.RoleByID(t.Context(), h.d, plain.ID)
			plain.Rights = []string{"desk.report"}
			h.do(boss, func(tx *db.Tx) error { return people.ChangeRole(t.Context(), tx, &plain) })
		}
	})
}

// Holds: v5.0.0-7.3.1 C8
func TestThatASessionLivesIsWrittenDownOnceAMinute(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.hires("A01", "李华")
		token := h.mustSignIn("ua01")
		desk := people.NewDesk(h.d)
		seen := func() time.Duration {
			t.Helper()
			all, err := people.Sessions(t.Context(), h.d, p.ID)
			if err != nil || len(all) != 1 {
				t.Fatal(all, err)
			}
			return h.clock.Now().Sub(all[0].SeenAt.Time())
		}
		done := h.d.Stats().Done.Load()
		for range 58 {
			h.clock.Add(time.Second)
			desk.Session(t.Context(), token, "10.0.0.7", true)
		}
		if n := h.d.Stats().Done.Load() - done; n != 0 {
			t.Errorf("%d units of work within the minute", n)
		}
		h.clock.Add(2 * time.Second)
		for range 5 {
			desk.Session(t.Context(), token, "10.0.0.7", true)
		}
		desk.Rest()
		if n := h.d.Stats().Done.Load() - done; n != 1 || seen() != 0 {
			t.Errorf("%d units of work after the minute, seen %v ago", n, seen())
		}
		all, _ := people.Sessions(t.Context(), h.d, p.ID)
		if all[0].Address != "10.0.0.7" {
			t.Errorf("address %q", all[0].Address)
		}
	})
}

// Holds: v5.0.0-7.4.2 v5.0.0-8.3.3 API2:2023 AB-22
func TestTokensDoWhatTheirPersonMayAndDieWithThem(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		plain := h.role("plain", "desk.report")
		p := h.hires("A01", "李华")
		h.mustGrant(people.Appointment{Person: p.ID, Role: plain.ID, Extent: people.InDepartment, Unit: h.ward.ID, Until: h.d.Today()})
		by := h.actor(p)
		make := func(name string, days int64) (secret string, err error) {
			err = h.try(by, func(tx *db.Tx) (err error) { secret, err = people.MakeToken(t.Context(), tx, name, days); return err })
			return secret, err
		}
		_, err := make("", 30)
		wants(t, "without a name", err, "base.required")
		_, err = make("x", 400)
		wants(t, "for more than a year", err, "base.between")
		secret, err := make("库存看板", 30)
		if err != nil || !strings.HasPrefix(secret, "houqin_") {
			t.Fatal(secret, err)
		}
		use := func(s string) (people.Session, error) {
			return people.ByToken(t.Context(), h.d, s, h.clock.Now())
		}
		s, err := use(secret)
		if err != nil || !s.Actor.MayIn("desk.report", h.ward.ID) || s.Actor.MayIn("desk.report", h.team.ID) || s.Actor.ID != p.ID {
			t.Errorf("acts as %+v, %v", s.Actor, err)
		}
		for _, wrong := range []string{"", "houqin_", secret[:len(secret)-1] + "0", strings.ToUpper(secret), secret + "0", "houqin_" + strings.Repeat("a", 32)} {
			if _, err := use(wrong); fault.KindOf(err) != fault.SignIn && wrong != secret {
				t.Errorf("%q: %v", wrong, err)
			}
		}
		if _, err := h.who(secret); fault.KindOf(err) != fault.SignIn {
			t.Errorf("a token opens a session of pages: %v", err)
		}
		h.clock.Add(24 * time.Hour)
		if s, err = use(secret); err != nil || s.Actor.May("desk.report") {
			t.Errorf("a right that ran out lives on in the token: %+v, %v", s.Actor.Rights, err)
		}
		h.clock.Add(29 * 24 * time.Hour)
		if _, err := use(secret); fault.KindOf(err) != fault.SignIn {
			t.Errorf("expired: %v", err)
		}
		second, _ := make("二", 30)
		all, err := people.Tokens(t.Context(), h.d, p.ID)
		if err != nil || len(all) != 2 || all[0].Name != "二" {
			t.Fatal(all, err)
		}
		mate := h.hires("A02", "王强")
		wants(t, "revoked by a colleague", h.try(h.actor(mate), func(tx *db.Tx) error { return people.Revoke(t.Context(), tx, p.ID, all[0].ID) }), "base.not_found")
		h.do(by, func(tx *db.Tx) error { return people.Revoke(t.Context(), tx, p.ID, all[0].ID) })
		if _, err := use(second); fault.KindOf(err) != fault.SignIn {
			t.Errorf("revoked: %v", err)
		}
	})
}

// Holds: v5.0.0-7.4.2 DB3-8.1.4.2-c AB-22
func TestLeavingEndsEverythingAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		plain := h.role("plain", "desk.report")
		p := h.hires("A01", "李华")
		h.mustGrant(people.Appointment{Person: p.ID, Role: plain.ID, Extent: people.Everywhere})
		token := h.mustSignIn("ua01")
		var key string
		h.do(h.actor(p), func(tx *db.Tx) (err error) { key, err = people.MakeToken(t.Context(), tx, "接口", 30); return err })
		h.do(boss, func(tx *db.Tx) error { return people.Leave(t.Context(), tx, p.ID, 1, "退休") })
		if _, err := h.who(token); fault.KindOf(err) != fault.SignIn {
			t.Errorf("the session: %v", err)
		}
		if _, err := people.ByToken(t.Context(), h.d, key, h.clock.Now()); fault.KindOf(err) != fault.SignIn {
			t.Errorf("the token: %v", err)
		}
		_, err := people.ActorOf(t.Context(), h.d, p.ID, h.clock.Now())
		wants(t, "acting", err, "people.has_left")
		_, err = h.grant(boss, people.Appointment{Person: p.ID, Role: plain.ID, Extent: people.Everywhere})
		wants(t, "a role", err, "people.has_left")
		_, err = people.HandOut(t.Context(), h.d, boss, p.ID)
		wants(t, "a password", err, "people.has_left")
		was, err := people.Get(t.Context(), h.d, p.ID)
		if err != nil || !was.Closed || was.LeftOn != h.d.Today() || was.Name != "李华" {
			t.Errorf("the record: %+v, %v", was, err)
		}
		wants(t, "leaving twice", h.try(boss, func(tx *db.Tx) error { return people.Leave(t.Context(), tx, p.ID, was.Version, "") }), "base.stale")

		h.do(boss, func(tx *db.Tx) error { return people.Return(t.Context(), tx, p.ID, was.Version) })
		_, err = h.signIn("ua01", good)
		wants(t, "the old password after coming back", err, "people.wrong")
		if h.actor(p).May("desk.report") {
			t.Error("the old role is back")
		}
	})
}

// Holds: v5.0.0-7.5.3 v5.0.0-7.5.1
func TestDangerousActsAskForThePasswordAgain(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.hires("A01", "李华")
		token := h.mustSignIn("ua01")
		again := func() bool {
			t.Helper()
			s, err := h.who(token)
			if err != nil {
				t.Fatal(err)
			}
			return s.Again
		}
		if again() {
			t.Error("asked right after signing in")
		}
		h.clock.Add(10 * time.Minute)
		if !again() {
			t.Error("not asked after ten minutes")
		}
		was, _ := h.who(token)
		confirm := func(by db.Actor, password, code string) (string, error) {
			return people.Confirm(t.Context(), h.d, by, token, password, code)
		}
		_, err := confirm(h.actor(p), "wrong", "")
		wants(t, "a wrong password", err, "people.wrong_old")
		next, err := confirm(h.actor(p), good, "")
		wants(t, "the right one", err, "")
		if _, err := h.who(token); fault.KindOf(err) != fault.SignIn {
			t.Errorf("the session's old secret still opens: %v", err)
		}
		token = next
		if s, _ := h.who(token); again() || s.MadeAt != was.MadeAt || s.ID == was.ID {
			t.Errorf("asked after the password was given, or an old age forgotten: %+v", s)
		}
		mate := h.hires("A02", "王强")
		if _, err := confirm(h.actor(mate), good, ""); fault.KindOf(err) != fault.SignIn {
			t.Errorf("confirmed another's session: %v", err)
		}
		// Who has an authenticator gives its code too, each code once.
		seed, codes := h.enrols(p)
		h.clock.Add(time.Minute)
		_, err = confirm(h.actor(p), good, "")
		wants(t, "without the code", err, "people.wrong_code")
		code := h.code(seed)
		next, err = confirm(h.actor(p), good, code)
		wants(t, "with it", err, "")
		token = next
		_, err = confirm(h.actor(p), good, code)
		wants(t, "with the same code", err, "people.wrong_code")
		token, err = confirm(h.actor(p), good, codes[0])
		wants(t, "with a recovery code", err, "")
		for range 6 {
			confirm(h.actor(p), "wrong", "")
		}
		_, err = confirm(h.actor(p), good, codes[1])
		wants(t, "after six wrong ones", err, "people.wait")
	})
}

// Holds: v5.0.0-14.2.7
func TestTheSweepForgetsOnlyWhatIsOver(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.hires("A01", "李华")
		h.mustSignIn("ua01")
		h.signIn("nobody", "guess")
		h.clock.Add(91 * 24 * time.Hour)
		fresh := h.mustSignIn("ua01")
		h.do(boss, func(tx *db.Tx) error { return people.Sweep(t.Context(), tx) })
		count := func(table string) (n int) {
			t.Helper()
			if err := h.d.QueryRowContext(t.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if s, g := count("people_session"), count("people_guess"); s != 1 || g != 1 {
			t.Errorf("%d sessions and %d guesses are left, want 1 and the address of today", s, g)
		}
		if _, err := h.who(fresh); err != nil {
			t.Error(err)
		}
	})
}

// Holds: v5.0.0-16.4.2 DB3-8.1.5.2-a
func TestTheTrailIsReadByTheAuditAdministratorAlone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.hires("A01", "李华")
		h.mustSignIn("ua01")
		h.clock.Add(48 * time.Hour)
		h.signIn("ua01", "wrong")
		trail := people.Trail([]string{"people.account"}, []string{"people.account.fail", "people.account.sign_in"})
		today := string(h.d.Today())
		q, err := trail.Parse(url.Values{"at.from": {today}, "at.to": {today}}, boss)
		if err != nil {
			t.Fatal(err)
		}
		page, err := trail.Fetch(t.Context(), h.d, q, people.Since(list.Where{}, today, h.d.Zone))
		if err != nil || len(page.Rows) != 1 || page.Rows[0].Event != "people.account.fail" || page.Rows[0].Record != p.ID || page.Rows[0].Source != "web 10.0.0.5" {
			t.Errorf("today: %+v, %v", page.Rows, err)
		}
		wants(t, "looked at by others", h.try(dbtest.Person("x", people.MayGrant, people.MayHire), func(tx *db.Tx) error { return people.Looked(t.Context(), tx, "q") }), "base.need")
		wants(t, "looked at by the audit administrator", h.try(dbtest.Person("x", people.AuditSeat), func(tx *db.Tx) error { return people.Looked(t.Context(), tx, "q") }), "")
		if n := h.deeds("people.audit", "trail", "look"); n != 1 {
			t.Errorf("%d looks in the trail", n)
		}
	})
}

// Holds: v5.0.0-6.2.4 v5.0.0-6.2.9 v5.0.0-6.2.1 v5.0.0-6.2.11 DB3-8.1.4.1-a
func TestPasswords(t *testing.T) {
	asvs, strict := people.Policy{Least: 8}, people.Policy{Least: 8, Classes: 3, Barred: "kangda 康达"}
	own := append([]string{"lihua01", "A0101", "李华", "第一人民医院", "内一科"}, people.Spoken("李华", "欧阳小明")...)
	for _, c := range []struct {
		rules    people.Policy
		password string
		key      string
	}{
		{asvs, "three blue kettles", ""},
		{asvs, "ölçek-42-kıyı", ""},
		{asvs, "早上七点半交接班", ""},
		{asvs, "xK9#mQ2!", ""},
		{asvs, "kettleskettle", ""},
		{asvs, strings.Repeat("long enough ", 8), ""},
		{asvs, "seven77", "people.password_short"},
		{asvs, "八个汉字不到啊", "people.password_short"},
		{asvs, strings.Repeat("长", 200), "people.password_long"},
		{asvs, "bad\x00password", "base.not_text"},
		{asvs, "bad\xffpassword", "base.not_text"},
		// favourites
		{asvs, "password", "people.password_common"},
		{asvs, "PassWord", "people.password_common"},
		{asvs, "12345678", "people.password_common"},
		{asvs, "1qaz2wsx", "people.password_common"},
		{asvs, "sunshine", "people.password_common"},
		{asvs, "Sunshine2027!", "people.password_common"},
		{asvs, "dragon2027", "people.password_common"},
		{asvs, "woaini1314", "people.password_common"},
		{asvs, "a123456789", "people.password_common"},
		{asvs, "yiyuan@123", "people.password_common"},
		{asvs, "zhang123456", "people.password_common"},
		// again and again, and along the keys
		{asvs, "aaaaaaaaaa", "people.password_common"},
		{asvs, "abcabcabcabc", "people.password_common"},
		{asvs, "12121212", "people.password_common"},
		{asvs, "poiuytrewq", "people.password_common"},
		{asvs, "87654321", "people.password_common"},
		{asvs, "abcdefghij", "people.password_common"},
		// numbers by which a person is known
		{asvs, "19900214", "people.password_common"},
		{asvs, "02141990", "people.password_common"},
		{asvs, "13812345670", "people.password_common"},
		{asvs, "11010519491231002X", "people.password_common"},
		{asvs, "zw19900214", "people.password_common"},
		{asvs, "5839201746", ""},
		// what everybody knows of the person and the house
		{asvs, "my lihua01 rocks", "people.password_known"},
		{asvs, "MyLiHua-01rocks", "people.password_known"},
		{asvs, "house of a0101", "people.password_known"},
		{asvs, "lihua likes tea", "people.password_known"},
		{asvs, "ouyangxiaoming!", "people.password_known"},
		{asvs, "第一人民医院加油加油", "people.password_known"},
		{asvs, "内一科 的 小 茶壶", "people.password_known"},
		// a hospital that asks for more
		{strict, "three blue kettles", "people.password_classes"},
		{strict, "Three blue kettles", ""},
		{strict, "Kang-Da kettles 9", "people.password_known"},
		{strict, "康达Kettles9一二三", "people.password_known"},
	} {
		if got := c.rules.Weakness(c.password, own...); got != c.key {
			t.Errorf("%q: %q, want %q", c.password, got, c.key)
		}
	}
}

func FuzzPasswordsAreJudgedWithoutFault(f *testing.F) {
	for _, s := range []string{"", "a", "12345678", "密码", "\xff", strings.Repeat("ab", 300)} {
		f.Add(s)
	}
	p := people.Policy{Least: 8, Classes: 2, Barred: "x 二"}
	f.Fuzz(func(t *testing.T, s string) {
		first := p.Weakness(s, "lihua", "李")
		if again := p.Weakness(s, "lihua", "李"); first != again {
			t.Errorf("%q is %q and then %q", s, first, again)
		}
		if len(s) > 512 && first == "" {
			t.Errorf("%d bytes are taken", len(s))
		}
	})
}
