package web

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

var ourProxies = []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00::7/128")}

// Holds: v5.0.0-4.1.3 v5.0.0-15.3.4 AB-37
func TestOnlyOurProxiesAreBelievedWhoComes(t *testing.T) {
	for _, c := range []struct {
		remote, want string
		forwarded    []string
	}{
		{"203.0.113.9:1", "203.0.113.9:1", []string{"1.2.3.4"}},
		{"10.1.0.5:1", "1.2.3.4:0", []string{"1.2.3.4"}},
		{"10.1.0.5:1", "1.2.3.4:0", []string{"6.6.6.6, 1.2.3.4"}},
		{"10.1.0.5:1", "1.2.3.4:0", []string{"6.6.6.6", "1.2.3.4, 10.1.0.6"}},
		{"10.1.0.5:1", "10.1.0.6:0", []string{"10.1.0.6"}},
		{"10.1.0.5:1", "10.1.0.5:1", nil},
		{"10.1.0.5:1", "10.1.0.5:1", []string{"1.2.3.4, not an address"}},
		{"10.1.0.5:1", "10.1.0.5:1", []string{"1.2.3.4\r\nlevel=ERROR"}},
		{"[fd00::7]:1", "[2001:db8::1]:0", []string{"2001:db8::1"}},
		{"[::ffff:10.1.0.5]:1", "1.2.3.4:0", []string{"::ffff:1.2.3.4"}},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		for _, f := range c.forwarded {
			r.Header.Add("X-Forwarded-For", f)
		}
		r.Header.Set("X-Forwarded-Host", "evil.example")
		Behind(ourProxies, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if r.RemoteAddr != c.want {
				t.Errorf("from %s by way of %q: %s, want %s", c.remote, c.forwarded, r.RemoteAddr, c.want)
			}
			if r.Header.Get("X-Forwarded-Host") != "" {
				t.Error("a forwarded host was passed on")
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
	}
}

// Holds: v5.0.0-12.2.1 DB3-8.1.4.1-c C7
func TestNobodySpeaksInClearFromElsewhere(t *testing.T) {
	for _, c := range []struct {
		remote, path string
		tls          bool
		want         int
	}{
		{"203.0.113.9:1", "/sign-in", false, 403},
		{"203.0.113.9:1", "/sign-in", true, 200},
		{"203.0.113.9:1", "/healthz", false, 200},
		{"10.1.0.5:1", "/sign-in", false, 200},
		{"127.0.0.1:1", "/sign-in", false, 200},
		{"[::1]:1", "/sign-in", false, 200},
	} {
		r := httptest.NewRequest("GET", c.path, nil)
		if r.RemoteAddr = c.remote; c.tls {
			r.TLS = &tls.ConnectionState{}
		}
		w := httptest.NewRecorder()
		OnlyFrom(ourProxies, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%+v: %d", c, w.Code)
		}
	}
}
