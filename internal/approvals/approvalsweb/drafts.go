package approvalsweb

import (
	"houqin/internal/approvals"
	"houqin/internal/base/db"
	"houqin/internal/base/ui"
	"houqin/internal/base/web"
)

func drafted(r *web.Req) error { return showDraft(r, nil) }

func showDraft(r *web.Req, last *tried) error {
	rt, err := approvals.RouteByID(r.Context(), r.Read(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if r.JSON() {
		return r.Give(rt)
	}
	parts, err := tables(r, &rt)
	if err != nil {
		return err
	}
	to := "/approvals/drafts/" + rt.ID
	p := ui.Page{Heading: approvals.SayKind(r.W2, rt.Kind), Sub: r.T("approvals.since", rt.Since) + " · " + rt.Reason, Wide: true, Mark: &ui.Mark{Word: r.T("approvals.route." + rt.State)},
		Back: &ui.Link{Label: approvals.SayKind(r.W2, rt.Kind), Href: "/approvals/routes/" + rt.Kind}}
	if rt.State == "draft" {
		hidden := []ui.Pair{{Name: "_key", Value: r.NewKey()}, {Name: "_version", Value: web.VersionText(rt.Version)}}
		force := ui.Action{Name: "force", Label: r.T("approvals.force", rt.Since), Post: to + "/force", Hidden: hidden, Tone: ui.Accent}
		if !r.By.May(approvals.MayForce) || rt.By == r.By.ID {
			force = ui.Action{Name: "force", Label: force.Label, Closed: r.T("approvals.own_draft", rt.ByName)}
		}
		if r.By.May(approvals.MayForce) || r.By.May(approvals.MayRoute) {
			p.Actions = []ui.Action{force,
				{Name: "drop", Label: r.T("approvals.drop"), Post: to + "/drop", Hidden: []ui.Pair{{Name: "_key", Value: r.NewKey()}, {Name: "_version", Value: web.VersionText(rt.Version)}}, Tone: ui.Danger}}
		}
	}
	f, err := tryForm(r, rt.Kind, to+"/preview", last)
	if err != nil {
		return err
	}
	p.Body = ui.Below(append(parts, ui.Section(r.T("approvals.preview"), ui.Below(ui.Ask(r.W2, f), last.result())))...)
	return r.Show(p, rt)
}

func force(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		rt, err := approvals.Force(r.Context(), tx, r.PathValue("id"), r.Version())
		return web.Done{To: "/approvals/routes/" + rt.Kind, Say: "approvals.done.forced", Args: []string{string(rt.Since)}, Data: rt}, err
	})
}

func drop(r *web.Req) error {
	return r.Press(func(tx *db.Tx) (web.Done, error) {
		rt, err := approvals.Drop(r.Context(), tx, r.PathValue("id"), r.Version())
		return web.Done{To: "/approvals/routes/" + rt.Kind, Say: "approvals.done.dropped", Data: rt}, err
	})
}
