package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/smtp"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"houqin/internal/base/authority"
)

// paper is a log that is read while it is written.
type paper struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (p *paper) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.Write(b)
}

func (p *paper) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.String()
}

// served is a hospital that is being served.
type served struct {
	address string
	log     *paper
	stop    func() error // tells it to stop and waits
	begin   func()       // tells it to stop
}

var addressIn = regexp.MustCompile(`msg=serving address=(\S+)`)

func serve(t *testing.T, change func(*serveCmd)) *served {
	t.Helper()
	c := &serveCmd{}
	c.Data, c.Addr, c.MetricsAddr, c.Log, c.LogLevel = t.TempDir(), "127.0.0.1:0", "none", "text", "info"
	change(c)
	ctx, cancel := context.WithCancel(context.Background())
	s := &served{log: &paper{}, begin: cancel}
	ended := make(chan error, 1)
	go func() { ended <- c.serve(ctx, &desk{out: io.Discard, complaints: s.log}) }()
	s.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() { s.stop() })
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if m := addressIn.FindStringSubmatch(s.log.String()); m != nil {
			s.address = m[1]
			return s
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("it did not start: %v\n%s", err, s.log)
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("it did not start\n%s", s.log)
		}
	}
}

// free is an address nobody listens at.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func get(t *testing.T, client *http.Client, url string) (int, http.Header, string) {
	t.Helper()
	r, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, r.Header, string(b)
}

func stay() *http.Client {
	return &http.Client{Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func TestStoppingLetsRequestsInFlightFinish(t *testing.T) {
	s := serve(t, func(c *serveCmd) { c.Drain = time.Second })
	for _, path := range []string{"/healthz", "/readyz"} {
		if code, _, _ := get(t, stay(), s.address+path); code != 200 {
			t.Errorf("%s: %d", path, code)
		}
	}
	// Somebody is in the middle of sending a form.
	body, send := io.Pipe()
	answer := make(chan string, 1)
	began := make(chan bool)
	go func() {
		r, err := http.NewRequest("POST", s.address+"/look", body)
		if err != nil {
			t.Error(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.ContentLength = int64(len("theme=dark"))
		close(began)
		res, err := stay().Do(r)
		if err != nil {
			answer <- err.Error()
			return
		}
		res.Body.Close()
		answer <- fmt.Sprint(res.StatusCode, " ", res.Header.Get("Set-Cookie"))
	}()
	<-began
	if _, err := io.WriteString(send, "theme"); err != nil {
		t.Fatal(err)
	}
	s.begin()
	unready := false
	for range 100 {
		if code, _, _ := get(t, stay(), s.address+"/readyz"); code == 503 {
			unready = true
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if !unready {
		t.Error("it stayed ready until its doors closed")
	}
	for {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.address, "http://"))
		if err != nil {
			break // nobody new is let in
		}
		conn.Close()
		time.Sleep(10 * time.Millisecond)
	}
	io.WriteString(send, "=dark")
	send.Close()
	if a := <-answer; !strings.HasPrefix(a, "303 ") || !strings.Contains(a, "theme=dark") {
		t.Errorf("the request in flight was answered %q", a)
	}
	if err := s.stop(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(s.log.String(), "msg=stopped") {
		t.Error(s.log)
	}
}

// Holds: C7 v5.0.0-4.1.2
func TestTheProgramsOwnAuthorityOpensHTTPS(t *testing.T) {
	clear := free(t)
	s := serve(t, func(c *serveCmd) { c.Authority, c.HTTPAddr = []string{"127.0.0.1", "houqin.lan"}, clear })
	if !strings.HasPrefix(s.address, "https://") {
		t.Fatal(s.address)
	}
	if _, err := stay().Get(s.address + "/healthz"); err == nil {
		t.Error("trusted by somebody who was not given the root")
	}
	code, _, page := get(t, stay(), "http://"+clear+"/trust")
	if code != 200 || !strings.Contains(page, "http://"+clear+"/trust") {
		t.Errorf("the page in clear: %d", code)
	}
	_, _, root := get(t, stay(), "http://"+clear+"/trust/root.crt")
	c, err := x509.ParseCertificate([]byte(root))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(c)
	phone := stay()
	phone.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}
	code, h, _ := get(t, phone, s.address+"/sign-in")
	if code != 200 || h.Get("Strict-Transport-Security") == "" {
		t.Errorf("sign-in: %d %v", code, h)
	}
	if code, h, _ := get(t, stay(), "http://"+clear+"/sign-in?back=/desk"); code != 308 || !strings.HasPrefix(h.Get("Location"), "https://127.0.0.1") || !strings.HasSuffix(h.Get("Location"), "/sign-in?back=/desk") {
		t.Errorf("a page in clear: %d %v", code, h)
	}
	if code, _, _ := get(t, stay(), "http://"+clear+"/api/desk/jobs"); code != 403 {
		t.Errorf("a program in clear: %d", code)
	}
	if r, err := stay().Post("http://"+clear+"/sign-in", "application/x-www-form-urlencoded", strings.NewReader("login=a")); err != nil || r.StatusCode != 403 {
		t.Errorf("a form in clear: %v %v", r, err)
	}
}

// A system that can covers its letters of alarms under the site's own certificate.
//
// Holds: v5.0.0-12.3.1
func TestLettersOfAlarmsMayComeCovered(t *testing.T) {
	box := free(t)
	s := serve(t, func(c *serveCmd) { c.Authority, c.AlarmMail = []string{"127.0.0.1"}, box })
	_, _, root := get(t, &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}, s.address+"/trust/root.crt")
	pool := x509.NewCertPool()
	cert, err := x509.ParseCertificate([]byte(root))
	if err != nil {
		t.Fatal(err)
	}
	pool.AddCert(cert)
	c, err := smtp.Dial(box)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.StartTLS(&tls.Config{RootCAs: pool, ServerName: "127.0.0.1"}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.Mail("plc@boiler"), c.Rcpt("houqin_alarm_x@houqin")); err == nil || !strings.Contains(err.Error(), "550") {
		t.Errorf("nobody's key: %v", err)
	}
}

// Holds: v5.0.0-13.4.5 DB3-8.1.4.4-b DB3-8.1.5.4-c
func TestPrometheusIsAnsweredBesideTheSite(t *testing.T) {
	metrics := free(t)
	s := serve(t, func(c *serveCmd) { c.MetricsAddr = metrics })
	get(t, stay(), s.address+"/healthz")
	if code, _, page := get(t, stay(), "http://"+metrics+"/metrics"); code != 200 || !strings.Contains(page, `route="GET /healthz"`) {
		t.Errorf("%d %s", code, page)
	}
	if code, _, _ := get(t, stay(), s.address+"/metrics"); code != 404 {
		t.Errorf("on the site itself: %d", code)
	}
}

// Holds: v5.0.0-12.2.1 DB3-8.1.4.1-c C7
func TestPasswordsDoNotCrossTheNetworkInClear(t *testing.T) {
	c := &serveCmd{}
	c.Data, c.Addr, c.Log, c.LogLevel = t.TempDir(), "0.0.0.0:0", "text", "info"
	if err := c.serve(t.Context(), &desk{complaints: io.Discard}); err == nil || !strings.Contains(err.Error(), "in clear") {
		t.Errorf("got %v", err)
	}
	if entries, _ := os.ReadDir(c.Data); len(entries) > 0 {
		t.Error("something was made all the same")
	}
	// Behind a proxy, only the proxy and this machine may.
	s := serve(t, func(c *serveCmd) {
		c.Addr, c.Proxies, c.Address = "0.0.0.0:0", []string{"192.0.2.1"}, "https://houqin.example"
	})
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(s.address, "http://"))
	if code, h, _ := get(t, stay(), "http://127.0.0.1:"+port+"/sign-in"); code != 200 || h.Get("Strict-Transport-Security") == "" {
		t.Errorf("from here: %d", code)
	}
	if other := ownAddress(); other != "" {
		if code, _, _ := get(t, stay(), "http://"+net.JoinHostPort(other, port)+"/sign-in"); code != 403 {
			t.Errorf("from elsewhere: %d", code)
		}
	}
}

// An address that somebody else listens at is said so, and not answered with a crash.
func TestAnAddressThatIsTakenIsSaid(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	c := &serveCmd{}
	c.Data, c.Addr, c.MetricsAddr, c.Log, c.LogLevel = t.TempDir(), taken.Addr().String(), "none", "text", "info"
	if err := c.serve(t.Context(), &desk{out: io.Discard, complaints: io.Discard}); err == nil || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("got %v", err)
	}
}

// ownAddress is an address of this machine that is not its loopback, if it has one.
func ownAddress() string {
	addresses, _ := net.InterfaceAddrs()
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() && n.IP.To4() != nil {
			return n.IP.String()
		}
	}
	return ""
}

func TestASecondProgramDoesNotRestoreUnderTheFirst(t *testing.T) {
	var data string
	s := serve(t, func(c *serveCmd) { data = c.Data })
	box := filepath.Join(t.TempDir(), "b")
	if code, _, complaints := houqin(t, nil, "backup", box, "--data", data); code != 0 {
		t.Fatalf("a backup while it serves: %s", complaints)
	}
	if code, _, complaints := houqin(t, nil, "restore", box, "--data", data, "--replace"); code != 1 || !strings.Contains(complaints, "in use") {
		t.Errorf("%d %s", code, complaints)
	}
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if code, out, complaints := houqin(t, nil, "restore", box, "--data", data, "--replace"); code != 0 {
		t.Errorf("%d %s%s", code, out, complaints)
	}
}

func TestANewCertificateIsTakenFromItsFile(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "site.crt"), filepath.Join(dir, "site.key")
	place := func(name string) {
		t.Helper()
		made := filepath.Join(dir, name)
		if _, err := authority.Open(made, []string{name}, time.Now, slog.New(slog.DiscardHandler)); err != nil {
			t.Fatal(err)
		}
		both, err := os.ReadFile(filepath.Join(made, "host.pem"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{cert, key} {
			if err := os.WriteFile(path, both, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	place("one.lan")
	log := &paper{}
	c, err := newCertificates(cert, key, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	shows := func() string {
		c.mu.Lock()
		c.looked = time.Time{} // as if the last look were long ago
		c.mu.Unlock()
		got, err := c.get(nil)
		if err != nil {
			t.Fatal(err)
		}
		return got.Leaf.DNSNames[0]
	}
	if n := shows(); n != "one.lan" {
		t.Error(n)
	}
	if err := os.WriteFile(cert, []byte("half a certif"), 0o600); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(time.Minute)
	if err := os.Chtimes(cert, later, later); err != nil {
		t.Fatal(err)
	}
	if n := shows(); n != "one.lan" || !strings.Contains(log.String(), "cannot be used") {
		t.Errorf("%s\n%s", n, log)
	}
	place("two.lan")
	later = later.Add(time.Minute)
	if err := os.Chtimes(cert, later, later); err != nil {
		t.Fatal(err)
	}
	if n := shows(); n != "two.lan" {
		t.Errorf("%s\n%s", n, log)
	}
	if _, err := newCertificates(cert, filepath.Join(dir, "missing"), slog.Default()); err == nil {
		t.Error("started without a key")
	}
}

// Holds: DB3-8.1.4.9-b
func TestTheContinuousCopyIsRestored(t *testing.T) {
	to := filepath.Join(t.TempDir(), "copy")
	var data string
	s := serve(t, func(c *serveCmd) { data, c.CopyTo = c.Data, to })
	if code, _, complaints := houqin(t, nil, "user", "add", "1001", "王建国", "--data", data); code != 0 {
		t.Fatal(complaints)
	}
	if err := os.MkdirAll(filepath.Join(data, "files", "ab"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "files", "ab", "cd"), []byte("a photo"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	there := filepath.Join(t.TempDir(), "there")
	if code, out, complaints := houqin(t, nil, "restore", "--from-copy", to, "--data", there); code != 0 || !strings.Contains(out, "books agree") {
		t.Fatalf("%d %s%s", code, out, complaints)
	}
	if code, out, complaints := houqin(t, nil, "user", "token", "1001", "--name", "x", "--data", there); code != 0 {
		t.Errorf("%d %s%s", code, out, complaints)
	}
	if b, err := os.ReadFile(filepath.Join(there, "files", "ab", "cd")); string(b) != "a photo" {
		t.Errorf("%q %v", b, err)
	}
	left, err := filepath.Glob(filepath.Join(there, ".fetching-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	for _, args := range [][]string{{"restore"}, {"restore", "x", "--from-copy", to}, {"restore", "--from-copy", t.TempDir(), "--data", t.TempDir()}} {
		if code, _, _ := houqin(t, nil, args...); code == 0 {
			t.Errorf("%v was taken", args)
		}
	}
}
