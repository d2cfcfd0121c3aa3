package hospital_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/web"
	"houqin/internal/departments"
	"houqin/internal/hospital"
	"houqin/internal/people"
)

// staff are a ward's nurse, a colleague elsewhere, and two administrators.
type staff struct{ nurse, other, security, audit people.Person }

func hire(t *testing.T, h *hospital.Hospital) (s staff) {
	t.Helper()
	ctx := t.Context()
	dbtest.Do(t, h.DB, db.System("boss"), func(tx *db.Tx) error {
		ward := departments.Department{Code: "N1", Name: "内一科", Kind: departments.Ward}
		if err := departments.Found(ctx, tx, &ward); err != nil {
			return err
		}
		for i, x := range []struct {
			p          *people.Person
			name, role string
		}{{&s.nurse, "李华", "ward"}, {&s.other, "王水", "technician"}, {&s.security, "安全", "security_admin"}, {&s.audit, "审计", "audit_admin"}} {
			*x.p = people.Person{Number: fmt.Sprintf("20%02d", i), Name: x.name, Department: ward.ID, Phone: "139000000" + fmt.Sprint(10+i)}
			if err := people.Hire(ctx, tx, x.p); err != nil {
				return err
			}
			role, err := people.RoleByCode(ctx, tx, x.role)
			if err != nil {
				return err
			}
			if err := people.Grant(ctx, tx, &people.Appointment{Person: x.p.ID, Role: role.ID, Extent: people.Everywhere}); err != nil {
				return err
			}
		}
		return nil
	})
	return s
}

func rights(p people.Person, permissions ...string) db.Actor {
	a := dbtest.Person(p.ID, permissions...)
	a.Name, a.Unit, a.Source = p.Name, p.Department, "web 10.0.0.5"
	return a
}

func number(t *testing.T, r db.Reader, q string, args ...any) (n int64) {
	t.Helper()
	if err := r.QueryRowContext(t.Context(), q, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func keep(t *testing.T, h *hospital.Hospital) {
	t.Helper()
	if err := h.Watch.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Holds: v5.0.0-16.3.2 v5.0.0-16.3.3 v5.0.0-16.3.4 v5.0.0-15.3.4 DB3-8.1.4.3-a DB3-8.1.4.3-b AB-37
func TestEveryRefusalIsAnEventWithItsTrueOrigin(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		s := hire(t, h)
		keep(t, h)
		nurse := rights(s.nurse, "desk.report")
		for _, c := range []struct {
			by           db.Actor
			method, path string
			status       int
			kind, what   string
		}{
			{nurse, "GET", "/roles", 403, "refused", "GET /roles"},
			{nurse, "GET", "/people/06j10taa0183ztkfdbdc", 404, "not_found", "GET /people/{id}"},
			{nurse, "POST", "/desk/report", 422, "invalid", "POST /desk/report"},
			{nurse, "GET", "/desk/jobs?sort=nonsense", 422, "invalid", "GET /desk/jobs"},
		} {
			before := number(t, h.DB, `SELECT count(*) FROM base_event`)
			w := as(h, c.by, c.method, c.path)
			keep(t, h)
			if w.Code != c.status {
				t.Errorf("%s %s: %d", c.method, c.path, w.Code)
			}
			if n := number(t, h.DB, `SELECT count(*) FROM base_event WHERE kind = $1 AND what = $2 AND by_id = $3 AND source = 'web 10.0.0.5' AND request = $4`,
				c.kind, c.what, s.nurse.ID, w.Header().Get("X-Request-Id")); n != 1 || number(t, h.DB, `SELECT count(*) FROM base_event`) != before+1 {
				t.Errorf("%s %s: %d events %s", c.method, c.path, n, c.kind)
			}
		}
		// Nobody: an address that the visitor claims is not believed.
		h.Site.Who = func(*http.Request) (web.Visitor, error) { return web.Visitor{}, nil }
		r := httptest.NewRequest("GET", "/nowhere", nil)
		r.RemoteAddr = "192.0.2.7:1234"
		r.Header.Set("X-Forwarded-For", "10.9.9.9")
		h.Site.ServeHTTP(httptest.NewRecorder(), r)
		keep(t, h)
		if n := number(t, h.DB, `SELECT count(*) FROM base_event WHERE kind = 'not_found' AND source = 'web 192.0.2.7' AND by_id = ''`); n != 1 {
			t.Errorf("%d events of a stranger", n)
		}
	})
}

// Holds: v5.0.0-16.3.1 DB3-8.1.4.4-f DB3-8.1.5.4-f AB-40
func TestDeedsThatConcernSafetyAreEventsAndSomeAreAlarms(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		s := hire(t, h)
		keep(t, h)
		alarms := func(kind string) int64 {
			return number(t, h.DB, `SELECT count(*) FROM base_event WHERE kind = $1 AND alarm = true`, kind)
		}
		if n := alarms("administrator"); n != 2 {
			t.Errorf("%d new administrators", n)
		}
		if n := number(t, h.DB, `SELECT count(*) FROM base_event WHERE kind = 'admin' AND what = 'people.grant.grant' AND alarm = false`); n != 2 {
			t.Errorf("%d grants to others", n)
		}
		ctx := t.Context()
		dbtest.Do(t, h.DB, rights(s.security), func(tx *db.Tx) error {
			for _, e := range []db.Event{{Noun: "people.policy", Record: "policy", Action: "set"}, {Noun: "people.grant", Record: s.nurse.ID, Action: "break_glass"},
				{Noun: "base.export", Record: "people.list", Action: "export", Note: "4999"}, {Noun: "base.export", Record: "people.list", Action: "export", Note: "5000"},
				{Noun: "people.account", Record: s.nurse.ID, Action: "fail"}, {Noun: "people.account", Record: s.nurse.ID, Action: "sign_in", After: people.Entrance{Factor: "password_code"}}, {Noun: "desk.job", Record: "j", Action: "report"},
				{Noun: "people.account", Record: s.nurse.ID, Action: "factor_off", After: people.FactorOff{}}, {Noun: "people.account", Record: s.audit.ID, Action: "factor_off", After: people.FactorOff{Weighty: true}}} {
				if err := tx.Trail(ctx, e); err != nil {
					return err
				}
			}
			return nil
		})
		// What is undone was not done.
		h.DB.Try(ctx, rights(s.security), func(tx *db.Tx) error {
			return tx.Trail(ctx, db.Event{Noun: "people.grant", Record: "x", Action: "break_glass"})
		})
		keep(t, h)
		if n := number(t, h.DB, `SELECT count(*) FROM base_event WHERE kind = 'sign_in' AND factor = 'password_code'`); n != 1 {
			t.Error("the event of a sign-in does not say with which factor")
		}
		for kind, want := range map[string]int64{"privilege": 1, "break_glass": 1, "export_mass": 1, "factor_off": 1} {
			if n := alarms(kind); n != want {
				t.Errorf("%d alarms %s", n, kind)
			}
		}
		for kind, want := range map[string]int64{"export": 1, "sign_in_bad": 1, "sign_in": 1} {
			if n := number(t, h.DB, `SELECT count(*) FROM base_event WHERE kind = $1 AND alarm = false AND source = 'web 10.0.0.5'`, kind); n != want {
				t.Errorf("%d events %s", n, kind)
			}
		}
	})
}

// Holds: DB3-8.1.5.2-a DB3-8.1.5.2-b DB3-8.1.4.2-d
func TestTheAuditAdministratorHandlesEventsAndChangesNothingElse(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		s := hire(t, h)
		keep(t, h)
		audit, security := rights(s.audit, people.AuditSeat, people.MayWatch), rights(s.security, people.SecuritySeat, people.MayWatch)
		if w := as(h, audit, "GET", "/events"); w.Code != 200 || !strings.Contains(w.Body.String(), "新增管理员") || !strings.Contains(w.Body.String(), "2 条告警待处理") {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if w := as(h, security, "GET", "/people"); !strings.Contains(w.Body.String(), "2 条告警待处理") {
			t.Error("the security administrator's other pages do not say it")
		}
		if w := as(h, rights(s.nurse, people.MaySee), "GET", "/people"); strings.Contains(w.Body.String(), "告警待处理") {
			t.Error("a nurse is told of alarms")
		}
		var event string
		if err := h.DB.QueryRowContext(t.Context(), `SELECT min(id) FROM base_event WHERE alarm = true`).Scan(&event); err != nil {
			t.Fatal(err)
		}
		post := func(by db.Actor, at string, form url.Values) *httptest.ResponseRecorder {
			h.Site.Who = func(*http.Request) (web.Visitor, error) { return web.Visitor{Actor: by, Lang: "zh", Session: "s"}, nil }
			r := httptest.NewRequest("POST", at, strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			w := httptest.NewRecorder()
			h.Site.ServeHTTP(w, r)
			return w
		}
		if w := post(security, "/events/"+event+"/handle", url.Values{"note": {"x"}}); w.Code != 403 {
			t.Errorf("the security administrator handles: %d", w.Code)
		}
		if w := as(h, security, "GET", "/events/"+event); w.Code != 200 {
			t.Errorf("the security administrator sees: %d", w.Code)
		}
		if w := post(audit, "/events/"+event+"/handle", url.Values{"note": {"与人事核对，属实"}}); w.Code != 303 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if n := number(t, h.DB, `SELECT count(*) FROM base_event WHERE id = $1 AND handled_by = $2 AND handled_note = '与人事核对，属实'`, event, s.audit.ID); n != 1 {
			t.Error("not handled")
		}
		if n := number(t, h.DB, `SELECT count(*) FROM base_trail WHERE noun = 'base.event' AND action = 'handle' AND by_id = $1`, s.audit.ID); n != 1 {
			t.Error("no trail")
		}
		if w := as(h, audit, "GET", "/events?alarm=true&handled=false"); !strings.Contains(w.Body.String(), "1 条告警待处理") {
			t.Error("still open")
		}
		// Terms: not below the floor, and nobody else sets them.
		for _, c := range []struct {
			by     db.Actor
			events string
			status int
		}{{security, "400", 403}, {audit, "183", 422}, {audit, "184", 303}} {
			if w := post(c.by, "/audit/keeping", url.Values{"events": {c.events}, "reads": {"1096"}}); w.Code != c.status {
				t.Errorf("%s days: %d", c.events, w.Code)
			}
		}
		// No door of the house lets him touch anything but events, terms and himself, and be
		// the second of two who take an administrator's second factor off.
		for _, rt := range h.Site.Routes() {
			method, path, _ := strings.Cut(rt.At, " ")
			if method != "GET" && rt.Need != web.Anyone && rt.Need != web.SignedIn && audit.May(rt.Need) && !strings.HasPrefix(path, "/events/") && !strings.HasPrefix(path, "/audit/") && path != "/people/{id}/factor/off" {
				t.Errorf("%s is open to the audit administrator", rt.At)
			}
		}
	})
}

// Holds: PI-32 v5.0.0-16.3.2 DB3-8.1.4.11-b DB3-8.1.4.3-a
func TestReadingAboutAPersonIsWrittenDown(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		s := hire(t, h)
		nurse := rights(s.nurse, people.MaySee, "desk.report")
		sights := func() int64 { return number(t, h.DB, `SELECT count(*) FROM base_read`) }
		as(h, nurse, "GET", "/people/"+s.nurse.ID)
		if sights() != 0 {
			t.Error("reading about oneself is written down")
		}
		as(h, nurse, "GET", "/people/"+s.other.ID)
		as(h, nurse, "GET", "/people/"+s.other.ID) // the page redraws itself
		if n := number(t, h.DB, `SELECT count(*) FROM base_read WHERE by_id = $1 AND by_name = '李华' AND subject = $2 AND way = 'page' AND fields LIKE '%phone%' AND source = 'web 10.0.0.5' AND request <> ''`, s.nurse.ID, s.other.ID); n != 1 || sights() != 1 {
			t.Errorf("%d entries of the page, %d in all", n, sights())
		}
		as(h, nurse, "GET", "/api/people/"+s.other.ID)
		as(h, nurse, "GET", "/people")
		as(h, nurse, "GET", "/people?format=csv")
		for way, records := range map[string]int64{"api": 1, "list": 4, "export": 4} {
			if n := number(t, h.DB, `SELECT count(*) FROM base_read WHERE way = $1 AND records = $2`, way, records); n != 1 {
				t.Errorf("%d entries by %s", n, way)
			}
		}
		if sights() != 4 {
			t.Errorf("%d entries", sights())
		}
		audit := rights(s.audit, people.AuditSeat)
		for _, q := range []string{"subject=" + s.other.ID, "by=" + s.nurse.ID} {
			if w := as(h, audit, "GET", "/audit/reads?"+q); w.Code != 200 || !strings.Contains(w.Body.String(), "王水") || !strings.Contains(w.Body.String(), "李华") || !strings.Contains(w.Body.String(), "姓名、科室、电话") {
				t.Errorf("%s: %d", q, w.Code)
			}
		}
		if n := number(t, h.DB, `SELECT count(*) FROM base_trail WHERE noun = 'people.audit' AND note LIKE 'reads%'`); n != 2 {
			t.Errorf("%d lines of looking", n)
		}
		if w := as(h, nurse, "GET", "/audit/reads"); w.Code != 403 {
			t.Errorf("others see who read: %d", w.Code)
		}
	})
}

// Holds: DB3-8.1.5.2-a DB3-8.1.5.2-b
func TestTheTrailIsSearchedByWhatStandsInIt(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		s := hire(t, h)
		audit := rights(s.audit, people.AuditSeat)
		for q, see := range map[string]string{"王水": "办理入职", s.other.ID: "办理入职", "10.0.0.5": "查阅日志", "lI": "", "100%_": ""} {
			as(h, audit, "GET", "/audit?noun=people.person") // leaves a line from 10.0.0.5
			w := as(h, audit, "GET", "/audit?q="+url.QueryEscape(q))
			_, body, _ := strings.Cut(w.Body.String(), "<tbody")
			if w.Code != 200 || see != "" && !strings.Contains(body, see) {
				t.Errorf("%q: %d", q, w.Code)
			}
			if q == "100%_" && strings.Contains(body, "办理入职") {
				t.Error("a sign of the pattern language means something")
			}
		}
	})
}

// Holds: v5.0.0-16.2.5 v5.0.0-14.2.1
func TestTheLogHoldsNoSecrets(t *testing.T) {
	var log bytes.Buffer
	h, err := hospital.Open(t.Context(), hospital.Config{DB: dbtest.SQLite(t, hospital.Migrations), Data: t.TempDir(), Log: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	r := httptest.NewRequest("POST", "/sign-in", strings.NewReader(url.Values{"login": {"planted-name"}, "password": {"planted-password"}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Cookie", "session=planted-session")
	h.Site.ServeHTTP(httptest.NewRecorder(), r)
	r = httptest.NewRequest("GET", "/api/people?q=planted-query", nil)
	r.Header.Set("Authorization", "Bearer houqin_planted-token")
	h.Site.ServeHTTP(httptest.NewRecorder(), r)
	keep(t, h)
	if strings.Contains(log.String(), "planted") || !strings.Contains(log.String(), "sign_in_bad") || !strings.Contains(log.String(), "token_bad") {
		t.Error(log.String())
	}
}

// An alarm is told to the security administrators as it is written down, in the words
// of their own language, and lies before the audit administrator until it was handled.
// Holds: DB3-8.1.5.4-f
func TestAlarmsAreToldToTheSecurityAdministrators(t *testing.T) {
	each(t, func(t *testing.T, h *hospital.Hospital) {
		s := hire(t, h)
		keep(t, h)
		told := func(p people.Person) int64 {
			return number(t, h.DB, `SELECT count(*) FROM messages_note WHERE person = $1 AND event = 'alarm'`, p.ID)
		}
		before := told(s.security)
		dbtest.Do(t, h.DB, rights(s.audit), func(tx *db.Tx) error {
			if err := tx.Trail(t.Context(), db.Event{Noun: "people.account", Record: s.nurse.ID, Action: "sign_out"}); err != nil {
				return err
			}
			return tx.Trail(t.Context(), db.Event{Noun: "people.policy", Record: "policy", Action: "set"})
		})
		keep(t, h)
		if n := told(s.security); n != before+1 {
			t.Errorf("one alarm and a sign-out told %d times", n-before)
		}
		if told(s.nurse) != 0 || told(s.audit) != 0 {
			t.Error("others are told of alarms")
		}
		if w := as(h, rights(s.security, people.SecuritySeat), "GET", "/messages"); !strings.Contains(w.Body.String(), "安全警报：权限或登录规则变更") {
			t.Errorf("the message does not say what happened: %s", w.Body)
		}
		if w := as(h, rights(s.audit, people.AuditSeat, people.MayWatch), "GET", "/inbox"); !strings.Contains(w.Body.String(), "没有处理的安全警报") {
			t.Error("the alarm does not wait for the audit administrator")
		}
	})
}
