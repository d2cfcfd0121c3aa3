package peopleweb

import (
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/people"
)

// roleSheet is the form of a role: its permissions are ticked room by room.
type roleSheet struct {
	people.Role
	ticked map[string]*[]string
}

func (s *roleSheet) room(name string) *[]string {
	if s.ticked == nil {
		s.ticked = map[string]*[]string{}
	}
	if s.ticked[name] == nil {
		s.ticked[name] = new([]string)
	}
	return s.ticked[name]
}

// rooms are those whose permissions have a heading of their own; other rooms'
// stand together at the end.
var rooms = []string{"desk", "warehouse", "assets", "catalog", "suppliers", "departments", "places", "people", "calendar", "files", "intake"}

func roomOf(permission string) string {
	name, _, _ := strings.Cut(permission, ".")
	if slices.Contains(rooms, name) {
		return name
	}
	return "other"
}

// roleForm has a field of ticks for each room that has something to permit.
func (c *Counter) roleForm(made bool) *form.Of[roleSheet] {
	f := &form.Of[roleSheet]{Name: "people.role", Fields: []form.Field[roleSheet]{
		{Key: "name_zh", Into: func(s *roleSheet) any { return &s.NameZh }, Required: true, Most: 40},
		{Key: "name_en", Into: func(s *roleSheet) any { return &s.NameEn }, Most: 40},
		{Key: "factor", Into: func(s *roleSheet) any { return &s.Factor }, Hint: true},
	}}
	if !made {
		f.Fields = append([]form.Field[roleSheet]{{Key: "code", Into: func(s *roleSheet) any { return &s.Code }, Required: true, Most: 30, Hint: true}}, f.Fields...)
	}
	for _, room := range append(slices.Clone(rooms), "other") {
		var may []string
		for _, p := range c.Permissions {
			if roomOf(p) == room {
				may = append(may, p)
			}
		}
		if len(may) > 0 {
			f.Fields = append(f.Fields, form.Field[roleSheet]{Key: room, Into: func(s *roleSheet) any { return s.room(room) }, OneOf: may, Enum: "may"})
		}
	}
	return f
}

// role is what was filled in.
func (s *roleSheet) role() *people.Role {
	s.Rights = nil
	for _, ticked := range s.ticked {
		s.Rights = append(s.Rights, *ticked...)
	}
	return &s.Role
}

// sheetOf fills the form with what a role has.
func sheetOf(role people.Role) *roleSheet {
	s := &roleSheet{Role: role}
	for _, may := range role.Rights {
		at := s.room(roomOf(may))
		*at = append(*at, may)
	}
	return s
}

func rightTabs(r *web.Req) []ui.Link {
	return []ui.Link{{Href: "/roles", Label: r.T("people.roles"), Icon: "shield", Current: r.URL.Path == "/roles"},
		{Href: "/roles/rules", Label: r.T("people.rules"), Icon: "lock", Current: r.URL.Path == "/roles/rules"},
		{Href: "/devices", Label: r.T("people.devices"), Icon: "devices", Current: r.URL.Path == "/devices"}}
}

func (c *Counter) roles(r *web.Req) error {
	all, err := people.Roles(r.Context(), r.Read())
	if err != nil {
		return err
	}
	if r.JSON() {
		return r.Give(all)
	}
	held, err := people.Held(r.Context(), r.Read())
	if err != nil {
		return err
	}
	t := ui.Table{ID: "roles", Bare: true, Caption: r.T("people.roles"), Columns: []ui.Head{{Label: r.T("people.role.name")}, {Label: r.T("people.role.code")},
		{Label: r.T("people.role.rights"), Num: true}, {Label: r.T("people.role.holders"), Num: true}, {Label: r.T("people.role.state")}}}
	for _, role := range all {
		row := ui.Row{Href: "/roles/" + role.ID, Quiet: role.Closed, Cells: []ui.Cell{{Text: role.Name(r.W2.Lang)}, {Text: role.Code},
			{Text: r.W2.Number(int64(len(role.Rights))), Num: true}, {Text: r.W2.Number(held[role.ID]), Num: true}}}
		state := ui.Cell{Text: r.T("people.role.shipped"), State: true}
		switch {
		case role.Closed:
			state = ui.Cell{Text: r.T("people.role.closed"), State: true, Tone: ui.Quiet}
		case role.Edited:
			state = ui.Cell{Text: r.T("people.role.edited"), State: true, Tone: ui.Accent}
		}
		row.Cells = append(row.Cells, state)
		t.Rows = append(t.Rows, row)
	}
	return r.Show(ui.Page{Heading: r.T("people.roles"), Tabs: rightTabs(r), Body: ui.List(r.W2, t),
		Actions: []ui.Action{{Name: "new", Label: r.T("people.role.new"), Href: "/roles/new", Icon: "plus", Tone: ui.Accent}}}, nil)
}

func (c *Counter) blankRole(r *web.Req) error {
	f, err := r.Form(c.roleForm(false), nil, ui.Form{Action: "/roles", Submit: r.T("people.save"), Cancel: "/roles", Draft: true})
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: r.T("people.role.new"), Narrow: true, Body: ui.Ask(r.W2, f)}, nil)
}

func (c *Counter) makeRole(r *web.Req) error {
	return web.Submit(r, c.roleForm(false), c.blankRole, func(tx *db.Tx, s *roleSheet) (web.Done, error) {
		role := s.role()
		err := people.MakeRole(r.Context(), tx, role)
		return web.Done{To: "/roles/" + role.ID, Say: "people.done.role", Args: []string{role.NameZh}, Data: role}, err
	})
}

// role is the page of one role: what it permits, and who holds it.
func (c *Counter) role(r *web.Req) error {
	role, err := people.RoleByID(r.Context(), r.Read(), r.PathValue("id"))
	if err != nil || r.JSON() {
		if err == nil {
			err = r.Give(role)
		}
		return err
	}
	f, err := r.Form(c.roleForm(true), sheetOf(role), ui.Form{ID: "role", Action: "/roles/" + role.ID, Submit: r.T("people.save"), Version: web.VersionText(role.Version), Draft: true})
	if err != nil {
		return err
	}
	held, err := people.Holders(r.Context(), r.Read(), role.ID)
	if err != nil {
		return err
	}
	t := ui.Table{ID: "holders", Bare: true, Caption: r.T("people.role.holders"), Empty: ui.Nothing{Text: r.T("people.role.nobody"), Icon: "users"},
		Columns: []ui.Head{{Label: r.T("people.list.name")}, {Label: r.T("people.grant.where")}, {Label: r.T("people.grant.from")}, {Label: r.T("people.grant.until")}}}
	for _, a := range held {
		t.Rows = append(t.Rows, ui.Row{Href: "/people/" + a.Person + "/grants", Cells: []ui.Cell{{Text: a.PersonName}, {Text: where(r, a)}, {Text: string(a.From)}, {Text: string(a.Until)}}})
	}
	story, err := r.Story("people.role", role.ID)
	if err != nil {
		return err
	}
	p := ui.Page{Heading: role.Name(r.W2.Lang), Sub: role.Code, Back: &ui.Link{Label: r.T("people.roles"), Href: "/roles"}}
	if role.Closed {
		p.Mark = &ui.Mark{Word: r.T("people.role.closed"), Tone: ui.Quiet}
	} else {
		p.Actions = []ui.Action{{Name: "close", Label: r.T("people.role.close"), Post: "/roles/" + role.ID + "/close", Tone: ui.Danger, Confirm: r.T("people.role.close.sure", role.Name(r.W2.Lang)),
			Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}, {Name: "_version", Value: web.VersionText(role.Version)}}}}
	}
	p.Narrow, p.Body = true, stack(card(r.T("people.role.rights"), ui.Ask(r.W2, f)), card(r.T("people.role.holders"), ui.List(r.W2, t)), story)
	return r.Show(p, nil)
}

func (c *Counter) changeRole(r *web.Req) error {
	return web.Submit(r, c.roleForm(true), c.role, func(tx *db.Tx, s *roleSheet) (web.Done, error) {
		role := s.role()
		role.ID, role.Version = r.PathValue("id"), r.Version()
		err := people.ChangeRole(r.Context(), tx, role)
		return web.Done{To: "/roles/" + role.ID, Say: "people.done.role", Args: []string{role.NameZh}, Data: role}, err
	})
}

func (c *Counter) closeRole(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		return web.Done{To: "/roles", Say: "people.done.role_closed"}, people.CloseRole(r.Context(), tx, r.PathValue("id"), r.Version())
	})
}

var rulesForm = form.Of[people.Policy]{Name: "people.rules", Fields: []form.Field[people.Policy]{
	{Key: "profile", Into: func(p *people.Policy) any { return &p.Profile }, Required: true, OneOf: people.Profiles, Enum: "people.profile", Kind: form.Cards, Hint: true},
	{Key: "least", Into: func(p *people.Policy) any { return &p.Least }, Required: true, Unit: "people.unit.letters"},
	{Key: "classes", Into: func(p *people.Policy) any { return &p.Classes }, Unit: "people.unit.kinds", Hint: true},
	{Key: "age_days", Into: func(p *people.Policy) any { return &p.AgeDays }, Unit: "people.unit.days", Hint: true},
	{Key: "history", Into: func(p *people.Policy) any { return &p.History }, Unit: "people.unit.times", Hint: true},
	{Key: "first_hours", Into: func(p *people.Policy) any { return &p.FirstHours }, Required: true, Unit: "people.unit.hours"},
	{Key: "barred", Into: func(p *people.Policy) any { return &p.Barred }, Kind: form.Area, Most: 1000, Hint: true},
	{Key: "factor", Into: func(p *people.Policy) any { return &p.Factor }, Required: true, OneOf: people.Factors, Enum: "people.factor_of", Kind: form.Cards, Hint: true},
	{Key: "idle_minutes", Into: func(p *people.Policy) any { return &p.IdleMinutes }, Required: true, Unit: "people.unit.minutes"},
	{Key: "life_days", Into: func(p *people.Policy) any { return &p.LifeDays }, Required: true, Unit: "people.unit.days"},
	{Key: "shared_idle_minutes", Into: func(p *people.Policy) any { return &p.SharedIdleMinutes }, Required: true, Unit: "people.unit.minutes", Hint: true},
	{Key: "shared_life_hours", Into: func(p *people.Policy) any { return &p.SharedLifeHours }, Required: true, Unit: "people.unit.hours"},
	{Key: "own_idle_minutes", Into: func(p *people.Policy) any { return &p.OwnIdleMinutes }, Required: true, Unit: "people.unit.minutes", Hint: true},
	{Key: "own_life_days", Into: func(p *people.Policy) any { return &p.OwnLifeDays }, Required: true, Unit: "people.unit.days"},
	{Key: "again_minutes", Into: func(p *people.Policy) any { return &p.AgainMinutes }, Required: true, Unit: "people.unit.minutes", Hint: true},
	{Key: "sessions", Into: func(p *people.Policy) any { return &p.Sessions }, Required: true},
	{Key: "token_days", Into: func(p *people.Policy) any { return &p.TokenDays }, Required: true, Unit: "people.unit.days"},
	{Key: "tries", Into: func(p *people.Policy) any { return &p.Tries }, Required: true, Unit: "people.unit.times", Hint: true},
	{Key: "delay_seconds", Into: func(p *people.Policy) any { return &p.DelaySeconds }, Required: true, Unit: "people.unit.seconds"},
	{Key: "delay_minutes", Into: func(p *people.Policy) any { return &p.DelayMinutes }, Required: true, Unit: "people.unit.minutes"},
	{Key: "address_tries", Into: func(p *people.Policy) any { return &p.AddressTries }, Required: true, Unit: "people.unit.times", Hint: true},
}}

// rules is the page of how people sign in.
func (c *Counter) rules(r *web.Req) error {
	p, err := people.TheRules(r.Context(), r.Read())
	if err != nil || r.JSON() {
		if err == nil {
			err = r.Give(p)
		}
		return err
	}
	f, err := r.Form(&rulesForm, &p, ui.Form{ID: "rules", Action: "/roles/rules", Submit: r.T("people.save"), Version: web.VersionText(p.Version)})
	if err != nil {
		return err
	}
	for i := range f.Fields { // nought is a rule too
		if f.Fields[i].Kind == ui.KindNumber && f.Fields[i].Value == "" && r.Failed(&rulesForm) == nil {
			f.Fields[i].Value = "0"
		}
	}
	story, err := r.Story("people.policy", "policy")
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: r.T("people.rules"), Tabs: rightTabs(r), Narrow: true, Body: stack(ui.Ask(r.W2, f), story)}, nil)
}

func (c *Counter) setRules(r *web.Req) error {
	return web.Submit(r, &rulesForm, c.rules, func(tx *db.Tx, p *people.Policy) (web.Done, error) {
		p.Version = r.Version()
		return web.Done{To: "/roles/rules", Say: "people.done.rules", Data: p}, people.SetRules(r.Context(), tx, p)
	})
}
