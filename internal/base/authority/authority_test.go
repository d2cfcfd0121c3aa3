package authority

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"houqin/internal/base/dbtest"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/base/words"
)

var start = time.Date(2027, 3, 4, 12, 0, 0, 0, time.UTC)

func open(t *testing.T, dir string, now time.Time, names ...string) *Authority {
	t.Helper()
	a, err := Open(dir, names, func() time.Time { return now }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// check is what a phone does that was given the root.
func check(a *Authority, root []byte, now time.Time, name string) error {
	c, err := a.Certificate(nil)
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	r, err := x509.ParseCertificate(root)
	if err != nil {
		return err
	}
	pool.AddCert(r)
	leaf, err := x509.ParseCertificate(c.Certificate[0])
	if err != nil {
		return err
	}
	_, err = leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: bracketed(name), CurrentTime: now})
	return err
}

// Holds: v5.0.0-12.3.4 v5.0.0-11.6.1 C7
func TestAPhoneWithTheRootTrustsTheHost(t *testing.T) {
	names := []string{"houqin.hospital.lan", "192.168.1.10", "fd00::10"}
	a := open(t, t.TempDir(), start, names...)
	for _, n := range names {
		if err := check(a, a.Root(), start, n); err != nil {
			t.Errorf("%s: %v", n, err)
		}
	}
	if err := check(a, a.Root(), start, "other.lan"); err == nil {
		t.Error("another host passes")
	}
	c, _ := a.Certificate(nil)
	if life := c.Leaf.NotAfter.Sub(c.Leaf.NotBefore); life > 398*24*time.Hour {
		t.Errorf("browsers refuse a life of %v", life)
	}
}

// forge lets the root's own key vouch for whatever it is asked to.
func forge(t *testing.T, a *Authority, name string) error {
	t.Helper()
	evil := &Authority{dir: t.TempDir(), names: []string{name}, now: a.now, log: a.log, root: a.root, rootKey: a.rootKey}
	return check(evil, a.Root(), start, name)
}

// Holds: v5.0.0-12.3.4
func TestTheRootVouchesForNothingElse(t *testing.T) {
	named, numbered := open(t, t.TempDir(), start, "houqin.lan"), open(t, t.TempDir(), start, "192.168.1.10")
	for _, name := range []string{"bank.example", "nothouqin.lan", "lan", "192.168.1.11", "8.8.8.8", "2001:db8::1"} {
		if err := forge(t, named, name); err == nil {
			t.Errorf("a root for a name vouches for %s", name)
		}
		if err := forge(t, numbered, name); err == nil {
			t.Errorf("a root for an address vouches for %s", name)
		}
	}
	for _, a := range []*Authority{named, numbered} {
		if !a.root.PermittedDNSDomainsCritical {
			t.Error("a phone may overlook the limits")
		}
	}
}

func TestItLastsOverRestartsAndRenews(t *testing.T) {
	dir := t.TempDir()
	first := open(t, dir, start, "houqin.lan")
	serial := func(a *Authority) string {
		c, err := a.Certificate(nil)
		if err != nil {
			t.Fatal(err)
		}
		return c.Leaf.SerialNumber.String()
	}
	again := open(t, dir, start.AddDate(0, 6, 0), "houqin.lan")
	if again.Fingerprint() != first.Fingerprint() || serial(again) != serial(first) {
		t.Error("a restart made new certificates")
	}
	now := start.AddDate(0, 6, 0)
	again.now = func() time.Time { return now }
	for range 20 { // half years
		if err := check(again, first.Root(), now, "houqin.lan"); now.Before(again.Ends()) && err != nil {
			t.Errorf("on %s: %v", now.Format(time.DateOnly), err)
		}
		c, _ := again.Certificate(nil)
		if left := c.Leaf.NotAfter.Sub(now); left < 55*24*time.Hour && c.Leaf.NotAfter.Before(again.Ends()) {
			t.Errorf("on %s it ends in %v", now.Format(time.DateOnly), left)
		}
		now = now.AddDate(0, 6, 0)
	}
	if _, err := Open(dir, []string{"houqin.lan"}, func() time.Time { return start.AddDate(10, 1, 0) }, nil); err == nil || !strings.Contains(err.Error(), "ended") {
		t.Errorf("an ended root: %v", err)
	}
}

func TestNamesAreAddedOnlyOnPurpose(t *testing.T) {
	dir := t.TempDir()
	was := open(t, dir, start, "houqin.lan")
	if _, err := Open(dir, []string{"houqin.lan", "10.0.0.9"}, time.Now, nil); err == nil || !strings.Contains(err.Error(), "10.0.0.9") {
		t.Errorf("got %v", err)
	}
	below := open(t, dir, start, "houqin.lan", "www.houqin.lan") // below a permitted name is permitted
	if below.Fingerprint() != was.Fingerprint() {
		t.Error("another root")
	}
	if err := check(below, was.Root(), start, "www.houqin.lan"); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", "a b", "*.lan", "http://x", "x:1", "-x"} {
		if _, err := Open(t.TempDir(), []string{bad}, time.Now, nil); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// Holds: v5.0.0-13.3.2
func TestKeysAreTheOwnersOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "authority")
	open(t, dir, start, "houqin.lan")
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Fatalf("%v %v", entries, err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", e.Name(), info.Mode(), err)
		}
	}
	if err := os.Chmod(filepath.Join(dir, "root.pem"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, []string{"houqin.lan"}, time.Now, nil); err == nil || !strings.Contains(err.Error(), "0600") {
		t.Errorf("an open root: %v", err)
	}
}

func TestTwoCopiesFoundOneAuthority(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	var prints sync.Map
	for range 8 {
		wg.Go(func() {
			a, err := Open(dir, []string{"houqin.lan"}, func() time.Time { return start }, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Error(err)
				return
			}
			prints.Store(a.Fingerprint(), true)
		})
	}
	wg.Wait()
	n := 0
	prints.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("%d roots", n)
	}
}

// Holds: v5.0.0-12.1.1 DB3-8.1.4.1-c
func TestABrowserShakesHandsInNewWaysOnly(t *testing.T) {
	a, err := Open(t.TempDir(), []string{"127.0.0.1"}, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	socket, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{GetCertificate: a.Certificate, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)}
	defer s.Close()
	go s.Serve(socket)
	roots := x509.NewCertPool()
	root, err := x509.ParseCertificate(a.Root())
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(root)
	for version, want := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		c, err := tls.Dial("tcp", socket.Addr().String(), &tls.Config{RootCAs: roots, MinVersion: version, MaxVersion: version})
		if (err == nil) != want {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
		if err == nil {
			c.Close()
		}
	}
}

func TestThePagePutsTheRootOnAPhone(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.SQLite(t, nil))
	book := &words.Book{}
	if err := errors.Join(book.Add(web.WordFiles), book.Add(ui.WordFiles), book.Add(Words)); err != nil {
		t.Fatal(err)
	}
	a := open(t, t.TempDir(), start, "houqin.lan")
	s := web.New(d, book, slog.New(slog.DiscardHandler))
	s.Who = func(*http.Request) (web.Visitor, error) { return web.Visitor{}, nil }
	s.Room(a.Routes("http://houqin.lan/trust"))
	get := func(path, lang string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Accept-Language", lang)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	for lang, says := range map[string][]string{
		"zh": {"信任后勤系统", "苹果手机", "鸿蒙", "Windows", "第 1 步", "第 2 步"},
		"en": {"Let this device trust", "iPhone", "HarmonyOS", "Windows", "Step 1", "Step 2"},
	} {
		w := get("/trust", lang)
		page := w.Body.String()
		for _, s := range append(says, a.Fingerprint(), "http://houqin.lan/trust", "/trust/root.crt", "<svg") {
			if w.Code != 200 || !strings.Contains(page, s) {
				t.Errorf("%s, %d: missing %q", lang, w.Code, s)
			}
		}
		if strings.Contains(page, "«") {
			t.Errorf("%s: a word is missing: %s", lang, page[strings.Index(page, "«"):][:60])
		}
	}
	w := get("/trust/root.crt", "zh")
	if c, err := x509.ParseCertificate(w.Body.Bytes()); err != nil || !c.Equal(a.root) || w.Header().Get("Content-Type") != "application/x-x509-ca-cert" {
		t.Errorf("%v %v", err, w.Header())
	}
}
