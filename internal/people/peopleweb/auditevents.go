package peopleweb

import (
	"houqin/internal/base/db"
	"houqin/internal/base/form"
	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/watch"
	"houqin/internal/base/web"
	"houqin/internal/people"
)

// auditRoutes are the doors of those who watch.
func (c *Counter) auditRoutes() []web.Route {
	return []web.Route{
		{At: "GET /audit", Need: people.AuditSeat, Do: c.audit, List: c.trail()},
		{At: "GET /audit/reads", Need: people.AuditSeat, Do: sights, List: &people.Sights},
		{At: "GET /audit/keeping", Need: people.AuditSeat, Do: keeping, PageOnly: true},
		{At: "POST /audit/keeping", Need: people.AuditSeat, Do: keep, Form: &keepForm},
		{At: "GET /audit/seals", Need: people.AuditSeat, Do: seals, PageOnly: true},
		{At: "POST /audit/seals", Need: people.AuditSeat, Do: checkSeal, Form: &sealForm, PageOnly: true},
		{At: "GET /audit/seals/{number}/sheet", Need: people.AuditSeat, Do: sealSheet, PageOnly: true},
		{At: "GET /audit/proof", Need: people.MayProve, Do: proofs, PageOnly: true},
		{At: "GET /audit/proof/{month}", Need: people.MayProve, Do: c.proof, PageOnly: true, Heavy: true},
		{At: "GET /events", Need: people.MayWatch, Do: events, List: &people.Events},
		{At: "GET /events/{id}", Need: people.MayWatch, Do: event, Gives: people.Occurrence{}},
		{At: "POST /events/{id}/handle", Need: people.AuditSeat, Do: handle, Form: &handleForm},
	}
}

// auditTabs are the pages of those who watch, as far as this visitor may open them.
func auditTabs(r *web.Req) (links []ui.Link) {
	for _, t := range []struct{ href, label, icon, may string }{
		{"/events", "people.events", "alarm", people.MayWatch}, {"/audit", "people.audit", "history", people.AuditSeat}, {"/audit/reads", "people.sights", "eye", people.AuditSeat},
		{"/audit/seals", "people.seals", "stamp", people.AuditSeat}, {"/audit/proof", "people.proof", "certificate", people.MayProve}, {"/audit/keeping", "people.keeping", "archive", people.AuditSeat},
	} {
		if r.By.May(t.may) {
			links = append(links, ui.Link{Href: t.href, Label: r.T(t.label), Icon: t.icon, Current: r.URL.Path == t.href})
		}
	}
	return links
}

// events is what concerned safety. Alarms that nobody looked at are said first.
func events(r *web.Req) error {
	p := web.ListPage{Page: ui.Page{Tabs: auditTabs(r)}}
	if !r.JSON() {
		n, err := watch.Open(r.Context(), r.Read())
		if err != nil {
			return err
		}
		if n > 0 {
			p.Page.Mark = &ui.Mark{Word: r.T("people.events.open", n), Tone: ui.Danger}
			p.Page.Actions = []ui.Action{{Name: "open", Label: r.T("people.events.show_open"), Href: "/events?alarm=true&handled=false", Icon: "alarm"}}
		}
	}
	return r.List(&people.Events, list.Where{}, p)
}

var handleForm = form.Of[struct{ Note string }]{Name: "people.handle", Fields: []form.Field[struct{ Note string }]{
	{Key: "note", Into: func(h *struct{ Note string }) any { return &h.Note }, Required: true, Kind: form.Area, Most: 300, Hint: true},
}}

// event is one event, and what somebody found out about it.
func event(r *web.Req) error {
	e, err := people.Events.Get(r.Context(), r.Read(), list.Where{}.And("e.id = ?", r.PathValue("id")))
	if err != nil || r.JSON() {
		if err == nil {
			err = r.Give(e)
		}
		return err
	}
	what := e.What
	if r.W2.Has("did." + what) {
		what = r.T("did." + what)
	}
	factor := e.Factor
	if factor != "" {
		factor = r.T("people.events.factor." + factor)
	}
	facts := []ui.Fact{{Label: r.T("people.events.at"), Text: r.W2.Full(e.At)}, {Label: r.T("people.events.by"), Text: e.ByName}, {Label: r.T("people.events.source"), Text: e.Source},
		{Label: r.T("people.events.what"), Text: what}, {Label: r.T("people.events.factor"), Text: factor}, {Label: r.T("people.events.record"), Text: e.Record}, {Label: r.T("people.events.note"), Text: e.Note, Wide: true},
		{Label: r.T("people.events.times"), Text: r.W2.Number(e.Times), Num: true}, {Label: r.T("people.events.request"), Text: e.Request}, {Label: r.T("people.events.id"), Text: e.ID}}
	if e.ByID != "" && e.ByName != "" && r.By.May(people.AuditSeat) {
		facts[1].Href = "/audit?by=" + e.ByID
	}
	p := ui.Page{Heading: r.T("people.events.kind." + e.Kind), Back: &ui.Link{Label: r.T("people.events"), Href: "/events"}, Narrow: true, Live: []string{"base.event"}}
	body := card("", ui.Facts(facts...))
	switch {
	case e.Handled:
		p.Mark = &ui.Mark{Word: r.T("people.events.handled"), Tone: ui.Done}
		body = stack(body, card(r.T("people.events.handled"), ui.Facts(ui.Fact{Label: r.T("people.events.handled_by"), Text: e.HandledName},
			ui.Fact{Label: r.T("people.events.handled_at"), Text: r.W2.Full(e.HandledAt)}, ui.Fact{Label: r.T("people.handle.note"), Text: e.HandledNote, Wide: true})))
	case r.By.May(people.AuditSeat):
		f, err := r.Form(&handleForm, nil, ui.Form{ID: "handle", Action: "/events/" + e.ID + "/handle", Submit: r.T("people.handle")})
		if err != nil {
			return err
		}
		body = stack(body, card(r.T("people.handle"), ui.Ask(r.W2, f)))
	}
	if e.Alarm && !e.Handled {
		p.Mark = &ui.Mark{Word: r.T("people.events.alarm"), Tone: ui.Danger}
	}
	p.Body = body
	return r.Show(p, nil)
}

func handle(r *web.Req) error {
	return web.Submit(r, &handleForm, event, func(tx *db.Tx, h *struct{ Note string }) (web.Done, error) {
		return web.Done{To: "/events", Say: "people.done.handled"}, people.HandleEvent(r.Context(), tx, r.PathValue("id"), h.Note)
	})
}

// sights is who read what about whom; looking here is itself written down.
func sights(r *web.Req) error {
	if r.URL.RawQuery != "" && !r.URL.Query().Has("after") && !r.URL.Query().Has("before") {
		if err := r.Do(func(tx *db.Tx) error { return people.Looked(r.Context(), tx, "reads?"+r.URL.RawQuery) }); err != nil {
			return err
		}
	}
	return r.List(&people.Sights, list.Where{}, web.ListPage{Page: ui.Page{Tabs: auditTabs(r)}})
}

// terms are how long entries are kept, in days.
type terms struct{ Events, Reads int64 }

var keepForm = form.Of[terms]{Name: "people.keeping", Fields: []form.Field[terms]{
	{Key: "events", Into: func(k *terms) any { return &k.Events }, Required: true, Unit: "people.unit.days", Hint: true},
	{Key: "reads", Into: func(k *terms) any { return &k.Reads }, Required: true, Unit: "people.unit.days", Hint: true},
}}

// keeping is the page of how long entries are kept.
func keeping(r *web.Req) error {
	var k terms
	for i, at := range []*int64{&k.Events, &k.Reads} {
		days, err := watch.Kept(r.Context(), r.Read(), watch.Classes[i])
		if err != nil {
			return err
		}
		*at = days
	}
	f, err := r.Form(&keepForm, &k, ui.Form{ID: "keeping", Action: "/audit/keeping", Submit: r.T("people.save"), Intro: r.T("people.keeping.intro")})
	if err != nil {
		return err
	}
	return r.Show(ui.Page{Heading: r.T("people.keeping"), Tabs: auditTabs(r), Narrow: true, Body: ui.Ask(r.W2, f)}, nil)
}

func keep(r *web.Req) error {
	return web.Submit(r, &keepForm, keeping, func(tx *db.Tx, k *terms) (web.Done, error) {
		done := web.Done{To: "/audit/keeping", Say: "people.done.kept"}
		if err := people.Keep(r.Context(), tx, "events", k.Events); err != nil {
			return done, err
		}
		if err := people.Keep(r.Context(), tx, "reads", k.Reads); err != nil {
			return done, err
		}
		return done, people.Looked(r.Context(), tx, "keeping")
	})
}
