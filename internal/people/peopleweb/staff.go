package peopleweb

import (
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/people"
)

// filled is the personnel form: posts are typed as people say them.
type filled struct {
	people.Person
	PostText string
	Ticked   []string
}

var paper = form.Of[filled]{Name: "people.form", Fields: []form.Field[filled]{
	{Key: "number", Into: func(f *filled) any { return &f.Number }, Required: true, Most: 20, Hint: true},
	{Key: "name", Into: func(f *filled) any { return &f.Name }, Required: true, Most: 40},
	{Key: "department", Into: func(f *filled) any { return &f.Department }, Required: true, Ref: "departments"},
	{Key: "phone", Into: func(f *filled) any { return &f.Phone }, Most: 40},
	{Key: "posts", Into: func(f *filled) any { return &f.PostText }, Most: 100, Hint: true},
	{Key: "trades", Into: func(f *filled) any { return &f.Ticked }, OneOf: people.Trades, Enum: "people.trade", Hint: true},
}, Check: func(f *filled, _ *fault.Complaints) {
	f.Posts = people.Of(strings.FieldsFunc(f.PostText, func(r rune) bool { return strings.ContainsRune(",，、;；", r) }))
	f.Trades = people.Of(f.Ticked)
}}

var leaveForm = form.Of[struct{ Note string }]{Name: "people.leave", Fields: []form.Field[struct{ Note string }]{
	{Key: "note", Into: func(l *struct{ Note string }) any { return &l.Note }, Required: true, Most: 100, Hint: true},
}}

var loginForm = form.Of[people.Account]{Name: "people.account", Fields: []form.Field[people.Account]{
	{Key: "login", Into: func(a *people.Account) any { return &a.Login }, Required: true, Most: 40, Hint: true},
}}

func index(r *web.Req) error {
	p := web.ListPage{Default: "closed=false"}
	if r.By.May(people.MayHire) {
		p.Page.Actions = []ui.Action{{Name: "new", Label: r.T("people.new"), Href: "/people/new", Icon: "user-plus", Tone: ui.Accent}}
	}
	if r.By.May(people.MayGrant) {
		p.Page.Actions = append(p.Page.Actions, ui.Action{Name: "idle", Label: r.T("people.idle"), Href: "/people/idle", Icon: "history"})
	}
	return r.List(&people.People, people.Scope(r.By), p)
}

// idle are the accounts that nobody used for ninety days.
func idle(r *web.Req) error {
	w, unit := people.Idle(r.Site.DB.Now()), r.By.Scope(people.MayGrant)
	if !unit.All {
		w = w.In("p.department", unit.Units)
	}
	return r.List(&people.Idlers, w, web.ListPage{Page: ui.Page{Back: &ui.Link{Label: r.T("people.list"), Href: "/people"}}})
}

func blank(r *web.Req) error {
	return write(r, "/people", "/people", r.T("people.new"), nil)
}

func hire(r *web.Req) error {
	return web.Submit(r, &paper, blank, func(tx *db.Tx, f *filled) (web.Done, error) {
		err := people.Hire(r.Context(), tx, &f.Person)
		return web.Done{To: "/people/" + f.ID, Say: "people.done.hired", Args: []string{f.Person.Name}, Data: f.Person}, err
	})
}

// one is the person of the address, if the asking one may see them.
func one(r *web.Req) (people.Person, error) {
	return people.People.Get(r.Context(), r.Read(), people.Scope(r.By).And("p.id = ?", r.PathValue("id")))
}

func edit(r *web.Req) error {
	p, err := one(r)
	if err != nil {
		return err
	}
	return write(r, "/people/"+p.ID, "/people/"+p.ID, p.Name, &filled{p, r.W2.List(p.Posts.Words()), p.Trades.Words()})
}

func write(r *web.Req, action, cancel, heading string, f *filled) error {
	to := ui.Form{Action: action, Submit: r.T("people.save"), Cancel: cancel, Draft: true}
	var value any
	if f != nil {
		to.Version, value = web.VersionText(f.Version), f
	}
	to, err := r.Form(&paper, value, to)
	if err != nil {
		return err
	}
	dress(&to, "phone", ui.KindPhone, "off")
	return r.Show(ui.Page{Heading: heading, Narrow: true, Body: ui.Ask(r.W2, to)}, nil)
}

func change(r *web.Req) error {
	return web.Submit(r, &paper, edit, func(tx *db.Tx, f *filled) (web.Done, error) {
		f.ID, f.Version = r.PathValue("id"), r.Version()
		err := people.Change(r.Context(), tx, &f.Person)
		return web.Done{To: "/people/" + f.ID, Say: "people.done.changed", Args: []string{f.Person.Name}, Data: f.Person}, err
	})
}

func leave(r *web.Req) error {
	id := r.PathValue("id")
	return web.Submit(r, &leaveForm, show, func(tx *db.Tx, l *struct{ Note string }) (web.Done, error) {
		return web.Done{To: "/people/" + id, Say: "people.done.left"}, people.Leave(r.Context(), tx, id, r.Version(), l.Note)
	})
}

func comeBack(r *web.Req) error {
	id := r.PathValue("id")
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		return web.Done{To: "/people/" + id, Say: "people.done.returned"}, people.Return(r.Context(), tx, id, r.Version())
	})
}

// erase takes the personal values of somebody who left out of all rooms at once.
func (c *Counter) erase(r *web.Req) error {
	id := r.PathValue("id")
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		done := web.Done{To: "/people/" + id, Say: "people.done.erased"}
		if err := people.Erase(r.Context(), tx, id, r.Version()); err != nil || c.Forget == nil {
			return done, err
		}
		return done, c.Forget(r.Context(), tx, id)
	})
}

// show is a person's card.
func show(r *web.Req) error {
	p, err := one(r)
	if err == nil {
		err = r.Saw("people.person", p.ID, "number", "name", "department", "phone")
	}
	if err != nil || r.JSON() {
		if err == nil {
			err = r.Give(p)
		}
		return err
	}
	page := ui.Page{Heading: p.Name, Sub: p.DepartmentName, Back: &ui.Link{Label: r.T("people.list"), Href: "/people"}, Live: []string{"people.person"}, Tabs: sides(r, p)}
	body := []templ.Component{card("", ui.Facts(facts(r, p)...))}
	hires := r.By.MayIn(people.MayHire, p.Department)
	key := func() []ui.Pair {
		return []ui.Pair{{Name: "_key", Value: r.NewKey()}, {Name: "_version", Value: web.VersionText(p.Version)}}
	}
	if p.Closed {
		page.Mark = &ui.Mark{Word: r.T("people.list.closed"), Tone: ui.Quiet}
		if p.ErasedAt != 0 {
			page.Mark.Word = r.T("people.erased.mark")
		} else if hires {
			page.Actions = []ui.Action{{Name: "return", Label: r.T("people.return"), Post: "/people/" + p.ID + "/return", Confirm: r.T("people.return.sure", p.Name), Hidden: key()},
				{Name: "erase", Label: r.T("people.erase"), Post: "/people/" + p.ID + "/erase", Confirm: r.T("people.erase.sure", p.Name), Tone: ui.Danger, Hidden: key()}}
		}
	} else if hires {
		f, err := r.Form(&leaveForm, nil, ui.Form{ID: "leave", Action: "/people/" + p.ID + "/leave", Submit: r.T("people.leave"), Tone: ui.Danger,
			Version: web.VersionText(p.Version), Intro: r.T("people.leave.intro")})
		if err != nil {
			return err
		}
		page.Actions = []ui.Action{{Name: "edit", Label: r.T("people.edit"), Href: "/people/" + p.ID + "/edit", Icon: "pencil"},
			{Name: "leave", Label: r.T("people.leave"), Ask: &f, Open: r.Failed(&leaveForm) != nil, Tone: ui.Danger}}
	}
	if hires || r.By.MayIn(people.MayGrant, p.Department) || r.By.May(people.AuditSeat) {
		account, err := account(r, p, hires && !p.Closed)
		if err != nil {
			return err
		}
		body = append(body, card(r.T("people.account"), account))
	}
	if hires {
		twins, err := twins(r, p)
		if err != nil {
			return err
		}
		body = append(body, card(r.T("people.twins"), twins))
	}
	papers, err := certificateTable(r, p.ID)
	if err != nil {
		return err
	}
	if len(papers.Rows) > 0 {
		body = append(body, card(r.T("people.certificates"), ui.List(r.W2, papers)))
	}
	held, err := people.Appointments(r.Context(), r.Read(), p.ID)
	if err != nil {
		return err
	}
	body = append(body, card(r.T("people.grants"), appointments(r, held, "")))
	if p.ErasedAt == 0 { // its lines name the person; they stand in the trail for the audit administrator
		story, err := r.Story("people.person", p.ID)
		if err != nil {
			return err
		}
		body = append(body, story)
	}
	page.Narrow, page.Body = true, stack(body...)
	return r.Show(page, p)
}

// sides are the pages about a person that this visitor may open.
func sides(r *web.Req, p people.Person) []ui.Link {
	if !r.By.MayIn(people.MayGrant, p.Department) {
		return nil
	}
	at := "/people/" + p.ID
	var links []ui.Link
	for _, s := range []struct{ href, label, icon string }{{at, "people.card", "user"}, {at + "/grants", "people.grants", "shield"}, {at + "/sessions", "people.access", "devices"}} {
		links = append(links, ui.Link{Href: s.href, Label: r.T(s.label), Icon: s.icon, Current: r.URL.Path == s.href})
	}
	return links
}

// account is what stands about a person's account, and what may be done with it.
func account(r *web.Req, p people.Person, hires bool) (templ.Component, error) {
	a, err := people.AccountOf(r.Context(), r.Read(), p.ID)
	none := fault.KindOf(err) == fault.NotFound
	if err != nil && !none {
		return nil, err
	}
	at := "/people/" + p.ID + "/account"
	key := []ui.Pair{{Name: "_key", Value: r.NewKey()}}
	var do []ui.Action
	if hires {
		value := &a
		label := r.T("people.account.rename")
		if none {
			value, label = &people.Account{Login: p.Number}, r.T("people.account.open")
		}
		f, err := r.Form(&loginForm, value, ui.Form{ID: "account", Action: at, Submit: label})
		if err != nil {
			return nil, err
		}
		do = append(do, ui.Action{Name: "account", Label: label, Ask: &f, Open: r.Failed(&loginForm) != nil})
	}
	if none {
		return stack(say(r.T("people.account.none")), ui.Buttons(r.W2, do...)), nil
	}
	state := ui.Fact{Label: r.T("people.account.state"), Text: r.T("people.account.live"), State: true, Tone: ui.Done}
	switch {
	case a.Closed || p.Closed:
		state.Text, state.Tone = r.T("people.account.closed"), ui.Quiet
	case !a.Password:
		state.Text, state.Tone = r.T("people.account.empty"), ui.Soon
	case a.MustChange:
		state.Text, state.Tone, state.Sub = r.T("people.account.first"), ui.Soon, r.T("people.until", a.ExpiresAt)
	}
	factor := ui.Fact{Label: r.T("people.factor"), Text: r.T("people.factor.none"), State: true, Tone: ui.Quiet}
	if a.FactorOn != 0 {
		factor.Text, factor.Tone, factor.Sub = r.T("people.factor.on"), ui.Done, r.T("people.since", a.FactorOn)
	}
	if hires && p.ID != r.By.ID {
		do = append(do, ui.Action{Name: "password", Label: r.T("people.hand_out"), Post: "/people/" + p.ID + "/password", Confirm: r.T("people.hand_out.sure", p.Name), Icon: "key"})
		if a.Closed {
			do = append(do, ui.Action{Name: "reopen", Label: r.T("people.account.reopen"), Post: at + "/reopen", Hidden: key})
		} else {
			do = append(do, ui.Action{Name: "close", Label: r.T("people.account.close"), Post: at + "/close", Hidden: key, Tone: ui.Danger, Confirm: r.T("people.account.close.sure", p.Name)})
		}
	}
	if a.FactorOn != 0 && p.ID != r.By.ID {
		label := "people.factor.drop"
		if a.DropBy != "" {
			label = "people.factor.drop_second"
		}
		do = append(do, ui.Action{Name: "factor-off", Label: r.T(label), Post: "/people/" + p.ID + "/factor/off", Tone: ui.Danger,
			Confirm: r.T("people.factor.drop_theirs.sure", p.Name), Hidden: key})
	}
	return stack(ui.Facts(ui.Fact{Label: r.T("people.account.login"), Text: a.Login}, state,
		ui.Fact{Label: r.T("people.account.in"), Text: r.W2.Full(a.InAt)},
		ui.Fact{Label: r.T("people.account.changed"), Text: r.W2.Full(a.ChangedAt)}, factor), ui.Buttons(r.W2, do...)), nil
}

func openAccount(r *web.Req) error {
	id := r.PathValue("id")
	return web.Submit(r, &loginForm, show, func(tx *db.Tx, a *people.Account) (web.Done, error) {
		return web.Done{To: "/people/" + id, Say: "people.done.account"}, people.OpenAccount(r.Context(), tx, id, a.Login)
	})
}

func closeAccount(r *web.Req) error  { return shutAccount(r, true, "people.done.account_closed") }
func reopenAccount(r *web.Req) error { return shutAccount(r, false, "people.done.account_reopened") }

func shutAccount(r *web.Req, closed bool, say string) error {
	id := r.PathValue("id")
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		return web.Done{To: "/people/" + id, Say: say}, people.CloseAccount(r.Context(), tx, id, closed)
	})
}

// handOut shows a first password, once, for the administrator to pass on.
func handOut(r *web.Req) error {
	p, err := one(r)
	if err != nil {
		return err
	}
	password, err := people.HandOut(r.Context(), r.Site.DB, r.By, p.ID)
	if err != nil {
		return err
	}
	a, err := people.AccountOf(r.Context(), r.Read(), p.ID)
	if err != nil {
		return err
	}
	return once(r, p.Name, r.T("people.hand_out.say"), "/people/"+p.ID, ui.Fact{Label: r.T("people.account.login"), Text: a.Login},
		ui.Fact{Label: r.T("people.hand_out.password"), Text: password}, ui.Fact{Label: r.T("people.hand_out.until"), Text: r.W2.Full(a.ExpiresAt)})
}
