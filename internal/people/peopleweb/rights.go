package peopleweb

import (
	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/form"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/people"
)

// given is the form of an appointment: the place is asked as campus or department.
type given struct {
	people.Appointment
	Campus, Department string
}

var grantForm = form.Of[given]{Name: "people.grant", Fields: []form.Field[given]{
	{Key: "role", Into: func(g *given) any { return &g.Role }, Required: true, Kind: form.Choice},
	{Key: "extent", Into: func(g *given) any { return &g.Extent }, Required: true, OneOf: people.Extents, Enum: "people.extent", Kind: form.Cards},
	{Key: "department", Into: func(g *given) any { return &g.Department }, Ref: "departments", Hint: true},
	{Key: "campus", Into: func(g *given) any { return &g.Campus }, Ref: "campuses", Hint: true},
	{Key: "from", Into: func(g *given) any { return &g.From }, Hint: true},
	{Key: "until", Into: func(g *given) any { return &g.Until }, Hint: true},
}, Check: func(g *given, bad *fault.Complaints) {
	switch g.Extent {
	case people.InDepartment:
		if g.Unit = g.Department; g.Unit == "" {
			bad.Add("department", "base.required")
		}
	case people.InCampus:
		if g.Unit = g.Campus; g.Unit == "" {
			bad.Add("campus", "base.required")
		}
	}
}}

// reach is the person of the address, if the asking one may grant them something.
func reach(r *web.Req) (people.Person, error) {
	p, err := one(r)
	if err == nil && !r.By.MayIn(people.MayGrant, p.Department) {
		err = fault.New(fault.NotFound, "base.not_found")
	}
	return p, err
}

// grants is where a person is given roles and loses them.
func (c *Counter) grants(r *web.Req) error {
	p, err := reach(r)
	if err != nil {
		return err
	}
	held, err := people.Appointments(r.Context(), r.Read(), p.ID)
	if err != nil {
		return err
	}
	if r.JSON() {
		return r.Give(held)
	}
	at := "/people/" + p.ID + "/grants"
	body := []templ.Component{card(r.T("people.grants"), appointments(r, held, at+"/withdraw"))}
	switch {
	case p.Closed:
	case p.ID == r.By.ID:
		body = append(body, note(ui.Plain, r.T("people.own_rights")))
	default:
		f, err := r.Form(&grantForm, &given{Appointment: people.Appointment{Extent: people.InDepartment, From: r.Site.DB.Today()}, Department: p.Department},
			ui.Form{ID: "grant", Action: at, Submit: r.T("people.grant"), Draft: true})
		if err != nil {
			return err
		}
		if err := offer(r, &f); err != nil {
			return err
		}
		body = append(body, card(r.T("people.grant.new"), ui.Ask(r.W2, f)))
	}
	story, err := r.Story("people.grant", p.ID)
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: p.Name, Sub: p.DepartmentName, Back: &ui.Link{Label: r.T("people.list"), Href: "/people"}, Tabs: sides(r, p), Narrow: true, Body: stack(append(body, story)...)}, nil)
}

// offer puts the open roles into the form, in the reader's language.
func offer(r *web.Req, f *ui.Form) error {
	roles, err := people.Roles(r.Context(), r.Read())
	if err != nil {
		return err
	}
	for i := range f.Fields {
		if f.Fields[i].Name != "role" {
			continue
		}
		for _, role := range roles {
			if !role.Closed {
				f.Fields[i].Options = append(f.Fields[i].Options, ui.Option{Value: role.ID, Label: role.Name(r.W2.Lang)})
			}
		}
	}
	return nil
}

func (c *Counter) grant(r *web.Req) error {
	id := r.PathValue("id")
	return web.Submit(r, &grantForm, c.grants, func(tx *db.Tx, g *given) (web.Done, error) {
		g.Person = id
		err := people.Grant(r.Context(), tx, &g.Appointment)
		return web.Done{To: "/people/" + id + "/grants", Say: "people.done.granted", Args: []string{g.PersonName}, Data: g.Appointment}, err
	})
}

func (c *Counter) withdraw(r *web.Req) error {
	p, err := reach(r)
	if err != nil {
		return err
	}
	return r.Ticked("/people/"+p.ID+"/grants", "people.done.withdrawn", func(tx *db.Tx, id string) error { return people.Withdraw(r.Context(), tx, id) })
}

// theirSessions is where a person is signed in, with what and since when.
func (c *Counter) theirSessions(r *web.Req) error {
	p, err := reach(r)
	if err != nil {
		return err
	}
	at := "/people/" + p.ID
	list, err := sessions(r, p.ID, at+"/sessions/end")
	if err != nil {
		return err
	}
	keys, err := tokens(r, p.ID, at+"/tokens/revoke")
	if err != nil {
		return err
	}
	do := []ui.Action{{Name: "end-all", Label: r.T("people.session.end_all"), Post: at + "/sessions/end-all", Tone: ui.Danger, Icon: "logout",
		Confirm: r.T("people.session.end_all.sure", p.Name), Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}}}}
	story, err := r.Story("people.account", p.ID)
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: p.Name, Sub: p.DepartmentName, Back: &ui.Link{Label: r.T("people.list"), Href: "/people"}, Tabs: sides(r, p), Actions: do, Narrow: true,
		Body: stack(card(r.T("people.me.sessions"), list), card(r.T("people.me.tokens"), keys), story)}, nil)
}

func (c *Counter) endTheirs(r *web.Req) error {
	return endTicked(r, r.PathValue("id"), "/people/"+r.PathValue("id")+"/sessions")
}

func (c *Counter) revokeTheirs(r *web.Req) error {
	return revokeTicked(r, r.PathValue("id"), "/people/"+r.PathValue("id")+"/sessions")
}

func (c *Counter) endAllTheirs(r *web.Req) error {
	id := r.PathValue("id")
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		return web.Done{To: "/people/" + id + "/sessions", Say: "people.done.ended"}, people.SignOutEverywhere(r.Context(), tx, id, "")
	})
}

func (c *Counter) dropTheirs(r *web.Req) error {
	id := r.PathValue("id")
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		done, err := people.DropFactor(r.Context(), tx, id)
		say := "people.done.factor_off"
		if !done {
			say = "people.done.factor_off_asked"
		}
		return web.Done{To: "/people/" + id, Say: say}, err
	})
}
