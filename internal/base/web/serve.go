package web

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/id"
	"houqin/internal/base/ui"
)

const (
	bodyMost  = 1 << 20
	filesMost = 20 << 20
)

// serve answers one request at one door.
func (s *Site) serve(rt Route, w http.ResponseWriter, hr *http.Request) {
	began := time.Now()
	req := &Req{Request: hr, W: w, Site: s, Route: &rt, Number: id.Secret()[:12], status: http.StatusOK}
	req.api = strings.HasPrefix(hr.URL.Path, "/api/")
	w.Header().Set("X-Request-Id", req.Number)
	limit := rt.Limit
	if limit == 0 {
		if limit = bodyMost; strings.HasPrefix(hr.Header.Get("Content-Type"), "multipart/") {
			limit = filesMost
		}
	}
	hr.Body = http.MaxBytesReader(w, hr.Body, limit)
	req.words(Visitor{})
	if rt.At != "GET /live" { // a live stream lasts; exports are bounded by the server's own limit
		ctx, cancel := context.WithTimeout(hr.Context(), 10*time.Minute)
		defer cancel()
		req.Request = hr.WithContext(ctx)
	}
	err := s.answer(rt, req)
	if err != nil {
		req.fail(err)
	}
	if refused := err; s.Notice != nil && req.status != 499 {
		if refused == nil && req.asked != nil { // the page was drawn again, with what is wrong beside its fields
			refused = req.asked.err
		}
		if refused != nil {
			s.Notice(req, refused)
		}
	}
	if rt.At != "GET /live" {
		s.metrics.note(rt.At, req.status, time.Since(began))
	}
	level := slog.LevelDebug
	if req.status >= 500 {
		level = slog.LevelError
	} else if hr.Method != http.MethodGet {
		level = slog.LevelInfo
	}
	if !s.Log.Enabled(hr.Context(), level) {
		return
	}
	attrs := []any{"request", req.Number, "method", hr.Method, "path", hr.URL.Path, "status", req.status, "took", time.Since(began).Round(time.Microsecond), "person", req.By.ID, "room", room(rt.At)}
	if err != nil {
		attrs = append(attrs, "err", err.Error())
	}
	s.Log.Log(hr.Context(), level, "request", attrs...)
}

// room is the first word of a route's path.
func room(at string) string {
	_, path, _ := strings.Cut(at, " ")
	path, _, _ = strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return path
}

func (s *Site) answer(rt Route, req *Req) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if rt.At != "GET /healthz" {
		v, err := s.Who(req.Request)
		if err != nil && (rt.Need != Anyone || fault.KindOf(err) != fault.SignIn) {
			return err
		}
		v.Actor.Request = req.Number
		if v.Actor.Source == "" {
			v.Actor.Source = "web " + address(req.Request)
		}
		req.By, req.Visitor = v.Actor, v
		req.words(v)
	}
	// What was done on a phone is sent for the person who did it, and read for them.
	if who := req.Header.Get("Houqin-Person"); who != "" && who != req.By.ID {
		return fault.New(fault.SignIn, "base.another_person")
	}
	if err := req.paced(); err != nil {
		return err
	}
	switch {
	case rt.Need == Anyone:
	case req.By.ID == "":
		return fault.New(fault.SignIn, "base.sign_in")
	case rt.Need == SignedIn:
	case !req.By.May(rt.Need):
		return fault.New(fault.Forbidden, "base.need", rt.Need)
	}
	if rt.Sure && req.Visitor.Again {
		return req.prove()
	}
	return rt.Do(req)
}

// prove sends a person to the page that asks them again who they are, and from there
// back to where they were.
func (r *Req) prove() error {
	if r.JSON() || r.Site.Prove == "" {
		return fault.New(fault.Forbidden, "base.again")
	}
	back := r.URL.RequestURI()
	if r.Method != http.MethodGet {
		back = local(r.Referer(), r.Host)
	}
	return r.Go(r.Site.Prove + "?back=" + escape(back))
}

// From is where a request comes from, without the port: behind a proxy that is
// believed, what it says.
func From(r *http.Request) string { return address(r) }

// address is where a request comes from, without the port.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

var status = map[fault.Kind]int{fault.Invalid: 422, fault.NotFound: 404, fault.Forbidden: 403, fault.Conflict: 409,
	fault.TooLarge: 413, fault.TooMany: 429, fault.Unavailable: 503, fault.SignIn: 401, fault.Internal: 500}

// fail renders a failure once, as a page, a fragment or a JSON problem (RFC 9457).
func (r *Req) fail(err error) {
	if ctx := r.Request.Context(); ctx.Err() != nil {
		if errors.Is(err, context.Canceled) {
			r.status = 499 // the person went away; should they listen still, they are not told that it is done
			if !r.wrote {
				r.W.WriteHeader(r.status)
			}
			return
		}
		r.Request = r.Request.WithContext(context.WithoutCancel(ctx)) // the failure is still told
	}
	err = db.Explain(err)
	kind := fault.KindOf(err)
	if r.wrote {
		return // the answer had begun; the log has the error
	}
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		e = fault.New(fault.Internal, "base.internal")
	}
	if kind == fault.Unavailable || kind == fault.TooMany {
		r.W.Header().Set("Retry-After", "5")
	}
	r.status = status[kind]
	if r.JSON() {
		r.problem(e)
		return
	}
	if kind == fault.SignIn {
		r.toSignIn()
		return
	}
	f := ui.Failure{Status: r.status, Title: r.T(fmt.Sprintf("base.status.%d", r.status)), Text: r.say(e), Request: r.Number,
		Actions: []ui.Action{{Label: r.T("base.home"), Href: "/"}}}
	if who := r.whomToAsk(e); len(who) > 0 {
		f.Text += r.T("base.need.ask", r.W2.List(who))
	}
	for _, l := range r.cited(e) {
		f.Actions = append(f.Actions, ui.Action{Label: l.Label, Href: l.Href})
	}
	if err := r.Show(ui.Page{Title: f.Title, Failed: true, Narrow: true, Body: ui.ErrorPage(r.W2, f)}, nil); err != nil {
		r.Site.Log.Error("drawing the error page", "err", err, "request", r.Number)
	}
}

// whomToAsk are the roles that hold the permission somebody lacks.
func (r *Req) whomToAsk(e *fault.Error) []string {
	if e.Key != "base.need" || len(e.Args) == 0 || r.Site.Holders == nil || r.By.ID == "" {
		return nil
	}
	need, _ := e.Args[0].(string)
	who, err := r.Site.Holders(r.Context(), r.Read(), need, r.W2.Lang)
	if err != nil {
		r.Site.Log.Warn("who holds a permission", "err", err, "request", r.Number)
	}
	return who
}

// toSignIn sends a person to the door and remembers where they were going. What
// they had typed stays in the browser and is there again afterwards.
func (r *Req) toSignIn() {
	back := r.URL.RequestURI()
	if r.Method != http.MethodGet {
		back = local(r.Referer(), r.Host)
	}
	to := "/sign-in?back=" + escape(back)
	if r.Method != http.MethodGet {
		to += "&lost=1"
	}
	if r.Header.Get("HX-Request") != "" {
		r.W.Header().Set("HX-Redirect", to)
		r.W.WriteHeader(http.StatusUnauthorized)
		r.wrote = true
		return
	}
	r.status = http.StatusSeeOther
	r.wrote = true
	http.Redirect(r.W, r.Request, to, http.StatusSeeOther)
}

var zips = sync.Pool{New: func() any { w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed); return w }}

// send writes a finished answer, compressed when it is worth it.
func (r *Req) send(kind string, body []byte) error { return r.pack(kind, body, nil) }

// pack is send for an answer that was compressed before.
func (r *Req) pack(kind string, body, zipped []byte) error {
	h := r.W.Header()
	h.Set("Content-Type", kind)
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	h.Set("Vary", "Accept-Encoding, Accept, HX-Request")
	r.wrote = true
	if len(body) >= 1400 && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		if zipped == nil {
			zipped = squeeze(body)
		}
		h.Set("Content-Encoding", "gzip")
		body = zipped
	}
	r.W.WriteHeader(r.status)
	_, err := r.W.Write(body)
	return err
}
