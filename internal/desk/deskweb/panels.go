package deskweb

import (
	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
	"houqin/internal/desk"
)

// panelRoutes are the doors to the systems that tell of alarms.
func panelRoutes() []web.Route {
	panel := desk.Panel{}
	return []web.Route{
		{At: "GET /desk/panels", Need: desk.MayArrange, Do: panels, List: &desk.Panels},
		{At: "GET /desk/panels/new", Need: desk.MayArrange, Do: blankPanel, PageOnly: true},
		{At: "POST /desk/panels", Need: desk.MayArrange, Do: openPanel, Form: &desk.PanelForm, PageOnly: true},
		{At: "GET /desk/panels/{id}", Need: desk.MayArrange, Do: panelPage, Gives: panel},
		{At: "POST /desk/panels/{id}", Need: desk.MayArrange, Do: changePanel, Form: &desk.PanelForm, Gives: panel},
		{At: "POST /desk/panels/{id}/key", Need: desk.MayArrange, Do: rekey, PageOnly: true},
	}
}

func panels(r *web.Req) error {
	return r.List(&desk.Panels, list.Where{}, web.ListPage{Empty: ui.Nothing{Text: r.T("desk.panels.empty")},
		Page: ui.Page{Sub: r.T("desk.panels.sub"), Back: &ui.Link{Label: r.T("desk.settings"), Href: "/desk/settings"},
			Actions: []ui.Action{{Name: "new", Label: r.T("desk.panel.new"), Href: "/desk/panels/new", Icon: "plus", Tone: ui.Accent}}}})
}

// panelAsk draws the form of a panel, with the kinds to choose from.
func panelAsk(r *web.Req, p *desk.Panel, f ui.Form) (ui.Form, error) {
	f, err := r.Form(&desk.PanelForm, p, f)
	if err != nil {
		return f, err
	}
	for i := range f.Fields {
		switch x := &f.Fields[i]; x.Name {
		case "kind":
			if x.Options, err = kindOptions(r); err != nil {
				return f, err
			}
		case "class", "urgency":
			x.Half = true
		}
	}
	return f, nil
}

func blankPanel(r *web.Req) error {
	f, err := panelAsk(r, &desk.Panel{Sort: "fire", Urgency: desk.Urgent, Most: 60, Department: r.By.Unit}, ui.Form{ID: "panel", Action: "/desk/panels", Submit: r.T("desk.panel.open"), Cancel: "/desk/panels"})
	if err != nil {
		return err
	}
	for i := range f.Fields {
		if f.Fields[i].Name == "closed" {
			f.Fields = append(f.Fields[:i], f.Fields[i+1:]...)
			break
		}
	}
	return r.Show(ui.Page{Heading: r.T("desk.panel.new"), Narrow: true, Back: &ui.Link{Label: r.T("desk.panels"), Href: "/desk/panels"}, Body: ui.Ask(r.W2, f)}, nil)
}

// openPanel shows the key, once: the books keep only its hash.
func openPanel(r *web.Req) error {
	return web.Take(r, &desk.PanelForm, blankPanel, func(p *desk.Panel) error {
		var key string
		if err := r.Do(func(tx *db.Tx) (err error) { key, err = desk.SetPanel(r.Context(), tx, p); return err }); err != nil {
			return err
		}
		return showKey(r, p, key)
	})
}

func rekey(r *web.Req) error {
	if _, err := r.Input(); err != nil {
		return err
	}
	var key string
	if err := r.Do(func(tx *db.Tx) (err error) {
		key, err = desk.Rekey(r.Context(), tx, r.PathValue("id"), r.Version())
		return err
	}); err != nil {
		return err
	}
	p, err := desk.PanelByID(r.Context(), r.Read(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return showKey(r, &p, key)
}

func showKey(r *web.Req, p *desk.Panel, key string) error {
	return r.Show(ui.Page{Heading: p.Name, Narrow: true, Back: &ui.Link{Label: r.T("desk.panels"), Href: "/desk/panels"},
		Body: ui.Below(above(sentence(ui.Soon, r.T("desk.panel.once"))), ui.Section("", ui.Facts(append([]ui.Fact{{Label: r.T("desk.panel.key"), Text: key, Wide: true}}, howToTell(r)...)...)),
			ui.Buttons(r.W2, ui.Action{Name: "noted", Label: r.T("desk.panel.noted"), Href: "/desk/panels/" + p.ID, Tone: ui.Accent}))}, nil)
}

// howToTell is what somebody has to know who connects a panel.
func howToTell(r *web.Req) []ui.Fact {
	return []ui.Fact{
		{Label: r.T("desk.panel.address"), Text: "POST " + r.Origin() + "/api/alarms", Wide: true},
		{Label: r.T("desk.panel.header"), Text: r.T("desk.panel.header.text"), Sub: r.T("desk.panel.header.else"), Wide: true},
		{Label: r.T("desk.panel.body"), Text: `{"id": "F-20261122-0815", "text": "` + r.T("desk.panel.example") + `", "point": "A3-017", "place": "A301", "at": "2026-11-22T08:15:00+08:00", "cleared": "false"}`, Sub: r.T("desk.panel.body.hint"), Wide: true},
		{Label: r.T("desk.panel.mail"), Text: r.T("desk.panel.mail.text"), Sub: r.T("desk.panel.mail.hint"), Wide: true},
	}
}

func panelPage(r *web.Req) error {
	p, err := desk.PanelByID(r.Context(), r.Read(), r.PathValue("id"))
	if err != nil || r.JSON() {
		if err != nil {
			return err
		}
		return r.Give(p)
	}
	now := r.Read().Moment()
	f, err := panelAsk(r, &p, ui.Form{ID: "panel", Action: "/desk/panels/" + p.ID, Submit: r.T("desk.settings.save"), Version: web.VersionText(p.Version)})
	if err != nil {
		return err
	}
	facts := []ui.Fact{{Label: r.T("desk.panels.seen_at"), Text: r.W2.Instant(p.SeenAt, now)}, {Label: r.T("desk.panels.alarms"), Text: r.W2.Number(p.Alarms), Href: "/desk/alarms?state=waiting,raised,joined,dismissed&panel=" + p.ID}}
	if !r.By.May(desk.MayDispatch) {
		facts[1].Href = ""
	}
	if p.Refused > 0 {
		facts = append(facts, ui.Fact{Label: r.T("desk.panels.refused"), Text: r.W2.Number(p.Refused), Sub: r.W2.Instant(p.RefusedAt, now), Tone: ui.Soon})
	}
	story, err := r.Story(desk.PanelNoun, p.ID)
	if err != nil {
		return err
	}
	page := ui.Page{Heading: p.Name, Narrow: true, Live: []string{desk.PanelNoun}, Back: &ui.Link{Label: r.T("desk.panels"), Href: "/desk/panels"},
		Actions: []ui.Action{{Name: "key", Label: r.T("desk.panel.rekey"), Icon: "key", Post: "/desk/panels/" + p.ID + "/key", Confirm: r.T("desk.panel.rekey.sure"),
			Hidden: []ui.Pair{{Name: "_version", Value: web.VersionText(p.Version)}}}},
		Body: templ.Component(ui.Below(ui.Section("", ui.Facts(facts...)), ui.Section(r.T("desk.panel.change"), ui.Ask(r.W2, f)), ui.Section(r.T("desk.panel.connect"), ui.Facts(howToTell(r)...)), ui.Section(r.T("desk.page.story"), story)))}
	return r.Show(page, p)
}

func changePanel(r *web.Req) error {
	return web.Submit(r, &desk.PanelForm, panelPage, func(tx *db.Tx, p *desk.Panel) (web.Done, error) {
		p.ID, p.Version = r.PathValue("id"), r.Version()
		_, err := desk.SetPanel(r.Context(), tx, p)
		return web.Done{To: "/desk/panels/" + p.ID, Say: "desk.done.arranged", Data: p}, err
	})
}
