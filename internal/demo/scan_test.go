package demo_test

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/web"
	"houqin/internal/demo"
	"houqin/internal/hospital"
)

// attack is what is typed: markup, the ends of attributes, SQL, templates, formats,
// all in one, and short enough for most fields.
const attack = `x"'><img src=x onerror=alert(7)></script><b>{{7919*7907}}${7919*7907}%s' OR '1'='1`

// raw are pieces of it that no page may hold as they are.
var raw = []string{"<img src=x", "</script><b>", `"'><`, "62615533"} // the product, were any of it computed

// betrays are pieces of what engines and programs say of their insides.
var betrays = []string{"SQLITE_", "SQL logic error", "SQLSTATE", "syntax error", "near \"", "pgconn", "no such column", "goroutine ", "runtime error", ".go:", "panic:"}

// odd are further things to say, one by one.
var odd = []string{"\x00", "\r\nX-Evil: 1\r\n\r\n<b>", "../../../../etc/passwd", "%2e%2e%2f", strings.Repeat("水", 3000), "\xff\xfe", "-1", "99999999999999999999", "1e3", "NaN", "%", "_", "*", `\`, "javascript:alert(7)", "//evil.example", `{"$ne":1}`, "__proto__"}

// scan is a hospital that somebody goes round with a list of tricks.
type scan struct {
	t     *testing.T
	h     *hospital.Hospital
	by    db.Actor
	asked int
	ids   map[string]string // of the first row of each list
}

func newScan(t *testing.T) *scan {
	t.Helper()
	h, err := hospital.Open(t.Context(), hospital.Config{DB: dbtest.SQLite(t, hospital.Migrations), Data: t.TempDir(), Demo: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	if err := demo.Build(t.Context(), h.DB, 1, func(string) {}); err != nil {
		t.Fatal(err)
	}
	s := &scan{t: t, h: h, by: db.System("robot"), ids: map[string]string{}}
	h.Site.Paces = web.Paces{}
	h.Site.Who = func(*http.Request) (web.Visitor, error) { return web.Visitor{Actor: s.by, Lang: "zh"}, nil }
	return s
}

// ask makes a request and looks at the answer.
func (s *scan) ask(method, at string, body url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/", strings.NewReader(body.Encode()))
	u, err := url.Parse(at)
	if err != nil {
		s.t.Fatal(err)
	}
	r.URL, r.RequestURI = u, at
	if body != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	s.h.Site.ServeHTTP(w, r)
	s.asked++
	text := w.Body.String()
	if w.Code >= 500 && w.Code != 503 {
		s.t.Errorf("%s %.120s: %d", method, at, w.Code)
	}
	for _, piece := range slices.Concat(raw, betrays) {
		if strings.Contains(text, piece) && !strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") && !strings.Contains(w.Header().Get("Content-Disposition"), "attachment") {
			i := strings.Index(text, piece)
			s.t.Errorf("%s %.120s as %s answers %q in …%.100q", method, at, s.by.Name, piece, text[max(0, i-60):])
		}
	}
	for name, values := range w.Header() {
		for _, v := range values {
			if name == "X-Evil" || strings.ContainsAny(v, "\r\n\x00") {
				s.t.Errorf("%s %.120s: the header %s: %q", method, at, name, v)
			}
		}
	}
	if to := w.Header().Get("Location"); to != "" && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//")) {
		s.t.Errorf("%s %.120s leads to %s", method, at, to)
	}
	return w
}

// filled is a path with the record of the first row of the list above it.
func (s *scan) filled(path string) string {
	at := path
	for {
		m := inBraces.FindStringIndex(at)
		if m == nil {
			return strings.TrimSuffix(at, "{$}")
		}
		above := strings.TrimSuffix(at[:m[0]], "/")
		if id, ok := s.ids[above]; ok {
			at = at[:m[0]] + id + at[m[1]:]
			continue
		}
		id := "06j10taa0183ztkfdbdc"
		for _, rt := range s.h.Site.Routes() {
			if rt.List != nil && rt.At == "GET "+above {
				if q, err := rt.List.Parse(nil, s.by); err == nil {
					if rows, err := rt.List.Rows(s.t.Context(), s.h.DB, q, list.Where{}); err == nil && len(rows.Rows) > 0 {
						id = rows.Rows[0].ID
					}
				}
			}
		}
		s.ids[above] = id
		at = at[:m[0]] + id + at[m[1]:]
	}
}

// names are what a page's address is asked by.
func (s *scan) names(rt web.Route) (names []string) {
	if rt.List == nil {
		return []string{"q", "back", "month", "copies", "noun", "record", "item", "place", "asset", "phone", "crew", "code", "kind", "parent", "topics", "format"}
	}
	names = []string{"q", "sort", "after", "size", "format"}
	for _, c := range rt.List.Describe(s.by).Columns {
		switch {
		case c.Ref != "":
			names = append(names, c.Key, c.Key+".id")
		case c.Range:
			names = append(names, c.Key+".from")
		case len(c.OneOf) > 0 || c.Kind == list.Flag:
			names = append(names, c.Key)
		}
	}
	return names
}

// Whatever is said in an address, by whomever: it is refused or taken as the words it
// is, never markup, never SQL, and no engine is heard.
//
// Holds: v5.0.0-1.1.1 v5.0.0-1.1.2 v5.0.0-1.2.1 v5.0.0-1.2.3 v5.0.0-1.2.4 v5.0.0-1.3.7 v5.0.0-1.3.10 v5.0.0-15.3.5 v5.0.0-16.5.1 DB3-8.1.4.4-d A05:2025 AB-11 AB-24 AB-32
func TestNothingSaidInAnAddressIsMoreThanWords(t *testing.T) {
	s := newScan(t)
	for _, rt := range s.h.Site.Routes() {
		method, path, _ := strings.Cut(rt.At, " ")
		if method != "GET" || path == "/live" {
			continue
		}
		at := s.filled(path)
		ask := func(name, value string) {
			v := url.Values{"size": {"3"}} // few rows are as good as many
			v.Set(name, value)
			s.ask("GET", at+"?"+v.Encode(), nil)
		}
		for _, name := range s.names(rt) {
			if ask(name, attack); rt.List == nil {
				continue
			}
			for i, o := range odd {
				if i%6 == len(name)%6 { // each trick at many names, not all at each
					ask(name, o)
				}
			}
		}
		for _, o := range []string{url.PathEscape(attack), "..%2f..%2fetc%2fpasswd", "%00", "%2e%2e", "'%20OR%201=1--", "%ff", "%0d%0aX-Evil:%201"} {
			if inBraces.MatchString(path) {
				s.ask("GET", strings.TrimSuffix(inBraces.ReplaceAllString(path, o), "{$}"), nil)
			}
		}
	}
	for _, r := range hospital.Roles {
		s.by = dbtest.Person(r.Code, r.Rights...)
		for _, rt := range s.h.Site.Routes() {
			method, path, _ := strings.Cut(rt.At, " ")
			if method == "GET" && path != "/live" && (rt.Need == web.SignedIn || slices.Contains(r.Rights, rt.Need)) {
				s.ask("GET", s.filled(path)+"?"+url.Values{"q": {attack}, "back": {"//evil.example"}, "size": {"3"}}.Encode(), nil)
			}
		}
	}
	if s.asked < 1000 {
		t.Errorf("only %d tries", s.asked)
	}
}

// Whatever is typed into a form is kept and shown as the words it is: every text of
// every form, by everybody who may send it, and then on every page of the house.
//
// Holds: v5.0.0-1.1.2 v5.0.0-1.2.1 v5.0.0-1.3.1 v5.0.0-1.3.5 v5.0.0-1.3.7 v5.0.0-2.2.1 v5.0.0-15.3.5 v5.0.0-16.5.1 DB3-8.1.4.4-d A05:2025 AB-06 AB-11
func TestNothingTypedIsMoreThanWords(t *testing.T) {
	s := newScan(t)
	taken := 0
	type teller struct {
		by     db.Actor
		rights []string
	}
	tellers := []teller{{by: s.by}}
	for _, r := range hospital.Roles {
		tellers = append(tellers, teller{dbtest.Person(r.Code, r.Rights...), r.Rights})
	}
	for _, who := range tellers {
		s.by = who.by
		for _, rt := range s.h.Site.Routes() {
			method, path, _ := strings.Cut(rt.At, " ")
			if method != "POST" || strings.Contains(path, "sign-") || rt.Need != web.SignedIn && rt.Need != web.Anyone && !who.by.System && !slices.Contains(who.rights, rt.Need) {
				continue
			}
			at := s.filled(path)
			body := url.Values{"_version": {"1"}, "no_such": {attack}, "state": {attack}, "by": {attack}}
			if rt.Form != nil {
				s.fill(body, "", rt.Form.Describe())
			}
			if w := s.ask("POST", at, body); w.Code == 303 {
				taken++
				if to := w.Header().Get("Location"); strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "/live") {
					s.ask("GET", to, nil)
				}
			}
			if rt.Form == nil || !who.by.System {
				continue
			}
			for _, d := range rt.Form.Describe() { // one field after another holds something odd
				for i, o := range odd {
					if i%6 == len(d.Key)%6 {
						again := maps.Clone(body)
						again[d.Key] = []string{o}
						s.ask("POST", at, again)
					}
				}
			}
		}
	}
	s.by = db.System("robot")
	for _, rt := range s.h.Site.Routes() { // what was kept is now everywhere
		method, path, _ := strings.Cut(rt.At, " ")
		if method == "GET" && path != "/live" {
			s.ask("GET", s.filled(path), nil)
			if rt.List != nil {
				s.ask("GET", s.filled(path)+"?size=60&all=1", nil)
				if !rt.PageOnly {
					s.ask("GET", "/api"+s.filled(path)+"?size=60", nil)
				}
			}
		}
	}
	if taken < 5 || s.asked < 500 {
		t.Errorf("%d tries, %d were taken", s.asked, taken)
	}
}

// fill fills a form: texts with the attack, all else with something that is taken.
func (s *scan) fill(body url.Values, prefix string, fields []form.Desc) {
	for _, d := range fields {
		at := prefix + d.Key
		switch d.Kind {
		case form.Text, form.Area, form.Code, form.Password, form.Hidden:
			text := attack
			if d.Most > 0 && int64(len(text)) > d.Most {
				text = text[:d.Most]
			}
			body.Set(at, text)
		case form.Number, form.Quantity:
			body.Set(at, fmt.Sprint(max(1, d.Least)))
		case form.Amount:
			body.Set(at, "1.00")
		case form.Day:
			body.Set(at, string(s.h.DB.Today()))
		case form.Instant:
			body.Set(at, string(s.h.DB.Today())+"T08:00")
		case form.Choice, form.Cards, form.Many:
			if len(d.OneOf) > 0 {
				body.Set(at, d.OneOf[0])
			} else {
				body.Set(at, attack)
			}
		case form.Check:
			body.Set(at, "1")
		case form.Ref:
			w := s.ask("GET", "/pick/"+d.Ref+"?q=", nil)
			if _, id, ok := strings.Cut(w.Body.String(), `"id":"`); ok {
				id, _, _ = strings.Cut(id, `"`)
				body.Set(at, id)
			} else {
				body.Set(at, attack)
			}
		case form.Lines:
			s.fill(body, at+".0.", d.Lines)
		}
	}
}

// Looking changes nothing: after every page of the house was opened, each table holds
// as many rows as before, and the trail is no longer. Only that somebody has read what
// is personal is written down.
//
// Holds: v5.0.0-3.5.3 AB-25
func TestLookingChangesNothing(t *testing.T) {
	s := newScan(t)
	count := func() map[string]int64 {
		all := map[string]int64{}
		names, err := db.All(t.Context(), s.h.DB, func(n *string) []any { return []any{n} }, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%search%' AND name NOT LIKE 'sqlite%' AND name <> 'base_read' ORDER BY name`)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			var n int64
			if err := s.h.DB.QueryRowContext(t.Context(), `SELECT count(*) FROM `+name).Scan(&n); err != nil {
				t.Fatal(err)
			}
			all[name] = n
		}
		return all
	}
	before := count()
	for _, rt := range s.h.Site.Routes() {
		if method, path, _ := strings.Cut(rt.At, " "); method == "GET" && path != "/live" {
			s.ask("GET", s.filled(path), nil)
			s.ask("HEAD", s.filled(path), nil)
		}
	}
	after := count()
	for name, n := range after {
		if before[name] != n {
			t.Errorf("%s had %d rows and has %d", name, before[name], n)
		}
	}
	if len(before) < 20 || s.asked < 100 {
		t.Errorf("%d tables, %d pages", len(before), s.asked)
	}
}
