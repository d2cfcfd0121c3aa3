package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/base/webtest"
)

var migrations = []fs.FS{fstest.MapFS{"migrations/900001_bell.sql": {Data: []byte(`
	CREATE TABLE bell (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, rings BIGINT NOT NULL DEFAULT 0, version BIGINT NOT NULL DEFAULT 1);`)}}}

var words = fstest.MapFS{
	"words/zh.json": {Data: []byte(`{"bells":"铃","bells.name":"名称","bells.rings":"次数","bells.id":"标识","bell.form.name":"名称","bell.done":"已装“{0}”","may.bell.keep":"管铃","may.bell.see":"看铃","did.bell.add":"安装","bell.loud":"太响"}`)},
	"words/en.json": {Data: []byte(`{"bells":"Bells","bells.name":"Name","bells.rings":"Rings","bells.id":"Id","bell.form.name":"Name","bell.done":"“{0}” is up","may.bell.keep":"Keep bells","may.bell.see":"See bells","did.bell.add":"added","bell.loud":"too loud"}`)},
}

type bell struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Rings int64  `json:"rings"`
}

var bells = list.Of[bell]{Name: "bells", From: "bell b", Order: "id", Live: []string{"bell"}, Columns: []list.Column[bell]{
	{Key: "name", Into: func(b *bell) any { return &b.Name }},
	{Key: "rings", Into: func(b *bell) any { return &b.Rings }, Sort: true, Range: true},
	{Key: "id", SQL: "b.id", Into: func(b *bell) any { return &b.ID }, Hidden: true},
}}

var paper = form.Of[bell]{Name: "bell.form", Fields: []form.Field[bell]{{Key: "name", Into: func(b *bell) any { return &b.Name }, Required: true, Most: 20}}}

func blank(r *web.Req) error {
	f, err := r.Form(&paper, nil, ui.Form{Action: "/bells", Submit: "OK"})
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: "new", Body: ui.Ask(r.W2, f)}, nil)
}

var routes = []web.Route{
	{At: "GET /bells", Need: "bell.see", List: &bells, Do: func(r *web.Req) error { return r.List(&bells, list.Where{}, web.ListPage{}) }},
	{At: "GET /bells/new", Need: "bell.keep", Do: blank, PageOnly: true},
	{At: "POST /bells", Need: "bell.keep", Form: &paper, Gives: bell{}, Do: func(r *web.Req) error {
		return web.Submit(r, &paper, blank, func(tx *db.Tx, b *bell) (web.Done, error) {
			if b.Name == "gong" {
				return web.Done{}, fault.OnField("name", "bell.loud")
			}
			b.ID = tx.NewID()
			if _, err := tx.Exec(r.Context(), `INSERT INTO bell (id, name) VALUES ($1,$2)`, b.ID, b.Name); err != nil {
				return web.Done{}, err
			}
			return web.Done{To: "/bells", Say: "bell.done", Args: []string{b.Name}, Data: b}, tx.Trail(r.Context(), db.Event{Noun: "bell", Record: b.ID, Action: "add"})
		})
	}},
	{At: "POST /knock", Need: web.Anyone, PageOnly: true, Do: func(r *web.Req) error {
		return web.Take(r, &paper, blank, func(b *bell) error {
			if err := r.Do(func(tx *db.Tx) error {
				return tx.Trail(r.Context(), db.Event{Noun: "bell", Record: b.Name, Action: "knock"})
			}); err != nil {
				return err
			}
			return fault.OnField("name", "bell.loud")
		})
	}},
	{At: "GET /crack", Need: web.SignedIn, Do: func(*web.Req) error { return errors.New("secret of the database") }},
	{At: "GET /panic", Need: web.SignedIn, Do: func(*web.Req) error { panic("secret of the stack") }},
	{At: "GET /elsewhere", Need: web.Anyone, Do: func(r *web.Req) error { return r.Go(r.URL.Query().Get("to")) }},
	{At: "GET /plain", Need: web.Anyone, Do: func(r *web.Req) error { return r.Show(ui.Page{Body: templ.NopComponent}, map[string]int{"n": 1}) }},
}

func site(t *testing.T, d *db.DB) *sitetest.Site {
	s := sitetest.New(t, d, words)
	s.Room(routes)
	s.By = dbtest.Person("keeper", "bell.see", "bell.keep")
	return s
}

// Holds: v5.0.0-2.2.2
func TestOneFunctionAnswersPeopleAndPrograms(t *testing.T) {
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		s := site(t, d)
		webtest.Run(t, s,
			webtest.Call{Method: "POST", URL: "/bells", Form: url.Values{"name": {"front"}}, Want: 303},
			webtest.Call{Method: "GET", URL: "/bells", Want: 200, See: []string{"front", "已装“front”"}},
			webtest.Call{Method: "GET", URL: "/api/bells", Want: 200, See: []string{`"name":"front"`}, NotSee: []string{"<html"}},
			webtest.Call{Method: "POST", URL: "/api/bells", JSON: map[string]any{"name": "back"}, Want: 200, See: []string{`"name":"back"`}},
			webtest.Call{Method: "POST", URL: "/bells", Form: url.Values{"name": {""}}, Want: 422, See: []string{"必填"}},
			webtest.Call{Method: "POST", URL: "/bells", Form: url.Values{"name": {"gong"}}, Want: 422, See: []string{"太响", "gong"}},
			webtest.Call{Method: "POST", URL: "/bells", Form: url.Values{"name": {"front"}}, Want: 409, See: []string{"已有相同的记录", "front"}},
			webtest.Call{Method: "POST", URL: "/api/bells", JSON: map[string]any{"name": "front"}, Want: 409, See: []string{"urn:houqin:fault:base.duplicate"}},
			webtest.Call{Method: "GET", URL: "/bells?format=csv", Want: 200, See: []string{"\ufeff名称,次数\r\nfront,0\r\n"}},
			webtest.Call{Method: "GET", URL: "/bells?rings.from=x", Want: 422},
			webtest.Call{Method: "DELETE", URL: "/bells", Want: 405},
		)
	})
}

func TestACommandOfItsOwnUnitsFailsOnItsPageAndKeepsWhatItWrote(t *testing.T) {
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		s := site(t, d)
		s.By = dbtest.Person("ringer", "bell.keep")
		webtest.Run(t, s,
			webtest.Call{Method: "POST", URL: "/knock", Form: url.Values{"name": {"soft"}}, Want: 422, See: []string{"soft", "太响"}},
			webtest.Call{Method: "POST", URL: "/knock", Form: url.Values{"name": {""}}, Want: 422})
		story, err := db.Story(t.Context(), d, "bell", "soft")
		if err != nil || len(story) != 1 {
			t.Errorf("%d lines of a failed command are in the trail: %v", len(story), err)
		}
	})
}

// Holds: v5.0.0-16.5.1 v5.0.0-16.5.4 A10:2025
func TestFailuresTellStrangersNothing(t *testing.T) {
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		s := site(t, d)
		for _, at := range []string{"/crack", "/panic", "/api/crack", "/api/panic"} {
			w := webtestGet(s, at)
			if body := w.Body.String(); w.Code != 500 || strings.Contains(body, "secret") || !strings.Contains(body, w.Header().Get("X-Request-Id")) {
				t.Errorf("%s: %d %s", at, w.Code, body)
			}
		}
		s.By = dbtest.Person("other")
		webtest.Run(t, s,
			webtest.Call{Method: "GET", URL: "/bells", Want: 403, See: []string{"您没有“看铃”的权限"}},
			webtest.Call{Method: "GET", URL: "/api/bells", Want: 403, See: []string{"base.need"}},
			webtest.Call{Method: "GET", URL: "/nothing", Want: 404},
		)
		s.By = db.Actor{}
		webtest.Run(t, s, webtest.Call{Method: "GET", URL: "/api/bells", Want: 401})
		if w := webtestGet(s, "/bells?rings.from=1"); w.Code != 303 || w.Header().Get("Location") != "/sign-in?back=%2Fbells%3Frings.from%3D1" {
			t.Errorf("%d %s", w.Code, w.Header().Get("Location"))
		}
	})
}

func webtestGet(h http.Handler, at string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", at, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Holds: v5.0.0-3.5.1 AB-25
func TestPostsFromOtherSitesAreRefusedAndProgramsPass(t *testing.T) {
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		s := site(t, d)
		post := func(header ...string) int {
			r := httptest.NewRequest("POST", "/bells", strings.NewReader("name=x"+header[1]))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set(header[0], header[1])
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			return w.Code
		}
		if c := post("Sec-Fetch-Site", "cross-site"); c != 403 {
			t.Errorf("cross site: %d", c)
		}
		if c := post("Origin", "https://evil.example"); c != 403 {
			t.Errorf("another origin: %d", c)
		}
		if c := post("Sec-Fetch-Site", "same-origin"); c != 303 {
			t.Errorf("same origin: %d", c)
		}
		var n int64
		if err := d.QueryRowContext(t.Context(), `SELECT count(*) FROM bell`).Scan(&n); err != nil || n != 1 {
			t.Errorf("%d bells, %v", n, err)
		}
	})
}

// Holds: v5.0.0-3.4.3 v5.0.0-3.4.4 v5.0.0-3.4.5 v5.0.0-3.4.6 v5.0.0-3.7.2 v5.0.0-14.3.2 A02:2025 API8:2023 AB-24 AB-26
func TestPagesAreStrictAndRedirectsStayHere(t *testing.T) {
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		s := site(t, d)
		h := webtestGet(s, "/bells").Header()
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store", "Referrer-Policy": "same-origin"} {
			if h.Get(name) != want {
				t.Errorf("%s: %q", name, h.Get(name))
			}
		}
		if csp := h.Get("Content-Security-Policy"); strings.Contains(csp, "'unsafe-inline'") || strings.Contains(csp, "'unsafe-eval'") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Error(csp)
		}
		for _, to := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "javascript:alert(1)"} {
			if w := webtestGet(s, "/elsewhere?to="+url.QueryEscape(to)); w.Header().Get("Location") != "/" {
				t.Errorf("%s leads to %s", to, w.Header().Get("Location"))
			}
		}
		if w := webtestGet(s, "/bells", "Accept-Encoding", "gzip"); w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() == 0 {
			t.Error("a long page is not compressed")
		}
	})
}

func TestAWordForEveryLanguage(t *testing.T) {
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		s := site(t, d)
		s.Who = func(r *http.Request) (web.Visitor, error) { return web.Visitor{Actor: s.By}, nil }
		for header, want := range map[string]string{"en-GB,en;q=0.9": "Bells", "zh-CN": "铃", "de": "铃"} {
			if w := webtestGet(s, "/bells", "Accept-Language", header); !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s is not answered with %s", header, want)
			}
		}
		if w := webtestGet(s, "/bells", "Cookie", "lang=en", "Accept-Language", "zh"); !strings.Contains(w.Body.String(), "Bells") {
			t.Error("the chosen language is not kept")
		}
	})
}

// Holds: v5.0.0-1.4.3
func TestAPageHearsOfChangesAndAnEndedSessionEndsTheStream(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.SQLite(t, migrations))
	s := site(t, d)
	srv := httptest.NewServer(s)
	defer srv.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, "GET", srv.URL+"/live?topics=bell,other", nil)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Scan() // retry: the stream stands
	go http.PostForm(srv.URL+"/bells", url.Values{"name": {"tower"}})
	for lines.Scan() {
		if lines.Text() == "data: bell" {
			break
		}
	}
	if ctx.Err() != nil {
		t.Fatal("the page heard nothing")
	}
	s.Stop()
	for lines.Scan() {
	}
	if ctx.Err() != nil {
		t.Error("the stream outlives the program's stop")
	}
}

// Holds: v5.0.0-8.1.1 API9:2023
func TestTheDocumentNamesEveryDoorAndItsPermission(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.SQLite(t, migrations))
	s := site(t, d)
	var doc struct {
		Paths map[string]map[string]struct {
			Permission string `json:"x-permission"`
		}
	}
	if err := json.Unmarshal(webtestGet(s, "/api/openapi.json").Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Paths["/api/bells"]["post"].Permission != "bell.keep" || doc.Paths["/api/bells"]["get"].Permission != "bell.see" {
		t.Errorf("%+v", doc.Paths)
	}
	if _, there := doc.Paths["/api/bells/new"]; there {
		t.Error("a page for people is offered to programs")
	}
}

func TestReadinessFailsBeforeTheProgramStops(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.SQLite(t, migrations))
	s := site(t, d)
	if c := webtestGet(s, "/readyz").Code; c != 200 {
		t.Errorf("ready: %d", c)
	}
	s.Stop()
	if c := webtestGet(s, "/readyz").Code; c != 503 {
		t.Errorf("stopping: %d", c)
	}
	if c := webtestGet(s, "/healthz").Code; c != 200 {
		t.Errorf("alive: %d", c)
	}
}

// Holds: v5.0.0-8.2.1 v5.0.0-16.5.3 API5:2023
func TestARouteWithoutAPermissionStopsTheStart(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.SQLite(t, migrations))
	s := site(t, d)
	defer func() {
		if recover() == nil {
			t.Error("hung a door without a lock")
		}
	}()
	s.Room([]web.Route{{At: "GET /open", Do: func(*web.Req) error { return nil }}})
}

func TestAViewIsKeptForOneselfOrForARoleOneHolds(t *testing.T) {
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		s := site(t, d)
		held := []ui.Option{{Value: "ringer", Label: "敲钟人"}}
		s.Who = func(*http.Request) (web.Visitor, error) { return web.Visitor{Actor: s.By, Lang: "zh", Held: held}, nil }
		save := func(name, role string, want int) {
			t.Helper()
			webtest.Run(t, s, webtest.Call{Method: "POST", URL: "/views", Want: want,
				Form: url.Values{"list": {"bells"}, "query": {"rings.from=" + name}, "path": {"/bells"}, "name": {name}, "role": {role}}})
		}
		save("1", "", 303)
		save("2", "ringer", 303)
		save("3", "bishop", 422)
		webtest.Run(t, s, webtest.Call{Method: "GET", URL: "/bells?rings.from=1", Want: 200, See: []string{"删除此视图"}})
		s.By = dbtest.Person("another", "bell.see")
		webtest.Run(t, s, webtest.Call{Method: "GET", URL: "/bells?rings.from=2", Want: 200, See: []string{"保存为视图"}, NotSee: []string{"删除此视图"}})
		var mine, theirs string
		for name, id := range map[string]*string{"1": &mine, "2": &theirs} {
			if err := d.QueryRowContext(t.Context(), `SELECT id FROM base_view WHERE name = $1`, name).Scan(id); err != nil {
				t.Fatal(err)
			}
		}
		webtest.Run(t, s, webtest.Call{Method: "POST", URL: "/views/" + theirs + "/drop", Want: 404})
		s.By = dbtest.Person("keeper", "bell.see")
		webtest.Run(t, s, webtest.Call{Method: "POST", URL: "/views/" + mine + "/drop", Want: 303})
	})
}
