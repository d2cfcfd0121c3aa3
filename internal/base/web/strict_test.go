package web_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
)

// one is a site on one engine, for what no database has a part in.
func one(t *testing.T) (*sitetest.Site, *db.DB) {
	t.Helper()
	d, _ := dbtest.Open(t, dbtest.SQLite(t, migrations))
	return site(t, d), d
}

// send makes a request; headers go by pairs.
func send(h http.Handler, method, at, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, at, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// No answer is without the headers that keep browsers strict: pages, data, files,
// redirects, refusals, errors and what is answered before anybody is asked.
//
// Holds: v5.0.0-3.4.1 v5.0.0-3.4.3 v5.0.0-3.4.4 v5.0.0-3.4.5 v5.0.0-3.4.6 v5.0.0-3.4.8 v5.0.0-3.5.8 v5.0.0-14.3.2 v5.0.0-3.4.2 AB-26 A02:2025 API8:2023
func TestEveryAnswerIsStrict(t *testing.T) {
	s, _ := one(t)
	s.Secure = true
	for _, c := range []struct {
		method, at, body string
		header           []string
		want             int
	}{
		{"GET", "/bells", "", nil, 200},
		{"GET", "/api/bells", "", nil, 200},
		{"GET", "/bells?format=csv", "", nil, 200},
		{"GET", "/bells?format=xlsx", "", nil, 200},
		{"GET", "/nothing", "", nil, 404},
		{"GET", "/crack", "", nil, 500},
		{"GET", "/panic", "", nil, 500},
		{"GET", "/elsewhere?to=/bells", "", nil, 303},
		{"GET", "/assets//../bells", "", nil, 307},
		{"GET", ui.Asset("houqin.css"), "", nil, 200},
		{"GET", "/assets/none", "", nil, 404},
		{"GET", "/healthz", "", nil, 200},
		{"POST", "/bells", "name=", nil, 422},
		{"POST", "/bells", "name=x", []string{"Origin", "https://evil.example"}, 403},
		{"TRACE", "/bells", "", nil, 405},
		{"OPTIONS", "/api/bells", "", []string{"Origin", "https://evil.example", "Access-Control-Request-Method", "POST"}, 405},
	} {
		w := send(s, c.method, c.at, c.body, c.header...)
		if w.Code != c.want {
			t.Errorf("%s %s: %d, want %d", c.method, c.at, w.Code, c.want)
		}
		h := w.Header()
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000; includeSubDomains"} {
			if h.Get(name) != want {
				t.Errorf("%s %s: %s: %q", c.method, c.at, name, h.Get(name))
			}
		}
		if csp := h.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") || !strings.Contains(csp, "base-uri 'none'") ||
			!strings.Contains(csp, "report-uri /policy-report") || strings.Contains(csp, "unsafe-inline") || strings.Contains(csp, "'unsafe-eval'") {
			t.Errorf("%s %s: %s", c.method, c.at, csp)
		}
		if keep := h.Get("Cache-Control"); !strings.Contains(keep, "no-store") && !strings.HasPrefix(c.at, "/assets/houqin") {
			t.Errorf("%s %s: Cache-Control %q", c.method, c.at, keep)
		}
		for name := range h {
			if strings.HasPrefix(name, "Access-Control-") || name == "Server" || name == "X-Powered-By" {
				t.Errorf("%s %s: %s: %s", c.method, c.at, name, h.Get(name))
			}
		}
	}
	s.NoHSTS = true
	if h := send(s, "GET", "/bells", "").Header(); h.Get("Strict-Transport-Security") != "" {
		t.Error("told to stay with HTTPS although it is switched off")
	}
	for _, before := range []http.Handler{web.OnlyFrom(nil, s), web.Behind(nil, web.OnlyFrom(nil, s))} {
		if w := send(before, "GET", "/bells", ""); w.Code != 403 || w.Header().Get("X-Frame-Options") != "DENY" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("refused in clear: %d %v", w.Code, w.Header())
		}
	}
}

// Only GET, HEAD and POST are answered, and each door only its own; a method named in
// a field or header changes nothing.
//
// Holds: v5.0.0-4.1.4 v5.0.0-13.4.4 v5.0.0-3.5.3 AB-25 AB-03
func TestOnlyMethodsInUseAreAnswered(t *testing.T) {
	s, d := one(t)
	for _, method := range []string{"TRACE", "TRACK", "OPTIONS", "PUT", "PATCH", "DELETE", "CONNECT", "PROPFIND", "INVENTED", "get"} {
		for _, at := range []string{"/bells", "/api/bells", "/", "/assets/x", "/nothing"} {
			if w := send(s, method, at, "name=x"); w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD, POST" || strings.Contains(w.Body.String(), "name=x") {
				t.Errorf("%s %s: %d", method, at, w.Code)
			}
		}
	}
	send(s, "GET", "/bells?name=x&_method=POST", "", "X-HTTP-Method-Override", "POST", "X-Method-Override", "POST")
	if w := send(s, "HEAD", "/bells", ""); w.Code != 200 {
		t.Errorf("HEAD: %d", w.Code)
	}
	var n int64
	if err := d.QueryRowContext(t.Context(), `SELECT count(*) FROM bell`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d bells hung by what is no POST, %v", n, err)
	}
	defer func() {
		if recover() == nil {
			t.Error("hung a door without a method of ours")
		}
	}()
	s.Room([]web.Route{{At: "/any", Need: web.Anyone, Do: func(*web.Req) error { return nil }}})
}

// A post with a session's cookie shows where it comes from, or is refused; programs,
// whom no browser sends, pass by their token.
//
// Holds: v5.0.0-3.5.1 v5.0.0-3.5.2 AB-25
func TestAPostShowsWhereItComesFrom(t *testing.T) {
	s, _ := one(t)
	s.Address = "https://houqin.example"
	const cookie = "session=06j10taa0183ztkfdbdc"
	for i, c := range []struct {
		at     string
		header []string
		want   int
	}{
		{"/bells", []string{"Cookie", cookie}, 403},
		{"/bells", []string{"Cookie", "theme=dark; " + cookie}, 403},
		{"/bells", []string{"Cookie", cookie, "Origin", "http://example.com"}, 303}, // the host that httptest asks
		{"/bells", []string{"Cookie", cookie, "Origin", "https://houqin.example"}, 303},
		{"/bells", []string{"Cookie", cookie, "Origin", "https://evil.example"}, 403},
		{"/bells", []string{"Cookie", cookie, "Origin", "https://sibling.example.com"}, 403},
		{"/bells", []string{"Cookie", cookie, "Origin", "null"}, 403},
		{"/bells", []string{"Cookie", cookie, "Sec-Fetch-Site", "same-origin"}, 303},
		{"/bells", []string{"Cookie", cookie, "Sec-Fetch-Site", "none"}, 303},
		{"/bells", []string{"Cookie", cookie, "Sec-Fetch-Site", "same-site"}, 403},
		{"/bells", []string{"Cookie", cookie, "Sec-Fetch-Site", "cross-site"}, 403},
		{"/bells", []string{"Cookie", cookie, "Sec-Fetch-Site", "cross-site", "Origin", "http://example.com"}, 403},
		{"/bells", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"/api/bells", nil, 200},
		{"/api/bells", []string{"Origin", "https://evil.example"}, 403},
		// Kinds of body that another site may send without asking.
		{"/bells", []string{"Cookie", cookie, "Sec-Fetch-Site", "same-origin", "Content-Type", "text/plain"}, 422},
		{"/api/bells", []string{"Content-Type", "text/plain"}, 422},
		{"/api/bells", []string{"Content-Type", "application/x-protobuf"}, 422},
	} {
		body := "name=bell" + strings.Repeat("x", i)
		if w := send(s, "POST", c.at, body, c.header...); w.Code != c.want {
			t.Errorf("%s %v: %d, want %d", c.at, c.header, w.Code, c.want)
		}
	}
	s.Secure = true
	if w := send(s, "POST", "/bells", "name=clear", "Cookie", "__Host-"+cookie, "Origin", "http://example.com"); w.Code != 403 {
		t.Errorf("from a page that came in clear: %d", w.Code)
	}
	if w := send(s, "POST", "/bells", "name=none", "Cookie", "__Host-"+cookie); w.Code != 403 {
		t.Errorf("from nowhere, by the protected name: %d", w.Code)
	}
}

// Other sites neither draw our pages and streams into theirs nor run our answers;
// links to us are followed.
//
// Holds: v5.0.0-3.5.8 v5.0.0-3.2.1 AB-26
func TestOtherSitesDrawNothingOfOursIn(t *testing.T) {
	s, _ := one(t)
	for _, c := range []struct {
		at, site, mode, dest string
		want                 int
	}{
		{"/bells", "cross-site", "navigate", "document", 200},
		{"/bells", "same-origin", "cors", "empty", 200},
		{"/bells", "none", "navigate", "document", 200},
		{"/bells", "", "", "", 200},
		{"/bells", "cross-site", "navigate", "iframe", 403},
		{"/bells", "same-site", "navigate", "frame", 403},
		{"/bells", "cross-site", "no-cors", "image", 403},
		{"/bells?format=csv", "cross-site", "no-cors", "script", 403},
		{"/live", "cross-site", "cors", "empty", 403},
		{"/api/bells", "same-site", "cors", "empty", 403},
	} {
		if w := send(s, "GET", c.at, "", "Sec-Fetch-Site", c.site, "Sec-Fetch-Mode", c.mode, "Sec-Fetch-Dest", c.dest); w.Code != c.want {
			t.Errorf("%+v: %d", c, w.Code)
		}
	}
}

// Over HTTPS cookies bear a name that only this host can set by HTTPS, and no other
// name is heeded; scripts read none of them.
//
// Holds: v5.0.0-3.3.1 v5.0.0-3.3.2 v5.0.0-3.3.3 v5.0.0-3.3.4 AB-21
func TestCookiesAreOursAlone(t *testing.T) {
	s, d := one(t)
	heard := ""
	s.Who = func(r *http.Request) (web.Visitor, error) {
		heard = r.Header.Get("Cookie")
		return web.Visitor{Actor: s.By, Lang: "zh"}, nil
	}
	_ = d
	for _, secure := range []bool{false, true} {
		s.Secure = secure
		w := send(s, "POST", "/bells", url.Values{"name": {map[bool]string{true: "in", false: "out"}[secure]}}.Encode())
		for _, c := range w.Result().Cookies() {
			if strings.HasPrefix(c.Name, "__Host-") != secure || c.Secure != secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("secure %v: %v", secure, c)
			}
		}
		if len(w.Result().Cookies()) == 0 {
			t.Error("no cookie to look at")
		}
	}
	for sent, want := range map[string]string{
		"session=planted":                               "",
		"session=planted; __Host-session=mine":          "session=mine",
		"__Host-session=mine; session=planted":          "session=mine",
		"theme=x; __Host-lang=en;__Host-session=mine":   "lang=en; session=mine",
		"__host-session=planted":                        "",
		"__Host-__Host-session=odd":                     "__Host-session=odd",
		"a=b; __Secure-session=planted; __Host-s=1; c=": "s=1",
	} {
		if send(s, "GET", "/bells", "", "Cookie", sent); heard != want {
			t.Errorf("of %q the house hears %q, want %q", sent, heard, want)
		}
	}
}

// What a browser was kept from doing is one line in the log, whatever it says.
//
// Holds: v5.0.0-3.4.7 v5.0.0-16.4.1 AB-11
func TestABrowserReportsWhatItWasKeptFrom(t *testing.T) {
	s, _ := one(t)
	var log bytes.Buffer
	s.Log = slog.New(slog.NewTextHandler(&log, nil))
	body := `{"csp-report":{"document-uri":"https://h.example/bells?name=secret","effective-directive":"script-src-elem\r\nlevel=ERROR msg=forged","blocked-uri":"inline"}}`
	if w := send(s, "POST", "/policy-report", body, "Content-Type", "application/csp-report", "Cookie", "session=x"); w.Code != 204 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	said := log.String()
	if !strings.Contains(said, "h.example/bells") || strings.Contains(said, "secret") || strings.Contains(said, "\nlevel=ERROR") {
		t.Error(said)
	}
	for _, bad := range []string{"", "{", strings.Repeat("x", 9<<10), `[]`} {
		if w := send(s, "POST", "/policy-report", bad, "Content-Type", "application/csp-report"); w.Code < 400 || w.Code >= 500 {
			t.Errorf("%.20q: %d", bad, w.Code)
		}
	}
}

// A key that was used answers again only its person, at its door, with its content.
//
// Holds: AB-10 API1:2023 v5.0.0-8.2.2
func TestAKeyIsBoundToPersonDoorAndContent(t *testing.T) {
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		s := site(t, d)
		key := []string{"Idempotency-Key", "k1", "Accept", "application/json"}
		first := send(s, "POST", "/api/bells", "name=one", key...)
		if again := send(s, "POST", "/api/bells", "name=one", key...); again.Code != 200 || again.Header().Get("Idempotency-Replayed") != "true" || again.Body.String() != first.Body.String() {
			t.Errorf("again: %d %s", again.Code, again.Body)
		}
		for what, w := range map[string]*httptest.ResponseRecorder{
			"another body":    send(s, "POST", "/api/bells", "name=two", key...),
			"a further field": send(s, "POST", "/api/bells", "name=one&extra=1", key...),
			"another door":    send(s, "POST", "/bells", "name=one", key...),
			"another query":   send(s, "POST", "/api/bells?x=1", "name=one", key...),
			"run together":    send(s, "POST", "/api/bells", "name=one%01", key...),
		} {
			if w.Code != 409 || strings.Contains(w.Body.String(), `"id"`) {
				t.Errorf("%s: %d %s", what, w.Code, w.Body)
			}
		}
		s.By = dbtest.Person("another", "bell.see", "bell.keep")
		if w := send(s, "POST", "/api/bells", "name=one", key...); strings.Contains(w.Body.String(), `"id"`) || w.Header().Get("Idempotency-Replayed") != "" {
			t.Errorf("a stranger's answer: %d %s", w.Code, w.Body)
		}
	})
}

// The body is read apart from the address: what stands in both is never mixed.
//
// Holds: v5.0.0-15.3.7 v5.0.0-2.2.1
func TestAddressAndBodyAreReadApart(t *testing.T) {
	s, d := one(t)
	if w := send(s, "POST", "/bells?name=address", "name=body"); w.Code != 303 {
		t.Errorf("%d", w.Code)
	}
	if w := send(s, "POST", "/bells?name=address2", "other=1"); w.Code != 422 {
		t.Errorf("a name that stands in the address alone: %d", w.Code)
	}
	var name string
	if err := d.QueryRowContext(t.Context(), `SELECT name FROM bell`).Scan(&name); err != nil || name != "body" {
		t.Errorf("%q %v", name, err)
	}
}

// A body that is made to be costly is cut off before it costs.
//
// Holds: v5.0.0-5.2.1 v5.0.0-4.3.1 v5.0.0-15.2.2 AB-34 API4:2023
func TestCostlyBodiesAreCutOff(t *testing.T) {
	s, _ := one(t)
	for what, c := range map[string]struct {
		kind, body string
		want       int
	}{
		"a hundred thousand fields": {"application/x-www-form-urlencoded", strings.Repeat("a=1&", 100_000), 422},
		"a field of ten megabytes":  {"application/x-www-form-urlencoded", "name=" + strings.Repeat("x", 10<<20), 413},
		"JSON of ten megabytes":     {"application/json", `{"name":"` + strings.Repeat("x", 10<<20) + `"}`, 413},
		"JSON a thousand deep":      {"application/json", strings.Repeat(`{"a":`, 1000) + "1" + strings.Repeat("}", 1000), 422},
		"lists a thousand deep":     {"application/json", `{"a":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + "}", 422},
		"a number without end":      {"application/json", `{"name":` + strings.Repeat("9", 100_000) + `}`, 422},
		"parts without end":         {"multipart/form-data; boundary=b", strings.Repeat("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n", 20_000) + "--b--", 422},
		"a part without end":        {"multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n" + strings.Repeat("x", 16<<20) + "\r\n--b--", 422},
		"no boundary":               {"multipart/form-data", "x", 422},
	} {
		r := httptest.NewRequest("POST", "/bells", io.MultiReader(strings.NewReader(c.body))) // without a length
		r.ContentLength = -1
		r.Header.Set("Content-Type", c.kind)
		w := httptest.NewRecorder()
		if s.ServeHTTP(w, r); w.Code != c.want {
			t.Errorf("%s: %d, want %d", what, w.Code, c.want)
		}
	}
}
