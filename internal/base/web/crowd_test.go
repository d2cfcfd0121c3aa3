package web_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/web"
)

// Strangers who ask without end are made to wait, each by their own address; what
// they say of themselves does not help, and who is signed in does not notice.
//
// Holds: v5.0.0-2.4.1 v5.0.0-15.2.2 v5.0.0-15.3.4 v5.0.0-4.1.3 AB-37 API4:2023
func TestStrangersAreSlowedDown(t *testing.T) {
	s, _ := one(t)
	s.By = db.Actor{}
	s.Paces.Knock, s.Paces.Stranger = web.Pace{Burst: 3, Every: time.Hour}, web.Pace{Burst: 5, Every: time.Hour}
	door := web.Behind([]netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")}, s)
	ask := func(method, remote, forwarded string) int {
		r := httptest.NewRequest(method, "/plain", nil)
		if method == "POST" {
			r = httptest.NewRequest(method, "/knock", strings.NewReader("name=x"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		r.RemoteAddr = remote + ":1"
		r.Header.Set("X-Forwarded-For", forwarded)
		w := httptest.NewRecorder()
		door.ServeHTTP(w, r)
		if w.Code == 429 && w.Header().Get("Retry-After") == "" {
			t.Error("nobody is told how long to wait")
		}
		return w.Code
	}
	for i := range 5 {
		if c := ask("POST", "203.0.113.9", fmt.Sprint("10.9.9.", i)); (c == 429) != (i >= 3) {
			t.Errorf("knock %d from one address: %d", i, c)
		}
		if c := ask("POST", "10.0.0.1", "198.51.100.7"); (c == 429) != (i >= 3) {
			t.Errorf("knock %d by way of our proxy: %d", i, c)
		}
	}
	if c := ask("POST", "10.0.0.1", "198.51.100.8"); c == 429 {
		t.Error("another visitor behind our proxy pays for the first")
	}
	for i := range 7 {
		if c := ask("GET", "203.0.113.10", fmt.Sprint("10.9.9.", i)); (c == 429) != (i >= 5) {
			t.Errorf("look %d: %d", i, c)
		}
	}
	r := httptest.NewRequest("GET", "/healthz", nil)
	r.RemoteAddr = "203.0.113.10:1"
	w := httptest.NewRecorder()
	if s.ServeHTTP(w, r); w.Code != 200 {
		t.Errorf("whether it lives: %d", w.Code)
	}
	s.By = dbtest.Person("keeper", "bell.see")
	if c := ask("GET", "203.0.113.10", ""); c != 200 {
		t.Errorf("somebody signed in from there: %d", c)
	}
}

// Whole lists are taken away only so often and so many at once, by one person and by
// all; each bears who took it.
//
// Holds: v5.0.0-2.4.1 v5.0.0-15.2.2 AB-35 PI-30 API4:2023
func TestExportsArePacedAndMarked(t *testing.T) {
	s, _ := one(t)
	s.Paces.Export = web.Pace{Burst: 3, Every: time.Hour}
	export := func() *httptest.ResponseRecorder { return send(s, "GET", "/bells?format=xlsx", "") }
	for i := range 5 {
		w := export()
		if (w.Code == 429) != (i >= 3) {
			t.Errorf("export %d: %d", i, w.Code)
		}
		if name := w.Header().Get("Content-Disposition"); w.Code == 200 && (!strings.Contains(name, "keeper") || !strings.Contains(name, w.Header().Get("X-Request-Id"))) {
			t.Errorf("it bears %s", name)
		}
	}
	if w := send(s, "GET", "/bells", ""); w.Code != 200 {
		t.Errorf("the page beside it: %d", w.Code)
	}
	s.By = dbtest.Person("another", "bell.see")
	if w := export(); w.Code != 200 {
		t.Errorf("another person: %d", w.Code)
	}
	s.Paces.Export, s.Paces.Exports = web.Pace{}, 1
	slow := &reader{ResponseRecorder: httptest.NewRecorder(), began: make(chan bool), go_: make(chan bool)}
	over := make(chan bool)
	go func() {
		s.ServeHTTP(slow, httptest.NewRequest("GET", "/bells?format=csv", nil))
		close(over)
	}()
	<-slow.began
	if w := export(); w.Code != 429 {
		t.Errorf("a second at once: %d", w.Code)
	}
	s.By = dbtest.Person("third", "bell.see")
	s.Paces.AllExports = 1
	if w := export(); w.Code != 429 {
		t.Errorf("one more than the house makes at once: %d", w.Code)
	}
	close(slow.go_)
	<-over
	if w := export(); w.Code != 200 {
		t.Errorf("afterwards: %d", w.Code)
	}
}

// reader takes the first bytes of an answer and then waits.
type reader struct {
	*httptest.ResponseRecorder
	began, go_ chan bool
	once       bool
}

func (r *reader) Write(b []byte) (int, error) {
	if !r.once {
		r.once = true
		close(r.began)
		<-r.go_
	}
	return r.ResponseRecorder.Write(b)
}

// What a door calls heavy one person does only so often.
//
// Holds: v5.0.0-15.2.2 AB-13 AB-35
func TestHeavyDoorsAreCounted(t *testing.T) {
	s, _ := one(t)
	s.Paces.Heavy = web.Pace{Burst: 2, Every: time.Hour}
	s.Room([]web.Route{{At: "POST /lift", Need: web.SignedIn, Heavy: true, Do: func(r *web.Req) error { return r.Give(1) }}})
	for i := range 4 {
		if w := send(s, "POST", "/lift", "a=1"); (w.Code == 429) != (i >= 2) {
			t.Errorf("%d: %d", i, w.Code)
		}
	}
	s.By = dbtest.Person("another")
	if w := send(s, "POST", "/lift", "a=1"); w.Code != 200 {
		t.Errorf("another person: %d", w.Code)
	}
}

// One person holds so many streams and no more; others do not notice.
//
// Holds: v5.0.0-15.2.2 AB-34
func TestOnePersonHoldsFewStreams(t *testing.T) {
	s, _ := one(t)
	s.Paces.Streams = 3
	srv := httptest.NewServer(s)
	defer srv.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	open := func() *http.Response {
		req, _ := http.NewRequestWithContext(ctx, "GET", srv.URL+"/live?topics=bell", nil)
		r, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Body.Close() })
		if r.StatusCode == 200 {
			bufio.NewScanner(r.Body).Scan()
		}
		return r
	}
	var first *http.Response
	for i := range 5 {
		r := open()
		if (r.StatusCode == 429) != (i >= 3) {
			t.Errorf("stream %d: %d", i, r.StatusCode)
		}
		if first == nil {
			first = r
		}
	}
	s.By = dbtest.Person("another")
	if r := open(); r.StatusCode != 200 {
		t.Errorf("another person's: %d", r.StatusCode)
	}
}

// A server that is given out has limits of time and size, and agrees with every
// proxy where a message ends.
//
// Holds: v5.0.0-4.2.1 v5.0.0-15.2.2 AB-34
func TestTheServerHasLimitsAndReadsMessagesStrictly(t *testing.T) {
	s, _ := one(t)
	server := s.Server("127.0.0.1:0")
	if server.ReadHeaderTimeout <= 0 || server.ReadHeaderTimeout > 30*time.Second || server.ReadTimeout <= 0 || server.WriteTimeout <= 0 || server.IdleTimeout <= 0 ||
		server.MaxHeaderBytes <= 0 || server.MaxHeaderBytes > 1<<20 {
		t.Errorf("%+v", server)
	}
	server.ReadHeaderTimeout = 200 * time.Millisecond
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(l)
	defer server.Close()
	say := func(text string) (answers string) {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(2 * time.Second))
		io.WriteString(c, text)
		b, _ := io.ReadAll(c) // until the server hangs up
		return string(b)
	}
	const host = "Host: h\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	for what, text := range map[string]string{
		"a header that never ends":    "GET /healthz HTTP/1.1\r\nHost: h\r\nX-Slow: ",
		"headers of a megabyte":       "GET /healthz HTTP/1.1\r\nHost: h\r\nX-Long: " + strings.Repeat("x", 1<<20) + "\r\n\r\n",
		"two lengths":                 "POST /knock HTTP/1.1\r\n" + host + "Content-Length: 6\r\nContent-Length: 7\r\n\r\nname=xx",
		"a length with a sign":        "POST /knock HTTP/1.1\r\n" + host + "Content-Length: +6\r\n\r\nname=x",
		"chunks, twice said":          "POST /knock HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"an unknown coding":           "POST /knock HTTP/1.1\r\n" + host + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		"a space before the colon":    "POST /knock HTTP/1.1\r\n" + host + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
		"a folded header":             "GET /healthz HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n",
		"two hosts":                   "GET /healthz HTTP/1.1\r\nHost: h\r\nHost: evil\r\n\r\n",
		"no host":                     "GET /healthz HTTP/1.1\r\n\r\n",
		"a chunk ended by bare LF":    "POST /knock HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n6\nname=x\n0\n\n",
		"a header name with a return": "GET /healthz HTTP/1.1\r\nHost: h\r\nX\rY: 1\r\n\r\n",
	} {
		if got := say(text); strings.Contains(got, "200 OK") || strings.Contains(got, "303") {
			t.Errorf("%s is answered: %.200q", what, got)
		}
	}
	// Both a length and chunks: the chunks count, and what follows is not a second message
	// that a proxy may have taken for a body.
	got := say("POST /knock HTTP/1.1\r\n" + host + "Content-Length: 41\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: smuggled\r\n\r\n")
	if strings.Contains(got, "200 OK") {
		t.Errorf("a message inside a message is answered: %.300q", got)
	}
}

func reading(s string) *bufio.Reader { return bufio.NewReader(strings.NewReader(s)) }
