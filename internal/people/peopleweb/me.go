package peopleweb

import (
	"cmp"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/qr"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/people"
)

// own is what people may say about themselves.
type own struct{ Phone, Lang, Theme string }

var ownForm = form.Of[own]{Name: "people.own", Fields: []form.Field[own]{
	{Key: "phone", Into: func(o *own) any { return &o.Phone }, Most: 40},
	{Key: "lang", Into: func(o *own) any { return &o.Lang }, OneOf: []string{"zh", "en"}},
	{Key: "theme", Into: func(o *own) any { return &o.Theme }, OneOf: []string{"auto", "light", "dark"}},
}}

var changeForm = form.Of[fresh]{Name: "people.change", Check: same, Fields: []form.Field[fresh]{
	{Key: "old", Into: func(f *fresh) any { return &f.Old }, Kind: form.Password, Required: true, Most: 512},
	{Key: "password", Into: func(f *fresh) any { return &f.Password }, Kind: form.Password, Required: true, Most: 512},
	{Key: "again", Into: func(f *fresh) any { return &f.Again }, Kind: form.Password, Required: true, Most: 512},
}}

var confirmForm = form.Of[entry]{Name: "people.confirm", Fields: []form.Field[entry]{
	{Key: "code", Into: func(e *entry) any { return &e.Code }, Required: true, Most: 20},
}}

// pinned is the PIN one gives oneself.
type pinned struct{ Old, PIN string }

var pinForm = form.Of[pinned]{Name: "people.pin", Fields: []form.Field[pinned]{
	{Key: "old", Into: func(p *pinned) any { return &p.Old }, Kind: form.Password, Required: true, Most: 512},
	{Key: "pin", Into: func(p *pinned) any { return &p.PIN }, Kind: form.Password, Required: true, Most: 20, Hint: true},
}}

// tabs are the sides of one's own page.
func tabs(r *web.Req) (links []ui.Link) {
	for _, side := range []struct{ href, label, icon string }{
		{"/me", "people.me.about", "user"}, {"/me/security", "people.me.security", "shield-lock"},
		{"/me/sessions", "people.me.sessions", "devices"}, {"/me/tokens", "people.me.tokens", "key"},
	} {
		links = append(links, ui.Link{Href: side.href, Label: r.T(side.label), Icon: side.icon, Current: strings.HasPrefix(r.URL.Path, side.href) && (side.href != "/me" || r.URL.Path == "/me")})
	}
	return links
}

func mine(r *web.Req, body ...templ.Component) error {
	return r.Show(ui.Page{Heading: r.By.Name, Sub: r.Visitor.Roles, Tabs: tabs(r), Narrow: true, Body: stack(body...)}, nil)
}

// me is one's own page.
func (c *Counter) me(r *web.Req) error {
	p, err := people.Get(r.Context(), r.Read(), r.By.ID)
	if err != nil {
		return err
	}
	if r.JSON() {
		return r.Give(p)
	}
	lang, theme, err := people.Look(r.Context(), r.Read(), p.ID)
	if err != nil {
		return err
	}
	held, err := people.Appointments(r.Context(), r.Read(), p.ID)
	if err != nil {
		return err
	}
	f, err := r.Form(&ownForm, &own{p.Phone, cmp.Or(lang, r.W2.Lang), cmp.Or(theme, r.Visitor.Theme, "auto")}, ui.Form{ID: "own", Action: "/me", Submit: r.T("people.save")})
	if err != nil {
		return err
	}
	dress(&f, "phone", ui.KindPhone, "tel")
	return mine(r, card("", ui.Facts(facts(r, p)...)), card(r.T("people.grants"), appointments(r, held, "")), card(r.T("people.own"), ui.Ask(r.W2, f)))
}

func (c *Counter) settle(r *web.Req) error {
	return web.Submit(r, &ownForm, c.me, func(tx *db.Tx, o *own) (web.Done, error) {
		if err := people.Settle(r.Context(), tx, o.Phone, o.Lang, o.Theme); err != nil {
			return web.Done{}, err
		}
		for name, value := range map[string]string{"lang": o.Lang, "theme": o.Theme} {
			if value != "" {
				r.SetCookie(name, value, 365*24*3600)
			}
		}
		return web.Done{To: "/me", Say: "people.done.settled"}, nil
	})
}

// security is where one keeps password and authenticator.
func (c *Counter) security(r *web.Req) error {
	a, err := people.AccountOf(r.Context(), r.Read(), r.By.ID)
	if fault.KindOf(err) == fault.NotFound {
		return mine(r, note(ui.Plain, r.T("people.no_account")))
	}
	if err != nil {
		return err
	}
	f, err := r.Form(&changeForm, nil, ui.Form{ID: "password", Action: "/me/password", Submit: r.T("people.change.go")})
	if err != nil {
		return err
	}
	f.Key = ""
	dress(&f, "old", ui.KindPassword, "current-password")
	if err := c.hint(r, &f); err != nil {
		return err
	}
	dress(&f, "password", ui.KindPassword, "new-password")
	dress(&f, "again", ui.KindPassword, "new-password")
	factor, err := c.factor(r, a)
	if err != nil {
		return err
	}
	pin, err := c.pin(r)
	if err != nil {
		return err
	}
	since := ui.Facts(ui.Fact{Label: r.T("people.account.login"), Text: a.Login}, ui.Fact{Label: r.T("people.account.changed"), Text: r.W2.Full(a.ChangedAt)})
	if r.Site.Demo { // its people came in by a button
		since = stack(note(ui.Plain, r.T("people.demo_password")), since)
	}
	return mine(r, card(r.T("people.change"), since, ui.Ask(r.W2, f)), card(r.T("people.factor"), factor), card(r.T("people.pin"), pin))
}

// factor is what stands about the authenticator: off, being set up, or on.
func (c *Counter) factor(r *web.Req, a people.Account) (templ.Component, error) {
	if a.FactorOn != 0 {
		left, err := people.RecoveriesLeft(r.Context(), r.Read(), a.Person)
		if err != nil {
			return nil, err
		}
		tone := ui.Plain
		if left < 3 {
			tone = ui.Soon
		}
		return stack(ui.Facts(
			ui.Fact{Label: r.T("people.factor.state"), Text: r.T("people.factor.on"), State: true, Tone: ui.Done, Sub: r.T("people.since", a.FactorOn)},
			ui.Fact{Label: r.T("people.factor.left"), Text: r.W2.Number(left), Num: true, Tone: tone}),
			ui.Buttons(r.W2, ui.Action{Name: "recovery", Label: r.T("people.factor.renew"), Post: "/me/factor/recovery", Confirm: r.T("people.factor.renew.sure")},
				ui.Action{Name: "off", Label: r.T("people.factor.drop"), Post: "/me/factor/off", Tone: ui.Danger, Confirm: r.T("people.factor.drop.sure")})), nil
	}
	seed, address, err := people.Pending(r.Context(), r.Site.DB, a.Person)
	if err != nil {
		return nil, err
	}
	begin := ui.Action{Name: "begin", Label: r.T("people.factor.begin"), Post: "/me/factor", Tone: ui.Accent, Icon: "device-mobile"}
	if seed == "" {
		return stack(say(r.T("people.factor.why")), ui.Buttons(r.W2, begin)), nil
	}
	f, err := r.Form(&confirmForm, nil, ui.Form{ID: "factor", Action: "/me/factor/confirm", Submit: r.T("people.factor.confirm")})
	if err != nil {
		return nil, err
	}
	f.Key = ""
	dress(&f, "code", ui.KindOTP, "one-time-code")
	begin.Label, begin.Tone = r.T("people.factor.anew"), ui.Plain
	shown, err := seedShown(r, seed, address)
	return stack(shown, ui.Ask(r.W2, f), ui.Buttons(r.W2, begin)), err
}

// seedShown is what an authenticator learns, as a picture and to be typed.
func seedShown(r *web.Req, seed, address string) (templ.Component, error) {
	picture, err := qr.SVG(address)
	return stack(say(r.T("people.factor.scan")), ui.QR(picture, r.T("people.factor.picture")),
		ui.Facts(ui.Fact{Label: r.T("people.factor.seed"), Text: spaced(seed), Wide: true})), err
}

// pin asks for the PIN by which one signs on somebody else's phone.
func (c *Counter) pin(r *web.Req) (templ.Component, error) {
	f, err := r.Form(&pinForm, nil, ui.Form{ID: "pin", Action: "/me/pin", Submit: r.T("people.pin.go")})
	if err != nil {
		return nil, err
	}
	f.Key = ""
	dress(&f, "old", ui.KindPassword, "current-password")
	dress(&f, "pin", ui.KindPassword, "off")
	has, err := people.HasPIN(r.Context(), r.Read(), r.By.ID)
	said := "people.pin.none"
	if has {
		said = "people.pin.has"
	}
	return stack(say(r.T(said)), ui.Ask(r.W2, f)), err
}

func (c *Counter) setPIN(r *web.Req) error {
	return web.Take(r, &pinForm, c.security, func(p *pinned) error {
		if err := people.SetPIN(r.Context(), r.Site.DB, r.By, p.Old, p.PIN); err != nil {
			return err
		}
		return c.said(r, "/me/security", "people.done.pin")
	})
}

func (c *Counter) changePassword(r *web.Req) error {
	return web.Take(r, &changeForm, c.security, func(f *fresh) error {
		if err := people.ChangePassword(r.Context(), r.Site.DB, r.By, r.Visitor.Session, f.Old, f.Password); err != nil {
			return err
		}
		return c.said(r, "/me/security", "people.done.password")
	})
}

func (c *Counter) beginFactor(r *web.Req) error {
	if err := r.Do(func(tx *db.Tx) error { return people.Seed(r.Context(), tx) }); err != nil {
		return err
	}
	return r.Go("/me/security")
}

func (c *Counter) confirmFactor(r *web.Req) error {
	return web.Take(r, &confirmForm, c.security, func(e *entry) error {
		var codes []string
		if err := r.Do(func(tx *db.Tx) (err error) { codes, err = people.ConfirmFactor(r.Context(), tx, e.Code); return err }); err != nil {
			return err
		}
		return recovery(r, codes, "/me/security")
	})
}

func (c *Counter) renewRecovery(r *web.Req) error {
	var codes []string
	if err := r.Do(func(tx *db.Tx) (err error) { codes, err = people.RenewRecovery(r.Context(), tx); return err }); err != nil {
		return err
	}
	return recovery(r, codes, "/me/security")
}

// recovery shows the codes, once: the books keep only their hashes.
func recovery(r *web.Req, codes []string, next string) error {
	var list []ui.Fact
	for i, code := range codes {
		list = append(list, ui.Fact{Label: r.W2.Number(int64(i + 1)), Text: code})
	}
	return once(r, r.T("people.recovery"), r.T("people.recovery.say"), next, list...)
}

func (c *Counter) dropFactor(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		_, err := people.DropFactor(r.Context(), tx, r.By.ID)
		return web.Done{To: "/me/security", Say: "people.done.factor_off"}, err
	})
}

// again asks once more who they are before something dangerous.
func (c *Counter) again(r *web.Req) error {
	spec, err := c.againForm(r)
	if err != nil {
		return err
	}
	f, err := r.Form(spec, nil, ui.Form{ID: "again", Action: "/again", Submit: r.T("people.again.go"), Intro: r.T("people.again.intro"), Cancel: "/",
		Hidden: []ui.Pair{{Name: "back", Value: inside(asked(r, "back"))}}})
	if err != nil {
		return err
	}
	f.Key = ""
	dress(&f, "password", ui.KindPassword, "current-password")
	dress(&f, "code", ui.KindText, "one-time-code")
	return r.Show(ui.Page{Heading: r.T("people.again"), Narrow: true, Body: ui.Ask(r.W2, f)}, nil)
}

// The password, and from those who have an authenticator its code too.
var (
	passwordAgain = form.Field[entry]{Key: "password", Into: func(e *entry) any { return &e.Password }, Kind: form.Password, Required: true, Most: 512}
	codeAgain     = form.Field[entry]{Key: "code", Into: func(e *entry) any { return &e.Code }, Required: true, Most: 60, Hint: true}
	againForms    = map[bool]*form.Of[entry]{
		false: {Name: "people.again", Fields: []form.Field[entry]{passwordAgain}},
		true:  {Name: "people.again", Fields: []form.Field[entry]{passwordAgain, codeAgain}},
	}
)

func (c *Counter) againForm(r *web.Req) (*form.Of[entry], error) {
	a, err := people.AccountOf(r.Context(), r.Read(), r.By.ID)
	if fault.KindOf(err) == fault.NotFound {
		err = nil
	}
	return againForms[a.FactorOn != 0], err
}

func (c *Counter) confirm(r *web.Req) error {
	spec, err := c.againForm(r)
	if err != nil {
		return err
	}
	return web.Take(r, spec, c.again, func(e *entry) error {
		was := kept(r.Request, "session")
		token, err := people.Confirm(r.Context(), r.Site.DB, r.By, was, e.Password, e.Code)
		if err != nil {
			return err
		}
		c.desk.Forget(was)
		s, err := people.Who(r.Context(), r.Read(), token, r.Site.DB.Now())
		if err != nil {
			return err
		}
		r.SetCookie("session", token, cookieLife(s.Kind))
		return r.Go(orHome(r, inside(asked(r, "back"))))
	})
}

// cookieLife is how long a browser keeps a session, in seconds; the books end it
// earlier. 0 is until the browser is closed.
func cookieLife(k people.Kind) int {
	if k == people.Own {
		return 30 * 24 * 3600
	}
	return 0
}
