// Package peopleweb is the front door and the personnel counter: where people say
// who they are, look after their own account, and where staff, roles and the
// hospital's trail are kept by the three administrators.
package peopleweb

import (
	"cmp"
	"context"
	"embed"
	"net"
	"net/http"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/list"
	"houqin/internal/base/period"
	"houqin/internal/base/seal"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/base/words"
	"houqin/internal/people"
)

// Routes are the doors of the room. Those of a demo are there only in a demo.
func (c *Counter) Routes() []web.Route {
	routes := []web.Route{
		{At: "GET /sign-in", Need: web.Anyone, Do: c.door, PageOnly: true},
		{At: "POST /sign-in", Need: web.Anyone, Do: c.signIn, PageOnly: true},
		{At: "POST /sign-in/code", Need: web.Anyone, Do: c.secondStep, PageOnly: true},
		{At: "POST /sign-in/password", Need: web.Anyone, Do: c.firstPassword, PageOnly: true},
		{At: "POST /sign-in/factor", Need: web.Anyone, Do: c.firstFactor, PageOnly: true},
		{At: "GET /sign-in/device", Need: web.Anyone, Do: c.deviceDoor, PageOnly: true},
		{At: "POST /sign-in/device", Need: web.Anyone, Do: c.registerDevice, PageOnly: true},
		{At: "POST /sign-out", Need: web.Anyone, Do: c.signOut, PageOnly: true},
		{At: "GET /again", Need: web.SignedIn, Do: c.again, PageOnly: true},
		{At: "POST /again", Need: web.SignedIn, Do: c.confirm, PageOnly: true},

		{At: "GET /me", Need: web.SignedIn, Do: c.me, Gives: people.Person{}},
		{At: "POST /me", Need: web.SignedIn, Do: c.settle, Form: &ownForm},
		{At: "GET /me/security", Need: web.SignedIn, Do: c.security, PageOnly: true},
		{At: "POST /me/pin", Need: web.SignedIn, Do: c.setPIN, PageOnly: true},
		{At: "POST /me/password", Need: web.SignedIn, Do: c.changePassword, PageOnly: true},
		{At: "POST /me/factor", Need: web.SignedIn, Do: c.beginFactor, Sure: true},
		{At: "POST /me/factor/confirm", Need: web.SignedIn, Do: c.confirmFactor, Sure: true},
		{At: "POST /me/factor/recovery", Need: web.SignedIn, Do: c.renewRecovery, Sure: true},
		{At: "POST /me/factor/off", Need: web.SignedIn, Do: c.dropFactor, Sure: true},
		{At: "GET /me/sessions", Need: web.SignedIn, Do: c.mySessions, PageOnly: true},
		{At: "POST /me/sessions/end", Need: web.SignedIn, Do: c.endMine, Sure: true},
		{At: "POST /me/sessions/end-others", Need: web.SignedIn, Do: c.endOthers, Sure: true},
		{At: "GET /me/tokens", Need: web.SignedIn, Do: c.myTokens, PageOnly: true},
		{At: "POST /me/tokens", Need: web.SignedIn, Do: c.makeToken, Sure: true},
		{At: "POST /me/tokens/revoke", Need: web.SignedIn, Do: c.revokeMine, PageOnly: true},

		{At: "GET /people", Need: web.SignedIn, Do: index, List: &people.People},
		{At: "GET /people/new", Need: people.MayHire, Do: blank, PageOnly: true},
		{At: "POST /people", Need: people.MayHire, Do: hire, Form: &paper, Gives: people.Person{}},
		{At: "GET /people/{id}", Need: web.SignedIn, Do: show, Gives: people.Person{}},
		{At: "GET /people/{id}/edit", Need: people.MayHire, Do: edit, PageOnly: true},
		{At: "POST /people/{id}", Need: people.MayHire, Do: change, Form: &paper, Gives: people.Person{}},
		{At: "POST /people/{id}/leave", Need: people.MayHire, Do: leave, Form: &leaveForm},
		{At: "POST /people/{id}/return", Need: people.MayHire, Do: comeBack},
		{At: "POST /people/{id}/twin", Need: people.MayHire, Do: twin, Form: &twinForm},
		{At: "POST /people/{id}/apart", Need: people.MayHire, Do: apart},
		{At: "GET /people/idle", Need: people.MayGrant, Do: idle, List: &people.Idlers},
		{At: "POST /people/{id}/erase", Need: people.MayHire, Do: c.erase, Sure: true, PageOnly: true},
		{At: "POST /people/{id}/account", Need: people.MayHire, Do: openAccount, Form: &loginForm},
		{At: "POST /people/{id}/account/close", Need: people.MayHire, Do: closeAccount},
		{At: "POST /people/{id}/account/reopen", Need: people.MayHire, Do: reopenAccount},
		{At: "POST /people/{id}/password", Need: people.MayHire, Do: handOut, Sure: true},

		{At: "GET /people/{id}/grants", Need: people.MayGrant, Do: c.grants, Gives: []people.Appointment{}},
		{At: "POST /people/{id}/grants", Need: people.MayGrant, Do: c.grant, Form: &grantForm, Sure: true},
		{At: "POST /people/{id}/grants/withdraw", Need: people.MayGrant, Do: c.withdraw, Sure: true},
		{At: "GET /people/{id}/sessions", Need: people.MayGrant, Do: c.theirSessions, PageOnly: true},
		{At: "POST /people/{id}/sessions/end", Need: people.MayGrant, Do: c.endTheirs, PageOnly: true},
		{At: "POST /people/{id}/sessions/end-all", Need: people.MayGrant, Do: c.endAllTheirs, PageOnly: true},
		{At: "POST /people/{id}/tokens/revoke", Need: people.MayGrant, Do: c.revokeTheirs, PageOnly: true},
		{At: "POST /people/{id}/factor/off", Need: people.MaySee, Do: c.dropTheirs, Sure: true},

		{At: "GET /roles", Need: people.MayGrant, Do: c.roles, Gives: []people.Role{}},
		{At: "GET /roles/new", Need: people.MayGrant, Do: c.blankRole, PageOnly: true},
		{At: "POST /roles", Need: people.MayGrant, Do: c.makeRole, Sure: true},
		{At: "GET /roles/rules", Need: people.MayGrant, Do: c.rules, Gives: people.Policy{}},
		{At: "POST /roles/rules", Need: people.MayGrant, Do: c.setRules, Form: &rulesForm, Sure: true},
		{At: "GET /roles/{id}", Need: people.MayGrant, Do: c.role, Gives: people.Role{}},
		{At: "POST /roles/{id}", Need: people.MayGrant, Do: c.changeRole, Sure: true},
		{At: "POST /roles/{id}/close", Need: people.MayGrant, Do: c.closeRole, Sure: true},

		{At: "GET /devices", Need: people.MayGrant, Do: c.devices, Gives: []people.Device{}},
		{At: "POST /devices", Need: people.MayGrant, Do: c.addDevice, Form: &deviceForm, Sure: true},
		{At: "POST /devices/end", Need: people.MayGrant, Do: c.endDevices, Sure: true},
	}
	routes = append(append(routes, c.auditRoutes()...), certificateRoutes()...)
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
	book *words.Book
	// Permissions are all of the building's, for the pages of roles.
	Permissions []string
	// Prove says what the seals hold of the trail written from … before until.
	Prove func(ctx context.Context, r db.Reader, from, until period.Instant) (seal.Proof, error)
	// Forget takes out what other rooms know of a person who is erased; nil for nothing.
	Forget func(ctx context.Context, tx *db.Tx, person string) error
	// Demo are the roles that a visitor of the demo may take; set before Routes.
	Demo []DemoRole
}

// New makes the counter of a site. permissions are all that can be permitted in the building.
func New(s *web.Site, permissions []string) *Counter {
	s.Prove, s.Notes, s.Holders = "/again", alarms, holders
	return &Counter{desk: people.NewDesk(s.DB), book: s.Words, Permissions: permissions}
}

// holders are the names of the roles that hold a permission.
func holders(ctx context.Context, r db.Reader, need, lang string) (names []string, err error) {
	all, err := people.RolesWith(ctx, r, need)
	for _, role := range all {
		names = append(names, role.Name(lang))
	}
	return names, err
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
	v.Actor, v.Again = s.Actor, s.Again && len(c.Demo) == 0 // the invented people know no password
	v.Actor.Source = source + address(r)
	if v.Lang = cmp.Or(v.Lang, s.Lang); v.Lang == "" { // as the pages decide it for those who have not chosen
		v.Lang = "zh"
		if a := r.Header.Get("Accept-Language"); strings.Contains(a, "en") && !strings.Contains(a, "zh") {
			v.Lang = "en"
		}
	}
	v.Theme = cmp.Or(v.Theme, s.Theme)
	v.Roles = roleNames(s, v.Lang)
	for _, role := range s.Roles {
		v.Held = append(v.Held, ui.Option{Value: role.Code, Label: role.Name(v.Lang)})
	}
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
		Sees: func(ctx context.Context, r db.Reader, by db.Actor, id string) error {
			_, err := people.People.Get(ctx, r, people.Scope(by).And("p.id = ?", id))
			return err
		},
		Label: func(ctx context.Context, r db.Reader, id string) (string, error) {
			p, err := people.People.Get(ctx, r, list.Where{}.And("p.id = ?", id))
			return p.Name, err
		}})
}
