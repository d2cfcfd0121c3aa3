// Package web is the front door: it turns the rooms' functions into a site that
// answers people with pages and programs with JSON, asks everyone who they are,
// and says every failure in the reader's language.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/words"
)

// Who may come in at a route without naming a permission.
const (
	Anyone   = "anyone"    // nobody need be signed in
	SignedIn = "signed in" // any person of the hospital
)

// Route is one door of a room. The same function answers the page and, under
// /api with a token, the program.
type Route struct {
	At   string // method and path: "GET /desk/jobs/{id}"
	Need string // permission, Anyone or SignedIn; never empty
	Do   func(*Req) error

	// What the API's document says about it.
	List     list.Any // it answers a list
	Form     form.Any // it reads this form
	Gives    any      // it answers a value of this type
	PageOnly bool     // it is for people: not under /api
	// Sure marks what is dangerous: it is done only shortly after the person has
	// proved again who they are (Visitor.Again), and never by a program's token.
	Sure bool
	// Heavy marks what costs much: a person does it only so often (Paces.Heavy).
	Heavy bool
	Limit int64 // largest body in bytes; default 1 MiB, with files 20 MiB
}

// Visitor is who stands at the door.
type Visitor struct {
	Actor   db.Actor
	Session string // id of the session; "" for a token
	Lang    string
	Theme   string
	Roles   string      // named, for the page's head
	Held    []ui.Option // the roles: code and name, for what is shared with a role
	// Again: the session is too old for dangerous acts and asks for the password once more.
	Again bool
}

// Picker finds records for the fields and filters that refer to them.
type Picker struct {
	// Find lists what the typed text may mean, best first, at most twenty; with an
	// empty text the ones this person used last.
	Find func(ctx context.Context, r db.Reader, by db.Actor, text string) ([]Pick, error)
	// Label is how people call the record with this id; NotFound when there is none.
	Label func(ctx context.Context, r db.Reader, id string) (string, error)
	// Sees is nil for a record whose name this person may read, also one that is no
	// longer offered, else NotFound. Without it all names are known in the whole house.
	Sees func(ctx context.Context, r db.Reader, by db.Actor, id string) error
	Need string // permission or SignedIn
}

// Pick is one record to choose.
type Pick struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	Hint  string `json:"hint,omitempty"`
	Code  string `json:"-"` // a typed code equal to this one means this record
	// Fill is what else the pick says of its line or form: other fields by their short names.
	Fill map[string]string `json:"fill,omitempty"`
}

// Site is the whole of the doors.
type Site struct {
	DB    *db.DB
	Words *words.Book
	Log   *slog.Logger
	// Who names the visitor of a request; fault.SignIn when the session has ended,
	// and a Visitor without an actor when nobody is signed in.
	Who func(*http.Request) (Visitor, error)
	// Notice, when set, is told of every request that was refused or failed.
	Notice func(*Req, error)
	// Nav draws the navigation for this person.
	Nav func(*Req) []ui.NavGroup
	// Home is where the person's own work is.
	Home func(*Req) string
	// Notes are what stands at the top of every page for this person, until somebody acts.
	Notes func(*Req) []ui.Note
	// Prove is the page on which people prove again who they are; it goes on to "back".
	Prove string
	// Holders are the names of the roles that hold a permission, in a language: whom to ask.
	Holders func(ctx context.Context, r db.Reader, need, lang string) ([]string, error)
	// Rule is the page of a rule that a fault cites; nil: there is no such book.
	Rule     func(clause string) string
	Hospital string
	// Address is how people reach the site, "https://houqin.example"; "" = as asked.
	Address string
	Version string // of the program
	Demo    bool
	// Secure says that browsers come by HTTPS alone: cookies are marked and named for
	// it, and browsers are told to remember (HSTS) unless NoHSTS.
	Secure, NoHSTS bool
	// Paces are how much one visitor may ask.
	Paces Paces

	// Phones lets pages work on phones without a network; nil: nothing is ever kept there.
	Phones *Phones

	pickers map[string]Picker
	routes  []Route
	mux     *http.ServeMux
	handler http.Handler
	metrics metrics
	crowd   crowd
	parts   parts
	known   known
	trust   sync.Once
	sights  sights
	stopper
}

// New makes an empty site.
func New(d *db.DB, book *words.Book, log *slog.Logger) *Site {
	s := &Site{DB: d, Words: book, Log: log, pickers: map[string]Picker{}, mux: http.NewServeMux(), Paces: usual}
	s.Nav = func(*Req) []ui.NavGroup { return nil }
	s.Home = func(*Req) string { return "/" }
	s.mux.Handle("GET /assets/", ui.Assets())
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.serve(Route{At: "/", Need: Anyone, Do: func(*Req) error { return fault.New(fault.NotFound, "base.not_found") }}, w, r)
	})
	s.Room([]Route{
		{At: "GET /live", Need: SignedIn, Do: live, PageOnly: true},
		{At: "GET /pick/{source}", Need: SignedIn, Do: pick, Gives: []Pick{}},
		{At: "POST /look", Need: Anyone, Do: look, PageOnly: true},
		{At: "GET /healthz", Need: Anyone, Do: health, PageOnly: true},
		{At: "GET /readyz", Need: Anyone, Do: ready, PageOnly: true},
		{At: "POST " + reportTo, Need: Anyone, Do: policyReport, PageOnly: true, Limit: 8 << 10},
		{At: "GET /openapi.json", Need: SignedIn, Do: apiDocument},
		{At: "GET /api", Need: SignedIn, Do: apiViewer, PageOnly: true},
		{At: "GET " + workerAt, Need: Anyone, Do: worker, PageOnly: true},
		{At: "GET /offline", Need: Anyone, Do: waiting, PageOnly: true},
		{At: "POST /offline/key", Need: SignedIn, Do: phoneKey, PageOnly: true},
		{At: "POST /views", Need: SignedIn, Do: saveView, PageOnly: true},
		{At: "POST /views/{id}/drop", Need: SignedIn, Do: dropView, PageOnly: true},
	})
	s.handler = s.around(s.mux)
	return s
}

// Room hangs a room's doors on the site. A door without a permission is a mistake
// of the building and stops the start.
func (s *Site) Room(routes []Route) {
	for _, rt := range routes {
		method, path, ok := strings.Cut(rt.At, " ")
		if !ok || method != "GET" && method != "POST" || rt.Need == "" || rt.Do == nil {
			panic("web: route " + rt.At + " names no method of ours, no permission or no function")
		}
		rt.PageOnly = rt.PageOnly || rt.Sure
		s.routes = append(s.routes, rt)
		s.mux.HandleFunc(rt.At, func(w http.ResponseWriter, r *http.Request) { s.serve(rt, w, r) })
		if !rt.PageOnly {
			s.mux.HandleFunc(method+" /api"+path, func(w http.ResponseWriter, r *http.Request) { s.serve(rt, w, r) })
		}
	}
}

// Picker makes a source of records known to fields and filters.
func (s *Site) Picker(source string, p Picker) { s.pickers[source] = p }

// Routes are all doors, for the tests that walk them.
func (s *Site) Routes() []Route { return s.routes }

func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Server is the site with the time limits of a public server.
func (s *Site) Server(addr string) *http.Server {
	return &http.Server{Addr: addr, Handler: s, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute,
		WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn)}
}
