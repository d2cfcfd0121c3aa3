package hospital_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/web"
	"houqin/internal/hospital"
)

// Every role at every door, by every method and under every name a stranger would try:
// the table of permissions decides, and nothing else does.
//
// Holds: v5.0.0-8.2.1 v5.0.0-8.3.1 v5.0.0-4.1.4 v5.0.0-13.4.4 v5.0.0-13.4.5 API5:2023 API9:2023 A01:2025 DB3-8.1.4.2-a DB3-8.1.4.2-d AB-03
func TestEveryRoleAtEveryDoor(t *testing.T) {
	h := open(t, dbtest.SQLite(t, hospital.Migrations))
	h.Site.Paces = web.Paces{}
	who := map[string]db.Actor{"nobody": {}, "nothing": dbtest.Person("nothing")}
	rights := map[string][]string{}
	for _, r := range hospital.Roles {
		who[r.Code], rights[r.Code] = dbtest.Person(r.Code, r.Rights...), r.Rights
	}
	var as db.Actor
	h.Site.Who = func(*http.Request) (web.Visitor, error) { return web.Visitor{Actor: as, Lang: "zh"}, nil }
	ask := func(method, at string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, at, nil)
		w := httptest.NewRecorder()
		h.Site.ServeHTTP(w, r)
		return w
	}
	tried, passed := 0, 0
	for name, by := range who {
		as = by
		for _, rt := range h.Site.Routes() {
			method, path, _ := strings.Cut(rt.At, " ")
			at := strings.TrimSuffix(inBraces.ReplaceAllString(path, "06j10taa0183ztkfdbdc"), "{$}")
			if at == "/live" || strings.HasPrefix(at, "/sign-") {
				continue
			}
			prefixes := []string{""}
			if !rt.PageOnly {
				prefixes = append(prefixes, "/api")
			}
			for _, prefix := range prefixes {
				open := rt.Need == web.Anyone || rt.Need == web.SignedIn && by.ID != "" || slices.Contains(rights[name], rt.Need)
				methods := []string{method}
				if method == "GET" {
					methods = append(methods, "HEAD")
				}
				for _, m := range methods {
					w := ask(m, prefix+at)
					tried++
					shut := w.Code == 403 || w.Code == 401 || w.Code == 303 && strings.HasPrefix(w.Header().Get("Location"), "/sign-in")
					switch {
					case w.Code >= 500 && w.Code != 503:
						t.Errorf("%s: %s %s: %d", name, m, prefix+at, w.Code)
					case !open && !shut:
						t.Errorf("%s comes in at %s %s: %d", name, m, prefix+at, w.Code)
					case open && !shut:
						passed++
					}
				}
				// Other names for the same door are no doors.
				other := map[string]string{"GET": "POST", "POST": "GET"}[method]
				for m, odd := range map[string]string{"PUT": prefix + at, "TRACE": prefix + at, method: prefix + at + "/", method + " ": prefix + at + ".json", other + " ": "/api/v1" + at, other + "  ": prefix + at + "//"} {
					if at == "/" || strings.HasSuffix(at, "06j10taa0183ztkfdbdc") && strings.HasSuffix(odd, ".json") && method == "GET" {
						continue
					}
					if w := ask(strings.TrimSpace(m), odd); w.Code >= 500 || w.Code == 200 && strings.TrimSpace(m) != "HEAD" {
						t.Errorf("%s: %s %s is answered: %d", name, m, odd, w.Code)
					}
				}
			}
		}
	}
	if tried < 2000 || passed < 300 {
		t.Errorf("%d doors tried, %d open", tried, passed)
	}
}

// What an installation might give away by accident is not there, and strangers learn
// neither versions nor what programs may ask.
//
// Holds: v5.0.0-13.4.1 v5.0.0-13.4.3 v5.0.0-13.4.5 v5.0.0-13.4.6 v5.0.0-13.4.2 v5.0.0-15.2.3 DB3-8.1.4.4-a DB3-8.1.4.4-b C9
func TestNothingLiesAboutInTheHall(t *testing.T) {
	h := open(t, dbtest.SQLite(t, hospital.Migrations))
	hospital.Version = "9.8.7-secret"
	defer func() { hospital.Version = "dev" }()
	h.Site.Version = hospital.Version
	nobody := func(at string) *httptest.ResponseRecorder { return as(h, db.Actor{}, "GET", at) }
	for _, at := range []string{"/.git/config", "/.git/HEAD", "/.env", "/.svn/entries", "/debug/pprof/", "/debug/vars", "/metrics", "/docs", "/docs/security.md", "/swagger", "/swagger.json",
		"/graphql", "/server-status", "/houqin.db", "/data/houqin.db", "/backup", "/assets/", "/assets/css/", "/assets/../go.mod", "/files/", "/ui", "/sign-in/demo", "/admin", "/actuator", "/phpinfo.php", "/wp-login.php", "/.well-known/x"} {
		if w := nobody(at); w.Code == 200 || w.Code >= 500 {
			t.Errorf("%s: %d", at, w.Code)
		}
	}
	for _, at := range []string{"/sign-in", "/healthz", "/readyz", "/", "/nothing", "/openapi.json", "/api/openapi.json", "/api"} {
		w := nobody(at)
		text := w.Body.String()
		for _, values := range w.Header() {
			text += strings.Join(values, " ")
		}
		if strings.Contains(text, "9.8.7") || strings.Contains(text, "operationId") {
			t.Errorf("%s tells strangers about the program", at)
		}
	}
	for _, rt := range h.Site.Routes() {
		if strings.Contains(rt.At, "demo") || strings.Contains(rt.At, "/ui") {
			t.Errorf("%s hangs outside the demo", rt.At)
		}
	}
}
