package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/id"
	"houqin/internal/base/period"
	"houqin/internal/base/words"
)

// Req is one request being answered.
type Req struct {
	*http.Request
	W       http.ResponseWriter
	Site    *Site
	Route   *Route
	By      db.Actor
	Visitor Visitor
	Number  string       // of the request, as in the log
	W2      *words.Words // the reader's language

	api    bool
	status int
	wrote  bool
	asked  *asked
	in     *form.Input
	but    string
	told   map[string]bool // records whose names this page tells, each as its picker and id
}

func (r *Req) words(v Visitor) {
	lang := v.Lang
	if lang == "" {
		lang = "zh"
		if c, err := r.Cookie("lang"); err == nil {
			lang = c.Value
		} else if a := r.Header.Get("Accept-Language"); a != "" && !strings.Contains(a, "zh") && strings.Contains(a, "en") {
			lang = "en"
		}
	}
	r.W2 = r.Site.Words.In(lang)
}

// T is a word in the reader's language.
func (r *Req) T(key string, args ...any) string { return r.W2.T(key, args...) }

// When tells a moment as short as it can be seen from now.
func (r *Req) When(at period.Instant) string { return r.W2.Instant(at, r.Site.DB.Now()) }

// JSON says whether a program asks.
func (r *Req) JSON() bool {
	return r.api || strings.HasPrefix(r.Header.Get("Accept"), "application/json")
}

// Read is the database to read from.
func (r *Req) Read() db.Reader { return r.Site.DB }

// Do runs f as one unit of work for this person.
func (r *Req) Do(f func(*db.Tx) error) error { return r.Site.DB.Do(r.Context(), r.By, f) }

// Way is the address of a page without parts that vary, when this person may open it,
// else "": nobody is led where they are refused.
func (r *Req) Way(to string) string {
	path, _, _ := strings.Cut(to, "?")
	for _, rt := range r.Site.routes {
		if rt.At == "GET "+path && rt.Need != Anyone && rt.Need != SignedIn && !r.By.May(rt.Need) {
			return ""
		}
	}
	return to
}

// Input reads the posted form or JSON, once.
func (r *Req) Input() (*form.Input, error) {
	if r.in != nil {
		return r.in, nil
	}
	r.patient()
	in, err := form.Read(r.Request)
	if err != nil {
		return nil, err
	}
	// A form says whose it is when a page may be older than the session it is sent in.
	if who := in.Value("_who"); who != "" && who != r.By.ID {
		return nil, fault.New(fault.SignIn, "base.another_person")
	}
	in.Zone = r.Site.DB.Zone
	in.Refs = r.refs()
	r.in = in
	return in, nil
}

// Version is the version of the record that the person saw when they sent this
// form, 0 when it was not said.
// If-Match says better what they saw: what their own act before this one made of the
// record, or * when they have decided that it does not matter.
func (r *Req) Version() int64 {
	if m := r.Header.Get("If-Match"); m != "" {
		n, _ := strconv.ParseInt(strings.Trim(m, `"`), 10, 64)
		return n
	}
	if r.in == nil {
		return 0
	}
	n, _ := strconv.ParseInt(r.in.Value("_version"), 10, 64)
	return n
}

// NewKey is an idempotency key for a form about to be drawn.
func (r *Req) NewKey() string { return id.Secret() }

// cookie sets a cookie that scripts cannot read and other sites cannot send or set.
func (r *Req) cookie(name, value string, seconds int) {
	if r.Site.Secure {
		name = prefix + name
	}
	http.SetCookie(r.W, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: seconds, HttpOnly: true,
		Secure: r.Site.Secure, SameSite: http.SameSiteLaxMode})
}

// SetCookie is for those who keep sessions.
func (r *Req) SetCookie(name, value string, seconds int) { r.cookie(name, value, seconds) }

func escape(s string) string { return url.QueryEscape(s) }

// Origin is this site's address as the visitor reached it, or as configured, for
// codes on walls and links in messages.
func (r *Req) Origin() string {
	if r.Site.Address != "" {
		return r.Site.Address
	}
	if r.TLS != nil || r.Site.Secure { // only where nothing is configured: on this machine, and in a demo
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
