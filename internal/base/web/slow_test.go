package web_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/sitetest"
	"houqin/internal/base/web"
)

// hurried serves a site whose server gives strangers little time.
func hurried(t *testing.T, s *sitetest.Site) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(s)
	server.Config.ReadTimeout, server.Config.WriteTimeout = time.Second, time.Second
	server.Start()
	t.Cleanup(server.Close)
	return server
}

// posted is a form with a file as a browser sends it.
func posted(t *testing.T, name string) (kind string, body []byte) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	if err := m.WriteField("name", name); err != nil {
		t.Fatal(err)
	}
	if err := m.WriteField("_key", "key of "+name); err != nil {
		t.Fatal(err)
	}
	f, err := m.CreateFormFile("photo", "bell.jpg")
	if err != nil {
		t.Fatal(err)
	}
	f.Write(bytes.Repeat([]byte("ding dong "), 1000))
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return m.FormDataContentType(), b.Bytes()
}

// dial begins a request and leaves its body to the caller.
func dial(t *testing.T, server *httptest.Server, path, kind string, size int) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: houqin\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n", path, kind, size)
	return conn.(*net.TCPConn)
}

func bellsNamed(t *testing.T, d *db.DB, name string) (n int) {
	t.Helper()
	if err := d.QueryRowContext(t.Context(), `SELECT count(*) FROM bell WHERE name = $1`, name).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestASlowConnectionIsWaitedFor(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.SQLite(t, migrations))
	server := hurried(t, site(t, d))
	kind, body := posted(t, "basement")
	conn := dial(t, server, "/bells", kind, len(body))
	for len(body) > 0 { // longer than a stranger has
		n := min(1000, len(body))
		if _, err := conn.Write(body[:n]); err != nil {
			t.Fatalf("cut off: %v", err)
		}
		body = body[n:]
		time.Sleep(150 * time.Millisecond)
	}
	answer, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 303") || bellsNamed(t, d, "basement") != 1 {
		t.Errorf("answered %.200q, %v", answer, err)
	}
}

func TestStrangersAreNotWaitedFor(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.SQLite(t, migrations))
	s := site(t, d)
	s.By = db.Actor{}
	kind, body := posted(t, "nobody")
	conn := dial(t, hurried(t, s), "/knock", kind, len(body))
	conn.Write(body[:100])
	if answer, err := io.ReadAll(conn); err == nil && strings.HasPrefix(string(answer), "HTTP/1.1 303") { // it ends by itself
		t.Errorf("answered %.200q", answer)
	}
}

// A connection that breaks in the middle of an upload leaves nothing behind, says so to
// whoever still hears it, and the same form sent again is carried out once.
func TestAnUploadThatBreaksOffLeavesNothing(t *testing.T) {
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		server := hurried(t, site(t, d))
		kind, body := posted(t, "halves")
		for _, part := range []int{1, 60, len(body) / 2, len(body) - 1} {
			conn := dial(t, server, "/bells", kind, len(body))
			conn.Write(body[:part])
			conn.CloseWrite()
			answer, err := io.ReadAll(conn)
			if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 422") || !strings.Contains(string(answer), "没有保存任何内容") {
				t.Errorf("after %d bytes answered %.300q, %v", part, answer, err)
			}
			dead := dial(t, server, "/bells", kind, len(body))
			dead.Write(body[:part])
			dead.SetLinger(0)
			dead.Close()
		}
		if n := bellsNamed(t, d, "halves"); n != 0 {
			t.Fatalf("%d of half an upload", n)
		}
		for range 2 { // whoever did not hear the answer sends it again
			r, err := stay().Post(server.URL+"/bells", kind, bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Body.Close()
			if r.StatusCode != http.StatusSeeOther {
				t.Errorf("sent whole: %d", r.StatusCode)
			}
		}
		if n := bellsNamed(t, d, "halves"); n != 1 {
			t.Errorf("%d times", n)
		}
	})
}

func stay() *http.Client {
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// Who hangs up before the answer may still read: they are not told that it is done.
func TestWhoHangsUpIsNotToldThatItIsDone(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.SQLite(t, migrations))
	s := site(t, d)
	server := hurried(t, s)
	entered := make(chan bool)
	s.Room([]web.Route{{At: "POST /slowly", Need: web.SignedIn, PageOnly: true, Do: func(r *web.Req) error {
		if _, err := r.Input(); err != nil {
			return err
		}
		close(entered)
		<-r.Context().Done()
		return r.Press(func(tx *db.Tx) (web.Done, error) {
			return web.Done{To: "/"}, tx.Trail(r.Context(), db.Event{Noun: "bell", Action: "slowly"})
		})
	}}})
	conn := dial(t, server, "/slowly", "application/x-www-form-urlencoded", 3)
	conn.Write([]byte("a=b"))
	<-entered
	conn.CloseWrite()
	if answer, _ := io.ReadAll(conn); strings.HasPrefix(string(answer), "HTTP/1.1 2") || strings.HasPrefix(string(answer), "HTTP/1.1 3") {
		t.Errorf("told %.60q", answer)
	}
}
