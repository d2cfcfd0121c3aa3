package web_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// What the standard library does by itself, and this house does not rely on. When one
// of these changes, the guard beside it can be looked at again.
//
// Holds: v5.0.0-1.5.3 v5.0.0-15.3.7 v5.0.0-13.4.4
func TestWhatTheLibraryLetsThroughByItself(t *testing.T) {
	t.Run("JSON takes names twice and in any case", func(t *testing.T) { // form.Read
		var v struct{ Amount int }
		d := json.NewDecoder(strings.NewReader(`{"amount":5,"AMOUNT":900,"amount":7} {"more":1}`))
		d.DisallowUnknownFields()
		if err := d.Decode(&v); err != nil || v.Amount != 7 || !d.More() {
			t.Errorf("%+v %v", v, err)
		}
	})
	t.Run("a pattern without a method answers every verb", func(t *testing.T) { // Site.Room, around
		mux := http.NewServeMux()
		mux.HandleFunc("/any", func(http.ResponseWriter, *http.Request) {})
		mux.HandleFunc("GET /get", func(http.ResponseWriter, *http.Request) {})
		for at, want := range map[[2]string]int{{"TRACE", "/any"}: 200, {"INVENTED", "/any"}: 200, {"HEAD", "/get"}: 200, {"POST", "/get"}: 405} {
			w := httptest.NewRecorder()
			if mux.ServeHTTP(w, httptest.NewRequest(at[0], at[1], nil)); w.Code != want {
				t.Errorf("%v: %d", at, w.Code)
			}
		}
	})
	t.Run("a post that says nothing of where it comes from passes", func(t *testing.T) { // unproven
		c := http.NewCrossOriginProtection()
		for header, passes := range map[[2]string]bool{{}: true, {"Origin", "null"}: false, {"Origin", "http://example.com"}: true, {"Origin", "https://example.com"}: true,
			{"Origin", "https://sibling.example.com"}: false, {"Sec-Fetch-Site", "same-site"}: false, {"Sec-Fetch-Site", "none"}: true} {
			r := httptest.NewRequest("POST", "https://example.com/", nil)
			if header[0] != "" {
				r.Header.Set(header[0], header[1])
			}
			if err := c.Check(r); (err == nil) != passes {
				t.Errorf("%v: %v", header, err)
			}
		}
	})
	t.Run("a form's values are the body's, then the address's", func(t *testing.T) { // form.Read takes PostForm
		r := httptest.NewRequest("POST", "/?id=1", strings.NewReader("id=2"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if err := r.ParseForm(); err != nil || strings.Join(r.Form["id"], " ") != "2 1" || strings.Join(r.PostForm["id"], " ") != "2" {
			t.Errorf("%v %v %v", r.Form, r.PostForm, err)
		}
	})
	t.Run("a server has no limits of time", func(t *testing.T) { // Site.Server
		var s http.Server
		if s.ReadTimeout != 0 || s.ReadHeaderTimeout != 0 || s.WriteTimeout != 0 || s.IdleTimeout != 0 {
			t.Errorf("%+v", &s)
		}
	})
	t.Run("an archive opens names that climb", func(t *testing.T) { // sheet and files name what they open; backup.safe
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		z.Create("../../x")
		z.Close()
		r, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
		if r == nil || len(r.File) != 1 || r.File[0].Name != "../../x" {
			t.Errorf("%v", err)
		}
	})
	t.Run("no host is no proof of an address of ours", func(t *testing.T) { // Inside
		for _, a := range []string{`/\evil`, "https:evil"} {
			if u, err := url.Parse(a); err != nil || u.Host != "" {
				t.Errorf("%q: %v %v", a, u, err)
			}
		}
	})
	t.Run("both a length and chunks are taken", func(t *testing.T) { // around hangs up after chunks
		r, err := http.ReadRequest(reading("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
		if err != nil || len(r.TransferEncoding) != 1 || r.Header.Get("Content-Length") != "" {
			t.Errorf("%v", err)
		}
	})
}
