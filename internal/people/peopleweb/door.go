package peopleweb

import (
	"net/url"
	"strconv"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/people"
)

// entry is what is asked at the door.
type entry struct {
	people.Attempt
}

var entryForm = form.Of[entry]{Name: "people.sign_in", Fields: []form.Field[entry]{
	{Key: "login", Into: func(e *entry) any { return &e.Login }, Required: true, Most: 60},
	{Key: "password", Into: func(e *entry) any { return &e.Password }, Kind: form.Password, Required: true, Most: 512},
	{Key: "own", Into: func(e *entry) any { return &e.Own }},
}}

var codeForm = form.Of[entry]{Name: "people.code", Fields: []form.Field[entry]{
	{Key: "code", Into: func(e *entry) any { return &e.Code }, Required: true, Most: 60, Hint: true},
}}

// fresh is a new password, typed twice.
type fresh struct{ Old, Password, Again string }

func same(f *fresh, bad *fault.Complaints) {
	if f.Password != f.Again {
		bad.Add("again", "people.not_the_same")
	}
}

var firstForm = form.Of[fresh]{Name: "people.first", Check: same, Fields: []form.Field[fresh]{
	{Key: "password", Into: func(f *fresh) any { return &f.Password }, Kind: form.Password, Required: true, Most: 512},
	{Key: "again", Into: func(f *fresh) any { return &f.Again }, Kind: form.Password, Required: true, Most: 512},
}}

// door is the page on which people say who they are, or what is still asked of them.
func (c *Counter) door(r *web.Req) error {
	back := inside(asked(r, "back"))
	if r.By.ID != "" {
		return r.Go(orHome(r, back))
	}
	f := ui.Form{ID: "door", Action: "/sign-in", Submit: r.T("people.sign_in.go"), Hidden: []ui.Pair{{Name: "back", Value: back}}}
	e := ui.Entrance{Line: r.T("people.sign_in.line")}
	var err error
	switch c.stage(r) {
	case people.NeedCode:
		f.Action, f.Submit, f.Intro = "/sign-in/code", r.T("people.code.go"), r.T("people.code.intro")
		f, err = r.Form(&codeForm, nil, f)
		if err == nil {
			dress(&f, "code", ui.KindOTP, "one-time-code")
			f.Fields[0].Autofocus = true
			recovery := url.Values{"back": {back}, "recovery": {"1"}}
			if asked(r, "recovery") != "" {
				f.Fields[0].Kind, f.Intro = ui.KindText, r.T("people.code.recovery")
			} else {
				e.Other = []ui.Action{{Name: "recovery", Label: r.T("people.code.lost"), Href: "/sign-in?" + recovery.Encode()}}
			}
		}
		e.Other = append(e.Other, another(r))
	case people.NeedChange:
		f.Action, f.Submit, f.Intro = "/sign-in/password", r.T("people.first.go"), r.T("people.first.intro")
		if f, err = r.Form(&firstForm, nil, f); err == nil {
			err = c.hint(r, &f)
		}
		dress(&f, "password", ui.KindPassword, "new-password")
		dress(&f, "again", ui.KindPassword, "new-password")
		e.Other = append(e.Other, another(r))
	case people.NeedFactor:
		e.Other = append(e.Other, another(r))
		return c.askFactor(r, f, e)
	default:
		if asked(r, "lost") != "" {
			f.Intro = r.T("people.sign_in.lost")
		}
		f, err = r.Form(&entryForm, nil, f)
		dress(&f, "login", ui.KindText, "username")
		if e.Roles, err = c.demoRoles(r, err); len(e.Roles) > 0 {
			e.RolesPost = "/sign-in/demo"
		}
	}
	if err != nil {
		return err
	}
	return entrance(r, f, e)
}

// entrance draws the door.
func entrance(r *web.Req, f ui.Form, e ui.Entrance) error {
	f.Key = "" // nothing here is answered twice the same
	e.Form, e.Product = f, r.Site.Hospital
	r.Visitor.Session = ""
	p := ui.Page{Title: r.T("people.sign_in"), Narrow: true}
	p.Body = ui.SignIn(r.W2, e, ui.Page{Words: r.W2, Lang: r.W2.Lang, Theme: r.Visitor.Theme, Hospital: r.Site.Hospital, Here: r.URL.RequestURI(),
		Languages: []ui.Link{{Label: "中文", Href: "zh", Current: r.W2.Lang == "zh"}, {Label: "English", Href: "en", Current: r.W2.Lang == "en"}}})
	return r.Show(p, nil)
}

// another is the way back from a door half open.
func another(r *web.Req) ui.Action {
	return ui.Action{Name: "leave", Label: r.T("people.sign_in.other"), Post: "/sign-out"}
}

// dress gives a field its kind and what the browser may fill in.
func dress(f *ui.Form, name string, kind ui.Kind, fill string) {
	for i := range f.Fields {
		if f.Fields[i].Name == name {
			f.Fields[i].Kind, f.Fields[i].Autocomplete = kind, fill
		}
	}
}

// hint says beside a new password what the hospital asks of one.
func (c *Counter) hint(r *web.Req, f *ui.Form) error {
	rules, err := people.TheRules(r.Context(), r.Read())
	for i := range f.Fields {
		if x := &f.Fields[i]; x.Name == "password" {
			x.Hint = r.T("people.password.hint", rules.Least)
			if rules.Classes > 0 {
				x.Hint = r.T("people.password.both", x.Hint, r.T("people.password_classes", rules.Classes))
			}
		}
	}
	return err
}

// stage is what is still asked of the session in the visitor's browser.
func (c *Counter) stage(r *web.Req) people.Stage {
	secret := kept(r.Request, "session")
	if secret == "" {
		return people.Open
	}
	s, err := c.desk.Session(r.Context(), secret, address(r.Request), false)
	if err != nil {
		return people.Open
	}
	return s.Stage
}

func (c *Counter) signIn(r *web.Req) error {
	return web.Take(r, &entryForm, c.door, func(e *entry) error {
		e.Address, e.Agent, e.Browser = address(r.Request), r.UserAgent(), kept(r.Request, "browser")
		e.Device = kept(r.Request, "device")
		token, err := people.SignIn(r.Context(), r.Site.DB, e.Attempt)
		if err != nil {
			return err
		}
		return c.welcome(r, token)
	})
}

func (c *Counter) secondStep(r *web.Req) error {
	return web.Take(r, &codeForm, c.door, func(e *entry) error {
		token, err := people.SecondStep(r.Context(), r.Site.DB, kept(r.Request, "session"), e.Code, address(r.Request), r.UserAgent())
		if err != nil {
			return err
		}
		return c.welcome(r, token)
	})
}

func (c *Counter) firstPassword(r *web.Req) error {
	return web.Take(r, &firstForm, c.door, func(f *fresh) error {
		token, err := people.FirstPassword(r.Context(), r.Site.DB, kept(r.Request, "session"), f.Password, address(r.Request), r.UserAgent())
		if err != nil {
			return err
		}
		return c.welcome(r, token)
	})
}

// welcome gives the browser its session and leads on: to what is still asked, else
// to where the person was going.
func (c *Counter) welcome(r *web.Req, token string) error {
	before := kept(r.Request, "session")
	c.desk.Forget(before)
	s, err := people.Who(r.Context(), r.Read(), token, r.Site.DB.Now())
	if err != nil {
		return err
	}
	r.SetCookie("session", token, cookieLife(s.Kind))
	back := inside(asked(r, "back"))
	if s.Stage != people.Open {
		return r.Go("/sign-in?" + url.Values{"back": {back}}.Encode())
	}
	browser, missed := "", int64(0)
	if err := r.Site.DB.Do(r.Context(), db.System("lodge"), func(tx *db.Tx) (err error) {
		if err := people.SignOut(r.Context(), tx, before); err != nil { // whose ever it was, the new one takes its place
			return err
		}
		if missed, err = people.Missed(r.Context(), tx, s.Person); err != nil {
			return err
		}
		browser, err = people.KnowBrowser(r.Context(), tx, s.Person, kept(r.Request, "browser"))
		return err
	}); err != nil {
		return err
	}
	r.SetCookie("browser", browser, 365*24*3600)
	for name, value := range map[string]string{"lang": s.Lang, "theme": s.Theme} {
		if value != "" { // on a shared computer the one before may have read English
			r.SetCookie(name, value, 365*24*3600)
		}
	}
	r.By = s.Actor
	if missed > 0 {
		return c.said(r, orHome(r, back), "people.done.missed", strconv.FormatInt(missed, 10))
	}
	return r.Go(orHome(r, back))
}

// demo lets a visitor of the demo in as one of its people.
func (c *Counter) demo(r *web.Req) error {
	in, err := r.Input()
	if err != nil {
		return err
	}
	if !r.Site.Demo {
		return fault.New(fault.NotFound, "base.not_found")
	}
	for _, d := range c.Demo {
		if d.Number != in.Value("role") {
			continue
		}
		p, err := people.ByNumber(r.Context(), r.Read(), d.Number)
		if err != nil {
			return err
		}
		token, err := people.Enter(r.Context(), r.Site.DB, p.ID, address(r.Request), r.UserAgent())
		if err != nil {
			return err
		}
		return c.welcome(r, token)
	}
	return fault.New(fault.NotFound, "base.not_found")
}

func (c *Counter) demoRoles(r *web.Req, err error) ([]ui.Tile, error) {
	if err != nil || !r.Site.Demo {
		return nil, err
	}
	var tiles []ui.Tile
	for _, d := range c.Demo {
		p, err := people.ByNumber(r.Context(), r.Read(), d.Number)
		if err == nil {
			var role people.Role
			if role, err = people.RoleByCode(r.Context(), r.Read(), d.Role); err == nil {
				tiles = append(tiles, ui.Tile{Label: role.Name(r.W2.Lang), Hint: p.Name + " · " + p.DepartmentName, Href: d.Number, Icon: d.Icon})
			}
		}
		if err != nil && fault.KindOf(err) != fault.NotFound { // somebody not invented yet has no button
			return nil, err
		}
	}
	return tiles, nil
}

// signOut ends the session, also a half one, and empties the browser of it.
func (c *Counter) signOut(r *web.Req) error {
	secret := kept(r.Request, "session")
	if secret != "" {
		by := r.By
		if by.ID == "" {
			by = db.System("lodge")
		}
		if err := r.Site.DB.Do(r.Context(), by, func(tx *db.Tx) error { return people.SignOut(r.Context(), tx, secret) }); err != nil {
			return err
		}
		c.desk.Forget(secret)
	}
	r.SetCookie("session", "", -1)
	// A phone that holds what somebody has not sent yet has cleared the rest itself.
	clear := `"cache", "storage"`
	if asked(r, "unsent") != "" {
		clear = `"cache"`
	}
	r.W.Header().Set("Clear-Site-Data", clear)
	return r.Go("/sign-in")
}

// asked is a value of the posted form, or of the address while nothing is posted.
func asked(r *web.Req, name string) string {
	if r.Method == "GET" || r.Method == "HEAD" {
		return r.URL.Query().Get(name)
	}
	in, err := r.Input()
	if err != nil {
		return ""
	}
	return in.Value(name)
}

// inside is an address of this site, else "": where the door leads is not for
// strangers to say (abuse case AB-24).
func inside(back string) string {
	u, err := url.Parse(back)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") ||
		strings.ContainsFunc(back, func(c rune) bool { return c < 0x20 || c == '\\' || c == 0x7f }) || strings.Contains(u.Path, "\\") ||
		strings.HasPrefix(u.Path, "/sign-") {
		return ""
	}
	return u.RequestURI()
}

func orHome(r *web.Req, back string) string {
	if back == "" || back == "/" {
		return r.Site.Home(r)
	}
	return back
}
