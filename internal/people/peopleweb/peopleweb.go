// Package peopleweb is the front door and the personnel counter: where people say
// who they are, look after their own account, and where staff, roles and the
// hospital's trail are kept by the three administrators.
package peopleweb

import (
	"context"
	"embed"
	"net"
	"net/http"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/web"
	"houqin/internal/people"
)

// Routes are the doors of the room. Those of a demo are there only in a demo.
func (c *Counter) Routes() []web.Route {
	routes := []web.Route{
		{At: "GET /sign-in", Need: web.Anyone, Do: c.door, PageOnly: true},
		{At: "POST /sign-in", Need: web.Anyone, Do: c.signIn, PageOnly: true},
		{At: "POST /sign-in/code", Need: web.Anyone, Do: c.secondStep, PageOnly: true},
		{At: "POST /sign-in/password", Need: web.Anyone, Do: c.firstPassword, PageOnly: true},
		{At: "POST /sign-out", Need: web.Anyone, Do: c.signOut, PageOnly: true},
	}
	if len(c.Demo) > 0 {
		routes = append(routes, web.Route{At: "POST /sign-in/demo", Need: web.Anyone, Do: c.demo, PageOnly: true})
	}
	return routes
}

// Words are the room's texts.
//
//go:embed words/*.json
var Words embed.FS

// DemoRole is a button of the demo's door: somebody of the invented staff.
type DemoRole struct {
	Number string // staff number
	Role   string // code of the role whose name the button bears
	Icon   string
}

// Counter answers the doors of this room.
type Counter struct {
	desk *people.Desk
	// Permissions are all of the building's, for the pages of roles.
	Permissions []string
	// Demo are the roles that a visitor of the demo may take; set before Routes.
	Demo []DemoRole
}

// New makes the counter of a hospital.
func New(d *db.DB, permissions []string) *Counter {
	return &Counter{desk: people.NewDesk(d), Permissions: permissions}
}

// Visitor names who asks: behind /api/ by the token in the Authorization header and
// by nothing else, everywhere else by the session's cookie and by nothing else.
func (c *Counter) Visitor(r *http.Request) (web.Visitor, error) {
	v := web.Visitor{Lang: oneOf(r, "lang", "zh", "en"), Theme: oneOf(r, "theme", "auto", "light", "dark")}
	var s people.Session
	var err error
	source := "web "
	if strings.HasPrefix(r.URL.Path, "/api/") {
		said := r.Header.Get("Authorization")
		if said == "" {
			return v, nil
		}
		scheme, secret, _ := strings.Cut(said, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return v, fault.New(fault.SignIn, "people.token_ended")
		}
		source = "token "
		s, err = c.desk.Token(r.Context(), strings.TrimSpace(secret), address(r))
	} else {
		secret := kept(r, "session")
		if secret == "" {
			return v, nil
		}
		s, err = c.desk.Session(r.Context(), secret, address(r), acts(r))
		v.Session = s.ID
	}
	if err != nil || s.Stage != people.Open {
		v.Session = ""
		return v, err
	}
	v.Actor, v.Again = s.Actor, s.Again
	v.Actor.Source = source + address(r)
	if v.Lang == "" {
		v.Lang = s.Lang
	}
	if v.Theme == "" {
		v.Theme = s.Theme
	}
	v.Roles = roleNames(s, v.Lang)
	return v, nil
}

// acts says whether a person did something, rather than a page that follows what
// others do: that alone does not keep a session open.
func acts(r *http.Request) bool {
	byItself := r.Method == http.MethodGet && (r.URL.Path == "/live" || r.Header.Get("HX-Request") != "" && r.Header.Get("HX-Boosted") == "")
	return !byItself
}

func roleNames(s people.Session, lang string) string {
	var names []string
	for _, r := range s.Roles {
		names = append(names, r.Name(lang))
	}
	between := "、"
	if lang == "en" {
		between = ", "
	}
	text := strings.Join(names, between)
	if text == "" {
		return s.Department()
	}
	return text + " · " + s.Department()
}

// oneOf is the value of a cookie if it is one of those that we set.
func oneOf(r *http.Request, name string, values ...string) string {
	if v := kept(r, name); slices.Contains(values, v) {
		return v
	}
	return ""
}

func kept(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil || len(c.Value) > 200 {
		return ""
	}
	return c.Value
}

func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// Pickers find people for fields and filters: those who have not left, among those
// whom the asking person may see.
func Pickers(s *web.Site) {
	s.Picker("people", web.Picker{Need: web.SignedIn,
		Find: func(ctx context.Context, r db.Reader, by db.Actor, text string) (picks []web.Pick, err error) {
			found, err := people.People.Find(ctx, r, text, people.Scope(by).And("p.closed = false"), 20)
			for _, p := range found {
				picks = append(picks, web.Pick{ID: p.ID, Label: p.Name, Hint: strings.TrimSpace(p.DepartmentName + " " + p.Number), Code: p.Number})
			}
			return picks, err
		},
		Label: func(ctx context.Context, r db.Reader, id string) (string, error) {
			p, err := people.People.Get(ctx, r, list.Where{}.And("p.id = ?", id))
			return p.Name, err
		}})
}
