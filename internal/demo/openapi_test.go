package demo_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/web"
	"houqin/internal/demo"
	"houqin/internal/hospital"
)

var inBraces = regexp.MustCompile(`\{(\w+)\}`)

// What the API answers is what its document says: every GET that programs have, on
// the records of the demo hospital, and what is refused too.
func TestTheAPIAnswersAsDocumented(t *testing.T) {
	h, err := hospital.Open(t.Context(), hospital.Config{DB: dbtest.SQLite(t, hospital.Migrations), Data: t.TempDir(), Demo: true,
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if err := demo.Build(t.Context(), h.DB, 1, func(string) {}); err != nil {
		t.Fatal(err)
	}
	h.Site.Who = func(*http.Request) (web.Visitor, error) {
		return web.Visitor{Actor: db.System("robot"), Lang: "en"}, nil
	}
	text, err := json.Marshal(h.Site.OpenAPI("Houqin", "test"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := libopenapi.NewDocument(text)
	if err != nil {
		t.Fatal(err)
	}
	check, errs := validator.NewValidator(doc)
	if errs != nil {
		t.Fatal(errs)
	}
	if ok, errs := check.ValidateDocument(); !ok {
		for _, e := range errs {
			t.Error(e.Message, e.Reason)
		}
	}
	ask := func(method, at, body string) (*http.Request, *httptest.ResponseRecorder) {
		r := httptest.NewRequest(method, "http://localhost"+at, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer x")
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		w := httptest.NewRecorder()
		h.Site.ServeHTTP(w, r)
		r.Body = io.NopCloser(strings.NewReader(body))
		return r, w
	}
	holds := func(r *http.Request, w *httptest.ResponseRecorder) {
		t.Helper()
		resp := w.Result()
		resp.Body = io.NopCloser(bytes.NewReader(w.Body.Bytes()))
		if ok, errs := check.ValidateHttpResponse(r, resp); !ok {
			for _, e := range errs {
				t.Errorf("%s %s (%d): %s: %s", r.Method, r.URL.Path, w.Code, e.Message, e.Reason)
				for _, s := range e.SchemaValidationErrors {
					t.Log("   ", s.Reason, s.FieldPath)
				}
			}
		}
	}
	first := func(at string) string { // the id of the first row of a list
		_, w := ask("GET", "/api"+at, "")
		var page struct{ Rows []struct{ ID string } }
		if json.Unmarshal(w.Body.Bytes(), &page) != nil || len(page.Rows) == 0 {
			return ""
		}
		return page.Rows[0].ID
	}
	tried := 0
	for _, rt := range h.Site.Routes() {
		method, path, _ := strings.Cut(rt.At, " ")
		if rt.PageOnly {
			continue
		}
		at := path
		if m := inBraces.FindStringIndex(at); m != nil {
			id := first(strings.TrimSuffix(at[:m[0]], "/"))
			if id == "" || method != "GET" {
				id = "06j10taa0183ztkfdbdc" // a record that is not there
			}
			at = inBraces.ReplaceAllString(at, id)
		}
		body := ""
		if method != "GET" {
			body = `{"nonsense": "is refused"}`
		}
		r, w := ask(method, "/api"+at, body)
		if w.Code >= 500 {
			t.Errorf("%s %s: %d %s", method, at, w.Code, w.Body)
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "application/") && !strings.Contains(w.Header().Get("Content-Type"), "json") {
			continue // a file
		}
		holds(r, w)
		tried++
	}
	if tried < 40 {
		t.Errorf("only %d operations were tried", tried)
	}
	// A report that is taken, and the same once more.
	department, place := first("/departments?kind=ward"), first("/places?kind=room")
	for range 2 {
		r, w := ask("POST", "/api/desk/report", `{"title":"灯不亮","trade":"electric","department":"`+department+`","place":"`+place+`","_key":"once"}`)
		holds(r, w)
		if w.Code != 200 {
			t.Errorf("report: %d %s", w.Code, w.Body)
		}
	}
}
